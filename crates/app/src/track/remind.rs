//! Reminders: each seat with an address is told what is due soon or overdue, at most once a week.

use cairn_desk::notify::Notice;
use cairn_kernel::time::day_in_words;
use cairn_store::job::Job;
use cairn_store::track::Seat;
use cairn_store::writer::WriteError;
use cairn_track::office::{Due, due, same_organisation};
use jiff::ToSpan;
use lettre::Address;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::notify::{NotifyError, Post};
use crate::report::{AppError, damaged};

/// Days before its day from which a seat is reminded of something.
pub const REMIND_DAYS: i32 = 14;
/// A seat is written to at most once in so many seconds: a week.
pub const REMIND_EVERY_SECONDS: i64 = 7 * 24 * 3_600;

/// What a reminder's job knows: which seat. What is due is looked up when it is sent.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    plan: String,
    account: String,
    owner: String,
}

impl App {
    /// What is overdue, or due within [`REMIND_DAYS`], from an organisation of a plan.
    pub(crate) async fn due_soon(&self, plan: &str, owner: &str) -> Result<Vec<Due>, AppError> {
        let working = self.working(plan).await?;
        let today = self.today();
        let until = today.saturating_add(REMIND_DAYS.days());
        let mut all = due(&working.plan, working.edition_id(), today);
        all.retain(|one| one.by <= until && same_organisation(&one.owner, owner));
        Ok(all)
    }

    /// Queues reminders for the seats whose turn it is; how many. Without outgoing mail nobody is reminded.
    ///
    /// # Errors
    /// The store could not be read or written.
    pub async fn remind_seats(&self) -> Result<usize, AppError> {
        if self.config.mail.is_none() {
            return Ok(0);
        }
        let now = self.clock.now();
        let mut queued = 0;
        for seat in self.store.seats().await? {
            let rests = seat
                .reminded_at
                .is_some_and(|at| now < at.plus_seconds(REMIND_EVERY_SECONDS));
            if seat.mail.is_none() || rests || self.config.plans.get(&seat.plan).is_none() {
                continue;
            }
            if self.due_soon(&seat.plan, &seat.owner).await?.is_empty() {
                continue;
            }
            let payload = Payload {
                plan: seat.plan.clone(),
                account: seat.account.clone(),
                owner: seat.owner.clone(),
            };
            let payload = serde_json::to_string(&payload).map_err(damaged("job"))?;
            let job = (Notice::PlanDue.as_str(), payload.as_str());
            match self.store.remind_seat(&seat, job, now).await {
                Ok(()) => queued += 1,
                // It was taken, or given another address, in the same moment.
                Err(WriteError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(queued)
    }

    /// Sends a reminder. A seat that is gone, or from which nothing is due any more, is not written to.
    pub(crate) async fn remind(&self, post: &Post, job: &Job) -> Result<(), NotifyError> {
        let payload: Payload = serde_json::from_str(&job.payload).map_err(NotifyError::Payload)?;
        let seats = self.store.seats_of(&payload.account).await?;
        let is_it = |seat: &&Seat| seat.plan == payload.plan && seat.owner == payload.owner;
        let Some(mail) = seats.iter().find(is_it).and_then(|seat| seat.mail.clone()) else {
            return Ok(());
        };
        let account = self.store.account(&payload.account).await?;
        if account.is_none_or(|account| account.disabled) {
            return Ok(());
        }
        let to: Address = mail.parse().map_err(|_| NotifyError::Address)?;
        let due = self.due_soon(&payload.plan, &payload.owner).await;
        let due = match due {
            Ok(due) => due,
            // The plan is no longer shown here.
            Err(AppError::NotFound) => return Ok(()),
            Err(AppError::Read(error)) => return Err(error.into()),
            Err(_) => return Err(NotifyError::Damaged("plan")),
        };
        if due.is_empty() {
            return Ok(());
        }
        let page = format!("{}/desk/track/{}", self.config.public_url, payload.plan);
        let message = self.due_letter(post, (&payload.owner, &page), &due, to, job)?;
        post.send(message, None, self.clock.now()).await?;
        metrics::counter!("cairn_mails_sent_total", self.store.labels()).increment(1);
        Ok(())
    }
}

/// The lines of what is due, with days and titles; titles in English where they have no others.
pub(crate) fn due_lines(language: &str, due: &[Due]) -> String {
    let line = |one: &Due| {
        let period = one
            .period
            .map_or_else(String::new, |period| format!(", {period}"));
        let title = cairn_kernel::text::one_line(one.title.get(language).0);
        let by = day_in_words(language, one.by);
        format!("    {by}: {title}{period}\n")
    };
    due.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use cairn_track::office::{DueState, DueWhat};
    use cairn_track::plan::Words;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_due_is_told_in_each_language() {
        let due = Due {
            owner: "Council".to_owned(),
            what: DueWhat::Measure,
            initiative: None,
            id: "days".to_owned(),
            title: Words {
                en: "Days".to_owned(),
                mi: Some("Ngā rā".to_owned()),
            },
            period: "2026Q1".parse().ok(),
            by: date(2026, 6, 29),
            state: DueState::Overdue,
        };
        assert_eq!(
            due_lines("en", std::slice::from_ref(&due)),
            "    29 June 2026: Days, 2026Q1\n"
        );
        assert_eq!(
            due_lines("mi", std::slice::from_ref(&due)),
            "    29 Pipiri 2026: Ngā rā, 2026Q1\n"
        );
    }
}
