//! The mapping file: which words of the source mean which category, severity, state and account here.

use std::collections::BTreeMap;

use cairn_kernel::label::{Pap, Tlp};
use serde::Deserialize;

use super::{Fault, Filed, Old, Problem, Source, Ticket};
use crate::report::State;
use crate::taxonomy::Taxonomy;

/// Most rules of each kind.
pub const RULES_MAX: usize = 1_000;
const BUILT_IN: &str = include_str!("../../../../data/import.toml");

/// The mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// It does not parse; line and column are named.
    #[error("{0}")]
    Parse(String),
    /// A code that the installation does not know.
    #[error("{what} {code:?} is not known here")]
    Code {
        /// What it should be.
        what: &'static str,
        /// As written.
        code: String,
    },
    /// More than [`RULES_MAX`].
    #[error("more than {RULES_MAX} rules of one kind")]
    Many,
    /// There is no part for this source.
    #[error("there is no part [{0}] for this source")]
    Source(&'static str),
}

/// What the installation knows.
#[derive(Debug, Clone, Copy)]
pub struct Codes<'a> {
    /// Categories, sub-types, severities and outcomes.
    pub taxonomy: &'a Taxonomy,
}

/// How tickets of one source are filed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Category where no rule fits.
    pub category: String,
    /// Severity where no rule fits, 1 to 6.
    pub severity: u8,
    /// Outcome of what is closed where no rule names one.
    pub outcome: String,
    #[serde(default)]
    categories: Vec<Rule<Category>>,
    #[serde(default)]
    severities: Vec<Rule<u8>>,
    #[serde(default)]
    states: Vec<Rule<Standing>>,
    #[serde(default)]
    tlps: Vec<Rule<String>>,
    #[serde(default)]
    paps: Vec<Rule<String>>,
    /// Login here, by name there.
    #[serde(default)]
    pub accounts: BTreeMap<String, String>,
    /// Columns of a table: what is read from which.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// What parts the cells of a table.
    #[serde(default)]
    pub delimiter: Option<char>,
}

/// A field has a value, compared without case: then it means that.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule<T> {
    field: String,
    value: String,
    to: T,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Category {
    Code(String),
    Sub { category: String, subtype: String },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Standing {
    State(State),
    Closed { outcome: String },
}

impl Mapping {
    /// The mapping of a source, from a file or built in.
    ///
    /// # Errors
    /// See [`MappingFault`].
    pub fn read(
        source: Source,
        text: Option<&str>,
        codes: Codes<'_>,
    ) -> Result<Self, MappingFault> {
        let parsed: Result<BTreeMap<String, Self>, _> = toml::from_str(text.unwrap_or(BUILT_IN));
        let mut file = parsed.map_err(|error| MappingFault::Parse(error.to_string()))?;
        let mapping = file.remove(source.as_str());
        let mapping = mapping.ok_or(MappingFault::Source(source.as_str()))?;
        mapping.check(codes)?;
        Ok(mapping)
    }

    fn check(&self, codes: Codes<'_>) -> Result<(), MappingFault> {
        let taxonomy = codes.taxonomy;
        let most = [
            self.categories.len(),
            self.severities.len(),
            self.states.len(),
            self.accounts.len(),
        ];
        if most.into_iter().any(|count| count > RULES_MAX) {
            return Err(MappingFault::Many);
        }
        let unknown = |what, code: &str| {
            Err(MappingFault::Code {
                what,
                code: code.to_owned(),
            })
        };
        let own = Category::Code(self.category.clone());
        for category in self.categories.iter().map(|rule| &rule.to).chain([&own]) {
            let (code, subtype) = category.parts();
            if taxonomy.category(code).is_none() {
                return unknown("category", code);
            }
            if let Some(subtype) = subtype
                && taxonomy.subtype(code, subtype).is_none()
            {
                return unknown("sub-type", subtype);
            }
        }
        for level in self
            .severities
            .iter()
            .map(|rule| rule.to)
            .chain([self.severity])
        {
            if taxonomy.severity(level).is_none() {
                return unknown("severity", &level.to_string());
            }
        }
        let outcomes = self.states.iter().filter_map(|rule| match &rule.to {
            Standing::Closed { outcome } => Some(outcome),
            Standing::State(_) => None,
        });
        for outcome in outcomes.chain([&self.outcome]) {
            if taxonomy.outcome(outcome).is_none() {
                return unknown("outcome", outcome);
            }
        }
        self.check_labels()
    }

    fn check_labels(&self) -> Result<(), MappingFault> {
        for rule in &self.tlps {
            rule.to.parse::<Tlp>().map_err(|_| MappingFault::Code {
                what: "TLP",
                code: rule.to.clone(),
            })?;
        }
        for rule in &self.paps {
            rule.to.parse::<Pap>().map_err(|_| MappingFault::Code {
                what: "PAP",
                code: rule.to.clone(),
            })?;
        }
        Ok(())
    }

    /// Files a ticket. Values that no rule knows are named once each: they stay among the fields that are kept as text.
    pub fn file(&self, source: Source, mut old: Old, problems: &mut Vec<Problem>) -> Ticket {
        let place = format!("{}#{}", source.as_str(), old.number);
        let category = self.find(&old, &self.categories, &place, problems);
        let (code, subtype) = category.map_or((self.category.as_str(), None), Category::parts);
        let severity = self.find(&old, &self.severities, &place, problems);
        let state = self.find(&old, &self.states, &place, problems);
        let (state, outcome) = match state {
            None => (State::Open, None),
            Some(Standing::State(State::Closed)) => (State::Closed, Some(self.outcome.clone())),
            Some(Standing::State(state)) => (*state, None),
            Some(Standing::Closed { outcome }) => (State::Closed, Some(outcome.clone())),
        };
        let assignee = old
            .owner
            .as_ref()
            .and_then(|owner| self.accounts.get(owner))
            .cloned();
        let filed = Filed {
            category: code.to_owned(),
            subtype: subtype.map(str::to_owned),
            severity: severity.copied().unwrap_or(self.severity),
            state,
            outcome,
            assignee,
        };
        let tlp = self
            .find(&old, &self.tlps, &place, problems)
            .and_then(|to| to.parse().ok());
        let pap = self
            .find(&old, &self.paps, &place, problems)
            .and_then(|to| to.parse().ok());
        if let Some(case) = &mut old.case {
            case.tlp = tlp.unwrap_or(case.tlp);
            case.pap = pap.unwrap_or(case.pap);
            case.closed = filed.state == State::Closed;
        }
        Ticket {
            source,
            logins: self.logins(&old),
            old,
            filed,
        }
    }

    /// The first rule that fits. A field for which there are rules and whose value none of them names is told.
    fn find<'m, T>(
        &'m self,
        old: &Old,
        rules: &'m [Rule<T>],
        place: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<&'m T> {
        let fits = |rule: &&Rule<T>| {
            old.values(&rule.field)
                .any(|value| value.trim().eq_ignore_ascii_case(&rule.value))
        };
        if let Some(rule) = rules.iter().find(fits) {
            return Some(&rule.to);
        }
        let mut told: Vec<&str> = Vec::new();
        for rule in rules {
            if told
                .iter()
                .any(|field| field.eq_ignore_ascii_case(&rule.field))
            {
                continue;
            }
            told.push(&rule.field);
            for value in old
                .values(&rule.field)
                .filter(|value| !value.trim().is_empty())
            {
                let what = format!("{}: {value}", rule.field);
                problems.push(Problem::new(Fault::Unmapped, place, &what));
            }
        }
        None
    }

    fn logins(&self, old: &Old) -> BTreeMap<String, String> {
        let authors = old.entries.iter().filter_map(|entry| entry.author.as_ref());
        authors
            .filter_map(|author| Some((author.clone(), self.accounts.get(author)?.clone())))
            .collect()
    }
}

