//! Free text in a return: how long it may be, and what may not stand in it.

use super::super::words as w;
use super::check::Checking;
use crate::plan::Words;

impl Checking<'_> {
    /// A text that must be there.
    pub(super) fn needed(&mut self, field: &str, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.error("empty", field, w::empty(), w::write_it());
        } else {
            self.plain(field, text, max);
        }
    }

    /// A text, if it is there.
    pub(super) fn optional(&mut self, field: &str, text: Option<&String>, max: usize) {
        if let Some(text) = text {
            self.plain(field, text, max);
        }
    }

    /// A text in the plan's languages.
    pub(super) fn words(&mut self, field: &str, words: &Words, max: usize) {
        self.needed(field, &words.en, max);
        if let Some(mi) = &words.mi {
            self.needed(&format!("{field}.mi"), mi, max);
        }
    }

    fn plain(&mut self, field: &str, text: &str, max: usize) {
        let count = text.chars().count();
        if count > max {
            self.error("too-long", field, w::too_long(count, max), w::shorten());
        }
        if text.chars().any(is_unseen) {
            self.error("unseen", field, w::unseen(), w::plain_text());
        }
        if is_formula(text) {
            self.error("formula", field, w::computed(), w::begin_word());
        }
    }
}

/// Controls other than ends of lines, and marks that turn the direction of what is read (Unicode TR 9).
fn is_unseen(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
}

/// A spreadsheet that opens the table would compute it.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start();
    let dash = text.strip_prefix('-');
    text.starts_with(['=', '+', '@']) || dash.is_some_and(|rest| !rest.starts_with([' ', '\u{a0}']))
}
