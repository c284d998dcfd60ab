//! The officers' API: what the desk's pages do, for programs that show an officer's token. [`beside()`] says for every route of the
//! pages which call does the same, or why none does.

mod agency;
mod beside;
mod bulk;
mod call;
mod case_work;
mod cases;
mod challenge;
mod check;
mod claim;
mod cluster;
mod common;
mod constituent;
mod document;
mod explorer;
mod feeds;
mod manage;
mod notice;
mod observable;
mod referral;
mod report;
mod report_work;
mod rules;
mod track;
mod track_office;
mod track_return;
mod webhook;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use crate::i18n::t;
use crate::intake::Public;
use crate::page::Page;
use crate::server::body_max;

pub use beside::{Beside, beside};
pub use call::{CALL_BYTES_MAX, CALLS_A_SECOND, CALLS_BURST, Call};
pub use document::document;
pub(crate) use explorer::explored_json;

/// Every call.
#[must_use]
pub fn calls() -> Vec<Call> {
    let parts = [
        ("Reports", report::calls()),
        ("Work on reports", report_work::calls()),
        ("Clusters", cluster::calls()),
        ("Cases", cases::calls()),
        ("Cases", case_work::calls()),
        ("Referrals", referral::calls()),
        ("Referrals", agency::calls()),
        ("Observables", observable::calls()),
        ("Constituents", constituent::calls()),
        ("Constituents", claim::calls()),
        ("Machine reports", feeds::calls()),
        ("Events", explorer::calls()),
        ("Many at once, views, shifts", bulk::calls()),
        ("Rules", rules::calls()),
        ("Notices", notice::calls()),
        ("Challenges", challenge::calls()),
        ("The strategy office", track::calls()),
        ("The strategy office", track_return::calls()),
        ("The strategy office", track_office::calls()),
        ("Looking after", manage::calls()),
        ("Webhooks", webhook::calls()),
    ];
    let mut all = Vec::new();
    for (tag, calls) in parts {
        all.extend(calls.into_iter().map(|call| call.under(tag)));
    }
    all
}

/// All calls, the document, and the page that explains them. No cookie is read here, so no form of another site can do anything;
/// and no other site's scripts are answered (no CORS).
pub(crate) fn router(public: &Public) -> Router {
    let desk = call::Desk::new(public.app.clone(), public.tries.clone());
    let together = |calls: Vec<Call>| {
        calls.into_iter().fold(Router::new(), |router, call| {
            router.route(call.path, call.handler)
        })
    };
    let (files, others): (Vec<Call>, Vec<Call>) = calls()
        .into_iter()
        .partition(|call| call.path == feeds::REPORTS);
    together(others)
        .route_layer(from_fn(body_max(CALL_BYTES_MAX)))
        // Whoever reads these sees to their size, once it is known who sends them.
        .merge(together(files))
        .route("/api/v1/desk/openapi.json", get(openapi))
        .route("/api/desk", get(show))
        .with_state(desk)
}

async fn openapi(State(desk): State<call::Desk>) -> Response {
    let media = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, media)], desk.document.to_string()).into_response()
}

const EXAMPLE: &str = "curl https://report.example.org/api/v1/desk/reports?q=state:received \\\n  \
    -H 'Authorization: Bearer cairn_officer_…'";

async fn show(State(desk): State<call::Desk>, page: Page) -> Markup {
    let lang = page.lang;
    let body = html! {
        h1 { (t::api_desk_title(lang)) }
        p.lead { (t::api_desk_lead(lang)) }
        ul {
            li { (t::api_desk_token(lang)) }
            li { (t::api_desk_version(lang)) }
            li { (t::api_point_problems(lang)) }
        }
        p { a href="/api/v1/desk/openapi.json" { (t::api_document(lang)) } }
        h2 { (t::api_example(lang)) }
        pre tabindex="0" { code translate="no" { (EXAMPLE) } }
        (super::page::operations(&desk.document, |_| true))
    };
    page.render(t::api_desk_title(lang), body)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::desk::routes;

    fn named(method: &axum::http::Method, path: &str) -> String {
        format!("{method} {path}")
    }

    #[test]
    fn every_route_of_the_desk_has_a_line_and_no_other() {
        let served: BTreeSet<String> = routes()
            .iter()
            .map(|route| named(&route.method, route.path))
            .collect();
        let told: BTreeSet<String> = beside()
            .iter()
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect();
        let missing: Vec<_> = served.difference(&told).collect();
        let stray: Vec<_> = told.difference(&served).collect();
        assert!(missing.is_empty(), "which call does the same? {missing:?}");
        assert!(stray.is_empty(), "{stray:?}");
        assert_eq!(beside().len(), told.len(), "a route stands twice");
    }

    #[test]
    fn every_line_names_calls_that_there_are_and_every_call_stands_in_a_line() {
        let served: BTreeSet<String> = calls()
            .iter()
            .map(|call| named(&call.method, call.path))
            .collect();
        assert_eq!(served.len(), calls().len(), "a call stands twice");
        let mut used = BTreeSet::new();
        for (method, path, how) in beside() {
            if let Beside::Call(all) = how {
                for one in *all {
                    assert!(served.contains(*one), "{method} {path}: there is no {one}");
                    used.insert((*one).to_owned());
                }
            }
        }
        let own: BTreeSet<String> = beside::OWN.iter().map(|one| (*one).to_owned()).collect();
        let told: BTreeSet<String> = used.union(&own).cloned().collect();
        assert_eq!(served, told);
    }

    /// "Not yet" is no reason: a route without a call names why it never has one.
    #[test]
    fn nothing_is_left_for_later() {
        let lines = beside().iter();
        let bare = lines.filter(|(.., how)| match how {
            Beside::Call(calls) => calls.is_empty(),
            Beside::Page(why) => why.is_empty() || why.contains("yet"),
        });
        let bare: Vec<_> = bare.collect();
        assert!(bare.is_empty(), "{bare:?}");
    }

    #[test]
    fn a_call_needs_what_its_page_needs() {
        for (method, path, how) in beside() {
            let Beside::Call(all) = how else { continue };
            let route = routes()
                .into_iter()
                .find(|route| route.method.as_str() == *method && route.path == *path)
                .unwrap();
            for one in *all {
                let all = calls();
                let call = all
                    .iter()
                    .find(|call| named(&call.method, call.path) == *one);
                let call = call.unwrap();
                // The queue's page leads who may not read reports elsewhere.
                let same = call.need == route.need
                    || path == &"/desk"
                    || *one == "GET /api/v1/desk/people";
                assert!(same, "{method} {path} and {one}");
            }
        }
    }

    #[test]
    fn the_document_is_whole() {
        let document = document::value();
        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|item| item.as_object().unwrap());
        assert_eq!(operations.count(), calls().len());
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        for call in calls() {
            assert!(!call.summary.is_empty() && !call.tag.is_empty());
            assert!(call.path.starts_with("/api/v1/desk/"), "{}", call.path);
        }
        // One name is one shape.
        let mut shapes: Vec<(String, String)> = Vec::new();
        for call in calls() {
            let mut all = Vec::new();
            if let Some(body) = &call.body {
                body.collect(&mut all);
            }
            for (name, schema) in all {
                shapes.push((name, serde_json::to_string(&schema).unwrap()));
            }
        }
        for (name, schema) in &shapes {
            let other = shapes.iter().find(|(other, _)| other == name).unwrap();
            assert_eq!(&other.1, schema, "{name}");
        }
    }
}
