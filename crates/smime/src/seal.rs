//! Encrypting: EnvelopedData (RFC 5652, 6) with AES-256 in CBC (RFC 3565), which every program for mail reads.

use aes_kw::KekAes256;
use cms::builder::{
    self, ContentEncryptionAlgorithm, EnvelopedDataBuilder, RecipientInfoBuilder, RecipientInfoType,
};
use cms::cert::x509;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{
    KeyAgreeRecipientIdentifier, KeyAgreeRecipientInfo, KeyTransRecipientInfo,
    OriginatorIdentifierOrKey, OriginatorPublicKey, RecipientEncryptedKey, RecipientIdentifier,
    RecipientInfo,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey};
use ring::digest;
use ring::rand::SecureRandom;
use x509::der::asn1::{BitString, Null, ObjectIdentifier, OctetString};
use x509::der::{Any, Encode as _};
use x509::spki::AlgorithmIdentifierOwned;

use crate::calmly;
use crate::certificate::{Certificate, EC, PublicKey, RSA, Standing};

const ENVELOPED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
/// `dhSinglePass-stdDH-sha256kdf-scheme` and `…sha384kdf-scheme` (RFC 5753, 7.1.4).
const SHA256_KDF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.1.11.1");
const SHA384_KDF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.1.11.2");
/// `id-aes256-wrap` (RFC 3565, 2.3.2).
const AES256_WRAP: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.45");
/// Bytes of a key of AES-256.
const KEY_BYTES: usize = 32;

/// Why nothing was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// A recipient's certificate may not be used.
    #[error("the certificate {fingerprint} cannot be used: {}", why(*.standing))]
    Recipient {
        /// Which.
        fingerprint: String,
        /// Why.
        standing: Standing,
    },
    /// Our own certificate cannot sign.
    #[error("the service's own certificate cannot sign")]
    Own,
    /// The library failed, or there is no recipient.
    #[error("the message could not be encrypted or signed")]
    Failed,
}

const fn why(standing: Standing) -> &'static str {
    match standing {
        Standing::Good => "it is good",
        Standing::NotYet => "its time has not come",
        Standing::Expired => "its time is over",
        Standing::OtherUse => "it is not for encrypting mail",
        Standing::Weak => "its key is too weak, or of a kind that is not taken",
    }
}

/// Encrypts `data`, a part of a message with its fields, to each of `to`. Gives a ContentInfo in DER, for
/// `application/pkcs7-mime; smime-type=enveloped-data`. Keys of RSA are encrypted to by PKCS #1 1.5, which every program opens;
/// those on curves agree on a key (RFC 5753) with one that is made for this message.
///
/// # Errors
/// See [`SealFault`]; nothing is encrypted to a certificate that is not [`Standing::Good`] at the moment `now`, seconds since 1970.
pub fn encrypt(
    data: &[u8],
    to: &[&Certificate],
    now: i64,
    dice: &dyn SecureRandom,
) -> Result<Vec<u8>, SealFault> {
    if to.is_empty() {
        return Err(SealFault::Failed);
    }
    for one in to {
        let standing = one.standing(now);
        if standing != Standing::Good {
            let fingerprint = one.fingerprint();
            return Err(SealFault::Recipient {
                fingerprint,
                standing,
            });
        }
    }
    let mut seed = [0; 32];
    dice.fill(&mut seed).map_err(|_| SealFault::Failed)?;
    calmly(|| enveloped(data, to, StdRng::from_seed(seed), dice)).ok_or(SealFault::Failed)
}

fn enveloped(
    data: &[u8],
    to: &[&Certificate],
    mut rng: StdRng,
    dice: &dyn SecureRandom,
) -> Option<Vec<u8>> {
    let aes = ContentEncryptionAlgorithm::Aes256Cbc;
    let mut message = EnvelopedDataBuilder::new(None, data, aes, None).ok()?;
    for certificate in to {
        let recipient = Recipient {
            certificate,
            key: certificate.public_key()?,
            rng: StdRng::from_rng(&mut rng).ok()?,
            dice,
        };
        message.add_recipient_info(recipient).ok()?;
    }
    let made = message.build_with_rng(&mut rng).ok()?;
    let info = ContentInfo {
        content_type: ENVELOPED,
        content: Any::encode_from(&made).ok()?,
    };
    info.to_der().ok()
}

/// Who can open it.
struct Recipient<'a> {
    certificate: &'a Certificate,
    key: PublicKey,
    rng: StdRng,
    dice: &'a dyn SecureRandom,
}

