//! The single pass: text into words, and each word that may hold something to those who can tell.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::name;
use super::number::{NUMBER_BYTES_MAX, number};
use super::{OBSERVABLES_MAX, Observable};

/// Longest word looked at as a whole, bytes; a longer one is cut. Bounds the work of what looks back within a word.
const WORD_BYTES_MAX: usize = 4096;

/// The byte ends a word.
const END: u8 = 1;
/// `.`
const DOT: u8 = 2;
/// `@`
const AT: u8 = 4;
/// `:`
const COLON: u8 = 8;
/// A digit.
const DIGIT: u8 = 16;
/// A bracket or backslash, which may hide a dot.
const BRACKET: u8 = 32;
/// Part of a character beyond ASCII.
const HIGH: u8 = 64;
/// First byte of U+3000–U+3FFF or U+F000–U+FFFF, where the other full stops are.
const WIDE: u8 = 128;

/// Without any of these in it a word is plain.
const MARKS: u8 = DOT | AT | COLON | DIGIT | BRACKET | WIDE;

/// What each byte is to the scanner.
static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        #[allow(
            clippy::indexing_slicing,
            clippy::cast_possible_truncation,
            reason = "evaluated at compile time; byte < 256"
        )]
        {
            table[byte] = match byte as u8 {
                0..=b' ' | 0x7F | b'<' | b'>' | b'"' | b'`' | b'^' => END,
                b'.' => DOT,
                b'@' => AT,
                b':' => COLON,
                b'0'..=b'9' => DIGIT,
                b'[' | b'(' | b'{' | b'\\' => BRACKET,
                0xE3 | 0xEF => HIGH | WIDE,
                0x80..=0xFF => HIGH,
                _ => 0,
            };
        }
        byte += 1;
    }
    table
};

/// A word: a run of bytes between blanks, angle brackets and double quotes.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    flags: u8,
}

impl Word<'_> {
    fn has(&self, flags: u8) -> bool {
        self.flags & flags != 0
    }

    /// Nothing in the word can be part of an observable: the fate of nearly all words of prose, decided without
    /// looking at them again.
    pub(super) fn is_plain(&self) -> bool {
        if self.flags & !HIGH == 0 {
            return true;
        }
        if self.has(AT | DIGIT | WIDE) {
            return false;
        }
        // A point or colon at the end is punctuation.
        let inner = self
            .text
            .trim_end_matches(['.', ':', ',', ';', '!', '?', ')', '\'']);
        let marked = self.has(DOT | COLON) && inner.contains(['.', ':']);
        let defanged = self.has(BRACKET) && is_defanged(inner);
        !(marked || defanged)
    }

    /// The word with hidden dots, signs and schemes restored; says whether anything was written defanged.
    pub(super) fn live(&self) -> (Cow<'_, str>, bool) {
        let text = if self.has(HIGH) {
            narrow(self.text)
        } else {
            Cow::Borrowed(self.text)
        };
        if self.has(BRACKET) && is_defanged(&text) {
            return (Cow::Owned(refang(&text)), true);
        }
        (text, false)
    }
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(END)
}

/// The next word at or after `at`.
pub(super) fn word(text: &str, at: usize) -> Option<Word<'_>> {
    let bytes = text.as_bytes();
    let start = at
        + bytes
            .get(at..)?
            .iter()
            .position(|&byte| class(byte) != END)?;
    let mut flags = 0;
    let mut length = 0;
    for &byte in bytes.get(start..)?.iter().take(WORD_BYTES_MAX) {
        let class = class(byte);
        if class == END {
            break;
        }
        flags |= class;
        length += 1;
    }
    let mut end = start + length;
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Some(Word {
        text: text.get(start..end)?,
        start,
        flags,
    })
}

/// One pass over one text.
pub(super) struct Scan<'a> {
    text: &'a str,
    calling_code: u16,
    found: BTreeSet<Observable>,
    /// Up to here nothing stands in any word that could be part of an observable.
    mark: usize,
    /// Bytes looked at, counted with every pass over them; the measure of work in tests.
    steps: usize,
}

impl<'a> Scan<'a> {
    pub(super) const fn new(text: &'a str, calling_code: u16) -> Self {
        Self {
            text,
            calling_code,
            found: BTreeSet::new(),
            mark: 0,
            steps: 0,
        }
    }

    /// What was found, and how many bytes were looked at to find it.
    pub(super) fn run(mut self) -> (Vec<Observable>, usize) {
        let mut at = 0;
        while let Some(word) = self.ahead(at).and_then(|start| word(self.text, start)) {
            let end = word.start + word.text.len();
            self.steps += end - at;
            at = end;
            if word.is_plain() {
                continue;
            }
            if let Some(after) = self.number(&word) {
                at = after;
                continue;
            }
            self.steps += name::PASSES * word.text.len();
            let (text, sure) = word.live();
            name::names(&text, sure, &mut |observable| {
                keep(&mut self.found, observable)
            });
            if self.found.len() >= OBSERVABLES_MAX {
                break;
            }
        }
        (self.found.into_iter().collect(), self.steps)
    }

