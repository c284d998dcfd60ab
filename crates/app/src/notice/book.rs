//! The book of rules: written, tried out and switched on as rules of the desk are, always by two people, since it writes to others.

use cairn_desk::access::{Action, Visible};
use cairn_desk::notice::{BOOK, Book, BookFault, Trial};
use cairn_desk::rules::{self, Command, Event, Refusal, Rule};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::feeds::FeedStore;
use cairn_store::keys::random;
use cairn_store::notice::{Mark, forget_due, mark};
use cairn_store::rules as store;
use cairn_store::writer::{Unit, WriteError};

use super::BookOn;
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};
use crate::rules::rule_event;

/// A version of the book.
#[derive(Debug, Clone)]
pub struct BookSaid {
    /// Number, from 1.
    pub version: u32,
    /// When it was written.
    pub at: Micros,
    /// By which account.
    pub account: String,
    /// As it was written.
    pub text: String,
    /// What it says; `None` if this program does not read it any more.
    pub book: Option<Book>,
    /// Result of its newest dry run.
    pub trial: Option<Trial>,
}

/// The book whole.
#[derive(Debug, Clone, Default)]
pub struct BookWhole {
    /// Where it stands; `None` before the first version.
    pub rule: Option<Rule>,
    /// Versions, the newest first.
    pub versions: Vec<BookSaid>,
    /// What happened, oldest first.
    pub history: Vec<Event>,
}

fn said(version: store::Version) -> Result<BookSaid, AppError> {
    let trial = version.trial.as_deref();
    let trial = trial.map(|json| serde_json::from_str(json).map_err(damaged("trial")));
    Ok(BookSaid {
        version: version.version,
        at: version.at,
        account: version.account,
        book: Book::parse(&version.content).ok(),
        text: version.content,
        trial: trial.transpose()?,
    })
}

