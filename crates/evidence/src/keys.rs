//! The log's keys as they are published: a text file with one key a line, oldest first, each with the tree size from
//! which it signs. Empty lines and lines that start with `#` say nothing to the program.
//!
//! ```text
//! # keys of reports.example/log
//! reports.example/log+3b2f0a61+AbV9… from_size=0
//! reports.example/log+90ce11d7+AQ31… from_size=482113
//! ```
//!
//! A key signs checkpoints from its own size up to and including its successor's, so that a key which was retired
//! (perhaps because it leaked) proves nothing about a log that grew since.

use std::fmt;
use std::str::FromStr;

use ring::signature::Ed25519KeyPair;

use crate::hash::decimal;
use crate::note::{NoteError, VerifierKey};

/// What is wrong with a key list; lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A key.
    #[error("line {line}: {source}")]
    Key {
        /// Which line.
        line: usize,
        /// What is wrong with the key.
        source: NoteError,
    },
    /// The part after the key.
    #[error("line {line}: expected `from_size=NUMBER` after the key")]
    FromSize {
        /// Which line.
        line: usize,
    },
    /// Sizes must grow from line to line.
    #[error("line {line}: a key must begin at a larger size than the one before it")]
    Order {
        /// Which line.
        line: usize,
    },
    /// A key twice.
    #[error("line {line}: this key is already in the list")]
    Twice {
        /// Which line.
        line: usize,
    },
    /// A seed of a key pair that cannot be used.
    #[error("the seed of the signing key was refused")]
    Seed,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListedKey {
    /// The key.
    pub key: VerifierKey,
    /// The tree size of the first checkpoint it signs.
    pub from_size: u64,
}

/// The published keys, oldest first. Displays as the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct KeyList {
    keys: Vec<ListedKey>,
}

impl KeyList {
    /// A list without keys, which verifies nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the newest key.
    ///
    /// # Errors
    /// [`KeysError::Order`], [`KeysError::Twice`], with the number of the line it would have had.
    pub fn add(&mut self, key: VerifierKey, from_size: u64) -> Result<(), KeysError> {
        self.add_at(key, from_size, self.keys.len() + 1)
    }

    fn add_at(&mut self, key: VerifierKey, from_size: u64, line: usize) -> Result<(), KeysError> {
        if self
            .keys
            .last()
            .is_some_and(|last| last.from_size >= from_size)
        {
            return Err(KeysError::Order { line });
        }
        if self.keys.iter().any(|listed| listed.key == key) {
            return Err(KeysError::Twice { line });
        }
        self.keys.push(ListedKey { key, from_size });
        Ok(())
    }

    /// All keys, oldest first.
    pub fn keys(&self) -> &[ListedKey] {
        &self.keys
    }

    /// The keys that may sign a checkpoint of this size: one, or two at the size where the second took over.
    pub fn for_size(&self, size: u64) -> Vec<VerifierKey> {
        let next = self
            .keys
            .iter()
            .skip(1)
            .map(|next| next.from_size)
            .chain([u64::MAX]);
        let valid = self
            .keys
            .iter()
            .zip(next)
            .filter(|(listed, until)| listed.from_size <= size && size <= *until);
        valid.map(|(listed, _)| listed.key.clone()).collect()
    }
}

impl fmt::Display for KeyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys
            .iter()
            .try_for_each(|listed| writeln!(f, "{} from_size={}", listed.key, listed.from_size))
    }
}

impl FromStr for KeyList {
    type Err = KeysError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut list = Self::new();
        for (number, written) in text.lines().enumerate() {
            let (line, written) = (number + 1, written.trim());
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let (key, from_size) = written
                .split_once(' ')
                .ok_or(KeysError::FromSize { line })?;
            let key = key
                .parse()
                .map_err(|source| KeysError::Key { line, source })?;
            let from_size = from_size.strip_prefix("from_size=").and_then(decimal);
            list.add_at(key, from_size.ok_or(KeysError::FromSize { line })?, line)?;
        }
        Ok(list)
    }
}

/// The Ed25519 key pair of a 32-byte seed (RFC 8032 private key). The seed must come from a random generator and be
/// kept like a password.
///
/// # Errors
/// [`KeysError::Seed`].
pub fn pair_from_seed(seed: &[u8; 32]) -> Result<Ed25519KeyPair, KeysError> {
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeysError::Seed)
}
