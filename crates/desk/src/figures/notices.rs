//! What the public is told of notices: how long it took from a notice until what it told of was gone, in a quarter that is over.
//!
//! Counted once when the quarter is over, and never again (decision 9): two publications side by side tell nothing. A class says its median
//! only, and only where enough machines of enough organisations are in it: counts of classes would give each other away.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Cell, Quarter, gate};

/// Hours from which on a time is told in whole days.
const HOURS_MAX: i64 = 48;

/// Something that was told to an owner and was gone in the quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Number of the constituent.
    pub owner: u32,
    /// Class.
    pub class: String,
    /// Seconds from notice to gone.
    pub seconds: i64,
}

/// How long it took, hours; from 48 on whole days, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours(pub u64);

impl Hours {
    fn of(seconds: i64) -> Self {
        let hours = (seconds.max(0) + 3_599).div_euclid(3_600);
        let told = if hours < HOURS_MAX {
            hours
        } else {
            (hours + 23).div_euclid(24) * 24
        };
        Self(told.unsigned_abs())
    }

    /// Whole days, where it is told in days.
    #[must_use]
    pub const fn days(self) -> Option<u64> {
        if self.0 < HOURS_MAX.unsigned_abs() {
            None
        } else {
            Some(self.0 / 24)
        }
    }
}

/// What is told of one quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeQuarter {
    /// Which.
    pub quarter: Quarter,
    /// How many machines and names were gone after their owners were told.
    pub gone: Cell,
    /// The median of all; none where they are few.
    pub median: Option<Hours>,
    /// Classes, with their medians; none where they are few.
    pub classes: BTreeMap<String, Option<Hours>>,
}

/// The median, if enough of enough organisations are in it.
fn median(rows: &[&Gone], few: u64) -> Option<Hours> {
    let owners: BTreeSet<u32> = rows.iter().map(|row| row.owner).collect();
    let enough = |count: usize| u64::try_from(count).unwrap_or(u64::MAX) >= few;
    if !enough(rows.len()) || !enough(owners.len()) {
        return None;
    }
    let mut all: Vec<i64> = rows.iter().map(|row| row.seconds).collect();
    all.sort_unstable();
    let lower = all.get((all.len() - 1) / 2).copied()?;
    let upper = all.get(all.len() / 2).copied()?;
    Some(Hours::of(lower + (upper - lower) / 2))
}

/// What is told of a quarter that is over.
#[must_use]
pub fn of_quarter(quarter: Quarter, rows: &[Gone], few: u64) -> NoticeQuarter {
    let all: Vec<&Gone> = rows.iter().collect();
    let mut classes: BTreeMap<String, Vec<&Gone>> = BTreeMap::new();
    for row in rows {
        classes.entry(row.class.clone()).or_default().push(row);
    }
    let of_all = median(&all, few);
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    NoticeQuarter {
        quarter,
        // Of few organisations a number would tell that they were hit.
        gone: if of_all.is_none() && count > 0 {
            Cell::Hidden
        } else {
            gate::alone(count, few)
        },
        median: of_all,
        classes: classes
            .into_iter()
            .map(|(class, rows)| (class, median(&rows, few)))
            .collect(),
    }
}

/// Quarters that are over and not told of yet, the newest last; at most `most`.
#[must_use]
pub fn missing(known: &[NoticeQuarter], running: Quarter, most: usize) -> Vec<Quarter> {
    let mut all = Vec::new();
    let mut one = running.previous();
    while all.len() < most && !known.iter().any(|known| known.quarter == one) {
        all.push(one);
        one = one.previous();
    }
    all.reverse();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(owner: u32, class: &str, hours: i64) -> Gone {
        Gone {
            owner,
            class: class.into(),
            seconds: hours * 3_600,
        }
    }

    #[test]
    fn medians_need_enough_machines_of_enough_owners() {
        let quarter = Quarter(20_264);
        let mut rows: Vec<Gone> = (1..=5)
            .map(|n| gone(n, "exposed", i64::from(n) * 10))
            .collect();
        rows.extend((0..9).map(|n| gone(7, "infected", n)));
        rows.push(gone(8, "other", 1));
        let told = of_quarter(quarter, &rows, 5);
        assert_eq!(told.gone, Cell::Count(15));
        assert_eq!(told.classes["exposed"], Some(Hours(30)));
        assert_eq!(told.classes["infected"], None, "of one organisation");
        assert_eq!(told.classes["other"], None);
        assert!(told.median.is_some());
        let few = of_quarter(quarter, &rows[5..], 5);
        assert_eq!((few.gone, few.median), (Cell::Hidden, None));
        let none = of_quarter(quarter, &[], 5);
        assert_eq!((none.gone, none.median), (Cell::Count(0), None));
    }

    #[test]
    fn times_are_hours_and_then_days() {
        assert_eq!(Hours::of(1), Hours(1));
        assert_eq!(Hours::of(47 * 3_600), Hours(47));
        assert_eq!(
            (Hours::of(47 * 3_600 + 1), Hours(48).days()),
            (Hours(48), Some(2))
        );
        assert_eq!(Hours::of(49 * 3_600).days(), Some(3));
        assert_eq!((Hours::of(-5), Hours(47).days()), (Hours(0), None));
    }

    #[test]
    fn a_quarter_is_told_of_once() {
        let known = [of_quarter(Quarter(20_262), &[], 5)];
        assert_eq!(
            missing(&known, Quarter(20_271), 8),
            [Quarter(20_263), Quarter(20_264)]
        );
        assert_eq!(
            missing(&[], Quarter(20_271), 2),
            [Quarter(20_263), Quarter(20_264)]
        );
        assert_eq!(missing(&known, Quarter(20_263), 8), []);
    }
}
