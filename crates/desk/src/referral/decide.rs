//! What may be done to the referrals of a report.

use super::{Basis, Channel, Outcome, Referral, State, Step};
use crate::report::{Change, Standing};

/// Most referrals of one report, those that were withdrawn included.
pub const REFERRALS_MAX: usize = 40;

/// What somebody wants. `no` is the referral's number; digests are of salt and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Choose what goes to whom.
    Prepare {
        /// Agency code, known to the form.
        agency: String,
        /// Why it may go; a provision of the law must be known, and be one for this agency.
        basis: Basis,
        /// How it goes.
        channel: Channel,
        /// The reporter's contact details go with it.
        contact: bool,
        /// SHA-256 of the files that go with it.
        files: Vec<String>,
        /// Digest of the words on why the law allows it.
        text: Option<String>,
    },
    /// Take the package out, or let the agency fetch it.
    Take {
        /// Which.
        no: u32,
        /// SHA-256 of the package's manifest, hexadecimal.
        manifest: String,
    },
    /// Say that it goes.
    Send {
        /// Which.
        no: u32,
        /// SHA-256 of the package's manifest, hexadecimal.
        manifest: String,
        /// Days within which the agency is expected to answer.
        days: u16,
    },
    /// The agency has it.
    Acknowledge {
        /// Which.
        no: u32,
        /// Digest of the agency's own reference.
        text: String,
    },
    /// The agency said what comes of it.
    Answer {
        /// Which.
        no: u32,
        /// What.
        outcome: Outcome,
        /// Digest of its words.
        text: Option<String>,
    },
    /// The agency was asked again.
    Chase {
        /// Which.
        no: u32,
        /// Digest of how.
        text: String,
    },
    /// Stop it before it leaves.
    Withdraw {
        /// Which.
        no: u32,
    },
    /// The mail with it did not arrive.
    Bounce {
        /// Which.
        no: u32,
    },
    /// The agency was told that the reporter no longer agrees.
    Tell {
        /// Which.
        no: u32,
        /// Digest of how.
        text: String,
    },
}

/// Why a command has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The reporter does not agree to this agency.
    #[error("the reporter does not agree to this agency")]
    NoConsent,
    /// This agency has it, or a package for it is being prepared.
    #[error("there is a referral to this agency already")]
    Already,
    /// There are too many.
    #[error("this report has reached its limit of referrals")]
    Limit,
    /// A file is not part of the report, or was erased.
    #[error("a file is not part of the report")]
    NoSuchFile,
    /// There are no contact details.
    #[error("there are no contact details")]
    NoContact,
    /// What people wrote was erased.
    #[error("what was told in this report was erased")]
    Erased,
    /// No such referral.
    #[error("there is no such referral")]
    NoSuchReferral,
    /// It has left, or was withdrawn.
    #[error("the referral is no longer being prepared")]
    NotPrepared,
    /// It has not left.
    #[error("the referral has not left")]
    NotSent,
    /// The agency has answered.
    #[error("the agency has answered")]
    IsAnswered,
    /// The package that is to go was not taken out, or is another one by now.
    #[error("take the package out first: what goes is not what was taken")]
    NotTaken,
    /// The reporter no longer agrees.
    #[error("the reporter no longer agrees to this agency")]
    Revoked,
    /// There is nothing to tell the agency.
    #[error("the reporter still agrees, or the agency was told")]
    NothingToTell,
    /// A reason in law needs words on why it applies.
    #[error("a reason in law needs words on why it applies")]
    NoReason,
}

fn find(standing: &Standing, no: u32) -> Result<&Referral, Refusal> {
    let found = standing.referrals.iter().find(|one| one.no == no);
    found.ok_or(Refusal::NoSuchReferral)
}

