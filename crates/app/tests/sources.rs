//! Sources of machine reports, on both databases: a report is durable before it is acknowledged and read once; quotas and the first lane;
//! watched folders, mail, and fetching from real servers on this machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that meets what it did not expect fails"
)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cairn_app::account::{Doer, Principal};
use cairn_app::clock::Clock;
use cairn_app::conversation::{Handed, Taken};
use cairn_app::feeds::quarantine::ReportView;
use cairn_app::feeds::receive::{Came, CameBy};
use cairn_app::feeds::source::SourceError;
use cairn_app::feeds::{FeedsConfig, signature};
use cairn_app::report::AppError;
use cairn_app::{App, Config};
use cairn_desk::conversation::ReplyAddress;
use cairn_desk::source::{SourceFault, SourceKind, SourceWanted};
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use cairn_store::Options;
use cairn_store::backup::{self, BackupError, Manifest, Plan, Restore, Restored};
use cairn_store::feeds::FeedStore;
use cairn_store::sql::Value;
use cairn_store::verify::Finding;
use cairn_store::writer::Unit;
use cairn_testkit::{TestStore, account, on_both};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// 12:00 UTC on 2 January 2050.
const START: Micros = Micros(2_524_608_000_000_000 + 86_400_000_000 + 43_200_000_000);
const SCHEMA: &str = r#"{"_meta": {"date_created": "2050-01-01"}, "scan_example": {"feed_name": "Example", "file_name": "scan_example",
    "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "ip", "validate_ip"], ["source.port", "port", "convert_int"]],
    "optional_fields": [["extra.", "tag"]], "constant_fields": {"classification.type": "vulnerable-system", "classification.identifier": "open-example"}}}"#;
const MENDED: &str = r#"{"_meta": {"date_created": "2050-02-01"}, "scan_example": {"feed_name": "Example", "file_name": "scan_example",
    "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "ip", "validate_ip"]],
    "optional_fields": [["extra.", "port"], ["extra.", "tag"]], "constant_fields": {"classification.type": "vulnerable-system", "classification.identifier": "open-example"}}}"#;
const NAME: &str = "2050-01-01-scan_example-test.csv";
const ONE: &str = "timestamp,ip,port,tag\n2050-01-01 00:00:00,192.0.2.1,80,x\n2050-01-01 00:00:00,192.0.2.2,80,x\n2050-01-01 00:00:01,192.0.2.1,80,x\n2050-01-01 00:00:02,192.0.2.3,none,y\n";

#[derive(Clone)]
struct World {
    app: App,
    clock: Clock,
    officer: Principal,
    lead: Principal,
}

fn app_in(t: &TestStore, private: bool) -> (App, Clock) {
    let files = t.path().join("files");
    fs::create_dir_all(&files).unwrap();
    fs::write(files.join("schema.json"), SCHEMA).unwrap();
    let config = Config {
        feeds: FeedsConfig {
            files: Some(files),
            folders: Some(t.path().join("folders")),
            private,
            ..FeedsConfig::default()
        },
        reply_to: Some(ReplyAddress::parse("report+{tag}@cert.example").unwrap()),
        ..Config::default()
    };
    t.app(config, START)
}

async fn world(t: &TestStore, private: bool) -> World {
    let (app, clock) = app_in(t, private);
    let officer = account(&app, "oliver", Role::Officer).await;
    let lead = account(&app, "leilani", Role::Lead).await;
    World {
        app,
        clock,
        officer,
        lead,
    }
}

fn wanted(kind: SourceKind) -> SourceWanted {
    SourceWanted {
        name: "Example scans".into(),
        format: "schema".into(),
        file: "schema.json".into(),
        senders: vec!["reports@partner.example".into()],
        address: "partner".into(),
        ..SourceWanted::fresh(kind)
    }
}

impl World {
    async fn source(&self, code: &str, kind: SourceKind, wanted: &SourceWanted) -> i64 {
        self.app
            .make_source(&self.lead, (code, kind), wanted)
            .await
            .unwrap()
    }

    async fn send(&self, source: i64, name: &str, text: &str) -> Came {
        let mut receiving = self
            .app
            .begin_report(&self.officer, source, name)
            .await
            .unwrap();
        for piece in text.as_bytes().chunks(1 << 20) {
            receiving.push(Bytes::copy_from_slice(piece)).await.unwrap();
        }
        self.app
            .end_report(&self.officer, receiving, CameBy::Page)
            .await
            .unwrap()
    }

