//! How the office works on challenges: the queue, reading one whole, answering it, and forgetting addresses.

use cairn_desk::access::{Action, Denied, Visible};
use cairn_desk::challenge::{Body, Change, Command, Event, contact_is_over, decide};
use cairn_desk::notify::Notice;
use cairn_kernel::actor::Actor;
use cairn_store::challenge::CHALLENGE_RETENTION_ROWS_MAX;
use cairn_store::job;
use cairn_store::keys::random;
use cairn_store::report::EvidenceRow;
use cairn_store::writer::Entry;

use super::{CHALLENGES_PAGE, Queue, Whole, page, standing_of};
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

impl App {
    /// The desk's queue: what is open first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn challenge_queue(
        &self,
        who: &Principal,
        open_after: Option<i64>,
        answered_before: Option<i64>,
    ) -> Result<Visible<Queue>, AppError> {
        let grant = who.grant(Action::ReadChallenges)?;
        let limit = CHALLENGES_PAGE as i64 + 1;
        let after = open_after.unwrap_or(0);
        let (open, more) = page(self.store.open_challenges(false, after, limit).await?);
        let (set_aside, _) = page(self.store.open_challenges(true, 0, limit).await?);
        let before = answered_before.unwrap_or(i64::MAX);
        let (answered, older) = page(self.store.answered_challenges(before, limit).await?);
        Ok(grant.show(Queue {
            open_next: open.last().filter(|_| more).map(|row| row.no),
            open,
            set_aside,
            answered_next: answered.last().filter(|_| older).map(|row| row.no),
            answered,
        }))
    }

    /// One challenge whole, with words that are not public.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn read_challenge(
        &self,
        who: &Principal,
        no: i64,
    ) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadChallenges)?;
        Ok(grant.show(self.whole_challenge(no).await?))
    }

    async fn whole_challenge(&self, no: i64) -> Result<Whole, AppError> {
        let summary = self.store.challenge(no).await?.ok_or(AppError::NotFound)?;
        let body = self.store.challenge_body(no).await?;
        let body = body.ok_or(AppError::NotFound)?;
        let body: Body = serde_json::from_str(&body.json).map_err(damaged("challenge"))?;
        let rows = self.store.challenge_history(no).await?;
        let history = rows.iter().map(|row: &EvidenceRow| {
            let event = serde_json::from_str::<Event>(&row.event).map_err(damaged("event"))?;
            Ok((row.idx.unsigned_abs(), event))
        });
        let history = history.collect::<Result<Vec<_>, AppError>>()?;
        let events: Vec<Event> = history.iter().map(|(_, event)| event.clone()).collect();
        Ok(Whole {
            standing: standing_of(&body, &events)?,
            summary,
            body,
            history,
        })
    }

    /// Releases or withholds words, answers, or corrects an answer. `version` is the one that was seen: if the challenge
    /// moved on, nothing is done.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn work_challenge(
        &self,
        who: &Principal,
        no: i64,
        version: i64,
        command: Command,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::AnswerChallenges)?;
        if command == Command::EraseContact {
            return Err(AppError::Denied(Denied));
        }
        let whole = self.whole_challenge(no).await?;
        let changes = decide(&whole.standing, command)?;
        if !changes.is_empty() && whole.standing.version != version {
            return Err(AppError::Conflict);
        }
        let by = Actor::User(grant.account().to_owned());
        self.change_challenge(&whole, by, changes).await
    }

    async fn change_challenge(
        &self,
        whole: &Whole,
        by: Actor,
        changes: Vec<Change>,
    ) -> Result<(), AppError> {
        if changes.is_empty() {
            return Ok(());
        }
        let (no, at) = (whole.summary.no, self.clock.now());
        let answers =
            |change: &Change| matches!(change, Change::Answered { .. } | Change::Corrected { .. });
        let tell = changes.iter().any(answers) && whole.standing.contact;
        let mut events = Vec::with_capacity(changes.len());
        for change in changes {
            let event = Event {
                challenge: no,
                at,
                by: by.clone(),
                change,
            };
            let json = serde_json::to_string(&event).map_err(damaged("event"))?;
            let entry = Entry::of_challenge(at.0, no, json, random()?);
            events.push((event, entry));
        }
        let mut unit = cairn_store::challenge::change(no, &whole.standing, events);
        if tell && self.config.mail.is_some() {
            let kind = Notice::ChallengeAnswered.as_str();
            job::enqueue(&mut unit, kind, &format!("{{\"no\":{no}}}"), at);
        }
        self.store.write(unit).await?;
        Ok(())
    }

    /// Erases the addresses of challengers whose time is over. Each is an event by the system itself. Gives how many.
    ///
    /// # Errors
    /// See [`AppError`]; those before are erased.
    pub(crate) async fn forget_challengers(&self, days: u32) -> Result<u64, AppError> {
        let now = self.clock.now();
        let before = now.plus_seconds(-i64::from(days) * 24 * 3_600);
        let (mut after, mut erased) = (0, 0);
        loop {
            let page = self.store.contacts_of_answered(before, after).await?;
            for no in &page {
                let whole = self.whole_challenge(*no).await?;
                let received = whole.summary.received_at;
                if !contact_is_over(&whole.standing, received, days, now) {
                    continue;
                }
                let Ok(changes) = decide(&whole.standing, Command::EraseContact) else {
                    continue;
                };
                match self.change_challenge(&whole, Actor::System, changes).await {
                    Ok(()) => erased += 1,
                    // It moved on, and is looked at again next time.
                    Err(AppError::Conflict) => {}
                    Err(other) => return Err(other),
                }
            }
            match page.last() {
                Some(last) if page.len() as i64 == CHALLENGE_RETENTION_ROWS_MAX => after = *last,
                _ => return Ok(erased),
            }
        }
    }
}
