//! The keys of notes: public with their text form, private for signing.

use std::fmt;
use std::str::FromStr;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::{Note, NoteError, Signature, check_name, check_text};
use crate::hash::{base64, hex, sha256, unbase64, unhex};

/// Ed25519 as the signature type byte of a C2SP signed note.
const ED25519_TYPE: u8 = 1;

/// A public key with the name it signs under. Its text form is `name+8 hexadecimal digits+base64`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    pub(super) name: String,
    pub(super) id: [u8; 4],
    pub(super) public: [u8; 32],
}

impl VerifierKey {
    /// Names a public key (RFC 8032, 32 bytes).
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, &public),
            public,
        })
    }

    /// The name, for a log its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key).
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The Ed25519 public key.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Whether `signature` is this key's signature of `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = [ED25519_TYPE; 33];
        let (_, public) = key.split_at_mut(1);
        public.copy_from_slice(&self.public);
        write!(f, "{}+{}+{}", self.name, hex(&self.id), base64(&key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || NoteError::VerifierKey(text.to_owned());
        // The base64 part may contain '+', the others may not.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let found: [u8; 4] = unhex(id).ok_or_else(malformed)?;
        let key: [u8; 33] = unbase64(key).ok_or_else(malformed)?;
        let Some((&ED25519_TYPE, public)) = key.split_first() else {
            return Err(malformed());
        };
        let key = Self::new(name, public.try_into().map_err(|_| malformed())?)?;
        if key.id != found {
            return Err(NoteError::KeyId {
                name: key.name,
                found: hex(&found),
                expected: hex(&key.id),
            });
        }
        Ok(key)
    }
}

/// A private key with the name it signs under.
pub struct Signer {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl Signer {
    /// Names a key pair; [`crate::keys::pair_from_seed`] makes one.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, pair: Ed25519KeyPair) -> Result<Self, NoteError> {
        let public = pair.public_key().as_ref().try_into();
        let public = public.map_err(|_| NoteError::VerifierKey(name.to_owned()))?;
        Ok(Self {
            verifier: VerifierKey::new(name, public)?,
            pair,
        })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text as a whole note with this one signature.
    ///
    /// # Errors
    /// [`NoteError::Text`] if the text cannot stand in a note.
    pub fn sign(&self, text: String) -> Result<Note, NoteError> {
        check_text(&text)?;
        let signature = self.signature(&text);
        Ok(Note {
            text,
            signatures: vec![signature],
        })
    }

    /// Adds this key's signature to a note, as when keys rotate.
    pub fn cosign(&self, note: &mut Note) {
        note.signatures
            .retain(|s| s.name != self.verifier.name || s.id != self.verifier.id);
        let signature = self.signature(&note.text);
        note.signatures.push(signature);
    }

    fn signature(&self, text: &str) -> Signature {
        Signature {
            name: self.verifier.name.clone(),
            id: self.verifier.id,
            bytes: self.pair.sign(text.as_bytes()).as_ref().to_vec(),
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the private half.
        f.debug_tuple("Signer")
            .field(&self.verifier.to_string())
            .finish()
    }
}

fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let mut data = Vec::with_capacity(name.len() + 34);
    data.extend_from_slice(name.as_bytes());
    data.extend_from_slice(&[b'\n', ED25519_TYPE]);
    data.extend_from_slice(public);
    let [a, b, c, d, ..] = sha256(&data).0;
    [a, b, c, d]
}
