//! Files: whole at every chunk border, found damaged at any flipped byte, kept once, swept when nobody names them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use std::path::PathBuf;

use cairn_evidence::hash::sha256;
use cairn_store::blob::{BlobError, CHUNK_BYTES, Stored};
use cairn_testkit::sample::{Dice, START, Sample, draft};
use cairn_testkit::{TestStore, on_both};

fn content(len: usize) -> Vec<u8> {
    let mut dice = Dice::new(len as u64);
    (0..len).map(|_| dice.next() as u8).collect()
}

async fn keep(t: &TestStore, bytes: &[u8], piece: usize) -> Result<Stored, BlobError> {
    let mut incoming = t.take_blob(10_000_000)?;
    for piece in bytes.chunks(piece) {
        incoming.push(piece)?;
    }
    assert_eq!(incoming.head(), &bytes[..bytes.len().min(512)]);
    t.keep_blob(incoming, "application/octet-stream", START.plus_seconds(77))
        .await
}

/// What the verifier finds, and how many files it read.
async fn damaged_files(t: &TestStore) -> (Vec<String>, u64) {
    let options = t.options();
    let looked = tokio::task::spawn_blocking(move || {
        let (mut found, mut last) = (Vec::new(), (0, 0));
        let read = cairn_store::verify::files(
            &options,
            &mut |done, of| last = (done, of),
            &mut |sha256| found.push(sha256),
        );
        let read = read.unwrap();
        assert_eq!(last, (read, read));
        (found, read)
    });
    looked.await.unwrap()
}

