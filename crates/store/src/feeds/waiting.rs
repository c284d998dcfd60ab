//! Reports of the queue that were not read to their end, and whether the file of each is there and holds what was received: for backups
//! and for whoever checks. The rows are the main database's, the files lie among the observations.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use ring::digest;

use super::raw::raw_of;
use super::spool::INCOMING;
use super::{FOLDER, FeedError, FeedStore, RAW, Raw};
use crate::blob::{hex, relative_path};
use crate::keys::Keys;
use crate::seal::{CHUNK_BYTES, Opener};
use crate::sql::Row;
use crate::verify::Source;

/// The columns of [`raw_of`], and whether its turn is still to come.
const ROWS: &str = "SELECT sha256, size, stored, stored_size, packed, key, state <> 'failed' FROM feed_arrival \
                    WHERE state <> 'done' AND kind = 'report' ORDER BY no";

/// A report that waits, or that failed and may be tried again.
pub(crate) struct Waits {
    pub(crate) raw: Raw,
    /// Its turn comes by itself, so that its file must be there. One that failed may have none: its bytes are among the reports, or
    /// were never found.
    pub(crate) due: bool,
    /// It is among the reports already: its turn had begun.
    pub(crate) known: bool,
}

/// All of them; none in a database that is older than the queue.
pub(crate) fn waiting(source: &Source<'_>) -> Result<Vec<Waits>, FeedError> {
    if !source.has("feed_arrival")? {
        return Ok(Vec::new());
    }
    let rows = source.rows(ROWS, Vec::new())?;
    rows.iter().map(waits).collect()
}

fn waits(row: &Row) -> Result<Waits, FeedError> {
    Ok(Waits {
        raw: raw_of(row)?,
        due: row.bool(6)?,
        known: false,
    })
}

impl Waits {
    /// What its file is called in the data directory while it waits.
    pub(crate) fn name(&self) -> String {
        format!("{FOLDER}/{INCOMING}/{}", self.raw.waiting_name())
    }

    /// Notes whether its bytes are among the reports.
    pub(crate) fn look_up(&mut self, store: &FeedStore) -> Result<(), FeedError> {
        self.known = store.raw(&self.raw.sha256)?.is_some();
        Ok(())
    }

    /// Opens its file, wherever its way has led: it is only ever moved from the first place to the second.
    pub(crate) fn open(&self, dir: &Path, keys: &Keys) -> io::Result<Option<File>> {
        let moved = keys
            .unwrap(&self.raw.stored, &self.raw.key)
            .map(|key| moved(dir, &self.raw, &key));
        for path in [Some(dir.join(self.name())), moved].into_iter().flatten() {
            match File::open(path) {
                Ok(file) => return Ok(Some(file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Reads its file to the end; whether that is what was received. `None`: there is no file.
    pub(crate) fn is_sound(&self, dir: &Path, keys: &Keys) -> io::Result<Option<bool>> {
        let Some(file) = self.open(dir, keys)? else {
            return Ok(None);
        };
        let Some(key) = keys.unwrap(&self.raw.stored, &self.raw.key) else {
            return Ok(Some(false));
        };
        let sealed = Opener::new(BufReader::new(file), &key, b"")?;
        let told = if self.raw.packed {
            is_as_received(&self.raw, GzDecoder::new(sealed))
        } else {
            is_as_received(&self.raw, sealed)
        };
        match told {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData
                        | io::ErrorKind::InvalidInput
                        | io::ErrorKind::UnexpectedEof
                ) =>
            {
                Ok(Some(false))
            }
            told => told.map(Some),
        }
    }
}

fn moved(dir: &Path, raw: &Raw, key: &[u8]) -> PathBuf {
    dir.join(FOLDER)
        .join(RAW)
        .join(relative_path(&raw.stored, key))
}

fn is_as_received(raw: &Raw, mut from: impl Read) -> io::Result<bool> {
    let (mut hash, mut size) = (digest::Context::new(&digest::SHA256), 0);
    let mut piece = vec![0; CHUNK_BYTES];
    loop {
        let len = from.read(&mut piece)?;
        if len == 0 {
            return Ok(size == raw.size && hex(hash.finish().as_ref()) == raw.sha256);
        }
        hash.update(piece.get(..len).unwrap_or_default());
        size += len as u64;
    }
}
