//! The progress measure of Statistics Canada as Open SDG 2.4 computes it ("Open SDG 2.4 progress measure").
//!
//! Growth from `b` in year `t0` to `a` in year `t` is the compound yearly rate `(a/b)^(1/(t-t0)) - 1`. With a target the
//! progress value is the observed growth as a share of the growth that leads to the target in time; without one it is
//! the observed growth itself. Both are positive when the series moves as it should. A score from -5 to 5 is a
//! piecewise linear picture of the progress value.
//!
//! Details that follow the published program rather than its description:
//! - Whether a target is reached is asked of the latest value alone; it needs no base.
//! - A target of 0 and a base of 0 stand in as 0.001. The limit is compared with the base before that.
//! - Less than a year between base and latest value counts as too few points.
//! - Where target and base are equal and the target is not reached, the ratio is minus infinity: the score is -5, and
//!   there is no progress value to show.
//!
//! Where that program has no answer (a target on the other side of zero, a target year that is not after the base) the
//! status is not available, with the reason.

use std::fmt;

use serde::{Serialize, Serializer};

/// Base year where none is given, as in Open SDG.
pub const BASE_YEAR: f64 = 2015.0;
/// Target year where none is given, as in Open SDG.
pub const TARGET_YEAR: f64 = 2030.0;
/// Stands in for a base or a target of zero, which no ratio can be formed with.
pub const INSTEAD_OF_ZERO: f64 = 0.001;
/// Highest score; the lowest is its negative.
pub const SCORE_MAX: f64 = 5.0;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
}

impl Direction {
    /// `1.0` for up, `-1.0` for down.
    #[must_use]
    pub const fn sign(self) -> f64 {
        match self {
            Self::Up => 1.0,
            Self::Down => -1.0,
        }
    }

    /// `value` is at `target` or past it.
    #[must_use]
    pub fn reaches(self, value: f64, target: f64) -> bool {
        match self {
            Self::Up => value >= target,
            Self::Down => value <= target,
        }
    }
}

/// One observation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Year; a part of a year as a fraction. A range of years counts as its first.
    pub year: f64,
    /// Value, in the measure's unit.
    pub value: f64,
}

impl Point {
    /// An observation.
    #[must_use]
    pub const fn new(year: f64, value: f64) -> Self {
        Self { year, value }
    }

    const fn is_finite(self) -> bool {
        self.year.is_finite() && self.value.is_finite()
    }
}

/// What a series is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Aim {
    /// Which way is better.
    pub direction: Direction,
    /// Year of the base; where it has no value, the next year that has one.
    pub base_year: f64,
    /// Value to reach; `None`: no target was set.
    pub target: Option<f64>,
    /// Year by which the target is to be reached.
    pub target_year: f64,
    /// Value that the series cannot pass, such as 100 for a percentage: near it, slower growth is enough. Only without a
    /// target.
    pub limit: Option<f64>,
}

impl Aim {
    /// No target, no limit, base year [`BASE_YEAR`].
    #[must_use]
    pub const fn new(direction: Direction) -> Self {
        Self {
            direction,
            base_year: BASE_YEAR,
            target: None,
            target_year: TARGET_YEAR,
            limit: None,
        }
    }

    /// The same with another base year.
    #[must_use]
    pub const fn from_year(self, base_year: f64) -> Self {
        Self { base_year, ..self }
    }

    /// The same with a target.
    #[must_use]
    pub const fn to_reach(self, target: f64, target_year: f64) -> Self {
        Self {
            target: Some(target),
            target_year,
            ..self
        }
    }

    /// The same with a limit.
    #[must_use]
    pub const fn limited_by(self, limit: f64) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }
}

/// The status of a series or an indicator. Ordered from the worst to the best, with "not available" first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Cannot be told; [`Outcome::why`] has the reason.
    NotAvailable,
    /// Moves away from where it should go.
    Deterioration,
    /// Moves as it should, too slowly.
    Limited,
    /// Moves as it should, not quite fast enough.
    Moderate,
    /// Fast enough.
    Substantial,
    /// There.
    TargetAchieved,
}

impl Status {
    /// All, in their order.
    pub const ALL: [Self; 6] = [
        Self::NotAvailable,
        Self::Deterioration,
        Self::Limited,
        Self::Moderate,
        Self::Substantial,
        Self::TargetAchieved,
    ];

