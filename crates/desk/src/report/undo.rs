//! Undoing what officers did to a report: an event that gives back what another one had changed. Nothing is taken out of
//! the history, so an undoing can be undone itself.

use std::collections::BTreeSet;

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::{Body, Change, Event, Hold, Refusal, Standing, State};
use crate::referral::{Referral, Step};

/// What undoing gives back; a part that is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    /// State, with the outcome of a closed report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<(State, Option<String>)>,
    /// Category and sub-type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<(String, Option<String>)>,
    /// Severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<u8>,
    /// Who had it: one account, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Vec<String>>,
    /// The mark of a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspect: Option<bool>,
    /// The legal hold: one, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Vec<Hold>>,
    /// The number of the message that does not leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<i64>,
    /// Numbers of referrals that were not sent after all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsent: Vec<u32>,
    /// Numbers of rules that ask a person to look at it again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<i64>,
    /// Numbers of rules that ask no longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unasked: Vec<i64>,
}

impl Back {
    /// What led from `before` to `after`, as it was before.
    fn between(before: &Standing, after: &Standing) -> Self {
        let state = |s: &Standing| (s.state, s.outcome.clone());
        let sorted = |s: &Standing| (s.category.clone(), s.subtype.clone());
        Self {
            state: (state(before) != state(after)).then(|| state(before)),
            category: (sorted(before) != sorted(after)).then(|| sorted(before)),
            severity: (before.severity != after.severity).then_some(before.severity),
            assignee: (before.assignee != after.assignee)
                .then(|| before.assignee.iter().cloned().collect()),
            suspect: (before.suspect != after.suspect).then_some(before.suspect),
            hold: (before.hold != after.hold).then(|| before.hold.into_iter().collect()),
            message: None,
            unsent: moved(before, after),
            asks: before.asked.difference(&after.asked).copied().collect(),
            unasked: after.asked.difference(&before.asked).copied().collect(),
        }
    }

    /// Both change one thing.
    fn meets(&self, other: &Self) -> bool {
        self.state.is_some() && other.state.is_some()
            || self.category.is_some() && other.category.is_some()
            || self.severity.is_some() && other.severity.is_some()
            || self.assignee.is_some() && other.assignee.is_some()
            || self.suspect.is_some() && other.suspect.is_some()
            || self.hold.is_some() && other.hold.is_some()
            || self.unsent.iter().any(|no| other.unsent.contains(no))
            || self
                .asking()
                .any(|rule| other.asking().any(|also| also == rule))
    }

    fn asking(&self) -> impl Iterator<Item = &i64> {
        self.asks.iter().chain(&self.unasked)
    }

    /// Leaves as it is what something later changed.
    fn spare(&mut self, later: &Self) {
        let asked: Vec<i64> = later.asking().copied().collect();
        self.state = self.state.take().filter(|_| later.state.is_none());
        self.category = self.category.take().filter(|_| later.category.is_none());
        self.severity = self.severity.filter(|_| later.severity.is_none());
        self.assignee = self.assignee.take().filter(|_| later.assignee.is_none());
        self.asks.retain(|rule| !asked.contains(rule));
        self.unasked.retain(|rule| !asked.contains(rule));
    }

    /// Puts it into place.
    pub(super) fn give(&self, to: &mut Standing) {
        if let Some((state, outcome)) = &self.state {
            to.state = *state;
            to.outcome.clone_from(outcome);
        }
        if let Some((category, subtype)) = &self.category {
            to.category.clone_from(category);
            to.subtype.clone_from(subtype);
        }
        if let Some(severity) = self.severity {
            to.severity = severity;
        }
        if let Some(assignee) = &self.assignee {
            to.assignee = assignee.first().cloned();
        }
        if let Some(suspect) = self.suspect {
            to.suspect = suspect;
        }
        if let Some(hold) = &self.hold {
            to.hold = hold.first().copied();
        }
        if let Some(message) = self.message {
            to.withdrawn.insert(message);
        }
        for rule in &self.unasked {
            to.asked.remove(rule);
        }
        to.asked.extend(&self.asks);
    }
}

