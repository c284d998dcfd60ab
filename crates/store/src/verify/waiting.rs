//! Reads the files of machine reports that wait to be read: each must hold the bytes that were received.

use super::{Source, VerifyError};
use crate::feeds::waiting::{Waits, waiting as rows};
use crate::feeds::{FeedError, FeedStore};
use crate::keys::Keys;
use crate::{Database, Options, params};

impl From<FeedError> for VerifyError {
    fn from(error: FeedError) -> Self {
        Self::Open(error.to_string())
    }
}

/// Reads every report that waits, also beside a running cairn; gives how many there are. `found` is told what is gone or damaged. Blocks:
/// on a runtime call it from `spawn_blocking`.
///
/// # Errors
/// The database, the keys or the disk could not be read.
pub fn waiting(options: &Options, found: &mut dyn FnMut(String)) -> Result<u64, VerifyError> {
    let keys = Keys::open(&options.dir.join("keys"), &options.origin)
        .map_err(|error| VerifyError::Open(error.to_string()))?;
    match &options.database {
        Database::Sqlite(config) => {
            let reader = config.reader()?;
            each(&Source::Sqlite(&reader), options, &keys, found)
        }
        Database::Postgres(config) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| VerifyError::Open(error.to_string()))?;
            let client = runtime.block_on(config.connect())?;
            let both = (runtime, client);
            each(&Source::Postgres(&both), options, &keys, found)
        }
    }
}

/// No transaction: what is being read meanwhile moves among the reports, and must not be missed.
fn each(
    source: &Source<'_>,
    options: &Options,
    keys: &Keys,
    found: &mut dyn FnMut(String),
) -> Result<u64, VerifyError> {
    let waiting = rows(source)?;
    let count = waiting.len() as u64;
    for mut one in waiting {
        let sound = one
            .is_sound(&options.dir, keys)
            .map_err(|error| VerifyError::Open(format!("{}: {error}", one.name())))?;
        if sound.unwrap_or(!one.due) || went_on(source, options, &mut one)? {
            continue;
        }
        let name = &one.raw.sha256;
        found(format!(
            "report file {name}, which waits to be read: gone or damaged"
        ));
    }
    Ok(count)
}

/// Its turn has come: it is among the reports, which are read by themselves; or it does not wait any more.
fn went_on(source: &Source<'_>, options: &Options, one: &mut Waits) -> Result<bool, VerifyError> {
    if let Some(store) = FeedStore::reading(options)? {
        one.look_up(&store)?;
    }
    let sql = "SELECT 1 FROM feed_arrival WHERE stored = $1 AND state IN ('waits', 'taking')";
    let waits = !source
        .rows(sql, params![one.raw.stored.as_str()])?
        .is_empty();
    Ok(one.known || (one.due && !waits))
}
