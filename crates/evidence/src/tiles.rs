//! C2SP tlog-tiles: the addresses under which a log's tree and entries are served, and what is served there.
//!
//! A tile holds up to 256 hashes (8,192 bytes) of one level; level `l` holds the roots of the complete subtrees over
//! 256^l leaves. An entry bundle holds the entries under one level-0 tile. The last tile of a level may be partial.

use std::fmt;
use std::str::FromStr;

use crate::hash::{Hash, decimal};

/// Hashes in a full tile.
pub const TILE_WIDTH: u16 = 256;
/// The highest level that a path may name.
pub const LEVEL_MAX: u8 = 63;

/// The path is not one that tlog-tiles defines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile or an entry bundle")]
pub struct TilePathError;

/// What a tile path asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// `tile/<L>/…`: hashes of this level.
    Hashes(u8),
    /// `tile/entries/…`: log entries.
    Entries,
}

/// `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, without a slash in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// What it asks for.
    pub kind: TileKind,
    /// Tile number within the level.
    pub index: u64,
    /// Hashes or entries: 256 for a full tile, 1 to 255 for a partial one.
    pub width: u16,
}

impl TilePath {
    /// The path of the tile as it is in a tree of `size` leaves; `None` if it would be empty or out of range.
    pub fn at_size(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let level = match kind {
            TileKind::Hashes(level) => level,
            TileKind::Entries => 0,
        };
        let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let width = hashes.checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(width).unwrap_or(TILE_WIDTH).min(TILE_WIDTH);
        (width > 0).then_some(Self { kind, index, width })
    }

    /// Whether the tile is full, and so will never change.
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Whether a tree of `size` leaves has everything that this path asks for.
    pub fn exists_at(&self, size: u64) -> bool {
        Self::at_size(self.kind, self.index, size).is_some_and(|there| self.width <= there.width)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        leading_groups(f, self.index / 1_000)?;
        write!(f, "{:03}", self.index % 1_000)?;
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

/// All groups of three digits but the last, largest first.
fn leading_groups(f: &mut fmt::Formatter<'_>, thousands: u64) -> fmt::Result {
    if thousands == 0 {
        return Ok(());
    }
    leading_groups(f, thousands / 1_000)?;
    write!(f, "x{:03}/", thousands % 1_000)
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let rest = path.strip_prefix("tile/").ok_or(TilePathError)?;
        let (kind, rest) = rest.split_once('/').ok_or(TilePathError)?;
        let kind = if kind == "entries" {
            TileKind::Entries
        } else {
            let level = decimal(kind).and_then(|level| u8::try_from(level).ok());
            TileKind::Hashes(
                level
                    .filter(|level| *level <= LEVEL_MAX)
                    .ok_or(TilePathError)?,
            )
        };
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((index, width)) => {
                let width = decimal(width).and_then(|width| u16::try_from(width).ok());
                (
                    index,
                    width
                        .filter(|width| (1..TILE_WIDTH).contains(width))
                        .ok_or(TilePathError)?,
                )
            }
        };
        let parsed = Self {
            kind,
            index: parse_index(index).ok_or(TilePathError)?,
            width,
        };
        // One tile has one address: no empty leading groups.
        if index.starts_with("x000/") {
            Err(TilePathError)
        } else {
            Ok(parsed)
        }
    }
}

fn parse_index(text: &str) -> Option<u64> {
    let (groups, last) = match text.rsplit_once('/') {
        Some((groups, last)) => (Some(groups), last),
        None => (None, text),
    };
    let group = |digits: &str| match digits.as_bytes() {
        [a, b, c] if digits.bytes().all(|d| d.is_ascii_digit()) => {
            Some(u64::from(a - b'0') * 100 + u64::from(b - b'0') * 10 + u64::from(c - b'0'))
        }
        _ => None,
    };
    let mut index = 0_u64;
    for digits in groups.into_iter().flat_map(|groups| groups.split('/')) {
        index = index
            .checked_mul(1_000)?
            .checked_add(group(digits.strip_prefix('x')?)?)?;
    }
    index.checked_mul(1_000)?.checked_add(group(last)?)
}

/// The tiles and entry bundles that became full between two sizes, lowest level first: what may now be written once
/// and for ever. Entry bundles come after the hash tiles.
pub fn new_tiles(size_before: u64, size_after: u64) -> impl Iterator<Item = TilePath> {
    let full = move |kind, level: u8| {
        let shift = 8 * (u32::from(level) + 1);
        let tiles = |size: u64| size.checked_shr(shift).unwrap_or(0);
        (tiles(size_before)..tiles(size_after)).map(move |index| TilePath {
            kind,
            index,
            width: TILE_WIDTH,
        })
    };
    (0..7)
        .flat_map(move |level| full(TileKind::Hashes(level), level))
        .chain(full(TileKind::Entries, 0))
}

/// A hash tile as it is served: 32 bytes a hash, nothing between.
pub fn tile_bytes<'h>(hashes: impl IntoIterator<Item = &'h Hash>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(usize::from(TILE_WIDTH) * 32);
    hashes
        .into_iter()
        .for_each(|hash| bytes.extend_from_slice(hash.as_bytes()));
    bytes
}

/// Reads a hash tile; `None` if it is empty, wider than 256 or not whole.
pub fn parse_tile(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    let fits = rest.is_empty() && (1..=usize::from(TILE_WIDTH)).contains(&hashes.len());
    fits.then(|| hashes.iter().copied().map(Hash).collect())
}

/// An entry bundle as it is served: each entry after its length as a big-endian 16-bit number. Our entries are all 32
/// bytes long ([`crate::hash::entry`]).
pub fn bundle_bytes<'h>(entries: impl IntoIterator<Item = &'h Hash>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(usize::from(TILE_WIDTH) * 34);
    for entry in entries {
        bytes.extend_from_slice(&32_u16.to_be_bytes());
        bytes.extend_from_slice(entry.as_bytes());
    }
    bytes
}

/// Reads an entry bundle of this log; `None` if it is empty, longer than 256 entries or an entry is not 32 bytes.
pub fn parse_bundle(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (entries, rest) = bytes.as_chunks::<34>();
    if !rest.is_empty() || !(1..=usize::from(TILE_WIDTH)).contains(&entries.len()) {
        return None;
    }
    let entry = |bytes: &[u8; 34]| bytes.strip_prefix(&[0, 32]).and_then(Hash::from_slice);
    entries.iter().map(entry).collect()
}
