//! The report: what a person told us (immutable), the events that follow, and the state they add up to.

mod answers;
mod decide;
mod keys;
mod message;
pub mod retention;
mod standing;
mod told;
pub mod undo;

use std::collections::BTreeMap;

pub use answers::Answers;
pub use decide::{Command, FILES_MAX, MAILS_MAX, MESSAGES_MAX, Refusal, decide, decide_all};
pub use keys::{KeySource, KeyWord, Keys, REPORT_KEYS_MAX};
pub use message::{MESSAGE_CHARS_MAX, MessageFault, MessageText};
pub use retention::Part;
pub use standing::{Hold, Mails, Standing};
pub use told::told;
pub use undo::Back;

use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money;
use cairn_kernel::observable::Observable;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use crate::conversation::Sort;

/// By which door a report came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The public form.
    Web,
    /// `POST /api/v1/reports`.
    Api,
    /// A mail message.
    Mail,
    /// Taken over from another system ([`Change::Imported`]).
    Imported,
}

/// One answer. A question that was not asked or was skipped has no entry at all; `NotKnown` is an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// "I do not know", said on purpose.
    NotKnown,
    /// Free text or one chosen code.
    Text(String),
    /// Several chosen codes, in the form's order. "None of these" is the code of an option of its own.
    Choices(Vec<String>),
    /// A whole number.
    Number(i64),
    /// A day or a part of one.
    Date(PartialDate),
}

/// A date of which the day, or day and month, may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialDate {
    /// Year, 1900 to 9999.
    pub year: i16,
    /// Month, 1 to 12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<i8>,
    /// Day of the month, 1 to 31; present only with a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<i8>,
}

/// What kind of loss an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    /// Money that left the victim's hands.
    DirectFinancial,
    /// Data taken, changed or destroyed.
    Data,
    /// Work or a service that stopped.
    Operational,
    /// Good name.
    Reputational,
    /// A device or system damaged or lost.
    Technical,
}

/// How sure the amount of a loss is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The reporter stated it.
    Stated,
    /// The reporter estimated it.
    Estimated,
    /// An officer verified it.
    Verified,
}

/// One loss. The kind may be known while the amount is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossItem {
    /// What was lost.
    pub kind: LossKind,
    /// How much, if a sum was given; `None` with `DirectFinancial` means "lost money, amount not known".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<PartialDate>,
    /// How sure the amount is.
    pub certainty: Certainty,
    /// How it was paid (a code of the form), for money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_by: Option<String>,
    /// How much came back, in the amount's currency; `None` is "not known".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered_minor: Option<i64>,
}

/// A file that came with the report; the bytes lie encrypted in the blob store under their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRef {
    /// SHA-256 of the (cleaned) content, lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type found by looking at the content, never the sender's claim.
    pub media_type: String,
    /// The sender's name for it, absent on anonymous reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Everything the reporter said except how to reach them. Immutable once received, serialised once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Which form, as `id@version`.
    pub form: String,
    /// Language of the reporter's choice: `en` or `mi` (BCP 47).
    pub language: String,
    /// The door.
    pub channel: Channel,
    /// The reporter chose to stay anonymous.
    pub anonymous: bool,
    /// The answers by question code, as given.
    pub answers: BTreeMap<String, Answer>,
    /// Category that the answers suggest (a code of the taxonomy).
    pub category: String,
    /// Sub-type, where the category has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// Severity that the answers suggest: 1 (national emergency) to 6 (minor).
    pub severity: u8,
    /// Who was affected: `individual` or `organisation`.
    pub affected: Affected,
    /// The losses; empty with `loss_known` false means "do not know".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<LossItem>,
    /// The reporter could say whether there was a loss (so an empty list means none).
    pub loss_known: bool,
    /// Addresses, links, numbers found in the answers at the time of receipt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observables: Vec<Observable>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRef>,
    /// When it happened, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<PartialDate>,
    /// Region code (ISO 3166-2), age band and sector, where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Age band code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_band: Option<String>,
    /// Sector code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// The reporter wants help (and not only to tell us).
    pub wants_help: bool,
    /// First words of the story for lists, at most 140 characters, one line.
    pub title: String,
    /// Mail only: what DKIM, SPF and DMARC said, as evidence and never as identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailEvidence>,
    /// A field that people do not see was filled: likely a machine. Kept, marked, and not counted
    /// unless an officer takes the mark off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspect: bool,
}

