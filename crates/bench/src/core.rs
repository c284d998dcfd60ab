//! `bench core`: what a report costs without HTTP, in this process: parsed, decided, written, committed, its receipt
//! printed. The difference to `bench intake` is the web's; under `valgrind --tool=callgrind` it says where the rest goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::Context;
use cairn_app::App;
use cairn_app::clock::Clock;
use cairn_app::report::Once;
use cairn_desk::form::{Form, FormFiles};
use cairn_kernel::actor::Actor;
use cairn_store::{Options as StoreOptions, Store};
use serde_json::json;

use crate::child::cpu_of;
use crate::client::varied;
use crate::intake::EXAMPLE;

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Reports.
    #[arg(long, default_value_t = 100_000)]
    reports: u64,
    /// Reports under way at the same time.
    #[arg(long, default_value_t = 64)]
    clients: usize,
}

/// Runs it.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let store = Store::open(StoreOptions::sqlite(
        &dir.path().join("data"),
        "127.0.0.1/cairn-log",
    ))
    .await?;
    let form = Form::parse(&FormFiles::embedded()).map_err(|p| anyhow::anyhow!("{p:?}"))?;
    let app = App::new(
        store,
        Arc::new(form),
        cairn_app::Config::default(),
        Clock::System,
    );
    let (begun, cpu) = (Instant::now(), cpu_of(std::process::id()).context("/proc")?);
    let next = Arc::new(AtomicU64::new(0));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..options.clients {
        let (app, next, reports) = (app.clone(), Arc::clone(&next), options.reports);
        clients.spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= reports {
                    break;
                }
                one(&app, n).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(done) = clients.join_next().await {
        done??;
    }
    let cpu = cpu_of(std::process::id()).context("/proc")? - cpu;
    let operations = options.reports.max(1) as f64;
    crate::print(&json!({
        "benchmark": "core", "reports": options.reports, "clients": options.clients,
        "cpu_seconds": cpu, "cpu_us_per_report": (cpu * 1e8 / operations).round() / 100.0,
        "per_second": (operations / begun.elapsed().as_secs_f64()).round(),
    }));
    app.close().await;
    Ok(())
}

async fn one(app: &App, n: u64) -> anyhow::Result<()> {
    let body = varied(std::str::from_utf8(EXAMPLE)?, n);
    let draft = app
        .form
        .parse_json(body.as_bytes())
        .map_err(|p| anyhow::anyhow!("{p:?}"))?;
    let key = format!("core-{n}");
    let once = Once::new(key.as_bytes(), body.as_bytes());
    app.submit(&draft, Actor::Reporter, Some(once)).await?;
    Ok(())
}
