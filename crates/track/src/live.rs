//! Measures that cairn computes from its own records while it runs.
//!
//! A query gives a series of published figures: what the public may see of the reports on a day, with the confidentiality
//! rules already applied. It is written as an ordinary series file, so that a bundle with live measures is verified like
//! any other. Each row says which state of the evidence log it was counted at.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::plan::Query;

/// A named, versioned query. Its version goes up when its meaning changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: u32,
}

/// Incidents reported in a quarter, as published in the public figures. More reports can mean more trust and not more
/// incidents; most incidents are never reported.
pub const REPORTS_RECEIVED: Known = known_as("reports_received", 1);
/// Direct financial loss reported in a quarter, rounded, in the base currency's unit. A few large losses make most of the
/// sum; large ones count only once an officer verified them.
pub const DIRECT_LOSS: Known = known_as("direct_loss", 1);
/// Percent of the quarter's incidents with a loss, of those for which it is known. Who lost money is more likely to report.
pub const SHARE_WITH_LOSS: Known = known_as("share_with_loss", 1);

/// Every query that this version of the program answers.
pub const KNOWN: [Known; 3] = [REPORTS_RECEIVED, DIRECT_LOSS, SHARE_WITH_LOSS];

const fn known_as(name: &'static str, version: u32) -> Known {
    Known { name, version }
}

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

/// One figure as it was published on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRow {
    /// As a plan writes it: `2026Q1`.
    pub period: String,
    /// Decimal text; `None` where it was not shown.
    pub value: Option<String>,
    /// Day of publication.
    pub vintage: Date,
    /// Entries of the evidence log when it was counted.
    pub log_size: u64,
}

/// The rows as a series file. A figure that was published again unchanged is left out, so that a row is a figure or its
/// restatement. `source` is the id of the measure's source.
#[must_use]
pub fn series_csv(rows: &[LiveRow], source: &str) -> String {
    let mut out = String::from("period,value,vintage,source,missing,low,high,n,flag,break,note\n");
    let mut sorted: Vec<&LiveRow> = rows.iter().collect();
    sorted.sort_by(|a, b| (&a.period, a.vintage).cmp(&(&b.period, b.vintage)));
    let mut last: Option<&LiveRow> = None;
    for row in sorted {
        let again = last.is_some_and(|last| last.period == row.period && last.value == row.value);
        last = Some(row);
        if again {
            continue;
        }
        let value = row.value.as_deref().unwrap_or_default();
        let missing = if row.value.is_none() {
            "suppressed"
        } else {
            ""
        };
        // Writing to a string cannot fail.
        let _always = writeln!(
            out,
            "{},{value},{},{source},{missing},,,,,,evidence log at {} entries",
            row.period, row.vintage, row.log_size
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn row(period: &str, value: Option<&str>, day: i8) -> LiveRow {
        LiveRow {
            period: period.into(),
            value: value.map(str::to_owned),
            vintage: date(2026, 5, day),
            log_size: 100,
        }
    }

    #[test]
    fn a_row_is_a_figure_or_its_restatement() {
        let rows = [
            row("2026Q1", Some("12"), 3),
            row("2025Q4", None, 1),
            row("2026Q1", Some("12"), 1),
            row("2026Q1", Some("17"), 4),
            row("2025Q4", None, 2),
        ];
        assert_eq!(
            series_csv(&rows, "own"),
            "period,value,vintage,source,missing,low,high,n,flag,break,note\n\
             2025Q4,,2026-05-01,own,suppressed,,,,,,evidence log at 100 entries\n\
             2026Q1,12,2026-05-01,own,,,,,,,evidence log at 100 entries\n\
             2026Q1,17,2026-05-04,own,,,,,,,evidence log at 100 entries\n"
        );
    }

    #[test]
    fn names_are_told_apart_by_version() {
        let query = |version| Query {
            name: "direct_loss".into(),
            version,
        };
        assert!(known(&query(1)).is_some() && known(&query(2)).is_none());
        assert_eq!(series_id(&query(1)), "live.direct_loss.v1");
    }
}
