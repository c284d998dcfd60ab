//! The evidence log on both databases: no gaps, proofs at every place, tiles, and the same after a restart.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::hash::leaf_hash;
use cairn_evidence::merkle::Frontier;
use cairn_evidence::proof::verify_inclusion;
use cairn_store::writer::Unit;
use cairn_testkit::sample::{self, START};
use cairn_testkit::{TestStore, on_both};

/// Lines in groups of uneven sizes, so that groups begin and end anywhere in a tile.
async fn grow(t: &TestStore, until: u64) {
    let mut size = t.newest_checkpoint().await.unwrap().map_or(0, |c| c.0);
    let mut step = 1;
    while size < until {
        let mut unit = Unit::default();
        for n in size..(size + step).min(until) {
            unit.entries.push(sample::audit(n, START));
        }
        size += unit.entries.len() as u64;
        t.write(unit).await.unwrap();
        step = step * 3 % 127 + 1;
    }
}

async fn prove_all(t: &TestStore) {
    let (size, note) = t.newest_checkpoint().await.unwrap().unwrap();
    let checkpoint = SignedCheckpoint::parse(&note).unwrap();
    checkpoint.verify(&t.keys().list.for_size(size)).unwrap();
    assert_eq!(checkpoint.checkpoint().size, size);
    let root = checkpoint.checkpoint().root;
    let mut frontier = Frontier::new();
    for tile in 0..size.div_ceil(256) {
        let entries = t.log_entries(tile).await.unwrap();
        assert_eq!(entries.len() as u64, 256.min(size - tile * 256));
        let hashes = t.log_tile(0, tile).await.unwrap();
        for (n, (entry, hash)) in (tile * 256..).zip(entries.iter().zip(&hashes)) {
            assert_eq!(*hash, leaf_hash(&entry.0));
            frontier.push(*hash).unwrap();
            if n % 7 == 0 || n + 3 > size {
                let path = t.inclusion(n, size).await.unwrap();
                verify_inclusion(n, size, hash, &path, &root).unwrap();
            }
        }
        if hashes.len() == 256 {
            let mut one = Frontier::new();
            one.extend(hashes).unwrap();
            let above = t.log_tile(1, tile / 256).await.unwrap();
            assert_eq!(above[(tile % 256) as usize], one.root());
        }
    }
    assert_eq!(frontier.root(), root);
    assert_eq!(
        t.log_tile(1, 0).await.unwrap().len() as u64,
        (size / 256).min(256)
    );
    assert!(t.log_tile(1, 999).await.unwrap().is_empty());
    assert!(t.inclusion(size, size).await.is_err());
}

on_both! {
    async fn every_line_is_proved_and_a_restart_goes_on(t: &mut TestStore) {
        grow(t, 255).await;
        prove_all(t).await;
        grow(t, 256).await;
        t.reopen().await;
        prove_all(t).await;
        grow(t, 700).await;
        t.reopen().await;
        grow(t, 1111).await;
        prove_all(t).await;
        let rows = t.evidence(0, 1000).await.unwrap();
        assert!(rows.iter().zip(0..).all(|(row, idx)| row.idx == idx));
        let last = t.evidence_before(1111, 5).await.unwrap();
        assert_eq!(last.iter().map(|row| row.idx).collect::<Vec<_>>(), [1110, 1109, 1108, 1107, 1106]);
        // An earlier state is proved as well: old receipts are renewed under any checkpoint.
        let path = t.inclusion(13, 300).await.unwrap();
        let mut early = Frontier::new();
        for tile in 0..2 {
            early.extend(t.log_tile(0, tile).await.unwrap().into_iter().take(if tile == 0 { 256 } else { 44 })).unwrap();
        }
        let leaf = t.log_tile(0, 0).await.unwrap()[13];
        verify_inclusion(13, 300, &leaf, &path, &early.root()).unwrap();
    }

    async fn a_new_signing_key_takes_over(t: &mut TestStore) {
        grow(t, 10).await;
        t.close().await;
        let key = cairn_store::keys::Keys::rotate(&t.path().join("keys"), "reports.example/log", 10).unwrap();
        t.reopen().await;
        assert_eq!(*t.keys().signer.verifier(), key);
        grow(t, 20).await;
        prove_all(t).await;
        assert_eq!(t.keys().list.keys().len(), 2);
    }

    async fn a_changed_log_is_not_continued(t: &mut TestStore) {
        grow(t, 40).await;
        t.close().await;
        let sql = "UPDATE evidence SET event = '{}' WHERE idx = 39";
        if t.url().is_some() {
            t.tamper(sql).await;
        } else {
            rusqlite::Connection::open(t.path().join("core.db")).unwrap().execute_batch(sql).unwrap();
        }
        let error = cairn_store::Store::open(t.options()).await.unwrap_err();
        assert!(error.to_string().contains("cairn log verify"), "{error}");
    }
}
