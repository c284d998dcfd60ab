//! Constituents: all that is known of one stands in one row, contacts apart from the rest. Every change is written for the generation that
//! was seen: if anything else about constituents changed since, that is a conflict, and whoever wanted it looks again.

use cairn_desk::constituent::{Constituent, Day, Facts, Origin};
use cairn_evidence::hash::salted;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

/// Constituents that are read at a time.
pub const PAGE_CONSTITUENTS: i64 = 500;
/// Steps of one constituent that are read at most, the newest.
pub const STEPS_ROWS_MAX: i64 = 200;

static STEP: Table = Table::new(
    "constituent_step",
    &[("no", Ty::Int), ("n", Ty::Int), ("event", Ty::Text)],
);

/// How often constituents changed, and the first free number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Counts changes.
    pub generation: i64,
    /// The next number.
    pub next: u32,
}

/// A constituent without its contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number.
    pub no: u32,
    /// Where it comes from.
    pub origin: Origin,
    /// All but contacts.
    pub facts: Facts,
    /// When a contact is to be confirmed.
    pub due: Option<Day>,
    /// Mail to a contact came back.
    pub bounced: bool,
    /// How many contacts.
    pub contacts: u32,
    /// What it is searched by, folded.
    pub words: String,
}

/// A constituent as JSON: facts and contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// All but contacts.
    pub facts: String,
    /// The contacts.
    pub people: String,
}

impl Texts {
    /// Of one.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn of(one: &Constituent) -> Result<Self, serde_json::Error> {
        Ok(Self {
            facts: serde_json::to_string(&one.facts)?,
            people: serde_json::to_string(&one.contacts)?,
        })
    }

    /// The digests of both that stand in the log, hexadecimal: of where it comes from and its facts, and of its contacts.
    #[must_use]
    pub fn digests(&self, origin: &Origin, salt: &[u8; 16]) -> (String, String) {
        let manual = if origin.manual { "manual" } else { "imported" };
        let (source, key, facts) = (&origin.source, &origin.key, &self.facts);
        let facts = format!("facts\0{manual}\0{source}\0{key}\0{facts}");
        let people = format!("people\0{}", self.people);
        let digest = |text: String| salted(salt, text.as_bytes()).hex();
        (digest(facts), digest(people))
    }
}

/// A unit that is written only if nothing changed since the mark was read.
#[must_use]
pub fn begin(seen: Mark, next: u32) -> Unit {
    let mut unit = Unit::default();
    unit.exec(
        "INSERT INTO constituent_mark(id, generation, next_no) VALUES (1, 0, 1) ON CONFLICT (id) DO NOTHING",
        params![],
    );
    unit.expect(
        1,
        "UPDATE constituent_mark SET generation = generation + 1, next_no = $1 WHERE id = 1 AND generation = $2",
        params![next, seen.generation],
    );
    unit
}

/// Puts one into a unit as it is from now on, with what the log says of it.
pub fn set(unit: &mut Unit, one: &Constituent, texts: Texts, salt: [u8; 16], entry: Entry) {
    let number = u64::try_from(one.contacts.len()).unwrap_or(u64::MAX);
    unit.exec(
        "INSERT INTO constituent(no, manual, source, key, version, name, sector, due, bounced, contacts, words, salt, facts, people) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (no) DO UPDATE SET \
         manual = excluded.manual, source = excluded.source, key = excluded.key, version = excluded.version, name = excluded.name, \
         sector = excluded.sector, due = excluded.due, bounced = excluded.bounced, contacts = excluded.contacts, \
         words = excluded.words, salt = excluded.salt, facts = excluded.facts, people = excluded.people",
        params![
            one.no,
            one.origin.manual,
            one.origin.source.as_str(),
            one.origin.key.as_str(),
            one.version,
            one.facts.name.as_str(),
            one.facts.sector.clone(),
            one.due().map(|day| day.0),
            one.bounced(),
            number,
            one.facts.words(),
            salt,
            texts.facts,
            texts.people
        ],
    );
    unit.insert(&STEP, params![one.no, one.version, entry.event.as_str()]);
    unit.entries.push(entry);
}

