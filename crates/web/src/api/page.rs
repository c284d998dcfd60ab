//! The document as a page for people, written from the document itself.

use std::collections::BTreeMap;

use axum::extract::State;
use maud::{Markup, html};
use serde_json::Value;

use crate::components::details;
use crate::i18n::t;
use crate::intake::Public;
use crate::page::Page;

const REPORT: &str = "curl https://report.example.org/api/v1/reports \\\n  -H 'Content-Type: application/json' \\\n  \
    -H 'Idempotency-Key: \"6f0c2d1e-3c1b-4b0e-9a55-1f0c9d2a7e31\"' \\\n  --data @report.json";

pub(super) async fn show(State(public): State<Public>, page: Page) -> Markup {
    let lang = page.lang;
    let form = &public.app.form;
    let document = public.described.document(form);
    let api: Value = serde_json::from_slice(document).unwrap_or_default();
    let body = html! {
        h1 { (t::api_title(lang)) }
        p.lead { (t::api_lead(lang)) }
        ul {
            li { (t::api_point_durable(lang)) }
            li { (t::api_point_once(lang)) }
            li { (t::api_point_problems(lang)) }
            li { (t::api_point_secret(lang)) }
        }
        p { a href="/api/openapi.json" { (t::api_document(lang)) } }
        p { (t::api_questions(lang)) " " a href="/api/v1/form" { "/api/v1/form" } }
        p { a href="/api/partners" { (t::api_partners(lang)) } }
        h2 { (t::api_example(lang)) }
        pre tabindex="0" { code translate="no" { (REPORT) } }
        (details(t::api_example_body(lang), html! { pre tabindex="0" { code translate="no" { (form.example()) } } }))
        (operations(&api, |tag| !PARTNERS.contains(&tag)))
    };
    page.render(t::api_title(lang), body)
}

/// Tags of what is for those alone who have a key of their own: on a page of its own, so that neither is long.
const PARTNERS: [&str; 2] = ["Referrals", "Notices to owners"];

/// `GET /api/partners`
pub(super) async fn partners(State(public): State<Public>, page: Page) -> Markup {
    let lang = page.lang;
    let document = public.described.document(&public.app.form);
    let api: Value = serde_json::from_slice(document).unwrap_or_default();
    let body = html! {
        h1 { (t::api_partners(lang)) }
        p.lead { (t::api_partners_lead(lang)) }
        p { (t::api_partners_key(lang)) }
        p { a href="/api/openapi.json" { (t::api_document(lang)) } }
        p { a href="/api" { (t::api_title(lang)) } }
        (operations(&api, |tag| PARTNERS.contains(&tag)))
    };
    page.render(t::api_partners(lang), body)
}

/// The first tag of an operation.
fn tag(operation: &Value) -> &str {
    let first = operation.pointer("/tags/0").and_then(Value::as_str);
    first.unwrap_or_default()
}

/// What a document says of each operation with such a tag; what many of them have in common first.
pub(super) fn operations(api: &Value, has: impl Fn(&str) -> bool) -> Markup {
    let common = Common::of(api, &has);
    html! {
        div lang="en" {
            h2 #common { "What many routes have in common" }
            p { "Any route may also answer 500: our fault, and told in the operator's log." }
            (common.answers.list())
            h3 { "Parameters" }
            (common.parameters.list())
            @for (path, item) in object(api, "paths") {
                @for (method, operation) in item.as_object().into_iter().flatten().filter(|(_, one)| has(tag(one))) {
                    (self::operation((path, method), operation, api, &common))
                }
            }
        }
    }
}

/// What any route may answer is said once.
const OUR_FAULT: &str = "500";

fn object<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    let members = value.get(name).and_then(Value::as_object);
    members.into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// So many operations that say the same have it in common: it is said once.
const MANY: usize = 3;

/// Names with what is said of them.
#[derive(Default)]
struct Said<'v>(BTreeMap<(&'v str, &'v str, &'v str), usize>);

impl<'v> Said<'v> {
    fn note(&mut self, name: &'v str, place: &'v str, words: &'v str) {
        *self.0.entry((name, place, words)).or_default() += 1;
    }

    fn has(&self, name: &str, place: &str, words: &str) -> bool {
        self.0
            .get(&(name, place, words))
            .is_some_and(|times| *times >= MANY)
    }

    fn list(&self) -> Markup {
        html! {
            dl.summary {
                @for ((name, place, words), _) in self.0.iter().filter(|(_, times)| **times >= MANY) {
                    (line(name, place, words))
                }
            }
        }
    }
}

/// What many operations have in common.
#[derive(Default)]
struct Common<'v> {
    answers: Said<'v>,
    parameters: Said<'v>,
}

