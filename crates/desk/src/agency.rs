//! Partner agencies that a report may be passed to, with the reporter's consent for each.

use std::collections::BTreeSet;

use crate::advice::known_category;
use crate::data::{FormProblem, Source, Table, Text};
use crate::taxonomy::{Taxonomy, unique_code};

/// The agencies, read from `agencies.toml`, in the order in which they are offered.
#[derive(Debug, Clone, Default)]
pub struct Agencies(Vec<Agency>);

/// One agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Stable code; consents name it.
    pub code: String,
    /// Name in every language.
    pub name: Text,
    /// Why the reporter might want it to know.
    pub why: Text,
    /// Offered for these categories only; empty means for all.
    pub categories: Vec<String>,
}

impl Agencies {
    /// All agencies.
    #[must_use]
    pub fn all(&self) -> &[Agency] {
        &self.0
    }

    /// The agency with this code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Agency> {
        self.0.iter().find(|agency| agency.code == code)
    }

    /// Those offered to the reporter of an incident of this category.
    pub fn offered(&self, category: &str) -> impl Iterator<Item = &Agency> {
        self.0.iter().filter(move |agency| {
            agency.categories.is_empty() || agency.categories.iter().any(|code| code == category)
        })
    }

    pub(crate) fn read(
        text: &str,
        languages: &[String],
        taxonomy: &Taxonomy,
    ) -> (Self, Vec<FormProblem>) {
        let source = Source::new("agencies.toml", text);
        let mut agencies = Vec::new();
        {
            let parsed = source.parse();
            let root = Table::root(&source, &parsed);
            let mut seen = BTreeSet::new();
            for item in root.tables("agency") {
                let code = unique_code(&item, &mut seen);
                let categories = item.strs("categories");
                for (line, category) in &categories {
                    known_category(&source, *line, category, taxonomy);
                }
                agencies.push(Agency {
                    code,
                    name: item.need_text("name", languages),
                    why: item.need_text("why", languages),
                    categories: categories
                        .into_iter()
                        .map(|(_, category)| category.to_owned())
                        .collect(),
                });
                item.finish();
            }
            if agencies.is_empty() {
                root.problem_at(
                    "agency",
                    "there is no agency",
                    "Add at least one `[[agency]]`",
                );
            }
            root.finish();
        }
        (Self(agencies), source.into_problems())
    }
}
