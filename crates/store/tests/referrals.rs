//! Referrals on both databases: rows follow the events, lists and counts tell what is late and what is to be told, and the
//! verifier finds what was changed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::referral::{Basis, Channel, Command as Refer, Outcome};
use cairn_desk::report::retention::Due;
use cairn_desk::report::undo::{Asked, undo};
use cairn_desk::report::{Command, Event, Part};
use cairn_desk::search::Wanted;
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_store::params;
use cairn_store::referral::{Counts, Filter, NewText, keep_text};
use cairn_store::report::{Order, Page, change};
use cairn_store::verify::{self, Check, Finding, Trusted};
use cairn_store::writer::Entry;
use cairn_testkit::sample::{self, START, Sample, act, change_unit, standing};
use cairn_testkit::{TestStore, on_both};

const SALT: [u8; 16] = [7; 16];

fn officer() -> Actor {
    Actor::User("officer-1".into())
}

/// A report whose reporter agrees to two agencies.
async fn report(t: &TestStore, seed: u64) -> i64 {
    let sample = Sample::new(t, seed, START);
    sample.send(t).await.unwrap();
    for agency in ["police", "netsafe"] {
        agree(t, sample.no, agency, true).await;
    }
    sample.no
}

async fn agree(t: &TestStore, no: i64, agency: &str, given: bool) {
    let agency = agency.to_owned();
    let command = Command::SetConsent { agency, given };
    act(t, no, Actor::Reporter, command, None).await.unwrap();
}

async fn refer(t: &TestStore, no: i64, command: Refer) {
    let (command, at) = (Command::Refer(command), START.plus_seconds(3_600 + no));
    let unit = change_unit(t, no, officer(), command, None, at).await;
    t.write(unit).await.unwrap();
}

/// The same with a text.
async fn refer_with(t: &TestStore, no: i64, text: &str, command: impl FnOnce(String) -> Refer) {
    let digest = salted(&SALT, text.as_bytes()).hex();
    let at = START.plus_seconds(3_600 + no);
    let version = standing(t, no).await.version + 1;
    let command = Command::Refer(command(digest));
    let mut unit = change_unit(t, no, officer(), command, None, at).await;
    let text = text.to_owned();
    keep_text(&mut unit, no, version, NewText { salt: SALT, text });
    t.write(unit).await.unwrap();
}

fn prepare(agency: &str) -> Refer {
    Refer::Prepare {
        agency: agency.into(),
        basis: Basis::Consent,
        channel: Channel::Api,
        contact: false,
        files: Vec::new(),
        text: None,
    }
}

fn send(no: u32) -> Refer {
    Refer::Send {
        no,
        manifest: "aa".into(),
        days: 14,
    }
}

async fn findings(t: &TestStore) -> Vec<Finding> {
    let trusted = Trusted::read(&t.path().join("keys"), "reports.example/log").unwrap();
    let database = t.options().database;
    tokio::task::spawn_blocking(move || {
        let mut findings = Vec::new();
        let check = Check {
            trusted: &trusted,
            quarter: Some(&sample::quarter),
            progress: &mut |_| {},
            found: &mut |finding| findings.push(finding),
        };
        verify::database(&database, check).unwrap();
        findings
    })
    .await
    .unwrap()
}

async fn found(t: &TestStore, wanted: Wanted) -> Vec<i64> {
    let page = Page {
        order: Order::Newest,
        after: None,
        limit: 50,
    };
    let rows = t.search(&wanted, &page).await.unwrap().rows;
    rows.into_iter().map(|row| row.no).collect()
}

