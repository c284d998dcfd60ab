//! What a message says of the conversation that it belongs to: which messages it answers (RFC 5322, 3.6.4), to which addresses
//! it was delivered, whether a machine answers (RFC 3834) or a mail server says that a message did not arrive (RFC 3464).

use std::borrow::Cow;

use super::header::{Fields, split};
use super::mime::Found;

/// Most Message-IDs of one message that are looked at, the nearest first.
pub const THREAD_IDS_MAX: usize = 50;
/// Longest Message-ID that is looked at, bytes (RFC 5322: a line).
const ID_BYTES_MAX: usize = 998;
/// Most of a delivery report that is read, bytes.
const DELIVERY_BYTES_MAX: usize = 64 * 1024;

/// What a delivery report says of a message (RFC 3464, 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did not arrive, and no more tries are made.
    Failed,
    /// It did not arrive yet.
    Delayed,
    /// It arrived, or went on to where nobody reports from.
    Arrived,
}

/// A delivery report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What became of the message.
    pub outcome: Outcome,
    /// Enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
}

/// Who wrote a message that belongs to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A person, as far as it can be told.
    Written,
    /// A machine that answers by itself: an absence note, a receipt.
    Automatic,
    /// A mail server: a message did not arrive.
    Bounced,
}

/// What a message says of its conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Message-IDs that it answers, without angle brackets: In-Reply-To, then References from the last on, then those of a
    /// message that it returns.
    pub answers: Vec<String>,
    /// Addresses to which it was sent or delivered, in lower case.
    pub recipients: Vec<String>,
    /// All that is readable of its own text, what it quotes included.
    pub text: String,
    /// Who wrote it.
    pub nature: Nature,
    /// What a delivery report says.
    pub delivery: Option<Delivery>,
}

/// Reads it.
pub(super) fn read(fields: &Fields, found: &Found, text: String) -> Thread {
    let delivery = found.delivery.as_deref().map(delivery);
    let mut answers = ids(&fields.text("in-reply-to"));
    let mut references = ids(&fields.text("references"));
    references.reverse();
    answers.extend(references);
    let returned = found.messages.get(1).map(|message| &message.fields);
    answers.extend(returned.into_iter().flat_map(own_id));
    if let Some(header) = &found.returned
        && let Ok((fields, _)) = split(header)
    {
        answers.extend(own_id(&fields));
    }
    let nature = nature(fields, delivery.as_ref());
    if nature == Nature::Bounced && delivery.is_none() {
        // Reports of no standard form often have the header within their text.
        answers.extend(ids(&text));
    }
    let mut seen = std::collections::BTreeSet::new();
    answers.retain(|id| seen.insert(id.clone()));
    answers.truncate(THREAD_IDS_MAX);
    Thread {
        answers,
        recipients: recipients(fields),
        text,
        nature,
        delivery,
    }
}

fn own_id(fields: &Fields) -> Vec<String> {
    ids(&fields.text("message-id"))
}

/// What stands between angle brackets and has one `@`.
fn ids(text: &str) -> Vec<String> {
    let parts = text.split('<').skip(1);
    parts
        .filter_map(|part| part.split_once('>').map(|(id, _)| id.trim()))
        .filter(|id| id.len() <= ID_BYTES_MAX && id.matches('@').count() == 1)
        .filter(|id| !id.contains(char::is_whitespace))
        .map(ToOwned::to_owned)
        .take(THREAD_IDS_MAX)
        .collect()
}

fn recipients(fields: &Fields) -> Vec<String> {
    const NAMES: [&str; 7] = [
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "to",
        "cc",
        "resent-to",
        "x-forwarded-to",
    ];
    let all = NAMES
        .into_iter()
        .flat_map(|name| fields.all_mailboxes(name));
    all.map(|mailbox| mailbox.address.to_lowercase()).collect()
}

/// Fields first, words last: a subject alone tells only within a conversation, where nothing is lost by it.
fn nature(fields: &Fields, delivery: Option<&Delivery>) -> Nature {
    let value = |name: &str| fields.text(name).to_ascii_lowercase();
    let submitted = value("auto-submitted");
    let submitted = submitted.split([';', ' ']).next().unwrap_or_default();
    let subject = fields.text("subject").to_lowercase();
    let server = fields.mailboxes("from").first().is_some_and(|from| {
        let local = from.address.split('@').next().unwrap_or_default();
        ["mailer-daemon", "postmaster"].contains(&local.to_ascii_lowercase().as_str())
    });
    match delivery.map(|delivery| delivery.outcome) {
        Some(Outcome::Failed) => return Nature::Bounced,
        Some(_) => return Nature::Automatic,
        None => {}
    }
    let returned = fields.text("return-path").trim() == "<>";
    let says = |all: &[&str]| all.iter().any(|words| subject.contains(words));
    if server
        && (returned
            || says(&[
                "undeliver",
                "delivery failed",
                "delivery failure",
                "returned mail",
                "mail returned",
                "delivery status notification",
            ]))
    {
        return Nature::Bounced;
    }
    let precedence = value("precedence");
    let suppress = value("x-auto-response-suppress");
    let automatic = !matches!(submitted, "" | "no")
        || matches!(precedence.as_str(), "auto_reply" | "bulk" | "junk")
        || ["x-autoreply", "x-autorespond", "x-loop"]
            .iter()
            .any(|name| fields.has(name))
        || ["all", "oof", "autoreply"]
            .iter()
            .any(|word| suppress.contains(word))
        || fields.content_type().0 == "multipart/report"
        || returned
        || server
        || [
            "automatic reply:",
            "auto reply:",
            "auto-reply:",
            "autoreply:",
            "out of office",
            "out of the office",
            "whakautu aunoa",
            "kei waho i te tari",
        ]
        .iter()
        .any(|words| subject.starts_with(words));
    if automatic {
        Nature::Automatic
    } else {
        Nature::Written
    }
}

