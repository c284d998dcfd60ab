//! Cases on both databases: two officers at once lose nothing, the log knows all of it, and what was changed behind its back is
//! named.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use cairn_app::account::Principal;
use cairn_app::cases::Written;
use cairn_app::cases::rows::Filter;
use cairn_app::clock::Clock;
use cairn_app::report::AppError;
use cairn_app::{App, Config};
use cairn_desk::cases::{Change, Command, Refusal, Source};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::backup::{self, Plan, Restore};
use cairn_store::verify::{Finding, Verdict};
use cairn_store::writer::Unit;
use cairn_testkit::{TestStore, account, on_both, sample};

const START: Micros = Micros(1_795_500_300_000_000);
const HOUR: i64 = 3_600;
/// Edits of each of two officers.
const EDITS: u32 = 250;

fn app(store: &TestStore) -> (App, Clock) {
    store.app(Config::default(), START)
}

async fn report(app: &App, seed: u64) -> (i64, String) {
    let received = app
        .submit(&sample::draft(seed), Actor::Reporter, None)
        .await;
    let received = received.unwrap();
    (received.no, received.reference)
}

fn said(text: &str, key: &str) -> Written {
    Written {
        text: text.into(),
        key: Some(key.into()),
    }
}

fn note() -> Command {
    Command::Note {
        digest: String::new(),
        corrects: None,
    }
}

async fn look(t: &TestStore) -> (Verdict, Vec<Finding>) {
    t.log_verify().await
}

/// As an intruder would, through the store's own writer: nothing is logged.
async fn tamper(t: &TestStore, sql: &str) {
    let mut unit = Unit::default();
    for statement in sql.split(';') {
        unit.exec(statement.trim().to_owned().leak(), Vec::new());
    }
    t.write(unit).await.unwrap();
}

/// What became of one officer's edits.
#[derive(Default)]
struct Done {
    texts: BTreeSet<String>,
    conflicts: usize,
    changes: usize,
}

