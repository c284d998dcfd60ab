//! DKIM signatures of what goes out (RFC 6376; Ed25519: RFC 8463), with the cryptography that is here anyway.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_kernel::time::Micros;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

/// Largest key file, bytes.
pub const KEY_BYTES_MAX: u64 = 64 * 1024;
/// Fields that are signed where they are there; `From` once more than there is, so that none can be added.
const SIGNED: [&str; 12] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "in-reply-to",
    "references",
    "auto-submitted",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];
/// AlgorithmIdentifier of rsaEncryption (RFC 3279, 2.3.1).
const RSA_ALGORITHM: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// Where the key is, and by what name it is published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DkimConfig {
    /// PEM file: PKCS #8 (RSA or Ed25519) or PKCS #1.
    pub key: PathBuf,
    /// Domain that signs.
    pub domain: String,
    /// Selector under it.
    pub selector: String,
}

/// Why nothing can be signed.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// The file.
    #[error("mail.dkim_key, {path}: {cause}")]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// No key in it.
    #[error(
        "mail.dkim_key, {0}: there is no private key of RSA (2048 bits or more) or Ed25519 in it"
    )]
    Key(PathBuf),
    /// The name.
    #[error(
        "mail.dkim_domain and mail.dkim_selector take letters, digits, `-` and `.`, found {0:?}"
    )]
    Name(String),
    /// The signature could not be made.
    #[error("signing failed")]
    Sign,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// What signs.
pub struct Dkim {
    key: Key,
    domain: String,
    selector: String,
}

impl std::fmt::Debug for Dkim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dkim")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

impl Dkim {
    /// Reads the key.
    ///
    /// # Errors
    /// See [`DkimError`].
    pub fn open(config: &DkimConfig) -> Result<Self, DkimError> {
        for name in [&config.domain, &config.selector] {
            let sign =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            if name.is_empty() || name.len() > 200 || !name.bytes().all(sign) {
                return Err(DkimError::Name(name.clone()));
            }
        }
        let file = |cause| DkimError::File {
            path: config.key.clone(),
            cause,
        };
        let size = std::fs::metadata(&config.key).map_err(file)?.len();
        if size > KEY_BYTES_MAX {
            return Err(DkimError::Key(config.key.clone()));
        }
        let text = std::fs::read_to_string(&config.key).map_err(file)?;
        let key = key_in(&text).ok_or_else(|| DkimError::Key(config.key.clone()))?;
        Ok(Self {
            key,
            domain: config.domain.clone(),
            selector: config.selector.clone(),
        })
    }

    /// Name and text of the TXT record that the domain needs.
    #[must_use]
    pub fn record(&self) -> (String, String) {
        let name = format!("{}._domainkey.{}", self.selector, self.domain);
        let (kind, public) = match &self.key {
            Key::Rsa(key) => ("rsa", subject_public_key(key.public_key().as_ref())),
            Key::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
        };
        (
            name,
            format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(public)),
        )
    }

    /// The message with its signature on top.
    ///
    /// # Errors
    /// [`DkimError::Sign`].
    pub fn sign(&self, message: &[u8], at: Micros) -> Result<Vec<u8>, DkimError> {
        let (fields, body) = split(message);
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let there = |name: &&&str| fields.iter().any(|(own, _)| own == **name);
        let mut names: Vec<&str> = SIGNED.iter().filter(there).copied().collect();
        names.push("from");
        let body_hash = STANDARD.encode(digest(&SHA256, &relaxed_body(body)));
        let head = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={}; t={};\r\n h={};\r\n bh={body_hash};\r\n b=",
            self.domain,
            self.selector,
            at.seconds(),
            names.join(":"),
        );
        let mut input = String::new();
        let mut used: Vec<&str> = Vec::new();
        for name in names {
            // Of several fields of one name the last counts first (RFC 6376, 5.4.2).
            let before = used.iter().filter(|own| **own == name).count();
            used.push(name);
            let field = fields
                .iter()
                .rev()
                .filter(|(own, _)| own == name)
                .nth(before);
            if let Some((_, value)) = field {
                input.push_str(&format!("{name}:{}\r\n", relaxed(value)));
            }
        }
        input.push_str(&format!("dkim-signature:{}", relaxed(&head)));
        let signature = STANDARD.encode(self.signature(input.as_bytes())?);
        let mut out = format!("DKIM-Signature: {head}").into_bytes();
        for line in signature.as_bytes().chunks(72) {
            out.extend_from_slice(b"\r\n  ");
            out.extend_from_slice(line);
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(message);
        Ok(out)
    }

    fn signature(&self, input: &[u8]) -> Result<Vec<u8>, DkimError> {
        match &self.key {
            Key::Rsa(key) => {
                let mut out = vec![0; key.public().modulus_len()];
                let random = SystemRandom::new();
                key.sign(&RSA_PKCS1_SHA256, &random, input, &mut out)
                    .map_err(|_| DkimError::Sign)?;
                Ok(out)
            }
            // Ed25519 signs the hash (RFC 8463, 3).
            Key::Ed25519(key) => Ok(key.sign(digest(&SHA256, input).as_ref()).as_ref().to_vec()),
        }
    }
}

