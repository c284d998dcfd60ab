//! The project's own tasks: `cargo xtask help` lists them.
//!
//! This crate depends on nothing of the house and on few crates outside it, so that it is built in seconds and
//! can judge everything else.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what this program is for"
)]

mod browser;
mod count;
mod edges;
mod failures;
mod fuzz;
mod generate;
mod house;
mod licence;
mod lock;
mod metadata;
mod postgres;
mod process;
mod room;
mod setup;
mod suite;
mod summary;
mod task;

use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs the task that the first argument names. `Ok(false)`: it ran, and what it checked is not in order.
fn dispatch(args: &[String]) -> Result<bool> {
    let Some((name, rest)) = args.split_first() else {
        help();
        return Ok(true);
    };
    match name.as_str() {
        "help" | "--help" | "-h" => {
            help();
            Ok(true)
        }
        "test" => suite::main(rest),
        "setup" => setup::main(),
        "generate" => generate::main(),
        "browser" => browser::main(rest),
        "fuzz" => fuzz::main(rest),
        "postgres" => task::with_postgres(rest),
        other => match task::find(other) {
            Some(task) => task::main(task, rest),
            None => bail!("there is no task {other:?}; `cargo xtask help` lists them"),
        },
    }
}

fn help() {
    println!("usage: cargo xtask TASK [arguments]\n");
    let own = [
        (
            "test",
            "every check there is; [--only NAME] [--skip NAME] [--list]",
        ),
        ("setup", "install what the checks need (Debian, as root)"),
        (
            "generate",
            "write the generated files (settings reference, manual page, completions, API document)",
        ),
        (
            "fuzz",
            "run the fuzz targets; [--seconds 60] [--seed N] [TARGET…]",
        ),
        (
            "browser",
            "build cairn and run the tests in browser/; [FILE…]",
        ),
        (
            "postgres",
            "run a command with CAIRN_TEST_POSTGRES naming a throw-away cluster; -- COMMAND…",
        ),
    ];
    for (name, about) in own {
        println!("  {name:<10} {about}");
    }
    for task in task::TASKS {
        println!("  {:<10} {}", task.name, task.about);
    }
    println!(
        "\nTasks of the second list take their own arguments, and --postgres, --sqlite, --release or --dev from here."
    );
}
