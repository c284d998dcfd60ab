//! Returns: reading one, filing, correcting, accepting, sending back, taking back; and dissent.

use std::collections::BTreeMap;

use axum::response::Response;
use cairn_app::report::AppError;
use cairn_app::track::returns::ReturnView;
use cairn_desk::access::Action;
use cairn_desk::track::{REASON_CHARS_MAX, Refusal, ReturnFile};
use cairn_track::office::returns::{About, Evidence, Figure, Finding, Progress};
use cairn_track::plan::Missing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, fetch, moved, read, told};
use super::common::{DeskMade, DeskNothing};
use super::track::{DeskReturnRow, return_row};
use crate::desk::Need;
use crate::desk::track::fields::{self, Typed};
use crate::desk::track::given::{self, Filing, Given, NotFiled};
use crate::desk::track::{attachment, words};
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadPlans);
    let files = Need::May(Action::FileReturns);
    let checks = Need::May(Action::CheckReturns);
    vec![
        act(
            "/api/v1/desk/track/{plan}/returns",
            files,
            "File a return, or one that corrects another; the same Idempotency-Key files one",
            send,
        )
        .once(),
        read(
            "/api/v1/desk/track/{plan}/returns/{no}",
            reads,
            "Read a return, with what shows it",
            show,
        ),
        fetch(
            (
                "/api/v1/desk/track/{plan}/returns/{no}/files/{sha256}",
                reads,
                "Fetch a file of a return",
            ),
            "application/octet-stream",
            file,
        ),
        act(
            "/api/v1/desk/track/{plan}/returns/{no}/withdraw",
            files,
            "Take a return back that nobody has looked at yet",
            withdraw,
        ),
        act(
            "/api/v1/desk/track/{plan}/returns/{no}/accept",
            checks,
            "Accept a return into the working copy",
            accept,
        ),
        act(
            "/api/v1/desk/track/{plan}/returns/{no}/send-back",
            checks,
            "Send a return back, with a reason",
            send_back,
        ),
        act(
            "/api/v1/desk/track/{plan}/dissent",
            Need::May(Action::Dissent),
            "File dissent, which stands beside the status in the next publication; the same Idempotency-Key files one",
            object,
        )
        .once(),
    ]
}

/// How an initiative, milestone or action stands.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskProgress {
    /// How it stands, in the owner's words, in English.
    #[serde(default)]
    claim: String,
    /// The same in te reo Māori.
    #[serde(default)]
    claim_mi: String,
    /// The day on which it was done: `2026-03-31`.
    #[serde(default)]
    done: Option<String>,
}

/// A value of a measure. Numbers are texts, kept as they were typed.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskFigure {
    /// `2018`, `2018Q2`, `2018-03`, `2022-12-31`, `2023/24` or `2021-23`.
    period: String,
    /// The value, such as `12.5`; exactly one of this and `missing` is there.
    #[serde(default)]
    value: Option<String>,
    /// Why there is none: `missing`, `not_collected`, `suppressed` or `not_applicable`, as the plan's files write it.
    #[serde(default)]
    missing: Option<String>,
    /// Lower end of the interval.
    #[serde(default)]
    low: Option<String>,
    /// Upper end of the interval.
    #[serde(default)]
    high: Option<String>,
    /// Sample size.
    #[serde(default)]
    n: Option<String>,
    /// Flags: `estimated`, `provisional` and so on.
    #[serde(default)]
    #[schema(max_items = 20)]
    flags: Vec<String>,
    /// Why values from this one on cannot be compared with those before.
    #[serde(default, rename = "break")]
    #[schema(rename = "break")]
    brk: Option<String>,
    /// A remark; why the value is restated, if it is.
    #[serde(default)]
    note: String,
    /// It takes the place of a value that was published before.
    #[serde(default)]
    revises: bool,
    /// For whom, by the name of the series' column; none for all together.
    #[serde(default)]
    dims: BTreeMap<String, String>,
}

