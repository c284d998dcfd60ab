//! The strategy office by its calls: what its pages do, from the first return to the published version.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use cairn_kernel::actor::Role;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::api::{Program, token};
use super::browser::Browser;
use super::office::{COUNCIL, Office, TRADERS};

const AT: &str = "track/example-harbour";
const BOOK: &[u8] = b"quarter,days\n2026Q1,19\n";

async fn acting(office: &Office, b: &mut Browser) -> Program {
    let shown = token(b, "act").await;
    Program::new(&office.desk, &shown)
}

/// Sends a file as programs do; its SHA-256, and the ticket that shows who sent it.
async fn upload(office: &Office) -> (String, String) {
    let request = Request::post("/api/v1/files")
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Body::from(BOOK))
        .unwrap();
    let response = office.desk.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let stored: Value = serde_json::from_slice(&bytes).unwrap();
    let own = |name: &str| stored[name].as_str().unwrap().to_owned();
    (own("sha256"), own("ticket"))
}

fn figure(value: &str, file: Option<(&str, &str)>) -> Value {
    let mut shows = json!({
        "title": "Book of the help desk 2026 (fictional)",
        "publisher": "Example Harbour Council", "published": "2026-07",
    });
    if let Some((sha256, ticket)) = file {
        shows["file"] =
            json!({ "sha256": sha256, "ticket": ticket, "name": "book.csv", "publish": true });
    }
    json!({
        "item": "measure:days", "owner": COUNCIL, "evidence": shows,
        "figure": { "period": "2026Q1", "value": value },
    })
}

fn places(answer: &Value) -> Vec<String> {
    let all = answer["errors"].as_array().cloned().unwrap_or_default();
    let places = all.iter().map(|one| one["pointer"].as_str().unwrap());
    places.map(str::to_owned).collect()
}

/// Files it; what has to be confirmed is.
async fn filed(program: &mut Program, mut body: Value) -> i64 {
    let end = format!("{AT}/returns");
    let mut made = program.post(&end, body.clone()).await;
    if program.status == StatusCode::UNPROCESSABLE_ENTITY {
        let all = made["errors"].as_array().unwrap();
        let asked = all.iter().find(|one| one["pointer"] == "/confirm");
        let asked = asked.unwrap_or_else(|| panic!("{made}"));
        let marks = asked["detail"].as_str().unwrap();
        body["confirm"] = json!(marks.split('"').nth(1).unwrap());
        made = program.post(&end, body).await;
    }
    assert_eq!(program.status, StatusCode::OK, "{made}");
    made["no"].as_i64().unwrap()
}

#[tokio::test]
async fn a_return_goes_its_way_by_calls() {
    let mut office = Office::new().await;
    let mut b = office.owner;
    office.owner = office.desk.browser();
    let mut owner = acting(&office, &mut b).await;
    let plans = owner.get("track").await;
    assert_eq!(plans["plans"][0]["seats"], json!([COUNCIL]), "{plans}");
    let topics = owner.get(&format!("{AT}/topics")).await;
    let all = topics["topics"].as_array().unwrap();
    assert!(
        all.iter().any(|one| one["item"] == "measure:days"),
        "{topics}"
    );
    let plan = owner.get(AT).await;
    assert!(
        plan["due"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["owner"] == COUNCIL)
    );
    assert_eq!(plan["obstacles"], json!([]), "they are the office's");

    wrong_fields(&mut owner).await;
    let (sha256, ticket) = upload(&office).await;
    owner.key = Some("quarter".to_owned());
    let first = filed(&mut owner, figure("91", Some((&sha256, &ticket)))).await;
    let again = filed(&mut owner, figure("91", Some((&sha256, &ticket)))).await;
    assert_eq!(first, again, "the same key files one");
    owner.key = None;
    let at = format!("{AT}/returns/{first}");
    let one = owner.get(&at).await;
    assert_eq!(one["figure"]["value"], "91", "{one}");
    assert_eq!(one["files"][0]["name"], "book.csv");
    let href = one["files"][0]["href"].as_str().unwrap().to_owned();
    owner.call(&Method::GET, &href, None).await;
    assert_eq!(owner.bytes, BOOK);
    let disposition = owner.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment"), "{disposition}");

    let mut b = std::mem::replace(&mut office.statistician, office.desk.browser());
    let mut statistician = acting(&office, &mut b).await;
    let back = format!("{at}/send-back");
    let refused = statistician.post(&back, json!({ "reason": "  " })).await;
    assert_eq!(places(&refused), ["/reason"]);
    let returned = statistician
        .post(&back, json!({ "reason": "91 or 19?" }))
        .await;
    assert_eq!(returned["summary"]["state"], "sent_back", "{returned}");
    let late = statistician.post(&format!("{at}/accept"), json!({})).await;
    assert_eq!(statistician.status, StatusCode::CONFLICT);
    assert_eq!(late["current"]["summary"]["state"], "sent_back", "{late}");

    // What stands beside their own return needs no ticket.
    let mut right = figure("19", Some((&sha256, "")));
    right["corrects"] = json!(first);
    let second = filed(&mut owner, right).await;
    let accept = format!("{AT}/returns/{second}/accept");
    let accepted = statistician.post(&accept, json!({})).await;
    assert_eq!(accepted["summary"]["state"], "accepted", "{accepted}");
    published(office, statistician).await;
}

