//! Two houses behind one door: whatever one of them gave somebody (a session, a token, a key, a secret, a name of something)
//! is at the other as if it had never been. Every route of the desk and of the API is tried; a new one that is not in the table
//! here fails. All of it on both databases: on PostgreSQL the second house is a schema of the first one's database.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use cairn_app::account::Doer;
use cairn_kernel::actor::{Actor, Role};
use cairn_testkit::{TestApp, TestStore, on_both};
use cairn_web::api::desk::calls;
use cairn_web::desk::{Need, routes};
use cairn_web::doors::{Router, Tenant, by_host};
use tower::ServiceExt as _;

use super::api::{Program, token as officer_token};
use super::browser::{Browser, Desk};

const EXAMPLE: &str = include_str!("../../../../forms/nz/example.json");
const TENANT: &str = "health";
const HOSTS: [&str; 2] = ["house.example", "health.example"];
/// Stands in everything that people wrote at the first house, and nowhere in the other.
const CANARIES: [&str; 2] = ["Tūī-of-the-house", "Kākā-of-health"];

/// What one house knows and gave out.
#[derive(Clone)]
struct Own {
    reference: String,
    secret: String,
    key: String,
    owner: String,
    sha256: String,
    value: String,
    ids: Vec<String>,
}

/// The house and a tenant, on stores of their own, behind one router.
struct Two {
    desks: [Desk; 2],
    own: [Own; 2],
    router: Router,
}

fn config() -> cairn_app::Config {
    let plans =
        cairn_app::track::Plans::of([super::office::harbour()], Default::default()).unwrap();
    cairn_app::Config {
        plans,
        ..cairn_app::Config::default()
    }
}

