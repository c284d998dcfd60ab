//! What an agency does with an API key of its own: see what was referred to it, fetch it, acknowledge it, and say what comes
//! of it. Of other reports, and of what can still be taken back, it learns nothing.

use cairn_desk::referral::{Channel, Outcome, Record};
use cairn_kernel::actor::Actor;
use cairn_store::keys::Purpose;
use cairn_store::referral::{Filter, Line, REFERRAL_ROWS_MAX};

use super::{Archive, TRIES, Words, Work};
use crate::App;
use crate::report::{AppError, Whole};

/// An agency at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its code.
    agency: String,
    /// The key.
    by: Actor,
}

/// A referral as its agency sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReferral {
    /// The report's reference.
    pub reference: String,
    /// Number within the report.
    pub no: i64,
    /// Its row.
    pub line: Line,
}

impl App {
    /// The agency that holds this API key: `Authorization: Bearer cairn_…`.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a key that is unknown, was revoked, or is no agency's.
    pub async fn agent(&self, token: &str) -> Result<Agent, AppError> {
        let tag = self.store.keys().tag(Purpose::ApiKey, &[token.as_bytes()]);
        let key = self.store.api_key(tag).await?;
        let key = key.filter(|key| key.revoked_at.is_none());
        let found = key.and_then(|key| {
            Some(Agent {
                agency: key.agency?,
                by: Actor::ApiKey(key.id),
            })
        });
        found.ok_or(AppError::NotFound)
    }

    /// What was referred to the agency by this channel, newest first; `before` is the last one of the page before.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn own_referrals(
        &self,
        agent: &Agent,
        before: Option<(&str, i64)>,
    ) -> Result<Vec<OwnReferral>, AppError> {
        let before = match before {
            Some((reference, no)) => Some((self.number(reference).ok_or(AppError::NotFound)?, no)),
            None => None,
        };
        let seconds = i64::from(self.config.undo_seconds);
        let filter = Filter {
            agency: Some(agent.agency.clone()),
            channel: Some(Channel::Api.as_str().into()),
            sent: Some(self.clock.now().plus_seconds(-seconds)),
            before,
            limit: REFERRAL_ROWS_MAX,
            ..Filter::default()
        };
        let rows = self.store.referrals(&filter).await?;
        let own = rows.into_iter().map(|line| OwnReferral {
            reference: self.reference(line.no),
            no: line.n,
            line,
        });
        Ok(own.collect())
    }

    /// The package of one of them. That it was fetched is in the log before the first byte leaves.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn own_package(
        &self,
        agent: &Agent,
        reference: &str,
        no: u32,
    ) -> Result<Archive, AppError> {
        let whole = self.own_report(agent, reference, no).await?;
        self.hand_out(whole.summary.no, no, &agent.by).await
    }

    /// The agency has it, under a reference of its own.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn own_acknowledge(
        &self,
        agent: &Agent,
        reference: &str,
        no: u32,
        words: Words,
    ) -> Result<(), AppError> {
        let work = Work::Acknowledge(words);
        self.own_work(agent, reference, no, work).await
    }

    /// The agency says what comes of it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn own_answer(
        &self,
        agent: &Agent,
        reference: &str,
        no: u32,
        (outcome, words): (Outcome, Option<Words>),
    ) -> Result<(), AppError> {
        let work = Work::Answer(outcome, words);
        self.own_work(agent, reference, no, work).await
    }

    /// Agencies do not see versions of reports: what others did in the same instant is none of their business.
    async fn own_work(
        &self,
        agent: &Agent,
        reference: &str,
        no: u32,
        work: Work,
    ) -> Result<(), AppError> {
        let mut tries = 0;
        loop {
            let whole = self.own_report(agent, reference, no).await?;
            tries += 1;
            let done = self
                .work_on_referral(&whole, &agent.by, no, work.clone())
                .await;
            match done {
                Err(AppError::Conflict) if tries < TRIES => {}
                done => return done,
            }
        }
    }

    async fn own_report(&self, agent: &Agent, reference: &str, no: u32) -> Result<Whole, AppError> {
        let report = self.number(reference).ok_or(AppError::NotFound)?;
        let whole = self.whole(report).await?;
        let (now, hold) = (self.clock.now(), self.config.undo_seconds);
        let own = |record: &Record| {
            let one = &record.referral;
            one.no == no
                && one.agency == agent.agency
                && one.channel == Channel::Api
                && record.is_out(now, hold)
        };
        if whole.referrals().iter().any(own) {
            Ok(whole)
        } else {
            Err(AppError::NotFound)
        }
    }
}
