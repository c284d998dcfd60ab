//! Numbers that people write with blanks and dashes: telephones, New Zealand bank accounts, IBANs.

use std::fmt;

use super::{Kind, Observable};

/// How far a number may reach, bytes: the bound on look-ahead.
pub(super) const NUMBER_BYTES_MAX: usize = 48;
/// Most blanks, dashes, points or brackets between two digits of a number.
const GAP_MAX: usize = 3;

/// A number that starts at the first byte of `bytes`, and how many bytes it takes.
pub(super) fn number(bytes: &[u8], calling_code: u16) -> Option<(Observable, usize)> {
    let bytes = bytes.get(..NUMBER_BYTES_MAX).unwrap_or(bytes);
    match bytes {
        [b'A'..=b'Z', b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9', ..] => iban(bytes),
        [b'0'..=b'9' | b'+', ..] => {
            let groups = Groups::read(bytes);
            account(&groups).or_else(|| phone(&groups, calling_code))
        }
        _ => None,
    }
}

/// Most runs of digits in so many bytes.
const RUNS_MAX: usize = NUMBER_BYTES_MAX / 2;

/// Digits with what stood between them. Nothing here is allocated: most of what begins like a number is none.
struct Groups<'a> {
    bytes: &'a [u8],
    plus: bool,
    digits: [u8; NUMBER_BYTES_MAX],
    digits_count: usize,
    /// Of each run of digits: how many digits there are up to its end, and where it ends.
    ends: [(usize, usize); RUNS_MAX],
    ends_count: usize,
}

impl<'a> Groups<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let plus = bytes.first() == Some(&b'+');
        let mut groups = Self {
            bytes,
            plus,
            digits: [0; NUMBER_BYTES_MAX],
            digits_count: 0,
            ends: [(0, 0); RUNS_MAX],
            ends_count: 0,
        };
        let mut at = usize::from(plus);
        let mut gap = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_digit() {
                at += 1;
                groups.digit(byte, at, gap > 0);
                gap = 0;
                continue;
            }
            let length = gap_length(bytes.get(at..).unwrap_or_default());
            gap += 1;
            if length == 0 || gap > GAP_MAX {
                break;
            }
            at += length;
        }
        groups
    }

    /// Adds a digit that ends at `end`. There are no more of them, nor runs, than the bytes that were looked at.
    fn digit(&mut self, byte: u8, end: usize, after_gap: bool) {
        if let Some(place) = self.digits.get_mut(self.digits_count) {
            *place = byte;
            self.digits_count += 1;
        }
        if after_gap || self.ends_count == 0 {
            self.ends_count += 1;
        }
        if let Some(place) = self.ends.get_mut(self.ends_count - 1) {
            *place = (self.digits_count, end);
        }
    }

    fn digits(&self) -> &str {
        let digits = self.digits.get(..self.digits_count).unwrap_or_default();
        // ASCII digits and nothing else.
        std::str::from_utf8(digits).unwrap_or_default()
    }

    fn ends(&self) -> &[(usize, usize)] {
        self.ends.get(..self.ends_count).unwrap_or_default()
    }

    /// Nothing follows at `end` that would make the number part of something else.
    fn ends_cleanly(&self, end: usize) -> bool {
        let next = self.bytes.get(end..).unwrap_or_default();
        let (sign, digit) = (next.first(), next.get(1).is_some_and(u8::is_ascii_digit));
        !sign.is_some_and(|sign| match sign {
            b'@' | b'_' | b'%' => true,
            b':' | b'/' | b',' | b'.' | b'-' => digit,
            _ => sign.is_ascii_alphanumeric(),
        })
    }

    /// Lengths of the runs of digits.
    fn lengths(&self) -> impl Iterator<Item = usize> {
        let mut before = 0;
        self.ends().iter().map(move |&(count, _)| {
            let length = count - before;
            before = count;
            length
        })
    }
}

