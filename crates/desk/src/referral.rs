//! Handing a report to a partner agency: with the reporter's consent for that agency, or for a reason in law. Referrals
//! belong to their report; what happens to them are events of it (docs/decisions/0023-referrals.md).

mod decide;
pub mod package;
mod record;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::report::Change;

pub use decide::{Command, REFERRALS_MAX, Refusal, decide, stopped};
pub use record::{Record, due_after, records};

/// Longest text that goes with a step of a referral, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Seconds of a day, for the time within which an agency is expected to answer.
const DAY_SECONDS: i64 = 86_400;

/// Why a report may be handed on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The reporter agreed to this agency.
    Consent,
    /// A provision of the law, by its code in `agencies.toml`.
    Law(String),
}

impl Basis {
    /// `consent`, or the code of the provision behind `law:`; as it is stored.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Consent => "consent".into(),
            Self::Law(code) => format!("law:{code}"),
        }
    }
}

/// How it gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// An officer takes the package out and hands it over, printed or on a medium.
    Handed,
    /// The agency fetches it with an API key of its own.
    Api,
    /// It goes by mail, encrypted for the agency.
    Mail,
}

impl Channel {
    /// Every channel, in the order of lists.
    pub const ALL: [Self; 3] = [Self::Handed, Self::Api, Self::Mail];

    /// The name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handed => "handed",
            Self::Api => "api",
            Self::Mail => "mail",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// What the agency made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It works on it.
    Accepted,
    /// It is not its business, or it has no means.
    Declined,
    /// It looked at it, and will do no more.
    NoFurtherAction,
    /// It dealt with it.
    Resolved,
}

impl Outcome {
    /// Every outcome, in the order of lists.
    pub const ALL: [Self; 4] = [
        Self::Accepted,
        Self::Declined,
        Self::NoFurtherAction,
        Self::Resolved,
    ];

    /// The name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::NoFurtherAction => "no_further_action",
            Self::Resolved => "resolved",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Where a referral stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Chosen what goes to whom; nothing has left.
    Prepared,
    /// It has left.
    Sent,
    /// The agency said that it has it.
    Acknowledged,
    /// The agency said what comes of it.
    Answered,
    /// It was stopped before it left.
    Withdrawn,
}

impl State {
    /// Every state, in the order of work.
    pub const ALL: [Self; 5] = [
        Self::Prepared,
        Self::Sent,
        Self::Acknowledged,
        Self::Answered,
        Self::Withdrawn,
    ];

    /// The name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::Answered => "answered",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// It has left the house.
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(self, Self::Sent | Self::Acknowledged | Self::Answered)
    }

    /// The agency is expected to say something.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Sent | Self::Acknowledged)
    }
}

/// One step of a referral, as the evidence log has it. Texts stand there as salted digests (SHA-256, hexadecimal).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Somebody chose what goes to whom, and why that may be.
    Prepared {
        /// Agency code.
        agency: String,
        /// Why it may go.
        basis: Basis,
        /// How it goes.
        channel: Channel,
        /// The reporter's contact details go with it.
        contact: bool,
        /// SHA-256 of the files that go with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        /// Category at that time, which the package states.
        category: String,
        /// Digest of the words on why the law allows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Somebody took the package out.
    Taken {
        /// SHA-256 of its manifest, hexadecimal.
        manifest: String,
    },
    /// It went.
    Sent {
        /// SHA-256 of the package's manifest, hexadecimal.
        manifest: String,
        /// Days within which the agency is expected to answer.
        days: u16,
    },
    /// The agency has it.
    Acknowledged {
        /// Digest of the agency's own reference.
        text: String,
    },
    /// The agency said what comes of it.
    Answered {
        /// What.
        outcome: Outcome,
        /// Digest of its words, if it said more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// The agency was asked again.
    Chased {
        /// Digest of how, and what came of it.
        text: String,
    },
    /// It was stopped before it left: by an officer, or since the reporter no longer agrees.
    Withdrawn,
    /// The mail with it did not arrive: it is to be sent again, or stopped.
    Bounced,
    /// The agency was told that the reporter no longer agrees.
    Told {
        /// Digest of how.
        text: String,
    },
}

impl Step {
    /// The digest of the text that goes with it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Prepared { text, .. } | Self::Answered { text, .. } => text.as_deref(),
            Self::Acknowledged { text } | Self::Chased { text } | Self::Told { text } => Some(text),
            Self::Taken { .. } | Self::Sent { .. } | Self::Withdrawn | Self::Bounced => None,
        }
    }
}

