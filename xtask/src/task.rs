//! Tasks that other crates of the workspace carry out: measurements and trials. A new one is one line in [`TASKS`].

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::metadata::Metadata;
use crate::postgres::{Cluster, VARIABLE};
use crate::process;

/// One task: `cargo xtask NAME ARGS…` runs `PACKAGE LEAD… ARGS…`.
pub struct Task {
    pub name: &'static str,
    pub about: &'static str,
    /// The crate, whose program has the same name.
    pub package: &'static str,
    /// Arguments before the caller's.
    pub lead: &'static [&'static str],
    /// Arguments with which `cargo xtask test` runs it; `None`: it is no part of that.
    pub ci: Option<&'static [&'static str]>,
    /// It runs on PostgreSQL too: a cluster is started and handed on, unless the caller says `--sqlite`.
    pub postgres: bool,
    /// Other tools of the set-up table without which it is skipped.
    pub needs: &'static [&'static str],
    /// It starts the real `cairn`, which is built first and named by `CAIRN_BIN`.
    pub program: bool,
    /// Built optimised unless the caller says `--dev`. In `cargo xtask test` all is built unoptimised.
    pub release: bool,
}

pub const BENCH: &str = "cairn-bench";
/// A Request Tracker that runs by itself.
const RT: &[&str] = &["request-tracker5", "rt5-db-sqlite", "starlet"];

/// The table.
#[rustfmt::skip]
pub const TASKS: &[Task] = &[
    Task { name: "bench", about: "measure; NAME (intake, queue, …): one JSON line each", package: BENCH, lead: &[], ci: None, postgres: true, needs: &[], program: true, release: true },
    Task { name: "crash", about: "rebuild the disk after a power cut at any instant; --states N --seed S", package: "cairn-crash", lead: &[], ci: Some(&["--states", "2000", "--seed", "1"]), postgres: false, needs: &[], program: false, release: true },
    Task { name: "kill9", about: "kill the program under load and look for every receipt; --rounds N", package: BENCH, lead: &["kill9"], ci: Some(&["--rounds", "10"]), postgres: true, needs: &[], program: true, release: false },
    Task { name: "kill9-feeds", about: "kill it while machine reports are taken in, and compare with an undisturbed run; --rounds N", package: BENCH, lead: &["kill9-feeds"], ci: Some(&["--rounds", "4"]), postgres: true, needs: &[], program: true, release: false },
    Task { name: "kill9-notices", about: "kill it while owners are told of machine reports: each observation once, none forgotten; --rounds N", package: BENCH, lead: &["kill9-notices"], ci: Some(&["--rounds", "6"]), postgres: true, needs: &[], program: true, release: false },
    Task { name: "big-report", about: "one report of so many MiB by command, API, page and folder, in the memory of a small one", package: BENCH, lead: &["feeds", "--big"], ci: Some(&["64"]), postgres: false, needs: &[], program: true, release: false },
    Task { name: "explorer", about: "machine observations of ninety days, and the event explorer's pages over them; --rows N", package: BENCH, lead: &["explorer"], ci: Some(&["--rows", "300000", "--requests", "20"]), postgres: true, needs: &[], program: true, release: false },
    Task { name: "tamper", about: "edit stored records and see each edit found; --edits N --leaves N", package: BENCH, lead: &["tamper"], ci: Some(&["--edits", "60", "--reports", "160", "--leaves", "20000"]), postgres: false, needs: &[], program: false, release: false },
    Task { name: "canary", about: "look for traces of an anonymous reporter in every file", package: BENCH, lead: &["canary"], ci: Some(&[]), postgres: false, needs: &[], program: true, release: false },
    Task { name: "repeat", about: "send each request one to five times, in any order; --requests N", package: BENCH, lead: &["repeat"], ci: Some(&["--requests", "100"]), postgres: false, needs: &[], program: true, release: false },
    Task { name: "clock", about: "let the clock jump by ten years", package: BENCH, lead: &["clock"], ci: Some(&["--reports", "15"]), postgres: false, needs: &[], program: true, release: false },
    Task { name: "diskfull", about: "let a small disk fill up (root)", package: BENCH, lead: &["diskfull"], ci: Some(&[]), postgres: false, needs: &[], program: true, release: false },
    Task { name: "slow", about: "clients that send a byte at a time; --connections N", package: BENCH, lead: &["slow"], ci: Some(&["--connections", "300", "--seconds", "8"]), postgres: false, needs: &[], program: true, release: false },
    Task { name: "rt-import", about: "take over a Request Tracker of its own, with all numbers, threads, files and times; --tickets N", package: BENCH, lead: &["rt"], ci: Some(&[]), postgres: false, needs: RT, program: true, release: false },
    Task { name: "mta", about: "a real mail server (Exim) hands messages over by LMTP and pipe, through stops and kills", package: BENCH, lead: &["mta"], ci: Some(&[]), postgres: false, needs: &["exim4"], program: true, release: false },
    Task { name: "flood", about: "99 % bots, 1 % people, more than it can take", package: BENCH, lead: &["flood"], ci: None, postgres: false, needs: &[], program: true, release: true },
];

