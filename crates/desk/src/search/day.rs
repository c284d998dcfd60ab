//! Days, months and years as officers type them.

use std::fmt;

use cairn_kernel::time::Micros;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

/// Days that `7d` may go back.
const DAYS_MAX: u32 = 36_500;

/// Which side of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// From its first moment on.
    Since,
    /// Before its first moment.
    Before,
    /// Within it.
    On,
}

impl Bound {
    /// The word before the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Since => "since",
            Self::Before => "before",
            Self::On => "on",
        }
    }
}

/// A day, or a whole month or year. What is said of today stays so in a saved line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// `2026-01-31`
    Date(i16, i8, i8),
    /// `2026-01`
    Month(i16, i8),
    /// `2026`
    Year(i16),
    /// `today` (0), `yesterday` (1), `7d`: so many days ago.
    Ago(u32),
}

impl Day {
    /// Reads one; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "today" => return Some(Self::Ago(0)),
            "yesterday" => return Some(Self::Ago(1)),
            _ => {}
        }
        if let Some(days) = text.strip_suffix('d') {
            return digits(days, 5)?
                .parse()
                .ok()
                .filter(|days| *days <= DAYS_MAX)
                .map(Self::Ago);
        }
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4).filter(|year| year.len() == 4)?;
        let year: i16 = year.parse().ok().filter(|year| *year >= 1900)?;
        let small = |part: &str| digits(part, 2)?.parse::<i8>().ok();
        let day = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => Self::Year(year),
            (Some(month), None, _) => Self::Month(year, small(month)?),
            (Some(month), Some(day), None) => Self::Date(year, small(month)?, small(day)?),
            _ => return None,
        };
        day.first().is_some().then_some(day)
    }

    /// Its first day, where that does not rest on today.
    fn first(self) -> Option<Date> {
        match self {
            Self::Date(year, month, day) => Date::new(year, month, day).ok(),
            Self::Month(year, month) => Date::new(year, month, 1).ok(),
            Self::Year(year) => Date::new(year, 1, 1).ok(),
            Self::Ago(_) => None,
        }
    }

    /// Its first moment, and the first after it.
    #[must_use]
    pub fn span(self, now: Micros, zone: &TimeZone) -> (Micros, Micros) {
        let today = now.timestamp().to_zoned(zone.clone()).date();
        let (first, length): (Date, Span) = match self {
            Self::Ago(days) => (today.saturating_sub(i64::from(days).days()), 1.day()),
            Self::Date(..) => (self.first().unwrap_or(today), 1.day()),
            Self::Month(..) => (self.first().unwrap_or(today), 1.month()),
            Self::Year(..) => (self.first().unwrap_or(today), 1.year()),
        };
        let begin = |day: Date| {
            let zoned = zone.to_zoned(day.at(0, 0, 0, 0));
            zoned.map_or(Micros(i64::MAX), |zoned| Micros::from(zoned.timestamp()))
        };
        (begin(first), begin(first.saturating_add(length)))
    }
}

fn digits(text: &str, most: usize) -> Option<&str> {
    let plain = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    plain.then_some(text)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(year, month, day) => write!(f, "{year:04}-{month:02}-{day:02}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Ago(0) => f.write_str("today"),
            Self::Ago(1) => f.write_str("yesterday"),
            Self::Ago(days) => write!(f, "{days}d"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_months_and_years_are_read_and_printed() {
        for text in ["2026-01-31", "2026-02", "2026", "today", "yesterday", "7d"] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "d",
            "2026-02-30",
            "2026-13",
            "26",
            "20261",
            "2026-1-1-1",
            "2026-",
            "+7d",
            "99999d",
            "1899",
            "2026-01-01T00:00",
            "morgen",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn spans_are_those_of_the_country() {
        let zone = TimeZone::get("Pacific/Auckland").unwrap();
        // 2026-11-23T18:00:00Z is the 24th there.
        let now = Micros(1_795_456_800_000_000);
        let span = |text: &str| {
            let (from, to) = Day::parse(text).unwrap().span(now, &zone);
            format!("{from} {to}")
        };
        assert_eq!(span("today"), "2026-11-23T11:00:00Z 2026-11-24T11:00:00Z");
        assert_eq!(span("1d"), "2026-11-22T11:00:00Z 2026-11-23T11:00:00Z");
        assert_eq!(
            span("2026-06-01"),
            "2026-05-31T12:00:00Z 2026-06-01T12:00:00Z"
        );
        assert_eq!(span("2026"), "2025-12-31T11:00:00Z 2026-12-31T11:00:00Z");
        // The clock was put forward: a day of 23 hours.
        assert_eq!(
            span("2026-09-27"),
            "2026-09-26T12:00:00Z 2026-09-27T11:00:00Z"
        );
    }
}
