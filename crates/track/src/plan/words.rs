//! A text in the plan's languages.

use serde::{Deserialize, Serialize};

/// English, which is always there.
pub const ENGLISH: &str = "en";
/// Te reo Māori, which may be missing.
pub const MAORI: &str = "mi";
/// The languages a text may be written in.
pub const LANGUAGES: &[&str] = &[ENGLISH, MAORI];

/// A text in English and, where it has been translated, in te reo Māori.
///
/// In a file: `"English"` or `{ en = "English", mi = "Māori" }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Te reo Māori.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mi: Option<String>,
}

impl Words {
    /// English only.
    #[must_use]
    pub fn english(text: &str) -> Self {
        Self {
            en: text.to_owned(),
            mi: None,
        }
    }

    /// The text in a language, and whether it is in that language; English stands in for a missing translation.
    #[must_use]
    pub fn get(&self, language: &str) -> (&str, bool) {
        match (language, &self.mi) {
            (MAORI, Some(text)) => (text, true),
            (MAORI, None) => (&self.en, false),
            _ => (&self.en, language == ENGLISH),
        }
    }

    /// There is no text in this language.
    #[must_use]
    pub fn lacks(&self, language: &str) -> bool {
        !self.get(language).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_stands_in_and_says_so() {
        let both = Words {
            en: "Trust".into(),
            mi: Some("Mahi Tika".into()),
        };
        assert_eq!(both.get("mi"), ("Mahi Tika", true));
        assert_eq!(both.get("en"), ("Trust", true));
        assert_eq!(Words::english("Trust").get("mi"), ("Trust", false));
        assert!(both.lacks("fr") && !both.lacks("mi"));
    }
}
