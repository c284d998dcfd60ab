//! What operators are told about the amount of things, and whether there is anything at all.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests say what is wrong by failing"
)]

use cairn_store::empty::is_empty;
use cairn_store::verify;
use cairn_store::{Database, Store};
use cairn_testkit::on_both;
use cairn_testkit::sample::{START, Sample};

on_both! {
    async fn counts_are_those_of_the_tables(t: &mut TestStore) {
        let none = t.stats().await.unwrap();
        assert_eq!((none.states.len(), none.log_entries, none.files), (0, 0, 0));
        for seed in 0..3 {
            Sample::new(t, seed, START).send(t).await.unwrap();
        }
        t.save_draft([1; 32], "12345", START).await.unwrap();
        let mut incoming = t.take_blob(100).unwrap();
        incoming.push(b"seven b").unwrap();
        t.keep_blob(incoming, "text/plain", START).await.unwrap();
        let some = t.stats().await.unwrap();
        assert_eq!(some.states, [("received".to_owned(), 3)]);
        assert_eq!((some.log_entries, some.files, some.file_bytes, some.drafts), (3, 1, 7, 1));
        assert!(some.database_bytes > 10_000, "{}", some.database_bytes);
        assert_eq!((t.unnamed_bytes().await.unwrap(), t.draft_bytes().await.unwrap()), (7, 5));
        let database = t.options().database;
        let newest = tokio::task::spawn_blocking(move || verify::newest(&database).unwrap());
        assert_eq!(newest.await.unwrap().map(|at| at.hour()), Some(START.hour()));
    }

    async fn tables_that_changed_much_are_sampled(t: &mut TestStore) {
        let sqlite = matches!(t.options().database, Database::Sqlite(_));
        assert!(!t.sample_tables().await.unwrap());
        if !sqlite {
            // The server's own sampling may be quicker than ours, and this is about ours.
            t.tamper("ALTER TABLE report_unindexed SET (autovacuum_enabled = off)").await;
        }
        let mut all = tokio::task::JoinSet::new();
        for seed in 0..6_000 {
            let store = Store::clone(t);
            all.spawn(async move { Sample::new(&store, seed, START).send(&store).await.map(drop) });
        }
        all.join_all().await.into_iter().for_each(Result::unwrap);
        // The server tells its own counts a little later.
        let mut sampled = false;
        for _ in 0..100 {
            sampled = t.sample_tables().await.unwrap();
            if sampled || sqlite {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(sampled, !sqlite);
        let again = t.sample_tables().await.unwrap();
        assert!(!again);
    }

    async fn a_database_with_tables_is_not_empty(t: &mut TestStore) {
        assert!(!is_empty(&t.options().database).await.unwrap());
    }
}

#[test]
fn a_database_that_is_not_there_is_empty() {
    cairn_testkit::run(async {
        let dir = tempfile::tempdir().unwrap();
        let options = cairn_store::Options::sqlite(dir.path(), "reports.example.org/log");
        assert!(is_empty(&options.database).await.unwrap());
        assert!(!dir.path().join("core.db").exists(), "asking makes nothing");
    });
}
