//! The one writer: takes whatever units are queued, writes them in one transaction with their evidence, signs one
//! checkpoint, makes one durable commit, and only then answers each caller.
//!
//! A unit is all or nothing. A unit that loses a race (a key that exists, a version that moved on) is dropped
//! from the group without harm to the others.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::ledger::{BatchProof, Ledger, LedgerError};
use crate::packed::Packed;
use crate::room::Room;
use crate::sql::{ColumnError, Row, Table, Value, bound};
use crate::unindexed::{self, Moving, QUIET, Waiting};
use crate::writer_pg::PgWriter;
use crate::writer_sqlite::{SqliteParts, SqliteWriter};

/// Most units in one transaction.
pub const GROUP_UNITS_MAX: usize = 1_024;
/// So many units are taken at once, if so many wait.
pub const GROUP_UNITS_MIN: usize = 16;
/// Most units waiting; beyond it callers wait for a place, nobody is refused.
pub const QUEUE_UNITS_MAX: usize = 4_096;

/// One statement of a unit.
#[derive(Debug)]
pub enum Op {
    /// A row appended to a table.
    Insert(&'static Table, Vec<Value>),
    /// Any other statement; with `rows` it must touch exactly that many, else the unit is a conflict.
    Exec {
        /// Portable SQL.
        sql: &'static str,
        /// Bound values.
        params: Vec<Value>,
        /// How many rows it must touch.
        rows: Option<u64>,
    },
}

/// A line for the evidence log, ready to be hashed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Microseconds UTC, already blurred where the actor is anonymous.
    pub at: i64,
    /// The report concerned.
    pub report: Option<i64>,
    /// The challenge of a figure concerned.
    pub challenge: Option<i64>,
    /// The action on clusters that it is part of.
    pub cluster_action: Option<i64>,
    /// The case concerned.
    pub case: Option<i64>,
    /// Exact JSON text.
    pub event: String,
    /// Random, so that the published entry tells nothing about the event.
    pub salt: [u8; 16],
    pub(crate) entry: cairn_evidence::hash::Hash,
    pub(crate) leaf: cairn_evidence::hash::Hash,
}

impl Entry {
    /// Hashes salt and event into the log entry and its leaf hash, outside the writer's thread. The event is a JSON
    /// object that says `at` (microseconds) itself, and `report` where there is one: the columns beside it are not
    /// hashed, and `cairn log verify` compares them with what it says.
    #[must_use]
    pub fn new(at: i64, report: Option<i64>, event: String, salt: [u8; 16]) -> Self {
        let entry = cairn_evidence::hash::entry(&salt, event.as_bytes());
        let leaf = cairn_evidence::hash::leaf_hash(&entry.0);
        Self {
            at,
            report,
            challenge: None,
            cluster_action: None,
            case: None,
            event,
            salt,
            entry,
            leaf,
        }
    }

    /// As [`Entry::new`], for an event of the challenge of a figure, which says `challenge` itself.
    #[must_use]
    pub fn of_challenge(at: i64, no: i64, event: String, salt: [u8; 16]) -> Self {
        Self {
            challenge: Some(no),
            ..Self::new(at, None, event, salt)
        }
    }

    /// As [`Entry::new`], for an event of clusters, which says `action` itself. The report that it may name is not in the
    /// column beside it: a report's own history is read by that.
    #[must_use]
    pub fn of_cluster(at: i64, action: i64, event: String, salt: [u8; 16]) -> Self {
        Self {
            cluster_action: Some(action),
            ..Self::new(at, None, event, salt)
        }
    }

    /// As [`Entry::new`], for an event of a case, which says `case` itself.
    #[must_use]
    pub fn of_case(at: i64, no: i64, event: String, salt: [u8; 16]) -> Self {
        Self {
            case: Some(no),
            ..Self::new(at, None, event, salt)
        }
    }

    /// The log entry: SHA-256(salt ‖ event).
    #[must_use]
    pub const fn hash(&self) -> cairn_evidence::hash::Hash {
        self.entry
    }
}

