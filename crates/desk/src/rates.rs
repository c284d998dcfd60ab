//! Exchange rates as a dated data file: by which a loss in another currency is added up, and how severe it is.

use std::collections::BTreeMap;

use cairn_kernel::money::{AMOUNT_MINOR_MAX, Money, decimals};
use serde::Deserialize;

/// A rate in millionths is exact enough for statistics and keeps sums whole numbers.
const MILLION: i128 = 1_000_000;
/// Highest rate, units of the base currency for one unit.
const RATE_MAX: i64 = 1_000_000;

/// A rates file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RatesError {
    /// It does not parse; line and column are named.
    #[error("{0}")]
    Parse(String),
    /// No currency of ISO 4217.
    #[error("{0:?} is no currency code of ISO 4217")]
    Currency(String),
    /// Not above 0, above 1,000,000, or with more than six decimals.
    #[error("{currency}: {rate:?} is no rate: write it like \"1.65\", at most six decimals")]
    Rate {
        /// Whose.
        currency: String,
        /// As written.
        rate: String,
    },
    /// Not `2026-12-31`.
    #[error("{currency}: {day:?} is no day: write it like \"2026-12-31\"")]
    Day {
        /// Whose.
        currency: String,
        /// As written.
        day: String,
    },
    /// Nobody could check it.
    #[error("{0}: a rate needs a source")]
    Source(String),
    /// Two rates of one currency from one day on.
    #[error("{0}: two rates from the same day on")]
    Twice(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    base: String,
    #[serde(default)]
    rate: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    currency: String,
    rate: String,
    from: String,
    source: String,
}

/// Rates into one currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rates {
    base: String,
    /// By currency: from which day on (as 20261231), and millionths of the base currency for one unit.
    known: BTreeMap<String, BTreeMap<i64, i64>>,
}

impl Rates {
    /// None but the base currency's own.
    #[must_use]
    pub fn none(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            known: BTreeMap::new(),
        }
    }

    /// Reads a rates file: `base`, and for each `[[rate]]` a `currency`, the `rate` (what one unit of it is worth in the
    /// base currency, as a text), the day `from` which it holds, and its `source`.
    ///
    /// # Errors
    /// See [`RatesError`].
    pub fn parse(text: &str) -> Result<Self, RatesError> {
        let file: File = toml::from_str(text).map_err(|e| RatesError::Parse(e.to_string()))?;
        let mut rates = Self::none(&file.base);
        for line in file.rate {
            let currency = line.currency;
            let ppm = millionths(&line.rate).ok_or_else(|| RatesError::Rate {
                currency: currency.clone(),
                rate: line.rate.clone(),
            })?;
            let day = day(&line.from).ok_or_else(|| RatesError::Day {
                currency: currency.clone(),
                day: line.from.clone(),
            })?;
            if line.source.trim().is_empty() {
                return Err(RatesError::Source(currency));
            }
            if decimals(&currency).is_none() {
                return Err(RatesError::Currency(currency));
            }
            let all = rates.known.entry(currency.clone()).or_default();
            if all.insert(day, ppm).is_some() {
                return Err(RatesError::Twice(currency));
            }
        }
        if decimals(&rates.base).is_none() {
            return Err(RatesError::Currency(rates.base));
        }
        Ok(rates)
    }

    /// The currency that all are turned into.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Since when the newest rate of a currency holds, as 20261231.
    #[must_use]
    pub fn newest(&self, currency: &str) -> Option<i64> {
        let all = self.known.get(currency)?;
        all.last_key_value().map(|(day, _)| *day)
    }

    /// An amount in minor units of the base currency at the rate of a day (as 20261231; `None` for the newest), rounded half
    /// up, never above [`AMOUNT_MINOR_MAX`]: more than that cannot be right. `None` if no rate is known.
    #[must_use]
    pub fn in_base(&self, money: &Money, day: Option<i64>) -> Option<i64> {
        if money.currency == self.base {
            return Some(money.minor);
        }
        let all = self.known.get(&money.currency)?;
        let (_, ppm) = all.range(..=day.unwrap_or(i64::MAX)).next_back()?;
        let places = |currency: &str| decimals(currency).map(u32::from);
        let up = 10_i128.pow(places(&self.base)?);
        let down = 10_i128.pow(places(&money.currency)?) * MILLION;
        let minor = (i128::from(money.minor) * i128::from(*ppm) * up + down / 2) / down;
        let minor = i64::try_from(minor).unwrap_or(i64::MAX);
        Some(minor.min(AMOUNT_MINOR_MAX))
    }
}

