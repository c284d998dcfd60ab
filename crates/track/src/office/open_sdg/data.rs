//! Data of an indicator: a table with the columns Year and Value, perhaps Units and Series, and breakdowns.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cells;
use super::super::sheet::{self, column};
use super::super::text::slug;
use super::{Notes, Place, short, text};
use crate::plan::limits::COLUMNS_MAX;
use crate::plan::{Decimal, Files, Missing, Period};

/// Columns that say something of a row and break nothing down, in small letters.
const REMARKS: &[&str] = &[
    "geocode",
    "progress",
    "observation status",
    "unit multiplier",
    "unit measure",
    "nature of data points",
    "reporting type",
    "comments",
    "source details",
];
/// Columns of our series files, which a breakdown cannot be named.
const OURS: &[&str] = &[
    "period", "value", "vintage", "source", "missing", "low", "high", "n", "flag", "break", "note",
];
/// Most breakdowns of one series.
const DIMS_MAX: usize = COLUMNS_MAX - OURS.len();

/// Most series and units of one table.
const PARTS_MAX: usize = 500;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) period: Period,
    pub(super) figure: Result<Decimal, Missing>,
    pub(super) dims: BTreeMap<String, String>,
}

/// The rows of one series and unit, as the table calls them; empty where it does not.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Part {
    pub(super) series: String,
    pub(super) unit: String,
    pub(super) rows: Vec<Row>,
    /// Breakdowns with their values, in the order of the table.
    pub(super) dims: Vec<(String, Vec<String>)>,
}

struct Columns {
    year: usize,
    value: usize,
    unit: Option<usize>,
    series: Option<usize>,
    dims: Vec<(String, usize)>,
}

/// The parts of a table, in the order of their first rows.
pub(super) fn read(files: &Files, path: &str, notes: &mut Notes<'_>) -> Vec<Part> {
    let Some(text) = text(files, path, notes) else {
        return Vec::new();
    };
    let Some(sheet) = sheet::read(path, text, notes.faults) else {
        return Vec::new();
    };
    let Some(columns) = columns(path, &sheet.header, notes) else {
        return Vec::new();
    };
    let mut parts = Parts::default();
    for (line, record) in &sheet.rows {
        let get = |at: usize| record.get(at).map_or("", str::trim);
        let optional = |at: Option<usize>| at.map_or("", get).to_owned();
        let place = |at: usize| (path, *line, column(at));
        let Some(period) = period(place(columns.year), get(columns.year), notes) else {
            continue;
        };
        let Some(figure) = figure(place(columns.value), get(columns.value), notes) else {
            continue;
        };
        let dims = columns.dims.iter();
        let dims = dims.map(|(name, at)| (name.clone(), get(*at).to_owned()));
        let row = Row {
            period,
            figure,
            dims: dims.filter(|(_, value)| !value.is_empty()).collect(),
        };
        let names = (optional(columns.series), optional(columns.unit));
        if let Err((code, what, mend)) = parts.push(names, row) {
            notes.error((path, *line, 0), code, what, mend);
        }
    }
    let mut parts = parts.list;
    for part in &mut parts {
        part.dims = dims(&columns, &part.rows);
        if part.rows.iter().all(|row| !row.dims.is_empty()) {
            let what = "there is no row for everybody: every one is broken down";
            let mend = "A measure without a total has no status: add rows without breakdown";
            notes.tally((path, 0, 0), "no-headline", what, mend);
        }
    }
    parts
}

/// Parts so far.
#[derive(Default)]
struct Parts {
    list: Vec<Part>,
    /// Where the part of a series and unit is.
    at: BTreeMap<(String, String), usize>,
    seen: BTreeSet<(usize, Period, BTreeMap<String, String>)>,
}

impl Parts {
    /// Adds a row; code, what and mend if it cannot be added.
    fn push(
        &mut self,
        names: (String, String),
        row: Row,
    ) -> Result<(), (&'static str, &'static str, &'static str)> {
        let next = self.list.len();
        let at = self.at.get(&names).copied().unwrap_or(next);
        if at == next && next == PARTS_MAX {
            let what =
                "the table has more series and units than can be measures; this row is left out";
            return Err(("too-many", what, "Split the table"));
        }
        if !self.seen.insert((at, row.period, row.dims.clone())) {
            let what =
                "a row before has the same year, series, unit and breakdown; this one is left out";
            return Err(("duplicate-row", what, "Take one of them out"));
        }
        if let Some(part) = self.list.get_mut(at) {
            part.rows.push(row);
            return Ok(());
        }
        let (series, unit) = names.clone();
        self.at.insert(names, at);
        self.list.push(Part {
            series,
            unit,
            rows: vec![row],
            dims: Vec::new(),
        });
        Ok(())
    }
}

