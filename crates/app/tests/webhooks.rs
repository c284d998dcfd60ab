//! Webhooks against real receivers on this machine: what arrives, what is signed, what is tried again and what is given up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect fails"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::report::AppError;
use cairn_app::webhook::rows::Delivery;
use cairn_app::webhook::{ATTEMPTS_MAX, FAILING_DAYS_MAX, ROTATION_SECONDS, View, Wanted};
use cairn_app::{App, Config};
use cairn_desk::report::{Command, Draft};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::{Actor, Role};
use cairn_store::{Options, Store};
use cairn_testkit::{TestApp, account};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const EXAMPLE: &str = include_str!("../../../forms/nz/example.json");

/// A call as it arrived.
#[derive(Debug, Clone)]
struct Arrived {
    head: String,
    body: String,
}

impl Arrived {
    fn header(&self, name: &str) -> String {
        let mut lines = self.head.lines();
        let line = lines.find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        let line = line.unwrap_or_else(|| panic!("no {name} in {}", self.head));
        line.split_once(':').unwrap().1.trim().to_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A receiver that answers what it is told to, and 204 after that.
struct Receiver {
    url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

impl Receiver {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?from=cairn", listener.local_addr().unwrap());
        let arrived: Arc<Mutex<Vec<Arrived>>> = Arc::default();
        let answers: Arc<Mutex<VecDeque<String>>> = Arc::default();
        let (calls, said) = (Arc::clone(&arrived), Arc::clone(&answers));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = Vec::new();
                let mut buffer = [0; 4_096];
                let (head, body) = loop {
                    let count = stream.read(&mut buffer).await.unwrap_or(0);
                    bytes.extend_from_slice(&buffer[..count]);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    if let Some((head, body)) = text.split_once("\r\n\r\n") {
                        let mut lines = head.lines();
                        let length = lines.find_map(|line| {
                            let line = line.to_ascii_lowercase();
                            line.strip_prefix("content-length:")?
                                .trim()
                                .parse::<usize>()
                                .ok()
                        });
                        if body.len() >= length.unwrap_or(0) {
                            break (head.to_owned(), body.to_owned());
                        }
                    }
                    assert!(count > 0, "the call broke off");
                };
                calls.lock().unwrap().push(Arrived { head, body });
                let answer = said.lock().unwrap().pop_front();
                let answer = answer.unwrap_or_else(|| "204 No Content\r\n".to_owned());
                let answer = format!("HTTP/1.1 {answer}Connection: close\r\n\r\n");
                let _sent = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            url,
            arrived,
            answers,
        }
    }

    fn says(&self, answers: &[&str]) {
        let answers = answers.iter().map(|one| format!("{one}\r\n"));
        self.answers.lock().unwrap().extend(answers);
    }

    fn calls(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}

/// HMAC-SHA-256 by its definition (RFC 2104), not by the library that signs.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    assert!(key.len() <= 64);
    let pad = |with: u8| -> Vec<u8> {
        let mut block = [with; 64];
        for (to, from) in block.iter_mut().zip(key) {
            *to ^= from;
        }
        block.to_vec()
    };
    let inner = sha256(&[pad(0x36), text.to_vec()].concat()).0;
    sha256(&[pad(0x5c), inner.to_vec()].concat()).0
}

/// Whether one of the signatures of a call is that of this secret.
fn is_signed(call: &Arrived, secret: &str) -> bool {
    let key = BASE64
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    assert!((24..=64).contains(&key.len()));
    let (id, seconds) = (call.header("webhook-id"), call.header("webhook-timestamp"));
    let text = format!("{id}.{seconds}.{}", call.body);
    let expected = format!("v1,{}", BASE64.encode(hmac(&key, text.as_bytes())));
    let said = call.header("webhook-signature");
    said.split(' ').any(|one| one == expected)
}

async fn turn(app: &App) {
    for task in app.webhooks_turn().await.unwrap() {
        task.await.unwrap();
    }
}

fn wanted(url: &str, events: &[&str]) -> Wanted {
    Wanted {
        url: url.to_owned(),
        description: "a receiver".to_owned(),
        events: events.iter().map(|one| (*one).to_owned()).collect(),
        live: true,
    }
}

async fn hook(app: &App, who: &Principal, url: &str, events: &[&str]) -> (String, String) {
    let made = app.make_webhook(who, &wanted(url, events)).await.unwrap();
    (made.0.id, made.1)
}

async fn look(app: &App, who: &Principal, id: &str) -> (View, Vec<Delivery>, i64) {
    app.webhook(who, id).await.unwrap().into_inner()
}

fn example(app: &App, anonymous: bool) -> Draft {
    let mut example: Value = serde_json::from_str(EXAMPLE).unwrap();
    if anonymous {
        example["anonymous"] = true.into();
        example.as_object_mut().unwrap().remove("contact");
        example.as_object_mut().unwrap().remove("consents");
    }
    let parsed = app.form.parse_json(example.to_string().as_bytes());
    parsed.unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

async fn report(app: &App, anonymous: bool) -> String {
    let draft = example(app, anonymous);
    app.submit(&draft, Actor::Reporter, None)
        .await
        .unwrap()
        .reference
}

#[tokio::test]
async fn a_receiver_hears_what_it_wants_signed_and_without_a_word_of_the_report() {
    let t = TestApp::new().await;
    let who = account(&t.app, "admin", Role::Administrator).await;
    let officer = account(&t.app, "hana", Role::Lead).await;
    let receiver = Receiver::new().await;
    report(&t.app, false).await;
    let events = ["report.received", "report.closed", "case.opened"];
    let (id, secret) = hook(&t.app, &who, &receiver.url, &events).await;
    turn(&t.app).await;
    assert!(receiver.calls().is_empty(), "what was before is not told");
    t.pass(17);
    let reference = report(&t.app, false).await;
    let version = t
        .app
        .read_report(&officer, &reference)
        .await
        .unwrap()
        .standing
        .version;
    let outcome = "advice_given".to_owned();
    let close = Command::Close { outcome };
    t.app
        .work(&officer, &reference, version, close)
        .await
        .unwrap();
    turn(&t.app).await;
    let calls = receiver.calls();
    let kinds: Vec<String> = calls
        .iter()
        .map(|call| call.json()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["report.received", "report.closed"]);
    for call in &calls {
        assert!(call.head.starts_with("POST /hook?from=cairn HTTP/1.1"));
        assert!(is_signed(call, &secret));
        assert!(!is_signed(
            call,
            "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        ));
        let body = call.json();
        assert_eq!(body["id"], call.header("webhook-id"));
        assert_eq!(body["data"]["report"], reference);
        let mut names: Vec<&String> = body["data"].as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["api", "link", "report"]);
        assert!(call.body.len() < 600);
    }
    let (view, deliveries, waiting) = look(&t.app, &who, &id).await;
    assert!(view.wanted.live && waiting == 0);
    assert!(
        deliveries
            .iter()
            .all(|one| one.state == "done" && one.attempts == 1)
    );
    assert_eq!(deliveries[0].tried.as_ref().unwrap().status, Some(204));
    turn(&t.app).await;
    assert_eq!(receiver.calls().len(), 2, "once is enough");
    t.app
        .send_again(&who, &id, &deliveries[0].id)
        .await
        .unwrap();
    turn(&t.app).await;
    let again = receiver.calls().pop().unwrap();
    assert_eq!(again.header("webhook-id"), deliveries[0].id);
    assert!(matches!(
        t.app.webhooks(&officer).await,
        Err(AppError::Denied(_))
    ));
}

#[tokio::test]
async fn an_anonymous_report_is_told_after_the_hour() {
    let t = TestApp::new().await;
    let who = account(&t.app, "admin", Role::Administrator).await;
    let receiver = Receiver::new().await;
    let (id, _) = hook(&t.app, &who, &receiver.url, &["report.received"]).await;
    t.pass(1_234);
    let hour = t.clock.now().hour();
    report(&t.app, true).await;
    turn(&t.app).await;
    assert!(receiver.calls().is_empty());
    let waits = &look(&t.app, &who, &id).await.1[0];
    assert_eq!(
        (waits.made_at, waits.next_at),
        (hour, hour.plus_seconds(3_600))
    );
    t.clock.set(hour.plus_seconds(3_600));
    turn(&t.app).await;
    let calls = receiver.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].json()["timestamp"], hour.to_string());
}

#[tokio::test]
async fn what_fails_is_tried_again_and_given_up_at_last() {
    let t = TestApp::new().await;
    // Not at a whole hour, which is how far the time of who is anonymous is kept.
    t.pass(17);
    let who = account(&t.app, "admin", Role::Administrator).await;
    let receiver = Receiver::new().await;
    receiver.says(&["500 Broken", "503 Busy\r\nRetry-After: 300"]);
    let (id, _) = hook(&t.app, &who, &receiver.url, &["report.received"]).await;
    report(&t.app, false).await;
    turn(&t.app).await;
    let one = look(&t.app, &who, &id).await.1[0].clone();
    assert_eq!((one.state.as_str(), one.attempts), ("due", 1));
    turn(&t.app).await;
    assert_eq!(receiver.calls().len(), 1, "not before its time");
    t.pass(60);
    turn(&t.app).await;
    assert_eq!(receiver.calls().len(), 2);
    t.pass(200);
    turn(&t.app).await;
    assert_eq!(receiver.calls().len(), 2, "it asked for five minutes");
    t.pass(110);
    turn(&t.app).await;
    let calls = receiver.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[0].header("webhook-id"), calls[2].header("webhook-id"));
    let (view, all, _) = look(&t.app, &who, &id).await;
    assert_eq!((all[0].state.as_str(), all[0].attempts), ("done", 3));
    assert_eq!(view.failing_since, None);
    // One that it never likes is given up, and others go on beside it.
    receiver.says(&vec!["400 Bad"; usize::try_from(ATTEMPTS_MAX).unwrap()]);
    report(&t.app, false).await;
    for _ in 0..ATTEMPTS_MAX {
        turn(&t.app).await;
        t.pass(7 * 3_600);
    }
    let (view, all, _) = look(&t.app, &who, &id).await;
    assert_eq!(
        (all[0].state.as_str(), all[0].attempts),
        ("given_up", ATTEMPTS_MAX)
    );
    assert!(view.wanted.live);
    report(&t.app, false).await;
    turn(&t.app).await;
    assert_eq!(look(&t.app, &who, &id).await.1[0].state, "done");
}

