//! I/O faults: the n-th write, truncate or sync of a life fails, for as many n as the budget allows.
//!
//! Afterwards the disk is looked at twice: as it is when only the process ended, and as power cuts would leave it.

use crate::disk::{Fault, FaultKind};
use crate::life::{Life, Mode, Setup};
use crate::rebuild::{Policy, Replay};
use crate::rng::Rng;
use crate::sim::Bench;
use crate::tally::{Clock, Tally};

/// Disks looked at after each faulty life: one without a power cut, the others with.
const LOOKS: usize = 4;
/// Things done in one faulty life.
const STEPS: usize = 24;

/// What a sweep found.
#[derive(Debug, Clone, Default)]
pub struct Sweep {
    /// Lives, disks, losses.
    pub tally: Tally,
    /// Calls that were made to fail.
    pub faults: u64,
    /// Syncs among them: each of these ended the program.
    pub failed_syncs: u64,
    /// Calls that could have been made to fail, over all lives and kinds.
    pub possible: u64,
}

/// Lets calls fail, one in each life, until about `states` disks were looked at.
#[must_use]
pub fn sweep(bench: &Bench, seed: u64, states: usize) -> Sweep {
    let clock = Clock::start();
    let mut sweep = Sweep::default();
    let mut rng = Rng::new(seed);
    while sweep.tally.states < states {
        let life_seed = rng.next();
        let calls = bench.live(setup(life_seed, None)).disk.calls();
        let room = u64::try_from((states - sweep.tally.states) / LOOKS).unwrap_or(0);
        // With a small budget, evenly spread calls stand for all.
        let stride = (calls * KINDS.len() as u64 / room.max(1)).max(1);
        sweep.possible += calls * KINDS.len() as u64;
        let first = 1 + u64::try_from(rng.below(usize::try_from(stride).unwrap_or(1))).unwrap_or(0);
        for (count, nth) in (first..=calls * KINDS.len() as u64)
            .step_by(usize::try_from(stride).unwrap_or(1))
            .enumerate()
        {
            let (kind, times) = KINDS
                .get(usize::try_from(nth % KINDS.len() as u64).unwrap_or(0))
                .copied()
                .unwrap_or((FaultKind::Io, 1));
            let fault = Fault {
                nth: 1 + nth / KINDS.len() as u64,
                times,
                kind,
            };
            let life = bench.live(setup(life_seed, Some(fault)));
            let name = format!("life {life_seed:#x}, {fault:?}");
            look(bench, &life, &mut rng, (&mut sweep, &name, count));
        }
    }
    clock.stop(&mut sweep.tally);
    sweep
}

/// How calls fail, and how many in a row: a full disk stays full for a while.
const KINDS: [(FaultKind, u64); 4] = [
    (FaultKind::Io, 1),
    (FaultKind::NoSpace, 1),
    (FaultKind::Short, 1),
    (FaultKind::NoSpace, 40),
];

fn setup(seed: u64, fault: Option<Fault>) -> Setup {
    Setup {
        mode: Mode::Full,
        seed,
        steps: STEPS,
        fault,
        base: crate::disk::Image::new(),
        owed: Vec::new(),
    }
}

fn look(
    bench: &Bench,
    life: &Life,
    rng: &mut Rng,
    (sweep, name, count): (&mut Sweep, &str, usize),
) {
    let counts = life.disk.counts();
    sweep.tally.note(life, name);
    sweep.faults += counts.faults;
    sweep.failed_syncs += counts.failed_syncs;
    sweep.tally.lives += 1;
    sweep.tally.commits += counts.commits;
    let end = life.disk.now();
    let mut replay = Replay::new(&life.disk, rng.next());
    replay.advance(end);
    for number in 0..LOOKS {
        let policy = [Policy::None, Policy::Scatter, Policy::Mixed]
            .get(number)
            .copied();
        let image = match policy {
            Some(policy) => replay.cut(policy, rng),
            None => life.disk.live(),
        };
        let verdict = bench.check(image, &life.acks, count % 16 == 0);
        sweep.tally.add(&verdict, life.acks.len(), || match policy {
            Some(policy) => format!("{name}, then a power cut, {policy:?}"),
            None => format!("{name}, then a restart"),
        });
    }
}
