//! Machine reports in the store: on both databases, states, resuming, idempotence, daily counts, quarantine, retention, backups.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use std::io::{Read, Write};
use std::net::IpAddr;
use std::path::Path;

use cairn_kernel::time::Micros;
use cairn_store::backup::{self, BackupError, Plan, Restore};
use cairn_store::feeds::segment::{Key, Observed, Rows};
use cairn_store::feeds::{
    Begin, Begun, Counts, FeedError, FeedStore, FeedWish, Raw, RawOut, Rejected, Report, Wanted,
};
use cairn_store::{Database, Options};
use cairn_testkit::sample::{self, START};
use cairn_testkit::{TestStore, on_both};

const HOUR: i64 = 3_600_000_000;

/// The store blocks, so it is used beside the test's runtime.
async fn with<T: Send + 'static>(
    options: Options,
    work: impl FnOnce(&Options) -> T + Send + 'static,
) -> T {
    tokio::task::spawn_blocking(move || work(&options))
        .await
        .unwrap()
}

/// PostgreSQL notices the end of the last session a moment later; the store waits for that.
fn open(options: &Options) -> FeedStore {
    FeedStore::open(options).unwrap()
}

fn hours(n: i64) -> Micros {
    Micros(START.day().0 + n * HOUR)
}

fn keep(store: &FeedStore, bytes: &[u8], at: Micros) -> Raw {
    let mut coming = store.take_raw().unwrap();
    for piece in bytes.chunks(70_000) {
        coming.push(piece).unwrap();
    }
    store.keep_raw(coming, at).unwrap()
}

fn wish(complete: bool) -> FeedWish<'static> {
    FeedWish {
        source: "example",
        name: "scan",
        window_us: Some(24 * HOUR),
        complete: Some(complete),
    }
}

fn begin(store: &mut FeedStore, complete: bool, content: &str, at: Micros) -> Begun {
    let raw = keep(store, content.as_bytes(), at);
    let feed = store.feed(&wish(complete), at).unwrap();
    let begin = Begin {
        raw: &raw,
        part: 0,
        member: "scan.csv",
        schema: "1",
        now: at,
    };
    store.begin(&feed, &begin).unwrap()
}

fn report(store: &mut FeedStore, complete: bool, content: &str, at: Micros) -> Report {
    match begin(store, complete, content, at) {
        Begun::Open(report) => *report,
        Begun::Done(counts) => panic!("{counts:?}"),
    }
}

fn key(n: u32) -> Key {
    let mut key = [9; 16];
    key[..4].copy_from_slice(&n.wrapping_mul(0x9e37_79b1).to_be_bytes());
    key[6..10].copy_from_slice(&n.to_be_bytes());
    key
}

fn ip(n: u32) -> IpAddr {
    IpAddr::from([192, 0, 2, (n % 256) as u8])
}

fn rows(numbers: impl IntoIterator<Item = u32>, at: Micros) -> Rows {
    let mut rows = Rows::default();
    for n in numbers {
        rows.push(&Observed {
            key: key(n),
            at,
            offset: u64::from(n) * 10,
            bytes: 10,
            kind: if n % 2 == 0 { "scanner" } else { "brute-force" },
            cc: "NZ",
            ip: Some(ip(n)),
            asn: Some(64_496 + n % 2),
            owner: (n == 1).then_some(7),
            ..Observed::default()
        });
    }
    rows
}

fn reject(start: u64, cause: &str) -> Rejected {
    Rejected {
        start,
        bytes: 5,
        line: start / 5 + 1,
        cause: cause.to_owned(),
    }
}

fn counts(fresh: u64, again: u64) -> (u64, u64) {
    (fresh, again)
}

fn verified(store: &FeedStore) -> u64 {
    let mut found = Vec::new();
    let held = store.verify(&mut |what| found.push(what)).unwrap();
    assert!(found.is_empty(), "{found:?}");
    held.observations
}

