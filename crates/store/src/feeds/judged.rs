//! What is asked of machine reports by who judges them for notices: segments one after the other, and how observations stand.

use cairn_kernel::time::Micros;

use super::months::Place;
use super::segment::{Key, Rows};
use super::state::State;
use super::{FeedError, FeedStore};
use crate::sql::{Row, bound};

/// A segment with what it belongs to.
#[derive(Debug)]
pub struct Piece {
    /// Number of the segment.
    pub no: i64,
    /// Number of the report.
    pub report: i64,
    /// Number of the feed.
    pub feed: i64,
    /// Source and name of the feed.
    pub name: (String, String),
    /// When the report was received.
    pub received: Micros,
    /// Its observations.
    pub rows: Rows,
}

/// What tells whether an observation of a feed is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHead {
    /// Number of the feed.
    pub no: i64,
    /// Source and name.
    pub name: (String, String),
    /// Microseconds without a sighting after which an observation is gone.
    pub window_us: i64,
    /// Each report tells all there is.
    pub complete: bool,
    /// Its last whole report, and when that was received.
    pub newest: Option<(i64, Micros)>,
}

impl FeedHead {
    /// When an observation was gone, if it is: when the first whole report without it that is known came, else when its window had passed.
    #[must_use]
    pub fn gone(&self, state: &State, now: Micros) -> Option<Micros> {
        let newest = self.newest.filter(|_| self.complete);
        if !state.is_gone(now, self.window_us, newest.map(|(no, _)| no)) {
            return None;
        }
        let passed = Micros(state.last.0.saturating_add(self.window_us));
        match newest {
            Some((no, at)) if state.report < no => {
                Some(if passed < now { passed.min(at) } else { at })
            }
            _ => Some(passed),
        }
    }
}

const PIECE: &str = "SELECT s.no, s.month, s.start, s.bytes, s.report, r.feed, f.source, f.name, r.received_at FROM feed_segment s \
                     JOIN feed_report r ON r.no = s.report JOIN feed f ON f.no = r.feed WHERE s.no > $1 ORDER BY s.no LIMIT 1";
const BEFORE: &str = "SELECT s.no, s.month, s.start, s.bytes, s.report, r.feed, f.source, f.name, r.received_at FROM feed_segment s \
                      JOIN feed_report r ON r.no = s.report JOIN feed f ON f.no = r.feed WHERE s.no < $1 AND r.received_at >= $2 \
                      ORDER BY s.no DESC LIMIT 1";

impl FeedStore {
    /// The number of the newest segment; 0 if there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn last_segment(&self) -> Result<i64, FeedError> {
        let sql = "SELECT coalesce(max(no), 0) FROM feed_segment";
        let rows = self.link.rows(sql, [])?;
        Ok(rows.first().map_or(Ok(0), |row| row.int(0))?)
    }

    /// The next segment after a number, whole. The same segment is the same for ever.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn piece_after(&self, no: i64) -> Result<Option<Piece>, FeedError> {
        let rows = self.link.rows(PIECE, &bound![no])?;
        rows.first().map(|row| self.piece(row)).transpose()
    }

    /// The newest segment below a number whose report was received at a moment or later.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn piece_before(&self, no: i64, from: Micros) -> Result<Option<Piece>, FeedError> {
        let rows = self.link.rows(BEFORE, &bound![no, from])?;
        rows.first().map(|row| self.piece(row)).transpose()
    }

    fn piece(&self, row: &Row) -> Result<Piece, FeedError> {
        let place = Place {
            month: row.text(1)?,
            start: row.int(2)?.unsigned_abs(),
            bytes: row.int(3)?.unsigned_abs(),
        };
        Ok(Piece {
            no: row.int(0)?,
            report: row.int(4)?,
            feed: row.int(5)?,
            name: (row.text(6)?, row.text(7)?),
            received: row.at(8)?,
            rows: self.segment(&place)?,
        })
    }

    /// Whether a report that was received at a moment or later is still being taken in.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn is_taking_in(&self, since: Micros) -> Result<bool, FeedError> {
        let sql = "SELECT no FROM feed_report WHERE NOT done AND received_at >= $1 LIMIT 1";
        Ok(!self.link.rows(sql, &bound![since])?.is_empty())
    }

    /// How these observations of a feed stand, in the order of the keys; `None` for one that is not known (any more).
    ///
    /// # Errors
    /// The database could not be read.
    pub fn states_of(&self, feed: i64, keys: &[Key]) -> Result<Vec<Option<State>>, FeedError> {
        self.link.states(feed, keys)
    }

    /// All feeds.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn feed_heads(&self) -> Result<Vec<FeedHead>, FeedError> {
        let sql = "SELECT f.no, f.source, f.name, f.window_us, f.complete, r.no, r.received_at FROM feed f \
                   LEFT JOIN feed_report r ON r.no = f.newest ORDER BY f.no";
        let rows = self.link.rows(sql, [])?;
        rows.iter()
            .map(|row| {
                let received = row.int_opt(6)?.map(Micros);
                Ok(FeedHead {
                    no: row.int(0)?,
                    name: (row.text(1)?, row.text(2)?),
                    window_us: row.int(3)?,
                    complete: row.bool(4)?,
                    newest: row.int_opt(5)?.zip(received),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gone_is_the_report_that_lacks_it_or_the_end_of_its_window() {
        let hour = |n: i64| Micros(n * 3_600_000_000);
        let state = State {
            first: hour(1),
            since: hour(1),
            last: hour(10),
            seen: 3,
            report: 5,
            segment: 1,
        };
        let head = |complete, newest| FeedHead {
            no: 1,
            name: ("example".into(), "scan".into()),
            window_us: hour(24).0,
            complete,
            newest,
        };
        let whole = head(true, Some((6, hour(20))));
        assert_eq!(whole.gone(&state, hour(21)), Some(hour(20)));
        assert_eq!(whole.gone(&State { report: 6, ..state }, hour(21)), None);
        assert_eq!(
            head(false, Some((6, hour(20)))).gone(&state, hour(21)),
            None
        );
        assert_eq!(head(false, None).gone(&state, hour(40)), Some(hour(34)));
        // The report without it came long after its window had passed.
        let late = head(true, Some((6, hour(90))));
        assert_eq!(late.gone(&state, hour(91)), Some(hour(34)));
    }
}
