//! The report as a site: pages, charts and data.

pub mod chart;
pub mod data;
pub mod narrative;

mod address;
mod build;
mod challenge;
mod context;
#[cfg(test)]
mod contrast;
mod feed;
mod figure;
mod files;
mod glossary;
mod layout;
mod line;
mod markdown;
mod money;
mod options;
mod pages;
mod parts;
mod print;
mod published;
pub mod words;

pub use address::in_language;
pub use build::{BuildError, Sink, Summary, build, page, pdf};
pub use challenge::{Challengeable, challengeable};
pub use files::style;
pub use options::{Door, Frame, Options};
pub use words::Lang;

/// Colours and measures that the pages of a strategy share with all others of the service: custom properties for light and
/// dark, each pair of text and ground with a contrast of 4.5 : 1 and more (WCAG 2.2, 1.4.3).
pub const COLOURS: &str = include_str!("css/colours.css");
/// How tables of the class `stack` look on phones; the pages of the service have it from here.
pub const TABLES: &str = include_str!("css/tables.css");
/// The site's own style sheet, at its top.
pub const STYLE: &str = "track.css";
/// The feed of changes.
pub const FEED: &str = "atom.xml";
/// Name of the printed report in a language, in the folder of its edition.
#[must_use]
pub fn pdf_file(lang: Lang) -> String {
    print::file(lang)
}

/// The catalogue of all data.
pub const CATALOGUE: &str = "catalogue.jsonld";
