//! Coming from elsewhere: an old ticket becomes a report, and a case where the source calls it one. It is what it was: received when
//! its source says, in the channel "imported". Nobody is told by mail, no rule runs on it, no clock starts, and it is left out of the
//! public figures unless that is asked for. The log says what is so: that it was taken over now, from where, and when the source says
//! that it happened.

pub mod beside;
mod case;
mod http;
pub mod rt;

use std::collections::BTreeSet;

use cairn_desk::access::{Action, Visible};
use cairn_desk::import::{
    Entry as OldEntry, Head, OldFile, Sort, Source, Taken, Ticket, decide, refile, typed_number,
};
use cairn_desk::report::{
    Affected, Answer, Body, Change, Channel, Contact, Draft, Event, FileRef, Standing, State,
};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::Actor;
use cairn_kernel::label::Label;
use cairn_kernel::observable::{OBSERVABLES_MAX, extract_for};
use cairn_kernel::reference::Secret;
use cairn_kernel::text::{fold, title};
use cairn_kernel::time::Micros;
use cairn_store::import::{KeptOld, OldRef, keep_old, take};
use cairn_store::keys::{Purpose, random};
use cairn_store::report::{NewReport, Summary};
use cairn_store::writer::Entry;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, Whole, damaged};

/// Tries when others work on the report in the same instant.
const TRIES: usize = 8;
/// Answer code of what the first message says.
const STORY: &str = "story";

/// How an import is to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Count what is imported in the public figures of the quarter in which it came in.
    pub counts: bool,
}

/// What is known here of an old ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Reference of its report, if it was taken before.
    pub reference: Option<String>,
    /// Those of the keys that were asked about that are here.
    pub keys: BTreeSet<String>,
}

/// What became of an old ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Reference of its report.
    pub reference: String,
    /// It was not here before.
    pub new: bool,
    /// Entries added.
    pub entries: u64,
    /// Files added.
    pub files: u64,
    /// Something else of it was changed here, as it was in the source.
    pub changed: bool,
    /// It moved on in the source, and a person worked on it here: it was left as it stands here.
    pub apart: bool,
    /// Its text was erased here by a rule: nothing of it was taken.
    pub erased: bool,
}

/// What is to be written of a ticket.
struct Rows {
    events: Vec<(Event, Entry)>,
    kept: Vec<(Change, KeptOld)>,
}

