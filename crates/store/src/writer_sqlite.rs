//! The writer on SQLite: one connection, WAL, `synchronous=FULL`, so that a commit is one fsync of the log file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, PrepFlags, Statement, params_from_iter};

use crate::copier::{Copied, Copier};
use crate::db::{SqliteConfig, sqlite_read};
use crate::once::{self, SharedKeys};
use crate::room::Room;
use crate::sql::{Row, Value};
use crate::writer::{GroupError, Op, Unit, Verdict, WriteError};

/// How much longer than wanted the write-ahead log may grow while readers keep it from being copied back whole.
const LONG_WAL: u32 = 4;
/// So many pages are copied back while there is little room.
const LOW_PAGES: i64 = 256;
const PAGE_BYTES: u64 = 4_096;
/// How long the writer then waits for them to let go of it.
const PRESS: Duration = Duration::from_millis(250);
/// How long it waits to leave nothing of what was erased.
const SCRUB: Duration = Duration::from_secs(2);

/// What a writer on SQLite is made of.
pub(crate) struct SqliteParts {
    pub(crate) connection: Connection,
    /// Keys of requests that may come twice.
    pub(crate) keys: SharedKeys,
    /// How the database is opened.
    pub(crate) config: SqliteConfig,
    pub(crate) room: Arc<Room>,
}

pub(crate) struct SqliteWriter<'c> {
    connection: &'c Connection,
    /// Statements kept ready, by the address of their text, which is never freed: looking them up by the text itself
    /// costs about a tenth of what a report costs the writer.
    statements: HashMap<usize, Statement<'c>>,
    config: &'c SqliteConfig,
    copier: Copier,
    /// Units between two looks at the size of the write-ahead log.
    look_every: usize,
    units: usize,
    keys: SharedKeys,
    /// Keys of this group.
    fresh: HashMap<u64, i64>,
    /// Keys that are not remembered have an index.
    indexed: bool,
    /// What is freed is overwritten, whatever it costs.
    erasing: bool,
    room: Arc<Room>,
}

impl<'c> SqliteWriter<'c> {
    pub(crate) fn new(parts: &'c SqliteParts) -> Self {
        Self {
            connection: &parts.connection,
            statements: HashMap::new(),
            config: &parts.config,
            copier: Copier::default(),
            look_every: (parts.config.wal_pages as usize / 128).clamp(1, 64),
            units: 0,
            keys: Arc::clone(&parts.keys),
            fresh: HashMap::new(),
            indexed: false,
            erasing: true,
            room: Arc::clone(&parts.room),
        }
    }

    pub(crate) fn begin(&mut self, units: &[Unit]) -> Result<Vec<Verdict>, GroupError> {
        self.erase(!units.iter().all(Unit::only_inserts))?;
        self.fresh.clear();
        self.index_keys()?;
        self.run("BEGIN IMMEDIATE")?;
        self.units = self.units.saturating_add(units.len());
        let mut verdicts = Vec::with_capacity(units.len());
        for unit in units {
            verdicts.push(self.unit(unit)?);
        }
        Ok(verdicts)
    }

    /// Writes one unit; whatever it wrote is taken back if one of its expectations fails.
    fn unit(&mut self, unit: &Unit) -> Result<Verdict, GroupError> {
        // Guards stand first in a unit of pure inserts, so that a refused one has written nothing yet.
        let careful = !unit.only_inserts();
        if careful {
            self.run("SAVEPOINT unit")?;
        }
        let mut verdict = Ok(());
        for op in &unit.ops {
            verdict = self.op(op)?;
            if verdict.is_err() {
                break;
            }
        }
        if careful {
            if verdict.is_err() {
                self.run("ROLLBACK TO unit")?;
            }
            self.run("RELEASE unit")?;
        }
        Ok(verdict)
    }

