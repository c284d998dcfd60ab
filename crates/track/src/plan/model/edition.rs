//! One edition of a plan.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::super::at::At;
use super::super::choice::choices;
use super::super::period::Period;
use super::super::words::Words;
use super::{Initiative, Measure, Returned};

choices! {
    /// Whether an edition may still change.
    Status {
        /// It may.
        Draft = "draft",
        /// It was signed off and stays as it is.
        Frozen = "frozen",
    }
}

choices! {
    /// What an ending or a note is about.
    What {
        /// A goal.
        Goal = "goal",
        /// An initiative.
        Initiative = "initiative",
        /// A measure.
        Measure = "measure",
    }
}

choices! {
    /// What became of something that the edition before had.
    How {
        /// It was done.
        Delivered = "delivered",
        /// It goes on as part of another one.
        Merged = "merged",
        /// It was given up.
        Stopped = "stopped",
        /// Another one took its place.
        Superseded = "superseded",
        /// It goes on under another id.
        Renamed = "renamed",
    }
}

/// One edition: the plan as it stood at one time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edition {
    /// Id: the name of its folder.
    pub id: String,
    /// Title.
    pub title: Words,
    /// Whether it may still change.
    pub status: Status,
    /// Day of publication; a frozen edition has one.
    #[serde(serialize_with = "crate::plan::day::option")]
    pub published: Option<Date>,
    /// Only figures published by this day are seen.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub as_of: Date,
    /// The time it plans for.
    pub covers: Option<Period>,
    /// Vision.
    pub vision: Words,
    /// The law or decision it rests on.
    pub legal_basis: Option<Words>,
    /// Name of the narrative on the front page.
    pub front: Option<String>,
    /// Who signed it off; two different roles when it is frozen.
    pub signed_off: Vec<SignOff>,
    /// Themes.
    pub themes: Vec<Theme>,
    /// Goals.
    pub goals: Vec<Goal>,
    /// Initiatives.
    pub initiatives: Vec<Initiative>,
    /// Measures.
    pub measures: Vec<Measure>,
    /// What became of what the edition before had.
    pub ended: Vec<Ended>,
    /// Notes beside computed statuses.
    pub notes: Vec<Note>,
    /// Dissents beside computed statuses.
    pub dissents: Vec<Dissent>,
    /// What owners filed since the edition was begun, and the office accepted. In a plan that was read, what they say is
    /// already part of the initiatives, notes and dissents that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Returned>,
    /// The day by which every owner has to report on each of its open initiatives.
    #[serde(
        serialize_with = "crate::plan::day::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub returns_due: Option<Date>,
    /// Days after the end of a period by which its values have to be filed; 60 where none are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns_after_days: Option<u32>,
    /// Narratives in Markdown, by name and language.
    #[serde(skip)]
    pub texts: BTreeMap<(String, String), String>,
    /// Where it stands in `edition.toml`.
    #[serde(skip)]
    pub at: At,
}

/// One signature under an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOff {
    /// The role, such as `chief statistician`.
    pub role: String,
    /// The office that holds it.
    pub name_of_office: String,
    /// The day.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub on: Date,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Theme {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Words,
    /// What it is about, in Markdown.
    pub text: Option<Words>,
    /// Name of its narrative.
    pub narrative: Option<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// Id.
    pub id: String,
    /// Id of its theme.
    pub theme: Option<String>,
    /// Title.
    pub title: Words,
    /// What it is about, in Markdown.
    pub text: Option<Words>,
    /// Name of its narrative.
    pub narrative: Option<String>,
    /// Id of the source that states it.
    pub source: String,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What became of something that the edition before had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// What it was.
    pub what: What,
    /// Its id in the edition before.
    pub id: String,
    /// What became of it.
    pub how: How,
    /// Ids of what took its place, of the same kind, in this edition.
    pub into: Vec<String>,
    /// When.
    pub on: Option<Period>,
    /// Why.
    pub reason: Words,
    /// Id of the source that says so.
    pub source: String,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What a note is about; in files `measure:ID`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct About {
    /// Kind of thing.
    pub what: What,
    /// Its id.
    pub id: String,
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.what, self.id)
    }
}

/// A note beside a computed status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What it is about.
    pub on: About,
    /// The office that wrote it.
    pub by: String,
    /// What it says.
    pub text: Words,
    /// The day.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub date: Date,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A reviewer's dissent from a computed status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dissent {
    /// What it is about.
    pub on: About,
    /// The reviewer's role.
    pub reviewer: String,
    /// What it says.
    pub text: Words,
    /// The day.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub date: Date,
    /// The status that the reviewer would give.
    pub would_say: Option<Words>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

impl Edition {
    /// The measure with this id.
    #[must_use]
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }

    /// The initiative with this id.
    #[must_use]
    pub fn initiative(&self, id: &str) -> Option<&Initiative> {
        self.initiatives
            .iter()
            .find(|initiative| initiative.id == id)
    }

    /// The goal with this id.
    #[must_use]
    pub fn goal(&self, id: &str) -> Option<&Goal> {
        self.goals.iter().find(|goal| goal.id == id)
    }

    /// The theme with this id.
    #[must_use]
    pub fn theme(&self, id: &str) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.id == id)
    }

    /// A narrative in Markdown.
    #[must_use]
    pub fn text(&self, name: &str, language: &str) -> Option<&str> {
        self.texts
            .get(&(name.to_owned(), language.to_owned()))
            .map(String::as_str)
    }

    /// Ids of all that an ending can be about, of one kind.
    #[must_use]
    pub fn ids(&self, what: What) -> Vec<(&str, &At)> {
        match what {
            What::Goal => self.goals.iter().map(|g| (g.id.as_str(), &g.at)).collect(),
            What::Initiative => {
                let all = self.initiatives.iter();
                all.map(|i| (i.id.as_str(), &i.at)).collect()
            }
            What::Measure => {
                let all = self.measures.iter();
                all.map(|m| (m.id.as_str(), &m.at)).collect()
            }
        }
    }
}
