//! Certificates, as people paste them. Nothing panics, what is read reads again as it is written, and what is good can be encrypted to.
#![no_main]

use cairn_smime::{Certificate, Own, SMIME_ADDRESSES_MAX, Standing, encrypt};
use libfuzzer_sys::fuzz_target;
use ring::rand::SystemRandom;

const NOW: i64 = 1_795_900_000;

fuzz_target!(|data: &[u8]| {
    let dice = SystemRandom::new();
    if let Ok(own) = Own::read(data, &dice) {
        let _standing = own.standing(NOW);
    }
    let Ok(one) = Certificate::read(data) else {
        return;
    };
    assert_eq!(one.fingerprint().len(), 64);
    assert!(one.addresses().len() <= SMIME_ADDRESSES_MAX);
    let _said = (one.subject(), one.issuer(), one.starts(), one.expires());
    if let Ok(again) = Certificate::read(one.pem().as_bytes()) {
        assert_eq!(again, one);
    }
    let sealed = encrypt(b"text", &[&one], NOW, &dice);
    if one.standing(NOW) != Standing::Good {
        assert!(sealed.is_err());
    }
});
