//! Notices to the owners of machines: the list, one of them, the book of rules, and why something was told or not.

use std::collections::BTreeMap;

use axum::response::Response;
use cairn_app::notice::BookSaid;
use cairn_app::notice::rows::{Listed, Wanted};
use cairn_desk::access::Action;
use cairn_desk::notice::{State, Times, Trial};
use cairn_desk::rules::{Command, Rule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, Numbers, act, fetch, read, told};
use super::common::{DeskEvent, when};
use crate::desk::Need;
use crate::problem::Result;

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageRules);
    vec![
        read(
            "/api/v1/desk/notices",
            reads,
            "List notices, what waits and why, and how long owners take",
            list,
        )
        .asks(&[
            ("state", "waiting, ready, sent, returned or dropped"),
            ("owner", "number of a constituent"),
            ("class", "class"),
            (
                "before",
                "only notices below this number within the installation",
            ),
        ]),
        read(
            "/api/v1/desk/notices/why",
            reads,
            "Why an address, a name or a URL was told of, or not",
            why,
        )
        .asks(&[("q", "address, name or URL")]),
        read(
            "/api/v1/desk/notices/rules",
            reads,
            "Read the book of rules, with its versions and dry runs",
            book,
        ),
        act(
            "/api/v1/desk/notices/rules",
            does,
            "Write a version of the book of rules",
            write,
        ),
        act(
            "/api/v1/desk/notices/rules/work",
            does,
            "Try the book of rules out, ask for a second person, decline, or switch it off",
            work,
        ),
        act(
            "/api/v1/desk/notices/rules/on",
            leads,
            "Switch the newest version of the book of rules on",
            on,
        ),
    ]
    .into_iter()
    .chain(single())
    .collect()
}

fn single() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        read(
            "/api/v1/desk/notices/{no}",
            reads,
            "Read a notice: what its owner sees, and what came of it",
            show,
        ),
        fetch(
            (
                "/api/v1/desk/notices/{no}/file",
                reads,
                "The rows of a notice as they went",
            ),
            "application/octet-stream",
            file,
        ),
        act(
            "/api/v1/desk/notices/{no}/judge",
            does,
            "Approve of a notice that waits, or do not send it",
            judge,
        ),
    ]
}

/// A notice on the list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskNoticeRow {
    /// Its number within the installation.
    no: i64,
    /// The number by which people call it.
    number: String,
    /// Number of the constituent.
    owner: u32,
    /// Number of its contact.
    contact: u32,
    /// Class.
    class: String,
    /// When it was made.
    made_at: String,
    /// `waiting`, `ready`, `sent`, `returned` or `dropped`.
    state: String,
    /// So many people have to approve of it.
    needs: u32,
    /// When it left.
    sent_at: Option<String>,
    /// `plain`, `signed` or `encrypted`; by S/MIME `smime`, or `smime_unsigned`.
    sealing: Option<String>,
    /// Rows.
    rows: u32,
    /// Rows that are gone.
    gone: u32,
    /// Answers of the owner.
    answers: u32,
}

fn row(one: &Listed) -> DeskNoticeRow {
    let standing = &one.standing;
    DeskNoticeRow {
        no: standing.no,
        number: standing.number.clone(),
        owner: standing.owner,
        contact: standing.contact,
        class: one.class.clone(),
        made_at: standing.at.to_string(),
        state: standing.state.as_str().to_owned(),
        needs: standing.needs,
        sent_at: when(standing.sent),
        sealing: standing.sealing.clone(),
        rows: standing.rows,
        gone: standing.gone,
        answers: standing.answers,
    }
}

/// Times from notice to gone.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskTimes {
    /// So many are gone.
    gone: u64,
    /// So many are still there.
    open: u64,
    /// Seconds that half of those that are gone did not exceed.
    median_seconds: Option<i64>,
    /// Seconds that nine of ten did not exceed.
    p90_seconds: Option<i64>,
}

impl From<&Times> for DeskTimes {
    fn from(times: &Times) -> Self {
        Self {
            gone: times.gone,
            open: times.open,
            median_seconds: times.median,
            p90_seconds: times.p90,
        }
    }
}

