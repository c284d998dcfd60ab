//! Certificates (RFC 5280): what they say, and whether mail can be encrypted to them.

use cms::cert::x509;
use ring::agreement;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::PublicKeyParts as _;
use x509::der::asn1::{Ia5StringRef, ObjectIdentifier, PrintableStringRef, Utf8StringRef};
use x509::der::{Decode as _, Tagged as _};
use x509::ext::pkix::name::GeneralName;
use x509::ext::pkix::{ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName};
use x509::time::Time;

use crate::{
    SMIME_ADDRESSES_MAX, SMIME_CERTIFICATE_BYTES_MAX, SMIME_RSA_BITS_MAX, SMIME_RSA_BITS_MIN,
    calmly, pem,
};

/// `rsaEncryption` (RFC 3279, 2.3.1).
pub(crate) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `id-ecPublicKey` (RFC 5480, 2.1.1).
pub(crate) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
/// `emailAddress` in names (RFC 2985, 5.2.1).
const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
const ANY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// Why something is no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// It does not read.
    #[error("this is no certificate")]
    None,
    /// More than [`SMIME_CERTIFICATE_BYTES_MAX`].
    #[error("the certificate has more than {SMIME_CERTIFICATE_BYTES_MAX} bytes")]
    TooLarge,
    /// A private key, which nobody else should have.
    #[error("this is a private key; never give it to anybody")]
    Secret,
}

/// Whether mail may be encrypted to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Good,
    /// Its time has not come.
    NotYet,
    /// Its time is over.
    Expired,
    /// It is not for encrypting: its key usage has neither key encipherment (RSA) nor key agreement (EC), or it is not for mail.
    OtherUse,
    /// A kind of key that is not taken: something else than RSA of 2048 to 4096 bits or the curves P-256 and P-384.
    Weak,
}

/// A certificate of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    pub(crate) inner: x509::Certificate,
}

/// What can be encrypted to.
pub(crate) enum PublicKey {
    Rsa(Box<rsa::RsaPublicKey>),
    /// The curve and a point on it, uncompressed.
    Ec(&'static agreement::Algorithm, Vec<u8>),
}

/// A fingerprint in pairs, as programs for mail show it.
#[must_use]
pub fn fingerprint_shown(fingerprint: &str) -> String {
    let signs: Vec<char> = fingerprint.chars().collect();
    let pairs: Vec<String> = signs.chunks(2).map(|pair| pair.iter().collect()).collect();
    pairs.join(":")
}

impl Certificate {
    /// Reads the first certificate in PEM, in DER, or in Base64 without a frame.
    ///
    /// # Errors
    /// See [`CertificateFault`].
    pub fn read(bytes: &[u8]) -> Result<Self, CertificateFault> {
        if bytes.len() > SMIME_CERTIFICATE_BYTES_MAX {
            return Err(CertificateFault::TooLarge);
        }
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        if text.contains("PRIVATE KEY-----") {
            return Err(CertificateFault::Secret);
        }
        let blocks = pem::blocks(text);
        let framed = blocks
            .into_iter()
            .find(|(label, _)| matches!(label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE"));
        let der = framed
            .map(|(_, der)| der)
            .or_else(|| pem::base64(text))
            .unwrap_or_else(|| bytes.to_vec());
        Self::from_der(der)
    }

    pub(crate) fn from_der(der: Vec<u8>) -> Result<Self, CertificateFault> {
        let inner = calmly(|| x509::Certificate::from_der(&der).ok());
        let inner = inner.ok_or(CertificateFault::None)?;
        Ok(Self { der, inner })
    }

    /// Its bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// In PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        pem::block("CERTIFICATE", &self.der)
    }

    /// SHA-256 of its bytes, in 64 hexadecimal capitals.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.der);
        let hex = digest.as_ref().iter().map(|byte| format!("{byte:02X}"));
        hex.collect()
    }

    /// Whom it names (RFC 4514).
    #[must_use]
    pub fn subject(&self) -> String {
        calmly(|| Some(self.inner.tbs_certificate.subject.to_string())).unwrap_or_default()
    }

    /// Who says so (RFC 4514).
    #[must_use]
    pub fn issuer(&self) -> String {
        calmly(|| Some(self.inner.tbs_certificate.issuer.to_string())).unwrap_or_default()
    }

    /// Mail addresses in it, in lower case: of its alternative names, and of its subject (RFC 8550, 3).
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        if let Ok(Some(names)) = self.extension::<SubjectAltName>() {
            let own = names.0.iter().filter_map(|name| match name {
                GeneralName::Rfc822Name(name) => Some(name.as_str().to_lowercase()),
                _ => None,
            });
            all.extend(own);
        }
        let parts = self.inner.tbs_certificate.subject.0.iter();
        for part in parts.flat_map(|part| part.0.iter()) {
            let value = &part.value;
            let text = match value.tag() {
                _ if part.oid != EMAIL => None,
                x509::der::Tag::Utf8String => value
                    .decode_as::<Utf8StringRef<'_>>()
                    .ok()
                    .map(|text| text.as_str().to_lowercase()),
                x509::der::Tag::PrintableString => value
                    .decode_as::<PrintableStringRef<'_>>()
                    .ok()
                    .map(|text| text.as_str().to_lowercase()),
                _ => value
                    .decode_as::<Ia5StringRef<'_>>()
                    .ok()
                    .map(|text| text.as_str().to_lowercase()),
            };
            all.extend(text);
        }
        all.truncate(SMIME_ADDRESSES_MAX);
        all.sort();
        all.dedup();
        all
    }

