//! `IntelMQ`'s data format as it travels: one flat JSON object with dotted keys an event.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::batch::{Observation, Row, is_key};
use crate::field::Field;
use crate::reject::{Cause, Name};
use crate::types::{self, time};
use crate::value::Value;

/// Appends an observation as one line. `raw` is made of the bytes of its row; it is not kept in observations.
pub fn write(observation: &Observation<'_>, out: &mut String) {
    out.push_str("{\"__type\":\"Event\"");
    for (field, value) in observation.values {
        member(out, "", field.name(), value);
    }
    for (field, value) in observation.common {
        if !observation.values.iter().any(|(own, _)| own == field) {
            member(out, "", field.name(), value);
        }
    }
    for (name, value) in observation.extra {
        member(out, "extra.", name, value);
    }
    if observation.get(Field::Raw).is_none() {
        out.push_str(",\"raw\":\"");
        raw(observation, out);
        out.push('"');
    }
    out.push_str("}\n");
}

fn member(out: &mut String, prefix: &str, name: &str, value: &Value<'_>) {
    out.push_str(",\"");
    out.push_str(prefix);
    escaped(out, name);
    out.push_str("\":");
    put(out, value);
}

fn put(out: &mut String, value: &Value<'_>) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Text(text) => {
            out.push('"');
            escaped(out, text);
            out.push('"');
            Ok(())
        }
        Value::Int(whole) => write!(out, "{whole}"),
        Value::Digits(digits) => write!(out, "{digits}"),
        // `{:?}` keeps the point of a whole float.
        Value::Float(float) => write!(out, "{float:?}"),
        Value::Bool(flag) => write!(out, "{flag}"),
        Value::Ip(ip) => write!(out, "\"{ip}\""),
        Value::Network(network) => write!(out, "\"{network}\""),
        Value::Time(at) => {
            out.push('"');
            time::write(*at, out);
            out.push('"');
            Ok(())
        }
        Value::Json(nested) => write!(out, "{nested}"),
    };
}

fn escaped(out: &mut String, text: &str) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// The header and the row's last line. So does `IntelMQ`, which cuts a row with line ends in its cells; whole it stands in
/// the report, by its offset and length.
fn raw(observation: &Observation<'_>, out: &mut String) {
    let row = observation.raw.trim_ascii_end();
    let row = if observation.head.is_empty() {
        observation.raw
    } else {
        let line = row
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        row.get(line..).unwrap_or_default()
    };
    let mut whole = Vec::with_capacity(observation.head.len() + row.len());
    whole.extend_from_slice(observation.head.as_bytes());
    whole.extend(row.iter().filter(|byte| **byte != 0));
    if observation.head.is_empty() {
        let end = whole.strip_suffix(b"\n").unwrap_or(&whole).len();
        whole.truncate(end);
        let end = whole.strip_suffix(b"\r").unwrap_or(&whole).len();
        whole.truncate(end);
    }
    BASE64.encode_string(&whole, out);
}

/// Reads one event into a row: flat with dotted keys, or nested as `IntelMQ` prints it for people.
///
/// # Errors
/// If it is not JSON, no object, or holds a key or a value that the format does not take.
pub fn read<'b>(text: &str, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
    let json: serde_json::Value = serde_json::from_str(text).map_err(|_| Cause::NotJson)?;
    let serde_json::Value::Object(entries) = json else {
        return Err(Cause::NotAnObject);
    };
    for (key, value) in entries {
        if key != "__type" {
            entry(&key, value, row)?;
        }
    }
    Ok(())
}

fn entry<'b>(key: &str, json: serde_json::Value, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
    let field = Field::by_name(key);
    if let (serde_json::Value::Object(parts), None, false) =
        (&json, field, key.starts_with("extra."))
    {
        // No field has more than two dots.
        if !is_key(key) || key.matches('.').count() > 2 {
            return Err(Cause::UnknownField(Name::new(key)));
        }
        for (part, value) in parts {
            entry(&format!("{key}.{part}"), value.clone(), row)?;
        }
        return Ok(());
    }
    let Some(value) = Value::of_json(json) else {
        return Ok(());
    };
    // What others print there is read, however it is spelt and whatever it says.
    if let Some(name) = key.strip_prefix("extra.") {
        row.extra(Cow::Owned(name.to_owned()), value);
        return Ok(());
    }
    match (field, &value) {
        // It has been encoded already.
        (Some(Field::Raw), Value::Text(text)) if types::is_base64(text) && !text.is_empty() => {
            row.put(Field::Raw, value);
            Ok(())
        }
        _ => row.named(key, value),
    }
}
