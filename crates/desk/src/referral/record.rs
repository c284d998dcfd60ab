//! Referrals with the times of what happened to them.

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;

use super::{DAY_SECONDS, Referral, State, Step, apply};
use crate::report::{Change, Event};

/// A referral, and when what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub referral: Referral,
    /// When it was prepared.
    pub prepared_at: Micros,
    /// By whom.
    pub prepared_by: Actor,
    /// When it went.
    pub sent_at: Option<Micros>,
    /// When the agency first said that it has it.
    pub acknowledged_at: Option<Micros>,
    /// When the agency last said what comes of it.
    pub answered_at: Option<Micros>,
    /// When the agency is expected to have said something.
    pub due: Option<Micros>,
    /// Numbers of the report's events (from 1, its receipt) that are about it, and the step of each.
    pub steps: Vec<(i64, Micros, Step)>,
}

impl Record {
    /// The agency has not said anything for longer than expected.
    #[must_use]
    pub fn is_overdue(&self, now: Micros) -> bool {
        self.due.is_some_and(|due| due < now)
    }

    /// Number of the last event with the agency's own reference.
    #[must_use]
    pub fn reference(&self) -> Option<i64> {
        let mut steps = self.steps.iter().rev();
        steps
            .find(|(_, _, step)| matches!(step, Step::Acknowledged { .. }))
            .map(|(version, ..)| *version)
    }

    fn take(&mut self, version: i64, at: Micros, change: &Change) {
        if let Some(due) = due_after(&self.referral, at, change) {
            self.due = due;
        }
        match change {
            Change::Referral { referral, step } if *referral == self.referral.no => {
                match step {
                    Step::Sent { .. } => self.sent_at = Some(at),
                    Step::Acknowledged { .. } => {
                        self.acknowledged_at = self.acknowledged_at.or(Some(at));
                    }
                    Step::Answered { .. } => self.answered_at = Some(at),
                    Step::Bounced => self.sent_at = None,
                    _ => {}
                }
                self.steps.push((version, at, step.clone()));
            }
            Change::Undone { back, .. } if back.unsent.contains(&self.referral.no) => {
                self.sent_at = None;
            }
            _ => {}
        }
    }
}

/// When the agency is expected to say something, where a change at `at` sets that anew. `after` is the referral after it.
#[must_use]
pub fn due_after(after: &Referral, at: Micros, change: &Change) -> Option<Option<Micros>> {
    let about = match change {
        Change::Referral { referral, step } => {
            *referral == after.no && !matches!(step, Step::Taken { .. } | Step::Told { .. })
        }
        Change::Undone { back, .. } => back.unsent.contains(&after.no),
        _ => false,
    };
    let due = || at.plus_seconds(i64::from(after.days) * DAY_SECONDS);
    about.then(|| after.state.waits().then(due))
}

/// The referrals of a report. `events` is all of its history, beginning with the receipt.
pub fn records<'e>(events: impl IntoIterator<Item = &'e Event>) -> Vec<Record> {
    let (mut all, mut records) = (Vec::new(), Vec::<Record>::new());
    for (event, version) in events.into_iter().zip(1_i64..) {
        apply(&mut all, &event.change);
        for (place, one) in all.iter().enumerate() {
            if records.get(place).is_none() {
                records.push(Record {
                    referral: one.clone(),
                    prepared_at: event.at,
                    prepared_by: event.by.clone(),
                    sent_at: None,
                    acknowledged_at: None,
                    answered_at: None,
                    due: None,
                    steps: Vec::new(),
                });
            }
            if let Some(record) = records.get_mut(place) {
                record.referral.clone_from(one);
                record.take(version, event.at, &event.change);
            }
        }
    }
    records
}

impl Record {
    /// It has left for good at `now`: nobody can take it back any more.
    #[must_use]
    pub fn is_out(&self, now: Micros, hold_seconds: u32) -> bool {
        let gone = |at| crate::report::undo::leaves_at(at, hold_seconds) <= now;
        self.referral.state != State::Withdrawn && self.sent_at.is_some_and(gone)
    }
}
