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
             WHERE m.type = 'table' AND m.name NOT LIKE 'report_fts%'",
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
               AND table_name NOT IN ('report_fts', 'cairn_schema')";
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

#[test]
fn sqlite_is_new_enough() {
    // 3.51.3 mended a fault that could damage a database in WAL mode.
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
}
