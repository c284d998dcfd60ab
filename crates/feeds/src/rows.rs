//! Where rows begin and end: lines, rows of a table (a quoted cell may hold line ends), objects of JSON. Each finds one row
//! in a chunk, or says that it needs more of the report. Nothing is copied.

use std::borrow::Cow;

use crate::limits::{COLUMNS_MAX, LIST_DEPTH_MAX};
use crate::reject::Cause;

/// How often the end of a report is looked at anew after an object that is cut off.
const CUTS_MAX: usize = 20;

/// What was found at the beginning of the bytes that are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A row of so many bytes, its end of line included, on so many lines.
    Row {
        /// Bytes.
        bytes: usize,
        /// Ends of line in it.
        lines: u64,
    },
    /// Bytes between rows.
    Between {
        /// Bytes.
        bytes: usize,
        /// Ends of line in it.
        lines: u64,
    },
    /// So many bytes are no row, and why.
    Bad {
        /// Bytes.
        bytes: usize,
        /// Ends of line in it.
        lines: u64,
        /// Why.
        cause: Cause,
    },
    /// The row goes on after the chunk.
    More,
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
const TOPS: u64 = u64::from_le_bytes([0x80; 8]);

/// The top bit of each byte of a word that is zero, exactly up to the first of them (H. S. Warren, "Hacker's Delight", 6-1).
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & TOPS
}

/// Where one of two bytes stands first: eight are looked at a time, since cells are some ten bytes long and each wrong guess of the
/// processor about their ends costs more than the look.
#[inline]
fn find_either(bytes: &[u8], one: u8, other: u8) -> Option<usize> {
    let (words, tail) = bytes.as_chunks::<8>();
    let (first, second) = (ONES * u64::from(one), ONES * u64::from(other));
    for (n, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ first) | zeros(word ^ second);
        if found != 0 {
            return Some(n * 8 + (found.trailing_zeros() / 8) as usize);
        }
    }
    let at = tail
        .iter()
        .position(|byte| *byte == one || *byte == other)?;
    Some(words.len() * 8 + at)
}

/// Where a byte stands first.
#[inline]
pub(crate) fn find(bytes: &[u8], what: u8) -> Option<usize> {
    find_either(bytes, what, what)
}

/// Whether an end of line is among bytes, and whether a NUL is. All are looked at, eight at a time: that is quicker than a way out.
pub(crate) fn odd(bytes: &[u8]) -> (bool, bool) {
    let (words, tail) = bytes.as_chunks::<8>();
    let (mut ends, mut nuls) = (0, 0);
    for word in words {
        let word = u64::from_le_bytes(*word);
        ends |= zeros(word ^ (ONES * u64::from(b'\n')));
        nuls |= zeros(word);
    }
    (
        ends != 0 || tail.contains(&b'\n'),
        nuls != 0 || tail.contains(&0),
    )
}

/// Ends of line in bytes.
#[must_use]
pub fn line_ends(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |sum, byte| sum + u64::from(*byte == b'\n'))
}

/// A line. `last` says that the report ends with these bytes.
#[must_use]
pub fn line(bytes: &[u8], last: bool) -> Found {
    match find(bytes, b'\n') {
        Some(end) => Found::Row {
            bytes: end + 1,
            lines: 1,
        },
        None if last => Found::Row {
            bytes: bytes.len(),
            lines: 0,
        },
        None => Found::More,
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Around cells that hold delimiters or line ends; doubled inside. `None`: no quoting.
    pub quote: Option<u8>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
        }
    }
}

/// Reads the cells of one row of a table, and returns its bytes with the end of line. `None` if the row goes on after the
/// bytes. `cells` is cleared first; of a row of more cells than a table may have columns it holds so many that this can be told. A cell
/// borrows unless it holds a doubled quote. What follows a closing quote before the delimiter is part of the cell, as spreadsheets and
/// Python read it.
///
/// # Errors
/// [`Cause::UnclosedQuote`] if the report ends within quotes.
pub fn cells<'b>(
    text: &'b str,
    dialect: Dialect,
    last: bool,
    cells: &mut Vec<Cow<'b, str>>,
) -> Result<Option<usize>, Cause> {
    cells.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        if let Some((cell, next)) = simple(text, at, dialect) {
            if cells.len() <= COLUMNS_MAX {
                cells.push(Cow::Borrowed(cell));
            }
            at = next;
            continue;
        }
        let (cell, next) = if dialect.quote.is_some() && bytes.get(at).copied() == dialect.quote {
            match quoted(text, at, dialect) {
                Some(found) => found,
                None if last => return Err(Cause::UnclosedQuote),
                None => return Ok(None),
            }
        } else {
            let end = plain_end(bytes, at, dialect.delimiter);
            (Cow::Borrowed(text.get(at..end).unwrap_or("")), end)
        };
        match bytes.get(next) {
            Some(byte) if *byte == dialect.delimiter => {
                // What stands in more columns than there may be is nobody's.
                if cells.len() <= COLUMNS_MAX {
                    cells.push(cell);
                }
                at = next + 1;
            }
            Some(_) => {
                cells.push(without_return(cell));
                return Ok(Some(next + 1));
            }
            None if last => {
                cells.push(without_return(cell));
                return Ok(Some(next));
            }
            None => return Ok(None),
        }
    }
}

