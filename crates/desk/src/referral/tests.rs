use std::collections::BTreeMap;

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use proptest::prelude::*;

use super::*;
use crate::report::undo::{Asked, undo};
use crate::report::{self, Event, Standing, decide as report_decide};

const WAITS: u32 = 30;

fn standing(consents: &[&str]) -> Standing {
    Standing {
        state: report::State::Received,
        category: "scam".into(),
        subtype: None,
        severity: 5,
        assignee: None,
        outcome: None,
        consents: consents.iter().map(|one| ((*one).into(), true)).collect(),
        messages: 0,
        contact: true,
        suspect: false,
        files: vec!["aa".into(), "bb".into()],
        losses: Vec::new(),
        hold: None,
        bare: false,
        mute: 0,
        withdrawn: std::collections::BTreeSet::new(),
        answers: report::Answers::default(),
        referrals: Vec::new(),
        ruled: std::collections::BTreeMap::new(),
        asked: std::collections::BTreeSet::new(),
        mails: crate::report::Mails::default(),
        keys: crate::report::Keys::default(),
        old: 0,
        old_heads: false,
        version: 1,
    }
}

fn prepare(agency: &str) -> Command {
    Command::Prepare {
        agency: agency.into(),
        basis: Basis::Consent,
        channel: Channel::Handed,
        contact: false,
        files: vec!["aa".into()],
        text: None,
    }
}

fn does(standing: &mut Standing, command: Command) -> Result<(), Refusal> {
    for change in decide(standing, command)? {
        standing.apply(&change);
    }
    Ok(())
}

fn revoke(standing: &mut Standing, agency: &str, given: bool) {
    let command = report::Command::SetConsent {
        agency: agency.into(),
        given,
    };
    for change in report_decide(standing, command).unwrap() {
        standing.apply(&change);
    }
}

fn manifest() -> String {
    "m".into()
}

fn take(no: u32) -> Command {
    Command::Take {
        no,
        manifest: manifest(),
    }
}

fn send(no: u32) -> Command {
    Command::Send {
        no,
        manifest: manifest(),
        days: 14,
    }
}

fn text() -> String {
    "d".into()
}

#[test]
fn what_goes_needs_consent_for_that_agency_or_a_reason_in_law() {
    let mut now = standing(&["police"]);
    assert_eq!(does(&mut now, prepare("netsafe")), Err(Refusal::NoConsent));
    let by_law = |text: Option<String>| Command::Prepare {
        agency: "netsafe".into(),
        basis: Basis::Law("ipp11_threat".into()),
        channel: Channel::Api,
        contact: true,
        files: Vec::new(),
        text,
    };
    assert_eq!(does(&mut now, by_law(None)), Err(Refusal::NoReason));
    assert_eq!(does(&mut now, by_law(Some(text()))), Ok(()));
    assert_eq!(does(&mut now, prepare("police")), Ok(()));
    assert_eq!(does(&mut now, prepare("police")), Err(Refusal::Already));
    assert_eq!(now.referrals.len(), 2);
    assert_eq!(now.state, report::State::Open);
    // A withdrawn one makes room for another.
    assert_eq!(does(&mut now, Command::Withdraw { no: 2 }), Ok(()));
    assert_eq!(does(&mut now, prepare("police")), Ok(()));
    assert_eq!(now.referrals.last().unwrap().no, 3);
}

#[test]
fn only_what_is_there_can_go() {
    let mut now = standing(&["police"]);
    let with = |contact: bool, file: &str| Command::Prepare {
        agency: "police".into(),
        basis: Basis::Consent,
        channel: Channel::Handed,
        contact,
        files: vec![file.into()],
        text: None,
    };
    assert_eq!(does(&mut now, with(false, "cc")), Err(Refusal::NoSuchFile));
    now.contact = false;
    assert_eq!(does(&mut now, with(true, "aa")), Err(Refusal::NoContact));
    now.bare = true;
    assert_eq!(does(&mut now, with(false, "aa")), Err(Refusal::Erased));
}

