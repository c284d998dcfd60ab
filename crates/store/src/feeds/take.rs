//! Taking reports in: a report is begun, committed some thousand observations at a time, and finished. Each commit is one transaction, so
//! that after a crash the report goes on where the last one ended and nothing is counted twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cairn_kernel::time::Micros;

use super::months::{Place, month_of};
use super::raw::Raw;
use super::segment::{Key, Rows, Was, source_of};
use super::state::{Sighting, State, sighted};
use super::{FeedError, FeedStore, filter};
use crate::params;
use crate::sql::{Row, Value, bound};

/// Rows of one report that are kept in quarantine; what is beyond is counted only.
pub const REJECTS_PER_REPORT_MAX: u64 = 100_000;
/// Different causes that are told by themselves.
const CAUSES_MAX: usize = 20_000;
/// The cause of all beyond.
const OTHER_CAUSE: &str = "another cause";
const DAY_US: i64 = 86_400_000_000;

/// What a feed is, as who takes its reports in says.
#[derive(Debug, Clone, Copy)]
pub struct FeedWish<'a> {
    /// Whose it is.
    pub source: &'a str,
    /// Which kind of report.
    pub name: &'a str,
    /// Microseconds without a sighting after which an observation is gone; `None` leaves it as it was (a week at first).
    pub window_us: Option<i64>,
    /// Each report tells all there is; `None` leaves it as it was (no at first).
    pub complete: Option<bool>,
}

/// A week.
const WINDOW_US: i64 = 7 * DAY_US;

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its number.
    pub no: i64,
    /// Microseconds without a sighting after which an observation is gone.
    pub window_us: i64,
    /// Each report tells all there is.
    pub complete: bool,
    newest: Option<i64>,
}

/// What came of a report so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Observations that were new.
    pub fresh: u64,
    /// Observations that had been seen before.
    pub again: u64,
    /// Rows that gave none.
    pub rejected: u64,
    /// Different observations.
    pub keys: u64,
    /// Those of the report before among them.
    pub still: u64,
    /// Those of the report before that are not, where each tells all there is. Known at the end.
    pub gone: u64,
}

/// A report that is being taken in.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its number.
    pub no: i64,
    /// What begins before this byte is committed.
    pub done_bytes: u64,
    /// What came of it so far.
    pub counts: Counts,
    /// When it was received.
    pub received: Micros,
    /// Data sets that told something of it, like `asn-2050-01-01`; committed with what they told.
    pub sets: BTreeSet<String>,
    feed: Feed,
    before: Option<i64>,
}

impl Report {
    /// The feed that it belongs to.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.feed
    }
}

/// What is begun.
#[derive(Debug, Clone, Copy)]
pub struct Begin<'a> {
    /// Its file.
    pub raw: &'a Raw,
    /// Which file of an archive, from 0.
    pub part: u32,
    /// Its name.
    pub member: &'a str,
    /// Edition of the schema that reads it.
    pub schema: &'a str,
    /// Now.
    pub now: Micros,
}

/// Whether there is anything to do.
#[derive(Debug, Clone)]
pub enum Begun {
    /// It was taken in before, whole.
    Done(Counts),
    /// It is taken in, or goes on.
    Open(Box<Report>),
}

/// A row that gave no observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// First byte in the report.
    pub start: u64,
    /// Bytes.
    pub bytes: u64,
    /// Line, counted from 1.
    pub line: u64,
    /// Why.
    pub cause: String,
}

fn counts_of(row: &Row, from: usize) -> Result<Counts, FeedError> {
    let number = |column: usize| row.int(from + column).map(i64::unsigned_abs);
    Ok(Counts {
        fresh: number(0)?,
        again: number(1)?,
        rejected: number(2)?,
        keys: number(3)?,
        still: number(4)?,
        gone: number(5)?,
    })
}

