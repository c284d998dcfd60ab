//! Once a year contacts are asked whether they are right.

use cairn_desk::account::AccountChange;
use cairn_desk::constituent::claim::{Ask, ask};
use cairn_desk::constituent::{Constituent, Day};
use cairn_desk::conversation::Tag;
use cairn_desk::mail::{MailReport, Nature};
use cairn_desk::notify::Notice;
use cairn_kernel::actor::Actor;
use cairn_store::claim as store;
use cairn_store::constituent::PAGE_CONSTITUENTS;
use cairn_store::job;
use cairn_store::keys::Purpose;
use cairn_store::writer::{Unit, WriteError};

use crate::App;
use crate::report::AppError;

/// Contacts that are asked in one turn: turns are hours, so that a big import does not become a wave of mail.
pub const ASKS_TURN_MAX: usize = 50;

impl App {
    /// Asks contacts that are due, some at a time; how many. Nobody is asked in an organisation's quiet hours.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn ask_contacts(&self) -> Result<usize, AppError> {
        if self.config.mail.is_none() {
            return Ok(0);
        }
        let today = Day::of(self.today());
        let (mut asked, mut last) = (0, 0);
        loop {
            let page = self.store.constituents_due(today, last).await?;
            for one in &page {
                last = one.no;
                asked += self.ask_one(one, today, ASKS_TURN_MAX - asked).await?;
                if asked >= ASKS_TURN_MAX {
                    return Ok(asked);
                }
            }
            if (page.len() as i64) < PAGE_CONSTITUENTS {
                return Ok(asked);
            }
        }
    }

    fn rests(&self, one: &Constituent) -> bool {
        let now = self.clock.now().timestamp();
        let local = now.to_zoned(self.config.time_zone.clone());
        let minute = i16::from(local.hour()) * 60 + i16::from(local.minute());
        let minute = u16::try_from(minute).unwrap_or_default();
        one.facts.quiet.is_some_and(|quiet| quiet.holds(minute))
    }

    async fn ask_one(&self, one: &Constituent, today: Day, room: usize) -> Result<usize, AppError> {
        if self.rests(one) {
            return Ok(0);
        }
        let known = self.store.contact_asks(one.no).await?;
        let mut asked = 0;
        for contact in &one.contacts {
            if asked >= room {
                break;
            }
            let before = known.iter().find(|(id, _)| *id == contact.id);
            let before = before.map(|(_, ask)| *ask);
            let Some(round) = ask(one, contact.id, before, today) else {
                continue;
            };
            let due = one.contact_due(contact).unwrap_or(today);
            let now = Ask {
                due,
                round,
                at: today,
            };
            let change = AccountChange::ContactAsked {
                constituent: one.no,
                contact: contact.id,
                round,
            };
            let mut unit = Unit::default();
            let entry = self.account_entry(Actor::System, change)?;
            store::ask(&mut unit, (one.no, contact.id), before, now, entry);
            let payload = format!("{{\"owner\":{},\"contact\":{}}}", one.no, contact.id);
            let kind = Notice::ContactAsk.as_str();
            job::enqueue(&mut unit, kind, &payload, self.clock.now());
            match self.store.write(unit).await {
                Err(WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => asked += 1,
            }
        }
        Ok(asked)
    }

    /// The address to which what does not arrive comes back.
    pub(super) fn ask_tag(&self, (owner, contact): (u32, u32)) -> Tag {
        let (first, second) = (owner.to_be_bytes(), contact.to_be_bytes());
        let parts = [b"ask".as_slice(), first.as_slice(), second.as_slice()];
        let keyed = self.store.keys().tag(Purpose::Claim, &parts);
        Tag::new(&format!("{owner:06}{contact:03}"), &keyed)
    }

    /// A message that is about a question to a contact: what did not arrive, or what a machine answered by itself. Its constituent, and
    /// whether it did not arrive.
    pub(crate) async fn ask_came_back(
        &self,
        mail: &MailReport,
        recipients: &[String],
    ) -> Result<Option<(u32, bool)>, AppError> {
        if mail.thread.nature == Nature::Written {
            return Ok(None);
        }
        let mut found = None;
        for id in &mail.thread.answers {
            found = self.store.asked_by_mail(id).await?;
            if found.is_some() {
                break;
            }
        }
        let all = recipients.iter().chain(&mail.thread.recipients);
        let tagged = all
            .filter_map(|address| self.config.reply_to.as_ref()?.tag_in(address))
            .find_map(|tag| {
                use subtle::ConstantTimeEq;
                let (owner, contact) = tag.reference.split_at_checked(6)?;
                let whom: (u32, u32) = (owner.parse().ok()?, contact.parse().ok()?);
                let right = self.ask_tag(whom);
                let same: bool = right.secret.as_bytes().ct_eq(tag.secret.as_bytes()).into();
                same.then_some(whom)
            });
        let Some((owner, contact)) = found.or(tagged) else {
            return Ok(None);
        };
        let bounced = mail.thread.nature == Nature::Bounced;
        if bounced {
            self.contact_bounced(owner, contact).await?;
        }
        Ok(Some((owner, bounced)))
    }
}
