//! Whether there is anything in a database, without opening a store on it: that would make tables and take the lock.

use crate::{Database, OpenError};

/// Nothing is there: no file, or no table.
///
/// # Errors
/// The database does not answer.
pub async fn is_empty(database: &Database) -> Result<bool, OpenError> {
    match database {
        Database::Sqlite(config) => {
            if !config.path.exists() {
                return Ok(true);
            }
            let reader = config.reader()?;
            let sql = "SELECT count(*) FROM sqlite_schema";
            let tables: i64 = reader.query_row(sql, [], |row| row.get(0))?;
            Ok(tables == 0)
        }
        Database::Postgres(config) => {
            let client = config.connect().await?;
            let sql = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()";
            let told = |error| OpenError::Postgres(crate::postgres::PgError::from(error));
            let row = client.query_one(sql, &[]).await.map_err(told)?;
            let tables: i64 = row.try_get(0).map_err(told)?;
            Ok(tables == 0)
        }
    }
}
