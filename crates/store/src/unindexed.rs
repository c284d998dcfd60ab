//! Words of reports on their way into the full-text index.
//!
//! Taking words in and merging them was two fifths of what a report cost the writer, while somebody waited for a
//! receipt. So they move into the index later, a chunk a transaction, in a quiet moment, when too many wait, or when somebody
//! searches: a search sees every report that had its receipt before it began.
//!
//! Words that follow from the report's body are made of it as they move; others are committed with the report in a table of their
//! own. Which reports wait is written nowhere by itself: they are those whose receipt is in the log at the place to which words have
//! moved, or behind it, and each move takes that place further.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use cairn_desk::report::Body;

use crate::report::{plain_words, words_of as all_words};
use crate::sql::{ColumnError, Row, Table, Ty};
use crate::writer::Unit;

/// Reports whose words move in one transaction: on two busy cores some 20 ms on SQLite, 60 ms on PostgreSQL.
pub const CHUNK_ROWS: u64 = 512;
/// Reports that may wait, some 150 MB; of a longer flood each report pays for the words of those before it.
pub const WAITING_MAX: u64 = 200_000;
/// So long must nobody have written anything before words move by themselves.
pub const QUIET: Duration = Duration::from_millis(100);

/// So long after a failure they are left where they are: the disk may be full.
const AGAIN: Duration = Duration::from_secs(10);
/// So long after nobody had said what the words of a body are.
const UNTOLD: Duration = Duration::from_millis(200);

/// Where the words of a report wait that do not follow from its body.
pub(crate) static UNINDEXED: Table =
    Table::new("report_unindexed", &[("no", Ty::Int), ("text", Ty::Text)]);

/// A report whose words wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    pub no: i64,
    /// Where its receipt is in the log.
    pub idx: u64,
}

/// The place in the log to which words have moved.
macro_rules! words_to {
    () => {
        "coalesce((SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'words_to'), 0)"
    };
}
pub(crate) use words_to;

/// Asks for the place; its answer is what [`waiting`] asks with. PostgreSQL would read the whole log for a place that it does not know
/// when it plans.
pub(crate) const PLACE: &str = concat!("SELECT ", words_to!());

/// The answer to [`PLACE`].
pub(crate) fn place(rows: &[Row]) -> Result<i64, ColumnError> {
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// Those that wait, from the place `$1` on; the first line in the log of a report is its receipt. What the index has nevertheless, as words
/// moved in another order once, is left out.
macro_rules! waiting {
    ($has:literal) => {
        concat!(
            "SELECT e.report, e.idx FROM evidence e WHERE e.report IS NOT NULL AND e.idx >= $1 \
             AND NOT EXISTS (SELECT 1 FROM evidence p WHERE p.report = e.report AND p.idx < e.idx) AND NOT EXISTS (",
            $has,
            ") ORDER BY e.idx"
        )
    };
}

/// What [`waits`] reads.
pub(crate) fn waiting(sqlite: bool) -> &'static str {
    if sqlite {
        waiting!("SELECT 1 FROM report_fts_docsize f WHERE f.id = e.report")
    } else {
        waiting!("SELECT 1 FROM report_fts f WHERE f.no = e.report")
    }
}

/// The answer to [`waiting`], whoever asked.
pub(crate) fn waits(rows: &[Row]) -> Result<VecDeque<Wait>, ColumnError> {
    let wait = |row: &Row| {
        let (no, idx) = (row.int(0)?, row.int(1)?.unsigned_abs());
        Ok(Wait { no, idx })
    };
    rows.iter().map(wait).collect()
}

/// Says what is searched of a report's body: the folded text that somebody wrote. Who has the form says it (see
/// [`crate::Store::words_by`]).
pub type Wording = Box<dyn Fn(&Body) -> String + Send + Sync>;

/// The wording, once it was said.
#[derive(Clone, Default)]
pub(crate) struct Said(Arc<OnceLock<Wording>>);

impl Said {
    /// The first that is said holds.
    pub(crate) fn say(&self, wording: Wording) {
        let _said_before = self.0.set(wording);
    }