/// What shows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskShows {
    /// Title of the source.
    #[serde(default)]
    title: String,
    /// Who published it.
    #[serde(default)]
    publisher: String,
    /// A day, or only its month or year.
    #[serde(default)]
    published: Option<String>,
    /// Its address.
    #[serde(default)]
    url: Option<String>,
    /// A file that was sent to `/api/v1/files` before.
    #[serde(default)]
    file: Option<DeskShownFile>,
}

/// A file beside a return.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskShownFile {
    /// SHA-256 of its content, hexadecimal.
    sha256: String,
    /// What `/api/v1/files` answered with it; may be left out of a file that stands beside a return which this account may see.
    #[serde(default)]
    ticket: Option<String>,
    /// Its name.
    name: String,
    /// It may be published with the edition; if not, only its digest is.
    #[serde(default)]
    publish: bool,
}

/// A return.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewReturn {
    /// What it is on, as `topics` names it: `measure:days`, `initiative:masts/milestone:on`.
    item: String,
    /// The organisation that it speaks for; may be left out where only one of this account's seats may file on it.
    #[serde(default)]
    owner: Option<String>,
    /// The number of the return that it corrects.
    #[serde(default)]
    corrects: Option<i64>,
    /// Of an initiative, milestone or action.
    #[serde(default)]
    progress: Option<DeskProgress>,
    /// Of a measure.
    #[serde(default)]
    figure: Option<DeskFigure>,
    /// What shows it.
    #[serde(default)]
    evidence: Option<DeskShows>,
    /// Warnings that were looked at and stand: what the fault at `/confirm` named.
    #[serde(default)]
    confirm: Option<String>,
}

impl DeskNewReturn {
    /// Whether what it holds is for what it is on, as far as a form cannot get that wrong.
    fn fits(&self, topic: Option<&About>, faults: &mut Faults) {
        let (figure, progress) = (self.figure.is_some(), self.progress.is_some());
        let ((own, has), (other, more)) = match topic {
            None => {
                let what = "is nothing that this account files on: see `topics`";
                return faults.add("/item", what);
            }
            Some(About::Measure(_)) => (("/figure", figure), ("/progress", progress)),
            Some(_) => (("/progress", progress), ("/figure", figure)),
        };
        if !has {
            faults.add(own, "is needed for this");
        }
        if more {
            faults.add(other, "must be left out for this");
        }
        let missing = self.figure.as_ref().and_then(|one| one.missing.as_deref());
        if missing.is_some_and(|word| !word.is_empty() && Missing::of(word).is_none()) {
            let all = Missing::WORDS.join(", ");
            faults.add("/figure/missing", format!("is not one of: {all}"));
        }
    }

    /// The same as the page's form has it, so that both are read by one reader.
    fn typed(&self, owners: &[String]) -> Typed {
        let mut typed = Typed::default();
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        typed.put("item", &self.item);
        let only = match owners {
            [one] => one.clone(),
            _ => String::new(),
        };
        typed.put("owner", self.owner.as_ref().unwrap_or(&only));
        if let Some(no) = self.corrects {
            typed.put("corrects", &no.to_string());
        }
        typed.put("confirm", &said(&self.confirm));
        if let Some(progress) = &self.progress {
            typed.put("claim", &progress.claim);
            typed.put("claim-mi", &progress.claim_mi);
            let mut parts = progress.done.as_deref().unwrap_or_default().splitn(3, '-');
            for name in ["done-year", "done-month", "done-day"] {
                typed.put(name, parts.next().unwrap_or_default());
            }
        }
        if let Some(figure) = &self.figure {
            figure.put(&mut typed);
        }
        if let Some(shows) = &self.evidence {
            typed.put("source", &shows.title);
            typed.put("publisher", &shows.publisher);
            typed.put("published", &said(&shows.published));
            typed.put("url", &said(&shows.url));
        }
        typed
    }
}

impl DeskFigure {
    fn put(&self, typed: &mut Typed) {
        let lines = [
            ("value", &self.value),
            ("missing", &self.missing),
            ("low", &self.low),
            ("high", &self.high),
            ("n", &self.n),
            ("break", &self.brk),
        ];
        for (name, line) in lines {
            typed.put(name, line.as_deref().unwrap_or_default());
        }
        typed.put("period", &self.period);
        typed.put("note", &self.note);
        for flag in &self.flags {
            typed.put("flag", flag);
        }
        if self.revises {
            typed.put("revises", "yes");
        }
        for (name, value) in &self.dims {
            typed.put(&format!("dim-{name}"), value);
        }
    }
}

