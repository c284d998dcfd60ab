//! `diskfull`: a small disk fills up under the running program. Refused reports get no receipt, people get a clear page,
//! and when there is room again reports are taken, and all that had a receipt are there.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Client;
use crate::trial::{self, Held, Place, deliver};
use crate::walk::{ANSWERS, Walk};

/// Room for the database, its log and 16 MiB of ballast.
const DISK: &str = "size=96m";
const WAIT_MAX: Duration = Duration::from_secs(60);

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Times that the disk fills up.
    #[arg(long, default_value_t = 2)]
    rounds: u32,
}

/// A file system in memory, gone with the value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir(at).ok()?;
        let done = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", DISK, "cairn-trial"])
            .arg(at)
            .stderr(std::process::Stdio::null())
            .status();
        done.is_ok_and(|status| status.success())
            .then(|| Self(at.to_owned()))
    }

    /// Fills all but some MiB, and then what is left.
    fn fill(&self) -> std::io::Result<()> {
        let mut file = File::create(self.0.join("filler"))?;
        let block = vec![0x5a; 1 << 20];
        while file.write_all(&block).is_ok() {}
        file.set_len(file.metadata()?.len().saturating_sub(3 << 20))
    }

    fn clear(&self) -> std::io::Result<()> {
        std::fs::remove_file(self.0.join("filler"))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _best_effort = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.0)
            .status();
    }
}

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let Some(disk) = SmallDisk::mount(&dir.path().join("disk")) else {
        trial::skipped("diskfull", "mounting a small disk needs root");
        return Ok(());
    };
    let place = Place::new(cairn, disk.0.join("data"));
    let running = place.serve().await?;
    let to = running.address;
    let mut faults = Vec::new();
    let mut held: Vec<Held> = Vec::new();
    let mut page = "the program has no form";
    let mut refused = Vec::new();
    for round in 0..options.rounds {
        held.push(deliver(to, &format!("before-{round}")).await?);
        let mut walk = Walk::begin(to, None, String::new(), String::new()).await?;
        if let Some((walk, first)) = &mut walk {
            let answers = format!("{ANSWERS}&identity=anonymous");
            walk.answer_all(first, &answers, None).await?;
        }
        disk.fill()?;
        let before = refused.len();
        post_until_full(to, round, &mut held, &mut refused).await?;
        if refused.len() == before {
            faults.push("the disk was full and nothing was refused".to_owned());
        }
        if let Some((walk, _)) = &mut walk {
            let answer = walk.post("/report/send", "").await?;
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            let html = answer.header("content-type").unwrap_or_default();
            page = "seen";
            if answer.status != 503
                || !html.starts_with("text/html")
                || !text.contains("We could not take your report")
            {
                faults.push(format!("no clear page: {} {text}", answer.status));
            }
        }
        disk.clear()?;
        held.push(taken_again(to, round).await?);
        if let Some((walk, _)) = &mut walk {
            // The same person tries again, with what was typed before.
            let answer = walk.post("/report/send", "").await?;
            if answer.header("location") != Some("/report/sent") {
                faults.push(format!("the form is not taken again: {}", answer.status));
            }
        }
    }
    faults.extend(trial::faults(to, &place.keys()?, &held).await);
    running.stop().await?;
    let stored = place.verified_reports().await?;
    let by_form = if page == "seen" {
        u64::from(options.rounds)
    } else {
        0
    };
    if stored != held.len() as u64 + by_form {
        faults.push(format!(
            "{stored} reports are stored, {} have receipts",
            held.len()
        ));
    }
    let figures = json!({
        "trial": "diskfull", "rounds": options.rounds, "receipts": held.len(), "refused": refused.len(), "page": page,
    });
    trial::verdict(figures, &faults)
}

/// Posts until twenty in a row are refused for want of room; refusals must hold no receipt.
async fn post_until_full(
    to: SocketAddr,
    round: u32,
    held: &mut Vec<Held>,
    refused: &mut Vec<String>,
) -> anyhow::Result<()> {
    let until = Instant::now() + WAIT_MAX;
    let (mut row, mut n) = (0, 0_u64);
    let mut client = Client::connect(to, None).await?;
    while row < 20 {
        anyhow::ensure!(Instant::now() < until, "the disk did not fill up");
        let key = format!("full-{round}-{n}");
        n += 1;
        let (status, answer) = client.send(&trial::request(&key)).await?;
        match status {
            201 => {
                held.push(serde_json::from_slice(answer)?);
                row = 0;
            }
            503 => {
                let text = String::from_utf8_lossy(answer);
                anyhow::ensure!(
                    !text.contains("receipt") && text.contains("\"status\":503"),
                    "refused, but: {text}"
                );
                refused.push(key);
                row += 1;
            }
            other => anyhow::bail!("status {other} on a full disk"),
        }
    }
    Ok(())
}

/// Waits until reports are taken again.
async fn taken_again(to: SocketAddr, round: u32) -> anyhow::Result<Held> {
    let until = Instant::now() + WAIT_MAX;
    loop {
        match deliver(to, &format!("after-{round}")).await {
            Ok(held) => return Ok(held),
            Err(error) if Instant::now() > until => return Err(error),
            Err(_) => {}
        }
    }
}
