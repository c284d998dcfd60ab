//! The officers' API: what a token opens, for whom, and that it does what the pages do.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use cairn_kernel::actor::Role;
use cairn_web::api::desk::calls;
use cairn_web::desk::Need;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::browser::{Browser, Desk, PASSWORD};

/// A program with a token.
pub struct Program {
    router: Router,
    host: &'static str,
    pub token: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    cookie: Option<String>,
    pub key: Option<String>,
}

impl Program {
    pub fn new(desk: &Desk, token: &str) -> Self {
        Self {
            router: desk.router.clone(),
            host: desk.host,
            token: token.to_owned(),
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            bytes: Vec::new(),
            cookie: None,
            key: None,
        }
    }

    pub async fn call(&mut self, method: &Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = Request::builder().method(method).uri(path);
        if !self.token.is_empty() {
            let value = format!("Bearer {}", self.token);
            request = request.header(header::AUTHORIZATION, value);
        }
        if !self.host.is_empty() {
            request = request.header(header::HOST, self.host);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("cairn_session={cookie}"));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await;
        let response = response.unwrap();
        self.status = response.status();
        self.headers.clone_from(response.headers());
        self.bytes = to_bytes(response.into_body(), 64 << 20)
            .await
            .unwrap()
            .to_vec();
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub async fn get(&mut self, end: &str) -> Value {
        self.call(&Method::GET, &format!("/api/v1/desk/{end}"), None)
            .await
    }

    pub async fn post(&mut self, end: &str, body: Value) -> Value {
        let path = format!("/api/v1/desk/{end}");
        self.call(&Method::POST, &path, Some(&body)).await
    }
}

/// Makes a token by way of the pages.
pub async fn token(b: &mut Browser, may: &str) -> String {
    b.get("/desk/account/confirm").await;
    b.send("/desk/account/confirm", &[("present", PASSWORD)])
        .await;
    b.get("/desk/account").await;
    let pairs = [
        ("token-name", "a program"),
        ("token-may", may),
        ("token-days", "30"),
    ];
    b.send("/desk/account/tokens", &pairs).await;
    assert_eq!(b.status, StatusCode::OK, "{}", b.page);
    let at = b.page.find("cairn_officer_").expect("the token, once");
    let rest = &b.page[at..];
    rest.split('<').next().unwrap().trim().to_owned()
}

fn filled(path: &str, reference: &str, victim: &str) -> String {
    path.replace("{reference}", reference)
        .replace("{sha256}", &"ab".repeat(32))
        .replace("{id}", victim)
        .replace("{delivery}", "evt_1")
        .replace("{text}", "1")
        .replace("{agency}", "police")
        .replace("{n}", "1")
        .replace("{plan}", "example-harbour")
        .replace("{no}", "1")
        .replace("{kind}", "domain")
        .replace("{value}", "YmFkLmV4YW1wbGU")
        .replace("{source}", "rt")
        .replace("{number}", "7")
        .replace("{day}", "2026-11-23")
        .replace("{report}", "1")
        .replace("{offset}", "0")
        .replace("{bytes}", "10")
}

/// Roles by call; `*` is everybody with a live token. A call that is missing here fails the test: it must be thought about.
const READS: &str = "officer lead auditor";
const WORKS: &str = "officer lead";
const LEADS: &str = "lead";
const MANAGES: &str = "administrator";
const AUDITS: &str = "administrator auditor";
const CHALLENGES: &str = "lead auditor statistician publisher";
const ANSWERS: &str = "lead statistician publisher";
const PLANS: &str = "auditor owner statistician publisher reviewer";
const REVIEWS: &str = "auditor statistician publisher reviewer";
const FILES: &str = "owner";
const CHECKS: &str = "statistician";
const SIGNS: &str = "statistician publisher";
const PUBLISHES: &str = "publisher";
const DISSENTS: &str = "reviewer";

const TABLE: [(&str, &str); 102] = [
    ("GET reports", READS),
    ("GET reports/{reference}", READS),
    ("GET next", READS),
    ("GET old/{source}/{number}", READS),
    ("POST reports/{reference}/assign", WORKS),
    ("POST reports/{reference}/category", WORKS),
    ("POST reports/{reference}/severity", WORKS),
    ("POST reports/{reference}/loss", WORKS),
    ("POST reports/{reference}/message", WORKS),
    ("POST reports/{reference}/keys", WORKS),
    ("POST reports/{reference}/keys/{no}", WORKS),
    ("POST reports/{reference}/close", WORKS),
    ("POST reports/{reference}/reopen", WORKS),
    ("POST reports/{reference}/person", WORKS),
    ("POST reports/{reference}/erase-contact", LEADS),
    ("POST reports/{reference}/hold", LEADS),
    ("POST reports/{reference}/lift", LEADS),
    ("POST reports/{reference}/undo", WORKS),
    ("POST reports/{reference}/case", WORKS),
    ("POST reports/{reference}/looked", WORKS),
    ("POST reports/{reference}/files/{sha256}", WORKS),
    ("GET clusters", READS),
    ("GET clusters/next", READS),
    ("GET clusters/{no}", READS),
    ("POST clusters/{no}/decide", WORKS),
    ("POST clusters/{no}/held", WORKS),
    ("POST clusters/{no}/split", WORKS),
    ("POST clusters/{no}/move", WORKS),
    ("POST clusters/{no}/link", WORKS),
    ("POST clusters/{no}/undo", WORKS),
    ("POST clusters/{no}/mail", WORKS),
    ("GET clusters/mail", READS),
    ("GET agencies", READS),
    ("GET agencies/{agency}", READS),
    ("POST agencies/{agency}/keys", LEADS),
    ("POST agencies/{agency}/keys/{n}/work", LEADS),
    ("GET cases", READS),
    ("GET cases/{no}", READS),
    ("GET cases/{no}/observables", READS),
    ("GET clocks", READS),
    ("POST cases", WORKS),
    ("POST cases/{no}/work", WORKS),
    ("POST cases/{no}/archive", WORKS),
    ("POST cases/{no}/files/{text}", WORKS),
    ("GET referrals", READS),
    ("POST reports/{reference}/referrals", WORKS),
    ("GET reports/{reference}/referrals/{no}", READS),
    ("POST reports/{reference}/referrals/{no}/work", WORKS),
    ("POST reports/{reference}/referrals/{no}/package", WORKS),
    ("GET observables", READS),
    ("GET observables/{kind}/{value}", READS),
    ("POST observables/{kind}/{value}", WORKS),
    ("POST observables/export", WORKS),
    ("GET bulk/find", WORKS),
    ("GET bulk", READS),
    ("POST bulk", WORKS),
    ("GET bulk/{no}", READS),
    ("POST bulk/{no}/work", WORKS),
    ("GET views", READS),
    ("POST views", READS),
    ("POST views/{id}", READS),
    ("POST views/{id}/delete", READS),
    ("GET shift", READS),
    ("GET shift/notes", READS),
    ("POST shift/notes", WORKS),
    ("POST shift/notes/{no}/correct", WORKS),
    ("POST shift/notes/{no}/read", WORKS),
    ("POST shift/notes/{no}/withdraw", WORKS),
    ("POST shift/notes/{no}/erase", LEADS),
    ("GET rules", READS),
    ("POST rules", WORKS),
    ("GET rules/{no}", READS),
    ("POST rules/{no}/write", WORKS),
    ("POST rules/{no}/try", WORKS),
    ("POST rules/{no}/work", WORKS),
    ("POST rules/{no}/on", LEADS),
    ("POST rules/{no}/back", LEADS),
    ("GET challenges", CHALLENGES),
    ("GET challenges/{no}", CHALLENGES),
    ("POST challenges/{no}/release", ANSWERS),
    ("POST challenges/{no}/withhold", ANSWERS),
    ("POST challenges/{no}/answer", ANSWERS),
    ("POST challenges/{no}/correct", ANSWERS),
    ("GET me", "*"),
    ("GET people", "*"),
    ("GET tokens", "*"),
    ("POST tokens/{id}/end", "*"),
    ("GET tokens/all", MANAGES),
    ("GET accounts", MANAGES),
    ("POST accounts/{id}/role", MANAGES),
    ("POST accounts/{id}/state", MANAGES),
    ("GET keys", MANAGES),
    ("GET jobs", MANAGES),
    ("POST jobs/{id}/again", MANAGES),
    ("GET audit", AUDITS),
    ("GET retention", MANAGES),
    ("POST retention", MANAGES),
    ("GET erased", AUDITS),
    ("POST export", LEADS),
    ("GET webhooks", MANAGES),
    ("GET webhooks/{id}", MANAGES),
    ("POST webhooks/{id}", MANAGES),
];
const FEEDS: &str = "officer lead administrator auditor";
const MANAGE_FEEDS: &str = "lead administrator";
const MORE: [(&str, &str); 59] = [
    ("GET feeds", FEEDS),
    ("POST feeds/sources", MANAGE_FEEDS),
    ("GET feeds/sources/{no}", FEEDS),
    ("POST feeds/sources/{no}", MANAGE_FEEDS),
    ("POST feeds/sources/{no}/remove", MANAGE_FEEDS),
    ("POST feeds/sources/{no}/look", WORKS),
    ("POST feeds/sources/{no}/reports", WORKS),
    ("GET feeds/reports/{no}", FEEDS),
    ("POST feeds/reports/{no}/again", WORKS),
    ("GET feeds/quarantine", READS),
    ("POST feeds/quarantine/replay", WORKS),
    ("POST webhooks/{id}/test", MANAGES),
    ("POST webhooks/{id}/remove", MANAGES),
    ("POST webhooks/{id}/deliveries/{delivery}/again", MANAGES),
    ("GET track", PLANS),
    ("GET track/{plan}", PLANS),
    ("GET track/{plan}/topics", FILES),
    ("GET track/{plan}/publish", REVIEWS),
    ("GET track/{plan}/files.zip", PUBLISHES),
    ("GET track/{plan}/preview", REVIEWS),
    ("GET track/{plan}/dissent", DISSENTS),
    ("POST track/{plan}/returns", FILES),
    ("GET track/{plan}/returns/{no}", PLANS),
    ("GET track/{plan}/returns/{no}/files/{sha256}", PLANS),
    ("POST track/{plan}/returns/{no}/withdraw", FILES),
    ("POST track/{plan}/returns/{no}/accept", CHECKS),
    ("POST track/{plan}/returns/{no}/send-back", CHECKS),
    ("POST track/{plan}/dissent", DISSENTS),
    ("POST track/{plan}/sign-off", SIGNS),
    ("POST track/{plan}/publish", PUBLISHES),
    ("GET track/{plan}/seats", PUBLISHES),
    ("POST track/{plan}/seats", PUBLISHES),
    ("POST track/{plan}/seats/remove", PUBLISHES),
    ("GET constituents", READS),
    ("POST constituents", WORKS),
    ("GET constituents/owners", READS),
    ("GET constituents/conflicts", READS),
    ("GET constituents/claims", READS),
    ("GET constituents/claims/{no}", READS),
    ("POST constituents/claims/{no}/decide", WORKS),
    ("POST constituents/import", LEADS),
    ("POST constituents/export", LEADS),
    ("GET constituents/{no}", READS),
    ("GET constituents/{no}/exposure", READS),
    ("GET notices", READS),
    ("GET notices/why", READS),
    ("GET notices/rules", READS),
    ("POST notices/rules", WORKS),
    ("POST notices/rules/work", WORKS),
    ("POST notices/rules/on", LEADS),
    ("GET notices/{no}", READS),
    ("GET notices/{no}/file", READS),
    ("POST notices/{no}/judge", WORKS),
    ("GET explorer", READS),
    ("GET explorer/day/{day}", READS),
    ("GET explorer/address/{kind}/{value}", READS),
    ("GET explorer/row/{report}/{offset}/{bytes}", READS),
    ("POST constituents/{no}/work", WORKS),
    ("POST constituents/{no}/remove", LEADS),
];

fn roles_of(method: &Method, path: &str) -> &'static str {
    let named = format!("{method} {}", path.strip_prefix("/api/v1/desk/").unwrap());
    let mut all = TABLE.iter().chain(&MORE);
    let found = all.find(|(name, _)| *name == named);
    found
        .unwrap_or_else(|| panic!("{named} is not in the table: who may?"))
        .1
}

