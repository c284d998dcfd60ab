use super::*;

const NOW: Micros = Micros(7);
const WHARF: &str = "Wharf Board (fictional)";

fn seats() -> Vec<String> {
    vec![WHARF.to_owned()]
}

fn by<'a>(account: &'a str, role: Role, seats: &'a [String]) -> By<'a> {
    By {
        account,
        role,
        seats,
    }
}

fn standing(state: ReturnState) -> Standing {
    Standing {
        no: 3,
        owner: WHARF.into(),
        filed_by: "ana".into(),
        dissent: false,
        state,
        corrected: false,
    }
}

fn file(corrects: Option<Standing>) -> Command {
    Command::File {
        no: 4,
        owner: WHARF.into(),
        body: "ab".into(),
        dissent: false,
        corrects,
    }
}

#[test]
fn only_who_has_the_seat_files_and_withdraws() {
    let seats = seats();
    let (ana, ben) = (by("ana", Role::Owner, &seats), by("ben", Role::Owner, &[]));
    let filed = decide("p", file(None), ana, NOW).unwrap();
    assert_eq!(
        serde_json::to_string(&filed).unwrap(),
        r#"{"at":7,"by":{"user":"ana"},"kind":"plan_return_filed","plan":"p","no":4,"owner":"Wharf Board (fictional)","body":"ab"}"#
    );
    assert_eq!(
        decide("p", file(None), ben, NOW).unwrap_err(),
        Refusal::NoSeat
    );
    let withdraw = || Command::Withdraw(standing(ReturnState::Waiting));
    assert_eq!(
        decide("p", withdraw(), ben, NOW).unwrap_err(),
        Refusal::NoSeat
    );
    let gone = decide("p", withdraw(), ana, NOW).unwrap().change;
    assert_eq!(gone.leads_to(), Some(ReturnState::Withdrawn));
    let late = Command::Withdraw(standing(ReturnState::Accepted));
    assert_eq!(
        decide("p", late, ana, NOW).unwrap_err(),
        Refusal::NotWaiting
    );
}

#[test]
fn nobody_checks_their_own_and_nothing_is_checked_twice() {
    let eve = by("eve", Role::Statistician, &[]);
    // The account that filed it has another role by now.
    let ana = by("ana", Role::Statistician, &[]);
    let accept = |state| Command::Accept(standing(state));
    let back = |state| Command::SendBack(standing(state), "cd".into());
    assert_eq!(
        decide("p", accept(ReturnState::Waiting), ana, NOW).unwrap_err(),
        Refusal::Own
    );
    assert_eq!(
        decide("p", back(ReturnState::Waiting), ana, NOW).unwrap_err(),
        Refusal::Own
    );
    let taken = decide("p", accept(ReturnState::Waiting), eve, NOW).unwrap();
    assert_eq!(taken.change.leads_to(), Some(ReturnState::Accepted));
    let sent = decide("p", back(ReturnState::Waiting), eve, NOW).unwrap();
    assert_eq!(sent.change.leads_to(), Some(ReturnState::SentBack));
    for state in [
        ReturnState::Accepted,
        ReturnState::SentBack,
        ReturnState::Withdrawn,
    ] {
        assert_eq!(
            decide("p", accept(state), eve, NOW).unwrap_err(),
            Refusal::NotWaiting
        );
        assert_eq!(
            decide("p", back(state), eve, NOW).unwrap_err(),
            Refusal::NotWaiting
        );
    }
}

#[test]
fn a_return_is_corrected_once_and_by_its_own_organisation() {
    let seats = seats();
    let ana = by("ana", Role::Owner, &seats);
    let filed = decide("p", file(Some(standing(ReturnState::SentBack))), ana, NOW).unwrap();
    assert!(matches!(
        filed.change,
        TrackChange::ReturnFiled {
            corrects: Some(3),
            ..
        }
    ));
    let mut old = standing(ReturnState::SentBack);
    old.corrected = true;
    assert_eq!(
        decide("p", file(Some(old)), ana, NOW).unwrap_err(),
        Refusal::Corrected
    );
    let waits = standing(ReturnState::Waiting);
    assert_eq!(
        decide("p", file(Some(waits)), ana, NOW).unwrap_err(),
        Refusal::NotWaiting
    );
    let mut other = standing(ReturnState::SentBack);
    other.owner = "Library (fictional)".into();
    assert_eq!(
        decide("p", file(Some(other)), ana, NOW).unwrap_err(),
        Refusal::NoSeat
    );
}

