//! How much of what strangers send is taken in before anybody has read it: files that no report names yet, and
//! half-filled forms. Bounded in all, and by network and day, so that nobody can fill the disk that reports need.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cairn_store::room;

use crate::App;
use crate::gate::Origin;
use crate::pace::{Buckets, Rate};
use crate::report::AppError;
use crate::worker::WorkError;

/// What a file counts for at least, in bytes: its row, its name on disk and its block are not free.
pub const FILE_BYTES_MIN: u64 = 64 * 1024;
/// Bytes of one upload after which the disk is looked at again.
pub const LOOK_BYTES: u64 = 1 << 20;
/// Bytes of a half-filled form that is always kept, while the disk lasts.
pub const DRAFT_BYTES_SMALL: usize = 64 * 1024;

/// Limits on what strangers leave here, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// Free bytes of the data directory's disk below which no files are taken, so that reports still are.
    pub reserve: u64,
    /// Bytes of files that no report names, those on their way in included.
    pub unnamed_max: u64,
    /// Bytes of files that one network (/24 of IPv4, /48 of IPv6) may send a day.
    pub network_day_max: u64,
    /// Bytes of half-filled forms; beyond it only small ones are kept.
    pub drafts_max: u64,
}

impl Default for UploadLimits {
    fn default() -> Self {
        Self {
            reserve: 1 << 30,
            unnamed_max: 4 << 30,
            network_day_max: 2 << 30,
            drafts_max: 1 << 30,
        }
    }
}

/// Counted at the last look into the database, and what came since.
#[derive(Debug, Default)]
struct Count {
    counted: AtomicU64,
    since: AtomicU64,
}

impl Count {
    fn sum(&self) -> u64 {
        let since = self.since.load(Ordering::Relaxed);
        self.counted.load(Ordering::Relaxed).saturating_add(since)
    }

    fn add(&self, bytes: u64) {
        self.since.fetch_add(bytes, Ordering::Relaxed);
    }

    /// `before` is what had come when counting began: it is in `counted` now.
    fn set(&self, counted: u64, before: u64) {
        self.counted.store(counted, Ordering::Relaxed);
        self.since.fetch_sub(before, Ordering::Relaxed);
    }

    fn since(&self) -> u64 {
        self.since.load(Ordering::Relaxed)
    }
}

/// What is here of strangers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Uploads {
    limits: UploadLimits,
    networks: Buckets,
    files: Arc<Count>,
    drafts: Arc<Count>,
    /// Bytes of files on their way in.
    coming: Arc<AtomicU64>,
}

impl Uploads {
    /// Nothing yet.
    #[must_use]
    pub fn new(limits: UploadLimits) -> Self {
        let day = limits.network_day_max as f64;
        Self {
            limits,
            networks: Buckets::new(Rate {
                per_second: day / 86_400.0,
                burst: day,
            }),
            files: Arc::default(),
            drafts: Arc::default(),
            coming: Arc::default(),
        }
    }

    /// Opens an account for one upload of this network; without an origin only what is here in all counts.
    pub(crate) fn begin(&self, dir: &Path, origin: Option<Origin>) -> Result<Charge, AppError> {
        let mut charge = Charge {
            uploads: self.clone(),
            origin,
            coming: 0,
            looked: 0,
        };
        charge.look(dir)?;
        charge.pay(FILE_BYTES_MIN)?;
        Ok(charge)
    }

    /// Bytes of files that no report names, as far as known.
    #[must_use]
    pub fn unnamed(&self) -> u64 {
        let coming = self.coming.load(Ordering::Relaxed);
        self.files.sum().saturating_add(coming)
    }

    /// Whether a half-filled form of so many bytes is kept.
    pub(crate) fn draft(&self, bytes: usize) -> Result<(), AppError> {
        if bytes > DRAFT_BYTES_SMALL && self.drafts.sum() > self.limits.drafts_max {
            return Err(AppError::DiskFull);
        }
        self.drafts.add(bytes as u64);
        Ok(())
    }
}

/// What one upload has taken so far. Dropped without being kept, its bytes are there for others again.
#[derive(Debug)]
pub(crate) struct Charge {
    uploads: Uploads,
    origin: Option<Origin>,
    coming: u64,
    looked: u64,
}

