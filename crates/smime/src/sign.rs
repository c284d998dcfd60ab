//! Signing: SignedData (RFC 5652, 5) beside what it signs.

use cms::cert::{CertificateChoices, x509};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use ring::digest;
use ring::rand::SecureRandom;
use x509::attr::{Attribute, AttributeValue};
use x509::der::asn1::{GeneralizedTime, Null, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use x509::der::{Any, Encode as _, EncodeValue, Tagged};
use x509::spki::AlgorithmIdentifierOwned;

use crate::certificate::{RSA, Standing};
use crate::own::{Own, Signer};
use crate::{SealFault, calmly};

/// The digest, as `multipart/signed` names it (RFC 8551, 3.5.3.2).
pub const MICALG: &str = "sha-256";

const SIGNED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// Signs `data`, which has to go with exactly these bytes and line ends of mail. Gives a ContentInfo in DER, for
/// `application/pkcs7-signature`. Our certificate and those above it are in it.
///
/// # Errors
/// See [`SealFault`]; a certificate whose time is over, or that is not for signing mail, does not sign.
pub fn sign(
    data: &[u8],
    by: &Own,
    now: i64,
    dice: &dyn SecureRandom,
) -> Result<Vec<u8>, SealFault> {
    if by.standing(now) != Standing::Good {
        return Err(SealFault::Own);
    }
    calmly(|| signed(data, by, now, dice)).ok_or(SealFault::Failed)
}

fn signed(data: &[u8], by: &Own, now: i64, dice: &dyn SecureRandom) -> Option<Vec<u8>> {
    let sha256 = AlgorithmIdentifierOwned {
        oid: SHA256,
        parameters: None,
    };
    let digest = digest::digest(&digest::SHA256, data);
    let when = std::time::Duration::from_secs(u64::try_from(now).ok()?);
    let said = SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, &DATA)?,
        signing_time(when)?,
        attribute(MESSAGE_DIGEST, &OctetString::new(digest.as_ref()).ok()?)?,
    ])
    .ok()?;
    // What is signed is the set as such, not as it stands in the message (RFC 5652, 5.4).
    let signature = by.signer.sign(&said.to_der().ok()?, dice)?;
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(by.certificate().named()),
        digest_alg: sha256.clone(),
        signed_attrs: Some(said),
        signature_algorithm: match by.signer {
            Signer::Rsa(_) => AlgorithmIdentifierOwned {
                oid: RSA,
                parameters: Some(Any::encode_from(&Null).ok()?),
            },
            Signer::Ec(_) => AlgorithmIdentifierOwned {
                oid: ECDSA_SHA256,
                parameters: None,
            },
        },
        signature: OctetString::new(signature).ok()?,
        unsigned_attrs: None,
    };
    let certificates = std::iter::once(by.certificate()).chain(&by.chain);
    let certificates: Vec<CertificateChoices> = certificates
        .map(|one| CertificateChoices::Certificate(one.inner.clone()))
        .collect();
    let made = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256]).ok()?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet::try_from(certificates).ok()?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer]).ok()?,
    };
    let info = ContentInfo {
        content_type: SIGNED,
        content: Any::encode_from(&made).ok()?,
    };
    info.to_der().ok()
}

/// Until 2049 in two digits of the year (RFC 5652, 11.3).
fn signing_time(when: std::time::Duration) -> Option<Attribute> {
    match UtcTime::from_unix_duration(when) {
        Ok(time) => attribute(SIGNING_TIME, &time),
        Err(_) => attribute(
            SIGNING_TIME,
            &GeneralizedTime::from_unix_duration(when).ok()?,
        ),
    }
}

fn attribute<T: EncodeValue + Tagged>(oid: ObjectIdentifier, value: &T) -> Option<Attribute> {
    let value = AttributeValue::encode_from(value).ok()?;
    Some(Attribute {
        oid,
        values: SetOfVec::try_from(vec![value]).ok()?,
    })
}
