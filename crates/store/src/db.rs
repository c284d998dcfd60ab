//! Reading: one function for both databases. Lists never load bodies; each query names its columns.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::Pool;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use tokio::sync::Semaphore;
use tokio_postgres::types::{ToSql, Type};

use crate::once::SharedKeys;
use crate::sql::{ColumnError, Row, Value, postgres_row, sqlite_row};

/// SQLite connections for reading.
const READ_CONNECTIONS_MAX: usize = 4;
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Page cache of one reading connection, KiB.
const READ_CACHE_KIB: i32 = 4 * 1024;
/// Page cache of the writing connection, KiB.
const WRITE_CACHE_KIB: i32 = 32 * 1024;
/// The same three where several stores share one process.
const READ_CONNECTIONS_OF_MANY: usize = 2;
const READ_CACHE_OF_MANY_KIB: i32 = 2 * 1024;
const WRITE_CACHE_OF_MANY_KIB: i32 = 8 * 1024;

/// A reading failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database said no.
    #[error("reading the database: {0}")]
    Database(String),
    /// A row was not of the expected shape.
    #[error("reading {query}: {cause}")]
    Shape {
        /// Which query.
        query: &'static str,
        /// Which column.
        cause: ColumnError,
    },
    /// Stored text does not parse: the file is damaged or newer than this program.
    #[error("stored {what} does not parse: {cause}")]
    Content {
        /// What.
        what: &'static str,
        /// Why.
        cause: String,
    },
}

impl From<ColumnError> for ReadError {
    fn from(cause: ColumnError) -> Self {
        Self::Shape {
            query: "a row",
            cause,
        }
    }
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<tokio_postgres::Error> for ReadError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(crate::postgres::describe(&error))
    }
}

/// How SQLite is opened.
#[derive(Debug, Clone)]
pub struct SqliteConfig {
    /// The database file.
    pub path: PathBuf,
    /// A registered VFS; only the crash simulator names one.
    pub vfs: Option<String>,
    /// `FULL`; the crash simulator's negative controls name weaker ones.
    pub synchronous: &'static str,
    /// Pages (4 KiB) in the write-ahead log after which the writer copies it back.
    pub wal_pages: u32,
    /// What it may hold in memory.
    pub memory: Memory,
}

/// What one store may hold in memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Memory {
    /// One store in this process.
    #[default]
    Whole,
    /// One of several.
    Shared,
}

impl Memory {
    const fn readers(self) -> usize {
        match self {
            Self::Whole => READ_CONNECTIONS_MAX,
            Self::Shared => READ_CONNECTIONS_OF_MANY,
        }
    }

    const fn read_cache_kib(self) -> i32 {
        match self {
            Self::Whole => READ_CACHE_KIB,
            Self::Shared => READ_CACHE_OF_MANY_KIB,
        }
    }

    const fn write_cache_kib(self) -> i32 {
        match self {
            Self::Whole => WRITE_CACHE_KIB,
            Self::Shared => WRITE_CACHE_OF_MANY_KIB,
        }
    }
}

impl SqliteConfig {
    /// The normal way: durable at every commit.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            vfs: None,
            synchronous: "FULL",
            wal_pages: crate::WAL_PAGES,
            memory: Memory::Whole,
        }
    }

    fn open(&self, flags: OpenFlags) -> rusqlite::Result<Connection> {
        match &self.vfs {
            None => Connection::open_with_flags(&self.path, flags),
            Some(vfs) => Connection::open_with_flags_and_vfs(&self.path, flags, vfs.as_str()),
        }
    }

    /// The writing connection. `secure_delete` zeroes what is erased; automatic checkpoints are off because the
    /// writer makes them between groups.
    ///
    /// # Errors
    /// The file cannot be opened or is no database.
    pub fn writer(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = self.open(flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        to_wal(&connection)?;
        connection.pragma_update(None, "synchronous", self.synchronous)?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "cache_size", -self.memory.write_cache_kib())?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(connection)
    }

    /// A connection that only copies the write-ahead log back, as durably as the writer would.
    pub(crate) fn copier(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = self.open(flags)?;
        connection.pragma_update(None, "synchronous", self.synchronous)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "cache_size", 16)?;
        Ok(connection)
    }

    /// A reading connection.
    ///
    /// # Errors
    /// As [`Self::writer`].
    pub fn reader(&self) -> rusqlite::Result<Connection> {
        // Opened for writing, since a WAL reader may have to build the index file; `query_only` forbids the rest.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = self.open(flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -self.memory.read_cache_kib())?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

/// Switches to WAL and makes sure of it. SQLite answers with the new mode before the switch is on disk; only the
/// step after that row says whether it got there, and a database left behind keeps less of a promise.
fn to_wal(connection: &Connection) -> rusqlite::Result<()> {
    let mut mode = String::new();
    let mut switch = connection.prepare("PRAGMA journal_mode = WAL")?;
    let mut rows = switch.query([])?;
    while let Some(row) = rows.next()? {
        mode = row.get(0)?;
    }
    if mode == "wal" {
        return Ok(());
    }
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
    let cause = format!("the database stays in journal mode {mode} instead of WAL");
    Err(rusqlite::Error::SqliteFailure(code, Some(cause)))
}

/// A pool of SQLite readers.
#[derive(Debug, Clone)]
pub(crate) struct SqliteReaders {
    pub(crate) config: SqliteConfig,
    /// Keys of requests that may come twice.
    pub(crate) keys: SharedKeys,
    idle: Arc<Mutex<Vec<Connection>>>,
    places: Arc<Semaphore>,
}

/// The database as its readers see it.
#[derive(Clone)]
pub(crate) enum Db {
    Sqlite(SqliteReaders),
    Postgres(Pool),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Db::Sqlite",
            Self::Postgres(_) => "Db::Postgres",
        })
    }
}

