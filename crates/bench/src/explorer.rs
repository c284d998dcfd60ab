//! `bench explorer`: a store with many observations of ninety days, and the officers' pages over them, through HTTP: questions by any
//! facets, what was seen of an address, the figures of a day. Percentiles, CPU of a page, memory, bytes of an observation.

mod fill;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cairn_app::clock::Clock;
use cairn_store::Store;
use cairn_store::feeds::FeedStore;
use serde_json::json;

use crate::child::{Running, memory_mib, postgres_cpu};
use crate::desk::store_options;
use crate::intake::fresh_database;
use crate::queue::{SETTLE_MAX, fill as fill_reports, many, session};
use fill::{
    DAY_US, DAYS, FEEDS, MALWARE, NETWORKS, OWNERS, country_name, host, host_of, skewed, stir,
};

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Observations.
    #[arg(long, default_value_t = 100_000_000)]
    rows: u64,
    /// Requests of each kind.
    #[arg(long, default_value_t = 200)]
    requests: usize,
    /// Only `sqlite` or `postgres`.
    #[arg(long)]
    only: Option<String>,
    /// Where the data lie; kept, so that filling goes on where it was stopped (SQLite).
    #[arg(long)]
    dir: Option<PathBuf>,
}

const DATABASE: &str = "cairn_bench_explorer";
/// Where the last day stands, so that a run which goes on has the same.
const LAST_DAY: &str = "explorer-last-day";

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
            "benchmark": "explorer", "database": "postgres", "skipped": "no server: set CAIRN_TEST_POSTGRES"
        })),
        _ => {}
    }
    Ok(())
}

/// The last day of the data, which is today's when it is filled first.
fn last_day(dir: &Path) -> anyhow::Result<i64> {
    let path = dir.join(LAST_DAY);
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Ok(text.trim().parse()?);
    }
    let today = Clock::System.now().0.div_euclid(DAY_US);
    std::fs::write(path, today.to_string())?;
    Ok(today)
}

async fn database(
    name: &str,
    cairn: &Path,
    url: Option<&str>,
    options: &Options,
) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir()?;
    let kept = options.dir.clone().filter(|_| url.is_none());
    let dir = kept.unwrap_or_else(|| temporary.path().join("data"));
    std::fs::create_dir_all(&dir)?;
    let last = last_day(&dir)?;
    let fresh = url.is_some() || !dir.join("core.db").exists();
    if fresh {
        let store = Store::open(store_options(&dir, url)?).await?;
        fill_reports(store, 0, |_, _| {}).await?.close().await;
    }
    filled(name, &dir, url, options, last).await?;
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
    target.settled(SETTLE_MAX).await;
    for (what, paths) in pages(options, last) {
        // The first question reads words and mixes, once.
        let began = Instant::now();
        many(&target, &cookie, &paths, 1).await?;
        let first = began.elapsed().as_secs_f64() * 1e3;
        let (cpu, database) = (target.cpu(), postgres_cpu());
        let mut latencies = many(&target, &cookie, &paths, options.requests).await?;
        let operations = latencies.len().max(1) as f64;
        let each = |seconds: f64| (seconds * 1e5 / operations).round() / 100.0;
        let (now, most) = target.memory_mib();
        crate::print(&json!({
            "benchmark": "explorer", "database": name, "what": what, "rows": options.rows, "requests": latencies.len(),
            "first_ms": first.round(), "p50_ms": latencies.ms(50.0), "p95_ms": latencies.ms(95.0), "p99_ms": latencies.ms(99.0),
            "cpu_ms_per_page": each(target.cpu() - cpu), "database_cpu_ms_per_page": each(postgres_cpu() - database),
            "rss_mib": now.round(), "peak_mib": most.round(),
        }));
    }
    target.stop().await
}

