//! Live measures, seen from outside: what two worlds that differ in small cells alone publish is the same to the last byte,
//! on every page and in every file that the public can get, on both databases.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use cairn_app::clock::Clock;
use cairn_app::track::Plans;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Affected, Certainty, LossItem, LossKind, PartialDate};
use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money;
use cairn_kernel::time::Micros;
use cairn_testkit::{TestStore, on_both, sample};
use cairn_track::plan::Files;
use cairn_web::Site;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

fn at(text: &str) -> Micros {
    Micros::from(text.parse::<jiff::Timestamp>().unwrap())
}

/// The example plan, which asks every query.
fn plan() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/example-harbour");
    let mut files = Files::new();
    let mut open = vec![PathBuf::new()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(root.join(&at)).unwrap() {
            let entry = entry.unwrap();
            let path = at.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                let bytes = std::fs::read(entry.path()).unwrap();
                files.insert(path.to_str().unwrap().replace('\\', "/"), bytes);
            }
        }
    }
    files
}

/// How many reports of the quarter are in each of three small categories, three small regions, and agree to two agencies
/// of their own. Each sum is a multiple of three, as is every other count: what is random elsewhere stays as it is, and
/// two stores with different keys publish the same.
#[derive(Clone, Copy)]
struct Small {
    categories: [u64; 3],
    regions: [u64; 3],
    agencies: [u64; 2],
}

const ONE: Small = Small {
    categories: [1, 2, 3],
    regions: [1, 2, 3],
    agencies: [1, 2],
};
const OTHER: Small = Small {
    categories: [3, 1, 2],
    regions: [2, 3, 1],
    agencies: [2, 1],
};
/// With nothing that is small: here the same cells are told.
const LARGE: Small = Small {
    categories: [6, 9, 12],
    regions: [9, 6, 12],
    agencies: [6, 9],
};

const CATEGORIES: [&str; 3] = ["ransomware", "malware", "vulnerability"];
const REGIONS: [&str; 3] = ["NZ-STL", "NZ-WTC", "NZ-GIS"];
const AGENCIES: [&str; 2] = ["dia", "fma"];

/// Which of three parts the report of this number is in.
fn part(parts: &[u64], mut n: u64) -> Option<usize> {
    parts.iter().position(|count| {
        let here = n < *count;
        n = n.wrapping_sub(*count);
        here
    })
}

async fn submit(app: &App, n: u64, category: &str, region: &str, consents: &[&str]) {
    let mut draft = sample::draft(n);
    let body = &mut draft.body;
    body.suspect = false;
    body.anonymous = false;
    category.clone_into(&mut body.category);
    body.subtype = None;
    body.affected = Affected::Individual;
    body.region = Some(region.to_owned());
    body.age_band = Some("25-34".into());
    body.occurred = Some(PartialDate {
        year: 2026,
        month: Some(8),
        day: Some(9),
    });
    body.files.clear();
    body.loss_known = true;
    body.losses.clear();
    // Fifteen amounts in all, the last of them in a small category.
    if n < 14 || n == 45 {
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
    draft.consents = consents.iter().map(|code| (*code).to_owned()).collect();
    app.submit(&draft, Actor::Reporter, None).await.unwrap();
}

/// An app over a store: six reports in 2025 Q3, and in 2026 Q3 thirty-three scams and twelve phishing beside the small ones.
async fn app(store: &TestStore, small: Small) -> App {
    let clock = Clock::fixed(at("2025-08-11T00:00:00Z"));
    let config = Config {
        plans: Plans::of([plan()], Default::default()).unwrap(),
        ..Config::default()
    };
    let form = Arc::new(Form::parse(&FormFiles::embedded()).unwrap());
    let app = App::new((**store).clone(), form, config, clock.clone());
    for n in 100..106 {
        submit(&app, n, "scam", "NZ-AUK", &["police"]).await;
    }
    clock.set(at("2026-08-11T00:00:00Z"));
    for n in 0..33 {
        submit(&app, n, "scam", "NZ-AUK", &["police"]).await;
    }
    for n in 33..45 {
        submit(&app, n, "phishing", "NZ-AUK", &[]).await;
    }
    for n in 0..small.categories.iter().sum::<u64>() {
        let category = CATEGORIES[part(&small.categories, n).unwrap()];
        let region = REGIONS[part(&small.regions, n).unwrap()];
        let mut consents = vec!["police"];
        consents.extend(part(&small.agencies, n).map(|at| AGENCIES[at]));
        submit(&app, 45 + n, category, region, &consents).await;
    }
    // Regions are told by calendar year.
    clock.set(at("2027-01-11T00:00:00Z"));
    app
}

async fn get(router: &Router, path: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    (
        parts.status,
        body.collect().await.unwrap().to_bytes().to_vec(),
    )
}

/// Addresses of the same place in a page.
fn links(page: &str, here: &str) -> BTreeSet<String> {
    let base = here.rsplit_once('/').map_or("", |(base, _)| base);
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|href| href.split(['#', '?']).next().unwrap())
        .filter(|href| !href.is_empty() && !href.contains(':'))
        .map(|href| {
            if href.starts_with('/') {
                return href.to_owned();
            }
            let mut parts: Vec<&str> = base.split('/').collect();
            for step in href.split('/') {
                match step {
                    ".." => drop(parts.pop()),
                    "." => {}
                    step => parts.push(step),
                }
            }
            parts.join("/")
        })
        .collect()
}

