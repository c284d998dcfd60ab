//! Which clocks an event starts, moves and stops. So one deadline follows from another: a notification that is handed in
//! stops its own clock and starts that of the final report.

use std::collections::BTreeSet;

use super::book::{Book, Rule};
use super::decide::Command;
use super::running::{Clock, Happening};

/// Something to be decided: for the clock of this name, or for a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Name of the clock; `None` where a new one starts.
    pub clock: Option<String>,
    /// What to decide.
    pub command: Command,
}

/// What an event calls for on a case to which `laws` apply, whose clocks are `clocks` and on which `history` happened
/// before. First what stops, then what runs anew, then what starts, each in the order of clocks and rules.
///
/// A rule starts once on a case: not again while it has a clock there, even one that has ended, unless all of them were
/// withdrawn. One that needs an earlier event (a second deadline, or `only_after`) waits for it: if that is told later, the
/// clock starts then, from the event that starts it. It takes the calendar that was chosen for an earlier clock of the same
/// law on this case, if one was.
#[must_use]
pub fn follow(
    book: &Book,
    laws: &BTreeSet<String>,
    clocks: &[Clock],
    history: &[Happening],
    event: &Happening,
) -> Vec<Call> {
    let mut calls = Vec::new();
    let open = || clocks.iter().filter(|clock| clock.end.is_none());
    for clock in open() {
        let terms = &clock.opening.terms;
        if terms.stop.contains(&event.kind) {
            calls.push(Call {
                clock: Some(clock.id.clone()),
                command: Command::Stop { by: event.clone() },
            });
        } else if terms.start_again.contains(&event.kind) {
            calls.push(Call {
                clock: Some(clock.id.clone()),
                command: Command::StartAgain {
                    start: event.clone(),
                },
            });
        }
    }
    calls.sort_by_key(|call| !matches!(call.command, Command::Stop { .. }));
    let happened = |kind: &str| {
        std::iter::once(event)
            .chain(history.iter().rev())
            .find(|past| past.kind == kind)
    };
    for rule in book.rules().iter().filter(|rule| laws.contains(&rule.law)) {
        let withdrawn = |clock: &Clock| matches!(clock.end, Some(super::End::Withdrawn { .. }));
        if clocks
            .iter()
            .any(|clock| clock.opening.rule == rule.id && !withdrawn(clock))
        {
            continue;
        }
        let limit = rule.terms.not_later_than.as_ref().map(|limit| &limit.from);
        let concerns = rule.terms.start.contains(&event.kind)
            || limit == Some(&event.kind)
            || rule.only_after.as_ref() == Some(&event.kind);
        let start = rule.terms.start.iter().find_map(|kind| happened(kind));
        let ready = rule
            .only_after
            .as_ref()
            .is_none_or(|kind| happened(kind).is_some());
        let limit = limit.map(|kind| happened(kind));
        if let (true, true, Some(start), None | Some(Some(_))) = (concerns, ready, start, limit) {
            calls.push(Call {
                clock: None,
                command: Command::Start {
                    rule: rule.id.clone(),
                    start: start.clone(),
                    limit: limit.flatten().cloned(),
                    calendar: chosen(book, clocks, rule),
                },
            });
        }
    }
    calls
}

/// The calendar of the latest clock of the same law for which another than its rule's was chosen.
fn chosen(book: &Book, clocks: &[Clock], rule: &Rule) -> Option<String> {
    let other = |clock: &&Clock| {
        book.rule(&clock.opening.rule)
            .is_some_and(|own| own.law == rule.law && own.calendar != clock.opening.calendar)
    };
    let clock = clocks.iter().rev().find(other)?;
    Some(clock.opening.calendar.clone())
}
