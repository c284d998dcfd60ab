//! OpenPGP (RFC 9580, and RFC 4880 as GnuPG writes it): keys, what an encrypted or signed message holds, and making one.
//!
//! Bytes in, values and faults out. The moment and the randomness are arguments; nothing is kept. Everything that strangers send
//! is read within limits that are named here, before the library under this crate sees it: its packets are counted, what is
//! compressed is inflated only up to a limit, and what has no protection of its integrity (EFAIL, <https://efail.de>) is never
//! decrypted. Should the library panic in spite of that, the message is [`Fault::Damaged`], and nothing else happens.

mod armour;
mod directory;
mod key;
mod open;
mod packets;
mod seal;
mod secret;
#[cfg(test)]
mod tests;

pub use armour::{Block, blocks};
pub use directory::{directory_hash, split_address};
pub use key::{Key, KeyFault, Standing, fingerprint_shown, keys_in};
pub use open::{Clear, Opened, Signature, Verdict, check_cleartext, check_detached, open};
pub use seal::{SealFault, encrypt, sign_detached};
pub use secret::{Secret, SecretFault};

/// Most of a message that is decrypted, bytes, before and after what is compressed in it was inflated: as much as mail may have.
pub const OPENPGP_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Deepest nesting of encrypted, compressed and signed data in one message, levels.
pub const OPENPGP_DEPTH_MAX: usize = 4;
/// Most packets on one level of a message: recipients, signatures and content.
pub const OPENPGP_PACKETS_MAX: usize = 256;
/// Most signatures of one message that are looked at.
pub const OPENPGP_SIGNATURES_MAX: usize = 8;
/// Largest key with its signatures that is read, bytes.
pub const OPENPGP_KEY_BYTES_MAX: usize = 256 * 1024;
/// Most keys read from one file.
pub const OPENPGP_KEYS_MAX: usize = 8;

/// Why a message was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is encrypted, and none of our keys opens it.
    #[error("it is encrypted for another key")]
    NotForUs,
    /// It is encrypted without protection of its integrity: whoever passed it on may have changed it, so that it sends away what
    /// it says.
    #[error(
        "it is encrypted without protection against changes (no MDC or AEAD), which is not safe to open"
    )]
    Unprotected,
    /// It makes no sense, or was changed on its way.
    #[error("it is damaged, or was changed on its way")]
    Damaged,
    /// More than [`OPENPGP_BYTES_MAX`], also once inflated.
    #[error("it holds more than {OPENPGP_BYTES_MAX} bytes")]
    TooLarge,
    /// More than [`OPENPGP_PACKETS_MAX`] packets on one level, or nested deeper than [`OPENPGP_DEPTH_MAX`].
    #[error(
        "it has more than {OPENPGP_PACKETS_MAX} packets, or more than {OPENPGP_DEPTH_MAX} levels"
    )]
    TooComplex,
}

/// Does what the library under this crate does, and takes a panic in it for a fault: it holds some that no stranger should reach.
pub(crate) fn calmly<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_default()
}
