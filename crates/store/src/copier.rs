//! Copying the write-ahead log back beside the writer. SQLite lets one connection do that while another goes on
//! writing; the writer then only has to copy what came meanwhile before the log can start anew. Without it everybody
//! waits for the whole copy and its fsync, a tenth of a second and more.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, Error, ErrorCode};

use crate::db::SqliteConfig;

/// How it stands with the copy.
#[derive(Debug)]
pub(crate) enum Copied {
    /// It has only begun.
    Begun,
    /// It goes on.
    Running,
    /// It ended; the rest is short.
    Done,
    /// It could not be done.
    Failed(Error),
}

/// The thread that copies. It starts with the first copy, and ends with this.
#[derive(Debug, Default)]
pub(crate) struct Copier {
    thread: Option<Thread>,
    running: bool,
}

#[derive(Debug)]
struct Thread {
    ask: Sender<()>,
    answers: Receiver<Result<(), Error>>,
    handle: JoinHandle<()>,
}

impl Copier {
    /// Begins to copy, or says how far it is.
    pub(crate) fn copy(&mut self, config: &SqliteConfig) -> Copied {
        let thread = match self.thread.take() {
            Some(thread) => thread,
            None => match Thread::start(config.clone()) {
                Ok(thread) => thread,
                Err(error) => return Copied::Failed(error),
            },
        };
        let at = if self.running {
            match thread.answers.try_recv() {
                Ok(Ok(())) => Copied::Done,
                Ok(Err(error)) => Copied::Failed(error),
                Err(TryRecvError::Empty) => Copied::Running,
                Err(TryRecvError::Disconnected) => Copied::Failed(ended()),
            }
        } else if thread.ask.send(()).is_ok() {
            Copied::Begun
        } else {
            Copied::Failed(ended())
        };
        self.running = matches!(at, Copied::Begun | Copied::Running);
        self.thread = Some(thread);
        at
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        if let Some(Thread { ask, handle, .. }) = self.thread.take() {
            drop(ask);
            let _joined = handle.join();
        }
    }
}

impl Thread {
    fn start(config: SqliteConfig) -> Result<Self, Error> {
        let (ask, asked) = channel();
        let (answer, answers) = channel();
        let handle = std::thread::Builder::new()
            .name("cairn-copier".into())
            .spawn(move || {
                let mut open = None;
                while asked.recv().is_ok() {
                    if answer.send(copy(&mut open, &config)).is_err() {
                        return;
                    }
                }
            })
            .map_err(|error| failure(rusqlite::ffi::SQLITE_NOMEM, error.to_string()))?;
        Ok(Self {
            ask,
            answers,
            handle,
        })
    }
}

/// Copies what no reader still needs. Somebody else copying at the moment is as good.
fn copy(open: &mut Option<Connection>, config: &SqliteConfig) -> Result<(), Error> {
    let connection = match open {
        Some(connection) => connection,
        None => open.insert(config.copier()?),
    };
    let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    match done {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        other => other,
    }
}

fn ended() -> Error {
    let cause = "the thread that copies the write-ahead log back has ended";
    failure(rusqlite::ffi::SQLITE_ABORT, cause.to_owned())
}

fn failure(code: std::ffi::c_int, cause: String) -> Error {
    Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(copier: &mut Copier, config: &SqliteConfig) -> Copied {
        assert!(matches!(copier.copy(config), Copied::Begun));
        loop {
            match copier.copy(config) {
                Copied::Running => std::thread::yield_now(),
                other => return other,
            }
        }
    }

    #[test]
    fn the_log_is_copied_while_it_is_written_and_the_thread_ends_with_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let config = SqliteConfig::new(dir.path().join("core.db"));
        let connection = config.writer().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t(x); BEGIN; INSERT INTO t VALUES (zeroblob(100000)); COMMIT;",
            )
            .unwrap();
        let left = || {
            let sql = "PRAGMA wal_checkpoint(NOOP)";
            connection
                .query_row(sql, [], |row| {
                    Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?)
                })
                .unwrap()
        };
        assert!(left() > 20);
        let mut copier = Copier::default();
        connection
            .execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (1);")
            .unwrap();
        assert!(matches!(wait(&mut copier, &config), Copied::Done));
        connection.execute_batch("COMMIT").unwrap();
        assert!(
            (1..5).contains(&left()),
            "what came meanwhile is left: {}",
            left()
        );
        assert!(matches!(wait(&mut copier, &config), Copied::Done));
        assert_eq!(left(), 0);
        drop(copier);
        drop(connection);
        assert!(
            !dir.path().join("core.db-wal").exists(),
            "the last connection cleans up"
        );
    }

    #[test]
    fn a_database_that_does_not_open_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let config = SqliteConfig::new(dir.path().join("nowhere/core.db"));
        let mut copier = Copier::default();
        assert!(matches!(wait(&mut copier, &config), Copied::Failed(_)));
        assert!(
            matches!(wait(&mut copier, &config), Copied::Failed(_)),
            "and again"
        );
    }
}
