//! Receipts: whatever is changed in one is noticed, and the error says which part.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_evidence::checkpoint::{Checkpoint, CheckpointError};
use cairn_evidence::hash::{Hash, entry, leaf_hash, salted, sha256};
use cairn_evidence::keys::{KeyList, pair_from_seed};
use cairn_evidence::merkle::Frontier;
use cairn_evidence::note::{NoteError, Signer, VerifierKey};
use cairn_evidence::receipt::{Fresh, RECEIPT_BYTES_MAX, Receipt, ReceiptError};
use proptest::prelude::*;

const ORIGIN: &str = "reports.example/log";
const BODY: &[u8] = br#"{"form":"nz@1","answers":{}}"#;

fn signer(seed: u8) -> Signer {
    Signer::new(ORIGIN, pair_from_seed(&[seed; 32]).unwrap()).unwrap()
}

fn keys() -> Vec<VerifierKey> {
    vec![signer(1).verifier().clone()]
}

fn event(reference: &str) -> String {
    let body = salted(&[9; 16], BODY).hex();
    format!(
        r#"{{"reference":"{reference}","report":7,"kind":"received","body":"{body}","note":"\"é\\"}}"#
    )
}

/// A receipt for leaf `index` of a tree of `size` leaves, as the last batch of 40 gives it.
fn receipt_of(event: String, index: u64, size: u64, body_salt: Option<[u8; 16]>) -> Receipt {
    let salt = [3; 16];
    let leaf = |n: u64| {
        let data = if n == index {
            entry(&salt, event.as_bytes())
        } else {
            sha256(&n.to_be_bytes())
        };
        leaf_hash(data.as_bytes())
    };
    let start = index.saturating_sub(20);
    let mut frontier = Frontier::new();
    frontier.extend((0..start).map(leaf)).unwrap();
    let grown = frontier
        .append(&(start..size).map(leaf).collect::<Vec<_>>())
        .unwrap();
    let path = grown.inclusion_path(index).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, size, grown.root())
        .sign(&signer(1))
        .unwrap();
    Receipt::new(
        "ABCD-EFGH-J".into(),
        event,
        salt,
        body_salt,
        index,
        path,
        checkpoint,
    )
}

fn receipt() -> Receipt {
    receipt_of(event("ABCD-EFGH-J"), 1_234, 1_250, Some([9; 16]))
}

fn check(bytes: &[u8]) -> Result<(), ReceiptError> {
    Receipt::parse(bytes)?.verify(&keys()).map(|_| ())
}

/// Replaces text in the JSON of line 2.
fn edit_extra(text: &str, edit: impl Fn(&str) -> String) -> String {
    let line = text.lines().nth(1).unwrap().strip_prefix("extra ").unwrap();
    let json = String::from_utf8(STANDARD.decode(line).unwrap()).unwrap();
    let edited = edit(&json);
    assert_ne!(json, edited, "the edit changed nothing");
    text.replace(line, &STANDARD.encode(edited))
}

#[test]
fn a_receipt_proves_its_report() {
    let receipt = receipt();
    let text = receipt.print();
    let parsed = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(parsed, receipt);
    let verified = parsed.verify(&keys()).unwrap();
    assert_eq!(
        (verified.reference.as_str(), verified.index, verified.size),
        ("ABCD-EFGH-J", 1_234, 1_250)
    );
    assert_eq!(
        (verified.event.as_str(), verified.entry),
        (event("ABCD-EFGH-J").as_str(), receipt.entry())
    );
    assert_eq!(
        (&verified.key, verified.unchecked.len()),
        (signer(1).verifier(), 0)
    );
    let fresh = Fresh {
        reference: &receipt.reference,
        event: &receipt.event,
        salt: receipt.salt,
        entry: receipt.entry(),
        body_salt: receipt.body_salt.unwrap(),
    };
    let (index, checkpoint) = (receipt.index, receipt.checkpoint.to_string());
    let ended = fresh.begin().unwrap();
    assert_eq!(ended.end(index, &receipt.path, &checkpoint), text);
    parsed.verify_body(BODY).unwrap();
    assert_eq!(parsed.verify_body(b"{}"), Err(ReceiptError::Body));
    let without = receipt_of(event("ABCD-EFGH-J"), 0, 1, None);
    assert!(without.path.is_empty());
    assert_eq!(Receipt::parse(without.print().as_bytes()).unwrap(), without);
    assert!(without.verify(&keys()).is_ok());
    assert_eq!(without.verify_body(BODY), Err(ReceiptError::NoBodySalt));
}

#[test]
fn every_changed_bit_is_noticed() {
    for receipt in [receipt(), receipt_of(event("ABCD-EFGH-J"), 6, 7, None)] {
        let text = receipt.print().into_bytes();
        check(&text).unwrap();
        let mut edited = text.clone();
        for at in 0..text.len() {
            for bit in 0..8 {
                edited[at] ^= 1 << bit;
                assert!(check(&edited).is_err(), "bit {bit} of byte {at}");
                edited[at] = text[at];
            }
        }
    }
}