/// Numbers of the referrals to which something happened.
fn moved(before: &Standing, after: &Standing) -> Vec<u32> {
    let same = |one: &&Referral| !before.referrals.contains(one);
    let all = after.referrals.iter().filter(same);
    all.map(|one| one.no).collect()
}

/// Until when a message that was written at `at` can be taken back: before that it does not leave.
#[must_use]
pub fn leaves_at(at: Micros, hold_seconds: u32) -> Micros {
    at.plus_seconds(i64::from(hold_seconds))
}

/// What was asked: which event, from 1 (the receipt), when, and how long messages wait before they leave.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Which event of the report.
    pub event: i64,
    /// Now.
    pub now: Micros,
    /// Seconds that messages wait.
    pub hold_seconds: u32,
}

/// Decides whether an event of a report can be undone, and gives the event that does so. `history` is all of it,
/// beginning with the receipt; `first` the standing right after that.
///
/// # Errors
/// [`Refusal::NotUndoable`] for what is none of the officers' settings or rules', [`Refusal::Touched`] if something later changed
/// the same thing, [`Refusal::Left`] for a message that has left.
pub fn undo(first: &Standing, history: &[&Event], asked: Asked) -> Result<Change, Refusal> {
    let index = usize::try_from(asked.event).unwrap_or(0);
    let target = index.checked_sub(1).and_then(|at| history.get(at));
    let target = target.ok_or(Refusal::NotUndoable)?;
    let message = undoable(target, asked)?;
    let undone = undone(history);
    // What a person decided after a rule stays; the rest of what it set is given back.
    let spares = matches!(target.change, Change::Ruled { .. });
    let mut now = first.clone();
    let mut back = Back::default();
    for (event, number) in history.iter().zip(1_i64..).skip(1) {
        let before = now.clone();
        now.apply(&event.change);
        let touched = Back::between(&before, &now);
        if number == asked.event {
            back = touched;
            back.message = message;
        } else if number > asked.event {
            let stands = !undone.contains(&number);
            if undoes(event, asked.event) || (!spares && stands && touched.meets(&back)) {
                return Err(Refusal::Touched);
            }
            if stands {
                back.spare(&touched);
            }
            // Who worked on it has read it, whatever a rule had set before.
            if spares && matches!(event.by, Actor::User(_)) {
                back.state = None;
            }
        }
    }
    if spares && back == Back::default() {
        return Err(Refusal::Touched);
    }
    if back == Back::default() {
        return Err(Refusal::NotUndoable);
    }
    Ok(Change::Undone {
        event: asked.event,
        back: Box::new(back),
    })
}

/// Decides for several events in the order in which they are given, each on what those before it come to: for each the event that
/// undoes it, or why it stays. `by` undoes them; `asked` says when, and its own event is none of them.
#[must_use]
pub fn several(
    first: &Standing,
    history: &[&Event],
    events: impl IntoIterator<Item = i64>,
    by: &Actor,
    asked: Asked,
) -> Vec<(i64, Result<Change, Refusal>)> {
    let Some(report) = history.first().map(|event| event.report) else {
        return Vec::new();
    };
    let mut after: Vec<Event> = history.iter().map(|event| (*event).clone()).collect();
    let mut all = Vec::new();
    for number in events {
        let so_far: Vec<&Event> = after.iter().collect();
        let asked = Asked {
            event: number,
            ..asked
        };
        let decided = undo(first, &so_far, asked);
        if let Ok(change) = &decided {
            after.push(Event {
                report,
                at: asked.now,
                by: by.clone(),
                change: change.clone(),
            });
        }
        all.push((number, decided));
    }
    all
}

