//! The one road to what is published of a series.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::plan::{Cells, Decision, Mandate, Measure, Missing, Plan, Row, Series};

/// Counts from files must be multiples of this: what RR3 makes of them (Stats NZ, random rounding to base 3). Where the
/// records are not at hand, nobody can round them so that the same people always give the same answer, so a count that
/// was not rounded is hidden instead.
pub const COUNT_BASE: f64 = 3.0;

/// The purpose that a mandate must allow before anything of a series is shown.
pub const PUBLISH: &str = "publish";
/// The purpose that a mandate must allow before a series counts in a mean with others.
pub const COMBINE: &str = "combine";

/// A series that is not published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Withheld<'p> {
    /// Whose word is missing.
    pub mandate: &'p Mandate,
    /// What they decided, if they did.
    pub decision: Option<&'p Decision>,
}

/// The mandate that keeps a series from being used for a purpose on a day, if there is one. What was allowed once and is
/// not as of the plan's newest edition is withheld in the older ones too: their pages are published again with it.
#[must_use]
pub fn withheld<'p>(plan: &'p Plan, series: &str, purpose: &str, on: Date) -> Option<Withheld<'p>> {
    let on = plan.newest().map_or(on, |newest| on.max(newest.as_of));
    let mandates = plan.mandates.iter();
    mandates
        .filter(|mandate| mandate.series.iter().any(|id| id == series))
        .find(|mandate| !mandate.allows(purpose, on))
        .map(|mandate| Withheld {
            mandate,
            decision: mandate.decision(purpose, on),
        })
}

/// What of a measure's series may be seen: nothing if it is withheld, and no count that was not rounded, should any edition
/// count records by it.
#[must_use]
pub fn published<'p>(plan: &'p Plan, measure: &Measure, on: Date) -> Option<Cow<'p, Series>> {
    let series = plan.series.get(measure.series.as_deref()?)?;
    if withheld(plan, &series.id, PUBLISH, on).is_some() {
        return None;
    }
    let counts = measure.cells == Cells::Counts || hidden(plan, &series.id) == Hidden::Counts;
    if !counts || !series.rows.iter().any(is_telling) {
        return Some(Cow::Borrowed(series));
    }
    let mut series = series.clone();
    for row in &mut series.rows {
        if is_telling(row) {
            row.value = None;
            row.missing = Some(Missing::Suppressed);
            // Limits and notes would tell what the value was.
            row.more = None;
        }
    }
    Some(Cow::Owned(series))
}

/// A count that was not rounded.
fn is_telling(row: &Row) -> bool {
    row.number().is_some_and(|count| !is_rounded(count))
}

fn is_rounded(count: f64) -> bool {
    count % COUNT_BASE == 0.0
}

/// What of a series must not be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// Nothing.
    No,
    /// Counts that were not rounded: a measure counts records by it.
    Counts,
    /// All of it: its holder has not allowed it.
    All,
}

/// What of a series must not be handed out as of the plan's newest edition.
#[must_use]
pub fn hidden(plan: &Plan, series: &str) -> Hidden {
    if withheld(plan, series, PUBLISH, Date::MIN).is_some() {
        return Hidden::All;
    }
    let counts = plan
        .editions
        .iter()
        .flat_map(|edition| &edition.measures)
        .any(|one| one.cells == Cells::Counts && one.series.as_deref() == Some(series));
    if counts { Hidden::Counts } else { Hidden::No }
}

/// A count as written that was not rounded.
#[must_use]
pub fn is_telling_text(count: &str) -> bool {
    let count = count.trim();
    !count.is_empty() && !count.parse().is_ok_and(is_rounded)
}
