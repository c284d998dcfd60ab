//! Plans within the service: the ways back, and figures that others may frame.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use axum::http::StatusCode;
use cairn_app::Config;
use cairn_app::track::Plans;
use cairn_desk::form::{Form, FormFiles};
use cairn_testkit::TestStore;
use cairn_track::plan::Files;
use cairn_web::Site;
use support::World;

/// One of the plans in the repository.
fn folder(name: &str) -> Files {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../plans")
        .join(name);
    let (mut files, mut open) = (Files::new(), vec![root.clone()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

async fn world() -> World {
    let plans = Plans::of(
        [folder("nz-digital")],
        cairn_web::track::around(&Site::example()),
    )
    .unwrap();
    let config = Config {
        plans,
        ..Config::default()
    };
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    World::with(TestStore::sqlite().await, form, config)
}

#[tokio::test]
async fn only_the_page_of_one_figure_may_be_framed_by_others() {
    let world = world().await;
    let mut browser = world.browser();
    for path in [
        "embed/m/m2.html",
        "mi/embed/m/m2.html",
        "e/2026/embed/m/m2.html",
    ] {
        let answer = browser.get(&format!("/track/nz-digital/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors *"), "{path}: {policy}");
        assert!(!answer.headers.contains_key("x-frame-options"), "{path}");
    }
    for path in [
        "",
        "m/m2.html",
        "index.html",
        "data/m2.csv",
        "track.css",
        "embed/m/none.html",
        "embed/m/..%2f..%2findex.html",
    ] {
        let answer = browser.get(&format!("/track/nz-digital/{path}")).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers["x-frame-options"], "DENY", "{path}");
    }
}

#[tokio::test]
async fn a_plan_has_a_way_back_into_the_service() {
    let world = world().await;
    let mut browser = world.browser();
    for (path, home, door) in [
        (
            "m/m2.html",
            "href=\"/?lang=en\"",
            "href=\"/report?lang=en\"",
        ),
        (
            "mi/m/m2.html",
            "href=\"/?lang=mi\"",
            "href=\"/report?lang=mi\"",
        ),
    ] {
        let page = browser.get(&format!("/track/nz-digital/{path}")).await.body;
        assert!(page.contains(home) && page.contains(door), "{path}: {page}");
        assert!(
            page.contains("http://127.0.0.1/track/nz-digital") || page.contains("https://"),
            "{path}"
        );
    }
    let embed = browser.get("/track/nz-digital/embed/m/m2.html").await.body;
    assert!(!embed.contains("/report?"), "{embed}");
    let manifest = browser.get("/track/nz-digital/manifest.json").await.body;
    assert!(
        manifest.contains("\"doors\"") && manifest.contains("/report?lang=mi"),
        "{manifest}"
    );
}

#[tokio::test]
async fn a_page_past_the_end_of_a_list_leads_to_its_last_page() {
    let world = world().await;
    let mut browser = world.browser();
    for (path, to) in [
        ("sources-99.html", "sources.html"),
        ("mi/measures-2.html", "mi/measures.html"),
        ("e/2022/initiatives-7.html", "e/2022/initiatives.html"),
        ("mi/e/2022/data/page-3.html", "mi/e/2022/data/index.html"),
    ] {
        let answer = browser.get(&format!("/track/nz-digital/{path}")).await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT, "{path}");
        let leads = answer.headers["location"].to_str().unwrap();
        assert_eq!(leads, format!("/track/nz-digital/{to}"));
        assert_eq!(browser.get(leads).await.status, StatusCode::OK, "{leads}");
    }
    for path in [
        "sources-1.html",
        "sources-x.html",
        "m/m2-2.html",
        "e/1999/sources-2.html",
        "nothing-2.html",
    ] {
        let answer = browser.get(&format!("/track/nz-digital/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
