//! Constituents by their pages and by the officers' API: nothing typed is lost, imports are looked at first, and strangers' words are
//! text.

use axum::http::StatusCode;
use cairn_kernel::actor::Role;
use serde_json::json;

use super::api::{Program, token};
use super::browser::{Browser, Desk};

const HOME: &str = "/desk/constituents";
const ONE: &str = "/desk/constituents/1";

async fn made(b: &mut Browser, name: &str) {
    b.get("/desk/constituents/new").await;
    b.send(HOME, &[("name", name), ("quiet", "22:00-06:00")])
        .await;
    assert_eq!(b.to.as_deref(), Some(ONE), "{}", b.page);
}

/// Sends one of the forms of the page.
async fn act(b: &mut Browser, action: &str, pairs: &[(&str, &str)]) {
    b.get(ONE).await;
    b.send(&format!("{ONE}/{action}"), pairs).await;
}

async fn done(b: &mut Browser, action: &str, pairs: &[(&str, &str)]) {
    act(b, action, pairs).await;
    assert_eq!(b.status, StatusCode::SEE_OTHER, "{action}: {}", b.page);
    b.get(ONE).await;
}

#[tokio::test]
async fn one_is_entered_changed_and_confirmed() {
    let desk = Desk::new().await;
    let mut hana = desk.signed_in("hana", "Hana", Role::Officer).await;
    entered(&mut hana).await;
    told(&mut hana).await;
    gone(&mut hana).await;
}

/// What is wrong is said and kept; name and assets.
async fn entered(hana: &mut Browser) {
    hana.get("/desk/constituents/new").await;
    hana.send(HOME, &[("name", ""), ("quiet", "at night")])
        .await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["value=\"at night\"", "href=\"#name\"", "href=\"#quiet\""] {
        assert!(hana.page.contains(kept), "{kept}: {}", hana.page);
    }
    made(hana, "Example <b>Ltd</b>").await;
    act(
        hana,
        "assets",
        &[("assets", "192.0.2.1/24 example.org"), ("do", "add")],
    )
    .await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        hana.page.contains("192.0.2.1/24 example.org</textarea>"),
        "{}",
        hana.page
    );
    done(
        hana,
        "assets",
        &[
            ("assets", "192.0.2.0/24 example.org AS64496"),
            ("do", "add"),
        ],
    )
    .await;
    assert!(hana.page.contains("192.0.2.0/24") && hana.page.contains("AS64496"));
    assert!(!hana.page.contains("<b>Ltd"));
}

