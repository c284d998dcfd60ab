//! The case of an old ticket: title, label, severity, tasks and a timeline of what happened. What is longer than a row takes is whole
//! in the thread of its report. Every text has a key, so that the same again adds nothing.

use cairn_desk::cases::{
    Asks, Command, ROW_CHARS_MAX, Source as RowSource, State, TASK_CHARS_MAX, TITLE_CHARS_MAX,
};
use cairn_desk::import::{Entry, OldCase, OldTask, Sort, Ticket};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::text::one_line;
use cairn_store::keys::Purpose;

use super::Outcome;
use crate::App;
use crate::cases::{Whole, Written};
use crate::report::AppError;

/// Scheme of severity whose levels have the ranks of reports.
const SCHEME: &str = "nz";

impl App {
    /// Opens the case of a ticket, or adds what is new. Says whether anything was.
    pub(super) async fn import_case(
        &self,
        ticket: &Ticket,
        outcome: &Outcome,
    ) -> Result<bool, AppError> {
        let Some(case) = &ticket.old.case else {
            return Ok(false);
        };
        if outcome.erased {
            return Ok(false);
        }
        let report = self.number(&outcome.reference).ok_or(AppError::NotFound)?;
        let name = format!("{}#{}", ticket.source.as_str(), ticket.old.number);
        let title = Written {
            text: short(&ticket.old.title, &name, TITLE_CHARS_MAX),
            key: Some(name.clone()),
        };
        let once = self
            .store
            .keys()
            .tag(Purpose::Case, &[b"import", name.as_bytes()]);
        let now = self.clock.now();
        let known = self.store.case_of_form(once).await?;
        let no = self
            .opened_case((now, &Actor::System), &title, once, (case.tlp, case.pap))
            .await?;
        let before = self.whole_case(no).await?;
        let touched = before
            .history
            .iter()
            .any(|(_, event)| event.by != Actor::System);
        let closed = matches!(before.case.state, State::Closed { .. });
        // Of a closed case that a person worked on, what came later stands in the thread of its report.
        let adds = !closed || (!touched && self.has_more(&before, ticket, case, &name)?);
        if closed && adds {
            self.deed(no, Command::Reopen, None).await?;
        }
        if adds {
            self.fill(no, ticket, case, (report, &name)).await?;
        }
        if !touched && case.closed {
            let reason = self
                .config
                .case_rules
                .cases
                .reasons()
                .first()
                .map(|reason| reason.code.clone());
            if let Some(reason) = reason {
                self.deed(no, Command::Close { reason }, None).await?;
            }
        }
        let after = self.whole_case(no).await?;
        Ok(known.is_some() && after.case.version != before.case.version)
    }

    async fn deed(
        &self,
        no: i64,
        mut command: Command,
        written: Option<&Written>,
    ) -> Result<(), AppError> {
        let by = Actor::System;
        let row = written
            .map(|written| self.text_row(0, no, &by.account(), written))
            .transpose()?;
        if let Some(row) = &row {
            command.fill(salted(&row.salt, row.text.as_bytes()).hex());
        }
        self.decided_case(
            (self.clock.now(), &by),
            no,
            i64::MAX,
            &command,
            row.as_ref(),
        )
        .await
    }

    fn digest(&self, no: i64, written: &Written) -> Result<String, AppError> {
        let row = self.text_row(0, no, &Actor::System.account(), written)?;
        Ok(salted(&row.salt, row.text.as_bytes()).hex())
    }

