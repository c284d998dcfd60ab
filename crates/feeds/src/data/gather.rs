//! A set in the making: what several files tell of one kind.

use std::io::Read;

use super::contacts::{Contacts, Found};
use super::set::{SetError, Source, write, write_suffixes};
use super::source::{Format, SourceError, Told};
use super::{Builder, Kind, Suffixes};

/// Gathers what files tell of one kind.
#[derive(Debug)]
pub struct Gather {
    kind: Kind,
    networks: Builder,
    contacts: Contacts,
    suffixes: Suffixes,
}

/// A set was not made.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// The files told nothing of its kind.
    #[error("the files tell nothing of that kind")]
    Nothing,
    /// More than a set may hold.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The same, in bytes.
    #[error(transparent)]
    Set(#[from] SetError),
}

/// A set, as bytes, and what went into it.
#[derive(Debug)]
pub struct Gathered {
    /// The file.
    pub bytes: Vec<u8>,
    /// Networks or rules in it.
    pub count: usize,
    /// Of networks whose mailbox was looked for, how many have one.
    pub found: Found,
}

impl Gather {
    /// Nothing yet.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            networks: Builder::default(),
            contacts: Contacts::default(),
            suffixes: Suffixes::default(),
        }
    }

    /// Takes in a file. Of files that say different things of one network the later one holds.
    ///
    /// # Errors
    /// See [`SourceError`]; what was taken before stands.
    pub fn read(&mut self, format: Format, input: &mut dyn Read) -> Result<Told, SourceError> {
        match (self.kind, format) {
            (Kind::Abuse, _) => self.contacts.read(format, input),
            (Kind::Suffix, Format::Suffix) => self.suffixes.read(input),
            (Kind::Suffix, _) => Err(SourceError::NotOfKind(self.kind)),
            (Kind::Asn | Kind::Place, _) => {
                let networks = &mut self.networks;
                format.read(self.kind, input, &mut |network, fact| {
                    networks.add(network, fact)
                })
            }
        }
    }

    /// Makes the set.
    ///
    /// # Errors
    /// See [`GatherError`].
    pub fn end(mut self, day: &str, sources: Vec<Source>) -> Result<Gathered, GatherError> {
        let found = self.contacts.end(&mut self.networks)?;
        let count = self.networks.len() + self.suffixes.len();
        if count == 0 {
            return Err(GatherError::Nothing);
        }
        let bytes = if self.kind == Kind::Suffix {
            write_suffixes(day, sources, &self.suffixes)?
        } else {
            write(self.kind, day, sources, self.networks)?
        };
        Ok(Gathered {
            bytes,
            count,
            found,
        })
    }
}
