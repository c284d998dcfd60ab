//! The offline verifier on both databases: silent on a sound store, and by name about what was changed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::report::{Command, LossItem};
use cairn_kernel::actor::Actor;
use cairn_store::verify::{self, Check, Finding, Part, Trusted, Verdict};
use cairn_testkit::sample::{self, START, Sample, act, audit};
use cairn_testkit::{TO_SCHEMA_29, TestStore, on_both};

const ORIGIN: &str = "reports.example/log";

async fn look(t: &TestStore) -> (Verdict, Vec<Finding>) {
    let trusted = Trusted::read(&t.path().join("keys"), ORIGIN).unwrap();
    look_with(t, trusted).await
}

async fn look_with(t: &TestStore, trusted: Trusted) -> (Verdict, Vec<Finding>) {
    let database = t.options().database;
    tokio::task::spawn_blocking(move || {
        let (mut findings, mut last) = (Vec::new(), None);
        let check = Check {
            trusted: &trusted,
            quarter: Some(&sample::quarter),
            progress: &mut |progress| last = Some(progress),
            found: &mut |finding| findings.push(finding),
        };
        let verdict = verify::database(&database, check).unwrap();
        let last = last.unwrap();
        assert_eq!(
            (last.part, last.done, last.of),
            (Part::Reports, verdict.reports, verdict.reports)
        );
        assert_eq!(verdict.findings, findings.len() as u64);
        (verdict, findings)
    })
    .await
    .unwrap()
}

async fn fill(t: &TestStore, reports: u64) {
    let officer = Actor::User("officer-1".into());
    for seed in 0..reports {
        let sample = Sample::new(t, seed, START);
        sample.send(t).await.unwrap();
        let (no, digest) = (sample.no, String::new());
        let ask = Command::OfficerWrite {
            digest: digest.clone(),
            waits: true,
        };
        act(t, no, officer.clone(), ask, Some("Āhea?"))
            .await
            .unwrap();
        act(
            t,
            no,
            Actor::Reporter,
            Command::ReporterWrite { digest },
            Some("Inanahi"),
        )
        .await
        .unwrap();
        if sample.contact.is_some() && seed % 2 == 0 {
            act(t, no, Actor::Reporter, Command::EraseContact, None)
                .await
                .unwrap();
        }
        let mut unit = cairn_store::writer::Unit::default();
        unit.entries.extend((0..seed % 40).map(|n| audit(n, START)));
        t.write(unit).await.unwrap();
    }
}

/// Runs SQL behind the store's back.
async fn tamper(t: &TestStore, sql: &str) {
    if t.url().is_some() {
        t.tamper(sql).await;
    } else {
        let path = t.path().join("core.db");
        let sql = sql.to_owned();
        rusqlite::Connection::open(path)
            .unwrap()
            .execute_batch(&sql)
            .unwrap();
    }
}

/// What figures and officers read of losses and consents.
async fn belongings(t: &TestStore) -> String {
    let facts = t.live_facts(&[], 0, i64::MAX, 0).await.unwrap().facts;
    let figures = t.count_categories(&[], 0).await.unwrap();
    format!("{facts:#?} {figures:#?}")
}

/// Somebody agrees to one more agency, takes back what was agreed to, and an officer verifies a loss.
async fn change_belongings(
    t: &TestStore,
    no: i64,
    items: &[LossItem],
    consents: &[String],
) -> usize {
    let mut changes = 1;
    for (agency, given) in consents
        .iter()
        .map(|agency| (agency.clone(), false))
        .chain([("privacy".to_owned(), true)])
    {
        act(
            t,
            no,
            Actor::Reporter,
            Command::SetConsent { agency, given },
            None,
        )
        .await
        .unwrap();
        changes += usize::from(!given);
    }
    if let Some((_, verify)) = sample::verify_loss(items) {
        act(t, no, Actor::User("officer-1".into()), verify, None)
            .await
            .unwrap();
        changes += 1;
    }
    changes
}

