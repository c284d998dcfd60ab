//! The outbox: work that follows from a change, written in the change's own transaction.

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Table, Ty};
use crate::writer::{Unit, WriteError};
use crate::{Store, params};

static JOB: Table = Table::new(
    "job",
    &[
        ("id", Ty::Text),
        ("kind", Ty::Text),
        ("payload", Ty::Text),
        ("state", Ty::Text),
        ("run_at", Ty::Int),
        ("attempts", Ty::Int),
        ("created_at", Ty::Int),
    ],
);

/// Attempts after which a job is given up and shown to people.
pub const ATTEMPTS_MAX: i64 = 8;

/// A job as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Random id.
    pub id: String,
    /// What.
    pub kind: String,
    /// JSON.
    pub payload: String,
    /// Attempts so far.
    pub attempts: i64,
    /// Last failure.
    pub error: Option<String>,
}

/// Adds a job to a unit. Ids are random (version 4): a time in them would tell when an anonymous person wrote.
pub fn enqueue(unit: &mut Unit, kind: &str, payload: &str, at: Micros) {
    let id = uuid::Uuid::new_v4().to_string();
    unit.insert(&JOB, params![id, kind, payload, "due", at, 0_i64, at]);
}

impl Store {
    /// Jobs due by `now`, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn due_jobs(&self, now: Micros, limit: i64) -> Result<Vec<Job>, ReadError> {
        self.jobs("due", now, limit).await
    }

    /// Jobs that were given up, for people to see.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn failed_jobs(&self, limit: i64) -> Result<Vec<Job>, ReadError> {
        self.jobs("given_up", Micros(i64::MAX), limit).await
    }

    /// How many jobs wait for their turn, and how many were given up.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_jobs(&self) -> Result<(i64, i64), ReadError> {
        let sql = "SELECT state, count(*) FROM job GROUP BY state LIMIT 10";
        let (mut due, mut given_up) = (0, 0);
        for row in self.db.rows(sql, Vec::new()).await? {
            match row.text(0)?.as_str() {
                "due" => due = row.int(1)?,
                "given_up" => given_up = row.int(1)?,
                _ => {}
            }
        }
        Ok((due, given_up))
    }

    async fn jobs(&self, state: &str, until: Micros, limit: i64) -> Result<Vec<Job>, ReadError> {
        let sql = "SELECT id, kind, payload, attempts, error FROM job WHERE state = $1 AND run_at <= $2 \
                   ORDER BY run_at, id LIMIT $3";
        let rows = self.db.rows(sql, params![state, until, limit]).await?;
        rows.iter()
            .map(|row| {
                Ok(Job {
                    id: row.text(0)?,
                    kind: row.text(1)?,
                    payload: row.text(2)?,
                    attempts: row.int(3)?,
                    error: row.text_opt(4)?,
                })
            })
            .collect()
    }

    /// The job is done.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn job_done(&self, id: &str) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec("DELETE FROM job WHERE id = $1", params![id]);
        self.write(unit).await.map(drop)
    }

    /// A job that was given up is due again, with all its attempts; `false` if it is not there or not given up.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn job_again(&self, id: &str, now: Micros) -> Result<bool, WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE job SET attempts = 0, state = 'due', run_at = $1 WHERE id = $2 AND state = 'given_up'",
            params![now, id],
        );
        match self.write(unit).await {
            Ok(_) => Ok(true),
            Err(WriteError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The job failed: try again at `next`, or give it up. Its payload is kept as `job` has it.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn job_failed(&self, job: &Job, error: &str, next: Micros) -> Result<(), WriteError> {
        let attempts = job.attempts + 1;
        let state = if attempts >= ATTEMPTS_MAX {
            "given_up"
        } else {
            "due"
        };
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE job SET attempts = $1, state = $2, error = $3, run_at = $4, payload = $5 WHERE id = $6",
            params![
                attempts,
                state,
                error,
                next,
                job.payload.as_str(),
                job.id.as_str()
            ],
        );
        self.write(unit).await.map(drop)
    }
}
