//! Who has to report what by when.
//!
//! - A milestone or action that is not done, on the last day of its period.
//! - The next step of an initiative, until a return says when it was done or something was said of the initiative after it
//!   was due.
//! - An initiative that is not all done, on the edition's `returns_due`, until it has a return in this edition. What looks
//!   ahead has no resources, and nothing to report.
//! - The next value of a measure that has a rhythm and a series: the end of the period after the latest one that was
//!   reported, and `returns_after_days` of the measure or edition ([`AFTER_DAYS`] if neither names any). A reason why there
//!   is no value is a report too, but `missing` is not. A series whose holder has not allowed it to be published is not
//!   asked for, and neither are live measures.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::plan::{
    Edition, Frequency, Initiative, InitiativeKind, Measure, Missing, Period, Plan, Row, Said,
    Span, Words,
};
use crate::report::{publish::PUBLISH, withheld};

/// Days after the end of a period by which its value has to be filed, where neither measure nor edition says.
pub const AFTER_DAYS: u32 = 60;
/// Days before its day from which something is due, and no longer only coming.
pub const SOON_DAYS: i32 = 30;

/// What has to be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueWhat {
    /// How an initiative stands.
    Initiative,
    /// That the next step of an initiative was done.
    NextStep,
    /// That a milestone was reached.
    Milestone,
    /// That an action was done.
    Action,
    /// A value of a measure.
    Measure,
}

impl DueWhat {
    /// The word used in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initiative => "initiative",
            Self::NextStep => "next_step",
            Self::Milestone => "milestone",
            Self::Action => "action",
            Self::Measure => "measure",
        }
    }
}

/// How near the day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// More than [`SOON_DAYS`] from now.
    Coming,
    /// Today, or within [`SOON_DAYS`].
    Due,
    /// The day has passed.
    Overdue,
}

impl DueState {
    /// The word used in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::Due => "due",
            Self::Overdue => "overdue",
        }
    }
}

/// Something that has to be reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Who has to, as the plan writes it.
    pub owner: String,
    /// What.
    pub what: DueWhat,
    /// Id of the initiative; `None` for a measure.
    pub initiative: Option<String>,
    /// Id of the initiative, milestone, action or measure.
    pub id: String,
    /// Its title; of a next step its words.
    pub title: Words,
    /// The period whose value is awaited, of a measure.
    pub period: Option<Period>,
    /// The last day.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub by: Date,
    /// How near it is.
    pub state: DueState,
}

/// Everything that has to be reported in an edition, as of a day, the first first; nothing if there is no such edition.
#[must_use]
pub fn due(plan: &Plan, edition: &str, today: Date) -> Vec<Due> {
    let Some(edition) = plan.edition(edition) else {
        return Vec::new();
    };
    let asking = Asking {
        plan,
        edition,
        today,
    };
    let initiatives = edition.initiatives.iter();
    let mut all: Vec<Due> = initiatives.flat_map(|one| asking.initiative(one)).collect();
    all.extend(
        edition
            .measures
            .iter()
            .filter_map(|one| asking.measure(one)),
    );
    all.sort_by(|a, b| {
        let key = |one: &Due| (one.by, one.owner.clone(), one.what, one.id.clone());
        key(a).cmp(&key(b))
    });
    all
}

struct Asking<'p> {
    plan: &'p Plan,
    edition: &'p Edition,
    today: Date,
}

