//! Addresses from one to another, as networks.

use std::net::IpAddr;

use crate::value::Network;

/// All addresses from one to another, both included, as the fewest networks; `None` if they are of two families or the last is
/// before the first. There are at most 254 of them.
pub(super) fn between(first: IpAddr, last: IpAddr) -> Option<Vec<Network>> {
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
        networks.push(Network::new(address(at, bits)?, prefix)?);
        match last_of(at, host).checked_add(1) {
            Some(next) if next <= end => at = next,
            _ => return Some(networks),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn networks(first: &str, last: &str) -> Vec<String> {
        let found = between(first.parse().unwrap(), last.parse().unwrap());
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
            for network in between(IpAddr::V4(first.into()), IpAddr::V4(last.into())).unwrap() {
                prop_assert_eq!(network.address(), IpAddr::V4(u32::try_from(at).unwrap().into()));
                at += 1 << (32 - network.prefix());
            }
            prop_assert_eq!(at, u64::from(last) + 1);
        }

        #[test]
        fn no_range_comes_to_many(first in any::<u128>(), last in any::<u128>()) {
            let (first, last) = (first.min(last), first.max(last));
            let all = between(IpAddr::V6(first.into()), IpAddr::V6(last.into())).unwrap();
            prop_assert!(all.len() <= 254);
        }
    }
}
