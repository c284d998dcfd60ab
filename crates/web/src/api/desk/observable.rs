//! Observables: one of them with the reports that have it, notes, and the block list.

use axum::response::Response;
use cairn_app::observable::{Deed, Done, Named};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::report::MessageText;
use cairn_kernel::observable::Observable;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, file, moved, read, told};
use super::common::{DeskObservable, DeskReportRow, when};
use super::report;
use crate::desk::{Need, block_list_file, observable_of};
use crate::problem::{Kind, Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        read(
            "/api/v1/desk/observables",
            reads,
            "The block list: what is on it, and what waits for a second officer",
            list,
        )
        .asks(&[("after", "`next` of the page before")]),
        read(
            "/api/v1/desk/observables/{kind}/{value}",
            reads,
            "Read an observable, with the reports that have it",
            show,
        )
        .asks(&[("after", "`next` of the page before")]),
        act(
            "/api/v1/desk/observables/{kind}/{value}",
            does,
            "Write a note, or decide on the block list",
            work,
        ),
        file::<DeskBlockExport, _, _>(
            (
                "/api/v1/desk/observables/export",
                does,
                "Take the block list; that is noted in the log",
            ),
            "text/csv",
            export,
        ),
    ]
}

/// An observable on the block list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskBlocked {
    /// What.
    observable: DeskObservable,
    /// `asked` or `agreed`.
    block: String,
    /// Account id of who asked.
    asked_by: Option<String>,
    /// Since when.
    at: Option<String>,
    /// What a decision is made for.
    version: i64,
}

/// The block list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskBlockList {
    /// Waiting for a second officer, the oldest first.
    asked: Vec<DeskBlocked>,
    /// On the list.
    agreed: Vec<DeskBlocked>,
    /// Where the next page begins, if there is one.
    next: Option<i64>,
}

fn blocked(one: &Named) -> DeskBlocked {
    DeskBlocked {
        observable: DeskObservable::from(&one.observable),
        block: one.block.as_str().to_owned(),
        asked_by: one.asked_by.clone(),
        at: when(one.block_at),
        version: one.version,
    }
}

async fn list(asked: Asked) -> Result<DeskBlockList> {
    let after = asked.number("after")?.unwrap_or_default();
    let list = asked
        .app
        .block_list(&asked.who, after)
        .await
        .map_err(told)?;
    Ok(DeskBlockList {
        asked: list.asked.iter().map(blocked).collect(),
        agreed: list.agreed.iter().map(blocked).collect(),
        next: list.next,
    })
}

/// An observable.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskObservableWhole {
    /// What.
    observable: DeskObservable,
    /// What a deed is made for.
    version: i64,
    /// `no`, `asked` or `agreed`: how it stands with the block list.
    block: String,
    /// Account id of who asked for that.
    asked_by: Option<String>,
    /// When the first report with it came in.
    first: Option<String>,
    /// When the newest did.
    last: Option<String>,
    /// Reports with it, a page.
    reports: Vec<DeskReportRow>,
    /// Where the next page begins, if there may be one.
    next: Option<String>,
    /// What else these reports have, with the number of reports.
    beside: Vec<DeskBeside>,
    /// Notes and decisions, the oldest first.
    steps: Vec<DeskStep>,
}

/// Another observable.
#[derive(Serialize, ToSchema)]
struct DeskBeside {
    /// What.
    observable: DeskObservable,
    /// In how many of the newest reports.
    reports: u32,
}

/// A note or a decision.
#[derive(Serialize, ToSchema)]
struct DeskStep {
    /// Number, from 1.
    n: i64,
    /// When.
    at: String,
    /// Account id.
    account: String,
    /// What.
    what: String,
    /// The note that it corrects.
    corrects: Option<i64>,
    /// What it says.
    text: Option<String>,
}

fn named(asked: &Asked) -> Result<Observable> {
    observable_of(asked.part(0), asked.part(1))
}

