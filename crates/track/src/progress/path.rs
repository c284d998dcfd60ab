//! The straight line from base to target: how much of the way is gone against how much of the time, and the pace that
//! the rest would need. No source but arithmetic; shares are of the difference, not of the growth as in
//! [`super::statcan`], so the two can disagree.

use serde::Serialize;

use super::statcan::{Direction, Point};

/// How the way gone compares with the time gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// The latest value is at the target or past it.
    Reached,
    /// On the line or ahead of it.
    OnPath,
    /// Nearer the target than the base was, but behind the line.
    Behind,
    /// No nearer than the base, or further away.
    NoNearer,
}

/// Where a series stands on its line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Path {
    /// Part of the way gone: 0 at the base's value, 1 at the target, below 0 on the wrong side of the base. `None` where
    /// base and target are equal.
    pub way: Option<f64>,
    /// Part of the time gone at the latest value: 0 in the base year, 1 in the target year, above 1 after it.
    pub time: f64,
    /// Value on the line in the year of the latest value, or the target once its year has passed.
    pub expected: f64,
    /// Pace so far, units a year; `None` where base and latest value are of one moment.
    pub pace: Option<f64>,
    /// Pace needed from the latest value on, units a year; `None` once the target's year has come. 0 where the target is
    /// reached.
    pub pace_needed: Option<f64>,
    /// The two shares in one word.
    pub standing: Pace,
}

/// The straight line from `base` to `target`, and where `current` stands on it.
///
/// `None` if a number is not finite, the target is not later than the base, the latest value is earlier than the base,
/// or the numbers are too large to compute with.
#[must_use]
pub fn linear(base: Point, current: Point, target: Point, direction: Direction) -> Option<Path> {
    let span = target.year - base.year;
    let gone = current.year - base.year;
    if !(span > 0.0 && gone >= 0.0) {
        return None;
    }
    let rise = target.value - base.value;
    let done = current.value - base.value;
    let time = gone / span;
    let way = (rise != 0.0).then(|| done / rise);
    let expected = base.value + rise * time.min(1.0);
    let reached = direction.reaches(current.value, target.value);
    let left = target.year - current.year;
    let rest = if reached {
        0.0
    } else {
        target.value - current.value
    };
    let path = Path {
        way,
        time,
        expected,
        pace: (gone > 0.0).then(|| done / gone),
        pace_needed: (left > 0.0).then(|| rest / left),
        standing: if reached {
            Pace::Reached
        } else if !nearer(base, current, target) {
            Pace::NoNearer
        } else if way.is_some_and(|way| way >= time) {
            Pace::OnPath
        } else {
            Pace::Behind
        },
    };
    let numbers = [Some(time), Some(expected), way, path.pace, path.pace_needed];
    let finite = numbers.into_iter().flatten().all(f64::is_finite);
    finite.then_some(path)
}

fn nearer(base: Point, current: Point, target: Point) -> bool {
    (target.value - current.value).abs() < (target.value - base.value).abs()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: Point = Point::new(2020.0, 40.0);
    const TARGET: Point = Point::new(2030.0, 90.0);

    fn at(year: f64, value: f64) -> Path {
        linear(BASE, Point::new(year, value), TARGET, Direction::Up).unwrap()
    }

    #[test]
    fn shares_and_paces() {
        let behind = at(2024.0, 50.0);
        assert_eq!((behind.way, behind.time), (Some(0.2), 0.4));
        assert_eq!(behind.expected, 60.0);
        assert_eq!(
            (behind.pace, behind.pace_needed),
            (Some(2.5), Some(40.0 / 6.0))
        );
        assert_eq!(behind.standing, Pace::Behind);
        assert_eq!(at(2024.0, 60.0).standing, Pace::OnPath);
        assert_eq!(at(2024.0, 59.9).standing, Pace::Behind);
        assert_eq!(at(2024.0, 40.0).standing, Pace::NoNearer);
        let away = at(2024.0, 30.0);
        assert_eq!((away.way, away.standing), (Some(-0.2), Pace::NoNearer));
        assert_eq!(away.pace_needed, Some(10.0));
        let there = at(2024.0, 95.0);
        assert_eq!(
            (there.standing, there.pace_needed),
            (Pace::Reached, Some(0.0))
        );
    }

    #[test]
    fn after_the_last_year_no_pace_is_enough() {
        let late = at(2032.0, 80.0);
        assert_eq!((late.time, late.expected), (1.2, 90.0));
        assert_eq!((late.pace_needed, late.standing), (None, Pace::Behind));
        assert_eq!(at(2030.0, 80.0).pace_needed, None);
        assert_eq!(at(2020.0, 40.0).pace, None);
    }

    #[test]
    fn downwards_and_held() {
        let down = linear(
            TARGET,
            Point::new(2031.0, 89.0),
            Point::new(2040.0, 40.0),
            Direction::Down,
        )
        .unwrap();
        assert_eq!((down.way, down.time), (Some(0.02), 0.1));
        assert_eq!((down.expected, down.pace), (85.0, Some(-1.0)));
        let held = |value| {
            let target = Point::new(2030.0, 40.0);
            linear(BASE, Point::new(2022.0, value), target, Direction::Up).unwrap()
        };
        assert_eq!((held(40.0).way, held(40.0).standing), (None, Pace::Reached));
        assert_eq!(
            (held(39.0).way, held(39.0).standing),
            (None, Pace::NoNearer)
        );
    }

    #[test]
    fn lines_that_do_not_exist() {
        let up = Direction::Up;
        assert_eq!(linear(BASE, BASE, Point::new(2020.0, 90.0), up), None);
        assert_eq!(linear(BASE, BASE, Point::new(2010.0, 90.0), up), None);
        assert_eq!(linear(BASE, Point::new(2019.0, 1.0), TARGET, up), None);
        assert_eq!(linear(BASE, Point::new(f64::NAN, 1.0), TARGET, up), None);
        assert_eq!(linear(BASE, Point::new(2021.0, f64::NAN), TARGET, up), None);
        let far = Point::new(2020.0, f64::MIN);
        assert_eq!(linear(far, Point::new(2021.0, f64::MAX), TARGET, up), None);
    }

    proptest! {
        #[test]
        fn no_input_gives_nonsense(n in prop::array::uniform6(any::<f64>()), up in any::<bool>()) {
            let direction = if up { Direction::Up } else { Direction::Down };
            let point = |at: usize| Point::new(n[at], n[at + 1]);
            if let Some(path) = linear(point(0), point(2), point(4), direction) {
                prop_assert!(path.time >= 0.0 && path.expected.is_finite());
                prop_assert!(path.way.is_none_or(f64::is_finite));
            }
        }

        #[test]
        fn the_needed_pace_leads_there(year in 2020..2030_i32, value in 0.0..89.0_f64) {
            let year = f64::from(year);
            let path = at(year, value);
            let end = value + path.pace_needed.unwrap() * (TARGET.year - year);
            prop_assert!((end - TARGET.value).abs() < 1e-9);
            let on = at(year, path.expected);
            prop_assert!((on.way.unwrap() - on.time).abs() < 1e-12);
        }
    }
}
