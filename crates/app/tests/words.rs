//! What is written on a report after it came in is found like what it came with, on both databases: messages either way, by word and by
//! phrase; and no longer once it was taken back.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

use cairn_app::account::Principal;
use cairn_app::report::AppError;
use cairn_app::search::QueueQuery;
use cairn_app::{App, Config};
use cairn_desk::report::{Change, MessageText};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_testkit::{account, on_both, sample};

const START: Micros = Micros(1_795_500_300_000_000);

async fn found(app: &App, who: &Principal, line: &str) -> Vec<i64> {
    let query = QueueQuery {
        line: line.into(),
        limit: 50,
        ..QueueQuery::default()
    };
    let page = app.queue(who, &query).await.unwrap().into_inner();
    assert!(page.search.is_ok(), "{:?}", page.search);
    page.rows.iter().map(|row| row.no).collect()
}

fn words(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

on_both! {
    async fn messages_are_found(t: &mut TestStore) {
        let (app, _) = t.app(Config::default(), START);
        let hana = account(&app, "hana", Role::Officer).await;
        let mut reports = Vec::new();
        for seed in 0..5 {
            let received = app.submit(&sample::draft(seed), Actor::Reporter, None).await.unwrap();
            reports.push((received.no, received.reference));
        }
        let (no, reference) = reports[2].clone();
        let first = sample::draft(2).search_text;
        let told = first.split(' ').find(|word| word.len() > 4).unwrap().to_owned();
        assert!(found(&app, &hana, &told).await.contains(&no));
        assert!(found(&app, &hana, "whakarongorau").await.is_empty());
        let version = app.read_report(&hana, &reference).await.unwrap().standing.version;
        let text = words("We asked Whakarongorau, who block the zqsender number.");
        app.write_to_reporter(&hana, &reference, version, text, false).await.unwrap();
        // At once, by word, by several, with those that the report came with, and as a phrase.
        for line in ["whakarongorau", "zqsender whakarongorau", "\"the zqsender number\""] {
            assert_eq!(found(&app, &hana, line).await, [no], "{line}");
        }
        assert_eq!(found(&app, &hana, &format!("{told} zqsender")).await, [no]);
        assert!(found(&app, &hana, "\"number zqsender\"").await.is_empty());
        assert!(found(&app, &hana, &told).await.contains(&no), "what it came with still is");
        // The worker does the same where nobody searches.
        assert_eq!(app.reword_turn().await.unwrap(), 0);
        let whole = app.read_report(&hana, &reference).await.unwrap().into_inner();
        let event = whole.history.iter().position(|line| matches!(line.event.change, Change::OfficerWrote { .. }));
        let event = event.unwrap() as i64 + 1;
        app.undo(&hana, &reference, whole.standing.version, event).await.unwrap();
        assert_eq!(app.reword_turn().await.unwrap(), 1);
        assert!(found(&app, &hana, "whakarongorau").await.is_empty(), "it was taken back");
        assert!(found(&app, &hana, &told).await.contains(&no));
        // Who may read no reports finds nothing by them.
        let admin = account(&app, "ana", Role::Administrator).await;
        let query = QueueQuery { line: told, limit: 50, ..QueueQuery::default() };
        assert!(matches!(app.queue(&admin, &query).await, Err(AppError::Denied(_))));
        assert_eq!(t.log_verify().await.1, vec![]);
    }
}

const EXAMPLE: &str = include_str!("../../../forms/nz/example.json");

on_both! {
    /// What follows from the answers is not kept twice: its words are made as they move, also by a program that was started since.
    async fn words_that_follow_from_the_answers_are_found(t: &mut TestStore) {
        let (app, _) = t.app(Config::default(), START);
        let hana = account(&app, "hana", Role::Officer).await;
        let draft = app.form.parse_json(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(draft.search_text, "");
        let no = app.submit(&draft, Actor::Reporter, None).await.unwrap().no;
        let lines = ["bike", "\"electric bike\"", "courier-pay.example", "192.0.2.44", "\u{201c}insurance\u{201d}", "seller@bikes.example"];
        for line in lines {
            assert_eq!(found(&app, &hana, line).await, [no], "{line}");
        }
        // What was chosen, and not written, is no word.
        for line in ["nz-wgn", "goods"] {
            assert!(found(&app, &hana, line).await.is_empty(), "{line}");
        }
        drop(app);
        // As it lies there when the program ended before the words moved.
        let lost = if t.is_sqlite() { "DELETE FROM report_fts WHERE rowid = 1" } else { "DELETE FROM report_fts WHERE no = 1" };
        let mut unit = cairn_store::writer::Unit::default();
        unit.exec(lost, Vec::new());
        unit.exec("UPDATE meta SET value = '0' WHERE key = 'words_to'", Vec::new());
        t.write(unit).await.unwrap();
        t.reopen().await;
        // Nobody has said yet what the words are, and the search does not wait for it.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(t.writer().unindexed(), 1);
        let (app, _) = t.app(Config::default(), START);
        let begun = std::time::Instant::now();
        while t.writer().unindexed() > 0 && begun.elapsed() < std::time::Duration::from_secs(20) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        for line in lines {
            assert_eq!(found(&app, &hana, line).await, [no], "{line}");
        }
        assert_eq!(t.log_verify().await.1, vec![]);
    }
}
