//! `bench intake`: durable reports through HTTP at several numbers of clients, on both databases, each beside the bare
//! ceiling in the same minute.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

use crate::child::{Running, postgres_cpu};
use crate::client::closed_loop;

/// Where the API takes reports.
pub const REPORTS: &str = "/api/v1/reports";
/// A typical report, as in the documentation of the API.
pub const EXAMPLE: &[u8] = include_bytes!("../../../forms/nz/example.json");

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// Clients at the same time.
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    clients: Vec<usize>,
    /// Rounds; of several, the median share of the ceiling is said after them.
    #[arg(long, default_value_t = 1)]
    rounds: usize,
    /// Seconds at most to wait after each measurement until what was put off is done.
    #[arg(long, default_value_t = 360)]
    wait: u64,
    /// Only `sqlite` or `postgres`.
    #[arg(long)]
    only: Option<String>,
    /// The ceiling's groups take all that waits, instead of the share of it that cairn's writer takes.
    #[arg(long)]
    greedy_ceiling: bool,
}

#[derive(Debug, Clone)]
struct Figures {
    per_second: f64,
    cpu_us: f64,
    server_cpu_us: f64,
    p50: f64,
    p99: f64,
    operations: usize,
    rss_mib: f64,
    /// Work put off until nobody waits, of the program and of the database together.
    later_us: f64,
}

/// Runs it.
pub async fn run(cairn: &Path, postgres: Option<&str>, options: &Options) -> anyhow::Result<()> {
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wanted("sqlite") {
        database("sqlite", cairn, None, options).await?;
    }
    match postgres {
        Some(url) if wanted("postgres") => database("postgres", cairn, Some(url), options).await?,
        None if wanted("postgres") => crate::print(&json!({
            "benchmark": "intake", "database": "postgres", "skipped": "no server: set CAIRN_TEST_POSTGRES"
        })),
        _ => {}
    }
    Ok(())
}

async fn database(
    name: &str,
    cairn: &Path,
    postgres: Option<&str>,
    options: &Options,
) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let path = |part: &str| dir.path().join(part).display().to_string();
    let mut ceiling_args = vec![
        "ceiling".to_owned(),
        "--dir".to_owned(),
        dir.path().display().to_string(),
    ];
    if options.greedy_ceiling {
        ceiling_args.push("--greedy".to_owned());
    }
    let mut cairn_args: Vec<String> = [
        "serve",
        "--data",
        &path("data"),
        "--listen",
        "127.0.0.1:0",
        "--set",
        "log.level=warn",
    ]
    .map(String::from)
    .into();
    if let Some(url) = postgres {
        let bare = fresh_database(url, "cairn_bench_ceiling").await?;
        let full = fresh_database(url, "cairn_bench_intake").await?;
        ceiling_args.extend(["--url".to_owned(), bare]);
        cairn_args.extend(["--set".to_owned(), format!("storage.database={full}")]);
    }
    let ceiling = Running::start(&std::env::current_exe()?, &ceiling_args).await?;
    let under_test = Running::start(cairn, &cairn_args).await?;
    let time = Duration::from_secs(options.seconds);
    for &clients in &options.clients {
        let mut shares = Vec::new();
        for round in 0..options.rounds {
            let bare = measure(&ceiling, "/", clients, time, options.wait).await?;
            let full = measure(&under_test, REPORTS, clients, time, options.wait).await?;
            let share = (100.0 * full.per_second / bare.per_second).round();
            shares.push(share);
            crate::print(&json!({
                "benchmark": "intake", "database": name, "clients": clients, "round": round,
                "operations": full.operations, "per_second": full.per_second.round(),
                "cpu_us_per_report": round2(full.cpu_us), "database_cpu_us_per_report": round2(full.server_cpu_us),
                "later_cpu_us_per_report": round2(full.later_us),
                "p50_ms": full.p50, "p99_ms": full.p99, "rss_mib": round2(full.rss_mib),
                "ceiling_per_second": bare.per_second.round(), "ceiling_cpu_us": round2(bare.cpu_us),
                "ceiling_database_cpu_us": round2(bare.server_cpu_us), "ceiling_p99_ms": bare.p99,
                "of_ceiling_percent": share,
            }));
        }
        shares.sort_by(f64::total_cmp);
        if options.rounds > 1
            && let Some(median) = shares.get(shares.len() / 2)
        {
            crate::print(&json!({
                "benchmark": "intake", "database": name, "clients": clients, "rounds": shares.len(),
                "median_of_ceiling_percent": median,
            }));
        }
    }
    ceiling.stop().await?;
    under_test.stop().await
}

/// Makes an empty database of this name on the server that `url` names a database of, in place of whatever had the name. Its address.
pub async fn fresh_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (server, _) = url
        .rsplit_once('/')
        .context("the server's address has no database")?;
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    client.batch_execute(&drop).await?;
    let create = format!("CREATE DATABASE {name}");
    client.batch_execute(&create).await?;
    Ok(format!("{server}/{name}?sslmode=disable"))
}

async fn measure(
    target: &Running,
    path: &'static str,
    clients: usize,
    time: Duration,
    wait: u64,
) -> anyhow::Result<Figures> {
    closed_loop(
        target.address,
        path,
        EXAMPLE,
        clients,
        Duration::from_millis(500),
    )
    .await?;
    let (cpu, database) = (target.cpu(), postgres_cpu());
    let mut latencies = closed_loop(target.address, path, EXAMPLE, clients, time).await?;
    let operations = latencies.len().max(1);
    let (cpu_now, database_now) = (target.cpu(), postgres_cpu());
    // The next measurement must not pay for what this one put off.
    quiet(target, wait).await;
    let later = target.cpu() - cpu_now + postgres_cpu() - database_now;
    Ok(Figures {
        per_second: operations as f64 / time.as_secs_f64(),
        cpu_us: (cpu_now - cpu) * 1e6 / operations as f64,
        server_cpu_us: (database_now - database) * 1e6 / operations as f64,
        later_us: later * 1e6 / operations as f64,
        p50: latencies.ms(50.0),
        p99: latencies.ms(99.0),
        operations,
        rss_mib: target.memory_mib().0,
    })
}

/// Waits until a program and its database have had next to nothing to do for some seconds, at most `wait` seconds: what
/// works in turns rests between them.
async fn quiet(target: &Running, wait: u64) {
    const STEP: Duration = Duration::from_secs(1);
    let mut rested = 0;
    for _ in 0..wait {
        let before = target.cpu() + postgres_cpu();
        tokio::time::sleep(STEP).await;
        let used = target.cpu() + postgres_cpu() - before;
        rested = if used < 0.03 { rested + 1 } else { 0 };
        if rested >= 4 {
            return;
        }
    }
}

fn round2(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}
