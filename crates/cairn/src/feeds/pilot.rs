//! Beside IntelMQ: events in from its lists, and observations out as its events, to a file, by HTTP or to a list (docs/pilot.md).

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use cairn_app::feeds::post::post_lines;
use cairn_app::feeds::redis::{ENTRIES_MAX, Redis, RedisAddress};
use cairn_store::feeds::segment::Observed;
use serde_json::{Map, Value, json};

use crate::args::Usage;
use crate::settings::Settings;

/// Entries that are taken at a time, where nothing is said.
const BATCH: usize = 5_000;
/// Largest password or token file, bytes.
const SECRET_BYTES_MAX: u64 = 4_096;
/// How long a list is waited for at a time.
const WAIT: Duration = Duration::from_secs(5);
/// Bytes of lines that leave at a time.
const SENT_BYTES: usize = 4 << 20;

/// Where a list is.
#[derive(Debug, Clone, clap::Args)]
pub struct List {
    /// Address of the Redis, on this machine: redis://127.0.0.1:6379/2, or unix:/run/redis/redis.sock#2.
    #[arg(long, value_name = "ADDRESS")]
    redis: String,
    /// File with its password.
    #[arg(long, value_name = "FILE")]
    redis_password: Option<PathBuf>,
}

/// What comes from a list of IntelMQ.
#[derive(Debug, clap::Args)]
pub struct Queue {
    #[command(flatten)]
    list: List,
    /// The list, such as cairn-pilot-queue. It must be cairn's own: nothing else may take from it, nor from the list of the same name with
    /// -internal behind it, where entries lie until they are committed.
    #[arg(long, value_name = "NAME")]
    queue: String,
    /// Entries that are committed together.
    #[arg(long, value_name = "N", default_value_t = BATCH, value_parser = batch)]
    batch: usize,
    /// Go on waiting when the list is empty, until the process is told to end.
    #[arg(long)]
    follow: bool,
}

fn batch(text: &str) -> Result<usize, String> {
    let number: usize = text.parse().map_err(|_| "not a number".to_owned())?;
    if (1..=ENTRIES_MAX).contains(&number) {
        Ok(number)
    } else {
        Err(format!("from 1 to {ENTRIES_MAX}"))
    }
}

fn secret(file: Option<&PathBuf>) -> anyhow::Result<Option<String>> {
    let Some(path) = file else { return Ok(None) };
    let mut text = String::new();
    let opened = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    opened.take(SECRET_BYTES_MAX).read_to_string(&mut text)?;
    Ok(Some(text.trim().to_owned()))
}

impl List {
    fn open(&self) -> anyhow::Result<Redis> {
        let address = RedisAddress::parse(&self.redis).map_err(|error| Usage(error.to_string()))?;
        let password = secret(self.redis_password.as_ref())?;
        Ok(Redis::connect(&address, password.as_deref())?)
    }
}

impl Queue {
    /// Takes batches, each of which `take` must have committed before it is acknowledged. What lies in the internal list when it begins
    /// was taken by a run that was interrupted: it is the same batch, byte for byte, which the store knows if it was committed.
    pub(super) fn run(
        &self,
        take: &mut dyn FnMut(&str, &mut dyn Read) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut redis = self.list.open()?;
        let internal = format!("{}-internal", self.queue);
        let name = format!("{}.jsonl", self.queue);
        let left = redis.length(&internal)?;
        anyhow::ensure!(
            left <= ENTRIES_MAX as u64,
            "{internal} has {left} entries: something else takes from {}",
            self.queue
        );
        let mut total = 0;
        loop {
            if redis.length(&internal)? == 0 && !self.fill(&mut redis, &internal)? {
                if !self.follow {
                    break;
                }
                continue;
            }
            let lines = lines(&redis.entries(&internal)?);
            take(&name, &mut io::Cursor::new(&lines.1))?;
            redis.remove(&internal)?;
            total += lines.0;
        }
        eprintln!("{total} entries taken from {}", self.queue);
        Ok(())
    }

    /// Moves the next batch over; `false` if there is none.
    fn fill(&self, redis: &mut Redis, internal: &str) -> anyhow::Result<bool> {
        /// Moved in one go.
        const AT_ONCE: usize = 1_000;
        let mut held = 0;
        if self.follow {
            if !redis.wait(&self.queue, internal, WAIT)? {
                return Ok(false);
            }
            held = 1;
        }
        while held < self.batch {
            let wanted = AT_ONCE.min(self.batch - held);
            let taken = redis.take(&self.queue, internal, wanted)?;
            held += taken;
            if taken < wanted {
                break;
            }
        }
        Ok(held > 0)
    }
}

/// Entries as lines. An end of a line within one, which JSON allows between its parts only, becomes a blank.
fn lines(entries: &[Vec<u8>]) -> (u64, Vec<u8>) {
    let mut out = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 1).sum());
    for entry in entries {
        let plain = |byte: &u8| {
            if matches!(byte, b'\n' | b'\r') {
                b' '
            } else {
                *byte
            }
        };
        out.extend(entry.iter().map(plain));
        out.push(b'\n');
    }
    (entries.len() as u64, out)
}

/// What leaves as events of IntelMQ.
#[derive(Debug, clap::Args)]
pub struct Send {
    /// Only what was committed after this number, which the run before told.
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: i64,
    /// Only of this source.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// A file to append to; standard output if nothing is said.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["http", "redis"])]
    to: Option<PathBuf>,
    /// An address that takes JSON lines by POST.
    #[arg(long, value_name = "URL", conflicts_with = "redis")]
    http: Option<String>,
    /// File with a bearer token for it.
    #[arg(long, value_name = "FILE", requires = "http")]
    token: Option<PathBuf>,
    /// Address of a Redis on this machine: redis://127.0.0.1:6379/2, or unix:/run/redis/redis.sock#2.
    #[arg(long, value_name = "ADDRESS", requires = "queue")]
    redis: Option<String>,
    /// File with its password.
    #[arg(long, value_name = "FILE", requires = "redis")]
    redis_password: Option<PathBuf>,
    /// The list, such as file-output-queue: that of the bot that shall have the events.
    #[arg(long, value_name = "NAME", requires = "redis")]
    queue: Option<String>,
}

