//! The change of shifts: handover notes, and the counts of the work at hand.
//!
//! Each count is one pass over one index that holds all that it asks, and stops after so many entries; where it stopped, it says so.

use std::collections::BTreeMap;

use cairn_desk::shift::{Cell, Change, Due, Event, Note, SEGMENTS};
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit};
use crate::{Store, params};

/// Notes of one page at most.
pub const NOTES_ROWS_MAX: i64 = 50;
/// Lines "read by" of one page at most.
const READ_ROWS_MAX: i64 = 5_000;
/// Open reports of one severity and one piece of the past that are counted at most; the query says one more.
pub const CELL_REPORTS_MAX: u64 = 10_000;
/// Open reports of one account that are counted at most.
pub const LOAD_REPORTS_MAX: i64 = 5_000;
/// Accounts that have open reports, at most.
const PEOPLE_MAX: usize = 500;
/// Cases that are not closed, of all accounts together, that are counted at most.
pub const CASES_COUNTED_MAX: i64 = 120_000;
/// Running clocks that are counted at most.
pub const CLOCKS_COUNTED_MAX: i64 = 10_000;
/// First answers that are looked at, at most, the newest.
pub const ANSWERS_MAX: usize = 20_000;
/// Reports of one category and quarter that are counted at most.
pub const CATEGORY_REPORTS_MAX: i64 = 20_000;
/// Closings of a quarter that are counted at most.
pub const CLOSINGS_MAX: i64 = 100_000;
/// Categories at most.
const CATEGORIES_MAX: usize = 200;
/// Severities.
const SEVERITIES: [u8; 6] = [1, 2, 3, 4, 5, 6];

static NOTE: Table = Table::guard(
    "handover",
    &[
        ("no", Ty::Int),
        ("at", Ty::Int),
        ("account", Ty::Text),
        ("digest", Ty::Text),
        ("corrects", Ty::Int),
        ("salt", Ty::Blob),
        ("text", Ty::Text),
    ],
);

/// A note with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The note.
    pub note: Note,
    /// What it says; `None` once that was erased.
    pub text: Option<String>,
}

/// The rows of a new note. A number that is taken drops the unit ([`crate::writer::WriteError::Duplicate`]); if the note that it
/// corrects was corrected, withdrawn or erased since, it is a conflict.
#[must_use]
pub fn write(note: &Note, salt: [u8; 16], text: &str, entry: Entry) -> Unit {
    let mut unit = Unit::default();
    unit.insert(
        &NOTE,
        params![
            note.no,
            note.at,
            note.by.as_str(),
            note.digest.as_str(),
            note.corrects,
            salt,
            text
        ],
    );
    if let Some(corrects) = note.corrects {
        unit.expect(
            1,
            "UPDATE handover SET corrected_by = $1 WHERE no = $2 AND corrected_by IS NULL AND withdrawn_at IS NULL \
             AND text IS NOT NULL",
            params![note.no, corrects],
        );
    }
    unit.entries.push(entry);
    unit
}

/// The rows of what else happens to a note. If that has happened already, or the note does not count any more, it is a conflict.
#[must_use]
pub fn change(event: &Event, entry: Entry) -> Unit {
    let mut unit = Unit::default();
    let (no, at, by) = (event.handover, event.at, event.by.account());
    match event.change {
        Change::Written { .. } => {}
        Change::Read => {
            unit.expect(
                1,
                "INSERT INTO handover_read(no, account, at) VALUES ($1, $2, $3) ON CONFLICT (no, account) DO NOTHING",
                params![no, by, at],
            );
        }
        Change::Withdrawn => {
            unit.expect(
                1,
                "UPDATE handover SET withdrawn_at = $1, withdrawn_by = $2 WHERE no = $3 AND withdrawn_at IS NULL \
                 AND corrected_by IS NULL AND text IS NOT NULL",
                params![at, by, no],
            );
        }
        Change::Erased => {
            unit.expect(
                1,
                "UPDATE handover SET salt = NULL, text = NULL WHERE no = $1 AND text IS NOT NULL",
                params![no],
            );
        }
    }
    unit.entries.push(entry);
    unit
}

