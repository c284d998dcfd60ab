//! Rules of the desk: when a report comes in that a search line finds, then set, assign, ask or write. Officers write them as
//! data; every version is kept, tried out on what came in, and switched on by somebody who may.
//!
//! What a rule says lies apart from the log, which holds its salted digest. A rule never changes what anybody decided before it:
//! see [`run()`].

mod content;
mod run;
mod trial;

pub use content::{
    Content, DEEDS_MAX, Deed, Fault, HOUR_HITS_DEFAULT, HOUR_HITS_MAX, NAME_CHARS_MAX, PLAIN_CASE,
    REPLY_CHARS_MAX, REPLY_LANGUAGES, Typed, WORDS_CHARS_MAX,
};
pub use run::{Done, Live, Touched, run};
pub use trial::{SAMPLES_MAX, Sample, Tally, Trial};

use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

/// Most rules, switched on or not. They are never deleted.
pub const RULES_MAX: i64 = 200;
/// Most rules that are on at the same time.
pub const RULES_ON_MAX: usize = 40;
/// Most versions of one rule.
pub const VERSIONS_MAX: u32 = 500;
/// A rule that touched more reports than this in its dry run is switched on by a second person.
pub const TOUCHED_ALONE_MAX: u64 = 200;
/// Days after which a dry run says too little about the reports that come in now.
pub const TRIAL_DAYS_MAX: i64 = 7;

/// What happened to a rule. Serialised as JSON into the evidence log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Change {
    /// A version was written.
    #[serde(rename = "rule_written")]
    Written {
        /// Number of the version, from 1.
        version: u32,
        /// SHA-256 of salt and content, hexadecimal.
        digest: String,
        /// It writes to reporters.
        replies: bool,
    },
    /// A version was tried out on what came in.
    #[serde(rename = "rule_tried")]
    Tried {
        /// Which version.
        version: u32,
        /// SHA-256 of salt and result, hexadecimal.
        digest: String,
        /// Reports that were looked at.
        looked: u64,
        /// Reports to which it would have done something.
        touched: u64,
    },
    /// Somebody asks that a second person switches it on.
    #[serde(rename = "rule_asked")]
    Asked {
        /// Which version.
        version: u32,
    },
    /// The second person does not, or who asked wants it no more.
    #[serde(rename = "rule_declined")]
    Declined {
        /// Which version.
        version: u32,
    },
    /// A version is on from now on, in place of one before.
    #[serde(rename = "rule_on")]
    On {
        /// Which version.
        version: u32,
    },
    /// Somebody switched it off.
    #[serde(rename = "rule_off")]
    Off {
        /// Which version.
        version: u32,
    },
    /// It did so much within one hour that it stopped itself.
    #[serde(rename = "rule_stopped")]
    Stopped {
        /// Which version.
        version: u32,
        /// Reports that it touched in that hour.
        hits: u64,
    },
    /// What it did was taken back.
    #[serde(rename = "rule_taken_back")]
    TakenBack {
        /// Of how many hours.
        hours: u32,
        /// Of how many reports something was taken back.
        reports: u64,
        /// Reports whose reporter had been written to: that had left.
        left: u64,
        /// Reports of which a part stays, since people decided on it later.
        kept: u64,
    },
}

impl Change {
    /// Every kind as the JSON names it. All begin with `rule_`, and nothing else in the log does.
    pub const KINDS: [&'static str; 8] = [
        "rule_written",
        "rule_tried",
        "rule_asked",
        "rule_declined",
        "rule_on",
        "rule_off",
        "rule_stopped",
        "rule_taken_back",
    ];

    /// The kind as the JSON names it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Written { .. } => "rule_written",
            Self::Tried { .. } => "rule_tried",
            Self::Asked { .. } => "rule_asked",
            Self::Declined { .. } => "rule_declined",
            Self::On { .. } => "rule_on",
            Self::Off { .. } => "rule_off",
            Self::Stopped { .. } => "rule_stopped",
            Self::TakenBack { .. } => "rule_taken_back",
        }
    }
}

/// One line of a rule's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The rule's number.
    pub rule: i64,
    /// When; no finer than the hour, where an anonymous report made it happen.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: Change,
}

