//! Referrals: the list of all, one of them, and what officers do to it.

use axum::response::Response;
use cairn_app::App;
use cairn_app::referral::rows::Filter;
use cairn_app::referral::{Wish, Words, Work};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::referral::{Channel, Outcome, TEXT_CHARS_MAX};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, file, moved, read, told};
use super::common::{DeskMade, DeskNothing, code, when};
use super::report;
use crate::desk::{Need, zip_download};
use crate::problem::{Kind, Problem, Result};

/// Rows of one page.
const ROWS: usize = 50;

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        read("/api/v1/desk/referrals", reads, "List referrals", list).asks(&[
            ("agency", "Code of an agency"),
            ("state", "`prepared`, `sent`, `acknowledged`, `answered` or `withdrawn`"),
            ("late", "Any value: only those whose answer is overdue"),
            ("tell", "Any value: only those whose agency must be told that the reporter no longer agrees"),
            ("before", "`next` of the page before"),
        ]),
        act("/api/v1/desk/reports/{reference}/referrals", does, "Prepare a referral to an agency", prepare),
        read("/api/v1/desk/reports/{reference}/referrals/{no}", reads, "Read a referral, with exactly what goes", show),
        act("/api/v1/desk/reports/{reference}/referrals/{no}/work", does, "Send a referral, or note what came of it", work),
        file::<DeskNothing, _, _>(
            (
                "/api/v1/desk/reports/{reference}/referrals/{no}/package",
                does,
                "Take the package, with its summary; that is noted in the log",
            ),
            "application/zip",
            take,
        ),
    ]
}

/// A referral on the list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReferralLine {
    /// The report.
    reference: String,
    /// Number within the report.
    no: i64,
    /// Agency.
    agency: String,
    /// Why it may go: `consent`, or the code of a reason in law.
    basis: String,
    /// `handed`, `api` or `mail`.
    channel: String,
    /// State.
    state: String,
    /// When it was prepared.
    prepared_at: String,
    /// When it left.
    sent_at: Option<String>,
    /// By when the agency is to answer.
    due: Option<String>,
    /// What the agency said.
    outcome: Option<String>,
    /// The agency must be told that the reporter no longer agrees.
    tell: bool,
}

/// A page of referrals.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReferrals {
    /// Referrals.
    referrals: Vec<DeskReferralLine>,
    /// Where the next page begins, if there is one.
    next: Option<String>,
}

async fn list(asked: Asked) -> Result<DeskReferrals> {
    let app = &asked.app;
    let own = |name: &str| asked.query(name).map(str::to_owned);
    let before = asked.query("before");
    let before = before.map(|text| report::place(text).ok_or_else(Problem::bad_request));
    let filter = Filter {
        agency: own("agency"),
        state: own("state"),
        late: asked.query("late").map(|_| app.clock.now()),
        tell: asked.query("tell").is_some(),
        before: before.transpose()?,
        limit: ROWS as i64 + 1,
        ..Filter::default()
    };
    let found = app.referrals(&asked.who, &filter).await.map_err(told)?;
    let mut found = found.into_inner();
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more);
    let next = next.map(|line| report::placed((line.no, line.n)));
    let lines = found.into_iter().map(|line| DeskReferralLine {
        reference: app.reference(line.no),
        no: line.n,
        agency: line.agency,
        basis: line.basis,
        channel: line.channel,
        state: line.state,
        prepared_at: line.prepared_at.to_string(),
        sent_at: when(line.sent_at),
        due: when(line.due),
        outcome: line.outcome,
        tell: line.tell,
    });
    Ok(DeskReferrals {
        referrals: lines.collect(),
        next,
    })
}

/// A referral to be prepared.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskRefer {
    /// The report's version that was seen.
    version: i64,
    /// Code of the agency.
    agency: String,
    /// Code of a reason in law, for which no consent is needed; the leads' to give.
    law: Option<String>,
    /// Why that law applies.
    why: Option<String>,
    /// `handed`, `api` or `mail`.
    channel: String,
    /// The contact details go along.
    #[serde(default)]
    contact: bool,
    /// SHA-256 of the files that go along.
    #[serde(default)]
    files: Vec<String>,
}

