//! The OpenAPI 3.1 document, made from the handlers.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{file, model, report, status};

/// For organisations and tools that report by machine. Everything can be done without a key; partners may send theirs so
/// that we know who reports.
#[derive(OpenApi)]
#[openapi(
    info(title = "cairn reports", version = "1"),
    paths(
        report::submit,
        file::upload,
        status::read,
        status::receipt,
        status::write,
        status::add_file,
        status::consent,
        status::erase_contact
    ),
    components(schemas(
        model::NewReport,
        model::Loss,
        model::Amount,
        model::Contact,
        model::FileName,
        model::Received<'static>,
        model::Stored,
        model::Status,
        model::Message,
        model::NewMessage,
        model::Consent,
        model::ProblemDocument,
        model::FieldProblem
    )),
    tags(
        (name = "Reports", description = "Send reports and files."),
        (name = "Follow up", description = "Read where a report stands and add to it, with its secret.")
    ),
    modifiers(&Keys)
)]
struct Api;

struct Keys;

impl Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An API key, `cairn_…`. Optional: without it a report is the public's.",
            ))
            .build();
        if let Some(components) = api.components.as_mut() {
            components.add_security_scheme("api_key", SecurityScheme::Http(scheme));
        }
    }
}

static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| Api::openapi().to_pretty_json().unwrap_or_default());

/// The document as JSON.
#[must_use]
pub fn document() -> &'static str {
    &DOCUMENT
}

pub(super) async fn serve() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, document())
}
