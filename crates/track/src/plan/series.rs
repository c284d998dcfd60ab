//! Series: the values of a measure with the day on which each was published.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use super::choice::choices;
use super::decimal::Decimal;
use super::period::Period;
use super::vintage::Vintage;

choices! {
    /// Why there is no value. Four different things, with four different signs on the page.
    Missing {
        /// It should be there and is not.
        Missing = "missing",
        /// Nobody asked in that period.
        NotCollected = "not-collected",
        /// It is known and withheld, to protect those it is about.
        Suppressed = "suppressed",
        /// There can be no such value.
        NotApplicable = "not-applicable",
    }
}

/// Flags a row may carry, several parted by blanks.
pub const FLAGS: &[&str] = &[
    "approximate",
    "derived",
    "estimated",
    "model",
    "planned",
    "provisional",
    "secondary",
];

/// One value for each dimension of a cell, by the dimension's name; a dimension that is not named is the total.
pub type Dims = BTreeMap<String, String>;

/// What one row of a series is about, whatever its vintage.
pub type Cell<'a> = (&'a Dims, Period);

/// What few rows have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct More {
    /// Lower end of the interval.
    pub low: Option<Decimal>,
    /// Upper end of the interval.
    pub high: Option<Decimal>,
    /// Sample size.
    pub n: Option<u64>,
    /// Flags, parted by blanks; empty for none.
    pub flag: String,
    /// Why the series breaks before this row.
    pub brk: Option<String>,
    /// A remark; empty for none.
    pub note: String,
}

/// One row of a series file. Kept small, since a plan may have millions of them: what few rows have is in [`More`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is about.
    pub period: Period,
    /// The value; exactly one of this and `missing` is there.
    pub value: Option<Decimal>,
    /// Why there is no value.
    pub missing: Option<Missing>,
    /// When it was published.
    pub vintage: Vintage,
    /// Id of its source.
    pub source: Arc<str>,
    /// One value for each dimension; empty for the total.
    pub dims: Arc<Dims>,
    /// Interval, sample size, flags, break and note.
    pub more: Option<Arc<More>>,
    /// Line in the file, from 1.
    pub line: u32,
}

impl Row {
    /// The value as a double.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.value.map(Decimal::number)
    }

    /// Lower end of the interval.
    #[must_use]
    pub fn low(&self) -> Option<Decimal> {
        self.more.as_ref()?.low
    }

    /// Upper end of the interval.
    #[must_use]
    pub fn high(&self) -> Option<Decimal> {
        self.more.as_ref()?.high
    }

    /// Sample size.
    #[must_use]
    pub fn n(&self) -> Option<u64> {
        self.more.as_ref()?.n
    }

    /// Flags, parted by blanks; empty for none.
    #[must_use]
    pub fn flag(&self) -> &str {
        self.more.as_ref().map_or("", |more| &more.flag)
    }

    /// It carries this flag.
    #[must_use]
    pub fn is_flagged(&self, flag: &str) -> bool {
        self.flag().split_ascii_whitespace().any(|f| f == flag)
    }

    /// Why the series breaks before this row.
    #[must_use]
    pub fn brk(&self) -> Option<&str> {
        self.more.as_ref()?.brk.as_deref()
    }

    /// A remark; empty for none.
    #[must_use]
    pub fn note(&self) -> &str {
        self.more.as_ref().map_or("", |more| &more.note)
    }

    /// What it is about, whatever its vintage.
    #[must_use]
    pub fn cell(&self) -> Cell<'_> {
        (&self.dims, self.period)
    }

    /// It is about everybody: no dimension is named.
    #[must_use]
    pub fn is_total(&self) -> bool {
        self.dims.is_empty()
    }
}

/// A series, as in its file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Series {
    /// Its id: the name of its file.
    pub id: String,
    /// Names of its columns of dimensions, in the order of the file.
    pub dimensions: Vec<String>,
    /// Rows in the order of the file.
    pub rows: Vec<Row>,
}

