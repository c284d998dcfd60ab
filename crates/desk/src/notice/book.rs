//! The book of rules: data in TOML, read from the first rule to the last, of which the first that fits decides.

use std::net::IpAddr;

use cairn_kernel::label::Tlp;
use cairn_kernel::net::number;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::letter;
use crate::constituent::{Day, Facts, Network, Role};

/// Most bytes of a book.
pub const BOOK_BYTES_MAX: usize = 64 * 1024;
/// Most rules of a book.
pub const RULES_MAX: usize = 200;
/// Longest name, class or reason, characters.
pub const WORDS_CHARS_MAX: usize = 200;
/// Longest interval, hours: a quarter.
pub const HOURS_MAX: u32 = 24 * 92;
const DAY_US: i64 = 86_400_000_000;

/// How the rows are written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A table (RFC 4180) that no spreadsheet takes for formulas.
    #[default]
    Csv,
    /// IntelMQ's data format, one event a line.
    Json,
    /// X-ARF 4, a list.
    Xarf,
}

impl Format {
    /// The name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xarf => "xarf",
        }
    }
}

/// On which way an owner is told.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// A mail with the rows.
    #[default]
    Mail,
    /// A mail that says only that there is something, and where: nothing of what was seen is in it.
    Portal,
}

/// What holds for all notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Notices that may leave within one hour; what is beyond waits.
    pub mails_hour: u32,
    /// Rows beyond which a notice waits until two people approve of it.
    pub approve_rows: u32,
    /// New rows beyond which nothing leaves and the book switches itself off: something is wrong with a feed or with a rule.
    pub stop_rows: u32,
    /// From this label on, rows leave encrypted or not at all.
    pub encrypt_from: Tlp,
    /// Everything goes to this mailbox first, and to the owner when a person approves of it.
    pub tester: Option<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mails_hour: 200,
            approve_rows: 500,
            stop_rows: 20_000,
            encrypt_from: Tlp::Amber,
            tester: None,
        }
    }
}

/// What an observation must be. Empty lists ask nothing; of a list one is enough; all that is asked must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// `classification.type`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub r#type: Vec<String>,
    /// `classification.identifier`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifier: Vec<String>,
    /// `source`, or `source/name`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feed: Vec<String>,
    /// `malware.name`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub malware: Vec<String>,
    /// `severity`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub severity: Vec<String>,
    /// `tlp` of the single event. Without it events of any label but red are meant, and those without one; red is meant only where it is
    /// named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tlp: Vec<Tlp>,
    /// One of the event's tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag: Vec<String>,
    /// The address lies in one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<Network>,
    /// Number of the autonomous system.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asn: Vec<u32>,
    /// Port.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub port: Vec<u16>,
    /// Country, two letters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    /// Number of the constituent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owner: Vec<u32>,
    /// Its sector.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sector: Vec<String>,
    /// A remark on it that still counts holds one of these words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub note: Vec<String>,
    /// It was not seen before in its window, or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<bool>,
    /// It was first seen more than so many days ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_days: Option<u32>,
    /// It was first seen at most so many days ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub younger_days: Option<u32>,
}

/// How an owner is told. Observations that are told in the same way to the same owner go together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// What it is about: what is told together, and what figures tell apart.
    pub class: String,
    /// The contact: the first of these roles that can be written to.
    #[serde(default = "roles")]
    pub role: Vec<Role>,
    /// The text.
    #[serde(default = "template")]
    pub template: String,
    /// How the rows are written.
    #[serde(default)]
    pub format: Format,
    /// On which way.
    #[serde(default)]
    pub medium: Medium,
    /// Hours after which the same owner is told again, and of the same asset.
    #[serde(default = "hours")]
    pub hours: u32,
    /// What is new does not wait for the interval.
    #[serde(default)]
    pub at_once: bool,
    /// The label of what is told.
    #[serde(default)]
    pub tlp: Tlp,
}

fn roles() -> Vec<Role> {
    vec![Role::Abuse, Role::Security, Role::Technical]
}

fn template() -> String {
    "default".to_owned()
}

const fn hours() -> u32 {
    24
}

/// A rule: when, and then to tell, or not to and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub when: When,
    /// How to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tell: Option<Tell>,
    /// Why not to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent: Option<String>,
}

/// The book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// What holds for all.
    #[serde(default)]
    pub limits: Limits,
    /// The rules, in order.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
}

