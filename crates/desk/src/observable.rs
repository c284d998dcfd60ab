//! What officers know of one observable: notes, and whether it is on the block list, which takes two of them.
//!
//! An observable may be a person's number or address, so that the evidence log names it by a number of its own and a salted
//! digest; texts stand there as digests too.

use std::collections::BTreeMap;

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

/// Most steps of one observable's story.
pub const STEPS_MAX: i64 = 1_000;

/// Where an observable stands with the block list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Block {
    /// Not on it, and nobody asks that it be.
    #[default]
    No,
    /// An officer asks that it be put on it; a second one decides.
    Asked,
    /// Two officers put it on it.
    Agreed,
}

impl Block {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Asked => "asked",
            Self::Agreed => "agreed",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::No, Self::Asked, Self::Agreed]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// What happened. Serialised as JSON into the evidence log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Change {
    /// Somebody wrote about it for the first time, and it got its number.
    #[serde(rename = "observable_named")]
    Named {
        /// SHA-256 of salt, kind, a zero byte and value, hexadecimal.
        digest: String,
    },
    /// A note was written.
    #[serde(rename = "observable_noted")]
    Noted {
        /// SHA-256 of salt and text, hexadecimal.
        digest: String,
        /// The step of the note that this one corrects.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<i64>,
    },
    /// An officer asks that it be put on the block list; the note before says why.
    #[serde(rename = "observable_block_asked")]
    BlockAsked,
    /// A second officer agrees: it is on the list.
    #[serde(rename = "observable_block_agreed")]
    BlockAgreed,
    /// A second officer declines; the note before says why.
    #[serde(rename = "observable_block_declined")]
    BlockDeclined,
    /// Who asked takes it back.
    #[serde(rename = "observable_block_withdrawn")]
    BlockWithdrawn,
    /// It is off the list; the note before says why.
    #[serde(rename = "observable_block_lifted")]
    BlockLifted,
}

impl Change {
    /// Every kind as the JSON names it. All begin with `observable_`, and nothing else in the log does.
    pub const KINDS: [&'static str; 7] = [
        "observable_named",
        "observable_noted",
        "observable_block_asked",
        "observable_block_agreed",
        "observable_block_declined",
        "observable_block_withdrawn",
        "observable_block_lifted",
    ];

    /// The kind as the JSON names it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Named { .. } => "observable_named",
            Self::Noted { .. } => "observable_noted",
            Self::BlockAsked => "observable_block_asked",
            Self::BlockAgreed => "observable_block_agreed",
            Self::BlockDeclined => "observable_block_declined",
            Self::BlockWithdrawn => "observable_block_withdrawn",
            Self::BlockLifted => "observable_block_lifted",
        }
    }
}

/// One line of an observable's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The observable's number.
    pub observable: i64,
    /// When.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// What the events add up to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Where it stands with the block list.
    pub block: Block,
    /// Account that asked last, while that counts.
    pub asked_by: Option<String>,
    /// When the block list last changed or was asked to.
    pub block_at: Option<Micros>,
    /// Notes by their step, and whether each was corrected.
    pub notes: BTreeMap<i64, bool>,
    /// Steps so far.
    pub version: i64,
}

impl Standing {
    /// After one more event.
    pub fn apply(&mut self, event: &Event) {
        self.version += 1;
        match &event.change {
            Change::Named { .. } => return,
            Change::Noted { corrects, .. } => {
                if let Some(corrected) = corrects.and_then(|n| self.notes.get_mut(&n)) {
                    *corrected = true;
                }
                self.notes.insert(self.version, false);
                return;
            }
            Change::BlockAsked => {
                self.block = Block::Asked;
                self.asked_by = Some(event.by.account());
            }
            Change::BlockAgreed => self.block = Block::Agreed,
            Change::BlockDeclined | Change::BlockWithdrawn | Change::BlockLifted => {
                self.block = Block::No;
                self.asked_by = None;
            }
        }
        self.block_at = Some(event.at);
    }
}

/// What an officer wants. Texts come as their digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write a note.
    Note {
        /// Salted digest of the text.
        digest: String,
        /// The step of the note that it corrects.
        corrects: Option<i64>,
    },
    /// Ask that it be put on the block list, with the reason.
    Ask {
        /// Salted digest of the reason.
        digest: String,
    },
    /// Agree to that.
    Agree,
    /// Decline it, with the reason.
    Decline {
        /// Salted digest of the reason.
        digest: String,
    },
    /// Take back what one asked oneself.
    Withdraw,
    /// Take it off the list, with the reason. One officer may: what is blocked by mistake must be free at once.
    Lift {
        /// Salted digest of the reason.
        digest: String,
    },
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is on the list, or somebody asked already.
    #[error("it is on the block list, or somebody has asked for that already")]
    NotFree,
    /// Nobody asks for it (any more).
    #[error("nobody asks that it be put on the block list")]
    NotAsked,
    /// It is not on the list.
    #[error("it is not on the block list")]
    NotListed,
    /// Nobody decides what they asked themselves.
    #[error("somebody else must decide what this account asked for")]
    Own,
    /// Only who asked takes it back.
    #[error("only who asked can take it back")]
    NotOwn,
    /// There is no such note, or it was corrected already.
    #[error("there is no such note, or it was corrected already: correct the correction")]
    Note,
    /// [`STEPS_MAX`] is reached.
    #[error("this observable has too many notes and decisions")]
    Limit,
}

