//! What reports and observations have in common: addresses, domains, links, hashes, numbers, accounts.
//!
//! [`extract`] finds them in text as people write it, [`defang`] and [`defang_text`] make them safe to show.

mod defang;
mod name;
mod number;
mod punycode;
mod scan;
mod tld;
mod token;

use serde::{Deserialize, Serialize};

pub use defang::{defang, defang_text};
pub use punycode::punycode;

/// Most observables that are taken from one text; the first ones found are kept.
pub const OBSERVABLES_MAX: usize = 200;
/// Longest link that is taken, bytes; of a longer one only the host is.
pub const URL_BYTES_MAX: usize = 2048;
/// Calling code that local telephone numbers get where none is given: New Zealand (ITU-T E.164).
pub const CALLING_CODE: u16 = 64;

/// The kind of an observable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// IPv4 or IPv6 address, canonical text (RFC 5952).
    Ip,
    /// Domain name, lower case, without trailing dot; labels beyond ASCII as A-labels (`xn--…`, RFC 5891).
    Domain,
    /// Link with scheme http or https. Scheme and host as for domains, default port left out, an empty path is `/`;
    /// the rest as written. A link written without a scheme (`evil.example/login`) gets `http`.
    Url,
    /// Mailbox address, domain as for domains.
    Email,
    /// MD5, SHA-1, SHA-256 or SHA-512 in lower-case hexadecimal.
    Hash,
    /// Telephone number in E.164, or as written where no country is known.
    Phone,
    /// Crypto-currency address: Bitcoin (checksum verified), or Ethereum in lower case (EIP-55 verified).
    Wallet,
    /// Bank account: IBAN without blanks (ISO 13616), or New Zealand `bb-bbbb-aaaaaaa-sss` with a suffix of three digits.
    Account,
}

impl Kind {
    /// All, in the order in which pages list them.
    pub const ALL: [Self; 8] = [
        Self::Ip,
        Self::Domain,
        Self::Url,
        Self::Email,
        Self::Hash,
        Self::Phone,
        Self::Wallet,
        Self::Account,
    ];

    /// The name used in the database, the API and exports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Domain => "domain",
            Self::Url => "url",
            Self::Email => "email",
            Self::Hash => "hash",
            Self::Phone => "phone",
            Self::Wallet => "wallet",
            Self::Account => "account",
        }
    }
}

/// One observable in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observable {
    /// What it is.
    pub kind: Kind,
    /// Canonical, live (not defanged) text.
    pub value: String,
}

impl Observable {
    fn new(kind: Kind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.into(),
        }
    }
}

/// The observables of a text, sorted, each once, at most [`OBSERVABLES_MAX`]. Local telephone numbers are taken for
/// New Zealand's; see [`extract_for`].
#[must_use]
pub fn extract(text: &str) -> Vec<Observable> {
    extract_for(text, CALLING_CODE)
}

/// The observables of a text, sorted, each once, at most [`OBSERVABLES_MAX`].
///
/// Reads also what is written defanged (`hxxp`, `[.]`, `(dot)`, `[at]`, `[:]//`), full-width or with zero-width
/// characters in between. A link yields its host too; a mail address yields only itself. A bare name is a domain if
/// its last label is a top-level domain and it does not look like a file (`photos.zip`) or like two sentences without
/// a blank between them (`thanks.So`). Hashes, wallets, IBANs are told from other words by length and checksum.
/// Telephone numbers are taken in international form, or in local form with a trunk `0`, which becomes
/// `calling_code` (ITU-T E.164, 64 for New Zealand).
///
/// One pass over the bytes with bounded look-ahead: linear in the text's length, whatever the text. Measured on a
/// two-core virtual machine: 1.1 µs per KiB of prose, 3.3 µs per KiB with a link, an address and a mailbox every 400
/// bytes (the example `cost` prints them anew).
#[must_use]
pub fn extract_for(text: &str, calling_code: u16) -> Vec<Observable> {
    scan::Scan::new(text, calling_code).run().0
}

#[cfg(test)]
mod tests;
