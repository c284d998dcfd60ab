//! Machine reports in backups: their database, and the files that it names: observations up to what was committed, and the reports as
//! they were received.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

use super::copy::{Copied, copy_file, copy_table};
use super::restore::copy_in;
use super::{BackupError, OnProgress, Pack, at};
use crate::feeds::link::Link;
use crate::feeds::months::{ENDING, is_month};
use crate::feeds::schema::TABLES;
use crate::feeds::spool::INCOMING;
use crate::feeds::waiting::Waits;
use crate::feeds::{FOLDER, FeedError, FeedStore, RAW, SQLITE_FILE, schema, sqlite_config};
use crate::keys::sync_parent;
use crate::postgres::PgError;
use crate::{Options, SqliteConfig};

/// A file: its name in the backup, where it lies, and how many of its bytes.
pub(super) struct FeedFile {
    name: String,
    place: Option<(PathBuf, u64)>,
}

/// Copies `feeds.db`, if it is there.
pub(super) fn copy_sqlite(
    options: &Options,
    config: &SqliteConfig,
    spool: &Path,
    copied: &mut Copied,
    progress: OnProgress<'_>,
) -> Result<(), BackupError> {
    let config = sqlite_config(options, config);
    if !config.path.exists() {
        return Ok(());
    }
    let source = config.reader()?;
    source.execute_batch("BEGIN")?;
    let schema = crate::schema::sqlite_version(&source)?;
    if schema == 0 {
        return Ok(());
    }
    let path = spool.join(SQLITE_FILE);
    let copy = copy_file(&source, &path, progress)?;
    source.execute_batch("ROLLBACK")?;
    for table in TABLES {
        // The names are ours; no text from outside gets here.
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = copy.query_row(&sql, [], |row| row.get(0))?;
        copied.rows.insert(table.to_owned(), count.unsigned_abs());
    }
    copied.feeds = Some(schema);
    // Closing ends the copy's own log, so that the one file is all of it.
    named(options, Link::Sqlite(copy), copied)?;
    copied.parts.push((SQLITE_FILE.to_owned(), path));
    Ok(())
}

/// Copies the tables of machine reports, if they are there, in the caller's transaction.
pub(super) async fn copy_postgres(
    client: &Client,
    spool: &Path,
    copied: &mut Copied,
) -> Result<(), BackupError> {
    let schema = schema::postgres_version(client).await?;
    if schema == 0 {
        return Ok(());
    }
    for table in TABLES {
        let path = spool.join(table);
        let count = copy_table(client, table, &path).await?;
        copied.rows.insert(table.to_owned(), count);
        copied.parts.push((format!("tables/{table}"), path));
    }
    copied.feeds = Some(schema);
    Ok(())
}

/// The files that a copy of the database names.
pub(super) fn named(options: &Options, link: Link, copied: &mut Copied) -> Result<(), BackupError> {
    let store = FeedStore::with(link, &options.dir, &options.origin)?;
    for one in &mut copied.waiting {
        one.look_up(&store)?;
    }
    let files = &mut copied.files;
    store.files(&mut |name, place| {
        let name = format!("{FOLDER}/{name}");
        files.push(FeedFile { name, place });
        Ok(())
    })?;
    Ok(())
}

/// Packs the files; those that are gone or cut short are named as missing.
pub(super) fn files(
    pack: &mut Pack,
    files: &mut Vec<FeedFile>,
    missing: &mut Vec<String>,
) -> Result<(), BackupError> {
    for FeedFile { name, place } in files.drain(..) {
        let Some((path, bytes)) = place else {
            missing.push(name);
            continue;
        };
        match File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file))) {
            Ok((length, file)) if length >= bytes => {
                // What is committed stays as it is; what is added meanwhile is not part of this moment.
                pack.add(&name, bytes, file.take(bytes))
                    .map_err(at(&path))?;
            }
            Ok(_) => missing.push(name),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => missing.push(name),
            Err(error) => return Err(at(&path)(error)),
        }
    }
    Ok(())
}

