//! Amounts of money as whole minor units with an ISO 4217 currency code.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Largest amount that is taken, minor units (ten thousand milliard dollars in cents).
pub const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000_000;
/// Longest text that is read as an amount, characters.
pub const AMOUNT_CHARS_MAX: usize = 64;

/// Currency codes and how many decimals their minor unit has, sorted (ISO 4217:2015, list one as amended to 2026;
/// currencies withdrawn since 2025 are kept, since a loss may lie before that; metals and test codes are left out).
const DECIMALS: [(u8, &str); 4] = [
    (
        0,
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    ),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF \
         CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD \
         HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT \
         MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR \
         SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU \
         UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// Signs that name one currency, longest first where one is part of another. `$` and `¥` alone depend on the default.
const SIGNS: [(&str, &str); 24] = [
    ("NZ$", "NZD"),
    ("AU$", "AUD"),
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("HK$", "HKD"),
    ("SG$", "SGD"),
    ("FJ$", "FJD"),
    ("NT$", "TWD"),
    ("WS$", "WST"),
    ("T$", "TOP"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₱", "PHP"),
    ("฿", "THB"),
    ("₫", "VND"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("₦", "NGN"),
];

/// Currencies whose people write a bare `$`.
const DOLLARS: &str = "NZD AUD USD CAD HKD SGD FJD TWD WST TOP XCD BBD BMD BND BSD BZD GYD JMD KYD LRD NAD SBD SRD TTD MXN ARS CLP COP";

/// How many decimals a currency's minor unit has; `None` if the code is no current ISO 4217 currency.
#[must_use]
pub fn decimals(currency: &str) -> Option<u8> {
    // Three letters and a blank each: looked through in steps of four, on the way of every report.
    let known = |list: &str| {
        list.as_bytes()
            .chunks(4)
            .any(|code| code.get(..3) == Some(currency.as_bytes()))
    };
    DECIMALS
        .iter()
        .find(|(_, list)| known(list))
        .map(|&(decimals, _)| decimals)
}

/// Every currency code that is taken, in the table's order.
pub fn currencies() -> impl Iterator<Item = &'static str> {
    DECIMALS
        .iter()
        .flat_map(|(_, list)| list.split_ascii_whitespace())
}

/// An amount in the currency's minor unit (cents for `NZD`); never a float.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units, zero or more.
    pub minor: i64,
    /// ISO 4217 code, three upper-case letters.
    pub currency: String,
}

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Nothing but blanks.
    #[error("an amount was expected, found nothing")]
    Empty,
    /// Longer than [`AMOUNT_CHARS_MAX`].
    #[error("an amount has at most {AMOUNT_CHARS_MAX} characters")]
    TooLong,
    /// Below zero.
    #[error("an amount cannot be below zero")]
    Negative,
    /// Something that is neither a digit nor a sign that belongs to an amount.
    #[error("could not read {0:?} as part of an amount: write it in digits, such as 1,234.50")]
    Unreadable(String),
    /// Commas or points that part the digits in an unusual way.
    #[error("could not tell where the cents begin in {0:?}: write it like 1,234.50")]
    Grouping(String),
    /// More decimals than the currency has.
    #[error("{currency} has {decimals} decimals, found {found}")]
    Decimals {
        /// Code.
        currency: String,
        /// What the currency has.
        decimals: u8,
        /// What was written.
        found: usize,
    },
    /// Three letters that are no currency.
    #[error("{0:?} is no currency code of ISO 4217")]
    Currency(String),
    /// Two currencies in one amount.
    #[error("found two currencies, {0} and {1}")]
    TwoCurrencies(String, String),
    /// `$` where the expected currency is not written with it.
    #[error("which dollar? Write the currency's code, such as USD or NZD")]
    WhichDollar,
    /// Above [`AMOUNT_MINOR_MAX`].
    #[error("the amount is larger than can be right")]
    TooLarge,
}

