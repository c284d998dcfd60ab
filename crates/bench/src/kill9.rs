//! `kill9`: the real program under load, killed at a random moment and started again on the same data, many times. At
//! the end every receipt a client holds is found once and verifies, and nothing is there that nobody sent.
//!
//! By itself this proves little about power cuts (the system keeps what was written); `cargo xtask crash` does that.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Client;
use crate::intake::fresh_database;
use crate::trial::{self, Dice, Held, Place, deliver};

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Times that the program is killed.
    #[arg(long, default_value_t = 200)]
    rounds: u64,
    /// Only `sqlite` or `postgres`.
    #[arg(long)]
    only: Option<String>,
    /// Start of the random moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Reports whose receipt a client holds, and keys of requests whose answer was lost.
#[derive(Default)]
struct Clients {
    held: Vec<Held>,
    lost: Vec<String>,
    resent: u64,
    repeated: u64,
    faults: Vec<String>,
}

/// Runs it.
pub async fn run(cairn: &Path, postgres: Option<&str>, options: &Options) -> anyhow::Result<()> {
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    if wanted("sqlite") {
        database("sqlite", cairn, None, options).await?;
    }
    match postgres {
        Some(url) if wanted("postgres") => database("postgres", cairn, Some(url), options).await?,
        None if wanted("postgres") => {
            trial::skipped("kill9 on postgres", "no server: set CAIRN_TEST_POSTGRES");
        }
        _ => {}
    }
    Ok(())
}

async fn database(
    name: &str,
    cairn: &Path,
    postgres: Option<&str>,
    options: &Options,
) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let mut place = Place::new(cairn, dir.path().join("data"));
    if let Some(url) = postgres {
        let address = fresh_database(url, "cairn_kill9").await?;
        place.set.push(format!("storage.database={address}"));
    }
    let mut dice = Dice::new(options.seed);
    let mut clients = Clients::default();
    let began = Instant::now();
    for round in 0..options.rounds {
        let running = place.serve().await?;
        clients.send_again(running.address, &mut dice).await?;
        let number = 16 + dice.below(49);
        let mut sending = Vec::new();
        for n in 0..number {
            sending.push(tokio::spawn(load(running.address, format!("{round}-{n}"))));
        }
        tokio::time::sleep(Duration::from_millis(20 + dice.below(600))).await;
        running.kill().await?;
        for task in sending {
            let (held, lost) = task.await?;
            clients.held.extend(held);
            clients.lost.extend(lost);
        }
    }
    let running = place.serve().await?;
    clients.send_again(running.address, &mut dice).await?;
    let mut faults = clients.faults;
    faults.extend(trial::faults(running.address, &place.keys()?, &clients.held).await);
    running.stop().await?;
    match place.verified_reports().await {
        Ok(stored) if stored == clients.held.len() as u64 => {}
        Ok(stored) => faults.push(format!(
            "{stored} reports are stored, {} were sent",
            clients.held.len()
        )),
        Err(error) => faults.push(format!("{error:#}")),
    }
    let figures = json!({
        "trial": "kill9", "database": name, "rounds": options.rounds, "receipts": clients.held.len(),
        "answers_lost": clients.resent, "repeated_after_receipt": clients.repeated,
        "seconds": began.elapsed().as_secs_f64().round(),
    });
    trial::verdict(figures, &faults)
}

/// Sends reports until the connection breaks; gives what is held, and the keys of which nothing was heard.
async fn load(to: SocketAddr, name: String) -> (Vec<Held>, Vec<String>) {
    let (mut held, mut lost) = (Vec::new(), Vec::new());
    let mut client = None;
    for n in 0_u64.. {
        let key = format!("kill9-{name}-{n}");
        if client.is_none() {
            client = Client::connect(to, None).await.ok();
        }
        let Some(open) = client.as_mut() else {
            break;
        };
        match trial::send(open, &key).await {
            Ok(Ok(one)) => held.push(one),
            // Refused in words: nothing was received, and it may be sent again later like one that was lost.
            Ok(Err(_)) => lost.push(key),
            Err(_) => {
                lost.push(key);
                client = None;
            }
        }
    }
    (held, lost)
}

impl Clients {
    /// As clients do that got no answer: the same request with the same key, twice at the same time. And a few of those
    /// that did get one, whose answer must be the same again.
    async fn send_again(&mut self, to: SocketAddr, dice: &mut Dice) -> anyhow::Result<()> {
        let mut sending = Vec::new();
        for key in std::mem::take(&mut self.lost) {
            sending.push(tokio::spawn(async move {
                let (one, other) = tokio::join!(deliver(to, &key), deliver(to, &key));
                anyhow::Ok((one?, other?, key))
            }));
        }
        for task in sending {
            let (one, other, key) = task.await??;
            if !one.is_same(&other) {
                self.faults.push(format!("{key} made two reports"));
            }
            self.resent += 1;
            self.held.push(one);
        }
        for _ in 0..5 {
            let number = usize::try_from(dice.below(self.held.len() as u64))?;
            let Some(before) = self.held.get(number) else {
                break;
            };
            let now = deliver(to, &before.key).await?;
            if !now.is_same(before) {
                self.faults
                    .push(format!("{} became another report", before.key));
            }
            self.repeated += 1;
        }
        Ok(())
    }
}