#[test]
fn a_package_is_handed_over_as_it_was_taken_out() {
    let mut now = standing(&["police"]);
    does(&mut now, prepare("police")).unwrap();
    assert_eq!(does(&mut now, send(1)), Err(Refusal::NotTaken));
    let other = Command::Take {
        no: 1,
        manifest: "other".into(),
    };
    does(&mut now, other).unwrap();
    assert_eq!(does(&mut now, send(1)), Err(Refusal::NotTaken));
    does(&mut now, take(1)).unwrap();
    assert_eq!(does(&mut now, send(1)), Ok(()));
    assert_eq!(does(&mut now, send(1)), Err(Refusal::NotPrepared));
    let withdraw = Command::Withdraw { no: 1 };
    assert_eq!(does(&mut now, withdraw), Err(Refusal::NotPrepared));
}

#[test]
fn a_consent_that_is_withdrawn_stops_what_has_not_left_and_asks_to_tell_of_what_has() {
    let mut now = standing(&["police", "netsafe"]);
    for (agency, no) in [("police", 1), ("netsafe", 2)] {
        does(&mut now, prepare(agency)).unwrap();
        does(&mut now, take(no)).unwrap();
    }
    does(&mut now, send(2)).unwrap();
    revoke(&mut now, "police", false);
    assert_eq!(now.referrals[0].state, State::Withdrawn);
    assert!(!now.referrals[0].revoked && !now.referrals[1].revoked);
    revoke(&mut now, "netsafe", false);
    assert_eq!(now.referrals[1].state, State::Sent);
    assert!(now.referrals[1].to_tell());
    assert_eq!(does(&mut now, take(2)), Err(Refusal::Revoked));
    let tell = || Command::Tell {
        no: 2,
        text: text(),
    };
    assert_eq!(does(&mut now, tell()), Ok(()));
    assert_eq!(does(&mut now, tell()), Err(Refusal::NothingToTell));
    // Agreed again: there is nothing to tell, and no one is stopped by mistake.
    revoke(&mut now, "netsafe", true);
    assert!(!now.referrals[1].revoked);
    assert_eq!(does(&mut now, take(2)), Ok(()));
}

#[test]
fn agencies_acknowledge_and_answer_and_are_asked_again_until_then() {
    let mut now = standing(&["police"]);
    does(&mut now, prepare("police")).unwrap();
    let acknowledge = || Command::Acknowledge {
        no: 1,
        text: text(),
    };
    let chase = || Command::Chase {
        no: 1,
        text: text(),
    };
    let answer = |outcome| Command::Answer {
        no: 1,
        outcome,
        text: None,
    };
    assert_eq!(does(&mut now, acknowledge()), Err(Refusal::NotSent));
    does(&mut now, take(1)).unwrap();
    does(&mut now, send(1)).unwrap();
    does(&mut now, chase()).unwrap();
    does(&mut now, acknowledge()).unwrap();
    does(&mut now, answer(Outcome::Accepted)).unwrap();
    assert_eq!(does(&mut now, chase()), Err(Refusal::IsAnswered));
    does(&mut now, answer(Outcome::Resolved)).unwrap();
    let one = &now.referrals[0];
    assert_eq!((one.chases, one.outcome), (1, Some(Outcome::Resolved)));
    assert_eq!(does(&mut now, prepare("police")), Ok(()), "once more");
}

