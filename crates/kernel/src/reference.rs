//! The two texts a reporter holds: the public reference (said over a telephone, printed, mailed) and the secret
//! that opens the status page.

use std::fmt;
use std::str::FromStr;

use ring::digest;
use serde::{Deserialize, Serialize};

/// The 29 signs of a reference. Left out are `0 O`, `1 I L`, `5`'s twin `S` and `V`'s twin `U`. A prime number of
/// signs is what makes the check letter as good as it is.
pub const REFERENCE_ALPHABET: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRTVWXYZ";
/// How many references there are: 29 to the power of 8.
pub const REFERENCES: u64 = HALF * HALF;
/// 29 to the power of 4.
const HALF: u64 = 29 * 29 * 29 * 29;
/// Longest text that is read as a reference or a secret, characters.
pub const TOKEN_CHARS_MAX: usize = 80;

/// A report's public name: eight letters and a check letter, printed `ABCD-EFGH-J`.
///
/// With letters as numbers 0–28 the sum of weight × letter is zero modulo 29; the weights 2–9 of the data letters
/// and 1 of the check letter are different from each other and from zero, so every wrong letter and every exchange
/// of two letters, adjacent or not, is found; no two weights add up to 29, so is every pair written as another pair
/// (`AA` for `BB`). (Method of ISBN-10, ISO 2108:1970, with 29 for 11.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reference(u64);

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Not nine letters.
    #[error("a reference has 9 letters and digits, found {found}")]
    Length {
        /// Letters found, blanks and dashes not counted.
        found: usize,
    },
    /// A letter that no reference has, because it looks like another.
    #[error("references have no letter {letter}{}", hint(.letter, .suggestion.as_ref()))]
    LookAlike {
        /// As written.
        letter: char,
        /// The one reference that fits, if there is just one.
        suggestion: Option<Reference>,
    },
    /// A sign that is neither letter nor digit.
    #[error("references are made of letters and digits, found {0:?}")]
    Sign(char),
    /// All letters are possible, but the check letter does not fit.
    #[error("this is not quite a reference: a letter is wrong or two are exchanged")]
    Check,
}

fn hint(letter: &char, suggestion: Option<&Reference>) -> String {
    if let Some(reference) = suggestion {
        return format!("; did you mean {reference}?");
    }
    let twins: Vec<String> = twins(*letter)
        .iter()
        .map(|&byte| char::from(byte).to_string())
        .collect();
    format!("; did you mean {}?", twins.join(" or "))
}

/// What a sign that is not in the alphabet was likely read from.
const fn twins(letter: char) -> &'static [u8] {
    match letter {
        'O' | '0' => b"QD",
        'I' | 'L' | '1' => b"J7T",
        'U' => b"VW",
        'S' => b"58",
        _ => b"",
    }
}

impl Reference {
    /// From its number among all references; `None` from [`REFERENCES`] on.
    #[must_use]
    pub const fn from_index(index: u64) -> Option<Self> {
        if index < REFERENCES {
            Some(Self(index))
        } else {
            None
        }
    }

    /// Its number among all references. Not the report's number: see [`Scramble`].
    #[must_use]
    pub const fn index(self) -> u64 {
        self.0
    }

    /// The nine letters without dashes.
    #[must_use]
    pub fn letters(self) -> [char; 9] {
        let mut values = [0_u64; 9];
        let mut rest = self.0;
        let mut sum = 0;
        for (at, value) in values.iter_mut().take(8).enumerate().rev() {
            *value = rest % 29;
            rest /= 29;
            sum += weight(at) * *value;
        }
        if let Some(check) = values.last_mut() {
            *check = (29 - sum % 29) % 29;
        }
        values.map(sign)
    }

    fn from_values(values: [u64; 9]) -> Option<Self> {
        let sum: u64 = values
            .iter()
            .enumerate()
            .map(|(at, value)| weight(at) * value)
            .sum();
        let index = values
            .iter()
            .take(8)
            .fold(0, |index, value| index * 29 + value);
        (sum.is_multiple_of(29)).then_some(Self(index))
    }
}

/// 2 to 9 for the data letters, 1 for the check letter.
const fn weight(at: usize) -> u64 {
    if at < 8 { at as u64 + 2 } else { 1 }
}

fn sign(value: u64) -> char {
    let byte = usize::try_from(value)
        .ok()
        .and_then(|at| REFERENCE_ALPHABET.get(at));
    char::from(byte.copied().unwrap_or(b'?'))
}

fn value(letter: char) -> Option<u64> {
    let at = REFERENCE_ALPHABET
        .iter()
        .position(|&byte| char::from(byte) == letter)?;
    u64::try_from(at).ok()
}

