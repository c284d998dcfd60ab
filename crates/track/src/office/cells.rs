//! Figures and periods as people write them in spreadsheets: what can be read only in one way is read, and of the rest it
//! is said how to write it.

use std::collections::BTreeMap;

use crate::plan::fault::short;
use crate::plan::{Decimal, Missing, Period, Span};

/// What is wrong and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) code: &'static str,
    pub(super) what: String,
    pub(super) mend: String,
}

fn advice<T>(
    code: &'static str,
    what: impl Into<String>,
    mend: impl Into<String>,
) -> Result<T, Advice> {
    Err(Advice {
        code,
        what: what.into(),
        mend: mend.into(),
    })
}

/// Words that stand for a figure that is not there. `..`, `C` and `S` are those of Stats NZ, `…` its sign for what cannot
/// be; `NA` is what R writes for a missing value, and so is not the same as `n/a`.
const WORDS: &[(&str, Missing)] = &[
    ("..", Missing::Missing),
    ("na", Missing::Missing),
    ("nan", Missing::Missing),
    ("null", Missing::Missing),
    ("missing", Missing::Missing),
    ("not available", Missing::Missing),
    ("not-collected", Missing::NotCollected),
    ("not collected", Missing::NotCollected),
    ("c", Missing::Suppressed),
    ("s", Missing::Suppressed),
    ("confidential", Missing::Suppressed),
    ("suppressed", Missing::Suppressed),
    ("n/a", Missing::NotApplicable),
    ("...", Missing::NotApplicable),
    ("…", Missing::NotApplicable),
    ("not-applicable", Missing::NotApplicable),
    ("not applicable", Missing::NotApplicable),
];

/// What a word for a missing figure means. `more` comes first; case does not matter.
pub(super) fn missing(text: &str, more: &BTreeMap<String, Missing>) -> Option<Missing> {
    let own = more
        .iter()
        .find(|(word, _)| word.trim().eq_ignore_ascii_case(text));
    let known = || {
        WORDS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(text))
    };
    own.map(|(_, missing)| *missing)
        .or_else(|| known().map(|(_, missing)| *missing))
}

/// A figure.
pub(super) fn number(text: &str) -> Result<Decimal, Advice> {
    text.parse().or_else(|_| no_number(text))
}

fn no_number(text: &str) -> Result<Decimal, Advice> {
    let what = |why: &str| format!("`{}` is no number: {why}", short(text));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    if text.starts_with('#') {
        let mend = "Mend the formula in the spreadsheet and export it again";
        return advice("spreadsheet-error", what("a spreadsheet's error"), mend);
    }
    if matches!(text, "-" | "–" | "—" | "*") {
        let mend =
            "Write 0 if it is nil; otherwise missing, not-collected, suppressed or not-applicable";
        return advice("unclear-sign", what("it may mean nil or not known"), mend);
    }
    if let Some(number) = text.strip_suffix('%') {
        let mend = format!(
            "Write {}: the unit stands with the measure",
            short(number.trim())
        );
        return advice("with-unit", what("it has a percent sign"), mend);
    }
    if text.starts_with(['=', '+', '@']) {
        let mend = "Write the number itself, without a sign before it";
        return advice("formula", what("it looks like a formula"), mend);
    }
    let body = text.strip_prefix('-').unwrap_or(text);
    let sign = if body.len() < text.len() { "-" } else { "" };
    if let Some((whole, part)) = body.rsplit_once(',')
        && digits(part)
        && digits(&whole.replace(['.', ' ', '\u{a0}', ','], ""))
    {
        let whole_digits = whole.replace(['.', ' ', '\u{a0}', ','], "");
        if part.len() == 3 {
            let mend = format!(
                "Write {sign}{whole_digits}{part} if the comma parts thousands, or {sign}{whole_digits}.{part} if it is a decimal comma"
            );
            return advice(
                "unclear-comma",
                what("its comma can be read in two ways"),
                mend,
            );
        }
        let mend = format!("Write {sign}{whole_digits}.{part}, with a point");
        return advice("decimal-comma", what("it has a decimal comma"), mend);
    }
    let bare = body.replace([',', ' ', '\u{a0}', '\u{202f}', '\''], "");
    if bare.len() < body.len() && format!("{sign}{bare}").parse::<Decimal>().is_ok() {
        let mend = format!("Write {sign}{bare}, without separators");
        return advice("separator", what("it parts thousands"), mend);
    }
    let end = body.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '*' | '†'));
    if end.len() < body.len() && end.trim().parse::<Decimal>().is_ok() {
        let mend = format!(
            "Write {sign}{} alone; what the mark means goes into the columns flag or note",
            end.trim()
        );
        return advice("with-mark", what("a mark or unit follows it"), mend);
    }
    let mend = "Write digits with at most one point, such as 1234.5, or a word for a missing figure such as .. or C";
    advice("bad-number", what("nothing that can be read"), mend)
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// A period; with what should be said of it although it can be read.
pub(super) fn period(text: &str) -> Result<(Period, Option<String>), Advice> {
    match text.parse::<Period>() {
        Ok(period) => Ok((period, doubt(text, period))),
        Err(_) => no_period(text),
    }
}

