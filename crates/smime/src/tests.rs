//! What reads and what does not; what OpenSSL says to it stands in `tests/openssl.rs`.

use proptest::prelude::*;

use super::*;

#[test]
fn what_is_no_certificate_is_said_to_be_none() {
    for none in [
        "",
        "-----BEGIN CERTIFICATE-----",
        "abc",
        "MIIB",
        "\u{0}\u{1}",
    ] {
        assert_eq!(
            Certificate::read(none.as_bytes()),
            Err(CertificateFault::None),
            "{none:?}"
        );
    }
    let key = pem::block("PRIVATE KEY", &[1; 40]);
    assert_eq!(
        Certificate::read(key.as_bytes()),
        Err(CertificateFault::Secret)
    );
    let long = vec![b'A'; SMIME_CERTIFICATE_BYTES_MAX + 1];
    assert_eq!(Certificate::read(&long), Err(CertificateFault::TooLarge));
}

#[test]
fn blocks_are_found_among_other_words_and_written_in_lines() {
    let bytes: Vec<u8> = (0..=200).collect();
    let text = pem::block("CERTIFICATE", &bytes);
    assert!(text.lines().all(|line| line.len() <= 64), "{text}");
    let pasted = format!("Kia ora\r\n  {}\r\nnothing", text.replace('\n', "\r\n  "));
    assert_eq!(pem::blocks(&pasted), [("CERTIFICATE".to_owned(), bytes)]);
    assert_eq!(
        pem::blocks("-----BEGIN A-----\nAAAA\n-----END B-----"),
        vec![]
    );
    assert_eq!(fingerprint_shown("0AFF10"), "0A:FF:10");
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Certificate::read(&bytes);
        let _ = Own::read(&bytes, &ring::rand::SystemRandom::new());
    }

    #[test]
    fn what_is_framed_comes_back(bytes in proptest::collection::vec(any::<u8>(), 1..600)) {
        prop_assert_eq!(pem::blocks(&pem::block("X", &bytes)), [("X".to_owned(), bytes)]);
    }
}
