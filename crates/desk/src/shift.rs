//! The change of shifts: handover notes, and how figures of the work at hand are reckoned.
//!
//! A note is never changed. A correction is a new note that points to it, and one that should not be acted on is withdrawn; both stay
//! readable. What a note says lies apart from the log, which holds its salted digest.

pub(crate) mod figures;
mod mention;

pub use figures::{AGES, Age, Cell, Due, SEGMENTS, Waits, Window, age_of, bounds, in_window};
pub use mention::{Piece, pieces};

use std::collections::BTreeMap;

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

/// Longest note, characters (Unicode scalar values).
pub const NOTE_CHARS_MAX: usize = 10_000;

/// What happened to a note. Serialised as JSON into the evidence log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Change {
    /// It was written.
    #[serde(rename = "handover_written")]
    Written {
        /// SHA-256 of salt and text, hexadecimal.
        digest: String,
        /// Number of the note that it corrects.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<i64>,
    },
    /// Somebody who takes over says that they have read it.
    #[serde(rename = "handover_read")]
    Read,
    /// It should not be acted on.
    #[serde(rename = "handover_withdrawn")]
    Withdrawn,
    /// Its text was erased for good.
    #[serde(rename = "handover_erased")]
    Erased,
}

impl Change {
    /// Every kind as the JSON names it. All begin with `handover_`, and nothing else in the log does.
    pub const KINDS: [&'static str; 4] = [
        "handover_written",
        "handover_read",
        "handover_withdrawn",
        "handover_erased",
    ];

    /// The kind as the JSON names it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Written { .. } => "handover_written",
            Self::Read => "handover_read",
            Self::Withdrawn => "handover_withdrawn",
            Self::Erased => "handover_erased",
        }
    }
}

/// One line of a note's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The note's number.
    pub handover: i64,
    /// When.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// A note, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its number, from 1, without gaps.
    pub no: i64,
    /// When it was written.
    pub at: Micros,
    /// Account that wrote it.
    pub by: String,
    /// Salted digest of the text, hexadecimal.
    pub digest: String,
    /// The note that it corrects.
    pub corrects: Option<i64>,
    /// The note that corrects it.
    pub corrected_by: Option<i64>,
    /// When and by which account it was withdrawn.
    pub withdrawn: Option<(Micros, String)>,
    /// The text was erased.
    pub erased: bool,
    /// Accounts that have read it, and when.
    pub read: BTreeMap<String, Micros>,
}

impl Note {
    /// From the event that it was written; `None` if that is another.
    #[must_use]
    pub fn new(event: &Event) -> Option<Self> {
        let Change::Written { digest, corrects } = &event.change else {
            return None;
        };
        Some(Self {
            no: event.handover,
            at: event.at,
            by: event.by.account(),
            digest: digest.clone(),
            corrects: *corrects,
            corrected_by: None,
            withdrawn: None,
            erased: false,
            read: BTreeMap::new(),
        })
    }

    /// One more event of this note. That another one corrects it stands in that one's first event.
    pub fn apply(&mut self, event: &Event) {
        match &event.change {
            Change::Written { .. } => {}
            Change::Read => {
                self.read.entry(event.by.account()).or_insert(event.at);
            }
            Change::Withdrawn => self.withdrawn = Some((event.at, event.by.account())),
            Change::Erased => self.erased = true,
        }
    }

    /// It is to be acted on: neither corrected, withdrawn nor erased.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.corrected_by.is_none() && self.withdrawn.is_none() && !self.erased
    }

    /// Whether an account still has to say that it has read it.
    #[must_use]
    pub fn is_new_to(&self, account: &str) -> bool {
        self.holds() && self.by != account && !self.read.contains_key(account)
    }
}

/// What somebody wants. That they may write at all, and whether they lead, is for the policy to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write a note.
    Write {
        /// Salted digest of the text.
        digest: String,
    },
    /// Write one in place of another.
    Correct {
        /// Salted digest of the text.
        digest: String,
    },
    /// Say that one has read it.
    Read,
    /// Withdraw it.
    Withdraw,
    /// Erase its text. Only leads may, and the policy has asked that.
    Erase,
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such note.
    #[error("there is no such note")]
    Absent,
    /// Only who wrote it may; of withdrawing, leads too.
    #[error("somebody else wrote this note")]
    NotOwn,
    /// Who wrote a note has read it.
    #[error("this account wrote the note itself")]
    Own,
    /// Another note stands in its place.
    #[error("this note was corrected already: correct the correction")]
    Corrected,
    /// It does not count any more.
    #[error("this note was withdrawn")]
    Withdrawn,
    /// What it said is gone.
    #[error("the text of this note was erased")]
    Erased,
}

/// Decides for an account on a note, or on a new one where there is none. `None` means that it is so already.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(
    note: Option<&Note>,
    command: Command,
    by: &str,
    leads: bool,
) -> Result<Option<Change>, Refusal> {
    if let Command::Write { digest } = command {
        return Ok(Some(Change::Written {
            digest,
            corrects: None,
        }));
    }
    let note = note.ok_or(Refusal::Absent)?;
    let own = note.by == by;
    match command {
        Command::Withdraw if note.withdrawn.is_some() => return Ok(None),
        Command::Erase if note.erased => return Ok(None),
        // Also what was withdrawn or corrected: it may hold what should never have been written.
        Command::Erase => return Ok(Some(Change::Erased)),
        Command::Read if note.read.contains_key(by) => return Ok(None),
        Command::Read if own => return Err(Refusal::Own),
        Command::Correct { .. } if !own => return Err(Refusal::NotOwn),
        Command::Withdraw if !own && !leads => return Err(Refusal::NotOwn),
        _ => {}
    }
    if note.withdrawn.is_some() {
        return Err(Refusal::Withdrawn);
    }
    if note.erased {
        return Err(Refusal::Erased);
    }
    if note.corrected_by.is_some() {
        return Err(Refusal::Corrected);
    }
    Ok(Some(match command {
        Command::Correct { digest } | Command::Write { digest } => Change::Written {
            digest,
            corrects: Some(note.no),
        },
        Command::Read => Change::Read,
        Command::Withdraw => Change::Withdrawn,
        Command::Erase => Change::Erased,
    }))
}

#[cfg(test)]
mod tests;
