//! Every route with every role. A route that is missing from the table fails the test: it must be thought about.

use axum::http::{Method, StatusCode};
use cairn_kernel::actor::Role;
use cairn_web::desk::{Need, routes};

use super::browser::{Browser, Desk};

/// Who may see the strategy office at all, and who may see all of it.
const PLANS: &str = "auditor owner statistician publisher reviewer";
const REVIEW: &str = "auditor statistician publisher reviewer";

/// Who may see how machine reports stand.
const FEEDS: &str = "officer lead administrator auditor";

/// Roles by name; `*` is everybody signed in, `-` the way in.
const TABLE: [(&str, &str, &str); 216] = [
    ("GET", "/sign-in", "-"),
    ("POST", "/sign-in", "-"),
    ("GET", "/sign-in/password", "-"),
    ("POST", "/sign-in/password", "-"),
    ("GET", "/sign-in/enrol", "-"),
    ("POST", "/sign-in/enrol", "-"),
    ("GET", "/sign-in/code", "-"),
    ("POST", "/sign-in/code", "-"),
    ("GET", "/sign-in/recovery", "-"),
    ("POST", "/sign-in/recovery", "-"),
    ("POST", "/sign-in/passkey/ask", "-"),
    ("GET", "/sign-in/passkey", "-"),
    ("POST", "/sign-in/passkey", "-"),
    ("POST", "/sign-in/oidc", "-"),
    ("GET", "/sign-in/oidc/callback", "-"),
    ("GET", "/desk/account/confirm", "*"),
    ("POST", "/desk/account/confirm", "*"),
    ("POST", "/desk/account/confirm/passkey", "*"),
    ("POST", "/desk/account/confirm/oidc", "*"),
    ("POST", "/desk/account/passkeys/ask", "*"),
    ("POST", "/desk/account/passkeys", "*"),
    ("POST", "/desk/account/passkeys/{id}/name", "*"),
    ("POST", "/desk/account/passkeys/{id}/remove", "*"),
    ("POST", "/desk/account/oidc", "*"),
    ("POST", "/desk/account/oidc/remove", "*"),
    ("POST", "/sign-out", "*"),
    ("GET", "/desk/account", "*"),
    ("POST", "/desk/account/password", "*"),
    ("POST", "/desk/account/recovery", "*"),
    ("POST", "/desk/account/sessions", "*"),
    ("GET", "/desk", "*"),
    ("GET", "/desk/reports/{reference}", "officer lead auditor"),
    ("POST", "/desk/reports/{reference}/assign", "officer lead"),
    ("POST", "/desk/reports/{reference}/keys", "officer lead"),
    (
        "POST",
        "/desk/reports/{reference}/keys/{no}",
        "officer lead",
    ),
    ("POST", "/desk/reports/{reference}/category", "officer lead"),
    ("POST", "/desk/reports/{reference}/severity", "officer lead"),
    ("POST", "/desk/reports/{reference}/loss", "officer lead"),
    ("POST", "/desk/reports/{reference}/message", "officer lead"),
    ("POST", "/desk/reports/{reference}/close", "officer lead"),
    ("POST", "/desk/reports/{reference}/reopen", "officer lead"),
    ("POST", "/desk/reports/{reference}/person", "officer lead"),
    (
        "POST",
        "/desk/reports/{reference}/files/{sha256}",
        "officer lead",
    ),
    ("POST", "/desk/reports/{reference}/erase-contact", "lead"),
    ("GET", "/desk/next", "officer lead auditor"),
    ("GET", "/desk/old/{source}/{number}", "officer lead auditor"),
    ("GET", "/desk/clusters/next", "officer lead auditor"),
    ("GET", "/desk/bulk", "officer lead auditor"),
    ("POST", "/desk/bulk", "officer lead"),
    ("POST", "/desk/bulk/do", "officer lead"),
    ("GET", "/desk/bulk/{no}", "officer lead auditor"),
    ("POST", "/desk/bulk/{no}/{action}", "officer lead"),
    ("GET", "/desk/keyboard", "*"),
    ("POST", "/desk/keyboard", "*"),
    ("GET", "/desk/agencies", "officer lead auditor"),
    ("GET", "/desk/agencies/{agency}", "officer lead auditor"),
    ("POST", "/desk/agencies/{agency}/keys", "lead"),
    ("POST", "/desk/agencies/{agency}/keys/{n}/confirm", "lead"),
    ("POST", "/desk/agencies/{agency}/keys/{n}/drop", "lead"),
    ("GET", "/desk/cases", "officer lead auditor"),
    ("POST", "/desk/cases", "officer lead"),
    ("GET", "/desk/cases/{no}", "officer lead auditor"),
    (
        "GET",
        "/desk/cases/{no}/observables",
        "officer lead auditor",
    ),
    ("GET", "/desk/cases/{no}/present", "officer lead auditor"),
    (
        "GET",
        "/desk/reports/{reference}/present",
        "officer lead auditor",
    ),
    ("POST", "/desk/cases/{no}/archive", "officer lead"),
    ("POST", "/desk/cases/{no}/files", "officer lead"),
    ("POST", "/desk/cases/{no}/files/{text}", "officer lead"),
    ("POST", "/desk/cases/{no}/{action}", "officer lead"),
    ("POST", "/desk/reports/{reference}/case", "officer lead"),
    ("GET", "/desk/referrals", "officer lead auditor"),
    (
        "POST",
        "/desk/reports/{reference}/referrals",
        "officer lead",
    ),
    (
        "GET",
        "/desk/reports/{reference}/referrals/{no}",
        "officer lead auditor",
    ),
    (
        "GET",
        "/desk/reports/{reference}/referrals/{no}/summary",
        "officer lead auditor",
    ),
    (
        "POST",
        "/desk/reports/{reference}/referrals/{no}/package",
        "officer lead",
    ),
    (
        "POST",
        "/desk/reports/{reference}/referrals/{no}/{action}",
        "officer lead",
    ),
    ("GET", "/desk/clocks", "officer lead auditor"),
    ("GET", "/desk/shift", "officer lead auditor"),
    ("POST", "/desk/shift", "officer lead"),
    ("GET", "/desk/shift.csv", "officer lead auditor"),
    ("GET", "/desk/shift.json", "officer lead auditor"),
    ("GET", "/desk/shift/notes", "officer lead auditor"),
    ("POST", "/desk/shift/notes/{no}/correct", "officer lead"),
    ("POST", "/desk/shift/notes/{no}/read", "officer lead"),
    ("POST", "/desk/shift/notes/{no}/withdraw", "officer lead"),
    ("POST", "/desk/shift/notes/{no}/erase", "lead"),
    ("GET", "/desk/clusters", "officer lead auditor"),
    ("GET", "/desk/clusters/{no}", "officer lead auditor"),
    ("POST", "/desk/clusters/{no}/decide", "officer lead"),
    ("POST", "/desk/clusters/{no}/held", "officer lead"),
    ("POST", "/desk/clusters/{no}/reports", "officer lead"),
    ("POST", "/desk/clusters/{no}/link", "officer lead"),
    ("POST", "/desk/clusters/{no}/mail", "officer lead"),
    ("POST", "/desk/clusters/{no}/undo", "officer lead"),
    ("GET", "/desk/rules", "officer lead auditor"),
    ("POST", "/desk/rules", "officer lead"),
    ("GET", "/desk/rules/new", "officer lead"),
    ("GET", "/desk/rules/{no}", "officer lead auditor"),
    ("POST", "/desk/rules/{no}/write", "officer lead"),
    ("POST", "/desk/rules/{no}/on", "lead"),
    ("POST", "/desk/rules/{no}/back", "lead"),
    ("POST", "/desk/rules/{no}/{action}", "officer lead"),
    ("POST", "/desk/reports/{reference}/looked", "officer lead"),
    ("GET", "/desk/views", "officer lead auditor"),
    ("POST", "/desk/views", "officer lead auditor"),
    ("POST", "/desk/views/{id}", "officer lead auditor"),
    ("POST", "/desk/views/{id}/delete", "officer lead auditor"),
    ("GET", "/desk/observables", "officer lead auditor"),
    (
        "GET",
        "/desk/observables/{kind}/{value}",
        "officer lead auditor",
    ),
    ("POST", "/desk/observables/{kind}/{value}", "officer lead"),
    ("POST", "/desk/observables/export", "officer lead"),
    ("POST", "/desk/reports/{reference}/hold", "lead"),
    ("POST", "/desk/reports/{reference}/lift", "lead"),
    ("POST", "/desk/reports/{reference}/undo", "officer lead"),
    ("GET", "/desk/retention", "administrator"),
    ("POST", "/desk/retention", "administrator"),
    ("GET", "/desk/erased", "administrator auditor"),
    ("GET", "/desk/erased.csv", "administrator auditor"),
    (
        "GET",
        "/desk/challenges",
        "lead auditor statistician publisher",
    ),
    (
        "GET",
        "/desk/challenges/{no}",
        "lead auditor statistician publisher",
    ),
    (
        "POST",
        "/desk/challenges/{no}/release",
        "lead statistician publisher",
    ),
    (
        "POST",
        "/desk/challenges/{no}/withhold",
        "lead statistician publisher",
    ),
    (
        "POST",
        "/desk/challenges/{no}/answer",
        "lead statistician publisher",
    ),
    (
        "POST",
        "/desk/challenges/{no}/correct",
        "lead statistician publisher",
    ),
    ("GET", "/desk/export", "lead"),
    ("POST", "/desk/export", "lead"),
    ("GET", "/desk/audit", "administrator auditor"),
    ("GET", "/desk/accounts", "administrator"),
    ("POST", "/desk/accounts", "administrator"),
    ("POST", "/desk/accounts/{id}/role", "administrator"),
    ("POST", "/desk/accounts/{id}/state", "administrator"),
    ("POST", "/desk/accounts/{id}/reset", "administrator"),
    ("POST", "/desk/account/tokens", "*"),
    ("POST", "/desk/account/tokens/{id}/end", "*"),
    ("GET", "/desk/tokens", "administrator"),
    ("POST", "/desk/tokens/{id}/end", "administrator"),
    ("GET", "/desk/notices", "officer lead auditor"),
    ("GET", "/desk/notices/why", "officer lead auditor"),
    ("GET", "/desk/notices/rules", "officer lead auditor"),
    ("POST", "/desk/notices/rules", "officer lead"),
    ("POST", "/desk/notices/rules/on", "lead"),
    ("POST", "/desk/notices/rules/{action}", "officer lead"),
    ("GET", "/desk/notices/{no}", "officer lead auditor"),
    ("GET", "/desk/notices/{no}/file", "officer lead auditor"),
    ("POST", "/desk/notices/{no}/{action}", "officer lead"),
    ("GET", "/desk/constituents", "officer lead auditor"),
    ("POST", "/desk/constituents", "officer lead"),
    ("GET", "/desk/constituents/new", "officer lead"),
    (
        "GET",
        "/desk/constituents/conflicts",
        "officer lead auditor",
    ),
    ("GET", "/desk/constituents/claims", "officer lead auditor"),
    (
        "GET",
        "/desk/constituents/claims/{no}",
        "officer lead auditor",
    ),
    (
        "POST",
        "/desk/constituents/claims/{no}/decide",
        "officer lead",
    ),
    ("GET", "/desk/constituents/import", "lead"),
    ("POST", "/desk/constituents/import", "lead"),
    ("POST", "/desk/constituents/export", "lead"),
    ("GET", "/desk/constituents/{no}", "officer lead auditor"),
    (
        "GET",
        "/desk/constituents/{no}/contacts/{contact}",
        "officer lead auditor",
    ),
    ("POST", "/desk/constituents/{no}/remove", "lead"),
    ("POST", "/desk/constituents/{no}/tokens", "officer lead"),
    (
        "POST",
        "/desk/constituents/{no}/tokens/{id}/end",
        "officer lead",
    ),
    ("POST", "/desk/constituents/{no}/{action}", "officer lead"),
    ("GET", "/desk/feeds", FEEDS),
    ("GET", "/desk/feeds/upload", "officer lead"),
    ("POST", "/desk/feeds/upload", "officer lead"),
    ("GET", "/desk/feeds/reports/{no}", FEEDS),
    ("POST", "/desk/feeds/reports/{no}/again", "officer lead"),
    ("GET", "/desk/feeds/quarantine", "officer lead auditor"),
    ("POST", "/desk/feeds/quarantine/replay", "officer lead"),
    ("GET", "/desk/feeds/sources/new", "lead administrator"),
    ("POST", "/desk/feeds/sources", "lead administrator"),
    ("GET", "/desk/feeds/sources/{no}", FEEDS),
    ("POST", "/desk/feeds/sources/{no}", "lead administrator"),
    (
        "POST",
        "/desk/feeds/sources/{no}/secret",
        "lead administrator",
    ),
    (
        "POST",
        "/desk/feeds/sources/{no}/remove",
        "lead administrator",
    ),
    ("POST", "/desk/feeds/sources/{no}/look", "officer lead"),
    ("GET", "/desk/explorer", "officer lead auditor"),
    ("GET", "/desk/explorer.csv", "officer lead auditor"),
    ("GET", "/desk/explorer.json", "officer lead auditor"),
    ("GET", "/desk/explorer/day/{day}", "officer lead auditor"),
    (
        "GET",
        "/desk/explorer/address/{kind}/{value}",
        "officer lead auditor",
    ),
    (
        "GET",
        "/desk/explorer/row/{report}/{offset}/{bytes}",
        "officer lead auditor",
    ),
    ("GET", "/desk/webhooks", "administrator"),
    ("POST", "/desk/webhooks", "administrator"),
    ("GET", "/desk/webhooks/{id}", "administrator"),
    ("POST", "/desk/webhooks/{id}", "administrator"),
    ("POST", "/desk/webhooks/{id}/secret", "administrator"),
    ("POST", "/desk/webhooks/{id}/test", "administrator"),
    ("POST", "/desk/webhooks/{id}/remove", "administrator"),
    (
        "POST",
        "/desk/webhooks/{id}/deliveries/{delivery}/again",
        "administrator",
    ),
    ("GET", "/desk/keys", "administrator"),
    ("POST", "/desk/keys", "administrator"),
    ("POST", "/desk/keys/{id}/revoke", "administrator"),
    ("GET", "/desk/jobs", "administrator"),
    ("POST", "/desk/jobs/{id}/again", "administrator"),
    ("GET", "/desk/track", PLANS),
    ("GET", "/desk/track/{plan}", PLANS),
    ("GET", "/desk/track/{plan}/scores.csv", PLANS),
    ("GET", "/desk/track/{plan}/returns/new", "owner"),
    ("POST", "/desk/track/{plan}/returns/new", "owner"),
    ("GET", "/desk/track/{plan}/returns/{no}", PLANS),
    (
        "GET",
        "/desk/track/{plan}/returns/{no}/files/{sha256}",
        PLANS,
    ),
    ("POST", "/desk/track/{plan}/returns/{no}/withdraw", "owner"),
    (
        "POST",
        "/desk/track/{plan}/returns/{no}/accept",
        "statistician",
    ),
    (
        "POST",
        "/desk/track/{plan}/returns/{no}/send-back",
        "statistician",
    ),
    ("GET", "/desk/track/{plan}/publish", REVIEW),
    (
        "POST",
        "/desk/track/{plan}/sign-off",
        "statistician publisher",
    ),
    ("POST", "/desk/track/{plan}/publish", "publisher"),
    ("GET", "/desk/track/{plan}/files.zip", "publisher"),
    ("GET", "/desk/track/{plan}/seats", "publisher"),
    ("POST", "/desk/track/{plan}/seats", "publisher"),
    ("POST", "/desk/track/{plan}/seats/remove", "publisher"),
    ("GET", "/desk/track/{plan}/dissent", "reviewer"),
    ("POST", "/desk/track/{plan}/dissent", "reviewer"),
    ("GET", "/desk/track/{plan}/preview", REVIEW),
    ("GET", "/desk/track/{plan}/preview/", REVIEW),
    ("GET", "/desk/track/{plan}/preview/{*path}", REVIEW),
];