/// Why a text is no book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookFault {
    /// No TOML of this shape; the words name the place.
    #[error("{0}")]
    Toml(String),
    /// Too long.
    #[error("a book has at most {BOOK_BYTES_MAX} bytes and {RULES_MAX} rules")]
    Large,
    /// No rule.
    #[error("there is no rule in it")]
    Empty,
    /// A name, class or reason that is empty or too long.
    #[error("rule {0}: names, classes and reasons have 1 to {WORDS_CHARS_MAX} characters")]
    Words(usize),
    /// Both or neither of telling and not telling.
    #[error("rule {0}: a rule has either `tell` or `silent`")]
    Both(usize),
    /// An interval that makes no sense.
    #[error("rule {0}: `hours` is 0 to {HOURS_MAX}")]
    Hours(usize),
    /// No role.
    #[error("rule {0}: `role` names at least one role")]
    Role(usize),
    /// There is no such text.
    #[error("rule {0}: there is no template {1:?}")]
    Template(usize, String),
    /// The tester's mailbox is none.
    #[error("`tester` is no mail address")]
    Tester,
}

/// An observation as rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// `classification.type`.
    pub kind: &'a str,
    /// `classification.identifier`.
    pub identifier: &'a str,
    /// Source and name of its feed.
    pub feed: (&'a str, &'a str),
    /// `malware.name`.
    pub malware: &'a str,
    /// `severity`.
    pub severity: &'a str,
    /// `tlp`, if it has a label of its own.
    pub tlp: Option<Tlp>,
    /// Tags, as the report wrote them.
    pub tags: &'a str,
    /// Address.
    pub ip: Option<IpAddr>,
    /// Port.
    pub port: Option<u16>,
    /// Autonomous system.
    pub asn: Option<u32>,
    /// Country.
    pub cc: &'a str,
    /// It is new in its window.
    pub new: bool,
    /// When it was first seen.
    pub first: Micros,
    /// Now.
    pub now: Micros,
}

/// What the book says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged<'b> {
    /// This rule, counted from 1: tell.
    Tell(u32, &'b Tell),
    /// This rule: do not, for this reason.
    Silent(u32, &'b str),
    /// No rule fits.
    NoRule,
}

impl Book {
    /// Reads and checks a text.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, BookFault> {
        if text.len() > BOOK_BYTES_MAX {
            return Err(BookFault::Large);
        }
        let book: Self = toml::from_str(text)
            .map_err(|error: toml::de::Error| BookFault::Toml(error.to_string()))?;
        if book.rules.is_empty() {
            return Err(BookFault::Empty);
        }
        if book.rules.len() > RULES_MAX {
            return Err(BookFault::Large);
        }
        for (at, rule) in book.rules.iter().enumerate() {
            rule.check(at + 1)?;
        }
        let tester = book.limits.tester.as_deref();
        if tester.is_some_and(|tester| !is_mailbox(tester)) {
            return Err(BookFault::Tester);
        }
        Ok(book)
    }

    /// The first rule that fits decides.
    #[must_use]
    pub fn judge(&self, seen: &Seen<'_>, owner: u32, facts: &Facts, today: Day) -> Judged<'_> {
        for (no, rule) in (1..).zip(&self.rules) {
            if !rule.when.fits(seen, owner, facts, today) {
                continue;
            }
            // Whoever labelled it so named its recipients: nobody else is told unless people here decided that by a rule that names it.
            let named = rule.when.tlp.contains(&Tlp::Red);
            if rule.tell.is_some() && seen.tlp == Some(Tlp::Red) && !named {
                continue;
            }
            return match (&rule.tell, &rule.silent) {
                (Some(tell), _) => Judged::Tell(no, tell),
                (None, Some(reason)) => Judged::Silent(no, reason),
                (None, None) => Judged::NoRule,
            };
        }
        Judged::NoRule
    }

    /// The rule with this number, counted from 1.
    #[must_use]
    pub fn rule(&self, no: u32) -> Option<&Rule> {
        let at = usize::try_from(no).ok()?.checked_sub(1)?;
        self.rules.get(at)
    }
}

/// Roughly: mail servers say the rest.
fn is_mailbox(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',');
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && text.chars().all(plain)
    })
}

