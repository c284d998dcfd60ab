//! Which words an observation is counted by, and the mixes of them: numbered, so that counts are short. Bounded in every direction: what
//! is beyond a bound is counted as *not told apart*, and whoever asks for it is told so.

use std::collections::HashMap;

use super::FeedError;
use super::link::Link;
use super::segment::Rows;
use crate::params;
use crate::sql::{Value, bound};

/// Columns that observations are counted by.
pub const COLUMNS: usize = 10;
/// Words of one column that are told apart in one book.
pub const WORDS_MAX: usize = 60_000;
/// Ports of one feed above [`PORTS_KNOWN`] that are told apart in one book: others are passing ones.
pub const PORTS_A_FEED_MAX: usize = 64;
/// Ports below are always told apart (RFC 6335: system ports).
pub const PORTS_KNOWN: u16 = 1_024;
/// Mixes of one book that are told apart; 20 bytes each in the memory of who asks.
pub const MIXES_MAX: u32 = 1_500_000;

/// Nothing told.
pub(super) const NONE: u16 = 0;
/// Not told apart.
pub(super) const OTHER: u16 = 1;
/// Where ports of a feed that are told apart stand among the words.
const PORTS_OF_FEEDS: i64 = 10;
/// What sinkholes report: the port of the source is a passing one, that of the destination says what was called.
const SEEN_BY_SINKHOLES: &str = "infected-system";

/// A column that observations are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Number of the feed.
    Feed,
    /// `classification.type`.
    Kind,
    /// `classification.identifier`.
    Identifier,
    /// `malware.name`.
    Malware,
    /// `source.port`; of what sinkholes saw `destination.port`.
    Port,
    /// `protocol.transport`.
    Transport,
    /// `severity`.
    Severity,
    /// Country of the source.
    Cc,
    /// Number of the source's autonomous system.
    Asn,
    /// Number of the constituent.
    Owner,
}

impl Column {
    /// All, as they stand in a mix.
    pub const ALL: [Self; COLUMNS] = [
        Self::Feed,
        Self::Kind,
        Self::Identifier,
        Self::Malware,
        Self::Port,
        Self::Transport,
        Self::Severity,
        Self::Cc,
        Self::Asn,
        Self::Owner,
    ];

    /// Its place in a mix.
    #[must_use]
    pub const fn place(self) -> usize {
        self as usize
    }
}

/// The port that a row is counted by.
#[must_use]
pub fn port_of(kind: &str, port: Option<u16>, to_port: Option<u16>) -> Option<u16> {
    if kind == SEEN_BY_SINKHOLES {
        to_port
    } else {
        port
    }
}

/// Numbers of ten words.
pub(super) type Mix = [u16; COLUMNS];

/// What it is stored under.
pub(super) fn key_of(mix: &Mix) -> [u8; 2 * COLUMNS] {
    let mut key = [0; 2 * COLUMNS];
    for (to, from) in key
        .iter_mut()
        .zip(mix.iter().flat_map(|word| word.to_be_bytes()))
    {
        *to = from;
    }
    key
}

/// The mix of a key. `None` if it is none.
pub(super) fn mix_of(key: &[u8]) -> Option<Mix> {
    let key: &[u8; 2 * COLUMNS] = key.try_into().ok()?;
    let mut mix = [0; COLUMNS];
    for (to, from) in mix.iter_mut().zip(key.chunks_exact(2)) {
        *to = u16::from_be_bytes(from.try_into().ok()?);
    }
    Some(mix)
}

/// Where what does not fit is counted: what there are few of stays.
const fn coarse(mix: Mix) -> Mix {
    const fn other(word: u16) -> u16 {
        if word == NONE { NONE } else { OTHER }
    }
    let [
        feed,
        kind,
        identifier,
        malware,
        port,
        transport,
        severity,
        cc,
        asn,
        owner,
    ] = mix;
    [
        feed,
        kind,
        other(identifier),
        other(malware),
        other(port),
        transport,
        severity,
        cc,
        other(asn),
        other(owner),
    ]
}

