//! Canned answers: texts that officers send often, as data in every language of the pages, with fields that are filled from
//! the report and gaps that the officer fills.

use serde::Deserialize;

use crate::report::MESSAGE_CHARS_MAX;
use crate::taxonomy::Taxonomy;

/// The built-in answers.
pub const EMBEDDED: &str = include_str!("../../../data/answers.toml");
/// Most answers.
pub const CANNED_MAX: usize = 200;
/// What officers replace before they send.
pub const GAP: &str = "[…]";

/// Fields that the program fills.
const FIELDS: [&str; 4] = ["service", "reference", "status", "category"];

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// English.
    pub en: String,
    /// Te reo Māori.
    pub mi: String,
}

impl Both {
    /// In a language (BCP 47); English where there is none in that.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        if language == "mi" { &self.mi } else { &self.en }
    }

    fn all(&self) -> [(&'static str, &str); 2] {
        [("en", &self.en), ("mi", &self.mi)]
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canned {
    /// Its name in forms.
    pub id: String,
    /// Categories for which it is offered; empty is for all.
    #[serde(default)]
    pub categories: Vec<String>,
    /// It asks for an answer.
    #[serde(default)]
    pub waits: bool,
    /// What officers choose by.
    pub title: Both,
    /// What the reporter reads.
    pub text: Both,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    answer: Vec<Canned>,
}

/// All answers, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CannedAnswers(Vec<Canned>);

/// Why a file of answers can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CannedError {
    /// Not TOML of this shape; says where.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// Too many.
    #[error("there are more than {CANNED_MAX} answers")]
    Many,
    /// An id that is none, or stands twice.
    #[error("{0:?}: an id is made of lower-case letters, digits and `-`, and stands once")]
    Id(String),
    /// A category that is not known.
    #[error("{id}: there is no category {category:?}")]
    Category {
        /// In which answer.
        id: String,
        /// As written.
        category: String,
    },
    /// Empty, or longer than a message.
    #[error("{id} in {language}: a text has 1 to {MESSAGE_CHARS_MAX} characters")]
    Text {
        /// In which answer.
        id: String,
        /// In which language.
        language: &'static str,
    },
    /// A field that nobody fills.
    #[error("{id} in {language}: {{{field}}} stands for nothing")]
    Field {
        /// In which answer.
        id: String,
        /// In which language.
        language: &'static str,
        /// As written.
        field: String,
    },
    /// The languages differ in their fields or gaps.
    #[error("{0}: the languages differ in their fields or gaps")]
    Differs(String),
}

/// What fills the fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fields<'a> {
    /// `{service}`: its name in the reporter's language.
    pub service: &'a str,
    /// `{reference}`
    pub reference: &'a str,
    /// `{status}`: address of the page where the report is followed.
    pub status: &'a str,
    /// `{category}`: its title in the reporter's language.
    pub category: &'a str,
}

impl CannedAnswers {
    /// Reads and checks a file of answers.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str, taxonomy: &Taxonomy) -> Result<Self, CannedError> {
        let File { answer: all } = toml::from_str(text)?;
        if all.len() > CANNED_MAX {
            return Err(CannedError::Many);
        }
        let mut seen = std::collections::BTreeSet::new();
        for one in &all {
            let sign =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if one.id.is_empty() || !one.id.bytes().all(sign) || !seen.insert(&one.id) {
                return Err(CannedError::Id(one.id.clone()));
            }
            let unknown = one
                .categories
                .iter()
                .find(|code| taxonomy.category(code).is_none());
            if let Some(category) = unknown {
                return Err(CannedError::Category {
                    id: one.id.clone(),
                    category: category.clone(),
                });
            }
            one.check()?;
        }
        Ok(Self(all))
    }

    /// Those that are offered for a category.
    pub fn for_category<'a>(&'a self, category: &'a str) -> impl Iterator<Item = &'a Canned> {
        let fits = move |one: &&Canned| {
            one.categories.is_empty() || one.categories.iter().any(|code| code == category)
        };
        self.0.iter().filter(fits)
    }

    /// One by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Canned> {
        self.0.iter().find(|one| one.id == id)
    }
}

