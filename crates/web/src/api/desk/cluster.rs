//! Reports that look alike: the list, one cluster, and what officers do to it.

use std::collections::BTreeMap;

use cairn_app::cluster::{Decided, Line, Query, Texts};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::bulk::Wish;
use cairn_desk::report::MessageText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, Numbers, act, moved, read, told};
use super::common::{DeskEvent, DeskObservable, DeskReportRow, DeskVersion, code};
use crate::desk::Need;
use crate::problem::Result;

macro_rules! at {
    ($end:literal) => {
        concat!("/api/v1/desk/clusters/{no}/", $end)
    };
}

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        read("/api/v1/desk/clusters", reads, "List clusters", list).asks(&[
            (
                "show",
                "`single` for those of one report too, `all` for those without an open report too",
            ),
            ("order", "`severe` for the most severe first"),
            ("page", "Page, from 0"),
        ]),
        read(
            "/api/v1/desk/clusters/next",
            reads,
            "The next cluster that nothing was decided for",
            next,
        )
        .asks(&[("after", "Number of the cluster it is left from")]),
        read(
            "/api/v1/desk/clusters/{no}",
            reads,
            "Read a cluster; one that is linked leads to the one that decides for it",
            show,
        ),
        act(
            at!("decide"),
            does,
            "Decide for all its open reports",
            decide,
        ),
        act(
            at!("held"),
            does,
            "Do the decision to those too that it was held back from",
            held,
        ),
        act(
            at!("split"),
            does,
            "Put reports of it into a cluster of their own",
            split,
        ),
        act(
            at!("move"),
            does,
            "Move reports of it to another cluster",
            shift,
        ),
        act(
            at!("link"),
            does,
            "Link it to another cluster, which decides for both from then on",
            link,
        ),
        act(at!("undo"), does, "Undo an action", undo),
        act(
            at!("mail"),
            does,
            "Agree to the mail about a reply as the second officer, or decline it",
            mail,
        ),
        read(
            "/api/v1/desk/clusters/mail",
            reads,
            "Replies of which mail waits for a second officer",
            mails,
        ),
    ]
}

/// A cluster as lists show it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClusterRow {
    /// Its number.
    no: i64,
    /// Reports in it.
    reports: i64,
    /// How many are not closed.
    open: usize,
    /// How many are likely from machines.
    suspect: usize,
    /// How many the decision was held back from.
    held: usize,
    /// A decision holds.
    decided: bool,
    /// First words of the newest: a stranger's text.
    title: Option<String>,
    /// The most frequent category.
    category: String,
    /// Its sub-type.
    subtype: Option<String>,
    /// The worst severity.
    severity: u8,
    /// What at least two have in common, with the number of reports.
    shared: Vec<DeskShared>,
    /// Why reports joined, with the number of reports.
    why: Numbers,
    /// Losses in minor units by currency.
    lost_minor: BTreeMap<String, i64>,
    /// Reports by language.
    languages: BTreeMap<String, u32>,
    /// Reports whose reporter agrees, by agency.
    consents: BTreeMap<String, u32>,
    /// The oldest.
    oldest: String,
    /// The newest.
    newest: String,
}

/// Something in common.
#[derive(Serialize, ToSchema)]
struct DeskShared {
    /// What.
    observable: DeskObservable,
    /// In how many reports.
    reports: u32,
}

fn row(line: &Line) -> DeskClusterRow {
    let sums = &line.row;
    let shared = sums.shared.iter().map(|thing| DeskShared {
        observable: DeskObservable {
            kind: thing.kind.as_str().to_owned(),
            value: thing.value.clone(),
        },
        reports: thing.reports,
    });
    let why = sums.why.iter();
    let lost = sums.lost.iter();
    DeskClusterRow {
        no: line.id,
        reports: line.size,
        open: line.open,
        suspect: line.suspect,
        held: line.held,
        decided: line.decision.is_some(),
        title: line.title.clone(),
        category: sums.category.clone(),
        subtype: sums.subtype.clone(),
        severity: sums.severity,
        shared: shared.collect(),
        why: why
            .map(|(why, count)| (code(why), u64::from(*count)))
            .collect(),
        lost_minor: lost
            .map(|(currency, sum)| (currency.clone(), sum.minor))
            .collect(),
        languages: sums.languages.clone(),
        consents: sums.consents.clone(),
        oldest: sums.oldest.to_string(),
        newest: sums.newest.to_string(),
    }
}

/// A page of clusters.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClusters {
    /// Clusters.
    clusters: Vec<DeskClusterRow>,
    /// Number of the next page, if there is one.
    next: Option<u32>,
}

