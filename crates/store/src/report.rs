//! Reports: the rows of a new one, the changes to one, and what lists and pages read.

use cairn_desk::report::{Affected, Change, Channel, Event, Standing, State};
use cairn_evidence::hash::sha256;
use cairn_kernel::observable::Observable;
use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::params;
use crate::referral;
use crate::retention::{erased_row, since_closed};
use crate::sql::{Row, Table, Ty, Value};
use crate::unindexed::UNINDEXED;
use crate::writer::{Entry, Unit};

pub use list::{Filter, LIST_ROWS_MAX, Order, SEARCH_TEXT_BYTES_MAX};
pub use read::{EvidenceRow, FileRow, Message, Salted};
pub use search::{Found, LOOKED_ROWS_MAX, Page, Seen};

static REPORT: Table = Table::new(
    "report",
    &[
        ("no", Ty::Int),
        ("received_at", Ty::Int),
        ("quarter", Ty::Int),
        ("channel", Ty::Text),
        ("language", Ty::Text),
        ("anonymous", Ty::Bool),
        ("suspect", Ty::Bool),
        ("label", Ty::Text),
        ("category_reported", Ty::Text),
        ("category", Ty::Text),
        ("subtype", Ty::Text),
        ("severity", Ty::Int),
        ("state", Ty::Text),
        ("affected", Ty::Text),
        ("region", Ty::Text),
        ("age_band", Ty::Text),
        ("sector", Ty::Text),
        ("loss", Ty::Text),
        ("loss_minor", Ty::Int),
        ("title", Ty::Text),
        ("secret", Ty::Blob),
        ("version", Ty::Int),
        ("wants_help", Ty::Bool),
        ("reachable", Ty::Bool),
        ("losses", Ty::Text),
        ("consents", Ty::Text),
    ],
);
static BODY: Table = Table::new(
    "report_body",
    &[("no", Ty::Int), ("salt", Ty::Blob), ("body", Ty::Text)],
);
static CONTACT: Table = Table::new(
    "report_contact",
    &[("no", Ty::Int), ("salt", Ty::Blob), ("contact", Ty::Text)],
);
static FILE: Table = Table::new(
    "report_file",
    &[
        ("no", Ty::Int),
        ("sha256", Ty::Text),
        ("size", Ty::Int),
        ("media_type", Ty::Text),
        ("name", Ty::Text),
        ("at", Ty::Int),
    ],
);
static IDEMPOTENCY: Table = Table::remembered(
    "idempotency",
    &[
        ("key", Ty::Blob),
        ("request", Ty::Blob),
        ("report", Ty::Int),
        ("at", Ty::Int),
    ],
);
static MESSAGE: Table = Table::new(
    "message",
    &[
        ("no", Ty::Int),
        ("n", Ty::Int),
        ("author", Ty::Text),
        ("at", Ty::Int),
        ("waits", Ty::Bool),
        ("salt", Ty::Blob),
        ("text", Ty::Text),
    ],
);

/// What a list shows of a report. The columns follow from body and evidence; `cairn log verify` checks that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Number.
    pub no: i64,
    /// When it came in (the hour, if anonymous).
    pub received_at: Micros,
    /// Year times ten plus quarter, in the country's time zone.
    pub quarter: i64,
    /// Door.
    pub channel: String,
    /// `en` or `mi`.
    pub language: String,
    /// The reporter stays anonymous.
    pub anonymous: bool,
    /// Likely a machine.
    pub suspect: bool,
    /// Handling label.
    pub label: String,
    /// As the answers suggested.
    pub category_reported: String,
    /// As it stands.
    pub category: String,
    /// Sub-type.
    pub subtype: Option<String>,
    /// 1 to 6.
    pub severity: u8,
    /// State.
    pub state: String,
    /// Account id.
    pub assignee: Option<String>,
    /// Outcome code.
    pub outcome: Option<String>,
    /// `individual` or `organisation`.
    pub affected: String,
    /// Region code.
    pub region: Option<String>,
    /// Age band code.
    pub age_band: Option<String>,
    /// Sector code.
    pub sector: Option<String>,
    /// `yes`, `no` or `not_known`.
    pub loss: String,
    /// Direct financial loss in the base currency's minor unit.
    pub loss_minor: Option<i64>,
    /// First words.
    pub title: String,
    /// Events so far.
    pub version: i64,
    /// The reporter asked for an answer.
    pub wants_help: bool,
    /// On legal hold until then; [`crate::retention::OPEN`] is until it is lifted.
    pub held_until: Option<Micros>,
    /// What people wrote was erased by a rule.
    pub bare: bool,
}

