//! The static site of the plans that come with cairn.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what is wrong by failing"
)]

#[path = "site/cases.rs"]
mod cases;
#[path = "site/lists.rs"]
mod lists;
#[path = "site/pages.rs"]
mod pages;
mod plan_files;
#[path = "site/says.rs"]
mod says;
#[path = "site/secrets.rs"]
mod secrets;