/// What one caller wants written: all of it or nothing.
#[derive(Debug, Default)]
pub struct Unit {
    /// Statements in order. Guards (rows that must be new) come first.
    pub ops: Vec<Op>,
    /// Lines for the evidence log.
    pub entries: Vec<Entry>,
    /// Intake stops when the disk is nearly full; what makes room or helps people already in does not.
    pub intake: bool,
    /// Plain rows, taken out of the statements when the unit is queued. Whoever makes a unit leaves it empty.
    pub packed: Packed,
    /// The new report that the unit brings, whose words are yet to come into the full-text index; it has a line in the log.
    pub words: Option<i64>,
}

impl Unit {
    /// Adds a row.
    pub fn insert(&mut self, table: &'static Table, row: Vec<Value>) -> &mut Self {
        self.ops.push(Op::Insert(table, row));
        self
    }

    /// Adds a statement.
    pub fn exec(&mut self, sql: &'static str, params: Vec<Value>) -> &mut Self {
        self.ops.push(Op::Exec {
            sql,
            params,
            rows: None,
        });
        self
    }

    /// Adds a statement that must touch exactly `rows` rows.
    pub fn expect(&mut self, rows: u64, sql: &'static str, params: Vec<Value>) -> &mut Self {
        self.ops.push(Op::Exec {
            sql,
            params,
            rows: Some(rows),
        });
        self
    }

    /// Lays the plain rows ready for PostgreSQL, if the unit has nothing else but guards, so that no order is lost.
    fn pack(&mut self) {
        if !self.only_inserts() {
            return;
        }
        let packed = &mut self.packed;
        packed.reserve(&self.ops);
        self.ops.retain(|op| match op {
            Op::Insert(table, row) => table.guard || !packed.push(table, row),
            Op::Exec { .. } => true,
        });
    }

    /// Only appended rows: PostgreSQL may merge such units.
    pub(crate) fn only_inserts(&self) -> bool {
        self.ops.iter().all(|op| matches!(op, Op::Insert(..)))
    }
}

/// The proof that a unit is durable.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Log index of the unit's first entry.
    pub first: u64,
    /// The signed tree head of the group and the paths to it; `None` if the group logged nothing.
    pub proof: Option<Arc<BatchProof>>,
}

/// Why a unit was not written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WriteError {
    /// A guard row exists already: the same key was used before.
    #[error("this key was used before")]
    Duplicate,
    /// A statement touched another number of rows than expected: somebody else was quicker.
    #[error("the record changed in the meantime")]
    Conflict,
    /// No room on disk. Nothing was written.
    #[error("the disk is full; nothing was written")]
    DiskFull,
    /// The database refused or is away. Nothing is acknowledged; repeat with the same key.
    #[error("database: {0}")]
    Database(String),
    /// The store is closing.
    #[error("the store is closing")]
    Closed,
}

/// What a backend says about one unit of a group.
pub(crate) type Verdict = Result<(), WriteError>;

/// Called when going on would risk a receipt without a record (a failed fsync). It should end the process; should
/// it return, the writer takes no further unit.
pub type OnFatal = Arc<dyn Fn(&str) + Send + Sync>;

pub(crate) enum Job {
    Write(Unit, Reply),
    /// Copy the write-ahead log back and cut it off.
    Scrub(oneshot::Sender<Result<bool, WriteError>>),
    /// Somebody searches: move the words of all reports that are there.
    Settle(oneshot::Sender<()>),
}

type Reply = oneshot::Sender<Result<Committed, WriteError>>;

/// Handle to the writer; cheap to clone.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    room: Arc<Room>,
    words: Waiting,
    /// Rows are wanted packed.
    packs: bool,
}

