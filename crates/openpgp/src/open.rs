//! What a message holds, and who signed it.

use std::io::Read;

use pgp::composed::{
    CleartextSignedMessage, DecryptionOptions, Deserializable, DetachedSignature, Edata, Esk,
    Message, PlainSessionKey,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::{DecryptionKey, EskType, KeyDetails as _, Password, PkeskVersion};

use crate::key::{AHEAD_SECONDS_MAX, Signing, made, shown};
use crate::packets::{Packet, packets, tag};
use crate::{
    Fault, Key, OPENPGP_BYTES_MAX, OPENPGP_DEPTH_MAX, OPENPGP_SIGNATURES_MAX, Secret, Standing,
    armour, calmly,
};

/// What is to be said of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Good,
    /// It is wrong, or made in a way that proves nothing.
    Bad,
    /// We do not have the key that it says it is by.
    Unknown,
    /// It is by a key whose time was over.
    Expired,
    /// It is by a key that its owner revoked.
    Revoked,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What is to be said of it.
    pub verdict: Verdict,
    /// Fingerprint of the key, where it is known, else what the signature says: a fingerprint, a key id, or nothing.
    pub key: String,
    /// Mail addresses of the key, in lower case; empty where it is unknown.
    pub addresses: Vec<String>,
}

/// An opened message.
pub struct Opened {
    /// What it holds.
    pub data: Vec<u8>,
    /// It was encrypted to us.
    pub encrypted: bool,
    /// The level that was signed, as it stands, to be checked against keys that may be within.
    signed: Option<Vec<u8>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("encrypted", &self.encrypted)
            .finish_non_exhaustive()
    }
}

/// Opens a message, armoured or not: decrypts it with one of our keys, inflates it, takes it out of what it was signed in.
///
/// # Errors
/// See [`Fault`]. Nothing of a message that was changed on its way comes out.
pub fn open(message: &[u8], ours: &[Secret]) -> Result<Opened, Fault> {
    if message.len() > OPENPGP_BYTES_MAX * 2 {
        return Err(Fault::TooLarge);
    }
    let mut level = armour::bare(message, OPENPGP_BYTES_MAX).ok_or(Fault::Damaged)?;
    let mut encrypted = false;
    for _ in 0..OPENPGP_DEPTH_MAX {
        let found = packets(&level)?;
        let first = found
            .iter()
            .find(|packet| !matches!(packet.tag, tag::MARKER | tag::PADDING))
            .ok_or(Fault::Damaged)?;
        level = match first.tag {
            tag::SESSION_KEY
            | tag::PASSWORD_KEY
            | tag::PROTECTED
            | tag::GNUPG_AEAD
            | tag::UNPROTECTED => {
                // Who encrypts twice has something to hide from limits.
                if encrypted {
                    return Err(Fault::TooComplex);
                }
                encrypted = true;
                decrypt(&level, &found, ours)?
            }
            tag::COMPRESSED => inflate(&first.body)?,
            tag::LITERAL => {
                let data = literal(&first.body).ok_or(Fault::Damaged)?;
                return Ok(Opened {
                    data,
                    encrypted,
                    signed: None,
                });
            }
            tag::SIGNATURE | tag::ONE_PASS => return signed(level, encrypted),
            _ => return Err(Fault::Damaged),
        };
    }
    Err(Fault::TooComplex)
}