    pub(crate) fn get(&self) -> Option<&Wording> {
        self.0.get()
    }
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let said = self.0.get().is_some();
        f.debug_struct("Said").field("said", &said).finish()
    }
}

/// The numbers of the JSON list `$1`.
macro_rules! listed {
    (sqlite) => {
        "SELECT value AS no FROM json_each($1)"
    };
    (postgres) => {
        "SELECT CAST(value AS BIGINT) AS no FROM json_array_elements_text(CAST(CAST($1 AS TEXT) AS json))"
    };
}

/// The numbers `$1`, a JSON list, with what waits for each, and the body where the words follow from it.
macro_rules! texts {
    ($database:ident) => {
        concat!(
            "SELECT w.no, coalesce(u.text, ''), CASE WHEN coalesce(u.text, '') = '' THEN b.body END FROM (",
            listed!($database),
            ") AS w LEFT JOIN report_unindexed u ON u.no = w.no LEFT JOIN report_body b ON b.no = w.no ORDER BY w.no"
        )
    };
}

/// What [`chunk`] takes of these numbers.
pub(crate) fn texts(sqlite: bool) -> &'static str {
    if sqlite {
        texts!(sqlite)
    } else {
        texts!(postgres)
    }
}

/// The numbers of these as a JSON list.
pub(crate) fn numbers<'a>(waits: impl Iterator<Item = &'a Wait>) -> String {
    serde_json::Value::from_iter(waits.map(|wait| wait.no)).to_string()
}

const TAKE_SQLITE: &str = "INSERT INTO report_fts (rowid, text) VALUES ($1, $2)";
/// PostgreSQL's own parser costs seven times this, and takes for addresses and numbers what SQLite takes for words.
const TAKE_POSTGRES: &str = "INSERT INTO report_fts (no, text) \
     SELECT CAST(w->>0 AS BIGINT), array_to_tsvector(string_to_array(w->>1, ' ')) \
     FROM json_array_elements(CAST(CAST($1 AS TEXT) AS json)) AS w";
macro_rules! drop_listed {
    ($database:ident) => {
        concat!(
            "DELETE FROM report_unindexed WHERE no IN (",
            listed!($database),
            ")"
        )
    };
}
const MOVED: &str = "INSERT INTO meta(key, value) VALUES ('words_to', $1) \
     ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/// Moves the words of the first that wait, up to `last`; `texts` is the answer to [`texts`] for these `numbers`. `None` if what some of them are was not said yet.
pub(crate) fn chunk(
    sqlite: bool,
    (numbers, last): (String, Option<Wait>),
    texts: &[Row],
    wording: Option<&Wording>,
) -> Result<Option<Unit>, ColumnError> {
    let mut unit = Unit::default();
    let mut all = Vec::with_capacity(texts.len());
    for row in texts {
        let (no, text) = (row.int(0)?, row.text(1)?);
        let text = match (row.text_opt(2)?, wording) {
            (None, _) => text,
            (Some(_), None) => return Ok(None),
            (Some(body), Some(wording)) => made(no, &body, wording, sqlite),
        };
        all.push((no, text));
    }
    let rows = all.len() as u64;
    if sqlite {
        for (no, text) in all {
            unit.expect(1, TAKE_SQLITE, crate::params![no, text]);
        }
    } else {
        let all = serde_json::Value::from_iter(all.into_iter().map(|(no, text)| {
            serde_json::Value::from_iter([serde_json::Value::from(no), text.into()])
        }));
        unit.expect(rows, TAKE_POSTGRES, crate::params![all.to_string()]);
    }
    let gone = if sqlite {
        drop_listed!(sqlite)
    } else {
        drop_listed!(postgres)
    };
    unit.exec(gone, crate::params![numbers]);
    if let Some(last) = last {
        unit.expect(1, MOVED, crate::params![(last.idx + 1).to_string()]);
    }
    Ok(Some(unit))
}

