//! What may be done to a case, and what comes of it: `decide(books, case, seen, command, now) -> changes`.
//!
//! What only adds (a note, a row, a task, a link) can always be done: two people who write at once both are heard. What replaces
//! (title, owner, severity, label, state, one task) is refused where somebody else replaced the same after the version that was
//! seen, so that nobody overwrites what they have not read.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::label::{Pap, Tlp};
use cairn_kernel::time::Micros;

use super::beside::{of_asset, related};
use super::files::of_file;
use super::standing::Task;
use super::{Asks, Book, Case, Change, Content, Described, Part, Said, Source, State};
use crate::clock::{self, Call, Clock, Happening, follow};

/// Most events of one case.
pub const EVENTS_MAX: i64 = 10_000;
/// Most reports of one case.
pub const REPORTS_MAX: usize = 500;

/// The rules that cases are worked by.
#[derive(Debug, Clone, Copy)]
pub struct Books<'b> {
    /// Severity, tasks, reasons.
    pub cases: &'b Book,
    /// Deadlines.
    pub clocks: &'b clock::Book,
}

/// What somebody wants. A `digest` is that of a text which is kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Give it another title.
    Rename {
        /// The title.
        digest: String,
    },
    /// Give it to somebody, or to nobody.
    SetOwner {
        /// Account id.
        to: Option<String>,
    },
    /// Judge how severe it is: by a level, or by answers to the factors of a scheme.
    SetSeverity {
        /// Code of the scheme.
        scheme: String,
        /// Code of the level.
        level: Option<String>,
        /// Factor and answer.
        answers: BTreeMap<String, String>,
    },
    /// Set its handling label.
    SetLabel {
        /// With whom it may be shared.
        tlp: Tlp,
        /// What may be done with it.
        pap: Pap,
    },
    /// Let it wait.
    Hold {
        /// Until when.
        until: Micros,
    },
    /// It is done.
    Close {
        /// Code of the reason.
        reason: String,
    },
    /// Work on it again.
    Reopen,
    /// Let a report belong to it.
    Link {
        /// The report's number.
        no: i64,
    },
    /// Undo that.
    Unlink {
        /// The report's number.
        no: i64,
    },
    /// Write a note.
    Note {
        /// The note.
        digest: String,
        /// Number of the text of the note that it corrects.
        corrects: Option<u32>,
    },
    /// Add a row to the timeline.
    AddRow {
        /// What happened.
        digest: String,
        /// When it happened.
        happened: Micros,
        /// When we knew.
        known: Micros,
        /// Where that comes from.
        source: Source,
    },
    /// A row is wrong.
    StrikeRow {
        /// Number of the row's text.
        text: u32,
    },
    /// Add a task.
    AddTask {
        /// What is to be done.
        digest: String,
    },
    /// Add the tasks of a template that are not there yet.
    AddTemplate {
        /// Its code.
        template: String,
    },
    /// Say who does a task, and by when.
    SetTask {
        /// Number of the task.
        task: u32,
        /// Account id.
        owner: Option<String>,
        /// By when.
        due: Option<Micros>,
    },
    /// A task is done.
    Done {
        /// Number of the task.
        task: u32,
    },
    /// A task is not done after all.
    Undone {
        /// Number of the task.
        task: u32,
    },
    /// Add something that the incident touches.
    AddAsset {
        /// What it is called.
        digest: String,
        /// Code of its kind.
        sort: String,
        /// Code of how it stands.
        condition: String,
    },
    /// Say how an asset stands.
    SetAsset {
        /// Number of the asset's text.
        text: u32,
        /// Code of how it stands.
        condition: String,
    },
    /// An asset does not belong here.
    StrikeAsset {
        /// Number of the asset's text.
        text: u32,
    },
    /// Name another case that this one has to do with.
    Relate {
        /// The other case's number.
        to: i64,
        /// Code of how.
        how: String,
    },
    /// Undo that.
    Unrelate {
        /// The other case's number.
        to: i64,
        /// Code of how.
        how: String,
    },
    /// Start a clock.
    StartClock {
        /// Code of the rule.
        rule: String,
        /// Code of the event that starts it, and when that was.
        start: (String, Micros),
        /// When the event of the rule's second deadline was, where it has one.
        limit: Option<Micros>,
    },
    /// The duty was done.
    StopClock {
        /// The clock's name.
        clock: String,
        /// Code of the event that stops it, and when that was.
        event: (String, Micros),
        /// What was sent, to whom and how.
        digest: String,
    },
    /// Pause a clock, let it run on, or withdraw it.
    MoveClock {
        /// The clock's name.
        clock: String,
        /// What to do. Start and stop have commands of their own.
        command: clock::Command,
    },
    /// Bring a file, whose bytes are kept already.
    AddFile {
        /// Name and note, as one text.
        digest: String,
        /// The bytes.
        content: Content,
        /// What is said of it.
        described: Described,
    },
    /// Take a file off.
    RemoveFile {
        /// Number of the file's text.
        text: u32,
    },
    /// Undo that.
    RestoreFile {
        /// Number of the file's text.
        text: u32,
    },
    /// Take a file out.
    TakeFile {
        /// Number of the file's text.
        text: u32,
    },
    /// Let a file that was taken off go for good.
    EraseFile {
        /// Number of the file's text.
        text: u32,
        /// A linked report is on legal hold.
        held: bool,
        /// By which rule; empty by hand.
        rule: String,
    },
    /// Erase a text for good.
    EraseText {
        /// Its number.
        text: u32,
    },
    /// Take the case out as an archive.
    Export,
}

