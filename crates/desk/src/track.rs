//! Decisions of the strategy office: what organisations file on a plan, who accepts it, who signs an edition off, and when it
//! may be published. Serialised as JSON into the evidence log; bodies and reasons are there as salted digests only.

use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Most characters of the reason for which a return is sent back.
pub const REASON_CHARS_MAX: usize = 2_000;

/// A file that shows what a return says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnFile {
    /// SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type, by content.
    pub media_type: String,
    /// Its name.
    pub name: String,
    /// It may be published with the edition; if not, only its digest is.
    pub publish: bool,
}

/// A return as it is kept: what was filed, and the files beside it. Never changed once it is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReturnBody {
    /// What was filed, in the JSON of `cairn-track`.
    pub filed: Box<RawValue>,
    /// Files.
    #[serde(default)]
    pub files: Vec<ReturnFile>,
}

/// How a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// Filed, and nobody has looked at it yet.
    Waiting,
    /// Part of the working copy.
    Accepted,
    /// The organisation is to correct it.
    SentBack,
    /// The organisation took it back.
    Withdrawn,
}

impl ReturnState {
    /// Every state.
    pub const ALL: [Self; 4] = [
        Self::Waiting,
        Self::Accepted,
        Self::SentBack,
        Self::Withdrawn,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::SentBack => "sent_back",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum TrackChange {
    /// A return was filed.
    #[serde(rename = "plan_return_filed")]
    ReturnFiled {
        /// Id of the plan.
        plan: String,
        /// Its number in the plan.
        no: i64,
        /// The organisation that it speaks for; of a dissent the reviewer's office.
        owner: String,
        /// Salted SHA-256 of its body.
        body: String,
        /// It is dissent, which nobody has to accept.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        dissent: bool,
        /// The number of the return that it corrects.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrects: Option<i64>,
    },
    /// A return was accepted into the working copy.
    #[serde(rename = "plan_return_accepted")]
    ReturnAccepted {
        /// Id of the plan.
        plan: String,
        /// Its number.
        no: i64,
    },
    /// A return was sent back.
    #[serde(rename = "plan_return_sent_back")]
    ReturnSentBack {
        /// Id of the plan.
        plan: String,
        /// Its number.
        no: i64,
        /// Salted SHA-256 of the reason.
        reason: String,
    },
    /// A return was taken back by its organisation.
    #[serde(rename = "plan_return_withdrawn")]
    ReturnWithdrawn {
        /// Id of the plan.
        plan: String,
        /// Its number.
        no: i64,
    },
    /// A working copy was signed off.
    #[serde(rename = "plan_signed_off")]
    SignedOff {
        /// Id of the plan.
        plan: String,
        /// In which role.
        role: Role,
        /// SHA-256 of the working copy, hexadecimal.
        digest: String,
    },
    /// An edition was frozen and published.
    #[serde(rename = "plan_published")]
    Published {
        /// Id of the plan.
        plan: String,
        /// Its number among the plan's publications, from 1.
        version: i64,
        /// Id of the edition.
        edition: String,
        /// SHA-256 of the working copy that was signed off.
        digest: String,
        /// SHA-256 of the bundle's manifest.
        manifest: String,
        /// SHA-256 of the bundle as it is kept.
        bundle: String,
    },
    /// An account may file for an organisation.
    #[serde(rename = "plan_seat_given")]
    SeatGiven {
        /// Id of the plan.
        plan: String,
        /// Account id.
        account: String,
        /// The organisation.
        owner: String,
    },
    /// An account may no longer file for an organisation.
    #[serde(rename = "plan_seat_taken")]
    SeatTaken {
        /// Id of the plan.
        plan: String,
        /// Account id.
        account: String,
        /// The organisation.
        owner: String,
    },
}

impl TrackChange {
    /// Every kind as the JSON names it, for filters. All begin with `plan_`, and nothing else in the log does.
    pub const KINDS: [&'static str; 8] = [
        "plan_return_filed",
        "plan_return_accepted",
        "plan_return_sent_back",
        "plan_return_withdrawn",
        "plan_signed_off",
        "plan_published",
        "plan_seat_given",
        "plan_seat_taken",
    ];

    /// Id of the plan concerned.
    #[must_use]
    pub fn plan(&self) -> &str {
        match self {
            Self::ReturnFiled { plan, .. }
            | Self::ReturnAccepted { plan, .. }
            | Self::ReturnSentBack { plan, .. }
            | Self::ReturnWithdrawn { plan, .. }
            | Self::SignedOff { plan, .. }
            | Self::Published { plan, .. }
            | Self::SeatGiven { plan, .. }
            | Self::SeatTaken { plan, .. } => plan,
        }
    }

    /// Number of the return concerned, if it is about one.
    #[must_use]
    pub const fn no(&self) -> Option<i64> {
        match self {
            Self::ReturnFiled { no, .. }
            | Self::ReturnAccepted { no, .. }
            | Self::ReturnSentBack { no, .. }
            | Self::ReturnWithdrawn { no, .. } => Some(*no),
            _ => None,
        }
    }

    /// The state in which a return is after this.
    #[must_use]
    pub const fn leads_to(&self) -> Option<ReturnState> {
        match self {
            // Dissent asks nobody's leave.
            Self::ReturnFiled { dissent: true, .. } | Self::ReturnAccepted { .. } => {
                Some(ReturnState::Accepted)
            }
            Self::ReturnFiled { .. } => Some(ReturnState::Waiting),
            Self::ReturnSentBack { .. } => Some(ReturnState::SentBack),
            Self::ReturnWithdrawn { .. } => Some(ReturnState::Withdrawn),
            _ => None,
        }
    }
}

/// One line of the log about a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackEvent {
    /// When.
    pub at: Micros,
    /// By whom.
    pub by: Actor,
    /// What.
    #[serde(flatten)]
    pub change: TrackChange,
}

/// Somebody who wants something.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Account id.
    pub account: &'a str,
    /// Its role.
    pub role: Role,
    /// The organisations of this plan that it has a seat of.
    pub seats: &'a [String],
}

