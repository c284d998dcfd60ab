//! Claims: what organisations ask for by themselves, what others have beside it, and the decision.

use std::collections::BTreeSet;

use cairn_app::constituent::claim::{Claimed, Near, Part, Seen};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::constituent::claim::{Mailbox, Parts, Touch};
use cairn_desk::constituent::{NOTE_CHARS_MAX, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, moved, read, told};
use crate::desk::{Need, claim_name};
use crate::problem::{FieldFault, Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    vec![
        read(
            "/api/v1/desk/constituents/claims",
            reads,
            "List claims that wait, those decided lately, and contacts that do not answer",
            list,
        ),
        read(
            "/api/v1/desk/constituents/claims/{no}",
            reads,
            "Read a claim, with what others have beside each part of it",
            show,
        ),
        act(
            "/api/v1/desk/constituents/claims/{no}/decide",
            does,
            "Take a claim, whole or in parts, or refuse it: `decision` says what. Who asked is told by mail",
            decide,
        ),
    ]
}

/// A claim as the list shows it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClaimRow {
    /// Its number.
    no: i64,
    /// `waiting`, `settled` or `refused`.
    state: String,
    /// When anything last happened to it, RFC 3339.
    at: String,
    /// The organisation asks for the first time; otherwise a contact asks for changes.
    first: bool,
    /// Name of the organisation.
    name: String,
    /// Number of the constituent whose contact asks, or that the claim became.
    constituent: Option<u32>,
    /// Number of that contact.
    contact: Option<u32>,
    /// How many networks, domains and AS numbers are asked for.
    assets: u64,
}

/// A contact that was asked whether it is right, and did not answer.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskSilent {
    /// Number of the constituent.
    constituent: u32,
    /// Its name.
    name: String,
    /// Number of the contact.
    contact: u32,
    /// How often it was asked.
    times: u32,
    /// When last, RFC 3339.
    asked_at: String,
    /// The day on which it was to be confirmed.
    due: String,
}

/// The list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClaims {
    /// Those that wait, the oldest first: a hundred.
    waiting: Vec<DeskClaimRow>,
    /// How many wait in all.
    total: i64,
    /// Those that were decided lately.
    decided: Vec<DeskClaimRow>,
    /// Contacts that do not answer.
    silent: Vec<DeskSilent>,
}

async fn list(asked: Asked) -> Result<DeskClaims> {
    let all = asked.app.claim_list(&asked.who).await.map_err(told)?;
    let row = |one: &Claimed| DeskClaimRow {
        no: one.claim.no,
        state: one.claim.state.as_str().to_owned(),
        at: one.claim.at.to_string(),
        first: one.wish.heading.is_some(),
        name: claim_name(one, &all.names),
        constituent: one.claim.owner,
        contact: one.claim.contact,
        assets: one.wish.add.len() as u64,
    };
    let silent = all.silent.iter().map(|one| DeskSilent {
        constituent: one.owner,
        name: one.name.clone(),
        contact: one.contact,
        times: one.ask.round,
        asked_at: one.ask.at.to_string(),
        due: one.ask.due.to_string(),
    });
    Ok(DeskClaims {
        waiting: all.waiting.iter().map(row).collect(),
        total: all.total,
        decided: all.decided.iter().map(row).collect(),
        silent: silent.collect(),
    })
}

/// Something that a constituent has, beside what is asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskNear {
    /// Number of the constituent.
    constituent: u32,
    /// Its name.
    name: String,
    /// Name of the import that brings it; none if people look after it here.
    source: Option<String>,
    /// What is asked for is the `same`, lies `within` theirs, or `around` it.
    touch: String,
    /// What they have.
    theirs: String,
    /// The mailbox that was proved is one of theirs (`same`), or of the same `domain` as one.
    mailbox: Option<String>,
}

/// A network, domain or AS number that is asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClaimPart {
    /// What.
    asset: String,
    /// Who has what beside it, the nearest first.
    near: Vec<DeskNear>,
}

