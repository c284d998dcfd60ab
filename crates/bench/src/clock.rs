//! `clock`: the clock is now, ten years on, ten years back, and right again. Receipts hold, the log is whole, and the
//! order is that of the log, whatever the clock said.

use std::path::Path;

use serde_json::json;

use crate::trial::{self, Held, Place, deliver};

/// The clock's shift as libfaketime reads it, and the years by which reports should be off.
const PHASES: [(&str, i64); 4] = [("+0", 0), ("+3650d", 10), ("-3650d", -10), ("+0", 0)];
const LIBRARIES: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Reports at each time.
    #[arg(long, default_value_t = 50)]
    reports: u64,
}

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let Some(library) = LIBRARIES.iter().find(|path| Path::new(path).exists()) else {
        trial::skipped("clock", "no libfaketime: install Debian's package faketime");
        return Ok(());
    };
    let dir = tempfile::tempdir()?;
    let mut place = Place::new(cairn, dir.path().join("data"));
    let mut faults = Vec::new();
    let mut held: Vec<Held> = Vec::new();
    let mut years = Vec::new();
    for (phase, (shift, off)) in PHASES.into_iter().enumerate() {
        place.env = vec![
            ("LD_PRELOAD", (*library).to_owned()),
            ("FAKETIME", shift.to_owned()),
            // Waiting goes by a clock of its own, which nobody sets.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        let running = place.serve().await?;
        for n in 0..options.reports {
            held.push(deliver(running.address, &format!("clock-{phase}-{n}")).await?);
        }
        // What came under another clock is still the same report.
        for one in held.iter().step_by(7) {
            let receipt = one.clone();
            faults.extend(trial::faults(running.address, &place.keys()?, &[receipt]).await);
        }
        running.stop().await?;
        let year = held
            .last()
            .and_then(|one| one.received_at.get(..4)?.parse::<i64>().ok());
        years.push((year.unwrap_or_default(), off));
    }
    let first = years.first().map_or(0, |(year, _)| *year);
    for (year, off) in &years {
        // Leap days and the turn of a year: off by one is right too.
        if (year - first - off).abs() > 1 {
            faults.push(format!("the clock did not jump: {years:?}"));
        }
    }
    place.env.clear();
    let running = place.serve().await?;
    let keys = place.keys()?;
    faults.extend(trial::faults(running.address, &keys, &held).await);
    running.stop().await?;
    let places: Vec<u64> = held
        .iter()
        .filter_map(|one| one.prove(&keys).ok())
        .collect();
    if !places.is_sorted() {
        faults.push("the log is not in the order in which reports came".to_owned());
    }
    let stored = place.verified_reports().await?;
    if stored != held.len() as u64 {
        faults.push(format!(
            "{stored} reports are stored, {} were sent",
            held.len()
        ));
    }
    let years: Vec<i64> = years.into_iter().map(|(year, _)| year).collect();
    let figures = json!({"trial": "clock", "receipts": held.len(), "years": years});
    trial::verdict(figures, &faults)
}
