//! Mail about the reply of a decision on a cluster: where it would reach many reporters, a second officer must agree. What was decided is
//! done to the reports by then, and stands on their status pages; only the mail waits.

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::bulk::{REPLIES_ALONE_MAX, Stage, Wish, decide};
use cairn_desk::notify::Notice;
use cairn_kernel::actor::Actor;
use cairn_store::cluster::{self as store, Due, HeldMail, Mail};
use cairn_store::job;
use cairn_store::writer::{Unit, WriteError};

use super::TRIES;
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, MailJob};

/// Mails that are released in one turn.
const BATCH: i64 = 100;

/// Mail about a reply that waits for somebody, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What it is.
    pub mail: Mail,
    /// So many mails wait.
    pub held: i64,
}

impl App {
    /// Puts the mail about a message of a decision where it belongs: on its way; behind a second officer's word; or nowhere, where
    /// that was a no.
    pub(super) async fn mail_or_hold(
        &self,
        unit: &mut Unit,
        due: &Due,
        mail: MailJob,
    ) -> Result<(), AppError> {
        let stage = match self.store.cluster_mail(due.decision).await? {
            Some(known) => known.stage,
            None => {
                let many = self
                    .store
                    .decision_reaches_more(due.decision, REPLIES_ALONE_MAX);
                if many.await? {
                    self.ask_second(due).await?
                } else {
                    Stage::Doing
                }
            }
        };
        match stage {
            Stage::Asked => store::hold_mail(
                unit,
                HeldMail {
                    decision: due.decision,
                    report: due.report,
                    message: mail.message,
                },
            ),
            Stage::Doing => mail.enqueue(unit),
            _ => {}
        }
        Ok(())
    }

    /// From now on the mail of this decision waits; its stage, if somebody was quicker.
    async fn ask_second(&self, due: &Due) -> Result<Stage, AppError> {
        let decider = match &due.account {
            Some(account) => Some(account.clone()),
            None => self.store.decider(due.decision).await?,
        };
        let place = self.store.cluster_of(due.report).await?;
        let mail = Mail {
            decision: due.decision,
            head: place.ok_or(AppError::NotFound)?.head.0,
            account: decider.unwrap_or_default(),
            asked_at: self.clock.now(),
            stage: Stage::Asked,
            second: None,
        };
        let change = AccountChange::ClusterMail {
            decision: mail.decision,
            head: mail.head,
            stage: mail.stage,
        };
        let entry = self.account_entry(Actor::System, change)?;
        match self.store.write(store::ask_for_mail(&mail, entry)).await {
            Ok(_) => Ok(Stage::Asked),
            Err(WriteError::Duplicate) => {
                let known = self.store.cluster_mail(due.decision).await?;
                Ok(known.map_or(Stage::Asked, |known| known.stage))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// A second officer agrees to the mail of a decision, or somebody declines it: then it never leaves.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Bulk`] says why not.
    pub async fn cluster_mail_wish(
        &self,
        who: &Principal,
        decision: i64,
        wish: Wish,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let by = grant.account();
        for _ in 0..TRIES {
            let mail = self.store.cluster_mail(decision).await?;
            let mail = mail.ok_or(AppError::NotFound)?;
            let lead = who.may(Action::AssignReports);
            let to = decide(mail.stage, wish, mail.account == by, lead)?;
            let change = AccountChange::ClusterMail {
                decision,
                head: mail.head,
                stage: to,
            };
            let entry = self.account_entry(Actor::User(by.to_owned()), change)?;
            let unit = store::turn_mail(decision, (mail.stage, to), by, entry);
            match self.store.write(unit).await {
                Ok(_) => {
                    // A first part goes at once; what fails here is tried behind it, where failing is told.
                    let _later = self.release_mails().await;
                    return Ok(());
                }
                Err(WriteError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(AppError::Conflict)
    }

    /// Has mails sent that somebody agreed to. Gives how many.
    ///
    /// # Errors
    /// See [`AppError`]; those before are on their way.
    pub async fn release_mails(&self) -> Result<usize, AppError> {
        let mut released = 0;
        for held in self.store.cluster_mails_agreed(BATCH).await? {
            let mut unit = Unit::default();
            store::release_mail(&mut unit, held);
            let payload = format!("{{\"no\":{},\"message\":{}}}", held.report, held.message);
            job::enqueue(&mut unit, Notice::News.as_str(), &payload, self.clock.now());
            match self.store.write(unit).await {
                Ok(_) => released += 1,
                // It was taken back, or another one had it sent.
                Err(WriteError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(released)
    }

    /// Decisions of which mail waits for a second officer, the oldest first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn cluster_mails_asked(
        &self,
        who: &Principal,
    ) -> Result<Visible<Vec<Asked>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let mut asked = Vec::new();
        for mail in self.store.cluster_mails_asked().await? {
            let held = self.store.cluster_mails_held(mail.decision).await?;
            asked.push(Asked { mail, held });
        }
        Ok(grant.show(asked))
    }

    /// The mail of a decision, where it waits for a second officer or did.
    pub(super) async fn asked_of(&self, decision: i64) -> Result<Option<Asked>, AppError> {
        let Some(mail) = self.store.cluster_mail(decision).await? else {
            return Ok(None);
        };
        let held = self.store.cluster_mails_held(decision).await?;
        Ok(Some(Asked { mail, held }))
    }
}
