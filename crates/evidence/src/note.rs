//! C2SP signed notes (`c2sp.org/signed-note`): a text, an empty line, and signature lines; and the text forms of the
//! keys. Only Ed25519 (signature type 0x01) is verified; lines of unknown keys are kept and ignored, as the
//! specification asks. Everything else is strict: one value has one text.

use std::fmt;

use crate::hash::{base64, unbase64_vec};

mod key;

pub use key::{Signer, VerifierKey};

/// The longest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 1_000_000;
/// The most signature lines that are read (the specification asks for at least 16).
pub const NOTE_SIGNATURES_MAX: usize = 100;

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
