//! Both ways with GnuPG of Debian.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs
)]

#[path = "../../testkit/src/gpg.rs"]
mod gpg;

use cairn_openpgp::{
    Fault, Key, KeyFault, SealFault, Secret, SecretFault, Standing, Verdict, check_cleartext,
    check_detached, encrypt, keys_in, open, sign_detached,
};
use gpg::Gpg;

const YEAR: u32 = 365 * 24 * 3_600;

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

fn ours() -> Secret {
    ours_of(now() - 10)
}

fn ours_of(made: i64) -> Secret {
    Secret::make(
        "Reports <report@cert.example>",
        made,
        YEAR,
        rand::thread_rng(),
    )
    .unwrap()
}

fn her() -> Gpg {
    Gpg::with_key("Ana <ana@home.example>", "1y")
}

#[test]
fn gnupg_takes_our_key_and_reads_and_verifies_what_we_write() {
    let (own, ana) = (ours(), her());
    let key = Key::read(&ana.public()).unwrap();
    assert_eq!(key.fingerprint(), ana.fingerprint());
    assert_eq!(key.standing(now()), Standing::Good);
    assert!(key.is_of("Ana@Home.example") && !key.is_of("bob@home.example"));
    ana.import(own.public().armoured().as_bytes());
    let text = "Tēnā koe\r\n".repeat(1000);
    let sealed = encrypt(text.as_bytes(), &own, &[&key], now(), rand::thread_rng()).unwrap();
    let read = ana.run(&["--decrypt"], sealed.as_bytes());
    assert_eq!(read.out, text.as_bytes());
    let fingerprint = own.public().fingerprint();
    assert!(
        read.status.contains(&format!("VALIDSIG {fingerprint}")),
        "{}",
        read.status
    );
    assert!(
        read.status.contains("DECRYPTION_INFO 2") || read.status.contains("GOODMDC"),
        "{}",
        read.status
    );
    let beside = sign_detached(text.as_bytes(), &own, now(), rand::thread_rng()).unwrap();
    let (sig, data) = (ana.home().join("s.asc"), ana.home().join("d"));
    std::fs::write(&sig, beside).unwrap();
    std::fs::write(&data, &text).unwrap();
    let checked = ana.run(
        &["--verify", sig.to_str().unwrap(), data.to_str().unwrap()],
        b"",
    );
    assert!(checked.status.contains("GOODSIG"), "{}", checked.status);
}

#[test]
fn our_key_says_when_its_time_is_over_and_can_be_given_more() {
    let made = now() - 10;
    let own = ours_of(made);
    let listed = her();
    listed.import(own.public().armoured().as_bytes());
    let end = own.public().expires().unwrap();
    assert_eq!(end, made + i64::from(YEAR));
    let shown = listed.out(
        &["--with-colons", "--list-keys", "report@cert.example"],
        b"",
    );
    assert!(String::from_utf8_lossy(&shown).contains(&end.to_string()));
    assert_eq!(own.public().standing(end + 1), Standing::Expired);
    let longer = own.extended(now(), 2 * YEAR).unwrap();
    assert_eq!(longer.public().standing(end + 1), Standing::Good);
    assert_eq!(longer.public().fingerprint(), own.public().fingerprint());
    listed.import(longer.public().armoured().as_bytes());
    assert!(own.fit(now()).is_ok() && own.fit(end + 1) == Err(SecretFault::Unfit));
    let again = Secret::read_all(own.armoured().unwrap().as_bytes()).unwrap();
    assert_eq!(again[0].public(), own.public());
}

#[test]
fn what_gnupg_writes_to_us_is_read_and_its_signature_checked() {
    let (own, ana) = (ours(), her());
    ana.import(own.public().armoured().as_bytes());
    let key = Key::read(&ana.public()).unwrap();
    let text = b"They asked for my code.\n".repeat(200);
    for extra in [
        &["--armor"][..],
        &["--compress-algo", "zip"],
        &["--compress-algo", "none"],
    ] {
        let to = ["--encrypt", "--sign", "-r", "report@cert.example"];
        let sealed = ana.out(&[extra, &to].concat(), &text);
        let opened = open(&sealed, std::slice::from_ref(&own)).unwrap();
        assert!(opened.encrypted && opened.is_signed());
        assert_eq!(opened.data, text);
        let signed = opened.signatures(std::slice::from_ref(&key), now());
        assert_eq!((signed.len(), signed[0].verdict), (1, Verdict::Good));
        assert_eq!(signed[0].key, key.fingerprint());
        assert_eq!(signed[0].addresses, ["ana@home.example"]);
        assert_eq!(opened.signatures(&[], now())[0].verdict, Verdict::Unknown);
    }
    let bare = ana.out(
        &["--encrypt", "--hidden-recipient", "report@cert.example"],
        &text,
    );
    let opened = open(&bare, &[ours(), own.clone()]).unwrap();
    assert!(opened.encrypted && !opened.is_signed() && opened.data == text);
    assert_eq!(open(&bare, &[ours()]).unwrap_err(), Fault::NotForUs);
}

