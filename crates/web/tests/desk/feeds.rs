//! Machine reports by the pages and by the API: sources are made and changed, reports sent as they are, answers say where to look.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use cairn_kernel::actor::Role;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::api::{Program, token};
use super::browser::{Browser, Desk};

/// A format that needs no file.
const ROWS: &str = "{\"time.source\": \"2050-01-01T00:00:00Z\", \"source.ip\": \"192.0.2.1\", \"classification.type\": \"scanner\"}\n";

async fn made(desk: &Desk) -> Browser {
    let mut lead = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    lead.get("/desk/feeds/sources/new?kind=upload").await;
    let pairs = [
        ("code", "events"),
        ("name", "Example <events>"),
        ("format", "idf"),
        ("every_minutes", "60"),
        ("live", "1"),
        ("kind", "upload"),
    ];
    lead.send("/desk/feeds/sources", &pairs).await;
    assert_eq!(
        lead.to.as_deref(),
        Some("/desk/feeds/sources/1"),
        "{}",
        lead.page
    );
    lead
}

async fn work(desk: &Desk) {
    let (_never, stopping) = tokio::sync::watch::channel(false);
    desk.t.app.feeds_turn(&stopping).await.unwrap();
}

#[tokio::test]
async fn sources_are_made_changed_and_taken_away_on_the_page() {
    let desk = Desk::new().await;
    let mut lead = made(&desk).await;
    lead.get("/desk/feeds").await;
    assert!(lead.page.contains("Example &lt;events&gt;"));
    lead.get("/desk/feeds/sources/new?kind=pull").await;
    let wrong = [
        ("code", "x y"),
        ("kind", "pull"),
        ("format", "idf"),
        ("quota_rows", "many"),
        ("every_minutes", "0"),
    ];
    lead.send("/desk/feeds/sources", &wrong).await;
    assert_eq!(lead.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        lead.page.contains("value=\"many\""),
        "what was typed stands there"
    );
    lead.get("/desk/feeds/sources/1").await;
    let change = [("name", "Events"), ("format", "idf"), ("quota_rows", "5")];
    lead.send("/desk/feeds/sources/1", &change).await;
    assert_eq!(lead.status, StatusCode::SEE_OTHER, "{}", lead.page);
    // Somebody who saw it before is told.
    let csrf = lead.get_token().await;
    let late = [
        ("csrf", csrf.as_str()),
        ("version", "1"),
        ("name", "Late"),
        ("format", "idf"),
    ];
    lead.post("/desk/feeds/sources/1", &late).await;
    assert_eq!(lead.status, StatusCode::CONFLICT);
    lead.get("/desk/feeds/sources/1").await;
    lead.send("/desk/feeds/sources/1/remove", &[]).await;
    assert_eq!(lead.to.as_deref(), Some("/desk/feeds"));
    let mut admin = desk
        .signed_in("oliver", "Oliver", Role::Administrator)
        .await;
    admin.get("/desk/audit?kind=feed_source_set").await;
    assert!(admin.page.contains("events"), "{}", admin.page);
}

