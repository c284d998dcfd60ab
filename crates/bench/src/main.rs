//! Benchmarks and trials of the real program. A benchmark prints one JSON line a configuration: CPU seconds, operations,
//! CPU per operation, percentiles, resident memory. A trial prints one JSON line and ends with 1 if anything failed. Run
//! them by `cargo xtask bench NAME`.
#![expect(clippy::print_stdout, reason = "figures go to standard output")]

mod campaigns;
mod canary;
mod ceiling;
mod child;
mod client;
mod clock;
mod core;
mod desk;
mod diskfull;
mod explorer;
mod feeds;
mod flood;
mod intake;
mod kill9;
mod kill9_feeds;
mod kill9_notices;
mod mta;
mod queue;
mod repeat;
mod rt;
mod slow;
mod tamper;
mod track;
mod trial;
mod walk;

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
    /// What a report costs without HTTP, in one process.
    Core(core::Options),
    /// 99 % bots, 1 % people, more than it can take.
    Flood(flood::Options),
    /// The queue's first page and a text search over a million reports.
    Queue(queue::Options),
    /// The officers' pages with many reports and cases, on both databases.
    Desk(desk::Options),
    /// The event explorer over many machine observations, on both databases.
    Explorer(explorer::Options),
    /// Thousands of clients that send a byte at a time.
    Slow(slow::Options),
    /// Killed under load, again and again: every receipt is kept.
    Kill9(kill9::Options),
    /// Killed while machine reports are taken in, again and again: nothing is lost or there twice.
    Kill9Feeds(kill9_feeds::Options),
    /// Killed while owners are told of machine reports, again and again: each observation is told once.
    Kill9Notices(kill9_notices::Options),
    /// Each request one to five times, in any order: one report.
    Repeat(repeat::Options),
    /// A Request Tracker of its own is taken over.
    Rt(rt::Options),
    /// A real mail server hands messages over.
    Mta(mta::Options),
    /// Traces of an anonymous reporter, in every file.
    Canary(canary::Options),
    /// Random edits of what is stored: each is found and named.
    Tamper(tamper::Options),
    /// The bundle of a plan, built and verified.
    Track(track::Options),
    /// A machine report: CPU of a row, read alone, parsed, and taken in.
    Feeds(feeds::Options),
    /// The disk fills up, and has room again.
    Diskfull(diskfull::Options),
    /// The clock jumps by ten years.
    Clock(clock::Options),
    /// Example reports of a day, one JSON line each, with what belongs together: for the shift in a browser.
    Campaigns(campaigns::Options),
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
            Command::Core(options) => core::run(options).await,
            Command::Flood(options) => flood::run(&args.cairn, options).await,
            Command::Queue(options) => queue::run(&args.cairn, options).await,
            Command::Desk(options) => {
                desk::run(&args.cairn, args.postgres.as_deref(), options).await
            }
            Command::Explorer(options) => {
                explorer::run(&args.cairn, args.postgres.as_deref(), options).await
            }
            Command::Slow(options) => slow::run(&args.cairn, options).await,
            Command::Kill9(options) => {
                kill9::run(&args.cairn, args.postgres.as_deref(), options).await
            }
            Command::Rt(options) => rt::run(&args.cairn, options).await,
            Command::Mta(options) => mta::run(&args.cairn, options).await,
            Command::Repeat(options) => repeat::run(&args.cairn, options).await,
            Command::Clock(options) => clock::run(&args.cairn, options).await,
            Command::Canary(options) => canary::run(&args.cairn, options).await,
            Command::Diskfull(options) => diskfull::run(&args.cairn, options).await,
            Command::Track(options) => track::run(&args.cairn, options).await,
            Command::Feeds(options) => {
                feeds::run(&args.cairn, options, args.postgres.as_deref()).await
            }
            Command::Kill9Feeds(options) => {
                kill9_feeds::run(&args.cairn, args.postgres.as_deref(), options).await
            }
            Command::Kill9Notices(options) => {
                kill9_notices::run(&args.cairn, args.postgres.as_deref(), options).await
            }
            Command::Campaigns(options) => campaigns::run(options),
            Command::Tamper(options) => tamper::run(options).await,
            Command::Ceiling(options) => ceiling::run(options).await,
        }
    })
}

/// One line of figures.
fn print(figures: &serde_json::Value) {
    println!("{figures}");
}
