//! Commands on the store of machine reports. It has a writer of its own, so they work beside a running server.

use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use cairn_app::clock::Clock;
use cairn_app::feeds::columns::KeyMaker;
use cairn_app::feeds::intake::{Incoming, Step, Taken, take_in};
use cairn_app::feeds::knowledge::{Knowledge, OwnerOf, Subject};
use cairn_app::feeds::replay::{self, Replayed};
use cairn_app::feeds::{IntakeError, Job};
use cairn_feeds::types::time;
use cairn_kernel::time::Micros;
use cairn_store::feeds::{FeedStore, Held, Wanted};
use clap::Subcommand;
use serde_json::json;

use super::db;
use super::how::How;
use crate::args::{CheckFailed, Usage};
use crate::settings::Settings;
use crate::{constituents, open, progress};

const HOUR_US: i64 = 3_600_000_000;
/// Longest wait for a turn: a server takes one report in at a time and lets go after each.
const TURN_TIME_MAX: Duration = Duration::from_secs(600);
/// Windows beyond ten years are a slip.
const WINDOW_HOURS_MAX: i64 = 24 * 3_660;

/// How reports are taken in.
#[derive(Debug, clap::Args)]
pub struct Intake {
    #[command(flatten)]
    how: How,
    /// Who sends these reports.
    #[arg(long, value_name = "NAME")]
    source: String,
    /// Hours without a sighting after which an observation is gone, and new when it is seen again. Kept with the feed; a week at first.
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(i64).range(1..=WINDOW_HOURS_MAX))]
    window_hours: Option<i64>,
    /// Whether each report tells all there is, so that what the newest one no longer names is gone. Kept with the feed; no at first.
    #[arg(long, value_name = "YES|NO")]
    complete: Option<YesNo>,
    /// Folder of data sets that tell networks and places where reports don't; see `cairn feeds db`.
    #[arg(long, value_name = "DIR")]
    sets: Option<PathBuf>,
}

/// What to take in, and how.
#[derive(Debug, clap::Args)]
pub struct Ingest {
    #[command(flatten)]
    intake: Intake,
    /// Name of the file that comes on standard input, such as 2050-01-01-scan_http-country.csv.
    #[arg(long, value_name = "NAME")]
    file_name: Option<String>,
    /// Reports; standard input if none. gzip, zip and tar are unpacked on the way.
    files: Vec<PathBuf>,
}

/// What comes from a list.
#[derive(Debug, clap::Args)]
pub struct Pull {
    #[command(flatten)]
    intake: Intake,
    #[command(flatten)]
    from: super::pilot::Queue,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Rows that gave no observation.
#[derive(Debug, Subcommand)]
pub enum Quarantine {
    /// By cause, the most frequent first: number of the cause, rows, reports, number of the first report, cause.
    List,
    /// Rows, one JSON object a line: report, file, offset, bytes, line, cause, schema, and the row itself, cut.
    Show {
        /// Only of this cause, by its number.
        #[arg(long, value_name = "N")]
        cause: Option<i64>,
        /// Only of this report, by its number.
        #[arg(long, value_name = "N")]
        report: Option<i64>,
        /// Rows of a report at most.
        #[arg(long, value_name = "N", default_value_t = 20)]
        rows: usize,
    },
    /// Read rows again after their cause was mended, from the reports as they were received. Those that give observations leave the
    /// quarantine; with any left the exit code is 3.
    Replay {
        #[command(flatten)]
        how: Box<How>,
        /// Only of this cause, by its number.
        #[arg(long, value_name = "N")]
        cause: Option<i64>,
        /// Only of this report, by its number.
        #[arg(long, value_name = "N")]
        report: Option<i64>,
        /// Folder of data sets, as for `ingest`.
        #[arg(long, value_name = "DIR")]
        sets: Option<PathBuf>,
    },
}

/// Sets, and whose what is at this moment.
fn knowledge(settings: &Settings, sets: Option<&PathBuf>) -> anyhow::Result<Knowledge> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let owners = runtime
        .block_on(constituents::owners(settings))
        .context("asking for the constituents")?;
    Ok(Knowledge {
        sets: sets
            .map(|dir| db::shelf(dir))
            .transpose()?
            .unwrap_or_default(),
        owner: owners.map(|owners| {
            let of = move |of: &Subject<'_>| {
                let name = Some(of.fqdn).filter(|name| !name.is_empty());
                owners
                    .of(of.ip, of.asn, name)
                    .map(|(owner, _)| i64::from(owner.0))
            };
            Arc::new(of) as Arc<OwnerOf>
        }),
    })
}

