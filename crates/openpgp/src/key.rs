//! Public keys: what they say of themselves, and whether they may be used now.

use pgp::composed::{Deserializable, SignedPublicKey, SignedPublicSubKey};
use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize as _;
use pgp::types::{KeyDetails as _, PublicParams, Tag};

use crate::{OPENPGP_KEY_BYTES_MAX, OPENPGP_KEYS_MAX, armour, calmly};

/// Shortest RSA key that is used, bits.
const RSA_BITS_MIN: usize = 2048;
/// A signature may be so much ahead of our clock, seconds.
pub(crate) const AHEAD_SECONDS_MAX: i64 = 24 * 3_600;

/// Why a key is not taken or not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not a public key.
    #[error("this is no OpenPGP public key")]
    NoKey,
    /// More than [`OPENPGP_KEY_BYTES_MAX`].
    #[error("the key has more than {OPENPGP_KEY_BYTES_MAX} bytes")]
    TooLarge,
    /// A secret key, which nobody else should have.
    #[error("this is a secret key; never give it to anybody")]
    Secret,
}

/// Whether a key may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Good,
    /// Its time is over.
    Expired,
    /// Its owner revoked it.
    Revoked,
    /// It holds nothing that can be encrypted to, or only what is too weak.
    CannotEncrypt,
}

/// A public key of somebody (a "certificate").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(pub(crate) SignedPublicKey);

/// The keys in a file, armoured or not, at most [`OPENPGP_KEYS_MAX`].
///
/// # Errors
/// See [`KeyFault`].
pub fn keys_in(bytes: &[u8]) -> Result<Vec<Key>, KeyFault> {
    if bytes.len() > OPENPGP_KEY_BYTES_MAX * 2 {
        return Err(KeyFault::TooLarge);
    }
    let text = bytes.trim_ascii_start();
    let is_secret = b"-----BEGIN PGP PRIVATE KEY BLOCK-----";
    if text.windows(is_secret.len()).any(|part| part == is_secret) {
        return Err(KeyFault::Secret);
    }
    let block = armour::blocks(bytes)
        .into_iter()
        .find(|(block, _)| *block == armour::Block::Keys);
    let bytes = match block {
        Some((_, range)) => bytes.get(range).unwrap_or_default(),
        None => bytes,
    };
    let bare = armour::bare(bytes, OPENPGP_KEY_BYTES_MAX).ok_or(KeyFault::NoKey)?;
    let all = calmly(|| {
        let read = SignedPublicKey::from_bytes_many(bare.as_slice()).ok()?;
        let good = read.take(OPENPGP_KEYS_MAX).filter_map(Result::ok);
        Some(good.map(Key).collect::<Vec<_>>())
    });
    match all {
        Some(keys) if !keys.is_empty() => Ok(keys),
        _ => Err(KeyFault::NoKey),
    }
}

