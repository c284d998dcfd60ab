//! Levels of amounts and of waits: medians and high percentiles, with intervals that suppose no form of distribution.
//!
//! What is shown of a level is a value below and above which enough reports lie, so that it is nobody's own; the ends of
//! its interval likewise. Values come rounded, so that a set of them stays small however many reports there are.

use std::collections::BTreeMap;

/// Fewest amounts or waits of which a level is told (the default of output checking in `acro` 1.0).
pub const LEVEL_MIN: u64 = 10;
/// What may lie outside of an interval at each end.
const TAIL: f64 = 0.025;
/// The normal distribution's value for [`TAIL`].
const Z: f64 = 1.959_963_985;

/// A level as it may be shown, in the unit of what was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// The value.
    pub value: i64,
    /// Both ends of its 95% interval, where they may be shown.
    pub interval: Option<(i64, i64)>,
}

/// Amounts, all of them known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amounts(BTreeMap<i64, u64>);

impl Amounts {
    /// One more.
    pub fn add(&mut self, amount: i64) {
        *self.0.entry(amount).or_default() += 1;
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The smallest amount that at least so many percent (1 to 99) are not above; `None` where too few lie on one of its
    /// sides. The interval is that of the order statistics (Hahn and Meeker 1991, section 5.2): the ranks come from the
    /// binomial distribution alone.
    #[must_use]
    pub fn level(&self, percent: u64, few: u64) -> Option<Level> {
        let n = self.count();
        if n < LEVEL_MIN.max(few) {
            return None;
        }
        let value = self.ranked((n * percent).div_ceil(100), few)?;
        let interval = ranks(n, percent)
            .and_then(|(low, high)| Some((self.ranked(low, few)?, self.ranked(high, few)?)));
        Some(Level { value, interval })
    }

    /// The amount of this rank, if enough others are no larger and enough no smaller.
    fn ranked(&self, rank: u64, few: u64) -> Option<i64> {
        let all = self.count();
        let mut below = 0;
        for (amount, count) in &self.0 {
            let until = below + count;
            if until >= rank {
                return (until >= few && all - below >= few).then_some(*amount);
            }
            below = until;
        }
        None
    }
}

/// Ranks from 1 of the two order statistics that hold the level of so many percent between them, 95 times of 100 at
/// least; `None` if there are not enough of them.
fn ranks(n: u64, percent: u64) -> Option<(u64, u64)> {
    let p = percent as f64 / 100.0;
    let odds = p / (1.0 - p);
    let mode = ((n + 1) * percent / 100).min(n);
    // Weights of the binomial distribution relative to its mode, outwards until they are nothing.
    let mut weights = BTreeMap::from([(mode, 1.0)]);
    let mut weight = 1.0;
    for k in (1..=mode).rev() {
        weight *= k as f64 / ((n - k + 1) as f64 * odds);
        if weight < 1e-18 {
            break;
        }
        weights.insert(k - 1, weight);
    }
    weight = 1.0;
    for k in mode..n {
        weight *= (n - k) as f64 * odds / (k + 1) as f64;
        if weight < 1e-18 {
            break;
        }
        weights.insert(k + 1, weight);
    }
    let all: f64 = weights.values().sum();
    let outer = |weights: &mut dyn Iterator<Item = (&u64, &f64)>| {
        let mut sum = 0.0;
        for (k, weight) in weights {
            sum += weight / all;
            if sum > TAIL {
                return Some(*k);
            }
        }
        None
    };
    let low = outer(&mut weights.iter())?;
    let high = outer(&mut weights.iter().rev())? + 1;
    (low >= 1 && high <= n).then_some((low, high))
}

/// How long it took, and of those that still wait how long they have waited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waits(BTreeMap<i64, (u64, u64)>);

/// What can be told of waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The level.
    Level(Level),
    /// Too few to tell.
    Few,
    /// Not so many are over as yet.
    NotYet,
}

impl Waits {
    /// One that is over.
    pub fn done(&mut self, after: i64) {
        self.0.entry(after).or_default().0 += 1;
    }

    /// One that lasts.
    pub fn open(&mut self, since: i64) {
        self.0.entry(since).or_default().1 += 1;
    }

    /// How many are over, and how many last.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        self.0.values().fold((0, 0), |(done, open), (d, o)| {
            (done.saturating_add(*d), open.saturating_add(*o))
        })
    }

    /// The time after which so many percent (1 to 99) are over, with those that last taken into account (Kaplan and
    /// Meier 1958): the first time at which the share that still waits is no more than the rest. The interval is Brookmeyer
    /// and Crowley's (1982) with Greenwood's variance.
    #[must_use]
    pub fn level(&self, percent: u64, few: u64) -> Waited {
        let (done, open) = self.counts();
        let mut at_risk = done + open;
        if at_risk < LEVEL_MIN.max(few) {
            return Waited::Few;
        }
        let rest = (100 - percent.min(100)) as f64 / 100.0 + 1e-12;
        let (mut waiting, mut variance, mut over) = (1.0, 0.0, 0);
        let (mut low, mut value, mut high) = (None, None, None);
        for (time, (done, open)) in &self.0 {
            let (d, r) = (*done as f64, at_risk as f64);
            over += done;
            if *done > 0 {
                waiting *= 1.0 - d / r;
                variance += d / (r * (r - d)).max(f64::MIN_POSITIVE);
            }
            let error = if *done == at_risk {
                0.0
            } else {
                Z * waiting * f64::sqrt(variance)
            };
            let here = Some((*time, over >= few && at_risk >= few));
            if *done > 0 {
                low = low.or(here.filter(|_| waiting - error <= rest));
                value = value.or(here.filter(|_| waiting <= rest));
                high = high.or(here.filter(|_| waiting + error <= rest));
            }
            at_risk -= done + open;
        }
        let shown = |end: Option<(i64, bool)>| end.filter(|(_, safe)| *safe).map(|(time, _)| time);
        match value {
            None => Waited::NotYet,
            Some((_, false)) => Waited::Few,
            Some((value, true)) => Waited::Level(Level {
                value,
                interval: shown(low).zip(shown(high)),
            }),
        }
    }
}

/// A positive amount to two digits, half up: 1,249 becomes 1,200. Others become 0.
#[must_use]
pub const fn two_digits(amount: i64) -> i64 {
    if amount <= 0 {
        return 0;
    }
    let mut step = 1;
    while amount / step >= 100 {
        step *= 10;
    }
    amount.saturating_add(step / 2) / step * step
}

#[cfg(test)]
mod tests;