impl Canned {
    fn check(&self) -> Result<(), CannedError> {
        let mut shapes = Vec::new();
        let texts = self.title.all().into_iter().chain(self.text.all());
        for (language, text) in texts {
            let chars = text.trim().chars().count();
            if chars == 0 || chars > MESSAGE_CHARS_MAX {
                return Err(CannedError::Text {
                    id: self.id.clone(),
                    language,
                });
            }
            let names: Vec<&str> = pieces(text).filter_map(|(_, name)| name).collect();
            if let Some(field) = names.iter().find(|name| !FIELDS.contains(name)) {
                return Err(CannedError::Field {
                    id: self.id.clone(),
                    language,
                    field: (*field).to_owned(),
                });
            }
            let mut names = names;
            names.sort_unstable();
            shapes.push((names, text.matches(GAP).count()));
        }
        if shapes.get(2) == shapes.get(3) {
            Ok(())
        } else {
            Err(CannedError::Differs(self.id.clone()))
        }
    }

    /// The text in a language, with its fields filled in one pass: what they stand for is never looked at again.
    #[must_use]
    pub fn fill(&self, language: &str, fields: Fields<'_>) -> String {
        let mut out = String::new();
        for (plain, name) in pieces(self.text.get(language).trim()) {
            out.push_str(plain);
            out.push_str(match name {
                Some("service") => fields.service,
                Some("reference") => fields.reference,
                Some("status") => fields.status,
                Some("category") => fields.category,
                _ => "",
            });
        }
        out
    }
}

/// A gap of a canned answer is still there.
#[must_use]
pub fn has_gap(text: &str) -> bool {
    text.contains(GAP)
}

/// The pieces of a text: plain ones, and the names between braces.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.split_once('{') {
            None => {
                rest = None;
                Some((text, None))
            }
            Some((plain, after)) => {
                let (name, after) = after.split_once('}').unwrap_or((after, ""));
                rest = Some(after);
                Some((plain, Some(name)))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Form, FormFiles};

    fn parse(text: &str) -> Result<CannedAnswers, CannedError> {
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        CannedAnswers::parse(text, form.taxonomy())
    }

    #[test]
    fn the_built_in_answers_are_whole_in_both_languages() {
        let all = parse(EMBEDDED).unwrap();
        assert!(all.0.len() >= 8);
        let fields = Fields {
            service: "Report {reference}",
            reference: "ABCD-EFGH-J",
            status: "https://report.example/status",
            category: "Phishing",
        };
        for one in &all.0 {
            for language in ["en", "mi"] {
                let text = one.fill(language, fields);
                assert!(text.starts_with("Kia ora"), "{}: {text}", one.id);
                assert!(!text.contains('{') || text.contains("Report {reference}"));
            }
            assert_ne!(one.text.en, one.text.mi);
        }
        assert!(all.for_category("phishing").count() > 2);
        assert!(all.get("no-such").is_none());
    }

    #[test]
    fn answers_that_cannot_be_used_say_why() {
        let good = "[[answer]]\nid = \"a\"\ntitle = { en = \"A\", mi = \"A\" }\ntext = { en = \"{reference} […]\", mi = \"{reference} […]\" }\n";
        assert!(parse(good).is_ok());
        for (wrong, words) in [
            (good.replace("\"a\"", "\"A b\""), "an id"),
            (format!("{good}{good}"), "stands once"),
            (good.replacen("{reference}", "{secret}", 1), "{secret}"),
            (good.replacen(" […]", "", 1), "differ"),
            (
                good.replace("{ en = \"A\", mi = \"A\" }", "{ en = \"A\", mi = \" \" }"),
                "in mi",
            ),
            (
                good.replace("title", "categories = [\"gossip\"]\ntitle"),
                "gossip",
            ),
            (good.replace("title", "colour = 1\ntitle"), "colour"),
        ] {
            let error = parse(&wrong).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_gap_is_seen() {
        assert!(has_gap("Call us on […]."));
        assert!(!has_gap("Call us […"));
    }
}
