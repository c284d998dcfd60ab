//! What officers do to a report.

use axum::response::Response;
use cairn_app::conversation::{Draft, Written};
use cairn_app::hold::{REASON_CHARS_MAX, Reason};
use cairn_app::openpgp::Sealing;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::report::{Command, KeyWord, MessageText};
use cairn_kernel::money::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, choice, file, moved, told};
use super::common::{DeskDone, DeskEvent, DeskMoney, DeskNothing, DeskVersion};
use super::report;
use crate::desk::{Need, zip_download};
use crate::problem::{Problem, Result};

macro_rules! at {
    ($end:literal) => {
        concat!("/api/v1/desk/reports/{reference}/", $end)
    };
}

pub(super) fn calls() -> Vec<Call> {
    let does = Need::May(Action::WorkReports);
    let mut all = vec![
        act(
            at!("assign"),
            does,
            "Give it to somebody, or to nobody; to others than oneself is the leads' to do",
            assign,
        ),
        act(at!("category"), does, "Set the category", category),
        act(at!("severity"), does, "Set the severity", severity),
        act(
            at!("loss"),
            does,
            "Verify or correct the amount of a loss",
            loss,
        ),
        act(at!("message"), does, "Write to the reporter", message),
        act(
            at!("keys"),
            does,
            "Add an OpenPGP key of the reporter",
            paste,
        ),
        act(
            at!("keys/{no}"),
            does,
            "Confirm or drop a key of the reporter",
            judge,
        ),
        act(at!("close"), does, "Close it with an outcome", close),
        act(at!("reopen"), does, "Open it again", reopen),
        act(
            at!("person"),
            does,
            "Say that a person sent it after all",
            person,
        ),
    ];
    all.extend(endings());
    all
}

fn endings() -> Vec<Call> {
    let does = Need::May(Action::WorkReports);
    let erases = Need::May(Action::EraseContacts);
    let holds = Need::May(Action::HoldReports);
    vec![
        act(
            at!("erase-contact"),
            erases,
            "Erase the contact details, for good",
            erase_contact,
        ),
        act(
            at!("hold"),
            holds,
            "Put it on legal hold, or hold it until another day",
            hold,
        ),
        act(at!("lift"), holds, "Lift the legal hold", lift),
        act(
            at!("undo"),
            does,
            "Undo an event of its history: `undoable` says which",
            undo,
        ),
        act(at!("case"), does, "Make it part of a case", case),
        act(
            at!("looked"),
            does,
            "Say that one has looked, as a rule had asked",
            looked,
        ),
        file::<DeskNothing, _, _>(
            (
                at!("files/{sha256}"),
                does,
                "Take a file, in an encrypted archive; that is noted in the log",
            ),
            "application/zip",
            take,
        ),
    ]
}

/// A change that can be undone is undone by this.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskUndo {
    /// Address to send it to.
    href: String,
    /// What to send.
    body: DeskUndoing,
}

/// Undo this event.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskUndoing {
    /// The version that was seen.
    version: i64,
    /// Number of the event within the history, from 1.
    event: i64,
}

/// What changed in a report.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskChanged {
    /// The report.
    reference: String,
    /// Its version now: what the next change is made for.
    version: i64,
    /// Its state now.
    state: String,
    /// What happened since the version that was sent.
    happened: Vec<DeskEvent>,
    /// How the newest of it is undone, while it can be.
    undo: Option<DeskUndo>,
}

/// What was done to a report, or why not. Where it moved on, its state now comes along.
pub(super) async fn done(
    asked: &Asked,
    version: i64,
    result: std::result::Result<(), AppError>,
) -> Result<DeskChanged> {
    let (app, who, reference) = (&asked.app, &asked.who, asked.part(0));
    match result {
        Ok(()) => {}
        Err(AppError::Conflict) => {
            return Err(moved(&report::whole(app, who, reference).await?));
        }
        Err(other) => return Err(told(other)),
    }
    let whole = app.read_report(who, reference).await.map_err(told)?;
    let mut happened = report::history(app, who, &whole);
    let now = whole.standing.version;
    let newest = happened.last().filter(|event| event.undoable);
    let undo = newest.map(|event| DeskUndo {
        href: format!("/api/v1/desk/reports/{}/undo", whole.reference),
        body: DeskUndoing {
            version: now,
            event: event.n,
        },
    });
    happened.retain(|event| event.n > version);
    Ok(DeskChanged {
        reference: whole.reference.clone(),
        version: now,
        state: whole.standing.state.as_str().to_owned(),
        happened,
        undo,
    })
}

async fn work(asked: &Asked, version: i64, command: Command) -> Result<DeskChanged> {
    let result = asked.app.work(&asked.who, asked.part(0), version, command);
    done(asked, version, result.await).await
}

/// Who has it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskAssign {
    /// The version that was seen.
    version: i64,
    /// Account id; none for nobody.
    to: Option<String>,
}