impl SqliteReaders {
    pub(crate) fn new(config: SqliteConfig, keys: SharedKeys) -> Self {
        let readers = config.memory.readers();
        Self {
            config,
            keys,
            idle: Arc::default(),
            places: Arc::new(Semaphore::new(readers)),
        }
    }

    /// Runs blocking work on a reading connection.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let closed = |_| ReadError::Database("the store is closing".into());
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(closed)?;
        let readers = self.clone();
        tokio::task::spawn_blocking(move || {
            let _place = place;
            let idle = readers
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let mut connection = match idle {
                Some(connection) => connection,
                None => readers.config.reader()?,
            };
            let answer = work(&mut connection);
            readers
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            answer
        })
        .await
        .map_err(|error| ReadError::Database(error.to_string()))?
    }
}

impl Db {
    /// All rows of a query. Give it a `LIMIT`.
    pub(crate) async fn rows(
        &self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, ReadError> {
        match self {
            Self::Sqlite(readers) => {
                readers
                    .run(move |connection| sqlite_rows(connection, sql, &params))
                    .await
            }
            Self::Postgres(pool) => {
                let client = pool
                    .get()
                    .await
                    .map_err(|error| ReadError::Database(error.to_string()))?;
                let statement = client.prepare_cached(sql).await?;
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
                let rows = client.query(&statement, &params).await?;
                rows.iter()
                    .map(|row| postgres_row(row).map_err(ReadError::from))
                    .collect()
            }
        }
    }

    /// As [`Self::rows`], for questions with filters that mostly ask nothing (`$1 = '' OR …`): PostgreSQL plans such a one
    /// anew each time, with the values before it, and then leaves those filters out. A plan for any values takes each for
    /// a strong one, expects one row in a million and reads the whole table for it. SQLite's plan does not depend on them.
    pub(crate) async fn rows_anew(
        &self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, ReadError> {
        let Self::Postgres(pool) = self else {
            return self.rows(sql, params).await;
        };
        let client = pool
            .get()
            .await
            .map_err(|error| ReadError::Database(error.to_string()))?;
        let params: Vec<(&(dyn ToSql + Sync), Type)> = params
            .iter()
            .map(|value| (value as &(dyn ToSql + Sync), value.postgres_type()))
            .collect();
        let rows = client.query_typed(sql, &params).await?;
        rows.iter()
            .map(|row| postgres_row(row).map_err(ReadError::from))
            .collect()
    }

    /// The first row of one question for each of many values, in their order: one visit to the database, not as many.
    pub(crate) async fn row_each(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Option<Row>>, ReadError> {
        match self {
            Self::Sqlite(readers) => {
                readers
                    .run(move |connection| {
                        let one = |value| sqlite_rows(connection, sql, &[value]);
                        let first = |rows: Vec<Row>| rows.into_iter().next();
                        values
                            .into_iter()
                            .map(|value| Ok(first(one(value)?)))
                            .collect()
                    })
                    .await
            }
            Self::Postgres(pool) => {
                let client = pool
                    .get()
                    .await
                    .map_err(|error| ReadError::Database(error.to_string()))?;
                let statement = client.prepare_cached(sql).await?;
                let asked = values.iter().map(async |value| {
                    let row = client.query_opt(&statement, &[value]).await?;
                    row.as_ref().map(postgres_row).transpose()
                });
                Ok(futures_util::future::try_join_all(asked).await?)
            }
        }
    }

    /// The first row of a query, if any.
    pub(crate) async fn row(
        &self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Option<Row>, ReadError> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

pub(crate) fn sqlite_rows(
    connection: &Connection,
    sql: &'static str,
    params: &[Value],
) -> Result<Vec<Row>, ReadError> {
    Ok(sqlite_read(connection, sql, params)?)
}

/// As [`sqlite_rows`], with SQLite's own error, which the writer judges.
pub(crate) fn sqlite_read(
    connection: &Connection,
    sql: &'static str,
    params: &[Value],
) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    debug_assert!(
        (1..=statement.parameter_count())
            .all(|i| statement.parameter_name(i) == Some(&*format!("${i}"))),
        "parameters must first appear in the order of their numbers: {sql}"
    );
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(params))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(sqlite_row(row, columns)?);
    }
    Ok(out)
}
