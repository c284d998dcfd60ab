//! What a power cut leaves behind: the log replayed up to an instant, with some of what was not synced.
//!
//! The rules are those of POSIX rather than of a kind file system: a write is durable once a later sync of its
//! file succeeded, a name once a later sync of its directory succeeded. Anything else may have happened or not,
//! in any order, sector by sector; a file may have grown before its data arrived.

use std::collections::BTreeMap;

use crate::disk::{Disk, Image, Ino, Op, write_at};
use crate::rng::Rng;

/// What reaches the disk whole or not at all, in bytes.
pub const SECTOR: usize = 512;

/// Which of the unsynced operations made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// None of them.
    None,
    /// Of each file the first few, the last of these torn; the same for the directory.
    Prefix,
    /// Of all files together the first few: a disk that keeps the order.
    Ordered,
    /// Any sectors of any of them, with zeros or stale bytes where a file grew and its data did not come.
    Scatter,
    /// All of them.
    All,
    /// For each file and the directory one of the above.
    Mixed,
}

impl Policy {
    /// All policies, in the order in which the simulator takes them up.
    pub const EACH: [Self; 6] = [
        Self::Scatter,
        Self::Prefix,
        Self::None,
        Self::Mixed,
        Self::Ordered,
        Self::All,
    ];

    fn settled(self, rng: &mut Rng) -> Self {
        match (self, rng.below(4)) {
            (Self::Mixed, 0) => Self::None,
            (Self::Mixed, 1) => Self::Prefix,
            (Self::Mixed, 2) => Self::Scatter,
            (Self::Mixed, _) => Self::All,
            (other, _) => other,
        }
    }
}

/// A log being replayed; instants must not go back.
#[derive(Debug)]
pub struct Replay<'a> {
    log: &'a [Op],
    at: usize,
    files: BTreeMap<Ino, File>,
    names: BTreeMap<String, Ino>,
    /// Operations on the directory that are not synced, as places in the log.
    pending: Vec<usize>,
    /// Decides what a failed sync left behind.
    rng: Rng,
}

#[derive(Debug, Default, Clone)]
struct File {
    durable: Vec<u8>,
    /// Operations not synced, as places in the log.
    pending: Vec<usize>,
}

impl<'a> Replay<'a> {
    /// The disk before the first operation.
    #[must_use]
    pub fn new(disk: &'a Disk, seed: u64) -> Self {
        let mut replay = Self {
            log: disk.log(),
            at: 0,
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            pending: Vec::new(),
            rng: Rng::new(seed),
        };
        // The same numbers as `Disk::recording` gave them.
        for (ino, (name, data)) in disk.base().iter().enumerate() {
            replay.names.insert(name.clone(), ino);
            let file = File {
                durable: data.clone(),
                pending: Vec::new(),
            };
            replay.files.insert(ino, file);
        }
        replay
    }

    /// Moves on to the instant after `instant` operations.
    pub fn advance(&mut self, instant: usize) {
        let log = self.log;
        let todo = log.get(self.at..instant.min(log.len())).unwrap_or_default();
        for (op, place) in todo.iter().zip(self.at..) {
            match op {
                Op::Create { ino, .. } => {
                    self.file(*ino);
                    self.pending.push(place);
                }
                Op::Delete { .. } => self.pending.push(place),
                Op::Write { ino, .. } | Op::Truncate { ino, .. } => {
                    self.file(*ino).pending.push(place);
                }
                Op::Sync { ino } => {
                    let file = self.file(*ino);
                    for place in std::mem::take(&mut file.pending) {
                        apply(&mut file.durable, log.get(place));
                    }
                }
                Op::SyncFailed { ino } => {
                    let mut rng = self.rng.fork();
                    let file = self.files.entry(*ino).or_default();
                    let pending = std::mem::take(&mut file.pending);
                    file.durable = left_of(log, &file.durable, &pending, Policy::Mixed, &mut rng);
                }
                Op::SyncDirectory => {
                    for place in std::mem::take(&mut self.pending) {
                        rename(&mut self.names, log.get(place));
                    }
                }
            }
        }
        self.at = self.at.max(instant.min(log.len()));
    }

    /// The disk after a power cut at this instant.
    #[must_use]
    pub fn cut(&self, policy: Policy, rng: &mut Rng) -> Image {
        // A disk that keeps the order stops at one instant for all files.
        let horizon = match policy {
            Policy::Ordered => self.horizon(rng),
            _ => usize::MAX,
        };
        let mut names = self.names.clone();
        for &place in self.directory_left(policy, horizon, rng) {
            rename(&mut names, self.log.get(place));
        }
        if policy == Policy::Scatter || policy == Policy::Mixed {
            names = self.scattered_names(rng);
        }
        let mut image = Image::new();
        for (name, ino) in names {
            let Some(file) = self.files.get(&ino) else {
                continue;
            };
            let kept = file.pending.partition_point(|&place| place < horizon);
            let pending = file.pending.get(..kept).unwrap_or_default();
            image.insert(name, left_of(self.log, &file.durable, pending, policy, rng));
        }
        image
    }