/// A fingerprint in groups of four, as people compare them.
#[must_use]
pub fn fingerprint_shown(fingerprint: &str) -> String {
    let signs: Vec<char> = fingerprint.chars().collect();
    let groups: Vec<String> = signs
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

impl Key {
    /// Reads the first key of a file.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, KeyFault> {
        keys_in(bytes)?.into_iter().next().ok_or(KeyFault::NoKey)
    }

    /// Fingerprint, hexadecimal in capitals: 40 signs of a version 4 key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        shown(&self.0.primary_key.fingerprint())
    }

    /// User ids that the key's owner signed and did not revoke.
    #[must_use]
    pub fn user_ids(&self) -> Vec<String> {
        let own = self.0.details.users.iter().filter(|user| {
            let newest = self.newest_of(user);
            newest.is_some_and(|newest| newest.typ() != Some(SignatureType::CertRevocation))
        });
        own.filter_map(|user| user.id.as_str().map(ToOwned::to_owned))
            .collect()
    }

    /// Mail addresses in the user ids, in lower case.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let ids = self.user_ids();
        let split = ids.iter().filter_map(|id| crate::split_address(id));
        split
            .map(|(local, domain)| format!("{local}@{domain}").to_lowercase())
            .collect()
    }

    /// One of its user ids has this address.
    #[must_use]
    pub fn is_of(&self, address: &str) -> bool {
        let address = address.trim().to_lowercase();
        self.addresses().contains(&address)
    }

    /// When its time is over, seconds since 1970.
    #[must_use]
    pub fn expires(&self) -> Option<i64> {
        let newest = self.newest()?;
        ends(self.0.primary_key.created_at().as_secs(), newest)
    }

    /// When it was made, seconds since 1970.
    #[must_use]
    pub fn made(&self) -> i64 {
        i64::from(self.0.primary_key.created_at().as_secs())
    }

    /// Whether mail can be encrypted to it at the moment `now`, seconds since 1970.
    #[must_use]
    pub fn standing(&self, now: i64) -> Standing {
        let checked = calmly(|| {
            Some(match self.primary(now) {
                Standing::Good if self.encrypting(now).is_none() => {
                    let ever = self.subkeys().any(|(_, sig)| encrypts(sig));
                    if ever {
                        Standing::Expired
                    } else {
                        Standing::CannotEncrypt
                    }
                }
                standing => standing,
            })
        });
        checked.unwrap_or(Standing::CannotEncrypt)
    }

    /// Whether the primary key holds, whatever it can do.
    pub(crate) fn primary(&self, now: i64) -> Standing {
        let key = &self.0.primary_key;
        let revoked = self.0.details.revocation_signatures.iter().any(|sig| {
            sig.typ() == Some(SignatureType::KeyRevocation) && sig.verify_key(key).is_ok()
        });
        if revoked {
            return Standing::Revoked;
        }
        if self.newest().is_none() {
            return Standing::CannotEncrypt;
        }
        match self.expires() {
            Some(end) if end <= now => Standing::Expired,
            _ => Standing::Good,
        }
    }

    /// The newest signature of the key's owner on a user id, or on the key itself: it says for how long the key holds.
    fn newest(&self) -> Option<&Signature> {
        let key = &self.0.primary_key;
        let users = self.0.details.users.iter();
        let users = users.filter_map(|user| self.newest_of(user));
        let users = users.filter(|sig| sig.typ() != Some(SignatureType::CertRevocation));
        let direct = self.0.details.direct_signatures.iter();
        let direct = direct.filter(|sig| own(sig, self) && sig.verify_key(key).is_ok());
        users.chain(direct).max_by_key(|sig| made(sig))
    }

    fn newest_of<'a>(&self, user: &'a pgp::types::SignedUser) -> Option<&'a Signature> {
        let key = &self.0.primary_key;
        let own = user.signatures.iter().filter(|sig| {
            own(sig, self) && sig.verify_certification(key, Tag::UserId, &user.id).is_ok()
        });
        own.max_by_key(|sig| made(sig))
    }

    /// Subkeys that are bound to the key, with the newest of their bindings, unless they were revoked.
    fn subkeys(&self) -> impl Iterator<Item = (&SignedPublicSubKey, &Signature)> {
        let key = &self.0.primary_key;
        self.0.public_subkeys.iter().filter_map(move |sub| {
            let bound = |sig: &&Signature| sig.verify_subkey_binding(key, &sub.key).is_ok();
            let is = |sig: &&Signature, typ| sig.typ() == Some(typ);
            let gone = sub
                .signatures
                .iter()
                .any(|sig| is(&sig, SignatureType::SubkeyRevocation) && bound(&sig));
            let newest = sub
                .signatures
                .iter()
                .filter(|sig| is(sig, SignatureType::SubkeyBinding) && bound(sig))
                .max_by_key(|sig| made(sig))?;
            (!gone).then_some((sub, newest))
        })
    }

    /// The newest subkey that may be encrypted to.
    pub(crate) fn encrypting(&self, now: i64) -> Option<&SignedPublicSubKey> {
        let fit = self.subkeys().filter(|(sub, sig)| {
            encrypts(sig)
                && holds(sub.key.created_at().as_secs(), sig, now)
                && strong(sub.key.public_params())
        });
        fit.map(|(sub, _)| sub)
            .max_by_key(|sub| sub.key.created_at().as_secs())
    }

    /// The parts of it that may sign: the primary key, and subkeys that say so and agreed to it.
    pub(crate) fn signing(&self) -> Vec<Signing<'_>> {
        let key = &self.0.primary_key;
        let mut all = Vec::new();
        let flags = self.newest().map(Signature::key_flags);
        if flags.is_some_and(|flags| flags.sign()) {
            all.push(Signing::Primary(key));
        }
        let subs = self.subkeys().filter(|(sub, sig)| {
            let agreed = sig
                .embedded_signature()
                .is_some_and(|back| back.verify_primary_key_binding(&sub.key, key).is_ok());
            sig.key_flags().sign() && agreed
        });
        all.extend(subs.map(|(sub, sig)| Signing::Sub(&sub.key, sig)));
        all
    }

    /// With armour, as it is sent and published.
    #[must_use]
    pub fn armoured(&self) -> String {
        self.0.to_armored_string(None.into()).unwrap_or_default()
    }

    /// Without armour, as web key directories have it.
    #[must_use]
    pub fn binary(&self) -> Vec<u8> {
        self.0.to_bytes().unwrap_or_default()
    }
}

