//! `bench desk`: the officers' pages over many reports and cases, through HTTP, on both databases: 50th and 95th percentile and CPU of
//! a page, the database's beside it.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cairn_app::App;
use cairn_app::cases::Written;
use cairn_desk::cases::Command as Case;
use cairn_desk::report::Draft;
use cairn_kernel::actor::Role;
use cairn_kernel::observable::Kind;
use cairn_store::{Options as StoreOptions, Store};
use serde_json::json;

use crate::child::{Running, postgres_cpu};
use crate::intake::fresh_database;
use crate::queue::{ORIGIN, SETTLE_MAX, fill, many, session};

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Reports.
    #[arg(long, default_value_t = 1_000_000)]
    reports: i64,
    /// Cases, each with one of the reports.
    #[arg(long, default_value_t = 100_000)]
    cases: i64,
    /// Requests of each kind.
    #[arg(long, default_value_t = 200)]
    requests: usize,
    /// Only `sqlite` or `postgres`.
    #[arg(long)]
    only: Option<String>,
}

/// Reports that have one telephone number in common.
const SHARED: i64 = 500;
/// The newest reports, whose pages are asked for.
const NEWEST: i64 = 10_000;
const DATABASE: &str = "cairn_bench_desk";

/// Runs it.
pub async fn run(cairn: &Path, postgres: Option<&str>, options: &Options) -> anyhow::Result<()> {
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wanted("sqlite") {
        database("sqlite", cairn, None, options).await?;
    }
    match postgres {
        Some(url) if wanted("postgres") => {
            let url = fresh_database(url, DATABASE).await?;
            database("postgres", cairn, Some(&url), options).await?;
        }
        None if wanted("postgres") => crate::print(&json!({
            "benchmark": "desk", "database": "postgres", "skipped": "no server: set CAIRN_TEST_POSTGRES"
        })),
        _ => {}
    }
    Ok(())
}

/// How a benchmark's store is opened.
pub(crate) fn store_options(dir: &Path, url: Option<&str>) -> anyhow::Result<StoreOptions> {
    Ok(match url {
        Some(url) => StoreOptions::postgres(dir, ORIGIN, url)?,
        None => StoreOptions::sqlite(dir, ORIGIN),
    })
}

async fn database(
    name: &str,
    cairn: &Path,
    url: Option<&str>,
    options: &Options,
) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir()?;
    let dir = temporary.path().join("data");
    let since = Instant::now();
    let store = Store::open(store_options(&dir, url)?).await?;
    let app = fill(store, options.reports, own_traces).await?;
    let references = references(&app, options)?;
    cases(&app, options, &references).await?;
    // Clusters of a million reports that came in one go are another matter than pages.
    let all = cairn_store::cluster::looked_up_to(options.reports);
    app.bare_store().write(all).await?;
    app.close().await;
    let filled = since.elapsed().as_secs_f64().round();
    let cookie = session(Store::open(store_options(&dir, url)?).await?).await?;
    let data = dir.display().to_string();
    let mut args: Vec<String> = [
        "serve",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--set",
        "log.level=warn",
    ]
    .map(String::from)
    .into();
    if let Some(url) = url {
        args.extend(["--set".to_owned(), format!("storage.database={url}")]);
    }
    let target = Running::start(cairn, &args).await?;
    let settled = target.settled(SETTLE_MAX).await.round();
    for (what, paths) in pages(options, &references) {
        let (cpu, database) = (target.cpu(), postgres_cpu());
        let mut latencies = many(&target, &cookie, &paths, options.requests).await?;
        let operations = latencies.len().max(1) as f64;
        let each = |seconds: f64| (seconds * 1e5 / operations).round() / 100.0;
        crate::print(&json!({
            "benchmark": "desk", "database": name, "what": what, "reports": options.reports, "cases": options.cases,
            "requests": latencies.len(), "p50_ms": latencies.ms(50.0), "p95_ms": latencies.ms(95.0), "p99_ms": latencies.ms(99.0),
            "cpu_ms_per_page": each(target.cpu() - cpu), "database_cpu_ms_per_page": each(postgres_cpu() - database),
            "rss_mib": target.memory_mib().0.round(), "settled_after_seconds": settled, "fill_seconds": filled,
        }));
    }
    target.stop().await
}

