//! The tests in `browser/`: pages of the real program in Debian's Chromium.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::metadata::Metadata;
use crate::{process, setup, task};

/// `cargo xtask browser [FILE…]`: all test files of `browser/tests`, or those named.
pub fn main(args: &[String]) -> Result<bool> {
    let root = process::root()?;
    let metadata = Metadata::load(&root)?;
    ensure!(
        build(&root).status().context("starting cargo")?.success(),
        "building cairn failed"
    );
    setup::npm(&root)?;
    Ok(command(&root, &metadata, args)
        .status()
        .context("starting node")?
        .success())
}

/// The cargo command that builds the program under test.
pub fn build(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--quiet", "--locked", "--package", "cairn"])
        .args(["--package", task::BENCH])
        .current_dir(root);
    command
}

/// The command that runs the tests.
pub fn command(root: &Path, metadata: &Metadata, files: &[String]) -> Command {
    let mut command = Command::new("node");
    command
        .arg("browser/run.mjs")
        .args(files)
        .env("CAIRN_BIN", task::built(metadata, "cairn", false))
        .env("CAIRN_BENCH", task::built(metadata, task::BENCH, false))
        .current_dir(root);
    if let Some(chromium) = setup::chromium() {
        command.env("CAIRN_CHROMIUM", chromium);
    }
    command
}