async fn list(asked: Asked) -> Result<DeskClusters> {
    let show = asked.query("show").unwrap_or_default();
    let page: u32 = asked.number("page")?.unwrap_or_default();
    let query = Query {
        all: show == "all",
        single: show == "single" || show == "all",
        severe: asked.query("order") == Some("severe"),
        page: page.min(100_000),
    };
    let found = asked.app.clusters(&asked.who, query).await.map_err(told)?;
    Ok(DeskClusters {
        clusters: found.lines.iter().map(row).collect(),
        next: found.more.then(|| query.page + 1),
    })
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskNextCluster {
    /// Its number; none where nothing waits.
    no: Option<i64>,
}

async fn next(asked: Asked) -> Result<DeskNextCluster> {
    let from = asked.number("after")?;
    let no = crate::desk::next_cluster(&asked.app, &asked.who, from).await?;
    Ok(DeskNextCluster { no })
}

/// A cluster.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskCluster {
    /// What an action is made for.
    version: i64,
    /// As lists show it.
    summary: DeskClusterRow,
    /// Its reports, the newest first.
    reports: Vec<DeskReportRow>,
    /// References of those that the decision was held back from.
    held: Vec<String>,
    /// To whom a reply would go: `open` reports, `reached` by a reply, `told` by mail.
    reach: BTreeMap<String, i64>,
    /// The decision that holds: category, sub-type, severity and outcome, as far as they were decided.
    #[schema(value_type = Object)]
    decision: serde_json::Value,
    /// The words of its reply by language.
    reply: BTreeMap<String, String>,
    /// Mail about it, where that waits for a second officer or did.
    mail: Option<DeskClusterMail>,
    /// Clusters that are linked to it.
    linked: Vec<i64>,
    /// What happened, the newest first; `n` is the action, as `undo` names it.
    history: Vec<DeskEvent>,
}

async fn show(asked: Asked) -> Result<DeskCluster> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskCluster> {
    let (app, who) = (&asked.app, &asked.who);
    let head = app.head_of_cluster(who, asked.no(0)?).await.map_err(told)?;
    let whole = app.read_cluster(who, head).await.map_err(told)?;
    let event = |happened: &cairn_app::cluster::Happened| {
        let (event, index) = (&happened.event, happened.index.unsigned_abs());
        let mut out = DeskEvent::of((event.action, index), (event.at, &event.by), &event.change);
        out.undoable = happened.undoable;
        out
    };
    let reach = whole.reach;
    let reach = [
        ("open", reach.open),
        ("reached", reach.reached),
        ("told", reach.told),
    ];
    let facts = whole.facts.iter();
    Ok(DeskCluster {
        version: whole.version,
        summary: row(&whole.line),
        reports: facts
            .map(|fact| DeskReportRow::of(app, &fact.summary))
            .collect(),
        held: whole.held.iter().map(|no| app.reference(*no)).collect(),
        reach: reach.map(|(name, count)| (name.to_owned(), count)).into(),
        decision: serde_json::to_value(&whole.line.decision).unwrap_or_default(),
        reply: whole.reply.clone(),
        mail: whole.mail.as_ref().map(mail_of),
        linked: whole.linked.clone(),
        history: whole.history.iter().map(event).collect(),
    })
}

/// The cluster as it is now; where the last report has left it, nothing.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClusterChanged {
    /// The cluster that decides now, unless it is empty.
    cluster: Option<DeskCluster>,
    /// The action that was done is undone by this, while it can be.
    undo: Option<DeskClusterUndoLink>,
}

/// How to undo it.
#[derive(Serialize, ToSchema)]
struct DeskClusterUndoLink {
    /// Address to send it to.
    href: String,
    /// What to send.
    body: DeskClusterUndo,
}

async fn done(
    asked: &Asked,
    result: std::result::Result<(), AppError>,
) -> Result<DeskClusterChanged> {
    match result {
        Ok(()) => {}
        Err(AppError::Conflict) => return Err(moved(&read_one(asked).await?)),
        Err(other) => return Err(told(other)),
    }
    let cluster = match read_one(asked).await {
        Ok(cluster) => Some(cluster),
        Err(problem) if problem.kind == crate::problem::Kind::NotFound => None,
        Err(other) => return Err(other),
    };
    let undo = cluster.as_ref().and_then(|cluster| {
        let newest = cluster.history.first().filter(|event| event.undoable)?;
        Some(DeskClusterUndoLink {
            href: format!("/api/v1/desk/clusters/{}/undo", cluster.summary.no),
            body: DeskClusterUndo {
                version: cluster.version,
                action: newest.n,
            },
        })
    });
    Ok(DeskClusterChanged { cluster, undo })
}

/// Texts by language, or what is wrong with them.
pub(super) fn texts(faults: &mut Faults, reply: &BTreeMap<String, String>) -> Texts {
    let mut texts = Texts::new();
    for (language, text) in reply {
        let at = format!("/reply/{language}");
        if !cairn_app::cluster::REPLY_LANGUAGES.contains(&language.as_str()) {
            faults.add(at, "no reply is written in this language");
            continue;
        }
        let parsed = MessageText::parse(text).map_err(|fault| fault.to_string());
        if let Some(text) = faults.take(&at, parsed) {
            texts.insert(language.clone(), text);
        }
    }
    texts
}

