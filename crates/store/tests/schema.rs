//! Both databases hold the same tables with the same columns.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::too_many_lines,
    reason = "tests say what is wrong by failing; the bodies stand in a macro, where no lint sees that"
)]

use std::collections::BTreeMap;

use cairn_testkit::TestStore;
use tokio_postgres::NoTls;

/// Table → column → (kind, may be NULL).
type Schema = BTreeMap<String, BTreeMap<String, (String, bool)>>;

fn kind(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "bigint" | "integer" => "integer",
        "bytea" | "blob" => "bytes",
        other => return other.to_owned(),
    }
    .to_owned()
}

fn sqlite(t: &TestStore) -> Schema {
    let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'report_fts%' AND m.name NOT LIKE 'case_fts%'",
        )
        .unwrap();
    let mut schema = Schema::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (table, column): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let (ty, not_null): (String, bool) = (row.get(2).unwrap(), row.get(3).unwrap());
        // A primary key of a table without rowids is not NULL, said or not (and is said elsewhere here).
        let not_null = not_null || (table == "meta" && column == "key");
        schema
            .entry(table)
            .or_default()
            .insert(column, (kind(&ty), !not_null));
    }
    schema
}

async fn postgres(t: &TestStore) -> Schema {
    let config: tokio_postgres::Config = t.url().unwrap().parse().unwrap();
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    let sql = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
               FROM information_schema.columns WHERE table_schema = 'public' \
               AND table_name NOT IN (SELECT table_name FROM information_schema.views WHERE table_schema = 'public') AND table_name NOT IN ('report_fts', 'case_fts', 'cairn_schema')";
    let mut schema = Schema::new();
    for row in client.query(sql, &[]).await.unwrap() {
        let ty: String = row.get(2);
        let column = (kind(&ty), row.get(3));
        schema
            .entry(row.get(0))
            .or_default()
            .insert(row.get(1), column);
    }
    schema
}

#[test]
fn both_databases_have_the_same_tables() {
    cairn_testkit::run(async {
        let Some(there) = TestStore::postgres().await else {
            return;
        };
        let here = TestStore::sqlite().await;
        let (a, b) = (sqlite(&here), postgres(&there).await);
        assert!(a.len() > 15, "{:?}", a.keys());
        assert_eq!(a, b);
        here.finish().await;
        there.finish().await;
    });
}

/// Rows that a database of schema 1 holds: the account and the file of somebody who was there before.
const OLD_ROWS: &str = "INSERT INTO account(id, login, name, role, password, totp_step, recovery, must_change, disabled, \
                        created_at, version) VALUES ('a1', 'hana', 'Hana', 'officer', 'x', 0, '[]', TRUE, FALSE, 5, 1); \
                        INSERT INTO blob(sha256, size, media_type, key, at) VALUES ('ab', 3, 'text/plain', OLD_BYTES, 5); \
                        INSERT INTO job(id, kind, payload, state, run_at, attempts, created_at) \
                        VALUES ('j1', 'news', '{}', 'due', 5, 0, 5);";

/// Makes the database as the first schema had it, and opens it with today's program.
async fn from_schema_1(mut t: TestStore) {
    if let Some(url) = t.url() {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        let base = include_str!("../migrations/postgres/0001_base.sql");
        client.batch_execute(base).await.unwrap();
        let rows = OLD_ROWS.replace("OLD_BYTES", "'\\x01'");
        client.batch_execute(&rows).await.unwrap();
        let number = "CREATE TABLE cairn_schema (number BIGINT NOT NULL); INSERT INTO cairn_schema VALUES (1)";
        client.batch_execute(number).await.unwrap();
    } else {
        let connection = rusqlite::Connection::open(t.path().join("core.db")).unwrap();
        let base = include_str!("../migrations/sqlite/0001_base.sql");
        connection.execute_batch(base).unwrap();
        let rows = OLD_ROWS.replace("OLD_BYTES", "x'01'");
        connection.execute_batch(&rows).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
    }
    // An old database is backed up by today's program before it is migrated, as the handbook says.
    let (options, to) = (t.options(), t.path().join("before.cairn-backup"));
    let manifest = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(options.dir.join("blobs")).unwrap();
        cairn_store::keys::Keys::open(&options.dir.join("keys"), &options.origin).unwrap();
        let plan = cairn_store::backup::Plan {
            to: &to,
            settings: None,
            key: None,
            made_at: cairn_testkit::sample::START,
        };
        cairn_store::backup::backup(&options, &plan, &mut |_, _, _| {})
            .map(|manifest| manifest.schema)
    });
    assert_eq!(manifest.await.unwrap().unwrap(), 1);

    t.reopen().await;
    assert_eq!(t.account("a1").await.unwrap().unwrap().login, "hana");
    assert_eq!(t.blob("ab").await.unwrap().unwrap().size, 3);
    assert_eq!(t.count_jobs().await.unwrap(), (1, 0));
    assert!(t.seats().await.unwrap().is_empty() && t.returns("p").await.unwrap().is_empty());
    assert_eq!(t.unnamed_bytes().await.unwrap(), 3);
    t.reopen().await;
    assert_eq!(t.account("a1").await.unwrap().unwrap().login, "hana");
    t.finish().await;
}

#[test]
fn a_database_of_the_first_schema_is_migrated_with_its_data() {
    cairn_testkit::run(async {
        let new = TestStore::sqlite().await;
        from_schema_1(new.blank().await).await;
        new.finish().await;
        if let Some(new) = TestStore::postgres().await {
            from_schema_1(new.blank().await).await;
            new.finish().await;
        }
    });
}

#[test]
fn sqlite_is_new_enough() {
    // 3.51.3 mended a fault that could damage a database in WAL mode.
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
}