/// The words of a body. Of one that does not read, which the verifier names, there are none.
fn made(no: i64, body: &str, wording: &Wording, sqlite: bool) -> String {
    let Ok(body) = serde_json::from_str::<Body>(body) else {
        tracing::error!(
            report = no,
            "its body does not read; run `cairn log verify`"
        );
        return String::new();
    };
    let words = all_words(&wording(&body), &body.observables);
    if sqlite { words } else { plain_words(&words) }
}

/// How many reports' words wait; shared by the writer and those who search. The writer alone changes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting {
    rows: Arc<AtomicU64>,
    labels: crate::Labels,
}

impl Waiting {
    pub(crate) fn labelled(labels: crate::Labels) -> Self {
        Self {
            rows: Arc::default(),
            labels,
        }
    }

    pub(crate) fn get(&self) -> u64 {
        self.rows.load(Ordering::Acquire)
    }

    pub(crate) fn set(&self, rows: u64) {
        self.rows.store(rows, Ordering::Release);
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        metrics::gauge!("cairn_unindexed_reports", self.labels.clone()).set(rows as f64);
    }
}

/// Somebody who waits until what was there when they asked can be found.
#[derive(Debug)]
struct Asker {
    /// So many must move before.
    rows: u64,
    answer: oneshot::Sender<()>,
}

/// What the writer knows of the words that wait.
#[derive(Debug, Default)]
pub(crate) struct Moving {
    waiting: Waiting,
    /// In the order of the log.
    queue: VecDeque<Wait>,
    askers: Vec<Asker>,
    /// Nothing is moved before: it failed, or who knows the words has not said them yet.
    held: Option<Instant>,
}

impl Moving {
    /// `queue` is what [`waits`] read.
    pub(crate) fn new(waiting: Waiting, queue: VecDeque<Wait>) -> Self {
        let mut new = Self {
            waiting,
            ..Self::default()
        };
        new.reset(queue);
        new
    }

    /// The database was found in another state than it was left in.
    pub(crate) fn reset(&mut self, queue: VecDeque<Wait>) {
        self.queue = queue;
        self.tell();
    }

    fn tell(&self) {
        self.waiting.set(self.queue.len() as u64);
    }

