//! Reports that come by mail: the bytes of a message (RFC 5322, MIME: RFC 2045–2049) to what it says.
//!
//! The usual report is a suspicious mail that somebody forwards: as an attachment (`message/rfc822`, kept whole, the
//! best evidence), redirected (`Resent-From`), or within the text. The forwarded mail is the [`Original`]; what the reporter
//! wrote around it is [`MailReport::text`].
//!
//! A message is never refused for being odd. What exceeds a limit is left out and named in
//! [`MailReport::incomplete`]; the caller keeps the bytes whole in any case. Time is linear in the message's size:
//! the walk over the parts is ours, with its own limits, and only single header fields and decoded bodies are given to
//! the mail library.

mod auth;
mod draft;
mod header;
mod html;
mod inline;
mod mbox;
mod mime;
pub mod sealed;
#[cfg(test)]
mod tests;
mod thread;

use std::collections::BTreeSet;
use std::ops::Range;

use cairn_kernel::observable::{CALLING_CODE, Kind, OBSERVABLES_MAX, Observable, extract_for};
use cairn_kernel::time::Micros;

use crate::report::MailEvidence;

pub use draft::{Filing, draft};
pub use mbox::{maildir_done, maildir_is_message, split_mbox};
pub use thread::{Delivery, Nature, Outcome, THREAD_IDS_MAX, Thread, identity, without_quote};

use header::Fields;
use mime::{Found, Message};

/// Largest message that is read, bytes.
pub const MAIL_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Most parts of a message with all that it contains.
pub const MAIL_PARTS_MAX: usize = 256;
/// Deepest nesting of parts, levels.
pub const MAIL_DEPTH_MAX: usize = 16;
/// Most header fields of one part.
pub const MAIL_HEADERS_MAX: usize = 1000;
/// Largest header of one part, bytes.
pub const MAIL_HEADER_BYTES_MAX: usize = 256 * 1024;
/// Largest single header field that is interpreted, bytes; of a longer one only the start is.
pub const MAIL_FIELD_BYTES_MAX: usize = 8 * 1024;
/// Most text that a report's body takes from each of the reporter's and the original message, bytes; the rest is in
/// the original file.
pub const MAIL_TEXT_BYTES_MAX: usize = 64 * 1024;
/// Most OpenPGP keys of one message that are looked at.
pub const MAIL_KEYS_MAX: usize = 4;
/// A message that went through so many servers is going in circles (RFC 5321, 6.3).
pub const MAIL_RECEIVED_MAX: usize = 100;

/// Why a message, or a part of it, was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Nothing in it.
    #[error("the message is empty")]
    Empty,
    /// Larger than [`MAIL_BYTES_MAX`].
    #[error("the message has {bytes} bytes, more than {MAIL_BYTES_MAX}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It does not start with a header.
    #[error("the message does not start with a header field")]
    NoHeader,
    /// More than [`MAIL_HEADERS_MAX`] fields or [`MAIL_HEADER_BYTES_MAX`] bytes in one header.
    #[error("a header has more than {MAIL_HEADERS_MAX} fields or {MAIL_HEADER_BYTES_MAX} bytes")]
    HeaderTooLarge,
    /// More than [`MAIL_PARTS_MAX`] parts.
    #[error("the message has more than {MAIL_PARTS_MAX} parts")]
    TooManyParts,
    /// Nested deeper than [`MAIL_DEPTH_MAX`].
    #[error("the parts of the message are nested more than {MAIL_DEPTH_MAX} deep")]
    TooDeep,
}

/// How to read messages.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Name under which our own mail server writes `Authentication-Results` (RFC 8601, authserv-id). What others
    /// wrote there proves nothing. `None` trusts nobody.
    pub authserv_id: Option<&'a str>,
    /// Calling code for telephone numbers without one.
    pub calling_code: u16,
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Self {
            authserv_id: None,
            calling_code: CALLING_CODE,
        }
    }
}

/// A mailbox of a header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Display name, one line, may be empty.
    pub name: String,
    /// Address as written.
    pub address: String,
}

/// The header fields that matter, decoded (RFC 2047), each on one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers {
    /// Subject; empty if there is none.
    pub subject: String,
    /// From.
    pub from: Vec<Mailbox>,
    /// Reply-To.
    pub reply_to: Vec<Mailbox>,
    /// To and Cc.
    pub to: Vec<Mailbox>,
    /// Date, if it can be read.
    pub date: Option<Micros>,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
}

/// Where the original came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The message itself: nothing was attached.
    Itself,
    /// A message attached to it.
    Attached,
    /// Forwarded within the text; then header and text are only what the reporter's mail program made of them.
    Inline,
    /// The message itself, redirected by the reporter (RFC 5322, 3.6.6).
    Redirected,
}

