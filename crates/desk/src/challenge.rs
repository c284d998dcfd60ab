//! The challenge of a figure: what a reader of a strategy says is wrong (immutable), the events that follow, and the state
//! they add up to. It is no report: nobody was harmed, it is counted in no figure, and its answer is public.

mod decide;
mod draft;

pub use decide::{ANSWERS_MAX, Command, Refusal, decide};
pub use draft::{
    ANSWER_CHARS_MAX, Draft, Fault, Field, LINK_CHARS_MAX, NAME_CHARS_MAX, REASON_CHARS_MAX,
    RIGHT_CHARS_MAX, Typed, TypedAnswer, WRONG_CHARS_MAX, answer, reason,
};

use std::fmt;

use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

/// What kind of thing in a plan is challenged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A measure, its values or its status.
    Measure,
    /// A goal.
    Goal,
    /// An initiative.
    Initiative,
}

/// Which figure of a plan: `m2` is a measure, `g/g2` a goal, `i/i05` an initiative. Ids of plans have no `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Figure {
    /// What it is.
    pub kind: Kind,
    /// Its id in the plan.
    pub id: String,
}

impl Figure {
    /// Reads the text. Whether a plan has such a figure is asked elsewhere.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (kind, id) = match text.split_once('/') {
            Some(("g", id)) => (Kind::Goal, id),
            Some(("i", id)) => (Kind::Initiative, id),
            Some(("m", id)) => (Kind::Measure, id),
            _ => (Kind::Measure, text),
        };
        Self {
            kind,
            id: id.to_owned(),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Measure => f.write_str(&self.id),
            Kind::Goal => write!(f, "g/{}", self.id),
            Kind::Initiative => write!(f, "i/{}", self.id),
        }
    }
}

/// Everything the challenger said except how to reach them. Immutable once received, serialised once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The plan's id.
    pub plan: String,
    /// The edition's id.
    pub edition: String,
    /// The figure, as [`Figure`] writes it.
    pub figure: String,
    /// Language of the page on which it was written: `en` or `mi` (BCP 47).
    pub language: String,
    /// What is wrong.
    pub wrong: String,
    /// What would be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
    /// Where that is stated: an address of the web, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The name under which it is to be shown; none is shown if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A field that people do not see was filled: likely a machine. Kept, and set aside until somebody of the office has
    /// looked at it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspect: bool,
}

/// How to reach the challenger. Lies apart from the body so that it can be erased; never public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Mail address.
    pub email: String,
}

/// What became of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The challenger is right; the answer says what was or will be changed.
    Upheld,
    /// Right in part.
    Partly,
    /// The figure stands.
    NotUpheld,
    /// It is not about this figure.
    NotAboutThis,
}

impl Outcome {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [
        Self::Upheld,
        Self::Partly,
        Self::NotUpheld,
        Self::NotAboutThis,
    ];

    /// The name in the database and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Partly => "partly",
            Self::NotUpheld => "not_upheld",
            Self::NotAboutThis => "not_about_this",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// The office's answer: public from the moment it is given, with the role of who gave it and never a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What became of the challenge.
    pub outcome: Outcome,
    /// The text in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// The text in te reo Māori. There is one of the two at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mi: Option<String>,
    /// Where the change or its reason is to be seen: an address of the web, or a path of this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Role of who answered.
    pub role: Role,
}

impl Answer {
    /// The text in a language, and in which it is; the other stands in for a missing one.
    #[must_use]
    pub fn text(&self, language: &str) -> (&str, &'static str) {
        let en = self.en.as_deref().map(|text| (text, "en"));
        let mi = self.mi.as_deref().map(|text| (text, "mi"));
        let text = if language == "mi" {
            mi.or(en)
        } else {
            en.or(mi)
        };
        text.unwrap_or(("", "en"))
    }

    /// The same said by somebody of any role.
    fn says(&self, other: &Self) -> bool {
        (self.outcome, &self.en, &self.mi, &self.link)
            == (other.outcome, &other.en, &other.mi, &other.link)
    }
}

/// Whether the stranger's words are shown to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Nobody of the office has looked at them yet.
    Hidden,
    /// They are shown.
    Shown,
    /// They are not shown, for this reason, which is.
    Withheld {
        /// Why, for the public.
        reason: String,
    },
}

impl Words {
    /// The name in the database and in JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Shown => "shown",
            Self::Withheld { .. } => "withheld",
        }
    }
}

