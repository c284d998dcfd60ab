//! `bench feeds`: CPU of a row of a generated table of 33 columns, read alone by the crate `csv`, parsed to observations, and the
//! whole way into the store ([`store`]).

pub mod big;
pub mod peer;
pub mod store;

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

use anyhow::Context as _;
use cairn_feeds::parser::{Context, Format, Parser};
use cairn_feeds::schema::Schema;
use cairn_feeds::{stream, wire};
use serde_json::json;

/// How to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Rows of the table; one in ten repeats the row before.
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
    /// How often each part is measured; the best is told.
    #[arg(long, default_value_t = 5)]
    times: usize,
    /// Rows that go the whole way into the store; 0 leaves that out.
    #[arg(long, default_value_t = 1_000_000)]
    store_rows: u64,
    /// Only the way into the store.
    #[arg(long)]
    only_store: bool,
    /// Only `sqlite` or `postgres`, for the store.
    #[arg(long)]
    only: Option<String>,
    /// Nothing but one report of so many MiB, by every way in: how much more memory the real program needs for it than for a small one.
    #[arg(long, default_value_t = 0)]
    big: u64,
    /// MiB that may be, of `--big`.
    #[arg(long, default_value_t = 64.0)]
    growth: f64,
    /// IntelMQ's parser beside ours on the same table, in the same run.
    #[arg(long)]
    with_peer: bool,
    /// Rows of that table.
    #[arg(long, default_value_t = 100_000)]
    peer_rows: u64,
}

const COLUMNS: [&str; 33] = [
    "timestamp",
    "protocol",
    "src_ip",
    "src_port",
    "src_asn",
    "src_geo",
    "src_region",
    "src_city",
    "src_hostname",
    "src_naics",
    "src_sector",
    "device_vendor",
    "device_type",
    "device_model",
    "severity",
    "dst_ip",
    "dst_port",
    "dst_asn",
    "dst_geo",
    "dst_region",
    "dst_city",
    "dst_hostname",
    "dst_naics",
    "dst_sector",
    "public_source",
    "infection",
    "family",
    "tag",
    "application",
    "version",
    "event_id",
    "sinkhole",
    "note",
];

/// A schema of our own for these columns, with the functions that such reports use.
pub(crate) fn schema() -> serde_json::Value {
    let step = |field: &str, column: &str, function: &str| json!([field, column, function]);
    let none = "validate_to_none";
    let mut optional = vec![
        json!(["protocol.transport", "protocol"]),
        step("source.asn", "src_asn", "invalidate_zero"),
        json!(["source.geolocation.cc", "src_geo"]),
        json!(["source.geolocation.region", "src_region"]),
        json!(["source.geolocation.city", "src_city"]),
        json!(["source.reverse_dns", "src_hostname"]),
        step("extra.source.naics", "src_naics", "invalidate_zero"),
        step("severity", "severity", none),
        step("destination.ip", "dst_ip", "validate_ip"),
        step("destination.port", "dst_port", "convert_int"),
        step("destination.asn", "dst_asn", "invalidate_zero"),
        json!(["destination.geolocation.cc", "dst_geo"]),
        json!(["destination.geolocation.region", "dst_region"]),
        json!(["destination.geolocation.city", "dst_city"]),
        step("destination.reverse_dns", "dst_hostname", none),
        step("extra.destination.naics", "dst_naics", "invalidate_zero"),
        step("malware.name", "infection", none),
        step("classification.identifier", "infection", none),
    ];
    for column in [
        "src_sector",
        "device_vendor",
        "device_type",
        "device_model",
        "dst_sector",
        "public_source",
        "family",
        "tag",
        "application",
        "version",
        "event_id",
        "sinkhole",
        "note",
    ] {
        optional.push(step("extra.", column, none));
    }
    json!({"event_bench": {"feed_name": "Bench", "file_name": "event_bench",
        "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "src_ip", "validate_ip"],
            ["source.port", "src_port", "convert_int"]],
        "optional_fields": optional,
        "constant_fields": {"classification.taxonomy": "malicious-code", "classification.type": "infected-system"}}})
}

/// The header of the table, with its end of line.
pub(crate) fn header() -> String {
    let quoted: Vec<String> = COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(",") + "\n"
}

/// Row `n` of the table of a day of January 2050; one in ten repeats the row before.
pub(crate) fn row(n: u64, day: u64, out: &mut String) -> std::fmt::Result {
    row_of(n, day, true, out)
}

