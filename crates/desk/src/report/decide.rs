//! What may be done to a report, and what comes of it: `decide(standing, command) -> changes`.

use cairn_kernel::money::Money;

use super::retention::Due;
use super::{Certainty, Change, FileRef, KeySource, KeyWord, LossKind, Part, Standing, State};
use crate::conversation::Sort;
use crate::referral;
use cairn_kernel::time::Micros;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The reporter writes: an addition or an answer. The digest is of salt and text.
    ReporterWrite {
        /// SHA-256, hexadecimal.
        digest: String,
    },
    /// The reporter adds a file.
    AddFile(FileRef),
    /// The reporter gives or withdraws consent for an agency.
    SetConsent {
        /// Agency code.
        agency: String,
        /// Given or withdrawn.
        given: bool,
    },
    /// The contact details are erased: by the reporter, a lead, or since their time is over.
    EraseContact,
    /// An officer writes to the reporter.
    OfficerWrite {
        /// SHA-256, hexadecimal.
        digest: String,
        /// An answer is wanted.
        waits: bool,
    },
    /// An officer takes a file away for examination.
    TakeFile {
        /// SHA-256.
        sha256: String,
    },
    /// Give it to an account, or to nobody.
    Assign {
        /// Account id.
        to: Option<String>,
    },
    /// Set the final category.
    Categorise {
        /// Category code, known to the taxonomy.
        category: String,
        /// Sub-type code.
        subtype: Option<String>,
    },
    /// Set the severity.
    SetSeverity {
        /// 1 to 6.
        severity: u8,
    },
    /// Verify the amount of a loss, or correct it.
    VerifyLoss {
        /// Which loss of the report, from 0.
        item: u32,
        /// The amount as verified.
        amount: Money,
        /// The same in the base currency's minor unit; `None` where no rate is known.
        base_minor: Option<i64>,
    },
    /// Close it.
    Close {
        /// Outcome code.
        outcome: String,
    },
    /// Take it up again.
    Reopen,
    /// Take off the mark that a machine sent it.
    NotSuspect,
    /// Place a legal hold, or change the end of one. The digest is of salt and reason.
    PlaceHold {
        /// SHA-256, hexadecimal.
        digest: String,
        /// When it ends by itself.
        until: Option<Micros>,
    },
    /// Lift the legal hold. Without a digest its time was over.
    LiftHold {
        /// SHA-256 of salt and reason, hexadecimal.
        digest: Option<String>,
    },
    /// Say that one has looked at it, as a rule had asked.
    Look {
        /// Number of the rule.
        rule: i64,
    },
    /// Hand it to an agency, or note what comes of that.
    Refer(referral::Command),
    /// A mail came on its thread. One by the reporter is the message that was written last.
    TakeMail {
        /// What it is.
        sort: Sort,
        /// SHA-256 of the message, hexadecimal.
        sha256: String,
        /// SHA-256 of salt and what is kept of its header, hexadecimal.
        head: String,
        /// The same of its text, where it is no message of the conversation.
        text: Option<String>,
    },
    /// A key of the reporter came. The digest is of salt and what is kept of it.
    TakeKey {
        /// How.
        source: KeySource,
        /// SHA-256, hexadecimal.
        digest: String,
    },
    /// Confirm a key, or take it out of use.
    JudgeKey {
        /// Its number.
        key: i64,
        /// What is said.
        word: KeyWord,
    },
    /// Erase what rules say is due.
    Erase {
        /// Parts and their rules.
        due: Vec<Due>,
        /// Version of the rules.
        version: u32,
        /// SHA-256 of salt and what is left of the body, hexadecimal, where that changes.
        body: Option<String>,
    },
}

