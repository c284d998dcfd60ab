//! What may happen to a constituent.

use serde::{Deserialize, Serialize};

use super::net::Asset;
use super::typed::{Draft, Heading};
use super::{ASSETS_MAX, CONTACTS_MAX, Constituent, Contact, Day, Facts, NOTES_MAX, Note, Origin};

/// What somebody does with a constituent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Give it another name, sector, language, quiet hours.
    Head(Heading),
    /// Add networks, domains, AS numbers. Those that it has are no fault.
    Add(Vec<Asset>),
    /// Take some of them away.
    Drop(Vec<Asset>),
    /// Add a contact.
    NewContact(Box<Draft>),
    /// Change the contact with this number.
    ChangeContact(u32, Box<Draft>),
    /// Take it away, with all that is known of it.
    DropContact(u32),
    /// It is right: somebody asked.
    Confirm(u32),
    /// Mail to it came back.
    Bounced(u32),
    /// Do not write to it.
    Disable(u32),
    /// Write to it again.
    Enable(u32),
    /// All of it is right: somebody asked.
    ConfirmAll,
    /// Write a remark.
    Note(Note),
    /// Take the remark at this place away.
    DropNote(usize),
    /// Look after it here from now on, untouched by imports.
    TakeOver,
}

/// What was done, as the evidence log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It was entered.
    Made,
    /// It was imported, or changed by an import.
    Imported,
    /// Its head was changed.
    Head,
    /// It got networks, domains or AS numbers.
    Added,
    /// It lost some.
    Dropped,
    /// It got a contact.
    ContactAdded,
    /// A contact was changed.
    ContactChanged,
    /// A contact was taken away.
    ContactRemoved,
    /// A contact was confirmed.
    ContactConfirmed,
    /// Mail to a contact came back.
    ContactBounced,
    /// A contact is not written to any more.
    ContactDisabled,
    /// A contact is written to again.
    ContactEnabled,
    /// All of it was confirmed.
    Confirmed,
    /// A remark was written.
    Noted,
    /// A remark was taken away.
    NoteRemoved,
    /// It is looked after here.
    TakenOver,
}

impl Work {
    /// What it comes to.
    #[must_use]
    pub const fn done(&self) -> Done {
        match self {
            Self::Head(_) => Done::Head,
            Self::Add(_) => Done::Added,
            Self::Drop(_) => Done::Dropped,
            Self::NewContact(_) => Done::ContactAdded,
            Self::ChangeContact(..) => Done::ContactChanged,
            Self::DropContact(_) => Done::ContactRemoved,
            Self::Confirm(_) => Done::ContactConfirmed,
            Self::Bounced(_) => Done::ContactBounced,
            Self::Disable(_) => Done::ContactDisabled,
            Self::Enable(_) => Done::ContactEnabled,
            Self::ConfirmAll => Done::Confirmed,
            Self::Note(_) => Done::Noted,
            Self::DropNote(_) => Done::NoteRemoved,
            Self::TakeOver => Done::TakenOver,
        }
    }

    /// The contact that it is about.
    #[must_use]
    pub const fn contact(&self) -> Option<u32> {
        match self {
            Self::ChangeContact(id, _)
            | Self::DropContact(id)
            | Self::Confirm(id)
            | Self::Bounced(id)
            | Self::Disable(id)
            | Self::Enable(id) => Some(*id),
            _ => None,
        }
    }

    /// It can be done to what was imported, too: it says how a contact stands, or makes it ours.
    #[must_use]
    pub const fn on_imported(&self) -> bool {
        matches!(
            self,
            Self::Confirm(_)
                | Self::Bounced(_)
                | Self::Disable(_)
                | Self::Enable(_)
                | Self::ConfirmAll
                | Self::TakeOver
        )
    }
}

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It comes from an import.
    #[error("an import brings this: the next one would undo it; take it over first")]
    Imported,
    /// It is looked after here already.
    #[error("it is looked after here already")]
    Ours,
    /// There is no such contact, network, remark.
    #[error("it is not there any more")]
    Absent,
    /// The same contact is there.
    #[error("there is such a contact already")]
    Twice,
    /// More than there can be.
    #[error("that is more than one constituent can have")]
    Many,
    /// An import without anything would take all away.
    #[error("there is nothing in it; what is here stays")]
    Empty,
}

/// A new one that people enter.
#[must_use]
pub fn fresh(no: u32, heading: Heading, today: Day) -> Constituent {
    Constituent {
        no,
        origin: Origin::entered(),
        version: 1,
        facts: Facts {
            name: heading.name,
            sector: heading.sector,
            language: heading.language,
            quiet: heading.quiet,
            networks: Default::default(),
            domains: Default::default(),
            asns: Default::default(),
            notes: Vec::new(),
            added: today,
            confirmed: None,
            next_contact: 1,
        },
        contacts: Vec::new(),
    }
}

