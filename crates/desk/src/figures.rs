//! Public figures: named, versioned definitions, and the gate that nothing passes from which one report could be told.
//!
//! The gate has three parts. [`gate`] hides what is small or dominated in one publication. [`settle`] lets a figure move
//! between two publications only where enough reports moved it. [`publish`] puts both together. [`live`] has what the
//! live measures of a strategy are made of, and [`levels`] their medians and percentiles.

pub mod gate;
pub mod levels;
pub mod live;
pub mod national;
pub mod notices;
pub mod publish;
pub mod settle;

pub use gate::{Cell, Sum, suppress};
pub use publish::{CategoryFigures, Codes, Counts, Published, QuarterFigures, Spread, publish};
pub use settle::{Basis, Tally};

use serde::{Deserialize, Serialize};

/// The built-in definitions.
pub const EMBEDDED: &str = include_str!("../../../data/figures.toml");

/// Texts of a definition in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Title of the figure.
    pub title: String,
    /// What exactly it counts.
    pub text: String,
}

/// What a figure means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Short name, also the anchor on the page.
    pub id: String,
    /// Goes up when the meaning changes.
    pub version: u32,
    /// English.
    pub en: Words,
    /// Te reo Māori.
    pub mi: Words,
}

/// The numbers that the definitions share.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Outcomes of reports that are no incidents.
    pub not_counted: Vec<String>,
    /// Counts from 1 to one below this are not shown, and a published count moves by no fewer.
    pub few: u64,
    /// A report that lost more than this and that no officer verified is left out of sums, major units of the base
    /// currency.
    pub unverified_loss_max: i64,
    /// The p% rule: a sum is not shown if what is left of it without its two largest losses is less than this share of
    /// the largest, percent.
    pub dominance_percent: i64,
    /// Sums are rounded to a multiple of this, major units of the base currency.
    pub loss_step: i64,
}

/// All definitions and the rules they share.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// The rules.
    pub rules: Rules,
    /// The definitions.
    #[serde(rename = "definition")]
    pub list: Vec<Definition>,
}

/// A definitions file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionsError {
    /// It does not parse; line and column are named.
    #[error("{0}")]
    Parse(String),
    /// A number that would switch the gate off.
    #[error("{0} must be {1}")]
    Rule(&'static str, &'static str),
}

impl Definitions {
    /// Reads a definitions file.
    ///
    /// # Errors
    /// Where the file is wrong, with line and column, or which rule would not protect anybody.
    pub fn parse(text: &str) -> Result<Self, DefinitionsError> {
        let all: Self = toml::from_str(text).map_err(|e| DefinitionsError::Parse(e.to_string()))?;
        let rules = &all.rules;
        for (holds, name, must) in [
            (rules.few >= 3, "rules.few", "3 or more"),
            (
                (1..=1_000_000_000).contains(&rules.unverified_loss_max),
                "rules.unverified_loss_max",
                "1 to 1,000,000,000",
            ),
            (
                (1..=100).contains(&rules.dominance_percent),
                "rules.dominance_percent",
                "1 to 100",
            ),
            (
                (1..=1_000_000).contains(&rules.loss_step),
                "rules.loss_step",
                "1 to 1,000,000",
            ),
        ] {
            if !holds {
                return Err(DefinitionsError::Rule(name, must));
            }
        }
        Ok(all)
    }

    /// The definition with this name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Definition> {
        self.list.iter().find(|definition| definition.id == id)
    }

    /// Every definition by name and version: `incidents@1 category@1`.
    #[must_use]
    pub fn versions(&self) -> String {
        let names: Vec<String> = self
            .list
            .iter()
            .map(|d| format!("{}@{}", d.id, d.version))
            .collect();
        names.join(" ")
    }

    /// Counts by both may be compared: the same meanings and rules, whatever the words. A figure that only one of them has is compared
    /// with nothing.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        let same = |one: &Definition| {
            let theirs = other.get(&one.id);
            theirs.is_none_or(|theirs| theirs.version == one.version)
        };
        self.rules == other.rules && self.list.iter().all(same)
    }
}

/// A quarter: year times ten plus 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quarter(pub i64);

impl std::fmt::Display for Quarter {
    /// `2026Q4`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}Q{}", self.0 / 10, self.0 % 10)
    }
}

impl Quarter {
    /// The quarter before.
    #[must_use]
    pub const fn previous(self) -> Self {
        if self.0 % 10 == 1 {
            Self(self.0 - 10 + 3)
        } else {
            Self(self.0 - 1)
        }
    }

    /// Every quarter from `self` to `last`, both included; at most 400.
    #[must_use]
    pub fn until(self, last: Self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut now = self;
        while now <= last && out.len() < 400 {
            out.push(now);
            now = if now.0 % 10 == 4 {
                Self(now.0 + 7)
            } else {
                Self(now.0 + 1)
            };
        }
        out
    }
}

/// Upper ends of the loss bands in major units; the last band is open.
pub const LOSS_BANDS: [i64; 5] = [100, 500, 1_000, 10_000, 100_000];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_parse_and_have_unique_names() {
        let all = Definitions::parse(EMBEDDED).unwrap();
        let mut ids: Vec<&str> = all.list.iter().map(|d| d.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.list.len());
        assert!(all.get("loss").is_some_and(|d| d.version == 2));
        assert!(all.versions().contains("loss@2"));
    }

    #[test]
    fn rules_that_protect_nobody_are_refused() {
        for (good, bad) in [
            ("few = 5", "few = 1"),
            ("dominance_percent = 10", "dominance_percent = 0"),
            ("loss_step = 1000", "loss_step = 0"),
            ("unverified_loss_max = 100000", "unverified_loss_max = -1"),
        ] {
            assert!(EMBEDDED.contains(good), "{good}");
            let error = Definitions::parse(&EMBEDDED.replace(good, bad)).unwrap_err();
            assert!(
                matches!(error, DefinitionsError::Rule(..)),
                "{bad}: {error}"
            );
        }
    }

    #[test]
    fn other_words_agree_and_another_version_does_not() {
        let all = Definitions::parse(EMBEDDED).unwrap();
        let mut other = all.clone();
        "Cases".clone_into(&mut other.list[0].en.title);
        assert!(all.agrees(&other));
        other.list[0].version += 1;
        assert!(!all.agrees(&other));
    }

    #[test]
    fn quarters_follow_each_other() {
        assert_eq!(
            Quarter(20254).until(Quarter(20262)),
            [Quarter(20254), Quarter(20261), Quarter(20262)]
        );
        assert_eq!(Quarter(20261).previous(), Quarter(20254));
        assert_eq!(Quarter(20264).to_string(), "2026Q4");
    }
}
