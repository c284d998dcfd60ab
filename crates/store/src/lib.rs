//! All SQL and all files on disk: reports, evidence log, accounts, drafts, files, jobs. SQLite by default,
//! PostgreSQL at scale; one data directory. Knows nothing of HTTP or pages.

pub mod account;
pub mod agency;
pub mod answer;
pub mod backup;
pub mod blob;
pub mod bulk;
pub mod cases;
pub mod challenge;
pub mod claim;
pub mod cluster;
pub mod constituent;
pub mod conversation;
mod copier;
mod db;
pub mod draft;
pub mod empty;
pub mod evidence;
pub mod feeds;
pub mod figures;
pub mod import;
pub mod job;
pub mod keys;
pub mod ledger;
pub mod live;
pub mod notice;
pub mod observable;
pub mod once;
pub mod openpgp;
pub mod packed;
mod planner;
pub mod postgres;
pub mod pull;
pub mod referral;
pub mod report;
pub mod retention;
pub mod reword;
pub mod room;
pub mod rules;
pub mod schema;
mod seal;
pub mod shift;
pub mod signin;
pub mod source;
pub mod sql;
pub mod stats;
pub mod token;
pub mod track;
pub mod unindexed;
pub mod verify;
pub mod view;
pub mod webhook;
pub mod writer;
mod writer_pg;
mod writer_sqlite;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::JoinHandle;

use db::{Db, SqliteReaders};
pub use db::{Memory, ReadError, SqliteConfig};
use keys::{KeyError, Keys};
use ledger::{Ledger, LedgerError, LedgerKeys};
use postgres::{PgConfig, PgError};
use room::Room;
use writer::{Committed, OnFatal, Sabotage, Setup, Source, Unit, WriteError, Writer};
use writer_pg::PgWriter;
use writer_sqlite::SqliteParts;

/// Pages (4 KiB) in SQLite's write-ahead log after which it is copied back.
pub const WAL_PAGES: u32 = 8_192;

/// Which database.
#[derive(Debug, Clone)]
pub enum Database {
    /// `core.db` in the data directory.
    Sqlite(SqliteConfig),
    /// A PostgreSQL server.
    Postgres(Box<PgConfig>),
}

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    /// The data directory.
    pub dir: PathBuf,
    /// The database.
    pub database: Database,
    /// Name of the evidence log in checkpoints, like `reports.example.org/log`.
    pub origin: String,
    /// Called when the disk can no longer be believed; it should end the process.
    pub on_fatal: OnFatal,
    /// Bytes of the ballast file (see [`room`]); 0 for none.
    pub ballast_bytes: u64,
    /// Name by which metrics tell this store from others in the process; empty for the only or first one.
    pub tenant: Arc<str>,
    /// For tests of the tests.
    pub sabotage: Sabotage,
}

impl Options {
    /// SQLite in `dir`; a failed fsync ends the process.
    #[must_use]
    pub fn sqlite(dir: &Path, origin: &str) -> Self {
        Self {
            dir: dir.to_owned(),
            database: Database::Sqlite(SqliteConfig::new(dir.join("core.db"))),
            origin: origin.to_owned(),
            on_fatal: Arc::new(|_| std::process::abort()),
            ballast_bytes: room::BALLAST_BYTES,
            tenant: Arc::from(""),
            sabotage: Sabotage::default(),
        }
    }

    /// PostgreSQL at `url`, keys and files in `dir`.
    ///
    /// # Errors
    /// The address does not parse.
    pub fn postgres(dir: &Path, origin: &str, url: &str) -> Result<Self, PgError> {
        Ok(Self {
            database: Database::Postgres(Box::new(PgConfig::new(url, None)?)),
            // Its own disk may be another.
            ballast_bytes: 0,
            ..Self::sqlite(dir, origin)
        })
    }
}