/// One referral after its events; times stand in its [`Record`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Number within the report, from 1.
    pub no: u32,
    /// Agency code.
    pub agency: String,
    /// Why it may go.
    pub basis: Basis,
    /// How it goes.
    pub channel: Channel,
    /// Contact details go with it, if they are there.
    pub contact: bool,
    /// SHA-256 of the files that go with it, if they are there.
    pub files: Vec<String>,
    /// Category that the package states.
    pub category: String,
    /// Where it stands.
    pub state: State,
    /// Manifest of the package that was taken out last.
    pub taken: Option<String>,
    /// Manifest of the package that went.
    pub sent: Option<String>,
    /// Days within which the agency is expected to answer.
    pub days: u16,
    /// How often it was asked again.
    pub chases: u32,
    /// What the agency said last.
    pub outcome: Option<Outcome>,
    /// The reporter no longer agrees to what has left.
    pub revoked: bool,
    /// The agency was told so.
    pub told: bool,
    /// The mail with it did not arrive, and it was not sent again.
    pub bounced: bool,
}

impl Referral {
    /// The agency has to be told that the reporter no longer agrees.
    #[must_use]
    pub const fn to_tell(&self) -> bool {
        self.revoked && !self.told
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Prepared { .. } => {}
            Step::Taken { manifest } => self.taken = Some(manifest.clone()),
            Step::Sent { manifest, days } => {
                self.state = State::Sent;
                self.sent = Some(manifest.clone());
                self.days = *days;
                self.bounced = false;
            }
            Step::Acknowledged { .. } => self.state = State::Acknowledged,
            Step::Answered { outcome, .. } => {
                self.state = State::Answered;
                self.outcome = Some(*outcome);
            }
            Step::Chased { .. } => self.chases += 1,
            Step::Withdrawn => self.state = State::Withdrawn,
            Step::Bounced => {
                self.state = State::Prepared;
                self.sent = None;
                self.days = 0;
                self.bounced = true;
            }
            Step::Told { .. } => self.told = true,
        }
    }
}

/// What an event of a report makes of its referrals.
pub fn apply(all: &mut Vec<Referral>, change: &Change) {
    match change {
        Change::Referral {
            referral,
            step:
                Step::Prepared {
                    agency,
                    basis,
                    channel,
                    contact,
                    files,
                    category,
                    ..
                },
        } => all.push(Referral {
            no: *referral,
            agency: agency.clone(),
            basis: basis.clone(),
            channel: *channel,
            contact: *contact,
            files: files.clone(),
            category: category.clone(),
            state: State::Prepared,
            taken: None,
            sent: None,
            days: 0,
            chases: 0,
            outcome: None,
            revoked: false,
            told: false,
            bounced: false,
        }),
        Change::Referral { referral, step } => {
            if let Some(one) = all.iter_mut().find(|one| one.no == *referral) {
                one.take(step);
            }
        }
        Change::Consent { agency, given } => {
            let of_it = |one: &&mut Referral| {
                one.agency == *agency && one.basis == Basis::Consent && one.state.has_left()
            };
            for one in all.iter_mut().filter(of_it) {
                one.revoked = !*given;
                one.told = false;
            }
        }
        Change::Undone { back, .. } => {
            for one in all.iter_mut().filter(|one| back.unsent.contains(&one.no)) {
                one.state = State::Prepared;
                one.sent = None;
                one.days = 0;
            }
        }
        _ => {}
    }
}
