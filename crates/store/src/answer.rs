//! Automatic answers to reports that came by mail: which reports had one, and which addresses had one of late.

use cairn_kernel::time::Micros;

use crate::Store;
use crate::db::ReadError;
use crate::params;
use crate::writer::{Unit, WriteError};

impl Store {
    /// Whether the automatic answer to this report went out.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn was_answered(&self, no: i64) -> Result<bool, ReadError> {
        let sql = "SELECT no FROM mail_answer WHERE no = $1";
        Ok(self.db.row(sql, params![no]).await?.is_some())
    }

    /// Whether an answer went out to the address with this keyed hash after `since`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn answered_since(
        &self,
        address: [u8; 32],
        since: Micros,
    ) -> Result<bool, ReadError> {
        let sql = "SELECT no FROM mail_answer WHERE address = $1 AND at > $2 LIMIT 1";
        let row = self.db.row(sql, params![address, since]).await?;
        Ok(row.is_some())
    }

    /// Notes that the answer to a report went out to the address with this keyed hash.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn note_answer(
        &self,
        no: i64,
        address: [u8; 32],
        at: Micros,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "INSERT INTO mail_answer(no, address, at) VALUES ($1, $2, $3) \
             ON CONFLICT (no) DO UPDATE SET address = excluded.address, at = excluded.at",
            params![no, address, at],
        );
        self.write(unit).await.map(drop)
    }

    /// Forgets to whom answers went out before `before`; that they went out stays known.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn forget_answered(&self, before: Micros) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE mail_answer SET address = NULL WHERE address IS NOT NULL AND at < $1",
            params![before],
        );
        self.write(unit).await.map(drop)
    }
}
