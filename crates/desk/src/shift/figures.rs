//! Figures of the work at hand: ages, waits and what is due. All are reckoned exactly from what the store counted; where it stopped
//! counting, that is said.

use cairn_kernel::time::Micros;
use jiff::tz::TimeZone;

use crate::search::Day;

/// Days since a report came in, in the country's time zone: the day itself is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// Least days.
    pub from: u32,
    /// Most days; `None` is no end.
    pub to: Option<u32>,
}

/// The columns of the table of ages, youngest first.
pub const AGES: [Age; 5] = [
    Age {
        from: 0,
        to: Some(0),
    },
    Age {
        from: 1,
        to: Some(2),
    },
    Age {
        from: 3,
        to: Some(6),
    },
    Age {
        from: 7,
        to: Some(29),
    },
    Age { from: 30, to: None },
];

impl Age {
    /// The filters of the search line that show the same reports.
    #[must_use]
    pub fn line(self) -> String {
        let since = self.to.map(|to| format!("since:{}", Day::Ago(to)));
        let before = self.from.checked_sub(1);
        let before = before.map(|from| format!("before:{}", Day::Ago(from)));
        let both: Vec<String> = since.into_iter().chain(before).collect();
        both.join(" ")
    }
}

/// For how far back answers and what came in are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The last 24 hours: the shift that ends and the one before it.
    Day,
    /// The last 7 × 24 hours.
    Week,
    /// Since the quarter began.
    Quarter,
}

impl Window {
    /// All, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Quarter];

    /// The name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24_hours",
            Self::Week => "7_days",
            Self::Quarter => "quarter",
        }
    }

    /// Its first moment; a full hour, since of anonymous reports no more is kept. Early in a quarter the week is longer than it.
    #[must_use]
    pub fn begins(self, now: Micros, quarter: Micros) -> Micros {
        match self {
            Self::Day => now.plus_seconds(-24 * 3_600).hour(),
            Self::Week => now.plus_seconds(-7 * 24 * 3_600).hour(),
            Self::Quarter => quarter,
        }
    }
}

/// Into so many pieces the bounds of ages and windows part the past.
pub const SEGMENTS: usize = 8;

/// The moments at which ages and windows begin, the latest first: [`SEGMENTS`] less one.
#[must_use]
pub fn bounds(now: Micros, zone: &TimeZone, quarter: Micros) -> [Micros; SEGMENTS - 1] {
    let day = |days: u32| Day::Ago(days).span(now, zone).0;
    let [day_ago, week_ago, quarter] = Window::ALL.map(|window| window.begins(now, quarter));
    let mut all = [day(0), day(2), day(6), day(29), day_ago, week_ago, quarter];
    all.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
    all
}

/// In which column of [`AGES`] a piece lies that begins at `begins`; `None` is the piece before all bounds.
#[must_use]
pub fn age_of(begins: Option<Micros>, now: Micros, zone: &TimeZone) -> usize {
    let begun = |age: &Age| {
        let first = age.to.map(|to| Day::Ago(to).span(now, zone).0);
        first.is_none_or(|first| begins.is_some_and(|begins| begins >= first))
    };
    AGES.iter().position(begun).unwrap_or(AGES.len() - 1)
}

/// Whether a piece that begins at `begins` lies in a window.
#[must_use]
pub fn in_window(begins: Option<Micros>, window: Window, now: Micros, quarter: Micros) -> bool {
    begins.is_some_and(|begins| begins >= window.begins(now, quarter))
}

/// Open reports that were counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// How many.
    pub reports: u64,
    /// Nobody has them.
    pub nobody: u64,
    /// No answer yet, and the reporter left an address or number to which one could go.
    pub unanswered: u64,
    /// No answer yet, and it could only be read on the status page.
    pub unreachable: u64,
    /// The lowest number among them.
    pub oldest: Option<i64>,
    /// The lowest number among those that nobody has.
    pub oldest_nobody: Option<i64>,
    /// There are more of them than were counted.
    pub more: bool,
}

impl Cell {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let least = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).min();
        Self {
            reports: self.reports + other.reports,
            nobody: self.nobody + other.nobody,
            unanswered: self.unanswered + other.unanswered,
            unreachable: self.unreachable + other.unreachable,
            oldest: least(self.oldest, other.oldest),
            oldest_nobody: least(self.oldest_nobody, other.oldest_nobody),
            more: self.more || other.more,
        }
    }
}

/// How long first answers took, in one window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waits {
    /// First answers that were given.
    pub answers: u64,
    /// Half of the reporters waited no longer; seconds.
    pub median: Option<i64>,
    /// Nine in ten waited no longer; seconds.
    pub p90: Option<i64>,
    /// First answers that could only be read on the status page; they are not among the others.
    pub unreachable: u64,
    /// There were more than were looked at; these are the newest.
    pub more: bool,
}

impl Waits {
    /// From waits in seconds, in any order. A wait below zero (a clock that was put right) is none.
    #[must_use]
    pub fn of(mut seconds: Vec<i64>, unreachable: u64, more: bool) -> Self {
        seconds.iter_mut().for_each(|wait| *wait = (*wait).max(0));
        seconds.sort_unstable();
        Self {
            answers: seconds.len() as u64,
            median: percentile(&seconds, 50),
            p90: percentile(&seconds, 90),
            unreachable,
            more,
        }
    }
}

