//! What organisations ask for by themselves: to be told about what is theirs, and changes of what we know of them. Nothing of it holds
//! before an officer says so (decision 45).
//!
//! A claim tells nothing of what is known here: whoever sends one gets the same answer whatever stands in the register.

use std::collections::BTreeSet;

use cairn_kernel::net::Network;
use cairn_kernel::text::{clean, one_line};
use serde::{Deserialize, Serialize};

use super::net::{Asset, Domain};
use super::typed::{self, ContactTyped, Draft, Fault, Heading, Typed, Wrong};
use super::{Constituent, Day, Facts, NOTE_CHARS_MAX, Role, Work};

/// Most networks, domains and AS numbers of one claim, what is new and what goes together.
pub const CLAIM_ASSETS_MAX: usize = 100;
/// Days within which the mailbox must be proved; then what was typed is forgotten.
pub const CLAIM_PROVE_DAYS: i64 = 7;
/// Days after the decision in which words, mailbox and reason of a claim are kept.
pub const CLAIM_KEEP_DAYS: i64 = 90;
/// Claims without a proved mailbox that are kept at one time.
pub const CLAIMS_UNPROVED_MAX: i64 = 2_000;
/// Of these, with the same mailbox: so many mails a stranger can have sent to somebody within [`CLAIM_PROVE_DAYS`].
pub const CLAIMS_MAILBOX_MAX: i64 = 3;
/// Changes of one constituent that wait at one time.
pub const CLAIMS_WAITING_MAX: i64 = 5;
/// How often a contact is asked whether it is right, the first time included, before only officers are told.
pub const ASKS_MAX: u32 = 3;
/// Days between two of these.
pub const ASK_EVERY_DAYS: i32 = 14;

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has shown that the mailbox is theirs. The log does not know it yet.
    Unproved,
    /// It waits for an officer.
    Waiting,
    /// An officer took it, whole or in parts.
    Settled,
    /// An officer refused it.
    Refused,
}

impl State {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unproved => "unproved",
            Self::Waiting => "waiting",
            Self::Settled => "settled",
            Self::Refused => "refused",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Unproved, Self::Waiting, Self::Settled, Self::Refused];
        all.into_iter().find(|one| one.as_str() == text)
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Name, sector and language of an organisation that asks for the first time; none where a contact asks for changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<Heading>,
    /// What is theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<Asset>,
    /// What is theirs no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<Asset>,
    /// Whom to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Draft>,
    /// That contact stands in place of the one that asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaces: bool,
    /// What else they say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Language of the page on which it was typed: that of the answer.
    pub language: String,
}

/// What an officer decided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Answer {
    /// What was taken of it, as people write it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<String>,
    /// What was not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// What the officer says to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Which parts of a wish are taken: places in its lists, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    /// Of what is theirs.
    pub add: BTreeSet<usize>,
    /// Of what is theirs no more.
    pub drop: BTreeSet<usize>,
    /// The contact.
    pub contact: bool,
}

/// A claim as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Name and sector; unused for changes.
    pub heading: Typed,
    /// What is theirs.
    pub add: String,
    /// What is theirs no more.
    pub drop: String,
    /// Whom to tell.
    pub contact: ContactTyped,
    /// That contact stands in place of the one that asks.
    pub replaces: bool,
    /// What else they say.
    pub note: String,
}

/// Networks, domains and AS numbers of a field, each once.
fn listed(text: &str, place: &str, faults: &mut Vec<Fault>) -> Vec<Asset> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    match typed::assets(text) {
        Ok(all) => {
            let all: BTreeSet<Asset> = all.into_iter().collect();
            all.into_iter().collect()
        }
        Err(found) => {
            faults.extend(found.into_iter().map(|one| Fault {
                place: place.to_owned(),
                ..one
            }));
            Vec::new()
        }
    }
}

impl Asked {
    /// Somebody wants to be told at another mailbox, or by telephone.
    #[must_use]
    pub fn has_contact(&self) -> bool {
        let one = &self.contact;
        let all = [&one.name, &one.email, &one.phone, &one.key];
        all.into_iter().any(|text| !text.trim().is_empty())
    }

    fn note(&self, faults: &mut Vec<Fault>) -> String {
        let note = clean(&self.note).trim().to_owned();
        if note.chars().count() > NOTE_CHARS_MAX {
            faults.push(Fault::at("note", Wrong::Note));
        }
        note
    }

