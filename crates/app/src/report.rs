//! What a reporter does: submit a report, and come back to it with the secret.

mod submit;
mod write;

use cairn_desk::access::Denied;
use cairn_desk::report::{
    Body, Change, Channel, Command, Contact, Event, MessageText, Refusal, Standing, State,
};
use cairn_kernel::actor::Actor;
use cairn_kernel::reference::Secret;
use cairn_kernel::time::Micros;
use cairn_store::ReadError;
use cairn_store::blob::BlobError;
use cairn_store::keys::{KeyError, Purpose};
use cairn_store::report::{EvidenceRow, FileRow, Message, Salted, Summary};
use cairn_store::writer::WriteError;
use serde::{Deserialize, Serialize};

use crate::App;

pub use cairn_store::conversation::{MailRow, SentRow};
pub use cairn_store::import::OldRow;
pub use cairn_store::report as rows;
pub use submit::{Once, Prepared, Received};
pub(crate) use write::{MailJob, words_to};

/// Why a use case failed. Each door maps it to a page or a problem document.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the secret is wrong: both look the same.
    #[error("there is nothing here")]
    NotFound,
    /// The policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The rules of the desk say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The rules for clusters say no.
    #[error(transparent)]
    Cluster(#[from] cairn_desk::cluster::Refusal),
    /// The rules for challenges say no.
    #[error(transparent)]
    Challenge(#[from] cairn_desk::challenge::Refusal),
    /// The rules for cases say no.
    #[error(transparent)]
    Case(#[from] cairn_desk::cases::Refusal),
    /// The rules for selections of reports say no.
    #[error(transparent)]
    Bulk(#[from] cairn_desk::bulk::Refusal),
    /// The rules for handover notes say no.
    #[error(transparent)]
    Shift(#[from] cairn_desk::shift::Refusal),
    /// The rules for notices say no.
    #[error(transparent)]
    Notice(#[from] cairn_desk::notice::Refusal),
    /// The rules for rules say no.
    #[error(transparent)]
    Rule(#[from] cairn_desk::rules::Refusal),
    /// The rules for constituents say no.
    #[error(transparent)]
    Constituent(#[from] cairn_desk::constituent::Refusal),
    /// The rules of the strategy office say no.
    #[error(transparent)]
    Office(#[from] cairn_desk::track::Refusal),
    /// The same key came with another request.
    #[error("this idempotency key was used for a different request")]
    KeyReused,
    /// Somebody else changed the record first.
    #[error("somebody else changed this in the meantime")]
    Conflict,
    /// What was typed cannot be taken.
    #[error("{0}")]
    Input(String),
    /// No room for new reports.
    #[error("there is no room for new reports at the moment")]
    DiskFull,
    /// The store could not write. Nothing was received.
    #[error("writing: {0}")]
    Write(WriteError),
    /// The store could not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No randomness, damaged keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file is larger than allowed.
    #[error("the file is larger than {bytes_max} bytes")]
    FileTooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// The operator does not take files of this type.
    #[error("files of type {media_type} are not taken here")]
    FileType {
        /// By its content.
        media_type: String,
    },
    /// No room for files at the moment; reports without them are taken.
    #[error("no files are taken at the moment")]
    FilesHeld,
    /// This network sent its share of files for the day.
    #[error("this network sent many files; some are taken again in {seconds} s")]
    FilesTooMany {
        /// Until some are taken again.
        seconds: u32,
    },
    /// So many machine reports wait that no more are taken at the moment.
    #[error("too many machine reports wait already; send it again later")]
    FeedsHeld,
    /// Machine reports could not be kept or read.
    #[error("machine reports: {0}")]
    Feeds(#[from] cairn_store::feeds::FeedError),
    /// A file could not be stored or read.
    #[error(transparent)]
    File(BlobError),
    /// A record does not make sense: damage.
    #[error("stored {what} is damaged: {cause}")]
    Damaged {
        /// What.
        what: &'static str,
        /// Why.
        cause: String,
    },
}

impl From<WriteError> for AppError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Conflict => Self::Conflict,
            WriteError::DiskFull => Self::DiskFull,
            other => Self::Write(other),
        }
    }
}

impl From<BlobError> for AppError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Write(error) => error.into(),
            BlobError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => {
                Self::DiskFull
            }
            BlobError::TooLarge { bytes_max } => Self::FileTooLarge { bytes_max },
            BlobError::Absent => Self::NotFound,
            other => Self::File(other),
        }
    }
}

pub(crate) fn damaged(what: &'static str) -> impl FnOnce(serde_json::Error) -> AppError {
    move |error| AppError::Damaged {
        what,
        cause: error.to_string(),
    }
}

/// How far the store keeps what came in; anonymous senders get the hour only.
pub(crate) fn blur(at: Micros, anonymous: bool) -> Micros {
    if anonymous { at.hour() } else { at }
}

pub(crate) fn take<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    let mut out = [0; N];
    for (to, byte) in out.iter_mut().zip(bytes.iter().skip(from)) {
        *to = *byte;
    }
    out
}

impl App {
    /// Who sends with this API key: `Authorization: Bearer cairn_…`. The key is taken whole, with its prefix.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a key that is unknown or was revoked.
    pub async fn partner(&self, token: &str) -> Result<Actor, AppError> {
        let tag = self.store.keys().tag(Purpose::ApiKey, &[token.as_bytes()]);
        match self.store.api_key(tag).await? {
            Some(key) if key.revoked_at.is_none() => Ok(Actor::ApiKey(key.id)),
            _ => Err(AppError::NotFound),
        }
    }

    /// The receipt of a report under the newest checkpoint.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn receipt(&self, no: i64) -> Result<String, AppError> {
        let body = self
            .store
            .report_body(no)
            .await?
            .ok_or(AppError::NotFound)?;
        let history = self.store.history(no).await?;
        let row = history.first().ok_or(AppError::NotFound)?;
        // Of what was erased nothing can be proved any more but that it came.
        let rewritten = |row: &EvidenceRow| {
            row.event.contains("\"kind\":\"erased\"") && row.event.contains("\"body\":")
        };
        let salt = Some(body.salt.as_slice()).filter(|_| !history.iter().any(rewritten));
        self.receipt_of_row(self.reference(no), row, salt).await
    }
}

/// One line of a report's history as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Log index.
    pub index: u64,
    /// The event.
    pub event: Event,
}