/// How far the newest version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Written, and not tried out.
    Draft,
    /// Tried out on what came in.
    Tried,
    /// A second person is to switch it on.
    Asked,
    /// It is the one that is on.
    On,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Tried, Self::Asked, Self::On];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Tried => "tried",
            Self::Asked => "asked",
            Self::On => "on",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Where a rule stands, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its number, from 1, without gaps.
    pub no: i64,
    /// When the newest version was written.
    pub at: Micros,
    /// Account that wrote the newest version.
    pub author: String,
    /// Number of the newest version.
    pub version: u32,
    /// The newest version writes to reporters.
    pub replies: bool,
    /// How far the newest version is.
    pub stage: Stage,
    /// When the newest version was tried out, and how many reports it would have touched.
    pub tried: Option<(Micros, u64)>,
    /// Account that asked for a second person.
    pub asked_by: Option<String>,
    /// The version that is on.
    pub on: Option<u32>,
    /// When it stopped itself, if that was what ended it last.
    pub stopped: Option<Micros>,
    /// Events so far.
    pub steps: i64,
}

impl Rule {
    /// From the event of its first version; `None` if that is another.
    #[must_use]
    pub fn new(event: &Event) -> Option<Self> {
        let Change::Written {
            version: 1,
            replies,
            ..
        } = &event.change
        else {
            return None;
        };
        Some(Self {
            no: event.rule,
            at: event.at,
            author: event.by.account(),
            version: 1,
            replies: *replies,
            stage: Stage::Draft,
            tried: None,
            asked_by: None,
            on: None,
            stopped: None,
            steps: 1,
        })
    }

    /// One more event.
    pub fn apply(&mut self, event: &Event) {
        self.steps += 1;
        match &event.change {
            Change::Written {
                version, replies, ..
            } => {
                self.at = event.at;
                self.author = event.by.account();
                self.version = *version;
                self.replies = *replies;
                self.stage = Stage::Draft;
                self.tried = None;
                self.asked_by = None;
            }
            Change::Tried { touched, .. } => {
                self.tried = Some((event.at, *touched));
                self.stage = Stage::Tried;
                self.asked_by = None;
            }
            Change::Asked { .. } => {
                self.stage = Stage::Asked;
                self.asked_by = Some(event.by.account());
            }
            Change::Declined { .. } => {
                self.stage = Stage::Tried;
                self.asked_by = None;
            }
            Change::On { version } => {
                self.on = Some(*version);
                self.stage = Stage::On;
                self.stopped = None;
                self.asked_by = None;
            }
            Change::Off { .. } => self.end(Stage::Tried),
            Change::Stopped { .. } => {
                self.end(Stage::Draft);
                self.stopped = Some(event.at);
            }
            Change::TakenBack { .. } => {}
        }
    }

    fn end(&mut self, stage: Stage) {
        self.on = None;
        if self.stage == Stage::On {
            self.stage = stage;
        }
    }

    /// The newest version takes a second person: it writes to reporters, or touches many reports.
    #[must_use]
    pub fn takes_two(&self) -> bool {
        self.replies
            || self
                .tried
                .is_some_and(|(_, touched)| touched > TOUCHED_ALONE_MAX)
    }
}

