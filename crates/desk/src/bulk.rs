//! One set of deeds for many reports: what is done to each, of a selection or of a cluster; who must agree, and when it can be taken
//! back.

use cairn_kernel::actor::Actor;
use serde::{Deserialize, Serialize};

use crate::report::undo::{self, Asked};
use crate::report::{
    Change, Command, Event, Refusal as ReportRefusal, Standing, State, decide_all,
};

/// Most reports of one selection.
pub const REPORTS_MAX: usize = 500;
/// Most reporters to whom one officer may write the same words alone; for more a second one must agree.
pub const REPLIES_ALONE_MAX: usize = 20;

/// What is to be done to each report of a selection. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deeds {
    /// Category and sub-type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<(String, Option<String>)>,
    /// 1 (national emergency) to 6 (minor).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<u8>,
    /// Who has it from then on: one account, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Vec<String>>,
    /// Languages in which words to the reporters were written; each reads those in their own, if there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<String>,
    /// Outcome with which they are closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

impl Deeds {
    /// Nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What it comes to for one report; `digest` (SHA-256 of salt and text, hexadecimal) names the words to its reporter, if
    /// there are any. Nothing for a report that is closed, and nothing of what is so already.
    ///
    /// # Errors
    /// See [`ReportRefusal`]; then nothing is done to it.
    pub fn on(
        &self,
        standing: &Standing,
        digest: Option<String>,
    ) -> Result<Vec<Change>, ReportRefusal> {
        if standing.state == State::Closed {
            return Ok(Vec::new());
        }
        let mut commands = Vec::new();
        if let Some((category, subtype)) = &self.category
            && (&standing.category, &standing.subtype) != (category, subtype)
        {
            commands.push(Command::Categorise {
                category: category.clone(),
                subtype: subtype.clone(),
            });
        }
        if let Some(severity) = self.severity.filter(|level| *level != standing.severity) {
            commands.push(Command::SetSeverity { severity });
        }
        if let Some(to) = &self.assignee
            && standing.assignee.as_ref() != to.first()
        {
            commands.push(Command::Assign {
                to: to.first().cloned(),
            });
        }
        commands.extend(digest.map(|digest| Command::OfficerWrite {
            digest,
            waits: false,
        }));
        commands.extend(
            self.outcome
                .clone()
                .map(|outcome| Command::Close { outcome }),
        );
        decide_all(standing, commands)
    }
}

/// Takes the events from number `first` to `last` of a report back, the newest first; see [`undo::several`]. Gives the changes that do
/// so, and the numbers of those that stay since something later changed the same or a message has left.
#[must_use]
pub fn take_back(
    start: &Standing,
    history: &[&Event],
    (first, last): (i64, i64),
    by: &Actor,
    asked: Asked,
) -> (Vec<Change>, Vec<i64>) {
    let (mut changes, mut stays) = (Vec::new(), Vec::new());
    for (number, decided) in undo::several(start, history, (first..=last).rev(), by, asked) {
        match decided {
            Ok(change) => changes.push(change),
            // No setting of an officer: nothing to give back.
            Err(ReportRefusal::NotUndoable) => {}
            Err(_) => stays.push(number),
        }
    }
    (changes, stays)
}

/// Where a selection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A second officer must agree before anything is done.
    Asked,
    /// It is being done.
    Doing,
    /// It was done.
    Done,
    /// The second officer declined, or who asked took it back.
    Declined,
    /// It is being taken back.
    Undoing,
    /// It was taken back, as far as that could be.
    Undone,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Asked,
        Self::Doing,
        Self::Done,
        Self::Declined,
        Self::Undoing,
        Self::Undone,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Doing => "doing",
            Self::Done => "done",
            Self::Declined => "declined",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == code)
    }

    /// The service works on it.
    #[must_use]
    pub const fn is_working(self) -> bool {
        matches!(self, Self::Doing | Self::Undoing)
    }
}

/// What somebody wants of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The second officer agrees.
    Agree,
    /// The second officer declines, or who asked takes it back.
    Decline,
    /// Take it back.
    Undo,
}

/// Why a wish has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Who asked cannot be the second one.
    #[error("somebody else must agree to this")]
    Own,
    /// It is not one's own, and one is no lead.
    #[error("only who did this, or a lead, can take it back")]
    NotYours,
    /// It is past that.
    #[error("this is past that point")]
    Past,
    /// Nothing is to be done, to no report, or to too many.
    #[error("choose something to do, and 1 to {REPORTS_MAX} reports")]
    Nothing,
}

/// The stage in which a selection of this many reports begins.
#[must_use]
pub const fn begin(replies: usize) -> Stage {
    if replies > REPLIES_ALONE_MAX {
        Stage::Asked
    } else {
        Stage::Doing
    }
}

/// What comes of a wish. `own`: who wishes asked for it; `lead`: may take back what others did.
///
/// # Errors
/// See [`Refusal`].
pub const fn decide(stage: Stage, wish: Wish, own: bool, lead: bool) -> Result<Stage, Refusal> {
    match (wish, stage) {
        (Wish::Agree, Stage::Asked) if own => Err(Refusal::Own),
        (Wish::Agree, Stage::Asked) => Ok(Stage::Doing),
        (Wish::Decline, Stage::Asked) => Ok(Stage::Declined),
        (Wish::Undo, Stage::Doing | Stage::Done) if own || lead => Ok(Stage::Undoing),
        (Wish::Undo, Stage::Doing | Stage::Done) => Err(Refusal::NotYours),
        _ => Err(Refusal::Past),
    }
}

/// What became of one report of a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Its turn has not come.
    Waiting,
    /// Done.
    Done,
    /// Everything was so already, or it is closed.
    Same,
    /// Somebody worked on it since it was chosen: nothing was done.
    Moved,
    /// The rules of the desk said no: nothing was done.
    Refused,
    /// Taken back.
    Undone,
    /// Taken back in part: something later changed the same, or words had left.
    Part,
    /// Nothing of it could be taken back.
    Kept,
}

impl Fate {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Done,
        Self::Same,
        Self::Moved,
        Self::Refused,
        Self::Undone,
        Self::Part,
        Self::Kept,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Same => "same",
            Self::Moved => "moved",
            Self::Refused => "refused",
            Self::Undone => "undone",
            Self::Part => "part",
            Self::Kept => "kept",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.as_str() == code)
    }

    /// After something was taken back, with so many changes, while so many events stay.
    #[must_use]
    pub const fn taken_back(changes: usize, stays: usize) -> Self {
        match (changes, stays) {
            (_, 0) => Self::Undone,
            (0, _) => Self::Kept,
            _ => Self::Part,
        }
    }
}

#[cfg(test)]
mod tests;
