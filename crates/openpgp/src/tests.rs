//! Whatever comes, nothing panics.

use proptest::prelude::*;

use crate::{blocks, check_cleartext, check_detached, keys_in, open};

fn all(bytes: &[u8]) {
    drop(open(bytes, &[]));
    drop(keys_in(bytes));
    let _signatures = check_detached(bytes, b"x", &[], 0);
    let text = String::from_utf8_lossy(bytes);
    let _clear = check_cleartext(&text, &[], 0);
    for (_, range) in blocks(bytes) {
        assert!(bytes.get(range).is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        all(&bytes);
    }

    #[test]
    fn any_packets(packets in proptest::collection::vec((0_u8..64, proptest::collection::vec(any::<u8>(), 0..190)), 0..8)) {
        let mut bytes = Vec::new();
        for (tag, body) in &packets {
            bytes.push(0xc0 | tag);
            bytes.push(u8::try_from(body.len()).unwrap_or_default());
            bytes.extend_from_slice(body);
        }
        all(&bytes);
    }

    #[test]
    fn any_armour(inner in "[A-Za-z0-9+/=\r\n -]{0,300}", kind in 0_usize..4) {
        let kind = ["MESSAGE", "SIGNATURE", "PUBLIC KEY BLOCK", "SIGNED MESSAGE"].get(kind).copied().unwrap_or_default();
        all(format!("-----BEGIN PGP {kind}-----\n\n{inner}\n-----END PGP {kind}-----\n").as_bytes());
    }
}