/// Everything that is published of figures and strategies: pages by following every link, the files that a bundle's
/// manifest names, and what the list of all routes has.
async fn published(router: &Router) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open: BTreeSet<String> = routes().into_iter().collect();
    open.insert("/track/example-harbour/".into());
    let manifest = "/track/example-harbour/manifest.json";
    let (status, bytes) = get(router, manifest).await;
    assert_eq!(status, StatusCode::OK);
    let named: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    for list in ["inputs", "files", "outputs"] {
        let Some(files) = named.get(list) else {
            continue;
        };
        let paths: Vec<String> = match files {
            serde_json::Value::Object(map) => map.keys().cloned().collect(),
            serde_json::Value::Array(list) => list
                .iter()
                .filter_map(|file| Some(file.get("path")?.as_str()?.to_owned()))
                .collect(),
            _ => Vec::new(),
        };
        let folder = if list == "inputs" { "plan/" } else { "" };
        open.extend(
            paths
                .iter()
                .map(|path| format!("/track/example-harbour/{folder}{path}")),
        );
    }
    open.insert(manifest.into());
    while let Some(path) = open.pop_first() {
        let ours = path.starts_with("/figures") || path.starts_with("/track");
        let route = routes().contains(&path);
        if all.contains_key(&path) || !(ours || route) {
            continue;
        }
        let (status, bytes) = get(router, &path).await;
        if status == StatusCode::OK
            && ours
            && let Ok(page) = std::str::from_utf8(&bytes)
            && page.starts_with("<!DOCTYPE html>")
        {
            open.extend(links(page, &path));
        }
        all.insert(path, bytes);
    }
    all
}

/// Routes without a parameter, from the browser's list of all of them, which a test of its own holds complete.
fn routes() -> BTreeSet<String> {
    let list = include_str!("../../../browser/tests/hostile.test.mjs");
    let list = list.split("const ROUTES = [").nth(1).unwrap();
    let list = list.split("];").next().unwrap();
    let quoted = list.split('\'').filter(|text| text.starts_with('/'));
    quoted
        .filter(|path| !path.contains('{') && !path.starts_with("/desk") && *path != "/report/exit")
        .map(str::to_owned)
        .collect()
}

/// What holds hashes, keys or tokens of the installation and no figures.
const OTHERWISE: [&str; 4] = ["/checkpoint", "/log.keys", "/evidence", "/health/ready"];

/// Rows of a series file: value and reason of each code of the last column, of one period.
fn rows(
    all: &BTreeMap<String, Vec<u8>>,
    measure: &str,
    period: &str,
) -> BTreeMap<String, (String, String)> {
    let path = format!("/track/example-harbour/data/{measure}.csv");
    let text = String::from_utf8(all[&path].clone()).unwrap();
    text.lines()
        .skip(1)
        .filter(|line| line.starts_with(&format!("{period},")))
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let code = (*cells.last().unwrap()).to_owned();
            (code, (cells[1].to_owned(), cells[4].to_owned()))
        })
        .collect()
}

