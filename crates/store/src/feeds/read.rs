//! What is known: how much of what, where an address was seen, what waits in quarantine.

use cairn_kernel::time::Micros;

use super::months::Place;
use super::raw::{Raw, raw_of};
use super::segment::{Key, Rows, source_of};
use super::state::State;
use super::take::{Counts, Rejected};
use super::{FeedError, FeedStore, filter};
use crate::params;
use crate::sql::{Value, bound};

/// Rows of the quarantine that are read at a time.
const PAGE_ROWS: i64 = 10_000;
const DAY_US: i64 = 86_400_000_000;

/// A feed, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedStats {
    /// Whose it is.
    pub source: String,
    /// Which kind of report.
    pub name: String,
    /// Microseconds without a sighting after which an observation is gone.
    pub window_us: i64,
    /// Each report tells all there is.
    pub complete: bool,
    /// Reports, whole.
    pub reports: u64,
    /// Reports that were not read to their end yet.
    pub open: u64,
    /// What came of them; `keys` and `still` are 0.
    pub counts: Counts,
    /// Observations that are not gone.
    pub present: u64,
    /// When the last report came.
    pub received: Option<Micros>,
}

/// How much there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// By feed.
    pub feeds: Vec<FeedStats>,
    /// Observations in segments.
    pub observations: u64,
    /// Segments.
    pub segments: u64,
    /// Bytes of segments.
    pub segment_bytes: u64,
    /// Different observations with a state.
    pub states: u64,
    /// Reports as they were received.
    pub raws: u64,
    /// Their bytes as kept.
    pub raw_bytes: u64,
    /// Rows in quarantine.
    pub quarantined: u64,
}

/// One way in which a source was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Its key.
    pub key: Key,
    /// Source and name of the feed.
    pub feed: (String, String),
    /// Where it stands.
    pub state: State,
    /// Whether it is gone.
    pub gone: bool,
}

/// What was seen on one day, of one kind, in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Its beginning, UTC.
    pub day: Micros,
    /// Source and name of the feed.
    pub feed: (String, String),
    /// `classification.type`.
    pub kind: String,
    /// Number of the autonomous system.
    pub asn: Option<u32>,
    /// Country; empty: not known.
    pub cc: String,
    /// Whose.
    pub owner: Option<i64>,
    /// Observations.
    pub observations: u64,
    /// Those that were new.
    pub fresh: u64,
}

/// Rows in quarantine of one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseCount {
    /// Its number.
    pub no: i64,
    /// What it says.
    pub text: String,
    /// How many.
    pub rows: u64,
    /// In how many reports.
    pub reports: u64,
    /// The first one's report.
    pub first: i64,
}

/// Which rows of the quarantine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only of this report.
    pub report: Option<i64>,
    /// Only of this cause.
    pub cause: Option<i64>,
}

/// A row in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The row.
    pub row: Rejected,
    /// Edition of the schema that read it last.
    pub schema: String,
}

/// A report with rows in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its number.
    pub report: i64,
    /// Name of the file.
    pub member: String,
    /// Which file of an archive, from 0.
    pub part: u32,
    /// Source and name of its feed.
    pub feed: (String, String),
    /// The file as received; `None` if retention removed it.
    pub raw: Option<Raw>,
    /// Its rows in quarantine.
    pub rows: Vec<Waiting>,
}

/// A segment, and whose it is.
#[derive(Debug)]
pub struct Next {
    /// Its number: those committed later have higher ones.
    pub no: i64,
    /// Number of its report.
    pub report: i64,
    /// Source and name of the feed.
    pub feed: (String, String),
    /// Its observations.
    pub rows: Rows,
}