/// What becomes of it.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(before: &Constituent, work: &Work, today: Day) -> Result<Constituent, Refusal> {
    if !before.origin.manual && !work.on_imported() {
        return Err(Refusal::Imported);
    }
    let mut after = before.clone();
    let facts = &mut after.facts;
    match work {
        Work::Head(heading) => {
            facts.name.clone_from(&heading.name);
            facts.sector.clone_from(&heading.sector);
            facts.language.clone_from(&heading.language);
            facts.quiet = heading.quiet;
        }
        Work::Add(assets) => {
            for asset in assets {
                add(facts, asset.clone());
            }
            if facts.assets() > ASSETS_MAX {
                return Err(Refusal::Many);
            }
        }
        Work::Drop(assets) => {
            for asset in assets {
                let gone = match asset {
                    Asset::Network(one) => facts.networks.remove(one),
                    Asset::Domain(one) => facts.domains.remove(one),
                    Asset::Asn(one) => facts.asns.remove(one),
                };
                if !gone {
                    return Err(Refusal::Absent);
                }
            }
        }
        Work::ConfirmAll => {
            facts.confirmed = Some(today);
            for one in after.contacts.iter_mut().filter(|one| !one.disabled) {
                confirm(one, today);
            }
        }
        Work::Note(note) => {
            if facts.notes.len() >= NOTES_MAX {
                return Err(Refusal::Many);
            }
            facts.notes.push(note.clone());
        }
        Work::DropNote(at) => {
            if *at >= facts.notes.len() {
                return Err(Refusal::Absent);
            }
            facts.notes.remove(*at);
        }
        Work::TakeOver => {
            if before.origin.manual {
                return Err(Refusal::Ours);
            }
            after.origin.manual = true;
        }
        _ => contact(&mut after, work, today)?,
    }
    after.version += 1;
    Ok(after)
}

/// Puts an asset where it belongs.
pub fn add(facts: &mut Facts, asset: Asset) -> bool {
    match asset {
        Asset::Network(one) => facts.networks.insert(one),
        Asset::Domain(one) => facts.domains.insert(one),
        Asset::Asn(one) => facts.asns.insert(one),
    }
}

/// A new contact of a constituent.
pub(super) fn new_contact(facts: &mut Facts, draft: Draft, today: Day) -> Contact {
    let id = facts.next_contact;
    facts.next_contact += 1;
    Contact {
        id,
        role: draft.role,
        name: draft.name,
        email: draft.email,
        phone: draft.phone,
        fingerprint: draft.fingerprint,
        key: draft.key,
        certificate: draft.certificate,
        added: today,
        confirmed: None,
        bounced: None,
        disabled: draft.disabled,
    }
}

fn confirm(one: &mut Contact, today: Day) {
    one.confirmed = Some(today);
    one.bounced = None;
}

fn contact(after: &mut Constituent, work: &Work, today: Day) -> Result<(), Refusal> {
    let own = work.contact();
    if let Work::NewContact(draft) | Work::ChangeContact(_, draft) = work {
        let same = |one: &Contact| {
            Some(one.id) != own
                && one.role == draft.role
                && one.email == draft.email
                && one.phone == draft.phone
        };
        if after.contacts.iter().any(same) {
            return Err(Refusal::Twice);
        }
    }
    if let Work::NewContact(draft) = work {
        if after.contacts.len() >= CONTACTS_MAX {
            return Err(Refusal::Many);
        }
        let made = new_contact(&mut after.facts, (**draft).clone(), today);
        after.contacts.push(made);
        return Ok(());
    }
    let found = after.contacts.iter_mut().find(|one| Some(one.id) == own);
    let one = found.ok_or(Refusal::Absent)?;
    match work {
        Work::ChangeContact(_, draft) => {
            let draft = (**draft).clone();
            if one.email != draft.email {
                // Of another mailbox nobody knows anything yet.
                (one.confirmed, one.bounced, one.added) = (None, None, today);
            }
            (one.role, one.name) = (draft.role, draft.name);
            (one.email, one.phone) = (draft.email, draft.phone);
            (one.fingerprint, one.key) = (draft.fingerprint, draft.key);
            one.certificate = draft.certificate;
        }
        Work::DropContact(id) => after.contacts.retain(|one| one.id != *id),
        Work::Confirm(_) => confirm(one, today),
        Work::Bounced(_) => {
            one.bounced.get_or_insert(today);
        }
        Work::Disable(_) => one.disabled = true,
        Work::Enable(_) => one.disabled = false,
        _ => {}
    }
    Ok(())
}
