//! From rows to files: new series, and rows added to series that are there.

use std::collections::{BTreeMap, BTreeSet};

use super::super::sheet;
use super::super::text::{is_slug, record};
use super::{Draft, Import, Imported, plan_of, short};
use crate::plan::fault::Faults;
use crate::plan::limits::COLUMNS_MAX;
use crate::plan::{Decimal, Period, Plan, Row, Vintage};

/// Columns that every new file has.
const FIRST: &[&str] = &["period", "value", "vintage", "source", "missing"];
/// Columns that a new file has if a row fills them.
const MORE: &[&str] = &["low", "high", "n", "flag", "break", "note"];

pub(super) fn write(import: &mut Import<'_, '_>) -> Imported {
    let plan = plan_of(import.options);
    let drafts = std::mem::take(&mut import.drafts);
    let mut imported = Imported::default();
    sources(import, plan.as_ref(), &drafts);
    for (id, drafts) in drafts {
        let path = format!("series/{id}.csv");
        let there = import.options.plan.and_then(|files| files.get(&path));
        let there = match there.map(std::str::from_utf8) {
            None => None,
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => {
                refuse_all(import, &drafts, &format!("`{path}` is not UTF-8"));
                continue;
            }
        };
        let old = plan.as_ref().and_then(|plan| plan.series.get(&id));
        let rows = old.map_or(&[][..], |series| &series.rows);
        let drafts = distinct(import, &id, drafts, rows);
        if drafts.is_empty() {
            continue;
        }
        match file(there.unwrap_or_default(), &drafts) {
            Some(text) => {
                dimensions(import, &id, &drafts);
                imported.taken += drafts.len();
                imported.files.insert(path, text);
            }
            None => refuse_all(import, &drafts, &format!("`{path}` cannot be added to")),
        }
    }
    imported
}

fn refuse_all(import: &mut Import<'_, '_>, drafts: &[Draft], what: &str) {
    for draft in drafts {
        let place = (draft.line, draft.column);
        let mend = "Mend that file first: `cairn track check` says what is wrong with it";
        import.refuse(place, "broken-series", what, mend);
    }
}

type Key = (BTreeMap<String, String>, Period, Vintage);

/// Rows that are neither there twice nor in the plan already.
fn distinct(import: &mut Import<'_, '_>, id: &str, drafts: Vec<Draft>, old: &[Row]) -> Vec<Draft> {
    let known: BTreeMap<Key, &Row> = old
        .iter()
        .map(|row| ((BTreeMap::clone(&row.dims), row.period, row.vintage), row))
        .collect();
    let mut seen: BTreeMap<Key, u32> = BTreeMap::new();
    let (mut kept, mut again) = (Vec::with_capacity(drafts.len()), (0_u32, 0_usize));
    for draft in drafts {
        let place = (draft.line, draft.column);
        let key = (draft.dims.clone(), draft.period, draft.vintage);
        if let Some(first) = seen.get(&key) {
            let what = format!(
                "line {first} has the same series, period, vintage and breakdown ({id}, {})",
                draft.period
            );
            let mend = "Take one of them out, or give the newer one its own vintage";
            import.refuse(place, "duplicate-row", &what, mend);
        } else if let Some(row) = known.get(&key) {
            if row.number() == draft.figure.ok().map(Decimal::number)
                && row.missing == draft.figure.err()
            {
                again = (if again.1 == 0 { draft.line } else { again.0 }, again.1 + 1);
                import.left_out += 1;
            } else {
                let what = format!(
                    "the plan has another figure for {} of {id} with the same vintage {}, on line {} of its file",
                    draft.period, draft.vintage, row.line
                );
                let mend = "Give this one the day on which it was published: a figure is never overwritten";
                import.refuse(place, "other-figure", &what, mend);
            }
        } else {
            seen.insert(key, draft.line);
            kept.push(draft);
        }
    }
    if again.1 > 0 {
        let what = format!(
            "{} figures of {id} are in the plan already, and were left out",
            again.1
        );
        import.warn(
            (again.0, 0),
            "already-there",
            &what,
            "Nothing is to be done",
        );
    }
    kept
}

