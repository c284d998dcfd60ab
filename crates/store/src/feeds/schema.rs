//! Migrations of what machines report: a list of their own, since they lie in a database file of their own and whoever takes reports
//! in need not hold the other one. One text for both databases, but for two words and lines that begin with `-- postgres:`.

use rusqlite::Connection;

use crate::schema::SchemaError;

/// `(number, name, text)`.
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (
        1,
        "feeds",
        include_str!("../../migrations/feeds/0001_feeds.sql"),
    ),
    (
        2,
        "cube",
        include_str!("../../migrations/feeds/0002_cube.sql"),
    ),
];

/// Every table, in both databases.
pub(crate) const TABLES: [&str; 12] = [
    "feed",
    "feed_raw",
    "feed_report",
    "feed_state",
    "feed_segment",
    "feed_day",
    "feed_cause",
    "feed_reject",
    "feed_word",
    "feed_mix",
    "feed_cube",
    "feed_part",
];

/// The newest number.
pub const NEWEST: i64 = MIGRATIONS.len() as i64;

fn newer(found: i64) -> Result<(), SchemaError> {
    if found > NEWEST {
        return Err(SchemaError::Newer {
            found,
            known: NEWEST,
        });
    }
    Ok(())
}

/// Brings a SQLite file up to date.
pub(crate) fn sqlite(connection: &mut Connection) -> Result<(), SchemaError> {
    let found = crate::schema::sqlite_version(connection)?;
    newer(found)?;
    for (number, name, text) in MIGRATIONS.into_iter().filter(|m| m.0 > found) {
        let failed = |error: rusqlite::Error| SchemaError::Failed {
            number,
            name,
            cause: error.to_string(),
        };
        let text = text
            .replace("BYTES", "BLOB")
            .replace("NARROW", "WITHOUT ROWID");
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(&text).map_err(failed)?;
        transaction
            .pragma_update(None, "user_version", number)
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

/// The number of a PostgreSQL database; 0 where no machine report was ever taken in.
pub(crate) async fn postgres_version(client: &tokio_postgres::Client) -> Result<i64, SchemaError> {
    let failed =
        |error: tokio_postgres::Error| SchemaError::Version(crate::postgres::describe(&error));
    let there = "SELECT count(*) FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name = 'cairn_feed_schema'";
    let row = client.query_one(there, &[]).await.map_err(failed)?;
    if row.try_get::<_, i64>(0).map_err(failed)? == 0 {
        return Ok(0);
    }
    let newest = "SELECT coalesce(max(number), 0) FROM cairn_feed_schema";
    let row = client.query_one(newest, &[]).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}

/// Applies the migrations after `from` up to `to`, in the caller's transaction.
pub(crate) async fn postgres_between(
    client: &tokio_postgres::Client,
    from: i64,
    to: i64,
) -> Result<(), SchemaError> {
    let list = "CREATE TABLE IF NOT EXISTS cairn_feed_schema (number BIGINT NOT NULL)";
    for (number, name, text) in MIGRATIONS.into_iter().filter(|m| from < m.0 && m.0 <= to) {
        let failed = |error: tokio_postgres::Error| SchemaError::Failed {
            number,
            name,
            cause: crate::postgres::describe(&error),
        };
        let text = text.replace("BYTES", "BYTEA").replace("NARROW", "");
        let text = text.replace("-- postgres: ", "");
        client.batch_execute(list).await.map_err(failed)?;
        client.batch_execute(&text).await.map_err(failed)?;
        let add = "INSERT INTO cairn_feed_schema(number) VALUES ($1)";
        client.execute(add, &[&number]).await.map_err(failed)?;
    }
    Ok(())
}

/// Brings a PostgreSQL database up to date, whole or not at all.
pub(crate) async fn postgres(client: &tokio_postgres::Client) -> Result<(), SchemaError> {
    let found = postgres_version(client).await?;
    newer(found)?;
    let failed =
        |error: tokio_postgres::Error| SchemaError::Version(crate::postgres::describe(&error));
    client.batch_execute("BEGIN").await.map_err(failed)?;
    postgres_between(client, found, NEWEST).await?;
    client.batch_execute("COMMIT").await.map_err(failed)
}
