//! Reports written and read back on both databases: groups, repeated keys, lost races, damaged units.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_desk::report::{Body, Command, FileRef, State};
use cairn_kernel::actor::Actor;
use cairn_store::once::KEYS_REMEMBERED_MAX;
use cairn_store::params;
use cairn_store::report::{loss_minor, loss_word};
use cairn_store::sql::{Table, Ty};
use cairn_store::writer::{Unit, WriteError};
use cairn_testkit::on_both;
use cairn_testkit::sample::{self, START, Sample, act, change_unit, standing};

static JOB: Table = Table::new(
    "job",
    &[
        ("id", Ty::Text),
        ("kind", Ty::Text),
        ("payload", Ty::Text),
        ("state", Ty::Text),
        ("run_at", Ty::Int),
        ("attempts", Ty::Int),
        ("created_at", Ty::Int),
    ],
);

fn job(id: &str) -> Vec<cairn_store::sql::Value> {
    params![id, "test", "{}", "due", 0_i64, 0_i64, 0_i64]
}

fn officer() -> Actor {
    Actor::User("officer-1".into())
}

fn erase(digest: &str) -> Command {
    Command::ReporterWrite {
        digest: digest.into(),
    }
}

on_both! {
    async fn all_that_was_sent_is_read_back(t: &mut TestStore) {
        for seed in 0..40 {
            let sample = Sample::new(t, seed, START.plus_seconds(seed as i64));
            let committed = sample.send(t).await.unwrap();
            assert_eq!(committed.first, seed);
            let body = &sample.draft.body;
            let row = t.report(sample.no).await.unwrap().unwrap();
            assert_eq!(row.received_at, sample.at);
            assert_eq!(row.quarter, 20_264);
            assert_eq!(row.language, body.language);
            assert_eq!((row.anonymous, row.suspect), (body.anonymous, body.suspect));
            assert_eq!((&row.category, &row.category_reported), (&body.category, &body.category));
            assert_eq!((&row.subtype, row.severity), (&body.subtype, body.severity));
            assert_eq!((row.state.as_str(), row.version), ("received", 1));
            assert_eq!((&row.region, &row.age_band, &row.sector), (&body.region, &body.age_band, &body.sector));
            assert_eq!((row.loss.as_str(), row.loss_minor), (loss_word(body), loss_minor(body, &sample.base_minor)));
            assert_eq!(row.title, body.title);
            let stored = t.report_body(sample.no).await.unwrap().unwrap();
            assert_eq!((stored.json.as_str(), stored.salt.as_slice()), (sample.body.0.as_str(), &sample.body.1[..]));
            assert_eq!(serde_json::from_str::<Body>(&stored.json).unwrap(), *body);
            let contact = t.report_contact(sample.no).await.unwrap();
            assert_eq!(contact.map(|c| c.json), sample.contact.as_ref().map(|c| c.0.clone()));
            assert_eq!(t.report_secret(sample.no).await.unwrap().unwrap(), sample.secret);
            let files: Vec<String> = t.files(sample.no).await.unwrap().into_iter().map(|f| f.sha256).collect();
            assert_eq!(files, body.files.iter().map(|f| f.sha256.clone()).collect::<Vec<_>>());
            let history = t.history(sample.no).await.unwrap();
            assert_eq!(history.len(), 1);
            assert_eq!((history[0].event.as_str(), history[0].at), (sample.event.event.as_str(), sample.at));
            let keys: Vec<_> = t.keys().list.for_size(seed + 1);
            sample.receipt(&committed).verify(&keys).unwrap();
        }
    }

    async fn a_group_answers_each_of_its_units(t: &mut TestStore) {
        let samples: Vec<Sample> = (0..300).map(|seed| Sample::new(t, seed, START)).collect();
        let mut sending = tokio::task::JoinSet::new();
        for sample in samples.clone() {
            let store = cairn_store::Store::clone(t);
            sending.spawn(async move { (sample.clone(), sample.send(&store).await.unwrap()) });
        }
        let mut indexes = Vec::new();
        let keys = t.keys().list.for_size(300);
        let mut heads = std::collections::BTreeSet::new();
        while let Some(done) = sending.join_next().await {
            let (sample, committed) = done.unwrap();
            let verified = sample.receipt(&committed).verify(&keys).unwrap();
            assert_eq!(verified.index, committed.first);
            heads.insert(verified.size);
            indexes.push(committed.first);
        }
        indexes.sort_unstable();
        assert_eq!(indexes, (0..300).collect::<Vec<u64>>());
        assert!(heads.len() < 300, "one checkpoint a group, not one a report: {}", heads.len());
        for sample in &samples {
            assert_eq!(t.history(sample.no).await.unwrap()[0].event, sample.event.event);
        }
    }

    async fn a_key_is_used_once_in_a_group_and_later(t: &mut TestStore) {
        let (key, request) = ([7; 32], [8; 32]);
        let mut sending = tokio::task::JoinSet::new();
        for seed in 0..30 {
            let other = [seed as u8 + 100; 32];
            let sample = Sample::new(t, seed, START).keyed(if seed % 3 == 0 { key } else { other }, request);
            let store = cairn_store::Store::clone(t);
            sending.spawn(async move { (seed, sample.no, sample.send(&store).await) });
        }
        let (mut winners, mut duplicates) = (Vec::new(), Vec::new());
        while let Some(done) = sending.join_next().await {
            let (seed, no, answer) = done.unwrap();
            match answer {
                Ok(_) if seed % 3 == 0 => winners.push(no),
                Ok(_) => assert!(t.report(no).await.unwrap().is_some()),
                Err(WriteError::Duplicate) if seed % 3 == 0 => duplicates.push(no),
                Err(error) => panic!("{seed}: {error}"),
            }
        }
        assert_eq!((winners.len(), duplicates.len()), (1, 9));
        assert_eq!(t.idempotent(key).await.unwrap(), Some((winners[0], request.to_vec())));
        let late = Sample::new(t, 99, START).keyed(key, request);
        assert!(matches!(late.send(t).await, Err(WriteError::Duplicate)));
        for no in duplicates.into_iter().chain([late.no]) {
            assert!(t.report(no).await.unwrap().is_none());
            assert!(t.report_body(no).await.unwrap().is_none());
            assert!(t.history(no).await.unwrap().is_empty());
        }
        let log = t.evidence(0, 1000).await.unwrap();
        assert_eq!(log.len(), 21);
        assert!(log.iter().zip(0..).all(|(row, idx)| row.idx == idx), "no gap in the log");
    }

    async fn a_key_is_honoured_however_many_came_after_it(t: &mut TestStore) {
        let (key, request) = ([7; 32], [8; 32]);
        let first = Sample::new(t, 1, START).keyed(key, request);
        first.send(t).await.unwrap();
        let sqlite = t.is_sqlite();
        t.close().await;
        // As a day with more reports than are remembered leaves them.
        if sqlite {
            let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
            let many = format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {KEYS_REMEMBERED_MAX})
                 INSERT INTO idempotency SELECT randomblob(32), x'00', 1000000000 + i, 0 FROM n"
            );
            connection.execute_batch(&many).unwrap();
        } else {
            let many = "INSERT INTO idempotency SELECT sha256(i::text::bytea), '\\x00', 1000000000 + i, 0 FROM generate_series(1, ";
            t.tamper(&format!("{many}{KEYS_REMEMBERED_MAX}) AS i")).await;
        }
        t.reopen().await;
        for seed in 2..4 {
            assert_eq!(t.idempotent(key).await.unwrap(), Some((first.no, request.to_vec())));
            let again = Sample::new(t, seed, START).keyed(key, request);
            assert!(matches!(again.send(t).await, Err(WriteError::Duplicate)));
            assert!(t.report(again.no).await.unwrap().is_none());
            let other = [seed as u8 + 100; 32];
            assert_eq!(t.idempotent(other).await.unwrap(), None);
            Sample::new(t, seed + 10, START).keyed(other, request).send(t).await.unwrap();
            let repeated = Sample::new(t, seed + 20, START).keyed(other, request);
            assert!(matches!(repeated.send(t).await, Err(WriteError::Duplicate)));
        }
    }

    async fn a_lost_race_leaves_nothing(t: &mut TestStore) {
        let sample = Sample::new(t, 3, START);
        sample.send(t).await.unwrap();
        let close = Command::Close { outcome: "advice_given".into() };
        let write = Command::OfficerWrite { digest: String::new(), waits: true };
        let first = change_unit(t, sample.no, officer(), close, None, START).await;
        let second = change_unit(t, sample.no, officer(), write, Some("Kia ora"), START).await;
        t.write(first).await.unwrap();
        assert!(matches!(t.write(second).await, Err(WriteError::Conflict)));
        let row = t.report(sample.no).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.outcome.as_deref(), row.version), ("closed", Some("advice_given"), 2));
        assert!(t.messages(sample.no).await.unwrap().is_empty());
        assert_eq!(t.history(sample.no).await.unwrap().len(), 2);
        assert_eq!(t.evidence(0, 10).await.unwrap().len(), 2);
    }

    async fn a_unit_that_fails_late_is_taken_back_whole(t: &mut TestStore) {
        let mut unit = Unit::default();
        unit.insert(&JOB, job("kept?"));
        unit.expect(1, "DELETE FROM report_contact WHERE no = $1", params![4711_i64]);
        unit.entries.push(sample::audit(1, START));
        assert!(matches!(t.write(unit).await, Err(WriteError::Conflict)));
        assert!(t.due_jobs(START, 10).await.unwrap().is_empty());
        assert!(t.newest_checkpoint().await.unwrap().is_none());
        Sample::new(t, 1, START).send(t).await.unwrap();
        assert_eq!(t.evidence(0, 10).await.unwrap().len(), 1);
    }

    async fn what_the_database_cannot_hold_spoils_nothing_else(t: &mut TestStore) {
        let mut taken = Unit::default();
        taken.insert(&JOB, job("taken"));
        t.write(taken).await.unwrap();
        let mut sending = tokio::task::JoinSet::new();
        for seed in 0..60 {
            let mut unit = Sample::new(t, seed, START).unit(t);
            let bad = seed % 10 == 4;
            // Each brings one, so that a group has enough of them to be copied to the table.
            let own = format!("own-{seed}");
            unit.insert(&JOB, job(if bad { "taken" } else { &own }));
            let store = cairn_store::Store::clone(t);
            sending.spawn(async move { (bad, store.write(unit).await) });
        }
        while let Some(done) = sending.join_next().await {
            let (bad, answer) = done.unwrap();
            assert_eq!(bad, matches!(answer, Err(WriteError::Database(_))), "{answer:?}");
            assert_eq!(!bad, answer.is_ok());
        }
        assert_eq!(t.evidence(0, 1000).await.unwrap().len(), 54);
    }

    async fn the_rows_follow_the_events(t: &mut TestStore) {
        // A sample with contact details.
        let seed = (0..).find(|seed| sample::draft(*seed).contact.is_some()).unwrap();
        let sample = Sample::new(t, seed, START);
        sample.send(t).await.unwrap();
        let no = sample.no;
        let ask = Command::OfficerWrite { digest: String::new(), waits: true };
        act(t, no, officer(), ask, Some("When was it?")).await.unwrap();
        assert_eq!(t.report(no).await.unwrap().unwrap().state, "waiting");
        act(t, no, Actor::Reporter, erase(""), Some("Inanahi – yesterday")).await.unwrap();
        let file = FileRef { sha256: "ab".repeat(32), size: 5, media_type: "text/plain".into(), name: None };
        act(t, no, Actor::Reporter, Command::AddFile(file), None).await.unwrap();
        let consent = Command::SetConsent { agency: "police".into(), given: true };
        act(t, no, Actor::Reporter, consent, None).await.unwrap();
        act(t, no, Actor::Reporter, Command::EraseContact, None).await.unwrap();
        let category = Command::Categorise { category: "scam".into(), subtype: None };
        act(t, no, officer(), category, None).await.unwrap();
        act(t, no, officer(), Command::Assign { to: Some("officer-1".into()) }, None).await.unwrap();
        let after = standing(t, no).await;
        let row = t.report(no).await.unwrap().unwrap();
        assert_eq!(after.state, State::Open);
        assert_eq!((row.state.as_str(), row.version), ("open", after.version));
        assert_eq!((row.category.as_str(), row.assignee.as_deref()), ("scam", Some("officer-1")));
        assert_eq!(row.category_reported, sample.draft.body.category);
        let messages = t.messages(no).await.unwrap();
        assert_eq!(messages.iter().map(|m| (m.n, m.waits)).collect::<Vec<_>>(), [(1, true), (2, false)]);
        assert_eq!(messages[1].text, "Inanahi – yesterday");
        assert!(t.report_contact(no).await.unwrap().is_none());
        assert_eq!(t.files(no).await.unwrap().len(), sample.draft.body.files.len() + 1);
        t.reopen().await;
        assert_eq!(standing(t, no).await, after);
        assert!(t.next_report() > no, "numbers go on after a restart");
    }
}
