//! When a period ends. Three laws count, each in its own way, and none of them counts hours as it counts days.

use cairn_kernel::time::Micros;
use jiff::civil::Date;

use super::calendar::{Calendar, HOUR, next};
use super::terms::{Computing, Holiday, Length, Terms, Unit};

/// Why no end can be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Before the year -9999 or after 9999.
    #[error("this time lies outside of the years that can be computed")]
    OutOfRange,
    /// The calendar's office does not open within a hundred years.
    #[error("the calendar has no working day in the next hundred years")]
    NeverOpen,
    /// More than a hundred years.
    #[error("more than a hundred years lie between the two times")]
    TooLong,
}

/// When a clock is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last moment that is in time. A day ends with its last microsecond.
    pub at: Micros,
    /// The calendar knows the days off of all years that matter; otherwise only weekends were looked at.
    pub known: bool,
}

/// Where a period ends before days off are looked at.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Moment(Micros),
    /// With the end of this day; `first` is the first day that counts.
    Day {
        first: Date,
        last: Date,
    },
}

/// When a clock with these terms is due that started at `start`; `limit` is when the event of its second deadline was.
pub(super) fn due(
    terms: &Terms,
    calendar: &Calendar,
    start: Micros,
    limit: Option<Micros>,
) -> Result<Due, Fault> {
    let mut edge = run(terms.length, terms.computing, calendar, start)?;
    if let (Some(second), Some(from)) = (&terms.not_later_than, limit) {
        let other = run(second.length, terms.computing, calendar, from)?;
        let end = moment(other, calendar)?;
        if start <= end && end < moment(edge, calendar)? {
            edge = other;
        }
    }
    let at = settle(edge, terms, calendar)?;
    Ok(Due {
        at,
        known: known(terms, calendar, start, at)?,
    })
}

/// The new end of a clock that stood still from `from` to `to`: later by as much of the time that it counts. Standing still
/// after the end moves nothing.
pub(super) fn shift(
    terms: &Terms,
    calendar: &Calendar,
    due: Micros,
    (from, to): (Micros, Micros),
) -> Result<Micros, Fault> {
    if from > due {
        return Ok(due);
    }
    match terms.length.unit() {
        Unit::WorkingDays | Unit::WorkingHours => {
            let stood = calendar.working_between(from, to)?;
            calendar.add_working(due, stood)
        }
        Unit::Hours | Unit::Days | Unit::Months => {
            let stood = to.0.saturating_sub(from.0).max(0);
            let moved = Micros(due.0.checked_add(stood).ok_or(Fault::OutOfRange)?);
            let day = calendar.local(Micros(moved.0.saturating_sub(1)))?.date();
            if off(terms, calendar, day) {
                settle(
                    Edge::Day {
                        first: day,
                        last: day,
                    },
                    terms,
                    calendar,
                )
            } else {
                Ok(moved)
            }
        }
    }
}

/// The calendar covers both ends, where that matters.
pub(super) fn known(
    terms: &Terms,
    calendar: &Calendar,
    start: Micros,
    due: Micros,
) -> Result<bool, Fault> {
    if !terms.needs_days() {
        return Ok(true);
    }
    let (first, last) = (calendar.local(start)?.date(), calendar.local(due)?.date());
    Ok(calendar.covers(first) && calendar.covers(last))
}

/// This day is a day off on which a deadline may not stay.
fn off(terms: &Terms, calendar: &Calendar, day: Date) -> bool {
    let moves = match terms.holiday {
        Holiday::NoonNextWorkingDay => true,
        Holiday::AsComputed => {
            matches!(terms.computing, Computing::Eu | Computing::Nz)
                && matches!(terms.length.unit(), Unit::Days | Unit::Months)
        }
    };
    moves && !calendar.works(day)
}

