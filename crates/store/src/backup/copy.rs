//! The database as it stands at one moment, copied beside its writers.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::feeds::{self, FeedFile};
use super::{BackupError, OnProgress, SQLITE_FILE, Step, TABLES, at, create, tables};
use crate::feeds::link::Link;
use crate::feeds::waiting::{Waits, waiting};
use crate::postgres::{PgConfig, PgError, read_only};
use crate::verify::Source;
use crate::{Options, SqliteConfig, schema};

/// Pages copied between two words of progress.
const STEP_PAGES: i32 = 2_048;

/// A copy of the database as it stood at one moment.
pub(super) struct Copied {
    pub(super) database: &'static str,
    pub(super) schema: i64,
    /// Name in the backup, and where it lies.
    pub(super) parts: Vec<(String, PathBuf)>,
    pub(super) rows: BTreeMap<String, u64>,
    pub(super) checkpoint: Option<String>,
    /// Content hash and wrapped key of each stored file.
    pub(super) blobs: Vec<(String, Vec<u8>)>,
    /// Number of the schema of machine reports.
    pub(super) feeds: Option<i64>,
    /// Files of machine reports.
    pub(super) files: Vec<FeedFile>,
    /// Machine reports that wait to be read.
    pub(super) waiting: Vec<Waits>,
}

pub(super) fn copy_sqlite(
    options: &Options,
    config: &SqliteConfig,
    spool: &Path,
    progress: OnProgress<'_>,
) -> Result<Copied, BackupError> {
    let source = config.reader()?;
    // An open transaction holds the moment still, so that writers do not make the copy begin again.
    source.execute_batch("BEGIN")?;
    let schema = schema::sqlite_version(&source)?;
    let path = spool.join(SQLITE_FILE);
    let copy = copy_file(&source, &path, progress)?;
    source.execute_batch("ROLLBACK")?;
    let mut rows = BTreeMap::new();
    for table in tables(schema) {
        // The names are ours; no text from outside gets here.
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = copy.query_row(&sql, [], |row| row.get(0))?;
        rows.insert(table.to_owned(), count.unsigned_abs());
    }
    let checkpoint = copy
        .prepare("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")?
        .query_map([], |row| row.get(0))?
        .next()
        .transpose()?;
    let blobs = copy
        .prepare("SELECT sha256, key FROM blob ORDER BY sha256")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let waiting = waiting(&Source::Sqlite(&copy))?;
    // Ends the copy's own log, so that the one file is all of it.
    copy.close().map_err(|(_, error)| error)?;
    let mut copied = Copied {
        database: "sqlite",
        schema,
        parts: vec![(SQLITE_FILE.to_owned(), path)],
        rows,
        checkpoint,
        blobs,
        feeds: None,
        files: Vec::new(),
        waiting,
    };
    feeds::copy_sqlite(options, config, spool, &mut copied, progress)?;
    Ok(copied)
}

/// A copy of the database file that `source` reads, which has a transaction open.
pub(super) fn copy_file(
    source: &rusqlite::Connection,
    path: &Path,
    progress: OnProgress<'_>,
) -> Result<rusqlite::Connection, BackupError> {
    use rusqlite::backup::StepResult;
    let mut copy = rusqlite::Connection::open(path)?;
    {
        let backup = rusqlite::backup::Backup::new(source, &mut copy)?;
        loop {
            let step = backup.step(STEP_PAGES)?;
            let at = backup.progress();
            let of = u64::try_from(at.pagecount).unwrap_or_default();
            let left = u64::try_from(at.remaining).unwrap_or_default();
            progress(Step::Database, of.saturating_sub(left), of);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(std::time::Duration::from_millis(20)),
            }
        }
    }
    Ok(copy)
}

pub(super) fn copy_postgres(
    options: &Options,
    config: &PgConfig,
    spool: &Path,
    progress: OnProgress<'_>,
) -> Result<Copied, BackupError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(at(spool))?;
    let (mut copied, client) = runtime.block_on(async {
        let client = read_only(config).await?;
        let number = client
            .query_one("SELECT coalesce(max(number), 0) FROM cairn_schema", &[])
            .await;
        let schema: i64 = number
            .and_then(|row| row.try_get(0))
            .map_err(PgError::from)?;
        let mut parts = Vec::new();
        let mut rows = BTreeMap::new();
        let of = TABLES.len() as u64;
        for (done, table) in (0..).zip(tables(schema)) {
            progress(Step::Database, done, of);
            let path = spool.join(table);
            let count = copy_table(&client, table, &path).await?;
            rows.insert(table.to_owned(), count);
            parts.push((format!("tables/{table}"), path));
        }
        let newest = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1";
        let newest = client.query_opt(newest, &[]).await.map_err(PgError::from)?;
        let checkpoint = newest.map(|row| row.try_get(0)).transpose();
        let files = "SELECT sha256, key FROM blob ORDER BY sha256";
        let files = client.query(files, &[]).await.map_err(PgError::from)?;
        let blobs = files
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<_, tokio_postgres::Error>>();
        let mut copied = Copied {
            database: "postgres",
            schema,
            parts,
            rows,
            checkpoint: checkpoint.map_err(PgError::from)?,
            blobs: blobs.map_err(PgError::from)?,
            feeds: None,
            files: Vec::new(),
            waiting: Vec::new(),
        };
        feeds::copy_postgres(&client, spool, &mut copied).await?;
        Ok::<_, BackupError>((copied, client))
    })?;
    // The same moment still.
    let both = (runtime, client);
    copied.waiting = waiting(&Source::Postgres(&both))?;
    let (runtime, client) = both;
    if copied.feeds.is_some() {
        feeds::named(options, Link::Postgres(runtime, client), &mut copied)?;
    }
    Ok(copied)
}

/// One table in PostgreSQL's text format, a row a line; gives the number of rows.
pub(super) async fn copy_table(
    client: &tokio_postgres::Client,
    table: &str,
    path: &Path,
) -> Result<u64, BackupError> {
    use futures_util::StreamExt as _;
    let mut file = BufWriter::new(create(path)?);
    let sql = format!("COPY {table} TO STDOUT");
    let rows = client.copy_out(&sql).await.map_err(PgError::from)?;
    let mut rows = std::pin::pin!(rows);
    let mut count = 0;
    while let Some(bytes) = rows.next().await {
        let bytes = bytes.map_err(PgError::from)?;
        count += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        file.write_all(&bytes).map_err(at(path))?;
    }
    file.flush().map_err(at(path))?;
    Ok(count)
}
