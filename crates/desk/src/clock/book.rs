//! The rules, calendars, events and reasons, as read from the data files.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::terms::Terms;
use super::words::Words;
use crate::data::Text;

/// Where a law stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It binds.
    InForce,
    /// It may come; nobody is bound yet.
    Proposed,
    /// What an authority expects; the law itself names no number.
    Guidance,
    /// What a service promises of its own accord.
    Promise,
}

impl Status {
    /// Every status, with its name in data files.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::InForce, "in_force"),
        (Self::Proposed, "proposed"),
        (Self::Guidance, "guidance"),
        (Self::Promise, "promise"),
    ];
}

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// We.
    Us,
    /// The organisation that has the incident.
    Organisation,
}

impl Audience {
    /// Both, with their names in data files.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::Us, "us"), (Self::Organisation, "organisation")];
}

/// A law, or a part of one that binds the same people: the head of a file of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// Short code; a case says by these which laws apply to it.
    pub id: String,
    /// As it is cited.
    pub name: String,
    /// Where it stands, `https://…`; empty for a promise without a page.
    pub link: String,
    /// Whether it binds.
    pub status: Status,
    /// First day on which it applies, where there is one.
    pub applies_from: Option<Date>,
    /// Title in every language.
    pub title: Text,
}

/// One deadline of a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Stable code.
    pub id: String,
    /// From 1; rises with every change of meaning.
    pub version: u32,
    /// Code of the law.
    pub law: String,
    /// Article or section.
    pub article: String,
    /// A page closer to the article than the law's own; empty if none.
    pub link: String,
    /// Title in every language.
    pub title: Text,
    /// The law's own words, in its own language.
    pub wording: String,
    /// Who must act.
    pub audience: Audience,
    /// What it says about time.
    pub terms: Terms,
    /// It starts only on a case on which this event has happened.
    pub only_after: Option<String>,
    /// Calendar, unless another is named when a clock starts.
    pub calendar: String,
    /// When it may be paused; empty if never.
    pub pause: Text,
    /// What else to know; empty if nothing.
    pub notes: Text,
}

/// A kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Stable code.
    pub code: String,
    /// Title in every language.
    pub title: Text,
}

/// What a reason may be given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonFor {
    /// Letting a clock stand still.
    Pause,
    /// Taking it away.
    Withdraw,
    /// Setting another start.
    Correct,
    /// Taking it up again.
    Reopen,
}

impl ReasonFor {
    /// All, with their names in data files.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Pause, "pause"),
        (Self::Withdraw, "withdraw"),
        (Self::Correct, "correct"),
        (Self::Reopen, "reopen"),
    ];
}

/// A reason that officers may give. A code, so that the log holds nothing that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// Title in every language.
    pub title: Text,
    /// What it may be given for.
    pub serves: Vec<ReasonFor>,
}

/// All of it. A book that exists has passed every check: what a rule names is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    pub(super) laws: Vec<Law>,
    pub(super) rules: Vec<Rule>,
    pub(super) calendars: Vec<Calendar>,
    pub(super) kinds: Vec<Kind>,
    pub(super) reasons: Vec<Reason>,
    pub(super) words: Words,
}

impl Book {
    /// Laws, in the order of their files.
    #[must_use]
    pub fn laws(&self) -> &[Law] {
        &self.laws
    }

    /// The law with this code.
    #[must_use]
    pub fn law(&self, id: &str) -> Option<&Law> {
        self.laws.iter().find(|law| law.id == id)
    }

    /// Rules, in the order of their files.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this code.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Calendars.
    #[must_use]
    pub fn calendars(&self) -> &[Calendar] {
        &self.calendars
    }

    /// The calendar with this name.
    #[must_use]
    pub fn calendar(&self, id: &str) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.id == id)
    }

    /// Kinds of events.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The kind with this code.
    #[must_use]
    pub fn kind(&self, code: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.code == code)
    }

    /// Reasons.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The reason with this code, if it may be given for this.
    #[must_use]
    pub fn reason(&self, code: &str, serves: ReasonFor) -> Option<&Reason> {
        self.reasons
            .iter()
            .find(|reason| reason.code == code && reason.serves.contains(&serves))
    }

    /// How clocks are read aloud.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }
}
