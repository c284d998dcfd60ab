//! Taking over what other systems kept, on both databases: all of it, once, with its numbers and times, and nothing set off by it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::sync::Arc;

use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::import::{Options, Outcome, mail_number};
use cairn_app::report::{AppError, Whole};
use cairn_app::search::QueueQuery;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::import::{
    Codes, Fault, Mapping, Old, Parsed, Problem, Source, Ticket, iris, mbox, thehive,
};
use cairn_desk::report::{Command, State};
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use cairn_store::verify::{self, Check, Trusted};
use cairn_testkit::{TestStore, account, on_both};

const START: Micros = Micros(1_795_500_300_000_000);
const THEHIVE: &[u8] = include_bytes!("../../desk/tests/import/thehive4.json");
const IRIS: &[u8] = include_bytes!("../../desk/tests/import/iris.json");
const MAILS: &str = "From a Mon Nov 23 10:00:00 2020\nMessage-ID: <1@home.example>\nFrom: Ana <ana@home.example>\n\
    Subject: parcel\nDate: Mon, 23 Nov 2020 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n\
    --b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nCaf=E9 http://evil.example/x\n\
    --b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"x.bin\"\nContent-Transfer-Encoding: base64\n\nAAEC\n--b--\n\n\
    From b Mon Nov 23 11:00:00 2020\nMessage-ID: <2@cert.example>\nIn-Reply-To: <1@home.example>\nFrom: cert@cert.example\n\
    Subject: Re: parcel\nDate: Mon, 23 Nov 2020 11:00:00 +0000\n\nNo.\n\n";
const LATER: &str = "From a Mon Nov 23 12:00:00 2020\nMessage-ID: <3@home.example>\nReferences: <1@home.example> <2@cert.example>\n\
    From: Ana <ana@home.example>\nSubject: Re: parcel\nDate: Mon, 23 Nov 2020 12:00:00 +0000\n\nThank you.\n\n";

struct World {
    app: App,
    officer: Principal,
}

impl World {
    async fn new(store: &TestStore) -> Self {
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        let config = Config {
            public_url: "https://report.example".into(),
            password_cost: cairn_app::account::PasswordCost::CHEAP,
            ..Config::default()
        };
        let app = App::new(
            (**store).clone(),
            Arc::new(form),
            config,
            Clock::fixed(START),
        );
        let officer = account(&app, "officer", Role::Officer).await;
        Self { app, officer }
    }

    /// As the command does it.
    async fn take(&self, source: Source, parsed: Parsed, counts: bool) -> Vec<Outcome> {
        let taxonomy = self.app.form.taxonomy();
        let mapping = Mapping::read(source, None, Codes { taxonomy }).unwrap();
        let mut problems: Vec<Problem> = parsed.problems;
        let mut outcomes = Vec::new();
        for mut old in parsed.tickets {
            assert_eq!(old.fit(), [""; 0]);
            let mut ticket = mapping.file(source, old, &mut problems);
            self.files(&mut ticket).await;
            outcomes.push(
                self.app
                    .import_ticket(&ticket, Options { counts })
                    .await
                    .unwrap(),
            );
        }
        assert!(
            problems
                .iter()
                .all(|problem| problem.fault == Fault::Unmapped),
            "{problems:?}"
        );
        outcomes
    }

    async fn files(&self, ticket: &mut Ticket) {
        for file in &mut ticket.old.files {
            let bytes = file
                .bytes
                .take()
                .unwrap_or_else(|| file.place.clone().into_bytes());
            file.taken = Some(self.app.import_file(&file.name, &bytes).await.unwrap());
        }
    }

    async fn whole(&self, outcome: &Outcome) -> Whole {
        self.app
            .read_report(&self.officer, &outcome.reference)
            .await
            .unwrap()
            .into_inner()
    }

    async fn log(&self) -> u64 {
        let row = self.app.bare_store().stats().await.unwrap();
        row.log_entries
    }
}

fn parse_mail(text: &str) -> Parsed {
    mbox::parse(text.as_bytes(), 64, &mail_number)
}

/// What in the store disagrees with the log: nothing.
async fn proved(store: &TestStore) {
    let options = store.options();
    let findings = tokio::task::spawn_blocking(move || {
        let trusted = Trusted::read(&options.dir.join("keys"), &options.origin).unwrap();
        let mut findings = Vec::new();
        let zone = Config::default().time_zone;
        let quarter = |at: Micros| {
            let day = at.timestamp().to_zoned(zone.clone()).date();
            i64::from(day.year()) * 10 + (i64::from(day.month()) + 2) / 3
        };
        let check = Check {
            trusted: &trusted,
            quarter: Some(&quarter),
            progress: &mut |_| {},
            found: &mut |finding| findings.push(finding.to_string()),
        };
        verify::database(&options.database, check).unwrap();
        let lost = |sha256: String| findings.push(format!("file {sha256}"));
        verify::files(&options, &mut |_, _| {}, &mut { lost }).unwrap();
        findings
    });
    let findings = findings.await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}

