//! What a book of rules would have told on what came in: the result of its dry run.

use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::Why;

/// Owners that a result names.
pub const OWNERS_MAX: usize = 200;

/// What one owner would have been told of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Number of the constituent.
    pub owner: u32,
    /// The rule, counted from 1.
    pub rule: u32,
    /// The class; empty where nothing would be told.
    pub class: String,
    /// Different observations.
    pub rows: u64,
    /// Why it would have been told, or not.
    pub why: Why,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// What was received from then on was looked at.
    pub from: Micros,
    /// Observations that were looked at.
    pub looked: u64,
    /// There were more, and older ones were not looked at.
    pub more: bool,
    /// Different observations that would have been told.
    pub told: u64,
    /// Observations of nobody's.
    pub nobody: u64,
    /// By owner, rule and class; the largest first.
    pub reach: Vec<Reach>,
    /// Owners or rules beyond those that are named.
    pub beyond: u64,
}
