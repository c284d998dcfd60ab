//! How fast reports come in: what can wait leaves the machine to them.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// Reports a second from which on they are a flood. Putting one into a cluster costs many times what taking it in does.
const FLOOD_PER_SECOND: f64 = 50.0;

/// The newest number at the last look, and when that was. Times are the machine's own, never the wall clock, which may jump.
#[derive(Debug, Default)]
pub struct Tide(Mutex<Option<(i64, Instant)>>);

impl Tide {
    /// Reports come in faster than somebody could look at them. `coming` is the number that the next one will get.
    pub(crate) fn is_flood(&self, coming: i64, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((before, then)) = last.replace((coming, now)) else {
            return false;
        };
        let seconds = now.saturating_duration_since(then).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a pace")]
        let came = (coming - before) as f64;
        came > FLOOD_PER_SECOND * seconds.max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_flood_is_noticed_and_its_end() {
        let (tide, start) = (Tide::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(!tide.is_flood(1_000_000, at(0)), "nothing to compare with");
        assert!(!tide.is_flood(1_000_099, at(2)));
        assert!(tide.is_flood(1_000_300, at(4)));
        assert!(!tide.is_flood(1_000_300, at(6)));
    }

    #[test]
    fn a_few_at_once_are_no_flood() {
        let (tide, start) = (Tide::default(), Instant::now());
        assert!(!tide.is_flood(0, start));
        assert!(!tide.is_flood(40, start + Duration::from_millis(1)));
    }
}
