//! Moments as officers type them, in the service's time zone.

use cairn_kernel::time::Micros;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads `2026-11-26T14:30`, as a browser's own field for a moment sends it; a blank may stand for the `T`, and seconds may
/// follow.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Option<Micros> {
    let text = text.trim().replacen(' ', "T", 1);
    let at: DateTime = text.parse().ok()?;
    if !text.contains('T') {
        return None;
    }
    let zoned = at.to_zoned(zone.clone()).ok()?;
    Some(Micros::from(zoned.timestamp()))
}

/// Writes a moment as such a field wants it.
pub(super) fn written(at: Micros, zone: &TimeZone) -> String {
    let zoned = at.timestamp().to_zoned(zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_the_services_zone_and_written_back() {
        let zone = TimeZone::get("Pacific/Auckland").unwrap();
        let at = parse("2026-11-26T14:30", &zone).unwrap();
        assert_eq!(at.to_string(), "2026-11-26T01:30:00Z");
        assert_eq!(parse("2026-11-26 14:30:00", &zone), Some(at));
        assert_eq!(written(at, &zone), "2026-11-26T14:30");
        for bad in ["", "2026-11-26", "26.11.2026 14:30", "2026-13-01T00:00"] {
            assert_eq!(parse(bad, &zone), None, "{bad}");
        }
    }
}