impl App {
    /// The book.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn notice_book(&self, who: &Principal) -> Result<Visible<BookWhole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let versions = self.store.rule_versions(BOOK).await?.into_iter();
        let events = self.store.rule_events(BOOK).await?;
        let history = events
            .iter()
            .map(|json| serde_json::from_str(json).map_err(damaged("event")));
        Ok(grant.show(BookWhole {
            rule: self.store.rule(BOOK).await?,
            versions: versions.map(said).collect::<Result<_, _>>()?,
            history: history.collect::<Result<_, _>>()?,
        }))
    }

    /// Writes a version. `seen`: the events of the book that were seen, 0 before the first. What is wrong with the text is no error.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn write_book(
        &self,
        who: &Principal,
        seen: i64,
        text: &str,
    ) -> Result<Result<(), BookFault>, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let text = text.replace("\r\n", "\n");
        if let Err(fault) = Book::parse(&text) {
            return Ok(Err(fault));
        }
        let salt = random::<16>()?;
        let command = Command::Write {
            digest: salted(&salt, text.as_bytes()).hex(),
            // It writes to others: a second person switches it on.
            replies: true,
        };
        let _turn = self.rules_turn.lock().await;
        let before = self.book_seen(seen).await?;
        self.change_book(
            before.as_ref(),
            command,
            grant.account(),
            Some((salt, text)),
        )
        .await?;
        Ok(Ok(()))
    }

    async fn book_seen(&self, seen: i64) -> Result<Option<Rule>, AppError> {
        let rule = self.store.rule(BOOK).await?;
        let steps = rule.as_ref().map_or(0, |rule| rule.steps);
        if steps == seen {
            Ok(rule)
        } else {
            Err(Refusal::Moved.into())
        }
    }

    /// Asks for a second person, declines, switches on or off.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn work_book(
        &self,
        who: &Principal,
        seen: i64,
        command: Command,
    ) -> Result<(), AppError> {
        let needs = match command {
            Command::SwitchOn { .. } => Action::ManageRules,
            _ => Action::WorkReports,
        };
        let grant = who.grant(needs)?;
        let _turn = self.rules_turn.lock().await;
        let rule = match command {
            // In a hurry nobody should have to look again.
            Command::SwitchOff => self.store.rule(BOOK).await?,
            _ => self.book_seen(seen).await?,
        };
        let rule = rule.ok_or(AppError::NotFound)?;
        self.change_book(Some(&rule), command, grant.account(), None)
            .await
    }

    /// Keeps the result of a dry run of the newest version.
    pub(super) async fn book_tried(
        &self,
        rule: &Rule,
        trial: &Trial,
        by: &str,
    ) -> Result<(), AppError> {
        let ((salt, json), digest) = super::salted_json(trial)?;
        let command = Command::Try {
            version: rule.version,
            digest,
            counts: (trial.looked, trial.told),
        };
        self.change_book(Some(rule), command, by, Some((salt, json)))
            .await
    }

    /// More is due than anybody meant: the book is off until it was tried out anew.
    pub(super) async fn stop_book(&self, hits: u64) -> Result<(), AppError> {
        let _turn = self.rules_turn.lock().await;
        let Some(rule) = self.store.rule(BOOK).await? else {
            return Ok(());
        };
        tracing::warn!(hits, "the book of rules for notices switched itself off");
        self.write_book_event(Some(&rule), Command::Stop { hits }, Actor::System, None)
            .await
    }

    async fn change_book(
        &self,
        rule: Option<&Rule>,
        command: Command,
        account: &str,
        text: Option<store::Salted>,
    ) -> Result<(), AppError> {
        let by = Actor::User(account.to_owned());
        self.write_book_event(rule, command, by, text).await
    }

    async fn write_book_event(
        &self,
        rule: Option<&Rule>,
        command: Command,
        by: Actor,
        text: Option<store::Salted>,
    ) -> Result<(), AppError> {
        let on = matches!(command, Command::SwitchOn { .. });
        let now = self.clock.now();
        let change = rules::decide(rule, command, &by.account(), now)?;
        let (event, entry) = rule_event(BOOK, now, by, change)?;
        let mut unit = match rule {
            None => {
                let first = Rule::new(&event).ok_or(AppError::NotFound)?;
                store::write(&first, text.unwrap_or_default(), entry)
            }
            Some(rule) => {
                let mut after = rule.clone();
                after.apply(&event);
                store::change(&event, &after, text, entry)
            }
        };
        if on {
            self.begin_notices(&mut unit, rule.is_some_and(|rule| rule.on.is_none()))
                .await?;
        }
        match self.store.write(unit).await {
            Ok(_) => Ok(()),
            Err(WriteError::Duplicate | WriteError::Conflict) => Err(Refusal::Moved.into()),
            Err(other) => Err(other.into()),
        }
    }

    /// What came in before a book is on is nobody's business; what another book found due is judged anew.
    async fn begin_notices(&self, unit: &mut Unit, was_off: bool) -> Result<(), AppError> {
        let before = self.store.notice_mark().await?;
        if before.is_none() || was_off {
            let segment = self
                .machine(FeedStore::last_segment)
                .await?
                .unwrap_or_default();
            let after = Mark {
                segment,
                place: 0,
                ..before.unwrap_or_default()
            };
            if before != Some(after) {
                mark(unit, before, after);
            }
        }
        forget_due(unit);
        Ok(())
    }

    /// The book that is on. One that this program cannot read does nothing; its page says so.
    pub(super) async fn book_on(&self) -> Result<Option<BookOn>, AppError> {
        let rule = self.store.rule(BOOK).await?;
        let Some(version) = rule.and_then(|rule| rule.on) else {
            return Ok(None);
        };
        let row = self.store.rule_version(BOOK, version).await?;
        let book = row.and_then(|row| Book::parse(&row.content).ok());
        if book.is_none() {
            tracing::error!(version, "the book of rules for notices cannot be read");
        }
        Ok(book.map(|book| BookOn { version, book }))
    }
}
