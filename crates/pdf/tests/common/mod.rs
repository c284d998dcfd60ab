//! What the tests of this crate share: documents to print, and a reader that shares no code with the printer.
#![allow(dead_code)]

pub mod reader;
pub mod sample;

use std::sync::LazyLock;

/// The large report, printed and read once for all tests of a file.
pub static LARGE: LazyLock<reader::Reader> =
    LazyLock::new(|| reader::Reader::new(&cairn_pdf::render(sample::large()).unwrap().bytes));
