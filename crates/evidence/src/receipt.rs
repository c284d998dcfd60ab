//! The receipt file: a C2SP transparency log proof (`c2sp.org/tlog-proof@v1`) that holds all one needs to show, without
//! asking anybody, that a report was taken into the log.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra eyJ2IjoxLCJyZWZlcmVuY2UiOiJBQkNELUVGR0gtSiIs…
//! index 73894
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//! …
//!
//! reports.example/log
//! 109482
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — reports.example/log hI2DJw…
//! ```
//!
//! `extra` is the base64 of one JSON object: `v` (1), `reference`, `event` (the logged event, its exact text), `salt`
//! (base64 of 16 bytes), and where the holder may prove the report's content too, `body_salt` (base64 of 16 bytes)
//! with `body_check` (base64 of the first 12 bytes of SHA-256(body_salt ‖ entry)), which shows a damaged salt at once.
//! The specification leaves `extra` unauthenticated; here the log entry is recomputed from salt and event, so that
//! what the receipt claims either was signed or leads to what was signed; only the body's salt waits for
//! [`Receipt::verify_body`] to be proved. A receipt has exactly one text; [`Receipt::parse`] refuses any other.

use serde::Deserialize;

use crate::checkpoint::SignedCheckpoint;
use crate::hash::{Hash, entry, leaf_hash, salted};
use crate::keys::KeyList;
use crate::note::VerifierKey;
use crate::proof::verify_inclusion;

mod error;
mod text;

pub use error::ReceiptError;

