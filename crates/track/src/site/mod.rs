//! The report as a site: pages, charts and data.

pub mod chart;
pub mod data;
pub mod narrative;

mod address;
mod build;
mod challenge;
mod context;
mod feed;
mod figure;
mod files;
mod layout;
mod markdown;
mod money;
mod options;
mod pages;
mod parts;
mod print;
mod published;
pub mod words;

pub use build::{BuildError, Sink, Summary, build, page, pdf};
pub use options::{Frame, Options};
pub use words::Lang;

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
