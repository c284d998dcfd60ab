//! Shadowserver's schema: which column of which report becomes which field, by which function. It is the operator's file,
//! read at run time; a new edition needs no new program. What it names and we do not know survives: the column is kept, and
//! said once as a warning.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::field::Field;
use crate::functions::Function;
use crate::limits::{REPORT_TYPES_MAX, SCHEMA_BYTES_MAX, STEPS_MAX};
use crate::reject::Name;

/// A schema was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Larger than a schema may be.
    #[error("the schema is larger than {SCHEMA_BYTES_MAX} bytes")]
    TooLarge,
    /// Not JSON of the schema's shape.
    #[error("reading the schema: {0}")]
    Shape(#[from] serde_json::Error),
    /// More report types or fields than a schema may have.
    #[error("the schema names more than {0}")]
    TooMany(&'static str),
    /// A file name that is none of a report.
    #[error("{0}: not the name of a report's file (DATE-TYPE-NAMES.csv)")]
    FileName(Name),
    /// A report type that is not in the schema.
    #[error("{0}: no such report type in the schema of {1}")]
    UnknownType(Name, Name),
}

/// Where the value of a column goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Into a field.
    Field(Field),
    /// Under `extra`, by this name.
    Extra(Box<str>),
    /// Nowhere.
    Nowhere,
}

/// One column of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where its value goes.
    pub target: Target,
    /// Its name in the header.
    pub column: Box<str>,
    /// What is done to it.
    pub function: Function,
    /// Whether a row without it is a reject.
    pub required: bool,
}

/// A report type.
#[derive(Debug, Clone, Default)]
pub struct ReportType {
    /// Its key in the schema.
    pub key: Box<str>,
    /// Name of the feed.
    pub feed_name: Box<str>,
    /// What names of its files hold.
    pub file_name: Box<str>,
    /// Where it is described.
    pub url: Box<str>,
    /// Its columns, the required ones first.
    pub steps: Vec<Step>,
    /// Fields that are the same in each of its rows.
    pub constants: Vec<(Box<str>, serde_json::Value)>,
}

/// What is odd in a schema or a report and stops nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Warning {
    /// A function that this program does not know: the cell is kept as it stands.
    #[error("{report}: unknown function {function}: the column is kept as it stands")]
    UnknownFunction {
        /// Report type.
        report: Name,
        /// The function.
        function: Name,
    },
    /// A field that the data format does not know: it is kept under `extra`.
    #[error("{report}: unknown field {field}: it is kept under extra")]
    UnknownField {
        /// Report type.
        report: Name,
        /// The field.
        field: Name,
    },
    /// A constant that its field does not take.
    #[error("{report}: {field} does not take its constant")]
    BadConstant {
        /// Report type.
        report: Name,
        /// The field.
        field: Name,
    },
    /// A column that the schema maps and the report has not.
    #[error("column {0} is not in the report")]
    NoColumn(Name),
    /// A column of the report that the schema does not map: it is kept under `extra`.
    #[error("column {0} is not in the schema: it is kept under extra")]
    UnmappedColumn(Name),
}

/// A schema, read.
#[derive(Debug, Default)]
pub struct Schema {
    /// Day and time of its edition, as it says.
    pub version: Box<str>,
    /// Its report types, in its order.
    pub types: Vec<ReportType>,
    /// What is odd in it.
    pub warnings: Vec<Warning>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    feed_name: String,
    #[serde(default)]
    file_name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    required_fields: Vec<Vec<serde_json::Value>>,
    #[serde(default)]
    optional_fields: Vec<Vec<serde_json::Value>>,
    #[serde(default)]
    constant_fields: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize, Default)]
struct Meta {
    #[serde(default)]
    date_created: String,
}