/// `ABCD-EFGH-J`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g, h, i, check] = self.letters();
        let text = String::from_iter([a, b, c, d, '-', e, g, h, i, '-', check]);
        f.write_str(&text)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        text.parse()
    }
}

/// Reads it with or without dashes and blanks, in either case. Letters that no reference has are refused with a
/// hint; they are not silently read as something else, since the check letter could not tell.
impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let letters: Vec<char> = bare(text).collect();
        let Ok(letters) = <[char; 9]>::try_from(letters) else {
            return Err(ReferenceError::Length {
                found: bare(text).count(),
            });
        };
        let mut values = [0_u64; 9];
        let mut odd: Vec<(usize, char)> = Vec::new();
        for (at, (slot, letter)) in values.iter_mut().zip(letters).enumerate() {
            match value(letter) {
                Some(value) => *slot = value,
                None if twins(letter).is_empty() => return Err(ReferenceError::Sign(letter)),
                None => odd.push((at, letter)),
            }
        }
        match odd.as_slice() {
            [] => Self::from_values(values).ok_or(ReferenceError::Check),
            [(at, letter)] => {
                let fitting = twins(*letter).iter().filter_map(|&twin| {
                    let mut values = values;
                    *values.get_mut(*at)? = value(char::from(twin))?;
                    Self::from_values(values)
                });
                Err(ReferenceError::LookAlike {
                    letter: *letter,
                    suggestion: only(fitting),
                })
            }
            [(_, letter), ..] => Err(ReferenceError::LookAlike {
                letter: *letter,
                suggestion: None,
            }),
        }
    }
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

/// Upper-case letters without blanks, dashes and invisible characters; at most [`TOKEN_CHARS_MAX`] are looked at.
fn bare(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .take(TOKEN_CHARS_MAX)
        .filter(|&c| {
            !c.is_whitespace() && !matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        })
        .filter(|&c| !crate::text::is_invisible(c))
        .map(|c| c.to_ascii_uppercase())
}

/// The keyed permutation between report numbers and references: numbers that follow each other get references that
/// look unrelated, so that a reference tells neither how many reports there are nor what the next is called.
/// A Feistel network of eight rounds over pairs of numbers below 29⁴ with SHA-256 of key, round and half as round
/// function (Luby and Rackoff 1988; Black and Rogaway 2002 for domains that are no power of two). References are
/// public: nothing is protected by them but the count.
#[derive(Clone)]
pub struct Scramble {
    key: [u8; 32],
}

impl fmt::Debug for Scramble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scramble(..)")
    }
}

const ROUNDS: u8 = 8;

impl Scramble {
    /// With a key of 32 random bytes, kept for ever: with another key all printed references would be wrong.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The reference of report `no`; `None` if the number is negative or at least [`REFERENCES`].
    #[must_use]
    pub fn reference_of(&self, no: i64) -> Option<Reference> {
        let no = u64::try_from(no).ok().filter(|&no| no < REFERENCES)?;
        let (mut left, mut right) = (no / HALF, no % HALF);
        for round in 0..ROUNDS {
            (left, right) = (right, (left + self.mix(round, right)) % HALF);
        }
        Some(Reference(left * HALF + right))
    }

    /// The number of the report that has this reference, if there is such a report.
    #[must_use]
    pub fn number_of(&self, reference: &Reference) -> i64 {
        let (mut left, mut right) = (reference.0 / HALF, reference.0 % HALF);
        for round in (0..ROUNDS).rev() {
            (left, right) = ((right + HALF - self.mix(round, left)) % HALF, left);
        }
        // Below 29⁸, which is far below the largest i64.
        i64::try_from(left * HALF + right).unwrap_or(i64::MAX)
    }

    /// Round function: a number below 29⁴.
    fn mix(&self, round: u8, half: u64) -> u64 {
        // 32 + 1 + 8 bytes: one block of SHA-256.
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(&self.key);
        hash.update(&[round]);
        hash.update(&half.to_be_bytes());
        let hash = hash.finish();
        let first = hash.as_ref().first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(first) % HALF
    }
}

/// The 32 signs of a secret (Crockford 2019, base 32).
const SECRET_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a secret; each carries five bits.
pub const SECRET_LETTERS: usize = 26;

/// What opens a report's status page: 130 random bits as 26 letters. There is no `Display` and `Debug` hides it, so
/// that it cannot slip into a log; whoever shows it says so with [`Secret::expose`]. Stored only as an HMAC of
/// [`Secret::as_bytes`].
#[derive(Clone)]
pub struct Secret([u8; SECRET_LETTERS]);

