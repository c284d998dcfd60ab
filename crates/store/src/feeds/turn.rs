//! Whose turn it is to write: one process at a time, first come first served by and large. Whoever waits holds a second lock, by which
//! whoever writes sees that somebody waits and lets go between two reports.

use std::fs::File;
use std::time::{Duration, Instant};

use super::{FOLDER, FeedError, FeedStore, at};
use crate::Options;

/// Between two looks whether it is free.
const TRY_EVERY: Duration = Duration::from_millis(50);

impl FeedStore {
    /// As [`FeedStore::open`], once whoever takes reports in at the moment lets go; after so long it gives up.
    ///
    /// # Errors
    /// See [`FeedError`]; [`FeedError::Locked`] where it was never free.
    pub fn open_in_turn(options: &Options, patience: Duration) -> Result<Self, FeedError> {
        let begun = Instant::now();
        let dir = options.dir.join(FOLDER);
        std::fs::create_dir_all(&dir).map_err(at(&dir))?;
        let path = dir.join("next");
        let next = File::create(&path).map_err(at(&path))?;
        let mut is_next = false;
        loop {
            // Where files have no locks, there is no queue either.
            is_next = is_next || !matches!(next.try_lock(), Err(std::fs::TryLockError::WouldBlock));
            if is_next {
                match Self::open(options) {
                    Err(FeedError::Locked(_)) if begun.elapsed() < patience => {}
                    // The end of `next` lets the one behind us move up.
                    opened => return opened,
                }
            } else if begun.elapsed() >= patience {
                return Err(FeedError::Locked(dir));
            }
            std::thread::sleep(TRY_EVERY);
        }
    }

    /// Somebody waits to take reports in.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        let next = File::open(self.dir.join("next"));
        next.is_ok_and(|next| matches!(next.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
    }
}
