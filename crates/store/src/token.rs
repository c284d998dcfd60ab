//! Tokens of officers: what a program shows to do something in an officer's name.

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

/// Rows of one list of tokens, at most.
pub const TOKEN_ROWS_MAX: usize = 1_000;

static TOKEN: Table = Table::new(
    "token",
    &[
        ("id", Ty::Text),
        ("account", Ty::Text),
        ("name", Ty::Text),
        ("tag", Ty::Blob),
        ("acts", Ty::Bool),
        ("created_at", Ty::Int),
        ("until", Ty::Int),
    ],
);

/// A token, without what it is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Random id.
    pub id: String,
    /// Whose.
    pub account: String,
    /// What its owner calls it.
    pub name: String,
    /// It may act, not only read.
    pub acts: bool,
    /// When it was made.
    pub created_at: Micros,
    /// When it ends by itself.
    pub until: Micros,
    /// Day of the last use, as days since 1970 (UTC).
    pub used_on: Option<i64>,
    /// When it was ended.
    pub ended_at: Option<Micros>,
}

impl TokenRow {
    /// Not ended, and not over.
    #[must_use]
    pub fn is_live(&self, now: Micros) -> bool {
        self.ended_at.is_none() && now < self.until
    }
}

fn read(row: &Row) -> Result<TokenRow, ReadError> {
    Ok(TokenRow {
        id: row.text(0)?,
        account: row.text(1)?,
        name: row.text(2)?,
        acts: row.bool(3)?,
        created_at: row.at(4)?,
        until: row.at(5)?,
        used_on: row.int_opt(6)?,
        ended_at: row.int_opt(7)?.map(Micros),
    })
}

macro_rules! token_sql {
    ($tail:literal) => {
        concat!(
            "SELECT id, account, name, acts, created_at, until, used_on, ended_at FROM token ",
            $tail
        )
    };
}

impl Store {
    /// The token with this keyed hash, whatever became of it.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn token(&self, tag: [u8; 32]) -> Result<Option<TokenRow>, ReadError> {
        let row = self.db.row(token_sql!("WHERE tag = $1"), params![tag]);
        row.await?.as_ref().map(read).transpose()
    }

    /// An account's tokens, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn tokens(&self, account: &str) -> Result<Vec<TokenRow>, ReadError> {
        let sql = token_sql!("WHERE account = $1 ORDER BY created_at DESC, id LIMIT 1000");
        let rows = self.db.rows(sql, params![account]).await?;
        rows.iter().map(read).collect()
    }

    /// Everybody's tokens that were not ended, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn live_tokens(&self, now: Micros) -> Result<Vec<TokenRow>, ReadError> {
        let sql = token_sql!(
            "WHERE ended_at IS NULL AND until > $1 ORDER BY created_at DESC, id LIMIT 1000"
        );
        let rows = self.db.rows(sql, params![now]).await?;
        rows.iter().map(read).collect()
    }

    /// Keeps a new token by its keyed hash.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_token(
        &self,
        token: &TokenRow,
        tag: [u8; 32],
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.insert(
            &TOKEN,
            params![
                token.id.as_str(),
                token.account.as_str(),
                token.name.as_str(),
                tag,
                token.acts,
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
    pub async fn end_token(&self, id: &str, at: Micros, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE token SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
            params![at, id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Notes the first use of a token on a day.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if somebody noted it before.
    pub async fn token_used(&self, id: &str, day: i64, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE token SET used_on = $1 WHERE id = $2 AND ended_at IS NULL AND (used_on IS NULL OR used_on < $1)",
            params![day, id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }
}
