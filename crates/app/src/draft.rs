//! The half-filled form of somebody without an account. It is kept sealed under a key that only the cookie of their
//! browser gives: without the cookie neither we nor a backup can read it, and dropping it leaves nothing to find.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use cairn_desk::form::{Extras, FieldProblem, Flag, Progress, Role};
use cairn_desk::report::Channel;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::{Keys, Purpose, random};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::report::{AppError, Once, Received};

/// Seconds after which an untouched draft that was not sent is gone.
pub const DRAFT_SECONDS: i64 = 24 * 3600;
/// Seconds after which a draft that was sent no longer shows the secret link. Only the hour of sending is known, so it may
/// be up to an hour more.
const SENT_SECONDS: i64 = 3600;
/// Bytes of a draft's key.
const KEY_BYTES: usize = 16;

/// What a browser holds for its draft: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DraftKey([u8; KEY_BYTES]);

impl std::fmt::Debug for DraftKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DraftKey(..)")
    }
}

impl DraftKey {
    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new() -> Result<Self, AppError> {
        Ok(Self(random()?))
    }

    /// Reads a cookie's value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The cookie's value.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    fn id(&self, keys: &Keys) -> [u8; 32] {
        keys.tag(Purpose::Draft, &[&self.0])
    }

    fn cipher(&self, keys: &Keys) -> Option<LessSafeKey> {
        let key = keys.tag(Purpose::Draft, &[&self.0, b"seal"]);
        UnboundKey::new(&CHACHA20_POLY1305, &key)
            .ok()
            .map(LessSafeKey::new)
    }

    fn once(&self) -> Once<'_> {
        // One draft makes one report, whatever it says when it is sent again.
        Once::new(&self.0, b"draft")
    }
}

/// A draft as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    /// Answers so far; once sent, what a next report may begin with.
    pub progress: Progress,
    /// Set once the report was received.
    #[serde(default)]
    pub sent: bool,
    /// The report that was sent was of somebody who may be watched: the way out stays on the page.
    #[serde(default)]
    pub at_risk: bool,
    /// The hour in which it was last touched.
    pub at: Micros,
}

/// What lies in the database: the hashes of its files, so that these are not swept away, and the sealed rest.
#[derive(Serialize, Deserialize)]
struct Sealed {
    files: Vec<String>,
    sealed: String,
}

/// What became of sending a draft.
#[derive(Debug)]
pub enum Sent {
    /// Received now or before.
    Received(Box<Received>),
    /// Answers are missing or no longer fit the form.
    Incomplete(Vec<FieldProblem>),
    /// There is no such draft (any more).
    Absent,
}

