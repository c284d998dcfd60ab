//! What of the log is told to receivers, and in which words. Pure: an entry in, kinds and a small JSON document out.

use cairn_kernel::time::Micros;
use serde_json::{Map, Value, json};

/// Kinds of events that can be wanted.
pub const KINDS: [&str; 16] = [
    "report.received",
    "report.severe",
    "report.message",
    "report.changed",
    "report.closed",
    "report.reopened",
    "case.opened",
    "case.changed",
    "case.closed",
    "clock.started",
    "clock.met",
    "clock.missed",
    "referral.sent",
    "referral.answered",
    "cluster.grew",
    "cluster.decided",
];

/// A severity that is told as severe: this or worse (1 is the worst).
pub(super) const SEVERE: u64 = 2;

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub kind: &'static str,
    /// Record and number, as the body names it.
    pub about: About,
    pub at: Micros,
    /// Not before: what a machine or an anonymous reporter did is kept to the hour, and so is when it is told.
    pub not_before: Micros,
}

/// Which record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Report(i64),
    Referral(i64, i64),
    Case(i64),
    Cluster(i64),
}

/// What an entry of the log has to tell; nothing of most. `severity` is asked for the severity with which a report came in.
pub(super) fn told(event: &Value, severity: Option<u64>) -> Vec<Told> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| event.get(name).and_then(Value::as_i64);
    let at = Micros(number("at").unwrap_or_default());
    let by_officer = event.get("by").is_some_and(|by| by.get("user").is_some());
    let whole_hour = at == at.hour();
    let not_before = if whole_hour && !by_officer {
        at.plus_seconds(3_600)
    } else {
        at
    };
    let kind = text("kind");
    let (kinds, about) = match (number("report"), number("case"), kind) {
        (_, Some(case), _) => (of_case(kind, event), About::Case(case)),
        (Some(report), _, "referral") => {
            let no = number("referral").unwrap_or_default();
            (of_referral(text("step")), About::Referral(report, no))
        }
        (Some(_), _, "opened" | "joined" | "split" | "moved") => {
            let cluster = number("cluster");
            match (kind, cluster) {
                ("joined", Some(cluster)) => (vec!["cluster.grew"], About::Cluster(cluster)),
                _ => return Vec::new(),
            }
        }
        (None, None, "decided") => match number("cluster") {
            Some(cluster) => (vec!["cluster.decided"], About::Cluster(cluster)),
            None => return Vec::new(),
        },
        (Some(report), _, _) => (of_report(kind, event, severity), About::Report(report)),
        _ => return Vec::new(),
    };
    let one = |kind| Told {
        kind,
        about,
        at,
        not_before,
    };
    kinds.into_iter().map(one).collect()
}

fn of_report(kind: &str, event: &Value, severity: Option<u64>) -> Vec<&'static str> {
    let severe = |level: Option<u64>| level.is_some_and(|level| level <= SEVERE);
    match kind {
        "received" if severe(severity) => vec!["report.received", "report.severe"],
        "received" => vec!["report.received"],
        "reporter_wrote" => vec!["report.message"],
        "severity_set" if severe(event.get("severity").and_then(Value::as_u64)) => {
            vec!["report.changed", "report.severe"]
        }
        "closed" => vec!["report.closed"],
        "reopened" => vec!["report.reopened"],
        "assigned" | "categorised" | "severity_set" | "loss_verified" | "officer_wrote"
        | "file_added" | "consent" | "hold_placed" | "hold_lifted" | "ruled" | "undone" => {
            vec!["report.changed"]
        }
        _ => Vec::new(),
    }
}

fn of_referral(step: &str) -> Vec<&'static str> {
    match step {
        "sent" => vec!["referral.sent"],
        "answered" => vec!["referral.answered"],
        _ => Vec::new(),
    }
}

fn of_case(kind: &str, event: &Value) -> Vec<&'static str> {
    match kind {
        "case_opened" => vec!["case.opened"],
        "case_closed" => vec!["case.closed"],
        "case_clock" => match event.pointer("/change/kind").and_then(Value::as_str) {
            Some("started") => vec!["clock.started"],
            Some("met") => vec!["clock.met"],
            Some("missed") => vec!["clock.missed"],
            _ => vec!["case.changed"],
        },
        "case_exported" | "case_read" => Vec::new(),
        _ => vec!["case.changed"],
    }
}

/// What is sent: the fields that Standard Webhooks recommends, and `id` again, so that it is under the signature with the rest.
pub(super) fn body(id: &str, (kind, at): (&str, Micros), data: Map<String, Value>) -> String {
    let body = json!({
        "id": id,
        "type": kind,
        "timestamp": at.to_string(),
        "data": data,
    });
    body.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(event: &Value, severity: Option<u64>) -> Vec<&'static str> {
        told(event, severity).iter().map(|one| one.kind).collect()
    }

    #[test]
    fn entries_of_the_log_become_kinds() {
        let received =
            json!({ "report": 7, "at": 1_000_001, "by": "reporter", "kind": "received" });
        assert_eq!(kinds(&received, Some(4)), ["report.received"]);
        assert_eq!(
            kinds(&received, Some(2)),
            ["report.received", "report.severe"]
        );
        let step = json!({ "report": 7, "at": 1, "by": { "user": "a" }, "kind": "referral", "referral": 2, "step": "answered" });
        let told = told(&step, None);
        assert_eq!(told[0].kind, "referral.answered");
        assert_eq!(told[0].about, About::Referral(7, 2));
        let missed = json!({ "case": 3, "at": 1, "by": { "user": "a" }, "kind": "case_clock", "change": { "kind": "missed" } });
        assert_eq!(kinds(&missed, None), ["clock.missed"]);
        let read = json!({ "at": 1, "by": { "user": "a" }, "kind": "report_opened", "no": 7 });
        assert!(kinds(&read, None).is_empty());
        for kind in ["report.received", "clock.missed", "referral.answered"] {
            assert!(KINDS.contains(&kind));
        }
    }

    #[test]
    fn what_is_kept_to_the_hour_is_told_after_it() {
        let hour = 3_600_000_000_i64 * 400_000;
        let anonymous = json!({ "report": 7, "at": hour, "by": "reporter", "kind": "received" });
        let one = &told(&anonymous, None)[0];
        assert_eq!(one.not_before, Micros(hour).plus_seconds(3_600));
        let named = json!({ "report": 7, "at": hour + 1, "by": "reporter", "kind": "received" });
        assert_eq!(told(&named, None)[0].not_before, Micros(hour + 1));
        let officer = json!({ "report": 7, "at": hour, "by": { "user": "a" }, "kind": "closed" });
        assert_eq!(told(&officer, None)[0].not_before, Micros(hour));
    }

    #[test]
    fn a_body_says_what_and_where_and_no_more() {
        let data = Map::from_iter([("report".to_owned(), json!("ABCD"))]);
        let text = body("evt_1", ("report.closed", Micros(0)), data);
        let value: Value = serde_json::from_str(&text).unwrap();
        let expected = json!({ "id": "evt_1", "type": "report.closed", "timestamp": "1970-01-01T00:00:00Z", "data": { "report": "ABCD" } });
        assert_eq!(value, expected);
    }
}