/// A part of a key that may sign.
#[derive(Clone, Copy)]
pub(crate) enum Signing<'a> {
    Primary(&'a pgp::packet::PublicKey),
    Sub(&'a pgp::packet::PublicSubkey, &'a Signature),
}

impl Signing<'_> {
    /// It held at that moment.
    pub(crate) fn held(&self, at: i64) -> bool {
        match self {
            Self::Primary(_) => true,
            Self::Sub(key, sig) => holds(key.created_at().as_secs(), sig, at),
        }
    }
}

/// Only signatures of its owner count: any number of others may be on a key.
fn own(sig: &Signature, key: &Key) -> bool {
    let id = key.0.primary_key.legacy_key_id();
    let fingerprint = key.0.primary_key.fingerprint();
    sig.issuer_key_id().contains(&&id) || sig.issuer_fingerprint().contains(&&fingerprint)
}

pub(crate) fn made(sig: &Signature) -> u32 {
    sig.created()
        .map(pgp::types::Timestamp::as_secs)
        .unwrap_or_default()
}

/// A key made then, with this binding, holds until; `None` is for ever.
fn ends(made: u32, binding: &Signature) -> Option<i64> {
    let lasts: std::time::Duration = binding.key_expiration_time()?.into();
    let lasts = i64::try_from(lasts.as_secs()).ok()?;
    (lasts > 0).then(|| i64::from(made) + lasts)
}

fn holds(made: u32, binding: &Signature, now: i64) -> bool {
    let over = ends(made, binding).is_some_and(|end| end <= now);
    !over && i64::from(made) <= now + AHEAD_SECONDS_MAX
}

fn encrypts(binding: &Signature) -> bool {
    binding.key_flags().encrypt_comms() || binding.key_flags().encrypt_storage()
}

fn strong(params: &PublicParams) -> bool {
    use pgp::types::PublicParams as P;
    match params {
        P::RSA(rsa) => {
            use rsa_bits::Bits as _;
            rsa.bits() >= RSA_BITS_MIN
        }
        P::ECDH(_) | P::X25519(_) | P::X448(_) => true,
        _ => false,
    }
}

mod rsa_bits {
    /// Length of a modulus.
    pub(super) trait Bits {
        fn bits(&self) -> usize;
    }
    impl Bits for pgp::types::RsaPublicParams {
        fn bits(&self) -> usize {
            // The modulus is the first number that is written: its length in bits, then its bytes.
            use pgp::ser::Serialize as _;
            let bytes = self.to_bytes().unwrap_or_default();
            match bytes.as_slice() {
                [high, low, ..] => usize::from(*high) << 8 | usize::from(*low),
                _ => 0,
            }
        }
    }
}

pub(crate) fn shown(fingerprint: &pgp::types::Fingerprint) -> String {
    format!("{fingerprint:X}")
}