#[tokio::test]
async fn a_dead_receiver_is_switched_off_and_keeps_no_other_waiting() {
    let t = TestApp::new().await;
    // Not at a whole hour, which is how far the time of who is anonymous is kept.
    t.pass(17);
    let who = account(&t.app, "admin", Role::Administrator).await;
    // Nobody listens there, and nobody else gets it.
    let silent = tokio::net::TcpSocket::new_v4().unwrap();
    silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let free = silent.local_addr().unwrap();
    let (dead, _) = hook(
        &t.app,
        &who,
        &format!("http://{free}/"),
        &["report.received"],
    )
    .await;
    let (gone, living) = (Receiver::new().await, Receiver::new().await);
    let (gone_id, _) = hook(&t.app, &who, &gone.url, &["report.received"]).await;
    gone.says(&["410 Gone"]);
    let (alive, _) = hook(&t.app, &who, &living.url, &["report.received"]).await;
    report(&t.app, false).await;
    turn(&t.app).await;
    assert_eq!(living.calls().len(), 1);
    let (view, ..) = look(&t.app, &who, &gone_id).await;
    assert_eq!(
        (view.wanted.live, view.off_why.as_deref()),
        (false, Some("gone"))
    );
    let (view, all, _) = look(&t.app, &who, &dead).await;
    assert!(view.failing_since.is_some() && all[0].tried.as_ref().unwrap().fault.is_some());
    for _ in 0..FAILING_DAYS_MAX * 4 + 2 {
        t.pass(7 * 3_600);
        turn(&t.app).await;
    }
    let (view, ..) = look(&t.app, &who, &dead).await;
    assert_eq!(
        (view.wanted.live, view.off_why.as_deref()),
        (false, Some("failing"))
    );
    assert!(look(&t.app, &who, &alive).await.0.wanted.live);
    // On again, it is told what happens from then on.
    let place = (dead.as_str(), view.version);
    let again = wanted(&Receiver::new().await.url, &["report.received"]);
    t.app.change_webhook(&who, place, &again).await.unwrap();
    let stale = t.app.change_webhook(&who, place, &again).await;
    assert!(matches!(stale, Err(AppError::Conflict)));
    report(&t.app, false).await;
    turn(&t.app).await;
    assert_eq!(look(&t.app, &who, &dead).await.1[0].state, "done");
}