/// Everything that is wrong is named at its place in the body.
async fn wrong_fields(owner: &mut Program) {
    let end = format!("{AT}/returns");
    let mut body = figure("nineteen", None);
    body["figure"]["period"] = json!("some day");
    body["owner"] = json!(TRADERS);
    body["evidence"]["published"] = json!("long ago");
    let wrong = owner.post(&end, body).await;
    assert_eq!(owner.status, StatusCode::UNPROCESSABLE_ENTITY);
    let found = places(&wrong);
    for place in [
        "/owner",
        "/figure/value",
        "/figure/period",
        "/evidence/published",
    ] {
        assert!(found.iter().any(|one| one == place), "{place}: {wrong}");
    }
    let mut body = figure("19", None);
    body["item"] = json!("measure:nothing");
    assert_eq!(places(&owner.post(&end, body).await), ["/item"]);
    let mut body = figure("19", Some((&"ab".repeat(32), "")));
    body["figure"]["missing"] = json!("lost");
    let wrong = owner.post(&end, body).await;
    assert_eq!(places(&wrong), ["/figure/missing", "/evidence/file/sha256"]);
    let mut body = figure("19", None);
    body["progress"] = json!({ "claim": "Done." });
    assert_eq!(places(&owner.post(&end, body).await), ["/progress"]);
    // What the schema says is checked before all else.
    let wrong = owner.post(&end, json!({ "item": 1, "more": true })).await;
    assert_eq!(places(&wrong), ["/item", "/more"]);
}

/// From the accepted return to what everybody sees.
async fn published(mut office: Office, mut statistician: Program) {
    let mut b = std::mem::replace(&mut office.publisher, office.desk.browser());
    let mut publisher = acting(&office, &mut b).await;
    let now = publisher.get(&format!("{AT}/publish")).await;
    assert!(now["unfit"].is_string() && now["signs"] == true, "{now}");
    let changed = now["measures"].as_array().unwrap();
    assert!(changed.iter().any(|one| one["id"] == "days"), "{now}");
    let digest = json!({ "digest": now["digest"] });
    let (sign, publish) = (format!("{AT}/sign-off"), format!("{AT}/publish"));
    publisher.post(&sign, digest.clone()).await;
    assert_eq!(
        publisher.status,
        StatusCode::CONFLICT,
        "the statistician first"
    );
    let old = statistician
        .post(&sign, json!({ "digest": "ab".repeat(32) }))
        .await;
    assert_eq!(statistician.status, StatusCode::CONFLICT);
    assert_eq!(old["current"]["digest"], now["digest"], "{old}");
    let signed = statistician.post(&sign, digest.clone()).await;
    assert_eq!(signed["signed"][0]["role"], "statistician", "{signed}");
    publisher.post(&sign, digest.clone()).await;
    assert_eq!(publisher.status, StatusCode::OK);
    publisher
        .get(&format!("{AT}/preview?path=m/days.html"))
        .await;
    let page = String::from_utf8_lossy(&publisher.bytes).into_owned();
    assert!(
        page.contains("Draft:") && page.contains("2026\u{a0}Q1"),
        "{page}"
    );
    publisher.get(&format!("{AT}/files.zip")).await;
    assert!(publisher.bytes.starts_with(b"PK"));
    let done = publisher.post(&publish, digest).await;
    assert_eq!(done["version"], 1, "{done}");
    let mut public = office.desk.browser();
    public.get("/track/example-harbour/m/days.html").await;
    assert!(public.page.contains("2026\u{a0}Q1"), "{}", public.page);
    seats(&mut publisher).await;
}