impl Writer {
    /// Queues a unit and waits until it is durable or refused.
    ///
    /// # Errors
    /// See [`WriteError`]; on any error the caller must not acknowledge anything.
    pub async fn write(&self, mut unit: Unit) -> Result<Committed, WriteError> {
        if unit.intake && self.room.is_full() {
            return Err(WriteError::DiskFull);
        }
        if self.packs {
            unit.pack();
        }
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Job::Write(unit, reply))
            .await
            .map_err(|_| WriteError::Closed)?;
        answer.await.map_err(|_| WriteError::Closed)?
    }

    /// Waits until every report that was committed before can be found by its words, or until those words cannot be
    /// moved: then what is in the index is searched.
    pub(crate) async fn settle(&self) {
        if self.words.get() == 0 {
            return;
        }
        let (reply, answer) = oneshot::channel();
        if self.queue.send(Job::Settle(reply)).await.is_ok() {
            let _unmoved = answer.await;
        }
    }

    /// Reports whose words the full-text index does not have yet.
    #[must_use]
    pub fn unindexed(&self) -> u64 {
        self.words.get()
    }

    pub(crate) async fn scrub(&self) -> Result<bool, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Job::Scrub(reply))
            .await
            .map_err(|_| WriteError::Closed)?;
        answer.await.map_err(|_| WriteError::Closed)?
    }

    /// Says that the disk is (no longer) too full for new reports.
    pub fn set_full(&self, full: bool) {
        self.room.set_full(full);
    }

    /// New reports are held off for want of room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.room.is_full()
    }

    /// Units waiting for the writer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }
}

/// The database as it is handed to the writer's thread.
pub(crate) enum Source {
    Sqlite(SqliteParts),
    Postgres(Box<PgWriter>),
}

enum Backend<'c> {
    Sqlite(Box<SqliteWriter<'c>>),
    Postgres(Box<PgWriter>),
}

/// A failure of the whole group.
#[derive(Debug)]
pub(crate) enum GroupError {
    /// Nothing was written; the writer may go on.
    Refused(WriteError),
    /// The database took offence at what one of the units holds. Nothing was written; the others may be fine.
    Offence(String),
    /// The disk can no longer be believed.
    Fatal(String),
}

impl Backend<'_> {
    fn begin(&mut self, units: &[Unit]) -> Result<Vec<Verdict>, GroupError> {
        match self {
            Self::Sqlite(writer) => writer.begin(units),
            Self::Postgres(writer) => writer.begin(units),
        }
    }

    /// Writes what the group logged and commits. `Ok` means durable.
    fn finish(
        &mut self,
        units: &[Unit],
        verdicts: &[Verdict],
        logged: &[Op],
    ) -> Result<(), GroupError> {
        match self {
            Self::Sqlite(writer) => {
                writer.append(logged)?;
                writer.commit()
            }
            Self::Postgres(writer) => writer.finish(units, verdicts, logged),
        }
    }

    fn rollback(&mut self) {
        match self {
            Self::Sqlite(writer) => writer.rollback(),
            Self::Postgres(writer) => writer.rollback(),
        }
    }

    /// Copies the write-ahead log back and cuts it off; `false` if readers were in the way.
    fn scrub(&mut self) -> Result<bool, GroupError> {
        match self {
            Self::Sqlite(writer) => writer.scrub(),
            Self::Postgres(_) => Ok(true),
        }
    }

    /// The disk was full and the ballast is gone: use what room there is now to have more.
    fn make_room(&mut self) -> Result<(), GroupError> {
        match self {
            Self::Sqlite(writer) => writer.make_room(),
            Self::Postgres(_) => Ok(()),
        }
    }

    const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Rows as the writer sees them.
    fn rows(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, GroupError> {
        match self {
            Self::Sqlite(writer) => writer.rows(sql, params),
            Self::Postgres(writer) => writer.rows(sql, params),
        }
    }

    /// After a doubtful end (a lost connection) the log's state is read anew before the next group.
    fn recover(&mut self) -> Result<Option<Ledger>, GroupError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(writer) => writer.recover(),
        }
    }
}

/// Hooks for tests that must see a promise broken; the program itself never sets them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sabotage {
    /// Acknowledge before the commit: the negative control of the crash test.
    pub acknowledge_early: bool,
}

/// What the writer needs besides the database.
pub(crate) struct Setup {
    /// What metrics are labelled with.
    pub labels: crate::Labels,
    pub on_fatal: OnFatal,
    pub sabotage: Sabotage,
    pub room: Arc<Room>,
    /// Whose words wait.
    pub unindexed: VecDeque<unindexed::Wait>,
    /// What the words of a body are, once it was said.
    pub wording: unindexed::Said,
    /// Words move by themselves when nobody writes. The crash simulator decides itself what happens when.
    pub at_rest: bool,
    /// The right to be the only writer.
    pub _lock: Option<std::fs::File>,
}