/// What most cells of tables in quotes are: a quoted cell without quotes in it, and a delimiter after it. What it holds, and where
/// the next one begins.
#[inline]
fn simple(text: &str, at: usize, dialect: Dialect) -> Option<(&str, usize)> {
    let quote = dialect.quote?;
    let (first, inner) = text.as_bytes().get(at..)?.split_first()?;
    if *first != quote || dialect.delimiter == quote {
        return None;
    }
    let end = find(inner, quote)?;
    if *inner.get(end + 1)? != dialect.delimiter {
        return None;
    }
    Some((text.get(at + 1..at + 1 + end)?, at + end + 3))
}

/// Where a cell without quotes ends: at a delimiter, an end of line, or the end of the bytes.
fn plain_end(bytes: &[u8], at: usize, delimiter: u8) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + find_either(rest, delimiter, b'\n').unwrap_or(rest.len())
}

/// A quoted cell that begins at `at`, and where it ends.
fn quoted(text: &str, at: usize, dialect: Dialect) -> Option<(Cow<'_, str>, usize)> {
    let quote = dialect.quote?;
    let bytes = text.as_bytes();
    let mut from = at + 1;
    let mut own: Option<String> = None;
    loop {
        let end = from + find(bytes.get(from..)?, quote)?;
        let part = text.get(from..end)?;
        if bytes.get(end + 1) == Some(&quote) {
            let own = own.get_or_insert_default();
            own.push_str(part);
            own.push(char::from(quote));
            from = end + 2;
            continue;
        }
        // A quote at the end of the chunk may be the first of two: the caller asks again with more.
        let after = end + 1;
        let next = plain_end(bytes, after, dialect.delimiter);
        let tail = text.get(after..next)?;
        if own.is_none() && (tail.is_empty() || tail == "\r") {
            return Some((Cow::Borrowed(part), next));
        }
        let mut own = own.unwrap_or_default();
        own.push_str(part);
        own.push_str(tail.strip_suffix('\r').unwrap_or(tail));
        return Some((Cow::Owned(own), next));
    }
}

/// The last cell of a line that ends as Windows ends lines.
fn without_return(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_suffix('\r').unwrap_or(text)),
        owned => owned,
    }
}

/// Finds objects in JSON that is a list of them (of any depth up to 16), one after another, or one a line. Remembers how far it
/// looked, so that a long object is not looked through again with each chunk.
#[derive(Debug, Default)]
pub struct Objects {
    lists: usize,
    /// How often an object was cut off at the end of the report.
    cuts: usize,
    depth: usize,
    looked: usize,
    lines: u64,
    in_text: bool,
    escaped: bool,
}

impl Objects {
    /// What stands at the beginning of the bytes.
    pub fn next(&mut self, bytes: &[u8], last: bool) -> Found {
        if self.looked == 0 {
            let between = bytes
                .iter()
                .position(|byte| !self.between(*byte))
                .unwrap_or(bytes.len());
            if between > 0 {
                let lines = line_ends(bytes.get(..between).unwrap_or_default());
                return Found::Between {
                    bytes: between,
                    lines,
                };
            }
            if bytes.first() != Some(&b'{') {
                return self.garbage(bytes, last);
            }
        }
        for byte in bytes.get(self.looked..).unwrap_or_default() {
            self.looked += 1;
            self.lines += u64::from(*byte == b'\n');
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth == 0 {
                return self.row();
            }
        }
        if !last {
            return Found::More;
        }
        self.cut_off(bytes)
    }

