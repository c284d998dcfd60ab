//! What is done to many is taken back to where each was; who may say what.

use std::collections::BTreeMap;

use cairn_kernel::time::Micros;
use proptest::prelude::*;

use super::*;
use crate::report::undo::leaves_at;

const HOLD: u32 = 30;

fn received(category: &str, severity: u8) -> Standing {
    let body = serde_json::json!({
        "form": "nz", "language": "en", "channel": "web", "anonymous": false, "answers": {}, "category": category,
        "severity": severity, "affected": "individual", "loss_known": false, "wants_help": true, "title": "t"
    });
    serde_json::from_value(body).map_or_else(
        |error| panic!("{error}"),
        |body: crate::report::Body| Standing::new(&body, true, &[]),
    )
}

fn event(number: i64, change: Change) -> Event {
    Event {
        report: 1,
        at: Micros(0).plus_seconds(number),
        by: Actor::User("a".into()),
        change,
    }
}

fn receipt() -> Event {
    let change = Change::Received {
        reference: String::new(),
        body: String::new(),
        contact: None,
        consents: Vec::new(),
        secret: String::new(),
        label: String::new(),
        base_minor: Vec::new(),
    };
    event(0, change)
}

fn all_deeds() -> impl Strategy<Value = Deeds> {
    (
        proptest::option::of(("[pq]", proptest::option::of("[xy]"))),
        proptest::option::of(1_u8..=6),
        proptest::option::of(proptest::collection::vec("[ab]", 0..=1)),
        proptest::option::of("[mn]"),
        any::<bool>(),
    )
        .prop_map(|(category, severity, assignee, outcome, reply)| Deeds {
            category,
            severity,
            assignee,
            outcome,
            replies: if reply { vec!["en".into()] } else { Vec::new() },
        })
}

struct Told {
    start: Standing,
    now: Standing,
    events: Vec<Event>,
}

impl Told {
    fn new() -> Self {
        let start = received("p", 4);
        Self {
            now: start.clone(),
            start,
            events: vec![receipt()],
        }
    }

    fn add(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.now.apply(&change);
            let number = self.events.len() as i64;
            self.events.push(event(number, change));
        }
    }

    fn does(&mut self, deeds: &Deeds) -> (i64, i64) {
        let before = self.events.len() as i64;
        let digest = (!deeds.replies.is_empty()).then(|| "d".to_owned());
        self.add(deeds.on(&self.now, digest).unwrap());
        (before + 1, self.events.len() as i64)
    }

    fn back(&mut self, range: (i64, i64), now: Micros) -> Vec<i64> {
        let history: Vec<&Event> = self.events.iter().collect();
        let asked = Asked {
            event: 0,
            now,
            hold_seconds: HOLD,
        };
        let (changes, stays) = take_back(&self.start, &history, range, &Actor::System, asked);
        self.add(changes);
        stays
    }
}

/// What deeds can change; not how many events there are, nor that messages were numbered.
fn settings(of: &Standing) -> (State, BTreeMap<&str, String>) {
    let parts = BTreeMap::from([
        ("category", format!("{:?}{:?}", of.category, of.subtype)),
        ("severity", of.severity.to_string()),
        ("assignee", format!("{:?}", of.assignee)),
        ("outcome", format!("{:?}", of.outcome)),
    ]);
    (of.state, parts)
}

