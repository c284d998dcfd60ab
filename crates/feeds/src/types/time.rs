//! Moments. A zone that is named is honoured, one that is not known refuses the time, none means UTC. What cannot be told
//! apart (08/09/2015) is refused.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use cairn_kernel::time::Micros;

use crate::value::Value;

use super::{Clean, Invalid, trim};

const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;
/// The years 1 to 9999: what stands outside has no printed form that can be read.
const MOMENTS: RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Names of zones with minutes east of UTC. Only those that mean one thing in the reports we know.
const ZONES: &[(&str, i64)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("MET", 60),
    ("CEST", 120),
    ("MEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("EST", -300),
    ("EDT", -240),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Days since 1970-01-01 of a day of the Gregorian calendar; `None` if there is no such day.
/// After H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a count of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let slot = (5 * of_year + 2) / 153;
    let day = of_year - (153 * slot + 2) / 5 + 1;
    let month = if slot < 10 { slot + 3 } else { slot - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// A moment as IDF prints it: `2015-08-31T08:16:10+00:00`, with six digits of the second if it is not whole.
#[must_use]
pub fn print(time: Micros) -> String {
    let mut out = String::with_capacity(32);
    write(time, &mut out);
    out
}

/// The same, appended.
pub fn write(time: Micros, out: &mut String) {
    let seconds = time.0.div_euclid(SECOND);
    let (year, month, day) = civil(seconds.div_euclid(DAY_SECONDS));
    let of_day = seconds.rem_euclid(DAY_SECONDS);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    );
    let micros = time.0.rem_euclid(SECOND);
    if micros != 0 {
        let _ = write!(out, ".{micros:06}");
    }
    out.push_str("+00:00");
}

/// A moment that can be printed and read again; `None` outside the years 1 to 9999.
#[must_use]
pub fn within(time: Micros) -> Option<Micros> {
    MOMENTS.contains(&time.0).then_some(time)
}

/// What of a moment has been read so far.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// Exactly so many digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        let head = self.rest.get(..count)?;
        let mut number = 0;
        for byte in head.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            number = number * 10 + i64::from(byte - b'0');
        }
        self.rest = self.rest.get(count..)?;
        Some(number)
    }

    fn eat(&mut self, what: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(what)?;
        Some(())
    }

    fn eat_any(&mut self, what: &[char]) -> Option<()> {
        self.rest = self.rest.strip_prefix(what)?;
        Some(())
    }

    /// A word of letters.
    fn word(&mut self) -> &'t str {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// `HH:MM[:SS[.ffffff]]`, or `HHMM[SS]` without colons, as microseconds of the day.
    fn clock(&mut self) -> Option<i64> {
        let hour = self.digits(2)?;
        let colons = self.eat(':').is_some();
        let minute = self.digits(2)?;
        let more = if colons {
            self.eat(':').is_some()
        } else {
            self.rest.starts_with(|c: char| c.is_ascii_digit())
        };
        let second = if more { self.digits(2)? } else { 0 };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut micros = 0;
        if more && self.eat_any(&['.', ',']).is_some() {
            let end = self
                .rest
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(self.rest.len());
            let (fraction, rest) = self.rest.split_at(end);
            let mut unit = SECOND;
            for digit in fraction.bytes().take(6) {
                unit /= 10;
                micros += i64::from(digit - b'0') * unit;
            }
            if fraction.is_empty() {
                return None;
            }
            self.rest = rest;
        }
        Some(((hour * 60 + minute) * 60 + second) * SECOND + micros)
    }

    /// The zone and the end: microseconds east of UTC.
    fn zone(&mut self) -> Option<i64> {
        self.blanks();
        let mut minutes = 0;
        let named = self.word();
        if !named.is_empty() {
            let upper = named.to_ascii_uppercase();
            minutes = ZONES.iter().find(|(name, _)| *name == upper)?.1;
            // `UTC+02:00` is read from east to west or from west to east, depending on the writer.
            return if self.rest.is_empty() {
                Some(minutes * 60 * SECOND)
            } else {
                None
            };
        }
        let sign = match self.rest.bytes().next() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => 0,
        };
        if sign != 0 {
            self.rest = self.rest.get(1..)?;
            let hours = self.digits(2)?;
            let _ = self.eat(':');
            let more = if self.rest.is_empty() {
                0
            } else {
                self.digits(2)?
            };
            if hours > 14 || more > 59 {
                return None;
            }
            minutes = sign * (hours * 60 + more);
        }
        if self.rest.is_empty() {
            Some(minutes * 60 * SECOND)
        } else {
            None
        }
    }
}

