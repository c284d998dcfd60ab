//! What is computed of one measure.

use std::borrow::Cow;
use std::sync::OnceLock;

use jiff::civil::Date;

use super::publish::{PUBLISH, Withheld, published, withheld};
use crate::plan::{Direction, Frequency, Measure, Plan, Restatement, Row, Series};
use crate::progress::path::{Path, linear};
use crate::progress::robust::{Robustness, robustness};
use crate::progress::statcan::{self, Aim, BASE_YEAR, Outcome, Point};
use crate::progress::theil_sen::{Projection, Trend};

/// How well a measure is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It has a value that is no older than it should be.
    Measured,
    /// Its latest value is older than it should be.
    Stale,
    /// There has never been a value.
    Never,
    /// There is a series, and its holder has not allowed it to be published.
    Withheld,
    /// It is computed from cairn's own records while the service runs; the files hold no value.
    Live,
}

impl Standing {
    /// The word used in files and classes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Stale => "stale",
            Self::Never => "never_measured",
            Self::Withheld => "withheld",
            Self::Live => "live",
        }
    }
}

/// Why a measure has no status although it may have values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoStatus {
    /// It counts a volume, of which neither more nor less is better.
    Volume,
    /// It has no value.
    NoValue,
    /// It has one value that can be compared with none.
    OneValue,
    /// The formula has no answer; the outcome says why.
    Formula,
}

impl NoStatus {
    /// The word used in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::NoValue => "no_value",
            Self::OneValue => "one_value",
            Self::Formula => "formula",
        }
    }
}

/// A value with its moment.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'s> {
    /// Decimal year of the period's beginning.
    pub at: f64,
    /// The number.
    pub value: f64,
    /// Its row.
    pub row: &'s Row,
}

/// Where the values that are compared with each other begin and end.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Decimal years and values, oldest first.
    pub points: Vec<(f64, f64)>,
    /// Why the values before it are not comparable, if there are any.
    pub broken: Option<String>,
}

/// What is computed of one measure.
#[derive(Debug, Clone)]
pub struct MeasureReport<'p> {
    /// The measure.
    pub measure: &'p Measure,
    /// What of its series is published; `None` if it has none or it is withheld.
    pub series: Option<Cow<'p, Series>>,
    /// Who has not allowed it.
    pub withheld: Option<Withheld<'p>>,
    /// How well it is measured.
    pub standing: Standing,
    /// What was seen by this day.
    pub as_of: Date,
    /// Places of the totals seen in `series`, oldest first: they are asked for many times a page.
    totals: Vec<u32>,
    /// Places of all rows seen, once somebody asked for them.
    seen: OnceLock<Vec<u32>>,
    /// The values that the status rests on.
    pub segment: Segment,
    /// Why there is no status.
    pub no_status: Option<NoStatus>,
    /// The status with what it would be, computed differently; also there where `no_status` is [`NoStatus::Formula`].
    pub robustness: Option<Robustness>,
    /// The straight line to the target, where it is a number.
    pub path: Option<Path>,
    /// Where the trend leads: to the target's year, or five years on.
    pub projection: Option<Projection>,
}

/// A trend without a target is drawn so many years on.
const AHEAD_YEARS: f64 = 5.0;

impl<'p> MeasureReport<'p> {
    /// Computes it with what had been published by `as_of`.
    #[must_use]
    pub fn of(plan: &'p Plan, measure: &'p Measure, as_of: Date) -> Self {
        let id = measure.series.as_deref();
        let mut report = Self {
            measure,
            series: published(plan, measure, as_of),
            withheld: id.and_then(|id| withheld(plan, id, PUBLISH, as_of)),
            standing: Standing::Never,
            as_of,
            totals: Vec::new(),
            seen: OnceLock::new(),
            segment: Segment {
                points: Vec::new(),
                broken: None,
            },
            no_status: None,
            robustness: None,
            path: None,
            projection: None,
        };
        if let Some(series) = report.series.as_deref() {
            report.totals = series.newest(as_of, 0, Row::is_total);
        }
        report.standing = report.standing_of();
        report.segment = segment(&report.figures());
        report.no_status = report.without_status();
        report.compute();
        report
    }

    /// The rows seen, totals only, oldest first; what is planned is among them.
    #[must_use]
    pub fn rows(&self) -> Vec<&Row> {
        self.series
            .as_deref()
            .map_or_else(Vec::new, |series| series.at(&self.totals))
    }

    /// The rows seen, of every breakdown.
    #[must_use]
    pub fn all_rows(&self) -> Vec<&Row> {
        self.series.as_deref().map_or_else(Vec::new, |series| {
            let all = || series.newest(self.as_of, 0, |_| true);
            series.at(self.seen.get_or_init(all))
        })
    }

