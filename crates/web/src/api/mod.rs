//! The door for machines: reports, files and the reporter's way back as JSON, and the document that describes them
//! together with all other routes that machines read.

mod answers;
pub mod desk;
mod document;
mod file;
mod model;
mod owner;
mod page;
mod questions;
mod referral;
mod report;
mod status;

use axum::Router;
use axum::http::header::AsHeaderName;
use axum::http::{HeaderMap, Method, header};
use axum::routing::{MethodRouter, get, post};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::intake::Public;
use crate::problem::{FieldFault, Kind, Problem, Result};

pub(crate) use desk::explored_json;
pub use document::document;
pub(crate) use model::ProblemDocument;
pub(crate) use questions::Described;

/// The header that carries a report's secret: never the address, which is logged on the way.
pub(crate) const SECRET: &str = "cairn-secret";

/// A route for machines. What the document describes is made from the same list as the router.
pub(crate) struct Machine {
    /// Where it is, as the router writes it.
    path: &'static str,
    /// Where it is, as the document writes it.
    documented: &'static str,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "read by the test that compares document and router"
        )
    )]
    method: Method,
    handler: MethodRouter<Public>,
}

impl Machine {
    pub(crate) const fn new(
        method: Method,
        path: &'static str,
        handler: MethodRouter<Public>,
    ) -> Self {
        Self {
            path,
            documented: path,
            method,
            handler,
        }
    }

    /// For an address that OpenAPI writes in another way than the router.
    pub(crate) const fn documented(mut self, path: &'static str) -> Self {
        self.documented = path;
        self
    }
}

/// Every route for machines, of all doors.
fn machines() -> Vec<Machine> {
    let at = |end: &'static str, method: Method, handler| Machine::new(method, end, handler);
    let mut all = vec![
        at("/api/openapi.json", Method::GET, get(questions::openapi)),
        at("/api/v1/form", Method::GET, get(questions::read)),
        at("/api/v1/reports", Method::POST, post(report::submit)),
        at("/api/v1/files", Method::POST, post(file::upload)),
        at("/api/v1/status/{reference}", Method::GET, get(status::read)),
        at(
            "/api/v1/status/{reference}/receipt",
            Method::GET,
            get(status::receipt),
        ),
        at(
            "/api/v1/status/{reference}/messages",
            Method::POST,
            post(status::write),
        ),
        at(
            "/api/v1/status/{reference}/files",
            Method::POST,
            post(status::add_file),
        ),
        at(
            "/api/v1/status/{reference}/consents",
            Method::POST,
            post(status::consent),
        ),
        at(
            "/api/v1/status/{reference}/erase-contact",
            Method::POST,
            post(status::erase_contact),
        ),
    ];
    all.extend([
        at("/api/v1/referrals", Method::GET, get(referral::list)),
        at(
            "/api/v1/referrals/{reference}/{no}/package",
            Method::GET,
            get(referral::package),
        ),
        at(
            "/api/v1/referrals/{reference}/{no}/acknowledgement",
            Method::POST,
            post(referral::acknowledge),
        ),
        at(
            "/api/v1/referrals/{reference}/{no}/outcome",
            Method::POST,
            post(referral::answer),
        ),
    ]);
    all.extend([
        at("/api/v1/owner/rows", Method::GET, get(owner::rows)),
        at("/api/v1/owner/notices", Method::GET, get(owner::list)),
        at(
            "/api/v1/owner/notices/{number}/answers",
            Method::POST,
            post(owner::answer),
        ),
    ]);
    all.extend(crate::figures::machines());
    all.extend(crate::evidence::machines());
    all.extend(crate::health::machines());
    all
}

/// Every route for machines, and the page that explains them to people.
pub fn router() -> Router<Public> {
    machines()
        .into_iter()
        .fold(Router::new(), |router, machine| {
            router.route(machine.path, machine.handler)
        })
        .route("/api", get(page::show))
        .route("/api/partners", get(page::partners))
}

