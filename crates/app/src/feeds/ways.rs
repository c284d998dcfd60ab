//! How files of reports are read: by a schema, a mapping, or the format of one source.

use cairn_evidence::hash::sha256;
use cairn_feeds::field::Field;
use cairn_feeds::formats::Vendor;
use cairn_feeds::mapping::{Mapping, MappingError};
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::schema::{Schema, SchemaError};

use super::{IntakeError, Way};

/// Characters of the digest that names a mapping.
const EDITION_CHARS: usize = 12;

/// Where the format of a file comes from.
#[derive(Debug)]
pub enum Ways {
    /// By a schema and the name of the file.
    Schema(Box<Schema>),
    /// One for all files: format, edition of its mapping, its name.
    One(Format, String, String),
}

/// It is not known how to read.
#[derive(Debug, thiserror::Error)]
pub enum WaysError {
    /// The mapping is none.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The schema is none.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Format and file do not go together; why.
    #[error("{0}")]
    Together(String),
}

/// Names of all formats but that of a schema.
pub fn formats() -> impl Iterator<Item = &'static str> {
    ["idf", "csv", "key-value", "json"]
        .into_iter()
        .chain(Vendor::names())
}

impl Ways {
    /// By a schema, as it was read.
    ///
    /// # Errors
    /// It is none.
    pub fn by_schema(bytes: &[u8]) -> Result<Self, WaysError> {
        Ok(Self::Schema(Box::new(Schema::read(bytes)?)))
    }

    /// By the name of a format, and the text of a mapping where it needs one.
    ///
    /// # Errors
    /// They do not go together, or are none.
    pub fn by_format(name: &str, mapping: Option<&str>) -> Result<Self, WaysError> {
        let mut edition = String::new();
        let mapping = mapping.map(|text| {
            edition = sha256(text.as_bytes()).hex();
            edition.truncate(EDITION_CHARS);
            Mapping::read(text)
        });
        let format = match (name, mapping.transpose()?) {
            ("csv", Some(mapping)) => Format::Csv(Box::new(mapping)),
            ("key-value", Some(mapping)) => Format::Pairs(Box::new(mapping)),
            ("json", Some(mapping)) => Format::Json(Box::new(mapping)),
            ("idf", None) => Format::Json(Box::default()),
            ("csv" | "key-value" | "json", None) => {
                return Err(WaysError::Together(format!(
                    "format {name} needs a mapping"
                )));
            }
            (name, None) => match Vendor::by_name(name) {
                Some(vendor) => Format::Vendor(vendor),
                None => return Err(WaysError::Together(format!("{name:?} is no format"))),
            },
            (_, Some(_)) => {
                let text = "a mapping goes with format csv, key-value or json";
                return Err(WaysError::Together(text.to_owned()));
            }
        };
        Ok(Self::One(format, edition, name.to_owned()))
    }

    /// Format of a file by its name, and the edition of what says so.
    ///
    /// # Errors
    /// Its name tells no report type of the schema.
    pub fn of(&self, name: &str) -> Result<(Format, &str), SchemaError> {
        match self {
            Self::One(format, edition, _) => Ok((format.clone(), edition)),
            Self::Schema(schema) => {
                let own = schema.by_file_name(name)?;
                Ok((Format::Shadowserver(Box::new(own.clone())), &schema.version))
            }
        }
    }

    /// Name of the feed that a file belongs to.
    ///
    /// # Errors
    /// As [`Ways::of`].
    pub fn feed_of(&self, name: &str, context: &Context) -> Result<String, SchemaError> {
        if let Some(own) = context.text(Field::FeedName) {
            return Ok(own.to_owned());
        }
        match self {
            Self::One(_, _, format) => Ok(format.clone()),
            Self::Schema(schema) => {
                let own = schema.by_file_name(name)?;
                let named = [&own.feed_name, &own.key];
                let named = named.into_iter().find(|name| !name.is_empty());
                Ok(named.map_or_else(String::new, |name| name.to_string()))
            }
        }
    }

    /// All of it, for taking in.
    ///
    /// # Errors
    /// As [`Ways::of`].
    pub fn way(&self, context: &Context, name: &str) -> Result<Way, IntakeError> {
        let (format, version) = self.of(name)?;
        Ok(Way {
            format,
            version: version.to_owned(),
            feed: self.feed_of(name, context)?,
        })
    }
}
