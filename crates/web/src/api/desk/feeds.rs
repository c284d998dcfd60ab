//! Machine reports: sending them, how they and their sources stand, and reading again what could not be read.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use cairn_app::feeds::Member;
use cairn_app::feeds::quarantine::{Group, ReportView};
use cairn_app::feeds::receive::CameBy;
use cairn_app::feeds::rows::Arrival;
use cairn_app::feeds::source::{SourceError, SourceView};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::source::{SourceFault, SourceKind, SourceWanted};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, Numbers, act, choice, moved, read, stream, told};
use super::common::{DeskDone, DeskNothing, when};
use crate::desk::Need;
use crate::problem::Result;
use crate::server::BodyError;

/// Where a report is sent to.
pub(super) const REPORTS: &str = "/api/v1/desk/feeds/sources/{no}/reports";

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadFeeds);
    let rows = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageFeeds);
    let sources = "/api/v1/desk/feeds/sources";
    vec![
        read(
            "/api/v1/desk/feeds",
            reads,
            "List sources of machine reports, and the newest reports",
            list,
        ),
        act(sources, leads, "Make a source of machine reports", make),
        read(
            "/api/v1/desk/feeds/sources/{no}",
            reads,
            "Read a source, with its newest reports",
            show,
        ),
        act(
            "/api/v1/desk/feeds/sources/{no}",
            leads,
            "Change a source, or switch it on or off",
            change,
        ),
        act(
            "/api/v1/desk/feeds/sources/{no}/remove",
            leads,
            "Take a source away; what its reports told stays",
            remove,
        ),
        act(
            "/api/v1/desk/feeds/sources/{no}/look",
            does,
            "Have a source looked at in the next moment",
            look,
        ),
        stream(
            REPORTS,
            does,
            "Send a machine report, as it is: 202 once it is durable and will be read, 200 if the same bytes came before",
            send,
        )
        .asks(&[("name", "Name of the file, such as 2050-01-01-scan_http-country.csv")]),
        read(
            "/api/v1/desk/feeds/reports/{no}",
            reads,
            "Read how far a machine report is, and what came of it",
            report,
        ),
        act(
            "/api/v1/desk/feeds/reports/{no}/again",
            does,
            "Have a machine report that failed read again",
            again,
        ),
        read(
            "/api/v1/desk/feeds/quarantine",
            rows,
            "List the rows that could not be read, by cause, with some of them",
            quarantine,
        )
        .asks(&[("cause", "Only of this cause, by its number")]),
        act(
            "/api/v1/desk/feeds/quarantine/replay",
            does,
            "Read rows again after their cause was mended",
            replay,
        ),
    ]
}

/// A machine report in the queue.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedReport {
    /// Its number.
    no: i64,
    /// Number of its source.
    source: i64,
    /// `report`, or `replay` for a reading again.
    kind: String,
    /// Name of its file.
    name: String,
    /// `waits`, `taking`, `done` or `failed`.
    state: String,
    /// What it waits for: nothing, `quota` or `lock`.
    why: String,
    /// How it came: `page`, `api`, `folder`, `mail` or `pull`.
    way: String,
    /// SHA-256 of its bytes, hexadecimal.
    sha256: String,
    /// Bytes.
    size: u64,
    /// When it came.
    received_at: String,
    /// When its next turn is, if it waits.
    next_at: Option<String>,
    /// When it ended.
    ended_at: Option<String>,
    /// Rows read.
    rows: u64,
    /// Observations.
    observations: u64,
    /// Rows without one.
    bad: u64,
    /// Why it failed, in plain words.
    error: Option<String>,
}

fn row(one: &Arrival) -> DeskFeedReport {
    let waits = one.state == "waits";
    DeskFeedReport {
        no: one.no,
        source: one.source,
        kind: one.kind.clone(),
        name: one.name.clone(),
        state: one.state.clone(),
        why: one.why.clone(),
        way: one.way.clone(),
        sha256: one.raw.sha256.clone(),
        size: one.raw.size,
        received_at: one.received_at.to_string(),
        next_at: waits.then(|| one.next_at.to_string()),
        ended_at: when(one.ended_at),
        rows: one.rows,
        observations: one.taken,
        bad: one.bad,
        error: one.error.clone(),
    }
}

