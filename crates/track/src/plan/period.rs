//! Periods that a figure is about.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

/// Earliest year of a period.
pub const YEAR_MIN: i16 = 1800;
/// Latest year of a period.
pub const YEAR_MAX: i16 = 2199;
/// First month of a fiscal year: July, as of the New Zealand Government (Public Finance Act 1989, section 2).
pub const FISCAL_FIRST_MONTH: i8 = 7;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// One day.
    Day,
    /// One month.
    Month,
    /// One quarter of a calendar year.
    Quarter,
    /// One calendar year.
    Year,
    /// One fiscal year.
    Fiscal,
    /// Several calendar years.
    Range,
}

/// What a figure is about: `2018`, `2018Q2`, `2018-03`, `2022-12-31`, the fiscal year `2023/24` (July to June) or the
/// years `2021-23`.
///
/// `2010-12` is December 2010; the years 2010 to 2012 are written `2010-2012`. Ordered by first day, then by last
/// day. A range counts as its first year in formulas, as in Open SDG.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period(Inner);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Inner {
    Day(i16, i8, i8),
    Month(i16, i8),
    Quarter(i16, i8),
    Year(i16),
    Fiscal(i16),
    Range(i16, i16),
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period: write 2018, 2018Q2, 2018-03, 2022-12-31, 2023/24 or 2021-23")]
pub struct PeriodError(pub String);

impl Period {
    /// The calendar year; `None` outside [`YEAR_MIN`] to [`YEAR_MAX`].
    #[must_use]
    pub fn of_year(year: i32) -> Option<Self> {
        let year = i16::try_from(year).ok()?;
        in_years(year).then_some(Self(Inner::Year(year)))
    }

    /// The day; `None` outside [`YEAR_MIN`] to [`YEAR_MAX`].
    #[must_use]
    pub fn of_day(day: Date) -> Option<Self> {
        in_years(day.year()).then(|| Self(Inner::Day(day.year(), day.month(), day.day())))
    }

    /// How long it is.
    #[must_use]
    pub const fn span(self) -> Span {
        match self.0 {
            Inner::Day(..) => Span::Day,
            Inner::Month(..) => Span::Month,
            Inner::Quarter(..) => Span::Quarter,
            Inner::Year(_) => Span::Year,
            Inner::Fiscal(_) => Span::Fiscal,
            Inner::Range(..) => Span::Range,
        }
    }

    /// The year it counts as in formulas: that of its first day.
    #[must_use]
    pub fn year(self) -> i32 {
        i32::from(self.first().0)
    }

    /// First day.
    #[must_use]
    pub fn start(self) -> Date {
        let (year, month, day) = self.first();
        day_of(year, month, day)
    }

    /// Last day.
    #[must_use]
    pub fn end(self) -> Date {
        let month_end = |year, month| day_of(year, month, 1).last_of_month();
        match self.0 {
            Inner::Day(year, month, day) => day_of(year, month, day),
            Inner::Month(year, month) => month_end(year, month),
            Inner::Quarter(year, quarter) => month_end(year, quarter * 3),
            Inner::Year(year) | Inner::Range(_, year) => day_of(year, 12, 31),
            Inner::Fiscal(year) => month_end(year + 1, FISCAL_FIRST_MONTH - 1),
        }
    }

    /// Where it stands in time, years: its year, plus the part of the year that went before its first day (months of
    /// equal length, but days by the calendar). `2018` is 2018.0, `2018Q2` 2018.25, `2023/24` 2023.5.
    ///
    /// First days rather than middles, so that a calendar year stands at its own number, as a target year does.
    #[must_use]
    pub fn decimal_year(self) -> f64 {
        let (year, month, _) = self.first();
        let part = match self.0 {
            Inner::Day(..) => {
                let start = self.start();
                f64::from(start.day_of_year() - 1) / f64::from(start.days_in_year())
            }
            _ => f64::from(month - 1) / 12.0,
        };
        f64::from(year) + part
    }