/// The list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskNotices {
    /// The newest first.
    notices: Vec<DeskNoticeRow>,
    /// There may be more below the last one.
    more: bool,
    /// How many there are in each state.
    states: Numbers,
    /// Observations that are due and wait, by why.
    held: Numbers,
    /// Times of all.
    times: DeskTimes,
    /// Times by class.
    by_class: BTreeMap<String, DeskTimes>,
    /// Times by number of the constituent.
    by_owner: BTreeMap<String, DeskTimes>,
}

async fn list(asked: Asked) -> Result<DeskNotices> {
    let wanted = Wanted {
        state: asked.query("state").and_then(State::parse),
        owner: asked.number("owner")?,
        class: asked.query("class").map(str::to_owned),
        before: asked.number("before")?,
    };
    let found = asked
        .app
        .notice_list(&asked.who, &wanted)
        .await
        .map_err(told)?;
    let states = found.states.iter();
    let held = found.held.iter();
    let classes = found.classes.iter();
    let owners = found.owners.iter();
    Ok(DeskNotices {
        notices: found.notices.iter().map(row).collect(),
        more: found.more,
        states: states
            .map(|(state, count)| (state.as_str().to_owned(), *count))
            .collect(),
        held: held
            .map(|one| (one.why.as_str().to_owned(), one.rows))
            .collect(),
        times: DeskTimes::from(&found.times),
        by_class: classes
            .map(|(class, times)| (class.clone(), times.into()))
            .collect(),
        by_owner: owners
            .map(|(no, times)| (no.to_string(), times.into()))
            .collect(),
    })
}

/// A row of a notice.
#[derive(Serialize, ToSchema)]
struct DeskNoticeLine {
    /// `new`, `still` or `gone`.
    part: String,
    /// Source and name of its feed.
    feed: String,
    /// `classification.type`.
    kind: String,
    /// `classification.identifier`.
    identifier: String,
    /// Address, name or URL.
    asset: String,
    /// Port.
    port: Option<u16>,
    /// When it was seen.
    seen_at: String,
    /// When it was gone, if it is.
    gone_at: Option<String>,
    /// The owner's last answer: `fixed`, `not_ours`, `working` or `false`.
    answer: Option<String>,
}

/// An answer of the owner.
#[derive(Serialize, ToSchema)]
struct DeskNoticeAnswer {
    /// When.
    at: String,
    /// By row, counted from 1; `-1` stands for all.
    rows: BTreeMap<String, String>,
    /// What else they wrote: a stranger's words.
    note: String,
}

/// A notice.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskNotice {
    /// Where it stands.
    notice: DeskNoticeRow,
    /// Name of the owner.
    owner: String,
    /// Version of the book of rules.
    version: u32,
    /// Language that it is written in.
    language: String,
    /// Label.
    label: String,
    /// Subject of the mail.
    subject: String,
    /// Text of the mail; `{link}` stands for the secret link.
    text: String,
    /// Rows.
    rows: Vec<DeskNoticeLine>,
    /// What the owner answered, in order.
    answers: Vec<DeskNoticeAnswer>,
    /// Times of its rows.
    times: DeskTimes,
    /// What happened, the oldest first; indices of the log are not told here.
    history: Vec<DeskEvent>,
}

async fn show(asked: Asked) -> Result<DeskNotice> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskNotice> {
    let whole = asked.app.read_notice(&asked.who, asked.part(0)).await;
    let whole = whole.map_err(told)?.into_inner();
    let rows = whole.rows.iter().map(|one| {
        let (line, now) = (&one.row.line, one.now.as_ref());
        DeskNoticeLine {
            part: one.row.part.as_str().to_owned(),
            feed: line.feed.clone(),
            kind: line.kind.clone(),
            identifier: line.identifier.clone(),
            asset: line.asset(),
            port: line.port,
            seen_at: line.at.to_string(),
            gone_at: when(now.and_then(|now| now.gone).or(one.row.gone)),
            answer: now.and_then(|now| now.answer.clone()),
        }
    });
    let answers = whole.answers.iter().map(|(at, said)| DeskNoticeAnswer {
        at: at.to_string(),
        rows: said
            .rows
            .iter()
            .map(|(row, answer)| (row.to_string(), answer.as_str().to_owned()))
            .collect(),
        note: said.note.clone(),
    });
    let history = (1_i64..).zip(&whole.history);
    let history =
        history.map(|(n, event)| DeskEvent::of((n, 0), (event.at, &event.by), &event.change));
    let content = &whole.content;
    Ok(DeskNotice {
        notice: row(&Listed {
            standing: whole.standing.clone(),
            class: content.tell.class.clone(),
        }),
        owner: whole.owner.clone(),
        version: content.version,
        language: content.language.clone(),
        label: content.tell.tlp.as_str().to_owned(),
        subject: content.subject.clone(),
        text: content.text.clone(),
        rows: rows.collect(),
        answers: answers.collect(),
        times: DeskTimes::from(&whole.times),
        history: history.collect(),
    })
}

