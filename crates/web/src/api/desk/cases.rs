//! Cases and clocks: the lists, and one case with all its parts.

use std::collections::BTreeMap;

use cairn_app::cases::Whole;
use cairn_app::cases::rows::Filter;
use cairn_desk::access::Action;
use cairn_desk::cases::{Asks, Source, name_and_note};
use cairn_desk::clock::Clock;
use cairn_kernel::time::Micros;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Asked, Call, read, told};
use super::common::{DeskCaseRow, DeskEvent, DeskObservable, code, when};
use crate::desk::Need;
use crate::problem::Result;

/// Rows of one page.
const ROWS: usize = 50;
/// Clocks of one list.
const CLOCKS_MAX: usize = 500;

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    vec![
        read("/api/v1/desk/cases", reads, "List cases", list).asks(&[
            ("q", "Words of titles and texts"),
            (
                "state",
                "`open`, `on_hold`, `closed` or `all`; those not closed if not said",
            ),
            ("owner", "Account id, or `me`"),
            ("rank", "Severity, 1 to 6"),
            ("before", "`next` of the page before"),
        ]),
        read(
            "/api/v1/desk/cases/{no}",
            reads,
            "Read a case with all its parts. That it was opened is noted in the log",
            show,
        ),
        read(
            "/api/v1/desk/cases/{no}/observables",
            reads,
            "What the reports of a case have in common, and who else has it",
            observables,
        ),
        read(
            "/api/v1/desk/clocks",
            reads,
            "Running deadlines, the next one first",
            clocks,
        ),
    ]
}

/// A page of cases.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskCases {
    /// Cases.
    cases: Vec<DeskCaseRow>,
    /// Where the next page begins, if there is one.
    next: Option<i64>,
}

async fn list(asked: Asked) -> Result<DeskCases> {
    let (app, who) = (&asked.app, &asked.who);
    let state = asked.query("state");
    let owner = asked.query("owner").map(|owner| match owner {
        "me" => who.account.clone(),
        id => id.to_owned(),
    });
    let filter = Filter {
        all: state == Some("all"),
        state: state.filter(|state| *state != "all").map(str::to_owned),
        owner,
        rank: asked.number("rank")?,
        before: asked.number("before")?,
        limit: ROWS as i64 + 1,
    };
    let rows = match asked.query("q") {
        None => app.cases(who, &filter).await,
        Some(words) => app.cases_with(who, words, &filter).await,
    };
    let mut rows = rows.map_err(told)?.into_inner();
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    Ok(DeskCases {
        next: rows.last().filter(|_| more).map(|row| row.no),
        cases: rows.iter().map(DeskCaseRow::from).collect(),
    })
}

/// A case.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskCase {
    /// As lists show it, with its version.
    summary: DeskCaseRow,
    /// How severe, by a scheme.
    severity: Option<DeskCaseSeverity>,
    /// Linked reports.
    reports: Vec<DeskCaseReport>,
    /// Notes, the oldest first.
    notes: Vec<DeskNote>,
    /// The timeline.
    rows: Vec<DeskMoment>,
    /// Tasks.
    tasks: Vec<DeskTask>,
    /// What is affected.
    assets: Vec<DeskAsset>,
    /// Files, those that were taken off or went for good too.
    files: Vec<DeskCaseFile>,
    /// Files of the linked reports.
    report_files: Vec<DeskReportFile>,
    /// Related cases.
    related: Vec<DeskRelated>,
    /// Deadlines.
    clocks: Vec<DeskClock>,
    /// What happened, the oldest first.
    history: Vec<DeskEvent>,
}

/// How severe, as it was judged.
#[derive(Serialize, ToSchema)]
struct DeskCaseSeverity {
    /// Code of the scheme.
    scheme: String,
    /// Code of the level.
    level: String,
    /// 1 (most severe) to 6.
    rank: u8,
    /// Hundredths of a point.
    points: Option<u32>,
    /// Answers by factor.
    answers: BTreeMap<String, String>,
}

/// A report of the case.
#[derive(Serialize, ToSchema)]
struct DeskCaseReport {
    /// Reference.
    reference: String,
    /// Number, as `unlink` names it.
    no: i64,
    /// First words: a stranger's text.
    title: String,
    /// Category.
    category: String,
    /// Severity.
    severity: u8,
    /// State.
    state: String,
}

/// A note.
#[derive(Serialize, ToSchema)]
struct DeskNote {
    /// Number of its text.
    text: u32,
    /// When.
    at: String,
    /// By whom.
    by: String,
    /// What it says; none where it was erased.
    words: Option<String>,
    /// The note that it corrects.
    corrects: Option<u32>,
    /// The note that corrects it.
    corrected: Option<u32>,
}

