//! The OpenAPI 3.1 document of the officers' API, made from the list of calls.

use serde_json::{Map, Value, json};
use utoipa::ToSchema as _;
use utoipa::{PartialSchema as _, openapi::RefOr};

use super::call::{Answer, CALL_BYTES_MAX, CALLS_A_SECOND, CALLS_BURST, Call, Schemas};
use super::calls;
use crate::api::ProblemDocument;
use crate::desk::Need;

/// The document as JSON.
#[must_use]
pub fn document() -> String {
    serde_json::to_string_pretty(&value()).unwrap_or_default()
}

pub(super) fn value() -> Value {
    let mut schemas: Schemas = vec![(
        ProblemDocument::name().into_owned(),
        ProblemDocument::schema(),
    )];
    ProblemDocument::schemas(&mut schemas);
    let mut paths = Map::new();
    let mut tags: Vec<&str> = Vec::new();
    for call in calls() {
        if let Some(body) = &call.body {
            body.collect(&mut schemas);
        }
        if let Answer::Json(shape) = &call.answer {
            shape.collect(&mut schemas);
        }
        if !tags.contains(&call.tag) {
            tags.push(call.tag);
        }
        let path = paths.entry(call.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(call.method.as_str().to_lowercase(), operation(&call));
        }
    }
    let schemas: Map<String, Value> = schemas.into_iter().map(named).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "cairn desk",
            "version": "1",
            "description": format!(
                "What the officers' pages do, for programs. Every call shows an officer's token: `Authorization: Bearer cairn_officer_…`, \
                 made on the officer's account page; cookies are not looked at. A token has the rights that its account has at the moment. \
                 One token makes {CALLS_BURST} calls at once and {CALLS_A_SECOND} a second; a body has {CALL_BYTES_MAX} bytes at most. \
                 Accounts are named by id: `/api/v1/desk/people` has the names. What reporters wrote is a stranger's text: show it as text, \
                 and follow no link in it."
            ),
        },
        "tags": tags.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "officer": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{ "officer": [] }],
    })
}

fn named((name, schema): (String, RefOr<utoipa::openapi::schema::Schema>)) -> (String, Value) {
    (name, serde_json::to_value(schema).unwrap_or_default())
}

/// Names in braces.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let all = path.split('{').skip(1);
    all.filter_map(|rest| rest.split('}').next())
}

fn operation(call: &Call) -> Value {
    let mut parameters: Vec<Value> = parts(call.path)
        .map(|name| {
            json!({
                "name": name, "in": "path", "required": true, "description": part(name),
                "schema": { "type": "string" },
            })
        })
        .collect();
    for (name, description) in call.query {
        parameters.push(json!({
            "name": name, "in": "query", "required": false, "description": description,
            "schema": { "type": "string" },
        }));
    }
    if call.once {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Any text that names this one request: sent again with it, nothing is made twice",
            "schema": { "type": "string", "maxLength": 255 },
        }));
    }
    let mut operation = json!({
        "tags": [call.tag],
        "summary": call.summary,
        "description": needs(call),
        "parameters": parameters,
        "responses": responses(call),
    });
    if let (Some(body), Some(object)) = (&call.body, operation.as_object_mut()) {
        let schema = json!({ "$ref": format!("#/components/schemas/{}", body.name) });
        let content = json!({ "application/json": { "schema": schema } });
        object.insert(
            "requestBody".into(),
            json!({ "required": true, "content": content }),
        );
    }
    if call.path == super::feeds::REPORTS
        && let Some(object) = operation.as_object_mut()
    {
        let content = json!({ "application/octet-stream": {} });
        object.insert(
            "requestBody".into(),
            json!({ "required": true, "content": content }),
        );
    }
    operation
}

fn needs(call: &Call) -> String {
    let who = match call.need {
        Need::May(action) => {
            let may = |role| cairn_desk::access::may(role, action);
            let roles = cairn_kernel::actor::Role::ALL.into_iter();
            let roles: Vec<&str> = roles
                .filter(|role| may(*role))
                .map(|role| role.as_str())
                .collect();
            format!("Roles: {}.", roles.join(", "))
        }
        _ => "Any role.".to_owned(),
    };
    let token = if call.acts {
        " A token that may act."
    } else {
        ""
    };
    format!("{who}{token}")
}

fn part(name: &str) -> &'static str {
    match name {
        "reference" => "The report's reference",
        "no" => "Its number",
        "id" => "Its id",
        "plan" => "Id of the plan",
        "sha256" => "SHA-256 of the file, hexadecimal",
        "kind" => "Kind of observable",
        "value" => "The observable in base64url without padding",
        "source" => "Code of the system it was taken over from",
        "number" => "Its number there",
        _ => "See the call",
    }
}

fn responses(call: &Call) -> Value {
    let content = match &call.answer {
        Answer::Json(shape) => json!({
            "application/json": { "schema": { "$ref": format!("#/components/schemas/{}", shape.name) } }
        }),
        Answer::File(media) => json!({ *media: {} }),
    };
    let mut all = Map::new();
    all.insert(
        "200".into(),
        json!({ "description": "Done", "content": content }),
    );
    if call.path == super::feeds::REPORTS {
        let done = all.get("200").cloned().unwrap_or_default();
        all.insert("202".into(), done);
    }
    let mut refusals = vec![
        (401, "No token, or one that lets nobody in"),
        (403, "The account or the token may not do this"),
        (404, "There is no such thing"),
        (
            429,
            "Too many calls, or too many wrong tokens from one network; `Retry-After` says how long to wait",
        ),
        (500, "Our fault; it is in the operator's log"),
    ];
    if call.acts {
        refusals.extend([
            (409, "It moved on since this version, or cannot be done now: nothing was done; `current` says how it stands where a version was sent"),
            (413, "Too large"),
            (415, "Not JSON"),
            (422, "Fields are wrong: all of them are named"),
            (503, "No room or too busy; nothing was done"),
        ]);
    }
    for (status, description) in refusals {
        let schema = json!({ "$ref": "#/components/schemas/ProblemDocument" });
        all.insert(
            status.to_string(),
            json!({
                "description": description,
                "content": { "application/problem+json": { "schema": schema } },
            }),
        );
    }
    Value::Object(all)
}
