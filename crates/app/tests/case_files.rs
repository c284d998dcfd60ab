//! Files of cases on both databases: brought once, taken out packed, taken off and put back, gone for good when nobody put them back and
//! no legal hold keeps them; and the log knows all of it.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

use std::io::Read as _;

use cairn_app::account::Principal;
use cairn_app::cases::rows::Filter;
use cairn_app::cases::{NewFile, Whole, Written};
use cairn_app::clock::Clock;
use cairn_app::hold::Reason;
use cairn_app::report::AppError;
use cairn_app::retention::NEWEST;
use cairn_app::takeaway::ARCHIVE_PASSWORD;
use cairn_app::{App, Config};
use cairn_desk::cases::{
    Command, Described, FILE_BACK_SECONDS, FILE_RULE, FileSort, Refusal, Source, file_text,
    timeline,
};
use cairn_desk::files::FileTypes;
use cairn_desk::report::FileRef;
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::label::Tlp;
use cairn_kernel::time::Micros;
use cairn_store::backup::{self, Plan, Restore};
use cairn_store::writer::Unit;
use cairn_testkit::{TestStore, account, on_both, sample};

const START: Micros = Micros(1_795_500_300_000_000);
const DAY: i64 = 86_400;
const SAMPLE: &[u8] = b"MZ\x90\0 zqsample: bytes that nobody else has";

fn app(store: &TestStore) -> (App, Clock) {
    store.app(Config::default(), START)
}

fn said(text: &str, key: &str) -> Written {
    Written {
        text: text.into(),
        key: Some(key.into()),
    }
}

async fn upload(app: &App, bytes: &[u8], name: &str) -> FileRef {
    let mut taking = app.take_upload(None).unwrap();
    taking.push(bytes).unwrap();
    app.keep_file(taking, Some(name)).await.unwrap()
}

fn new(file: &FileRef, note: &str, happened: Option<Micros>, key: &str) -> NewFile {
    let text = file_text(file.name.as_deref().unwrap_or("a"), note).unwrap();
    NewFile {
        file: file.clone(),
        described: Described {
            sort: FileSort::Evidence,
            tlp: Tlp::Red,
            happened,
        },
        written: said(&text, key),
    }
}

async fn whole(app: &App, who: &Principal, no: i64) -> Whole {
    app.read_case(who, no).await.unwrap().into_inner()
}

async fn work(app: &App, who: &Principal, command: Command) -> Result<(), AppError> {
    app.work_case(who, 1, i64::MAX, command, None).await
}

fn erase(text: u32) -> Command {
    Command::EraseFile {
        text,
        held: false,
        rule: String::new(),
    }
}

async fn tamper(t: &TestStore, sql: &'static str) {
    let mut unit = Unit::default();
    unit.exec(sql, Vec::new());
    t.write(unit).await.unwrap();
}

async fn sound(t: &TestStore) {
    assert_eq!(t.log_verify().await.1, vec![]);
}

