//! The figures as people and machines get them, from reports in a real store.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use cairn_app::clock::Clock;
use cairn_app::{App, Config};
use cairn_desk::figures::national;
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Affected, Certainty, LossItem, LossKind};
use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money;
use cairn_kernel::time::Micros;
use cairn_testkit::{TestStore, sample};
use cairn_web::Site;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

fn at(text: &str) -> Micros {
    Micros::from(text.parse::<jiff::Timestamp>().unwrap())
}

/// An app over a store with reports: in 2026 Q3 thirty ransomware, three phishing and twelve scams; two in the quarter that
/// runs.
async fn app(store: &TestStore) -> App {
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    let clock = Clock::fixed(at("2026-08-11T00:00:00Z"));
    let app = App::new(
        (**store).clone(),
        Arc::new(form),
        Config::default(),
        clock.clone(),
    );
    for n in 0..45 {
        let category = match n {
            0..30 => "ransomware",
            30..33 => "phishing",
            _ => "scam",
        };
        submit(&app, n, category).await;
    }
    clock.set(at("2026-11-11T00:00:00Z"));
    submit(&app, 45, "scam").await;
    submit(&app, 46, "phishing").await;
    app
}

async fn submit(app: &App, n: u64, category: &str) {
    let mut draft = sample::draft(n);
    let body = &mut draft.body;
    body.suspect = false;
    category.clone_into(&mut body.category);
    body.subtype = None;
    body.affected = Affected::Individual;
    body.region = (!n.is_multiple_of(3)).then(|| "NZ-AUK".into());
    body.age_band = (!n.is_multiple_of(2)).then(|| if n < 8 { "0-17" } else { "65+" }.into());
    body.loss_known = true;
    body.losses.clear();
    if n.is_multiple_of(4) {
        body.losses.push(LossItem {
            kind: LossKind::DirectFinancial,
            amount: Some(Money {
                currency: "NZD".into(),
                minor: 123_450,
            }),
            date: None,
            certainty: Certainty::Stated,
            paid_by: None,
            recovered_minor: None,
        });
    }
    app.submit(&draft, Actor::Reporter, None).await.unwrap();
}

fn router(app: App) -> Router {
    cairn_web::router(app, Arc::new(Site::example()))
}

async fn get(router: &Router, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (parts.status, parts.headers, text)
}

const PAGES: [&str; 5] = [
    "/figures",
    "/figures/categories",
    "/figures/people",
    "/figures/national",
    "/figures/definitions",
];

/// The cells of the table row that begins with `head`.
fn row<'a>(page: &'a str, head: &str) -> Vec<&'a str> {
    let rest = page
        .split("<tr")
        .filter(|row| row.contains("scope=\"row\""))
        .find(|row| {
            row.split("</th>")
                .next()
                .unwrap()
                .contains(&format!(">{head}"))
        })
        .unwrap_or_else(|| panic!("no row {head}"));
    let rest = rest.split("</tr>").next().unwrap();
    rest.split("<td")
        .skip(1)
        .map(|cell| {
            let text = cell.split_once('>').unwrap().1.split("</td>").next();
            let text = text.unwrap();
            let text = text.trim_start_matches("<div>").trim_end_matches("</div>");
            let text = text.rsplit_once("\">").map_or(text, |(_, text)| text);
            text.trim_end_matches("</span>")
        })
        .collect()
}