/// Where in the body a field of the page's form stands.
fn pointer(field: &str) -> String {
    match field {
        "item" | "owner" | "corrects" | "text" | "would_say" => format!("/{field}"),
        "text-mi" => "/text_mi".to_owned(),
        "claim" => "/progress/claim".to_owned(),
        "claim-mi" => "/progress/claim_mi".to_owned(),
        "done-day" => "/progress/done".to_owned(),
        "source" => "/evidence/title".to_owned(),
        "publisher" | "published" | "url" | "file" => format!("/evidence/{field}"),
        "flag" => "/figure/flags".to_owned(),
        other => match other.strip_prefix("dim-") {
            Some(name) => format!("/figure/dims/{name}"),
            None => format!("/figure/{other}"),
        },
    }
}

/// Everything that is wrong, or has to be confirmed.
fn wrong(not: NotFiled) -> Problem {
    let mut faults = Faults::default();
    if let Some(error) = not.refused {
        return told(error);
    }
    for fault in &not.faults {
        faults.add(pointer(&fault.field), fault.text.clone());
    }
    let marks = fields::marks(&not.findings);
    let only = not.faults.len() == not.findings.len();
    if only && !marks.is_empty() && !not.findings.iter().any(Finding::is_error) {
        faults.add(
            "/confirm",
            format!("to file it as it is, send {marks:?} here"),
        );
    }
    faults.end().err().unwrap_or_else(Problem::bad_request)
}

async fn send(asked: Asked, sent: DeskNewReturn) -> Result<DeskMade> {
    let (app, who, plan) = (&asked.app, &asked.who, asked.part(0));
    let found = app.topics(who, plan).await.map_err(told)?;
    let mut topics = found.0.iter();
    let topic = topics.find(|(about, _)| words::key(about) == sent.item);
    let mut faults = Faults::default();
    sent.fits(topic.map(|(about, _)| about), &mut faults);
    let mut files = Vec::new();
    if let Some(file) = sent.evidence.as_ref().and_then(|shows| shows.file.as_ref()) {
        let known = app
            .return_file(
                (who, plan),
                (&file.sha256, file.ticket.as_deref()),
                &file.name,
                file.publish,
            )
            .await;
        match known.map_err(told)? {
            Some(known) => files.push(known),
            None => faults.add(
                "/evidence/file/sha256",
                "is no file that you brought: send it to /api/v1/files first, and the ticket of the answer with it",
            ),
        }
    }
    faults.end()?;
    let (topic, owners) = topic.ok_or_else(Problem::bad_request)?;
    let typed = sent.typed(owners);
    let given = Given {
        plan,
        topic,
        owners,
        typed: &typed,
        files: &files,
        faults: Vec::new(),
        key: asked.key(),
    };
    match given::file(app, (who, asked.lang), given)
        .await
        .map_err(told)?
    {
        Filing::Kept(no) => Ok(made(plan, no)),
        Filing::Not(not) => Err(wrong(not)),
    }
}

fn made(plan: &str, no: i64) -> DeskMade {
    DeskMade {
        no,
        href: format!("/api/v1/desk/track/{plan}/returns/{no}"),
    }
}

/// Dissent from a computed status.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewDissent {
    /// What it is from, as the list of what can be dissented from names it: `measure:days`.
    item: String,
    /// What it says, in English.
    text: String,
    /// The same in te reo Māori.
    #[serde(default)]
    text_mi: String,
    /// The status that the reviewer would give.
    #[serde(default)]
    would_say: String,
    /// Warnings that were looked at and stand: what the fault at `/confirm` named.
    #[serde(default)]
    confirm: String,
}

