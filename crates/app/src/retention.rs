//! Erasing contact details whose time is over, and on a lead's word before.

use std::sync::atomic::Ordering;

use cairn_desk::report::{Command, Refusal, retention};
use cairn_kernel::actor::Actor;
use cairn_store::retention::RETENTION_ROWS_MAX;

use crate::App;
use crate::report::AppError;

impl App {
    /// Erases the contact details of reports that were closed, and of challenges that were answered, long enough ago. Each is an event by the system itself.
    /// Gives how many.
    ///
    /// # Errors
    /// See [`AppError`]; those before are erased.
    pub async fn forget_contacts(&self) -> Result<u64, AppError> {
        let days = self.config.contact_days;
        if days == 0 {
            return Ok(0);
        }
        let now = self.clock.now();
        let before = now.plus_seconds(-i64::from(days) * 24 * 3_600);
        let (mut after, mut erased) = (0, 0);
        loop {
            let page = self.store.contacts_of_closed(before, after).await?;
            for no in &page {
                erased += u64::from(self.forget_contact(*no, days).await?);
            }
            match page.last() {
                Some(last) if page.len() as i64 == RETENTION_ROWS_MAX => after = *last,
                _ => break,
            }
        }
        erased += self.forget_challengers(days).await?;
        if erased > 0 {
            self.erased.store(true, Ordering::Relaxed);
            tracing::info!(erased, "erased contact details whose time was over");
        }
        Ok(erased)
    }

    async fn forget_contact(&self, no: i64, days: u32) -> Result<bool, AppError> {
        let whole = self.whole(no).await?;
        let history = whole.history.iter().map(|line| &line.event);
        if !retention::contact_is_over(history, days, self.clock.now()) {
            return Ok(false);
        }
        let done = self.command(&whole, Actor::System, Command::EraseContact, None);
        match done.await {
            Ok(()) => Ok(true),
            // Somebody was quicker: erased already, or the report moved on and is looked at again next time.
            Err(AppError::Refused(Refusal::NoContact) | AppError::Conflict) => Ok(false),
            Err(other) => Err(other),
        }
    }
}