    async fn work(&self) -> u64 {
        let (_never, stopping) = watch::channel(false);
        self.app.feeds_turn(&stopping).await.unwrap()
    }

    async fn report(&self, no: i64) -> ReportView {
        self.app
            .feed_report(&self.officer, no)
            .await
            .unwrap()
            .into_inner()
    }

    /// Observations and rows in quarantine, as the machine reports' own store has them.
    async fn kept(&self) -> (u64, u64) {
        let options = self.app.bare_store().options();
        let read = tokio::task::spawn_blocking(move || {
            let Some(store) = FeedStore::reading(&options).unwrap() else {
                return (0, 0);
            };
            let held = store.verify(&mut |what| panic!("{what}")).unwrap();
            (held.observations, store.stats(START).unwrap().quarantined)
        });
        read.await.unwrap()
    }

    fn incoming(&self) -> usize {
        let folder = self.app.bare_store().dir().join("observations/incoming");
        fs::read_dir(folder).map_or(0, Iterator::count)
    }

    async fn looked(&self, no: i64) -> (String, u64, Option<String>, u32) {
        let found = self
            .app
            .source(&self.officer, no)
            .await
            .unwrap()
            .into_inner();
        let looked = found.0.looked;
        (looked.outcome, looked.came, looked.error, looked.fails)
    }
}

async fn backed_up(t: &TestStore, to: &Path) -> Manifest {
    let (options, to) = (t.options(), to.to_owned());
    let made = tokio::task::spawn_blocking(move || {
        let plan = Plan {
            to: &to,
            settings: None,
            key: None,
            made_at: START,
        };
        backup::backup(&options, &plan, &mut |_, _, _| {})
    });
    made.await.unwrap().unwrap()
}

async fn brought(options: Options, from: PathBuf) -> Result<Restored, BackupError> {
    let brought = tokio::task::spawn_blocking(move || {
        let how = Restore {
            from: &from,
            key: None,
            quarter: None,
            accept_findings: false,
        };
        backup::restore(&options, &how, &mut |_, _, _| {})
    });
    brought.await.unwrap()
}

/// How many reports wait, and what is wrong with their files.
async fn waits_whole(options: Options) -> (u64, Vec<String>) {
    let read = tokio::task::spawn_blocking(move || {
        let mut wrong = Vec::new();
        let waiting = cairn_store::verify::waiting(&options, &mut |what| wrong.push(what));
        (waiting.unwrap(), wrong)
    });
    read.await.unwrap()
}

/// What no page does.
async fn exec(app: &App, sql: &'static str, params: Vec<Value>) {
    let mut unit = Unit::default();
    unit.exec(sql, params);
    app.bare_store().write(unit).await.unwrap();
}

async fn verified(t: &TestStore) -> Vec<String> {
    t.log_verify().await.1.iter().map(Finding::place).collect()
}

/// Many rows, so that a report is committed in several parts.
fn many(rows: usize) -> String {
    let mut text = String::from("timestamp,ip,port,tag\n");
    for row in 0..rows {
        let (a, b) = (row / 250 % 250, row % 250);
        text.push_str(&format!(
            "2050-01-01 00:00:00,203.0.{a}.{b},{},x\n",
            1 + row / 62_500
        ));
    }
    text
}

