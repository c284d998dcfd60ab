//! Claims of organisations, and what contacts were asked. A claim is in the log from the moment on at which its mailbox was proved.

use cairn_desk::constituent::claim::{Ask, State};
use cairn_desk::constituent::{Constituent, Day};
use cairn_evidence::hash::salted;
use cairn_kernel::time::Micros;

use crate::constituent::PAGE_CONSTITUENTS;
use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

static CLAIM: Table = Table::new(
    "claim",
    &[
        ("no", Ty::Int),
        ("state", Ty::Text),
        ("owner", Ty::Int),
        ("contact", Ty::Int),
        ("mailbox", Ty::Blob),
        ("made_at", Ty::Int),
        ("at", Ty::Int),
        ("steps", Ty::Int),
        ("salt", Ty::Blob),
        ("wish", Ty::Text),
        ("answer", Ty::Text),
    ],
);

/// The digest that stands in the log of a claim's `wish` or `answer`, hexadecimal.
#[must_use]
pub fn digest(part: &'static str, salt: &[u8; 16], json: &str) -> String {
    salted(salt, format!("{part}\0{json}").as_bytes()).hex()
}

/// A claim as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Number, from 1.
    pub no: i64,
    /// Where it stands.
    pub state: State,
    /// The constituent whose contact asks; of a first claim, what it became.
    pub owner: Option<u32>,
    /// That contact.
    pub contact: Option<u32>,
    /// Keyed hash of the address that it came from.
    pub mailbox: [u8; 32],
    /// When it was typed.
    pub made: Micros,
    /// When anything last happened to it.
    pub at: Micros,
    /// Salt of its digests.
    pub salt: [u8; 16],
    /// What is asked for, JSON; empty once it had its time.
    pub wish: String,
    /// The answer, JSON; empty before there is one.
    pub answer: String,
}

/// What is new of a claim.
#[derive(Debug)]
pub struct New<'a> {
    /// Its number.
    pub no: i64,
    /// The contact that asks for a change.
    pub by: Option<(u32, u32)>,
    /// Keyed hash of the address.
    pub mailbox: [u8; 32],
    /// Now.
    pub at: Micros,
    /// Salt of its digests.
    pub salt: [u8; 16],
    /// What is asked for, JSON.
    pub wish: &'a str,
}

/// Puts a claim into a unit: with an entry of the log it waits for an officer, without one for its mailbox.
pub fn make(unit: &mut Unit, new: &New<'_>, entry: Option<Entry>) {
    let state = if entry.is_some() {
        State::Waiting
    } else {
        State::Unproved
    };
    unit.insert(
        &CLAIM,
        params![
            new.no,
            state.as_str(),
            new.by.map(|(owner, _)| owner),
            new.by.map(|(_, contact)| contact),
            new.mailbox,
            new.at,
            new.at,
            i64::from(entry.is_some()),
            new.salt,
            new.wish,
            ""
        ],
    );
    unit.entries.extend(entry);
}

/// The mailbox of a claim is proved.
pub fn prove(unit: &mut Unit, no: i64, at: Micros, entry: Entry) {
    unit.expect(
        1,
        "UPDATE claim SET state = 'waiting', at = $1, steps = 1 WHERE no = $2 AND state = 'unproved'",
        params![at, no],
    );
    unit.entries.push(entry);
}

/// A claim is decided; where it was taken, by whom it is held from now on.
pub fn decided(
    unit: &mut Unit,
    (no, at): (i64, Micros),
    by: Option<(u32, Option<u32>)>,
    answer: &str,
    entry: Entry,
) {
    let state = if by.is_some() {
        State::Settled
    } else {
        State::Refused
    };
    unit.expect(
        1,
        "UPDATE claim SET state = $1, at = $2, owner = coalesce(CAST($3 AS BIGINT), owner), \
         contact = coalesce(CAST($4 AS BIGINT), contact), answer = $5, steps = steps + 1 \
         WHERE no = $6 AND state = 'waiting'",
        params![
            state.as_str(),
            at,
            by.map(|(owner, _)| owner),
            by.and_then(|(_, contact)| contact),
            answer,
            no
        ],
    );
    unit.entries.push(entry);
}

