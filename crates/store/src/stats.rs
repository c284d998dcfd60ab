//! How much of what there is, for operators.

use crate::Store;
use crate::db::ReadError;

/// Counts and sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Reports by state, in the order of the states' names; states without reports are left out.
    pub states: Vec<(String, u64)>,
    /// Entries of the evidence log.
    pub log_entries: u64,
    /// Files kept.
    pub files: u64,
    /// Bytes of them, unsealed.
    pub file_bytes: u64,
    /// Half-filled forms.
    pub drafts: u64,
    /// Bytes of the database; on SQLite without its write-ahead log.
    pub database_bytes: u64,
}

impl Store {
    /// Counts.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn stats(&self) -> Result<Stats, ReadError> {
        let sql = "SELECT state, count(*) FROM report GROUP BY state ORDER BY state LIMIT 100";
        let mut states = Vec::new();
        for row in self.db.rows(sql, Vec::new()).await? {
            states.push((row.text(0)?, row.int(1)?.unsigned_abs()));
        }
        let database = if self.is_sqlite() {
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        } else {
            "SELECT CAST(COALESCE(sum(pg_total_relation_size(c.oid)), 0) AS BIGINT) FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = current_schema()"
        };
        Ok(Stats {
            states,
            log_entries: self.one("SELECT count(*) FROM evidence").await?,
            files: self.one("SELECT count(*) FROM blob").await?,
            file_bytes: self
                .one("SELECT CAST(COALESCE(sum(size), 0) AS BIGINT) FROM blob")
                .await?,
            drafts: self.one("SELECT count(*) FROM draft").await?,
            database_bytes: self.one(database).await?,
        })
    }

    async fn one(&self, sql: &'static str) -> Result<u64, ReadError> {
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }
}
