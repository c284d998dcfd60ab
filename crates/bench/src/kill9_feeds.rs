//! `kill9-feeds`: the real program takes machine reports in and is killed at a random moment, again and again. What is there at the end is
//! what an undisturbed run comes to: each observation's state, the reports' counts, the daily counts, the explorer's counts, the quarantine,
//! the segments.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use cairn_store::feeds::FeedStore;
use serde_json::json;

use crate::feeds::{header, row, schema};
use crate::intake::fresh_database;
use crate::trial::{self, Dice, Place};

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Times that the program is killed.
    #[arg(long, default_value_t = 30)]
    rounds: u64,
    /// Rows of each report.
    #[arg(long, default_value_t = 60_000)]
    rows: u64,
    /// Only `sqlite` or `postgres`.
    #[arg(long)]
    only: Option<String>,
    /// Start of the random moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// One row in so many cannot be read.
const BAD_EVERY: u64 = 701;
/// Reports that are taken in anew; the killed program goes on with the one it was at.
const REPORTS: u64 = 3;
/// What must be alike, as text. `BYTES` is how a database prints a key.
const DUMPS: [&str; 5] = [
    "SELECT concat_ws(',', BYTES, feed, first_at, since, last_at, seen, report) FROM feed_state ORDER BY key, feed",
    "SELECT concat_ws(',', no, feed, member, done_bytes, done, fresh, again, rejected, keys, still, gone) FROM feed_report ORDER BY no",
    "SELECT concat_ws(',', day, feed, kind, asn, cc, owner, observations, fresh) FROM feed_day ORDER BY day, feed, kind, asn, cc, owner",
    "SELECT concat_ws(',', r.report, r.start, r.bytes, r.line, c.text) FROM feed_reject r JOIN feed_cause c ON c.no = r.cause \
     ORDER BY r.report, r.start",
    "SELECT concat_ws(',', report, sum(observations)) FROM feed_segment GROUP BY report ORDER BY report",
];

/// Runs it.
pub async fn run(cairn: &Path, postgres: Option<&str>, options: &Options) -> anyhow::Result<()> {
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wanted("sqlite") {
        database("sqlite", cairn, None, options).await?;
    }
    match postgres {
        Some(url) if wanted("postgres") => database("postgres", cairn, Some(url), options).await?,
        None if wanted("postgres") => {
            trial::skipped(
                "kill9-feeds on postgres",
                "no server: set CAIRN_TEST_POSTGRES",
            );
        }
        _ => {}
    }
    Ok(())
}

/// A place of its own, and the address of its database.
async fn place(
    cairn: &Path,
    data: PathBuf,
    postgres: Option<&str>,
    name: &str,
) -> anyhow::Result<(Place, Option<String>)> {
    let mut place = Place::new(cairn, data);
    let Some(url) = postgres else {
        return Ok((place, None));
    };
    let address = fresh_database(url, name).await?;
    place.set.push(format!("storage.database={address}"));
    Ok((place, Some(address)))
}

async fn database(
    name: &str,
    cairn: &Path,
    postgres: Option<&str>,
    options: &Options,
) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let reports = reports(dir.path(), options.rows)?;
    let schema_file = dir.path().join("schema.json");
    std::fs::write(&schema_file, schema().to_string())?;
    let schema_file = schema_file.display().to_string();
    let mut args = vec![
        "feeds",
        "ingest",
        "--source",
        "trial",
        "--complete",
        "yes",
        "--schema",
        &schema_file,
    ];
    args.extend(reports.iter().map(String::as_str));

    let (calm, calm_url) =
        place(cairn, dir.path().join("calm"), postgres, "cairn_feeds_calm").await?;
    let began = Instant::now();
    whole(&calm, &args).await?;
    let calm_time = began.elapsed();
    let calm = (calm.data.clone(), calm_url);
    let mut dice = Dice::new(options.seed);
    let longest = u64::try_from(calm_time.as_millis())?.max(50);
    let (mut killed, mut whole_runs, mut lines, mut faults) = (0, 0, 0, Vec::new());
    let mut tried = None;
    for round in 0..=options.rounds {
        let (own, url) = match tried.take() {
            Some(own) => own,
            None => {
                let data = dir.path().join(format!("tried-{round}"));
                place(cairn, data, postgres, "cairn_feeds_tried").await?
            }
        };
        if round < options.rounds {
            let mut child = own.begin(&args).kill_on_drop(true).spawn()?;
            // Where the undisturbed run was slow by chance, all the others could be done before they are killed.
            let most = if killed == 0 { longest / 2 } else { longest };
            let moment = Duration::from_millis(5 + dice.below(most));
            if tokio::time::timeout(moment, child.wait()).await.is_err() {
                child.kill().await?;
                killed += 1;
                tried = Some((own, url));
                continue;
            }
        }
        // It came to its end, or is brought there: the next round begins anew.
        whole(&own, &args).await?;
        whole_runs += 1;
        let (calm, other) = (calm.clone(), (own.data.clone(), url));
        let compared = tokio::task::spawn_blocking(move || {
            compare((&calm.0, calm.1.as_deref()), (&other.0, other.1.as_deref()))
        });
        let (compared, found) = compared.await??;
        lines += compared;
        faults.extend(found);
        std::fs::remove_dir_all(&own.data)?;
    }
    if killed == 0 {
        faults.push("it was never killed".to_owned());
    }
    trial::verdict(
        json!({
            "trial": "kill9-feeds", "database": name, "rounds": options.rounds, "killed": killed, "whole_runs": whole_runs,
            "rows": options.rows * REPORTS, "rows_compared": lines, "undisturbed_seconds": calm_time.as_secs_f64().round(),
        }),
        &faults,
    )
}

