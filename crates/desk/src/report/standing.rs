//! What a report has come to: the sum of its events. The database's columns are a copy of it, and
//! `cairn log verify` compares the two.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::money::Money;
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

use super::{Answers, Body, Certainty, Change, Keys, LossItem, Part, State};
use crate::conversation::Sort;
use crate::referral::{self, Referral, Step};

/// A legal hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// When it ends by itself; `None` is not before somebody lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Micros>,
}

/// Mails that came on a report's thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mails {
    /// So many so far.
    pub came: i64,
    /// SHA-256 of those that are still kept whole.
    pub wholes: Vec<String>,
    /// From whom they came is still kept.
    pub heads: bool,
}

impl Mails {
    /// A message kept whole holds the sender's address, files and text: it goes with the first of them.
    fn erase(&mut self, part: Part) {
        self.wholes.clear();
        if part != Part::Files {
            self.heads = false;
        }
    }
}

/// Where a report stands after its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// State.
    pub state: State,
    /// Category now: the suggested one until an officer sets it.
    pub category: String,
    /// Sub-type now.
    pub subtype: Option<String>,
    /// Severity now: 1 (national emergency) to 6 (minor).
    pub severity: u8,
    /// Account that has it.
    pub assignee: Option<String>,
    /// Outcome code, once closed.
    pub outcome: Option<String>,
    /// Consent per agency; an agency never asked about has no entry.
    pub consents: BTreeMap<String, bool>,
    /// Messages so far.
    pub messages: i64,
    /// Contact details are there and not erased.
    pub contact: bool,
    /// Likely sent by a machine, and no officer found otherwise.
    pub suspect: bool,
    /// SHA-256 of the files.
    pub files: Vec<String>,
    /// The losses, with the amounts that officers verified.
    pub losses: Vec<LossItem>,
    /// On legal hold: nothing is erased.
    pub hold: Option<Hold>,
    /// The reporter's own words were erased by a rule.
    pub bare: bool,
    /// Messages up to this number lost their text with them.
    pub mute: i64,
    /// Messages of officers that were taken back before they left.
    pub withdrawn: BTreeSet<i64>,
    /// Which of its events told the reporter something.
    pub answers: Answers,
    /// Referrals to agencies, in the order of their numbers.
    pub referrals: Vec<Referral>,
    /// Rules that did something to it, and their versions then.
    pub ruled: BTreeMap<i64, u32>,
    /// Rules that asked a person to look at it, and nobody has yet.
    pub asked: BTreeSet<i64>,
    /// Mails that came on its thread.
    pub mails: Mails,
    /// OpenPGP keys of the reporter.
    pub keys: Keys,
    /// Entries of its thread elsewhere that were taken over.
    pub old: i64,
    /// Somebody is named by these.
    pub old_heads: bool,
    /// Events so far.
    pub version: i64,
}

impl Standing {
    /// Right after receipt.
    #[must_use]
    pub fn new(body: &Body, contact: bool, consents: &[String]) -> Self {
        Self {
            state: State::Received,
            category: body.category.clone(),
            subtype: body.subtype.clone(),
            severity: body.severity,
            assignee: None,
            outcome: None,
            consents: consents
                .iter()
                .map(|agency| (agency.clone(), true))
                .collect(),
            messages: 0,
            contact,
            suspect: body.suspect,
            files: body.files.iter().map(|file| file.sha256.clone()).collect(),
            losses: body.losses.clone(),
            hold: None,
            bare: false,
            mute: 0,
            withdrawn: BTreeSet::new(),
            answers: Answers::default(),
            referrals: Vec::new(),
            ruled: BTreeMap::new(),
            asked: BTreeSet::new(),
            mails: Mails::default(),
            keys: Keys::default(),
            old: 0,
            old_heads: false,
            version: 1,
        }
    }

