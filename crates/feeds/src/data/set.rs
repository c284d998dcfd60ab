//! The file of a set. All numbers are little-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `cairnds1` |
//! | 4 | length of the head |
//! | … | the head: JSON, see [`Head`] |
//! | 4 each × n | starts of the IPv4 ranges, then their facts, then a byte each for their prefixes |
//! | 16 each × m | the same of IPv6, facts of 4 bytes and prefixes of one |
//! | … | the facts: one JSON object a line; of a set about names, its rules |
//! | 4 | CRC-32 of everything before |

use std::net::IpAddr;

use flate2::Crc;
use serde::{Deserialize, Serialize};

use super::build::{NOBODY, Range};
use super::bytes::Bytes;
use super::{Builder, Fact, Kind, Registered, Suffixes};
use crate::value::Network;

const MAGIC: &[u8; 8] = b"cairnds1";
/// Bytes of the head of a set.
pub const HEAD_BYTES_MAX: usize = 1 << 20;

/// What a set says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What it tells.
    pub kind: Kind,
    /// The day that its data are of, `YYYY-MM-DD`.
    pub day: String,
    /// What it was made from.
    pub sources: Vec<Source>,
    /// Ranges of IPv4.
    pub v4: u32,
    /// Ranges of IPv6.
    pub v6: u32,
    /// Facts, or rules about names.
    pub facts: u32,
}

/// A file that a set was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name.
    pub file: String,
    /// Its format.
    pub format: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Networks that it told.
    pub networks: u64,
    /// Lines or records that gave nothing.
    pub faults: u64,
    /// Under which terms it may be used, as the operator said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// Why a file is no set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// It begins as none.
    #[error("this is no data set of cairn")]
    NoSet,
    /// Its check sum is not that of its bytes.
    #[error("the data set is damaged or cut short: build it again")]
    Damaged,
    /// More than a set may hold.
    #[error("too many facts or ranges for one set")]
    TooMany,
}

/// A set, in memory.
#[derive(Debug, Clone)]
pub struct Set {
    head: Head,
    v4: Vec<(u32, u32, u8)>,
    v6: Vec<(u128, u32, u8)>,
    facts: Vec<Fact>,
    suffixes: Suffixes,
}

/// Writes a set.
///
/// # Errors
/// [`SetError::TooMany`].
pub fn write(
    kind: Kind,
    day: &str,
    sources: Vec<Source>,
    networks: Builder,
) -> Result<Vec<u8>, SetError> {
    let (facts, v4, v6) = networks.end();
    put(kind, day, sources, &facts, &v4, &v6)
}

/// Writes a set about names.
///
/// # Errors
/// [`SetError::TooMany`].
pub fn write_suffixes(
    day: &str,
    sources: Vec<Source>,
    suffixes: &Suffixes,
) -> Result<Vec<u8>, SetError> {
    let lines = suffixes.lines().ok_or(SetError::TooMany)?;
    put(Kind::Suffix, day, sources, &lines, &[], &[])
}

fn put(
    kind: Kind,
    day: &str,
    sources: Vec<Source>,
    facts: &[String],
    v4: &[Range],
    v6: &[Range],
) -> Result<Vec<u8>, SetError> {
    let count = |n: usize| u32::try_from(n).map_err(|_| SetError::TooMany);
    let head = Head {
        kind,
        day: day.to_owned(),
        sources,
        v4: count(v4.len())?,
        v6: count(v6.len())?,
        facts: count(facts.len())?,
    };
    let head = serde_json::to_vec(&head).map_err(|_| SetError::TooMany)?;
    let mut out = MAGIC.to_vec();
    out.extend(count(head.len())?.to_le_bytes());
    out.extend(head);
    for range in v4 {
        let start = u32::try_from(range.start).map_err(|_| SetError::Damaged)?;
        out.extend(start.to_le_bytes());
    }
    rest_of(v4, &mut out);
    for range in v6 {
        out.extend(range.start.to_le_bytes());
    }
    rest_of(v6, &mut out);
    for fact in facts {
        out.extend(fact.as_bytes());
        out.push(b'\n');
    }
    let mut crc = Crc::new();
    crc.update(&out);
    out.extend(crc.sum().to_le_bytes());
    Ok(out)
}

