//! One deadline follows from another.

use std::collections::BTreeSet;

use cairn_desk::clock::{Call, Clock, Command, End, Happening, State, decide, follow};

use crate::{at, book, event, later};

/// A case to which some laws apply; events come in and every call is decided.
struct Case {
    laws: BTreeSet<String>,
    clocks: Vec<Clock>,
    history: Vec<Happening>,
}

impl Case {
    fn new(laws: &[&str]) -> Self {
        Self {
            laws: laws.iter().map(|law| (*law).to_owned()).collect(),
            clocks: Vec::new(),
            history: Vec::new(),
        }
    }

    fn happens(&mut self, kind: &str, when: &str) -> Vec<Call> {
        let book = book();
        let event = event(kind, at(when));
        let calls = follow(&book, &self.laws, &self.clocks, &self.history, &event);
        for call in &calls {
            let index = call.clock.as_ref().map(|id| {
                self.clocks
                    .iter()
                    .position(|clock| clock.id == *id)
                    .unwrap()
            });
            let clock = index.map(|index| &self.clocks[index]);
            let changes = decide(&book, clock, call.command.clone(), later()).unwrap();
            match index {
                Some(index) => changes.iter().for_each(|c| self.clocks[index].apply(c)),
                None => {
                    let id = format!("{}", self.clocks.len() + 1);
                    self.clocks.push(Clock::replay(&id, &changes).unwrap());
                }
            }
        }
        self.history.push(event);
        calls
    }

    fn due(&self, rule: &str) -> Option<String> {
        let clock = self
            .clocks
            .iter()
            .find(|clock| clock.opening.rule == rule)?;
        Some(clock.due().timestamp().to_string())
    }

    fn state(&self, rule: &str) -> Option<State> {
        let clock = self
            .clocks
            .iter()
            .find(|clock| clock.opening.rule == rule)?;
        Some(clock.state(at("2026-03-10T11:00[Europe/Brussels]")))
    }
}

#[test]
fn a_case_under_nis2_from_awareness_to_the_final_report() {
    let mut case = Case::new(&["nis2"]);
    case.happens(
        "significant_incident_aware",
        "2026-03-10T10:20[Europe/Brussels]",
    );
    assert_eq!(
        case.clocks.len(),
        2,
        "warning and notification, none of another law"
    );
    case.happens("nis2_early_warning", "2026-03-10T10:45[Europe/Brussels]");
    assert_eq!(case.state("nis2-early-warning"), Some(State::Met));
    // 24 hours from 11:00 for our own answer.
    assert_eq!(
        case.due("nis2-csirt-answer").as_deref(),
        Some("2026-03-11T10:00:00Z")
    );
    case.happens("csirt_answer", "2026-03-11T11:30[Europe/Brussels]");
    assert_eq!(case.state("nis2-csirt-answer"), Some(State::Missed));
    assert_eq!(case.due("nis2-final"), None);
    case.happens("nis2_notification", "2026-03-12T09:00[Europe/Brussels]");
    // 12 April 2026 is a Sunday: the end of Monday.
    assert_eq!(
        case.due("nis2-final").as_deref(),
        Some("2026-04-13T21:59:59.999999Z")
    );
    // The incident is handled; no progress report was due, so no second final report is.
    case.happens("incident_handled", "2026-04-01T09:00[Europe/Brussels]");
    assert_eq!(case.due("nis2-final-after-handling"), None);
    case.happens("nis2_final_report", "2026-04-13T23:59[Europe/Brussels]");
    assert!(case.clocks.iter().all(|clock| clock.end.is_some()));
    assert_eq!(case.clocks.len(), 4);
}

#[test]
fn an_incident_that_goes_on_has_its_final_report_after_handling() {
    let mut case = Case::new(&["nis2"]);
    case.happens(
        "significant_incident_aware",
        "2026-03-10T10:20[Europe/Brussels]",
    );
    case.happens("nis2_notification", "2026-03-12T09:00[Europe/Brussels]");
    case.happens("nis2_progress_report", "2026-04-13T12:00[Europe/Brussels]");
    assert_eq!(case.state("nis2-final"), Some(State::Met));
    case.happens("incident_handled", "2026-05-04T09:00[Europe/Brussels]");
    assert_eq!(
        case.due("nis2-final-after-handling").as_deref(),
        Some("2026-06-04T21:59:59.999999Z")
    );
}

#[test]
fn a_trust_service_provider_has_one_notification_clock() {
    let mut case = Case::new(&["nis2"]);
    case.happens(
        "trust_service_incident_aware",
        "2026-03-10T10:20[Europe/Brussels]",
    );
    assert_eq!(case.due("nis2-notification"), None);
    assert_eq!(
        case.due("nis2-notification-trust"),
        case.due("nis2-early-warning")
    );
}