on_both! {
    async fn a_mailbox_is_taken_once_and_what_comes_later_joins(store: &mut TestStore) {
    let world = World::new(store).await;
    let first = world.take(Source::Mbox, parse_mail(MAILS), false).await;
    let [first] = first.as_slice() else { panic!("{first:?}") };
    assert_eq!((first.new, first.entries, first.files), (true, 2, 3));
    let whole = world.whole(first).await;
    // Two messages, and the three files that came with them.
    assert_eq!((whole.old.len(), whole.files.len()), (5, 3));
    assert_eq!(whole.summary.received_at.to_string(), "2020-11-23T10:00:00Z");
    assert_eq!((whole.summary.quarter, whole.summary.channel.as_str()), (20204, "imported"));
    assert!(whole.old[0].text.contains("Café"), "{}", whole.old[0].text);
    assert!(whole.old.is_sorted_by_key(|row| row.happened));
    assert!(whole.body.observables.iter().any(|one| one.value.contains("evil.example")));
    assert_eq!(whole.history[0].event.at, START);
    let log = world.log().await;
    let again = world.take(Source::Mbox, parse_mail(MAILS), false).await;
    assert_eq!((again[0].new, again[0].entries, again[0].files, again[0].changed), (false, 0, 0, false));
    assert_eq!(world.log().await, log);
    let more = format!("{MAILS}{LATER}");
    let third = world.take(Source::Mbox, parse_mail(&more), false).await;
    assert_eq!((third[0].new, third[0].entries, third[0].files), (false, 1, 1));
    assert_eq!(third[0].reference, first.reference);
    // What came later is found with what came first.
    for line in ["parcel thank", "thank you", "Café"] {
        let query = QueueQuery { line: line.into(), limit: 10, ..QueueQuery::default() };
        let listed = world.app.queue(&world.officer, &query).await.unwrap().into_inner();
        assert_eq!(listed.rows.len(), 1, "{line}");
    }
    let (jobs, _) = world.app.bare_store().count_jobs().await.unwrap();
    assert_eq!(jobs, 0);
    proved(store).await;
    }
}

on_both! {
    async fn cases_come_with_tasks_labels_and_a_timeline_and_old_numbers_lead_to_them(store: &mut TestStore) {
    let world = World::new(store).await;
    let hive = world.take(Source::Thehive4, thehive::parse(THEHIVE), false).await;
    let iris = world.take(Source::Iris, iris::parse(IRIS), false).await;
    assert_eq!((hive.len(), iris.len()), (2, 1));
    let (reference, case) = world.app.old_place(&world.officer, "thehive4", "#7").await.unwrap().into_inner();
    assert_eq!(reference, hive[0].reference);
    let case = world.app.read_case(&world.officer, case.unwrap()).await.unwrap().into_inner();
    assert_eq!((case.summary.title.as_str(), case.summary.tlp.as_str(), case.summary.state.as_str()), ("Parcel messages", "amber", "closed"));
    assert_eq!((case.case.tasks.len(), case.case.tasks.iter().filter(|task| task.done.is_some()).count()), (2, 1));
    assert_eq!(case.case.rows.len(), 3);
    assert_eq!(case.case.rows[0].happened.to_string(), "2021-03-04T05:06:07Z");
    assert!(case.case.clocks.is_empty());
    let whole = world.whole(&hive[0]).await;
    assert_eq!((whole.summary.state.as_str(), whole.summary.severity), ("closed", 3));
    assert_eq!(whole.standing.state, State::Closed);
    assert_eq!(whole.files.len(), 2);
    let log = world.log().await;
    for (source, parsed) in [(Source::Thehive4, thehive::parse(THEHIVE)), (Source::Iris, iris::parse(IRIS))] {
        for outcome in world.take(source, parsed, false).await {
            assert!(!outcome.new && !outcome.changed && outcome.entries + outcome.files == 0, "{outcome:?}");
        }
    }
    // Reading is logged, too, but was not done since.
    assert_eq!(world.log().await, log);
    for (line, found) in [("parcel state:closed", 1), ("old:thehive4#7", 1), ("7", 1), ("old:iris#7", 0), ("#12", 1), ("old:12", 1)] {
        let query = QueueQuery { line: line.into(), limit: 10, ..QueueQuery::default() };
        let listed = world.app.queue(&world.officer, &query).await.unwrap().into_inner();
        assert_eq!(listed.rows.len(), found, "{line}");
        assert!(listed.search.is_ok());
    }
    let absent = world.app.old_place(&world.officer, "rt", "7").await;
    assert!(matches!(absent, Err(AppError::NotFound)));
    proved(store).await;
    }
}

on_both! {
    async fn what_people_did_here_holds_and_figures_move_only_where_asked(store: &mut TestStore) {
    let world = World::new(store).await;
    let parsed = thehive::parse(THEHIVE);
    let one = |at: usize| Parsed { tickets: vec![parsed.tickets[at].clone()], problems: Vec::new() };
    let young = world.take(Source::Thehive4, one(1), true).await;
    let old = world.take(Source::Thehive4, one(0), false).await;
    let counted = world.app.bare_store().count_categories(&[], i64::MAX).await.unwrap();
    let incidents: i64 = counted.iter().map(|row| row.incidents).sum();
    assert_eq!(incidents, 1);
    assert_eq!(counted[0].quarter, 20212);
    // It is closed there, and an officer took it up again here.
    let version = world.whole(&old[0]).await.standing.version;
        world.app.work(&world.officer, &old[0].reference, version, Command::Reopen).await.unwrap();
    let again = world.take(Source::Thehive4, one(0), false).await;
    assert!(again[0].apart && !again[0].changed, "{again:?}");
    // Nobody touched the other one: it is closed as it is there now.
    let mut closed: Old = parsed.tickets[1].clone();
    closed.fields.retain(|(name, _)| name != "status");
    closed.fields.push(("status".into(), "Resolved".into()));
    let moved = world.take(Source::Thehive4, Parsed { tickets: vec![closed], problems: Vec::new() }, false).await;
    assert!(moved[0].changed, "{moved:?}");
    assert_eq!(world.whole(&young[0]).await.standing.state, State::Closed);
    assert_eq!(world.app.run_rules().await.unwrap(), 0);
    proved(store).await;
    }
}
