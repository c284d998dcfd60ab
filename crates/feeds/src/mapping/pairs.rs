//! Lines of pairs, `srcip=192.0.2.1 type=scanner`, as firewalls and loggers write them, by a mapping file. Words that are no pair
//! are left out; a value in quotes may hold what parts pairs.

use std::borrow::Cow;

use crate::batch::{Batch, Row};
use crate::feeder::Feeder;
use crate::formats::Notes;
use crate::limits::COLUMNS_MAX;
use crate::reject::{Cause, Name};
use crate::types;
use crate::value::Value;

use super::{Mapping, Unmapped};

/// Reports of such lines.
#[derive(Debug)]
pub(crate) struct Pairs {
    mapping: Mapping,
}

/// One pair of a line.
struct Pair<'b> {
    key: &'b str,
    value: &'b str,
    used: bool,
}

/// What is left of a line, and how it is parted.
struct Line<'m, 'b> {
    rest: &'b str,
    between: &'m str,
    assign: &'m str,
    quote: Option<char>,
    /// No quote that follows ends a value: it is not looked for again, or each would be looked for to the end of the line.
    unclosed: bool,
}

impl Pairs {
    pub fn new(mapping: Mapping) -> Self {
        Self { mapping }
    }

    pub fn rows<'b>(
        &'b self,
        feeder: &mut Feeder<'b, '_>,
        batch: &mut Batch<'b>,
        notes: &mut Notes,
    ) {
        let lines = self.mapping.file.header_lines.unwrap_or(0);
        while let Some(found) = feeder.line(batch) {
            let comment = self.mapping.is_comment(found.text);
            let header = !comment && notes.header_lines < lines;
            notes.header_lines += usize::from(header);
            if header || comment || !self.mapping.wants(found.text) {
                batch.skipped_bytes += found.span.bytes;
                continue;
            }
            let mut row = batch.row(found.span, found.raw);
            match self.row(found.text, &mut row) {
                Ok(()) => row.done(),
                Err(cause) => row.undo_as(found.span, cause),
            }
        }
    }

    fn row<'b>(&'b self, text: &'b str, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
        let mut pairs = Vec::new();
        let mut line = Line {
            rest: text,
            between: &self.mapping.between,
            assign: &self.mapping.assign,
            quote: self.mapping.dialect.quote.map(char::from),
            unclosed: false,
        };
        while let Some(pair) = line.next() {
            if pairs.len() == COLUMNS_MAX {
                return Err(Cause::TooManyColumns);
            }
            pairs.push(pair);
        }
        if pairs.is_empty() {
            return Err(Cause::Empty);
        }
        for column in &self.mapping.file.column {
            let name = column.name.as_deref().unwrap_or("");
            let mut missing = column.required;
            for pair in pairs.iter_mut().filter(|pair| pair.key == name) {
                pair.used = true;
                missing = false;
                column.put(name, &Value::text(pair.value), row)?;
            }
            if missing {
                return Err(Cause::MissingColumn(Name::new(name)));
            }
        }
        if self.mapping.file.unmapped == Unmapped::Extra {
            for pair in pairs.iter().filter(|pair| !pair.used) {
                if !pair.value.is_empty() {
                    row.extra(Cow::Borrowed(pair.key), Value::text(pair.value));
                }
            }
        }
        self.mapping.compose(row)
    }
}

impl<'b> Line<'_, 'b> {
    /// The next pair with a key.
    fn next(&mut self) -> Option<Pair<'b>> {
        while !self.rest.is_empty() {
            let end = self.rest.find(self.between).unwrap_or(self.rest.len());
            let word = self.rest.get(..end).unwrap_or("");
            let Some((key, _)) = word.split_once(self.assign) else {
                self.skip(end);
                continue;
            };
            let begun = key.len() + self.assign.len();
            let after = self.rest.get(begun..).unwrap_or("");
            let quoted = self.quoted(after);
            let (value, bytes) = quoted.unwrap_or_else(|| {
                let end = end - begun;
                (after.get(..end).unwrap_or(""), end)
            });
            self.skip(begun + bytes);
            let key = types::trim(key);
            if !key.is_empty() {
                return Some(Pair {
                    key,
                    value: types::trim(value),
                    used: false,
                });
            }
        }
        None
    }

    /// Goes on after so many bytes, and what parts pairs.
    fn skip(&mut self, bytes: usize) {
        let rest = self.rest.get(bytes..).unwrap_or("");
        self.rest = rest.strip_prefix(self.between).unwrap_or(rest);
    }

    /// A value in quotes, without them, and its bytes with them: the quote that ends it stands before the next pair.
    fn quoted(&mut self, after: &'b str) -> Option<(&'b str, usize)> {
        let inner = after.strip_prefix(self.quote?)?;
        if self.unclosed {
            return None;
        }
        for (at, quote) in inner.match_indices(self.quote?) {
            let rest = inner.get(at + quote.len()..)?;
            if rest.is_empty() || rest.starts_with(self.between) {
                return Some((inner.get(..at)?, at + 2 * quote.len()));
            }
        }
        self.unclosed = true;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, between: &str, quote: Option<char>) -> Vec<(String, String)> {
        let mut line = Line {
            rest: text,
            between,
            assign: "=",
            quote,
            unclosed: false,
        };
        std::iter::from_fn(|| line.next())
            .map(|pair| (pair.key.to_owned(), pair.value.to_owned()))
            .collect()
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = of.iter();
        own.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn words_that_are_no_pairs_are_left_out() {
        let got = read("Jan 1 fw: a=1  b= c=x=y =z d=\"q\" e", " ", Some('"'));
        assert_eq!(
            got,
            pairs(&[("a", "1"), ("b", ""), ("c", "x=y"), ("d", "q")])
        );
        assert_eq!(
            read("a=1 | b=2|", "|", None),
            pairs(&[("a", "1"), ("b", "2")])
        );
    }

    #[test]
    fn a_value_in_quotes_may_hold_what_parts_pairs() {
        let got = read("m=\"it is here\" a=1", " ", Some('"'));
        assert_eq!(got, pairs(&[("m", "it is here"), ("a", "1")]));
        // A quote in it that stands before what parts pairs ends it.
        let got = read("m=\"a \"b\" c\" a=1", " ", Some('"'));
        assert_eq!(got, pairs(&[("m", "a \"b"), ("a", "1")]));
        assert_eq!(
            read("m=\"open a=\"b\"", " ", None),
            pairs(&[("m", "\"open"), ("a", "\"b\"")])
        );
        assert_eq!(
            read("m=\"open a=\"b c=1", " ", Some('"')),
            pairs(&[("m", "\"open"), ("a", "\"b"), ("c", "1")])
        );
    }
}