    fn op(&mut self, op: &Op) -> Result<Verdict, GroupError> {
        match op {
            Op::Insert(table, row) => {
                if table.remembered && self.is_used(row)? {
                    return Ok(Err(WriteError::Duplicate));
                }
                let touched = self.execute(table.sqlite(), row)?;
                Ok(if table.guard && touched == 0 {
                    Err(WriteError::Duplicate)
                } else {
                    Ok(())
                })
            }
            Op::Exec { sql, params, rows } => {
                let touched = self.execute(sql, params)?;
                Ok(match rows {
                    Some(expected) if *expected != touched => Err(WriteError::Conflict),
                    _ => Ok(()),
                })
            }
        }
    }

    /// Once there are keys that are not remembered any more, they are looked up in an index.
    fn index_keys(&mut self) -> Result<(), GroupError> {
        if !self.indexed && once::lock(&self.keys).forgot() {
            self.run(once::INDEX)?;
            self.indexed = true;
        }
        Ok(())
    }

    /// The row's key was used before; if not, it is now, once the group is durable.
    fn is_used(&mut self, row: &[Value]) -> Result<bool, GroupError> {
        let Some((key, report)) = once::of_row(row) else {
            return Ok(false);
        };
        let short = once::short(key);
        let before = match self.fresh.get(&short) {
            Some(report) => Some(*report),
            None => once::lock(&self.keys).get(short),
        };
        let used = match before {
            Some(before) => self
                .connection
                .prepare_cached("SELECT 1 FROM idempotency WHERE report = ?1 AND key = ?2")
                .and_then(|mut statement| statement.exists((before, key))),
            None if self.indexed => self
                .connection
                .prepare_cached("SELECT 1 FROM idempotency WHERE key = ?1")
                .and_then(|mut statement| statement.exists((key,))),
            None => Ok(false),
        };
        if used.map_err(|error| judge(&error))? {
            return Ok(true);
        }
        self.fresh.insert(short, report);
        Ok(false)
    }

    /// Where rows are only added, what is freed are pages of the full-text index that were merged into others: their
    /// words are still in use, and overwriting them would double what merging writes.
    fn erase(&mut self, wanted: bool) -> Result<(), GroupError> {
        if self.erasing == wanted {
            return Ok(());
        }
        let mode = if wanted { "ON" } else { "FAST" };
        self.connection
            .pragma_update(None, "secure_delete", mode)
            .map_err(|error| judge(&error))?;
        self.erasing = wanted;
        Ok(())
    }

    pub(crate) fn append(&mut self, rows: &[Op]) -> Result<(), GroupError> {
        for op in rows {
            if let Err(cause) = self.op(op)? {
                return Err(GroupError::Refused(cause));
            }
        }
        Ok(())
    }

    pub(crate) fn commit(&mut self) -> Result<(), GroupError> {
        self.run("COMMIT")?;
        if !self.fresh.is_empty() {
            let mut keys = once::lock(&self.keys);
            for (short, report) in self.fresh.drain() {
                keys.add(short, report);
            }
        }
        if self.units < self.look_every {
            return Ok(());
        }
        self.units = 0;
        match self.checkpoint() {
            // The group is durable already: refusing it now would tell its callers a lie, and leave the log's edge
            // in memory behind the rows.
            Err(GroupError::Refused(cause)) => {
                if matches!(cause, WriteError::DiskFull) {
                    self.room.fill();
                }
                tracing::warn!(%cause, "the write-ahead log could not be copied back; it will be tried again");
                Ok(())
            }
            other => other,
        }
    }

    /// Copies the write-ahead log back once it is long, between groups and not inside a caller's commit; earlier, while
    /// there is little room on the disk, since then it takes room twice. Most of it is copied beside the writer.
    fn checkpoint(&mut self) -> Result<(), GroupError> {
        let pages = self.wal_pages()?;
        let low = pages >= LOW_PAGES && self.room.is_low(wal_bytes(pages));
        // Readers that overlap for ever would let it grow for ever. Those who come while we wait read past it.
        if low || pages >= i64::from(self.config.wal_pages.saturating_mul(LONG_WAL)) {
            self.truncate(PRESS)?;
        } else if pages >= i64::from(self.config.wal_pages) && self.is_mostly_copied()? {
            self.connection
                .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                .map_err(|error| judge(&error))?;
        }
        Ok(())
    }

