//! The background work on both databases: mail through a real server, jobs that are given up, what is forgotten.

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

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cairn_app::account::{Doer, NewAccount, Principal, code_at};
use cairn_app::clock::Clock;
use cairn_app::notify::Post;
use cairn_app::track::Plans;
use cairn_app::{App, Config, MailConfig};
use cairn_desk::challenge::{self, Command, Figure, Typed, TypedAnswer, answer};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Channel, Contact};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::job::{self, ATTEMPTS_MAX};
use cairn_store::writer::Unit;
use cairn_testkit::{TestStore, on_both, sample};
use mail::{MailServer, free_address};
use tokio::sync::watch;

const START: Micros = Micros(1_795_500_300_000_000);

fn mail_at(address: &str) -> MailConfig {
    MailConfig {
        smtp_url: format!("smtp://{address}"),
        from: "Reports <cairn@report.example>".into(),
    }
}

fn app(store: &TestStore, mail: Option<MailConfig>) -> (App, Clock) {
    app_with(store, mail, Plans::default())
}

/// The made-up plan of the repository.
fn harbour() -> cairn_track::plan::Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/example-harbour");
    let mut all = cairn_track::plan::Files::new();
    let mut open = vec![PathBuf::new()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(root.join(&at)).unwrap() {
            let entry = entry.unwrap();
            let path = at.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                all.insert(path.to_str().unwrap(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    all
}

fn app_with(store: &TestStore, mail: Option<MailConfig>, plans: Plans) -> (App, Clock) {
    let config = Config {
        public_url: "https://report.example".into(),
        service_name: "Report it".into(),
        service_name_mi: "Pūrongotia".into(),
        mail,
        plans,
        ..Config::default()
    };
    store.app(config, START)
}

/// A report of somebody who left an address.
async fn submit(app: &App, seed: u64, language: &str, email: &str) -> i64 {
    let mut draft = sample::draft(seed);
    draft.body.anonymous = false;
    draft.body.channel = Channel::Web;
    language.clone_into(&mut draft.body.language);
    draft.contact = Some(Contact {
        name: Some("Canary Person".into()),
        email: Some(email.into()),
        phone: None,
    });
    let received = app.submit(&draft, Actor::Reporter, None).await.unwrap();
    received.no
}

fn going_on() -> watch::Receiver<bool> {
    watch::channel(false).1
}

fn mail_from(headers: &str, text: &str) -> Vec<u8> {
    format!("{headers}To: report@cert.example\r\nSubject: Fwd: parcel\r\n\r\n{text}\r\n")
        .into_bytes()
}

/// What a message of ours says, decoded.
fn text_of(message: &str) -> String {
    let mail = cairn_desk::mail::read(message.as_bytes(), &Default::default()).unwrap();
    mail.original.text
}

on_both! {
    async fn who_reports_by_mail_gets_the_link_that_leads_back(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let mail = mail_at(&server.address.to_string());
        let post = Post::new(&mail).unwrap();
        let (app, clock) = app(t, Some(mail));
        let ana = "Return-Path: <ana@home.example>\r\nFrom: Ana <Ana@home.example>\r\n";
        let first = app.import_mail(&mail_from(ana, "one"), None).await.unwrap();
        let reference = app.reference(first.no);
        // Nobody can read the secret in the database, not even who has all of it.
        let job = app.bare_store().due_jobs(clock.now(), 10).await.unwrap().remove(0);
        assert!(job.payload.contains("\"link\""), "{}", job.payload);
        assert!(!job.payload.contains(first.secret.expose()), "{}", job.payload);
        let whole = app.opened(&reference, first.secret.expose()).await.unwrap();
        assert!(!whole.has_link);
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 1);
        assert_eq!(app.bare_store().count_jobs().await.unwrap(), (0, 0));
        let messages = server.messages();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains("Auto-Submitted: auto-replied"), "{}", messages[0]);
        let text = text_of(&messages[0]);
        let link = text.split("https://report.example/s/").nth(1).unwrap();
        let (told, secret) = link.split_whitespace().next().unwrap().rsplit_once('-').unwrap();
        assert_eq!(told, reference);
        assert!(app.opened(told, secret).await.unwrap().has_link);

        // Within the hour the same address gets no other answer, however it is written.
        let other = "From: ana@HOME.example\r\n";
        let second = app.import_mail(&mail_from(other, "two"), None).await.unwrap();
        clock.set(clock.now().plus_seconds(3_599));
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 1);
        assert_eq!(server.messages().len(), 1);
        let whole = app.opened(&second.reference, second.secret.expose()).await.unwrap();
        assert!(!whole.has_link && whole.contact.is_some());
        let ben = "From: ben@home.example\r\n";
        app.import_mail(&mail_from(ben, "three"), None).await.unwrap();
        app.run_jobs(Some(&post), &going_on()).await.unwrap();
        assert_eq!(server.messages().len(), 2);
        clock.set(clock.now().plus_seconds(1));
        app.import_mail(&mail_from(ana, "four"), None).await.unwrap();
        app.run_jobs(Some(&post), &going_on()).await.unwrap();
        assert_eq!(server.messages().len(), 3);
    }

    async fn a_seat_is_told_what_is_due_while_it_has_an_address(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let mail = mail_at(&server.address.to_string());
        let post = Post::new(&mail).unwrap();
        let (app, clock) = app_with(t, Some(mail), Plans::of([harbour()], Default::default()).unwrap());
        let new = NewAccount { login: "mere", name: "Mere", role: Role::Owner };
        let (account, _) = app.create_account(Doer::System, new).await.unwrap();
        let (plan, council) = ("example-harbour", "Example Harbour Council (fictional)");
        let of = ("mere", council);
        app.give_seat(Doer::System, plan, of, Some("wharf@example.org")).await.unwrap();
        assert_eq!(app.remind_seats().await.unwrap(), 1);
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 1);
        let messages = server.messages();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains("Auto-Submitted: auto-generated"), "{}", messages[0]);
        assert!(messages[0].contains("To: wharf@example.org"), "{}", messages[0]);
        let text = text_of(&messages[0]);
        for part in [council, "Days from notice to mended, 2026Q1", "Tukuna mai i konei", "https://report.example/desk/track/example-harbour"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("People helped"), "what others owe is not told: {text}");
        // Who lost the seat before the mail went is not written to.
        clock.set(clock.now().plus_seconds(cairn_app::track::REMIND_EVERY_SECONDS));
        assert_eq!(app.remind_seats().await.unwrap(), 1);
        app.take_seat(Doer::System, plan, (&account.id, council)).await.unwrap();
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 1);
        assert_eq!(server.messages().len(), 1);
    }

    async fn machines_and_lists_get_no_answer(t: &mut TestStore) {
        let (app, clock) = app(t, Some(mail_at("127.0.0.1:9")));
        for (n, header) in [
            "Auto-Submitted: auto-replied",
            "Precedence: bulk",
            "List-Id: <l.example>",
            "Return-Path: <>",
            "X-Loop: report@cert.example",
        ].iter().enumerate() {
            let from = format!("{header}\r\nFrom: a{n}@home.example\r\n");
            app.import_mail(&mail_from(&from, "x"), None).await.unwrap();
            assert!(app.bare_store().due_jobs(clock.now(), 10).await.unwrap().is_empty(), "{header}");
        }
        app.import_mail(&mail_from("From: a@home.example\r\n", "x"), None).await.unwrap();
        assert_eq!(app.bare_store().due_jobs(clock.now(), 10).await.unwrap().len(), 1);
    }

    async fn a_link_that_cannot_be_sent_does_not_stay(t: &mut TestStore) {
        let mail = mail_at(&free_address().to_string());
        let post = Post::new(&mail).unwrap();
        let (app, clock) = app(t, Some(mail));
        let from = "From: ana@home.example\r\n";
        app.import_mail(&mail_from(from, "x"), None).await.unwrap();
        for _ in 0..ATTEMPTS_MAX {
            let job = app.bare_store().due_jobs(clock.now(), 10).await.unwrap().remove(0);
            assert!(job.payload.contains("\"link\""));
            app.run_jobs(Some(&post), &going_on()).await.unwrap();
            clock.set(clock.now().plus_seconds(6 * 3_600));
        }
        let failed = app.bare_store().failed_jobs(10).await.unwrap();
        assert_eq!((failed.len(), failed[0].payload.as_str()), (1, "{\"no\":1}"));
    }

    async fn a_message_is_kept_whole_whatever_the_limit_of_files(t: &mut TestStore) {
        let (mut app, _) = app(t, None);
        let small = Config { file_bytes_max: 100, ..(*app.config).clone() };
        app.config = Arc::new(small);
        let text = "Call 0800 123 456. ".repeat(20);
        let message = mail_from("From: ana@home.example\r\n", &text);
        let received = app.import_mail(&message, None).await.unwrap();
        let files = app.bare_store().files(received.no).await.unwrap();
        assert_eq!(files.len(), 1);
        assert_eq!(app.bare_store().read_blob(&files[0].sha256).await.unwrap(), message);
    }

    async fn numbers_in_mail_are_read_as_the_form_says(t: &mut TestStore) {
        let (mut app, _) = app(t, None);
        let mut files = FormFiles::embedded();
        files.form = files.form.replace("calling_code = 64", "calling_code = 61").into();
        app.form = Arc::new(Form::parse(&files).unwrap());
        let message = mail_from("From: ana@home.example\r\n", "Call 02 5550 1234 now");
        let received = app.import_mail(&message, None).await.unwrap();
        let whole = app.opened(&received.reference, received.secret.expose()).await.unwrap();
        let found: Vec<_> = whole.body.observables.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(found, ["+61255501234"]);
    }

    async fn reporters_are_told_in_their_language_and_nothing_more(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let mail = mail_at(&server.address.to_string());
        let post = Post::new(&mail).unwrap();
        post.test().await.unwrap();
        let (app, _) = app(t, Some(mail));
        let english = submit(&app, 1, "en", "english@reporter.example").await;
        let maori = submit(&app, 2, "mi", "maori@reporter.example").await;
        let mut unit = Unit::default();
        job::enqueue(&mut unit, "news", &format!("{{\"no\":{maori}}}"), START);
        app.bare_store().write(unit).await.unwrap();
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 3);
        assert_eq!(app.bare_store().count_jobs().await.unwrap(), (0, 0));
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 0);

        let messages: Vec<String> = server.messages();
        assert_eq!(messages.len(), 3);
        let to = |address: &str, subject: &str| {
            let found = messages.iter().find(|message| {
                message.contains(&format!("To: {address}")) && message.contains(subject)
            });
            found.unwrap_or_else(|| panic!("nothing for {address}: {messages:?}"))
        };
        let first = to("english@reporter.example", "Subject: Report it: your report");
        assert!(first.contains(&app.reference(english)), "{first}");
        assert!(first.contains("https://report.example/status"), "{first}");
        assert!(first.contains("Date: Tue, 24 Nov 2026 06:05:00 +0000"), "{first}");
        // Encoded words: ū is no ASCII letter.
        let other = to("maori@reporter.example", "=?utf-8?");
        assert!(other.contains("Kia ora"), "{other}");
        for message in &messages {
            assert!(message.contains("Auto-Submitted: auto-generated"), "{message}");
            for told in ["Canary", "Sample", "asked for money", "/s/"] {
                assert!(!message.contains(told), "{told}: {message}");
            }
        }
    }

    async fn a_server_that_is_down_is_tried_again_and_given_up_in_sight(t: &mut TestStore) {
        let mail = mail_at(&free_address().to_string());
        let post = Post::new(&mail).unwrap();
        assert!(post.test().await.is_err());
        let (app, clock) = app(t, Some(mail));
        submit(&app, 1, "en", "reporter@reporter.example").await;
        for attempt in 1..=ATTEMPTS_MAX {
            assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 0);
            // Nothing is due again at once.
            assert!(app.bare_store().due_jobs(clock.now(), 10).await.unwrap().is_empty());
            let given_up = i64::from(attempt == ATTEMPTS_MAX);
            assert_eq!(app.bare_store().count_jobs().await.unwrap(), (1 - given_up, given_up));
            clock.set(clock.now().plus_seconds(6 * 3_600));
        }
        let failed = app.bare_store().failed_jobs(10).await.unwrap();
        let error = failed[0].error.as_deref().unwrap();
        assert!(error.contains("connection refused"), "{error}");
        assert!(!error.contains("reporter.example"), "{error}");
    }

    async fn jobs_that_can_never_succeed_are_given_up_at_once(t: &mut TestStore) {
        let mail = mail_at("127.0.0.1:9");
        let post = Post::new(&mail).unwrap();
        let (app, _) = app(t, Some(mail));
        submit(&app, 1, "en", "x@reporter.example\r\nBcc: all@reporter.example").await;
        let mut unit = Unit::default();
        job::enqueue(&mut unit, "dance", "{}", START);
        job::enqueue(&mut unit, "news", "no JSON", START);
        // There is no such report: nobody to write to, nothing to do.
        job::enqueue(&mut unit, "news", "{\"no\":999}", START);
        app.bare_store().write(unit).await.unwrap();
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 1);
        assert_eq!(app.bare_store().count_jobs().await.unwrap(), (0, 3));

        // One is asked for again: with all its attempts, and only while it is given up.
        let store = app.bare_store();
        let job = store.failed_jobs(1).await.unwrap().remove(0);
        assert!(store.job_again(&job.id, START).await.unwrap());
        assert!(!store.job_again(&job.id, START).await.unwrap());
        assert!(!store.job_again("unknown", START).await.unwrap());
        assert_eq!(store.count_jobs().await.unwrap(), (1, 2));
        assert_eq!(store.due_jobs(START, 9).await.unwrap()[0].attempts, 0);
    }

    async fn nothing_is_sent_while_stopping(t: &mut TestStore) {
        let mail = mail_at("127.0.0.1:9");
        let post = Post::new(&mail).unwrap();
        let (app, _) = app(t, Some(mail));
        submit(&app, 1, "en", "reporter@reporter.example").await;
        let stopping = watch::channel(true).1;
        assert_eq!(app.run_jobs(Some(&post), &stopping).await.unwrap(), 0);
        assert_eq!(app.bare_store().due_jobs(START, 10).await.unwrap()[0].attempts, 0);
    }

    async fn what_has_had_its_time_is_forgotten(t: &mut TestStore) {
        let (app, clock) = app(t, None);
        app.bare_store().save_draft([1; 32], "{}", clock.now()).await.unwrap();
        clock.set(clock.now().plus_seconds(20 * 3_600));
        app.bare_store().save_draft([2; 32], "{}", clock.now()).await.unwrap();
        app.tidy().await.unwrap();
        assert!(app.bare_store().draft([1; 32]).await.unwrap().is_some());
        clock.set(clock.now().plus_seconds(7 * 3_600));
        app.tidy().await.unwrap();
        assert!(app.bare_store().draft([1; 32]).await.unwrap().is_none());
        assert!(app.bare_store().draft([2; 32]).await.unwrap().is_some());
    }

    async fn what_was_erased_is_scrubbed(t: &mut TestStore) {
        let (app, _) = app(t, None);
        app.bare_store().save_draft([1; 32], "canary-of-the-draft", START).await.unwrap();
        app.bare_store().drop_draft([1; 32]).await.unwrap();
        app.watch().await.unwrap();
        app.tidy().await.unwrap();
        app.scrub().await.unwrap();
        for name in ["core.db", "core.db-wal"] {
            let bytes = std::fs::read(t.path().join(name)).unwrap_or_default();
            let canary = b"canary-of-the-draft";
            let found = bytes.windows(canary.len()).any(|window| window == canary);
            assert!(!found, "{name}");
        }
    }

    async fn the_worker_stops_when_told(t: &mut TestStore) {
        let (app, _) = app(t, Some(mail_at("127.0.0.1:9")));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let work = tokio::spawn(cairn_app::worker::run(app, async {
            let _asked = stopped.await;
        }));
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(stop);
        tokio::time::timeout(Duration::from_secs(10), work).await.unwrap().unwrap();
    }

    async fn whoever_challenged_a_figure_is_told_of_the_answer_and_then_forgotten(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let mail = mail_at(&server.address.to_string());
        let post = Post::new(&mail).unwrap();
        let (app, clock) = app(t, Some(mail));
        let lead = lead(&app).await;
        let first = challenge(&app, "mi", "canary@reader.example").await;
        challenge(&app, "en", "").await;
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 0, "nobody is told of a receipt");
        for no in [first, first + 1] {
            let given = answer(TypedAnswer { outcome: "upheld", en: "The words of the answer.", ..TypedAnswer::default() }, Role::Lead);
            app.work_challenge(&lead, no, 1, Command::Answer(given.unwrap())).await.unwrap();
        }
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 1, "one of two left an address");
        let messages = server.messages();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains("To: canary@reader.example"), "{}", messages[0]);
        let text = text_of(&messages[0]);
        assert!(text.contains("https://report.example/track/plan/challenges/1\n"), "{text}");
        assert!(text.contains("Kua whakautu te tari i te wero C-1"), "{text}");
        assert!(!text.contains("The words of the answer") && !text.contains("The base is wrong"));
        // Kept as long as the details of a closed report, and a correction begins the time anew.
        clock.set(clock.now().plus_seconds(300 * 24 * 3_600));
        let mended = answer(TypedAnswer { outcome: "partly", en: "Otherwise.", ..TypedAnswer::default() }, Role::Lead);
        app.work_challenge(&lead, first, 2, Command::Correct(mended.unwrap())).await.unwrap();
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 1);
        clock.set(clock.now().plus_seconds(364 * 24 * 3_600));
        assert_eq!(app.erase_due().await.unwrap(), 0);
        clock.set(clock.now().plus_seconds(24 * 3_600));
        assert_eq!(app.erase_due().await.unwrap(), 1);
        assert_eq!(app.bare_store().challenge_contact(first).await.unwrap(), None);
        let again = answer(TypedAnswer { outcome: "partly", en: "Once more.", ..TypedAnswer::default() }, Role::Lead);
        app.work_challenge(&lead, first, 4, Command::Correct(again.unwrap())).await.unwrap();
        assert_eq!(app.run_jobs(Some(&post), &going_on()).await.unwrap(), 0, "there is nobody to write to any more");
    }
}