/// Edits by one officer, whose page is a few edits old now and then.
async fn edits(app: App, who: Principal, seed: u32) -> Done {
    let mut done = Done::default();
    let (mut dice, mut seen) = (seed, 1);
    for n in 0..EDITS {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if dice >> 16 & 3 == 0 {
            seen = app.read_case(&who, 1).await.unwrap().case.version;
        }
        let text = format!("{} writes {n}", who.name);
        let written = said(&text, &format!("{seed}-{n}"));
        let (command, written) = match dice >> 20 & 7 {
            0 => (
                Command::Rename {
                    digest: String::new(),
                },
                Some(written),
            ),
            1 => (
                Command::AddTask {
                    digest: String::new(),
                },
                Some(written),
            ),
            2 => (
                Command::AddRow {
                    digest: String::new(),
                    happened: START.plus_seconds(-HOUR),
                    known: START,
                    source: Source::Outside,
                },
                Some(written),
            ),
            3 => (
                Command::SetSeverity {
                    scheme: "nz".into(),
                    level: Some(format!("C{}", n % 6 + 1)),
                    answers: BTreeMap::new(),
                },
                None,
            ),
            4 => (
                Command::SetOwner {
                    to: Some(who.account.clone()),
                },
                None,
            ),
            5 => (Command::Done { task: 1 + n % 4 }, None),
            6 => (Command::Undone { task: 1 + n % 4 }, None),
            _ => (note(), Some(written)),
        };
        let adds = written.is_some() && !matches!(command, Command::Rename { .. });
        match app
            .work_case(&who, 1, seen, command, written.as_ref())
            .await
        {
            Ok(()) => {
                done.changes += 1;
                done.texts.extend(written.map(|written| written.text));
            }
            Err(AppError::Conflict) => {
                assert!(!adds, "what only adds was refused");
                done.conflicts += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    done
}

on_both! {
    async fn two_officers_with_five_hundred_edits_lose_none(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Lead).await;
        let tui = account(&app, "tui", Role::Officer).await;
        let no = app.open_case(&ana, &said("One case", "k"), &[]).await.unwrap();
        assert_eq!(no, 1);
        let template = Command::AddTemplate { template: "ransomware".into() };
        app.work_case(&ana, 1, 1, template, None).await.unwrap();
        let one = tokio::spawn(edits(app.clone(), ana.clone(), 7));
        let other = tokio::spawn(edits(app.clone(), tui.clone(), 11));
        let (one, other) = (one.await.unwrap(), other.await.unwrap());
        assert!(one.conflicts + other.conflicts > 0, "nobody ever overtook the other");
        assert!(one.changes > 150 && other.changes > 150);

        let whole = app.read_case(&ana, 1).await.unwrap();
        let kept: BTreeSet<&str> = whole.texts.values().map(|row| row.text.as_str()).collect();
        for text in one.texts.iter().chain(&other.texts) {
            assert!(kept.contains(text.as_str()), "{text} is lost");
        }
        assert_eq!(kept.len(), one.texts.len() + other.texts.len() + 1);
        assert_eq!(whole.history.len() as i64, whole.case.version);
        assert_eq!(whole.summary.version, whole.case.version);
        // The history alone tells the whole story: who renamed it, each time.
        let mut title = String::new();
        for (_, event) in &whole.history {
            if let Change::Renamed { title: said } = &event.change {
                title = whole.text(said.text).unwrap().to_owned();
                let by = if title.starts_with("ana") { &ana } else { &tui };
                assert_eq!(event.by, Actor::User(by.account.clone()));
            }
        }
        assert_eq!(whole.summary.title, title);
        let (verdict, findings) = look(t).await;
        assert_eq!((verdict.cases, findings), (1, vec![]));
    }

    async fn a_form_sent_twice_is_one_case_one_note_one_link(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let (number, reference) = report(&app, 3).await;
        let title = said("The harbour", "key");
        let no = app.open_case(&ana, &title, &[&reference]).await.unwrap();
        assert_eq!(app.open_case(&ana, &title, &[&reference]).await.unwrap(), no);
        assert_eq!(app.open_case(&ana, &said("The harbour", "new key"), &[]).await.unwrap(), no + 1);
        for _ in 0..2 {
            app.work_case(&ana, no, 2, note(), Some(&said("Called.", "n"))).await.unwrap();
        }
        app.work_case(&ana, no, 2, note(), Some(&said("Called.", "m"))).await.unwrap();
        let whole = app.read_case(&ana, no).await.unwrap();
        assert_eq!((whole.case.notes.len(), whole.reports.len()), (2, 1));
        assert_ne!(whole.texts[&2].salt, whole.texts[&3].salt);
        assert_eq!(app.cases_of(&ana, number).await.unwrap()[0].no, no);
        let lost = app.open_case(&ana, &said("x", "y"), &["NOTHING"]).await;
        assert!(matches!(lost, Err(AppError::Input(_))), "{lost:?}");
        assert!(matches!(app.link_report(&ana, no, "AAAA-AAAA").await, Err(AppError::Input(_))));
        app.work_case(&ana, no, 9, Command::Unlink { no: number }, None).await.unwrap();
        assert!(app.cases_of(&ana, number).await.unwrap().is_empty());
        assert_eq!(look(t).await.1, vec![]);
    }

    async fn lists_clocks_and_rights_follow_the_events(t: &mut TestStore) {
        let (app, clock) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let lead = account(&app, "hana", Role::Lead).await;
        let auditor = account(&app, "ruth", Role::Auditor).await;
        for title in ["First", "Second", "Third"] {
            app.open_case(&ana, &said(title, title), &[]).await.unwrap();
        }
        let own = |to: &Principal| Command::SetOwner { to: Some(to.account.clone()) };
        app.work_case(&ana, 1, 1, own(&ana), None).await.unwrap();
        let denied = app.work_case(&ana, 2, 1, own(&lead), None).await;
        assert!(matches!(denied, Err(AppError::Denied(_))), "{denied:?}");
        app.work_case(&lead, 2, 1, own(&ana), None).await.unwrap();
        let stranger = app.work_case(&lead, 2, 2, own(&auditor), None).await;
        assert!(matches!(stranger, Err(AppError::Input(_))), "{stranger:?}");
        assert!(matches!(app.work_case(&auditor, 2, 2, note(), None).await, Err(AppError::Denied(_))));
        let level = Command::SetSeverity { scheme: "uk".into(), level: Some("2".into()), answers: BTreeMap::new() };
        app.work_case(&ana, 2, 2, level, None).await.unwrap();
        app.work_case(&ana, 3, 1, Command::Close { reason: "resolved".into() }, None).await.unwrap();
        let refused = app.work_case(&ana, 3, 2, Command::Link { no: 1 }, None).await;
        assert!(matches!(refused, Err(AppError::NotFound | AppError::Case(Refusal::Closed))), "{refused:?}");
        let numbers = async |filter: Filter| {
            let rows = app.cases(&auditor, &Filter { limit: 10, ..filter }).await.unwrap();
            rows.iter().map(|row| row.no).collect::<Vec<_>>()
        };
        assert_eq!(numbers(Filter::default()).await, [2, 1]);
        assert_eq!(numbers(Filter { all: true, ..Filter::default() }).await, [3, 2, 1]);
        assert_eq!(numbers(Filter { state: Some("closed".into()), ..Filter::default() }).await, [3]);
        assert_eq!(numbers(Filter { owner: Some(ana.account.clone()), ..Filter::default() }).await, [2, 1]);
        assert_eq!(numbers(Filter { rank: Some(2), ..Filter::default() }).await, [2]);
        assert_eq!(numbers(Filter { before: Some(2), ..Filter::default() }).await, [1]);

        let start = |rule: &str, kind: &str, hours: i64| Command::StartClock {
            rule: rule.into(),
            start: (kind.into(), START.plus_seconds(-hours * HOUR)),
            limit: None,
        };
        app.work_case(&ana, 1, 2, start("nz-privacy-commissioner", "privacy_breach_aware", 1), None).await.unwrap();
        app.work_case(&ana, 2, 3, start("nis2-early-warning", "significant_incident_aware", 2), None).await.unwrap();
        app.work_case(&ana, 2, 4, start("service-first-answer", "report_received", 2), None).await.unwrap();
        let due = |rows: &[cairn_app::cases::rows::ClockRow]| {
            rows.iter().map(|row| (row.no, row.clock.id.clone())).collect::<Vec<_>>()
        };
        let pause = Command::MoveClock {
            clock: "k2".into(),
            command: cairn_desk::clock::Command::Pause { reason: "waiting_for_reporter".into() },
        };
        app.work_case(&ana, 2, 5, pause, None).await.unwrap();
        let rows = app.case_clocks(&auditor, 10).await.unwrap().into_inner();
        let names = [(2, "k1".to_owned()), (1, "k1".to_owned()), (2, "k2".to_owned())];
        assert_eq!(due(&rows), names, "what stands still comes last");
        assert_eq!(look(t).await.1, vec![]);
        clock.set(START.plus_seconds(HOUR));
        let stop = Command::StopClock {
            clock: "k1".into(),
            event: ("nis2_early_warning".into(), START.plus_seconds(HOUR)),
            digest: String::new(),
        };
        let sent = said("Sent by mail to the CSIRT.", "s");
        app.work_case(&ana, 2, 6, stop, Some(&sent)).await.unwrap();
        let whole = app.read_case(&ana, 2).await.unwrap();
        assert_eq!(whole.case.notes.len(), 1);
        assert_eq!(whole.case.clocks.iter().filter(|clock| clock.end.is_none()).count(), 2, "our own answer follows");
        assert_eq!(app.case_clocks(&auditor, 2).await.unwrap().len(), 2);
        assert_eq!(look(t).await.1, vec![]);
    }

    async fn a_text_is_erased_and_the_log_stays_valid(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let lead = account(&app, "hana", Role::Lead).await;
        app.open_case(&ana, &said("Case", "k"), &[]).await.unwrap();
        app.work_case(&ana, 1, 1, note(), Some(&said("A name slipped in.", "n"))).await.unwrap();
        let erase = |text| Command::EraseText { text };
        let denied = app.work_case(&ana, 1, 2, erase(2), None).await;
        assert!(matches!(denied, Err(AppError::Denied(_))), "{denied:?}");
        let title = app.work_case(&lead, 1, 2, erase(1), None).await;
        assert!(matches!(title, Err(AppError::Case(Refusal::Title))), "{title:?}");
        app.work_case(&lead, 1, 2, erase(2), None).await.unwrap();
        let whole = app.read_case(&ana, 1).await.unwrap();
        assert_eq!((whole.text(2), whole.case.notes.len()), (None, 1));
        assert!(t.scrub().await.unwrap());
        assert_eq!(look(t).await.1, vec![]);
    }

    async fn what_was_changed_behind_its_back_is_named(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Lead).await;
        let (_, reference) = report(&app, 5).await;
        app.open_case(&ana, &said("Case", "k"), &[&reference]).await.unwrap();
        app.work_case(&ana, 1, 9, note(), Some(&said("A note.", "n"))).await.unwrap();
        app.work_case(&ana, 1, 9, note(), Some(&said("Another.", "m"))).await.unwrap();
        app.work_case(&ana, 1, 9, Command::EraseText { text: 3 }, None).await.unwrap();
        let start = Command::StartClock {
            rule: "nis2-early-warning".into(),
            start: ("significant_incident_aware".into(), START),
            limit: None,
        };
        app.work_case(&ana, 1, 9, start, None).await.unwrap();
        app.open_case(&ana, &said("Other", "o"), &[]).await.unwrap();
        let relate = Command::Relate { to: 2, how: "part_of".into() };
        app.work_case(&ana, 1, 9, relate, None).await.unwrap();
        assert_eq!(look(t).await.1, vec![]);
        let tables = ["case_head", "case_text", "case_report", "case_clock", "case_relation", "evidence"];
        for table in tables {
            tamper(t, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        for (sql, place) in [
            ("UPDATE case_head SET title = 'Else' WHERE no = 1", "case_head 1"),
            ("UPDATE case_head SET owner = 'x' WHERE no = 1", "case_head 1"),
            ("UPDATE case_head SET rank = 1 WHERE no = 2", "case_head 2"),
            ("UPDATE case_head SET state = 'closed' WHERE no = 2", "case_head 2"),
            ("UPDATE case_head SET tlp = 'clear' WHERE no = 1", "case_head 1"),
            ("UPDATE case_head SET opened_at = opened_at + 1 WHERE no = 1", "case_head 1"),
            ("UPDATE case_head SET version = 99 WHERE no = 1", "case_head 1"),
            ("UPDATE case_text SET text = 'A vote.' WHERE no = 1 AND n = 2", "case_text 1/2"),
            ("DELETE FROM case_text WHERE no = 1 AND n = 2", "case_text 1/2"),
            ("INSERT INTO case_text SELECT 1, 3, salt, text FROM case_text WHERE n = 2", "case_text 1/3"),
            ("INSERT INTO case_text SELECT 1, 9, salt, text FROM case_text WHERE n = 2", "case_text 1/9"),
            ("DELETE FROM case_report", "case_report 1/1"),
            ("INSERT INTO case_report VALUES (2, 1)", "case_report 2/1"),
            ("DELETE FROM case_relation", "case_relation 1/2"),
            ("UPDATE case_relation SET how = 'see'", "case_relation 1/2"),
            ("INSERT INTO case_relation VALUES (2, 1, 'see')", "case_relation 2/1"),
            ("UPDATE case_clock SET due = due + 1", "case_clock 1/k1"),
            ("UPDATE case_clock SET ended = TRUE", "case_clock 1/k1"),
            ("UPDATE case_clock SET state = replace(state, 'nis2', 'nis3')", "case_clock 1/k1"),
            ("DELETE FROM case_clock", "case_clock 1/k1"),
            ("DELETE FROM case_head WHERE no = 2", "case_head 2"),
            ("UPDATE evidence SET case_no = NULL WHERE case_no = 2", "case_head 2"),
            ("DELETE FROM case_head WHERE no = 1; DELETE FROM case_text WHERE no = 1; DELETE FROM case_report; \
              DELETE FROM case_clock; DELETE FROM case_relation; UPDATE evidence SET case_no = NULL WHERE case_no = 1", "case_head 1"),
        ] {
            tamper(t, sql).await;
            let findings = look(t).await.1;
            assert!(findings.iter().any(|f| f.place() == place), "{sql}: {findings:?}");
            for table in tables {
                tamper(t, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
            }
        }
        assert_eq!(look(t).await.1, vec![]);
    }

    async fn a_case_knows_what_it_touches_and_which_others_it_has_to_do_with(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        for n in 1..=2 {
            app.open_case(&ana, &said(&format!("Case {n}"), &format!("k{n}")), &[]).await.unwrap();
        }
        let add = Command::AddAsset { digest: String::new(), sort: "server".into(), condition: "suspected".into() };
        app.work_case(&ana, 1, 9, add.clone(), Some(&said("mail server 2", "a"))).await.unwrap();
        app.work_case(&ana, 1, 9, add, Some(&said("mail server 2", "a"))).await.unwrap();
        let set = Command::SetAsset { text: 2, condition: "compromised".into() };
        app.work_case(&ana, 1, 9, set, None).await.unwrap();
        let relate = |to: i64| Command::Relate { to, how: "caused_by".into() };
        app.work_case(&ana, 1, 9, relate(2), None).await.unwrap();
        let absent = app.work_case(&ana, 1, 9, relate(3), None).await;
        assert!(matches!(absent, Err(AppError::Input(_))), "{absent:?}");
        let (one, two) = (app.read_case(&ana, 1).await.unwrap(), app.read_case(&ana, 2).await.unwrap());
        let assets: Vec<_> = one.case.assets.iter().map(|asset| (one.text(asset.text), asset.condition.as_str())).collect();
        assert_eq!(assets, [(Some("mail server 2"), "compromised")]);
        let seen = |whole: &cairn_app::cases::Whole| -> Vec<(i64, String, bool)> {
            whole.related.iter().map(|other| (other.no, other.how.clone(), other.back)).collect()
        };
        assert_eq!(seen(&one), [(2, "caused_by".into(), false)]);
        assert_eq!(seen(&two), [(1, "caused_by".into(), true)]);
        assert_eq!(look(t).await.1, vec![]);
        let undo = Command::Unrelate { to: 2, how: "caused_by".into() };
        app.work_case(&ana, 1, 9, undo, None).await.unwrap();
        assert!(seen(&app.read_case(&ana, 2).await.unwrap()).is_empty());
        assert_eq!(look(t).await.1, vec![]);
    }

    async fn cases_are_found_by_what_is_written_on_them(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Lead).await;
        app.open_case(&ana, &said("Pātai about the library", "k1"), &[]).await.unwrap();
        app.open_case(&ana, &said("Parcels of one evening", "k2"), &[]).await.unwrap();
        app.work_case(&ana, 1, 9, note(), Some(&said("The host is kererū.example, asked by telephone.", "n"))).await.unwrap();
        let add = Command::AddAsset { digest: String::new(), sort: "server".into(), condition: "clean".into() };
        app.work_case(&ana, 2, 9, add, Some(&said("Tūmau rua", "a"))).await.unwrap();
        let find = async |app: &App, line: &str, filter: &Filter| -> Vec<i64> {
            let found = app.cases_with(&ana, line, filter).await.unwrap();
            found.iter().map(|row| row.no).collect()
        };
        let open = Filter { limit: 10, ..Filter::default() };
        // Of different texts of one case, in any order, with and without macrons, the last word as far as it is typed.
        assert_eq!(find(&app, "telephone patai", &open).await, [1]);
        assert_eq!(find(&app, "PĀTAI kereru.ex", &open).await, [1]);
        assert_eq!(find(&app, "tumau", &open).await, [2]);
        assert_eq!(find(&app, "of", &open).await, [2]);
        assert_eq!(find(&app, "pa", &open).await, [2, 1]);
        assert_eq!(find(&app, "library parcels", &open).await, [0; 0]);
        assert_eq!(find(&app, "", &open).await, [0; 0]);
        for hostile in ["\"", "*", "a\" OR \"b", "' | 'b", "(", ")", "&", "NOT", "\\", "-"] {
            let _harmless = find(&app, hostile, &open).await;
        }
        let before = Filter { before: Some(2), ..open.clone() };
        assert_eq!(find(&app, "pa", &before).await, [1]);
        // What was erased is found by nobody, in the index's own rows either; a new title takes the place of the old one.
        app.work_case(&ana, 1, 9, Command::EraseText { text: 2 }, None).await.unwrap();
        assert_eq!(find(&app, "telephone", &open).await, [0; 0]);
        assert_eq!(find(&app, "library", &open).await, [1]);
        let close = Command::Close { reason: "resolved".into() };
        app.work_case(&ana, 2, 9, close, None).await.unwrap();
        assert_eq!(find(&app, "parcels", &open).await, [0; 0]);
        let all = Filter { all: true, ..open.clone() };
        assert_eq!(find(&app, "parcels", &all).await, [2]);
        // As an older program left them: found again once they were indexed.
        let lost = if t.is_sqlite() { "DELETE FROM case_fts WHERE rowid = 1" } else { "DELETE FROM case_fts WHERE no = 1" };
        tamper(t, lost).await;
        tamper(t, "UPDATE case_head SET found = 0 WHERE no = 1").await;
        assert_eq!(find(&app, "library", &all).await, [0; 0]);
        assert!(!app.bare_store().index_old_cases().await.unwrap());
        assert_eq!(find(&app, "library", &all).await, [1]);
        assert_eq!(find(&app, "telephone", &all).await, [0; 0]);
        assert_eq!(look(t).await.1, vec![]);
    }

    async fn a_backup_brings_cases_back(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Lead).await;
        app.open_case(&ana, &said("Case", "k"), &[]).await.unwrap();
        app.work_case(&ana, 1, 1, note(), Some(&said("A note.", "n"))).await.unwrap();
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
        let restored = restored.await.unwrap().unwrap();
        assert_eq!((restored.verdict.cases, restored.verdict.findings), (1, 0));
        other.reopen().await;
        assert_eq!(t.case(1).await.unwrap(), other.case(1).await.unwrap());
        assert_eq!(t.case_texts(1).await.unwrap(), other.case_texts(1).await.unwrap());
        assert_eq!(t.case_history(1).await.unwrap(), other.case_history(1).await.unwrap());
        other.finish().await;
    }

    async fn an_archive_holds_all_of_a_case_and_no_contact_details(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let mut draft = sample::draft(8);
        draft.body.anonymous = false;
        draft.contact = Some(cairn_desk::report::Contact {
            name: Some("Canary Person".into()),
            email: Some("someone@reporter.example".into()),
            phone: None,
        });
        let reference = app.submit(&draft, Actor::Reporter, None).await.unwrap().reference;
        app.open_case(&ana, &said("Case", "k"), &[&reference]).await.unwrap();
        app.work_case(&ana, 1, 2, note(), Some(&said("A note.", "n"))).await.unwrap();
        let archive = app.export_case(&ana, 1).await.unwrap();
        assert_eq!(archive.name, "case-1.zip");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive.bytes)).unwrap();
        let mut files = BTreeMap::new();
        for n in 0..zip.len() {
            let mut file = zip.by_index(n).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            let name = file.name().unwrap().into_owned();
            assert!(!text.contains("Canary") && !text.contains("reporter.example"), "{name}");
            files.insert(name, text);
        }
        let case: serde_json::Value = serde_json::from_str(&files["case.json"]).unwrap();
        assert_eq!((case["title"].as_str(), case["notes"][0]["text"].as_str()), (Some("Case"), Some("A note.")));
        assert_eq!(case["reports"][0]["reference"], reference.as_str());
        assert_eq!(files["history.jsonl"].lines().count(), 4, "opened, linked, noted, taken out");
        let manifest: BTreeMap<String, String> = serde_json::from_str(&files["manifest.json"]).unwrap();
        for (name, sum) in manifest {
            assert_eq!(cairn_evidence::hash::sha256(files[&name].as_bytes()).hex(), sum, "{name}");
        }
        assert!(files.contains_key(&format!("reports/{reference}.json")));
    }
}
