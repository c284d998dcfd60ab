//! A thousand odd messages: malformed MIME, huge headers, nested parts, wrong character sets. None crashes anything, and each
//! is found once afterwards, whole, wherever it belongs.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_app::clock::Clock;
use cairn_app::conversation::{Handed, Taken};
use cairn_app::{App, Config, MailConfig};
use cairn_desk::conversation::ReplyAddress;
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Channel, Contact};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_testkit::{TestStore, on_both, sample};

const MESSAGES: u64 = 1_000;
const START: Micros = Micros(1_795_500_300_000_000);

/// xorshift64*, so that a seed is all that is needed to see a message again.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn bytes(&mut self, most: u64) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.next() as u8).collect()
    }
}

/// A message with something wrong, and a mark that no other has.
fn odd(seed: u64, tagged: &str) -> Vec<u8> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut out = Vec::new();
    let end = dice.one(&["\r\n", "\r\n", "\n", "\r\n \r\n"]);
    let to = if dice.below(3) == 0 {
        tagged
    } else {
        "report@cert.example"
    };
    head(&mut dice, &mut out, (seed, to), end);
    out.extend_from_slice(end.as_bytes());
    body(&mut dice, &mut out, seed, 0);
    match dice.below(8) {
        // Cut anywhere, the mark behind it.
        0 => {
            let at = dice.below(out.len() as u64 + 1);
            out.truncate(usize::try_from(at).unwrap());
            out.extend_from_slice(format!("\r\nodd {seed}").as_bytes());
        }
        1 => out.extend(dice.bytes(300)),
        2 => {
            for _ in 0..dice.below(20) {
                let at = usize::try_from(dice.below(out.len() as u64)).unwrap();
                out[at] = dice.next() as u8;
            }
            out.extend_from_slice(format!("\r\nodd {seed}").as_bytes());
        }
        _ => {}
    }
    out
}

fn head(dice: &mut Dice, out: &mut Vec<u8>, (seed, to): (u64, &str), end: &str) {
    let mut fields = vec![
        format!(
            "From: {}",
            dice.one(&[
                "a@b.example",
                "\"\" <>",
                "=?utf-8?B?????=",
                "<a@b.example",
                "a@b.example, c@d.example;",
                "Группа: x@y.example;",
                "@",
            ])
        ),
        format!("To: {to}"),
        format!(
            "Subject: odd {seed} {}",
            dice.one(&["", "=?x-none?Q?=ZZ?=", "\t\u{202e}x", "=?utf-8?B?//4=?="])
        ),
        format!(
            "Message-ID: <{seed}@{}>",
            dice.one(&["odd.example", "odd example", ">", ""])
        ),
        format!(
            "Date: {}",
            dice.one(&[
                "yesterday",
                "Mon, 99 Foo 9999 99:99:99",
                "",
                "Mon, 23 Nov 2026 10:00:00 +1300"
            ])
        ),
        format!(
            "In-Reply-To: {}",
            dice.one(&["", "<x", "<a@b><c@d>", "<<>>"])
        ),
        format!(
            "Content-Transfer-Encoding: {}",
            dice.one(&["base64", "quoted-printable", "8bit", "x-uue", "\0"])
        ),
        format!(
            "Return-Path: {}",
            dice.one(&["<a@b.example>", "<a@b.example>", "<>", "<"])
        ),
    ];
    match dice.below(10) {
        0 => fields.push(format!("X-Huge: {}", "x".repeat(300_000))),
        1 => fields.extend((0..1_500).map(|n| format!("X-{n}: y"))),
        2 => fields.push(format!("X-Folded: {}", "a\r\n ".repeat(2_000))),
        3 => fields.retain(|field| !field.starts_with("From")),
        4 => fields.push("no colon here".into()),
        5 => fields.insert(0, "\u{feff}Odd".into()),
        6 => fields.clear(),
        _ => {}
    }
    for field in fields {
        out.extend_from_slice(field.as_bytes());
        out.extend_from_slice(end.as_bytes());
    }
    kind_of(dice, out, end);
}

/// No media type, or an odd one.
fn kind_of(dice: &mut Dice, out: &mut Vec<u8>, end: &str) {
    if dice.below(3) == 0 {
        return;
    }
    let kind = dice.one(&[
        "text/plain; charset=klingon",
        "text/html; charset=utf-16",
        "text/plain; charset=\"utf-8",
        "multipart/mixed",
        "multipart/mixed; boundary=b",
        "multipart/alternative; boundary=\"\"",
        "message/rfc822",
        "multipart/report; boundary=b",
        "text/plain; charset*0*=utf; charset*1=-8",
        "/",
        "multipart/digest; boundary=b",
        "message/delivery-status",
    ]);
    out.extend_from_slice(format!("Content-Type: {kind}{end}").as_bytes());
}