/// Why a command has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The report is closed; reopen it first.
    #[error("the report is closed; reopen it first")]
    Closed,
    /// It is not closed.
    #[error("the report is not closed")]
    NotClosed,
    /// There is nothing to erase.
    #[error("there are no contact details")]
    NoContact,
    /// The file is not part of the report.
    #[error("this file is not part of the report")]
    NoSuchFile,
    /// Severity runs from 1 to 6.
    #[error("severity runs from 1 (national emergency) to 6 (minor)")]
    Severity,
    /// The report has no such loss of money.
    #[error("the report has no such loss of money")]
    NoSuchLoss,
    /// The amount is in another currency than the one that was reported, in which what came back is counted too.
    #[error("the amount must be in the currency that was reported")]
    Currency,
    /// Too many messages or files.
    #[error("this report has reached its limit of messages or files")]
    Limit,
    /// On legal hold.
    #[error("the report is on legal hold: nothing of it is erased until that is lifted")]
    Held,
    /// It is not on hold.
    #[error("the report is not on legal hold")]
    NotHeld,
    /// Undoing it is not possible: it is none of what officers set, or there is no such event.
    #[error("this cannot be undone")]
    NotUndoable,
    /// Something later changed the same thing.
    #[error("something later changed the same; undo that first")]
    Touched,
    /// The rules for referrals say no.
    #[error(transparent)]
    Referral(#[from] referral::Refusal),
    /// The report has no such key, or not any more.
    #[error("the report has no such key")]
    NoSuchKey,
    /// The message has left.
    #[error("the message has left and cannot be taken back")]
    Left,
}

/// Most messages on one report.
pub const MESSAGES_MAX: i64 = 500;
/// Most mails on one report's thread; what comes after is a report of its own.
pub const MAILS_MAX: i64 = 1_000;
/// Most files on one report.
pub const FILES_MAX: usize = 20;

/// Decides. An empty list means that it is so already.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(standing: &Standing, command: Command) -> Result<Vec<Change>, Refusal> {
    let closed = standing.state == State::Closed;
    let next_message = standing.messages + 1;
    let changes = match command {
        Command::ReporterWrite { .. } | Command::OfficerWrite { .. }
            if next_message > MESSAGES_MAX =>
        {
            return Err(Refusal::Limit);
        }
        Command::ReporterWrite { digest } => vec![Change::ReporterWrote {
            message: next_message,
            digest,
        }],
        Command::AddFile(file) => {
            if standing.files.contains(&file.sha256) {
                Vec::new()
            } else if standing.files.len() >= FILES_MAX {
                return Err(Refusal::Limit);
            } else {
                vec![Change::FileAdded { file }]
            }
        }
        Command::SetConsent { agency, given } => {
            if standing.consents.get(&agency).copied().unwrap_or(false) == given {
                Vec::new()
            } else {
                let stopped = if given {
                    Vec::new()
                } else {
                    referral::stopped(standing, &agency)
                };
                let consent = Change::Consent { agency, given };
                std::iter::once(consent).chain(stopped).collect()
            }
        }
        Command::PlaceHold { digest, until } => vec![Change::HoldPlaced { digest, until }],
        Command::LiftHold { .. } if standing.hold.is_none() => return Err(Refusal::NotHeld),
        Command::LiftHold { digest } => vec![Change::HoldLifted { digest }],
        Command::EraseContact | Command::Erase { .. } if standing.hold.is_some() => {
            return Err(Refusal::Held);
        }
        Command::Erase { due, version, body } => erase(standing, due, version, body),
        Command::EraseContact if !standing.contact => return Err(Refusal::NoContact),
        Command::EraseContact => vec![Change::ContactErased],
        Command::TakeFile { sha256 }
            if standing.files.contains(&sha256) || standing.mails.wholes.contains(&sha256) =>
        {
            vec![Change::FileTaken { sha256 }]
        }
        Command::TakeFile { .. } => return Err(Refusal::NoSuchFile),
        Command::Reopen if closed => vec![Change::Reopened],
        Command::Reopen => return Err(Refusal::NotClosed),
        // Closed ones too: figures count them.
        Command::NotSuspect if standing.suspect => vec![Change::NotSuspect],
        Command::NotSuspect => Vec::new(),
        // Closed ones too: what was asked should not stay on the list for ever.
        Command::Look { rule } if standing.asked.contains(&rule) => vec![Change::Looked { rule }],
        Command::Look { .. } => Vec::new(),
        // Closed ones too: what comes of a referral is often heard later.
        Command::Refer(command) => referral::decide(standing, command)?,
        mail @ Command::TakeMail { .. } => take_mail(standing, mail)?,
        key @ (Command::TakeKey { .. } | Command::JudgeKey { .. }) => standing.keys.decide(&key)?,
        _ if closed => return Err(Refusal::Closed),
        officers => handle(standing, officers, next_message)?,
    };
    Ok(changes)
}

