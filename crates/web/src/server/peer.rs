//! Who is at the other end, as little as fairness needs: a keyed hash of the network prefix, never an address.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::str::FromStr;

use axum::http::HeaderMap;

/// The network part of an address: /24 of IPv4, /48 of IPv6. Lives as long as its connection, is never written anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Prefix(u128);

impl Prefix {
    /// IPv4 (also when written as an IPv4-mapped IPv6 address) and IPv6 can't collide: the version is part of the value.
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self(u128::from(v4.to_bits() >> 8)),
            IpAddr::V6(v6) => Self((1 << 127) | (v6.to_bits() >> 80)),
        }
    }
}

/// A stand-in for the network prefix a request came from, good for counting and fairness and nothing else: a keyed hash
/// (SipHash) under a key drawn at random when the process starts. It can't be turned back into an address without that
/// key, which is never stored, and it means nothing after a restart. Found in every request's extensions.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientPrefix {
    hash: u64,
    near: bool,
}

impl ClientPrefix {
    /// The hash, for use as a map key. Not for logs or tables.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.hash
    }

    /// The machine itself, or a trusted proxy that named no client: it may stand for anybody, so nobody is slowed for it.
    #[must_use]
    pub const fn is_near(self) -> bool {
        self.near
    }

    /// For tests of what counts by prefix.
    #[must_use]
    pub const fn for_tests(value: u64) -> Self {
        Self {
            hash: value,
            near: false,
        }
    }
}

/// Shows nothing, so that a stray `{:?}` in a log line tells nothing either.
impl fmt::Debug for ClientPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientPrefix(…)")
    }
}

/// Turns addresses into [`ClientPrefix`]es; one per process.
#[derive(Clone, Default)]
pub(super) struct PrefixKey(RandomState);

impl PrefixKey {
    pub(super) fn hide(&self, address: IpAddr, trusted: &[Net]) -> ClientPrefix {
        let near =
            address.to_canonical().is_loopback() || trusted.iter().any(|net| net.contains(address));
        ClientPrefix {
            hash: self.0.hash_one(Prefix::of(address).0),
            near,
        }
    }
}

/// A network in CIDR form, such as `192.0.2.0/24` or `2001:db8::/32`; a bare address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    address: IpAddr,
    bits: u32,
}

impl Net {
    /// Whether `address` lies in this network. IPv4-mapped IPv6 addresses count as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(it)) => {
                let shift = 32 - self.bits;
                net.to_bits().checked_shr(shift) == it.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(net), IpAddr::V6(it)) => {
                let shift = 128 - self.bits;
                net.to_bits().checked_shr(shift) == it.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

/// The text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a network: write an address with a prefix length, such as 192.0.2.0/24 or 2001:db8::/32"
)]
pub struct NotANet(pub String);

impl FromStr for Net {
    type Err = NotANet;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || NotANet(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| bad())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.trim().parse().map_err(|_| bad())?,
            None => most,
        };
        (bits <= most)
            .then_some(Self { address, bits })
            .ok_or_else(bad)
    }
}

/// The address a request really comes from: the peer's own, unless the peer is a trusted proxy; then the last address in
/// `X-Forwarded-For` that isn't a trusted proxy itself. What stands further left was written by the client and is not read.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Net]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(peer) {
        return peer;
    }
    let mut client = peer;
    for line in headers.get_all("x-forwarded-for").iter().rev() {
        for hop in line.to_str().unwrap_or("").rsplit(',') {
            match parse_hop(hop.trim()) {
                Some(address) if is_trusted(address) => client = address,
                Some(address) => return address,
                None => return client,
            }
        }
    }
    client
}

/// One hop as proxies write it: bare, with a port, or bracketed IPv6 with or without a port.
fn parse_hop(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(socket) = text.parse::<std::net::SocketAddr>() {
        return Some(socket.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn forwarded(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn prefixes_group_networks_and_keep_versions_apart() {
        assert!(Prefix::of(ip("192.0.2.1")) == Prefix::of(ip("192.0.2.250")));
        assert!(Prefix::of(ip("192.0.2.1")) == Prefix::of(ip("::ffff:192.0.2.9")));
        assert!(Prefix::of(ip("192.0.2.1")) != Prefix::of(ip("192.0.3.1")));
        assert!(Prefix::of(ip("2001:db8:1:2::1")) == Prefix::of(ip("2001:db8:1:ffff::1")));
        assert!(Prefix::of(ip("2001:db8:1::1")) != Prefix::of(ip("2001:db8:2::1")));
        assert!(Prefix::of(ip("::1")) != Prefix::of(ip("0.0.0.1")));
    }

    #[test]
    fn networks_parse_and_contain() {
        let net: Net = "192.0.2.0/24".parse().unwrap();
        assert!(net.contains(ip("192.0.2.77")) && !net.contains(ip("192.0.3.1")));
        assert!(net.contains(ip("::ffff:192.0.2.1")));
        let all: Net = "::/0".parse().unwrap();
        assert!(all.contains(ip("2001:db8::1")) && !all.contains(ip("192.0.2.1")));
        let one: Net = "198.51.100.7".parse().unwrap();
        assert!(one.contains(ip("198.51.100.7")) && !one.contains(ip("198.51.100.8")));
        for bad in ["", "192.0.2.0/33", "x/8", "192.0.2.0/-1", "::/129"] {
            assert!(bad.parse::<Net>().is_err(), "{bad}");
        }
    }

    #[test]
    fn forwarded_addresses_are_believed_only_from_trusted_proxies() {
        let trusted = [
            "127.0.0.0/8".parse().unwrap(),
            "198.51.100.0/24".parse().unwrap(),
        ];
        let headers = forwarded(&["203.0.113.9, 192.0.2.5", "198.51.100.2"]);
        assert_eq!(
            client_address(ip("203.0.113.1"), &headers, &trusted),
            ip("203.0.113.1")
        );
        assert_eq!(
            client_address(ip("127.0.0.1"), &headers, &trusted),
            ip("192.0.2.5")
        );
        let ported = forwarded(&["[2001:db8::7]:443"]);
        assert_eq!(
            client_address(ip("127.0.0.1"), &ported, &trusted),
            ip("2001:db8::7")
        );
        let nonsense = forwarded(&["203.0.113.9, unknown"]);
        assert_eq!(
            client_address(ip("127.0.0.1"), &nonsense, &trusted),
            ip("127.0.0.1")
        );
    }

    #[test]
    fn a_client_prefix_never_prints_itself() {
        let hidden = PrefixKey::default().hide(ip("192.0.2.1"), &[]);
        assert_eq!(format!("{hidden:?}"), "ClientPrefix(…)");
    }
}
