//! TLS by rustls with ring. Certificates are renewed every few weeks: the files are read again when they change.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use cairn_kernel::time::Micros;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::certificate::not_after;
use super::settings::TlsFiles;

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read.
    #[error("reading {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds no usable PEM block of the kind needed.
    #[error("{path} holds no {what} in PEM form")]
    Missing {
        /// The file.
        path: PathBuf,
        /// "certificate" or "private key".
        what: &'static str,
    },
    /// Certificate and key don't fit together, or are of a kind that can't be used.
    #[error("using the certificate and key: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Certificate and key in use. Connections begun before a change end as they began.
pub(super) struct Tls {
    files: TlsFiles,
    acceptor: RwLock<TlsAcceptor>,
    /// What the files looked like when they were last read, whether that went well or not.
    seen: Mutex<Option<Stamp>>,
}

/// Time of change and size of both files.
type Stamp = [(SystemTime, u64); 2];

impl Tls {
    /// Reads the files.
    pub(super) fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        let seen = Mutex::new(stamp(files));
        Ok(Self {
            acceptor: RwLock::new(acceptor(files)?),
            files: files.clone(),
            seen,
        })
    }

    /// What the next connection is served with.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the files again if they changed. What cannot be used (half written, say) leaves the old ones in use.
    pub(super) fn look(&self) {
        let now = stamp(&self.files);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if now.is_some() && *seen != now {
            *seen = now;
            drop(seen);
            self.reload();
        }
    }

    /// Reads the files again.
    pub(super) fn reload(&self) {
        match acceptor(&self.files) {
            Ok(new) => {
                *self
                    .acceptor
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = new;
                tracing::info!("certificate and key were read again");
            }
            Err(error) => {
                tracing::error!(%error, "the new certificate cannot be used; the old one stays");
            }
        }
    }
}

fn stamp(files: &TlsFiles) -> Option<Stamp> {
    let of = |path: &Path| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    Some([of(&files.certificates)?, of(&files.key)?])
}

/// When the server's own certificate ends.
///
/// # Errors
/// The file cannot be read, or holds no certificate.
pub fn certificate_ends(files: &TlsFiles) -> Result<Micros, TlsError> {
    let first = certificates(&files.certificates)?;
    first
        .first()
        .and_then(|der| not_after(der))
        .ok_or_else(|| TlsError::Missing {
            path: files.certificates.clone(),
            what: "certificate",
        })
}

/// Whether certificate and key can be used together.
///
/// # Errors
/// Why not.
pub fn check(files: &TlsFiles) -> Result<(), TlsError> {
    acceptor(files).map(drop)
}

/// Loads the files and offers HTTP/1.1 over TLS 1.2 and 1.3.
fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, TlsError> {
    let certificates = certificates(&files.certificates)?;
    let key = key(&files.key)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn open(path: &Path) -> Result<BufReader<std::fs::File>, TlsError> {
    std::fs::File::open(path)
        .map(BufReader::new)
        .map_err(|source| TlsError::Read {
            path: path.to_owned(),
            source,
        })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Vec<_> = rustls_pemfile::certs(&mut open(path)?)
        .collect::<Result<_, _>>()
        .map_err(|source| TlsError::Read {
            path: path.to_owned(),
            source,
        })?;
    if found.is_empty() {
        return Err(TlsError::Missing {
            path: path.to_owned(),
            what: "certificate",
        });
    }
    Ok(found)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    rustls_pemfile::private_key(&mut open(path)?)
        .map_err(|source| TlsError::Read {
            path: path.to_owned(),
            source,
        })?
        .ok_or_else(|| TlsError::Missing {
            path: path.to_owned(),
            what: "private key",
        })
}