fn words(text: &str) -> std::result::Result<Words, String> {
    Words::parse(text).ok_or_else(|| format!("1 to {TEXT_CHARS_MAX} characters"))
}

async fn prepare(asked: Asked, sent: DeskRefer) -> Result<DeskMade> {
    if sent.law.is_some() && !asked.who.may(Action::ReferByLaw) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let mut faults = Faults::default();
    let channels = Channel::ALL.map(Channel::as_str).join(", ");
    let channel = Channel::parse(&sent.channel).ok_or(format!("one of: {channels}"));
    let channel = faults.take("/channel", channel);
    let law = match &sent.law {
        None => None,
        Some(code) => {
            let why = faults.take("/why", words(sent.why.as_deref().unwrap_or_default()));
            why.map(|why| (code.clone(), why))
        }
    };
    faults.end()?;
    let wish = Wish {
        agency: sent.agency,
        law,
        channel: channel.ok_or_else(Problem::bad_request)?,
        contact: sent.contact,
        files: sent.files,
    };
    let (app, who, reference) = (&asked.app, &asked.who, asked.part(0));
    match app
        .prepare_referral(who, reference, sent.version, wish)
        .await
    {
        Ok(no) => Ok(DeskMade {
            no: i64::from(no),
            href: format!("/api/v1/desk/reports/{reference}/referrals/{no}"),
        }),
        Err(error) => Err(no_to(&asked, error).await?),
    }
}

/// Why it was not done; where the report moved on, with its state now.
async fn no_to(asked: &Asked, error: AppError) -> Result<Problem> {
    if let Some(why) = App::referral_refusal(&error) {
        return Ok(Problem::new(Kind::Conflict).with_detail(why.to_string()));
    }
    if matches!(error, AppError::Conflict) {
        let whole = report::whole(&asked.app, &asked.who, asked.part(0)).await?;
        return Ok(moved(&whole));
    }
    Ok(told(error))
}

/// A referral.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReferral {
    /// The report.
    reference: String,
    /// The report's version: what a step is made for.
    version: i64,
    /// Number within the report.
    no: u32,
    /// Agency.
    agency: String,
    /// Why it may go.
    #[schema(value_type = Object)]
    basis: serde_json::Value,
    /// `handed`, `api` or `mail`.
    channel: String,
    /// State.
    state: String,
    /// The contact details go along.
    contact: bool,
    /// SHA-256 of the files that go along.
    files: Vec<String>,
    /// When it was prepared.
    prepared_at: String,
    /// When it left.
    sent_at: Option<String>,
    /// When the agency acknowledged it.
    acknowledged_at: Option<String>,
    /// When the agency answered.
    answered_at: Option<String>,
    /// By when it is to.
    due: Option<String>,
    /// What it said.
    outcome: Option<String>,
    /// How often it was asked for its answer.
    chases: u32,
    /// The reporter no longer agrees.
    revoked: bool,
    /// SHA-256 of the manifest of what goes, while it can be packed.
    digest: Option<String>,
    /// The manifest itself, JSON as text.
    manifest: Option<String>,
    /// The reminder that `remind` would send now; none where the agency cannot be asked by mail.
    reminder: Option<DeskReminder>,
}

/// A letter that asks an agency again.
#[derive(Serialize, ToSchema)]
struct DeskReminder {
    /// Address.
    to: String,
    /// Only the agency can read it; else it is signed, and readable by others.
    encrypted: bool,
    /// Subject.
    subject: String,
    /// Text.
    text: String,
}

