//! People at risk, by HTTP: help first, a way out of every page, and nothing asked that could harm them.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use axum::http::StatusCode;
use cairn_testkit::{TestStore, run};
use support::{World, answers};

#[test]
fn people_at_risk_get_help_first_and_a_way_out_that_forgets() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        for (step, value) in [("who", "me"), ("danger", "yes")] {
            browser
                .post(&format!("/report/{step}"), &[(step, value)])
                .await;
        }
        assert!(
            browser
                .get("/report/emergency")
                .await
                .body
                .contains("tel:111")
        );
        browser.post("/report/emergency", &[]).await;
        let answer = browser
            .post("/report/money_moved", &[("money_moved", "yes")])
            .await;
        assert_eq!(answer.location(), "/report/bank_first");
        browser.post("/report/bank_first", &[]).await;
        let answer = browser.post("/report/what", &[("what", "threats")]).await;
        assert_eq!(answer.location(), "/report/threats_help");
        let page = browser.get("/report/threats_help").await;
        assert!(page.body.contains("href=\"/report/exit\"") && page.body.contains("tel:1737"));
        // Another site cannot make the browser forget.
        let mut framed = browser.clone();
        framed.headers.push(("sec-fetch-site", "cross-site".into()));
        framed.get("/report/exit").await;
        assert_eq!(
            browser.get("/report/threats_help").await.status,
            StatusCode::OK
        );
        let mut copy = browser.clone();
        let away = browser.get("/report/exit").await;
        assert_eq!(away.location(), "https://weather.example.org/");
        assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
        assert_eq!(
            copy.get("/report/threats_help").await.location(),
            "/report?gone=1"
        );
    });
}

/// What somebody answers who is blackmailed with images, by either way that the form has for it.
fn blackmailed(what: &'static str) -> support::Answers {
    let mut all = answers(true);
    all.insert("what", vec![("what", what)]);
    all.insert("scam", vec![("scam_kind", "extortion")]);
    all.insert(
        "threats",
        vec![
            ("threat_kind", "images"),
            ("threat_kind", "pay"),
            ("threat_kind", "child"),
        ],
    );
    all.insert("loss", vec![("loss", "none")]);
    all
}

#[test]
fn the_way_out_leads_where_the_form_says_unless_the_operator_says_otherwise() {
    run(async {
        let site = cairn_web::Site {
            exit_to: String::new(),
            ..cairn_web::Site::example()
        };
        let world = World::start_as(TestStore::sqlite().await, site);
        let away = world.browser().get("/report/exit").await;
        assert_eq!(away.location(), world.app.form.help().leave_to());
    });
}

const WAY_OUT: &str = "href=\"/report/exit\"";

#[test]
fn the_blackmailed_get_advice_of_their_own_crisis_lines_and_no_field_for_files() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        for what in ["scam", "threats"] {
            let told = blackmailed(what);
            let mut browser = world.browser();
            browser.begin().await;
            for end in ["threats_help", "describe"] {
                browser.walk_until(&told, end).await;
                let page = browser.get(&format!("/report/{end}")).await.body;
                assert!(page.contains(WAY_OUT) && page.contains("tel:1737"), "{end}");
                assert!(!page.contains("type=\"file\""), "{end}");
            }
            browser.walk(&told).await;
            let (_, link) = browser.send().await;
            for (lang, part) in [
                ("en", "You are not to blame"),
                ("mi", "Ehara i a koe te hē"),
            ] {
                let sent = browser.get(&format!("/report/sent?lang={lang}")).await.body;
                for part in [part, "tel:1737", "tel:08009428787", WAY_OUT] {
                    assert!(sent.contains(part), "{part}: {sent}");
                }
                assert!(!sent.contains("Call your bank now"), "{sent}");
            }
            status_page_of_the_blackmailed(&world, &link).await;
        }
        // Whose page it was is forgotten after half an hour; the way out stays.
        let closed = world.browser().get("/status/report").await;
        assert_eq!(closed.status, StatusCode::NOT_FOUND);
        assert!(closed.body.contains(WAY_OUT));
    });
}

async fn status_page_of_the_blackmailed(world: &World, link: &str) {
    let mut later = world.browser();
    later.get(link).await;
    let status = later.get("/status/report?lang=en").await.body;
    assert!(status.contains("tel:1737") && status.contains(WAY_OUT));
    assert!(!status.contains("type=\"file\""), "{status}");
    let forced = later
        .upload_as("/status/file", "files", &[("a.jpg", b"\xff\xd8\xff")])
        .await;
    assert_eq!(forced.status, StatusCode::BAD_REQUEST);
    assert!(later.get("/status/erase").await.body.contains(WAY_OUT));
}

#[test]
fn whoever_is_in_danger_can_leave_from_every_page_and_is_not_asked_by_what() {
    run(async {
        let world = World::start(TestStore::sqlite().await);
        let mut browser = world.browser();
        browser.begin().await;
        let mut all = answers(false);
        all.insert("danger", vec![("danger", "yes")]);
        for end in ["emergency", "scam", "when", "describe"] {
            browser.walk_until(&all, end).await;
            let page = browser.get(&format!("/report/{end}")).await.body;
            assert!(page.contains(WAY_OUT) && page.contains("tel:1737"), "{end}");
        }
        assert_eq!(
            browser.get("/report/threats").await.location(),
            "/report/describe"
        );
        browser.walk(&all).await;
        browser.send().await;
        let sent = browser.get("/report/sent").await.body;
        assert!(sent.contains("Call your bank now") && sent.contains("tel:1737"));
    });
}