/// The second house lies where a tenant of the first does.
async fn two(t: &TestStore) -> Two {
    let mut desks = [
        Desk::on(TestApp::house(t, config())),
        Desk::on(TestApp::tenant(t, TENANT, config()).await),
    ];
    let tenant = Tenant {
        hosts: vec![HOSTS[1].to_owned()],
        router: desks[1].router.clone(),
    };
    let beside = vec![desks[1].t.app.clone()];
    let router = by_host(desks[0].router.clone(), vec![tenant], beside);
    for (at, desk) in desks.iter_mut().enumerate() {
        desk.router = router.clone();
        desk.host = HOSTS[at];
    }
    let own = [
        filled(&desks[0], CANARIES[0], "known-one.example").await,
        filled(&desks[1], CANARIES[1], "other-one.example").await,
    ];
    Two { desks, own, router }
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// The same sort of rows at each house.
async fn filled(desk: &Desk, canary: &str, domain: &str) -> Own {
    let text = EXAMPLE
        .replace(
            "I found an electric bike",
            &format!("{canary} I found an electric bike"),
        )
        .replace("courier-pay.example", domain)
        .replace("Aroha Example", &format!("Aroha {canary}"));
    let mut draft = desk.t.app.form.parse_json(text.as_bytes()).unwrap();
    let file = desk.file(canary.as_bytes(), &format!("{canary}.txt")).await;
    let sha256 = file.sha256.clone();
    draft.body.files = vec![file];
    draft.consents = vec!["police".into()];
    let received = desk
        .t
        .app
        .submit(&draft, Actor::Reporter, None)
        .await
        .unwrap();
    let at = format!("/desk/reports/{}", received.reference);
    let mut b = desk
        .signed_in("first", &format!("First {canary}"), Role::Lead)
        .await;
    b.get(&at).await;
    assert!(b.page.contains(canary), "{}", b.page);
    let case = [
        ("report", received.reference.as_str()),
        ("case-title", canary),
    ];
    sent(&mut b, "/desk/cases", &case).await;
    b.get(&at).await;
    let referral = [("refer-agency", "police"), ("refer-channel", "api")];
    sent(&mut b, &format!("{at}/referrals"), &referral).await;
    b.get("/desk/shift").await;
    let once = b.hidden("once").unwrap();
    sent(&mut b, "/desk/shift", &[("once", &once), ("note", canary)]).await;
    b.get("/desk?q=category%3Ascam").await;
    sent(
        &mut b,
        "/desk/views",
        &[("name", canary), ("line", "category:scam")],
    )
    .await;
    b.get("/desk/rules/new").await;
    let rule = [("name", canary), ("when", "parcel"), ("severity", "2")];
    sent(&mut b, "/desk/rules", &rule).await;
    constituent(&mut b, canary, domain).await;
    b.get("/desk/views").await;
    let view = b.page.split("action=\"/desk/views/").nth(1).unwrap();
    let view = view.split(['"', '/']).next().unwrap().to_owned();
    let (key, token) = desk
        .t
        .app
        .create_agency_key(Doer::System, canary, Some("police"))
        .await
        .unwrap();
    let owner = owner_token(&mut b, canary).await;
    let (account, _) = desk
        .account("second", &format!("Second {canary}"), Role::Officer)
        .await;
    Own {
        secret: received.secret.expose().to_owned(),
        reference: received.reference,
        key: token,
        owner,
        sha256,
        value: base64_of(domain),
        ids: vec![account, view, key.id],
    }
}

/// A token by which the constituent's own program asks.
async fn owner_token(b: &mut Browser, canary: &str) -> String {
    b.get("/desk/constituents/1").await;
    let new = [("token-name", canary), ("token-days", "30")];
    b.send("/desk/constituents/1/tokens", &new).await;
    let token = b.page.split("cairn_owner_").nth(1).unwrap();
    let token: String = token
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    format!("cairn_owner_{token}")
}

/// A constituent with a contact and a name.
async fn constituent(b: &mut Browser, canary: &str, domain: &str) {
    b.get("/desk/constituents/new").await;
    sent(b, "/desk/constituents", &[("name", canary)]).await;
    b.get("/desk/constituents/1").await;
    let contact = [
        ("version", "1"),
        ("role", "abuse"),
        ("who", canary),
        ("email", "abuse@example.org"),
    ];
    sent(b, "/desk/constituents/1/contact", &contact).await;
    b.get("/desk/constituents/1").await;
    let assets = [("version", "2"), ("assets", domain), ("do", "add")];
    sent(b, "/desk/constituents/1/assets", &assets).await;
}

async fn sent(b: &mut Browser, path: &str, pairs: &[(&str, &str)]) {
    b.send(path, pairs).await;
    assert_eq!(b.status, StatusCode::SEE_OTHER, "{path}: {}", b.page);
}

/// What never was at any house, of the same form as what was at the first.
fn never(desk: &Desk, like: &Own) -> Own {
    let turned = |text: &str| -> String {
        let turn = |c: char| match c {
            '0'..='8' => char::from(c as u8 + 1),
            '9' => '0',
            'a' => 'b',
            'b' => 'a',
            other => other,
        };
        // The first characters say of what kind it is.
        let (head, tail) = text.split_at(text.len() / 2);
        head.chars().chain(tail.chars().map(turn)).collect()
    };
    Own {
        reference: desk.t.app.reference(9_999),
        secret: turned(&like.secret),
        key: turned(&like.key),
        owner: turned(&like.owner),
        sha256: turned(&like.sha256),
        value: base64_of("never-one.example"),
        ids: like.ids.iter().map(|id| turned(id)).collect(),
    }
}

impl Own {
    fn fill(&self, path: &str, id: usize) -> String {
        path.replace("{reference}", &self.reference)
            .replace("{sha256}", &self.sha256)
            .replace("{id}", &self.ids[id])
            .replace("{plan}", "example-harbour")
            .replace("{no}", "1")
            .replace("{*path}", "method.html")
            .replace("{kind}", "domain")
            .replace("{value}", &self.value)
            .replace("{source}", "rt")
            .replace("{number}", "101")
            .replace("{contact}", "1")
            .replace("{action}", "note")
            .replace("{delivery}", "evt_1")
            .replace("{text}", "1")
            .replace("{agency}", "police")
            .replace("{n}", "1")
    }

    /// An answer without what was asked for in it, and without what is new in every answer.
    fn without(&self, page: &str) -> String {
        let mut page = page.to_owned();
        let names = [
            "known-one",
            "never-one",
            &self.reference,
            &self.sha256,
            &self.value,
        ];
        for own in names.into_iter().chain(self.ids.iter().map(String::as_str)) {
            page = page.replace(own, "…");
        }
        for field in ["csrf", "once"] {
            let mark = format!("name=\"{field}\" value=\"");
            let mut parts = page.split(&mark);
            let mut out = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                out.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
            }
            page = out;
        }
        page
    }
}

