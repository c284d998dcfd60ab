//! Some thousand observations as columns, packed: what lies in the files of months.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `cairnsg2`; `cairnsg3` where a row has a label or tags |
//! | 4 | observations |
//! | 4 | bytes of the columns |
//! | 4 | bytes of the columns, packed |
//! | 4 | CRC-32 of the three numbers before and the packed columns |
//! | … | the columns, packed (raw DEFLATE, RFC 1951) |
//!
//! Numbers of the head are little-endian. Each column is its length (4 bytes) and its cells; whole numbers are varints of seven bits a
//! byte, differences are zigzagged. Words that repeat (type, country and the like) are told once a segment and counted from there. What
//! a report says beyond these columns is in the report, which the place of its row leads to. The last column tells of each row whether it was
//! new, and the segment that held the same observation last, which makes a chain through all that was seen of it; `cairnsg1` lacks it.
//! Labels and tags of single rows are two more columns of words, each empty where no row has any: a report that tells none costs nothing.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::IpAddr;

use cairn_kernel::time::Micros;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const MAGIC: &[u8; 8] = b"cairnsg2";
/// With labels and tags.
const MAGIC_MARKED: &[u8; 8] = b"cairnsg3";
/// As it was without the last column.
const MAGIC_BEFORE: &[u8; 8] = b"cairnsg1";
/// Bytes of the head.
pub(crate) const HEAD_BYTES: usize = 24;
/// Bytes of a segment's columns.
pub const COLUMN_BYTES_MAX: usize = 256 << 20;
/// Columns of words that repeat.
const WORDS: usize = 6;

/// 6 bytes of the hash of its source, 10 of its own.
pub type Key = [u8; 16];

/// The part of a key that tells its source.
#[must_use]
pub(crate) fn source_of(key: &Key) -> u64 {
    let [a, b, c, d, e, f, ..] = *key;
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

/// An observation on its way in, or as it was kept. Empty text: not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed<'a> {
    /// What makes it the same as another one. Not part of a segment.
    pub key: Key,
    /// When it was observed.
    pub at: Micros,
    /// First byte of its row in the report.
    pub offset: u64,
    /// Bytes of its row.
    pub bytes: u32,
    /// `classification.type`.
    pub kind: &'a str,
    /// `classification.identifier`.
    pub identifier: &'a str,
    /// `malware.name`.
    pub malware: &'a str,
    /// `protocol.transport`.
    pub transport: &'a str,
    /// `severity`.
    pub severity: &'a str,
    /// Country of the source, two letters.
    pub cc: &'a str,
    /// `source.ip`.
    pub ip: Option<IpAddr>,
    /// `source.port`.
    pub port: Option<u16>,
    /// `source.fqdn`.
    pub fqdn: &'a str,
    /// `source.url`.
    pub url: &'a str,
    /// `destination.ip`.
    pub to_ip: Option<IpAddr>,
    /// `destination.port`.
    pub to_port: Option<u16>,
    /// Number of the source's autonomous system.
    pub asn: Option<u32>,
    /// Whose the source is: a number above 0.
    pub owner: Option<i64>,
    /// `tlp`: the label of this row alone.
    pub tlp: &'a str,
    /// Its tags, as the report wrote them.
    pub tags: &'a str,
}

/// What was known of an observation when a row told it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Was {
    /// The segment that held it last; `None`: none did.
    pub before: Option<i64>,
    /// It was new.
    pub fresh: bool,
}

impl Was {
    /// Twice the segment, plus one if it was new.
    fn number(self) -> i64 {
        (self.before.unwrap_or(0) << 1) | i64::from(self.fresh)
    }

    fn of(number: i64) -> Self {
        Self {
            before: Some(number >> 1).filter(|before| *before > 0),
            fresh: number & 1 == 1,
        }
    }
}

/// A row as numbers: of words those in this segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    /// Type, identifier, malware, protocol, severity, country.
    pub(crate) words: [u32; WORDS],
    pub(crate) port: Option<u16>,
    pub(crate) to_port: Option<u16>,
    pub(crate) asn: u32,
    pub(crate) owner: u64,
}

/// A column of words that repeat.
#[derive(Debug, Default)]
struct Words {
    words: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
    cells: Vec<u32>,
}

