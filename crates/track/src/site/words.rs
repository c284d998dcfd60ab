//! The words of the pages, in every language. A text that one language lacks is a syntax error.

mod change;
pub(crate) mod field;
mod front;
mod lists;
mod measure;
mod method;
mod print;
mod work;

use cairn_kernel::time::{day_in_words, month_name};
use jiff::civil::Date;

use crate::plan::{Period, Span};

pub(crate) use change::*;
pub(crate) use front::*;
pub(crate) use lists::*;
pub(crate) use measure::*;
pub(crate) use method::*;
pub(crate) use print::*;
pub(crate) use work::*;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Te reo Māori.
    Mi,
}

impl Lang {
    /// Every language, in the order of the language switch.
    pub const ALL: [Self; 2] = [Self::En, Self::Mi];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Mi => "mi",
        }
    }

    /// What the speakers of the language call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Mi => "Te reo Māori",
        }
    }

    /// The language with this tag.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.as_str() == tag)
    }
}

/// One function for each text: English, then te reo Māori.
macro_rules! words {
    ($($name:ident: $en:literal, $mi:literal;)+) => {
        $(pub(crate) const fn $name(lang: $crate::site::words::Lang) -> &'static str {
            match lang {
                $crate::site::words::Lang::En => $en,
                $crate::site::words::Lang::Mi => $mi,
            }
        })+
    };
}

/// One function for each text with places for values: English, then te reo Māori.
macro_rules! phrases {
    ($($name:ident($($arg:ident),+): $en:literal, $mi:literal;)+) => {
        $(pub(crate) fn $name(
            lang: $crate::site::words::Lang,
            $($arg: impl std::fmt::Display),+
        ) -> String {
            match lang {
                $crate::site::words::Lang::En => format!($en),
                $crate::site::words::Lang::Mi => format!($mi),
            }
        })+
    };
}

pub(crate) use {phrases, words};

/// A day: `23 November 2026`.
pub(crate) fn day(lang: Lang, day: Date) -> String {
    day_in_words(lang.as_str(), day)
}

/// A period or vintage as people say it: `23 November 2026`, `March 2021`, `2026 Q3`, `2021–23`; years and fiscal years as
/// they are written.
pub(crate) fn period_of(lang: Lang, period: impl Into<Period>) -> String {
    let period = period.into();
    let (start, written) = (period.start(), period.to_string());
    match period.span() {
        Span::Day => day(lang, start),
        Span::Month => format!(
            "{} {}",
            month_name(lang.as_str(), start.month()),
            start.year()
        ),
        Span::Quarter => written.replace('Q', "\u{a0}Q"),
        Span::Range => written.replace('-', "–"),
        Span::Year | Span::Fiscal => written,
    }
}

/// An English text with its days in words: `since 2024-06-09` becomes `since 9 June 2024`. What only looks like a day, such as
/// a part of an id, stays.
pub(crate) fn dated(text: &str) -> String {
    const LENGTH: usize = "2024-06-09".len();
    let joined = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    let (mut out, mut rest, mut before) = (String::with_capacity(text.len()), text, None);
    while let Some(letter) = rest.chars().next() {
        let found = rest.split_at_checked(LENGTH).and_then(|(head, tail)| {
            let free = !before.is_some_and(joined);
            let mut after = tail.chars();
            let ends = match after.next() {
                Some('.') => !after.next().is_some_and(char::is_alphanumeric),
                Some(next) => !joined(next),
                None => true,
            };
            let is_day = letter.is_ascii_digit() && free && ends;
            let date: Date = is_day.then(|| head.parse().ok()).flatten()?;
            Some((date, tail))
        });
        if let Some((date, tail)) = found {
            out.push_str(&day(Lang::En, date));
            rest = tail;
            before = Some('0');
        } else {
            out.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            before = Some(letter);
        }
    }
    out
}

/// `a, b or c`.
pub(crate) fn any_of(lang: Lang, items: &[String]) -> String {
    match (items, lang) {
        ([], _) => String::new(),
        ([one], _) => one.clone(),
        ([first @ .., end], Lang::En) => format!("{} or {end}", first.join(", ")),
        (_, Lang::Mi) => format!("{} rānei", items.join(", ")),
    }
}