on_both! {
    async fn an_observation_is_new_again_and_gone(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = open(options);
            let mut one = report(&mut store, true, "one", hours(0));
            store.commit(&mut one, &rows([1, 2, 3, 2], hours(0)), &[], "1", 40).unwrap();
            let done = store.finish(&one).unwrap();
            assert_eq!((counts(done.fresh, done.again), done.keys, done.gone), ((3, 1), 3, 0));
            let mut two = report(&mut store, true, "two", hours(20));
            store.commit(&mut two, &rows([2, 4], hours(20)), &[], "1", 20).unwrap();
            let done = store.finish(&two).unwrap();
            assert_eq!((counts(done.fresh, done.again), done.still, done.gone), ((1, 1), 1, 2), "1 and 3 are gone");

            let states = |store: &FeedStore, n, now| {
                let own = store.history(&key(n), now).unwrap();
                assert_eq!(own.len(), 1);
                own[0].clone()
            };
            let first = states(&store, 1, hours(21));
            assert!(first.gone && first.state.last == hours(0) && first.state.seen == 1);
            let second = states(&store, 2, hours(21));
            assert!(!second.gone && second.state.seen == 3 && second.state.since == hours(0) && second.state.last == hours(20));
            assert!(states(&store, 2, hours(45)).gone, "its window passed");
            assert_eq!(second.feed, ("example".to_owned(), "scan".to_owned()));

            // Beyond its window it is new, and remembers when it was seen first.
            let mut three = report(&mut store, true, "three", hours(50));
            store.commit(&mut three, &rows([1, 2], hours(50)), &[], "1", 20).unwrap();
            let done = store.finish(&three).unwrap();
            assert_eq!((counts(done.fresh, done.again), done.still, done.gone), ((2, 0), 1, 1));
            let again = states(&store, 1, hours(50));
            assert_eq!((again.state.first, again.state.since, again.state.seen, again.gone), (hours(0), hours(50), 1, false));

            let stats = store.stats(hours(50)).unwrap();
            assert_eq!((stats.observations, stats.states, stats.raws, stats.feeds.len()), (8, 4, 3, 1));
            let feed = &stats.feeds[0];
            assert_eq!((feed.reports, feed.open, feed.present, feed.complete), (3, 0, 2, true));
            assert_eq!((feed.counts.fresh, feed.counts.again, feed.counts.gone), (6, 2, 3));
            assert_eq!(verified(&store), 8);
        }).await;
    }

    async fn a_report_goes_on_where_it_stopped_and_is_taken_once(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = open(options);
            let mut one = report(&mut store, false, "one", hours(0));
            store.commit(&mut one, &rows(0..100, hours(0)), &[reject(1, "no")], "1", 1_000).unwrap();
            drop(store);
            // What was written and not committed lies behind the end.
            let month = std::fs::read_dir(options.dir.join("observations")).unwrap()
                .map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|own| own == "seg")).unwrap();
            let length = month.metadata().unwrap().len();
            std::fs::File::options().append(true).open(&month).unwrap().write_all(&[1; 777]).unwrap();
            std::fs::write(options.dir.join("observations").join("new-half"), b"x").unwrap();

            let mut store = open(options);
            assert_eq!(month.metadata().unwrap().len(), length);
            assert!(!options.dir.join("observations").join("new-half").exists());
            let mut one = report(&mut store, false, "one", hours(9));
            assert_eq!((one.done_bytes, one.counts.fresh, one.counts.rejected, one.received), (1_000, 100, 1, hours(0)));
            store.commit(&mut one, &rows(90..150, hours(0)), &[reject(2, "no")], "1", 1_500).unwrap();
            let done = store.finish(&one).unwrap();
            assert_eq!((counts(done.fresh, done.again), done.keys, done.rejected), ((150, 10), 150, 2));
            match begin(&mut store, false, "one", hours(10)) {
                Begun::Done(before) => assert_eq!(before, Counts { gone: 0, ..done }),
                Begun::Open(report) => panic!("{report:?}"),
            }
            assert_eq!(store.stats(hours(0)).unwrap().raws, 1, "its bytes are kept once");
            assert_eq!(verified(&store), 160);
            // A second one at the same time is told to wait.
            assert!(matches!(FeedStore::open(options), Err(FeedError::Locked(_))));
            let reading = FeedStore::reading(options).unwrap().unwrap();
            assert_eq!(verified(&reading), 160);
        }).await;
    }

    async fn where_a_source_was_seen_is_told_without_reading_all(t: &mut TestStore) {
        with(t.options(), |options| {
            assert!(FeedStore::reading(options).unwrap().is_none());
            let mut store = open(options);
            for n in 0..40 {
                let mut one = report(&mut store, false, &format!("report {n}"), hours(n.into()));
                store.commit(&mut one, &rows([n, n + 1], hours(n.into())), &[], "1", 20).unwrap();
                store.finish(&one).unwrap();
            }
            let mut seen = Vec::new();
            let read = store.segments(&key(7), hours(0), hours(100), &mut |report, rows| {
                for row in (0..rows.len()).filter_map(|row| rows.get(row)).filter(|row| row.ip == Some(ip(7))) {
                    seen.push((report, row.offset, row.at, row.kind.to_owned(), row.asn));
                }
            }).unwrap();
            let kind = || "brute-force".to_owned();
            assert_eq!(seen, [(8, 70, hours(7), kind(), Some(64_497)), (7, 70, hours(6), kind(), Some(64_497))]);
            assert!((2..10).contains(&read), "{read} of 40 segments were read");
            assert_eq!(store.segments(&key(7), hours(7), hours(7), &mut |_, _| ()).unwrap(), 1);
        }).await;
    }

    async fn reports_are_kept_sealed_and_read_again(t: &mut TestStore) {
        with(t.options(), |options| {
            let store = open(options);
            let text = "timestamp,ip\n2050-01-01 00:00:00,192.0.2.77\n".repeat(9_000).into_bytes();
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(&text).unwrap();
            let packed = packer.finish().unwrap();
            for (bytes, as_it_came) in [(&text, false), (&packed, true), (&Vec::new(), true)] {
                let raw = keep(&store, bytes, hours(0));
                assert_eq!(raw.size, bytes.len() as u64);
                assert!(raw.stored_size <= raw.size && (as_it_came || raw.stored_size < raw.size / 20));
                assert_eq!(keep(&store, bytes, hours(5)), raw, "kept once");
                let mut read = Vec::new();
                match store.open_raw(&raw).unwrap() {
                    RawOut::AsItCame(mut file) => {
                        assert!(as_it_came);
                        file.read_to_end(&mut read).unwrap();
                    }
                    RawOut::Unpacked(mut from) => {
                        assert!(!as_it_came);
                        from.read_to_end(&mut read).unwrap();
                    }
                }
                assert!(read == *bytes);
            }
            assert_eq!(store.stats(hours(0)).unwrap().raws, 3);
            for file in files(&options.dir.join("observations").join("raw")) {
                let held = std::fs::read(file).unwrap();
                assert!(!held.windows(9).any(|bytes| bytes == b"192.0.2.7"), "nothing lies open");
            }
        }).await;
    }

    async fn rows_wait_by_cause_and_leave_when_mended(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = open(options);
            let mut one = report(&mut store, false, "one", hours(0));
            let bad: Vec<Rejected> = (0..6).map(|n| reject(n * 5, if n < 4 { "port" } else { "time" })).collect();
            store.commit(&mut one, &rows([1], hours(0)), &bad, "1", 30).unwrap();
            store.finish(&one).unwrap();
            let causes = store.causes().unwrap();
            let told: Vec<_> = causes.iter().map(|own| (own.text.as_str(), own.rows, own.reports, own.first)).collect();
            assert_eq!(told, [("port", 4, 1, 1), ("time", 2, 1, 1)]);
            let port = Wanted { cause: Some(causes[0].no), ..Wanted::default() };
            assert_eq!(store.pending(port).unwrap(), [1]);
            assert_eq!(store.pending(Wanted { report: Some(2), ..port }).unwrap(), [0_i64; 0]);
            let pending = store.rejects(1, port.cause, 5).unwrap();
            let starts: Vec<u64> = pending.rows.iter().map(|own| own.row.start).collect();
            assert_eq!((starts, pending.rows[0].schema.as_str(), pending.member.as_str()), (vec![5, 10, 15], "1", "scan.csv"));
            assert!(matches!(store.rejects(9, None, 0), Err(FeedError::NoReport(9))));

            let mut again = store.again(1).unwrap();
            store.mend(&mut again, &rows([1, 2, 3], hours(0)), &[0, 5, 10], &[reject(15, "still")], "2").unwrap();
            assert_eq!((again.counts.fresh, again.counts.again, again.counts.rejected), (3, 1, 3));
            let left = store.rejects(1, None, 0).unwrap();
            let left: Vec<_> = left.rows.iter().map(|own| (own.row.start, own.row.cause.as_str(), own.schema.as_str())).collect();
            assert_eq!(left, [(15, "still", "2"), (20, "time", "1"), (25, "time", "1")]);
            assert_eq!(store.stats(hours(0)).unwrap().quarantined, 3);
            assert_eq!(verified(&store), 4);
        }).await;
    }

    async fn days_are_counted_with_the_rows(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = open(options);
            let mut one = report(&mut store, false, "one", hours(0));
            store.commit(&mut one, &rows([1, 2, 3, 4, 4], hours(0)), &[], "1", 50).unwrap();
            store.commit(&mut one, &rows([4, 5], hours(30)), &[], "1", 70).unwrap();
            store.finish(&one).unwrap();
            let days = store.days(hours(0), hours(40)).unwrap();
            let told: Vec<_> = days.iter().map(|own| (own.day, own.kind.as_str(), own.asn, own.cc.as_str(), own.owner, own.observations, own.fresh)).collect();
            let day = hours(0).day();
            let next = hours(30).day();
            assert_eq!(told, [
                (day, "brute-force", Some(64_497), "NZ", None, 1, 1),
                (day, "brute-force", Some(64_497), "NZ", Some(7), 1, 1),
                (day, "scanner", Some(64_496), "NZ", None, 3, 2),
                (next, "brute-force", Some(64_497), "NZ", None, 1, 1),
                (next, "scanner", Some(64_496), "NZ", None, 1, 1),
            ], "beyond its window 4 is new");
        }).await;
    }

    async fn months_go_and_counts_stay(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = open(options);
            let month = 31 * 24;
            for (n, at) in [(0, 0), (1, month), (2, 2 * month)] {
                let mut one = report(&mut store, false, &format!("report {n}"), hours(at));
                store.commit(&mut one, &rows([n, n + 1], hours(at)), &[reject(0, "no")], "1", 20).unwrap();
                store.finish(&one).unwrap();
            }
            let before = store.stats(hours(0)).unwrap();
            assert_eq!((before.observations, before.raws, before.quarantined), (6, 3, 3));
            let cut = hours(2 * month - 24);
            let done = store.retain(cut).unwrap();
            assert_eq!((done.months, done.observations, done.raws, done.rejects, done.states), (2, 4, 2, 2, 2));
            let after = store.stats(hours(0)).unwrap();
            assert_eq!((after.observations, after.raws, after.states, after.quarantined), (2, 1, 2, 1));
            assert_eq!(after.feeds[0].reports, 3);
            assert_eq!(store.days(hours(0), hours(3 * month)).unwrap().iter().map(|own| own.observations).sum::<u64>(), 6);
            assert_eq!(files(&options.dir.join("observations").join("raw")).len(), 1);
            assert_eq!(verified(&store), 2);
            assert_eq!(store.retain(cut).unwrap(), cairn_store::feeds::Retained::default());
            // A report of before cannot be read again; a new one goes on.
            assert!(store.rejects(1, None, 0).unwrap().raw.is_none());
            let mut one = report(&mut store, false, "new", hours(2 * month));
            store.commit(&mut one, &rows([2], hours(2 * month)), &[], "1", 10).unwrap();
            assert_eq!(store.finish(&one).unwrap().again, 1);
            assert_eq!(verified(&store), 3);
        }).await;
    }

    async fn damage_is_found(t: &mut TestStore) {
        with(t.options(), |options| {
            let mut store = open(options);
            let mut one = report(&mut store, false, "one", hours(0));
            store.commit(&mut one, &rows(0..50, hours(0)), &[], "1", 500).unwrap();
            store.commit(&mut one, &rows(0..9, hours(1)), &[], "1", 900).unwrap();
            store.finish(&one).unwrap();
            drop(store);
            for path in files(&options.dir.join("observations")) {
                if path.ends_with("lock") {
                    continue;
                }
                let whole = std::fs::read(&path).unwrap();
                let mut hit = whole.clone();
                let middle = hit.len() / 2;
                hit[middle] ^= 1;
                std::fs::write(&path, &hit).unwrap();
                let mut found = Vec::new();
                let store = FeedStore::reading(options).unwrap().unwrap();
                let held = store.verify(&mut |what| found.push(what)).unwrap();
                assert_eq!((held.findings, found.len()), (1, 1), "{path:?}: {found:?}");
                std::fs::write(&path, &whole).unwrap();
            }
            let store = open(options);
            assert_eq!(verified(&store), 59);
            drop(store);
            // Cut short, it is not opened for more.
            let month = files(&options.dir.join("observations")).into_iter().find(|path| path.extension().is_some_and(|own| own == "seg")).unwrap();
            std::fs::File::options().write(true).open(&month).unwrap().set_len(30).unwrap();
            assert!(matches!(FeedStore::open(options), Err(FeedError::Damaged(_))));
        }).await;
    }

    async fn backups_hold_them(t: &mut TestStore) {
        let blank = t.blank().await;
        let to = blank.options();
        let url = |options: &Options| matches!(options.database, Database::Postgres(_));
        assert_eq!(url(&t.options()), url(&to));
        with(t.options(), move |options| {
            let mut store = open(options);
            let mut one = report(&mut store, false, "one", hours(0));
            store.commit(&mut one, &rows(0..500, hours(0)), &[reject(3, "no")], "1", 500).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("backup");
            let plan = Plan { to: &file, settings: None, key: Some(&[3; 32]), made_at: START };
            // Beside the writer.
            let manifest = backup::backup(options, &plan, &mut |_, _, _| ()).unwrap();
            assert_eq!((manifest.feeds, manifest.rows["feed_state"]), (Some(2), 500));
            store.commit(&mut one, &rows(500..600, hours(0)), &[], "1", 600).unwrap();
            let how = Restore { from: &file, key: Some(&[3; 32]), quarter: Some(&sample::quarter), accept_findings: false };
            backup::restore(&to, &how, &mut |_, _, _| ()).unwrap();
            let mut brought = open(&to);
            assert_eq!(verified(&brought), 500);
            // It goes on in the copy as in the other.
            let mut one = report(&mut brought, false, "one", hours(1));
            assert_eq!((one.done_bytes, one.counts.fresh), (500, 500));
            brought.commit(&mut one, &rows(490..510, hours(0)), &[], "1", 700).unwrap();
            assert_eq!(brought.finish(&one).unwrap().again, 10);
            assert_eq!(verified(&brought), 520);
        }).await;
        blank.finish().await;
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_damaged_part_restores_nothing() {
    cairn_testkit::run(async {
        let t = TestStore::sqlite().await;
        let blank = t.blank().await;
        let to = blank.options();
        with(t.options(), move |options| {
            let mut store = open(options);
            let mut one = report(&mut store, false, "one", hours(0));
            store
                .commit(&mut one, &rows(0..50, hours(0)), &[], "1", 500)
                .unwrap();
            let segment = files(&options.dir.join("observations"))
                .into_iter()
                .find(|path| path.extension().is_some_and(|own| own == "seg"))
                .unwrap();
            let mut bytes = std::fs::read(&segment).unwrap();
            bytes[30] ^= 1;
            std::fs::write(&segment, bytes).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("backup");
            let plan = Plan {
                to: &file,
                settings: None,
                key: None,
                made_at: START,
            };
            backup::backup(options, &plan, &mut |_, _, _| ()).unwrap();
            let mut how = Restore {
                from: &file,
                key: None,
                quarter: Some(&sample::quarter),
                accept_findings: false,
            };
            let refused = backup::restore(&to, &how, &mut |_, _, _| ()).unwrap_err();
            assert!(matches!(refused, BackupError::Damaged(_)), "{refused}");
            assert!(files(&to.dir).is_empty());
            how.accept_findings = true;
            backup::restore(&to, &how, &mut |_, _, _| ()).unwrap();
            assert!(to.dir.join("feeds.db").exists());
        })
        .await;
        blank.finish().await;
        t.finish().await;
    });
}
