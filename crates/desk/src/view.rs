//! Saved views: a search line under a name, for oneself or for all who read reports. What happens to them is told in the
//! evidence log by id ([`crate::account::AccountChange`]); name and line may hold what a person's report says, and are not.

use crate::search::LINE_CHARS_MAX;

/// Longest name, characters.
pub const NAME_CHARS_MAX: usize = 60;
/// Most views of one account.
pub const VIEWS_MAX: usize = 50;

/// A name and a line that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// As people read it, one line.
    pub name: String,
    /// The search line.
    pub line: String,
    /// Most severe first.
    pub severe: bool,
    /// Everybody who reads reports sees it.
    pub shared: bool,
}

/// Why it cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no name.
    #[error("a view needs a name")]
    NoName,
    /// The name is longer than [`NAME_CHARS_MAX`].
    #[error("the name has more than {NAME_CHARS_MAX} characters")]
    LongName,
    /// The line is longer than [`LINE_CHARS_MAX`].
    #[error("the line has more than {LINE_CHARS_MAX} characters")]
    LongLine,
}

impl View {
    /// Checks name and line as typed. Whether the line can be run is looked at when it is.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn new(name: &str, line: &str, severe: bool, shared: bool) -> Result<Self, Fault> {
        let one = |text: &str| -> String {
            let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
            plain.collect::<String>().trim().to_owned()
        };
        let (name, line) = (one(name), one(line));
        if name.is_empty() {
            Err(Fault::NoName)
        } else if name.chars().nth(NAME_CHARS_MAX).is_some() {
            Err(Fault::LongName)
        } else if line.chars().nth(LINE_CHARS_MAX).is_some() {
            Err(Fault::LongLine)
        } else {
            Ok(Self {
                name,
                line,
                severe,
                shared,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_has_a_name_of_one_line() {
        let view = View::new(" Big\nlosses ", "loss>10000 ", true, false).unwrap();
        assert_eq!(
            (view.name.as_str(), view.line.as_str()),
            ("Big losses", "loss>10000")
        );
        let long = "ā".repeat(NAME_CHARS_MAX);
        assert!(View::new(&long, "", false, true).is_ok());
        for (name, line, fault) in [
            (" \0 ", "x", Fault::NoName),
            (&format!("{long}a"), "x", Fault::LongName),
            ("a", &"x".repeat(LINE_CHARS_MAX + 1), Fault::LongLine),
        ] {
            assert_eq!(View::new(name, line, false, false), Err(fault));
        }
    }
}
