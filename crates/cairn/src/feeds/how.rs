//! How files of reports are read: by a schema, a mapping, or the format of one source.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cairn_evidence::hash::sha256;
use cairn_feeds::field::Field;
use cairn_feeds::formats::Vendor;
use cairn_feeds::limits::SCHEMA_BYTES_MAX;
use cairn_feeds::mapping::Mapping;
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::schema::{Schema, SchemaError};

use super::WARNINGS_MAX;
use crate::args::Usage;

/// Characters of the digest that names a mapping.
const EDITION_CHARS: usize = 12;

/// How files are read.
#[derive(Debug, clap::Args)]
pub struct How {
    /// Schema of Shadowserver's reports (JSON); the report type is told by the name of the file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "mapping"])]
    schema: Option<PathBuf>,
    /// idf, csv, key-value, json, or the format of one source; see docs/feeds.md.
    #[arg(long, value_name = "NAME", value_parser = formats())]
    format: Option<String>,
    /// Mapping file (TOML) for csv, key-value and json.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// A field of the feed that holds for all events, like `--feed feed.name=Example`.
    #[arg(long = "feed", value_name = "FIELD=VALUE")]
    feed: Vec<String>,
}

fn formats() -> clap::builder::PossibleValuesParser {
    ["idf", "csv", "key-value", "json"]
        .into_iter()
        .chain(Vendor::names())
        .collect::<Vec<_>>()
        .into()
}

/// Where the format of a file comes from.
pub(super) enum Ways {
    Schema(Schema),
    /// One for all files: format, edition of its mapping, its name.
    One(Format, String, String),
}

/// Reads a schema, and tells what is odd in it.
///
/// # Errors
/// It cannot be read.
pub(super) fn schema(path: &Path) -> anyhow::Result<Schema> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut bytes = Vec::new();
    // One byte more than a schema may have tells that it has too many.
    file.take(SCHEMA_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)?;
    let schema = Schema::read(&bytes).with_context(|| path.display().to_string())?;
    for warning in schema.warnings.iter().take(WARNINGS_MAX) {
        eprintln!("warning: {warning}");
    }
    Ok(schema)
}

impl How {
    /// Where nothing else is said, what comes is IntelMQ's own format.
    pub(super) fn or_idf(mut self) -> Self {
        if self.schema.is_none() && self.format.is_none() {
            self.format = Some("idf".to_owned());
        }
        self
    }

    /// Where formats come from.
    pub(super) fn ways(&self) -> anyhow::Result<Ways> {
        if let Some(path) = &self.schema {
            return Ok(Ways::Schema(schema(path)?));
        }
        let mut edition = String::new();
        let mapping = self.mapping.as_ref().map(|path| {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            edition = sha256(text.as_bytes()).hex();
            edition.truncate(EDITION_CHARS);
            Mapping::read(&text).with_context(|| path.display().to_string())
        });
        let mapping = mapping.transpose()?;
        let format = match (self.format.as_deref(), mapping) {
            (Some("csv"), Some(mapping)) => Format::Csv(Box::new(mapping)),
            (Some("key-value"), Some(mapping)) => Format::Pairs(Box::new(mapping)),
            (Some("json"), Some(mapping)) => Format::Json(Box::new(mapping)),
            (Some("idf"), None) => Format::Json(Box::default()),
            (Some(name @ ("csv" | "key-value" | "json")), None) => {
                return Err(Usage(format!("--format {name} needs --mapping")).into());
            }
            (Some(name), None) => Format::Vendor(Vendor::by_name(name).context("unknown format")?),
            (Some(_), Some(_)) => {
                return Err(Usage(
                    "--mapping goes with --format csv, key-value or json".to_owned(),
                )
                .into());
            }
            (None, _) => return Err(Usage("say --schema, or --format".to_owned()).into()),
        };
        let name = self.format.clone().unwrap_or_default();
        Ok(Ways::One(format, edition, name))
    }

    /// Fields of the feed.
    pub(super) fn context(&self) -> anyhow::Result<Context> {
        let mut context = Context::default();
        for pair in &self.feed {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let field = Field::by_name(key).filter(|_| key.starts_with("feed."));
            if !field.is_some_and(|field| context.feed(field, value)) {
                return Err(Usage(format!(
                    "--feed {pair}: no field of a feed with a value for it"
                ))
                .into());
            }
        }
        Ok(context)
    }
}

impl Ways {
    /// Format of a file by its name, and the edition of what says so.
    pub(super) fn of(&self, name: &str) -> Result<(Format, &str), SchemaError> {
        match self {
            Self::One(format, edition, _) => Ok((format.clone(), edition)),
            Self::Schema(schema) => {
                let own = schema.by_file_name(name)?;
                Ok((Format::Shadowserver(Box::new(own.clone())), &schema.version))
            }
        }
    }

    /// Name of the feed that a file belongs to.
    pub(super) fn feed_of(&self, name: &str, context: &Context) -> Result<String, SchemaError> {
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
}