async fn object(asked: Asked, sent: DeskNewDissent) -> Result<DeskMade> {
    let (app, who, plan) = (&asked.app, &asked.who, asked.part(0));
    let working = app.dissent_on(who, plan).await.map_err(told)?;
    let mut typed = Typed::default();
    typed.put("item", &sent.item);
    typed.put("text", &sent.text);
    typed.put("text-mi", &sent.text_mi);
    typed.put("would_say", &sent.would_say);
    typed.put("confirm", &sent.confirm);
    let to = (who, asked.lang);
    let filed = given::object(app, to, (plan, &**working), &typed, asked.key()).await;
    match filed.map_err(told)? {
        Filing::Kept(no) => Ok(made(plan, no)),
        Filing::Not(not) => Err(wrong(not)),
    }
}

/// A return.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReturn {
    /// As lists show it.
    summary: DeskReturnRow,
    /// What it is on: `measure:days`.
    item: String,
    /// Of an initiative, milestone or action.
    progress: Option<DeskProgress>,
    /// Of a measure.
    figure: Option<DeskFigure>,
    /// Of dissent, or of a note beside a status.
    remark: Option<DeskRemark>,
    /// What shows it.
    evidence: Vec<DeskEvidence>,
    /// Files beside it.
    files: Vec<DeskReturnFile>,
    /// What a checker should look at, while it waits.
    findings: Vec<DeskFinding>,
    /// This account may accept it or send it back.
    checks: bool,
    /// This account may take it back.
    withdraws: bool,
    /// This account may correct it.
    corrects: bool,
}

/// Words beside a computed status.
#[derive(Serialize, ToSchema)]
struct DeskRemark {
    /// In English.
    text: String,
    /// In te reo Māori.
    text_mi: Option<String>,
    /// The status that the reviewer would give.
    would_say: Option<String>,
}

/// A source.
#[derive(Serialize, ToSchema)]
struct DeskEvidence {
    /// Title.
    title: String,
    /// Who published it.
    publisher: String,
    /// When it was published.
    published: Option<String>,
    /// Its address: somebody typed it. Do not follow it unseen.
    url: Option<String>,
    /// SHA-256 of the file that was handed over.
    sha256: Option<String>,
}

/// A file beside a return.
#[derive(Serialize, ToSchema)]
struct DeskReturnFile {
    /// SHA-256.
    sha256: String,
    /// Bytes.
    size: u64,
    /// Media type, by content.
    media_type: String,
    /// Its name.
    name: String,
    /// It may be published with the edition.
    publish: bool,
    /// Where it can be fetched.
    href: String,
}

/// Something to look at.
#[derive(Serialize, ToSchema)]
struct DeskFinding {
    /// A short name for its kind, the same for ever.
    code: String,
    /// With an error it cannot be accepted.
    error: bool,
    /// Where.
    field: String,
    /// What it is, and how to mend it.
    detail: String,
}

fn progress(it: &Progress) -> DeskProgress {
    DeskProgress {
        claim: it.claim.en.clone(),
        claim_mi: it.claim.mi.clone().unwrap_or_default(),
        done: it.done.map(|done| done.to_string()),
    }
}

fn figure(it: &Figure) -> DeskFigure {
    let it = it.clone();
    DeskFigure {
        period: it.period,
        value: it.value,
        missing: it.missing.map(|missing| missing.as_str().to_owned()),
        low: it.low,
        high: it.high,
        n: it.n,
        flags: it.flag.split_whitespace().map(str::to_owned).collect(),
        brk: it.brk,
        note: it.note,
        revises: it.revises,
        dims: it.dims,
    }
}

fn remark(about: &About) -> Option<DeskRemark> {
    let (text, would) = match about {
        About::Note(it) => (&it.text, None),
        About::Dissent(it) => (&it.text, it.would_say.as_ref()),
        About::Initiative(_) | About::Measure(_) => return None,
    };
    Some(DeskRemark {
        text: text.en.clone(),
        text_mi: text.mi.clone(),
        would_say: would.map(|words| words.en.clone()),
    })
}

