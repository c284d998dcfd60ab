//! Whose an address, a name or an AS number is: an immutable snapshot of all that constituents claim.
//!
//! A network goes before a domain, and a domain before an AS number. Within one of them what people entered goes before what was
//! imported, then the narrower claim before the wider one, then the constituent that was there first.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use cairn_kernel::net::{Network, number};

use super::Facts;
use super::net::{Asset, Domain};

/// The number of a constituent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnerId(pub u32);

/// By what an owner is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// A network; the length of its prefix, as people write it.
    Network(u8),
    /// A domain; how many labels it has.
    Domain(u8),
    /// An AS number.
    Asn,
}

/// Why somebody is the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Why {
    /// By what.
    pub by: By,
    /// People entered it.
    pub manual: bool,
}

/// A claim that fits what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Whose claim.
    pub owner: OwnerId,
    /// People entered it.
    pub manual: bool,
    /// What is claimed.
    pub claim: Asset,
    /// Why it is where it is.
    pub reason: Reason,
}

/// Why a claim won, or what it stands behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It won: there is no other.
    Only,
    /// It won: people entered it, and the next one was imported.
    Manual,
    /// It won: it is narrower than the next one.
    Narrower,
    /// It won: the constituent was there first.
    First,
    /// It won: networks go before domains, and both before AS numbers.
    Kind,
    /// Another stands before it.
    Behind,
}

impl Reason {
    /// The name in the API and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::Manual => "manual",
            Self::Narrower => "narrower",
            Self::First => "first",
            Self::Kind => "kind",
            Self::Behind => "behind",
        }
    }
}

/// What two claims have against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clash {
    /// Several constituents claim the same.
    Same,
    /// What was imported for one lies within what people entered for another, and does not count.
    Hidden,
}

impl Clash {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Hidden => "hidden",
        }
    }
}

/// Claims that cannot all hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What they have against each other.
    pub clash: Clash,
    /// What is claimed.
    pub claim: Asset,
    /// The wider claim that it lies within, if it is hidden by one.
    pub within: Option<Asset>,
    /// Who holds it.
    pub winner: OwnerId,
    /// Who else claims it.
    pub others: Vec<OwnerId>,
}

/// Whose claim, and whether people entered it; ordered as claims to the same thing are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    imported: bool,
    owner: u32,
}

impl Entry {
    const fn of(self, by: By) -> (OwnerId, Why) {
        let manual = !self.imported;
        (OwnerId(self.owner), Why { by, manual })
    }
}

const NONE: u32 = u32::MAX;

/// A claimed network.
#[derive(Debug, Clone, Copy)]
struct Node {
    network: Network,
    /// The next wider one that is claimed.
    parent: u32,
    from: u32,
    to: u32,
    /// The entry that holds it, and the node at which that stands.
    win: (Entry, u32),
}

/// All claims, ready to be asked. Build it once and share it.
#[derive(Debug, Default)]
pub struct Owners {
    /// Where another node begins to hold: the first address, ascending.
    starts: Vec<u128>,
    /// The node from there on, or [`NONE`].
    holds: Vec<u32>,
    nodes: Vec<Node>,
    entries: Vec<Entry>,
    domains: HashMap<Box<str>, Vec<Entry>>,
    asns: HashMap<u32, Vec<Entry>>,
    claims: usize,
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NONE)
}