/// The files on disk.
fn on_disk(t: &TestStore, folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![t.path().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found
}

on_both! {
    async fn files_come_back_whole_at_every_border(t: &mut TestStore) {
        for len in [0, 1, 511, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 200_000] {
            for piece in [1_000, CHUNK_BYTES, 1_000_000] {
                let bytes = content(len + piece % 7);
                let stored = keep(t, &bytes, piece).await.unwrap();
                assert_eq!(stored.sha256, sha256(&bytes).hex());
                assert_eq!(stored.size, bytes.len() as u64);
                assert_eq!(t.blob(&stored.sha256).await.unwrap().as_ref(), Some(&stored));
                assert_eq!(t.read_blob(&stored.sha256).await.unwrap(), bytes, "{len} by {piece}");
            }
        }
        assert!(on_disk(t, "tmp").is_empty());
    }

    async fn nothing_readable_lies_on_disk(t: &mut TestStore) {
        let canary = b"canary-7f3a9c: what the reporter sent".repeat(50);
        keep(t, &canary, 999).await.unwrap();
        for path in on_disk(t, "") {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(14).any(|w| w == b"canary-7f3a9c:"), "{}", path.display());
        }
        let path = on_disk(t, "blobs").remove(0);
        let modified = std::fs::metadata(path).unwrap().modified().unwrap();
        let seconds = modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(seconds % 3_600, 0, "the hour only");
    }

    async fn any_damage_is_seen(t: &mut TestStore) {
        let bytes = content(CHUNK_BYTES + 300);
        let stored = keep(t, &bytes, 4_096).await.unwrap();
        let path = on_disk(t, "blobs").remove(0);
        let good = std::fs::read(&path).unwrap();
        let damaged = |answer| matches!(answer, Err(BlobError::Damaged(_)));
        let mut dice = Dice::new(5);
        let some: Vec<usize> = (0..40).map(|_| dice.below(good.len() as u64) as usize).collect();
        let borders = [0, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 15, CHUNK_BYTES + 16, good.len() - 1];
        for at in some.into_iter().chain(borders) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            std::fs::write(&path, &bad).unwrap();
            assert!(damaged(t.read_blob(&stored.sha256).await), "byte {at}");
        }
        let (first, second) = good.split_at(CHUNK_BYTES + 16);
        for bad in [
            first.to_vec(),
            second.to_vec(),
            [second, first].concat(),
            [first, first, second].concat(),
            [&good[..], &[0]].concat(),
            good[..good.len() - 1].to_vec(),
            Vec::new(),
        ] {
            std::fs::write(&path, &bad).unwrap();
            assert!(damaged(t.read_blob(&stored.sha256).await), "{} bytes", bad.len());
        }
        std::fs::write(&path, &good).unwrap();
        assert_eq!(t.read_blob(&stored.sha256).await.unwrap(), bytes);
        std::fs::remove_file(&path).unwrap();
        assert!(damaged(t.read_blob(&stored.sha256).await), "taken away");
        assert!(matches!(t.read_blob(&"0".repeat(64)).await, Err(BlobError::Absent)));
    }

    async fn every_damaged_file_is_named(t: &mut TestStore) {
        let mut kept = Vec::new();
        for len in [0, 10, CHUNK_BYTES + 1, 300_000] {
            kept.push(keep(t, &content(len), 10_000).await.unwrap().sha256);
        }
        assert_eq!(damaged_files(t).await, (Vec::new(), 4));
        let path = |sha256: &str| on_disk(t, "blobs").into_iter().find(|p| p.to_string_lossy().contains(sha256)).unwrap();
        std::fs::remove_file(path(&kept[1])).unwrap();
        let mut bytes = std::fs::read(path(&kept[3])).unwrap();
        bytes[200_000] ^= 1;
        std::fs::write(path(&kept[3]), bytes).unwrap();
        // A report that names a file which was never kept.
        let seed = (0..).find(|seed| !draft(*seed).body.files.is_empty()).unwrap();
        let sample = Sample::new(t, seed, START);
        sample.send(t).await.unwrap();
        let mut expected = vec![kept[1].clone(), kept[3].clone(), sample.draft.body.files[0].sha256.clone()];
        let (mut found, read) = damaged_files(t).await;
        expected.sort();
        found.sort();
        assert_eq!((found, read), (expected, 4));
    }

    async fn the_same_content_is_kept_once(t: &mut TestStore) {
        let bytes = content(1_000);
        let first = keep(t, &bytes, 100).await.unwrap();
        let second = keep(t, &bytes, 1_000).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(on_disk(t, "blobs").len(), 1);
        assert!(on_disk(t, "tmp").is_empty());
        assert_eq!(t.read_blob(&first.sha256).await.unwrap(), bytes);
    }

    async fn too_large_a_file_leaves_nothing(t: &mut TestStore) {
        let mut incoming = t.take_blob(1_000).unwrap();
        incoming.push(&[1; 1_000]).unwrap();
        assert!(matches!(incoming.push(&[1]), Err(BlobError::TooLarge { bytes_max: 1_000 })));
        drop(incoming);
        assert!(on_disk(t, "tmp").is_empty());
    }

    async fn files_that_nobody_names_are_swept(t: &mut TestStore) {
        let named = keep(t, b"in a report", 100).await.unwrap();
        let drafted = keep(t, b"in a draft", 100).await.unwrap();
        let stray = keep(t, b"in nothing", 100).await.unwrap();
        let mut report = draft(1);
        report.body.files = vec![cairn_desk::report::FileRef {
            sha256: named.sha256.clone(),
            size: named.size,
            media_type: named.media_type.clone(),
            name: None,
        }];
        Sample::of(t, report, 1, START).send(t).await.unwrap();
        t.save_draft([1; 32], &format!("{{\"file\":\"{}\"}}", drafted.sha256), START).await.unwrap();
        assert_eq!(t.sweep_blobs(START.hour()).await.unwrap(), 0, "too young");
        assert_eq!(t.sweep_blobs(START.plus_seconds(90_000)).await.unwrap(), 1);
        assert!(matches!(t.read_blob(&stray.sha256).await, Err(BlobError::Absent)));
        assert_eq!(t.read_blob(&named.sha256).await.unwrap(), b"in a report");
        assert_eq!(t.read_blob(&drafted.sha256).await.unwrap(), b"in a draft");
        assert_eq!(on_disk(t, "blobs").len(), 2);
        // The sweep ended between row and bytes last time, or somebody tidied up: the next one goes on.
        let lost = keep(t, b"bytes gone", 100).await.unwrap();
        for path in on_disk(t, "blobs") {
            if path.to_string_lossy().contains(&lost.sha256) {
                std::fs::remove_file(path).unwrap();
            }
        }
        assert_eq!(t.sweep_blobs(START.plus_seconds(90_000)).await.unwrap(), 1);
    }
}
