//! What stands in the way of signing an edition off.

use jiff::civil::Date;
use serde::Serialize;

use super::claims::claims_without_evidence;
use super::due::{Due, DueState, due};
use super::words as w;
use crate::plan::{Cells, Edition, Fault, Measure, Plan, Status, Words};
use crate::report::{Report, Standing};

/// Something that stands in the way of signing off, or that those who sign should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// A short name for its kind, the same for ever.
    pub code: &'static str,
    /// Nothing can be signed off while it is there; the others only warn.
    pub forbids: bool,
    /// Who can mend it, as the plan writes them; `None` for the office itself.
    pub owner: Option<String>,
    /// Id of what it is about; empty if it is about the whole.
    pub id: String,
    /// Path of the file, if it is a fault of one.
    pub file: Option<String>,
    /// Line of the file, from 1; 0 if not known.
    pub line: u32,
    /// What it is.
    pub what: Words,
    /// How to mend it.
    pub mend: Words,
}

/// What stands in the way of signing an edition off on a day, that which forbids it first: faults of the plan (`faults`,
/// as [`Plan::read`] gives them), returns that are overdue, claims in doubt, measures that are stale or were never
/// measured, and texts without a translation.
///
/// Errors of the plan and an edition that is not there or frozen already forbid. All else is published as what it is, and
/// warns.
#[must_use]
pub fn ready(plan: &Plan, faults: &[Fault], edition: &str, today: Date) -> Vec<Obstacle> {
    let mut all: Vec<Obstacle> = faults
        .iter()
        .filter(|fault| fault.is_error())
        .map(of_fault)
        .collect();
    let Some(it) = plan.edition(edition) else {
        all.push(forbids(
            "unknown-edition",
            w::no_edition(edition),
            w::choose_edition(),
        ));
        return all;
    };
    if it.status == Status::Frozen {
        all.push(forbids(
            "edition-frozen",
            w::frozen(edition),
            w::begin_next(),
        ));
    }
    if it.as_of > today {
        all.push(forbids(
            "as-of-ahead",
            w::on(it.as_of, w::as_of_ahead),
            w::as_of_earlier(),
        ));
    }
    let late = due(plan, edition, today);
    let late = late
        .into_iter()
        .filter(|one| one.state == DueState::Overdue);
    all.extend(late.map(overdue));
    all.extend(claims(plan, it, today));
    all.extend(measures(plan, it));
    all
}

fn of_fault(fault: &Fault) -> Obstacle {
    Obstacle {
        file: Some(fault.file.clone()),
        line: fault.line,
        ..forbids(
            "plan-error",
            Words::english(&fault.what),
            Words::english(&fault.mend),
        )
    }
}

fn forbids(code: &'static str, what: Words, mend: Words) -> Obstacle {
    Obstacle {
        forbids: true,
        ..warns(code, what, mend)
    }
}

fn warns(code: &'static str, what: Words, mend: Words) -> Obstacle {
    Obstacle {
        code,
        forbids: false,
        owner: None,
        id: String::new(),
        file: None,
        line: 0,
        what,
        mend,
    }
}

fn overdue(one: Due) -> Obstacle {
    let what = w::is_overdue(&one.title, one.period, one.by);
    Obstacle {
        owner: Some(one.owner),
        id: one.id,
        ..warns("return-overdue", what, w::ask_owner())
    }
}

fn claims<'a>(plan: &'a Plan, edition: &'a Edition, today: Date) -> impl Iterator<Item = Obstacle> {
    let claims = claims_without_evidence(plan, edition, today.max(edition.as_of));
    claims.into_iter().map(|claim| Obstacle {
        owner: Some(claim.owner),
        id: if claim.id.is_empty() {
            claim.initiative
        } else {
            format!("{}/{}", claim.initiative, claim.id)
        },
        ..warns(
            "claim-in-doubt",
            w::doubt(claim.doubt, &claim.title),
            w::show_claim(),
        )
    })
}

fn measures(plan: &Plan, edition: &Edition) -> Vec<Obstacle> {
    let report = Report::of(plan, edition);
    let mut all: Vec<Obstacle> = report
        .measures
        .iter()
        .filter_map(|one| {
            let title = &one.measure.title;
            let (code, what, mend) = match one.standing {
                Standing::Stale => ("measure-stale", w::is_stale(title), w::measure_again()),
                Standing::Never if has_values(plan, one.measure) => {
                    ("counts-hidden", w::counts_hidden(title), w::round_it())
                }
                Standing::Never => (
                    "never-measured",
                    w::never_measured(title),
                    w::measure_again(),
                ),
                Standing::Measured | Standing::Withheld | Standing::Live => return None,
            };
            Some(Obstacle {
                owner: Some(plan.owner_of(one.measure).to_owned()),
                id: one.measure.id.clone(),
                ..warns(code, what, mend)
            })
        })
        .collect();
    let texts = report.translations;
    if texts.missing > 0 {
        all.push(warns(
            "not-translated",
            w::not_translated(texts.missing, texts.texts),
            w::translate(),
        ));
    }
    all
}

/// The files have values of the measure, which then are counts that nobody may see.
fn has_values(plan: &Plan, measure: &Measure) -> bool {
    let series = measure.series.as_ref().and_then(|id| plan.series.get(id));
    measure.cells == Cells::Counts
        && series.is_some_and(|series| series.rows.iter().any(|row| row.value.is_some()))
}

#[cfg(test)]
mod tests;
