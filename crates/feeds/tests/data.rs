//! What is known of addresses: ranges against a plain search, sets through their bytes, each source by hand, and `MaxMind`'s test
//! databases where they are at hand.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cairn_feeds::data::contacts::Found;
use cairn_feeds::data::set::{SetError, Source, write};
use cairn_feeds::data::source::{Format, SourceError, Told};
use cairn_feeds::data::{Builder, Fact, Gather, Kind, Set};
use cairn_feeds::value::Network;
use proptest::prelude::*;

fn network(text: &str) -> Network {
    let (address, prefix) = text.split_once('/').unwrap();
    Network::new(address.parse().unwrap(), prefix.parse().unwrap()).unwrap()
}

fn read(format: Format, kind: Kind, bytes: &[u8]) -> (Vec<(String, Fact)>, Told) {
    let mut all = Vec::new();
    let mut take = |network: Network, fact: &Fact| {
        all.push((network.to_string(), fact.clone()));
        true
    };
    let told = format.read(kind, &mut &bytes[..], &mut take).unwrap();
    assert_eq!(told.networks as usize, all.len());
    (all, told)
}

fn set_of(networks: Builder) -> Set {
    let source = Source {
        file: "example.dat".into(),
        format: "pyasn".into(),
        sha256: "0".repeat(64),
        networks: networks.len() as u64,
        faults: 0,
        licence: None,
    };
    Set::read(&write(Kind::Asn, "2050-01-01", vec![source], networks).unwrap()).unwrap()
}

fn networks() -> impl Strategy<Value = Vec<(Network, u32)>> {
    // Few bits, so that networks lie in one another.
    let v4 = (0_u32..64, 24_u8..=32).prop_map(|(low, prefix)| {
        Network::new(IpAddr::V4(Ipv4Addr::from_bits(low)), prefix).unwrap()
    });
    let v6 = (0_u128..64, 118_u8..=128).prop_map(|(low, prefix)| {
        Network::new(IpAddr::V6(Ipv6Addr::from_bits(u128::MAX - low)), prefix).unwrap()
    });
    let wide = prop_oneof![
        Just(network("0.0.0.0/0")),
        Just(network("::/0")),
        Just(network("255.255.255.255/32")),
        Just(network("ffff::/16"))
    ];
    prop::collection::vec((prop_oneof![8 => v4, 8 => v6, 1 => wide], 1_u32..5), 1..40)
}

fn holds(network: &Network, address: IpAddr) -> bool {
    network.address().is_ipv4() == address.is_ipv4()
        && Network::new(address, network.prefix()) == Some(*network)
}

proptest! {
    #[test]
    fn the_longest_prefix_is_found(all in networks(), low in 0_u32..80) {
        let mut builder = Builder::default();
        for (network, asn) in &all {
            prop_assert!(builder.add(*network, &Fact::of_asn(*asn)));
        }
        let set = set_of(builder);
        let addresses = [
            IpAddr::V4(Ipv4Addr::from_bits(low)),
            IpAddr::V4(Ipv4Addr::from_bits(u32::MAX - low)),
            // Beyond the first 32 bits, or it would be an IPv4 address.
            IpAddr::V6(Ipv6Addr::from_bits(u128::MAX - u128::from(low))),
            IpAddr::V6(Ipv6Addr::from_bits((1 << 100) + u128::from(low))),
        ];
        for address in addresses {
            // Of the same network the later one holds: max_by_key gives the last.
            let expected = all.iter().filter(|(network, _)| holds(network, address));
            let expected = expected.max_by_key(|(network, _)| network.prefix());
            let expected = expected.map(|(network, asn)| (Fact::of_asn(*asn), *network));
            let found = set.lookup(address).map(|(fact, network)| (fact.clone(), network));
            prop_assert_eq!(found, expected, "{}", address);
        }
    }

    #[test]
    fn a_damaged_set_is_refused(at in 0_usize..400, bit in 0_u8..8) {
        let mut builder = Builder::default();
        builder.add(network("192.0.2.0/24"), &Fact::of_asn(64_496));
        builder.add(network("2001:db8::/32"), &Fact::of_asn(64_497));
        let mut bytes = write(Kind::Asn, "2050-01-01", Vec::new(), builder).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let expected = if at < 8 { SetError::NoSet } else { SetError::Damaged };
        prop_assert_eq!(Set::read(&bytes).err(), Some(expected));
        bytes[at] ^= 1 << bit;
        prop_assert!(Set::read(&bytes).is_ok());
        prop_assert!(Set::read(&bytes[..at]).is_err());
    }

    #[test]
    fn no_source_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for format in Format::ALL {
            for kind in Kind::ALL {
                let mut gather = Gather::new(kind);
                let _read = gather.read(format, &mut &bytes[..]);
                let _made = gather.end("2050-01-01", Vec::new());
            }
        }
    }
}

