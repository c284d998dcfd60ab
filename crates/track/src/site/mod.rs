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
mod published;
pub mod words;

pub use build::{BuildError, Sink, Summary, build, page};
pub use challenge::{Challengeable, challengeable};
pub use options::{Frame, Options};
pub use words::Lang;

/// The site's own style sheet, at its top.
pub const STYLE: &str = "track.css";
/// The feed of changes.
pub const FEED: &str = "atom.xml";
/// The catalogue of all data.
pub const CATALOGUE: &str = "catalogue.jsonld";
