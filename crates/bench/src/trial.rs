//! What the trials share: a place served by the real program, requests that tell themselves apart, and what a client
//! holds afterwards.

use std::collections::HashSet;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::Context;
use cairn_evidence::keys::KeyList;
use cairn_evidence::receipt::Receipt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::child::Running;
use crate::client::{Client, post};
use crate::intake::{EXAMPLE, REPORTS};

/// Connections that ask for status pages at the same time.
const ASKING: usize = 16;

/// Where a trial takes place: the program and how it is called.
#[derive(Debug, Clone)]
pub struct Place {
    /// The program under test.
    pub cairn: PathBuf,
    /// Its data directory.
    pub data: PathBuf,
    /// Settings, `key=value`.
    pub set: Vec<String>,
    /// Environment of the server alone.
    pub env: Vec<(&'static str, String)>,
    /// File that the server's standard error is added to; ours if absent.
    pub log: Option<PathBuf>,
}

impl Place {
    /// With SQLite and few log lines.
    pub fn new(cairn: &Path, data: PathBuf) -> Self {
        Self {
            cairn: cairn.to_owned(),
            data,
            set: vec!["log.level=error".to_owned()],
            env: Vec::new(),
            log: None,
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.cairn);
        command.args(args).arg("--data").arg(&self.data);
        for pair in &self.set {
            command.args(["--set", pair]);
        }
        command
    }

    /// Another command of the program, that nobody waits for yet.
    pub fn begin(&self, args: &[&str]) -> Command {
        let mut command = self.command(args);
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        command
    }

    /// Starts the server on a free port.
    pub async fn serve(&self) -> anyhow::Result<Running> {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(log) = &self.log {
            let file = File::options().create(true).append(true).open(log)?;
            command.stderr(file);
        }
        Running::spawn(command).await
    }

    /// Runs another command of the program to its end.
    pub async fn tool(&self, args: &[&str]) -> anyhow::Result<Output> {
        let output = self.command(args).output().await;
        output.with_context(|| format!("running {args:?}"))
    }

    /// `cairn log verify`: the number of reports in the database, if nothing is wrong.
    pub async fn verified_reports(&self) -> anyhow::Result<u64> {
        let output = self.tool(&["log", "verify"]).await?;
        let said = String::from_utf8_lossy(&output.stdout);
        let wrong = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "log verify: {said}{wrong}");
        let sum = said.lines().find(|line| line.ends_with("; 0 findings"));
        let reports = sum.and_then(|line| line.strip_suffix(" reports; 0 findings"));
        let number = reports.and_then(|line| line.rsplit(' ').next()?.parse().ok());
        number.with_context(|| format!("log verify said something else: {said}"))
    }

    /// The published keys of the log.
    pub fn keys(&self) -> anyhow::Result<KeyList> {
        let text = std::fs::read_to_string(self.data.join("keys").join("log.keys"))?;
        text.parse()
            .map_err(|error| anyhow::anyhow!("log.keys: {error}"))
    }
}

/// What a client holds of a report that was received.
#[derive(Debug, Clone, Deserialize)]
pub struct Held {
    /// Idempotency key that it was sent with.
    #[serde(default)]
    pub key: String,
    /// Public reference.
    pub reference: String,
    /// Opens the status page.
    pub secret: String,
    /// The receipt file.
    pub receipt: String,
    /// When it came in, RFC 3339.
    pub received_at: String,
}

impl Held {
    /// Both are the same report, for the reporter.
    pub fn is_same(&self, other: &Self) -> bool {
        self.reference == other.reference && self.secret == other.secret
    }

    /// Place in the log, if the receipt proves it with these keys.
    pub fn prove(&self, keys: &KeyList) -> anyhow::Result<u64> {
        let receipt = Receipt::parse(self.receipt.as_bytes())
            .with_context(|| format!("receipt of {}", self.reference))?;
        let proved = receipt
            .verify_listed(keys)
            .with_context(|| format!("receipt of {}", self.reference))?;
        anyhow::ensure!(proved.reference == self.reference, "another's receipt");
        Ok(proved.index)
    }
}

