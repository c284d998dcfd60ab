//! What an import comes to: which constituents it brings, changes and takes away, and what of its claims people here have entered
//! otherwise. What comes from another source, or is looked after here, is never touched.

use std::collections::{BTreeMap, BTreeSet};

use cairn_kernel::net::Network;
use serde::{Deserialize, Serialize};

use super::decide::new_contact;
use super::net::Domain;
use super::owners::{Conflict, Owners};
use super::typed::{Draft, Heading};
use super::{Constituent, Contact, Day, Facts, Origin, Refusal};

/// Numbers from here on stand for constituents that an import is about to bring.
const INCOMING: u32 = 1 << 31;
/// Clashes with what people entered that are told by name.
pub const CLASHES_SHOWN: usize = 500;

/// A constituent as a source has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incoming {
    /// What the source knows it by; no two of a file have the same.
    pub key: String,
    /// Name, sector, language, quiet hours.
    pub heading: Heading,
    /// Networks.
    #[serde(default)]
    pub networks: BTreeSet<Network>,
    /// Domains.
    #[serde(default)]
    pub domains: BTreeSet<Domain>,
    /// AS numbers.
    #[serde(default)]
    pub asns: BTreeSet<u32>,
    /// Whom to tell.
    #[serde(default)]
    pub contacts: Vec<Draft>,
}

/// What of one that is looked after here the source has otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its number here.
    pub no: u32,
    /// Its name here.
    pub name: String,
    /// The source has another name.
    pub renamed: Option<String>,
    /// Networks, domains and AS numbers that only the source has.
    pub more: Vec<String>,
    /// Those that only we have.
    pub fewer: Vec<String>,
    /// The source has other contacts.
    pub contacts: bool,
}

/// A claim of the source that meets one that people entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// The claim of the source.
    pub claim: String,
    /// For whom: name there.
    pub theirs: String,
    /// The claim that people entered, if it is a wider one.
    pub within: Option<String>,
    /// Whose that is: number here.
    pub no: u32,
    /// Name here.
    pub ours: String,
}

/// How an import ended, or would.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Constituents that are new.
    pub fresh: u64,
    /// Constituents that changed.
    pub changed: u64,
    /// Constituents that the source has no more.
    pub gone: u64,
    /// Constituents that are as they were.
    pub same: u64,
    /// Constituents that are looked after here, so that they were left alone.
    pub held: u64,
    /// What the source has otherwise of these; those that differ in nothing are left out.
    pub differs: Vec<Held>,
    /// Claims that meet what people entered, at most [`CLASHES_SHOWN`].
    pub touched: Vec<Touched>,
    /// There are more of these.
    pub touched_more: u64,
    /// Names of new, changed and gone ones, at most [`CLASHES_SHOWN`] each.
    pub names: [Vec<String>; 3],
}

impl Summary {
    /// It changes nothing.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.fresh == 0 && self.changed == 0 && self.gone == 0
    }
}

/// What an import does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// New ones, with numbers from the first free one on.
    pub fresh: Vec<Constituent>,
    /// Changed ones, as they are after it.
    pub changed: Vec<Constituent>,
    /// Numbers of those that go.
    pub gone: Vec<u32>,
    /// In numbers and names.
    pub summary: Summary,
}

/// What is here when an import begins.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// Constituents of this source, and those that were taken over from it.
    pub own: &'a [Constituent],
    /// Number, name and facts of all that people look after here.
    pub manual: &'a [(u32, Facts)],
    /// The first free number.
    pub next: u32,
}