#[tokio::test]
async fn a_report_is_sent_by_the_form_and_told_what_became_of_it() {
    let desk = Desk::new().await;
    let _lead = made(&desk).await;
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    let upload = "/desk/feeds/upload";
    b.get(upload).await;
    let csrf = b.hidden("csrf").unwrap();
    b.send(upload, &[("source", "1")]).await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    for to in ["/desk/feeds/reports/1", "/desk/feeds/reports/1?had=1"] {
        b.get(upload).await;
        b.upload(
            upload,
            &[("source", "1")],
            Some(("a.jsonl", ROWS.as_bytes())),
        )
        .await;
        assert_eq!(b.to.as_deref(), Some(to), "{}", b.page);
    }
    for (source, file) in [
        ("7", Some(("b.jsonl", &b"{}"[..]))),
        ("x", Some(("b.jsonl", &b"{}"[..]))),
        ("1", Some(("empty.jsonl", &b""[..]))),
        ("1", None),
    ] {
        b.get(upload).await;
        b.upload(upload, &[("source", source)], file).await;
        assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY, "{source}");
    }
    // A file before its token, or without one, is nobody's.
    let cookie = b.cookie.clone().unwrap();
    let field = |name: &str, value: &str| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file =
        "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n{}\r\n";
    let (source, right, wrong) = (
        field("source", "1"),
        field("csrf", &csrf),
        field("csrf", "no"),
    );
    for parts in [
        format!("{source}{file}--cut--\r\n"),
        format!("{source}{wrong}{file}--cut--\r\n"),
        format!("{source}{file}{right}--cut--\r\n"),
    ] {
        let request = Request::post(upload)
            .header(header::COOKIE, format!("cairn_session={cookie}"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
            .body(Body::from(parts));
        let answer = desk.router.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
    work(&desk).await;
    b.get("/desk/feeds/reports/1?had=1").await;
    assert!(b.page.contains("taken in") && b.page.contains("We had this report already"));
    b.get("/desk/feeds/reports/9").await;
    assert_eq!(b.status, StatusCode::NOT_FOUND);
}

async fn send(router: &Router, token: &str, path: &str, body: Vec<u8>) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1/desk/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(body));
    let response = router.clone().oneshot(request.unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn a_program_makes_a_source_sends_a_report_and_follows_it() {
    let desk = Desk::new().await;
    let mut lead = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    let act = token(&mut lead, "act").await;
    let mut program = Program::new(&desk, &act);
    let wrong = json!({ "code": "A", "kind": "pull", "wanted": { "name": "", "format": "idf", "address": "ftp://x", "live": true } });
    let said = program.post("feeds/sources", wrong).await;
    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY);
    let pointers = said["errors"].to_string();
    assert!(
        pointers.contains("/wanted/address") && pointers.contains("/code"),
        "{said}"
    );
    let good = json!({ "code": "events", "kind": "upload", "wanted": { "name": "Events", "format": "idf", "live": true } });
    let said = program.post("feeds/sources", good).await;
    assert_eq!(
        (program.status, said["source"]["no"].as_i64()),
        (StatusCode::OK, Some(1)),
        "{said}"
    );
    // Larger than any other body of the API.
    let large = ROWS.repeat(4_000);
    assert!(large.len() as u64 > cairn_web::api::desk::CALL_BYTES_MAX);
    let to = "feeds/sources/1/reports?name=events.jsonl";
    let (status, said) = send(&desk.router, &act, to, large.clone().into_bytes()).await;
    assert_eq!(
        (status, said["had"].clone()),
        (StatusCode::ACCEPTED, Value::Null),
        "{said}"
    );
    let (status, again) = send(&desk.router, &act, to, large.into_bytes()).await;
    assert_eq!(
        (status, again["no"].as_i64()),
        (StatusCode::OK, said["no"].as_i64())
    );
    assert!(again["had"].is_string());
    assert_eq!(
        send(&desk.router, &act, to, Vec::new()).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        send(&desk.router, &act, "feeds/sources/9/reports", vec![1])
            .await
            .0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        send(&desk.router, "", to, vec![1]).await.0,
        StatusCode::UNAUTHORIZED
    );
    work(&desk).await;
    let said = program.get("feeds/reports/1").await;
    assert_eq!(said["report"]["state"], "done", "{said}");
    assert_eq!(
        (
            said["report"]["rows"].as_u64(),
            said["files"][0]["fresh"].as_u64()
        ),
        (Some(4_000), Some(1))
    );
    let said = program.get("feeds").await;
    assert_eq!(said["sources"][0]["rows_today"], 4_000);
    changed_and_bad(&desk, &act, &mut program, to).await;
}

/// A change of what is no longer so is refused; a row that gives nothing is in quarantine, and read again.
async fn changed_and_bad(desk: &Desk, act: &str, program: &mut Program, to: &str) {
    let change =
        json!({ "version": 7, "wanted": { "name": "Events", "format": "idf", "live": false } });
    let said = program.post("feeds/sources/1", change).await;
    assert_eq!(program.status, StatusCode::CONFLICT);
    assert_eq!(said["current"]["source"]["version"], 1, "{said}");
    let (_, said) = send(&desk.router, act, to, b"no event at all\n".to_vec()).await;
    work(desk).await;
    let no = said["no"].as_i64().unwrap();
    let said = program.get(&format!("feeds/reports/{no}")).await;
    assert_eq!(said["report"]["bad"], 1, "{said}");
    let said = program.get("feeds/quarantine").await;
    assert_eq!(said["causes"][0]["rows"], 1, "{said}");
    let said = program.post("feeds/quarantine/replay", json!({})).await;
    assert_eq!(said["reports"].as_array().unwrap().len(), 1, "{said}");
}
