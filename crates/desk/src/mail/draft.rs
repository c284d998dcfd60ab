//! From a message to a report.

use std::collections::BTreeMap;

use cairn_kernel::text::{fold, one_line, title};

use super::{MAIL_TEXT_BYTES_MAX, MailReport, Origin};
use crate::report::{Affected, Answer, Body, Channel, Contact, Draft, PartialDate};

/// Answer code of what the reporter wrote (the form's question of the same code).
const STORY: &str = "story";
/// Answer codes of the suspicious message's sender, subject and text.
const MAIL_FROM: &str = "mail_from";
const MAIL_SUBJECT: &str = "mail_subject";
const MAIL_TEXT: &str = "mail_text";

/// What a report by mail is filed under: mail answers no questions.
#[derive(Debug, Clone, Copy)]
pub struct Filing<'a> {
    /// Form under which it is kept, as `id@version`.
    pub form: &'a str,
    /// Language to answer in (BCP 47).
    pub language: &'a str,
    /// Category code, `phishing` as a rule.
    pub category: &'a str,
    /// Severity, 1 to 6.
    pub severity: u8,
}

/// Makes a report of a message. The reporter's mailbox becomes the contact unless a machine sent the message, which
/// marks the report as suspect. Files are left out: the caller stores them and adds their references to
/// `body.files`, the whole message first.
#[must_use]
pub fn draft(mail: &MailReport, filing: &Filing<'_>) -> Draft {
    let original = &mail.original;
    let answers = answers(mail);
    let contact = mail
        .reporter
        .as_ref()
        .filter(|_| !mail.automatic.any())
        .map(|reporter| Contact {
            name: Some(reporter.name.clone()).filter(|name| !name.is_empty()),
            email: Some(reporter.address.clone()),
            phone: None,
        });
    let searched: Vec<&str> = answers
        .values()
        .filter_map(|answer| {
            if let Answer::Text(text) = answer {
                Some(text.as_str())
            } else {
                None
            }
        })
        .collect();
    let search_text = fold(&format!("{} {}", mail.headers.subject, searched.join(" ")));
    let body = Body {
        form: filing.form.to_owned(),
        language: filing.language.to_owned(),
        channel: Channel::Mail,
        anonymous: false,
        category: filing.category.to_owned(),
        subtype: None,
        severity: filing.severity,
        affected: Affected::Individual,
        losses: Vec::new(),
        loss_known: false,
        observables: mail.observables.clone(),
        files: Vec::new(),
        occurred: (original.origin != Origin::Itself)
            .then(|| day(mail))
            .flatten(),
        region: None,
        age_band: None,
        sector: None,
        wants_help: false,
        title: heading(mail),
        mail: Some(mail.evidence.clone()),
        suspect: mail.automatic.any(),
        answers,
    };
    Draft {
        body,
        contact,
        consents: Vec::new(),
        search_text,
    }
}

/// What was said, under the codes above.
fn answers(mail: &MailReport) -> BTreeMap<String, Answer> {
    let original = &mail.original;
    let from = original.headers.from.first();
    let sender = from.map(|from| one_line(&format!("{} {}", from.name, from.address)));
    let mut answers = BTreeMap::new();
    let mut keep = |code: &str, text: &str| {
        let text = cut(text.trim());
        if !text.is_empty() {
            answers.insert(code.to_owned(), Answer::Text(text));
        }
    };
    keep(
        STORY,
        if original.origin == Origin::Itself {
            &original.text
        } else {
            &mail.text
        },
    );
    if original.origin != Origin::Itself {
        keep(MAIL_FROM, sender.as_deref().unwrap_or_default());
        keep(MAIL_SUBJECT, &original.headers.subject);
        keep(MAIL_TEXT, &original.text);
    }
    answers
}

/// The subject, else the first words of a text.
fn heading(mail: &MailReport) -> String {
    let candidates = [
        &mail.headers.subject,
        &mail.original.headers.subject,
        &mail.text,
        &mail.original.text,
    ];
    candidates
        .into_iter()
        .map(|text| title(text))
        .find(|title| !title.is_empty())
        .unwrap_or_default()
}

/// The day (UTC) on which the original says it was sent.
fn day(mail: &MailReport) -> Option<PartialDate> {
    let date = mail
        .original
        .headers
        .date?
        .timestamp()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    Some(PartialDate {
        year: date.year(),
        month: Some(date.month()),
        day: Some(date.day()),
    })
}

/// At most [`MAIL_TEXT_BYTES_MAX`] bytes, cut between characters and marked.
fn cut(text: &str) -> String {
    if text.len() <= MAIL_TEXT_BYTES_MAX {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(MAIL_TEXT_BYTES_MAX);
    format!("{}…", text.get(..end).unwrap_or_default())
}
