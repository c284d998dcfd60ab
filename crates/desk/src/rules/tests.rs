use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::report::{
    Affected, Body, Channel, Command as Work, Event as Happened, Standing, State, decide as work,
};
use crate::search::{Facts, Wanted};

const NOW: Micros = Micros(1_795_424_400_000_000);
const DAY: i64 = 24 * 3_600;

fn said(rule: &mut Rule, by: &str, command: Command, at: Micros) -> Result<(), Refusal> {
    let change = decide(Some(rule), command, by, at)?;
    rule.apply(&Event {
        rule: rule.no,
        at,
        by: Actor::User(by.into()),
        change,
    });
    Ok(())
}

fn write(replies: bool) -> Command {
    Command::Write {
        digest: "ab".into(),
        replies,
    }
}

fn written(replies: bool) -> Rule {
    let change = decide(None, write(replies), "ana", NOW).unwrap();
    Rule::new(&Event {
        rule: 1,
        at: NOW,
        by: Actor::User("ana".into()),
        change,
    })
    .unwrap()
}

fn tried(version: u32, touched: u64) -> Command {
    Command::Try {
        version,
        digest: "cd".into(),
        counts: (1_000, touched),
    }
}

const ON: Command = Command::SwitchOn { others: 0 };

#[test]
fn a_rule_is_switched_on_only_after_a_dry_run_of_this_very_version() {
    let mut rule = written(false);
    assert_eq!(said(&mut rule, "lea", ON, NOW), Err(Refusal::NotTried));
    assert_eq!(
        said(&mut rule, "ana", tried(2, 3), NOW),
        Err(Refusal::Moved)
    );
    said(&mut rule, "ana", tried(1, 3), NOW).unwrap();
    said(&mut rule, "ana", write(false), NOW).unwrap();
    assert_eq!((rule.version, rule.stage), (2, Stage::Draft));
    assert_eq!(said(&mut rule, "lea", ON, NOW), Err(Refusal::NotTried));
    said(&mut rule, "ana", tried(2, 3), NOW).unwrap();
    let later = NOW.plus_seconds((TRIAL_DAYS_MAX + 1) * DAY);
    assert_eq!(said(&mut rule, "lea", ON, later), Err(Refusal::Old));
    assert_eq!(said(&mut rule, "lea", Command::Ask, NOW), Err(Refusal::One));
    let many = Command::SwitchOn {
        others: RULES_ON_MAX,
    };
    assert_eq!(said(&mut rule, "lea", many, NOW), Err(Refusal::Limit));
    said(&mut rule, "ana", ON, NOW).unwrap();
    assert_eq!((rule.on, rule.stage), (Some(2), Stage::On));
    // What is on stays on while the next version is written and tried out.
    said(&mut rule, "ana", write(false), NOW).unwrap();
    assert_eq!((rule.on, rule.version), (Some(2), 3));
    said(&mut rule, "ben", Command::SwitchOff, NOW).unwrap();
    assert_eq!((rule.on, rule.stage), (None, Stage::Draft));
    assert_eq!(
        said(&mut rule, "ben", Command::SwitchOff, NOW),
        Err(Refusal::NotOn)
    );
}

#[test]
fn a_rule_that_writes_or_touches_many_takes_a_second_person() {
    for (replies, touched) in [(true, 1), (false, TOUCHED_ALONE_MAX + 1)] {
        let mut rule = written(replies);
        said(&mut rule, "ana", tried(1, touched), NOW).unwrap();
        assert_eq!(said(&mut rule, "ana", ON, NOW), Err(Refusal::Own));
        assert_eq!(said(&mut rule, "lea", ON, NOW), Err(Refusal::Two));
        said(&mut rule, "ben", Command::Ask, NOW).unwrap();
        for own in ["ana", "ben"] {
            assert_eq!(said(&mut rule, own, ON, NOW), Err(Refusal::Own));
        }
        said(&mut rule, "lea", Command::Decline, NOW).unwrap();
        assert_eq!(said(&mut rule, "lea", ON, NOW), Err(Refusal::Two));
        said(&mut rule, "ben", Command::Ask, NOW).unwrap();
        said(&mut rule, "lea", ON, NOW).unwrap();
        assert_eq!(rule.on, Some(1));
    }
}

