//! Words that prove themselves by shape and checksum: file hashes and crypto-currency addresses.

use ring::digest::{SHA256, digest};

use super::{Kind, Observable};

/// Shortest word worth a look, bytes.
pub(super) const TOKEN_BYTES_MIN: usize = 14;
/// Longest: SHA-512 in hexadecimal.
const TOKEN_BYTES_MAX: usize = 128;

/// A word of ASCII letters and digits as a hash or a wallet.
pub(super) fn token(word: &str) -> Option<Observable> {
    if !(TOKEN_BYTES_MIN..=TOKEN_BYTES_MAX).contains(&word.len())
        || !word.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return None;
    }
    hash(word)
        .map(|value| Observable::new(Kind::Hash, value))
        .or_else(|| wallet(word).map(|value| Observable::new(Kind::Wallet, value)))
}

/// Hexadecimal of the right length with both digits and letters (a run of one of them is something else).
fn hash(word: &str) -> Option<String> {
    let right = matches!(word.len(), 32 | 40 | 64 | 128)
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic());
    right.then(|| word.to_ascii_lowercase())
}

fn wallet(word: &str) -> Option<String> {
    match word.as_bytes() {
        [b'0', b'x' | b'X', hex @ ..] => ethereum(hex),
        [b'1' | b'3', ..] => base58check(word).then(|| word.to_owned()),
        [b'b', b'c', b'1', ..] | [b'B', b'C', b'1', ..] => bech32(word),
        _ => None,
    }
}