async fn assign(asked: Asked, sent: DeskAssign) -> Result<DeskChanged> {
    work(&asked, sent.version, Command::Assign { to: sent.to }).await
}

/// A category.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskCategory {
    /// The version that was seen.
    version: i64,
    /// Code.
    category: String,
    /// Code of the sub-type.
    subtype: Option<String>,
}

async fn category(asked: Asked, sent: DeskCategory) -> Result<DeskChanged> {
    let (category, subtype) = (sent.category, sent.subtype);
    let command = Command::Categorise { category, subtype };
    work(&asked, sent.version, command).await
}

/// A severity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskSeverity {
    /// The version that was seen.
    version: i64,
    /// 1 (national emergency) to 6 (minor).
    #[schema(minimum = 1, maximum = 6)]
    severity: u8,
}

async fn severity(asked: Asked, sent: DeskSeverity) -> Result<DeskChanged> {
    let severity = sent.severity;
    work(&asked, sent.version, Command::SetSeverity { severity }).await
}

/// The amount of a loss.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskVerify {
    /// The version that was seen.
    version: i64,
    /// Number of the loss, from 0.
    item: u32,
    /// How much, in the currency that was reported.
    amount: DeskMoney,
}

async fn loss(asked: Asked, sent: DeskVerify) -> Result<DeskChanged> {
    let amount = Money {
        minor: sent.amount.minor,
        currency: sent.amount.currency,
    };
    let (who, reference) = (&asked.who, asked.part(0));
    let result = asked
        .app
        .verify_loss(who, reference, sent.version, sent.item, amount);
    done(&asked, sent.version, result.await).await
}

/// A message to the reporter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskWrite {
    /// The version that was seen.
    version: i64,
    /// The text.
    #[schema(max_length = 10_000)]
    text: String,
    /// It asks for an answer.
    #[serde(default)]
    waits: bool,
    /// The mail has the text itself, not only the news that there is one.
    #[serde(default)]
    by_mail: bool,
    /// `encrypted`, `signed` or `plain`: how the mail leaves.
    sealing: Option<String>,
    /// Numbers of masked pieces that go in clear after all, from 0, as a preview names them.
    #[serde(default)]
    keep: Vec<usize>,
    /// Send it. Otherwise nothing is sent, and the answer shows what would go.
    #[serde(default)]
    send: bool,
    /// What a preview shows was looked at: needed where something is masked, or goes in the clear to who wrote encrypted.
    #[serde(default)]
    seen: bool,
}

/// What was sent, or would be.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskSent {
    /// It was written; otherwise this is a preview, and nothing was done.
    sent: bool,
    /// The text as the reporter reads it: numbers that could be personal are masked in mail.
    text: String,
    /// Pieces that are masked, by number from 0.
    masked: Vec<String>,
    /// The mail that goes, if one does.
    mail: Option<DeskMailOut>,
    /// What changed, if it was sent.
    changed: Option<DeskChanged>,
}

/// A mail that would go.
#[derive(Serialize, ToSchema)]
struct DeskMailOut {
    /// To whom.
    to: String,
    /// Subject.
    subject: String,
    /// Body.
    body: String,
    /// `encrypted`, `signed` or `plain`.
    sealing: String,
}

async fn message(asked: Asked, sent: DeskWrite) -> Result<DeskSent> {
    let mut faults = Faults::default();
    let text = MessageText::parse(&sent.text).map_err(|_| "1 to 10,000 characters");
    let text = faults.take("/text", text);
    let sealing = match sent.sealing.as_deref() {
        None => Some(Sealing::default()),
        Some(code) => {
            let known = Sealing::parse(code).ok_or("one of: encrypted, signed, plain");
            faults.take("/sealing", known)
        }
    };
    faults.end()?;
    let (Some(text), Some(sealing)) = (text, sealing) else {
        return Err(Problem::bad_request());
    };
    let draft = Draft {
        text,
        waits: sent.waits,
        by_mail: sent.by_mail,
        sealing,
        keep: sent.keep.into_iter().collect(),
        seen: sent.seen,
    };
    let (app, who, reference) = (&asked.app, &asked.who, asked.part(0));
    let preview = app
        .preview_reply(who, reference, &draft)
        .await
        .map_err(told)?;
    let mut out = DeskSent {
        sent: false,
        text: preview.text.clone(),
        masked: preview.marks.iter().map(|mark| mark.text.clone()).collect(),
        mail: preview.mail.as_ref().map(|mail| DeskMailOut {
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            body: mail.body.clone(),
            sealing: mail.sealing.as_str().to_owned(),
        }),
        changed: None,
    };
    if !sent.send {
        return Ok(out);
    }
    let result = app.reply(who, reference, sent.version, draft).await;
    let result = match result {
        Ok(Written::LookFirst) => return Ok(out),
        other => other.map(drop),
    };
    out.changed = Some(done(&asked, sent.version, result).await?);
    out.sent = true;
    Ok(out)
}

