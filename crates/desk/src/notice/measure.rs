//! How long owners take: from the notice until what it told was gone.

use std::collections::BTreeMap;

use crate::shift::figures::percentile;

/// Times from notice to gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// How many were told and are gone.
    pub gone: u64,
    /// How many were told and are still there.
    pub open: u64,
    /// Seconds that half of those that are gone did not exceed.
    pub median: Option<i64>,
    /// Seconds that nine of ten did not exceed.
    pub p90: Option<i64>,
}

/// Seconds of those that are gone, and how many are still there.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    seconds: Vec<i64>,
    open: u64,
}

impl Tally {
    /// One more: gone after so many seconds, or still there.
    pub fn add(&mut self, seconds: Option<i64>) {
        match seconds {
            Some(seconds) => self.seconds.push(seconds.max(0)),
            None => self.open += 1,
        }
    }

    /// What it comes to.
    #[must_use]
    pub fn times(mut self) -> Times {
        self.seconds.sort_unstable();
        Times {
            gone: self.seconds.len() as u64,
            open: self.open,
            median: percentile(&self.seconds, 50),
            p90: percentile(&self.seconds, 90),
        }
    }
}

/// Of all, and apart by a name.
#[must_use]
pub fn apart<K: Ord + Clone>(
    all: impl IntoIterator<Item = (K, Option<i64>)>,
) -> (Times, Vec<(K, Times)>) {
    let (mut sum, mut by) = (Tally::default(), BTreeMap::<K, Tally>::new());
    for (key, seconds) in all {
        sum.add(seconds);
        by.entry(key).or_default().add(seconds);
    }
    let by = by.into_iter().map(|(key, tally)| (key, tally.times()));
    (sum.times(), by.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_times_that_occurred() {
        let all = (1..=10).map(|n| (n % 2, Some(n * 60)));
        let (sum, by) = apart(all.chain([(0, None)]));
        assert_eq!((sum.gone, sum.open), (10, 1));
        assert_eq!((sum.median, sum.p90), (Some(300), Some(540)));
        let odd = Times {
            gone: 5,
            open: 0,
            median: Some(300),
            p90: Some(540),
        };
        assert_eq!(by[1], (1, odd));
        assert_eq!(Tally::default().times(), Times::default());
    }
}
