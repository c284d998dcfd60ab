//! What organisations ask for by themselves. The mailbox is proved by a secret link; nothing holds before an officer says so; and who asks
//! learns nothing of what is known here.

mod ask;
mod judge;
mod mail;

use cairn_desk::account::AccountChange;
use cairn_desk::constituent::claim::{
    Answer, CLAIM_KEEP_DAYS, CLAIM_PROVE_DAYS, CLAIMS_MAILBOX_MAX, CLAIMS_UNPROVED_MAX,
    CLAIMS_WAITING_MAX, State, Wish,
};
use cairn_desk::constituent::decide::Done;
use cairn_desk::constituent::{Constituent, Contact, Day, Refusal, Work, decide};
use cairn_desk::notify::Notice;
use cairn_kernel::actor::Actor;
use cairn_kernel::reference::Secret;
use cairn_kernel::time::Micros;
use cairn_store::claim as store;
use cairn_store::claim::digest;
use cairn_store::constituent::begin;
use cairn_store::job;
use cairn_store::keys::{Purpose, random};
use cairn_store::writer::{Unit, WriteError};
use subtle::ConstantTimeEq;

use super::TRIES;
use crate::App;
use crate::report::{AppError, damaged, take};

pub use ask::ASKS_TURN_MAX;
pub use cairn_store::claim::Claim;
pub use judge::{Near, Part, Seen, Silent, Waiting};

const DAY_SECONDS: i64 = 24 * 3_600;
/// Claims of a contact that its page shows, the newest.
const OWN_SHOWN: i64 = 20;
/// Claims whose words go in one turn.
const ERASED_A_TURN: i64 = 200;

/// What a secret link opens.
#[derive(Debug, Clone)]
pub enum Own {
    /// A claim that is no constituent yet, or was refused.
    Claim(Box<Claimed>),
    /// What we know of an organisation, for one of its contacts.
    Contact(Box<Known>),
}

/// A claim with its words.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// As it is kept.
    pub claim: Claim,
    /// What is asked for.
    pub wish: Wish,
    /// The answer, once there is one.
    pub answer: Option<Answer>,
}

/// What a contact sees.
#[derive(Debug, Clone)]
pub struct Known {
    /// The organisation. Its other contacts are not for this one to see.
    pub constituent: Constituent,
    /// Who looks.
    pub contact: Contact,
    /// What it asked for, the newest first.
    pub claims: Vec<Claimed>,
    /// Today.
    pub today: Day,
}

/// A claim with its words; `None` once these had their time.
fn claimed(claim: Claim) -> Result<Option<Claimed>, AppError> {
    if claim.wish.is_empty() {
        return Ok(None);
    }
    let wish = serde_json::from_str(&claim.wish).map_err(damaged("claim"))?;
    let answer = (!claim.answer.is_empty()).then(|| serde_json::from_str(&claim.answer));
    let answer = answer.transpose().map_err(damaged("claim"))?;
    Ok(Some(Claimed {
        claim,
        wish,
        answer,
    }))
}

fn same(right: &Secret, typed: &str) -> bool {
    let typed = typed.parse::<Secret>();
    typed.is_ok_and(|typed| right.as_bytes().ct_eq(typed.as_bytes()).into())
}

impl App {
    /// Claims are taken only where their senders can be written to.
    #[must_use]
    pub fn takes_claims(&self) -> bool {
        self.config.mail.is_some()
    }

    fn claim_secret(&self, claim: &Claim) -> Secret {
        let (no, made) = (claim.no.to_be_bytes(), claim.made.0.to_be_bytes());
        let parts = [b"claim".as_slice(), no.as_slice(), made.as_slice()];
        let keyed = self.store.keys().tag(Purpose::Claim, &parts);
        Secret::from_random(&take(&keyed, 0))
    }

    /// It names the mailbox, so that a link ends when its mailbox does.
    fn contact_secret(&self, owner: u32, contact: &Contact) -> Secret {
        let (owner, id) = (owner.to_be_bytes(), contact.id.to_be_bytes());
        let email = contact.email.as_deref().unwrap_or_default();
        let parts = [
            b"contact".as_slice(),
            owner.as_slice(),
            id.as_slice(),
            email.as_bytes(),
        ];
        let keyed = self.store.keys().tag(Purpose::Claim, &parts);
        Secret::from_random(&take(&keyed, 0))
    }

    fn claim_link(&self, claim: &Claim) -> String {
        let secret = self.claim_secret(claim);
        let url = &self.config.public_url;
        format!("{url}/own/c-{}-{}", claim.no, secret.expose())
    }

    fn contact_link(&self, owner: u32, contact: &Contact) -> String {
        let secret = self.contact_secret(owner, contact);
        let url = &self.config.public_url;
        format!("{url}/own/k-{owner}-{}-{}", contact.id, secret.expose())
    }

