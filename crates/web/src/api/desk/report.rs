//! Reports: the queue, one report with all that is known of it, and what is found from it.

use std::collections::BTreeMap;

use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::report::Whole;
use cairn_app::search::{More, QueueQuery};
use cairn_desk::access::Action;
use cairn_desk::report::LossItem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::call::{Asked, Call, read, told};
use super::common::{DeskCaseRow, DeskEvent, DeskMoney, DeskObservable, DeskReportRow, code, when};
use crate::desk::{Need, search_fault};
use crate::problem::{FieldFault, Problem, Result};

/// Rows of one page of the queue, unless asked otherwise.
const ROWS: usize = 50;
/// Rows of one page of the queue, at most.
const ROWS_MAX: usize = 200;

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    vec![
        read(
            "/api/v1/desk/reports",
            reads,
            "Find reports by a search line, as the queue does",
            queue,
        )
        .asks(&[
            ("q", "Search line, as on the page: words and filters such as `category:phishing state:open`"),
            ("order", "`severe` for the most severe first; otherwise the newest first"),
            ("after", "`next` of the page before"),
            ("limit", "Rows of a page, 1 to 200; 50 if not said"),
        ]),
        read(
            "/api/v1/desk/reports/{reference}",
            reads,
            "Read a report with everything that belongs to it. That it was opened is noted in the log",
            show,
        ),
        read(
            "/api/v1/desk/next",
            reads,
            "The next report that nobody has looked at",
            next,
        )
        .asks(&[("after", "Reference of the report it is left from")]),
        read(
            "/api/v1/desk/old/{source}/{number}",
            reads,
            "Where an old number of another system leads today",
            old,
        ),
    ]
}

/// A page of the queue.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskQueue {
    /// The search line as it was understood.
    line: String,
    /// Reports.
    reports: Vec<DeskReportRow>,
    /// Where the next page begins, if there may be one.
    next: Option<String>,
    /// So many reports were looked through without the page getting full; `next` looks further.
    looked: Option<u64>,
    /// Cases that the words of the line find too.
    cases: Vec<DeskCaseRow>,
}

/// Where a place in a list is written as text.
pub(super) fn place(text: &str) -> Option<(i64, i64)> {
    let (a, b) = text.rsplit_once('_')?;
    Some((a.parse().ok()?, b.parse().ok()?))
}

pub(super) fn placed((a, b): (i64, i64)) -> String {
    format!("{a}_{b}")
}