/// Columns of [`Summary`], for the lists below.
macro_rules! summary_columns {
    () => {
        "r.no, r.received_at, r.quarter, r.channel, r.language, r.anonymous, r.suspect, r.label, \
         r.category_reported, r.category, r.subtype, r.severity, r.state, r.assignee, r.outcome, r.affected, \
         r.region, r.age_band, r.sector, r.loss, r.loss_minor, r.title, r.version, r.wants_help, \
         r.held_until, r.bare"
    };
}

pub(crate) use search::all_words;

mod list;
mod read;
mod search;

impl Summary {
    pub(crate) fn read(row: &Row) -> Result<Self, ReadError> {
        Ok(Self {
            no: row.int(0)?,
            received_at: row.at(1)?,
            quarter: row.int(2)?,
            channel: row.text(3)?,
            language: row.text(4)?,
            anonymous: row.bool(5)?,
            suspect: row.bool(6)?,
            label: row.text(7)?,
            category_reported: row.text(8)?,
            category: row.text(9)?,
            subtype: row.text_opt(10)?,
            severity: u8::try_from(row.int(11)?).unwrap_or(u8::MAX),
            state: row.text(12)?,
            assignee: row.text_opt(13)?,
            outcome: row.text_opt(14)?,
            affected: row.text(15)?,
            region: row.text_opt(16)?,
            age_band: row.text_opt(17)?,
            sector: row.text_opt(18)?,
            loss: row.text(19)?,
            loss_minor: row.int_opt(20)?,
            title: row.text(21)?,
            version: row.int(22)?,
            wants_help: row.bool(23)?,
            held_until: row.int_opt(24)?.map(Micros),
            bare: row.bool(25)?,
        })
    }
}

/// A new report, ready to be written. Everything that costs time was made outside the writer's thread.
#[derive(Debug)]
pub struct NewReport<'a> {
    /// Number, taken from [`Store::next_report`].
    pub no: i64,
    /// The draft.
    pub draft: &'a cairn_desk::report::Draft,
    /// When it came in, already the hour if anonymous.
    pub at: Micros,
    /// Year times ten plus quarter.
    pub quarter: i64,
    /// Handling label.
    pub label: &'a str,
    /// Body as JSON, and its salt.
    pub body: (String, [u8; 16]),
    /// Contact as JSON, and its salt.
    pub contact: Option<(String, [u8; 16])>,
    /// HMAC of the status secret.
    pub secret: [u8; 32],
    /// HMAC of the idempotency key, SHA-256 of the request.
    pub idempotency: Option<([u8; 32], [u8; 32])>,
    /// Each loss in the base currency, where a rate is known; as long as the body's list.
    pub base_minor: Vec<Option<i64>>,
    /// The event of receipt.
    pub event: Entry,
}

/// The door that a report came by, as the database and the metrics name it.
#[must_use]
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "web",
        Channel::Api => "api",
        Channel::Mail => "mail",
        Channel::Imported => "imported",
    }
}

/// `individual` or `organisation`.
#[must_use]
pub fn affected(affected: Affected) -> &'static str {
    match affected {
        Affected::Individual => "individual",
        Affected::Organisation => "organisation",
    }
}

/// The code that JSON uses for a plain enum.
pub(crate) fn code(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// `yes`, `no` or `not_known`.
#[must_use]
pub fn loss_word(body: &cairn_desk::report::Body) -> &'static str {
    match (body.loss_known, body.losses.is_empty()) {
        (_, false) => "yes",
        (true, true) => "no",
        (false, true) => "not_known",
    }
}

/// Direct financial loss in the base currency; `None` if no amount is known.
#[must_use]
pub fn loss_minor(body: &cairn_desk::report::Body, base_minor: &[Option<i64>]) -> Option<i64> {
    body.losses
        .iter()
        .zip(base_minor)
        .filter(|(loss, _)| loss.kind == cairn_desk::report::LossKind::DirectFinancial)
        .filter_map(|(_, minor)| *minor)
        .reduce(i64::saturating_add)
}

