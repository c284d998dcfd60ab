//! The reply to a cluster that reaches many by mail, on both databases: one action decides and puts the words on the status pages; the
//! mails wait for a second officer.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

use cairn_app::account::Principal;
use cairn_app::bulk::REPLIES_ALONE_MAX;
use cairn_app::clock::Clock;
use cairn_app::cluster::{Decided, GRACE_SECONDS, Texts};
use cairn_app::report::AppError;
use cairn_app::{App, Config, MailConfig};
use cairn_desk::bulk::{Refusal, Stage, Wish};
use cairn_desk::report::{Contact, Draft, MessageText};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::params;
use cairn_store::writer::Unit;
use cairn_testkit::{TestStore, account, on_both, sample};

const START: Micros = Micros(1_795_500_300_000_000);
const THING: &str = "https://evil.example/pay-here";

fn app(store: &TestStore) -> (App, Clock) {
    let config = Config {
        mail: Some(MailConfig {
            smtp_url: "smtp://127.0.0.1:9".into(),
            from: "cairn@report.example".into(),
        }),
        ..Config::default()
    };
    store.app(config, START)
}

fn about(seed: u64, mail: bool) -> Draft {
    let mut draft = sample::draft(seed);
    draft.body.observables = cairn_kernel::observable::extract(THING);
    draft.body.severity = 5;
    draft.body.suspect = false;
    draft.body.channel = cairn_desk::report::Channel::Web;
    draft.body.answers.clear();
    draft.body.files.clear();
    draft.body.anonymous = !mail;
    draft.contact = mail.then(|| Contact {
        email: Some(format!("reporter-{seed}@home.example")),
        ..Contact::default()
    });
    draft
}

/// So many reports of one cluster whose reporters can be told by mail; its number, and the reports'.
async fn campaign(app: &App, who: &Principal, seeds: std::ops::Range<u64>) -> (i64, Vec<i64>) {
    let mut reports = Vec::new();
    for seed in seeds {
        let received = app.submit(&about(seed, true), Actor::Reporter, None).await;
        reports.push(received.unwrap().no);
    }
    while app.cluster_reports().await.unwrap() > 0 {}
    let place = app.cluster_about(who, reports[0]).await.unwrap();
    (place.unwrap().head, reports)
}

async fn decide(app: &App, who: &Principal, cluster: i64) {
    let words = MessageText::parse("Block it.").unwrap();
    let decided = Decided {
        reply: Texts::from([("en".into(), words)]),
        outcome: Some(app.form.taxonomy().outcomes()[0].code.clone()),
        ..Decided::default()
    };
    let version = app.read_cluster(who, cluster).await.unwrap().version;
    app.decide_cluster(who, cluster, version, decided)
        .await
        .unwrap();
}

/// Mails of news that are on their way.
async fn news(t: &TestStore) -> usize {
    let jobs = t.due_jobs(Micros(i64::MAX), 10_000).await.unwrap();
    jobs.iter().filter(|job| job.kind == "news").count()
}

async fn verified(t: &TestStore) {
    assert_eq!(t.log_verify().await.1, vec![]);
}

