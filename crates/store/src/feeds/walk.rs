//! What was seen of one source, sighting by sighting: its states name the segments that held it last, and each row names the one before. A
//! chain of reads, as long as somebody wants to follow it, whatever lies between.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::months::Place;
use super::sift::{Found, found};
use super::{FeedError, FeedStore};
use crate::sql::bound;

/// Segments that are still to be read, at most: ways in which one source was seen that were in segments of their own.
pub const WAITING_MAX: usize = 200;

/// Whose sightings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// An address.
    Ip(IpAddr),
    /// A name, of what was seen without an address.
    Fqdn(&'a str),
    /// A URL, of what was seen without either.
    Url(&'a str),
}

/// Some sightings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Walked {
    /// The last received first.
    pub rows: Vec<Found>,
    /// Segments in which it goes on; empty: that was all.
    pub next: Vec<i64>,
    /// Something earlier was in a segment that retention removed.
    pub removed: bool,
    /// Something earlier was taken in before the chain was kept: only a search finds it.
    pub unlinked: bool,
    /// More waits than is followed: earlier sightings of some kinds are left out.
    pub cut: bool,
}

impl FeedStore {
    /// Sightings of a source in these segments and those before, as many segments as are wanted.
    ///
    /// # Errors
    /// The database or a segment could not be read.
    pub fn walk(
        &self,
        source: &Source<'_>,
        from: &[i64],
        segments: usize,
    ) -> Result<Walked, FeedError> {
        let mut walked = Walked::default();
        let mut waiting: BTreeSet<i64> = from.iter().copied().filter(|no| *no > 0).collect();
        for _ in 0..segments {
            let Some(no) = waiting.pop_last() else { break };
            self.step(source, no, &mut waiting, &mut walked)?;
        }
        while waiting.len() > WAITING_MAX {
            waiting.pop_first();
            walked.cut = true;
        }
        walked.next = waiting.into_iter().rev().collect();
        Ok(walked)
    }

    fn step(
        &self,
        source: &Source<'_>,
        no: i64,
        waiting: &mut BTreeSet<i64>,
        walked: &mut Walked,
    ) -> Result<(), FeedError> {
        let sql = "SELECT s.month, s.start, s.bytes, s.report, r.feed FROM feed_segment s JOIN feed_report r ON r.no = s.report WHERE s.no = $1";
        let there = self.link.rows(sql, &bound![no])?;
        let Some(row) = there.first() else {
            walked.removed = true;
            return Ok(());
        };
        let place = Place {
            month: row.text(0)?,
            start: row.int(1)?.unsigned_abs(),
            bytes: row.int(2)?.unsigned_abs(),
        };
        let (report, feed) = (row.int(3)?, row.int(4)?);
        let rows = self.segment(&place)?;
        for n in (0..rows.len()).rev() {
            let Some(row) = rows.get(n).filter(|row| is_source(source, row)) else {
                continue;
            };
            let was = rows.was(n);
            match was {
                None => walked.unlinked = true,
                Some(was) => waiting.extend(was.before.filter(|before| *before < no)),
            }
            let fresh = was.map(|was| was.fresh);
            walked.rows.push(found(feed, report, &row, fresh));
        }
        Ok(())
    }
}

fn is_source(source: &Source<'_>, row: &super::segment::Observed<'_>) -> bool {
    match source {
        Source::Ip(ip) => row.ip == Some(*ip),
        Source::Fqdn(name) => row.ip.is_none() && row.fqdn == *name,
        Source::Url(url) => row.ip.is_none() && row.fqdn.is_empty() && row.url == *url,
    }
}
