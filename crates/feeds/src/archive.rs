//! Reports as they are packed: gzip, zip, tar, tar in gzip, and parts of a mail. What they unfold to is capped in bytes and in
//! proportion to what was packed, while it is read; nothing is unfolded beforehand.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::rc::Rc;

use mail_parser::{MessageParser, MimeHeaders as _};

use crate::limits::{
    ARCHIVE_DEPTH_MAX, ARCHIVE_FILES_MAX, UNPACKED_BYTES_MAX, UNPACKED_FREE_BYTES,
    UNPACKED_RATIO_MAX,
};

/// An archive was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Reading failed, or the archive is damaged, or it unfolds to more than it may.
    #[error("{name}: {source}")]
    Read {
        /// File, or file in an archive.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// More files than an archive may hold.
    #[error("{0}: more than {ARCHIVE_FILES_MAX} files")]
    TooManyFiles(String),
    /// Archives in archives.
    #[error("{0}: an archive within archives")]
    TooDeep(String),
    /// A file in a zip that is encrypted.
    #[error("{0}: encrypted")]
    Encrypted(String),
}

/// Why unfolding ended: what the error inside an [`io::Error`] is.
#[derive(Debug, thiserror::Error)]
#[error(
    "unfolds to more than {UNPACKED_RATIO_MAX} times its size, or more than {UNPACKED_BYTES_MAX} bytes"
)]
pub struct Bomb;

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As they are.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// zip.
    Zip,
    /// tar (POSIX).
    Tar,
}

/// By the first bytes; 262 are enough.
#[must_use]
pub fn packing(head: &[u8]) -> Packing {
    if head.starts_with(&[0x1f, 0x8b, 8]) {
        Packing::Gzip
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Packing::Zip
    } else if head.get(257..262) == Some(b"ustar") {
        Packing::Tar
    } else {
        Packing::Plain
    }
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.count.set(self.count.get().saturating_add(got as u64));
        Ok(got)
    }
}

/// Stops where more comes out than may.
struct Capped<R> {
    inner: R,
    /// Bytes that went in.
    packed: Rc<Cell<u64>>,
    /// Bytes that came out, of all files of the archive.
    unpacked: Rc<Cell<u64>>,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        let out = self.unpacked.get().saturating_add(got as u64);
        self.unpacked.set(out);
        let ratio = self.packed.get().saturating_mul(UNPACKED_RATIO_MAX);
        if out > UNPACKED_BYTES_MAX || out > ratio.saturating_add(UNPACKED_FREE_BYTES) {
            return Err(io::Error::other(Bomb));
        }
        Ok(got)
    }
}

/// What is done with each file: its name, and its bytes to read.
type Each<'e, E> = dyn FnMut(&str, &mut dyn Read) -> Result<(), E> + 'e;

/// Reads a file that may be packed, and hands each file in it to `each`. A file that is not packed is handed on by its own
/// name; gzip takes `.gz` off.
///
/// # Errors
/// Those of `each`, and where the archive cannot be read or unfolds to more than it may.
pub fn files<R: Read + Seek, E: From<ArchiveError>>(
    name: &str,
    mut source: R,
    each: &mut Each<'_, E>,
) -> Result<(), E> {
    let mut head = Vec::new();
    let at = |error| ArchiveError::Read {
        name: name.to_owned(),
        source: error,
    };
    source
        .by_ref()
        .take(262)
        .read_to_end(&mut head)
        .map_err(at)?;
    source.rewind().map_err(at)?;
    if packing(&head) == Packing::Zip {
        zipped(name, source, each)
    } else {
        stream(name, source, each)
    }
}

/// The same for what cannot be read twice, such as a pipe: gzip and tar, no zip.
///
/// # Errors
/// As [`files`].
pub fn stream<R: Read, E: From<ArchiveError>>(
    name: &str,
    source: R,
    each: &mut Each<'_, E>,
) -> Result<(), E> {
    let packed = Rc::new(Cell::new(0));
    let unpacked = Rc::new(Cell::new(0));
    let counted = Counted {
        inner: source,
        count: Rc::clone(&packed),
    };
    let mut meter = Meter {
        packed,
        unpacked,
        files: 0,
    };
    meter.layer(
        name,
        &mut BufReader::with_capacity(1 << 16, counted),
        0,
        each,
    )
}

