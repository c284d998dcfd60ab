//! Cases: opening, reading and working on them, and what is due next. (`case` holds what officers do to one report.)

mod archive;
mod files;

pub use archive::{ARCHIVE_FILES_BYTES_MAX, Archive};
pub use files::NewFile;

use std::collections::BTreeMap;

use cairn_desk::access::{Action, Grant, Visible, may};
use cairn_desk::cases::{self as desk, Books, Case, Change, Command, Event};
use cairn_desk::clock;
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::Actor;
use cairn_kernel::label::{Pap, Tlp};
use cairn_kernel::observable::Observable;
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use cairn_store::cases::{ClockRow, Filter, Linked, Related, Summary, TextRow};
use cairn_store::keys::{Purpose, random};
use cairn_store::report::EvidenceRow;
use cairn_store::writer::{Entry, WriteError};

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged, take};

pub use cairn_store::cases as rows;

/// How often something is tried anew when somebody else was quicker with something that does not stand against it.
const TRIES: usize = 20;
/// Clocks of the page of all clocks.
pub const CLOCKS_MAX: usize = 200;
/// Clocks of the strip above the queue.
pub const STRIP_CLOCKS: usize = 3;
/// Words of one search for cases; the rest is not looked at.
pub const WORDS_MAX: usize = 20;
/// Linked reports whose observables are shown together.
pub const OBSERVABLES_REPORTS_MAX: usize = 100;

/// The rules that cases are worked by.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Severity, tasks, reasons.
    pub cases: desk::Book,
    /// Deadlines.
    pub clocks: clock::Book,
}

/// The built-in ones.
impl Default for Rules {
    fn default() -> Self {
        // A test reads both: the files are built in.
        Self {
            cases: desk::Book::embedded().unwrap_or_default(),
            clocks: clock::Book::embedded().unwrap_or_default(),
        }
    }
}

impl Rules {
    const fn books(&self) -> Books<'_> {
        Books {
            cases: &self.cases,
            clocks: &self.clocks,
        }
    }
}

/// A text that somebody wrote, already valid, and the key of the form it came by: the same form sent twice is one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// The key, from [`crate::challenge::form_key`]; without one, two equal texts are two.
    pub key: Option<String>,
}

/// A case whole, for the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Its row.
    pub summary: Summary,
    /// Where it stands.
    pub case: Case,
    /// Texts by number; what was erased is not there.
    pub texts: BTreeMap<u32, TextRow>,
    /// Linked reports, oldest first.
    pub reports: Vec<Linked>,
    /// Other cases that it names or that name it.
    pub related: Vec<Related>,
    /// What happened, with log indices.
    pub history: Vec<(u64, Event)>,
}

impl Whole {
    /// A text; `None` if it was erased.
    #[must_use]
    pub fn text(&self, n: u32) -> Option<&str> {
        self.texts.get(&n).map(|row| row.text.as_str())
    }
}

/// An observable and the linked reports that have it.
pub type Shared = (Observable, Vec<i64>);

