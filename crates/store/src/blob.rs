//! Files: content-addressed, encrypted at rest, written before the row that names them.
//!
//! Each file has a random key of its own, wrapped by the installation's and kept in the database: forgetting the
//! row makes the bytes unreadable. On disk a file is a stream of sealed chunks ([`crate::seal`]).

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cairn_kernel::time::Micros;
use ring::digest;

use crate::keys::{KeyError, random, sync_parent};
use crate::seal::{Opener, Sealer};
use crate::sql::{Table, Ty};
use crate::writer::{Unit, WriteError};
use crate::{ReadError, Store, params};

static BLOB: Table = Table::guard(
    "blob",
    &[
        ("sha256", Ty::Text),
        ("size", Ty::Int),
        ("media_type", Ty::Text),
        ("key", Ty::Blob),
        ("at", Ty::Int),
    ],
);

pub use crate::seal::CHUNK_BYTES;

/// First bytes kept to tell the type.
const HEAD_BYTES: usize = 512;

/// Storing or reading a file failed.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The disk said no.
    #[error("file store: {0}")]
    Io(#[from] io::Error),
    /// No randomness.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// More bytes than allowed.
    #[error("the file is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// The stored bytes were changed, or belong to another installation.
    #[error("stored file {0} does not decrypt: it is damaged; restore it from a backup")]
    Damaged(String),
    /// There is no such file.
    #[error("no such file")]
    Absent,
    /// The database said no.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The row could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What is known of a stored file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type, by content.
    pub media_type: String,
    wrapped_key: Vec<u8>,
}

/// Takes a file in, piece by piece; nothing is kept unless [`Store::keep_blob`] is called.
pub struct Incoming {
    // Fields are dropped in order: the file closes before its path is removed.
    sealer: Option<Sealer<File>>,
    path: Temporary,
    key: [u8; 32],
    hash: digest::Context,
    head: Vec<u8>,
    size: u64,
    bytes_max: u64,
}

/// A file that goes away unless it was moved elsewhere.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Kept files have moved away from here by now.
        let _gone = fs::remove_file(&self.0);
    }
}

impl Incoming {
    /// Adds bytes.
    ///
    /// # Errors
    /// The file grows too large, or the disk is full.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        self.size += bytes.len() as u64;
        if self.size > self.bytes_max {
            return Err(BlobError::TooLarge {
                bytes_max: self.bytes_max,
            });
        }
        self.hash.update(bytes);
        let room = HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend(bytes.iter().take(room));
        if let Some(sealer) = &mut self.sealer {
            sealer.write_all(bytes)?;
        }
        Ok(())
    }

    /// The first bytes, to tell the type.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }
}

impl Store {
    fn blob_path(&self, sha256: &str, key: &[u8]) -> PathBuf {
        self.dir().join("blobs").join(relative_path(sha256, key))
    }

    /// Begins to take a file of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// The disk said no.
    pub fn take_blob(&self, bytes_max: u64) -> Result<Incoming, BlobError> {
        if self.writer().is_full() {
            return Err(WriteError::DiskFull.into());
        }
        let key = random::<32>()?;
        let name: String = random::<16>()?.iter().map(|b| format!("{b:02x}")).collect();
        let path = self.dir().join("tmp").join(name);
        let file = File::create_new(&path)?;
        let path = Temporary(path);
        Ok(Incoming {
            sealer: Some(Sealer::new(file, &key, b"")?),
            path,
            key,
            hash: digest::Context::new(&digest::SHA256),
            head: Vec::new(),
            size: 0,
            bytes_max,
        })
    }

