//! How long the offline verifier takes, and how long a proof is.
//!
//! Fills a SQLite store with reports and further lines of the log, `group` lines a checkpoint, verifies all of it, and
//! gives seconds for filling, for the log and for the reports, the memory used at most, and the bytes of an inclusion
//! proof: its hashes alone, and as lines of a receipt.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool for developers; it may end at the first surprise"
)]

use std::time::Instant;

use cairn_store::verify::{self, Check, Part, Trusted};
use cairn_store::writer::Unit;
use cairn_testkit::TestStore;
use cairn_testkit::sample::{self, START, Sample, audit};

/// Runs it; gives the figures.
pub async fn run(leaves: u64, reports: u64, group: u64) -> (serde_json::Value, usize, f64) {
    let mut store = TestStore::sqlite().await;
    let began = Instant::now();
    let mut sending = tokio::task::JoinSet::new();
    let mut next = 0;
    while next < leaves {
        let mut unit = Unit::default();
        if next < reports {
            // Reports one by one, many at a time: the writer makes the groups.
            let sample = Sample::new(&store, next, START.plus_seconds(next as i64));
            unit = sample.unit(&store);
            next += 1;
        } else {
            let end = leaves.min(next + group);
            unit.entries.extend((next..end).map(|n| audit(n, START)));
            next = end;
        }
        let writer = cairn_store::Store::clone(&store);
        sending.spawn(async move { writer.write(unit).await.unwrap() });
        while sending.len() as u64 >= group.clamp(8, 1_000) {
            sending.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = sending.join_next().await {
        done.unwrap();
    }
    let filled = began.elapsed().as_secs_f64();
    let (size, _) = store.newest_checkpoint().await.unwrap().unwrap();
    // Of all leaves, the first has the longest way to the root.
    let path = store.inclusion(0, size).await.unwrap();
    let proof_bytes = path.len() * 32;
    // Each hash is a line of base64 in a receipt.
    let proof_text_bytes = path.len() * 45;
    let trusted = Trusted::read(&store.path().join("keys"), "reports.example/log").unwrap();
    store.close().await;
    let database = store.options().database;
    let look = move || {
        let began = Instant::now();
        let mut log_seconds = 0.0;
        let check = Check {
            trusted: &trusted,
            quarter: Some(&sample::quarter),
            progress: &mut |progress| {
                if progress.part == Part::Log {
                    log_seconds = began.elapsed().as_secs_f64();
                }
            },
            found: &mut |finding| panic!("{finding}"),
        };
        let verdict = verify::database(&database, check).unwrap();
        (verdict, log_seconds, began.elapsed().as_secs_f64())
    };
    let (verdict, log_seconds, seconds) = tokio::task::spawn_blocking(look).await.unwrap();
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = memory.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let line = serde_json::json!({
        "leaves": verdict.leaves, "checkpoints": verdict.checkpoints, "reports": verdict.reports,
        "findings": verdict.findings, "fill_seconds": filled, "log_seconds": log_seconds,
        "report_seconds": seconds - log_seconds, "seconds": seconds,
        "proof_bytes": proof_bytes, "proof_text_bytes": proof_text_bytes,
        "memory_max": memory.map(str::trim),
    });
    store.finish().await;
    (line, proof_text_bytes, seconds)
}