async fn file(asked: Asked) -> Result<Response> {
    crate::desk::notice_download(&asked.app, &asked.who, asked.part(0)).await
}

/// What somebody thinks of a notice that waits.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNoticeJudged {
    /// `approve` or `drop`.
    wish: String,
}

async fn judge(asked: Asked, sent: DeskNoticeJudged) -> Result<DeskNotice> {
    let known = ["approve", "drop"];
    let found = known.contains(&sent.wish.as_str());
    let wish = found.then_some(sent.wish == "approve");
    let approve = super::call::choice("/wish", &sent.wish, wish, &known)?;
    let done = asked.app.judge_notice(&asked.who, asked.part(0), approve);
    done.await.map_err(told)?;
    read_one(&asked).await
}

/// Why an observation was told, or not.
#[derive(Serialize, ToSchema)]
struct DeskReason {
    /// Source and name of its feed.
    feed: String,
    /// `classification.type`.
    kind: String,
    /// `classification.identifier`.
    identifier: String,
    /// When it was seen, as it was judged.
    seen_at: String,
    /// Number of the constituent.
    owner: u32,
    /// Why: `due`, `told`, `no_rule`, `rule`, `no_contact`, `bounced`, `disabled`, `no_key`, `interval`, `quiet`, `cap`, `approval`,
    /// `answered` or `gone`.
    why: String,
    /// Name of the rule.
    rule: Option<String>,
    /// Version of the book of rules.
    version: u32,
    /// Number of the notice.
    notice: Option<String>,
    /// When it was first told.
    told_at: Option<String>,
    /// When it was gone.
    gone_at: Option<String>,
}

/// Why an address, a name or a URL was told of, or not.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReasons {
    /// Numbers of the constituents that claim it, the one that holds first. With none nobody is told.
    owners: Vec<u32>,
    /// What was judged.
    reasons: Vec<DeskReason>,
}

async fn why(asked: Asked) -> Result<DeskReasons> {
    let text = asked.query("q").unwrap_or_default();
    let found = asked.app.notice_why(&asked.who, text).await.map_err(told)?;
    let reasons = found.reasons.iter().map(|one| {
        let known = &one.known;
        DeskReason {
            feed: one.line.feed.clone(),
            kind: one.line.kind.clone(),
            identifier: one.line.identifier.clone(),
            seen_at: one.line.at.to_string(),
            owner: known.directive.owner,
            why: one.why.as_str().to_owned(),
            rule: one.rule.clone(),
            version: known.directive.version,
            notice: one.number.clone(),
            told_at: when(known.told),
            gone_at: when(known.gone),
        }
    });
    let owners = found.owners.iter();
    Ok(DeskReasons {
        owners: owners.map(|one| one.candidate.owner.0).collect(),
        reasons: reasons.collect(),
    })
}

/// What one owner would have been told.
#[derive(Serialize, ToSchema)]
struct DeskReach {
    /// Number of the constituent.
    owner: u32,
    /// The rule, counted from 1; 0 where none fits.
    rule: u32,
    /// Class.
    class: String,
    /// Different observations.
    rows: u64,
    /// `due` if it would have been told, else why not.
    why: String,
}

/// What a dry run found.
#[derive(Serialize, ToSchema)]
struct DeskNoticeTrial {
    /// What was received from then on was looked at.
    from: String,
    /// So many observations.
    looked: u64,
    /// There were more.
    more: bool,
    /// So many different ones would have been told.
    told: u64,
    /// So many are of nobody's.
    nobody: u64,
    /// By owner, rule and class; the largest first.
    reach: Vec<DeskReach>,
}

