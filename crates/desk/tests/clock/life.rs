//! The life of one clock: what may be done to it, what is refused, what its events add up to.

use cairn_desk::clock::{
    Change, Clock, Command, End, Event, Happening, REFERENCE_CHARS_MAX, Refusal, State, decide,
    start,
};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;

use crate::{at, book, event, later};

const HOUR: i64 = 3_600_000_000;

fn started(rule: &str, from: &str) -> Clock {
    let book = book();
    let rule = book.rule(rule).unwrap();
    start(
        &book,
        "1",
        rule,
        event(&rule.terms.start[0], at(from)),
        later(),
    )
    .unwrap()
}

/// A service promise that began on Monday 2 March 2026 and is due on Wednesday at 17:00.
fn promise() -> Clock {
    started("service-first-answer", "2026-03-02T10:00[Pacific/Auckland]")
}

/// A warning that is due at 11:00 on 11 March 2026 in Brussels.
fn warning() -> Clock {
    started("nis2-early-warning", "2026-03-10T10:20[Europe/Brussels]")
}

fn after(mut clock: Clock, command: Command, now: &str) -> Clock {
    for change in decide(&book(), Some(&clock), command, at(now)).unwrap() {
        clock.apply(&change);
    }
    clock
}

fn refused(clock: &Clock, command: Command, now: &str) -> Refusal {
    decide(&book(), Some(clock), command, at(now)).unwrap_err()
}

fn stop(kind: &str, when: &str) -> Command {
    Command::Stop {
        by: event(kind, at(when)),
    }
}

fn pause() -> Command {
    Command::Pause {
        reason: "waiting_for_reporter".to_owned(),
    }
}

fn start_command(rule: &str, kind: &str, when: &str) -> Command {
    Command::Start {
        rule: rule.to_owned(),
        start: event(kind, at(when)),
        limit: None,
        calendar: None,
    }
}

#[test]
fn it_runs_is_due_soon_and_overdue() {
    let clock = warning();
    // From 10:20 to 11:00 of the next day are 24 h 40 min; a quarter of that is 6 h 10 min.
    for (now, state) in [
        ("2026-03-10T10:20[Europe/Brussels]", State::Running),
        ("2026-03-11T04:49:59[Europe/Brussels]", State::Running),
        ("2026-03-11T04:50[Europe/Brussels]", State::DueSoon),
        ("2026-03-11T11:00[Europe/Brussels]", State::DueSoon),
        (
            "2026-03-11T11:00:00.000001[Europe/Brussels]",
            State::Overdue,
        ),
    ] {
        assert_eq!(clock.state(at(now)), state, "{now}");
    }
}

#[test]
fn what_was_done_in_time_is_met_and_later_is_missed_by_so_much() {
    let now = "2026-03-20T10:00[Europe/Brussels]";
    let met = after(
        warning(),
        stop("nis2_early_warning", "2026-03-11T11:00[Europe/Brussels]"),
        now,
    );
    assert!(matches!(met.end, Some(End::Met { spare: 0, .. })));
    let met = after(
        warning(),
        stop("nis2_early_warning", "2026-03-10T13:00[Europe/Brussels]"),
        now,
    );
    assert!(
        matches!(&met.end, Some(End::Met { spare, by }) if *spare == 22 * HOUR && by.reference == "report/17/event/4")
    );
    let missed = after(
        warning(),
        stop("nis2_early_warning", "2026-03-11T14:30[Europe/Brussels]"),
        now,
    );
    assert!(matches!(missed.end, Some(End::Missed { late, .. }) if late == 3 * HOUR + HOUR / 2));
    assert_eq!(
        (met.state(at(now)), missed.state(at(now))),
        (State::Met, State::Missed)
    );
}

#[test]
fn the_end_of_a_day_is_its_last_moment() {
    let clock = started("nis2-final", "2026-03-10T09:00[Europe/Brussels]");
    let now = "2026-05-01T00:00[Europe/Brussels]";
    let met = after(
        clock.clone(),
        stop(
            "nis2_final_report",
            "2026-04-10T23:59:59.999999[Europe/Brussels]",
        ),
        now,
    );
    assert!(matches!(met.end, Some(End::Met { .. })));
    let missed = after(
        clock,
        stop("nis2_final_report", "2026-04-11T00:00[Europe/Brussels]"),
        now,
    );
    assert!(matches!(missed.end, Some(End::Missed { late: 1, .. })));
}