/// What the event of receipt says of the stored status secret (its HMAC): SHA-256, hexadecimal.
#[must_use]
pub fn secret_digest(secret: &[u8; 32]) -> String {
    sha256(secret).hex()
}

/// The rows of a new report. The event of receipt must say the same of label, secret and converted losses: see
/// [`Change::Received`] and [`secret_digest`]; `cairn log verify` compares them.
#[must_use]
pub fn receive(new: NewReport<'_>, sqlite: bool) -> Unit {
    let mut unit = Unit {
        intake: true,
        ops: Vec::with_capacity(6),
        ..Unit::default()
    };
    let body = &new.draft.body;
    let (no, at) = (new.no, new.at.0);
    if let Some((key, request)) = new.idempotency {
        unit.insert(&IDEMPOTENCY, params![key, request, no, at]);
    }
    unit.insert(
        &REPORT,
        params![
            no,
            at,
            new.quarter,
            Value::Word(channel(body.channel)),
            body.language.as_str(),
            body.anonymous,
            body.suspect,
            new.label,
            body.category.as_str(),
            body.category.as_str(),
            body.subtype.clone(),
            body.severity,
            Value::Word(State::Received.as_str()),
            Value::Word(affected(body.affected)),
            body.region.clone(),
            body.age_band.clone(),
            body.sector.clone(),
            Value::Word(loss_word(body)),
            loss_minor(body, &new.base_minor),
            body.title.as_str(),
            new.secret,
            1_i64,
            body.wants_help,
            new.contact.is_some(),
            losses_kept(body, &new.base_minor),
            consents_kept(at, &new.draft.consents)
        ],
    );
    for file in &body.files {
        unit.insert(&FILE, file_row(no, at, file));
    }
    let (json, salt) = new.body;
    unit.insert(&BODY, params![no, salt, json]);
    if let Some((json, salt)) = new.contact {
        unit.insert(&CONTACT, params![no, salt, json]);
    }
    if let Some(words) = own_words(new.draft, sqlite) {
        unit.insert(&UNINDEXED, params![no, words]);
    }
    unit.words = Some(no);
    unit.entries.push(new.event);
    unit
}

/// What the full-text index gets of a report, unless that follows from its body.
fn own_words(draft: &cairn_desk::report::Draft, sqlite: bool) -> Option<String> {
    if draft.search_text.is_empty() {
        return None;
    }
    let words = words_of(&draft.search_text, &draft.body.observables);
    Some(if sqlite { words } else { plain_words(&words) })
}

/// What the full-text index gets of a report: its folded text, and a word for each observable.
pub(crate) fn words_of(text: &str, seen: &[Observable]) -> String {
    let end = text.floor_char_boundary(SEARCH_TEXT_BYTES_MAX);
    let mut out = String::with_capacity(end + seen.len() * (1 + OBSERVABLE_WORD_CHARS));
    out.push_str(text.get(..end).unwrap_or_default());
    for seen in seen {
        out.push(' ');
        observable_word(seen, &mut out);
    }
    out
}

/// What parts words for both databases: SQLite's `ascii` tokenizer keeps letters, digits and all that is not ASCII.
pub(crate) fn is_gap(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric()
}

/// A word as PostgreSQL takes it: it refuses those of 2 KiB and more, so that they are known by how they begin.
pub(crate) fn lexeme(word: &str) -> &str {
    const BYTES_MAX: usize = 2_000;
    word.get(..word.floor_char_boundary(BYTES_MAX))
        .unwrap_or_default()
}

/// The words of a text, a blank between them. PostgreSQL sorts them and leaves out those that come twice
/// (`array_to_tsvector`), when nobody waits for a receipt.
pub(crate) fn plain_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_gap).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(lexeme(word));
    }
    out
}

/// Characters of an observable's word.
const OBSERVABLE_WORD_CHARS: usize = 17;