    /// Year, month and day of the first day.
    const fn first(self) -> (i16, i8, i8) {
        match self.0 {
            Inner::Day(year, month, day) => (year, month, day),
            Inner::Month(year, month) => (year, month, 1),
            Inner::Quarter(year, quarter) => (year, quarter * 3 - 2, 1),
            Inner::Year(year) | Inner::Range(year, _) => (year, 1, 1),
            Inner::Fiscal(year) => (year, FISCAL_FIRST_MONTH, 1),
        }
    }
}

fn in_years(year: i16) -> bool {
    (YEAR_MIN..=YEAR_MAX).contains(&year)
}

/// Every part was checked when the period was read.
fn day_of(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(Date::MAX)
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        inner(text)
            .map(Self)
            .ok_or_else(|| PeriodError(text.chars().take(40).collect()))
    }
}

/// `text` is digits only and has this many.
fn digits(text: &str, count: usize) -> Option<i16> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn year(text: &str) -> Option<i16> {
    digits(text, 4).filter(|year| in_years(*year))
}

fn inner(text: &str) -> Option<Inner> {
    let first = year(text.get(..4)?)?;
    let rest = text.get(4..)?;
    if rest.is_empty() {
        return Some(Inner::Year(first));
    }
    let tail = rest.get(1..)?;
    match rest.as_bytes().first()? {
        b'Q' => {
            let quarter = i8::try_from(digits(tail, 1)?).ok()?;
            (1..=4)
                .contains(&quarter)
                .then_some(Inner::Quarter(first, quarter))
        }
        b'/' => (digits(tail, 2)? == (first + 1) % 100 && first < YEAR_MAX)
            .then_some(Inner::Fiscal(first)),
        b'-' => dashed(first, tail),
        _ => None,
    }
}

/// What stands after the first dash: a month, a month and a day, or the last year of a range.
fn dashed(first: i16, tail: &str) -> Option<Inner> {
    if let Some((month, day)) = tail.split_once('-') {
        let month = i8::try_from(digits(month, 2)?).ok()?;
        let day = i8::try_from(digits(day, 2)?).ok()?;
        Date::new(first, month, day).ok()?;
        return Some(Inner::Day(first, month, day));
    }
    let last = if tail.len() == 4 {
        year(tail)?
    } else {
        let number = digits(tail, 2)?;
        if (1..=12).contains(&number) {
            return Some(Inner::Month(first, i8::try_from(number).ok()?));
        }
        first / 100 * 100 + number
    };
    (last > first).then_some(Inner::Range(first, last))
}

