//! The program: command line, settings, wiring, signals.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program speaks through these"
)]

mod admin;
mod args;
mod backup;
mod check;
mod control;
mod demo;
mod doctor;
mod export;
mod generate;
mod mail;
mod metrics;
mod open;
mod out;
mod progress;
mod seat;
mod serve;
mod settings;
mod show;
mod track;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cairn: {error:#}");
            args::exit_code(&error)
        }
    }
}

fn run(args: args::Args) -> anyhow::Result<()> {
    let settings =
        settings::Settings::load(args.config.as_ref(), std::env::vars(), &args.overrides())
            .map_err(|error| args::Usage(error.to_string()))?;
    open::log_to_stderr(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(args.run(settings))
}
