//! The progress measure against 379 series that Statistics Canada publishes with their statuses, as its own program
//! computed them. The file is not part of this repository; without it this says so and passes, and the cases in
//! `progress/statcan/tests.rs` stand alone.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use cairn_track::progress::table::progress_csv;
use cairn_track::progress::{Aim, Direction, Point, Status, statcan};

/// How many series there are.
const SERIES: usize = 379;
/// How far a score or progress value may be off, relative to what is above 1.
const TOLERANCE: f64 = 1e-9;

/// The file, from `CAIRN_SHARED` or else beside the repository; `None` where it is not there.
fn oracle() -> Option<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = env::var_os("CAIRN_SHARED").map_or_else(beside, PathBuf::from);
    let path = shared.join("data/track/oracle/progress_statcan.csv");
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(Result::unwrap).collect()
}

fn number(text: &str) -> Option<f64> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn agrees(got: Option<f64>, want: Option<f64>) -> bool {
    match (got, want) {
        (Some(got), Some(want)) => (got - want).abs() <= TOLERANCE * want.abs().max(1.0),
        (got, want) => got == want,
    }
}

#[test]
fn every_published_series_agrees() {
    let Some(text) = oracle() else { return };
    let rows = rows(&text);
    assert_eq!(rows.len(), SERIES);
    let mut wrong = Vec::new();
    for row in &rows {
        let field = |at: usize| number(&row[at]);
        let (status, score, value) = match (field(3), field(4), field(5), field(6)) {
            (Some(base), Some(base_year), Some(current), Some(current_year)) => {
                let direction = match &row[9] {
                    "1" => Direction::Up,
                    "-1" => Direction::Down,
                    other => panic!("direction {other}"),
                };
                let aim = Aim {
                    target: field(7),
                    target_year: field(8).unwrap(),
                    limit: field(10),
                    ..Aim::new(direction)
                };
                let base = Point::new(base_year, base);
                let got = statcan::outcome(base, Point::new(current_year, current), &aim);
                (got.status, got.score, got.value)
            }
            // The series has no data: so many empty fields are nothing to compute with.
            _ => (Status::NotAvailable, None, None),
        };
        if status.code() != &row[13] || !agrees(score, field(12)) || !agrees(value, field(11)) {
            wrong.push(format!("{row:?}: {status} {score:?} {value:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {SERIES}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_command_computes_the_same_file() {
    let Some(text) = oracle() else { return };
    let got = progress_csv(&text).unwrap();
    assert_eq!(got.faults, []);
    let (given, got) = (rows(&text), rows(&got.csv));
    assert_eq!(got.len(), SERIES);
    for (given, got) in given.iter().zip(&got) {
        // Ours come last, in this order; what was there before is passed through.
        assert_eq!(
            given.iter().take(11).collect::<Vec<_>>(),
            got.iter().take(11).collect::<Vec<_>>()
        );
        assert_eq!(given[13], got[13], "{given:?}");
        for at in [11, 12] {
            assert!(
                agrees(number(&got[at]), number(&given[at])),
                "{given:?}: {got:?}"
            );
        }
    }
}

#[test]
fn a_wrong_formula_would_be_noticed() {
    let Some(text) = oracle() else { return };
    // The other direction for every series: were the comparison blind, this would pass too.
    let turned = text
        .replace(",-1,", ",x,")
        .replace(",1,", ",-1,")
        .replace(",x,", ",1,");
    let got = progress_csv(&turned).unwrap();
    let same = rows(&text)
        .iter()
        .zip(rows(&got.csv))
        .filter(|(a, b)| a[13] == b[13])
        .count();
    assert!(same < SERIES / 2, "{same}");
}
