//! Receipts and the texts inside them. Parsing never panics, and what parses prints to the very same text.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::keys::KeyList;
use cairn_evidence::note::{Note, VerifierKey};
use cairn_evidence::receipt::Receipt;
use cairn_evidence::tiles::{TilePath, parse_bundle, parse_tile};
use libfuzzer_sys::fuzz_target;

const SEED: &str = include_str!("../seeds/receipt/report.tlog-proof");
const KEYS: &str = include_str!("../seeds/receipt/keys.txt");

fn receipt(input: &[u8], keys: &KeyList) {
    if let Ok(receipt) = Receipt::parse(input) {
        assert_eq!(receipt.print().as_bytes(), input);
        assert_eq!(
            Receipt::parse(receipt.print().as_bytes()),
            Ok(receipt.clone())
        );
        let seed = Receipt::parse(SEED.as_bytes()).expect("the seed is a receipt");
        if receipt.verify_listed(keys).is_ok() {
            // Nobody here holds the private key, so the only thing that verifies is what was signed.
            assert_eq!(
                (receipt.reference, receipt.event, receipt.index),
                (seed.reference, seed.event, seed.index)
            );
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let keys: KeyList = KEYS.parse().expect("the seed is a key list");
    receipt(data, &keys);
    // The fuzzer does not see through base64: let the input stand for the JSON of line 2 as well.
    if let Some((before, after)) = SEED
        .split_once("extra ")
        .and_then(|(before, rest)| rest.split_once('\n').map(|(_, after)| (before, after)))
    {
        receipt(
            format!("{before}extra {}\n{after}", STANDARD.encode(data)).as_bytes(),
            &keys,
        );
    }
    let _ = parse_tile(data);
    let _ = parse_bundle(data);
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.to_string(), text);
    }
    if let Ok(checkpoint) = SignedCheckpoint::parse(text) {
        assert_eq!(checkpoint.to_string(), text);
        assert_eq!(checkpoint.checkpoint().text(), checkpoint.note().text());
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(path) = text.parse::<TilePath>() {
        assert_eq!(path.to_string(), text);
    }
    if let Ok(list) = text.parse::<KeyList>() {
        assert_eq!(list.to_string().parse(), Ok(list));
    }
});
