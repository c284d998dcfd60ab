//! What officers see of claims, and decide.

use std::collections::BTreeMap;

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::constituent::claim::{
    ASK_EVERY_DAYS, ASKS_MAX, Answer, Ask, Mailbox, Parts, State, Touch, mailbox, touched,
};
use cairn_desk::constituent::decide::Done;
use cairn_desk::constituent::{
    Asset, CONSTITUENTS_MAX, Constituent, Day, NOTE_CHARS_MAX, Refusal, Work, decide, fresh,
};
use cairn_desk::notify::Notice;
use cairn_kernel::actor::Actor;
use cairn_kernel::text::clean;
use cairn_store::claim as store;
use cairn_store::claim::digest;
use cairn_store::constituent::begin;
use cairn_store::job;
use cairn_store::writer::{Unit, WriteError};

use super::super::TRIES;
use super::{Claimed, claimed};
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

/// Claims on one page of the list.
const WAITING_SHOWN: i64 = 100;
/// Claims that were decided, on the same page.
const DECIDED_SHOWN: i64 = 30;
/// Contacts without an answer, on the same page.
const SILENT_SHOWN: i64 = 200;
/// What is shown beside one thing that is claimed.
const NEAR_MAX: usize = 20;
/// Constituents whose contacts are looked at for the mailbox of one claim.
const LOOKED_MAX: usize = 50;

/// Something that somebody has, beside what is claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Whose.
    pub owner: u32,
    /// Its name.
    pub name: String,
    /// The import that brings it; empty if people look after it here.
    pub source: String,
    /// How it lies to what is claimed.
    pub touch: Touch,
    /// What they have.
    pub theirs: Asset,
    /// What the mailbox of the claim says for it.
    pub mailbox: Option<Mailbox>,
}

/// One thing that is claimed, and who has what beside it.
#[derive(Debug, Clone)]
pub struct Part {
    /// What is claimed.
    pub asset: Asset,
    /// What others have.
    pub near: Vec<Near>,
}

/// A claim as an officer sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The claim.
    pub one: Claimed,
    /// The organisation whose contact asks for a change.
    pub owner: Option<Constituent>,
    /// Each thing that is claimed.
    pub parts: Vec<Part>,
    /// Constituents that it may belong to, by number, with names.
    pub targets: BTreeMap<u32, String>,
}

/// A contact that was asked and did not answer.
#[derive(Debug, Clone)]
pub struct Silent {
    /// The organisation.
    pub owner: u32,
    /// Its name.
    pub name: String,
    /// The contact.
    pub contact: u32,
    /// How often it was asked.
    pub ask: Ask,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    /// Those that wait, the oldest first.
    pub waiting: Vec<Claimed>,
    /// How many wait in all.
    pub total: i64,
    /// Those that were decided lately.
    pub decided: Vec<Claimed>,
    /// Contacts that were asked often enough.
    pub silent: Vec<Silent>,
    /// Names of constituents that any of these name.
    pub names: BTreeMap<u32, String>,
}