/// An OpenPGP key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewKey {
    /// The version that was seen.
    version: i64,
    /// The public key, armoured.
    key: String,
}

async fn paste(asked: Asked, sent: DeskNewKey) -> Result<DeskChanged> {
    let (who, reference) = (&asked.who, asked.part(0));
    let result = asked.app.paste_key(who, reference, sent.version, &sent.key);
    done(&asked, sent.version, result.await).await
}

/// What is to be said of a key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskJudge {
    /// The version that was seen.
    version: i64,
    /// `confirm` or `drop`.
    word: String,
}

async fn judge(asked: Asked, sent: DeskJudge) -> Result<DeskChanged> {
    let word = match sent.word.as_str() {
        "confirm" => Some(KeyWord::Confirmed),
        "drop" => Some(KeyWord::Dropped),
        _ => None,
    };
    let word = choice("/word", &sent.word, word, &["confirm", "drop"])?;
    let (who, reference, no) = (&asked.who, asked.part(0), asked.no(1)?);
    let result = asked
        .app
        .judge_key(who, reference, sent.version, (no, word));
    done(&asked, sent.version, result.await).await
}

/// Done, with an outcome.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskClose {
    /// The version that was seen.
    version: i64,
    /// Code of the outcome.
    outcome: String,
}

async fn close(asked: Asked, sent: DeskClose) -> Result<DeskChanged> {
    let outcome = sent.outcome;
    work(&asked, sent.version, Command::Close { outcome }).await
}

async fn reopen(asked: Asked, sent: DeskVersion) -> Result<DeskChanged> {
    work(&asked, sent.version, Command::Reopen).await
}

async fn person(asked: Asked, sent: DeskVersion) -> Result<DeskChanged> {
    work(&asked, sent.version, Command::NotSuspect).await
}

async fn erase_contact(asked: Asked, sent: DeskVersion) -> Result<DeskChanged> {
    work(&asked, sent.version, Command::EraseContact).await
}

/// A legal hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskHolding {
    /// The version that was seen.
    version: i64,
    /// Why.
    reason: String,
    /// The last day of it, as 2026-12-31 in the service's time zone; none is without an end.
    until: Option<String>,
}

fn reason(text: &str) -> std::result::Result<Reason, String> {
    Reason::parse(text).ok_or_else(|| format!("1 to {REASON_CHARS_MAX} characters"))
}

async fn hold(asked: Asked, sent: DeskHolding) -> Result<DeskChanged> {
    let (app, who, reference) = (&asked.app, &asked.who, asked.part(0));
    let mut faults = Faults::default();
    let why = faults.take("/reason", reason(&sent.reason));
    let until = sent.until.as_deref().map(|day| app.end_of_day(day));
    if until == Some(None) {
        faults.add("/until", "a day such as 2026-12-31");
    }
    faults.end()?;
    let why = why.ok_or_else(Problem::bad_request)?;
    let result = app.place_hold(who, reference, sent.version, (why, until.flatten()));
    done(&asked, sent.version, result.await).await
}

/// The end of a legal hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskLifting {
    /// The version that was seen.
    version: i64,
    /// Why.
    reason: String,
}

async fn lift(asked: Asked, sent: DeskLifting) -> Result<DeskChanged> {
    let mut faults = Faults::default();
    let why = faults.take("/reason", reason(&sent.reason));
    faults.end()?;
    let why = why.ok_or_else(Problem::bad_request)?;
    let (who, reference) = (&asked.who, asked.part(0));
    let result = asked.app.lift_hold(who, reference, sent.version, why);
    done(&asked, sent.version, result.await).await
}

async fn undo(asked: Asked, sent: DeskUndoing) -> Result<DeskChanged> {
    let (who, reference) = (&asked.who, asked.part(0));
    let result = asked.app.undo(who, reference, sent.version, sent.event);
    done(&asked, sent.version, result.await).await
}

/// A case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskToCase {
    /// Its number.
    case: i64,
}

async fn case(asked: Asked, sent: DeskToCase) -> Result<DeskDone> {
    let linked = asked.app.link_report(&asked.who, sent.case, asked.part(0));
    linked.await.map_err(told)?;
    Ok(DeskDone::YES)
}

/// A rule that asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskLooked {
    /// Its number.
    rule: i64,
}

async fn looked(asked: Asked, sent: DeskLooked) -> Result<DeskDone> {
    let (who, reference) = (&asked.who, asked.part(0));
    let looked = asked.app.looked_at_report(who, reference, sent.rule);
    looked.await.map_err(told)?;
    Ok(DeskDone::YES)
}

async fn take(asked: Asked, _: DeskNothing) -> Result<Response> {
    let taken = asked
        .app
        .take_away(&asked.who, asked.part(0), asked.part(1));
    let archive = taken.await.map_err(told)?;
    zip_download(&archive.name, archive.bytes)
}
