//! The campaign: many short lives, each cut at many instants, each rest checked.

use crate::bare;
use crate::disk::{Image, Op};
use crate::life::{Ack, Life, Mode, Setup, Verdict};
use crate::rebuild::{Policy, Replay};
use crate::rng::Rng;
use crate::store;
use crate::tally::Clock;
pub use crate::tally::Tally;
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
const STEPS: usize = 28;
/// One state in so many is looked at thoroughly.
const THOROUGH: usize = 48;
/// Lives that follow each other on one disk, each beginning with what a cut of the one before has left.
const CHAIN: usize = 3;

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
        let clock = Clock::start();
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
        clock.stop(&mut tally);
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
            let verdict = self.check(image, owed, count % THOROUGH == 0);
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
