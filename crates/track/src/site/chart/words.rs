//! What a chart says, in each language.

use crate::plan::Missing;
use crate::plan::series::FLAGS;
use crate::plan::words::MAORI;

/// Every word that a chart shows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartWords {
    /// Opens the table.
    pub table: &'static str,
    /// There is no value to draw; a sentence.
    pub none: &'static str,
    /// There is one value only; a sentence.
    pub one: &'static str,
    /// The vertical axis does not begin at zero; a sentence.
    pub axis_cut: &'static str,
    /// Column of periods.
    pub period: &'static str,
    /// Column of values.
    pub value: &'static str,
    /// Column of intervals.
    pub interval: &'static str,
    /// What a bar over a value means.
    pub bar: &'static str,
    /// Column of flags and breaks.
    pub remarks: &'static str,
    /// Column of vintages.
    pub published: &'static str,
    /// Column of sources.
    pub source: &'static str,
    /// Between the ends of an interval.
    pub to: &'static str,
    /// Before the only value.
    pub only: &'static str,
    /// Before the first value.
    pub first: &'static str,
    /// Before the last value.
    pub last: &'static str,
    /// Before the lowest value.
    pub lowest: &'static str,
    /// Before the highest value.
    pub highest: &'static str,
    /// Before periods without a value.
    pub no_value: &'static str,
    /// Before the period that a break is before.
    pub break_before: &'static str,
    /// Before the value of the target.
    pub target: &'static str,
    /// Before the year of a target or projection.
    pub by: &'static str,
    /// Before the value of the projection.
    pub projection: &'static str,
    /// The straight line from base to target.
    pub path: &'static str,
    /// The row from which progress is counted.
    pub base: &'static str,
    /// What a hollow mark means.
    pub soft: &'static str,
    /// What a hollow diamond means.
    pub planned: &'static str,
    /// The four kinds of missing, in the order of [`Missing::WORDS`].
    pub missing: [&'static str; 4],
    /// The flags, in the order of [`FLAGS`].
    pub flags: [&'static str; 7],
}

const ENGLISH: ChartWords = ChartWords {
    table: "Figures as a table",
    none: "There is no value to draw.",
    one: "There is one value only, and nothing to compare it with.",
    axis_cut: "The vertical axis does not begin at zero.",
    period: "Period",
    value: "Value",
    interval: "Interval",
    bar: "interval",
    remarks: "Remarks",
    published: "Published",
    source: "Source",
    to: "to",
    only: "one value,",
    first: "first",
    last: "last",
    lowest: "lowest",
    highest: "highest",
    no_value: "no value for",
    break_before: "break before",
    target: "target",
    by: "by",
    projection: "projection",
    path: "straight line from base to target",
    base: "base",
    soft: "not as sure",
    planned: "planned, not measured",
    missing: ["missing", "not collected", "suppressed", "not applicable"],
    flags: [
        "approximate",
        "derived",
        "estimated",
        "model",
        "planned",
        "provisional",
        "secondary source",
    ],
};

const TE_REO: ChartWords = ChartWords {
    table: "Ngā tatauranga hei ripanga",
    none: "Kāore he uara hei tā.",
    one: "Kotahi anake te uara; kāore he mea hei whakataurite.",
    axis_cut: "Kāore te tuaka poutū e tīmata i te kore.",
    period: "Wā",
    value: "Uara",
    interval: "Awhe",
    bar: "awhe",
    remarks: "Tuhipoka",
    published: "I whakaputaina",
    source: "Puna",
    to: "ki te",
    only: "kotahi te uara,",
    first: "tuatahi",
    last: "whakamutunga",
    lowest: "iti rawa",
    highest: "nui rawa",
    no_value: "kāore he uara mō",
    break_before: "he whati i mua i",
    target: "whāinga",
    by: "hei te tau",
    projection: "matapae",
    path: "rārangi tōtika mai i te tīmatanga ki te whāinga",
    base: "tīmatanga",
    soft: "e rangirua ana",
    planned: "i whakamaheretia, kāore i inea",
    missing: ["ngaro", "kāore i kohia", "kua huna", "kāore e hāngai"],
    flags: [
        "āwhiwhi",
        "i tātaihia",
        "i whakatau tatatia",
        "tauira",
        "i whakamaheretia",
        "taupua",
        "puna tuarua",
    ],
};

impl ChartWords {
    /// The words of a language; English for one that is not known.
    #[must_use]
    pub fn of(language: &str) -> &'static Self {
        if language == MAORI { &TE_REO } else { &ENGLISH }
    }

    /// What a flag means; the flag itself if it is not known.
    pub(super) fn flag<'f>(&self, flag: &'f str) -> &'f str {
        lookup(FLAGS, &self.flags, flag)
    }

    /// Why there is no value; the code itself if it is not known.
    pub(super) fn missing_word<'f>(&self, code: &'f str) -> &'f str {
        lookup(Missing::WORDS, &self.missing, code)
    }
}

fn lookup<'f>(codes: &[&str], words: &[&'static str], code: &'f str) -> &'f str {
    let at = codes.iter().position(|known| *known == code);
    at.and_then(|at| words.get(at).copied()).unwrap_or(code)
}

/// The sign of a kind of missing, in charts and tables: `?` missing, `×` not collected, `c` suppressed (confidential), `…`
/// not applicable. A small letter, since capitals name breaks.
#[must_use]
pub fn missing_sign(code: &str) -> &'static str {
    match Missing::of(code) {
        Some(Missing::NotCollected) => "×",
        Some(Missing::Suppressed) => "c",
        Some(Missing::NotApplicable) => "…",
        Some(Missing::Missing) | None => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_and_kind_of_missing_has_words() {
        assert_eq!(FLAGS.len(), ENGLISH.flags.len());
        assert_eq!(Missing::WORDS.len(), ENGLISH.missing.len());
        assert_eq!(ENGLISH.flag("provisional"), "provisional");
        assert_eq!(TE_REO.flag("provisional"), "taupua");
        assert_eq!(ENGLISH.flag("odd"), "odd");
        assert_eq!(ENGLISH.missing_word("not-applicable"), "not applicable");
        assert_eq!(TE_REO.missing_word("suppressed"), "kua huna");
    }

    #[test]
    fn the_four_kinds_have_four_signs() {
        let mut signs: Vec<&str> = Missing::WORDS
            .iter()
            .map(|code| missing_sign(code))
            .collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), 4);
    }

    #[test]
    fn other_languages_get_english() {
        assert_eq!(ChartWords::of("fr"), &ENGLISH);
        assert_eq!(ChartWords::of("mi").period, "Wā");
    }
}
