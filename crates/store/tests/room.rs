//! A full disk, a write-ahead log under constant readers, and what erasing leaves behind.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cairn_desk::report::Command;
use cairn_kernel::actor::Actor;
use cairn_store::report::Filter;
use cairn_store::verify::{self, Check, Trusted};
use cairn_store::writer::WriteError;
use cairn_store::{Database, Options, SqliteConfig, Store};
use cairn_testkit::sample::{self, START, Sample, act};
use cairn_testkit::{TestStore, on_both};

const ORIGIN: &str = "reports.example/log";
/// Names a directory on a disk of some 40 MiB; without it one is mounted, which only root may.
const VARIABLE: &str = "CAIRN_TEST_SMALL_DISK";

/// A small disk that goes away with the value.
struct SmallDisk {
    path: PathBuf,
    mounted: Option<tempfile::TempDir>,
}

impl SmallDisk {
    fn new() -> Option<Self> {
        if let Ok(path) = std::env::var(VARIABLE) {
            return Some(Self {
                path: path.into(),
                mounted: None,
            });
        }
        let dir = tempfile::tempdir().unwrap();
        let mounted = Program::new("mount")
            .args(["-t", "tmpfs", "-o", "size=40m", "cairn-test"])
            .arg(dir.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self {
                path: dir.path().to_owned(),
                mounted: Some(dir),
            }),
            _ => {
                eprintln!(
                    "skipped: no small disk: mounting needs root, and {VARIABLE} names no directory on one"
                );
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Some(dir) = &self.mounted {
            let _unmounted = Program::new("umount").arg(dir.path()).output();
        }
    }
}

/// A report of some ten thousand letters.
fn long(store: &Store, seed: u64) -> Sample {
    let mut draft = sample::draft(seed);
    let story = format!("Kōrero {seed} ").repeat(800);
    draft
        .body
        .answers
        .insert("story".into(), cairn_desk::report::Answer::Text(story));
    Sample::of(store, draft, seed, START)
}

#[test]
fn a_full_disk_refuses_new_reports_and_nothing_else() {
    cairn_testkit::run(async {
        let Some(disk) = SmallDisk::new() else { return };
        let dir = disk.path.join("data");
        let filler = disk.path.join("filler");
        std::fs::write(&filler, vec![1; 12 << 20]).unwrap();
        let fatal = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&fatal);
        let mut options = Options::sqlite(&dir, ORIGIN);
        options.ballast_bytes = 4 << 20;
        options.on_fatal = Arc::new(move |_| seen.store(true, Ordering::SeqCst));
        let store = Store::open(options.clone()).await.unwrap();
        let ballast = dir.join("ballast");
        assert_eq!(std::fs::metadata(&ballast).unwrap().len(), 4 << 20);

        let (answered, refused) = until_full(&store).await;
        assert!(matches!(refused, WriteError::DiskFull), "{refused:?}");
        assert!(answered.len() > 100, "{}", answered.len());
        assert!(store.writer().is_full() && !ballast.exists());
        for sample in &answered {
            let body = store.report_body(sample.no).await.unwrap().unwrap();
            assert_eq!(body.json, sample.body.0);
        }
        let page = store
            .reports(&Filter {
                limit: 50,
                ..Filter::default()
            })
            .await
            .unwrap();
        assert_eq!(page.len(), 50);

        // Those who are in already go on: answers, and above all erasing.
        let mut erased = 0;
        for sample in answered.iter().filter(|s| s.contact.is_some()).take(20) {
            act(
                &store,
                sample.no,
                Actor::Reporter,
                Command::EraseContact,
                None,
            )
            .await
            .unwrap();
            erased += 1;
        }
        assert!(erased > 5);
        assert!(store.scrub().await.unwrap());
        let more = long(&store, 9_999_999).send(&store).await;
        assert!(matches!(more, Err(WriteError::DiskFull)));
        assert!(matches!(
            store.take_blob(10),
            Err(cairn_store::blob::BlobError::Write(WriteError::DiskFull))
        ));

        // A restart does not change that, and loses nothing.
        store.close().await;
        let store = Store::open(options.clone()).await.unwrap();
        assert!(store.writer().is_full() || ballast.exists());

        std::fs::remove_file(&filler).unwrap();
        for _ in 0..100 {
            if !store.writer().is_full() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(
            std::fs::metadata(&ballast).unwrap().len(),
            4 << 20,
            "laid anew"
        );
        let again = long(&store, 10_000_000);
        again.send(&store).await.unwrap();
        store.close().await;
        assert!(!fatal.load(Ordering::SeqCst));
        sound(&dir, answered.len() as u64 + 1).await;
    });
}

/// Sends from several sides until one is refused.
async fn until_full(store: &Store) -> (Vec<Sample>, WriteError) {
    let mut sending = tokio::task::JoinSet::new();
    for side in 0..6_u64 {
        let store = store.clone();
        sending.spawn(async move {
            let mut answered = Vec::new();
            for n in 0.. {
                let sample = long(&store, side * 100_000 + n);
                match sample.send(&store).await {
                    Ok(_) => answered.push(sample),
                    Err(error) => return (answered, error),
                }
            }
            unreachable!()
        });
    }
    let (mut all, mut refused) = (Vec::new(), WriteError::Closed);
    while let Some(done) = sending.join_next().await {
        let (answered, error) = done.unwrap();
        all.extend(answered);
        refused = error;
    }
    (all, refused)
}

/// Nothing damaged, nothing unproved, and exactly so many reports.
async fn sound(dir: &Path, reports: u64) {
    let path = dir.join("core.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    let said: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
    let trusted = Trusted::read(&dir.join("keys"), ORIGIN).unwrap();
    let verdict = tokio::task::spawn_blocking(move || {
        let check = Check {
            trusted: &trusted,
            quarter: Some(&sample::quarter),
            progress: &mut |_| {},
            found: &mut |finding| panic!("{finding}"),
        };
        verify::database(&Database::Sqlite(SqliteConfig::new(path)), check).unwrap()
    });
    assert_eq!(verdict.await.unwrap().reports, reports);
}

#[test]
fn readers_that_never_pause_do_not_let_the_log_grow_for_ever() {
    cairn_testkit::run(async {
        let dir = tempfile::tempdir().unwrap();
        let mut options = Options::sqlite(dir.path(), ORIGIN);
        let pages = 64;
        options.database = Database::Sqlite(SqliteConfig {
            wal_pages: pages,
            ..SqliteConfig::new(dir.path().join("core.db"))
        });
        options.ballast_bytes = 0;
        let store = Store::open(options).await.unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..4)
            .map(|n| {
                let (path, stop) = (dir.path().join("core.db"), Arc::clone(&stop));
                std::thread::spawn(move || {
                    let connection = rusqlite::Connection::open(path).unwrap();
                    while !stop.load(Ordering::Relaxed) {
                        connection
                            .execute_batch("BEGIN; SELECT count(*) FROM report")
                            .unwrap();
                        std::thread::sleep(Duration::from_millis(7 + 3 * n));
                        connection.execute_batch("COMMIT").unwrap();
                    }
                })
            })
            .collect();
        let wal = dir.path().join("core.db-wal");
        let mut longest = 0;
        for seed in 0..400 {
            long(&store, seed).send(&store).await.unwrap();
            longest = longest.max(std::fs::metadata(&wal).unwrap().len());
        }
        stop.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.join().unwrap();
        }
        let written = 400 * 20_000;
        let bound = u64::from(pages) * 4_096 * 8;
        assert!(
            longest < bound && bound < written,
            "{longest} bytes, wanted below {bound}"
        );
        store.close().await;
    });
}

