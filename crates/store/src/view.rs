//! Saved views: search lines under a name.

use cairn_desk::view::View;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::Row;
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

/// Shared views that lists show, the oldest first.
pub const SHARED_MAX: i64 = 100;

/// A view as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Random id.
    pub id: String,
    /// Account that saved it.
    pub account: String,
    /// Name, line, order, and who sees it.
    pub view: View,
}

macro_rules! view_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, name, line, severe, shared FROM saved_view ",
            $rest
        )
    };
}

fn read(row: &Row) -> Result<Saved, ReadError> {
    Ok(Saved {
        id: row.text(0)?,
        account: row.text(1)?,
        view: View {
            name: row.text(2)?,
            line: row.text(3)?,
            severe: row.bool(4)?,
            shared: row.bool(5)?,
        },
    })
}

impl Store {
    /// The views of an account, and those that others share, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn views(&self, account: &str) -> Result<Vec<Saved>, ReadError> {
        const OWN: &str = view_sql!("WHERE account = $1 ORDER BY created_at, id LIMIT 200");
        const SHARED: &str =
            view_sql!("WHERE shared AND account <> $1 ORDER BY created_at, id LIMIT $2");
        let own = self.db.rows(OWN, params![account]).await?;
        let shared = self.db.rows(SHARED, params![account, SHARED_MAX]).await?;
        own.iter().chain(&shared).map(read).collect()
    }

    /// One view.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn view(&self, id: &str) -> Result<Option<Saved>, ReadError> {
        const SQL: &str = view_sql!("WHERE id = $1");
        let row = self.db.row(SQL, params![id]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Keeps a new view.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn save_view(
        &self,
        saved: &Saved,
        at: Micros,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        let view = &saved.view;
        unit.expect(
            1,
            "INSERT INTO saved_view(id, account, name, line, severe, shared, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![
                saved.id.as_str(),
                saved.account.as_str(),
                view.name.as_str(),
                view.line.as_str(),
                view.severe,
                view.shared,
                at
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Changes a view. [`WriteError::Conflict`] if it is no longer there.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn change_view(&self, id: &str, view: &View, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE saved_view SET name = $1, line = $2, severe = $3, shared = $4 WHERE id = $5",
            params![
                view.name.as_str(),
                view.line.as_str(),
                view.severe,
                view.shared,
                id
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Deletes a view. [`WriteError::Conflict`] if it is no longer there.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn delete_view(&self, id: &str, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(1, "DELETE FROM saved_view WHERE id = $1", params![id]);
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }
}