/// Starts the writer's thread.
pub(crate) fn start(
    source: Source,
    ledger: Ledger,
    mut setup: Setup,
) -> std::io::Result<(Writer, JoinHandle<()>)> {
    let (queue, jobs) = mpsc::channel(QUEUE_UNITS_MAX);
    let room = Arc::clone(&setup.room);
    let words = Waiting::labelled(setup.labels.clone());
    let packs = matches!(source, Source::Postgres(_));
    let moving = Moving::new(words.clone(), std::mem::take(&mut setup.unindexed));
    let clock = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let thread = std::thread::Builder::new()
        .name("cairn-writer".into())
        .spawn(move || work(source, (ledger, moving, clock), &setup, jobs))?;
    let writer = Writer {
        queue,
        room,
        words,
        packs,
    };
    Ok((writer, thread))
}

/// The thread's whole life. The statements that it keeps ready borrow the connection, so that lives out here; the
/// right to have one, in `setup`, is given up after it.
fn work(
    source: Source,
    state: (Ledger, Moving, tokio::runtime::Runtime),
    setup: &Setup,
    jobs: mpsc::Receiver<Job>,
) {
    match source {
        Source::Sqlite(parts) => {
            let backend = Backend::Sqlite(Box::new(SqliteWriter::new(&parts)));
            Loop::new(backend, state, setup).run(jobs);
        }
        Source::Postgres(writer) => {
            Loop::new(Backend::Postgres(writer), state, setup).run(jobs);
        }
    }
}

/// The writer ended, and whoever is to know was told.
struct Ended;

struct Loop<'c> {
    backend: Backend<'c>,
    ledger: Ledger,
    moving: Moving,
    /// To wait for a moment.
    clock: tokio::runtime::Runtime,
    setup: &'c Setup,
}

impl<'c> Loop<'c> {
    fn new(
        backend: Backend<'c>,
        (ledger, moving, clock): (Ledger, Moving, tokio::runtime::Runtime),
        setup: &'c Setup,
    ) -> Self {
        Self {
            backend,
            ledger,
            moving,
            clock,
            setup,
        }
    }

    fn run(&mut self, jobs: mpsc::Receiver<Job>) {
        let _ended = self.serve(jobs);
    }

    /// Told at once, while everybody who waits for an answer still waits: none of them hears of an end that is not there yet.
    fn end(&self, cause: &str) -> Ended {
        tracing::error!(cause, "the disk can no longer be believed; stopping");
        (self.setup.on_fatal)(cause);
        Ended
    }

    fn serve(&mut self, mut jobs: mpsc::Receiver<Job>) -> Result<(), Ended> {
        let mut units = Vec::with_capacity(GROUP_UNITS_MAX);
        let mut replies = Vec::with_capacity(GROUP_UNITS_MAX);
        let mut searches = Vec::new();
        while let Some(first) = self.receive(&mut jobs)? {
            let most = group_of(jobs.len() + 1);
            let mut next = Some(first);
            let mut scrub = None;
            while let Some(job) = next {
                match job {
                    Job::Write(unit, reply) => {
                        units.push(unit);
                        replies.push(reply);
                    }
                    Job::Settle(reply) => searches.push(reply),
                    Job::Scrub(reply) => {
                        scrub = Some(reply);
                        break;
                    }
                }
                next = if units.len() < most {
                    jobs.try_recv().ok()
                } else {
                    None
                };
            }
            if !units.is_empty() {
                self.group(&units, &mut replies)?;
                units.clear();
            }
            for search in searches.drain(..) {
                self.moving.ask(search);
            }
            self.move_words(false)?;
            if let Some(reply) = scrub {
                self.scrub(reply)?;
            }
        }
        Ok(())
    }

    /// The next job; `None` once nobody can send one. As long as none comes, words of reports move into the index.
    fn receive(&mut self, jobs: &mut mpsc::Receiver<Job>) -> Result<Option<Job>, Ended> {
        loop {
            match jobs.try_recv() {
                Ok(job) => return Ok(Some(job)),
                Err(mpsc::error::TryRecvError::Disconnected) => return Ok(None),
                Err(mpsc::error::TryRecvError::Empty) => {}
            }
            if self.move_words(false)? {
                continue;
            }
            if !self.setup.at_rest || !self.moving.is_pending() {
                return Ok(jobs.blocking_recv());
            }
            let next = async { tokio::time::timeout(QUIET, jobs.recv()).await };
            match self.clock.block_on(next) {
                Ok(job) => return Ok(job),
                Err(_quiet) => self.move_words(true)?,
            };
        }
    }