/// Who was affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Affected {
    /// A person.
    Individual,
    /// A business or other organisation.
    Organisation,
}

/// What the mail checks said about the message that brought the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailEvidence {
    /// `pass`, `fail`, `none`, `temperror`, `permerror` or `not_checked`.
    pub dkim: String,
    /// As `dkim`, plus `softfail` and `neutral`.
    pub spf: String,
    /// As `dkim`.
    pub dmarc: String,
    /// Subject as text.
    pub subject: String,
    /// Its Message-ID, without angle brackets, so that answers stay on its thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What OpenPGP protected of it, and how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<crate::mail::sealed::Seal>,
}

/// How to reach the reporter. Lies apart from the body so that it can be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Contact {
    /// Nothing was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.email.is_none() && self.phone.is_none()
    }
}

/// A valid submission. A `Draft` that exists is valid: only the form (or the mail reader) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What was told.
    pub body: Body,
    /// How to reach the reporter; `None` when anonymous or not given.
    pub contact: Option<Contact>,
    /// Codes of the agencies the reporter agreed to, each once.
    pub consents: Vec<String>,
    /// Folded text for the search index, where it does not follow from the answers (mail, imports). Empty where it does: then it
    /// is made of them when the report's words move into the index (see [`retention::search_text`]), and nobody waits for it.
    pub search_text: String,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has looked at it yet.
    Received,
    /// An officer has it.
    Open,
    /// Waiting for the reporter's answer.
    Waiting,
    /// Done, with an outcome.
    Closed,
}

impl State {
    /// Every state, in the order of work.
    pub const ALL: [Self; 4] = [Self::Received, Self::Open, Self::Waiting, Self::Closed];

