//! `bench flood`: bots from many networks send as fast as they can, people arrive one by one from networks of their
//! own, at one in a hundred of what the service can take.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::child::Running;
use crate::client::{Client, Latencies, closed_loop, post};
use crate::intake::{EXAMPLE, REPORTS};

/// How long a person waits before giving up.
const PATIENCE: Duration = Duration::from_secs(10);

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Seconds of flood.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Connections of bots.
    #[arg(long, default_value_t = 2_000)]
    bots: usize,
    /// Networks (/24) that the bots come from.
    #[arg(long, default_value_t = 40)]
    networks: u8,
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
    let calm = closed_loop(target.address, REPORTS, EXAMPLE, 64, Duration::from_secs(3)).await?;
    let capacity = calm.len() as f64 / 3.0;
    let quiet_rss = target.memory_mib().0;

    let until = Instant::now() + Duration::from_secs(options.seconds);
    let served = Arc::new(AtomicU64::new(0));
    let tried = Arc::new(AtomicU64::new(0));
    for n in 0..options.bots {
        let network = u8::try_from(n % usize::from(options.networks.max(1))).unwrap_or_default();
        let from = IpAddr::V4(Ipv4Addr::new(
            127,
            66,
            network,
            u8::try_from(n % 200).unwrap_or_default() + 1,
        ));
        tokio::spawn(bot(
            target.address,
            from,
            until,
            Arc::clone(&served),
            Arc::clone(&tried),
            n,
        ));
    }
    // Let the flood stand before people arrive.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let pause = Duration::from_secs_f64(100.0 / capacity.max(1.0));
    let mut people = Vec::new();
    let mut next = tokio::time::interval(pause);
    next.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    while Instant::now() + PATIENCE / 4 < until {
        next.tick().await;
        let n = people.len();
        people.push(tokio::spawn(person(target.address, n)));
    }
    let arrived = people.len();
    let mut latencies = Latencies::default();
    for task in people {
        if let Ok(Some(since)) = task.await {
            latencies.extend(since);
        }
    }
    let (_, rss_max) = target.memory_mib();
    let served_to_people = latencies.len();
    crate::print(&json!({
        "benchmark": "flood", "seconds": options.seconds, "bot_connections": options.bots,
        "bot_networks": options.networks, "capacity_per_second": capacity.round(),
        "bots_tried": tried.load(Ordering::Relaxed), "bots_served": served.load(Ordering::Relaxed),
        "people": arrived, "people_served": served_to_people,
        "people_served_percent": 100.0 * served_to_people as f64 / arrived.max(1) as f64,
        "people_p50_ms": latencies.ms(50.0), "people_p99_ms": latencies.ms(99.0),
        "rss_quiet_mib": quiet_rss.round(), "rss_max_mib": rss_max.round(),
    }));
    target.stop().await
}

async fn bot(
    to: std::net::SocketAddr,
    from: IpAddr,
    until: Instant,
    served: Arc<AtomicU64>,
    tried: Arc<AtomicU64>,
    n: usize,
) {
    let mut sent = 0;
    while Instant::now() < until {
        let Ok(mut client) = Client::connect(to, Some(from)).await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while Instant::now() < until {
            tried.fetch_add(1, Ordering::Relaxed);
            sent += 1;
            match client
                .send(&post(REPORTS, EXAMPLE, &format!("bot-{n}-{sent}")))
                .await
            {
                Ok((status, _)) if status / 100 == 2 => served.fetch_add(1, Ordering::Relaxed),
                _ => break,
            };
        }
    }
}

async fn person(to: std::net::SocketAddr, n: usize) -> Option<Latencies> {
    let [_, _, high, low] = u32::try_from(n).unwrap_or_default().to_be_bytes();
    let from = IpAddr::V4(Ipv4Addr::new(127, 100_u8.wrapping_add(high % 100), low, 9));
    let mut latencies = Latencies::default();
    let since = Instant::now();
    let work = async {
        let mut client = Client::connect(to, Some(from)).await.ok()?;
        let request = post(REPORTS, EXAMPLE, &format!("person-{n}"));
        let (status, _) = client.send(&request).await.ok()?;
        (status / 100 == 2).then_some(())
    };
    tokio::time::timeout(PATIENCE, work).await.ok()??;
    latencies.push(since);
    Some(latencies)
}
