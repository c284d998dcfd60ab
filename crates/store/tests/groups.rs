//! Many who write at once: what becomes of the others in a group when one is refused, and when the server goes away.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests say what is wrong by failing"
)]

use std::collections::BTreeSet;
use std::time::Duration;

use cairn_desk::report::Command;
use cairn_kernel::actor::Actor;
use cairn_store::Store;
use cairn_store::writer::{Committed, Unit, WriteError};
use cairn_testkit::sample::{START, Sample, act, audit};
use cairn_testkit::{TestStore, on_both};
use tokio::task::JoinSet;

const SENDERS: u64 = 200;
const EACH: u64 = 15;

/// Sends again with the same key until it is told that the report is there. `None` where another time was the one.
async fn insist(store: &Store, sample: &Sample) -> Option<Committed> {
    loop {
        match sample.send(store).await {
            Ok(committed) => return Some(committed),
            Err(WriteError::Duplicate) => return None,
            Err(WriteError::Database(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => panic!("{error}"),
        }
    }
}

fn keyed(store: &Store, seed: u64) -> Sample {
    let mut key = [7; 32];
    key[..8].copy_from_slice(&seed.to_be_bytes());
    Sample::new(store, seed, START.plus_seconds(seed.cast_signed())).keyed(key, [1; 32])
}

/// All that `SENDERS` sent one after another each, with the answers.
async fn send_all(store: &Store) -> Vec<(Sample, Option<Committed>)> {
    let mut all = JoinSet::new();
    for sender in 0..SENDERS {
        let store = store.clone();
        all.spawn(async move {
            let mut sent = Vec::new();
            for n in 0..EACH {
                let sample = keyed(&store, sender * EACH + n);
                let answer = insist(&store, &sample).await;
                sent.push((sample, answer));
            }
            sent
        });
    }
    all.join_all().await.into_iter().flatten().collect()
}

on_both! {
    async fn many_at_once_are_one_log(t: &mut TestStore) {
        let sent = send_all(t).await;
        let places: BTreeSet<u64> = sent.iter().map(|(_, answer)| answer.as_ref().unwrap().first).collect();
        assert_eq!(places, (0..SENDERS * EACH).collect());
        for (sample, answer) in &sent {
            // Makes the path to the tree head of its group: fails if it is none of it.
            let _receipt = sample.receipt(answer.as_ref().unwrap());
        }
        assert_eq!(t.log_verify().await.1, vec![]);
        assert_eq!(t.stats().await.unwrap().log_entries, SENDERS * EACH);
    }

    async fn a_bad_apple_harms_nobody_beside_it(t: &mut TestStore) {
        let first = keyed(t, 9_999_999);
        first.send(t).await.unwrap();
        let mut all = JoinSet::new();
        for n in 0..1_500_u64 {
            let store = Store::clone(t);
            let mut sample = keyed(&store, n);
            let is_bad = n % 100 == 99;
            if is_bad {
                // A report of this number is there.
                sample.no = first.no;
            }
            all.spawn(async move { (is_bad, sample.send(&store).await) });
            if n % 200 == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        for (is_bad, answer) in all.join_all().await {
            assert_eq!(is_bad, answer.is_err(), "{answer:?}");
        }
        assert_eq!(t.stats().await.unwrap().log_entries, 1_486);
        assert_eq!(t.log_verify().await.1, vec![]);
    }

    async fn what_else_is_written_comes_between(t: &mut TestStore) {
        let first = keyed(t, 9_999_999);
        first.send(t).await.unwrap();
        let mut all = JoinSet::new();
        for n in 0..400_u64 {
            let store = Store::clone(t);
            all.spawn(async move {
                let sample = keyed(&store, n);
                sample.send(&store).await.unwrap();
                if n % 20 == 0 {
                    // The same key once more, and a note in the log by itself.
                    assert!(matches!(sample.send(&store).await, Err(WriteError::Duplicate)));
                    let mut unit = Unit::default();
                    unit.entries.push(audit(n, START));
                    store.write(unit).await.unwrap();
                }
                if n % 50 == 0 {
                    let officer = Actor::User("officer-1".into());
                    act(&store, sample.no, officer, Command::OfficerWrite { digest: String::new(), waits: false }, Some("a word")).await.unwrap();
                }
            });
        }
        all.join_all().await;
        assert_eq!(t.log_verify().await.1, vec![]);
    }
}

/// The server ends all connections again and again. Who insists is told once that the report is there, and nothing is there twice.
async fn cut(t: &TestStore) {
    let cutting = async {
        for _ in 0..12 {
            tokio::time::sleep(Duration::from_millis(60)).await;
            let pids = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                        WHERE datname = current_database() AND pid <> pg_backend_pid()";
            t.tamper(pids).await;
        }
    };
    let (sent, ()) = tokio::join!(send_all(t), cutting);
    let told: Vec<u64> = sent
        .iter()
        .filter_map(|(_, answer)| answer.as_ref().map(|answer| answer.first))
        .collect();
    let places: BTreeSet<u64> = told.iter().copied().collect();
    assert_eq!(places.len(), told.len());
    assert_eq!(t.log_verify().await.1, vec![]);
    assert_eq!(t.stats().await.unwrap().log_entries, SENDERS * EACH);
}

#[test]
fn a_server_that_goes_away_loses_nothing_that_was_told() {
    cairn_testkit::run(async {
        if let Some(mut t) = TestStore::postgres().await {
            cut(&t).await;
            t.close().await;
        }
    });
}