fn writing(settings: &Settings) -> anyhow::Result<FeedStore> {
    let store = FeedStore::open_in_turn(&open::options(settings)?, TURN_TIME_MAX);
    store.with_context(|| format!("opening {}", settings.data.display()))
}

pub(super) fn reading(settings: &Settings) -> anyhow::Result<Option<FeedStore>> {
    let options = open::options(settings)?;
    // Asking must not make a data directory.
    if !open::is_made(settings) {
        return Ok(None);
    }
    let store = FeedStore::reading(&options);
    store.with_context(|| format!("opening {}", settings.data.display()))
}

impl Ingest {
    pub(super) fn run(self, settings: &Settings) -> anyhow::Result<()> {
        if self.files.is_empty() && self.file_name.is_none() {
            return Err(
                Usage("say --file-name for what comes on standard input".to_owned()).into(),
            );
        }
        let intake = &self.intake;
        let (ways, context) = (intake.how.ways()?, intake.how.context()?);
        let knowledge = knowledge(settings, intake.sets.as_ref())?;
        let mut store = writing(settings)?;
        let way = |name: &str| ways.way(&context, name);
        let job = Job {
            ways: &way,
            context: &context,
            knowledge: &knowledge,
        };
        let mut sum = Sum::default();
        if self.files.is_empty() {
            let name = self.file_name.clone().unwrap_or_default();
            intake.one(
                &mut store,
                &job,
                &name,
                &mut io::stdin().lock(),
                None,
                &mut sum,
            )?;
        }
        for path in &self.files {
            // Reports that come to a running server have their turn between ours.
            if store.is_wanted() {
                drop(store);
                store = writing(settings)?;
            }
            let own = path.file_name().unwrap_or_default().to_string_lossy();
            let name = self.file_name.clone().unwrap_or_else(|| own.into_owned());
            let file = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
            match file {
                Ok((size, mut file)) => {
                    intake.one(&mut store, &job, &name, &mut file, Some(size), &mut sum)?;
                }
                Err(error) => sum.fault(&path.display().to_string(), &error.into()),
            }
        }
        sum.end()
    }
}

impl Pull {
    pub(super) fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let mut intake = self.intake;
        intake.how = intake.how.or_idf();
        let (ways, context) = (intake.how.ways()?, intake.how.context()?);
        let knowledge = knowledge(settings, intake.sets.as_ref())?;
        let mut store = writing(settings)?;
        let way = |name: &str| ways.way(&context, name);
        let job = Job {
            ways: &way,
            context: &context,
            knowledge: &knowledge,
        };
        let mut sum = Sum::default();
        self.from.run(&mut |name, input| {
            let before = sum.faults;
            intake.one(&mut store, &job, name, input, None, &mut sum)?;
            anyhow::ensure!(
                sum.faults == before,
                "what lies in {name} could not be taken in"
            );
            Ok(())
        })?;
        sum.end()
    }
}

impl Intake {
    /// Takes one file in. What is wrong with the file is told and counted; what is wrong with the store ends it all.
    fn one(
        &self,
        store: &mut FeedStore,
        job: &Job<'_>,
        name: &str,
        input: &mut dyn Read,
        size: Option<u64>,
        sum: &mut Sum,
    ) -> anyhow::Result<()> {
        let incoming = Incoming {
            name,
            source: &self.source,
            window_us: self.window_hours.map(|hours| hours * HOUR_US),
            complete: self.complete.map(|complete| complete == YesNo::Yes),
            now: Clock::System.now(),
        };
        let bar = progress::bar("keeping");
        if let Some(size) = size {
            bar.set_length(size);
        }
        let mut told = |step| match step {
            Step::Kept(bytes) => bar.set_position(bytes),
            Step::Committed(rows) => {
                bar.set_message("rows in");
                bar.unset_length();
                bar.set_position(rows);
            }
        };
        let taken = take_in(store, job, &incoming, input, &mut told);
        bar.finish_and_clear();
        match taken {
            Ok(taken) => taken.iter().for_each(|one| sum.add(one)),
            Err(error @ IntakeError::Store(_)) => {
                return Err(anyhow::Error::from(error).context(name.to_owned()));
            }
            Err(error) => sum.fault(name, &error.into()),
        }
        Ok(())
    }
}