/// `2018-19` is read as two calendar years, and is mostly meant as the fiscal year `2018/19`.
fn doubt(text: &str, period: Period) -> Option<String> {
    let two_years = period.end().year() == period.start().year() + 1;
    (period.span() == Span::Range && two_years).then(|| {
        format!(
            "`{}` was read as two calendar years; the fiscal year is written with a slash",
            short(text)
        )
    })
}

fn no_period(text: &str) -> Result<(Period, Option<String>), Advice> {
    let what = |why: &str| format!("`{}` is no period: {why}", short(text));
    if let Some(instead) = day_first(text) {
        return advice(
            "day-month-date",
            what("a date that does not begin with its year"),
            format!("Write {instead}"),
        );
    }
    let guess = named_month(text).or_else(|| quarter(text)).or_else(|| {
        let year = text
            .strip_suffix(".0")
            .or_else(|| text.strip_suffix(".00"))?;
        year.parse::<Period>().ok().map(|year| year.to_string())
    });
    let mend = match guess {
        Some(guess) => format!("Write {guess}"),
        None => "Write 2018, 2018Q2, 2018-03, 2022-12-31, 2023/24 or 2021-23".to_owned(),
    };
    advice("bad-period", what("not written as periods are"), mend)
}

/// How to write a date with figures in another order.
fn day_first(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).collect();
    let number =
        |part: &str| -> Option<u16> { (part.len() <= 4).then(|| part.parse().ok()).flatten() };
    let day = |year: u16, month: u16, day: u16| -> Option<String> {
        let date = format!("{year:04}-{month:02}-{day:02}");
        date.parse::<Period>().ok().map(|_| date)
    };
    match parts.as_slice() {
        [a, b, year] if year.len() == 4 => {
            let (a, b, year) = (number(a)?, number(b)?, number(year)?);
            match (day(year, b, a), day(year, a, b)) {
                (Some(one), Some(other)) if one != other => Some(format!(
                    "{one} if the day comes first, or {other} if the month does"
                )),
                (one, other) => one.or(other),
            }
        }
        [year, month, of_month] if year.len() == 4 => {
            day(number(year)?, number(month)?, number(of_month)?)
        }
        [month, year] if year.len() == 4 && month.len() <= 2 => {
            let month = format!("{}-{:02}", year, number(month)?);
            month.parse::<Period>().ok().map(|_| month)
        }
        _ => None,
    }
}

