//! Runs the fuzz targets of `fuzz/` with libFuzzer on the stable toolchain: the coverage flags below are those that
//! `cargo fuzz` passes, without its sanitizers (which need a nightly, and find nothing in code without `unsafe`).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use toml::{Table, Value};

use crate::metadata::{Metadata, host};
use crate::process;

const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks \
    --cfg fuzzing";

/// Seconds for each target, unless the caller says otherwise.
const SECONDS: u64 = 60;
/// Resident memory that a target may take, megabytes.
const MEMORY_MAX: u64 = 1024;
/// Seconds that one input may take.
const INPUT_SECONDS_MAX: u64 = 10;

/// `cargo xtask fuzz [--seconds N] [--seed N] [TARGET…]`
pub fn main(args: &[String]) -> Result<bool> {
    let root = process::root()?;
    let mut seconds = SECONDS;
    let mut seed = None;
    let mut wanted = Vec::new();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let mut number = || -> Result<u64> {
            let given = words.next().and_then(|number| number.parse().ok());
            given.with_context(|| format!("{word} needs a number"))
        };
        match word.as_str() {
            "--seconds" => seconds = number()?,
            "--seed" => seed = Some(number()?),
            target => wanted.push(target),
        }
    }
    let targets = targets(&root)?;
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !targets.iter().any(|own| own == **name))
    {
        bail!(
            "there is no fuzz target {unknown:?}; there are {}",
            targets.join(", ")
        );
    }
    let metadata = Metadata::load(&root)?;
    let status = build(&root, &metadata)?
        .status()
        .context("starting cargo")?;
    ensure!(status.success(), "building the fuzz targets failed");
    let mut well = true;
    for target in targets
        .iter()
        .filter(|own| wanted.is_empty() || wanted.contains(&own.as_str()))
    {
        println!("== {target}");
        let ok = command(&root, &metadata, target, seconds, seed)?
            .status()
            .context("starting the target")?
            .success();
        println!(
            "== {target}: {}",
            if ok {
                "nothing found"
            } else {
                "FOUND something, see fuzz/artifacts"
            }
        );
        well &= ok;
    }
    Ok(well)
}

/// Names of the targets; none if there is no `fuzz/Cargo.toml`.
pub fn targets(root: &Path) -> Result<Vec<String>> {
    let Ok(text) = std::fs::read_to_string(root.join("fuzz/Cargo.toml")) else {
        return Ok(Vec::new());
    };
    let manifest: Table = text.parse().context("parsing fuzz/Cargo.toml")?;
    let bins = manifest.get("bin").and_then(Value::as_array);
    let name = |bin: &Value| Some(bin.get("name")?.as_str()?.to_owned());
    Ok(bins.into_iter().flatten().filter_map(name).collect())
}

/// The cargo command that builds all targets. The platform is named so that the flags do not reach build scripts.
pub fn build(root: &Path, metadata: &Metadata) -> Result<Command> {
    let mut command = Command::new("cargo");
    command
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--bins",
            "--manifest-path",
            "fuzz/Cargo.toml",
        ])
        .args(["--target", &host()?, "--target-dir"])
        .arg(folder(metadata))
        .env("RUSTFLAGS", FLAGS)
        .current_dir(root);
    Ok(command)
}

/// The command that runs one target: on its own growing corpus first, then on the seeds kept in the repository. It begins at `seed`,
/// or elsewhere each time.
pub fn command(
    root: &Path,
    metadata: &Metadata,
    target: &str,
    seconds: u64,
    seed: Option<u64>,
) -> Result<Command> {
    let own = root.join("fuzz");
    let corpus = own.join("corpus").join(target);
    let artifacts = own.join("artifacts").join(target);
    std::fs::create_dir_all(&corpus)?;
    std::fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(folder(metadata).join(host()?).join("release").join(target));
    command
        .arg(corpus)
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-rss_limit_mb={MEMORY_MAX}"))
        .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
        .arg("-print_final_stats=1")
        .current_dir(root);
    if let Some(seed) = seed {
        command.arg(format!("-seed={seed}"));
    }
    let seeds = own.join("seeds").join(target);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    Ok(command)
}

fn folder(metadata: &Metadata) -> PathBuf {
    metadata.target_directory.join("fuzz")
}
