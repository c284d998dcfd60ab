//! What is open between a question to a browser and its answer: challenges of passkeys and sign-ins at a provider. In memory only,
//! each for one browser, each answered once at most.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cairn_kernel::time::Micros;

/// Seconds for which a question stays open.
pub const PENDING_ANSWER_SECONDS: i64 = 300;
/// Most questions open at one time.
const OPEN_MAX: usize = 10_000;
/// Most of them for one network: whoever asks for more loses their own oldest.
const NETWORK_OPEN_MAX: usize = 200;

#[derive(Debug)]
struct Waiting<T> {
    since: Micros,
    from: u64,
    what: T,
}

/// Open questions by a keyed hash of what only the asked browser knows.
#[derive(Debug)]
pub(super) struct Pending<T>(Mutex<HashMap<[u8; 32], Waiting<T>>>);

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Pending<T> {
    fn open(&self) -> MutexGuard<'_, HashMap<[u8; 32], Waiting<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens one; the same key's old one is forgotten.
    pub(super) fn put(&self, key: [u8; 32], from: u64, now: Micros, what: T) {
        let mut open = self.open();
        open.retain(|_, one| is_live(one.since, now));
        let own = open.values().filter(|one| one.from == from).count();
        if own >= NETWORK_OPEN_MAX {
            drop_oldest(&mut open, |one| one.from == from);
        }
        if open.len() >= OPEN_MAX {
            drop_oldest(&mut open, |_| true);
        }
        let since = now;
        open.insert(key, Waiting { since, from, what });
    }

    /// The open one, which is then closed whatever comes of it.
    pub(super) fn take(&self, key: &[u8; 32], now: Micros) -> Option<T> {
        let found = self.open().remove(key)?;
        is_live(found.since, now).then_some(found.what)
    }
}

/// Neither too old nor, after the clock was set back, of a time to come. Who read the clock a moment before another may come to the
/// list after them: that one's is not of a time to come.
fn is_live(since: Micros, now: Micros) -> bool {
    let (early, late) = (since.min(now), since.max(now));
    late < early.plus_seconds(PENDING_ANSWER_SECONDS)
}

fn drop_oldest<T>(open: &mut HashMap<[u8; 32], Waiting<T>>, which: impl Fn(&Waiting<T>) -> bool) {
    let oldest = open
        .iter()
        .filter(|(_, one)| which(one))
        .min_by_key(|(_, one)| one.since)
        .map(|(key, _)| *key);
    if let Some(key) = oldest {
        open.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> [u8; 32] {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&n.to_be_bytes());
        key
    }

    #[test]
    fn each_is_answered_once_and_in_time() {
        let open = Pending::default();
        let now = Micros(1_000_000);
        open.put(key(1), 1, now, "a");
        assert_eq!(open.take(&key(2), now), None);
        assert_eq!(open.take(&key(1), now), Some("a"));
        assert_eq!(open.take(&key(1), now), None, "once");
        open.put(key(1), 1, now, "b");
        let late = now.plus_seconds(PENDING_ANSWER_SECONDS);
        assert_eq!(open.take(&key(1), late), None, "late");
        open.put(key(1), 1, now, "c");
        assert_eq!(
            open.take(&key(1), now.plus_seconds(-PENDING_ANSWER_SECONDS)),
            None,
            "clock set back"
        );
    }

    #[test]
    fn who_read_the_clock_earlier_and_comes_later_pushes_nobody_out() {
        let open = Pending::default();
        let now = Micros(1_000_000);
        open.put(key(1), 1, now.plus_seconds(1), "first in the list");
        open.put(key(2), 1, now, "read the clock before");
        let later = now.plus_seconds(2);
        assert_eq!(open.take(&key(1), later), Some("first in the list"));
        assert_eq!(open.take(&key(2), later), Some("read the clock before"));
    }

    #[test]
    fn a_network_that_asks_without_end_pushes_out_its_own() {
        let open = Pending::default();
        open.put(key(0), 7, Micros(0), 0);
        for n in 1..=3 * NETWORK_OPEN_MAX {
            open.put(key(n), 1, Micros(i64::try_from(n).unwrap()), n);
        }
        assert_eq!(open.take(&key(0), Micros(1_000)), Some(0));
        assert_eq!(open.open().len(), NETWORK_OPEN_MAX);
    }
}
