//! `cairn feeds`: machine reports by hand, and into the store. What `parse` prints is what `ingest` takes in.

mod db;
mod how;
mod kept;
mod pilot;
mod pull;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cairn_feeds::archive;
use cairn_feeds::parser::{Context, Parser};
use cairn_feeds::reject::{Reject, Tally};
use cairn_feeds::types::time;
use cairn_feeds::{stream, wire};
use clap::Subcommand;
use serde_json::json;

use crate::args::{CheckFailed, Usage};
use crate::settings::Settings;
use how::{How, Ways};

pub use kept::{schema as kept_schema, verify};

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
    /// Take reports in: keep them as they are, and commit what was observed. Works beside a running server. Run it again with the same
    /// files as you like: what is in is not taken twice, and what was interrupted goes on where it stopped. Rows that give no
    /// observation go to quarantine; with any of them the exit code is 3, and all other rows are in.
    Ingest(Box<kept::Ingest>),
    /// Look now at the sources of the desk that are fetched or watched, and take in what came. Beside a running server, that does it.
    Pull {
        /// Only this one, by its code; also if it is switched off.
        source: Option<String>,
    },
    /// Take events from a list of IntelMQ in Redis, as machine reports: a batch at a time, acknowledged once it is committed. Killed at any
    /// moment it goes on without doubles. See docs/pilot.md.
    Take(Box<kept::Pull>),
    /// Send observations as events of IntelMQ, one JSON object a line: to a file, by POST, or to a list in Redis.
    Send(Box<pilot::Send>),
    /// Rows that gave no observation.
    #[command(subcommand)]
    Quarantine(kept::Quarantine),
    /// How much of what there is, by feed.
    Stats,
    /// Where an address, name or URL was seen, one JSON object a line: where each observation stands, then every sighting with the place
    /// of its row.
    History {
        /// An IP address, a host name or a URL.
        source: String,
        /// Only sightings since this time.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
    },
    /// Remove what was received before the last so many months: observations, files and states. Daily counts and the list of reports
    /// stay.
    Retain {
        /// Whole months that are kept beside the present one.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1200))]
        months: u16,
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
    #[command(flatten)]
    how: How,
    /// Name of the file that comes on standard input, such as 2050-01-01-scan_http-country.csv.
    #[arg(long, value_name = "NAME")]
    file_name: Option<String>,
    /// When the report was received, for `time.observation`.
    #[arg(long, value_name = "TIME")]
    observed: Option<String>,
    /// What comes is a mail: read its attachments.
    #[arg(long)]
    mail: bool,
    /// Write each row that gave no event to this file, one JSON object a line: file, offset, bytes, line, cause, schema.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Reports; standard input if none. gzip, zip and tar are unpacked on the way (zip not from standard input).
    files: Vec<PathBuf>,
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
    pub fn run(self, settings: &Settings) -> anyhow::Result<()> {
        match self {
            Self::Ingest(ingest) => ingest.run(settings),
            Self::Take(take) => take.run(settings),
            Self::Send(send) => send.run(settings),
            Self::Quarantine(quarantine) => quarantine.run(settings),
            Self::Pull { source } => pull::run(settings, source),
            Self::Stats => kept::stats(settings),
            Self::History { source, since } => kept::history(settings, &source, since.as_deref()),
            Self::Retain { months } => kept::retain(settings, months),
            Self::Types { schema } => types(&schema),
            Self::Parse(parse) => parse.run(),
            Self::Db { db } => db.run(),
        }
    }
}

fn types(path: &Path) -> anyhow::Result<()> {
    let schema = how::schema(path)?;
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
            ways: self.how.ways()?,
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

    fn context(&self) -> anyhow::Result<Context> {
        let mut context = self.how.context()?;
        if let Some(text) = &self.observed {
            let at = time::parse(text);
            context.observed =
                Some(at.ok_or_else(|| Usage(format!("--observed {text}: not a time")))?);
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
        let (format, version) = self.ways.of(name)?;
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
