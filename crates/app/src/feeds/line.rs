//! The queue of reports that came: each has its turn at the machine reports' writer, the first lane before the other, and sources in turn.
//! A report that is interrupted (by the end of the program, by one of the first lane, by its source's quota) goes on after the last
//! commit when its turn comes again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cairn_desk::source::day_of;
use cairn_feeds::field::Field;
use cairn_feeds::parser::Context;
use cairn_kernel::time::Micros;
use cairn_store::feeds::{Counts, FeedError, FeedStore, Wanted};
use cairn_store::source::{Arrival, SourceRow, served, stand};
use cairn_store::writer::Unit;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::care::Shelved;
use super::intake::{Go, Incoming, Step, Taken, take_kept};
use super::knowledge::{Knowledge, OwnerOf, Subject};
use super::replay::{Replayed, replay};
use super::source::wanted_of;
use super::ways::Ways;
use super::{IntakeError, Job};
use crate::App;
use crate::report::{AppError, damaged};

/// Longest wait for a command that takes reports in beside us, at one look.
const PATIENCE: Duration = Duration::from_secs(2);
/// Until the next look, seconds.
const LOCKED_SECONDS: i64 = 2;
/// Attempts of a report before it is given up, where it is not the report that is wrong.
const TRIES_MAX: i64 = 6;
/// Rows that a report commits before it lets one of the first lane go before it: it is read from its beginning when it goes on.
const YIELD_ROWS: u64 = 250_000;
/// Members of an archive, and causes of each, that are kept with a report.
const MEMBERS_KEPT: usize = 200;
/// See above.
const CAUSES_KEPT: usize = 50;
const HOUR_US: i64 = 3_600_000_000;

/// What came of one file of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its number among machine reports.
    pub report: Option<i64>,
    /// It had been taken in before.
    pub before: bool,
    /// New observations.
    pub fresh: u64,
    /// Those seen before.
    pub again: u64,
    /// Those that are gone.
    pub gone: u64,
    /// Rows without one.
    pub bad: u64,
    /// Those by cause.
    pub causes: BTreeMap<String, u64>,
    /// What was odd.
    pub warnings: Vec<String>,
    /// Why it could not be read, where the others could.
    pub fault: Option<String>,
}

/// How far a report is that is being taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows committed in this turn.
    pub rows: u64,
}

/// What the queue holds in memory.
#[derive(Debug, Default)]
pub struct Line {
    /// Whose turn it is to get the next number in the queue.
    pub(super) arrivals: tokio::sync::Mutex<()>,
    /// The same among sources.
    pub(super) sources: tokio::sync::Mutex<()>,
    /// One report at a time.
    turn: tokio::sync::Mutex<()>,
    /// What an ended program left was looked after.
    begun: AtomicBool,
    progress: Mutex<BTreeMap<i64, Progress>>,
    /// One of the first lane waits.
    hurry: AtomicBool,
    pub(super) shelf: Mutex<Shelved>,
    pub(super) looks: super::folder::Looks,
    /// One look at sources at a time.
    pub(super) looking: tokio::sync::Mutex<()>,
}

impl Line {
    fn progress(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a turn ended.
enum Ended {
    /// To its end.
    Done(Vec<Member>),
    /// It goes on later.
    Paused(Vec<Member>, Pause),
    /// Somebody else takes reports in.
    Locked,
    /// It cannot be read; why, in words.
    Wrong(String),
    /// It is not the report that is wrong; why, in words.
    Failed(String),
}

/// Why a report goes on later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    Quota,
    Hurry,
    Stop,
}

/// What a turn needs, put together beforehand.
struct Turn {
    arrival: Arrival,
    source: SourceRow,
    ways: Ways,
    context: Context,
    knowledge: Knowledge,
    rows_left: Option<u64>,
}

/// What a turn gave beside what it says.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    rows: u64,
    newest: Option<Micros>,
}

/// What is wished of a reading again.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Ask {
    pub report: Option<i64>,
    pub cause: Option<i64>,
}

impl App {
    /// How far reports are that are being taken in, by their numbers.
    #[must_use]
    pub fn reports_under_way(&self) -> BTreeMap<i64, Progress> {
        self.feeds.progress().clone()
    }