/// The word under which the full-text index finds an observable: `o` and the first 64 bits of SHA-256(kind, 0, value) in
/// hexadecimal. A row of its own, ordered by value, would land on a page of its own; words are written in order and
/// merged later. What has the word most likely has the observable; the body says for certain.
pub(crate) fn observable_word(seen: &Observable, out: &mut String) {
    let mut text = Vec::with_capacity(8 + seen.value.len());
    text.extend_from_slice(seen.kind.as_str().as_bytes());
    text.push(0);
    text.extend_from_slice(seen.value.as_bytes());
    out.push('o');
    let digest = sha256(&text).hex();
    out.push_str(digest.get(..OBSERVABLE_WORD_CHARS - 1).unwrap_or_default());
}

/// The losses of a new report as its row keeps them until one is verified (`kept_loss` reads them): kind, amount, currency, amount
/// in the base currency, certainty, what came back. `None`: there are none.
pub(crate) fn losses_kept(
    body: &cairn_desk::report::Body,
    base_minor: &[Option<i64>],
) -> Option<String> {
    let kept: Vec<_> = body
        .losses
        .iter()
        .zip(base_minor)
        .map(|(loss, base)| {
            let amount = loss.amount.as_ref();
            let (minor, currency) = (amount.map(|m| m.minor), amount.map(|m| m.currency.as_str()));
            let certainty = &loss.certainty;
            (
                &loss.kind,
                minor,
                currency,
                *base,
                certainty,
                loss.recovered_minor,
            )
        })
        .collect();
    // Numbers and words in a list always make JSON.
    (!kept.is_empty()).then(|| serde_json::to_string(&kept).unwrap_or_default())
}

/// The consents of a new report as its row keeps them until one changes (`kept_consent` reads them): when, and the agencies.
/// `None`: there are none.
pub(crate) fn consents_kept(at: i64, agencies: &[String]) -> Option<String> {
    if agencies.is_empty() {
        return None;
    }
    let mut kept = vec![serde_json::Value::from(at)];
    kept.extend(agencies.iter().map(|agency| agency.as_str().into()));
    Some(serde_json::Value::from(kept).to_string())
}

/// Losses get rows of their own, so that one of them can change.
fn part_losses(unit: &mut Unit, no: i64) {
    unit.exec(
        "INSERT INTO report_loss(no, n, kind, minor, currency, base_minor, certainty, recovered_minor) \
         SELECT no, n, kind, minor, currency, base_minor, certainty, recovered_minor FROM kept_loss WHERE no = $1",
        params![no],
    );
    unit.exec(
        "UPDATE report SET losses = NULL WHERE no = $1 AND losses IS NOT NULL",
        params![no],
    );
}

/// Consents get rows of their own, so that one of them can change.
fn part_consents(unit: &mut Unit, no: i64) {
    unit.exec(
        "INSERT INTO report_consent(no, agency, given, at) SELECT no, agency, given, at FROM kept_consent WHERE no = $1",
        params![no],
    );
    unit.exec(
        "UPDATE report SET consents = NULL WHERE no = $1 AND consents IS NOT NULL",
        params![no],
    );
}

fn file_row(no: i64, at: i64, file: &cairn_desk::report::FileRef) -> Vec<Value> {
    params![
        no,
        file.sha256.as_str(),
        file.size,
        file.media_type.as_str(),
        file.name.clone(),
        at
    ]
}

/// A message to be stored beside its event.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Number within the report.
    pub n: i64,
    /// Account id; `None` for the reporter.
    pub author: Option<String>,
    /// When.
    pub at: Micros,
    /// The officer waits for an answer.
    pub waits: bool,
    /// Salt of the digest in the event.
    pub salt: [u8; 16],
    /// Text as written.
    pub text: String,
    /// An officer chose that the text goes by mail, too. Not stored: the outbox knows.
    pub by_mail: bool,
    /// How the mail about it leaves: `plain`, `signed` or `encrypted`; `None` leaves it to who
    /// sends it.
    pub seal: Option<String>,
}

