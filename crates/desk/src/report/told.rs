//! What of a report's history its reporter is told.

use super::{Change, Event};

/// The events that the reporter reads on the status page and by the API, oldest first. How severe a report is taken to
/// be is the officers' business; of who has it, only that somebody took it up.
pub fn told<'e>(events: impl IntoIterator<Item = &'e Event>) -> impl Iterator<Item = &'e Event> {
    let mut taken = false;
    events.into_iter().filter(move |event| match &event.change {
        Change::Assigned { to: Some(_) } => !std::mem::replace(&mut taken, true),
        Change::Assigned { to: None } | Change::SeveritySet { .. } => false,
        _ => true,
    })
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
}
