//! Who files for which organisation, and where they are reminded.

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, job, params};

static SEAT: Table = Table::new(
    "plan_seat",
    &[
        ("plan", Ty::Text),
        ("account", Ty::Text),
        ("owner", Ty::Text),
        ("mail", Ty::Text),
    ],
);

/// A seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Id of the plan.
    pub plan: String,
    /// Account id.
    pub account: String,
    /// The organisation, as the plan names it.
    pub owner: String,
    /// Where it is reminded of what is due.
    pub mail: Option<String>,
    /// When it was reminded last.
    pub reminded_at: Option<Micros>,
}

macro_rules! seat_sql {
    ($rest:literal) => {
        concat!(
            "SELECT plan, account, owner, mail, reminded_at FROM plan_seat ",
            $rest
        )
    };
}

fn read_seat(row: &Row) -> Result<Seat, ReadError> {
    Ok(Seat {
        plan: row.text(0)?,
        account: row.text(1)?,
        owner: row.text(2)?,
        mail: row.text_opt(3)?,
        reminded_at: row.int_opt(4)?.map(Micros),
    })
}

impl Store {
    /// All seats by plan, organisation and account.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn seats(&self) -> Result<Vec<Seat>, ReadError> {
        let sql = seat_sql!("ORDER BY plan, owner, account LIMIT 10000");
        let rows = self.db.rows(sql, vec![]).await?;
        rows.iter().map(read_seat).collect()
    }

    /// The seats of an account.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn seats_of(&self, account: &str) -> Result<Vec<Seat>, ReadError> {
        let sql = seat_sql!("WHERE account = $1 ORDER BY plan, owner LIMIT 10000");
        let rows = self.db.rows(sql, params![account]).await?;
        rows.iter().map(read_seat).collect()
    }

    /// Gives a seat, or changes the address of one that is there.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn give_seat(&self, seat: &Seat, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        let (plan, account) = (seat.plan.as_str(), seat.account.as_str());
        let owner = seat.owner.as_str();
        unit.exec(
            "DELETE FROM plan_seat WHERE plan = $1 AND account = $2 AND owner = $3",
            params![plan, account, owner],
        );
        unit.insert(&SEAT, params![plan, account, owner, seat.mail.as_deref()]);
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Takes a seat. [`WriteError::Conflict`] says that there is none.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn take_seat(
        &self,
        plan: &str,
        account: &str,
        owner: &str,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "DELETE FROM plan_seat WHERE plan = $1 AND account = $2 AND owner = $3",
            params![plan, account, owner],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Queues a reminder of a seat and notes the day, unless it was reminded since it was read.
    ///
    /// # Errors
    /// See [`WriteError`]; [`WriteError::Conflict`] says that it was reminded meanwhile, or is gone.
    pub async fn remind_seat(
        &self,
        seat: &Seat,
        (kind, payload): (&str, &str),
        at: Micros,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE plan_seat SET reminded_at = $1 WHERE plan = $2 AND account = $3 AND owner = $4 \
             AND coalesce(reminded_at, -1) = $5",
            params![
                at,
                seat.plan.as_str(),
                seat.account.as_str(),
                seat.owner.as_str(),
                seat.reminded_at.map_or(-1, |at| at.0)
            ],
        );
        job::enqueue(&mut unit, kind, payload, at);
        self.write(unit).await.map(drop)
    }
}
