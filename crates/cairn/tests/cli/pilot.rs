//! Beside IntelMQ, with a real Redis: events in by a list and out by a list are the same, and a kill between the commit and the
//! acknowledgement makes no doubles.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use cairn_testkit::{TestStore, run};

use super::home::Home;

/// Stamps a test onto both databases, each with a Redis of its own. Skipped, with a word why, where one of them is not there.
macro_rules! on_both {
    ($(fn $name:ident($home:ident: &Home, $server:ident: &Server) $body:block)+) => { $(
        mod $name {
            use super::*;

            fn body($home: &Home, $server: &Server) $body

            #[test]
            fn sqlite() {
                if let Some(server) = Server::start() {
                    body(&Home::new(), &server);
                }
            }

            #[test]
            fn postgres() {
                let Some(empty) = run(empty_database()) else { return };
                if let Some(server) = Server::start() {
                    body(&Home::on(empty.url().unwrap()), &server);
                }
            }
        }
    )+ };
}

/// An empty database, which goes away with the value.
async fn empty_database() -> Option<TestStore> {
    let mut store = TestStore::postgres().await?;
    store.close().await;
    Some(store.blank().await)
}

const PASSWORD: &str = "kererū";
const QUEUE: &str = "cairn-pilot-queue";
const INTERNAL: &str = "cairn-pilot-queue-internal";

/// A Redis of its own, on a free port of this machine; it ends with the value.
struct Server {
    child: Child,
    port: u16,
    _dir: tempfile::TempDir,
}

