//! What an answer quotes from a report without need: telephone numbers, mail addresses and account numbers of others. They are
//! found in what the officer wrote, if the report has them too, and masked unless the officer says that they must stay. The
//! reporter's own contact details are no secret to the reporter, and what is not in the report (a crisis line, our own
//! address) is the officer's to say.

use std::collections::BTreeSet;
use std::ops::Range;

use cairn_kernel::observable::{Kind, extract_for};

/// Most marks in one answer; what comes after is masked without being asked about.
pub const MARKS_MAX: usize = 100;
/// Fewest digits of an account number.
const DIGITS_MIN: usize = 8;
/// Most digits of one, with check digits and suffixes (ISO 13616: 34 signs).
const DIGITS_MAX: usize = 34;
/// Signs at the end that a mask leaves, so that the reporter knows which one is meant.
const LEFT: usize = 2;

/// What a mark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An account or card number, or another long number.
    Number,
}

/// A place in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub personal: Personal,
    /// As it was written.
    pub text: String,
}

/// What a report says, as far as marks go.
#[derive(Debug, Clone, Default)]
pub struct Told {
    emails: BTreeSet<String>,
    phones: BTreeSet<String>,
    /// Digits of numbers, without what stands between them.
    numbers: BTreeSet<String>,
    code: u16,
}

impl Told {
    /// Of the texts of a report; `own` is what its reporter gave as contact details.
    #[must_use]
    pub fn of<'a>(
        texts: impl IntoIterator<Item = &'a str>,
        own: impl IntoIterator<Item = &'a str>,
        calling_code: u16,
    ) -> Self {
        let mut told = Self {
            code: calling_code,
            ..Self::default()
        };
        for text in texts {
            told.add(text);
        }
        let mut mine = Self {
            code: calling_code,
            ..Self::default()
        };
        for text in own {
            mine.add(text);
        }
        told.emails.retain(|one| !mine.emails.contains(one));
        told.phones.retain(|one| !mine.phones.contains(one));
        told.numbers.retain(|one| !mine.numbers.contains(one));
        told
    }

    fn add(&mut self, text: &str) {
        for seen in extract_for(text, self.code) {
            match seen.kind {
                Kind::Email => self.emails.insert(seen.value.to_lowercase()),
                Kind::Phone => self.phones.insert(seen.value),
                _ => false,
            };
        }
        self.numbers.extend(numbers(text).map(|(_, digits)| digits));
    }

    /// The places in an answer, in order and without overlap.
    #[must_use]
    pub fn marks(&self, answer: &str) -> Vec<Mark> {
        let mut marks: Vec<Mark> = words(answer)
            .filter_map(|range| {
                let word = answer.get(range.clone())?;
                let known = extract_for(word, self.code).into_iter().any(|seen| {
                    seen.kind == Kind::Email && self.emails.contains(&seen.value.to_lowercase())
                });
                known.then(|| mark(answer, range, Personal::Email))
            })
            .collect();
        for (range, digits) in numbers(answer) {
            let Some(text) = answer.get(range.clone()) else {
                continue;
            };
            let phone = extract_for(text, self.code)
                .into_iter()
                .any(|seen| seen.kind == Kind::Phone && self.phones.contains(&seen.value));
            let free = marks
                .iter()
                .all(|known| known.range.end <= range.start || range.end <= known.range.start);
            if free && phone {
                marks.push(mark(answer, range, Personal::Phone));
            } else if free && self.numbers.contains(&digits) {
                marks.push(mark(answer, range, Personal::Number));
            }
        }
        marks.sort_by_key(|mark| mark.range.start);
        marks
    }

    /// The answer with all marks masked but those whose place in the list `keep` names.
    #[must_use]
    pub fn masked(&self, answer: &str, keep: &BTreeSet<usize>) -> String {
        let mut out = String::with_capacity(answer.len());
        let mut at = 0;
        for (n, mark) in self.marks(answer).into_iter().enumerate() {
            out.push_str(answer.get(at..mark.range.start).unwrap_or_default());
            if n < MARKS_MAX && keep.contains(&n) {
                out.push_str(&mark.text);
            } else {
                out.push_str(&mask(&mark));
            }
            at = mark.range.end;
        }
        out.push_str(answer.get(at..).unwrap_or_default());
        out
    }
}