on_both! {
    async fn a_file_is_brought_once_found_shown_and_taken_out_packed(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let auditor = account(&app, "ruth", Role::Auditor).await;
        app.open_case(&ana, &said("Case", "k"), &[]).await.unwrap();
        let file = upload(&app, SAMPLE, "C:\\temp\\dropper-9.exe").await;
        let happened = START.plus_seconds(-DAY);
        for _ in 0..2 {
            let new = new(&file, "Found beside the mailbox rules.", Some(happened), "f1");
            app.add_case_file(&ana, 1, new).await.unwrap();
        }
        let denied = app.add_case_file(&auditor, 1, new(&file, "", None, "f2")).await;
        assert!(matches!(denied, Err(AppError::Denied(_))), "{denied:?}");
        let late = app.add_case_file(&ana, 1, new(&file, "", Some(START.plus_seconds(60)), "f3")).await;
        assert!(matches!(late, Err(AppError::Case(Refusal::Time(_)))), "{late:?}");
        let seen = whole(&app, &ana, 1).await;
        assert_eq!(seen.case.files.len(), 1, "the same form twice is one file");
        let one = &seen.case.files[0];
        assert_eq!(seen.text(one.text), Some("dropper-9.exe\nFound beside the mailbox rules."));
        assert_eq!((one.content.size, one.described.tlp), (SAMPLE.len() as u64, Tlp::Red));
        assert_eq!(one.content.media_type, "application/vnd.microsoft.portable-executable");
        // What it shows stands on the timeline, and a row may name it as its source.
        let lines = timeline(&seen.case.rows);
        assert_eq!(lines.iter().map(|line| line.row.happened).collect::<Vec<_>>(), [happened]);
        let row = |source| Command::AddRow { digest: String::new(), happened, known: START, source };
        app.work_case(&ana, 1, 9, row(Source::File(one.text)), Some(&said("It ran.", "r"))).await.unwrap();
        let absent = app.work_case(&ana, 1, 9, row(Source::File(77)), Some(&said("Else.", "q"))).await;
        assert!(matches!(absent, Err(AppError::Case(Refusal::Absent("file")))), "{absent:?}");
        // By name and by note.
        for words in ["dropper-9", "mailbox rul"] {
            let found = app.cases_with(&ana, words, &Filter { limit: 9, ..Filter::default() }).await.unwrap();
            assert_eq!(found.len(), 1, "{words}");
        }
        // Packed, and noted before it leaves.
        let refused = app.take_case_file(&auditor, 1, one.text).await;
        assert!(matches!(refused, Err(AppError::Denied(_))));
        let taken = app.take_case_file(&ana, 1, one.text).await.unwrap();
        assert!(taken.name.starts_with("case-1-") && !taken.bytes.windows(8).any(|part| part == b"zqsample"));
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(taken.bytes)).unwrap();
        assert!(zip.by_index(0).is_err(), "not without the password");
        let mut bytes = Vec::new();
        zip.by_index_decrypt(0, ARCHIVE_PASSWORD.as_bytes()).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, SAMPLE);
        assert!(matches!(app.take_case_file(&ana, 1, 99).await, Err(AppError::NotFound)));
        assert!(matches!(app.take_case_file(&ana, 2, one.text).await, Err(AppError::NotFound)));
        let history = whole(&app, &ana, 1).await.history;
        assert_eq!(history.last().unwrap().1.change.kind(), "case_file_taken");
        sound(t).await;
    }

    async fn the_operators_types_and_a_ticket_are_asked_for(t: &mut TestStore) {
        let types = FileTypes::parse("text/*, .pdf").unwrap();
        let (app, clock) = t.app(Config { file_types: types, ..Config::default() }, START);
        let ana = account(&app, "ana", Role::Officer).await;
        app.open_case(&ana, &said("Case", "k"), &[]).await.unwrap();
        let mut taking = app.take_upload(None).unwrap();
        taking.push(SAMPLE).unwrap();
        assert!(matches!(app.keep_file(taking, Some("a.exe")).await, Err(AppError::FileType { .. })));
        let file = upload(&app, b"a line of a log", "mail.log").await;
        let ticket = app.file_ticket(&file.sha256);
        let mut other = file.sha256.clone();
        other.replace_range(0..1, if other.starts_with('0') { "1" } else { "0" });
        let known = async |sha256: &str, ticket: &str| app.brought_file((sha256, ticket), "mail.log").await.unwrap();
        assert_eq!(known(&file.sha256, &ticket).await.as_ref(), Some(&file));
        // Nobody else's ticket, none that was made up, and none after its time.
        assert_eq!(known(&other, &ticket).await, None);
        assert_eq!(known(&file.sha256, "").await, None);
        let later = ticket.replacen(char::is_numeric, "f", 1);
        assert_eq!(known(&file.sha256, &later).await, None);
        clock.set(START.plus_seconds(DAY));
        assert_eq!(known(&file.sha256, &ticket).await, None);
        // What was swept away since cannot be brought any more.
        clock.set(START.plus_seconds(3 * DAY));
        app.tidy().await.unwrap();
        let gone = app.add_case_file(&ana, 1, new(&file, "", None, "f")).await;
        assert!(gone.is_err(), "{gone:?}");
        assert!(whole(&app, &ana, 1).await.case.files.is_empty());
        sound(t).await;
    }

    async fn taken_off_put_back_and_gone_for_good(t: &mut TestStore) {
        let (app, clock) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let lead = account(&app, "hana", Role::Lead).await;
        let keeper = account(&app, "ruth", Role::Auditor).await;
        let received = app.submit(&sample::draft(5), Actor::Reporter, None).await.unwrap();
        for title in ["Case", "Other"] {
            app.open_case(&ana, &said(title, title), &[&received.reference]).await.unwrap();
        }
        let file = upload(&app, SAMPLE, "zqname.exe").await;
        let happened = Some(START.plus_seconds(-60));
        app.add_case_file(&ana, 1, new(&file, "zqnote", happened, "f1")).await.unwrap();
        app.add_case_file(&ana, 2, new(&file, "", None, "f2")).await.unwrap();
        assert!(matches!(work(&app, &lead, erase(2)).await, Err(AppError::Case(Refusal::Standing))));
        for _ in 0..2 {
            work(&app, &ana, Command::RemoveFile { text: 2 }).await.unwrap();
        }
        let seen = whole(&app, &ana, 1).await.case;
        assert!(!seen.files[0].stands() && timeline(&seen.rows).is_empty());
        clock.set(START.plus_seconds(FILE_BACK_SECONDS - 1));
        assert_eq!(app.erase_case_files().await.unwrap(), 0);
        work(&app, &ana, Command::RestoreFile { text: 2 }).await.unwrap();
        let seen = whole(&app, &ana, 1).await.case;
        assert!(seen.files[0].stands() && timeline(&seen.rows).len() == 1);
        sound(t).await;

        // On legal hold nothing goes, by the rule or by hand.
        work(&app, &ana, Command::RemoveFile { text: 2 }).await.unwrap();
        let reason = || Reason::parse("Proceedings 12/2026").unwrap();
        app.place_hold(&lead, &received.reference, 1, (reason(), None)).await.unwrap();
        clock.set(START.plus_seconds(3 * FILE_BACK_SECONDS));
        assert_eq!(app.erase_case_files().await.unwrap(), 0);
        assert!(matches!(work(&app, &lead, erase(2)).await, Err(AppError::Case(Refusal::Held))));
        app.lift_hold(&lead, &received.reference, 2, reason()).await.unwrap();
        assert!(matches!(work(&app, &ana, erase(2)).await, Err(AppError::Denied(_))));

        // Then it does: name, note and words with it, and the bytes when nothing else has them.
        assert_eq!(app.erase_case_files().await.unwrap(), 1);
        assert_eq!(app.erase_case_files().await.unwrap(), 0);
        let seen = whole(&app, &ana, 1).await;
        assert_eq!((seen.text(2), seen.case.files[0].gone.as_ref().map(|gone| gone.2.as_str())), (None, Some(FILE_RULE)));
        let back = work(&app, &ana, Command::RestoreFile { text: 2 }).await;
        assert!(matches!(back, Err(AppError::Case(Refusal::Absent("file")))));
        assert!(matches!(app.take_case_file(&ana, 1, 2).await, Err(AppError::NotFound)));
        let filter = Filter { limit: 9, ..Filter::default() };
        assert!(app.cases_with(&ana, "zqnote", &filter).await.unwrap().is_empty());
        app.tidy().await.unwrap();
        assert_eq!(t.read_blob(&file.sha256).await.unwrap(), SAMPLE, "the other case has it");
        let two = app.take_case_file(&ana, 2, 2).await.unwrap();
        assert!(!two.bytes.is_empty());
        app.work_case(&ana, 2, 99, Command::RemoveFile { text: 2 }, None).await.unwrap();
        app.work_case(&lead, 2, 99, erase(2), None).await.unwrap();
        app.tidy().await.unwrap();
        assert!(t.blob(&file.sha256).await.unwrap().is_none(), "row, key and bytes are gone");
        assert!(t.read_blob(&file.sha256).await.is_err());

        // The register knows both.
        let register = app.register(&keeper, NEWEST).await.unwrap();
        let lines: Vec<_> = register.lines.iter().map(|line| (line.case(), line.part.as_str(), line.rule.as_str())).collect();
        assert_eq!(lines, [(Some(1), "files", FILE_RULE), (Some(2), "files", "")]);
        assert_eq!(register.lines[1].doer, format!("user:{}", lead.account));
        let counts = app.register_counts(&keeper).await.unwrap();
        assert_eq!(counts.iter().map(|row| row.2).sum::<i64>(), 2);
        let older = (register.lines[0].at, register.lines[0].no, register.lines[0].version);
        assert_eq!(app.register(&keeper, older).await.unwrap().lines.len(), 1);
        assert!(t.scrub().await.unwrap());
        sound(t).await;
    }

    async fn files_of_linked_reports_stand_beside_and_stay_theirs(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Officer).await;
        let mut draft = sample::draft(8);
        draft.body.anonymous = false;
        draft.body.files = vec![upload(&app, b"zqletter", "Letter of A. Person.txt").await];
        let received = app.submit(&draft, Actor::Reporter, None).await.unwrap();
        app.open_case(&ana, &said("Case", "k"), &[&received.reference]).await.unwrap();
        let beside = app.case_report_files(&ana, 1).await.unwrap();
        let shown: Vec<_> = beside.iter().map(|file| (file.report, file.sha256.as_str(), file.size)).collect();
        assert_eq!(shown, [(received.no, draft.body.files[0].sha256.as_str(), 8)]);
        work(&app, &ana, Command::Unlink { no: received.no }).await.unwrap();
        assert!(app.case_report_files(&ana, 1).await.unwrap().is_empty());
    }

    async fn archive_and_backup_hold_the_files(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Lead).await;
        app.open_case(&ana, &said("Case", "k"), &[]).await.unwrap();
        let file = upload(&app, SAMPLE, "dropper.exe").await;
        app.add_case_file(&ana, 1, new(&file, "A note.", None, "f")).await.unwrap();
        let log = upload(&app, b"lines", "mail.log").await;
        app.add_case_file(&ana, 1, new(&log, "", None, "g")).await.unwrap();
        work(&app, &ana, Command::RemoveFile { text: 3 }).await.unwrap();
        let archive = app.export_case(&ana, 1).await.unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive.bytes)).unwrap();
        let mut case = String::new();
        zip.by_name("case.json").unwrap().read_to_string(&mut case).unwrap();
        let case: serde_json::Value = serde_json::from_str(&case).unwrap();
        assert_eq!((case["files"][0]["name"].as_str(), case["files"][0]["note"].as_str()), (Some("dropper.exe"), Some("A note.")));
        assert_eq!(case["files"].as_array().unwrap().len(), 2);
        let path = case["files"][0]["path"].as_str().unwrap();
        assert!(zip.by_name(path).is_err(), "not without the password");
        let mut bytes = Vec::new();
        zip.by_name_decrypt(path, ARCHIVE_PASSWORD.as_bytes()).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, SAMPLE);
        let off = case["files"][1]["path"].as_str().unwrap();
        assert!(zip.index_for_name(off).is_none(), "what was taken off is not in it");

        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("backup");
        let (options, to) = (t.options(), at.clone());
        let made = tokio::task::spawn_blocking(move || {
            let plan = Plan { to: &to, settings: None, key: None, made_at: START };
            backup::backup(&options, &plan, &mut |_, _, _| {})
        });
        made.await.unwrap().unwrap();
        let mut other = t.blank().await;
        let options = other.options();
        let restored = tokio::task::spawn_blocking(move || {
            let how = Restore { from: &at, key: None, quarter: None, accept_findings: false };
            backup::restore(&options, &how, &mut |_, _, _| {})
        });
        assert_eq!(restored.await.unwrap().unwrap().verdict.findings, 0);
        other.reopen().await;
        assert_eq!(other.read_blob(&file.sha256).await.unwrap(), SAMPLE);
        assert_eq!(t.case_texts(1).await.unwrap(), other.case_texts(1).await.unwrap());
        assert_eq!(other.log_verify().await.1, vec![]);
        other.finish().await;
    }

    async fn rows_that_were_changed_behind_its_back_are_named(t: &mut TestStore) {
        let (app, _) = app(t);
        let ana = account(&app, "ana", Role::Lead).await;
        app.open_case(&ana, &said("Case", "k"), &[]).await.unwrap();
        let file = upload(&app, SAMPLE, "dropper.exe").await;
        for key in ["f", "g"] {
            app.add_case_file(&ana, 1, new(&file, key, None, key)).await.unwrap();
        }
        work(&app, &ana, Command::RemoveFile { text: 3 }).await.unwrap();
        work(&app, &ana, erase(3)).await.unwrap();
        sound(t).await;
        tamper(t, "CREATE TABLE kept_files AS SELECT * FROM case_file").await;
        for (sql, place) in [
            ("UPDATE case_file SET sha256 = 'ab' WHERE text = 2", "case_file 1/2"),
            ("UPDATE case_file SET size = size + 1 WHERE text = 2", "case_file 1/2"),
            ("UPDATE case_file SET removed_at = 1 WHERE text = 2", "case_file 1/2"),
            ("UPDATE case_file SET media_type = 'text/plain' WHERE text = 3", "case_file 1/3"),
            ("UPDATE case_file SET gone_at = NULL WHERE text = 3", "case_file 1/3"),
            ("UPDATE case_file SET rule = 'else' WHERE text = 3", "case_file 1/3"),
            ("DELETE FROM case_file WHERE text = 2", "case_file 1/2"),
            ("INSERT INTO case_file SELECT no, 9, sha256, size, media_type, removed_at, gone_at, doer, rule FROM case_file WHERE text = 2", "case_file 1/9"),
            ("INSERT INTO case_file SELECT 7, text, sha256, size, media_type, removed_at, gone_at, doer, rule FROM case_file WHERE text = 2", "case_head 7"),
        ] {
            tamper(t, sql).await;
            let findings = t.log_verify().await.1;
            assert!(findings.iter().any(|f| f.place() == place), "{sql}: {findings:?}");
            tamper(t, "DELETE FROM case_file").await;
            tamper(t, "INSERT INTO case_file SELECT * FROM kept_files").await;
        }
        sound(t).await;
    }
}
