//! Contact details go when their time is over, and only then.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

use cairn_app::account::{Doer, NewAccount, Principal, code_at};
use cairn_app::clock::Clock;
use cairn_app::hold::Reason;
use cairn_app::report::{AppError, Received, Whole};
use cairn_app::retention::{NEWEST, Standing};
use cairn_app::{App, Config};
use cairn_desk::cluster;
use cairn_desk::report::{
    Answer, Channel, Command, Contact, Draft, Event, MessageText, Refusal, State, decide,
};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use cairn_store::backup::{self, Plan};
use cairn_store::params;
use cairn_store::report::Filter;
use cairn_store::writer::{Entry, Unit};
use cairn_testkit::{TestStore, on_both, sample};

const START: Micros = Micros(1_795_500_300_000_000);
const DAY: i64 = 24 * 3_600;

fn app(store: &TestStore, contact_days: u32) -> (App, Clock) {
    app_with(
        store,
        Config {
            contact_days,
            ..Config::default()
        },
    )
}

fn app_with(store: &TestStore, config: Config) -> (App, Clock) {
    store.app(config, START)
}

async fn submit(app: &App, seed: u64) -> Received {
    let mut draft = sample::draft(seed);
    draft.body.anonymous = false;
    draft.contact = Some(Contact {
        name: Some("Canary Person".into()),
        email: Some("someone@reporter.example".into()),
        phone: None,
    });
    app.submit(&draft, Actor::Reporter, None).await.unwrap()
}

/// What an officer does, without signing one in.
async fn officer(app: &App, received: &Received, command: Command) {
    let secret = received.secret.expose();
    let whole = app.opened(&received.reference, secret).await.unwrap();
    let events = decide(&whole.standing, command).unwrap();
    let at = app.clock.now();
    let events = events.into_iter().map(|change| {
        let event = Event {
            report: received.no,
            at,
            by: Actor::User("officer-1".into()),
            change,
        };
        let json = serde_json::to_string(&event).unwrap();
        (event, Entry::new(at.0, Some(received.no), json, [7; 16]))
    });
    let unit = cairn_store::report::change(received.no, &whole.standing, events.collect(), None);
    app.bare_store().write(unit).await.unwrap();
}

fn close(app: &App) -> Command {
    Command::Close {
        outcome: app.form.taxonomy().outcomes()[0].code.clone(),
    }
}

/// `cairn log verify` finds nothing.
async fn verified(t: &TestStore) {
    assert_eq!(findings(t).await, Vec::<String>::new());
}

/// What `cairn log verify` finds.
async fn findings(t: &TestStore) -> Vec<String> {
    let findings = t.log_verify().await.1;
    findings.iter().map(ToString::to_string).collect()
}

