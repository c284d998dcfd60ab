//! Reports as they were received: kept once by the hash of their bytes, packed if they came unpacked, sealed like other files. Streamed:
//! a report of any size needs no more memory than a small one.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use cairn_kernel::time::Micros;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use ring::digest;

use super::{FeedError, FeedStore, RAW, at, spool};
use crate::blob::{hex, relative_path};
use crate::keys::{Keys, private_file, random, sync_parent};
use crate::seal::{Anywhere, Opener, Sealer};
use crate::sql::{Row, bound};

/// A report as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// SHA-256 of the bytes received, hexadecimal.
    pub sha256: String,
    /// How many they were.
    pub size: u64,
    /// SHA-256 of what is sealed.
    pub(crate) stored: String,
    /// How many bytes that is.
    pub stored_size: u64,
    /// We packed it.
    pub(crate) packed: bool,
    /// Of the file, wrapped.
    pub(crate) key: Vec<u8>,
}

impl Raw {
    /// No file, but a name in place of one.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            sha256: name.to_owned(),
            size: 0,
            stored: String::new(),
            stored_size: 0,
            packed: false,
            key: Vec::new(),
        }
    }

    /// What its file is called while it waits: unlike any other's, also of the same bytes.
    #[must_use]
    pub fn waiting_name(&self) -> String {
        waiting_name(&self.key)
    }
}

/// By the file's own key, wrapped: it holds a number that is used once.
pub(crate) fn waiting_name(key: &[u8]) -> String {
    let print = digest::digest(&digest::SHA256, key);
    hex(print.as_ref().get(..16).unwrap_or_default())
}

/// Hashes and counts what is sealed.
struct Sealing {
    sealer: Sealer<io::BufWriter<File>>,
    hash: digest::Context,
    size: u64,
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = self.sealer.write(bytes)?;
        self.hash.update(bytes.get(..len).unwrap_or_default());
        self.size += len as u64;
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealer.flush()
    }
}

enum Way {
    /// Nothing has come yet.
    Open(Box<Sealing>),
    /// It is packed already.
    Plain(Box<Sealing>),
    Packing(Box<GzEncoder<Sealing>>),
}

/// Takes a report in piece by piece; nothing is kept unless [`FeedStore::keep_raw`] is called.
pub struct RawIn {
    way: Option<Way>,
    key: [u8; 32],
    hash: digest::Context,
    size: u64,
    // Dropped last: the file closes before its path is removed.
    path: Temporary,
}

struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Kept files have moved away from here by now.
        let _gone = fs::remove_file(&self.0);
    }
}

/// gzip, zip, xz, zstd and bzip2 are not worth packing again.
fn is_packed(head: &[u8]) -> bool {
    [
        &b"\x1f\x8b"[..],
        b"PK",
        b"\xfd7zXZ",
        b"\x28\xb5\x2f\xfd",
        b"BZh",
    ]
    .iter()
    .any(|magic| head.starts_with(magic))
}

impl RawIn {
    /// A new one, whose bytes lie in this folder until it is kept.
    pub(super) fn begin(dir: &Path) -> Result<Self, FeedError> {
        let key = random::<32>()?;
        let path = dir.join(format!("new-{}", hex(&random::<16>()?)));
        let mut options = File::options();
        options.write(true).create_new(true);
        private_file(&mut options);
        let file = options.open(&path).map_err(at(&path))?;
        let sealer = Sealer::new(io::BufWriter::new(file), &key, b"").map_err(at(&path))?;
        Ok(Self {
            way: Some(Way::Open(Box::new(Sealing {
                sealer,
                hash: digest::Context::new(&digest::SHA256),
                size: 0,
            }))),
            key,
            hash: digest::Context::new(&digest::SHA256),
            size: 0,
            path: Temporary(path),
        })
    }

    /// SHA-256 of what has come so far, hexadecimal.
    pub(super) fn sha256(&self) -> String {
        hex(self.hash.clone().finish().as_ref())
    }

    /// Waits until its bytes are on the disk; says where they lie, and the file's own key. They go unless they are moved before this is
    /// dropped.
    pub(super) fn end(&mut self, keys: &Keys) -> Result<(Raw, PathBuf, [u8; 32]), FeedError> {
        let sha256 = self.sha256();
        let from = self.path.0.clone();
        let (packed, sealing) = match self.way.take() {
            Some(Way::Packing(packer)) => (true, packer.finish().map_err(at(&from))?),
            Some(Way::Open(sealing) | Way::Plain(sealing)) => (false, *sealing),
            None => return Err(FeedError::Broken),
        };
        let (stored, stored_size) = (hex(sealing.hash.finish().as_ref()), sealing.size);
        let file = sealing.sealer.finish().map_err(at(&from))?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(at(&from))?;
        let raw = Raw {
            key: keys.wrap(&stored, &self.key)?,
            sha256,
            size: self.size,
            stored,
            stored_size,
            packed,
        };
        Ok((raw, from, self.key))
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// The disk said no.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        self.way = match self.way.take() {
            Some(Way::Open(sealing)) if is_packed(bytes) => Some(Way::Plain(sealing)),
            Some(Way::Open(sealing)) => Some(Way::Packing(Box::new(GzEncoder::new(
                *sealing,
                Compression::new(1),
            )))),
            other => other,
        };
        match &mut self.way {
            Some(Way::Plain(sealing)) => sealing.write_all(bytes),
            Some(Way::Packing(packer)) => packer.write_all(bytes),
            _ => Err(io::Error::other("the report was ended before")),
        }
    }
}