/// Open reports of one severity, by the pieces of the past: the oldest piece first.
pub type Open = (u8, [Cell; SEGMENTS]);

/// What one account, or nobody, has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Open reports.
    pub reports: u64,
    /// Of these, those that wait for the reporter's answer.
    pub waiting: u64,
    /// Of these, those that have no answer yet, though the reporter left a way to send one.
    pub unanswered: u64,
    /// The report with the lowest number among them, and when it came in.
    pub oldest: Option<(i64, Micros)>,
    /// Cases that are not closed.
    pub cases: u64,
    /// Clocks of these cases whose moment has passed.
    pub overdue: u64,
    /// There are more open reports than were counted.
    pub more: bool,
}

/// The load of all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loads {
    /// By account.
    pub people: BTreeMap<String, Load>,
    /// Cases and clocks that nobody has. Reports that nobody has are counted by [`Store::open_reports`].
    pub nobody: Load,
    /// There are more cases or clocks than were counted.
    pub more: bool,
}

/// A first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// When the report came in.
    pub received_at: Micros,
    /// When it was answered.
    pub at: Micros,
    /// The reporter left a way to send it.
    pub reachable: bool,
}

/// What came in of one category since a report's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// Category code, as it is now.
    pub category: String,
    /// Reports.
    pub received: u64,
    /// Of these, those that are closed now.
    pub closed: u64,
    /// There are more than were counted.
    pub more: bool,
}

/// Counts of one piece of the past: the entries of `report_severity` for one severity between two numbers, no rows. They are read
/// from the lowest number on, so that the oldest are found whatever there is.
macro_rules! piece {
    ($piece:literal, $from:literal, $to:literal) => {
        concat!(
            "SELECT ",
            $piece,
            " AS piece, count(*), CAST(coalesce(sum(CASE WHEN assignee IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(coalesce(sum(CASE WHEN answered_at IS NULL AND reachable THEN 1 ELSE 0 END), 0) AS BIGINT), \
             CAST(coalesce(sum(CASE WHEN answered_at IS NULL AND NOT reachable THEN 1 ELSE 0 END), 0) AS BIGINT), \
             min(no), min(CASE WHEN assignee IS NULL THEN no END) \
             FROM (SELECT no, assignee, answered_at, reachable FROM report WHERE state <> 'closed' AND severity = $1 \
             AND no >= ",
            $from,
            " AND no < ",
            $to,
            " ORDER BY no LIMIT 10001) AS p",
            $piece
        )
    };
}
const OPEN: &str = concat!(
    piece!("0", "$2", "$3"),
    " UNION ALL ",
    piece!("1", "$3", "$4"),
    " UNION ALL ",
    piece!("2", "$4", "$5"),
    " UNION ALL ",
    piece!("3", "$5", "$6"),
    " UNION ALL ",
    piece!("4", "$6", "$7"),
    " UNION ALL ",
    piece!("5", "$7", "$8"),
    " UNION ALL ",
    piece!("6", "$8", "$9"),
    " UNION ALL ",
    piece!("7", "$9", "$10")
);
/// One step to the next account of `report_load`.
const HOLDER: &str = "SELECT assignee FROM report WHERE assignee > $1 AND state <> 'closed' ORDER BY assignee LIMIT 1";
/// The entries of `report_load` of one account, no rows but the oldest report.
const LOAD: &str = "SELECT g.reports, g.waiting, g.unanswered, g.oldest, (SELECT received_at FROM report r WHERE r.no = g.oldest) \
    FROM (SELECT count(*) AS reports, \
     CAST(coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting, \
     CAST(coalesce(sum(CASE WHEN answered_at IS NULL AND reachable THEN 1 ELSE 0 END), 0) AS BIGINT) AS unanswered, \
     min(no) AS oldest \
     FROM (SELECT state, no, answered_at, reachable FROM report WHERE assignee = $1 AND state <> 'closed' \
     ORDER BY state, no LIMIT $2) AS o) AS g";
