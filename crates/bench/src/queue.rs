//! `bench queue`: the first page of the officers' queue and a text search over many reports, through HTTP.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cairn_app::App;
use cairn_app::clock::Clock;
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::Draft;
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::account::{Account, Session, Stage};
use cairn_store::keys::{Purpose, random};
use cairn_store::writer::Entry;
use cairn_store::{Options as StoreOptions, Store};
use serde_json::json;

use crate::child::Running;
use crate::client::{Client, Latencies};
use crate::intake::EXAMPLE;

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Reports.
    #[arg(long, default_value_t = 1_000_000)]
    reports: i64,
    /// Requests of each kind.
    #[arg(long, default_value_t = 200)]
    requests: usize,
    /// Keep and use this directory (filled once).
    #[arg(long)]
    dir: Option<std::path::PathBuf>,
}

/// Longest wait until what a start makes once a day is made.
pub const SETTLE_MAX: Duration = Duration::from_secs(300);
const OFFICER: &str = "00000000-0000-4000-8000-000000000001";
pub const ORIGIN: &str = "127.0.0.1/cairn-log";
/// Words that about one report in 3, 30, 1,000 and 100,000 holds, and what a person types while looking.
const SEARCHES: [&str; 6] = [
    "parcel",
    "kowhai",
    "w617",
    "parcel kowhai",
    "w61",
    "rare99991",
];

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let temporary = tempfile::tempdir()?;
    let dir = options
        .dir
        .clone()
        .unwrap_or_else(|| temporary.path().join("data"));
    let filled = Instant::now();
    if !dir.join("core.db").exists() {
        let store = Store::open(StoreOptions::sqlite(&dir, ORIGIN)).await?;
        let app = fill(store, options.reports, |_, _| {}).await?;
        app.close().await;
    }
    let filled = filled.elapsed().as_secs_f64();
    let cookie = session(Store::open(StoreOptions::sqlite(&dir, ORIGIN)).await?).await?;
    let data = dir.display().to_string();
    let args = [
        "serve",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--set",
        "log.level=warn",
    ]
    .map(String::from);
    let target = Running::start(cairn, &args).await?;
    let settled = target.settled(SETTLE_MAX).await.round();
    let pages = [
        ("first_page_newest", vec!["/desk".to_owned()]),
        ("first_page_severe", vec!["/desk?order=severe".to_owned()]),
        (
            "first_page_category",
            vec!["/desk?category=phishing".to_owned()],
        ),
        ("shift", vec!["/desk/shift".to_owned()]),
        (
            "text_search",
            SEARCHES
                .iter()
                .map(|q| format!("/desk?q={}", q.replace(' ', "+")))
                .collect(),
        ),
    ];
    for (name, paths) in pages {
        let cpu = target.cpu();
        let mut latencies = many(&target, &cookie, &paths, options.requests).await?;
        let operations = latencies.len().max(1) as f64;
        crate::print(&json!({
            "benchmark": "queue", "what": name, "reports": options.reports, "requests": latencies.len(),
            "p50_ms": latencies.ms(50.0), "p95_ms": latencies.ms(95.0), "p99_ms": latencies.ms(99.0),
            "cpu_ms_per_request": ((target.cpu() - cpu) * 1e5 / operations).round() / 100.0,
            "rss_mib": target.memory_mib().0.round(), "settled_after_seconds": settled, "fill_seconds": filled.round(),
        }));
    }
    target.stop().await
}

/// Asks for each of these pages in turn.
pub async fn many(
    target: &Running,
    cookie: &str,
    paths: &[String],
    requests: usize,
) -> anyhow::Result<Latencies> {
    let mut client = Client::connect(target.address, None).await?;
    let mut latencies = Latencies::default();
    for path in paths.iter().cycle().take(requests) {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: cairn_session={cookie}\r\n\r\n"
        )
        .into_bytes();
        let since = Instant::now();
        let (status, body) = client.send(&request).await?;
        anyhow::ensure!(
            status == 200,
            "{path}: status {status}: {}",
            String::from_utf8_lossy(body)
        );
        latencies.push(since);
    }
    Ok(latencies)
}

/// Fills an empty store with reports, the last one a minute old, and an officer; `change` makes each report (by number, from 0)
/// different from the others.
pub async fn fill(
    store: Store,
    reports: i64,
    change: impl Fn(&mut Draft, i64),
) -> anyhow::Result<App> {
    let form = Form::parse(&FormFiles::embedded()).map_err(|p| anyhow::anyhow!("{p:?}"))?;
    let now = Clock::System.now();
    let clock = Clock::fixed(now);
    let app = App::new(
        store,
        Arc::new(form),
        cairn_app::Config::default(),
        clock.clone(),
    );
    let example = app
        .form
        .parse_json(EXAMPLE)
        .map_err(|p| anyhow::anyhow!("{p:?}"))?;
    let categories: Vec<String> = app
        .form
        .taxonomy()
        .categories()
        .iter()
        .map(|c| c.code.clone())
        .collect();
    let mut running = tokio::task::JoinSet::new();
    for n in 0..reports {
        clock.set(now.plus_seconds((n - reports) * 60));
        let mut draft = example.clone();
        let at = usize::try_from(n * 7 % i64::try_from(categories.len())?)?;
        draft
            .body
            .category
            .clone_from(categories.get(at).context("categories")?);
        draft.body.severity = u8::try_from(n % 5 + 2)?;
        let common = if n % 3 == 0 { "parcel" } else { "letter" };
        let seldom = if n % 30 == 0 { "kowhai" } else { "rimu" };
        draft.search_text = format!(
            "{} {common} {seldom} w{} rare{n}",
            draft.search_text,
            n % 1000
        );
        change(&mut draft, n);
        let app = app.clone();
        running.spawn(async move { app.submit(&draft, Actor::Reporter, None).await.map(drop) });
        while running.len() >= 512 {
            running.join_next().await.context("a task")???;
        }
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    officer(&app, now).await?;
    Ok(app)
}

/// An officer, so that the pages can be asked for without signing in.
async fn officer(app: &App, now: Micros) -> anyhow::Result<()> {
    let account = Account {
        id: OFFICER.into(),
        login: "bench".into(),
        name: "Bench".into(),
        role: Role::Officer,
        password: String::new(),
        totp: Some(Vec::new()),
        totp_step: 0,
        recovery: "[]".into(),
        must_change: false,
        disabled: false,
        created_at: now,
        version: 1,
    };
    let entry = Entry::new(now.0, None, format!("{{\"at\":{}}}", now.0), [0; 16]);
    app.bare_store().add_account(&account, entry).await?;
    Ok(())
}

/// The cookie of a new session of that officer; one made at an earlier run would be over.
pub async fn session(store: Store) -> anyhow::Result<String> {
    let cookie = session_of(&store, OFFICER).await?;
    store.close().await;
    Ok(cookie)
}

/// The cookie of a new session of an account.
pub async fn session_of(store: &Store, account: &str) -> anyhow::Result<String> {
    let now = Clock::System.now();
    let token: [u8; 32] = random()?;
    let session = Session {
        id: store.keys().tag(Purpose::Session, &[&token]),
        account: account.to_owned(),
        public_id: format!("bench-{}", now.0),
        agent: String::new(),
        stage: Stage::Full,
        csrf: [0; 32],
        created_at: now,
        seen_at: now,
        way: "password".into(),
        proved_at: None,
    };
    store.add_session(&session, None, None).await?;
    Ok(BASE64.encode(token))
}
