//! C2SP signed notes (`c2sp.org/signed-note`): a text, an empty line, and signature lines; and the text forms of the
//! keys. Only Ed25519 (signature type 0x01) is verified; lines of unknown keys are kept and ignored, as the
//! specification asks. Everything else is strict: one value has one text.

use std::fmt;
use std::str::FromStr;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::hash::{base64, hex, sha256, unbase64, unbase64_vec, unhex};

/// The longest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 1_000_000;
/// The most signature lines that are read (the specification asks for at least 16).
pub const NOTE_SIGNATURES_MAX: usize = 100;

const ED25519_TYPE: u8 = 1;
const SIGNATURE_MARK: &str = "\u{2014} ";

/// What is wrong with a note or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Names are not empty and have neither spaces, control characters nor `+`.
    #[error(
        "{0:?} is not a key name: it must not be empty nor contain spaces, control characters or '+'"
    )]
    Name(String),
    /// Not of the form `name+id+key`.
    #[error("{0:?} is not a verifier key of the form name+8 hexadecimal digits+base64")]
    VerifierKey(String),
    /// The identifier in a verifier key is not that of its name and key.
    #[error(
        "the key {name} names itself {found}, but its content has the identifier {expected}: it was altered"
    )]
    KeyId {
        /// Key name.
        name: String,
        /// As written.
        found: String,
        /// As computed.
        expected: String,
    },
    /// The note's text cannot be signed or read.
    #[error("the signed text is malformed: {0}")]
    Text(&'static str),
    /// A signature line is malformed; lines are counted from 1 within the signatures.
    #[error("signature line {line} is malformed: {problem}")]
    SignatureLine {
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// A known key's signature does not belong to the text.
    #[error(
        "the signature of {0} does not belong to this text: the text or the signature was altered"
    )]
    BadSignature(String),
    /// Nobody whom we know signed.
    #[error("none of the signatures ({signers}) was made with a known key")]
    NoKnownKey {
        /// The names on the signature lines.
        signers: String,
    },
    /// Two different keys with one name and identifier were given to verify with.
    #[error("two different keys are both called {0}; which one signed cannot be told")]
    AmbiguousKey(String),
}

/// A public key with the name it signs under. Its text form is `name+8 hexadecimal digits+base64`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    public: [u8; 32],
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

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The key's name as written on the line.
    pub name: String,
    /// The key's identifier as written on the line.
    pub id: [u8; 4],
    /// The signature itself, 64 bytes for Ed25519.
    pub bytes: Vec<u8>,
}

/// A signed note. That it parsed says nothing about who signed it: see [`Note::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// The signed text with its final newline. Trust it only after [`Note::verify`].
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines in order.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Reads a note. Each line ends with a newline, and each (name, identifier) pair signs at most once.
    ///
    /// # Errors
    /// [`NoteError::Text`], [`NoteError::SignatureLine`].
    pub fn parse(input: &str) -> Result<Self, NoteError> {
        if input.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Text("longer than a note may be"));
        }
        // The text may have empty lines of its own; the last one ends it.
        let split = input
            .rfind("\n\n")
            .ok_or(NoteError::Text("no empty line between text and signatures"))?;
        let (text, rest) = input.split_at(split + 1);
        check_text(text)?;
        let lines = rest
            .strip_prefix('\n')
            .and_then(|rest| rest.strip_suffix('\n'));
        let lines = lines.ok_or(NoteError::Text("the last line does not end with a newline"))?;
        let mut signatures: Vec<Signature> = Vec::new();
        for (number, line) in lines.split('\n').enumerate() {
            let error = |problem| NoteError::SignatureLine {
                line: number + 1,
                problem,
            };
            if number == NOTE_SIGNATURES_MAX {
                return Err(error("too many signatures"));
            }
            let signature = parse_signature(line).map_err(error)?;
            if signatures
                .iter()
                .any(|s| s.name == signature.name && s.id == signature.id)
            {
                return Err(error("the same key already signed above"));
            }
            signatures.push(signature);
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// Verifies with the keys that are known. Gives the known keys that signed, in the order of the lines; lines of
    /// other keys are ignored.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if any known key's signature is wrong, [`NoteError::NoKnownKey`],
    /// [`NoteError::AmbiguousKey`].
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signed_by = Vec::with_capacity(1);
        for signature in &self.signatures {
            let mut known = keys
                .iter()
                .filter(|k| k.id == signature.id && k.name == signature.name);
            let Some(key) = known.next() else { continue };
            if known.any(|other| other.public != key.public) {
                return Err(NoteError::AmbiguousKey(key.name.clone()));
            }
            if !key.verifies(self.text.as_bytes(), &signature.bytes) {
                return Err(NoteError::BadSignature(key.name.clone()));
            }
            signed_by.push(key);
        }
        if signed_by.is_empty() {
            let signers = self
                .signatures
                .iter()
                .map(|s| s.name.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            return Err(NoteError::NoKnownKey { signers });
        }
        Ok(signed_by)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let mut bytes = Vec::with_capacity(4 + signature.bytes.len());
            bytes.extend_from_slice(&signature.id);
            bytes.extend_from_slice(&signature.bytes);
            writeln!(f, "{SIGNATURE_MARK}{} {}", signature.name, base64(&bytes))?;
        }
        Ok(())
    }
}

fn parse_signature(line: &str) -> Result<Signature, &'static str> {
    let rest = line
        .strip_prefix(SIGNATURE_MARK)
        .ok_or("it does not start with an em dash and a space")?;
    let (name, signature) = rest
        .split_once(' ')
        .ok_or("there is no space after the key's name")?;
    check_name(name).map_err(|_| "the key's name is malformed")?;
    let bytes = unbase64_vec(signature).ok_or("the signature is not canonical base64")?;
    match bytes.split_first_chunk::<4>() {
        Some((id, bytes)) if !bytes.is_empty() => Ok(Signature {
            name: name.to_owned(),
            id: *id,
            bytes: bytes.to_vec(),
        }),
        _ => Err("the signature is too short"),
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

fn check_name(name: &str) -> Result<(), NoteError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) {
        Err(NoteError::Name(name.to_owned()))
    } else {
        Ok(())
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::Text("it does not end with a newline"));
    }
    if text.bytes().any(|b| b < 0x20 && b != b'\n') {
        return Err(NoteError::Text("it contains a control character"));
    }
    Ok(())
}