#[test]
fn signatures_beside_and_around_a_text_are_checked() {
    let ana = her();
    let key = [Key::read(&ana.public()).unwrap()];
    let text = b"One\r\nTwo \r\n";
    for how in [
        &["--detach-sign", "--armor"][..],
        &["--detach-sign"],
        &["--detach-sign", "--textmode"],
    ] {
        let beside = ana.out(how, text);
        assert_eq!(
            check_detached(&beside, text, &key, now())[0].verdict,
            Verdict::Good
        );
        assert_eq!(
            check_detached(&beside, b"One\r\nToo\r\n", &key, now())[0].verdict,
            Verdict::Bad
        );
        assert_eq!(
            check_detached(&beside, text, &[], now())[0].verdict,
            Verdict::Unknown
        );
    }
    assert_eq!(
        check_detached(b"", text, &key, now())[0].verdict,
        Verdict::Bad
    );
    let clear = ana.out(&["--clear-sign"], "- Kia ora\nTēnā\n".as_bytes());
    let clear = String::from_utf8(clear).unwrap();
    let checked = check_cleartext(&clear, &key, now());
    assert_eq!(
        checked.text.as_deref().map(|text| text.replace('\r', "")),
        Some("- Kia ora\nTēnā".into())
    );
    assert_eq!(checked.signatures[0].verdict, Verdict::Good);
    let changed = check_cleartext(&clear.replace("Kia ora", "Koa ora"), &key, now());
    assert_eq!(changed.signatures[0].verdict, Verdict::Bad);
    let weak = ana.out(&["--detach-sign", "--digest-algo", "SHA1"], text);
    assert_eq!(
        check_detached(&weak, text, &key, now())[0].verdict,
        Verdict::Bad
    );
}

#[test]
fn a_changed_message_gives_nothing_at_all() {
    let (own, ana) = (ours(), her());
    ana.import(own.public().armoured().as_bytes());
    let sealed = ana.out(
        &[
            "--encrypt",
            "-r",
            "report@cert.example",
            "--compress-algo",
            "none",
        ],
        b"<img src=\"x",
    );
    for at in [sealed.len() - 1, sealed.len() - 30, sealed.len() - 45] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(
            open(&changed, std::slice::from_ref(&own)).unwrap_err(),
            Fault::Damaged,
            "{at}"
        );
    }
    assert_eq!(
        open(&sealed[..sealed.len() - 22], &[own]).unwrap_err(),
        Fault::Damaged
    );
}

#[test]
fn efail_what_has_no_protection_of_its_integrity_is_not_opened() {
    let (own, ana) = (ours(), her());
    ana.import(own.public().armoured().as_bytes());
    let old = [
        "--encrypt",
        "-r",
        "report@cert.example",
        "--rfc2440",
        "--disable-mdc",
    ];
    let said = ana.run(&old, b"secret");
    let sealed = said.out;
    let opened = open(&sealed, std::slice::from_ref(&own));
    if said.status.contains("BEGIN_ENCRYPTION 0") {
        assert_eq!(opened.unwrap_err(), Fault::Unprotected);
    }
    // GnuPG may refuse to leave it out; then the packet is made into the old kind by hand.
    let protected = ana.out(&["--encrypt", "-r", "report@cert.example"], b"secret");
    // The packet with the session key has its length in one byte; behind it stands the one with the data.
    let at = 2 + usize::from(protected[1]);
    assert_eq!((protected[0], protected[at]), (0x84, 0xd2));
    let mut stripped = protected;
    stripped[at] = 0xc9;
    assert_eq!(open(&stripped, &[own]).unwrap_err(), Fault::Unprotected);
}

#[test]
fn bombs_are_not_inflated_and_heaps_of_packets_not_walked() {
    let (own, ana) = (ours(), her());
    ana.import(own.public().armoured().as_bytes());
    let much = vec![0_u8; 30 * 1024 * 1024];
    let sealed = ana.out(
        &[
            "--encrypt",
            "-r",
            "report@cert.example",
            "--compress-algo",
            "zlib",
            "-z",
            "9",
        ],
        &much,
    );
    assert!(sealed.len() < 1024 * 1024);
    assert_eq!(
        open(&sealed, std::slice::from_ref(&own)).unwrap_err(),
        Fault::TooLarge
    );
    let markers = [0xca, 3, b'P', b'G', b'P'].repeat(300);
    assert_eq!(open(&markers, &[]).unwrap_err(), Fault::TooComplex);
    let mut nested = ana.out(&["--store", "-z", "0"], b"x");
    for _ in 0..8 {
        nested = [
            vec![0xc8, 255],
            u32::try_from(nested.len() + 1)
                .unwrap()
                .to_be_bytes()
                .to_vec(),
            vec![0],
            nested,
        ]
        .concat();
    }
    assert_eq!(open(&nested, &[]).unwrap_err(), Fault::TooComplex);
    let inner = ana.out(&["--encrypt", "-r", "report@cert.example"], b"x");
    let twice = ana.out(
        &["--encrypt", "-r", "report@cert.example", "-z", "0"],
        &inner,
    );
    // What was encrypted is a file that is itself encrypted: it comes out as it is.
    assert_eq!(open(&twice, &[own]).unwrap().data, inner);
}

