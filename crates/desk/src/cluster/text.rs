//! How alike two texts are, from fixed few bytes of each: MinHash over pieces of folded text.
//!
//! Chosen by measurement (`tests/clusters.rs`, docs/decisions/0015-clusters.md) over SimHash, which tells near-copies
//! apart but not one person's telling of a fraud from another's.
//!
//! Broder, "On the resemblance and containment of documents" (1997); Indyk and Motwani (1998) for the bands.

use std::collections::BTreeSet;

use cairn_kernel::text::fold;

use super::Rules;
use crate::report::{Answer, Body};

/// Slots of a sketch, a byte each; an estimate is off by 4.5 % (one standard deviation) at the worst.
pub(super) const SLOTS: usize = 128;
/// Two slots are one band; bands come from the first slots.
pub(super) const BANDS: usize = 16;
/// So many other texts are needed to say what is usual among them,
const USUAL_MIN: usize = 3;
/// and one in so many of them, two at least, must say it.
const USUAL_SHARE: usize = 16;
/// Letters of a piece.
const PIECE: usize = 7;
/// Words of a report that are looked at.
const WORDS_MAX: usize = 2_000;

/// What is kept of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch {
    /// Different pieces, 65,535 at most.
    pub(super) pieces: u16,
    pub(super) slots: [u8; SLOTS],
}

impl Sketch {
    pub(super) fn of(rules: &Rules, body: &Body) -> Self {
        Self::from_pieces(&pieces(&own_words(rules, body)))
    }

    fn from_pieces(pieces: &BTreeSet<u64>) -> Self {
        let mut lowest = [u32::MAX; SLOTS];
        for piece in pieces {
            for (low, (factor, add)) in lowest.iter_mut().zip(MULTIPLIERS) {
                let turned = (factor.wrapping_mul(*piece).wrapping_add(add) >> 32) as u32;
                *low = turned.min(*low);
            }
        }
        Self {
            pieces: u16::try_from(pieces.len()).unwrap_or(u16::MAX),
            // One byte of each is enough (Li and König, "b-bit minwise hashing", 2010): chance makes one in 256 agree.
            slots: lowest.map(|low| (mix(u64::from(low)) & 0xff) as u8),
        }
    }

    /// How much of all their pieces both texts have, percent, estimated.
    pub(super) fn alike(&self, other: &Self) -> u32 {
        let same = self.slots.iter().zip(&other.slots).filter(|(a, b)| a == b);
        let same = u32::try_from(same.count()).unwrap_or_default();
        // Of those that differ one in 256 agrees by chance: J = (same - 1/256) / (1 - 1/256).
        let slots = SLOTS as u32;
        (same * 256).saturating_sub(slots) * 100 / (255 * slots)
    }

    /// How much of a text is what several others say too, percent, estimated: ten people who tell of one fraud share few
    /// pieces pair by pair, and yet most of what an eleventh says was said by two of them. 0 for fewer than three others.
    pub(super) fn usual(&self, others: &[&Self]) -> u32 {
        if others.len() < USUAL_MIN {
            return 0;
        }
        let enough = others.len().div_ceil(USUAL_SHARE).max(2);
        let said = |(at, slot): &(usize, &u8)| {
            let same = others
                .iter()
                .filter(|other| other.slots.get(*at) == Some(*slot));
            same.count() >= enough
        };
        let said = self.slots.iter().enumerate().filter(said).count();
        u32::try_from(said * 100 / SLOTS).unwrap_or_default()
    }

    /// The bands: reports that share one are worth comparing. Two texts that share 30 % of all their pieces meet with
    /// 78 %, 40 % with 94 %, 10 % with 15 %.
    pub(super) fn bands(&self) -> impl Iterator<Item = u64> {
        let pairs = self
            .slots
            .as_chunks::<2>()
            .0
            .iter()
            .take(BANDS)
            .zip(0_u64..);
        pairs.map(|(&[one, two], band)| mix(band << 16 | u64::from(one) << 8 | u64::from(two)))
    }
}

/// Odd factors and addends of the slots: a fixed sequence, part of the format.
const MULTIPLIERS: [(u64, u64); SLOTS] = {
    let mut all = [(0, 0); SLOTS];
    let mut at = 0;
    while at < SLOTS {
        #[allow(
            clippy::indexing_slicing,
            reason = "evaluated at compile time; at < SLOTS"
        )]
        {
            all[at] = (mix(2 * at as u64 + 1) | 1, mix(2 * at as u64 + 2));
        }
        at += 1;
    }
    all
};

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014).
pub(super) const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a, 64 bits, stirred: stable for ever, since it is stored. Not against forgers, who could copy a text anyway.
pub(super) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let sum = bytes
        .into_iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    mix(sum)
}

/// The words of a text, folded so that spellings meet: `Māori`, `Maori` and `Maaori` are one. Numbers, links and
/// addresses are left out: they are compared as what they are.
pub(super) fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(' ')
        .filter(|word| {
            !word.is_empty()
                && !word.contains(|c: char| c.is_ascii_digit() || matches!(c, '.' | '@'))
        })
        .map(short_vowels)
        .collect()
}

/// A vowel written twice for a long one, as some write te reo Māori, once.
fn short_vowels(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if !(matches!(c, 'a' | 'e' | 'i' | 'o' | 'u') && out.ends_with(c)) {
            out.push(c);
        }
    }
    out
}

/// What the reporter wrote in sentences, without greetings and what the form or a mail program put in.
fn own_words(rules: &Rules, body: &Body) -> Vec<String> {
    let mut all = Vec::new();
    for (code, answer) in &body.answers {
        let Answer::Text(text) = answer else { continue };
        // A chosen code is one word.
        if rules.stop.answers.contains(code) || !text.trim().contains(char::is_whitespace) {
            continue;
        }
        let words = words(text);
        let mut rest = words.as_slice();
        while let Some((first, after)) = rest.split_first() {
            if let Some(length) = phrase(rules, first, after) {
                rest = after.get(length..).unwrap_or_default();
                continue;
            }
            all.push(first.clone());
            rest = after;
        }
        all.truncate(WORDS_MAX);
    }
    all
}

/// How many words after the first one belong to a phrase that is left out.
fn phrase(rules: &Rules, first: &str, after: &[String]) -> Option<usize> {
    let rests = rules.stop.phrases.get(first)?;
    let rest = rests.iter().find(|rest| after.starts_with(rest))?;
    Some(rest.len())
}

/// Runs of seven letters across the words, each once.
fn pieces(words: &[String]) -> BTreeSet<u64> {
    let line = words.join(" ");
    let chars: Vec<char> = line.chars().collect();
    chars
        .windows(PIECE)
        .map(|piece| hash(piece.iter().flat_map(|c| u32::from(*c).to_le_bytes())))
        .collect()
}