/// The entries of `case_head_owner`, no rows.
const CASES: &str = "SELECT owner, count(*) FROM (SELECT owner FROM case_head WHERE state <> 'closed' \
    ORDER BY owner, no DESC LIMIT $1) AS o GROUP BY owner";
/// The clocks that are longest overdue, by `case_clock_due`, and the owner of each one's case.
const OVERDUE: &str = "SELECT c.owner, count(*) FROM (SELECT no FROM case_clock WHERE NOT ended AND paused = FALSE AND due < $1 \
    ORDER BY due LIMIT $2) AS k JOIN case_head c ON c.no = k.no GROUP BY c.owner";
/// Clocks by `case_clock_due`, up to the last hour that is asked for.
const DUE: &str = "SELECT count(*), CAST(coalesce(sum(CASE WHEN due < $1 THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(coalesce(sum(CASE WHEN due < $2 THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(coalesce(sum(CASE WHEN due < $3 THEN 1 ELSE 0 END), 0) AS BIGINT) \
    FROM (SELECT due FROM case_clock WHERE NOT ended AND paused = FALSE AND due < $4 ORDER BY due LIMIT $5) AS d";
/// The newest entries of `report_answered`, no rows.
const ANSWERS: &str = "SELECT received_at, answered_at, reachable FROM report WHERE answered_at >= $1 \
    ORDER BY answered_at DESC LIMIT $2";
/// One step to the next category of `report_category`.
const CATEGORY: &str = "SELECT category FROM report WHERE category > $1 ORDER BY category LIMIT 1";
/// The entries of `report_category` of one category from a number on, no rows.
const CAME: &str = "SELECT count(*), CAST(coalesce(sum(CASE WHEN state = 'closed' THEN 1 ELSE 0 END), 0) AS BIGINT) \
    FROM (SELECT state FROM report WHERE category = $1 AND no >= $2 ORDER BY no DESC LIMIT $3) AS c";
/// The entries of `report_closed_at`, no rows.
const CLOSINGS: &str = "SELECT count(*) FROM (SELECT at FROM report_closed WHERE at >= $1 ORDER BY at DESC LIMIT $2) AS c";

macro_rules! note_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, at, account, digest, corrects, corrected_by, withdrawn_at, withdrawn_by, text FROM handover ",
            $rest
        )
    };
}

fn read(row: &Row) -> Result<Kept, ReadError> {
    let text = row.text_opt(8)?;
    Ok(Kept {
        note: Note {
            no: row.int(0)?,
            at: row.at(1)?,
            by: row.text(2)?,
            digest: row.text(3)?,
            corrects: row.int_opt(4)?,
            corrected_by: row.int_opt(5)?,
            withdrawn: row.int_opt(6)?.map(Micros).zip(row.text_opt(7)?),
            erased: text.is_none(),
            read: BTreeMap::new(),
        },
        text,
    })
}

fn count(row: &Row, column: usize) -> Result<u64, ReadError> {
    Ok(row.int(column)?.unsigned_abs())
}

