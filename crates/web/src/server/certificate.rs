//! When a certificate ends: the one thing of it that an operator must hear of in time.

use cairn_kernel::time::Micros;
use jiff::civil::DateTime;

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// Context tag 0, constructed: the version.
const VERSION: u8 = 0xa0;

/// `notAfter` of a certificate in DER (RFC 5280, 4.1); `None` for what is none.
#[must_use]
pub fn not_after(der: &[u8]) -> Option<Micros> {
    let (SEQUENCE, certificate, _) = value(der)? else {
        return None;
    };
    let (SEQUENCE, mut body, _) = value(certificate)? else {
        return None;
    };
    if let (VERSION, _, rest) = value(body)? {
        body = rest;
    }
    // Serial number, signature algorithm, issuer.
    for _ in 0..3 {
        body = value(body)?.2;
    }
    let (SEQUENCE, validity, _) = value(body)? else {
        return None;
    };
    let (_, _, rest) = value(validity)?;
    let (tag, text, _) = value(rest)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

/// One DER value (X.690, 8.1): tag, content, and what follows it.
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(*first & 0x7f))?;
        if bytes.len() > 3 {
            return None;
        }
        let length = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// RFC 5280, 4.1.2.5: both forms end in `Z`; two digits of a year mean 1950 to 2049.
fn time(tag: u8, text: &str) -> Option<Micros> {
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = digits.split_at_checked(2)?;
            let year: i16 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = digits.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let part = |from: usize| rest.get(from..from + 2)?.parse::<i8>().ok();
    let local = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    let zoned = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Micros::from(zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_time_are_read() {
        let of = |text: &str| Micros::from(text.parse::<jiff::Timestamp>().unwrap());
        assert_eq!(
            time(UTC_TIME, "261231235959Z"),
            Some(of("2026-12-31T23:59:59Z"))
        );
        assert_eq!(
            time(UTC_TIME, "500101000000Z"),
            Some(of("1950-01-01T00:00:00Z"))
        );
        assert_eq!(
            time(GENERALIZED_TIME, "20991231235959Z"),
            Some(of("2099-12-31T23:59:59Z"))
        );
        for bad in [
            "",
            "Z",
            "26123123595Z",
            "261331235959Z",
            "2612312359590",
            "é61231235959Z",
        ] {
            assert_eq!(time(UTC_TIME, bad), None, "{bad}");
        }
    }

    #[test]
    fn nonsense_is_no_certificate() {
        for bad in [
            b"".as_slice(),
            b"\x30",
            b"\x30\x85\x01\x01\x01\x01\x01",
            b"\x30\x02\x30\x00",
            b"\x30\x80",
            b"\x30\x83\xff\xff\xff",
        ] {
            assert_eq!(not_after(bad), None, "{bad:?}");
        }
    }
}
