//! Referrals by way of the pages and the API, and what the reporter reads of them.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use cairn_app::account::Doer;
use cairn_app::report::Received;
use cairn_kernel::actor::{Actor, Role};
use tower::ServiceExt as _;

use super::browser::{Browser, Desk};

async fn agreed(desk: &Desk) -> String {
    let mut draft = desk.example();
    draft.consents = vec!["police".into()];
    desk.report(&draft).await
}

async fn prepared(b: &mut Browser, at: &str, channel: &str) -> String {
    b.get(at).await;
    let pairs = [("refer-agency", "police"), ("refer-channel", channel)];
    b.send(&format!("{at}/referrals"), &pairs).await;
    let to = b.to.clone();
    assert_eq!(
        to.as_deref(),
        Some(format!("{at}/referrals/1").as_str()),
        "{}",
        b.page
    );
    format!("{at}/referrals/1")
}

#[tokio::test]
async fn what_is_missing_is_said_and_what_was_chosen_stays() {
    let desk = Desk::new().await;
    let at = format!("/desk/reports/{}", agreed(&desk).await);
    let mut b = desk.signed_in("hana", "Hana", Role::Lead).await;
    for (pairs, says) in [
        (vec![("refer-agency", "")], "Choose an agency"),
        (vec![("refer-agency", "police")], "Choose how it goes"),
        (
            vec![("refer-agency", "netsafe"), ("refer-channel", "api")],
            "does not agree to this agency",
        ),
        (
            vec![("by-law", "1"), ("law-agency", "police")],
            "Choose an agency",
        ),
        (
            vec![("by-law", "1"), ("law-agency", "police/ipp11_law")],
            "Say why it applies",
        ),
    ] {
        b.get(&at).await;
        b.send(&format!("{at}/referrals"), &pairs).await;
        assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(b.page.contains(says), "{says}: {}", b.page);
    }
    let mut officer = desk.signed_in("mere", "Mere", Role::Officer).await;
    officer.get(&at).await;
    assert!(!officer.page.contains("reason in law"));
    let by_law = [
        ("by-law", "1"),
        ("law-agency", "police/ipp11_law"),
        ("law-why", "x"),
    ];
    officer.send(&format!("{at}/referrals"), &by_law).await;
    assert_eq!(officer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_package_is_seen_taken_sent_and_answered() {
    let desk = Desk::new().await;
    let reference = agreed(&desk).await;
    let at = format!("/desk/reports/{reference}");
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    let one = prepared(&mut b, &at, "handed").await;
    b.get(&one).await;
    assert!(b.page.contains("What goes") && b.page.contains("cairn-referral/1"));
    b.send(&format!("{one}/send"), &[]).await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    assert!(b.page.contains("Take the package out first"));
    b.get(&format!("{one}/summary")).await;
    assert!(b.page.contains("New Zealand Police") && b.page.contains(&reference));
    let policy = b.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("sandbox") && !policy.contains("unsafe"),
        "{policy}"
    );
    b.get(&one).await;
    b.send(&format!("{one}/package"), &[]).await;
    assert_eq!(b.headers["content-type"], "application/zip");
    assert!(b.bytes.starts_with(b"PK"));
    for (action, pairs) in [
        ("send", vec![]),
        ("acknowledge", vec![("reference", "P-1")]),
        ("chase", vec![("how", "By telephone")]),
        ("answer", vec![("outcome", "resolved"), ("more", "Done")]),
    ] {
        b.get(&one).await;
        b.send(&format!("{one}/{action}"), &pairs).await;
        assert_eq!(b.to.as_deref(), Some(one.as_str()), "{action}: {}", b.page);
    }
    b.get(&one).await;
    for says in ["Dealt with", "P-1", "By telephone", "Done"] {
        assert!(b.page.contains(says), "{says}");
    }
    b.get(&one).await;
    b.send(&format!("{one}/nothing"), &[]).await;
    assert_eq!(b.status, StatusCode::NOT_FOUND);
    b.get("/desk/referrals?state=answered&agency=police").await;
    assert!(b.page.contains(&reference) && b.page.contains("Reports with at least one referral"));
    b.get("/desk?q=referred%3Apolice+referral%3Aanswered").await;
    assert!(b.page.contains(&reference));
    let mut auditor = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    auditor.get("/desk/audit?kind=referral").await;
    assert!(
        auditor.page.contains("Answered by the agency"),
        "{}",
        auditor.page
    );
    auditor.get(&one).await;
    assert!(!auditor.page.contains("/package\""));
}

#[tokio::test]
async fn what_is_overdue_stands_above_the_queue() {
    let desk = Desk::new().await;
    let at = format!("/desk/reports/{}", agreed(&desk).await);
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    let one = prepared(&mut b, &at, "api").await;
    b.get(&one).await;
    b.send(&format!("{one}/send"), &[]).await;
    b.get("/desk").await;
    assert!(!b.page.contains("Referrals that wait for you"));
    desk.t.pass(15 * 86_400);
    let mut later = desk.signed_in("mere", "Mere", Role::Officer).await;
    later.get("/desk").await;
    assert!(
        later.page.contains("One referral is overdue"),
        "{}",
        later.page
    );
    later.get("/desk/referrals?late=1").await;
    assert!(later.page.contains("Overdue"));
}

#[tokio::test]
async fn a_key_is_made_for_an_agency() {
    let desk = Desk::new().await;
    let mut b = desk
        .signed_in("oliver", "Oliver", Role::Administrator)
        .await;
    b.get("/desk/keys").await;
    let pairs = [("name", "Police desk"), ("agency", "police")];
    b.send("/desk/keys", &pairs).await;
    assert_eq!(b.status, StatusCode::OK);
    b.get("/desk/keys").await;
    assert!(
        b.page.contains("Fetches for: New Zealand Police"),
        "{}",
        b.page
    );
    let wrong = desk
        .t
        .app
        .create_agency_key(Doer::System, "Nobody", Some("nobody"))
        .await;
    assert!(wrong.is_err());
}

/// A request of a machine: status and body.
async fn machine(desk: &Desk, path: &str, key: &str, body: Option<&str>) -> (StatusCode, Vec<u8>) {
    let method = body.map_or(Method::GET, |_| Method::POST);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .body(Body::from(body.unwrap_or_default().to_owned()))
        .unwrap();
    let answer = desk.router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
    (status, bytes.to_vec())
}

#[tokio::test]
async fn an_agency_fetches_and_answers_with_its_key_and_the_reporter_reads_of_it() {
    let desk = Desk::new().await;
    let mut draft = desk.example();
    draft.consents = vec!["police".into()];
    let received = desk
        .t
        .app
        .submit(&draft, Actor::Reporter, None)
        .await
        .unwrap();
    let at = format!("/desk/reports/{}", received.reference);
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    let one = prepared(&mut b, &at, "api").await;
    b.get(&one).await;
    b.send(&format!("{one}/send"), &[]).await;
    b.get(&one).await;
    assert!(b.page.contains("/undo\""), "it can be taken back");
    let mut keys = Vec::new();
    for agency in [Some("police"), Some("netsafe"), None] {
        let made = desk.t.app.create_agency_key(Doer::System, "Key", agency);
        keys.push(made.await.unwrap().1);
    }
    let list = "/api/v1/referrals";
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (status, none) = machine(&desk, list, &keys[0], None).await;
    assert_eq!(
        (status, text(none).as_str()),
        (StatusCode::OK, r#"{"referrals":[]}"#)
    );
    desk.t.pass(31);
    let (_, own) = machine(&desk, list, &keys[0], None).await;
    assert!(text(own).contains(&received.reference));
    let (_, others) = machine(&desk, list, &keys[1], None).await;
    assert_eq!(text(others), r#"{"referrals":[]}"#);
    for key in [keys[2].as_str(), "cairn_nobody", ""] {
        let (status, _) = machine(&desk, list, key, None).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let own = format!("{list}/{}/1", received.reference);
    hidden_from(&desk, &own, &keys[1]).await;
    let (code, zip) = machine(&desk, &format!("{own}/package"), &keys[0], None).await;
    assert!(code == StatusCode::OK && zip.starts_with(b"PK"));
    let say = |path: &'static str, body: &'static str| {
        let (desk, path, key) = (&desk, format!("{own}/{path}"), &keys[0]);
        async move { machine(desk, &path, key, Some(body)).await.0 }
    };
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(say("acknowledgement", r#"{"reference":""}"#).await, wrong);
    assert_eq!(say("outcome", r#"{"outcome":"maybe"}"#).await, wrong);
    let done = StatusCode::NO_CONTENT;
    assert_eq!(
        say("acknowledgement", r#"{"reference":"251126/7"}"#).await,
        done
    );
    let said = r#"{"outcome":"accepted","text":"A detective calls"}"#;
    assert_eq!(say("outcome", said).await, done);
    let late = StatusCode::CONFLICT;
    assert_eq!(say("acknowledgement", r#"{"reference":"x"}"#).await, late);
    b.get(&one).await;
    for says in ["251126/7", "A detective calls", "Works on it"] {
        assert!(b.page.contains(says), "{says}");
    }
    let told = told(&desk, &received).await;
    assert_eq!(told["passed_on"][0]["agency"], "police");
    assert_eq!(told["passed_on"][0]["by_law"], false);
}

/// What the reporter reads by API.
async fn told(desk: &Desk, received: &Received) -> serde_json::Value {
    let request = Request::builder()
        .uri(format!("/api/v1/status/{}", received.reference))
        .header("cairn-secret", received.secret.expose())
        .body(Body::empty())
        .unwrap();
    let answer = desk.router.clone().oneshot(request).await.unwrap();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// Another agency learns nothing of a referral.
async fn hidden_from(desk: &Desk, own: &str, key: &str) {
    for (path, body) in [
        ("package", None),
        ("acknowledgement", Some(r#"{"reference":"x"}"#)),
        ("outcome", Some(r#"{"outcome":"accepted"}"#)),
    ] {
        let (status, _) = machine(desk, &format!("{own}/{path}"), key, body).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_lead_brings_the_key_of_an_agency_and_says_that_it_was_compared() {
    let desk = Desk::new().await;
    // GnuPG's clock is the machine's.
    desk.t.clock.set(cairn_app::clock::Clock::System.now());
    let gpg = cairn_testkit::gpg::Gpg::with_key("Police <intake@police.example>", "10d");
    let key = String::from_utf8(gpg.public()).unwrap();
    let at = "/desk/agencies/police";
    let mut officer = desk.signed_in("hana", "Hana", Role::Officer).await;
    officer.get(at).await;
    assert!(!officer.page.contains("name=\"key\""), "{}", officer.page);
    let mut lead = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    lead.get(at).await;
    lead.send(&format!("{at}/keys"), &[("key", "no key")]).await;
    assert_eq!(lead.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lead.page.contains("href=\"#key\"") && lead.page.contains("no key</textarea>"));
    lead.send(&format!("{at}/keys"), &[("key", &key)]).await;
    assert_eq!(
        lead.to.as_deref(),
        Some("/desk/agencies/police#keys"),
        "{}",
        lead.page
    );
    lead.get(at).await;
    assert!(lead.page.contains("Waits to be compared"));
    let print = lead.hidden("fingerprint").unwrap();
    let confirm = format!("{at}/keys/1/confirm");
    lead.send(&confirm, &[("fingerprint", &print)]).await;
    assert_eq!(
        lead.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "only with the box"
    );
    assert!(lead.page.contains("Compare the fingerprint first"));
    let pairs = [("fingerprint", print.as_str()), ("compared-1", "1")];
    lead.send(&confirm, &pairs).await;
    assert_eq!(lead.status, StatusCode::SEE_OTHER, "{}", lead.page);
    lead.get("/desk/referrals").await;
    assert!(
        lead.page.contains("Keys of agencies need somebody"),
        "it ends soon"
    );
    officer.get("/desk/agencies").await;
    assert!(officer.page.contains(&print) && officer.page.contains("Ends in"));
    let mut auditor = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    auditor.get("/desk/audit?kind=agency_key_confirmed").await;
    assert!(
        auditor.page.contains("Key of an agency compared"),
        "{}",
        auditor.page
    );
}
