//! The conversation by mail on both databases: threading, bounces, automatic answers, officers' answers through a real mail
//! server, what is erased, and a thousand odd messages of which none is lost.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

#[path = "support/mail.rs"]
mod mail;

use std::collections::BTreeSet;
use std::sync::Arc;

use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::conversation::{Draft, Handed, MAILS_A_DAY_MAX, OnThread, Taken, Written};
use cairn_app::dkim::{Dkim, DkimConfig};
use cairn_app::notify::Post;
use cairn_app::report::{AppError, Received, Whole};
use cairn_app::{App, Config, MailConfig};
use cairn_desk::conversation::{ReplyAddress, Sort};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Channel, Command, Contact, MessageText, State};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::params;
use cairn_store::verify::{self, Check, Trusted};
use cairn_testkit::{TestStore, account, on_both, sample};
use mail::{MailServer, free_address};
use tokio::sync::watch;

const START: Micros = Micros(1_795_500_300_000_000);
const DAY: i64 = 24 * 3_600;
const ANA: &str = "ana@home.example";

struct World {
    app: App,
    clock: Clock,
    post: Post,
    officer: Principal,
}

impl World {
    async fn new(store: &TestStore, address: &str) -> Self {
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        let clock = Clock::fixed(START);
        let mail = MailConfig {
            smtp_url: format!("smtp://{address}"),
            from: "Reports <report@cert.example>".into(),
        };
        let post = Post::new(&mail).unwrap();
        let config = Config {
            public_url: "https://report.example".into(),
            mail: Some(mail),
            reply_to: Some(ReplyAddress::parse("report+{tag}@cert.example").unwrap()),
            password_cost: cairn_app::account::PasswordCost::CHEAP,
            ..Config::default()
        };
        let app = App::new((**store).clone(), Arc::new(form), config, clock.clone());
        let officer = account(&app, "officer", Role::Officer).await;
        Self {
            app,
            clock,
            post,
            officer,
        }
    }

    async fn submit(&self, seed: u64, email: &str) -> Received {
        let mut draft = sample::draft(seed);
        draft.body.anonymous = false;
        draft.body.files.clear();
        draft.body.channel = Channel::Web;
        draft.body.language = "en".into();
        draft.contact = Some(Contact {
            name: Some("Ana".into()),
            email: Some(email.into()),
            phone: None,
        });
        self.app
            .submit(&draft, Actor::Reporter, None)
            .await
            .unwrap()
    }

    async fn run(&self) -> usize {
        let going_on = watch::channel(false).1;
        self.app
            .run_jobs(Some(&self.post), &going_on)
            .await
            .unwrap()
    }

    async fn take(&self, message: &[u8]) -> Taken {
        self.app
            .take_mail(message, Handed::default())
            .await
            .unwrap()
    }

    async fn on_thread(&self, message: &str) -> OnThread {
        match self.take(&wire(message)).await {
            Taken::Thread(thread) => thread,
            other => panic!("not on a thread: {other:?}"),
        }
    }

    async fn whole(&self, received: &Received) -> Whole {
        let secret = received.secret.expose();
        self.app.opened(&received.reference, secret).await.unwrap()
    }

    async fn reply(&self, received: &Received, draft: Draft) -> Result<Written, AppError> {
        let version = self.whole(received).await.standing.version;
        let who = &self.officer;
        self.app
            .reply(who, &received.reference, version, draft)
            .await
    }
}

fn draft(text: &str, by_mail: bool) -> Draft {
    Draft {
        text: MessageText::parse(text).unwrap(),
        waits: true,
        by_mail,
        sealing: cairn_app::openpgp::Sealing::Plain,
        keep: BTreeSet::new(),
        seen: false,
    }
}

fn wire(message: &str) -> Vec<u8> {
    message.replace('\n', "\r\n").into_bytes()
}

