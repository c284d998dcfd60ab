use std::collections::BTreeSet;

use serde_json::Value;

use super::super::files::Files;
use super::super::model::Plan;
use super::*;
use crate::base_plan::BASE;

/// The base plan of the tests of the crate: every key of every table is in it at least once.
fn base() -> Files {
    BASE.iter().copied().collect()
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&schema(name).unwrap()).unwrap()
}

/// The least of JSON Schema that our schemas use, without patterns.
fn accepts(schema: &Value, value: &Value) -> bool {
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        return any.iter().any(|one| accepts(one, value));
    }
    if let Some(only) = schema.get("const") {
        return only == value;
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.contains(value);
    }
    match (schema.get("type").and_then(Value::as_str), value) {
        (Some("object"), Value::Object(object)) => {
            let properties = &schema["properties"];
            let required = schema["required"].as_array().unwrap();
            required
                .iter()
                .all(|key| object.contains_key(key.as_str().unwrap()))
                && object
                    .iter()
                    .all(|(key, value)| properties.get(key).is_some_and(|one| accepts(one, value)))
        }
        (Some("array"), Value::Array(items)) => {
            items.iter().all(|item| accepts(&schema["items"], item))
        }
        (Some("string"), Value::String(text)) => !text.is_empty(),
        (Some("integer"), Value::Number(number)) => number.is_i64(),
        (Some("number"), Value::Number(_)) | (Some("boolean"), Value::Bool(_)) => true,
        _ => false,
    }
}

/// A TOML file as an editor's checker sees it: dates as text.
fn as_json(text: &str) -> Value {
    fn plain(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(day) => Value::String(day.to_string()),
            toml::Value::Array(items) => items.into_iter().map(plain).collect(),
            toml::Value::Table(table) => Value::Object(
                table
                    .into_iter()
                    .map(|(key, value)| (key, plain(value)))
                    .collect(),
            ),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    plain(toml::Value::Table(text.parse().unwrap()))
}

/// The kind of a file, by its pattern.
fn kind_of(path: &str) -> Option<FileKind> {
    kinds().find(|kind| {
        kind.files
            .split_once('*')
            .map_or(kind.files == path, |(before, after)| {
                path.starts_with(before) && path.ends_with(after)
            })
    })
}

#[test]
fn schemas_accept_the_base_plan_and_refuse_it_with_one_more_key() {
    let mut checked = BTreeSet::new();
    for (path, bytes) in base().iter().filter(|(path, _)| path.ends_with(".toml")) {
        let kind = kind_of(path).unwrap();
        let schema = parsed(kind.name);
        let mut value = as_json(std::str::from_utf8(bytes).unwrap());
        assert!(accepts(&schema, &value), "{path}");
        value
            .as_object_mut()
            .unwrap()
            .insert("colour".into(), "red".into());
        assert!(!accepts(&schema, &value), "{path}");
        checked.insert(kind.name);
    }
    assert_eq!(checked.len(), kinds().count());
}

/// Names of the properties of all objects in a schema.
fn properties(schema: &Value, into: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                into.extend(properties.keys().cloned());
            }
            object.values().for_each(|value| properties(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| properties(value, into)),
        _ => {}
    }
}

/// Names of the fields of all objects in a value.
fn fields(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            into.extend(object.keys().cloned());
            object.values().for_each(|value| fields(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| fields(value, into)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_model_is_in_a_schema() {
    let mut known = BTreeSet::new();
    for kind in kinds() {
        properties(&parsed(kind.name), &mut known);
    }
    let (plan, _) = Plan::read(&base());
    let mut plan = serde_json::to_value(plan.unwrap()).unwrap();
    // What comes from CSV files has no schema here.
    let top = plan.as_object_mut().unwrap();
    top.remove("series");
    top.remove("sources");
    let mut found = BTreeSet::new();
    fields(&plan, &mut found);
    // Plurals of what files name one by one; `set` is the target that is set, `what` and `id` are what a note is on, and
    // `returned` is the id of the return that makes a claim.
    let plurals = [
        "themes",
        "goals",
        "initiatives",
        "measures",
        "notes",
        "dissents",
        "mandates",
        "communities",
        "set",
        "returns",
        "returned",
    ];
    let unknown: Vec<&String> = found
        .iter()
        .filter(|field| !known.contains(*field) && !plurals.contains(&field.as_str()))
        .collect();
    assert_eq!(unknown, Vec::<&String>::new());
    assert!(found.len() > 70, "{}", found.len());
}

#[test]
fn every_key_has_a_meaning_and_each_schema_its_own_name() {
    let mut names = BTreeSet::new();
    for (kind, shape) in KINDS {
        assert!(names.insert(kind.name));
        let text = schema(kind.name).unwrap();
        assert!(text.ends_with("}\n") && text.contains("2020-12/schema"));
        let mut keys: Vec<&str> = shape.keys().collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), shape.fields.len(), "{}", kind.name);
        assert!(
            shape
                .fields
                .iter()
                .all(|field| !field.about.is_empty() && !field.about.ends_with('.'))
        );
    }
    assert_eq!(schema("goal"), None);
}

#[test]
fn words_of_the_model_are_words_of_the_schema() {
    let measures = parsed("measures");
    let words = &measures["properties"]["measure"]["items"]["properties"]["direction"]["enum"];
    assert_eq!(*words, serde_json::json!(["up", "down", "volume"]));
}