/// A word that is new: column, number, text.
type NewWord = (i64, u16, Box<str>);

/// The words and the count of mixes of one book, as who writes knows them.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) no: i64,
    words: [HashMap<Box<str>, u16>; COLUMNS],
    /// `feed:port` of ports that are told apart, and how many each feed has.
    ports: HashMap<Box<str>, u16>,
    ports_of: HashMap<u16, usize>,
    mixes: u32,
    mixes_max: u32,
}

/// Columns of words that repeat in a segment, as they stand there.
const TEXTS: [Column; 6] = [
    Column::Kind,
    Column::Identifier,
    Column::Malware,
    Column::Transport,
    Column::Severity,
    Column::Cc,
];

/// What was met in one segment, as numbers of the book.
#[derive(Debug, Default)]
struct Met {
    words: [Vec<Option<u16>>; TEXTS.len()],
    networks: HashMap<u32, u16>,
    owners: HashMap<u64, u16>,
    ports: HashMap<Option<u16>, u16>,
}

/// A number as a word; none for 0.
fn number_text(number: u64) -> String {
    if number == 0 {
        String::new()
    } else {
        number.to_string()
    }
}

/// The mixes of a segment's rows.
#[derive(Debug, Default)]
pub(super) struct Mixed {
    /// Of each row, its place among `mixes`.
    pub(super) rows: Vec<u32>,
    /// In the order in which rows have them.
    mixes: Vec<Mix>,
    new_words: Vec<NewWord>,
}

impl Book {
    /// Reads a book.
    pub(super) fn open(link: &Link, no: i64) -> Result<Self, FeedError> {
        let mut book = Self {
            no,
            mixes_max: MIXES_MAX,
            ..Self::default()
        };
        let sql = "SELECT col, no, text FROM feed_word WHERE book = $1 ORDER BY col, no";
        for row in link.rows(sql, &bound![no])? {
            let (column, number) = (row.int(0)?, u16::try_from(row.int(1)?).unwrap_or(OTHER));
            let text: Box<str> = row.text(2)?.into();
            if column == PORTS_OF_FEEDS {
                if let Some(feed) = text.split(':').next().and_then(|feed| feed.parse().ok()) {
                    *book.ports_of.entry(feed).or_insert(0) += 1;
                }
                book.ports.insert(text, number);
            } else if let Some(words) = usize::try_from(column)
                .ok()
                .and_then(|column| book.words.get_mut(column))
            {
                words.insert(text, number);
            }
        }
        let sql = "SELECT coalesce(max(no) + 1, 0) FROM feed_mix WHERE book = $1";
        for row in link.rows(sql, &bound![no])? {
            book.mixes = u32::try_from(row.int(0)?).unwrap_or(u32::MAX);
        }
        Ok(book)
    }

    /// For tests: as if so many mixes were all that fit.
    #[cfg(test)]
    pub(super) const fn bounded(mut self, mixes: u32) -> Self {
        self.mixes_max = mixes;
        self
    }

    /// The number of a word, which may be new.
    fn word(&mut self, column: Column, text: &str, new: &mut Vec<NewWord>) -> u16 {
        if text.is_empty() {
            return NONE;
        }
        let Some(words) = self.words.get_mut(column.place()) else {
            return OTHER;
        };
        if let Some(number) = words.get(text) {
            return *number;
        }
        if words.len() >= WORDS_MAX {
            return OTHER;
        }
        let number = u16::try_from(words.len() + 2).unwrap_or(OTHER);
        words.insert(text.into(), number);
        let place = i64::try_from(column.place()).unwrap_or_default();
        new.push((place, number, text.into()));
        number
    }

    fn port(&mut self, feed: u16, port: Option<u16>, new: &mut Vec<NewWord>) -> u16 {
        let Some(port) = port else {
            return NONE;
        };
        if port >= PORTS_KNOWN {
            let own = format!("{feed}:{port}");
            if !self.ports.contains_key(own.as_str()) {
                let of_feed = self.ports_of.entry(feed).or_insert(0);
                if *of_feed >= PORTS_A_FEED_MAX || self.ports.len() >= WORDS_MAX {
                    return OTHER;
                }
                *of_feed += 1;
                let number = u16::try_from(self.ports.len() + 2).unwrap_or(OTHER);
                self.ports.insert(own.as_str().into(), number);
                new.push((PORTS_OF_FEEDS, number, own.into()));
            }
        }
        self.word(Column::Port, &port.to_string(), new)
    }