/// A part of a backup that belongs to machine reports.
pub(super) fn is_part(parts: &[&str]) -> bool {
    let plain =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match parts {
        [SQLITE_FILE] => true,
        ["tables", name] => TABLES.contains(name),
        [FOLDER, name] => name
            .strip_suffix(ENDING)
            .and_then(|name| name.strip_suffix('.'))
            .is_some_and(is_month),
        [FOLDER, INCOMING, name] => plain(name),
        [FOLDER, RAW, folder, name] => plain(folder) && plain(name),
        _ => false,
    }
}

/// Holds what was unpacked against itself; gives what disagrees.
fn check(
    link: Link,
    (aside, origin): (&Path, &str),
    waiting: &mut [Waits],
) -> Result<(FeedStore, Vec<String>), FeedError> {
    let store = FeedStore::with(link, aside, origin)?;
    for one in waiting {
        one.look_up(&store)?;
    }
    let mut findings = Vec::new();
    store.check_all(&mut |what| findings.push(what))?;
    Ok((store, findings))
}

/// Checks an unpacked `feeds.db` with its files; gives what disagrees.
pub(super) fn check_sqlite(
    config: &SqliteConfig,
    (aside, origin): (&Path, &str),
    waiting: &mut [Waits],
) -> Result<Vec<String>, BackupError> {
    let config = SqliteConfig {
        path: aside.join(SQLITE_FILE),
        ..config.clone()
    };
    let mut connection: Connection = config.writer()?;
    schema::sqlite(&mut connection)?;
    let (store, findings) = check(Link::Sqlite(connection), (aside, origin), waiting)?;
    if let Link::Sqlite(connection) = store.into_link() {
        connection.close().map_err(|(_, error)| error)?;
    }
    File::open(&config.path)
        .and_then(|file| file.sync_all())
        .map_err(at(&config.path))?;
    Ok(findings)
}

/// Checks what [`fill`] put into the caller's transaction; gives the connection back.
pub(super) fn check_postgres(
    (runtime, client): (Runtime, Client),
    (aside, origin): (&Path, &str),
    waiting: &mut [Waits],
) -> Result<((Runtime, Client), Vec<String>), BackupError> {
    let (store, findings) = check(Link::Postgres(runtime, client), (aside, origin), waiting)?;
    match store.into_link() {
        Link::Postgres(runtime, client) => Ok(((runtime, client), findings)),
        Link::Sqlite(_) => Err(super::restore::damaged("the connection was lost")),
    }
}

/// Fills the tables of machine reports, in the caller's transaction.
pub(super) async fn fill(
    client: &Client,
    number: i64,
    rows: &BTreeMap<String, u64>,
    aside: &Path,
) -> Result<(), BackupError> {
    if number > schema::NEWEST {
        return Err(BackupError::Unfit(format!(
            "its machine reports have schema {number}, this program knows {}",
            schema::NEWEST
        )));
    }
    schema::postgres_between(client, 0, number).await?;
    for table in TABLES {
        let path = aside.join("tables").join(table);
        let copied = copy_in(client, table, &path).await?;
        if Some(&copied) != rows.get(table) {
            let what = format!("table {table} has another number of rows");
            return Err(super::restore::damaged(what));
        }
    }
    schema::postgres_between(client, number, schema::NEWEST).await?;
    let analyse = client.batch_execute("ANALYZE feed_state").await;
    Ok(analyse.map_err(PgError::from)?)
}

/// Moves `feeds.db` to its place.
pub(super) fn move_in(aside: &Path, dir: &Path) -> Result<(), BackupError> {
    let (from, to) = (aside.join(SQLITE_FILE), dir.join(SQLITE_FILE));
    if from.exists() {
        fs::rename(&from, &to).map_err(at(&to))?;
        sync_parent(&to).map_err(at(&to))?;
    }
    Ok(())
}
