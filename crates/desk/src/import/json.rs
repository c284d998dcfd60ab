//! Reading JSON whose shape is another system's: what is there is taken, in whichever of the usual kinds it comes.

use serde_json::Value;

/// A field of an object; null and absent are the same.
pub(super) fn get<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|value| !value.is_null())
}

/// The first of several fields that is there.
pub(super) fn any<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| get(value, name))
}

/// A text, number or truth as text; of an object its name or id.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Object(_) => ["Name", "name", "user_name", "label", "id"]
            .iter()
            .find_map(|name| value.get(name))
            .map(text)
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// The same of a field; empty if it is not there.
pub(super) fn of(value: &Value, names: &[&str]) -> String {
    any(value, names).map(text).unwrap_or_default()
}

/// Entries of a list; one thing alone counts as a list of one.
pub(super) fn list<'v>(value: &'v Value, names: &[&str]) -> Vec<&'v Value> {
    match any(value, names) {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one @ (Value::Object(_) | Value::String(_))) => vec![one],
        _ => Vec::new(),
    }
}

/// A value in a line, for what has no home: lists parted by commas, objects as JSON.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(_) => value.to_string(),
        other => text(other),
    }
}

/// Every field of an object but those named, as pairs.
pub(super) fn rest(value: &Value, but: &[&str]) -> Vec<(String, String)> {
    let Value::Object(fields) = value else {
        return Vec::new();
    };
    fields
        .iter()
        .filter(|(name, value)| !but.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), plain(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