on_both! {
    async fn losses_and_consents_are_the_same_wherever_they_stand(t: &mut TestStore) {
        fill(t, 30).await;
        let before = belongings(t).await;
        assert!(before.contains("police"), "{before}");
        t.close().await;
        let number = if t.url().is_some() { "UPDATE cairn_schema SET number = 29" } else { "PRAGMA user_version = 29" };
        tamper(t, &format!("{TO_SCHEMA_29} {number}")).await;
        t.reopen().await;
        assert_eq!(belongings(t).await, before);
        assert_eq!(look(t).await.1, []);
        // Reports of both kinds change: those that have rows, and those that came after.
        for seed in 30..60 {
            Sample::new(t, seed, START).send(t).await.unwrap();
        }
        let mut changes = 0;
        for seed in 0..60 {
            let draft = sample::draft(seed);
            changes += change_belongings(t, seed as i64 + 1, &draft.body.losses, &draft.consents).await;
            assert_eq!(look(t).await.1, [], "report {}", seed + 1);
        }
        assert!(changes > 80, "{changes}");
        let facts = t.live_facts(&[], i64::MAX, i64::MAX, 0).await.unwrap().facts;
        assert!(facts.iter().all(|fact| fact.agencies == ["privacy"]), "{facts:#?}");
    }

    async fn a_sound_store_is_sound_while_it_runs(t: &mut TestStore) {
        let (verdict, findings) = look(t).await;
        assert_eq!((findings, verdict), (vec![], Verdict::default()));
        fill(t, 60).await;
        let (verdict, findings) = look(t).await;
        assert_eq!(findings, []);
        assert_eq!(verdict.reports, 60);
        let (size, _) = t.newest_checkpoint().await.unwrap().unwrap();
        assert!(size > 512);
        assert_eq!((verdict.leaves, verdict.head.map(|h| h.0)), (size, Some(size)));
        t.close().await;
        cairn_store::keys::Keys::rotate(&t.path().join("keys"), ORIGIN, size).unwrap();
        t.reopen().await;
        fill(t, 3).await;
        assert_eq!(look(t).await.1, []);
    }

    async fn a_report_found_to_be_a_persons_counts_again(t: &mut TestStore) {
        let seed = (0..30).find(|seed| sample::draft(*seed).body.suspect).unwrap();
        let sample = Sample::new(t, seed, START);
        sample.send(t).await.unwrap();
        assert!(t.report(sample.no).await.unwrap().unwrap().suspect);
        assert!(t.count_categories(&[], i64::MAX).await.unwrap().is_empty());
        let officer = Actor::User("officer-1".into());
        act(t, sample.no, officer, Command::NotSuspect, None).await.unwrap();
        assert!(!t.report(sample.no).await.unwrap().unwrap().suspect);
        let counted = t.count_categories(&[], i64::MAX).await.unwrap();
        assert_eq!((counted.len(), counted[0].incidents), (1, 1));
        assert_eq!(look(t).await.1, []);
        // The mark is checked against the log, not against what was reported.
        tamper(t, "UPDATE report SET suspect = TRUE").await;
        assert_eq!(look(t).await.1.len(), 1);
    }

    async fn a_verified_loss_follows_from_the_log(t: &mut TestStore) {
        fill(t, 30).await;
        let direct = |no: u64| Some((no, sample::verify_loss(&sample::draft(no - 1).body.losses)?));
        let (no, (item, verify)) = (1..=30).find_map(direct).unwrap();
        act(t, no as i64, Actor::User("officer-1".into()), verify, None).await.unwrap();
        assert_eq!(look(t).await.1, []);
        for column in ["certainty = 'stated'", "minor = 4712", "base_minor = 4712"] {
            tamper(t, "CREATE TABLE kept AS SELECT * FROM report_loss").await;
            tamper(t, &format!("UPDATE report_loss SET {column} WHERE no = {no} AND n = {item}")).await;
            let findings = look(t).await.1;
            assert!(findings.iter().any(|f| f.place().starts_with(&format!("report_loss {no} ("))), "{column}: {findings:?}");
            tamper(t, "DELETE FROM report_loss; INSERT INTO report_loss SELECT * FROM kept; DROP TABLE kept").await;
        }
        tamper(t, &format!("UPDATE report SET loss_minor = 1 WHERE no = {no}")).await;
        assert!(look(t).await.1.iter().any(|f| f.place().starts_with(&format!("report {no} ("))));
    }

    async fn what_was_changed_is_named(t: &mut TestStore) {
        fill(t, 30).await;
        let contact = (1..=30).find(|no| sample::draft(no - 1).contact.is_some() && (no - 1) % 2 == 1).unwrap();
        let loss = (1..=30).find(|no| !sample::draft(no - 1).body.losses.is_empty()).unwrap();
        let edits = [
            ("UPDATE report SET title = 'x' WHERE no = 7".to_owned(), "report 7 ("),
            ("UPDATE report SET quarter = 20261 WHERE no = 7".to_owned(), "report 7 ("),
            ("UPDATE report SET label = 'clear' WHERE no = 8".to_owned(), "report 8 ("),
            ("UPDATE report SET assignee = 'somebody' WHERE no = 9".to_owned(), "report 9 ("),
            ("UPDATE report SET suspect = NOT suspect WHERE no = 10".to_owned(), "report 10 ("),
            ("DELETE FROM report WHERE no = 11".to_owned(), "report 11 ("),
            ("UPDATE report_body SET body = replace(body, 'Sample', 'sample') WHERE no = 12".to_owned(), "report_body 12 ("),
            (format!("DELETE FROM report_contact WHERE no = {contact}"), "report_contact "),
            (format!("UPDATE report SET losses = replace(losses, '[', '[ ') WHERE no = {loss}"), "report "),
            (format!("UPDATE report SET losses = NULL WHERE no = {loss}"), "report "),
            ("UPDATE report SET consents = '[0,\"press\"]' WHERE no = 14".to_owned(), "report 14 ("),
            (format!("INSERT INTO report_loss(no, n, kind, certainty) VALUES ({loss}, 0, 'data', 'stated')"), "report_loss "),
            ("INSERT INTO report_consent VALUES (14, 'press', TRUE, 0)".to_owned(), "report_consent 14 ("),
            ("UPDATE message SET text = 'Apōpō' WHERE no = 15 AND n = 2".to_owned(), "message 15 ("),
            ("UPDATE message SET author = NULL WHERE no = 16 AND n = 1".to_owned(), "message 16 ("),
            ("UPDATE evidence SET at = at + 1 WHERE idx = 20".to_owned(), "evidence 20"),
            ("UPDATE evidence SET event = event || ' ' WHERE idx = 300".to_owned(), "evidence 300"),
            ("UPDATE evidence SET report = NULL WHERE idx = 0".to_owned(), "evidence 0"),
            ("DELETE FROM evidence WHERE idx = 40".to_owned(), "evidence 40"),
            ("UPDATE log_node SET hash = (SELECT entry FROM evidence WHERE idx = 0) WHERE n = 0".to_owned(), "log_node 1/0"),
            ("DELETE FROM log_node WHERE level = 1 AND n = 0".to_owned(), "log_node 1/0"),
            ("DELETE FROM checkpoint WHERE size = 1".to_owned(), "checkpoint 1"),
            ("UPDATE checkpoint SET note = replace(note, 'reports', 'report') WHERE size = 2".to_owned(), "checkpoint 2"),
            ("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)".to_owned(), "checkpoint "),
        ];
        let keep = ["report", "report_body", "report_contact", "report_loss", "report_consent", "message", "evidence", "log_node", "checkpoint"];
        for table in keep {
            tamper(t, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        for (sql, place) in edits {
            tamper(t, &sql).await;
            let (_, findings) = look(t).await;
            assert!(findings.iter().any(|f| f.place().starts_with(place)), "{sql}: {findings:?}");
            assert!(findings.len() <= 4, "{sql}: {findings:?}");
            for table in keep {
                tamper(t, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
            }
        }
        assert_eq!(look(t).await.1, []);
    }

    async fn a_log_made_anew_by_somebody_else_is_not_believed(t: &mut TestStore) {
        fill(t, 5).await;
        let mut trusted = Trusted::read(&t.path().join("keys"), ORIGIN).unwrap();
        let other = TestStore::sqlite().await;
        trusted.keys = other.keys().list.clone();
        trusted.reference = None;
        let (verdict, findings) = look_with(t, trusted).await;
        assert!(findings.len() as u64 >= verdict.checkpoints && verdict.head.is_none());
        other.finish().await;
    }

    async fn rows_without_their_report_are_found(t: &mut TestStore) {
        fill(t, 2).await;
        tamper(t, "UPDATE report_body SET no = 4711 WHERE no = 2").await;
        let places: Vec<String> = look(t).await.1.iter().map(Finding::place).collect();
        assert!(places.iter().any(|p| p.starts_with("report_body 2 (")), "{places:?}");
        assert!(places.iter().any(|p| p.starts_with("report_body 4711 (")), "{places:?}");
    }
}
