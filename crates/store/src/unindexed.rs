//! Words of reports on their way into the full-text index.
//!
//! Taking words in and merging them was two fifths of what a report cost the writer, while somebody waited for a
//! receipt. So a report is committed with its words in a table of their own, which is as durable and costs an eighth,
//! and they move into the index, a chunk a transaction, in a quiet moment, when too many wait, or when somebody
//! searches: a search sees every report that had its receipt before it began.
//!
//! Where the words follow from the report's body, its row there is empty, and they are made as they move.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use cairn_desk::report::Body;

use crate::packed;
use crate::report::{plain_words, words_of as all_words};
use crate::sql::{ColumnError, Row, Table, Ty, Value};
use crate::writer::{Op, Unit};

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

/// Where a report's words wait.
pub(crate) static UNINDEXED: Table =
    Table::new("report_unindexed", &[("no", Ty::Int), ("text", Ty::Text)]);

/// How many wait, and the highest number among them: what [`counted`] reads.
pub(crate) const COUNT: &str = "SELECT count(*), coalesce(max(no), 0) FROM report_unindexed";

/// The answer to [`COUNT`], whoever asked.
pub(crate) fn counted(rows: &[Row]) -> Result<(u64, i64), ColumnError> {
    rows.first().map_or(Ok((0, 0)), |row| {
        Ok((row.int(0)?.unsigned_abs(), row.int(1)?))
    })
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

/// The `$1` oldest that wait, with the body where the words follow from it.
pub(crate) const OLDEST: &str = "SELECT u.no, u.text, CASE WHEN u.text = '' THEN b.body END \
     FROM (SELECT no, text FROM report_unindexed ORDER BY no LIMIT $1) AS u \
     LEFT JOIN report_body b ON b.no = u.no ORDER BY u.no";
const TAKE_SQLITE: &str = "INSERT INTO report_fts (rowid, text) VALUES ($1, $2)";
/// PostgreSQL's own parser costs seven times this, and takes for addresses and numbers what SQLite takes for words.
const TAKE_POSTGRES: &str = "INSERT INTO report_fts (no, text) \
     SELECT CAST(w->>0 AS BIGINT), array_to_tsvector(string_to_array(w->>1, ' ')) \
     FROM json_array_elements(CAST(CAST($1 AS TEXT) AS json)) AS w";
const DROP: &str = "DELETE FROM report_unindexed \
                    WHERE no IN (SELECT no FROM report_unindexed ORDER BY no LIMIT $1)";

/// Moves the words of the `waiting` oldest, the answer to [`OLDEST`]. `None` if what some of them are was not said yet.
pub(crate) fn chunk(
    sqlite: bool,
    waiting: &[Row],
    wording: Option<&Wording>,
) -> Result<Option<Unit>, ColumnError> {
    let mut unit = Unit::default();
    let mut all = Vec::with_capacity(waiting.len());
    for row in waiting {
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
    unit.expect(rows, DROP, crate::params![rows]);
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
    /// The highest number that waited: words move in the order of numbers, in which they may not have come.
    newest: i64,
    answer: oneshot::Sender<()>,
}

/// What the writer knows of the words that wait.
#[derive(Debug, Default)]
pub(crate) struct Moving {
    waiting: Waiting,
    newest: i64,
    askers: Vec<Asker>,
    /// Nothing is moved before: it failed, or who knows the words has not said them yet.
    held: Option<Instant>,
}

impl Moving {
    /// `count` is what [`counted`] read.
    pub(crate) fn new(waiting: Waiting, count: (u64, i64)) -> Self {
        let mut new = Self {
            waiting,
            ..Self::default()
        };
        new.reset(count);
        new
    }

    /// The database was found in another state than it was left in.
    pub(crate) fn reset(&mut self, (rows, newest): (u64, i64)) {
        self.waiting.set(rows);
        self.newest = newest;
    }

    /// These units were committed.
    pub(crate) fn came<'a>(&mut self, committed: impl Iterator<Item = &'a Unit>) {
        let mut rows = 0;
        for no in committed.flat_map(waiting_of) {
            rows += 1;
            self.newest = self.newest.max(no);
            for asker in self.askers.iter_mut().filter(|asker| no <= asker.newest) {
                asker.rows += 1;
            }
        }
        if rows > 0 {
            self.waiting.set(self.waiting.get() + rows);
        }
    }

    /// Somebody asks that what is there now be found.
    pub(crate) fn ask(&mut self, answer: oneshot::Sender<()>) {
        let (rows, newest) = (self.waiting.get(), self.newest);
        if rows == 0 || self.is_held() {
            let _gone = answer.send(());
        } else {
            self.askers.push(Asker {
                rows,
                newest,
                answer,
            });
        }
    }

    /// How many to move now, if any.
    pub(crate) fn next(&self, quiet: bool) -> Option<u64> {
        let waiting = self.waiting.get();
        let over = waiting.saturating_sub(WAITING_MAX);
        let wanted = quiet || over > 0 || !self.askers.is_empty();
        let rows = waiting.min(over.clamp(CHUNK_ROWS, 4 * CHUNK_ROWS));
        Some(rows).filter(|rows| wanted && *rows > 0 && !self.is_held())
    }

    /// Words wait that should move once it is quiet.
    pub(crate) fn is_pending(&self) -> bool {
        self.waiting.get() > 0 && !self.is_held()
    }

    fn is_held(&self) -> bool {
        self.held.is_some_and(|until| Instant::now() < until)
    }

    /// So many were moved.
    pub(crate) fn moved(&mut self, rows: u64) {
        self.held = None;
        self.waiting.set(self.waiting.get().saturating_sub(rows));
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

/// The numbers of the reports whose words a unit brings.
fn waiting_of(unit: &Unit) -> impl Iterator<Item = i64> {
    let packed = unit.packed.rows().filter_map(|(table, row)| {
        let is_here = std::ptr::eq(table, &raw const UNINDEXED);
        let first = is_here.then(|| packed::cells(row).first().copied().flatten());
        first.flatten().and_then(packed::int)
    });
    unit.ops.iter().filter_map(words_of).chain(packed)
}

/// The number of the report whose words this is.
fn words_of(op: &Op) -> Option<i64> {
    match op {
        Op::Insert(table, row) if std::ptr::eq(*table, &raw const UNINDEXED) => match row.first() {
            Some(Value::Int(no)) => Some(*no),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(no: i64) -> Unit {
        let mut unit = Unit::default();
        unit.insert(&UNINDEXED, crate::params![no, "words"]);
        unit
    }

    fn asked(moving: &mut Moving) -> oneshot::Receiver<()> {
        let (reply, answer) = oneshot::channel();
        moving.ask(reply);
        answer
    }

    #[test]
    fn who_asks_waits_for_what_was_there_and_for_no_more() {
        let mut moving = Moving::new(Waiting::default(), (2, 7));
        let mut early = asked(&mut moving);
        // The first comes before those that waited, the second after them.
        moving.came([unit(5), unit(9)].iter());
        let mut late = asked(&mut moving);
        assert_eq!(moving.next(false), Some(4));
        moving.moved(2);
        assert!(early.try_recv().is_err());
        moving.moved(1);
        assert!(early.try_recv().is_ok() && late.try_recv().is_err());
        moving.moved(1);
        assert!(late.try_recv().is_ok());
        assert_eq!(moving.next(true), None);
        assert!(asked(&mut moving).try_recv().is_ok());
    }

    #[test]
    fn words_move_when_asked_for_or_quiet_or_when_too_many_wait() {
        let mut moving = Moving::new(Waiting::default(), (3, 3));
        assert_eq!((moving.next(false), moving.next(true)), (None, Some(3)));
        moving.reset((WAITING_MAX, 0));
        assert_eq!(
            (moving.next(false), moving.next(true)),
            (None, Some(CHUNK_ROWS))
        );
        moving.reset((WAITING_MAX + 1, 0));
        assert_eq!(moving.next(false), Some(CHUNK_ROWS));
        // More come in a group than this takes otherwise.
        moving.reset((WAITING_MAX + 1_000, 0));
        assert_eq!(moving.next(false), Some(1_000));
    }

    #[test]
    fn a_failure_holds_nobody_up() {
        let mut moving = Moving::new(Waiting::default(), (3, 3));
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