on_both! {
    async fn contact_details_are_erased_when_their_time_is_over(t: &mut TestStore) {
        let (app, clock) = app(t, 365);
        let mut reports = Vec::new();
        for seed in 0..3 {
            reports.push(submit(&app, seed).await);
        }
        // The third stays open.
        for received in &reports[..2] {
            officer(&app, received, close(&app)).await;
        }
        clock.set(clock.now().plus_seconds(300 * DAY));
        officer(&app, &reports[1], Command::Reopen).await;
        officer(&app, &reports[1], close(&app)).await;
        assert_eq!(app.erase_due().await.unwrap(), 0);
        clock.set(clock.now().plus_seconds(66 * DAY));
        assert_eq!(app.erase_due().await.unwrap(), 1);
        assert_eq!(app.erase_due().await.unwrap(), 0);
        let kept = async |at: usize| {
            let no = reports[at].no;
            app.bare_store().report_contact(no).await.unwrap().is_some()
        };
        assert!(!kept(0).await && kept(1).await && kept(2).await);
        let history = app.bare_store().history(reports[0].no).await.unwrap();
        let last = &history.last().unwrap().event;
        assert!(last.contains("\"kind\":\"erased\",\"part\":\"contact\"") && last.contains("system"), "{last}");
        clock.set(clock.now().plus_seconds(300 * DAY));
        assert_eq!(app.erase_due().await.unwrap(), 1);
        assert!(kept(2).await, "an open report keeps them");
        verified(t).await;
    }

    async fn nothing_is_erased_where_nobody_set_a_time(t: &mut TestStore) {
        let (app, clock) = app(t, 0);
        let received = submit(&app, 1).await;
        officer(&app, &received, close(&app)).await;
        clock.set(clock.now().plus_seconds(10_000 * DAY));
        assert_eq!(app.erase_due().await.unwrap(), 0);
        assert!(app.bare_store().report_contact(received.no).await.unwrap().is_some());
    }

    async fn rules_wait_until_somebody_saw_what_they_erase(t: &mut TestStore) {
        let config = Config {
            retention: Some(RULES.into()),
            ..Config::default()
        };
        let (app, clock) = app_with(t, config);
        let received = report(&app, canary(&app).await).await;
        officer(&app, &received, close(&app)).await;
        clock.set(clock.now().plus_seconds(31 * DAY));
        let admin = who(&app, "admin", Role::Administrator).await;
        let outlook = app.retention_outlook(Doer::Officer(&admin)).await.unwrap();
        assert_eq!(outlook.standing, Standing::Waiting);
        let counts = outlook.counts["scam"];
        assert_eq!((counts.now, counts.soon), ([1, 0, 0], [0, 1, 1]));
        assert_eq!(outlook.sums(), (1, 2));
        assert_eq!(app.erase_due().await.unwrap(), 0, "what was in force before keeps contacts for a year");
        for role in [Role::Officer, Role::Lead, Role::Auditor] {
            let denied = app.accept_retention(&who(&app, role.as_str(), role).await, &outlook.digest).await;
            assert!(matches!(denied, Err(AppError::Denied(_))), "{role}");
        }
        let stale = app.accept_retention(&admin, "of another file").await;
        assert!(matches!(stale, Err(AppError::Conflict)));
        app.accept_retention(&admin, &outlook.digest).await.unwrap();
        let outlook = app.retention_outlook(Doer::System).await.unwrap();
        assert_eq!(outlook.standing, Standing::InForce);
        assert_eq!(app.erase_due().await.unwrap(), 1);
        assert_eq!(app.erase_due().await.unwrap(), 0);
        clock.set(clock.now().plus_seconds(30 * DAY));
        assert_eq!(app.erase_due().await.unwrap(), 1);
        assert_eq!(app.erase_due().await.unwrap(), 0, "all is gone");
        let auditor = who(&app, "ruth", Role::Auditor).await;
        let register = app.register(&auditor, NEWEST).await.unwrap().into_inner();
        let mut lines: Vec<_> = register
            .lines
            .iter()
            .map(|line| (line.no, line.part.as_str(), line.rule.as_str(), line.rules, line.doer.as_str()))
            .collect();
        lines.sort_unstable();
        let no = received.no;
        assert_eq!(lines, [
            (no, "contact", "scams", 7, "system"),
            (no, "files", "default", 7, "system"),
            (no, "text", "scams", 7, "system"),
        ]);
        let counts = app.register_counts(&auditor).await.unwrap().into_inner();
        assert!(counts.contains(&("scams".into(), "text".into(), 1)), "{counts:?}");
        verified(t).await;
    }

    async fn a_legal_hold_keeps_everything_until_it_is_lifted(t: &mut TestStore) {
        let (app, clock) = app(t, 30);
        let received = submit(&app, 1).await;
        officer(&app, &received, close(&app)).await;
        let lead = who(&app, "leilani", Role::Lead).await;
        let reference = received.reference.as_str();
        let before = seen(&app, &received).await;
        assert!(before.standing.hold.is_none() && before.contact.is_some());
        let reason = || Reason::parse("Canary proceedings 12/2026").unwrap();
        let denied = app.place_hold(&who(&app, "hana", Role::Officer).await, reference, 2, (reason(), None)).await;
        assert!(matches!(denied, Err(AppError::Denied(_))));
        app.place_hold(&lead, reference, 2, (reason(), None)).await.unwrap();
        let held = seen(&app, &received).await;
        assert!(held.standing.hold.is_some() && held.summary.held_until.is_some());
        assert_eq!(held.reasons, [(3, "Canary proceedings 12/2026".to_owned())]);
        clock.set(clock.now().plus_seconds(400 * DAY));
        assert_eq!(app.erase_due().await.unwrap(), 0);
        let by_hand = app.work(&lead, reference, 3, Command::EraseContact).await;
        assert!(matches!(by_hand, Err(AppError::Refused(Refusal::Held))));
        let secret = received.secret.expose();
        let by_reporter = app.erase_contact(reference, secret).await;
        assert!(matches!(by_reporter, Err(AppError::Refused(Refusal::Held))));
        assert!(seen(&app, &received).await.contact.is_some());
        // Until a day: it ends by itself, as an event.
        let until = clock.now().plus_seconds(10 * DAY);
        app.place_hold(&lead, reference, 3, (reason(), Some(until))).await.unwrap();
        assert_eq!(app.erase_due().await.unwrap(), 0);
        app.lift_hold(&lead, reference, 4, reason()).await.unwrap();
        let lifted = seen(&app, &received).await;
        assert!(lifted.standing.hold.is_none() && lifted.summary.held_until.is_none());
        assert_eq!(lifted.standing.state, before.standing.state);
        assert_eq!(lifted.contact, before.contact);
        app.place_hold(&lead, reference, 5, (reason(), Some(until))).await.unwrap();
        verified(t).await;
        clock.set(until);
        assert_eq!(app.erase_due().await.unwrap(), 1, "the hold ended, and the time was over long before");
        let after = seen(&app, &received).await;
        assert!(after.standing.hold.is_none() && after.contact.is_none());
        verified(t).await;
        let gone = app.work(&lead, reference, after.standing.version, Command::EraseContact).await;
        assert!(matches!(gone, Err(AppError::Refused(Refusal::NoContact))));
    }

    async fn what_an_officer_did_is_undone_and_done_again(t: &mut TestStore) {
        let (app, clock) = app(t, 365);
        let received = submit(&app, 1).await;
        let hana = who(&app, "hana", Role::Officer).await;
        let reference = received.reference.as_str();
        let before = seen(&app, &received).await;
        app.work(&hana, reference, 1, Command::SetSeverity { severity: 7 - before.standing.severity }).await.unwrap();
        app.work(&hana, reference, 2, close(&app)).await.unwrap();
        let closed = seen(&app, &received).await;
        assert_eq!(closed.standing.state, State::Closed);
        let early = app.undo(&hana, reference, 2, 3).await;
        assert!(matches!(early, Err(AppError::Conflict)), "the page was old");
        let other = app.undo(&who(&app, "mere", Role::Officer).await, reference, 3, 3).await;
        assert!(matches!(other, Err(AppError::Denied(_))));
        assert_eq!(app.undoable(&hana, &closed), [3], "the closing came after what opened it");
        app.undo(&hana, reference, 3, 3).await.unwrap();
        let opened = seen(&app, &received).await;
        assert_eq!((opened.standing.state, opened.summary.state.as_str()), (State::Open, "open"));
        assert_eq!(opened.standing.outcome, None);
        verified(t).await;
        app.undo(&who(&app, "leilani", Role::Lead).await, reference, 4, 4).await.unwrap();
        let again = seen(&app, &received).await;
        assert_eq!(again.standing.state, State::Closed);
        assert_eq!(again.standing.outcome, closed.standing.outcome);
        app.undo(&hana, reference, 5, 3).await.unwrap_err();
        // Time runs from when it was closed again.
        clock.set(clock.now().plus_seconds(366 * DAY));
        assert_eq!(app.erase_due().await.unwrap(), 1);
        verified(t).await;
    }

    async fn a_message_is_taken_back_before_the_reporter_sees_it(t: &mut TestStore) {
        let config = Config {
            mail: Some(cairn_app::MailConfig {
                smtp_url: "smtp://127.0.0.1:1".into(),
                from: "reports@example.org".into(),
            }),
            ..Config::default()
        };
        let (app, clock) = app_with(t, config);
        let received = submit(&app, 1).await;
        let hana = who(&app, "hana", Role::Officer).await;
        let (reference, secret) = (received.reference.as_str(), received.secret.expose());
        let news = async || {
            let jobs = app.bare_store().due_jobs(Micros(i64::MAX), 50).await.unwrap();
            jobs.iter().filter(|job| job.kind == "news").count()
        };
        let write = async |version| {
            let text = MessageText::parse("Canary words").unwrap();
            app.write_to_reporter(&hana, reference, version, text, true).await.unwrap();
        };
        let told = async || app.opened(reference, secret).await.unwrap().status().messages.len();
        write(1).await;
        let due = app.bare_store().due_jobs(clock.now(), 50).await.unwrap();
        assert!(!due.iter().any(|job| job.kind == "news"), "it waits");
        assert_eq!((news().await, told().await), (1, 0));
        app.undo(&hana, reference, 2, 2).await.unwrap();
        assert_eq!((news().await, told().await), (0, 0));
        let whole = seen(&app, &received).await;
        assert_eq!(whole.standing.state, State::Received);
        clock.set(clock.now().plus_seconds(31));
        assert_eq!(told().await, 0, "it never leaves");
        assert!(app.reporter_told(&whole).len() == 1);
        write(3).await;
        clock.set(clock.now().plus_seconds(30));
        assert_eq!((news().await, told().await), (1, 1));
        let late = app.undo(&hana, reference, 4, 4).await;
        assert!(matches!(late, Err(AppError::Refused(Refusal::Left))));
        verified(t).await;
    }

    async fn what_was_erased_is_found_in_no_file(t: &mut TestStore) {
        let config = Config {
            retention: Some(RULES.into()),
            undo_seconds: 0,
            ..Config::default()
        };
        let (app, clock) = app_with(t, config);
        let figures = app.figures().await.unwrap();
        for seed in 10..30 {
            submit_other(&app, seed).await;
        }
        let draft = canary(&app).await;
        let rules = cluster::Rules::parse(cluster::EMBEDDED).unwrap();
        let keys = cluster::signature(&rules, &draft.body, draft.contact.as_ref()).keys(&rules);
        let received = report(&app, draft).await;
        for seed in 30..50 {
            submit_other(&app, seed).await;
        }
        assert_eq!(app.cluster_reports().await.unwrap(), 41);
        let alike = app.bare_store().cluster_candidates(&keys).await.unwrap();
        assert_eq!(alike.iter().filter(|member| member.report == received.no).count(), 1);
        let secret = received.secret.expose();
        let text = || MessageText::parse("zqcanary message").unwrap();
        app.reporter_write(&received.reference, secret, text()).await.unwrap();
        let hana = who(&app, "hana", Role::Officer).await;
        app.write_to_reporter(&hana, &received.reference, 2, text(), false).await.unwrap();
        let receipt = app.receipt(received.no).await.unwrap();
        officer(&app, &received, close(&app)).await;
        assert_eq!(found(&app, "zqcanarystory").await, [received.no]);
        assert!(!hits(t).await.is_empty(), "the search for traces sees what is there");
        let row = app.bare_store().report(received.no).await.unwrap().unwrap();
        let admin = who(&app, "admin", Role::Administrator).await;
        let outlook = app.retention_outlook(Doer::Officer(&admin)).await.unwrap();
        app.accept_retention(&admin, &outlook.digest).await.unwrap();
        clock.set(clock.now().plus_seconds(61 * DAY));
        assert_eq!(app.erase_due().await.unwrap(), 1);
        app.tidy().await.unwrap();
        app.scrub().await.unwrap();
        assert_eq!(hits(t).await, Vec::<String>::new());
        assert!(found(&app, "zqcanarystory").await.is_empty());
        let alike = app.bare_store().cluster_candidates(&keys).await.unwrap();
        assert!(alike.iter().all(|member| member.report != received.no), "no guess can be tried against its keys");
        assert!(app.bare_store().cluster_of(received.no).await.unwrap().is_some(), "it stays where it is");
        assert_eq!(found(&app, "whangarei").await.len(), 40, "the others are found as before");
        let left = app.bare_store().report(received.no).await.unwrap().unwrap();
        assert!(left.bare && left.title.is_empty());
        assert_eq!(
            (left.category, left.region, left.sector, left.loss, left.loss_minor, left.quarter),
            (row.category, row.region, row.sector, row.loss, row.loss_minor, row.quarter)
        );
        assert!(app.bare_store().files(received.no).await.unwrap().is_empty());
        let blobs = t.path().join("blobs");
        let files = std::fs::read_dir(&blobs).unwrap().flat_map(|dir| std::fs::read_dir(dir.unwrap().path()).unwrap());
        assert_eq!(files.count(), 0, "the sealed bytes are gone with their key");
        let after = app.receipt(received.no).await.unwrap();
        assert!(receipt.len() > after.len(), "a new receipt cannot prove the content");
        let whole = app.opened(&received.reference, secret).await.unwrap();
        assert!(whole.contact.is_none() && whole.messages.iter().all(|m| m.text.is_empty()));
        drop(figures);
        verified(t).await;
        let mut unit = Unit::default();
        unit.expect(1, "INSERT INTO cluster_key(key, report) VALUES (7, $1)", params![received.no]);
        t.write(unit).await.unwrap();
        let back = format!("cluster_key {}: is still there, though it was erased", received.no);
        assert_eq!(findings(t).await, [back]);
    }
}