    /// The word that Open SDG uses in its files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAvailable => "not_available",
            Self::Deterioration => "deterioration",
            Self::Limited => "limited_progress",
            Self::Moderate => "moderate_progress",
            Self::Substantial => "substantial_progress",
            Self::TargetAchieved => "target_achieved",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// 0 for deterioration to 4 for achieved; `None` where there is no status.
    #[must_use]
    pub const fn grade(self) -> Option<u8> {
        match self {
            Self::NotAvailable => None,
            Self::Deterioration => Some(0),
            Self::Limited => Some(1),
            Self::Moderate => Some(2),
            Self::Substantial => Some(3),
            Self::TargetAchieved => Some(4),
        }
    }

    /// Moves as it should, or is there; `None` where there is no status.
    #[must_use]
    pub fn is_forward(self) -> Option<bool> {
        self.grade().map(|grade| grade > 0)
    }

    /// The status of a mean of scores: cut-offs 2.5, 0 and -2.5. Never "achieved", which no mean can tell.
    #[must_use]
    pub fn of_score(score: f64) -> Self {
        if score.is_nan() {
            Self::NotAvailable
        } else if score >= 2.5 {
            Self::Substantial
        } else if score >= 0.0 {
            Self::Moderate
        } else if score >= -2.5 {
            Self::Limited
        } else {
            Self::Deterioration
        }
    }
}

/// [`Status::code`].
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// [`Status::code`].
impl Serialize for Status {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

/// Why there is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// No value at all.
    #[error("there is no value")]
    NoData,
    /// No value in the base year or after it.
    #[error("there is no value in the base year or after it")]
    NoBase,
    /// Two values of the same year.
    #[error("two values have the same year")]
    SameYear,
    /// Only one value, or less than a year between the first and the last.
    #[error("fewer than two values a year or more apart")]
    OnePoint,
    /// The base is later than the latest value.
    #[error("the base year is later than the latest value")]
    BaseLater,
    /// Base and latest value stand on two sides of zero.
    #[error("base and latest value have opposite signs")]
    OppositeSigns,
    /// Base and target stand on two sides of zero.
    #[error("base and target have opposite signs")]
    TargetSign,
    /// The target year is not after the base year.
    #[error("the target year is not after the base year")]
    TargetYear,
    /// Not a finite number, or numbers too far apart to compute with.
    #[error("a number is missing or too large")]
    NotANumber,
}

/// What the formulas say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outcome {
    /// Progress value: with a target a share of the growth needed (1 is on course), without one the growth a year (0.01
    /// is 1%), positive when it moves as it should. `None` where it cannot be formed or is not finite.
    pub value: Option<f64>,
    /// From -5 to 5; `None` exactly where the status is not available.
    pub score: Option<f64>,
    /// The status.
    pub status: Status,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

impl Outcome {
    /// No status, for this reason.
    #[must_use]
    pub const fn not_available(why: Why) -> Self {
        Self {
            value: None,
            score: None,
            status: Status::NotAvailable,
            why: Some(why),
        }
    }
}

/// A status with the two observations that it was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    /// The base; `None` where there is none.
    pub base: Option<Point>,
    /// The latest.
    pub current: Option<Point>,
    /// What they say.
    pub outcome: Outcome,
}

/// The status from a base and the latest value. [`Aim::base_year`] is not looked at.
#[must_use]
pub fn outcome(base: Point, current: Point, aim: &Aim) -> Outcome {
    let others = [aim.target, aim.limit].into_iter().flatten();
    if !base.is_finite()
        || !current.is_finite()
        || !aim.target_year.is_finite()
        || others.into_iter().any(|number| !number.is_finite())
    {
        return Outcome::not_available(Why::NotANumber);
    }
    let target = aim.target.map(nonzero);
    let value = progress_value(base, current, target, aim);
    if target.is_some_and(|target| aim.direction.reaches(current.value, target)) {
        return Outcome {
            value: value.ok().filter(|value| value.is_finite()),
            score: Some(SCORE_MAX),
            status: Status::TargetAchieved,
            why: None,
        };
    }
    match value {
        Err(why) => Outcome::not_available(why),
        Ok(value) => {
            let (status, score) = match target {
                Some(_) => with_target(value),
                None => without_target(value, factor(base.value, aim.limit)),
            };
            Outcome {
                value: Some(value).filter(|value| value.is_finite()),
                score: Some(score),
                status,
                why: None,
            }
        }
    }
}

/// The status of a series of years and values, in any order. Values that are not finite count as missing.
#[must_use]
pub fn of_series(points: &[(f64, f64)], aim: &Aim) -> Measured {
    match ordered(points) {
        Err(why) => Measured {
            base: None,
            current: None,
            outcome: Outcome::not_available(why),
        },
        Ok(points) => of_ordered(&points, aim),
    }
}