impl App {
    /// How many claims wait.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn claims_waiting(&self, who: &Principal) -> Result<i64, AppError> {
        let _granted = who.grant(Action::ReadReports)?;
        Ok(self.store.count_claims(State::Waiting, None).await?)
    }

    /// Claims, and contacts that do not answer.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn claim_list(&self, who: &Principal) -> Result<Visible<Waiting>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let register = self.ownership().await?;
        let waiting = self.store.claims(State::Waiting, 0, WAITING_SHOWN).await?;
        let decided = self.store.claims_decided(DECIDED_SHOWN).await?;
        let silent = self.silent().await?;
        let all = waiting.iter().chain(&decided);
        let names = all.filter_map(|one| one.owner);
        let names = names.map(|no| (no, register.name(no))).collect();
        let read = |all: Vec<super::Claim>| -> Result<Vec<Claimed>, AppError> {
            let all: Result<Vec<Option<Claimed>>, AppError> =
                all.into_iter().map(claimed).collect();
            Ok(all?.into_iter().flatten().collect())
        };
        Ok(grant.show(Waiting {
            waiting: read(waiting)?,
            total: self.store.count_claims(State::Waiting, None).await?,
            decided: read(decided)?,
            silent,
            names,
        }))
    }

    /// Contacts that were asked as often as they are, and are still due.
    async fn silent(&self) -> Result<Vec<Silent>, AppError> {
        let today = Day::of(self.today());
        let by = today.plus(-ASK_EVERY_DAYS);
        let asked = self.store.contacts_silent(ASKS_MAX, by, SILENT_SHOWN);
        let mut all = Vec::new();
        for (owner, id, ask) in asked.await? {
            let Some(one) = self.store.constituent(owner).await? else {
                continue;
            };
            let contact = one.contact(id);
            let due = contact.and_then(|contact| one.contact_due(contact));
            if due == Some(ask.due) {
                all.push(Silent {
                    owner,
                    name: one.facts.name,
                    contact: id,
                    ask,
                });
            }
        }
        Ok(all)
    }

    /// One claim, with all that others have beside it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn claim_seen(&self, who: &Principal, no: i64) -> Result<Visible<Seen>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let claim = self.store.claim(no).await?.ok_or(AppError::NotFound)?;
        if claim.state == State::Unproved {
            return Err(AppError::NotFound);
        }
        let one = claimed(claim)?.ok_or(AppError::NotFound)?;
        let owner = match one.claim.owner {
            Some(owner) => self.store.constituent(owner).await?,
            None => None,
        };
        let register = self.ownership().await?;
        let add = one.wish.add.clone();
        let looked = tokio::task::spawn_blocking(move || near(&register, &add)).await;
        let mut parts = looked.map_err(|error| AppError::Input(error.to_string()))?;
        let near = parts.iter().flat_map(|part| &part.near);
        let targets: BTreeMap<u32, String> =
            near.map(|near| (near.owner, near.name.clone())).collect();
        let email = one.wish.contact.as_ref();
        if let Some(email) = email.and_then(|one| one.email.clone()) {
            let mut said = BTreeMap::new();
            for no in targets.keys().take(LOOKED_MAX) {
                if let Some(theirs) = self.store.constituent(*no).await? {
                    said.insert(*no, mailbox(&email, &theirs));
                }
            }
            for near in parts.iter_mut().flat_map(|part| &mut part.near) {
                near.mailbox = said.get(&near.owner).copied().flatten();
            }
        }
        Ok(grant.show(Seen {
            one,
            owner,
            parts,
            targets,
        }))
    }

    /// Takes a claim, whole or in parts, as a new constituent or for one that is there. Gives the number of the constituent.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Conflict`] if somebody else decided it.
    pub async fn settle_claim(
        &self,
        who: &Principal,
        no: i64,
        (parts, target, reason): (&Parts, Option<u32>, &str),
    ) -> Result<u32, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let by = Actor::User(grant.account().to_owned());
        let reason = reason_of(reason)?;
        for _ in 0..TRIES {
            let claim = self.store.claim(no).await?.ok_or(AppError::NotFound)?;
            if claim.state != State::Waiting {
                return Err(AppError::Conflict);
            }
            let one = claimed(claim)?.ok_or(AppError::NotFound)?;
            let answer = one.wish.answer(parts, &reason);
            // A change may say in words alone what is to be done by hand.
            let words_alone = one.wish.answer(&one.wish.whole(), "").taken.is_empty();
            if answer.taken.is_empty() && !words_alone {
                return Err(Refusal::Empty.into());
            }
            let (unit, owner) = self.settling(&one, (parts, target, &answer), &by).await?;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    self.scrub_later();
                    return Ok(owner);
                }
            }
        }
        Err(AppError::Conflict)
    }

    async fn settling(
        &self,
        one: &Claimed,
        (parts, target, answer): (&Parts, Option<u32>, &Answer),
        by: &Actor,
    ) -> Result<(Unit, u32), AppError> {
        let mark = self.store.constituent_mark().await?;
        let today = Day::of(self.today());
        let asked_by = one.claim.contact;
        let target = one.claim.owner.or(target);
        let (mut unit, mut now) = match (target, &one.wish.heading) {
            (Some(no), _) => {
                let there = self.store.constituent(no).await?;
                (begin(mark, mark.next), there.ok_or(Refusal::Absent)?)
            }
            (None, Some(heading)) => {
                if self.ownership().await?.lines.len() >= CONSTITUENTS_MAX {
                    return Err(Refusal::Many.into());
                }
                let new = fresh(mark.next, heading.clone(), today);
                let mut unit = begin(mark, mark.next + 1);
                self.put(&mut unit, &new, by.clone(), (Done::Made, None))?;
                (unit, new)
            }
            (None, None) => return Err(Refusal::Absent.into()),
        };
        let mut contact = asked_by;
        for work in one.wish.works(parts, &now, asked_by) {
            let about = match &work {
                Work::NewContact(_) => Some(now.facts.next_contact),
                other => other.contact(),
            };
            now = decide(&now, &work, today)?;
            self.put(&mut unit, &now, by.clone(), (work.done(), about))?;
            // A first claim's own contact holds it; a change stays with who asked for it.
            if asked_by.is_none() {
                contact = about.or(contact);
            }
        }
        let json = serde_json::to_string(answer).map_err(damaged("claim"))?;
        let number = |all: &Vec<String>| u32::try_from(all.len()).unwrap_or(u32::MAX);
        let change = AccountChange::ClaimSettled {
            claim: one.claim.no,
            constituent: now.no,
            contact,
            taken: number(&answer.taken),
            left: number(&answer.left),
            answer: digest("answer", &one.claim.salt, &json),
        };
        let at = self.clock.now();
        let entry = self.entry_at(at, by.clone(), change)?;
        let held = Some((now.no, contact));
        store::decided(&mut unit, (one.claim.no, at), held, &json, entry);
        self.tell(&mut unit, Notice::ClaimTaken, one.claim.no);
        Ok((unit, now.no))
    }

    /// Refuses a claim, with a reason.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] without a reason, [`AppError::Conflict`] if somebody else decided it.
    pub async fn refuse_claim(
        &self,
        who: &Principal,
        no: i64,
        reason: &str,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let by = Actor::User(grant.account().to_owned());
        let reason = reason_of(reason)?;
        if reason.is_empty() {
            return Err(AppError::Input("reason".into()));
        }
        let claim = self.store.claim(no).await?.ok_or(AppError::NotFound)?;
        if claim.state != State::Waiting {
            return Err(AppError::Conflict);
        }
        let one = claimed(claim)?.ok_or(AppError::NotFound)?;
        let answer = one.wish.answer(&Parts::default(), &reason);
        let json = serde_json::to_string(&answer).map_err(damaged("claim"))?;
        let change = AccountChange::ClaimRefused {
            claim: no,
            answer: digest("answer", &one.claim.salt, &json),
        };
        let at = self.clock.now();
        let mut unit = Unit::default();
        let entry = self.entry_at(at, by, change)?;
        store::decided(&mut unit, (no, at), None, &json, entry);
        self.tell(&mut unit, Notice::ClaimRefused, no);
        match self.store.write(unit).await {
            Err(WriteError::Conflict) => Err(AppError::Conflict),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    fn tell(&self, unit: &mut Unit, notice: Notice, no: i64) {
        if self.takes_claims() {
            let payload = format!("{{\"claim\":{no}}}");
            job::enqueue(unit, notice.as_str(), &payload, self.clock.now());
        }
    }
}

fn reason_of(text: &str) -> Result<String, AppError> {
    let text = clean(text).trim().to_owned();
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(AppError::Input("reason".into()));
    }
    Ok(text)
}

/// What everybody has beside each thing that is claimed.
fn near(register: &super::super::Register, add: &[Asset]) -> Vec<Part> {
    let of = |asset: &Asset| {
        let lines = register.lines.values();
        let all = lines.flat_map(|line| {
            touched(asset, &line.facts).map(|(touch, theirs)| Near {
                owner: line.no,
                name: line.facts.name.clone(),
                source: if line.origin.manual {
                    String::new()
                } else {
                    line.origin.source.clone()
                },
                touch,
                theirs,
                mailbox: None,
            })
        });
        let mut all: Vec<Near> = all.collect();
        all.sort_by_key(|near| (near.touch, !near.source.is_empty(), near.owner));
        all.truncate(NEAR_MAX);
        all
    };
    let parts = add.iter().map(|asset| Part {
        near: of(asset),
        asset: asset.clone(),
    });
    parts.collect()
}
