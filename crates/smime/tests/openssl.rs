//! Every certificate here was made by OpenSSL, and OpenSSL opens and checks what is made.

// Helpers of tests stop a test by panicking, as tests do; OpenSSL makes certificates that begin now.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

// The same as in the kit, which needs the whole house to build.
#[path = "../../testkit/src/openssl.rs"]
#[allow(dead_code)]
mod openssl;

use cairn_smime::{Certificate, MICALG, Own, OwnFault, SealFault, Standing, encrypt, sign};
use openssl::OpenSsl;
use ring::rand::SystemRandom;

const DAY: i64 = 24 * 3_600;
const TEXT: &[u8] = b"Content-Type: text/plain; charset=utf-8\r\n\r\nKia ora =C4=81\r\n";

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

fn read(person: &OpenSsl) -> Certificate {
    Certificate::read(person.certificate().as_bytes()).unwrap()
}

fn own(person: &OpenSsl) -> Own {
    let file = format!("{}{}", person.certificate(), person.key());
    Own::read(file.as_bytes(), &SystemRandom::new()).unwrap()
}

/// A signed message (RFC 8551, 3.5.3).
fn message(part: &[u8], signature: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let signature = base64::engine::general_purpose::STANDARD.encode(signature);
    let mut out = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg={MICALG}; \
         boundary=\"part-0\"\r\n\r\n--part-0\r\n"
    )
    .into_bytes();
    out.extend_from_slice(part);
    out.extend_from_slice(
        b"\r\n--part-0\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    );
    for line in signature.as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--part-0--\r\n");
    out
}

#[test]
fn a_certificate_says_whose_it_is_and_until_when() {
    let more = [
        "keyUsage=critical,digitalSignature,keyEncipherment",
        "extendedKeyUsage=emailProtection",
    ];
    let person = OpenSsl::with_certificate("SOC@owner.example", "rsa:2048", 30, &more);
    let one = read(&person);
    assert_eq!(one.addresses(), ["soc@owner.example"]);
    assert!(one.is_of(" soc@Owner.example ") && !one.is_of("abuse@owner.example"));
    assert_eq!(
        (one.subject().as_str(), one.issuer()),
        ("CN=Security,O=Example", one.subject())
    );
    let shown = person.out(
        &[
            "x509",
            "-in",
            "cert.pem",
            "-noout",
            "-fingerprint",
            "-sha256",
        ],
        b"",
    );
    let shown = String::from_utf8(shown).unwrap();
    let print = cairn_smime::fingerprint_shown(&one.fingerprint());
    assert!(shown.trim().ends_with(&print), "{shown} {print}");
    let ends = one.expires() - now();
    assert!((29 * DAY..=30 * DAY).contains(&ends), "{ends}");
    assert_eq!(one.standing(now()), Standing::Good);
    assert_eq!(one.standing(now() + 31 * DAY), Standing::Expired);
    assert_eq!(one.standing(now() - DAY), Standing::NotYet);
    // As bytes, without a frame, and as we write it, it is the same.
    let der = person.out(&["x509", "-in", "cert.pem", "-outform", "DER"], b"");
    assert_eq!(Certificate::read(&der).unwrap(), one);
    let bare: String = one
        .pem()
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    assert_eq!(Certificate::read(bare.as_bytes()).unwrap(), one);
    assert_eq!(Certificate::read(one.pem().as_bytes()).unwrap(), one);
}

#[test]
fn what_may_not_be_encrypted_to_is_said_to_and_is_not() {
    let signs = "keyUsage=critical,digitalSignature";
    let cases = [
        ("rsa:1024", "keyUsage=keyEncipherment", Standing::Weak),
        ("ed25519", "keyUsage=digitalSignature", Standing::Weak),
        ("ec:secp521r1", "keyUsage=keyAgreement", Standing::Weak),
        ("rsa:2048", signs, Standing::OtherUse),
        ("ec:P-256", "keyUsage=keyEncipherment", Standing::OtherUse),
        (
            "rsa:2048",
            "extendedKeyUsage=serverAuth",
            Standing::OtherUse,
        ),
    ];
    for (kind, usage, standing) in cases {
        let person = OpenSsl::with_certificate("a@owner.example", kind, 2, &[usage]);
        let one = read(&person);
        assert_eq!(one.standing(now()), standing, "{kind} {usage}");
        let refused = encrypt(TEXT, &[&one], now(), &SystemRandom::new());
        let fingerprint = one.fingerprint();
        assert_eq!(
            refused,
            Err(SealFault::Recipient {
                fingerprint,
                standing
            })
        );
    }
    let old = OpenSsl::with_certificate("a@owner.example", "rsa:2048", 2, &[]);
    let refused = encrypt(TEXT, &[&read(&old)], now() + 3 * DAY, &SystemRandom::new());
    assert!(matches!(
        refused,
        Err(SealFault::Recipient {
            standing: Standing::Expired,
            ..
        })
    ));
    assert_eq!(
        encrypt(TEXT, &[], now(), &SystemRandom::new()),
        Err(SealFault::Failed)
    );
}