/// Groups of fields with blank lines between them: the first is about the message, each further one about a recipient. We
/// write to one recipient at a time, so the worst that is said counts.
fn delivery(report: &[u8]) -> Delivery {
    let mut rest = report.get(..DELIVERY_BYTES_MAX).unwrap_or(report);
    let mut worst: Option<Delivery> = None;
    while let Ok((fields, after)) = split(rest) {
        let action = fields.text("action").to_ascii_lowercase();
        let outcome = match action.split([' ', ';']).next().unwrap_or_default() {
            "failed" => Some(Outcome::Failed),
            "delayed" => Some(Outcome::Delayed),
            "delivered" | "relayed" | "expanded" => Some(Outcome::Arrived),
            _ => None,
        };
        let rank = |outcome: Outcome| match outcome {
            Outcome::Failed => 2,
            Outcome::Delayed => 1,
            Outcome::Arrived => 0,
        };
        if let Some(outcome) = outcome
            && worst
                .as_ref()
                .is_none_or(|known| rank(known.outcome) < rank(outcome))
        {
            worst = Some(Delivery {
                outcome,
                status: status(&fields.text("status")),
            });
        }
        if after.is_empty() || after.len() == rest.len() {
            break;
        }
        rest = after;
    }
    worst.unwrap_or(Delivery {
        outcome: Outcome::Delayed,
        status: None,
    })
}

/// Three numbers with dots between them (RFC 3463, 2).
fn status(text: &str) -> Option<String> {
    let code: &str = text.split([' ', '(']).next().unwrap_or_default();
    let parts: Vec<&str> = code.split('.').collect();
    let number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(number)).then(|| code.to_owned())
}

/// What is new in an answer: the text without the older message that mail programs quote below it. Where nothing else would
/// be left, or where quoted lines stand between others, all of it stays.
#[must_use]
pub fn without_quote(text: &str) -> &str {
    let mut end = text.len();
    let mut quoted = false;
    for line in text.split_inclusive('\n').rev() {
        let bare = line.trim();
        if bare.starts_with('>') {
            quoted = true;
        } else if !bare.is_empty() {
            break;
        }
        end -= line.len();
    }
    let head = text.get(..end).unwrap_or_default();
    if !quoted || head.trim().is_empty() {
        return text;
    }
    let new = without_attribution(head.trim_end());
    if new.trim().is_empty() { text } else { new }
}

/// Without "On … wrote:" right above the quotation, on one or two lines.
fn without_attribution(head: &str) -> &str {
    const LINE_CHARS_MAX: usize = 300;
    if !head.ends_with(':') {
        return head;
    }
    let start = head.rfind("\n\n").or_else(|| head.rfind('\n'));
    let Some(start) = start else { return "" };
    let block = head.get(start..).unwrap_or_default();
    let short = block.trim().lines().count() <= 2 && block.chars().count() <= LINE_CHARS_MAX;
    if short {
        head.get(..start).unwrap_or_default().trim_end()
    } else {
        head
    }
}

/// What tells one message from another when it comes twice, on two ways or handed in again: Message-ID, author, day, subject,
/// and everything behind the header. What servers add on the way is no part, nor how they end lines: pipes are given LF, LMTP CR LF.
/// A message without an id is told by all of it.
#[must_use]
pub fn identity(message: &[u8]) -> (Vec<u8>, Cow<'_, [u8]>) {
    let Ok((fields, body)) = split(message) else {
        return (Vec::new(), plain_ends(message));
    };
    if own_id(&fields).is_empty() {
        return (Vec::new(), plain_ends(message));
    }
    let mut head = Vec::new();
    for name in ["message-id", "from", "date", "subject"] {
        for value in fields.raw(name) {
            head.extend_from_slice(value.as_bytes());
            head.push(b'\n');
        }
        head.push(0);
    }
    (head, plain_ends(body))
}

/// Lines that end in LF, without blank ones at the end.
fn plain_ends(text: &[u8]) -> Cow<'_, [u8]> {
    let text = text.trim_ascii_end();
    if !text.contains(&b'\r') {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        if *byte != b'\r' || text.get(at + 1) != Some(&b'\n') {
            plain.push(*byte);
        }
    }
    Cow::Owned(plain)
}