/// The first private key of a PEM text.
fn key_in(text: &str) -> Option<Key> {
    let start = text.find("-----BEGIN ")?;
    let (label, rest) = text.get(start + 11..)?.split_once("-----")?;
    let (inner, _) = rest.split_once("-----END ")?;
    let inner: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD.decode(inner).ok()?;
    match label {
        "RSA PRIVATE KEY" => Some(Key::Rsa(Box::new(RsaKeyPair::from_der(&der).ok()?))),
        "PRIVATE KEY" => match RsaKeyPair::from_pkcs8(&der) {
            Ok(key) => Some(Key::Rsa(Box::new(key))),
            Err(_) => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
                .ok()
                .map(Key::Ed25519),
        },
        _ => None,
    }
}

/// SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) around an RSAPublicKey.
fn subject_public_key(key: &[u8]) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut inner = RSA_ALGORITHM.to_vec();
    inner.extend(der(0x03, &bits));
    der(0x30, &inner)
}

/// A value with its type and length (X.690, 8.1).
fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes() {
        [0, low] if low < 0x80 => out.push(low),
        [0, low] => out.extend([0x81, low]),
        [high, low] => out.extend([0x82, high, low]),
    }
    out.extend_from_slice(value);
    out
}

/// The header's fields, names in lower case, and the body.
fn split(message: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let end = message
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or(message.len());
    let head = String::from_utf8_lossy(message.get(..end).unwrap_or_default());
    let body = message.get(end + 4..).unwrap_or_default();
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push_str(line);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim_end().to_ascii_lowercase(), value.to_owned()));
        }
    }
    (fields, body)
}

/// A value on one line, with single blanks (RFC 6376, 3.4.2).
fn relaxed(value: &str) -> String {
    let words: Vec<&str> = value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Lines with single blanks and none at their ends, and no empty lines at the end (RFC 6376, 3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let text = body.strip_suffix(b"\r\n").unwrap_or(body);
    if text.is_empty() {
        return out;
    }
    for line in lines(text) {
        let mut blank = false;
        for &byte in line {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                out.push(b' ');
            }
            out.push(byte);
        }
        out.extend_from_slice(b"\r\n");
    }
    while out.ends_with(b"\r\n\r\n") || out == b"\r\n" {
        out.truncate(out.len() - 2);
    }
    out
}

/// Lines between CR LF.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.windows(2).position(|two| two == b"\r\n") {
            Some(at) => {
                rest = text.get(at + 2..);
                text.get(..at)
            }
            None => {
                rest = None;
                Some(text)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn lines_and_fields_are_canonical_as_the_standard_shows() {
        // RFC 6376, 3.4.5.
        assert_eq!(relaxed(" X"), "X");
        assert_eq!(relaxed(" Y\t\r\n\tZ  "), "Y Z");
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"a\r\n\r\nb"), b"a\r\n\r\nb\r\n");
    }

    /// RFC 8463, A.2 and A.3: the message, the key, and the hash of the body that is printed there.
    const MESSAGE: &str = "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

    #[test]
    fn a_body_has_the_hash_of_the_standard() {
        let (_, body) = split(MESSAGE.as_bytes());
        let hash = STANDARD.encode(digest(&SHA256, &relaxed_body(body)));
        assert_eq!(hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    }

    fn dkim(name: &str, pem: &str) -> Dkim {
        let dir = tempfile::TempDir::new().unwrap();
        let key = dir.path().join(name);
        std::fs::write(&key, pem).unwrap();
        let config = DkimConfig {
            key,
            domain: "cert.example".into(),
            selector: "cairn1".into(),
        };
        Dkim::open(&config).unwrap()
    }

    /// RFC 8410, 10.3.
    const ED25519_PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

    #[test]
    fn a_signature_verifies_and_covers_what_it_says() {
        let dkim = dkim("ed.pem", ED25519_PEM);
        let (name, record) = dkim.record();
        assert_eq!(name, "cairn1._domainkey.cert.example");
        assert_eq!(
            record,
            "v=DKIM1; k=ed25519; p=Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
        );
        let signed = dkim.sign(MESSAGE.as_bytes(), Micros(0)).unwrap();
        assert!(signed.ends_with(MESSAGE.as_bytes()));
        let (fields, _) = split(&signed);
        let value = relaxed(&fields[0].1);
        let (head, signature) = value.split_once(" b=").unwrap();
        let names = head.split_once("h=").unwrap().1.split_once(';').unwrap().0;
        assert_eq!(names, "from:to:subject:date:message-id:from");
        let signature = STANDARD.decode(signature.replace(' ', "")).unwrap();
        let mut input = String::new();
        for name in ["from", "to", "subject", "date", "message-id"] {
            let value = &fields.iter().find(|(own, _)| own == name).unwrap().1;
            input.push_str(&format!("{name}:{}\r\n", relaxed(value)));
        }
        input.push_str(&format!("dkim-signature:{head} b="));
        let public = STANDARD.decode(record.split_once("p=").unwrap().1).unwrap();
        let key = UnparsedPublicKey::new(&ED25519, public);
        key.verify(digest(&SHA256, input.as_bytes()).as_ref(), &signature)
            .unwrap();
    }

    #[test]
    fn what_holds_no_key_is_named() {
        assert!(key_in("").is_none());
        assert!(key_in("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").is_none());
        assert!(key_in("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").is_none());
        let config = DkimConfig {
            key: "/nowhere".into(),
            domain: "a b".into(),
            selector: "x".into(),
        };
        assert!(matches!(Dkim::open(&config), Err(DkimError::Name(_))));
        let config = DkimConfig {
            domain: "a".into(),
            ..config
        };
        assert!(matches!(Dkim::open(&config), Err(DkimError::File { .. })));
    }
}