#[test]
fn keys_that_are_over_or_revoked_are_not_used() {
    let own = ours();
    let short = Gpg::with_key("Ana <ana@home.example>", "seconds=1");
    let text = b"x";
    let beside = short.out(
        &[
            "--detach-sign",
            "--ignore-time-conflict",
            "--faked-system-time",
            &format!("{}", now() - 1),
        ],
        text,
    );
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let key = Key::read(&short.public()).unwrap();
    assert_eq!(key.standing(now()), Standing::Expired);
    let sealed = encrypt(text, &own, &[&key], now(), rand::thread_rng());
    assert!(matches!(
        sealed,
        Err(SealFault::Recipient {
            standing: Standing::Expired,
            ..
        })
    ));
    let verdict = check_detached(&beside, text, &[key], now())[0].verdict;
    assert!(matches!(verdict, Verdict::Expired), "{verdict:?}");

    let ana = her();
    let signed = ana.out(&["--detach-sign"], text);
    let rev = ana
        .home()
        .join("openpgp-revocs.d")
        .join(format!("{}.rev", ana.fingerprint()));
    let rev = std::fs::read_to_string(rev)
        .unwrap()
        .replace(":-----BEGIN", "-----BEGIN");
    ana.import_revocation(rev.as_bytes());
    let key = Key::read(&ana.public()).unwrap();
    assert_eq!(key.standing(now()), Standing::Revoked);
    let sealed = encrypt(text, &own, &[&key], now(), rand::thread_rng());
    assert!(matches!(
        sealed,
        Err(SealFault::Recipient {
            standing: Standing::Revoked,
            ..
        })
    ));
    assert_eq!(
        check_detached(&signed, text, &[key], now())[0].verdict,
        Verdict::Revoked
    );
}

#[test]
fn a_user_id_that_the_owner_did_not_sign_does_not_count() {
    // The user id of one key grafted onto another, as whoever passes a key on could do.
    let (ana, bob) = (her(), Gpg::with_key("Bob <bob@work.example>", "1y"));
    let bare = |of: &Gpg| of.out(&["--export"], b"");
    let (hers, his) = (bare(&ana), bare(&bob));
    let own = Key::read(&hers).unwrap();
    assert_eq!(own.addresses(), ["ana@home.example"]);
    let cut = |bytes: &[u8], name: &[u8]| {
        bytes
            .windows(name.len())
            .position(|part| part == name)
            .unwrap()
            - 2
    };
    let grafted = [&his[..cut(&his, b"Bob <")], &hers[cut(&hers, b"Ana <")..]].concat();
    let grafted = Key::read(&grafted).unwrap();
    assert_eq!(grafted.addresses(), Vec::<String>::new());
    assert_ne!(grafted.standing(now()), Standing::Good);
}

#[test]
fn secret_keys_are_refused_where_public_ones_are_wanted_and_locked_ones_of_ours() {
    let ana = her();
    let secret = ana.out(&["--armor", "--export-secret-keys"], b"");
    assert_eq!(keys_in(&secret).unwrap_err(), KeyFault::Secret);
    let taken = Secret::read_all(&secret).unwrap();
    assert_eq!(taken[0].public().fingerprint(), ana.fingerprint());
    assert!(taken[0].fit(now()).is_ok());
    assert_eq!(keys_in(b"hello").unwrap_err(), KeyFault::NoKey);
    assert_eq!(Secret::read_all(b"hello").unwrap_err(), SecretFault::NoKey);
    // A key that was made elsewhere serves as ours.
    let key = taken[0].public();
    let sealed = encrypt(b"x", &taken[0], &[&key], now(), rand::thread_rng()).unwrap();
    assert_eq!(open(sealed.as_bytes(), &taken).unwrap().data, b"x");
}

#[test]
fn rsa_keys_are_written_to_and_weak_ones_not() {
    let rsa = Gpg::new();
    assert!(
        rsa.run(
            &[
                "--quick-generate-key",
                "Rua <rua@home.example>",
                "rsa3072",
                "default",
                "1y"
            ],
            b""
        )
        .good
    );
    let fingerprint = rsa.fingerprint();
    assert!(
        rsa.run(
            &["--quick-add-key", &fingerprint, "rsa3072", "encrypt", "1y"],
            b""
        )
        .good
    );
    let key = Key::read(&rsa.public()).unwrap();
    let sealed = encrypt(b"x", &ours(), &[&key], now(), rand::thread_rng()).unwrap();
    assert_eq!(rsa.run(&["--decrypt"], sealed.as_bytes()).out, b"x");
}