impl FeedStore {
    /// The segment that was committed next after this number, if there is one.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn segment_after(&self, no: i64) -> Result<Option<Next>, FeedError> {
        let sql = "SELECT s.no, s.month, s.start, s.bytes, s.report, f.source, f.name FROM feed_segment s \
                   JOIN feed_report r ON r.no = s.report JOIN feed f ON f.no = r.feed WHERE s.no > $1 ORDER BY s.no LIMIT 1";
        let rows = self.link.rows(sql, &bound![no])?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let place = Place {
            month: row.text(1)?,
            start: row.int(2)?.unsigned_abs(),
            bytes: row.int(3)?.unsigned_abs(),
        };
        Ok(Some(Next {
            no: row.int(0)?,
            report: row.int(4)?,
            feed: (row.text(5)?, row.text(6)?),
            rows: self.segment(&place)?,
        }))
    }

    /// How much there is. Reads all states.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn stats(&self, now: Micros) -> Result<Stats, FeedError> {
        let mut stats = Stats::default();
        let sql = "SELECT f.no, f.source, f.name, f.window_us, f.complete, \
                   CAST(count(CASE WHEN r.done THEN 1 END) AS BIGINT), CAST(count(CASE WHEN NOT r.done THEN 1 END) AS BIGINT), \
                   CAST(coalesce(sum(r.fresh), 0) AS BIGINT), CAST(coalesce(sum(r.again), 0) AS BIGINT), \
                   CAST(coalesce(sum(r.rejected), 0) AS BIGINT), CAST(coalesce(sum(r.gone), 0) AS BIGINT), max(r.received_at) \
                   FROM feed f LEFT JOIN feed_report r ON r.feed = f.no \
                   GROUP BY f.no, f.source, f.name, f.window_us, f.complete ORDER BY f.source, f.name";
        let present = "SELECT s.feed, count(*) FROM feed_state s JOIN feed f ON f.no = s.feed \
                       WHERE s.last_at + f.window_us >= $1 AND (NOT f.complete OR f.newest IS NULL OR s.report >= f.newest) \
                       GROUP BY s.feed";
        let present = self.link.rows(present, &bound![now])?;
        for row in self.link.rows(sql, &[])? {
            let no = row.int(0)?;
            let number = |column| row.int(column).map(i64::unsigned_abs);
            let own = present.iter().find(|row| row.int(0) == Ok(no));
            stats.feeds.push(FeedStats {
                source: row.text(1)?,
                name: row.text(2)?,
                window_us: row.int(3)?,
                complete: row.bool(4)?,
                reports: number(5)?,
                open: number(6)?,
                counts: Counts {
                    fresh: number(7)?,
                    again: number(8)?,
                    rejected: number(9)?,
                    gone: number(10)?,
                    ..Counts::default()
                },
                present: own.map_or(Ok(0), |row| row.int(1))?.unsigned_abs(),
                received: row.int_opt(11)?.map(Micros),
            });
        }
        let one = |sql| -> Result<Vec<u64>, FeedError> {
            let rows = self.link.rows(sql, [])?;
            let row = rows.first();
            let number = |column| {
                row.map_or(Ok(0), |row| row.int(column))
                    .map(i64::unsigned_abs)
            };
            Ok(vec![number(0)?, number(1)?, number(2)?])
        };
        let segments = "SELECT count(*), CAST(coalesce(sum(observations), 0) AS BIGINT), CAST(coalesce(sum(bytes), 0) AS BIGINT) \
                        FROM feed_segment";
        if let [segments, observations, bytes] = one(segments)?[..] {
            (stats.segments, stats.observations, stats.segment_bytes) =
                (segments, observations, bytes);
        }
        let raws = "SELECT count(*), CAST(coalesce(sum(stored_size), 0) AS BIGINT), CAST(0 AS BIGINT) FROM feed_raw";
        if let [raws, bytes, _] = one(raws)?[..] {
            (stats.raws, stats.raw_bytes) = (raws, bytes);
        }
        let rest = "SELECT (SELECT count(*) FROM feed_state), (SELECT count(*) FROM feed_reject), CAST(0 AS BIGINT)";
        if let [states, rejects, _] = one(rest)?[..] {
            (stats.states, stats.quarantined) = (states, rejects);
        }
        Ok(stats)
    }

    /// Where the observations of a source stand: those whose keys begin with the same six bytes as `like`.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn history(&self, like: &Key, now: Micros) -> Result<Vec<History>, FeedError> {
        let (mut from, mut to) = (*like, *like);
        from.iter_mut().skip(6).for_each(|byte| *byte = 0);
        to.iter_mut().skip(6).for_each(|byte| *byte = 0xff);
        let sql = "SELECT s.key, f.source, f.name, f.window_us, f.complete, f.newest, s.first_at, s.since, s.last_at, s.seen, \
                   s.report, s.segment FROM feed_state s JOIN feed f ON f.no = s.feed \
                   WHERE s.key >= $1 AND s.key <= $2 ORDER BY s.key, f.source, f.name LIMIT 10000";
        let mut histories = Vec::new();
        for row in self.link.rows(sql, &bound![from, to])? {
            let state = State {
                first: row.at(6)?,
                since: row.at(7)?,
                last: row.at(8)?,
                seen: row.int(9)?.unsigned_abs(),
                report: row.int(10)?,
                segment: row.int(11)?,
            };
            let newest = row.int_opt(5)?.filter(|_| row.bool(4) == Ok(true));
            histories.push(History {
                key: row.blob(0)?.try_into().unwrap_or_default(),
                feed: (row.text(1)?, row.text(2)?),
                gone: state.is_gone(now, row.int(3)?, newest),
                state,
            });
        }
        Ok(histories)
    }

    /// Whether each of these observations of a feed is gone; `None` of what has no state. In the order of the keys, which rise.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn standing(
        &self,
        feed: i64,
        keys: &[Key],
        now: Micros,
    ) -> Result<Vec<Option<bool>>, FeedError> {
        let sql = "SELECT window_us, complete, newest FROM feed WHERE no = $1";
        let rows = self.link.rows(sql, &bound![feed])?;
        let Some(row) = rows.first() else {
            return Ok(vec![None; keys.len()]);
        };
        let complete = row.bool(1)?;
        let (window, newest) = (row.int(0)?, row.int_opt(2)?.filter(|_| complete));
        let states = self.link.states(feed, keys)?.into_iter();
        let gone = |state: State| state.is_gone(now, window, newest);
        Ok(states.map(|state| state.map(gone)).collect())
    }

    /// Each segment between two moments that may hold the source of `like`, with the number of its report, the newest first. Those
    /// that do not hold it are mostly told by their filters and not read.
    ///
    /// # Errors
    /// See [`FeedError`], or those of `each`.
    pub fn segments(
        &self,
        like: &Key,
        from: Micros,
        to: Micros,
        each: &mut dyn FnMut(i64, &Rows),
    ) -> Result<u64, FeedError> {
        let (source, mut last, mut read) = (source_of(like), i64::MAX, 0);
        loop {
            let sql = "SELECT no, month, start, bytes, report, sources FROM feed_segment \
                       WHERE no < $1 AND to_at >= $2 AND from_at <= $3 ORDER BY no DESC LIMIT 256";
            let rows = self.link.rows(sql, &bound![last, from, to])?;
            for row in &rows {
                last = row.int(0)?;
                if !filter::may_hold(&row.blob(5)?, source) {
                    continue;
                }
                let place = Place {
                    month: row.text(1)?,
                    start: row.int(2)?.unsigned_abs(),
                    bytes: row.int(3)?.unsigned_abs(),
                };
                read += 1;
                each(row.int(4)?, &self.segment(&place)?);
            }
            if rows.is_empty() {
                return Ok(read);
            }
        }
    }

    /// Daily counts between two moments, whole days, in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn days(&self, from: Micros, to: Micros) -> Result<Vec<Day>, FeedError> {
        let sql = "SELECT d.day, f.source, f.name, d.kind, d.asn, d.cc, d.owner, d.observations, d.fresh FROM feed_day d \
                   JOIN feed f ON f.no = d.feed WHERE d.day >= $1 AND d.day <= $2 \
                   ORDER BY d.day, d.feed, d.kind, d.asn, d.cc, d.owner LIMIT 100000";
        let of = |at: Micros| at.0.div_euclid(DAY_US);
        let rows = self.link.rows(sql, &bound![of(from), of(to)])?;
        rows.iter()
            .map(|row| {
                let known = |number: &i64| *number > 0;
                Ok(Day {
                    day: Micros(row.int(0)?.saturating_mul(DAY_US)),
                    feed: (row.text(1)?, row.text(2)?),
                    kind: row.text(3)?,
                    asn: Some(row.int(4)?)
                        .filter(known)
                        .and_then(|asn| u32::try_from(asn).ok()),
                    cc: row.text(5)?,
                    owner: Some(row.int(6)?).filter(known),
                    observations: row.int(7)?.unsigned_abs(),
                    fresh: row.int(8)?.unsigned_abs(),
                })
            })
            .collect()
    }

    /// What waits in quarantine, by cause, the most frequent first.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn causes(&self) -> Result<Vec<CauseCount>, FeedError> {
        let sql = "SELECT c.no, c.text, count(*), count(DISTINCT r.report), min(r.report) FROM feed_reject r \
                   JOIN feed_cause c ON c.no = r.cause GROUP BY c.no, c.text ORDER BY count(*) DESC, c.no LIMIT 1000";
        let rows = self.link.rows(sql, [])?;
        rows.iter()
            .map(|row| {
                Ok(CauseCount {
                    no: row.int(0)?,
                    text: row.text(1)?,
                    rows: row.int(2)?.unsigned_abs(),
                    reports: row.int(3)?.unsigned_abs(),
                    first: row.int(4)?,
                })
            })
            .collect()
    }

    /// The reports that have rows of that kind in quarantine.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn pending(&self, wanted: Wanted) -> Result<Vec<i64>, FeedError> {
        let sql = "SELECT DISTINCT report FROM feed_reject WHERE (CAST($1 AS BIGINT) IS NULL OR report = $1) \
                   AND (CAST($2 AS BIGINT) IS NULL OR cause = $2) ORDER BY report";
        let rows = self.link.rows(sql, optional(wanted))?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// The same, each with the source of its feed.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn pending_with_source(&self, wanted: Wanted) -> Result<Vec<(i64, String)>, FeedError> {
        let sql = "SELECT DISTINCT q.report, f.source FROM feed_reject q JOIN feed_report r ON r.no = q.report \
                   JOIN feed f ON f.no = r.feed WHERE (CAST($1 AS BIGINT) IS NULL OR q.report = $1) \
                   AND (CAST($2 AS BIGINT) IS NULL OR q.cause = $2) ORDER BY q.report";
        let rows = self.link.rows(sql, optional(wanted))?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?)))
            .collect()
    }

    /// Some rows of a report in quarantine, from a byte on: at most 10,000, by where they stand.
    ///
    /// # Errors
    /// [`FeedError::NoReport`], or the database could not be read.
    pub fn rejects(
        &self,
        report: i64,
        cause: Option<i64>,
        from: u64,
    ) -> Result<Pending, FeedError> {
        let sql = "SELECT r.member, r.part, f.source, f.name, w.sha256, w.size, w.stored, w.stored_size, w.packed, w.key \
                   FROM feed_report r JOIN feed f ON f.no = r.feed LEFT JOIN feed_raw w ON w.sha256 = r.raw WHERE r.no = $1";
        let rows = self.link.rows(sql, &bound![report])?;
        let head = rows.first().ok_or(FeedError::NoReport(report))?;
        let raw = match head.text_opt(4)? {
            None => None,
            Some(_) => {
                let own: Vec<Value> = head.0.iter().skip(4).cloned().collect();
                Some(raw_of(&crate::sql::Row(own))?)
            }
        };
        let sql = "SELECT q.start, q.bytes, q.line, c.text, q.schema FROM feed_reject q JOIN feed_cause c ON c.no = q.cause \
                   WHERE q.report = $1 AND (CAST($2 AS BIGINT) IS NULL OR q.cause = $2) AND q.start >= $3 ORDER BY q.start LIMIT $4";
        let found = self
            .link
            .rows(sql, &bound![report, cause, from, PAGE_ROWS])?;
        let one = |row: &crate::sql::Row| {
            let own = Rejected {
                start: row.int(0)?.unsigned_abs(),
                bytes: row.int(1)?.unsigned_abs(),
                line: row.int(2)?.unsigned_abs(),
                cause: row.text(3)?,
            };
            Ok(Waiting {
                row: own,
                schema: row.text(4)?,
            })
        };
        Ok(Pending {
            report,
            member: head.text(0)?,
            part: u32::try_from(head.int(1)?).unwrap_or_default(),
            feed: (head.text(2)?, head.text(3)?),
            raw,
            rows: found.iter().map(one).collect::<Result<_, FeedError>>()?,
        })
    }
}

fn optional(wanted: Wanted) -> Vec<Value> {
    params![wanted.report, wanted.cause]
}