/// Decides.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(standing: &Standing, command: Command) -> Result<Vec<Change>, Refusal> {
    let (referral, step) = match command {
        Command::Prepare {
            agency,
            basis,
            channel,
            contact,
            files,
            text,
        } => {
            may_prepare(standing, &agency, &basis, text.is_some())?;
            if contact && !standing.contact {
                return Err(Refusal::NoContact);
            }
            if !files.iter().all(|file| standing.files.contains(file)) {
                return Err(Refusal::NoSuchFile);
            }
            let step = Step::Prepared {
                agency,
                basis,
                channel,
                contact,
                files,
                category: standing.category.clone(),
                text,
            };
            let next = standing.referrals.iter().map(|one| one.no).max();
            (next.unwrap_or_default().saturating_add(1), step)
        }
        Command::Take { no, manifest } => {
            let one = find(standing, no)?;
            if one.state == State::Withdrawn {
                return Err(Refusal::NotPrepared);
            }
            may_go(standing, one)?;
            (no, Step::Taken { manifest })
        }
        Command::Send { no, manifest, days } => {
            let one = prepared(standing, no)?;
            may_go(standing, one)?;
            if one.channel == Channel::Handed && one.taken.as_ref() != Some(&manifest) {
                return Err(Refusal::NotTaken);
            }
            (no, Step::Sent { manifest, days })
        }
        Command::Withdraw { no } => {
            prepared(standing, no)?;
            (no, Step::Withdrawn)
        }
        Command::Bounce { no } => {
            let one = find(standing, no)?;
            if one.state != State::Sent || one.channel != Channel::Mail {
                return Err(Refusal::NotSent);
            }
            (no, Step::Bounced)
        }
        later => after_sending(standing, later)?,
    };
    Ok(vec![Change::Referral { referral, step }])
}

fn may_prepare(
    standing: &Standing,
    agency: &str,
    basis: &Basis,
    reasoned: bool,
) -> Result<(), Refusal> {
    let same = |one: &Referral| {
        one.agency == agency && !matches!(one.state, State::Withdrawn | State::Answered)
    };
    if standing.bare {
        return Err(Refusal::Erased);
    }
    match basis {
        Basis::Consent if standing.consents.get(agency) != Some(&true) => {
            return Err(Refusal::NoConsent);
        }
        Basis::Law(_) if !reasoned => return Err(Refusal::NoReason),
        _ => {}
    }
    if standing.referrals.iter().any(same) {
        return Err(Refusal::Already);
    }
    if standing.referrals.len() >= REFERRALS_MAX {
        return Err(Refusal::Limit);
    }
    Ok(())
}

fn prepared(standing: &Standing, no: u32) -> Result<&Referral, Refusal> {
    let one = find(standing, no)?;
    if one.state == State::Prepared {
        Ok(one)
    } else {
        Err(Refusal::NotPrepared)
    }
}

/// Nothing leaves, or leaves again, without the reporter's consent or a reason in law.
fn may_go(standing: &Standing, one: &Referral) -> Result<(), Refusal> {
    let agrees = standing.consents.get(&one.agency) == Some(&true);
    if one.basis == Basis::Consent && !agrees {
        return Err(Refusal::Revoked);
    }
    if standing.bare {
        return Err(Refusal::Erased);
    }
    Ok(())
}

fn after_sending(standing: &Standing, command: Command) -> Result<(u32, Step), Refusal> {
    let left = |no: u32| {
        let one = find(standing, no)?;
        if one.state.has_left() {
            Ok(one)
        } else {
            Err(Refusal::NotSent)
        }
    };
    let waits = |no: u32| {
        if left(no)?.state.waits() {
            Ok(())
        } else {
            Err(Refusal::IsAnswered)
        }
    };
    match command {
        Command::Acknowledge { no, text } => {
            waits(no)?;
            Ok((no, Step::Acknowledged { text }))
        }
        Command::Chase { no, text } => {
            waits(no)?;
            Ok((no, Step::Chased { text }))
        }
        Command::Answer { no, outcome, text } => {
            left(no)?;
            Ok((no, Step::Answered { outcome, text }))
        }
        Command::Tell { no, text } if left(no)?.to_tell() => Ok((no, Step::Told { text })),
        _ => Err(Refusal::NothingToTell),
    }
}

/// What stops by itself when the reporter no longer agrees to an agency: all that has not left.
#[must_use]
pub fn stopped(standing: &Standing, agency: &str) -> Vec<Change> {
    let stops = |one: &&Referral| {
        one.agency == agency && one.basis == Basis::Consent && one.state == State::Prepared
    };
    let all = standing.referrals.iter().filter(stops);
    all.map(|one| Change::Referral {
        referral: one.no,
        step: Step::Withdrawn,
    })
    .collect()
}
