//! What every answer must have, whoever made it.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use axum::middleware::from_fn;
use axum::routing::{get, post};
use cairn_web::form::Form;
use cairn_web::house::Framable;
use cairn_web::problem::{FieldFault, Kind};
use cairn_web::server::body_max;
use cairn_web::{Lang, Page, Problem, Site, assets, csrf, finish};
use http_body_util::BodyExt as _;
use maud::{Markup, html};
use tower::ServiceExt as _;

fn site(https: bool) -> Arc<Site> {
    let public_url = if https {
        "https://report.example.org"
    } else {
        "http://report.example.org"
    };
    Arc::new(Site {
        public_url: public_url.into(),
        https,
        ..Site::example()
    })
}

fn app(https: bool) -> Router {
    let router = Router::new()
        .route("/page", get(page))
        .route(
            "/form",
            post(async |form: Form| form.get("a").unwrap_or("absent").to_owned()),
        )
        .route(
            "/upload",
            post(async || "taken").route_layer(from_fn(body_max(1 << 20))),
        )
        .route(
            "/cookie",
            post(async || "done").route_layer(from_fn(csrf::guard)),
        )
        .route(
            "/panic",
            get(async || {
                if true {
                    panic!("secret words")
                }
            }),
        )
        .route(
            "/figure",
            get(async || (axum::Extension(Framable), html! { "7" })),
        )
        .route(
            "/no-figure",
            get(async || (StatusCode::NOT_FOUND, axum::Extension(Framable))),
        )
        .route("/full", post(async || Problem::new(Kind::StorageFull)))
        .route(
            "/again",
            get(async || (StatusCode::UNPROCESSABLE_ENTITY, html! { "own page" })),
        )
        .route(
            "/own-csp",
            get(async || ([("content-security-policy", "sandbox")], "text")),
        )
        .route(
            "/api/v1/reports",
            post(async || {
                Problem::invalid(vec![FieldFault {
                    pointer: "/answers/when".into(),
                    detail: "in the future".into(),
                }])
            }),
        );
    finish(site(https), router)
}

async fn page(page: Page) -> Markup {
    page.render("A page", html! { h1 { "A page" } })
}

async fn ask(https: bool, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response: Response<Body> = app(https).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (parts.status, parts.headers, text)
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn get_page(path: &str) -> (StatusCode, HeaderMap, String) {
    ask(false, request("GET", path, &[], "")).await
}

#[tokio::test]
async fn security_headers_are_on_every_answer() {
    let style = assets::STYLE.path.clone();
    let paths = [
        "/page",
        "/nowhere",
        "/panic",
        "/again",
        "/privacy",
        "/form",
        "/assets/x",
        &style,
    ];
    for path in paths {
        for https in [false, true] {
            let (_, headers, _) = ask(https, request("GET", path, &[], "")).await;
            let has = |name: &str, part: &str| {
                let value = headers
                    .get(name)
                    .unwrap_or_else(|| panic!("{path}: {name}"));
                assert!(
                    value.to_str().unwrap().contains(part),
                    "{path}: {name}: {value:?}"
                );
                assert_eq!(
                    headers.get_all(name).iter().count(),
                    1,
                    "{path}: {name} twice"
                );
            };
            for part in [
                "default-src 'none'",
                "frame-ancestors 'none'",
                "trusted-types 'none'",
            ] {
                has("content-security-policy", part);
            }
            has("x-content-type-options", "nosniff");
            has("referrer-policy", "no-referrer");
            has("cross-origin-opener-policy", "same-origin");
            has("cross-origin-resource-policy", "same-origin");
            has("permissions-policy", "camera=()");
            has(
                "cache-control",
                if path == style {
                    "immutable"
                } else {
                    "no-store"
                },
            );
            assert_eq!(
                headers.contains_key("strict-transport-security"),
                https,
                "{path}"
            );
            assert!(
                !headers["content-security-policy"]
                    .to_str()
                    .unwrap()
                    .contains("unsafe")
            );
        }
    }
}

#[tokio::test]
async fn a_route_may_set_a_stricter_policy_of_its_own() {
    let (_, headers, _) = get_page("/own-csp").await;
    assert_eq!(headers["content-security-policy"], "sandbox");
}

#[tokio::test]
async fn only_what_is_marked_may_be_framed() {
    let (status, headers, _) = get_page("/figure").await;
    assert_eq!(status, StatusCode::OK);
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"));
    assert!(!policy.contains("script-src") && policy.contains("form-action 'none'"));
    assert!(!headers.contains_key("x-frame-options"));
    assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
    // An error in its place is a page of the house again.
    for path in ["/page", "/no-figure", "/own-csp"] {
        let (_, headers, _) = get_page(path).await;
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains('*'), "{path}: {policy}");
    }
}