#[test]
fn every_cut_doubling_and_insertion_is_noticed() {
    let text = receipt().print().into_bytes();
    for at in 0..text.len() {
        assert!(check(&text[..at]).is_err(), "cut at {at}");
        let mut edited = text.clone();
        edited.remove(at);
        assert!(check(&edited).is_err(), "without byte {at}");
        for byte in [text[at], b'\n', b' ', b'0', b'A', b'='] {
            let mut edited = text.clone();
            edited.insert(at, byte);
            assert!(check(&edited).is_err(), "{byte} put in at {at}");
        }
    }
    for added in ["\n", " ", "x", "\0", "\r\n"] {
        assert!(check(&[&text, added.as_bytes()].concat()).is_err());
        assert!(check(&[added.as_bytes(), &text].concat()).is_err());
    }
    let text = String::from_utf8(text).unwrap();
    assert!(check(text.replace('\n', "\r\n").as_bytes()).is_err());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let twice: String = lines[..=at].iter().chain(&lines[at..]).copied().collect();
        assert!(check(twice.as_bytes()).is_err(), "line {at} twice");
        for other in at + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(at, other);
            let same = lines[at] == lines[other];
            assert_eq!(
                check(swapped.concat().as_bytes()).is_ok(),
                same,
                "lines {at} and {other} swapped"
            );
        }
    }
}

fn error(text: &str) -> ReceiptError {
    check(text.as_bytes()).unwrap_err()
}

#[test]
fn errors_name_the_line() {
    let receipt = receipt();
    let text = receipt.print();

    assert_eq!(error("hello"), ReceiptError::Header);
    assert_eq!(
        error(&"x".repeat(RECEIPT_BYTES_MAX + 1)),
        ReceiptError::TooLong
    );
    assert_eq!(Receipt::parse(b"c2sp\xff"), Err(ReceiptError::NotText(4)));
    assert!(matches!(
        error(&text.replace("index 1234", "index 01234")),
        ReceiptError::Line { line: 3, .. }
    ));
    assert!(matches!(
        error(&text.replace("extra ", "extras ")),
        ReceiptError::Line { line: 2, .. }
    ));
    let first = receipt.path[0].to_string();
    assert!(matches!(
        error(&text.replace(&first, &first[1..])),
        ReceiptError::Line { line: 4, .. }
    ));
    let many = format!("{first}\n").repeat(60);
    assert!(matches!(
        error(&text.replace(&format!("{first}\n"), &many)),
        ReceiptError::Line { .. }
    ));
}

/// The error after one replacement in the JSON of line 2.
fn extra_error(from: &str, to: &str) -> ReceiptError {
    error(&edit_extra(&receipt().print(), |json| {
        json.replacen(from, to, 1)
    }))
}

#[test]
fn errors_name_what_does_not_lead_to_the_root() {
    let receipt = receipt();
    let text = receipt.print();
    let first = receipt.path[0].to_string();
    assert!(matches!(
        error(&text.replace("index 1234", "index 1235")),
        ReceiptError::Inclusion(_)
    ));
    assert!(matches!(
        error(&text.replace("index 1234", "index 1250")),
        ReceiptError::Inclusion(_)
    ));
    assert!(matches!(
        error(&text.replace(&first, &sha256(b"x").to_string())),
        ReceiptError::Inclusion(_)
    ));
    assert!(matches!(
        extra_error("received", "rejected"),
        ReceiptError::Inclusion(_)
    ));
    assert!(matches!(
        extra_error("AwMDAwMD", "AwMDAwMC"),
        ReceiptError::Inclusion(_)
    ));
}

#[test]
fn errors_name_what_differs_from_the_event() {
    assert_eq!(
        extra_error("ABCD-EFGH-J", "ABCD-EFGH-K"),
        ReceiptError::Reference {
            shown: "ABCD-EFGH-K".into(),
            logged: "ABCD-EFGH-J".into()
        }
    );
    assert_eq!(extra_error("CQkJCQkJ", "CQkJCQkI"), ReceiptError::BodySalt);
    for event in [
        "{}",
        "[]",
        "",
        r#"{"reference":7}"#,
        r#"{"reference":"A","reference":"A"}"#,
    ] {
        let other = receipt_of(event.to_owned(), 3, 9, None);
        assert_eq!(other.verify(&keys()), Err(ReceiptError::Event), "{event}");
    }
}

