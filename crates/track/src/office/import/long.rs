//! One row a figure.

use std::collections::BTreeMap;

use super::super::text::slug;
use super::{Draft, Import, Sheet, cells, column, is_slug, short};
use crate::plan::fault::did_you_mean;
use crate::plan::series::FLAGS;
use crate::plan::{Decimal, Vintage};

/// Names of the column of periods.
const PERIOD: &[&str] = &["period", "year", "date", "time"];
/// Columns that are no breakdowns, besides the period.
const KNOWN: &[&str] = &[
    "series", "value", "vintage", "source", "missing", "low", "high", "n", "flag", "break", "note",
];

/// The file is long: it has a column of values and one of periods.
pub(super) fn is_long(sheet: &Sheet) -> bool {
    let has = |names: &[&str]| sheet.header.iter().any(|name| is(name, names));
    has(&["value"]) && has(PERIOD)
}

fn is(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Where each column is.
struct Columns {
    period: usize,
    known: BTreeMap<&'static str, usize>,
    /// Breakdowns: name of the column in our files, and where it is.
    dims: Vec<(String, usize)>,
}

/// One row by the names of its columns.
struct Fields<'r> {
    columns: &'r Columns,
    record: &'r csv::StringRecord,
    line: u32,
}

impl<'r> Fields<'r> {
    fn at(&self, at: usize) -> &'r str {
        self.record.get(at).map_or("", str::trim)
    }

    fn get(&self, name: &str) -> &'r str {
        self.columns.known.get(name).map_or("", |at| self.at(*at))
    }

    fn place(&self, name: &str) -> (u32, u32) {
        let at = self.columns.known.get(name);
        (self.line, at.map_or(0, |at| column(*at)))
    }
}

pub(super) fn read(import: &mut Import<'_, '_>, sheet: &Sheet) {
    let Some(columns) = columns(import, sheet) else {
        import.refused += sheet.rows.len();
        return;
    };
    for (line, record) in &sheet.rows {
        let fields = Fields {
            columns: &columns,
            record,
            line: *line,
        };
        if let Some(id) = series(import, &fields)
            && let Some(draft) = row(import, &fields)
        {
            import.push(&id, draft);
        }
    }
}

fn columns(import: &Import<'_, '_>, sheet: &Sheet) -> Option<Columns> {
    let mut columns = Columns {
        period: 0,
        known: BTreeMap::new(),
        dims: Vec::new(),
    };
    let mut sound = true;
    let mut period = None;
    for (at, name) in sheet.header.iter().enumerate() {
        let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(name));
        let twice = if is(name, PERIOD) {
            period.replace(at).is_some()
        } else if let Some(known) = known {
            columns.known.insert(known, at).is_some()
        } else {
            let id = if is_slug(name) {
                name.clone()
            } else {
                slug(name)
            };
            let twice = columns.dims.iter().any(|(other, _)| *other == id);
            let empty = sheet
                .rows
                .iter()
                .all(|(_, record)| record.get(at).is_none_or(|text| text.trim().is_empty()));
            if empty {
                continue;
            }
            if id.is_empty() || is(&id, PERIOD) || is(&id, KNOWN) {
                let what = format!("`{}` cannot be the name of a breakdown", short(name));
                let mend = "Name the column with letters or digits, and not as one of the plan's own columns";
                import.faults.error(
                    (&import.options.file, (1, column(at))),
                    "bad-id",
                    what,
                    mend,
                );
                sound = false;
            }
            columns.dims.push((id, at));
            twice
        };
        if twice {
            let what = format!("the column `{}` is there twice", short(name));
            let place = (import.options.file.as_str(), (1, column(at)));
            import
                .faults
                .error(place, "twice", what, "Take one of them out");
            sound = false;
        }
    }
    columns.period = period?;
    sound.then_some(columns)
}

fn series(import: &mut Import<'_, '_>, fields: &Fields<'_>) -> Option<String> {
    let name = fields.get("series");
    let id = match &import.options.series {
        Some(id) if name.is_empty() => is_slug(id).then(|| id.clone()),
        _ => import.id(name),
    };
    if id.is_none() {
        let what = if name.is_empty() {
            "nothing names the series of the row".to_owned()
        } else {
            format!("`{}` gives no id for a series", short(name))
        };
        let mend = "Write the id of the series in a column `series`: small letters, digits, `.`, `_` or `-`";
        import.refuse(fields.place("series"), "bad-id", &what, mend);
    }
    id
}

