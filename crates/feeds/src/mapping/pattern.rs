//! The part of a cell that is its value, by a regular expression. Patterns are the operator's, cells are a stranger's: the engine
//! needs time in proportion to the cell whatever the pattern, what a pattern compiles to is capped, and so is the cell.

use std::borrow::Cow;

use regex_automata::meta::{BuildError, Regex};

/// Bytes of a pattern.
pub const PATTERN_BYTES_MAX: usize = 1_000;
/// Bytes that a pattern may compile to.
const COMPILED_BYTES_MAX: usize = 256 << 10;
/// Bytes of a cell that a pattern is held against. In one that is longer nothing is found.
pub const CELL_BYTES_MAX: usize = 2_048;

/// A pattern, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Regex);

/// Why a pattern was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    /// It is longer than a pattern may be.
    #[error("longer than {PATTERN_BYTES_MAX} bytes")]
    TooLong,
    /// It is none, or compiles to more than it may.
    #[error("{0}")]
    Build(Box<BuildError>),
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// If it is too long, none, or too large when it is compiled.
    pub fn read(text: &str) -> Result<Self, PatternError> {
        if text.len() > PATTERN_BYTES_MAX {
            return Err(PatternError::TooLong);
        }
        let limit = Some(COMPILED_BYTES_MAX);
        let config = Regex::config()
            .nfa_size_limit(limit)
            .onepass_size_limit(limit)
            .dfa_size_limit(limit)
            .hybrid_cache_capacity(COMPILED_BYTES_MAX);
        let built = Regex::builder().configure(config).build(text);
        built
            .map(Self)
            .map_err(|error| PatternError::Build(Box::new(error)))
    }

    /// The first part of the text that it fits: the pattern's first group if it has one, else all of it.
    pub fn cut<'t>(&self, text: &Cow<'t, str>) -> Option<Cow<'t, str>> {
        if text.len() > CELL_BYTES_MAX {
            return None;
        }
        let range = if self.0.captures_len() > 1 {
            let mut groups = self.0.create_captures();
            self.0.captures(&**text, &mut groups);
            groups.get_group(1)?.range()
        } else {
            self.0.find(&**text)?.range()
        };
        match text {
            Cow::Borrowed(text) => text.get(range).map(Cow::Borrowed),
            Cow::Owned(text) => text.get(range).map(|part| Cow::Owned(part.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pattern: &str, text: &str) -> Option<String> {
        let found = Pattern::read(pattern).unwrap().cut(&Cow::Borrowed(text));
        found.map(Cow::into_owned)
    }

    #[test]
    fn the_first_group_or_else_the_whole_is_cut_out() {
        assert_eq!(cut("[0-9]+", "AS64496 x 7").as_deref(), Some("64496"));
        assert_eq!(cut(r"(?i)as(\d+)", "by AS64496").as_deref(), Some("64496"));
        assert_eq!(cut("[0-9]+", "none"), None);
        assert_eq!(cut("é|(x)", "é"), None);
    }

    #[test]
    fn patterns_and_cells_are_capped() {
        assert!(Pattern::read("(").is_err());
        assert!(Pattern::read(&"a".repeat(PATTERN_BYTES_MAX + 1)).is_err());
        assert!(Pattern::read(r"(?:\w{200}){200}").is_err());
        assert_eq!(cut("a", &"a".repeat(CELL_BYTES_MAX + 1)), None);
        // What other engines never end with.
        assert_eq!(cut("(?:(?:a*)*)*b", &"a".repeat(CELL_BYTES_MAX)), None);
    }
}
