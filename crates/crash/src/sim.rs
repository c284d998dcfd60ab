//! The campaign: many short lives, each cut at many instants, each rest checked.

use std::time::Instant;

use crate::bare;
use crate::disk::{Image, Op};
use crate::life::{Ack, Life, Mode, Setup, Verdict};
use crate::rebuild::{Policy, Replay};
use crate::rng::Rng;
use crate::store;
use crate::vfs::{Mount, VfsError};

/// The program under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    /// The store, through its own writer.
    Store,
    /// The small program of [`crate::bare`].
    Bare,
}

/// Benches could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The VFS.
    #[error(transparent)]
    Vfs(#[from] VfsError),
    /// The directory for the store's keys.
    #[error("making a temporary directory for the store's keys: {0}")]
    Home(#[from] std::io::Error),
}

/// Two VFSs: one to live on, one to look at what is left.
#[derive(Debug)]
pub struct Bench {
    subject: Subject,
    home: store::Home,
    _dir: tempfile::TempDir,
    living: &'static Mount,
    looking: &'static Mount,
}

/// States rebuilt from one life.
const STATES_PER_LIFE: usize = 320;
/// Things done in one life.
const STEPS: usize = 48;
/// Lives that follow each other on one disk, each beginning with what a cut of the one before has left.
const CHAIN: usize = 3;

/// What a campaign found.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Disks rebuilt and checked.
    pub states: usize,
    /// Disks on which something acknowledged was missing.
    pub lost: usize,
    /// Disks that could not be read or held something wrong.
    pub corrupt: usize,
    /// Promises that were missing, over all disks.
    pub lost_promises: usize,
    /// Promises that were looked for, over all disks.
    pub promises: usize,
    /// Lives led.
    pub lives: usize,
    /// Syncs of files and of the directory that reached the disk.
    pub sync_points: usize,
    /// Those of them right before or right after which the disk was cut.
    pub sync_points_hit: usize,
    /// Write transactions.
    pub commits: u64,
    /// Syncs of the write-ahead log after frames were written to it.
    pub wal_syncs: u64,
    /// All other syncs of files: those of checkpoints, mostly.
    pub other_syncs: u64,
    /// The first trouble, in words.
    pub trouble: Option<String>,
    /// Wall time in seconds.
    pub seconds: f64,
}

impl Tally {
    /// Whether anything was lost or wrong.
    #[must_use]
    pub const fn found_something(&self) -> bool {
        self.lost > 0 || self.corrupt > 0
    }

    /// Share of the sync points that were hit, in percent.
    #[must_use]
    pub fn hit_percent(&self) -> f64 {
        percent(self.sync_points_hit, self.sync_points)
    }

    /// Syncs of the write-ahead log for its frames, per write transaction.
    #[must_use]
    pub fn wal_syncs_per_commit(&self) -> f64 {
        ratio(self.wal_syncs, self.commits)
    }

    /// All syncs per write transaction, those of checkpoints among them.
    #[must_use]
    pub fn syncs_per_commit(&self) -> f64 {
        ratio(self.wal_syncs + self.other_syncs, self.commits)
    }

