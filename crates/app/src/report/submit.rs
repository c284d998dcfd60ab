//! A report on its way in: made ready, written, acknowledged. What only making it ready needs is gone by the time it waits
//! for the disk: with hundreds of reports under way that keeps memory small and near the processor.

use cairn_desk::report::{Answer, Change, Draft, Event, LossItem};
use cairn_evidence::hash::{salted, sha256};
use cairn_evidence::receipt::{Begun, Fresh};
use cairn_kernel::actor::Actor;
use cairn_kernel::label::Label;
use cairn_kernel::reference::Secret;
use cairn_kernel::time::Micros;
use cairn_store::keys::{Purpose, random};
use cairn_store::report::NewReport;
use cairn_store::writer::{Committed, Entry, Unit, WriteError};
use serde::Serialize;
use serde::ser::Error as _;

use super::{AppError, blur, damaged, take};
use crate::App;

/// What a report comes to in JSON, about, beyond what people wrote.
const BODY_BYTES: usize = 1_536;
/// Contact details in JSON, about.
const CONTACT_BYTES: usize = 192;
/// An event of receipt in JSON, about.
const EVENT_BYTES: usize = 768;

/// What the reporter gets.
#[derive(Debug, Clone)]
pub struct Received {
    /// Number of the report.
    pub no: i64,
    /// Public reference.
    pub reference: String,
    /// Opens the status page.
    pub secret: Secret,
    /// When it came in.
    pub at: Micros,
    /// Category the answers suggest.
    pub category: String,
    /// Sub-type the answers suggest, where the category has them.
    pub subtype: Option<String>,
    /// The receipt file.
    pub receipt: String,
    /// The same request came before; this is its answer.
    pub again: bool,
}

/// A request that may come more than once.
#[derive(Debug, Clone, Copy)]
pub struct Once<'a> {
    key: &'a [u8],
    /// SHA-256 of the request.
    request: [u8; 32],
}

impl<'a> Once<'a> {
    /// `key` is the client's: unguessable for the public form, scoped by API key for partners. `request` is the request
    /// as it came; the same key with another request is refused.
    #[must_use]
    pub fn new(key: &'a [u8], request: &[u8]) -> Self {
        Self {
            key,
            request: sha256(request).0,
        }
    }
}

/// What is kept of a request that may come again.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// HMAC of the key.
    key: [u8; 32],
    /// SHA-256 of the request.
    request: [u8; 32],
}

/// A report ready to be written. It stands for itself: nothing of the request or the draft need be kept for it.
#[derive(Debug)]
pub struct Prepared {
    no: i64,
    reference: String,
    secret: Secret,
    at: Micros,
    category: String,
    subtype: Option<String>,
    channel: &'static str,
    unit: Unit,
    receipt: Begun,
    once: Option<Kept>,
}

/// A draft as it will be stored.
struct Told {
    body: (String, [u8; 16]),
    contact: Option<(String, [u8; 16])>,
    /// HMAC of the status secret.
    tag: [u8; 32],
    label: &'static str,
    base_minor: Vec<Option<i64>>,
}

impl Told {
    /// The event that binds all of it to the log.
    fn received(&self, reference: String, draft: &Draft) -> Change {
        Change::Received {
            reference,
            body: salted(&self.body.1, self.body.0.as_bytes()).hex(),
            contact: self
                .contact
                .as_ref()
                .map(|(json, salt)| salted(salt, json.as_bytes()).hex()),
            consents: draft.consents.clone(),
            secret: sha256(&self.tag).hex(),
            label: self.label.to_owned(),
            base_minor: self.base_minor.clone(),
        }
    }
}

impl App {
    /// Takes a report. Returns only after the commit is durable.
    ///
    /// # Errors
    /// See [`AppError`]; on any error nothing was received.
    pub async fn submit(
        &self,
        draft: &Draft,
        by: Actor,
        once: Option<Once<'_>>,
    ) -> Result<Received, AppError> {
        let prepared = self.prepare(draft, by, once)?;
        self.receive_prepared(prepared).await
    }

    /// Makes a report ready, without waiting for anything: [`App::receive_prepared`] takes it. It has its number and time from here on.
    ///
    /// # Errors
    /// [`AppError::Key`] or [`AppError::Damaged`]; nothing was received.
    pub fn prepare(
        &self,
        draft: &Draft,
        by: Actor,
        once: Option<Once<'_>>,
    ) -> Result<Prepared, AppError> {
        // One call to the system for all that must be random.
        let dice: [u8; 65] = random()?;
        let no = self.store.next_report();
        let at = blur(self.clock.now(), draft.body.anonymous);
        let secret = match &once {
            Some(once) => self.secret_from(once),
            None => Secret::from_random(&take(&dice, 0)),
        };
        let once = once.map(|once| self.once(&once));
        let told = self.told(draft, at, &secret, &dice)?;
        let reference = self.reference(no);
        let event = Event {
            report: no,
            at,
            by,
            change: told.received(reference.clone(), draft),
        };
        let event = json_of(&event, EVENT_BYTES).map_err(damaged("event"))?;
        let entry = Entry::new(at.0, Some(no), event, take(&dice, 49));
        let receipt = begin_receipt(&reference, &entry, told.body.1)?;
        let mut unit = cairn_store::report::receive(
            NewReport {
                no,
                draft,
                at,
                quarter: self.quarter(at),
                label: told.label,
                body: told.body,
                contact: told.contact,
                secret: told.tag,
                idempotency: once.map(|once| (once.key, once.request)),
                base_minor: told.base_minor,
                event: entry,
            },
            self.store.is_sqlite(),
        );
        self.acknowledge(&mut unit, (no, &secret), draft, at)?;
        Ok(Prepared {
            no,
            reference,
            secret,
            at,
            category: draft.body.category.clone(),
            subtype: draft.body.subtype.clone(),
            channel: cairn_store::report::channel(draft.body.channel),
            unit,
            receipt,
            once,
        })
    }