/// Works it out.
///
/// # Errors
/// [`Refusal::Empty`] where there is nothing in it: a cut file must not take all away.
pub fn plan(
    here: Here<'_>,
    source: &str,
    incoming: &[Incoming],
    today: Day,
) -> Result<Plan, Refusal> {
    if incoming.is_empty() {
        return Err(Refusal::Empty);
    }
    let mut known: BTreeMap<&str, &Constituent> = BTreeMap::new();
    for one in here.own {
        let before = known.insert(&one.origin.key, one);
        // What is looked after here hides what might have been left of the source.
        if let Some(before) = before.filter(|before| before.origin.manual) {
            known.insert(&one.origin.key, before);
        }
    }
    let mut plan = Plan::default();
    let mut next = here.next;
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for one in incoming {
        taken.insert(&one.key);
        match known.get(one.key.as_str()) {
            None => {
                plan.fresh.push(made(next, source, one, today));
                next += 1;
            }
            Some(ours) if ours.origin.manual => plan.hold(ours, one),
            Some(before) => {
                let after = renewed(before, one, today);
                if after == **before {
                    plan.summary.same += 1;
                } else {
                    let version = before.version + 1;
                    plan.changed.push(Constituent { version, ..after });
                }
            }
        }
    }
    let left = here.own.iter().filter(|one| !one.origin.manual);
    let left: Vec<&Constituent> = left
        .filter(|one| !taken.contains(one.origin.key.as_str()))
        .collect();
    plan.gone = left.iter().map(|one| one.no).collect();
    plan.touch(here, incoming, &known);
    plan.count(&left);
    Ok(plan)
}

impl Plan {
    fn hold(&mut self, ours: &Constituent, theirs: &Incoming) {
        self.summary.held += 1;
        let facts = &ours.facts;
        let (mut more, mut fewer) = (Vec::new(), Vec::new());
        differ(&theirs.networks, &facts.networks, &mut more, &mut fewer);
        differ(&theirs.domains, &facts.domains, &mut more, &mut fewer);
        let numbers = |asns: &BTreeSet<u32>| -> BTreeSet<String> {
            asns.iter().map(|asn| format!("AS{asn}")).collect()
        };
        let (own, others) = (numbers(&facts.asns), numbers(&theirs.asns));
        differ(&others, &own, &mut more, &mut fewer);
        let reached =
            |email: &Option<String>, phone: &Option<String>| (email.clone(), phone.clone());
        let own: BTreeSet<_> = ours
            .contacts
            .iter()
            .map(|one| reached(&one.email, &one.phone))
            .collect();
        let others: BTreeSet<_> = theirs
            .contacts
            .iter()
            .map(|one| reached(&one.email, &one.phone))
            .collect();
        let held = Held {
            no: ours.no,
            name: facts.name.clone(),
            renamed: (facts.name != theirs.heading.name).then(|| theirs.heading.name.clone()),
            more,
            fewer,
            contacts: own != others,
        };
        let same = held.renamed.is_none() && held.more.is_empty() && held.fewer.is_empty();
        if !same || held.contacts {
            self.summary.differs.push(held);
        }
    }

    /// Which claims meet what people entered.
    fn touch(
        &mut self,
        here: Here<'_>,
        incoming: &[Incoming],
        known: &BTreeMap<&str, &Constituent>,
    ) {
        let held = |one: &&Incoming| {
            let ours = known.get(one.key.as_str());
            !ours.is_some_and(|ours| ours.origin.manual)
        };
        let theirs: Vec<&Incoming> = incoming.iter().filter(held).collect();
        let facts: Vec<Facts> = theirs.iter().map(|one| bare(one)).collect();
        let ours = here.manual.iter().map(|(no, facts)| (*no, true, facts));
        let numbered = (INCOMING..).zip(&facts);
        let owners = Owners::build(ours.chain(numbered.map(|(no, facts)| (no, false, facts))));
        let names: BTreeMap<u32, &str> = here
            .manual
            .iter()
            .map(|(no, facts)| (*no, facts.name.as_str()))
            .collect();
        for conflict in owners.conflicts() {
            let no = conflict.winner.0;
            let Some(ours) = names.get(&no) else {
                continue;
            };
            self.clash(&conflict, &theirs, (no, ours));
        }
    }