    /// The name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Closed => "closed",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What happened to a report. Serialised as JSON into the evidence log; digests stand for texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// It came in.
    Received {
        /// The public reference, as printed on the receipt.
        reference: String,
        /// SHA-256 of salt and body, hexadecimal.
        body: String,
        /// SHA-256 of salt and contact, hexadecimal, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
        /// Agencies the reporter agreed to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        consents: Vec<String>,
        /// SHA-256 of the stored HMAC of the status secret, hexadecimal.
        secret: String,
        /// The handling label the report was given, as stored.
        label: String,
        /// Each loss in the base currency's minor unit at the rate of the day, in the body's order; `None` where no
        /// amount or no rate is known. Logged, since rates change and figures must be found again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        base_minor: Vec<Option<i64>>,
    },
    /// The reporter wrote (an addition or an answer).
    ReporterWrote {
        /// Message number within the report, from 1.
        message: i64,
        /// SHA-256 of salt and text, hexadecimal.
        digest: String,
    },
    /// An officer wrote to the reporter; `waits` asks for an answer.
    OfficerWrote {
        /// Message number within the report, from 1.
        message: i64,
        /// SHA-256 of salt and text, hexadecimal.
        digest: String,
        /// The officer waits for an answer.
        waits: bool,
        /// The rule of the desk that wrote, if no officer did. Nobody has read the report by that, and it is no answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<i64>,
    },
    /// The reporter added a file.
    FileAdded {
        /// The file.
        file: FileRef,
    },
    /// An officer took a file away.
    FileTaken {
        /// SHA-256 of the content.
        sha256: String,
    },
    /// Assigned to an account, or to nobody.
    Assigned {
        /// Account id.
        to: Option<String>,
    },
    /// The final category was set.
    Categorised {
        /// Category code.
        category: String,
        /// Sub-type code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subtype: Option<String>,
    },
    /// The severity was set.
    SeveritySet {
        /// 1 (national emergency) to 6 (minor).
        severity: u8,
    },
    /// An officer verified the amount of a loss, or corrected it.
    LossVerified {
        /// Which loss of the body, from 0.
        item: u32,
        /// The amount as verified.
        amount: Money,
        /// The same in the base currency's minor unit at the rate of the day of receipt; `None` where no rate is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        base_minor: Option<i64>,
    },
    /// Closed with an outcome code.
    Closed {
        /// Outcome code of the taxonomy.
        outcome: String,
    },
    /// Taken up again.
    Reopened,
    /// An officer found that a person sent it: the mark of a machine is off, and it counts.
    NotSuspect,
    /// Consent for an agency was given (`true`) or withdrawn.
    Consent {
        /// Agency code.
        agency: String,
        /// Given or withdrawn.
        given: bool,
    },
    /// Contact details were erased by the reporter, by a lead, or (before there were rules) because their time was over.
    ContactErased,
    /// A legal hold was placed: until it is lifted nothing of the report is erased.
    HoldPlaced {
        /// SHA-256 of salt and reason, hexadecimal.
        digest: String,
        /// When it ends by itself; `None` is not before somebody lifts it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Micros>,
    },
    /// The legal hold was lifted, or its time was over.
    HoldLifted {
        /// SHA-256 of salt and reason, hexadecimal; `None` where its time was over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// A part of the report was erased by a rule.
    Erased {
        /// Which part.
        part: Part,
        /// Id of the rule.
        rule: String,
        /// Version of the rules.
        version: u32,
        /// SHA-256 of salt and what is left of the body, hexadecimal, where that was changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    /// Something happened to a referral of it.
    Referral {
        /// Number within the report, from 1.
        referral: u32,
        /// What.
        #[serde(flatten)]
        step: crate::referral::Step,
    },
    /// A rule of the desk set what nobody had set, asked a person to look, or wrote (which is an event of its own that follows).
    Ruled {
        /// Number of the rule.
        rule: i64,
        /// Its version, from 1.
        version: u32,
        /// Category and sub-type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<(String, Option<String>)>,
        /// 1 (national emergency) to 6 (minor).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<u8>,
        /// Account id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<String>,
        /// A person is to look at it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        asks: bool,
        /// A case is opened with it, a little later.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        opens: bool,
    },
    /// A person looked at it, as a rule had asked.
    Looked {
        /// Number of the rule.
        rule: i64,
    },
    /// An OpenPGP key of the reporter came.
    KeyCame {
        /// Number among the keys of the report, from 1.
        key: i64,
        /// How.
        source: KeySource,
        /// SHA-256 of salt and what is kept of it, hexadecimal.
        digest: String,
    },
    /// An officer confirmed a key, or took it out of use.
    KeyJudged {
        /// Number of the key.
        key: i64,
        /// What was said.
        word: KeyWord,
    },
    /// A mail came on the report's thread. One by the reporter is a message of the conversation, too.
    MailCame {
        /// Number among the mails of the report, from 1.
        mail: i64,
        /// What it is.
        sort: Sort,
        /// SHA-256 of the message as it came, hexadecimal: it is kept whole.
        sha256: String,
        /// SHA-256 of salt and what is kept of its header, hexadecimal.
        head: String,
        /// The same of its text, where it is no message of the conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Number of the message of the conversation that it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<i64>,
    },
    /// It was taken over from another system: the source says that it came in at another time than it was received here. Stands
    /// right behind the receipt. It runs no rule, starts no clock, and nobody is told by mail.
    Imported {
        /// Code of the source.
        source: String,
        /// Its number there.
        number: String,
        /// When the source says that it came in.
        happened: Micros,
        /// It is counted in the figures of the quarter in which it came in.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counts: bool,
        /// Where it stood there.
        state: State,
    },
    /// Another number by which the source knew it.
    OldNumber {
        /// Code of the source.
        source: String,
        /// The number.
        number: String,
    },
    /// An entry of its thread elsewhere was taken over.
    OldEntry {
        /// Number among the entries taken over, from 1.
        entry: i64,
        /// When the source says that it happened.
        happened: Micros,
        /// What it is.
        sort: crate::import::Sort,
        /// SHA-256 of salt and what is kept of its head, hexadecimal.
        head: String,
        /// The same of its text.
        text: String,
    },
    /// What an officer had done was undone.
    Undone {
        /// Which event of the report, from 1 (its receipt).
        event: i64,
        /// What it gave back.
        back: Box<Back>,
    },
}

/// One line of a report's history: the change, by whom, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The report's number.
    pub report: i64,
    /// When (hour only, for what an anonymous reporter did).
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}
