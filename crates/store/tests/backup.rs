//! Backups: taken under load they restore to a moment at which everything verifies; damaged ones restore nothing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::hash::leaf_hash;
use cairn_evidence::proof::verify_inclusion;
use cairn_evidence::receipt::Receipt;
use cairn_store::backup::{self, BackupError, Manifest, Plan, Restore, Restored, Step};
use cairn_store::{Options, Store};
use cairn_testkit::sample::{self, START, Sample};
use cairn_testkit::{TestStore, on_both};

const KEY: [u8; 32] = [7; 32];

async fn take(t: &TestStore, to: PathBuf, key: Option<[u8; 32]>) -> Result<Manifest, BackupError> {
    let options = t.options();
    tokio::task::spawn_blocking(move || {
        let plan = Plan {
            to: &to,
            settings: Some(b"service_name = \"Sample\"\n"),
            key: key.as_ref(),
            made_at: START,
        };
        let mut steps = Vec::new();
        let manifest = backup::backup(&options, &plan, &mut |step, done, of| {
            assert!(done <= of);
            steps.push(step);
        })?;
        assert!(steps.contains(&Step::Database));
        Ok(manifest)
    })
    .await
    .unwrap()
}

async fn bring(
    options: Options,
    from: PathBuf,
    key: Option<[u8; 32]>,
) -> Result<Restored, BackupError> {
    tokio::task::spawn_blocking(move || {
        let how = Restore {
            from: &from,
            key: key.as_ref(),
            quarter: Some(&sample::quarter),
            accept_findings: false,
        };
        backup::restore(&options, &how, &mut |_, done, of| assert!(done <= of))
    })
    .await
    .unwrap()
}

/// Sends until told to stop; gives the receipts.
async fn send(store: Store, seeds: u64, stop: Arc<AtomicBool>) -> Vec<(i64, Receipt)> {
    let mut receipts = Vec::new();
    let mut seed = seeds;
    while !stop.load(Ordering::Relaxed) {
        let sample = Sample::new(&store, seed, START);
        let committed = sample.send(&store).await.unwrap();
        receipts.push((sample.no, sample.receipt(&committed)));
        seed += 1;
    }
    receipts
}

/// How a sealed backup starts.
const SEALED: &[u8] = b"cairn-backup-v1";

/// What a backup holds: the archive that it unpacks to, if it does; all of it if it is sealed.
fn inside(backup: &[u8]) -> Option<Vec<u8>> {
    if backup.starts_with(SEALED) {
        return Some(backup.to_vec());
    }
    let mut archive = Vec::new();
    let read = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(backup), &mut archive);
    read.is_ok().then_some(archive)
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A file in the file store and 30 reports.
async fn fill(t: &TestStore) -> String {
    for seed in 0..30 {
        Sample::new(t, seed, START).send(t).await.unwrap();
    }
    let mut incoming = t.take_blob(1_000_000).unwrap();
    incoming.push(&vec![5; 100_000]).unwrap();
    t.keep_blob(incoming, "text/plain", START)
        .await
        .unwrap()
        .sha256
}

