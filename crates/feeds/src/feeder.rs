//! Gives one row after another out of a chunk, keeps count of bytes and lines, and turns what is no row into rejects. What it
//! finds does not depend on how a report is cut into chunks.

use std::borrow::Cow;

use crate::batch::Batch;
use crate::limits::{BATCH_ROWS_MAX, OBJECT_BYTES_MAX, ROW_BYTES_MAX, VALUES_MAX};
use crate::reject::{Cause, Span};
use crate::rows::{self, Dialect, Found, Objects};

/// How far a report has been read.
#[derive(Debug, Default)]
pub(crate) struct Cursor {
    offset: u64,
    line: u64,
    /// A line that is too long began here; it is left out up to its end.
    skipping: Option<Span>,
    objects: Objects,
}

/// A row, whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found1<'b> {
    pub span: Span,
    pub raw: &'b [u8],
    pub text: &'b str,
}

/// Gives the rows of one chunk.
pub(crate) struct Feeder<'b, 'c> {
    chunk: &'b [u8],
    at: usize,
    last: bool,
    cursor: &'c mut Cursor,
    /// What of the chunk is known to be text, and where it begins.
    text: &'b str,
    text_at: usize,
    /// What follows them is not, whatever comes after the chunk.
    broken: bool,
}

impl<'b, 'c> Feeder<'b, 'c> {
    pub fn new(chunk: &'b [u8], last: bool, cursor: &'c mut Cursor) -> Self {
        let mut feeder = Self {
            chunk,
            at: 0,
            last,
            cursor,
            text: "",
            text_at: 0,
            broken: false,
        };
        feeder.validate();
        feeder
    }

    /// Bytes of the chunk that are done with.
    pub const fn taken(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'b [u8] {
        self.chunk.get(self.at..).unwrap_or_default()
    }

    /// Looks how far what is left is text.
    fn validate(&mut self) {
        let rest = self.rest();
        self.text_at = self.at;
        match std::str::from_utf8(rest) {
            Ok(text) => {
                self.text = text;
                self.broken = false;
            }
            Err(error) => {
                let good = rest.get(..error.valid_up_to()).unwrap_or_default();
                self.text = std::str::from_utf8(good).unwrap_or("");
                self.broken = error.error_len().is_some() || self.last;
            }
        }
    }

