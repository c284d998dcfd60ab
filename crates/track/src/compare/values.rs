//! What changed in figures: by the one road on which figures are published.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::change::{Figure, Figures, Kind};
use super::collect::Collector;
use crate::live;
use crate::plan::{Cell, Cells, Dims, Measure, Period, Plan, Row, Series, Words};
use crate::report::publish::{Hidden, PUBLISH, hidden, published, withheld};

/// Most figures of one measure that are listed one by one; how many more there are is said.
pub const VALUES_MAX: usize = 500;

/// A measure as one of both sides shows it.
#[derive(Clone, Copy)]
pub(super) struct Side<'p> {
    pub(super) measure: &'p Measure,
    /// Only what was published by this day is seen.
    pub(super) as_of: Date,
}

/// Figures that are new, restated or gone. Nothing of a series that may not be published, on either side, and no count
/// that the gate hides.
pub(super) fn values(c: &mut Collector, plan: &Plan, old: Side<'_>, new: Side<'_>) {
    let (was, is) = (refusal(plan, old), refusal(plan, new));
    let kept = [old, new].iter().any(|side| is_withheld(plan, *side));
    if was.is_some() || is.is_some() || kept {
        let text = |holder: Option<String>| holder.unwrap_or_else(|| PUBLISH.to_owned());
        if series_of(old.measure) == series_of(new.measure) && was.is_some() != is.is_some() {
            c.text(Kind::Access, "series", "", &text(was), &text(is));
        }
        return;
    }
    let counts = [old, new].iter().any(|side| counts(plan, side.measure));
    let (before, after) = (gated(plan, old, counts), gated(plan, new, counts));
    let cells = cells(seen(before.as_deref(), old), seen(after.as_deref(), new));
    let changed = cells.into_iter().filter_map(|(key, pair)| {
        let kind = kind_of(pair)?;
        Some((key, kind, pair))
    });
    let mut more = 0_usize;
    for (at, (key, kind, pair)) in changed.enumerate() {
        if at < VALUES_MAX {
            let series = [after.as_deref(), before.as_deref()];
            let id = series.into_iter().flatten().next().map_or("", |s| &s.id);
            push(c, id, key, kind, pair);
        } else {
            more += 1;
        }
    }
    if more > 0 {
        c.push(Kind::More, "series", &more.to_string());
    }
}

/// Who had not allowed the series to be published by that side's own day: `withheld: ` and the holder.
fn refusal(plan: &Plan, side: Side<'_>) -> Option<String> {
    let series = series_of(side.measure)?;
    let mut mandates = plan.mandates_of(&series);
    let refused = mandates.find(|mandate| !mandate.allows(PUBLISH, side.as_of))?;
    Some(format!("withheld: {}", refused.holder))
}

/// Nothing of it may be published now, whatever had been allowed by that side's day.
fn is_withheld(plan: &Plan, side: Side<'_>) -> bool {
    let series = series_of(side.measure);
    series.is_some_and(|series| withheld(plan, &series, PUBLISH, side.as_of).is_some())
}

/// Its values count records, in any edition.
fn counts(plan: &Plan, measure: &Measure) -> bool {
    let series = series_of(measure);
    measure.cells == Cells::Counts
        || series.is_some_and(|series| hidden(plan, &series) == Hidden::Counts)
}

/// Id of the series that has its values; a live query's is there where its figures were written into the plan.
fn series_of(measure: &Measure) -> Option<String> {
    let live = || measure.query.as_ref().map(live::series_id);
    measure.series.clone().or_else(live)
}

fn gated<'p>(plan: &'p Plan, side: Side<'_>, counts: bool) -> Option<Cow<'p, Series>> {
    if counts && side.measure.cells == Cells::Open {
        let mut strict = side.measure.clone();
        strict.cells = Cells::Counts;
        return published(plan, &strict, side.as_of);
    }
    published(plan, side.measure, side.as_of)
}

fn seen<'s>(series: Option<&'s Series>, side: Side<'_>) -> Vec<&'s Row> {
    series.map_or_else(Vec::new, |series| series.seen(side.as_of))
}

/// Totals first, then by period and breakdown.
type Key<'s> = (bool, Period, &'s Dims);
type Pair<'s> = (Option<&'s Row>, Option<&'s Row>);

fn cells<'s>(before: Vec<&'s Row>, after: Vec<&'s Row>) -> BTreeMap<Key<'s>, Pair<'s>> {
    let key = |(dims, period): Cell<'s>| (!dims.is_empty(), period, dims);
    let mut cells: BTreeMap<Key<'s>, Pair<'s>> = BTreeMap::new();
    for row in before {
        cells.entry(key(row.cell())).or_default().0 = Some(row);
    }
    for row in after {
        cells.entry(key(row.cell())).or_default().1 = Some(row);
    }
    cells
}

