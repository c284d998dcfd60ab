//! The progress report of one edition: every figure, status, verdict and standing, computed and never typed.
//!
//! Whatever is published is taken from here. A series that its holder has not allowed to be published is withheld, and a
//! count that could tell of single records is hidden, before anything else sees them ([`publish`]).

pub mod coverage;
pub mod initiative;
pub mod measure;
pub mod publish;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use coverage::{Coverage, Translations};
pub use initiative::{ActionReport, InitiativeReport, Late, MilestoneReport};
pub use measure::{Figure, MeasureReport, NoStatus, Segment, Standing};
pub use publish::{Hidden, Withheld, hidden, is_telling_text, published, withheld};

use self::publish::COMBINE;
use crate::office::Claim;
use crate::plan::{Edition, Measure, Plan, Status};
use crate::progress::group::{Group, Grouped};
use crate::share;

/// The report of one edition.
#[derive(Debug, Clone)]
pub struct Report<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Its edition.
    pub edition: &'p Edition,
    /// Only what was published by this day counts.
    pub as_of: Date,
    /// In the edition's order.
    pub measures: Vec<MeasureReport<'p>>,
    /// In the edition's order.
    pub initiatives: Vec<InitiativeReport<'p>>,
    /// What is claimed and not shown, in the edition's order: the one list of it that pages, scores and papers take.
    pub claims: Vec<Claim>,
    /// How much of it is measured.
    pub coverage: Coverage,
    /// Mean scores by the measures' groups, without series that may not be combined with others.
    pub groups: Grouped,
    /// How much of it is translated.
    pub translations: Translations,
    /// Places of the measures by their ids.
    places: BTreeMap<&'p str, usize>,
}

impl<'p> Report<'p> {
    /// Computes the report of an edition as of the edition's own day.
    #[must_use]
    pub fn of(plan: &'p Plan, edition: &'p Edition) -> Self {
        Self::as_of(plan, edition, edition.as_of)
    }

    /// Computes the report of an edition with what had been published by `as_of`.
    #[must_use]
    pub fn as_of(plan: &'p Plan, edition: &'p Edition, as_of: Date) -> Self {
        let measures: Vec<MeasureReport<'p>> = share::map(&edition.measures, |measure| {
            MeasureReport::of(plan, measure, seen_until(plan, edition, measure, as_of))
        });
        let initiatives: Vec<InitiativeReport<'p>> = edition
            .initiatives
            .iter()
            .map(|initiative| InitiativeReport::of(plan, initiative, as_of))
            .collect();
        let ids = measures.iter().map(|one| one.measure.id.as_str());
        Self {
            plan,
            edition,
            as_of,
            places: ids.zip(0..).collect(),
            coverage: Coverage::of(&measures),
            groups: means(plan, &measures, as_of),
            translations: Translations::of(plan, edition),
            claims: initiatives
                .iter()
                .flat_map(|one| one.claims.iter().cloned())
                .collect(),
            measures,
            initiatives,
        }
    }

    /// The report of one measure.
    #[must_use]
    pub fn measure(&self, id: &str) -> Option<&MeasureReport<'p>> {
        self.measures.get(*self.places.get(id)?)
    }

    /// The day as of which live measures are shown, where that is later than the edition's own.
    #[must_use]
    pub fn counted_by(&self) -> Option<Date> {
        let live = self
            .measures
            .iter()
            .filter(|one| one.measure.query.is_some());
        live.map(|one| one.as_of)
            .max()
            .filter(|day| *day > self.as_of)
    }

    /// The report of one initiative.
    #[must_use]
    pub fn initiative(&self, id: &str) -> Option<&InitiativeReport<'p>> {
        self.initiatives.iter().find(|one| one.initiative.id == id)
    }

    /// Measures of one goal, in the edition's order.
    pub fn of_goal<'s>(&'s self, goal: &'s str) -> impl Iterator<Item = &'s MeasureReport<'p>> {
        self.measures
            .iter()
            .filter(move |one| one.measure.goal == goal)
    }

    /// Initiatives that work towards one goal, in the edition's order.
    pub fn work_for<'s>(&'s self, goal: &'s str) -> impl Iterator<Item = &'s InitiativeReport<'p>> {
        let ours = move |one: &&InitiativeReport<'p>| {
            let mut goals = one.initiative.goals.iter();
            goals.any(|id| id == goal)
        };
        self.initiatives.iter().filter(ours)
    }
}

/// Mean scores, without what its holder has not allowed to be combined with other data.
fn means(plan: &Plan, measures: &[MeasureReport<'_>], as_of: Date) -> Grouped {
    let mut groups = Group::new();
    for report in measures {
        let series = report.measure.series.as_deref();
        if series.is_some_and(|id| withheld(plan, id, COMBINE, as_of).is_some()) {
            continue;
        }
        if let Some(outcome) = report.outcome() {
            // The parser admits no deeper groups.
            let _deep = groups.add(report.measure.group.as_deref().unwrap_or_default(), outcome);
        }
    }
    groups.score()
}

/// The day up to which figures of a measure are seen. A draft shows its live measures as they are; once it is frozen, as
/// they were on its day.
fn seen_until(plan: &Plan, edition: &Edition, measure: &Measure, as_of: Date) -> Date {
    let live = measure.query.is_some() && edition.status == Status::Draft;
    let series = measure.series.as_ref().filter(|_| live);
    let rows = series
        .and_then(|id| plan.series.get(id))
        .map(|series| &series.rows);
    let newest = rows
        .into_iter()
        .flatten()
        .map(|row| row.vintage.last_day())
        .max();
    newest.map_or(as_of, |newest| newest.max(as_of))
}