    /// The mix of each row, in the rows' order: where a bound falls does not depend on where segments are cut.
    pub(super) fn mix(&mut self, feed: i64, rows: &Rows) -> Mixed {
        let mut mixed = Mixed::default();
        let feed = self.word(Column::Feed, &feed.to_string(), &mut mixed.new_words);
        let mut met = Met::default();
        let mut places: HashMap<Mix, u32> = HashMap::new();
        for row in 0..rows.len() {
            let mix = self.mix_of_row(feed, rows, row, &mut met, &mut mixed.new_words);
            let next = u32::try_from(mixed.mixes.len()).unwrap_or(u32::MAX);
            let place = *places.entry(mix).or_insert(next);
            if place == next {
                mixed.mixes.push(mix);
            }
            mixed.rows.push(place);
        }
        mixed
    }

    fn mix_of_row(
        &mut self,
        feed: u16,
        rows: &Rows,
        row: usize,
        met: &mut Met,
        new: &mut Vec<NewWord>,
    ) -> Mix {
        let own = rows.numbers(row);
        let mut words = [NONE; TEXTS.len()];
        for (place, ((column, number), known)) in TEXTS
            .into_iter()
            .zip(own.words)
            .zip(&mut met.words)
            .enumerate()
        {
            let at = usize::try_from(number).unwrap_or_default();
            if known.len() <= at {
                known.resize(at + 1, None);
            }
            let word = known.get(at).copied().flatten();
            let word = word.unwrap_or_else(|| self.word(column, rows.word_of(place, number), new));
            if let Some(known) = known.get_mut(at) {
                *known = Some(word);
            }
            if let Some(own) = words.get_mut(place) {
                *own = word;
            }
        }
        let [number, ..] = own.words;
        let port = port_of(rows.word_of(0, number), own.port, own.to_port);
        let port = *met
            .ports
            .entry(port)
            .or_insert_with(|| self.port(feed, port, new));
        let asn = *met
            .networks
            .entry(own.asn)
            .or_insert_with(|| self.word(Column::Asn, &number_text(own.asn.into()), new));
        let owner = *met
            .owners
            .entry(own.owner)
            .or_insert_with(|| self.word(Column::Owner, &number_text(own.owner), new));
        let [kind, identifier, malware, transport, severity, cc] = words;
        [
            feed, kind, identifier, malware, port, transport, severity, cc, asn, owner,
        ]
    }

    /// Writes what is new of words and mixes, and gives the number of each mix.
    pub(super) fn number(&mut self, link: &Link, mixed: &Mixed) -> Result<Vec<u32>, FeedError> {
        let words: Vec<Vec<Value>> = mixed
            .new_words
            .iter()
            .map(|(column, number, text)| {
                params![self.no, *column, i64::from(*number), text.as_ref()]
            })
            .collect();
        let sql = "INSERT INTO feed_word(book, col, no, text) VALUES ($1, $2, $3, $4)";
        link.each(sql, &words)?;
        let mut numbers = self.find(link, &mixed.mixes)?;
        let mut new = Vec::new();
        let mut beyond = Vec::new();
        for (place, (mix, number)) in mixed.mixes.iter().zip(&mut numbers).enumerate() {
            if number.is_some() {
                continue;
            }
            if self.mixes < self.mixes_max {
                *number = Some(self.mixes);
                new.push((*mix, self.mixes));
                self.mixes += 1;
            } else {
                beyond.push((place, coarse(*mix)));
            }
        }
        link.put_mixes(self.no, &keyed(&new))?;
        self.beyond(link, &beyond, &mut numbers)?;
        Ok(numbers.into_iter().flatten().collect())
    }

