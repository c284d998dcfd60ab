//! What of a report's history its reporter is told.

use std::collections::BTreeSet;

use super::{Change, Event};

/// The events that the reporter reads on the status page and by the API, oldest first. How severe a report is taken to
/// be is the officers' business; of who has it, only that somebody took it up.
///
/// What was undone is not told. `events` begins with the receipt.
pub fn told<'e>(events: impl IntoIterator<Item = &'e Event>) -> impl Iterator<Item = &'e Event> {
    let events: Vec<&Event> = events.into_iter().collect();
    let off = undone(&events);
    let mut taken = false;
    let numbered = events.into_iter().zip(1_i64..);
    let told = numbered.filter(move |(event, number)| match &event.change {
        _ if off.contains(number) => false,
        Change::Assigned { to: Some(_) } => !std::mem::replace(&mut taken, true),
        Change::Assigned { to: None }
        | Change::SeveritySet { .. }
        | Change::HoldPlaced { .. }
        | Change::HoldLifted { .. }
        | Change::Referral { .. }
        | Change::Ruled { .. }
        | Change::Looked { .. }
        | Change::MailCame { .. }
        | Change::KeyCame { .. }
        | Change::KeyJudged { .. }
        | Change::Imported { .. }
        | Change::OldNumber { .. }
        | Change::OldEntry { .. }
        | Change::Undone { .. } => false,
        _ => true,
    });
    told.map(|(event, _)| event)
}

/// Numbers of the events that hold no longer: an undoing that was undone itself counts for nothing.
fn undone(events: &[&Event]) -> BTreeSet<i64> {
    let mut off = BTreeSet::new();
    let numbered: Vec<_> = events.iter().zip(1_i64..).collect();
    for (event, number) in numbered.into_iter().rev() {
        if let Change::Undone { event, .. } = &event.change
            && !off.contains(&number)
        {
            off.insert(*event);
        }
    }
    off
}

#[cfg(test)]
mod tests {
    use cairn_kernel::actor::Actor;
    use cairn_kernel::time::Micros;

    use super::*;

    #[test]
    fn reporters_hear_once_that_somebody_took_it_up() {
        let to = |to: Option<&str>| Change::Assigned {
            to: to.map(str::to_owned),
        };
        let changes = [
            to(None),
            to(Some("a")),
            Change::SeveritySet { severity: 2 },
            to(Some("b")),
            Change::Reopened,
        ];
        let events = changes.map(|change| Event {
            report: 1,
            at: Micros(0),
            by: Actor::System,
            change,
        });
        let told: Vec<_> = told(&events).map(|event| &event.change).collect();
        assert_eq!(told, [&to(Some("a")), &Change::Reopened]);
    }

    #[test]
    fn what_was_undone_is_not_told_unless_that_was_undone() {
        let undone = |event| Change::Undone {
            event,
            back: Box::default(),
        };
        let seen = |changes: &[Change]| -> Vec<Change> {
            let events: Vec<Event> = changes
                .iter()
                .map(|change| Event {
                    report: 1,
                    at: Micros(0),
                    by: Actor::System,
                    change: change.clone(),
                })
                .collect();
            told(&events).map(|event| event.change.clone()).collect()
        };
        let all = [Change::Reopened, Change::Reopened, undone(1), undone(3)];
        assert_eq!(seen(&all[..2]).len(), 2);
        assert_eq!(seen(&all[..3]).len(), 1);
        assert_eq!(seen(&all).len(), 2);
    }
}