/// Reads a moment. `None` if it is none, or could be two.
#[must_use]
pub fn parse(text: &str) -> Option<Micros> {
    let text = trim(text);
    usual(text).or_else(|| general(text))
}

/// Whatever is not so usual.
fn general(text: &str) -> Option<Micros> {
    iso(text)
        .or_else(|| numbers(text))
        .or_else(|| words(text))
        .map(Micros)
        .and_then(within)
}

/// `2015-08-31 08:16:10`, which most reports write, by one look. It is read as [`parse`] reads it.
#[inline]
pub(crate) fn usual(text: &str) -> Option<Micros> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        o1,
        o2,
        b'-',
        d1,
        d2,
        b' ' | b'T',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
    ] = *bytes
    else {
        return None;
    };
    let two = |tens: u8, ones: u8| {
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        digits.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let day = days(year, two(o1, o2)?, two(d1, d2)?)?;
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = day * DAY_SECONDS + (hour * 60 + minute) * 60 + second;
    Some(Micros(seconds * SECOND))
}

/// The rest after a day: nothing, or a clock and a zone.
fn finish(reader: &mut Reader<'_>, day: i64) -> Option<i64> {
    let mut clock = 0;
    if !reader.rest.is_empty() {
        reader.eat_any(&['T', 't', ' ', ':'])?;
        reader.blanks();
        clock = reader.clock()?;
    }
    let zone = reader.zone()?;
    Some(day * DAY_SECONDS * SECOND + clock - zone)
}

/// `2015-08-31`, `2015/08/31`, `20150831T101610Z`, with or without clock and zone.
fn iso(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text };
    let year = reader.digits(4)?;
    let dashes = reader.eat_any(&['-', '/']).is_some();
    let month = reader.digits(2)?;
    if dashes {
        reader.eat_any(&['-', '/'])?;
    }
    let day = reader.digits(2)?;
    // Eight digits alone could be any number.
    if !dashes && !reader.rest.starts_with(['T', 't', ' ']) {
        return None;
    }
    let day = days(year, month, day)?;
    finish(&mut reader, day)
}

/// `31.08.2015 10:11`: a dot means day first. With a slash it must be plain which is the day.
fn numbers(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text };
    let short = |reader: &mut Reader<'_>| reader.digits(2).or_else(|| reader.digits(1));
    let first = short(&mut reader)?;
    let dots = reader.eat('.').is_some();
    if !dots {
        reader.eat('/')?;
    }
    let second = short(&mut reader)?;
    reader.eat(if dots { '.' } else { '/' })?;
    let year = reader.digits(4)?;
    let (month, day) = match (dots, first > 12, second > 12) {
        (true, ..) | (false, true, false) => (second, first),
        (false, false, true) => (first, second),
        (false, false, false) if first == second => (first, second),
        _ => return None,
    };
    let day = days(year, month, day)?;
    finish(&mut reader, day)
}

/// With the month in letters: `Mon, 31 Aug 2015 10:16:10 GMT`, `01/Aug/2018:09:49:41 +0200`, `Tue Dec 15 15:35:02 2015 GMT`.
fn words(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text };
    let mut name = reader.word();
    if !name.is_empty() && month(name).is_none() {
        let _ = reader.eat(',');
        reader.blanks();
        name = reader.word();
    }
    let separators = [' ', '-', '/'];
    if name.is_empty() {
        let day = reader.digits(2).or_else(|| reader.digits(1))?;
        reader.eat_any(&separators)?;
        let month = month(reader.word())?;
        reader.eat_any(&separators)?;
        let year = reader.digits(4)?;
        let day = days(year, month, day)?;
        return finish(&mut reader, day);
    }
    let month = month(name)?;
    reader.blanks();
    let day = reader.digits(2).or_else(|| reader.digits(1))?;
    let _ = reader.eat(',');
    reader.blanks();
    if reader.rest.get(2..3) == Some(":") {
        let clock = reader.clock()?;
        reader.blanks();
        let year = reader.digits(4)?;
        let zone = reader.zone()?;
        return Some(days(year, month, day)? * DAY_SECONDS * SECOND + clock - zone);
    }
    let year = reader.digits(4)?;
    let day = days(year, month, day)?;
    finish(&mut reader, day)
}

