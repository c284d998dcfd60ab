//! Who did something, and what officers may be.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an account of the house may do; each role includes nothing of the others but what the policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works on reports.
    Officer,
    /// Works on reports and assigns them to others.
    Lead,
    /// Manages accounts, keys and settings; sees no report.
    Administrator,
    /// Reads everything, the audit trail included; changes nothing.
    Auditor,
    /// Files returns on strategies for the organisations that it has a seat of; sees no report.
    Owner,
    /// Checks and accepts returns, and signs editions off first; sees no report.
    Statistician,
    /// Signs editions off second, publishes them, and says who files for which organisation; sees no report.
    Publisher,
    /// Independent: writes dissent that stands beside a status; sees no report.
    Reviewer,
}

impl Role {
    /// Every role, in the order in which lists show them.
    pub const ALL: [Self; 8] = [
        Self::Officer,
        Self::Lead,
        Self::Administrator,
        Self::Auditor,
        Self::Owner,
        Self::Statistician,
        Self::Publisher,
        Self::Reviewer,
    ];

    /// The name used in the database, the API and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Lead => "lead",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::Owner => "owner",
            Self::Statistician => "statistician",
            Self::Publisher => "publisher",
            Self::Reviewer => "reviewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text named no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown role {0:?}: use officer, lead, administrator, auditor, owner, statistician, publisher or reviewer"
)]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// Who caused a change of state. Accounts and keys are named by id, never by name or address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The holder of a report's secret, or the sender of a new report.
    Reporter,
    /// An account of the house.
    User(String),
    /// A partner's API key.
    ApiKey(String),
    /// cairn itself: a job, a rule, the command line.
    System,
}

impl Actor {
    /// As columns hold who did something: the account's id, or what [`fmt::Display`] says of who has no account.
    #[must_use]
    pub fn account(&self) -> String {
        match self {
            Self::User(id) => id.clone(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reporter => f.write_str("reporter"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::ApiKey(id) => write!(f, "key:{id}"),
            Self::System => f.write_str("system"),
        }
    }
}