impl Money {
    /// An amount of `minor` units.
    ///
    /// # Errors
    /// The currency is unknown, or the amount is below zero or above [`AMOUNT_MINOR_MAX`].
    pub fn new(minor: i64, currency: &str) -> Result<Self, MoneyError> {
        if decimals(currency).is_none() {
            return Err(MoneyError::Currency(currency.to_owned()));
        }
        match minor {
            ..0 => Err(MoneyError::Negative),
            0..=AMOUNT_MINOR_MAX => Ok(Self {
                minor,
                currency: currency.to_owned(),
            }),
            _ => Err(MoneyError::TooLarge),
        }
    }

    /// Reads what people write: `1,234.50`, `$1 234`, `NZ$50`, `50 usd`, `€ 1.234,50`, `12,5`. Without a currency it is
    /// `default_currency`. The last of several kinds of mark parts the cents; a single comma with three digits behind
    /// it groups, a single point never does. Nothing is rounded.
    ///
    /// # Errors
    /// See [`MoneyError`]; an amount that could mean two things is refused.
    pub fn parse(text: &str, default_currency: &str) -> Result<Self, MoneyError> {
        if text.chars().nth(AMOUNT_CHARS_MAX).is_some() {
            return Err(MoneyError::TooLong);
        }
        let text: String = text
            .nfkc()
            .filter(|&c| !crate::text::is_invisible(c))
            .collect();
        let text = text.trim().to_uppercase();
        if text.is_empty() {
            return Err(MoneyError::Empty);
        }
        let first = text.find(|c: char| c.is_ascii_digit());
        let Some(first) = first else {
            return Err(MoneyError::Unreadable(text));
        };
        let last = text.rfind(|c: char| c.is_ascii_digit()).unwrap_or(first);
        let before = text.get(..first).unwrap_or_default();
        let digits = text.get(first..=last).unwrap_or_default();
        let after = text.get(last + 1..).unwrap_or_default();
        // `.50` is half a dollar.
        let (before, digits) = match before.strip_suffix('.') {
            Some(before) => (before, Cow::Owned(format!("0.{digits}"))),
            None => (before, Cow::Borrowed(digits)),
        };
        let negative = before.contains(['-', '−']) || (before.contains('(') && after.contains(')'));
        if negative {
            return Err(MoneyError::Negative);
        }
        // `1234.-` and `1234.` are ways to say "no cents".
        let after = after
            .trim_start_matches(['.', ','])
            .trim_start_matches(['-', '–', '—']);
        let currency = match (
            named(before, default_currency)?,
            named(after, default_currency)?,
        ) {
            (Some(a), Some(b)) if a != b => return Err(MoneyError::TwoCurrencies(a, b)),
            (Some(code), _) | (None, Some(code)) => code,
            (None, None) => default_currency.to_owned(),
        };
        let (whole, cents) = split(&digits)?;
        Self::from_digits(&whole, cents, currency)
    }

    fn from_digits(whole: &str, cents: &str, currency: String) -> Result<Self, MoneyError> {
        let places = decimals(&currency).ok_or_else(|| MoneyError::Currency(currency.clone()))?;
        // `1000.00` yen is well meant: the currency has no cents and none are given.
        let cents = if places == 0 && cents == "00" {
            ""
        } else {
            cents
        };
        if cents.len() > usize::from(places) {
            return Err(MoneyError::Decimals {
                currency,
                decimals: places,
                found: cents.len(),
            });
        }
        let padded = format!("{whole}{cents:0<places$}", places = usize::from(places));
        let minor = padded.trim_start_matches('0');
        let minor = if minor.is_empty() { "0" } else { minor };
        let minor = minor.parse().map_err(|_| MoneyError::TooLarge)?;
        Self::new(minor, &currency)
    }

    /// Digits and a decimal point without grouping, for tables and machines: `1234.50`.
    #[must_use]
    pub fn decimal(&self) -> String {
        let places = usize::from(decimals(&self.currency).unwrap_or(2));
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        let (whole, cents) = digits.split_at(digits.len() - places);
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if places == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{cents}")
    }
}