/// Length of the blank, dash, point or bracket that may stand within a number, else 0.
fn gap_length(bytes: &[u8]) -> usize {
    match bytes {
        [b' ' | b'-' | b'.' | b'(' | b')', ..] => 1,
        // No-break space; non-breaking hyphen, en dash; narrow no-break space.
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0x91 | 0x93 | 0xAF, ..] => 3,
        _ => 0,
    }
}

/// `bb-bbbb-aaaaaaa-ss(s)`: bank, branch, account, suffix (Payments NZ). Groups are of just these lengths.
fn account(groups: &Groups<'_>) -> Option<(Observable, usize)> {
    let mut lengths = groups.lengths();
    let shape = [
        lengths.next()?,
        lengths.next()?,
        lengths.next()?,
        lengths.next()?,
    ];
    let &(count, end) = groups.ends().get(3)?;
    if groups.plus || !matches!(shape, [2, 4, 7, 2 | 3]) || !groups.ends_cleanly(end) {
        return None;
    }
    let digits = groups.digits().get(..count)?;
    let (bank, rest) = digits.split_at_checked(2)?;
    let (branch, rest) = rest.split_at_checked(4)?;
    let (account, suffix) = rest.split_at_checked(7)?;
    let value = format!("{bank}-{branch}-{account}-{suffix:0>3}");
    Some((Observable::new(Kind::Account, value), end))
}

/// The longest telephone number that ends with a run of digits.
fn phone(groups: &Groups<'_>, calling_code: u16) -> Option<(Observable, usize)> {
    if !groups.plus && groups.lengths().take(3).eq([2, 2, 4]) {
        // A date: 02-03-2024.
        return None;
    }
    let mut fitting = None;
    for &(count, end) in groups.ends() {
        // A run that starts with the trunk zero behind a whole number starts the next number.
        if let Some((_, before)) = &fitting
            && groups
                .bytes
                .get(*before..)
                .is_some_and(|gap| matches!(gap, [b' ', b'0' | b'+', ..] | [b' ', b'(', b'0', ..]))
        {
            break;
        }
        let digits = groups.digits().get(..count)?;
        if groups.ends_cleanly(end)
            && let Some(number) = e164(groups.plus, digits, calling_code)
        {
            fitting = Some((number, end));
        }
    }
    fitting.map(|(number, end)| (Observable::new(Kind::Phone, number.to_string()), end))
}

/// A telephone number in E.164.
enum E164<'a> {
    /// Written without a country's code, and without the trunk zero.
    Local(u16, &'a str),
    /// A known country's code, or none, and the rest.
    International(&'a str, &'a str),
}

impl fmt::Display for E164<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(code, rest) => write!(f, "+{code}{rest}"),
            Self::International(code, rest) => write!(f, "+{code}{rest}"),
        }
    }
}

/// Digits as written to `+…`; `None` if they are no telephone number.
fn e164(plus: bool, digits: &str, calling_code: u16) -> Option<E164<'_>> {
    if plus {
        return international(digits);
    }
    match digits.as_bytes() {
        [b'0', b'0', b'1'..=b'9', ..] => international(digits.get(2..)?),
        // In New Zealand no area starts with 1; 8 and 5 are free numbers, 2 mobiles.
        [b'0', b'1', ..] if calling_code == CALLING_CODE_NZ => None,
        [b'0', b'1'..=b'9', ..] if (9..=11).contains(&digits.len()) => {
            Some(E164::Local(calling_code, digits.get(1..)?))
        }
        _ => None,
    }
}

const CALLING_CODE_NZ: u16 = super::CALLING_CODE;

/// Calling codes of which the length of the whole number is known to be narrower than E.164's 15 digits.
const LENGTHS: [(&str, usize, usize); 5] = [
    ("1", 11, 11),
    ("44", 11, 12),
    ("61", 10, 12),
    ("64", 10, 12),
    ("86", 11, 13),
];

