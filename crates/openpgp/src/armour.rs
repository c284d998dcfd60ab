//! ASCII armour (RFC 9580, 6): where blocks stand in a text, and the bytes in one.

use std::io::Read;
use std::ops::Range;

use pgp::armor::Dearmor;

use crate::calmly;

/// Most blocks of one text that are looked at.
const BLOCKS_MAX: usize = 16;

/// What a block in a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// An encrypted, or an encoded and signed message.
    Message,
    /// Readable text with a signature under it (RFC 9580, 7).
    Signed,
    /// Keys.
    Keys,
}

const HEADS: [(&str, &str, Block); 3] = [
    (
        "-----BEGIN PGP MESSAGE-----",
        "-----END PGP MESSAGE-----",
        Block::Message,
    ),
    (
        "-----BEGIN PGP SIGNED MESSAGE-----",
        "-----END PGP SIGNATURE-----",
        Block::Signed,
    ),
    (
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "-----END PGP PUBLIC KEY BLOCK-----",
        Block::Keys,
    ),
];

/// The blocks of a text: what they are, and where they stand, with their first and last lines. A block without an end is none.
#[must_use]
pub fn blocks(text: &[u8]) -> Vec<(Block, Range<usize>)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str, Block)> = None;
    let mut at = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let bare = line.trim_ascii_end();
        match open {
            None => {
                let head = HEADS.iter().find(|(head, ..)| head.as_bytes() == bare);
                open = head.map(|(_, end, block)| (at, *end, *block));
            }
            Some((start, end, block)) if end.as_bytes() == bare => {
                found.push((block, start..at + line.len()));
                open = None;
                if found.len() >= BLOCKS_MAX {
                    break;
                }
            }
            Some(_) => {}
        }
        at += line.len();
    }
    found
}

/// The bytes behind the armour; the bytes themselves where there is none.
pub(crate) fn bare(bytes: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        return (bytes.len() <= bytes_max).then(|| bytes.to_vec());
    }
    calmly(|| {
        let mut out = Vec::new();
        let limit = u64::try_from(bytes_max).ok()?.checked_add(1)?;
        let mut read = Dearmor::new(bytes);
        read.by_ref().take(limit).read_to_end(&mut out).ok()?;
        (out.len() <= bytes_max).then_some(out)
    })
}
