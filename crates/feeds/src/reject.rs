//! Rows that gave no observation: where they stood and why. A reject never stops a report, and its bytes are still in the
//! report, so that it can be read again after its cause is mended.

use std::collections::BTreeMap;
use std::fmt;

use crate::field::Field;
use crate::limits::{CAUSES_MAX, NAME_CHARS_MAX};

/// Where something stands in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte, counted from 0.
    pub offset: u64,
    /// Bytes, the end of the line included.
    pub bytes: u64,
    /// Line that it begins on, counted from 1.
    pub line: u64,
}

/// A name out of a report, cut to what a cause may hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Box<str>);

impl Name {
    /// Cut to 80 characters; what is not visible becomes `?`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let clean = |c: char| if c.is_control() { '?' } else { c };
        Self(text.chars().take(NAME_CHARS_MAX).map(clean).collect())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a row is a reject. Rejects are grouped by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// Bytes that are not UTF-8.
    #[error("not UTF-8 text")]
    NotUtf8,
    /// Longer than a row may be.
    #[error("longer than a row may be")]
    TooLong,
    /// A quote is opened and never closed.
    #[error("a quote is opened and never closed")]
    UnclosedQuote,
    /// More columns than a table may have, or pairs than a line.
    #[error("more columns than a table may have")]
    TooManyColumns,
    /// A header without a name in it.
    #[error("the header names no column")]
    NoHeader,
    /// A column that must be there is not.
    #[error("required column {0} is missing")]
    MissingColumn(Name),
    /// A function of the schema could not convert what the column holds.
    #[error("column {column}: {function} cannot convert what it holds")]
    Unconvertible {
        /// The column.
        column: Name,
        /// The function.
        function: &'static str,
    },
    /// What a required column holds is not what its field takes.
    #[error("column {column}: not a value for {}", field.name())]
    BadValue {
        /// The column.
        column: Name,
        /// The field.
        field: Field,
    },
    /// A field is given twice.
    #[error("{} is given twice", .0.name())]
    Twice(Field),
    /// A field's name that the format does not know.
    #[error("unknown field {0}")]
    UnknownField(Name),
    /// Fewer or more cells than the format has.
    #[error("not as many cells as the format has")]
    WrongCells,
    /// Not JSON.
    #[error("not JSON")]
    NotJson,
    /// More values in a JSON object than there may be.
    #[error("more values than an object may hold")]
    TooManyValues,
    /// Lists within lists beyond what a report may have.
    #[error("nested too deeply")]
    TooDeep,
    /// JSON that is no object, where one is due.
    #[error("not a JSON object")]
    NotAnObject,
    /// A category or type that the format's table does not know.
    #[error("unknown category {0}")]
    UnknownCategory(Name),
    /// Nothing in it that could be observed.
    #[error("holds nothing that an observation could be made of")]
    Empty,
    /// More observations than a row may come to, or more that is copied to each of them.
    #[error("comes to more observations than a row may")]
    TooMany,
    /// The report ends in the middle of it.
    #[error("the report ends in the middle of it")]
    CutOff,
}

/// A row that gave no observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where it stands in the report.
    pub span: Span,
    /// Why.
    pub cause: Cause,
}

/// Rejects by cause: how many, and where the first one stands.
#[derive(Debug, Default)]
pub struct Tally {
    causes: BTreeMap<Cause, (u64, Span)>,
    beyond: u64,
}

impl Tally {
    /// Counts one.
    pub fn add(&mut self, reject: &Reject) {
        if let Some((count, _)) = self.causes.get_mut(&reject.cause) {
            *count += 1;
        } else if self.causes.len() < CAUSES_MAX {
            self.causes.insert(reject.cause.clone(), (1, reject.span));
        } else {
            self.beyond += 1;
        }
    }

    /// Each cause with its count and the first place, the most frequent first.
    #[must_use]
    pub fn by_count(&self) -> Vec<(&Cause, u64, Span)> {
        let mut all: Vec<_> = self
            .causes
            .iter()
            .map(|(cause, (count, first))| (cause, *count, *first))
            .collect();
        all.sort_by_key(|(_, count, first)| (std::cmp::Reverse(*count), *first));
        all
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.causes.values().map(|(count, _)| count).sum::<u64>() + self.beyond
    }

    /// Those of causes beyond the 500 that are counted by themselves.
    #[must_use]
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }
}
