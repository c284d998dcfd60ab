//! The OpenAPI 3.1 document, made from the handlers and the form in use.

use cairn_desk::form::Form;
use serde_json::{Map, Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{answers, file, model, owner, questions, referral, report, status};
use crate::{evidence, figures, health};

/// For organisations and tools that report by machine. Everything can be done without a key; partners may send theirs so
/// that we know who reports.
#[derive(OpenApi)]
#[openapi(
    info(title = "cairn reports", version = "1"),
    paths(
        questions::read,
        questions::openapi,
        report::submit,
        file::upload,
        status::read,
        status::receipt,
        status::write,
        status::add_file,
        status::consent,
        status::erase_contact,
        referral::list,
        referral::package,
        referral::acknowledge,
        referral::answer,
        owner::rows,
        owner::list,
        owner::answer,
        figures::machine::json,
        figures::machine::csv,
        evidence::checkpoint,
        evidence::keys,
        evidence::tile,
        health::live,
        health::ready
    ),
    components(schemas(
        model::NewReport,
        model::NotKnown,
        model::PartialDate,
        model::Loss,
        model::Amount,
        model::Contact,
        model::FileName,
        model::Received<'static>,
        model::Stored,
        model::Status,
        model::PassedOn,
        model::Referral,
        model::ReferralList,
        model::NewAcknowledgement,
        model::NewOutcome,
        model::OwnNotice,
        model::OwnNotices,
        model::NewRowAnswer,
        model::NewNoticeAnswer,
        model::Message,
        model::Happened,
        model::SentFile,
        model::NewMessage,
        model::Consent,
        model::ProblemDocument,
        model::FieldProblem,
        questions::FormDocument<'static>
    )),
    tags(
        (name = "Reports", description = "The questions, and how to send reports and files."),
        (name = "Follow up", description = "Read where a report stands and add to it, with its secret."),
        (name = "Referrals", description = "What was referred to your agency, with a key for it."),
        (name = "Notices to owners", description = "What you were told about machines of yours, with a token of your own."),
        (name = "Figures", description = "What is counted, as open data."),
        (name = "Evidence log", description = "The append-only log (C2SP tlog-tiles), for witnesses and for checking receipts."),
        (name = "Health", description = "For the machines that keep this one running.")
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
                "An API key, `cairn_…`. Optional where reports are sent: without it a report is the public's. An agency needs one of its own for referrals.",
            ))
            .build();
        if let Some(components) = api.components.as_mut() {
            components.add_security_scheme("api_key", SecurityScheme::Http(scheme));
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(
                    "A token of an owner of machines, `cairn_owner_…`. Officers make one and show it once.",
                ))
                .build();
            components.add_security_scheme("owner_token", SecurityScheme::Http(scheme));
        }
    }
}

/// The document as JSON, for a form.
#[must_use]
pub fn document(form: &Form) -> String {
    let mut document = serde_json::to_value(Api::openapi()).unwrap_or_default();
    if let Some(schemas) = object(&mut document, "/components/schemas") {
        schemas.insert("Answers".into(), answers::schema(form));
    }
    for (place, name, value) in answers::parts(form) {
        if let Some(schema) = object(&mut document, place) {
            schema.insert(name.into(), value);
        }
    }
    let body = "/paths/~1api~1v1~1reports/post/requestBody/content/application~1json";
    if let Some(body) = object(&mut document, body) {
        let example: Value = serde_json::from_str(&form.example()).unwrap_or_default();
        body.insert("example".into(), example);
    }
    if let Some(paths) = object(&mut document, "/paths") {
        for operations in paths.values_mut().filter_map(Value::as_object_mut) {
            for (method, operation) in operations {
                refusals(method, operation);
            }
        }
    }
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn object<'d>(document: &'d mut Value, pointer: &str) -> Option<&'d mut Map<String, Value>> {
    document.pointer_mut(pointer)?.as_object_mut()
}

/// What every route of a kind may answer; said here once, so that no route forgets it. A route's own words come first.
fn refusals(method: &str, operation: &mut Value) {
    let has = |pointer: &str| operation.pointer(pointer).is_some();
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let named = |name: &str| {
        let mut all = parameters.into_iter().flatten();
        all.any(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name))
    };
    let mut common = vec![(500, "Our fault; it is in the operator's log")];
    if method == "post" {
        common.extend([
            (400, "The request makes no sense"),
            (408, "The body came too slowly"),
            (413, "Too large"),
            (
                503,
                "No room or too busy; nothing was received. `Retry-After` says when to come again",
            ),
        ]);
    }
    if has("/requestBody/content/application~1json") {
        common.push((415, "Not JSON"));
    }
    if has("/security") {
        common.push((401, "The key or token is unknown, over, or was revoked"));
    }
    if named("Cairn-Secret") {
        common.extend([
            (404, "No such report, or not this secret"),
            (
                429,
                "Too many wrong secrets from one network; `Retry-After` says how long to wait",
            ),
        ]);
    }
    if has("/security/0/owner_token") {
        common.push((
            429,
            "Too many wrong tokens from one network; `Retry-After` says how long to wait",
        ));
    }
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (status, description) in common {
        responses.entry(status.to_string()).or_insert_with(|| {
            let schema = json!({ "$ref": "#/components/schemas/ProblemDocument" });
            json!({
                "description": description,
                "content": { "application/problem+json": { "schema": schema } },
            })
        });
    }
}