/// Country code and number, without the trunk zero that some write in brackets: `64 (0)21 …`.
fn international(digits: &str) -> Option<E164<'_>> {
    let known = LENGTHS.iter().find(|(code, ..)| digits.starts_with(code));
    let (code, low, high) = known.copied().unwrap_or(("", 8, 15));
    let rest = digits.strip_prefix(code)?;
    let rest = if code.is_empty() {
        rest
    } else {
        rest.strip_prefix('0').unwrap_or(rest)
    };
    let right = (low..=high).contains(&(code.len() + rest.len())) && !digits.starts_with('0');
    right.then_some(E164::International(code, rest))
}

/// Country codes and lengths of IBANs (SWIFT, IBAN registry, release 99).
const IBANS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 \
    EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 \
    KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 \
    PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// ISO 13616: country, two check digits, account; single blanks or dashes may stand between groups.
fn iban(bytes: &[u8]) -> Option<(Observable, usize)> {
    let country = std::str::from_utf8(bytes.get(..2)?).ok()?;
    let entry = IBANS
        .split_ascii_whitespace()
        .find(|entry| entry.starts_with(country))?;
    let length: usize = entry.get(2..)?.parse().ok()?;
    let mut value = String::with_capacity(length);
    let mut at = 0;
    while value.len() < length {
        match *bytes.get(at)? {
            byte if byte.is_ascii_alphanumeric() => {
                value.push(char::from(byte.to_ascii_uppercase()))
            }
            b' ' | b'-' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {}
            _ => return None,
        }
        at += 1;
    }
    let clean = !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    // ISO 7064 MOD 97-10: the first four letters behind the rest, letters as 10 to 35.
    let rest = value
        .bytes()
        .skip(4)
        .chain(value.bytes().take(4))
        .fold(0_u32, |rest, byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
        });
    (clean && rest == 1).then(|| (Observable::new(Kind::Account, value), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        number(text.as_bytes(), 64)
            .map(|(observable, end)| format!("{}|{}", observable.value, &text[end..]))
    }

    #[test]
    fn telephones_become_e164() {
        for (text, value) in [
            ("+64 21 555 0123.", "+64215550123|."),
            ("+64 (0)21 555 0123", "+64215550123|"),
            ("0064 4 555 0123", "+6445550123|"),
            ("021 555 0123 or", "+64215550123| or"),
            ("021-555-0123, 04 555 0124", "+64215550123|, 04 555 0124"),
            ("021 555 0123 021 555 0124", "+64215550123| 021 555 0124"),
            ("04) 555 0123", "+6445550123|"),
            ("0800 555 012", "+64800555012|"),
            ("+1 (202) 555-0123 2pm", "+12025550123| 2pm"),
            ("+64\u{a0}21\u{a0}555\u{2011}0123", "+64215550123|"),
            ("+49 30 5550123", "+49305550123|"),
        ] {
            assert_eq!(found(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn dates_times_sums_and_long_digits_are_no_telephones() {
        for text in [
            "02-03-2024",
            "02-03-2024 10:30",
            "02/03/2024",
            "0.123456789",
            "2024-01-02",
            "0012345678",
            "01 234 5678 9",
            "02155501234567",
            "021555012x",
            "+0123456789",
            "+1234",
            "192.0.2.1",
            "0215550123@example.com",
            "021",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(
            number(b"020 7946 0123", 44).unwrap().0.value,
            "+442079460123"
        );
    }

    #[test]
    fn bank_accounts_and_ibans() {
        for (text, value) in [
            ("12-3456-0123456-00", "12-3456-0123456-000|"),
            ("01 0123 0123456 012.", "01-0123-0123456-012|."),
            (
                "GB82 WEST 1234 5698 7654 32 and",
                "GB82WEST12345698765432| and",
            ),
            ("DE89370400440532013000", "DE89370400440532013000|"),
        ] {
            assert_eq!(found(text).as_deref(), Some(value), "{text}");
        }
        for text in [
            "12-3456-0123456-0",
            "12-3456-0123456-0012",
            "12-3456-012345-00",
            "GB83WEST12345698765432",
            "DE89370400440532013000A",
            "NZ12 3456",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