    /// The values seen, totals only, oldest first. What is only planned is none.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure<'_>> {
        figures(self.rows())
    }

    /// The newest value.
    #[must_use]
    pub fn latest(&self) -> Option<Figure<'_>> {
        self.figures().pop()
    }

    /// The value that the status starts from.
    #[must_use]
    pub fn base(&self) -> Option<Figure<'_>> {
        let year = self.robustness.as_ref()?.main.base?.year;
        self.figures().into_iter().find(|one| one.at == year)
    }

    /// The status and score, where there is one.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        if self.no_status.is_some() {
            return None;
        }
        self.robustness.as_ref().map(|one| one.main.outcome)
    }

    /// Values that were published differently before, as far as seen.
    #[must_use]
    pub fn restatements(&self) -> Vec<Restatement<'_>> {
        let Some(series) = self.series.as_deref() else {
            return Vec::new();
        };
        let published = series.rows.iter().filter(|row| row.vintage.by(self.as_of));
        if published.count() == self.all_rows().len() {
            // Each figure was published once.
            return Vec::new();
        }
        let mut all = series.restatements();
        all.retain(|one| one.after.vintage.by(self.as_of));
        all
    }

    fn standing_of(&self) -> Standing {
        if self.withheld.is_some() {
            return Standing::Withheld;
        }
        match (self.latest(), &self.measure.query) {
            (None, Some(_)) => Standing::Live,
            (None, None) => Standing::Never,
            (Some(latest), _) => match months_allowed(self.measure.frequency) {
                Some(months) if months_between(latest.row.period.end(), self.as_of) > months => {
                    Standing::Stale
                }
                _ => Standing::Measured,
            },
        }
    }

    fn without_status(&self) -> Option<NoStatus> {
        if self.measure.direction == Direction::Volume {
            Some(NoStatus::Volume)
        } else if self.segment.points.is_empty() {
            Some(NoStatus::NoValue)
        } else if self.segment.points.len() == 1 {
            Some(NoStatus::OneValue)
        } else {
            None
        }
    }

    /// What the progress formula is given, if the measure has a direction.
    #[must_use]
    pub fn aim(&self) -> Option<Aim> {
        let direction = match self.measure.direction {
            Direction::Up => statcan::Direction::Up,
            Direction::Down => statcan::Direction::Down,
            Direction::Volume => return None,
        };
        let base = self.measure.baseline.as_ref();
        let mut aim = Aim::new(direction)
            .from_year(base.map_or(BASE_YEAR, |base| base.period.decimal_year()));
        let target = self.measure.target_set();
        if let Some((value, year)) = target.and_then(|set| Some((set.value?.number(), set.year))) {
            aim = aim.to_reach(value, f64::from(year));
        } else if let Some(limit) = self.measure.limit {
            aim = aim.limited_by(limit.number());
        }
        Some(aim)
    }

    fn compute(&mut self) {
        let Some(aim) = self.aim() else { return };
        if self.segment.points.len() < 2 {
            return;
        }
        let before = self.previous();
        let robust = robustness(&self.segment.points, before.as_deref(), &aim);
        if self.no_status.is_none() && robust.main.outcome.score.is_none() {
            self.no_status = Some(NoStatus::Formula);
        }
        let ends = (robust.main.base, robust.main.current);
        if let ((Some(base), Some(current)), Some(target)) = (ends, aim.target) {
            let target = Point::new(aim.target_year, target);
            self.path = linear(base, current, target, aim.direction);
        }
        let last = self.segment.points.last().map_or(0.0, |(at, _)| *at);
        let ahead = match aim.target {
            Some(_) if aim.target_year > last => aim.target_year,
            _ => last + AHEAD_YEARS,
        };
        self.projection = Trend::of(&self.segment.points)
            .ok()
            .and_then(|trend| trend.at(ahead));
        self.robustness = Some(robust);
    }

    /// The same values one vintage earlier, if any of them was restated.
    fn previous(&self) -> Option<Vec<(f64, f64)>> {
        let series = self.series.as_deref()?;
        let rows = series.at(&series.newest(self.as_of, 1, Row::is_total));
        let points = segment(&figures(rows)).points;
        (points != self.segment.points).then_some(points)
    }
}

fn figures(rows: Vec<&Row>) -> Vec<Figure<'_>> {
    rows.into_iter()
        .filter(|row| !row.is_flagged("planned"))
        .filter_map(|row| {
            Some(Figure {
                at: row.period.decimal_year(),
                value: row.number()?,
                row,
            })
        })
        .collect()
}

/// The values since the last break. A status across a break would compare two different things.
fn segment(figures: &[Figure<'_>]) -> Segment {
    let broken = figures
        .iter()
        .enumerate()
        .rev()
        .find_map(|(at, figure)| Some((at, figure.row.brk()?)));
    let from = broken.map_or(0, |(at, _)| at);
    let points = figures.iter().skip(from).map(|one| (one.at, one.value));
    Segment {
        points: points.collect(),
        broken: broken
            .filter(|(at, _)| *at > 0)
            .map(|(_, why)| why.to_owned()),
    }
}

/// How long after the end of its latest period a measure counts as measured: two periods and six months, since figures
/// take time to be published. Nothing is expected of what has no rhythm.
const fn months_allowed(frequency: Frequency) -> Option<i32> {
    match frequency {
        Frequency::Monthly => Some(2 + 6),
        Frequency::Quarterly => Some(2 * 3 + 6),
        Frequency::Yearly => Some(2 * 12 + 6),
        Frequency::TwoYearly => Some(2 * 24 + 6),
        Frequency::Irregular | Frequency::Once => None,
    }
}

/// Whole months between two days, 0 if the second is earlier.
fn months_between(from: Date, to: Date) -> i32 {
    let months = i32::from(to.year() - from.year()) * 12 + i32::from(to.month() - from.month());
    let whole = if to.day() < from.day() && to != to.last_of_month() {
        months - 1
    } else {
        months
    };
    whole.max(0)
}