    fn clash(&mut self, conflict: &Conflict, theirs: &[&Incoming], (no, ours): (u32, &str)) {
        for other in &conflict.others {
            let at = other
                .0
                .checked_sub(INCOMING)
                .and_then(|at| usize::try_from(at).ok());
            let Some(their) = at.and_then(|at| theirs.get(at)) else {
                continue;
            };
            if self.summary.touched.len() >= CLASHES_SHOWN {
                self.summary.touched_more += 1;
                continue;
            }
            self.summary.touched.push(Touched {
                claim: conflict.claim.to_string(),
                theirs: their.heading.name.clone(),
                within: conflict.within.as_ref().map(ToString::to_string),
                no,
                ours: ours.to_owned(),
            });
        }
    }

    fn count(&mut self, gone: &[&Constituent]) {
        let number = |all: usize| u64::try_from(all).unwrap_or(u64::MAX);
        let summary = &mut self.summary;
        summary.fresh = number(self.fresh.len());
        summary.changed = number(self.changed.len());
        summary.gone = number(self.gone.len());
        let name = |one: &Constituent| one.facts.name.clone();
        summary.names = [
            self.fresh.iter().take(CLASHES_SHOWN).map(name).collect(),
            self.changed.iter().take(CLASHES_SHOWN).map(name).collect(),
            gone.iter()
                .take(CLASHES_SHOWN)
                .map(|one| name(one))
                .collect(),
        ];
    }
}

fn differ<T: Ord + ToString>(
    theirs: &BTreeSet<T>,
    ours: &BTreeSet<T>,
    more: &mut Vec<String>,
    fewer: &mut Vec<String>,
) {
    more.extend(theirs.difference(ours).map(ToString::to_string));
    fewer.extend(ours.difference(theirs).map(ToString::to_string));
}

/// What a source says of one, without anything of our own.
fn bare(one: &Incoming) -> Facts {
    Facts {
        name: one.heading.name.clone(),
        sector: one.heading.sector.clone(),
        language: one.heading.language.clone(),
        quiet: one.heading.quiet,
        networks: one.networks.clone(),
        domains: one.domains.clone(),
        asns: one.asns.clone(),
        notes: Vec::new(),
        added: Day(0),
        confirmed: None,
        next_contact: 1,
    }
}

fn made(no: u32, source: &str, one: &Incoming, today: Day) -> Constituent {
    let mut facts = Facts {
        added: today,
        ..bare(one)
    };
    let drafts = one.contacts.iter();
    let contacts = drafts.map(|draft| new_contact(&mut facts, draft.clone(), today));
    let contacts = contacts.collect();
    Constituent {
        no,
        origin: Origin {
            manual: false,
            source: source.to_owned(),
            key: one.key.clone(),
        },
        version: 1,
        facts,
        contacts,
    }
}

/// As it is once the source's version is taken: how a contact stands is ours and stays, as long as the source has the contact.
fn renewed(before: &Constituent, one: &Incoming, today: Day) -> Constituent {
    let mut facts = Facts {
        notes: before.facts.notes.clone(),
        added: before.facts.added,
        confirmed: before.facts.confirmed,
        next_contact: before.facts.next_contact,
        ..bare(one)
    };
    let mut left: Vec<&Contact> = before.contacts.iter().collect();
    let mut contacts = Vec::new();
    for draft in &one.contacts {
        let same = |old: &&&Contact| {
            old.role == draft.role && old.email == draft.email && old.phone == draft.phone
        };
        let found = left.iter().find(same).copied();
        let Some(old) = found else {
            contacts.push(new_contact(&mut facts, draft.clone(), today));
            continue;
        };
        left.retain(|other| other.id != old.id);
        contacts.push(Contact {
            name: draft.name.clone(),
            fingerprint: draft.fingerprint.clone(),
            key: draft.key.clone(),
            disabled: old.disabled || draft.disabled,
            ..old.clone()
        });
    }
    Constituent {
        facts,
        contacts,
        ..before.clone()
    }
}