fn mark(answer: &str, range: Range<usize>, personal: Personal) -> Mark {
    Mark {
        text: answer.get(range.clone()).unwrap_or_default().to_owned(),
        range,
        personal,
    }
}

/// How a mark reads when it is masked: its last signs stay, of an address the first one.
#[must_use]
pub fn mask(mark: &Mark) -> String {
    if mark.personal == Personal::Email {
        let first: String = mark.text.chars().take(1).collect();
        return format!("{first}•••@•••");
    }
    let digits: Vec<char> = mark.text.chars().filter(char::is_ascii_digit).collect();
    let left = digits.len().saturating_sub(LEFT);
    let end: String = digits.get(left..).unwrap_or_default().iter().collect();
    format!("•••{end}")
}

/// Words that may be mail addresses, without the punctuation around them.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let cut = |c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '[' | ']' | ':')
    };
    text.split(cut).filter_map(move |word| {
        let word = word.trim_matches(['.', '\'', '’', '!', '?']);
        let start = word.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
        word.contains('@').then(|| start..start + word.len())
    })
}

/// Long numbers: digits with at most one sign between two of them, `+` and brackets before; and their digits alone.
fn numbers(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, String)> = None;
    let mut gap = 0;
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            let (_, end, digits) = open.get_or_insert_with(|| (at, at, String::new()));
            digits.push(c);
            *end = at + 1;
            gap = 0;
        } else if open.is_some()
            && gap < 2
            && matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')
        {
            gap += 1;
        } else {
            found.extend(open.take());
            gap = 0;
        }
    }
    found.extend(open);
    found
        .into_iter()
        .filter(|(_, _, digits)| (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()))
        .map(|(start, end, digits)| {
            let before = text.get(..start).unwrap_or_default();
            let start = if before.ends_with('+') {
                start - 1
            } else {
                start
            };
            (start..end, digits)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told() -> Told {
        Told::of(
            [
                "They called from 021 555 0199 and wrote from payments@bank.example.net.",
                "I paid into 01-0902-0068389-00 and my own is 02-1234-7654321-000. Mine: me@home.example.org",
            ],
            ["me@home.example.org", "02 1234 7654321 000"],
            64,
        )
    }

    #[test]
    fn what_the_report_says_of_others_is_masked_and_the_rest_stays() {
        let answer = "Do not call 021 555 0199 (or +64 21 555 0199). We told the bank of 01-0902-0068389-00; \
            payments@bank.example.net is known. Yours, 02-1234-7654321-000 and me@home.example.org, is safe. \
            Call 0800 123 4567 if you need us.";
        let told = told();
        let marks = told.marks(answer);
        let found: Vec<_> = marks
            .iter()
            .map(|mark| (mark.personal, mark.text.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (Personal::Phone, "021 555 0199"),
                (Personal::Phone, "+64 21 555 0199"),
                (Personal::Number, "01-0902-0068389-00"),
                (Personal::Email, "payments@bank.example.net"),
            ]
        );
        let masked = told.masked(answer, &BTreeSet::new());
        for gone in ["0199", "0068389", "payments@"] {
            assert!(!masked.contains(gone), "{gone}: {masked}");
        }
        assert!(
            masked.contains("•••99") && masked.contains("p•••@•••"),
            "{masked}"
        );
        for stays in ["7654321", "me@home.example.org", "0800 123 4567"] {
            assert!(masked.contains(stays), "{stays}: {masked}");
        }
        let kept = told.masked(answer, &BTreeSet::from([2]));
        assert!(
            kept.contains("01-0902-0068389-00") && !kept.contains("021 555 0199"),
            "{kept}"
        );
        assert!(told.marks(&masked).is_empty(), "masking once is enough");
    }

    proptest! {
        #[test]
        fn any_text_is_marked_in_order_and_masked_without_loss(text in ".{0,200}", told in ".{0,200}") {
            let told = Told::of([told.as_str(), text.as_str()], [], 64);
            let marks = told.marks(&text);
            let mut at = 0;
            for mark in &marks {
                prop_assert!(mark.range.start >= at && text.get(mark.range.clone()) == Some(mark.text.as_str()));
                at = mark.range.end;
            }
            let all: BTreeSet<usize> = (0..marks.len()).collect();
            if marks.len() <= MARKS_MAX {
                prop_assert_eq!(told.masked(&text, &all), text);
            }
        }
    }
}