    /// These units were committed, the first line of the first of them at `first` of the log.
    pub(crate) fn came<'a>(&mut self, first: u64, committed: impl Iterator<Item = &'a Unit>) {
        let mut first = first;
        let before = self.queue.len();
        for unit in committed {
            let receipt = |no| unit.entries.iter().position(|one| one.report == Some(no));
            if let Some(no) = unit.words
                && let Some(at) = receipt(no)
            {
                let idx = first + at as u64;
                self.queue.push_back(Wait { no, idx });
            }
            first += unit.entries.len() as u64;
        }
        if self.queue.len() > before {
            self.tell();
        }
    }

    /// The first that wait.
    pub(crate) fn first(&self, rows: u64) -> impl Iterator<Item = &Wait> {
        self.queue
            .iter()
            .take(usize::try_from(rows).unwrap_or(usize::MAX))
    }

    /// Somebody asks that what is there now be found.
    pub(crate) fn ask(&mut self, answer: oneshot::Sender<()>) {
        let rows = self.queue.len() as u64;
        if rows == 0 || self.is_held() {
            let _gone = answer.send(());
        } else {
            self.askers.push(Asker { rows, answer });
        }
    }

    /// How many to move now, if any.
    pub(crate) fn next(&self, quiet: bool) -> Option<u64> {
        let waiting = self.queue.len() as u64;
        let over = waiting.saturating_sub(WAITING_MAX);
        let wanted = quiet || over > 0 || !self.askers.is_empty();
        let rows = waiting.min(over.clamp(CHUNK_ROWS, 4 * CHUNK_ROWS));
        Some(rows).filter(|rows| wanted && *rows > 0 && !self.is_held())
    }

    /// Words wait that should move once it is quiet.
    pub(crate) fn is_pending(&self) -> bool {
        !self.queue.is_empty() && !self.is_held()
    }

    fn is_held(&self) -> bool {
        self.held.is_some_and(|until| Instant::now() < until)
    }

    /// So many, the first, were moved.
    pub(crate) fn moved(&mut self, rows: u64) {
        self.held = None;
        let gone = self.first(rows).count();
        self.queue.drain(..gone);
        self.tell();
        for asker in &mut self.askers {
            asker.rows = asker.rows.saturating_sub(rows);
        }
        for asker in self.askers.extract_if(.., |asker| asker.rows == 0) {
            let _gone = asker.answer.send(());
        }
    }

    /// They could not be moved: those who asked search what is there.
    pub(crate) fn failed(&mut self) {
        self.hold(AGAIN);
    }

    /// What the words are was not said yet: the program is just starting.
    pub(crate) fn untold(&mut self) {
        self.hold(UNTOLD);
    }

    fn hold(&mut self, time: Duration) {
        self.held = Instant::now().checked_add(time);
        self.askers.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::Entry;

    fn queue(of: impl IntoIterator<Item = i64>) -> VecDeque<Wait> {
        let wait = |(idx, no)| Wait { no, idx };
        (0..).zip(of).map(wait).collect()
    }

    fn entry(report: Option<i64>) -> Entry {
        Entry::new(0, report, "{}".into(), [0; 16])
    }

    fn unit(no: i64) -> Unit {
        Unit {
            words: Some(no),
            entries: vec![entry(None), entry(Some(no))],
            ..Unit::default()
        }
    }

    fn asked(moving: &mut Moving) -> oneshot::Receiver<()> {
        let (reply, answer) = oneshot::channel();
        moving.ask(reply);
        answer
    }

    #[test]
    fn who_asks_waits_for_what_was_there_and_for_no_more() {
        let mut moving = Moving::new(Waiting::default(), queue([3, 7]));
        let mut early = asked(&mut moving);
        // Numbers do not come in their order; the log's is what counts. What changed a report brings no words.
        let change = Unit {
            entries: vec![entry(Some(3))],
            ..Unit::default()
        };
        moving.came(20, [unit(9), change, unit(5)].iter());
        let behind = [Wait { no: 9, idx: 21 }, Wait { no: 5, idx: 24 }];
        assert_eq!(
            moving.queue.iter().skip(2).copied().collect::<Vec<_>>(),
            behind
        );
        assert_eq!(numbers(moving.first(3)), "[3,7,9]");
        let mut late = asked(&mut moving);
        assert_eq!(moving.next(false), Some(4));
        moving.moved(1);
        assert!(early.try_recv().is_err());
        moving.moved(1);
        assert!(early.try_recv().is_ok() && late.try_recv().is_err());
        moving.moved(2);
        assert!(late.try_recv().is_ok());
        assert_eq!(moving.next(true), None);
        assert!(asked(&mut moving).try_recv().is_ok());
    }

    #[test]
    fn words_move_when_asked_for_or_quiet_or_when_too_many_wait() {
        let many = i64::try_from(WAITING_MAX).unwrap();
        let mut moving = Moving::new(Waiting::default(), queue(0..3));
        assert_eq!((moving.next(false), moving.next(true)), (None, Some(3)));
        moving.reset(queue(0..many));
        assert_eq!(
            (moving.next(false), moving.next(true)),
            (None, Some(CHUNK_ROWS))
        );
        moving.reset(queue(0..=many));
        assert_eq!(moving.next(false), Some(CHUNK_ROWS));
        // More come in a group than this takes otherwise.
        moving.reset(queue(0..many + 1_000));
        assert_eq!(moving.next(false), Some(1_000));
        assert_eq!(moving.waiting.get(), WAITING_MAX + 1_000);
    }

    #[test]
    fn a_failure_holds_nobody_up() {
        let mut moving = Moving::new(Waiting::default(), queue(0..3));
        let mut answer = asked(&mut moving);
        moving.failed();
        assert!(matches!(
            answer.try_recv(),
            Err(oneshot::error::TryRecvError::Closed)
        ));
        assert!(asked(&mut moving).try_recv().is_ok());
        assert!(!moving.is_pending() && moving.next(true).is_none());
    }
}
