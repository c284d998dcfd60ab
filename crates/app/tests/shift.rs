//! Handover notes and the figures beside them on both databases: two who write at once both write, the log knows all of it, and a
//! backup holds it.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

use std::collections::BTreeSet;

use cairn_app::account::Principal;
use cairn_app::cases::Written;
use cairn_app::clock::Clock;
use cairn_app::report::AppError;
use cairn_app::{App, Config};
use cairn_desk::report::{Command as Work, Contact, MessageText};
use cairn_desk::shift::{Command, Refusal, Window};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::backup::{self, Plan, Restore};
use cairn_store::verify::Finding;
use cairn_testkit::{TestStore, account, on_both, sample};

/// 07:25 on 25 November 2026 in New Zealand.
const START: Micros = Micros(1_795_544_700_000_000);
const HOUR: i64 = 3_600;
/// Notes of each of two officers.
const NOTES: usize = 30;

fn app(store: &TestStore) -> (App, Clock) {
    store.app(Config::default(), START)
}

fn said(text: &str, key: &str) -> Written {
    Written {
        text: text.to_owned(),
        key: Some(key.to_owned()),
    }
}

async fn look(t: &TestStore) -> Vec<Finding> {
    t.log_verify().await.1
}

/// A report that came so many hours before [`START`]; its reference.
async fn report(app: &App, clock: &Clock, seed: u64, hours: i64, contact: bool) -> String {
    clock.set(START.plus_seconds(-hours * HOUR));
    let mut draft = sample::draft(seed);
    draft.body.anonymous = !contact;
    draft.body.suspect = false;
    draft.body.files.clear();
    draft.contact = contact.then(|| Contact {
        name: None,
        email: Some("someone@reporter.example".into()),
        phone: None,
    });
    let received = app.submit(&draft, Actor::Reporter, None).await.unwrap();
    received.reference
}

async fn notes_of(app: App, who: Principal) -> Vec<i64> {
    let mut numbers = Vec::new();
    for n in 0..NOTES {
        let note = said(&format!("Note {n} of {}", who.name), &format!("{n}"));
        numbers.push(app.write_handover(&who, &note, None).await.unwrap());
    }
    numbers
}

