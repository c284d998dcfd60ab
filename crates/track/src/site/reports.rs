//! The reports of all editions.

use crate::plan::{Edition, Plan};
use crate::progress::group::Group;
use crate::report::publish::COMBINE;
use crate::report::{Report, withheld};

/// The reports of all editions of a plan, oldest first.
#[must_use]
pub fn reports(plan: &Plan) -> Vec<Report<'_>> {
    plan.editions
        .iter()
        .map(|edition| report(plan, edition))
        .collect()
}

/// The report of one edition, its means without what may not be combined with other data.
#[must_use]
pub fn report<'p>(plan: &'p Plan, edition: &'p Edition) -> Report<'p> {
    let mut report = Report::of(plan, edition);
    let mut groups = Group::new();
    for one in &report.measures {
        let series = one.measure.series.as_deref();
        if series.is_some_and(|id| withheld(plan, id, COMBINE, report.as_of).is_some()) {
            continue;
        }
        if let Some(outcome) = one.outcome() {
            // The parser admits no deeper groups.
            let _deep = groups.add(one.measure.group.as_deref().unwrap_or_default(), outcome);
        }
    }
    report.groups = groups.score();
    report
}