/// The length, from the moment of the event, by the law that counts it.
fn run(
    length: Length,
    computing: Computing,
    calendar: &Calendar,
    start: Micros,
) -> Result<Edge, Fault> {
    let amount = length.amount();
    let day = calendar.local(start)?.date();
    let edge = match length.unit() {
        Unit::Hours => {
            // 1182/71 art. 3(1): the hour of the event is not counted; art. 3(2)(a): the period starts with the first hour
            // and ends with the last. The others are silent on hours: from moment to moment.
            let from = match computing {
                Computing::Eu => calendar.hour_end(start)?,
                Computing::Elapsed | Computing::Nz | Computing::Office => start,
            };
            let end = from.0.checked_add(i64::from(amount) * HOUR);
            Edge::Moment(Micros(end.ok_or(Fault::OutOfRange)?))
        }
        Unit::WorkingHours => Edge::Moment(calendar.add_working(start, i64::from(amount) * HOUR)?),
        // 1182/71 art. 3(1) and Legislation Act s 54: the day of the event is not counted.
        Unit::Days => {
            let first = next(day)?;
            let mut last = day;
            for _ in 0..amount {
                last = next(last)?;
            }
            Edge::Day { first, last }
        }
        Unit::WorkingDays => {
            let first = next(day)?;
            let mut last = day;
            for _ in 0..amount {
                last = calendar.working_from(next(last)?)?;
            }
            match computing {
                Computing::Office => match calendar.open(last)? {
                    Some((_, close)) => Edge::Moment(close),
                    None => return Err(Fault::NeverOpen),
                },
                Computing::Elapsed | Computing::Eu | Computing::Nz => Edge::Day { first, last },
            }
        }
        Unit::Months => {
            let first = next(day)?;
            let last = match computing {
                // Legislation Act s 56: from the day after, to just before the same day of the last month; to the end of
                // that month where it has no such day.
                Computing::Nz => match months(first, amount)? {
                    (last, true) => last.yesterday().map_err(|_| Fault::OutOfRange)?,
                    (last, false) => last,
                },
                // 1182/71 art. 3(2)(c), as the Court reads it (C-171/03, Toeters): to the end of the day of the event's
                // own date; to the end of the month where it has no such day.
                Computing::Elapsed | Computing::Eu | Computing::Office => months(day, amount)?.0,
            };
            Edge::Day { first, last }
        }
    };
    Ok(edge)
}

/// The same day so many months later, and true; or the last day of that month, and false, where it has no such day.
fn months(day: Date, amount: u32) -> Result<(Date, bool), Fault> {
    let count = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + i64::from(amount);
    let year = i16::try_from(count.div_euclid(12)).map_err(|_| Fault::OutOfRange)?;
    let month = i8::try_from(count.rem_euclid(12) + 1).map_err(|_| Fault::OutOfRange)?;
    let first = Date::new(year, month, 1).map_err(|_| Fault::OutOfRange)?;
    match Date::new(year, month, day.day()) {
        Ok(same) => Ok((same, true)),
        Err(_) => Ok((first.last_of_month(), false)),
    }
}

fn moment(edge: Edge, calendar: &Calendar) -> Result<Micros, Fault> {
    match edge {
        Edge::Moment(at) => Ok(at),
        Edge::Day { last, .. } => calendar.day_end(last),
    }
}

/// Moves an end that falls on a day off.
fn settle(edge: Edge, terms: &Terms, calendar: &Calendar) -> Result<Micros, Fault> {
    // The day of the last hour: a period that ends at midnight falls on the day that ends.
    let last = match edge {
        Edge::Moment(at) => calendar.local(Micros(at.0.saturating_sub(1)))?.date(),
        Edge::Day { last, .. } => last,
    };
    if terms.holiday == Holiday::NoonNextWorkingDay {
        return if calendar.works(last) {
            moment(edge, calendar)
        } else {
            calendar.moment(calendar.working_from(last)?, 43_200)
        };
    }
    let Edge::Day { first, last } = edge else {
        return moment(edge, calendar);
    };
    // 1182/71 art. 3(4), Legislation Act s 55: to the next working day.
    let mut end = calendar.working_from(last)?;
    // 1182/71 art. 3(5): a period of two days or more has at least two working days.
    let two_days = first < last;
    if terms.computing == Computing::Eu && two_days && calendar.working_days(first, end, 2)? < 2 {
        end = calendar.working_from(next(end)?)?;
    }
    calendar.day_end(end)
}