#[test]
fn a_rule_that_stopped_itself_is_tried_out_anew() {
    let mut rule = written(false);
    said(&mut rule, "ana", tried(1, 3), NOW).unwrap();
    said(&mut rule, "lea", ON, NOW).unwrap();
    said(&mut rule, "system", Command::Stop { hits: 50 }, NOW).unwrap();
    assert_eq!(
        (rule.on, rule.stage, rule.stopped),
        (None, Stage::Draft, Some(NOW))
    );
    assert_eq!(said(&mut rule, "lea", ON, NOW), Err(Refusal::NotTried));
    said(&mut rule, "ana", tried(1, 3), NOW).unwrap();
    said(&mut rule, "lea", ON, NOW).unwrap();
    assert_eq!(rule.stopped, None);
}

#[test]
fn events_keep_their_form() {
    let event = Event {
        rule: 3,
        at: Micros(7),
        by: Actor::User("a1".into()),
        change: Change::Tried {
            version: 2,
            digest: "ab".into(),
            looked: 5,
            touched: 1,
        },
    };
    let json = serde_json::to_string(&event).unwrap();
    let form = r#"{"rule":3,"at":7,"by":{"user":"a1"},"kind":"rule_tried","version":2,"digest":"ab","looked":5,"touched":1}"#;
    assert_eq!(json, form);
    assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    for kind in Change::KINDS {
        assert!(kind.starts_with("rule_"));
    }
}

fn body() -> Body {
    Body {
        form: "f@1".into(),
        language: "en".into(),
        channel: Channel::Web,
        anonymous: false,
        answers: BTreeMap::new(),
        category: "p".into(),
        subtype: None,
        severity: 5,
        affected: Affected::Individual,
        losses: Vec::new(),
        loss_known: true,
        observables: Vec::new(),
        files: Vec::new(),
        occurred: None,
        region: None,
        age_band: None,
        sector: None,
        wants_help: false,
        title: String::new(),
        mail: None,
        suspect: false,
    }
}

fn contents() -> impl Strategy<Value = Content> {
    let category = proptest::option::of(("[pq]", proptest::option::of("[xy]")));
    let reply = any::<bool>().prop_map(|replies| {
        let words = replies.then(|| ("en".to_owned(), "Kia ora".to_owned()));
        words.into_iter().collect::<BTreeMap<_, _>>()
    });
    let ask = any::<bool>().prop_map(|asks| asks.then(|| "Look".to_owned()));
    let severity = proptest::option::of(1_u8..=6);
    let assign = proptest::option::of("[ab]");
    let opens = proptest::option::of(Just(None));
    (category, severity, assign, opens, reply, ask).prop_map(
        |(category, severity, assign, opens, reply, ask)| Content {
            name: "n".into(),
            when: "w".into(),
            category,
            severity,
            assign,
            opens,
            reply,
            ask,
            hour_hits: 50,
        },
    )
}

fn commands() -> impl Strategy<Value = Work> {
    prop_oneof![
        proptest::option::of("[ab]").prop_map(|to| Work::Assign { to }),
        ("[pq]", proptest::option::of("[xy]"))
            .prop_map(|(category, subtype)| Work::Categorise { category, subtype }),
        (1_u8..=6).prop_map(|severity| Work::SetSeverity { severity }),
        Just(Work::Close {
            outcome: "m".into()
        }),
        Just(Work::Reopen),
        any::<bool>().prop_map(|waits| Work::OfficerWrite {
            digest: "d".into(),
            waits
        }),
    ]
}