/// Whom to tell.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClaimContact {
    /// `abuse`, `security`, `technical`, `management` or `other`.
    role: String,
    /// Team or person.
    name: String,
    /// Mailbox.
    email: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// Fingerprint of the OpenPGP key.
    fingerprint: Option<String>,
    /// It stands in place of the contact that asks.
    replaces: bool,
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClaimAnswer {
    /// What was taken: `+` with what is theirs, `-` with what is theirs no more, `@` with the mailbox or telephone.
    taken: Vec<String>,
    /// What was not, likewise.
    left: Vec<String>,
    /// What who asked was told about it.
    reason: String,
}

/// A constituent that a claim may belong to.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClaimTarget {
    /// Its number.
    no: u32,
    /// Its name.
    name: String,
}

/// A claim.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskClaim {
    /// Its number.
    no: i64,
    /// `waiting`, `settled` or `refused`.
    state: String,
    /// When it was typed, RFC 3339.
    made_at: String,
    /// When anything last happened to it, RFC 3339.
    at: String,
    /// Name of an organisation that asks for the first time; none where a contact asks for changes.
    name: Option<String>,
    /// Code of its sector.
    sector: Option<String>,
    /// Language of who asks.
    language: String,
    /// Number of the constituent whose contact asks, or that the claim became.
    constituent: Option<u32>,
    /// Number of that contact.
    contact: Option<u32>,
    /// What is theirs; the places of `add` in a decision count these from 0.
    add: Vec<DeskClaimPart>,
    /// What is theirs no more; the places of `drop` in a decision count these from 0.
    drop: Vec<String>,
    /// Whom to tell.
    tell: Option<DeskClaimContact>,
    /// What else they say.
    note: String,
    /// Constituents that have something beside it, so that it may be theirs.
    targets: Vec<DeskClaimTarget>,
    /// The answer, once there is one.
    answer: Option<DeskClaimAnswer>,
}

fn near(one: &Near) -> DeskNear {
    let touch = match one.touch {
        Touch::Same => "same",
        Touch::Within => "within",
        Touch::Around => "around",
    };
    let mailbox = one.mailbox.map(|mailbox| match mailbox {
        Mailbox::Same => "same".to_owned(),
        Mailbox::Domain => "domain".to_owned(),
    });
    DeskNear {
        constituent: one.owner,
        name: one.name.clone(),
        source: (!one.source.is_empty()).then(|| one.source.clone()),
        touch: touch.to_owned(),
        theirs: one.theirs.to_string(),
        mailbox,
    }
}

fn part(part: &Part) -> DeskClaimPart {
    DeskClaimPart {
        asset: part.asset.to_string(),
        near: part.near.iter().map(near).collect(),
    }
}

fn claim(seen: &Seen) -> DeskClaim {
    let (one, wish) = (&seen.one, &seen.one.wish);
    let heading = wish.heading.as_ref();
    let tell = wish.contact.as_ref().map(|contact| DeskClaimContact {
        role: contact.role.as_str().to_owned(),
        name: contact.name.clone(),
        email: contact.email.clone(),
        phone: contact.phone.clone(),
        fingerprint: contact.fingerprint.clone(),
        replaces: wish.replaces,
    });
    let targets = seen.targets.iter().map(|(no, name)| DeskClaimTarget {
        no: *no,
        name: name.clone(),
    });
    let answer = one.answer.clone().map(|answer| DeskClaimAnswer {
        taken: answer.taken,
        left: answer.left,
        reason: answer.reason,
    });
    DeskClaim {
        no: one.claim.no,
        state: one.claim.state.as_str().to_owned(),
        made_at: one.claim.made.to_string(),
        at: one.claim.at.to_string(),
        name: heading.map(|heading| heading.name.clone()),
        sector: heading.and_then(|heading| heading.sector.clone()),
        language: wish.language.clone(),
        constituent: one.claim.owner,
        contact: one.claim.contact,
        add: seen.parts.iter().map(part).collect(),
        drop: wish.drop.iter().map(ToString::to_string).collect(),
        tell,
        note: wish.note.clone(),
        targets: targets.collect(),
        answer,
    }
}