/// Every report has a link of its own, and a telephone number that 500 have.
fn own_traces(draft: &mut Draft, n: i64) {
    for seen in &mut draft.body.observables {
        match seen.kind {
            Kind::Phone => seen.value = format!("+64215{:06}", n / SHARED),
            Kind::Url => seen.value = format!("https://parcel-{n}.example/pay"),
            Kind::Domain => seen.value = format!("parcel-{n}.example"),
            _ => {}
        }
    }
}

/// References of the newest reports, the newest last.
fn references(app: &App, options: &Options) -> anyhow::Result<Vec<String>> {
    let from = (options.reports - NEWEST.max(options.cases)).max(0) + 1;
    let all: Vec<String> = (from..=options.reports)
        .map(|no| app.reference(no))
        .collect();
    anyhow::ensure!(!all.is_empty(), "there must be reports");
    Ok(all)
}

/// Cases with one report and a note each.
async fn cases(app: &App, options: &Options, references: &[String]) -> anyhow::Result<()> {
    let who = cairn_testkit::account(app, "bench-cases", Role::Lead).await;
    let said = |text: String| Written { text, key: None };
    let mut running = tokio::task::JoinSet::new();
    for n in 0..options.cases {
        let no = app
            .open_case(&who, &said(format!("Example case {n}, parcel")), &[])
            .await?;
        let reference = references
            .get(usize::try_from(n)? % references.len())
            .context("a reference")?
            .clone();
        let (app, who) = (app.clone(), who.clone());
        running.spawn(async move {
            app.link_report(&who, no, &reference).await?;
            let note = Case::Note {
                digest: String::new(),
                corrects: None,
            };
            let text = Written {
                text: format!("The provider of {n} was asked."),
                key: None,
            };
            app.work_case(&who, no, i64::MAX, note, Some(&text)).await
        });
        while running.len() >= 256 {
            running.join_next().await.context("a task")???;
        }
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(())
}

/// What officers open, each kind at many places.
fn pages(options: &Options, references: &[String]) -> Vec<(&'static str, Vec<String>)> {
    let places = |count: i64| (0..97_i64).map(move |at| (at * 104_729).rem_euclid(count.max(1)));
    let one = |path: &str| vec![path.to_owned()];
    let report = |at: i64| {
        let at = usize::try_from(at).unwrap_or_default();
        references.get(at).map(|one| format!("/desk/reports/{one}"))
    };
    let searches = [
        "parcel",
        "kowhai",
        "w617",
        "parcel+kowhai",
        "category%3Aphishing+kowhai",
        "rare99991",
    ];
    vec![
        ("queue", one("/desk")),
        ("queue_severe", one("/desk?order=severe")),
        ("queue_category", one("/desk?category=phishing")),
        (
            "report",
            places(references.len() as i64).filter_map(report).collect(),
        ),
        ("cases", one("/desk/cases")),
        (
            "case",
            places(options.cases)
                .map(|no| format!("/desk/cases/{}", no + 1))
                .collect(),
        ),
        (
            "observable",
            places(options.reports / SHARED)
                .map(|n| BASE64.encode(format!("+64215{n:06}")))
                .map(|value| format!("/desk/observables/phone/{value}"))
                .collect(),
        ),
        (
            "search",
            searches.map(|line| format!("/desk?q={line}")).into(),
        ),
        ("shift", one("/desk/shift")),
        ("clocks", one("/desk/clocks")),
        ("many_at_once", one("/desk/bulk")),
    ]
}
