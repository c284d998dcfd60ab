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
#[path = "../../pdf/tests/common/reader.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    reason = "the reader is shared with the tests of the printer"
)]
mod reader;
#[path = "site/says.rs"]
mod says;
#[path = "site/secrets.rs"]
mod secrets;
