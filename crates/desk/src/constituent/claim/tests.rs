use super::*;
use crate::constituent::decide::{decide, fresh};

fn asked() -> Asked {
    Asked {
        heading: Typed {
            name: "Example Harbour".into(),
            sector: "transport".into(),
            ..Typed::default()
        },
        add: "203.0.113.64/27 harbour.example AS64500 203.0.113.64/27".into(),
        contact: ContactTyped {
            role: "security".into(),
            email: "soc@harbour.example".into(),
            ..ContactTyped::default()
        },
        ..Asked::default()
    }
}

fn first() -> Wish {
    let asked = asked();
    asked.first("mi", asked.contact.read()).unwrap()
}

fn places(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|one| one.place.as_str()).collect()
}

#[test]
fn a_first_claim_needs_a_name_something_and_a_mailbox() {
    let wish = first();
    assert_eq!(wish.add.len(), 3, "each once");
    assert_eq!(
        wish.heading.as_ref().unwrap().language.as_deref(),
        Some("mi")
    );
    let nothing = Asked::default();
    let faults = nothing.first("en", nothing.contact.read()).unwrap_err();
    assert_eq!(places(&faults), ["name", "add", "role", "email"]);
    let mut by_phone = asked();
    (by_phone.contact.email, by_phone.contact.phone) = (String::new(), "+64 4 555 0100".into());
    let faults = by_phone.first("en", by_phone.contact.read()).unwrap_err();
    assert_eq!(
        places(&faults),
        ["email"],
        "a first contact is proved by mail"
    );
    let many: Vec<String> = (1..=CLAIM_ASSETS_MAX + 1)
        .map(|n| format!("AS{n}"))
        .collect();
    let many = Asked {
        add: many.join(" "),
        note: "x".repeat(501),
        ..asked()
    };
    let faults = many.first("en", many.contact.read()).unwrap_err();
    assert_eq!(places(&faults), ["add", "note"]);
    let json = serde_json::to_string(&first()).unwrap();
    assert_eq!(serde_json::from_str::<Wish>(&json).unwrap(), first());
}

#[test]
fn a_change_is_at_least_one_thing() {
    let nothing = Asked::default();
    assert_eq!(places(&nothing.change("en", None).unwrap_err()), ["add"]);
    let wrong = Asked {
        drop: "nothing at all".into(),
        ..Asked::default()
    };
    assert_eq!(wrong.change("en", None).unwrap_err().len(), 3);
    let said = Asked {
        note: "We moved.".into(),
        replaces: true,
        ..Asked::default()
    };
    assert!(!said.change("en", None).unwrap().replaces);
}

#[test]
fn parts_are_taken_and_the_rest_is_told() {
    let wish = first();
    let one = fresh(7, wish.heading.clone().unwrap(), Day(100));
    let mut parts = wish.whole();
    parts.add.remove(&0);
    let mut after = one.clone();
    for work in wish.works(&parts, &one, None) {
        after = decide(&after, &work, Day(100)).unwrap();
    }
    assert_eq!((after.facts.assets(), after.contacts.len()), (2, 1));
    assert_eq!(after.contacts[0].confirmed, Some(Day(100)));
    let answer = wish.answer(&parts, "");
    assert_eq!(answer.left, ["+ 203.0.113.64/27"]);
    assert_eq!(
        answer.taken,
        ["+ harbour.example", "+ AS64500", "@ soc@harbour.example"]
    );
    // The same once more changes nothing but that the contact is right.
    let works = wish.works(&wish.whole(), &after, None);
    assert!(matches!(works.as_slice(), [Work::Add(_), Work::Confirm(1)]));
}

