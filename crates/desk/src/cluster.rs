//! Clusters: reports that look alike fall together as they arrive, so that one decision serves all of them.
//!
//! [`signature`] keeps of a report what it can share, in 256 bytes; its [`Signature::keys`] are rows of an index; [`judge`]
//! looks at the members of the clusters that the index names and says where the report belongs and why. [`decide`] and
//! [`Clusters`] keep who is where, who decided what, and how it is undone; [`Row`] sums a cluster up for a list.
//!
//! A cluster never puts texts together and never loads one: reports stay as they were received, and to merge clusters is to
//! link one to another.

mod decide;
mod judge;
mod row;
mod rules;
mod signature;
mod state;
mod text;
mod trace;

pub use decide::{Command, REPORTS_MAX, Refusal, decide};
pub use judge::{Join, MEMBERS_MAX, Member, judge};
pub use row::{Facts, Row, SharedThing, Sum};
pub use rules::{EMBEDDED, JOIN, Rules, RulesError};
pub use signature::{Key, SIGNATURE_BYTES, Signature, SignatureError, signature};
pub use state::{Change, ClusterId, Clusters, Decision, Event};

use cairn_kernel::observable::Kind;
use serde::{Deserialize, Serialize};

/// What kind of thing two reports share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A link with a path.
    Url,
    /// A domain.
    Domain,
    /// A network address.
    Ip,
    /// A mail address.
    Email,
    /// A file.
    Hash,
    /// A telephone number.
    Phone,
    /// A wallet.
    Wallet,
    /// A bank account.
    Account,
    /// Nearly the same words.
    Text,
    /// Category, sub-type, and how it reached them.
    Answers,
}

impl Reason {
    const ALL: [Self; 10] = [
        Self::Url,
        Self::Domain,
        Self::Ip,
        Self::Email,
        Self::Hash,
        Self::Phone,
        Self::Wallet,
        Self::Account,
        Self::Text,
        Self::Answers,
    ];

    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Ip => Self::Ip,
            Kind::Domain => Self::Domain,
            Kind::Url => Self::Url,
            Kind::Email => Self::Email,
            Kind::Hash => Self::Hash,
            Kind::Phone => Self::Phone,
            Kind::Wallet => Self::Wallet,
            Kind::Account => Self::Account,
        }
    }
}

/// Why a report is in a cluster. Names no number, address or word: it stands in the evidence log, which nobody can erase.
/// What exactly is shared follows from the two reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// What is shared.
    pub reason: Reason,
    /// Number of a report that it is shared with.
    pub with: i64,
    /// For texts: how much of the shorter one is in the other, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
}
