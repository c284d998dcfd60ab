//! One text in several languages.

/// A text in every language of the form. Languages are BCP 47 codes (`en`, `mi`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(Vec<(Box<str>, Box<str>)>);

impl Text {
    pub(crate) fn new(pairs: Vec<(Box<str>, Box<str>)>) -> Self {
        Self(pairs)
    }

    /// The text in `language`; in the form's first language if there is none in `language`.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        self.0
            .iter()
            .find(|(code, _)| &**code == language)
            .or_else(|| self.0.first())
            .map_or("", |(_, text)| text)
    }

    /// Languages and texts, in the form's order of languages.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(code, text)| (&**code, &**text))
    }
}
