//! What a challenge's events add up to.

use super::*;

pub(super) fn answered(outcome: Outcome, en: &str) -> Answer {
    Answer {
        outcome,
        en: Some(en.to_owned()),
        mi: None,
        link: None,
        role: Role::Lead,
    }
}

fn event(at: i64, change: Change) -> Event {
    Event {
        challenge: 1,
        at: Micros(at),
        by: Actor::User("a".into()),
        change,
    }
}

#[test]
fn figures_read_back() {
    for (text, kind, id) in [
        ("m2", Kind::Measure, "m2"),
        ("g/g2", Kind::Goal, "g2"),
        ("i/i05", Kind::Initiative, "i05"),
    ] {
        let figure = Figure::parse(text);
        assert_eq!((figure.kind, figure.id.as_str()), (kind, id));
        assert_eq!(figure.to_string(), text);
    }
    assert_eq!(Figure::parse("m/m2").to_string(), "m2");
}

#[test]
fn events_keep_their_form() {
    let answer = answered(Outcome::NotUpheld, "It stands.");
    let event = event(7, Change::Answered { answer });
    let json = serde_json::to_string(&event).unwrap();
    assert_eq!(
        json,
        r#"{"challenge":1,"at":7,"by":{"user":"a"},"kind":"challenge_answered","answer":{"outcome":"not_upheld","en":"It stands.","role":"lead"}}"#
    );
    assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    assert!(Change::KINDS.contains(&event.change.kind()));
    // No event of a report or an account reads as one of a challenge, nor the other way round.
    assert!(serde_json::from_str::<crate::account::AccountEvent>(&json).is_err());
    assert!(serde_json::from_str::<crate::report::Event>(&json).is_err());
}

#[test]
fn an_answer_shows_the_words_unless_they_are_withheld() {
    let answer = Change::Answered {
        answer: answered(Outcome::Upheld, "Yes."),
    };
    let mut standing = Standing::new(true, true);
    standing.apply(&event(5, answer.clone()));
    assert_eq!(
        (&standing.words, standing.set_aside),
        (&Words::Shown, false)
    );
    assert_eq!(standing.answered_at(), Some(Micros(5)));
    let mut standing = Standing::new(false, false);
    let withheld = Change::Withheld {
        reason: "It names a person.".into(),
    };
    standing.apply(&event(5, withheld));
    standing.apply(&event(6, answer));
    assert_eq!(standing.words.as_str(), "withheld");
    assert_eq!(standing.version, 3);
}

#[test]
fn the_text_of_the_other_language_stands_in() {
    let mut answer = answered(Outcome::Upheld, "Yes.");
    assert_eq!(answer.text("mi"), ("Yes.", "en"));
    answer.mi = Some("Āe.".into());
    assert_eq!(answer.text("mi"), ("Āe.", "mi"));
    answer.en = None;
    assert_eq!(answer.text("en"), ("Āe.", "mi"));
}

#[test]
fn an_address_is_kept_for_some_days_after_the_last_answer() {
    const DAY: i64 = 24 * 3_600;
    let mut standing = Standing::new(false, true);
    let late = Micros(0).plus_seconds(1_000 * DAY);
    assert!(
        !contact_is_over(&standing, Micros(0), 30, late),
        "not answered"
    );
    standing.set_aside = true;
    assert!(contact_is_over(&standing, Micros(0), 30, late));
    let change = Change::Answered {
        answer: answered(Outcome::Upheld, "Yes."),
    };
    standing.apply(&event(0, change));
    let over = |days, seconds| {
        contact_is_over(&standing, Micros(0), days, Micros(0).plus_seconds(seconds))
    };
    assert!(over(30, 30 * DAY) && !over(30, 30 * DAY - 1) && !over(0, 1_000 * DAY));
}
