//! Random rounding of counts: RR3, to base 3 (Stats NZ, rules of the Census of Population and Dwellings), and GRR,
//! graduated random rounding (Stats NZ, microdata output guide).
//!
//! A count that is a multiple of its base stays. Any other goes up to the next multiple with the probability of its
//! remainder over the base and else down, so that it is right on average; for base 3 that is the nearer multiple with
//! 2/3 and the farther with 1/3.
//!
//! Fresh randomness each time would average out over repeated questions, and randomness by the cell's label would differ
//! between two labels of the same records. The draw is therefore a keyed function of the set of records alone.

use serde::{Deserialize, Serialize};

use super::Gate;
use super::key::{Records, first};

/// How counts are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To base 3; no count moves by more than 2.
    Rr3,
    /// To base 3 below 19, 2 at 19, 5 from 20, 10 from 100, 100 from 1000.
    Grr,
}

/// A number drawn for one cell, uniform over all of `u64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Draw(u64);

impl Draw {
    /// The draw as a number from 0 to less than 1, to 53 bits.
    #[must_use]
    pub fn unit(self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0 >> 11) as f64 * STEP
    }

    /// True with probability `part / whole`; off by less than `whole / 2⁶⁴`.
    const fn is_below(self, part: u64, whole: u64) -> bool {
        (self.0 as u128 * whole as u128) >> 64 < part as u128
    }
}

impl Rounding {
    /// The word used in files; also what parts the draws of one rule from those of another.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rr3 => "rr3",
            Self::Grr => "grr",
        }
    }

    /// What a count is rounded to a multiple of.
    #[must_use]
    pub const fn base(self, count: u64) -> u64 {
        match (self, count) {
            (Self::Rr3, _) | (Self::Grr, 0..=18) => 3,
            (Self::Grr, 19) => 2,
            (Self::Grr, 20..=99) => 5,
            (Self::Grr, 100..=999) => 10,
            (Self::Grr, 1000..) => 100,
        }
    }

    /// The count, rounded by a draw: a multiple of its base, less than one base away. Counts that would pass the end of
    /// `u64` go down.
    #[must_use]
    pub const fn apply(self, count: u64, draw: Draw) -> u64 {
        let base = self.base(count);
        let over = count % base;
        let down = count - over;
        match down.checked_add(base) {
            Some(up) if draw.is_below(over, base) => up,
            _ => down,
        }
    }
}

impl Gate {
    /// The draw of a set of records: the same whenever and however this set is asked for.
    #[must_use]
    pub fn draw(&self, rounding: Rounding, records: &Records) -> Draw {
        let sum = records.sum().to_be_bytes();
        let hash = self.mac(&[b"draw", rounding.code().as_bytes(), &sum]);
        Draw(u64::from_be_bytes(first(&hash)))
    }

    /// The rounded number of a set's records.
    #[must_use]
    pub fn rounded(&self, rounding: Rounding, records: &Records) -> u64 {
        rounding.apply(records.count(), self.draw(rounding, records))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const ENDS: [Draw; 2] = [Draw(0), Draw(u64::MAX)];

    /// What a count may become.
    fn may_be(rounding: Rounding, count: u64) -> Vec<u64> {
        let all: BTreeSet<u64> = ENDS.map(|draw| rounding.apply(count, draw)).into();
        all.into_iter().collect()
    }

    #[test]
    fn what_counts_become() {
        for (count, rr3, grr) in [
            (0, vec![0], vec![0]),
            (1, vec![0, 3], vec![0, 3]),
            (2, vec![0, 3], vec![0, 3]),
            (3, vec![3], vec![3]),
            (17, vec![15, 18], vec![15, 18]),
            (18, vec![18], vec![18]),
            (19, vec![18, 21], vec![18, 20]),
            (20, vec![18, 21], vec![20]),
            (22, vec![21, 24], vec![20, 25]),
            (99, vec![99], vec![95, 100]),
            (100, vec![99, 102], vec![100]),
            (101, vec![99, 102], vec![100, 110]),
            (999, vec![999], vec![990, 1000]),
            (1000, vec![999, 1002], vec![1000]),
            (1234, vec![1233, 1236], vec![1200, 1300]),
        ] {
            assert_eq!(may_be(Rounding::Rr3, count), rr3, "{count}");
            assert_eq!(may_be(Rounding::Grr, count), grr, "{count}");
        }
        let most = u64::MAX - 5;
        assert_eq!(Rounding::Grr.apply(u64::MAX, ENDS[0]), u64::MAX - 15);
        assert!(Rounding::Rr3.apply(most, ENDS[0]).abs_diff(most) < 3);
    }

    #[test]
    fn the_odds_are_the_remainder_by_the_base() {
        // Thirds of the whole range, to the draw.
        let third = u64::MAX / 3;
        assert_eq!(Rounding::Rr3.apply(1, Draw(third)), 3);
        assert_eq!(Rounding::Rr3.apply(1, Draw(third + 1)), 0);
        assert_eq!(Rounding::Rr3.apply(2, Draw(2 * third)), 3);
        assert_eq!(Rounding::Rr3.apply(2, Draw(2 * third + 1)), 0);
        let fifth = u64::MAX / 5;
        assert_eq!(Rounding::Grr.apply(22, Draw(2 * fifth)), 25);
        assert_eq!(Rounding::Grr.apply(22, Draw(2 * fifth + 1)), 20);
        assert_eq!(Rounding::Grr.apply(19, Draw(u64::MAX / 2)), 20);
        assert_eq!(Rounding::Grr.apply(19, Draw(u64::MAX / 2 + 1)), 18);
    }

    #[test]
    fn draws_are_from_0_to_less_than_1() {
        assert_eq!(Draw(0).unit(), 0.0);
        assert_eq!(Draw(1 << 63).unit(), 0.5);
        assert!(Draw(u64::MAX).unit() < 1.0);
        let json = serde_json::to_string(&[Rounding::Rr3, Rounding::Grr]).unwrap();
        assert_eq!(json, r#"["rr3","grr"]"#);
    }

    #[test]
    fn the_rules_draw_apart() {
        let gate = Gate::new([1; 32]);
        let set: Records = [gate.record("a")].into_iter().collect();
        assert_ne!(
            gate.draw(Rounding::Rr3, &set),
            gate.draw(Rounding::Grr, &set)
        );
        assert_ne!(
            gate.draw(Rounding::Rr3, &set),
            Gate::new([2; 32]).draw(Rounding::Rr3, &set)
        );
    }

    proptest! {
        #[test]
        fn bounds(count in prop_oneof![0..3000_u64, any::<u64>()], draw in any::<u64>()) {
            for rounding in [Rounding::Rr3, Rounding::Grr] {
                let got = rounding.apply(count, Draw(draw));
                let base = rounding.base(count);
                prop_assert!(got % base == 0 && got.abs_diff(count) < base);
                prop_assert!(got != 1 && got != 2);
                prop_assert!(count % base != 0 || got == count);
            }
        }
    }
}
