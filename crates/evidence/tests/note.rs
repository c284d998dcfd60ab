//! Signed notes, checkpoints and key lists, against the published example of the Go implementation and by hand.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use cairn_evidence::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use cairn_evidence::hash::sha256;
use cairn_evidence::keys::{KeyList, KeysError, pair_from_seed};
use cairn_evidence::note::{Note, NoteError, Signer, VerifierKey};
use proptest::prelude::*;

// The example of golang.org/x/mod/sumdb/note: key, private seed, text and signature.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SEED: [u8; 32] = [
    0x81, 0x0a, 0x14, 0x02, 0xd5, 0x14, 0x6c, 0x8d, 0x84, 0xf2, 0x44, 0x33, 0x30, 0xf5, 0x40, 0x80,
    0xeb, 0xf9, 0x8e, 0xe1, 0x7d, 0x9c, 0x74, 0xf6, 0x25, 0x2f, 0xc5, 0xd5, 0xc7, 0x28, 0x31, 0x73,
];
const PETER_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                          then you don't know what your problem is.\n";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(name, pair_from_seed(&[seed; 32]).unwrap()).unwrap()
}

#[test]
fn the_published_note() {
    let key: VerifierKey = PETER.parse().unwrap();
    assert_eq!(key.to_string(), PETER);
    let text = format!("{PETER_TEXT}\n{PETER_LINE}");
    let note = Note::parse(&text).unwrap();
    assert_eq!(note.text(), PETER_TEXT);
    assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap(), [&key]);
    assert_eq!(note.to_string(), text);
    // Ed25519 signs without randomness, so the example's key must give the example's bytes.
    let peter = Signer::new("PeterNeumann", pair_from_seed(&PETER_SEED).unwrap()).unwrap();
    assert_eq!(peter.verifier(), &key);
    assert_eq!(peter.sign(PETER_TEXT.to_owned()).unwrap().to_string(), text);
    assert!(!format!("{peter:?}").contains("810a14"));
}

#[test]
fn every_mangled_key_is_refused() {
    for from in 0..PETER.len() {
        for to in from..=PETER.len() {
            assert_eq!(
                PETER[from..to].parse::<VerifierKey>().is_ok(),
                (from, to) == (0, PETER.len())
            );
        }
    }
    for at in 0..PETER.len() {
        for flip in [1_u8, 2, 0x20] {
            let mut bytes = PETER.as_bytes().to_vec();
            bytes[at] ^= flip;
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.parse::<VerifierKey>().is_err(), "{text}");
        }
    }
    // Longer than a key, and an algorithm we do not know, both with fitting identifiers.
    for bad in [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ] {
        assert!(bad.parse::<VerifierKey>().is_err());
    }
    assert!(matches!(
        "x+00000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse::<VerifierKey>(),
        Err(NoteError::KeyId { .. })
    ));
    for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{7f}"] {
        assert_eq!(
            VerifierKey::new(name, [1; 32]),
            Err(NoteError::Name(name.to_owned()))
        );
    }
}

#[test]
fn malformed_notes_are_refused() {
    let sig = PETER_LINE;
    for bad in [
        String::new(),
        "\n".to_owned(),
        "text".to_owned(),
        "text\n".to_owned(),
        "text\n\n".to_owned(),
        sig.to_owned(),
        format!("\n{sig}"),
        format!("text\n{sig}"),
        format!("text\n\n\n{}", sig.trim_end()),
        format!("text\n\n{}", sig.trim_end()),
        format!("text\n\n{sig}\n"),
        format!("text\n\n{sig}more\n"),
        format!("text\r\n\r\n{sig}"),
        format!("te\txt\n\n{sig}"),
        format!("te\0xt\n\n{sig}"),
        format!("text\n\n{}", sig.replace('—', "-")),
        format!("text\n\n{}", sig.replace("— ", "—")),
        format!("text\n\n{}", sig.replace("AM=", "AN=")),
        format!("text\n\n{}", sig.replace("AM=", "AM")),
        format!("text\n\n{}", sig.replace("PeterNeumann", "Peter+Neumann")),
        format!("text\n\n{}", sig.replace("PeterNeumann ", "")),
        "text\n\n— PeterNeumann x08goA==\n".to_owned(),
        "text\n\n— PeterNeumann x08g\n".to_owned(),
        format!("text\n\n{sig}{sig}"),
        format!(
            "text\n\n{}",
            (0..101)
                .map(|n| sig.replace("Peter", &format!("P{n}")))
                .collect::<String>()
        ),
        format!("{}\n\n{sig}", "x".repeat(1_000_000)),
    ] {
        assert!(Note::parse(&bad).is_err(), "{bad:?}");
    }
    let many = format!(
        "text\n\n{}",
        (0..100)
            .map(|n| sig.replace("Peter", &format!("P{n}")))
            .collect::<String>()
    );
    assert_eq!(Note::parse(&many).unwrap().signatures().len(), 100);
    assert!(
        signer("a.example", 1)
            .sign("no newline".to_owned())
            .is_err()
    );
    assert!(
        signer("a.example", 1)
            .sign("bell\u{7}\n".to_owned())
            .is_err()
    );
}

