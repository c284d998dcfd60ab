//! The timeline of a case: rows by when they happened, what is missing between them, and how late each was known.

use super::standing::Moment;

/// From so many seconds without a row on, the time between two rows is shown as a gap: 6 hours.
pub const GAP_SECONDS_MIN: i64 = 6 * 3_600;

/// A row of the timeline, beside its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'c> {
    /// The row.
    pub row: &'c Moment,
    /// Seconds since the row before, where that is a gap.
    pub gap: Option<i64>,
    /// Seconds from the event until somebody knew; never negative.
    pub lag: i64,
}

/// Rows that count, in the order in which they happened; of those at the same moment, in the order in which they were written.
#[must_use]
pub fn timeline(rows: &[Moment]) -> Vec<Line<'_>> {
    let mut kept: Vec<&Moment> = rows.iter().filter(|row| !row.struck).collect();
    kept.sort_by_key(|row| row.happened);
    let mut before = None;
    let line = |row: &'_ Moment, before: Option<i64>| {
        let since = before.map(|before| row.happened.seconds().saturating_sub(before));
        (
            since.filter(|since| *since >= GAP_SECONDS_MIN),
            row.known.seconds().saturating_sub(row.happened.seconds()),
        )
    };
    kept.into_iter()
        .map(|row| {
            let (gap, lag) = line(row, before);
            before = Some(row.happened.seconds());
            Line {
                row,
                gap,
                lag: lag.max(0),
            }
        })
        .collect()
}