fn rest_of(ranges: &[Range], out: &mut Vec<u8>) {
    for range in ranges {
        out.extend(range.fact.to_le_bytes());
    }
    out.extend(ranges.iter().map(|range| range.prefix));
}

impl Set {
    /// Reads a set.
    ///
    /// # Errors
    /// [`SetError::NoSet`], or [`SetError::Damaged`] for whatever does not fit together.
    pub fn read(bytes: &[u8]) -> Result<Self, SetError> {
        if !bytes.starts_with(MAGIC) {
            return Err(SetError::NoSet);
        }
        let (inner, sum) = bytes.split_last_chunk::<4>().ok_or(SetError::Damaged)?;
        let mut crc = Crc::new();
        crc.update(inner);
        if crc.sum().to_le_bytes() != *sum {
            return Err(SetError::Damaged);
        }
        Self::parts(Bytes(inner)).ok_or(SetError::Damaged)
    }

    fn parts(mut bytes: Bytes<'_>) -> Option<Self> {
        bytes.take(MAGIC.len())?;
        let length = usize::try_from(u32::from_le_bytes(bytes.array()?)).ok()?;
        if length > HEAD_BYTES_MAX {
            return None;
        }
        let head: Head = serde_json::from_slice(bytes.take(length)?).ok()?;
        let count = |n: u32| usize::try_from(n).ok();
        let (v4, v6) = (count(head.v4)?, count(head.v6)?);
        let starts = bytes.many::<4>(v4)?.iter();
        let v4 = ranges(starts.map(|b| u32::from_le_bytes(*b)), &mut bytes, v4)?;
        let starts = bytes.many::<16>(v6)?.iter();
        let v6 = ranges(starts.map(|b| u128::from_le_bytes(*b)), &mut bytes, v6)?;
        let text = std::str::from_utf8(bytes.0).ok()?;
        let (mut facts, mut suffixes) = (Vec::new(), Suffixes::default());
        if head.kind == Kind::Suffix {
            suffixes = Suffixes::of_lines(text)?;
        } else {
            let read: Result<_, _> = text.lines().map(serde_json::from_str).collect();
            facts = read.ok()?;
        }
        (facts.len() + suffixes.len() == count(head.facts)?).then_some(Self {
            head,
            v4,
            v6,
            facts,
            suffixes,
        })
    }

    /// What it says of itself.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Whose a name is, if this is a set about names and what is asked for is one.
    #[must_use]
    pub fn registered(&self, name: &str) -> Option<Registered> {
        (self.head.kind == Kind::Suffix)
            .then(|| self.suffixes.registered(name))
            .flatten()
    }

    /// What is known of an address, and of which network. An IPv4 address in an IPv6 one (RFC 4291, section 2.5.5.2) is looked up
    /// as what it holds.
    #[must_use]
    pub fn lookup(&self, address: IpAddr) -> Option<(&Fact, Network)> {
        let (fact, prefix) = match address.to_canonical() {
            IpAddr::V4(ip) => found(&self.v4, ip.to_bits()),
            IpAddr::V6(ip) => found(&self.v6, ip.to_bits()),
        }?;
        let fact = self.facts.get(usize::try_from(fact).ok()?)?;
        Some((fact, Network::new(address.to_canonical(), prefix)?))
    }
}

/// Ranges of starts, facts and prefixes; the starts must rise.
fn ranges<T: Copy + PartialOrd>(
    starts: impl Iterator<Item = T>,
    rest: &mut Bytes<'_>,
    count: usize,
) -> Option<Vec<(T, u32, u8)>> {
    let facts = rest.many::<4>(count)?;
    let facts = facts.iter().map(|bytes| u32::from_le_bytes(*bytes));
    let prefixes = rest.take(count)?.iter().copied();
    let all: Vec<_> = starts
        .zip(facts.zip(prefixes))
        .map(|(start, (fact, prefix))| (start, fact, prefix))
        .collect();
    all.is_sorted_by(|(a, ..), (b, ..)| a < b).then_some(all)
}

fn found<T: Copy + PartialOrd>(ranges: &[(T, u32, u8)], address: T) -> Option<(u32, u8)> {
    let at = ranges.partition_point(|(start, ..)| *start <= address);
    let (_, fact, prefix) = *ranges.get(at.checked_sub(1)?)?;
    (fact != NOBODY).then_some((fact, prefix))
}