/// A header field of a message that our server took, unfolded.
fn field(message: &str, name: &str) -> String {
    let unfolded = message.replace("\r\n ", " ").replace("\n ", " ");
    let start = format!("{}:", name.to_lowercase());
    let line = unfolded
        .lines()
        .find(|line| line.to_lowercase().starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("no {name} in {message}"));
    line[start.len()..].trim().to_owned()
}

async fn findings(t: &TestStore) -> Vec<String> {
    let options = t.options();
    let findings = tokio::task::spawn_blocking(move || {
        let trusted = Trusted::read(&options.dir.join("keys"), &options.origin).unwrap();
        let mut findings = Vec::new();
        let check = Check {
            trusted: &trusted,
            quarter: None,
            progress: &mut |_| {},
            found: &mut |finding| findings.push(finding.to_string()),
        };
        verify::database(&options.database, check).unwrap();
        let lost = |sha256: String| findings.push(format!("file {sha256}"));
        verify::files(&options, &mut |_, _| {}, &mut { lost }).unwrap();
        findings
    });
    findings.await.unwrap()
}

on_both! {
    async fn answers_come_to_the_report_that_they_belong_to(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let received = w.submit(1, ANA).await;
        let other = w.submit(2, "ben@home.example").await;
        assert_eq!(w.run().await, 2);
        let sent = server.messages();
        let receipt = sent.iter().find(|one| one.contains(ANA)).unwrap();
        let (id, tagged) = (field(receipt, "Message-ID"), field(receipt, "Reply-To"));
        assert!(tagged.starts_with("report+") && tagged.ends_with("@cert.example"), "{tagged}");
        assert!(!receipt.contains(received.secret.expose()));

        // By the message that it answers, from where we wrote to.
        let answer = format!("From: Ana <ANA@home.example>\nTo: report@cert.example\nSubject: Re: x\nMessage-ID: <1@home.example>\n\
            In-Reply-To: {id}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nMore: http://phish.example/x\n\n\
            On Monday, Reports wrote:\n> Kia ora\n--b\nContent-Type: image/png; name=a.png\n\nPNG\n--b--\n");
        let first = w.on_thread(&answer).await;
        assert_eq!((first.no, first.sort, first.again), (received.no, Sort::Reporter, false));
        let again = w.on_thread(&answer.replace("From: Ana", "Received: by mx\nFrom: Ana")).await;
        assert!(again.again, "the same message on another way is the same");
        let whole = w.whole(&received).await;
        assert_eq!(whole.messages.len(), 1);
        assert_eq!(whole.messages[0].text, "More: http://phish.example/x");
        assert_eq!(whole.files.iter().filter(|file| file.name.as_deref() == Some("a.png")).count(), 1);
        let kept = whole.mails[0].sha256.clone().unwrap();
        assert_eq!(t.read_blob(&kept).await.unwrap(), wire(&answer));

        // By the tag, from another address: the reporter all the same.
        let tag = format!("From: ana@work.example\nTo: {tagged}\nSubject: x\n\nFrom my other address.\n");
        assert_eq!(w.on_thread(&tag).await.sort, Sort::Reporter);
        // Somebody else who answers is held apart and not shown to the reporter.
        let apart = format!("From: eve@else.example\nTo: report@cert.example\nReferences: {id}\n\nI am Ana.\n");
        assert_eq!(w.on_thread(&apart).await.sort, Sort::Other);
        let forged = "Authentication-Results: mx.cert.example; dmarc=fail\nFrom: ana@home.example\n";
        let forged = format!("{forged}In-Reply-To: {id}\n\nSend me all.\n");
        let handed = Handed { authserv_id: Some("mx.cert.example"), ..Handed::default() };
        let Taken::Thread(forged) = w.app.take_mail(&wire(&forged), handed).await.unwrap() else { panic!() };
        assert_eq!(forged.sort, Sort::Other);
        let whole = w.whole(&received).await;
        assert_eq!(whole.messages.len(), 2);
        assert_eq!(whole.mails.len(), 4);
        assert!(whole.status().messages.iter().all(|message| !message.text.contains("I am Ana")));

        // A tag that somebody made up, or that of an anonymous report, leads nowhere.
        let wrong = tagged.replacen(char::is_alphanumeric, "r", 1).replace("@cert", "x@cert");
        for to in [wrong, tagged.to_uppercase().replace("CERT.EXAMPLE", "other.example")] {
            let message = format!("From: ana@home.example\nTo: {to}\n\nTo nobody {to}.\n");
            assert!(matches!(w.take(&wire(&message)).await, Taken::Report(_)), "{to}");
        }
        assert_eq!(w.whole(&other).await.mails.len(), 0);
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn machines_are_kept_folded_and_never_answered(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let received = w.submit(1, ANA).await;
        assert_eq!(w.reply(&received, draft("Was it yesterday?", false)).await.unwrap(), Written::Sent);
        w.clock.set(w.clock.now().plus_seconds(60));
        assert_eq!(w.run().await, 2);
        let reports = w.app.bare_store().stats().await.unwrap().states.len();
        let sent = server.messages();
        let news = sent.iter().find(|one| one.contains("there is news")).unwrap();
        let (id, tagged) = (field(news, "Message-ID"), field(news, "Reply-To"));
        assert_eq!(field(news, "In-Reply-To"), field(sent.iter().find(|one| !one.contains("there is news")).unwrap(), "Message-ID"));
        assert!(!news.contains("yesterday"));
        let away = format!("From: ana@home.example\nTo: {tagged}\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away.\n");
        assert_eq!(w.on_thread(&away).await.sort, Sort::Automatic);
        // Our own message in a circle.
        let own = format!("{news}\n");
        assert_eq!(w.on_thread(&own.replace("\r\n", "\n").replace("To: ana@", "To: report@")).await.sort, Sort::Automatic);
        let whole = w.whole(&received).await;
        assert_eq!((whole.messages.len(), whole.standing.state), (1, State::Waiting));

        let bounce = format!("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {tagged}\nSubject: Undelivered\n\
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n--b\n\
            Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {ANA}\n\
            Action: failed\nStatus: 5.2.2\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {id}\nSubject: x\n\nx\n--b--\n");
        assert_eq!(w.on_thread(&bounce).await.sort, Sort::Bounce);
        let whole = w.whole(&received).await;
        let sent = whole.sent.iter().find(|sent| sent.message == Some(1)).unwrap();
        assert_eq!(sent.status.as_deref(), Some("5.2.2"));
        assert!(sent.bounced_at.is_some());
        assert_eq!(whole.standing.state, State::Open, "nobody answers what never arrived");
        let store = w.app.bare_store();
        assert_eq!(store.count_jobs().await.unwrap(), (0, 0), "nothing of it is answered");
        assert_eq!(store.stats().await.unwrap().states.len(), reports, "and none made a report");
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn an_answer_goes_by_mail_as_the_officer_chose(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let mut told = sample::draft(1);
        told.body.anonymous = false;
        told.body.files.clear();
        told.body.language = "mi".into();
        told.body.answers.insert("story".into(), cairn_desk::report::Answer::Text("I paid into 01-0902-0068389-00, Eve's.".into()));
        told.contact = Some(Contact { email: Some(ANA.into()), ..Contact::default() });
        let received = w.app.submit(&told, Actor::Reporter, None).await.unwrap();
        let words = "Kua rongo te pēke mō 01-0902-0068389-00.";
        // What the report says of others is looked at first, and masked.
        assert_eq!(w.reply(&received, draft(words, true)).await.unwrap(), Written::LookFirst);
        let preview = w.app.preview_reply(&w.officer, &received.reference, &draft(words, true)).await.unwrap();
        assert_eq!(preview.marks.len(), 1);
        assert_eq!(preview.text, "Kua rongo te pēke mō •••00.");
        let shown = preview.mail.clone().unwrap();
        assert!(shown.body.contains(&preview.text) && shown.subject.contains("he whakautu"), "{shown:?}");
        let seen = Draft { seen: true, ..draft(words, true) };
        assert_eq!(w.reply(&received, seen).await.unwrap(), Written::Sent);
        assert_eq!(w.run().await, 1, "the receipt; the answer can still be taken back");
        w.clock.set(w.clock.now().plus_seconds(60));
        assert_eq!(w.run().await, 1);
        let messages = server.messages();
        let reply = messages.iter().find(|one| !one.contains("Auto-Submitted")).unwrap();
        let read = cairn_desk::mail::read(reply.as_bytes(), &Default::default()).unwrap();
        assert_eq!(read.thread.text.trim(), shown.body.replace("\r\n", "\n").trim(), "what was shown is what went");
        assert_eq!(read.headers.subject, shown.subject);
        assert_eq!(field(reply, "Reply-To"), shown.reply_to.unwrap());
        assert_eq!(field(reply, "X-RcptTo"), ANA);
        assert!(field(reply, "X-MailFrom").starts_with("report+"), "what does not arrive comes back to the thread");
        assert_eq!(w.whole(&received).await.messages[0].text, preview.text);
        // What was taken back does not go.
        w.reply(&received, draft("Too soon", true)).await.unwrap();
        let version = w.whole(&received).await.standing.version;
        w.app.undo(&w.officer, &received.reference, version, version).await.unwrap();
        w.clock.set(w.clock.now().plus_seconds(60));
        assert_eq!(w.run().await, 0);
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn machines_write_to_one_address_so_often_a_day(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let most = usize::try_from(MAILS_A_DAY_MAX).unwrap();
        for seed in 0..MAILS_A_DAY_MAX.unsigned_abs() + 3 {
            w.submit(seed, ANA).await;
        }
        w.run().await;
        assert_eq!(server.messages().len(), most);
        w.clock.set(w.clock.now().plus_seconds(DAY + 1));
        w.submit(99, ANA).await;
        w.run().await;
        assert_eq!(server.messages().len(), most + 1);
    }

    async fn what_names_the_sender_goes_with_the_contact_details(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let received = w.submit(1, ANA).await;
        w.run().await;
        let tagged = field(&server.messages()[0], "Reply-To");
        let message = |n: u32| format!("From: canary@home.example\nTo: {tagged}\nSubject: Canary\nMessage-ID: <{n}@canary.example>\n\nWords {n}.\n");
        w.on_thread(&message(1)).await;
        let kept = w.whole(&received).await.mails[0].sha256.clone().unwrap();
        w.app.erase_contact(&received.reference, received.secret.expose()).await.unwrap();
        let whole = w.whole(&received).await;
        assert_eq!((whole.mails[0].sha256.clone(), whole.mails[0].head.as_str()), (None, ""));
        assert_eq!(whole.messages[0].text, "Words 1.", "the reporter's words stay");
        assert!(whole.sent.iter().all(|sent| sent.address.is_none() && sent.refs.is_empty()));
        w.clock.set(w.clock.now().plus_seconds(3 * DAY));
        w.app.tidy().await.unwrap();
        assert!(t.blob(&kept).await.unwrap().is_none(), "and the message itself is swept away");
        // What comes after is erased by rule.
        w.on_thread(&message(2)).await;
        let version = w.whole(&received).await.standing.version;
        let outcome = w.app.form.taxonomy().outcomes()[0].code.clone();
        w.app.work(&w.officer, &received.reference, version, Command::Close { outcome }).await.unwrap();
        w.clock.set(w.clock.now().plus_seconds(366 * DAY));
        assert_eq!(w.app.erase_due().await.unwrap(), 1);
        assert_eq!(w.app.erase_due().await.unwrap(), 0);
        assert!(w.whole(&received).await.mails.iter().all(|mail| mail.head.is_empty()));
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn a_mail_row_that_was_changed_is_found(t: &mut TestStore) {
        let w = World::new(t, &free_address().to_string()).await;
        let received = w.submit(1, ANA).await;
        let whole = w.whole(&received).await;
        assert!(whole.mails.is_empty());
        let tag = w.app.preview_reply(&w.officer, &received.reference, &draft("x", false)).await.unwrap();
        let tagged = tag.mail.clone().unwrap().reply_to.unwrap();
        w.on_thread(&format!("From: ana@home.example\nTo: {tagged}\nPrecedence: bulk\n\nAway.\n")).await;
        assert_eq!(findings(t).await, Vec::<String>::new());
        let mut unit = cairn_store::writer::Unit::default();
        unit.exec("UPDATE report_mail SET sort = 'reporter', text = 'Here.' WHERE no = $1", params![received.no]);
        t.write(unit).await.unwrap();
        let found = findings(t).await;
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|line| line.contains("report_mail")), "{found:?}");
        let mut unit = cairn_store::writer::Unit::default();
        unit.exec("UPDATE report_mail SET sort = 'automatic', text = 'Away.' WHERE no = $1", params![received.no]);
        t.write(unit).await.unwrap();
    }
}

/// Another implementation of DKIM (dkimpy, Debian's python3-dkim) reads the message and the record.
const DKIMPY: &str = "
import sys, dkim
message = open(sys.argv[1], 'rb').read()
record = sys.argv[2].encode()
ok = dkim.verify(message, dnsfunc=lambda name, timeout=5: record)
sys.exit(0 if ok else 1)
";

fn dkimpy(message: &[u8], record: &str) -> Option<bool> {
    let python = "/usr/bin/python3";
    let here = std::process::Command::new(python)
        .args(["-c", "import dkim, nacl"])
        .output();
    let rsa_only = !here.is_ok_and(|out| out.status.success());
    let here = std::process::Command::new(python)
        .args(["-c", "import dkim"])
        .output();
    if !here.is_ok_and(|out| out.status.success()) || (rsa_only && record.contains("ed25519")) {
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(
            !ci || record.contains("ed25519"),
            "python3-dkim is missing; in CI nothing is skipped"
        );
        return None;
    }
    let dir = tempfile::TempDir::new().unwrap();
    let file = dir.path().join("message");
    std::fs::write(&file, message).unwrap();
    let out = std::process::Command::new(python)
        .args(["-c", DKIMPY])
        .arg(&file)
        .arg(record)
        .output()
        .unwrap();
    Some(out.status.success())
}

#[test]
fn signatures_are_verified_by_another_implementation() {
    let dir = tempfile::TempDir::new().unwrap();
    for algorithm in [
        ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"].as_slice(),
        &["-algorithm", "ED25519"],
    ] {
        let key = dir.path().join("key.pem");
        let made = std::process::Command::new("openssl")
            .arg("genpkey")
            .args(algorithm)
            .arg("-out")
            .arg(&key)
            .output();
        if !made.is_ok_and(|out| out.status.success()) {
            eprintln!("skipped: openssl is not installed");
            return;
        }
        let config = DkimConfig {
            key,
            domain: "cert.example".into(),
            selector: "cairn1".into(),
        };
        let dkim = Dkim::open(&config).unwrap();
        let message = "From: Reports <report@cert.example>\r\nTo: ana@home.example\r\nSubject: =?utf-8?b?xIE=?=\r\n folded\r\n\
            Date: Tue, 24 Nov 2026 06:05:00 +0000\r\nMessage-ID: <1@cert.example>\r\nMIME-Version: 1.0\r\n\
            Content-Type: text/plain; charset=utf-8\r\n\r\nKia ora,\r\n\r\n  two  blanks \t\r\n\r\n\r\n";
        let at = Micros(START.0);
        let signed = dkim.sign(message.as_bytes(), at).unwrap();
        let (_, record) = dkim.record();
        let Some(right) = dkimpy(&signed, &record) else {
            continue;
        };
        assert!(right, "{}", String::from_utf8_lossy(&signed));
        let text = String::from_utf8(signed).unwrap();
        for (from, to) in [
            ("two", "ten"),
            ("To: ana", "To: eve"),
            ("\r\n\r\nKia", "\r\nFrom: x@y.example\r\n\r\nKia"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_eq!(
                dkimpy(changed.as_bytes(), &record),
                Some(false),
                "{from} to {to}"
            );
        }
    }
}
