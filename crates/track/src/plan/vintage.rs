//! When a figure was published.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::period::{Period, Span};

/// When a figure was published: a day, or only its month or year.
///
/// A month or a year counts as its **last** day: a figure of vintage `2024` is not seen as of 2024-11-23, since it may
/// not have been published by then. Vintages are ordered by that day; where it is the same one, the finer is later.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Vintage(Period);

/// A text that is no day, month or year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day, month or year: write 2024-11-03, 2024-11 or 2024")]
pub struct VintageError(pub String);

impl From<Vintage> for Period {
    fn from(vintage: Vintage) -> Self {
        vintage.0
    }
}

impl Vintage {
    /// That day; `None` outside the years of [`Period`].
    #[must_use]
    pub fn of_day(day: Date) -> Option<Self> {
        Period::of_day(day).map(Self)
    }

    /// The first day on which it may have been published.
    #[must_use]
    pub fn first_day(self) -> Date {
        self.0.start()
    }

    /// The last day on which it may have been published.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.0.end()
    }

    /// It was surely published by that day.
    #[must_use]
    pub fn by(self, as_of: Date) -> bool {
        self.last_day() <= as_of
    }
}

impl FromStr for Vintage {
    type Err = VintageError;

    fn from_str(text: &str) -> Result<Self, VintageError> {
        text.parse::<Period>()
            .ok()
            .filter(|period| matches!(period.span(), Span::Day | Span::Month | Span::Year))
            .map(Self)
            .ok_or_else(|| VintageError(text.chars().take(40).collect()))
    }
}

impl Ord for Vintage {
    fn cmp(&self, other: &Self) -> Ordering {
        self.last_day()
            .cmp(&other.last_day())
            .then_with(|| self.first_day().cmp(&other.first_day()))
    }
}

impl PartialOrd for Vintage {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Vintage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Vintage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Vintage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Vintage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn vintage(text: &str) -> Vintage {
        text.parse().unwrap()
    }

    #[test]
    fn what_may_be_later_counts_as_later() {
        let mut all = [
            "2024",
            "2024-11",
            "2024-11-03",
            "2024-12",
            "2023",
            "2024-12-31",
            "2024-12-30",
        ]
        .map(vintage);
        all.sort();
        assert_eq!(
            all.map(|v| v.to_string()),
            [
                "2023",
                "2024-11-03",
                "2024-11",
                "2024-12-30",
                "2024",
                "2024-12",
                "2024-12-31"
            ]
        );
    }

    #[test]
    fn a_month_is_seen_from_its_last_day_on() {
        assert!(!vintage("2024-02").by(date(2024, 2, 28)));
        assert!(vintage("2024-02").by(date(2024, 2, 29)));
        assert!(!vintage("2024").by(date(2024, 12, 30)));
        assert!(vintage("2024-02-10").by(date(2024, 2, 10)));
    }

    #[test]
    fn quarters_fiscal_years_and_ranges_are_no_vintages() {
        for text in ["2024Q1", "2023/24", "2021-23", "", "lately"] {
            assert!(text.parse::<Vintage>().is_err(), "{text}");
        }
        assert_eq!(
            Vintage::of_day(date(2024, 5, 1)),
            Some(vintage("2024-05-01"))
        );
    }
}