/// Decides on commands one after the other, each on what those before it come to.
///
/// # Errors
/// See [`Refusal`]; then none of them is done.
pub fn decide_all(standing: &Standing, commands: Vec<Command>) -> Result<Vec<Change>, Refusal> {
    let (mut standing, mut changes) = (standing.clone(), Vec::new());
    for command in commands {
        for change in decide(&standing, command)? {
            standing.apply(&change);
            changes.push(change);
        }
    }
    Ok(changes)
}

/// An event for each part that is still there; the last one says what is left of the body.
fn erase(
    standing: &Standing,
    due: Vec<Due>,
    version: u32,
    mut body: Option<String>,
) -> Vec<Change> {
    let [contact, files, text] = standing.there();
    let there = |part| match part {
        Part::Contact => contact,
        Part::Files => files,
        Part::Text => text,
    };
    let mut changes: Vec<Change> = due
        .into_iter()
        .filter(|due| there(due.part))
        .rev()
        .map(|due| Change::Erased {
            part: due.part,
            rule: due.rule,
            version,
            body: body.take(),
        })
        .collect();
    changes.reverse();
    changes
}

/// A mail on the thread.
fn take_mail(standing: &Standing, command: Command) -> Result<Vec<Change>, Refusal> {
    let Command::TakeMail {
        sort,
        sha256,
        head,
        text,
    } = command
    else {
        return Ok(Vec::new());
    };
    if standing.mails.came >= MAILS_MAX {
        return Err(Refusal::Limit);
    }
    Ok(vec![Change::MailCame {
        mail: standing.mails.came + 1,
        sort,
        sha256,
        head,
        text,
        message: (sort == Sort::Reporter).then_some(standing.messages),
    }])
}

/// What officers do to a report that is not closed.
fn handle(
    standing: &Standing,
    command: Command,
    next_message: i64,
) -> Result<Vec<Change>, Refusal> {
    let change = match command {
        Command::OfficerWrite { digest, waits } => Change::OfficerWrote {
            message: next_message,
            digest,
            waits,
            rule: None,
        },
        Command::Assign { to } if to == standing.assignee => return Ok(Vec::new()),
        Command::Assign { to } => Change::Assigned { to },
        Command::Categorise { category, subtype } => Change::Categorised { category, subtype },
        Command::SetSeverity { severity } if !(1..=6).contains(&severity) => {
            return Err(Refusal::Severity);
        }
        Command::SetSeverity { severity } => Change::SeveritySet { severity },
        Command::VerifyLoss {
            item,
            amount,
            base_minor,
        } => return verify_loss(standing, item, amount, base_minor),
        Command::Close { outcome } => Change::Closed { outcome },
        _ => return Ok(Vec::new()),
    };
    Ok(vec![change])
}