    /// Moves some words of reports into the full-text index, if that is wanted now; says whether it did.
    fn move_words(&mut self, quiet: bool) -> Result<bool, Ended> {
        let Some(rows) = self.moving.next(quiet) else {
            return Ok(false);
        };
        match self.try_move(rows) {
            Ok(true) => {
                self.moving.moved(rows);
                Ok(true)
            }
            Ok(false) => {
                self.moving.untold();
                Ok(false)
            }
            Err(GroupError::Fatal(cause)) => Err(self.end(&cause)),
            Err(GroupError::Refused(WriteError::DiskFull)) => {
                self.backend.rollback();
                self.moving.failed();
                Ok(false)
            }
            Err(error) => {
                self.backend.rollback();
                self.moving.failed();
                tracing::warn!(cause = ?error, "words of reports wait for the index; it will be tried again");
                Ok(false)
            }
        }
    }

    /// `false` if nobody has said yet what the words of some of them are.
    fn try_move(&mut self, rows: u64) -> Result<bool, GroupError> {
        self.recover()?;
        let sqlite = self.backend.is_sqlite();
        let last = self.moving.first(rows).last().copied();
        let numbers = unindexed::numbers(self.moving.first(rows));
        let texts = self
            .backend
            .rows(unindexed::texts(sqlite), &bound![numbers.as_str()])?;
        let wording = self.setup.wording.get();
        let chunk = unindexed::chunk(sqlite, (numbers, last), &texts, wording)
            .map_err(|error| GroupError::Refused(WriteError::Database(error.to_string())))?;
        let Some(chunk) = chunk else {
            return Ok(false);
        };
        let units = [chunk];
        let verdicts = self.backend.begin(&units)?;
        if texts.len() as u64 != rows || matches!(verdicts.first(), Some(Err(_))) {
            self.recount()?;
            let told = format!("not {rows} of them waited");
            return Err(GroupError::Refused(WriteError::Database(told)));
        }
        self.backend.finish(&units, &verdicts, &[])?;
        Ok(true)
    }

    /// After a doubtful end what is known of the database is read anew.
    fn recover(&mut self) -> Result<(), GroupError> {
        if let Some(ledger) = self.backend.recover()? {
            self.ledger = ledger;
            self.recount()?;
        }
        Ok(())
    }

    /// Looks whose words wait.
    fn recount(&mut self) -> Result<(), GroupError> {
        let fault =
            |error: ColumnError| GroupError::Refused(WriteError::Database(error.to_string()));
        let rows = self.backend.rows(unindexed::PLACE, &[])?;
        let place = unindexed::place(&rows).map_err(fault)?;
        let waiting = unindexed::waiting(self.backend.is_sqlite());
        let rows = self.backend.rows(waiting, &bound![place])?;
        let waits = unindexed::waits(&rows).map_err(fault)?;
        self.moving.reset(waits);
        Ok(())
    }

    fn scrub(&mut self, reply: oneshot::Sender<Result<bool, WriteError>>) -> Result<(), Ended> {
        let answer = match self.backend.scrub() {
            Ok(done) => Ok(done),
            Err(GroupError::Refused(cause)) => Err(cause),
            Err(GroupError::Offence(cause)) => Err(WriteError::Database(cause)),
            Err(GroupError::Fatal(cause)) => return Err(self.end(&cause)),
        };
        let _gone = reply.send(answer);
        Ok(())
    }

