//! Checks everything that is stored against the evidence log, without the running program: every row of the log
//! against its hash, the tree over them, every signed checkpoint, and every row of every report, of every challenge of a
//! figure, of every case, of the clusters, of every note and decision on an observable, of every handover note, of every rule, of every
//! passkey, token and webhook, of mail that waits for a second officer, and of every return and publication of the strategy office, against the events that made it. Reads in
//! pages, so that memory does not grow with the log; never
//! stops at the first finding.
//!
//! Stored files are read by [`files`] apart: that takes as long as there are bytes.
//!
//! What machines report is no part of the evidence: [`crate::feeds`] holds it against itself, and [`waiting`] reads the files of reports
//! that wait.
//!
//! What is not proved: drafts, jobs, automatic answers, accounts, sessions, what passkeys are called and when they were used,
//! connections with providers, saved views, API keys, names of tokens, deliveries to webhooks, idempotency keys, which
//! mails wait for a second officer and the full-text index; of the strategy office the seats. None of them is part of a report or a return.

mod agencies;
mod cases;
mod challenges;
mod claims;
mod clusters;
mod constituents;
mod files;
mod log;
mod machines;
mod notices;
mod observables;
mod paging;
mod reports;
mod rules;
mod second;
mod shift;
mod sources;
mod standing;
mod track;
mod waiting;
mod ways;

pub use files::files;
pub use standing::{SourceSeen, Standing, standing};
pub use track::{KeptBundle, bundles};
pub use waiting::waiting;

use std::fmt;
use std::path::Path;

use cairn_evidence::hash::Hash;
use cairn_evidence::keys::KeyList;
use cairn_kernel::time::Micros;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tokio_postgres::types::ToSql;

use crate::Database;
use crate::db::ReadError;
use crate::postgres::{PgError, read_only};
use crate::sql::{Row, Value};

/// Rows of the log read at a time.
const PAGE_ROWS: i64 = 4_096;

/// Verifying could not begin or go on; nothing is said about the records.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The published keys.
    #[error("key list {0}: {1}")]
    Keys(std::path::PathBuf, String),
    /// The database could not be opened.
    #[error("opening the database: {0}")]
    Open(String),
    /// It was not brought up to date yet.
    #[error(
        "the database has schema {found}, this program knows {known}: start the program once, or verify with the program that wrote it"
    )]
    Older {
        /// Its number.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<rusqlite::Error> for VerifyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Open(error.to_string())
    }
}

impl From<PgError> for VerifyError {
    fn from(error: PgError) -> Self {
        Self::Open(error.to_string())
    }
}

/// What the records are checked with. Whoever distrusts the machine brings the key list from elsewhere.
#[derive(Debug, Clone)]
pub struct Trusted {
    /// Name of the log.
    pub origin: String,
    /// Published keys.
    pub keys: KeyList,
    /// Key that scrambles report numbers; with it references are checked too.
    pub reference: Option<[u8; 32]>,
}

impl Trusted {
    /// From the `keys` folder of a data directory.
    ///
    /// # Errors
    /// The key list is absent or does not parse.
    pub fn read(keys: &Path, origin: &str) -> Result<Self, VerifyError> {
        let path = keys.join("log.keys");
        let bad = |cause: String| VerifyError::Keys(path.clone(), cause);
        let text = std::fs::read_to_string(&path).map_err(|e| bad(e.to_string()))?;
        Ok(Self {
            origin: origin.to_owned(),
            keys: text
                .parse()
                .map_err(|e: cairn_evidence::keys::KeysError| bad(e.to_string()))?,
            reference: std::fs::read(keys.join("reference.key"))
                .ok()
                .and_then(|bytes| bytes.try_into().ok()),
        })
    }
}

/// One disagreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Table.
    pub table: &'static str,
    /// Which row: a log index or a range of them, a report's number (with its reference), or number and key.
    pub key: String,
    /// What disagrees.
    pub what: String,
}

impl Finding {
    /// Table and row.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{} {}", self.table, self.key)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys may hold what strangers wrote; a terminal must not obey it.
        write!(
            f,
            "{} {}: {}",
            self.table,
            cairn_kernel::text::visible(&self.key),
            cairn_kernel::text::visible(&self.what)
        )
    }
}