fn body(dice: &mut Dice, out: &mut Vec<u8>, seed: u64, depth: u64) {
    match dice.below(7) {
        0 => out.extend(dice.bytes(2_000)),
        1 => out.extend_from_slice("\u{0}\u{7f}\r\r\r\n\n\n".repeat(20).as_bytes()),
        2 if depth < 30 => {
            for _ in 0..=dice.below(3) {
                let kind = dice.one(&[
                    "multipart/mixed; boundary=b",
                    "message/rfc822",
                    "message/delivery-status",
                    "text/rfc822-headers",
                    "x",
                ]);
                out.extend_from_slice(format!("--b\r\nContent-Type: {kind}\r\n\r\n").as_bytes());
                body(dice, out, seed, depth + 1);
            }
            out.extend_from_slice(dice.one(&["--b--\r\n", "--b", ""]).as_bytes());
        }
        3 => {
            let nested = "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".repeat(40);
            out.extend_from_slice(nested.as_bytes());
        }
        4 => out.extend_from_slice(&b"--b\r\n\r\n".repeat(400)),
        5 => out.extend_from_slice("> quoted\r\n".repeat(50).as_bytes()),
        _ => out.extend_from_slice("Kia ora, nōku \u{301}\u{301} te hē.\r\n".as_bytes()),
    }
    out.extend_from_slice(format!("\r\nodd {seed}\r\n").as_bytes());
}

async fn application(store: &TestStore) -> (App, String, i64) {
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    let config = Config {
        mail: Some(MailConfig {
            smtp_url: "smtp://127.0.0.1:9".into(),
            from: "report@cert.example".into(),
        }),
        reply_to: Some(ReplyAddress::parse("report+{tag}@cert.example").unwrap()),
        password_cost: cairn_app::account::PasswordCost::CHEAP,
        ..Config::default()
    };
    let app = App::new(
        (**store).clone(),
        Arc::new(form),
        config,
        Clock::fixed(START),
    );
    let mut draft = sample::draft(1);
    draft.body.anonymous = false;
    draft.body.files.clear();
    draft.body.channel = Channel::Web;
    draft.contact = Some(Contact {
        email: Some("ana@home.example".into()),
        ..Contact::default()
    });
    let received = app.submit(&draft, Actor::Reporter, None).await.unwrap();
    let role = cairn_kernel::actor::Role::Officer;
    let officer = cairn_testkit::account(&app, "officer", role).await;
    let draft = cairn_app::conversation::Draft {
        text: cairn_desk::report::MessageText::parse("x").unwrap(),
        waits: false,
        by_mail: false,
        sealing: cairn_app::openpgp::Sealing::Plain,
        keep: Default::default(),
        seen: false,
    };
    let shown = app
        .preview_reply(&officer, &received.reference, &draft)
        .await
        .unwrap();
    let tagged = shown.mail.clone().unwrap().reply_to.unwrap();
    (app, tagged, received.no)
}

on_both! {
    async fn a_thousand_odd_messages_lose_nothing_and_crash_nothing(t: &mut TestStore) {
        let (app, tagged, no) = application(t).await;
        let mut expected: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let (mut reports, mut on_thread) = (0, 0);
        for seed in 0..MESSAGES {
            let message = odd(seed, &tagged);
            let taken = app.take_mail(&message, Handed::default()).await;
            let taken = taken.unwrap_or_else(|error| panic!("message {seed}: {error}"));
            assert!(!taken.again(), "message {seed} was taken for another");
            match taken {
                Taken::Report(_) => reports += 1,
                Taken::Thread(thread) => {
                    assert_eq!(thread.no, no, "message {seed}");
                    on_thread += 1;
                }
                Taken::Feed(feed) => panic!("message {seed}: {feed:?}"),
                Taken::Notice(..) => panic!("message {seed} is about no notice"),
            }
            let old = expected.insert(sha256(&message).hex(), message);
            assert!(old.is_none());
        }
        assert!(reports > 300 && on_thread > 100, "{reports} reports, {on_thread} on the thread");
        // Handed in again, each is known.
        for seed in (0..MESSAGES).step_by(37) {
            let taken = app.take_mail(&odd(seed, &tagged), Handed::default()).await.unwrap();
            assert!(taken.again(), "message {seed}");
        }
        // Each is there once, whole: as the first file of a report, or as a mail of the thread.
        let mut found: BTreeMap<String, u32> = BTreeMap::new();
        for mail in whole_thread(t, no).await {
            *found.entry(mail).or_default() += 1;
        }
        for report in 1..=i64::from(reports) + 1 {
            for file in t.files(report).await.unwrap() {
                if expected.contains_key(&file.sha256) {
                    *found.entry(file.sha256).or_default() += 1;
                }
            }
        }
        assert_eq!(found.len(), expected.len());
        assert!(found.values().all(|times| *times == 1), "each once");
        for (hash, message) in expected.iter().step_by(29) {
            assert_eq!(&t.read_blob(hash).await.unwrap(), message);
        }
    }
}

/// All mails of a thread, also those that pages do not show.
async fn whole_thread(t: &TestStore, no: i64) -> Vec<String> {
    let mut all = Vec::new();
    for line in t.history(no).await.unwrap() {
        let event: serde_json::Value = serde_json::from_str(&line.event).unwrap();
        if event["kind"] == "mail_came" {
            all.push(event["sha256"].as_str().unwrap().to_owned());
        }
    }
    all
}