    fn group(&mut self, units: &[Unit], replies: &mut Vec<Reply>) -> Result<(), Ended> {
        match self.try_group(units, replies) {
            Ok(()) => Ok(()),
            Err(GroupError::Offence(cause)) if units.len() == 1 => {
                self.backend.rollback();
                for reply in replies.drain(..) {
                    let _gone = reply.send(Err(WriteError::Database(cause.clone())));
                }
                Ok(())
            }
            // One bad apple must not spoil the group: each gets a transaction of its own.
            Err(GroupError::Offence(_)) => {
                self.backend.rollback();
                self.one_by_one(units, replies)
            }
            Err(GroupError::Refused(cause)) => {
                self.backend.rollback();
                // With the ballast gone there is room again for those who were let in before.
                if matches!(cause, WriteError::DiskFull) && self.setup.room.fill() {
                    if let Err(GroupError::Fatal(cause)) = self.backend.make_room() {
                        return Err(self.end(&cause));
                    }
                    return self.one_by_one(units, replies);
                }
                for reply in replies.drain(..) {
                    let _gone = reply.send(Err(cause.clone()));
                }
                Ok(())
            }
            Err(GroupError::Fatal(cause)) => Err(self.end(&cause)),
        }
    }

    /// A transaction for each unit. New reports are refused meanwhile if the disk is full.
    fn one_by_one(&mut self, units: &[Unit], replies: &mut Vec<Reply>) -> Result<(), Ended> {
        let waiting = std::mem::take(replies);
        for (unit, reply) in units.iter().zip(waiting) {
            if unit.intake && self.setup.room.is_full() {
                let _gone = reply.send(Err(WriteError::DiskFull));
                continue;
            }
            replies.push(reply);
            self.group(std::slice::from_ref(unit), replies)?;
        }
        Ok(())
    }

    fn try_group(&mut self, units: &[Unit], replies: &mut Vec<Reply>) -> Result<(), GroupError> {
        self.recover()?;
        let verdicts = self.backend.begin(units)?;
        let accepted = || {
            units
                .iter()
                .zip(&verdicts)
                .filter(|(_, v)| v.is_ok())
                .map(|(u, _)| u)
        };
        let sealed = self
            .ledger
            .seal(accepted().flat_map(|unit| &unit.entries))
            .map_err(|error: LedgerError| {
                GroupError::Refused(WriteError::Database(error.to_string()))
            })?;
        if self.setup.sabotage.acknowledge_early {
            answer(
                units,
                &verdicts,
                replies,
                self.ledger.size(),
                sealed.as_ref().map(|s| &s.proof),
            );
        }
        let begun = std::time::Instant::now();
        let logged = sealed.as_ref().map_or(&[][..], |sealed| &sealed.rows);
        self.backend.finish(units, &verdicts, logged)?;
        // Before anybody hears of it: who has a receipt finds the report.
        self.moving.came(self.ledger.size(), accepted());
        let labels = || self.setup.labels.clone();
        metrics::histogram!("cairn_commit_seconds", labels()).record(begun.elapsed());
        metrics::counter!("cairn_writer_groups_total", labels()).increment(1);
        metrics::counter!("cairn_writer_units_total", labels()).increment(units.len() as u64);
        let first = self.ledger.size();
        let proof = sealed.map(|sealed| {
            let proof = sealed.proof.clone();
            self.ledger.advance(sealed);
            proof
        });
        answer(units, &verdicts, replies, first, proof.as_ref());
        Ok(())
    }
}

/// How many of the units that wait the next group takes: a third of them. Who sent one gets no answer until the group is durable: a
/// group of all that wait leaves those who make units nothing to do while it is written, and the writer nothing while they make
/// the next ones.
#[must_use]
pub fn group_of(waiting: usize) -> usize {
    waiting.div_ceil(3).clamp(GROUP_UNITS_MIN, GROUP_UNITS_MAX)
}

fn answer(
    units: &[Unit],
    verdicts: &[Verdict],
    replies: &mut Vec<Reply>,
    mut first: u64,
    proof: Option<&Arc<BatchProof>>,
) {
    for ((unit, verdict), reply) in units.iter().zip(verdicts).zip(replies.drain(..)) {
        let result = match verdict {
            Ok(()) => {
                let committed = Committed {
                    first,
                    proof: proof.cloned(),
                };
                first += unit.entries.len() as u64;
                Ok(committed)
            }
            Err(cause) => Err(cause.clone()),
        };
        // A caller that went away keeps its unit: it is durable, and its key finds it again.
        let _gone = reply.send(result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_a_third_of_what_waits_within_bounds() {
        let sizes = [1, 16, 48, 49, 200, 3_072, 4_096].map(group_of);
        assert_eq!(sizes, [16, 16, 16, 17, 67, 1_024, 1_024]);
    }
}