/// What a header says, if it is text.
fn header_text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// 415 for anything but JSON.
fn needs_json(headers: &HeaderMap) -> Result<()> {
    let declared = header_text(headers, header::CONTENT_TYPE).unwrap_or_default();
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

    fn form() -> cairn_desk::form::Form {
        let files = cairn_desk::form::FormFiles::embedded();
        cairn_desk::form::Form::parse(&files).unwrap()
    }

    fn described() -> serde_json::Value {
        serde_json::from_str(&document(&form())).unwrap()
    }

    /// Method and path of each operation, with the operation.
    fn operations(document: &serde_json::Value) -> Vec<(String, &serde_json::Value)> {
        let paths = document["paths"].as_object().unwrap().iter();
        paths
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().iter();
                methods.map(move |(method, it)| (format!("{} {path}", method.to_uppercase()), it))
            })
            .collect()
    }

    #[test]
    fn the_document_names_every_route_and_no_other() {
        let document = described();
        let mut described: Vec<_> = operations(&document)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let mut served: Vec<String> = machines()
            .into_iter()
            .map(|machine| format!("{} {}", machine.method, machine.documented))
            .collect();
        described.sort();
        served.sort();
        assert_eq!(described, served);
        assert_eq!(document["openapi"], "3.1.0");
    }

    /// Address and method of each `curl` of a text.
    fn examples(text: &str) -> Vec<(Method, String)> {
        let joined = text.replace("\\\n", " ");
        // What officers' programs ask has a document of its own.
        let lines = joined
            .lines()
            .filter(|line| line.starts_with("curl ") && !line.contains("/api/v1/desk/"));
        let example = |line: &str| {
            let sends = ["-d ", "--data-binary ", "-X POST "];
            let sends = sends.iter().any(|option| line.contains(option));
            let path = line.split("$SERVICE").nth(1).unwrap();
            let path = path.split(['"', '?', ' ']).next().unwrap();
            let method = if sends { Method::POST } else { Method::GET };
            let path = path.replace("$REFERENCE", "{reference}");
            (
                method,
                path.replace("$NUMBER", "{number}").replace("$NO", "{no}"),
            )
        };
        lines.map(example).collect()
    }

    #[test]
    fn the_guide_has_a_request_for_every_route_and_for_no_other() {
        let guide = examples(include_str!("../../../../docs/integrators.md"));
        for machine in machines() {
            let is = |path: &str| match machine.path {
                "/tile/{*path}" => path.starts_with("/tile/"),
                "/figures/{file}" => path == "/figures/quarters.csv",
                own => path == own,
            };
            // The document itself is what one reads instead.
            let told = guide
                .iter()
                .any(|(method, path)| *method == machine.method && is(path));
            let document = machine.path == "/api/openapi.json";
            assert!(told || document, "{} {}", machine.method, machine.path);
        }
        assert_eq!(guide.len() + 1, machines().len(), "{guide:?}");
    }

    /// A route that is put into a router by hand, and not by the list, answers with a page.
    #[test]
    fn no_route_for_machines_is_put_in_by_hand() {
        for source in [
            include_str!("../figures.rs"),
            include_str!("../evidence.rs"),
            include_str!("../health.rs"),
            include_str!("mod.rs"),
        ] {
            let by_hand = source.split(concat!(".route", "(\"")).skip(1);
            for path in by_hand.filter_map(|rest| rest.split('"').next()) {
                let page = path == "/api"
                    || path == "/api/partners"
                    || path == "/evidence"
                    || path == "/metrics";
                let page = page || (path.starts_with("/figures") && !path.contains(['.', '{']));
                assert!(page, "{path}");
            }
        }
    }

    #[test]
    fn every_operation_says_how_it_refuses() {
        let document = described();
        for (name, operation) in operations(&document) {
            let has = |status: &str| operation["responses"].get(status).is_some();
            let parameters = operation["parameters"].as_array();
            let secret =
                parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "Cairn-Secret"));
            assert_eq!(secret, name.contains("/status/"), "{name}");
            assert!(!secret || (has("404") && has("429")), "{name}");
            let post = name.starts_with("POST");
            assert!(!post || (has("408") && has("413") && has("503")), "{name}");
            assert!(operation.get("security").is_none() || has("401"), "{name}");
            assert!(has("500"), "{name}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
        }
        let keyed = operations(&document);
        let keyed = keyed.iter().filter(|(_, it)| it.get("security").is_some());
        assert_eq!(keyed.count(), 9);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = described();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn the_schema_of_answers_is_that_of_the_form() {
        let document = described();
        let answers = &document["components"]["schemas"]["Answers"];
        let asked = answers["properties"].as_object().unwrap();
        for question in form().questions() {
            let here = asked.contains_key(&question.code);
            let elsewhere = question.kind.is_beside_answers() && question.code != "money";
            assert_eq!(here, !elsewhere, "{}", question.code);
        }
        let codes = &asked["what"]["oneOf"][0]["enum"];
        assert!(codes.as_array().unwrap().contains(&"scam".into()));
        let form = form();
        let story = form.question("story").unwrap();
        assert_eq!(
            asked["story"]["maxLength"].as_u64(),
            story.kind.chars_max().map(|max| max as u64)
        );
        let needed = answers["required"].as_array().unwrap();
        assert!(needed.contains(&"who".into()) && !needed.contains(&"scam_kind".into()));
        let schemas = &document["components"]["schemas"];
        assert_eq!(
            schemas["NewReport"]["properties"]["answers"]["$ref"],
            "#/components/schemas/Answers"
        );
        let agencies = &schemas["Consent"]["properties"]["agency"]["enum"];
        assert!(agencies.as_array().unwrap().contains(&"police".into()));
    }
}
