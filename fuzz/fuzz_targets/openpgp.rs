//! OpenPGP: messages, keys, signatures and the parts of mails that hold them. Nothing panics, nothing comes out that is larger than
//! its limit, and parts are put back where they were.
#![no_main]

use std::sync::OnceLock;

use cairn_desk::mail::sealed::{SEALED_PARTS_MAX, pieces, rebuilt};
use cairn_openpgp::{
    OPENPGP_BYTES_MAX, OPENPGP_SIGNATURES_MAX, Secret, blocks, check_cleartext, check_detached,
    keys_in, open,
};
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::StdRng;

const NOW: i64 = 1_795_500_000;
const YEAR_SECONDS: u32 = 365 * 24 * 3_600;

fn own() -> &'static Secret {
    static OWN: OnceLock<Secret> = OnceLock::new();
    OWN.get_or_init(|| {
        let rng = StdRng::seed_from_u64(1);
        Secret::make("Reports <report@cert.example>", NOW, YEAR_SECONDS, rng).expect("a key")
    })
}

fuzz_target!(|data: &[u8]| {
    let known = keys_in(data).unwrap_or_default();
    for key in &known {
        let _standing = (key.standing(NOW), key.addresses(), key.expires());
        assert!(!key.fingerprint().is_empty());
    }
    if let Ok(opened) = open(data, std::slice::from_ref(own())) {
        assert!(opened.data.len() <= OPENPGP_BYTES_MAX);
        assert!(opened.signatures(&known, NOW).len() <= OPENPGP_SIGNATURES_MAX);
    }
    assert!(!check_detached(data, b"text", &known, NOW).is_empty());
    let text = String::from_utf8_lossy(data);
    assert!(!check_cleartext(&text, &known, NOW).signatures.is_empty());
    for (_, range) in blocks(data) {
        assert!(data.get(range).is_some());
    }
    let found = pieces(data);
    assert!(found.len() <= SEALED_PARTS_MAX);
    let none = rebuilt(data, &[], "mark");
    assert_eq!(
        none, data,
        "without a part that was opened it stays as it came"
    );
    let plain: Vec<_> = found
        .into_iter()
        .map(|piece| (piece, b"Content-Type: text/plain\r\n\r\nplain".to_vec()))
        .collect();
    let _again = pieces(&rebuilt(data, &plain, "mark"));
});