/// What came of all files.
#[derive(Default)]
struct Sum {
    faults: u64,
    rejected: u64,
}

impl Sum {
    fn add(&mut self, taken: &Taken) {
        let counts = taken.counts;
        let name = &taken.name;
        if taken.before {
            println!("{name}: taken in before, nothing to do");
            return;
        }
        if taken.resumed_at > 0 {
            eprintln!("{name}: went on at byte {}", taken.resumed_at);
        }
        println!(
            "{name}: {} new, {} seen again, {} gone, {} rows without an observation",
            counts.fresh, counts.again, counts.gone, counts.rejected
        );
        for warning in &taken.warnings {
            eprintln!("{name}: warning: {warning}");
        }
        let mut causes: Vec<_> = taken.causes.iter().collect();
        causes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (cause, count) in causes {
            eprintln!("{count:>8}  {cause}");
        }
        self.rejected += counts.rejected;
    }

    fn fault(&mut self, name: &str, error: &anyhow::Error) {
        eprintln!("{name}: {error:#}");
        self.faults += 1;
    }

    fn end(self) -> anyhow::Result<()> {
        if self.faults > 0 {
            anyhow::bail!("{} files were not taken in to their end", self.faults);
        }
        if self.rejected == 0 {
            return Ok(());
        }
        Err(CheckFailed(format!(
            "{} rows gave no observation; `cairn feeds quarantine list` tells why",
            self.rejected
        ))
        .into())
    }
}

impl Quarantine {
    pub(super) fn run(self, settings: &Settings) -> anyhow::Result<()> {
        match self {
            Self::List => list(settings),
            Self::Show {
                cause,
                report,
                rows,
            } => show(settings, Wanted { report, cause }, rows),
            Self::Replay {
                how,
                cause,
                report,
                sets,
            } => again(settings, &how, Wanted { report, cause }, sets.as_ref()),
        }
    }
}

fn list(settings: &Settings) -> anyhow::Result<()> {
    let causes = match reading(settings)? {
        None => Vec::new(),
        Some(store) => store.causes()?,
    };
    for cause in &causes {
        println!(
            "{}\t{}\t{}\t{}\t{}",
            cause.no, cause.rows, cause.reports, cause.first, cause.text
        );
    }
    let rows: u64 = causes.iter().map(|cause| cause.rows).sum();
    eprintln!("{rows} rows in quarantine");
    Ok(())
}

fn show(settings: &Settings, wanted: Wanted, rows: usize) -> anyhow::Result<()> {
    let Some(store) = reading(settings)? else {
        return Ok(());
    };
    for report in store.pending(wanted)? {
        let mut pending = store.rejects(report, wanted.cause, 0)?;
        pending.rows.truncate(rows);
        let texts = match replay::texts(&store, &pending) {
            Ok(texts) => texts,
            Err(error) => {
                eprintln!("report {report}: {error}");
                Vec::new()
            }
        };
        let mut texts = texts.into_iter();
        for waiting in &pending.rows {
            let text = texts.next();
            let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            let (row, (source, feed)) = (&waiting.row, &pending.feed);
            println!(
                "{}",
                json!({ "report": report, "source": source, "feed": feed, "file": pending.member, "offset": row.start,
                    "bytes": row.bytes, "line": row.line, "cause": row.cause, "schema": waiting.schema, "row": text })
            );
        }
    }
    Ok(())
}

fn again(
    settings: &Settings,
    how: &How,
    wanted: Wanted,
    sets: Option<&PathBuf>,
) -> anyhow::Result<()> {
    let (ways, context) = (how.ways()?, how.context()?);
    let knowledge = knowledge(settings, sets)?;
    let mut store = writing(settings)?;
    let way = |name: &str| ways.way(&context, name);
    let job = Job {
        ways: &way,
        context: &context,
        knowledge: &knowledge,
    };
    let (mut left, mut faults) = (0, 0);
    replay::replay(&mut store, &job, wanted, &mut |done: Replayed| {
        let name = &done.name;
        if let Some(fault) = &done.fault {
            faults += 1;
            eprintln!("report {} ({name}): {fault}", done.report);
            return;
        }
        println!(
            "report {} ({name}): {} rows mended: {} new, {} seen again",
            done.report, done.mended, done.fresh, done.again
        );
        for (cause, count) in &done.causes {
            eprintln!("{count:>8}  {cause}");
            left += count;
        }
    })?;
    anyhow::ensure!(faults == 0, "{faults} reports could not be read again");
    if left == 0 {
        return Ok(());
    }
    Err(CheckFailed(format!("{left} rows still give no observation")).into())
}

