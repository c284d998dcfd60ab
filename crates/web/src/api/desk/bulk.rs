//! One thing done to many reports, saved views, and the change of shifts.

use std::collections::BTreeMap;

use cairn_app::bulk::rows::Bulk;
use cairn_app::cases::Written;
use cairn_app::shift::rows::Kept;
use cairn_desk::access::Action;
use cairn_desk::bulk::{Deeds, Wish};
use cairn_desk::cases::text;
use cairn_desk::shift::{Command, NOTE_CHARS_MAX};
use cairn_desk::view::View;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, read, told};
use super::cluster::texts;
use super::common::{DeskDone, DeskMade, DeskNothing, DeskReportRow, code};
use crate::desk::Need;
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let mut all = vec![
        read(
            "/api/v1/desk/bulk/find",
            does,
            "What a search line finds, to do something to all of it",
            find,
        )
        .asks(&[
            ("q", "Search line"),
            ("order", "`severe` for the most severe first"),
        ]),
        read(
            "/api/v1/desk/bulk",
            reads,
            "What was done to many at once",
            list,
        )
        .asks(&[("before", "`next` of the page before")]),
        act(
            "/api/v1/desk/bulk",
            does,
            "Do something to many reports; far-reaching deeds wait for a second officer. The same Idempotency-Key begins one",
            begin,
        )
        .once(),
        read(
            "/api/v1/desk/bulk/{no}",
            reads,
            "What became of each report",
            show,
        ),
        act(
            "/api/v1/desk/bulk/{no}/work",
            does,
            "Agree to it, decline it, or take it back",
            work,
        ),
    ];
    all.extend(of_views());
    all.extend(of_shifts());
    all
}

fn of_views() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    vec![
        read(
            "/api/v1/desk/views",
            reads,
            "One's saved views, and shared ones",
            views,
        ),
        act(
            "/api/v1/desk/views",
            reads,
            "Save a view; the same Idempotency-Key saves one",
            save,
        )
        .once(),
        act("/api/v1/desk/views/{id}", reads, "Change a view", change),
        act(
            "/api/v1/desk/views/{id}/delete",
            reads,
            "Delete a view",
            delete,
        ),
    ]
}

fn of_shifts() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        read(
            "/api/v1/desk/shift",
            reads,
            "The figures of the work at hand, with what they mean",
            figures,
        ),
        read(
            "/api/v1/desk/shift/notes",
            reads,
            "Handover notes, the newest first",
            notes,
        )
        .asks(&[("before", "`next` of the page before")]),
        act(
            "/api/v1/desk/shift/notes",
            does,
            "Write a handover note; the same Idempotency-Key writes one",
            write,
        )
        .once(),
        act(
            "/api/v1/desk/shift/notes/{no}/correct",
            does,
            "Write a note in place of one's own",
            correct,
        )
        .once(),
        act(
            "/api/v1/desk/shift/notes/{no}/read",
            does,
            "Say that one has read it",
            was_read,
        ),
        act(
            "/api/v1/desk/shift/notes/{no}/withdraw",
            does,
            "Say that it should not be acted on",
            withdraw,
        ),
        act(
            "/api/v1/desk/shift/notes/{no}/erase",
            Need::May(Action::EraseContacts),
            "Erase its text, for good",
            erase,
        ),
    ]
}

/// Reports that a line finds.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskFound {
    /// Reports with their versions.
    reports: Vec<DeskReportRow>,
    /// There are more than can be worked on at once.
    more: bool,
}

async fn find(asked: Asked) -> Result<DeskFound> {
    let severe = asked.query("order") == Some("severe");
    let line = asked.query("q").unwrap_or_default();
    let found = asked.app.bulk_find(&asked.who, line, severe).await;
    let found = found.map_err(told)?;
    let row = |row| DeskReportRow::of(&asked.app, row);
    Ok(DeskFound {
        reports: found.reports.iter().map(row).collect(),
        more: found.more,
    })
}

