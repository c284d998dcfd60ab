//! The files of months: segments one after another, nothing between.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use cairn_kernel::time::Micros;

use super::segment::Rows;
use super::{FeedError, FeedStore, at};
use crate::keys::{private_file, sync_parent};

/// How files of months end.
pub(crate) const ENDING: &str = "seg";

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) month: String,
    pub(super) start: u64,
    pub(super) bytes: u64,
}

/// The month that a moment lies in, in UTC: `2050-01`.
pub(super) fn month_of(at: Micros) -> String {
    at.timestamp().strftime("%Y-%m").to_string()
}

/// `2050-01`, and nothing that could lead elsewhere.
pub(crate) fn is_month(text: &str) -> bool {
    let shape = text.len() == 7 && text.as_bytes().get(4) == Some(&b'-');
    shape && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

impl FeedStore {
    pub(super) fn path_of(&self, month: &str) -> PathBuf {
        self.dir.join(format!("{month}.{ENDING}"))
    }

    pub(super) fn committed_ends(&self) -> Result<HashMap<String, u64>, FeedError> {
        let sql =
            "SELECT month, CAST(max(start + bytes) AS BIGINT) FROM feed_segment GROUP BY month";
        let mut ends = HashMap::new();
        for row in self.link.rows(sql, [])? {
            ends.insert(row.text(0)?, row.int(1)?.unsigned_abs());
        }
        Ok(ends)
    }

    /// Cuts off what was written and not committed.
    pub(super) fn tidy(&self) -> Result<(), FeedError> {
        for entry in fs::read_dir(&self.dir).map_err(at(&self.dir))? {
            let path = entry.map_err(at(&self.dir))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("new-") {
                fs::remove_file(&path).map_err(at(&path))?;
                continue;
            }
            let Some(month) = name.strip_suffix(ENDING).and_then(|n| n.strip_suffix('.')) else {
                continue;
            };
            let Some(end) = self.ends.get(month) else {
                fs::remove_file(&path).map_err(at(&path))?;
                continue;
            };
            let length = fs::metadata(&path).map_err(at(&path))?.len();
            if length < *end {
                return Err(FeedError::Damaged(path));
            }
            if length > *end {
                let file = File::options().write(true).open(&path).map_err(at(&path))?;
                file.set_len(*end)
                    .and_then(|()| file.sync_all())
                    .map_err(at(&path))?;
            }
        }
        Ok(())
    }

    /// Adds a segment at the end of what is committed, and waits for the disk.
    pub(super) fn append(&mut self, month: &str, segment: &[u8]) -> Result<Place, FeedError> {
        let start = self.ends.get(month).copied().unwrap_or(0);
        let path = self.path_of(month);
        if self.month.as_ref().is_none_or(|(own, _)| own != month) {
            let fresh = !path.exists();
            let mut options = File::options();
            options.write(true).create(true).truncate(false);
            private_file(&mut options);
            let file = options.open(&path).map_err(at(&path))?;
            if fresh {
                sync_parent(&path).map_err(at(&path))?;
            }
            self.month = Some((month.to_owned(), file));
        }
        let Some((_, file)) = &mut self.month else {
            return Err(FeedError::Broken);
        };
        file.seek(SeekFrom::Start(start))
            .and_then(|_| file.write_all(segment))
            .and_then(|()| file.sync_data())
            .map_err(at(&path))?;
        Ok(Place {
            month: month.to_owned(),
            start,
            bytes: segment.len() as u64,
        })
    }

    /// Reads a segment back.
    pub(super) fn segment(&self, place: &Place) -> Result<Rows, FeedError> {
        let path = self.path_of(&place.month);
        let damaged = || FeedError::Damaged(path.clone());
        let mut file = File::open(&path).map_err(at(&path))?;
        file.seek(SeekFrom::Start(place.start)).map_err(at(&path))?;
        let mut bytes = Vec::new();
        file.take(place.bytes)
            .read_to_end(&mut bytes)
            .map_err(at(&path))?;
        if bytes.len() as u64 != place.bytes {
            return Err(damaged());
        }
        Rows::unpack(&bytes).ok_or_else(damaged)
    }
}