    /// A row or task that is not there yet.
    fn has_more(
        &self,
        whole: &Whole,
        ticket: &Ticket,
        case: &OldCase,
        name: &str,
    ) -> Result<bool, AppError> {
        let rows = happenings(ticket).map(|entry| row_of(entry, name));
        let tasks = case.tasks.iter().map(|task| task_of(task, name));
        for written in rows.chain(tasks) {
            let digest = self.digest(whole.case.no, &written)?;
            if !whole.case.digests.values().any(|known| *known == digest) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn fill(
        &self,
        no: i64,
        ticket: &Ticket,
        case: &OldCase,
        (report, name): (i64, &str),
    ) -> Result<(), AppError> {
        self.deed(no, Command::Link { no: report }, None).await?;
        let whole = self.whole_case(no).await?;
        let scheme = self
            .config
            .case_rules
            .cases
            .schemes()
            .iter()
            .find(|scheme| scheme.code == SCHEME);
        let level = scheme.and_then(|scheme| {
            scheme
                .levels
                .iter()
                .find(|level| level.rank == ticket.filed.severity)
        });
        if let Some(level) = level.filter(|_| whole.case.severity.is_none()) {
            let command = Command::SetSeverity {
                scheme: SCHEME.to_owned(),
                level: Some(level.code.clone()),
                answers: Default::default(),
            };
            self.deed(no, command, None).await?;
        }
        if let Some(to) = self
            .account_of_login(ticket.filed.assignee.as_deref())
            .await?
            && whole.case.owner.is_none()
        {
            self.deed(no, Command::SetOwner { to: Some(to) }, None)
                .await?;
        }
        let now = self.clock.now();
        for entry in happenings(ticket) {
            let written = row_of(entry, name);
            if whole.case.digests.values().any(|known| {
                self.digest(no, &written)
                    .is_ok_and(|digest| *known == digest)
            }) {
                continue;
            }
            let command = Command::AddRow {
                digest: String::new(),
                happened: entry.at.min(now),
                known: entry.at.min(now),
                source: RowSource::Report(report),
            };
            self.deed(no, command, Some(&written)).await?;
        }
        for task in &case.tasks {
            self.task(no, task, name).await?;
        }
        Ok(())
    }

    async fn task(&self, no: i64, task: &OldTask, name: &str) -> Result<(), AppError> {
        let written = task_of(task, name);
        let digest = self.digest(no, &written)?;
        let whole = self.whole_case(no).await?;
        if !whole.case.digests.values().any(|known| *known == digest) {
            let command = Command::AddTask {
                digest: String::new(),
            };
            self.deed(no, command, Some(&written)).await?;
        }
        let whole = self.whole_case(no).await?;
        let is_it = |asks: &Asks| matches!(asks, Asks::Own(said) if said.digest == digest);
        let found = whole.case.tasks.iter().find(|known| is_it(&known.asks));
        if let Some(known) = found
            && task.done
            && known.done.is_none()
        {
            let command = Command::Done { task: known.task };
            self.deed(no, command, None).await?;
        }
        Ok(())
    }
}

/// What stands in the timeline: what happened, was done and was written.
fn happenings(ticket: &Ticket) -> impl Iterator<Item = &Entry> {
    let entries = ticket.old.entries.iter();
    entries.filter(|entry| {
        !entry.text.trim().is_empty()
            && matches!(
                entry.sort,
                Sort::Happening | Sort::Comment | Sort::Correspondence
            )
    })
}

fn row_of(entry: &Entry, name: &str) -> Written {
    let author = entry
        .author
        .as_deref()
        .map(|author| format!(" ({author})"))
        .unwrap_or_default();
    let text = format!("{name}{author}: {}", entry.text);
    Written {
        text: cut(cairn_kernel::text::clean(&text).trim(), ROW_CHARS_MAX),
        key: Some(format!("{name} {}", entry.key)),
    }
}

fn task_of(task: &OldTask, name: &str) -> Written {
    Written {
        text: short(&task.title, name, TASK_CHARS_MAX),
        key: Some(format!("{name} {}", task.key)),
    }
}

/// One line of what was written, or else of what stands for it.
fn short(text: &str, or: &str, chars_max: usize) -> String {
    let line = one_line(text);
    let line = line.trim();
    cut(if line.is_empty() { or } else { line }, chars_max)
}

fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let start: String = text.chars().take(chars_max - 1).collect();
    format!("{start}…")
}