fn named_month(text: &str) -> Option<String> {
    let small = text.to_ascii_lowercase();
    let words: Vec<&str> = small
        .split([' ', '-', '/', '.', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let month = words.iter().find_map(|word| {
        let at = MONTHS.iter().position(|month| word.starts_with(month))?;
        Some(at + 1)
    })?;
    let year = words.iter().rev().find_map(|word| {
        let year = if word.len() == 2 {
            format!("20{word}")
        } else {
            (*word).to_owned()
        };
        year.parse::<Period>()
            .ok()
            .filter(|year| year.span() == Span::Year)
    })?;
    Some(format!("{year}-{month:02}"))
}

fn quarter(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let (one, other) = bare.split_once('Q')?;
    [
        format!("{one}Q{other}"),
        format!("{}Q{}", other.get(1..)?, other.get(..1)?),
    ]
    .into_iter()
    .find(|text| text.parse::<Period>().is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_for_missing_figures_are_of_four_kinds() {
        let none = BTreeMap::new();
        for (word, wanted) in [
            ("..", Some(Missing::Missing)),
            ("NA", Some(Missing::Missing)),
            ("n/a", Some(Missing::NotApplicable)),
            ("N/A", Some(Missing::NotApplicable)),
            ("C", Some(Missing::Suppressed)),
            ("S", Some(Missing::Suppressed)),
            ("not collected", Some(Missing::NotCollected)),
            ("…", Some(Missing::NotApplicable)),
            ("12", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(missing(word, &none), wanted, "{word}");
        }
        let own = BTreeMap::from([("n/a".to_owned(), Missing::NotCollected)]);
        assert_eq!(missing("N/A", &own), Some(Missing::NotCollected));
    }

    #[test]
    fn numbers_that_are_none_come_with_advice() {
        for (text, code, mend) in [
            ("12,5", "decimal-comma", "Write 12.5, with a point"),
            ("-1.234,56", "decimal-comma", "Write -1234.56, with a point"),
            (
                "1,131",
                "unclear-comma",
                "Write 1131 if the comma parts thousands, or 1.131 if it is a decimal comma",
            ),
            ("1,131.5", "separator", "Write 1131.5, without separators"),
            ("1 131", "separator", "Write 1131, without separators"),
            (
                "12%",
                "with-unit",
                "Write 12: the unit stands with the measure",
            ),
            (
                "12.3P",
                "with-mark",
                "Write 12.3 alone; what the mark means goes into the columns flag or note",
            ),
            (
                "-",
                "unclear-sign",
                "Write 0 if it is nil; otherwise missing, not-collected, suppressed or not-applicable",
            ),
            (
                "#N/A",
                "spreadsheet-error",
                "Mend the formula in the spreadsheet and export it again",
            ),
            (
                "=A1",
                "formula",
                "Write the number itself, without a sign before it",
            ),
        ] {
            let advice = number(text).unwrap_err();
            assert_eq!((advice.code, advice.mend.as_str()), (code, mend), "{text}");
        }
        assert_eq!(number("about 9").unwrap_err().code, "bad-number");
        assert_eq!(number("1e5").unwrap_err().code, "bad-number");
        assert_eq!(number("13.0").unwrap().to_string(), "13.0");
    }

    #[test]
    fn periods_that_are_none_come_with_advice() {
        for (text, mend) in [
            ("31/12/2022", "Write 2022-12-31"),
            ("12/31/2022", "Write 2022-12-31"),
            (
                "03/04/2022",
                "Write 2022-04-03 if the day comes first, or 2022-03-04 if the month does",
            ),
            ("05.05.2022", "Write 2022-05-05"),
            ("2022/12/31", "Write 2022-12-31"),
            ("12/2022", "Write 2022-12"),
            ("Mar-18", "Write 2018-03"),
            ("June 2018", "Write 2018-06"),
            ("30 June 2018", "Write 2018-06"),
            ("Q2 2018", "Write 2018Q2"),
            ("2018-q2", "Write 2018Q2"),
            ("2018.0", "Write 2018"),
            (
                "lately",
                "Write 2018, 2018Q2, 2018-03, 2022-12-31, 2023/24 or 2021-23",
            ),
        ] {
            assert_eq!(period(text).unwrap_err().mend, mend, "{text}");
        }
        assert_eq!(period("31/12/2022").unwrap_err().code, "day-month-date");
        let (read, doubt) = period("2018-19").unwrap();
        assert_eq!(read.to_string(), "2018-19");
        assert!(doubt.unwrap().contains("slash"));
        assert_eq!(period("2018/19").unwrap().1, None);
        assert_eq!(period("2018-21").unwrap().1, None);
    }

    proptest! {
        #[test]
        fn what_is_to_be_written_instead_can_be_read(
            text in "-?[0-9]{1,4}([,. ][0-9]{1,3}){0,2}[%P]?",
            date in "[0-9]{1,2}[/.-][0-9]{1,2}[/.-](19|20)[0-9]{2}",
        ) {
            if let Err(advice) = number(&text) && advice.code != "bad-number" {
                let word = advice.mend.strip_prefix("Write ").unwrap().split([',', ':', ' ']).next().unwrap();
                prop_assert!(word.parse::<Decimal>().is_ok() || advice.code == "with-unit" || word.starts_with("00") || word.starts_with("-0") || word.starts_with('0'), "{} {:?}", text, advice);
            }
            if let Err(advice) = period(&date) && advice.code == "day-month-date" {
                let word = advice.mend.strip_prefix("Write ").unwrap().split(' ').next().unwrap();
                prop_assert!(word.parse::<Period>().is_ok(), "{} {:?}", date, advice);
            }
        }

        #[test]
        fn never_panics(text in any::<String>(), likely in "[0-9/.,Qq a-z-]{0,14}") {
            for text in [text, likely] {
                let _ = (number(&text), period(&text), missing(&text, &BTreeMap::new()));
            }
        }
    }
}
