//! The reports as PDFs, read back by a library that had no part in the printing: what PDF/UA-1 asks and a machine can
//! check (Matterhorn Protocol 1.1), and that what is printed is what the pages say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what is wrong by failing"
)]

#[path = "print/book.rs"]
mod book;
mod plan_files;
#[path = "../../pdf/tests/common/reader.rs"]
#[allow(dead_code)]
mod reader;
#[path = "print/says.rs"]
mod says;
#[path = "print/ua.rs"]
mod ua;
