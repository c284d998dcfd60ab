//! S/MIME on the way out: encrypted to a certificate of the recipient's, signed by the service's own where it has one (decision 44).

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_desk::constituent::Contact;
use cairn_smime::{MICALG, SealFault, encrypt, sign};
use ring::rand::SystemRandom;

use crate::App;
use crate::openpgp::{Mime, SealingError};

pub use cairn_smime::{
    Certificate, CertificateFault, Own, Standing as CertificateStanding,
    fingerprint_shown as certificate_shown,
};

/// Signs on a line of Base64 (RFC 2045, 6.8).
const LINE_CHARS: usize = 76;

/// The service's own certificate could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OwnCertificateError {
    /// The file.
    #[error("mail.smime: {0}")]
    File(#[from] std::io::Error),
    /// What is in it.
    #[error("mail.smime: {0}")]
    Own(#[from] cairn_smime::OwnFault),
}

/// The service's own key and certificate, from the file that the setting names.
///
/// # Errors
/// See [`OwnCertificateError`].
pub fn own_certificate(path: &Path) -> Result<Own, OwnCertificateError> {
    use std::io::Read as _;
    let limit = u64::try_from(cairn_smime::SMIME_OWN_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(Own::read(&bytes, &SystemRandom::new())?)
}

/// A contact's certificate, as pages show it.
#[derive(Debug, Clone)]
pub struct CertificateSeen {
    /// It.
    pub certificate: Certificate,
    /// Whether it can be encrypted to now.
    pub standing: CertificateStanding,
    /// It names the contact's mailbox.
    pub theirs: bool,
}

impl App {
    /// What a contact's certificate says; `None` without one.
    #[must_use]
    pub fn contact_certificate(&self, contact: &Contact) -> Option<CertificateSeen> {
        let pem = contact.certificate.as_ref()?;
        let certificate = Certificate::read(pem.as_bytes()).ok()?;
        let email = contact.email.as_deref();
        Some(CertificateSeen {
            standing: certificate.standing(self.now_seconds()),
            theirs: email.is_some_and(|email| certificate.is_of(email)),
            certificate,
        })
    }

    /// The service's own certificate, if it has one that may sign now. The file may be changed at any moment: nothing of it is
    /// remembered. One that is no good signs nothing, and is said; what is encrypted leaves without a signature then.
    pub(crate) fn smime_own(&self) -> Option<Own> {
        let path = self.config.smime.as_ref()?;
        match own_certificate(path) {
            Ok(own) if own.standing(self.now_seconds()) == CertificateStanding::Good => Some(own),
            Ok(own) => {
                let standing = own.standing(self.now_seconds());
                tracing::error!(?standing, "the certificate of mail.smime does not sign");
                None
            }
            Err(error) => {
                tracing::error!(%error, "the service's own certificate can't be read");
                None
            }
        }
    }

    /// A certificate that mail can be encrypted to now.
    pub(crate) fn good_certificate(&self, pem: &str) -> Option<Certificate> {
        let one = Certificate::read(pem.as_bytes()).ok()?;
        (one.standing(self.now_seconds()) == CertificateStanding::Good).then_some(one)
    }
}

fn lines(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let mut out = String::new();
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE_CHARS));
        let _ = write!(out, "{line}\r\n");
        rest = more;
    }
    out
}

impl From<SealFault> for SealingError {
    fn from(fault: SealFault) -> Self {
        Self::Smime(fault)
    }
}

/// `application/pkcs7-mime; smime-type=enveloped-data` (RFC 8551, 3.3): a part for one certificate, signed within by ours if there is
/// one.
pub(crate) fn enveloped(
    part: &[u8],
    by: Option<&Own>,
    to: &Certificate,
    (now, boundary): (i64, &str),
) -> Result<Mime, SealingError> {
    let dice = SystemRandom::new();
    let within = match by {
        Some(own) => signed(part, own, (now, boundary))?,
        None => part.to_vec(),
    };
    let sealed = encrypt(&within, &[to], now, &dice)?;
    Ok(Mime {
        content_type: "application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\""
            .into(),
        more: "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7m\"\r\n",
        body: lines(&sealed).into_bytes(),
    })
}

/// `multipart/signed` (RFC 8551, 3.5.3), as a part with its fields.
fn signed(part: &[u8], by: &Own, (now, boundary): (i64, &str)) -> Result<Vec<u8>, SealingError> {
    let signature = sign(part, by, now, &SystemRandom::new())?;
    let mut out = format!(
        "Content-Type: multipart/signed; micalg={MICALG}; protocol=\"application/pkcs7-signature\";\r\n boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\n"
    )
    .into_bytes();
    out.extend_from_slice(part);
    let signature = lines(&signature);
    let rest = format!(
        "\r\n--{boundary}\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n{signature}--{boundary}--\r\n"
    );
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}
