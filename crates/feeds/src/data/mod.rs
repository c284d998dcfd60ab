//! What is known of addresses and names, offline, from files that the operator gives: whose number ([`Kind::Asn`]) and in which
//! place ([`Kind::Place`]) addresses are, whom to write to about them ([`Kind::Abuse`]), and under what names were registered
//! ([`Kind::Suffix`]).
//!
//! A source ([`source`], [`mrt`]) is a pure reader: bytes in, networks with facts and numbered faults out. [`Builder`] makes
//! of networks that lie in one another ranges that do not, the longest prefix first, and [`set`] is the file in which they
//! are kept: one file a set, made as a whole, with the day that it is of and what it was made from. An answer says which
//! network it came from, so that "why this owner" can be told.

pub mod build;
mod bytes;
pub mod contacts;
pub mod gather;
pub mod mrt;
pub mod rdap;
mod rpsl;
pub mod set;
pub mod shelf;
pub mod source;
pub mod suffix;

use serde::{Deserialize, Serialize};

pub use build::Builder;
pub use gather::Gather;
pub use set::{Set, SetError};
pub use shelf::Shelf;
pub use suffix::{Registered, Suffixes};

/// What a set tells of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The autonomous system that announces it.
    Asn,
    /// Country and place.
    Place,
    /// Whom to write to about abuse, or which server tells so.
    Abuse,
    /// Under what names were registered: of names, not of addresses.
    Suffix,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Asn, Self::Place, Self::Abuse, Self::Suffix];

    /// By its name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its name, as files and commands have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asn => "asn",
            Self::Place => "place",
            Self::Abuse => "abuse",
            Self::Suffix => "suffix",
        }
    }
}

/// What is known of a network. What a source does not tell is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Number of the autonomous system (RFC 6793).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_name: Option<String>,
    /// Country in which the address is used (ISO 3166-1 alpha-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cc: Option<String>,
    /// Country in which the network is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_cc: Option<String>,
    /// Part of the country (ISO 3166-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Degrees north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Mailbox for reports of abuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abuse: Option<String>,
    /// Address of the RDAP server that can be asked (RFC 9224).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rdap: Option<String>,
}

impl Fact {
    /// Only its number.
    #[must_use]
    pub fn of_asn(asn: u32) -> Self {
        Self {
            asn: Some(asn),
            ..Self::default()
        }
    }
}

/// Something in a source that gave nothing. A fault never stops a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, or record of a binary file, counted from 1.
    pub at: u64,
    /// What is wrong with it.
    pub what: &'static str,
}
