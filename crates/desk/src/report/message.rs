//! What reporter and officer write to each other.

/// Longest message, in characters (Unicode scalar values) after blanks at its ends are taken off.
pub const MESSAGE_CHARS_MAX: usize = 10_000;

/// A message that can be sent: not empty, not too long, as [`cairn_kernel::text::clean`] leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText(String);

/// Why a text is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageFault {
    /// Nothing was written.
    #[error("the message is empty")]
    Empty,
    /// More than [`MESSAGE_CHARS_MAX`].
    #[error("the message has {chars} characters, at most {MESSAGE_CHARS_MAX} are taken")]
    TooLong {
        /// So many characters.
        chars: usize,
    },
}

impl MessageText {
    /// Reads what somebody typed.
    ///
    /// # Errors
    /// See [`MessageFault`].
    pub fn parse(typed: &str) -> Result<Self, MessageFault> {
        let text = cairn_kernel::text::clean(typed);
        match text.chars().count() {
            0 => Err(MessageFault::Empty),
            chars if chars > MESSAGE_CHARS_MAX => Err(MessageFault::TooLong { chars }),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to be kept.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_one_to_ten_thousand_characters() {
        let text = MessageText::parse("  K\u{14d}rero\r\nmai\0 ").map(MessageText::into_string);
        assert_eq!(text.as_deref(), Ok("K\u{14d}rero\nmai\u{fffd}"));
        for empty in ["", " \r\n "] {
            assert_eq!(MessageText::parse(empty), Err(MessageFault::Empty));
        }
        let most = "\u{101}".repeat(MESSAGE_CHARS_MAX);
        assert!(MessageText::parse(&format!(" {most}\n")).is_ok());
        let chars = MESSAGE_CHARS_MAX + 1;
        assert_eq!(
            MessageText::parse(&format!("{most}x")),
            Err(MessageFault::TooLong { chars })
        );
    }
}