/// How a source is to be. What its kind does not have is left out.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskFeedWanted {
    /// What people call it.
    name: String,
    /// `schema`, or the name of a format.
    format: String,
    /// The schema or mapping: a file in the operator's folder.
    #[serde(default)]
    file: String,
    /// `feed.name`.
    #[serde(default)]
    feed: String,
    /// `feed.provider`.
    #[serde(default)]
    provider: String,
    /// Hours without a sighting after which an observation is gone.
    #[serde(default)]
    window_hours: Option<u32>,
    /// Each report tells all there is.
    #[serde(default)]
    complete: bool,
    /// Its reports go before those of others.
    #[serde(default)]
    first: bool,
    /// Rows that are read in a day.
    #[serde(default)]
    quota_rows: Option<u64>,
    /// Minutes between two looks.
    #[serde(default)]
    every_minutes: Option<u32>,
    /// Name of the folder, or address that is asked.
    #[serde(default)]
    address: String,
    /// Shadowserver: where reports are fetched.
    #[serde(default)]
    downloads: String,
    /// Shadowserver: the key that goes with the secret.
    #[serde(default)]
    key: String,
    /// Shadowserver: reports that are asked for, with commas.
    #[serde(default)]
    reports: String,
    /// Pull: name of the file that is fetched.
    #[serde(default)]
    file_name: String,
    /// Mail: addresses, or domains with an `@` before, that may send.
    #[serde(default)]
    senders: Vec<String>,
    /// It is on.
    live: bool,
}

impl DeskFeedWanted {
    fn of(wanted: &SourceWanted) -> Self {
        let one = wanted.clone();
        Self {
            name: one.name,
            format: one.format,
            file: one.file,
            feed: one.feed,
            provider: one.provider,
            window_hours: one.window_hours,
            complete: one.complete,
            first: one.first,
            quota_rows: one.quota_rows,
            every_minutes: Some(one.every_minutes),
            address: one.address,
            downloads: one.downloads,
            key: one.key,
            reports: one.reports,
            file_name: one.file_name,
            senders: one.senders,
            live: one.live,
        }
    }

    fn taken(self) -> SourceWanted {
        SourceWanted {
            name: self.name,
            format: self.format,
            file: self.file,
            feed: self.feed,
            provider: self.provider,
            window_hours: self.window_hours,
            complete: self.complete,
            first: self.first,
            quota_rows: self.quota_rows,
            every_minutes: self.every_minutes.unwrap_or(60),
            address: self.address,
            downloads: self.downloads,
            key: self.key,
            reports: self.reports,
            file_name: self.file_name,
            senders: self.senders,
            live: self.live,
        }
    }
}

/// A source of machine reports: nothing secret.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedSource {
    /// Its number.
    no: i64,
    /// What a change is made for.
    version: i64,
    /// Its name among feeds and metrics.
    code: String,
    /// `upload`, `folder`, `mail`, `pull` or `shadowserver`.
    kind: String,
    /// As it is wanted.
    wanted: DeskFeedWanted,
    /// It has a secret.
    has_secret: bool,
    /// Where mail to it goes.
    mailbox: Option<String>,
    /// When it was looked at last.
    looked_at: Option<String>,
    /// `ok` or `failed`; empty before the first look.
    outcome: String,
    /// Reports that came of the last look.
    came: u64,
    /// Why the last look failed, in plain words.
    error: Option<String>,
    /// When it is looked at next.
    next_at: Option<String>,
    /// Rows read today (UTC).
    rows_today: u64,
    /// Those of them without an observation.
    bad_today: u64,
    /// The quota for today is used up.
    spent: bool,
    /// Reports that wait.
    waiting: u64,
    /// Number of its newest report.
    last: Option<i64>,
}

fn source(view: &SourceView) -> DeskFeedSource {
    let looked = view.looked.clone();
    DeskFeedSource {
        no: view.no,
        version: view.version,
        code: view.code.clone(),
        kind: view.kind.as_str().to_owned(),
        wanted: DeskFeedWanted::of(&view.wanted),
        has_secret: view.has_secret,
        mailbox: view.mailbox.clone(),
        looked_at: when(looked.at.map(cairn_kernel::time::Micros)),
        outcome: looked.outcome,
        came: looked.came,
        error: looked.error,
        next_at: when(view.next_at),
        rows_today: view.rows_today,
        bad_today: view.bad_today,
        spent: view.is_spent(),
        waiting: view.waiting,
        last: view.last.as_ref().map(|last| last.no),
    }
}

/// Sources, and the newest reports.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeeds {
    /// By number.
    sources: Vec<DeskFeedSource>,
    /// The newest first.
    reports: Vec<DeskFeedReport>,
}

async fn list(asked: Asked) -> Result<DeskFeeds> {
    let overview = asked.app.feeds_overview(&asked.who).await.map_err(told)?;
    Ok(DeskFeeds {
        sources: overview.sources.iter().map(source).collect(),
        reports: overview.arrivals.iter().map(row).collect(),
    })
}

