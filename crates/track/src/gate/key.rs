//! Records and sets of them, as keyed hashes.
//!
//! A set's hash is the sum of its records' hashes, so it is the same in whatever order, under whatever labels and through
//! whatever query the set was found; without the secret it cannot be computed. Sums rather than lists also let a store
//! keep the hash of a group up to date as records come and go.

use std::collections::BTreeSet;

use cairn_evidence::hash::{Hash, sha256};

use super::Gate;

/// The keyed hash of one record: the first 16 bytes of HMAC-SHA-256 of its identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey(u128);

impl RecordKey {
    /// A hash that was kept. Only [`Gate::record`] makes new ones.
    #[must_use]
    pub const fn from_kept(bits: u128) -> Self {
        Self(bits)
    }

    /// The hash, to be kept beside the record. It is as secret as the record's identifier is.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }
}

/// A set of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// Each by its key; a record counts once however often it is added.
    Each(BTreeSet<RecordKey>),
    /// Only how many there are and the sum of their keys, modulo 2¹²⁸. Whoever made it has seen to it that no record is
    /// in it twice.
    Summed {
        /// Number of records.
        count: u64,
        /// Sum of their keys.
        sum: u128,
    },
}

impl Default for Records {
    fn default() -> Self {
        Self::Each(BTreeSet::new())
    }
}

impl FromIterator<RecordKey> for Records {
    fn from_iter<I: IntoIterator<Item = RecordKey>>(records: I) -> Self {
        Self::Each(records.into_iter().collect())
    }
}

impl Records {
    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Self::Each(keys) => u64::try_from(keys.len()).unwrap_or(u64::MAX),
            Self::Summed { count, .. } => *count,
        }
    }

    /// The sum of their keys, modulo 2¹²⁸.
    #[must_use]
    pub fn sum(&self) -> u128 {
        match self {
            Self::Each(keys) => keys
                .iter()
                .fold(0, |sum: u128, key| sum.wrapping_add(key.0)),
            Self::Summed { sum, .. } => *sum,
        }
    }

    /// Adds those of another set. As long as both are known one by one, a record in both counts once; with a summed set
    /// the two must have no record in common.
    pub fn add(&mut self, other: &Self) {
        if let (Self::Each(mine), Self::Each(others)) = (&mut *self, other) {
            mine.extend(others);
        } else {
            *self = Self::Summed {
                count: self.count().saturating_add(other.count()),
                sum: self.sum().wrapping_add(other.sum()),
            };
        }
    }

    /// Adds one.
    pub fn insert(&mut self, key: RecordKey) {
        match self {
            Self::Each(keys) => {
                keys.insert(key);
            }
            Self::Summed { count, sum } => {
                *count = count.saturating_add(1);
                *sum = sum.wrapping_add(key.0);
            }
        }
    }
}

impl Gate {
    /// The key of a record. Identifiers have to be unique among all records that are ever counted with this gate; one
    /// record has one identifier, whichever table it is counted in.
    #[must_use]
    pub fn record(&self, id: &str) -> RecordKey {
        let hash = self.mac(&[b"record", id.as_bytes()]);
        RecordKey(u128::from_be_bytes(first(&hash)))
    }

    /// HMAC-SHA-256 over parts that are parted by a zero byte; the first names what it is for, and only the last may hold
    /// a zero byte itself.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> Hash {
        self.mac.of(&parts.join(&0))
    }
}

/// The first bytes of a hash, at most 32.
pub(super) fn first<const N: usize>(hash: &Hash) -> [u8; N] {
    hash.as_bytes().first_chunk().copied().unwrap_or([0; N])
}

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) with a key of 32 bytes, kept as the two blocks that start its hashes.
#[derive(Clone)]
pub(super) struct Mac {
    inner: [u8; BLOCK],
    outer: [u8; BLOCK],
}

impl Mac {
    pub(super) const fn new(key: &[u8; 32]) -> Self {
        Self {
            inner: padded(key, 0x36),
            outer: padded(key, 0x5c),
        }
    }

    fn of(&self, message: &[u8]) -> Hash {
        let inner = sha256(&[&self.inner, message].concat());
        sha256(&[&self.outer[..], inner.as_bytes()].concat())
    }
}

const fn padded(key: &[u8; 32], with: u8) -> [u8; BLOCK] {
    let mut block = [with; BLOCK];
    let mut rest = (block.as_mut_slice(), key.as_slice());
    while let ([to, block @ ..], [from, key @ ..]) = rest {
        *to ^= *from;
        rest = (block, key);
    }
    block
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GATE: Gate = Gate::new([7; 32]);

    #[test]
    fn hmac_of_rfc_4231() {
        // Its keys of 20 and 4 bytes mean the same when filled up with zeros.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            Mac::new(&key).of(b"Hi There").hex(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        assert_eq!(
            Mac::new(&key).of(b"what do ya want for nothing?").hex(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_key_is_of_its_record_and_secret() {
        assert_eq!(GATE.record("a"), GATE.record("a"));
        assert_ne!(GATE.record("a"), GATE.record("b"));
        assert_ne!(GATE.record("a"), Gate::new([8; 32]).record("a"));
        let kept = RecordKey::from_kept(GATE.record("a").bits());
        assert_eq!(kept, GATE.record("a"));
    }

    #[test]
    fn a_record_counts_once() {
        let mut set = Records::default();
        for id in ["a", "b", "a"] {
            set.insert(GATE.record(id));
        }
        assert_eq!(set.count(), 2);
        let other: Records = ["b", "c"].map(|id| GATE.record(id)).into_iter().collect();
        set.add(&other);
        assert_eq!(set.count(), 3);
        let same: Records = ["c", "a", "b"]
            .map(|id| GATE.record(id))
            .into_iter()
            .collect();
        assert_eq!(set, same);
    }

    proptest! {
        #[test]
        fn sums_stand_for_their_sets(ids in prop::collection::btree_set("[a-z]{1,4}", 0..20), cut in 0..20_usize) {
            let keys: Vec<RecordKey> = ids.iter().map(|id| GATE.record(id)).collect();
            let all: Records = keys.iter().copied().collect();
            let backwards: Records = keys.iter().rev().copied().collect();
            prop_assert_eq!(all.sum(), backwards.sum());
            let summed = |keys: &[RecordKey]| {
                let set: Records = keys.iter().copied().collect();
                Records::Summed { count: set.count(), sum: set.sum() }
            };
            let (left, right) = keys.split_at(cut.min(keys.len()));
            let mut parts = summed(left);
            parts.add(&summed(right));
            prop_assert_eq!((parts.count(), parts.sum()), (all.count(), all.sum()));
            let mut mixed: Records = left.iter().copied().collect();
            mixed.add(&summed(right));
            prop_assert_eq!((mixed.count(), mixed.sum()), (all.count(), all.sum()));
            let mut one_by_one = summed(left);
            right.iter().for_each(|key| one_by_one.insert(*key));
            prop_assert_eq!(one_by_one, parts);
        }
    }
}