/// Forty hexadecimal digits; if their case is mixed it is a checksum (EIP-55) and must be right.
fn ethereum(hex: &[u8]) -> Option<String> {
    if hex.len() != 40 || !hex.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let lower = hex.to_ascii_lowercase();
    let mixed = hex.iter().any(u8::is_ascii_uppercase) && hex.iter().any(u8::is_ascii_lowercase);
    if mixed {
        let sum = keccak256(&lower);
        let nibbles = sum.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let right = hex.iter().zip(nibbles).all(|(sign, nibble)| {
            !sign.is_ascii_alphabetic() || sign.is_ascii_uppercase() == (nibble >= 8)
        });
        if !right {
            return None;
        }
    }
    Some(format!("0x{}", String::from_utf8(lower).ok()?))
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// A Bitcoin address of the first two kinds (P2PKH, P2SH): 25 bytes in base 58, the last four a double SHA-256.
fn base58check(word: &str) -> bool {
    if !(26..=35).contains(&word.len()) {
        return false;
    }
    let mut number = [0_u8; 25];
    for byte in word.bytes() {
        let Some(digit) = BASE58.iter().position(|&sign| sign == byte) else {
            return false;
        };
        let mut carry = digit;
        for place in number.iter_mut().rev() {
            carry += usize::from(*place) * 58;
            *place = u8::try_from(carry & 255).unwrap_or_default();
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let ones = word.bytes().take_while(|&byte| byte == b'1').count();
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let Some((payload, sum)) = number.split_at_checked(21) else {
        return false;
    };
    let twice = digest(&SHA256, digest(&SHA256, payload).as_ref());
    ones == zeros && matches!(payload.first(), Some(0 | 5)) && twice.as_ref().starts_with(sum)
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// A Bitcoin address of the third kind (segregated witness): Bech32 (BIP 173) for version 0, Bech32m (BIP 350) above.
fn bech32(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    if word != lower && word != word.to_ascii_uppercase() || word.len() > 90 {
        return None;
    }
    let data = lower.strip_prefix("bc1")?;
    let values: Option<Vec<u8>> = data
        .bytes()
        .map(|byte| {
            BECH32
                .iter()
                .position(|&sign| sign == byte)
                .and_then(|at| u8::try_from(at).ok())
        })
        .collect();
    let values = values?;
    let version = *values.first()?;
    // The prefix "bc" spread over five values as the standard says.
    let sum = polymod([3, 3, 0, 2, 3].into_iter().chain(values.iter().copied()));
    let wanted = if version == 0 { 1 } else { 0x2bc8_30a3 };
    let bits = values.len().checked_sub(7)? * 5;
    let bytes = bits / 8;
    let sized = match version {
        0 => bytes == 20 || bytes == 32,
        1..=16 => (2..=40).contains(&bytes),
        _ => false,
    };
    (sum == wanted && sized && bits % 8 < 5).then_some(lower)
}

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    values.fold(1_u32, |sum, value| {
        let top = sum >> 25;
        let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        GENERATOR
            .iter()
            .enumerate()
            .filter(|(bit, _)| top >> bit & 1 == 1)
            .fold(shifted, |sum, (_, term)| sum ^ term)
    })
}

/// Keccak-256 as Ethereum uses it (the Keccak submission, version 3, with its own padding, before FIPS 202) of at
/// most 135 bytes. For the address checksum only.
fn keccak256(message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 136];
    for (place, byte) in block.iter_mut().zip(message.iter().chain([&1])) {
        *place = *byte;
    }
    if let Some(last) = block.last_mut() {
        *last |= 0x80;
    }
    let mut state = [0_u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    keccak_f(&mut state);
    let mut out = [0; 32];
    for (bytes, lane) in out.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    out
}

/// The permutation Keccak-f[1600]: 24 rounds of theta, rho and pi, chi, iota.
#[allow(
    clippy::indexing_slicing,
    reason = "every index is taken modulo 25 or comes from a table of places below 25"
)]
fn keccak_f(state: &mut [u64; 25]) {
    /// Places that pi walks through, and the rotations of rho on the way.
    const PATH: [(usize, u32); 24] = [
        (10, 1),
        (7, 3),
        (11, 6),
        (17, 10),
        (18, 15),
        (3, 21),
        (5, 28),
        (16, 36),
        (8, 45),
        (21, 55),
        (24, 2),
        (4, 14),
        (15, 27),
        (23, 41),
        (19, 56),
        (13, 8),
        (12, 25),
        (2, 43),
        (20, 62),
        (14, 18),
        (22, 39),
        (9, 61),
        (6, 20),
        (1, 44),
    ];
    let mut register = 1_u8;
    for _ in 0..24 {
        let column: [u64; 5] =
            std::array::from_fn(|x| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]));
        for (at, lane) in state.iter_mut().enumerate() {
            *lane ^= column[(at + 4) % 5] ^ column[(at + 1) % 5].rotate_left(1);
        }
        let mut moving = state[1];
        for (place, turn) in PATH {
            moving = std::mem::replace(&mut state[place], moving.rotate_left(turn));
        }
        for row in state.as_chunks_mut::<5>().0 {
            let old = *row;
            for x in 0..5 {
                row[x] = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
            }
        }
        // The round constants come from a shift register over x⁸+x⁶+x⁵+x⁴+1, seven steps a round.
        for step in 0..7 {
            if register & 1 == 1 {
                state[0] ^= 1 << ((1_u32 << step) - 1);
            }
            register = register << 1 ^ if register & 0x80 == 0 { 0 } else { 0x71 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keccak_agrees_with_the_published_values() {
        assert_eq!(
            hex(&keccak256(b"")),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        );
        assert_eq!(
            hex(&keccak256(b"abc")),
            "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
        );
    }

    #[test]
    fn ethereum_addresses_of_eip_55() {
        for good in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77",
        ] {
            assert_eq!(
                token(good).unwrap(),
                Observable::new(Kind::Wallet, good.to_ascii_lowercase())
            );
        }
        assert_eq!(token("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"), None);
        assert_eq!(token("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA"), None);
    }

    #[test]
    fn bitcoin_addresses_need_their_checksum() {
        // From BIP 173, BIP 350, BIP 16's examples and the genesis block.
        for good in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ] {
            assert_eq!(token(good).unwrap().value, good);
        }
        let upper = token("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4").unwrap();
        assert_eq!(upper.value, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
        for bad in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "Bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
            "3333333333333333333333333333333333",
        ] {
            assert_eq!(token(bad), None, "{bad}");
        }
    }

    #[test]
    fn hashes_by_length() {
        for good in [
            "d41d8cd98f00b204e9800998ecf8427e",
            "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        ] {
            assert_eq!(
                token(good).unwrap(),
                Observable::new(Kind::Hash, good.to_ascii_lowercase())
            );
        }
        for bad in [
            "d41d8cd98f00b204e9800998ecf8427",
            "12345678901234567890123456789012",
            "g41d8cd98f00b204e9800998ecf8427e",
        ] {
            assert_eq!(token(bad), None, "{bad}");
        }
    }
}