/// The rows of changes to a report. `before` is what the decision was made on: if the report moved on since, the
/// unit is a conflict and nothing is written.
#[must_use]
pub fn change(
    no: i64,
    before: &Standing,
    events: Vec<(Event, Entry)>,
    message: Option<NewMessage>,
) -> Unit {
    let (mut unit, mut rows) = (Unit::default(), Unit::default());
    let mut after = before.clone();
    let mut numbered = Vec::with_capacity(events.len());
    let (mut closed, mut answered_at) = (None, None);
    // A message was taken back.
    let mut says_less = false;
    for (event, entry) in events {
        says_less |= matches!(&event.change, Change::Undone { back, .. } if back.message.is_some());
        let was = after.state;
        let referred = after.referrals.clone();
        let asked = after.asked.clone();
        after.apply(&event.change);
        crate::rules::hit_rows(&mut rows, no, &event, &asked, &after.asked);
        referral::rows(&mut rows, no, &event, &referred, &after.referrals);
        closed = since_closed(was, after.state, event.at).or(closed);
        if after.answers.first() == Some(after.version) {
            answered_at = Some(event.at);
        }
        numbered.push((after.version, event, entry));
    }
    unit.expect(
        1,
        "UPDATE report SET state = $1, category = $2, subtype = $3, severity = $4, assignee = $5, outcome = $6, \
         suspect = $7, held_until = $8, bare = $9, version = $10 WHERE no = $11 AND version = $12",
        params![
            after.state.as_str(),
            after.category.as_str(),
            after.subtype.clone(),
            after.severity,
            after.assignee.clone(),
            after.outcome.clone(),
            after.suspect,
            crate::retention::held_until(&after),
            after.bare,
            after.version,
            no,
            before.version
        ],
    );
    unit.ops.extend(rows.ops);
    if let Some(closed) = closed {
        closed.write(&mut unit, no);
    }
    answered(&mut unit, no, (before, &after), answered_at);
    for (version, event, entry) in numbered {
        side_rows(&mut unit, no, &event);
        crate::openpgp::follow(&mut unit, no, &event);
        erased_row(&mut unit, no, version, &event);
        unit.entries.push(entry);
    }
    if message.is_some() || says_less {
        crate::reword::changed(&mut unit, no);
    }
    if let Some(m) = message {
        unit.insert(
            &MESSAGE,
            params![no, m.n, m.author, m.at, m.waits, m.salt, m.text],
        );
    }
    unit
}

/// When it was first answered, where that changed: by an event that came now, `at` then, or because one was undone that came before
/// another. Events of a report are numbered from 1.
fn answered(unit: &mut Unit, no: i64, (before, after): (&Standing, &Standing), at: Option<Micros>) {
    let (was, is) = (before.answers.first(), after.answers.first());
    if was == is {
        return;
    }
    match is {
        Some(version) if version <= before.version => unit.exec(
            "UPDATE report SET answered_at = (SELECT at FROM evidence WHERE report = $1 ORDER BY idx LIMIT 1 OFFSET $2) \
             WHERE no = $3",
            params![no, version - 1, no],
        ),
        _ => unit.exec(
            "UPDATE report SET answered_at = $1 WHERE no = $2",
            params![is.and(at), no],
        ),
    };
}

/// What an event changes beside the report's own row.
fn side_rows(unit: &mut Unit, no: i64, event: &Event) {
    match &event.change {
        Change::Consent { agency, given } => {
            part_consents(unit, no);
            unit.exec(
                "INSERT INTO report_consent(no, agency, given, at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (no, agency) DO UPDATE SET given = excluded.given, at = excluded.at",
                params![no, agency.as_str(), *given, event.at],
            );
        }
        Change::ContactErased => {
            unit.expect(1, "DELETE FROM report_contact WHERE no = $1", params![no]);
        }
        Change::LossVerified {
            item,
            amount,
            base_minor,
        } => {
            part_losses(unit, no);
            unit.expect(
                1,
                "UPDATE report_loss SET minor = $1, currency = $2, base_minor = $3, certainty = 'verified' \
                 WHERE no = $4 AND n = $5",
                params![amount.minor, amount.currency.as_str(), *base_minor, no, *item],
            );
            // Amounts in the base currency are bounded where they are converted, so their sum is.
            unit.exec(
                "UPDATE report SET loss_minor = (SELECT CAST(sum(base_minor) AS BIGINT) FROM report_loss \
                 WHERE no = $1 AND kind = 'direct_financial') WHERE no = $2",
                params![no, no],
            );
        }
        Change::FileAdded { file } => {
            unit.insert(&FILE, file_row(no, event.at.0, file));
        }
        Change::Imported { .. } | Change::OldNumber { .. } => {
            crate::import::side_rows(unit, no, event);
        }
        _ => {}
    }
}