#[test]
fn a_pause_moves_the_end_by_the_office_time_it_took() {
    // Paused on Tuesday at 10:00 and resumed on Thursday at 9:30: 7 hours of Tuesday, 8.5 of Wednesday, 1 of Thursday.
    let paused = after(promise(), pause(), "2026-03-03T10:00[Pacific/Auckland]");
    assert_eq!(
        paused.state(at("2026-03-30T10:00[Pacific/Auckland]")),
        State::Paused
    );
    let resumed = after(
        paused,
        Command::Resume,
        "2026-03-05T09:30[Pacific/Auckland]",
    );
    // From Wednesday at 17:00 that is 8.5 hours of Thursday and 8 of Friday.
    assert_eq!(resumed.due(), at("2026-03-06T16:30[Pacific/Auckland]"));
    // A pause at night costs and gives nothing.
    let night = after(promise(), pause(), "2026-03-03T18:00[Pacific/Auckland]");
    let night = after(night, Command::Resume, "2026-03-04T08:00[Pacific/Auckland]");
    assert_eq!(night.due(), promise().due());
}

#[test]
fn an_answer_during_a_pause_ends_the_pause_too() {
    let paused = after(promise(), pause(), "2026-03-03T10:00[Pacific/Auckland]");
    let now = "2026-03-10T09:00[Pacific/Auckland]";
    let done = stop("reporter_answered", "2026-03-05T09:30[Pacific/Auckland]");
    let changes = decide(&book(), Some(&paused), done.clone(), at(now)).unwrap();
    assert!(matches!(
        &changes[..],
        [Change::Resumed { .. }, Change::Met { .. }]
    ));
    let ended = after(paused, done, now);
    assert_eq!(ended.pause(), None);
    // Due on Friday at 16:30, done on Thursday at 9:30.
    assert!(matches!(ended.end, Some(End::Met { spare, .. }) if spare == 31 * HOUR));
}

#[test]
fn what_no_rule_allows_is_refused() {
    let soon = "2026-03-10T12:00[Europe/Brussels]";
    assert_eq!(refused(&warning(), pause(), soon), Refusal::NotPausable);
    let reason = Command::Pause {
        reason: "not_covered".to_owned(),
    };
    let monday = "2026-03-02T12:00[Pacific/Auckland]";
    assert_eq!(
        refused(&promise(), reason, monday),
        Refusal::NoReason("not_covered".to_owned())
    );
    assert_eq!(
        refused(&promise(), Command::Resume, monday),
        Refusal::NotPaused
    );
    assert_eq!(
        refused(&promise(), pause(), "2026-03-04T17:00:01[Pacific/Auckland]"),
        Refusal::Overdue
    );
    let paused = after(promise(), pause(), monday);
    assert_eq!(
        decide(&book(), Some(&paused), pause(), at(monday)),
        Ok(vec![])
    );
    assert_eq!(
        refused(&warning(), stop("csirt_answer", soon), soon),
        Refusal::WrongEvent {
            found: "csirt_answer".to_owned(),
            wanted: "nis2_early_warning".to_owned()
        }
    );
    assert_eq!(
        refused(
            &warning(),
            stop("nis2_early_warning", "2026-03-10T12:01[Europe/Brussels]"),
            soon
        ),
        Refusal::Future
    );
    assert_eq!(
        refused(
            &warning(),
            stop("nis2_early_warning", "2026-03-10T10:19[Europe/Brussels]"),
            soon
        ),
        Refusal::BeforeStart
    );
    let again = Command::StartAgain {
        start: event("significant_incident_aware", at(soon)),
    };
    assert_eq!(refused(&warning(), again, soon), Refusal::NotAgain);
    assert_eq!(
        decide(&book(), None, Command::Resume, at(soon)),
        Err(Refusal::NoClock)
    );
    let start = start_command("nis2-early-warning", "significant_incident_aware", soon);
    assert_eq!(refused(&warning(), start, soon), Refusal::Started);
}