async fn knock(b: &mut Browser, method: &Method, path: &str, token: &str) {
    if *method == Method::GET {
        b.get(path).await;
    } else {
        b.post(path, &[("csrf", token)]).await;
    }
}

fn answer(b: &Browser) -> (StatusCode, Option<String>, String) {
    (b.status, b.to.clone(), b.page.clone())
}

async fn a_session_of_one_house_is_none_at_the_other(t: &TestStore) {
    let two = two(t).await;
    for role in Role::ALL {
        let theirs = two.desks[0]
            .signed_in(role.as_str(), "Some One", role)
            .await;
        let token = theirs.hidden("csrf").unwrap();
        let cookie = theirs.cookie.clone().unwrap();
        for route in routes().iter().filter(|route| is_inside(route.need)) {
            let path = two.own[1].fill(route.path, 0);
            let mut b = two.desks[1].browser();
            b.cookie = Some(cookie.clone());
            knock(&mut b, &route.method, &path, &token).await;
            let tried = answer(&b);
            let mut b = two.desks[1].browser();
            b.cookie = Some(cookie.chars().rev().collect());
            knock(&mut b, &route.method, &path, &token).await;
            assert_eq!(tried, answer(&b), "{} {path} as {role}", route.method);
            let refused = match route.method {
                Method::GET => tried.1.as_deref() == Some("/sign-in"),
                _ => tried.0 == StatusCode::UNAUTHORIZED,
            };
            assert!(refused, "{} {path} as {role}: {tried:?}", route.method);
        }
    }
}

fn is_inside(need: Need) -> bool {
    !matches!(need, Need::Nothing | Need::HalfSignedIn)
}

/// Each role of the second house asks each route for what the first house has. First with the first house's token, which is
/// refused; then for what was there and for what never was, which answer alike.
async fn what_one_house_has_never_was_at_the_other(t: &TestStore) {
    let two = two(t).await;
    let (here, there) = (&two.desks[1], &two.own[0]);
    let never = never(here, there);
    let mut seen = BTreeSet::new();
    for role in Role::ALL {
        let theirs = two.desks[0]
            .signed_in(role.as_str(), "Some One", role)
            .await;
        let foreign = theirs.hidden("csrf").unwrap();
        let mut b = here.signed_in(role.as_str(), "Some One", role).await;
        let token = b.hidden("csrf").unwrap();
        let cookie = b.cookie.clone();
        for route in routes() {
            if !is_inside(route.need) || route.path == "/sign-out" {
                continue;
            }
            let all = if route.path.contains("{id}") {
                0..there.ids.len()
            } else {
                0..1
            };
            for id in all {
                let path = there.fill(route.path, id);
                let what = format!("{} {path} as {role}", route.method);
                if route.method == Method::POST {
                    b.cookie.clone_from(&cookie);
                    knock(&mut b, &route.method, &path, &foreign).await;
                    assert_eq!(b.status, StatusCode::FORBIDDEN, "their token: {what}");
                }
                b.cookie.clone_from(&cookie);
                knock(&mut b, &route.method, &path, &token).await;
                assert!(!b.page.contains(CANARIES[0]), "{what}: {}", b.page);
                assert!(!b.status.is_server_error(), "{what}");
                let tried = (b.status, b.to.clone().map(|to| there.without(&to)));
                let page = there.without(&b.page);
                b.cookie.clone_from(&cookie);
                let nothing = never.fill(route.path, id);
                if nothing != path {
                    knock(&mut b, &route.method, &nothing, &token).await;
                    let to = b.to.clone().map(|to| never.without(&to));
                    assert_eq!(tried, (b.status, to), "{what}");
                    assert_eq!(page, never.without(&b.page), "{what}");
                    seen.insert(route.path);
                }
            }
        }
    }
    let named = routes();
    let named = named.iter().filter(|route| is_inside(route.need));
    let named = named.filter(|route| {
        let names = ["{reference}", "{sha256}", "{id}", "{value}"];
        names.iter().any(|name| route.path.contains(name))
    });
    let named: BTreeSet<&str> = named.map(|route| route.path).collect();
    assert_eq!(
        seen, named,
        "every route that takes a name was asked for theirs"
    );
    nothing_lies_there(&two, 1, CANARIES[0]);
    assert_eq!(t.says_in(TENANT, CANARIES[0]).await, [""; 0]);
}