/// What is done to each report of a selection. What is left out stays.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskDeeds {
    /// Code of a category.
    category: Option<String>,
    /// Code of its sub-type.
    subtype: Option<String>,
    /// 1 (national emergency) to 6 (minor).
    #[schema(minimum = 1, maximum = 6)]
    severity: Option<u8>,
    /// Account ids: one to give them to, none (an empty list) for nobody; left out, it stays.
    #[schema(max_items = 1)]
    assignee: Option<Vec<String>>,
    /// Code of the outcome with which they are closed.
    outcome: Option<String>,
    /// Languages in which the reporters are written to; not for making one, where `reply` says it.
    #[serde(default)]
    replies: Vec<String>,
}

impl From<&Deeds> for DeskDeeds {
    fn from(deeds: &Deeds) -> Self {
        let (category, subtype) = deeds.category.clone().unzip();
        Self {
            category,
            subtype: subtype.flatten(),
            severity: deeds.severity,
            assignee: deeds.assignee.clone(),
            outcome: deeds.outcome.clone(),
            replies: deeds.replies.clone(),
        }
    }
}

/// A selection, in short.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskBulkRow {
    /// Its number.
    no: i64,
    /// Account id of who did it.
    account: String,
    /// When.
    at: String,
    /// What.
    deeds: DeskDeeds,
    /// `asked`, `doing`, `done`, `declined`, `undoing` or `undone`.
    stage: String,
    /// Account id of the second officer.
    second: Option<String>,
    /// Account id of who took it back.
    undone_by: Option<String>,
}

fn bulk_row(bulk: &Bulk) -> DeskBulkRow {
    DeskBulkRow {
        no: bulk.no,
        account: bulk.account.clone(),
        at: bulk.at.to_string(),
        deeds: DeskDeeds::from(&bulk.deeds),
        stage: code(&bulk.stage),
        second: bulk.second.clone(),
        undone_by: bulk.undone_by.clone(),
    }
}

/// Selections.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskBulks {
    /// The newest first.
    selections: Vec<DeskBulkRow>,
    /// Where the next page begins, if there may be one.
    next: Option<i64>,
}

async fn list(asked: Asked) -> Result<DeskBulks> {
    let found = asked.app.bulks(&asked.who, asked.number("before")?).await;
    let found = found.map_err(told)?;
    let full = found.len() as i64 >= cairn_app::bulk::rows::ROWS_MAX;
    Ok(DeskBulks {
        next: found.last().filter(|_| full).map(|last| last.no),
        selections: found.iter().map(bulk_row).collect(),
    })
}

/// A report of a selection.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskChosen {
    /// Its reference.
    reference: String,
    /// The version that was seen: one that moved on is left alone.
    version: i64,
}

/// A selection, and what is to be done to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewBulk {
    /// Reports.
    #[schema(max_items = 500)]
    reports: Vec<DeskChosen>,
    /// What.
    deeds: DeskDeeds,
    /// Words to the reporters, by language: `en`, `mi`.
    #[serde(default)]
    reply: BTreeMap<String, String>,
}

async fn begin(asked: Asked, sent: DeskNewBulk) -> Result<DeskMade> {
    let mut faults = Faults::default();
    let texts = texts(&mut faults, &sent.reply);
    faults.end()?;
    let chosen = sent.reports.iter();
    let chosen: Vec<(&str, i64)> = chosen
        .map(|one| (one.reference.as_str(), one.version))
        .collect();
    let given = sent.deeds;
    let deeds = Deeds {
        category: given.category.map(|category| (category, given.subtype)),
        severity: given.severity,
        assignee: given.assignee,
        replies: Vec::new(),
        outcome: given.outcome,
    };
    let key = asked.key();
    let begun = asked
        .app
        .bulk_begin_once(&asked.who, &chosen, deeds, &texts, key.as_deref());
    let no = begun.await.map_err(told)?;
    Ok(DeskMade {
        no,
        href: format!("/api/v1/desk/bulk/{no}"),
    })
}

/// A selection.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskBulk {
    /// In short.
    summary: DeskBulkRow,
    /// What became of each report.
    reports: Vec<DeskFate>,
    /// It is taken back by this, while it can be.
    undo: Option<DeskBulkUndo>,
}