/// A report's history as it grows, a day an event.
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
            consents: vec!["police".into(), "netsafe".into()],
            secret: String::new(),
            label: String::new(),
            base_minor: Vec::new(),
        };
        let mut told = Self {
            events: Vec::new(),
            now: standing(&["police", "netsafe"]),
        };
        told.push(receipt);
        told.now.version = 1;
        told
    }

    fn push(&mut self, change: Change) {
        let days = i64::try_from(self.events.len()).unwrap();
        self.events.push(Event {
            report: 1,
            at: Micros(0).plus_seconds(days * DAY_SECONDS),
            by: Actor::User("a".into()),
            change,
        });
    }

    fn does(&mut self, command: report::Command) {
        for change in report_decide(&self.now, command).unwrap_or_default() {
            self.now.apply(&change);
            self.push(change);
        }
    }

    fn refers(&mut self, command: Command) {
        self.does(report::Command::Refer(command));
    }

    fn undo(&self, event: i64, seconds: i64) -> Result<Change, report::Refusal> {
        let history: Vec<&Event> = self.events.iter().collect();
        let index = usize::try_from(event).unwrap() - 1;
        let asked = Asked {
            event,
            now: self.events[index].at.plus_seconds(seconds),
            hold_seconds: WAITS,
        };
        undo(&standing(&["police", "netsafe"]), &history, asked)
    }
}

#[test]
fn what_did_not_arrive_by_mail_is_prepared_again() {
    let mut report = standing(&["police"]);
    let mut by_mail = prepare("police");
    if let Command::Prepare { channel, .. } = &mut by_mail {
        *channel = Channel::Mail;
    }
    does(&mut report, by_mail).unwrap();
    assert_eq!(
        does(&mut report, Command::Bounce { no: 1 }),
        Err(Refusal::NotSent)
    );
    does(&mut report, send(1)).unwrap();
    does(&mut report, Command::Bounce { no: 1 }).unwrap();
    let one = &report.referrals[0];
    assert_eq!(
        (one.state, one.bounced, one.sent.as_ref()),
        (State::Prepared, true, None)
    );
    does(&mut report, send(1)).unwrap();
    assert!(!report.referrals[0].bounced);
    does(
        &mut report,
        Command::Acknowledge {
            no: 1,
            text: text(),
        },
    )
    .unwrap();
    assert_eq!(
        does(&mut report, Command::Bounce { no: 1 }),
        Err(Refusal::NotSent),
        "it has it"
    );
}

#[test]
fn sending_is_undone_within_the_time_for_that() {
    let mut told = Told::new();
    told.refers(prepare("police"));
    told.refers(take(1));
    told.refers(send(1));
    assert_eq!(told.undo(4, 30), Err(report::Refusal::Left));
    assert_eq!(told.undo(2, 0), Err(report::Refusal::NotUndoable));
    let undone = told.undo(4, 29).unwrap();
    told.now.apply(&undone);
    told.push(undone);
    assert_eq!(told.now.referrals[0].state, State::Prepared);
    let all = records(&told.events);
    assert_eq!((all[0].sent_at, all[0].due), (None, None));
    assert_eq!(told.undo(5, 0), Err(report::Refusal::NotUndoable));
    // What something later changed stays.
    told.refers(send(1));
    told.does(report::Command::SetConsent {
        agency: "police".into(),
        given: false,
    });
    assert_eq!(told.undo(6, 1), Err(report::Refusal::Touched));
}

#[test]
fn an_agency_is_late_after_its_days_counted_from_what_was_last_heard_or_asked() {
    let mut told = Told::new();
    told.refers(prepare("police"));
    told.refers(take(1));
    told.refers(send(1));
    let day = |n: i64| Micros(0).plus_seconds(n * DAY_SECONDS);
    let due = |told: &Told| records(&told.events)[0].due;
    assert_eq!(due(&told), Some(day(3 + 14)));
    let record = &records(&told.events)[0];
    assert!(!record.is_overdue(day(17)) && record.is_overdue(day(18)));
    assert!(!record.is_out(day(3), WAITS) && record.is_out(day(4), WAITS));
    told.refers(Command::Chase {
        no: 1,
        text: text(),
    });
    assert_eq!(due(&told), Some(day(4 + 14)));
    told.refers(take(1));
    assert_eq!(due(&told), Some(day(4 + 14)));
    told.refers(Command::Acknowledge {
        no: 1,
        text: text(),
    });
    assert_eq!(due(&told), Some(day(6 + 14)));
    assert_eq!(records(&told.events)[0].reference(), Some(7));
    told.refers(Command::Answer {
        no: 1,
        outcome: Outcome::Declined,
        text: None,
    });
    assert_eq!(due(&told), None);
}

