//! Measures that cairn computes from its own records while it runs.
//!
//! A query gives a series of published figures: what the public may see of the reports on a day, with the confidentiality
//! rules already applied. It is written as an ordinary series file, so that a bundle with live measures is verified like
//! any other. Each row says which state of the evidence log it was counted at.

mod known;
mod said;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::plan::{Missing, Plan, Query};

pub use known::{
    ANONYMOUS_SHARE, ANSWERED_WITHIN_TARGET, Both, CLOSE_MEDIAN, CLOSE_P90, CONSENT_BY_AGENCY,
    DIRECT_LOSS, FIRST_ANSWER_MEDIAN, FIRST_ANSWER_P90, KNOWN, Known, MEDIAN_LOSS, P95_LOSS,
    REFERRED_BY_AGENCY, REPORTING_DELAY_MEDIAN, REPORTING_DELAY_P90, REPORTS_BY_CATEGORY,
    REPORTS_BY_REGION, REPORTS_PER_100K, REPORTS_RECEIVED, SHARE_WITH_LOSS,
};

pub(crate) use said::in_language;
pub use said::{service_began, target_hours};

/// The query with this name and version.
#[must_use]
pub fn known(query: &Query) -> Option<Known> {
    KNOWN
        .into_iter()
        .find(|known| known.name == query.name && known.version == query.version)
}

/// Id of the series that a query gives.
#[must_use]
pub fn series_id(query: &Query) -> String {
    format!("live.{}.v{}", query.name, query.version)
}

/// What a plan asks of one query, over all of its editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The query.
    pub known: Known,
    /// Id of the series to write.
    pub series: String,
    /// Id of the source of the newest measure that asks.
    pub source: String,
    /// A measure has the query's dimension; without it only the totals are wanted.
    pub broken_down: bool,
    /// Values of the dimension that the plan knows; empty for all.
    pub values: BTreeSet<String>,
}

/// The live queries that a plan asks and this program answers, each once.
#[must_use]
pub fn asks(plan: &Plan) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    let mut open = BTreeSet::new();
    for measure in plan.editions.iter().flat_map(|edition| &edition.measures) {
        let Some((query, known)) = measure.query.as_ref().and_then(|q| Some((q, known(q)?))) else {
            continue;
        };
        let series = series_id(query);
        let place = asks.iter().position(|ask| ask.series == series);
        let place = place.unwrap_or_else(|| {
            asks.push(Ask {
                known,
                series: series.clone(),
                source: String::new(),
                broken_down: false,
                values: BTreeSet::new(),
            });
            asks.len() - 1
        });
        let Some(ask) = asks.get_mut(place) else {
            continue;
        };
        ask.source.clone_from(&measure.source);
        let dimension = measure.disaggregation.iter();
        for dimension in dimension.filter(|one| Some(one.name.as_str()) == known.dimension) {
            ask.broken_down = true;
            ask.values.extend(dimension.values.iter().cloned());
            if dimension.values.is_empty() {
                open.insert(series.clone());
            }
        }
    }
    for ask in asks.iter_mut().filter(|ask| open.contains(&ask.series)) {
        ask.values.clear();
    }
    asks
}

/// One figure as it was published on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRow {
    /// As a plan writes it: `2026Q1`.
    pub period: String,
    /// Value of the query's dimension; none for the total.
    pub code: Option<String>,
    /// Decimal text, or why there is none.
    pub value: Result<String, Missing>,
    /// Ends of the interval, decimal texts.
    pub interval: Option<(String, String)>,
    /// How many reports it is made of, rounded by the gate.
    pub n: Option<u64>,
    /// Why the figures before it are not comparable.
    pub broken: Option<String>,
    /// What else is to be known of it.
    pub note: String,
    /// Day of publication.
    pub vintage: Date,
    /// Entries of the evidence log when it was counted.
    pub log_size: u64,
}

impl LiveRow {
    /// Nothing in it is other than it was, but the day and the log.
    #[must_use]
    pub fn is_again(&self, before: &Self) -> bool {
        (
            &self.period,
            &self.code,
            &self.value,
            &self.interval,
            &self.n,
            &self.note,
        ) == (
            &before.period,
            &before.code,
            &before.value,
            &before.interval,
            &before.n,
            &before.note,
        )
    }
}

/// The rows that were asked for as a series file. A figure that was published again unchanged is left out, so that a row
/// is a figure or its restatement.
#[must_use]
pub fn series_csv(rows: &[LiveRow], ask: &Ask) -> Vec<u8> {
    let dimension = ask.known.dimension.filter(|_| ask.broken_down);
    let mut sorted: Vec<&LiveRow> = rows
        .iter()
        .filter(|row| match &row.code {
            None => true,
            Some(code) => {
                dimension.is_some() && (ask.values.is_empty() || ask.values.contains(code))
            }
        })
        .collect();
    sorted.sort_by(|a, b| (&a.code, &a.period, a.vintage).cmp(&(&b.code, &b.period, b.vintage)));
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut header = vec![
        "period", "value", "vintage", "source", "missing", "low", "high", "n", "flag", "break",
        "note",
    ];
    header.extend(dimension);
    // Writing to memory cannot fail.
    let _memory = out.write_record(&header);
    let mut last: Option<&LiveRow> = None;
    for row in sorted {
        let again = last.is_some_and(|last| row.is_again(last));
        last = Some(row);
        if !again {
            let _memory = out.write_record(fields(row, &ask.source, dimension.is_some()));
        }
    }
    out.into_inner().unwrap_or_default()
}

fn fields(row: &LiveRow, source: &str, broken_down: bool) -> Vec<String> {
    let (value, missing) = match &row.value {
        Ok(value) => (value.clone(), ""),
        Err(missing) => (String::new(), missing.as_str()),
    };
    let (low, high) = row.interval.clone().unwrap_or_default();
    let mut note = said::log_at(row.log_size);
    if !row.note.is_empty() {
        note = format!("{}; {note}", row.note);
    }
    let mut fields = vec![
        row.period.clone(),
        value,
        row.vintage.to_string(),
        source.to_owned(),
        missing.to_owned(),
        low,
        high,
        row.n.map(|n| n.to_string()).unwrap_or_default(),
        String::new(),
        row.broken.clone().unwrap_or_default(),
        note,
    ];
    if broken_down {
        fields.push(row.code.clone().unwrap_or_default());
    }
    fields
}

#[cfg(test)]
mod tests;