fn period(place: Place<'_>, text: &str, notes: &Notes<'_>) -> Option<Period> {
    // Written so by programs that take years for decimal numbers.
    let text = text.strip_suffix(".0").unwrap_or(text);
    match cells::period(text) {
        Ok((period, _)) => Some(period),
        Err(advice) => {
            notes.error(place, advice.code, &advice.what, &advice.mend);
            None
        }
    }
}

fn figure(place: Place<'_>, text: &str, notes: &mut Notes<'_>) -> Option<Result<Decimal, Missing>> {
    let missing = if text.is_empty() {
        Some(Missing::Missing)
    } else {
        cells::missing(text, &BTreeMap::new())
    };
    if let Some(missing) = missing {
        let word = if text.is_empty() {
            "an empty value".to_owned()
        } else {
            format!("`{}`", short(text))
        };
        let what = format!("{word} was read as `{missing}`");
        let mend = "If it means something else, write missing, not-collected, suppressed or not-applicable";
        notes.tally(place, "read-as-missing", &what, mend);
        return Some(Err(missing));
    }
    match cells::number(text) {
        Ok(number) => Some(Ok(number)),
        Err(advice) => {
            notes.error(place, advice.code, &advice.what, &advice.mend);
            None
        }
    }
}

fn columns(path: &str, header: &[String], notes: &mut Notes<'_>) -> Option<Columns> {
    let find = |names: &[&str]| {
        let is = |name: &String| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        header.iter().position(is)
    };
    let (Some(year), Some(value)) = (find(&["year"]), find(&["value"])) else {
        let what = "the table has no column Year or no column Value, and is left out";
        notes.error((path, 1, 0), "missing-column", what, "Name both columns");
        return None;
    };
    let (unit, series) = (find(&["units", "unit"]), find(&["series"]));
    let mut dims: Vec<(String, usize)> = Vec::new();
    for (at, name) in header.iter().enumerate() {
        if [Some(year), Some(value), unit, series].contains(&Some(at)) {
            continue;
        }
        let place = (path, 1, column(at));
        if REMARKS.contains(&name.to_lowercase().as_str()) {
            let what = format!("the column `{}` is not carried over", short(name));
            notes.tally(
                place,
                "not-carried-over",
                &what,
                "Put what matters into flag or note of the series",
            );
            continue;
        }
        if dims.len() == DIMS_MAX {
            let what = format!(
                "the table is broken down by more than {DIMS_MAX} columns, and is left out"
            );
            notes.error(place, "too-many", &what, "Split the table");
            return None;
        }
        dims.push((name_of(name, &dims), at));
    }
    Some(Columns {
        year,
        value,
        unit,
        series,
        dims,
    })
}

/// A name for a breakdown that is an id, none of ours, and not there yet.
fn name_of(name: &str, others: &[(String, usize)]) -> String {
    let mut id = slug(name);
    if id.is_empty() {
        "breakdown".clone_into(&mut id);
    } else if OURS.contains(&id.as_str()) {
        id = format!("by-{id}");
    }
    id.truncate(crate::plan::limits::ID_CHARS_MAX - 4);
    let taken = |id: &str| others.iter().any(|(other, _)| other == id);
    let mut numbered = (2..).map(|number| format!("{id}-{number}"));
    if taken(&id) {
        numbered.find(|id| !taken(id)).unwrap_or_default()
    } else {
        id
    }
}

/// Breakdowns that the rows use, with their values.
fn dims(columns: &Columns, rows: &[Row]) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for (name, _) in &columns.dims {
        let (mut seen, mut values) = (BTreeSet::new(), Vec::new());
        for value in rows.iter().filter_map(|row| row.dims.get(name)) {
            if seen.insert(value) {
                values.push(value.clone());
            }
        }
        if !values.is_empty() {
            all.push((name.clone(), values));
        }
    }
    all
}