/// A cell that was published again with another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restatement<'a> {
    /// What had been published.
    pub before: &'a Row,
    /// What was published next.
    pub after: &'a Row,
}

impl Restatement<'_> {
    /// New value less old value; `None` if one of them is missing.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        Some(self.after.number()? - self.before.number()?)
    }
}

impl Series {
    /// For each cell the row of the latest vintage by `as_of`, ordered by period, then by dimensions.
    #[must_use]
    pub fn seen(&self, as_of: Date) -> Vec<&Row> {
        self.at(&self.newest(as_of, 0, |_| true))
    }

    /// As [`Self::seen`], but for each cell one vintage earlier where there is one.
    #[must_use]
    pub fn previous(&self, as_of: Date) -> Vec<&Row> {
        self.at(&self.newest(as_of, 1, |_| true))
    }

    /// Places of the rows that [`Self::seen`] gives, of those rows that `keep` wants; `earlier` vintages back where a cell
    /// has so many.
    #[must_use]
    pub fn newest(&self, as_of: Date, earlier: usize, keep: impl Fn(&Row) -> bool) -> Vec<u32> {
        let rows = self.sorted(|row| row.vintage.by(as_of) && keep(row));
        let mut picked: Vec<(u32, &Row)> = rows
            .chunk_by(|(_, a), (_, b)| same_cell(a, b))
            .filter_map(|cell| cell.iter().rev().nth(earlier.min(cell.len() - 1)).copied())
            .collect();
        // Stable: dimensions are in order already.
        picked.sort_by_key(|(_, row)| row.period);
        picked.into_iter().map(|(at, _)| at).collect()
    }

    /// The rows at these places.
    #[must_use]
    pub fn at(&self, places: &[u32]) -> Vec<&Row> {
        let row = |at: &u32| self.rows.get(usize::try_from(*at).ok()?);
        places.iter().filter_map(row).collect()
    }

    /// Cells that were published again with another value or another reason for none, ordered by dimensions, period
    /// and vintage. `13` and `13.0` are the same value.
    #[must_use]
    pub fn restatements(&self) -> Vec<Restatement<'_>> {
        let rows = self.ordered(Date::MAX);
        rows.chunk_by(|a, b| same_cell(a, b))
            .flat_map(|cell| cell.iter().zip(cell.iter().skip(1)))
            .filter(|(before, after)| {
                before.number() != after.number() || before.missing != after.missing
            })
            .map(|(before, after)| Restatement { before, after })
            .collect()
    }

    /// Every row by `as_of`, ordered by dimensions, period and vintage.
    #[must_use]
    pub fn ordered(&self, as_of: Date) -> Vec<&Row> {
        let rows = self.sorted(|row| row.vintage.by(as_of));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The rows that `keep` wants with their places, ordered by dimensions, period and vintage.
    fn sorted(&self, keep: impl Fn(&Row) -> bool) -> Vec<(u32, &Row)> {
        let rows: Vec<(u32, &Row)> = (0..).zip(&self.rows).filter(|(_, row)| keep(row)).collect();
        let ranks = ranks(&rows);
        let rank = |row: &Row| ranks.get(&Arc::as_ptr(&row.dims).addr()).copied();
        let mut rows: Vec<(Option<u32>, (u32, &Row))> =
            rows.into_iter().map(|one| (rank(one.1), one)).collect();
        rows.sort_by(|(first, (_, a)), (second, (_, b))| {
            first
                .cmp(second)
                .then_with(|| a.period.cmp(&b.period))
                .then_with(|| a.vintage.cmp(&b.vintage))
        });
        rows.into_iter().map(|(_, one)| one).collect()
    }
}

