//! What PostgreSQL's planner knows of the tables. It counts by sampling (`ANALYZE`), which its autovacuum does when it is on,
//! has its turn and is allowed to; after a restore, or while many reports come, lists may not wait for that.

use crate::db::{Db, ReadError};
use crate::{Store, params};

/// Rows of one table that may have changed since it was last sampled, beside [`CHANGED_PART`] of it.
const CHANGED_ROWS: i64 = 5_000;
/// One part in so many of a table may have changed since it was last sampled: twice of what autovacuum waits for, so that this
/// only does what that did not.
const CHANGED_PART: i64 = 5;

impl Store {
    /// Lets PostgreSQL sample those tables anew that are others than when that was last done; `true` if there were some. Takes
    /// a second or two of the server's time, whatever the number of rows. SQLite's plans do not depend on samples.
    ///
    /// # Errors
    /// The database could not be asked.
    pub async fn sample_tables(&self) -> Result<bool, ReadError> {
        let Db::Postgres(pool) = &self.db else {
            return Ok(false);
        };
        let sql = "SELECT CAST(relname AS TEXT) FROM pg_stat_user_tables \
                   WHERE schemaname = current_schema() AND n_mod_since_analyze > $1 + n_live_tup / $2 LIMIT 200";
        let rows = self
            .db
            .rows(sql, params![CHANGED_ROWS, CHANGED_PART])
            .await?;
        if rows.is_empty() {
            return Ok(false);
        }
        // By name: without names the server would sample what lies in schemas of others, too.
        let names: Vec<String> = rows
            .iter()
            .map(|row| row.text(0))
            .collect::<Result<_, _>>()?;
        let client = pool
            .get()
            .await
            .map_err(|error| ReadError::Database(error.to_string()))?;
        let sql = format!("ANALYZE {}", names.join(", "));
        client.batch_execute(&sql).await?;
        Ok(true)
    }
}