#[test]
fn an_address_in_ipv6_is_the_one_that_it_holds() {
    let mut builder = Builder::default();
    builder.add(network("198.51.100.0/24"), &Fact::of_asn(64_496));
    let set = set_of(builder);
    let (fact, of) = set.lookup("::ffff:198.51.100.7".parse().unwrap()).unwrap();
    assert_eq!((fact.asn, of), (Some(64_496), network("198.51.100.0/24")));
    assert_eq!(set.lookup("198.51.101.0".parse().unwrap()), None);
}

#[test]
fn lines_of_prefixes_and_numbers() {
    let text = "; a remark\n192.0.2.0/24\t64496\r\n2001:db8::/32 AS64497\n\n192.0.2.0/33\t1\n198.51.100.0/24\tx\n203.0.113.0/24\t0\n\u{ff}\n";
    let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let (all, told) = read(Format::Pyasn, Kind::Asn, &bytes);
    let expected = [
        ("192.0.2.0/24".to_owned(), Fact::of_asn(64_496)),
        ("2001:db8::/32".to_owned(), Fact::of_asn(64_497)),
    ];
    assert_eq!(all, expected);
    let lines: Vec<u64> = told.first.iter().map(|fault| fault.at).collect();
    assert_eq!((told.faults, lines), (3, vec![5, 6, 8]));
}

#[test]
fn places_that_networks_tell_of_themselves() {
    let text = "# prefix,country,region,city,postal\n192.0.2.0/24,nz,NZ-AUK,\"Tāmaki Makaurau, Auckland\",\n\
                192.0.2.128/25,,,,\n2001:db8::/32,NZ,,Pōneke,6011\n198.51.100.0/24,New Zealand,,,\n198.51.100.0/24,NZ,\"x\n";
    let (all, told) = read(Format::Geofeed, Kind::Place, text.as_bytes());
    assert_eq!(all[0].1.city.as_deref(), Some("Tāmaki Makaurau, Auckland"));
    assert_eq!(all[0].1.region.as_deref(), Some("NZ-AUK"));
    assert_eq!(all[0].1.cc.as_deref(), Some("NZ"));
    // Told to have no place: what is around it does not hold there.
    assert_eq!(all[1], ("192.0.2.128/25".to_owned(), Fact::default()));
    assert_eq!(all.len(), 3);
    assert_eq!(told.faults, 2);
}

#[test]
fn where_registries_have_put_networks() {
    let text = "2|example|20500101|4|19830613|20491231|+0000\nexample|*|ipv4|*|3|summary\nexample|NZ|asn|64496|1|20200101|allocated|x\n\
                example|NZ|ipv4|192.0.2.0|768|20200101|allocated|x\nexample|NZ|ipv6|2001:db8::|32|20200101|assigned|x\n\
                example||ipv4|203.0.113.0|256||available|\nexample|NZ|ipv4|198.51.100.0|many|20200101|allocated|x\n";
    let (all, told) = read(Format::Delegated, Kind::Place, text.as_bytes());
    let networks: Vec<&str> = all.iter().map(|(network, _)| network.as_str()).collect();
    assert_eq!(networks, ["192.0.2.0/23", "192.0.4.0/24", "2001:db8::/32"]);
    assert!(
        all.iter()
            .all(|(_, fact)| fact.registered_cc.as_deref() == Some("NZ") && fact.cc.is_none())
    );
    assert_eq!((told.faults, told.first[0].at), (1, 7));
}

/// One record of MRT.
fn record(kind: u16, subtype: u16, body: &[u8]) -> Vec<u8> {
    let mut out = 0_u32.to_be_bytes().to_vec();
    out.extend(kind.to_be_bytes());
    out.extend(subtype.to_be_bytes());
    out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
    out.extend(body);
    out
}