async fn seats(publisher: &mut Program) {
    let end = format!("{AT}/seats");
    let all = publisher.get(&end).await;
    let account = all["seats"][0]["account"].clone();
    assert_eq!(all["accounts"][0]["login"], "mere", "{all}");
    let give = json!({ "login": "mere", "owner": "Nobody", "mail": "no address" });
    let wrong = publisher.post(&end, give).await;
    assert_eq!(places(&wrong), ["/owner"], "{wrong}");
    let give = json!({ "login": "mere", "owner": TRADERS, "mail": "wharf@example.org" });
    let all = publisher.post(&end, give).await;
    assert_eq!(all["seats"].as_array().unwrap().len(), 2, "{all}");
    let take = json!({ "account": account, "owner": COUNCIL });
    for _ in 0..2 {
        let all = publisher.post(&format!("{end}/remove"), take.clone()).await;
        assert_eq!(all["seats"][0]["owner"], TRADERS, "{all}");
    }
}

#[tokio::test]
async fn others_returns_are_not_there_by_calls_either() {
    let mut office = Office::new().await;
    let mut b = std::mem::replace(&mut office.owner, office.desk.browser());
    let mut owner = acting(&office, &mut b).await;
    let (sha256, ticket) = upload(&office).await;
    let no = filed(&mut owner, figure("19", Some((&sha256, &ticket)))).await;
    let mut b = office.desk.signed_in("sina", "Sina", Role::Owner).await;
    let mut other = acting(&office, &mut b).await;
    let at = format!("{AT}/returns/{no}");
    for end in [at.clone(), format!("{at}/files/{sha256}")] {
        other.get(&end).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{end}");
    }
    other.post(&format!("{at}/withdraw"), json!({})).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    other
        .post(&format!("{AT}/returns"), figure("19", None))
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "no seat");
    // Who knows a digest has no file: not that of another's return, and not that of a report.
    let end = format!("{AT}/returns");
    let no_file = "/evidence/file/sha256";
    let named = other.post(&end, figure("19", Some((&sha256, "")))).await;
    assert!(places(&named).iter().any(|at| at == no_file), "{named}");
    let report = office.desk.file(b"from a report", "letter.txt").await;
    for ticket in ["", ticket.as_str()] {
        let named = owner
            .post(&end, figure("19", Some((&report.sha256, ticket))))
            .await;
        assert_eq!(places(&named), [no_file], "{named}");
    }
    assert_eq!(other.get(AT).await["returns"], json!([]));
    let gone = owner.post(&format!("{at}/withdraw"), json!({})).await;
    assert_eq!(gone["summary"]["state"], "withdrawn", "{gone}");
}

#[tokio::test]
async fn dissent_and_steps_by_calls() {
    let mut office = Office::new().await;
    let mut b = office.desk.signed_in("piri", "Piri", Role::Reviewer).await;
    let mut reviewer = acting(&office, &mut b).await;
    let end = format!("{AT}/dissent");
    let items = reviewer.get(&end).await;
    let all = items["items"].as_array().unwrap();
    assert!(
        all.iter().any(|one| one["item"] == "measure:email"),
        "{items}"
    );
    let text = "Only those who kept their books are counted.";
    let wrong = json!({ "item": "measure:nothing", "text": text });
    assert_eq!(places(&reviewer.post(&end, wrong).await), ["/item"]);
    let body = json!({ "item": "measure:email", "text": text, "would_say": "limited progress" });
    reviewer.key = Some("once".to_owned());
    let made = reviewer.post(&end, body.clone()).await;
    assert_eq!(reviewer.status, StatusCode::OK, "{made}");
    assert_eq!(reviewer.post(&end, body).await["no"], made["no"]);
    let one = reviewer.get(&format!("{AT}/returns/{}", made["no"])).await;
    assert_eq!(one["remark"]["text"], text, "{one}");

    let mut b = std::mem::replace(&mut office.owner, office.desk.browser());
    let mut owner = acting(&office, &mut b).await;
    let topics = owner.get(&format!("{AT}/topics")).await;
    let all = topics["topics"].as_array().unwrap();
    let step = all
        .iter()
        .find(|one| one["item"].as_str().unwrap().starts_with("initiative:"));
    let item = step.unwrap_or_else(|| panic!("{topics}"))["item"].clone();
    let body = json!({ "item": item, "progress": { "claim": "", "done": "soon" } });
    let wrong = owner.post(&format!("{AT}/returns"), body).await;
    let found = places(&wrong);
    assert!(found.contains(&"/progress/done".to_owned()), "{wrong}");
    assert!(found.contains(&"/progress/claim".to_owned()), "{wrong}");
}
