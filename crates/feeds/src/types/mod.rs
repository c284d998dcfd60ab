//! IDF's types: what makes a value clean, or refuses it. Where `IntelMQ` errs this does it right; each such place is listed
//! in `docs/feeds-deviations.md`.

pub(crate) mod net;
mod number;
mod text;
pub mod time;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::field::{Field, Kind, Rule};
use crate::taxonomy;
use crate::value::Value;

pub use net::{fqdn, ip, is_absolute, network, url};
pub use number::{float, whole};
pub use text::trim;

/// A value is not what its type takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid;

/// What a type makes of a value.
pub type Clean<'a> = Result<Value<'a>, Invalid>;

/// Makes a field's value clean: by its type, then by its rule.
///
/// # Errors
/// If the field does not take it.
pub fn clean(field: Field, value: Value<'_>) -> Clean<'_> {
    let value = of_kind(field.kind(), value)?;
    if field.rule() == Rule::Any || fits(field.rule(), &value) {
        Ok(value)
    } else {
        Err(Invalid)
    }
}

/// Makes a value clean by its type alone.
///
/// # Errors
/// If the type does not take it.
pub fn of_kind(kind: Kind, value: Value<'_>) -> Clean<'_> {
    match kind {
        Kind::Text => text::plain(value),
        Kind::Lower => text::lower(text::plain(value)?),
        Kind::Upper => text::upper(text::plain(value)?),
        Kind::Base64 => base64(value),
        Kind::Boolean => number::boolean(&value),
        Kind::Integer => number::integer(&value),
        Kind::Float => number::float_value(&value),
        Kind::Accuracy => number::accuracy(&value),
        Kind::Asn => number::asn(&value),
        Kind::Time => time::value(value),
        Kind::Fqdn => net::fqdn_value(value),
        Kind::Ip => net::ip_value(&value),
        Kind::Network => net::network_value(&value),
        Kind::Url => net::url_value(value),
        Kind::Json => json(value),
        Kind::JsonDict => json_dict(value),
        Kind::Registry => registry(&value),
        Kind::Tlp => tlp(&value),
        Kind::Taxonomy => class(&value, taxonomy::taxonomy),
        Kind::Type => class(&value, taxonomy::kind),
        Kind::Generic => Ok(value),
    }
}

fn fits(rule: Rule, value: &Value<'_>) -> bool {
    let text = value.as_text().unwrap_or("");
    let printable =
        |max: usize| text.len() <= max && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    match rule {
        Rule::Any => true,
        Rule::Country => text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        Rule::Transport => taxonomy::is_transport(text),
        Rule::Severity => matches!(
            text,
            "critical" | "high" | "medium" | "low" | "info" | "undefined"
        ),
        Rule::Uuid => is_uuid(text),
        Rule::Hash => {
            let hash = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F' | b'.' | b'/');
            text.len() <= 40 && text.bytes().all(hash)
        }
        Rule::Port => matches!(value, Value::Int(0..=65_535)),
        Rule::Printable(max) => printable(max),
        Rule::Chars(max) => text.chars().count() <= max,
    }
}

fn is_uuid(text: &str) -> bool {
    let mut lengths = text.split('-').map(str::len);
    let alphanumeric = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    [8, 4, 4, 4, 12]
        .iter()
        .all(|length| lengths.next() == Some(*length))
        && lengths.next().is_none()
        && text.chars().all(alphanumeric)
}

fn base64(value: Value<'_>) -> Clean<'_> {
    match value {
        Value::Text(text) if !text.is_empty() => {
            Ok(Value::Text(Cow::Owned(BASE64.encode(text.as_bytes()))))
        }
        _ => Err(Invalid),
    }
}

/// Whether text is Base64 with its padding.
#[must_use]
pub fn is_base64(text: &str) -> bool {
    BASE64.decode(text).is_ok()
}

fn json(value: Value<'_>) -> Clean<'_> {
    match value {
        Value::Text(text) if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() => {
            Ok(Value::Text(text))
        }
        Value::Json(nested) => Ok(Value::Text(Cow::Owned(spaced(&nested)))),
        Value::Int(whole) => Ok(Value::Text(Cow::Owned(whole.to_string()))),
        Value::Bool(flag) => Ok(Value::Text(Cow::Owned(flag.to_string()))),
        _ => Err(Invalid),
    }
}

/// JSON with a space after each comma and colon, keys sorted, as IDF prints it.
fn spaced(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                format!(
                    "{}: {}",
                    serde_json::Value::from(key.as_str()),
                    spaced(value)
                )
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn json_dict(value: Value<'_>) -> Clean<'_> {
    let object = match value {
        Value::Json(nested) => *nested,
        Value::Text(text) => serde_json::from_str(&text).map_err(|_| Invalid)?,
        _ => return Err(Invalid),
    };
    match object {
        serde_json::Value::Object(ref entries) if !entries.is_empty() => {
            Ok(Value::Json(Box::new(object)))
        }
        _ => Err(Invalid),
    }
}

fn registry(value: &Value<'_>) -> Clean<'static> {
    let text = value.as_text().ok_or(Invalid)?;
    let mut name = trim(text).to_ascii_uppercase();
    name.retain(|c| c != '-');
    let name = match name.as_str() {
        "RIPENCC" | "RIPE" => "RIPE",
        "AFRINIC" => "AFRINIC",
        "APNIC" => "APNIC",
        "ARIN" => "ARIN",
        "LACNIC" => "LACNIC",
        _ => return Err(Invalid),
    };
    Ok(Value::text(name))
}

/// Version 2 of the protocol has CLEAR for WHITE, and AMBER+STRICT (<https://www.first.org/tlp/>).
fn tlp(value: &Value<'_>) -> Clean<'static> {
    let text = value.as_text().ok_or(Invalid)?;
    let upper = trim(text).to_ascii_uppercase();
    let name = upper.strip_prefix("TLP").unwrap_or(&upper);
    let name = name.strip_prefix(':').unwrap_or(name).trim_start();
    Ok(Value::text(match name {
        "WHITE" => "WHITE",
        "CLEAR" => "CLEAR",
        "GREEN" => "GREEN",
        "AMBER" | "YELLOW" => "AMBER",
        "AMBER+STRICT" => "AMBER+STRICT",
        "RED" => "RED",
        _ => return Err(Invalid),
    }))
}

fn class(value: &Value<'_>, known: fn(&str) -> Option<&'static str>) -> Clean<'static> {
    let text = value.as_text().ok_or(Invalid)?;
    known(trim(text)).map(Value::text).ok_or(Invalid)
}
