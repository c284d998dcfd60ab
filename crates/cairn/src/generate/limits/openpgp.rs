//! The limits of encrypted and signed mail.

use cairn_desk::{mail, report as reports};

use super::{Row, bytes, of};

/// Encrypted and signed mail.
pub(super) fn limits() -> Vec<Row> {
    vec![
        bytes(
            "OPENPGP_BYTES_MAX",
            cairn_openpgp::OPENPGP_BYTES_MAX as u64,
            "an encrypted message, and what is in it once inflated",
        ),
        of(
            "OPENPGP_DEPTH_MAX",
            cairn_openpgp::OPENPGP_DEPTH_MAX,
            "levels of encrypted, compressed and signed data",
        ),
        of(
            "OPENPGP_PACKETS_MAX",
            cairn_openpgp::OPENPGP_PACKETS_MAX,
            "packets on one level",
        ),
        of(
            "OPENPGP_SIGNATURES_MAX",
            cairn_openpgp::OPENPGP_SIGNATURES_MAX,
            "signatures of a message that are checked",
        ),
        bytes(
            "OPENPGP_KEY_BYTES_MAX",
            cairn_openpgp::OPENPGP_KEY_BYTES_MAX as u64,
            "a key that is read",
        ),
        of(
            "OPENPGP_KEYS_MAX",
            cairn_openpgp::OPENPGP_KEYS_MAX,
            "keys in a file, and keys of the service",
        ),
        of(
            "SEALED_PARTS_MAX",
            mail::sealed::SEALED_PARTS_MAX,
            "protected parts of a message that are opened",
        ),
        of(
            "MAIL_KEYS_MAX",
            mail::MAIL_KEYS_MAX,
            "keys that a message brings",
        ),
        of(
            "REPORT_KEYS_MAX",
            reports::REPORT_KEYS_MAX,
            "keys of the reporter of one report",
        ),
        bytes(
            "REFERRAL_MAIL_BYTES_MAX",
            cairn_app::referral::REFERRAL_MAIL_BYTES_MAX as u64,
            "a package that goes to an agency by mail",
        ),
    ]
}

/// Mail encrypted to certificates.
pub(super) fn smime() -> Vec<Row> {
    vec![
        bytes(
            "SMIME_CERTIFICATE_BYTES_MAX",
            cairn_smime::SMIME_CERTIFICATE_BYTES_MAX as u64,
            "a certificate that is read",
        ),
        bytes(
            "SMIME_OWN_BYTES_MAX",
            cairn_smime::SMIME_OWN_BYTES_MAX as u64,
            "the file of `mail.smime`",
        ),
        of(
            "SMIME_CHAIN_MAX",
            cairn_smime::SMIME_CHAIN_MAX,
            "certificates of authorities in that file",
        ),
        of(
            "SMIME_ADDRESSES_MAX",
            cairn_smime::SMIME_ADDRESSES_MAX,
            "addresses of a certificate that are looked at",
        ),
        of(
            "SMIME_RSA_BITS_MIN",
            cairn_smime::SMIME_RSA_BITS_MIN,
            "bits of an RSA key that is encrypted to, at least",
        ),
        of(
            "SMIME_RSA_BITS_MAX",
            cairn_smime::SMIME_RSA_BITS_MAX,
            "bits of an RSA key that is encrypted to, at most",
        ),
    ]
}
