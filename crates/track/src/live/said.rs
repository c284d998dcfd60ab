//! The sentences that stand in the rows of live measures. A series has one text for each, in English; pages in te reo Māori
//! know them again and say them in their own words.

use jiff::civil::Date;

use crate::site::words::{Lang, day};

const LOG: (&str, &str) = ("evidence log at ", " entries");
const TARGET: (&str, &str) = ("target ", " hours");
const BEGUN: (&str, &str) = (
    "the service began on ",
    ", so that the quarter before is not a whole one",
);

/// Size of the evidence log when a value was counted.
pub(super) fn log_at(entries: u64) -> String {
    format!("{}{entries}{}", LOG.0, LOG.1)
}

/// Within how many hours an answer is in time.
#[must_use]
pub fn target_hours(hours: u32) -> String {
    format!("{}{hours}{}", TARGET.0, TARGET.1)
}

/// Why the series breaks after the quarter in which the service began.
#[must_use]
pub fn service_began(on: Date) -> String {
    format!("{}{on}{}", BEGUN.0, BEGUN.1)
}

/// The text of a row in a language; `None` where these are not the sentences above, or need no other words.
pub(crate) fn in_language(lang: Lang, text: &str) -> Option<String> {
    if lang == Lang::En {
        return None;
    }
    let parts: Option<Vec<String>> = text.split("; ").map(in_maori).collect();
    Some(parts?.join("; "))
}

fn in_maori(sentence: &str) -> Option<String> {
    let within = |(before, after): (&str, &str)| {
        let rest = sentence.strip_prefix(before)?;
        rest.strip_suffix(after)
    };
    let number = |text: &str| text.parse::<u64>().is_ok();
    if let Some(entries) = within(LOG).filter(|text| number(text)) {
        return Some(format!("{entries} ngā tāuru o te rārangi taunakitanga"));
    }
    if let Some(hours) = within(TARGET).filter(|text| number(text)) {
        return Some(format!("{hours} hāora te ūnga"));
    }
    let on: Date = within(BEGUN)?.parse().ok()?;
    Some(format!(
        "i tīmata te ratonga i te {}, nō reira ehara te hauwhā o mua i te hauwhā katoa",
        day(Lang::Mi, on)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rows_say_is_known_again() {
        let note = format!("{}; {}", target_hours(72), log_at(1_523));
        assert_eq!(note, "target 72 hours; evidence log at 1523 entries");
        assert_eq!(
            in_language(Lang::Mi, &note).as_deref(),
            Some("72 hāora te ūnga; 1523 ngā tāuru o te rārangi taunakitanga")
        );
        let began = service_began(Date::constant(2024, 6, 10));
        let said = in_language(Lang::Mi, &began).unwrap();
        assert!(said.contains("10 Pipiri 2024"), "{said}");
        for other in [
            "",
            "evidence log at some entries",
            "A note; evidence log at 1 entries",
        ] {
            assert_eq!(in_language(Lang::Mi, other), None, "{other}");
        }
        assert_eq!(in_language(Lang::En, &note), None);
    }
}
