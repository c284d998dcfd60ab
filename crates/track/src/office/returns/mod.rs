//! Returns: what the owner of an initiative, action or measure files between two editions, with what shows it.
//!
//! A [`Return`] is kept as filed, as JSON. [`check`] says what is wrong in it while it can be mended. Once somebody has
//! accepted it, [`apply`] writes it into the plan's files, where it is read like all else.

mod apply;
mod check;
mod csv;
mod figure;
mod free;
mod limits;
mod toml;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use apply::apply;
pub(in crate::office) use apply::new_errors;
pub use check::{Finding, check};
pub use limits::*;
pub(in crate::office) use toml::inline;

use crate::plan::{Missing, SourceKind, Vintage, What, Words, is_slug};

/// What an owner filed. Never changed once it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// Id, unique in the plan: small letters, digits, `.`, `_` or `-`, at most [`ID_CHARS_MAX`].
    pub id: String,
    /// Id of the edition that it is about.
    pub edition: String,
    /// The organisation that files it, as the plan names it.
    pub by: String,
    /// The day.
    #[serde(
        serialize_with = "crate::plan::day::text",
        deserialize_with = "crate::plan::day::read"
    )]
    pub filed: Date,
    /// What it says.
    pub about: About,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// What a return says, in JSON `{"initiative": {…}}` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// How an initiative stands.
    Initiative(Progress),
    /// A value of a measure.
    Measure(Figure),
    /// A note beside a computed status.
    Note(Remark),
    /// A reviewer's dissent from a computed status.
    Dissent(Objection),
}

/// How an initiative stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Id of the initiative.
    pub id: String,
    /// How it stands, in the owner's words.
    pub claim: Words,
    /// Id of the milestone that it is about; not together with an action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<String>,
    /// Id of the action that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// When the milestone or action was done; without either, when the next step was.
    #[serde(
        default,
        serialize_with = "crate::plan::day::option",
        deserialize_with = "crate::plan::day::read_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub done: Option<Date>,
}

/// A value of a measure: one row of its series. Numbers are kept as they were typed, so that what is wrong with them can be
/// said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Id of the measure.
    pub id: String,
    /// What it is about: `2018`, `2018Q2`, `2018-03`, `2022-12-31`, `2023/24` or `2021-23`.
    pub period: String,
    /// The value, such as `12.5`; exactly one of this and `missing` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
    /// Lower end of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// Upper end of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// Sample size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Flags of [`crate::plan::series::FLAGS`], parted by blanks; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flag: String,
    /// Why values from this one on cannot be compared with those before.
    #[serde(default, rename = "break", skip_serializing_if = "Option::is_none")]
    pub brk: Option<String>,
    /// A remark; why the value is restated, if it is. Empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// It takes the place of a value that was published before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revises: bool,
    /// For whom, by the name of the series' column; empty for all together.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dims: BTreeMap<String, String>,
}

/// A note beside a computed status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// Kind of thing that it is about.
    pub what: What,
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: Words,
}

/// A reviewer's dissent from a computed status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// Kind of thing that it is about.
    pub what: What,
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: Words,
    /// The reviewer's role.
    pub reviewer: String,
    /// The status that the reviewer would give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_say: Option<Words>,
}

/// What shows something: a source that becomes a row of `sources.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Address, `https://…` or `http://…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What kind of thing it is; if absent a page where there is an address, and else something supplied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SourceKind>,
    /// SHA-256 of the file or page, 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Name of the file that was handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// When it was fetched.
    #[serde(
        default,
        serialize_with = "crate::plan::day::option",
        deserialize_with = "crate::plan::day::read_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub retrieved: Option<Date>,
    /// When it was published: a day, or only its month or year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Vintage>,
}

/// A return that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// What was filed.
    #[serde(rename = "return")]
    pub ret: Return,
    /// The day on which it was accepted.
    #[serde(
        serialize_with = "crate::plan::day::text",
        deserialize_with = "crate::plan::day::read"
    )]
    pub accepted: Date,
    /// The role of who accepted it, not their name: it is published.
    pub role: String,
}

impl Return {
    /// Whether the id may stand in a plan.
    fn has_fit_id(&self) -> bool {
        is_slug(&self.id) && self.id.len() <= ID_CHARS_MAX
    }

    /// Id of the source in `sources.csv` that the evidence at this place becomes.
    #[must_use]
    pub fn source_id(&self, at: usize) -> String {
        if at == 0 {
            format!("return-{}", self.id)
        } else {
            format!("return-{}-{}", self.id, at + 1)
        }
    }
}

#[cfg(test)]
mod tests;