/// A return as decisions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub no: i64,
    /// The organisation that it speaks for.
    pub owner: String,
    /// Account that filed it.
    pub filed_by: String,
    /// It is dissent.
    pub dissent: bool,
    /// How it stands.
    pub state: ReturnState,
    /// A later return corrects it.
    pub corrected: bool,
}

/// A signature under a working copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// In which role.
    pub role: Role,
    /// Account id.
    pub account: String,
    /// When.
    pub at: Micros,
}

/// The working copy as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Working<'a> {
    /// SHA-256, hexadecimal.
    pub digest: &'a str,
    /// How many things forbid to freeze it.
    pub forbids: usize,
    /// Who signed just this off.
    pub signed: &'a [Signature],
    /// Publications so far.
    pub versions: i64,
}

/// What somebody wants done with a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// File it.
    File {
        /// The number that it gets.
        no: i64,
        /// The organisation that it speaks for; of a dissent the reviewer's office.
        owner: String,
        /// Salted SHA-256 of its body.
        body: String,
        /// It is dissent.
        dissent: bool,
        /// What it corrects.
        corrects: Option<Standing>,
    },
    /// Accept it.
    Accept(Standing),
    /// Send it back; with the salted SHA-256 of the reason.
    SendBack(Standing, String),
    /// Take it back.
    Withdraw(Standing),
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The account has no seat of the organisation.
    #[error("this account files nothing for that organisation")]
    NoSeat,
    /// The return is no longer in the state in which this can be done.
    #[error("the return was accepted, sent back or withdrawn meanwhile")]
    NotWaiting,
    /// There is a correction already.
    #[error("the return was corrected already: correct the correction")]
    Corrected,
    /// Nobody checks what they filed themselves.
    #[error("somebody else must check what this account filed")]
    Own,
    /// The role does not sign.
    #[error("this role signs nothing off")]
    Role,
    /// The statistician signs first.
    #[error("the statistician signs off first")]
    First,
    /// This role or this account has signed.
    #[error("this was signed off in this role or by this account already")]
    Signed,
    /// The working copy is no longer what was shown.
    #[error("the working copy changed meanwhile")]
    Moved,
    /// Something forbids to freeze it.
    #[error("something forbids to freeze the edition")]
    Forbidden,
    /// A signature is missing.
    #[error("two roles must sign off first")]
    Unsigned,
}

fn seated(by: By<'_>, owner: &str) -> Result<(), Refusal> {
    if by.seats.iter().any(|seat| seat == owner) {
        Ok(())
    } else {
        Err(Refusal::NoSeat)
    }
}

fn waiting(standing: &Standing) -> Result<(), Refusal> {
    if standing.state == ReturnState::Waiting {
        Ok(())
    } else {
        Err(Refusal::NotWaiting)
    }
}

fn checkable(standing: &Standing, by: By<'_>) -> Result<(), Refusal> {
    waiting(standing)?;
    if standing.filed_by == by.account {
        return Err(Refusal::Own);
    }
    Ok(())
}