/// Some reports, each of which tells most of what the one before told.
fn reports(dir: &Path, rows: u64) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    for day in 1..=REPORTS {
        let mut text = header();
        for n in 0..rows {
            if n % BAD_EVERY == 0 {
                text.push_str("\"2050-01-01 00:00:00\",\"tcp\",\"198.51.100.1\",\"no port\"\n");
            } else {
                row(n + day * rows / 10, day, &mut text)?;
            }
        }
        let file = dir.join(format!("2050-01-{day:02}-event_bench-test.csv"));
        std::fs::write(&file, text)?;
        files.push(file.display().to_string());
    }
    Ok(files)
}

/// Runs it to its end: 3 says that some rows gave no observation, as they must.
async fn whole(place: &Place, args: &[&str]) -> anyhow::Result<()> {
    let output = place.tool(args).await?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(
        output.status.code() == Some(3) || output.status.code() == Some(0),
        "feeds ingest: {said}"
    );
    Ok(())
}

type Where<'a> = (&'a Path, Option<&'a str>);

/// How many lines were compared, and what differs.
fn compare(calm: Where<'_>, tried: Where<'_>) -> anyhow::Result<(usize, Vec<String>)> {
    let (mut lines, mut faults) = (0, Vec::new());
    for sql in DUMPS {
        let (one, other) = (dump(sql, calm)?, dump(sql, tried)?);
        lines += one.len();
        if one.is_empty() {
            faults.push(format!("nothing to compare: {sql}"));
        }
        if one.len() != other.len() {
            faults.push(format!("{} rows, not {}: {sql}", other.len(), one.len()));
        }
        let differing = one.iter().zip(&other).filter(|(one, other)| one != other);
        faults.extend(
            differing
                .take(3)
                .map(|(one, other)| format!("{other}, not {one}: {sql}")),
        );
    }
    let mut counts = Vec::new();
    for (data, url) in [calm, tried] {
        let options = match url {
            None => cairn_store::Options::sqlite(data, "cairn.example/log"),
            Some(url) => cairn_store::Options::postgres(data, "cairn.example/log", url)?,
        };
        let store = FeedStore::reading(&options)?.context("nothing was stored")?;
        store.verify(&mut |finding| faults.push(finding))?;
        counts.push(store.counts_as_text()?);
    }
    if let [one, other] = counts.as_slice() {
        lines += one.len();
        if one != other {
            let differing = other.iter().find(|line| !one.contains(line));
            faults.push(format!(
                "{} counts, not {}: {differing:?}",
                other.len(),
                one.len()
            ));
        }
    }
    Ok((lines, faults))
}

fn dump(sql: &str, (data, url): Where<'_>) -> anyhow::Result<Vec<String>> {
    let Some(url) = url else {
        let sql = sql.replace("BYTES", "lower(hex(key))");
        let connection = rusqlite::Connection::open(data.join("feeds.db"))?;
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        return Ok(rows.collect::<Result<_, _>>()?);
    };
    let sql = sql.replace("BYTES", "encode(key, 'hex')");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let rows = client.query(&sql, &[]).await?;
        let rows = rows.iter().map(|row| Ok(row.try_get(0)?));
        rows.collect::<anyhow::Result<_>>()
    })
}
