//! Points in time as whole microseconds since 1970-01-01 UTC, the one form in which cairn stores time.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Microseconds since the Unix epoch, UTC. Order of events never rests on it: sequence numbers do that.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

impl Micros {
    /// The start of the hour this moment lies in; what is kept of an anonymous reporter's time.
    #[must_use]
    pub const fn hour(self) -> Self {
        Self(self.0.div_euclid(HOUR) * HOUR)
    }

    /// The start of the UTC day this moment lies in.
    #[must_use]
    pub const fn day(self) -> Self {
        Self(self.0.div_euclid(DAY) * DAY)
    }

    /// This moment plus whole seconds (may be negative); saturates at the ends of `i64`.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// As a `jiff` timestamp; moments beyond its range are clamped to its ends.
    #[must_use]
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for Micros {
    fn from(at: jiff::Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}

/// Two digits of a number below 100, in ASCII.
fn pair(number: i16) -> [u8; 2] {
    let digit = |number: u16| u8::try_from(number % 10).map_or(b'?', |digit| b'0' + digit);
    let number = number.unsigned_abs();
    [digit(number / 10), digit(number)]
}

/// RFC 3339 in UTC with second precision: `2026-11-23T18:00:00Z`.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = jiff::tz::Offset::UTC.to_datetime(self.timestamp());
        // On the way of every report, which a format string takes several times as long for.
        let [a, b] = pair(at.year() / 100);
        let [c, d] = pair(at.year() % 100);
        let [e, g] = pair(at.month().into());
        let [h, i] = pair(at.day().into());
        let [j, k] = pair(at.hour().into());
        let [l, m] = pair(at.minute().into());
        let [n, o] = pair(at.second().into());
        let text = [
            a, b, c, d, b'-', e, g, b'-', h, i, b'T', j, k, b':', l, m, b':', n, o, b'Z',
        ];
        match std::str::from_utf8(&text) {
            Ok(text) if at.year() >= 0 => f.write_str(text),
            _ => write!(f, "{}", self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ")),
        }
    }
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The month names of Te Taura Whiri i te Reo Māori.
const MONTHS_MI: [&str; 12] = [
    "Kohitātea",
    "Huitanguru",
    "Poutūterangi",
    "Paengawhāwhā",
    "Haratua",
    "Pipiri",
    "Hōngongoi",
    "Hereturikōkā",
    "Mahuru",
    "Whiringa-ā-nuku",
    "Whiringa-ā-rangi",
    "Hakihea",
];

/// The name of a month, 1 to 12, in a language (BCP 47): te reo Māori, or else English; empty for any other number.
#[must_use]
pub fn month_name(language: &str, month: i8) -> &'static str {
    let names = if language == "mi" {
        &MONTHS_MI
    } else {
        &MONTHS_EN
    };
    let at = usize::try_from(month)
        .ok()
        .and_then(|month| month.checked_sub(1));
    at.and_then(|at| names.get(at)).copied().unwrap_or_default()
}

/// A day in words, in a language (BCP 47): `23 November 2026`, `23 Whiringa-ā-rangi 2026`; te reo Māori, or else English.
#[must_use]
pub fn day_in_words(language: &str, day: jiff::civil::Date) -> String {
    let month = month_name(language, day.month());
    format!("{} {month} {}", day.day(), day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_in_both_languages() {
        let day = |month| jiff::civil::Date::constant(2026, month, 6);
        assert_eq!(day_in_words("en", day(2)), "6 February 2026");
        assert_eq!(day_in_words("mi", day(12)), "6 Hakihea 2026");
        assert_eq!(day_in_words("fr", day(1)), "6 January 2026");
        assert_eq!((month_name("en", 0), month_name("mi", 13)), ("", ""));
        let names = |language| (1..=12).map(move |month| month_name(language, month));
        let distinct: std::collections::BTreeSet<_> = names("en").chain(names("mi")).collect();
        assert_eq!(distinct.len(), 24);
    }

    #[test]
    fn hours_and_days_round_down_before_and_after_the_epoch() {
        assert_eq!(Micros(HOUR + 5).hour(), Micros(HOUR));
        assert_eq!(Micros(-1).hour(), Micros(-HOUR));
        assert_eq!(Micros(DAY + HOUR).day(), Micros(DAY));
    }

    #[test]
    fn prints_rfc_3339_and_never_panics_at_the_ends() {
        assert_eq!(Micros(0).to_string(), "1970-01-01T00:00:00Z");
        let by_format = |at: Micros| at.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let edges = [
            i64::MIN,
            -62_167_219_200_000_001,
            -62_167_219_200_000_000,
            -1,
            0,
            1,
            i64::MAX,
        ];
        let others = (0..2_000).map(|n| n * 7_919 * 1_000_003 * 24_683 % (i64::MAX / 40));
        for at in edges.into_iter().chain(others).map(Micros) {
            assert_eq!(at.to_string(), by_format(at));
        }
    }
}
