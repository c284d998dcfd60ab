//! An authenticator in software: CTAP2's data by hand, ES256, one key. Every part of what it says can be bent.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// Its user is there.
const PRESENT: u8 = 1;
/// And was verified.
const VERIFIED: u8 = 4;
/// A new key follows.
const ATTESTED: u8 = 64;

pub struct Authenticator {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub user: Vec<u8>,
    pub origin: String,
    pub rp: String,
    pub counter: u32,
    pub flags: u8,
}

impl Authenticator {
    pub fn new(id: u8, origin: &str, rp: &str) -> Self {
        let rng = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng).unwrap();
        let bytes = document.as_ref();
        Self {
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, bytes, &rng).unwrap(),
            id: vec![id; 32],
            user: Vec::new(),
            origin: origin.into(),
            rp: rp.into(),
            counter: 1,
            flags: PRESENT | VERIFIED,
        }
    }

    pub fn verifies(&mut self, verifies: bool) {
        self.flags = if verifies {
            PRESENT | VERIFIED
        } else {
            PRESENT
        };
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().unwrap();
        let data = json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false});
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// A new key, as `navigator.credentials.create` answers (attestation `none`).
    pub fn make(&mut self, options: &Value) -> String {
        self.user = BASE64
            .decode(options["user"]["id"].as_str().unwrap())
            .unwrap();
        let mut data = self.data(self.flags | ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // COSE (RFC 9053): EC2, ES256, P-256, x, y.
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..65]);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "response": {
                "attestationObject": BASE64.encode(object),
                "clientDataJSON": BASE64.encode(self.client("webauthn.create", options)),
            },
        })
        .to_string()
    }

    /// Who is there, as `navigator.credentials.get` answers.
    pub fn answer(&mut self, options: &Value) -> Value {
        self.counter += 1;
        self.uncounted(options)
    }

    /// The same of one that does not count.
    pub fn uncounted(&self, options: &Value) -> Value {
        let (data, client) = (self.data(self.flags), self.client("webauthn.get", options));
        let signed = [&data, digest(&SHA256, &client).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "response": {
                "authenticatorData": BASE64.encode(data),
                "clientDataJSON": BASE64.encode(client),
                "signature": BASE64.encode(signature),
                "userHandle": BASE64.encode(&self.user),
            },
        })
    }
}
