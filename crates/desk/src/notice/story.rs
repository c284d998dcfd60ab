//! What becomes of a notice, as events. Serialised as JSON into the evidence log: no address, no row, no words.

use std::collections::BTreeSet;

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::ANSWERS_MAX;

/// What the owner says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It was mended.
    Fixed,
    /// It is somebody else's.
    NotOurs,
    /// They are at it.
    Working,
    /// It is not so.
    False,
}

impl Answer {
    /// All.
    pub const ALL: [Self; 4] = [Self::Fixed, Self::NotOurs, Self::Working, Self::False];

    /// The name in forms, files and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::NotOurs => "not_ours",
            Self::Working => "working",
            Self::False => "false",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// An owner who says this is not told of the row again.
    #[must_use]
    pub const fn silences(self) -> bool {
        matches!(self, Self::NotOurs | Self::False)
    }
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A person is to approve of it.
    Waiting,
    /// It leaves with the next mails.
    Ready,
    /// It left.
    Sent,
    /// It did not arrive.
    Returned,
    /// A person did not approve of it, and it never left.
    Dropped,
}

impl State {
    /// All.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Ready,
        Self::Sent,
        Self::Returned,
        Self::Dropped,
    ];

    /// The name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Sent => "sent",
            Self::Returned => "returned",
            Self::Dropped => "dropped",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// What happened to a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Change {
    /// It was made.
    #[serde(rename = "notice_made")]
    Made {
        /// The number by which people call it.
        number: String,
        /// Number of the constituent.
        owner: u32,
        /// Number of its contact.
        contact: u32,
        /// SHA-256 of salt and content, hexadecimal.
        digest: String,
        /// Rows.
        rows: u32,
        /// So many people have to approve of it.
        needs: u32,
    },
    /// Somebody approves of it.
    #[serde(rename = "notice_approved")]
    Approved,
    /// Somebody does not: it never leaves.
    #[serde(rename = "notice_dropped")]
    Dropped,
    /// It left.
    #[serde(rename = "notice_sent")]
    Sent {
        /// `plain`, `signed` or `encrypted`; by S/MIME `smime`, or `smime_unsigned`.
        sealing: String,
    },
    /// It did not arrive.
    #[serde(rename = "notice_returned")]
    Returned,
    /// The owner answered.
    #[serde(rename = "notice_answered")]
    Answered {
        /// Number of the answer, from 1.
        n: u32,
        /// Salted digest of what was said.
        digest: String,
        /// Of so many rows.
        rows: u32,
    },
    /// So many of its rows are gone.
    #[serde(rename = "notice_gone")]
    Gone {
        /// Rows that were found to be gone now.
        rows: u32,
    },
}

impl Change {
    /// Every kind as the JSON names it. All begin with `notice_`, and nothing else in the log does.
    pub const KINDS: [&'static str; 7] = [
        "notice_made",
        "notice_approved",
        "notice_dropped",
        "notice_sent",
        "notice_returned",
        "notice_answered",
        "notice_gone",
    ];

    /// The kind as the JSON names it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Made { .. } => "notice_made",
            Self::Approved => "notice_approved",
            Self::Dropped => "notice_dropped",
            Self::Sent { .. } => "notice_sent",
            Self::Returned => "notice_returned",
            Self::Answered { .. } => "notice_answered",
            Self::Gone { .. } => "notice_gone",
        }
    }
}

/// One line of a notice's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number within the installation, from 1.
    pub notice: i64,
    /// When.
    pub at: Micros,
    /// By whom: the owner is a reporter here, whoever has the link.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// Where a notice stands, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number within the installation, from 1, without gaps.
    pub no: i64,
    /// The number by which people call it.
    pub number: String,
    /// Number of the constituent.
    pub owner: u32,
    /// Number of its contact.
    pub contact: u32,
    /// When it was made.
    pub at: Micros,
    /// State.
    pub state: State,
    /// So many people have to approve of it.
    pub needs: u32,
    /// Accounts that did.
    pub approved: BTreeSet<String>,
    /// When it left.
    pub sent: Option<Micros>,
    /// How it left.
    pub sealing: Option<String>,
    /// Rows.
    pub rows: u32,
    /// Rows that are gone.
    pub gone: u32,
    /// Answers.
    pub answers: u32,
    /// Events so far.
    pub steps: i64,
}

impl Standing {
    /// From its first event; `None` if that is another.
    #[must_use]
    pub fn new(event: &Event) -> Option<Self> {
        let Change::Made {
            number,
            owner,
            contact,
            rows,
            needs,
            ..
        } = &event.change
        else {
            return None;
        };
        Some(Self {
            no: event.notice,
            number: number.clone(),
            owner: *owner,
            contact: *contact,
            at: event.at,
            state: if *needs > 0 {
                State::Waiting
            } else {
                State::Ready
            },
            needs: *needs,
            approved: BTreeSet::new(),
            sent: None,
            sealing: None,
            rows: *rows,
            gone: 0,
            answers: 0,
            steps: 1,
        })
    }

    /// One more event.
    pub fn apply(&mut self, event: &Event) {
        self.steps += 1;
        match &event.change {
            Change::Made { .. } => {}
            Change::Approved => {
                self.approved.insert(event.by.account());
                if self.approved.len() as u64 >= u64::from(self.needs) {
                    self.state = State::Ready;
                }
            }
            Change::Dropped => self.state = State::Dropped,
            Change::Sent { sealing } => {
                self.state = State::Sent;
                self.sent = Some(event.at);
                self.sealing = Some(sealing.clone());
            }
            Change::Returned => self.state = State::Returned,
            Change::Answered { n, .. } => self.answers = *n,
            Change::Gone { rows } => self.gone += rows,
        }
    }
}