    fn row(&mut self) -> Found {
        let found = Found::Row {
            bytes: self.looked,
            lines: self.lines,
        };
        self.forget();
        found
    }

    /// Begins anew: the object at hand is given up.
    pub fn forget(&mut self) {
        *self = Self {
            lists: self.lists,
            cuts: self.cuts,
            ..Self::default()
        };
    }

    /// The report ends in an object: its first line is bad, and what follows is looked at anew. So often only: each time looks
    /// through all that is left.
    fn cut_off(&mut self, bytes: &[u8]) -> Found {
        self.forget();
        self.cuts += 1;
        let line = find(bytes, b'\n').filter(|_| self.cuts <= CUTS_MAX);
        let end = line.map_or(bytes.len(), |end| end + 1);
        Found::Bad {
            bytes: end,
            lines: line_ends(bytes.get(..end).unwrap_or_default()),
            cause: Cause::CutOff,
        }
    }

    /// Whether a byte stands between objects; counts lists.
    fn between(&mut self, byte: u8) -> bool {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => true,
            b'[' if self.lists < LIST_DEPTH_MAX => {
                self.lists += 1;
                true
            }
            b']' if self.lists > 0 => {
                self.lists -= 1;
                true
            }
            _ => false,
        }
    }

    /// Bytes that are neither: up to the next line or object.
    fn garbage(&mut self, bytes: &[u8], last: bool) -> Found {
        let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'{'));
        if end.is_none() && !last {
            return Found::More;
        }
        let end = end.unwrap_or(bytes.len()).max(1);
        let deep = bytes.first() == Some(&b'[');
        Found::Bad {
            bytes: end,
            lines: 0,
            cause: if deep {
                Cause::TooDeep
            } else {
                Cause::NotAnObject
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Vec<String>, Option<usize>) {
        let mut out = Vec::new();
        let taken = cells(text, Dialect::default(), true, &mut out).unwrap();
        (out.iter().map(|cell| cell.to_string()).collect(), taken)
    }

    proptest! {
        #[test]
        fn bytes_are_found_where_a_plain_search_finds_them(
            bytes in prop::collection::vec(prop_oneof![0_u8..4, 126_u8..131, any::<u8>()], 0..40),
            one in prop_oneof![0_u8..4, 126_u8..131],
            other in 0_u8..4,
        ) {
            let plain = bytes.iter().position(|byte| *byte == one || *byte == other);
            prop_assert_eq!(find_either(&bytes, one, other), plain);
            let plain = (bytes.contains(&b'\n'), bytes.contains(&0));
            prop_assert_eq!(odd(&bytes), plain);
        }
    }

    #[test]
    fn cells_are_read_as_spreadsheets_do() {
        assert_eq!(
            read("a,\"b,\"\"c\"\"\n\",d\r\nx").0,
            ["a", "b,\"c\"\n", "d"]
        );
        assert_eq!(read("\"a\"b,c\"d\n").0, ["ab", "c\"d"]);
        assert_eq!(read("\"a\"\r\n").0, ["a"]);
        assert_eq!(read(",\n").0, ["", ""]);
        assert_eq!(read("a").1, Some(1));
    }

    #[test]
    fn a_row_waits_for_its_end() {
        let mut out = Vec::new();
        let dialect = Dialect::default();
        assert_eq!(cells("a,\"b\n", dialect, false, &mut out), Ok(None));
        assert_eq!(cells("a,\"b\"", dialect, false, &mut out), Ok(None));
        assert_eq!(
            cells("a,\"b\n", dialect, true, &mut out),
            Err(Cause::UnclosedQuote)
        );
    }

    #[test]
    fn objects_are_found_in_lists_and_lines() {
        let text = b"[ {\"a\": \"}\\\"\"},\n{\"b\": [{}]}] junk\n{}";
        let mut objects = Objects::default();
        let (mut at, mut rows, mut bad) = (0, Vec::new(), 0);
        while at < text.len() {
            match objects.next(&text[at..], true) {
                Found::Row { bytes, .. } => {
                    rows.push(String::from_utf8_lossy(&text[at..at + bytes]).into_owned());
                    at += bytes;
                }
                Found::Between { bytes, .. } => at += bytes,
                Found::Bad { bytes, .. } => {
                    bad += 1;
                    at += bytes;
                }
                Found::More => unreachable!(),
            }
        }
        assert_eq!(rows, ["{\"a\": \"}\\\"\"}", "{\"b\": [{}]}", "{}"]);
        assert_eq!(bad, 1);
    }
}