    /// Makes a file durable: bytes, name, then its row. The same content is kept once.
    ///
    /// # Errors
    /// The disk or the database said no.
    pub async fn keep_blob(
        &self,
        incoming: Incoming,
        media_type: &str,
        at: Micros,
    ) -> Result<Stored, BlobError> {
        let store = self.clone();
        let (at, media_type) = (at.hour(), media_type.to_owned());
        let (stored, path) =
            tokio::task::spawn_blocking(move || store.finish_blob(incoming, media_type, at))
                .await
                .map_err(io::Error::other)??;
        let mut unit = Unit::default();
        unit.insert(
            &BLOB,
            params![
                stored.sha256.as_str(),
                stored.size,
                stored.media_type.as_str(),
                stored.wrapped_key.as_slice(),
                at
            ],
        );
        match self.write(unit).await {
            Ok(_) => Ok(stored),
            // The content is known already: its row and bytes stand, and ours go. The row becomes young again, lest
            // a sweep takes it before this sender's report names it.
            Err(WriteError::Duplicate) => {
                let mut young = Unit::default();
                young.expect(
                    1,
                    "UPDATE blob SET at = $1 WHERE sha256 = $2",
                    params![at, stored.sha256.as_str()],
                );
                let known = self.write(young).await;
                fs::remove_file(&path)?;
                known?;
                self.blob(&stored.sha256).await?.ok_or(BlobError::Absent)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn finish_blob(
        &self,
        mut incoming: Incoming,
        media_type: String,
        at: Micros,
    ) -> Result<(Stored, PathBuf), BlobError> {
        let sealer = incoming.sealer.take().ok_or(BlobError::Absent)?;
        let file = sealer.finish()?;
        let sha256 = hex(incoming.hash.clone().finish().as_ref());
        let wrapped_key = self.keys().wrap(&sha256, &incoming.key)?;
        // An anonymous person's file must not tell the minute it came.
        let seconds = u64::try_from(at.seconds()).unwrap_or_default();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds))?;
        file.sync_all()?;
        let path = self.blob_path(&sha256, &incoming.key);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
            sync_parent(parent)?;
        }
        fs::rename(&incoming.path.0, &path)?;
        sync_parent(&path)?;
        Ok((
            Stored {
                sha256,
                size: incoming.size,
                media_type,
                wrapped_key,
            },
            path,
        ))
    }

