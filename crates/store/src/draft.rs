//! Half-filled forms, kept on the server under a keyed hash of the browser's cookie.

use cairn_kernel::time::Micros;

use crate::Store;
use crate::db::ReadError;
use crate::params;
use crate::writer::{Committed, Unit, WriteError};

impl Store {
    /// The draft under this keyed hash.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn draft(&self, id: [u8; 32]) -> Result<Option<String>, ReadError> {
        let row = self
            .db
            .row("SELECT progress FROM draft WHERE id = $1", params![id])
            .await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// Stores a draft; `at` is the hour, since it may become an anonymous report.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn save_draft(
        &self,
        id: [u8; 32],
        progress: &str,
        at: Micros,
    ) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "INSERT INTO draft(id, progress, updated_at) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET progress = excluded.progress, updated_at = excluded.updated_at",
            params![id, progress, at.hour()],
        );
        self.write(unit).await
    }

    /// Bytes of all drafts, as they are sealed.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn draft_bytes(&self) -> Result<u64, ReadError> {
        let sql = "SELECT CAST(COALESCE(sum(length(progress)), 0) AS BIGINT) FROM draft";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }

    /// Forgets a draft.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn drop_draft(&self, id: [u8; 32]) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        unit.exec("DELETE FROM draft WHERE id = $1", params![id]);
        self.write(unit).await
    }

    /// Forgets drafts last touched before `before`, and idempotency keys used before `keys_before`.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn expire(
        &self,
        before: Micros,
        keys_before: Micros,
        sessions_before: Micros,
    ) -> Result<Committed, WriteError> {
        let mut unit = Unit::default();
        unit.exec("DELETE FROM draft WHERE updated_at < $1", params![before]);
        unit.exec(
            "DELETE FROM idempotency WHERE at < $1",
            params![keys_before],
        );
        unit.exec(
            "DELETE FROM session WHERE seen_at < $1",
            params![sessions_before],
        );
        self.write(unit).await
    }
}