#[test]
fn the_json_has_one_form() {
    let text = receipt().print();
    for (from, to) in [
        (r#""v":1"#, r#""v":2"#),
        (r#""v":1"#, r#""v":1,"w":1"#),
        (r#""v":1"#, r#""v":1,"v":1"#),
        (r#""v":1,"#, ""),
        (r#""salt":"AwM"#, r#""salt":"Awm!"#),
    ] {
        assert!(
            matches!(extra_error(from, to), ReceiptError::Extra(_)),
            "{from} to {to}"
        );
    }
    let longer = error(&edit_extra(&text, |json| format!("{json} {{}}")));
    assert!(matches!(longer, ReceiptError::Extra(_)));
    for (from, to) in [(r#""v":1"#, r#""v": 1"#), ("é", "\\u00e9"), ("{", " {")] {
        let error = extra_error(from, to);
        assert_eq!(
            error,
            ReceiptError::NotCanonical { line: 2 },
            "{from} to {to}"
        );
    }
    assert_eq!(
        extra_error(r#""body_check":"#, r#""body_chek":"#),
        ReceiptError::Extra("it is not the expected JSON object")
    );
    let cut = edit_extra(&text, |json| {
        format!("{}}}", &json[..json.find(r#","body_check""#).unwrap()])
    });
    assert_eq!(error(&cut), ReceiptError::BodySalt);
}

#[test]
fn the_signature_decides() {
    let text = receipt().print();
    let check = |text: &str| check(text.as_bytes()).unwrap_err();
    assert_eq!(
        check(&text.replace("\n1250\n", "\n1251\n")),
        ReceiptError::Signature(CheckpointError::Note(NoteError::BadSignature(
            ORIGIN.into()
        )))
    );
    assert!(matches!(
        check(&text.replace("\n1250\n", "\n01250\n")),
        ReceiptError::Checkpoint(CheckpointError::Size)
    ));
    assert!(matches!(
        check(&text.replace("— reports", "— repents")),
        ReceiptError::Signature(_)
    ));
    let other = [signer(2).verifier().clone()];
    assert!(matches!(
        receipt().verify(&other),
        Err(ReceiptError::Signature(CheckpointError::Note(
            NoteError::NoKnownKey { .. }
        )))
    ));
    // Another key's line is allowed, reported, and adds nothing.
    let mut seen = receipt();
    seen.checkpoint
        .cosign(&Signer::new("witness.example", pair_from_seed(&[5; 32]).unwrap()).unwrap());
    let parsed = Receipt::parse(seen.print().as_bytes()).unwrap();
    assert_eq!(
        parsed.verify(&keys()).unwrap().unchecked,
        ["witness.example"]
    );

    // With the list, a key counts only while it was in use.
    let mut list = KeyList::new();
    list.add(signer(1).verifier().clone(), 0).unwrap();
    list.add(signer(2).verifier().clone(), 1_250).unwrap();
    assert!(receipt().verify_listed(&list).is_ok());
    let mut list = KeyList::new();
    list.add(signer(1).verifier().clone(), 0).unwrap();
    list.add(signer(2).verifier().clone(), 1_249).unwrap();
    assert!(matches!(
        receipt().verify_listed(&list),
        Err(ReceiptError::Signature(_))
    ));
}

/// 10,000 random edits, as an intruder or a bad disk makes them.
#[test]
fn random_edits_are_noticed() {
    let text = receipt().print().into_bytes();
    // A small deterministic generator (Knuth's MMIX constants) keeps the test the same everywhere.
    let mut state = 42_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for round in 0..10_000 {
        let mut edited = text.clone();
        for _ in 0..=next(3) {
            let at = next(edited.len());
            match next(4) {
                0 => edited[at] = u8::try_from(next(256)).unwrap(),
                1 => drop(edited.remove(at)),
                2 => edited.insert(at, u8::try_from(next(256)).unwrap()),
                _ => {
                    let to = (at + next(40)).min(edited.len());
                    let piece = edited[at..to].to_vec();
                    let into = next(edited.len());
                    edited.splice(into..into, piece);
                }
            }
        }
        assert_eq!(check(&edited).is_ok(), edited == text, "round {round}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any event text, salts and path survive printing.
    #[test]
    fn printing_and_parsing(reference in "\\PC{0,20}", event in any::<String>(), salt: [u8; 16],
                            body_salt: Option<[u8; 16]>, index: u64, path in prop::collection::vec(any::<[u8; 32]>(), 0..63)) {
        let checkpoint = receipt().checkpoint;
        let path = path.into_iter().map(Hash).collect();
        let receipt = Receipt::new(reference, event, salt, body_salt, index, path, checkpoint);
        prop_assert_eq!(Receipt::parse(receipt.print().as_bytes()), Ok(receipt));
    }
}

/// A receipt and key list kept as files: receipts in people's hands must verify with every later version.
#[test]
fn the_kept_receipt_still_verifies() {
    let file = include_bytes!("../../../fuzz/seeds/receipt/report.tlog-proof");
    let keys: KeyList = include_str!("../../../fuzz/seeds/receipt/keys.txt")
        .parse()
        .unwrap();
    let verified = Receipt::parse(file).unwrap().verify_listed(&keys).unwrap();
    assert_eq!(
        (verified.reference.as_str(), verified.index, verified.size),
        ("ABCD-EFGH-J", 1_234, 1_250)
    );
    assert_eq!(Receipt::parse(file).unwrap(), receipt());
}