#[test]
fn events_keep_their_form() {
    let change = Change::Referral {
        referral: 1,
        step: Step::Prepared {
            agency: "police".into(),
            basis: Basis::Law("ipp11_law".into()),
            channel: Channel::Api,
            contact: true,
            files: vec!["aa".into()],
            category: "scam".into(),
            text: Some("d".into()),
        },
    };
    let event = Event {
        report: 1,
        at: Micros(0),
        by: Actor::System,
        change,
    };
    let json = serde_json::to_string(&event).unwrap();
    assert!(
        json.contains(r#""kind":"referral","referral":1,"step":"prepared","agency":"police""#),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    let sent = r#"{"kind":"referral","referral":7,"step":"sent","manifest":"m","days":14}"#;
    let read: Change = serde_json::from_str(sent).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), sent);
}

fn commands() -> impl Strategy<Value = report::Command> {
    let no = || 1_u32..4;
    let agency = || prop_oneof![Just("police"), Just("netsafe"), Just("dia")];
    let refer = prop_oneof![
        (agency(), any::<bool>()).prop_map(|(agency, law)| Command::Prepare {
            agency: agency.into(),
            basis: if law {
                Basis::Law("x".into())
            } else {
                Basis::Consent
            },
            channel: if law { Channel::Api } else { Channel::Handed },
            contact: law,
            files: Vec::new(),
            text: law.then(text),
        }),
        no().prop_map(take),
        no().prop_map(send),
        no().prop_map(|no| Command::Acknowledge { no, text: text() }),
        no().prop_map(|no| Command::Chase { no, text: text() }),
        no().prop_map(|no| Command::Tell { no, text: text() }),
        no().prop_map(|no| Command::Withdraw { no }),
        no().prop_map(|no| Command::Answer {
            no,
            outcome: Outcome::Accepted,
            text: None
        }),
    ];
    prop_oneof![
        5 => refer.prop_map(report::Command::Refer),
        1 => (agency(), any::<bool>()).prop_map(|(agency, given)| report::Command::SetConsent {
            agency: agency.into(),
            given
        }),
    ]
}

proptest! {
    #[test]
    fn nothing_leaves_without_consent_and_records_agree_with_the_standing(
        all in proptest::collection::vec(commands(), 1..30)
    ) {
        let mut told = Told::new();
        for command in all {
            let before = told.now.clone();
            let count = told.events.len();
            told.does(command);
            for event in &told.events[count..] {
                let Change::Referral { referral, step: Step::Sent { .. } } = &event.change else { continue };
                let one = before.referrals.iter().find(|one| one.no == *referral).unwrap();
                let agreed = before.consents.get(&one.agency) == Some(&true);
                prop_assert!(agreed || matches!(one.basis, Basis::Law(_)));
            }
            let records = records(&told.events);
            let same: Vec<&Referral> = records.iter().map(|record| &record.referral).collect();
            prop_assert_eq!(same, told.now.referrals.iter().collect::<Vec<_>>());
            let mut live = BTreeMap::new();
            for (record, no) in records.iter().zip(1_u32..) {
                let one = &record.referral;
                prop_assert_eq!(one.no, no);
                prop_assert_eq!(one.state.has_left(), record.sent_at.is_some());
                prop_assert_eq!(one.state.waits(), record.due.is_some());
                prop_assert!(!one.revoked || one.state.has_left());
                if !matches!(one.state, State::Withdrawn | State::Answered) {
                    let twice = live.insert(one.agency.clone(), no);
                    prop_assert!(twice.is_none(), "two at once for one agency");
                }
                // Nothing that waits to leave has lost its consent.
                if one.state == State::Prepared && one.basis == Basis::Consent {
                    prop_assert_eq!(told.now.consents.get(&one.agency), Some(&true));
                }
            }
        }
    }
}
