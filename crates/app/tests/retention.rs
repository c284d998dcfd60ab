//! Contact details go when their time is over, and only then.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

use std::sync::Arc;

use cairn_app::clock::Clock;
use cairn_app::report::Received;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Command, Contact, Event, decide};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::verify::{self, Check, Trusted};
use cairn_store::writer::Entry;
use cairn_testkit::{TestStore, on_both, sample};

const START: Micros = Micros(1_795_500_300_000_000);
const DAY: i64 = 24 * 3_600;

fn app(store: &TestStore, contact_days: u32) -> (App, Clock) {
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    let clock = Clock::fixed(START);
    let config = Config {
        contact_days,
        ..Config::default()
    };
    let app = App::new((**store).clone(), Arc::new(form), config, clock.clone());
    (app, clock)
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
        findings
    });
    assert_eq!(findings.await.unwrap(), Vec::<String>::new());
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
        assert!(last.contains("contact_erased") && last.contains("system"), "{last}");
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
}
