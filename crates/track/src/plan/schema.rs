//! JSON schemas (draft 2020-12) of the TOML files, for editors. Made from the tables that the reader reads by, so that
//! both always agree.

use serde_json::{Map, Value, json};

use super::limits::{ID_CHARS_MAX, ITEMS_MAX, TEXT_CHARS_MAX};
use super::shape::{self, Kind, Shape};

/// A kind of TOML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind {
    /// Name of the schema, without ending.
    pub name: &'static str,
    /// Which files it is for, from the plan's folder; `*` stands for a name.
    pub files: &'static str,
}

/// Every kind of TOML file with its shape.
static KINDS: &[(FileKind, &Shape)] = &[
    (kind("plan", "plan.toml"), &shape::PLAN),
    (kind("edition", "editions/*/edition.toml"), &shape::EDITION),
    (kind("themes", "editions/*/themes.toml"), &shape::THEMES),
    (kind("goals", "editions/*/goals.toml"), &shape::GOALS),
    (
        kind("initiatives", "editions/*/initiatives.toml"),
        &shape::INITIATIVES,
    ),
    (
        kind("measures", "editions/*/measures.toml"),
        &shape::MEASURES,
    ),
    (kind("endings", "editions/*/endings.toml"), &shape::ENDINGS),
    (kind("notes", "editions/*/notes.toml"), &shape::NOTES),
    (kind("returns", "editions/*/returns.toml"), &shape::RETURNS),
    (kind("mandates", "mandates.toml"), &shape::MANDATES),
    (kind("community", "communities/*.toml"), &shape::COMMUNITY),
];

const fn kind(name: &'static str, files: &'static str) -> FileKind {
    FileKind { name, files }
}

/// Every kind of TOML file.
pub fn kinds() -> impl Iterator<Item = FileKind> {
    KINDS.iter().map(|(kind, _)| *kind)
}

/// The JSON schema of a kind of file, by its name; ends with a line end.
#[must_use]
pub fn schema(name: &str) -> Option<String> {
    let (kind, shape) = KINDS.iter().find(|(kind, _)| kind.name == name)?;
    let mut schema = object(shape);
    schema.insert(
        "$schema".into(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".into(), json!(kind.files));
    let mut text = serde_json::to_string_pretty(&Value::Object(schema)).ok()?;
    text.push('\n');
    Some(text)
}

fn object(shape: &Shape) -> Map<String, Value> {
    let mut properties = Map::new();
    for field in shape.fields {
        let mut value = value(field.kind);
        if let Value::Object(value) = &mut value {
            value.insert("description".into(), json!(field.about));
        }
        properties.insert(field.key.into(), value);
    }
    let needed: Vec<&str> = shape
        .fields
        .iter()
        .filter(|f| f.need)
        .map(|f| f.key)
        .collect();
    let mut object = Map::new();
    object.insert("type".into(), json!("object"));
    object.insert("properties".into(), Value::Object(properties));
    object.insert("required".into(), json!(needed));
    object.insert("additionalProperties".into(), json!(false));
    object
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": TEXT_CHARS_MAX, "pattern": "\\S" })
}

fn value(kind: Kind) -> Value {
    match kind {
        Kind::Slug => {
            json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$", "maxLength": ID_CHARS_MAX })
        }
        Kind::Text => text(),
        Kind::Words => json!({ "anyOf": [text(), {
            "type": "object",
            "properties": { "en": text(), "mi": text() },
            "required": ["en"],
            "additionalProperties": false
        }] }),
        Kind::Texts => {
            json!({ "type": "array", "items": text(), "uniqueItems": true, "maxItems": ITEMS_MAX })
        }
        // TOML dates reach a schema as text.
        Kind::Day => json!({ "type": "string", "pattern": DAY }),
        Kind::Vintage => {
            json!({ "anyOf": [{ "type": "string", "pattern": VINTAGE }, { "type": "integer" }] })
        }
        Kind::Period => {
            json!({ "anyOf": [{ "type": "string", "pattern": PERIOD }, { "type": "integer" }] })
        }
        Kind::Decimal => json!({ "anyOf": [
            { "type": "string", "pattern": "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$" },
            { "type": "number" }
        ] }),
        Kind::Year => {
            json!({ "type": "integer", "minimum": super::period::YEAR_MIN, "maximum": super::period::YEAR_MAX })
        }
        Kind::Whole => json!({ "type": "integer", "minimum": 1 }),
        Kind::YesNo => json!({ "type": "boolean" }),
        Kind::One(words) => json!({ "type": "string", "enum": words }),
        Kind::Table(shape) => Value::Object(object(shape)),
        Kind::Tables(shape) => {
            json!({ "type": "array", "items": Value::Object(object(shape)), "maxItems": ITEMS_MAX })
        }
        Kind::NoneOr(shape) => {
            json!({ "anyOf": [{ "const": "none" }, Value::Object(object(shape))] })
        }
    }
}

/// A day.
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
/// A day, month or year.
const VINTAGE: &str = "^[0-9]{4}(-[0-9]{2}){0,2}$";
/// A period in any of its forms.
const PERIOD: &str = "^[0-9]{4}(Q[1-4]|/[0-9]{2}|-[0-9]{2}(-[0-9]{2})?|-[0-9]{4})?$";

#[cfg(test)]
mod tests;
