//! What may stand in each TOML file. The readers and the JSON schemas for editors are both made from these tables.

mod tables;

pub(crate) use tables::{
    COMMUNITY, EDITION, ENDINGS, GOALS, INITIATIVES, MANDATES, MEASURES, NOTES, PLAN, RETURNS,
    THEMES,
};

/// What the value of a key may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// An id that this table gives itself.
    Slug,
    /// A text that is not empty.
    Text,
    /// A text in the plan's languages.
    Words,
    /// A list of texts.
    Texts,
    /// A day, as text or TOML date.
    Day,
    /// A period, as text, TOML date or whole number (a year).
    Period,
    /// A day, month or year.
    Vintage,
    /// A decimal number, as text or number.
    Decimal,
    /// A year, a whole number.
    Year,
    /// A whole number from 1.
    Whole,
    /// `true` or `false`.
    YesNo,
    /// One word of a list.
    One(&'static [&'static str]),
    /// A table.
    Table(&'static Shape),
    /// A list of tables.
    Tables(&'static Shape),
    /// `"none"` or a table.
    NoneOr(&'static Shape),
}

/// One key of a table.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: bool,
    /// What to write, for the schema and for the sentence on how to mend a missing key.
    pub(crate) about: &'static str,
}

/// A kind of table.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What it describes: `measure`.
    pub(crate) noun: &'static str,
    pub(crate) fields: &'static [Field],
}

/// A key that must be there.
const fn need(key: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        key,
        kind,
        need: true,
        about,
    }
}

/// A key that may be there.
const fn may(key: &'static str, kind: Kind, about: &'static str) -> Field {
    Field {
        key,
        kind,
        need: false,
        about,
    }
}

impl Shape {
    pub(crate) fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }
}