on_both! {
    async fn rows_follow_the_events_and_figures_stand_apart(t: &mut TestStore) {
        let (a, b) = (report(t, 1).await, report(t, 2).await);
        for no in [a, b] {
            refer(t, no, prepare("police")).await;
            refer(t, no, send(1)).await;
        }
        refer(t, a, prepare("netsafe")).await;
        let all = t.referrals(&Filter { limit: 100, ..Filter::default() }).await.unwrap();
        assert_eq!(all.iter().map(|line| (line.no, line.n)).collect::<Vec<_>>(), [(b, 1), (a, 2), (a, 1)]);
        assert_eq!((all[1].state.as_str(), all[1].sent_at, all[1].due), ("prepared", None, None));
        let sent = START.plus_seconds(3_600 + b);
        assert_eq!((all[0].sent_at, all[0].due), (Some(sent), Some(sent.plus_seconds(14 * 86_400))));
        refer(t, a, send(2)).await;
        // One report went to two agencies: it is one report, and two referrals.
        let counts = t.referral_counts(20_264, 20_264).await.unwrap();
        assert_eq!(counts[0], (String::new(), Counts { reports: 2, referrals: 3 }));
        assert!(counts.contains(&("police".into(), Counts { reports: 2, referrals: 2 })));
        assert!(counts.contains(&("netsafe".into(), Counts { reports: 1, referrals: 1 })));
        assert_eq!(t.referral_counts(20_251, 20_263).await.unwrap(), [(String::new(), Counts::default())]);
        let before = Filter { before: Some((a, 2)), limit: 1, ..Filter::default() };
        assert_eq!(t.referrals(&before).await.unwrap()[0].n, 1);
        assert_eq!(findings(t).await, []);
    }

    async fn what_is_late_and_what_is_to_be_told_is_found(t: &mut TestStore) {
        let (a, b) = (report(t, 1).await, report(t, 2).await);
        for no in [a, b] {
            refer(t, no, prepare("police")).await;
            refer(t, no, send(1)).await;
        }
        let late = START.plus_seconds(30 * 86_400);
        assert_eq!(t.referrals_waiting(START).await.unwrap(), (0, 0));
        assert_eq!(t.referrals_waiting(late).await.unwrap(), (2, 0));
        refer_with(t, a, "POL-7", |text| Refer::Acknowledge { no: 1, text }).await;
        refer_with(t, a, "Kua mutu", |text| Refer::Answer { no: 1, outcome: Outcome::Resolved, text: Some(text) }).await;
        agree(t, b, "police", false).await;
        assert_eq!(t.referrals_waiting(late).await.unwrap(), (1, 1));
        let only = |filter: Filter| Filter { limit: 10, ..filter };
        let overdue = t.referrals(&only(Filter { late: Some(late), ..Filter::default() })).await.unwrap();
        assert_eq!(overdue.iter().map(|line| line.no).collect::<Vec<_>>(), [b]);
        let tell = t.referrals(&only(Filter { tell: true, ..Filter::default() })).await.unwrap();
        assert_eq!(tell, overdue);
        let answered = t.referrals(&only(Filter { state: Some("answered".into()), ..Filter::default() })).await.unwrap();
        assert_eq!((answered[0].no, answered[0].outcome.as_deref()), (a, Some("resolved")));
        assert_eq!(t.referral_texts(a).await.unwrap().into_iter().map(|(_, text)| text).collect::<Vec<_>>(), ["POL-7", "Kua mutu"]);
        // The same by search.
        let wanted = |any: &str, none: &str| {
            let mut wanted = Wanted { late_at: Some(late), ..Wanted::default() };
            wanted.referral.any.extend(Some(any.to_owned()).filter(|one| !one.is_empty()));
            wanted.referral.none.extend(Some(none.to_owned()).filter(|one| !one.is_empty()));
            wanted
        };
        assert_eq!(found(t, wanted("overdue", "")).await, [b]);
        assert_eq!(found(t, wanted("answered", "")).await, [a]);
        assert_eq!(found(t, wanted("", "overdue")).await, [a]);
        assert_eq!(found(t, wanted("", "sent")).await, [a]);
        let referred = |all: &[&str]| Wanted { referred: all.iter().map(|one| (*one).to_owned()).collect(), ..Wanted::default() };
        assert_eq!(found(t, referred(&["police"])).await, [b, a]);
        assert_eq!(found(t, referred(&["police", "netsafe"])).await, Vec::<i64>::new());
        assert_eq!(found(t, Wanted { not_referred: vec!["netsafe".into()], ..Wanted::default() }).await, [b, a]);
        assert_eq!(findings(t).await, []);
    }

    async fn a_consent_that_is_withdrawn_stops_and_sending_can_be_undone(t: &mut TestStore) {
        let no = report(t, 1).await;
        refer(t, no, prepare("police")).await;
        agree(t, no, "police", false).await;
        refer(t, no, prepare("netsafe")).await;
        refer(t, no, send(2)).await;
        let before = standing(t, no).await;
        let history: Vec<Event> = t.history(no).await.unwrap().iter().map(|row| serde_json::from_str(&row.event).unwrap()).collect();
        let body = t.report_body(no).await.unwrap().unwrap();
        let body = serde_json::from_str(&body.json).unwrap();
        let first = cairn_desk::report::undo::first(&body, &history[0]).unwrap();
        let events: Vec<&Event> = history.iter().collect();
        let at = history.last().unwrap().at.plus_seconds(3);
        let asked = Asked { event: before.version, now: at, hold_seconds: 30 };
        let undone = undo(&first, &events, asked).unwrap();
        let event = Event { report: no, at, by: officer(), change: undone };
        let entry = Entry::new(at.0, Some(no), serde_json::to_string(&event).unwrap(), SALT);
        t.write(change(no, &before, vec![(event, entry)], None)).await.unwrap();
        let all = t.referrals(&Filter { limit: 10, ..Filter::default() }).await.unwrap();
        let states: Vec<_> = all.iter().map(|line| (line.n, line.state.as_str(), line.sent_at, line.due)).collect();
        assert_eq!(states, [(2, "prepared", None, None), (1, "withdrawn", None, None)]);
        assert_eq!(findings(t).await, []);
    }

    async fn texts_go_when_what_people_wrote_is_erased(t: &mut TestStore) {
        let no = report(t, 3).await;
        refer(t, no, prepare("police")).await;
        refer(t, no, send(1)).await;
        refer_with(t, no, "POL-8", |text| Refer::Acknowledge { no: 1, text }).await;
        let erase = Command::Erase { due: vec![Due { part: Part::Text, rule: "default".into() }], version: 1, body: None };
        act(t, no, Actor::System, erase, None).await.unwrap();
        assert_eq!(t.referral_texts(no).await.unwrap(), []);
        // What is heard later is kept again.
        refer_with(t, no, "nothing more", |text| Refer::Answer { no: 1, outcome: Outcome::NoFurtherAction, text: Some(text) }).await;
        assert_eq!(t.referral_texts(no).await.unwrap().len(), 1);
        assert!(findings(t).await.iter().all(|finding| finding.table != "referral_text" && finding.table != "referral"));
    }

    async fn the_verifier_finds_what_was_changed(t: &mut TestStore) {
        let no = report(t, 1).await;
        refer(t, no, prepare("police")).await;
        refer(t, no, send(1)).await;
        refer_with(t, no, "POL-9", |text| Refer::Acknowledge { no: 1, text }).await;
        for (sql, table) in [
            ("UPDATE referral SET agency = 'dia'", "referral"),
            ("UPDATE referral SET agency = 'police', due = 5", "referral"),
            ("UPDATE referral_text SET text = 'POL-1'", "referral_text"),
            ("DELETE FROM referral", "referral"),
            ("DELETE FROM referral_text", "referral_text"),
            ("INSERT INTO referral_text SELECT 900, 1, secret, 'x' FROM report", "referral_text"),
        ] {
            let mut unit = cairn_store::writer::Unit::default();
            unit.exec(sql, params![]);
            t.write(unit).await.unwrap();
            let findings = findings(t).await;
            assert!(findings.iter().any(|finding| finding.table == table), "{sql}: {findings:?}");
        }
    }
}