impl Server {
    /// `None`, with a word why, where Debian's is not installed; in CI that fails.
    fn start() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let port = cairn_testkit::free_address().port();
        let started = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--databases", "4"])
            .args(["--requirepass", PASSWORD, "--dir"])
            .arg(dir.path())
            .stdout(Stdio::null())
            .spawn();
        let child = match started {
            Ok(child) => child,
            Err(error) => {
                let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
                assert!(
                    !ci,
                    "no redis-server, and in CI nothing is skipped: {error}"
                );
                #[expect(clippy::print_stderr, reason = "a skipped test says why")]
                {
                    eprintln!("skipped: redis-server: {error}; `cargo xtask setup` installs it");
                }
                return None;
            }
        };
        let server = Self {
            child,
            port,
            _dir: dir,
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "it listens");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }

    fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/2", self.port)
    }

    /// A call by another client than ours: inline where it can be, and what it answered, entries as lines.
    fn ask(&self, call: &[&str]) -> Vec<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut sent = String::new();
        for call in [&["AUTH", PASSWORD][..], &["SELECT", "2"], call] {
            sent.push_str(&format!("*{}\r\n", call.len()));
            for part in call {
                sent.push_str(&format!("${}\r\n{part}\r\n", part.len()));
            }
        }
        stream.write_all(sent.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
        let mut next = || lines.next().unwrap();
        assert_eq!((next(), next()), ("+OK".into(), "+OK".into()));
        let head = next();
        let Some(count) = head.strip_prefix('*') else {
            return vec![head];
        };
        let count = count.parse::<usize>().unwrap();
        (0..count)
            .map(|_| {
                let size = next();
                assert!(size.starts_with('$'), "{size}");
                next()
            })
            .collect()
    }

    fn length(&self, list: &str) -> String {
        self.ask(&["LLEN", list]).remove(0)
    }

    fn push(&self, events: &[Value]) {
        for event in events {
            self.ask(&["LPUSH", QUEUE, &event.to_string()]);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

fn events(from: usize, to: usize) -> Vec<Value> {
    (from..to)
        .map(|n| {
            json!({ "__type": "Event", "feed.provider": "pilot", "feed.name": "Example",
                "time.source": format!("2050-01-01T00:00:{:02}+00:00", n % 60),
                "time.observation": "2050-01-01T00:10:00+00:00", "classification.type": "vulnerable-system",
                "classification.identifier": "open-example", "protocol.transport": "tcp",
                "source.ip": format!("192.0.2.{n}"), "source.port": 8_000 + n, "source.asn": 64_496,
                "source.geolocation.cc": "NZ" })
        })
        .collect()
}

fn pull<'a>(secret: &'a str, address: &'a str) -> Vec<&'a str> {
    vec![
        "feeds",
        "take",
        "--source",
        "pilot",
        "--feed",
        "feed.name=Example",
        "--redis",
        address,
        "--redis-password",
        secret,
        "--queue",
        QUEUE,
    ]
}

fn send<'a>(secret: &'a str, address: &'a str) -> Vec<&'a str> {
    vec![
        "feeds",
        "send",
        "--redis",
        address,
        "--redis-password",
        secret,
        "--queue",
        "out-queue",
    ]
}

/// Without what only one side knows.
fn bare(mut event: Value) -> Value {
    event.as_object_mut().unwrap().remove("time.observation");
    event
}

fn stats(home: &Home) -> String {
    home.cairn(&["feeds", "stats"]).good()
}

/// One request of those that a server is sent; `None` at the end.
fn one_post(stream: &mut TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut size) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(length) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            size = length.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    if head.starts_with("GET /end ") {
        return None;
    }
    assert!(head.starts_with("POST /push?x=1 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("application/x-ndjson"), "{head}");
    let mut body = vec![0; size];
    reader.read_exact(&mut body).unwrap();
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .unwrap();
    Some(String::from_utf8(body).unwrap())
}

/// What a server is sent.
fn by_post(home: &Home) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let url = format!("http://{address}/push?x=1");
    let server = std::thread::spawn(move || {
        let mut all = String::new();
        while let Some(body) = one_post(&mut listener.accept().unwrap().0) {
            all.push_str(&body);
        }
        all
    });
    home.cairn(&["feeds", "send", "--http", &url]).good();
    let mut end = TcpStream::connect(address).unwrap();
    end.write_all(b"GET /end HTTP/1.1\r\n\r\n").unwrap();
    let body = server.join().unwrap();
    // What is not taken is no success.
    let refused = home.cairn(&["feeds", "send", "--http", &url]);
    assert_ne!(refused.code, 0);
    assert!(refused.err.contains("go on with --after 0"), "{refused:?}");
    body
}

on_both! {
    fn events_in_by_a_list_and_out_by_a_list_are_the_same(home: &Home, server: &Server) {
        let (secret, address) = (home.write("password", PASSWORD), server.address());
        let sent = events(1, 120);
        server.push(&sent);
        let mut args = pull(&secret, &address);
        args.extend(["--batch", "50"]);
        let ran = home.cairn(&args);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.err.contains("119 entries taken"), "{ran:?}");
        assert_eq!(ran.out.lines().count(), 3, "three batches: {ran:?}");
        assert_eq!(
            (server.length(QUEUE), server.length(INTERNAL)),
            (":0".into(), ":0".into())
        );
        assert!(stats(home).contains("pilot / Example: 3 reports (0 open), 119 new"));

        let told = home.cairn(&send(&secret, &address));
        assert_eq!(told.code, 0, "{told:?}");
        assert!(
            told.err.contains("119 events sent; go on with --after "),
            "{told:?}"
        );
        // The one that was pushed first is the last of the list.
        let came = server.ask(&["LRANGE", "out-queue", "0", "-1"]);
        let came: Vec<Value> = came
            .iter()
            .rev()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let wanted: Vec<Value> = sent.into_iter().map(bare).collect();
        assert_eq!(came, wanted);

        // On to a file, from where the last run ended; and to another address.
        let after = told.err.rsplit(' ').next().unwrap().trim().to_owned();
        server.push(&events(120, 125));
        home.cairn(&pull(&secret, &address)).good();
        let file = home.arg("events.jsonl");
        home.cairn(&["feeds", "send", "--after", &after, "--to", &file])
            .good();
        assert_eq!(home.text("events.jsonl").lines().count(), 5);
        let all = home.cairn(&["feeds", "send"]).good();
        assert_eq!(all.lines().count(), 124);
        let none = home.cairn(&["feeds", "send", "--source", "else"]).good();
        assert_eq!(none, "");
        assert_eq!(by_post(home).lines().count(), 124);
    }

    fn a_kill_between_commit_and_acknowledgement_makes_no_doubles(home: &Home, server: &Server) {
        let (secret, address) = (home.write("password", PASSWORD), server.address());
        server.push(&events(1, 41));
        home.cairn(&pull(&secret, &address)).good();
        // As it lies after a kill in that moment: committed, and still in the internal list.
        for event in events(1, 41) {
            server.ask(&["LPUSH", INTERNAL, &event.to_string()]);
        }
        server.push(&events(41, 61));
        let ran = home.cairn(&pull(&secret, &address));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("taken in before"), "{ran:?}");
        let told = stats(home);
        assert!(told.contains("60 new, 0 seen again"), "{told}");
        assert_eq!(server.length(INTERNAL), ":0");

        // Killed for good, again and again, at whatever moment: each event is there once, and each is there.
        server.push(&events(61, 250));
        let mut kills = 0;
        for round in 0..40_u64 {
            if server.length(QUEUE) == ":0" && server.length(INTERNAL) == ":0" {
                break;
            }
            let mut args = pull(&secret, &address);
            args.extend(["--batch", "20"]);
            let mut child = home
                .command("data", &args)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(40 + round * 7));
            kills += u32::from(child.try_wait().unwrap().is_none());
            let _killed = child.kill();
            child.wait().unwrap();
        }
        home.cairn(&pull(&secret, &address)).good();
        assert!(kills > 0, "it was killed at work");
        let told = stats(home);
        assert!(told.contains("249 new, 0 seen again"), "{told}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let home = Home::new();
    let secret = home.write("password", "x");
    for (address, why) in [
        ("redis://192.0.2.1:6379/2", "is not this machine"),
        ("127.0.0.1:6379", "is no address of a Redis"),
    ] {
        let ran = home.cairn(&pull(&secret, address));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(why), "{ran:?}");
    }
    let Some(server) = Server::start() else {
        return;
    };
    let ran = home.cairn(&pull(&secret, &server.address()));
    assert!(ran.code != 0 && ran.err.contains("WRONGPASS"), "{ran:?}");
    let good = home.write("good", PASSWORD);
    server.ask(&["LPUSH", QUEUE, "{\"no\": \"event\"}"]);
    let ran = home.cairn(&pull(&good, &server.address()));
    assert_eq!(ran.code, 3, "what is no event goes to quarantine: {ran:?}");
    assert_eq!(server.length(INTERNAL), ":0");
}