#[test]
fn the_second_deadline_is_waited_for_in_either_order() {
    for order in [
        ["ict_incident_aware", "classified_major"],
        ["classified_major", "ict_incident_aware"],
    ] {
        let mut case = Case::new(&["dora"]);
        let when = |kind: &str| match kind {
            "ict_incident_aware" => "2026-03-10T09:10[Europe/Brussels]",
            _ => "2026-03-11T08:30[Europe/Brussels]",
        };
        case.happens(order[0], when(order[0]));
        assert_eq!(case.clocks.len(), 0, "{order:?}");
        case.happens(order[1], when(order[1]));
        assert_eq!(
            case.due("dora-initial").as_deref(),
            Some("2026-03-11T09:00:00Z"),
            "{order:?}"
        );
    }
}

#[test]
fn an_updated_report_moves_the_final_one() {
    let mut case = Case::new(&["dora"]);
    case.happens("dora_initial", "2026-03-10T15:30[Europe/Brussels]");
    case.happens("dora_intermediate", "2026-03-12T10:00[Europe/Brussels]");
    // Sunday 12 April: noon of Monday.
    assert_eq!(
        case.due("dora-final").as_deref(),
        Some("2026-04-13T10:00:00Z")
    );
    case.happens(
        "dora_intermediate_update",
        "2026-03-20T10:00[Europe/Brussels]",
    );
    assert_eq!(
        case.due("dora-final").as_deref(),
        Some("2026-04-20T21:59:59.999999Z")
    );
    assert_eq!(case.clocks.len(), 2);
    case.happens("dora_final", "2026-04-20T10:00[Europe/Brussels]");
    assert!(matches!(case.clocks[1].end, Some(End::Met { .. })));
}

#[test]
fn nothing_starts_twice_and_what_was_withdrawn_may_start_again() {
    let mut case = Case::new(&["circia"]);
    case.happens("ransom_paid", "2026-06-01T10:00[America/New_York]");
    assert_eq!(
        case.happens("ransom_paid", "2026-06-01T12:00[America/New_York]"),
        []
    );
    let withdraw = Command::Withdraw {
        reason: "not_covered".to_owned(),
    };
    for change in decide(&book(), Some(&case.clocks[0]), withdraw, later()).unwrap() {
        case.clocks[0].apply(&change);
    }
    assert_eq!(
        case.happens("ransom_paid", "2026-06-01T14:00[America/New_York]")
            .len(),
        1
    );
    // A joint report serves for both.
    case.happens(
        "covered_incident_believed",
        "2026-06-01T14:00[America/New_York]",
    );
    case.happens("circia_joint_report", "2026-06-01T15:00[America/New_York]");
    assert!(case.clocks.iter().all(|clock| clock.end.is_some()));
}

#[test]
fn an_event_that_concerns_no_law_of_the_case_calls_for_nothing() {
    let mut case = Case::new(&["au-soci"]);
    assert_eq!(
        case.happens(
            "significant_incident_aware",
            "2026-03-10T10:20[Europe/Brussels]"
        ),
        []
    );
    case.happens("soci_critical_aware", "2026-06-01T10:00[Australia/Sydney]");
    case.happens("soci_critical_oral", "2026-06-01T12:00[Australia/Sydney]");
    assert_eq!(
        case.due("au-soci-critical-record").as_deref(),
        Some("2026-06-04T14:00:00Z")
    );
    case.happens("soci_written", "2026-06-03T12:00[Australia/Sydney]");
    assert_eq!(case.state("au-soci-critical-record"), Some(State::Met));
}

#[test]
fn the_calendar_of_the_organisation_is_chosen_once() {
    let mut case = Case::new(&["nis2"]);
    let begin = Command::Start {
        rule: "nis2-notification".to_owned(),
        start: event(
            "significant_incident_aware",
            at("2026-03-05T10:20[Europe/Brussels]"),
        ),
        limit: None,
        calendar: Some("be".to_owned()),
    };
    let changes = decide(&book(), None, begin, later()).unwrap();
    case.clocks.push(Clock::replay("1", &changes).unwrap());
    case.happens("nis2_notification", "2026-03-06T12:00[Europe/Brussels]");
    // 6 April 2026 is Easter Monday, a holiday in Belgium: the end of Tuesday.
    assert_eq!(
        case.due("nis2-final").as_deref(),
        Some("2026-04-07T21:59:59.999999Z")
    );
}