proptest! {
    #[test]
    fn what_was_done_is_taken_back_whole(first in all_deeds(), second in all_deeds()) {
        let mut told = Told::new();
        told.does(&Deeds { outcome: None, ..first });
        let before = told.now.clone();
        let range = told.does(&second);
        let stays = told.back(range, Micros(0));
        prop_assert!(stays.is_empty(), "{stays:?}");
        prop_assert_eq!(settings(&told.now), settings(&before));
        // A second time changes nothing.
        let events = told.events.len();
        told.back(range, Micros(0));
        prop_assert_eq!(told.events.len(), events);
    }

    #[test]
    fn what_a_colleague_changed_since_stays(deeds in all_deeds(), later in all_deeds()) {
        let mut told = Told::new();
        let deeds = Deeds { outcome: None, ..deeds };
        let range = told.does(&deeds);
        told.does(&later);
        let theirs = told.now.clone();
        told.back(range, Micros(0));
        if later.category.as_ref().is_some_and(|(category, subtype)| category == &theirs.category && subtype == &theirs.subtype) {
            // Where both set it alike the colleague changed nothing.
            let alike = deeds.category == later.category;
            prop_assert!(alike || told.now.category == theirs.category);
        }
        if let Some(outcome) = &later.outcome {
            prop_assert_eq!(told.now.outcome.as_ref(), Some(outcome));
        }
    }
}

#[test]
fn words_that_left_stay_and_the_rest_goes_back() {
    let mut told = Told::new();
    let deeds = Deeds {
        severity: Some(2),
        replies: vec!["en".into()],
        outcome: Some("m".into()),
        ..Deeds::default()
    };
    let range = told.does(&deeds);
    let late = leaves_at(Micros(0).plus_seconds(range.1), HOLD);
    let stays = told.back(range, late);
    assert_eq!(stays.len(), 1);
    assert_eq!(
        (told.now.severity, told.now.state == State::Closed),
        (4, false)
    );
    assert!(told.now.withdrawn.is_empty());
    assert_eq!(Fate::taken_back(2, stays.len()), Fate::Part);
}

#[test]
fn closed_reports_and_what_is_so_already_stay_as_they_are() {
    let mut told = Told::new();
    let same = Deeds {
        category: Some(("p".into(), None)),
        severity: Some(4),
        assignee: Some(Vec::new()),
        ..Deeds::default()
    };
    assert_eq!(same.on(&told.now, None).unwrap(), Vec::new());
    told.does(&Deeds {
        outcome: Some("m".into()),
        ..Deeds::default()
    });
    let all = Deeds {
        severity: Some(1),
        outcome: Some("n".into()),
        ..Deeds::default()
    };
    assert_eq!(all.on(&told.now, Some("d".into())).unwrap(), Vec::new());
}

#[test]
fn many_replies_need_a_second_officer() {
    assert_eq!(begin(REPLIES_ALONE_MAX), Stage::Doing);
    assert_eq!(begin(REPLIES_ALONE_MAX + 1), Stage::Asked);
    assert_eq!(
        decide(Stage::Asked, Wish::Agree, true, true),
        Err(Refusal::Own)
    );
    assert_eq!(
        decide(Stage::Asked, Wish::Agree, false, false),
        Ok(Stage::Doing)
    );
    assert_eq!(
        decide(Stage::Asked, Wish::Decline, true, false),
        Ok(Stage::Declined)
    );
    assert_eq!(
        decide(Stage::Asked, Wish::Undo, true, true),
        Err(Refusal::Past)
    );
    assert_eq!(
        decide(Stage::Done, Wish::Undo, false, false),
        Err(Refusal::NotYours)
    );
    assert_eq!(
        decide(Stage::Done, Wish::Undo, false, true),
        Ok(Stage::Undoing)
    );
    assert_eq!(
        decide(Stage::Doing, Wish::Undo, true, false),
        Ok(Stage::Undoing)
    );
    for stage in [Stage::Declined, Stage::Undoing, Stage::Undone] {
        for wish in [Wish::Agree, Wish::Decline, Wish::Undo] {
            assert_eq!(decide(stage, wish, false, true), Err(Refusal::Past));
        }
    }
    assert_eq!(
        decide(Stage::Doing, Wish::Agree, false, true),
        Err(Refusal::Past)
    );
}

#[test]
fn codes_read_back() {
    for stage in Stage::ALL {
        assert_eq!(Stage::parse(stage.as_str()), Some(stage));
    }
    for fate in Fate::ALL {
        assert_eq!(Fate::parse(fate.as_str()), Some(fate));
    }
}
