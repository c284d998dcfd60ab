//! Migrations: two folders of the same numbering, applied one transaction each.

use rusqlite::Connection;

/// `(number, name, SQLite text, PostgreSQL text)`.
const MIGRATIONS: [(i64, &str, &str, &str); 30] = [
    (
        1,
        "base",
        include_str!("../migrations/sqlite/0001_base.sql"),
        include_str!("../migrations/postgres/0001_base.sql"),
    ),
    (
        2,
        "track",
        include_str!("../migrations/sqlite/0002_track.sql"),
        include_str!("../migrations/postgres/0002_track.sql"),
    ),
    (
        3,
        "challenge",
        include_str!("../migrations/sqlite/0003_challenge.sql"),
        include_str!("../migrations/postgres/0003_challenge.sql"),
    ),
    (
        4,
        "unindexed",
        include_str!("../migrations/sqlite/0004_unindexed.sql"),
        include_str!("../migrations/postgres/0004_unindexed.sql"),
    ),
    (
        5,
        "cluster",
        include_str!("../migrations/sqlite/0005_cluster.sql"),
        include_str!("../migrations/postgres/0005_cluster.sql"),
    ),
    (
        6,
        "case",
        include_str!("../migrations/sqlite/0006_case.sql"),
        include_str!("../migrations/postgres/0006_case.sql"),
    ),
    (
        7,
        "view",
        include_str!("../migrations/sqlite/0007_view.sql"),
        include_str!("../migrations/postgres/0007_view.sql"),
    ),
    (
        8,
        "retention",
        include_str!("../migrations/sqlite/0008_retention.sql"),
        include_str!("../migrations/postgres/0008_retention.sql"),
    ),
    (
        9,
        "shift",
        include_str!("../migrations/sqlite/0009_shift.sql"),
        include_str!("../migrations/postgres/0009_shift.sql"),
    ),
    (
        10,
        "referral",
        include_str!("../migrations/sqlite/0010_referral.sql"),
        include_str!("../migrations/postgres/0010_referral.sql"),
    ),
    (
        11,
        "rule",
        include_str!("../migrations/sqlite/0011_rule.sql"),
        include_str!("../migrations/postgres/0011_rule.sql"),
    ),
    (
        12,
        "bulk",
        include_str!("../migrations/sqlite/0012_bulk.sql"),
        include_str!("../migrations/postgres/0012_bulk.sql"),
    ),
    (
        13,
        "conversation",
        include_str!("../migrations/sqlite/0013_conversation.sql"),
        include_str!("../migrations/postgres/0013_conversation.sql"),
    ),
    (
        14,
        "relation",
        include_str!("../migrations/sqlite/0014_relation.sql"),
        include_str!("../migrations/postgres/0014_relation.sql"),
    ),
    (
        15,
        "case_words",
        include_str!("../migrations/sqlite/0015_case_words.sql"),
        include_str!("../migrations/postgres/0015_case_words.sql"),
    ),
    (
        16,
        "openpgp",
        include_str!("../migrations/sqlite/0016_openpgp.sql"),
        include_str!("../migrations/postgres/0016_openpgp.sql"),
    ),
    (
        17,
        "signin",
        include_str!("../migrations/sqlite/0017_signin.sql"),
        include_str!("../migrations/postgres/0017_signin.sql"),
    ),
    (
        18,
        "import",
        include_str!("../migrations/sqlite/0018_import.sql"),
        include_str!("../migrations/postgres/0018_import.sql"),
    ),
    (
        19,
        "api",
        include_str!("../migrations/sqlite/0019_api.sql"),
        include_str!("../migrations/postgres/0019_api.sql"),
    ),
    (
        20,
        "second",
        include_str!("../migrations/sqlite/0020_second.sql"),
        include_str!("../migrations/postgres/0020_second.sql"),
    ),
    (
        21,
        "reword",
        include_str!("../migrations/sqlite/0021_reword.sql"),
        include_str!("../migrations/postgres/0021_reword.sql"),
    ),
    (
        22,
        "constituent",
        include_str!("../migrations/sqlite/0022_constituent.sql"),
        include_str!("../migrations/postgres/0022_constituent.sql"),
    ),
    (
        23,
        "source",
        include_str!("../migrations/sqlite/0023_source.sql"),
        include_str!("../migrations/postgres/0023_source.sql"),
    ),
    (
        24,
        "notice",
        include_str!("../migrations/sqlite/0024_notice.sql"),
        include_str!("../migrations/postgres/0024_notice.sql"),
    ),
    (
        25,
        "case_file",
        include_str!("../migrations/sqlite/0025_case_file.sql"),
        include_str!("../migrations/postgres/0025_case_file.sql"),
    ),
    (
        26,
        "agency_key",
        include_str!("../migrations/sqlite/0026_agency_key.sql"),
        include_str!("../migrations/postgres/0026_agency_key.sql"),
    ),
    (
        27,
        "pull",
        include_str!("../migrations/sqlite/0027_pull.sql"),
        include_str!("../migrations/postgres/0027_pull.sql"),
    ),
    (
        28,
        "claim",
        include_str!("../migrations/sqlite/0028_claim.sql"),
        include_str!("../migrations/postgres/0028_claim.sql"),
    ),
    (
        29,
        "intake",
        include_str!("../migrations/sqlite/0029_intake.sql"),
        include_str!("../migrations/postgres/0029_intake.sql"),
    ),
    (
        30,
        "belongings",
        include_str!("../migrations/sqlite/0030_belongings.sql"),
        include_str!("../migrations/postgres/0030_belongings.sql"),
    ),
];

