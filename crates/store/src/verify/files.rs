//! Reads every stored file back: each must decrypt to the content it is named after.

use super::{Source, VerifyError};
use crate::blob::{relative_path, sound_file};
use crate::db::ReadError;
use crate::keys::Keys;
use crate::{Database, Options, params};

/// Rows read at a time.
const PAGE_ROWS: i64 = 256;

/// Reads every stored file, also beside a running cairn; gives how many there are. `found` is told the content hashes of
/// those that are gone, damaged, or named by a report, a return or a case and not kept at all; `progress` how many of how many were read.
/// Blocks: on a runtime call it from `spawn_blocking`.
///
/// # Errors
/// The database, the keys or the disk could not be read.
pub fn files(
    options: &Options,
    progress: &mut dyn FnMut(u64, u64),
    found: &mut dyn FnMut(String),
) -> Result<u64, VerifyError> {
    let keys = Keys::open(&options.dir.join("keys"), &options.origin)
        .map_err(|error| VerifyError::Open(error.to_string()))?;
    match &options.database {
        Database::Sqlite(config) => {
            let reader = config.reader()?;
            each(&Source::Sqlite(&reader), options, &keys, progress, found)
        }
        Database::Postgres(config) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| VerifyError::Open(error.to_string()))?;
            let client = runtime.block_on(config.connect())?;
            let both = (runtime, client);
            each(&Source::Postgres(&both), options, &keys, progress, found)
        }
    }
}

/// No transaction: a file that is swept away meanwhile is no longer asked for, and must not be missed.
fn each(
    source: &Source<'_>,
    options: &Options,
    keys: &Keys,
    progress: &mut dyn FnMut(u64, u64),
    found: &mut dyn FnMut(String),
) -> Result<u64, VerifyError> {
    let of = source.count("SELECT count(*) FROM blob")?;
    let (mut read, mut last) = (0, String::new());
    progress(0, of);
    loop {
        let sql = "SELECT sha256, key FROM blob WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
        let rows = source.rows(sql, params![last.as_str(), PAGE_ROWS])?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let sha256 = row.text(0).map_err(ReadError::from)?;
            let wrapped = row.blob(1).map_err(ReadError::from)?;
            let sound = match keys.unwrap(&sha256, &wrapped) {
                None => false,
                Some(key) => {
                    let path = options.dir.join("blobs").join(relative_path(&sha256, &key));
                    sound_file(&path, &key, &sha256).unwrap_or(false)
                }
            };
            if !sound && is_kept(source, &sha256)? {
                found(sha256.clone());
            }
            last = sha256;
            read += 1;
            progress(read, of.max(read));
        }
    }
    let missing = [
        "SELECT DISTINCT f.sha256 FROM report_file f \
         WHERE NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = f.sha256) LIMIT 10000",
        "SELECT DISTINCT f.sha256 FROM report_mail f WHERE f.sha256 IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = f.sha256) LIMIT 10000",
        "SELECT DISTINCT f.sha256 FROM plan_file f \
         WHERE NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = f.sha256) LIMIT 10000",
        "SELECT DISTINCT f.sha256 FROM case_file f WHERE f.sha256 IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = f.sha256) LIMIT 10000",
    ];
    for sql in missing {
        for row in source.rows(sql, Vec::new())? {
            found(row.text(0).map_err(ReadError::from)?);
        }
    }
    Ok(read)
}

fn is_kept(source: &Source<'_>, sha256: &str) -> Result<bool, VerifyError> {
    let sql = "SELECT sha256 FROM blob WHERE sha256 = $1";
    Ok(!source.rows(sql, params![sha256])?.is_empty())
}
