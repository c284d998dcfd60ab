//! The owners' mail server (RFC 5321, as much of it as a sender needs): it takes every message, thinks about it for a moment, and knows
//! which ones it accepted, whether the sender lived to hear that or not.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::trial::Dice;

/// Longest moment between the end of a message and the answer, milliseconds: in it the sender may be killed.
const THINKING_MAX: u64 = 60;
/// Bytes of a message or a line.
const BYTES_MAX: u64 = 1 << 24;

/// An accepted message.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// To whom, as the envelope says.
    pub to: String,
    /// All of it, dots and line ends as they were written.
    pub text: String,
}

/// What a message tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its Message-ID.
    pub id: String,
    /// Name of its table.
    pub table: String,
    /// Address and port of each row, and whether it is new, still there or gone.
    pub rows: BTreeMap<(String, String), String>,
}

/// The server. It ends with the runtime.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Where it listens.
    pub address: SocketAddr,
    accepted: Arc<Mutex<Vec<Accepted>>>,
}

impl Mailbox {
    /// Begins to listen.
    pub async fn open(seed: u64) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let accepted = Arc::new(Mutex::new(Vec::new()));
        let own = Self {
            address: listener.local_addr()?,
            accepted: Arc::clone(&accepted),
        };
        let mut dice = Dice::new(seed);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let thinking = Duration::from_millis(dice.below(THINKING_MAX));
                let accepted = Arc::clone(&accepted);
                // A sender that was killed is no fault of ours.
                tokio::spawn(async move { serve(stream, thinking, &accepted).await });
            }
        });
        Ok(own)
    }

    /// What was accepted so far, in that order.
    pub fn accepted(&self) -> Vec<Accepted> {
        let all = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        all.clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    thinking: Duration,
    accepted: &Mutex<Vec<Accepted>>,
) -> std::io::Result<()> {
    let (reading, mut writing) = stream.split();
    let mut reading = BufReader::new(reading.take(BYTES_MAX));
    writing.write_all(b"220 mx.owners.example\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if reading.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.trim_end().to_ascii_uppercase();
        let answer: &[u8] = if word.starts_with("EHLO") {
            b"250-mx.owners.example\r\n250 8BITMIME\r\n"
        } else if word.starts_with("RCPT TO:") {
            let inside = line
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'));
            to = inside.map_or_else(String::new, |(to, _)| to.to_owned());
            b"250 known\r\n"
        } else if word == "DATA" {
            writing.write_all(b"354 go on\r\n").await?;
            let Some(text) = message(&mut reading).await? else {
                return Ok(());
            };
            tokio::time::sleep(thinking).await;
            let one = Accepted {
                to: std::mem::take(&mut to),
                text,
            };
            let mut all = accepted.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(one);
            drop(all);
            b"250 accepted\r\n"
        } else if word == "QUIT" {
            return writing.write_all(b"221 bye\r\n").await;
        } else {
            b"250 well\r\n"
        };
        writing.write_all(answer).await?;
    }
}

/// Up to the line with a dot; `None` if the sender ended before.
async fn message(
    from: &mut (impl tokio::io::AsyncBufRead + Unpin),
) -> std::io::Result<Option<String>> {
    let (mut text, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if from.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line == ".\r\n" {
            return Ok(Some(text));
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

impl Accepted {
    /// What it tells.
    pub fn told(&self) -> anyhow::Result<Told> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let head = head.replace("\r\n ", " ");
        let field = |line: &str| {
            let (name, value) = line.split_once(':')?;
            let own = name.eq_ignore_ascii_case("Message-ID");
            own.then(|| value.trim().to_owned())
        };
        let id = head.lines().find_map(field).context("no Message-ID")?;
        let (_, part) = self
            .text
            .split_once("filename=\"")
            .context("no table beside the text")?;
        let (table, part) = part.split_once('"').context("no table")?;
        let (_, part) = part.split_once("\r\n\r\n").context("an empty table")?;
        let encoded: String = part
            .lines()
            .take_while(|line| !line.starts_with("--"))
            .collect();
        let bytes = STANDARD.decode(encoded)?;
        let mut rows = BTreeMap::new();
        for row in csv::Reader::from_reader(bytes.as_slice()).records() {
            let row = row?;
            let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
            let twice = rows.insert((cell(7), cell(8)), cell(1));
            anyhow::ensure!(twice.is_none(), "{table} tells a row twice");
        }
        Ok(Told {
            id,
            table: table.to_owned(),
            rows,
        })
    }
}
