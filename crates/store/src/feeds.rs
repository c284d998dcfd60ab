//! What machines report: reports as they were received, the state of what was observed, the observations themselves, daily counts, and
//! rows that could not be read. A writer of its own ([`FeedStore`]): a flood of feeds never blocks a person's report, and machine
//! reports are taken in beside a running server.
//!
//! On SQLite these tables lie in `feeds.db`, on PostgreSQL beside the others. The observations lie in the data directory, one file a month
//! (`observations/2050-01.seg`), in segments of some thousand ([`segment`]). A segment is written and synced first; then one transaction
//! commits its place, the states, the daily counts, the quarantine and how far the report is. What lies in a file beyond the last place
//! that was committed is cut off when the store is opened.

pub mod ask;
mod care;
mod check;
mod count;
pub mod cube;
mod filter;
mod judged;
pub(crate) mod link;
pub mod mix;
pub(crate) mod months;
mod raw;
mod read;
pub(crate) mod schema;
pub mod segment;
pub mod sift;
pub mod spool;
pub mod state;
mod take;
mod turn;
pub(crate) mod waiting;
pub mod walk;

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

pub use care::{Held, Retained};
pub use judged::{FeedHead, Piece};
pub(crate) use raw::waiting_name;
pub use raw::{Raw, RawFile, RawIn, RawOut};
pub use read::{CauseCount, Day, FeedStats, History, Next, Pending, Stats, Waiting, Wanted};
pub use schema::NEWEST;
pub use spool::Spool;
pub use take::{Begin, Begun, Counts, Feed, FeedWish, REJECTS_PER_REPORT_MAX, Rejected, Report};

use crate::db::{Memory, ReadError, SqliteConfig};
use crate::keys::{KeyError, Keys};
use crate::postgres::PgError;
use crate::schema::SchemaError;
use crate::sql::ColumnError;
use crate::{Database, Options};
use link::Link;

/// The database file of machine reports.
pub(crate) const SQLITE_FILE: &str = "feeds.db";
/// Folder of observations and reports in the data directory.
pub(crate) const FOLDER: &str = "observations";
/// Folder in it of the reports as they were received.
pub(crate) const RAW: &str = "raw";

/// Taking in or reading machine reports failed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// A file or folder.
    #[error("{path}: {cause}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Somebody else takes reports in.
    #[error("another cairn is taking machine reports into {0}; wait for it, or stop it first")]
    Locked(PathBuf),
    /// The database said no.
    #[error("database of machine reports: {0}")]
    Database(String),
    /// A row was not of the expected shape.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Migrations.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The installation's keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// What lies on the disk is not what was written there.
    #[error("{0} is damaged or cut short; restore it from a backup")]
    Damaged(PathBuf),
    /// A commit failed before, and nobody knows what the disk holds.
    #[error("an earlier commit failed; open the store again")]
    Broken,
    /// There is no such report.
    #[error("there is no report {0}")]
    NoReport(i64),
    /// Counts of observations.
    #[error("counts of observations are damaged; restore them from a backup")]
    Counts,
    /// The report as received was removed by retention.
    #[error("the file of report {0} is no longer kept")]
    NoRaw(i64),
}

impl From<rusqlite::Error> for FeedError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<tokio_postgres::Error> for FeedError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(crate::postgres::describe(&error))
    }
}

impl From<PgError> for FeedError {
    fn from(error: PgError) -> Self {
        if matches!(error, PgError::Locked) {
            return Self::Locked(PathBuf::from("the database"));
        }
        Self::Database(error.to_string())
    }
}

impl From<ColumnError> for FeedError {
    fn from(error: ColumnError) -> Self {
        Self::Read(error.into())
    }
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> FeedError {
    let path = path.to_owned();
    move |cause| FeedError::Io { path, cause }
}

/// How the database file of machine reports is opened, by how the other one is.
pub(crate) fn sqlite_config(options: &Options, config: &SqliteConfig) -> SqliteConfig {
    SqliteConfig {
        path: options.dir.join(SQLITE_FILE),
        // Its own cache is set apart.
        memory: Memory::Shared,
        ..config.clone()
    }
}

/// The store of machine reports, open. Blocks: on a runtime use it from `spawn_blocking` or a thread.
pub struct FeedStore {
    link: Link,
    dir: PathBuf,
    keys: Keys,
    /// Numbers of causes, by their text.
    causes: HashMap<String, i64>,
    /// Where the last committed segment of each month ends.
    ends: HashMap<String, u64>,
    /// The month's file that is written to.
    month: Option<(String, File)>,
    next_segment: i64,
    counting: count::Counting,
    broken: bool,
    /// Held while the store is open; the system releases it however the process ends.
    lock: Option<File>,
}

impl std::fmt::Debug for FeedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedStore")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl FeedStore {
    /// Opens it to take reports in: one process at a time. Makes and migrates what is not there; cuts off what an interrupted run left.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn open(options: &Options) -> Result<Self, FeedError> {
        let dir = options.dir.join(FOLDER);
        std::fs::create_dir_all(dir.join(RAW)).map_err(at(&dir))?;
        crate::keys::private_dir(&dir).map_err(at(&dir))?;
        let lock = lock(&dir)?;
        let link = match &options.database {
            Database::Sqlite(config) => Link::sqlite(&sqlite_config(options, config))?,
            Database::Postgres(config) => Link::postgres(config)?,
        };
        let mut store = Self::with(link, &options.dir, &options.origin)?;
        store.lock = lock;
        store.remember()?;
        store.tidy()?;
        Ok(store)
    }

    /// Opens it to read, also while somebody takes reports in. `None` where nothing was ever taken in.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn reading(options: &Options) -> Result<Option<Self>, FeedError> {
        let link = match &options.database {
            Database::Sqlite(config) => Link::reading_sqlite(&sqlite_config(options, config))?,
            Database::Postgres(config) => Link::reading_postgres(config)?,
        };
        link.map(|link| Self::with(link, &options.dir, &options.origin))
            .transpose()
    }

    /// On a connection of the caller's, with the files of a data directory.
    pub(crate) fn with(link: Link, dir: &Path, origin: &str) -> Result<Self, FeedError> {
        Ok(Self {
            link,
            dir: dir.join(FOLDER),
            keys: Keys::open(&dir.join("keys"), origin)?,
            causes: HashMap::new(),
            ends: HashMap::new(),
            month: None,
            next_segment: 1,
            counting: count::Counting::default(),
            broken: false,
            lock: None,
        })
    }

    /// Gives the connection back.
    pub(crate) fn into_link(self) -> Link {
        self.link
    }

    /// What is asked for again and again.
    fn remember(&mut self) -> Result<(), FeedError> {
        for row in self.link.rows("SELECT no, text FROM feed_cause", [])? {
            self.causes.insert(row.text(1)?, row.int(0)?);
        }
        let newest = "SELECT coalesce(max(no), 0) FROM feed_segment";
        for row in self.link.rows(newest, [])? {
            self.next_segment = row.int(0)? + 1;
        }
        self.ends = self.committed_ends()?;
        Ok(())
    }
}

fn lock(dir: &Path) -> Result<Option<File>, FeedError> {
    let path = dir.join("lock");
    let file = File::create(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(FeedError::Locked(dir.to_owned())),
        // A file system without locks: the operator's care must do.
        Err(std::fs::TryLockError::Error(error))
            if error.kind() == std::io::ErrorKind::Unsupported =>
        {
            Ok(None)
        }
        Err(std::fs::TryLockError::Error(error)) => Err(at(&path)(error)),
    }
}
