//! What there is to know of the published files of values.

use std::collections::BTreeMap;

use crate::plan::Row;
use crate::report::{MeasureReport, Report};
use crate::share;

/// The file of a measure's values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Published {
    /// Rows of the file.
    pub rows: usize,
    /// Line in the file by the line in the plan's own, for the rows that pages show. The file of an edition has no row
    /// that was published after the edition.
    lines: BTreeMap<u32, usize>,
}

impl Published {
    /// The files of a report, by the measures' ids.
    pub(crate) fn of<'p>(report: &Report<'p>) -> BTreeMap<&'p str, Self> {
        let files = share::map(&report.measures, Self::of_measure);
        let ids = report.measures.iter().map(|one| one.measure.id.as_str());
        ids.zip(files).collect()
    }

    fn of_measure(one: &MeasureReport<'_>) -> Self {
        let mut file = Self::default();
        let Some(series) = one.series.as_deref() else {
            return file;
        };
        let seen = || series.rows.iter().filter(|row| row.vintage.by(one.as_of));
        let newest = seen()
            .filter(|row| !row.is_total())
            .map(|row| row.period)
            .max();
        for row in seen() {
            file.rows += 1;
            if row.is_total() || Some(row.period) == newest {
                // The header is line 1.
                file.lines.insert(row.line, file.rows + 1);
            }
        }
        file
    }

    /// The row's line in the published file, from 1.
    pub(crate) fn line(&self, row: &Row) -> usize {
        self.lines.get(&row.line).copied().unwrap_or_default()
    }
}