    fn file(&mut self, ino: Ino) -> &mut File {
        self.files.entry(ino).or_default()
    }

    fn horizon(&self, rng: &mut Rng) -> usize {
        let of_files = self.files.values().filter_map(|f| f.pending.first());
        let first = of_files.chain(self.pending.first()).min();
        first.map_or(self.at, |&first| first + rng.below(self.at - first + 1))
    }

    fn directory_left(&self, policy: Policy, horizon: usize, rng: &mut Rng) -> &[usize] {
        let kept = match policy {
            Policy::All => self.pending.len(),
            Policy::Prefix => rng.below(self.pending.len() + 1),
            Policy::Ordered => self.pending.partition_point(|&place| place < horizon),
            Policy::None | Policy::Scatter | Policy::Mixed => 0,
        };
        self.pending.get(..kept).unwrap_or_default()
    }

    /// Each name goes its own way: how far along its own history it got is drawn for it alone.
    fn scattered_names(&self, rng: &mut Rng) -> BTreeMap<String, Ino> {
        let mut histories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &place in &self.pending {
            if let Some(Op::Create { name, .. } | Op::Delete { name }) = self.log.get(place) {
                histories.entry(name).or_default().push(place);
            }
        }
        let mut names = self.names.clone();
        for history in histories.values() {
            let kept = rng.below(history.len() + 1);
            for &place in history.iter().take(kept) {
                rename(&mut names, self.log.get(place));
            }
        }
        names
    }
}

/// Contents of one file after a cut.
fn left_of(
    log: &[Op],
    durable: &[u8],
    pending: &[usize],
    policy: Policy,
    rng: &mut Rng,
) -> Vec<u8> {
    let mut data = durable.to_vec();
    match policy.settled(rng) {
        Policy::All | Policy::Ordered => pending
            .iter()
            .for_each(|&place| apply(&mut data, log.get(place))),
        Policy::Prefix => {
            let kept = rng.below(pending.len() + 1);
            for &place in pending.iter().take(kept) {
                apply(&mut data, log.get(place));
            }
            if let Some(&torn) = pending.get(kept)
                && rng.chance(1, 2)
            {
                scatter(&mut data, log.get(torn), rng, 128);
            }
        }
        Policy::Scatter => {
            grow(&mut data, log, pending, rng);
            let odds = match rng.below(3) {
                0 => 16,
                1 => 128,
                _ => 240,
            };
            for &place in pending {
                scatter(&mut data, log.get(place), rng, odds);
            }
        }
        Policy::None | Policy::Mixed => {}
    }
    data
}

/// Sometimes a file's new size is durable before its data: what shows is zeros, or what lay there before.
fn grow(data: &mut Vec<u8>, log: &[Op], pending: &[usize], rng: &mut Rng) {
    if !rng.chance(1, 4) {
        return;
    }
    let ends = pending.iter().filter_map(|&place| match log.get(place) {
        Some(Op::Write { at, data, .. }) => Some(at + data.len()),
        _ => None,
    });
    let size = ends.max().unwrap_or(0);
    let old = data.len();
    if size > old {
        data.resize(size, 0);
        if rng.chance(1, 2)
            && let Some(new) = data.get_mut(old..)
        {
            rng.fill(new);
        }
    }
}

/// Applies some sectors of an operation: each with odds of `odds` in 256.
fn scatter(file: &mut Vec<u8>, op: Option<&Op>, rng: &mut Rng, odds: usize) {
    match op {
        Some(Op::Write { at, data, .. }) => {
            let mut at = *at;
            let mut rest = data.as_slice();
            while !rest.is_empty() {
                let (sector, tail) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
                if rng.chance(odds, 256) {
                    write_at(file, at, sector);
                }
                at += sector.len();
                rest = tail;
            }
        }
        Some(Op::Truncate { size, .. }) if rng.chance(odds, 256) => file.resize(*size, 0),
        _ => {}
    }
}

fn apply(file: &mut Vec<u8>, op: Option<&Op>) {
    match op {
        Some(Op::Write { at, data, .. }) => write_at(file, *at, data),
        Some(Op::Truncate { size, .. }) => file.resize(*size, 0),
        _ => {}
    }
}

fn rename(names: &mut BTreeMap<String, Ino>, op: Option<&Op>) {
    match op {
        Some(Op::Create { name, ino }) => {
            names.insert(name.clone(), *ino);
        }
        Some(Op::Delete { name }) => {
            names.remove(name);
        }
        _ => {}
    }
}
