//! Work on many things of the same kind, shared among a few threads. What comes out does not depend on how many there are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::ScopedJoinHandle;

/// Threads that share the work. With fewer cores they take turns, at hardly any cost.
const THREADS: usize = 4;
/// Results that each thread may be ahead of what was handed on.
const AHEAD: usize = 8;

/// `work` done on each item; the results in the items' order.
pub(crate) fn map<'t, T: Sync, R: Send>(
    items: &'t [T],
    work: impl Fn(&'t T) -> R + Sync,
) -> Vec<R> {
    if items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else {
                return done;
            };
            done.push((at, work(item)));
        }
    };
    let mut all = std::thread::scope(|scope| {
        let threads = THREADS.min(items.len());
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        let mut all = take();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

/// `work` done on each item, and each result handed on in the items' order, by the caller's thread, while the next ones
/// are made. Few results are held at once.
///
/// # Errors
/// The first of `hand_on`; what comes after it is not handed on.
pub(crate) fn in_order<T: Sync, R: Send, E>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut hand_on: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = THREADS.min(items.len());
    std::thread::scope(|scope| {
        let mut lanes = Vec::new();
        for lane in 0..threads {
            let (made, results) = sync_channel(AHEAD);
            let work = &work;
            let thread = scope.spawn(move || {
                // Nobody takes any more after an error.
                let mut mine = items.iter().skip(lane).step_by(threads);
                mine.try_for_each(|item| made.send(work(item)).ok())
            });
            lanes.push((results, Some(thread)));
        }
        for at in 0..items.len() {
            let Some((results, thread)) = lanes.get_mut(at % threads) else {
                return Ok(());
            };
            match results.recv() {
                Ok(result) => hand_on(result)?,
                Err(_) => {
                    if let Some(Err(panic)) = thread.take().map(ScopedJoinHandle::join) {
                        std::panic::resume_unwind(panic);
                    }
                }
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_are_in_the_items_order() {
        for count in [0, 1, 2, 3, 1_000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = (0..count).map(|item| item * 2).collect();
            assert_eq!(map(&items, |item| item * 2), doubled);
            let mut handed = Vec::new();
            let all = in_order(
                &items,
                |item| item * 2,
                |result| {
                    handed.push(result);
                    Ok::<_, ()>(())
                },
            );
            assert_eq!((all, handed), (Ok(()), doubled));
        }
    }

    #[test]
    fn an_error_ends_it() {
        let items: Vec<usize> = (0..10_000).collect();
        let mut handed = 0;
        let all = in_order(
            &items,
            |item| *item,
            |result| {
                if result == 500 {
                    return Err("no room");
                }
                handed += 1;
                Ok(())
            },
        );
        assert_eq!((all, handed), (Err("no room"), 500));
    }

    #[test]
    #[should_panic(expected = "the seventh")]
    fn what_goes_wrong_in_a_thread_goes_wrong_here() {
        let items: Vec<usize> = (0..100).collect();
        map(&items, |item| assert_ne!(*item, 7, "the seventh"));
    }

    #[test]
    #[should_panic(expected = "the seventh")]
    fn nor_is_it_passed_over_in_order() {
        let items: Vec<usize> = (0..100).collect();
        let work = |item: &usize| assert_ne!(*item, 7, "the seventh");
        let _all = in_order(&items, work, |()| Ok::<_, ()>(()));
    }
}
