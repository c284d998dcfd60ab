//! The recorded disk: live files, and every operation that shaped them, in order.
//!
//! What a file system may lose is kept apart from what the program sees: reads are answered from the live
//! files, and [`crate::rebuild`] replays the log to say what a power cut would have left behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::gate::Gate;
use crate::shm::Shm;

/// What is on a disk: file name → contents.
pub type Image = BTreeMap<String, Vec<u8>>;

/// A file, whatever its name is or was: a name that is deleted and created again names another file.
pub type Ino = usize;

/// What SQLite opened a file as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A database.
    Main,
    /// A write-ahead log.
    Wal,
    /// A rollback journal.
    Journal,
    /// A temporary file: never recorded, gone after a cut.
    Temporary,
}

/// One change to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// `name` now leads to the new, empty file `ino`.
    Create {
        /// The file's name.
        name: String,
        /// The file.
        ino: Ino,
    },
    /// `name` leads nowhere.
    Delete {
        /// The file's name.
        name: String,
    },
    /// `data` lies at byte `at`.
    Write {
        /// The file.
        ino: Ino,
        /// Offset in bytes.
        at: usize,
        /// What was written.
        data: Vec<u8>,
    },
    /// The file is `size` bytes long.
    Truncate {
        /// The file.
        ino: Ino,
        /// New size in bytes.
        size: usize,
    },
    /// Contents and size of the file are durable.
    Sync {
        /// The file.
        ino: Ino,
    },
    /// A sync of the file failed: what was unsynced may or may not be durable, and no later sync will make it
    /// so, because the system has marked it as written (Rebello et al., "Can Applications Recover from fsync
    /// Failures?", USENIX ATC 2020).
    SyncFailed {
        /// The file.
        ino: Ino,
    },
    /// Names created and deleted so far are durable.
    SyncDirectory,
}

/// Whether a sync of the directory reaches the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DirectorySync {
    /// As it should.
    #[default]
    Obeyed,
    /// Left out, as by a program that forgets it; there to be caught.
    Ignored,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// `EIO`: nothing was written, or the sync failed.
    Io,
    /// `ENOSPC`.
    NoSpace,
    /// Part was written, then `ENOSPC`.
    Short,
}

/// Which calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The first write, truncate or sync that fails, counted from 1.
    pub nth: u64,
    /// How many calls fail in a row.
    pub times: u64,
    /// How.
    pub kind: FaultKind,
}

/// What a failed call tells SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// The device failed.
    Io,
    /// The device is full.
    Full,
}

/// How often what was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Write transactions that ended well.
    pub commits: u64,
    /// Syncs of the write-ahead log after frames were written to it.
    pub wal_syncs: u64,
    /// Other syncs of the write-ahead log: of its header when it begins anew, and by checkpoints.
    pub idle_syncs: u64,
    /// Syncs of any other file.
    pub other_syncs: u64,
    /// Calls that were made to fail.
    pub faults: u64,
    /// Those of them that were syncs.
    pub failed_syncs: u64,
}

/// Who holds the byte-range locks that SQLite's rollback mode takes on a database.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    pub shared: usize,
    pub reserved: Option<u64>,
    pub pending: Option<u64>,
    pub exclusive: Option<u64>,
}

/// Bytes at the beginning of a write-ahead log that are no frames.
const WAL_HEADER: usize = 32;

#[derive(Debug)]
pub(crate) struct Inode {
    pub data: Vec<u8>,
    pub kind: Kind,
    pub locks: Locks,
    pub shm: Shm,
    /// Written to beyond [`WAL_HEADER`] since the last sync.
    dirty: bool,
}

impl Inode {
    fn new(kind: Kind, data: Vec<u8>) -> Self {
        Self {
            data,
            kind,
            locks: Locks::default(),
            shm: Shm::default(),
            dirty: false,
        }
    }
}

