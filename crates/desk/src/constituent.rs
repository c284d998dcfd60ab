//! Constituents: the organisations that the team serves, what is theirs on the network, and whom to tell. What people entered stands
//! before what was imported, and an import never touches it (decision 37).
//!
//! Contacts are personal data: they lie apart from the rest, and the evidence log knows them by a number and a salted digest only.

pub mod claim;
pub mod decide;
pub mod import;
pub mod net;
pub mod owners;
pub mod plan;
pub mod typed;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use cairn_kernel::net::Network;
pub use decide::{Refusal, Work, decide, fresh};
pub use net::{Asset, Domain};
pub use owners::{Candidate, Conflict, OwnerId, Owners, Why};
pub use typed::{Draft, Fault, Heading, Typed, Wrong};

/// Most constituents of one installation.
pub const CONSTITUENTS_MAX: usize = 50_000;
/// Most networks, domains and AS numbers of one constituent, together.
pub const ASSETS_MAX: usize = 20_000;
/// Most contacts of one constituent.
pub const CONTACTS_MAX: usize = 50;
/// Most annotations of one constituent.
pub const NOTES_MAX: usize = 50;
/// Longest name, characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest annotation, characters.
pub const NOTE_CHARS_MAX: usize = 500;
/// Days after which a contact is to be asked again whether it is right.
pub const CONFIRM_DAYS: i32 = 365;

/// A day, as days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// So many days later.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// From a calendar's date.
    #[must_use]
    pub fn of(date: jiff::civil::Date) -> Self {
        let since = jiff::civil::Date::constant(1970, 1, 1).until(date);
        Self(since.map_or(0, |span| span.get_days()))
    }

    /// As a calendar has it.
    #[must_use]
    pub fn date(self) -> jiff::civil::Date {
        let epoch = jiff::civil::Date::constant(1970, 1, 1);
        let span = jiff::Span::new().try_days(self.0);
        span.and_then(|span| epoch.checked_add(span))
            .unwrap_or(epoch)
    }

    /// Reads `2026-01-31`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::civil::Date>().ok().map(Self::of)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

/// What a contact is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reports of abuse.
    Abuse,
    /// The security team.
    Security,
    /// Who runs the machines.
    Technical,
    /// Who decides.
    Management,
    /// Anything else.
    Other,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Abuse,
        Self::Security,
        Self::Technical,
        Self::Management,
        Self::Other,
    ];

    /// The name in files and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Abuse => "abuse",
            Self::Security => "security",
            Self::Technical => "technical",
            Self::Management => "management",
            Self::Other => "other",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Hours in which nobody is to be woken: from a minute of the day until another, over midnight if that is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// First minute of the day, 0 to 1439.
    pub from: u16,
    /// First minute of the day after it.
    pub to: u16,
}

impl Quiet {
    /// Reads `22:00-06:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(['-', '–'])?;
        let minute = |text: &str| {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        let (from, to) = (minute(from)?, minute(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// The minute of the day lies in it.
    #[must_use]
    pub const fn holds(self, minute: u16) -> bool {
        if self.from <= self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        let (h1, m1, h2, m2) = (from / 60, from % 60, to / 60, to % 60);
        write!(f, "{h1:02}:{m1:02}-{h2:02}:{m2:02}")
    }
}

/// Where a constituent comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// People look after it here; no import touches it.
    pub manual: bool,
    /// The import that brings it; of a manual one, the import that it was taken over from, or empty.
    pub source: String,
    /// What that import knows it by; empty without one.
    pub key: String,
}

impl Origin {
    /// Entered here.
    #[must_use]
    pub const fn entered() -> Self {
        Self {
            manual: true,
            source: String::new(),
            key: String::new(),
        }
    }
}

/// A remark on a constituent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// The last day on which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// All about a constituent but its contacts: nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its name.
    pub name: String,
    /// Code of its sector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// Language that it is written to in (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Hours in which nobody is to be woken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// Its networks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub networks: BTreeSet<Network>,
    /// Its domains, with all below them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub domains: BTreeSet<Domain>,
    /// Its AS numbers.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub asns: BTreeSet<u32>,
    /// Remarks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// When it was entered.
    pub added: Day,
    /// When somebody last confirmed all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Day>,
    /// The number of the next contact.
    pub next_contact: u32,
}

impl Facts {
    /// Networks, domains and AS numbers together.
    #[must_use]
    pub fn assets(&self) -> usize {
        self.networks.len() + self.domains.len() + self.asns.len()
    }

    /// What it is found by: name, sector, networks, domains, AS numbers; folded.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = cairn_kernel::text::fold(&self.name);
        let networks = self.networks.iter().map(ToString::to_string);
        let domains = self.domains.iter().map(ToString::to_string);
        let asns = self.asns.iter().map(|asn| format!("as{asn}"));
        let all = self
            .sector
            .iter()
            .map(|code| cairn_kernel::text::fold(code));
        for word in all.chain(domains).chain(networks).chain(asns) {
            words.push(' ');
            words.push_str(&word);
        }
        words
    }
}

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Number within the constituent, never used again.
    pub id: u32,
    /// What for.
    pub role: Role,
    /// Who that is: a team or a person; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Fingerprint of the OpenPGP key, upper-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The key itself, in ASCII armor, if it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// A certificate to which mail is encrypted by S/MIME where there is no OpenPGP key that is good; PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Since when it is here.
    pub added: Day,
    /// When somebody last said that it is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Day>,
    /// Mail to it came back, first on this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounced: Option<Day>,
    /// Not to be written to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

/// A constituent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constituent {
    /// Number, from 1.
    pub no: u32,
    /// Where it comes from.
    pub origin: Origin,
    /// Counts changes, from 1.
    pub version: u32,
    /// All but contacts.
    pub facts: Facts,
    /// Whom to tell.
    pub contacts: Vec<Contact>,
}

impl Constituent {
    /// The day on which a contact is to be asked again. A contact that is not written to is not; and of imported ones the source
    /// takes care, until somebody here has confirmed one.
    #[must_use]
    pub fn contact_due(&self, contact: &Contact) -> Option<Day> {
        if contact.disabled || (!self.origin.manual && contact.confirmed.is_none()) {
            return None;
        }
        Some(
            contact
                .confirmed
                .unwrap_or(contact.added)
                .plus(CONFIRM_DAYS),
        )
    }

    /// The day on which the first of its contacts is to be asked again; without any, the day on which it is to be confirmed itself.
    #[must_use]
    pub fn due(&self) -> Option<Day> {
        let contacts = self.contacts.iter();
        let first = contacts.filter_map(|one| self.contact_due(one)).min();
        let own = self.facts.confirmed.unwrap_or(self.facts.added);
        let own = (self.origin.manual && self.contacts.is_empty()).then(|| own.plus(CONFIRM_DAYS));
        first.or(own)
    }

    /// Mail to one of its contacts, which is still written to, came back.
    #[must_use]
    pub fn bounced(&self) -> bool {
        let contacts = &mut self.contacts.iter();
        contacts.any(|one| one.bounced.is_some() && !one.disabled)
    }

    /// The contact with this number.
    #[must_use]
    pub fn contact(&self, id: u32) -> Option<&Contact> {
        self.contacts.iter().find(|one| one.id == id)
    }
}

#[cfg(test)]
mod tests;
