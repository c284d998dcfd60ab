//! `cairn-crash`: counts what a power cut would have lost.

use std::io::Write;
use std::process::ExitCode;

use cairn_crash::iofault;
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
    #[arg(long, default_value = "store")]
    subject: Subject,
    /// Let writes, truncates and syncs fail instead of cutting the power
    #[arg(long, conflicts_with = "mode")]
    iofault: bool,
    /// Print the line of figures only
    #[arg(long)]
    json: bool,
}

/// Disks rebuilt for each negative control; the first few already show it.
const CONTROL_STATES: usize = 500;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let bench = Bench::new(arguments.subject, "main")?;
    let (passed, figures) = if arguments.iofault {
        faults(&bench, &arguments)?
    } else {
        power_cuts(&bench, &arguments)?
    };
    let mut line = Map::from_iter([
        ("tool".to_owned(), json!("crash")),
        ("seed".to_owned(), json!(arguments.seed)),
        ("passed".to_owned(), json!(passed)),
    ]);
    line.extend(figures);
    writeln!(std::io::stdout(), "{}", Value::Object(line))?;
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The mode asked for, or the full one and all controls.
fn power_cuts(bench: &Bench, arguments: &Arguments) -> anyhow::Result<(bool, Map<String, Value>)> {
    let run = |mode: Mode, states: usize| -> anyhow::Result<(bool, Map<String, Value>)> {
        let tally = bench.campaign(mode, arguments.seed, states);
        let is_control = mode != Mode::Full;
        let good = tally.found_something() == is_control;
        if !arguments.json {
            tell(mode.name(), &tally, good)?;
        }
        Ok((good, describe(&tally, mode.name())))
    };
    if let Some(mode) = arguments.mode {
        return run(mode, arguments.states);
    }
    let (mut passed, mut figures) = run(Mode::Full, arguments.states)?;
    let mut controls = Map::new();
    for mode in Mode::CONTROLS {
        let (caught, mut control) = run(mode, arguments.states.min(CONTROL_STATES))?;
        passed &= caught;
        control.insert("caught".to_owned(), json!(caught));
        controls.insert(mode.name().to_owned(), Value::Object(control));
    }
    figures.insert("controls".to_owned(), Value::Object(controls));
    Ok((passed, figures))
}

fn faults(bench: &Bench, arguments: &Arguments) -> anyhow::Result<(bool, Map<String, Value>)> {
    let sweep = iofault::sweep(bench, arguments.seed, arguments.states);
    let passed = !sweep.tally.found_something() && sweep.faults > 0;
    if !arguments.json {
        tell("iofault", &sweep.tally, passed)?;
    }
    let mut figures = describe(&sweep.tally, "iofault");
    figures.retain(|name, _| !name.starts_with("sync"));
    figures.insert("faults".to_owned(), json!(sweep.faults));
    figures.insert("failed_syncs".to_owned(), json!(sweep.failed_syncs));
    figures.insert("possible_faults".to_owned(), json!(sweep.possible));
    Ok((passed, figures))
}

fn describe(tally: &Tally, mode: &str) -> Map<String, Value> {
    let value = json!({
        "mode": mode,
        "states": tally.states,
        "lost": tally.lost,
        "corrupt": tally.corrupt,
        "promises": tally.promises,
        "lost_promises": tally.lost_promises,
        "lives": tally.lives,
        "sync_points": tally.sync_points,
        "sync_points_hit_percent": tally.hit_percent(),
        "commits": tally.commits,
        "syncs_per_commit": tally.wal_syncs_per_commit(),
        "syncs_per_commit_with_checkpoints": tally.syncs_per_commit(),
        "states_per_s": tally.states_per_second(),
        "states_per_cpu_s": tally.states_per_cpu_second(),
        "trouble": tally.trouble,
    });
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn tell(name: &str, tally: &Tally, good: bool) -> std::io::Result<()> {
    let outcome = if good {
        "as it should"
    } else {
        "NOT AS IT SHOULD"
    };
    let hit = match tally.sync_points {
        0 => String::new(),
        _ => format!("{:>5}% of sync points  ", tally.hit_percent()),
    };
    writeln!(
        std::io::stderr(),
        "{name:<12} {:>8} states  {:>6} lost  {:>6} corrupt  {hit}{:>7} states/s  {outcome}",
        tally.states,
        tally.lost,
        tally.corrupt,
        tally.states_per_second(),
    )
}