/// The text of the file with the rows at its end; `None` if what is there has no sound header or too many columns come
/// together.
fn file(there: &str, drafts: &[Draft]) -> Option<String> {
    let used = used(drafts);
    let dims: BTreeSet<&str> = drafts
        .iter()
        .flat_map(|draft| draft.dims.keys().map(String::as_str))
        .collect();
    let mut header: Vec<String> = Vec::new();
    let mut out = String::new();
    if there.trim().is_empty() {
        header.extend(FIRST.iter().map(|name| (*name).to_owned()));
        header.extend(
            MORE.iter()
                .filter(|name| used.contains(*name))
                .map(|name| (*name).to_owned()),
        );
        header.extend(dims.iter().map(|name| (*name).to_owned()));
        out.push_str(&record(&header));
    } else {
        let faults = Faults::default();
        let sheet = sheet::read("", there, &faults)?;
        let first = there.trim_start_matches('\u{feff}').lines().next()?;
        if sheet.refused > 0 || !first.contains("period") {
            return None;
        }
        header = sheet.header;
        let known = header.len();
        let lacking = used
            .iter()
            .chain(&dims)
            .filter(|name| !header.iter().any(|h| h == *name));
        let lacking: Vec<String> = lacking.map(|name| (*name).to_owned()).collect();
        header.extend(lacking);
        if header.len() == known {
            out.push_str(there);
            if !out.ends_with('\n') {
                out.push('\n');
            }
        } else {
            out.push_str(&record(&header));
            let empty = vec![""; header.len() - known];
            for (_, row) in &sheet.rows {
                out.push_str(&record(row.iter().chain(empty.iter().copied())));
            }
        }
    }
    let mut names = header.iter().enumerate();
    let twice = names.any(|(at, name)| header.iter().take(at).any(|before| before == name));
    if header.len() > COLUMNS_MAX || twice {
        return None;
    }
    for draft in drafts {
        out.push_str(&record(header.iter().map(|name| draft.field(name))));
    }
    Some(out)
}

/// Columns of ours that a row fills.
fn used(drafts: &[Draft]) -> BTreeSet<&'static str> {
    let all = FIRST.iter().chain(MORE).copied();
    all.filter(|name| drafts.iter().any(|draft| !draft.field(name).is_empty()))
        .collect()
}

impl Draft {
    fn field(&self, name: &str) -> String {
        let number = |number: Option<Decimal>| number.map(|n| n.to_string()).unwrap_or_default();
        match name {
            "period" => self.period.to_string(),
            "value" => number(self.figure.ok()),
            "vintage" => self.vintage.to_string(),
            "source" => self.source.clone(),
            "missing" => self.figure.err().map(|m| m.to_string()).unwrap_or_default(),
            "low" => number(self.low),
            "high" => number(self.high),
            "n" => self.n.clone(),
            "flag" => self.flag.clone(),
            "break" => self.brk.clone(),
            "note" => self.note.clone(),
            dim => self.dims.get(dim).cloned().unwrap_or_default(),
        }
    }
}

/// Says which measures must name the breakdown.
fn dimensions(import: &Import<'_, '_>, id: &str, drafts: &[Draft]) {
    let names: BTreeSet<&str> = drafts
        .iter()
        .flat_map(|draft| draft.dims.keys().map(String::as_str))
        .collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().collect();
        let what = format!("the series {id} is broken down by {}", names.join(", "));
        let mend = "Name each in `disaggregation` of the measure that has the series, if it is not there yet";
        import.warn((1, 0), "breakdown", &what, mend);
    }
}

/// Says which sources are not in the plan.
fn sources(import: &Import<'_, '_>, plan: Option<&Plan>, drafts: &BTreeMap<String, Vec<Draft>>) {
    let named: BTreeMap<&str, u32> = drafts
        .values()
        .flatten()
        .rev()
        .map(|draft| (draft.source.as_str(), draft.line))
        .collect();
    for (source, line) in named {
        if plan.is_some_and(|plan| plan.sources.contains_key(source)) {
            continue;
        }
        let what = format!("the source `{}` is not in the plan", short(source));
        let mend = if is_slug(source) {
            "Add a row for it to sources.csv"
        } else {
            "Give it an id of small letters, digits, `.`, `_` or `-`, and add a row for it to sources.csv"
        };
        import.warn((line, 0), "unknown-source", &what, mend);
    }
}