/// A store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory.
    #[error("data directory {path}: {cause}")]
    Directory {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Another process writes here.
    #[error("another cairn is using the data directory {0}; stop it first")]
    Locked(PathBuf),
    /// SQLite.
    #[error("opening the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL.
    #[error("database: {0}")]
    Postgres(#[from] PgError),
    /// Migrations.
    #[error(transparent)]
    Schema(#[from] schema::SchemaError),
    /// Keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The log.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// First reading.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Labels of metrics.
pub type Labels = Vec<metrics::Label>;

fn labels(tenant: &Arc<str>) -> Labels {
    if tenant.is_empty() {
        return Vec::new();
    }
    vec![metrics::Label::new("tenant", Arc::clone(tenant))]
}

/// An open store. Cheap to clone; the last clone's end closes it.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    writer: Writer,
    keys: Arc<Keys>,
    next_report: Arc<AtomicI64>,
    dir: Arc<PathBuf>,
    labels: Labels,
    wording: unindexed::Said,
    thread: Arc<std::sync::Mutex<Option<JoinHandle<()>>>>,
    opened: Opened,
}

/// How it was opened, for what opens a connection of its own.
#[derive(Clone)]
struct Opened(Arc<Options>);

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store, migrating it if need be. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        let dir = options.dir.clone();
        let opened = Opened(Arc::new(options.clone()));
        let fault = |cause| OpenError::Directory {
            path: options.dir.clone(),
            cause,
        };
        std::fs::create_dir_all(dir.join("blobs")).map_err(fault)?;
        // The crash simulator's disk is not the one below the directory, and its stores end in ways that no process
        // does.
        let simulated =
            matches!(&options.database, Database::Sqlite(config) if config.vfs.is_some());
        let lock = if simulated { None } else { lock(&options)? };
        // What lies here was on its way in when the program last ended; nobody will come back for it.
        match std::fs::remove_dir_all(dir.join("tmp")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fault(error)),
            _ => {}
        }
        std::fs::create_dir_all(dir.join("tmp")).map_err(fault)?;
        let keys = Arc::new(Keys::open(&dir.join("keys"), &options.origin)?);
        let ledger_keys = LedgerKeys {
            origin: Arc::from(options.origin.as_str()),
            signer: Arc::clone(&keys.signer),
        };
        let room = if simulated {
            Room::unwatched(&dir)
        } else {
            Room::open(&dir, options.ballast_bytes)
        };
        let (db, backend, ledger) = match options.database {
            Database::Sqlite(config) => open_sqlite(config, ledger_keys, Arc::clone(&room))?,
            Database::Postgres(config) => open_postgres(*config, ledger_keys).await?,
        };
        let newest = db
            .row("SELECT coalesce(max(no), 0) FROM report", Vec::new())
            .await?;
        let newest = newest
            .map_or(Ok(0), |row| row.int(0))
            .map_err(ReadError::from)?;
        let place = db.rows(unindexed::PLACE, Vec::new()).await?;
        let place = unindexed::place(&place).map_err(ReadError::from)?;
        let waiting = unindexed::waiting(db.is_sqlite());
        let waiting = db.rows(waiting, params![place]).await?;
        let unindexed = unindexed::waits(&waiting).map_err(ReadError::from)?;
        let labels = labels(&options.tenant);
        let wording = unindexed::Said::default();
        let setup = Setup {
            labels: labels.clone(),
            on_fatal: options.on_fatal,
            sabotage: options.sabotage,
            room,
            unindexed,
            wording: wording.clone(),
            at_rest: !simulated,
            _lock: lock,
        };
        let (writer, thread) = writer::start(backend, ledger, setup).map_err(fault)?;
        Ok(Self {
            db,
            writer,
            keys,
            next_report: Arc::new(AtomicI64::new(newest + 1)),
            dir: Arc::new(dir),
            labels,
            wording,
            thread: Arc::new(std::sync::Mutex::new(Some(thread))),
            opened,
        })
    }

    /// Says what is searched of a report's body. Reports whose words follow from it are not in the index before. The first that is
    /// said holds.
    pub fn words_by(&self, wording: unindexed::Wording) {
        self.wording.say(wording);
    }

    /// Machine reports of this installation, to read. `None` where none was ever taken in. Blocks.
    ///
    /// # Errors
    /// See [`feeds::FeedError`].
    pub fn feeds(&self) -> Result<Option<feeds::FeedStore>, feeds::FeedError> {
        feeds::FeedStore::reading(&self.opened.0)
    }

    /// Writes a unit durably.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn write(&self, unit: Unit) -> Result<Committed, WriteError> {
        self.writer.write(unit).await
    }

    /// Leaves nothing of what was erased in the database's log: call it after contact details were erased or drafts
    /// removed. `false` if somebody was still reading it; call again later.
    ///
    /// On SQLite the database file itself holds nothing erased (`secure_delete`), and the write-ahead log is copied
    /// back and cut off. On PostgreSQL the tables are vacuumed, so that erased rows are no longer there for queries or
    /// dumps and their room is used again; until then the server's files, its write-ahead log, archives and replicas
    /// may still hold the bytes. What the file system or disk keeps of freed blocks is beyond both.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn scrub(&self) -> Result<bool, WriteError> {
        match &self.db {
            Db::Sqlite(_) => self.writer.scrub().await,
            Db::Postgres(pool) => {
                let told = |error: String| WriteError::Database(error);
                let client = pool.get().await.map_err(|e| told(e.to_string()))?;
                for sql in [
                    "VACUUM report_contact",
                    "VACUUM challenge_contact",
                    "VACUUM report_body",
                    "VACUUM report_file",
                    "VACUUM report_fts",
                    "VACUUM report",
                    "VACUUM message",
                    "VACUUM blob",
                    "VACUUM job",
                    "VACUUM case_text",
                    "VACUUM case_head",
                    "VACUUM case_fts",
                    "VACUUM handover",
                    "VACUUM cluster_member",
                    "VACUUM cluster_key",
                    "VACUUM draft",
                ] {
                    let vacuumed = client.batch_execute(sql).await;
                    vacuumed.map_err(|e| told(postgres::describe(&e)))?;
                }
                Ok(true)
            }
        }
    }

    /// The writer, to see how full its queue is and to hold off intake.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// A number for a new report. Numbers of reports that were not written stay unused.
    #[must_use]
    pub fn next_report(&self) -> i64 {
        self.next_report.fetch_add(1, Ordering::Relaxed)
    }

    /// The number that the next report will get, which tells how many came since an earlier look.
    #[must_use]
    pub fn coming_report(&self) -> i64 {
        self.next_report.load(Ordering::Relaxed)
    }

    /// The installation's keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(crate) fn shared_keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys)
    }

    /// How it was opened: machine reports have a writer of their own, opened the same way.
    #[must_use]
    pub fn options(&self) -> Arc<Options> {
        Arc::clone(&self.opened.0)
    }

    /// What metrics about this store are labelled with: nothing, or the name of its tenant.
    #[must_use]
    pub fn labels(&self) -> Labels {
        self.labels.clone()
    }

    /// Name of its tenant; empty for the only or first store of the process.
    #[must_use]
    pub fn tenant(&self) -> &str {
        self.labels.first().map_or("", metrics::Label::value)
    }

    /// The same with one label more.
    #[must_use]
    pub fn labels_and(&self, key: &'static str, value: &'static str) -> Labels {
        let mut labels = self.labels();
        labels.push(metrics::Label::from_static_parts(key, value));
        labels
    }

    /// The data directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The data lies in SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.db.is_sqlite()
    }

    /// Writes what is queued and ends the writer's thread. Other clones can only read afterwards.
    pub async fn close(self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        drop(self.writer);
        if let Some(thread) = thread {
            let _joined = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

/// One process at a time writes: two would fork the evidence log. Held by the writer's thread; the system releases
/// it when the process ends, however it ends.
fn lock(options: &Options) -> Result<Option<std::fs::File>, OpenError> {
    let fault = |cause| OpenError::Directory {
        path: options.dir.clone(),
        cause,
    };
    let file = std::fs::File::create(options.dir.join("lock")).map_err(fault)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::Locked(options.dir.clone())),
        // A file system without locks: the operator's care must do.
        Err(std::fs::TryLockError::Error(error))
            if error.kind() == std::io::ErrorKind::Unsupported =>
        {
            Ok(None)
        }
        Err(std::fs::TryLockError::Error(error)) => Err(fault(error)),
    }
}