/// The task of that name.
pub fn find(name: &str) -> Option<&'static Task> {
    TASKS.iter().find(|task| task.name == name)
}

/// Runs a task for the caller, who sees its output as it comes.
pub fn main(task: &Task, args: &[String]) -> Result<bool> {
    let root = process::root()?;
    let metadata = Metadata::load(&root)?;
    let (own, args): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| {
        matches!(
            arg.as_str(),
            "--postgres" | "--sqlite" | "--release" | "--dev"
        )
    });
    let says = |word: &str| own.iter().any(|arg| *arg == word);
    let release = (task.release || says("--release")) && !says("--dev");
    let mut build = build(&root, task, release);
    ensure!(
        build.status().context("starting cargo")?.success(),
        "building {} failed",
        task.package
    );
    let cluster = if (task.postgres || says("--postgres")) && !says("--sqlite") {
        Some(Cluster::start()?)
    } else {
        None
    };
    let mut command = command(&root, &metadata, task, release);
    command.args(args);
    if let Some(cluster) = &cluster {
        // What is measured is a server beside its database, as operators are told to set it up.
        let url = if task.name == "bench" {
            cluster.socket_url()
        } else {
            cluster.url()
        };
        command.env(VARIABLE, url);
    }
    Ok(command
        .status()
        .with_context(|| format!("starting {}", task.package))?
        .success())
}

/// The cargo command that builds what the task runs.
pub fn build(root: &Path, task: &Task, release: bool) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--quiet", "--locked", "--package", task.package])
        .current_dir(root);
    if task.program && task.package != "cairn" {
        command.args(["--package", "cairn"]);
    }
    if release {
        command.arg("--release");
    }
    command
}

/// The command that runs the task, after it was built.
pub fn command(root: &Path, metadata: &Metadata, task: &Task, release: bool) -> Command {
    let mut command = Command::new(built(metadata, task.package, release));
    command.args(task.lead).current_dir(root);
    command
        .env("CAIRN_BIN", built(metadata, "cairn", release))
        .env_remove(VARIABLE);
    command
}

/// Where cargo puts a program.
pub fn built(metadata: &Metadata, program: &str, release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    metadata.target_directory.join(profile).join(program)
}

/// `cargo xtask postgres [--socket] -- COMMAND…`: runs a command beside a throw-away cluster, reached over loopback or by its socket.
pub fn with_postgres(args: &[String]) -> Result<bool> {
    let socket = args.first().is_some_and(|arg| arg == "--socket");
    let words: Vec<&String> = args
        .iter()
        .skip_while(|arg| matches!(arg.as_str(), "--" | "--socket"))
        .collect();
    let (program, rest) = words
        .split_first()
        .context("which command? cargo xtask postgres -- COMMAND…")?;
    let cluster = Cluster::start()?;
    let url = if socket {
        cluster.socket_url()
    } else {
        cluster.url()
    };
    let mut command = Command::new(program);
    command.args(rest).env(VARIABLE, url);
    Ok(command
        .status()
        .with_context(|| format!("starting {program}"))?
        .success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for task in TASKS {
            let same = TASKS.iter().filter(|other| other.name == task.name);
            assert_eq!(same.count(), 1, "{}", task.name);
            assert!(find(task.name).is_some());
        }
        assert!(find("nothing").is_none());
    }
}