/// The same; `network` is whether it says its network (AS number), which is to be looked up otherwise.
pub(crate) fn row_of(n: u64, day: u64, network: bool, out: &mut String) -> std::fmt::Result {
    let n = if n % 10 == 9 { n - 1 } else { n };
    let (a, b) = (n / 250 % 250, n % 250);
    let asn = if network {
        (64_496 + n % 15).to_string()
    } else {
        String::new()
    };
    writeln!(
        out,
        "\"2050-01-{day:02} {:02}:{:02}:{:02}\",\"tcp\",\"198.51.{a}.{b}\",\"{}\",\"{}\",\"NZ\",\"AUCKLAND\",\"AUCKLAND\",\"host-{n}.customers.example\",\"517311\",\"Communications, Service Provider\",\"\",\"\",\"\",\"high\",\"203.0.113.{b}\",\"80\",\"64500\",\"US\",\"CALIFORNIA\",\"SAN JOSE\",\"sinkhole.example\",\"518210\",\"Information\",\"example\",\"zed\",\"\",\"zed;sinkhole\",\"http\",\"\",\"{n}\",\"\",\"0\"",
        n / 3600 % 24,
        n / 60 % 60,
        n % 60,
        1024 + n % 60_000,
        asn
    )
}

fn table(rows: u64) -> Result<String, std::fmt::Error> {
    let mut out = header();
    for n in 0..rows {
        row(n, 1, &mut out)?;
    }
    Ok(out)
}

/// CPU seconds of this thread's process.
pub(crate) fn cpu() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let after = text.rsplit(')').next().context("reading /proc/self/stat")?;
    let mut fields = after.split_whitespace().skip(11);
    let mut ticks = || {
        fields
            .next()
            .and_then(|field| field.parse::<f64>().ok())
            .context("reading /proc/self/stat")
    };
    Ok((ticks()? + ticks()?) / 100.0)
}

/// The least CPU of several runs, for one row.
fn best(
    options: &Options,
    mut work: impl FnMut() -> anyhow::Result<u64>,
) -> anyhow::Result<(f64, u64)> {
    let (mut best, mut rows) = (f64::MAX, 0);
    for _ in 0..options.times.max(1) {
        let begun = cpu()?;
        rows = work()?;
        best = best.min(cpu()? - begun);
    }
    Ok((best, rows))
}

/// Runs it.
///
/// # Errors
/// The table is not read as it was written.
pub async fn run(cairn: &Path, options: &Options, postgres: Option<&str>) -> anyhow::Result<()> {
    if options.big > 0 {
        return big::run(cairn, options).await;
    }
    if options.with_peer {
        return peer::run(options).await;
    }
    // First, so that its highest memory is its own.
    if options.store_rows > 0 {
        store::run(options, postgres).await?;
    }
    if options.only_store {
        return Ok(());
    }
    let text = table(options.rows)?;
    let schema = Schema::read(schema().to_string().as_bytes())?;
    let report = schema.by_file_name("event_bench.csv")?;
    let read = best(options, || {
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let (mut record, mut rows) = (csv::ByteRecord::new(), 0);
        while reader.read_byte_record(&mut record)? {
            rows += black_box(&record).len() as u64 / 33;
        }
        Ok(rows)
    })?;
    let parsed = best(options, || pass(report, &text, false))?;
    let printed = best(options, || pass(report, &text, true))?;
    anyhow::ensure!(
        read.1 == options.rows && parsed.1 == options.rows && printed.1 == options.rows,
        "rows were lost"
    );
    for (part, (seconds, rows)) in [
        ("csv alone", read),
        ("parsed", parsed),
        ("parsed and printed", printed),
    ] {
        let (rows, mib) = (rows as f64, text.len() as f64 / f64::from(1 << 20));
        println!(
            "{}",
            json!({"bench": "feeds", "part": part, "rows": rows, "mebibytes": mib.round(), "cpu_seconds": seconds,
            "cpu_microseconds_per_row": seconds / rows * 1e6, "rows_per_cpu_second": (rows / seconds).round()})
        );
    }
    Ok(())
}

fn pass(report: &cairn_feeds::schema::ReportType, text: &str, print: bool) -> anyhow::Result<u64> {
    let mut parser = Parser::new(
        Format::Shadowserver(Box::new(report.clone())),
        &Context::default(),
    );
    let (mut rest, mut rows, mut out) = (text.as_bytes(), 0, String::new());
    let read = |buffer: &mut [u8]| {
        let size = rest.len().min(buffer.len());
        let (now, later) = rest.split_at(size);
        if let Some(room) = buffer.get_mut(..size) {
            room.copy_from_slice(now);
        }
        rest = later;
        anyhow::Ok(size)
    };
    stream::pump(&mut parser, read, |batch| {
        rows += black_box(batch).len() as u64;
        if print {
            out.clear();
            for observation in batch.observations() {
                wire::write(&observation, &mut out);
            }
            black_box(&out);
        }
        Ok(())
    })?;
    Ok(rows)
}
