//! One thing done to many reports, on both databases: what is done, what is not and why, what a second officer must agree to, and
//! that it is taken back to what was before.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

use std::collections::BTreeMap;

use cairn_app::account::Principal;
use cairn_app::bulk::{REPLIES_ALONE_MAX, REPORTS_MAX};
use cairn_app::clock::Clock;
use cairn_app::cluster::Texts;
use cairn_app::report::AppError;
use cairn_app::report::rows::Summary;
use cairn_app::{App, Config};
use cairn_desk::bulk::{Deeds, Fate, Refusal, Stage, Wish};
use cairn_desk::report::{Command, MessageText};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_testkit::{TestStore, account, on_both, sample};

const START: Micros = Micros(1_795_500_300_000_000);

fn app(store: &TestStore) -> (App, Clock) {
    store.app(Config::default(), START)
}

/// Reports as reporters sent them: references, and the secrets that open them.
async fn reports(app: &App, count: u64) -> (Vec<String>, Vec<String>) {
    let (mut references, mut secrets) = (Vec::new(), Vec::new());
    for seed in 1..=count {
        let draft = sample::draft(seed);
        let received = app.submit(&draft, Actor::Reporter, None).await.unwrap();
        references.push(received.reference);
        secrets.push(received.secret.expose().to_owned());
    }
    (references, secrets)
}

async fn rows(app: &App, who: &Principal, references: &[String]) -> Vec<Summary> {
    let all: Vec<&str> = references.iter().map(String::as_str).collect();
    app.bulk_look(who, &all).await.unwrap().into_inner()
}

fn chosen<'a>(references: &'a [String], rows: &[Summary]) -> Vec<(&'a str, i64)> {
    let versions = rows.iter().map(|row| row.version);
    references
        .iter()
        .map(String::as_str)
        .zip(versions)
        .collect()
}

/// What lists show of the settings of each report.
fn settings(rows: &[Summary]) -> Vec<String> {
    let one = |row: &Summary| {
        format!(
            "{} {} {:?} {} {:?} {:?}",
            row.state, row.category, row.subtype, row.severity, row.assignee, row.outcome
        )
    };
    rows.iter().map(one).collect()
}

async fn fates(app: &App, who: &Principal, no: i64) -> BTreeMap<&'static str, usize> {
    let whole = app.bulk(who, no).await.unwrap().into_inner();
    let mut counts = BTreeMap::new();
    for (one, _) in whole.reports {
        *counts.entry(one.fate.as_str()).or_default() += 1;
    }
    counts
}

fn words(text: &str) -> Texts {
    Texts::from([("en".to_owned(), MessageText::parse(text).unwrap())])
}

fn everything(app: &App, who: &Principal) -> Deeds {
    let taxonomy = app.form.taxonomy();
    Deeds {
        category: Some(("phishing".into(), None)),
        severity: Some(3),
        assignee: Some(vec![who.account.clone()]),
        outcome: Some(taxonomy.outcomes().first().unwrap().code.clone()),
        ..Deeds::default()
    }
}

async fn verified(t: &TestStore) {
    assert_eq!(t.log_verify().await.1, vec![]);
}