impl Asking<'_> {
    fn entry(&self, owner: &str, what: DueWhat, (id, title): (&str, &Words), by: Date) -> Due {
        let soon = self.today.saturating_add(SOON_DAYS.days());
        let state = if by < self.today {
            DueState::Overdue
        } else if by <= soon {
            DueState::Due
        } else {
            DueState::Coming
        };
        Due {
            owner: owner.to_owned(),
            what,
            initiative: None,
            id: id.to_owned(),
            title: title.clone(),
            period: None,
            by,
            state,
        }
    }

    fn initiative(&self, one: &Initiative) -> Vec<Due> {
        let mut all = Vec::new();
        for step in one.milestones.iter().filter(|step| step.done.is_none()) {
            let named = (step.id.as_str(), &step.title);
            all.push(self.entry(&one.owner, DueWhat::Milestone, named, step.due.end()));
        }
        for step in one.actions.iter().filter(|step| step.done.is_none()) {
            if let Some(due) = step.due {
                let owner = step.owner.as_ref().unwrap_or(&one.owner);
                let named = (step.id.as_str(), &step.title);
                all.push(self.entry(owner, DueWhat::Action, named, due.end()));
            }
        }
        if let (Some(step), Some(due)) = (&one.next_step, one.due)
            && !self.is_step_reported(one, due.end())
        {
            let named = (one.id.as_str(), step);
            all.push(self.entry(&one.owner, DueWhat::NextStep, named, due.end()));
        }
        if let Some(by) = self.edition.returns_due
            && is_open(one)
            && !self.is_reported(one)
        {
            let named = (one.id.as_str(), &one.title);
            all.push(self.entry(&one.owner, DueWhat::Initiative, named, by));
        }
        for entry in &mut all {
            entry.initiative = Some(one.id.clone());
        }
        all
    }

    /// The initiative has a return in this edition.
    fn is_reported(&self, one: &Initiative) -> bool {
        self.edition.returns.iter().any(
            |ret| matches!(&ret.said, Said::Progress { initiative, .. } if *initiative == one.id),
        )
    }

    /// A return says that the next step was done, or something was said of the initiative after it was due.
    fn is_step_reported(&self, one: &Initiative, due: Date) -> bool {
        let says_done = |said: &Said| {
            matches!(said, Said::Progress { initiative, milestone: None, action: None, done: Some(_), .. }
                if *initiative == one.id)
        };
        let mut returns = self.edition.returns.iter();
        let mut claims = one.status_evidence.iter().filter_map(|claim| claim.on);
        returns.any(|ret| says_done(&ret.said)) || claims.any(|on| on.start() > due)
    }

    fn measure(&self, one: &Measure) -> Option<Due> {
        let series = one.series.as_deref().filter(|_| one.query.is_none())?;
        let series = self.plan.series.get(series)?;
        if withheld(self.plan, &series.id, PUBLISH, self.today).is_some() {
            return None;
        }
        let totals = series.rows.iter().filter(|row| is_report(row));
        let seen: Vec<&Row> = totals
            .filter(|row| row.vintage.first_day() <= self.today)
            .collect();
        let period = next_period(one.frequency, &seen, self.today)?;
        let days = one.returns_after_days.or(self.edition.returns_after_days);
        let days = i64::from(days.unwrap_or(AFTER_DAYS));
        let by = period.end().saturating_add(days.days());
        let owner = self.plan.owner_of(one);
        let named = (one.id.as_str(), &one.title);
        Some(Due {
            period: Some(period),
            ..self.entry(owner, DueWhat::Measure, named, by)
        })
    }
}

/// It is resourced, and not all of its steps are done; one without steps is open.
fn is_open(one: &Initiative) -> bool {
    let mut steps = one.milestones.iter().map(|step| step.done);
    let mut actions = one.actions.iter().map(|step| step.done);
    let none = one.milestones.is_empty() && one.actions.is_empty();
    let open = none || steps.any(|done| done.is_none()) || actions.any(|done| done.is_none());
    one.kind != InitiativeKind::LookingAhead && open
}

/// It tells how the whole stands, or why it does not.
fn is_report(row: &Row) -> bool {
    row.is_total() && row.missing != Some(Missing::Missing) && !row.is_flagged("planned")
}

/// The period after the latest one that was reported; the last that has ended if there was none. `None` for what has no
/// rhythm.
pub(super) fn next_period(frequency: Frequency, rows: &[&Row], today: Date) -> Option<Period> {
    let fiscal = rows.iter().any(|row| row.period.span() == Span::Fiscal);
    let grid = |day: Date| around(frequency, fiscal, day);
    let Some(last) = rows.iter().max_by_key(|row| row.period.end()) else {
        let now = grid(today)?;
        return grid(now.start().yesterday().ok()?);
    };
    // A day's figure stands for the whole period around it.
    let last = match last.period.span() {
        Span::Day => grid(last.period.start())?,
        _ => last.period,
    };
    let mut day = last.end().tomorrow().ok()?;
    if frequency == Frequency::TwoYearly {
        day = day.checked_add(1.year()).ok()?;
    }
    grid(day)
}

/// The period of a frequency that a day is in.
fn around(frequency: Frequency, fiscal: bool, day: Date) -> Option<Period> {
    let (year, month) = (day.year(), day.month());
    let text = match frequency {
        Frequency::Monthly => format!("{year:04}-{month:02}"),
        Frequency::Quarterly => format!("{year:04}Q{}", (month + 2) / 3),
        Frequency::Yearly | Frequency::TwoYearly if fiscal => {
            let first = if month < crate::plan::period::FISCAL_FIRST_MONTH {
                year - 1
            } else {
                year
            };
            format!("{first:04}/{:02}", (first + 1) % 100)
        }
        Frequency::Yearly | Frequency::TwoYearly => format!("{year:04}"),
        Frequency::Irregular | Frequency::Once => return None,
    };
    text.parse().ok()
}

#[cfg(test)]
mod tests;