impl Store {
    /// The number of the newest note; 0 if there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_handover(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) FROM handover";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// One note.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn handover(&self, no: i64) -> Result<Option<Kept>, ReadError> {
        let row = self.db.row(note_sql!("WHERE no = $1"), params![no]).await?;
        let mut found: Vec<Kept> = row.iter().map(read).collect::<Result<_, _>>()?;
        self.handover_readers(&mut found).await?;
        Ok(found.pop())
    }

    /// The number of the note with this digest.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn handover_of(&self, digest: &str) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT no FROM handover WHERE digest = $1";
        let row = self.db.row(sql, params![digest]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?)
    }

    /// Notes with a number below `before`, the newest first; at most [`NOTES_ROWS_MAX`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn handovers(&self, before: i64, limit: i64) -> Result<Vec<Kept>, ReadError> {
        let sql = note_sql!("WHERE no < $1 ORDER BY no DESC LIMIT $2");
        let limit = limit.clamp(1, NOTES_ROWS_MAX);
        let rows = self.db.rows(sql, params![before, limit]).await?;
        let mut found: Vec<Kept> = rows.iter().map(read).collect::<Result<_, _>>()?;
        self.handover_readers(&mut found).await?;
        Ok(found)
    }

    async fn handover_readers(&self, notes: &mut [Kept]) -> Result<(), ReadError> {
        let numbers = || notes.iter().map(|kept| kept.note.no);
        let (Some(low), Some(high)) = (numbers().min(), numbers().max()) else {
            return Ok(());
        };
        let sql = "SELECT no, account, at FROM handover_read WHERE no >= $1 AND no <= $2 ORDER BY no DESC LIMIT $3";
        let rows = self.db.rows(sql, params![low, high, READ_ROWS_MAX]).await?;
        for row in &rows {
            let no = row.int(0)?;
            if let Some(kept) = notes.iter_mut().find(|kept| kept.note.no == no) {
                kept.note.read.insert(row.text(1)?, row.at(2)?);
            }
        }
        Ok(())
    }

    /// The first numbers of reports that came in at some moments or later. The moments are in order, the latest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn numbers_since(&self, moments: &[Micros]) -> Result<Vec<i64>, ReadError> {
        let mut high = self.newest_report().await?.saturating_add(1);
        let mut out = Vec::with_capacity(moments.len());
        for at in moments {
            high = self.number_between(at.0, 1, high).await?;
            out.push(high);
        }
        Ok(out)
    }

    /// Open reports by severity and piece of the past. `bounds` are the numbers with which pieces begin, the latest first, as
    /// [`Store::numbers_since`] gives them.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn open_reports(&self, bounds: &[i64]) -> Result<Vec<Open>, ReadError> {
        let mut out = Vec::with_capacity(SEVERITIES.len());
        for severity in SEVERITIES {
            let mut bound = params![severity, i64::MIN];
            bound.extend(bounds.iter().rev().map(|no| (*no).into()));
            bound.push(i64::MAX.into());
            let mut cells = [Cell::default(); SEGMENTS];
            for row in self.db.rows(OPEN, bound).await? {
                let piece = usize::try_from(row.int(0)?).unwrap_or(SEGMENTS);
                if let Some(cell) = cells.get_mut(piece) {
                    let reports = count(&row, 1)?;
                    *cell = Cell {
                        reports: reports.min(CELL_REPORTS_MAX),
                        nobody: count(&row, 2)?.min(CELL_REPORTS_MAX),
                        unanswered: count(&row, 3)?.min(CELL_REPORTS_MAX),
                        unreachable: count(&row, 4)?.min(CELL_REPORTS_MAX),
                        oldest: row.int_opt(5)?,
                        oldest_nobody: row.int_opt(6)?,
                        more: reports > CELL_REPORTS_MAX,
                    };
                }
            }
            out.push((severity, cells));
        }
        Ok(out)
    }

    /// What each account has in hand.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn loads(&self, now: Micros) -> Result<Loads, ReadError> {
        let mut loads = Loads::default();
        let mut last = String::new();
        for _ in 0..PEOPLE_MAX {
            let Some(row) = self.db.row(HOLDER, params![last.as_str()]).await? else {
                break;
            };
            last = row.text(0)?;
            let limits = params![last.as_str(), LOAD_REPORTS_MAX + 1];
            let Some(row) = self.db.row(LOAD, limits).await? else {
                continue;
            };
            let load = loads.people.entry(last.clone()).or_default();
            let (reports, max) = (count(&row, 0)?, LOAD_REPORTS_MAX.unsigned_abs());
            *load = Load {
                reports: reports.min(max),
                waiting: count(&row, 1)?.min(max),
                unanswered: count(&row, 2)?.min(max),
                oldest: row.int_opt(3)?.zip(row.int_opt(4)?.map(Micros)),
                more: reports > max,
                ..Load::default()
            };
        }
        let mut counted = 0;
        for row in self.db.rows(CASES, params![CASES_COUNTED_MAX]).await? {
            let cases = count(&row, 1)?;
            counted += cases;
            loads.of(row.text_opt(0)?).cases += cases;
        }
        loads.more |= counted >= CASES_COUNTED_MAX.unsigned_abs();
        counted = 0;
        for row in self
            .db
            .rows(OVERDUE, params![now, CLOCKS_COUNTED_MAX])
            .await?
        {
            let clocks = count(&row, 1)?;
            counted += clocks;
            loads.of(row.text_opt(0)?).overdue += clocks;
        }
        loads.more |= counted >= CLOCKS_COUNTED_MAX.unsigned_abs();
        Ok(loads)
    }

    /// Running clocks by when they are due.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn clocks_due(&self, now: Micros) -> Result<Due, ReadError> {
        let [shift, day, last] = Due::HOURS.map(|hours| now.plus_seconds(hours * 3_600));
        let limits = params![now, shift, day, last, CLOCKS_COUNTED_MAX + 1];
        let Some(row) = self.db.row(DUE, limits).await? else {
            return Ok(Due::default());
        };
        let all = count(&row, 0)?;
        let (missed, shift, day) = (count(&row, 1)?, count(&row, 2)?, count(&row, 3)?);
        Ok(Due {
            missed,
            shift: shift.saturating_sub(missed),
            day: day.saturating_sub(shift),
            three_days: all.saturating_sub(day),
            more: all > CLOCKS_COUNTED_MAX.unsigned_abs(),
        })
    }

    /// First answers since a moment, the newest first; at most [`ANSWERS_MAX`], and whether there are more.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn first_answers(&self, since: Micros) -> Result<(Vec<Answered>, bool), ReadError> {
        let limit = ANSWERS_MAX as u64 + 1;
        let rows = self.db.rows(ANSWERS, params![since, limit]).await?;
        let more = rows.len() > ANSWERS_MAX;
        let answered = |row: &Row| -> Result<Answered, ReadError> {
            Ok(Answered {
                received_at: row.at(0)?,
                at: row.at(1)?,
                reachable: row.bool(2)?,
            })
        };
        let answers = rows
            .iter()
            .take(ANSWERS_MAX)
            .map(answered)
            .collect::<Result<_, _>>()?;
        Ok((answers, more))
    }

    /// Reports from a number on, by the category that they have now, in the order of the categories' codes.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn came_since(&self, first: i64) -> Result<Vec<Came>, ReadError> {
        let (mut out, mut last) = (Vec::new(), String::new());
        for _ in 0..CATEGORIES_MAX {
            let Some(row) = self.db.row(CATEGORY, params![last.as_str()]).await? else {
                break;
            };
            last = row.text(0)?;
            let limits = params![last.as_str(), first, CATEGORY_REPORTS_MAX + 1];
            let Some(row) = self.db.row(CAME, limits).await? else {
                continue;
            };
            let received = count(&row, 0)?;
            if received > 0 {
                out.push(Came {
                    category: last.clone(),
                    received: received.min(CATEGORY_REPORTS_MAX.unsigned_abs()),
                    closed: count(&row, 1)?.min(CATEGORY_REPORTS_MAX.unsigned_abs()),
                    more: received > CATEGORY_REPORTS_MAX.unsigned_abs(),
                });
            }
        }
        out.sort_by(|a, b| a.category.cmp(&b.category));
        Ok(out)
    }

    /// Reports that are closed and have been so since a moment or later; counted up to [`CLOSINGS_MAX`], and whether there are more.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn closed_since(&self, at: Micros) -> Result<(u64, bool), ReadError> {
        let row = self.db.row(CLOSINGS, params![at, CLOSINGS_MAX + 1]).await?;
        let closed = row.as_ref().map_or(Ok(0), |row| count(row, 0))?;
        let max = CLOSINGS_MAX.unsigned_abs();
        Ok((closed.min(max), closed > max))
    }
}

impl Loads {
    fn of(&mut self, account: Option<String>) -> &mut Load {
        match account {
            Some(account) => self.people.entry(account).or_default(),
            None => &mut self.nobody,
        }
    }
}