/// A contact, whose mail came back, and a note.
async fn told(hana: &mut Browser) {
    act(
        hana,
        "contact",
        &[("role", "abuse"), ("who", "Desk"), ("email", "nobody")],
    )
    .await;
    assert_eq!(hana.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(hana.page.contains("value=\"nobody\"") && hana.page.contains("value=\"Desk\""));
    let contact = [
        ("role", "abuse"),
        ("who", "Desk"),
        ("email", "abuse@example.org"),
    ];
    done(hana, "contact", &contact).await;
    act(hana, "contact", &contact).await;
    assert_eq!(hana.status, StatusCode::CONFLICT, "the same again");
    done(hana, "contact-bounced", &[("contact", "1")]).await;
    assert!(hana.page.contains("mail came back"));
    hana.get(&format!("{HOME}?bounced=1")).await;
    assert!(hana.page.contains("1 constituent"), "{}", hana.page);
    done(hana, "confirm", &[]).await;
    done(
        hana,
        "note",
        &[("text", "Moves in May"), ("until", "2050-05-31")],
    )
    .await;
    assert!(hana.page.contains("Moves in May"));
}

/// A contact is taken out; who changes what another has changed meanwhile is told; whose an address is.
async fn gone(hana: &mut Browser) {
    hana.get("/desk/constituents/1/contacts/1").await;
    assert!(hana.page.contains("abuse@example.org"));
    let version = hana.hidden("version").unwrap();
    hana.send("/desk/constituents/1/contact-remove", &[("contact", "1")])
        .await;
    assert_eq!(hana.to.as_deref(), Some(ONE));
    hana.get("/desk/constituents/1/contacts/1").await;
    assert_eq!(hana.status, StatusCode::NOT_FOUND);
    hana.get(ONE).await;
    assert!(!hana.page.contains("abuse@example.org"));
    let token = hana.hidden("csrf").unwrap();
    let late = [
        ("csrf", token.as_str()),
        ("version", version.as_str()),
        ("name", "Late"),
    ];
    hana.post("/desk/constituents/1/head", &late).await;
    assert_eq!(hana.status, StatusCode::CONFLICT);
    assert!(
        hana.page.contains("value=\"Late\""),
        "nothing is lost: {}",
        hana.page
    );
    // An observable's page says whose it is.
    hana.get("/desk/observables?look=192.0.2.77").await;
    let to = hana.to.clone().unwrap();
    hana.get(&to).await;
    assert!(
        hana.page.contains("href=\"/desk/constituents/1\""),
        "{}",
        hana.page
    );
    hana.get(&format!("{HOME}?q=www.example.org")).await;
    assert!(hana.page.contains("holds: the only claim"), "{}", hana.page);
}

#[tokio::test]
async fn a_table_is_looked_at_taken_and_taken_out() {
    let desk = Desk::new().await;
    let mut lead = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    made(&mut lead, "Ours").await;
    done(
        &mut lead,
        "assets",
        &[("assets", "192.0.2.0/24"), ("do", "add")],
    )
    .await;
    let import = "/desk/constituents/import";
    lead.get(import).await;
    lead.send(
        import,
        &[
            ("source", "Members!"),
            ("text", "name\nA\n"),
            ("do", "look"),
        ],
    )
    .await;
    assert_eq!(lead.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lead.page.contains("href=\"#source\"") && lead.page.contains("value=\"Members!\""));
    let bad = "name,networks\nA,192.0.2.1/24\n";
    lead.send(
        import,
        &[("source", "members"), ("text", bad), ("do", "look")],
    )
    .await;
    assert!(lead.page.contains("line 2: 192.0.2.1/24"), "{}", lead.page);
    let table = "name,networks,abuse\n<i>Theirs</i>,192.0.2.128/25,abuse@example.org\n";
    let sent = [("source", "members"), ("text", table), ("do", "look")];
    lead.send(import, &sent).await;
    assert_eq!(lead.status, StatusCode::OK, "{}", lead.page);
    assert!(lead.page.contains("Claims that meet what people entered"));
    assert!(!lead.page.contains("<i>"));
    lead.get(&format!("{HOME}?source=members")).await;
    assert!(lead.page.contains("0 constituents"), "only looked at");
    lead.get(import).await;
    let sent = [("source", "members"), ("text", table), ("do", "take")];
    lead.send(import, &sent).await;
    assert!(lead.page.contains("All of it was taken."), "{}", lead.page);
    lead.get(import).await;
    let sent = [("source", "members"), ("text", table), ("do", "look")];
    lead.send(import, &sent).await;
    assert!(lead.page.contains("It changes nothing."));
    lead.get("/desk/constituents/conflicts").await;
    assert!(lead.page.contains("192.0.2.128/25"));
    lead.get("/desk/constituents/2").await;
    assert!(lead.page.contains("Take it over"));
    lead.get(HOME).await;
    lead.send("/desk/constituents/export", &[]).await;
    assert!(
        lead.page.contains("\"Ours\"") && lead.page.contains("abuse@example.org"),
        "{}",
        lead.page
    );
    lead.get("/desk/audit?kind=constituents_exported").await;
    assert_eq!(lead.status, StatusCode::FORBIDDEN);
    let mut ruth = desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    ruth.get("/desk/audit").await;
    for said in [
        "Constituents taken out",
        "Constituents imported",
        "Constituent 2",
    ] {
        assert!(ruth.page.contains(said), "{said}: {}", ruth.page);
    }
    assert!(!ruth.page.contains("abuse@example.org"));
}

#[tokio::test]
async fn a_program_does_what_the_pages_do() {
    let desk = Desk::new().await;
    let mut lead = desk.signed_in("leilani", "Leilani", Role::Lead).await;
    let shown = token(&mut lead, "act").await;
    let mut program = Program::new(&desk, &shown);
    program.post("constituents", json!({ "name": "" })).await;
    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = program
        .post(
            "constituents",
            json!({ "name": "Example Ltd", "sector": "Q" }),
        )
        .await;
    assert_eq!(made["no"], 1, "{made}");
    let work = |version: u32, act: serde_json::Value| json!({ "version": version, "act": act });
    let add = work(1, json!({ "do": "add", "assets": "192.0.2.0/24 AS64496" }));
    let one = program.post("constituents/1/work", add.clone()).await;
    assert_eq!(one["networks"], json!(["192.0.2.0/24"]), "{one}");
    let late = program.post("constituents/1/work", add).await;
    assert_eq!(program.status, StatusCode::CONFLICT);
    assert_eq!(late["current"]["version"], 2, "{late}");
    let to = json!({ "role": "abuse", "email": "abuse@example.org" });
    let one = program
        .post(
            "constituents/1/work",
            work(2, json!({ "do": "new_contact", "to": to })),
        )
        .await;
    assert_eq!(one["contacts"][0]["email"], "abuse@example.org", "{one}");
    let one = program
        .post(
            "constituents/1/work",
            work(3, json!({ "do": "bounced", "contact": 1 })),
        )
        .await;
    assert!(one["contacts"][0]["bounced"].is_string(), "{one}");
    let found = program.get("constituents?bounced=1").await;
    assert_eq!(found["total"], 1, "{found}");
    let owners = program.get("constituents/owners?of=192.0.2.9").await;
    assert_eq!(owners["owners"][0]["why"], "only", "{owners}");
    program.get("constituents/owners?of=nobody").await;
    assert_eq!(program.status, StatusCode::BAD_REQUEST);
    let table = json!({ "source": "members", "csv": "name,networks\nOther,192.0.2.0/24\n", "dry_run": true });
    let dry = program.post("constituents/import", table.clone()).await;
    assert_eq!(
        (&dry["fresh"], &dry["touched"][0]["no"]),
        (&json!(1), &json!(1)),
        "{dry}"
    );
    let mut table = table;
    table["dry_run"] = json!(false);
    program.post("constituents/import", table).await;
    let conflicts = program.get("constituents/conflicts").await;
    assert_eq!(conflicts["conflicts"][0]["clash"], "same", "{conflicts}");
    program.post("constituents/export", json!({})).await;
    assert!(String::from_utf8_lossy(&program.bytes).contains("Example Ltd"));
    program
        .post("constituents/2/remove", json!({ "version": 1 }))
        .await;
    assert_eq!(program.status, StatusCode::OK);
}
