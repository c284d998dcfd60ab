//! The service's own key: Ed25519 to sign, X25519 (ECDH on Curve25519) to decrypt, version 4, so that GnuPG of Debian stable reads it.

use pgp::composed::{
    ArmorOptions, Deserializable, EncryptionCaps, KeyType, SecretKeyParamsBuilder, SignedSecretKey,
    SubkeyParamsBuilder,
};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{
    Features, KeyFlags, SignatureConfig, SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::types::{
    CompressionAlgorithm, Duration, KeyDetails as _, KeyVersion, Password, SignedUser, Tag,
    Timestamp,
};
use rand::{CryptoRng, Rng};

use crate::{Key, OPENPGP_KEY_BYTES_MAX, OPENPGP_KEYS_MAX, calmly};

/// Why a secret key is not made or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// Not a secret key.
    #[error("this is no OpenPGP secret key")]
    NoKey,
    /// Locked with a password.
    #[error("the secret key has a password; take it off first (gpg --edit-key, passwd)")]
    Locked,
    /// It cannot do what is needed.
    #[error(
        "the key cannot sign and decrypt: it needs a primary key or subkey for each that holds now"
    )]
    Unfit,
    /// The library could not make one.
    #[error("the key could not be made")]
    Make,
}

/// A secret key of ours.
#[derive(Clone)]
pub struct Secret(pub(crate) SignedSecretKey);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Secret")
            .field(&self.public().fingerprint())
            .finish()
    }
}

impl Secret {
    /// Makes one that holds for `seconds` from `now` on (seconds since 1970). `user_id` is `Name <address>`.
    ///
    /// # Errors
    /// [`SecretFault::Make`].
    pub fn make<R: Rng + CryptoRng>(
        user_id: &str,
        now: i64,
        seconds: u32,
        rng: R,
    ) -> Result<Self, SecretFault> {
        let made = Timestamp::from_secs(u32::try_from(now).map_err(|_| SecretFault::Make)?);
        calmly(|| bare(user_id, made, rng).and_then(|key| Self(key).lasting(made, seconds)))
            .ok_or(SecretFault::Make)
    }

    /// The same key, whose time is over `seconds` after `now`.
    ///
    /// # Errors
    /// [`SecretFault::Make`].
    pub fn extended(&self, now: i64, seconds: u32) -> Result<Self, SecretFault> {
        let now = Timestamp::from_secs(u32::try_from(now).map_err(|_| SecretFault::Make)?);
        calmly(|| self.clone().lasting(now, seconds)).ok_or(SecretFault::Make)
    }

    /// Its signatures on itself, written anew at a moment.
    fn lasting(mut self, at: Timestamp, seconds: u32) -> Option<Self> {
        let key = &self.0;
        let age = at
            .as_secs()
            .checked_sub(key.primary_key.created_at().as_secs())?;
        let lasts = Duration::from_secs(age.checked_add(seconds)?);
        let unlocked = Password::empty();
        let public = key.primary_key.public_key();
        let mut users = Vec::new();
        for user in &key.details.users {
            let mut flags = KeyFlags::default();
            flags.set_certify(true);
            flags.set_sign(true);
            let config = bound(key, SignatureType::CertPositive, at, lasts, flags)?;
            let config = prefers(config)?;
            let sig = config.sign_certification(
                &key.primary_key,
                public,
                &unlocked,
                Tag::UserId,
                &user.id,
            );
            users.push(SignedUser::new(user.id.clone(), vec![sig.ok()?]));
        }
        let mut subkeys = key.secret_subkeys.clone();
        for sub in &mut subkeys {
            let age = at.as_secs().checked_sub(sub.key.created_at().as_secs())?;
            let lasts = Duration::from_secs(age.checked_add(seconds)?);
            let mut flags = KeyFlags::default();
            flags.set_encrypt_comms(true);
            flags.set_encrypt_storage(true);
            let config = bound(key, SignatureType::SubkeyBinding, at, lasts, flags)?;
            let sig = config.sign_subkey_binding(
                &key.primary_key,
                public,
                &unlocked,
                sub.key.public_key(),
            );
            sub.signatures = vec![sig.ok()?];
        }
        self.0.details.users = users;
        self.0.secret_subkeys = subkeys;
        Some(self)
    }

    /// The keys in what [`Secret::armoured`] wrote, or `gpg --export-secret-keys`, in order.
    ///
    /// # Errors
    /// See [`SecretFault`].
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, SecretFault> {
        if bytes.len() > OPENPGP_KEY_BYTES_MAX * 4 {
            return Err(SecretFault::NoKey);
        }
        let end = "-----END PGP PRIVATE KEY BLOCK-----";
        let text = String::from_utf8_lossy(bytes);
        let blocks = text
            .split_inclusive(end)
            .filter(|block| block.contains("-----BEGIN PGP PRIVATE"));
        let mut all = Vec::new();
        for block in blocks.take(OPENPGP_KEYS_MAX) {
            let read = calmly(|| {
                SignedSecretKey::from_armor_many(block.trim_start().as_bytes())
                    .ok()?
                    .0
                    .next()
            });
            let key = read.and_then(Result::ok).ok_or(SecretFault::NoKey)?;
            let locked = key.primary_key.secret_params().is_encrypted()
                || key
                    .secret_subkeys
                    .iter()
                    .any(|sub| sub.key.secret_params().is_encrypted());
            if locked {
                return Err(SecretFault::Locked);
            }
            all.push(Self(key));
        }
        if all.is_empty() {
            Err(SecretFault::NoKey)
        } else {
            Ok(all)
        }
    }