/// One decision for all open reports. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskDecide {
    /// The version that was seen.
    version: i64,
    /// Code of a category.
    category: Option<String>,
    /// Code of its sub-type.
    subtype: Option<String>,
    /// 1 (national emergency) to 6 (minor).
    #[schema(minimum = 1, maximum = 6)]
    severity: Option<u8>,
    /// Words to the reporters, by language: `en`, `mi`.
    #[serde(default)]
    reply: BTreeMap<String, String>,
    /// Code of the outcome with which they are closed.
    outcome: Option<String>,
}

async fn decide(asked: Asked, sent: DeskDecide) -> Result<DeskClusterChanged> {
    let mut faults = Faults::default();
    let reply = texts(&mut faults, &sent.reply);
    faults.end()?;
    let decided = Decided {
        category: sent.category.map(|category| (category, sent.subtype)),
        severity: sent.severity,
        reply,
        outcome: sent.outcome,
    };
    let (who, no) = (&asked.who, asked.no(0)?);
    let result = asked.app.decide_cluster(who, no, sent.version, decided);
    done(&asked, result.await).await
}

async fn held(asked: Asked, sent: DeskVersion) -> Result<DeskClusterChanged> {
    let result = asked
        .app
        .decide_held(&asked.who, asked.no(0)?, sent.version);
    done(&asked, result.await).await
}

/// Some of its reports.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskSplit {
    /// The version that was seen.
    version: i64,
    /// Their references.
    #[schema(max_items = 1000)]
    reports: Vec<String>,
}

fn references(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

async fn split(asked: Asked, sent: DeskSplit) -> Result<DeskClusterChanged> {
    let (who, no, chosen) = (&asked.who, asked.no(0)?, references(&sent.reports));
    let result = asked.app.split_cluster(who, no, sent.version, &chosen);
    done(&asked, result.await).await
}

/// Some of its reports, and where to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskMove {
    /// The version that was seen.
    version: i64,
    /// Their references.
    #[schema(max_items = 1000)]
    reports: Vec<String>,
    /// Number of the other cluster.
    to: i64,
}

async fn shift(asked: Asked, sent: DeskMove) -> Result<DeskClusterChanged> {
    let (who, chosen) = (&asked.who, references(&sent.reports));
    let way = (asked.no(0)?, sent.to);
    let result = asked.app.move_reports(who, way, sent.version, &chosen);
    done(&asked, result.await).await
}

/// Another cluster.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskLink {
    /// The version that was seen.
    version: i64,
    /// Number of the other cluster.
    into: i64,
}

async fn link(asked: Asked, sent: DeskLink) -> Result<DeskClusterChanged> {
    let way = (asked.no(0)?, sent.into);
    let result = asked.app.link_cluster(&asked.who, way, sent.version);
    done(&asked, result.await).await
}

/// An action to be undone.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskClusterUndo {
    /// The version that was seen.
    version: i64,
    /// The action: `n` of its line in the history.
    action: i64,
}

async fn undo(asked: Asked, sent: DeskClusterUndo) -> Result<DeskClusterChanged> {
    let (who, no) = (&asked.who, asked.no(0)?);
    let result = asked.app.undo_cluster(who, no, sent.version, sent.action);
    done(&asked, result.await).await
}

/// Mail about the reply of a decision that reaches many reporters. The reply itself stands on their status pages already.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClusterMail {
    /// Number of the decision.
    decision: i64,
    /// The cluster that it was taken for.
    cluster: i64,
    /// Account id of who took it: somebody else must agree.
    account: String,
    /// Since when it waits.
    asked_at: String,
    /// `asked`; `doing` once somebody agreed; `declined`: then no mail leaves.
    stage: String,
    /// Account id of who agreed or declined.
    second: Option<String>,
    /// Mails that have not left.
    held: i64,
}

fn mail_of(asked: &cairn_app::cluster::Asked) -> DeskClusterMail {
    let mail = asked.mail.clone();
    DeskClusterMail {
        decision: mail.decision,
        cluster: mail.head,
        account: mail.account,
        asked_at: mail.asked_at.to_string(),
        stage: code(&mail.stage),
        second: mail.second,
        held: asked.held,
    }
}

/// Mail that waits.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClusterMails {
    /// The oldest first.
    mails: Vec<DeskClusterMail>,
}

async fn mails(asked: Asked) -> Result<DeskClusterMails> {
    let found = asked.app.cluster_mails_asked(&asked.who).await;
    Ok(DeskClusterMails {
        mails: found.map_err(told)?.iter().map(mail_of).collect(),
    })
}

/// A second officer's word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskMailWish {
    /// Number of the decision, as `mail` of the cluster names it.
    decision: i64,
    /// Yes: the mails leave. No: they never do.
    agree: bool,
}

async fn mail(asked: Asked, sent: DeskMailWish) -> Result<DeskClusterChanged> {
    let wish = if sent.agree {
        Wish::Agree
    } else {
        Wish::Decline
    };
    let result = asked.app.cluster_mail_wish(&asked.who, sent.decision, wish);
    done(&asked, result.await).await
}