/// Migrating failed.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database was made by a newer cairn.
    #[error(
        "the database has schema {found}, this program knows {known}: install the newer program, or restore a backup made before it"
    )]
    Newer {
        /// Its number.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// A migration did not go through; it was rolled back whole.
    #[error("migration {number} ({name}): {cause}")]
    Failed {
        /// Which.
        number: i64,
        /// Its name.
        name: &'static str,
        /// Why.
        cause: String,
    },
    /// The version could not be read.
    #[error("reading the schema's number: {0}")]
    Version(String),
}

/// The newest schema number.
pub const NEWEST: i64 = MIGRATIONS.len() as i64;

fn newer(found: i64) -> Result<(), SchemaError> {
    if found > NEWEST {
        Err(SchemaError::Newer {
            found,
            known: NEWEST,
        })
    } else {
        Ok(())
    }
}

/// The schema number of a SQLite database; 0 for an empty one.
pub(crate) fn sqlite_version(connection: &Connection) -> Result<i64, SchemaError> {
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| SchemaError::Version(error.to_string()))
}

/// Brings a SQLite database up to date; returns the number it had.
pub(crate) fn sqlite(connection: &mut Connection) -> Result<i64, SchemaError> {
    let found = sqlite_version(connection)?;
    newer(found)?;
    for (number, name, sql, _) in MIGRATIONS.into_iter().filter(|m| m.0 > found) {
        let failed = |error: rusqlite::Error| SchemaError::Failed {
            number,
            name,
            cause: error.to_string(),
        };
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(sql).map_err(failed)?;
        transaction
            .pragma_update(None, "user_version", number)
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(found)
}

const PG_VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS cairn_schema (number BIGINT NOT NULL)";

/// The schema number of a PostgreSQL database; 0 for an empty one.
pub(crate) async fn postgres_version(client: &tokio_postgres::Client) -> Result<i64, SchemaError> {
    let failed =
        |error: tokio_postgres::Error| SchemaError::Version(crate::postgres::describe(&error));
    client
        .batch_execute(PG_VERSION_TABLE)
        .await
        .map_err(failed)?;
    let row = client
        .query_one("SELECT coalesce(max(number), 0) FROM cairn_schema", &[])
        .await
        .map_err(failed)?;
    row.try_get(0).map_err(failed)
}

/// Applies the migrations after `from` up to `to` inside the caller's transaction.
pub(crate) async fn postgres_between(
    client: &tokio_postgres::Client,
    from: i64,
    to: i64,
) -> Result<(), SchemaError> {
    let failed =
        |error: tokio_postgres::Error| SchemaError::Version(crate::postgres::describe(&error));
    client
        .batch_execute(PG_VERSION_TABLE)
        .await
        .map_err(failed)?;
    for (number, name, _, sql) in MIGRATIONS.into_iter().filter(|m| from < m.0 && m.0 <= to) {
        let failed = |error: tokio_postgres::Error| SchemaError::Failed {
            number,
            name,
            cause: crate::postgres::describe(&error),
        };
        client.batch_execute(sql).await.map_err(failed)?;
        client
            .execute("INSERT INTO cairn_schema(number) VALUES ($1)", &[&number])
            .await
            .map_err(failed)?;
    }
    Ok(())
}

/// Brings a PostgreSQL database up to date; returns the number it had.
pub(crate) async fn postgres(client: &mut tokio_postgres::Client) -> Result<i64, SchemaError> {
    let found = postgres_version(client).await?;
    newer(found)?;
    for (number, name, _, sql) in MIGRATIONS.into_iter().filter(|m| m.0 > found) {
        let failed = |error: tokio_postgres::Error| SchemaError::Failed {
            number,
            name,
            cause: crate::postgres::describe(&error),
        };
        let transaction = client.transaction().await.map_err(failed)?;
        transaction.batch_execute(sql).await.map_err(failed)?;
        transaction
            .execute("INSERT INTO cairn_schema(number) VALUES ($1)", &[&number])
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
    }
    Ok(found)
}