#[test]
fn nothing_is_done_without_evidence_and_evidence_is_no_prose() {
    let soon = "2026-03-10T12:00[Europe/Brussels]";
    let fits = "r".repeat(REFERENCE_CHARS_MAX);
    for (reference, good) in [
        ("", false),
        ("  ", false),
        ("two\nlines", false),
        ("Mrs Example said so", false),
        ("someone@example.org", false),
        (&*format!("{fits}r"), false),
        (&*fits, true),
        ("mail/2026/17", true),
    ] {
        let command = Command::Stop {
            by: Happening {
                reference: reference.to_owned(),
                ..event("nis2_early_warning", at(soon))
            },
        };
        let decided = decide(&book(), Some(&warning()), command, at(soon));
        assert_eq!(decided.is_ok(), good, "{reference:?}: {decided:?}");
        assert!(good || decided == Err(Refusal::NoEvidence));
    }
}

#[test]
fn a_start_needs_a_rule_a_calendar_and_a_law_that_applies() {
    let book = book();
    let now = at("2026-11-26T08:00[UTC]");
    let begin = |command| decide(&book, None, command, now).unwrap_err();
    let early = start_command(
        "eu-ai-act-serious",
        "ai_incident_aware",
        "2026-08-01T23:59[Europe/Brussels]",
    );
    assert_eq!(begin(early), Refusal::NotInForce("2026-08-02".to_owned()));
    // In Auckland it is the 2nd already; the law's day is that of its own calendar.
    let early = start_command(
        "eu-ai-act-serious",
        "ai_incident_aware",
        "2026-08-02T09:59[Pacific/Auckland]",
    );
    assert_eq!(begin(early), Refusal::NotInForce("2026-08-02".to_owned()));
    let none = start_command("gdpr", "ai_incident_aware", "2026-09-01T10:00[UTC]");
    assert_eq!(begin(none), Refusal::NoRule("gdpr".to_owned()));
    let future = start_command("circia-ransom", "ransom_paid", "2026-11-26T08:01[UTC]");
    assert_eq!(begin(future), Refusal::Future);
    let needs = start_command("dora-initial", "classified_major", "2026-09-01T10:00[UTC]");
    assert_eq!(
        begin(needs),
        Refusal::NeedsLimit("ict_incident_aware".to_owned())
    );
    let with =
        |rule: &str, kind: &str, limit: Option<Happening>, calendar: Option<&str>| Command::Start {
            rule: rule.to_owned(),
            start: event(kind, at("2026-09-01T10:00[UTC]")),
            limit,
            calendar: calendar.map(str::to_owned),
        };
    let other = event("ransom_paid", at("2026-09-01T09:00[UTC]"));
    assert!(matches!(
        begin(with(
            "dora-initial",
            "classified_major",
            Some(other.clone()),
            None
        )),
        Refusal::WrongEvent { .. }
    ));
    assert_eq!(
        begin(with("circia-ransom", "ransom_paid", Some(other), None)),
        Refusal::NoLimit
    );
    assert_eq!(
        begin(with("nis2-final", "nis2_notification", None, Some("fr"))),
        Refusal::NoCalendar("fr".to_owned())
    );
    assert_eq!(
        begin(with("nis2-final", "nis2_notification", None, Some("us"))),
        Refusal::NoDays("us".to_owned())
    );
}