#[test]
fn pages_show_what_may_be_shown() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let app = app(&store).await;
        let clock = app.clock.clone();
        let router = router(app);
        let (status, _, page) = get(&router, "/figures").await;
        assert_eq!(status, StatusCode::OK);
        // Twelve of 45 with NZD 1,234.50, rounded to thousands.
        assert_eq!(
            row(&page, "2026\u{a0}Q3"),
            ["45", "15,000", "12", "0", "0", "26.7\u{a0}%"]
        );
        // Two are few; and of a quarter that runs nothing else is told.
        let (hidden, later) = ("not shown", "not yet");
        assert_eq!(
            row(&page, "2026\u{a0}Q4"),
            [hidden, later, later, later, later, later]
        );
        assert!(page.contains("not over yet"));
        assert!(page.contains("href=\"/figures/definitions#incidents\""));
        assert!(page.contains("href=\"/figures/national\""));
        // The national series stands beside our own, its two breaks marked in both charts.
        assert_eq!(page.matches("class=\"break\"").count(), 4);

        let (_, _, page) = get(&router, "/figures/categories").await;
        let category = |name: &str| row(&page, name);
        // Three phishing reports are few, and the scams go with them, or the sum would tell.
        assert_eq!(category("Ransomware"), ["30"]);
        assert_eq!(category("Phishing and credential harvesting"), [hidden]);
        assert_eq!(category("Scams and fraud"), [hidden]);
        // The few losses of the scams would be told by those of the ransomware and of all.
        let losses = page.rsplit_once("by category, NZD").unwrap().1;
        assert_eq!(row(losses, "Ransomware"), [hidden]);
        assert_eq!(row(losses, "<strong>All"), ["15,000"]);

        // Distributions are of years that are over: of the service's first one there is nothing before it ends.
        let (_, _, page) = get(&router, "/figures/people").await;
        assert!(page.contains("There are none yet") && !page.contains("Auckland"));
        clock.set(at("2027-01-12T00:00:00Z"));
        let (_, _, page) = get(&router, "/figures/people").await;
        assert_eq!(row(&page, "Auckland"), ["31"]);
        assert!(page.contains("Known for 66.0\u{a0}% of these incidents"));
        assert!(page.contains("aria-labelledby=\"age_band-t age_band-d\""));

        let (_, _, page) = get(&router, "/figures/definitions").await;
        for id in ["incidents", "category", "loss", "region", "national", "few"] {
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
        drop(router);
        store.finish().await;
    });
}

#[test]
fn pages_are_small_whole_and_in_both_languages() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let router = router(app(&store).await);
        for path in PAGES {
            let (status, _, english) = get(&router, path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let (_, _, maori) = get(&router, &format!("{path}?lang=mi")).await;
            assert!(maori.contains("<html lang=\"mi\""), "{path}");
            assert!(maori.contains("Ngā tirohanga o ngā tatauranga"), "{path}");
            for page in [&english, &maori] {
                assert!(page.len() <= 30_000, "{path}: {} bytes", page.len());
                assert_eq!(page.matches("<h1").count(), 1, "{path}");
            }
        }
        drop(router);
        store.finish().await;
    });
}

#[test]
fn the_national_series_names_its_breaks_gaps_and_contradictions() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let router = router(app(&store).await);
        let (_, _, page) = get(&router, "/figures/national").await;
        // Two charts with two breaks each.
        assert_eq!(page.matches("class=\"break\"").count(), 4);
        for words in [
            "2020\u{a0}Q3</strong>: the way of collecting changed",
            "2025\u{a0}Q1</strong>: what is counted changed",
            "later pages print 1245",
            "cert.govt.nz quarter-three-report-2019",
            "press prints 1208",
        ] {
            assert!(page.contains(words), "{words}");
        }
        assert_eq!(row(&page, "2023\u{a0}Q3").first(), Some(&"no figure found"));
        drop(router);
        store.finish().await;
    });
}

#[test]
fn machines_get_the_same_figures() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let router = router(app(&store).await);
        let (_, headers, text) = get(&router, "/figures.json").await;
        assert_eq!(headers["access-control-allow-origin"], "*");
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["log_size"], 47);
        assert_eq!(json["counted_at"], "2026-11-11T00:00:00Z");
        assert_eq!(json["vintage"], 20_261_111);
        let quarter = &json["tables"]["quarters"]["rows"][0];
        assert_eq!(quarter["quarter"], "2026Q3");
        assert_eq!(quarter["incidents"], 45);
        assert_eq!(quarter["loss"], "15000.00");
        let running = &json["tables"]["quarters"]["rows"][1];
        assert_eq!(running["running"], true);
        assert_eq!(running["incidents"], "hidden");
        let national = json["tables"]["national"]["rows"].as_array().unwrap();
        let series = national::parse(national::EMBEDDED).unwrap();
        assert_eq!(national.len(), series.len());
        assert!(national[24]["incidents"].is_null());

        for name in [
            "quarters",
            "categories",
            "regions",
            "ages",
            "affected",
            "loss_bands",
            "national",
        ] {
            let (status, headers, text) = get(&router, &format!("/figures/{name}.csv")).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
            let lines: Vec<&str> = text.split("\r\n").collect();
            assert!(
                lines[0].ends_with(",definitions,log_size,counted_at"),
                "{name}"
            );
            let rows = json["tables"][name]["rows"].as_array().unwrap();
            assert_eq!(lines.len(), rows.len() + 2, "{name}");
            assert!(lines[1].ends_with(",47,2026-11-11T00:00:00Z"), "{name}");
        }
        let (_, _, text) = get(&router, "/figures/categories.csv").await;
        assert!(
            text.contains("\r\n2026Q3,false,ransomware,30,hidden,NZD,category@2 category_loss@1,")
        );
        assert!(
            text.contains(
                "\r\n2026Q3,false,phishing,hidden,hidden,NZD,category@2 category_loss@1,"
            )
        );
        for path in ["/figures/nothing.csv", "/figures/quarters", "/figures/x"] {
            assert_eq!(get(&router, path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        drop(router);
        store.finish().await;
    });
}