/// A source with its newest reports.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedSourceWhole {
    /// The source.
    source: DeskFeedSource,
    /// The newest first.
    reports: Vec<DeskFeedReport>,
}

async fn read_one(asked: &Asked, no: i64) -> Result<DeskFeedSourceWhole> {
    let found = asked.app.source(&asked.who, no).await.map_err(told)?;
    Ok(DeskFeedSourceWhole {
        source: source(&found.0),
        reports: found.1.iter().map(row).collect(),
    })
}

async fn show(asked: Asked) -> Result<DeskFeedSourceWhole> {
    let no = asked.no(0)?;
    read_one(&asked, no).await
}

/// A new source.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskMakeFeedSource {
    /// Its name among feeds and metrics, for good.
    code: String,
    /// `upload`, `folder`, `mail`, `pull` or `shadowserver`, for good.
    kind: String,
    /// How it is to be.
    wanted: DeskFeedWanted,
}

fn wrong(faults: &[SourceFault]) -> Result<()> {
    let mut all = Faults::default();
    for fault in faults {
        let inside = !matches!(fault, SourceFault::Code | SourceFault::CodeTaken);
        let parent = if inside { "/wanted" } else { "" };
        all.add(format!("{parent}/{}", fault.field()), fault.words());
    }
    all.end()
}

async fn make(asked: Asked, sent: DeskMakeFeedSource) -> Result<DeskFeedSourceWhole> {
    let kinds = SourceKind::ALL.map(SourceKind::as_str);
    let kind = choice("/kind", &sent.kind, SourceKind::parse(&sent.kind), &kinds)?;
    let (wanted, app) = (sent.wanted.taken(), &asked.app);
    match app
        .make_source(&asked.who, (&sent.code, kind), &wanted)
        .await
    {
        Ok(no) => read_one(&asked, no).await,
        Err(SourceError::Faults(faults)) => {
            wrong(&faults)?;
            Err(crate::problem::Problem::bad_request())
        }
        Err(SourceError::App(other)) => Err(told(other)),
    }
}

/// How a source is to be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskSetFeedSource {
    /// The version that was seen.
    version: i64,
    /// How it is to be.
    wanted: DeskFeedWanted,
}

async fn change(asked: Asked, sent: DeskSetFeedSource) -> Result<DeskFeedSourceWhole> {
    let no = asked.no(0)?;
    let wanted = sent.wanted.taken();
    match asked
        .app
        .change_source(&asked.who, (no, sent.version), &wanted)
        .await
    {
        Ok(()) => read_one(&asked, no).await,
        Err(SourceError::Faults(faults)) => {
            wrong(&faults)?;
            Err(crate::problem::Problem::bad_request())
        }
        Err(SourceError::App(AppError::Conflict)) => Err(moved(&read_one(&asked, no).await?)),
        Err(SourceError::App(other)) => Err(told(other)),
    }
}

/// The version that was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskFeedVersion {
    /// The version that was seen.
    version: i64,
}

async fn remove(asked: Asked, sent: DeskFeedVersion) -> Result<DeskDone> {
    let place = (asked.no(0)?, sent.version);
    let done = asked.app.remove_source(&asked.who, place).await;
    done.map_err(told)?;
    Ok(DeskDone::YES)
}

async fn look(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let done = asked.app.look_at_source(&asked.who, asked.no(0)?).await;
    done.map_err(told)?;
    Ok(DeskDone::YES)
}

/// What became of a report that was sent.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedCame {
    /// Its number.
    no: i64,
    /// Where it stands how far it is.
    status: String,
    /// When the same bytes came before; then nothing was done.
    had: Option<String>,
}

async fn send(asked: Asked, mut body: axum::body::Body) -> Result<(StatusCode, DeskFeedCame)> {
    let (app, who) = (&asked.app, &asked.who);
    let name = asked.query("name").unwrap_or_default();
    let begun = app.begin_report(who, asked.no(0)?, name).await;
    let mut receiving = begun.map_err(told)?;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| BodyError::find(&error))?;
        if let Ok(data) = frame.into_data() {
            receiving.push(data).await.map_err(told)?;
        }
    }
    if receiving.bytes() == 0 {
        let mut faults = Faults::default();
        faults.add("", "the body is empty");
        faults.end()?;
    }
    let came = app.end_report(who, receiving, CameBy::Api).await;
    let came = came.map_err(told)?;
    let status = match came.had {
        Some(_) => StatusCode::OK,
        None => StatusCode::ACCEPTED,
    };
    let answer = DeskFeedCame {
        no: came.arrival,
        status: format!("/api/v1/desk/feeds/reports/{}", came.arrival),
        had: when(came.had),
    };
    Ok((status, answer))
}