/// A network with the paths that peers have to it, each of segments of (type, numbers).
fn rib(prefix: u8, address: &[u8], paths: &[&[(u8, &[u32])]], add_path: bool) -> Vec<u8> {
    let mut out = 7_u32.to_be_bytes().to_vec();
    out.push(prefix);
    out.extend(address);
    out.extend(u16::try_from(paths.len()).unwrap().to_be_bytes());
    for (peer, segments) in (0_u16..).zip(paths) {
        let mut path = Vec::new();
        for (kind, numbers) in *segments {
            path.extend([*kind, u8::try_from(numbers.len()).unwrap()]);
            path.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        }
        // ORIGIN before it, and a length of two bytes.
        let mut attributes = vec![0x40, 1, 1, 0, 0x50, 2];
        attributes.extend(u16::try_from(path.len()).unwrap().to_be_bytes());
        attributes.extend(path);
        out.extend(peer.to_be_bytes());
        out.extend([0; 4]);
        if add_path {
            out.extend([0, 0, 0, 1]);
        }
        out.extend(u16::try_from(attributes.len()).unwrap().to_be_bytes());
        out.extend(attributes);
    }
    out
}

#[test]
fn routing_tables_tell_who_announces() {
    let one = rib(
        24,
        &[192, 0, 2],
        &[
            &[(2, &[64_500, 64_496])],
            &[(2, &[64_501, 64_497])],
            &[(2, &[64_502, 64_496])],
        ],
        false,
    );
    let set = rib(
        24,
        &[198, 51, 100],
        &[&[(2, &[64_500]), (1, &[64_498, 64_499])]],
        false,
    );
    let v6 = rib(
        32,
        &[0x20, 1, 0xd, 0xb8],
        &[&[(2, &[64_500]), (1, &[64_498])]],
        true,
    );
    let mut bytes = record(13, 1, &[0; 8]);
    bytes.extend(record(13, 2, &one));
    bytes.extend(record(13, 2, &set));
    bytes.extend(record(13, 10, &v6));
    bytes.extend(record(13, 2, &one[..20]));
    bytes.extend(record(16, 4, &[1, 2, 3]));
    let (all, told) = read(Format::Mrt, Kind::Asn, &bytes);
    let expected = [
        ("192.0.2.0/24".to_owned(), Fact::of_asn(64_496)),
        ("2001:db8::/32".to_owned(), Fact::of_asn(64_498)),
    ];
    assert_eq!(all, expected);
    let records: Vec<u64> = told.first.iter().map(|fault| fault.at).collect();
    assert_eq!(records, [5, 6]);
    let text = b"; this is a table of text and no routing table at all";
    let other = Format::Mrt.read(Kind::Asn, &mut &text[..], &mut |_, _| true);
    assert!(matches!(other, Err(SourceError::Another(_))), "{other:?}");
}