fn open_sqlite(
    config: SqliteConfig,
    ledger_keys: LedgerKeys,
    room: Arc<Room>,
) -> Result<(Db, Source, Ledger), OpenError> {
    let mut connection = config.writer()?;
    schema::sqlite(&mut connection)?;
    let mut answers = Vec::new();
    for sql in Ledger::STATE {
        answers.push(db::sqlite_rows(&connection, sql, &[])?);
    }
    let ledger = Ledger::load(ledger_keys, &answers)?;
    let keys = once::Keys::load(&db::sqlite_rows(&connection, once::LOAD, &[])?)?;
    let keys = Arc::new(std::sync::Mutex::new(keys));
    let readers = SqliteReaders::new(config.clone(), Arc::clone(&keys));
    Ok((
        Db::Sqlite(readers),
        Source::Sqlite(SqliteParts {
            connection,
            config,
            keys,
            room,
        }),
        ledger,
    ))
}

/// The writer's connection lives on the writer's own small runtime, which only its thread drives.
async fn open_postgres(
    config: PgConfig,
    keys: LedgerKeys,
) -> Result<(Db, Source, Ledger), OpenError> {
    let pool = config.pool()?;
    let opened = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| PgError::Server(error.to_string()))?;
        let (client, ledger) = runtime.block_on(async {
            let mut client = postgres::connect_writer(&config).await?;
            schema::postgres(&mut client).await?;
            let used = postgres::load_keys(&client).await?;
            let ledger = postgres::load_ledger(&client, &keys).await?;
            Ok::<_, OpenError>(((client, used), ledger))
        })?;
        Ok::<_, OpenError>((PgWriter::new(runtime, config, client, keys), ledger))
    })
    .await
    .map_err(|error| PgError::Server(error.to_string()))?;
    let (writer, ledger) = opened?;
    Ok((
        Db::Postgres(pool),
        Source::Postgres(Box::new(writer)),
        ledger,
    ))
}
