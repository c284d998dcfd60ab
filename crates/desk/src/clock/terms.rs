//! What a rule says about time. Kept with every clock, so that a running one stays as its law was when it started.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a length counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hours of any day.
    Hours,
    /// Days of any kind.
    Days,
    /// Calendar months.
    Months,
    /// Days on which the calendar's office is open.
    WorkingDays,
    /// Hours in which the calendar's office is open.
    WorkingHours,
}

impl Unit {
    /// As written in data files, singular and plural.
    const NAMES: [(Self, &'static str, &'static str); 5] = [
        (Self::Hours, "hour", "hours"),
        (Self::Days, "day", "days"),
        (Self::Months, "month", "months"),
        (Self::WorkingDays, "working day", "working days"),
        (Self::WorkingHours, "working hour", "working hours"),
    ];

    /// Most of them in one length: about ten years.
    const fn most(self) -> u32 {
        match self {
            Self::Hours => 87_600,
            Self::Days => 3_650,
            Self::Months => 120,
            Self::WorkingDays => 2_500,
            Self::WorkingHours => 20_000,
        }
    }
}

/// How long a clock runs: `72 hours`, `1 month`, `2 working days`. At least 1 and at most about ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Length {
    amount: u32,
    unit: Unit,
}

impl Length {
    /// One hour.
    pub(super) const HOUR: Self = Self {
        amount: 1,
        unit: Unit::Hours,
    };

    /// How many.
    #[must_use]
    pub const fn amount(self) -> u32 {
        self.amount
    }

    /// Of what.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }
}

/// A length that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LengthError {
    /// Not a number and a unit.
    #[error(
        "a length is a number and `hours`, `days`, `months`, `working days` or `working hours`"
    )]
    Form,
    /// Nothing, or more than about ten years.
    #[error("a length is at least 1 and at most about ten years")]
    Amount,
}

impl FromStr for Length {
    type Err = LengthError;

    fn from_str(text: &str) -> Result<Self, LengthError> {
        let (amount, unit) = text.split_once(' ').ok_or(LengthError::Form)?;
        let (unit, ..) = Unit::NAMES
            .into_iter()
            .find(|(_, one, many)| unit == *one || unit == *many)
            .ok_or(LengthError::Form)?;
        if amount.is_empty() || !amount.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(LengthError::Form);
        }
        let amount: u32 = amount.parse().map_err(|_| LengthError::Amount)?;
        if (1..=unit.most()).contains(&amount) {
            Ok(Self { amount, unit })
        } else {
            Err(LengthError::Amount)
        }
    }
}

impl TryFrom<String> for Length {
    type Error = LengthError;

    fn try_from(text: String) -> Result<Self, LengthError> {
        text.parse()
    }
}

impl From<Length> for String {
    fn from(length: Length) -> Self {
        length.to_string()
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Unit::NAMES
            .into_iter()
            .find(|(unit, ..)| *unit == self.unit)
            .map_or(
                "",
                |(_, one, many)| if self.amount == 1 { one } else { many },
            );
        write!(f, "{} {name}", self.amount)
    }
}

/// By which law a length is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Computing {
    /// From moment to moment; hours and working hours only. For laws that say nothing on how hours run.
    #[serde(rename = "elapsed")]
    Elapsed,
    /// Regulation (EEC, Euratom) No 1182/71, art. 3.
    #[serde(rename = "eu_1182_71")]
    Eu,
    /// Legislation Act 2019 (New Zealand), ss 54 to 56. It is silent on hours: those run from moment to moment.
    #[serde(rename = "nz_legislation")]
    Nz,
    /// Working days that end when the office closes. For promises, which no law counts.
    #[serde(rename = "office")]
    Office,
}

impl Computing {
    /// Every way, with its name in data files.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Elapsed, "elapsed"),
        (Self::Eu, "eu_1182_71"),
        (Self::Nz, "nz_legislation"),
        (Self::Office, "office"),
    ];

    /// It says how this unit is counted.
    #[must_use]
    pub const fn counts(self, unit: Unit) -> bool {
        match self {
            Self::Elapsed => matches!(unit, Unit::Hours | Unit::WorkingHours),
            Self::Eu | Self::Nz => !matches!(unit, Unit::WorkingHours),
            Self::Office => matches!(unit, Unit::WorkingDays | Unit::WorkingHours),
        }
    }
}

/// What becomes of a deadline that falls on a day on which nobody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holiday {
    /// What the computing law says: days and months move to the end of the next working day, hours stay.
    #[default]
    AsComputed,
    /// Any deadline moves to noon of the next working day (Delegated Regulation (EU) 2025/301, art. 5(4)).
    NoonNextWorkingDay,
}

/// A second deadline from another event. The earlier of the two holds; the second lapses where the clock's own start
/// comes after it (Delegated Regulation (EU) 2025/301, art. 5(1)(a) and (2)).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Code of the event it runs from.
    pub from: String,
    /// How long.
    pub length: Length,
}

/// All that a clock must keep of its rule to be computed again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// How long it runs.
    pub length: Length,
    /// How that is counted.
    pub computing: Computing,
    /// What becomes of a deadline on a day off.
    #[serde(default)]
    pub holiday: Holiday,
    /// The second deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_later_than: Option<Limit>,
    /// Codes of the events that start it; one of them starts a clock.
    pub start: Vec<String>,
    /// Codes of the events from which it runs anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub start_again: Vec<String>,
    /// Codes of the events that stop it.
    pub stop: Vec<String>,
    /// It may be paused.
    #[serde(default)]
    pub pausable: bool,
    /// It is due soon once this share of its time or less is left, percent.
    pub soon_percent: u8,
}

impl Terms {
    /// Whether a day is a working day matters to the result.
    #[must_use]
    pub fn needs_days(&self) -> bool {
        let hours = self.length.unit() == Unit::Hours
            && self
                .not_later_than
                .as_ref()
                .is_none_or(|limit| limit.length.unit() == Unit::Hours);
        !hours || self.holiday == Holiday::NoonNextWorkingDay
    }
}