impl App {
    /// The draft of this key, unless it expired.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn draft(&self, key: &DraftKey) -> Result<Option<Saved>, AppError> {
        let Some(text) = self.store.draft(key.id(self.store.keys())).await? else {
            return Ok(None);
        };
        let saved = open(&text, key, self.store.keys());
        let hour = self.clock.now().hour();
        let life = |saved: &Saved| match saved.sent {
            true => SENT_SECONDS,
            false => DRAFT_SECONDS,
        };
        Ok(saved.filter(|saved| saved.at >= hour.plus_seconds(-life(saved))))
    }

    /// Keeps a draft.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn save_draft(&self, key: &DraftKey, progress: &Progress) -> Result<(), AppError> {
        self.save(
            key,
            Saved {
                progress: progress.clone(),
                sent: false,
                at_risk: false,
                at: self.clock.now().hour(),
            },
        )
        .await
    }

    async fn save(&self, key: &DraftKey, saved: Saved) -> Result<(), AppError> {
        let keys = self.store.keys();
        let text = seal(&saved, key, keys)?;
        self.uploads.draft(text.len())?;
        self.store.save_draft(key.id(keys), &text, saved.at).await?;
        Ok(())
    }

    /// Forgets a draft.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn drop_draft(&self, key: &DraftKey) -> Result<(), AppError> {
        self.store.drop_draft(key.id(self.store.keys())).await?;
        Ok(())
    }

    /// Sends a draft. Sending it again, at the same time or later, gives the same receipt.
    ///
    /// # Errors
    /// See [`AppError`]; on any error nothing was received, or the next try gives its receipt.
    pub async fn send_draft(&self, key: &DraftKey, suspect: bool) -> Result<Sent, AppError> {
        let Some(saved) = self.draft(key).await? else {
            return Ok(Sent::Absent);
        };
        if saved.sent {
            let answered = self.answered(key.once()).await?;
            return Ok(answered.map_or(Sent::Absent, |it| Sent::Received(Box::new(it))));
        }
        let mut progress = saved.progress;
        if self.form.has_flag(&progress, Flag::Anonymous) {
            self.clean_files(&mut progress.files).await?;
        }
        let extras = Extras {
            suspect,
            ..Extras::default()
        };
        let draft = match self.form.submit(&progress, Channel::Web, extras) {
            Ok(draft) => draft,
            Err(problems) => return Ok(Sent::Incomplete(problems)),
        };
        let once = Some(key.once());
        let received = self.submit(&draft, Actor::Reporter, once).await?;
        let sent = Saved {
            at_risk: self.form.has_flag(&progress, Flag::AtRisk),
            progress: self.carried(&progress),
            sent: true,
            at: self.clock.now().hour(),
        };
        self.save(key, sent).await?;
        Ok(Sent::Received(Box::new(received)))
    }

    /// The receipt of a draft that was sent, for showing its page again, and what a next report may begin with.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn sent_draft(&self, key: &DraftKey) -> Result<Option<(Received, Saved)>, AppError> {
        match self.draft(key).await? {
            Some(saved) if saved.sent => {
                let answered = self.answered(key.once()).await?;
                Ok(answered.map(|received| (received, saved)))
            }
            _ => Ok(None),
        }
    }

    /// What the same person need not say again in a next report: who and where they are. Never what happened, and
    /// never a consent.
    fn carried(&self, progress: &Progress) -> Progress {
        let mut next = self.form.begin(&progress.language);
        let is_about =
            |role: Option<Role>| matches!(role, Some(Role::Region | Role::AgeBand | Role::Sector));
        let about: BTreeSet<&str> = self
            .form
            .steps()
            .iter()
            .filter(|step| {
                let identity = |question: &cairn_desk::form::Question| {
                    let options = question.kind.options().iter();
                    options
                        .into_iter()
                        .any(|o| o.flags.contains(&Flag::Anonymous))
                };
                step.questions
                    .iter()
                    .any(|question| is_about(question.role) || identity(question))
            })
            .flat_map(|step| &step.questions)
            .map(|question| question.code.as_str())
            .collect();
        for (code, answer) in &progress.answers {
            if about.contains(code.as_str()) {
                next.answers.insert(code.clone(), answer.clone());
            }
        }
        if !self.form.has_flag(progress, Flag::Anonymous) {
            next.contact = progress.contact.clone();
        }
        next
    }
}

fn seal(saved: &Saved, key: &DraftKey, keys: &Keys) -> Result<String, AppError> {
    let damaged = |error: serde_json::Error| AppError::Damaged {
        what: "draft",
        cause: error.to_string(),
    };
    let nonce: [u8; NONCE_LEN] = random()?;
    let mut text = serde_json::to_vec(saved).map_err(damaged)?;
    let cipher = key.cipher(keys);
    let sealed = cipher.and_then(|cipher| {
        let nonce = Nonce::assume_unique_for_key(nonce);
        cipher
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut text)
            .ok()
    });
    sealed.ok_or(cairn_store::keys::KeyError::Random)?;
    let files = saved.progress.files.iter();
    let whole = Sealed {
        files: files.map(|file| file.sha256.clone()).collect(),
        sealed: STANDARD_NO_PAD.encode([nonce.as_slice(), &text].concat()),
    };
    serde_json::to_string(&whole).map_err(damaged)
}

/// `None` for what does not open: another installation's keys, or a form of state that an update left behind.
fn open(text: &str, key: &DraftKey, keys: &Keys) -> Option<Saved> {
    let sealed: Sealed = serde_json::from_str(text).ok()?;
    let bytes = STANDARD_NO_PAD.decode(sealed.sealed).ok()?;
    let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let mut rest = rest.to_vec();
    let cipher = key.cipher(keys)?;
    let plain = cipher.open_in_place(nonce, Aad::empty(), &mut rest).ok()?;
    serde_json::from_slice(plain).ok()
}