fn place(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn labels(domain: &str) -> u8 {
    let dots = domain.bytes().filter(|byte| *byte == b'.').count();
    u8::try_from(dots + 1).unwrap_or(u8::MAX)
}

impl Owners {
    /// From what each constituent has: its number, whether people look after it here, and its facts.
    pub fn build<'a>(all: impl IntoIterator<Item = (u32, bool, &'a Facts)>) -> Self {
        let mut made = Self::default();
        let mut networks: Vec<(Network, Entry)> = Vec::new();
        for (owner, manual, facts) in all {
            let entry = Entry {
                imported: !manual,
                owner,
            };
            networks.extend(facts.networks.iter().map(|network| (*network, entry)));
            for domain in &facts.domains {
                let entries = made.domains.entry(domain.as_str().into()).or_default();
                entries.push(entry);
            }
            for asn in &facts.asns {
                made.asns.entry(*asn).or_default().push(entry);
            }
            made.claims += facts.assets();
        }
        let named = made.domains.values_mut().chain(made.asns.values_mut());
        for entries in named {
            entries.sort_unstable();
            entries.dedup();
        }
        // Both families in one order, each network after those that it lies in.
        networks.sort_unstable_by_key(|(one, entry)| (one.first(), one.bits(), *entry));
        networks.dedup();
        made.nodes(&networks);
        made.flatten();
        made
    }

    /// Claims to one network become a node, and each node learns within which other it lies.
    fn nodes(&mut self, networks: &[(Network, Entry)]) {
        let mut open: Vec<u32> = Vec::new();
        for (network, entry) in networks {
            self.entries.push(*entry);
            let to = index(self.entries.len());
            if let Some(last) = self.nodes.last_mut()
                && last.network == *network
            {
                last.to = to;
                continue;
            }
            while let Some(top) = open.last().and_then(|top| self.nodes.get(place(*top))) {
                if top.network.last() >= network.last() {
                    break;
                }
                open.pop();
            }
            let at = index(self.nodes.len());
            let parent = open.last().copied().unwrap_or(NONE);
            // Of one network what people entered comes first.
            let above = self.nodes.get(place(parent)).map(|node| node.win);
            let win = match above {
                Some(above) if entry.imported && !above.0.imported => above,
                _ => (*entry, at),
            };
            self.nodes.push(Node {
                network: *network,
                parent,
                from: to - 1,
                to,
                win,
            });
            open.push(at);
        }
    }

    /// Nested networks become stretches beside each other, each held by the narrowest node.
    fn flatten(&mut self) {
        let (mut starts, mut holds) = (Vec::new(), Vec::new());
        let mut put = |start: u128, node: u32| {
            if starts.last() == Some(&start) {
                starts.pop();
                holds.pop();
            }
            if holds.last().copied().unwrap_or(NONE) != node || starts.is_empty() {
                starts.push(start);
                holds.push(node);
            }
        };
        let mut open: Vec<(u128, u32)> = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            close(&mut open, Some(node.network.first()), &mut put);
            put(node.network.first(), index(at));
            open.push((node.network.last(), index(at)));
        }
        close(&mut open, None, &mut put);
        (self.starts, self.holds) = (starts, holds);
    }

    fn node(&self, ip: IpAddr) -> Option<&Node> {
        let ip = number(ip);
        let after = self.starts.partition_point(|start| *start <= ip);
        let at = self.holds.get(after.checked_sub(1)?)?;
        self.nodes.get(place(*at))
    }

    /// Claims that it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.claims
    }

    /// Nobody claims anything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.claims == 0
    }

    /// Whose it is: of the address, else of the domain (in any case, without a final dot), else of the AS number.
    #[must_use]
    pub fn of(
        &self,
        ip: Option<IpAddr>,
        asn: Option<u32>,
        domain: Option<&str>,
    ) -> Option<(OwnerId, Why)> {
        let network = ip.and_then(|ip| self.of_ip(ip));
        let network = network.or_else(|| domain.and_then(|domain| self.of_domain(domain)));
        network.or_else(|| asn.and_then(|asn| self.of_asn(asn)))
    }

    fn of_ip(&self, ip: IpAddr) -> Option<(OwnerId, Why)> {
        let (entry, at) = self.node(ip)?.win;
        let network = self.nodes.get(place(at))?.network;
        Some(entry.of(By::Network(network.prefix())))
    }

    fn of_domain(&self, domain: &str) -> Option<(OwnerId, Why)> {
        if domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.of_domain(&domain.to_ascii_lowercase());
        }
        let mut imported = None;
        for name in above(domain) {
            if let Some(first) = self.domains.get(name).and_then(|entries| entries.first()) {
                let found = first.of(By::Domain(labels(name)));
                if !first.imported {
                    return Some(found);
                }
                imported.get_or_insert(found);
            }
        }
        imported
    }

    fn of_asn(&self, asn: u32) -> Option<(OwnerId, Why)> {
        let first = self.asns.get(&asn)?.first()?;
        Some(first.of(By::Asn))
    }

    /// Every claim that fits, the one that wins first.
    #[must_use]
    pub fn candidates(
        &self,
        ip: Option<IpAddr>,
        asn: Option<u32>,
        domain: Option<&str>,
    ) -> Vec<Candidate> {
        let mut all: Vec<(u8, bool, u8, u32, Asset)> = Vec::new();
        let mut node = ip.and_then(|ip| self.node(ip));
        while let Some(one) = node {
            let entries = self.entries.get(place(one.from)..place(one.to));
            for entry in entries.unwrap_or_default() {
                let wide = u8::MAX - one.network.bits();
                let claim = Asset::Network(one.network);
                all.push((0, entry.imported, wide, entry.owner, claim));
            }
            node = self.nodes.get(place(one.parent));
        }
        let domain = domain.map(str::to_ascii_lowercase);
        for name in domain.iter().flat_map(|domain| above(domain)) {
            for entry in self.domains.get(name).into_iter().flatten() {
                if let Some(claim) = Domain::parse(name).map(Asset::Domain) {
                    let wide = u8::MAX - labels(name);
                    all.push((1, entry.imported, wide, entry.owner, claim));
                }
            }
        }
        if let Some(asn) = asn {
            for entry in self.asns.get(&asn).into_iter().flatten() {
                all.push((2, entry.imported, 0, entry.owner, Asset::Asn(asn)));
            }
        }
        all.sort();
        let reason = reason(&all);
        let shown = all
            .into_iter()
            .enumerate()
            .map(|(at, (_, imported, _, owner, claim))| Candidate {
                owner: OwnerId(owner),
                manual: !imported,
                claim,
                reason: if at == 0 { reason } else { Reason::Behind },
            });
        shown.collect()
    }

    /// Claims that cannot all hold: networks, then domains, then AS numbers.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut all = Vec::new();
        for node in &self.nodes {
            let entries = self.entries.get(place(node.from)..place(node.to));
            let above = self.nodes.get(place(node.win.1));
            let above = above.filter(|above| above.network != node.network);
            let claim = Asset::Network(node.network);
            let above = above.map(|above| (node.win.0, Asset::Network(above.network)));
            all.extend(conflict(claim, entries.unwrap_or_default(), above));
        }
        let domains: BTreeMap<&str, &Vec<Entry>> = self
            .domains
            .iter()
            .map(|(name, entries)| (name.as_ref(), entries))
            .collect();
        for (name, entries) in domains {
            let Some(claim) = Domain::parse(name) else {
                continue;
            };
            all.extend(conflict(
                Asset::Domain(claim),
                entries,
                self.hides(name, entries),
            ));
        }
        let asns: BTreeMap<&u32, &Vec<Entry>> = self.asns.iter().collect();
        for (asn, entries) in asns {
            all.extend(conflict(Asset::Asn(*asn), entries, None));
        }
        all
    }

    /// The domain above an imported one that people entered.
    fn hides(&self, name: &str, entries: &[Entry]) -> Option<(Entry, Asset)> {
        entries.first().filter(|first| first.imported)?;
        above(name).skip(1).find_map(|name| {
            let first = self.domains.get(name)?.first()?;
            let claim = Domain::parse(name).map(Asset::Domain)?;
            (!first.imported).then_some((*first, claim))
        })
    }
}