/// A report with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its row.
    pub summary: Summary,
    /// Public reference.
    pub reference: String,
    /// What was told.
    pub body: Body,
    /// How to reach the reporter, unless anonymous or erased.
    pub contact: Option<Contact>,
    /// Where it stands.
    pub standing: Standing,
    /// What happened.
    pub history: Vec<Line>,
    /// What was written since.
    pub messages: Vec<Message>,
    /// Files.
    pub files: Vec<FileRow>,
    /// The reporter was given the secret link. Who reported by mail has it only once the answer went out.
    pub has_link: bool,
    /// Why legal holds were placed and lifted, by the number of the event.
    pub reasons: Vec<(i64, String)>,
    /// Texts that go with its referrals, by the number of the event.
    pub referral_texts: Vec<(i64, String)>,
    /// Entries of its thread elsewhere, in the order in which they happened. Not for the reporter's page.
    pub old: Vec<OldRow>,
    /// Mails that came on its thread. Not for the reporter's page.
    pub mails: Vec<MailRow>,
    /// Mails that we sent about it.
    pub sent: Vec<SentRow>,
    /// OpenPGP keys of the reporter. Not for the reporter's page.
    pub keys: Vec<cairn_store::openpgp::KeyRow>,
}

impl App {
    /// Loads a report whole. Doors get at it through [`App::opened`] or the desk's [`App::read_report`].
    pub(crate) async fn whole(&self, no: i64) -> Result<Whole, AppError> {
        let summary = self.store.report(no).await?.ok_or(AppError::NotFound)?;
        let body = self.body(no).await?;
        let contact = self.store.report_contact(no).await?;
        let contact: Option<Contact> = contact
            .map(|c: Salted| serde_json::from_str(&c.json).map_err(damaged("contact")))
            .transpose()?;
        let rows = self.store.history(no).await?;
        let history = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        let standing = standing_of(&body, &history)?;
        let referral_texts = if standing.referrals.is_empty() {
            Vec::new()
        } else {
            self.store.referral_texts(no).await?
        };
        let mails = if standing.mails.came == 0 {
            Vec::new()
        } else {
            self.store.mails(no).await?
        };
        let keys = if standing.keys.came == 0 {
            Vec::new()
        } else {
            self.store.report_keys(no).await?
        };
        // Nobody writes to an anonymous reporter, but to the agencies that have the report.
        let sent = if body.anonymous && standing.referrals.is_empty() {
            Vec::new()
        } else {
            self.store.mails_sent(no).await?
        };
        let old = if standing.old == 0 {
            Vec::new()
        } else {
            self.store.old_thread(no).await?
        };
        Ok(Whole {
            old,
            mails,
            sent,
            keys,
            referral_texts,
            reasons: self.reasons_of(no, &history).await?,
            reference: self.reference(no),
            messages: self.store.messages(no).await?,
            files: self.store.files(no).await?,
            has_link: !matches!(body.channel, Channel::Mail | Channel::Imported)
                || self.store.was_answered(no).await?,
            summary,
            body,
            contact,
            standing,
            history,
        })
    }

    pub(crate) async fn body(&self, no: i64) -> Result<Body, AppError> {
        let stored = self.store.report_body(no).await?;
        let stored = stored.ok_or(AppError::NotFound)?;
        serde_json::from_str(&stored.json).map_err(damaged("body"))
    }