/// Why a text is no secret. Does not tell the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Not 26 letters.
    #[error("a secret has 26 letters and digits, found {found}")]
    Length {
        /// Letters found, blanks and dashes not counted.
        found: usize,
    },
    /// A sign that no secret has.
    #[error("this has a sign that no secret has, at place {place}")]
    Sign {
        /// From 1.
        place: usize,
    },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// From 17 random bytes, of which the first 130 bits are used.
    #[must_use]
    pub fn from_random(bytes: &[u8; 17]) -> Self {
        let mut letters = [0_u8; SECRET_LETTERS];
        let mut source = bytes.iter();
        let (mut pool, mut bits) = (0_u32, 0_u32);
        for letter in &mut letters {
            if bits < 5 {
                pool = pool << 8 | u32::from(source.next().copied().unwrap_or_default());
                bits += 8;
            }
            bits -= 5;
            let five = (pool >> bits & 31) as usize;
            *letter = SECRET_ALPHABET.get(five).copied().unwrap_or(b'0');
        }
        Self(letters)
    }

    /// The 26 letters, for a link or for the HMAC; the only way to the text.
    #[must_use]
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The letters as bytes, for the HMAC.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SECRET_LETTERS] {
        &self.0
    }

    /// The letters in groups for the eye: `XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX`.
    #[must_use]
    pub fn expose_grouped(&self) -> String {
        let mut out = String::with_capacity(SECRET_LETTERS + 4);
        for (at, letter) in self.expose().chars().enumerate() {
            if at > 0 && at < 25 && at.is_multiple_of(5) {
                out.push('-');
            }
            out.push(letter);
        }
        out
    }
}