async fn show(asked: Asked) -> Result<DeskObservableWhole> {
    let after = asked.query("after");
    let after = after.map(|text| report::place(text).ok_or_else(Problem::bad_request));
    read_one(&asked, after.transpose()?).await
}

async fn read_one(asked: &Asked, after: Option<(i64, i64)>) -> Result<DeskObservableWhole> {
    use cairn_app::search::More;
    let (app, one) = (&asked.app, named(asked)?);
    let whole = app.observable(&asked.who, &one, after).await;
    let whole = whole.map_err(told)?;
    let next = match whole.more {
        Some(More::Next(after) | More::Further { after, .. }) => Some(report::placed(after)),
        None => None,
    };
    let beside = whole.beside.iter().map(|(one, reports)| DeskBeside {
        observable: DeskObservable::from(one),
        reports: *reports,
    });
    let steps = whole.steps.iter().cloned().map(|step| DeskStep {
        n: step.n,
        at: step.at.to_string(),
        account: step.account,
        what: step.what,
        corrects: step.corrects,
        text: step.text,
    });
    let reports = whole.reports.iter();
    Ok(DeskObservableWhole {
        observable: DeskObservable::from(&whole.observable),
        version: whole.standing.version,
        block: whole.standing.block.as_str().to_owned(),
        asked_by: whole.standing.asked_by.clone(),
        first: when(whole.between.0),
        last: when(whole.between.1),
        reports: reports.map(|row| DeskReportRow::of(app, row)).collect(),
        next,
        beside: beside.collect(),
        steps: steps.collect(),
    })
}

/// A deed on an observable.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskObservableWork {
    /// The version that was seen; 0 where nobody wrote of it yet.
    version: i64,
    /// What.
    act: DeskObservableAct,
}

/// What is done to an observable.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum DeskObservableAct {
    /// A note, in place of another if it corrects one.
    Note { text: String, corrects: Option<i64> },
    /// Ask that it be put on the block list, with a reason.
    Ask { text: String },
    /// Agree to what somebody else asked.
    Agree {},
    /// Decline it, with a reason.
    Decline { text: String },
    /// Take back what one asked.
    Withdraw {},
    /// Take it off the block list, with a reason.
    Lift { text: String },
}

async fn work(asked: Asked, sent: DeskObservableWork) -> Result<DeskObservableWhole> {
    let mut faults = Faults::default();
    let mut words = |text: &str| {
        let parsed = MessageText::parse(text).map_err(|fault| fault.to_string());
        faults.take("/act/text", parsed)
    };
    let deed = match sent.act {
        DeskObservableAct::Note { text, corrects } => {
            words(&text).map(|text| Deed::Note { text, corrects })
        }
        DeskObservableAct::Ask { text } => words(&text).map(Deed::Ask),
        DeskObservableAct::Agree {} => Some(Deed::Agree),
        DeskObservableAct::Decline { text } => words(&text).map(Deed::Decline),
        DeskObservableAct::Withdraw {} => Some(Deed::Withdraw),
        DeskObservableAct::Lift { text } => words(&text).map(Deed::Lift),
    };
    faults.end()?;
    let (one, deed) = (named(&asked)?, deed.ok_or_else(Problem::bad_request)?);
    let done = asked
        .app
        .work_observable(&asked.who, &one, sent.version, deed);
    match done.await {
        Ok(Done::Yes) => read_one(&asked, None).await,
        Ok(Done::No(why)) => Err(Problem::new(Kind::Conflict).with_detail(why.to_string())),
        Err(AppError::Conflict) => Err(moved(&read_one(&asked, None).await?)),
        Err(other) => Err(told(other)),
    }
}

/// How the block list is taken out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskBlockExport {
    /// CSV with a line of headings; otherwise one value a line.
    #[serde(default)]
    csv: bool,
    /// As it can be used; otherwise defanged.
    #[serde(default)]
    raw: bool,
}

async fn export(asked: Asked, sent: DeskBlockExport) -> Result<Response> {
    block_list_file(&asked.app, &asked.who, sent.csv, sent.raw).await
}
