//! A calendar: time zone, office hours by weekday, days off.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use cairn_kernel::time::Micros;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::period::Fault;
use crate::data::Text;

pub(super) const HOUR: i64 = 3_600_000_000;

/// Most days that a search or a count looks at: about a hundred years.
const DAYS_MAX: u32 = 36_600;

/// A calendar, as read from `calendars/ID.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) zone: TimeZone,
    pub(super) source: String,
    pub(super) link: String,
    /// Years of which the days off are known.
    pub(super) covers: Option<RangeInclusive<i16>>,
    /// Opening and closing from Monday on, seconds of the day; closing is at most 86,400.
    pub(super) hours: [Option<(i32, i32)>; 7],
    pub(super) holidays: BTreeMap<Date, String>,
}

impl Calendar {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Title in every language.
    #[must_use]
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// Its time zone, from the bundled database.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Where its days come from, in words and as a link.
    #[must_use]
    pub fn source(&self) -> (&str, &str) {
        (&self.source, &self.link)
    }

    /// The days off, with their names.
    pub fn holidays(&self) -> impl Iterator<Item = (Date, &str)> {
        self.holidays.iter().map(|(day, name)| (*day, &**name))
    }

    /// The office opens on this day: its weekday has hours and it is no day off. Days of years that the calendar does not
    /// cover are judged by their weekday alone; see [`Self::covers`].
    #[must_use]
    pub fn works(&self, day: Date) -> bool {
        self.open_seconds(day).is_some()
    }

    /// The days off of this day's year are known.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.covers
            .as_ref()
            .is_some_and(|years| years.contains(&day.year()))
    }

    fn open_seconds(&self, day: Date) -> Option<(i32, i32)> {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).ok()?;
        let hours = self.hours.get(weekday).copied().flatten()?;
        (!self.holidays.contains_key(&day)).then_some(hours)
    }

    /// Date and time of day here.
    pub(super) fn local(&self, at: Micros) -> Result<DateTime, Fault> {
        let at = Timestamp::from_microsecond(at.0).map_err(|_| Fault::OutOfRange)?;
        Ok(self.zone.to_datetime(at))
    }

    /// The moment at which a local clock shows this second of the day (86,400 is the end of the day). One that is skipped
    /// when clocks go forward counts as later by the gap; of one that comes twice the first is taken.
    pub(super) fn moment(&self, day: Date, second: i32) -> Result<Micros, Fault> {
        let (day, second) = if second >= 86_400 {
            (next(day)?, 0)
        } else {
            (day, second.max(0))
        };
        let part = |value: i32| i8::try_from(value).map_err(|_| Fault::OutOfRange);
        let time = Time::new(
            part(second / 3600)?,
            part(second / 60 % 60)?,
            part(second % 60)?,
            0,
        )
        .map_err(|_| Fault::OutOfRange)?;
        self.zone
            .to_timestamp(DateTime::from_parts(day, time))
            .map(Micros::from)
            .map_err(|_| Fault::OutOfRange)
    }

    /// The last microsecond of a day.
    pub(super) fn day_end(&self, day: Date) -> Result<Micros, Fault> {
        Ok(Micros(self.moment(day, 86_400)?.0 - 1))
    }

    /// The end of the local hour that a moment lies in. At the full hour the hour only begins.
    pub(super) fn hour_end(&self, at: Micros) -> Result<Micros, Fault> {
        let stamp = Timestamp::from_microsecond(at.0).map_err(|_| Fault::OutOfRange)?;
        let offset = i64::from(self.zone.to_offset(stamp).seconds()) * 1_000_000;
        let local = at.0 + offset;
        Ok(Micros((local.div_euclid(HOUR) + 1) * HOUR - offset))
    }

    /// Opening and closing of a day as moments.
    pub(super) fn open(&self, day: Date) -> Result<Option<(Micros, Micros)>, Fault> {
        let Some((from, to)) = self.open_seconds(day) else {
            return Ok(None);
        };
        let (from, to) = (self.moment(day, from)?, self.moment(day, to)?);
        Ok((from < to).then_some((from, to)))
    }

    /// This day if the office opens on it, or else the next on which it does.
    pub(super) fn working_from(&self, mut day: Date) -> Result<Date, Fault> {
        for _ in 0..DAYS_MAX {
            if self.works(day) {
                return Ok(day);
            }
            day = next(day)?;
        }
        Err(Fault::NeverOpen)
    }

    /// Working days from `first` to `last`, both included; stops counting at `enough`.
    pub(super) fn working_days(&self, first: Date, last: Date, enough: u32) -> Result<u32, Fault> {
        let (mut day, mut count) = (first, 0);
        while day <= last && count < enough {
            count += u32::from(self.works(day));
            day = next(day)?;
        }
        Ok(count)
    }

    /// The moment at which so much office time (microseconds) has gone by since `from`.
    pub(super) fn add_working(&self, from: Micros, span: i64) -> Result<Micros, Fault> {
        let mut left = span;
        if left <= 0 {
            return Ok(from);
        }
        let mut day = self.local(from)?.date();
        for _ in 0..DAYS_MAX {
            if let Some((open, close)) = self.open(day)? {
                let begin = open.max(from);
                let room = close.0 - begin.0;
                if room >= left {
                    return Ok(Micros(begin.0 + left));
                }
                left -= room.max(0);
            }
            day = next(day)?;
        }
        Err(Fault::NeverOpen)
    }

    /// Office time between two moments, microseconds; 0 if they are in the wrong order.
    pub(super) fn working_between(&self, from: Micros, to: Micros) -> Result<i64, Fault> {
        if from >= to {
            return Ok(0);
        }
        let (mut day, last) = (self.local(from)?.date(), self.local(to)?.date());
        let mut total = 0;
        for _ in 0..DAYS_MAX {
            if let Some((open, close)) = self.open(day)? {
                total += (close.min(to).0 - open.max(from).0).max(0);
            }
            if day >= last {
                return Ok(total);
            }
            day = next(day)?;
        }
        Err(Fault::TooLong)
    }
}

/// The day after.
pub(super) fn next(day: Date) -> Result<Date, Fault> {
    day.tomorrow().map_err(|_| Fault::OutOfRange)
}
