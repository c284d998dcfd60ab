//! Stores that share a machine, a process and (on PostgreSQL) a database, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use cairn_store::backup::{self, Plan, Restore};
use cairn_store::schema::NEWEST;
use cairn_store::{Options, Store};
use cairn_testkit::sample::{self, START, Sample};
use cairn_testkit::{TestStore, on_both};

async fn open(options: Options) -> Store {
    Store::open(options).await.unwrap()
}

async fn reports(store: &Store) -> u64 {
    let states = store.stats().await.unwrap().states;
    states.iter().map(|(_, count)| count).sum()
}

/// What a connection of a tenant says to some SQL.
async fn asked(t: &TestStore, tenant: &str, sql: &str) -> Result<i64, String> {
    let config = format!(
        "{}&options=-c%20search_path%3Dtenant_{tenant}",
        t.url().unwrap()
    );
    let (client, connection) = tokio_postgres::connect(&config, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let row = client.query_one(sql, &[]).await;
    row.map(|row| row.get(0)).map_err(|error| error.to_string())
}

on_both! {
    async fn each_has_its_own_rows_numbers_log_and_lock(t: &mut TestStore) {
        let options = [t.beside("one"), t.beside("sea-ports")];
        let one = open(options[0].clone()).await;
        let other = open(options[1].clone()).await;
        for seed in 0..3 {
            Sample::new(&one, seed, START).send(&one).await.unwrap();
        }
        Sample::new(t, 9, START).send(t).await.unwrap();
        assert_eq!([reports(&one).await, reports(&other).await, reports(t).await], [3, 0, 1]);
        assert_eq!((one.coming_report(), other.coming_report(), t.coming_report()), (4, 1, 2));
        assert!(other.report(1).await.unwrap().is_none());
        assert!(other.newest_checkpoint().await.unwrap().is_none());
        let keys = |store: &Store| store.keys().list.to_string();
        assert_ne!(keys(&one), keys(&other));
        assert_ne!(keys(&one), keys(t));
        assert_eq!((one.tenant(), t.tenant()), ("one", ""));
        assert!(Store::open(options[0].clone()).await.is_err(), "one writer for each");
        if t.url().is_some() {
            let schema = "SELECT max(number) FROM cairn_schema";
            for tenant in ["one", "sea_ports"] {
                assert_eq!(asked(t, tenant, schema).await, Ok(NEWEST), "migrated by itself");
                // What is in the house's own schema is not found by its plain name.
                let missing = asked(t, tenant, "SELECT count(*) FROM only_here").await;
                assert!(missing.is_err());
            }
            t.tamper("CREATE TABLE only_here (x BIGINT)").await;
            let count = "SELECT count(*) FROM report";
            assert_eq!(asked(t, "one", count).await, Ok(3));
            assert_eq!(asked(t, "sea_ports", count).await, Ok(0));
            assert!(asked(t, "one", "SELECT count(*) FROM only_here").await.is_err());
            // Nobody made this one: there is nothing at all, and not the house's tables either.
            assert!(asked(t, "nobody", count).await.is_err());
        }
        one.scrub().await.unwrap();
        one.close().await;
        other.close().await;
        assert_eq!(reports(t).await, 1);
    }

    async fn one_file_holds_all_and_brings_all_back_or_nothing(t: &mut TestStore) {
        let options = [t.beside("one"), t.beside("two")];
        for (at, options) in options.iter().enumerate() {
            let store = open(options.clone()).await;
            for seed in 0..=at as u64 {
                Sample::new(&store, seed, START).send(&store).await.unwrap();
            }
            let mut incoming = store.take_blob(1_000).unwrap();
            incoming.push(&[at as u8; 100]).unwrap();
            store.keep_blob(incoming, "text/plain", START).await.unwrap();
            store.close().await;
        }
        Sample::new(t, 9, START).send(t).await.unwrap();
        let named = |options: [Options; 2]| {
            let names = ["one".to_owned(), "two".to_owned()];
            names.into_iter().zip(options).collect::<Vec<_>>()
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all.cairn");
        let (house, tenants, to) = (t.options(), named(options), file.clone());
        let manifest = tokio::task::spawn_blocking(move || {
            let plan = Plan { to: &to, settings: Some(b"x"), key: Some(&[7; 32]), made_at: START };
            backup::backup_all(&house, &tenants, &plan, &mut |_, _, _| {}).unwrap()
        })
        .await
        .unwrap();
        assert_eq!(manifest.tenants.len(), 2);
        assert_eq!(manifest.tenants["two"].rows["report"], 2);
        let blank = t.blank().await;
        let bring = |house: Options, tenants: Vec<(String, Options)>| {
            let from = file.clone();
            tokio::task::spawn_blocking(move || {
                let how = Restore {
                    from: &from,
                    key: Some(&[7; 32]),
                    quarter: Some(&sample::quarter),
                    accept_findings: false,
                };
                backup::restore_all(&house, &tenants, &how, &mut |_, _, _| {})
            })
        };
        // Without a place for one of them nothing is restored.
        let mut few = named([blank.beside("one"), blank.beside("two")]);
        few.truncate(1);
        assert!(bring(blank.options(), few).await.unwrap().is_err());
        // Nor where the last of them does not fit: what was there of the others is taken back.
        let mut wrong = blank.options();
        wrong.origin = "another/log".into();
        let both = named([blank.beside("one"), blank.beside("two")]);
        assert!(bring(wrong, both).await.unwrap().is_err());
        let mut left = std::fs::read_dir(blank.path()).unwrap();
        assert!(left.next().is_none(), "nothing is left");
        let both = named([blank.beside("one"), blank.beside("two")]);
        let restored = bring(blank.options(), both).await.unwrap().unwrap();
        assert_eq!(restored.settings.unwrap(), b"x");
        assert_eq!(restored.tenants.len(), 2);
        for (at, name) in ["one", "two"].into_iter().enumerate() {
            let store = open(blank.beside(name)).await;
            assert_eq!(reports(&store).await, at as u64 + 1, "{name}");
            store.close().await;
        }
    }
}

#[test]
fn a_name_of_a_schema_is_plain() {
    use cairn_store::postgres::PgConfig;
    let config = || PgConfig::new("postgres://user@192.0.2.1/name?sslmode=disable", None).unwrap();
    for bad in ["", "a b", "a-b", "a;b", "A", "a,public", "\"a\"", "é"] {
        assert!(config().in_schema(bad).is_err(), "{bad:?}");
    }
    assert!(config().in_schema(&"a".repeat(64)).is_err());
    assert!(config().in_schema("tenant_health").is_ok());
}