fn roles_of(method: &Method, path: &str) -> &'static str {
    let found = TABLE
        .iter()
        .find(|(m, p, _)| *m == method.as_str() && *p == path);
    found
        .unwrap_or_else(|| panic!("{method} {path} is not in the table: who may?"))
        .2
}

#[test]
fn the_table_names_every_route_and_agrees_with_what_the_routes_say() {
    let all = routes();
    assert_eq!(all.len(), TABLE.len());
    for route in &all {
        let roles = roles_of(&route.method, route.path);
        for role in Role::ALL {
            let says = match route.need {
                Need::Nothing | Need::HalfSignedIn => roles == "-",
                Need::SignedIn => roles == "*",
                Need::May(action) => {
                    cairn_desk::access::may(role, action)
                        == roles.split(' ').any(|one| one == role.as_str())
                }
            };
            assert!(says, "{} {} {role}", route.method, route.path);
        }
    }
}

/// A desk with a plan, so that what is refused is refused by the policy and not for want of one.
async fn with_plan() -> Desk {
    let plans =
        cairn_app::track::Plans::of([super::office::harbour()], Default::default()).unwrap();
    Desk::with(cairn_app::Config {
        plans,
        ..cairn_app::Config::default()
    })
    .await
}

async fn knock(b: &mut Browser, method: &Method, path: &str, token: Option<&str>) {
    if *method == Method::GET {
        b.get(path).await;
        return;
    }
    let pairs: Vec<(&str, &str)> = token.map(|token| ("csrf", token)).into_iter().collect();
    b.post(path, &pairs).await;
}

