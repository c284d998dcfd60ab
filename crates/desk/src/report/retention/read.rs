//! Reading the rules. Every problem is collected: file, line, what is wrong, how to mend it.

use std::collections::{BTreeMap, BTreeSet};

use super::{DAYS_MAX, FILE, Part, Rule, Rules, Term};
use crate::data::{FormProblem, Source, Table, nearest};
use crate::taxonomy::Taxonomy;

/// Name of the rule that holds where no other speaks.
const DEFAULT: &str = "default";

impl Rules {
    /// Reads the rules; reasons and sources of law must be there in every one of `languages`.
    ///
    /// # Errors
    /// Every problem found, in the file's order.
    pub fn parse(
        text: &str,
        taxonomy: &Taxonomy,
        languages: &[String],
    ) -> Result<Self, Vec<FormProblem>> {
        let source = Source::new(FILE, text);
        let parsed = source.parse();
        let root = Table::root(&source, &parsed);
        let version = version(&root);
        let mut rules = Vec::new();
        match root.table(DEFAULT) {
            Some(table) => rules.push(default(&table, languages)),
            None => source.problem(
                0,
                "there is no table `[default]`",
                "Add `[default.contact]`, `[default.files]` and `[default.text]`: they hold where no rule speaks",
            ),
        }
        let mut seen = Seen::default();
        for table in root.tables("rule") {
            rules.push(seen.rule(&table, taxonomy, languages));
        }
        root.finish();
        let mut problems = source.into_problems();
        if problems.is_empty() {
            Ok(Self { version, rules })
        } else {
            problems.sort();
            Err(problems)
        }
    }
}

fn version(root: &Table<'_, '_>) -> u32 {
    let version = root
        .int("version")
        .and_then(|version| u32::try_from(version).ok());
    version.filter(|version| *version > 0).unwrap_or_else(|| {
        root.problem_at(
            "version",
            "`version` is missing or below 1",
            "Write `version = 1`, and raise it with every change: the register names it",
        );
        1
    })
}

fn default(table: &Table<'_, '_>, languages: &[String]) -> Rule {
    let terms = terms(table, languages);
    for part in Part::ALL
        .into_iter()
        .filter(|part| !terms.contains_key(part))
    {
        if !table.has(part.as_str()) {
            table.problem_at(
                part.as_str(),
                format!("the default says nothing of `{}`", part.as_str()),
                format!(
                    "Add `[default.{}]` with `days` or `never = true`",
                    part.as_str()
                ),
            );
        }
    }
    table.finish();
    Rule {
        id: DEFAULT.to_owned(),
        category: None,
        subtype: None,
        terms,
    }
}

/// What rules may not say twice.
#[derive(Default)]
struct Seen {
    ids: BTreeSet<String>,
    places: BTreeSet<(String, Option<String>)>,
}

impl Seen {
    fn rule(&mut self, table: &Table<'_, '_>, taxonomy: &Taxonomy, languages: &[String]) -> Rule {
        let id = table.need("id").to_owned();
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if !id.is_empty() && (id.len() > 60 || !id.chars().all(plain)) {
            table.problem_at(
                "id",
                format!("`{id}` is no name of a rule"),
                "Use at most 60 lower-case letters, digits, `-` and `_`",
            );
        }
        if id == DEFAULT || !self.ids.insert(id.clone()) {
            table.problem_at(
                "id",
                format!("there are two rules `{id}`"),
                "Give this one another name",
            );
        }
        let category = table.need("category").to_owned();
        let subtype = table.str("subtype").map(str::to_owned);
        known(table, taxonomy, &category, subtype.as_deref());
        if !self.places.insert((category.clone(), subtype.clone())) {
            table.problem_at(
                "category",
                "another rule is for the same category and sub-type",
                "Put both into one rule",
            );
        }
        let terms = terms(table, languages);
        if terms.is_empty() && !Part::ALL.iter().any(|part| table.has(part.as_str())) {
            table.problem_at(
                "id",
                format!("rule `{id}` says nothing"),
                "Add `[rule.contact]`, `[rule.files]` or `[rule.text]`",
            );
        }
        table.finish();
        Rule {
            id,
            category: Some(category),
            subtype,
            terms,
        }
    }
}