impl Words {
    fn push(&mut self, word: &str) {
        // Rows of a report are alike.
        if let Some(last) = self.cells.last().copied()
            && self.word(last) == word
        {
            self.cells.push(last);
            return;
        }
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
                self.words.push(word.into());
                self.numbers.insert(word.into(), number);
                number
            }
        };
        self.cells.push(number);
    }

    fn word(&self, number: u32) -> &str {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        self.words.get(number).map_or("", |word| word)
    }

    fn of(&self, row: usize) -> &str {
        self.cells.get(row).map_or("", |number| self.word(*number))
    }

    /// A word of the row after `before` others. Nothing is kept until there is one.
    fn push_mark(&mut self, before: usize, word: &str) {
        if word.is_empty() && self.cells.is_empty() {
            return;
        }
        while self.cells.len() < before {
            self.push("");
        }
        self.push(word);
    }

    fn write(&self, out: &mut Vec<u8>) {
        varint(out, self.words.len() as u64);
        for word in &self.words {
            text(out, word);
        }
        for cell in &self.cells {
            varint(out, u64::from(*cell));
        }
    }

    fn read(cells: &mut Cells<'_>, rows: usize) -> Option<Self> {
        let mut own = Self::default();
        let count = usize::try_from(cells.varint()?).ok()?;
        if count > rows {
            return None;
        }
        for _ in 0..count {
            own.words.push(cells.text()?.into());
        }
        for _ in 0..rows {
            let number = u32::try_from(cells.varint()?).ok()?;
            usize::try_from(number).ok().filter(|n| *n < count)?;
            own.cells.push(number);
        }
        Some(own)
    }
}

/// A column of text that seldom repeats.
#[derive(Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn of(&self, row: usize) -> &str {
        let from = row.checked_sub(1).and_then(|before| self.ends.get(before));
        let range = from.copied().unwrap_or(0)..self.ends.get(row).copied().unwrap_or(0);
        self.text.get(range).unwrap_or("")
    }
}

/// Observations of one report, gathered for one segment.
#[derive(Debug, Default)]
pub struct Rows {
    pub(crate) keys: Vec<Key>,
    pub(crate) at: Vec<i64>,
    places: Vec<(u64, u32)>,
    words: [Words; WORDS],
    ips: [Vec<Option<IpAddr>>; 2],
    ports: [Vec<u32>; 2],
    texts: [Texts; 2],
    asn: Vec<u32>,
    owner: Vec<u64>,
    was: Vec<i64>,
    /// Label and tags; without a cell where no row has any.
    marks: [Words; 2],
}

impl Rows {
    /// Adds one.
    pub fn push(&mut self, row: &Observed<'_>) {
        let before = self.at.len();
        for (column, word) in self.marks.iter_mut().zip([row.tlp, row.tags]) {
            column.push_mark(before, word);
        }
        self.keys.push(row.key);
        self.at.push(row.at.0);
        self.places.push((row.offset, row.bytes));
        let words = [
            row.kind,
            row.identifier,
            row.malware,
            row.transport,
            row.severity,
            row.cc,
        ];
        for (column, word) in self.words.iter_mut().zip(words) {
            column.push(word);
        }
        for (column, ip) in self.ips.iter_mut().zip([row.ip, row.to_ip]) {
            column.push(ip);
        }
        for (column, port) in self.ports.iter_mut().zip([row.port, row.to_port]) {
            column.push(port.map_or(0, |port| u32::from(port) + 1));
        }
        for (column, text) in self.texts.iter_mut().zip([row.fqdn, row.url]) {
            column.push(text);
        }
        self.asn.push(row.asn.unwrap_or(0));
        let owner = row.owner.and_then(|owner| u64::try_from(owner).ok());
        self.owner.push(owner.unwrap_or(0));
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The newest moment of one.
    #[must_use]
    pub fn newest(&self) -> Option<Micros> {
        self.at.iter().max().copied().map(Micros)
    }

    /// Bytes of text that they hold, roughly what they take beside some 150 bytes each.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.texts.iter().map(|texts| texts.text.len()).sum()
    }