impl Category {
    fn parts(&self) -> (&str, Option<&str>) {
        match self {
            Self::Code(code) => (code, None),
            Self::Sub { category, subtype } => (category, Some(subtype)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taxonomy() -> Taxonomy {
        crate::form::Form::parse(&crate::form::FormFiles::embedded())
            .unwrap()
            .taxonomy()
            .clone()
    }

    #[test]
    fn the_built_in_mapping_fits_the_built_in_taxonomy() {
        let taxonomy = taxonomy();
        for source in Source::ALL {
            let codes = Codes {
                taxonomy: &taxonomy,
            };
            Mapping::read(source, None, codes).unwrap();
        }
    }

    #[test]
    fn the_first_rule_that_fits_holds_and_what_none_knows_is_told() {
        let text = "[rt]\ncategory = \"other\"\nseverity = 5\noutcome = \"resolved\"\n\
            categories = [ { field = \"Classification\", value = \"phish\", to = \"phishing\" },\n\
            { field = \"Queue\", value = \"Fraud\", to = { category = \"scam\", subtype = \"job\" } } ]\n\
            states = [ { field = \"Status\", value = \"resolved\", to = { outcome = \"owner_told\" } } ]\n\
            [rt.accounts]\nroot = \"ana\"\n";
        let taxonomy = taxonomy();
        let mapping = Mapping::read(
            Source::Rt,
            Some(text),
            Codes {
                taxonomy: &taxonomy,
            },
        )
        .unwrap();
        let old = Old {
            number: "7".into(),
            owner: Some("root".into()),
            fields: vec![
                ("queue".into(), "fraud".into()),
                ("Status".into(), "Resolved".into()),
            ],
            ..Old::default()
        };
        let mut problems = Vec::new();
        let ticket = mapping.file(Source::Rt, old.clone(), &mut problems);
        let filed = &ticket.filed;
        assert_eq!(
            (filed.category.as_str(), filed.subtype.as_deref()),
            ("scam", Some("job"))
        );
        assert_eq!(
            (filed.state, filed.outcome.as_deref()),
            (State::Closed, Some("owner_told"))
        );
        assert_eq!(filed.assignee.as_deref(), Some("ana"));
        assert!(problems.is_empty(), "{problems:?}");
        let odd = Old {
            fields: vec![("Status".into(), "pondered".into())],
            ..old
        };
        mapping.file(Source::Rt, odd, &mut problems);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].fault, Fault::Unmapped);
        let wrong = text.replace("\"phishing\"", "\"fishing\"");
        assert!(
            Mapping::read(
                Source::Rt,
                Some(&wrong),
                Codes {
                    taxonomy: &taxonomy
                }
            )
            .is_err()
        );
    }
}
