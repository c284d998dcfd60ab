//! The ceiling: axum, JSON, the same group commit by the same rule and with the same durability, one body row and one audit row with an
//! index each, and nothing else. What a report costs above this is what cairn does for it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use cairn_store::writer::{GROUP_UNITS_MAX, QUEUE_UNITS_MAX, group_of};
use tokio::sync::{mpsc, oneshot};

/// Where to keep the rows.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Directory for SQLite.
    #[arg(long)]
    dir: PathBuf,
    /// PostgreSQL database instead.
    #[arg(long)]
    url: Option<String>,
    /// A group takes all that waits, instead of the share of it that cairn's writer takes.
    #[arg(long)]
    greedy: bool,
}

type Job = (String, oneshot::Sender<i64>);

/// Serves `POST /`.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let (queue, jobs) = mpsc::channel(QUEUE_UNITS_MAX);
    let jobs = Jobs {
        waiting: jobs,
        greedy: options.greedy,
    };
    match options.url.clone() {
        None => {
            let path = options.dir.join("ceiling.db");
            std::thread::spawn(move || sqlite(&path, jobs));
        }
        Some(url) => {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?;
                runtime.block_on(postgres(&url, jobs))
            });
        }
    }
    let app = Router::new()
        .route("/", post(take))
        .with_state(Arc::new(queue));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    crate::print(&serde_json::Value::from(format!(
        "listening on http://{}",
        listener.local_addr()?
    )));
    axum::serve(listener, app).await.context("serving")
}

async fn take(
    State(queue): State<Arc<mpsc::Sender<Job>>>,
    Json(body): Json<serde_json::Value>,
) -> Result<Json<serde_json::Value>, StatusCode> {
    let (reply, answer) = oneshot::channel();
    queue
        .send((body.to_string(), reply))
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let id = answer.await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Json(serde_json::json!({ "id": id })))
}

struct Jobs {
    waiting: mpsc::Receiver<Job>,
    greedy: bool,
}

impl Jobs {
    /// Fills the group that the first job opens.
    fn group(&mut self, into: &mut Vec<Job>, first: Job) {
        let most = if self.greedy {
            GROUP_UNITS_MAX
        } else {
            group_of(self.waiting.len() + 1)
        };
        into.push(first);
        while into.len() < most
            && let Ok(job) = self.waiting.try_recv()
        {
            into.push(job);
        }
    }
}

fn sqlite(path: &std::path::Path, mut jobs: Jobs) -> anyhow::Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8192;
         CREATE TABLE report (id INTEGER PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL);
         CREATE INDEX report_at ON report (at);
         CREATE TABLE audit (id INTEGER PRIMARY KEY, report BIGINT NOT NULL, what TEXT NOT NULL);
         CREATE INDEX audit_report ON audit (report);",
    )?;
    let mut batch = Vec::new();
    let mut id = 0;
    while let Some(first) = jobs.waiting.blocking_recv() {
        jobs.group(&mut batch, first);
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for (n, (body, _)) in batch.iter().enumerate() {
            let id = id + i64::try_from(n)?;
            connection
                .prepare_cached("INSERT INTO report VALUES (?1, ?2, ?3)")?
                .execute((id, id, body))?;
            connection
                .prepare_cached("INSERT INTO audit VALUES (?1, ?1, 'received')")?
                .execute((id,))?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        for (_, reply) in batch.drain(..) {
            let _gone = reply.send(id);
            id += 1;
        }
    }
    Ok(())
}

async fn postgres(url: &str, mut jobs: Jobs) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    client
        .batch_execute(
            "SET synchronous_commit = on;
             CREATE TABLE report (id BIGINT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL);
             CREATE INDEX report_at ON report (at);
             CREATE TABLE audit (id BIGINT PRIMARY KEY, report BIGINT NOT NULL, what TEXT NOT NULL);
             CREATE INDEX audit_report ON audit (report);",
        )
        .await?;
    let report = client
        .prepare(
            "INSERT INTO report SELECT a, a, b FROM (SELECT unnest($1::bigint[]) AS a, unnest($2::text[]) AS b) AS t",
        )
        .await?;
    let audit = client
        .prepare("INSERT INTO audit SELECT a, a, 'received' FROM (SELECT unnest($1::bigint[]) AS a) AS t")
        .await?;
    let mut batch = Vec::new();
    let mut id = 0_i64;
    while let Some(first) = jobs.waiting.recv().await {
        jobs.group(&mut batch, first);
        let ids: Vec<i64> = (id..).take(batch.len()).collect();
        let bodies: Vec<&str> = batch.iter().map(|(body, _)| body.as_str()).collect();
        client.batch_execute("BEGIN").await?;
        client.execute(&report, &[&ids, &bodies]).await?;
        client.execute(&audit, &[&ids]).await?;
        client.batch_execute("COMMIT").await?;
        for (_, reply) in batch.drain(..) {
            let _gone = reply.send(id);
            id += 1;
        }
    }
    Ok(())
}