/// As [`of_series`], of points that [`ordered`] made.
pub(crate) fn of_ordered(points: &[Point], aim: &Aim) -> Measured {
    let current = points.last().copied();
    let base = base_at(points, aim.base_year).and_then(|at| points.get(at).copied());
    let outcome = match (base, current) {
        (Some(base), Some(current)) => outcome(base, current, aim),
        (None, Some(_)) => Outcome::not_available(Why::NoBase),
        (_, None) => Outcome::not_available(Why::NoData),
    };
    Measured {
        base,
        current,
        outcome,
    }
}

/// Where the base of ordered points stands: the base year, or else the next year with a value.
pub(crate) fn base_at(points: &[Point], base_year: f64) -> Option<usize> {
    points.iter().position(|point| point.year >= base_year)
}

/// Finite points by year; every year once.
pub(crate) fn ordered(points: &[(f64, f64)]) -> Result<Vec<Point>, Why> {
    let mut all: Vec<Point> = points
        .iter()
        .map(|&(year, value)| Point { year, value })
        .filter(|point| point.is_finite())
        .collect();
    all.sort_by(|a, b| a.year.total_cmp(&b.year));
    let twice = all
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a.year == b.year));
    if twice { Err(Why::SameYear) } else { Ok(all) }
}

/// Compound growth a year from `b` in `t0` to `a` in `t`: `0.01` is 1%.
fn growth(a: f64, b: f64, t: f64, t0: f64) -> f64 {
    (a / b).powf(1.0 / (t - t0)) - 1.0
}

fn nonzero(value: f64) -> f64 {
    if value == 0.0 { INSTEAD_OF_ZERO } else { value }
}

/// May be infinite, never NaN. `target` is not zero.
fn progress_value(base: Point, current: Point, target: Option<f64>, aim: &Aim) -> Result<f64, Why> {
    let from = nonzero(base.value);
    if (from > 0.0 && current.value < 0.0) || (from < 0.0 && current.value > 0.0) {
        return Err(Why::OppositeSigns);
    }
    if base.year > current.year {
        return Err(Why::BaseLater);
    }
    if current.year - base.year < 1.0 {
        return Err(Why::OnePoint);
    }
    // Below zero a growing ratio means a falling value.
    let sign = if base.value < 0.0 { -1.0 } else { 1.0 };
    let observed =
        sign * aim.direction.sign() * growth(current.value, from, current.year, base.year);
    let value = match target {
        None => observed,
        Some(target) if (target < 0.0) != (from < 0.0) => return Err(Why::TargetSign),
        Some(_) if aim.target_year <= base.year => return Err(Why::TargetYear),
        Some(target) => observed / growth(target, from, aim.target_year, base.year).abs(),
    };
    if value.is_nan() {
        Err(Why::NotANumber)
    } else {
        Ok(value)
    }
}

fn with_target(ratio: f64) -> (Status, f64) {
    let high = || (7.1429 * ratio - 4.2857).min(SCORE_MAX);
    let low = || (4.1667 * ratio - 2.5).max(-SCORE_MAX);
    if ratio >= 0.95 {
        (Status::Substantial, high())
    } else if ratio >= 0.60 {
        (Status::Moderate, high())
    } else if ratio >= 0.0 {
        (Status::Limited, low())
    } else {
        (Status::Deterioration, low())
    }
}

/// The factor of the cut-offs, 0 to 1: 1 far from the limit, 0 at it.
fn factor(base: f64, limit: Option<f64>) -> f64 {
    const STEEPNESS: f64 = 4.44;
    let Some(limit) = limit.map(f64::abs) else {
        return 1.0;
    };
    let base = base.abs();
    // First, so that nothing is divided by a limit of zero.
    if base >= 2.0 * limit {
        1.0
    } else if base <= limit {
        1.0 - (base / limit).powf(STEEPNESS)
    } else {
        1.0 - (2.0 - base / limit).powf(STEEPNESS)
    }
}

fn without_target(growth: f64, factor: f64) -> (Status, f64) {
    if growth < 0.0 {
        // Away from the goal nothing is forgiven for being near the limit.
        return (
            Status::Deterioration,
            (125.0 * growth - 2.5).max(-SCORE_MAX),
        );
    }
    let substantial = growth >= 0.015 * factor;
    if factor == 0.0 {
        (Status::Substantial, SCORE_MAX)
    } else if substantial {
        (
            Status::Substantial,
            (500.0 * growth / factor - 5.0).min(SCORE_MAX),
        )
    } else if growth >= 0.005 * factor {
        (Status::Moderate, 250.0 * growth / factor - 1.25)
    } else {
        (Status::Limited, 500.0 * growth / factor - 2.5)
    }
}

#[cfg(test)]
mod tests;