/// What is being verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The log's rows.
    Log,
    /// Reports.
    Reports,
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Which part.
    pub part: Part,
    /// Done of it.
    pub done: u64,
    /// Size of it.
    pub of: u64,
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Rows of the log.
    pub leaves: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// Reports.
    pub reports: u64,
    /// Challenges of figures.
    pub challenges: u64,
    /// Reports in clusters.
    pub clustered: u64,
    /// Cases.
    pub cases: u64,
    /// Returns of the strategy office.
    pub returns: u64,
    /// Findings; zero is good.
    pub findings: u64,
    /// Size and root of the newest checkpoint, whose signature and root are right.
    pub head: Option<(u64, Hash)>,
}

/// Callbacks and means of one run.
pub struct Check<'a> {
    /// Keys.
    pub trusted: &'a Trusted,
    /// Year times ten plus quarter of a moment, in the country's time zone; without it that column is not checked.
    pub quarter: Option<&'a (dyn Fn(Micros) -> i64 + Sync)>,
    /// Told about every page.
    pub progress: &'a mut dyn FnMut(Progress),
    /// Told about every finding.
    pub found: &'a mut dyn FnMut(Finding),
}

impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("trusted", &self.trusted)
            .finish_non_exhaustive()
    }
}

/// Verifies a database as it stands at this moment, also beside a running cairn. Blocks: on a runtime call it from
/// `spawn_blocking`.
///
/// # Errors
/// See [`VerifyError`]; disagreements are findings, not errors.
pub fn database(database: &Database, check: Check<'_>) -> Result<Verdict, VerifyError> {
    match database {
        Database::Sqlite(config) => sqlite(&config.reader()?, check),
        Database::Postgres(config) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| VerifyError::Open(error.to_string()))?;
            let client = runtime.block_on(read_only(config))?;
            postgres(runtime, client, check).0
        }
    }
}

/// When the newest entry of the log was made (its hour, if by an anonymous reporter); `None` for an empty log. Blocks.
///
/// # Errors
/// See [`VerifyError`].
pub fn newest(database: &Database) -> Result<Option<Micros>, VerifyError> {
    let newest = |source: Source<'_>| {
        let sql = "SELECT at FROM evidence ORDER BY idx DESC LIMIT 1";
        let rows = source.rows(sql, Vec::new())?;
        let at = rows.first().map(|row| row.int(0)).transpose();
        Ok(at.map_err(ReadError::from)?.map(Micros))
    };
    match database {
        Database::Sqlite(config) => newest(Source::Sqlite(&config.reader()?)),
        Database::Postgres(config) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| VerifyError::Open(error.to_string()))?;
            let client = runtime.block_on(read_only(config))?;
            newest(Source::Postgres(&(runtime, client)))
        }
    }
}

/// As [`database`], on an open SQLite connection. Inside a transaction it sees what that sees.
///
/// # Errors
/// As [`database`].
pub fn sqlite(connection: &Connection, check: Check<'_>) -> Result<Verdict, VerifyError> {
    let own = connection.is_autocommit();
    if own {
        connection.execute_batch("BEGIN")?;
    }
    let verdict = Run::new(Source::Sqlite(connection), check).all();
    if own {
        connection.execute_batch("ROLLBACK")?;
    }
    verdict
}

/// As [`database`], on an open PostgreSQL connection, which is given back with its runtime.
pub(crate) fn postgres(
    runtime: tokio::runtime::Runtime,
    client: tokio_postgres::Client,
    check: Check<'_>,
) -> (
    Result<Verdict, VerifyError>,
    (tokio::runtime::Runtime, tokio_postgres::Client),
) {
    let both = (runtime, client);
    let verdict = Run::new(Source::Postgres(&both), check).all();
    (verdict, both)
}

