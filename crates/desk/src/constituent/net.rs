//! What is somebody's on the network: networks in CIDR notation (RFC 4632, RFC 4291), domains, AS numbers (RFC 5396).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cairn_kernel::observable::punycode;
use serde::{Deserialize, Serialize};

/// Longest domain name, bytes (RFC 1035, 2.3.4, without the root's dot).
const DOMAIN_BYTES_MAX: usize = 253;
/// Longest label, bytes.
const LABEL_BYTES_MAX: usize = 63;
/// Where IPv4 lies among IPv6 (RFC 4291, 2.5.5.2).
const MAPPED: u128 = 0xffff_0000_0000;
/// Bits that all mapped addresses share.
const MAPPED_BITS: u8 = 96;

/// An address as a number: IPv4 within IPv6.
#[must_use]
pub fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => MAPPED | u128::from(u32::from(ip)),
        IpAddr::V6(ip) => u128::from(ip),
    }
}

/// A network. IPv4 is kept within IPv6, so that one order serves both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    start: u128,
    bits: u8,
}

impl Network {
    /// The first `bits` of an address; the rest must be zero, and none at all is no network of anybody.
    #[must_use]
    pub fn new(ip: IpAddr, bits: u8) -> Option<Self> {
        let most = if ip.is_ipv4() { 32 } else { 128 };
        if bits == 0 || bits > most {
            return None;
        }
        let bits = if ip.is_ipv4() {
            bits + MAPPED_BITS
        } else {
            bits
        };
        let one = Self {
            start: number(ip),
            bits,
        };
        (one.start & one.below() == 0).then_some(one)
    }

    /// Reads `192.0.2.0/24`, `2001:db8::/32`, or one address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once('/') {
            None => {
                let ip: IpAddr = text.parse().ok()?;
                Self::new(ip, if ip.is_ipv4() { 32 } else { 128 })
            }
            Some((ip, bits)) => {
                let digits = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
                Self::new(ip.parse().ok()?, bits.parse().ok().filter(|_| digits)?)
            }
        }
    }

    /// The networks that two addresses span, both included; nothing if they are of two kinds or the wrong way round.
    #[must_use]
    pub fn span(first: IpAddr, last: IpAddr) -> Vec<Self> {
        let (mut at, end) = (number(first), number(last));
        let mut all = Vec::new();
        if first.is_ipv4() != last.is_ipv4() {
            return all;
        }
        let least = if first.is_ipv4() { MAPPED_BITS + 1 } else { 1 };
        while at <= end {
            let mut bits = 128_u8.saturating_sub(u8::try_from(at.trailing_zeros()).unwrap_or(128));
            bits = bits.max(least);
            let mut one = Self { start: at, bits };
            while one.last() > end {
                one.bits += 1;
            }
            all.push(one);
            match one.last().checked_add(1) {
                Some(next) => at = next,
                None => break,
            }
        }
        all
    }

    /// Ones where the network's own part ends.
    const fn below(self) -> u128 {
        match u128::MAX.checked_shr(self.bits as u32) {
            Some(below) => below,
            None => 0,
        }
    }

    /// Its first address, as [`number`] has it.
    #[must_use]
    pub const fn first(self) -> u128 {
        self.start
    }

    /// Its last address.
    #[must_use]
    pub const fn last(self) -> u128 {
        self.start | self.below()
    }

    /// Length of its prefix among IPv6.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.bits
    }

    /// Length of its prefix as people write it.
    #[must_use]
    pub const fn prefix(self) -> u8 {
        if self.is_v4() {
            self.bits - MAPPED_BITS
        } else {
            self.bits
        }
    }

    const fn is_v4(self) -> bool {
        self.bits >= MAPPED_BITS && self.start >> 32 == MAPPED >> 32
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = self.prefix();
        match u32::try_from(self.start & u128::from(u32::MAX)) {
            Ok(low) if self.is_v4() => write!(f, "{}/{prefix}", Ipv4Addr::from(low)),
            _ => write!(f, "{}/{prefix}", Ipv6Addr::from(self.start)),
        }
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no network"))
    }
}

impl From<Network> for String {
    fn from(one: Network) -> Self {
        one.to_string()
    }
}

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
    fn networks_are_read_as_they_are_written() {
        for text in [
            "192.0.2.0/24",
            "192.0.2.7/32",
            "2001:db8::/32",
            "2001:db8::1/128",
            "128.0.0.0/1",
        ] {
            assert_eq!(Network::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(
            Network::parse(" 192.0.2.1 ").unwrap().to_string(),
            "192.0.2.1/32"
        );
        for bad in [
            "192.0.2.1/24",
            "0.0.0.0/0",
            "::/0",
            "192.0.2.0/33",
            "192.0.2.0/+8",
            "192.0.2/24",
            "example.org",
            "192.0.2.0/",
            "",
        ] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn spans_are_the_fewest_networks() {
        let span = |a: &str, b: &str| {
            let all = Network::span(a.parse().unwrap(), b.parse().unwrap());
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            all.join(" ")
        };
        assert_eq!(span("192.0.2.0", "192.0.2.255"), "192.0.2.0/24");
        assert_eq!(
            span("192.0.2.1", "192.0.2.6"),
            "192.0.2.1/32 192.0.2.2/31 192.0.2.4/31 192.0.2.6/32"
        );
        assert_eq!(span("0.0.0.0", "255.255.255.255"), "0.0.0.0/1 128.0.0.0/1");
        assert_eq!(span("192.0.2.9", "192.0.2.1"), "");
        assert_eq!(span("192.0.2.9", "2001:db8::1"), "");
    }

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
