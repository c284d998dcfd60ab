//! `bench slow`: connections that send heads or bodies a byte at a time, while others are served.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::child::Running;
use crate::client::{Client, Latencies, closed_loop};
use crate::intake::{EXAMPLE, REPORTS};

/// What thousands of slow connections may cost, in MiB.
const MIB_MORE_MAX: f64 = 128.0;

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Slow connections, half on heads, half on bodies.
    #[arg(long, default_value_t = 2_000)]
    connections: usize,
    /// Seconds.
    #[arg(long, default_value_t = 25)]
    seconds: u64,
}

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data").display().to_string();
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
    closed_loop(target.address, REPORTS, EXAMPLE, 16, Duration::from_secs(1)).await?;
    let (before, _) = target.memory_mib();
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let mut slow = Vec::new();
    for n in 0..options.connections {
        slow.push(tokio::spawn(dribble(target.address, n % 2 == 0, until)));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut latencies = Latencies::default();
    let (mut asked, mut answered) = (0_u64, 0_u64);
    while Instant::now() < until {
        asked += 1;
        let since = Instant::now();
        let work = async {
            let mut client = Client::connect(target.address, None).await.ok()?;
            let (status, _) = client
                .send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .await
                .ok()?;
            (status == 200).then_some(())
        };
        if let Ok(Some(())) = tokio::time::timeout(Duration::from_secs(5), work).await {
            answered += 1;
            latencies.push(since);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (_, most) = target.memory_mib();
    let mut dropped = 0;
    for task in slow {
        dropped += u64::from(task.await.unwrap_or_default());
    }
    target.stop().await?;
    let mut faults = Vec::new();
    if answered * 100 < asked * 99 {
        faults.push(format!("{answered} of {asked} others were answered"));
    }
    if most - before > MIB_MORE_MAX {
        faults.push(format!("memory grew from {before:.0} to {most:.0} MiB"));
    }
    let figures = json!({
        "benchmark": "slow", "slow_connections": options.connections, "dropped_by_server": dropped,
        "asked": asked, "answered": answered, "p50_ms": latencies.ms(50.0), "p99_ms": latencies.ms(99.0),
        "rss_before_mib": before.round(), "rss_max_mib": most.round(),
    });
    crate::trial::verdict(figures, &faults)
}

/// Sends a byte a second; says whether the server hung up.
async fn dribble(to: std::net::SocketAddr, head: bool, until: Instant) -> bool {
    let Ok(mut stream) = tokio::net::TcpStream::connect(to).await else {
        return true;
    };
    let opening: &[u8] = if head {
        b"GET / HTTP/1.1\r\nX-"
    } else {
        b"POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n"
    };
    if stream.write_all(opening).await.is_err() {
        return true;
    }
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if stream.write_all(b"a").await.is_err() {
            return true;
        }
    }
    false
}
