//! Selections of reports to which one thing is done: what, for which of them, and what became of each.

use cairn_desk::bulk::{Deeds, Fate, Stage};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

/// Selections of one page at most.
pub const ROWS_MAX: i64 = 50;

static BULK: Table = Table::guard(
    "bulk",
    &[
        ("no", Ty::Int),
        ("account", Ty::Text),
        ("at", Ty::Int),
        ("deeds", Ty::Text),
        ("texts", Ty::Text),
        ("stage", Ty::Text),
        ("once", Ty::Blob),
    ],
);
static REPORT: Table = Table::new(
    "bulk_report",
    &[
        ("bulk", Ty::Int),
        ("report", Ty::Int),
        ("version", Ty::Int),
        ("fate", Ty::Text),
    ],
);

/// A selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// Its number, from 1.
    pub no: i64,
    /// Account id of who asked for it.
    pub account: String,
    /// When.
    pub at: Micros,
    /// What is to be done.
    pub deeds: Deeds,
    /// Words to the reporters, JSON; `None` once nobody is to get them any more.
    pub texts: Option<String>,
    /// Where it stands.
    pub stage: Stage,
    /// Account id of who agreed or declined.
    pub second: Option<String>,
    /// Account id of who took it back.
    pub undone_by: Option<String>,
}

/// One report of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Number of the report.
    pub report: i64,
    /// Its version when it was chosen.
    pub version: i64,
    /// What became of it.
    pub fate: Fate,
    /// Numbers of the first and the last event by which it was done.
    pub events: Option<(i64, i64)>,
}

/// The rows of a new selection; `once` names a program's request. A number that is taken drops the unit
/// ([`crate::writer::WriteError::Duplicate`]).
#[must_use]
pub fn begin(
    bulk: &Bulk,
    deeds: &str,
    chosen: &[(i64, i64)],
    once: Option<[u8; 32]>,
    entry: Entry,
) -> Unit {
    let mut unit = Unit::default();
    unit.insert(
        &BULK,
        params![
            bulk.no,
            bulk.account.as_str(),
            bulk.at,
            deeds,
            bulk.texts.clone(),
            bulk.stage.as_str(),
            once.map(|once| once.to_vec())
        ],
    );
    for (report, version) in chosen {
        let fate = Fate::Waiting.as_str();
        unit.insert(&REPORT, params![bulk.no, *report, *version, fate]);
    }
    unit.entries.push(entry);
    unit
}

/// From one stage to another; a conflict if it is in another one by now. `by` is who agreed, declined or took it back.
#[must_use]
pub fn turn(no: i64, (from, to): (Stage, Stage), by: Option<&str>, entry: Option<Entry>) -> Unit {
    let mut unit = Unit::default();
    let sql = match (to, by) {
        (Stage::Undoing, Some(_)) => {
            "UPDATE bulk SET stage = $1, undone_by = $2 WHERE no = $3 AND stage = $4"
        }
        (_, Some(_)) => "UPDATE bulk SET stage = $1, second = $2 WHERE no = $3 AND stage = $4",
        (_, None) => "UPDATE bulk SET stage = $1 WHERE no = $2 AND stage = $3",
    };
    let values = match by {
        Some(by) => params![to.as_str(), by, no, from.as_str()],
        None => params![to.as_str(), no, from.as_str()],
    };
    unit.expect(1, sql, values);
    if !to.is_working() {
        unit.exec("UPDATE bulk SET texts = NULL WHERE no = $1", params![no]);
    }
    unit.entries.extend(entry);
    unit
}

/// Into the unit by which something is done to a report of a selection: what became of it. A conflict if that is not what was
/// `before`, so that nothing is done twice.
pub fn note(unit: &mut Unit, bulk: i64, before: &Chosen, after: &Chosen) {
    let (first, last) = after.events.unzip();
    unit.expect(
        1,
        "UPDATE bulk_report SET fate = $1, first = $2, last = $3 WHERE bulk = $4 AND report = $5 AND fate = $6",
        params![
            after.fate.as_str(),
            first,
            last,
            bulk,
            after.report,
            before.fate.as_str()
        ],
    );
}

macro_rules! bulk_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, account, at, deeds, texts, stage, second, undone_by FROM bulk ",
            $rest
        )
    };
}

/// The first condition is that of the index, word for word.
macro_rules! bulk_open_sql {
    ($which:literal) => {
        concat!(
            bulk_sql!("WHERE stage IN ('asked', 'doing', 'undoing') AND "),
            $which,
            " ORDER BY no LIMIT $1"
        )
    };
}

fn read(row: &Row) -> Result<Bulk, ReadError> {
    let deeds = row.text(3)?;
    let stage = row.text(5)?;
    Ok(Bulk {
        no: row.int(0)?,
        account: row.text(1)?,
        at: row.at(2)?,
        deeds: serde_json::from_str(&deeds).unwrap_or_default(),
        texts: row.text_opt(4)?,
        stage: Stage::parse(&stage).unwrap_or(Stage::Declined),
        second: row.text_opt(6)?,
        undone_by: row.text_opt(7)?,
    })
}

impl Store {
    /// The number of the newest selection; 0 if there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_bulk(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) FROM bulk";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// The number of the selection that a program's request began, if it did.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn bulk_of_call(&self, once: [u8; 32]) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT no FROM bulk WHERE once = $1";
        let row = self.db.row(sql, params![once]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?)
    }

    /// One selection.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn bulk(&self, no: i64) -> Result<Option<Bulk>, ReadError> {
        let row = self.db.row(bulk_sql!("WHERE no = $1"), params![no]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Selections with a number below `before`, the newest first; at most [`ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn bulks(&self, before: i64) -> Result<Vec<Bulk>, ReadError> {
        let sql = bulk_sql!("WHERE no < $1 ORDER BY no DESC LIMIT $2");
        let rows = self.db.rows(sql, params![before, ROWS_MAX]).await?;
        rows.iter().map(read).collect()
    }

    /// Selections that the service works on, the oldest first; at most [`ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn bulks_working(&self) -> Result<Vec<Bulk>, ReadError> {
        self.bulks_open(bulk_open_sql!("stage <> 'asked'")).await
    }

    /// Selections that wait for a second officer, the oldest first; at most [`ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn bulks_asked(&self) -> Result<Vec<Bulk>, ReadError> {
        self.bulks_open(bulk_open_sql!("stage = 'asked'")).await
    }

    async fn bulks_open(&self, sql: &'static str) -> Result<Vec<Bulk>, ReadError> {
        let rows = self.db.rows(sql, params![ROWS_MAX]).await?;
        rows.iter().map(read).collect()
    }

    /// The reports of a selection, by their numbers.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn bulk_reports(&self, bulk: i64) -> Result<Vec<Chosen>, ReadError> {
        let sql = "SELECT report, version, fate, first, last FROM bulk_report WHERE bulk = $1 ORDER BY report LIMIT $2";
        let limit = i64::try_from(cairn_desk::bulk::REPORTS_MAX).unwrap_or(i64::MAX);
        let rows = self.db.rows(sql, params![bulk, limit]).await?;
        rows.iter()
            .map(|row| {
                let fate = row.text(2)?;
                Ok(Chosen {
                    report: row.int(0)?,
                    version: row.int(1)?,
                    fate: Fate::parse(&fate).unwrap_or(Fate::Kept),
                    events: row.int_opt(3)?.zip(row.int_opt(4)?),
                })
            })
            .collect()
    }
}