    /// What is left to copy is what came since another connection began to; `false` while it still copies.
    fn is_mostly_copied(&mut self) -> Result<bool, GroupError> {
        // The crash simulator decides itself what happens when.
        if self.config.vfs.is_some() {
            return Ok(true);
        }
        match self.copier.copy(self.config) {
            Copied::Begun | Copied::Running => Ok(false),
            Copied::Done => Ok(true),
            Copied::Failed(error) => Err(judge(&error)),
        }
    }

    fn wal_pages(&self) -> Result<i64, GroupError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1))
            .map_err(|error| judge(&error))
    }

    /// The ballast was given up: cut the write-ahead log off, if it fits into the database file.
    pub(crate) fn make_room(&mut self) -> Result<(), GroupError> {
        let pages = self.wal_pages()?;
        if self.room.holds(wal_bytes(pages)) {
            self.truncate(PRESS)?;
        }
        Ok(())
    }

    /// Rows as the writer sees them.
    pub(crate) fn rows(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Vec<Row>, GroupError> {
        sqlite_read(self.connection, sql, params).map_err(|error| judge(&error))
    }

    /// Copies the write-ahead log back whole and cuts it off; `false` if readers hold on to it.
    pub(crate) fn scrub(&mut self) -> Result<bool, GroupError> {
        self.truncate(SCRUB)
    }

    fn truncate(&self, wait: Duration) -> Result<bool, GroupError> {
        let connection = &self.connection;
        let done = connection.busy_timeout(wait).and_then(|()| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })
        });
        connection
            .busy_timeout(crate::db::BUSY_TIMEOUT)
            .map_err(|error| judge(&error))?;
        match done {
            Ok(busy) => Ok(busy == 0),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
            Err(error) => Err(judge(&error)),
        }
    }

    pub(crate) fn rollback(&mut self) {
        if !self.connection.is_autocommit() {
            let _already = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn run(&mut self, sql: &'static str) -> Result<(), GroupError> {
        self.execute(sql, &[]).map(drop)
    }

    fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, GroupError> {
        let statement = match self.statements.entry(sql.as_ptr().addr()) {
            Entry::Occupied(ready) => ready.into_mut(),
            Entry::Vacant(place) => {
                let flags = PrepFlags::SQLITE_PREPARE_PERSISTENT;
                let statement = self.connection.prepare_with_flags(sql, flags);
                place.insert(statement.map_err(|error| judge(&error))?)
            }
        };
        statement
            .execute(params_from_iter(params))
            .map(|rows| rows as u64)
            .map_err(|error| judge(&error))
    }
}

fn wal_bytes(pages: i64) -> u64 {
    pages.unsigned_abs().saturating_mul(PAGE_BYTES)
}

/// A full disk is a refusal; an I/O error or a damaged file is the end, since what fsync lost once it never gives
/// back ("fsyncgate", 2018).
fn judge(error: &rusqlite::Error) -> GroupError {
    // The index of the write-ahead log could not grow: a full disk by another name.
    let extended = error.sqlite_error().map(|error| error.extended_code);
    if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
        return GroupError::Refused(WriteError::DiskFull);
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => GroupError::Refused(WriteError::DiskFull),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            GroupError::Fatal(error.to_string())
        }
        Some(
            ErrorCode::ConstraintViolation
            | ErrorCode::TypeMismatch
            | ErrorCode::TooBig
            | ErrorCode::ParameterOutOfRange,
        ) => GroupError::Offence(error.to_string()),
        _ => GroupError::Refused(WriteError::Database(error.to_string())),
    }
}
