//! Collecting the changes of one thing.

use std::collections::BTreeSet;
use std::fmt::Display;

use jiff::civil::Date;

use super::change::{Change, Kind, Subject, Thing};
use crate::plan::Words;

/// Key of the files in English and in te reo Māori.
pub(super) type Field = (&'static str, &'static str);

/// The [`Field`] of a key.
macro_rules! field {
    ($key:literal) => {
        ($key, concat!($key, ".mi"))
    };
}
pub(super) use field;

/// The changes of one thing so far.
pub(super) struct Collector {
    pub(super) what: Subject,
    at: Date,
    /// Id of the source that states the thing as it is now.
    source: Option<String>,
    pub(super) out: Vec<Change>,
}

impl Collector {
    pub(super) fn new(thing: Thing, id: &str, source: Option<&str>, at: Date) -> Self {
        Self {
            what: Subject {
                thing,
                id: id.to_owned(),
            },
            at,
            source: source.map(str::to_owned),
            out: Vec::new(),
        }
    }

    /// A change in any case.
    pub(super) fn push(&mut self, kind: Kind, field: &'static str, part: &str) -> &mut Change {
        let change = Change {
            what: self.what.clone(),
            kind,
            field,
            part: part.to_owned(),
            before: String::new(),
            after: String::new(),
            ending: None,
            figures: None,
            why: None,
            source: self.source.clone(),
            at: self.at,
        };
        self.out.push_mut(change)
    }

    /// A change if both differ.
    pub(super) fn text(
        &mut self,
        kind: Kind,
        field: &'static str,
        part: &str,
        before: &str,
        after: &str,
    ) {
        if before != after {
            let change = self.push(kind, field, part);
            before.clone_into(&mut change.before);
            after.clone_into(&mut change.after);
        }
    }

    /// As [`Self::text`], for anything that prints as it is written; nothing is empty.
    pub(super) fn shown<T: Display>(
        &mut self,
        kind: Kind,
        field: &'static str,
        part: &str,
        before: Option<&T>,
        after: Option<&T>,
    ) {
        let text = |value: Option<&T>| value.map(ToString::to_string).unwrap_or_default();
        self.text(kind, field, part, &text(before), &text(after));
    }

    /// As [`Self::text`], each language on its own.
    pub(super) fn words(
        &mut self,
        kind: Kind,
        (en, mi): Field,
        part: &str,
        before: Option<&Words>,
        after: Option<&Words>,
    ) {
        let english = |words: Option<&Words>| words.map(|w| w.en.clone()).unwrap_or_default();
        let maori = |words: Option<&Words>| words.and_then(|w| w.mi.clone()).unwrap_or_default();
        self.text(kind, en, part, &english(before), &english(after));
        self.text(kind, mi, part, &maori(before), &maori(after));
    }

    /// A change if one list has what the other has not; order does not matter.
    pub(super) fn list(
        &mut self,
        kind: Kind,
        field: &'static str,
        part: &str,
        before: &[String],
        after: &[String],
    ) {
        let set = |list: &[String]| -> BTreeSet<String> { list.iter().cloned().collect() };
        if set(before) != set(after) {
            self.text(kind, field, part, &before.join(", "), &after.join(", "));
        }
    }
}
