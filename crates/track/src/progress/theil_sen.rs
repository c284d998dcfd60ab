//! A trend that one odd value does not turn.
//!
//! The slope is the median of the slopes between all pairs of observations (Theil 1950, "A rank-invariant method of linear
//! and polynomial regression analysis"). Its interval is Sen's (1968, "Estimates of the regression coefficient based on
//! Kendall's tau", JASA 63:1379–1389): the pairwise slopes at the ranks that the normal approximation of Kendall's
//! statistic gives, with its variance corrected for ties in years and in values. Ranks are rounded to the nearest, as in
//! SciPy's `theilslopes`. The intercept is the median of `value - slope × year`.
//!
//! A projection carries the uncertainty of the slope, not the scatter of single values around the line, and presumes that
//! what moved the series goes on.

use serde::Serialize;

use super::statcan::{Point, ordered};

/// Observations of one trend; the slopes of their pairs take 16 MB.
pub const POINTS_MAX: usize = 2000;
/// Observations that an interval needs.
pub const INTERVAL_POINTS_MIN: usize = 3;
/// Nominal coverage of the intervals.
pub const LEVEL: f64 = 0.95;
/// The normal deviate that cuts off 2.5% on each side.
const DEVIATE: f64 = 1.959_963_984_540_054;

/// Why there is no trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum TrendError {
    /// Fewer than two years with a value.
    #[error("a trend needs values of two years")]
    TooFew,
    /// More than [`POINTS_MAX`].
    #[error("a trend is computed of at most {POINTS_MAX} values")]
    TooMany,
    /// Two values of the same year.
    #[error("two values have the same year")]
    SameYear,
    /// The numbers are too large to compute with.
    #[error("the values are too far apart to compute with")]
    TooLarge,
}

/// Where a number probably lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// So few observations that not even the whole range of pairwise slopes, which these are, is sure to [`LEVEL`]: with
    /// 3 it covers two cases in three, with 4 eleven in twelve.
    pub short: bool,
}

/// A trend.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// Units a year.
    pub slope: f64,
    /// Of the slope, at [`LEVEL`]; `None` with fewer than [`INTERVAL_POINTS_MIN`] observations.
    pub interval: Option<Interval>,
    #[serde(skip)]
    points: Vec<Point>,
}

/// Where a trend leads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Projection {
    /// The year asked for.
    pub year: f64,
    /// Value on the line then.
    pub value: f64,
    /// Of that value, from the interval of the slope.
    pub interval: Option<Interval>,
}

impl Trend {
    /// The trend of years and values, in any order; values that are not finite count as missing. Takes n² log n steps.
    ///
    /// # Errors
    /// See [`TrendError`].
    pub fn of(points: &[(f64, f64)]) -> Result<Self, TrendError> {
        if points.len() > POINTS_MAX {
            return Err(TrendError::TooMany);
        }
        let points = ordered(points).map_err(|_| TrendError::SameYear)?;
        if points.len() < 2 {
            return Err(TrendError::TooFew);
        }
        let mut slopes = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
        for (at, from) in points.iter().enumerate() {
            let later = points.iter().skip(at + 1);
            slopes.extend(later.map(|to| (to.value - from.value) / (to.year - from.year)));
        }
        if !slopes.iter().all(|slope| slope.is_finite()) {
            return Err(TrendError::TooLarge);
        }
        slopes.sort_by(f64::total_cmp);
        let slope = median(&slopes).ok_or(TrendError::TooFew)?;
        let interval = interval(&slopes, &points);
        Ok(Self {
            slope,
            interval,
            points,
        })
    }

    /// Value of the line in year 0; see [`Trend::at`] for one that is of use.
    #[must_use]
    pub fn intercept(&self) -> f64 {
        self.value_at(self.slope, 0.0)
    }

    /// Where the trend leads in `year`. The ends of the interval are the lines with the slopes at the ends of the slope's
    /// interval, each with its own intercept.
    ///
    /// `None` if the year is not finite or the numbers are too large to compute with.
    #[must_use]
    pub fn at(&self, year: f64) -> Option<Projection> {
        let value = self.value_at(self.slope, year);
        let interval = self.interval.map(|slope| {
            let ends = [slope.low, slope.high].map(|slope| self.value_at(slope, year));
            // Within the observed years the steeper line need not be the higher one.
            let low = ends.into_iter().fold(value, f64::min);
            let high = ends.into_iter().fold(value, f64::max);
            Interval { low, high, ..slope }
        });
        let mut numbers = vec![year, value];
        numbers.extend(interval.iter().flat_map(|ends| [ends.low, ends.high]));
        let finite = numbers.iter().all(|number| number.is_finite());
        finite.then_some(Projection {
            year,
            value,
            interval,
        })
    }