#[test]
fn a_change_can_replace_who_asked_and_takes_an_imported_one_over() {
    let wish = first();
    let mut one = fresh(7, wish.heading.clone().unwrap(), Day(100));
    for work in wish.works(&wish.whole(), &one.clone(), None) {
        one = decide(&one, &work, Day(100)).unwrap();
    }
    let asked = Asked {
        drop: "AS64500 AS64501".into(),
        contact: ContactTyped {
            role: "security".into(),
            email: "night@harbour.example".into(),
            ..ContactTyped::default()
        },
        replaces: true,
        ..Asked::default()
    };
    let change = asked.change("en", Some(asked.contact.read())).unwrap();
    one.origin.manual = false;
    let mut after = one.clone();
    for work in change.works(&change.whole(), &one, Some(1)) {
        after = decide(&after, &work, Day(200)).unwrap();
    }
    assert!(after.origin.manual && after.facts.asns.is_empty());
    assert_eq!(
        after.contacts[0].email.as_deref(),
        Some("night@harbour.example")
    );
    assert_eq!(
        after.contacts[0].confirmed, None,
        "nobody has proved the new one"
    );
}

#[test]
fn what_touches_a_claim_is_found() {
    let facts = fresh(1, first().heading.unwrap(), Day(0)).facts;
    let mut facts = facts;
    for text in [
        "203.0.113.0/24",
        "203.0.113.64/28",
        "198.51.100.0/24",
        "example.org",
        "a.b.example.org",
        "AS64500",
    ] {
        crate::constituent::decide::add(&mut facts, Asset::parse(text).unwrap());
    }
    let of = |text: &str| -> Vec<(Touch, String)> {
        let mine = Asset::parse(text).unwrap();
        touched(&mine, &facts)
            .map(|(touch, theirs)| (touch, theirs.to_string()))
            .collect()
    };
    assert_eq!(
        of("203.0.113.64/27"),
        [
            (Touch::Within, "203.0.113.0/24".into()),
            (Touch::Around, "203.0.113.64/28".into())
        ]
    );
    assert_eq!(
        of("b.example.org"),
        [
            (Touch::Around, "a.b.example.org".into()),
            (Touch::Within, "example.org".into())
        ]
    );
    assert_eq!(of("notexample.org"), []);
    assert_eq!(of("AS64500"), [(Touch::Same, "AS64500".into())]);
    assert_eq!(of("192.0.2.0/24"), []);
}

#[test]
fn a_contact_is_asked_three_times_and_no_more() {
    let wish = first();
    let mut one = fresh(7, wish.heading.clone().unwrap(), Day(0));
    for work in wish.works(&wish.whole(), &one.clone(), None) {
        one = decide(&one, &work, Day(0)).unwrap();
    }
    let due = Day(super::super::CONFIRM_DAYS);
    assert_eq!(ask(&one, 1, None, Day(364)), None);
    assert_eq!(ask(&one, 1, None, due), Some(1));
    let asked = |round, at| Some(Ask { due, round, at });
    assert_eq!(ask(&one, 1, asked(1, due), due.plus(13)), None);
    assert_eq!(ask(&one, 1, asked(1, due), due.plus(14)), Some(2));
    assert_eq!(
        ask(&one, 1, asked(ASKS_MAX, due), due.plus(400)),
        None,
        "officers are told instead"
    );
    assert_eq!(
        ask(
            &one,
            1,
            Some(Ask {
                due: Day(3),
                round: 3,
                at: Day(9)
            }),
            due
        ),
        Some(1),
        "another year"
    );
    let bounced = decide(&one, &Work::Bounced(1), due).unwrap();
    assert_eq!(ask(&bounced, 1, None, due), None);
    let off = decide(&one, &Work::Disable(1), due).unwrap();
    assert_eq!(ask(&off, 1, None, due), None);
    assert_eq!(ask(&one, 9, None, due), None);
}

#[test]
fn a_mailbox_speaks_for_a_claim() {
    let wish = first();
    let mut one = fresh(7, wish.heading.clone().unwrap(), Day(0));
    for work in wish.works(&wish.whole(), &one.clone(), None) {
        one = decide(&one, &work, Day(0)).unwrap();
    }
    assert_eq!(mailbox("SOC@harbour.example", &one), Some(Mailbox::Same));
    assert_eq!(mailbox("noc@harbour.example", &one), Some(Mailbox::Domain));
    assert_eq!(mailbox("soc@other.example", &one), None);
}