    /// Where the next word that may hold something can be looked for, at or after `at`: prose has few of them, and what is
    /// between them is passed over at once.
    fn ahead(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if self.mark <= at {
            let rest = bytes.get(at..)?;
            let plain = rest.iter().position(|&byte| class(byte) & MARKS != 0);
            self.steps += plain.unwrap_or(rest.len());
            self.mark = at + plain?;
        }
        // Back to where its word starts. One that is cut is walked through piece by piece.
        let before = bytes.get(at..self.mark)?.iter().rev();
        let within = before
            .take(WORD_BYTES_MAX)
            .position(|&byte| class(byte) == END);
        Some(within.map_or(at, |within| self.mark - within))
    }

    /// Where the words are that are not plain; passed over what is between them, or looked at word by word.
    #[cfg(test)]
    pub(super) fn told(mut self, ahead: bool) -> Vec<usize> {
        let (mut at, mut starts) = (0, Vec::new());
        loop {
            let start = if ahead { self.ahead(at) } else { Some(at) };
            let Some(word) = start.and_then(|start| word(self.text, start)) else {
                return starts;
            };
            at = word.start + word.text.len();
            if !word.is_plain() {
                starts.push(word.start);
            }
        }
    }

    /// Takes a number that starts within the word; where it ends.
    fn number(&mut self, word: &Word<'_>) -> Option<usize> {
        if !word.has(DIGIT) || self.found.len() >= OBSERVABLES_MAX {
            return None;
        }
        let start = word.start + number_start(word.text)?;
        self.steps += NUMBER_BYTES_MAX.min(self.text.len() - start);
        let (observable, length) = number(self.text.as_bytes().get(start..)?, self.calling_code)?;
        keep(&mut self.found, observable);
        Some(start + length)
    }
}

fn keep(found: &mut BTreeSet<Observable>, observable: Observable) {
    if found.len() < OBSERVABLES_MAX {
        found.insert(observable);
    }
}

/// Where in a word a number may start: at its first letter, digit or plus, or behind the first colon or the like.
fn number_start(word: &str) -> Option<usize> {
    let bytes = word.as_bytes();
    let is_start = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+';
    let first = bytes.iter().position(|&byte| is_start(byte))?;
    let opens = |byte: u8| {
        matches!(
            byte,
            b'(' | b'[' | b'{' | b':' | b'*' | b'/' | b',' | b';' | b'=' | b'\'' | b'~'
        )
    };
    if !bytes
        .get(..first)?
        .iter()
        .all(|&byte| opens(byte) || byte >= 0x80)
    {
        return None;
    }
    match bytes.get(first..)? {
        [b'0'..=b'9' | b'+', ..] | [b'A'..=b'Z', b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9', ..] => {
            Some(first)
        }
        // `tel:+64…`, `Ph:021…`; a few letters, so that nothing is looked at twice at length.
        rest => {
            let colon = rest.iter().take(12).position(|&byte| byte == b':')?;
            let next = *rest.get(colon + 1)?;
            (next == b'+' || next.is_ascii_digit()).then_some(first + colon + 1)
        }
    }
}

/// Full-width letters and signs to ASCII, the other full stops to points, invisible characters dropped; other
/// characters that are no letters become blanks, which part names.
fn narrow(text: &str) -> Cow<'_, str> {
    let mapped = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        '\u{3002}' | '\u{FF61}' | '\u{2024}' => Some('.'),
        // First of all: the grapheme joiner is a mark too, and the Hangul fillers are letters.
        _ if crate::text::is_invisible(c) => None,
        _ if c.is_ascii()
            || c.is_alphanumeric()
            || unicode_normalization::char::is_combining_mark(c) =>
        {
            Some(c)
        }
        _ => Some(' '),
    };
    if text.chars().all(|c| mapped(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(mapped).collect())
}

/// What people write in brackets instead of a sign, in lower case.
const HIDDEN: [(&str, &str); 9] = [
    (".", "."),
    ("dot", "."),
    (",", "."),
    ("@", "@"),
    ("at", "@"),
    (":", ":"),
    ("://", "://"),
    ("/", "/"),
    ("s", "s"),
];

/// The sign that a bracket at the start of `rest` hides, and the bracket's length.
fn hidden(rest: &str) -> Option<(&'static str, usize)> {
    let close = match rest.as_bytes().first()? {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        b'\\' => {
            return rest
                .as_bytes()
                .get(1)
                .filter(|&&byte| byte == b'.')
                .map(|_| (".", 2));
        }
        _ => return None,
    };
    let length = rest
        .as_bytes()
        .iter()
        .take(5)
        .position(|&byte| byte == close)?;
    let inner = rest.get(1..length)?;
    let (_, sign) = HIDDEN
        .iter()
        .find(|(name, _)| inner.eq_ignore_ascii_case(name))?;
    Some((sign, length + 1))
}

fn is_defanged(text: &str) -> bool {
    let mut opens = text.match_indices(['[', '(', '{', '\\']);
    opens.any(|(at, _)| text.get(at..).and_then(hidden).is_some())
}

/// `evil[.]example` to `evil.example` and the like.
fn refang(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '(', '{', '\\']) {
        let (before, open) = rest.split_at(at);
        out.push_str(before);
        // Without a hidden sign the bracket, one byte long, stays.
        let (sign, length) = hidden(open).unwrap_or_else(|| (open.get(..1).unwrap_or_default(), 1));
        out.push_str(sign);
        rest = open.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
