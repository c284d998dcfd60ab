//! `series/ID.csv`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::csv_rows::{Record, Sheet};
use super::super::decimal::{Decimal, DecimalError};
use super::super::fault::{Faults, did_you_mean, short};
use super::super::model::Source;
use super::super::period::{Period, PeriodError};
use super::super::series::{Dims, FLAGS, Missing, More, Row, Series};
use super::super::vintage::{Vintage, VintageError};

/// Columns of the file that are no dimensions.
pub(crate) const COLUMNS: &[&str] = &[
    "period", "value", "vintage", "source", "missing", "low", "high", "n", "flag", "break", "note",
];

/// Columns that must be there.
const REQUIRED: &[&str] = &["period", "value", "vintage", "source"];

/// Where each column is.
struct Columns {
    period: Option<usize>,
    value: Option<usize>,
    vintage: Option<usize>,
    source: Option<usize>,
    missing: Option<usize>,
    low: Option<usize>,
    high: Option<usize>,
    n: Option<usize>,
    flag: Option<usize>,
    brk: Option<usize>,
    note: Option<usize>,
    dims: Vec<(String, usize)>,
}

/// Cells of breakdowns that series have in common: most series of a plan are broken down by the same regions and ages.
pub(super) type Cells = Mutex<BTreeSet<Arc<Dims>>>;

/// Texts that many rows share.
struct Shared<'c> {
    cells: &'c Cells,
    sources: BTreeSet<Arc<str>>,
    dims: BTreeMap<Vec<String>, Arc<Dims>>,
    /// Those of the row before, which are mostly those of the next one.
    last: Option<(Vec<String>, Arc<Dims>)>,
}

struct Reader<'s> {
    sheet: &'s Sheet<'s>,
    columns: Columns,
    sources: &'s BTreeMap<String, Source>,
}

pub(super) fn read(
    file: &str,
    id: &str,
    bytes: &[u8],
    (sources, cells): (&BTreeMap<String, Source>, &Cells),
    faults: &Faults,
) -> Series {
    let mut series = Series {
        id: id.to_owned(),
        ..Series::default()
    };
    let Some(sheet) = Sheet::open(file, bytes, faults, (REQUIRED, COLUMNS), false) else {
        return series;
    };
    let reader = Reader {
        columns: columns(&sheet),
        sheet: &sheet,
        sources,
    };
    let dims = reader.columns.dims.iter();
    series.dimensions = dims.map(|(name, _)| name.clone()).collect();
    let mut shared = Shared {
        cells,
        sources: BTreeSet::new(),
        dims: BTreeMap::new(),
        last: None,
    };
    // What grows step by step leaves holes behind it, a third of all memory with millions of rows.
    series.rows.reserve_exact(sheet.rows_max());
    sheet.each(|record| series.rows.extend(reader.row(record, &mut shared)));
    series.rows.shrink_to_fit();
    duplicates(file, &series, faults);
    series
}

fn columns(sheet: &Sheet<'_>) -> Columns {
    let named = sheet.header.iter().enumerate();
    Columns {
        period: sheet.column("period"),
        value: sheet.column("value"),
        vintage: sheet.column("vintage"),
        source: sheet.column("source"),
        missing: sheet.column("missing"),
        low: sheet.column("low"),
        high: sheet.column("high"),
        n: sheet.column("n"),
        flag: sheet.column("flag"),
        brk: sheet.column("break"),
        note: sheet.column("note"),
        dims: named
            .filter(|(_, name)| !COLUMNS.contains(&name.as_str()))
            .map(|(at, name)| (name.clone(), at))
            .collect(),
    }
}