    /// The median of what each observation would become in `year` at this slope. Differences of years rather than years,
    /// so that two thousand of them do not eat the digits.
    fn value_at(&self, slope: f64, year: f64) -> f64 {
        let moved = |point: &Point| point.value + slope * (year - point.year);
        let mut all: Vec<f64> = self.points.iter().map(moved).collect();
        all.sort_by(f64::total_cmp);
        median(&all).unwrap_or(f64::NAN)
    }
}

/// Sen's interval of sorted pairwise slopes.
fn interval(slopes: &[f64], points: &[Point]) -> Option<Interval> {
    if points.len() < INTERVAL_POINTS_MIN {
        return None;
    }
    let pairs = count(slopes.len());
    let half = DEVIATE * variance(points).sqrt();
    // One-based ranks. The product of a rank's rounding may fall outside of what there is.
    let low = ((pairs - half) / 2.0).round_ties_even();
    let high = ((pairs + half) / 2.0).round_ties_even() + 1.0;
    let at = |rank: f64| slopes.get(index(rank, slopes.len()));
    Some(Interval {
        low: *at(low)?,
        high: *at(high)?,
        short: low < 1.0,
    })
}

/// The variance of Kendall's statistic where no two years are equal and values may be (Kendall 1970, chapter 4).
fn variance(points: &[Point]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut values: Vec<f64> = points.iter().map(|point| point.value).collect();
    values.sort_by(f64::total_cmp);
    let equal = values.chunk_by(|a, b| a == b);
    let ties: f64 = equal.map(|group| term(count(group.len()))).sum();
    (term(count(points.len())) - ties) / 18.0
}

/// Exact: limited to [`POINTS_MAX`] observations and their pairs.
fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// A one-based rank as an index, moved inside.
fn index(rank: f64, len: usize) -> usize {
    rank.clamp(1.0, count(len).max(1.0)) as usize - 1
}

