//! What goes over the wire, for answers and for the document. Reports come in by the form's own reader, which knows its
//! questions; the types of a report here describe it.
#![expect(
    dead_code,
    reason = "the types of requests are only described, not made"
)]

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A report. Only `answers` must be there; which answers are needed is the form's to say, and a problem document names
/// every one that is missing or wrong.
#[derive(ToSchema)]
pub struct NewReport {
    /// The form and version that the answers are for, as `/api/v1/form` names it. May be left out.
    form: Option<String>,
    /// Language of the reporter, and of messages about this document.
    language: Option<String>,
    /// Stay anonymous: no contact is kept, times are kept to the hour, files lose names and hidden details.
    anonymous: Option<bool>,
    /// Answers by question: an option's code, a list of codes, a text, a number, a date
    /// (`{"year": 2026, "month": 3, "day": 27}`) or `{"not_known": true}`. `/api/v1/form` has the questions.
    #[schema(value_type = Object)]
    answers: serde_json::Value,
    /// What was lost.
    losses: Option<Vec<Loss>>,
    /// How to reach the reporter.
    contact: Option<Contact>,
    /// Agencies that may be told, each with the reporter's consent.
    consents: Option<Vec<String>>,
    /// Files sent before to `/api/v1/files`.
    files: Option<Vec<FileName>>,
}

/// One loss.
#[derive(ToSchema)]
pub struct Loss {
    /// `direct_financial`, `data`, `operational`, `reputational` or `technical`.
    #[schema(example = "direct_financial")]
    kind: String,
    /// How much; absent means not known.
    amount: Option<Amount>,
    /// When: year, month and day, or less.
    date: Option<PartialDate>,
    /// `stated` or `estimated`.
    #[schema(example = "stated")]
    certainty: Option<String>,
    /// How it was paid: a code of the form.
    paid_by: Option<String>,
    /// How much came back, in minor units of the same currency.
    recovered_minor: Option<i64>,
}

/// "I do not know": an answer, unlike one that is left out.
#[derive(ToSchema)]
pub struct NotKnown {
    /// `true`.
    not_known: bool,
}

/// A date of which the day, or day and month, may be unknown.
#[derive(ToSchema)]
pub struct PartialDate {
    /// Year, from 1900.
    #[schema(example = 2026)]
    year: i16,
    /// Month, 1 to 12.
    #[schema(example = 3)]
    month: Option<i8>,
    /// Day of the month; only with a month.
    #[schema(example = 27)]
    day: Option<i8>,
}

/// Money.
#[derive(ToSchema)]
pub struct Amount {
    /// Minor units: cents.
    #[schema(example = 125000)]
    minor: i64,
    /// ISO 4217.
    #[schema(example = "NZD")]
    currency: String,
}

/// How to reach the reporter.
#[derive(ToSchema)]
pub struct Contact {
    /// Name.
    name: Option<String>,
    /// Mail address.
    #[schema(example = "aroha@example.org")]
    email: Option<String>,
    /// Telephone number.
    phone: Option<String>,
}

/// A file that was sent before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileName {
    /// SHA-256 of its content in hexadecimal, as `/api/v1/files` answered.
    pub sha256: String,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
}

/// What comes back for a report. It is received: everything here is on disk.
#[derive(Serialize, ToSchema)]
pub struct Received<'a> {
    /// Public reference.
    #[schema(example = "ABCD-EFGH-J")]
    pub reference: &'a str,
    /// Opens the status page. Keep it: we cannot give it again, except to the same request with the same key.
    pub secret: &'a str,
    /// The status page, for people.
    pub status_url: String,
    /// When it came in (the hour, if anonymous), RFC 3339.
    pub received_at: String,
    /// Category that the answers suggest.
    #[schema(example = "scam")]
    pub category: &'a str,
    /// The receipt file (C2SP tlog-proof), which proves that the report is in the log.
    pub receipt: &'a str,
}

/// A file taken in.
#[derive(Serialize, ToSchema)]
pub struct Stored {
    /// SHA-256 of its content in hexadecimal: name it in a report within a day.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type by its content.
    pub media_type: String,
    /// Shows that you brought it: a return or a case takes the file only with this. Holds for some twenty hours.
    pub ticket: String,
}

/// Where a report stands.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// Public reference.
    pub reference: String,
    /// `received`, `open`, `waiting` (for the reporter's answer) or `closed`.
    pub state: &'static str,
    /// When it came in, RFC 3339.
    pub received_at: String,
    /// Category as it stands.
    #[schema(example = "scam")]
    pub category: String,
    /// Outcome code, once closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Consent by agency.
    pub consents: std::collections::BTreeMap<String, bool>,
    /// To whom it was passed on, oldest first.
    pub passed_on: Vec<PassedOn>,
    /// Contact details are kept.
    pub contact: bool,
    /// What happened, oldest first, as the status page tells it.
    pub history: Vec<Happened>,
    /// Files that came with the report or later.
    pub files: Vec<SentFile>,
    /// Messages, oldest first.
    pub messages: Vec<Message>,
}

