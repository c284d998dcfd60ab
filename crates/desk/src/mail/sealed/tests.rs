//! Where the protected parts of a message stand, and the message once they are opened.

use proptest::prelude::*;

use super::*;
use crate::mail::{Reading, read};

fn mail(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

const SEALED: &str = "From: a@b.example\nSubject: ...\nContent-Type: multipart/encrypted; boundary=e\n\n--e\n\
    Content-Type: application/pgp-encrypted\n\nVersion: 1\n\n--e\nContent-Type: application/octet-stream\n\nSECRET\n--e--\n";
const BLOCK: &str = "-----BEGIN PGP MESSAGE-----\n\nSECRET\n-----END PGP MESSAGE-----\n";

fn only(message: &[u8]) -> Piece {
    let mut found = pieces(message);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn opened(message: &[u8], plain: &str) -> crate::mail::MailReport {
    let all: Vec<_> = pieces(message)
        .into_iter()
        .map(|piece| (piece, mail(plain)))
        .collect();
    read(&rebuilt(message, &all, "m4rk"), &Reading::default()).unwrap()
}

#[test]
fn of_an_encrypted_message_the_subject_within_counts_and_no_sender() {
    let message = mail(SEALED);
    let piece = only(&message);
    assert_eq!((piece.form, piece.whole), (Form::Encrypted, true));
    assert_eq!(piece.payload.trim_ascii(), b"SECRET");
    let within = "From: eve@else.example\nSubject: Real\nContent-Type: text/plain\n\nWords\n";
    let read = opened(&message, within);
    assert_eq!(read.headers.subject, "Real");
    assert_eq!(read.headers.from[0].address, "a@b.example");
    assert_eq!(read.thread.text.trim(), "Words");
    assert_eq!(
        opened(&message, "Content-Type: text/plain\n\nWords\n")
            .headers
            .subject,
        "..."
    );
}

#[test]
fn what_servers_make_of_an_encrypted_message_is_known_and_what_stands_beside_it_marked() {
    let mixed = SEALED.replace("multipart/encrypted", "multipart/mixed");
    assert!(only(&mail(&mixed)).whole, "as one server sends it on");
    let footer = mixed.replace("--e--", "--e\n\nFooter of a list\n--e--");
    let piece = only(&mail(&footer));
    assert!(!piece.whole);
    let outside = format!(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nOutside\n--o\n{}--o--\n",
        SEALED.split_once("Subject: ...\n").unwrap().1
    );
    let message = mail(&outside);
    assert!(!only(&message).whole);
    let text = opened(&message, "Content-Type: text/plain\n\nInside\n")
        .thread
        .text;
    let within = text.split("===== OpenPGP m4rk =====").nth(1).unwrap();
    assert_eq!(within.split("=====").next().unwrap().trim(), "Inside");
    assert!(text.starts_with("Outside"));
}

#[test]
fn blocks_in_texts_are_found_and_not_those_in_html() {
    let alone = mail(&format!("From: a@b.example\n\n{BLOCK}"));
    assert_eq!(
        (only(&alone).form, only(&alone).whole),
        (Form::Inline, true)
    );
    let around = mail(&format!("From: a@b.example\n\nBefore\n\n{BLOCK}After\n"));
    assert!(!only(&around).whole);
    let text = opened(&around, "Inside").thread.text;
    let order: Vec<usize> = ["Before", "Inside", "After"]
        .iter()
        .map(|part| text.find(part).unwrap())
        .collect();
    assert!(order.is_sorted(), "{text}");
    let html = mail(&format!(
        "From: a@b.example\nContent-Type: text/html\n\n<pre>\n{BLOCK}"
    ));
    assert!(pieces(&html).is_empty());
    let unended = mail("From: a@b.example\n\n-----BEGIN PGP MESSAGE-----\n\nSECRET\n");
    assert!(pieces(&unended).is_empty());
}

#[test]
fn of_a_forwarded_message_nothing_is_opened() {
    let forwarded = format!("From: a@b.example\nContent-Type: message/rfc822\n\n{SEALED}");
    assert!(pieces(&mail(&forwarded)).is_empty());
}

#[test]
fn what_is_signed_has_the_line_ends_of_mail() {
    let signed = "From: a@b.example\nContent-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: text/plain\n\nWords \n\n--s\n\
        Content-Type: application/pgp-signature\n\nSIGNATURE\n--s--\n";
    for message in [signed.as_bytes().to_vec(), mail(signed)] {
        let piece = only(&message);
        assert_eq!(piece.signed, b"Content-Type: text/plain\r\n\r\nWords \r\n");
        assert_eq!(piece.payload.trim_ascii(), b"SIGNATURE");
    }
    let smime = signed.replace("pgp-signature", "pkcs7-signature");
    assert!(pieces(&mail(&smime)).is_empty());
}

#[test]
fn a_key_in_the_header_counts_if_it_is_the_senders() {
    let with = |addr: &str| {
        let text =
            format!("From: A <a@b.example>\nAutocrypt: addr={addr}; keydata=\n aGVs\n bG8=\n\nx\n");
        read(&mail(&text), &Reading::default()).unwrap().keys
    };
    assert_eq!(with("A@b.example"), [b"hello".to_vec()]);
    assert!(with("eve@b.example").is_empty());
}

#[test]
fn texts_come_back_from_base64() {
    for length in 0..200 {
        let text: Vec<u8> = (0..length).map(|n| b'a' + n % 26).collect();
        let encoded = base64(&text);
        assert!(
            encoded
                .split(|&byte| byte == b'\n')
                .all(|line| line.len() <= 77)
        );
        let decoded = mail_parser::decoders::base64::base64_decode(&encoded).unwrap_or_default();
        assert_eq!(decoded, text);
    }
}

proptest! {
    #[test]
    fn any_message_is_cut_and_put_together_again(
        head in "(Content-Type: (multipart/(encrypted|signed|mixed)|text/plain); boundary=b\n)?",
        parts in proptest::collection::vec("(Content-Type: application/pgp-(encrypted|signature)\n|Content-Disposition: attachment; filename=a.pgp\n)?\n[ -~\n]{0,40}", 0..5),
        block in proptest::bool::ANY,
    ) {
        let block = if block { BLOCK } else { "" };
        let text = format!("From: a@b.example\n{head}\n--b\n{}{block}\n--b--\n", parts.join("\n--b\n"));
        let message = text.into_bytes();
        prop_assert_eq!(&rebuilt(&message, &[], "m"), &message);
        let all: Vec<_> = pieces(&message).into_iter().map(|piece| (piece, b"\r\nx".to_vec())).collect();
        let again = rebuilt(&message, &all, "m");
        let _read = read(&again, &Reading::default());
    }
}