impl App {
    /// Which entries and files of an old ticket are here. Its other numbers lead to it too.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn import_known(
        &self,
        source: Source,
        numbers: &[String],
        keys: &[String],
    ) -> Result<Known, AppError> {
        let Some(no) = self.imported_as(source, numbers).await? else {
            return Ok(Known::default());
        };
        let seen: BTreeSet<Vec<u8>> = self.store.old_seen(no).await?.into_iter().collect();
        let here = keys
            .iter()
            .filter(|key| seen.contains(self.old_tag(source, key).as_slice()));
        Ok(Known {
            reference: Some(self.reference(no)),
            keys: here.cloned().collect(),
        })
    }

    /// Keeps a file of an old ticket, within the limits and checks of all files.
    ///
    /// # Errors
    /// [`AppError::FileTooLarge`], [`AppError::FileType`], or the disk said no.
    pub async fn import_file(&self, name: &str, bytes: &[u8]) -> Result<FileRef, AppError> {
        let mut taking = self.take_file()?;
        taking.push(bytes)?;
        self.keep_file(taking, Some(name)).await
    }

    /// Takes an old ticket, or what is new of it. The same again changes nothing.
    ///
    /// # Errors
    /// See [`AppError`]; on any error nothing of it was taken in this call.
    pub async fn import_ticket(
        &self,
        ticket: &Ticket,
        options: Options,
    ) -> Result<Outcome, AppError> {
        let mut numbers = vec![ticket.old.number.clone()];
        numbers.extend(ticket.old.also.iter().cloned());
        for _ in 0..TRIES {
            let done = match self.imported_as(ticket.source, &numbers).await? {
                Some(no) => self.import_more(no, ticket).await,
                None => self.import_new(ticket, options).await,
            };
            match done {
                Err(AppError::Conflict) => {}
                Ok(outcome) => {
                    let changed = self.import_case(ticket, &outcome).await?;
                    return Ok(Outcome {
                        changed: outcome.changed || changed,
                        ..outcome
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Err(AppError::Conflict)
    }

    async fn imported_as(
        &self,
        source: Source,
        numbers: &[String],
    ) -> Result<Option<i64>, AppError> {
        for number in numbers {
            if let Some(no) = self.store.old_ref(source.as_str(), number).await? {
                return Ok(Some(no));
            }
        }
        Ok(None)
    }

    fn old_tag(&self, source: Source, key: &str) -> [u8; 32] {
        let parts = [source.as_str().as_bytes(), key.as_bytes()];
        self.store.keys().tag(Purpose::OldEntry, &parts)
    }

    async fn import_new(&self, ticket: &Ticket, options: Options) -> Result<Outcome, AppError> {
        let no = self.store.next_report();
        let now = self.clock.now();
        let draft = self.old_draft(ticket);
        let reference = self.reference(no);
        let (body, contact) = salted_parts(&draft)?;
        let secret = Secret::from_random(&random()?);
        let tag = self.store.keys().tag(Purpose::Status, &[secret.as_bytes()]);
        let tlp = ticket.old.case.as_ref().map(|case| case.tlp);
        let label = tlp.unwrap_or(Label::default().tlp).as_str();
        let received = Event {
            report: no,
            at: now,
            by: Actor::System,
            change: Change::Received {
                reference: reference.clone(),
                body: salted(&body.1, body.0.as_bytes()).hex(),
                contact: contact
                    .as_ref()
                    .map(|(json, salt)| salted(salt, json.as_bytes()).hex()),
                consents: Vec::new(),
                secret: sha256(&tag).hex(),
                label: label.to_owned(),
                base_minor: Vec::new(),
            },
        };
        let event = entry_of(&received)?;
        let standing = Standing::new(&draft.body, contact.is_some(), &[]);
        let rows = self
            .rows_of_new(no, now, &standing, ticket, options)
            .await?;
        let outcome = Outcome {
            reference,
            new: true,
            entries: ticket.old.entries.len() as u64,
            files: taken_files(ticket).count() as u64,
            changed: false,
            apart: false,
            erased: false,
        };
        let new = NewReport {
            no,
            draft: &draft,
            at: now,
            quarter: self.quarter(ticket.old.received),
            label,
            body,
            contact,
            secret: tag,
            idempotency: None,
            base_minor: Vec::new(),
            event,
        };
        let mut unit = take(new, &standing, rows.events, self.store.is_sqlite());
        for (change, kept) in rows.kept {
            keep_old(&mut unit, no, now, &change, kept);
        }
        // Where another import of the same took its number in the same instant, this is a conflict.
        self.store.write(unit).await?;
        Ok(outcome)
    }

    async fn rows_of_new(
        &self,
        no: i64,
        now: Micros,
        standing: &Standing,
        ticket: &Ticket,
        options: Options,
    ) -> Result<Rows, AppError> {
        let filed = &ticket.filed;
        // How it was filed is in its body; that it is closed is an event with its outcome.
        let state = if filed.state == State::Closed {
            State::Open
        } else {
            filed.state
        };
        let mut changes = vec![Change::Imported {
            source: ticket.source.as_str().to_owned(),
            number: ticket.old.number.clone(),
            happened: ticket.old.received,
            counts: options.counts,
            state,
        }];
        if let Some(to) = self.account_of_login(filed.assignee.as_deref()).await? {
            changes.push(Change::Assigned { to: Some(to) });
        }
        let new = decide(standing, &Taken::default(), ticket);
        let mut rows = self.rows(
            no,
            now,
            standing,
            ticket,
            changes,
            (&new.entries, &new.files, &new.numbers),
        )?;
        if let Some(outcome) = filed
            .outcome
            .clone()
            .filter(|_| filed.state == State::Closed)
        {
            rows.push(no, now, Change::Closed { outcome })?;
        }
        Ok(rows)
    }

    /// The events of what is new, and what is kept beside them.
    fn rows(
        &self,
        no: i64,
        now: Micros,
        standing: &Standing,
        ticket: &Ticket,
        first: Vec<Change>,
        (entries, files, numbers): (&[usize], &[usize], &[&str]),
    ) -> Result<Rows, AppError> {
        let mut rows = Rows {
            events: Vec::new(),
            kept: Vec::new(),
        };
        for change in first {
            rows.push(no, now, change)?;
        }
        for number in numbers {
            let source = ticket.source.as_str().to_owned();
            let number = (*number).to_owned();
            rows.push(no, now, Change::OldNumber { source, number })?;
        }
        let mut here: BTreeSet<&str> = standing.files.iter().map(String::as_str).collect();
        let mut all: Vec<OldEntry> = entries
            .iter()
            .filter_map(|at| ticket.old.entries.get(*at))
            .cloned()
            .collect();
        for file in files.iter().filter_map(|at| ticket.old.files.get(*at)) {
            let Some(taken) = &file.taken else { continue };
            if here.insert(&taken.sha256) {
                rows.push(
                    no,
                    now,
                    Change::FileAdded {
                        file: taken.clone(),
                    },
                )?;
            }
            all.push(file_entry(file, taken));
        }
        all.sort_by_key(|entry| entry.at);
        for (entry, n) in all.iter().zip(standing.old + 1..) {
            let (change, kept) = self.kept(ticket, entry, n)?;
            rows.push(no, now, change.clone())?;
            rows.kept.push((change, kept));
        }
        Ok(rows)
    }

    fn kept(
        &self,
        ticket: &Ticket,
        entry: &OldEntry,
        n: i64,
    ) -> Result<(Change, KeptOld), AppError> {
        let head = Head {
            author: entry.author.clone(),
            login: entry
                .author
                .as_ref()
                .and_then(|author| ticket.logins.get(author))
                .cloned(),
            subject: entry.subject.clone(),
        };
        let head = serde_json::to_string(&head).map_err(damaged("entry"))?;
        let (head_salt, text_salt) = (random::<16>()?, random::<16>()?);
        let change = Change::OldEntry {
            entry: n,
            happened: entry.at,
            sort: entry.sort,
            head: salted(&head_salt, head.as_bytes()).hex(),
            text: salted(&text_salt, entry.text.as_bytes()).hex(),
        };
        let kept = KeptOld {
            seen: self.old_tag(ticket.source, &entry.key),
            head: (head, head_salt),
            text: (entry.text.clone(), text_salt),
        };
        Ok((change, kept))
    }

    async fn import_more(&self, no: i64, ticket: &Ticket) -> Result<Outcome, AppError> {
        let whole = self.whole(no).await?;
        let taken = self.taken(&whole, ticket).await?;
        let mut outcome = Outcome {
            reference: whole.reference.clone(),
            erased: whole.standing.bare,
            ..Outcome::default()
        };
        let new = decide(&whole.standing, &taken, ticket);
        outcome.entries = new.entries.len() as u64;
        let files: Vec<usize> = new
            .files
            .into_iter()
            .filter(|at| {
                ticket
                    .old
                    .files
                    .get(*at)
                    .is_some_and(|file| file.taken.is_some())
            })
            .collect();
        outcome.files = files.len() as u64;
        let now = self.clock.now();
        let mut rows = self.rows(
            no,
            now,
            &whole.standing,
            ticket,
            Vec::new(),
            (&new.entries, &files, &new.numbers),
        )?;
        if !outcome.erased {
            let to = self
                .account_of_login(ticket.filed.assignee.as_deref())
                .await?;
            match refile(&whole.standing, taken.touched, &ticket.filed, to.as_deref()) {
                None => outcome.apart = true,
                Some(changes) => {
                    outcome.changed = !changes.is_empty() || !new.numbers.is_empty();
                    for change in changes {
                        rows.push(no, now, change)?;
                    }
                }
            }
        }
        if rows.events.is_empty() {
            return Ok(outcome);
        }
        let mut unit = cairn_store::report::change(no, &whole.standing, rows.events, None);
        // What is taken over now was not among the words that it came with.
        if !rows.kept.is_empty() || !new.numbers.is_empty() {
            cairn_store::reword::changed(&mut unit, no);
        }
        for (change, kept) in rows.kept {
            keep_old(&mut unit, no, now, &change, kept);
        }
        self.store.write(unit).await?;
        Ok(outcome)
    }

    async fn taken(&self, whole: &Whole, ticket: &Ticket) -> Result<Taken, AppError> {
        let seen: BTreeSet<Vec<u8>> = self
            .store
            .old_seen(whole.summary.no)
            .await?
            .into_iter()
            .collect();
        let is_here = |key: &str| seen.contains(self.old_tag(ticket.source, key).as_slice());
        let old = &ticket.old;
        let refs = self.store.old_refs_of(whole.summary.no).await?;
        let source = ticket.source.as_str();
        let mine = refs.into_iter().filter(|one| one.source == source);
        let mut numbers: BTreeSet<String> = mine.map(|one| one.number).collect();
        // One that was merged in the source after it was taken leads to its own report still.
        for number in &old.also {
            if !numbers.contains(number) && self.store.old_ref(source, number).await?.is_some() {
                numbers.insert(number.clone());
            }
        }
        let entries = old.entries.iter().enumerate();
        let files = old.files.iter().enumerate();
        Ok(Taken {
            entries: entries
                .filter(|(_, one)| is_here(&one.key))
                .map(|(at, _)| at)
                .collect(),
            files: files
                .filter(|(_, one)| is_here(&one.key))
                .map(|(at, _)| at)
                .collect(),
            numbers,
            touched: whole
                .history
                .iter()
                .any(|line| line.event.by != Actor::System),
        })
    }

    /// The account that works on reports under a login; nobody if there is none.
    pub(crate) async fn account_of_login(
        &self,
        login: Option<&str>,
    ) -> Result<Option<String>, AppError> {
        let Some(login) = login else { return Ok(None) };
        let accounts = self.store.accounts().await?;
        let works = |one: &&cairn_store::account::Account| {
            one.login == login
                && !one.disabled
                && cairn_desk::access::may(one.role, Action::WorkReports)
        };
        Ok(accounts.iter().find(works).map(|one| one.id.clone()))
    }

    fn old_draft(&self, ticket: &Ticket) -> Draft {
        let (old, filed) = (&ticket.old, &ticket.filed);
        let mut answers = std::collections::BTreeMap::new();
        if !old.story.trim().is_empty() {
            answers.insert(STORY.to_owned(), Answer::Text(old.story.clone()));
        }
        let written = old
            .entries
            .iter()
            .filter(|entry| entry.sort != Sort::Change);
        let texts: Vec<&str> = written.map(|entry| entry.text.as_str()).collect();
        let text = format!("{} {}\n{}", old.title, old.number, texts.join("\n"));
        let seen = format!("{}\n{}\n{}", old.title, old.story, old.seen.join("\n"));
        let mut observables = extract_for(&seen, self.form.calling_code());
        observables.truncate(OBSERVABLES_MAX);
        let heading = if old.title.trim().is_empty() {
            &old.story
        } else {
            &old.title
        };
        Draft {
            search_text: fold(&text),
            contact: old
                .contact
                .clone()
                .filter(|contact: &Contact| !contact.is_empty()),
            consents: Vec::new(),
            body: Body {
                form: self.form.name().to_owned(),
                language: self.form.language("en").to_owned(),
                channel: Channel::Imported,
                anonymous: false,
                answers,
                category: filed.category.clone(),
                subtype: filed.subtype.clone(),
                severity: filed.severity,
                affected: Affected::Individual,
                losses: Vec::new(),
                loss_known: false,
                observables,
                files: Vec::new(),
                occurred: None,
                region: None,
                age_band: None,
                sector: None,
                wants_help: false,
                title: title(heading),
                mail: None,
                suspect: false,
            },
        }
    }

    /// Today's address of what a source knew by a number: the reference of its report, and the number of its case where it is one.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also for who may not read reports of this.
    pub async fn old_place(
        &self,
        who: &Principal,
        source: &str,
        number: &str,
    ) -> Result<Visible<(String, Option<i64>)>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let source = Source::parse(source).ok_or(AppError::NotFound)?;
        let number = as_kept(Some(source), number).ok_or(AppError::NotFound)?;
        let no = self
            .store
            .old_ref(source.as_str(), &number)
            .await?
            .ok_or(AppError::NotFound)?;
        let case = match source {
            Source::Thehive4 | Source::Iris => {
                self.store.cases_of(no).await?.first().map(|case| case.no)
            }
            _ => None,
        };
        Ok(grant.show((self.reference(no), case)))
    }

    /// The reports that other systems knew by what somebody typed. `None` where it is no old number and does not ask for one.
    pub(crate) async fn old_found(&self, typed: &str) -> Result<Option<Vec<Summary>>, AppError> {
        let asked = typed.trim().starts_with("old:");
        let Some((source, number)) = typed_number(typed) else {
            return Ok(asked.then(Vec::new));
        };
        let Some(number) = as_kept(source, &number) else {
            return Ok(None);
        };
        let mut found = Vec::new();
        for one in self.store.old_refs(&number).await? {
            let OldRef { source: of, no, .. } = one;
            if source.is_none_or(|source| source.as_str() == of)
                && let Some(row) = self.store.report(no).await?
            {
                found.push(row);
            }
        }
        Ok((asked || !found.is_empty()).then_some(found))
    }
}

/// A number as it is kept: of a mailbox the digest of the Message-ID.
fn as_kept(source: Option<Source>, typed: &str) -> Option<String> {
    let number = cairn_desk::import::number(typed)?;
    let mail = source == Some(Source::Mbox) || (source.is_none() && number.starts_with('<'));
    if mail && number.contains('@') {
        let bare = number.trim_start_matches('<').trim_end_matches('>');
        return Some(mail_number(bare.as_bytes()));
    }
    Some(number)
}

/// The number of a mail: the first 128 bits of the SHA-256 of its Message-ID, hexadecimal.
#[must_use]
pub fn mail_number(id: &[u8]) -> String {
    sha256(id).hex().chars().take(32).collect()
}

fn taken_files(ticket: &Ticket) -> impl Iterator<Item = &OldFile> {
    ticket.old.files.iter().filter(|file| file.taken.is_some())
}

fn file_entry(file: &OldFile, taken: &FileRef) -> OldEntry {
    OldEntry {
        key: file.key.clone(),
        at: file.at,
        sort: Sort::File,
        author: file.author.clone(),
        subject: String::new(),
        text: format!(
            "{}\n{} bytes, SHA-256 {}",
            file.name, taken.size, taken.sha256
        ),
    }
}

type Salted = (String, [u8; 16]);

fn salted_parts(draft: &Draft) -> Result<(Salted, Option<Salted>), AppError> {
    let body = serde_json::to_string(&draft.body).map_err(damaged("body"))?;
    let contact = match &draft.contact {
        Some(contact) => Some((
            serde_json::to_string(contact).map_err(damaged("contact"))?,
            random()?,
        )),
        None => None,
    };
    Ok(((body, random()?), contact))
}

fn entry_of(event: &Event) -> Result<Entry, AppError> {
    let json = serde_json::to_string(event).map_err(damaged("event"))?;
    Ok(Entry::new(
        event.at.0,
        Some(event.report),
        json,
        random::<16>()?,
    ))
}

impl Rows {
    fn push(&mut self, no: i64, at: Micros, change: Change) -> Result<(), AppError> {
        let event = Event {
            report: no,
            at,
            by: Actor::System,
            change,
        };
        let entry = entry_of(&event)?;
        self.events.push((event, entry));
        Ok(())
    }
}
