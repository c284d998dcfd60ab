//! Text: trimmed, never empty.

use std::borrow::Cow;

use crate::value::Value;

use super::{Clean, Invalid};

/// Without white space at its ends; the four separators of ASCII count as such.
#[must_use]
pub fn trim(text: &str) -> &str {
    // Most text has nothing to trim, and ASCII at its ends tells so at once.
    match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) => text,
        _ => text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)),
    }
}

/// The same, keeping a loan a loan.
pub(super) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
        Cow::Owned(text) if trim(&text).len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
    }
}

pub(super) fn plain(value: Value<'_>) -> Clean<'_> {
    let text = match value {
        Value::Text(text) => trimmed(text),
        Value::Int(whole) => Cow::Owned(whole.to_string()),
        Value::Digits(digits) => Cow::Owned(digits.into()),
        Value::Float(float) => Cow::Owned(float.to_string()),
        Value::Ip(ip) => Cow::Owned(ip.to_string()),
        Value::Network(network) => Cow::Owned(network.to_string()),
        Value::Time(time) => Cow::Owned(super::time::print(time)),
        Value::Bool(_) | Value::Json(_) => return Err(Invalid),
    };
    if text.is_empty() {
        return Err(Invalid);
    }
    Ok(Value::Text(text))
}

pub(super) fn lower(value: Value<'_>) -> Clean<'_> {
    match value {
        Value::Text(text)
            if text
                .bytes()
                .all(|b| b.is_ascii() && !b.is_ascii_uppercase()) =>
        {
            Ok(Value::Text(text))
        }
        Value::Text(text) => Ok(Value::Text(Cow::Owned(text.to_lowercase()))),
        _ => Err(Invalid),
    }
}

pub(super) fn upper(value: Value<'_>) -> Clean<'_> {
    match value {
        Value::Text(text)
            if text
                .bytes()
                .all(|b| b.is_ascii() && !b.is_ascii_lowercase()) =>
        {
            Ok(Value::Text(text))
        }
        Value::Text(text) => Ok(Value::Text(Cow::Owned(text.to_uppercase()))),
        _ => Err(Invalid),
    }
}
