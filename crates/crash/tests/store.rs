//! The simulator on the real store: nothing acknowledged is lost, whatever is cut or fails; every control is caught.
#![allow(
    clippy::expect_used,
    reason = "helpers of tests are tests to clippy only inside a test"
)]

use cairn_crash::iofault;
use cairn_crash::life::Mode;
use cairn_crash::sim::{Bench, Subject, Tally};

const STATES: usize = 200;

fn run(tag: &str, mode: Mode, seed: u64) -> Tally {
    let bench = Bench::new(Subject::Store, tag).expect("a bench");
    bench.campaign(mode, seed, STATES)
}

#[test]
fn the_store_loses_nothing() {
    let tally = run("full", Mode::Full, 21);
    assert_eq!((tally.lost, tally.corrupt), (0, 0), "{:?}", tally.trouble);
    assert!(tally.promises > 1000, "only {} promises", tally.promises);
    assert!(tally.hit_percent() > 95.0, "{} %", tally.hit_percent());
}

#[test]
fn a_group_costs_one_sync_of_the_log() {
    let tally = run("syncs", Mode::Full, 22);
    assert!(
        tally.wal_syncs_per_commit() <= 1.0,
        "{} syncs per commit",
        tally.wal_syncs_per_commit()
    );
}

#[test]
fn synchronous_normal_is_caught() {
    assert!(run("normal", Mode::Normal, 23).lost > 0);
}

#[test]
fn synchronous_off_is_caught() {
    let tally = run("off", Mode::Off, 24);
    assert!(tally.lost > 0 && tally.corrupt > 0);
}

#[test]
fn an_early_acknowledgement_is_caught() {
    assert!(run("early", Mode::AckEarly, 25).lost > 0);
}

#[test]
fn a_missing_sync_of_the_directory_is_caught() {
    assert!(run("nodir", Mode::NoDirSync, 26).found_something());
}

#[test]
fn failing_calls_lose_nothing() {
    let bench = Bench::new(Subject::Store, "fault").expect("a bench");
    let sweep = iofault::sweep(&bench, 27, STATES);
    let tally = &sweep.tally;
    assert_eq!((tally.lost, tally.corrupt), (0, 0), "{:?}", tally.trouble);
    assert!(sweep.faults > 20 && sweep.failed_syncs > 0);
}

#[test]
fn a_seed_names_a_run_of_the_store() {
    let figures = |tally: Tally| {
        (
            tally.lost,
            tally.corrupt,
            tally.lost_promises,
            tally.promises,
        )
    };
    let once = figures(run("once", Mode::Off, 28));
    assert_eq!(once, figures(run("again", Mode::Off, 28)));
}