fn trial(trial: &Trial) -> DeskNoticeTrial {
    let reach = trial.reach.iter().map(|one| DeskReach {
        owner: one.owner,
        rule: one.rule,
        class: one.class.clone(),
        rows: one.rows,
        why: one.why.as_str().to_owned(),
    });
    DeskNoticeTrial {
        from: trial.from.to_string(),
        looked: trial.looked,
        more: trial.more,
        told: trial.told,
        nobody: trial.nobody,
        reach: reach.collect(),
    }
}

/// A version of the book of rules.
#[derive(Serialize, ToSchema)]
struct DeskBookVersion {
    /// Its number.
    version: u32,
    /// When it was written.
    at: String,
    /// Account id of who wrote it.
    account: String,
    /// TOML, as it was written.
    text: String,
    /// Its dry run.
    trial: Option<DeskNoticeTrial>,
}

fn version(said: &BookSaid) -> DeskBookVersion {
    DeskBookVersion {
        version: said.version,
        at: said.at.to_string(),
        account: said.account.clone(),
        text: said.text.clone(),
        trial: said.trial.as_ref().map(trial),
    }
}

/// The book of rules.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskBook {
    /// Events so far: what a deed is made for. 0 before the first version.
    seen: i64,
    /// How far the newest version is: `draft`, `tried`, `asked` or `on`.
    stage: Option<String>,
    /// The version that is on.
    on: Option<u32>,
    /// When it stopped itself.
    stopped: Option<String>,
    /// Account id of who asks for a second person.
    asked_by: Option<String>,
    /// The newest first.
    versions: Vec<DeskBookVersion>,
}

async fn book(asked: Asked) -> Result<DeskBook> {
    read_book(&asked).await
}

async fn read_book(asked: &Asked) -> Result<DeskBook> {
    let whole = asked.app.notice_book(&asked.who).await.map_err(told)?;
    let rule: Option<&Rule> = whole.rule.as_ref();
    Ok(DeskBook {
        seen: rule.map_or(0, |rule| rule.steps),
        stage: rule.map(|rule| rule.stage.as_str().to_owned()),
        on: rule.and_then(|rule| rule.on),
        stopped: when(rule.and_then(|rule| rule.stopped)),
        asked_by: rule.and_then(|rule| rule.asked_by.clone()),
        versions: whole.versions.iter().map(version).collect(),
    })
}

/// A version to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewBook {
    /// `seen` of the book as it was read; 0 before the first version.
    seen: i64,
    /// TOML.
    text: String,
}

async fn write(asked: Asked, sent: DeskNewBook) -> Result<DeskBook> {
    let done = asked
        .app
        .write_book(&asked.who, sent.seen, &sent.text)
        .await;
    if let Err(fault) = done.map_err(told)? {
        let mut faults = Faults::default();
        faults.add("/text", fault.to_string());
        faults.end()?;
    }
    read_book(&asked).await
}

/// A deed on the book of rules.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskBookWork {
    /// `seen` of the book as it was read.
    seen: i64,
    /// `try`, `ask`, `decline` or `off`.
    wish: String,
}

async fn work(asked: Asked, sent: DeskBookWork) -> Result<DeskBook> {
    if sent.wish == "try" {
        asked
            .app
            .try_book(&asked.who, sent.seen)
            .await
            .map_err(told)?;
        return read_book(&asked).await;
    }
    let command = match sent.wish.as_str() {
        "ask" => Some(Command::Ask),
        "decline" => Some(Command::Decline),
        "off" => Some(Command::SwitchOff),
        _ => None,
    };
    let known = ["try", "ask", "decline", "off"];
    let command = super::call::choice("/wish", &sent.wish, command, &known)?;
    let done = asked.app.work_book(&asked.who, sent.seen, command).await;
    done.map_err(told)?;
    read_book(&asked).await
}

/// How the book was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskBookSeen {
    /// `seen` of the book as it was read.
    seen: i64,
}

async fn on(asked: Asked, sent: DeskBookSeen) -> Result<DeskBook> {
    let command = Command::SwitchOn { others: 0 };
    let done = asked.app.work_book(&asked.who, sent.seen, command).await;
    done.map_err(told)?;
    read_book(&asked).await
}