impl App {
    /// A page of cases.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn cases(
        &self,
        who: &Principal,
        filter: &Filter,
    ) -> Result<Visible<Vec<Summary>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.cases(filter).await?))
    }

    /// Cases in whose title, notes, rows, tasks or assets all words of a line occur, the last of which may be the beginning of a
    /// word; macrons and plain letters are the same.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn cases_with(
        &self,
        who: &Principal,
        line: &str,
        filter: &Filter,
    ) -> Result<Visible<Vec<Summary>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let folded = fold(line);
        let words = folded.split(' ').filter(|word| !word.is_empty());
        let words: Vec<String> = words.take(WORDS_MAX).map(str::to_owned).collect();
        Ok(grant.show(self.store.cases_with(&words, filter).await?))
    }

    /// The cases to which a report belongs.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn cases_of(
        &self,
        who: &Principal,
        report: i64,
    ) -> Result<Visible<Vec<Summary>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.cases_of(report).await?))
    }

    /// Clocks that have not ended, of all cases, what is due first first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn case_clocks(
        &self,
        who: &Principal,
        limit: usize,
    ) -> Result<Visible<Vec<ClockRow>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.case_clocks(limit as i64).await?))
    }

    /// One case, whole. That it was read is noted in the log first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn read_case(&self, who: &Principal, no: i64) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let whole = self.whole_case(no).await?;
        self.note_case_read(who, no).await?;
        Ok(grant.show(whole))
    }

    /// The observables of the linked reports, those of most reports first. Only the first [`OBSERVABLES_REPORTS_MAX`] reports are
    /// looked at. They come from what reporters told, so each report counts as opened.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn case_observables(
        &self,
        who: &Principal,
        no: i64,
    ) -> Result<Visible<Vec<Shared>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        self.store.case(no).await?.ok_or(AppError::NotFound)?;
        let mut found: BTreeMap<Observable, Vec<i64>> = BTreeMap::new();
        let reports = self.store.case_reports(no).await?;
        for report in reports.iter().take(OBSERVABLES_REPORTS_MAX) {
            let body = self.body(report.no).await?;
            self.note_opened(who, report.no).await?;
            for one in body.observables {
                found.entry(one).or_default().push(report.no);
            }
        }
        let mut shared: Vec<Shared> = found.into_iter().collect();
        shared.sort_by_key(|(_, reports)| std::cmp::Reverse(reports.len()));
        Ok(grant.show(shared))
    }

    pub(crate) async fn whole_case(&self, no: i64) -> Result<Whole, AppError> {
        let summary = self.store.case(no).await?.ok_or(AppError::NotFound)?;
        let texts = self.store.case_texts(no).await?;
        let rows = self.store.case_history(no).await?;
        let history = rows.iter().map(|row: &EvidenceRow| {
            let event = serde_json::from_str::<Event>(&row.event).map_err(damaged("event"))?;
            Ok((row.idx.unsigned_abs(), event))
        });
        let history = history.collect::<Result<Vec<_>, AppError>>()?;
        let events: Vec<Event> = history.iter().map(|(_, event)| event.clone()).collect();
        let case = Case::replay(&events).ok_or_else(|| AppError::Damaged {
            what: "history",
            cause: "it does not begin with the opening".into(),
        })?;
        Ok(Whole {
            summary,
            case,
            texts: texts.into_iter().map(|row| (row.n, row)).collect(),
            reports: self.store.case_reports(no).await?,
            related: self.store.case_relations(no).await?,
            history,
        })
    }

    /// Opens a case, and links reports to it. Gives its number. The same form sent twice opens one.
    ///
    /// # Errors
    /// See [`AppError`]; a reference that is none is [`AppError::Input`].
    pub async fn open_case(
        &self,
        who: &Principal,
        title: &Written,
        references: &[&str],
    ) -> Result<i64, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let mut reports = Vec::new();
        for reference in references {
            reports.push(self.known_report(reference).await?);
        }
        let key = match &title.key {
            Some(key) => key.clone().into_bytes(),
            None => random::<16>()?.to_vec(),
        };
        let parts: [&[u8]; 3] = [grant.account().as_bytes(), &key, title.text.as_bytes()];
        let once = self.store.keys().tag(Purpose::Case, &parts);
        let by = Actor::User(grant.account().to_owned());
        let now = self.clock.now();
        let no = self
            .opened_case((now, &by), title, once, Default::default())
            .await?;
        for report in reports {
            let link = Command::Link { no: report };
            self.work_case(who, no, i64::MAX, link, None).await?;
        }
        Ok(no)
    }

    /// Opens a case with a report by itself, as of a moment that tells no more of the report than is kept; with a list of tasks, if
    /// one is named. The same key opens one, and what is there already is not done again.
    pub(crate) async fn open_case_by_itself(
        &self,
        title: &Written,
        report: i64,
        template: Option<&str>,
        at: Micros,
    ) -> Result<i64, AppError> {
        let by = Actor::System;
        let key = title.key.as_deref().unwrap_or_default();
        let account = by.to_string();
        let parts: [&[u8]; 3] = [account.as_bytes(), key.as_bytes(), title.text.as_bytes()];
        let once = self.store.keys().tag(Purpose::Case, &parts);
        let no = self
            .opened_case((at, &by), title, once, Default::default())
            .await?;
        let tasks = template.map(|template| Command::AddTemplate {
            template: template.to_owned(),
        });
        let link = Command::Link { no: report };
        for command in std::iter::once(link).chain(tasks) {
            self.decided_case((at, &by), no, i64::MAX, &command, None)
                .await?;
        }
        Ok(no)
    }

    pub(crate) async fn opened_case(
        &self,
        (at, by): (Micros, &Actor),
        title: &Written,
        once: [u8; 32],
        (tlp, pap): (Tlp, Pap),
    ) -> Result<i64, AppError> {
        // One after the other: numbers have no gaps, and the next is known only once the one before is written.
        let _turn = self.cases_turn.lock().await;
        for _ in 0..TRIES {
            if let Some(known) = self.store.case_of_form(once).await? {
                return Ok(known);
            }
            let no = self.store.newest_case().await? + 1;
            let row = self.text_row(1, no, &by.account(), title)?;
            let digest = salted(&row.salt, row.text.as_bytes()).hex();
            let change = desk::open(digest, tlp, pap, sha256(&once).hex());
            let (event, entry) = case_event(no, at, by, change)?;
            let case = Case::new(&event).ok_or(AppError::NotFound)?;
            let sqlite = self.store.is_sqlite();
            let unit = cairn_store::cases::open(&case, row, once, entry, sqlite);
            match self.store.write(unit).await {
                Ok(_) => return Ok(no),
                // Somebody went away while theirs was being written, and it took this number.
                Err(WriteError::Duplicate) => {}
                Err(error) => match self.store.case_of_form(once).await? {
                    Some(known) => return Ok(known),
                    None => return Err(error.into()),
                },
            }
        }
        Err(AppError::Conflict)
    }

    /// The salt follows from the form's key, so that the same text from the same form has the same digest, and nobody without our
    /// keys can try texts against it.
    pub(crate) fn text_row(
        &self,
        n: u32,
        no: i64,
        account: &str,
        written: &Written,
    ) -> Result<TextRow, AppError> {
        let salt = match &written.key {
            Some(key) => {
                let no = no.to_be_bytes();
                let parts: [&[u8]; 3] = [&no, account.as_bytes(), key.as_bytes()];
                take(&self.store.keys().tag(Purpose::CaseText, &parts), 0)
            }
            None => random()?,
        };
        Ok(TextRow {
            n,
            salt,
            text: written.text.clone(),
        })
    }

    /// The number of a report that is there, by its reference as somebody typed it.
    async fn known_report(&self, reference: &str) -> Result<i64, AppError> {
        let absent = || AppError::Input(format!("there is no report {reference:?}"));
        let no = self.number(reference).ok_or_else(absent)?;
        match self.store.report(no).await? {
            Some(_) => Ok(no),
            None => Err(absent()),
        }
    }

    /// Links a report to a case, by its reference.
    ///
    /// # Errors
    /// See [`AppError`]; a reference that is none is [`AppError::Input`].
    pub async fn link_report(
        &self,
        who: &Principal,
        no: i64,
        reference: &str,
    ) -> Result<(), AppError> {
        let _grant = who.grant(Action::WorkReports)?;
        let report = self.known_report(reference).await?;
        let link = Command::Link { no: report };
        self.work_case(who, no, i64::MAX, link, None).await
    }

    /// Works on a case. `seen` is the version that the officer saw; `written` is the text that comes with the command. What
    /// somebody else did in between only stands against it where it replaced the same.
    ///
    /// # Errors
    /// [`AppError::Conflict`] if it does; else see [`AppError`]. On any error nothing was done.
    pub async fn work_case(
        &self,
        who: &Principal,
        no: i64,
        seen: i64,
        mut command: Command,
        written: Option<&Written>,
    ) -> Result<(), AppError> {
        let grant = self.grant_for_case(who, &command).await?;
        let erases = matches!(
            command,
            Command::EraseText { .. } | Command::EraseFile { .. }
        );
        if let Command::EraseFile { held, .. } = &mut command {
            *held = self.store.case_held(no, self.clock.now()).await?;
        }
        if let Command::Link { no: report } = &command
            && self.store.report(*report).await?.is_none()
        {
            return Err(AppError::NotFound);
        }
        if let Command::Relate { to, .. } = &command
            && self.store.case(*to).await?.is_none()
        {
            return Err(AppError::Input(format!("there is no case {to}")));
        }
        let row = written
            .map(|written| self.text_row(0, no, grant.account(), written))
            .transpose()?;
        if let Some(row) = &row {
            command.fill(salted(&row.salt, row.text.as_bytes()).hex());
        }
        let by = Actor::User(grant.account().to_owned());
        let moment = (self.clock.now(), &by);
        self.decided_case(moment, no, seen, &command, row.as_ref())
            .await?;
        if erases {
            self.store.forget_words().await?;
            self.erased
                .store(true, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(())
    }

    pub(crate) async fn decided_case(
        &self,
        moment: (Micros, &Actor),
        no: i64,
        seen: i64,
        command: &Command,
        row: Option<&TextRow>,
    ) -> Result<(), AppError> {
        let _turn = self.case_turn(no).await;
        for _ in 0..TRIES {
            let whole = self.whole_case(no).await?;
            match self.decide_case(moment, &whole, seen, command, row).await {
                // It moved on while this was being decided: what came in between is looked at anew.
                Err(AppError::Write(WriteError::Conflict) | AppError::Conflict) => {}
                Err(AppError::Case(desk::Refusal::Moved)) => return Err(AppError::Conflict),
                other => return other,
            }
        }
        Err(AppError::Conflict)
    }

    async fn decide_case(
        &self,
        (now, by): (Micros, &Actor),
        whole: &Whole,
        seen: i64,
        command: &Command,
        row: Option<&TextRow>,
    ) -> Result<(), AppError> {
        let case = &whole.case;
        let books = self.config.case_rules.books();
        let changes = desk::decide(books, case, seen, command.clone(), now)?;
        if changes.is_empty() {
            return Ok(());
        }
        let mut title = whole.summary.title.clone();
        let mut texts = Vec::new();
        let mut events = Vec::with_capacity(changes.len());
        for change in changes {
            if let (Some(said), Some(row)) = (change.said(), row) {
                texts.push(TextRow {
                    n: said.text,
                    ..row.clone()
                });
            }
            if let (Change::Renamed { .. }, Some(row)) = (&change, row) {
                title.clone_from(&row.text);
            }
            events.push(case_event(case.no, now, by, change)?);
        }
        let texts = (&whole.texts, texts);
        let sqlite = self.store.is_sqlite();
        let unit = cairn_store::cases::change(case, &title, texts, events, sqlite);
        self.store.write(unit.map_err(damaged("clock"))?).await?;
        Ok(())
    }

    /// Taking a case for oneself is work; giving it to somebody else is the leads' to do, and so is erasing.
    async fn grant_for_case(&self, who: &Principal, command: &Command) -> Result<Grant, AppError> {
        match command {
            Command::EraseText { .. } | Command::EraseFile { .. } => {
                Ok(who.grant(Action::EraseContacts)?)
            }
            Command::SetOwner { to: Some(to) } if *to != who.account => {
                let grant = who.grant(Action::AssignReports)?;
                self.works(to).await.map(|()| grant)
            }
            Command::SetTask {
                owner: Some(to), ..
            } => {
                let grant = who.grant(Action::WorkReports)?;
                self.works(to).await.map(|()| grant)
            }
            _ => Ok(who.grant(Action::WorkReports)?),
        }
    }

    /// An account that works on reports.
    async fn works(&self, account: &str) -> Result<(), AppError> {
        let account = self.store.account(account).await?;
        if account.is_some_and(|a| !a.disabled && may(a.role, Action::WorkReports)) {
            Ok(())
        } else {
            Err(AppError::Input(
                "this account does not work on reports".into(),
            ))
        }
    }
}

fn case_event(
    case: i64,
    at: Micros,
    by: &Actor,
    change: Change,
) -> Result<(Event, Entry), AppError> {
    let event = Event {
        case,
        at,
        by: by.clone(),
        change,
    };
    let json = serde_json::to_string(&event).map_err(damaged("event"))?;
    let entry = Entry::of_case(at.0, case, json, random()?);
    Ok((event, entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_are_there() {
        let rules = Rules::default();
        assert!(rules.cases.schemes().len() >= 3 && !rules.clocks.rules().is_empty());
    }
}