/// Numbers of events that were undone, and of those that undid them, where that holds: together they change nothing.
fn undone(history: &[&Event]) -> BTreeSet<i64> {
    let mut undone = BTreeSet::new();
    let count = i64::try_from(history.len()).unwrap_or_default();
    for (event, number) in history.iter().rev().zip((1..=count).rev()) {
        if let Change::Undone { event: target, .. } = &event.change
            && !undone.contains(&number)
        {
            undone.extend([*target, number]);
        }
    }
    undone
}

fn undoes(event: &Event, number: i64) -> bool {
    matches!(&event.change, Change::Undone { event, .. } if *event == number)
}

/// What officers set can be undone; of a message, its number, as long as it has not left.
fn undoable(target: &Event, asked: Asked) -> Result<Option<i64>, Refusal> {
    match &target.change {
        Change::Assigned { .. }
        | Change::Categorised { .. }
        | Change::SeveritySet { .. }
        | Change::Closed { .. }
        | Change::Reopened
        | Change::NotSuspect
        | Change::Ruled { .. }
        | Change::HoldPlaced { .. } => Ok(None),
        // A hold that ended by itself would end again.
        Change::HoldLifted { digest: Some(_) } => Ok(None),
        // What was taken back is written anew, and not sent after all.
        Change::Undone { back, .. } if back.message.is_none() && back.unsent.is_empty() => Ok(None),
        Change::Referral {
            step: Step::Sent { .. },
            ..
        } => {
            if asked.now < leaves_at(target.at, asked.hold_seconds) {
                Ok(None)
            } else {
                Err(Refusal::Left)
            }
        }
        Change::OfficerWrote { message, .. } => {
            if asked.now < leaves_at(target.at, asked.hold_seconds) {
                Ok(Some(*message))
            } else {
                Err(Refusal::Left)
            }
        }
        _ => Err(Refusal::NotUndoable),
    }
}

/// The newest event of `history` that can be undone now, if any; its number from 1.
#[must_use]
pub fn newest(first: &Standing, history: &[&Event], asked: Asked) -> Option<i64> {
    let last = i64::try_from(history.len()).ok()?;
    undo(
        first,
        history,
        Asked {
            event: last,
            ..asked
        },
    )
    .ok()
    .map(|_| last)
}