/// The suspicious message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Where it came from.
    pub origin: Origin,
    /// Its header.
    pub headers: Headers,
    /// Its text: the plain text, or what is readable of its HTML.
    pub text: String,
}

/// A file in the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The sender's name for it, one line; never a path to use.
    pub name: Option<String>,
    /// The sender's claim, lower case; `application/octet-stream` if it makes no sense.
    pub media_type: String,
    /// Decoded content.
    pub contents: Vec<u8>,
    /// Where it lies, encoded, among the message's bytes; `None` if within an encoded attached message.
    pub range: Option<Range<usize>>,
}

/// Signs that no person sent the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Automatic {
    /// `Auto-Submitted` other than `no` (RFC 3834), or one of its forerunners.
    pub auto_submitted: bool,
    /// Sent to a list (RFC 2919, RFC 2369) or in bulk.
    pub list: bool,
    /// A delivery report (RFC 3464) or without a return address.
    pub bounce: bool,
    /// Goes in circles.
    pub looped: bool,
}

impl Automatic {
    /// Nobody waits for an answer to it, and an answer could start a loop.
    #[must_use]
    pub const fn any(self) -> bool {
        self.auto_submitted || self.list || self.bounce || self.looped
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailReport {
    /// Who sent or redirected it: `Resent-From`, else `From`.
    pub reporter: Option<Mailbox>,
    /// Header of the message as it reached us.
    pub headers: Headers,
    /// What the reporter wrote; empty if the message itself is the original.
    pub text: String,
    /// The suspicious message.
    pub original: Original,
    /// What our mail server found out about the message as it reached us.
    pub evidence: MailEvidence,
    /// Files of the message and of messages in it, the attached messages among them.
    pub attachments: Vec<Attachment>,
    /// From all texts, links, and the original's senders; without the mailboxes of the reporter and of the recipients.
    pub observables: Vec<Observable>,
    /// Signs that no person sent it.
    pub automatic: Automatic,
    /// What it says of the conversation that it belongs to.
    pub thread: Thread,
    /// OpenPGP keys that it brings: in its `Autocrypt` field, then attached. At most [`MAIL_KEYS_MAX`].
    pub keys: Vec<Vec<u8>>,
    /// What was left out and why.
    pub incomplete: Option<MailError>,
}

/// Reads a message, also one that is none: then all of its bytes are its text, as far as they are one, and `incomplete` says
/// why. So nothing that was handed in is lost.
///
/// # Errors
/// [`MailError::Empty`] and [`MailError::TooLarge`] only.
pub fn read_anyhow(message: &[u8], reading: &Reading<'_>) -> Result<MailReport, MailError> {
    let error = match read(message, reading) {
        Err(error @ (MailError::NoHeader | MailError::HeaderTooLarge)) => error,
        other => return other,
    };
    let start = message.get(..MAIL_TEXT_BYTES_MAX).unwrap_or(message);
    let mut bare = b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n".to_vec();
    bare.extend_from_slice(start);
    let mut report = read(&bare, reading)?;
    report.incomplete = Some(error);
    Ok(report)
}

/// Reads a message.
///
/// # Errors
/// It is empty, too large, or has no or too large a header. What is wrong deeper inside does not stop the reading.
pub fn read(message: &[u8], reading: &Reading<'_>) -> Result<MailReport, MailError> {
    if message.is_empty() {
        return Err(MailError::Empty);
    }
    if message.len() > MAIL_BYTES_MAX {
        return Err(MailError::TooLarge {
            bytes: message.len(),
        });
    }
    let found = mime::walk(message)?;
    let first = found.messages.first().ok_or(MailError::NoHeader)?;
    let thread = thread::read(&first.fields, &found, first.text());
    let Found {
        messages,
        attachments,
        incomplete,
        ..
    } = found;
    let mut messages = messages.into_iter();
    let outer = messages.next().ok_or(MailError::NoHeader)?;
    let rest: Vec<Message> = messages.collect();

    let headers = outer.fields.headers();
    let keys = keys(&outer.fields, &headers, &attachments);
    let resent = outer.fields.mailboxes("resent-from");
    let reporter = resent.first().or(headers.from.first()).cloned();
    let (original, text) = original(&outer, rest.first(), !resent.is_empty());
    let known = known_mailboxes(&outer.fields, &headers, &original);
    let observables = observables(&original, &outer, &rest, &known, reading.calling_code);
    let (dkim, spf, dmarc) = auth::results(&outer.fields, reading.authserv_id);
    let evidence = MailEvidence {
        seals: Vec::new(),
        dkim,
        spf,
        dmarc,
        subject: headers.subject.clone(),
        message_id: headers.message_id.clone(),
    };
    let automatic = automatic(&outer.fields, !resent.is_empty());
    Ok(MailReport {
        reporter,
        headers,
        text,
        original,
        evidence,
        attachments,
        observables,
        automatic,
        thread,
        keys,
        incomplete,
    })
}

/// Keys that the message brings.
fn keys(fields: &Fields, headers: &Headers, attachments: &[Attachment]) -> Vec<Vec<u8>> {
    let from = headers.from.first().map_or("", |from| from.address.trim());
    let own = sealed::autocrypt(fields, from);
    let attached = attachments.iter().filter(|file| {
        file.media_type == "application/pgp-keys"
            || file
                .contents
                .trim_ascii_start()
                .starts_with(b"-----BEGIN PGP PUBLIC KEY")
    });
    own.into_iter()
        .chain(attached.map(|file| file.contents.clone()))
        .take(MAIL_KEYS_MAX)
        .collect()
}

/// The suspicious message, and what the reporter wrote around it.
fn original(outer: &Message, attached: Option<&Message>, redirected: bool) -> (Original, String) {
    let make = |origin, message: &Message| Original {
        origin,
        headers: message.fields.headers(),
        text: message.text(),
    };
    if let Some(attached) = attached {
        return (make(Origin::Attached, attached), outer.text());
    }
    if redirected {
        return (make(Origin::Redirected, outer), String::new());
    }
    let itself = make(Origin::Itself, outer);
    let Some(inline::Inline { own, headers, text }) = inline::find(&itself.text) else {
        return (itself, String::new());
    };
    let origin = Origin::Inline;
    (
        Original {
            origin,
            headers,
            text,
        },
        own,
    )
}

/// Mailboxes that are the reporter's or ours, in lower case.
fn known_mailboxes(fields: &Fields, headers: &Headers, original: &Original) -> BTreeSet<String> {
    let mut known: Vec<Mailbox> = headers.to.clone();
    for name in ["resent-from", "resent-to", "resent-sender", "delivered-to"] {
        known.extend(fields.mailboxes(name));
    }
    if original.origin == Origin::Inline {
        // It went to the reporter, under whatever address.
        known.extend(original.headers.to.iter().cloned());
    }
    if original.origin != Origin::Redirected {
        known.extend(headers.from.iter().chain(&headers.reply_to).cloned());
        known.extend(fields.mailboxes("sender"));
    }
    known
        .into_iter()
        .map(|mailbox| mailbox.address.to_lowercase())
        .collect()
}

fn observables(
    original: &Original,
    outer: &Message,
    rest: &[Message],
    known: &BTreeSet<String>,
    calling_code: u16,
) -> Vec<Observable> {
    let mut found = BTreeSet::new();
    let mut take = |text: &str| {
        for observable in extract_for(text, calling_code) {
            let own =
                observable.kind == Kind::Email && known.contains(&observable.value.to_lowercase());
            if found.len() < OBSERVABLES_MAX && !own {
                found.insert(observable);
            }
        }
    };
    if original.origin != Origin::Itself {
        for mailbox in original
            .headers
            .from
            .iter()
            .chain(&original.headers.reply_to)
        {
            take(&mailbox.address);
        }
    }
    take(&original.headers.subject);
    for message in rest.iter().chain([outer]) {
        for text in message.texts() {
            take(text);
        }
    }
    take(&outer.fields.text("subject"));
    found.into_iter().collect()
}

/// Of a redirected message only what stands above and in the block of who redirected it (RFC 5322, 3.6.6) tells who
/// sent it to us: below it are the fields of the suspicious message, and those of phishing are often such as a list has.
fn automatic(fields: &Fields, redirected: bool) -> Automatic {
    let hops = fields.count("received");
    let redirection = redirected.then(|| fields.to_the_end_of("resent-"));
    let fields = redirection.as_ref().unwrap_or(fields);
    let value = |name: &str| fields.text(name).to_ascii_lowercase();
    let submitted = value("auto-submitted");
    let precedence = value("precedence");
    let return_path = fields.text("return-path");
    Automatic {
        auto_submitted: !(submitted.is_empty() || submitted.split([';', ' ']).next() == Some("no"))
            || precedence == "auto_reply"
            || fields.has("x-autoreply")
            || fields.has("x-autorespond"),
        list: matches!(precedence.as_str(), "bulk" | "list" | "junk")
            || fields.has("list-id")
            || fields.has("list-unsubscribe")
            || fields.has("list-post"),
        bounce: fields.content_type().0 == "multipart/report" || return_path.trim() == "<>",
        looped: fields.has("x-loop") || hops >= MAIL_RECEIVED_MAX,
    }
}