    /// The text at hand, at most a row's and one byte more.
    fn window(&self) -> &'b str {
        let text = self.text.get(self.at - self.text_at..).unwrap_or("");
        let mut end = text.len().min(ROW_BYTES_MAX + 1);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        text.get(..end).unwrap_or(text)
    }

    /// Takes bytes: where they stood.
    fn take(&mut self, bytes: usize, lines: u64) -> Span {
        let span = Span {
            offset: self.cursor.offset,
            bytes: bytes as u64,
            line: self.cursor.line + 1,
        };
        self.at += bytes;
        self.cursor.offset += span.bytes;
        self.cursor.line += lines;
        span
    }

    fn reject(&mut self, batch: &mut Batch<'b>, bytes: usize, cause: Cause) {
        let lines = rows::line_ends(self.chunk.get(self.at..self.at + bytes).unwrap_or_default());
        let span = self.take(bytes, lines);
        batch.reject(span, cause);
        if self.at > self.text_at + self.text.len() {
            self.validate();
        }
    }

    /// Bytes to the end of the line at hand, its end included; `None` if it goes on after the chunk.
    fn line_bytes(&self) -> Option<usize> {
        let rest = self.rest();
        rows::find(rest, b'\n').map(|end| end + 1).or(if self.last {
            Some(rest.len())
        } else {
            None
        })
    }

    /// Goes on with a line that is left out. Returns whether there is more to read after it.
    fn skipped(&mut self, batch: &mut Batch<'b>) -> bool {
        let Some(mut begun) = self.cursor.skipping.take() else {
            return true;
        };
        let (bytes, ended) = match self.line_bytes() {
            Some(bytes) => (bytes, true),
            None => (self.rest().len(), false),
        };
        let lines = u64::from(ended && self.rest().get(bytes.wrapping_sub(1)) == Some(&b'\n'));
        begun.bytes += self.take(bytes, lines).bytes;
        if ended {
            batch.reject(begun, Cause::TooLong);
            self.validate();
        } else {
            self.cursor.skipping = Some(begun);
        }
        ended
    }

    fn start(&mut self, batch: &mut Batch<'b>) -> bool {
        if self.cursor.offset == 0 && self.rest().starts_with("\u{feff}".as_bytes()) {
            batch.skipped_bytes += self.take(3, 0).bytes;
        }
        self.skipped(batch)
            && !self.rest().is_empty()
            && batch.len() < BATCH_ROWS_MAX
            && !batch.is_heavy()
            && batch.rejects.len() < BATCH_ROWS_MAX
    }

    /// Leaves out the line at hand: it is longer than a row may be, or not text.
    fn bad_line(&mut self, batch: &mut Batch<'b>, cause: Cause) -> bool {
        match self.line_bytes() {
            Some(bytes) if bytes <= ROW_BYTES_MAX => {
                self.reject(batch, bytes, cause);
                true
            }
            None if self.rest().len() <= ROW_BYTES_MAX => false,
            _ => {
                let begun = self.take(0, 0);
                self.cursor.skipping = Some(begun);
                true
            }
        }
    }

    /// The next row of a table that is not blank, and its cells.
    pub fn table(
        &mut self,
        batch: &mut Batch<'b>,
        dialect: Dialect,
        cells: &mut Vec<Cow<'b, str>>,
    ) -> Option<Found1<'b>> {
        while self.start(batch) {
            let window = self.window();
            let whole = self.at + window.len() == self.chunk.len();
            match rows::cells(window, dialect, self.last && whole, cells) {
                Ok(Some(bytes)) if bytes <= ROW_BYTES_MAX => {
                    let text = window.get(..bytes).unwrap_or("");
                    let inner = text.as_bytes().split_last().map(|(_, inner)| inner);
                    let (ends, nuls) = rows::odd(inner.unwrap_or_default());
                    let lines = if ends {
                        rows::line_ends(text.as_bytes())
                    } else {
                        u64::from(text.ends_with('\n'))
                    };
                    let span = self.take(bytes, lines);
                    if (text.is_empty() || text.starts_with(['\r', '\n']))
                        && text.trim_end_matches(['\r', '\n']).is_empty()
                    {
                        batch.skipped_bytes += span.bytes;
                        continue;
                    }
                    if nuls || text.ends_with('\0') {
                        for cell in cells.iter_mut() {
                            *cell = Cow::Owned(cell.replace('\0', ""));
                        }
                    }
                    let raw = text.as_bytes();
                    return Some(Found1 { span, raw, text });
                }
                other => {
                    if !self.no_row(batch, other, window.len()) {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// What to do where no row was found. Returns whether to look again.
    fn no_row(
        &mut self,
        batch: &mut Batch<'b>,
        found: Result<Option<usize>, Cause>,
        window: usize,
    ) -> bool {
        if window > ROW_BYTES_MAX || found.is_err() {
            // A quote that swallows row after row: only its own line is bad.
            return self.bad_line(batch, Cause::UnclosedQuote);
        }
        if self.broken {
            return self.bad_line(batch, Cause::NotUtf8);
        }
        false
    }

    /// The next line that is not blank, without its end and without NULs at its ends.
    pub fn line(&mut self, batch: &mut Batch<'b>) -> Option<Found1<'b>> {
        while self.start(batch) {
            let window = self.window();
            let whole = self.at + window.len() == self.chunk.len();
            match rows::line(window.as_bytes(), self.last && whole) {
                Found::Row { bytes, lines } if bytes <= ROW_BYTES_MAX => {
                    let span = self.take(bytes, lines);
                    let raw = window.get(..bytes).unwrap_or("");
                    let text = raw.trim_end_matches(['\r', '\n', '\0']);
                    if text.trim().is_empty() {
                        batch.skipped_bytes += span.bytes;
                        continue;
                    }
                    return Some(Found1 {
                        span,
                        raw: raw.as_bytes(),
                        text,
                    });
                }
                _ => {
                    if !self.no_row(batch, Ok(None), window.len()) {
                        return None;
                    }
                }
            }
        }
        None
    }

    /// The next object of a JSON report.
    pub fn object(&mut self, batch: &mut Batch<'b>) -> Option<Found1<'b>> {
        while self.start(batch) {
            let rest = self.rest();
            match self.cursor.objects.next(rest, self.last) {
                Found::Between { bytes, lines } => {
                    batch.skipped_bytes += self.take(bytes, lines).bytes
                }
                Found::Bad { bytes, cause, .. } => self.reject(batch, bytes, cause),
                Found::Row { bytes, .. } if bytes > OBJECT_BYTES_MAX => {
                    self.reject(batch, bytes, Cause::TooLong);
                }
                Found::Row { bytes, lines } => {
                    let raw = rest.get(..bytes).unwrap_or_default();
                    let span = self.take(bytes, lines);
                    let commas = raw.iter().filter(|byte| **byte == b',').count();
                    match std::str::from_utf8(raw) {
                        Ok(text) if commas < VALUES_MAX => return Some(Found1 { span, raw, text }),
                        Ok(_) => batch.reject(span, Cause::TooManyValues),
                        Err(_) => batch.reject(span, Cause::NotUtf8),
                    }
                }
                Found::More if rest.len() > OBJECT_BYTES_MAX => {
                    self.cursor.objects.forget();
                    self.reject(batch, rest.len(), Cause::TooLong);
                }
                Found::More => return None,
            }
        }
        None
    }
}