/// Takes one away, with its contacts and its story. The log keeps that it was there.
pub fn remove(unit: &mut Unit, no: u32, entry: Entry) {
    unit.expect(1, "DELETE FROM constituent WHERE no = $1", params![no]);
    unit.exec("DELETE FROM constituent_step WHERE no = $1", params![no]);
    unit.entries.push(entry);
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

fn content(error: &serde_json::Error) -> ReadError {
    ReadError::Content {
        what: "constituent",
        // The cause may repeat what it read, which may be personal.
        cause: format!("line {}, column {}", error.line(), error.column()),
    }
}

fn origin(row: &Row) -> Result<Origin, ReadError> {
    Ok(Origin {
        manual: row.bool(1)?,
        source: row.text(2)?,
        key: row.text(3)?,
    })
}

fn facts(row: &Row, column: usize) -> Result<Facts, ReadError> {
    serde_json::from_str(&row.text(column)?).map_err(|error| content(&error))
}

pub(crate) fn read(row: &Row) -> Result<Constituent, ReadError> {
    let people = row.text(6)?;
    Ok(Constituent {
        no: number(row.int(0)?),
        origin: origin(row)?,
        version: number(row.int(4)?),
        facts: facts(row, 5)?,
        contacts: serde_json::from_str(&people).map_err(|error| content(&error))?,
    })
}

fn read_line(row: &Row) -> Result<Line, ReadError> {
    let due = row.int_opt(5)?;
    Ok(Line {
        no: number(row.int(0)?),
        origin: origin(row)?,
        facts: facts(row, 4)?,
        due: due.and_then(|day| i32::try_from(day).ok()).map(Day),
        bounced: row.bool(6)?,
        contacts: number(row.int(7)?),
        words: row.text(8)?,
    })
}

macro_rules! whole_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, manual, source, key, version, facts, people FROM constituent ",
            $rest
        )
    };
}

impl Store {
    /// How often constituents changed.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn constituent_mark(&self) -> Result<Mark, ReadError> {
        let sql = "SELECT generation, next_no FROM constituent_mark WHERE id = 1";
        let row = self.db.row(sql, params![]).await?;
        let Some(row) = row else {
            return Ok(Mark {
                generation: 0,
                next: 1,
            });
        };
        Ok(Mark {
            generation: row.int(0)?,
            next: number(row.int(1)?),
        })
    }

    /// All of them without contacts, by number.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn constituent_lines(&self) -> Result<Vec<Line>, ReadError> {
        let sql = "SELECT no, manual, source, key, facts, due, bounced, contacts, words FROM constituent \
                   WHERE no > $1 ORDER BY no LIMIT $2";
        let mut all: Vec<Line> = Vec::new();
        loop {
            let after = all.last().map_or(0, |line| line.no);
            let rows = self.db.rows(sql, params![after, PAGE_CONSTITUENTS]).await?;
            for row in &rows {
                all.push(read_line(row)?);
            }
            if (rows.len() as i64) < PAGE_CONSTITUENTS {
                return Ok(all);
            }
        }
    }

    /// One of them.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn constituent(&self, no: u32) -> Result<Option<Constituent>, ReadError> {
        let row = self
            .db
            .row(whole_sql!("WHERE no = $1"), params![no])
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Those after a number, with contacts; at most [`PAGE_CONSTITUENTS`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn constituents_after(&self, no: u32) -> Result<Vec<Constituent>, ReadError> {
        let sql = whole_sql!("WHERE no > $1 ORDER BY no LIMIT $2");
        let rows = self.db.rows(sql, params![no, PAGE_CONSTITUENTS]).await?;
        rows.iter().map(read).collect()
    }

    /// Those of one source, and those that were taken over from it; with contacts.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn constituents_of(&self, source: &str) -> Result<Vec<Constituent>, ReadError> {
        let sql = whole_sql!("WHERE source = $1 ORDER BY key, no");
        let rows = self.db.rows(sql, params![source]).await?;
        rows.iter().map(read).collect()
    }

    /// What happened to one, the newest first, as JSON.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn constituent_steps(&self, no: u32) -> Result<Vec<String>, ReadError> {
        let sql = "SELECT event FROM constituent_step WHERE no = $1 ORDER BY n DESC LIMIT $2";
        let rows = self.db.rows(sql, params![no, STEPS_ROWS_MAX]).await?;
        rows.iter().map(|row| Ok(row.text(0)?)).collect()
    }
}
