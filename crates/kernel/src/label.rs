//! Handling labels: who may be told (TLP 2.0), what may be done with it (PAP), and to which end.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Traffic Light Protocol 2.0 (FIRST, 2022): with whom something may be shared. Greater is more restrictive.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Tlp {
    /// Anybody.
    #[serde(rename = "clear")]
    Clear,
    /// The community.
    #[serde(rename = "green")]
    Green,
    /// The recipient's organisation and its clients, as far as they need it. What reports get.
    #[default]
    #[serde(rename = "amber")]
    Amber,
    /// The recipient's organisation only.
    #[serde(rename = "amber+strict")]
    AmberStrict,
    /// The named recipients only.
    #[serde(rename = "red")]
    Red,
}

impl Tlp {
    /// All, from the least to the most restrictive.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Green,
        Self::Amber,
        Self::AmberStrict,
        Self::Red,
    ];

    /// The code used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::AmberStrict => "amber+strict",
            Self::Red => "red",
        }
    }
}

/// As the standard prints it: `TLP:AMBER+STRICT`.
impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLP:{}", self.as_str().to_ascii_uppercase())
    }
}

/// Permissible Actions Protocol (MISP taxonomy `PAP`): what may be done with it. Greater is more restrictive.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Pap {
    /// No limits on use.
    Clear,
    /// Active measures such as blocking are allowed.
    Green,
    /// Passive checks only: look up, but do not touch the other side.
    #[default]
    Amber,
    /// Nothing that the other side could notice, and no look-ups outside the house.
    Red,
}

impl Pap {
    /// All, from the least to the most restrictive.
    pub const ALL: [Self; 4] = [Self::Clear, Self::Green, Self::Amber, Self::Red];

    /// The code used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }
}

/// `PAP:AMBER`.
impl fmt::Display for Pap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PAP:{}", self.as_str().to_ascii_uppercase())
    }
}

/// The text named no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Not one of TLP 2.0.
    #[error("unknown TLP label {0:?}: use clear, green, amber, amber+strict or red")]
    Tlp(String),
    /// Not one of PAP.
    #[error("unknown PAP label {0:?}: use clear, green, amber or red")]
    Pap(String),
}

/// Reads `amber`, `TLP:AMBER`, and TLP 1.0's `white` as `clear`.
impl FromStr for Tlp {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let code = bare(text, "tlp:");
        Self::ALL
            .into_iter()
            .find(|tlp| tlp.as_str() == code)
            .or((code == "white").then_some(Self::Clear))
            .ok_or_else(|| LabelError::Tlp(text.to_owned()))
    }
}

/// Reads `amber`, `PAP:AMBER`, and the older `white` as `clear`.
impl FromStr for Pap {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let code = bare(text, "pap:");
        Self::ALL
            .into_iter()
            .find(|pap| pap.as_str() == code)
            .or((code == "white").then_some(Self::Clear))
            .ok_or_else(|| LabelError::Pap(text.to_owned()))
    }
}

fn bare(text: &str, prefix: &str) -> String {
    let code = text.trim().to_ascii_lowercase();
    code.strip_prefix(prefix).map(str::to_owned).unwrap_or(code)
}

/// To which end a record may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To help the reporter and to stop the incident.
    Response,
    /// To warn and protect others: clusters, notifications, advice.
    Protection,
    /// Counted in public figures.
    Statistics,
    /// Handed to a partner agency (on top of the reporter's consent for that agency).
    Referral,
}

/// The handling rule on a record. No record without one.
///
/// The order is "more restrictive than" and is partial: one label is greater than another if it is at least as
/// restrictive in every respect (fewer purposes are more restrictive). [`Label::join`] is the least label that
/// satisfies both; what is made from several records carries the join of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// With whom it may be shared.
    pub tlp: Tlp,
    /// What may be done with it.
    pub pap: Pap,
    /// To which ends; with none, it may only be kept.
    pub purposes: BTreeSet<Purpose>,
}

/// What a new report gets: TLP:AMBER, PAP:AMBER, all purposes.
impl Default for Label {
    fn default() -> Self {
        Self {
            tlp: Tlp::Amber,
            pap: Pap::Amber,
            purposes: BTreeSet::from([
                Purpose::Response,
                Purpose::Protection,
                Purpose::Statistics,
                Purpose::Referral,
            ]),
        }
    }
}

impl Label {
    /// The least restrictive label that is at least as restrictive as both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        Self {
            tlp: self.tlp.max(other.tlp),
            pap: self.pap.max(other.pap),
            purposes: self
                .purposes
                .intersection(&other.purposes)
                .copied()
                .collect(),
        }
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let least = *other == self.join(other);
        let most = *self == self.join(other);
        match (least, most) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Less),
            (false, true) => Some(Ordering::Greater),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_label() -> Vec<Label> {
        let all: Vec<Purpose> = Label::default().purposes.into_iter().collect();
        let mut labels = Vec::new();
        for tlp in Tlp::ALL {
            for pap in Pap::ALL {
                for bits in 0..16_usize {
                    let purposes = all
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| bits >> at & 1 == 1)
                        .map(|(_, p)| *p)
                        .collect();
                    labels.push(Label { tlp, pap, purposes });
                }
            }
        }
        labels
    }

    #[test]
    fn join_is_the_least_upper_bound() {
        let labels = every_label();
        for a in &labels {
            assert!(a <= a);
            for b in &labels {
                let join = a.join(b);
                assert_eq!(join, b.join(a));
                assert!(*a <= join && *b <= join);
                assert_eq!(a <= b, join == *b);
            }
        }
    }

    #[test]
    fn reads_and_prints_the_standard_forms() {
        for tlp in Tlp::ALL {
            assert_eq!(tlp.to_string().parse(), Ok(tlp));
            assert_eq!(
                serde_json::to_string(&tlp).unwrap(),
                format!("{:?}", tlp.as_str())
            );
        }
        for pap in Pap::ALL {
            assert_eq!(pap.to_string().parse(), Ok(pap));
        }
        assert_eq!("TLP:WHITE".parse(), Ok(Tlp::Clear));
        assert!("tlp:purple".parse::<Tlp>().is_err());
        assert!(Tlp::AmberStrict > Tlp::Amber);
    }

    #[test]
    fn reports_start_at_amber_and_unknown_fields_are_refused() {
        let json = serde_json::to_string(&Label::default()).unwrap();
        assert_eq!(
            json,
            r#"{"tlp":"amber","pap":"amber","purposes":["response","protection","statistics","referral"]}"#
        );
        assert_eq!(
            serde_json::from_str::<Label>(&json).unwrap(),
            Label::default()
        );
        assert!(
            serde_json::from_str::<Label>(r#"{"tlp":"red","pap":"red","purposes":[],"x":1}"#)
                .is_err()
        );
    }
}