/// What happened to a challenge. Serialised as JSON into the evidence log; a digest stands for what the challenger wrote,
/// and what the office says stands there whole, since it is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Change {
    /// It came in.
    #[serde(rename = "challenge_received")]
    Received {
        /// The public reference, as printed on the receipt.
        reference: String,
        /// The plan's id.
        plan: String,
        /// The edition's id.
        edition: String,
        /// The figure.
        figure: String,
        /// SHA-256 of salt and body, hexadecimal.
        body: String,
        /// SHA-256 of salt and contact, hexadecimal, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
        /// SHA-256 of the stored HMAC of the sender's secret, hexadecimal.
        secret: String,
        /// When an answer is due: an answer after this moment is late.
        due: Micros,
    },
    /// The challenger's words are shown from now on.
    #[serde(rename = "challenge_released")]
    Released,
    /// The challenger's words are not shown (any more).
    #[serde(rename = "challenge_withheld")]
    Withheld {
        /// Why, for the public.
        reason: String,
    },
    /// It was answered. Words that nobody withheld are shown from now on.
    #[serde(rename = "challenge_answered")]
    Answered {
        /// The answer.
        answer: Answer,
    },
    /// The answer was corrected; the one before stays in the record.
    #[serde(rename = "challenge_corrected")]
    Corrected {
        /// The answer as it is now.
        answer: Answer,
    },
    /// The mail address was erased, because its time was over.
    #[serde(rename = "challenge_contact_erased")]
    ContactErased,
}

impl Change {
    /// Every kind as the JSON names it, for filters.
    pub const KINDS: [&'static str; 6] = [
        "challenge_received",
        "challenge_released",
        "challenge_withheld",
        "challenge_answered",
        "challenge_corrected",
        "challenge_contact_erased",
    ];

    /// The kind as the JSON names it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Received { .. } => "challenge_received",
            Self::Released => "challenge_released",
            Self::Withheld { .. } => "challenge_withheld",
            Self::Answered { .. } => "challenge_answered",
            Self::Corrected { .. } => "challenge_corrected",
            Self::ContactErased => "challenge_contact_erased",
        }
    }
}

/// One line of a challenge's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The challenge's number.
    pub challenge: i64,
    /// When (the hour only, for the receipt).
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// An answer and when it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// When.
    pub at: Micros,
    /// What.
    pub answer: Answer,
}

/// What a challenge's events add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether the challenger's words are shown.
    pub words: Words,
    /// A machine is likely to have sent it, and nobody has looked at it yet.
    pub set_aside: bool,
    /// Answers, the one that counts last.
    pub answers: Vec<Answered>,
    /// A mail address is kept.
    pub contact: bool,
    /// Events so far.
    pub version: i64,
}

impl Standing {
    /// Just received.
    #[must_use]
    pub const fn new(suspect: bool, contact: bool) -> Self {
        Self {
            words: Words::Hidden,
            set_aside: suspect,
            answers: Vec::new(),
            contact,
            version: 1,
        }
    }

    /// After one more event, other than the receipt.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        match &event.change {
            Change::Received { .. } => {}
            Change::Released => {
                self.words = Words::Shown;
                self.set_aside = false;
            }
            Change::Withheld { reason } => {
                self.words = Words::Withheld {
                    reason: reason.clone(),
                };
                self.set_aside = false;
            }
            Change::Answered { answer } | Change::Corrected { answer } => {
                if self.words == Words::Hidden {
                    self.words = Words::Shown;
                }
                self.set_aside = false;
                self.answers.push(Answered {
                    at: event.at,
                    answer: answer.clone(),
                });
            }
            Change::ContactErased => self.contact = false,
        }
    }

    /// The answer that counts.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.answers.last().map(|one| &one.answer)
    }

    /// When it was first answered.
    #[must_use]
    pub fn answered_at(&self) -> Option<Micros> {
        self.answers.first().map(|one| one.at)
    }
}

/// Whether an address's time is over: so many days after the last answer, or after the receipt of what was set aside. 0
/// days keeps it.
#[must_use]
pub fn contact_is_over(standing: &Standing, received: Micros, days: u32, now: Micros) -> bool {
    let answered = standing.answers.last().map(|one| one.at);
    let last = answered.or(standing.set_aside.then_some(received));
    days > 0 && last.is_some_and(|at| at.plus_seconds(i64::from(days) * 24 * 3_600) <= now)
}

/// The public reference of a challenge's number. Numbers follow each other without a gap, so that a challenge that is
/// missing is missed.
#[must_use]
pub fn reference(no: i64) -> String {
    format!("C-{no}")
}

/// The number of a challenge, from its public reference as people type it: `C-12`, `c 12`, `12`.
#[must_use]
pub fn number(reference: &str) -> Option<i64> {
    let typed = reference.trim();
    let rest = typed.strip_prefix(['C', 'c']).unwrap_or(typed);
    let digits = rest.trim_start_matches([' ', '-', '\u{2010}', '\u{2011}', '\u{2013}']);
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    plain
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|no| *no > 0)
}

#[cfg(test)]
mod tests;
