//! IntelMQ's parser of the same reports, on the same table and in the same run, beside ours. It is fetched from PyPI by its ordinary client
//! into a folder that goes away; where that cannot be had, a line says so and nothing fails.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use cairn_feeds::schema::Schema;
use serde_json::json;
use tokio::process::Command;

use super::{Options, best, pass, schema, store, table};

/// The release that is measured, so that two runs compare.
const RELEASE: &str = "intelmq==3.5.0";
/// Longest time that fetching it may take.
const FETCH_MAX: Duration = Duration::from_secs(300);
/// Longest time that it may work.
const WORK_MAX: Duration = Duration::from_secs(3_600);
const SCRIPT: &str = include_str!("peer.py");

/// Runs it.
///
/// # Errors
/// Our own part fails.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    ours(options).await?;
    let dir = tempfile::tempdir()?;
    let told = match fetched(dir.path()).await {
        Ok(python) => theirs(options, dir.path(), &python).await,
        Err(why) => Err(why),
    };
    if let Err(why) = told {
        let line =
            json!({"bench": "feeds", "peer": RELEASE, "skipped": one_line(&format!("{why:#}"))});
        crate::print(&line);
    }
    Ok(())
}

async fn ours(options: &Options) -> anyhow::Result<()> {
    let text = table(options.peer_rows)?;
    let schema = Schema::read(schema().to_string().as_bytes())?;
    let report = schema.by_file_name("event_bench.csv")?;
    for (part, print) in [("parsed", false), ("parsed and printed", true)] {
        let (seconds, rows) = best(options, || pass(report, &text, print))?;
        crate::print(
            &json!({"bench": "feeds", "part": part, "rows": rows, "cpu_seconds": seconds,
            "rows_per_cpu_second": (rows as f64 / seconds.max(1e-9)).round()}),
        );
    }
    let whole = Options {
        store_rows: options.peer_rows,
        only: Some("sqlite".to_owned()),
        ..options.clone()
    };
    store::run(&whole, None).await
}

fn one_line(text: &str) -> String {
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or_default().trim().chars().take(300).collect()
}

/// Runs a program to its end; gives what it printed.
async fn ran(command: &mut Command, longest: Duration) -> anyhow::Result<String> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(longest, command.output()).await;
    let output = output.context("it took too long")??;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}", one_line(&said));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The Python that has it.
async fn fetched(dir: &Path) -> anyhow::Result<std::path::PathBuf> {
    let own = dir.join("python");
    let mut made = Command::new("python3");
    made.args(["-m", "venv"]).arg(&own);
    ran(&mut made, FETCH_MAX)
        .await
        .context("no python3 with venv")?;
    let python = own.join("bin").join("python");
    let mut fetched = Command::new(&python);
    fetched.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        RELEASE,
    ]);
    ran(&mut fetched, FETCH_MAX)
        .await
        .context("it cannot be fetched from PyPI")?;
    Ok(python)
}

async fn theirs(options: &Options, dir: &Path, python: &Path) -> anyhow::Result<()> {
    let place = |name: &str| dir.join(name);
    std::fs::write(place("peer.py"), SCRIPT)?;
    std::fs::write(place("event_bench.csv"), table(options.peer_rows)?)?;
    std::fs::write(place("schema.json"), schema().to_string())?;
    let redis = has("redis-server") && has("redis-cli");
    let port = if redis {
        cairn_testkit::free_address().port()
    } else {
        0
    };
    let mut work = Command::new(python);
    work.arg(place("peer.py"))
        .arg(place("event_bench.csv"))
        .arg(place("schema.json"))
        .arg(place("root"))
        .arg(port.to_string());
    for line in ran(&mut work, WORK_MAX).await?.lines() {
        // It logs to the same place.
        if let Ok(line) = serde_json::from_str::<serde_json::Value>(line) {
            crate::print(&line);
        }
    }
    if !redis {
        crate::print(
            &json!({"bench": "feeds", "peer": RELEASE, "part": "by way of Redis", "skipped": "no redis-server: cargo xtask setup installs it"}),
        );
    }
    Ok(())
}

/// Whether there is such a program.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(OsStr::new(program)).is_file())
}