/// Decides for an account.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(standing: &Standing, command: Command, by: &str) -> Result<Vec<Change>, Refusal> {
    if standing.version >= STEPS_MAX {
        return Err(Refusal::Limit);
    }
    let own = standing.asked_by.as_deref() == Some(by);
    let why = |digest| Change::Noted {
        digest,
        corrects: None,
    };
    let asked = standing.block == Block::Asked;
    Ok(match command {
        Command::Note { digest, corrects } => {
            if corrects.is_some_and(|n| standing.notes.get(&n) != Some(&false)) {
                return Err(Refusal::Note);
            }
            vec![Change::Noted { digest, corrects }]
        }
        Command::Ask { digest } => {
            if standing.block != Block::No {
                return Err(Refusal::NotFree);
            }
            vec![why(digest), Change::BlockAsked]
        }
        Command::Agree | Command::Decline { .. } | Command::Withdraw if !asked => {
            return Err(Refusal::NotAsked);
        }
        Command::Agree | Command::Decline { .. } if own => return Err(Refusal::Own),
        Command::Agree => vec![Change::BlockAgreed],
        Command::Decline { digest } => vec![why(digest), Change::BlockDeclined],
        Command::Withdraw if !own => return Err(Refusal::NotOwn),
        Command::Withdraw => vec![Change::BlockWithdrawn],
        Command::Lift { digest } => {
            if standing.block != Block::Agreed {
                return Err(Refusal::NotListed);
            }
            vec![why(digest), Change::BlockLifted]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_it(standing: &mut Standing, command: Command, by: &str) -> Result<(), Refusal> {
        for change in decide(standing, command, by)? {
            standing.apply(&Event {
                observable: 1,
                at: Micros(standing.version),
                by: Actor::User(by.into()),
                change,
            });
        }
        Ok(())
    }

    fn d() -> String {
        "ab".into()
    }

    #[test]
    fn two_officers_put_it_on_the_list_and_one_takes_it_off() {
        let mut s = Standing::default();
        assert_eq!(try_it(&mut s, Command::Agree, "b"), Err(Refusal::NotAsked));
        assert_eq!(
            try_it(&mut s, Command::Lift { digest: d() }, "b"),
            Err(Refusal::NotListed)
        );
        try_it(&mut s, Command::Ask { digest: d() }, "a").unwrap();
        assert_eq!((s.block, s.asked_by.as_deref()), (Block::Asked, Some("a")));
        assert_eq!(
            try_it(&mut s, Command::Ask { digest: d() }, "b"),
            Err(Refusal::NotFree)
        );
        assert_eq!(try_it(&mut s, Command::Agree, "a"), Err(Refusal::Own));
        assert_eq!(
            try_it(&mut s, Command::Decline { digest: d() }, "a"),
            Err(Refusal::Own)
        );
        assert_eq!(try_it(&mut s, Command::Withdraw, "b"), Err(Refusal::NotOwn));
        try_it(&mut s, Command::Agree, "b").unwrap();
        assert_eq!(s.block, Block::Agreed);
        assert_eq!(try_it(&mut s, Command::Agree, "c"), Err(Refusal::NotAsked));
        try_it(&mut s, Command::Lift { digest: d() }, "a").unwrap();
        assert_eq!((s.block, s.asked_by), (Block::No, None));
        assert_eq!((s.version, s.notes.len()), (5, 2));
    }

    #[test]
    fn a_request_is_declined_by_another_or_taken_back_by_who_made_it() {
        let mut s = Standing::default();
        try_it(&mut s, Command::Ask { digest: d() }, "a").unwrap();
        try_it(&mut s, Command::Decline { digest: d() }, "b").unwrap();
        assert_eq!(s.block, Block::No);
        try_it(&mut s, Command::Ask { digest: d() }, "b").unwrap();
        try_it(&mut s, Command::Withdraw, "b").unwrap();
        assert_eq!(s.block, Block::No);
    }

    #[test]
    fn notes_stay_and_are_corrected_once() {
        let mut s = Standing::default();
        let note = |corrects| Command::Note {
            digest: d(),
            corrects,
        };
        assert_eq!(try_it(&mut s, note(Some(1)), "a"), Err(Refusal::Note));
        try_it(&mut s, note(None), "a").unwrap();
        try_it(&mut s, note(Some(1)), "b").unwrap();
        assert_eq!(try_it(&mut s, note(Some(1)), "a"), Err(Refusal::Note));
        try_it(&mut s, note(Some(2)), "a").unwrap();
        assert_eq!(s.notes, BTreeMap::from([(1, true), (2, true), (3, false)]));
        s.version = STEPS_MAX;
        assert_eq!(try_it(&mut s, note(None), "a"), Err(Refusal::Limit));
    }

    #[test]
    fn events_keep_their_form() {
        let event = Event {
            observable: 3,
            at: Micros(7),
            by: Actor::User("a1".into()),
            change: Change::Noted {
                digest: d(),
                corrects: Some(2),
            },
        };
        let json = serde_json::to_string(&event).unwrap();
        let form = r#"{"observable":3,"at":7,"by":{"user":"a1"},"kind":"observable_noted","digest":"ab","corrects":2}"#;
        assert_eq!(json, form);
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        assert!(Change::KINDS.contains(&event.change.kind()));
    }
}
