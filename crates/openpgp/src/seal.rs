//! Making what leaves: encrypted and signed in one, or a signature beside a text (RFC 3156).

use pgp::composed::{ArmorOptions, DetachedSignature, MessageBuilder, SubpacketConfig};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{Subpacket, SubpacketData};
use pgp::types::{Password, SigningKey, Timestamp};
use rand::{CryptoRng, Rng};

use crate::{Key, Secret, Standing, calmly};

/// Why nothing was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// A recipient's key may not be used.
    #[error("the key {fingerprint} cannot be used: {}", why(*.standing))]
    Recipient {
        /// Which.
        fingerprint: String,
        /// Why.
        standing: Standing,
    },
    /// Our own key cannot sign.
    #[error("the service's own key cannot sign")]
    Own,
    /// The library failed.
    #[error("the message could not be encrypted or signed")]
    Failed,
}

const fn why(standing: Standing) -> &'static str {
    match standing {
        Standing::Good => "it is good",
        Standing::Expired => "its time is over",
        Standing::Revoked => "its owner revoked it",
        Standing::CannotEncrypt => "nothing can be encrypted to it safely",
    }
}

/// Signs `data` and encrypts it to each of `to`, with protection of its integrity that every program reads (SEIPD version 1,
/// AES-256). With armour.
///
/// # Errors
/// See [`SealFault`]; nothing is encrypted to a key whose time is over, or that was revoked.
pub fn encrypt<R: Rng + CryptoRng>(
    data: &[u8],
    by: &Secret,
    to: &[&Key],
    now: i64,
    mut rng: R,
) -> Result<String, SealFault> {
    if to.is_empty() {
        return Err(SealFault::Failed);
    }
    for key in to {
        let standing = key.standing(now);
        if standing != Standing::Good {
            let fingerprint = key.fingerprint();
            return Err(SealFault::Recipient {
                fingerprint,
                standing,
            });
        }
    }
    let public = by.public();
    let signer = calmly(|| by.signer(&public)).ok_or(SealFault::Own)?;
    calmly(|| {
        let builder = MessageBuilder::from_bytes("", data.to_vec());
        let mut builder = builder.seipd_v1(&mut rng, SymmetricKeyAlgorithm::AES256);
        for key in to {
            builder
                .encrypt_to_key(&mut rng, &key.encrypting(now)?.key)
                .ok()?;
        }
        let said = subpackets(signer, now)?;
        builder.sign_with_subpackets(signer, Password::empty(), HashAlgorithm::Sha512, said);
        builder
            .to_armored_string(&mut rng, ArmorOptions::default())
            .ok()
    })
    .ok_or(SealFault::Failed)
}

/// A signature beside `data`, which has to go with exactly these bytes. With armour. The digest is SHA-512 (`pgp-sha512`).
///
/// # Errors
/// See [`SealFault`].
pub fn sign_detached<R: Rng + CryptoRng>(
    data: &[u8],
    by: &Secret,
    now: i64,
    rng: R,
) -> Result<String, SealFault> {
    let public = by.public();
    let signer = calmly(|| by.signer(&public)).ok_or(SealFault::Own)?;
    calmly(|| {
        let said = subpackets(signer, now)?;
        let sig = DetachedSignature::sign_binary_data_with_subpackets(
            rng,
            &Box::new(signer),
            &Password::empty(),
            HashAlgorithm::Sha512,
            data,
            said,
        );
        sig.ok()?.to_armored_string(ArmorOptions::default()).ok()
    })
    .ok_or(SealFault::Failed)
}

fn subpackets(signer: &dyn SigningKey, now: i64) -> Option<SubpacketConfig> {
    let now = Timestamp::from_secs(u32::try_from(now).ok()?);
    Some(SubpacketConfig::UserDefined {
        hashed: vec![
            Subpacket::regular(SubpacketData::IssuerFingerprint(signer.fingerprint())).ok()?,
            Subpacket::regular(SubpacketData::SignatureCreationTime(now)).ok()?,
        ],
        unhashed: vec![
            Subpacket::regular(SubpacketData::IssuerKeyId(signer.legacy_key_id())).ok()?,
        ],
    })
}