/// May this be corrected by a new return? What waits is withdrawn first.
fn correctable(standing: &Standing) -> Result<(), Refusal> {
    if standing.corrected {
        Err(Refusal::Corrected)
    } else if standing.state == ReturnState::Waiting {
        Err(Refusal::NotWaiting)
    } else {
        Ok(())
    }
}

/// What becomes of a return.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(
    plan: &str,
    command: Command,
    by: By<'_>,
    now: Micros,
) -> Result<TrackEvent, Refusal> {
    let plan = plan.to_owned();
    let change = match command {
        Command::File {
            no,
            owner,
            body,
            dissent,
            corrects,
        } => {
            if !dissent {
                seated(by, &owner)?;
            }
            if let Some(old) = &corrects {
                correctable(old)?;
                if old.owner != owner || old.dissent != dissent {
                    return Err(Refusal::NoSeat);
                }
            }
            TrackChange::ReturnFiled {
                plan,
                no,
                owner,
                body,
                dissent,
                corrects: corrects.map(|old| old.no),
            }
        }
        Command::Accept(standing) => {
            checkable(&standing, by)?;
            TrackChange::ReturnAccepted {
                plan,
                no: standing.no,
            }
        }
        Command::SendBack(standing, reason) => {
            checkable(&standing, by)?;
            TrackChange::ReturnSentBack {
                plan,
                no: standing.no,
                reason,
            }
        }
        Command::Withdraw(standing) => {
            seated(by, &standing.owner)?;
            waiting(&standing)?;
            TrackChange::ReturnWithdrawn {
                plan,
                no: standing.no,
            }
        }
    };
    Ok(event(by, change, now))
}

fn event(by: By<'_>, change: TrackChange, at: Micros) -> TrackEvent {
    TrackEvent {
        at,
        by: Actor::User(by.account.to_owned()),
        change,
    }
}

/// Signs a working copy off: the statistician first, then the publisher; two roles and two people.
///
/// `shown` is the digest of what the signer saw.
///
/// # Errors
/// See [`Refusal`].
pub fn sign_off(
    plan: &str,
    shown: &str,
    working: Working<'_>,
    by: By<'_>,
    now: Micros,
) -> Result<TrackEvent, Refusal> {
    let signed = |role| working.signed.iter().any(|one| one.role == role);
    if !matches!(by.role, Role::Statistician | Role::Publisher) {
        return Err(Refusal::Role);
    }
    if shown != working.digest {
        return Err(Refusal::Moved);
    }
    if working.forbids > 0 {
        return Err(Refusal::Forbidden);
    }
    if signed(by.role) || working.signed.iter().any(|one| one.account == by.account) {
        return Err(Refusal::Signed);
    }
    if by.role == Role::Publisher && !signed(Role::Statistician) {
        return Err(Refusal::First);
    }
    let change = TrackChange::SignedOff {
        plan: plan.to_owned(),
        role: by.role,
        digest: working.digest.to_owned(),
    };
    Ok(event(by, change, now))
}

/// What was built for publication.
#[derive(Debug, Clone, Copy)]
pub struct Built<'a> {
    /// Id of the edition.
    pub edition: &'a str,
    /// SHA-256 of the bundle's manifest.
    pub manifest: &'a str,
    /// SHA-256 of the bundle.
    pub bundle: &'a str,
}

/// May the working copy be frozen and published now? `shown` is the digest of what the publisher saw.
///
/// # Errors
/// See [`Refusal`].
pub fn may_publish(shown: &str, working: Working<'_>) -> Result<(), Refusal> {
    if shown != working.digest {
        return Err(Refusal::Moved);
    }
    if working.forbids > 0 {
        return Err(Refusal::Forbidden);
    }
    let by = |role| working.signed.iter().find(|one| one.role == role);
    match (by(Role::Statistician), by(Role::Publisher)) {
        (Some(first), Some(second)) if first.account != second.account => Ok(()),
        _ => Err(Refusal::Unsigned),
    }
}

/// Publishes what was built of the working copy.
///
/// # Errors
/// As [`may_publish`].
pub fn publish(
    plan: &str,
    shown: &str,
    working: Working<'_>,
    built: Built<'_>,
    by: By<'_>,
    now: Micros,
) -> Result<TrackEvent, Refusal> {
    may_publish(shown, working)?;
    let change = TrackChange::Published {
        plan: plan.to_owned(),
        version: working.versions + 1,
        edition: built.edition.to_owned(),
        digest: working.digest.to_owned(),
        manifest: built.manifest.to_owned(),
        bundle: built.bundle.to_owned(),
    };
    Ok(event(by, change, now))
}

#[cfg(test)]
mod tests;