/// Where lines go.
enum Way {
    Out(Box<dyn Write>),
    Http(String, Option<String>, tokio::runtime::Runtime),
    List(Box<Redis>, String),
}

impl Way {
    /// Sends lines; they have arrived when this returns.
    fn send(&mut self, lines: Vec<u8>) -> anyhow::Result<()> {
        match self {
            Self::Out(out) => {
                out.write_all(&lines)?;
                Ok(out.flush()?)
            }
            Self::Http(to, token, runtime) => runtime
                .block_on(post_lines(to, token.as_deref(), lines))
                .map_err(anyhow::Error::msg),
            Self::List(redis, queue) => {
                let entries = lines.split(|byte| *byte == b'\n');
                redis.put(queue, entries.filter(|line| !line.is_empty()))?;
                Ok(())
            }
        }
    }
}

impl Send {
    fn way(&self) -> anyhow::Result<Way> {
        if let Some(to) = &self.http {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            return Ok(Way::Http(to.clone(), secret(self.token.as_ref())?, runtime));
        }
        if let (Some(redis), Some(queue)) = (&self.redis, &self.queue) {
            let list = List {
                redis: redis.clone(),
                redis_password: self.redis_password.clone(),
            };
            return Ok(Way::List(Box::new(list.open()?), queue.clone()));
        }
        Ok(Way::Out(match &self.to {
            None => Box::new(io::stdout()),
            Some(path) => {
                let file = OpenOptions::new().append(true).create(true).open(path);
                Box::new(file.with_context(|| path.display().to_string())?)
            }
        }))
    }

    /// Sends what was committed since, segment by segment. The number that is told at the end, or when something fails, is of the last
    /// segment that has arrived whole.
    pub(super) fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let Some(store) = super::kept::reading(settings)? else {
            eprintln!("no machine report was taken in yet");
            return Ok(());
        };
        let mut way = self.way()?;
        let (mut last, mut events) = (self.after, 0_u64);
        let mut result = Ok(());
        while let Some(next) = store.segment_after(last)? {
            let wanted = self
                .source
                .as_ref()
                .is_none_or(|source| *source == next.feed.0);
            if wanted {
                let sent = (0..next.rows.len())
                    .filter_map(|row| next.rows.get(row))
                    .map(|row| event(&next.feed, &row));
                result = send_all(&mut way, sent, &mut events);
                if result.is_err() {
                    break;
                }
            }
            last = next.no;
        }
        eprintln!("{events} events sent; go on with --after {last}");
        result
    }
}

fn send_all(
    way: &mut Way,
    events: impl Iterator<Item = Value>,
    sent: &mut u64,
) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    let mut waiting = 0;
    for event in events {
        serde_json::to_writer(&mut lines, &event)?;
        lines.push(b'\n');
        waiting += 1;
        if lines.len() >= SENT_BYTES {
            way.send(std::mem::take(&mut lines))?;
            *sent += std::mem::take(&mut waiting);
        }
    }
    if waiting > 0 {
        way.send(lines)?;
        *sent += waiting;
    }
    Ok(())
}

/// An observation as IntelMQ's event, with what the store's columns hold. What else the report said is in the report.
fn event((source, feed): &(String, String), row: &Observed<'_>) -> Value {
    let mut event = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() && value.as_str() != Some("") {
            event.insert(name.to_owned(), value);
        }
    };
    put("__type", "Event".into());
    put("feed.provider", source.as_str().into());
    put("feed.name", feed.as_str().into());
    // IntelMQ writes the offset out.
    let at = row.at.timestamp().strftime("%Y-%m-%dT%H:%M:%S%.f+00:00");
    put("time.source", at.to_string().into());
    put("classification.type", row.kind.into());
    put("classification.identifier", row.identifier.into());
    put("malware.name", row.malware.into());
    put("protocol.transport", row.transport.into());
    put("severity", row.severity.into());
    put("source.ip", json!(row.ip));
    put("source.port", json!(row.port));
    put("source.fqdn", row.fqdn.into());
    put("source.url", row.url.into());
    put("source.asn", json!(row.asn));
    put("source.geolocation.cc", row.cc.into());
    put("destination.ip", json!(row.to_ip));
    put("destination.port", json!(row.to_port));
    Value::Object(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_become_lines_whatever_is_in_them() {
        let entries = [b"{\"a\":\n1}".to_vec(), Vec::new(), b"{}".to_vec()];
        assert_eq!(lines(&entries), (3, b"{\"a\": 1}\n\n{}\n".to_vec()));
    }

    #[test]
    fn an_event_has_what_is_known_and_nothing_else() {
        let row = Observed {
            at: cairn_kernel::time::Micros(2_524_608_000_000_000),
            kind: "scanner",
            ip: "192.0.2.1".parse().ok(),
            port: Some(22),
            ..Observed::default()
        };
        let event = event(&("one".into(), "two".into()), &row);
        assert_eq!(
            event,
            json!({ "__type": "Event", "feed.provider": "one", "feed.name": "two", "time.source": "2050-01-01T00:00:00+00:00",
                "classification.type": "scanner", "source.ip": "192.0.2.1", "source.port": 22 })
        );
    }
}
