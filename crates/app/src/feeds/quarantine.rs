//! Rows that gave no observation: by cause, some of them as they came, and reading them again after their cause was mended.

use std::collections::BTreeSet;

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_kernel::actor::Actor;
use cairn_store::feeds::{CauseCount, FeedError, FeedStore, Wanted};
use cairn_store::source::add;
use cairn_store::writer::Unit;

use super::line::Ask;
use super::receive::blank;
use super::replay::texts;
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

/// Rows of one cause that are shown.
pub const SAMPLE_ROWS: usize = 5;
/// Causes of which rows are shown.
const SAMPLED_CAUSES: usize = 20;

/// A row as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Number of its report among machine reports.
    pub report: i64,
    /// Name of its file.
    pub file: String,
    /// Its first byte.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
    /// Edition of the schema that read it last.
    pub schema: String,
    /// What it says, cut: a stranger's text. `None`: the report is no longer kept.
    pub text: Option<String>,
}

/// A cause, and some of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The cause and how many rows.
    pub cause: CauseCount,
    /// Some rows, those of its first report.
    pub samples: Vec<Sample>,
}

/// What came of a wish to read again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Numbers in the queue, one for each source.
    pub arrivals: Vec<i64>,
    /// Codes of feeds that no source here is of: `cairn feeds quarantine replay` reads theirs.
    pub unknown: BTreeSet<String>,
}

fn samples(store: &FeedStore, cause: &CauseCount) -> Result<Vec<Sample>, FeedError> {
    let mut pending = store.rejects(cause.first, Some(cause.no), 0)?;
    pending.rows.truncate(SAMPLE_ROWS);
    // What cannot be read any more is shown by its place alone.
    let mut texts = texts(store, &pending).unwrap_or_default().into_iter();
    let one = |waiting: &cairn_store::feeds::Waiting| Sample {
        report: pending.report,
        file: pending.member.clone(),
        offset: waiting.row.start,
        line: waiting.row.line,
        schema: waiting.schema.clone(),
        text: texts
            .next()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
    };
    Ok(pending.rows.iter().map(one).collect())
}

impl App {
    /// What waits in quarantine, the most frequent cause first; of one cause, or of all.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn quarantine(
        &self,
        who: &Principal,
        only: Option<i64>,
    ) -> Result<Visible<Vec<Group>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let options = self.store.options();
        let read = tokio::task::spawn_blocking(move || {
            let Some(store) = FeedStore::reading(&options)? else {
                return Ok(Vec::new());
            };
            let mut groups = Vec::new();
            for cause in store.causes()? {
                if only.is_some_and(|only| only != cause.no) {
                    continue;
                }
                let samples = if groups.len() < SAMPLED_CAUSES {
                    samples(&store, &cause)?
                } else {
                    Vec::new()
                };
                groups.push(Group { cause, samples });
            }
            Ok::<_, FeedError>(groups)
        });
        let groups = read.await.map_err(|_| FeedError::Broken)??;
        Ok(grant.show(groups))
    }

    /// Has rows read again, of one cause, one report, or all: an entry of the queue for each source.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::NotFound`] where no such row waits.
    pub async fn replay_quarantine(
        &self,
        who: &Principal,
        (report, cause): (Option<i64>, Option<i64>),
    ) -> Result<Asked, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let options = self.store.options();
        let wanted = Wanted { report, cause };
        let read = tokio::task::spawn_blocking(move || match FeedStore::reading(&options)? {
            None => Ok(Vec::new()),
            Some(store) => store.pending_with_source(wanted),
        });
        let pending = read.await.map_err(|_| FeedError::Broken)??;
        if pending.is_empty() {
            return Err(AppError::NotFound);
        }
        let codes: BTreeSet<String> = pending.into_iter().map(|(_, code)| code).collect();
        let ask = serde_json::to_string(&Ask { report, cause }).map_err(damaged("wish"))?;
        let _turn = self.feeds.arrivals.lock().await;
        let (sources, now) = (self.store.feed_sources().await?, self.clock.now());
        let mut next = self.store.newest_arrival().await? + 1;
        let (mut unit, mut asked) = (Unit::default(), Asked::default());
        for code in codes {
            let Some(source) = sources.iter().find(|source| source.code == code) else {
                asked.unknown.insert(code);
                continue;
            };
            let mut arrival = blank(next, source.no, "replay", now);
            arrival.name.clone_from(&source.code);
            arrival.account = Some(grant.account().to_owned());
            arrival.ask.clone_from(&ask);
            add(&mut unit, &arrival);
            let change = AccountChange::FeedReplayed {
                arrival: next,
                source: source.no,
            };
            let by = Actor::User(grant.account().to_owned());
            unit.entries.push(self.account_entry(by, change)?);
            asked.arrivals.push(next);
            next += 1;
        }
        if !asked.arrivals.is_empty() {
            self.store.write(unit).await?;
        }
        Ok(asked)
    }

    /// A report of the queue, with its source's code; how far it is, if it has its turn.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn feed_report(
        &self,
        who: &Principal,
        no: i64,
    ) -> Result<Visible<ReportView>, AppError> {
        let grant = who.grant(Action::ReadFeeds)?;
        let arrival = self.store.arrival(no).await?.ok_or(AppError::NotFound)?;
        let source = self.store.feed_source(arrival.source).await?;
        let wanted = source.as_ref().map(super::source::wanted_of);
        Ok(grant.show(ReportView {
            source: wanted.map(|wanted| wanted.name).unwrap_or_default(),
            members: serde_json::from_str(&arrival.result).unwrap_or_default(),
            progress: self.reports_under_way().get(&no).copied(),
            arrival,
        }))
    }
}

/// A report of the queue as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportView {
    /// What people call its source; empty if that was taken away.
    pub source: String,
    /// How it stands.
    pub arrival: cairn_store::source::Arrival,
    /// What came of each of its files.
    pub members: Vec<super::Member>,
    /// How far it is.
    pub progress: Option<super::Progress>,
}