    /// Whether it can sign and decrypt now.
    ///
    /// # Errors
    /// [`SecretFault::Unfit`].
    pub fn fit(&self, now: i64) -> Result<(), SecretFault> {
        let public = self.public();
        let opens = public.standing(now) == crate::Standing::Good;
        let signs = calmly(|| self.signer(&public).map(drop)).is_some();
        if opens && signs {
            Ok(())
        } else {
            Err(SecretFault::Unfit)
        }
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> Key {
        Key(self.0.to_public_key())
    }

    /// With armour. Whoever has it can read what was written to us.
    ///
    /// # Errors
    /// [`SecretFault::Make`].
    pub fn armoured(&self) -> Result<String, SecretFault> {
        self.0
            .to_armored_string(ArmorOptions::default())
            .map_err(|_| SecretFault::Make)
    }

    /// The part of it that signs.
    pub(crate) fn signer(&self, public: &Key) -> Option<&dyn pgp::types::SigningKey> {
        let ids: Vec<_> = public
            .signing()
            .iter()
            .map(|part| match part {
                crate::key::Signing::Primary(key) => key.fingerprint(),
                crate::key::Signing::Sub(key, _) => key.fingerprint(),
            })
            .collect();
        let sub = self
            .0
            .secret_subkeys
            .iter()
            .find(|sub| ids.contains(&sub.key.fingerprint()));
        if let Some(sub) = sub {
            return Some(&sub.key);
        }
        ids.contains(&self.0.primary_key.fingerprint())
            .then_some(&self.0.primary_key)
    }
}

fn bare<R: Rng + CryptoRng>(user_id: &str, made: Timestamp, mut rng: R) -> Option<SignedSecretKey> {
    let sub = SubkeyParamsBuilder::default()
        .version(KeyVersion::V4)
        .key_type(KeyType::ECDH(ECCCurve::Curve25519Legacy))
        .can_encrypt(EncryptionCaps::All)
        .created_at(made)
        .build()
        .ok()?;
    let _id = UserId::from_str(pgp::types::PacketHeaderVersion::New, user_id).ok()?;
    let params = SecretKeyParamsBuilder::default()
        .version(KeyVersion::V4)
        .key_type(KeyType::Ed25519Legacy)
        .can_certify(true)
        .can_sign(true)
        .created_at(made)
        .primary_user_id(user_id.to_owned())
        .subkey(sub)
        .build()
        .ok()?;
    params.generate(&mut rng).ok()
}

/// What a signature of the key on itself says.
fn bound(
    key: &SignedSecretKey,
    typ: SignatureType,
    at: Timestamp,
    lasts: Duration,
    flags: KeyFlags,
) -> Option<SignatureConfig> {
    let mut config = SignatureConfig::v4(typ, key.primary_key.algorithm(), HashAlgorithm::Sha512);
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::IssuerFingerprint(
            key.primary_key.fingerprint(),
        ))
        .ok()?,
        Subpacket::critical(SubpacketData::SignatureCreationTime(at)).ok()?,
        Subpacket::critical(SubpacketData::KeyExpirationTime(lasts)).ok()?,
        Subpacket::critical(SubpacketData::KeyFlags(flags)).ok()?,
    ];
    config.unhashed_subpackets =
        vec![Subpacket::regular(SubpacketData::IssuerKeyId(key.primary_key.legacy_key_id())).ok()?];
    Some(config)
}

/// What others should use when they write to us: nothing compressed with what we do not inflate.
fn prefers(mut config: SignatureConfig) -> Option<SignatureConfig> {
    let mut features = Features::new();
    features.set_seipd_v1(true);
    let said = [
        SubpacketData::PreferredSymmetricAlgorithms(
            [
                SymmetricKeyAlgorithm::AES256,
                SymmetricKeyAlgorithm::AES192,
                SymmetricKeyAlgorithm::AES128,
            ]
            .into_iter()
            .collect(),
        ),
        SubpacketData::PreferredHashAlgorithms(
            [
                HashAlgorithm::Sha512,
                HashAlgorithm::Sha384,
                HashAlgorithm::Sha256,
            ]
            .into_iter()
            .collect(),
        ),
        SubpacketData::PreferredCompressionAlgorithms(
            [
                CompressionAlgorithm::ZLIB,
                CompressionAlgorithm::ZIP,
                CompressionAlgorithm::Uncompressed,
            ]
            .into_iter()
            .collect(),
        ),
        SubpacketData::IsPrimary(true),
        SubpacketData::Features(features),
    ];
    for one in said {
        config.hashed_subpackets.push(Subpacket::regular(one).ok()?);
    }
    Some(config)
}