on_both! {
    async fn under_load_it_holds_a_moment_at_which_all_is_proved(t: &mut TestStore) {
        let file = fill(t).await;
        let stop = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..8)
            .map(|n| tokio::spawn(send(Store::clone(t), n * 100_000 + 1_000, Arc::clone(&stop))))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.cairn");
        let mut manifests = Vec::new();
        for n in 0..3 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            manifests.push(take(t, folder.path().join(format!("{n}.cairn")), Some(KEY)).await.unwrap());
        }
        std::fs::rename(folder.path().join("1.cairn"), &path).unwrap();
        stop.store(true, Ordering::Relaxed);
        let mut receipts = Vec::new();
        for sender in senders {
            receipts.extend(sender.await.unwrap());
        }
        assert!(!names(t.path()).iter().any(|name| name.starts_with("backup-")));
        let mut back = t.blank().await;
        let restored = bring(back.options(), path, Some(KEY)).await.unwrap();
        assert_eq!(restored.manifest, manifests[1]);
        assert_eq!(restored.settings.unwrap(), b"service_name = \"Sample\"\n");
        assert!(restored.damaged_files.is_empty());
        assert_eq!(restored.verdict.findings, 0);
        back.reopen().await;
        let (size, note) = back.newest_checkpoint().await.unwrap().unwrap();
        assert_eq!(restored.manifest.checkpoint.as_deref(), Some(note.as_str()));
        let state = SignedCheckpoint::parse(&note).unwrap();
        let root = state.checkpoint().root;
        let (mut before, mut after) = (0, 0);
        for (no, receipt) in receipts {
            receipt.verify_listed(&back.keys().list).unwrap();
            if receipt.index >= size {
                assert!(back.report(no).await.unwrap().is_none());
                after += 1;
                continue;
            }
            let row = back.history(no).await.unwrap().remove(0);
            assert_eq!((row.idx as u64, &row.event), (receipt.index, &receipt.event));
            let body = back.report_body(no).await.unwrap().unwrap();
            receipt.verify_body(body.json.as_bytes()).unwrap();
            if before % 10 == 0 {
                let path = back.inclusion(receipt.index, size).await.unwrap();
                verify_inclusion(receipt.index, size, &leaf_hash(receipt.entry().as_bytes()), &path, &root).unwrap();
            }
            before += 1;
        }
        assert!(before > 0 && after > 0, "{before} before, {after} after");
        assert_eq!(back.read_blob(&file).await.unwrap(), vec![5; 100_000]);
        // It goes on from there.
        let next = Sample::new(&back, 1, START);
        assert_eq!(next.send(&back).await.unwrap().first, size);
        back.finish().await;
    }

    async fn a_damaged_backup_restores_nothing(t: &mut TestStore) {
        fill(t).await;
        let folder = tempfile::tempdir().unwrap();
        for (name, key) in [("plain", None), ("sealed", Some(KEY))] {
            let path = folder.path().join(name);
            take(t, path.clone(), key).await.unwrap();
            assert!(matches!(take(t, path.clone(), key).await, Err(BackupError::Exists(_))));
            let good = std::fs::read(&path).unwrap();
            assert_eq!(key.is_some(), good.starts_with(SEALED));
            let unpacked = inside(&good);
            let back = t.blank().await;
            let mut dice = sample::Dice::new(3);
            for n in 0..25 {
                let mut bad = good.clone();
                match n {
                    0 => bad.truncate(good.len() - 1),
                    1 => bad.truncate(good.len() / 2),
                    2 => bad.truncate(10),
                    3 => bad.clear(),
                    _ => {
                        // A bit that fills up a byte, or tells how long a code is that is never used, unpacks to the
                        // same: nothing is damaged then.
                        while inside(&bad) == unpacked {
                            let at = dice.below(good.len() as u64) as usize;
                            bad[at] ^= 1 << dice.below(8);
                        }
                    }
                }
                let broken = folder.path().join("broken");
                std::fs::write(&broken, bad).unwrap();
                let error = bring(back.options(), broken, key).await.unwrap_err();
                // What tells an archive's form is not sealed in a plain one.
                let unfit = key.is_none() && matches!(error, BackupError::Unfit(_));
                assert!(unfit || matches!(error, BackupError::Damaged(_) | BackupError::KeyWanted), "{name} {n}: {error:?}");
                assert!(names(back.path()).is_empty(), "{:?}", names(back.path()));
            }
            if key.is_some() {
                assert!(matches!(bring(back.options(), path.clone(), None).await, Err(BackupError::KeyWanted)));
                assert!(matches!(bring(back.options(), path.clone(), Some([8; 32])).await, Err(BackupError::Damaged(_))));
            }
            assert!(names(back.path()).is_empty());
            bring(back.options(), path.clone(), key).await.unwrap();
            assert!(matches!(bring(back.options(), path, key).await, Err(BackupError::Exists(_))));
            back.finish().await;
        }
        assert_eq!(names(folder.path()), ["broken", "plain", "sealed"]);
    }

    async fn records_that_do_not_verify_are_not_restored(t: &mut TestStore) {
        fill(t).await;
        t.close().await;
        let sql = "UPDATE report SET severity = 7 WHERE no = 3";
        if t.url().is_some() {
            t.tamper(sql).await;
        } else {
            rusqlite::Connection::open(t.path().join("core.db")).unwrap().execute_batch(sql).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        take(t, path.clone(), None).await.unwrap();
        let back = t.blank().await;
        let error = bring(back.options(), path.clone(), None).await.unwrap_err();
        assert!(error.to_string().contains("report 3 ("), "{error}");
        assert!(names(back.path()).is_empty());
        let options = back.options();
        let restored = tokio::task::spawn_blocking(move || {
            let how = Restore { from: &path, key: None, quarter: None, accept_findings: true };
            backup::restore(&options, &how, &mut |_, _, _| {}).unwrap()
        });
        assert_eq!(restored.await.unwrap().verdict.findings, 1);
        back.finish().await;
    }

    async fn a_backup_is_private_and_holds_no_plain_text_when_sealed(t: &mut TestStore) {
        fill(t).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        take(t, path.clone(), Some(KEY)).await.unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let key_path = folder.path().join("key");
        let key = backup::new_key(&key_path).unwrap();
        assert_eq!(backup::read_key(&key_path).unwrap(), key);
        std::fs::write(&key_path, "short").unwrap();
        assert!(matches!(backup::read_key(&key_path), Err(BackupError::Key(_))));
    }
}
