//! First advice: what to do at once, by category or sub-type, before any officer reads.

use std::collections::BTreeMap;

use crate::data::{FormProblem, Source, Table, Text, nearest};
use crate::taxonomy::Taxonomy;

/// First steps by category, read from `advice.toml`.
#[derive(Debug, Clone, Default)]
pub struct Advice {
    /// Under `category` or `category/subtype`.
    by_category: BTreeMap<String, Vec<Text>>,
}

/// Fewest and most actions that people take in at once.
const ACTIONS: std::ops::RangeInclusive<usize> = 3..=5;

impl Advice {
    /// The actions for a sub-type, where it has its own, else for its category, most urgent first; empty for a category
    /// that the taxonomy does not have.
    #[must_use]
    pub fn of(&self, category: &str, subtype: Option<&str>) -> &[Text] {
        subtype
            .and_then(|subtype| self.by_category.get(&format!("{category}/{subtype}")))
            .or_else(|| self.by_category.get(category))
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn read(
        text: &str,
        languages: &[String],
        taxonomy: &Taxonomy,
    ) -> (Self, Vec<FormProblem>) {
        let source = Source::new("advice.toml", text);
        let mut by_category = BTreeMap::new();
        {
            let parsed = source.parse();
            let root = Table::root(&source, &parsed);
            for item in root.tables("advice") {
                let actions: Vec<_> = item
                    .tables("action")
                    .into_iter()
                    .map(|action| {
                        let text = action.need_text("text", languages);
                        action.finish();
                        text
                    })
                    .collect();
                if !ACTIONS.contains(&actions.len()) {
                    let what = format!("{} actions for one category", actions.len());
                    item.problem_at("action", what, "Write 3 to 5 `[[advice.action]]`");
                }
                for (line, key) in item.strs("categories") {
                    known_key(&source, line, key, taxonomy);
                    if by_category
                        .insert(key.to_owned(), actions.clone())
                        .is_some()
                    {
                        let what = format!("`{key}` has advice twice");
                        source.problem(line, what, "Take one of them out");
                    }
                }
                item.finish();
            }
            for category in taxonomy.categories() {
                if !by_category.contains_key(&category.code) {
                    let what = format!("category `{}` has no advice", category.code);
                    source.problem(0, what, "Add it to the `categories` of an `[[advice]]`");
                }
            }
            root.finish();
        }
        (Self { by_category }, source.into_problems())
    }
}

/// Notes a `category` or `category/subtype` that the taxonomy does not have.
fn known_key(source: &Source<'_>, line: usize, key: &str, taxonomy: &Taxonomy) {
    let Some((category, subtype)) = key.split_once('/') else {
        return known_category(source, line, key, taxonomy);
    };
    known_category(source, line, category, taxonomy);
    let Some(known) = taxonomy.category(category) else {
        return;
    };
    if taxonomy.subtype(category, subtype).is_none() {
        let codes = known.subtypes.iter().map(|entry| entry.code.as_str());
        let mend = match nearest(subtype, codes) {
            Some(near) => format!("Did you mean `{category}/{near}`?"),
            None => "Use the code of one of its sub-types in taxonomy.toml".to_owned(),
        };
        let what = format!("category `{category}` has no sub-type `{subtype}`");
        source.problem(line, what, mend);
    }
}

/// Notes a category that the taxonomy does not have.
pub(crate) fn known_category(
    source: &Source<'_>,
    line: usize,
    category: &str,
    taxonomy: &Taxonomy,
) {
    if taxonomy.category(category).is_none() {
        let codes = taxonomy
            .categories()
            .iter()
            .map(|known| known.code.as_str());
        let mend = match nearest(category, codes) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "Use a category code of taxonomy.toml".to_owned(),
        };
        source.problem(
            line,
            format!("category `{category}` is not in the taxonomy"),
            mend,
        );
    }
}
