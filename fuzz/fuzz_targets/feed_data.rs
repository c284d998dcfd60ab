//! Sources about networks and names, and the sets that are built of them: reading never panics, and a set that was built is read
//! again.
#![no_main]

use cairn_feeds::data::set::write;
use cairn_feeds::data::source::Format;
use cairn_feeds::data::{Builder, Gather, Kind, Set};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _refused = Set::read(data);
    for format in Format::ALL {
        for kind in Kind::ALL {
            let mut gather = Gather::new(kind);
            let _told = gather.read(format, &mut &data[..]);
            if let Ok(made) = gather.end("2050-01-01", Vec::new()) {
                let set = Set::read(&made.bytes).expect("what was made is read");
                for name in String::from_utf8_lossy(data).split_whitespace().take(8) {
                    if let Some(found) = set.registered(name) {
                        let own = found.registrable.unwrap_or_default();
                        assert!(own.is_empty() || own.ends_with(&found.suffix));
                    }
                }
            }
        }
        for kind in [Kind::Asn, Kind::Place] {
            let mut networks = Builder::default();
            let mut some = Vec::new();
            let read = format.read(kind, &mut &data[..], &mut |network, fact| {
                some.push(network);
                networks.add(network, fact)
            });
            if read.is_err() || networks.is_empty() {
                continue;
            }
            let bytes = write(kind, "2050-01-01", Vec::new(), networks).expect("few enough");
            let set = Set::read(&bytes).expect("what was written is read");
            for network in some {
                // An IPv6 network that holds IPv4 addresses is asked for by these.
                if network.address().to_canonical() == network.address() {
                    let found = set.lookup(network.address());
                    let (_, of) = found.expect("every network is found");
                    assert!(of.prefix() >= network.prefix());
                }
            }
        }
    }
});
