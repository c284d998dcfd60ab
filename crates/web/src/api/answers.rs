//! The JSON Schema (2020-12, as OpenAPI 3.1 takes it) of what the form in use asks.

use cairn_desk::form::{Choice, Flag, Form, Kind, Question, Role};
use serde_json::{Map, Value, json};

/// The schema of `answers`: each question with its codes and limits. Which of them are asked depends on other answers,
/// which a schema says badly: `/api/v1/form` tells it, and reports are checked for it.
pub(super) fn schema(form: &Form) -> Value {
    let language = form.language("en");
    let mut properties = Map::new();
    for question in form.questions() {
        if let Some(schema) = answer(question, language) {
            properties.insert(question.code.clone(), schema);
        }
    }
    let always: Vec<&str> = form
        .steps()
        .iter()
        .filter(|step| step.show_if.is_empty())
        .flat_map(|step| &step.questions)
        .filter(|question| question.show_if.is_empty() && must_be_said(question))
        .map(|question| question.code.as_str())
        .collect();
    json!({
        "type": "object",
        "description": format!(
            "Answers to the questions of the form `{}`, by code. Which questions are asked depends on other answers: \
             `GET /api/v1/form` has the conditions.",
            form.name()
        ),
        "properties": properties,
        "required": always,
        "additionalProperties": false,
    })
}

/// Required, and not to be read from `anonymous` or `losses` either.
fn must_be_said(question: &Question) -> bool {
    let anonymous = |choice: &Choice| choice.flags.contains(&Flag::Anonymous);
    question.required
        && !question.kind.is_beside_answers()
        && question.role != Some(Role::Loss)
        && !question.kind.options().iter().any(anonymous)
}

/// The schema of one answer; `None` for what is told beside `answers`.
fn answer(question: &Question, language: &str) -> Option<Value> {
    let not_known = json!({ "$ref": "#/components/schemas/NotKnown" });
    let known = match &question.kind {
        Kind::Losses { .. } if question.not_known => None,
        kind if kind.is_beside_answers() => return None,
        kind => Some(value(kind)),
    };
    let mut schema = match known {
        Some(known) if question.not_known => json!({ "oneOf": [known, not_known] }),
        Some(known) => known,
        None => json!({ "oneOf": [not_known] }),
    };
    let heading = question.heading.get(language);
    let why = question.why.get(language);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".into(), json!(question.label.get(language)));
        schema.insert("description".into(), json!(format!("{heading} {why}")));
    }
    Some(schema)
}

fn codes(options: &[Choice]) -> Vec<&str> {
    options.iter().map(|choice| choice.code.as_str()).collect()
}

fn value(kind: &Kind) -> Value {
    match kind {
        Kind::Choice { options } => json!({ "type": "string", "enum": codes(options) }),
        Kind::Choices { options } => json!({
            "type": "array",
            "items": { "type": "string", "enum": codes(options) },
            "uniqueItems": true,
        }),
        // Blanks and hyphens between the digits are taken out.
        Kind::Text {
            digits: Some(digits),
            ..
        } => json!({ "type": "string", "pattern": format!("^([\\s-]*[0-9]){{{digits}}}[\\s-]*$") }),
        Kind::Number { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Date => json!({ "$ref": "#/components/schemas/PartialDate" }),
        kind => json!({ "type": "string", "maxLength": kind.chars_max() }),
    }
}

/// What else of a report has codes or limits of the form: pointer into the document, and what to say there.
pub(super) fn parts(form: &Form) -> Vec<(&'static str, &'static str, Value)> {
    let mut parts = vec![
        (
            "/components/schemas/NewReport/properties",
            "answers",
            json!({ "$ref": "#/components/schemas/Answers" }),
        ),
        (
            "/components/schemas/NewReport/properties/form",
            "examples",
            json!([form.name()]),
        ),
        (
            "/components/schemas/NewReport/properties/language",
            "enum",
            or_null(form.languages().iter().map(String::as_str).collect()),
        ),
        (
            "/components/schemas/NewReport/properties/consents",
            "items",
            json!({ "type": "string", "enum": agencies(form) }),
        ),
        (
            "/components/schemas/Consent/properties/agency",
            "enum",
            json!(agencies(form)),
        ),
    ];
    for question in form.questions() {
        match &question.kind {
            Kind::Losses { items_max, paid_by } => parts.extend([
                (
                    "/components/schemas/NewReport/properties/losses",
                    "maxItems",
                    json!(items_max),
                ),
                (
                    "/components/schemas/Loss/properties/paid_by",
                    "enum",
                    or_null(codes(paid_by)),
                ),
            ]),
            Kind::Files { files_max } => parts.push((
                "/components/schemas/NewReport/properties/files",
                "maxItems",
                json!(files_max),
            )),
            _ => {}
        }
    }
    parts
}

/// Codes of a field that may be left out.
fn or_null(codes: Vec<&str>) -> Value {
    let mut codes: Vec<Value> = codes.into_iter().map(Value::from).collect();
    codes.push(Value::Null);
    Value::Array(codes)
}

fn agencies(form: &Form) -> Vec<&str> {
    let all = form.agencies().all().iter();
    all.map(|agency| agency.code.as_str()).collect()
}