/// Fills the store, and says what that cost.
async fn filled(
    name: &str,
    dir: &Path,
    url: Option<&str>,
    options: &Options,
    last: i64,
) -> anyhow::Result<()> {
    let (name, own, rows) = (name.to_owned(), store_options(dir, url)?, options.rows);
    let tables = url.map(str::to_owned);
    let work = move || {
        let (began, cpu, server) = (Instant::now(), crate::feeds::cpu()?, postgres_cpu());
        let mut store = FeedStore::open(&own)?;
        let added = fill::fill(&mut store, rows, last, &mut |added, seconds| {
            if added > 0 {
                // Where it is not told, nothing is lost.
                let _told = writeln!(std::io::stderr(), "{added} observations in {seconds:.0} s");
            }
        })?;
        drop(store);
        let seconds = began.elapsed().as_secs_f64();
        let server = if tables.is_some() {
            postgres_cpu() - server
        } else {
            0.0
        };
        let cpu = crate::feeds::cpu()? - cpu + server;
        let store = FeedStore::reading(&own)?;
        let stats = store
            .map(|store| store.stats(Clock::System.now()))
            .transpose()?
            .unwrap_or_default();
        let bytes = match &tables {
            None => std::fs::metadata(own.dir.join("feeds.db"))?.len(),
            Some(url) => crate::feeds::store::table_bytes(url)?,
        };
        let all = stats.observations.max(1) as f64;
        let each = |bytes: u64| (bytes as f64 / all * 10.0).round() / 10.0;
        crate::print(&json!({
            "benchmark": "explorer", "what": "filled", "database": name, "rows": stats.observations, "added": added,
            "seconds": seconds.round(), "cpu_seconds": cpu.round(), "rows_per_cpu_second": (added as f64 / cpu.max(0.01)).round(),
            "states": stats.states, "segments": stats.segments,
            "bytes_per_observation": { "tables": each(bytes), "segments": each(stats.segment_bytes), "all": each(bytes + stats.segment_bytes) },
            "peak_mib": memory_mib(std::process::id()).1.round(),
        }));
        anyhow::Ok(())
    };
    tokio::task::spawn_blocking(work).await?
}

/// A day since 1970 as filters have it.
fn date(day: i64) -> String {
    let text = cairn_kernel::time::Micros(day * DAY_US).to_string();
    text.get(..10).unwrap_or_default().to_owned()
}

/// What officers ask, each kind with many words.
fn pages(options: &Options, last: i64) -> Vec<(&'static str, Vec<String>)> {
    let line = |line: String| {
        format!(
            "/desk/explorer?q={}",
            line.replace(' ', "+").replace(':', "%3A")
        )
    };
    let days = |days: i64| format!("since:{} until:{}", date(last - days + 1), date(last));
    let many =
        |of: &dyn Fn(u64) -> String| -> Vec<String> { (0..40).map(|n| line(of(n))).collect() };
    let network = |n: u64| 4_200_000_000 + skewed(stir(n), NETWORKS);
    let country =
        |n: u64| String::from_utf8_lossy(&country_name(skewed(stir(n + 9), 60))).into_owned();
    let owner = |n: u64| skewed(stir(n + 5), OWNERS) + 1;
    let malware = |n: u64| skewed(stir(n + 3), MALWARE);
    let feed = |n: u64| n % FEEDS + 1;
    let mut all = vec![
        ("no filter, 7 days", vec![line(days(7))]),
        ("no filter, 30 days", vec![line(days(30))]),
        ("no filter, 90 days", vec![line(days(90))]),
        (
            "a day by the hour",
            (0..40)
                .map(|n| line(format!("since:{0} until:{0}", date(last - n * 2))))
                .collect(),
        ),
        (
            "network, 90 days",
            many(&|n| format!("asn:{} {}", network(n), days(90))),
        ),
        (
            "malware, 90 days",
            many(&|n| format!("malware:family-{} {}", malware(n), days(90))),
        ),
        (
            "owner, 90 days",
            many(&|n| format!("owner:{} {}", owner(n), days(90))),
        ),
        (
            "type and country, 60 days",
            many(&|n| format!("type:infected-system cc:{} {}", country(n), days(60))),
        ),
        (
            "feed, port and new, 30 days",
            many(&|n| format!("feed:{} port:443,80,445 state:new {}", feed(n), days(30))),
        ),
        (
            "five filters, 90 days",
            many(&|n| {
                format!(
                    "-feed:{} severity:high,low proto:tcp cc:{},AA -malware:family-0 {}",
                    feed(n),
                    country(n),
                    days(90)
                )
            }),
        ),
    ];
    all.extend(other_pages(options, last));
    all
}

/// Days and addresses.
fn other_pages(options: &Options, last: i64) -> Vec<(&'static str, Vec<String>)> {
    let address = |number: u64| {
        let ip = host(number).ip.to_string();
        format!("/desk/explorer/address/ip/{}", BASE64.encode(ip))
    };
    let a_day = options.rows / DAYS.unsigned_abs();
    vec![
        (
            "figures of a day",
            (0..45)
                .map(|n| format!("/desk/explorer/day/{}", date(last - n * 2)))
                .collect(),
        ),
        (
            "address, often seen",
            (0..40).map(|n| address(n / 2 * 400_000 + n % 2)).collect(),
        ),
        (
            "address, any",
            (0..40)
                .map(|n| address(host_of(n % FEEDS, n, n * 7, (a_day / 4).max(10))))
                .collect(),
        ),
    ]
}
