//! Dates as XML Schema writes them.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::plan::Vintage;

/// A day, a month or a year as a typed value of JSON-LD, as exactly as it is known.
pub(super) fn typed(vintage: Vintage) -> Value {
    let text = vintage.to_string();
    let kind = match text.len() {
        4 => "xsd:gYear",
        7 => "xsd:gYearMonth",
        _ => "xsd:date",
    };
    json!({ "@type": kind, "@value": text })
}

/// A day as a typed value of JSON-LD.
pub(super) fn day(day: Date) -> Value {
    json!({ "@type": "xsd:date", "@value": day.to_string() })
}

/// The beginning of a day in UTC (RFC 3339), since only the day is known.
pub(super) fn moment(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_typed_by_what_is_known() {
        for (text, kind) in [
            ("2024", "xsd:gYear"),
            ("2024-05", "xsd:gYearMonth"),
            ("2024-05-28", "xsd:date"),
        ] {
            assert_eq!(
                typed(text.parse().unwrap()),
                json!({ "@type": kind, "@value": text })
            );
        }
        assert_eq!(
            day(date(2024, 5, 1)),
            json!({ "@type": "xsd:date", "@value": "2024-05-01" })
        );
        assert_eq!(moment(date(2024, 5, 1)), "2024-05-01T00:00:00Z");
    }
}
