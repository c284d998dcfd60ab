//! What officers choose from when they decide on one report, a cluster, a selection, or write a rule; and how their choice is read.

use cairn_app::cluster::{REPLY_LANGUAGES, Texts};
use cairn_desk::form::Form as Questions;
use cairn_desk::report::{MESSAGE_CHARS_MAX, MessageFault, MessageText};

use super::words;
use crate::components::{Choice, Fault, choice};
use crate::form::Form;
use crate::i18n::{Lang, t};

/// Codes with their titles.
pub(super) type Choices = Vec<(String, String)>;

/// As a list shows them.
pub(super) fn listed(all: &[(String, String)]) -> Vec<Choice<'_>> {
    all.iter()
        .map(|(code, title)| choice(code, title))
        .collect()
}

/// Behind one that leaves things as they are.
pub(super) fn or_keep(keep: &str, all: Choices) -> Choices {
    let mut out = vec![(String::new(), keep.to_owned())];
    out.extend(all);
    out
}

/// Categories, each with its sub-types behind it; [`category`] reads one.
pub(super) fn categories(form: &Questions, l: Lang) -> Choices {
    let mut all = Vec::new();
    for category in form.taxonomy().categories() {
        let code = category.code.as_str();
        all.push((code.to_owned(), words::category(form, l, code, None)));
        for sub in &category.subtypes {
            let both = words::category(form, l, code, Some(&sub.code));
            all.push((code_of(code, Some(&sub.code)), both));
        }
    }
    all
}

/// Category and sub-type in one code.
pub(super) fn code_of(category: &str, subtype: Option<&str>) -> String {
    match subtype {
        Some(sub) => format!("{category}/{sub}"),
        None => category.to_owned(),
    }
}

/// The other way round.
pub(super) fn category(code: &str) -> (String, Option<String>) {
    match code.split_once('/') {
        Some((category, sub)) => (category.to_owned(), Some(sub.to_owned())),
        None => (code.to_owned(), None),
    }
}

/// Severities, the worst first.
pub(super) fn severities(form: &Questions, l: Lang) -> Choices {
    let levels = form.taxonomy().severities().iter();
    let levels = levels.map(|severity| severity.level);
    levels
        .map(|level| (level.to_string(), words::severity(form, l, level)))
        .collect()
}

/// Outcomes with which reports are closed.
pub(super) fn outcomes(form: &Questions, l: Lang) -> Choices {
    let outcomes = form.taxonomy().outcomes().iter();
    outcomes
        .map(|outcome| {
            (
                outcome.code.clone(),
                outcome.title.get(l.as_str()).to_owned(),
            )
        })
        .collect()
}

/// Words to many reporters, from the fields `reply-en` and so on; empty ones are none.
pub(super) fn replies(l: Lang, typed: &Form) -> Result<Texts, Vec<Fault>> {
    let (mut texts, mut faults) = (Texts::new(), Vec::new());
    for code in REPLY_LANGUAGES {
        let field = format!("reply-{code}");
        match MessageText::parse(typed.get(&field).unwrap_or_default()) {
            Ok(text) => drop(texts.insert(code.to_owned(), text)),
            Err(MessageFault::Empty) => {}
            Err(MessageFault::TooLong { chars }) => {
                let text = t::case_write_long(l, chars as u64, MESSAGE_CHARS_MAX as u64);
                faults.push(Fault { field, text });
            }
        }
    }
    if faults.is_empty() {
        Ok(texts)
    } else {
        Err(faults)
    }
}