async fn queue(asked: Asked) -> Result<DeskQueue> {
    let after = asked
        .query("after")
        .map(|text| place(text).ok_or_else(Problem::bad_request));
    let limit = asked.number::<usize>("limit")?.unwrap_or(ROWS);
    let query = QueueQuery {
        line: asked.query("q").unwrap_or_default().to_owned(),
        severe: asked.query("order") == Some("severe"),
        after: after.transpose()?,
        limit: limit.clamp(1, ROWS_MAX),
        ..QueueQuery::default()
    };
    let found = asked.app.queue(&asked.who, &query).await.map_err(told)?;
    let found = found.into_inner();
    if let Err(faults) = &found.search {
        let all = faults.iter().map(|fault| FieldFault {
            pointer: "q".to_owned(),
            detail: search_fault(asked.lang, fault).text,
        });
        return Err(Problem::invalid(all.collect()));
    }
    let (next, looked) = match found.more {
        None => (None, None),
        Some(More::Next(after)) => (Some(placed(after)), None),
        Some(More::Further { after, looked }) => (Some(placed(after)), Some(looked)),
    };
    let row = |row| DeskReportRow::of(&asked.app, row);
    Ok(DeskQueue {
        line: found.line,
        reports: found.rows.iter().map(row).collect(),
        next,
        looked,
        cases: found.cases.iter().map(DeskCaseRow::from).collect(),
    })
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReport {
    /// As lists show it, with its version.
    summary: DeskReportRow,
    /// What was told.
    told: DeskTold,
    /// How to reach the reporter; none if anonymous or erased.
    contact: Option<DeskContact>,
    /// Agencies, and whether the reporter agrees to each.
    consents: BTreeMap<String, bool>,
    /// Losses as they stand.
    losses: Vec<DeskLoss>,
    /// Files.
    files: Vec<DeskFile>,
    /// Messages, the oldest first.
    messages: Vec<DeskMessage>,
    /// Mails that came on its thread.
    mails: Vec<DeskMail>,
    /// OpenPGP keys of the reporter.
    keys: Vec<DeskKey>,
    /// What was handed to agencies.
    referrals: Vec<DeskReferralRow>,
    /// Its thread in the system that it was taken over from.
    old: Vec<DeskOld>,
    /// The legal hold on it, if any.
    hold: Option<DeskHold>,
    /// The cluster that it is in, if any.
    cluster: Option<DeskClusterPlace>,
    /// Cases that it is part of.
    cases: Vec<DeskCaseRow>,
    /// What happened, the oldest first.
    history: Vec<DeskEvent>,
}

/// What was told: a stranger's text.
#[derive(Serialize, ToSchema)]
struct DeskTold {
    /// The form and its version.
    form: String,
    /// Answers by question of the form: `{"text": …}`, `{"choices": […]}`, `{"number": …}`, `{"date": …}` or `"not_known"`.
    #[schema(value_type = Object)]
    answers: Value,
    /// Observables that were found in it.
    observables: Vec<DeskObservable>,
    /// When it happened: year, month and day, or less.
    #[schema(value_type = Object)]
    occurred: Value,
    /// Subject of the mail that it came by.
    subject: Option<String>,
    /// DKIM, SPF and DMARC of that mail, in this order.
    mail_checks: Option<Vec<String>>,
}

/// How to reach the reporter.
#[derive(Serialize, ToSchema)]
struct DeskContact {
    /// Name.
    name: Option<String>,
    /// Mail address.
    email: Option<String>,
    /// Telephone number.
    phone: Option<String>,
}

/// A loss.
#[derive(Serialize, ToSchema)]
struct DeskLoss {
    /// Number, from 0, as `loss` names it.
    item: u64,
    /// `direct_financial`, `data`, `operational`, `reputational` or `technical`.
    kind: String,
    /// How much; none means not known.
    amount: Option<DeskMoney>,
    /// `stated`, `estimated` or `verified`.
    certainty: String,
    /// How it was paid.
    paid_by: Option<String>,
    /// How much came back, in minor units.
    recovered_minor: Option<i64>,
}

/// A file. Its bytes are taken by a call of their own, which is noted in the log.
#[derive(Serialize, ToSchema)]
struct DeskFile {
    /// SHA-256, hexadecimal.
    sha256: String,
    /// Bytes.
    size: u64,
    /// Media type by its content.
    media_type: String,
    /// Its name: a stranger's text.
    name: Option<String>,
    /// When it came.
    at: String,
}

/// A message.
#[derive(Serialize, ToSchema)]
struct DeskMessage {
    /// Number, from 1.
    n: i64,
    /// Account id of who wrote it; none if the reporter did.
    author: Option<String>,
    /// When.
    at: String,
    /// It waits for an answer.
    waits: bool,
    /// It was taken back before it left.
    withdrawn: bool,
    /// Its text; none where it was erased.
    text: Option<String>,
}

/// A mail on the thread of a report.
#[derive(Serialize, ToSchema)]
struct DeskMail {
    /// Number, from 1.
    n: i64,
    /// `reporter`, `other`, `automatic` or `bounce`.
    sort: String,
    /// The message that was made of it.
    message: Option<i64>,
    /// When it came.
    at: String,
    /// Its text, where it did not become a message.
    text: String,
}

/// An OpenPGP key of the reporter.
#[derive(Serialize, ToSchema)]
struct DeskKey {
    /// Number, from 1.
    n: i64,
    /// Where it came from.
    source: String,
    /// When.
    at: String,
    /// Fingerprint; none where it was erased.
    fingerprint: Option<String>,
    /// An officer confirmed it.
    confirmed: bool,
    /// An officer dropped it.
    dropped: bool,
}

/// A referral, in short.
#[derive(Serialize, ToSchema)]
struct DeskReferralRow {
    /// Number within the report.
    no: u32,
    /// Agency.
    agency: String,
    /// `prepared`, `sent`, `acknowledged`, `answered` or `withdrawn`.
    state: String,
    /// What the agency said.
    outcome: Option<String>,
}

/// An entry of an old thread.
#[derive(Serialize, ToSchema)]
struct DeskOld {
    /// Number, from 1.
    n: i64,
    /// When the source says that it was.
    happened: String,
    /// What it is.
    sort: String,
    /// Who and how, as the source had it.
    head: String,
    /// Its text: a stranger's.
    text: String,
}

/// A legal hold.
#[derive(Serialize, ToSchema)]
struct DeskHold {
    /// Until when; none is without an end.
    until: Option<String>,
    /// Why, by the number of the event.
    reasons: BTreeMap<i64, String>,
}

/// Where a report is among those that look alike.
#[derive(Serialize, ToSchema)]
struct DeskClusterPlace {
    /// Number of the cluster that decides for it.
    no: i64,
    /// Reports in it.
    reports: usize,
    /// Its decision was held back from this report.
    held: bool,
}

fn loss((item, loss): (usize, &LossItem)) -> DeskLoss {
    DeskLoss {
        item: item as u64,
        kind: code(&loss.kind),
        amount: loss.amount.as_ref().map(DeskMoney::from),
        certainty: code(&loss.certainty),
        paid_by: loss.paid_by.clone(),
        recovered_minor: loss.recovered_minor,
    }
}

async fn show(asked: Asked) -> Result<DeskReport> {
    whole(&asked.app, &asked.who, asked.part(0)).await
}

/// A report as this officer may see it; that it was opened is noted.
pub(super) async fn whole(app: &App, who: &Principal, reference: &str) -> Result<DeskReport> {
    let whole = app.read_report(who, reference).await.map_err(told)?;
    let no = whole.summary.no;
    let cluster = app.cluster_about(who, no).await.map_err(told)?;
    let cases = app.cases_of(who, no).await.map_err(told)?;
    let mut out = plain(app, &whole);
    out.history = history(app, who, &whole);
    out.cluster = cluster.map(|about| DeskClusterPlace {
        no: about.head,
        reports: about.size,
        held: about.held,
    });
    out.cases = cases.iter().map(DeskCaseRow::from).collect();
    Ok(out)
}

pub(super) fn history(app: &App, who: &Principal, whole: &Whole) -> Vec<DeskEvent> {
    let undoable = app.undoable(who, whole);
    let lines = (1_i64..).zip(&whole.history);
    let event = |(n, line): (i64, &cairn_app::report::Line)| {
        let event = &line.event;
        let mut out = DeskEvent::of((n, line.index), (event.at, &event.by), &event.change);
        out.undoable = undoable.contains(&n);
        out
    };
    lines.map(event).collect()
}

fn plain(app: &App, whole: &Whole) -> DeskReport {
    let (body, standing) = (&whole.body, &whole.standing);
    DeskReport {
        summary: DeskReportRow::of(app, &whole.summary),
        told: DeskTold {
            form: body.form.clone(),
            answers: serde_json::to_value(&body.answers).unwrap_or_default(),
            observables: body.observables.iter().map(DeskObservable::from).collect(),
            occurred: serde_json::to_value(body.occurred).unwrap_or_default(),
            subject: body.mail.as_ref().map(|mail| mail.subject.clone()),
            mail_checks: body
                .mail
                .as_ref()
                .map(|mail| vec![mail.dkim.clone(), mail.spf.clone(), mail.dmarc.clone()]),
        },
        contact: whole.contact.clone().map(|contact| DeskContact {
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
        }),
        consents: standing.consents.clone(),
        losses: standing.losses.iter().enumerate().map(loss).collect(),
        files: files(whole),
        messages: messages(whole),
        mails: mails(whole),
        keys: keys(app, whole),
        referrals: referrals(whole),
        old: old_thread(whole),
        hold: standing.hold.as_ref().map(|hold| DeskHold {
            until: when(hold.until),
            reasons: whole.reasons.iter().cloned().collect(),
        }),
        cluster: None,
        cases: Vec::new(),
        history: Vec::new(),
    }
}

fn files(whole: &Whole) -> Vec<DeskFile> {
    let all = whole.files.iter().cloned();
    all.map(|file| DeskFile {
        sha256: file.sha256,
        size: file.size,
        media_type: file.media_type,
        name: file.name,
        at: file.at.to_string(),
    })
    .collect()
}

fn messages(whole: &Whole) -> Vec<DeskMessage> {
    let all = whole.messages.iter();
    all.map(|message| DeskMessage {
        n: message.n,
        author: message.author.clone(),
        at: message.at.to_string(),
        waits: message.waits,
        withdrawn: whole.standing.withdrawn.contains(&message.n),
        text: (message.n > whole.standing.mute).then(|| message.text.clone()),
    })
    .collect()
}

fn mails(whole: &Whole) -> Vec<DeskMail> {
    let all = whole.mails.iter();
    all.map(|mail| DeskMail {
        n: mail.n,
        sort: code(&mail.sort),
        message: mail.message,
        at: mail.at.to_string(),
        text: mail.text.clone(),
    })
    .collect()
}

fn keys(app: &App, whole: &Whole) -> Vec<DeskKey> {
    let all = app.reporter_keys(whole).into_iter();
    all.map(|key| DeskKey {
        n: key.row.n,
        fingerprint: key.fingerprint(),
        confirmed: key.is_confirmed(),
        dropped: key.row.dropped.is_some(),
        at: key.row.at.to_string(),
        source: key.row.source,
    })
    .collect()
}

fn referrals(whole: &Whole) -> Vec<DeskReferralRow> {
    let all = whole.standing.referrals.iter();
    all.map(|one| DeskReferralRow {
        no: one.no,
        agency: one.agency.clone(),
        state: one.state.as_str().to_owned(),
        outcome: one.outcome.map(|outcome| outcome.as_str().to_owned()),
    })
    .collect()
}

fn old_thread(whole: &Whole) -> Vec<DeskOld> {
    let all = whole.old.iter();
    all.map(|row| DeskOld {
        n: row.n,
        happened: row.happened.to_string(),
        sort: code(&row.sort),
        head: row.head.clone(),
        text: row.text.clone(),
    })
    .collect()
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskNextReport {
    /// Its reference; none where nothing waits.
    reference: Option<String>,
}

async fn next(asked: Asked) -> Result<DeskNextReport> {
    let from = asked.query("after").and_then(|text| asked.app.number(text));
    let next = crate::desk::next_report(&asked.app, &asked.who, from).await?;
    Ok(DeskNextReport {
        reference: next.map(|no| asked.app.reference(no)),
    })
}

/// Where an old number leads.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskOldPlace {
    /// The report.
    reference: String,
    /// The case, if the number was that of one.
    case: Option<i64>,
}

async fn old(asked: Asked) -> Result<DeskOldPlace> {
    let found = asked
        .app
        .old_place(&asked.who, asked.part(0), asked.part(1));
    let (reference, case) = found.await.map_err(told)?.into_inner();
    Ok(DeskOldPlace { reference, case })
}