/// Ends the stretches that lie before an address, or all.
fn close(open: &mut Vec<(u128, u32)>, before: Option<u128>, put: &mut impl FnMut(u128, u32)) {
    while let Some((last, _)) = open.last().copied() {
        if before.is_some_and(|before| last >= before) {
            return;
        }
        open.pop();
        let below = open.last().map_or(NONE, |(_, node)| *node);
        if let Some(next) = last.checked_add(1) {
            put(next, below);
        }
    }
}

/// A name and the names above it: `a.b.c`, `b.c`, `c`.
fn above(domain: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(domain.trim_end_matches('.'));
    std::iter::from_fn(move || {
        let name = rest?;
        rest = name.split_once('.').map(|(_, above)| above);
        Some(name)
    })
}

fn reason(all: &[(u8, bool, u8, u32, Asset)]) -> Reason {
    match (all.first(), all.get(1)) {
        (Some(first), Some(next)) if first.0 != next.0 => Reason::Kind,
        (Some(first), Some(next)) if first.1 != next.1 => Reason::Manual,
        (Some(first), Some(next)) if first.2 != next.2 => Reason::Narrower,
        (Some(_), Some(_)) => Reason::First,
        _ => Reason::Only,
    }
}

/// What is wrong with the claims to one thing, which may lie within another that holds it.
fn conflict(claim: Asset, entries: &[Entry], above: Option<(Entry, Asset)>) -> Option<Conflict> {
    let others = |winner: u32| {
        let all = entries.iter().map(|entry| entry.owner);
        let mut all: Vec<u32> = all.filter(|owner| *owner != winner).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(OwnerId).collect::<Vec<_>>()
    };
    let (clash, winner, within) = match above {
        Some((entry, within)) => (Clash::Hidden, entry.owner, Some(within)),
        None => (Clash::Same, entries.first()?.owner, None),
    };
    let others = others(winner);
    (!others.is_empty()).then_some(Conflict {
        clash,
        claim,
        within,
        winner: OwnerId(winner),
        others,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;
    use crate::constituent::Day;

    fn facts(assets: &[&str]) -> Facts {
        let mut facts = Facts {
            name: "Example".into(),
            sector: None,
            language: None,
            quiet: None,
            networks: BTreeSet::new(),
            domains: BTreeSet::new(),
            asns: BTreeSet::new(),
            notes: Vec::new(),
            added: Day(0),
            confirmed: None,
            next_contact: 1,
        };
        for asset in assets {
            match Asset::parse(asset).unwrap() {
                Asset::Network(one) => facts.networks.insert(one),
                Asset::Domain(one) => facts.domains.insert(one),
                Asset::Asn(one) => facts.asns.insert(one),
            };
        }
        facts
    }

    fn owners(all: &[(u32, bool, &[&str])]) -> Owners {
        let all: Vec<_> = all.iter().map(|(no, m, a)| (*no, *m, facts(a))).collect();
        Owners::build(all.iter().map(|(no, manual, facts)| (*no, *manual, facts)))
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn the_narrowest_holds_and_what_people_entered_stands_before_what_was_imported() {
        let owners = owners(&[
            (1, false, &["192.0.0.0/16", "2001:db8::/32"]),
            (2, false, &["192.0.2.0/24", "2001:db8:5::/48"]),
            (3, true, &["198.51.100.0/24"]),
            (4, false, &["198.51.100.128/25"]),
        ]);
        let of = |text: &str| {
            owners
                .of(ip(text), None, None)
                .map(|(owner, why)| (owner.0, why.by, why.manual))
        };
        assert_eq!(of("192.0.2.9"), Some((2, By::Network(24), false)));
        assert_eq!(of("192.0.3.0"), Some((1, By::Network(16), false)));
        assert_eq!(of("192.1.0.0"), None);
        assert_eq!(of("2001:db8:5::1"), Some((2, By::Network(48), false)));
        assert_eq!(of("2001:db8:6::1"), Some((1, By::Network(32), false)));
        assert_eq!(of("198.51.100.200"), Some((3, By::Network(24), true)));
        let all = owners.candidates(ip("198.51.100.200"), None, None);
        let all: Vec<_> = all.iter().map(|one| (one.owner.0, one.reason)).collect();
        assert_eq!(all, [(3, Reason::Manual), (4, Reason::Behind)]);
        let all = owners.candidates(ip("192.0.2.9"), None, None);
        assert_eq!(all.first().unwrap().reason, Reason::Narrower);
        let conflicts = owners.conflicts();
        assert_eq!(conflicts.len(), 1, "nested ones of equal standing are none");
        let one = conflicts.first().unwrap();
        assert_eq!((one.clash, one.winner), (Clash::Hidden, OwnerId(3)));
        assert_eq!(one.within.as_ref().unwrap().to_string(), "198.51.100.0/24");
    }

    #[test]
    fn a_network_goes_before_a_domain_and_that_before_an_as_number() {
        let owners = owners(&[
            (1, true, &["example.org", "AS64496"]),
            (2, false, &["mail.example.org", "AS64496", "192.0.2.0/24"]),
            (3, false, &["example.net", "AS64497"]),
            (4, false, &["example.net"]),
        ]);
        let of = |ip: Option<IpAddr>, asn, domain| owners.of(ip, asn, domain).map(|one| one.0.0);
        assert_eq!(of(None, None, Some("a.mail.EXAMPLE.org")), Some(1));
        assert_eq!(of(None, None, Some("example.com")), None);
        assert_eq!(
            of(ip("192.0.2.1"), Some(64_496), Some("example.org")),
            Some(2)
        );
        assert_eq!(of(ip("203.0.113.1"), Some(64_496), None), Some(1));
        assert_eq!(of(None, Some(64_498), None), None);
        let all = owners.candidates(ip("192.0.2.1"), Some(64_496), Some("mail.example.org"));
        let all: Vec<_> = all.iter().map(|one| (one.owner.0, one.reason)).collect();
        assert_eq!(all.first(), Some(&(2, Reason::Kind)));
        assert_eq!(all.len(), 5);
        let all = owners.candidates(None, None, Some("example.net"));
        assert_eq!(all.first().unwrap().reason, Reason::First);
        let conflicts = owners.conflicts();
        let told: Vec<_> = conflicts
            .iter()
            .map(|one| (one.claim.to_string(), one.clash, one.winner.0))
            .collect();
        let hidden = ("mail.example.org".to_owned(), Clash::Hidden, 1);
        let same = ("example.net".to_owned(), Clash::Same, 3);
        assert_eq!(told, [same, hidden, ("AS64496".into(), Clash::Same, 1)]);
    }

    proptest! {
        /// What the flattened table says is what going through all claims says.
        #[test]
        fn it_is_what_looking_at_every_claim_comes_to(
            claims in proptest::collection::vec((any::<u8>(), 1_u8..=8, 1_u32..9, any::<bool>()), 0..40),
            asked in any::<u8>(),
        ) {
            // Networks below 192.0.2.0/24, so that they meet often.
            let mut all: Vec<(u32, bool, Facts)> = Vec::new();
            for (low, bits, owner, manual) in claims {
                let mask = u8::MAX.checked_shl(u32::from(8 - bits)).unwrap_or(0);
                let network = format!("192.0.2.{}/{}", low & mask, 24 + bits);
                all.push((owner, manual, facts(&[network.as_str()])));
            }
            let owners = Owners::build(all.iter().map(|(no, manual, facts)| (*no, *manual, facts)));
            let at = format!("192.0.2.{asked}").parse().unwrap();
            let held = |facts: &Facts| facts.networks.iter().next().copied()
                .filter(|one| one.first() <= number(at) && number(at) <= one.last());
            let best = all.iter()
                .filter_map(|(no, manual, facts)| held(facts).map(|one| (!manual, 128 - one.bits(), *no)))
                .min();
            let found = owners.of(Some(at), None, None).map(|(owner, why)| (!why.manual, owner.0));
            prop_assert_eq!(found, best.map(|(imported, _, no)| (imported, no)));
            let first = owners.candidates(Some(at), None, None).into_iter().next();
            prop_assert_eq!(first.map(|one| one.owner.0), best.map(|best| best.2));
        }
    }

    /// A hundred thousand networks. How long a look-up takes is measured in a release build; here only that it is no search
    /// through all of them.
    #[test]
    fn many_networks_are_asked_in_few_steps() {
        let networks = (0..100_000_u32).map(|n| {
            let ip = std::net::Ipv4Addr::from(0x0a00_0000 + n * 64);
            Network::exact(ip.into(), 26).unwrap()
        });
        let mut all = facts(&[]);
        all.networks = networks.collect();
        let owners = Owners::build([(7, false, &all)]);
        assert_eq!(owners.len(), 100_000);
        let began = Instant::now();
        let mut found = 0;
        for n in 0..200_000_u32 {
            let ip =
                std::net::Ipv4Addr::from(0x0a00_0000 + n.wrapping_mul(2_654_435_761) % 6_400_000);
            found += u32::from(owners.of(Some(ip.into()), None, None).is_some());
        }
        let each = began.elapsed().as_nanos() / 200_000;
        assert_eq!(found, 200_000);
        assert!(each < 200_000, "{each} ns");
    }
}