    /// Those that no longer fit, counted with what is like them.
    fn beyond(
        &mut self,
        link: &Link,
        beyond: &[(usize, Mix)],
        numbers: &mut [Option<u32>],
    ) -> Result<(), FeedError> {
        let coarse: Vec<Mix> = beyond.iter().map(|(_, mix)| *mix).collect();
        let found = self.find(link, &coarse)?;
        let mut made: HashMap<Mix, u32> = HashMap::new();
        let mut new = Vec::new();
        for ((place, mix), found) in beyond.iter().zip(found) {
            let number = match found.or_else(|| made.get(mix).copied()) {
                Some(number) => number,
                None => {
                    let number = self.mixes;
                    self.mixes += 1;
                    made.insert(*mix, number);
                    new.push((*mix, number));
                    number
                }
            };
            if let Some(own) = numbers.get_mut(*place) {
                *own = Some(number);
            }
        }
        link.put_mixes(self.no, &keyed(&new))
    }

    fn find(&self, link: &Link, mixes: &[Mix]) -> Result<Vec<Option<u32>>, FeedError> {
        // Looked for in the order in which they lie.
        let mut order: Vec<usize> = (0..mixes.len()).collect();
        order.sort_unstable_by_key(|place| mixes.get(*place));
        let keys: Vec<_> = order
            .iter()
            .filter_map(|place| mixes.get(*place).map(key_of))
            .collect();
        let found = link.mixes(self.no, &keys)?;
        let mut numbers = vec![None; mixes.len()];
        for (place, number) in order.into_iter().zip(found) {
            if let Some(own) = numbers.get_mut(place) {
                *own = number;
            }
        }
        Ok(numbers)
    }
}

fn keyed(mixes: &[(Mix, u32)]) -> Vec<([u8; 2 * COLUMNS], u32)> {
    let mut keyed: Vec<_> = mixes.iter().map(|(mix, no)| (key_of(mix), *no)).collect();
    keyed.sort_unstable();
    keyed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::segment::Observed;

    fn rows(ports: impl IntoIterator<Item = u16>) -> Rows {
        let mut rows = Rows::default();
        for port in ports {
            rows.push(&Observed {
                kind: "scanner",
                port: Some(port),
                to_port: Some(80),
                ..Observed::default()
            });
        }
        rows
    }

    #[test]
    fn a_key_is_its_mix() {
        let mix = [1, 2, 0xffff, 4, 5, 6, 7, 8, 9, 10];
        assert_eq!(mix_of(&key_of(&mix)), Some(mix));
        assert_eq!(mix_of(&[0; 3]), None);
        let two = coarse(mix);
        assert_eq!(two, [1, 2, 1, 1, 1, 6, 7, 8, 1, 1]);
        assert_eq!(coarse([0; COLUMNS]), [0; COLUMNS]);
    }

    #[test]
    fn passing_ports_are_told_apart_up_to_a_bound_wherever_it_is_cut() {
        let ports: Vec<u16> = (0..300).map(|n| 40_000 + n).chain([443]).collect();
        let mut whole = Book::default();
        let all = whole.mix(3, &rows(ports.iter().copied()));
        assert_eq!(all.mixes.len(), PORTS_A_FEED_MAX + 2, "the rest, and 443");
        let mut cut = Book::default();
        let mut mixes = Vec::new();
        for some in ports.chunks(7) {
            let some = cut.mix(3, &rows(some.iter().copied()));
            let own = some.rows.iter().map(|place| some.mixes[*place as usize]);
            mixes.extend(own);
        }
        let own: Vec<Mix> = all
            .rows
            .iter()
            .map(|place| all.mixes[*place as usize])
            .collect();
        assert_eq!(mixes, own);
        assert_eq!(cut.words, whole.words);
    }

    #[test]
    fn of_what_sinkholes_saw_the_port_called_counts() {
        assert_eq!(port_of("infected-system", Some(51_234), Some(80)), Some(80));
        assert_eq!(port_of("scanner", Some(22), Some(80)), Some(22));
        assert_eq!(port_of("infected-system", Some(51_234), None), None);
    }
}