fn gathered(kind: Kind, files: &[(Format, &str)]) -> (Set, Found, Vec<(u64, &'static str)>) {
    let mut gather = Gather::new(kind);
    let mut faults = Vec::new();
    for (format, text) in files {
        let told = gather.read(*format, &mut text.as_bytes()).unwrap();
        faults.extend(told.first.iter().map(|fault| (fault.at, fault.what)));
    }
    let made = gather.end("2050-01-01", Vec::new()).unwrap();
    (Set::read(&made.bytes).unwrap(), made.found, faults)
}

fn abuse(set: &Set, address: &str) -> Option<(String, String)> {
    let (fact, network) = set.lookup(address.parse().unwrap())?;
    Some((fact.abuse.clone()?, network.to_string()))
}

fn found(mailbox: &str, network: &str) -> Option<(String, String)> {
    Some((mailbox.to_owned(), network.to_owned()))
}

const INETNUM: &str = "% a remark\n\ninetnum:        192.0.2.0 - 192.0.2.255\nnetname:        EXAMPLE\norg:            ORG-EX1-TEST # ours\n\
    descr:          abuse-c: NO1-TEST\n\ninetnum: 192.0.2.128 -\n+ 192.0.2.191\nabuse-c: AB2-test\n\n\
    inetnum: 192.0.2.192 - 192.0.2.207\nnetname: NOTHING\n\ninetnum: 198.51.100.0/24\nmnt-irt: IRT-EXAMPLE\n\n\
    inetnum: 203.0.113.0 - 203.0.113.127\norg: ORG-NONE-TEST\n\ninetnum: 0.0.0.0 - 255.255.255.255\norg: ORG-EX1-TEST\n\n\
    inetnum: nonsense\norg: ORG-EX1-TEST\n\ninet6num: 2001:db8::/32\norg: ORG-EX1-TEST\nno attribute";
const OTHERS: &str = "organisation: ORG-EX1-TEST\norg-name: Example\nabuse-c: ab1-TEST\n\nrole: Example Abuse\n\
    nic-hdl: AB1-TEST\nabuse-mailbox: Abuse@NET.example\nabuse-mailbox: second@net.example\n\nrole: Other\nnic-hdl: AB2-TEST\n\
    abuse-mailbox: other@net.example\n\nperson: Nobody\nnic-hdl: NO1-TEST\nabuse-mailbox: person@net.example\n\n\
    irt: IRT-EXAMPLE\nabuse-mailbox: irt@net.example\n\naut-num: AS64496\norg: ORG-EX1-TEST\n\naut-num: AS64497\n\
    descr: nobody\n\nrole: Broken\nnic-hdl: AB3-TEST\nabuse-mailbox: none\n";

#[test]
fn registries_tell_whom_to_write_to() {
    // In whatever order the files come.
    for files in [
        [(Format::Rpsl, INETNUM), (Format::Rpsl, OTHERS)],
        [(Format::Rpsl, OTHERS), (Format::Rpsl, INETNUM)],
    ] {
        let (set, count, faults) = gathered(Kind::Abuse, &files);
        for (address, expected) in [
            ("192.0.2.1", found("Abuse@net.example", "192.0.2.0/24")),
            ("192.0.2.129", found("other@net.example", "192.0.2.128/26")),
            // What says nothing by itself is of what is around it.
            ("192.0.2.193", found("Abuse@net.example", "192.0.2.0/24")),
            ("198.51.100.1", found("irt@net.example", "198.51.100.0/24")),
            ("203.0.113.1", None),
            ("203.0.113.200", None),
            ("2001:db8::1", found("Abuse@net.example", "2001:db8::/32")),
        ] {
            assert_eq!(abuse(&set, address), expected, "{address}");
        }
        assert_eq!((count.with, count.without), (4, 2));
        let mut whats: Vec<&str> = faults.iter().map(|(_, what)| *what).collect();
        whats.sort_unstable();
        assert_eq!(whats, ["no attribute", "no mailbox", "no network"]);
    }
}

#[test]
fn where_no_registry_says_anything_the_system_does_that_announces() {
    let routes = "203.0.113.0/25 64496\n198.51.100.0/25 64496\n192.0.2.128/25 64496\n203.0.113.128/25 64497\n";
    let servers = r#"{"version": "1.0", "services": [[["203.0.113.0/24"], ["http://a.example/", "https://rdap.example/"]], [["x"], ["https://b.example/"]]]}"#;
    let files = [
        (Format::Rpsl, INETNUM),
        (Format::Pyasn, routes),
        (Format::Rpsl, OTHERS),
        (Format::Rdap, servers),
    ];
    let (set, _, faults) = gathered(Kind::Abuse, &files);
    assert!(faults.contains(&(2, "no network")));
    for (address, expected) in [
        ("203.0.113.1", found("Abuse@net.example", "203.0.113.0/25")),
        // However wide it is, the registry's network goes before the route.
        ("198.51.100.1", found("irt@net.example", "198.51.100.0/24")),
        ("192.0.2.129", found("other@net.example", "192.0.2.128/26")),
        ("192.0.2.200", found("Abuse@net.example", "192.0.2.0/24")),
        ("203.0.113.200", None),
    ] {
        assert_eq!(abuse(&set, address), expected, "{address}");
    }
    let (fact, network) = set.lookup("203.0.113.200".parse().unwrap()).unwrap();
    assert_eq!(
        (fact.rdap.as_deref(), network.to_string().as_str()),
        (Some("https://rdap.example/"), "203.0.113.0/24")
    );
}

#[test]
fn answers_of_registries_tell_the_same() {
    let card = |mailbox: &str| {
        format!(
            r#"["vcard", [["version", {{}}, "text", "4.0"], ["email", {{}}, "text", "{mailbox}"]]]"#
        )
    };
    let registrant = format!(
        r#"{{"roles": ["registrant"], "vcardArray": {}, "entities": [{{"roles": ["technical", "abuse"], "vcardArray": {}}}]}}"#,
        card("owner@net.example"),
        card("abuse@net.example")
    );
    let text = format!(
        r#"[{{"objectClassName": "ip network", "startAddress": "192.0.2.0", "endAddress": "192.0.2.127", "entities": [{registrant}]}},
        {{"objectClassName": "ip network", "startAddress": "2001:db8::", "endAddress": "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "entities": [{registrant}]}},
        {{"objectClassName": "autnum", "startAutnum": 64496, "endAutnum": 64497, "entities": [{registrant}]}},
        {{"objectClassName": "autnum", "startAutnum": 1, "endAutnum": 4294967295, "entities": [{registrant}]}},
        {{"objectClassName": "ip network", "startAddress": "192.0.2.0", "endAddress": "192.0.1.0", "entities": [{registrant}]}},
        {{"objectClassName": "domain", "entities": [{registrant}]}}, {{"objectClassName": "ip network"}}] nonsense"#
    );
    let routes = "198.51.100.0/24 64497\n";
    let files = [(Format::Rdap, text.as_str()), (Format::Pyasn, routes)];
    let (set, count, faults) = gathered(Kind::Abuse, &files);
    assert_eq!(
        abuse(&set, "192.0.2.1"),
        found("abuse@net.example", "192.0.2.0/25")
    );
    assert_eq!(
        abuse(&set, "2001:db8::1"),
        found("abuse@net.example", "2001:db8::/48")
    );
    assert_eq!(
        abuse(&set, "198.51.100.1"),
        found("abuse@net.example", "198.51.100.0/24")
    );
    assert_eq!((count.with, faults.len()), (2, 5), "{faults:?}");
}

#[test]
fn names_are_looked_up_in_sets_of_suffixes() {
    let text = "// list\nexample\n*.wide.example\n";
    let (set, _, faults) = gathered(Kind::Suffix, &[(Format::Suffix, text)]);
    assert!(faults.is_empty());
    let found = set.registered("www.a.example").unwrap();
    assert_eq!(found.registrable.as_deref(), Some("a.example"));
    assert_eq!(set.lookup("192.0.2.1".parse().unwrap()), None);
    let mut other = Gather::new(Kind::Suffix);
    assert!(matches!(
        other.read(Format::Pyasn, &mut &b""[..]),
        Err(SourceError::NotOfKind(Kind::Suffix))
    ));
    assert!(other.end("2050-01-01", Vec::new()).is_err());
}

/// Every address of the vectors, through a set that was built of the database.
#[test]
fn maxminds_test_databases_say_what_is_recorded() {
    let Some(dir) = support::corpus() else {
        eprintln!("skipped: the corpus is not at hand");
        return;
    };
    let vectors = std::fs::read(dir.join("geoip.json")).unwrap();
    let vectors: Vec<serde_json::Value> = serde_json::from_slice(&vectors).unwrap();
    let mut right = 0;
    for (name, kind) in [
        ("GeoLite2-ASN-Test", Kind::Asn),
        ("GeoLite2-City-Test", Kind::Place),
        ("GeoLite2-Country-Test", Kind::Place),
    ] {
        let bytes = std::fs::read(dir.join("mmdb").join(format!("{name}.mmdb"))).unwrap();
        let mut builder = Builder::default();
        let told = Format::Mmdb
            .read(kind, &mut &bytes[..], &mut |network, fact| {
                builder.add(network, fact)
            })
            .unwrap();
        assert_eq!(told.faults, 0, "{name}");
        let set = set_of(builder);
        for vector in vectors.iter().filter(|vector| vector["db"] == name) {
            let text = |key: &str| vector[key].as_str().map(str::to_owned);
            let expected = Fact {
                asn: vector["asn"]
                    .as_u64()
                    .map(|asn| u32::try_from(asn).unwrap()),
                as_name: text("as_name"),
                cc: text("cc"),
                registered_cc: text("registered_cc"),
                region: None,
                city: text("city"),
                lat: vector["lat"].as_f64(),
                lon: vector["lon"].as_f64(),
                ..Fact::default()
            };
            let address: IpAddr = text("ip").unwrap().parse().unwrap();
            let (fact, of) = set.lookup(address).unwrap_or_else(|| panic!("{vector}"));
            let fact = Fact {
                region: None,
                ..fact.clone()
            };
            assert_eq!(fact, expected, "{vector}");
            assert_eq!(of.to_string(), text("network").unwrap(), "{vector}");
            right += 1;
        }
    }
    assert_eq!(right, vectors.len());
}
