//! What officers know of observables: notes, and the block list.

use cairn_desk::observable::{Block, Change, Event, Standing};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

static OBSERVABLE: Table = Table::guard(
    "observable",
    &[
        ("no", Ty::Int),
        ("key", Ty::Text),
        ("kind", Ty::Text),
        ("value", Ty::Text),
        ("salt", Ty::Blob),
        ("block", Ty::Text),
        ("version", Ty::Int),
    ],
);
static STEP: Table = Table::new(
    "observable_step",
    &[
        ("no", Ty::Int),
        ("n", Ty::Int),
        ("at", Ty::Int),
        ("account", Ty::Text),
        ("what", Ty::Text),
        ("corrects", Ty::Int),
        ("salt", Ty::Blob),
        ("text", Ty::Text),
    ],
);

/// Rows of one page of the block list.
pub const BLOCK_ROWS_MAX: i64 = 200;

/// An observable that officers wrote about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub no: i64,
    /// What it is.
    pub observable: Observable,
    /// Where it stands with the block list.
    pub block: Block,
    /// Account that asked, while that counts.
    pub asked_by: Option<String>,
    /// When that was, or when it was decided.
    pub block_at: Option<Micros>,
    /// Steps so far.
    pub version: i64,
}

/// A note or a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Number within the observable's story, from 1.
    pub n: i64,
    /// When.
    pub at: Micros,
    /// By which account.
    pub account: String,
    /// Kind of the event.
    pub what: String,
    /// The note that this one corrects.
    pub corrects: Option<i64>,
    /// Of a note: what it says.
    pub text: Option<String>,
}

/// The bytes that an observable's digest is made of: kind, a zero byte, value.
#[must_use]
pub fn name(observable: &Observable) -> Vec<u8> {
    let mut out = observable.kind.as_str().as_bytes().to_vec();
    out.push(0);
    out.extend_from_slice(observable.value.as_bytes());
    out
}

/// SHA-256 of [`name`], hexadecimal: by which the table finds it.
#[must_use]
pub fn key(observable: &Observable) -> String {
    sha256(&name(observable)).hex()
}

/// Salted digest of [`name`], hexadecimal: what the log says.
#[must_use]
pub fn digest(salt: &[u8; 16], observable: &Observable) -> String {
    salted(salt, &name(observable)).hex()
}

/// What is added to an observable's story.
#[derive(Debug)]
pub struct Told<'a> {
    /// Its number.
    pub no: i64,
    /// What it is, with the salt of its digest, if it gets its number now.
    pub new: Option<(&'a Observable, [u8; 16])>,
    /// How it stood.
    pub before: &'a Standing,
    /// What happened, with log entries.
    pub events: Vec<(Event, Entry)>,
    /// Salt and text of the note among them.
    pub note: Option<([u8; 16], &'a str)>,
}

/// The rows. A number that is taken drops the unit ([`crate::writer::WriteError::Duplicate`]); if somebody else was
/// quicker, it is a conflict.
#[must_use]
pub fn tell(told: Told<'_>) -> Unit {
    let mut unit = Unit::default();
    let no = told.no;
    if let Some((observable, salt)) = told.new {
        unit.insert(
            &OBSERVABLE,
            params![
                no,
                key(observable),
                observable.kind.as_str(),
                observable.value.as_str(),
                salt,
                Block::No.as_str(),
                told.before.version
            ],
        );
    }
    let mut after = told.before.clone();
    for (event, _) in &told.events {
        after.apply(event);
    }
    // Before the steps: who is late is told so, and not that a number is taken.
    unit.expect(
        1,
        "UPDATE observable SET block = $1, asked_by = $2, block_at = $3, version = $4 WHERE no = $5 AND version = $6",
        params![
            after.block.as_str(),
            after.asked_by.clone(),
            after.block_at,
            after.version,
            no,
            told.before.version
        ],
    );
    let (mut n, mut note) = (told.before.version, told.note);
    for (event, entry) in told.events {
        n += 1;
        let corrects = match &event.change {
            Change::Noted { corrects, .. } => *corrects,
            _ => None,
        };
        let own = match &event.change {
            Change::Noted { .. } => note.take(),
            _ => None,
        };
        let (salt, text) = own.unzip();
        unit.insert(
            &STEP,
            params![
                no,
                n,
                event.at,
                event.by.account(),
                event.change.kind(),
                corrects,
                salt,
                text
            ],
        );
        unit.entries.push(entry);
    }
    unit
}

macro_rules! named_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, kind, value, block, asked_by, block_at, version FROM observable ",
            $rest
        )
    };
}

fn read_named(row: &Row) -> Result<Named, ReadError> {
    let content = |what| ReadError::Content {
        what: "observable",
        cause: format!("its {what} is none"),
    };
    let kind = row.text(1)?;
    let kind = Kind::ALL.into_iter().find(|one| one.as_str() == kind);
    Ok(Named {
        no: row.int(0)?,
        observable: Observable {
            kind: kind.ok_or_else(|| content("kind"))?,
            value: row.text(2)?,
        },
        block: Block::parse(&row.text(3)?).ok_or_else(|| content("state"))?,
        asked_by: row.text_opt(4)?,
        block_at: row.int_opt(5)?.map(Micros),
        version: row.int(6)?,
    })
}

impl Store {
    /// What officers wrote about an observable, if they did.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn named(&self, observable: &Observable) -> Result<Option<Named>, ReadError> {
        const SQL: &str = named_sql!("WHERE key = $1");
        let row = self.db.row(SQL, params![key(observable)]).await?;
        let named = row.as_ref().map(read_named).transpose()?;
        Ok(named.filter(|named| named.observable == *observable))
    }

    /// The number that the next one gets.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn next_observable(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) + 1 FROM observable";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(1), |row| row.int(0))?)
    }

    /// An observable's story, oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn steps(&self, no: i64) -> Result<Vec<Step>, ReadError> {
        let sql = "SELECT n, at, account, what, corrects, text FROM observable_step WHERE no = $1 ORDER BY n LIMIT 1100";
        let rows = self.db.rows(sql, params![no]).await?;
        let read = |row: &Row| -> Result<Step, ReadError> {
            Ok(Step {
                n: row.int(0)?,
                at: row.at(1)?,
                account: row.text(2)?,
                what: row.text(3)?,
                corrects: row.int_opt(4)?,
                text: row.text_opt(5)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Observables that stand so with the block list, after number `after`, in the order in which they were first written
    /// about; at most [`BLOCK_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn blocked(
        &self,
        block: Block,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Named>, ReadError> {
        const SQL: &str =
            named_sql!("WHERE block <> 'no' AND block = $1 AND no > $2 ORDER BY no LIMIT $3");
        let limit = limit.clamp(1, BLOCK_ROWS_MAX);
        let rows = self
            .db
            .rows(SQL, params![block.as_str(), after, limit])
            .await?;
        rows.iter().map(read_named).collect()
    }

    /// How many are on the block list.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn blocked_count(&self) -> Result<u64, ReadError> {
        let sql = "SELECT count(*) FROM observable WHERE block <> 'no' AND block = 'agreed'";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }
}
