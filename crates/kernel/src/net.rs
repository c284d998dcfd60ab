//! Networks in CIDR notation (RFC 4632, RFC 4291), and addresses as numbers.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Where IPv4 lies among IPv6 (RFC 4291, 2.5.5.2).
const MAPPED: u128 = 0xffff_0000_0000;
/// Bits that all mapped addresses share.
const MAPPED_BITS: u8 = 96;

/// An address as a number: IPv4 within IPv6.
#[must_use]
pub const fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => MAPPED | ip.to_bits() as u128,
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

/// A network: an address whose host bits are zero, and the length of its prefix in bits. In order, IPv4 comes before IPv6; by
/// [`Network::first`] and [`Network::bits`] both are in one order.
///
/// As text (serde) it is read as [`Network::parse`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Bits beyond the prefix are cut. `None` if the prefix is longer than the address.
    #[must_use]
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let address = match address {
            IpAddr::V4(v4) => {
                let host = 32_u32.checked_sub(u32::from(prefix))?;
                let mask = u32::MAX.checked_shl(host).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
            }
            IpAddr::V6(v6) => {
                let host = 128_u32.checked_sub(u32::from(prefix))?;
                let mask = u128::MAX.checked_shl(host).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
            }
        };
        Some(Self { address, prefix })
    }

    /// Somebody's network: the rest of the address must be zero, and no bit at all is no network of anybody. IPv4 within IPv6 is IPv4.
    #[must_use]
    pub fn exact(address: IpAddr, prefix: u8) -> Option<Self> {
        let one = Self::new(address, prefix)?;
        let one = match (address, address.to_canonical()) {
            _ if one.address != address => return None,
            (IpAddr::V6(_), v4 @ IpAddr::V4(_)) if prefix >= MAPPED_BITS => Self {
                address: v4,
                prefix: prefix - MAPPED_BITS,
            },
            _ => one,
        };
        (one.prefix > 0).then_some(one)
    }

    /// Reads `192.0.2.0/24`, `2001:db8::/32`, or one address, as [`Network::exact`] has them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once('/') {
            None => {
                let ip: IpAddr = text.parse().ok()?;
                Self::exact(ip, if ip.is_ipv4() { 32 } else { 128 })
            }
            Some((ip, bits)) => {
                let digits = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
                Self::exact(ip.parse().ok()?, bits.parse().ok().filter(|_| digits)?)
            }
        }
    }

    /// All addresses from one to another, both included, as the fewest networks; `None` if they are of two families or the last is
    /// before the first. There are at most 254 of them.
    #[must_use]
    pub fn between(first: IpAddr, last: IpAddr) -> Option<Vec<Self>> {
        let (mut at, end, bits) = match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                (u128::from(first.to_bits()), u128::from(last.to_bits()), 32)
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => (first.to_bits(), last.to_bits(), 128_u32),
            _ => return None,
        };
        if end < at {
            return None;
        }
        let mut networks = Vec::new();
        loop {
            // As wide as where it begins allows, and as what is left does.
            let mut host = at.trailing_zeros().min(bits);
            while host > 0 && last_of(at, host) > end {
                host -= 1;
            }
            let prefix = u8::try_from(bits.checked_sub(host)?).ok()?;
            networks.push(Self::new(address(at, bits)?, prefix)?);
            match last_of(at, host).checked_add(1) {
                Some(next) if next <= end => at = next,
                _ => return Some(networks),
            }
        }
    }

    /// Its first address.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// Bits of its prefix.
    #[must_use]
    pub const fn prefix(&self) -> u8 {
        self.prefix
    }

    /// Its first address, as [`number`] has it.
    #[must_use]
    pub const fn first(&self) -> u128 {
        number(self.address)
    }

    /// Its last address, as [`number`] has it.
    #[must_use]
    pub const fn last(&self) -> u128 {
        let below = match u128::MAX.checked_shr(self.bits() as u32) {
            Some(below) => below,
            None => 0,
        };
        self.first() | below
    }

    /// Length of its prefix among IPv6.
    #[must_use]
    pub const fn bits(&self) -> u8 {
        match self.address {
            IpAddr::V4(_) => self.prefix + MAPPED_BITS,
            IpAddr::V6(_) => self.prefix,
        }
    }
}

