//! Where an initiative's milestones and actions stand, from dates and evidence.

use jiff::civil::Date;

use crate::plan::{Action, Initiative, Milestone, Words};
use crate::progress::milestone::{Standing, standing};

/// A milestone and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct MilestoneReport<'p> {
    /// The milestone.
    pub milestone: &'p Milestone,
    /// Where it stands.
    pub standing: Standing,
}

/// An action and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct ActionReport<'p> {
    /// The action.
    pub action: &'p Action,
    /// Where it stands.
    pub standing: Standing,
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
    /// Said to be done without evidence.
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
}

impl<'p> InitiativeReport<'p> {
    /// Where everything stands on a day.
    #[must_use]
    pub fn of(initiative: &'p Initiative, as_of: Date) -> Self {
        let milestones: Vec<MilestoneReport<'p>> = initiative
            .milestones
            .iter()
            .map(|milestone| MilestoneReport {
                milestone,
                standing: standing(
                    Some(milestone.due.end()),
                    milestone.done.map(|done| done.start()),
                    milestone.evidence.len(),
                    as_of,
                ),
            })
            .collect();
        let actions: Vec<ActionReport<'p>> = initiative
            .actions
            .iter()
            .map(|action| ActionReport {
                action,
                standing: standing(
                    action.due.map(|due| due.end()),
                    action.done.map(|done| done.start()),
                    action.evidence.len(),
                    as_of,
                ),
            })
            .collect();
        let mut steps = Late::default();
        let all = milestones.iter().map(|one| one.standing);
        all.chain(actions.iter().map(|one| one.standing))
            .for_each(|standing| steps.count(standing));
        Self {
            initiative,
            milestones,
            actions,
            steps,
        }
    }

    /// Steps that are said to be done and that nothing shows, with the initiative's id.
    pub fn without_evidence(&self) -> impl Iterator<Item = (&'p str, &'p Words)> {
        let milestones = self
            .milestones
            .iter()
            .map(|one| (&one.milestone.title, one.standing));
        let actions = self
            .actions
            .iter()
            .map(|one| (&one.action.title, one.standing));
        let id = self.initiative.id.as_str();
        milestones
            .chain(actions)
            .filter(|(_, standing)| *standing == Standing::WithoutEvidence)
            .map(move |(title, _)| (id, title))
    }
}