#[tokio::test]
async fn a_secret_turns_without_losing_a_call() {
    let t = TestApp::new().await;
    let who = account(&t.app, "admin", Role::Administrator).await;
    let receiver = Receiver::new().await;
    let (id, old) = hook(&t.app, &who, &receiver.url, &["report.received"]).await;
    let new = t.app.rotate_webhook(&who, &id).await.unwrap();
    assert_ne!(old, new);
    t.app.test_webhook(&who, &id).await.unwrap();
    turn(&t.app).await;
    let call = receiver.calls().pop().unwrap();
    assert_eq!(call.json()["type"], "webhook.test");
    assert!(is_signed(&call, &old) && is_signed(&call, &new));
    t.pass(ROTATION_SECONDS + 1);
    t.app.test_webhook(&who, &id).await.unwrap();
    turn(&t.app).await;
    let call = receiver.calls().pop().unwrap();
    assert!(!is_signed(&call, &old) && is_signed(&call, &new));
    assert_eq!(receiver.calls().len(), 2);
    t.app.remove_webhook(&who, &id).await.unwrap();
    assert!(matches!(
        t.app.webhook(&who, &id).await,
        Err(AppError::NotFound)
    ));
}

#[tokio::test]
async fn neither_redirections_nor_private_networks_are_followed() {
    let t = TestApp::new().await;
    let who = account(&t.app, "admin", Role::Administrator).await;
    let (first, second) = (Receiver::new().await, Receiver::new().await);
    let answer = format!("302 Found\r\nLocation: {}", second.url);
    first.says(&[&answer]);
    let (id, _) = hook(&t.app, &who, &first.url, &["report.received"]).await;
    t.app.test_webhook(&who, &id).await.unwrap();
    turn(&t.app).await;
    assert_eq!((first.calls().len(), second.calls().len()), (1, 0));
    let one = look(&t.app, &who, &id).await.1[0].clone();
    assert_eq!(one.state, "given_up");
    assert!(one.tried.unwrap().fault.unwrap().contains("redirections"));
    for private in [
        "https://10.0.0.7/",
        "https://169.254.169.254/latest",
        "https://[fd00::1]/",
    ] {
        let (id, _) = hook(&t.app, &who, private, &["report.received"]).await;
        t.app.test_webhook(&who, &id).await.unwrap();
        turn(&t.app).await;
        let one = look(&t.app, &who, &id).await.1[0].clone();
        let fault = one.tried.unwrap().fault.unwrap();
        assert!(fault.contains("not public"), "{private}: {fault}");
    }
    for bad in [
        "http://192.0.2.1/",
        "https://a:b@hook.example.org/",
        "gopher://x/",
    ] {
        let made = t
            .app
            .make_webhook(&who, &wanted(bad, &["report.received"]))
            .await;
        assert!(matches!(made, Err(AppError::Input(_))), "{bad}");
    }
}

