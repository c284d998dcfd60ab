//! The real store as the program under test: reports, changes and drafts through its writer, beside readers and
//! checkpoints; every receipt's proof is verified when it is given.

mod check;
mod drive;
mod memory;
mod sample;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cairn_store::writer::{OnFatal, Sabotage};
use cairn_store::{Database, Options, SqliteConfig};

use rusqlite::{Connection, OpenFlags};

use memory::Memory;

use crate::life::Mode;
use crate::vfs::Mount;

pub use check::check;
pub use drive::live;

/// Name of the log in the simulator's checkpoints.
const ORIGIN: &str = "crash.example/log";

/// Where the store's files live that do not go through SQLite: its keys. A real directory, made once.
#[derive(Debug)]
pub struct Home {
    dir: PathBuf,
    memory: Memory,
}

impl Home {
    /// A store's home in `dir`, which must exist.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            memory: Memory::default(),
        }
    }

    fn config(&self, mount: &Mount, mode: Mode, wal_pages: u32) -> SqliteConfig {
        SqliteConfig {
            vfs: Some(mount.name().to_string_lossy().into_owned()),
            synchronous: mode.synchronous(),
            wal_pages,
            ..SqliteConfig::new(self.dir.join("core.db"))
        }
    }

    /// A plain connection, to look at what is there.
    fn look(&self, mount: &Mount) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags_and_vfs(self.dir.join("core.db"), flags, mount.name())
    }

    fn options(&self, config: SqliteConfig, mode: Mode, on_fatal: OnFatal) -> Options {
        Options {
            database: Database::Sqlite(config),
            on_fatal,
            sabotage: Sabotage {
                acknowledge_early: mode == Mode::AckEarly,
            },
            ..Options::sqlite(&self.dir, ORIGIN)
        }
    }
}

/// A handler for where the process would end anyway.
fn ignore_fatal() -> OnFatal {
    Arc::new(|_| {})
}