/// What somebody wants. That they may at all is for the policy to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write a rule, or a new version of one.
    Write {
        /// Salted digest of the content.
        digest: String,
        /// It writes to reporters.
        replies: bool,
    },
    /// Keep the result of a dry run of the newest version.
    Try {
        /// The version that was tried out.
        version: u32,
        /// Salted digest of the result.
        digest: String,
        /// Reports looked at, and reports touched.
        counts: (u64, u64),
    },
    /// Ask for a second person.
    Ask,
    /// Decline, or take the asking back.
    Decline,
    /// Switch the newest version on; so many other rules are on.
    SwitchOn {
        /// Rules that are on, this one left out.
        others: usize,
    },
    /// Switch it off.
    SwitchOff,
    /// It stops itself.
    Stop {
        /// Reports that it touched within the hour.
        hits: u64,
    },
    /// Note that what it did was taken back.
    TakeBack {
        /// Of how many hours.
        hours: u32,
        /// Reports of which something was taken back, those whose message had left, and those of which a part stays.
        counts: (u64, u64, u64),
    },
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such rule.
    #[error("there is no such rule")]
    Absent,
    /// Somebody else did something to it that was not seen.
    #[error("somebody else changed this rule in the meantime")]
    Moved,
    /// The newest version was not tried out.
    #[error("this version was not tried out on what came in")]
    NotTried,
    /// The dry run is too old.
    #[error("the dry run is more than {TRIAL_DAYS_MAX} days old")]
    Old,
    /// A second person has to switch it on.
    #[error("this rule is switched on by a second person")]
    Two,
    /// Who wrote it or asked for it is not the second person.
    #[error("somebody else has to switch this rule on")]
    Own,
    /// One person is enough.
    #[error("this rule takes no second person")]
    One,
    /// Nobody asked for a second person.
    #[error("nobody asked to switch this rule on")]
    NotAsked,
    /// It is not on.
    #[error("this rule is not on")]
    NotOn,
    /// It is on already.
    #[error("this version is on already")]
    IsOn,
    /// Too many rules, versions, or rules that are on.
    #[error("there are too many rules or versions")]
    Limit,
}

/// Decides on a rule, or on a new one where there is none.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(
    rule: Option<&Rule>,
    command: Command,
    by: &str,
    now: Micros,
) -> Result<Change, Refusal> {
    if let (Command::Write { digest, replies }, None) = (&command, rule) {
        return Ok(Change::Written {
            version: 1,
            digest: digest.clone(),
            replies: *replies,
        });
    }
    let rule = rule.ok_or(Refusal::Absent)?;
    let version = rule.version;
    Ok(match command {
        Command::Write { .. } if version >= VERSIONS_MAX => return Err(Refusal::Limit),
        Command::Write { digest, replies } => Change::Written {
            version: version + 1,
            digest,
            replies,
        },
        Command::Try { version: tried, .. } if tried != version => return Err(Refusal::Moved),
        Command::Try { .. } if rule.stage == Stage::On => return Err(Refusal::IsOn),
        Command::Try {
            digest,
            counts: (looked, touched),
            ..
        } => Change::Tried {
            version,
            digest,
            looked,
            touched,
        },
        Command::Ask => {
            ready(rule, now)?;
            match rule.stage {
                Stage::Asked => return Err(Refusal::Moved),
                _ if rule.takes_two() => Change::Asked { version },
                _ => return Err(Refusal::One),
            }
        }
        Command::Decline if rule.stage == Stage::Asked => Change::Declined { version },
        Command::Decline => return Err(Refusal::NotAsked),
        Command::SwitchOn { others } => {
            ready(rule, now)?;
            agreed(rule, by)?;
            if others >= RULES_ON_MAX {
                return Err(Refusal::Limit);
            }
            Change::On { version }
        }
        Command::SwitchOff => Change::Off {
            version: rule.on.ok_or(Refusal::NotOn)?,
        },
        Command::Stop { hits } => Change::Stopped {
            version: rule.on.ok_or(Refusal::NotOn)?,
            hits,
        },
        Command::TakeBack {
            hours,
            counts: (reports, left, kept),
        } => Change::TakenBack {
            hours,
            reports,
            left,
            kept,
        },
    })
}

/// The newest version was tried out not long ago, and is not on.
fn ready(rule: &Rule, now: Micros) -> Result<(), Refusal> {
    let (at, _) = rule.tried.ok_or(Refusal::NotTried)?;
    match rule.stage {
        Stage::Draft => Err(Refusal::NotTried),
        Stage::On => Err(Refusal::IsOn),
        _ if at.plus_seconds(TRIAL_DAYS_MAX * 24 * 3_600) < now => Err(Refusal::Old),
        _ => Ok(()),
    }
}

/// One person is enough, or this is the second.
fn agreed(rule: &Rule, by: &str) -> Result<(), Refusal> {
    if !rule.takes_two() {
        return Ok(());
    }
    if rule.author == by || rule.asked_by.as_deref() == Some(by) {
        return Err(Refusal::Own);
    }
    if rule.stage == Stage::Asked {
        Ok(())
    } else {
        Err(Refusal::Two)
    }
}

#[cfg(test)]
mod tests;
