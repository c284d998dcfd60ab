//! What people write on a case, at the door.

use cairn_kernel::text::{clean, one_line};

/// Longest title, characters (Unicode scalar values).
pub const TITLE_CHARS_MAX: usize = 200;
/// Longest note, characters.
pub const NOTE_CHARS_MAX: usize = 10_000;
/// Longest row of the timeline, characters.
pub const ROW_CHARS_MAX: usize = 2_000;
/// Longest task, characters.
pub const TASK_CHARS_MAX: usize = 300;

/// Why a text is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but space.
    #[error("nothing was written")]
    Empty,
    /// It has too many characters.
    #[error("at most {max} characters are taken; this has {chars}")]
    TooLong {
        /// So many characters.
        chars: usize,
        /// So many are taken.
        max: usize,
    },
}

/// A text of several lines, of at most `max` characters.
///
/// # Errors
/// See [`TextFault`].
pub fn text(typed: &str, max: usize) -> Result<String, TextFault> {
    fits(clean(typed).trim(), max)
}

/// A text of one line.
///
/// # Errors
/// See [`TextFault`].
pub fn title(typed: &str, max: usize) -> Result<String, TextFault> {
    fits(one_line(typed).trim(), max)
}

fn fits(text: &str, max: usize) -> Result<String, TextFault> {
    let chars = text.chars().count();
    if chars == 0 {
        Err(TextFault::Empty)
    } else if chars > max {
        Err(TextFault::TooLong { chars, max })
    } else {
        Ok(text.to_owned())
    }
}
