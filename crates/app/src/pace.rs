//! How fast one network may go on: a bucket of tokens each (Turner 1986), refilled with time. What is beyond is slowed
//! down and never refused. Times are the machine's own, never the wall clock, which may jump.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::gate::Origin;

/// Networks that are counted at the same time. Beyond it those with a full bucket are forgotten, and all if there are
/// none: about 2 MB.
pub const NETWORKS_MAX: usize = 20_000;
/// Longest that one submission is held back: people and their browsers wait that long.
pub const DELAY_MAX: Duration = Duration::from_secs(20);
/// Bytes of a submission that count as one more.
pub const STEP_BYTES: usize = 16 * 1024;

/// How fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens a second; 0 means without limit.
    pub per_second: f64,
    /// Tokens of a full bucket.
    pub burst: f64,
}

/// Buckets by network. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Buckets {
    rate: Rate,
    known: Arc<Mutex<HashMap<Origin, (f64, Instant)>>>,
}

impl Buckets {
    /// Full ones.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            known: Arc::default(),
        }
    }

    /// Takes tokens and tells how many are left: less than none is a debt, taken on only if it is allowed.
    fn take(&self, origin: Origin, cost: f64, now: Instant, owing: bool) -> f64 {
        let Rate { per_second, burst } = self.rate;
        let refilled = |(left, at): (f64, Instant)| {
            let earned = now.saturating_duration_since(at).as_secs_f64() * per_second;
            (left + earned).min(burst)
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= NETWORKS_MAX && !known.contains_key(&origin) {
            known.retain(|_, bucket| refilled(*bucket) < burst);
            // A flood from more networks than that is held off by the gate, not here; and looking through all of them
            // for each newcomer would cost more than it saves.
            if known.len() > NETWORKS_MAX / 2 {
                known.clear();
            }
        }
        let bucket = known.entry(origin).or_insert((burst, now));
        let before = refilled(*bucket);
        let left = before - cost;
        *bucket = match left < 0.0 {
            true if !owing => (before, now),
            // Debts end somewhere, so that a flood that is over is forgotten within minutes.
            true => (left.max(-burst), now),
            false => (left, now),
        };
        left
    }

    /// Takes tokens if they are there.
    ///
    /// # Errors
    /// Seconds until they will be; nothing was taken.
    pub fn try_take(&self, origin: Origin, cost: f64) -> Result<(), u32> {
        if self.rate.per_second <= 0.0 {
            return Ok(());
        }
        let left = self.take(origin, cost, Instant::now(), false);
        if left >= 0.0 {
            return Ok(());
        }
        let seconds = (-left / self.rate.per_second).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded to an hour"
        )]
        Err(seconds.clamp(1.0, 3_600.0) as u32)
    }

    /// Takes tokens and tells how long to wait for those that were not there.
    fn wait_for(&self, origin: Origin, cost: f64, now: Instant) -> Duration {
        if self.rate.per_second <= 0.0 {
            return Duration::ZERO;
        }
        let debt = -self.take(origin, cost, now, true);
        if debt <= 0.0 {
            return Duration::ZERO;
        }
        Duration::from_secs_f64((debt / self.rate.per_second).min(DELAY_MAX.as_secs_f64()))
    }

    /// Networks that are counted now.
    #[must_use]
    pub fn networks(&self) -> usize {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

/// Holds submissions of one network back when they come faster than the rate. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pace(Buckets);

impl Pace {
    /// So many submissions a minute, and so many at once before that counts. 0 a minute turns it off.
    #[must_use]
    pub fn new(per_minute: u32, burst: u32) -> Self {
        Self(Buckets::new(Rate {
            per_second: f64::from(per_minute) / 60.0,
            burst: f64::from(burst.max(1)),
        }))
    }

    /// Waits until a submission of this network may go on, at most [`DELAY_MAX`]. Without an origin nobody waits:
    /// partners, proxies that name no client, and the machine itself.
    pub async fn turn(&self, origin: Option<Origin>) {
        let Some(origin) = origin else { return };
        let wait = self.0.wait_for(origin, 1.0, Instant::now());
        if !wait.is_zero() {
            metrics::counter!("cairn_intake_slowed_total").increment(1);
            tokio::time::sleep(wait).await;
        }
    }

    /// Counts the bytes of a submission that has come: who sends much waits the longer next time.
    pub fn weigh(&self, origin: Option<Origin>, bytes: usize) {
        let steps = bytes / STEP_BYTES;
        if let Some(origin) = origin
            && steps > 0
        {
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            self.0.wait_for(origin, f64::from(steps), Instant::now());
        }
    }

    /// Networks that are counted now.
    #[must_use]
    pub fn networks(&self) -> usize {
        self.0.networks()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn waits(pace: &Pace, origin: Origin, now: Instant) -> Duration {
        pace.0.wait_for(origin, 1.0, now)
    }

    #[test]
    fn a_loud_network_is_slowed_and_others_are_not() {
        let (pace, start) = (Pace::new(60, 10), Instant::now());
        for _ in 0..10 {
            assert_eq!(waits(&pace, 1, start), Duration::ZERO);
        }
        for late in 1..=5 {
            assert_eq!(waits(&pace, 1, start), late * SECOND);
        }
        assert_eq!(waits(&pace, 2, start), Duration::ZERO);
        assert_eq!(waits(&pace, 1, start + 6 * SECOND), Duration::ZERO);
    }

    #[test]
    fn nobody_waits_longer_than_the_limit_and_a_flood_is_forgotten() {
        let (pace, start) = (Pace::new(60, 30), Instant::now());
        for _ in 0..10_000 {
            assert!(waits(&pace, 1, start) <= DELAY_MAX);
        }
        assert_eq!(waits(&pace, 1, start), DELAY_MAX);
        assert_eq!(waits(&pace, 1, start + 31 * SECOND), Duration::ZERO);
    }

    #[test]
    fn much_text_counts_for_more_and_off_is_off() {
        let pace = Pace::new(60, 10);
        pace.weigh(Some(1), 512 * 1024);
        assert!(waits(&pace, 1, Instant::now()) > 9 * SECOND);
        let (off, start) = (Pace::new(0, 1), Instant::now());
        for _ in 0..1_000 {
            assert_eq!(waits(&off, 1, start), Duration::ZERO);
        }
        assert_eq!(off.networks(), 0);
    }

    #[test]
    fn memory_is_bounded_whoever_comes() {
        let (pace, start) = (Pace::new(60, 10), Instant::now());
        for origin in 0..3 * NETWORKS_MAX as u64 {
            waits(&pace, origin, start);
            assert!(pace.networks() <= NETWORKS_MAX);
        }
    }

    #[test]
    fn what_is_not_there_is_not_taken() {
        let buckets = Buckets::new(Rate {
            per_second: 0.01,
            burst: 100.0,
        });
        assert_eq!(buckets.try_take(1, 90.0), Ok(()));
        assert!(
            buckets
                .try_take(1, 20.0)
                .is_err_and(|seconds| seconds > 900)
        );
        assert_eq!(buckets.try_take(1, 10.0), Ok(()));
        assert_eq!(buckets.try_take(2, 100.0), Ok(()));
    }
}