    fn claim_mailbox(&self, email: Option<&str>) -> [u8; 32] {
        let email = email.unwrap_or_default().to_lowercase();
        let parts = [b"mailbox".as_slice(), email.as_bytes()];
        self.store.keys().tag(Purpose::Claim, &parts)
    }

    /// Takes the claim of an organisation and sends a link to its mailbox. A mailbox that was sent some already gets no more; who asks is not
    /// told, since the mailbox may be somebody else's.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::DiskFull`] while too many wait for their proof.
    pub async fn make_claim(&self, wish: &Wish) -> Result<(), AppError> {
        if !self.takes_claims() {
            return Err(AppError::NotFound);
        }
        let json = serde_json::to_string(wish).map_err(damaged("claim"))?;
        let own = wish.contact.as_ref().and_then(|one| one.email.as_deref());
        let mailbox = self.claim_mailbox(own);
        let open = self.store.claims_of(mailbox, State::Unproved).await?;
        let again = open.iter().any(|one| one.wish == json);
        if again || i64::try_from(open.len()).unwrap_or(i64::MAX) >= CLAIMS_MAILBOX_MAX {
            return Ok(());
        }
        let all = self.store.count_claims(State::Unproved, None).await?;
        if all >= CLAIMS_UNPROVED_MAX {
            return Err(AppError::DiskFull);
        }
        for _ in 0..TRIES {
            let no = self.store.newest_claim().await? + 1;
            let at = self.clock.now();
            let mut unit = Unit {
                intake: true,
                ..Unit::default()
            };
            let new = store::New {
                no,
                by: None,
                mailbox,
                at,
                salt: random()?,
                wish: &json,
            };
            store::make(&mut unit, &new, None);
            let payload = format!("{{\"claim\":{no}}}");
            job::enqueue(&mut unit, Notice::ClaimProve.as_str(), &payload, at);
            match self.store.write(unit).await {
                Err(WriteError::Duplicate | WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    metrics::counter!("cairn_claims_total", self.store.labels()).increment(1);
                    return Ok(());
                }
            }
        }
        Err(AppError::Conflict)
    }