/// What somebody wants. That they may at all is for the policy to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// It is right: it may leave.
    Approve,
    /// It is not to leave.
    Drop,
    /// It left in this way.
    Sent(String),
    /// It did not arrive.
    Return,
    /// The owner answers: digest and rows.
    Answer(String, u32),
    /// Rows are gone.
    Gone(u32),
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It waits for nobody.
    #[error("this notice waits for nobody's approval")]
    NotWaiting,
    /// The same person twice.
    #[error("you approved of it already; somebody else has to as well")]
    Own,
    /// It did not leave yet.
    #[error("this notice did not leave")]
    NotSent,
    /// Too many answers.
    #[error("there are {ANSWERS_MAX} answers to this notice already")]
    Limit,
    /// Somebody else was quicker.
    #[error("somebody else changed this notice in the meantime")]
    Moved,
}

/// Decides.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(now: &Standing, command: Command, by: &str) -> Result<Change, Refusal> {
    match command {
        Command::Approve | Command::Drop if now.state != State::Waiting => Err(Refusal::NotWaiting),
        Command::Approve if now.approved.contains(by) => Err(Refusal::Own),
        Command::Approve => Ok(Change::Approved),
        Command::Drop => Ok(Change::Dropped),
        Command::Sent(_) if now.state != State::Ready => Err(Refusal::Moved),
        Command::Sent(sealing) => Ok(Change::Sent { sealing }),
        // Also before it left, where nobody can be written to any more.
        Command::Return if !matches!(now.state, State::Sent | State::Ready) => {
            Err(Refusal::NotSent)
        }
        Command::Return => Ok(Change::Returned),
        // Whoever has the link got it from somewhere: also of one that came back.
        Command::Answer(..) if !matches!(now.state, State::Sent | State::Returned) => {
            Err(Refusal::NotSent)
        }
        Command::Answer(..) if now.answers >= ANSWERS_MAX => Err(Refusal::Limit),
        Command::Answer(digest, rows) => Ok(Change::Answered {
            n: now.answers + 1,
            digest,
            rows,
        }),
        Command::Gone(rows) => Ok(Change::Gone { rows }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(needs: u32) -> Standing {
        let change = Change::Made {
            number: "20261123-00000001".into(),
            owner: 1,
            contact: 1,
            digest: "00".into(),
            rows: 3,
            needs,
        };
        Standing::new(&event(Actor::System, change)).unwrap()
    }

    fn event(by: Actor, change: Change) -> Event {
        Event {
            notice: 1,
            at: Micros(7),
            by,
            change,
        }
    }

    fn done(standing: &mut Standing, command: Command, by: &str) -> Result<(), Refusal> {
        let change = decide(standing, command, by)?;
        standing.apply(&event(Actor::User(by.into()), change));
        Ok(())
    }

    #[test]
    fn two_approve_before_it_leaves() {
        let mut one = made(2);
        assert_eq!(
            done(&mut one, Command::Sent("plain".into()), ""),
            Err(Refusal::Moved)
        );
        done(&mut one, Command::Approve, "a").unwrap();
        assert_eq!(done(&mut one, Command::Approve, "a"), Err(Refusal::Own));
        assert_eq!(one.state, State::Waiting);
        done(&mut one, Command::Approve, "b").unwrap();
        assert_eq!(one.state, State::Ready);
        assert_eq!(done(&mut one, Command::Drop, "b"), Err(Refusal::NotWaiting));
        done(&mut one, Command::Sent("signed".into()), "").unwrap();
        assert_eq!(
            (one.state, one.sealing.as_deref()),
            (State::Sent, Some("signed"))
        );
    }

    #[test]
    fn only_what_left_is_answered_or_comes_back() {
        let mut one = made(1);
        let answer = || Command::Answer("00".into(), 3);
        assert_eq!(done(&mut one, answer(), ""), Err(Refusal::NotSent));
        assert_eq!(done(&mut one, Command::Return, ""), Err(Refusal::NotSent));
        done(&mut one, Command::Approve, "a").unwrap();
        done(&mut one, Command::Sent("plain".into()), "").unwrap();
        done(&mut one, answer(), "").unwrap();
        done(&mut one, Command::Gone(2), "").unwrap();
        done(&mut one, Command::Return, "").unwrap();
        done(&mut one, answer(), "").unwrap();
        assert_eq!(
            (one.answers, one.gone, one.state, one.steps),
            (2, 2, State::Returned, 7)
        );
        one.answers = ANSWERS_MAX;
        assert_eq!(done(&mut one, answer(), ""), Err(Refusal::Limit));
    }

    #[test]
    fn events_keep_their_shape() {
        let json = serde_json::to_string(&event(Actor::System, Change::Gone { rows: 2 })).unwrap();
        assert!(json.contains("\"kind\":\"notice_gone\""), "{json}");
        assert_eq!(
            serde_json::from_str::<Event>(&json).unwrap().change,
            Change::Gone { rows: 2 }
        );
        for kind in Change::KINDS {
            assert!(kind.starts_with("notice_"));
        }
    }
}