fn known(table: &Table<'_, '_>, taxonomy: &Taxonomy, category: &str, subtype: Option<&str>) {
    let Some(found) = taxonomy.category(category) else {
        if !category.is_empty() {
            let codes = taxonomy.categories().iter().map(|one| one.code.as_str());
            table.problem_at(
                "category",
                format!("there is no category `{category}`"),
                meant(nearest(category, codes)),
            );
        }
        return;
    };
    if let Some(subtype) = subtype
        && taxonomy.subtype(category, subtype).is_none()
    {
        let codes = found.subtypes.iter().map(|one| one.code.as_str());
        table.problem_at(
            "subtype",
            format!("category `{category}` has no sub-type `{subtype}`"),
            meant(nearest(subtype, codes)),
        );
    }
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(
        || "Take a code of `data/taxonomy.toml`".to_owned(),
        |near| format!("Did you mean `{near}`?"),
    )
}

fn terms(table: &Table<'_, '_>, languages: &[String]) -> BTreeMap<Part, Term> {
    let mut terms = BTreeMap::new();
    for part in Part::ALL {
        if let Some(own) = table.table(part.as_str())
            && let Some(term) = term(&own, part, languages)
        {
            terms.insert(part, term);
        }
    }
    terms
}

fn term(table: &Table<'_, '_>, part: Part, languages: &[String]) -> Option<Term> {
    let never = table.bool("never", false);
    let days = table.int("days");
    let reason = table.need_text("reason", languages);
    let law = table.need_text("law", languages);
    table.finish();
    let days = match (days, never) {
        (None, true) => None,
        (Some(days), false) => match u32::try_from(days).ok().filter(|days| *days <= DAYS_MAX) {
            Some(days) => Some(days),
            None => {
                table.problem_at(
                    "days",
                    format!("{days} days are not from 0 to {DAYS_MAX}"),
                    "Write days after closing, or `never = true`",
                );
                return None;
            }
        },
        _ => {
            let name = part.as_str();
            table.problem_at(
                "days",
                format!("`{name}` needs either `days` or `never = true`"),
                "Write `days = 365` for a year after closing, or `never = true` to keep it",
            );
            return None;
        }
    };
    Some(Term { days, reason, law })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Form, FormFiles};
    use crate::report::retention::EMBEDDED;

    fn problems(text: &str) -> Vec<String> {
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        let read = Rules::parse(text, form.taxonomy(), form.languages());
        read.unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn faults_name_file_line_what_and_mend() {
        // Its comments show rules too.
        let plain: Vec<&str> = EMBEDDED
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        let plain = plain.join("\n");
        for (from, to, says) in [
            ("version = 1", "version = 0", "retention.toml:"),
            (
                "never = true",
                "never = true\ndays = 3",
                "needs either `days` or `never = true`",
            ),
            ("days = 365", "days = -1", "-1 days are not from 0 to 36525"),
            (
                "days = 365",
                "dais = 365",
                "unknown key `dais`. Did you mean `days`?",
            ),
            (
                "[default.text]",
                "[default.texts]",
                "the default says nothing of `text`",
            ),
            (" mi = ", " fr = ", "has no text in `mi`"),
        ] {
            let found = problems(&plain.replacen(from, to, 1));
            assert!(
                found.iter().any(|one| one.contains(says)),
                "{says}: {found:?}"
            );
        }
        let rule = |id: &str, category: &str| {
            format!("{plain}\n[[rule]]\nid = \"{id}\"\ncategory = \"{category}\"\n")
        };
        for (text, says) in [
            (
                rule("a", "scan"),
                "there is no category `scan`. Did you mean `scam`?",
            ),
            (rule("A b", "scam"), "`A b` is no name of a rule"),
            (rule("default", "scam"), "there are two rules `default`"),
            (rule("a", "scam"), "rule `a` says nothing"),
            (
                format!("{}subtype = \"romanse\"\n", rule("a", "scam")),
                "Did you mean `romance`?",
            ),
            ("version = 1\n".to_owned(), "there is no table `[default]`"),
            ("version = \n".to_owned(), "not TOML"),
        ] {
            let found = problems(&text);
            assert!(
                found.iter().any(|one| one.contains(says)),
                "{says}: {found:?}"
            );
            assert!(
                found.iter().all(|one| one.starts_with("retention.toml:")),
                "{found:?}"
            );
        }
    }
}
