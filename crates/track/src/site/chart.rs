//! Charts as SVG made on the server: for paper, for mail, and without scripts.
//!
//! Nothing depends on colour: what is not sure is hollow, what is planned has another shape, the trend is dashed, and a
//! key says so in words. No line goes over a missing value or a break. There is no inline style, as the content security
//! policy forbids it: colours come from [`CSS`] by class and follow dark mode and print; without the style sheet all is
//! drawn in the colour of the text. The same figures stand below as a table, and in a sentence for who cannot see them.

mod about;
mod draw;
mod frame;
mod key;
mod scale;
mod spark;
mod table;
mod words;

use maud::{Markup, html};

pub use spark::sparkline;
pub use words::{ChartWords, missing_sign};

use frame::Frame;

/// Style sheet of charts. Everything is under the classes `c-chart` and `c-spark`.
pub const CSS: &str = include_str!("chart/chart.css");

/// Flags that say a value is not final or not directly measured: drawn hollow.
const SOFT: [&str; 5] = [
    "approximate",
    "derived",
    "estimated",
    "model",
    "provisional",
];

/// Larger numbers are not drawn: they would leave no digits for the others.
const DRAWN_MAX: f64 = 1e100;

/// One period of a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChartRow {
    /// The period as written.
    pub label: String,
    /// Where it stands, decimal year.
    pub at: f64,
    /// The value.
    pub value: Option<f64>,
    /// The value as written.
    pub written: String,
    /// Why there is no value: one of [`crate::plan::Missing::WORDS`].
    pub missing: Option<&'static str>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// Flags, parted by blanks.
    pub flag: String,
    /// When it was published.
    pub vintage: String,
    /// Title and address of its source.
    pub source: (String, String),
    /// Why the series breaks before this row.
    pub brk: Option<String>,
    /// It was planned, and not measured.
    pub planned: bool,
}

impl ChartRow {
    /// The value if it can be drawn.
    fn drawn(&self) -> Option<f64> {
        self.value.filter(|value| is_drawn(*value))
    }

    /// The value if it can be drawn and was measured.
    fn measured(&self) -> Option<f64> {
        self.drawn().filter(|_| !self.planned)
    }

    /// Lower and upper end if they can be drawn.
    fn interval(&self) -> Option<(f64, f64)> {
        self.drawn()?;
        Some((
            self.low.filter(|v| is_drawn(*v))?,
            self.high.filter(|v| is_drawn(*v))?,
        ))
    }

    fn flags(&self) -> impl Iterator<Item = &str> {
        self.flag.split_ascii_whitespace()
    }

    /// It is not final or was not directly measured.
    fn is_soft(&self) -> bool {
        self.flags().any(|flag| SOFT.contains(&flag))
    }
}

fn is_drawn(value: f64) -> bool {
    value.is_finite() && value.abs() <= DRAWN_MAX
}

/// A chart of one series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// Unlike other ids of the page; begins with a letter.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// Unit of the values.
    pub unit: String,
    /// Language of title and words.
    pub language: String,
    /// Periods, oldest first.
    pub rows: Vec<ChartRow>,
    /// Year and value to be reached.
    pub target: Option<(f64, f64)>,
    /// Draw the straight line from base to target.
    pub path: bool,
    /// Place of the base in `rows`.
    pub base: Option<usize>,
    /// Where the trend leads: year, value, lower and upper end of its interval.
    pub projection: Option<(f64, f64, f64, f64)>,
}

impl Chart {
    /// The chart with its key, and the same figures as a table on demand. Without a value there is the table only.
    #[must_use]
    pub fn render(&self, words: &ChartWords) -> Markup {
        html! {
            figure.c-chart lang=(self.language) {
                figcaption {
                    (self.title)
                    @if !self.unit.is_empty() { " " span.c-unit { "(" (self.unit) ")" } }
                }
                (self.drawing(words))
                details.c-data {
                    summary { (words.table) }
                    (self.table(words))
                }
            }
        }
    }

    /// The drawing with its key, or a sentence that says there is no value.
    #[must_use]
    pub fn drawing(&self, words: &ChartWords) -> Markup {
        let Some(frame) = Frame::of(self) else {
            return html! { p.c-none { (words.none) } };
        };
        html! {
            (draw::svg(self, &frame, words))
            (key::key(self, &frame, words))
        }
    }

    /// All figures as a table.
    #[must_use]
    pub fn table(&self, words: &ChartWords) -> Markup {
        table::table(self, words)
    }

    /// What the chart shows, in one sentence: first, last, lowest and highest value, breaks, missing values, target and
    /// projection.
    #[must_use]
    pub fn about(&self, words: &ChartWords) -> String {
        about::about(self, words)
    }

    /// Year and value of the target, if they can be drawn.
    fn target(&self) -> Option<(f64, f64)> {
        self.target
            .filter(|(year, value)| year.is_finite() && is_drawn(*value))
    }

    /// Projection, if it can be drawn.
    fn projection(&self) -> Option<(f64, f64, f64, f64)> {
        self.projection.filter(|(year, value, low, high)| {
            year.is_finite() && [value, low, high].into_iter().all(|v| is_drawn(*v))
        })
    }

    /// Both ends of the straight path, decimal years and values.
    fn path(&self) -> Option<((f64, f64), (f64, f64))> {
        let row = self.rows.get(self.base.filter(|_| self.path)?)?;
        Some(((row.at, row.measured()?), self.target()?))
    }

    /// Rows before which the series breaks, with the reason. A break before all rows parts nothing.
    fn breaks(&self) -> impl Iterator<Item = (usize, &ChartRow, &str)> {
        let rows = self.rows.iter().enumerate().skip(1);
        rows.filter_map(|(at, row)| Some((at, row, row.brk.as_deref()?)))
    }

    /// Digits after the point that its values have at most.
    fn decimals(&self) -> usize {
        let part = |row: &ChartRow| {
            row.written
                .split_once('.')
                .map_or(0, |(_, part)| part.len())
        };
        self.rows.iter().map(part).max().unwrap_or(0).min(6)
    }
}

#[cfg(test)]
mod tests;