on_both! {
    async fn two_who_write_at_once_both_write(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let ben = account(&app, "ben", Role::Officer).await;
        let (one, two) = tokio::join!(
            tokio::spawn(notes_of(app.clone(), ana.clone())),
            tokio::spawn(notes_of(app.clone(), ben.clone()))
        );
        let numbers: BTreeSet<i64> = one.unwrap().into_iter().chain(two.unwrap()).collect();
        assert_eq!(numbers, (1..=2 * NOTES as i64).collect());
        // The same form again is the same note; the same words from another form are not.
        let again = app.write_handover(&ana, &said("Note 3 of ana", "3"), None).await.unwrap();
        assert!(numbers.contains(&again));
        let other = app.write_handover(&ana, &said("Note 3 of ana", "x"), None).await.unwrap();
        assert_eq!(other, 2 * NOTES as i64 + 1);
        // Both read the same, at once and twice.
        let read = || app.work_handover(&ben, other, Command::Read);
        let (a, b, c) = tokio::join!(read(), read(), read());
        assert!(a.is_ok() && b.is_ok() && c.is_ok());
        // Of two corrections at once one is taken; the other is told.
        let (one, two) = (said("Better.", "p"), said("Best.", "q"));
        let correct = |note| app.write_handover(&ana, note, Some(other));
        let (first, second) = tokio::join!(correct(&one), correct(&two));
        let taken = [&first, &second].into_iter().filter(|one| one.is_ok()).count();
        assert_eq!(taken, 1, "{first:?} {second:?}");
        let lost = if first.is_ok() { second } else { first };
        assert!(matches!(lost, Err(AppError::Shift(Refusal::Corrected))), "{lost:?}");
        let kept = app.handover(&ana, other).await.unwrap();
        assert_eq!((kept.note.read.len(), kept.note.corrected_by), (1, Some(other + 1)));
        let page = app.handovers(&ben, None).await.unwrap();
        assert_eq!((page.notes.len(), page.next), (20, Some(other + 1 - 19)));
        assert_eq!(look(t).await, vec![]);
    }

    async fn who_may_not_does_not(t: &mut TestStore) {
        let (app, _) = app(t);
        let lead = account(&app, "lead", Role::Lead).await;
        let ana = account(&app, "ana", Role::Officer).await;
        let auditor = account(&app, "aud", Role::Auditor).await;
        let admin = account(&app, "adm", Role::Administrator).await;
        app.write_handover(&lead, &said("Mind it.", "k"), None).await.unwrap();
        let denied = |done: Result<(), AppError>| assert!(matches!(done, Err(AppError::Denied(_))), "{done:?}");
        for who in [&auditor, &admin] {
            denied(app.write_handover(who, &said("No.", "k"), None).await.map(drop));
            denied(app.work_handover(who, 1, Command::Read).await);
            denied(app.work_handover(who, 1, Command::Withdraw).await);
        }
        denied(app.handovers(&admin, None).await.map(drop));
        denied(app.shift_figures(&admin).await.map(drop));
        denied(app.work_handover(&ana, 1, Command::Erase).await);
        assert!(app.shift_figures(&auditor).await.is_ok());
        let none = app.work_handover(&ana, 2, Command::Read).await;
        assert!(matches!(none, Err(AppError::NotFound)), "{none:?}");
        app.work_handover(&lead, 1, Command::Erase).await.unwrap();
        assert_eq!(app.handover(&ana, 1).await.unwrap().text, None);
        assert_eq!(look(t).await, vec![]);
    }

    async fn the_figures_of_a_moment(t: &mut TestStore) {
        let (app, clock) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        // 100 days old, 8 days, 2 days, and of this morning; the last leaves no contact details.
        let mut references = Vec::new();
        for (seed, hours, contact) in [(1, 2_400, true), (2, 192, true), (3, 50, true), (4, 2, true), (5, 1, false)] {
            references.push(report(&app, &clock, seed, hours, contact).await);
        }
        let waits = [(1, 190, 2), (2, 20, 30)];
        for (at, ago, _) in waits {
            clock.set(START.plus_seconds(-ago * HOUR));
            let version = app.read_report(&ana, &references[at]).await.unwrap().standing.version;
            let text = MessageText::parse("Kia ora").unwrap();
            app.write_to_reporter(&ana, &references[at], version, text, at == 1).await.unwrap();
        }
        let take = Work::Assign { to: Some(ana.account.clone()) };
        let version = app.read_report(&ana, &references[1]).await.unwrap().standing.version;
        app.work(&ana, &references[1], version, take).await.unwrap();
        clock.set(START);
        let figures = app.shift_figures(&ana).await.unwrap();
        assert_eq!((figures.open.reports, figures.open.nobody, figures.open.more), (5, 4, false));
        let by_age: Vec<u64> = (0..5).map(|age| figures.ages.iter().map(|(_, row)| row[age].reports).sum()).collect();
        assert_eq!(by_age, [2, 1, 0, 1, 1]);
        let of = |window| figures.answers.iter().find(|one| one.window == window).unwrap();
        let (day, week, quarter) = (of(Window::Day), of(Window::Week), of(Window::Quarter));
        assert_eq!((day.waits.answers, day.waits.median), (1, Some(30 * HOUR)));
        assert_eq!((week.waits.answers, week.open.unanswered), (1, 1));
        assert_eq!((quarter.waits.answers, quarter.waits.median, quarter.waits.p90), (2, Some(2 * HOUR), Some(30 * HOUR)));
        assert_eq!((day.open.unanswered, day.open.unreachable), (1, 1));
        let own = figures.loads.people.values().next().unwrap();
        assert_eq!((own.reports, own.waiting, own.unanswered), (1, 1, 0));
        let nobody = figures.loads.nobody;
        assert_eq!((nobody.reports, nobody.unanswered), (4, 2));
        assert_eq!(nobody.oldest.map(|(no, _)| app.reference(no)), Some(references[0].clone()));
        assert_eq!(figures.came.iter().map(|one| one.received).sum::<u64>(), 4);
        assert_eq!((figures.quarter, figures.closed), (20_264, (0, false)));
        let people = app.people(&ana).await.unwrap();
        let csv = app.shift_csv(&figures, &people);
        assert!(csv.contains("first_answer,quarter,p90_seconds,108000,\r\n"), "{csv}");
        let json: serde_json::Value = serde_json::from_str(&app.shift_json(&figures, &people).unwrap()).unwrap();
        assert_eq!(json["tables"]["load"]["nobody"]["open_reports"], 4);
        assert_eq!(json["tables"]["made"]["this"]["quarter"], "2026-Q4");
        assert_eq!(look(t).await, vec![]);
    }

    async fn a_backup_brings_notes_back(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let ben = account(&app, "ben", Role::Officer).await;
        app.write_handover(&ana, &said("Mind it.", "k"), None).await.unwrap();
        app.work_handover(&ben, 1, Command::Read).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup");
        let (options, to) = (t.options(), file.clone());
        let made = tokio::task::spawn_blocking(move || {
            let plan = Plan { to: &to, settings: None, key: None, made_at: START };
            backup::backup(&options, &plan, &mut |_, _, _| {})
        });
        made.await.unwrap().unwrap();
        let mut other = t.blank().await;
        let (options, from) = (other.options(), file);
        let restored = tokio::task::spawn_blocking(move || {
            let how = Restore { from: &from, key: None, quarter: None, accept_findings: false };
            backup::restore(&options, &how, &mut |_, _, _| {})
        });
        assert_eq!(restored.await.unwrap().unwrap().verdict.findings, 0);
        other.reopen().await;
        assert_eq!(t.handovers(9, 9).await.unwrap(), other.handovers(9, 9).await.unwrap());
        assert_eq!(other.handover(1).await.unwrap().unwrap().note.read.len(), 1);
        other.finish().await;
    }
}