/// `1.65` in millionths.
fn millionths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 6 || !digits(whole) || !digits(part) {
        return None;
    }
    let ppm: i64 = format!("{whole}{part:0<6}").parse().ok()?;
    (ppm > 0 && ppm <= RATE_MAX * 1_000_000).then_some(ppm)
}

/// `2026-12-31` as 20261231.
fn day(text: &str) -> Option<i64> {
    let date: jiff::civil::Date = text.parse().ok()?;
    Some(i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rates of the demonstration.
    const EXAMPLE: &str = include_str!("../../../data/example/rates.toml");

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency).unwrap()
    }

    #[test]
    fn the_rate_of_the_day_is_taken() {
        let rates = Rates::parse(
            "base = \"NZD\"\n\
             [[rate]]\ncurrency = \"USD\"\nrate = \"1.5\"\nfrom = \"2026-01-01\"\nsource = \"s\"\n\
             [[rate]]\ncurrency = \"USD\"\nrate = \"1.65\"\nfrom = \"2026-07-01\"\nsource = \"s\"\n\
             [[rate]]\ncurrency = \"JPY\"\nrate = \"0.011\"\nfrom = \"2026-01-01\"\nsource = \"s\"\n\
             [[rate]]\ncurrency = \"KWD\"\nrate = \"5.4\"\nfrom = \"2026-01-01\"\nsource = \"s\"\n",
        )
        .unwrap();
        let at = |minor, currency: &str, day| rates.in_base(&money(minor, currency), Some(day));
        assert_eq!(at(10_000, "USD", 20260630), Some(15_000));
        assert_eq!(at(10_000, "USD", 20260701), Some(16_500));
        assert_eq!(at(10_000, "USD", 20251231), None);
        assert_eq!(rates.in_base(&money(10_000, "USD"), None), Some(16_500));
        assert_eq!(at(10_000, "EUR", 20260701), None);
        assert_eq!(at(10_000, "NZD", 20260701), Some(10_000));
        // A yen has no cents, and a Kuwaiti dinar a thousand parts: 100,000 yen are 1,100 dollars.
        assert_eq!(at(100_000, "JPY", 20260701), Some(110_000));
        assert_eq!(at(1_000, "KWD", 20260701), Some(540));
        assert_eq!(
            at(AMOUNT_MINOR_MAX, "USD", 20260701),
            Some(AMOUNT_MINOR_MAX)
        );
    }

    #[test]
    fn the_example_knows_every_currency_of_the_form() {
        let rates = Rates::parse(EXAMPLE).unwrap();
        assert_eq!(rates.base(), "NZD");
        let form = crate::form::Form::parse(&crate::form::FormFiles::embedded()).unwrap();
        for currency in form.currencies() {
            assert!(
                currency == "NZD" || rates.newest(currency).is_some(),
                "{currency}"
            );
        }
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        let line = |currency: &str, rate: &str, from: &str, source: &str| {
            let text = format!(
                "base = \"NZD\"\n[[rate]]\ncurrency = \"{currency}\"\nrate = \"{rate}\"\nfrom = \"{from}\"\nsource = \"{source}\"\n"
            );
            Rates::parse(&text).unwrap_err()
        };
        let day = "2026-01-01";
        for rate in ["", "0", "0.0", "-1", "1,5", "1.1234567", "1000001", "1e3"] {
            assert!(
                matches!(line("USD", rate, day, "s"), RatesError::Rate { .. }),
                "{rate}"
            );
        }
        assert!(matches!(
            line("USD", "1", "1 May", "s"),
            RatesError::Day { .. }
        ));
        assert!(matches!(line("USD", "1", day, " "), RatesError::Source(_)));
        assert!(matches!(
            line("XXX", "1", day, "s"),
            RatesError::Currency(_)
        ));
        assert!(Rates::parse("base = \"X\"").is_err());
        assert!(Rates::parse("").is_err());
    }
}
