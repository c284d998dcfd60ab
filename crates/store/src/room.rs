//! Room on the disk. A file of ballast lies in the data directory; when the disk is full it is given up, so that
//! checkpoints, the small writes of people already in, and an orderly stop have room. New reports are held off until
//! there is as much again and more, then the ballast is laid anew.
//!
//! Only the data directory's disk is looked at. Where the database is elsewhere (PostgreSQL), intake is let try again
//! after a while.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Bytes of ballast unless said otherwise.
pub const BALLAST_BYTES: u64 = 16 * 1024 * 1024;
/// How often a full disk is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long intake waits where nothing can be looked at.
const TRY_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Room {
    full: AtomicBool,
    watched: AtomicBool,
    dir: PathBuf,
    /// Zero: no ballast, nothing to look at.
    bytes: u64,
}

impl Room {
    /// Lays the ballast. A disk that has no room for it counts as full from the start.
    pub(crate) fn open(dir: &Path, bytes: u64) -> Arc<Self> {
        let room = Arc::new(Self {
            full: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            dir: dir.to_owned(),
            bytes,
        });
        if let Err(cause) = room.lay() {
            tracing::warn!(%cause, "no room for the ballast file: new reports are held off");
            room.fill();
        }
        room
    }

    /// Without ballast, and nobody who looks out for room: for disks that are not there.
    pub(crate) fn unwatched(dir: &Path) -> Arc<Self> {
        Arc::new(Self {
            full: AtomicBool::new(false),
            watched: AtomicBool::new(true),
            dir: dir.to_owned(),
            bytes: 0,
        })
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    pub(crate) fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// The disk is full: holds intake off, and looks out for room. Says whether ballast was given up for it.
    pub(crate) fn fill(self: &Arc<Self>) -> bool {
        self.set_full(true);
        if !self.watched.swap(true, Ordering::SeqCst) {
            let room = Arc::downgrade(self);
            let pause = if self.bytes > 0 {
                LOOK_EVERY
            } else {
                TRY_EVERY
            };
            let watch = move || {
                loop {
                    std::thread::sleep(pause);
                    match room.upgrade() {
                        Some(room) if !room.is_room() => {}
                        _ => return,
                    }
                }
            };
            let started = std::thread::Builder::new()
                .name("cairn-room".into())
                .spawn(watch);
            if started.is_err() {
                self.watched.store(false, Ordering::SeqCst);
            }
        }
        self.bytes > 0 && fs::remove_file(self.path()).is_ok()
    }

    /// The write-ahead log has `wal` bytes: copying it back now leaves room, copying it later might not.
    pub(crate) fn is_low(&self, wal: u64) -> bool {
        let wanted = self.bytes.saturating_add(wal).saturating_mul(2);
        self.bytes > 0 && free(&self.dir).is_some_and(|free| free < wanted)
    }

    /// There is room for so many bytes.
    pub(crate) fn holds(&self, bytes: u64) -> bool {
        free(&self.dir).is_none_or(|free| free > bytes)
    }

    /// Lets intake on again if there is room.
    fn is_room(&self) -> bool {
        if self.bytes > 0 {
            let enough = free(&self.dir).is_some_and(|free| free > 2 * self.bytes);
            if !enough || self.lay().is_err() {
                return false;
            }
        }
        // In this order: a writer that finds the disk full right now starts the next watch.
        self.watched.store(false, Ordering::SeqCst);
        self.set_full(false);
        tracing::info!("there is room on the disk again: new reports are taken");
        true
    }

    fn path(&self) -> PathBuf {
        self.dir.join("ballast")
    }

    fn lay(&self) -> io::Result<()> {
        let path = self.path();
        if self.bytes == 0 || fs::metadata(&path).is_ok_and(|file| file.len() == self.bytes) {
            return Ok(());
        }
        let laid = reserve(&path, self.bytes);
        if laid.is_err() {
            let _partly = fs::remove_file(&path);
        }
        laid
    }
}

/// Fills a file with bytes that do not compress, so that they really take their room.
fn reserve(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut block = Vec::with_capacity(64 * 1024);
    let mut left = bytes;
    while left > 0 {
        block.clear();
        while block.len() < 64 * 1024 {
            // xorshift64 (Marsaglia 2003).
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend_from_slice(&state.to_le_bytes());
        }
        let now = left.min(block.len() as u64);
        block.truncate(usize::try_from(now).unwrap_or(usize::MAX));
        file.write_all(&block)?;
        left -= now;
    }
    file.sync_all()
}

/// Bytes that an ordinary user may still write to the disk that holds `dir`; `None` if the system does not tell.
#[must_use]
pub fn free(dir: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let disk = rustix::fs::statvfs(dir).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _unknown = dir;
        None
    }
}
