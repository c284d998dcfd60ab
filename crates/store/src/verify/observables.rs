//! Observables of reports: rows ordered by value, so that what reports share is found at once. Walking them report by
//! report would read the whole table for each page, so sums are compared first, and names looked for only if they
//! differ.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::report::Body;
use cairn_evidence::hash::sha256;

use super::reports::PAGE_REPORTS;
use super::{Run, VerifyError, shown, text};
use crate::keys::random;
use crate::params;
use crate::report::observable_kind;
use crate::sql::{Row, Value};

const TABLE: &str = "report_observable";
const ALL: &str = "SELECT no, kind, value FROM report_observable";
/// Reports whose rows are looked at in one go when the sums differ; each go reads the whole table.
const RANGE_REPORTS: i64 = 65_536;
const NEXT: &str = "SELECT no FROM report_body WHERE no > $1 ORDER BY no LIMIT $2";
const ROWS: &str = "SELECT no, kind, value FROM report_observable WHERE no > $1 AND no <= $2";
const BODIES: &str = "SELECT no, body FROM report_body WHERE no > $1 AND no <= $2 ORDER BY no";

/// Number and sum of rows, whatever their order. What is summed are 256-bit digests under a key that is made anew for
/// each run: nobody can choose rows that make up for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    key: [u8; 16],
    rows: u64,
    sum: [u64; 4],
}

impl Tally {
    pub(super) fn new() -> Result<Self, VerifyError> {
        let key = random().map_err(|error| VerifyError::Open(error.to_string()))?;
        Ok(Self {
            key,
            rows: 0,
            sum: [0; 4],
        })
    }

    /// The same key, nothing counted.
    pub(super) fn empty(&self) -> Self {
        Self {
            rows: 0,
            sum: [0; 4],
            ..*self
        }
    }

    fn add(&mut self, no: i64, kind: &str, value: &str) {
        let mut row = Vec::with_capacity(40 + kind.len() + value.len());
        row.extend_from_slice(&self.key);
        row.extend_from_slice(&no.to_be_bytes());
        row.extend_from_slice(&(kind.len() as u64).to_be_bytes());
        row.extend_from_slice(kind.as_bytes());
        row.extend_from_slice(value.as_bytes());
        let digest = sha256(&row).0;
        for (sum, part) in self.sum.iter_mut().zip(digest.as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
        self.rows += 1;
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (sum, part) in self.sum.iter_mut().zip(other.sum) {
            *sum = sum.wrapping_add(part);
        }
        self.rows += other.rows;
    }

    /// The rows that a proven body should have.
    pub(super) fn expect(&mut self, no: i64, body: &Body) {
        for (kind, value) in expected(body) {
            self.add(no, kind, &value);
        }
    }

    /// A row as it is stored. One of other types is counted and not summed, which no row that belongs here is.
    fn stored(&mut self, row: &Row) {
        match (row.0.first(), text(row, 1), text(row, 2)) {
            (Some(Value::Int(no)), Some(kind), Some(value)) => self.add(*no, kind, value),
            _ => self.rows += 1,
        }
    }
}

fn expected(body: &Body) -> BTreeSet<(&'static str, String)> {
    let rows = body.observables.iter();
    rows.map(|seen| (observable_kind(seen.kind), seen.value.clone()))
        .collect()
}

/// What the walk over the reports learned.
pub(super) struct Learned {
    /// The rows that should be there.
    pub(super) tally: Tally,
    /// Reports whose body is not what was received: what their rows should be is not known.
    pub(super) unproven: BTreeSet<i64>,
}

impl Run<'_, '_> {
    pub(super) fn observables(&mut self, learned: &Learned) -> Result<(), VerifyError> {
        let mut stored = learned.tally.empty();
        self.source
            .each(ALL, Vec::new(), &mut |row| stored.stored(&row))?;
        if learned.unproven.is_empty() && stored == learned.tally {
            return Ok(());
        }
        let mut from = i64::MIN;
        loop {
            let page = self.source.rows(NEXT, params![from, RANGE_REPORTS])?;
            let to = match page.last() {
                Some(last) if page.len() as i64 == RANGE_REPORTS => last.int(0).unwrap_or(i64::MAX),
                _ => i64::MAX,
            };
            self.observables_of(from, to, &learned.unproven)?;
            if to == i64::MAX {
                return Ok(());
            }
            from = to;
        }
    }

