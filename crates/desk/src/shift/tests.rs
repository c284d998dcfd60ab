use super::*;

fn written(no: i64, by: &str) -> Note {
    Note::new(&Event {
        handover: no,
        at: Micros(no),
        by: Actor::User(by.into()),
        change: Change::Written {
            digest: "ab".into(),
            corrects: None,
        },
    })
    .unwrap()
}

fn then(note: &mut Note, by: &str, change: Change) {
    note.apply(&Event {
        handover: note.no,
        at: Micros(100),
        by: Actor::User(by.into()),
        change,
    });
}

fn correct() -> Command {
    Command::Correct {
        digest: "cd".into(),
    }
}

#[test]
fn a_note_is_read_once_by_everybody_but_its_author() {
    let mut note = written(1, "ana");
    assert!(note.is_new_to("ben") && !note.is_new_to("ana"));
    assert_eq!(
        decide(Some(&note), Command::Read, "ana", false),
        Err(Refusal::Own)
    );
    assert_eq!(
        decide(Some(&note), Command::Read, "ben", false),
        Ok(Some(Change::Read))
    );
    then(&mut note, "ben", Change::Read);
    assert_eq!(decide(Some(&note), Command::Read, "ben", false), Ok(None));
    assert!(!note.is_new_to("ben") && note.is_new_to("cy"));
    assert_eq!(
        decide(None, Command::Read, "ben", false),
        Err(Refusal::Absent)
    );
}

#[test]
fn only_its_author_corrects_a_note_and_only_once() {
    let mut note = written(4, "ana");
    let replaced = Change::Written {
        digest: "cd".into(),
        corrects: Some(4),
    };
    assert_eq!(
        decide(Some(&note), correct(), "ben", true),
        Err(Refusal::NotOwn)
    );
    assert_eq!(
        decide(Some(&note), correct(), "ana", false),
        Ok(Some(replaced))
    );
    note.corrected_by = Some(5);
    assert!(!note.holds());
    for command in [correct(), Command::Withdraw] {
        assert_eq!(
            decide(Some(&note), command, "ana", false),
            Err(Refusal::Corrected)
        );
    }
    assert_eq!(
        decide(Some(&note), Command::Read, "ben", false),
        Err(Refusal::Corrected)
    );
}

#[test]
fn a_note_is_withdrawn_by_its_author_or_a_lead_and_erased_even_then() {
    let mut note = written(1, "ana");
    let withdraw = |note: &Note, by, leads| decide(Some(note), Command::Withdraw, by, leads);
    assert_eq!(withdraw(&note, "ben", false), Err(Refusal::NotOwn));
    assert_eq!(withdraw(&note, "ben", true), Ok(Some(Change::Withdrawn)));
    assert_eq!(withdraw(&note, "ana", false), Ok(Some(Change::Withdrawn)));
    then(&mut note, "ana", Change::Withdrawn);
    assert_eq!(withdraw(&note, "ben", true), Ok(None));
    assert_eq!(
        decide(Some(&note), Command::Read, "ben", false),
        Err(Refusal::Withdrawn)
    );
    assert_eq!(
        decide(Some(&note), correct(), "ana", false),
        Err(Refusal::Withdrawn)
    );
    assert_eq!(
        decide(Some(&note), Command::Erase, "lead", true),
        Ok(Some(Change::Erased))
    );
    then(&mut note, "lead", Change::Erased);
    assert_eq!(decide(Some(&note), Command::Erase, "lead", true), Ok(None));
}

#[test]
fn events_keep_their_form() {
    let event = Event {
        handover: 3,
        at: Micros(7),
        by: Actor::User("a1".into()),
        change: Change::Written {
            digest: "ab".into(),
            corrects: Some(2),
        },
    };
    let json = serde_json::to_string(&event).unwrap();
    let form = r#"{"handover":3,"at":7,"by":{"user":"a1"},"kind":"handover_written","digest":"ab","corrects":2}"#;
    assert_eq!(json, form);
    assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    for kind in Change::KINDS {
        assert!(kind.starts_with("handover_"));
    }
}