#[test]
fn dissent_stands_at_once_and_needs_no_seat() {
    let rua = by("rua", Role::Reviewer, &[]);
    let command = Command::File {
        no: 1,
        owner: "reviewer".into(),
        body: "ab".into(),
        dissent: true,
        corrects: None,
    };
    let filed = decide("p", command, rua, NOW).unwrap().change;
    assert_eq!(filed.leads_to(), Some(ReturnState::Accepted));
}

fn working<'a>(signed: &'a [Signature], forbids: usize) -> Working<'a> {
    Working {
        digest: "d1",
        forbids,
        signed,
        versions: 2,
    }
}

fn signature(role: Role, account: &str) -> Signature {
    Signature {
        role,
        account: account.into(),
        at: NOW,
    }
}

#[test]
fn two_roles_and_two_people_sign_in_their_order() {
    let eve = by("eve", Role::Statistician, &[]);
    let tom = by("tom", Role::Publisher, &[]);
    let sign = |signed: &[Signature], who| sign_off("p", "d1", working(signed, 0), who, NOW);
    assert_eq!(sign(&[], tom).unwrap_err(), Refusal::First);
    assert!(sign(&[], eve).is_ok());
    let first = [signature(Role::Statistician, "eve")];
    assert_eq!(sign(&first, eve).unwrap_err(), Refusal::Signed);
    // Who signed as statistician does not sign as publisher, whatever became of the account's role.
    let eve_too = by("eve", Role::Publisher, &[]);
    assert_eq!(sign(&first, eve_too).unwrap_err(), Refusal::Signed);
    assert!(sign(&first, tom).is_ok());
    let reader = by("ann", Role::Auditor, &[]);
    assert_eq!(sign(&[], reader).unwrap_err(), Refusal::Role);
    let moved = sign_off("p", "d0", working(&[], 0), eve, NOW);
    assert_eq!(moved.unwrap_err(), Refusal::Moved);
    let broken = sign_off("p", "d1", working(&[], 1), eve, NOW);
    assert_eq!(broken.unwrap_err(), Refusal::Forbidden);
}

#[test]
fn nothing_is_published_without_both_signatures_on_what_is_there() {
    let tom = by("tom", Role::Publisher, &[]);
    let built = Built {
        edition: "2026",
        manifest: "m",
        bundle: "b",
    };
    let go = |shown: &str, signed: &[Signature], forbids| {
        publish("p", shown, working(signed, forbids), built, tom, NOW)
    };
    let both = [
        signature(Role::Statistician, "eve"),
        signature(Role::Publisher, "tom"),
    ];
    let one = [signature(Role::Publisher, "tom")];
    let twice = [
        signature(Role::Statistician, "tom"),
        signature(Role::Publisher, "tom"),
    ];
    assert_eq!(go("d1", &one, 0).unwrap_err(), Refusal::Unsigned);
    assert_eq!(go("d1", &twice, 0).unwrap_err(), Refusal::Unsigned);
    assert_eq!(go("d0", &both, 0).unwrap_err(), Refusal::Moved);
    assert_eq!(go("d1", &both, 2).unwrap_err(), Refusal::Forbidden);
    let done = go("d1", &both, 0).unwrap();
    assert!(matches!(
        done.change,
        TrackChange::Published { version: 3, .. }
    ));
}

#[test]
fn kinds_are_those_of_the_json() {
    let changes = [
        TrackChange::ReturnFiled {
            plan: "p".into(),
            no: 1,
            owner: "o".into(),
            body: "b".into(),
            dissent: true,
            corrects: Some(2),
        },
        TrackChange::ReturnAccepted {
            plan: "p".into(),
            no: 1,
        },
        TrackChange::ReturnSentBack {
            plan: "p".into(),
            no: 1,
            reason: "r".into(),
        },
        TrackChange::ReturnWithdrawn {
            plan: "p".into(),
            no: 1,
        },
        TrackChange::SignedOff {
            plan: "p".into(),
            role: Role::Publisher,
            digest: "d".into(),
        },
        TrackChange::Published {
            plan: "p".into(),
            version: 1,
            edition: "e".into(),
            digest: "d".into(),
            manifest: "m".into(),
            bundle: "b".into(),
        },
        TrackChange::SeatGiven {
            plan: "p".into(),
            account: "a".into(),
            owner: "o".into(),
        },
        TrackChange::SeatTaken {
            plan: "p".into(),
            account: "a".into(),
            owner: "o".into(),
        },
    ];
    for (change, kind) in changes.into_iter().zip(TrackChange::KINDS) {
        let json = serde_json::to_value(&change).unwrap();
        assert_eq!(json["kind"], kind);
        let event = TrackEvent {
            at: NOW,
            by: Actor::System,
            change,
        };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<TrackEvent>(&text).unwrap(), event);
    }
}