    /// One of them. Its key is zero where they were read from a segment.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Observed<'_>> {
        let at = self.at.get(row)?;
        let (offset, bytes) = *self.places.get(row)?;
        let [kind, identifier, malware, transport, severity, cc] = &self.words;
        let [ip, to_ip] = &self.ips;
        let [port, to_port] = &self.ports;
        let [fqdn, url] = &self.texts;
        let [tlp, tags] = &self.marks;
        let port_of = |column: &[u32]| {
            let port = column.get(row)?.checked_sub(1)?;
            u16::try_from(port).ok()
        };
        Some(Observed {
            key: self.keys.get(row).copied().unwrap_or_default(),
            at: Micros(*at),
            offset,
            bytes,
            kind: kind.of(row),
            identifier: identifier.of(row),
            malware: malware.of(row),
            transport: transport.of(row),
            severity: severity.of(row),
            cc: cc.of(row),
            ip: ip.get(row).copied().flatten(),
            port: port_of(port),
            fqdn: fqdn.of(row),
            url: url.of(row),
            to_ip: to_ip.get(row).copied().flatten(),
            to_port: port_of(to_port),
            asn: self.asn.get(row).copied().filter(|asn| *asn > 0),
            owner: self
                .owner
                .get(row)
                .and_then(|owner| i64::try_from(*owner).ok())
                .filter(|owner| *owner > 0),
            tlp: tlp.of(row),
            tags: tags.of(row),
        })
    }

    /// What was known when it was told; `None` where the segment was written before that was kept.
    #[must_use]
    pub fn was(&self, row: usize) -> Option<Was> {
        self.was.get(row).map(|number| Was::of(*number))
    }

    /// What counts go by.
    pub(crate) fn numbers(&self, row: usize) -> Numbers {
        let number = |words: &Words| words.cells.get(row).copied().unwrap_or(0);
        let port = |column: &Vec<u32>| {
            let port = column.get(row)?.checked_sub(1)?;
            u16::try_from(port).ok()
        };
        let [one, other] = &self.ports;
        Numbers {
            words: self.words.each_ref().map(number),
            port: port(one),
            to_port: port(other),
            asn: self.asn.get(row).copied().unwrap_or(0),
            owner: self.owner.get(row).copied().unwrap_or(0),
        }
    }

    /// A word that [`Rows::numbers`] tells, by its column.
    pub(crate) fn word_of(&self, column: usize, number: u32) -> &str {
        self.words
            .get(column)
            .map_or("", |words| words.word(number))
    }

    /// What the daily count goes by: numbers of type and country in this segment, network, owner.
    pub(crate) fn cell(&self, row: usize) -> (u32, u32, u32, u64) {
        let [kind, .., cc] = &self.words;
        let number = |words: &Words| words.cells.get(row).copied().unwrap_or(0);
        (
            number(kind),
            number(cc),
            self.asn.get(row).copied().unwrap_or(0),
            self.owner.get(row).copied().unwrap_or(0),
        )
    }

    /// The words that [`Rows::cell`] gives as numbers: type and country.
    pub(crate) fn cell_words(&self, kind: u32, cc: u32) -> (&str, &str) {
        let [kinds, .., ccs] = &self.words;
        (kinds.word(kind), ccs.word(cc))
    }

    fn columns(&self, was: &[Was]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len() * 32);
        let mut before = 0;
        column(&mut out, |out| {
            for at in &self.at {
                signed(out, at.wrapping_sub(before));
                before = *at;
            }
        });
        let mut end = 0_u64;
        column(&mut out, |out| {
            for (offset, bytes) in &self.places {
                signed(out, offset.wrapping_sub(end).cast_signed());
                end = offset.wrapping_add(u64::from(*bytes));
            }
        });
        column(&mut out, |out| {
            for (_, bytes) in &self.places {
                varint(out, u64::from(*bytes));
            }
        });
        for words in &self.words {
            column(&mut out, |out| words.write(out));
        }
        for ips in &self.ips {
            column(&mut out, |out| addresses(out, ips));
        }
        for numbers in self.ports.iter().chain([&self.asn]) {
            column(&mut out, |out| {
                for number in numbers {
                    varint(out, u64::from(*number));
                }
            });
        }
        column(&mut out, |out| {
            for owner in &self.owner {
                varint(out, *owner);
            }
        });
        for texts in &self.texts {
            column(&mut out, |out| {
                for row in 0..self.len() {
                    text(out, texts.of(row));
                }
            });
        }
        let mut before = 0;
        column(&mut out, |out| {
            // Rows of one report were mostly in one segment before, too.
            for row in 0..self.len() {
                let number = was.get(row).copied().unwrap_or_default().number();
                signed(out, number.wrapping_sub(before));
                before = number;
            }
        });
        if self.is_marked() {
            for words in &self.marks {
                column(&mut out, |out| {
                    if !words.cells.is_empty() {
                        words.write(out);
                    }
                });
            }
        }
        out
    }

    /// Some row has a label or tags.
    fn is_marked(&self) -> bool {
        self.marks.iter().any(|words| !words.cells.is_empty())
    }

    /// The segment, with what was known of each row.
    ///
    /// # Errors
    /// More than a segment may hold.
    pub(crate) fn pack(&self, was: &[Was]) -> std::io::Result<Vec<u8>> {
        let columns = self.columns(was);
        let many = || std::io::Error::other("more than a segment may hold");
        if columns.len() > COLUMN_BYTES_MAX {
            return Err(many());
        }
        let mut out = vec![0; HEAD_BYTES];
        let mut packer = DeflateEncoder::new(&mut out, Compression::new(1));
        packer.write_all(&columns)?;
        packer.finish()?;
        let packed = out.get(HEAD_BYTES..).unwrap_or_default();
        let number = |n: usize| u32::try_from(n).map_err(|_| many());
        let numbers = [
            number(self.len())?,
            number(columns.len())?,
            number(packed.len())?,
        ];
        let mut crc = Crc::new();
        for number in numbers {
            crc.update(&number.to_le_bytes());
        }
        crc.update(packed);
        let magic = if self.is_marked() {
            MAGIC_MARKED
        } else {
            MAGIC
        };
        let head = magic.iter().copied();
        let head = head.chain(numbers.iter().flat_map(|n| n.to_le_bytes()));
        let head: Vec<u8> = head.chain(crc.sum().to_le_bytes()).collect();
        for (to, from) in out.iter_mut().zip(head) {
            *to = from;
        }
        Ok(out)
    }

    /// Reads a segment back. `None` if it is damaged.
    #[must_use]
    pub fn unpack(segment: &[u8]) -> Option<Self> {
        let mut head = Cells(segment);
        let magic = head.take(8)?;
        let (with_was, with_marks) = match magic {
            own if own == MAGIC_MARKED => (true, true),
            own if own == MAGIC => (true, false),
            own if own == MAGIC_BEFORE => (false, false),
            _ => return None,
        };
        let mut crc = Crc::new();
        let mut numbers = [0_usize; 3];
        for number in &mut numbers {
            let bytes = head.array()?;
            crc.update(&bytes);
            *number = usize::try_from(u32::from_le_bytes(bytes)).ok()?;
        }
        let [rows, plain, packed] = numbers;
        let sum = u32::from_le_bytes(head.array()?);
        crc.update(head.0);
        if head.0.len() != packed || crc.sum() != sum || plain > COLUMN_BYTES_MAX || rows > plain {
            return None;
        }
        let mut columns = Vec::with_capacity(plain);
        let limit = plain as u64 + 1;
        let read = DeflateDecoder::new(head.0)
            .take(limit)
            .read_to_end(&mut columns);
        if read.ok()? != plain {
            return None;
        }
        let mut columns = Cells(&columns);
        let mut own = Self::read(&mut columns, rows, with_was)?;
        if with_marks {
            for words in &mut own.marks {
                let mut cells = columns.column()?;
                if !cells.0.is_empty() {
                    *words = Words::read(&mut cells, rows)?;
                }
            }
        }
        columns.0.is_empty().then_some(own)
    }

    fn read(columns: &mut Cells<'_>, rows: usize, with_was: bool) -> Option<Self> {
        let mut own = Self::default();
        let (mut cells, mut at) = (columns.column()?, 0_i64);
        for _ in 0..rows {
            at = at.wrapping_add(cells.signed()?);
            own.at.push(at);
        }
        let (mut offsets, mut lengths, mut end) = (columns.column()?, columns.column()?, 0_u64);
        for _ in 0..rows {
            let offset = end.wrapping_add(offsets.signed()?.cast_unsigned());
            let bytes = u32::try_from(lengths.varint()?).ok()?;
            end = offset.wrapping_add(u64::from(bytes));
            own.places.push((offset, bytes));
        }
        for words in &mut own.words {
            *words = Words::read(&mut columns.column()?, rows)?;
        }
        for ips in &mut own.ips {
            let mut cells = columns.column()?;
            *ips = (0..rows).map(|_| cells.address()).collect::<Option<_>>()?;
        }
        for numbers in own.ports.iter_mut().chain([&mut own.asn]) {
            let mut cells = columns.column()?;
            let number = |_| u32::try_from(cells.varint()?).ok();
            *numbers = (0..rows).map(number).collect::<Option<_>>()?;
        }
        let mut cells = columns.column()?;
        own.owner = (0..rows).map(|_| cells.varint()).collect::<Option<_>>()?;
        for texts in &mut own.texts {
            let mut cells = columns.column()?;
            for _ in 0..rows {
                texts.push(cells.text()?);
            }
        }
        if with_was {
            let (mut cells, mut number) = (columns.column()?, 0_i64);
            for _ in 0..rows {
                number = number.wrapping_add(cells.signed()?);
                own.was.push(number);
            }
        }
        Some(own)
    }
}