/// The median of sorted numbers.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let high = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(high);
    }
    let low = *sorted.get(middle.checked_sub(1)?)?;
    // Not the half of the sum, which may overflow.
    Some(low / 2.0 + high / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Direct loss reported to CERT NZ, NZ$ million (published quarterly reports).
    const LOSS: [(f64, f64); 5] = [
        (2018.0, 14.1),
        (2020.0, 16.9),
        (2021.0, 16.8),
        (2022.0, 20.0),
        (2023.0, 18.3),
    ];

    fn squares(n: u32) -> Vec<(f64, f64)> {
        (0..n).map(|i| (f64::from(i), f64::from(i * i))).collect()
    }

    #[test]
    fn slope_and_interval_of_the_national_loss() {
        let trend = Trend::of(&LOSS).unwrap();
        // The ten slopes: -1.7 -0.1 0.4667 0.75 0.84 0.9 1.4 1.475 1.55 3.2; the middle of 0.84 and 0.9.
        assert!((trend.slope - 0.87).abs() < 1e-12);
        let interval = trend.interval.unwrap();
        assert!((interval.low + 1.7).abs() < 1e-12 && (interval.high - 3.2).abs() < 1e-12);
        assert!(!interval.short);
        // At 2030 the five come to 24.54, 25.6, 24.63, 26.96 and 24.39.
        let at = trend.at(2030.0).unwrap();
        assert!((at.value - 24.63).abs() < 1e-9, "{at:?}");
        assert!(at.interval.unwrap().low < 10.0 && at.interval.unwrap().high > 40.0);
    }

    #[test]
    fn ranks_agree_with_scipy() {
        // Ranks of `scipy.stats.theilslopes` at 0.95 for n points without ties, n from 3; slopes of the squares are sums
        // of two indices.
        for (n, low, high) in [
            (3, 1.0, 3.0),
            (4, 1.0, 5.0),
            (5, 1.0, 7.0),
            (6, 2.0, 8.0),
            (7, 3.0, 9.0),
            (8, 4.0, 10.0),
            (9, 5.0, 11.0),
            (10, 6.0, 12.0),
            (11, 7.0, 13.0),
        ] {
            let trend = Trend::of(&squares(n)).unwrap();
            let interval = trend.interval.unwrap();
            assert_eq!(trend.slope, f64::from(n - 1), "{n}");
            assert_eq!((interval.low, interval.high), (low, high), "{n}");
            assert_eq!(interval.short, n < 5, "{n}");
        }
    }

    #[test]
    fn equal_values_shrink_the_variance() {
        let ties = [
            (1.0, 5.0),
            (2.0, 5.0),
            (3.0, 5.0),
            (4.0, 6.0),
            (5.0, 6.0),
            (6.0, 8.0),
        ];
        let points: Vec<Point> = ties.iter().map(|&(x, y)| Point::new(x, y)).collect();
        // 6·5·17 = 510, less 3·2·11 = 66 and 2·1·9 = 18, by 18.
        assert!((variance(&points) - 426.0 / 18.0).abs() < 1e-12);
    }

    #[test]
    fn equal_values_have_no_slope_and_no_doubt() {
        let flat: Vec<(f64, f64)> = (0..6).map(|i| (f64::from(i), 7.0)).collect();
        let trend = Trend::of(&flat).unwrap();
        let interval = trend.interval.unwrap();
        assert_eq!((trend.slope, interval.low, interval.high), (0.0, 0.0, 0.0));
        assert_eq!(trend.at(2050.0).unwrap().value, 7.0);
        assert_eq!(trend.intercept(), 7.0);
    }

    #[test]
    fn one_odd_value_does_not_turn_it() {
        let mut line: Vec<(f64, f64)> = (0..9)
            .map(|i| (f64::from(i), 2.0 * f64::from(i) + 1.0))
            .collect();
        line[4].1 = 1000.0;
        let trend = Trend::of(&line).unwrap();
        assert_eq!(trend.slope, 2.0);
        assert_eq!(trend.intercept(), 1.0);
        assert_eq!(trend.at(20.0).unwrap().value, 41.0);
    }

    #[test]
    fn what_has_no_trend() {
        assert_eq!(Trend::of(&[]), Err(TrendError::TooFew));
        assert_eq!(
            Trend::of(&[(1.0, 1.0), (2.0, f64::NAN)]),
            Err(TrendError::TooFew)
        );
        assert_eq!(
            Trend::of(&[(1.0, 1.0), (1.0, 2.0)]),
            Err(TrendError::SameYear)
        );
        let huge = [(1.0, f64::MIN), (2.0, f64::MAX)];
        assert_eq!(Trend::of(&huge), Err(TrendError::TooLarge));
        let many: Vec<(f64, f64)> = (0..2001).map(|i| (f64::from(i), 0.0)).collect();
        assert_eq!(Trend::of(&many), Err(TrendError::TooMany));
        let two = Trend::of(&[(1.0, 1.0), (3.0, 5.0)]).unwrap();
        assert_eq!((two.slope, two.interval), (2.0, None));
        assert_eq!(two.at(4.0).unwrap().interval, None);
        assert_eq!(two.at(f64::NAN), None);
        assert_eq!(two.at(f64::MAX), None);
    }

    fn series() -> impl Strategy<Value = Vec<(f64, f64)>> {
        prop::collection::vec(-100.0..100.0_f64, 3..25)
            .prop_map(|values| (2000..).map(f64::from).zip(values).collect())
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_slope(points in series(), year in 1990..2060_i32) {
            let trend = Trend::of(&points).unwrap();
            let interval = trend.interval.unwrap();
            prop_assert!(interval.low <= trend.slope && trend.slope <= interval.high);
            let at = trend.at(f64::from(year)).unwrap();
            let ends = at.interval.unwrap();
            prop_assert!(ends.low <= at.value && at.value <= ends.high);
        }

        #[test]
        fn adding_a_line_adds_its_slope(points in series(), slope in -10.0..10.0_f64, up in -50.0..50.0_f64) {
            let tilted: Vec<(f64, f64)> = points.iter().map(|&(t, v)| (t, v + up + slope * (t - 2000.0))).collect();
            let (one, other) = (Trend::of(&points).unwrap(), Trend::of(&tilted).unwrap());
            prop_assert!((other.slope - one.slope - slope).abs() < 1e-9);
            let (a, b) = (one.at(2050.0).unwrap().value, other.at(2050.0).unwrap().value);
            prop_assert!((b - a - up - slope * 50.0).abs() < 1e-6);
        }

        #[test]
        fn no_input_panics(points in prop::collection::vec((any::<f64>(), any::<f64>()), 0..12), year in any::<f64>()) {
            if let Ok(trend) = Trend::of(&points) {
                prop_assert!(trend.slope.is_finite());
                prop_assert!(trend.at(year).is_none_or(|at| at.value.is_finite()));
            }
        }
    }
}