    /// What a secret link opens; `link` without what stands before it in the address. Wrong, unknown and past look the same.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn open_own(&self, link: &str) -> Result<Own, AppError> {
        let mut parts = link.splitn(4, '-');
        let mut next = || parts.next().unwrap_or_default();
        let (kind, first, second, rest) = (next(), next(), next(), next());
        match kind {
            "c" => {
                let no = first.parse().map_err(|_| AppError::NotFound)?;
                self.open_claim(no, second).await
            }
            "k" => {
                let owner = first.parse().map_err(|_| AppError::NotFound)?;
                let id = second.parse().map_err(|_| AppError::NotFound)?;
                let one = self.store.constituent(owner).await?;
                let one = one.ok_or(AppError::NotFound)?;
                let contact = one.contact(id).ok_or(AppError::NotFound)?;
                let right = same(&self.contact_secret(owner, contact), rest);
                // Who is not to be written to any more does not look either.
                if contact.email.is_none() || contact.disabled || !right {
                    return Err(AppError::NotFound);
                }
                self.own_known(one.clone(), contact.clone()).await
            }
            _ => Err(AppError::NotFound),
        }
    }

    async fn open_claim(&self, no: i64, secret: &str) -> Result<Own, AppError> {
        let claim = self.store.claim(no).await?.ok_or(AppError::NotFound)?;
        if !same(&self.claim_secret(&claim), secret) || self.lapsed(&claim) {
            return Err(AppError::NotFound);
        }
        if claim.state == State::Settled {
            let held = claim.owner.zip(claim.contact);
            let (owner, id) = held.ok_or(AppError::NotFound)?;
            let one = self.store.constituent(owner).await?;
            let one = one.ok_or(AppError::NotFound)?;
            let contact = one.contact(id).cloned().ok_or(AppError::NotFound)?;
            // The link was sent to a mailbox: once the contact has another one, it is somebody else's.
            let now = self.claim_mailbox(contact.email.as_deref());
            if contact.email.is_some() && !contact.disabled && now == claim.mailbox {
                return self.own_known(one, contact).await;
            }
            return Err(AppError::NotFound);
        }
        let one = claimed(claim)?.ok_or(AppError::NotFound)?;
        Ok(Own::Claim(Box::new(one)))
    }

    fn lapsed(&self, claim: &Claim) -> bool {
        let end = claim.made.plus_seconds(CLAIM_PROVE_DAYS * DAY_SECONDS);
        claim.state == State::Unproved && end < self.clock.now()
    }

    async fn own_known(&self, constituent: Constituent, contact: Contact) -> Result<Own, AppError> {
        let whom = (constituent.no, contact.id);
        let claims = self.store.claims_by(whom, OWN_SHOWN).await?;
        let claims: Result<Vec<Option<Claimed>>, AppError> =
            claims.into_iter().map(claimed).collect();
        Ok(Own::Contact(Box::new(Known {
            constituent,
            contact,
            claims: claims?.into_iter().flatten().collect(),
            today: Day::of(self.today()),
        })))
    }

    /// The mailbox of a claim is theirs: from now on it waits for an officer, and the log knows it.
    ///
    /// # Errors
    /// See [`AppError`]; [`Refusal::Many`] if this mailbox has too many that wait.
    pub async fn prove_claim(&self, one: &Claimed) -> Result<(), AppError> {
        if one.claim.state != State::Unproved {
            return Ok(());
        }
        let mailbox = one.claim.mailbox;
        let waiting = self.store.claims_of(mailbox, State::Waiting).await?;
        if i64::try_from(waiting.len()).unwrap_or(i64::MAX) >= CLAIMS_WAITING_MAX {
            return Err(Refusal::Many.into());
        }
        let (no, at) = (one.claim.no, self.clock.now());
        let change = AccountChange::ClaimMade {
            claim: no,
            constituent: None,
            contact: None,
            wish: digest("wish", &one.claim.salt, &one.claim.wish),
        };
        let mut unit = Unit::default();
        let entry = self.entry_at(at, Actor::Reporter, change)?;
        store::prove(&mut unit, no, at, entry);
        match self.store.write(unit).await {
            // Pressed twice.
            Err(WriteError::Conflict) | Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A contact asks for changes; an officer decides.
    ///
    /// # Errors
    /// See [`AppError`]; [`Refusal::Many`] if too many of this organisation wait.
    pub async fn propose(&self, known: &Known, wish: &Wish) -> Result<(), AppError> {
        let (owner, contact) = (known.constituent.no, known.contact.id);
        let waiting = self.store.count_claims(State::Waiting, Some(owner)).await?;
        let json = serde_json::to_string(wish).map_err(damaged("claim"))?;
        let again = |one: &Claimed| one.claim.state == State::Waiting && one.claim.wish == json;
        if known.claims.iter().any(again) {
            return Ok(());
        }
        if waiting >= CLAIMS_WAITING_MAX {
            return Err(Refusal::Many.into());
        }
        for _ in 0..TRIES {
            let no = self.store.newest_claim().await? + 1;
            let (at, salt) = (self.clock.now(), random::<16>()?);
            let change = AccountChange::ClaimMade {
                claim: no,
                constituent: Some(owner),
                contact: Some(contact),
                wish: digest("wish", &salt, &json),
            };
            let new = store::New {
                no,
                by: Some((owner, contact)),
                mailbox: self.claim_mailbox(known.contact.email.as_deref()),
                at,
                salt,
                wish: &json,
            };
            let mut unit = Unit::default();
            let entry = self.entry_at(at, Actor::Reporter, change)?;
            store::make(&mut unit, &new, Some(entry));
            match self.store.write(unit).await {
                Err(WriteError::Duplicate | WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(()),
            }
        }
        Err(AppError::Conflict)
    }

    /// A contact says itself that it is right.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn confirm_own(&self, known: &Known) -> Result<(), AppError> {
        let work = Work::Confirm(known.contact.id);
        for _ in 0..TRIES {
            let mark = self.store.constituent_mark().await?;
            let before = self.store.constituent(known.constituent.no).await?;
            let before = before.ok_or(AppError::NotFound)?;
            let now = before.contact(known.contact.id);
            // Somebody gave this contact another mailbox meanwhile.
            if now.is_none_or(|now| now.email != known.contact.email) {
                return Err(AppError::NotFound);
            }
            let after = decide(&before, &work, Day::of(self.today()))?;
            let mut unit = begin(mark, mark.next);
            let done = (Done::ContactConfirmed, Some(known.contact.id));
            self.put(&mut unit, &after, Actor::Reporter, done)?;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(()),
            }
        }
        Err(AppError::Conflict)
    }

    /// Forgets claims whose mailbox nobody proved, and the words of those that were decided long ago.
    pub(crate) async fn tidy_claims(&self) -> Result<(), AppError> {
        let now = self.clock.now();
        let ago = |days: i64| Micros(now.plus_seconds(-days * DAY_SECONDS).0);
        self.store.forget_unproved(ago(CLAIM_PROVE_DAYS)).await?;
        let old = ago(CLAIM_KEEP_DAYS);
        for no in self.store.claims_old(old, ERASED_A_TURN).await? {
            let change = AccountChange::ClaimErased { claim: no };
            let mut unit = Unit::default();
            store::erase(&mut unit, no, self.account_entry(Actor::System, change)?);
            match self.store.write(unit).await {
                Ok(_) | Err(WriteError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