impl FeedStore {
    /// Begins to take a report.
    ///
    /// # Errors
    /// The disk said no, or there is no randomness.
    pub fn take_raw(&self) -> Result<RawIn, FeedError> {
        RawIn::begin(&self.dir)
    }

    /// Makes a report durable: bytes, name, then its row. The same bytes are kept once.
    ///
    /// # Errors
    /// The disk or the database said no.
    pub fn keep_raw(&self, mut coming: RawIn, received: Micros) -> Result<Raw, FeedError> {
        if let Some(known) = self.raw(&coming.sha256())? {
            return Ok(known);
        }
        let (raw, from, key) = coming.end(&self.keys)?;
        let to = self.dir.join(RAW).join(relative_path(&raw.stored, &key));
        self.put_raw(&raw, &from, &to, received)?;
        Ok(raw)
    }

    /// File first, then its row.
    fn put_raw(
        &self,
        raw: &Raw,
        from: &Path,
        to: &Path,
        received: Micros,
    ) -> Result<(), FeedError> {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
            sync_parent(folder).map_err(at(folder))?;
        }
        fs::rename(from, to).map_err(at(to))?;
        sync_parent(to).map_err(at(to))?;
        self.link.exec(
            "INSERT INTO feed_raw(sha256, size, stored, stored_size, packed, key, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &bound![
                raw.sha256.as_str(),
                raw.size,
                raw.stored.as_str(),
                raw.stored_size,
                raw.packed,
                raw.key.as_slice(),
                received
            ],
        )?;
        Ok(())
    }

    /// Takes over a report that was received by [`spool::Spool`]. The same bytes are kept once. Called again after an interruption it goes
    /// on where that was.
    ///
    /// # Errors
    /// [`FeedError::Damaged`] where the file is gone; or the disk or the database said no.
    pub fn adopt(&self, raw: &Raw, received: Micros) -> Result<Raw, FeedError> {
        let from = spool::place(&self.dir, raw);
        if let Some(known) = self.raw(&raw.sha256)? {
            if from.exists() {
                fs::remove_file(&from).map_err(at(&from))?;
            }
            return Ok(known);
        }
        let (to, _) = self
            .raw_path(raw)
            .ok_or_else(|| FeedError::Damaged(from.clone()))?;
        // Moved, and interrupted before its row.
        let from = if from.exists() { from } else { to.clone() };
        if !from.exists() {
            return Err(FeedError::Damaged(from));
        }
        self.put_raw(raw, &from, &to, received)?;
        Ok(raw.clone())
    }

    /// The report of these bytes, if it is kept.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn raw(&self, sha256: &str) -> Result<Option<Raw>, FeedError> {
        let sql =
            "SELECT sha256, size, stored, stored_size, packed, key FROM feed_raw WHERE sha256 = $1";
        let rows = self.link.rows(sql, &bound![sha256])?;
        rows.first().map(raw_of).transpose()
    }

    /// Where its sealed bytes lie; `None` if its key does not open.
    pub(super) fn raw_path(&self, raw: &Raw) -> Option<(PathBuf, Vec<u8>)> {
        let key = self.keys.unwrap(&raw.stored, &raw.key)?;
        let path = self.dir.join(RAW).join(relative_path(&raw.stored, &key));
        Some((path, key))
    }

    /// The bytes as they were received. Reading fails where they were changed.
    ///
    /// # Errors
    /// The file is absent, or belongs to another installation.
    pub fn open_raw(&self, raw: &Raw) -> Result<RawOut, FeedError> {
        let (path, key) = self
            .raw_path(raw)
            .ok_or_else(|| FeedError::Damaged(self.dir.join(RAW)))?;
        let file = File::open(&path).map_err(at(&path))?;
        if !raw.packed {
            let plain = Anywhere::new(file, &key).map_err(at(&path))?;
            return Ok(RawOut::AsItCame(Box::new(RawFile(plain))));
        }
        let plain = Opener::new(BufReader::with_capacity(1 << 17, file), &key, b"");
        let plain = plain.map_err(at(&path))?;
        Ok(RawOut::Unpacked(Box::new(GzDecoder::new(plain))))
    }
}

/// A report on its way out.
pub enum RawOut {
    /// It came packed: bytes that can be read from any place.
    AsItCame(Box<RawFile>),
    /// It came as it is read: bytes one after another.
    Unpacked(Box<dyn Read + Send>),
}

/// The bytes of a report that came packed.
pub struct RawFile(Anywhere<File>);

impl Read for RawFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl Seek for RawFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

pub(super) fn raw_of(row: &Row) -> Result<Raw, FeedError> {
    Ok(Raw {
        sha256: row.text(0)?,
        size: row.int(1)?.unsigned_abs(),
        stored: row.text(2)?,
        stored_size: row.int(3)?.unsigned_abs(),
        packed: row.bool(4)?,
        key: row.blob(5)?,
    })
}
