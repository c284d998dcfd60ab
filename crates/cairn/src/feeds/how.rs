//! How files of reports are read: by a schema, a mapping, or the format of one source.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
pub(super) use cairn_app::feeds::ways::{Ways, WaysError};
use cairn_feeds::field::Field;
use cairn_feeds::limits::SCHEMA_BYTES_MAX;
use cairn_feeds::parser::Context;
use cairn_feeds::schema::Schema;

use super::WARNINGS_MAX;
use crate::args::Usage;

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
    cairn_app::feeds::ways::formats().collect::<Vec<_>>().into()
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
            return Ok(Ways::Schema(Box::new(schema(path)?)));
        }
        let Some(name) = self.format.as_deref() else {
            return Err(Usage("say --schema, or --format".to_owned()).into());
        };
        let Some(path) = &self.mapping else {
            return Ways::by_format(name, None).map_err(|error| Usage(error.to_string()).into());
        };
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        match Ways::by_format(name, Some(&text)) {
            Err(error @ WaysError::Together(_)) => Err(Usage(error.to_string()).into()),
            other => other.with_context(|| path.display().to_string()),
        }
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
