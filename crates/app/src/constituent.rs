//! Constituents: the organisations that the team serves. What is theirs is kept in memory as one snapshot, made anew whenever something
//! about them changed; it answers whose an address is without a database.

pub mod claim;
mod import;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_desk::constituent::decide::Done;
use cairn_desk::constituent::net::{Domain, asn};
use cairn_desk::constituent::typed::ContactTyped;
use cairn_desk::constituent::{
    CONSTITUENTS_MAX, Candidate, Conflict, Constituent, Day, Draft, Facts, Fault, Heading, Owners,
    Refusal, Work, Wrong, decide, fresh,
};
use cairn_kernel::actor::Actor;
use cairn_kernel::net::Network;
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::text::fold;
use cairn_openpgp::{Key, Standing};
use cairn_smime::{Certificate, CertificateFault, Standing as CertificateStanding};
use cairn_store::constituent::{Line, Mark, Texts, begin, remove, set};
use cairn_store::keys::random;
use cairn_store::writer::{Unit, WriteError};

use crate::App;
use crate::account::{Doer, Principal};
use crate::report::{AppError, damaged};

pub use cairn_store::constituent as rows;
pub use import::digest;

/// Lines of one page of the list.
pub const PAGE_LINES: usize = 50;
/// How often a change is tried again because something else about constituents was changed in the same instant.
const TRIES: usize = 8;

/// All constituents without their contacts, and whose is what.
#[derive(Debug)]
pub struct Register {
    mark: Mark,
    /// By number.
    lines: BTreeMap<u32, Line>,
    owners: Arc<Owners>,
    conflicts: Vec<Conflict>,
    /// Numbers of those that have a conflict.
    disputed: BTreeSet<u32>,
}

impl Register {
    fn of(mark: Mark, lines: Vec<Line>) -> Self {
        let all = lines
            .iter()
            .map(|line| (line.no, line.origin.manual, &line.facts));
        let owners = Owners::build(all);
        let conflicts = owners.conflicts();
        let mut disputed = BTreeSet::new();
        for one in &conflicts {
            disputed.insert(one.winner.0);
            disputed.extend(one.others.iter().map(|other| other.0));
        }
        Self {
            mark,
            lines: lines.into_iter().map(|line| (line.no, line)).collect(),
            owners: Arc::new(owners),
            conflicts,
            disputed,
        }
    }

    /// What a constituent has; nothing personal.
    pub(crate) fn facts(&self, no: u32) -> Option<&Facts> {
        self.lines.get(&no).map(|line| &line.facts)
    }

    /// Whose is what.
    pub(crate) fn whose(&self) -> &Owners {
        &self.owners
    }

    /// The name of one; empty if there is no such.
    pub(crate) fn name(&self, no: u32) -> String {
        let line = self.lines.get(&no);
        line.map(|line| line.facts.name.clone()).unwrap_or_default()
    }

    /// The sector of one.
    pub(crate) fn sector(&self, no: u32) -> Option<&str> {
        self.lines.get(&no)?.facts.sector.as_deref()
    }

    /// Numbers of those in a sector; without one, of those in none.
    pub(crate) fn in_sector<'a>(&'a self, code: &'a str) -> impl Iterator<Item = u32> + 'a {
        let own = self.lines.values();
        let own = own.filter(move |line| line.facts.sector.as_deref().unwrap_or_default() == code);
        own.map(|line| line.no)
    }

    fn names(&self, conflicts: &[Conflict]) -> BTreeMap<u32, String> {
        let all = conflicts.iter().flat_map(|one| {
            let others = one.others.iter().map(|other| other.0);
            std::iter::once(one.winner.0).chain(others)
        });
        all.map(|no| (no, self.name(no))).collect()
    }
}

/// What is looked for on the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Words of name, sector, networks, domains, AS numbers.
    pub text: String,
    /// Code of the sector.
    pub sector: Option<String>,
    /// The source that brings them; `manual` for what people look after here.
    pub source: Option<String>,
    /// Only those that have a conflict.
    pub conflict: bool,
    /// Only those with a contact that is to be confirmed by today.
    pub due: bool,
    /// Only those with a contact that mail came back from.
    pub bounced: bool,
    /// Page, from 1.
    pub page: usize,
}

/// A page of the list.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// Its lines, by name; and whether each has a conflict.
    pub lines: Vec<(Line, bool)>,
    /// How many fit.
    pub total: usize,
    /// Pages.
    pub pages: usize,
    /// Which one this is.
    pub page: usize,
    /// All sectors that there are.
    pub sectors: Vec<String>,
    /// All sources that there are.
    pub sources: Vec<String>,
    /// Today.
    pub today: Day,
}