/// The least value that `percent` of a hundred do not exceed (nearest rank: Hyndman and Fan 1996, definition 1): always a value that
/// occurred. The values are in order.
pub(crate) fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Clocks that run, by when they are due. Each is counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// The moment has passed.
    pub missed: u64,
    /// Within 8 hours: this shift's.
    pub shift: u64,
    /// After that, within 24 hours.
    pub day: u64,
    /// After that, within 72 hours.
    pub three_days: u64,
    /// There are more than were counted.
    pub more: bool,
}

impl Due {
    /// Hours at which the second, third and last part end.
    pub const HOURS: [i64; 3] = [8, 24, 72];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Bound;
    use proptest::prelude::*;

    fn at(text: &str) -> Micros {
        Micros::from(text.parse::<jiff::Timestamp>().unwrap())
    }

    fn auckland() -> TimeZone {
        TimeZone::get("Pacific/Auckland").unwrap()
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        for (waits, median, p90) in [
            (vec![], None, None),
            (vec![7], Some(7), Some(7)),
            (vec![4, 2], Some(2), Some(4)),
            (vec![3, 1, 2], Some(2), Some(3)),
            ((1..=10).collect(), Some(5), Some(9)),
            ((1..=11).rev().collect(), Some(6), Some(10)),
            (vec![-5, 3, 3], Some(3), Some(3)),
            (vec![-5], Some(0), Some(0)),
        ] {
            let count = waits.len() as u64;
            let found = Waits::of(waits, 2, false);
            assert_eq!(
                (found.answers, found.median, found.p90),
                (count, median, p90)
            );
        }
    }

    proptest! {
        #[test]
        fn so_many_waited_no_longer(waits in proptest::collection::vec(0_i64..1_000, 1..80)) {
            let count = waits.len();
            let found = Waits::of(waits.clone(), 0, false);
            for (percent, value) in [(50, found.median.unwrap()), (90, found.p90.unwrap())] {
                let within = waits.iter().filter(|wait| **wait <= value).count();
                let below = waits.iter().filter(|wait| **wait < value).count();
                prop_assert!(within * 100 >= count * percent && below * 100 < count * percent);
            }
        }
    }

    #[test]
    fn ages_are_days_of_the_country_and_leave_no_gap() {
        let zone = auckland();
        // Half past eight in the evening of the 26th.
        let now = at("2026-11-26T07:30:00Z");
        for (came, age) in [
            ("2026-11-26T07:29:00Z", 0),
            ("2026-11-25T11:00:00Z", 0),
            ("2026-11-25T10:59:59Z", 1),
            ("2026-11-23T11:00:00Z", 1),
            ("2026-11-23T10:59:59Z", 2),
            ("2026-11-19T10:59:59Z", 3),
            ("2026-10-27T10:59:59Z", 4),
            ("2020-01-01T00:00:00Z", 4),
        ] {
            assert_eq!(age_of(Some(at(came)), now, &zone), age, "{came}");
        }
        assert_eq!(age_of(None, now, &zone), 4);
        for (one, next) in AGES.iter().zip(AGES.iter().skip(1)) {
            assert_eq!(one.to.map(|to| to + 1), Some(next.from));
        }
    }

    #[test]
    fn the_line_of_an_age_shows_what_its_cell_counts() {
        let (zone, now) = (auckland(), at("2026-11-26T07:30:00Z"));
        let lines = AGES.map(Age::line);
        assert_eq!(
            lines,
            [
                "since:today",
                "since:2d before:today",
                "since:6d before:2d",
                "since:29d before:6d",
                "before:29d"
            ]
        );
        for (age, line) in AGES.iter().zip(&lines) {
            for word in line.split(' ') {
                let (name, day) = word.split_once(':').unwrap();
                let begins = Day::parse(day).unwrap().span(now, &zone).0;
                let inside = age_of(Some(begins), now, &zone);
                let before = age_of(Some(begins.plus_seconds(-1)), now, &zone);
                let (inside, before) = (AGES[inside], AGES[before]);
                if name == Bound::Since.name() {
                    assert!(inside == *age && before != *age, "{word}");
                } else {
                    assert!(before == *age && inside != *age, "{word}");
                }
            }
        }
    }

    #[test]
    fn bounds_part_the_past_so_that_no_piece_lies_on_both_sides() {
        let zone = auckland();
        for (now, quarter) in [
            ("2026-11-26T07:30:00Z", "2026-09-30T11:00:00Z"),
            ("2026-10-02T07:30:00Z", "2026-09-30T11:00:00Z"),
            ("2026-09-30T11:00:00Z", "2026-09-30T11:00:00Z"),
        ] {
            let (now, quarter) = (at(now), at(quarter));
            let all = bounds(now, &zone, quarter);
            assert!(all.windows(2).all(|pair| pair[0] >= pair[1]), "{all:?}");
            for (begins, ends) in all.iter().skip(1).zip(&all) {
                if begins == ends {
                    continue;
                }
                let last = ends.plus_seconds(-1);
                assert_eq!(
                    age_of(Some(*begins), now, &zone),
                    age_of(Some(last), now, &zone)
                );
                for window in Window::ALL {
                    let inside = |at| in_window(Some(at), window, now, quarter);
                    assert_eq!(inside(*begins), inside(last), "{window:?}");
                }
            }
        }
        assert!(!in_window(None, Window::Quarter, Micros(5), Micros(1)));
    }
}