pub(super) fn stats(settings: &Settings) -> anyhow::Result<()> {
    let Some(store) = reading(settings)? else {
        println!("no machine report was taken in yet");
        return Ok(());
    };
    let stats = store.stats(Clock::System.now())?;
    for feed in &stats.feeds {
        let (counts, complete) = (feed.counts, if feed.complete { ", complete" } else { "" });
        println!(
            "{} / {}: {} reports ({} open), {} new, {} seen again, {} gone, {} present, {} rows without an observation; window {} h{complete}; last {}",
            feed.source,
            feed.name,
            feed.reports,
            feed.open,
            counts.fresh,
            counts.again,
            counts.gone,
            feed.present,
            counts.rejected,
            feed.window_us / HOUR_US,
            feed.received
                .map_or_else(|| "never".to_owned(), |at| at.to_string()),
        );
    }
    println!(
        "{} observations in {} segments of {} bytes; {} states; {} files of {} bytes; {} rows in quarantine",
        stats.observations,
        stats.segments,
        stats.segment_bytes,
        stats.states,
        stats.raws,
        stats.raw_bytes,
        stats.quarantined
    );
    Ok(())
}

pub(super) fn history(
    settings: &Settings,
    source: &str,
    since: Option<&str>,
) -> anyhow::Result<()> {
    let since = match since {
        None => Micros(i64::MIN),
        Some(text) => {
            time::parse(text).ok_or_else(|| Usage(format!("--since {text}: not a time")))?
        }
    };
    let Some(store) = reading(settings)? else {
        return Ok(());
    };
    let ip: Option<IpAddr> = source.parse().ok();
    let (mut fqdn, mut url) = ("", "");
    if ip.is_none() {
        *(if source.contains("://") {
            &mut url
        } else {
            &mut fqdn
        }) = source;
    }
    let like = KeyMaker::default().like(ip, fqdn, url);
    for own in store.history(&like, Clock::System.now())? {
        let state = own.state;
        println!(
            "{}",
            json!({ "source": own.feed.0, "feed": own.feed.1, "first": state.first.to_string(), "since": state.since.to_string(),
                "last": state.last.to_string(), "seen": state.seen, "report": state.report, "gone": own.gone })
        );
    }
    let read = store.segments(&like, since, Micros(i64::MAX), &mut |report, rows| {
        for row in (0..rows.len()).filter_map(|row| rows.get(row)) {
            let is_it = if ip.is_some() {
                row.ip == ip
            } else {
                row.ip.is_none() && if url.is_empty() { row.fqdn == fqdn } else { row.url == url }
            };
            if is_it && row.at >= since {
                println!(
                    "{}",
                    json!({ "at": row.at.to_string(), "report": report, "offset": row.offset, "bytes": row.bytes, "type": row.kind,
                        "identifier": row.identifier, "malware": row.malware, "port": row.port, "transport": row.transport,
                        "asn": row.asn, "cc": row.cc, "severity": row.severity, "owner": row.owner })
                );
            }
        }
    })?;
    eprintln!("{read} segments were read");
    Ok(())
}

pub(super) fn retain(settings: &Settings, months: u16) -> anyhow::Result<()> {
    let first = cairn_app::feeds::first_month(Clock::System.now(), months);
    let first = first.context("so many months ago there is no day")?;
    let mut store = writing(settings)?;
    let done = store.retain(first)?;
    println!(
        "removed what was received before {}: {} files of months with {} observations, {} reports, {} states, {} rows in quarantine",
        first.timestamp().strftime("%Y-%m-%d"),
        done.months,
        done.observations,
        done.raws,
        done.states,
        done.rejects
    );
    Ok(())
}

/// Holds what is kept against what was committed; `None` where no report was ever taken in.
///
/// # Errors
/// The database could not be read.
pub fn verify(settings: &Settings, found: &mut dyn FnMut(String)) -> anyhow::Result<Option<Held>> {
    match reading(settings)? {
        None => Ok(None),
        Some(store) => Ok(Some(store.verify(found)?)),
    }
}

/// Whether machine reports were ever taken in and can be read.
///
/// # Errors
/// The database does not answer.
pub fn schema(settings: &Settings) -> anyhow::Result<Option<i64>> {
    Ok(reading(settings)?.map(|_| cairn_store::feeds::NEWEST))
}