/// A row of the timeline.
#[derive(Serialize, ToSchema)]
struct DeskMoment {
    /// Number of its text.
    text: u32,
    /// When it happened.
    happened: String,
    /// When it became known.
    known: String,
    /// What it says; none where it was erased.
    words: Option<String>,
    /// `report/` with a reference, `note/` or `file/` with the number of a text, or `outside`.
    source: String,
    /// It was struck out.
    struck: bool,
}

/// A task.
#[derive(Serialize, ToSchema)]
struct DeskTask {
    /// Number.
    task: u32,
    /// What it asks; none where it was erased or stands in a list of tasks.
    words: Option<String>,
    /// The list of tasks and the code within it.
    template: Option<String>,
    /// Account id of who does it.
    owner: Option<String>,
    /// By when.
    due: Option<String>,
    /// When it was done.
    done: Option<String>,
}

/// Something affected.
#[derive(Serialize, ToSchema)]
struct DeskAsset {
    /// Number of its text.
    text: u32,
    /// Its name.
    words: Option<String>,
    /// What it is.
    sort: String,
    /// In which condition.
    condition: String,
    /// It was struck out.
    struck: bool,
}

/// A file of the case.
#[derive(Serialize, ToSchema)]
struct DeskCaseFile {
    /// Number of its text.
    text: u32,
    /// Its name; none where it was erased.
    name: Option<String>,
    /// What was said of it.
    note: Option<String>,
    /// `evidence`, `log`, `report` or `other`.
    sort: String,
    /// With whom it may be shared.
    tlp: String,
    /// When what it shows happened.
    happened: Option<String>,
    /// SHA-256 of its content, hexadecimal.
    sha256: String,
    /// Bytes.
    size: u64,
    /// Media type, by content.
    media_type: String,
    /// When it was brought.
    at: String,
    /// By whom.
    by: String,
    /// Since when it is taken off.
    removed: Option<String>,
    /// Until when it can be put back.
    back_until: Option<String>,
    /// When it went for good.
    gone: Option<String>,
    /// Where it is taken out, by POST.
    href: String,
}

/// A file of a linked report, without the name that its sender gave it.
#[derive(Serialize, ToSchema)]
struct DeskReportFile {
    /// Reference of the report.
    reference: String,
    /// SHA-256 of its content, hexadecimal.
    sha256: String,
    /// Bytes.
    size: u64,
    /// Media type, by content.
    media_type: String,
}

/// Another case.
#[derive(Serialize, ToSchema)]
struct DeskRelated {
    /// Its number.
    no: i64,
    /// Its title.
    title: String,
    /// Its state.
    state: String,
    /// How they are related.
    how: String,
    /// The other case said so.
    back: bool,
}

/// A deadline.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClock {
    /// Its id within the case.
    id: String,
    /// Id of the rule.
    rule: String,
    /// `overdue`, `due_soon`, `running`, `paused`, `met`, `missed` or `withdrawn`.
    state: String,
    /// From when.
    start: String,
    /// Until when.
    due: String,
}

/// A deadline with its case.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskCaseClock {
    /// Number of the case.
    case: i64,
    /// Its title.
    title: String,
    /// The deadline.
    clock: DeskClock,
}

fn clock(clock: &Clock, now: Micros) -> DeskClock {
    DeskClock {
        id: clock.id.clone(),
        rule: clock.opening.rule.clone(),
        state: code(&clock.state(now)),
        start: clock.opening.start.at.to_string(),
        due: clock.due.to_string(),
    }
}

async fn show(asked: Asked) -> Result<DeskCase> {
    read_one(&asked).await
}

/// The case of the first part of the path; that it was opened is noted.
pub(super) async fn read_one(asked: &Asked) -> Result<DeskCase> {
    let whole = asked.app.read_case(&asked.who, asked.no(0)?).await;
    let whole = whole.map_err(told)?;
    let beside = asked.app.case_report_files(&asked.who, whole.case.no).await;
    let beside = beside.map_err(told)?;
    let report_files = beside.iter().map(|file| DeskReportFile {
        reference: asked.app.reference(file.report),
        sha256: file.sha256.clone(),
        size: file.size,
        media_type: file.media_type.clone(),
    });
    Ok(of(asked, &whole, report_files.collect()))
}

fn words(whole: &Whole, text: u32) -> Option<String> {
    whole.text(text).map(str::to_owned)
}