    /// It names this address.
    #[must_use]
    pub fn is_of(&self, address: &str) -> bool {
        let address = address.trim().to_lowercase();
        self.addresses().contains(&address)
    }

    /// From when it holds, seconds since 1970.
    #[must_use]
    pub fn starts(&self) -> i64 {
        seconds(&self.inner.tbs_certificate.validity.not_before)
    }

    /// Until when it holds, seconds since 1970.
    #[must_use]
    pub fn expires(&self) -> i64 {
        seconds(&self.inner.tbs_certificate.validity.not_after)
    }

    /// Whether mail can be encrypted to it at the moment `now`, seconds since 1970.
    #[must_use]
    pub fn standing(&self, now: i64) -> Standing {
        let Some(key) = self.public_key() else {
            return Standing::Weak;
        };
        let wanted = match key {
            PublicKey::Rsa(_) => KeyUsages::KeyEncipherment,
            PublicKey::Ec(..) => KeyUsages::KeyAgreement,
        };
        if !self.is_for(wanted) {
            Standing::OtherUse
        } else if now < self.starts() {
            Standing::NotYet
        } else if self.expires() < now {
            Standing::Expired
        } else {
            Standing::Good
        }
    }

    /// Its key may be used so, and for mail. What says nothing of use may be used for all (RFC 5280, 4.2.1.3 and 4.2.1.12); what says
    /// something that does not read, for nothing.
    pub(crate) fn is_for(&self, wanted: KeyUsages) -> bool {
        let usage = match self.extension::<KeyUsage>() {
            Ok(usage) => usage.is_none_or(|usage| usage.0.contains(wanted)),
            Err(Unread) => false,
        };
        let mail = match self.extension::<ExtendedKeyUsage>() {
            Ok(usage) => usage.is_none_or(|usage| {
                let mut all = usage.0.iter();
                all.any(|one| *one == EMAIL_PROTECTION || *one == ANY_USAGE)
            }),
            Err(Unread) => false,
        };
        usage && mail
    }

    fn extension<'a, T>(&'a self) -> Result<Option<T>, Unread>
    where
        T: x509::der::Decode<'a> + x509::der::oid::AssociatedOid,
    {
        let mut all = self.inner.tbs_certificate.extensions.iter().flatten();
        let Some(one) = all.find(|one| one.extn_id == T::OID) else {
            return Ok(None);
        };
        let read = calmly(|| T::from_der(one.extn_value.as_bytes()).ok());
        read.map(Some).ok_or(Unread)
    }

    /// The bits of its public key, whatever it is.
    pub(crate) fn key_bits(&self) -> Option<&[u8]> {
        let info = &self.inner.tbs_certificate.subject_public_key_info;
        info.subject_public_key.as_bytes()
    }

    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        let info = &self.inner.tbs_certificate.subject_public_key_info;
        let bits = self.key_bits()?;
        if info.algorithm.oid == RSA {
            let key = calmly(|| rsa::RsaPublicKey::from_pkcs1_der(bits).ok())?;
            let size = key.n().bits();
            let fits = (SMIME_RSA_BITS_MIN..=SMIME_RSA_BITS_MAX).contains(&size);
            return fits.then(|| PublicKey::Rsa(Box::new(key)));
        }
        let curve = info.algorithm.parameters.as_ref()?;
        let curve = (info.algorithm.oid == EC).then(|| curve.decode_as::<ObjectIdentifier>())?;
        let (curve, bytes) = match curve.ok()? {
            P256 => (&agreement::ECDH_P256, 65),
            P384 => (&agreement::ECDH_P384, 97),
            _ => return None,
        };
        // The point is written out (RFC 5480, 2.2: the first byte is 4).
        let fits = bits.len() == bytes && bits.first() == Some(&4);
        fits.then(|| PublicKey::Ec(curve, bits.to_vec()))
    }

    /// Who made it and its number: how a message names it (RFC 5652, 10.2.4).
    pub(crate) fn named(&self) -> cms::cert::IssuerAndSerialNumber {
        cms::cert::IssuerAndSerialNumber {
            issuer: self.inner.tbs_certificate.issuer.clone(),
            serial_number: self.inner.tbs_certificate.serial_number.clone(),
        }
    }
}

/// An extension that does not read.
struct Unread;

fn seconds(time: &Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}