/// The entries in the order of the file: where two have one file name, the later one holds.
struct Entries {
    version: String,
    entries: Vec<(String, Entry)>,
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of report types")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut read = Entries {
                    version: String::new(),
                    entries: Vec::new(),
                };
                while let Some(key) = map.next_key::<String>()? {
                    if key == "_meta" {
                        read.version = map.next_value::<Meta>()?.date_created;
                    } else if key.starts_with('_') || read.entries.len() > REPORT_TYPES_MAX {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        read.entries.push((key, map.next_value()?));
                    }
                }
                Ok(read)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// If it is too large, has not a schema's shape, or names too many things.
    pub fn read(bytes: &[u8]) -> Result<Self, SchemaError> {
        if bytes.len() > SCHEMA_BYTES_MAX {
            return Err(SchemaError::TooLarge);
        }
        let read: Entries = serde_json::from_slice(bytes)?;
        if read.entries.len() > REPORT_TYPES_MAX {
            return Err(SchemaError::TooMany("5,000 report types"));
        }
        let mut schema = Self {
            version: read.version.into(),
            ..Self::default()
        };
        for (key, entry) in read.entries {
            let read = schema.report_type(key, entry)?;
            schema.types.push(read);
        }
        schema.warnings.sort();
        schema.warnings.dedup();
        Ok(schema)
    }

    fn report_type(&mut self, key: String, entry: Entry) -> Result<ReportType, SchemaError> {
        if entry.required_fields.len() + entry.optional_fields.len() > STEPS_MAX {
            return Err(SchemaError::TooMany("5,000 fields in one report type"));
        }
        let mut steps = Vec::new();
        for (required, fields) in [
            (true, &entry.required_fields),
            (false, &entry.optional_fields),
        ] {
            for field in fields {
                steps.extend(self.step(&key, field, required));
            }
        }
        let feed_name = if entry.feed_name.is_empty() {
            key.clone()
        } else {
            entry.feed_name
        };
        Ok(ReportType {
            key: key.into(),
            feed_name: feed_name.into(),
            file_name: entry.file_name.into(),
            url: entry.url.into(),
            steps,
            constants: entry
                .constant_fields
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        })
    }

    /// `[field, column, function, whether it takes the row]`
    fn step(&mut self, report: &str, parts: &[serde_json::Value], required: bool) -> Option<Step> {
        let column = parts.get(1)?.as_str()?;
        let target = match parts.first()? {
            serde_json::Value::Bool(false) => Target::Nowhere,
            key => self.target(report, key.as_str()?, column),
        };
        let function = match parts.get(2).and_then(serde_json::Value::as_str) {
            None | Some("") => Function::Keep,
            Some(name) => Function::by_name(name).unwrap_or_else(|| {
                self.warnings.push(Warning::UnknownFunction {
                    report: Name::new(report),
                    function: Name::new(name),
                });
                Function::Keep
            }),
        };
        Some(Step {
            target,
            column: column.into(),
            function,
            required,
        })
    }

    fn target(&mut self, report: &str, key: &str, column: &str) -> Target {
        match key.strip_prefix("extra.") {
            Some("") => return Target::Extra(column.into()),
            Some(name) => return Target::Extra(name.into()),
            None => {}
        }
        Field::by_name(key).map_or_else(
            || {
                self.warnings.push(Warning::UnknownField {
                    report: Name::new(report),
                    field: Name::new(key),
                });
                Target::Extra(key.into())
            },
            Target::Field,
        )
    }

    /// The type that a report's file name tells.
    ///
    /// # Errors
    /// If the name is none of a report, or its type is not in the schema.
    pub fn by_file_name(&self, name: &str) -> Result<&ReportType, SchemaError> {
        let word = type_of(name).ok_or_else(|| SchemaError::FileName(Name::new(name)))?;
        let found = self.types.iter().rev().find(|own| &*own.file_name == word);
        found.ok_or_else(|| SchemaError::UnknownType(Name::new(word), Name::new(&self.version)))
    }
}

/// The part of a file name that tells the report type: `2019-01-01-scan_http-country.csv` → `scan_http`.
#[must_use]
pub fn type_of(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".csv")?;
    let word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let dated = stem.char_indices().all(|(at, c)| match at {
        0..=3 | 5 | 6 | 8 | 9 => c.is_ascii_digit(),
        4 | 7 | 10 => c == '-',
        _ => true,
    });
    let rest = if dated {
        stem.get(11..).unwrap_or("")
    } else {
        stem
    };
    let mut parts = rest.split('-');
    let first = parts.next().filter(|first| word(first))?;
    parts.all(word).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_tell_the_type() {
        assert_eq!(
            type_of("2019-01-01-scan_http-test-test.csv"),
            Some("scan_http")
        );
        assert_eq!(type_of("scan_http.csv"), Some("scan_http"));
        assert_eq!(type_of("2019-01-01-scan_http-test geo.csv"), None);
        assert_eq!(type_of("2019-01-01-.csv"), None);
        assert_eq!(type_of("scan_http.txt"), None);
    }

    #[test]
    fn what_is_unknown_survives_with_a_warning() {
        let text = br#"{"_meta": {"date_created": "2050"}, "scan_x": {"feed_name": "X", "file_name": "scan_x",
            "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"]],
            "optional_fields": [["new.field", "a", "fresh_function"], [false, "b"], ["extra.", "c", "convert_int"]],
            "constant_fields": {"protocol.transport": "tcp"}}, "_x": 1}"#;
        let schema = Schema::read(text).unwrap();
        assert_eq!(schema.warnings.len(), 2);
        let report = schema.by_file_name("scan_x.csv").unwrap();
        assert_eq!(report.steps[1].target, Target::Extra("new.field".into()));
        assert_eq!(report.steps[1].function, Function::Keep);
        assert_eq!(report.steps[2].target, Target::Nowhere);
        assert!(schema.by_file_name("scan_y.csv").is_err());
        assert!(Schema::read(b"[]").is_err());
    }
}