    /// The number of the report that this reference and secret open together. Wrong, absent and unknown take the
    /// same way and look the same.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn open(&self, reference: &str, secret: &str) -> Result<i64, AppError> {
        let no = self.number(reference).unwrap_or(-1);
        let stored = self.store.report_secret(no).await?;
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| vec![0; 32]);
        let given = secret
            .parse::<Secret>()
            .unwrap_or_else(|_| Secret::from_random(&[0; 17]));
        let tag = self.store.keys().tag(Purpose::Status, &[given.as_bytes()]);
        let same = ring_equal(&stored, &tag);
        if known && same {
            Ok(no)
        } else {
            Err(AppError::NotFound)
        }
    }

    /// The report that reference and secret open.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for any wrong secret.
    pub async fn opened(&self, reference: &str, secret: &str) -> Result<Whole, AppError> {
        let no = self.open(reference, secret).await?;
        let mut whole = self.whole(no).await?;
        self.hide_waiting(&mut whole);
        Ok(whole)
    }

    /// The reporter adds to the report or answers an officer.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn reporter_write(
        &self,
        reference: &str,
        secret: &str,
        text: MessageText,
    ) -> Result<(), AppError> {
        let no = self.open(reference, secret).await?;
        let whole = self.whole(no).await?;
        self.write_message(&whole, Actor::Reporter, None, text, (false, false, None))
            .await
    }

    /// The reporter gives or withdraws consent for an agency of the form.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn set_consent(
        &self,
        reference: &str,
        secret: &str,
        agency: &str,
        given: bool,
    ) -> Result<(), AppError> {
        if self.form.agencies().get(agency).is_none() {
            return Err(AppError::Input(format!("there is no agency {agency:?}")));
        }
        let no = self.open(reference, secret).await?;
        let whole = self.whole(no).await?;
        let command = Command::SetConsent {
            agency: agency.to_owned(),
            given,
        };
        self.command(&whole, Actor::Reporter, command, None).await
    }

    /// The reporter erases their contact details. Asking twice is no error.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn erase_contact(&self, reference: &str, secret: &str) -> Result<(), AppError> {
        let no = self.open(reference, secret).await?;
        let whole = self.whole(no).await?;
        match self
            .command(&whole, Actor::Reporter, Command::EraseContact, None)
            .await
        {
            Err(AppError::Refused(Refusal::NoContact)) => Ok(()),
            Err(other) => Err(other),
            Ok(()) => {
                self.erased
                    .store(true, std::sync::atomic::Ordering::Relaxed);
                Ok(())
            }
        }
    }

    /// The reporter adds a file that was stored before.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn add_file(
        &self,
        reference: &str,
        secret: &str,
        mut file: cairn_desk::report::FileRef,
    ) -> Result<(), AppError> {
        let no = self.open(reference, secret).await?;
        let whole = self.whole(no).await?;
        if whole.body.anonymous {
            file.name = None;
        }
        self.command(&whole, Actor::Reporter, Command::AddFile(file), None)
            .await
    }
}

pub(crate) fn line(row: &EvidenceRow) -> Result<Line, AppError> {
    let event = serde_json::from_str(&row.event).map_err(damaged("event"))?;
    Ok(Line {
        index: row.idx.unsigned_abs(),
        event,
    })
}

/// Adds a report's events up.
pub(crate) fn standing_of(body: &Body, history: &[Line]) -> Result<Standing, AppError> {
    let broken = || AppError::Damaged {
        what: "history",
        cause: "it does not begin with the receipt".into(),
    };
    let (first, rest) = history.split_first().ok_or_else(broken)?;
    let Change::Received {
        contact, consents, ..
    } = &first.event.change
    else {
        return Err(broken());
    };
    let mut standing = Standing::new(body, contact.is_some(), consents);
    for line in rest {
        standing.apply(&line.event.change);
    }
    Ok(standing)
}

/// Compares in constant time.
fn ring_equal(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    a.ct_eq(b).into()
}

/// What the status page tells without loading more than it shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// Public reference.
    pub reference: String,
    /// `received`, `open`, `waiting`, `closed`.
    pub state: State,
    /// When it came in (the hour, if anonymous), RFC 3339.
    pub received_at: String,
    /// Outcome code, once closed.
    pub outcome: Option<String>,
    /// Consent per agency.
    pub consents: std::collections::BTreeMap<String, bool>,
    /// Contact details are kept.
    pub contact: bool,
    /// Messages in order.
    pub messages: Vec<StatusMessage>,
}

/// A message as the reporter sees it: officers have no names here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatusMessage {
    /// `reporter` or `officer`.
    pub from: String,
    /// RFC 3339.
    pub at: String,
    /// Text.
    pub text: String,
    /// The officer waits for an answer.
    pub waits: bool,
}

impl Whole {
    /// What the reporter may see.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            reference: self.reference.clone(),
            state: self.standing.state,
            received_at: self.summary.received_at.to_string(),
            outcome: self.standing.outcome.clone(),
            consents: self.standing.consents.clone(),
            contact: self.contact.is_some(),
            messages: self
                .messages
                .iter()
                .map(|m| StatusMessage {
                    from: if m.author.is_some() {
                        "officer"
                    } else {
                        "reporter"
                    }
                    .to_owned(),
                    at: m.at.to_string(),
                    text: m.text.clone(),
                    waits: m.waits,
                })
                .collect(),
        }
    }
}