fn evidence(one: &Evidence) -> DeskEvidence {
    DeskEvidence {
        title: one.title.clone(),
        publisher: one.publisher.clone(),
        published: one.published.map(|published| published.to_string()),
        url: one.url.clone(),
        sha256: one.sha256.clone(),
    }
}

async fn show(asked: Asked) -> Result<DeskReturn> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskReturn> {
    let (plan, no) = (asked.part(0), asked.no(1)?);
    let found = asked.app.read_return(&asked.who, plan, no).await;
    let (view, working) = found.map_err(told)?.into_inner();
    let file = |one: &ReturnFile| DeskReturnFile {
        sha256: one.sha256.clone(),
        size: one.size,
        media_type: one.media_type.clone(),
        name: one.name.clone(),
        publish: one.publish,
        href: format!(
            "/api/v1/desk/track/{plan}/returns/{no}/files/{}",
            one.sha256
        ),
    };
    let about = &view.filed.about;
    Ok(DeskReturn {
        summary: return_row(asked.lang, &working, &view.row),
        item: words::key(about),
        progress: match about {
            About::Initiative(it) => Some(progress(it)),
            _ => None,
        },
        figure: match about {
            About::Measure(it) => Some(figure(it)),
            _ => None,
        },
        remark: remark(about),
        evidence: view.filed.evidence.iter().map(evidence).collect(),
        files: view.files.iter().map(file).collect(),
        findings: findings(asked, &view),
        checks: view.checks,
        withdraws: view.withdraws,
        corrects: view.corrects,
    })
}

/// As on the page, for those who can do something about them.
fn findings(asked: &Asked, view: &ReturnView) -> Vec<DeskFinding> {
    if !view.checks && !view.withdraws {
        return Vec::new();
    }
    let texts = fields::faults(asked.lang, &view.findings);
    let both = view.findings.iter().zip(texts);
    both.map(|(finding, fault)| DeskFinding {
        code: finding.code.to_owned(),
        error: finding.is_error(),
        field: finding.field.clone(),
        detail: fault.text,
    })
    .collect()
}

async fn file(asked: Asked) -> Result<Response> {
    let (plan, no, sha256) = (asked.part(0), asked.no(1)?, asked.part(2));
    let read = asked.app.read_return_file(&asked.who, plan, no, sha256);
    let (file, bytes) = read.await.map_err(told)?.into_inner();
    Ok(attachment(&file.name, "application/octet-stream", bytes))
}

/// How it stands after something was done, or was not.
async fn after(asked: &Asked, done: std::result::Result<(), AppError>) -> Result<DeskReturn> {
    match done {
        Ok(()) => read_one(asked).await,
        Err(AppError::Conflict) => Err(moved(&read_one(asked).await?)),
        Err(AppError::Office(why @ Refusal::NotWaiting)) => {
            Err(moved(&read_one(asked).await?).with_detail(why.to_string()))
        }
        Err(other) => Err(told(other)),
    }
}

async fn withdraw(asked: Asked, _: DeskNothing) -> Result<DeskReturn> {
    let (plan, no) = (asked.part(0), asked.no(1)?);
    let done = asked.app.withdraw_return(&asked.who, plan, no).await;
    after(&asked, done).await
}

async fn accept(asked: Asked, _: DeskNothing) -> Result<DeskReturn> {
    let (plan, no) = (asked.part(0), asked.no(1)?);
    let done = asked.app.accept_return(&asked.who, plan, no).await;
    after(&asked, done).await
}

/// Why a return is sent back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskSendBack {
    /// As its organisation reads it, at most 2,000 characters.
    #[schema(max_length = 2000)]
    reason: String,
}

async fn send_back(asked: Asked, sent: DeskSendBack) -> Result<DeskReturn> {
    let mut faults = Faults::default();
    if !(1..=REASON_CHARS_MAX).contains(&sent.reason.trim().chars().count()) {
        faults.add("/reason", format!("has 1 to {REASON_CHARS_MAX} characters"));
    }
    faults.end()?;
    let (plan, no) = (asked.part(0), asked.no(1)?);
    let done = asked
        .app
        .send_back(&asked.who, plan, no, &sent.reason)
        .await;
    after(&asked, done).await
}
