//! The same bytes twice, and quickly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod common;

use std::time::Instant;

/// A report of a whole plan: at least this many pages.
const PAGES_MIN: usize = 60;

#[test]
fn a_whole_report_prints_the_same_bytes_twice_and_quickly() {
    let document = common::sample::large();
    let start = Instant::now();
    let pdf = cairn_pdf::render(document.clone()).unwrap();
    let took = start.elapsed();
    println!(
        "{} pages, {} kB, {} ms",
        pdf.pages,
        pdf.bytes.len() / 1024,
        took.as_millis()
    );
    assert!(pdf.pages >= PAGES_MIN, "{} pages", pdf.pages);
    assert_eq!(
        cairn_pdf::render(document.clone()).unwrap().bytes,
        pdf.bytes
    );
    // Room for a build without optimisation on a busy machine.
    assert!(took.as_secs() < 60, "{took:?}");
    std::fs::write(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/large.pdf"),
        &pdf.bytes,
    )
    .unwrap();
    let small = cairn_pdf::render(common::sample::small()).unwrap();
    std::fs::write(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/small.pdf"),
        &small.bytes,
    )
    .unwrap();
}
