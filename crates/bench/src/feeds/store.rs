//! The whole way of a machine report: kept, read, completed, told apart, committed. CPU of a row, bytes of an observation, and memory,
//! which must not depend on the size. Then the same observations a day later, as a feed that looks again tells them.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use cairn_app::feeds::intake::{Incoming, Taken, take_in};
use cairn_app::feeds::knowledge::{Knowledge, Subject};
use cairn_app::feeds::{IntakeError, Job, Way};
use cairn_desk::constituent::{Facts, Owners};
use cairn_feeds::data::set::write as write_set;
use cairn_feeds::data::{Builder, Fact, Kind, Set, Shelf};
use cairn_feeds::parser::{Context, Format};
use cairn_feeds::schema::Schema;
use cairn_feeds::value::Network;
use cairn_kernel::time::Micros;
use cairn_store::feeds::FeedStore;
use serde_json::json;

use super::{Options, cpu, header, row_of, schema};
use crate::child::{memory_mib, postgres_cpu};
use crate::intake::fresh_database;

const DATABASE: &str = "cairn_bench_feeds";
/// Noon of the first day of January 2050.
const NOW: Micros = Micros(2_524_651_200_000_000);

/// Runs it on both databases, as far as they are there.
///
/// # Errors
/// The store says no, or rows were lost.
pub async fn run(options: &Options, postgres: Option<&str>) -> anyhow::Result<()> {
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wanted("sqlite") {
        apart(options.clone(), None).await?;
    }
    if let Some(url) = postgres.filter(|_| wanted("postgres")) {
        let url = fresh_database(url, DATABASE).await?;
        apart(options.clone(), Some(url)).await?;
    }
    Ok(())
}

async fn apart(options: Options, url: Option<String>) -> anyhow::Result<()> {
    let measured = tokio::task::spawn_blocking(move || measure(&options, url.as_deref()));
    measured.await?
}

fn write(path: &Path, rows: u64, day: u64) -> anyhow::Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut line = header();
    for n in 0..rows {
        row_of(n, day, false, &mut line)?;
        if line.len() > 1 << 16 {
            out.write_all(line.as_bytes())?;
            line.clear();
        }
    }
    out.write_all(line.as_bytes())?;
    out.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    Ok(std::fs::metadata(path)?.len())
}

/// Networks of which somebody knows whose they are, and which AS announces them: those of the rows, and 65,536 others.
fn knowledge() -> anyhow::Result<Knowledge> {
    let rows = (0..250_u16).map(|a| format!("198.51.{a}.0/24"));
    let others = (0..=u16::MAX).map(|n| format!("10.{}.{}.0/24", n >> 8, n & 255));
    let (mut announced, mut all) = (Builder::default(), Vec::new());
    for (owner, text) in (1_u32..).zip(rows.chain(others)) {
        let (ip, length) = text.split_once('/').context("a network")?;
        let network = Network::new(ip.parse()?, length.parse()?).context("a network")?;
        announced.add(network, &Fact::of_asn(64_496 + owner % 15));
        let facts = json!({ "name": text, "networks": [text], "added": 0, "next_contact": 1 });
        all.push((owner, serde_json::from_value::<Facts>(facts)?));
    }
    let announced = write_set(Kind::Asn, "2050-01-01", Vec::new(), announced)?;
    let owners = Owners::build(all.iter().map(|(owner, facts)| (*owner, true, facts)));
    Ok(Knowledge {
        sets: Shelf::new(vec![Set::read(&announced)?]),
        owner: Some(Arc::new(move |of: &Subject<'_>| {
            let owner = owners.of(of.ip, of.asn, Some(of.fqdn));
            owner.map(|(owner, _)| i64::from(owner.0))
        })),
    })
}

