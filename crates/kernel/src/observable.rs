//! What reports and observations have in common: addresses, domains, links, hashes, numbers, accounts.

use serde::{Deserialize, Serialize};

/// The kind of an observable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// IPv4 or IPv6 address, canonical text (RFC 5952).
    Ip,
    /// Domain name, lower case, without trailing dot.
    Domain,
    /// Link with scheme http or https.
    Url,
    /// Mailbox address, domain in lower case.
    Email,
    /// MD5, SHA-1, SHA-256 or SHA-512 in lower-case hexadecimal.
    Hash,
    /// Telephone number in E.164, or as written where no country is known.
    Phone,
    /// Crypto-currency address.
    Wallet,
    /// Bank account number as written, blanks removed.
    Account,
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
