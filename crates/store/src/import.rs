//! What was taken over from other systems: old numbers, and entries of old threads.

use cairn_desk::import::Sort;
use cairn_desk::report::{Change, Event, Part, Standing};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::report::NewReport;
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

/// Entries of an old thread that are read at a time.
pub const OLD_ROWS_MAX: i64 = 6_000;
/// Reports that one old number leads to, at most: it may be in use in several sources.
const REFS_MAX: i64 = 20;

static OLD: Table = Table::new(
    "report_old",
    &[
        ("no", Ty::Int),
        ("n", Ty::Int),
        ("happened", Ty::Int),
        ("at", Ty::Int),
        ("sort", Ty::Text),
        ("seen", Ty::Blob),
        ("salt", Ty::Blob),
        ("head", Ty::Text),
        ("text_salt", Ty::Blob),
        ("text", Ty::Text),
    ],
);
/// A number that is taken drops the unit: nobody else may have it.
const REF: &str = "INSERT INTO old_ref(source, number, no) VALUES ($1, $2, $3) ON CONFLICT (source, number) DO NOTHING";

/// What is kept of an entry beside its event.
#[derive(Debug, Clone)]
pub struct KeptOld {
    /// Keyed hash of what tells it from others.
    pub seen: [u8; 32],
    /// Head as JSON, and its salt.
    pub head: (String, [u8; 16]),
    /// Text, and its salt.
    pub text: (String, [u8; 16]),
}

/// An entry of an old thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldRow {
    /// Number within the report, from 1.
    pub n: i64,
    /// When the source says that it happened.
    pub happened: Micros,
    /// What it is.
    pub sort: Sort,
    /// Head as JSON; empty once it was erased.
    pub head: String,
    /// Text; empty once it was erased.
    pub text: String,
}

/// A number by which another system knew a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldRef {
    /// Code of the source.
    pub source: String,
    /// The number there.
    pub number: String,
    /// The report.
    pub no: i64,
}

/// The rows of a report that is taken over: its receipt, and in the same unit what follows it. `before` is how it stands right after
/// receipt; the first of `events` is [`Change::Imported`].
#[must_use]
pub fn take(
    new: NewReport<'_>,
    before: &Standing,
    events: Vec<(Event, Entry)>,
    sqlite: bool,
) -> Unit {
    let no = new.no;
    let mut unit = crate::report::receive(new, sqlite);
    let after = crate::report::change(no, before, events, None);
    unit.ops.extend(after.ops);
    unit.entries.extend(after.entries);
    unit
}

/// Adds the row of an entry; `change` is the [`Change::OldEntry`] about it.
pub fn keep_old(unit: &mut Unit, no: i64, at: Micros, change: &Change, kept: KeptOld) {
    let Some(mut cells) = cells(change, at) else {
        return;
    };
    let mut row = params![no];
    row.append(&mut cells);
    row.extend(params![
        kept.seen,
        kept.head.1,
        kept.head.0,
        kept.text.1,
        kept.text.0
    ]);
    unit.insert(&OLD, row);
}

/// The columns that follow from the event: number, when it happened, when it was taken over, sort.
pub(crate) fn cells(change: &Change, at: Micros) -> Option<Vec<Value>> {
    let Change::OldEntry {
        entry,
        happened,
        sort,
        ..
    } = change
    else {
        return None;
    };
    Some(params![*entry, *happened, at, sort.as_str()])
}

/// What an event changes beside the report's own row.
pub(crate) fn side_rows(unit: &mut Unit, no: i64, event: &Event) {
    match &event.change {
        Change::Imported {
            source,
            number,
            happened,
            counts,
            ..
        } => {
            unit.expect(1, REF, params![source.as_str(), number.as_str(), no]);
            unit.exec(
                "UPDATE report SET received_at = $1, counts = $2 WHERE no = $3",
                params![*happened, *counts, no],
            );
        }
        Change::OldNumber { source, number } => {
            unit.expect(1, REF, params![source.as_str(), number.as_str(), no]);
        }
        _ => {}
    }
}

/// What an event erases of the old thread of its report.
pub(crate) fn erase(unit: &mut Unit, no: i64, part: Part) {
    if part != Part::Files {
        unit.exec(
            "UPDATE report_old SET head = '', salt = $1 WHERE no = $2",
            params![[0_u8; 16], no],
        );
    }
    if part == Part::Text {
        unit.exec(
            "UPDATE report_old SET text = '', text_salt = $1 WHERE no = $2",
            params![[0_u8; 16], no],
        );
    }
}

fn old_ref(row: &Row) -> Result<OldRef, ReadError> {
    Ok(OldRef {
        source: row.text(0)?,
        number: row.text(1)?,
        no: row.int(2)?,
    })
}

impl Store {
    /// The entries of a report's old thread, in the order in which they happened.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn old_thread(&self, no: i64) -> Result<Vec<OldRow>, ReadError> {
        let sql = "SELECT n, happened, sort, head, text FROM report_old WHERE no = $1 ORDER BY happened, n LIMIT $2";
        let rows = self.db.rows(sql, params![no, OLD_ROWS_MAX]).await?;
        let read = |row: &Row| {
            let sort = row.text(2)?;
            Ok(OldRow {
                n: row.int(0)?,
                happened: row.at(1)?,
                sort: Sort::parse(&sort).unwrap_or(Sort::Comment),
                head: row.text(3)?,
                text: row.text(4)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The keyed hashes of the entries of a report's old thread.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn old_seen(&self, no: i64) -> Result<Vec<Vec<u8>>, ReadError> {
        let sql = "SELECT seen FROM report_old WHERE no = $1 ORDER BY n LIMIT $2";
        let rows = self.db.rows(sql, params![no, OLD_ROWS_MAX]).await?;
        rows.iter().map(|row| Ok(row.blob(0)?)).collect()
    }

    /// The report that a source knew by a number.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn old_ref(&self, source: &str, number: &str) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT no FROM old_ref WHERE source = $1 AND number = $2";
        let row = self.db.row(sql, params![source, number]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?)
    }

    /// Reports that any source knew by a number.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn old_refs(&self, number: &str) -> Result<Vec<OldRef>, ReadError> {
        let sql =
            "SELECT source, number, no FROM old_ref WHERE number = $1 ORDER BY source LIMIT $2";
        let rows = self.db.rows(sql, params![number, REFS_MAX]).await?;
        rows.iter().map(old_ref).collect()
    }

    /// The numbers by which other systems knew a report.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn old_refs_of(&self, no: i64) -> Result<Vec<OldRef>, ReadError> {
        let sql =
            "SELECT source, number, no FROM old_ref WHERE no = $1 ORDER BY source, number LIMIT $2";
        let rows = self.db.rows(sql, params![no, OLD_ROWS_MAX]).await?;
        rows.iter().map(old_ref).collect()
    }
}
