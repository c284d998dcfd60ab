//! How long the offline verifier takes:
//! `cargo run --release -p cairn-store --example verify_speed -- --leaves 1000000 --reports 100000 --group 100`.
//!
//! Fills a SQLite store with reports and further lines of the log, `group` lines a checkpoint, verifies all of it, and
//! prints one JSON line with seconds for filling, for the log and for the reports, and the memory used at most.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for developers; it may end at the first surprise"
)]

use std::time::Instant;

use cairn_store::verify::{self, Check, Part, Trusted};
use cairn_store::writer::Unit;
use cairn_testkit::TestStore;
use cairn_testkit::sample::{self, START, Sample, audit};

fn main() {
    let (mut leaves, mut reports, mut group) = (1_000_000, 100_000, 100);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().and_then(|v| v.parse::<u64>().ok());
        match (argument.as_str(), value) {
            ("--leaves", Some(value)) => leaves = value,
            ("--reports", Some(value)) => reports = value,
            ("--group", Some(value)) => group = value.max(1),
            _ => {
                eprintln!("usage: verify_speed [--leaves N] [--reports N] [--group N]");
                std::process::exit(2);
            }
        }
    }
    cairn_testkit::run(run(leaves, reports.min(leaves), group));
}

async fn run(leaves: u64, reports: u64, group: u64) {
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
        "memory_max": memory.map(str::trim),
    });
    println!("{line}");
    store.finish().await;
}