/// Where rows come from.
pub(crate) enum Source<'c> {
    Sqlite(&'c Connection),
    Postgres(&'c (tokio::runtime::Runtime, tokio_postgres::Client)),
}

impl Source<'_> {
    pub(crate) fn rows(
        &self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, ReadError> {
        match self {
            Self::Sqlite(connection) => strict_rows(connection, sql, &params),
            Self::Postgres(both) => {
                let (runtime, client) = both;
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
                let rows = runtime.block_on(client.query(sql, &params))?;
                rows.iter()
                    .map(|row| crate::sql::postgres_row(row).map_err(ReadError::from))
                    .collect()
            }
        }
    }

    /// The schema's number.
    fn schema(&self) -> Result<i64, ReadError> {
        let sql = match self {
            Self::Sqlite(_) => "PRAGMA user_version",
            Self::Postgres(_) => "SELECT coalesce(max(number), 0) FROM cairn_schema",
        };
        let rows = self.rows(sql, Vec::new())?;
        Ok(rows.first().map_or(Ok(0), |row| row.int(0))?)
    }

    /// There is a table of this name.
    pub(crate) fn has(&self, table: &'static str) -> Result<bool, ReadError> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1",
            Self::Postgres(_) => {
                "SELECT 1 FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = CAST($1 AS TEXT)"
            }
        };
        Ok(!self.rows(sql, vec![table.into()])?.is_empty())
    }

    fn count(&self, sql: &'static str) -> Result<u64, ReadError> {
        let rows = self.rows(sql, Vec::new())?;
        let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
        Ok(count.unsigned_abs())
    }
}

/// As the store reads, but text that is no UTF-8 stays bytes, so that it differs from what was written.
fn strict_rows(
    connection: &Connection,
    sql: &'static str,
    params: &[Value],
) -> Result<Vec<Row>, ReadError> {
    let mut out = Vec::new();
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(params))?;
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(match row.get_ref(column)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(x) => Value::Int(x),
                ValueRef::Real(x) => Value::Real(x),
                ValueRef::Text(x) => match std::str::from_utf8(x) {
                    Ok(text) => Value::Text(text.to_owned()),
                    Err(_) => Value::Blob(x.to_vec()),
                },
                ValueRef::Blob(x) => Value::Blob(x.to_vec()),
            });
        }
        out.push(Row(values));
    }
    Ok(out)
}

/// One run.
struct Run<'a, 'c> {
    source: Source<'c>,
    check: Check<'a>,
    verdict: Verdict,
}

impl<'a, 'c> Run<'a, 'c> {
    fn new(source: Source<'c>, check: Check<'a>) -> Self {
        Self {
            source,
            check,
            verdict: Verdict::default(),
        }
    }

    fn all(mut self) -> Result<Verdict, VerifyError> {
        let (found, known) = (self.source.schema()?, crate::schema::NEWEST);
        if found < known {
            return Err(VerifyError::Older { found, known });
        }
        self.log()?;
        self.challenges()?;
        self.cases()?;
        self.observables()?;
        self.handovers()?;
        self.rules()?;
        self.machines()?;
        self.sources()?;
        self.agencies()?;
        self.second_words()?;
        self.constituents()?;
        self.claims()?;
        self.notices()?;
        self.reports()?;
        self.clusters()?;
        self.plans()?;
        self.passkeys()?;
        Ok(self.verdict)
    }

    fn found(&mut self, table: &'static str, key: impl fmt::Display, what: impl fmt::Display) {
        self.report(Finding {
            table,
            key: key.to_string(),
            what: what.to_string(),
        });
    }

    fn report(&mut self, finding: Finding) {
        self.verdict.findings += 1;
        (self.check.found)(finding);
    }

    fn progress(&mut self, part: Part, done: u64, of: u64) {
        (self.check.progress)(Progress { part, done, of });
    }
}

/// A text column, if it is text.
fn text(row: &Row, column: usize) -> Option<&str> {
    match row.0.get(column) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// A bytes column of fixed length.
fn bytes<const N: usize>(row: &Row, column: usize) -> Option<[u8; N]> {
    match row.0.get(column) {
        Some(Value::Blob(bytes)) => bytes.as_slice().try_into().ok(),
        _ => None,
    }
}

/// A value for people.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Int(x) => x.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Bool(x) => x.to_string(),
        Value::Text(x) => x.clone(),
        Value::Word(x) => (*x).to_owned(),
        Value::Blob(x) => format!("{} bytes", x.len()),
    }
}

/// Work for all processors: each item through `work`, answers in order.
fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(threads).max(16);
    if items.len() <= share {
        return items.iter().map(work).collect();
    }
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = items
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<R>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(answers) => answers,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}
