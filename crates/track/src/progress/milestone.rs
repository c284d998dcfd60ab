//! Whether a milestone is met: from its dates, its evidence and a given day, never from what somebody says of it.

use jiff::civil::Date;
use serde::Serialize;

/// Where a milestone or an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// Done by its day, with evidence.
    OnTime,
    /// Done after its day, with evidence.
    Late {
        /// Days after it, 1 or more.
        days: i32,
    },
    /// Done, with evidence; no day was set that it could be late for.
    Done,
    /// Said to be done, and nothing shows it.
    WithoutEvidence,
    /// Not done, and its day has passed.
    Overdue {
        /// Days since, 1 or more.
        days: i32,
    },
    /// Not done, and its day is yet to come or is today.
    Due {
        /// Days until then, 0 or more.
        days: i32,
    },
    /// Not done, and no day is set.
    NoDate,
}

impl Standing {
    /// The word used in files and addresses of pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late { .. } => "late",
            Self::Done => "done",
            Self::WithoutEvidence => "without_evidence",
            Self::Overdue { .. } => "overdue",
            Self::Due { .. } => "due",
            Self::NoDate => "no_date",
        }
    }

    /// Shown to be done.
    #[must_use]
    pub const fn is_met(self) -> bool {
        matches!(self, Self::OnTime | Self::Late { .. } | Self::Done)
    }
}

/// How a milestone stands on the day `as_of`.
///
/// `due` is the last day on which it is on time: of a period, its last day. `done` is the day on which it was done; a day
/// after `as_of` is a plan and not a fact, and counts for nothing. `evidence` is how many sources show it: without one a
/// claim is not believed, late or not.
#[must_use]
pub fn standing(due: Option<Date>, done: Option<Date>, evidence: usize, as_of: Date) -> Standing {
    let done = done.filter(|done| *done <= as_of);
    match (due, done) {
        (_, Some(_)) if evidence == 0 => Standing::WithoutEvidence,
        (None, Some(_)) => Standing::Done,
        (None, None) => Standing::NoDate,
        (Some(due), Some(done)) => match days(due, done) {
            late if late > 0 => Standing::Late { days: late },
            _ => Standing::OnTime,
        },
        (Some(due), None) => match days(due, as_of) {
            over if over > 0 => Standing::Overdue { days: over },
            ahead => Standing::Due { days: -ahead },
        },
    }
}

/// Days from one day to another; the calendar of jiff (years -9999 to 9999) keeps them within `i32`.
fn days(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_standing() {
        let due = Some(date(2024, 2, 28));
        let today = date(2024, 6, 30);
        for (due, done, evidence, want) in [
            (due, Some(date(2024, 2, 28)), 1, Standing::OnTime),
            (due, Some(date(2022, 12, 31)), 1, Standing::OnTime),
            // 2024 has a 29 February.
            (due, Some(date(2024, 3, 1)), 2, Standing::Late { days: 2 }),
            (due, Some(today), 1, Standing::Late { days: 123 }),
            (due, Some(date(2024, 2, 1)), 0, Standing::WithoutEvidence),
            (due, Some(date(2024, 6, 1)), 0, Standing::WithoutEvidence),
            (due, None, 0, Standing::Overdue { days: 123 }),
            // Evidence of work is not the day on which it was done.
            (due, None, 3, Standing::Overdue { days: 123 }),
            (
                due,
                Some(date(2024, 7, 1)),
                1,
                Standing::Overdue { days: 123 },
            ),
            (Some(today), None, 0, Standing::Due { days: 0 }),
            (Some(date(2024, 7, 1)), None, 0, Standing::Due { days: 1 }),
            (
                Some(date(2025, 6, 30)),
                None,
                0,
                Standing::Due { days: 365 },
            ),
            (None, Some(date(2024, 1, 1)), 1, Standing::Done),
            (None, Some(date(2024, 1, 1)), 0, Standing::WithoutEvidence),
            (None, None, 1, Standing::NoDate),
        ] {
            assert_eq!(
                standing(due, done, evidence, today),
                want,
                "{due:?} {done:?}"
            );
        }
    }

    #[test]
    fn words_and_json() {
        let late = Standing::Late { days: 3 };
        assert_eq!(
            serde_json::to_string(&late).unwrap(),
            r#"{"standing":"late","days":3}"#
        );
        assert!(late.is_met() && Standing::Done.is_met() && Standing::OnTime.is_met());
        for not in [
            Standing::WithoutEvidence,
            Standing::Overdue { days: 1 },
            Standing::Due { days: 1 },
            Standing::NoDate,
        ] {
            assert!(!not.is_met());
            let json = serde_json::to_value(not).unwrap();
            assert_eq!(json["standing"], not.code());
        }
    }

    proptest! {
        #[test]
        fn a_day_later_is_a_day_later(shift in 0..4000_i32, back in 0..4000_i32) {
            let today = date(2024, 1, 1);
            let day = |n: i32| today.saturating_add(jiff::Span::new().days(n));
            prop_assert_eq!(standing(Some(day(shift)), None, 0, today), Standing::Due { days: shift });
            let over = standing(Some(day(-back)), None, 0, today);
            prop_assert_eq!(over, if back == 0 { Standing::Due { days: 0 } } else { Standing::Overdue { days: back } });
            let done = standing(Some(day(-back)), Some(today), 1, today);
            prop_assert_eq!(done, if back == 0 { Standing::OnTime } else { Standing::Late { days: back } });
        }
    }
    #[test]
    fn the_ends_of_the_calendar() {
        let days = i32::try_from(19_999_i64 * 366).unwrap();
        let far = standing(Some(Date::MIN), None, 0, Date::MAX);
        assert!(matches!(far, Standing::Overdue { days: got } if got > 0 && got < days));
    }
}