/// A disk in memory with one directory.
#[derive(Debug, Default)]
pub struct Disk {
    names: BTreeMap<String, Ino>,
    inodes: Vec<Inode>,
    base: Image,
    log: Vec<Op>,
    recording: bool,
    halted: bool,
    gate: Arc<Gate>,
    directory: DirectorySync,
    fault: Option<Fault>,
    calls: u64,
    counts: Counts,
    handles: u64,
}

impl Disk {
    /// A disk that holds `base`, durable, and records what happens to it.
    #[must_use]
    pub fn recording(base: Image, directory: DirectorySync, fault: Option<Fault>) -> Self {
        let mut disk = Self::scratch(base.clone());
        disk.base = base;
        disk.recording = true;
        disk.directory = directory;
        disk.fault = fault;
        disk
    }

    /// A disk that holds `image` and records nothing, to look at what a cut has left.
    #[must_use]
    pub fn scratch(image: Image) -> Self {
        let mut disk = Self::default();
        for (name, data) in image {
            disk.names.insert(name.clone(), disk.inodes.len());
            disk.inodes.push(Inode::new(kind_of(&name), data));
        }
        disk
    }

    /// What was there before the first operation.
    #[must_use]
    pub const fn base(&self) -> &Image {
        &self.base
    }

    /// Everything that happened, in order.
    #[must_use]
    pub fn log(&self) -> &[Op] {
        &self.log
    }

    /// Number of operations so far: the instant, for whoever acknowledges something now.
    #[must_use]
    pub fn now(&self) -> usize {
        self.log.len()
    }

    /// Number of writes, truncates and syncs that were called so far.
    #[must_use]
    pub const fn calls(&self) -> u64 {
        self.calls
    }

    /// How often what was called.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The program is gone: what its connections do while they are taken down does not happen.
    pub const fn halt(&mut self) {
        self.halted = true;
    }

    /// The doors at which a writer can be held.
    #[must_use]
    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// From now on no call fails.
    pub const fn heal(&mut self) {
        self.fault = None;
    }

    /// The live files, as a reader of the running system sees them.
    #[must_use]
    pub fn live(&self) -> Image {
        self.names
            .iter()
            .filter_map(|(name, &ino)| Some((name.clone(), self.inodes.get(ino)?.data.clone())))
            .collect()
    }

    pub(crate) const fn next_handle(&mut self) -> u64 {
        self.handles += 1;
        self.handles
    }

    pub(crate) fn committed(&mut self) {
        self.counts.commits += u64::from(!self.halted);
    }

    pub(crate) fn find(&self, name: &str) -> Option<Ino> {
        self.names.get(name).copied()
    }

    pub(crate) fn inode(&mut self, ino: Ino) -> Option<&mut Inode> {
        self.inodes.get_mut(ino)
    }

    /// Opens `name`, creating it if need be; without a name, a temporary file.
    pub(crate) fn create(&mut self, name: Option<&str>, kind: Kind) -> Ino {
        let known = name.and_then(|name| self.find(name));
        if let Some(ino) = known {
            if let Some(inode) = self.inodes.get_mut(ino) {
                inode.kind = kind;
            }
            return ino;
        }
        let ino = self.inodes.len();
        self.inodes.push(Inode::new(kind, Vec::new()));
        if let Some(name) = name
            && !self.halted
        {
            self.names.insert(name.to_owned(), ino);
            if kind != Kind::Temporary {
                let name = name.to_owned();
                self.record(|| Op::Create { name, ino });
            }
        }
        ino
    }

    /// Takes the name away; open handles keep the file. False when there is no such name.
    pub(crate) fn delete(&mut self, name: &str, sync_directory: bool) -> bool {
        if self.halted {
            return self.names.contains_key(name);
        }
        let Some(ino) = self.names.remove(name) else {
            return false;
        };
        if self.is_recorded(ino) {
            let name = name.to_owned();
            self.record(|| Op::Delete { name });
            if sync_directory {
                self.sync_directory();
            }
        }
        true
    }

