//! Days in JSON: `2026-11-23`.

use jiff::civil::Date;
use serde::Serializer;

/// A day as text.
pub(crate) fn text<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// A day as text, or nothing.
#[allow(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn option<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.serialize_some(&day.to_string()),
        None => serializer.serialize_none(),
    }
}