    /// Takes a report that was made ready. Returns only after the commit is durable.
    ///
    /// # Errors
    /// See [`AppError`]; on any error nothing was received.
    pub async fn receive_prepared(&self, prepared: Prepared) -> Result<Received, AppError> {
        let once = prepared.once;
        let committed = match self.store.write(prepared.unit).await {
            Ok(committed) => committed,
            Err(WriteError::Duplicate) => return self.again(once, prepared.secret).await,
            Err(error) => return Err(error.into()),
        };
        let labels = self.store.labels_and("channel", prepared.channel);
        metrics::counter!("cairn_reports_total", labels).increment(1);
        Ok(Received {
            no: prepared.no,
            reference: prepared.reference,
            secret: prepared.secret,
            at: prepared.at,
            category: prepared.category,
            subtype: prepared.subtype,
            receipt: end_receipt(prepared.receipt, &committed)?,
            again: false,
        })
    }

    /// What is stored of a draft, with its salts.
    fn told(
        &self,
        draft: &Draft,
        at: Micros,
        secret: &Secret,
        dice: &[u8],
    ) -> Result<Told, AppError> {
        let written = |answer: &Answer| match answer {
            Answer::Text(text) => text.len(),
            _ => 0,
        };
        let room = BODY_BYTES + draft.body.answers.values().map(written).sum::<usize>();
        let body = json_of(&draft.body, room).map_err(damaged("body"))?;
        let contact = match &draft.contact {
            Some(contact) => Some((
                json_of(contact, CONTACT_BYTES).map_err(damaged("contact"))?,
                take(dice, 33),
            )),
            None => None,
        };
        let base = |loss: &LossItem| {
            loss.amount
                .as_ref()
                .and_then(|money| self.in_base(money, at))
        };
        Ok(Told {
            body: (body, take(dice, 17)),
            contact,
            tag: self.store.keys().tag(Purpose::Status, &[secret.as_bytes()]),
            label: Label::default().tlp.as_str(),
            base_minor: draft.body.losses.iter().map(base).collect(),
        })
    }

    fn once(&self, once: &Once<'_>) -> Kept {
        Kept {
            key: self.store.keys().tag(Purpose::Idempotency, &[once.key]),
            request: once.request,
        }
    }

    /// The secret of a request that may be repeated: only this installation can make it, and only for the same key
    /// with the same request. A key that two clients happen to share, even days apart, never gives one the other's.
    fn secret_from(&self, once: &Once<'_>) -> Secret {
        let tag = self
            .store
            .keys()
            .tag(Purpose::StatusFromKey, &[once.key, &once.request]);
        Secret::from_random(&take(&tag, 0))
    }

    /// The answer to a request that came before; `secret` is what it makes.
    async fn again(&self, once: Option<Kept>, secret: Secret) -> Result<Received, AppError> {
        let once = once.ok_or(AppError::NotFound)?;
        let (no, before) = self
            .store
            .idempotent(once.key)
            .await?
            .ok_or(AppError::Conflict)?;
        if before != once.request {
            return Err(AppError::KeyReused);
        }
        let summary = self.store.report(no).await?.ok_or(AppError::NotFound)?;
        // The row has the sub-type as it stands; what the answers suggested is in the body.
        let body = self.body(no).await?;
        Ok(Received {
            no,
            reference: self.reference(no),
            secret,
            at: summary.received_at,
            category: summary.category_reported,
            subtype: body.subtype,
            receipt: self.receipt(no).await?,
            again: true,
        })
    }

    /// The answer to this key, if it was used within the last day; lets a door skip work.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn answered(&self, once: Once<'_>) -> Result<Option<Received>, AppError> {
        let kept = self.once(&once);
        if self.store.idempotent(kept.key).await?.is_none() {
            return Ok(None);
        }
        self.again(Some(kept), self.secret_from(&once))
            .await
            .map(Some)
    }
}

/// JSON of about `room` bytes, so that it is seldom copied while it grows.
fn json_of(value: &impl Serialize, room: usize) -> Result<String, serde_json::Error> {
    let mut json = Vec::with_capacity(room);
    serde_json::to_writer(&mut json, value)?;
    // What that writes is text.
    String::from_utf8(json).map_err(serde_json::Error::custom)
}

/// The receipt as far as it is known before the log has the entry.
fn begin_receipt(reference: &str, entry: &Entry, body_salt: [u8; 16]) -> Result<Begun, AppError> {
    let fresh = Fresh {
        reference,
        event: &entry.event,
        salt: entry.salt,
        entry: entry.hash(),
        body_salt,
    };
    fresh.begin().map_err(damaged("receipt"))
}

fn end_receipt(begun: Begun, committed: &Committed) -> Result<String, AppError> {
    let broken = |cause: String| AppError::Damaged {
        what: "receipt",
        cause,
    };
    let proof = committed
        .proof
        .as_ref()
        .ok_or_else(|| broken("no checkpoint".into()))?;
    let path = proof
        .path(committed.first)
        .map_err(|e| broken(e.to_string()))?;
    Ok(begun.end(committed.first, &path, &proof.text))
}