/// Reads it in either case, with or without dashes and blanks; `O` is read as `0`, `I` and `L` as `1`.
impl FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let letters: Vec<char> = bare(text).collect();
        let Ok(letters) = <[char; SECRET_LETTERS]>::try_from(letters) else {
            return Err(SecretError::Length {
                found: bare(text).count(),
            });
        };
        let mut secret = [0_u8; SECRET_LETTERS];
        for (at, (slot, letter)) in secret.iter_mut().zip(letters).enumerate() {
            let letter = match letter {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            *slot = u8::try_from(letter)
                .ok()
                .filter(|byte| SECRET_ALPHABET.contains(byte))
                .ok_or(SecretError::Sign { place: at + 1 })?;
        }
        Ok(Self(secret))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn values_of(reference: Reference) -> [u64; 9] {
        reference.letters().map(|letter| value(letter).unwrap())
    }

    #[test]
    fn every_wrong_letter_and_every_exchange_is_found_whatever_the_letters() {
        // The check is linear, so it is enough to look at each place and each difference once.
        for at in 0..9 {
            for difference in 1..29 {
                assert_ne!(weight(at) * difference % 29, 0);
                for other in 0..at {
                    // Exchange: the difference is added at one place and taken away at the other.
                    assert_ne!(
                        (weight(at) * difference + weight(other) * (29 - difference)) % 29,
                        0
                    );
                    // Twins: the same difference at both.
                    assert_ne!((weight(at) + weight(other)) * difference % 29, 0);
                }
            }
        }
    }

    #[test]
    fn reads_its_own_print_in_any_dress() {
        let reference = Reference::from_index(123_456_789_012).unwrap();
        let print = reference.to_string();
        assert_eq!(print.len(), 11);
        for text in [
            print.clone(),
            print.to_lowercase(),
            print.replace('-', ""),
            print.replace('-', " – "),
            format!(" {print}\n"),
        ] {
            assert_eq!(text.parse(), Ok(reference), "{text}");
        }
        assert_eq!(
            serde_json::to_string(&reference).unwrap(),
            format!("{print:?}")
        );
        assert_eq!(
            serde_json::from_str::<Reference>(&format!("{print:?}")).unwrap(),
            reference
        );
        assert_eq!(Reference::from_index(REFERENCES), None);
        assert_eq!(Reference::from_index(0).unwrap().to_string(), "2222-2222-2");
    }

    #[test]
    fn look_alikes_are_refused_with_a_hint() {
        let all = |index| Reference::from_index(index).unwrap().to_string();
        let with_q = (0..).map(all).find(|print| print.contains('Q')).unwrap();
        let error = with_q
            .replacen('Q', "O", 1)
            .parse::<Reference>()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("references have no letter O; did you mean {with_q}?")
        );
        let error = "ABCD-EFGS-U".parse::<Reference>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "references have no letter S; did you mean 5 or 8?"
        );
        assert_eq!(
            "ABCD".parse::<Reference>(),
            Err(ReferenceError::Length { found: 4 })
        );
        assert_eq!(
            "ABCD-EFGH-é".parse::<Reference>(),
            Err(ReferenceError::Sign('é'))
        );
        assert_eq!(
            "2222-2222-3".parse::<Reference>(),
            Err(ReferenceError::Check)
        );
    }

    #[test]
    fn neighbours_look_unrelated() {
        let scramble = Scramble::new([7; 32]);
        let prints: Vec<String> = (1..=2000)
            .map(|no| scramble.reference_of(no).unwrap().to_string())
            .collect();
        assert_eq!(prints.iter().collect::<HashSet<_>>().len(), 2000);
        // Two random references agree in 8/29 of a letter on average.
        let same: usize = prints
            .windows(2)
            .map(|pair| {
                pair[0]
                    .chars()
                    .zip(pair[1].chars())
                    .take(9)
                    .filter(|(a, b)| a == b && *a != '-')
                    .count()
            })
            .sum();
        assert!(same < 2000 * 8 / 29 * 3 / 2, "{same}");
        assert_ne!(
            scramble.reference_of(1),
            Scramble::new([8; 32]).reference_of(1)
        );
        assert_eq!(scramble.reference_of(-1), None);
        assert_eq!(
            scramble.reference_of(i64::try_from(REFERENCES).unwrap()),
            None
        );
    }

    #[test]
    fn the_permutation_does_not_change_between_versions() {
        let key: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        let prints: Vec<String> = [0, 1, 2, 1_000_000]
            .map(|no| Scramble::new(key).reference_of(no).unwrap().to_string())
            .into();
        assert_eq!(
            prints,
            ["3FXP-9N3D-V", "N7WD-FDTD-Q", "XZH9-GVXW-E", "8D24-79RY-Y"]
        );
    }

    #[test]
    fn secrets_carry_all_130_bits_and_hide() {
        let mut seen = HashSet::new();
        for bit in 0..130 {
            let mut bytes = [0_u8; 17];
            bytes[bit / 8] = 0x80 >> (bit % 8);
            assert!(seen.insert(Secret::from_random(&bytes).expose().to_owned()));
        }
        let secret = Secret::from_random(&[0xA5; 17]);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(secret.expose_grouped().len(), 30);
        let tolerant = Secret::from_str(&secret.expose_grouped().to_lowercase()).unwrap();
        assert_eq!(tolerant.expose(), secret.expose());
        assert_eq!(
            Secret::from_str(&"oOiIlL".repeat(5)[..26])
                .unwrap()
                .expose(),
            &"001111".repeat(5)[..26]
        );
        assert_eq!(
            Secret::from_str("short").unwrap_err(),
            SecretError::Length { found: 5 }
        );
        assert_eq!(
            Secret::from_str(&"U".repeat(26)).unwrap_err(),
            SecretError::Sign { place: 1 }
        );
    }

    proptest! {
        #[test]
        fn scramble_is_a_bijection(key in any::<[u8; 32]>(), no in 0..REFERENCES) {
            let no = i64::try_from(no).unwrap();
            let scramble = Scramble::new(key);
            let reference = scramble.reference_of(no).unwrap();
            prop_assert!(reference.index() < REFERENCES);
            prop_assert_eq!(scramble.number_of(&reference), no);
            let back = Reference::from_index(no.unsigned_abs()).unwrap();
            prop_assert_eq!(scramble.reference_of(scramble.number_of(&back)), Some(back));
        }

        #[test]
        fn single_errors_and_exchanges_do_not_parse(index in 0..REFERENCES) {
            let reference = Reference::from_index(index).unwrap();
            let values = values_of(reference);
            prop_assert_eq!(Reference::from_values(values), Some(reference));
            for at in 0..9 {
                for wrong in 0..29 {
                    let mut typo = values;
                    typo[at] = wrong;
                    prop_assert_eq!(Reference::from_values(typo).is_some(), typo == values);
                }
                for other in 0..9 {
                    let mut typo = values;
                    typo.swap(at, other);
                    prop_assert_eq!(Reference::from_values(typo).is_some(), typo == values);
                }
            }
        }

        #[test]
        fn secrets_read_back(bytes in any::<[u8; 17]>()) {
            let secret = Secret::from_random(&bytes);
            let back = Secret::from_str(&secret.expose_grouped()).unwrap();
            prop_assert_eq!(back.expose(), secret.expose());
        }

        #[test]
        fn strange_texts_never_panic(text in any::<String>()) {
            let _ = text.parse::<Reference>();
            let _ = text.parse::<Secret>();
        }
    }
}
