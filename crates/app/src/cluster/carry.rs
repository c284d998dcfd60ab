//! What was decided for a cluster is done to its reports, one after the other, each in one unit with the note that it is done.

use std::collections::BTreeMap;

use cairn_desk::cluster::Decision;
use cairn_desk::report::{Command, State, decide_all};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::cluster::{self as store, Due};
use cairn_store::keys::random;
use cairn_store::report::NewMessage;
use cairn_store::writer::Unit;

use crate::App;
use crate::report::{AppError, Whole, damaged};

/// Reports of one turn.
const BATCH: i64 = 100;

impl App {
    /// Does what decisions say and what is due. Gives to how many reports.
    ///
    /// # Errors
    /// See [`AppError`]; those before are done.
    pub async fn carry_out_decisions(&self) -> Result<usize, AppError> {
        let mut carried = 0;
        for due in self.store.cluster_due(self.clock.now(), BATCH).await? {
            match self.carry_out(&due).await {
                Ok(()) => carried += 1,
                // The report moved on, or the decision was undone: it is looked at again next time.
                Err(AppError::Conflict) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(carried)
    }

    async fn carry_out(&self, due: &Due) -> Result<(), AppError> {
        let what: Decision = serde_json::from_str(&due.what).map_err(damaged("decision"))?;
        let whole = self.whole(due.report).await?;
        let by = due.account.clone().map_or(Actor::System, Actor::User);
        let mut commands = Vec::new();
        let mut message = None;
        // Closed reports stay as they are: the decision is for the open ones.
        if whole.standing.state != State::Closed {
            commands = sorted(&what, &whole);
            if let Some(reply) = what.reply.as_deref().filter(|_| !due.told) {
                let (command, words) = self.words(reply, &whole, &by).await?;
                commands.push(command);
                message = Some(words);
            }
            commands.extend(what.outcome.map(|outcome| Command::Close { outcome }));
        }
        // What follows by itself from an anonymous report's coming must not tell when that was.
        let by_itself = whole.body.anonymous && due.account.is_none();
        let at = if by_itself {
            due.run_at
        } else {
            self.clock.now()
        };
        let changes = decide_all(&whole.standing, commands)?;
        let mut unit = if changes.is_empty() {
            Unit::default()
        } else {
            self.unit_at(&whole, &by, changes, message, at)?
        };
        store::done(&mut unit, due.report, due.decision);
        self.write_cluster(unit).await
    }

    /// The reply in the reporter's language, where it was written in it.
    async fn words(
        &self,
        reply: &str,
        whole: &Whole,
        by: &Actor,
    ) -> Result<(Command, NewMessage), AppError> {
        let stored = self.store.cluster_reply(reply).await?;
        let stored = stored.ok_or(AppError::NotFound)?;
        let texts: BTreeMap<String, String> =
            serde_json::from_str(&stored.text).map_err(damaged("reply"))?;
        let own = texts.get(&whole.body.language);
        let text = own.or_else(|| texts.values().next()).cloned();
        let text = text.ok_or(AppError::NotFound)?;
        let salt = random::<16>()?;
        let command = Command::OfficerWrite {
            digest: salted(&salt, text.as_bytes()).hex(),
            waits: false,
        };
        let author = match by {
            Actor::User(id) => id.clone(),
            other => other.to_string(),
        };
        let message = NewMessage {
            n: whole.standing.messages + 1,
            author: Some(author),
            at: Micros(0),
            waits: false,
            salt,
            text,
            by_mail: false,
        };
        Ok((command, message))
    }
}

/// Category and severity, where they differ from what the report has.
fn sorted(what: &Decision, whole: &Whole) -> Vec<Command> {
    let standing = &whole.standing;
    let mut commands = Vec::new();
    if let Some(category) = &what.category
        && (&standing.category, &standing.subtype) != (category, &what.subtype)
    {
        commands.push(Command::Categorise {
            category: category.clone(),
            subtype: what.subtype.clone(),
        });
    }
    if let Some(severity) = what.severity.filter(|level| *level != standing.severity) {
        commands.push(Command::SetSeverity { severity });
    }
    commands
}