proptest! {
    #[test]
    fn a_rule_never_changes_what_was_decided_before_it(
        contents in proptest::collection::vec(contents(), 1..5),
        commands in proptest::collection::vec(commands(), 0..6),
    ) {
        let body = body();
        let mut standing = Standing::new(&body, true, &[]);
        let mut history = Vec::new();
        for command in commands {
            for change in work(&standing, command).unwrap_or_default() {
                standing.apply(&change);
                let by = Actor::User("a".into());
                history.push(Happened { report: 1, at: NOW, by, change });
            }
        }
        let wanted = Wanted::default();
        let live: Vec<Live<'_>> = contents
            .iter()
            .zip(1..)
            .map(|(content, no)| Live { no, version: 1, content, wanted: &wanted })
            .collect();
        let facts = Facts::new(&body, standing.clone(), (NOW, None), "");
        let touched = Touched::by(&history, true);
        let done = run(&live, &facts, touched, &BTreeSet::new());
        let mut after = standing.clone();
        for one in &done {
            after.apply(&one.change);
        }
        if standing.state == State::Closed {
            prop_assert!(done.is_empty());
        }
        if touched.category {
            prop_assert_eq!((&after.category, &after.subtype), (&standing.category, &standing.subtype));
        }
        if touched.severity {
            prop_assert_eq!(after.severity, standing.severity);
        }
        if touched.assignee {
            prop_assert_eq!(&after.assignee, &standing.assignee);
        }
        let replies = done.iter().filter(|one| one.replies).count();
        prop_assert!(replies <= usize::from(!touched.written));
        // Only who has it makes a report other than new.
        if after.assignee == standing.assignee {
            prop_assert_eq!(after.state, standing.state);
        }
        // What one rule set, none after it sets again; and none works twice.
        let set = done.iter().filter(|one| matches!(&one.change,
            crate::report::Change::Ruled { category: Some(_), .. })).count();
        prop_assert!(set <= 1);
        let over: BTreeSet<i64> = after.ruled.keys().copied().collect();
        let again = run(&live, &Facts { standing: after, ..facts }, touched, &over);
        prop_assert!(again.iter().all(|one| !over.contains(&one.rule)));
    }
}

fn check(typed: &Typed) -> Result<Content, Vec<Fault>> {
    let form = crate::form::Form::parse(&crate::form::FormFiles::embedded()).unwrap();
    let accounts = [("a-1".to_owned(), "hana".to_owned())];
    let known = crate::search::Known {
        taxonomy: form.taxonomy(),
        agencies: form.agencies(),
        languages: form.languages(),
        accounts: &accounts,
        me: "",
        currency: "NZD",
        calling_code: 64,
    };
    Content::new(typed, &known, |id| id == "a-1", |code| code == "phishing")
}

#[test]
fn what_is_typed_is_checked_all_at_once_and_reads_back() {
    let typed = Typed {
        name: " Parcel texts ".into(),
        when: "category:phishing parcel -assignee:hana".into(),
        category: "phishing".into(),
        severity: "4".into(),
        assign: "a-1".into(),
        case: "phishing".into(),
        reply: BTreeMap::from([
            ("en".into(), "Delete it.".into()),
            ("mi".into(), " ".into()),
        ]),
        ask: "Is it new?".into(),
        hour_hits: String::new(),
    };
    let content = check(&typed).unwrap();
    assert_eq!(content.deeds(), Deed::ALL);
    assert_eq!(
        (content.name.as_str(), content.hour_hits),
        ("Parcel texts", HOUR_HITS_DEFAULT)
    );
    assert_eq!(check(&content.typed()).as_ref(), Ok(&content));
    let json = serde_json::to_string(&content).unwrap();
    assert_eq!(serde_json::from_str::<Content>(&json).unwrap(), content);
    let wrong = Typed {
        name: String::new(),
        when: "category:nothing".into(),
        category: "nothing".into(),
        severity: "9".into(),
        assign: "a-2".into(),
        case: "nothing".into(),
        reply: BTreeMap::from([("mi".into(), "a".repeat(REPLY_CHARS_MAX + 1))]),
        ask: "a".repeat(WORDS_CHARS_MAX + 1),
        hour_hits: "0".into(),
    };
    assert_eq!(check(&wrong).unwrap_err().len(), 9);
    let nothing = Typed {
        name: "n".into(),
        when: "parcel".into(),
        ..Typed::default()
    };
    assert_eq!(check(&nothing), Err(vec![Fault::NoDeed]));
}

#[test]
fn a_line_that_says_nothing_of_what_just_came_in_is_no_rules() {
    let line = |when: &str| {
        check(&Typed {
            name: "n".into(),
            when: when.into(),
            severity: "3".into(),
            ..Typed::default()
        })
    };
    for when in [
        "since:2026-01-01",
        "referred:police",
        "referral:overdue",
        "assignee:me",
        "x -on:today",
    ] {
        let faults = line(when).unwrap_err();
        let one = faults.first().unwrap();
        assert!(
            matches!(one, Fault::NotForRules(_) | Fault::Line(_)),
            "{when}: {one:?}"
        );
    }
    assert_eq!(line("  "), Err(vec![Fault::NoLine]));
    assert!(line("assignee:nobody has:contact consent:police loss>10").is_ok());
}