on_both! {
    async fn many_mails_wait_for_a_second_officer_and_nothing_else_does(t: &mut TestStore) {
        let (app, clock) = app(t);
        let hana = account(&app, "hana", Role::Officer).await;
        let mere = account(&app, "mere", Role::Officer).await;
        let auditor = account(&app, "ruth", Role::Auditor).await;
        let many = REPLIES_ALONE_MAX as u64 + 1;
        let (cluster, reports) = campaign(&app, &hana, 0..many).await;
        let anonymous = app.submit(&about(900, false), Actor::Reporter, None).await.unwrap().no;
        while app.cluster_reports().await.unwrap() > 0 {}
        decide(&app, &hana, cluster).await;
        clock.set(clock.now().plus_seconds(GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), reports.len() + 1);
        // One action did it all: closed, and the words are where reporters look.
        for no in reports.iter().chain([&anonymous]) {
            assert_eq!(t.report(*no).await.unwrap().unwrap().state, "closed");
            assert_eq!(t.messages(*no).await.unwrap()[0].text, "Block it.");
        }
        assert_eq!(news(t).await, 0, "nothing leaves by one officer's word");
        assert_eq!(app.release_mails().await.unwrap(), 0);
        let asked = app.cluster_mails_asked(&auditor).await.unwrap().into_inner();
        assert_eq!((asked.len(), asked[0].held, asked[0].mail.head), (1, many as i64, cluster));
        let decision = asked[0].mail.decision;
        let whole = app.read_cluster(&mere, cluster).await.unwrap();
        assert_eq!(whole.mail.as_ref().map(|asked| asked.mail.stage), Some(Stage::Asked));
        verified(t).await;

        let own = app.cluster_mail_wish(&hana, decision, Wish::Agree).await;
        assert!(matches!(own, Err(AppError::Bulk(Refusal::Own))), "{own:?}");
        let reads = app.cluster_mail_wish(&auditor, decision, Wish::Agree).await;
        assert!(matches!(reads, Err(AppError::Denied(_))), "{reads:?}");
        let none = app.cluster_mail_wish(&mere, decision + 100, Wish::Agree).await;
        assert!(matches!(none, Err(AppError::NotFound)), "{none:?}");
        app.cluster_mail_wish(&mere, decision, Wish::Agree).await.unwrap();
        assert_eq!(news(t).await, many as usize);
        assert!(app.cluster_mails_asked(&mere).await.unwrap().is_empty());
        let late = app.cluster_mail_wish(&mere, decision, Wish::Decline).await;
        assert!(matches!(late, Err(AppError::Bulk(Refusal::Past))), "{late:?}");
        assert_eq!(app.release_mails().await.unwrap(), 0, "each once");

        // Who joins later is told at once: somebody agreed.
        campaign(&app, &hana, 50..51).await;
        clock.set(clock.now().plus_seconds(GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 1);
        assert_eq!(news(t).await, many as usize + 1);
        verified(t).await;
        // A word that nobody gave is found.
        let mut unit = Unit::default();
        unit.expect(1, "UPDATE cluster_mail SET second = $1 WHERE decision = $2", params!["somebody", decision]);
        t.write(unit).await.unwrap();
        let findings = t.log_verify().await.1;
        assert_eq!(findings[0].place(), format!("cluster_mail {decision}"), "{findings:?}");
    }

    async fn few_mails_leave_at_once_until_the_cluster_grows(t: &mut TestStore) {
        let (app, clock) = app(t);
        let hana = account(&app, "hana", Role::Officer).await;
        let few = REPLIES_ALONE_MAX as u64;
        let (cluster, _) = campaign(&app, &hana, 0..few).await;
        decide(&app, &hana, cluster).await;
        clock.set(clock.now().plus_seconds(GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap() as u64, few);
        assert_eq!(news(t).await as u64, few);
        assert!(app.cluster_mails_asked(&hana).await.unwrap().is_empty());
        // One more by the same decision is one too many for one officer.
        campaign(&app, &hana, 60..62).await;
        clock.set(clock.now().plus_seconds(GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 2);
        assert_eq!(news(t).await as u64, few);
        let asked = app.cluster_mails_asked(&hana).await.unwrap().into_inner();
        assert_eq!((asked[0].held, asked[0].mail.account.as_str()), (2, hana.account.as_str()));
        verified(t).await;
    }

    async fn what_was_declined_never_leaves(t: &mut TestStore) {
        let (app, clock) = app(t);
        let hana = account(&app, "hana", Role::Officer).await;
        let mere = account(&app, "mere", Role::Officer).await;
        let many = REPLIES_ALONE_MAX as u64 + 2;
        let (cluster, reports) = campaign(&app, &hana, 0..many).await;
        decide(&app, &hana, cluster).await;
        clock.set(clock.now().plus_seconds(GRACE_SECONDS));
        app.carry_out_decisions().await.unwrap();
        // Words that are taken back are no mail any more.
        let whole = app.read_report(&hana, &app.reference(reports[0])).await.unwrap();
        let written = whole.history.iter().position(|line| {
            matches!(line.event.change, cairn_desk::report::Change::OfficerWrote { .. })
        });
        let event = written.unwrap() as i64 + 1;
        let asked = app.cluster_mails_asked(&mere).await.unwrap().into_inner();
        let decision = asked[0].mail.decision;
        let undone = app.undo(&hana, &app.reference(reports[0]), whole.standing.version, event).await;
        let held = app.cluster_mails_asked(&mere).await.unwrap()[0].held;
        assert_eq!(held, many as i64 - i64::from(undone.is_ok()), "{undone:?}");
        app.cluster_mail_wish(&mere, decision, Wish::Decline).await.unwrap();
        assert_eq!(app.release_mails().await.unwrap(), 0);
        assert_eq!(news(t).await, 0);
        let whole = app.read_cluster(&hana, cluster).await.unwrap();
        let asked = whole.mail.clone().unwrap();
        assert_eq!((asked.mail.stage, asked.held), (Stage::Declined, 0));
        assert_eq!(asked.mail.second.as_deref(), Some(mere.account.as_str()));
        // Nor for who joins later.
        campaign(&app, &hana, 70..71).await;
        clock.set(clock.now().plus_seconds(GRACE_SECONDS));
        assert_eq!(app.carry_out_decisions().await.unwrap(), 1);
        assert_eq!((news(t).await, whole.mail.as_ref().map_or(0, |asked| asked.held)), (0, 0));
        verified(t).await;
    }
}