impl fmt::Display for Period {
    /// The shortest text that reads back as the same period.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.0 {
            Inner::Day(year, month, day) => format!("{year:04}-{month:02}-{day:02}"),
            Inner::Month(year, month) => format!("{year:04}-{month:02}"),
            Inner::Quarter(year, quarter) => format!("{year:04}Q{quarter}"),
            Inner::Year(year) => format!("{year:04}"),
            Inner::Fiscal(year) => format!("{year:04}/{:02}", (year + 1) % 100),
            Inner::Range(first, last) if first / 100 == last / 100 && last % 100 > 12 => {
                format!("{first:04}-{:02}", last % 100)
            }
            Inner::Range(first, last) => format!("{first:04}-{last:04}"),
        };
        f.pad(&text)
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            // What series have most, and sorting asks most.
            (Inner::Year(a), Inner::Year(b)) => a.cmp(&b),
            (Inner::Month(a, m), Inner::Month(b, n)) => (a, m).cmp(&(b, n)),
            _ => self
                .first()
                .cmp(&other.first())
                .then_with(|| self.end().cmp(&other.end())),
        }
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn every_form_has_its_days_and_place() {
        for (text, start, end, year, place) in [
            ("2018", date(2018, 1, 1), date(2018, 12, 31), 2018, 2018.0),
            ("2018Q2", date(2018, 4, 1), date(2018, 6, 30), 2018, 2018.25),
            (
                "2018Q4",
                date(2018, 10, 1),
                date(2018, 12, 31),
                2018,
                2018.75,
            ),
            (
                "2020-02",
                date(2020, 2, 1),
                date(2020, 2, 29),
                2020,
                2020.0 + 1.0 / 12.0,
            ),
            (
                "2010-12",
                date(2010, 12, 1),
                date(2010, 12, 31),
                2010,
                2010.0 + 11.0 / 12.0,
            ),
            (
                "2022-12-31",
                date(2022, 12, 31),
                date(2022, 12, 31),
                2022,
                2022.0 + 364.0 / 365.0,
            ),
            ("2023/24", date(2023, 7, 1), date(2024, 6, 30), 2023, 2023.5),
            ("1999/00", date(1999, 7, 1), date(2000, 6, 30), 1999, 1999.5),
            (
                "2021-23",
                date(2021, 1, 1),
                date(2023, 12, 31),
                2021,
                2021.0,
            ),
            (
                "2010-2012",
                date(2010, 1, 1),
                date(2012, 12, 31),
                2010,
                2010.0,
            ),
            (
                "1999-2001",
                date(1999, 1, 1),
                date(2001, 12, 31),
                1999,
                1999.0,
            ),
        ] {
            let period = period(text);
            assert_eq!(period.to_string(), text);
            assert_eq!(
                (period.start(), period.end(), period.year()),
                (start, end, year),
                "{text}"
            );
            assert!((period.decimal_year() - place).abs() < 1e-12, "{text}");
        }
        assert_eq!(period("2021-2023").to_string(), "2021-23");
        assert_eq!(std::mem::size_of::<Period>(), 6);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "18",
            "2018Q5",
            "2018Q0",
            "2018q1",
            "2018-00",
            "2018-13-01",
            "2021-02-29",
            "2023/25",
            "2023/2024",
            "2023-2022",
            "2018-18",
            "2018-",
            "2018 ",
            " 2018",
            "1799",
            "2200",
            "2199/00",
            "+201",
            "２０18",
            "2018-1",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        let words = "soon".parse::<Period>().unwrap_err().to_string();
        assert!(words.contains("`soon`") && words.contains("2018Q2"));
    }

    #[test]
    fn order_is_by_first_day_then_by_last() {
        let mut all = [
            "2023/24",
            "2024",
            "2023Q4",
            "2023-24",
            "2023",
            "2023-01",
            "2023Q1",
            "2023-01-01",
            "2023Q3",
        ]
        .map(period);
        all.sort();
        assert_eq!(
            all.map(|p| p.to_string()),
            [
                "2023-01-01",
                "2023-01",
                "2023Q1",
                "2023",
                "2023-24",
                "2023Q3",
                "2023/24",
                "2023Q4",
                "2024"
            ]
        );
    }

    #[test]
    fn years_and_days_within_bounds_only() {
        assert_eq!(Period::of_year(2032), Some(period("2032")));
        assert_eq!(Period::of_year(99_999), None);
        assert_eq!(
            Period::of_day(date(2026, 11, 23)),
            Some(period("2026-11-23"))
        );
        assert_eq!(Period::of_day(date(1700, 1, 1)), None);
    }

    proptest! {
        #[test]
        fn reads_what_it_prints(text in "20[0-9]{2}(Q[1-4]|-[0-9]{2}|-[01][0-9]-[0-3][0-9]|/[0-9]{2}|-20[0-9]{2})?") {
            if let Ok(period) = text.parse::<Period>() {
                prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
                prop_assert!(period.start() <= period.end());
                prop_assert!(period.decimal_year() >= f64::from(period.year()));
                prop_assert!(period.decimal_year() < f64::from(period.year() + 1));
            }
        }

        #[test]
        fn equal_in_order_means_equal(a in "20[01][0-9](Q[1-4]|-[0-9]{2}|/[0-9]{2})?", b in "20[01][0-9](Q[1-4]|-[0-9]{2}|/[0-9]{2})?") {
            if let (Ok(a), Ok(b)) = (a.parse::<Period>(), b.parse::<Period>()) {
                prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
                prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            }
        }

        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = text.parse::<Period>();
        }
    }
}