/// Only money that left somebody's hands is added up, so only that is verified.
fn verify_loss(
    standing: &Standing,
    item: u32,
    amount: Money,
    base_minor: Option<i64>,
) -> Result<Vec<Change>, Refusal> {
    let at = usize::try_from(item).unwrap_or(usize::MAX);
    let loss = standing.losses.get(at).ok_or(Refusal::NoSuchLoss)?;
    if loss.kind != LossKind::DirectFinancial {
        return Err(Refusal::NoSuchLoss);
    }
    let reported = loss.amount.as_ref();
    if reported.is_some_and(|reported| reported.currency != amount.currency) {
        return Err(Refusal::Currency);
    }
    if loss.certainty == Certainty::Verified && reported == Some(&amount) {
        return Ok(Vec::new());
    }
    Ok(vec![Change::LossVerified {
        item,
        amount,
        base_minor,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency).unwrap()
    }

    fn loss(kind: LossKind, minor: Option<i64>) -> crate::report::LossItem {
        crate::report::LossItem {
            kind,
            amount: minor.map(|minor| money(minor, "NZD")),
            date: None,
            certainty: Certainty::Stated,
            paid_by: None,
            recovered_minor: None,
        }
    }

    fn verify(item: u32, amount: Money) -> Command {
        Command::VerifyLoss {
            item,
            base_minor: Some(amount.minor),
            amount,
        }
    }

    #[test]
    fn a_loss_is_verified_once_and_may_be_corrected() {
        let verified = after(standing(), verify(1, money(100, "NZD")));
        assert_eq!(verified.losses[1].certainty, Certainty::Verified);
        assert_eq!(verified.state, State::Open);
        assert_eq!(decide(&verified, verify(1, money(100, "NZD"))), Ok(vec![]));
        let corrected = after(verified, verify(1, money(50, "NZD")));
        assert_eq!(corrected.losses[1].amount, Some(money(50, "NZD")));
        for (item, amount, refusal) in [
            (0, money(1, "NZD"), Refusal::NoSuchLoss),
            (2, money(1, "NZD"), Refusal::NoSuchLoss),
            (1, money(1, "USD"), Refusal::Currency),
        ] {
            assert_eq!(decide(&standing(), verify(item, amount)), Err(refusal));
        }
        let closed = after(
            standing(),
            Command::Close {
                outcome: "resolved".into(),
            },
        );
        assert_eq!(
            decide(&closed, verify(1, money(1, "NZD"))),
            Err(Refusal::Closed)
        );
    }

    fn standing() -> Standing {
        Standing {
            state: State::Received,
            category: "phishing".into(),
            subtype: None,
            severity: 5,
            assignee: None,
            outcome: None,
            consents: BTreeMap::new(),
            messages: 0,
            contact: true,
            suspect: false,
            files: vec!["aa".into()],
            losses: vec![
                loss(LossKind::Data, None),
                loss(LossKind::DirectFinancial, Some(100)),
            ],
            hold: None,
            bare: false,
            mute: 0,
            withdrawn: std::collections::BTreeSet::new(),
            answers: crate::report::Answers::default(),
            referrals: Vec::new(),
            ruled: BTreeMap::new(),
            asked: std::collections::BTreeSet::new(),
            mails: crate::report::Mails::default(),
            keys: crate::report::Keys::default(),
            old: 0,
            old_heads: false,
            version: 1,
        }
    }

    #[test]
    fn commands_are_decided_each_on_what_those_before_come_to() {
        let write = || Command::OfficerWrite {
            digest: "d".into(),
            waits: false,
        };
        let close = Command::Close {
            outcome: "resolved".into(),
        };
        let changes = decide_all(&standing(), vec![write(), write(), close.clone()]).unwrap();
        let numbers: Vec<Option<i64>> = changes
            .iter()
            .map(|change| match change {
                Change::OfficerWrote { message, .. } => Some(*message),
                _ => None,
            })
            .collect();
        assert_eq!(numbers, [Some(1), Some(2), None]);
        assert_eq!(
            decide_all(&standing(), vec![close, write()]),
            Err(Refusal::Closed)
        );
    }

    #[test]
    fn nothing_is_erased_while_held_by_rule_or_by_hand() {
        let due = |part| Due {
            part,
            rule: "default".into(),
        };
        let erase = |parts: &[Part]| Command::Erase {
            due: parts.iter().copied().map(due).collect(),
            version: 3,
            body: Some("b".into()),
        };
        let place = Command::PlaceHold {
            digest: "d".into(),
            until: None,
        };
        let lift = Command::LiftHold { digest: None };
        assert_eq!(decide(&standing(), lift.clone()), Err(Refusal::NotHeld));
        let held = after(standing(), place);
        for command in [Command::EraseContact, erase(&Part::ALL)] {
            assert_eq!(decide(&held, command), Err(Refusal::Held));
        }
        let lifted = after(held, lift);
        let changes = decide(&lifted, erase(&Part::ALL)).unwrap();
        let bodies: Vec<bool> = changes
            .iter()
            .map(|change| matches!(change, Change::Erased { body: Some(_), .. }))
            .collect();
        assert_eq!(bodies, [false, false, true], "{changes:?}");
        let erased = after(lifted, erase(&Part::ALL));
        assert!(!erased.contact && erased.files.is_empty() && erased.bare);
        assert_eq!(decide(&erased, erase(&Part::ALL)), Ok(vec![]));
    }

    fn after(mut standing: Standing, command: Command) -> Standing {
        for change in decide(&standing, command).unwrap() {
            standing.apply(&change);
        }
        standing
    }

    #[test]
    fn a_question_waits_and_the_answer_opens() {
        let asked = after(
            standing(),
            Command::OfficerWrite {
                digest: "d".into(),
                waits: true,
            },
        );
        assert_eq!((asked.state, asked.messages), (State::Waiting, 1));
        let answered = after(asked, Command::ReporterWrite { digest: "e".into() });
        assert_eq!((answered.state, answered.messages), (State::Open, 2));
    }

    #[test]
    fn a_closed_report_opens_by_its_reporter_or_by_reopening_only() {
        let closed = after(
            standing(),
            Command::Close {
                outcome: "advice_given".into(),
            },
        );
        assert_eq!(
            decide(
                &closed,
                Command::Assign {
                    to: Some("a".into())
                }
            ),
            Err(Refusal::Closed)
        );
        assert_eq!(after(closed.clone(), Command::Reopen).state, State::Open);
        let more = after(closed, Command::ReporterWrite { digest: "e".into() });
        assert_eq!((more.state, more.outcome), (State::Open, None));
    }

    #[test]
    fn consent_changes_once() {
        let given = after(
            standing(),
            Command::SetConsent {
                agency: "police".into(),
                given: true,
            },
        );
        assert_eq!(given.consents.get("police"), Some(&true));
        assert_eq!(
            decide(
                &given,
                Command::SetConsent {
                    agency: "police".into(),
                    given: true
                }
            ),
            Ok(vec![])
        );
        let withdrawn = after(
            given,
            Command::SetConsent {
                agency: "police".into(),
                given: false,
            },
        );
        assert_eq!(withdrawn.consents.get("police"), Some(&false));
    }

    #[test]
    fn the_mark_of_a_machine_comes_off_once_and_changes_nothing_else() {
        let mut marked = standing();
        assert_eq!(decide(&marked, Command::NotSuspect), Ok(vec![]));
        marked.suspect = true;
        let closed = after(
            marked.clone(),
            Command::Close {
                outcome: "advice_given".into(),
            },
        );
        for before in [marked, closed] {
            let cleared = after(before.clone(), Command::NotSuspect);
            let expected = Standing {
                suspect: false,
                version: before.version + 1,
                ..before
            };
            assert_eq!(cleared, expected);
            assert_eq!(decide(&cleared, Command::NotSuspect), Ok(vec![]));
        }
    }

    #[test]
    fn limits_and_absent_things_are_refused() {
        let mut full = standing();
        full.messages = MESSAGES_MAX;
        assert_eq!(
            decide(&full, Command::ReporterWrite { digest: "d".into() }),
            Err(Refusal::Limit)
        );
        assert_eq!(
            decide(
                &standing(),
                Command::TakeFile {
                    sha256: "bb".into()
                }
            ),
            Err(Refusal::NoSuchFile)
        );
        assert_eq!(
            decide(&standing(), Command::SetSeverity { severity: 7 }),
            Err(Refusal::Severity)
        );
        let erased = after(standing(), Command::EraseContact);
        assert_eq!(
            decide(&erased, Command::EraseContact),
            Err(Refusal::NoContact)
        );
    }
}