impl Reader<'_> {
    /// The row, or `None` with faults.
    fn row(&self, record: &Record<'_>, shared: &mut Shared<'_>) -> Option<Row> {
        let columns = &self.columns;
        let period = self.period(record);
        let vintage = self.vintage(record);
        let (value, missing) = self.value_or_missing(record)?;
        let more = self.more(record, value);
        let source = record.get(columns.source);
        if source.is_empty() {
            let mend = "Write the id of a source in sources.csv";
            let words = ("the row names no source", mend);
            self.sheet.error(record, "source", "missing-value", words);
        }
        Some(Row {
            period: period?,
            value,
            missing,
            vintage: vintage?,
            source: shared.source(source),
            dims: shared.dims(&columns.dims, record),
            more,
            line: record.line,
        })
    }

    fn period(&self, record: &Record<'_>) -> Option<Period> {
        let text = record.get(self.columns.period);
        let read = text.parse();
        read.map_err(|error: PeriodError| {
            self.refuse(record, "period", "bad-period", &error.to_string());
        })
        .ok()
    }

    /// When the row was published; when its source was, if the row does not say.
    fn vintage(&self, record: &Record<'_>) -> Option<Vintage> {
        let text = record.get(self.columns.vintage);
        if text.is_empty() {
            let source = self.sources.get(record.get(self.columns.source));
            let published = source.and_then(|source| source.published);
            if published.is_none() && !self.sheet.faults.is_broken(super::SOURCES_FILE) {
                let what = "the row has no vintage, and its source no day of publication";
                let mend = "Write when the figure was published: a day, month or year";
                self.sheet
                    .error(record, "vintage", "missing-value", (what, mend));
            }
            return published;
        }
        let read = text.parse();
        read.map_err(|error: VintageError| {
            self.refuse(record, "vintage", "bad-vintage", &error.to_string());
        })
        .ok()
    }

    /// A fault in the words of an error, `WHAT: MEND`.
    fn refuse(&self, record: &Record<'_>, column: &str, code: &'static str, words: &str) {
        let (what, mend) = words.rsplit_once(": write ").unwrap_or((words, ""));
        let mend = format!("Write {mend}");
        self.sheet
            .error(record, column, code, (short_words(what), mend));
    }

    /// Exactly one of both.
    fn value_or_missing(&self, record: &Record<'_>) -> Option<(Option<Decimal>, Option<Missing>)> {
        let value = record.get(self.columns.value);
        let missing = record.get(self.columns.missing);
        let words = || Missing::WORDS.join(", ");
        match (value.is_empty(), missing.is_empty()) {
            (false, true) => Some((Some(self.number(record, "value", value)?), None)),
            (true, false) => {
                let read = Missing::of(missing);
                if read.is_none() {
                    let what = format!("`{}` is no reason for a missing value", short(missing));
                    let list = format!("Write one of: {}", words());
                    let mend = did_you_mean(missing, Missing::WORDS.iter().copied(), list);
                    self.sheet
                        .error(record, "missing", "unknown-word", (what, mend));
                }
                Some((None, Some(read?)))
            }
            (true, true) => {
                let what = "the row has neither a value nor a reason why it is missing";
                let mend = format!(
                    "Write a value, or in the column `missing` one of: {}",
                    words()
                );
                self.sheet.error(record, "value", "no-value", (what, mend));
                None
            }
            (false, false) => {
                let what = "the row has a value and a reason why it is missing";
                let mend = "Take one of them out";
                self.sheet
                    .error(record, "missing", "value-and-missing", (what, mend));
                None
            }
        }
    }

    fn number(&self, record: &Record<'_>, column: &str, text: &str) -> Option<Decimal> {
        let read = text.parse();
        read.map_err(|error: DecimalError| {
            let what = format!("`{}` is no number: {error}", short(text));
            let code = match error {
                DecimalError::Formula => "formula",
                _ => "bad-number",
            };
            let mend = "Write digits with at most one point, such as 1234.5, without separators, signs or words";
            self.sheet.error(record, column, code, (what, mend));
        })
        .ok()
    }

    fn more(&self, record: &Record<'_>, value: Option<Decimal>) -> Option<Arc<More>> {
        let columns = &self.columns;
        let number = |column, text: &str| {
            (!text.is_empty())
                .then(|| self.number(record, column, text))
                .flatten()
        };
        let text = |at| Some(record.get(at)).filter(|text| !text.is_empty());
        let more = More {
            low: number("low", record.get(columns.low)),
            high: number("high", record.get(columns.high)),
            n: text(columns.n).and_then(|text| self.count(record, text)),
            flag: text(columns.flag).map_or_else(String::new, |text| self.flags(record, text)),
            brk: text(columns.brk).map(str::to_owned),
            note: record.get(columns.note).to_owned(),
        };
        self.check_interval(record, value, &more);
        (more != More::default()).then(|| Arc::new(more))
    }

    fn count(&self, record: &Record<'_>, text: &str) -> Option<u64> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let read = text.parse().ok().filter(|_| digits);
        if read.is_none() {
            let what = format!("`{}` is no sample size", short(text));
            let mend = "Write a whole number without separators";
            self.sheet.error(record, "n", "bad-number", (what, mend));
        }
        read
    }

    fn flags(&self, record: &Record<'_>, text: &str) -> String {
        for flag in text.split_ascii_whitespace().filter(|f| !FLAGS.contains(f)) {
            let what = format!("unknown flag `{}`", short(flag));
            let list = format!("Write some of: {}", FLAGS.join(", "));
            let mend = did_you_mean(flag, FLAGS.iter().copied(), list);
            self.sheet
                .error(record, "flag", "unknown-word", (what, mend));
        }
        text.to_owned()
    }

    fn check_interval(&self, record: &Record<'_>, value: Option<Decimal>, more: &More) {
        let (low, high) = (
            more.low.map(Decimal::number),
            more.high.map(Decimal::number),
        );
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            let what = format!("`low` {low} is above `high` {high}");
            self.sheet
                .error(record, "low", "bad-interval", (what, "Exchange them"));
            return;
        }
        let Some(value) = value.map(Decimal::number) else {
            return;
        };
        if low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high) {
            let what = format!("the value {value} lies outside of its interval");
            let mend = "Correct `value`, `low` or `high`";
            self.sheet
                .error(record, "value", "outside-interval", (what, mend));
        }
    }
}