/// An agency to which a report was passed on.
#[derive(Serialize, ToSchema)]
pub struct PassedOn {
    /// Agency code.
    #[schema(example = "police")]
    pub agency: String,
    /// When, RFC 3339.
    pub at: String,
    /// The reporter did not agree: the law allowed it.
    pub by_law: bool,
}

/// One thing that happened to a report.
#[derive(Default, Serialize, ToSchema)]
pub struct Happened {
    /// RFC 3339.
    pub at: String,
    /// `received`, `taken_up`, `categorised`, `officer_wrote`, `officer_asked`, `reporter_wrote`, `file_added`,
    /// `file_taken`, `consent_given`, `consent_withdrawn`, `contact_erased`, `files_erased`, `text_erased`, `closed` or `reopened`.
    #[schema(example = "received")]
    pub what: &'static str,
    /// The new category, of `categorised`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The outcome, of `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The agency, of a consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
}

/// A file of a report. Files are handed out to officers only.
#[derive(Serialize, ToSchema)]
pub struct SentFile {
    /// SHA-256 of its content in hexadecimal; of an anonymous report, of the picture without its hidden details.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type by its content.
    pub media_type: String,
    /// The name it was sent with; none where the reporter stays anonymous.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it came, RFC 3339.
    pub at: String,
}

/// A message.
#[derive(Serialize, ToSchema)]
pub struct Message {
    /// `reporter` or `officer`.
    pub from: String,
    /// RFC 3339.
    pub at: String,
    /// What was written.
    pub text: String,
    /// The officer waits for an answer.
    pub waits: bool,
}

/// A message to the officers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// 1 to 10,000 characters.
    pub text: String,
}

/// A consent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Agency code.
    pub agency: String,
    /// Given (`true`) or withdrawn.
    pub given: bool,
}

/// What went wrong (RFC 9457).
#[derive(ToSchema)]
pub struct ProblemDocument {
    /// What kind of problem: an address that explains it.
    #[schema(rename = "type", example = "/problems/invalid")]
    r#type: String,
    /// The same in few words.
    title: String,
    /// HTTP status.
    status: u16,
    /// What to do.
    detail: String,
    /// Every wrong field at once.
    errors: Option<Vec<FieldProblem>>,
    /// Of the officers' API, where something moved on: how it stands now.
    #[schema(value_type = Option<Object>)]
    current: Option<serde_json::Value>,
}

/// One wrong field.
#[derive(ToSchema)]
pub struct FieldProblem {
    /// Where (JSON pointer, RFC 6901); empty for the whole document.
    #[schema(example = "/answers/what")]
    pointer: String,
    /// What is wrong and how to mend it.
    detail: String,
}

/// A report that was referred to your agency.
#[derive(Serialize, ToSchema)]
pub struct Referral {
    /// The report's reference.
    pub reference: String,
    /// Number of the referral within the report, from 1.
    pub referral: i64,
    /// `sent`, `acknowledged` or `answered`.
    #[schema(example = "sent")]
    pub state: String,
    /// When it went, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<String>,
    /// What your agency said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The reporter no longer agrees that your agency has it; an officer will write to you.
    pub consent_withdrawn: bool,
}

/// A page of referrals.
#[derive(Serialize, ToSchema)]
pub struct ReferralList {
    /// At most 200, newest reports first.
    pub referrals: Vec<Referral>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A notice that left to you.
#[derive(Serialize, ToSchema)]
pub struct OwnNotice {
    /// Its number.
    #[schema(example = "20261231-00000001")]
    pub number: String,
    /// What it is about.
    #[schema(example = "exposed")]
    pub class: String,
    /// Its label.
    #[schema(example = "TLP:AMBER")]
    pub tlp: String,
    /// When it left, RFC 3339.
    pub sent_at: Option<String>,
    /// How many rows it has.
    pub rows: u32,
    /// How many of what it told are gone since.
    pub gone: u32,
    /// How many answers of yours it has.
    pub answers: u32,
}

/// Notices that left to you.
#[derive(Serialize, ToSchema)]
pub struct OwnNotices {
    /// At most 20, those that left first first.
    pub notices: Vec<OwnNotice>,
    /// Where the next call goes on.
    pub next: String,
    /// There are more now.
    pub more: bool,
}

/// What you say of a row.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRowAnswer {
    /// Which, counted from 1: `extra.notice.row`.
    #[schema(example = 1)]
    pub row: u32,
    /// `fixed`, `not_ours`, `working` or `false`.
    #[schema(example = "fixed")]
    pub answer: String,
}

/// What you say of a notice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNoticeAnswer {
    /// Of single rows.
    #[serde(default)]
    pub rows: Vec<NewRowAnswer>,
    /// Of all others: `fixed`, `not_ours`, `working` or `false`.
    pub all: Option<String>,
    /// More, at most 1,000 characters.
    #[serde(default)]
    pub note: String,
}

/// That your agency has it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAcknowledgement {
    /// Your own reference, 1 to 2,000 characters.
    #[schema(example = "251126/1234")]
    pub reference: String,
}

/// What comes of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOutcome {
    /// `accepted`, `declined`, `no_further_action` or `resolved`.
    #[schema(example = "accepted")]
    pub outcome: String,
    /// More, at most 2,000 characters.
    pub text: Option<String>,
}