/// The longest receipt that is read, in bytes.
pub const RECEIPT_BYTES_MAX: usize = 262_144;
/// The file name's ending that the specification asks for.
pub const RECEIPT_EXTENSION: &str = "tlog-proof";
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A receipt. That it parsed proves nothing: see [`Receipt::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The report's public reference, equal to the event's field of that name.
    pub reference: String,
    /// The logged event: its exact JSON text.
    pub event: String,
    /// The event's salt.
    pub salt: [u8; 16],
    /// The salt of the report's body, where the holder may prove the content.
    pub body_salt: Option<[u8; 16]>,
    /// The event's place in the log, from 0.
    pub index: u64,
    /// The inclusion path from the leaf's sibling up.
    pub path: Vec<Hash>,
    /// The signed state of the log.
    pub checkpoint: SignedCheckpoint,
    /// Ties the body's salt to the entry; kept as read, compared in `verify`.
    body_check: Option<[u8; 12]>,
}

/// The receipt of what is about to be logged: all of it that is known before.
#[derive(Debug, Clone, Copy)]
pub struct Fresh<'a> {
    /// As [`Receipt::reference`].
    pub reference: &'a str,
    /// As [`Receipt::event`].
    pub event: &'a str,
    /// As [`Receipt::salt`].
    pub salt: [u8; 16],
    /// The log entry of both: see [`Receipt::entry`].
    pub entry: Hash,
    /// As [`Receipt::body_salt`].
    pub body_salt: [u8; 16],
}

/// The text of a receipt up to its place in the log: see [`Fresh::begin`].
#[derive(Debug, Clone)]
pub struct Begun(String);

/// What a receipt proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The report.
    pub reference: String,
    /// The logged event: its exact JSON text.
    pub event: String,
    /// The log entry: SHA-256(salt ‖ event).
    pub entry: Hash,
    /// The event's place in the log, from 0.
    pub index: u64,
    /// Leaves of the log when the checkpoint was signed.
    pub size: u64,
    /// The signed root.
    pub root: Hash,
    /// The key of the log that signed.
    pub key: VerifierKey,
    /// Names on signature lines that no given key could check, such as witnesses; they add nothing to the proof.
    pub unchecked: Vec<String>,
}

/// What must be known of an event here; a field that stands twice is an error.
#[derive(Deserialize)]
struct EventFields {
    reference: String,
    #[serde(default)]
    body: Option<String>,
}

impl Receipt {
    /// Puts a receipt together: `event` is the exact JSON text that was logged with `salt` at `index`, and `path` leads
    /// from there to the checkpoint's root.
    pub fn new(
        reference: String,
        event: String,
        salt: [u8; 16],
        body_salt: Option<[u8; 16]>,
        index: u64,
        path: Vec<Hash>,
        checkpoint: SignedCheckpoint,
    ) -> Self {
        let body_check = body_salt.map(|body| body_check(&body, &entry(&salt, event.as_bytes())));
        Self {
            reference,
            event,
            salt,
            body_salt,
            index,
            path,
            checkpoint,
            body_check,
        }
    }

    /// The text of the receipt file.
    pub fn print(&self) -> String {
        self.to_string()
    }

    /// The log entry that this receipt is about: SHA-256(salt ‖ event).
    pub fn entry(&self) -> Hash {
        entry(&self.salt, self.event.as_bytes())
    }

    /// Verifies everything with the log's keys: the checkpoint's signature, that the event is at its place in the log,
    /// and that the reference is the event's.
    ///
    /// # Errors
    /// [`ReceiptError::Signature`], [`ReceiptError::Inclusion`], [`ReceiptError::Event`], [`ReceiptError::Reference`],
    /// [`ReceiptError::BodySalt`].
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Verified, ReceiptError> {
        let key = self
            .checkpoint
            .verify(keys)
            .map_err(ReceiptError::Signature)?;
        let state = self.checkpoint.checkpoint();
        let entry = self.entry();
        verify_inclusion(
            self.index,
            state.size,
            &leaf_hash(entry.as_bytes()),
            &self.path,
            &state.root,
        )
        .map_err(ReceiptError::Inclusion)?;
        let logged = self.event_fields()?.reference;
        if logged != self.reference {
            return Err(ReceiptError::Reference {
                shown: self.reference.clone(),
                logged,
            });
        }
        if self.body_salt.map(|body| body_check(&body, &entry)) != self.body_check {
            return Err(ReceiptError::BodySalt);
        }
        let signatures = self.checkpoint.note().signatures().iter();
        let known = |name: &str, id| keys.iter().any(|key| key.name() == name && key.id() == id);
        Ok(Verified {
            reference: logged,
            event: self.event.clone(),
            entry,
            index: self.index,
            size: state.size,
            root: state.root,
            key: key.clone(),
            unchecked: signatures
                .filter(|s| !known(&s.name, s.id))
                .map(|s| s.name.clone())
                .collect(),
        })
    }

    /// As [`Receipt::verify`], with the published key list: only a key that was in use at the checkpoint's size counts.
    ///
    /// # Errors
    /// As [`Receipt::verify`].
    pub fn verify_listed(&self, list: &KeyList) -> Result<Verified, ReceiptError> {
        self.verify(&list.for_size(self.checkpoint.checkpoint().size))
    }

    /// Proves the report's content: that the event has the digest of this body (its exact stored JSON text) under the
    /// receipt's body salt. Call it after [`Receipt::verify`].
    ///
    /// # Errors
    /// [`ReceiptError::NoBodySalt`], [`ReceiptError::Event`], [`ReceiptError::Body`].
    pub fn verify_body(&self, body: &[u8]) -> Result<(), ReceiptError> {
        let salt = self.body_salt.as_ref().ok_or(ReceiptError::NoBodySalt)?;
        let logged = self.event_fields()?.body.ok_or(ReceiptError::Event)?;
        if salted(salt, body).hex() == logged {
            Ok(())
        } else {
            Err(ReceiptError::Body)
        }
    }

    fn event_fields(&self) -> Result<EventFields, ReceiptError> {
        serde_json::from_str(&self.event).map_err(|_| ReceiptError::Event)
    }
}

fn body_check(body_salt: &[u8; 16], entry: &Hash) -> [u8; 12] {
    let mut check = [0; 12];
    let digest = salted(body_salt, entry.as_bytes());
    check
        .iter_mut()
        .zip(digest.0)
        .for_each(|(check, byte)| *check = byte);
    check
}
