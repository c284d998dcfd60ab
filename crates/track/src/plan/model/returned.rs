//! What the owners of initiatives filed between two editions, and the office accepted.

use jiff::civil::Date;
use serde::Serialize;

use super::super::at::At;
use super::super::period::Period;
use super::super::words::Words;
use super::About;

/// An accepted return: one entry of an edition's `returns.toml`. Returned values of measures are rows of their series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Returned {
    /// Id, unique in the plan.
    pub id: String,
    /// The day on which it was filed.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub filed: Date,
    /// The day on which it was accepted.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub accepted: Date,
    /// The role of who accepted it.
    pub accepted_by: String,
    /// The organisation that filed it.
    pub by: String,
    /// What it says.
    #[serde(flatten)]
    pub said: Said,
    /// Ids of sources that show it.
    pub evidence: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What a return says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// How an initiative stands.
    #[serde(rename = "return")]
    Progress {
        /// Id of the initiative.
        initiative: String,
        /// Id of the milestone that it is about.
        milestone: Option<String>,
        /// Id of the action that it is about.
        action: Option<String>,
        /// When the milestone or action was done; without either, when the next step was.
        done: Option<Period>,
        /// How it stands, in the owner's words.
        claim: Words,
    },
    /// A note beside a computed status.
    Note {
        /// What it is about.
        on: About,
        /// What it says.
        text: Words,
    },
    /// A reviewer's dissent from a computed status.
    Dissent {
        /// What it is about.
        on: About,
        /// The reviewer's role.
        reviewer: String,
        /// What it says.
        text: Words,
        /// The status that the reviewer would give.
        would_say: Option<Words>,
    },
}
