//! Phrases. The full-text index keeps which words a report has and not where, so that it finds reports that have all words
//! of a phrase; whether they follow each other is looked up in what was told.

use cairn_kernel::text::fold;

use crate::report::{Answer, Body};

/// Whether a phrase stands in one of the answers or in the subject of the mail: as whole words, macrons and case not minded,
/// and marks between words taken for blanks.
#[must_use]
pub fn holds(body: &Body, phrase: &str) -> bool {
    let wanted = spaced(phrase);
    let answers = body.answers.values().filter_map(|answer| match answer {
        Answer::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let subject = body.mail.as_ref().map(|mail| mail.subject.as_str());
    answers
        .chain(subject)
        .any(|text| spaced(text).contains(&wanted))
}

/// The same of any text.
#[must_use]
pub fn says(text: &str, phrase: &str) -> bool {
    spaced(text).contains(&spaced(phrase))
}

/// ` words with one blank around each `, so that only whole words meet.
fn spaced(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len() + 2);
    out.push(' ');
    for word in folded
        .split([' ', '.', '@', '-', '_'])
        .filter(|w| !w.is_empty())
    {
        out.push_str(word);
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_in_their_order_and_macrons_alike() {
        let text = spaced("He pānui, mō te tāke: pay-now at bank-7.example");
        let has = |phrase: &str| text.contains(&spaced(phrase));
        assert!(has("panui mo te") && has("Pānui Mō") && has("pay now") && has("7.example"));
        assert!(!has("te mo") && !has("anui mo") && !has("panui mo t") && !has("bank example"));
    }
}
