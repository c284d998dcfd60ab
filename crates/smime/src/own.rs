//! The service's own key and certificate, which sign what leaves.

use cms::cert::x509::ext::pkix::KeyUsages;
use ring::rand::SecureRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};

use crate::certificate::{Certificate, Standing};
use crate::{SMIME_CHAIN_MAX, SMIME_OWN_BYTES_MAX, pem};

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OwnFault {
    /// More than [`SMIME_OWN_BYTES_MAX`].
    #[error("there are more than {SMIME_OWN_BYTES_MAX} bytes in it")]
    TooLarge,
    /// No private key.
    #[error(
        "there is no private key in it (PEM, `PRIVATE KEY` or `RSA PRIVATE KEY`, without a password)"
    )]
    NoKey,
    /// Another kind of key, or one that does not read.
    #[error(
        "its private key is neither RSA of 2048 to 4096 bits nor on the curve P-256; \
         `openssl pkcs8 -topk8 -nocrypt` writes one that reads"
    )]
    Key,
    /// No certificate.
    #[error("there is no certificate in it (PEM)")]
    NoCertificate,
    /// None of its certificates is of the key.
    #[error("none of its certificates is that of its private key")]
    Another,
    /// More certificates than [`SMIME_CHAIN_MAX`] beside the own.
    #[error("there are more than {SMIME_CHAIN_MAX} certificates of authorities in it")]
    Chain,
}

pub(crate) enum Signer {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
}

/// Our own key, with its certificate and those of the authorities above it.
pub struct Own {
    pub(crate) signer: Signer,
    certificate: Certificate,
    pub(crate) chain: Vec<Certificate>,
}

impl std::fmt::Debug for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let print = self.certificate.fingerprint();
        f.debug_tuple("Own").field(&print).finish()
    }
}

impl Signer {
    fn read(label: &str, der: &[u8], dice: &dyn SecureRandom) -> Option<Self> {
        let rsa = match label {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(der).ok(),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(der).ok(),
            _ => None,
        };
        if let Some(rsa) = rsa {
            return Some(Self::Rsa(Box::new(rsa)));
        }
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der, dice);
        ec.ok().map(|ec| Self::Ec(Box::new(ec)))
    }

    fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(pair) => pair.public_key().as_ref(),
            Self::Ec(pair) => pair.public_key().as_ref(),
        }
    }

    pub(crate) fn sign(&self, data: &[u8], dice: &dyn SecureRandom) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let mut out = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, dice, data, &mut out).ok()?;
                Some(out)
            }
            Self::Ec(pair) => Some(pair.sign(dice, data).ok()?.as_ref().to_vec()),
        }
    }
}

impl Own {
    /// Reads a file: a private key, its certificate, and those of the authorities above it, all in PEM and in any order.
    ///
    /// # Errors
    /// See [`OwnFault`].
    pub fn read(text: &[u8], dice: &dyn SecureRandom) -> Result<Self, OwnFault> {
        if text.len() > SMIME_OWN_BYTES_MAX {
            return Err(OwnFault::TooLarge);
        }
        let blocks = pem::blocks(&String::from_utf8_lossy(text));
        let mut keys = blocks
            .iter()
            .filter(|(label, _)| label.ends_with("PRIVATE KEY") && !label.starts_with("ENCRYPTED"));
        let (label, der) = keys.next().ok_or(OwnFault::NoKey)?;
        let signer = Signer::read(label, der, dice).ok_or(OwnFault::Key)?;
        let certificates = blocks.iter().filter(|(label, _)| label == "CERTIFICATE");
        let mut chain: Vec<Certificate> = certificates
            .filter_map(|(_, der)| Certificate::from_der(der.clone()).ok())
            .collect();
        if chain.is_empty() {
            return Err(OwnFault::NoCertificate);
        }
        let own = |one: &Certificate| one.key_bits() == Some(signer.public());
        let at = chain.iter().position(own).ok_or(OwnFault::Another)?;
        let certificate = chain.remove(at);
        if chain.len() > SMIME_CHAIN_MAX {
            return Err(OwnFault::Chain);
        }
        Ok(Self {
            signer,
            certificate,
            chain,
        })
    }

    /// Its certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Whether it can sign mail at the moment `now`, seconds since 1970.
    #[must_use]
    pub fn standing(&self, now: i64) -> Standing {
        let one = &self.certificate;
        let signs =
            one.is_for(KeyUsages::DigitalSignature) || one.is_for(KeyUsages::NonRepudiation);
        if !signs {
            Standing::OtherUse
        } else if now < one.starts() {
            Standing::NotYet
        } else if one.expires() < now {
            Standing::Expired
        } else {
            Standing::Good
        }
    }
}