impl Command {
    /// Puts in the digest of the text that comes with it; a command without a text stays as it is.
    pub fn fill(&mut self, with: String) {
        match self {
            Self::Rename { digest }
            | Self::Note { digest, .. }
            | Self::AddRow { digest, .. }
            | Self::AddTask { digest }
            | Self::AddAsset { digest, .. }
            | Self::AddFile { digest, .. }
            | Self::StopClock { digest, .. } => *digest = with,
            _ => {}
        }
    }
}

/// Why a command has no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else changed the same since it was looked at.
    #[error("somebody else changed this in the meantime")]
    Moved,
    /// It is closed.
    #[error("the case is closed; reopen it first")]
    Closed,
    /// It is not closed or on hold.
    #[error("the case is open")]
    Open,
    /// A case has nothing to do with itself.
    #[error("name another case than this one")]
    Itself,
    /// No such reason, template, task, note, row, text, report, asset, file, relation or clock.
    #[error("there is no such {0} on this case")]
    Absent(&'static str),
    /// The scheme, a level or an answer is unknown, or an answer is missing.
    #[error("choose a level, or an answer to every factor")]
    Severity,
    /// A time that must lie ahead does not, or one that must lie behind does.
    #[error("this time cannot be: {0}")]
    Time(&'static str),
    /// The title of now cannot be erased.
    #[error("give the case another title first; then the old one can be erased")]
    Title,
    /// A legal hold on a linked report keeps it.
    #[error("a linked report is on legal hold: nothing of this case goes for good")]
    Held,
    /// The file was not taken off, or can still be put back.
    #[error("take the file off first")]
    Standing,
    /// [`EVENTS_MAX`] or [`REPORTS_MAX`] is reached.
    #[error("the case is full")]
    Limit,
    /// The rules of clocks say no.
    #[error(transparent)]
    Clock(#[from] clock::Refusal),
}

/// Opens a case with a title.
#[must_use]
pub fn open(digest: String, tlp: Tlp, pap: Pap, once: String) -> Change {
    Change::Opened {
        title: Said { text: 1, digest },
        tlp,
        pap,
        once,
    }
}

/// Decides. An empty list means that it is so already, or that the same form came before. `seen` is the version of the case that
/// the command was made from.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(
    books: Books<'_>,
    case: &Case,
    seen: i64,
    command: Command,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    if case.version >= EVENTS_MAX {
        return Err(Refusal::Limit);
    }
    let closed = matches!(case.state, State::Closed { .. });
    let late = matches!(
        command,
        Command::Reopen
            | Command::Note { .. }
            | Command::StopClock { .. }
            | Command::MoveClock { .. }
            | Command::EraseText { .. }
            | Command::RemoveFile { .. }
            | Command::RestoreFile { .. }
            | Command::TakeFile { .. }
            | Command::EraseFile { .. }
            | Command::Close { .. }
            | Command::Export
    );
    if closed && !late {
        return Err(Refusal::Closed);
    }
    match command {
        Command::StartClock { rule, start, limit } => {
            start_clock(books, case, rule, start, limit, now)
        }
        Command::StopClock {
            clock,
            event,
            digest,
        } => stop_clock(books, case, &clock, event, digest, now),
        Command::MoveClock { clock, command } => move_clock(books, case, &clock, command, now),
        Command::AddTemplate { template } => add_template(books.cases, case, &template),
        Command::SetTask { .. } | Command::Done { .. } | Command::Undone { .. } => {
            of_task(case, seen, command)
        }
        Command::AddAsset { .. } | Command::SetAsset { .. } | Command::StrikeAsset { .. } => {
            of_asset(books.cases, case, seen, command)
        }
        Command::Relate { .. } | Command::Unrelate { .. } => related(books.cases, case, command),
        Command::AddFile { .. }
        | Command::RemoveFile { .. }
        | Command::RestoreFile { .. }
        | Command::TakeFile { .. }
        | Command::EraseFile { .. } => of_file(case, command, now),
        Command::Note { .. }
        | Command::AddRow { .. }
        | Command::StrikeRow { .. }
        | Command::AddTask { .. }
        | Command::EraseText { .. } => written(case, command, now),
        other => set(books.cases, case, seen, other, now),
    }
}

/// Nobody replaced this part after the version that was seen.
pub(super) fn free(case: &Case, part: Part, seen: i64) -> Result<(), Refusal> {
    if case.moved(part) > seen {
        Err(Refusal::Moved)
    } else {
        Ok(())
    }
}

/// What replaces, links and the export.
fn set(
    book: &Book,
    case: &Case,
    seen: i64,
    command: Command,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    let (part, change) = match command {
        Command::Rename { digest } if known(case, &digest) => return Ok(Vec::new()),
        Command::Rename { digest } => (
            Part::Title,
            Change::Renamed {
                title: said(case, digest),
            },
        ),
        Command::SetOwner { to } if to == case.owner => return Ok(Vec::new()),
        Command::SetOwner { to } => (Part::Owner, Change::OwnerSet { to }),
        Command::SetSeverity {
            scheme,
            level,
            answers,
        } => {
            let severity = book.judge(&scheme, level.as_deref(), &answers)?;
            if Some(&severity) == case.severity.as_ref() {
                return Ok(Vec::new());
            }
            (Part::Severity, Change::SeveritySet { severity })
        }
        Command::SetLabel { tlp, pap } if (tlp, pap) == (case.tlp, case.pap) => {
            return Ok(Vec::new());
        }
        Command::SetLabel { tlp, pap } => (Part::Label, Change::LabelSet { tlp, pap }),
        Command::Hold { until } if case.state == (State::OnHold { until }) => return Ok(Vec::new()),
        Command::Hold { until } if until <= now => return Err(Refusal::Time("it lies behind")),
        Command::Hold { until } => (Part::State, Change::Held { until }),
        Command::Close { reason } if book.reason(&reason).is_none() => {
            return Err(Refusal::Absent("reason"));
        }
        Command::Close { reason } => match &case.state {
            State::Closed { reason: given } if *given == reason => return Ok(Vec::new()),
            State::Closed { .. } => return Err(Refusal::Closed),
            _ => (Part::State, Change::Closed { reason }),
        },
        Command::Reopen if case.state == State::Open => return Err(Refusal::Open),
        Command::Reopen => (Part::State, Change::Reopened),
        other => return linked(case, other),
    };
    free(case, part, seen)?;
    Ok(vec![change])
}

fn linked(case: &Case, command: Command) -> Result<Vec<Change>, Refusal> {
    match command {
        Command::Link { no } if case.reports.contains_key(&no) => Ok(Vec::new()),
        Command::Link { .. } if case.reports.len() >= REPORTS_MAX => Err(Refusal::Limit),
        Command::Link { no } => Ok(vec![Change::Linked { no }]),
        Command::Unlink { no } if case.reports.contains_key(&no) => {
            Ok(vec![Change::Unlinked { no }])
        }
        Command::Unlink { .. } => Ok(Vec::new()),
        Command::Export => Ok(vec![Change::Exported]),
        _ => Err(Refusal::Absent("part")),
    }
}

pub(super) fn known(case: &Case, digest: &str) -> bool {
    case.digests.values().any(|known| known == digest)
}

pub(super) fn said(case: &Case, digest: String) -> Said {
    Said {
        text: case.next_text(),
        digest,
    }
}

/// Notes, rows and tasks that somebody wrote, and their end.
fn written(case: &Case, command: Command, now: Micros) -> Result<Vec<Change>, Refusal> {
    let change = match command {
        Command::Note { digest, .. }
        | Command::AddRow { digest, .. }
        | Command::AddTask { digest }
            if known(case, &digest) =>
        {
            return Ok(Vec::new());
        }
        Command::Note { digest, corrects } => {
            let is_there = |text| case.notes.iter().any(|note| note.text == text);
            if corrects.is_some_and(|text| !is_there(text)) {
                return Err(Refusal::Absent("note"));
            }
            Change::Noted {
                note: said(case, digest),
                corrects,
            }
        }
        Command::AddRow {
            digest,
            happened,
            known,
            source,
        } => {
            row_fits(case, (happened, known), source, now)?;
            Change::RowAdded {
                row: said(case, digest),
                happened,
                known,
                source,
            }
        }
        Command::StrikeRow { text } => {
            let row = case.rows.iter().find(|row| row.text == text);
            match row {
                None => return Err(Refusal::Absent("row")),
                Some(row) if row.struck => return Ok(Vec::new()),
                Some(_) => Change::RowStruck { text },
            }
        }
        Command::AddTask { digest } => Change::TaskAdded {
            task: next_task(case),
            asks: Asks::Own(said(case, digest)),
        },
        Command::EraseText { text } if !case.digests.contains_key(&text) => {
            return Err(Refusal::Absent("text"));
        }
        Command::EraseText { text } if case.erased.contains(&text) => return Ok(Vec::new()),
        Command::EraseText { text } if case.title.text == text => return Err(Refusal::Title),
        Command::EraseText { text } => Change::TextErased { text },
        _ => return Ok(Vec::new()),
    };
    Ok(vec![change])
}

fn row_fits(
    case: &Case,
    (happened, known): (Micros, Micros),
    source: Source,
    now: Micros,
) -> Result<(), Refusal> {
    if happened > now || known > now {
        return Err(Refusal::Time("it lies ahead"));
    }
    if known < happened {
        return Err(Refusal::Time("it was known before it happened"));
    }
    match source {
        Source::Report(no) if !case.reports.contains_key(&no) => Err(Refusal::Absent("report")),
        Source::Note(text) if !case.notes.iter().any(|note| note.text == text) => {
            Err(Refusal::Absent("note"))
        }
        Source::File(text) => {
            let stands = |file: &super::CaseFile| file.text == text && file.stands();
            let found = case.files.iter().any(stands);
            found.then_some(()).ok_or(Refusal::Absent("file"))
        }
        _ => Ok(()),
    }
}

fn next_task(case: &Case) -> u32 {
    u32::try_from(case.tasks.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1)
}

fn add_template(book: &Book, case: &Case, code: &str) -> Result<Vec<Change>, Refusal> {
    let template = book.template(code).ok_or(Refusal::Absent("template"))?;
    let mut there = BTreeSet::new();
    for task in &case.tasks {
        if let Asks::Template { template, code, .. } = &task.asks {
            there.insert((template.as_str(), code.as_str()));
        }
    }
    let missing = template.tasks.iter();
    let missing = missing.filter(|task| !there.contains(&(code, task.code.as_str())));
    let numbers = next_task(case)..;
    Ok(missing
        .zip(numbers)
        .map(|(task, no)| Change::TaskAdded {
            task: no,
            asks: Asks::Template {
                template: code.to_owned(),
                version: template.version,
                code: task.code.clone(),
            },
        })
        .collect())
}

fn of_task(case: &Case, seen: i64, command: Command) -> Result<Vec<Change>, Refusal> {
    let find = |no: u32| -> Result<&Task, Refusal> {
        let found = case.tasks.iter().find(|task| task.task == no);
        found.ok_or(Refusal::Absent("task"))
    };
    let (no, same, change) = match command {
        Command::SetTask { task, owner, due } => {
            let now = find(task)?;
            let same = (&now.owner, now.due) == (&owner, due);
            (task, same, Change::TaskSet { task, owner, due })
        }
        Command::Done { task } => (task, find(task)?.done.is_some(), Change::TaskDone { task }),
        Command::Undone { task } => (
            task,
            find(task)?.done.is_none(),
            Change::TaskUndone { task },
        ),
        _ => return Ok(Vec::new()),
    };
    if same {
        return Ok(Vec::new());
    }
    free(case, Part::Task(no), seen)?;
    Ok(vec![change])
}

/// Name of the `nth` clock from now on.
fn clock_name(case: &Case, nth: usize) -> String {
    format!("k{}", case.clocks.len() + nth + 1)
}

fn start_clock(
    books: Books<'_>,
    case: &Case,
    rule: String,
    (kind, at): (String, Micros),
    limit: Option<Micros>,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    let terms = books.clocks.rule(&rule).map(|rule| &rule.terms);
    let second = terms.and_then(|terms| terms.not_later_than.as_ref());
    let happening = |kind: String, at: Micros| Happening {
        kind,
        at,
        reference: String::new(),
    };
    let command = clock::Command::Start {
        rule: rule.clone(),
        start: happening(kind, at),
        limit: second
            .zip(limit)
            .map(|(second, at)| happening(second.from.clone(), at)),
        calendar: None,
    };
    // The same form sent twice starts one clock.
    if let clock::Command::Start { start, .. } = &command {
        let same = |clock: &&Clock| clock.opening.rule == rule && clock.opening.start == *start;
        if case
            .clocks
            .iter()
            .filter(|clock| clock.end.is_none())
            .any(|clock| same(&clock))
        {
            return Ok(Vec::new());
        }
    }
    let changes = clock::decide(books.clocks, None, command, now)?;
    let name = clock_name(case, 0);
    Ok(named(&name, changes))
}

fn named(clock: &str, changes: Vec<clock::Change>) -> Vec<Change> {
    let change = |change| Change::Clock {
        clock: clock.to_owned(),
        change,
    };
    changes.into_iter().map(change).collect()
}

fn find_clock<'c>(case: &'c Case, id: &str) -> Result<&'c Clock, Refusal> {
    let found = case.clocks.iter().find(|clock| clock.id == id);
    found.ok_or(Refusal::Absent("clock"))
}

