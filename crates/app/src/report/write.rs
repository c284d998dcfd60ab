//! What is decided on a report, and the rows that come of it.

use std::collections::BTreeMap;

use cairn_desk::notify::Notice;
use cairn_desk::report::{Change, Command, Event, MessageText, decide, undo::leaves_at};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::job;
use cairn_store::keys::random;
use cairn_store::report::NewMessage;
use cairn_store::writer::{Entry, Unit};

use super::{AppError, Whole, blur, damaged};
use crate::App;
use crate::openpgp::Sealing;

/// The words of one text in several languages to a reporter: in their own where it was written in it, else in the first one. With
/// the digest that names them in the log; none where nothing was written.
pub(crate) fn words_to(
    whole: &Whole,
    texts: &BTreeMap<String, String>,
    by: &Actor,
) -> Result<Option<(String, NewMessage)>, AppError> {
    let own = texts.get(&whole.body.language);
    let Some(text) = own.or_else(|| texts.values().next()).cloned() else {
        return Ok(None);
    };
    let salt = random::<16>()?;
    let digest = salted(&salt, text.as_bytes()).hex();
    let message = NewMessage {
        n: whole.standing.messages + 1,
        author: Some(by.account()),
        at: Micros(0),
        waits: false,
        salt,
        text,
        by_mail: false,
        seal: None,
    };
    Ok(Some((digest, message)))
}

impl App {
    /// A message either way. An officer's waits for an answer or not, and its text goes by mail or not.
    pub(crate) async fn write_message(
        &self,
        whole: &Whole,
        by: Actor,
        author: Option<String>,
        text: MessageText,
        (waits, by_mail, sealing): (bool, bool, Option<Sealing>),
    ) -> Result<(), AppError> {
        let salt = random::<16>()?;
        let text = text.into_string();
        let digest = salted(&salt, text.as_bytes()).hex();
        let command = if author.is_some() {
            Command::OfficerWrite { digest, waits }
        } else {
            Command::ReporterWrite { digest }
        };
        let message = NewMessage {
            n: whole.standing.messages + 1,
            author,
            at: Micros(0),
            waits,
            salt,
            text,
            by_mail,
            seal: sealing.map(|sealing| sealing.as_str().to_owned()),
        };
        self.command(whole, by, command, Some(message)).await
    }

    /// Decides a command on a report and writes what comes of it.
    pub(crate) async fn command(
        &self,
        whole: &Whole,
        by: Actor,
        command: Command,
        message: Option<NewMessage>,
    ) -> Result<(), AppError> {
        let changes = decide(&whole.standing, command)?;
        if changes.is_empty() {
            return Ok(());
        }
        let unit = self.unit_of(whole, &by, changes, message)?;
        self.store.write(unit).await?;
        Ok(())
    }

    /// The rows of changes to a report.
    pub(crate) fn unit_of(
        &self,
        whole: &Whole,
        by: &Actor,
        changes: Vec<Change>,
        message: Option<NewMessage>,
    ) -> Result<Unit, AppError> {
        let at = blur(
            self.clock.now(),
            whole.body.anonymous && *by == Actor::Reporter,
        );
        self.unit_at(whole, by, changes, message, at)
    }

    /// The rows of changes that happened at a given time, with the mail about a message.
    pub(crate) fn unit_at(
        &self,
        whole: &Whole,
        by: &Actor,
        changes: Vec<Change>,
        message: Option<NewMessage>,
        at: Micros,
    ) -> Result<Unit, AppError> {
        let (mut unit, mail) = self.rows_at(whole, by, changes, message, at)?;
        if let Some(mail) = mail {
            mail.enqueue(&mut unit);
        }
        Ok(unit)
    }

    /// The rows of changes that happened at a given time; the mail about a message apart, where its reporter can be told by one.
    pub(crate) fn rows_at(
        &self,
        whole: &Whole,
        by: &Actor,
        changes: Vec<Change>,
        message: Option<NewMessage>,
        at: Micros,
    ) -> Result<(Unit, Option<MailJob>), AppError> {
        let no = whole.summary.no;
        let mut events = Vec::with_capacity(changes.len());
        for change in changes {
            let event = Event {
                report: no,
                at,
                by: by.clone(),
                change,
            };
            let json = serde_json::to_string(&event).map_err(damaged("event"))?;
            let entry = Entry::new(at.0, Some(no), json, random::<16>()?);
            events.push((event, entry));
        }
        let message = message.map(|message| NewMessage { at, ..message });
        let told = message
            .as_ref()
            .filter(|message| message.author.is_some())
            .map(|message| (message.n, message.by_mail, message.seal.clone()));
        let unit = cairn_store::report::change(no, &whole.standing, events, message);
        let reachable = whole
            .contact
            .as_ref()
            .is_some_and(|contact| contact.email.is_some());
        let told = told.filter(|_| reachable && self.config.mail.is_some());
        let mail = told.map(|(n, by_mail, seal)| MailJob {
            message: n,
            notice: if by_mail { Notice::Reply } else { Notice::News },
            payload: match seal {
                Some(seal) => {
                    format!("{{\"no\":{no},\"message\":{n},\"sealing\":\"{seal}\"}}")
                }
                None => format!("{{\"no\":{no},\"message\":{n}}}"),
            },
            // Until then the officer can take the message back.
            leaves: leaves_at(at, self.config.undo_seconds),
        });
        Ok((unit, mail))
    }
}

/// A mail about a message to a reporter.
pub(crate) struct MailJob {
    /// Number of the message.
    pub message: i64,
    notice: Notice,
    payload: String,
    leaves: Micros,
}

impl MailJob {
    /// On its way.
    pub(crate) fn enqueue(&self, unit: &mut Unit) {
        job::enqueue(unit, self.notice.as_str(), &self.payload, self.leaves);
    }
}
