//! How much room the data directory has.

use std::io;

use crate::Store;

/// Bytes of the file system that holds the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Free for this process.
    pub free: u64,
    /// In all.
    pub total: u64,
}

impl Store {
    /// Asks the system for the room of the data directory. A system call that waits for the disk: not for the hot path.
    ///
    /// # Errors
    /// The system could not say.
    pub fn room(&self) -> io::Result<Room> {
        let told = rustix::fs::statvfs(self.dir())?;
        Ok(Room {
            free: told.f_bavail.saturating_mul(told.f_frsize),
            total: told.f_blocks.saturating_mul(told.f_frsize),
        })
    }
}