on_both! {
    async fn what_was_erased_is_nowhere(t: &mut TestStore) {
        let canary = "canary-5b1e77@example.org";
        let mut numbers = Vec::new();
        for seed in 0..30 {
            let mut draft = sample::draft(seed);
            draft.contact = Some(cairn_desk::report::Contact {
                name: Some(canary.repeat(if seed == 7 { 400 } else { 1 })),
                email: Some(canary.into()),
                phone: None,
            });
            let sample = Sample::of(t, draft, seed, START);
            sample.send(t).await.unwrap();
            numbers.push(sample.no);
        }
        t.save_draft([1; 32], &format!("{{\"email\":\"{canary}\"}}"), START).await.unwrap();
        if t.is_sqlite() {
            assert!(!holding(t.path(), canary).is_empty(), "the canary is found where it is");
        }
        for no in numbers {
            act(t, no, Actor::Reporter, Command::EraseContact, None).await.unwrap();
        }
        t.drop_draft([1; 32]).await.unwrap();
        assert!(t.scrub().await.unwrap());
        if t.is_sqlite() {
            assert_eq!(holding(t.path(), canary), Vec::<PathBuf>::new());
        }
    }
}

#[test]
fn scrubbing_says_when_a_reader_was_in_the_way() {
    cairn_testkit::run(async {
        let t = TestStore::sqlite().await;
        Sample::new(&t, 1, START).send(&t).await.unwrap();
        let reader = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
        reader
            .execute_batch("BEGIN; SELECT count(*) FROM report")
            .unwrap();
        Sample::new(&t, 2, START).send(&t).await.unwrap();
        assert!(!t.scrub().await.unwrap());
        reader.execute_batch("COMMIT").unwrap();
        // Words move into the index by themselves, which writes once more.
        for _ in 0..1_000 {
            if t.writer().unindexed() == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(t.scrub().await.unwrap());
        assert_eq!(
            std::fs::metadata(t.path().join("core.db-wal"))
                .unwrap()
                .len(),
            0
        );
        t.finish().await;
    });
}

/// Files that hold a text.
fn holding(dir: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path)
            .unwrap()
            .windows(text.len())
            .any(|w| w == text.as_bytes())
        {
            found.push(path);
        }
    }
    found
}
