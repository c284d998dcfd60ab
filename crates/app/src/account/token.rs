//! Tokens: what a program shows to do something in an officer's name. A token has the rights that its account has at the moment, or
//! of these only the reading; it makes no tokens and changes no other way in.

use cairn_desk::access::{self, Action, Denied, Visible};
use cairn_desk::account::AccountChange;
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::{Purpose, random};
use cairn_store::token::TokenRow;
use cairn_store::writer::WriteError;

use super::{AccountError, Principal, code, manage};
use crate::App;
use crate::report::AppError;

/// Live tokens of one account.
pub const TOKENS_MAX: usize = 20;
/// Longest life of a token, days.
pub const TOKEN_DAYS_MAX: u32 = 365;
/// What officers' tokens begin with, so that scanners for leaked secrets find them.
pub const TOKEN_PREFIX: &str = "cairn_officer_";

const DAY_SECONDS: i64 = 24 * 3_600;

/// The token by which a principal came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// It may act, not only read.
    pub acts: bool,
}

/// A token to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// What its owner calls it.
    pub name: &'a str,
    /// It may act, not only read.
    pub acts: bool,
    /// Days that it lives.
    pub days: u32,
}

impl Principal {
    /// The token by which this principal came; none of who is signed in.
    #[must_use]
    pub const fn token(&self) -> Option<&Held> {
        self.token.as_ref()
    }

    /// Refuses who came by a token: what lets people in is changed by people.
    pub(crate) const fn in_person(&self) -> Result<(), Denied> {
        match self.token {
            None => Ok(()),
            Some(_) => Err(Denied),
        }
    }
}

impl App {
    /// Who shows this token, with the rights that the account has now.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it lets nobody in: there is none, it is over, or its account may not work just now.
    pub async fn by_token(&self, shown: &str) -> Result<Principal, AppError> {
        if !shown.starts_with(TOKEN_PREFIX) {
            return Err(AppError::NotFound);
        }
        let now = self.clock.now();
        let token = self.store.token(self.officer_tag(shown)).await?;
        let token = token.filter(|token| token.is_live(now));
        let token = token.ok_or(AppError::NotFound)?;
        let account = self.store.account(&token.account).await?;
        let account = account.filter(|account| !account.disabled && !account.must_change);
        let account = account.ok_or(AppError::NotFound)?;
        if self.must_add_way(&account).await? {
            return Err(AppError::NotFound);
        }
        self.note_token_used(&token, now).await?;
        Ok(Principal {
            who: access::Principal {
                account: account.id,
                name: account.name,
                role: account.role,
            },
            session: [0; 32],
            proved_at: None,
            token: Some(Held {
                id: token.id,
                acts: token.acts,
            }),
        })
    }

    /// Once a day, in the log.
    async fn note_token_used(&self, token: &TokenRow, now: Micros) -> Result<(), AppError> {
        let day = now.seconds().div_euclid(DAY_SECONDS);
        if token.used_on.is_some_and(|used| used >= day) {
            return Ok(());
        }
        let change = AccountChange::TokenUsed {
            token: token.id.clone(),
            day,
        };
        let entry = self.account_entry(Actor::User(token.account.clone()), change)?;
        match self.store.token_used(&token.id, day, entry).await {
            // Another call was first.
            Ok(()) | Err(WriteError::Conflict) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// One's own tokens, ended ones too, the newest first.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn own_tokens(&self, who: &Principal) -> Result<Vec<TokenRow>, AppError> {
        Ok(self.store.tokens(&who.account).await?)
    }

    /// Everybody's live tokens, for administrators.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn all_tokens(&self, who: &Principal) -> Result<Visible<Vec<TokenRow>>, AppError> {
        let grant = who.grant(Action::ManageAccounts)?;
        Ok(grant.show(self.store.live_tokens(self.clock.now()).await?))
    }

    /// Makes a token for oneself. It is handed back this once; only its keyed hash is kept.
    ///
    /// # Errors
    /// [`AccountError::Unproved`], [`AccountError::Many`], [`AccountError::NameForm`];
    /// [`AppError::Input`] for a life of no day or more than [`TOKEN_DAYS_MAX`].
    pub async fn make_token(
        &self,
        who: &Principal,
        new: NewToken<'_>,
    ) -> Result<(TokenRow, String), AccountError> {
        who.in_person()?;
        self.must_be_proved(who)?;
        let now = self.clock.now();
        let name = manage::name_of(new.name)?;
        if !(1..=TOKEN_DAYS_MAX).contains(&new.days) {
            let what = format!("a token lives 1 to {TOKEN_DAYS_MAX} days");
            return Err(AppError::Input(what).into());
        }
        let own = self.store.tokens(&who.account).await?;
        if own.iter().filter(|token| token.is_live(now)).count() >= TOKENS_MAX {
            return Err(AccountError::Many);
        }
        let shown = format!("{TOKEN_PREFIX}{}", code::base32(&random::<32>()?));
        let tag = self.officer_tag(&shown);
        let token = TokenRow {
            id: uuid::Uuid::new_v4().to_string(),
            account: who.account.clone(),
            name,
            acts: new.acts,
            created_at: now,
            until: now.plus_seconds(i64::from(new.days) * DAY_SECONDS),
            used_on: None,
            ended_at: None,
        };
        let change = AccountChange::TokenMade {
            token: token.id.clone(),
            account: token.account.clone(),
            acts: token.acts,
            until: token.until,
            digest: sha256(&tag).hex(),
        };
        let by = Actor::User(who.account.clone());
        let entry = self.entry_at(now, by, change)?;
        self.store.add_token(&token, tag, entry).await?;
        Ok((token, shown))
    }

    /// Ends a token: one's own, or as an administrator anybody's.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where this account sees no such live token.
    pub async fn end_token(&self, who: &Principal, id: &str) -> Result<(), AppError> {
        let own = self.store.tokens(&who.account).await?;
        let own = own
            .iter()
            .any(|token| token.id == id && token.ended_at.is_none());
        if !own && !who.may(Action::ManageAccounts) {
            return Err(AppError::NotFound);
        }
        self.token_ended(Actor::User(who.account.clone()), id).await
    }

    /// Ends all tokens of an account.
    pub(super) async fn end_tokens(&self, by: &Actor, account: &str) -> Result<(), AppError> {
        for token in self.store.tokens(account).await? {
            if token.ended_at.is_none() {
                self.token_ended(by.clone(), &token.id).await?;
            }
        }
        Ok(())
    }

    async fn token_ended(&self, by: Actor, id: &str) -> Result<(), AppError> {
        let at = self.clock.now();
        let change = AccountChange::TokenEnded { token: id.into() };
        let entry = self.entry_at(at, by, change)?;
        match self.store.end_token(id, at, entry).await {
            Ok(()) => Ok(()),
            Err(WriteError::Conflict) => Err(AppError::NotFound),
            Err(other) => Err(other.into()),
        }
    }

    fn officer_tag(&self, token: &str) -> [u8; 32] {
        self.store.keys().tag(Purpose::Token, &[token.as_bytes()])
    }
}
