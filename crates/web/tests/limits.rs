//! What strangers can take of the disk and of our time, and that people still get through.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use cairn_app::Config;
use cairn_app::account::Doer;
use cairn_app::uploads::UploadLimits;
use cairn_desk::form::{Form, FormFiles};
use cairn_testkit::{TestStore, run};
use support::{Answer, Browser, World, answers};

const EXAMPLE: &str = include_str!("../../../forms/nz/example.json");
const FILES: &str = "/api/v1/files";

async fn world(config: Config) -> World {
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    World::with(TestStore::sqlite().await, form, config)
}

async fn file(browser: &mut Browser, bytes: usize, key: Option<&str>) -> Answer {
    let more = key.map(|key| ("authorization", format!("Bearer {key}")));
    let content = "x".repeat(bytes);
    browser
        .json(FILES, &content, more.into_iter().collect())
        .await
}

#[test]
fn no_files_below_the_reserve_and_reports_all_the_same() {
    run(async {
        let uploads = UploadLimits {
            reserve: u64::MAX,
            ..UploadLimits::default()
        };
        let world = world(Config {
            uploads,
            ..Config::default()
        })
        .await;
        let mut machine = world.browser();
        let held = file(&mut machine, 1_000, None).await;
        assert_eq!(held.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(held.body.contains("/problems/files-held"), "{}", held.body);
        let report = machine.json("/api/v1/reports", EXAMPLE, vec![]).await;
        assert_eq!(report.status, StatusCode::CREATED);

        let mut person = world.browser();
        person.begin().await;
        let answers = answers(false);
        person.walk_until(&answers, "files").await;
        let answer = person
            .upload("/report/files", &[("a.txt", b"evidence")])
            .await;
        assert!(
            answer.location().contains("fault=held"),
            "{}",
            answer.location()
        );
        let page = person.get(answer.location()).await.body;
        assert!(page.contains("add the file later"), "{page}");
        let answer = person.post("/report/files", &[]).await;
        assert_ne!(answer.location(), "/report/files");
        let next = answer
            .location()
            .strip_prefix("/report/")
            .unwrap()
            .to_owned();
        person.walk_from(&next, &answers, "check").await;
        person.send().await;
        assert_eq!(world.reports().await, 2);
    });
}

#[test]
fn one_network_has_its_share_a_day_and_partners_have_no_share() {
    run(async {
        let uploads = UploadLimits {
            reserve: 0,
            network_day_max: 300_000,
            ..UploadLimits::default()
        };
        let world = world(Config {
            uploads,
            ..Config::default()
        })
        .await;
        let mut machine = world.browser();
        assert_eq!(
            file(&mut machine, 200_000, None).await.status,
            StatusCode::CREATED
        );
        let more = file(&mut machine, 100_000, None).await;
        assert_eq!(more.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(more.header("retry-after").parse::<u32>().unwrap() > 60);
        let key = world.app.create_api_key(Doer::System, "Partner").await;
        let key = key.unwrap().1;
        for bytes in [200_001, 200_002] {
            let theirs = file(&mut machine, bytes, Some(&key)).await;
            assert_eq!(theirs.status, StatusCode::CREATED);
        }
        let report = machine.json("/api/v1/reports", EXAMPLE, vec![]).await;
        assert_eq!(report.status, StatusCode::CREATED);
    });
}

#[test]
fn files_that_no_report_names_are_bounded_and_counted_anew() {
    run(async {
        let uploads = UploadLimits {
            reserve: 0,
            unnamed_max: 500_000,
            ..UploadLimits::default()
        };
        let world = world(Config {
            uploads,
            ..Config::default()
        })
        .await;
        let mut machine = world.browser();
        let first = file(&mut machine, 300_000, None).await;
        assert_eq!(first.status, StatusCode::CREATED);
        let held = file(&mut machine, 300_001, None).await;
        assert_eq!(held.status, StatusCode::SERVICE_UNAVAILABLE);
        let first: serde_json::Value = serde_json::from_str(&first.body).unwrap();
        let mut report: serde_json::Value = serde_json::from_str(EXAMPLE).unwrap();
        report["files"] = serde_json::json!([{ "sha256": first["sha256"] }]);
        let sent = machine
            .json("/api/v1/reports", &report.to_string(), vec![])
            .await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
        world.app.count_left().await.unwrap();
        assert_eq!(world.app.uploads.unnamed(), 0, "a report names it");
        let again = file(&mut machine, 300_001, None).await;
        assert_eq!(again.status, StatusCode::CREATED);
        world.app.count_left().await.unwrap();
        assert_eq!(world.app.uploads.unnamed(), 300_001);
    });
}

#[test]
fn too_many_submissions_of_one_network_wait_and_are_all_taken() {
    run(async {
        let world = world(Config {
            network_minute_max: 600,
            network_burst: 2,
            ..Config::default()
        })
        .await;
        let mut machine = world.browser();
        let begun = Instant::now();
        for _ in 0..6 {
            let sent = machine.json("/api/v1/reports", EXAMPLE, vec![]).await;
            assert_eq!(sent.status, StatusCode::CREATED);
        }
        let slowed = begun.elapsed();
        assert!(slowed >= Duration::from_millis(380), "{slowed:?}");
        assert_eq!(world.reports().await, 6);
    });
}