/// What became of a report.
#[derive(Serialize, ToSchema)]
struct DeskFate {
    /// The report.
    report: DeskReportRow,
    /// `waiting`, `done`, `same`, `moved`, `refused`, `undone`, `part` or `kept`.
    fate: String,
}

/// How to take it back.
#[derive(Serialize, ToSchema)]
struct DeskBulkUndo {
    /// Address to send it to.
    href: String,
    /// What to send.
    body: DeskBulkWork,
}

async fn show(asked: Asked) -> Result<DeskBulk> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskBulk> {
    use cairn_desk::bulk::Stage;
    let whole = asked
        .app
        .bulk(&asked.who, asked.no(0)?)
        .await
        .map_err(told)?;
    let bulk = &whole.bulk;
    let own = bulk.account == asked.who.account || asked.who.may(Action::AssignReports);
    let undoable = own && matches!(bulk.stage, Stage::Doing | Stage::Done);
    let reports = whole.reports.iter().map(|(chosen, row)| DeskFate {
        report: DeskReportRow::of(&asked.app, row),
        fate: chosen.fate.as_str().to_owned(),
    });
    Ok(DeskBulk {
        summary: bulk_row(bulk),
        reports: reports.collect(),
        undo: undoable.then(|| DeskBulkUndo {
            href: format!("/api/v1/desk/bulk/{}/work", bulk.no),
            body: DeskBulkWork {
                wish: "undo".to_owned(),
            },
        }),
    })
}

/// What is wished.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskBulkWork {
    /// `agree`, `decline` or `undo`.
    wish: String,
}

async fn work(asked: Asked, sent: DeskBulkWork) -> Result<DeskBulk> {
    let wish = match sent.wish.as_str() {
        "agree" => Some(Wish::Agree),
        "decline" => Some(Wish::Decline),
        "undo" => Some(Wish::Undo),
        _ => None,
    };
    let wish = super::call::choice("/wish", &sent.wish, wish, &["agree", "decline", "undo"])?;
    let done = asked.app.bulk_wish(&asked.who, asked.no(0)?, wish).await;
    done.map_err(told)?;
    read_one(&asked).await
}

/// A saved view.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskView {
    /// Its id.
    id: String,
    /// Account id of who saved it.
    account: String,
    /// Its name.
    name: String,
    /// Search line.
    line: String,
    /// The most severe first.
    severe: bool,
    /// For all who read reports.
    shared: bool,
}

/// Saved views.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskViews {
    /// One's own, then those that others share.
    views: Vec<DeskView>,
}

async fn views(asked: Asked) -> Result<DeskViews> {
    let found = asked.app.views(&asked.who).await.map_err(told)?;
    let views = found.iter().cloned().map(|one| DeskView {
        id: one.id,
        account: one.account,
        name: one.view.name,
        line: one.view.line,
        severe: one.view.severe,
        shared: one.view.shared,
    });
    Ok(DeskViews {
        views: views.collect(),
    })
}

/// A view to save.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewView {
    /// Its name.
    name: String,
    /// Search line.
    #[serde(default)]
    line: String,
    /// The most severe first.
    #[serde(default)]
    severe: bool,
    /// For all who read reports.
    #[serde(default)]
    shared: bool,
}

fn view(sent: &DeskNewView) -> Result<View> {
    use cairn_desk::view::Fault;
    let view = View::new(&sent.name, &sent.line, sent.severe, sent.shared);
    view.map_err(|fault| {
        let pointer = match fault {
            Fault::NoName | Fault::LongName => "/name",
            Fault::LongLine => "/line",
        };
        let mut faults = Faults::default();
        faults.add(pointer, fault.to_string());
        faults.end().err().unwrap_or_else(Problem::bad_request)
    })
}

/// A view that was saved.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskSavedView {
    /// `true`: it is on disk.
    done: bool,
    /// Its id.
    id: String,
}

async fn save(asked: Asked, sent: DeskNewView) -> Result<DeskSavedView> {
    let key = asked.key();
    let saved = asked
        .app
        .save_view(&asked.who, view(&sent)?, key.as_deref());
    let id = saved.await.map_err(told)?;
    Ok(DeskSavedView { done: true, id })
}