fn kind_of(pair: Pair<'_>) -> Option<Kind> {
    match pair {
        (None, None) => None,
        (None, Some(_)) => Some(Kind::Value),
        (Some(_), None) => Some(Kind::Withdrawn),
        (Some(old), Some(new)) if old.number() != new.number() || old.missing != new.missing => {
            Some(Kind::Restated)
        }
        (Some(old), Some(new)) => (old.brk() != new.brk()).then_some(Kind::Break),
    }
}

fn push(c: &mut Collector, id: &str, key: Key<'_>, kind: Kind, (old, new): Pair<'_>) {
    let (_, period, dims) = key;
    let (before, after) = (old.map(Figure::of), new.map(Figure::of));
    let field = if kind == Kind::Break {
        "break"
    } else {
        "value"
    };
    let change = c.push(kind, field, &part(period, dims));
    let text = |row: Option<&Row>, figure: &Option<Figure>| -> String {
        if kind == Kind::Break {
            return row.and_then(Row::brk).unwrap_or_default().to_owned();
        }
        let value = figure.as_ref().map(|figure| figure.value.clone());
        value.unwrap_or_default()
    };
    change.before = text(old, &before);
    change.after = text(new, &after);
    if let Some(row) = new.or(old) {
        change.why = why(row);
        change.source = Some(row.source.to_string());
    }
    change.figures = Some(Figures {
        series: id.to_owned(),
        period,
        dims: dims.clone(),
        before,
        after,
    });
}

/// `2021 region=north`
fn part(period: Period, dims: &Dims) -> String {
    let dims = dims.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{period}{}", dims.collect::<String>())
}

/// What a row says of itself: why it breaks with those before it, and its note.
fn why(row: &Row) -> Option<Words> {
    let said = [row.brk().unwrap_or_default(), row.note()];
    let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
    (!said.is_empty()).then(|| Words::english(&said.join(" ")))
}

/// A figure that was published again with another value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restated {
    /// Ids of the measures that show the series, in the newest edition that has one, in its order.
    pub measures: Vec<String>,
    /// Series, cell, and what was published first and next; both are there.
    pub figures: Figures,
    /// New value less old value; `None` if one of them is missing.
    pub difference: Option<f64>,
    /// Why, as far as the newer row says.
    pub why: Option<Words>,
}

/// Every figure that had been restated by `as_of`, of every series that a measure of any edition shows and that may be
/// published on that day, ordered by series, breakdown, period and vintage. Counts pass the gate first, if any measure
/// calls them so.
#[must_use]
pub fn restatements(plan: &Plan, as_of: Date) -> Vec<Restated> {
    let mut all = Vec::new();
    for (id, (measures, strict)) in users(plan) {
        if withheld(plan, &id, PUBLISH, as_of).is_some() {
            continue;
        }
        let Some(series) = published(plan, &strict, as_of) else {
            continue;
        };
        for found in series.restatements() {
            if !found.after.vintage.by(as_of) {
                continue;
            }
            all.push(Restated {
                measures: measures.clone(),
                figures: Figures {
                    series: id.clone(),
                    period: found.after.period,
                    dims: Dims::clone(&found.after.dims),
                    before: Some(Figure::of(found.before)),
                    after: Some(Figure::of(found.after)),
                },
                difference: found.difference(),
                why: why(found.after),
            });
        }
    }
    all
}

/// By series, the measures that show it in the newest edition that does, and one of them with the strictest gate that any
/// edition asks for.
fn users(plan: &Plan) -> BTreeMap<String, (Vec<String>, Measure)> {
    let mut all: BTreeMap<String, (Vec<String>, Measure)> = BTreeMap::new();
    for edition in plan.editions.iter().rev() {
        let mut here: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for measure in &edition.measures {
            let Some(id) = series_of(measure) else {
                continue;
            };
            here.entry(id.clone()).or_default().push(measure.id.clone());
            let (_, strict) = all
                .entry(id)
                .or_insert_with(|| (Vec::new(), measure.clone()));
            if measure.cells == Cells::Counts {
                strict.cells = Cells::Counts;
            }
        }
        for (id, ids) in here {
            if let Some((measures, _)) = all.get_mut(&id).filter(|(known, _)| known.is_empty()) {
                *measures = ids;
            }
        }
    }
    all
}