on_both! {
    async fn a_report_is_durable_before_it_is_acknowledged_and_read_once(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("scans", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        let came = w.send(no, NAME, ONE).await;
        assert_eq!((came.arrival, came.had), (1, None));
        let view = w.report(1).await;
        assert_eq!((view.arrival.state.as_str(), view.source.as_str()), ("waits", "Example scans"));
        assert_eq!((w.incoming(), w.kept().await), (1, (0, 0)), "kept, and nothing done yet");
        // The same bytes again, before and after it is read.
        assert_eq!(w.send(no, "other.csv", ONE).await, Came { arrival: 1, had: Some(START) });
        assert_eq!(w.incoming(), 1);
        assert_eq!(w.work().await, 1);
        w.clock.set(START.plus_seconds(60));
        assert_eq!(w.send(no, NAME, ONE).await, Came { arrival: 1, had: Some(START) });
        assert_eq!((w.work().await, w.incoming(), w.kept().await), (0, 0, (3, 1)));
        let view = w.report(1).await;
        let one = &view.arrival;
        assert_eq!((one.state.as_str(), one.rows, one.taken, one.bad), ("done", 4, 3, 1));
        let member = &view.members[0];
        assert_eq!((member.fresh, member.again, member.bad, member.report), (2, 1, 1, Some(1)));
        assert_eq!(member.causes.values().sum::<u64>(), 1);
        let found = w.app.source(&w.officer, no).await.unwrap().into_inner().0;
        assert_eq!((found.rows_today, found.bad_today, found.waiting), (4, 1, 0));
        // Who sent it stands in the log, and all of it holds.
        assert_eq!(verified(t).await, [""; 0]);
        exec(&w.app, "UPDATE feed_source SET wanted = '{}' WHERE no = $1", vec![1.into()]).await;
        assert_eq!(verified(t).await, ["feed_source 1"]);
    }

    async fn a_backup_holds_what_waits_to_be_read(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("scans", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        w.send(no, NAME, ONE).await;
        let other = ONE.replace("192.0.2", "198.51.100");
        w.send(no, "2050-01-02-scan_example-test.csv", &other).await;
        // Packed by whoever sent it.
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, ONE.replace("192.0.2", "203.0.113").as_bytes()).unwrap();
        let mut receiving = w.app.begin_report(&w.officer, no, "2050-01-03-scan_example-test.csv.gz").await.unwrap();
        receiving.push(Bytes::from(packer.finish().unwrap())).await.unwrap();
        w.app.end_report(&w.officer, receiving, CameBy::Page).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        // Before anything was ever read, and when the first one was.
        let early = folder.path().join("early");
        assert_eq!(backed_up(t, &early).await.waiting, Some(3));
        exec(&w.app, "UPDATE feed_arrival SET next_at = $1 WHERE no > 1", vec![i64::MAX.into()]).await;
        assert_eq!(w.work().await, 1);
        let later = folder.path().join("later");
        let manifest = backed_up(t, &later).await;
        assert_eq!((manifest.waiting, manifest.missing.len()), (Some(2), 0));
        assert_eq!(waits_whole(t.options()).await, (2, vec![]));
        // One is cut short, another gone: checks say so, and a backup names what it lacks.
        let incoming = t.path().join("observations/incoming");
        let mut files: Vec<_> = fs::read_dir(&incoming).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let bytes = fs::read(&files[0]).unwrap();
        fs::write(&files[0], &bytes[..bytes.len() - 1]).unwrap();
        fs::remove_file(&files[1]).unwrap();
        assert_eq!(waits_whole(t.options()).await.1.len(), 2);
        let broken = folder.path().join("broken");
        let manifest = backed_up(t, &broken).await;
        assert_eq!((manifest.waiting, manifest.missing.len()), (Some(1), 1));
        let back = t.blank().await;
        let error = brought(back.options(), broken).await.unwrap_err();
        assert!(error.to_string().contains("waits to be read"), "{error}");
        assert_eq!(fs::read_dir(back.path()).unwrap().count(), 0);
        back.finish().await;
        for (from, waiting) in [(early, 3), (later, 2)] {
            let mut back = t.blank().await;
            brought(back.options(), from).await.unwrap();
            back.reopen().await;
            assert_eq!(waits_whole(back.options()).await, (waiting, vec![]));
            let (app, clock) = app_in(&back, false);
            let again = World { app, clock, ..w.clone() };
            exec(&again.app, "UPDATE feed_arrival SET next_at = 0", vec![]).await;
            assert_eq!(again.work().await, waiting);
            assert_eq!((again.incoming(), again.kept().await), (0, (9, 3)));
            assert_eq!(verified(&back).await, [""; 0]);
            drop(again);
            back.finish().await;
        }
    }

    async fn leads_look_after_sources_and_nobody_else(t: &mut TestStore) {
        let w = world(t, false).await;
        let upload = wanted(SourceKind::Upload);
        let refused = w.app.make_source(&w.officer, ("scans", SourceKind::Upload), &upload).await;
        assert!(matches!(refused, Err(SourceError::App(AppError::Denied(_)))));
        let no = w.source("scans", SourceKind::Upload, &upload).await;
        let again = w.app.make_source(&w.lead, ("scans", SourceKind::Upload), &upload).await;
        let Err(SourceError::Faults(faults)) = again else { panic!("{again:?}") };
        assert_eq!(faults, [SourceFault::CodeTaken]);
        let off = SourceWanted { live: false, ..upload.clone() };
        w.app.change_source(&w.lead, (no, 1), &off).await.unwrap();
        let late = w.app.change_source(&w.lead, (no, 1), &upload).await;
        assert!(matches!(late, Err(SourceError::App(AppError::Conflict))));
        let held = w.app.begin_report(&w.officer, no, NAME).await;
        assert!(matches!(held, Err(AppError::Input(_))), "it is off");
        w.app.source_secret(&w.lead, (no, 2), "s3cret").await.unwrap();
        let found = w.app.source(&w.officer, no).await.unwrap().into_inner().0;
        assert!(found.has_secret && found.version == 3);
        assert!(!format!("{found:?}").contains("s3cret"));
        assert_eq!(verified(t).await, [""; 0]);
        w.app.remove_source(&w.lead, (no, 3)).await.unwrap();
        assert!(matches!(w.app.source(&w.officer, no).await, Err(AppError::NotFound)));
        assert_eq!(verified(t).await, [""; 0]);
        // Its number is nobody else's.
        let next = w.source("other", SourceKind::Upload, &upload).await;
        assert!(next >= no);
    }

    async fn a_quota_stops_a_report_in_its_middle_and_it_goes_on_the_next_day(t: &mut TestStore) {
        let w = world(t, false).await;
        let few = SourceWanted { quota_rows: Some(20_000), ..wanted(SourceKind::Upload) };
        let no = w.source("scans", SourceKind::Upload, &few).await;
        let other = w.source("other", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        let rows = 60_000;
        w.send(no, NAME, &many(rows)).await;
        w.send(other, NAME, ONE).await;
        assert_eq!(w.work().await, 1, "the other one goes through");
        let one = w.report(1).await.arrival;
        assert_eq!((one.state.as_str(), one.why.as_str()), ("waits", "quota"));
        assert!(one.taken >= 20_000 && one.taken < rows as u64, "{}", one.taken);
        let next_day = Micros(one.next_at.0);
        assert_eq!(next_day.0 % 86_400_000_000, 0);
        // Another report of it waits, too.
        w.send(no, "2050-01-02-scan_example-test.csv", &ONE.replace("80", "81")).await;
        assert_eq!(w.work().await, 0);
        assert_eq!(w.report(3).await.arrival.why, "quota");
        w.clock.set(next_day);
        assert_eq!(w.work().await, 0);
        // Somebody raises it: what waits has its turn at once.
        w.app.change_source(&w.lead, (no, 1), &SourceWanted { quota_rows: None, ..few }).await.unwrap();
        assert_eq!(w.work().await, 2);
        let one = w.report(1).await.arrival;
        assert_eq!((one.state.as_str(), one.taken), ("done", rows as u64));
        assert_eq!(w.kept().await.0, rows as u64 + 3 + 3, "and nothing is there twice");
    }

    async fn the_first_lane_goes_first_and_sources_take_turns(t: &mut TestStore) {
        let w = world(t, false).await;
        let upload = wanted(SourceKind::Upload);
        let a = w.source("a", SourceKind::Upload, &upload).await;
        let b = w.source("b", SourceKind::Upload, &upload).await;
        let hot = w.source("hot", SourceKind::Upload, &SourceWanted { first: true, ..upload }).await;
        let text = |n: usize| ONE.replace("192.0.2.1", &format!("198.51.100.{n}"));
        for n in 0..3 {
            w.send(a, NAME, &text(n)).await;
        }
        w.send(b, NAME, &text(9)).await;
        w.send(hot, NAME, &text(10)).await;
        let (never, stopping) = watch::channel(false);
        let mut order = Vec::new();
        for _ in 0..5 {
            w.clock.set(w.clock.now().plus_seconds(1));
            let next = w.app.bare_store().next_arrival(w.clock.now()).await.unwrap().unwrap();
            order.push(next.source);
            // One at a time: the others wait for later.
            let later = "UPDATE feed_arrival SET next_at = 9000000000000000000 WHERE state = 'waits' AND no <> $1";
            exec(&w.app, later, vec![next.no.into()]).await;
            assert_eq!(w.app.feeds_turn(&stopping).await.unwrap(), 1);
            exec(&w.app, "UPDATE feed_arrival SET next_at = 0 WHERE state = 'waits'", vec![]).await;
        }
        drop(never);
        assert_eq!(order, [hot, a, b, a, a]);
    }

    async fn what_is_wrong_is_told_and_tried_again_by_a_button(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("scans", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        w.send(no, "2050-01-01-unknown-test.csv", ONE).await;
        w.work().await;
        let one = w.report(1).await.arrival;
        assert_eq!(one.state, "failed");
        assert!(one.error.unwrap().contains("unknown"), "in words");
        // The schema is gone, too: words name the file and not where it lies.
        fs::remove_file(t.path().join("files/schema.json")).unwrap();
        w.send(no, NAME, &ONE.replace("80", "82")).await;
        w.work().await;
        let error = w.report(2).await.arrival.error.unwrap();
        assert!(error.starts_with("schema.json is not in"), "{error}");
        fs::write(t.path().join("files/schema.json"), SCHEMA).unwrap();
        w.app.report_again(&w.officer, 2).await.unwrap();
        assert!(matches!(w.app.report_again(&w.officer, 2).await, Err(AppError::Conflict)));
        assert_eq!(w.work().await, 1);
        assert_eq!(w.report(2).await.arrival.state, "done");
        // Sent again, what failed is tried again and told so.
        let came = w.send(no, "2050-01-01-unknown-test.csv", ONE).await;
        assert_eq!(came, Came { arrival: 1, had: None });
        assert_eq!(w.report(1).await.arrival.state, "waits");
        assert_eq!(w.work().await, 1);
    }

    async fn quarantine_is_shown_and_read_again_after_a_fix(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("scans", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        assert!(w.app.quarantine(&w.officer, None).await.unwrap().is_empty());
        w.send(no, NAME, ONE).await;
        w.work().await;
        let groups = w.app.quarantine(&w.officer, None).await.unwrap().into_inner();
        assert_eq!((groups.len(), groups[0].cause.rows), (1, 1));
        let sample = &groups[0].samples[0];
        assert_eq!((sample.line, sample.file.as_str()), (5, NAME));
        assert!(sample.text.as_ref().unwrap().contains("192.0.2.3,none"));
        fs::write(t.path().join("files/schema.json"), MENDED).unwrap();
        let asked = w.app.replay_quarantine(&w.officer, (None, Some(groups[0].cause.no))).await.unwrap();
        assert_eq!((asked.arrivals.len(), asked.unknown.len()), (1, 0));
        assert_eq!(w.work().await, 1);
        assert_eq!(w.kept().await, (4, 0));
        let view = w.report(asked.arrivals[0]).await;
        assert_eq!((view.arrival.state.as_str(), view.members[0].fresh), ("done", 1));
        let none = w.app.replay_quarantine(&w.officer, (None, None)).await;
        assert!(matches!(none, Err(AppError::NotFound)));
        let auditor = account(&w.app, "ruth", Role::Auditor).await;
        assert!(w.app.quarantine(&auditor, None).await.is_ok());
        assert!(w.app.replay_quarantine(&auditor, (None, None)).await.is_err());
    }

    async fn an_interrupted_report_goes_on_after_the_last_commit(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("scans", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        w.send(no, NAME, &many(60_000)).await;
        // The program is told to stop while the report is read: it stops at the next commit.
        let (tell, stopping) = watch::channel(false);
        let app = w.app.clone();
        let turn = tokio::spawn(async move { app.feeds_turn(&stopping).await });
        while w.app.reports_under_way().values().all(|own| own.rows == 0) && !turn.is_finished() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        tell.send(true).unwrap();
        turn.await.unwrap().unwrap();
        let before = w.kept().await.0;
        // And one that ended without a word.
        exec(&w.app, "UPDATE feed_arrival SET state = 'taking' WHERE state = 'waits'", vec![]).await;
        let (again, _clock) = t.app(Config { feeds: w.app.config.feeds.clone(), ..Config::default() }, START);
        let (_never, stopping) = watch::channel(false);
        again.feeds_turn(&stopping).await.unwrap();
        assert!(before <= 60_000);
        assert_eq!(w.kept().await.0, 60_000, "began with {before}");
        assert_eq!(w.report(1).await.arrival.taken, 60_000);
    }

    async fn a_command_beside_it_and_the_queue_take_turns(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("scans", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        let options = w.app.bare_store().options();
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let (opened, is_open) = tokio::sync::oneshot::channel();
        let command = tokio::task::spawn_blocking(move || {
            let store = FeedStore::open(&options).unwrap();
            opened.send(()).unwrap();
            held.recv().unwrap();
            // Longer than anybody waits for a turn.
            (0..3_000).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(10));
                store.is_wanted()
            })
        });
        is_open.await.unwrap();
        // Receiving needs no turn.
        w.send(no, NAME, ONE).await;
        assert_eq!(w.work().await, 0);
        let one = w.report(1).await.arrival;
        assert_eq!((one.state.as_str(), one.why.as_str(), one.tries), ("waits", "lock", 0));
        w.clock.set(one.next_at);
        let app = w.app.clone();
        let (_never, stopping) = watch::channel(false);
        let turn = tokio::spawn(async move { app.feeds_turn(&stopping).await });
        hold.send(()).unwrap();
        assert!(command.await.unwrap(), "whoever holds it sees that somebody waits");
        assert_eq!(turn.await.unwrap().unwrap(), 1);
        assert_eq!(w.kept().await, (3, 1));
    }

    async fn watched_folders_give_their_files(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("partner", SourceKind::Folder, &wanted(SourceKind::Folder)).await;
        w.app.sources_turn().await.unwrap();
        let (outcome, _, error, fails) = w.looked(no).await;
        assert_eq!((outcome.as_str(), fails), ("failed", 1));
        assert!(error.unwrap().contains("no such folder"));
        let folder = t.path().join("folders/partner");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(NAME), ONE).unwrap();
        fs::write(folder.join("2050-01-01-unknown-test.csv"), ONE).unwrap();
        fs::write(folder.join("later.csv.part"), "x").unwrap();
        w.app.look_at_source(&w.officer, no).await.unwrap();
        w.app.sources_turn().await.unwrap();
        assert!(folder.join(NAME).exists(), "seen for the first time, it may still change");
        w.app.look_at_source(&w.officer, no).await.unwrap();
        let looked = w.app.sources_turn().await.unwrap();
        assert_eq!((looked[0].came, looked[0].error.as_deref()), (1, None), "the same bytes are one report");
        assert!(!folder.join(NAME).exists() && folder.join("later.csv.part").exists());
        assert_eq!(names(&folder.join("done")).len(), 2);
        w.work().await;
        // What came first by name was the readable one.
        assert_eq!(w.report(1).await.arrival.state, "done");
        // An unreadable one is put where somebody sees it.
        fs::write(folder.join("2050-01-01-unknown-test.csv"), "no,such,thing\n").unwrap();
        for _ in 0..2 {
            w.app.look_at_source(&w.officer, no).await.unwrap();
            w.app.sources_turn().await.unwrap();
        }
        w.work().await;
        assert_eq!(names(&folder.join("failed")).len(), 1);
        let last = w.app.source(&w.officer, no).await.unwrap().into_inner().0.last.unwrap();
        assert!(last.place.unwrap().starts_with("failed/"));
    }

    async fn mail_to_a_source_from_who_may_is_its_report(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("partner", SourceKind::Mail, &wanted(SourceKind::Mail)).await;
        let found = w.app.source(&w.officer, no).await.unwrap().into_inner().0;
        assert_eq!(found.mailbox.as_deref(), Some("report+feed-partner@cert.example"));
        let to = [String::from("report+feed-partner@cert.example")];
        let handed = Handed { recipients: &to, ..Handed::default() };
        let taken = w.app.take_mail(&letter("reports@partner.example"), handed).await.unwrap();
        let Taken::Feed(feed) = &taken else { panic!("{taken:?}") };
        assert_eq!((feed.arrivals.as_slice(), feed.again), (&[1][..], false));
        assert!(w.app.take_mail(&letter("reports@partner.example"), handed).await.unwrap().again());
        w.work().await;
        let one = w.report(1).await.arrival;
        assert_eq!((one.state.as_str(), one.way.as_str(), one.taken), ("done", "mail", 3));
        // Mail of others is mail as any other, and not lost.
        let other = w.app.take_mail(&letter("somebody@else.example"), handed).await.unwrap();
        assert!(matches!(other, Taken::Report(_)), "{other:?}");
    }

    async fn addresses_are_fetched_when_they_changed_and_failures_back_off(t: &mut TestStore) {
        let server = Server::new().await;
        let w = world(t, true).await;
        let pull = SourceWanted {
            address: format!("{}/lists/{NAME}", server.url),
            ..wanted(SourceKind::Pull)
        };
        let no = w.source("list", SourceKind::Pull, &pull).await;
        server.says(&format!("GET /lists/{NAME}"), "200 OK", "ETag: \"v1\"\r\n", ONE);
        let looked = w.app.sources_turn().await.unwrap();
        assert_eq!((looked[0].came, looked[0].arrival), (1, Some(1)));
        assert!(w.app.sources_turn().await.unwrap().is_empty(), "not before an hour has passed");
        w.clock.set(START.plus_seconds(3_600));
        server.says(&format!("GET /lists/{NAME}"), "304 Not Modified", "", "");
        let looked = w.app.sources_turn().await.unwrap();
        assert_eq!((looked[0].came, looked[0].error.as_deref()), (0, None));
        assert!(server.asked().last().unwrap().to_lowercase().contains("if-none-match: \"v1\""));
        w.work().await;
        assert_eq!(w.report(1).await.arrival.name, NAME);
        for (status, words) in [("503 Busy", "HTTP 503"), ("302 Found", "redirections")] {
            w.clock.set(w.clock.now().plus_seconds(8 * 3_600));
            server.says(&format!("GET /lists/{NAME}"), status, "Location: /other\r\n", "");
            let looked = w.app.sources_turn().await.unwrap();
            assert!(looked[0].error.as_ref().unwrap().contains(words), "{looked:?}");
        }
        let found = w.app.source(&w.officer, no).await.unwrap().into_inner().0;
        assert_eq!(found.looked.fails, 2);
        assert_eq!(found.next_at.unwrap().seconds() - w.clock.now().seconds(), 4 * 3_600);
        // A secret is a token, or name and password.
        w.app.source_secret(&w.lead, (no, 1), "name:word").await.unwrap();
        server.says(&format!("GET /lists/{NAME}"), "200 OK", "", &ONE.replace("80", "443"));
        let looked = w.app.pull_sources(Doer::System, Some("list")).await.unwrap();
        assert_eq!((looked[0].came, looked[0].arrival), (1, Some(2)));
        assert!(server.asked().last().unwrap().contains("authorization: Basic bmFtZTp3b3Jk"));
        assert!(w.app.pull_sources(Doer::System, Some("absent")).await.is_err());
    }

    async fn this_machine_and_its_networks_are_asked_only_if_the_operator_says_so(t: &mut TestStore) {
        let server = Server::new().await;
        let w = world(t, false).await;
        let plain = SourceWanted { address: format!("{}/x.csv", server.url), ..wanted(SourceKind::Pull) };
        let refused = w.app.make_source(&w.lead, ("list", SourceKind::Pull), &plain).await;
        let Err(SourceError::Faults(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults, [SourceFault::Plain]);
        let port = server.url.rsplit(':').next().unwrap();
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let secure = SourceWanted { address: format!("https://{host}:{port}/x.csv"), ..plain.clone() };
            let code = format!("list-{}", host.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
            let no = w.source(&code, SourceKind::Pull, &secure).await;
            w.app.pull_sources(Doer::System, Some(&code)).await.unwrap();
            let error = w.looked(no).await.2.unwrap();
            assert!(error.contains("not public"), "{host}: {error}");
        }
        assert!(server.asked().is_empty());
    }

    async fn shadowservers_reports_are_listed_and_fetched_once(t: &mut TestStore) {
        let server = Server::new().await;
        let w = world(t, true).await;
        let api = SourceWanted {
            address: format!("{}/api2/", server.url),
            downloads: format!("{}/dl/", server.url),
            key: "our-key".into(),
            ..wanted(SourceKind::Shadowserver)
        };
        let no = w.source("shadowserver", SourceKind::Shadowserver, &api).await;
        w.app.sources_turn().await.unwrap();
        assert!(w.looked(no).await.2.unwrap().contains("no secret"));
        w.app.source_secret(&w.lead, (no, 1), "our-secret").await.unwrap();
        let list = format!(r#"[{{"id": "Ab-1_x", "type": "scan_example", "file": "{NAME}", "report": "test", "timestamp": "2050-01-01"}},
            {{"id": "Cd2", "file": "2050-01-02-scan_example-test.csv"}}]"#);
        server.says("POST /api2/reports/list", "200 OK", "", &list);
        server.says("GET /dl/Ab-1_x", "200 OK", "", ONE);
        server.says("GET /dl/Cd2", "500 Oh", "", "");
        let looked = w.app.pull_sources(Doer::System, None).await.unwrap();
        assert!(looked[0].error.as_ref().unwrap().contains("HTTP 500"), "{looked:?}");
        let asked = server.asked();
        let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
        assert!(head.to_lowercase().contains(&format!("hmac2: {}", signature("our-secret", body.as_bytes()))));
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((body["apikey"].as_str(), body["date"].as_str()), (Some("our-key"), Some("2049-12-31:2050-01-03")));
        // What was fetched is not fetched again.
        server.says("POST /api2/reports/list", "200 OK", "", &list);
        server.says("GET /dl/Cd2", "200 OK", "", &ONE.replace("80", "81"));
        let looked = w.app.pull_sources(Doer::System, Some("shadowserver")).await.unwrap();
        assert_eq!((looked[0].came, looked[0].error.as_deref()), (1, None));
        let fetched = server.asked().iter().filter(|one| one.starts_with("GET /dl/Ab-1_x")).count();
        assert_eq!(fetched, 1);
        server.says("POST /api2/reports/list", "200 OK", "", &list);
        assert_eq!(w.app.pull_sources(Doer::System, None).await.unwrap()[0].came, 0);
        server.says("POST /api2/reports/list", "401 No", "", r#"{"error": "bad signature"}"#);
        let looked = w.app.pull_sources(Doer::System, None).await.unwrap();
        assert_eq!(looked[0].error.as_deref(), Some("Shadowserver says: bad signature"));
        server.says("POST /api2/reports/list", "200 OK", "", r#"[{"id": "../up", "file": "x.csv"}]"#);
        let looked = w.app.pull_sources(Doer::System, None).await.unwrap();
        assert!(looked[0].error.as_ref().unwrap().contains("no id"));
        assert_eq!(w.work().await, 2);
        assert_eq!(w.kept().await, (6, 2));
    }

    async fn what_had_its_time_goes_by_the_operators_rule(t: &mut TestStore) {
        let w = world(t, false).await;
        let no = w.source("scans", SourceKind::Upload, &wanted(SourceKind::Upload)).await;
        w.send(no, NAME, ONE).await;
        w.work().await;
        assert_eq!(w.app.retain_feeds().await.unwrap(), None, "there is no rule");
        let mut feeds = w.app.config.feeds.clone();
        feeds.keep_months = 2;
        let (app, clock) = t.app(Config { feeds, ..Config::default() }, START);
        assert_eq!(app.retain_feeds().await.unwrap().unwrap().raws, 0);
        clock.set(START.plus_seconds(100 * 86_400));
        let done = app.retain_feeds().await.unwrap().unwrap();
        assert_eq!((done.raws, done.observations), (1, 3));
        // The list of what came goes after more than a year.
        assert_eq!(app.bare_store().arrivals(None).await.unwrap().len(), 1);
        clock.set(START.plus_seconds(500 * 86_400));
        app.retain_feeds().await.unwrap();
        assert!(app.bare_store().arrivals(None).await.unwrap().is_empty());
    }
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).map(|all| {
        all.map(|one| one.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    });
    all.unwrap_or_default()
}

fn letter(from: &str) -> Vec<u8> {
    let text = format!(
        "From: Reports <{from}>\nTo: report+feed-partner@cert.example\nSubject: Report\nMessage-ID: <1@{from}>\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nThe report of today.\n\
         --b\nContent-Type: text/csv; name=\"{NAME}\"\nContent-Disposition: attachment; filename=\"{NAME}\"\n\n{ONE}\n--b--\n"
    );
    text.replace('\n', "\r\n").into_bytes()
}

type Answers = Arc<Mutex<HashMap<String, String>>>;

/// A real server on this machine: it answers each question once with what it was told, else 404.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    answers: Answers,
}

impl Server {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, answers): (Arc<Mutex<Vec<String>>>, Answers) = Default::default();
        let (calls, said) = (Arc::clone(&asked), Arc::clone(&answers));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut bytes, mut buffer) = (Vec::new(), [0; 4_096]);
                loop {
                    let count = stream.read(&mut buffer).await.unwrap_or(0);
                    bytes.extend_from_slice(&buffer[..count]);
                    let text = String::from_utf8_lossy(&bytes);
                    let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                        let length = head.to_lowercase().lines().find_map(|line| {
                            line.strip_prefix("content-length:")?
                                .trim()
                                .parse::<usize>()
                                .ok()
                        });
                        body.len() >= length.unwrap_or(0)
                    });
                    if whole || count == 0 {
                        break;
                    }
                }
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let line = text
                    .split(" HTTP/1.1")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                calls.lock().unwrap().push(text);
                let answer = said.lock().unwrap().remove(&line);
                let answer =
                    answer.unwrap_or_else(|| "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".into());
                let _sent = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            url,
            asked,
            answers,
        }
    }

    fn says(&self, to: &str, status: &str, head: &str, body: &str) {
        let length = if status.starts_with("304") {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", body.len())
        };
        let answer = format!("HTTP/1.1 {status}\r\n{head}{length}Connection: close\r\n\r\n{body}");
        self.answers.lock().unwrap().insert(to.to_owned(), answer);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}