impl Charge {
    /// Counts bytes before they are written.
    pub(crate) fn add(&mut self, dir: &Path, bytes: u64) -> Result<(), AppError> {
        self.pay(bytes)?;
        if self.coming > self.looked.saturating_add(LOOK_BYTES) {
            self.look(dir)?;
            self.looked = self.coming;
        }
        Ok(())
    }

    fn pay(&mut self, bytes: u64) -> Result<(), AppError> {
        self.coming = self.coming.saturating_add(bytes);
        self.uploads.coming.fetch_add(bytes, Ordering::Relaxed);
        if self.uploads.unnamed() > self.uploads.limits.unnamed_max {
            return Err(AppError::FilesHeld);
        }
        let Some(origin) = self.origin else {
            return Ok(());
        };
        let cost = bytes as f64;
        let paid = self.uploads.networks.try_take(origin, cost);
        paid.map_err(|seconds| AppError::FilesTooMany { seconds })
    }

    fn look(&self, dir: &Path) -> Result<(), AppError> {
        match room::free(dir) {
            Some(free) if free < self.uploads.limits.reserve => Err(AppError::FilesHeld),
            _ => Ok(()),
        }
    }

    /// The file stays: it counts until the database has been asked again.
    pub(crate) fn keep(self) {
        self.uploads.files.add(self.coming);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.uploads
            .coming
            .fetch_sub(self.coming, Ordering::Relaxed);
    }
}

impl App {
    /// Asks the database how much strangers have left here.
    ///
    /// # Errors
    /// See [`WorkError`].
    pub async fn count_left(&self) -> Result<(), WorkError> {
        let uploads = &self.uploads;
        let before = (uploads.files.since(), uploads.drafts.since());
        let files = self.store.unnamed_bytes().await?;
        let drafts = self.store.draft_bytes().await?;
        uploads.files.set(files, before.0);
        uploads.drafts.set(drafts, before.1);
        metrics::gauge!("cairn_unnamed_bytes", self.store.labels()).set(uploads.unnamed() as f64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Uploads {
        Uploads::new(UploadLimits {
            reserve: 0,
            unnamed_max: 10 * FILE_BYTES_MIN,
            network_day_max: 4 * FILE_BYTES_MIN,
            drafts_max: 1_000_000,
        })
    }

    #[test]
    fn a_network_has_its_share_and_all_have_theirs() {
        let (uploads, dir) = (small(), Path::new("/"));
        for _ in 0..4 {
            uploads.begin(dir, Some(1)).unwrap().keep();
        }
        let held = uploads.begin(dir, Some(1)).unwrap_err();
        assert!(matches!(held, AppError::FilesTooMany { seconds } if seconds > 1_000));
        for _ in 0..4 {
            uploads.begin(dir, Some(2)).unwrap().keep();
        }
        let coming = (uploads.begin(dir, None), uploads.begin(dir, Some(3)));
        assert!(coming.0.is_ok() && coming.1.is_ok());
        assert!(matches!(uploads.begin(dir, None), Err(AppError::FilesHeld)));
        drop(coming);
        assert!(
            uploads.begin(dir, None).is_ok(),
            "what broke off is free again"
        );
    }

    #[test]
    fn bytes_count_as_they_come() {
        let (uploads, dir) = (small(), Path::new("/"));
        let mut one = uploads.begin(dir, None).unwrap();
        one.add(dir, 8 * FILE_BYTES_MIN).unwrap();
        assert!(matches!(
            one.add(dir, 2 * FILE_BYTES_MIN),
            Err(AppError::FilesHeld)
        ));
        drop(one);
        assert_eq!(uploads.unnamed(), 0);
    }

    #[test]
    fn nothing_is_taken_below_the_reserve() {
        let limits = UploadLimits {
            reserve: u64::MAX,
            ..UploadLimits::default()
        };
        let held = Uploads::new(limits).begin(Path::new("/"), None);
        assert!(matches!(held, Err(AppError::FilesHeld)));
    }

    #[test]
    fn long_drafts_wait_where_too_many_lie_and_short_ones_do_not() {
        let uploads = small();
        for _ in 0..10 {
            uploads.draft(120_000).ok();
        }
        assert!(matches!(uploads.draft(120_000), Err(AppError::DiskFull)));
        assert!(uploads.draft(DRAFT_BYTES_SMALL).is_ok());
        let before = uploads.drafts.since();
        uploads.drafts.add(7);
        uploads.drafts.set(100, before);
        assert_eq!(uploads.drafts.sum(), 107);
    }
}