words! {
    skip_to_content: "Skip to content", "Peke ki ngā kōrero matua";
    languages: "Language", "Reo";
    nav: "Main", "Matua";
    doors: "The service around this plan", "Te ratonga e noho nei tēnei mahere";
    nav_front: "The plan", "Te mahere";
    nav_data: "Data", "Raraunga";
    nav_changes: "What changed", "Ngā panonitanga";
    nav_agencies: "Who answers", "Nā wai ngā mahi";
    nav_method: "Method", "Tikanga tātai";
    nav_sources: "Sources", "Ngā puna";
    none: "none", "kāore";
    source: "Source", "Puna";
    owner: "Owner", "Nāna te mahi";
    licence: "Licence", "Raihana";
    contact: "Contact", "Whakapā mai";
    edition: "Edition", "Putanga";
    draft: "draft: it may still change", "tauira: ka taea tonu te panoni";
    frozen: "final: it stays as it is", "putanga whakamutunga: e kore e panonitia";
    theme: "Theme", "Kaupapa";
    goal: "Goal", "Whāinga";
    goals: "Goals", "Ngā whāinga";
    measure: "Measure", "Inenga";
    measures: "Measures", "Ngā inenga";
    initiative: "Initiative", "Hinonga";
    initiatives: "Initiatives", "Ngā hinonga";
    community: "Community", "Hapori";
    how_to_verify: "How to verify these figures", "Me pēhea te whakaū i ēnei tatauranga";
    atom: "Feed of changes (Atom)", "Whāngai panonitanga (Atom)";
    permanent: "Address of this page that will not change", "Te wāhitau o tēnei whārangi e kore e panoni";
    versions: "All published versions", "Ngā putanga katoa kua whakaputaina";
    back_to_plan: "Back to the plan", "Hoki ki te mahere";
    table_region: "Table; it may be scrolled sideways", "Ripanga; ka taea te neke whakatētahi taha";
    pages_nav: "Pages of this list", "Ngā whārangi o tēnei rārangi";
}

phrases! {
    live_by(day): "What this service counts itself is shown as of {day}", "Ko ngā mea e tatauria ana e tēnei ratonga kei te āhua o te {day}";
    as_of(day): "With what had been published by {day}", "Me ngā mea kua whakaputaina i mua i te {day}";
    only_english(count): "Texts on this page that are in English only: {count}.", "Ngā tuhinga o tēnei whārangi kei te reo Pākehā anake: {count}.";
    page_of(at, all): "Page {at} of {all}", "Whārangi {at} o te {all}";
    nth_page(at): "Page {at}", "Whārangi {at}";
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_and_lists() {
        assert_eq!(day(Lang::En, date(2026, 11, 23)), "23 November 2026");
        assert_eq!(day(Lang::Mi, date(2026, 1, 2)), "2 Kohitātea 2026");
        for (written, en, mi) in [
            ("2026-11-23", "23 November 2026", "23 Whiringa-ā-rangi 2026"),
            ("2021-03", "March 2021", "Poutūterangi 2021"),
            ("2026Q3", "2026\u{a0}Q3", "2026\u{a0}Q3"),
            ("2021-23", "2021–23", "2021–23"),
            ("2023/24", "2023/24", "2023/24"),
            ("2018", "2018", "2018"),
        ] {
            let period: Period = written.parse().unwrap();
            assert_eq!(period_of(Lang::En, period), en);
            assert_eq!(period_of(Lang::Mi, period), mi);
        }
        let items = ["2018", "2020", "2021"].map(str::to_owned);
        assert_eq!(any_of(Lang::En, &items), "2018, 2020 or 2021");
        assert_eq!(
            any_of(Lang::Mi, items.get(..2).unwrap()),
            "2018, 2020 rānei"
        );
        assert_eq!(any_of(Lang::En, &[]), "");
    }

    #[test]
    fn days_within_a_text_are_said_in_words() {
        for (text, said) in [
            ("from 2024-06-09, so", "from 9 June 2024, so"),
            ("Until 2021-03-24.", "Until 24 March 2021."),
            ("2021-03-24", "24 March 2021"),
            ("āā 2021-02-30 ā", "āā 2021-02-30 ā"),
            ("scan-2021-03-24", "scan-2021-03-24"),
            ("2021-03-24.csv", "2021-03-24.csv"),
            ("2021-03-245", "2021-03-245"),
            ("", ""),
        ] {
            assert_eq!(dated(text), said);
        }
    }

    #[test]
    fn values_stand_in_both_languages() {
        for lang in Lang::ALL {
            assert!(page_of(lang, 3, 71).contains("71"));
            assert_eq!(Lang::of_tag(lang.as_str()), Some(lang));
        }
        assert_eq!(Lang::of_tag("fr"), None);
    }
}