/// Words of a claim go, and of one that was refused what its mailbox is known by; that it was there stays.
pub fn erase(unit: &mut Unit, no: i64, entry: Entry) {
    unit.expect(
        1,
        "UPDATE claim SET wish = '', answer = '', mailbox = CASE WHEN state = 'settled' THEN mailbox ELSE $1 END, salt = $2, \
         steps = steps + 1 WHERE no = $3 AND wish <> ''",
        params![[0_u8; 32], [0_u8; 16], no],
    );
    unit.entries.push(entry);
}

/// A contact is asked once more; if something else asked it since, that is a conflict.
pub fn ask(
    unit: &mut Unit,
    (owner, contact): (u32, u32),
    before: Option<Ask>,
    now: Ask,
    entry: Entry,
) {
    match before {
        None => unit.expect(
            1,
            "INSERT INTO contact_ask(owner, contact, due, round, day, mail) VALUES ($1, $2, $3, $4, $5, '') \
             ON CONFLICT (owner, contact) DO NOTHING",
            params![owner, contact, now.due.0, now.round, now.at.0],
        ),
        Some(before) => unit.expect(
            1,
            "UPDATE contact_ask SET due = $1, round = $2, day = $3, mail = '' \
             WHERE owner = $4 AND contact = $5 AND due = $6 AND round = $7",
            params![now.due.0, now.round, now.at.0, owner, contact, before.due.0, before.round],
        ),
    };
    unit.entries.push(entry);
}

/// The mail by which a contact is asked is known by this Message-ID.
pub fn note_ask(unit: &mut Unit, (owner, contact): (u32, u32), id: &str) {
    unit.exec(
        "UPDATE contact_ask SET mail = $1 WHERE owner = $2 AND contact = $3",
        params![id, owner, contact],
    );
}

macro_rules! claim_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, state, owner, contact, made_at, at, salt, wish, answer, mailbox FROM claim ",
            $rest
        )
    };
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

fn read(row: &Row) -> Result<Claim, ReadError> {
    let state = State::parse(&row.text(1)?).ok_or_else(|| ReadError::Content {
        what: "claim",
        cause: "its state is none".to_owned(),
    })?;
    Ok(Claim {
        no: row.int(0)?,
        state,
        owner: row.int_opt(2)?.map(number),
        contact: row.int_opt(3)?.map(number),
        mailbox: <[u8; 32]>::try_from(row.bytes(9)?).unwrap_or_default(),
        made: Micros(row.int(4)?),
        at: Micros(row.int(5)?),
        salt: <[u8; 16]>::try_from(row.bytes(6)?).unwrap_or_default(),
        wish: row.text(7)?,
        answer: row.text(8)?,
    })
}

fn read_ask(row: &Row, from: usize) -> Result<Ask, ReadError> {
    let day = |value: i64| Day(i32::try_from(value).unwrap_or_default());
    Ok(Ask {
        due: day(row.int(from)?),
        round: number(row.int(from + 1)?),
        at: day(row.int(from + 2)?),
    })
}

impl Store {
    /// The number of the newest claim; 0 without any.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_claim(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) FROM claim";
        let row = self.db.row(sql, params![]).await?;
        row.map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    /// A claim.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn claim(&self, no: i64) -> Result<Option<Claim>, ReadError> {
        let row = self
            .db
            .row(claim_sql!("WHERE no = $1"), params![no])
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Claims that stand so, by number, after a number.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn claims(
        &self,
        state: State,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Claim>, ReadError> {
        let sql = claim_sql!("WHERE state = $1 AND no > $2 ORDER BY no LIMIT $3");
        let asked = params![state.as_str(), after, limit];
        let rows = self.db.rows(sql, asked).await?;
        rows.iter().map(read).collect()
    }

    /// Claims that were decided, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn claims_decided(&self, limit: i64) -> Result<Vec<Claim>, ReadError> {
        let sql = claim_sql!("WHERE state IN ('settled', 'refused') ORDER BY no DESC LIMIT $1");
        let rows = self.db.rows(sql, params![limit]).await?;
        rows.iter().map(read).collect()
    }

