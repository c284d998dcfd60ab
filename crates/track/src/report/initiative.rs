//! Where an initiative's milestones and actions stand, from dates and evidence.

use jiff::civil::Date;

use crate::office::{Claim, Claimed, Doubt, claims_of};
use crate::plan::{Action, Initiative, Milestone, Plan};
use crate::progress::milestone::{Standing, standing};

/// A milestone and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct MilestoneReport<'p> {
    /// The milestone.
    pub milestone: &'p Milestone,
    /// Where it stands.
    pub standing: Standing,
    /// Why nothing shows that it was done, where it is said to be.
    pub doubt: Option<Doubt>,
}

/// An action and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct ActionReport<'p> {
    /// The action.
    pub action: &'p Action,
    /// Where it stands.
    pub standing: Standing,
    /// Why nothing shows that it was done, where it is said to be.
    pub doubt: Option<Doubt>,
}

/// How many steps stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Late {
    /// Done by their day, or done with no day set.
    pub met: usize,
    /// Done after their day.
    pub late: usize,
    /// Not done although their day has passed.
    pub overdue: usize,
    /// Said to be done without evidence ([`claims_of`]).
    pub without_evidence: usize,
    /// Still to come.
    pub due: usize,
}

impl Late {
    fn count(&mut self, standing: Standing) {
        *match standing {
            Standing::OnTime | Standing::Done => &mut self.met,
            Standing::Late { .. } => &mut self.late,
            Standing::Overdue { .. } => &mut self.overdue,
            Standing::WithoutEvidence => &mut self.without_evidence,
            Standing::Due { .. } | Standing::NoDate => &mut self.due,
        } += 1;
    }

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self {
            met: self.met + other.met,
            late: self.late + other.late,
            overdue: self.overdue + other.overdue,
            without_evidence: self.without_evidence + other.without_evidence,
            due: self.due + other.due,
        }
    }

    /// All.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.met + self.late + self.overdue + self.without_evidence + self.due
    }
}

/// An initiative and where its steps stand.
#[derive(Debug, Clone)]
pub struct InitiativeReport<'p> {
    /// The initiative.
    pub initiative: &'p Initiative,
    /// Its milestones.
    pub milestones: Vec<MilestoneReport<'p>>,
    /// Its actions.
    pub actions: Vec<ActionReport<'p>>,
    /// Both, counted.
    pub steps: Late,
    /// What is claimed of it and not shown.
    pub claims: Vec<Claim>,
}

impl<'p> InitiativeReport<'p> {
    /// Where everything stands on a day. Evidence that only repeats the claim, or is older than it, counts for none.
    #[must_use]
    pub fn of(plan: &Plan, initiative: &'p Initiative, as_of: Date) -> Self {
        let claims = claims_of(plan, initiative, as_of);
        let doubt = |of: Claimed, id: &str| {
            let mut claims = claims.iter();
            let found = claims.find(|claim| claim.of == of && claim.id == id);
            found.map(|claim| claim.doubt)
        };
        let shown = |doubt: Option<Doubt>, evidence: &[String]| match doubt {
            Some(_) => 0,
            None => evidence.len(),
        };
        let milestones = initiative.milestones.iter().map(|milestone| {
            let doubt = doubt(Claimed::Milestone, &milestone.id);
            MilestoneReport {
                milestone,
                standing: standing(
                    Some(milestone.due.end()),
                    milestone.done.map(|done| done.start()),
                    shown(doubt, &milestone.evidence),
                    as_of,
                ),
                doubt,
            }
        });
        let milestones: Vec<MilestoneReport<'p>> = milestones.collect();
        let actions = initiative.actions.iter().map(|action| {
            let doubt = doubt(Claimed::Action, &action.id);
            ActionReport {
                action,
                standing: standing(
                    action.due.map(|due| due.end()),
                    action.done.map(|done| done.start()),
                    shown(doubt, &action.evidence),
                    as_of,
                ),
                doubt,
            }
        });
        let actions: Vec<ActionReport<'p>> = actions.collect();
        let mut steps = Late::default();
        let all = milestones.iter().map(|one| one.standing);
        all.chain(actions.iter().map(|one| one.standing))
            .for_each(|standing| steps.count(standing));
        Self {
            initiative,
            milestones,
            actions,
            steps,
            claims,
        }
    }
}
