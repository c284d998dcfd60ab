//! The door for machines: reports, files and the reporter's way back as JSON, and the document that describes them.

mod document;
mod file;
mod model;
mod page;
mod report;
mod status;

use axum::Router;
use axum::http::{HeaderMap, Method, header};
use axum::routing::{MethodRouter, get, post};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::intake::Public;
use crate::problem::{FieldFault, Kind, Problem, Result};

pub use document::document;

/// The header that carries a report's secret: never the address, which is logged on the way.
pub(crate) const SECRET: &str = "cairn-secret";

/// Every route of `/api/v1`, with its method. One list, from which the router is made and the document is checked.
fn routes() -> Vec<(&'static str, Method, MethodRouter<Public>)> {
    vec![
        ("/api/v1/reports", Method::POST, post(report::submit)),
        ("/api/v1/files", Method::POST, post(file::upload)),
        ("/api/v1/status/{reference}", Method::GET, get(status::read)),
        (
            "/api/v1/status/{reference}/receipt",
            Method::GET,
            get(status::receipt),
        ),
        (
            "/api/v1/status/{reference}/messages",
            Method::POST,
            post(status::write),
        ),
        (
            "/api/v1/status/{reference}/files",
            Method::POST,
            post(status::add_file),
        ),
        (
            "/api/v1/status/{reference}/consents",
            Method::POST,
            post(status::consent),
        ),
        (
            "/api/v1/status/{reference}/erase-contact",
            Method::POST,
            post(status::erase_contact),
        ),
    ]
}

/// The routes, the document and its page.
pub fn router() -> Router<Public> {
    routes()
        .into_iter()
        .fold(Router::new(), |router, (path, _, route)| {
            router.route(path, route)
        })
        .route("/api/openapi.json", get(document::serve))
        .route("/api", get(page::show))
}

/// What a header says, if it is text.
fn header_text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// 415 for anything but JSON.
fn needs_json(headers: &HeaderMap) -> Result<()> {
    let declared = header_text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let media = declared.split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case("application/json") || media.ends_with("+json") {
        Ok(())
    } else {
        Err(Problem::new(Kind::UnsupportedMedia))
    }
}

/// A small JSON body; what is wrong with it is said with the place.
fn read_json<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T> {
    needs_json(headers)?;
    serde_json::from_slice(body).map_err(|error| invalid("", error.to_string()))
}

/// One wrong field.
fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Problem {
    let (pointer, detail) = (pointer.into(), detail.into());
    Problem::invalid(vec![FieldFault { pointer, detail }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_every_route_and_no_other() {
        let document: serde_json::Value = serde_json::from_str(document()).unwrap();
        let mut described: Vec<String> = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                described.push(format!("{} {path}", method.to_uppercase()));
            }
        }
        let mut served: Vec<String> = routes()
            .into_iter()
            .map(|(path, method, _)| format!("{method} {path}"))
            .collect();
        described.sort();
        served.sort();
        assert_eq!(described, served);
        assert_eq!(document["openapi"], "3.1.0");
    }
}