/// Encrypted data: found out which key, then decrypted whole, its integrity first.
fn decrypt(level: &[u8], found: &[Packet<'_>], ours: &[Secret]) -> Result<Vec<u8>, Fault> {
    if found.iter().any(|packet| packet.tag == tag::UNPROTECTED) {
        return Err(Fault::Unprotected);
    }
    let plain = calmly(|| {
        let message = Message::from_bytes(std::io::Cursor::new(level.to_vec())).ok()?;
        let Message::Encrypted { esk, mut edata, .. } = message else {
            return None;
        };
        let Some(key) = session_key(&esk, ours) else {
            return Some(Err(Fault::NotForUs));
        };
        Some(read_out(&mut edata, &key))
    });
    plain.ok_or(Fault::Damaged)?
}

fn session_key(esks: &[Esk], ours: &[Secret]) -> Option<PlainSessionKey> {
    for esk in esks {
        let Esk::PublicKeyEncryptedSessionKey(esk) = esk else {
            continue;
        };
        let typ = match esk.version() {
            PkeskVersion::V3 => EskType::V3_4,
            PkeskVersion::V6 => EskType::V6,
            PkeskVersion::Other(_) => continue,
        };
        let Ok(values) = esk.values() else { continue };
        let tried = |key: &dyn DecryptionKey| {
            let opened = key.decrypt(&Password::empty(), values, typ);
            opened.ok().and_then(Result::ok)
        };
        for own in ours {
            for sub in &own.0.secret_subkeys {
                if esk.match_identity(sub.key.public_key())
                    && let Some(key) = tried(&sub.key)
                {
                    return Some(key);
                }
            }
            if esk.match_identity(own.0.primary_key.public_key())
                && let Some(key) = tried(&own.0.primary_key)
            {
                return Some(key);
            }
        }
    }
    None
}

fn read_out(edata: &mut Edata<'_>, key: &PlainSessionKey) -> Result<Vec<u8>, Fault> {
    let options = DecryptionOptions::new().enable_gnupg_aead();
    edata
        .decrypt_with_options(key, options)
        .map_err(|_| Fault::Damaged)?;
    limited(edata)
}

fn limited(read: &mut dyn Read) -> Result<Vec<u8>, Fault> {
    let limit = u64::try_from(OPENPGP_BYTES_MAX).unwrap_or(u64::MAX);
    let mut out = Vec::new();
    read.take(limit.saturating_add(1))
        .read_to_end(&mut out)
        .map_err(|_| Fault::Damaged)?;
    if out.len() > OPENPGP_BYTES_MAX {
        return Err(Fault::TooLarge);
    }
    Ok(out)
}

/// RFC 9580, 5.6. Ours are the two that our key asks for; nobody has to use another.
fn inflate(body: &[u8]) -> Result<Vec<u8>, Fault> {
    let (algorithm, data) = body.split_first().ok_or(Fault::Damaged)?;
    match algorithm {
        0 => Ok(data.to_vec()),
        1 => limited(&mut flate2::read::DeflateDecoder::new(data)),
        2 => limited(&mut flate2::read::ZlibDecoder::new(data)),
        _ => Err(Fault::Damaged),
    }
}

/// RFC 9580, 5.9: format, name with its length, date, data.
fn literal(body: &[u8]) -> Option<Vec<u8>> {
    let name = usize::from(*body.get(1)?);
    body.get(2 + name + 4..).map(<[u8]>::to_vec)
}

/// Signed data: what was signed must be one literal, at most compressed once.
fn signed(level: Vec<u8>, encrypted: bool) -> Result<Opened, Fault> {
    let found = packets(&level)?;
    let is_signature = |packet: &&Packet<'_>| matches!(packet.tag, tag::SIGNATURE | tag::ONE_PASS);
    if found.iter().filter(is_signature).count() > 2 * OPENPGP_SIGNATURES_MAX {
        return Err(Fault::TooComplex);
    }
    let mut content = found
        .iter()
        .filter(|packet| matches!(packet.tag, tag::LITERAL | tag::COMPRESSED));
    let inner = content.next().ok_or(Fault::Damaged)?;
    if content.next().is_some() {
        return Err(Fault::Damaged);
    }
    let data = if inner.tag == tag::LITERAL {
        literal(&inner.body)
    } else {
        let inflated = inflate(&inner.body)?;
        let within = packets(&inflated)?;
        match within.as_slice() {
            [one] if one.tag == tag::LITERAL => literal(&one.body),
            _ => None,
        }
    };
    let data = data.ok_or(Fault::Damaged)?;
    Ok(Opened {
        data,
        encrypted,
        signed: Some(level),
    })
}

impl Opened {
    /// It has a signature.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signed.is_some()
    }

    /// Its signatures, checked with the keys that may be theirs.
    #[must_use]
    pub fn signatures(&self, known: &[Key], now: i64) -> Vec<Signature> {
        let Some(level) = &self.signed else {
            return Vec::new();
        };
        let checked = calmly(|| {
            let mut message = Message::from_bytes(level.as_slice()).ok()?;
            if let Message::Signed { .. } = &message {
                message = message.decompress().ok()?;
            }
            let read = limited(&mut message).ok()?;
            let Message::Signed { reader, .. } = &message else {
                return None;
            };
            let same = read == self.data;
            let count = reader.num_signatures().min(OPENPGP_SIGNATURES_MAX);
            let one = |at: usize| {
                let sig = reader.signature(at)?;
                let right = |part: &Signing<'_>| {
                    same && match part {
                        Signing::Primary(key) => message.verify_nested_explicit(at, *key).is_ok(),
                        Signing::Sub(key, _) => message.verify_nested_explicit(at, *key).is_ok(),
                    }
                };
                Some(judged(sig, known, now, right))
            };
            Some((0..count).map(|at| one(at).unwrap_or_else(bad)).collect())
        });
        checked.unwrap_or_else(|| vec![bad()])
    }
}

fn bad() -> Signature {
    Signature {
        verdict: Verdict::Bad,
        key: String::new(),
        addresses: Vec::new(),
    }
}