    /// Takes in what waits, one report after the other, until nothing does or it is time to stop. Gives how many came to an end.
    ///
    /// # Errors
    /// The store could not be read or written. What is wrong with a report stands with it.
    pub async fn feeds_turn(&self, stopping: &watch::Receiver<bool>) -> Result<u64, AppError> {
        let _turn = self.feeds.turn.lock().await;
        if !self.feeds.begun.swap(true, Ordering::Relaxed) {
            self.feeds_begin().await?;
        }
        let mut ended = 0;
        while !*stopping.borrow() {
            let Some(next) = self.store.next_arrival(self.clock.now()).await? else {
                break;
            };
            match self.take_turn(next, stopping).await? {
                Some(true) => ended += 1,
                Some(false) => {}
                None => break,
            }
        }
        Ok(ended)
    }

    /// What an ended program left behind.
    async fn feeds_begin(&self) -> Result<(), AppError> {
        self.store.arrivals_again().await?;
        self.sweep_spool().await
    }

    /// Removes files that came and that nobody waits for.
    pub(super) async fn sweep_spool(&self) -> Result<(), AppError> {
        let waiting = self.store.arrivals_stored().await?;
        let spool = self.store.spool();
        let swept = tokio::task::spawn_blocking(move || spool.sweep(&waiting)).await;
        match swept {
            Ok(swept) => Ok(swept?),
            Err(_) => Err(FeedError::Broken.into()),
        }
    }

    /// One turn of one report. Says whether it ended; `None`: nobody has a turn now.
    async fn take_turn(
        &self,
        mut arrival: Arrival,
        stopping: &watch::Receiver<bool>,
    ) -> Result<Option<bool>, AppError> {
        let now = self.clock.now();
        let Some(source) = self.store.feed_source(arrival.source).await? else {
            let why = "its source was taken away".to_owned();
            self.ended(&mut arrival, None, Ended::Wrong(why), Sum::default())
                .await?;
            return Ok(Some(true));
        };
        let wanted = wanted_of(&source);
        let (today, tomorrow) = day_of(now);
        let read = if source.day == today {
            source.day_rows
        } else {
            0
        };
        let rows_left = wanted.rows_left(read);
        if rows_left == Some(0) && arrival.kind == "report" {
            self.store
                .arrivals_wait(source.no, "quota", tomorrow)
                .await?;
            return Ok(Some(false));
        }
        let turn = match self.prepared(&arrival, &source, rows_left).await? {
            Ok(turn) => turn,
            Err(why) => {
                self.ended(
                    &mut arrival,
                    Some(&source),
                    Ended::Wrong(why),
                    Sum::default(),
                )
                .await?;
                return Ok(Some(true));
            }
        };
        "taking".clone_into(&mut arrival.state);
        arrival.why.clear();
        arrival.started_at = arrival.started_at.or(Some(now));
        self.stands(&arrival).await?;
        let (no, feeds) = (arrival.no, Arc::clone(&self.feeds));
        feeds.progress().insert(no, Progress::default());
        let done = self.at_work(turn, stopping).await;
        feeds.progress().remove(&no);
        let (ended, sum) = done?;
        let locked = matches!(ended, Ended::Locked);
        let over = self.ended(&mut arrival, Some(&source), ended, sum).await?;
        Ok((!locked).then_some(over))
    }

    async fn stands(&self, arrival: &Arrival) -> Result<(), AppError> {
        let mut unit = Unit::default();
        stand(&mut unit, arrival);
        self.store.write(unit).await?;
        Ok(())
    }

