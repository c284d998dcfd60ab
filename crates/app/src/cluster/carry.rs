//! What was decided for a cluster is done to its reports, one after the other, each in one unit with the note that it is done.

use cairn_desk::bulk::Deeds;
use cairn_desk::cluster::Decision;
use cairn_desk::report::State;
use cairn_kernel::actor::Actor;
use cairn_store::cluster::{self as store, Due};
use cairn_store::report::NewMessage;
use cairn_store::writer::Unit;

use crate::App;
use crate::report::{AppError, Whole, damaged, words_to};

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
        let told = due.told || whole.standing.state == State::Closed;
        let words = match what.reply.as_deref().filter(|_| !told) {
            Some(reply) => Some(self.words(reply, &whole, &by).await?),
            None => None,
        };
        let (digest, message) = words.unzip();
        let deeds = Deeds {
            category: what.category.map(|category| (category, what.subtype)),
            severity: what.severity,
            outcome: what.outcome,
            ..Deeds::default()
        };
        // What follows by itself from an anonymous report's coming must not tell when that was.
        let by_itself = whole.body.anonymous && due.account.is_none();
        let at = if by_itself {
            due.run_at
        } else {
            self.clock.now()
        };
        let changes = deeds.on(&whole.standing, digest)?;
        let mut unit = Unit::default();
        if !changes.is_empty() {
            let (rows, mail) = self.rows_at(&whole, &by, changes, message, at)?;
            unit = rows;
            if let Some(mail) = mail {
                self.mail_or_hold(&mut unit, due, mail).await?;
            }
        }
        store::done(&mut unit, due.report, due.decision);
        self.write_cluster(unit).await
    }

    /// The reply in the reporter's language, where it was written in it.
    async fn words(
        &self,
        reply: &str,
        whole: &Whole,
        by: &Actor,
    ) -> Result<(String, NewMessage), AppError> {
        let stored = self.store.cluster_reply(reply).await?;
        let stored = stored.ok_or(AppError::NotFound)?;
        let texts = serde_json::from_str(&stored.text).map_err(damaged("reply"))?;
        words_to(whole, &texts, by)?.ok_or(AppError::NotFound)
    }
}