/// The keys that a signature says it is by are tried, and what is known of the right one decides.
fn judged(
    sig: &pgp::packet::Signature,
    known: &[Key],
    now: i64,
    right: impl Fn(&Signing<'_>) -> bool,
) -> Signature {
    let (ids, prints) = (sig.issuer_key_id(), sig.issuer_fingerprint());
    let theirs = |part: &Signing<'_>| {
        let (id, print) = match part {
            Signing::Primary(key) => (key.legacy_key_id(), key.fingerprint()),
            Signing::Sub(key, _) => (key.legacy_key_id(), key.fingerprint()),
        };
        if prints.is_empty() {
            ids.contains(&&id)
        } else {
            prints.contains(&&print)
        }
    };
    let named = prints.first().map(|print| shown(print));
    let named = named.or_else(|| ids.first().map(|id| id.to_string().to_uppercase()));
    for key in known {
        let parts = key.signing();
        let Some(part) = parts.iter().find(|part| theirs(part)) else {
            continue;
        };
        let at = i64::from(made(sig));
        let lasts = sig
            .signature_expiration_time()
            .map(std::time::Duration::from);
        let over = lasts.is_some_and(|lasts| {
            let lasts = i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX);
            lasts > 0 && at.saturating_add(lasts) <= now
        });
        let verdict = if !right(part) || weak(sig) || at > now + AHEAD_SECONDS_MAX {
            Verdict::Bad
        } else {
            match key.primary(now) {
                Standing::Revoked => Verdict::Revoked,
                // It counts whether the key holds now: who took an old key over could date signatures back.
                Standing::Expired => Verdict::Expired,
                _ if over || !part.held(now) => Verdict::Expired,
                _ => Verdict::Good,
            }
        };
        return Signature {
            verdict,
            key: key.fingerprint(),
            addresses: key.addresses(),
        };
    }
    Signature {
        verdict: Verdict::Unknown,
        key: named.unwrap_or_default(),
        addresses: Vec::new(),
    }
}

/// Digests with which two texts can be made to have the same signature.
fn weak(sig: &pgp::packet::Signature) -> bool {
    !matches!(
        sig.hash_alg(),
        Some(
            HashAlgorithm::Sha256
                | HashAlgorithm::Sha384
                | HashAlgorithm::Sha512
                | HashAlgorithm::Sha224
                | HashAlgorithm::Sha3_256
                | HashAlgorithm::Sha3_512
        )
    )
}

/// Checks signatures beside `data` (RFC 3156, 5), armoured or not. The line ends of `data` are those that were signed: CR LF.
#[must_use]
pub fn check_detached(signature: &[u8], data: &[u8], known: &[Key], now: i64) -> Vec<Signature> {
    let checked = calmly(|| {
        let bare = armour::bare(signature, crate::OPENPGP_KEY_BYTES_MAX)?;
        packets(&bare).ok()?;
        let all = DetachedSignature::from_bytes_many(bare.as_slice()).ok()?;
        let all = all.take(OPENPGP_SIGNATURES_MAX).map(|sig| {
            let Ok(DetachedSignature { signature: sig }) = sig else {
                return bad();
            };
            judged(&sig, known, now, |part| match part {
                Signing::Primary(key) => sig.verify(*key, data).is_ok(),
                Signing::Sub(key, _) => sig.verify(*key, data).is_ok(),
            })
        });
        Some(all.collect::<Vec<_>>())
    });
    checked
        .filter(|all| !all.is_empty())
        .unwrap_or_else(|| vec![bad()])
}

/// A readable text with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clear {
    /// What was signed; nothing where the block makes no sense.
    pub text: Option<String>,
    /// Its signatures.
    pub signatures: Vec<Signature>,
}

/// Checks a readable text with its signature under it (RFC 9580, 7).
#[must_use]
pub fn check_cleartext(block: &str, known: &[Key], now: i64) -> Clear {
    let checked = calmly(|| {
        let (message, _) = CleartextSignedMessage::from_string(block).ok()?;
        let text = message.signed_text();
        let all = message.signatures().iter().take(OPENPGP_SIGNATURES_MAX);
        let all = all.map(|sig| {
            judged(sig, known, now, |part| match part {
                Signing::Primary(key) => sig.verify(*key, text.as_bytes()).is_ok(),
                Signing::Sub(key, _) => sig.verify(*key, text.as_bytes()).is_ok(),
            })
        });
        let signatures: Vec<_> = all.collect();
        (!signatures.is_empty()).then(|| Clear {
            text: Some(text.clone()),
            signatures,
        })
    });
    checked.unwrap_or_else(|| Clear {
        text: None,
        signatures: vec![bad()],
    })
}
