//! What is somebody's on the network: networks ([`cairn_kernel::net`]), domains, AS numbers (RFC 5396).

use std::fmt;

use cairn_kernel::net::Network;
use cairn_kernel::observable::punycode;
use serde::{Deserialize, Serialize};

/// Longest domain name, bytes (RFC 1035, 2.3.4, without the root's dot).
const DOMAIN_BYTES_MAX: usize = 253;
/// Longest label, bytes.
const LABEL_BYTES_MAX: usize = 63;
/// A domain, in lower case, as the DNS has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Reads one: at least two labels, the last not a number. Letters beyond ASCII are written as the DNS takes them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        let mut name = String::with_capacity(text.len());
        let mut labels = 0;
        for label in text.split('.') {
            if labels > 0 {
                name.push('.');
            }
            let from = name.len();
            if label.is_ascii() {
                name.push_str(label);
            } else {
                if label.chars().any(|c| !c.is_ascii() && !c.is_alphanumeric()) {
                    return None;
                }
                name.push_str("xn--");
                punycode(label, &mut name)?;
            }
            let own = name.get(from..)?;
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            let ends = own.starts_with('-') || own.ends_with('-');
            if own.is_empty() || own.len() > LABEL_BYTES_MAX || ends || !own.bytes().all(fits) {
                return None;
            }
            labels += 1;
        }
        let last = name.rsplit('.').next()?;
        let numeric = last.bytes().all(|byte| byte.is_ascii_digit());
        (labels > 1 && !numeric && name.len() <= DOMAIN_BYTES_MAX).then_some(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Domain {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no domain"))
    }
}

impl From<Domain> for String {
    fn from(one: Domain) -> Self {
        one.0
    }
}

/// Reads an AS number, with or without `AS` before it.
#[must_use]
pub fn asn(text: &str) -> Option<u32> {
    let text = text.trim();
    let head = text.get(..2).filter(|head| head.eq_ignore_ascii_case("as"));
    let digits = if head.is_some() { text.get(2..)? } else { text };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|asn| plain && *asn > 0)
}

/// One thing that is somebody's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Asset {
    /// A network.
    Network(Network),
    /// A domain, with all below it.
    Domain(Domain),
    /// An AS number.
    Asn(u32),
}

impl Asset {
    /// Reads one, whichever it is. A bare number is an AS number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        None.or_else(|| Network::parse(text).map(Self::Network))
            .or_else(|| asn(text).map(Self::Asn))
            .or_else(|| Domain::parse(text).map(Self::Domain))
    }

    /// `network`, `domain` or `asn`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Network(_) => "network",
            Self::Domain(_) => "domain",
            Self::Asn(_) => "asn",
        }
    }
}

impl TryFrom<String> for Asset {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no network, domain or AS number"))
    }
}

impl From<Asset> for String {
    fn from(one: Asset) -> Self {
        one.to_string()
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(one) => one.fmt(f),
            Self::Domain(one) => one.fmt(f),
            Self::Asn(asn) => write!(f, "AS{asn}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        let domain = |text: &str| Domain::parse(text).map(|one| one.to_string());
        assert_eq!(
            domain("WWW.Example.org.").as_deref(),
            Some("www.example.org")
        );
        assert_eq!(
            domain("māori.example").as_deref(),
            Some("xn--mori-qsa.example")
        );
        for bad in [
            "example",
            "a..b",
            "-a.example",
            "a b.example",
            "192.0.2.1",
            "",
            ".",
        ] {
            assert_eq!(domain(bad), None, "{bad}");
        }
        assert_eq!(asn("AS64496"), Some(64_496));
        assert_eq!(asn("64496"), Some(64_496));
        for bad in ["AS", "AS0", "AS-1", "ASx", "4294967296", ""] {
            assert_eq!(asn(bad), None, "{bad}");
        }
        let kinds = ["192.0.2.0/24", "AS64496", "example.org"];
        let kinds = kinds.map(|text| Asset::parse(text).unwrap().kind());
        assert_eq!(kinds, ["network", "asn", "domain"]);
    }
}
