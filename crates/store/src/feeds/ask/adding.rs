//! Adding up lists of counts by several threads. One reads them from the database and the others add them up, which is most of what a
//! question costs: with two processors an answer is there in half the time.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::FeedError;
use super::super::cube::each;
use super::super::mix::OTHER;
use super::{Fitting, PERHAPS, Seen, YES};

/// Most threads that add up for one question.
const THREADS_MAX: usize = 4;
/// Lists that were read and wait for a thread, each up to some megabytes.
const WAITING_MAX: usize = 4;

/// What is asked of a book.
#[derive(Debug)]
pub(super) struct Plan {
    /// The book.
    pub no: i64,
    pub fitting: Fitting,
    /// The word of each mix in the column by which bars are told.
    pub split: Option<Vec<u16>>,
}

/// A list of counts of one slot.
pub(super) struct Job {
    pub slot: i64,
    pub plan: Arc<Plan>,
    pub counts: Vec<u8>,
}

/// How lists are added.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    pub seen: Seen,
    /// They count for the answer, and not only for bars.
    pub whole: bool,
}

/// What of one list fits.
#[derive(Debug)]
pub(super) struct SlotSum {
    pub slot: i64,
    /// The book.
    pub no: i64,
    pub all: u64,
    pub fresh: u64,
    /// By number of the word.
    pub words: HashMap<u16, u64>,
}

/// What lists of one book come to.
#[derive(Debug, Default)]
pub(super) struct Sum {
    /// By number of the mix.
    pub counts: Vec<u64>,
    pub total: u64,
    pub fresh: u64,
    pub unsure: u64,
}

/// By book.
pub(super) type Sums = BTreeMap<i64, Sum>;

/// What one thread added up.
#[derive(Default)]
struct Added {
    sums: Sums,
    slots: Vec<SlotSum>,
    damaged: bool,
}

impl Added {
    /// Adds a list. `None` if it is damaged.
    fn add(&mut self, job: &Job, how: How) -> Option<()> {
        let plan = &*job.plan;
        let sum = self.sums.entry(plan.no).or_default();
        if how.whole && sum.counts.is_empty() {
            sum.counts = vec![0; plan.fitting.fits.len()];
        }
        let (mut all, mut fresh, mut unsure) = (0, 0, 0);
        let mut words = HashMap::new();
        let (fits, counts) = (&plan.fitting.fits, &mut sum.counts);
        each(&job.counts, |pair| {
            let place = usize::try_from(pair.mix).unwrap_or(usize::MAX);
            match fits.get(place) {
                Some(&YES) => {
                    let own = how.seen.of(&pair);
                    all += own;
                    fresh += if how.seen == Seen::Again {
                        0
                    } else {
                        pair.fresh
                    };
                    if let Some(count) = counts.get_mut(place) {
                        *count += own;
                    }
                    if how.whole
                        && let Some(split) = &plan.split
                    {
                        let word = split.get(place).copied().unwrap_or(OTHER);
                        *words.entry(word).or_insert(0) += own;
                    }
                }
                Some(&PERHAPS) => unsure += how.seen.of(&pair),
                _ => {}
            }
        })?;
        if how.whole {
            sum.total += all;
            sum.fresh += fresh;
            sum.unsure += unsure;
        }
        self.slots.push(SlotSum {
            slot: job.slot,
            no: plan.no,
            all,
            fresh,
            words,
        });
        Some(())
    }

    /// Adds lists until no more come. A damaged one does not end it: who reads must not wait for somebody who is gone.
    fn work(jobs: &Mutex<Receiver<Job>>, how: How) -> Self {
        let mut added = Self::default();
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else {
                return added;
            };
            added.damaged |= added.add(&job, how).is_none();
        }
    }
}

fn join(into: &mut Sums, sums: Sums) {
    for (no, sum) in sums {
        let own = into.entry(no).or_default();
        own.total += sum.total;
        own.fresh += sum.fresh;
        own.unsure += sum.unsure;
        if own.counts.is_empty() {
            own.counts = sum.counts;
        } else {
            for (own, count) in own.counts.iter_mut().zip(sum.counts) {
                *own += count;
            }
        }
    }
}

/// Adds what `read` sends to the sums, and gives what each list came to, in the order of slots and books.
///
/// # Errors
/// Those of `read`, or a list is damaged.
pub(super) fn add_up(
    how: How,
    sums: &mut Sums,
    read: impl FnOnce(&SyncSender<Job>) -> Result<(), FeedError>,
) -> Result<Vec<SlotSum>, FeedError> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(THREADS_MAX));
    let (send, jobs) = sync_channel(WAITING_MAX);
    let jobs = Mutex::new(jobs);
    let all = std::thread::scope(|scope| {
        let work = || Added::work(&jobs, how);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let read = read(&send);
        drop(send);
        let all: Vec<_> = workers.into_iter().map(|one| one.join()).collect();
        read.map(|()| all)
    })?;
    let mut slots = Vec::new();
    for added in all {
        // What ended a thread is no list that it could read.
        let added = added.map_err(|_| FeedError::Counts)?;
        if added.damaged {
            return Err(FeedError::Counts);
        }
        join(sums, added.sums);
        slots.extend(added.slots);
    }
    slots.sort_by_key(|one| (one.slot, one.no));
    Ok(slots)
}
