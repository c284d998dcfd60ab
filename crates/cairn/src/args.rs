//! The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 something was checked and is wrong.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::Settings;
use crate::{demo, serve};

/// One place to report cyber incidents, and a desk for those who act on them.
#[derive(Debug, Parser)]
#[command(
    name = "cairn",
    version,
    after_help = "Exit codes: 0 done; 1 failed; 2 wrong usage or settings; 3 a check found something wrong.\n\
                  Try it: cairn demo"
)]
pub struct Args {
    /// Settings file (TOML). Without it the built-in defaults hold.
    #[arg(long, short, global = true, value_name = "FILE", env = "CAIRN_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data directory; short for `--set storage.data=DIR`.
    #[arg(long, short, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address to serve on; short for `--set server.listen=ADDRESS:PORT`.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Any setting: `--set files.bytes_max=10MiB`. See docs/reference/settings.md.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the public pages, the desk and the API until told to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Fill a fresh data directory with example reports and serve it, to look around.
    Demo,
}

impl Args {
    /// The short flags, as settings.
    #[must_use]
    pub fn overrides(&self) -> Vec<String> {
        let mut pairs = Vec::new();
        if let Some(data) = &self.data {
            pairs.push(format!("storage.data={}", data.display()));
        }
        if let Some(listen) = &self.listen {
            pairs.push(format!("server.listen={listen}"));
        }
        pairs.extend(self.set.iter().cloned());
        pairs
    }

    /// A data directory was named by flag.
    #[must_use]
    pub fn names_data(&self) -> bool {
        self.data.is_some()
            || self
                .set
                .iter()
                .any(|pair| pair.starts_with("storage.data="))
    }
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Whatever went wrong, in words.
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        match self {
            Self::Serve => serve::run(settings).await,
            Self::Demo => demo::run(settings).await,
        }
    }
}

/// Wrong usage or settings: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// A check found something wrong: exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CheckFailed(pub String);

/// The exit code of a failure.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<Usage>() {
        ExitCode::from(2)
    } else if error.is::<CheckFailed>() {
        ExitCode::from(3)
    } else {
        ExitCode::from(1)
    }
}
