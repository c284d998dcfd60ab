//! That it is still the same person at the keyboard: asked for before the ways to sign in are changed. A session that somebody
//! found open must not become a way in that stays.

use super::code;
use super::proof::Right;
use super::sign_in::seed_place;
use super::{AccountError, Principal};
use crate::App;
use crate::report::AppError;
use cairn_store::account::EndSessions;
use cairn_store::writer::WriteError;

/// Seconds for which such a proof holds.
pub const PROVED_SECONDS: i64 = 300;

/// What somebody can prove it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proofs {
    /// The password.
    pub password: bool,
    /// A code of the authenticator app.
    pub code: bool,
    /// A passkey.
    pub passkey: bool,
    /// Signing in again at the provider.
    pub provider: bool,
}

impl App {
    /// Whether it was proved a moment ago.
    #[must_use]
    pub fn is_proved(&self, who: &Principal) -> bool {
        let now = self.clock.now();
        who.proved_at
            .is_some_and(|at| at <= now && now < at.plus_seconds(PROVED_SECONDS))
    }

    pub(super) fn must_be_proved(&self, who: &Principal) -> Result<(), AccountError> {
        if self.is_proved(who) {
            Ok(())
        } else {
            Err(AccountError::Unproved)
        }
    }

    pub(super) async fn proved(&self, who: &Principal) -> Result<(), AccountError> {
        let now = self.clock.now();
        match self.store.prove_session(who.session, now).await {
            Err(WriteError::Conflict) => Err(AccountError::Ended),
            other => Ok(other?),
        }
    }

    /// What this account can prove it by. Who has a password or an authenticator app is not sent to the provider.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn proofs(&self, who: &Principal) -> Result<Proofs, AccountError> {
        let account = self.own(who).await?;
        let ways = self.ways(&account).await?;
        let (password, code) = (!account.password.is_empty(), account.totp.is_some());
        Ok(Proofs {
            password,
            code: code && !password,
            passkey: self.usable_passkeys(&account).await? > 0,
            provider: ways.providers > 0 && !password && !code,
        })
    }

    /// By the password.
    ///
    /// # Errors
    /// [`AccountError::Wrong`]; [`AccountError::Wait`] after many tries.
    pub async fn prove_by_password(
        &self,
        who: &Principal,
        typed: &str,
        from: u64,
    ) -> Result<(), AccountError> {
        let account = self.own(who).await?;
        let _right = self.checked_password(&account, typed, from).await?;
        self.proved(who).await
    }

    /// By a code of the authenticator app.
    ///
    /// # Errors
    /// As [`App::prove_by_password`].
    pub async fn prove_by_code(
        &self,
        who: &Principal,
        typed: &str,
        from: u64,
    ) -> Result<(), AccountError> {
        let mut account = self.own(who).await?;
        let now = self.clock.now();
        let tried = self
            .guard
            .throttle
            .begin(("second", &account.id), from, now)
            .map_err(AccountError::Wait)?;
        let wrapped = account.totp.as_ref().ok_or(AccountError::Wrong)?;
        let secret = self.store.keys().unwrap(&seed_place(&account.id), wrapped);
        let secret = secret.ok_or(AppError::Damaged {
            what: "authenticator secret",
            cause: "it does not decrypt".into(),
        })?;
        let step = code::step_of(&secret, typed, now, account.totp_step);
        let _right = Right::of(step.is_some()).ok_or(AccountError::Wrong)?;
        account.totp_step = step.unwrap_or(account.totp_step);
        match self
            .store
            .save_account(&account, EndSessions::None, None)
            .await
        {
            Err(WriteError::Conflict) => return Err(AccountError::Wrong),
            other => other?,
        };
        self.guard.throttle.forgive(tried);
        self.proved(who).await
    }
}
