//! S/MIME (RFC 8551, CMS of RFC 5652): certificates of people who are written to, and messages that are encrypted to them and signed by
//! the service's own.
//!
//! Bytes in, values and faults out; the moment and the randomness are arguments. Nothing that is encrypted is opened here: what strangers
//! send reaches only [`Certificate::read`], which looks at it within named limits.
//!
//! Whom a certificate belongs to is not asked of authorities: an officer compares its fingerprint with the owner, as with OpenPGP keys.

mod certificate;
mod own;
mod pem;
mod seal;
mod sign;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, CertificateFault, Standing, fingerprint_shown};
pub use own::{Own, OwnFault};
pub use seal::{SealFault, encrypt};
pub use sign::{MICALG, sign};

/// Largest certificate that is read, as text or as bytes.
pub const SMIME_CERTIFICATE_BYTES_MAX: usize = 16 * 1024;
/// Largest file with our own key, its certificate and those of the authorities above it, bytes.
pub const SMIME_OWN_BYTES_MAX: usize = 64 * 1024;
/// Most certificates of authorities that go along with a signature.
pub const SMIME_CHAIN_MAX: usize = 8;
/// Most addresses of a certificate that are looked at.
pub const SMIME_ADDRESSES_MAX: usize = 32;
/// Shortest RSA key that is encrypted to, bits.
pub const SMIME_RSA_BITS_MIN: usize = 2_048;
/// Longest RSA key that is encrypted to, bits.
pub const SMIME_RSA_BITS_MAX: usize = 4_096;

/// What the library under this crate does, with a panic in it taken for a fault.
pub(crate) fn calmly<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_default()
}