fn column(out: &mut Vec<u8>, cells: impl FnOnce(&mut Vec<u8>)) {
    let begin = out.len();
    out.extend([0; 4]);
    cells(out);
    let length = u32::try_from(out.len() - begin - 4).unwrap_or(u32::MAX);
    for (to, from) in out.iter_mut().skip(begin).zip(length.to_le_bytes()) {
        *to = from;
    }
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

fn signed(out: &mut Vec<u8>, number: i64) {
    varint(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn text(out: &mut Vec<u8>, text: &str) {
    varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// A byte that tells what follows: nothing, four bytes or sixteen.
fn addresses(out: &mut Vec<u8>, ips: &[Option<IpAddr>]) {
    for ip in ips {
        match ip {
            None => out.push(0),
            Some(IpAddr::V4(ip)) => {
                out.push(4);
                out.extend(ip.octets());
            }
            Some(IpAddr::V6(ip)) => {
                out.push(6);
                out.extend(ip.octets());
            }
        }
    }
}

struct Cells<'a>(&'a [u8]);

impl<'a> Cells<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (own, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(own)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn column(&mut self) -> Option<Self> {
        let length = u32::from_le_bytes(self.array()?);
        self.take(usize::try_from(length).ok()?).map(Self)
    }

    fn varint(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.varint()?;
        Some((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.varint()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn address(&mut self) -> Option<Option<IpAddr>> {
        Some(match self.array::<1>()? {
            [0] => None,
            [4] => Some(IpAddr::from(self.array::<4>()?)),
            [6] => Some(IpAddr::from(self.array::<16>()?)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(seed: u64, word: &str, ip: Option<IpAddr>) -> Observed<'_> {
        Observed {
            at: Micros((seed as i64).wrapping_mul(977)),
            offset: seed,
            bytes: (seed % 4_000) as u32,
            kind: word,
            cc: "NZ",
            ip,
            port: (seed.is_multiple_of(3)).then_some(seed as u16),
            fqdn: word,
            asn: (seed.is_multiple_of(2)).then_some(64_496),
            owner: (seed.is_multiple_of(5)).then_some(7),
            tlp: if seed.is_multiple_of(7) { "AMBER" } else { "" },
            tags: if seed.is_multiple_of(11) { word } else { "" },
            ..Observed::default()
        }
    }

    #[test]
    fn labels_and_tags_cost_nothing_where_there_are_none() {
        let bare = Observed {
            kind: "scanner",
            ..Observed::default()
        };
        let mut own = Rows::default();
        own.push(&bare);
        own.push(&bare);
        let plain = own.pack(&[]).unwrap();
        assert_eq!(plain[..8], *MAGIC, "as it was before there were any");
        own.push(&Observed { tlp: "RED", ..bare });
        own.push(&bare);
        let marked = own.pack(&[]).unwrap();
        assert_eq!(marked[..8], *MAGIC_MARKED);
        let read = Rows::unpack(&marked).unwrap();
        let labels: Vec<&str> = (0..4).map(|row| read.get(row).unwrap().tlp).collect();
        assert_eq!(labels, ["", "", "RED", ""]);
        assert_eq!(read.get(2).unwrap().tags, "");
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(rows in prop::collection::vec((any::<u64>(), "[a-zā]{0,6}", any::<Option<IpAddr>>()), 0..200)) {
            let mut own = Rows::default();
            for (seed, word, ip) in &rows {
                own.push(&row(*seed, word, *ip));
            }
            let was: Vec<Was> = rows.iter().map(|(seed, ..)| Was { before: Some((seed % 9) as i64).filter(|n| *n > 0), fresh: seed % 2 == 1 }).collect();
            let read = Rows::unpack(&own.pack(&was).unwrap()).unwrap();
            prop_assert_eq!(read.len(), rows.len());
            for n in 0..rows.len() {
                prop_assert_eq!(read.get(n), own.get(n));
                prop_assert_eq!(read.was(n), was.get(n).copied());
            }
        }

        #[test]
        fn what_was_hit_is_refused(seeds in prop::collection::vec(any::<u64>(), 1..50), hit in any::<prop::sample::Index>(), by in 1_u8..) {
            let mut own = Rows::default();
            for seed in &seeds {
                own.push(&row(*seed, "scanner", None));
            }
            let mut bytes = own.pack(&[]).unwrap();
            prop_assert!(Rows::unpack(&bytes[..bytes.len() - 1]).is_none());
            let at = hit.index(bytes.len());
            bytes[at] ^= by;
            prop_assert!(Rows::unpack(&bytes).is_none());
        }
    }
}
