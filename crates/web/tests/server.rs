//! The real server against clients that behave badly, and those who wait behind them.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::Extension;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use axum::{Router, body::Body};
use cairn_web::server::{ClientPrefix, Server, ServerSettings, Stopped, body_max, read_all};
use cairn_web::{Problem, Site, finish};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Stopped>,
}

async fn length(body: Body) -> Result<String, Problem> {
    Ok(read_all(body).await?.len().to_string())
}

fn router() -> Router {
    let router = Router::new()
        .route("/hello", get(async || "hello"))
        .route(
            "/who",
            get(async |Extension(who): Extension<ClientPrefix>| who.as_u64().to_string()),
        )
        .route("/small", post(length))
        .route(
            "/large",
            post(length).route_layer(from_fn(body_max(1 << 20))),
        )
        .route(
            "/slow",
            get(async || {
                tokio::time::sleep(Duration::from_millis(400)).await;
                "slept"
            }),
        )
        .route("/never", get(std::future::pending::<&str>));
    finish(Arc::new(Site::example()), router)
}

fn quick() -> ServerSettings {
    ServerSettings {
        header_time_max: Duration::from_millis(900),
        body_grace: Duration::from_millis(500),
        body_rate_min: 1_000,
        drain_time_max: Duration::from_secs(5),
        ..ServerSettings::default()
    }
}

async fn start(settings: ServerSettings) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::new(settings, router()).unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(server.serve(listener, async {
        let _ = stopped.await;
    }));
    Running {
        address,
        stop,
        task,
    }
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// All that the server says until it closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the answer is as good as a close.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn get_once(address: SocketAddr, path: &str, headers: &str) -> String {
    let stream = send(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n"),
    )
    .await;
    rest(stream).await
}

fn body_of(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_are_dropped_in_time_and_block_nobody() {
    let settings = ServerSettings {
        header_time_max: Duration::from_secs(3),
        ..quick()
    };
    let server = start(settings).await;
    let begun = Instant::now();
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = send(server.address, "GET /hello HTTP/1.1\r\nx-slow: ").await;
        slow.push(tokio::spawn(async move {
            // A byte now and then must not buy more time.
            for _ in 0..600 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                if stream.write_all(b"a").await.is_err() {
                    break;
                }
            }
            rest(stream).await
        }));
    }
    assert_eq!(
        body_of(&get_once(server.address, "/hello", "").await),
        "hello"
    );
    assert!(
        !slow.iter().any(tokio::task::JoinHandle::is_finished),
        "answered while slow ones hold on: {:?}",
        begun.elapsed()
    );
    for stream in slow {
        assert!(!stream.await.unwrap().contains("hello"));
    }
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "{:?}",
        begun.elapsed()
    );
    assert!(begun.elapsed() > Duration::from_millis(2_800));
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_are_answered_and_closed() {
    let server = start(quick()).await;
    let head = "POST /small HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
    let mut slow = Vec::new();
    for _ in 0..50 {
        let (mut read, mut write) = send(server.address, head).await.into_split();
        tokio::spawn(async move {
            while write.write_all(b"a").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        slow.push(tokio::spawn(async move {
            let mut answer = Vec::new();
            let _ = read.read_to_end(&mut answer).await;
            String::from_utf8_lossy(&answer).into_owned()
        }));
    }
    let begun = Instant::now();
    for stream in slow {
        let answer = stream.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn bodies_are_limited_by_route() {
    let server = start(quick()).await;
    let post = async |path: &str, length: usize| {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        let (mut read, mut write) = send(server.address, &head).await.into_split();
        tokio::spawn(async move {
            let _ = write.write_all(&vec![b'x'; length]).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
        });
        let mut answer = Vec::new();
        let _ = read.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    assert_eq!(body_of(&post("/small", 60_000).await), "60000");
    assert!(post("/small", 70_000).await.starts_with("HTTP/1.1 413 "));
    assert_eq!(body_of(&post("/large", 900_000).await), "900000");
    assert!(post("/large", 2_000_000).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn chunked_bodies_are_counted() {
    let server = start(quick()).await;
    let head = "POST /small HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    let (mut read, mut write) = send(server.address, head).await.into_split();
    tokio::spawn(async move {
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(4096));
        while write.write_all(chunk.as_bytes()).await.is_ok() {}
    });
    let mut start = [0; 12];
    read.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

#[tokio::test]
async fn heads_have_limits() {
    let server = start(quick()).await;
    let many = "a: b\r\n".repeat(80);
    let answer = get_once(server.address, "/hello", &many).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    // What is larger than the buffer may be cut off by a reset before the answer is read; it is never served.
    let long = format!("a: {}\r\n", "b".repeat(40_000));
    let answer = get_once(server.address, "/hello", &long).await;
    assert!(!answer.contains("hello"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_over_the_limit_wait_and_are_served() {
    let settings = ServerSettings {
        prefix_connections_max: 10,
        header_time_max: Duration::from_millis(400),
        ..quick()
    };
    let server = start(settings).await;
    let begun = Instant::now();
    let mut slow = Vec::new();
    for _ in 0..30 {
        slow.push(send(server.address, "GET /hello HTTP/1.1\r\n").await);
    }
    assert_eq!(
        body_of(&get_once(server.address, "/hello", "").await),
        "hello"
    );
    assert!(
        begun.elapsed() > Duration::from_millis(300),
        "it had to wait: {:?}",
        begun.elapsed()
    );
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn clients_are_told_apart_by_prefix_and_proxies_only_if_trusted() {
    let plain = start(quick()).await;
    let who = async |server: &Running, headers: &str| {
        body_of(&get_once(server.address, "/who", headers).await).to_owned()
    };
    let own = who(&plain, "").await;
    assert_eq!(own, who(&plain, "x-forwarded-for: 192.0.2.1\r\n").await);
    let settings = ServerSettings {
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        ..quick()
    };
    let proxied = start(settings).await;
    let one = who(&proxied, "x-forwarded-for: 192.0.2.1\r\n").await;
    assert_eq!(
        one,
        who(&proxied, "x-forwarded-for: 203.0.113.9, 192.0.2.99\r\n").await
    );
    assert_ne!(
        one,
        who(&proxied, "x-forwarded-for: 198.51.100.1\r\n").await
    );
    assert_ne!(one, who(&proxied, "").await);
}

#[tokio::test]
async fn stopping_finishes_what_runs_and_takes_no_more() {
    let server = start(quick()).await;
    let running = send(server.address, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let idle = send(server.address, "").await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    server.stop.send(()).unwrap();
    let answer = rest(running).await;
    assert_eq!(body_of(&answer), "slept");
    assert!(rest(idle).await.is_empty());
    assert_eq!(server.task.await.unwrap(), Stopped::Drained);
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn stopping_cuts_off_what_takes_too_long() {
    let settings = ServerSettings {
        drain_time_max: Duration::from_millis(100),
        ..quick()
    };
    let server = start(settings).await;
    let running = send(server.address, "GET /never HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.send(()).unwrap();
    assert_eq!(server.task.await.unwrap(), Stopped::CutOff);
    assert!(rest(running).await.is_empty());
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start(quick()).await;
    let one = "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = rest(send(server.address, &format!("{}{last}", one.repeat(20))).await).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 21);
    assert_eq!(answer.matches("\r\n\r\nhello").count(), 20);
}