async fn open(dir: &std::path::Path, clock: &Clock, form: &Arc<cairn_desk::form::Form>) -> App {
    let options = Options::sqlite(dir, "reports.example.org/log");
    let store = Store::open(options).await.unwrap();
    let config = Config {
        password_cost: cairn_app::account::PasswordCost::CHEAP,
        ..Config::default()
    };
    App::new(store, Arc::clone(form), config, clock.clone())
}

#[tokio::test]
async fn what_was_on_its_way_goes_on_after_the_process_ended() {
    let t = TestApp::new().await;
    // Not at a whole hour, which is how far the time of who is anonymous is kept.
    t.pass(17);
    let who = account(&t.app, "admin", Role::Administrator).await;
    let receiver = Receiver::new().await;
    receiver.says(&["500 Broken"]);
    let (id, secret) = hook(&t.app, &who, &receiver.url, &["report.received"]).await;
    report(&t.app, false).await;
    turn(&t.app).await;
    assert_eq!(receiver.calls().len(), 1);
    // A second one is committed, and the process ends before anybody looked at it.
    let second = report(&t.app, false).await;
    let form = Arc::clone(&t.app.form);
    let TestApp { app, clock, dir } = t;
    app.close().await;
    let app = open(dir.path(), &clock, &form).await;
    clock.set(clock.now().plus_seconds(600));
    turn(&app).await;
    turn(&app).await;
    let calls = receiver.calls();
    assert_eq!(calls.len(), 3);
    let later = |id: &str| {
        calls[1..]
            .iter()
            .any(|call| call.header("webhook-id") == id)
    };
    assert!(later(&calls[0].header("webhook-id")));
    assert!(
        calls[1..]
            .iter()
            .any(|call| call.json()["data"]["report"] == second)
    );
    assert!(calls.iter().all(|call| is_signed(call, &secret)));
    let (_, all, waiting) = look(&app, &who, &id).await;
    assert_eq!((all.len(), waiting), (2, 0));
    app.close().await;
}