    /// The claim of an organisation that asks for the first time; `contact` is what was read of its contact.
    ///
    /// # Errors
    /// All faults.
    pub fn first(
        &self,
        language: &str,
        contact: Result<Draft, Vec<Fault>>,
    ) -> Result<Wish, Vec<Fault>> {
        let mut faults = Vec::new();
        let heading = self.heading.read().unwrap_or_else(|found| {
            faults.extend(found);
            Heading {
                name: String::new(),
                sector: None,
                language: None,
                quiet: None,
            }
        });
        let heading = Heading {
            name: one_line(&heading.name),
            language: Some(language.to_owned()),
            ..heading
        };
        let add = listed(&self.add, "add", &mut faults);
        if self.add.trim().is_empty() {
            faults.push(Fault::at("add", Wrong::Empty));
        } else if add.len() > CLAIM_ASSETS_MAX {
            faults.push(Fault::at("add", Wrong::Many));
        }
        let contact = contact.unwrap_or_else(|found| {
            // A telephone is not enough here: the mailbox is what is proved.
            faults.extend(found.into_iter().map(of_contact).map(|one| Fault {
                wrong: if one.wrong == Wrong::Reach {
                    Wrong::Email
                } else {
                    one.wrong
                },
                ..one
            }));
            blank()
        });
        if contact.email.is_none() && !faults.iter().any(|one| one.place == "email") {
            faults.push(Fault::at("email", Wrong::Email));
        }
        let wish = Wish {
            heading: Some(heading),
            add,
            drop: Vec::new(),
            contact: Some(contact),
            replaces: false,
            note: self.note(&mut faults),
            language: language.to_owned(),
        };
        done(wish, faults)
    }

    /// Changes that a contact asks for; `contact` is what was read of the new one, if there is one.
    ///
    /// # Errors
    /// All faults.
    pub fn change(
        &self,
        language: &str,
        contact: Option<Result<Draft, Vec<Fault>>>,
    ) -> Result<Wish, Vec<Fault>> {
        let mut faults = Vec::new();
        let add = listed(&self.add, "add", &mut faults);
        let drop = listed(&self.drop, "drop", &mut faults);
        if add.len() + drop.len() > CLAIM_ASSETS_MAX {
            faults.push(Fault::at("add", Wrong::Many));
        }
        let contact = contact.transpose().unwrap_or_else(|found| {
            faults.extend(found.into_iter().map(of_contact));
            None
        });
        let note = self.note(&mut faults);
        let nothing = add.is_empty() && drop.is_empty() && contact.is_none() && note.is_empty();
        if faults.is_empty() && nothing {
            faults.push(Fault::at("add", Wrong::Empty));
        }
        let wish = Wish {
            heading: None,
            add,
            drop,
            replaces: self.replaces && contact.is_some(),
            contact,
            note,
            language: language.to_owned(),
        };
        done(wish, faults)
    }
}

/// A contact's name has a field of another name than an organisation's.
fn of_contact(mut one: Fault) -> Fault {
    if one.place == "name" {
        "who".clone_into(&mut one.place);
    }
    one
}

const fn blank() -> Draft {
    Draft {
        role: Role::Other,
        name: String::new(),
        email: None,
        phone: None,
        fingerprint: None,
        key: None,
        certificate: None,
        disabled: false,
    }
}

fn done(wish: Wish, faults: Vec<Fault>) -> Result<Wish, Vec<Fault>> {
    if faults.is_empty() {
        Ok(wish)
    } else {
        Err(faults)
    }
}

impl Wish {
    /// All that can be taken of it.
    #[must_use]
    pub fn whole(&self) -> Parts {
        Parts {
            add: (0..self.add.len()).collect(),
            drop: (0..self.drop.len()).collect(),
            contact: self.contact.is_some(),
        }
    }

    /// What is done to a constituent if these parts are taken. `by` is the contact that asked for changes; the mailbox of a first claim was
    /// proved, so that contact counts as confirmed from the beginning.
    #[must_use]
    pub fn works(&self, parts: &Parts, before: &Constituent, by: Option<u32>) -> Vec<Work> {
        let mut all = Vec::new();
        if !before.origin.manual {
            all.push(Work::TakeOver);
        }
        let add = taken(&self.add, &parts.add);
        if !add.is_empty() {
            all.push(Work::Add(add));
        }
        let facts = &before.facts;
        let own = |one: &Asset| match one {
            Asset::Network(one) => facts.networks.contains(one),
            Asset::Domain(one) => facts.domains.contains(one),
            Asset::Asn(one) => facts.asns.contains(one),
        };
        let drop: Vec<Asset> = taken(&self.drop, &parts.drop);
        let drop: Vec<Asset> = drop.into_iter().filter(own).collect();
        if !drop.is_empty() {
            all.push(Work::Drop(drop));
        }
        if let Some(draft) = self.contact.as_ref().filter(|_| parts.contact) {
            let same = |one: &&super::Contact| {
                one.role == draft.role && one.email == draft.email && one.phone == draft.phone
            };
            let known = before.contacts.iter().find(same).map(|one| one.id);
            let replaced = by.filter(|id| self.replaces && before.contact(*id).is_some());
            let id = match (known, replaced) {
                (Some(id), _) => id,
                (None, Some(id)) => {
                    all.push(Work::ChangeContact(id, Box::new(draft.clone())));
                    id
                }
                (None, None) => {
                    all.push(Work::NewContact(Box::new(draft.clone())));
                    before.facts.next_contact
                }
            };
            if self.heading.is_some() {
                all.push(Work::Confirm(id));
            }
        }
        all
    }