    /// What is known of a file.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn blob(&self, sha256: &str) -> Result<Option<Stored>, ReadError> {
        let row = self
            .db
            .row(
                "SELECT sha256, size, media_type, key FROM blob WHERE sha256 = $1",
                params![sha256],
            )
            .await?;
        row.map(|row| {
            Ok(Stored {
                sha256: row.text(0)?,
                size: row.int(1)?.unsigned_abs(),
                media_type: row.text(2)?,
                wrapped_key: row.blob(3)?,
            })
        })
        .transpose()
    }

    /// Reads a whole file back, checking every chunk and the content's hash.
    ///
    /// # Errors
    /// The file is absent or damaged.
    pub async fn read_blob(&self, sha256: &str) -> Result<Vec<u8>, BlobError> {
        let stored = self.blob(sha256).await?.ok_or(BlobError::Absent)?;
        let damaged = || BlobError::Damaged(stored.sha256.clone());
        let key = self
            .keys()
            .unwrap(&stored.sha256, &stored.wrapped_key)
            .ok_or_else(damaged)?;
        let path = self.blob_path(&stored.sha256, &key);
        let size = usize::try_from(stored.size).map_err(|_| damaged())?;
        let plain = tokio::task::spawn_blocking(move || decrypt(&path, &key, size))
            .await
            .map_err(io::Error::other)??;
        let plain = plain.ok_or_else(damaged)?;
        let hash = hex(digest::digest(&digest::SHA256, &plain).as_ref());
        if hash == stored.sha256 {
            Ok(plain)
        } else {
            Err(damaged())
        }
    }

    /// Bytes of the files that no report, return or case names.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn unnamed_bytes(&self) -> Result<u64, ReadError> {
        let sql = "SELECT CAST(COALESCE(sum(b.size), 0) AS BIGINT) FROM blob b \
                   WHERE NOT EXISTS (SELECT 1 FROM report_file f WHERE f.sha256 = b.sha256) \
                   AND NOT EXISTS (SELECT 1 FROM report_mail m WHERE m.sha256 = b.sha256) \
                   AND NOT EXISTS (SELECT 1 FROM plan_file p WHERE p.sha256 = b.sha256) \
                   AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.sha256 = b.sha256)";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }

    /// Files that no report, return, case or draft names, taken in before `before`: row and bytes are removed.
    ///
    /// # Errors
    /// The database or the disk said no.
    pub async fn sweep_blobs(&self, before: Micros) -> Result<u64, BlobError> {
        let sql = "SELECT sha256, key FROM blob b WHERE b.at < $1 \
                   AND NOT EXISTS (SELECT 1 FROM report_file f WHERE f.sha256 = b.sha256) \
                   AND NOT EXISTS (SELECT 1 FROM report_mail m WHERE m.sha256 = b.sha256) \
                   AND NOT EXISTS (SELECT 1 FROM plan_file p WHERE p.sha256 = b.sha256) \
                   AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.sha256 = b.sha256) \
                   AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.progress LIKE '%' || b.sha256 || '%') LIMIT 1000";
        let rows = self.db.rows(sql, params![before]).await?;
        let mut swept = 0;
        for row in rows {
            let sha256 = row.text(0).map_err(ReadError::from)?;
            let key = self
                .keys()
                .unwrap(&sha256, &row.blob(1).map_err(ReadError::from)?);
            let mut unit = Unit::default();
            // Asked again in the transaction: a report or draft may have named it since.
            unit.expect(
                1,
                "DELETE FROM blob WHERE sha256 = $1 AND at < $2 \
                 AND NOT EXISTS (SELECT 1 FROM report_file f WHERE f.sha256 = blob.sha256) \
                 AND NOT EXISTS (SELECT 1 FROM report_mail m WHERE m.sha256 = blob.sha256) \
                 AND NOT EXISTS (SELECT 1 FROM plan_file p WHERE p.sha256 = blob.sha256) \
                 AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.sha256 = blob.sha256) \
                 AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.progress LIKE '%' || blob.sha256 || '%')",
                params![sha256.as_str(), before],
            );
            match self.write(unit).await {
                Ok(_) => {}
                Err(WriteError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            }
            if let Some(key) = key {
                match fs::remove_file(self.blob_path(&sha256, &key)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(error.into());
                    }
                    _ => {}
                }
            }
            swept += 1;
        }
        Ok(swept)
    }
}

/// Content hash, then a fingerprint of the key: bytes left by a crash before their row was written are never taken
/// for those of a later upload of the same content.
pub(crate) fn relative_path(sha256: &str, key: &[u8]) -> PathBuf {
    let folder = sha256.get(..2).unwrap_or("xx");
    let print = digest::digest(&digest::SHA256, key);
    let print = hex(print.as_ref().get(..6).unwrap_or_default());
    Path::new(folder).join(format!("{sha256}-{print}"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The file decrypts to the content it is named after.
pub(crate) fn sound_file(path: &Path, key: &[u8], sha256: &str) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut plain = Opener::new(io::BufReader::new(file), key, b"")?;
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut piece = vec![0; CHUNK_BYTES];
    loop {
        match plain.read(&mut piece) {
            Ok(0) => return Ok(hex(hash.finish().as_ref()) == sha256),
            Ok(len) => hash.update(piece.get(..len).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// The plain bytes; `None` if they are damaged or gone.
fn decrypt(path: &Path, key: &[u8], size: usize) -> Result<Option<Vec<u8>>, BlobError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut plain = Vec::with_capacity(size.min(1 << 26));
    match Opener::new(file, key, b"")?.read_to_end(&mut plain) {
        Ok(_) => Ok(Some(plain)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(error.into()),
    }
}