/// A report whose story names its key, so that no two are alike.
pub fn request(key: &str) -> Vec<u8> {
    post(REPORTS, &body(key), key)
}

/// The body of [`request`].
pub fn body(key: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(EXAMPLE);
    text.replacen("an electric bike", &format!("electric bike {key}"), 1)
        .into_bytes()
}

/// Sends a report; `Err` if the connection broke, `Ok(Err(status))` if it was refused.
pub async fn send(client: &mut Client, key: &str) -> anyhow::Result<Result<Held, u16>> {
    let (status, answer) = client.send(&request(key)).await?;
    if status != 201 {
        return Ok(Err(status));
    }
    let mut held: Held = serde_json::from_slice(answer)?;
    key.clone_into(&mut held.key);
    Ok(Ok(held))
}

/// Sends one on a connection of its own until it is taken.
pub async fn deliver(to: SocketAddr, key: &str) -> anyhow::Result<Held> {
    let mut last = 0;
    for _ in 0..50 {
        let mut client = Client::connect(to, None).await?;
        match send(&mut client, key).await? {
            Ok(held) => return Ok(held),
            Err(status @ (429 | 503)) => last = status,
            Err(status) => anyhow::bail!("refused with {status}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    anyhow::bail!("refused with {last}, again and again")
}

/// What is wrong with what clients hold: each report must be there once, open with its secret, and be proved by its
/// receipt without asking anybody.
pub async fn faults(to: SocketAddr, keys: &KeyList, held: &[Held]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut references = HashSet::new();
    for one in held {
        if !references.insert(&one.reference) {
            faults.push(format!("{} was given to two reports", one.reference));
        }
        if let Err(error) = one.prove(keys) {
            faults.push(format!("{error:#}"));
        }
    }
    let mut asking = Vec::new();
    for part in held.chunks(held.len().div_ceil(ASKING).max(1)) {
        let part = part.to_vec();
        asking.push(tokio::spawn(async move { absent(to, &part).await }));
    }
    for task in asking {
        match task.await {
            Ok(Ok(absent)) => faults.extend(absent),
            Ok(Err(error)) => faults.push(format!("asking for a status: {error:#}")),
            Err(error) => faults.push(error.to_string()),
        }
    }
    faults
}

async fn absent(to: SocketAddr, held: &[Held]) -> anyhow::Result<Vec<String>> {
    let mut client = Client::connect(to, None).await?;
    let mut absent = Vec::new();
    for one in held {
        let request = format!(
            "GET /api/v1/status/{} HTTP/1.1\r\nHost: localhost\r\nCairn-Secret: {}\r\n\r\n",
            one.reference, one.secret
        );
        let (status, answer) = client.send(request.as_bytes()).await?;
        let found: Value = serde_json::from_slice(answer).unwrap_or_default();
        if status != 200 || found.get("reference") != Some(&json!(one.reference)) {
            absent.push(format!("{}: its status answers {status}", one.reference));
        }
    }
    Ok(absent)
}

/// Prints the figures with what failed, and fails if anything did.
pub fn verdict(mut figures: Value, faults: &[String]) -> anyhow::Result<()> {
    let shown: Vec<&String> = faults.iter().take(20).collect();
    if let Some(object) = figures.as_object_mut() {
        object.insert("passed".to_owned(), json!(faults.is_empty()));
        object.insert("faults".to_owned(), json!(shown));
    }
    crate::print(&figures);
    anyhow::ensure!(faults.is_empty(), "{} faults", faults.len());
    Ok(())
}

/// Prints why a trial cannot be held here.
pub fn skipped(trial: &str, why: &str) {
    crate::print(&json!({"trial": trial, "skipped": why}));
}

/// A small generator with a known start (xorshift64*, Vigna 2016), so that a run can be repeated.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n.max(1)
    }

    /// Puts a list into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or_default();
            list.swap(last, other);
        }
    }
}
