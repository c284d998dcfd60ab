//! Digests that were computed before: neighbouring states hold the same reports, and comparing bytes is quicker
//! than hashing them anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cairn_evidence::hash::{Hash, salted};

/// What was hashed for a place (a report's body, an entry of the log) last, and the result.
#[derive(Debug, Default)]
pub struct Memory {
    known: Mutex<HashMap<(Kind, i64), Known>>,
}

/// What is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A report's body.
    Body,
    /// An entry of the log.
    Entry,
}

#[derive(Debug)]
struct Known {
    salt: [u8; 16],
    data: String,
    digest: Hash,
}

impl Memory {
    /// SHA-256 of salt and data, remembered for `place`.
    pub fn salted(&self, kind: Kind, place: i64, salt: [u8; 16], data: &str) -> Hash {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&(kind, place))
            && known.salt == salt
            && known.data == data
        {
            return known.digest;
        }
        let digest = salted(&salt, data.as_bytes());
        let data = data.to_owned();
        all.insert((kind, place), Known { salt, data, digest });
        digest
    }
}