async fn show(asked: Asked) -> Result<DeskClaim> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskClaim> {
    let seen = asked.app.claim_seen(&asked.who, asked.no(0)?).await;
    Ok(claim(&*seen.map_err(told)?))
}

/// A decision on a claim that waits.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskClaimDecide {
    /// What.
    decision: DeskClaimDecision,
}

/// What is decided.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum DeskClaimDecision {
    /// It is theirs, or these parts of it are.
    Take {
        /// Places in `add`, from 0; all, if left out.
        #[serde(default)]
        add: Option<Vec<u64>>,
        /// Places in `drop`, from 0; all, if left out.
        #[serde(default)]
        drop: Option<Vec<u64>>,
        /// The contact, too; if left out, it is.
        #[serde(default)]
        tell: Option<bool>,
        /// Number of the constituent that it belongs to; a new one, if left out.
        #[serde(default)]
        constituent: Option<u32>,
        /// What who asked is told about it.
        #[serde(default)]
        reason: String,
    },
    /// It is not.
    Refuse {
        /// What who asked is told about it.
        reason: String,
    },
}

/// Places that the claim has; what it has not is a fault.
fn places(sent: Option<&[u64]>, all: usize, at: &str, faults: &mut Faults) -> BTreeSet<usize> {
    let Some(sent) = sent else {
        return (0..all).collect();
    };
    let place = |(n, one): (usize, &u64)| {
        let one = usize::try_from(*one).ok().filter(|one| *one < all);
        if one.is_none() {
            faults.add(format!("/decision/{at}/{n}"), "is no place in the claim");
        }
        one
    };
    sent.iter().enumerate().filter_map(place).collect()
}

async fn decide(asked: Asked, sent: DeskClaimDecide) -> Result<DeskClaim> {
    let no = asked.no(0)?;
    let seen = asked.app.claim_seen(&asked.who, no).await.map_err(told)?;
    let wish = &seen.one.wish;
    let mut faults = Faults::default();
    let (DeskClaimDecision::Take { reason, .. } | DeskClaimDecision::Refuse { reason }) =
        &sent.decision;
    if reason.chars().count() > NOTE_CHARS_MAX {
        let text = format!("has more than {NOTE_CHARS_MAX} characters");
        faults.add("/decision/reason", text);
    }
    let done = match &sent.decision {
        DeskClaimDecision::Refuse { reason } => {
            if reason.trim().is_empty() {
                faults.add("/decision/reason", "is needed: who asked is told why");
            }
            faults.end()?;
            asked.app.refuse_claim(&asked.who, no, reason).await
        }
        DeskClaimDecision::Take {
            add,
            drop,
            tell,
            constituent,
            reason,
        } => {
            let parts = Parts {
                add: places(add.as_deref(), wish.add.len(), "add", &mut faults),
                drop: places(drop.as_deref(), wish.drop.len(), "drop", &mut faults),
                contact: tell.unwrap_or(true) && wish.contact.is_some(),
            };
            faults.end()?;
            let how = (&parts, *constituent, reason.as_str());
            let taken = asked.app.settle_claim(&asked.who, no, how).await;
            taken.map(|_no| ())
        }
    };
    match done {
        Ok(()) => read_one(&asked).await,
        Err(AppError::Conflict) => Err(moved(&read_one(&asked).await?)),
        Err(AppError::Constituent(Refusal::Empty)) => Err(Problem::invalid(vec![FieldFault {
            pointer: "/decision".to_owned(),
            detail: "takes nothing: refuse the claim instead".to_owned(),
        }])),
        Err(other) => Err(told(other)),
    }
}
