//! How long contact details are kept: so many days after the report was closed for the last time.

use cairn_kernel::time::Micros;

use super::{Change, Event};

const DAY_SECONDS: i64 = 24 * 3_600;

/// Whether the contact details of a report with this history have had their time. `days` 0 keeps them for ever; a report
/// that was taken up again begins anew.
#[must_use]
pub fn contact_is_over<'a>(
    history: impl IntoIterator<Item = &'a Event>,
    days: u32,
    now: Micros,
) -> bool {
    let mut closed = None;
    for event in history {
        match &event.change {
            Change::Closed { .. } => closed = Some(event.at),
            Change::Reopened | Change::ReporterWrote { .. } => closed = None,
            _ => {}
        }
    }
    let kept = i64::from(days).saturating_mul(DAY_SECONDS);
    days > 0 && closed.is_some_and(|at| at.plus_seconds(kept) < now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_kernel::actor::Actor;

    fn event(at: i64, change: Change) -> Event {
        Event {
            report: 1,
            at: Micros(0).plus_seconds(at * DAY_SECONDS),
            by: Actor::System,
            change,
        }
    }

    #[test]
    fn time_runs_from_the_last_closing() {
        let closed = |at| {
            event(
                at,
                Change::Closed {
                    outcome: "advice_given".into(),
                },
            )
        };
        let over = |history: &[Event], days, day: i64| {
            contact_is_over(history, days, Micros(1).plus_seconds(day * DAY_SECONDS))
        };
        let once = [closed(10)];
        assert!(!over(&once, 30, 39) && over(&once, 30, 40) && !over(&once, 0, 99_999));
        let again = [closed(10), event(20, Change::Reopened)];
        assert!(!over(&again, 30, 400));
        let twice = [closed(10), event(20, Change::Reopened), closed(100)];
        assert!(!over(&twice, 30, 129) && over(&twice, 30, 131));
        let answered = Change::ReporterWrote {
            message: 1,
            digest: String::new(),
        };
        assert!(!over(&[closed(10), event(11, answered)], 30, 400));
    }
}