/// Times that differ by category; version 7.
const RULES: &str = r#"
version = 7
[default.contact]
days = 365
reason = { en = "r", mi = "r" }
law = { en = "l", mi = "l" }
[default.files]
days = 60
reason = { en = "r", mi = "r" }
law = { en = "l", mi = "l" }
[default.text]
never = true
reason = { en = "r", mi = "r" }
law = { en = "l", mi = "l" }
[[rule]]
id = "scams"
category = "scam"
[rule.contact]
days = 30
reason = { en = "r", mi = "r" }
law = { en = "l", mi = "l" }
[rule.text]
days = 60
reason = { en = "r", mi = "r" }
law = { en = "l", mi = "l" }
"#;

/// An account that is signed in.
async fn who(app: &App, login: &str, role: Role) -> Principal {
    let new = NewAccount {
        login,
        name: login,
        role,
    };
    let (_, first) = app.create_account(Doer::System, new).await.unwrap();
    let token = app.sign_in(login, &first, 0, "test").await.unwrap();
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

/// A report of a scam with words that are found nowhere else.
async fn canary(app: &App) -> Draft {
    let mut draft = sample::draft(3);
    let mut taking = app.take_file().unwrap();
    taking.push(b"zqcanary bytes of a file").unwrap();
    let file = app.keep_file(taking, Some("zqcanary.txt")).await.unwrap();
    let body = &mut draft.body;
    body.channel = Channel::Web;
    body.anonymous = false;
    body.suspect = false;
    body.category = "scam".into();
    body.subtype = None;
    body.region = Some("NZ-AUK".into());
    body.title = "zqcanary title".into();
    body.files = vec![file];
    body.observables = vec![
        Observable {
            kind: Kind::Email,
            value: "zqcanary@reporter.example".into(),
        },
        Observable {
            kind: Kind::Url,
            value: "https://zqcanary.example/pay".into(),
        },
    ];
    let story = "zqcanarystory and zqcanaryend";
    body.answers = [
        ("story".to_owned(), Answer::Text(story.into())),
        (
            "mail_from".to_owned(),
            Answer::Text("zqcanary@reporter.example".into()),
        ),
    ]
    .into();
    draft.search_text = fold(story);
    draft.contact = Some(Contact {
        name: Some("Zqcanary Person".into()),
        email: Some("zqcanary@reporter.example".into()),
        phone: Some("+64 4 555 0199".into()),
    });
    draft
}

async fn report(app: &App, draft: Draft) -> Received {
    app.submit(&draft, Actor::Reporter, None).await.unwrap()
}

/// One that stays as it is, without files.
async fn submit_other(app: &App, seed: u64) {
    let mut draft = sample::draft(seed);
    draft.body.files.clear();
    report(app, draft).await;
}

async fn seen(app: &App, received: &Received) -> Whole {
    let secret = received.secret.expose();
    app.opened(&received.reference, secret).await.unwrap()
}

async fn found(app: &App, word: &str) -> Vec<i64> {
    let filter = Filter {
        words: vec![word.into()],
        all: true,
        limit: 100,
        ..Filter::default()
    };
    let rows = app.bare_store().reports(&filter).await.unwrap();
    rows.iter().map(|row| row.no).collect()
}

/// Every place below the data directory, and in a backup made now, where the canary is.
async fn hits(t: &TestStore) -> Vec<String> {
    let has = |bytes: &[u8]| {
        let lower = bytes.to_ascii_lowercase();
        lower.windows(8).any(|window| window == b"zqcanary")
    };
    let mut hits = Vec::new();
    let mut dirs = vec![t.path().to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if has(&std::fs::read(&path).unwrap()) {
                hits.push(path.display().to_string());
            }
        }
    }
    let options = t.options();
    let archive = tokio::task::spawn_blocking(move || {
        let dir = tempfile::TempDir::new().unwrap();
        let to = dir.path().join("backup");
        let plan = Plan {
            to: &to,
            settings: None,
            key: None,
            made_at: START,
        };
        backup::backup(&options, &plan, &mut |_, _, _| {}).unwrap();
        let mut archive = Vec::new();
        let file = std::fs::File::open(&to).unwrap();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut archive).unwrap();
        archive
    });
    if has(&archive.await.unwrap()) {
        hits.push("the backup".into());
    }
    hits
}