async fn change(asked: Asked, sent: DeskNewView) -> Result<DeskDone> {
    let changed = asked
        .app
        .change_view(&asked.who, asked.part(0), view(&sent)?);
    changed.await.map_err(told)?;
    Ok(DeskDone::YES)
}

async fn delete(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let deleted = asked.app.delete_view(&asked.who, asked.part(0)).await;
    deleted.map_err(told)?;
    Ok(DeskDone::YES)
}

/// The figures of the work at hand.
#[derive(Deserialize, Serialize, ToSchema)]
pub(super) struct DeskShift {
    /// What each table means.
    definitions: BTreeMap<String, String>,
    /// Tables: rows by name, numbers by column; `{"at_least": n}` where counting stopped.
    #[schema(value_type = Object)]
    tables: Value,
}

async fn figures(asked: Asked) -> Result<DeskShift> {
    let (app, who) = (&asked.app, &asked.who);
    let figures = app.shift_figures(who).await.map_err(told)?;
    let people = app.people(who).await.map_err(told)?;
    let text = app.shift_json(&figures, &people).map_err(told)?;
    serde_json::from_str(&text).map_err(|error| Problem::unexpected(&error))
}

/// A handover note.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskHandover {
    /// Its number.
    no: i64,
    /// When.
    at: String,
    /// Account id of who wrote it.
    by: String,
    /// What it says; none where it was erased.
    text: Option<String>,
    /// The note that it corrects.
    corrects: Option<i64>,
    /// The note that corrects it.
    corrected_by: Option<i64>,
    /// It should not be acted on.
    withdrawn: bool,
    /// Who has read it, by account id, and when.
    read: BTreeMap<String, String>,
}

/// Handover notes.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskHandovers {
    /// The newest first.
    notes: Vec<DeskHandover>,
    /// Where the next page begins, if there is one.
    next: Option<i64>,
}

fn note(kept: &Kept) -> DeskHandover {
    let note = &kept.note;
    let read = note.read.iter();
    DeskHandover {
        no: note.no,
        at: note.at.to_string(),
        by: note.by.clone(),
        text: kept.text.clone(),
        corrects: note.corrects,
        corrected_by: note.corrected_by,
        withdrawn: note.withdrawn.is_some(),
        read: read.map(|(by, at)| (by.clone(), at.to_string())).collect(),
    }
}

async fn notes(asked: Asked) -> Result<DeskHandovers> {
    let found = asked.app.handovers(&asked.who, asked.number("before")?);
    let found = found.await.map_err(told)?;
    Ok(DeskHandovers {
        notes: found.notes.iter().map(note).collect(),
        next: found.next,
    })
}

/// A note to write.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewHandover {
    /// What it says.
    text: String,
}

async fn written(asked: &Asked, sent: &DeskNewHandover, corrects: Option<i64>) -> Result<DeskMade> {
    let mut faults = Faults::default();
    let words = text(&sent.text, NOTE_CHARS_MAX).map_err(|fault| fault.to_string());
    let words = faults.take("/text", words);
    faults.end()?;
    let written = Written {
        text: words.unwrap_or_default(),
        key: asked.key(),
    };
    let no = asked.app.write_handover(&asked.who, &written, corrects);
    let no = no.await.map_err(told)?;
    Ok(DeskMade {
        no,
        href: "/api/v1/desk/shift/notes".to_owned(),
    })
}

async fn write(asked: Asked, sent: DeskNewHandover) -> Result<DeskMade> {
    written(&asked, &sent, None).await
}

async fn correct(asked: Asked, sent: DeskNewHandover) -> Result<DeskMade> {
    let no = asked.no(0)?;
    written(&asked, &sent, Some(no)).await
}

async fn worked(asked: &Asked, command: Command) -> Result<DeskDone> {
    let done = asked.app.work_handover(&asked.who, asked.no(0)?, command);
    done.await.map_err(told)?;
    Ok(DeskDone::YES)
}

async fn was_read(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    worked(&asked, Command::Read).await
}

async fn withdraw(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    worked(&asked, Command::Withdraw).await
}

async fn erase(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    worked(&asked, Command::Erase).await
}