    /// One more event. `Received` stands first and is taken by [`Standing::new`].
    pub fn apply(&mut self, change: &Change) {
        self.version += 1;
        self.answers.apply(self.version, change);
        referral::apply(&mut self.referrals, change);
        match change {
            Change::Received { .. } | Change::FileTaken { .. } | Change::OldNumber { .. } => {}
            Change::Referral { step, .. } => {
                if !matches!(step, Step::Withdrawn) {
                    self.state = self.worked_on();
                }
            }
            Change::ReporterWrote { message, .. } => {
                self.messages = *message;
                if matches!(self.state, State::Waiting | State::Closed) {
                    self.opened();
                }
            }
            Change::OfficerWrote {
                message,
                waits,
                rule,
                ..
            } => {
                self.messages = *message;
                // Nobody has read it by what a rule writes.
                if rule.is_none() {
                    self.wrote(*waits);
                }
            }
            Change::FileAdded { file } => self.files.push(file.sha256.clone()),
            Change::Assigned { to } => {
                self.assignee.clone_from(to);
                if to.is_some() {
                    self.state = self.worked_on();
                }
            }
            Change::Categorised { category, subtype } => {
                self.category.clone_from(category);
                self.subtype.clone_from(subtype);
                self.state = self.worked_on();
            }
            Change::SeveritySet { severity } => {
                self.severity = *severity;
                self.state = self.worked_on();
            }
            Change::LossVerified { item, amount, .. } => self.verified(*item, amount),
            Change::Closed { outcome } => {
                self.state = State::Closed;
                self.outcome = Some(outcome.clone());
            }
            Change::Reopened => self.opened(),
            Change::Consent { agency, given } => {
                self.consents.insert(agency.clone(), *given);
            }
            Change::ContactErased => self.erase(Part::Contact),
            Change::NotSuspect => self.suspect = false,
            Change::HoldPlaced { until, .. } => self.hold = Some(Hold { until: *until }),
            Change::HoldLifted { .. } => self.hold = None,
            Change::Erased { part, .. } => self.erase(*part),
            Change::Ruled { .. } => self.ruled(change),
            Change::Looked { rule } => {
                self.asked.remove(rule);
                self.state = self.worked_on();
            }
            Change::MailCame { sort, sha256, .. } => self.mail(*sort, sha256),
            Change::KeyCame { .. } | Change::KeyJudged { .. } => self.keys.apply(change),
            Change::Imported { state, .. } => self.state = *state,
            Change::OldEntry { entry, .. } => (self.old, self.old_heads) = (*entry, true),
            Change::Undone { back, .. } => back.give(self),
        }
    }

    fn opened(&mut self) {
        self.state = State::Open;
        self.outcome = None;
    }

    fn verified(&mut self, item: u32, amount: &Money) {
        let item = usize::try_from(item).unwrap_or(usize::MAX);
        if let Some(loss) = self.losses.get_mut(item) {
            loss.amount = Some(amount.clone());
            loss.certainty = Certainty::Verified;
        }
        self.state = self.worked_on();
    }

    fn wrote(&mut self, waits: bool) {
        self.state = if waits {
            State::Waiting
        } else {
            self.worked_on()
        };
    }

    /// What a rule sets leaves the report as new as it was, unless it is somebody's now.
    fn ruled(&mut self, change: &Change) {
        let Change::Ruled {
            rule,
            version,
            category,
            severity,
            assignee,
            asks,
            ..
        } = change
        else {
            return;
        };
        self.ruled.insert(*rule, *version);
        if let Some((category, subtype)) = category {
            self.category.clone_from(category);
            self.subtype.clone_from(subtype);
        }
        if let Some(severity) = severity {
            self.severity = *severity;
        }
        if assignee.is_some() {
            self.assignee.clone_from(assignee);
            self.state = self.worked_on();
        }
        if *asks {
            self.asked.insert(*rule);
        }
    }

    /// A bounce: the reporter never saw what we wait for an answer to. Somebody else's words wait for an officer.
    fn mail(&mut self, sort: Sort, sha256: &str) {
        self.mails.came += 1;
        self.mails.wholes.push(sha256.to_owned());
        self.mails.heads = true;
        let woken = match sort {
            Sort::Bounce => self.state == State::Waiting,
            Sort::Other => self.state == State::Closed,
            Sort::Reporter | Sort::Automatic => false,
        };
        if woken {
            self.state = State::Open;
            self.outcome = None;
        }
    }

    /// Parts that there is something of, in the order of [`Part::ALL`].
    #[must_use]
    pub fn there(&self) -> [bool; 3] {
        let mails = &self.mails;
        [
            self.contact || mails.heads || self.keys.kept || self.old_heads,
            !self.files.is_empty() || !mails.wholes.is_empty(),
            !self.bare,
        ]
    }

    fn erase(&mut self, part: Part) {
        self.mails.erase(part);
        self.old_heads &= part == Part::Files;
        match part {
            Part::Contact => {
                self.contact = false;
                self.keys.erase();
            }
            Part::Files => self.files.clear(),
            Part::Text => {
                self.bare = true;
                self.mute = self.messages;
            }
        }
    }

    fn worked_on(&self) -> State {
        if self.state == State::Received {
            State::Open
        } else {
            self.state
        }
    }
}
