//! Slowing down those who guess, without a way to lock anybody else out: tries are counted for login and network
//! together and for the network alone, never for the login alone. In memory only, under a key of this process.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, PoisonError};

use cairn_kernel::time::Micros;

/// Tries at one login from one network before waiting begins.
pub const PAIR_FREE: u32 = 5;
/// Longest wait for one login from one network, seconds.
pub const PAIR_WAIT_MAX: i64 = 300;
/// Failures from one network before waiting begins there.
pub const NETWORK_FREE: u32 = 30;
/// Longest wait for a whole network, seconds.
pub const NETWORK_WAIT_MAX: i64 = 60;
/// Seconds after which old tries are forgotten (at most twice as long).
pub const FORGET_AFTER: i64 = 1_800;
/// Most counters kept; when full, the older half goes.
const COUNTERS_MAX: usize = 100_000;

#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    count: u32,
    last: Micros,
}

#[derive(Debug, Default)]
struct State {
    young: HashMap<u64, Tries>,
    old: HashMap<u64, Tries>,
    turned: Micros,
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    hasher: RandomState,
    state: Mutex<State>,
}

/// One try, counted before its outcome is known: many at once gain nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Try {
    pair: u64,
    network: u64,
}

impl State {
    fn get(&self, key: u64) -> Tries {
        let found = self.young.get(&key).or_else(|| self.old.get(&key));
        found.copied().unwrap_or_default()
    }

    fn turn(&mut self, now: Micros) {
        let full = self.young.len() >= COUNTERS_MAX / 2;
        if full || now >= self.turned.plus_seconds(FORGET_AFTER) || now < self.turned {
            self.old = std::mem::take(&mut self.young);
            self.turned = now;
        }
    }

    fn wait(&self, key: u64, free: u32, wait_max: i64, now: Micros) -> i64 {
        let tries = self.get(key);
        if tries.count < free {
            return 0;
        }
        let pause = 1_i64
            .checked_shl(tries.count - free)
            .filter(|seconds| *seconds > 0)
            .unwrap_or(wait_max)
            .min(wait_max);
        let left = tries.last.plus_seconds(pause).0.saturating_sub(now.0);
        // A clock that was set back must not make anybody wait for years.
        (left.saturating_add(999_999) / 1_000_000).clamp(0, wait_max)
    }
}

impl Throttle {
    /// Counts a try at `what` from a network; or says how many seconds to wait first.
    pub(crate) fn begin(&self, what: impl Hash, network: u64, now: Micros) -> Result<Try, u32> {
        let this = Try {
            pair: self.hasher.hash_one((&what, network)),
            network: self.hasher.hash_one(("network", network)),
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.turn(now);
        let wait = state
            .wait(this.pair, PAIR_FREE, PAIR_WAIT_MAX, now)
            .max(state.wait(this.network, NETWORK_FREE, NETWORK_WAIT_MAX, now));
        if wait > 0 {
            return Err(u32::try_from(wait).unwrap_or(u32::MAX));
        }
        for key in [this.pair, this.network] {
            let count = state.get(key).count.saturating_add(1);
            state.young.insert(key, Tries { count, last: now });
        }
        Ok(this)
    }

    /// Counts something that has a limit of its own; read it with [`Throttle::count`] and network 0.
    pub(crate) fn tally(&self, what: impl Hash, now: Micros) {
        let key = self.hasher.hash_one((&what, 0_u64));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.turn(now);
        let count = state.get(key).count.saturating_add(1);
        state.young.insert(key, Tries { count, last: now });
    }

    /// The try was right: the pair starts afresh, and the network is not blamed for it.
    pub(crate) fn forgive(&self, tried: Try) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let network = state.get(tried.network);
        state.young.insert(tried.pair, Tries::default());
        state.young.insert(
            tried.network,
            Tries {
                count: network.count.saturating_sub(1),
                ..network
            },
        );
    }

    /// Tries counted for `what` from a network.
    pub(crate) fn count(&self, what: impl Hash, network: u64) -> u32 {
        let key = self.hasher.hash_one((&what, network));
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.get(key).count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_slows_the_guesser_only() {
        let throttle = Throttle::default();
        let mut now = Micros(0);
        for _ in 0..PAIR_FREE {
            throttle.begin("hana", 1, now).unwrap();
        }
        assert_eq!(throttle.begin("hana", 1, now).unwrap_err(), 1);
        assert!(throttle.begin("hana", 2, now).is_ok(), "another network");
        assert!(throttle.begin("wiremu", 1, now).is_ok(), "another login");
        now = now.plus_seconds(1);
        assert!(throttle.begin("hana", 1, now).is_ok());
        assert_eq!(throttle.begin("hana", 1, now).unwrap_err(), 2);
        let back = Micros(-1_000_000_000_000_000);
        assert!(
            throttle
                .begin("hana", 1, back)
                .map_or_else(|wait| i64::from(wait) <= PAIR_WAIT_MAX, |_| true)
        );
    }

    #[test]
    fn a_network_that_tries_every_login_waits_too_and_success_forgives() {
        let throttle = Throttle::default();
        let now = Micros(0);
        let tried = throttle.begin("hana", 1, now).unwrap();
        throttle.forgive(tried);
        assert_eq!(throttle.count("hana", 1), 0);
        for n in 0..NETWORK_FREE {
            throttle.begin(n, 1, now).unwrap();
        }
        assert!(throttle.begin("anyone", 1, now).is_err());
        assert!(throttle.begin("anyone", 3, now).is_ok());
        let later = now.plus_seconds(3 * FORGET_AFTER);
        throttle.begin("x", 9, later).unwrap();
        throttle
            .begin("x", 9, later.plus_seconds(2 * FORGET_AFTER))
            .unwrap();
        assert_eq!(throttle.count("hana", 1), 0);
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..(COUNTERS_MAX as u64 * 3) {
            let _ = throttle.begin(n, n, Micros(0));
        }
        let state = throttle.state.lock().unwrap();
        assert!(state.young.len() + state.old.len() <= COUNTERS_MAX + 4);
    }
}