/// The last address of a network of so many host bits.
fn last_of(at: u128, host: u32) -> u128 {
    at | 1_u128.checked_shl(host).map_or(u128::MAX, |next| next - 1)
}

fn address(bits: u128, family: u32) -> Option<IpAddr> {
    Some(if family == 32 {
        IpAddr::V4(u32::try_from(bits).ok()?.into())
    } else {
        IpAddr::V6(bits.into())
    })
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn networks_are_read_as_they_are_written() {
        for text in [
            "192.0.2.0/24",
            "192.0.2.7/32",
            "2001:db8::/32",
            "2001:db8::1/128",
            "128.0.0.0/1",
            "::/8",
        ] {
            let one = Network::parse(text).unwrap();
            assert_eq!(one.to_string(), text);
            let json = serde_json::to_string(&one).unwrap();
            assert_eq!(serde_json::from_str::<Network>(&json).unwrap(), one);
        }
        for (text, written) in [
            (" 192.0.2.1 ", "192.0.2.1/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ] {
            assert_eq!(Network::parse(text).unwrap().to_string(), written);
        }
        for bad in [
            "192.0.2.1/24",
            "0.0.0.0/0",
            "::/0",
            "::ffff:0:0/96",
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
    fn bits_beyond_the_prefix_are_cut_and_ends_are_told() {
        let one = Network::new("192.0.2.77".parse().unwrap(), 24).unwrap();
        assert_eq!(
            (one.to_string().as_str(), one.bits()),
            ("192.0.2.0/24", 120)
        );
        assert_eq!(one.last() - one.first(), 255);
        let all = Network::new("2001:db8::1".parse().unwrap(), 0).unwrap();
        assert_eq!((all.first(), all.last()), (0, u128::MAX));
        assert_eq!(Network::new("192.0.2.0".parse().unwrap(), 33), None);
    }

    fn networks(first: &str, last: &str) -> Vec<String> {
        let found = Network::between(first.parse().unwrap(), last.parse().unwrap());
        let found = found.unwrap_or_default();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn ranges_become_networks() {
        assert_eq!(networks("192.0.2.0", "192.0.2.255"), ["192.0.2.0/24"]);
        assert_eq!(
            networks("192.0.2.1", "192.0.2.4"),
            ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/32"]
        );
        assert_eq!(networks("0.0.0.0", "255.255.255.255"), ["0.0.0.0/0"]);
        assert_eq!(
            networks("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            ["2001:db8::/32"]
        );
        assert_eq!(
            networks("ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ["ffff::/16"]
        );
        assert_eq!(networks("192.0.2.4", "192.0.2.1"), [""; 0]);
        assert_eq!(networks("192.0.2.4", "2001:db8::"), [""; 0]);
    }

    proptest! {
        #[test]
        fn networks_of_a_range_follow_each_other(first in any::<u32>(), count in 0_u32..70_000) {
            let last = first.saturating_add(count);
            let mut at = u64::from(first);
            for network in Network::between(IpAddr::V4(first.into()), IpAddr::V4(last.into())).unwrap() {
                prop_assert_eq!(network.address(), IpAddr::V4(u32::try_from(at).unwrap().into()));
                at += 1 << (32 - network.prefix());
            }
            prop_assert_eq!(at, u64::from(last) + 1);
        }

        #[test]
        fn no_range_comes_to_many(first in any::<u128>(), last in any::<u128>()) {
            let (first, last) = (first.min(last), first.max(last));
            let all = Network::between(IpAddr::V6(first.into()), IpAddr::V6(last.into())).unwrap();
            prop_assert!(all.len() <= 254);
        }
    }
}