/// What was sent becomes a note, and the clock names it as its evidence. What the event stops and starts besides, by the laws of
/// the clocks of this case, follows.
fn stop_clock(
    books: Books<'_>,
    case: &Case,
    id: &str,
    (kind, at): (String, Micros),
    digest: String,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    let own = find_clock(case, id)?;
    if known(case, &digest) {
        return Ok(Vec::new());
    }
    let note = said(case, digest);
    let event = Happening {
        kind,
        at,
        reference: format!("case/{}/text/{}", case.no, note.text),
    };
    let stop = clock::Command::Stop { by: event.clone() };
    let stopped = clock::decide(books.clocks, Some(own), stop, now)?;
    let mut changes = vec![Change::Noted {
        note,
        corrects: None,
    }];
    changes.extend(named(id, stopped));
    let mut started = 0;
    for Call { clock, command } in follow(
        books.clocks,
        &laws(books, case),
        &case.clocks,
        &history(case),
        &event,
    ) {
        match clock {
            Some(other) if other == id => {}
            Some(other) => {
                let found = find_clock(case, &other)?;
                // What does not fit another clock leaves it alone: it can be stopped by itself.
                if let Ok(more) = clock::decide(books.clocks, Some(found), command, now) {
                    changes.extend(named(&other, more));
                }
            }
            None => {
                if let Ok(more) = clock::decide(books.clocks, None, command, now) {
                    changes.extend(named(&clock_name(case, started), more));
                    started += 1;
                }
            }
        }
    }
    Ok(changes)
}

