//! `cairn feeds`: machine reports by hand, without a store. What `parse` prints is what the service would take in.

mod db;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cairn_feeds::archive;
use cairn_feeds::field::Field;
use cairn_feeds::formats::Vendor;
use cairn_feeds::limits::SCHEMA_BYTES_MAX;
use cairn_feeds::mapping::Mapping;
use cairn_feeds::parser::{Context, Format, Parser};
use cairn_feeds::reject::{Reject, Tally};
use cairn_feeds::schema::Schema;
use cairn_feeds::types::time;
use cairn_feeds::{stream, wire};
use clap::Subcommand;
use serde_json::json;

use crate::args::{CheckFailed, Usage};

/// Most different warnings that are printed of one report.
const WARNINGS_MAX: usize = 50;

/// Bytes of events that are held before they are printed.
const PRINTED_BYTES: usize = 1 << 20;

/// Machine reports.
#[derive(Debug, Subcommand)]
pub enum Feeds {
    /// Read reports and print one event a line in IntelMQ's data format. Rows that give none are counted on standard error by
    /// cause; with any of them the exit code is 3, and the events of all other rows are printed nevertheless.
    Parse(Box<Parse>),
    /// List the report types of a schema: key, name in files, feed, fields, classification.
    Types {
        /// Schema of Shadowserver's reports (JSON).
        #[arg(long, value_name = "FILE")]
        schema: PathBuf,
    },
    /// What is known of addresses, offline: data sets of your own files.
    Db {
        /// What to do.
        #[command(subcommand)]
        db: db::Db,
    },
}

/// What to read, and how.
#[derive(Debug, clap::Args)]
pub struct Parse {
    /// Schema of Shadowserver's reports (JSON); the report type is told by the name of the file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "mapping"])]
    schema: Option<PathBuf>,
    /// idf, csv, key-value, json, or the format of one source; see docs/feeds.md.
    #[arg(long, value_name = "NAME", value_parser = formats())]
    format: Option<String>,
    /// Mapping file (TOML) for csv, key-value and json.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Name of the file that comes on standard input, such as 2050-01-01-scan_http-country.csv.
    #[arg(long, value_name = "NAME")]
    file_name: Option<String>,
    /// When the report was received, for `time.observation`.
    #[arg(long, value_name = "TIME")]
    observed: Option<String>,
    /// A field of the feed that holds for all events, like `--feed feed.name=Example`.
    #[arg(long = "feed", value_name = "FIELD=VALUE")]
    feed: Vec<String>,
    /// What comes is a mail: read its attachments.
    #[arg(long)]
    mail: bool,
    /// Write each row that gave no event to this file, one JSON object a line: file, offset, bytes, line, cause, schema.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Reports; standard input if none. gzip, zip and tar are unpacked on the way (zip not from standard input).
    files: Vec<PathBuf>,
}

fn formats() -> clap::builder::PossibleValuesParser {
    ["idf", "csv", "key-value", "json"]
        .into_iter()
        .chain(Vendor::names())
        .collect::<Vec<_>>()
        .into()
}

/// Where the format of a file comes from.
enum Ways {
    Schema(Schema),
    One(Format),
}

struct Reading {
    ways: Ways,
    context: Context,
    tally: Tally,
    out: BufWriter<io::StdoutLock<'static>>,
    rejects: Option<BufWriter<File>>,
    events: u64,
}

impl Feeds {
    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever went wrong, in words.
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Types { schema } => types(&schema),
            Self::Parse(parse) => parse.run(),
            Self::Db { db } => db.run(),
        }
    }
}

