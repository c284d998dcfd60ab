//! Clocks: every law against a table worked by hand, the data's own checks, the life of a clock, and properties.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

mod data;
mod follow;
mod life;
mod props;
mod table;
mod words;

use cairn_desk::clock::{Book, EMBEDDED, Happening};
use cairn_kernel::time::Micros;

/// Languages of the built-in files.
fn languages() -> Vec<String> {
    vec!["en".to_owned(), "mi".to_owned()]
}

/// The built-in book.
fn book() -> Book {
    Book::embedded().unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The built-in files and the rules of `general.toml`.
fn general() -> Book {
    let mut files = EMBEDDED.to_vec();
    files.push(("rules/general.toml", include_str!("general.toml")));
    Book::parse(&files, &languages()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A moment as `2026-03-10T10:20[Europe/Brussels]`.
fn at(text: &str) -> Micros {
    let zoned: jiff::Zoned = text
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    Micros::from(zoned.timestamp())
}

/// An event with evidence.
fn event(kind: &str, when: Micros) -> Happening {
    Happening {
        kind: kind.to_owned(),
        at: when,
        reference: "report/17/event/4".to_owned(),
    }
}

/// Later than everything in the tests.
fn later() -> Micros {
    at("2100-01-01T00:00[UTC]")
}