/// Places of the breakdowns in their order, by address: rows share them, so that a few texts are compared and not one for
/// each pair of rows.
fn ranks(rows: &[(u32, &Row)]) -> BTreeMap<usize, u32> {
    let mut all: BTreeMap<usize, &Arc<Dims>> = BTreeMap::new();
    for (_, row) in rows {
        all.entry(Arc::as_ptr(&row.dims).addr())
            .or_insert(&row.dims);
    }
    let mut sorted: Vec<(usize, &Arc<Dims>)> = all.into_iter().collect();
    sorted.sort_by_key(|(_, dims)| Arc::clone(dims));
    let equal = sorted.chunk_by(|(_, a), (_, b)| a == b);
    (0..)
        .zip(equal)
        .flat_map(|(rank, group)| group.iter().map(move |(address, _)| (*address, rank)))
        .collect()
}

/// Rows of one series share their dimensions, so that most comparisons are of addresses.
fn by_dims(a: &Row, b: &Row) -> Ordering {
    if Arc::ptr_eq(&a.dims, &b.dims) {
        Ordering::Equal
    } else {
        a.dims.cmp(&b.dims)
    }
}

fn same_cell(a: &Row, b: &Row) -> bool {
    a.period == b.period && by_dims(a, b).is_eq()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn row(line: u32, period: &str, value: &str, vintage: &str, region: &str) -> Row {
        let dims: Dims = [("region", region)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Row {
            period: period.parse().unwrap(),
            value: value.parse().ok(),
            missing: value.is_empty().then_some(Missing::Suppressed),
            vintage: vintage.parse().unwrap(),
            source: "s".into(),
            dims: Arc::new(dims),
            more: None,
            line,
        }
    }

    fn series() -> Series {
        Series {
            id: "sales".into(),
            dimensions: vec!["region".into()],
            rows: vec![
                row(2, "2021", "13.0", "2022-03", ""),
                row(3, "2019", "11.0", "2020-03", ""),
                row(4, "2021", "11.3", "2024-05", ""),
                row(5, "2023", "12.6", "2024-05", ""),
                row(6, "2021", "4.1", "2022-03", "north"),
                row(7, "2019", "11", "2022-03", ""),
                row(8, "2021", "", "2024-05", "north"),
            ],
        }
    }

    fn lines(rows: &[&Row]) -> Vec<u32> {
        rows.iter().map(|row| row.line).collect()
    }

    #[test]
    fn what_is_seen_depends_on_the_day() {
        let series = series();
        assert!(series.seen(date(2020, 3, 30)).is_empty());
        assert_eq!(lines(&series.seen(date(2020, 3, 31))), [3]);
        assert_eq!(lines(&series.seen(date(2023, 1, 1))), [7, 2, 6]);
        assert_eq!(lines(&series.seen(date(2024, 5, 31))), [7, 4, 8, 5]);
    }

    #[test]
    fn previous_is_one_vintage_earlier_where_there_is_one() {
        let series = series();
        assert_eq!(lines(&series.previous(date(2024, 5, 31))), [3, 2, 6, 5]);
        assert_eq!(lines(&series.previous(date(2023, 1, 1))), [3, 2, 6]);
        assert!(series.previous(date(2019, 1, 1)).is_empty());
    }

    #[test]
    fn restatements_are_changes_only() {
        let series = series();
        let found: Vec<(u32, u32)> = series
            .restatements()
            .iter()
            .map(|r| (r.before.line, r.after.line))
            .collect();
        // 11.0 again as 11 is none; a value that is withheld later is one.
        assert_eq!(found, [(2, 4), (6, 8)]);
        let by = series
            .restatements()
            .first()
            .and_then(Restatement::difference);
        assert!((by.unwrap() + 1.7).abs() < 1e-12);
        assert_eq!(
            series
                .restatements()
                .get(1)
                .and_then(Restatement::difference),
            None
        );
    }

    #[test]
    fn a_row_is_small() {
        assert!(
            std::mem::size_of::<Row>() <= 80,
            "{}",
            std::mem::size_of::<Row>()
        );
    }

    #[test]
    fn flags_are_words() {
        let mut row = row(2, "2021", "1", "2022", "");
        assert!(!row.is_flagged("planned") && row.is_total());
        row.more = Some(Arc::new(More {
            flag: "secondary planned".into(),
            ..More::default()
        }));
        assert!(row.is_flagged("planned") && !row.is_flagged("plan"));
    }
}