on_both! {
    async fn all_of_it_is_done_and_taken_back(t: &mut TestStore) {
        let (app, _) = app(t);
        let (references, secrets) = reports(&app, 12).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let before = rows(&app, &hana, &references).await;
        assert_eq!(before.len(), 12);
        let deeds = everything(&app, &hana);
        let no = app
            .bulk_begin(&hana, &chosen(&references, &before), deeds.clone(), &words("Thank you. It is dealt with."))
            .await
            .unwrap();
        assert_eq!(fates(&app, &hana, no).await, BTreeMap::from([("done", 12)]));
        let during = rows(&app, &hana, &references).await;
        for row in &during {
            assert_eq!((row.state.as_str(), row.category.as_str(), row.severity), ("closed", "phishing", 3));
            assert_eq!(row.assignee.as_ref(), Some(&hana.account));
        }
        // Nobody outside has heard of it yet.
        let told = app.opened(&references[0], &secrets[0]).await.unwrap().status();
        assert!(told.messages.is_empty());
        app.bulk_wish(&hana, no, Wish::Undo).await.unwrap();
        assert_eq!(fates(&app, &hana, no).await, BTreeMap::from([("undone", 12)]));
        assert_eq!(settings(&rows(&app, &hana, &references).await), settings(&before));
        let again = app.bulk_wish(&hana, no, Wish::Undo).await;
        assert!(matches!(again, Err(AppError::Bulk(Refusal::Past))));
        let whole = app.bulk(&hana, no).await.unwrap().into_inner();
        assert_eq!((whole.bulk.stage, whole.bulk.texts), (Stage::Undone, None));
        verified(t).await;
    }

    async fn words_that_left_are_not_taken_back(t: &mut TestStore) {
        let (app, clock) = app(t);
        let (references, secrets) = reports(&app, 3).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let before = rows(&app, &hana, &references).await;
        let deeds = everything(&app, &hana);
        let no = app.bulk_begin(&hana, &chosen(&references, &before), deeds, &words("Thank you.")).await.unwrap();
        clock.set(clock.now().plus_seconds(31));
        app.bulk_wish(&hana, no, Wish::Undo).await.unwrap();
        assert_eq!(fates(&app, &hana, no).await, BTreeMap::from([("part", 3)]));
        let after = rows(&app, &hana, &references).await;
        for (row, was) in after.iter().zip(&before) {
            assert_eq!((row.severity, &row.category, row.state == "closed"), (was.severity, &was.category, false));
        }
        let told = app.opened(&references[0], &secrets[0]).await.unwrap().status();
        assert_eq!(told.messages.len(), 1);
        verified(t).await;
    }

    async fn what_moved_on_and_what_is_closed_stays(t: &mut TestStore) {
        let (app, _) = app(t);
        let (references, _) = reports(&app, 4).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let mere = account(&app, "mere", Role::Officer).await;
        let lead = account(&app, "leilani", Role::Lead).await;
        let outcome = app.form.taxonomy().outcomes().first().unwrap().code.clone();
        app.work(&mere, &references[0], 1, Command::Close { outcome }).await.unwrap();
        let before = rows(&app, &hana, &references).await;
        let severity = 1 + before[1].severity % 6;
        app.work(&mere, &references[1], 1, Command::SetSeverity { severity }).await.unwrap();
        let deeds = Deeds { severity: Some(1 + severity % 6), ..Deeds::default() };
        let no = app.bulk_begin(&hana, &chosen(&references, &before), deeds.clone(), &Texts::new()).await.unwrap();
        let whole = app.bulk(&hana, no).await.unwrap().into_inner();
        let fate = |reference: &String| {
            let no = app.number(reference).unwrap();
            whole.reports.iter().find(|(one, _)| one.report == no).unwrap().0.fate
        };
        assert_eq!(fate(&references[0]), Fate::Same, "closed");
        assert_eq!(fate(&references[1]), Fate::Moved);
        assert_eq!(rows(&app, &hana, &references).await[1].severity, severity);
        // The same page sent again does nothing twice.
        let twice = app.bulk_begin(&hana, &chosen(&references, &before), deeds, &Texts::new()).await.unwrap();
        assert!(!fates(&app, &hana, twice).await.contains_key("done"));
        // What a colleague changed since stays.
        let row = rows(&app, &hana, &references).await;
        let now = &row[2];
        app.work(&mere, &references[2], now.version, Command::SetSeverity { severity: before[2].severity }).await.unwrap();
        let denied = app.bulk_wish(&mere, no, Wish::Undo).await;
        assert!(matches!(denied, Err(AppError::Bulk(Refusal::NotYours))));
        app.bulk_wish(&lead, no, Wish::Undo).await.unwrap();
        let after = rows(&app, &hana, &references).await;
        assert_eq!((after[2].severity, after[3].severity), (before[2].severity, before[3].severity));
        verified(t).await;
    }

    async fn many_are_written_to_only_with_a_second_officer(t: &mut TestStore) {
        let (app, _) = app(t);
        let count = REPLIES_ALONE_MAX as u64 + 1;
        let (references, _) = reports(&app, count).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let mere = account(&app, "mere", Role::Officer).await;
        let before = rows(&app, &hana, &references).await;
        let all = chosen(&references, &before);
        let no = app.bulk_begin(&hana, &all, Deeds::default(), &words("Words to many")).await.unwrap();
        assert_eq!(fates(&app, &hana, no).await, BTreeMap::from([("waiting", all.len())]));
        assert_eq!(app.bulk_turn().await.unwrap(), 0);
        let asked = app.bulks_asked(&mere).await.unwrap().into_inner();
        assert_eq!(asked.iter().map(|one| one.no).collect::<Vec<_>>(), [no]);
        assert!(matches!(app.bulk_wish(&hana, no, Wish::Agree).await, Err(AppError::Bulk(Refusal::Own))));
        app.bulk_wish(&mere, no, Wish::Agree).await.unwrap();
        assert_eq!(fates(&app, &hana, no).await, BTreeMap::from([("done", all.len())]));
        let whole = app.bulk(&hana, no).await.unwrap().into_inner();
        assert_eq!((whole.bulk.second.as_ref(), whole.bulk.texts.as_ref()), (Some(&mere.account), None));
        let declined = app.bulk_begin(&hana, &chosen(&references, &rows(&app, &hana, &references).await), Deeds::default(), &words("More words")).await.unwrap();
        app.bulk_wish(&mere, declined, Wish::Decline).await.unwrap();
        assert_eq!(app.bulk_turn().await.unwrap(), 0);
        verified(t).await;
    }

    async fn what_waits_for_a_second_officer_keeps_nothing_back(t: &mut TestStore) {
        let (app, _) = app(t);
        let (references, _) = reports(&app, REPLIES_ALONE_MAX as u64 + 1).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let before = rows(&app, &hana, &references).await;
        let all = chosen(&references, &before);
        for _ in 0..cairn_app::bulk::rows::ROWS_MAX {
            app.bulk_begin(&hana, &all, Deeds::default(), &words("Words to many")).await.unwrap();
        }
        let one = &all[..1];
        let deeds = Deeds { assignee: Some(vec![hana.account.clone()]), ..Deeds::default() };
        let no = app.bulk_begin(&hana, one, deeds, &Texts::new()).await.unwrap();
        let stage = async || app.bulk(&hana, no).await.unwrap().into_inner().bulk.stage;
        assert_eq!(stage().await, Stage::Done);
        // As if the service had ended in between.
        let mut unit = cairn_store::writer::Unit::default();
        unit.exec("UPDATE bulk SET stage = 'doing' WHERE stage = 'done'", Vec::new());
        t.write(unit).await.unwrap();
        app.bulk_turn().await.unwrap();
        assert_eq!(stage().await, Stage::Done);
    }

    async fn a_large_one_goes_on_behind_and_is_taken_back_midway(t: &mut TestStore) {
        let (app, _) = app(t);
        let (references, _) = reports(&app, 130).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let before = rows(&app, &hana, &references).await;
        let deeds = Deeds { assignee: Some(vec![hana.account.clone()]), ..Deeds::default() };
        let no = app.bulk_begin(&hana, &chosen(&references, &before), deeds, &Texts::new()).await.unwrap();
        let counts = fates(&app, &hana, no).await;
        assert_eq!((counts["done"], counts["waiting"]), (50, 80));
        app.bulk_wish(&hana, no, Wish::Undo).await.unwrap();
        while app.bulk_turn().await.unwrap() > 0 {}
        assert_eq!(fates(&app, &hana, no).await, BTreeMap::from([("undone", 130)]));
        assert_eq!(settings(&rows(&app, &hana, &references).await), settings(&before));
        verified(t).await;
    }

    async fn every_report_has_its_turn_whoever_works_beside(t: &mut TestStore) {
        let (app, _) = app(t);
        let (references, _) = reports(&app, 60).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let mere = account(&app, "mere", Role::Officer).await;
        for round in 0..4_u8 {
            let before = rows(&app, &hana, &references).await;
            let deeds = Deeds { severity: Some(1 + round), ..Deeds::default() };
            let all = chosen(&references, &before);
            // A colleague is quicker on some of them, just as they have their turn; and it is wanted back while it is being done.
            let beside = async {
                for (reference, row) in references.iter().zip(&before).rev() {
                    let command = Command::SetSeverity { severity: 6 - round % 2 };
                    let _quicker_or_not = app.work(&mere, reference, row.version, command).await;
                }
            };
            let words = Texts::new();
            let (begun, ()) = tokio::join!(app.bulk_begin(&hana, &all, deeds, &words), beside);
            let no = begun.unwrap();
            let undo = async {
                if round % 2 == 1 {
                    app.bulk_wish(&hana, no, Wish::Undo).await.unwrap();
                }
            };
            let (turn, ()) = tokio::join!(app.bulk_turn(), undo);
            turn.unwrap();
            for _ in 0..5 {
                app.bulk_turn().await.unwrap();
            }
            let stage = app.bulk(&hana, no).await.unwrap().into_inner().bulk.stage;
            assert_eq!(stage, if round % 2 == 1 { Stage::Undone } else { Stage::Done });
            let open = if round % 2 == 1 { vec!["waiting", "done"] } else { vec!["waiting"] };
            let fates = fates(&app, &hana, no).await;
            assert!(open.iter().all(|fate| !fates.contains_key(fate)), "round {round}: {fates:?}");
        }
        verified(t).await;
    }

    async fn a_damaged_report_keeps_no_other_one_back(t: &mut TestStore) {
        let (app, _) = app(t);
        let (references, _) = reports(&app, 3).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let before = rows(&app, &hana, &references).await;
        let mut unit = cairn_store::writer::Unit::default();
        unit.exec("UPDATE report_body SET body = 'no JSON' WHERE no = 1", Vec::new());
        t.write(unit).await.unwrap();
        let deeds = Deeds { assignee: Some(vec![hana.account.clone()]), ..Deeds::default() };
        let no = app.bulk_begin(&hana, &chosen(&references, &before), deeds, &Texts::new()).await.unwrap();
        assert_eq!(fates(&app, &hana, no).await, BTreeMap::from([("done", 2), ("refused", 1)]));
        assert_eq!(app.bulk(&hana, no).await.unwrap().into_inner().bulk.stage, Stage::Done);
    }

    async fn nonsense_is_refused_before_anything_is_done(t: &mut TestStore) {
        let (app, _) = app(t);
        let (references, _) = reports(&app, 2).await;
        let hana = account(&app, "hana", Role::Officer).await;
        let auditor = account(&app, "awhina", Role::Auditor).await;
        let mere = account(&app, "mere", Role::Officer).await;
        let before = rows(&app, &hana, &references).await;
        let all = chosen(&references, &before);
        let none = app.bulk_begin(&hana, &all, Deeds::default(), &Texts::new()).await;
        assert!(matches!(none, Err(AppError::Bulk(Refusal::Nothing))));
        let nobody = app.bulk_begin(&hana, &[], everything(&app, &hana), &Texts::new()).await;
        assert!(matches!(nobody, Err(AppError::Bulk(Refusal::Nothing))));
        for deeds in [
            Deeds { category: Some(("no-such".into(), None)), ..Deeds::default() },
            Deeds { outcome: Some("no-such".into()), ..Deeds::default() },
            Deeds { severity: Some(9), ..Deeds::default() },
        ] {
            app.bulk_begin(&hana, &all, deeds, &Texts::new()).await.unwrap_err();
        }
        // To a colleague is the leads' to give.
        let to = Deeds { assignee: Some(vec![mere.account.clone()]), ..Deeds::default() };
        assert!(matches!(app.bulk_begin(&hana, &all, to, &Texts::new()).await, Err(AppError::Denied(_))));
        assert!(matches!(app.bulk_begin(&auditor, &all, everything(&app, &hana), &Texts::new()).await, Err(AppError::Denied(_))));
        assert!(matches!(app.bulk_begin(&hana, &[("ABCD-EFGH-J", 1)], everything(&app, &hana), &Texts::new()).await, Err(AppError::NotFound)));
        assert_eq!(app.bulks(&hana, None).await.unwrap().into_inner(), Vec::new());
        let found = app.bulk_find(&hana, "state:all", false).await.unwrap().into_inner();
        assert!(found.reports.len() == 2 && !found.more && found.reports.len() <= REPORTS_MAX);
        assert_eq!(settings(&rows(&app, &hana, &references).await), settings(&before));
    }
}