fn measure(options: &Options, url: Option<&str>) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    std::fs::create_dir(&data)?;
    let origin = "reports.example/log";
    let opened = match url {
        None => cairn_store::Options::sqlite(&data, origin),
        Some(url) => cairn_store::Options::postgres(&data, origin, url)?,
    };
    let schema = Schema::read(schema().to_string().as_bytes())?;
    let ways = |name: &str| -> Result<Way, IntakeError> {
        let own = schema.by_file_name(name)?;
        Ok(Way {
            format: Format::Shadowserver(Box::new(own.clone())),
            version: schema.version.to_string(),
            feed: own.feed_name.to_string(),
        })
    };
    let (context, knowledge) = (Context::default(), knowledge()?);
    let job = Job {
        ways: &ways,
        context: &context,
        knowledge: &knowledge,
    };
    let rows = options.store_rows;
    for (day, part) in [(1, "stored"), (2, "stored, seen again")] {
        let name = format!("2050-01-{day:02}-event_bench-test.csv");
        let path = dir.path().join(&name);
        let bytes = write(&path, rows, day)?;
        let (cpu_before, server_before, began) = (cpu()?, postgres_cpu(), Instant::now());
        let mut store = FeedStore::open(&opened)?;
        let incoming = Incoming {
            name: &name,
            source: "bench",
            window_us: None,
            complete: Some(true),
            now: NOW.plus_seconds(i64::try_from(day)? * 86_400),
        };
        let taken = take_in(
            &mut store,
            &job,
            &incoming,
            &mut File::open(&path)?,
            &mut |_| (),
        )?;
        drop(store);
        let seconds = began.elapsed().as_secs_f64();
        let own = cpu()? - cpu_before;
        let server = if url.is_some() {
            postgres_cpu() - server_before
        } else {
            0.0
        };
        std::fs::remove_file(&path)?;
        tell(
            &Measured {
                part,
                rows,
                bytes,
                own,
                server,
                seconds,
            },
            &taken,
            &opened,
            url,
        )?;
    }
    Ok(())
}

struct Measured<'a> {
    part: &'a str,
    rows: u64,
    bytes: u64,
    own: f64,
    server: f64,
    seconds: f64,
}

fn tell(
    measured: &Measured<'_>,
    taken: &[Taken],
    opened: &cairn_store::Options,
    url: Option<&str>,
) -> anyhow::Result<()> {
    let counts = taken.first().context("nothing was taken in")?.counts;
    let rows = measured.rows;
    anyhow::ensure!(
        counts.fresh + counts.again == rows && counts.gone == 0,
        "rows were lost: {counts:?}"
    );
    let store = FeedStore::reading(opened)?.context("nothing was stored")?;
    let stats = store.stats(NOW.plus_seconds(3 * 86_400))?;
    drop(store);
    let tables = match url {
        None => std::fs::metadata(opened.dir.join("feeds.db"))?.len(),
        Some(url) => table_bytes(url)?,
    };
    let (cpu, all) = (measured.own + measured.server, stats.observations as f64);
    let each = |bytes: u64| (bytes as f64 / all * 10.0).round() / 10.0;
    crate::print(&json!({
        "bench": "feeds", "part": measured.part, "database": if url.is_some() { "postgres" } else { "sqlite" },
        "rows": rows, "mebibytes": (measured.bytes >> 20), "new": counts.fresh, "again": counts.again,
        "seconds": (measured.seconds * 10.0).round() / 10.0, "cpu_seconds": cpu, "cpu_seconds_of_the_server": measured.server,
        "cpu_microseconds_per_row": cpu / rows as f64 * 1e6, "rows_per_cpu_second": (rows as f64 / cpu).round(),
        "bytes_per_observation": { "tables": each(tables), "segments": each(stats.segment_bytes), "reports": each(stats.raw_bytes),
            "all": each(tables + stats.segment_bytes + stats.raw_bytes) },
        "states": stats.states, "peak_mebibytes": memory_mib(std::process::id()).1.round(),
    }));
    Ok(())
}

/// Bytes of the tables of machine reports, with their indexes.
pub fn table_bytes(url: &str) -> anyhow::Result<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let sql = "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) FROM pg_class \
                   WHERE relkind = 'r' AND (relname = 'feed' OR relname LIKE 'feed\\_%')";
        let bytes: i64 = client.query_one(sql, &[]).await?.try_get(0)?;
        Ok(bytes.unsigned_abs())
    })
}
