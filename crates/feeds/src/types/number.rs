//! Numbers, and true or false.

use crate::value::Value;

use super::{Clean, Invalid, trim};

/// A whole number as text: a sign, then digits, with white space around. Beyond 64 bits it stays digits.
///
/// # Errors
/// If it is anything else.
pub fn whole(text: &str) -> Clean<'static> {
    let text = trim(text);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Invalid);
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(Value::Int(number));
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let digits = digits.trim_start_matches('0');
    Ok(Value::Digits(format!("{sign}{digits}").into()))
}

/// A finite number as text.
///
/// # Errors
/// If it is anything else, `nan` and `inf` included.
pub fn float(text: &str) -> Result<f64, Invalid> {
    let number: f64 = trim(text).parse().map_err(|_| Invalid)?;
    if number.is_finite() {
        Ok(number)
    } else {
        Err(Invalid)
    }
}

pub(super) fn integer(value: &Value<'_>) -> Clean<'static> {
    let found = match value {
        Value::Int(number) => Value::Int(*number),
        Value::Text(text) => whole(text)?,
        // A float that is whole is one; what is behind its point is not thrown away.
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            whole(&number.to_string())?
        }
        _ => return Err(Invalid),
    };
    match found {
        Value::Int(number) => Ok(Value::Int(number)),
        _ => Err(Invalid),
    }
}

fn number(value: &Value<'_>) -> Result<f64, Invalid> {
    match value {
        Value::Int(whole) => float(&whole.to_string()),
        Value::Float(number) if number.is_finite() => Ok(*number),
        Value::Text(text) => float(text),
        _ => Err(Invalid),
    }
}

pub(super) fn float_value(value: &Value<'_>) -> Clean<'static> {
    number(value).map(Value::Float)
}

pub(super) fn accuracy(value: &Value<'_>) -> Clean<'static> {
    let percent = match value {
        Value::Bool(sure) => f64::from(u8::from(*sure)) * 100.0,
        other => number(other)?,
    };
    if (0.0..=100.0).contains(&percent) {
        Ok(Value::Float(percent))
    } else {
        Err(Invalid)
    }
}

pub(super) fn asn(value: &Value<'_>) -> Clean<'static> {
    let number = match value {
        Value::Int(number) => *number,
        Value::Text(text) => {
            let text = trim(text);
            let prefixed = text
                .get(..2)
                .is_some_and(|two| two.eq_ignore_ascii_case("as"));
            let digits = if prefixed {
                text.get(2..).unwrap_or("")
            } else {
                text
            };
            match whole(digits)? {
                Value::Int(number) => number,
                _ => return Err(Invalid),
            }
        }
        _ => return Err(Invalid),
    };
    if (1..=i64::from(u32::MAX)).contains(&number) {
        Ok(Value::Int(number))
    } else {
        Err(Invalid)
    }
}

pub(super) fn boolean(value: &Value<'_>) -> Clean<'static> {
    match value {
        Value::Bool(flag) => Ok(Value::Bool(*flag)),
        Value::Int(0) => Ok(Value::Bool(false)),
        Value::Int(1) => Ok(Value::Bool(true)),
        Value::Text(text) if trim(text).eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
        Value::Text(text) if trim(text).eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
        _ => Err(Invalid),
    }
}
