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
mod constituents;
mod control;
mod demo;
mod doctor;
mod export;
mod feeds;
mod generate;
mod import;
mod lmtp;
mod mail;
mod metrics;
mod open;
mod openpgp;
mod out;
mod progress;
mod seat;
mod serve;
mod settings;
mod show;
mod tenant;
mod track;

use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;

use clap::Parser;

/// Reports are taken in by one thread and written by another, and what one allocated the other frees: the system's allocator
/// makes them wait for each other (docs/decisions/0022-allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code where nobody reads what is printed any more, as shells count it for `SIGPIPE`.
const NOBODY_READS: i32 = 141;

/// Who reads the beginning only (`cairn … | head`) has seen enough: that is no fault to tell of.
fn end_when_nobody_reads() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let nobody_reads = "failed printing to stdout: Broken pipe";
        if info
            .payload_as_str()
            .is_some_and(|text| text.starts_with(nobody_reads))
        {
            std::process::exit(NOBODY_READS);
        }
        before(info);
    }));
}

/// How many pools of memory the GNU C library makes for the threads of a process (mallopt(3)).
const POOLS: &str = "MALLOC_ARENA_MAX";

/// SQLite allocates with the C library, which makes a pool for each thread that reads and keeps what was freed in each: after a
/// million reports twice the memory that is in use. How many pools there may be is read before a program begins, so this one begins
/// once more with one, as the same process; who has set a number keeps it.
fn with_one_pool() {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) || std::env::var_os(POOLS).is_some() {
        return;
    }
    let mut words = std::env::args_os();
    if let (Ok(program), Some(name)) = (std::env::current_exe(), words.next()) {
        let mut again = std::process::Command::new(program);
        again.arg0(name).args(words).env(POOLS, "1");
        // Should it fail, the pools cost memory and nothing else.
        let _could_not = again.exec();
    }
}

fn main() -> ExitCode {
    end_when_nobody_reads();
    let args = args::Args::parse();
    if args.serves() {
        with_one_pool();
    }
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
    let settings = match &args.tenant {
        None => settings,
        Some(name) => settings
            .of_tenant(name)
            .map_err(|error| args::Usage(error.to_string()))?,
    };
    open::log_to_stderr(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(args.run(settings))
}
