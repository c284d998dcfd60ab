//! Tokens by which owners of machines fetch what they were told.

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

static TOKEN: Table = Table::new(
    "pull_token",
    &[
        ("id", Ty::Text),
        ("owner", Ty::Int),
        ("name", Ty::Text),
        ("tag", Ty::Blob),
        ("created_at", Ty::Int),
        ("until", Ty::Int),
    ],
);

/// A token of an owner, without what it is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullTokenRow {
    /// Random id.
    pub id: String,
    /// Number of the constituent.
    pub owner: u32,
    /// What officers call it.
    pub name: String,
    /// When it was made.
    pub created_at: Micros,
    /// When it ends by itself.
    pub until: Micros,
    /// Day of the last use, as days since 1970 (UTC).
    pub used_on: Option<i64>,
    /// When it was ended.
    pub ended_at: Option<Micros>,
}

impl PullTokenRow {
    /// Not ended, and not over.
    #[must_use]
    pub fn is_live(&self, now: Micros) -> bool {
        self.ended_at.is_none() && now < self.until
    }
}

fn read(row: &Row) -> Result<PullTokenRow, ReadError> {
    Ok(PullTokenRow {
        id: row.text(0)?,
        owner: u32::try_from(row.int(1)?).unwrap_or_default(),
        name: row.text(2)?,
        created_at: row.at(3)?,
        until: row.at(4)?,
        used_on: row.int_opt(5)?,
        ended_at: row.int_opt(6)?.map(Micros),
    })
}

macro_rules! token_sql {
    ($tail:literal) => {
        concat!(
            "SELECT id, owner, name, created_at, until, used_on, ended_at FROM pull_token ",
            $tail
        )
    };
}

impl Store {
    /// The token with this keyed hash, whatever became of it.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn pull_token(&self, tag: [u8; 32]) -> Result<Option<PullTokenRow>, ReadError> {
        let row = self.db.row(token_sql!("WHERE tag = $1"), params![tag]);
        row.await?.as_ref().map(read).transpose()
    }

    /// Tokens of a constituent, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn pull_tokens(&self, owner: u32) -> Result<Vec<PullTokenRow>, ReadError> {
        let sql = token_sql!("WHERE owner = $1 ORDER BY created_at DESC, id LIMIT 200");
        let rows = self.db.rows(sql, params![owner]).await?;
        rows.iter().map(read).collect()
    }

    /// Keeps a new token by its keyed hash.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_pull_token(
        &self,
        token: &PullTokenRow,
        tag: [u8; 32],
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.insert(
            &TOKEN,
            params![
                token.id.as_str(),
                token.owner,
                token.name.as_str(),
                tag,
                token.created_at,
                token.until
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Ends a token.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if there is none or it was ended before.
    pub async fn end_pull_token(
        &self,
        id: &str,
        at: Micros,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE pull_token SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
            params![at, id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Notes the first use of a token on a day.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if somebody noted it before.
    pub async fn pull_token_used(
        &self,
        id: &str,
        day: i64,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE pull_token SET used_on = $1 WHERE id = $2 AND ended_at IS NULL AND (used_on IS NULL OR used_on < $1)",
            params![day, id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }
}