    /// Puts together what a turn needs; or says in words why that cannot be.
    async fn prepared(
        &self,
        arrival: &Arrival,
        source: &SourceRow,
        rows_left: Option<u64>,
    ) -> Result<Result<Turn, String>, AppError> {
        let wanted = wanted_of(source);
        let owners = self.owners().await?;
        let folder = self.config.feeds.files.clone();
        let folder = folder.unwrap_or_else(|| self.store.dir().join("feeds"));
        let (format, file) = (wanted.format.clone(), wanted.file.clone());
        let (app, sets) = (self.clone(), self.config.feeds.sets.clone());
        let read = tokio::task::spawn_blocking(move || {
            let ways = super::care::ways(&folder, &format, &file)?;
            let shelf = match sets {
                None => cairn_feeds::data::Shelf::default(),
                Some(dir) => app.feeds.shelf(&dir)?,
            };
            Ok::<_, String>((ways, shelf))
        });
        let (ways, sets) = match read.await {
            Ok(Ok(both)) => both,
            Ok(Err(why)) => return Ok(Err(why)),
            Err(_) => {
                return Ok(Err(
                    "its way of reading could not be put together".to_owned()
                ));
            }
        };
        let mut context = Context::default();
        for (field, text) in [
            (Field::FeedName, &wanted.feed),
            (Field::FeedProvider, &wanted.provider),
        ] {
            if !text.is_empty() && !context.feed(field, text) {
                return Ok(Err(format!("{field:?} does not take {text:?}")));
            }
        }
        let of = move |of: &Subject<'_>| {
            let name = Some(of.fqdn).filter(|name| !name.is_empty());
            let owner = owners.of(of.ip, of.asn, name);
            owner.map(|(owner, _)| i64::from(owner.0))
        };
        Ok(Ok(Turn {
            arrival: arrival.clone(),
            source: source.clone(),
            ways,
            context,
            knowledge: Knowledge {
                sets,
                owner: Some(Arc::new(of) as Arc<OwnerOf>),
            },
            rows_left,
        }))
    }

    /// The turn itself, on a thread of its own, while we look whether somebody is in a hurry. The thread ends with the turn: one that is
    /// kept for other work would keep the memory of the turn, too, and the next turn be on another.
    async fn at_work(
        &self,
        turn: Turn,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(Ended, Sum), AppError> {
        let (app, stop, first) = (self.clone(), stopping.clone(), turn.arrival.lane == 0);
        self.feeds.hurry.store(false, Ordering::Relaxed);
        let (say, mut work) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("cairn-turn".into())
            .spawn(move || drop(say.send(app.have_turn(&turn, &stop))))
            .map_err(|_| FeedError::Broken)?;
        loop {
            tokio::select! {
                done = &mut work => return Ok(done.map_err(|_| FeedError::Broken)?),
                () = tokio::time::sleep(Duration::from_secs(1)), if !first => {
                    // What cannot be looked up now is looked up in a second.
                    let next = self.store.next_arrival(self.clock.now()).await;
                    let hurry = matches!(next, Ok(Some(next)) if next.lane == 0);
                    self.feeds.hurry.store(hurry, Ordering::Relaxed);
                }
            }
        }
    }

    /// Blocks.
    fn have_turn(&self, turn: &Turn, stopping: &watch::Receiver<bool>) -> (Ended, Sum) {
        let mut sum = Sum::default();
        let store = FeedStore::open_in_turn(&self.store.options(), PATIENCE);
        let ended = store.map_err(IntakeError::from).and_then(|mut store| {
            if turn.arrival.kind == "replay" {
                self.read_again(&mut store, turn)
            } else {
                self.take_rows(&mut store, turn, stopping, &mut sum)
            }
        });
        let ended = ended.unwrap_or_else(|error| match error {
            IntakeError::Store(FeedError::Locked(_)) => Ended::Locked,
            IntakeError::Store(FeedError::Damaged(_)) => {
                Ended::Wrong("its file is gone or damaged; send the report again".to_owned())
            }
            IntakeError::Store(_) | IntakeError::Stopped => Ended::Failed(error.to_string()),
            other => Ended::Wrong(other.to_string()),
        });
        (ended, sum)
    }

    fn take_rows(
        &self,
        store: &mut FeedStore,
        turn: &Turn,
        stopping: &watch::Receiver<bool>,
        sum: &mut Sum,
    ) -> Result<Ended, IntakeError> {
        let (arrival, wanted) = (&turn.arrival, wanted_of(&turn.source));
        let raw = store.adopt(&arrival.raw, arrival.received_at)?;
        let way = |name: &str| turn.ways.way(&turn.context, name);
        let job = Job {
            ways: &way,
            context: &turn.context,
            knowledge: &turn.knowledge,
        };
        let incoming = Incoming {
            name: &arrival.name,
            source: &turn.source.code,
            window_us: wanted.window_hours.map(|hours| i64::from(hours) * HOUR_US),
            complete: Some(wanted.complete),
            now: arrival.received_at,
        };
        let mut pause = None;
        let (taken, whole) = take_kept(store, &job, &incoming, &raw, &mut |step| {
            let Step::Committed(rows) = step else {
                return Go::On;
            };
            sum.rows = rows;
            self.feeds.progress().insert(arrival.no, Progress { rows });
            let hurry = self.feeds.hurry.load(Ordering::Relaxed);
            pause = if turn.rows_left.is_some_and(|left| rows >= left) {
                Some(Pause::Quota)
            } else if *stopping.borrow() {
                Some(Pause::Stop)
            } else if hurry && arrival.lane > 0 && rows >= YIELD_ROWS {
                Some(Pause::Hurry)
            } else {
                None
            };
            if pause.is_some() { Go::Stop } else { Go::On }
        })?;
        sum.newest = taken.iter().filter_map(|one| one.newest).max();
        let members = taken.into_iter().map(member).collect();
        Ok(match (whole, pause) {
            (false, Some(pause)) => Ended::Paused(members, pause),
            _ => Ended::Done(members),
        })
    }

    fn read_again(&self, store: &mut FeedStore, turn: &Turn) -> Result<Ended, IntakeError> {
        let ask: Ask = serde_json::from_str(&turn.arrival.ask).unwrap_or_default();
        let way = |name: &str| turn.ways.way(&turn.context, name);
        let job = Job {
            ways: &way,
            context: &turn.context,
            knowledge: &turn.knowledge,
        };
        let mut members = Vec::new();
        let wanted = Wanted {
            report: ask.report,
            cause: ask.cause,
        };
        for (report, code) in store.pending_with_source(wanted)? {
            if code != turn.source.code {
                continue;
            }
            let one = Wanted {
                report: Some(report),
                cause: ask.cause,
            };
            replay(store, &job, one, &mut |done| members.push(mended(done)))?;
        }
        Ok(Ended::Done(members))
    }

    /// Notes how a turn ended; says whether the report did.
    async fn ended(
        &self,
        arrival: &mut Arrival,
        source: Option<&SourceRow>,
        ended: Ended,
        sum: Sum,
    ) -> Result<bool, AppError> {
        let now = self.clock.now();
        let (day, tomorrow) = day_of(now);
        let before = arrival.bad;
        let mut unit = Unit::default();
        "waits".clone_into(&mut arrival.state);
        arrival.why.clear();
        arrival.next_at = now;
        match ended {
            Ended::Done(members) => {
                merge(arrival, members)?;
                "done".clone_into(&mut arrival.state);
                arrival.error = None;
            }
            Ended::Paused(members, pause) => {
                merge(arrival, members)?;
                if pause == Pause::Quota {
                    "quota".clone_into(&mut arrival.why);
                    arrival.next_at = tomorrow;
                }
            }
            Ended::Locked => {
                "lock".clone_into(&mut arrival.why);
                arrival.next_at = now.plus_seconds(LOCKED_SECONDS);
            }
            Ended::Wrong(why) => {
                arrival.error = Some(why);
                "failed".clone_into(&mut arrival.state);
            }
            Ended::Failed(why) => {
                arrival.tries += 1;
                arrival.error = Some(why);
                arrival.next_at = now.plus_seconds(30 << arrival.tries.clamp(0, 8));
                if arrival.tries >= TRIES_MAX {
                    "failed".clone_into(&mut arrival.state);
                }
            }
        }
        let over = arrival.state != "waits";
        arrival.ended_at = over.then_some(now);
        if let Some(source) = source {
            let bad = arrival.bad.saturating_sub(before);
            let bad = if arrival.kind == "report" { bad } else { 0 };
            served(&mut unit, source.no, now, (day, sum.rows, bad));
            self.measure(source, arrival, sum.newest, over);
        }
        if arrival.state == "failed" {
            self.file_failed(arrival, source).await;
        }
        stand(&mut unit, arrival);
        self.store.write(unit).await?;
        Ok(over)
    }

    /// What is told of feeds by metrics; their labels are codes and nothing else.
    fn measure(&self, source: &SourceRow, arrival: &Arrival, newest: Option<Micros>, over: bool) {
        let labels = || {
            let mut labels = self.store.labels();
            labels.push(metrics::Label::new("feed", source.code.clone()));
            labels
        };
        if let Some(newest) = newest {
            let lag = self.clock.now().seconds().saturating_sub(newest.seconds());
            metrics::gauge!("cairn_feed_lag_seconds", labels()).set(lag.max(0) as f64);
        }
        if !over || arrival.kind != "report" {
            return;
        }
        let outcome = if arrival.state == "done" {
            "done"
        } else {
            "failed"
        };
        let mut with = labels();
        with.push(metrics::Label::from_static_parts("outcome", outcome));
        metrics::counter!("cairn_feed_reports_total", with).increment(1);
        let members: Vec<Member> = serde_json::from_str(&arrival.result).unwrap_or_default();
        let sum = |of: fn(&Member) -> u64| {
            let own = members.iter().filter(|one| !one.before);
            own.map(of).sum::<u64>()
        };
        let (fresh, again, bad) = (
            sum(|one| one.fresh),
            sum(|one| one.again),
            sum(|one| one.bad),
        );
        metrics::counter!("cairn_feed_rows_total", labels()).increment(fresh + again + bad);
        metrics::counter!("cairn_feed_observations_total", labels()).increment(fresh + again);
        metrics::counter!("cairn_feed_bad_rows_total", labels()).increment(bad);
        metrics::counter!("cairn_feed_new_total", labels()).increment(fresh);
        metrics::counter!("cairn_feed_again_total", labels()).increment(again);
    }
}