/// An owner of what was looked up, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The claim.
    pub candidate: Candidate,
    /// Name of the constituent.
    pub name: String,
    /// The import that brings it; empty if people look after it.
    pub source: String,
}

/// One constituent, whole.
#[derive(Debug, Clone)]
pub struct Whole {
    /// As it is.
    pub constituent: Constituent,
    /// What happened to it, the newest first.
    pub history: Vec<AccountEvent>,
    /// Conflicts that it has.
    pub conflicts: Vec<Conflict>,
    /// Names of all that these name.
    pub names: BTreeMap<u32, String>,
    /// Today.
    pub today: Day,
}

/// What an address, a name or an AS number that somebody typed comes to.
#[must_use]
pub fn asked(text: &str) -> Option<(Option<IpAddr>, Option<u32>, Option<String>)> {
    let text = text.trim();
    let ip = text.split_once('/').map_or(text, |(ip, _)| ip);
    let is_network = text == ip || Network::parse(text).is_some();
    if let Some(ip) = ip.parse().ok().filter(|_| is_network) {
        return Some((Some(ip), None, None));
    }
    if let Some(asn) = asn(text) {
        return Some((None, Some(asn), None));
    }
    let domain = Domain::parse(text)?;
    Some((None, None, Some(domain.to_string())))
}

impl App {
    /// The snapshot as of now: kept ones are given out again while nothing changed.
    pub(crate) async fn ownership(&self) -> Result<Arc<Register>, AppError> {
        let mut kept = self.register.lock().await;
        let mark = self.store.constituent_mark().await?;
        if let Some(register) = kept.as_ref().filter(|register| register.mark == mark) {
            return Ok(Arc::clone(register));
        }
        let lines = self.store.constituent_lines().await?;
        let register = Arc::new(Register::of(mark, lines));
        *kept = Some(Arc::clone(&register));
        Ok(register)
    }