/// For people: `NZD 1,234.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.currency)?;
        let decimal = self.decimal();
        let (sign, digits) = decimal.split_at(usize::from(self.minor < 0));
        let whole = digits.find('.').unwrap_or(digits.len());
        f.write_str(sign)?;
        for (at, c) in digits.char_indices() {
            if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

/// The currency that the text beside the digits names, if any.
fn named(text: &str, default_currency: &str) -> Result<Option<String>, MoneyError> {
    let text = text.trim();
    if text.is_empty() || text == "+" {
        return Ok(None);
    }
    if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == text) {
        return Ok(Some((*code).to_owned()));
    }
    // `USD $5`, `$5 USD`: the code says which dollar.
    let bare = text.trim_matches('$').trim();
    match bare {
        "" if DOLLARS.split(' ').any(|code| code == default_currency) => Ok(None),
        "" => Err(MoneyError::WhichDollar),
        "¥" if default_currency == "CNY" => Ok(Some("CNY".to_owned())),
        "¥" => Ok(Some("JPY".to_owned())),
        "EURO" | "EUROS" => Ok(Some("EUR".to_owned())),
        _ if decimals(bare).is_some() => Ok(Some(bare.to_owned())),
        _ if bare.len() == 3 && bare.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            Err(MoneyError::Currency(bare.to_owned()))
        }
        _ => Err(MoneyError::Unreadable(text.to_owned())),
    }
}

