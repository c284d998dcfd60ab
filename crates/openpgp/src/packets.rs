//! The packets of a message, counted and cut before anything interprets them (RFC 9580, 4.2).

use std::borrow::Cow;

use crate::{Fault, OPENPGP_PACKETS_MAX};

/// Packet types that this crate tells apart (RFC 9580, 5).
pub(crate) mod tag {
    pub(crate) const SESSION_KEY: u8 = 1;
    pub(crate) const SIGNATURE: u8 = 2;
    pub(crate) const PASSWORD_KEY: u8 = 3;
    pub(crate) const ONE_PASS: u8 = 4;
    pub(crate) const COMPRESSED: u8 = 8;
    pub(crate) const UNPROTECTED: u8 = 9;
    pub(crate) const MARKER: u8 = 10;
    pub(crate) const LITERAL: u8 = 11;
    pub(crate) const PROTECTED: u8 = 18;
    pub(crate) const GNUPG_AEAD: u8 = 20;
    pub(crate) const PADDING: u8 = 21;
}

/// One packet.
pub(crate) struct Packet<'a> {
    pub(crate) tag: u8,
    /// Without header; joined where it came in parts.
    pub(crate) body: Cow<'a, [u8]>,
}

/// All packets of one level.
pub(crate) fn packets(bytes: &[u8]) -> Result<Vec<Packet<'_>>, Fault> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if found.len() >= OPENPGP_PACKETS_MAX {
            return Err(Fault::TooComplex);
        }
        let (tag, body, after) = one(rest).ok_or(Fault::Damaged)?;
        found.push(Packet { tag, body });
        rest = after;
    }
    Ok(found)
}

type Cut<'a> = (u8, Cow<'a, [u8]>, &'a [u8]);

fn one(bytes: &[u8]) -> Option<Cut<'_>> {
    let (first, rest) = bytes.split_first()?;
    if first & 0x80 == 0 {
        return None;
    }
    if first & 0x40 == 0 {
        return old(*first, rest);
    }
    new(first & 0x3f, rest)
}

/// RFC 9580, 4.2.2: the length in one, two or four bytes, or up to the end.
fn old(first: u8, rest: &[u8]) -> Option<Cut<'_>> {
    let tag = (first >> 2) & 0x0f;
    let bytes = match first & 3 {
        3 => return Some((tag, Cow::Borrowed(rest), &[])),
        size => 1_usize << size,
    };
    let (length, rest) = rest.split_at_checked(bytes)?;
    let (body, after) = rest.split_at_checked(number(length))?;
    Some((tag, Cow::Borrowed(body), after))
}

fn number(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
}

/// RFC 9580, 4.2.1: the length in one, two or five bytes, or parts of powers of two.
fn new(tag: u8, mut rest: &[u8]) -> Option<Cut<'_>> {
    let mut joined: Option<Vec<u8>> = None;
    loop {
        let (first, after) = rest.split_first()?;
        let (length, partial, after) = match *first {
            short @ 0..=191 => (usize::from(short), false, after),
            two @ 192..=223 => {
                let (next, after) = after.split_first()?;
                let high = (usize::from(two) - 192) << 8;
                (high + usize::from(*next) + 192, false, after)
            }
            255 => {
                let (length, after) = after.split_at_checked(4)?;
                (number(length), false, after)
            }
            part => (1_usize << (part & 0x1f), true, after),
        };
        let (body, after) = after.split_at_checked(length)?;
        rest = after;
        match (&mut joined, partial) {
            (None, false) => return Some((tag, Cow::Borrowed(body), rest)),
            (None, true) => joined = Some(body.to_vec()),
            (Some(all), _) => all.extend_from_slice(body),
        }
        if !partial {
            return Some((tag, Cow::Owned(joined.unwrap_or_default()), rest));
        }
    }
}