/// Laws of the clocks that run or ran here.
fn laws(books: Books<'_>, case: &Case) -> BTreeSet<String> {
    let rules = case.clocks.iter();
    let rules = rules.filter_map(|clock| books.clocks.rule(&clock.opening.rule));
    rules.map(|rule| rule.law.clone()).collect()
}

/// What the clocks of a case know to have happened, oldest first.
fn history(case: &Case) -> Vec<Happening> {
    let mut past = Vec::new();
    for clock in &case.clocks {
        past.push(clock.opening.start.clone());
        past.extend(clock.opening.limit.clone());
        if let Some(clock::End::Met { by, .. } | clock::End::Missed { by, .. }) = &clock.end {
            past.push(by.clone());
        }
    }
    past.sort_by_key(|event| event.at);
    past
}

fn move_clock(
    books: Books<'_>,
    case: &Case,
    id: &str,
    command: clock::Command,
    now: Micros,
) -> Result<Vec<Change>, Refusal> {
    if !matches!(
        command,
        clock::Command::Pause { .. }
            | clock::Command::Resume
            | clock::Command::Withdraw { .. }
            | clock::Command::Reopen { .. }
    ) {
        return Err(Refusal::Absent("command"));
    }
    let clock = find_clock(case, id)?;
    let changes = clock::decide(books.clocks, Some(clock), command, now)?;
    Ok(named(id, changes))
}