impl FeedStore {
    fn whole(&self) -> Result<(), FeedError> {
        if self.broken {
            return Err(FeedError::Broken);
        }
        Ok(())
    }

    fn next(&self, sql: &'static str) -> Result<i64, FeedError> {
        let rows = self.link.rows(sql, [])?;
        Ok(rows.first().map_or(Ok(1), |row| row.int(0))?)
    }

    /// The feed of that source and name, made if it is not there.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn feed(&mut self, wish: &FeedWish<'_>, now: Micros) -> Result<Feed, FeedError> {
        self.whole()?;
        let sql =
            "SELECT no, window_us, complete, newest FROM feed WHERE source = $1 AND name = $2";
        let found = self.link.rows(sql, &bound![wish.source, wish.name])?;
        let Some(row) = found.first() else {
            let feed = Feed {
                no: self.next("SELECT coalesce(max(no), 0) + 1 FROM feed")?,
                window_us: wish.window_us.unwrap_or(WINDOW_US),
                complete: wish.complete.unwrap_or(false),
                newest: None,
            };
            self.link.exec(
                "INSERT INTO feed(no, source, name, window_us, complete, newest, created_at) VALUES ($1, $2, $3, $4, $5, NULL, $6)",
                &bound![feed.no, wish.source, wish.name, feed.window_us, feed.complete, now],
            )?;
            return Ok(feed);
        };
        let mut feed = Feed {
            no: row.int(0)?,
            window_us: row.int(1)?,
            complete: row.bool(2)?,
            newest: row.int_opt(3)?,
        };
        let wanted = (
            wish.window_us.unwrap_or(feed.window_us),
            wish.complete.unwrap_or(feed.complete),
        );
        if wanted != (feed.window_us, feed.complete) {
            (feed.window_us, feed.complete) = wanted;
            let sql = "UPDATE feed SET window_us = $1, complete = $2 WHERE no = $3";
            self.link.exec(sql, &bound![wanted.0, wanted.1, feed.no])?;
        }
        Ok(feed)
    }

    /// Begins a report, or finds out how far it is.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn begin(&mut self, feed: &Feed, begin: &Begin<'_>) -> Result<Begun, FeedError> {
        self.whole()?;
        let sql = "SELECT no, received_at, before, done_bytes, done, fresh, again, rejected, keys, still, gone, sets \
                   FROM feed_report WHERE feed = $1 AND raw = $2 AND part = $3";
        let key = params![feed.no, begin.raw.sha256.as_str(), begin.part];
        if let Some(row) = self.link.rows(sql, &key)?.first() {
            let report = report_of(row, feed)?;
            if row.bool(4)? {
                return Ok(Begun::Done(report.counts));
            }
            let sql = "UPDATE feed_report SET schema = $1 WHERE no = $2";
            self.link.exec(sql, &bound![begin.schema, report.no])?;
            return Ok(Begun::Open(Box::new(report)));
        }
        let report = Report {
            no: self.next("SELECT coalesce(max(no), 0) + 1 FROM feed_report")?,
            done_bytes: 0,
            counts: Counts::default(),
            received: begin.now,
            sets: BTreeSet::new(),
            feed: feed.clone(),
            before: feed.newest,
        };
        self.link.exec(
            "INSERT INTO feed_report(no, feed, raw, part, member, schema, received_at, before, done_bytes, done, fresh, again, \
             rejected, keys, still, gone, sets) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, FALSE, 0, 0, 0, 0, 0, 0, '[]')",
            &bound![
                report.no, feed.no, begin.raw.sha256.as_str(), begin.part, begin.member, begin.schema, begin.now, report.before
            ],
        )?;
        Ok(Begun::Open(Box::new(report)))
    }

    /// A report that was taken in before, to add what its quarantine gives.
    ///
    /// # Errors
    /// [`FeedError::NoReport`].
    pub fn again(&self, no: i64) -> Result<Report, FeedError> {
        let sql = "SELECT r.no, r.received_at, r.before, r.done_bytes, r.done, r.fresh, r.again, r.rejected, r.keys, r.still, \
                   r.gone, r.sets, f.no, f.window_us, f.complete, f.newest \
                   FROM feed_report r JOIN feed f ON f.no = r.feed WHERE r.no = $1";
        let rows = self.link.rows(sql, &bound![no])?;
        let row = rows.first().ok_or(FeedError::NoReport(no))?;
        let feed = Feed {
            no: row.int(12)?,
            window_us: row.int(13)?,
            complete: row.bool(14)?,
            newest: row.int_opt(15)?,
        };
        report_of(row, &feed)
    }

    /// Commits what a part of the report gave, durably, and that it is done up to a byte.
    ///
    /// # Errors
    /// See [`FeedError`]. The store takes nothing more then: whether this was committed is found out when it is opened again.
    pub fn commit(
        &mut self,
        report: &mut Report,
        rows: &Rows,
        rejects: &[Rejected],
        schema: &str,
        upto: u64,
    ) -> Result<(), FeedError> {
        let mut next = report.clone();
        next.done_bytes = upto;
        let kept = REJECTS_PER_REPORT_MAX.saturating_sub(next.counts.rejected);
        next.counts.rejected += rejects.len() as u64;
        let kept = usize::try_from(kept).unwrap_or(usize::MAX);
        let rejects = rejects.get(..kept.min(rejects.len())).unwrap_or_default();
        self.write(&mut next, rows, |store, next| {
            store.quarantine(next.no, rejects, schema)
        })?;
        *report = next;
        Ok(())
    }

    /// Commits what the quarantine of a report gave when it was read again: observations, and rows that still give none.
    ///
    /// # Errors
    /// As [`FeedStore::commit`].
    pub fn mend(
        &mut self,
        report: &mut Report,
        rows: &Rows,
        mended: &[u64],
        still: &[Rejected],
        schema: &str,
    ) -> Result<(), FeedError> {
        let mut next = report.clone();
        next.counts.rejected = next.counts.rejected.saturating_sub(mended.len() as u64);
        self.write(&mut next, rows, |store, next| {
            let gone = mended.iter().map(|start| params![next.no, *start]);
            let gone: Vec<_> = gone.collect();
            let sql = "DELETE FROM feed_reject WHERE report = $1 AND start = $2";
            store.link.each(sql, &gone)?;
            store.quarantine(next.no, still, schema)
        })?;
        *report = next;
        Ok(())
    }

    /// All rows about a segment in one transaction, and the segment itself, on the disk before that ends.
    fn write(
        &mut self,
        report: &mut Report,
        rows: &Rows,
        rest: impl FnOnce(&mut Self, &Report) -> Result<(), FeedError>,
    ) -> Result<(), FeedError> {
        self.whole()?;
        self.broken = true;
        let segment = self.next_segment;
        self.link.run("BEGIN")?;
        let done = self.rows_of(report, rows, segment).and_then(|place| {
            rest(self, report)?;
            self.put_report(report)?;
            self.link.run("COMMIT")?;
            Ok(place)
        });
        let place = match done {
            Ok(place) => place,
            Err(error) => {
                // What failed is what is told; a connection that is gone has rolled back by itself.
                let _rolled_back = self.link.run("ROLLBACK");
                return Err(error);
            }
        };
        if let Some(place) = place {
            self.ends.insert(place.month, place.start + place.bytes);
            self.next_segment += 1;
        }
        self.broken = false;
        Ok(())
    }

    fn rows_of(
        &mut self,
        report: &mut Report,
        rows: &Rows,
        segment: i64,
    ) -> Result<Option<Place>, FeedError> {
        if rows.is_empty() {
            return Ok(None);
        }
        let was = self.sight(report, rows, segment)?;
        let month = month_of(report.received);
        let packed = rows.pack(&was).map_err(super::at(&self.path_of(&month)))?;
        let place = self.append(&month, &packed)?;
        let fresh: Vec<bool> = was.iter().map(|was| was.fresh).collect();
        self.count(report.feed.no, rows, &fresh)?;
        self.tally(report.feed.no, report.received, rows, &fresh, segment)?;
        let mut sources: Vec<u64> = rows.keys.iter().map(source_of).collect();
        sources.sort_unstable();
        sources.dedup();
        let from = rows.at.iter().min().copied().unwrap_or_default();
        let to = rows.at.iter().max().copied().unwrap_or_default();
        self.link.exec(
            "INSERT INTO feed_segment(no, month, start, bytes, report, observations, from_at, to_at, sources) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &bound![
                segment,
                place.month.as_str(),
                place.start,
                place.bytes,
                report.no,
                rows.len() as u64,
                from,
                to,
                filter::of(&sources)
            ],
        )?;
        Ok(Some(place))
    }

    /// Moves the states on, and says of each row whether it was new and which segment held it last.
    fn sight(&self, report: &mut Report, rows: &Rows, segment: i64) -> Result<Vec<Was>, FeedError> {
        let mut order: Vec<(Key, u32)> = rows.keys.iter().copied().zip(0..).collect();
        // By key, and of one key in the order of the report.
        order.sort_unstable();
        let mut keys: Vec<Key> = order.iter().map(|(key, _)| *key).collect();
        keys.dedup();
        let before = self.link.states(report.feed.no, &keys)?;
        let mut was = vec![Was::default(); rows.len()];
        let mut states = Vec::with_capacity(keys.len());
        let mut order = order.as_slice();
        for (key, before) in keys.iter().zip(before) {
            let own = order.iter().take_while(|(own, _)| own == key).count();
            let (own, rest) = order.split_at(own);
            order = rest;
            if before.is_none_or(|state| state.report != report.no) {
                report.counts.keys += 1;
            }
            if report.before.is_some() && before.map(|state| state.report) == report.before {
                report.counts.still += 1;
            }
            let mut state = before;
            for (_, row) in own {
                let row = usize::try_from(*row).unwrap_or(usize::MAX);
                let at = Micros(rows.at.get(row).copied().unwrap_or_default());
                let (next, sighting) = sighted(state, at, report.no, report.feed.window_us);
                state = Some(State { segment, ..next });
                let fresh = sighting == Sighting::New;
                if fresh {
                    report.counts.fresh += 1;
                } else {
                    report.counts.again += 1;
                }
                if let Some(was) = was.get_mut(row) {
                    let before = before.map(|state| state.segment);
                    *was = Was { before, fresh };
                }
            }
            states.extend(state.map(|state| (*key, state)));
        }
        self.link.put_states(report.feed.no, &states)?;
        Ok(was)
    }

    /// Adds to the daily counts.
    fn count(&self, feed: i64, rows: &Rows, fresh: &[bool]) -> Result<(), FeedError> {
        let mut cells: HashMap<_, (u64, u64)> = HashMap::new();
        for ((row, at), fresh) in rows.at.iter().enumerate().zip(fresh) {
            let cell = cells
                .entry((at.div_euclid(DAY_US), rows.cell(row)))
                .or_default();
            cell.0 += 1;
            cell.1 += u64::from(*fresh);
        }
        // Two numbers of a segment never stand for one word, so no cell comes twice. In order, since others may wait for them.
        let mut sorted = BTreeMap::new();
        for ((day, (kind, cc, asn, owner)), counts) in cells {
            let (kind, cc) = rows.cell_words(kind, cc);
            sorted.insert((day, kind, asn, cc, owner), counts);
        }
        let values: Vec<Vec<Value>> = sorted
            .into_iter()
            .map(|((day, kind, asn, cc, owner), (all, fresh))| {
                params![day, feed, kind, asn, cc, owner, all, fresh]
            })
            .collect();
        self.link.each(
            "INSERT INTO feed_day(day, feed, kind, asn, cc, owner, observations, fresh) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (day, feed, kind, asn, cc, owner) DO UPDATE SET observations = feed_day.observations + excluded.observations, \
             fresh = feed_day.fresh + excluded.fresh",
            &values,
        )
    }

    fn quarantine(
        &mut self,
        report: i64,
        rejects: &[Rejected],
        schema: &str,
    ) -> Result<(), FeedError> {
        let mut values = Vec::with_capacity(rejects.len());
        for reject in rejects {
            let cause = self.cause(&reject.cause)?;
            let (start, bytes, line) = (reject.start, reject.bytes, reject.line);
            values.push(params![report, start, bytes, line, cause, schema]);
        }
        self.link.each(
            "INSERT INTO feed_reject(report, start, bytes, line, cause, schema) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (report, start) DO UPDATE SET cause = excluded.cause, schema = excluded.schema",
            &values,
        )
    }

    /// The number of a cause. Called inside a transaction; one that fails ends the store, and with it what is remembered here.
    fn cause(&mut self, text: &str) -> Result<i64, FeedError> {
        if let Some(number) = self.causes.get(text) {
            return Ok(*number);
        }
        if self.causes.len() >= CAUSES_MAX && text != OTHER_CAUSE {
            return self.cause(OTHER_CAUSE);
        }
        let number = self.next("SELECT coalesce(max(no), 0) + 1 FROM feed_cause")?;
        let sql = "INSERT INTO feed_cause(no, text) VALUES ($1, $2)";
        self.link.exec(sql, &bound![number, text])?;
        self.causes.insert(text.to_owned(), number);
        Ok(number)
    }

    fn put_report(&self, report: &Report) -> Result<(), FeedError> {
        let counts = report.counts;
        let sets: Vec<&str> = report.sets.iter().map(String::as_str).collect();
        let sets = serde_json::Value::from(sets).to_string();
        self.link.exec(
            "UPDATE feed_report SET done_bytes = $1, fresh = $2, again = $3, rejected = $4, keys = $5, still = $6, sets = $7 WHERE no = $8",
            &bound![
                report.done_bytes, counts.fresh, counts.again, counts.rejected, counts.keys, counts.still, sets, report.no
            ],
        )?;
        Ok(())
    }

    /// Ends a report: it was read to its end. What the report before held and this one does not is gone, where each tells all there is.
    ///
    /// # Errors
    /// As [`FeedStore::commit`].
    pub fn finish(&mut self, report: &Report) -> Result<Counts, FeedError> {
        self.whole()?;
        self.broken = true;
        let mut counts = report.counts;
        if let Some(before) = report.before.filter(|_| report.feed.complete) {
            let sql = "SELECT keys FROM feed_report WHERE no = $1";
            let rows = self.link.rows(sql, &bound![before])?;
            let keys = rows.first().map_or(Ok(0), |row| row.int(0))?;
            counts.gone = keys.unsigned_abs().saturating_sub(counts.still);
        }
        self.link.transaction(|link| {
            let sql = "UPDATE feed_report SET done = TRUE, gone = $1 WHERE no = $2";
            link.exec(sql, &bound![counts.gone, report.no])?;
            let sql =
                "UPDATE feed SET newest = $1 WHERE no = $2 AND (newest IS NULL OR newest < $1)";
            link.exec(sql, &bound![report.no, report.feed.no])
        })?;
        self.broken = false;
        Ok(counts)
    }
}

fn report_of(row: &Row, feed: &Feed) -> Result<Report, FeedError> {
    Ok(Report {
        no: row.int(0)?,
        received: row.at(1)?,
        before: row.int_opt(2)?,
        done_bytes: row.int(3)?.unsigned_abs(),
        counts: counts_of(row, 5)?,
        sets: serde_json::from_str(&row.text(11)?).unwrap_or_default(),
        feed: feed.clone(),
    })
}