struct Meter {
    packed: Rc<Cell<u64>>,
    unpacked: Rc<Cell<u64>>,
    files: usize,
}

impl Meter {
    fn capped<'r>(&self, inner: impl Read + 'r) -> Box<dyn BufRead + 'r> {
        Box::new(BufReader::with_capacity(
            1 << 16,
            Capped {
                inner,
                packed: Rc::clone(&self.packed),
                unpacked: Rc::clone(&self.unpacked),
            },
        ))
    }

    fn count(&mut self, name: &str) -> Result<(), ArchiveError> {
        self.files += 1;
        if self.files > ARCHIVE_FILES_MAX {
            return Err(ArchiveError::TooManyFiles(name.to_owned()));
        }
        Ok(())
    }

    /// One layer of packing; a tar in gzip is two.
    fn layer<E: From<ArchiveError>>(
        &mut self,
        name: &str,
        mut source: &mut dyn BufRead,
        depth: usize,
        each: &mut Each<'_, E>,
    ) -> Result<(), E> {
        let at = |error| ArchiveError::Read {
            name: name.to_owned(),
            source: error,
        };
        let mut head = Vec::new();
        Read::take(&mut source, 262)
            .read_to_end(&mut head)
            .map_err(at)?;
        let kind = packing(&head);
        let mut whole = io::Cursor::new(head).chain(source);
        if kind != Packing::Plain && depth >= ARCHIVE_DEPTH_MAX {
            return Err(ArchiveError::TooDeep(name.to_owned()).into());
        }
        match kind {
            Packing::Plain => {
                self.count(name)?;
                each(name, &mut whole)
            }
            Packing::Zip => Err(ArchiveError::TooDeep(name.to_owned()).into()),
            Packing::Gzip => {
                let inner = name
                    .strip_suffix(".gz")
                    .or_else(|| name.strip_suffix(".tgz"))
                    .unwrap_or(name);
                let mut unpacked = self.capped(flate2::read::MultiGzDecoder::new(&mut whole));
                self.layer(inner, &mut *unpacked, depth + 1, each)
            }
            Packing::Tar => {
                let mut archive = tar::Archive::new(&mut whole);
                for entry in archive.entries().map_err(at)? {
                    let entry = entry.map_err(at)?;
                    if !entry.header().entry_type().is_file() {
                        continue;
                    }
                    let inner = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                    let mut entry = self.capped(entry);
                    self.layer(base(&inner), &mut *entry, depth + 1, each)?;
                }
                Ok(())
            }
        }
    }
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn zipped<R: Read + Seek, E: From<ArchiveError>>(
    name: &str,
    mut source: R,
    each: &mut Each<'_, E>,
) -> Result<(), E> {
    let at = |error| ArchiveError::Read {
        name: name.to_owned(),
        source: error,
    };
    let size = source.seek(io::SeekFrom::End(0)).map_err(at)?;
    source.rewind().map_err(at)?;
    let mut archive = zip::ZipArchive::new(source).map_err(|error| at(io::Error::other(error)))?;
    let mut meter = Meter {
        packed: Rc::new(Cell::new(size)),
        unpacked: Rc::new(Cell::new(0)),
        files: 0,
    };
    for index in 0..archive.len() {
        let file = archive
            .by_index_raw(index)
            .map_err(|error| at(io::Error::other(error)))?;
        let (directory, encrypted) = (file.is_dir(), file.encrypted());
        let inner = String::from_utf8_lossy(file.name_raw()).into_owned();
        drop(file);
        if directory {
            continue;
        }
        if encrypted {
            return Err(ArchiveError::Encrypted(inner).into());
        }
        let file = archive
            .by_index(index)
            .map_err(|error| at(io::Error::other(error)))?;
        let mut file = meter.capped(file);
        meter.layer(base(&inner), &mut *file, 1, each)?;
    }
    Ok(())
}

/// The attachments of a mail that have a name, and what they hold. The mail must be in memory: its reader sees to its size.
#[must_use]
pub fn attachments(mail: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Some(message) = MessageParser::default().parse(mail) else {
        return Vec::new();
    };
    let named = message
        .attachments()
        .take(ARCHIVE_FILES_MAX)
        .filter_map(|part| {
            let name = base(part.attachment_name()?).to_owned();
            Some((name, part.contents().to_vec()))
        });
    named.collect()
}
