//! Values of fields: typed, and borrowed from the report wherever its text is right as it stands.

use std::borrow::Cow;
use std::net::IpAddr;

pub use cairn_kernel::net::Network;
use cairn_kernel::time::Micros;

/// The value of a field, or of an entry under `extra`.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A whole number beyond 64 bits, as its digits. Only under `extra`.
    Digits(Box<str>),
    /// A finite number.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// An address.
    Ip(IpAddr),
    /// A network.
    Network(Network),
    /// A moment.
    Time(Micros),
    /// A list or an object. Only under `extra`.
    Json(Box<serde_json::Value>),
}

impl<'a> Value<'a> {
    /// Borrowed text.
    #[must_use]
    pub const fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// The same value, borrowing this one's text.
    #[must_use]
    pub fn borrowed(&'a self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Cow::Borrowed(text)),
            other => other.clone(),
        }
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Bytes that it owns, about.
    pub(crate) fn owned_bytes(&self) -> usize {
        match self {
            Self::Text(Cow::Owned(text)) => text.len(),
            Self::Digits(digits) => digits.len(),
            Self::Json(json) => json_bytes(json),
            _ => 0,
        }
    }

    /// What JSON says; `None` for null, which is no value.
    #[must_use]
    pub fn of_json(json: serde_json::Value) -> Option<Value<'static>> {
        Some(match json {
            serde_json::Value::Null => return None,
            serde_json::Value::Bool(flag) => Value::Bool(flag),
            serde_json::Value::String(text) => Value::Text(Cow::Owned(text)),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Value::Int(whole),
                (None, Some(float)) if !number.is_u64() => Value::Float(float),
                _ => Value::Digits(number.to_string().into()),
            },
            nested => Value::Json(Box::new(nested)),
        })
    }
}

/// JSON as it was read is never nested so deeply that this is: its reader stops at 128.
fn json_bytes(json: &serde_json::Value) -> usize {
    size_of::<serde_json::Value>()
        + match json {
            serde_json::Value::String(text) => text.len(),
            serde_json::Value::Array(items) => items.iter().map(json_bytes).sum(),
            serde_json::Value::Object(entries) => {
                let each = entries.iter();
                each.map(|(key, value)| key.len() + json_bytes(value)).sum()
            }
            _ => 0,
        }
}
