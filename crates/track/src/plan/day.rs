//! Days in JSON: `2026-11-23`.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serializer};

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

/// A day from text.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    of(&text)
}

/// A day from text, or nothing.
pub(crate) fn read_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Date>, D::Error> {
    let text = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
    text.map(|text| of(&text)).transpose()
}

/// Only as [`text`] writes it, so that what is read prints the same again.
fn of<E: serde::de::Error>(text: &str) -> Result<Date, E> {
    super::toml_table::day(text)
        .filter(|day| day.to_string() == text)
        .ok_or_else(|| E::custom("not a day such as 2026-11-23"))
}