#[test]
fn a_start_is_put_right_with_a_reason() {
    let now = "2026-03-11T09:00[Europe/Brussels]";
    let correct = |reason: &str, when: &str| Command::Correct {
        start: event("significant_incident_aware", at(when)),
        limit: None,
        reason: reason.to_owned(),
    };
    let earlier = correct("learned_earlier_time", "2026-03-09T08:00[Europe/Brussels]");
    let corrected = after(warning(), earlier, now);
    assert_eq!(corrected.due(), at("2026-03-10T09:00[Europe/Brussels]"));
    assert_eq!(corrected.state(at(now)), State::Overdue);
    let reasonless = correct("not_covered", "2026-03-09T08:00[Europe/Brussels]");
    assert_eq!(
        refused(&warning(), reasonless, now),
        Refusal::NoReason("not_covered".to_owned())
    );
    let same = correct("wrong_time", "2026-03-10T10:20[Europe/Brussels]");
    assert_eq!(decide(&book(), Some(&warning()), same, at(now)), Ok(vec![]));
    // Pauses stay where they were.
    let paused = after(promise(), pause(), "2026-03-03T10:00[Pacific/Auckland]");
    let resumed = after(
        paused,
        Command::Resume,
        "2026-03-03T12:00[Pacific/Auckland]",
    );
    let sunday = Command::Correct {
        start: event("report_received", at("2026-03-01T10:00[Pacific/Auckland]")),
        limit: None,
        reason: "wrong_time".to_owned(),
    };
    let corrected = after(resumed, sunday, "2026-03-03T13:00[Pacific/Auckland]");
    // From Sunday: Tuesday at 17:00, and two hours of pause.
    assert_eq!(corrected.due(), at("2026-03-04T10:30[Pacific/Auckland]"));
}

#[test]
fn what_has_ended_rests_until_it_is_taken_up_again() {
    let now = "2026-03-11T12:00[Europe/Brussels]";
    let ended = after(
        warning(),
        stop("nis2_early_warning", "2026-03-10T13:00[Europe/Brussels]"),
        now,
    );
    let withdraw = Command::Withdraw {
        reason: "not_an_incident".to_owned(),
    };
    for command in [
        stop("nis2_early_warning", now),
        withdraw.clone(),
        pause(),
        Command::Resume,
    ] {
        assert_eq!(refused(&ended, command, now), Refusal::Ended);
    }
    let reopen = Command::Reopen {
        reason: "wrong_evidence".to_owned(),
    };
    assert_eq!(refused(&warning(), reopen.clone(), now), Refusal::NotEnded);
    let running = after(ended, reopen.clone(), now);
    assert_eq!(running.state(at(now)), State::Overdue);
    let withdrawn = after(running, withdraw, now);
    assert_eq!(withdrawn.state(at(now)), State::Withdrawn);
    assert_eq!(after(withdrawn, reopen, now).end, None);
}

#[test]
fn a_rule_that_changes_later_leaves_running_clocks_alone() {
    let clock = promise();
    let files: Vec<(&str, String)> = cairn_desk::clock::EMBEDDED
        .into_iter()
        .map(|(name, text)| {
            (
                name,
                text.replace("length = \"2 working days\"", "length = \"9 working days\""),
            )
        })
        .collect();
    let files: Vec<(String, String)> = files.into_iter().map(|(n, t)| (n.to_owned(), t)).collect();
    let book = cairn_desk::clock::Book::parse(&files, &crate::languages()).unwrap();
    let correct = Command::Correct {
        start: event("report_received", at("2026-03-03T10:00[Pacific/Auckland]")),
        limit: None,
        reason: "wrong_time".to_owned(),
    };
    let mut corrected = clock;
    for change in decide(&book, Some(&corrected), correct, later()).unwrap() {
        corrected.apply(&change);
    }
    assert_eq!(corrected.due(), at("2026-03-05T17:00[Pacific/Auckland]"));
}

#[test]
fn events_are_plain_json_and_hold_no_typed_text() {
    let event = Event {
        clock: "17-2".to_owned(),
        at: Micros(1_772_000_000_000_000),
        by: Actor::System,
        change: Change::Paused {
            from: Micros(1_772_000_000_000_000),
            reason: "waiting_for_reporter".to_owned(),
        },
    };
    let json = serde_json::to_string(&event).unwrap();
    assert!(
        json.contains(r#""kind":"paused","from":1772000000000000,"reason":"waiting_for_reporter""#),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    let opening = warning().opening;
    let json = serde_json::to_string(&Change::Started(Box::new(opening))).unwrap();
    assert!(
        json.starts_with(
            r#"{"kind":"started","rule":"nis2-early-warning","version":1,"calendar":"eu""#
        ),
        "{json}"
    );
    assert!(
        json.contains(r#""length":"24 hours","computing":"eu_1182_71""#),
        "{json}"
    );
}
