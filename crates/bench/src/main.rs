//! Benchmarks. Each prints one JSON line a configuration: CPU seconds, operations, CPU per operation, percentiles,
//! resident memory. Run them by `cargo xtask bench NAME`.
#![expect(clippy::print_stdout, reason = "figures go to standard output")]

mod ceiling;
mod child;
mod client;
mod flood;
mod intake;
mod queue;
mod slow;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Benchmarks of cairn.
#[derive(Debug, Parser)]
struct Args {
    /// The program under test.
    #[arg(long, env = "CAIRN_BIN", default_value = "target/release/cairn")]
    cairn: PathBuf,
    /// PostgreSQL server to make databases on: `postgres://user@host:port/postgres`.
    #[arg(long, env = "CAIRN_TEST_POSTGRES")]
    postgres: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Durable reports through HTTP, beside the bare ceiling.
    Intake(intake::Options),
    /// 99 % bots, 1 % people, more than it can take.
    Flood(flood::Options),
    /// The queue's first page and a text search over a million reports.
    Queue(queue::Options),
    /// Thousands of clients that send a byte at a time.
    Slow(slow::Options),
    /// The ceiling program (started by `intake`).
    #[command(hide = true)]
    Ceiling(ceiling::Options),
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let _best_effort = rlimit::increase_nofile_limit(65_536);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match &args.command {
            Command::Intake(options) => {
                intake::run(&args.cairn, args.postgres.as_deref(), options).await
            }
            Command::Flood(options) => flood::run(&args.cairn, options).await,
            Command::Queue(options) => queue::run(&args.cairn, options).await,
            Command::Slow(options) => slow::run(&args.cairn, options).await,
            Command::Ceiling(options) => ceiling::run(options).await,
        }
    })
}

/// One line of figures.
fn print(figures: &serde_json::Value) {
    println!("{figures}");
}