#[tokio::test]
async fn errors_are_pages_in_the_readers_language() {
    let (status, headers, body) = get_page("/nowhere?lang=mi").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert!(body.contains("<html lang=\"mi\">") && body.contains("Kāore i kitea taua whārangi"));
    let (status, headers, body) = ask(false, request("DELETE", "/page", &[], "")).await;
    assert_eq!(
        (status, &headers["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD".parse().unwrap())
    );
    assert!(body.contains("That cannot be done here"));
    let (status, headers, body) = ask(false, request("POST", "/full", &[], "")).await;
    assert_eq!(
        (status, &headers["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"300".parse().unwrap())
    );
    assert!(body.contains("nothing was received"));
    let (status, _, body) = get_page("/again").await;
    assert_eq!(
        (status, body.as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "own page")
    );
}

#[tokio::test]
async fn a_panic_is_an_error_page_that_repeats_nothing() {
    let (status, _, body) = get_page("/panic").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(body.contains("Something went wrong on our side") && !body.contains("secret words"));
}

#[tokio::test]
async fn the_api_gets_problem_documents() {
    let (status, headers, body) = ask(
        false,
        request("POST", "/api/v1/reports", &[("accept", "*/*")], ""),
    )
    .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(headers["content-type"], "application/problem+json");
    let document: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["type"], "/problems/invalid");
    assert_eq!(document["status"], 422);
    assert_eq!(document["errors"][0]["pointer"], "/answers/when");
    let (_, headers, _) = ask(
        false,
        request("GET", "/nowhere", &[("accept", "application/json")], ""),
    )
    .await;
    assert_eq!(headers["content-type"], "application/problem+json");
    let (_, headers, _) = ask(
        false,
        request("GET", "/api/v1/nowhere", &[("accept", "text/html")], ""),
    )
    .await;
    assert_eq!(headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn every_problem_type_leads_to_a_page() {
    for problem in Problem::samples() {
        let (status, _, body) = get_page(&format!("/problems/{}", problem.slug())).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains(problem.title(Lang::En)));
    }
}

#[tokio::test]
async fn the_language_switch_is_a_link_that_is_remembered() {
    let (_, headers, body) = get_page("/page?lang=mi").await;
    assert_eq!(
        headers["set-cookie"],
        "cairn_lang=mi; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"
    );
    assert!(body.contains("href=\"/page?lang=en\" lang=\"en\""));
    let (_, headers, _) = ask(true, request("GET", "/page?lang=mi", &[], "")).await;
    assert!(headers["set-cookie"].to_str().unwrap().contains("; Secure"));
    let (_, headers, body) = ask(
        false,
        request("GET", "/page", &[("cookie", "cairn_lang=mi")], ""),
    )
    .await;
    assert!(!headers.contains_key("set-cookie") && body.contains("<html lang=\"mi\">"));
}

#[tokio::test]
async fn forms_say_what_they_take() {
    let pairs = (
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8",
    );
    let (_, _, body) = ask(
        false,
        request("POST", "/form", &[pairs], "a=t%C4%93n%C4%81"),
    )
    .await;
    assert_eq!(body, "tēnā");
    let (status, _, _) = ask(
        false,
        request("POST", "/form", &[("content-type", "text/plain")], "a=1"),
    )
    .await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = "x".repeat((1 << 20) + 1);
    let (status, _, body) = ask(false, request("POST", "/upload", &[], &large)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body.contains("1 MB"));
}

#[tokio::test]
async fn other_sites_cannot_send_forms() {
    let post =
        async |headers: &[(&str, &str)]| ask(true, request("POST", "/cookie", headers, "")).await.0;
    assert_eq!(
        post(&[("sec-fetch-site", "same-origin")]).await,
        StatusCode::OK
    );
    assert_eq!(
        post(&[("origin", "https://report.example.org")]).await,
        StatusCode::OK
    );
    assert_eq!(
        post(&[("sec-fetch-site", "cross-site")]).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        post(&[("origin", "https://evil.example")]).await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn assets_are_small_named_by_content_and_compressed() {
    assert!(
        assets::STYLE.plain.len() <= 21_000,
        "{}",
        assets::STYLE.plain.len()
    );
    assert!(
        assets::SCRIPT.plain.len() <= 3_000,
        "{}",
        assets::SCRIPT.plain.len()
    );
    assert!(assets::STYLE.gzip.len() < 6_000);
    let path = assets::STYLE.path.as_str();
    let (status, headers, _) = ask(
        false,
        request("GET", path, &[("accept-encoding", "gzip, br")], ""),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-encoding"], "gzip");
    assert_eq!(headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(
        headers["content-length"],
        assets::STYLE.gzip.len().to_string()
    );
    let (_, headers, body) = ask(false, request("GET", path, &[], "")).await;
    assert!(!headers.contains_key("content-encoding"));
    assert_eq!(body.len(), assets::STYLE.plain.len());
    let script = std::str::from_utf8(&assets::SCRIPT.plain).unwrap();
    for danger in ["innerHTML", "eval", "document.write", "insertAdjacentHTML"] {
        assert!(!script.contains(danger), "{danger}");
    }
}

#[tokio::test]
async fn standing_pages_are_light_and_whole_in_both_languages() {
    let style = assets::STYLE.gzip.len();
    for path in ["/accessibility", "/privacy", "/how-receipts-work"] {
        for lang in Lang::ALL {
            let (status, _, body) = get_page(&format!("{path}?lang={}", lang.as_str())).await;
            assert_eq!(status, StatusCode::OK);
            assert!(body.contains(&format!("<html lang=\"{}\">", lang.as_str())));
            assert!(
                body.len() + assets::STYLE.plain.len() <= 30_000,
                "{path} {}",
                body.len()
            );
            assert!(body.len() + style <= 20_000);
            assert_eq!(body.matches("<h1").count(), 1, "{path}");
            assert!(
                !body.contains(" style=")
                    && !body.contains("<script>")
                    && !body.contains(" onclick")
            );
        }
    }
}