fn may(roles: &str, role: Role) -> bool {
    roles == "*" || roles.split(' ').any(|one| one == role.as_str())
}

#[test]
fn the_table_names_every_call_and_agrees_with_what_the_calls_say() {
    let all = calls();
    assert_eq!(all.len(), TABLE.len() + MORE.len());
    for call in &all {
        let roles = roles_of(&call.method, call.path);
        for role in Role::ALL {
            let says = match call.need {
                Need::SignedIn => roles == "*",
                Need::May(action) => cairn_desk::access::may(role, action) == may(roles, role),
                Need::Nothing | Need::HalfSignedIn => false,
            };
            assert!(says, "{} {} {role}", call.method, call.path);
        }
        assert_eq!(call.acts, call.method == Method::POST, "{}", call.path);
    }
}

#[tokio::test]
async fn every_call_as_every_role_with_either_token() {
    let desk = Desk::new().await;
    let reference = desk.report(&desk.example()).await;
    let (victim, _) = desk.account("victim", "Victim", Role::Officer).await;
    for role in Role::ALL {
        let mut b = desk.signed_in(role.as_str(), "Some One", role).await;
        for kind in ["read", "act"] {
            let shown = token(&mut b, kind).await;
            let mut program = Program::new(&desk, &shown);
            for call in calls() {
                let path = filled(call.path, &reference, &victim);
                let allowed = may(roles_of(&call.method, call.path), role);
                let allowed = allowed && (kind == "act" || !call.acts);
                let body = call.acts.then(|| json!({ "nonsense": 1 }));
                program.call(&call.method, &path, body.as_ref()).await;
                let what = format!(
                    "{} {path} as {role} to {kind}: {}",
                    call.method, program.status
                );
                assert_eq!(program.status == StatusCode::FORBIDDEN, !allowed, "{what}");
                assert_ne!(program.status, StatusCode::UNAUTHORIZED, "{what}");
                assert!(!program.status.is_server_error(), "{what}");
                // A file of any kind is no body with faults; there is nobody to take it.
                let is_file = call.path == "/api/v1/desk/feeds/sources/{no}/reports";
                if allowed && call.acts && is_file {
                    assert_eq!(program.status, StatusCode::NOT_FOUND, "{what}");
                } else if allowed && call.acts {
                    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_said_without_a_live_token() {
    let desk = Desk::new().await;
    let reference = desk.report(&desk.example()).await;
    let mut b = desk.signed_in("lead", "Hana", Role::Lead).await;
    let ended = token(&mut b, "act").await;
    b.get("/desk/account").await;
    let at = b.page.find("/desk/account/tokens/").unwrap();
    let end = b.page[at..].split('"').next().unwrap().to_owned();
    b.send(&end, &[]).await;
    assert_eq!(b.to.as_deref(), Some("/desk/account#tokens"));
    let cookie = b.cookie.clone();
    for (shown, cookie) in [
        ("", None),
        (ended.as_str(), None),
        ("", cookie),
        ("cairn_x", None),
    ] {
        let mut program = Program::new(&desk, shown);
        program.cookie = cookie;
        for call in calls() {
            // The network is counted for wrong tokens, and only for these.
            if shown == ended && call.path.len() % 8 != 0 {
                continue;
            }
            let path = filled(call.path, &reference, "x");
            program.call(&call.method, &path, Some(&json!({}))).await;
            assert_eq!(program.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(program.headers.contains_key(header::WWW_AUTHENTICATE));
            assert!(
                !program
                    .headers
                    .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
            );
        }
    }
    let mut program = Program::new(&desk, "cairn_officer_wrong");
    for _ in 0..40 {
        program.get("me").await;
    }
    assert_eq!(program.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_token_has_no_more_rights_than_its_account_has_now() {
    let desk = Desk::new().await;
    let mut admin = desk.signed_in("admin", "Ad Min", Role::Administrator).await;
    let mut b = desk.signed_in("hana", "Hana", Role::Lead).await;
    let shown = token(&mut b, "act").await;
    let mut program = Program::new(&desk, &shown);
    let me = program.get("me").await;
    assert_eq!((&me["role"], &me["acts"]), (&json!("lead"), &json!(true)));
    let id = me["account"].as_str().unwrap().to_owned();
    let admins = token(&mut admin, "act").await;
    let mut other = Program::new(&desk, &admins);
    other
        .post(&format!("accounts/{id}/role"), json!({ "role": "auditor" }))
        .await;
    assert_eq!(other.status, StatusCode::OK);
    program.get("reports").await;
    assert_eq!(program.status, StatusCode::OK);
    program.post("cases", json!({ "title": "x" })).await;
    assert_eq!(program.status, StatusCode::FORBIDDEN);
    other
        .post(&format!("accounts/{id}/state"), json!({ "disabled": true }))
        .await;
    program.get("reports").await;
    assert_eq!(program.status, StatusCode::UNAUTHORIZED);
    other
        .post(
            &format!("accounts/{id}/state"),
            json!({ "disabled": false }),
        )
        .await;
    program.get("reports").await;
    assert_eq!(program.status, StatusCode::OK);
    // The administrator sees it among all, and ends it.
    let all = other.get("tokens/all").await;
    let all = all["tokens"].as_array().unwrap();
    let one = all
        .iter()
        .find(|one| one["account"] == id.as_str())
        .unwrap();
    assert_eq!(one["used_on"], "2026-11-23");
    admin.get("/desk/tokens").await;
    assert!(admin.page.contains("Hana"));
    let end = format!("/desk/tokens/{}/end", one["id"].as_str().unwrap());
    admin.send(&end, &[]).await;
    program.get("reports").await;
    assert_eq!(program.status, StatusCode::UNAUTHORIZED);
    let kinds = ["token_made", "token_used", "token_ended"];
    for kind in kinds {
        let audit = other.get(&format!("audit?kind={kind}")).await;
        assert!(!audit["lines"].as_array().unwrap().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn a_report_is_worked_on_as_on_its_page() {
    let desk = Desk::new().await;
    let reference = desk.report(&desk.example()).await;
    let mut b = desk.signed_in("hana", "Hana", Role::Lead).await;
    let shown = token(&mut b, "act").await;
    let mut program = Program::new(&desk, &shown);
    let queue = program.get("reports?q=state:received").await;
    assert_eq!(queue["reports"][0]["reference"], reference.as_str());
    program.get("reports?q=nonsense:x").await;
    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY);
    let at = format!("reports/{reference}");
    let report = program.get(&at).await;
    let version = report["summary"]["version"].as_i64().unwrap();
    assert!(report["told"]["answers"].is_object() && report["contact"].is_object());
    let close = format!("{at}/close");
    let body = json!({ "version": version, "outcome": "advice_given" });
    let done = program.post(&close, body.clone()).await;
    assert_eq!(program.status, StatusCode::OK, "{done}");
    assert_eq!(done["state"], "closed");
    assert_eq!(done["happened"][0]["change"]["kind"], "closed");
    // Somebody else was quicker: nothing is done, and the state now comes along.
    let late = program.post(&close, body).await;
    assert_eq!(program.status, StatusCode::CONFLICT);
    assert_eq!(late["current"]["summary"]["version"], version + 1);
    assert_eq!(late["type"], "/problems/conflict");
    let href = done["undo"]["href"].as_str().unwrap();
    let undone = program
        .call(&Method::POST, href, Some(&done["undo"]["body"]))
        .await;
    assert_eq!(undone["state"], "received", "{undone}");
    // A closed vocabulary, and everything wrong at once.
    let body = json!({ "version": "one", "severity": 9, "more": true });
    let wrong = program.post(&format!("{at}/severity"), body).await;
    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut places: Vec<&str> = wrong["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["pointer"].as_str().unwrap())
        .collect();
    places.sort_unstable();
    assert_eq!(places, ["/more", "/severity", "/version"]);
    let message = json!({ "version": version + 2, "text": "Kia ora, call 021 555 0101" });
    let preview = program.post(&format!("{at}/message"), message).await;
    assert_eq!(
        (program.status, &preview["sent"]),
        (StatusCode::OK, &json!(false))
    );
    let message = json!({ "version": version + 2, "text": "Kia ora", "waits": true, "send": true });
    let sent = program.post(&format!("{at}/message"), message).await;
    assert_eq!(sent["sent"], true, "{sent}");
    assert_eq!(sent["changed"]["state"], "waiting");
    // Reading by a program is logged as reading.
    let mut auditor = desk.signed_in("audit", "Au Ditor", Role::Auditor).await;
    let audits = token(&mut auditor, "read").await;
    let mut other = Program::new(&desk, &audits);
    let log = other
        .get(&format!("audit?kind=report_opened&report={reference}"))
        .await;
    assert_eq!(log["lines"].as_array().unwrap().len(), 1, "{log}");
}

#[tokio::test]
async fn cases_by_program() {
    let desk = Desk::new().await;
    let first = desk.report(&desk.example()).await;
    let second = desk.report(&desk.example()).await;
    let mut b = desk.signed_in("hana", "Hana", Role::Lead).await;
    let shown = token(&mut b, "act").await;
    let mut program = Program::new(&desk, &shown);
    program.key = Some("one".to_owned());
    let body = json!({ "title": "Parcel texts", "reports": [first] });
    let made = program.post("cases", body.clone()).await;
    assert_eq!(program.status, StatusCode::OK, "{made}");
    let again = program.post("cases", body).await;
    assert_eq!(made["no"], again["no"], "the same key makes one");
    program.key = None;
    let no = made["no"].as_i64().unwrap();
    let work = format!("cases/{no}/work");
    let version = program.get(&format!("cases/{no}")).await["summary"]["version"].clone();
    let act = json!({ "do": "note", "text": "Asked the carrier." });
    let case = program
        .post(&work, json!({ "version": version, "act": act }))
        .await;
    assert_eq!(program.status, StatusCode::OK, "{case}");
    assert_eq!(case["notes"][0]["words"], "Asked the carrier.");
    let version = case["summary"]["version"].clone();
    let act = json!({ "do": "link", "reference": second });
    let case = program
        .post(&work, json!({ "version": version, "act": act }))
        .await;
    assert_eq!(case["reports"].as_array().unwrap().len(), 2);
    let act = json!({ "do": "row", "text": "", "happened": "yesterday", "known": "2026-11-20T00:00:00Z", "source": "letter" });
    let wrong = program
        .post(&work, json!({ "version": version, "act": act }))
        .await;
    let faults = wrong["errors"].as_array().unwrap().len();
    assert_eq!(
        (program.status, faults),
        (StatusCode::UNPROCESSABLE_ENTITY, 3),
        "{wrong}"
    );
    let act = json!({ "do": "dance" });
    let wrong = program
        .post(&work, json!({ "version": version, "act": act }))
        .await;
    assert_eq!(wrong["errors"][0]["pointer"], "/act/do");
}

#[tokio::test]
async fn selections_and_notes_by_program() {
    let desk = Desk::new().await;
    desk.report(&desk.example()).await;
    desk.report(&desk.example()).await;
    let mut b = desk.signed_in("hana", "Hana", Role::Lead).await;
    let shown = token(&mut b, "act").await;
    let mut program = Program::new(&desk, &shown);
    let rows = program.get("bulk/find?q=").await;
    let reports: Vec<Value> = rows["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!({ "reference": row["reference"], "version": row["version"] }))
        .collect();
    let body = json!({ "reports": reports, "deeds": { "severity": 5 } });
    program.key = Some("selection-1".to_owned());
    let made = program.post("bulk", body.clone()).await;
    assert_eq!(program.status, StatusCode::OK, "{made}");
    let again = program.post("bulk", body).await;
    assert_eq!(made["no"], again["no"], "the same key begins one");
    desk.t.app.bulk_turn().await.unwrap();
    let href = made["href"].as_str().unwrap().to_owned();
    let bulk = program.call(&Method::GET, &href, None).await;
    assert_eq!(bulk["reports"].as_array().unwrap().len(), 2);
    assert!(bulk["undo"]["href"].as_str().is_some(), "{bulk}");
    let note = program
        .post("shift/notes", json!({ "text": "All quiet." }))
        .await;
    assert_eq!(note["no"], 1, "{note}");
    assert_eq!(
        program.get("shift/notes").await["notes"][0]["text"],
        "All quiet."
    );
    let view = json!({ "name": "Mine", "line": "assignee:me" });
    program.key = Some("view-1".to_owned());
    let saved = program.post("views", view.clone()).await;
    assert_eq!(program.post("views", view.clone()).await["id"], saved["id"]);
    program.key = None;
    assert_ne!(program.post("views", view).await["id"], saved["id"]);
    let views = program.get("views").await;
    assert_eq!(views["views"].as_array().unwrap().len(), 2, "{views}");
    assert_eq!(views["views"][0]["name"], "Mine");
    for end in [
        "shift",
        "clocks",
        "clusters",
        "referrals",
        "observables",
        "rules",
        "challenges",
        "people",
        "bulk",
        "tokens",
        "next",
    ] {
        program.get(end).await;
        assert_eq!(program.status, StatusCode::OK, "{end}");
    }
}

/// What a document says of an answer is what is answered.
#[tokio::test]
async fn the_document_is_served_and_read_by_people() {
    let desk = Desk::new().await;
    let mut nobody = Program::new(&desk, "");
    let document = nobody.get("openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut b = desk.browser();
    b.get("/api/desk").await;
    assert_eq!(b.status, StatusCode::OK);
    assert!(b.page.contains("/api/v1/desk/cases/{no}/work"));
}