impl RecipientInfoBuilder for Recipient<'_> {
    fn recipient_info_type(&self) -> RecipientInfoType {
        match self.key {
            PublicKey::Rsa(_) => RecipientInfoType::Ktri,
            PublicKey::Ec(..) => RecipientInfoType::Kari,
        }
    }

    fn recipient_info_version(&self) -> CmsVersion {
        match self.key {
            PublicKey::Rsa(_) => CmsVersion::V0,
            PublicKey::Ec(..) => CmsVersion::V3,
        }
    }

    fn build(&mut self, content_key: &[u8]) -> Result<RecipientInfo, builder::Error> {
        let made = match &self.key {
            PublicKey::Rsa(key) => transported(self.certificate, key, content_key, &mut self.rng),
            PublicKey::Ec(curve, point) => {
                agreed(self.certificate, (curve, point), content_key, self.dice)
            }
        };
        made.ok_or_else(|| builder::Error::Builder("no recipient".to_owned()))
    }
}

/// The message's key, encrypted to a key of RSA (RFC 5652, 6.2.1; RFC 3370, 4.2.1).
fn transported(
    to: &Certificate,
    key: &rsa::RsaPublicKey,
    content_key: &[u8],
    rng: &mut StdRng,
) -> Option<RecipientInfo> {
    let sealed = key.encrypt(rng, rsa::Pkcs1v15Encrypt, content_key).ok()?;
    Some(RecipientInfo::Ktri(KeyTransRecipientInfo {
        version: CmsVersion::V0,
        rid: RecipientIdentifier::IssuerAndSerialNumber(to.named()),
        key_enc_alg: AlgorithmIdentifierOwned {
            oid: RSA,
            parameters: Some(Any::encode_from(&Null).ok()?),
        },
        enc_key: OctetString::new(sealed).ok()?,
    }))
}

/// The message's key, wrapped by one that both sides reckon (RFC 5753, 3.1; RFC 3565, 2.3.2).
fn agreed(
    to: &Certificate,
    (curve, point): (&'static agreement::Algorithm, &[u8]),
    content_key: &[u8],
    dice: &dyn SecureRandom,
) -> Option<RecipientInfo> {
    let own = EphemeralPrivateKey::generate(curve, dice).ok()?;
    let own_point = own.compute_public_key().ok()?;
    let wide = point.len() > 65;
    let (scheme, hash) = if wide {
        (SHA384_KDF, &digest::SHA384)
    } else {
        (SHA256_KDF, &digest::SHA256)
    };
    let wrap = AlgorithmIdentifierOwned {
        oid: AES256_WRAP,
        parameters: None,
    };
    let info = shared_info(&wrap)?;
    let theirs = UnparsedPublicKey::new(curve, point);
    let key = agreement::agree_ephemeral(own, &theirs, |shared| derived(hash, shared, &info));
    let wrapped = KekAes256::from(key.ok()??).wrap_vec(content_key).ok()?;
    Some(RecipientInfo::Kari(KeyAgreeRecipientInfo {
        version: CmsVersion::V3,
        originator: OriginatorIdentifierOrKey::OriginatorKey(OriginatorPublicKey {
            // Its curve is that of the recipient's key (RFC 5753, 3.1.1).
            algorithm: AlgorithmIdentifierOwned {
                oid: EC,
                parameters: None,
            },
            public_key: BitString::from_bytes(own_point.as_ref()).ok()?,
        }),
        ukm: None,
        key_enc_alg: AlgorithmIdentifierOwned {
            oid: scheme,
            parameters: Some(Any::encode_from(&wrap).ok()?),
        },
        recipient_enc_keys: vec![RecipientEncryptedKey {
            rid: KeyAgreeRecipientIdentifier::IssuerAndSerialNumber(to.named()),
            enc_key: OctetString::new(wrapped).ok()?,
        }],
    }))
}

/// `ECC-CMS-SharedInfo` (RFC 5753, 7.2): which key is reckoned, and its length in bits.
fn shared_info(wrap: &AlgorithmIdentifierOwned) -> Option<Vec<u8>> {
    let bits = u32::try_from(KEY_BYTES * 8).ok()?.to_be_bytes();
    let length = OctetString::new(bits).ok()?.to_der().ok()?;
    let wrap = wrap.to_der().ok()?;
    // [2] EXPLICIT, then all as a SEQUENCE; each is shorter than 128 bytes.
    let mut inner = wrap;
    inner.push(0xa2);
    inner.push(u8::try_from(length.len()).ok()?);
    inner.extend_from_slice(&length);
    let mut all = vec![0x30, u8::try_from(inner.len()).ok()?];
    all.extend_from_slice(&inner);
    Some(all)
}

/// The key derivation of X9.63 (SEC 1, 3.6.1), of which one digest is enough.
fn derived(
    hash: &'static digest::Algorithm,
    shared: &[u8],
    info: &[u8],
) -> Option<[u8; KEY_BYTES]> {
    let mut input = digest::Context::new(hash);
    input.update(shared);
    input.update(&1_u32.to_be_bytes());
    input.update(info);
    let out = input.finish();
    out.as_ref().get(..KEY_BYTES)?.try_into().ok()
}