on_both! {
    async fn small_cells_leave_no_trace_in_anything_that_is_published(t: &mut TestStore) {
        let first = cairn_web::router(app(t, ONE).await, Arc::new(Site::example()));
        let mut stores = [t.another().await, t.another().await];
        let second = cairn_web::router(app(&stores[0], OTHER).await, Arc::new(Site::example()));
        let (one, other) = (published(&first).await, published(&second).await);
        assert!(one.len() > 150, "{} addresses", one.len());
        for kind in ["/figures.json", "/figures/categories.csv", "/track/example-harbour/atom.xml",
            "/track/example-harbour/data/reports-by-category.csv", "/track/example-harbour/data/reports-by-category.json",
            "/track/example-harbour/data/reports-by-category.csv-metadata.json",
            "/track/example-harbour/plan/series/live.reports_by_category.v1.csv",
            "/track/example-harbour/m/consent-by-agency.html", "/track/example-harbour/mi/m/reports-by-region.html"] {
            assert!(one.contains_key(kind), "{kind} is not among {:#?}", one.keys().collect::<Vec<_>>());
        }
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        let mut compared = 0;
        for (path, bytes) in one.iter().filter(|(path, _)| !OTHERWISE.contains(&path.as_str())) {
            let there = &other[path];
            // What holds a token of its own differs from itself.
            if bytes != there && get(&first, path).await.1 != *bytes {
                continue;
            }
            compared += 1;
            assert!(bytes == there, "{path} differs:\n{}\n{}",
                String::from_utf8_lossy(bytes), String::from_utf8_lossy(there));
        }
        assert!(compared > 150, "{compared}");

        // The test would see them: with more reports in them, the same cells are told, and rounded.
        let third = cairn_web::router(app(&stores[1], LARGE).await, Arc::new(Site::example()));
        let large = published(&third).await;
        for (measure, period, codes, counts) in [
            ("reports-by-category", "2026Q3", CATEGORIES, LARGE.categories),
            ("reports-by-region", "2026Q4", REGIONS, LARGE.regions),
        ] {
            let (small, large) = (rows(&one, measure, period), rows(&large, measure, period));
            for (code, count) in codes.iter().zip(counts) {
                assert_eq!(small[*code], (String::new(), "suppressed".into()), "{measure} {code}");
                assert_eq!(large[*code], (count.to_string(), String::new()), "{measure} {code}");
            }
            assert_eq!(small[""].0, "51");
        }
        let (small, large) = (rows(&one, "consent-by-agency", "2026Q3"), rows(&large, "consent-by-agency", "2026Q3"));
        for (code, percent) in AGENCIES.iter().zip(["8", "13"]) {
            assert_eq!(small[*code], (String::new(), "suppressed".into()), "{code}");
            assert_eq!(large[*code].0, percent, "{code}");
        }
        // A store closes when nobody can write to it any more.
        drop((second, third));
        for store in &mut stores {
            store.close().await;
        }
    }

    async fn asking_again_and_again_gets_one_answer(t: &mut TestStore) {
        let app = app(t, Small { categories: [7, 8, 10], regions: [7, 8, 10], agencies: [7, 8] }).await;
        let clock = app.clock.clone();
        let router = cairn_web::router(app, Arc::new(Site::example()));
        let path = "/track/example-harbour/data/reports-by-category.csv";
        let (_, first) = get(&router, path).await;
        let text = String::from_utf8(first.clone()).unwrap();
        let line = text.lines().find(|line| line.starts_with("2026Q3,") && line.ends_with(",ransomware")).unwrap();
        let shown: u64 = line.split(',').nth(1).unwrap().parse().unwrap();
        assert!(shown == 6 || shown == 9, "{line}");
        for _ in 0..200 {
            assert_eq!(get(&router, path).await.1, first);
        }
        // On other days too: a new vintage of the same reports adds no row.
        for _ in 0..5 {
            clock.set(clock.now().plus_seconds(24 * 3_600));
            assert_eq!(get(&router, path).await.1, first);
        }
    }
}
