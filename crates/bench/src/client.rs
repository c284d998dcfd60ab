//! A frugal HTTP client for load: keep-alive, one request at a time, no parsing beyond status and length.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// In any case: not all servers write it small.
const LENGTH_NAME: &str = "content-length:";

/// One connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects, from a loopback address of the caller's choice if given.
    pub async fn connect(to: SocketAddr, from: Option<IpAddr>) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Some(from) = from {
            socket.bind(SocketAddr::new(from, 0))?;
        }
        let stream = socket.connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(8192),
        })
    }

    /// Sends a request and reads the answer; returns its status and body.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if let Some((status, from, to)) = self.complete()? {
                return Ok((status, self.buffer.get(from..to).unwrap_or_default()));
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                anyhow::bail!("the connection was closed");
            }
        }
    }

    /// As [`Client::send`], with the head of the answer before its body.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let (status, body) = self.send(request).await?;
        let body = body.to_vec();
        let length = self.buffer.len() - body.len();
        let head = self.buffer.get(..length).unwrap_or_default();
        Ok(Answer {
            status,
            head: String::from_utf8_lossy(head).into_owned(),
            body,
        })
    }

    fn complete(&self) -> anyhow::Result<Option<(u16, usize, usize)>> {
        // What the client does is done on the same processors as what is measured: line by line, each looked at once.
        let chunk = self.buffer.utf8_chunks().next();
        let mut lines = chunk
            .map_or("", |chunk| chunk.valid())
            .split_inclusive('\n');
        let first = lines.next().unwrap_or_default();
        let (mut from, mut length) = (first.len(), 0);
        for line in lines {
            from += line.len();
            if line == "\r\n" {
                let status = first.split(' ').nth(1).context("no status")?.parse()?;
                let to = from + length;
                return Ok((self.buffer.len() >= to).then_some((status, from, to)));
            }
            if let Some((name, value)) = line.split_at_checked(LENGTH_NAME.len())
                && name.eq_ignore_ascii_case(LENGTH_NAME)
            {
                length = value.trim().parse()?;
            }
        }
        Ok(None)
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Status line and header lines.
    pub head: String,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first value of a header.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then_some(value.trim())
        })
    }
}

/// A POST of JSON with an idempotency key of its own.
pub fn post(path: &str, body: &[u8], key: &str) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: \"{key}\"\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// Latencies in microseconds.
#[derive(Debug, Default, Clone)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Notes one.
    pub fn push(&mut self, since: Instant) {
        self.0
            .push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
    }

    /// Puts two together.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds at a percentile.
    pub fn ms(&mut self, percent: f64) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index"
        )]
        let at = (last as f64 * percent / 100.0).round() as usize;
        f64::from(self.0.get(at).copied().unwrap_or_default()) / 1000.0
    }
}

/// The example as another person would send it: with a link and a telephone number of its own, so that the indexes see
/// new values as they do in earnest.
pub fn varied(body: &str, n: u64) -> String {
    let number = n.wrapping_mul(2_654_435_761) % 100_000_000;
    let phone = format!("{:03} {:04}", number / 10_000 % 1_000, number % 10_000);
    body.replacen("id=8841", &format!("id={number:08}"), 1)
        .replacen("555 0123", &phone, 1)
}

/// `clients` connections that send as fast as they are answered.
pub async fn closed_loop(
    to: SocketAddr,
    path: &'static str,
    body: &[u8],
    clients: usize,
    time: Duration,
) -> anyhow::Result<Latencies> {
    let until = Instant::now() + time;
    let mut tasks = Vec::new();
    for n in 0..clients {
        let body = std::str::from_utf8(body)?.to_owned();
        tasks.push(tokio::spawn(async move {
            let mut client = Client::connect(to, None).await?;
            let mut latencies = Latencies::default();
            let run = Instant::now().elapsed().as_nanos();
            let mut sent = 0_u64;
            while Instant::now() < until {
                let body = varied(&body, n as u64 * 1_000_000 + sent);
                let request = post(
                    path,
                    body.as_bytes(),
                    &format!("{n}-{sent}-{run}-{to}-{until:?}"),
                );
                let since = Instant::now();
                let (status, answer) = client.send(&request).await?;
                anyhow::ensure!(
                    status / 100 == 2,
                    "status {status}: {}",
                    String::from_utf8_lossy(answer)
                );
                latencies.push(since);
                sent += 1;
            }
            Ok::<_, anyhow::Error>(latencies)
        }));
    }
    let mut all = Latencies::default();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok(all)
}