    pub(crate) fn write(&mut self, ino: Ino, at: usize, data: &[u8]) -> Result<(), Failed> {
        if self.halted {
            return Ok(());
        }
        match self.strike(false) {
            None => self.put(ino, at, data),
            Some(FaultKind::Io) => return Err(Failed::Io),
            Some(FaultKind::NoSpace) => return Err(Failed::Full),
            Some(FaultKind::Short) => {
                self.put(ino, at, data.get(..data.len() / 2).unwrap_or_default());
                return Err(Failed::Full);
            }
        }
        Ok(())
    }

    fn put(&mut self, ino: Ino, at: usize, data: &[u8]) {
        let recorded = self.is_recorded(ino);
        if recorded {
            if at + data.len() > WAL_HEADER
                && let Some(inode) = self.inodes.get_mut(ino)
            {
                inode.dirty = true;
            }
            self.record(|| Op::Write {
                ino,
                at,
                data: data.to_vec(),
            });
        }
        if let Some(inode) = self.inodes.get_mut(ino) {
            write_at(&mut inode.data, at, data);
        }
    }

    pub(crate) fn truncate(&mut self, ino: Ino, size: usize) -> Result<(), Failed> {
        if self.halted {
            return Ok(());
        }
        if self.strike(false).is_some() {
            return Err(Failed::Io);
        }
        if self.is_recorded(ino) {
            self.record(|| Op::Truncate { ino, size });
        }
        if let Some(inode) = self.inodes.get_mut(ino) {
            inode.data.resize(size, 0);
        }
        Ok(())
    }

    /// Syncs the file and, if the handle still owes that, the directory.
    pub(crate) fn sync(&mut self, ino: Ino, directory: bool) -> Result<(), Failed> {
        if self.halted || !self.is_recorded(ino) {
            return Ok(());
        }
        let is_wal = self.kind(ino) == Some(Kind::Wal);
        let dirty = self
            .inodes
            .get_mut(ino)
            .is_some_and(|inode| std::mem::take(&mut inode.dirty));
        match (is_wal, dirty) {
            (true, true) => self.counts.wal_syncs += 1,
            (true, false) => self.counts.idle_syncs += 1,
            (false, _) => self.counts.other_syncs += 1,
        }
        if self.strike(true).is_some() {
            self.record(|| Op::SyncFailed { ino });
            return Err(Failed::Io);
        }
        self.record(|| Op::Sync { ino });
        if directory {
            self.sync_directory();
        }
        Ok(())
    }

    fn sync_directory(&mut self) {
        if self.directory == DirectorySync::Obeyed {
            self.record(|| Op::SyncDirectory);
        }
    }

    fn kind(&self, ino: Ino) -> Option<Kind> {
        self.inodes.get(ino).map(|inode| inode.kind)
    }

    fn is_recorded(&self, ino: Ino) -> bool {
        self.recording && self.kind(ino).is_some_and(|kind| kind != Kind::Temporary)
    }

    fn record(&mut self, op: impl FnOnce() -> Op) {
        if self.recording {
            self.log.push(op());
        }
    }

    /// Counts a call and says whether it is to fail.
    fn strike(&mut self, is_sync: bool) -> Option<FaultKind> {
        self.calls += 1;
        let fault = self.fault?;
        let last = fault.nth.saturating_add(fault.times);
        if !(fault.nth..last).contains(&self.calls) {
            return None;
        }
        self.counts.faults += 1;
        self.counts.failed_syncs += u64::from(is_sync);
        Some(fault.kind)
    }
}

/// Writes `data` at byte `at`, growing the file with zeros if need be.
pub(crate) fn write_at(file: &mut Vec<u8>, at: usize, data: &[u8]) {
    let end = at + data.len();
    if file.len() == at {
        file.extend_from_slice(data);
        return;
    }
    if file.len() < end {
        file.resize(end, 0);
    }
    if let Some(to) = file.get_mut(at..end) {
        to.copy_from_slice(data);
    }
}

/// What a file is by its name, until SQLite opens it and says.
fn kind_of(name: &str) -> Kind {
    if name.ends_with("-wal") {
        Kind::Wal
    } else if name.ends_with("-journal") {
        Kind::Journal
    } else {
        Kind::Main
    }
}
