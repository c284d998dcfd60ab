//! Where everything goes: the places of years and values, and which periods get a label.

use super::scale::Axis;
use super::{Chart, ChartRow};

/// Width of the drawing, units; a unit is about a pixel on a small phone.
pub(super) const WIDTH: f64 = 360.0;
/// Height without the row of signs for missing values.
const HEIGHT: f64 = 226.0;
/// Height of the row of signs for missing values.
const SIGNS: f64 = 16.0;
/// Above the plot: letters of breaks and values.
const TOP: f64 = 26.0;
/// Right of the plot.
const RIGHT: f64 = 16.0;
/// Below the plot: labels of periods.
const BOTTOM: f64 = 26.0;
/// Left and right within the plot.
const INSET: f64 = 12.0;
/// Size of letters; small print on a small phone, and no less.
pub(super) const LETTERS: f64 = 13.0;
/// Width of a digit at that size in the widest of the usual fonts: labels must not touch in any.
const LETTER_WIDTH: f64 = 8.3;
/// The same in bold.
const BOLD_WIDTH: f64 = 9.1;
/// With more periods only those at round years get a label.
const LABELS_FILLED: usize = 14;
/// Steps of the vertical axis.
const STEPS: u32 = 5;
/// An interval of a projection is cut where it would make the drawing more than this many times as high.
const INTERVAL_TIMES: f64 = 1.0;

/// A label below the plot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    pub(super) x: f64,
    pub(super) text: String,
}

/// The frame of a drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Frame {
    pub(super) axis: Axis,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) height: f64,
    /// There are missing values, which have their row below the axis.
    pub(super) signs: bool,
    years: (f64, f64),
}

impl Frame {
    /// The frame of a chart; `None` if there is no value to draw.
    pub(super) fn of(chart: &Chart) -> Option<Self> {
        let (low, high) = values(chart)?;
        let axis = Axis::covering(low, high, STEPS);
        let longest = axis
            .ticks()
            .iter()
            .map(|(_, label)| label.chars().count())
            .max()
            .unwrap_or(1);
        let signs = chart.rows.iter().any(|row| row.missing.is_some());
        let height = HEIGHT + if signs { SIGNS } else { 0.0 };
        let extra = chart
            .target()
            .map(|(year, _)| year)
            .into_iter()
            .chain(chart.projection().map(|p| p.0));
        let years = span(
            chart
                .rows
                .iter()
                .map(|row| row.at)
                .chain(extra)
                .filter(|at| at.is_finite()),
        )?;
        Some(Self {
            axis,
            left: count(longest) * LETTER_WIDTH + 8.0,
            right: WIDTH - RIGHT,
            top: TOP,
            bottom: height - BOTTOM - if signs { SIGNS } else { 0.0 },
            height,
            signs,
            years,
        })
    }

    /// Where a decimal year is.
    pub(super) fn x(&self, at: f64) -> f64 {
        let (first, last) = self.years;
        let (left, right) = (self.left + INSET, self.right - INSET);
        if last > first {
            left + (right - left) * ((at - first) / (last - first)).clamp(0.0, 1.0)
        } else {
            f64::midpoint(left, right)
        }
    }

    /// Where a value is; what lies beyond the axis is at its end.
    pub(super) fn y(&self, value: f64) -> f64 {
        let (low, high) = (self.axis.low(), self.axis.high());
        self.bottom - (self.bottom - self.top) * ((value - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Labels of periods that do not run into each other: the first and the last, then those at round years, then what
    /// there is room for.
    pub(super) fn labels(&self, chart: &Chart) -> Vec<Label> {
        let mut all: Vec<(f64, String)> = chart
            .rows
            .iter()
            .map(|row| (row.at, row.label.clone()))
            .collect();
        let ahead = [chart.target().map(|t| t.0), chart.projection().map(|p| p.0)];
        all.extend(
            ahead
                .into_iter()
                .flatten()
                .map(|year| (year, year_label(year))),
        );
        all.retain(|(at, _)| at.is_finite());
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        all.dedup_by(|b, a| a.0 == b.0);
        let ends = [all.first().cloned(), all.last().cloned()];
        let mut placed: Vec<Label> = Vec::new();
        let mut put = |at: f64, text: &str| {
            let x = self.x(at);
            let half = |text: &str| count(text.chars().count()) * LETTER_WIDTH / 2.0;
            let free = |other: &Label| (other.x - x).abs() >= half(text) + half(&other.text) + 6.0;
            if placed.iter().all(free) {
                placed.push(Label {
                    x,
                    text: text.to_owned(),
                });
            }
        };
        for (at, text) in ends.iter().flatten() {
            put(*at, text);
        }
        let (first, last) = self.years;
        for years in [10.0, 5.0, 2.0, 1.0] {
            // Coarser steps first, so that what is labelled is evenly spaced.
            let round = |at: f64| last - first >= years && (at / years).fract() == 0.0;
            for (at, text) in all.iter().filter(|(at, _)| round(*at)) {
                put(*at, text);
            }
        }
        if all.len() <= LABELS_FILLED {
            all.iter().for_each(|(at, text)| put(*at, text));
        }
        placed.sort_by(|a, b| a.x.total_cmp(&b.x));
        placed
    }
}

/// The middle of a bold text around `x` that stays within the drawing.
pub(super) fn within(x: f64, text: &str) -> f64 {
    let half = count(text.chars().count()) * BOLD_WIDTH / 2.0;
    x.min(WIDTH - half).max(half)
}

/// A decimal year as a label.
pub(super) fn year_label(year: f64) -> String {
    super::scale::fixed(year.floor(), 0)
}

fn count(letters: usize) -> f64 {
    f64::from(u32::try_from(letters).unwrap_or(u32::MAX))
}

/// Lowest and highest; `None` of nothing.
fn span(all: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    all.fold(None, |span, value| {
        let (low, high) = span.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// What the vertical axis must cover; `None` without a value.
fn values(chart: &Chart) -> Option<(f64, f64)> {
    let of_row = |row: &ChartRow| {
        let interval = row.interval();
        [row.drawn(), interval.map(|i| i.0), interval.map(|i| i.1)]
    };
    // A target alone is nothing to draw.
    chart.rows.iter().find_map(ChartRow::drawn)?;
    let ahead = [chart.target().map(|t| t.1), chart.projection().map(|p| p.1)];
    let all = chart.rows.iter().flat_map(of_row).chain(ahead).flatten();
    let (mut low, mut high) = span(all)?;
    if let Some((_, _, from, to)) = chart.projection() {
        let room = (high - low) * INTERVAL_TIMES;
        // What has never been below nought is not drawn there: counts, shares and times have no such values.
        let floor = if low >= 0.0 { 0.0 } else { low - room };
        (low, high) = (
            low.min(from.max(floor.max(low - room))),
            high.max(to.min(high + room)),
        );
    }
    // From zero where little room is lost by it, and around one value, which has no span of its own.
    if low > 0.0 && (low <= high / 2.0 || low == high) {
        low = 0.0;
    } else if high < 0.0 && (high >= low / 2.0 || low == high) {
        high = 0.0;
    }
    Some((low, high))
}
