//! SHA-256 as the log uses it: leaves and nodes in separate domains (RFC 6962 section 2.1, unchanged in RFC 9162),
//! and the 32-byte entry that stands in the log for one event.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256, digest};

/// A SHA-256 value. Displays as standard base64 with padding (44 characters), the form of every C2SP text;
/// [`Hash::hex`] gives lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

/// The text was not the canonical base64 of 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the base64 form of 32 bytes (44 characters, canonical padding)")]
pub struct HashTextError;

impl Hash {
    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From exactly 32 bytes, such as a database column; `None` for any other length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Hash)
    }

    /// Lower-case hexadecimal, 64 characters.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// From 64 characters of lower-case hexadecimal.
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 44];
        let written = STANDARD
            .encode_slice(self.0, &mut text)
            .map_err(|_| fmt::Error)?;
        let text = text
            .get(..written)
            .and_then(|t| std::str::from_utf8(t).ok());
        f.write_str(text.ok_or(fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl FromStr for Hash {
    type Err = HashTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        unbase64::<32>(text).map(Hash).ok_or(HashTextError)
    }
}

impl From<[u8; 32]> for Hash {
    fn from(bytes: [u8; 32]) -> Self {
        Hash(bytes)
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// SHA-256 of plain bytes, without any domain prefix.
pub fn sha256(data: &[u8]) -> Hash {
    finished(digest(&SHA256, data))
}

/// SHA-256 of salt then data: how a body, a contact or an event is bound without being revealed. With 16 random
/// bytes of salt the value says nothing once salt and data are erased.
pub fn salted(salt: &[u8; 16], data: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    context.update(data);
    finished(context.finish())
}

/// The log entry of one event: SHA-256(salt ‖ event), where `event` is the exact JSON text that was stored.
/// These 32 bytes are the "data" that RFC 6962 hashes into a leaf.
pub fn entry(salt: &[u8; 16], event: &[u8]) -> Hash {
    salted(salt, event)
}

/// RFC 6962 leaf hash: SHA-256(0x00 ‖ data).
pub fn leaf_hash(data: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[0]);
    context.update(data);
    finished(context.finish())
}

/// RFC 6962 node hash: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut data = [1_u8; 65];
    let (_, children) = data.split_at_mut(1);
    let (l, r) = children.split_at_mut(32);
    l.copy_from_slice(&left.0);
    r.copy_from_slice(&right.0);
    finished(digest(&SHA256, &data))
}

/// The root of a tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    sha256(&[])
}

fn finished(value: ring::digest::Digest) -> Hash {
    let mut bytes = [0_u8; 32];
    bytes.copy_from_slice(value.as_ref());
    Hash(bytes)
}

/// Standard base64 with padding (RFC 4648 section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// As [`base64`], put to the end of a text.
pub(crate) fn push_base64(bytes: &[u8], to: &mut String) {
    STANDARD.encode_string(bytes, to);
}

/// Canonical base64 only: padding is required and unused bits must be zero, so that one value has one text.
pub(crate) fn unbase64_vec(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// As [`unbase64_vec`], for a value of known length.
pub(crate) fn unbase64<const N: usize>(text: &str) -> Option<[u8; N]> {
    // One allocation less than going through a vector; the estimate of the decoder rounds up to whole triples.
    let mut bytes = [0_u8; 96];
    let room = bytes.get_mut(..N.checked_add(3)?)?;
    let written = STANDARD.decode_slice(text, room).ok()?;
    room.get(..written)?.try_into().ok()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'a' + n - 10 });
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(digit(byte >> 4));
        out.push(digit(byte & 15));
    }
    out
}

/// Lower-case hexadecimal of exactly `N` bytes; anything else is `None`.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != N * 2 {
        return None;
    }
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0_u8; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let &[high, low] = pair else { return None };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

/// A decimal number as C2SP texts write it: ASCII digits, no sign, no leading zero except `0` itself.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let canonical =
        text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty_root().hex(), empty);
        // RFC 6962: the leaf hash of an empty string, published with the certificate-transparency test vectors.
        assert_eq!(
            leaf_hash(b"").hex(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            leaf_hash(b"L123456").hex(),
            "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
        );
        assert_eq!(
            salted(&[7; 16], b"x"),
            sha256(&[&[7_u8; 16][..], b"x"].concat())
        );
    }

    #[test]
    fn texts_have_one_form() {
        let hash = sha256(b"one");
        assert_eq!(hash.to_string().len(), 44);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(Hash::from_hex(&hash.hex()), Some(hash));
        assert_eq!(Hash::from_hex(&hash.hex().to_uppercase()), None);
        // All 32 bytes zero: the last character before the padding carries two bits that must be zero.
        let zero = Hash::default().to_string();
        assert!(zero.ends_with("A="));
        assert!(format!("{}B=", &zero[..42]).parse::<Hash>().is_err());
        assert!(zero[..43].parse::<Hash>().is_err());
        assert!(format!("{zero}\n").parse::<Hash>().is_err());
        assert!("".parse::<Hash>().is_err());
        assert_eq!(unbase64::<16>(&base64(&[9; 16])), Some([9; 16]));
        assert_eq!(unbase64::<16>(&base64(&[9; 17])), None);
        assert_eq!(unbase64::<16>(&base64(&[9; 15])), None);
    }

    #[test]
    fn decimals_have_one_form() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for bad in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1_0",
            "18446744073709551616",
            "１",
        ] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }
}