    /// Names what is wrong with the rows of the reports in a range.
    fn observables_of(
        &mut self,
        from: i64,
        to: i64,
        unproven: &BTreeSet<i64>,
    ) -> Result<(), VerifyError> {
        let mut stored: BTreeMap<i64, BTreeSet<(String, String)>> = BTreeMap::new();
        self.source.each(ROWS, params![from, to], &mut |row| {
            // Rows under no number are named with those of the other tables.
            if let Some(Value::Int(no)) = row.0.first() {
                let cell = |at: usize| row.0.get(at).map(shown).unwrap_or_default();
                stored.entry(*no).or_default().insert((cell(1), cell(2)));
            }
        })?;
        let mut at = from;
        loop {
            let page = self.source.rows(NEXT, params![at, PAGE_REPORTS])?;
            let end = page.last().and_then(|last| last.int(0).ok()).unwrap_or(to);
            let end = end.min(to);
            for row in self.source.rows(BODIES, params![at, end])? {
                self.compare(&row, &mut stored, unproven);
            }
            if end >= to || page.is_empty() {
                break;
            }
            at = end;
        }
        for no in stored.into_keys().filter(|no| !unproven.contains(no)) {
            let name = self.name_of(no);
            self.found(
                TABLE,
                name,
                "no evidence says that this report was received",
            );
        }
        Ok(())
    }

    fn compare(
        &mut self,
        row: &Row,
        stored: &mut BTreeMap<i64, BTreeSet<(String, String)>>,
        unproven: &BTreeSet<i64>,
    ) {
        let Ok(no) = row.int(0) else { return };
        let mut rows = stored.remove(&no).unwrap_or_default();
        let body = text(row, 1).and_then(|json| serde_json::from_str::<Body>(json).ok());
        let (false, Some(body)) = (unproven.contains(&no), body) else {
            return;
        };
        let name = self.name_of(no);
        for (kind, value) in expected(&body) {
            if !rows.remove(&(kind.to_owned(), value.clone())) {
                self.found(TABLE, format!("{name} {kind} {value}"), "is missing");
            }
        }
        for (kind, value) in rows {
            let what = "is not what was reported";
            self.found(TABLE, format!("{name} {kind} {value}"), what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_order_and_tell_rows_apart() {
        let none = Tally::new().unwrap();
        let of = |rows: &[(i64, &str, &str)]| {
            let mut tally = none;
            for (no, kind, value) in rows {
                tally.add(*no, kind, value);
            }
            tally
        };
        let both = of(&[(1, "ip", "192.0.2.1"), (2, "ip", "192.0.2.2")]);
        assert_eq!(both, of(&[(2, "ip", "192.0.2.2"), (1, "ip", "192.0.2.1")]));
        assert_ne!(both, of(&[(1, "ip", "192.0.2.2"), (2, "ip", "192.0.2.1")]));
        assert_ne!(of(&[(1, "ip", "x")]), of(&[(1, "i", "px")]));
        assert_ne!(none, of(&[(1, "ip", "x")]));
        let mut joined = of(&[(1, "ip", "192.0.2.1")]);
        joined.join(&of(&[(2, "ip", "192.0.2.2")]));
        assert_eq!(both, joined);
        let mut odd = none;
        odd.stored(&Row(vec![Value::Null, Value::Null, Value::Null]));
        assert_ne!(odd, none);
        assert_ne!(Tally::new().unwrap(), none, "another run has another key");
    }
}