/// Somebody who answers challenges, signed in.
async fn lead(app: &App) -> Principal {
    let new = NewAccount {
        login: "lead",
        name: "Lead",
        role: Role::Lead,
    };
    let (_, first) = app.create_account(Doer::System, new).await.unwrap();
    let token = app.sign_in("lead", &first, 0, "test").await.unwrap();
    let half = app.session(token.as_str()).await.unwrap().unwrap();
    let token = app
        .first_password(&half, "kererū over the hill")
        .await
        .unwrap();
    let half = app.session(token.as_str()).await.unwrap().unwrap();
    let secret = app.enrolment(&half).unwrap().secret;
    let code = code_at(&base32(&secret), app.clock.now());
    let (token, _) = app.enrol(&half, &code, 0).await.unwrap();
    let seen = app.session(token.as_str()).await.unwrap().unwrap();
    seen.principal().unwrap()
}

/// RFC 4648, without padding.
fn base32(text: &str) -> Vec<u8> {
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for c in text.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = match c {
            b'2'..=b'7' => c - b'2' + 26,
            letter => letter.to_ascii_uppercase() - b'A',
        };
        buffer = (buffer << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((buffer >> bits) & 255).unwrap());
        }
    }
    out
}

async fn challenge(app: &App, language: &str, email: &str) -> i64 {
    let typed = Typed {
        wrong: "The base is wrong.",
        email,
        ..Typed::default()
    };
    let figure = Figure::parse("m2");
    let draft = challenge::Draft::parse(("plan", "2026", &figure), language, typed, false);
    let sent = app
        .submit_challenge(&draft.unwrap(), email.as_bytes())
        .await;
    sent.unwrap().no
}