#[tokio::test]
async fn nobody_does_what_the_policy_does_not_allow() {
    let desk = with_plan().await;
    let reference = desk.report(&desk.example()).await;
    let (victim, _) = desk.account("victim", "Victim", Role::Officer).await;
    let filled = |path: &str| {
        path.replace("{reference}", &reference)
            .replace("{sha256}", &"ab".repeat(32))
            .replace("{id}", &victim)
            .replace("{delivery}", "evt_1")
            .replace("{text}", "1")
            .replace("{agency}", "police")
            .replace("{n}", "1")
            .replace("{plan}", "example-harbour")
            .replace("{no}", "1")
            .replace("{*path}", "method.html")
            .replace("{kind}", "domain")
            .replace("{value}", "YmFkLmV4YW1wbGU")
    };
    for role in Role::ALL {
        let mut b = desk.signed_in(role.as_str(), "Some One", role).await;
        let token = b.hidden("csrf").unwrap();
        let cookie = b.cookie.clone();
        for route in routes() {
            let roles = roles_of(&route.method, route.path);
            let path = filled(route.path);
            if roles == "-" || path == "/sign-out" {
                continue;
            }
            let allowed = roles == "*" || roles.split(' ').any(|one| one == role.as_str());
            b.cookie.clone_from(&cookie);
            knock(&mut b, &route.method, &path, Some(&token)).await;
            let what = format!("{} {path} as {role}: {} {:?}", route.method, b.status, b.to);
            assert_eq!(b.status == StatusCode::FORBIDDEN, !allowed, "{what}");
            assert_ne!(b.status, StatusCode::UNAUTHORIZED, "{what}");
            assert!(!b.status.is_server_error(), "{what}");
            assert_ne!(b.to.as_deref(), Some("/sign-in"), "{what}");
            if route.method == Method::POST {
                knock(&mut b, &route.method, &path, None).await;
                assert_eq!(b.status, StatusCode::FORBIDDEN, "without its token: {what}");
            }
        }
    }
}

#[tokio::test]
async fn strangers_and_the_half_signed_in_see_nothing() {
    let desk = Desk::new().await;
    let reference = desk.report(&desk.example()).await;
    let (_, first) = desk.account("hana", "Hana", Role::Lead).await;
    let mut half = desk.browser();
    half.post("/sign-in", &[("login", "hana"), ("password", &first)])
        .await;
    half.get("/sign-in/password").await;
    let token = half.hidden("csrf").unwrap();
    for route in routes() {
        if roles_of(&route.method, route.path) == "-" || route.path == "/sign-out" {
            continue;
        }
        let path = route.path.replace("{reference}", &reference);
        let mut stranger = desk.browser();
        for (b, to) in [
            (&mut stranger, "/sign-in"),
            (&mut half, "/sign-in/password"),
        ] {
            knock(b, &route.method, &path, Some(&token)).await;
            if route.method == Method::GET {
                assert_eq!(b.to.as_deref(), Some(to), "{path}");
            } else {
                assert_eq!(b.status, StatusCode::UNAUTHORIZED, "{path}");
            }
        }
    }
}