fn schema(path: &Path) -> anyhow::Result<Schema> {
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

fn types(path: &Path) -> anyhow::Result<()> {
    let schema = schema(path)?;
    for own in &schema.types {
        let constant = |key: &str| {
            let found = own.constants.iter().find(|(own, _)| &**own == key);
            found
                .and_then(|(_, value)| value.as_str())
                .unwrap_or("-")
                .to_owned()
        };
        println!(
            "{}\t{}\t{}\t{}\t{}",
            own.key,
            own.file_name,
            own.feed_name,
            own.steps.len(),
            constant("classification.type")
        );
    }
    eprintln!(
        "{} report types, schema of {}",
        schema.types.len(),
        schema.version
    );
    Ok(())
}

impl Parse {
    fn run(self) -> anyhow::Result<()> {
        let mut reading = Reading {
            ways: self.ways()?,
            context: self.context()?,
            tally: Tally::default(),
            out: BufWriter::with_capacity(1 << 16, io::stdout().lock()),
            rejects: self
                .rejects
                .as_ref()
                .map(File::create)
                .transpose()?
                .map(BufWriter::new),
            events: 0,
        };
        let read = self.read(&mut reading);
        reading.out.flush()?;
        if let Some(rejects) = &mut reading.rejects {
            rejects.flush()?;
        }
        read?;
        reading.end()
    }

    fn read(&self, reading: &mut Reading) -> anyhow::Result<()> {
        if self.files.is_empty() {
            let name = self.file_name.as_deref().unwrap_or("standard input");
            let mut input = io::stdin().lock();
            return if self.mail {
                mail(&mut input, reading)
            } else {
                archive::stream(name, input, &mut |name, bytes| reading.report(name, bytes))
            };
        }
        for path in &self.files {
            let mut file =
                BufReader::new(File::open(path).with_context(|| path.display().to_string())?);
            if self.mail {
                mail(&mut file, reading)?;
                continue;
            }
            let own = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let name = self.file_name.clone().or(own).unwrap_or_default();
            archive::files(&name, file, &mut |name, bytes| reading.report(name, bytes))?;
        }
        Ok(())
    }

    fn ways(&self) -> anyhow::Result<Ways> {
        if let Some(path) = &self.schema {
            return Ok(Ways::Schema(schema(path)?));
        }
        let mapping = self.mapping.as_ref().map(|path| {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
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
        Ok(Ways::One(format))
    }

    fn context(&self) -> anyhow::Result<Context> {
        let mut context = Context::default();
        if let Some(text) = &self.observed {
            let at = time::parse(text);
            context.observed =
                Some(at.ok_or_else(|| Usage(format!("--observed {text}: not a time")))?);
        }
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

fn mail(input: &mut dyn Read, reading: &mut Reading) -> anyhow::Result<()> {
    /// Bytes of a mail.
    const MAIL_BYTES_MAX: u64 = 256 << 20;
    let mut bytes = Vec::new();
    input.take(MAIL_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(
        bytes.len() as u64 <= MAIL_BYTES_MAX,
        "the mail is larger than {MAIL_BYTES_MAX} bytes"
    );
    let attachments = archive::attachments(&bytes);
    anyhow::ensure!(!attachments.is_empty(), "the mail has no attachments");
    for (name, bytes) in attachments {
        archive::files(&name, io::Cursor::new(bytes), &mut |name, bytes| {
            reading.report(name, bytes)
        })?;
    }
    Ok(())
}

impl Reading {
    fn report(&mut self, name: &str, bytes: &mut dyn Read) -> anyhow::Result<()> {
        let (format, version) = match &self.ways {
            Ways::One(format) => (format.clone(), ""),
            Ways::Schema(schema) => {
                let own = schema.by_file_name(name)?;
                (
                    Format::Shadowserver(Box::new(own.clone())),
                    &*schema.version,
                )
            }
        };
        let mut parser = Parser::new(format, &self.context);
        let mut text = String::new();
        let (out, tally, rejects, events) = (
            &mut self.out,
            &mut self.tally,
            &mut self.rejects,
            &mut self.events,
        );
        stream::pump(
            &mut parser,
            |buffer| bytes.read(buffer).map_err(anyhow::Error::from),
            |batch| {
                text.clear();
                for observation in batch.observations() {
                    wire::write(&observation, &mut text);
                    // A row that comes to many observations is printed with each of them.
                    if text.len() > PRINTED_BYTES {
                        out.write_all(text.as_bytes())?;
                        text.clear();
                    }
                }
                *events += batch.len() as u64;
                for reject in &batch.rejects {
                    tally.add(reject);
                    if let Some(rejects) = rejects {
                        writeln!(rejects, "{}", line(name, version, reject))?;
                    }
                }
                out.write_all(text.as_bytes())?;
                Ok(())
            },
        )
        .with_context(|| name.to_owned())?;
        for warning in parser.warnings().iter().take(WARNINGS_MAX) {
            eprintln!("{name}: warning: {warning}");
        }
        Ok(())
    }

    fn end(&self) -> anyhow::Result<()> {
        let total = self.tally.total();
        eprintln!("{} events, {total} rows without one", self.events);
        for (cause, count, first) in self.tally.by_count() {
            eprintln!(
                "{count:>8}  {cause} (the first on line {}, byte {})",
                first.line, first.offset
            );
        }
        if self.tally.beyond() > 0 {
            eprintln!("{:>8}  other causes", self.tally.beyond());
        }
        if total == 0 {
            return Ok(());
        }
        Err(CheckFailed(format!("{total} rows gave no event")).into())
    }
}

fn line(name: &str, version: &str, reject: &Reject) -> serde_json::Value {
    json!({
        "file": name,
        "offset": reject.span.offset,
        "bytes": reject.span.bytes,
        "line": reject.span.line,
        "cause": reject.cause.to_string(),
        "schema": version,
    })
}
