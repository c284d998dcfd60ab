//! Keeping and checking: what is too old goes by whole months, and everything that is kept is held against what was committed.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use cairn_kernel::time::Micros;

use super::count::Counting;
use super::cube::hour_of;
use super::months::{Place, is_month, month_of};
use super::raw::raw_of;
use super::{FeedError, FeedStore, RAW, at};
use crate::blob::sound_file;
use crate::params;
use crate::sql::bound;

/// Rows read at a time.
const PAGE_ROWS: i64 = 1_024;

/// What retention removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retained {
    /// Files of months.
    pub months: u64,
    /// Observations in them.
    pub observations: u64,
    /// Reports as they were received.
    pub raws: u64,
    /// States of observations that were last seen before.
    pub states: u64,
    /// Rows in quarantine whose report is gone.
    pub rejects: u64,
}

/// What is kept, and was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Segments.
    pub segments: u64,
    /// Observations in them.
    pub observations: u64,
    /// Reports as they were received.
    pub raws: u64,
    /// What disagrees.
    pub findings: u64,
}

impl FeedStore {
    /// Removes what was received in months before the one that begins with `month`: the files of observations and of reports,
    /// and what points into them. Daily counts and the list of reports stay. Run again, it removes what an interrupted run left.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn retain(&mut self, month: Micros) -> Result<Retained, FeedError> {
        let first = month_of(month);
        let mut done = Retained::default();
        self.link.transaction(|link| {
            let sql = "SELECT CAST(coalesce(sum(observations), 0) AS BIGINT) FROM feed_segment WHERE month < $1";
            let of = params![first.as_str()];
            if let Some(row) = link.rows(sql, &of)?.first() {
                done.observations = row.int(0)?.unsigned_abs();
            }
            link.exec("DELETE FROM feed_segment WHERE month < $1", &of)?;
            let sql = "DELETE FROM feed_part WHERE NOT EXISTS (SELECT 1 FROM feed_segment s WHERE s.no = feed_part.segment)";
            link.exec(sql, [])?;
            // Days and weeks stay.
            let sql = "DELETE FROM feed_cube WHERE level = 0 AND slot < $1";
            link.exec(sql, &bound![hour_of(month.day().0)])?;
            let sql = "DELETE FROM feed_raw WHERE received_at < $1 \
                       AND NOT EXISTS (SELECT 1 FROM feed_report r WHERE r.raw = feed_raw.sha256 AND (NOT r.done OR r.received_at >= $1))";
            done.raws = link.exec(sql, &bound![month])?;
            done.states = link.exec("DELETE FROM feed_state WHERE last_at < $1", &bound![month])?;
            let sql = "DELETE FROM feed_reject WHERE report IN (SELECT r.no FROM feed_report r \
                       WHERE NOT EXISTS (SELECT 1 FROM feed_raw w WHERE w.sha256 = r.raw))";
            done.rejects = link.exec(sql, [])?;
            Ok(())
        })?;
        self.month = None;
        self.counting = Counting::default();
        self.ends.retain(|month, _| *month >= first);
        for entry in fs::read_dir(&self.dir).map_err(at(&self.dir))? {
            let path = entry.map_err(at(&self.dir))?.path();
            let month = path.file_stem().unwrap_or_default().to_string_lossy();
            let own = path
                .extension()
                .is_some_and(|own| own == super::months::ENDING);
            if own && is_month(&month) && *month < *first {
                fs::remove_file(&path).map_err(at(&path))?;
                done.months += 1;
            }
        }
        self.sweep()?;
        Ok(done)
    }

    /// Removes files of reports that no row names.
    fn sweep(&self) -> Result<(), FeedError> {
        let mut named = HashSet::new();
        self.each_raw(&mut |raw| {
            named.extend(self.raw_path(&raw).map(|(path, _)| path));
            Ok(())
        })?;
        let folder = self.dir.join(RAW);
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let folder = entry.map_err(at(&folder))?.path();
            for entry in fs::read_dir(&folder).map_err(at(&folder))? {
                let path = entry.map_err(at(&folder))?.path();
                if !named.contains(&path) {
                    fs::remove_file(&path).map_err(at(&path))?;
                }
            }
        }
        Ok(())
    }

    fn each_raw(
        &self,
        each: &mut dyn FnMut(super::Raw) -> Result<(), FeedError>,
    ) -> Result<(), FeedError> {
        let mut last = String::new();
        loop {
            let sql = "SELECT sha256, size, stored, stored_size, packed, key FROM feed_raw WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
            let rows = self.link.rows(sql, &bound![last.as_str(), PAGE_ROWS])?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                let raw = raw_of(row)?;
                last.clone_from(&raw.sha256);
                each(raw)?;
            }
        }
    }

    /// Reads everything back and holds it against what was committed: segments against their places and sums, reports against
    /// what came of them, daily counts against both, files against their hashes. `found` is told what disagrees.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn verify(&self, found: &mut dyn FnMut(String)) -> Result<Held, FeedError> {
        self.link.snapshot()?;
        let checked = self.check_all(found);
        // It only read.
        let _ended = self.link.run("ROLLBACK");
        checked
    }

    /// As [`FeedStore::verify`], in a transaction of the caller's.
    pub(crate) fn check_all(&self, found: &mut dyn FnMut(String)) -> Result<Held, FeedError> {
        let mut held = Held::default();
        let mut findings = 0;
        let mut wrong = |what: String| {
            findings += 1;
            found(what);
        };
        let kept = self.check_segments(&mut held, &mut wrong)?;
        self.check_reports(&kept, &mut wrong)?;
        self.check_days(&mut wrong)?;
        self.check_counts(&mut wrong)?;
        self.check_raws(&mut held, &mut wrong)?;
        held.findings = findings;
        Ok(held)
    }

    /// Gives the observations that segments hold of each report.
    fn check_segments(
        &self,
        held: &mut Held,
        wrong: &mut dyn FnMut(String),
    ) -> Result<HashMap<i64, u64>, FeedError> {
        let (mut kept, mut ends) = (HashMap::new(), HashMap::new());
        let mut last = 0;
        loop {
            let sql = "SELECT no, month, start, bytes, report, observations, from_at, to_at FROM feed_segment \
                       WHERE no > $1 ORDER BY no LIMIT $2";
            let rows = self.link.rows(sql, &bound![last, PAGE_ROWS])?;
            if rows.is_empty() {
                return Ok(kept);
            }
            for row in &rows {
                last = row.int(0)?;
                let place = Place {
                    month: row.text(1)?,
                    start: row.int(2)?.unsigned_abs(),
                    bytes: row.int(3)?.unsigned_abs(),
                };
                let count = row.int(5)?.unsigned_abs();
                *kept.entry(row.int(4)?).or_insert(0) += count;
                held.segments += 1;
                held.observations += count;
                let end = ends.entry(place.month.clone()).or_insert(0);
                if place.start != *end {
                    wrong(format!(
                        "segment {last}: does not begin where the one before ends"
                    ));
                }
                *end = place.start + place.bytes;
                match self.segment(&place) {
                    Ok(own) if own.len() as u64 == count => {
                        let times = (own.at.iter().min().copied(), own.at.iter().max().copied());
                        if times != (Some(row.int(6)?), Some(row.int(7)?)) {
                            wrong(format!(
                                "segment {last}: holds other times than its row says"
                            ));
                        }
                    }
                    Ok(own) => wrong(format!(
                        "segment {last}: holds {} observations, not {count}",
                        own.len()
                    )),
                    Err(error) => wrong(format!("segment {last}: {error}")),
                }
            }
        }
    }

    fn check_reports(
        &self,
        kept: &HashMap<i64, u64>,
        wrong: &mut dyn FnMut(String),
    ) -> Result<(), FeedError> {
        let mut last = 0;
        loop {
            let sql = "SELECT r.no, r.fresh + r.again, w.sha256 IS NOT NULL FROM feed_report r LEFT JOIN feed_raw w ON w.sha256 = r.raw \
                       WHERE r.no > $1 ORDER BY r.no LIMIT $2";
            let rows = self.link.rows(sql, &bound![last, PAGE_ROWS])?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                last = row.int(0)?;
                let (told, there) = (row.int(1)?.unsigned_abs(), row.bool(2)?);
                let held = kept.get(&last).copied().unwrap_or(0);
                // Retention took its segments, and its file with them.
                let retired = held == 0 && !there;
                if told != held && !retired {
                    wrong(format!(
                        "report {last}: gave {told} observations, segments hold {held}"
                    ));
                }
            }
        }
    }

    fn check_days(&self, wrong: &mut dyn FnMut(String)) -> Result<(), FeedError> {
        let days = "SELECT feed, CAST(sum(observations) AS BIGINT), CAST(sum(fresh) AS BIGINT) FROM feed_day GROUP BY feed ORDER BY feed";
        let reports = "SELECT feed, CAST(sum(fresh + again) AS BIGINT), CAST(sum(fresh) AS BIGINT) FROM feed_report \
                       GROUP BY feed HAVING sum(fresh + again) > 0 ORDER BY feed";
        let (days, reports) = (self.link.rows(days, [])?, self.link.rows(reports, [])?);
        if days != reports {
            let feed = reports.iter().find(|row| !days.contains(row));
            let feed = feed.or_else(|| days.iter().find(|row| !reports.contains(row)));
            let feed = feed.map_or(Ok(0), |row| row.int(0))?;
            wrong(format!(
                "feed {feed}: its daily counts differ from its reports"
            ));
        }
        Ok(())
    }

    fn check_raws(&self, held: &mut Held, wrong: &mut dyn FnMut(String)) -> Result<(), FeedError> {
        self.each_raw(&mut |raw| {
            held.raws += 1;
            let sound = match self.raw_path(&raw) {
                None => false,
                Some((path, key)) => sound_file(&path, &key, &raw.stored).unwrap_or(false),
            };
            if !sound {
                wrong(format!("report file {}: gone or damaged", raw.sha256));
            }
            Ok(())
        })
    }

    /// What a backup takes of the disk, by what this database says: each file, its name in the data directory, and how much of it.
    /// `None` for a file whose key does not open.
    pub(crate) fn files(
        &self,
        each: &mut dyn FnMut(String, Option<(PathBuf, u64)>) -> Result<(), FeedError>,
    ) -> Result<(), FeedError> {
        let mut ends: Vec<_> = self.committed_ends()?.into_iter().collect();
        ends.sort();
        for (month, end) in ends {
            let path = self.path_of(&month);
            each(
                format!("{month}.{}", super::months::ENDING),
                Some((path, end)),
            )?;
        }
        self.each_raw(&mut |raw| {
            let Some((path, key)) = self.raw_path(&raw) else {
                return each(raw.sha256, None);
            };
            let length = match fs::metadata(&path) {
                Ok(file) => file.len(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return each(raw.sha256, None);
                }
                Err(error) => return Err(at(&path)(error)),
            };
            let name = crate::blob::relative_path(&raw.stored, &key);
            each(format!("{RAW}/{}", name.display()), Some((path, length)))
        })
    }
}
