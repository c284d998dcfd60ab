//! `cairn-crash`: counts what a power cut would have lost.

use std::io::Write;
use std::process::ExitCode;

use cairn_crash::life::Mode;
use cairn_crash::sim::{Bench, Subject, Tally};
use clap::Parser;
use serde_json::{Map, Value, json};

/// Runs the writer on a recorded disk, rebuilds the disk as power cuts would have left it, and looks for every
/// acknowledged report. Without --mode, the negative controls run too, and each must be caught.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// How many disks to rebuild and check
    #[arg(long, default_value_t = 2000)]
    states: usize,
    /// Names the run; the same seed finds the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run this mode only
    #[arg(long)]
    mode: Option<Mode>,
    /// What to run on the recorded disk
    #[arg(long, default_value = "bare")]
    subject: Subject,
    /// Print the line of figures only
    #[arg(long)]
    json: bool,
}

/// Disks rebuilt for each negative control; the first few already show it.
const CONTROL_STATES: usize = 2000;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let bench = Bench::new(arguments.subject, "main")?;
    let modes = match arguments.mode {
        Some(mode) => vec![mode],
        None => std::iter::once(Mode::Full).chain(Mode::CONTROLS).collect(),
    };
    let mut figures = Map::new();
    let mut passed = true;
    for mode in modes {
        let is_control = mode != Mode::Full;
        let states = if is_control && arguments.mode.is_none() {
            arguments.states.min(CONTROL_STATES)
        } else {
            arguments.states
        };
        let tally = bench.campaign(mode, arguments.seed, states);
        let good = tally.found_something() == is_control;
        passed &= good;
        if !arguments.json {
            tell(mode, &tally, good)?;
        }
        figures.insert(mode.name().to_owned(), describe(&tally, good));
    }
    let line =
        json!({ "tool": "crash", "seed": arguments.seed, "passed": passed, "modes": figures });
    writeln!(std::io::stdout(), "{line}")?;
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn describe(tally: &Tally, good: bool) -> Value {
    json!({
        "as_expected": good,
        "states": tally.states,
        "lost": tally.lost,
        "corrupt": tally.corrupt,
        "promises": tally.promises,
        "lost_promises": tally.lost_promises,
        "lives": tally.lives,
        "sync_points": tally.sync_points,
        "sync_points_hit_percent": tally.hit_percent(),
        "commits": tally.commits,
        "wal_syncs_per_commit": tally.wal_syncs_per_commit(),
        "syncs_per_commit": tally.syncs_per_commit(),
        "states_per_s": tally.states_per_second(),
        "trouble": tally.trouble,
    })
}

fn tell(mode: Mode, tally: &Tally, good: bool) -> std::io::Result<()> {
    let outcome = if good {
        "as it should"
    } else {
        "NOT AS IT SHOULD"
    };
    writeln!(
        std::io::stderr(),
        "{:<12} {:>8} states  {:>6} lost  {:>6} corrupt  {:>5}% of sync points  {:>7} states/s  {outcome}",
        mode.name(),
        tally.states,
        tally.lost,
        tally.corrupt,
        tally.hit_percent(),
        tally.states_per_second(),
    )
}