fn of(asked: &Asked, whole: &Whole, report_files: Vec<DeskReportFile>) -> DeskCase {
    let (case, now) = (&whole.case, asked.app.clock.now());
    let reports = whole.reports.iter().map(|one| DeskCaseReport {
        reference: asked.app.reference(one.no),
        no: one.no,
        title: one.title.clone(),
        category: one.category.clone(),
        severity: one.severity,
        state: one.state.clone(),
    });
    let related = whole.related.iter().map(|one| DeskRelated {
        no: one.no,
        title: one.title.clone(),
        state: one.state.clone(),
        how: one.how.clone(),
        back: one.back,
    });
    let events = (1_i64..).zip(&whole.history);
    let events = events.map(|(n, (index, event))| {
        DeskEvent::of((n, *index), (event.at, &event.by), &event.change)
    });
    DeskCase {
        summary: DeskCaseRow::from(&whole.summary),
        severity: case.severity.clone().map(|one| DeskCaseSeverity {
            scheme: one.scheme,
            level: one.level,
            rank: one.rank,
            points: one.points,
            answers: one.answers,
        }),
        reports: reports.collect(),
        notes: notes(whole),
        rows: moments(asked, whole),
        tasks: tasks(whole),
        assets: assets(whole),
        files: files(whole),
        report_files,
        related: related.collect(),
        clocks: case.clocks.iter().map(|one| clock(one, now)).collect(),
        history: events.collect(),
    }
}

fn notes(whole: &Whole) -> Vec<DeskNote> {
    let all = whole.case.notes.iter();
    all.map(|note| DeskNote {
        text: note.text,
        at: note.at.to_string(),
        by: note.by.to_string(),
        words: words(whole, note.text),
        corrects: note.corrects,
        corrected: note.corrected,
    })
    .collect()
}

fn moments(asked: &Asked, whole: &Whole) -> Vec<DeskMoment> {
    let source = |source: &Source| match source {
        Source::Report(no) => format!("report/{}", asked.app.reference(*no)),
        Source::Note(text) => format!("note/{text}"),
        Source::File(text) => format!("file/{text}"),
        Source::Outside => "outside".to_owned(),
    };
    let all = whole.case.rows.iter();
    all.map(|row| DeskMoment {
        text: row.text,
        happened: row.happened.to_string(),
        known: row.known.to_string(),
        words: words(whole, row.text),
        source: source(&row.source),
        struck: row.struck,
    })
    .collect()
}

fn tasks(whole: &Whole) -> Vec<DeskTask> {
    let all = whole.case.tasks.iter();
    all.map(|task| {
        let (words, template) = match &task.asks {
            Asks::Own(said) => (words(whole, said.text), None),
            Asks::Template { template, code, .. } => (None, Some(format!("{template}/{code}"))),
        };
        DeskTask {
            task: task.task,
            words,
            template,
            owner: task.owner.clone(),
            due: when(task.due),
            done: when(task.done),
        }
    })
    .collect()
}

fn assets(whole: &Whole) -> Vec<DeskAsset> {
    let all = whole.case.assets.iter();
    all.map(|asset| DeskAsset {
        text: asset.text,
        words: words(whole, asset.text),
        sort: asset.sort.clone(),
        condition: asset.condition.clone(),
        struck: asset.struck,
    })
    .collect()
}

fn files(whole: &Whole) -> Vec<DeskCaseFile> {
    let all = whole.case.files.iter();
    all.map(|file| {
        let text = whole.text(file.text).map(name_and_note);
        DeskCaseFile {
            text: file.text,
            name: text.map(|(name, _)| name.to_owned()),
            note: text
                .map(|(_, note)| note.to_owned())
                .filter(|note| !note.is_empty()),
            sort: file.described.sort.as_str().to_owned(),
            tlp: file.described.tlp.as_str().to_owned(),
            happened: when(file.described.happened),
            sha256: file.content.sha256.clone(),
            size: file.content.size,
            media_type: file.content.media_type.clone(),
            at: file.at.to_string(),
            by: file.by.to_string(),
            removed: when(file.removed),
            back_until: when(file.back_until()),
            gone: when(file.gone.as_ref().map(|(at, ..)| *at)),
            href: format!("/api/v1/desk/cases/{}/files/{}", whole.case.no, file.text),
        }
    })
    .collect()
}

/// What reports of a case share with others.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskCaseObservables {
    /// Observables.
    observables: Vec<DeskCaseObservable>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct DeskCaseObservable {
    /// What.
    observable: DeskObservable,
    /// How many reports of the case have it.
    here: u64,
}

async fn observables(asked: Asked) -> Result<DeskCaseObservables> {
    let found = asked.app.case_observables(&asked.who, asked.no(0)?).await;
    let found = found.map_err(told)?;
    let all = found.iter().map(|(one, reports)| DeskCaseObservable {
        observable: DeskObservable::from(one),
        here: reports.len() as u64,
    });
    Ok(DeskCaseObservables {
        observables: all.collect(),
    })
}

/// Deadlines that run.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClocks {
    /// The next one first.
    clocks: Vec<DeskCaseClock>,
}

async fn clocks(asked: Asked) -> Result<DeskClocks> {
    let found = asked.app.case_clocks(&asked.who, CLOCKS_MAX).await;
    let (found, now) = (found.map_err(told)?, asked.app.clock.now());
    let all = found.iter().map(|row| DeskCaseClock {
        case: row.no,
        title: row.title.clone(),
        clock: clock(&row.clock, now),
    });
    Ok(DeskClocks {
        clocks: all.collect(),
    })
}