/// Two publications, of which the second knows a report more, and one that was sorted anew.
#[test]
fn a_day_has_one_publication_and_the_next_tells_no_single_report() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let app = app(&store).await;
        let clock = app.clock.clone();
        let router = router(app.clone());
        let tables = async |path: &str| -> serde_json::Value {
            let (status, _, text) = get(&router, path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
            json["tables"].take()
        };
        let first = tables("/figures.json").await;
        submit(&app, 400, "malware").await;
        for category in ["malware", "phishing"] {
            let work = cairn_desk::report::Command::Categorise {
                category: category.into(),
                subtype: None,
            };
            let by = Actor::User("officer-1".into());
            sample::act(&store, 1, by, work, None).await.unwrap();
        }
        assert_eq!(tables("/figures.json").await, first, "the same day");
        clock.set(at("2026-11-12T12:00:00Z"));
        assert_eq!(tables("/figures.json").await, first, "the next day");
        assert_eq!(tables("/figures.json?vintage=20261111").await, first);
        // Two more in the quarter that runs are five: their number is told, and nothing of what they are.
        submit(&app, 401, "malware").await;
        submit(&app, 402, "scam").await;
        clock.set(at("2026-11-13T12:00:00Z"));
        let mut later = tables("/figures.json").await;
        let running = &mut later["quarters"]["rows"][1];
        assert_eq!(running["incidents"], 5);
        running["incidents"] = "hidden".into();
        assert_eq!(later, first);
        let (_, _, page) = get(&router, "/figures/definitions").await;
        assert!(page.contains("href=\"/figures.json?vintage=20261111\""));
        for path in ["/figures.json?vintage=20261110", "/figures.json?vintage=x"] {
            assert_eq!(get(&router, path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        drop((router, app));
        store.finish().await;
    });
}

#[test]
fn without_a_national_series_none_is_shown() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        let mut config = Config::default();
        config.figures.national = None;
        let clock = Clock::fixed(at("2026-11-11T00:00:00Z"));
        let router = router(App::new((*store).clone(), Arc::new(form), config, clock));
        let (_, _, page) = get(&router, "/figures").await;
        assert!(!page.contains("/figures/national"));
        for path in ["/figures/national", "/figures/national.csv"] {
            assert_eq!(get(&router, path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        drop(router);
        store.finish().await;
    });
}

#[test]
fn an_empty_service_shows_its_figures_too() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        let clock = Clock::fixed(at("2026-11-11T00:00:00Z"));
        let app = App::new((*store).clone(), Arc::new(form), Config::default(), clock);
        let router = router(app);
        for path in PAGES.into_iter().chain(["/figures.json"]) {
            assert_eq!(get(&router, path).await.0, StatusCode::OK, "{path}");
        }
        let (_, _, page) = get(&router, "/figures").await;
        assert_eq!(row(&page, "2026\u{a0}Q4").first(), Some(&"0"));
        drop(router);
        store.finish().await;
    });
}

#[test]
fn health_tells_alive_from_ready() {
    cairn_testkit::run(async {
        let store = TestStore::sqlite().await;
        let app = app(&store).await;
        let writer = app.bare_store().writer().clone();
        let router = router(app);
        let (status, _, text) = get(&router, "/health/ready").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("\"database\":\"ok\""), "{text}");
        writer.set_full(true);
        let (status, _, text) = get(&router, "/health/ready").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("\"disk\":\"full\""), "{text}");
        assert_eq!(get(&router, "/health/live").await.0, StatusCode::OK);
        drop((router, writer));
        store.finish().await;
    });
}
