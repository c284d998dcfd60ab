//! Mail to who claims, and to contacts. It says that there is something, and never what: not a word of a stranger leaves by it.

use cairn_desk::constituent::claim::State;
use cairn_desk::notify::{Fill, Notice};
use cairn_store::claim as store;
use cairn_store::job::Job;
use cairn_store::writer::Unit;
use lettre::Address;
use serde::Deserialize;

use super::{Claimed, claimed};
use crate::App;
use crate::conversation::Place;
use crate::notify::{NotifyError, Post, written};
use crate::report::AppError;

/// What the job knows.
#[derive(Debug, Deserialize)]
struct Payload {
    #[serde(default)]
    claim: i64,
    #[serde(default)]
    owner: u32,
    #[serde(default)]
    contact: u32,
}

/// Whom a mail goes to, in which language, and what it says.
struct Out {
    to: String,
    language: String,
    link: String,
    text: String,
}

fn failed(error: AppError) -> NotifyError {
    match error {
        AppError::Read(error) => error.into(),
        AppError::Write(error) => error.into(),
        _ => NotifyError::Damaged("claim"),
    }
}

impl App {
    /// Sends one of these. Where there is nothing to say any more nothing leaves.
    pub(crate) async fn mail_owner(
        &self,
        post: &Post,
        notice: Notice,
        job: &Job,
    ) -> Result<(), NotifyError> {
        let payload: Payload = serde_json::from_str(&job.payload).map_err(NotifyError::Payload)?;
        let asks = notice == Notice::ContactAsk;
        let out = if asks {
            self.asking(&payload).await?
        } else {
            self.telling(notice, payload.claim).await?
        };
        let Some(out) = out else { return Ok(()) };
        let to: Address = out.to.parse().map_err(|_| NotifyError::Address)?;
        let fill = Fill {
            service: self.config.name(&out.language),
            link: &out.link,
            text: &out.text,
            ..Fill::default()
        };
        let letter = written(notice, &out.language, fill)?;
        let whom = (payload.owner, payload.contact);
        let place = Place {
            reply_to: asks
                .then(|| self.config.reply_to.as_ref())
                .flatten()
                .map(|address| address.with(&self.ask_tag(whom))),
            ..Place::default()
        };
        if asks {
            // Known before it leaves: what cannot arrive may come back at once.
            let mut unit = Unit::default();
            store::note_ask(&mut unit, whom, &post.message_id(job));
            self.store.write(unit).await?;
        }
        let message = self.posted(post, notice, letter, (to, &place), job)?;
        post.send(message, None, self.clock.now()).await?;
        metrics::counter!("cairn_mails_sent_total", self.store.labels()).increment(1);
        Ok(())
    }

    async fn asking(&self, payload: &Payload) -> Result<Option<Out>, NotifyError> {
        let one = self.store.constituent(payload.owner).await?;
        let Some(one) = one else { return Ok(None) };
        let due = one.contact(payload.contact).filter(|contact| {
            contact.bounced.is_none()
                && one
                    .contact_due(contact)
                    .is_some_and(|due| due <= cairn_desk::constituent::Day::of(self.today()))
        });
        let Some(contact) = due else { return Ok(None) };
        let Some(to) = contact.email.clone() else {
            return Ok(None);
        };
        Ok(Some(Out {
            to,
            language: one.facts.language.clone().unwrap_or_default(),
            link: self.contact_link(one.no, contact),
            text: String::new(),
        }))
    }

    async fn telling(&self, notice: Notice, no: i64) -> Result<Option<Out>, NotifyError> {
        let Some(claim) = self.store.claim(no).await? else {
            return Ok(None);
        };
        let right = match notice {
            Notice::ClaimProve => State::Unproved,
            Notice::ClaimTaken => State::Settled,
            _ => State::Refused,
        };
        if claim.state != right {
            return Ok(None);
        }
        let Some(one) = claimed(claim).map_err(failed)? else {
            return Ok(None);
        };
        let Some((to, link)) = self.claimant(&one).await? else {
            return Ok(None);
        };
        Ok(Some(Out {
            to,
            link,
            language: one.wish.language,
            text: one.answer.map(|answer| answer.reason).unwrap_or_default(),
        }))
    }

    /// The mailbox of who asked, and the link that it gets.
    async fn claimant(&self, one: &Claimed) -> Result<Option<(String, String)>, NotifyError> {
        // Once it was taken, the link is that of the contact.
        if one.wish.heading.is_some() && one.claim.state != State::Settled {
            let own = one.wish.contact.as_ref();
            let to = own.and_then(|one| one.email.clone());
            return Ok(to.map(|to| (to, self.claim_link(&one.claim))));
        }
        let owner = one.claim.owner.unwrap_or_default();
        let there = self.store.constituent(owner).await?;
        let id = one.claim.contact.unwrap_or_default();
        let contact = there.as_ref().and_then(|one| one.contact(id));
        let contact = contact.filter(|one| !one.disabled);
        if let Some((contact, to)) = contact.and_then(|one| Some((one, one.email.clone()?))) {
            return Ok(Some((to, self.contact_link(owner, contact))));
        }
        // What was taken of a first claim may be without its contact: who asked is told all the same.
        let own = one
            .wish
            .contact
            .as_ref()
            .filter(|_| one.wish.heading.is_some());
        let to = own.and_then(|one| one.email.clone());
        Ok(to.map(|to| (to, format!("{}/own/new", self.config.public_url))))
    }
}