    /// What is told of a decision: parts that were taken, parts that were not.
    #[must_use]
    pub fn answer(&self, parts: &Parts, reason: &str) -> Answer {
        let mut answer = Answer {
            reason: reason.to_owned(),
            ..Answer::default()
        };
        let add = self.add.iter().enumerate();
        let add = add.map(|(at, one)| (parts.add.contains(&at), format!("+ {one}")));
        let drop = self.drop.iter().enumerate();
        let drop = drop.map(|(at, one)| (parts.drop.contains(&at), format!("- {one}")));
        let mailbox = self.contact.as_ref();
        let mailbox = mailbox.and_then(|one| one.email.as_ref().or(one.phone.as_ref()));
        let mailbox = mailbox.map(|one| (parts.contact, format!("@ {one}")));
        for (is_taken, text) in add.chain(drop).chain(mailbox) {
            if is_taken {
                answer.taken.push(text);
            } else {
                answer.left.push(text);
            }
        }
        answer
    }
}

fn taken(all: &[Asset], places: &BTreeSet<usize>) -> Vec<Asset> {
    let own = all.iter().enumerate();
    let own = own.filter(|(at, _)| places.contains(at));
    own.map(|(_, one)| one.clone()).collect()
}

/// How something that is claimed lies to something that somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// It is the same.
    Same,
    /// It lies within theirs.
    Within,
    /// Theirs lies within it.
    Around,
}

fn networks(mine: Network, theirs: Network) -> Option<Touch> {
    if mine == theirs {
        Some(Touch::Same)
    } else if theirs.first() <= mine.first() && mine.last() <= theirs.last() {
        Some(Touch::Within)
    } else if mine.first() <= theirs.first() && theirs.last() <= mine.last() {
        Some(Touch::Around)
    } else {
        None
    }
}

fn domains(mine: &Domain, theirs: &Domain) -> Option<Touch> {
    let below = |one: &Domain, of: &Domain| {
        let rest = one.as_str().strip_suffix(of.as_str());
        rest.is_some_and(|rest| rest.ends_with('.'))
    };
    if mine == theirs {
        Some(Touch::Same)
    } else if below(mine, theirs) {
        Some(Touch::Within)
    } else {
        below(theirs, mine).then_some(Touch::Around)
    }
}

/// What a constituent has that touches something that is claimed.
pub fn touched<'a>(
    mine: &'a Asset,
    facts: &'a Facts,
) -> Box<dyn Iterator<Item = (Touch, Asset)> + 'a> {
    match mine {
        Asset::Network(mine) => Box::new(facts.networks.iter().filter_map(|theirs| {
            networks(*mine, *theirs).map(|touch| (touch, Asset::Network(*theirs)))
        })),
        Asset::Domain(mine) => Box::new(facts.domains.iter().filter_map(|theirs| {
            domains(mine, theirs).map(|touch| (touch, Asset::Domain(theirs.clone())))
        })),
        Asset::Asn(mine) => {
            let same = facts.asns.contains(mine);
            Box::new(same.then_some((Touch::Same, Asset::Asn(*mine))).into_iter())
        }
    }
}

/// What a mailbox says for a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mailbox {
    /// They have this very mailbox.
    Same,
    /// They have another one of its domain.
    Domain,
}

/// Whether a constituent has this mailbox, or one of its domain.
#[must_use]
pub fn mailbox(email: &str, one: &Constituent) -> Option<Mailbox> {
    let domain = |text: &str| text.rsplit_once('@').map(|(_, name)| name.to_lowercase());
    let own = one.contacts.iter().filter_map(|one| one.email.as_deref());
    let said = own.filter_map(|theirs| {
        if theirs.eq_ignore_ascii_case(email) {
            Some(Mailbox::Same)
        } else {
            (domain(theirs) == domain(email)).then_some(Mailbox::Domain)
        }
    });
    said.min()
}

/// How often a contact was asked in its turn, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The day since which it is due: another one begins another turn.
    pub due: Day,
    /// How often.
    pub round: u32,
    /// When last.
    pub at: Day,
}

/// The how-manieth time a contact is asked today, if it is to be asked at all. Contacts whose mail came back, that are not written to, or that
/// have no mailbox are not.
#[must_use]
pub fn ask(one: &Constituent, contact: u32, asked: Option<Ask>, today: Day) -> Option<u32> {
    let own = one.contact(contact)?;
    let due = one.contact_due(own).filter(|due| *due <= today)?;
    if own.email.is_none() || own.bounced.is_some() {
        return None;
    }
    match asked.filter(|asked| asked.due == due) {
        None => Some(1),
        Some(asked) => {
            let again = asked.round < ASKS_MAX && asked.at.plus(ASK_EVERY_DAYS) <= today;
            again.then_some(asked.round + 1)
        }
    }
}

#[cfg(test)]
mod tests;