impl<'v> Common<'v> {
    fn of(api: &'v Value, has: impl Fn(&str) -> bool) -> Self {
        let mut common = Self::default();
        let items = object(api, "paths").filter_map(|(_, item)| item.as_object());
        for (_, operation) in items.flatten().filter(|(_, one)| has(tag(one))) {
            for (status, response) in answers(operation) {
                common
                    .answers
                    .note(status, "", text(response, "description"));
            }
            for parameter in parameters(operation) {
                let (name, place) = (text(parameter, "name"), text(parameter, "in"));
                common
                    .parameters
                    .note(name, place, text(parameter, "description"));
            }
        }
        common
    }
}

fn answers(operation: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object(operation, "responses").filter(|(status, _)| *status != OUR_FAULT)
}

fn parameters(operation: &Value) -> impl Iterator<Item = &Value> {
    let all = operation.get("parameters").and_then(Value::as_array);
    all.into_iter().flatten()
}

fn line(name: &str, place: &str, words: &str) -> Markup {
    html! {
        div {
            dt { @if place.is_empty() { (name) } @else { code { (name) } } }
            dd { @if !place.is_empty() { span.hint { (place) ". " } } (words) }
        }
    }
}

/// Those that have something of their own, with it, and the names of the others.
fn listed<'v>(title: &str, all: Vec<(&'v str, &'v str, &'v str)>, common: &Said<'_>) -> Markup {
    let (shared, own): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(name, place, words)| common.has(name, place, words));
    html! {
        @if !shared.is_empty() || !own.is_empty() { h3 { (title) } }
        @if !own.is_empty() {
            dl.summary { @for (name, place, words) in own { (line(name, place, words)) } }
        }
        @if !shared.is_empty() {
            p { "In common: " (names(&shared)) }
        }
    }
}

/// The page must stay light: names in a row without marks of their own.
fn names(shared: &[(&str, &str, &str)]) -> String {
    let names: Vec<_> = shared.iter().map(|(name, ..)| *name).collect();
    names.join(", ")
}

fn operation(
    (path, method): (&str, &str),
    operation: &Value,
    api: &Value,
    common: &Common<'_>,
) -> Markup {
    let parameters = parameters(operation)
        .map(|one| (text(one, "name"), text(one, "in"), text(one, "description")));
    let answers =
        answers(operation).map(|(status, one)| (status.as_str(), "", text(one, "description")));
    let content = operation
        .pointer("/requestBody/content")
        .and_then(Value::as_object);
    let body = content.into_iter().flatten().next();
    html! {
        h2 { code { (method.to_uppercase()) " " (path) } }
        p { (text(operation, "summary")) }
        @if !text(operation, "description").is_empty() { p { (text(operation, "description")) } }
        (listed("Parameters", parameters.collect(), &common.parameters))
        @if let Some((media, schema)) = body {
            h3 { "Body: " code { (media) } }
            (fields(schema.get("schema"), api))
        }
        (listed("Answers", answers.collect(), &common.answers))
        @let answer = operation.pointer("/responses/201/content/application~1json/schema")
            .or_else(|| operation.pointer("/responses/200/content/application~1json/schema"));
        @let answer = fields(answer, api);
        // A document of another shape has no fields of its own to list.
        @if !answer.0.is_empty() { h3 { "What comes back" } (answer) }
    }
}

/// The fields of an object, by name, type and meaning.
fn fields(schema: Option<&Value>, api: &Value) -> Markup {
    let named = schema
        .and_then(|schema| schema.get("$ref"))
        .and_then(Value::as_str);
    let schema = named.and_then(|name| api.pointer(name.trim_start_matches('#')));
    let required: Vec<&str> = schema
        .and_then(|schema| schema.get("required"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.map(|schema| object(schema, "properties"));
    html! {
        @if let Some(properties) = properties {
            dl.summary {
                @for (name, field) in properties {
                    div {
                        dt { code { (name) } }
                        dd {
                            span.hint {
                                (kind(field)) @if !required.contains(&name.as_str()) { ", optional" } ". "
                            }
                            (text(field, "description"))
                        }
                    }
                }
            }
        }
    }
}

fn kind(field: &Value) -> String {
    let last = |reference: &str| reference.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(name) = field.get("$ref").and_then(Value::as_str) {
        return last(name);
    }
    if let Some(parts) = field.get("oneOf").and_then(Value::as_array) {
        let named = parts
            .iter()
            .filter_map(|part| part.get("$ref").and_then(Value::as_str));
        return named.map(last).collect::<Vec<_>>().join(" or ");
    }
    let name = match field.get("type") {
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            names
                .filter(|name| *name != "null")
                .collect::<Vec<_>>()
                .join(" or ")
        }
        _ => String::new(),
    };
    match field.get("items") {
        Some(items) => format!("{name} of {}", kind(items)),
        None => name,
    }
}