async fn show(asked: Asked) -> Result<DeskReferral> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskReferral> {
    let (reference, no) = (asked.part(0), asked.no(1)?);
    let shown = asked.app.referral(&asked.who, reference, no).await;
    let shown = shown.map_err(told)?;
    let (record, packed) = (&shown.record, shown.packed.as_ref());
    let referral = &record.referral;
    let reminder = shown.reminder.as_ref().and_then(|one| one.as_ref().ok());
    Ok(DeskReferral {
        reference: shown.whole.reference.clone(),
        version: shown.whole.standing.version,
        no: referral.no,
        agency: referral.agency.clone(),
        basis: serde_json::to_value(&referral.basis).unwrap_or_default(),
        channel: code(&referral.channel),
        state: referral.state.as_str().to_owned(),
        contact: referral.contact,
        files: referral.files.clone(),
        prepared_at: record.prepared_at.to_string(),
        sent_at: when(record.sent_at),
        acknowledged_at: when(record.acknowledged_at),
        answered_at: when(record.answered_at),
        due: when(record.due),
        outcome: referral.outcome.map(|one| one.as_str().to_owned()),
        chases: referral.chases,
        revoked: referral.revoked,
        digest: packed.map(|packed| packed.digest.clone()),
        manifest: packed.map(|packed| packed.manifest.clone()),
        reminder: reminder.map(|one| DeskReminder {
            encrypted: one.way.key.is_some(),
            to: one.way.to.clone(),
            subject: one.subject.clone(),
            text: one.text.clone(),
        }),
    })
}

/// A step of a referral.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskReferralWork {
    /// The report's version that was seen.
    version: i64,
    /// What.
    act: DeskReferralAct,
}

/// What is done to a referral.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum DeskReferralAct {
    /// It leaves.
    Send {},
    /// It does not go after all.
    Withdraw {},
    /// The agency has it, under a reference of its own.
    Acknowledge { reference: String },
    /// The agency answered: `accepted`, `declined`, `no_further_action` or `resolved`.
    Answer {
        outcome: String,
        text: Option<String>,
    },
    /// The agency was asked for its answer.
    Chase { how: String },
    /// The agency is asked again by the mail that `reminder` shows.
    Remind {},
    /// The agency was told that the reporter no longer agrees.
    Tell { how: String },
}

async fn work(asked: Asked, sent: DeskReferralWork) -> Result<DeskReferral> {
    let mut faults = Faults::default();
    let work = match sent.act {
        DeskReferralAct::Send {} => Some(Work::Send),
        DeskReferralAct::Withdraw {} => Some(Work::Withdraw),
        DeskReferralAct::Acknowledge { reference } => {
            let words = faults.take("/act/reference", words(&reference));
            words.map(Work::Acknowledge)
        }
        DeskReferralAct::Chase { how } => faults.take("/act/how", words(&how)).map(Work::Chase),
        DeskReferralAct::Remind {} => Some(Work::Remind),
        DeskReferralAct::Tell { how } => faults.take("/act/how", words(&how)).map(Work::Tell),
        DeskReferralAct::Answer { outcome, text } => {
            let codes = Outcome::ALL.map(Outcome::as_str).join(", ");
            let outcome = Outcome::parse(&outcome).ok_or(format!("one of: {codes}"));
            let outcome = faults.take("/act/outcome", outcome);
            let text = text.map(|text| faults.take("/act/text", words(&text)));
            outcome.map(|outcome| Work::Answer(outcome, text.flatten()))
        }
    };
    faults.end()?;
    let work = work.ok_or_else(Problem::bad_request)?;
    let (who, place) = (&asked.who, (asked.part(0), asked.no(1)?));
    let result = asked.app.work_referral(who, place, sent.version, work);
    match result.await {
        Ok(()) => read_one(&asked).await,
        Err(error) => Err(no_to(&asked, error).await?),
    }
}

async fn take(asked: Asked, _: DeskNothing) -> Result<Response> {
    let (who, reference, no) = (&asked.who, asked.part(0), asked.no(1)?);
    match asked.app.take_package(who, reference, no).await {
        Ok(archive) => zip_download(&archive.name, archive.bytes),
        Err(error) => Err(no_to(&asked, error).await?),
    }
}
