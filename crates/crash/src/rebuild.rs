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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{DirectorySync, Fault, FaultKind, Kind};

    fn disk(fault: Option<Fault>) -> Disk {
        Disk::recording(Image::new(), DirectorySync::Obeyed, fault)
    }

    fn cuts(disk: &Disk, instant: usize) -> Vec<Image> {
        let mut rng = Rng::new(5);
        let mut replay = Replay::new(disk, 9);
        replay.advance(instant);
        let each = Policy::EACH
            .into_iter()
            .flat_map(|policy| std::iter::repeat_n(policy, 200));
        each.map(|policy| replay.cut(policy, &mut rng)).collect()
    }

    /// A file of four sectors of 1s, synced with its name.
    fn four_sectors(disk: &mut Disk) -> Ino {
        let ino = disk.create(Some("f"), Kind::Wal);
        disk.write(ino, 0, &[1; 2048]).unwrap();
        disk.sync(ino, true).unwrap();
        ino
    }

    #[test]
    fn what_was_synced_survives_every_cut() {
        let mut disk = disk(None);
        let ino = four_sectors(&mut disk);
        disk.write(ino, 2048, &[2; 700]).unwrap();
        for image in cuts(&disk, disk.now()) {
            assert_eq!(image["f"][..2048], [1; 2048]);
        }
    }

    #[test]
    fn what_was_not_synced_may_be_there_in_any_part() {
        let mut disk = disk(None);
        let ino = four_sectors(&mut disk);
        disk.write(ino, 0, &[2; 2048]).unwrap();
        let mut kinds = std::collections::BTreeSet::new();
        for image in cuts(&disk, disk.now()) {
            let sectors: Vec<u8> = image["f"].chunks(SECTOR).map(|s| s[0]).collect();
            assert!(
                image["f"]
                    .chunks(SECTOR)
                    .all(|s| s.iter().all(|b| *b == s[0])),
                "no sector is torn"
            );
            kinds.insert(sectors);
        }
        assert_eq!(kinds.len(), 16, "every subset of four sectors turns up");
    }

    #[test]
    fn a_name_needs_a_sync_of_the_directory() {
        let mut disk = disk(None);
        let ino = disk.create(Some("f"), Kind::Wal);
        disk.write(ino, 0, b"x").unwrap();
        disk.sync(ino, false).unwrap();
        let before = cuts(&disk, disk.now());
        assert!(before.iter().any(|image| !image.contains_key("f")));
        disk.sync(ino, true).unwrap();
        let after = cuts(&disk, disk.now());
        assert!(after.iter().all(|image| image["f"] == b"x"));
    }

    #[test]
    fn a_deletion_may_be_undone_until_the_directory_is_synced() {
        let mut disk = disk(None);
        four_sectors(&mut disk);
        assert!(disk.delete("f", false));
        let left: Vec<bool> = cuts(&disk, disk.now())
            .iter()
            .map(|i| i.contains_key("f"))
            .collect();
        assert!(left.contains(&true) && left.contains(&false));
        assert!(!disk.delete("f", true), "it is gone already");
    }

    #[test]
    fn a_failed_sync_is_not_made_good_by_the_next() {
        let fault = Fault {
            nth: 2,
            times: 1,
            kind: FaultKind::Io,
        };
        let lost = (0..64).any(|seed| {
            let mut disk = disk(Some(fault));
            let ino = disk.create(Some("f"), Kind::Wal);
            disk.write(ino, 0, &[1; 2048]).unwrap();
            assert!(disk.sync(ino, true).is_err());
            disk.sync(ino, true).unwrap();
            let mut replay = Replay::new(&disk, seed);
            replay.advance(disk.now());
            replay.cut(Policy::All, &mut Rng::new(1))["f"] != [1; 2048]
        });
        assert!(lost);
    }

    #[test]
    fn an_ordered_disk_keeps_the_order() {
        let mut disk = disk(None);
        let a = disk.create(Some("a"), Kind::Main);
        let b = disk.create(Some("b"), Kind::Wal);
        disk.sync(b, true).unwrap();
        disk.write(a, 0, b"1").unwrap();
        disk.write(b, 0, b"2").unwrap();
        let mut replay = Replay::new(&disk, 1);
        replay.advance(disk.now());
        let mut rng = Rng::new(3);
        for _ in 0..100 {
            let image = replay.cut(Policy::Ordered, &mut rng);
            assert!(
                image["b"].is_empty() || image["a"] == b"1",
                "never the later without the earlier"
            );
        }
    }

    #[test]
    fn full_and_short_writes_say_so() {
        for (kind, kept) in [
            (FaultKind::NoSpace, 0),
            (FaultKind::Short, 4),
            (FaultKind::Io, 0),
        ] {
            let mut disk = disk(Some(Fault {
                nth: 1,
                times: 1,
                kind,
            }));
            let ino = disk.create(Some("f"), Kind::Wal);
            assert!(disk.write(ino, 0, &[7; 8]).is_err());
            assert_eq!(disk.live()["f"].len(), kept);
            disk.write(ino, 0, &[7; 8]).unwrap();
            assert_eq!(disk.counts().faults, 1);
        }
    }
}