#[test]
fn openssl_opens_what_is_encrypted_and_nobody_else_does() {
    let other = OpenSsl::with_certificate("b@owner.example", "rsa:2048", 2, &[]);
    for kind in ["rsa:2048", "rsa:3072", "rsa:4096", "ec:P-256", "ec:P-384"] {
        let usage = if kind.starts_with("rsa") {
            "keyUsage=keyEncipherment"
        } else {
            "keyUsage=keyAgreement"
        };
        let person = OpenSsl::with_certificate("a@owner.example", kind, 2, &[usage]);
        for size in [0, 1, 15, 16, 17, 100_000] {
            let data: Vec<u8> = (0..size).map(|n: u32| n.to_le_bytes()[0]).collect();
            let sealed = encrypt(&data, &[&read(&person)], now(), &SystemRandom::new()).unwrap();
            let opened = person.decrypt("DER", &sealed);
            assert!(
                opened.good && opened.out == data,
                "{kind} {size}: {}",
                opened.words
            );
            assert!(size < 100 || !sealed.windows(64).any(|part| part == &data[..64]));
        }
        let sealed = encrypt(TEXT, &[&read(&person)], now(), &SystemRandom::new()).unwrap();
        assert!(!other.decrypt("DER", &sealed).good);
        let twice = encrypt(TEXT, &[&read(&person)], now(), &SystemRandom::new()).unwrap();
        assert_ne!(sealed, twice, "each has a key of its own");
        let both = encrypt(
            TEXT,
            &[&read(&person), &read(&other)],
            now(),
            &SystemRandom::new(),
        )
        .unwrap();
        for one in [&person, &other] {
            let opened = one.decrypt("DER", &both);
            assert!(opened.good && opened.out == TEXT, "{}", opened.words);
        }
        let printed = person.run(
            &["cms", "-cmsout", "-print", "-noout", "-inform", "DER"],
            &sealed,
        );
        let printed = String::from_utf8_lossy(&printed.out).into_owned();
        assert!(printed.contains("aes-256-cbc"), "{printed}");
    }
}

#[test]
fn openssl_accepts_what_is_signed_and_only_as_it_was() {
    for kind in ["rsa:2048", "ec:P-256"] {
        let person = OpenSsl::with_certificate(
            "report@cert.example",
            kind,
            2,
            &["keyUsage=digitalSignature"],
        );
        let own = own(&person);
        assert_eq!(own.certificate().addresses(), ["report@cert.example"]);
        let signature = sign(TEXT, &own, now(), &SystemRandom::new()).unwrap();
        let said = person.verify(&message(TEXT, &signature), &person.certificate());
        assert!(said.good, "{kind}: {}", said.words);
        assert_eq!(
            String::from_utf8_lossy(&said.out).replace('\r', ""),
            String::from_utf8_lossy(TEXT).replace('\r', "")
        );
        let changed = message(&TEXT.to_ascii_uppercase(), &signature);
        assert!(!person.verify(&changed, &person.certificate()).good);
        let stranger = OpenSsl::with_certificate("x@cert.example", kind, 2, &[]);
        assert!(
            !person
                .verify(&message(TEXT, &signature), &stranger.certificate())
                .good
        );
        assert_eq!(
            sign(TEXT, &own, now() + 3 * DAY, &SystemRandom::new()),
            Err(SealFault::Own)
        );
    }
}

#[test]
fn a_certificate_of_an_authority_goes_along() {
    let root = OpenSsl::with_certificate("root@ca.example", "rsa:2048", 9, &[]);
    let leaf = OpenSsl::with_certificate("report@cert.example", "ec:P-256", 2, &[]);
    // The authority signs the leaf's key.
    let request = leaf.out(
        &["req", "-new", "-key", "key.pem", "-subj", "/CN=Reports"],
        b"",
    );
    let signed = root.run(
        &[
            "x509",
            "-req",
            "-CA",
            "cert.pem",
            "-CAkey",
            "key.pem",
            "-CAcreateserial",
            "-days",
            "2",
        ],
        &request,
    );
    assert!(signed.good, "{}", signed.words);
    let signed = String::from_utf8(signed.out).unwrap();
    let file = format!("{}{}{}", root.certificate(), leaf.key(), signed);
    let own = Own::read(file.as_bytes(), &SystemRandom::new()).unwrap();
    assert_eq!(own.certificate().subject(), "CN=Reports");
    let signature = sign(TEXT, &own, now(), &SystemRandom::new()).unwrap();
    let said = leaf.verify(&message(TEXT, &signature), &root.certificate());
    assert!(said.good, "{}", said.words);
}

#[test]
fn a_file_of_ours_says_what_is_wrong_with_it() {
    let (one, two) = (
        OpenSsl::with_certificate("a@cert.example", "rsa:2048", 2, &[]),
        OpenSsl::with_certificate("b@cert.example", "ec:P-256", 2, &[]),
    );
    let fault = |text: &str| {
        Own::read(text.as_bytes(), &SystemRandom::new())
            .err()
            .unwrap()
    };
    assert_eq!(fault(&one.certificate()), OwnFault::NoKey);
    assert_eq!(fault(&one.key()), OwnFault::NoCertificate);
    assert_eq!(
        fault(&format!("{}{}", one.key(), two.certificate())),
        OwnFault::Another
    );
    let locked = one.out(
        &["pkcs8", "-topk8", "-in", "key.pem", "-passout", "pass:x"],
        b"",
    );
    assert_eq!(fault(&String::from_utf8(locked).unwrap()), OwnFault::NoKey);
    let old = two.out(&["ec", "-in", "key.pem"], b"");
    assert_eq!(
        fault(&format!(
            "{}{}",
            String::from_utf8(old).unwrap(),
            two.certificate()
        )),
        OwnFault::Key
    );
    let shown = format!("{:?}", own(&one));
    assert!(!shown.contains("PRIVATE") && shown.contains(&own(&one).certificate().fingerprint()));
    let many = one.certificate().repeat(10);
    assert_eq!(fault(&format!("{}{many}", one.key())), OwnFault::Chain);
}