/// What came of one file of a report.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedMember {
    /// Its name.
    name: String,
    /// Its number among machine reports.
    report: Option<i64>,
    /// It had been taken in before.
    before: bool,
    /// New observations.
    fresh: u64,
    /// Those seen before.
    again: u64,
    /// Those that are gone.
    gone: u64,
    /// Rows without one.
    bad: u64,
    /// Those by cause.
    causes: Numbers,
    /// What was odd.
    warnings: Vec<String>,
    /// Why it could not be read.
    fault: Option<String>,
}

/// A machine report, and what came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedReportWhole {
    /// The report.
    report: DeskFeedReport,
    /// Rows committed in this turn, if it has its turn.
    so_far: Option<u64>,
    /// By file.
    files: Vec<DeskFeedMember>,
}

fn whole(view: &ReportView) -> DeskFeedReportWhole {
    let member = |one: &Member| {
        let one = one.clone();
        DeskFeedMember {
            name: one.name,
            report: one.report,
            before: one.before,
            fresh: one.fresh,
            again: one.again,
            gone: one.gone,
            bad: one.bad,
            causes: one.causes,
            warnings: one.warnings,
            fault: one.fault,
        }
    };
    DeskFeedReportWhole {
        report: row(&view.arrival),
        so_far: view.progress.map(|progress| progress.rows),
        files: view.members.iter().map(member).collect(),
    }
}

async fn report(asked: Asked) -> Result<DeskFeedReportWhole> {
    let found = asked.app.feed_report(&asked.who, asked.no(0)?).await;
    Ok(whole(&*found.map_err(told)?))
}

async fn again(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let done = asked.app.report_again(&asked.who, asked.no(0)?).await;
    done.map_err(told)?;
    Ok(DeskDone::YES)
}

/// A row that could not be read.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedRow {
    /// Number of its report among machine reports.
    report: i64,
    /// Name of its file.
    file: String,
    /// Its first byte.
    offset: u64,
    /// Its line, from 1.
    line: u64,
    /// Edition of the schema that read it last.
    schema: String,
    /// What it says, cut: a stranger's text. Null if the report is no longer kept.
    text: Option<String>,
}

/// Rows of one cause.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedCause {
    /// Number of the cause.
    cause: i64,
    /// What it says.
    text: String,
    /// Rows.
    rows: u64,
    /// Reports.
    reports: u64,
    /// Some of the rows.
    samples: Vec<DeskFeedRow>,
}

/// What waits in quarantine.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedQuarantine {
    /// The most frequent first.
    causes: Vec<DeskFeedCause>,
}

async fn quarantine(asked: Asked) -> Result<DeskFeedQuarantine> {
    let groups = asked
        .app
        .quarantine(&asked.who, asked.number("cause")?)
        .await;
    let groups = groups.map_err(told)?;
    let group = |group: &Group| DeskFeedCause {
        cause: group.cause.no,
        text: group.cause.text.clone(),
        rows: group.cause.rows,
        reports: group.cause.reports,
        samples: group
            .samples
            .iter()
            .cloned()
            .map(|one| DeskFeedRow {
                report: one.report,
                file: one.file,
                offset: one.offset,
                line: one.line,
                schema: one.schema,
                text: one.text,
            })
            .collect(),
    };
    Ok(DeskFeedQuarantine {
        causes: groups.iter().map(group).collect(),
    })
}

/// Which rows are read again; all, if nothing is said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskFeedReplay {
    /// Only of this cause, by its number.
    #[serde(default)]
    cause: Option<i64>,
    /// Only of this report, by its number among machine reports.
    #[serde(default)]
    report: Option<i64>,
}

/// What was begun.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFeedReplays {
    /// Numbers in the queue, one for each source.
    reports: Vec<i64>,
    /// Codes of feeds that no source here is of.
    unknown: Vec<String>,
}

async fn replay(asked: Asked, sent: DeskFeedReplay) -> Result<DeskFeedReplays> {
    let wanted = (sent.report, sent.cause);
    let begun = asked.app.replay_quarantine(&asked.who, wanted).await;
    let begun = begun.map_err(told)?;
    Ok(DeskFeedReplays {
        reports: begun.arrivals,
        unknown: begun.unknown.into_iter().collect(),
    })
}

/// Status and JSON.
pub(super) fn with_status<T: Serialize>(done: Result<(StatusCode, T)>) -> Response {
    let (status, answer) = match done {
        Ok(done) => done,
        Err(problem) => return problem.into_response(),
    };
    let mut response = axum::Json(answer).into_response();
    *response.status_mut() = status;
    response
}
