//! What people type or keep besides a password: codes of an authenticator (TOTP, RFC 6238), recovery codes, tokens.

use cairn_kernel::time::Micros;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, TOTP};

/// Seconds of one time step.
pub const STEP_SECONDS: i64 = 30;
/// Steps before and after the present one that are taken, for clocks that differ.
const STEPS_AROUND: i64 = 1;
/// Bytes of an authenticator's secret (RFC 4226, section 4: 160 bits).
pub(super) const SECRET_BYTES: usize = 20;
/// Recovery codes of one set.
pub const RECOVERY_CODES: usize = 10;

fn totp(secret: &[u8], issuer: &str, login: &str) -> Option<TOTP> {
    // The colon parts issuer and account in the address and may stand in neither.
    let clean = |text: &str| text.replace(':', " ");
    TOTP::new(
        Algorithm::SHA1,
        6,
        0,
        STEP_SECONDS.unsigned_abs(),
        secret.to_vec(),
        Some(clean(issuer)),
        clean(login),
    )
    .ok()
}

/// The `otpauth://` address that an authenticator reads from the QR code.
pub(super) fn address(secret: &[u8], issuer: &str, login: &str) -> Option<String> {
    totp(secret, issuer, login).map(|totp| totp.get_url())
}

/// The time step at which `code` is right, if it is one of those around `now` and later than `used`.
pub(super) fn step_of(secret: &[u8], code: &str, now: Micros, used: i64) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let totp = totp(secret, "cairn", "cairn")?;
    let present = now.seconds().div_euclid(STEP_SECONDS);
    let mut found = None;
    for step in present - STEPS_AROUND..=present + STEPS_AROUND {
        let Ok(seconds) = u64::try_from(step * STEP_SECONDS) else {
            continue;
        };
        let right: bool = totp
            .generate(seconds)
            .as_bytes()
            .ct_eq(digits.as_bytes())
            .into();
        if right && step > used {
            found = Some(step);
        }
    }
    found
}

/// The code an authenticator shows at a time; for tests and examples.
#[must_use]
pub fn code_at(secret: &[u8], at: Micros) -> String {
    let seconds = u64::try_from(at.seconds()).unwrap_or_default();
    totp(secret, "cairn", "cairn").map_or_else(String::new, |totp| totp.generate(seconds))
}

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Base 32 (RFC 4648, section 6) in lower case without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(letter(buffer >> bits));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(letter(buffer << (5 - bits)));
    }
    out
}

fn letter(value: u32) -> char {
    let at = usize::try_from(value & 31).unwrap_or_default();
    BASE32.get(at).copied().map_or('a', char::from)
}

/// Groups of four with hyphens, for people to copy.
pub(super) fn grouped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            out.push('-');
        }
        out.push(c);
    }
    out
}

/// A typed recovery code without what people put between the letters.
pub(super) fn bare(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the SHA-1 vectors, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = Micros(seconds * 1_000_000);
            assert_eq!(code_at(secret, at), code);
            let step = seconds / 30;
            assert_eq!(step_of(secret, code, at, 0), Some(step));
            assert_eq!(
                step_of(secret, &format!("{} {}", &code[..3], &code[3..]), at, 0),
                Some(step)
            );
            assert_eq!(step_of(secret, code, at, step), None, "each step once");
            assert_eq!(step_of(secret, code, at.plus_seconds(30), 0), Some(step));
            assert_eq!(step_of(secret, code, at.plus_seconds(60), 0), None);
        }
        assert_eq!(step_of(secret, "", Micros(59_000_000), 0), None);
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_that_of_the_standard() {
        for (plain, coded) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            assert_eq!(base32(plain.as_bytes()), coded);
        }
        assert_eq!(grouped("abcdefghij"), "abcd-efgh-ij");
        assert_eq!(bare(" ABCD-efgh 23 "), "abcdefgh23");
    }

    #[test]
    fn addresses_name_issuer_and_login() {
        let address = address(&[1; SECRET_BYTES], "Report: NZ", "hana").unwrap();
        assert!(
            address.starts_with("otpauth://totp/Report%20%20NZ:hana?"),
            "{address}"
        );
    }
}
