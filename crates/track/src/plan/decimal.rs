//! Decimal numbers as they were written.

use std::fmt;
use std::num::NonZeroU8;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Most digits of a number.
pub const DIGITS_MAX: usize = 18;
/// Digits up to which a double holds the number's digits exactly.
const EXACT_DIGITS: u64 = 1 << 53;

/// A decimal number that prints as it was written: `13.0` stays `13.0`. At most [`DIGITS_MAX`] digits.
///
/// Equality is that of the writing; [`Self::number`] is for comparing and computing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: i64,
    /// Decimals plus one: never zero, so that `Option<Decimal>` takes no more room.
    scale: NonZeroU8,
}

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Nothing is written.
    #[error("it is empty")]
    Empty,
    /// A spreadsheet would compute it.
    #[error("it is a formula, not a number")]
    Formula,
    /// Thousands are parted.
    #[error("it has a thousands separator")]
    Separator,
    /// Anything else that is not digits.
    #[error("it is not a decimal number")]
    NotANumber,
    /// More digits than are kept.
    #[error("it has more than {DIGITS_MAX} digits")]
    TooLong,
}

impl Decimal {
    /// The nearest double.
    #[must_use]
    pub fn number(self) -> f64 {
        if self.digits.unsigned_abs() < EXACT_DIGITS {
            // Both are exact (10^17 is below 2^53 times a power of two), so that the quotient is rounded once.
            #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
            let digits = self.digits as f64;
            return digits / 10_f64.powi(i32::from(self.decimals()));
        }
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Digits after the point.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.scale.get() - 1
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `-?DIGITS(.DIGITS)?` with no more zeros before than the one before a point.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (minus, body) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut digits: i64 = 0;
        let (mut count, mut decimals, mut point) = (0_usize, 0_u8, false);
        for byte in body.bytes() {
            match byte {
                b'0'..=b'9' => {
                    count += 1;
                    if count > DIGITS_MAX {
                        return Err(DecimalError::TooLong);
                    }
                    decimals += u8::from(point);
                    digits = digits * 10 + i64::from(byte - b'0');
                }
                b'.' if !point && count > 0 => point = true,
                _ => return Err(refusal(text)),
            }
        }
        let padded = body.len() > 1 && body.starts_with('0') && !body.starts_with("0.");
        let nothing = count == 0 || point && decimals == 0;
        if nothing || padded || (minus && digits == 0) {
            return Err(refusal(text));
        }
        let scale = NonZeroU8::MIN.saturating_add(decimals);
        let digits = if minus { -digits } else { digits };
        Ok(Self { digits, scale })
    }
}

fn refusal(text: &str) -> DecimalError {
    let body = text.strip_prefix('-').unwrap_or(text);
    if text.is_empty() {
        DecimalError::Empty
    } else if text.starts_with(['=', '@', '+', '\t', '\r'])
        || body.starts_with(|c: char| c == '-' || c.is_ascii_alphabetic()) && text.contains('(')
    {
        DecimalError::Formula
    } else if body.starts_with(|c: char| c.is_ascii_digit())
        && body
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | ' ' | '\u{a0}' | '\''))
    {
        DecimalError::Separator
    } else {
        DecimalError::NotANumber
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From the last digit to the first, without memory of its own: plans have millions of values.
        let mut text = [b'0'; DIGITS_MAX + 3];
        let mut left = self.digits.unsigned_abs();
        let (mut decimals, mut at) = (self.decimals(), text.len());
        let mut put = |byte: u8| {
            at -= 1;
            if let Some(place) = text.get_mut(at) {
                *place = byte;
            }
        };
        let mut has_point = decimals > 0;
        loop {
            if has_point && decimals == 0 {
                put(b'.');
                has_point = false;
                continue;
            }
            put(b'0' + u8::try_from(left % 10).unwrap_or_default());
            left /= 10;
            decimals = decimals.saturating_sub(1);
            if left == 0 && decimals == 0 && !has_point {
                break;
            }
        }
        if self.digits < 0 {
            put(b'-');
        }
        let text = text.get(at..).unwrap_or_default();
        f.pad(std::str::from_utf8(text).unwrap_or_default())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Decimal {
    /// As text, so that no reader rounds it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_print_as_written() {
        for text in [
            "0",
            "13.0",
            "-0.5",
            "7",
            "0.001",
            "-21",
            "123456789012345678",
            "0.10",
        ] {
            let decimal: Decimal = text.parse().unwrap();
            assert_eq!(decimal.to_string(), text);
            assert_eq!(
                decimal.number().to_bits(),
                text.parse::<f64>().unwrap().to_bits()
            );
        }
        assert_eq!(std::mem::size_of::<Option<Decimal>>(), 16);
    }

    #[test]
    fn what_is_no_number_says_why() {
        use DecimalError::*;
        for (text, error) in [
            ("", Empty),
            ("=1+1", Formula),
            ("+1", Formula),
            ("@SUM(A1)", Formula),
            ("-cmd(1)", Formula),
            ("1,131", Separator),
            ("1 131", Separator),
            ("1e3", NotANumber),
            ("almost 6000", NotANumber),
            ("8824..8870", Separator),
            (".5", NotANumber),
            ("NaN", NotANumber),
            ("-", NotANumber),
            ("1234567890123456789", TooLong),
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(error), "{text}");
        }
        for text in ["007", "-0", "5.", "00.1", "1.2.3", "-0.0"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_prints(text in "-?(0|[1-9][0-9]{0,10})(\\.[0-9]{1,7})?") {
            if let Ok(decimal) = text.parse::<Decimal>() {
                prop_assert_eq!(decimal.to_string(), text.clone());
                prop_assert_eq!(decimal.number(), text.parse::<f64>().unwrap());
            } else {
                prop_assert!(text.starts_with("-0") && !text.contains(['1','2','3','4','5','6','7','8','9']));
            }
        }

        #[test]
        fn never_panics(text in any::<String>(), likely in "[-+=0-9.,e]{0,24}") {
            let _ = (text.parse::<Decimal>(), likely.parse::<Decimal>());
        }
    }
}