    /// Claims that were decided before a moment and whose words are still there.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn claims_old(&self, before: Micros, limit: i64) -> Result<Vec<i64>, ReadError> {
        let sql = "SELECT no FROM claim WHERE state IN ('settled', 'refused') AND wish <> '' AND at < $1 \
                   ORDER BY no LIMIT $2";
        let rows = self.db.rows(sql, params![before, limit]).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// Claims with this mailbox that stand so; a hundred at most.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn claims_of(
        &self,
        mailbox: [u8; 32],
        state: State,
    ) -> Result<Vec<Claim>, ReadError> {
        let sql = claim_sql!("WHERE state = $1 AND mailbox = $2 ORDER BY no LIMIT 100");
        let asked = params![state.as_str(), mailbox];
        let rows = self.db.rows(sql, asked).await?;
        rows.iter().map(read).collect()
    }

    /// Claims of a contact, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn claims_by(
        &self,
        (owner, contact): (u32, u32),
        limit: i64,
    ) -> Result<Vec<Claim>, ReadError> {
        let sql = claim_sql!("WHERE owner = $1 AND contact = $2 ORDER BY no DESC LIMIT $3");
        let rows = self.db.rows(sql, params![owner, contact, limit]).await?;
        rows.iter().map(read).collect()
    }

    /// How many claims stand so; of one constituent, if it is said which.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn count_claims(&self, state: State, owner: Option<u32>) -> Result<i64, ReadError> {
        let row = match owner {
            None => {
                let sql = "SELECT count(*) FROM claim WHERE state = $1";
                self.db.row(sql, params![state.as_str()]).await?
            }
            Some(owner) => {
                let sql = "SELECT count(*) FROM claim WHERE state = $1 AND owner = $2";
                self.db.row(sql, params![state.as_str(), owner]).await?
            }
        };
        row.map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    /// What is asked of constituents' contacts, and how often it was.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn contact_asks(&self, owner: u32) -> Result<Vec<(u32, Ask)>, ReadError> {
        let sql =
            "SELECT contact, due, round, day FROM contact_ask WHERE owner = $1 ORDER BY contact";
        let rows = self.db.rows(sql, params![owner]).await?;
        let one = |row: &Row| Ok((number(row.int(0)?), read_ask(row, 1)?));
        rows.iter().map(one).collect()
    }

    /// Contacts that were asked so often, the last time by a day: constituent, contact.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn contacts_silent(
        &self,
        round: u32,
        by: Day,
        limit: i64,
    ) -> Result<Vec<(u32, u32, Ask)>, ReadError> {
        let sql = "SELECT owner, contact, due, round, day FROM contact_ask WHERE round >= $1 AND day <= $2 \
                   ORDER BY day, owner, contact LIMIT $3";
        let rows = self.db.rows(sql, params![round, by.0, limit]).await?;
        let one = |row: &Row| Ok((number(row.int(0)?), number(row.int(1)?), read_ask(row, 2)?));
        rows.iter().map(one).collect()
    }

    /// The contact that was asked by the mail with this Message-ID: constituent, contact.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn asked_by_mail(&self, id: &str) -> Result<Option<(u32, u32)>, ReadError> {
        let sql = "SELECT owner, contact FROM contact_ask WHERE mail = $1 AND mail <> ''";
        let row = self.db.row(sql, params![id]).await?;
        let one = |row: &Row| Ok((number(row.int(0)?), number(row.int(1)?)));
        row.as_ref().map(one).transpose()
    }

    /// Constituents with something to confirm by a day, after a number; at most [`PAGE_CONSTITUENTS`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn constituents_due(
        &self,
        by: Day,
        after: u32,
    ) -> Result<Vec<Constituent>, ReadError> {
        let sql = "SELECT no, manual, source, key, version, facts, people FROM constituent \
                   WHERE due <= $1 AND no > $2 ORDER BY no LIMIT $3";
        let asked = params![by.0, after, PAGE_CONSTITUENTS];
        let rows = self.db.rows(sql, asked).await?;
        rows.iter().map(crate::constituent::read).collect()
    }

    /// Forgets claims that were typed before a moment and whose mailbox nobody proved.
    ///
    /// # Errors
    /// The database could not be written.
    pub async fn forget_unproved(&self, before: Micros) -> Result<(), crate::writer::WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "DELETE FROM claim WHERE state = 'unproved' AND made_at < $1",
            params![before],
        );
        self.write(unit).await.map(drop)
    }
}
