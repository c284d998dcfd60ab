//! Keys of requests that may come twice, as the writer knows them. On SQLite an index over keys that are as good as random
//! makes a page of its own dirty for every report, which costs more than all else that a row costs. So the rows lie in
//! the order in which they came there, and which row a key has is remembered here. PostgreSQL keeps its index; what is
//! remembered spares it the question whether a key is new, which is a statement and a wait of its own for each group.
//!
//! A key is honoured for its time however many come after it: once some had to be forgotten, SQLite gets the index after all, and
//! what is not remembered is looked up there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::db::ReadError;
use crate::sql::{Row, Value};
use crate::writer::Op;

/// Most keys that are remembered, however young: about 18 MB. The oldest half is forgotten when there are more, and looked up in the
/// database from then on.
pub const KEYS_REMEMBERED_MAX: usize = 900_000;

/// What is read at the start; the newest come first.
pub(crate) const LOAD: &str =
    "SELECT key, report FROM idempotency ORDER BY report DESC LIMIT 900000";

/// For keys that are not remembered; made on SQLite once there are such. Making it over as many as are remembered takes about a second.
pub(crate) const INDEX: &str = "CREATE INDEX IF NOT EXISTS idempotency_key ON idempotency (key)";

/// Which report a key was used for. What is found is a place to look: the row there says whether it is the same key.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    young: HashMap<u64, i64>,
    old: HashMap<u64, i64>,
    /// Some were forgotten: what is not found here may have been used.
    forgot: bool,
}

/// Shared by the writer and the readers.
pub(crate) type SharedKeys = Arc<Mutex<Keys>>;

impl Keys {
    /// From the answer to [`LOAD`].
    pub(crate) fn load(rows: &[Row]) -> Result<Self, ReadError> {
        let mut keys = Self {
            forgot: rows.len() >= KEYS_REMEMBERED_MAX,
            ..Self::default()
        };
        for row in rows.iter().rev() {
            keys.add(short(&row.blob(0)?), row.int(1)?);
        }
        Ok(keys)
    }

    pub(crate) fn add(&mut self, short: u64, report: i64) {
        if self.young.len() >= KEYS_REMEMBERED_MAX / 2 {
            self.forgot |= !self.old.is_empty();
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(short, report);
    }

    pub(crate) fn get(&self, short: u64) -> Option<i64> {
        self.young
            .get(&short)
            .or_else(|| self.old.get(&short))
            .copied()
    }

    /// Keys that are not found here may have been used.
    pub(crate) const fn forgot(&self) -> bool {
        self.forgot
    }

    /// No row has this key: all that were ever used are remembered, and it is none of them.
    pub(crate) fn is_surely_new(&self, short: u64) -> bool {
        !self.forgot && self.get(short).is_none()
    }
}

/// Keys are HMACs: any eight bytes of one are as good as a hash of it.
pub(crate) fn short(key: &[u8]) -> u64 {
    key.first_chunk::<8>()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

pub(crate) fn lock(keys: &Mutex<Keys>) -> MutexGuard<'_, Keys> {
    keys.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Key and report of a row for `idempotency`.
pub(crate) fn of_row(row: &[Value]) -> Option<(&[u8], i64)> {
    match row {
        [Value::Blob(key), _, Value::Int(report), ..] => Some((key, *report)),
        _ => None,
    }
}

/// The key of a statement that says for which report a key is used, in short, with the report.
pub(crate) fn of_op(op: &Op) -> Option<(u64, i64)> {
    match op {
        Op::Insert(table, row) if table.remembered => {
            of_row(row).map(|(key, report)| (short(key), report))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_half_is_never_forgotten() {
        let mut keys = Keys::default();
        let half = (KEYS_REMEMBERED_MAX / 2) as u64;
        for n in 0..half * 3 {
            keys.add(n, n as i64);
            let known = |n: u64| keys.get(n) == Some(n as i64);
            if n % 1_000 == 0 {
                assert!(known(n) && known(n.saturating_sub(half - 1)));
            }
        }
        assert!(keys.young.len() + keys.old.len() <= KEYS_REMEMBERED_MAX);
        assert_eq!(keys.get(0), None);
        assert!(!keys.is_surely_new(half * 3) && !keys.is_surely_new(0));
    }

    #[test]
    fn a_key_is_surely_new_as_long_as_none_was_forgotten() {
        let mut keys = Keys::default();
        let half = (KEYS_REMEMBERED_MAX / 2) as u64;
        for n in 0..half * 2 {
            keys.add(n, 0);
        }
        assert!(keys.is_surely_new(half * 2) && !keys.is_surely_new(0));
        keys.add(half * 2, 0);
        assert!(!keys.is_surely_new(half * 2 + 1));
    }

    #[test]
    fn what_is_read_at_the_start_is_what_was_remembered() {
        let row = |n: u8| Row(vec![Value::Blob(vec![n; 32]), Value::Int(i64::from(n))]);
        let keys = Keys::load(&[row(3), row(2), row(1)]).unwrap();
        assert_eq!(keys.get(short(&[2; 32])), Some(2));
        assert!(keys.is_surely_new(short(&[4; 32])) && !keys.is_surely_new(short(&[2; 32])));
        assert!(LOAD.ends_with(&format!("LIMIT {KEYS_REMEMBERED_MAX}")));
        assert!(Keys::load(&[Row(vec![Value::Null, Value::Null])]).is_err());
    }
}