    /// Disks rebuilt and checked per second of wall time, the lives led among it.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn states_per_second(&self) -> f64 {
        (self.states as f64 / self.seconds.max(1e-9)).round()
    }

    /// Trouble during a life counts as a corrupt disk.
    pub(crate) fn note(&mut self, life: &Life, name: &str) {
        if let Some(trouble) = &life.trouble {
            self.corrupt += 1;
            self.trouble
                .get_or_insert_with(|| format!("{name}: {trouble}"));
        }
    }

    pub(crate) fn add(
        &mut self,
        verdict: &Verdict,
        owed: usize,
        describe: impl FnOnce() -> String,
    ) {
        self.states += 1;
        self.promises += owed;
        self.lost_promises += verdict.lost;
        self.lost += usize::from(verdict.lost > 0);
        self.corrupt += usize::from(verdict.corrupt.is_some());
        if self.trouble.is_none() && !verdict.is_clean() {
            let what = match &verdict.corrupt {
                Some(what) => format!("corrupt: {what}"),
                None => format!("{} promises lost", verdict.lost),
            };
            self.trouble = Some(format!("{}: {what}", describe()));
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        (part as f64 * 1000.0 / whole as f64).round() / 10.0
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    (part as f64 * 1000.0 / whole.max(1) as f64).round() / 1000.0
}

impl Bench {
    /// Registers the VFSs for `subject`; `tag` keeps benches of one process apart.
    ///
    /// # Errors
    /// When SQLite refuses to register them, or there is no place for the store's keys.
    pub fn new(subject: Subject, tag: &str) -> Result<Self, BenchError> {
        let dir = tempfile::tempdir()?;
        Ok(Self {
            subject,
            home: store::Home::new(dir.path()),
            _dir: dir,
            living: Mount::register(&format!("crash-live-{tag}"))?,
            looking: Mount::register(&format!("crash-look-{tag}"))?,
        })
    }

    /// Leads one life.
    #[must_use]
    pub fn live(&self, setup: Setup) -> Life {
        match self.subject {
            Subject::Store => store::live(&self.home, self.living, setup),
            Subject::Bare => bare::live(self.living, setup),
        }
    }

    /// Checks what is left against what is owed.
    #[must_use]
    pub fn check(&self, image: Image, owed: &[Ack], thorough: bool) -> Verdict {
        match self.subject {
            Subject::Store => store::check(&self.home, self.looking, image, owed, thorough),
            Subject::Bare => bare::check(self.looking, image, owed, thorough),
        }
    }

    /// Rebuilds and checks `states` disks; the same seed finds the same.
    #[must_use]
    pub fn campaign(&self, mode: Mode, seed: u64, states: usize) -> Tally {
        let begun = Instant::now();
        let mut tally = Tally::default();
        let mut rng = Rng::new(seed);
        let mut heir: Option<(Image, Vec<Ack>)> = None;
        while tally.states < states {
            if tally.lives % CHAIN == 0 {
                heir = None;
            }
            let (base, owed) = heir.take().unwrap_or_default();
            let setup = Setup {
                mode,
                seed: rng.next(),
                steps: STEPS,
                fault: None,
                base,
                owed,
            };
            let name = format!("life {:#x}", setup.seed);
            let life = self.live(setup);
            tally.note(&life, &name);
            let budget = STATES_PER_LIFE.min(states - tally.states);
            heir = self.cut(&life, budget, &mut rng, (&mut tally, &name));
            let counts = life.disk.counts();
            tally.lives += 1;
            tally.commits += counts.commits;
            tally.wal_syncs += counts.wal_syncs;
            tally.other_syncs += counts.idle_syncs + counts.other_syncs;
        }
        tally.seconds = begun.elapsed().as_secs_f64();
        tally
    }

    /// Cuts one life at `budget` instants, and gives a clean rest for the next to begin with.
    fn cut(
        &self,
        life: &Life,
        budget: usize,
        rng: &mut Rng,
        (tally, name): (&mut Tally, &str),
    ) -> Option<(Image, Vec<Ack>)> {
        let cuts = plan(life, budget, rng);
        hits(life, &cuts, tally);
        let chosen = rng.below(cuts.len());
        let mut heir = None;
        let mut replay = Replay::new(&life.disk, rng.next());
        for (count, (instant, policy)) in cuts.into_iter().enumerate() {
            replay.advance(instant);
            let image = replay.cut(policy, rng);
            let owed = life.owed_at(instant);
            let kept = (count >= chosen && heir.is_none()).then(|| image.clone());
            let verdict = self.check(image, owed, count % 16 == 0);
            tally.add(&verdict, owed.len(), || {
                format!("{name} cut after {instant} operations, {policy:?}")
            });
            if let Some(image) = kept
                && verdict.is_clean()
            {
                let due = |ack: &Ack| Ack {
                    at: 0,
                    promise: ack.promise.clone(),
                };
                heir = Some((image, owed.iter().map(due).collect()));
            }
        }
        heir
    }
}

/// Which instants to cut at, and how: right before and after each sync first, then wherever.
fn plan(life: &Life, budget: usize, rng: &mut Rng) -> Vec<(usize, Policy)> {
    let log = life.disk.log();
    // One side of each sync first, the other sides after that.
    let mut syncs: Vec<usize> = sync_places(log).collect();
    shuffle(&mut syncs, rng);
    let sides: Vec<usize> = syncs.iter().map(|_| rng.below(2)).collect();
    let side = |flip: usize| {
        let places = syncs.iter().zip(&sides);
        places.map(move |(sync, side)| sync + (side ^ flip))
    };
    let edges: Vec<usize> = side(0).chain(side(1)).collect();
    let mut cuts = Vec::with_capacity(budget);
    for count in 0..budget {
        let edge = if count * 4 < budget * 3 {
            edges.get(count)
        } else {
            None
        };
        let instant = match edge {
            Some(&edge) => edge,
            None if rng.chance(1, 3) && !life.acks.is_empty() => {
                let ack = life.acks.get(rng.below(life.acks.len()));
                ack.map_or(0, |ack| ack.at + rng.below(3)).min(log.len())
            }
            None => rng.below(log.len() + 1),
        };
        let policy = Policy::EACH
            .get(rng.below(Policy::EACH.len()))
            .copied()
            .unwrap_or(Policy::Mixed);
        cuts.push((instant, policy));
    }
    cuts.sort_by_key(|&(instant, _)| instant);
    cuts
}

fn sync_places(log: &[Op]) -> impl Iterator<Item = usize> {
    let syncs = log
        .iter()
        .enumerate()
        .filter(|(_, op)| matches!(op, Op::Sync { .. } | Op::SyncDirectory));
    syncs.map(|(place, _)| place)
}

fn hits(life: &Life, cuts: &[(usize, Policy)], tally: &mut Tally) {
    let hit = |instant: usize| cuts.binary_search_by_key(&instant, |&(at, _)| at).is_ok();
    for place in sync_places(life.disk.log()) {
        tally.sync_points += 1;
        tally.sync_points_hit += usize::from(hit(place) || hit(place + 1));
    }
}

/// Fisher and Yates.
fn shuffle(items: &mut [usize], rng: &mut Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, rng.below(last + 1));
    }
}