fn said(text: &str) -> bool {
    let chars = text.trim().chars().count();
    (1..=WORDS_CHARS_MAX).contains(&chars) && !text.chars().any(char::is_control)
}

impl Rule {
    fn check(&self, no: usize) -> Result<(), BookFault> {
        let words = [Some(&self.name), self.silent.as_ref()];
        if !words.into_iter().flatten().all(|text| said(text)) {
            return Err(BookFault::Words(no));
        }
        match (&self.tell, &self.silent) {
            (Some(tell), None) => tell.check(no),
            (None, Some(_)) => Ok(()),
            _ => Err(BookFault::Both(no)),
        }
    }
}

impl Tell {
    fn check(&self, no: usize) -> Result<(), BookFault> {
        if !said(&self.class) {
            return Err(BookFault::Words(no));
        }
        if self.hours > HOURS_MAX {
            return Err(BookFault::Hours(no));
        }
        if self.role.is_empty() {
            return Err(BookFault::Role(no));
        }
        if !letter::is_template(&self.template) {
            return Err(BookFault::Template(no, self.template.clone()));
        }
        Ok(())
    }
}

impl Tell {
    /// How an event with this label of its own is told: under the stricter of both.
    #[must_use]
    pub fn labelled(&self, own: Option<Tlp>) -> Self {
        Self {
            tlp: own.map_or(self.tlp, |own| own.max(self.tlp)),
            ..self.clone()
        }
    }
}

/// Single tags of a text, as reports write them: between semicolons, commas or blanks.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '|'));
    parts.filter(|tag| !tag.is_empty())
}

fn one_of(wanted: &[String], own: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|one| one.eq_ignore_ascii_case(own))
}

impl When {
    fn fits(&self, seen: &Seen<'_>, owner: u32, facts: &Facts, today: Day) -> bool {
        one_of(&self.r#type, seen.kind)
            && one_of(&self.identifier, seen.identifier)
            && one_of(&self.malware, seen.malware)
            && one_of(&self.severity, seen.severity)
            && one_of(&self.country, seen.cc)
            && self.marks_fit(seen)
            && self.feed_fits(seen.feed)
            && self.place_fits(seen)
            && (self.owner.is_empty() || self.owner.contains(&owner))
            && one_of(&self.sector, facts.sector.as_deref().unwrap_or_default())
            && self.note_fits(facts, today)
            && self.new.is_none_or(|new| new == seen.new)
            && self.age_fits(seen)
    }

    fn marks_fit(&self, seen: &Seen<'_>) -> bool {
        let label = self.tlp.is_empty() || seen.tlp.is_some_and(|tlp| self.tlp.contains(&tlp));
        let own = |wanted: &String| tags(seen.tags).any(|tag| tag.eq_ignore_ascii_case(wanted));
        label && (self.tag.is_empty() || self.tag.iter().any(own))
    }

    fn feed_fits(&self, (source, name): (&str, &str)) -> bool {
        let fits = |one: &String| match one.split_once('/') {
            None => one == source,
            Some((own, rest)) => own == source && rest == name,
        };
        self.feed.is_empty() || self.feed.iter().any(fits)
    }

    fn place_fits(&self, seen: &Seen<'_>) -> bool {
        let within = |network: &Network| {
            let own = seen.ip.map(number);
            own.is_some_and(|own| network.first() <= own && own <= network.last())
        };
        (self.network.is_empty() || self.network.iter().any(within))
            && (self.asn.is_empty() || seen.asn.is_some_and(|asn| self.asn.contains(&asn)))
            && (self.port.is_empty() || seen.port.is_some_and(|port| self.port.contains(&port)))
    }

    fn note_fits(&self, facts: &Facts, today: Day) -> bool {
        if self.note.is_empty() {
            return true;
        }
        let mut counts = facts.notes.iter();
        counts.any(|note| {
            let lives = note.until.is_none_or(|until| until >= today);
            let text = note.text.to_lowercase();
            let mut words = self.note.iter();
            lives && words.any(|word| text.contains(&word.to_lowercase()))
        })
    }

    fn age_fits(&self, seen: &Seen<'_>) -> bool {
        let days = (seen.now.0.saturating_sub(seen.first.0)).div_euclid(DAY_US);
        self.older_days.is_none_or(|least| days > i64::from(least))
            && self.younger_days.is_none_or(|most| days <= i64::from(most))
    }
}

#[cfg(test)]
mod tests;