/// Whole digits and decimals of `1,234.50`; begins and ends with a digit.
fn split(text: &str) -> Result<(String, &str), MoneyError> {
    let odd = || MoneyError::Grouping(text.to_owned());
    if let Some(c) = text
        .chars()
        .find(|&c| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' ' | '\'' | '’'))
    {
        return Err(MoneyError::Unreadable(c.to_string()));
    }
    let (points, commas) = (text.matches('.').count(), text.matches(',').count());
    let mark = match (points, commas) {
        (1, _) if text.rfind('.') > text.rfind(',') => Some('.'),
        (_, 1) if points > 0 && text.rfind(',') > text.rfind('.') => Some(','),
        (0, 1) if text.rsplit(',').next().is_none_or(|tail| tail.len() != 3) => Some(','),
        (_, 0) | (0, _) => None,
        _ => return Err(odd()),
    };
    let (whole, cents) = mark
        .and_then(|mark| text.rsplit_once(mark))
        .unwrap_or((text, ""));
    let mut groups = whole.split(['.', ',', ' ', '\'', '’']);
    let mut digits = groups.next().unwrap_or_default().to_owned();
    let marks: Vec<char> = whole.chars().filter(|c| !c.is_ascii_digit()).collect();
    let rest: Vec<&str> = groups.collect();
    // One kind of mark, groups of three behind it (or of two before the last, as in India).
    let same = marks
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b));
    let last = rest.last().is_none_or(|group| group.len() == 3);
    let inner = rest.iter().all(|group| matches!(group.len(), 2 | 3));
    let head = rest.is_empty() || (matches!(digits.len(), 1..=3) && !digits.starts_with('0'));
    if !same || !last || !inner || !head || !cents.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(odd());
    }
    digits.extend(rest);
    Ok((digits, cents))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, minor, currency) in [
            ("1,234.50", 123_450, "NZD"),
            ("$1 234", 123_400, "NZD"),
            ("NZ$50", 5_000, "NZD"),
            ("nz$ 50.5", 5_050, "NZD"),
            ("50 usd", 5_000, "USD"),
            ("USD $5", 500, "USD"),
            ("$5 AUD", 500, "AUD"),
            ("€ 1.234,50", 123_450, "EUR"),
            ("12,5", 1_250, "NZD"),
            ("1,234", 123_400, "NZD"),
            ("1.234.567", 123_456_700, "NZD"),
            ("1'234'567.89", 123_456_789, "NZD"),
            ("1\u{a0}234", 123_400, "NZD"),
            ("１２３", 12_300, "NZD"),
            ("₹1,00,000", 10_000_000, "INR"),
            ("¥1000", 1_000, "JPY"),
            ("1000.00 JPY", 1_000, "JPY"),
            ("KWD 1.234", 1_234, "KWD"),
            ("0", 0, "NZD"),
            ("$.50", 50, "NZD"),
            ("100.-", 10_000, "NZD"),
            ("007", 700, "NZD"),
        ] {
            assert_eq!(
                Money::parse(text, "NZD"),
                Ok(Money {
                    minor,
                    currency: currency.to_owned()
                }),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_is_unclear_and_says_why() {
        let refused = |text: &str| Money::parse(text, "NZD").unwrap_err();
        assert_eq!(refused("  "), MoneyError::Empty);
        assert_eq!(refused("-5"), MoneyError::Negative);
        assert_eq!(refused("($5)"), MoneyError::Negative);
        assert_eq!(refused("50k"), MoneyError::Unreadable("K".to_owned()));
        assert_eq!(
            refused("about 500"),
            MoneyError::Unreadable("ABOUT".to_owned())
        );
        assert_eq!(refused("five"), MoneyError::Unreadable("FIVE".to_owned()));
        assert_eq!(refused("5x5"), MoneyError::Unreadable("X".to_owned()));
        assert_eq!(
            refused("1.234"),
            MoneyError::Decimals {
                currency: "NZD".to_owned(),
                decimals: 2,
                found: 3
            }
        );
        assert_eq!(
            refused("1.5 JPY"),
            MoneyError::Decimals {
                currency: "JPY".to_owned(),
                decimals: 0,
                found: 1
            }
        );
        assert_eq!(
            refused("12,34,5"),
            MoneyError::Grouping("12,34,5".to_owned())
        );
        assert_eq!(refused("0,123"), MoneyError::Grouping("0,123".to_owned()));
        assert_eq!(
            refused("1,234.5,6"),
            MoneyError::Grouping("1,234.5,6".to_owned())
        );
        assert_eq!(refused("5 QQQ"), MoneyError::Currency("QQQ".to_owned()));
        assert_eq!(
            refused("NZ$5 USD"),
            MoneyError::TwoCurrencies("NZD".to_owned(), "USD".to_owned())
        );
        assert_eq!(Money::parse("$5", "EUR"), Err(MoneyError::WhichDollar));
        assert_eq!(refused("99999999999999"), MoneyError::TooLarge);
        assert_eq!(refused(&"9".repeat(64)), MoneyError::TooLarge);
        assert_eq!(refused(&"9".repeat(65)), MoneyError::TooLong);
    }

    #[test]
    fn prints_with_the_currencys_decimals() {
        for (minor, currency, shown, decimal) in [
            (123_450, "NZD", "NZD 1,234.50", "1234.50"),
            (5, "NZD", "NZD 0.05", "0.05"),
            (1_234_567, "JPY", "JPY 1,234,567", "1234567"),
            (1_234, "KWD", "KWD 1.234", "1.234"),
            (
                AMOUNT_MINOR_MAX,
                "USD",
                "USD 10,000,000,000,000.00",
                "10000000000000.00",
            ),
            (-123_450, "NZD", "NZD -1,234.50", "-1234.50"),
        ] {
            let money = Money {
                minor,
                currency: currency.to_owned(),
            };
            assert_eq!(
                (money.to_string().as_str(), money.decimal().as_str()),
                (shown, decimal)
            );
        }
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(currencies().count(), 166);
        for code in currencies() {
            assert!(
                code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
                "{code}"
            );
            assert_eq!(
                currencies().filter(|other| *other == code).count(),
                1,
                "{code}"
            );
        }
        for code in DOLLARS
            .split(' ')
            .chain(SIGNS.iter().map(|(_, code)| *code))
        {
            assert!(decimals(code).is_some(), "{code}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_can_be_read(minor in 0..=AMOUNT_MINOR_MAX, at in 0_usize..166) {
            let currency = currencies().nth(at).unwrap();
            let money = Money::new(minor, currency).unwrap();
            // Three or four decimals and no thousands would be taken for what they are: decimals.
            prop_assert_eq!(Money::parse(&money.to_string(), "NZD"), Ok(money.clone()));
            prop_assert_eq!(Money::parse(&money.decimal(), currency), Ok(money));
        }

        #[test]
        fn never_panics(text in any::<String>(), likely in "[0-9., $€'-]{0,20}") {
            let _ = Money::parse(&text, "NZD");
            let _ = Money::parse(&likely, "NZD");
        }
    }
}