#[test]
fn only_known_keys_count() {
    let (ours, other) = (signer("log.example", 1), signer("witness.example", 2));
    let mut note = ours.sign("one\n\ntwo\n".to_owned()).unwrap();
    other.cosign(&mut note);
    other.cosign(&mut note);
    assert_eq!(note.signatures().len(), 2);
    let parsed = Note::parse(&note.to_string()).unwrap();
    assert_eq!(parsed, note);
    assert_eq!(parsed.text(), "one\n\ntwo\n");
    let keys = [other.verifier().clone(), ours.verifier().clone()];
    assert_eq!(
        parsed.verify(&keys).unwrap(),
        [ours.verifier(), other.verifier()]
    );
    assert_eq!(parsed.verify(&keys[..1]).unwrap(), [other.verifier()]);
    assert!(matches!(
        parsed.verify(&[]),
        Err(NoteError::NoKnownKey { .. })
    ));
    // Same name, other key: another identifier, so unknown.
    let stranger = signer("log.example", 3);
    assert!(matches!(
        parsed.verify(&[stranger.verifier().clone()]),
        Err(NoteError::NoKnownKey { .. })
    ));
    // One wrong signature of a known key spoils the note, even if another one holds.
    let altered = note.to_string().replacen("one", "One", 1);
    assert_eq!(
        Note::parse(&altered).unwrap().verify(&keys),
        Err(NoteError::BadSignature("log.example".into()))
    );
    let twice = [keys[0].clone(), keys[0].clone()];
    assert_eq!(parsed.verify(&twice).unwrap(), [&twice[0]]);
}

#[test]
fn checkpoints() {
    let log = signer("reports.example/log", 1);
    let keys = [log.verifier().clone()];
    let checkpoint = Checkpoint::new("reports.example/log", 7, sha256(b"root"));
    let signed = checkpoint.clone().sign(&log).unwrap();
    let text = signed.to_string();
    assert!(text.starts_with(&format!(
        "reports.example/log\n7\n{}\n\n— reports.example/log ",
        sha256(b"root")
    )));
    let parsed = SignedCheckpoint::parse(&text).unwrap();
    assert_eq!(parsed.checkpoint(), &checkpoint);
    assert_eq!(parsed.verify(&keys).unwrap(), &keys[0]);

    let extended = Checkpoint {
        extensions: vec!["seen 1".into()],
        ..checkpoint.clone()
    };
    assert_eq!(
        Checkpoint::parse_text(&extended.text()),
        Ok(extended.clone())
    );
    assert!(extended.sign(&log).is_ok());

    // A witness alone does not make the log's statement.
    let witness = signer("witness.example", 2);
    let mut seen = signed.clone();
    seen.cosign(&witness);
    let only_witness = [witness.verifier().clone()];
    assert!(matches!(
        seen.verify(&only_witness),
        Err(CheckpointError::NotByLog { .. })
    ));
    assert!(seen.verify(&keys).is_ok());

    for (bad, error) in [
        ("\n7\nROOT\n", CheckpointError::Origin),
        ("o\n07\nROOT\n", CheckpointError::Size),
        ("o\n-7\nROOT\n", CheckpointError::Size),
        ("o\n7 \nROOT\n", CheckpointError::Size),
        ("o\n", CheckpointError::Size),
        ("o\n7\n", CheckpointError::Root),
        ("o\n7\nROOT", CheckpointError::Extension),
        ("o\n7\nROOT=\n", CheckpointError::Root),
        ("o\n7\nROOT\n\n", CheckpointError::Extension),
        ("o\n7\nROOT\n\nx\n", CheckpointError::Extension),
    ] {
        let bad = bad.replace("ROOT", &sha256(b"root").to_string());
        assert_eq!(Checkpoint::parse_text(&bad), Err(error), "{bad:?}");
    }
    for bad in [
        Checkpoint::new("", 7, sha256(b"")),
        Checkpoint::new("a\nb", 7, sha256(b"")),
        Checkpoint::new("a\tb", 7, sha256(b"")),
        Checkpoint {
            extensions: vec![String::new()],
            ..checkpoint.clone()
        },
        Checkpoint {
            extensions: vec!["a\nb".into()],
            ..checkpoint
        },
    ] {
        assert!(bad.sign(&log).is_err());
    }
}

#[test]
fn key_lists() {
    let key = |seed| signer("reports.example/log", seed).verifier().clone();
    let mut list = KeyList::new();
    list.add(key(1), 0).unwrap();
    list.add(key(2), 100).unwrap();
    list.add(key(3), 250).unwrap();
    assert_eq!(list.to_string().parse(), Ok(list.clone()));
    let file = format!(
        "# keys\n\n{}\n# the end",
        list.to_string().replace('\n', "\r\n")
    );
    assert_eq!(file.parse(), Ok(list.clone()));
    assert_eq!(list.for_size(0), [key(1)]);
    assert_eq!(list.for_size(99), [key(1)]);
    assert_eq!(list.for_size(100), [key(1), key(2)]);
    assert_eq!(list.for_size(101), [key(2)]);
    assert_eq!(list.for_size(u64::MAX), [key(3)]);
    assert!(KeyList::new().for_size(1).is_empty());
    assert_eq!(list.add(key(4), 250), Err(KeysError::Order { line: 4 }));
    assert_eq!(list.add(key(1), 251), Err(KeysError::Twice { line: 4 }));
    let line = format!("{}", key(1));
    assert_eq!(
        line.parse::<KeyList>(),
        Err(KeysError::FromSize { line: 1 })
    );
    for bad in ["from_size=01", "from_size=", "from=1", "from_size=1 x", ""] {
        assert_eq!(
            format!("#\n{line} {bad}").parse::<KeyList>(),
            Err(KeysError::FromSize { line: 2 }),
            "{bad}"
        );
    }
    assert!(matches!(
        "x y".parse::<KeyList>(),
        Err(KeysError::Key { line: 1, .. })
    ));
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "\\PC{0,20}\n?\n?(— [a-z+ ]{0,8} [A-Za-z0-9+/=]{0,12}\n?)?") {
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(note.to_string(), text.clone());
        }
        let _ = SignedCheckpoint::parse(&text);
        let _ = text.parse::<KeyList>();
    }
}
