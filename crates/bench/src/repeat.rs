//! `repeat`: each request is sent one to five times, in any order and at the same time, and makes one report.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::Mutex;

use crate::client::{Client, post};
use crate::intake::REPORTS;
use crate::trial::{self, Dice, Held, Place, deliver};

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Different requests.
    #[arg(long, default_value_t = 1_000)]
    requests: u64,
    /// Clients at the same time.
    #[arg(long, default_value_t = 32)]
    clients: u64,
    /// Start of the random order.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let place = Place::new(cairn, dir.path().join("data"));
    let running = place.serve().await?;
    let to = running.address;
    let mut dice = Dice::new(options.seed);
    let mut order = Vec::new();
    for n in 0..options.requests {
        for _ in 0..=dice.below(5) {
            order.push(format!("repeat-{n}"));
        }
    }
    dice.shuffle(&mut order);
    let sent = order.len();
    let queue = Arc::new(Mutex::new(order));
    let mut clients = Vec::new();
    for _ in 0..options.clients {
        let queue = Arc::clone(&queue);
        clients.push(tokio::spawn(async move {
            let mut held = Vec::new();
            loop {
                let Some(key) = queue.lock().await.pop() else {
                    return anyhow::Ok(held);
                };
                held.push(deliver(to, &key).await?);
            }
        }));
    }
    let mut faults = Vec::new();
    let mut reports: HashMap<String, Held> = HashMap::new();
    for client in clients {
        for one in client.await?? {
            match reports.get(&one.key) {
                Some(first) if !first.is_same(&one) => {
                    faults.push(format!("{} made two reports", one.key));
                }
                Some(_) => {}
                None => drop(reports.insert(one.key.clone(), one)),
            }
        }
    }
    let held: Vec<Held> = reports.into_values().collect();
    let mut refused = 0;
    for one in held.iter().take(20) {
        let other = trial::body("another story under the same key");
        let mut client = Client::connect(to, None).await?;
        let (status, _) = client.send(&post(REPORTS, &other, &one.key)).await?;
        refused += u64::from(status == 422);
        if status != 422 {
            faults.push(format!("another request with key {} got {status}", one.key));
        }
    }
    faults.extend(trial::faults(to, &place.keys()?, &held).await);
    running.stop().await?;
    let stored = place.verified_reports().await?;
    if stored != options.requests {
        faults.push(format!("{stored} reports of {} requests", options.requests));
    }
    let figures = json!({
        "trial": "repeat", "requests": options.requests, "sent": sent, "reports": stored,
        "other_payload_refused": refused,
    });
    trial::verdict(figures, &faults)
}