    /// Whose is what: for who asks for many addresses. It stays as it is while others change constituents; ask again for the next batch.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn owners(&self) -> Result<Arc<Owners>, AppError> {
        Ok(Arc::clone(&self.ownership().await?.owners))
    }

    /// What each constituent has: number, whether people look after it here, facts. Nothing personal. For who builds [`Owners`] in
    /// another process.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn claims(&self) -> Result<Vec<(u32, bool, Facts)>, AppError> {
        let register = self.ownership().await?;
        let claims = register.lines.values();
        Ok(claims
            .map(|line| (line.no, line.origin.manual, line.facts.clone()))
            .collect())
    }

    /// The list.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn constituents(&self, doer: Doer<'_>, query: &Query) -> Result<List, AppError> {
        let _granted = doer.actor(Action::ReadReports)?;
        let register = self.ownership().await?;
        let today = Day::of(self.today());
        let words = fold(&query.text);
        let words: Vec<&str> = words.split_whitespace().collect();
        let fits = |line: &&Line| {
            let source = match query.source.as_deref() {
                None => true,
                Some("manual") => line.origin.manual,
                Some(source) => !line.origin.manual && line.origin.source == source,
            };
            let sector = query.sector.is_none() || line.facts.sector == query.sector;
            source
                && sector
                && words.iter().all(|word| line.words.contains(word))
                && (!query.conflict || register.disputed.contains(&line.no))
                && (!query.due || line.due.is_some_and(|due| due <= today))
                && (!query.bounced || line.bounced)
        };
        let mut found: Vec<&Line> = register.lines.values().filter(fits).collect();
        found.sort_by_cached_key(|line| (fold(&line.facts.name), line.no));
        let pages = found.len().div_ceil(PAGE_LINES).max(1);
        let page = query.page.clamp(1, pages);
        let lines = found.iter().skip((page - 1) * PAGE_LINES).take(PAGE_LINES);
        let all = register.lines.values();
        let sectors: BTreeSet<&String> = all
            .clone()
            .filter_map(|line| line.facts.sector.as_ref())
            .collect();
        let imported = all.filter(|line| !line.origin.manual);
        let sources: BTreeSet<&String> = imported.map(|line| &line.origin.source).collect();
        Ok(List {
            lines: lines
                .map(|line| ((*line).clone(), register.disputed.contains(&line.no)))
                .collect(),
            total: found.len(),
            pages,
            page,
            sectors: sectors.into_iter().cloned().collect(),
            sources: sources.into_iter().cloned().collect(),
            today,
        })
    }

    /// All claims to an address, a name or an AS number, the one that holds first; `None` if the text is none of these.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn owners_of(
        &self,
        doer: Doer<'_>,
        text: &str,
    ) -> Result<Option<Vec<Owner>>, AppError> {
        let _granted = doer.actor(Action::ReadReports)?;
        let Some((ip, asn, domain)) = asked(text) else {
            return Ok(None);
        };
        let register = self.ownership().await?;
        let candidates = register.owners.candidates(ip, asn, domain.as_deref());
        let named = candidates.into_iter().map(|candidate| {
            let line = register.lines.get(&candidate.owner.0);
            let origin = line.map(|line| &line.origin);
            let imported = origin.filter(|origin| !origin.manual);
            Owner {
                name: register.name(candidate.owner.0),
                source: imported
                    .map(|origin| origin.source.clone())
                    .unwrap_or_default(),
                candidate,
            }
        });
        Ok(Some(named.collect()))
    }

    /// The same of an observable; of those that are nobody's by their kind, nothing.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn owners_of_observable(
        &self,
        who: &Principal,
        one: &Observable,
    ) -> Result<Option<Vec<Owner>>, AppError> {
        match one.kind {
            Kind::Ip | Kind::Domain => self.owners_of(Doer::Officer(who), &one.value).await,
            _ => Ok(None),
        }
    }

    /// All claims that cannot all hold, with the names of those who make them.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn constituent_conflicts(
        &self,
        who: &Principal,
    ) -> Result<Visible<(Vec<Conflict>, BTreeMap<u32, String>)>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let register = self.ownership().await?;
        let names = register.names(&register.conflicts);
        Ok(grant.show((register.conflicts.clone(), names)))
    }

    /// One of them.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn constituent(&self, who: &Principal, no: u32) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let constituent = self.store.constituent(no).await?;
        let constituent = constituent.ok_or(AppError::NotFound)?;
        let steps = self.store.constituent_steps(no).await?;
        let read = |json: &String| serde_json::from_str(json).map_err(damaged("event"));
        let history: Result<Vec<AccountEvent>, AppError> = steps.iter().map(read).collect();
        let register = self.ownership().await?;
        let own =
            |one: &&Conflict| one.winner.0 == no || one.others.iter().any(|other| other.0 == no);
        let conflicts: Vec<Conflict> = register.conflicts.iter().filter(own).cloned().collect();
        Ok(grant.show(Whole {
            constituent,
            history: history?,
            names: register.names(&conflicts),
            conflicts,
            today: Day::of(self.today()),
        }))
    }

    /// A contact as it was typed, with its key and its certificate looked at.
    ///
    /// # Errors
    /// All faults.
    pub fn contact_typed(&self, typed: &ContactTyped) -> Result<Draft, Vec<Fault>> {
        let mut draft = typed.read()?;
        if let Some(armor) = &draft.key {
            let key = Key::read(armor.as_bytes()).ok();
            let key = key.filter(|key| key.standing(self.now_seconds()) == Standing::Good);
            let Some(key) = key else {
                return Err(vec![Fault::at("key", Wrong::Key)]);
            };
            let own = key.fingerprint();
            if draft
                .fingerprint
                .as_ref()
                .is_some_and(|typed| *typed != own)
            {
                return Err(vec![Fault::at("fingerprint", Wrong::Fingerprint)]);
            }
            draft.fingerprint = Some(own);
        }
        if let Some(text) = &draft.certificate {
            let read = Certificate::read(text.as_bytes()).map_err(|fault| match fault {
                CertificateFault::Secret => Wrong::CertificateSecret,
                CertificateFault::None | CertificateFault::TooLarge => Wrong::Certificate,
            });
            let good = read.and_then(|one| match one.standing(self.now_seconds()) {
                CertificateStanding::Good => Ok(one.pem()),
                CertificateStanding::NotYet | CertificateStanding::Expired => {
                    Err(Wrong::CertificateOver)
                }
                CertificateStanding::OtherUse => Err(Wrong::CertificateUse),
                CertificateStanding::Weak => Err(Wrong::CertificateWeak),
            });
            let pem = good.map_err(|wrong| vec![Fault::at("certificate", wrong)])?;
            draft.certificate = Some(pem);
        }
        Ok(draft)
    }

    /// Enters one; its number.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn make_constituent(
        &self,
        who: &Principal,
        heading: Heading,
    ) -> Result<u32, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let by = Actor::User(grant.account().to_owned());
        let mut tries = 0;
        loop {
            let register = self.ownership().await?;
            if register.lines.len() >= CONSTITUENTS_MAX {
                return Err(Refusal::Many.into());
            }
            let mark = register.mark;
            let one = fresh(mark.next, heading.clone(), Day::of(self.today()));
            let mut unit = begin(mark, mark.next + 1);
            self.put(&mut unit, &one, by.clone(), (Done::Made, None))?;
            tries += 1;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(one.no),
            }
        }
    }

    /// Does something to one, which was seen at this version.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Conflict`] if somebody else changed it since.
    pub async fn work_on_constituent(
        &self,
        who: &Principal,
        (no, version): (u32, u32),
        work: &Work,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let by = Actor::User(grant.account().to_owned());
        let mut tries = 0;
        loop {
            let mark = self.store.constituent_mark().await?;
            let before = self.constituent_seen(no, version).await?;
            let after = decide(&before, work, Day::of(self.today()))?;
            let mut unit = begin(mark, mark.next);
            let contact = match work {
                Work::NewContact(_) => Some(before.facts.next_contact),
                other => other.contact(),
            };
            self.put(&mut unit, &after, by.clone(), (work.done(), contact))?;
            tries += 1;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
                Ok(_) => break,
            }
        }
        if matches!(work, Work::DropContact(_) | Work::ChangeContact(..)) {
            self.scrub_later();
        }
        Ok(())
    }

    /// Mail to a contact came back, as a mail server says. One that is not there any more, or is known to bounce, stays as it is.
    pub(crate) async fn contact_bounced(&self, no: u32, contact: u32) -> Result<(), AppError> {
        let work = Work::Bounced(contact);
        for _ in 0..TRIES {
            let mark = self.store.constituent_mark().await?;
            let Some(before) = self.store.constituent(no).await? else {
                return Ok(());
            };
            let known = before.contact(contact).and_then(|one| one.bounced);
            if known.is_some() {
                return Ok(());
            }
            let Ok(after) = decide(&before, &work, Day::of(self.today())) else {
                return Ok(());
            };
            let mut unit = begin(mark, mark.next);
            let done = (work.done(), Some(contact));
            self.put(&mut unit, &after, Actor::System, done)?;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(()),
            }
        }
        Err(AppError::Conflict)
    }

    /// What was known of a contact is not to stay in the database's side files.
    fn scrub_later(&self) {
        self.erased
            .store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Takes one away, with its contacts. An imported one comes back with the next import that has it.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Conflict`] if somebody else changed it since.
    pub async fn remove_constituent(
        &self,
        who: &Principal,
        (no, version): (u32, u32),
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::ManageConstituents)?;
        let by = Actor::User(grant.account().to_owned());
        let mut tries = 0;
        loop {
            let mark = self.store.constituent_mark().await?;
            self.constituent_seen(no, version).await?;
            let mut unit = begin(mark, mark.next);
            let change = AccountChange::ConstituentRemoved { constituent: no };
            remove(&mut unit, no, self.account_entry(by.clone(), change)?);
            tries += 1;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
                Ok(_) => break,
            }
        }
        self.scrub_later();
        Ok(())
    }

    async fn constituent_seen(&self, no: u32, version: u32) -> Result<Constituent, AppError> {
        let one = self.store.constituent(no).await?;
        let one = one.ok_or(AppError::NotFound)?;
        if one.version == version {
            Ok(one)
        } else {
            Err(AppError::Conflict)
        }
    }

    fn put(
        &self,
        unit: &mut Unit,
        one: &Constituent,
        by: Actor,
        (done, contact): (Done, Option<u32>),
    ) -> Result<(), AppError> {
        let texts = Texts::of(one).map_err(damaged("constituent"))?;
        let salt = random::<16>()?;
        let (facts, people) = texts.digests(&one.origin, &salt);
        let change = AccountChange::ConstituentSet {
            constituent: one.no,
            version: one.version,
            done,
            contact,
            facts,
            people,
        };
        set(unit, one, texts, salt, self.account_entry(by, change)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn what_can_be_looked_up() {
        assert!(asked(" 192.0.2.1 ").unwrap().0.is_some());
        assert!(asked("192.0.2.0/24").unwrap().0.is_some());
        assert!(asked("2001:db8::1").unwrap().0.is_some());
        assert_eq!(asked("AS64496").unwrap().1, Some(64_496));
        assert_eq!(
            asked("WWW.example.org").unwrap().2.as_deref(),
            Some("www.example.org")
        );
        for none in ["Example", "192.0.2.1/99", "", "a b.example"] {
            assert_eq!(asked(none), None, "{none}");
        }
    }
}