/// The network is counted for wrong tokens, so that many calls are tried by few at each pair of houses.
const CALLS_A_PAIR: usize = 20;

async fn an_officers_token_of_one_house_is_none_at_the_other(t: &TestStore) {
    let all = calls();
    for (n, some) in all.chunks(CALLS_A_PAIR).enumerate() {
        let t = t.another().await;
        let two = two(&t).await;
        let role = Role::ALL[n % Role::ALL.len()];
        let mut theirs = two.desks[0]
            .signed_in(role.as_str(), "Some One", role)
            .await;
        let shown = officer_token(&mut theirs, "act").await;
        let mut at_home = Program::new(&two.desks[0], &shown);
        at_home.get("me").await;
        assert_eq!(at_home.status, StatusCode::OK, "it is one at its own");
        let mut program = Program::new(&two.desks[1], &shown);
        for call in some {
            let path = two.own[1].fill(call.path, 0);
            let body = call.acts.then(|| serde_json::json!({}));
            program.call(&call.method, &path, body.as_ref()).await;
            let what = format!("{} {path} as {role}", call.method);
            assert_eq!(program.status, StatusCode::UNAUTHORIZED, "{what}");
        }
    }
}

/// As [`what_one_house_has_never_was_at_the_other`], by the officers' API.
async fn no_call_knows_what_another_house_has(t: &TestStore) {
    let two = two(t).await;
    let (here, there) = (&two.desks[1], &two.own[0]);
    let never = never(here, there);
    let mut asked = 0;
    for role in Role::ALL {
        let mut b = here.signed_in(role.as_str(), "Some One", role).await;
        let shown = officer_token(&mut b, "act").await;
        let mut program = Program::new(here, &shown);
        for call in calls() {
            let all = if call.path.contains("{id}") {
                0..there.ids.len()
            } else {
                0..1
            };
            for id in all {
                let body = call.acts.then(|| serde_json::json!({}));
                let path = there.fill(call.path, id);
                let what = format!("{} {path} as {role}", call.method);
                program.call(&call.method, &path, body.as_ref()).await;
                let page = String::from_utf8_lossy(&program.bytes).into_owned();
                assert!(!page.contains(CANARIES[0]), "{what}: {page}");
                assert!(!program.status.is_server_error(), "{what}");
                let tried = (program.status, there.without(&page));
                let nothing = never.fill(call.path, id);
                if nothing != path {
                    program.call(&call.method, &nothing, body.as_ref()).await;
                    let page = String::from_utf8_lossy(&program.bytes);
                    assert_eq!(tried, (program.status, never.without(&page)), "{what}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100, "names were asked for: {asked}");
    nothing_lies_there(&two, 1, CANARIES[0]);
    assert_eq!(t.says_in(TENANT, CANARIES[0]).await, [""; 0]);
}

/// In no file of a house's directory stands what another was told.
fn nothing_lies_there(two: &Two, at: usize, canary: &str) {
    let mut folders = vec![two.desks[at].t.app.bare_store().dir().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(canary.len())
                .any(|part| part == canary.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
    assert!(files > 5, "the directory was looked at");
}

/// How a call shows who makes it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shows {
    /// Nothing: everybody may.
    Nothing,
    /// A key, or nothing.
    PerhapsKey,
    /// A key of an agency.
    Key,
    /// A token of an owner.
    Owner,
    /// A reporter's secret.
    Secret,
}

/// Every call of the API.
const API: [(&str, &str, Shows); 23] = [
    ("GET", "/api/openapi.json", Shows::Nothing),
    ("GET", "/api/v1/form", Shows::Nothing),
    ("POST", "/api/v1/files", Shows::PerhapsKey),
    ("POST", "/api/v1/reports", Shows::PerhapsKey),
    ("GET", "/api/v1/referrals", Shows::Key),
    (
        "GET",
        "/api/v1/referrals/{reference}/{no}/package",
        Shows::Key,
    ),
    (
        "POST",
        "/api/v1/referrals/{reference}/{no}/acknowledgement",
        Shows::Key,
    ),
    (
        "POST",
        "/api/v1/referrals/{reference}/{no}/outcome",
        Shows::Key,
    ),
    ("GET", "/api/v1/owner/rows", Shows::Owner),
    ("GET", "/api/v1/owner/notices", Shows::Owner),
    (
        "POST",
        "/api/v1/owner/notices/{number}/answers",
        Shows::Owner,
    ),
    ("GET", "/api/v1/status/{reference}", Shows::Secret),
    ("GET", "/api/v1/status/{reference}/receipt", Shows::Secret),
    ("POST", "/api/v1/status/{reference}/messages", Shows::Secret),
    ("POST", "/api/v1/status/{reference}/files", Shows::Secret),
    ("POST", "/api/v1/status/{reference}/consents", Shows::Secret),
    (
        "POST",
        "/api/v1/status/{reference}/erase-contact",
        Shows::Secret,
    ),
    ("GET", "/checkpoint", Shows::Nothing),
    ("GET", "/log.keys", Shows::Nothing),
    ("GET", "/tile/{path}", Shows::Nothing),
    ("GET", "/figures.json", Shows::Nothing),
    ("GET", "/figures/{table}.csv", Shows::Nothing),
    ("GET", "/health/live", Shows::Nothing),
];
/// The one call that answers for the other houses, too: that they are well, and nothing else.
const FOR_ALL: (&str, &str) = ("GET", "/health/ready");

async fn the_table_has_every_call_of_the_api(t: &TestStore) {
    let two = two(t).await;
    let form = &two.desks[0].t.app.form;
    let document: serde_json::Value =
        serde_json::from_str(&cairn_web::api::document(form)).unwrap();
    let mut served = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            served.insert((method.to_uppercase(), path.clone()));
        }
    }
    let table = API
        .iter()
        .map(|(method, path, _)| (*method, *path))
        .chain([FOR_ALL]);
    let table: BTreeSet<_> = table.map(|(m, p)| (m.to_owned(), p.to_owned())).collect();
    assert_eq!(served, table, "who may what with what of another house?");
}

async fn call(
    two: &Two,
    at: usize,
    (method, path): (&str, &str),
    shows: Shows,
    own: &Own,
) -> (StatusCode, String) {
    let path = own
        .fill(path, 0)
        .replace("{path}", "0/000")
        .replace("{table}", "quarters");
    let mut request = Request::builder()
        .method(method)
        .uri(&path)
        .header(header::HOST, HOSTS[at]);
    match shows {
        Shows::Nothing => {}
        Shows::Key | Shows::PerhapsKey => {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", own.key));
        }
        Shows::Owner => {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", own.owner));
        }
        Shows::Secret => request = request.header("cairn-secret", &own.secret),
    }
    let file = format!(r#"{{"sha256":"{}"}}"#, own.sha256);
    let body = match path.rsplit('/').next().unwrap() {
        "files" => file.as_str(),
        "reports" => EXAMPLE,
        "messages" => r#"{"text":"Any news?"}"#,
        "consents" => r#"{"agency":"netsafe","given":true}"#,
        "acknowledgement" => r#"{"reference":"P-1"}"#,
        "outcome" => r#"{"outcome":"resolved","text":"Done"}"#,
        _ => "{}",
    };
    let kind = if path == "/api/v1/files" {
        "application/octet-stream"
    } else {
        "application/json"
    };
    let request = request.header(header::CONTENT_TYPE, kind);
    let body = if method == "GET" {
        Body::empty()
    } else {
        Body::from(body.to_owned())
    };
    let response = two
        .router
        .clone()
        .oneshot(request.body(body).unwrap())
        .await
        .unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 16 << 20).await.unwrap();
    (status, own.without(&String::from_utf8_lossy(&bytes)))
}

async fn a_key_or_secret_of_one_house_is_none_at_the_other(t: &TestStore) {
    let two = two(t).await;
    let never = never(&two.desks[1], &two.own[0]);
    for (method, path, shows) in API {
        let what = format!("{method} {path}");
        let theirs = call(&two, 1, (method, path), shows, &two.own[0]).await;
        assert!(!theirs.1.contains(CANARIES[0]), "{what}: {}", theirs.1);
        if shows == Shows::Nothing {
            assert!(!theirs.0.is_server_error(), "{what}: {theirs:?}");
            continue;
        }
        let nobodys = call(&two, 1, (method, path), shows, &never).await;
        assert_eq!(theirs, nobodys, "{what}");
        let refused = match shows {
            Shows::Secret => StatusCode::NOT_FOUND,
            _ => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(theirs.0, refused, "{what}: {theirs:?}");
    }
    // Nor can somebody who is known there name a file of the other house.
    let mut theirs = Vec::new();
    for sha256 in [&two.own[0].sha256, &never.sha256] {
        let mixed = Own {
            sha256: sha256.clone(),
            ..two.own[1].clone()
        };
        let add = ("POST", "/api/v1/status/{reference}/files");
        theirs.push(call(&two, 1, add, Shows::Secret, &mixed).await);
    }
    assert_eq!(theirs[0], theirs[1]);
    assert_eq!(theirs[0].0, StatusCode::UNPROCESSABLE_ENTITY, "{theirs:?}");
    // What was refused there is good at home: the table tries the right things.
    for (method, path, shows) in API {
        if method == "GET" && matches!(shows, Shows::Key | Shows::Owner | Shows::Secret) {
            for at in [0, 1] {
                let own = call(&two, at, (method, path), shows, &two.own[at]).await;
                let good = own.0.is_success() || path.ends_with("/package");
                assert!(good, "{method} {path} at home: {own:?}");
            }
        }
    }
    nothing_lies_there(&two, 1, CANARIES[0]);
    assert_eq!(t.says_in(TENANT, CANARIES[0]).await, [""; 0]);
}

async fn a_reporters_link_and_draft_lead_nowhere_else(t: &TestStore) {
    let two = two(t).await;
    let never = never(&two.desks[1], &two.own[0]);
    let mut b = two.desks[1].browser();
    let link = |own: &Own| format!("/s/{}-{}", own.reference, own.secret);
    b.get(&link(&two.own[0])).await;
    let theirs = (b.status, b.to.clone(), two.own[0].without(&b.page));
    assert!(!b.page.contains(CANARIES[0]));
    let mut b = two.desks[1].browser();
    b.get(&link(&never)).await;
    let nobodys = (b.status, b.to.clone(), never.without(&b.page));
    assert_eq!(theirs, nobodys);
    // Public lists of both are their own.
    for path in [
        "/",
        "/status",
        "/figures",
        "/evidence",
        "/log.keys",
        "/checkpoint",
    ] {
        let mut all = Vec::new();
        for desk in &two.desks {
            let mut b = desk.browser();
            b.get(path).await;
            assert!(
                CANARIES.iter().all(|canary| !b.page.contains(canary)),
                "{path}"
            );
            all.push(b.page);
        }
        let logs = ["/evidence", "/log.keys", "/checkpoint"].contains(&path);
        assert_eq!(all[0] != all[1], logs, "{path}");
    }
}

async fn the_host_leads_to_a_house_and_an_unknown_one_to_the_first(t: &TestStore) {
    let two = two(t).await;
    let keys = |hosts: Vec<&'static str>| {
        let router = two.router.clone();
        async move {
            let mut request = Request::builder().uri("/log.keys");
            for host in hosts {
                request = request.header(header::HOST, host);
            }
            let request = request.body(Body::empty()).unwrap();
            let response = router.oneshot(request).await.unwrap();
            let status = response.status();
            let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            (status, String::from_utf8_lossy(&bytes).into_owned())
        }
    };
    let house = keys(vec!["house.example"]).await;
    let health = keys(vec!["HEALTH.example:443"]).await;
    assert_ne!(house, health);
    for other in [
        vec![],
        vec!["elsewhere.example"],
        vec!["xhealth.example"],
        vec!["127.0.0.1:80"],
    ] {
        assert_eq!(keys(other.clone()).await, house, "{other:?}");
    }
    assert_eq!(keys(vec!["health.example."]).await, health);
    let both = keys(vec!["house.example", "health.example"]).await;
    assert_eq!(both.0, StatusCode::BAD_REQUEST);
    // The house answers for all; each tenant for itself.
    for at in [0, 1] {
        let own = call(&two, at, FOR_ALL, Shows::Nothing, &two.own[at]).await;
        assert_eq!(own.0, StatusCode::OK, "{own:?}");
    }
}

#[tokio::test]
async fn pages_say_whose_door_it_is() {
    let desk = Desk::new().await;
    let site = cairn_web::Site {
        house: Some(("Health <sector>".into(), "Te rāngai hauora".into())),
        ..cairn_web::Site::example()
    };
    let router = cairn_web::router(desk.t.app.clone(), std::sync::Arc::new(site));
    let desk = Desk { router, ..desk };
    let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
    for path in ["/", "/desk", "/desk/account", "/report", "/nowhere"] {
        for (lang, title) in [("en", "Health &lt;sector&gt;"), ("mi", "Te rāngai hauora")] {
            b.lang = lang;
            b.get(path).await;
            assert!(
                b.page
                    .contains(&format!("<strong class=\"house\">{title}</strong>")),
                "{path}"
            );
        }
    }
}

/// Neither its number nor its digest nor its ticket gives a case's file to another house.
async fn a_case_file_of_one_house_is_none_at_the_other(t: &TestStore) {
    let two = two(t).await;
    let mut programs = Vec::new();
    for desk in &two.desks {
        let mut b = desk.signed_in("hana", "Hana", Role::Officer).await;
        let shown = officer_token(&mut b, "act").await;
        programs.push(Program::new(desk, &shown));
    }
    // The file of the report of the first house is there, and its ticket is good there.
    let sha256 = two.own[0].sha256.clone();
    let ticket = two.desks[0].t.app.file_ticket(&sha256);
    let body = |sha256: &str, ticket: &str| {
        serde_json::json!({ "version": 1, "act": { "do": "file", "sha256": sha256, "ticket": ticket,
            "name": "a.txt", "sort": "log", "tlp": "amber" } })
    };
    let made = programs[0]
        .post("cases/1/work", body(&sha256, &ticket))
        .await;
    assert_eq!(programs[0].status, StatusCode::OK, "{made}");
    let text = made["files"][0]["text"].as_u64().unwrap();
    let take = format!("cases/1/files/{text}");
    programs[0].post(&take, serde_json::json!({})).await;
    assert_eq!(programs[0].status, StatusCode::OK);
    assert!(programs[0].bytes.starts_with(b"PK"));

    let theirs = programs[1].post(&take, serde_json::json!({})).await;
    assert_eq!(programs[1].status, StatusCode::NOT_FOUND, "{theirs}");
    let own = two.desks[1].t.app.file_ticket(&sha256);
    for ticket in [ticket.as_str(), own.as_str(), "", "7fffffff-00"] {
        let theirs = programs[1]
            .post("cases/1/work", body(&sha256, ticket))
            .await;
        assert_eq!(
            programs[1].status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{theirs}"
        );
    }
    // Nor does a digest alone do at home.
    let bare = programs[0].post("cases/1/work", body(&sha256, "")).await;
    assert_eq!(
        programs[0].status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{bare}"
    );
    assert_eq!(t.says_in(TENANT, CANARIES[0]).await, [""; 0]);
}

on_both! {
    async fn sessions(t: &mut TestStore) { a_session_of_one_house_is_none_at_the_other(t).await; }
    async fn pages(t: &mut TestStore) { what_one_house_has_never_was_at_the_other(t).await; }
    async fn tokens(t: &mut TestStore) { an_officers_token_of_one_house_is_none_at_the_other(t).await; }
    async fn calls_of_officers(t: &mut TestStore) { no_call_knows_what_another_house_has(t).await; }
    async fn whole_table(t: &mut TestStore) { the_table_has_every_call_of_the_api(t).await; }
    async fn keys_and_secrets(t: &mut TestStore) { a_key_or_secret_of_one_house_is_none_at_the_other(t).await; }
    async fn links_and_drafts(t: &mut TestStore) { a_reporters_link_and_draft_lead_nowhere_else(t).await; }
    async fn hosts(t: &mut TestStore) { the_host_leads_to_a_house_and_an_unknown_one_to_the_first(t).await; }
    async fn files_of_cases(t: &mut TestStore) { a_case_file_of_one_house_is_none_at_the_other(t).await; }
}