/// What was written was shortened already; only control characters are left.
fn short_words(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

impl Shared<'_> {
    fn source(&mut self, id: &str) -> Arc<str> {
        if let Some(shared) = self.sources.get(id) {
            return Arc::clone(shared);
        }
        let shared: Arc<str> = id.into();
        self.sources.insert(Arc::clone(&shared));
        shared
    }

    fn dims(&mut self, columns: &[(String, usize)], record: &Record<'_>) -> Arc<Dims> {
        let values = || columns.iter().map(|(_, at)| record.get(Some(*at)));
        if let Some((last, shared)) = &self.last
            && values().eq(last.iter().map(String::as_str))
        {
            return Arc::clone(shared);
        }
        let key: Vec<String> = values().map(str::to_owned).collect();
        let shared = self.dims.entry(key.clone()).or_insert_with(|| {
            let named = columns.iter().map(|(name, _)| name).zip(values());
            let named = named.filter(|(_, value)| !value.is_empty());
            let owned = named.map(|(name, value)| (name.clone(), value.to_owned()));
            one_of(self.cells, owned.collect())
        });
        let shared = Arc::clone(shared);
        self.last = Some((key, Arc::clone(&shared)));
        shared
    }
}

/// The cell, as another series has it already.
fn one_of(cells: &Cells, dims: Dims) -> Arc<Dims> {
    let mut cells = cells.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = cells.get(&dims) {
        return Arc::clone(known);
    }
    let dims = Arc::new(dims);
    cells.insert(Arc::clone(&dims));
    dims
}

/// Names rows of the same period, vintage and dimensions.
fn duplicates(file: &str, series: &Series, faults: &Faults) {
    let rows = series.ordered(jiff::civil::Date::MAX);
    for (first, again) in rows.iter().zip(rows.iter().skip(1)) {
        if first.cell() == again.cell() && first.vintage == again.vintage {
            let what = format!(
                "line {} has the same period, vintage and dimensions",
                first.line
            );
            let mend = "Take one of them out, or give the newer one its own vintage";
            faults.error((file, (again.line, 0)), "duplicate-row", what, mend);
        }
    }
}