fn few(causes: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut all: Vec<(String, u64)> = causes.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rest: u64 = all.iter().skip(CAUSES_KEPT).map(|(_, count)| count).sum();
    all.truncate(CAUSES_KEPT);
    let mut few: BTreeMap<String, u64> = all.into_iter().collect();
    if rest > 0 {
        *few.entry("other causes".to_owned()).or_insert(0) += rest;
    }
    few
}

fn member(taken: Taken) -> Member {
    let Counts {
        fresh,
        again,
        rejected,
        gone,
        ..
    } = taken.counts;
    Member {
        name: taken.name,
        report: taken.report,
        before: taken.before,
        fresh,
        again,
        gone,
        bad: rejected,
        causes: few(taken.causes),
        warnings: taken.warnings,
        fault: None,
    }
}

fn mended(done: Replayed) -> Member {
    Member {
        name: done.name,
        report: Some(done.report),
        fresh: done.fresh,
        again: done.again,
        bad: done.causes.values().sum(),
        causes: few(done.causes),
        fault: done.fault,
        ..Member::default()
    }
}

/// Adds what a turn gave to what those before gave: counts of a file are of all of it, causes of what was met in this turn.
fn merge(arrival: &mut Arrival, members: Vec<Member>) -> Result<(), AppError> {
    let mut all: Vec<Member> = serde_json::from_str(&arrival.result).unwrap_or_default();
    for mut one in members {
        let same = |known: &Member| {
            let reports = known.report.zip(one.report);
            known.name == one.name && reports.is_none_or(|(known, one)| known == one)
        };
        let room = all.len() < MEMBERS_KEPT;
        let known = all.iter_mut().find(|known| same(known));
        match known {
            // What an earlier turn took whole is "before" to this one.
            Some(known) if one.before && !known.before => {}
            Some(known) => {
                for (cause, count) in std::mem::take(&mut known.causes) {
                    *one.causes.entry(cause).or_insert(0) += count;
                }
                one.causes = few(one.causes);
                *known = one;
            }
            None if room => all.push(one),
            None => {}
        }
    }
    let own = || all.iter().filter(|one| !one.before);
    arrival.taken = own().map(|one| one.fresh + one.again).sum();
    arrival.bad = own().map(|one| one.bad).sum();
    arrival.rows = arrival.taken + arrival.bad;
    arrival.result = serde_json::to_string(&all).map_err(damaged("report"))?;
    Ok(())
}