/// The standing right after receipt, for [`undo`]; `None` if the history does not begin with that.
#[must_use]
pub fn first(body: &Body, received: &Event) -> Option<Standing> {
    match &received.change {
        Change::Received {
            contact, consents, ..
        } => Some(Standing::new(body, contact.is_some(), consents)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Answers, Command, decide};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    const WAITS: u32 = 30;

    fn received() -> Standing {
        Standing {
            state: State::Received,
            category: "phishing".into(),
            subtype: None,
            severity: 5,
            assignee: None,
            outcome: None,
            consents: BTreeMap::new(),
            messages: 0,
            contact: true,
            suspect: true,
            files: Vec::new(),
            losses: Vec::new(),
            hold: None,
            bare: false,
            mute: 0,
            withdrawn: BTreeSet::new(),
            answers: Answers::default(),
            referrals: Vec::new(),
            ruled: BTreeMap::new(),
            asked: BTreeSet::new(),
            mails: crate::report::Mails::default(),
            keys: crate::report::Keys::default(),
            old: 0,
            old_heads: false,
            version: 1,
        }
    }

    fn event(at: i64, change: Change) -> Event {
        Event {
            report: 1,
            at: Micros(0).plus_seconds(at),
            by: Actor::User("a".into()),
            change,
        }
    }

    /// A report with its history, as commands make it.
    struct Told {
        events: Vec<Event>,
        now: Standing,
    }

    impl Told {
        fn new() -> Self {
            let receipt = Change::Received {
                reference: String::new(),
                body: String::new(),
                contact: None,
                consents: Vec::new(),
                secret: String::new(),
                label: String::new(),
                base_minor: Vec::new(),
            };
            Self {
                events: vec![event(0, receipt)],
                now: received(),
            }
        }

        fn add(&mut self, change: Change) {
            self.now.apply(&change);
            let at = i64::try_from(self.events.len()).unwrap();
            self.events.push(event(at, change));
        }

        fn does(&mut self, command: Command) {
            for change in decide(&self.now, command).unwrap_or_default() {
                self.add(change);
            }
        }

        fn undo(&self, number: i64, now: i64) -> Result<Change, Refusal> {
            let history: Vec<&Event> = self.events.iter().collect();
            let asked = Asked {
                event: number,
                now: Micros(0).plus_seconds(now),
                hold_seconds: WAITS,
            };
            undo(&received(), &history, asked)
        }
    }

    fn commands() -> impl Strategy<Value = Command> {
        prop_oneof![
            proptest::option::of("[ab]").prop_map(|to| Command::Assign { to }),
            ("[pq]", proptest::option::of("[xy]"))
                .prop_map(|(category, subtype)| Command::Categorise { category, subtype }),
            (1_u8..=6).prop_map(|severity| Command::SetSeverity { severity }),
            "[mn]".prop_map(|outcome| Command::Close { outcome }),
            Just(Command::Reopen),
            Just(Command::NotSuspect),
            any::<bool>().prop_map(|open| Command::PlaceHold {
                digest: "d".into(),
                until: open.then_some(Micros(9)),
            }),
            Just(Command::LiftHold {
                digest: Some("d".into())
            }),
            any::<bool>().prop_map(|waits| Command::OfficerWrite {
                digest: "d".into(),
                waits
            }),
            Just(Command::ReporterWrite { digest: "d".into() }),
        ]
    }

    /// But for what tells that something happened.
    fn bare(standing: &Standing) -> Standing {
        Standing {
            version: 0,
            messages: 0,
            withdrawn: BTreeSet::new(),
            answers: Answers::default(),
            ..standing.clone()
        }
    }

    #[test]
    fn what_a_rule_set_is_given_back_but_for_what_a_person_decided_since() {
        let rule = || Change::Ruled {
            rule: 4,
            version: 2,
            category: Some(("scam".into(), None)),
            severity: Some(2),
            assignee: None,
            asks: true,
            opens: false,
        };
        let mut told = Told::new();
        told.add(rule());
        assert_eq!(told.now.state, State::Received, "nobody has looked at it");
        assert!(told.now.asked.contains(&4));
        told.does(Command::SetSeverity { severity: 3 });
        let back = told.undo(2, 100).unwrap();
        told.add(back);
        assert_eq!(
            (told.now.category.as_str(), told.now.severity),
            ("phishing", 3)
        );
        assert!(told.now.asked.is_empty());
        assert_eq!(told.undo(2, 100), Err(Refusal::Touched), "once");

        let mut told = Told::new();
        told.add(rule());
        told.does(Command::Look { rule: 4 });
        assert!(told.now.asked.is_empty() && told.now.state == State::Open);
        told.does(Command::Look { rule: 4 });
        let back = told.undo(2, 100).unwrap();
        told.add(back);
        assert_eq!(
            (told.now.category.as_str(), told.now.severity),
            ("phishing", 5)
        );
        assert_eq!(told.now.state, State::Open, "a person has looked");
    }

    proptest! {
        #[test]
        fn undoing_the_last_gives_back_exactly_what_was(all in proptest::collection::vec(commands(), 1..12)) {
            let mut told = Told::new();
            for command in all {
                let before = told.now.clone();
                let count = told.events.len();
                told.does(command);
                if told.events.len() == count {
                    continue;
                }
                let last = i64::try_from(told.events.len()).unwrap();
                let Ok(change) = told.undo(last, last) else { continue };
                let after = told.now.clone();
                let mut undone = told.now.clone();
                undone.apply(&change);
                prop_assert_eq!(bare(&undone), bare(&before));
                prop_assert_eq!(undone.version, after.version + 1);
                // Undoing that again is doing it again, but for a message, which is written anew.
                let mut again = Told { events: told.events.clone(), now: told.now.clone() };
                again.add(change.clone());
                match again.undo(last + 1, last + 1) {
                    Ok(redo) => {
                        again.add(redo);
                        prop_assert_eq!(bare(&again.now), bare(&after));
                    }
                    Err(refusal) => {
                        let Change::Undone { back, .. } = &change else { panic!("{change:?}") };
                        prop_assert!(back.message.is_some(), "{:?}", refusal);
                    }
                }
            }
        }

        #[test]
        fn whatever_is_undone_touches_nothing_else(all in proptest::collection::vec(commands(), 1..12), pick in 0_usize..12) {
            let mut told = Told::new();
            for command in all {
                told.does(command);
            }
            let number = i64::try_from(pick % told.events.len()).unwrap() + 1;
            if let Ok(Change::Undone { back, .. }) = told.undo(number, 0) {
                // What it gives back is what was right before that event.
                let mut before = received();
                for event in told.events.iter().take(pick % told.events.len()).skip(1) {
                    before.apply(&event.change);
                }
                let mut given = told.now.clone();
                back.give(&mut given);
                for (part, same) in [
                    (back.category.is_some(), given.category == before.category),
                    (back.severity.is_some(), given.severity == before.severity),
                    (back.assignee.is_some(), given.assignee == before.assignee),
                    (back.hold.is_some(), given.hold == before.hold),
                    (back.state.is_some(), given.state == before.state),
                ] {
                    prop_assert!(!part || same);
                }
                prop_assert!(back.severity.is_some() || given.severity == told.now.severity);
                prop_assert!(back.category.is_some() || given.category == told.now.category);
            }
        }
    }

    #[test]
    fn what_something_later_changed_stays() {
        let mut told = Told::new();
        told.does(Command::SetSeverity { severity: 2 });
        told.does(Command::Categorise {
            category: "scam".into(),
            subtype: None,
        });
        // The first one opened the report, and nothing closed it since: it can be undone, beside the category.
        assert!(told.undo(2, 0).is_ok());
        told.does(Command::SetSeverity { severity: 3 });
        assert_eq!(told.undo(2, 0), Err(Refusal::Touched));
        assert!(told.undo(4, 0).is_ok() && told.undo(3, 0).is_ok());
        let undone = told.undo(4, 0).unwrap();
        told.add(undone);
        assert_eq!(told.now.severity, 2);
        assert_eq!(told.undo(4, 0), Err(Refusal::Touched), "only once");
        for strange in [0, 1, 99, -4] {
            assert_eq!(told.undo(strange, 0), Err(Refusal::NotUndoable));
        }
    }

    #[test]
    fn a_message_is_taken_back_before_it_leaves() {
        let mut told = Told::new();
        told.does(Command::OfficerWrite {
            digest: "d".into(),
            waits: true,
        });
        let leaves = 1 + i64::from(WAITS);
        assert_eq!(told.undo(2, leaves), Err(Refusal::Left));
        let undone = told.undo(2, leaves - 1).unwrap();
        told.add(undone);
        assert_eq!(told.now.state, State::Received);
        assert!(told.now.withdrawn.contains(&1));
        assert_eq!(told.undo(3, 3), Err(Refusal::NotUndoable));
    }

    #[test]
    fn events_keep_their_form() {
        let change = Change::Undone {
            event: 4,
            back: Box::new(Back {
                state: Some((State::Open, None)),
                assignee: Some(Vec::new()),
                hold: Some(vec![Hold { until: None }]),
                ..Back::default()
            }),
        };
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(
            json,
            r#"{"kind":"undone","event":4,"back":{"state":["open",null],"assignee":[],"hold":[{}]}}"#
        );
        assert_eq!(serde_json::from_str::<Change>(&json).unwrap(), change);
    }
}
