//! Notices: telling the owners of machines what machines reported about them. The book of rules says who is told of what, how and how
//! often ([`book`]); whom that reaches and when it may leave is decided beside it ([`reach`]); what leaves is a text and a file ([`files`],
//! [`letter`]); what became of it is its story ([`story`]).
//!
//! Each judgement keeps why an owner was or was not told ([`Why`]).

pub mod book;
pub mod files;
pub mod letter;
pub mod measure;
pub mod reach;
pub mod story;
pub mod trial;

use std::net::IpAddr;

use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

pub use book::{Book, BookFault, Format, Judged, Limits, Medium, Rule, Seen, Tell, When};
pub use measure::Times;
pub use reach::{due, reach};
pub use story::{Answer, Change, Command, Event, Refusal, Standing, State};
pub use trial::{Reach, Trial};

/// Number under which the book of rules stands among the rules of the desk: they have the same versions, dry runs and second person.
pub const BOOK: i64 = 0;
/// Most rows of one notice; what is beyond goes in another one.
pub const ROWS_MAX: usize = 2_000;
/// Longest note of an owner, characters.
pub const NOTE_CHARS_MAX: usize = 1_000;
/// Most answers to one notice.
pub const ANSWERS_MAX: u32 = 500;
/// The row that stands for all.
pub const ALL_ROWS: i64 = -1;

/// Why an owner was or was not told of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A rule says to tell, and it is to be told with the next notice.
    Due,
    /// It was told.
    Told,
    /// Nobody's: no constituent has it.
    NoOwner,
    /// No rule fits.
    NoRule,
    /// A rule says not to tell.
    Rule,
    /// The constituent has no contact with such a role and a mailbox.
    NoContact,
    /// Mail to its contacts came back.
    Bounced,
    /// Its contacts are not to be written to.
    Disabled,
    /// What is to be told may only leave encrypted, and there is no key that is good.
    NoKey,
    /// It was told not long ago.
    Interval,
    /// Nobody is to be woken now.
    Quiet,
    /// As many mails as may leave within an hour have left.
    Cap,
    /// The notice waits for a person's approval.
    Approval,
    /// The owner answered that it is not theirs, or not so.
    Answered,
    /// It was gone before it was told.
    Gone,
}

impl Why {
    /// Every one.
    pub const ALL: [Self; 15] = [
        Self::Due,
        Self::Told,
        Self::NoOwner,
        Self::NoRule,
        Self::Rule,
        Self::NoContact,
        Self::Bounced,
        Self::Disabled,
        Self::NoKey,
        Self::Interval,
        Self::Quiet,
        Self::Cap,
        Self::Approval,
        Self::Answered,
        Self::Gone,
    ];

    /// The name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Told => "told",
            Self::NoOwner => "no_owner",
            Self::NoRule => "no_rule",
            Self::Rule => "rule",
            Self::NoContact => "no_contact",
            Self::Bounced => "bounced",
            Self::Disabled => "disabled",
            Self::NoKey => "no_key",
            Self::Interval => "interval",
            Self::Quiet => "quiet",
            Self::Cap => "cap",
            Self::Approval => "approval",
            Self::Answered => "answered",
            Self::Gone => "gone",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// In which part of a notice a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// New since the last notice.
    New,
    /// Told before, and still there.
    Still,
    /// Told before, and not seen any more.
    Gone,
}

impl Part {
    /// All, in the order of a notice.
    pub const ALL: [Self; 3] = [Self::New, Self::Still, Self::Gone];

    /// The name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Still => "still",
            Self::Gone => "gone",
        }
    }
}

/// An observation as an owner is told of it. Empty text: not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Line {
    /// Source and name of its feed, `source/name`.
    pub feed: String,
    /// `classification.type`.
    pub kind: String,
    /// `classification.identifier`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identifier: String,
    /// `malware.name`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub malware: String,
    /// `severity`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub severity: String,
    /// Address of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// Its port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `protocol.transport`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub transport: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fqdn: String,
    /// URL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Number of its autonomous system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// Its country, two letters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cc: String,
    /// `tlp`: the label of this row alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tlp: String,
    /// Its tags, as the report wrote them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// When it was seen.
    pub at: Micros,
    /// The report that told it.
    pub report: i64,
    /// Where its row begins in that report, in bytes.
    pub offset: u64,
    /// Bytes of the row.
    pub bytes: u32,
}

impl Line {
    /// What it is about, for a list: address, else name, else URL.
    #[must_use]
    pub fn asset(&self) -> String {
        match self.ip {
            Some(ip) => ip.to_string(),
            None if self.fqdn.is_empty() => self.url.clone(),
            None => self.fqdn.clone(),
        }
    }
}

/// A row of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// In which part.
    pub part: Part,
    /// What was seen.
    pub line: Line,
    /// When it was first told, for what is not new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Micros>,
    /// When it was gone, for what is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Micros>,
}

/// What a notice says and to whom: what lies beside the log, which has its salted digest. No address of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Number of the constituent.
    pub owner: u32,
    /// Its name, as it was when the notice was made.
    pub name: String,
    /// Number of its contact.
    pub contact: u32,
    /// How it is told.
    pub tell: Tell,
    /// The version of the book of rules that says so.
    pub version: u32,
    /// Language that it is written in.
    pub language: String,
    /// Subject of the mail.
    pub subject: String,
    /// Text of the mail; `{link}` stands for the secret link.
    pub text: String,
    /// What was seen.
    pub rows: Vec<Row>,
}

impl Content {
    /// How many rows a part has.
    #[must_use]
    pub fn count(&self, part: Part) -> usize {
        self.rows.iter().filter(|row| row.part == part).count()
    }
}

/// The number by which people call a notice: the day and a count within it.
#[must_use]
pub fn number(day: i64, count: i64) -> String {
    format!("{day:08}-{count:08}")
}