fn row(import: &mut Import<'_, '_>, fields: &Fields<'_>) -> Option<Draft> {
    let at = (fields.line, column(fields.columns.period));
    let period = import.period(at, fields.at(fields.columns.period))?;
    let place = fields.place("value");
    let figure = figure(import, fields)?;
    let mut draft = import.draft(place, period, figure);
    let vintage = fields.get("vintage");
    if !vintage.is_empty() {
        let Ok(read) = vintage.parse::<Vintage>() else {
            let guess = cells::period(vintage).err().map(|advice| advice.mend);
            let mend = guess.unwrap_or_else(|| "Write 2024-11-03, 2024-11 or 2024".to_owned());
            let what = format!(
                "`{}` is no day, month or year of publication",
                short(vintage)
            );
            import.refuse(fields.place("vintage"), "bad-vintage", &what, &mend);
            return None;
        };
        draft.vintage = read;
    }
    if !fields.get("source").is_empty() {
        fields.get("source").clone_into(&mut draft.source);
    }
    draft.low = bound(import, fields, "low")?;
    draft.high = bound(import, fields, "high")?;
    interval(import, fields, &draft)?;
    more(import, fields, &mut draft)?;
    for (name, at) in &fields.columns.dims {
        let value = fields.at(*at);
        if !value.is_empty() {
            draft.dims.insert(name.clone(), value.to_owned());
        }
    }
    Some(draft)
}

/// The figure of the columns `value` and `missing`.
fn figure(
    import: &mut Import<'_, '_>,
    fields: &Fields<'_>,
) -> Option<Result<Decimal, crate::plan::Missing>> {
    let (value, missing) = (fields.get("value"), fields.get("missing"));
    let place = fields.place("missing");
    if missing.is_empty() {
        return import.figure(fields.place("value"), value);
    }
    let Some(reason) = cells::missing(missing, &import.options.missing) else {
        let what = format!("`{}` is no reason for a missing figure", short(missing));
        let mend = "Write missing, not-collected, suppressed or not-applicable";
        import.refuse(place, "unknown-word", &what, mend);
        return None;
    };
    if !value.is_empty() && cells::missing(value, &import.options.missing) != Some(reason) {
        let what = "the row has a value and a reason why it is missing";
        import.refuse(place, "value-and-missing", what, "Take one of them out");
        return None;
    }
    Some(Err(reason))
}

/// `None` if it was refused.
fn bound(import: &mut Import<'_, '_>, fields: &Fields<'_>, name: &str) -> Option<Option<Decimal>> {
    let text = fields.get(name);
    if text.is_empty() || cells::missing(text, &import.options.missing).is_some() {
        return Some(None);
    }
    match cells::number(text) {
        Ok(number) => Some(Some(number)),
        Err(advice) => {
            import.advise(fields.place(name), &advice);
            None
        }
    }
}

fn interval(import: &mut Import<'_, '_>, fields: &Fields<'_>, draft: &Draft) -> Option<()> {
    let (low, high) = (
        draft.low.map(Decimal::number),
        draft.high.map(Decimal::number),
    );
    let value = draft.figure.ok().map(Decimal::number);
    let above = |a: Option<f64>, b: Option<f64>| a.zip(b).is_some_and(|(a, b)| a > b);
    if above(low, high) {
        let what = "`low` is above `high`";
        import.refuse(fields.place("low"), "bad-interval", what, "Exchange them");
        return None;
    }
    if above(low, value) || above(value, high) {
        let what = "the value lies outside of its interval";
        let mend = "Correct `value`, `low` or `high`";
        import.refuse(fields.place("value"), "outside-interval", what, mend);
        return None;
    }
    Some(())
}

fn more(import: &mut Import<'_, '_>, fields: &Fields<'_>, draft: &mut Draft) -> Option<()> {
    let n = fields.get("n");
    if !n.is_empty() && (n.parse::<u64>().is_err() || n.starts_with('+')) {
        let what = format!("`{}` is no sample size", short(n));
        let mend = "Write a whole number without separators";
        import.refuse(fields.place("n"), "bad-number", &what, mend);
        return None;
    }
    let flag = fields.get("flag");
    let unknown = flag
        .split_ascii_whitespace()
        .find(|flag| !FLAGS.contains(flag));
    if let Some(unknown) = unknown {
        let what = format!("unknown flag `{}`", short(unknown));
        let list = format!("Write some of: {}", FLAGS.join(", "));
        let mend = did_you_mean(unknown, FLAGS.iter().copied(), list);
        import.refuse(fields.place("flag"), "unknown-word", &what, &mend);
        return None;
    }
    n.clone_into(&mut draft.n);
    flag.clone_into(&mut draft.flag);
    fields.get("break").clone_into(&mut draft.brk);
    fields.get("note").clone_into(&mut draft.note);
    Some(())
}
