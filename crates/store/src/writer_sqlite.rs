//! The writer on SQLite: one connection, WAL, `synchronous=FULL`, so that a commit is one fsync of the log file.

use rusqlite::{Connection, ErrorCode, params_from_iter};

use crate::sql::Value;
use crate::writer::{GroupError, Op, Unit, Verdict, WriteError};

pub(crate) struct SqliteWriter {
    connection: Connection,
    /// Pages in the WAL after which the writer copies them back between two groups.
    checkpoint_pages: u32,
    /// Groups between two looks at the size of the write-ahead log.
    look_every: u32,
    groups: u32,
}

impl SqliteWriter {
    pub(crate) fn new(connection: Connection, checkpoint_pages: u32) -> Self {
        connection.set_prepared_statement_cache_capacity(128);
        Self {
            connection,
            checkpoint_pages,
            look_every: (checkpoint_pages / 128).clamp(1, 64),
            groups: 0,
        }
    }

    pub(crate) fn begin(&mut self, units: &[Unit]) -> Result<Vec<Verdict>, GroupError> {
        self.run("BEGIN IMMEDIATE")?;
        units.iter().map(|unit| self.unit(unit)).collect()
    }

    /// Writes one unit; whatever it wrote is taken back if one of its expectations fails.
    fn unit(&self, unit: &Unit) -> Result<Verdict, GroupError> {
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

    fn op(&self, op: &Op) -> Result<Verdict, GroupError> {
        match op {
            Op::Insert(table, row) => {
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
        self.groups = self.groups.wrapping_add(1);
        if !self.groups.is_multiple_of(self.look_every) {
            return Ok(());
        }
        match self.checkpoint() {
            // The group is durable already: refusing it now would tell its callers a lie, and leave the log's edge
            // in memory behind the rows.
            Err(GroupError::Refused(cause)) => {
                tracing::warn!(%cause, "the write-ahead log could not be copied back; it will be tried again");
                Ok(())
            }
            other => other,
        }
    }

    /// Copies the write-ahead log back once it is long, between groups and not inside a caller's commit.
    fn checkpoint(&self) -> Result<(), GroupError> {
        let pages = self
            .connection
            .query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| {
                row.get::<_, i64>(1)
            })
            .map_err(|error| judge(&error))?;
        if pages >= i64::from(self.checkpoint_pages) {
            self.connection
                .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                .map_err(|error| judge(&error))?;
        }
        Ok(())
    }

    pub(crate) fn rollback(&mut self) {
        if !self.connection.is_autocommit() {
            let _already = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn run(&self, sql: &'static str) -> Result<(), GroupError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(|error| judge(&error))
    }

    fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, GroupError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params_from_iter(params)))
            .map(|rows| rows as u64)
            .map_err(|error| judge(&error))
    }
}

/// A full disk is a refusal; an I/O error or a damaged file is the end, since what fsync lost once it never gives
/// back ("fsyncgate", 2018).
fn judge(error: &rusqlite::Error) -> GroupError {
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