fn month(name: &str) -> Option<i64> {
    let short = name.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|own| *own == short)?;
    i64::try_from(at + 1).ok()
}

pub(super) fn value(value: Value<'_>) -> Clean<'_> {
    match value {
        Value::Time(time) => within(time).map(Value::Time).ok_or(Invalid),
        Value::Text(text) => parse(&text).map(Value::Time).ok_or(Invalid),
        _ => Err(Invalid),
    }
}

/// Seconds since 1970 as text, with or without a fraction.
#[must_use]
pub fn epoch(text: &str) -> Option<Micros> {
    let (whole, fraction) = trim(text).split_once('.').unwrap_or((trim(text), ""));
    let seconds: i64 = whole.parse().ok()?;
    if seconds < 0 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: Cow<'_, str> = format!("{fraction:0<6}").into();
    let micros: i64 = digits.get(..6)?.parse().ok()?;
    let time = seconds.checked_mul(SECOND)?.checked_add(micros)?;
    within(Micros(time))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        parse(text).map_or_else(|| "none".to_owned(), print)
    }

    #[test]
    fn a_zone_does_not_lead_out_of_the_calendar() {
        assert_eq!(read("9999-12-31T23:59:59Z"), "9999-12-31T23:59:59+00:00");
        assert_eq!(read("9999-12-31T23:59:59-00:01"), "none");
        assert_eq!(read("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00+00:00");
        assert_eq!(read("0001-01-01T00:00:00+00:01"), "none");
        for (time, kept) in [(i64::MIN, false), (i64::MAX, false), (0, true)] {
            assert_eq!(within(Micros(time)).is_some(), kept, "{time}");
        }
    }

    #[test]
    fn days_go_there_and_back() {
        for day in (-719_162..2_932_896).step_by(97) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), Some(day));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn what_is_usual_is_read_as_all_else_is(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9]"
        ) {
            prop_assert_eq!(usual(&text), general(&text));
        }
    }

    #[test]
    fn zones_are_honoured() {
        assert_eq!(
            read("2015-08-31 08:16:10 CEST"),
            "2015-08-31T06:16:10+00:00"
        );
        assert_eq!(
            read("2015-08-31T08:16:10+0200"),
            "2015-08-31T06:16:10+00:00"
        );
        assert_eq!(
            read("2015-08-31T08:16:10.5Z"),
            "2015-08-31T08:16:10.500000+00:00"
        );
        assert_eq!(read("2015-08-31 08:16:10 XYZ"), "none");
    }

    #[test]
    fn what_could_be_two_days_is_none() {
        assert_eq!(read("08/09/2015"), "none");
        assert_eq!(read("31/08/2015"), "2015-08-31T00:00:00+00:00");
        assert_eq!(read("08/31/2015"), "2015-08-31T00:00:00+00:00");
        assert_eq!(read("31.08.2015 10:11"), "2015-08-31T10:11:00+00:00");
    }

    #[test]
    fn months_in_letters() {
        assert_eq!(
            read("Mon, 31 Aug 2015 10:16:10 GMT"),
            "2015-08-31T10:16:10+00:00"
        );
        assert_eq!(
            read("01/Aug/2018:09:49:41 +0200"),
            "2018-08-01T07:49:41+00:00"
        );
        assert_eq!(
            read("Tue Dec 15 15:35:02 2015 GMT"),
            "2015-12-15T15:35:02+00:00"
        );
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "yesterday",
            "1441008970",
            "2015-13-01",
            "2023-02-29 00:00:00 UTC",
            "20150831",
            "24:00",
            "+00:00",
        ] {
            assert_eq!(read(text), "none", "{text}");
        }
    }

    #[test]
    fn seconds_since_1970() {
        assert_eq!(
            epoch("1441008970").map(print).as_deref(),
            Some("2015-08-31T08:16:10+00:00")
        );
        assert_eq!(
            epoch("1.5").map(print).as_deref(),
            Some("1970-01-01T00:00:01.500000+00:00")
        );
        assert_eq!(epoch("-1"), None);
    }
}
