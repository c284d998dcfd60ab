//! The steps of a sign-in: password, then a code; on the first time a new password and an authenticator come before.

use cairn_desk::account::AccountChange;
use cairn_kernel::actor::Actor;
use cairn_store::account::{Account, EndSessions};
use cairn_store::keys::{Purpose, random};
use cairn_store::writer::WriteError;
use subtle::ConstantTimeEq;

use super::code::{self, RECOVERY_CODES};
use super::proof::{Proof, Right};
use super::session::{Seen, Token};
use super::throttle::Try;
use super::{AccountError, Principal, password};
use crate::App;
use crate::report::{AppError, damaged};

/// Wrong codes after which a half-done sign-in ends and the password is asked again.
pub const CODE_TRIES_MAX: u32 = 5;

/// What a sign-in needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A new password, since the one in use was given by somebody else.
    Password,
    /// An authenticator.
    Enrol,
    /// A code of the authenticator, or a recovery code.
    Code,
    /// A passkey: the account has no authenticator.
    Passkey,
    /// Nothing: signed in.
    Done,
}

/// What an authenticator is told at enrolment.
#[derive(Clone)]
pub struct Enrolment {
    /// `otpauth://…`, for the QR code.
    pub address: String,
    /// The secret in base 32, capitals in groups of four, for typing.
    pub secret: String,
}

impl App {
    async fn hashed(&self, from: u64, text: &str) -> Result<String, AccountError> {
        let _place = self.guard.hashing.enter(from).await;
        let (text, cost) = (text.to_owned(), self.config.password_cost);
        let made = tokio::task::spawn_blocking(move || password::hash(&text, cost)).await;
        Ok(made.map_err(stopped)??)
    }

    pub(super) async fn hashed_password(&self, text: &str) -> Result<String, AccountError> {
        self.hashed(0, text).await
    }

    async fn is_password(&self, from: u64, text: &str, kept: String) -> Result<bool, AccountError> {
        let _place = self.guard.hashing.enter(from).await;
        let text = text.to_owned();
        tokio::task::spawn_blocking(move || password::verify(&text, &kept))
            .await
            .map_err(|error| stopped(error).into())
    }

    /// What an unknown login is compared with, so that it takes as long as a known one.
    async fn dummy(&self, from: u64) -> Result<String, AccountError> {
        if let Some(dummy) = self.guard.dummy.get() {
            return Ok(dummy.clone());
        }
        let nobody = code::base32(&random::<32>()?);
        let made = self.hashed(from, &nobody).await?;
        Ok(self.guard.dummy.get_or_init(|| made).clone())
    }

    /// The first step. `from` stands for the network asked from, `agent` is the kind of browser.
    ///
    /// # Errors
    /// [`AccountError::Wrong`] without saying what; [`AccountError::Wait`] after many tries from there.
    pub async fn sign_in(
        &self,
        login: &str,
        text: &str,
        from: u64,
        agent: &str,
    ) -> Result<Token, AccountError> {
        let login = login.trim().to_lowercase();
        // Made before anything is known of the login: the first unknown one must not take longer than the next.
        let dummy = self.dummy(from).await?;
        let tried = self
            .guard
            .throttle
            .begin(("login", &login), from, self.clock.now())
            .map_err(AccountError::Wait)?;
        let account = self.store.account_by_login(&login).await?;
        let account = account.filter(|account| !account.disabled);
        let taken = match &account {
            // An account without a password has none that could be right, the empty one included (MISP CVE-2026-85216).
            Some(account) if !account.password.is_empty() => self.ways(account).await?.password,
            _ => false,
        };
        let kept = account.as_ref().filter(|_| taken);
        let kept = kept.map_or(dummy, |a| a.password.clone());
        let long = text.len() > password::PASSWORD_BYTES_MAX;
        let right = !long && self.is_password(from, text, kept).await?;
        match (account, Right::of(right && taken)) {
            (Some(account), Some(right)) => {
                self.guard.throttle.forgive(tried);
                let proof = Proof::password(&account.id, &right);
                self.begin_session(proof, agent, None).await
            }
            _ => {
                let labels = self.store.labels_and("step", "password");
                metrics::counter!("cairn_sign_in_failures_total", labels).increment(1);
                Err(AccountError::Wrong)
            }
        }
    }

    /// The new password of somebody whose password was given to them.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn first_password(&self, seen: &Seen, text: &str) -> Result<Token, AccountError> {
        if seen.next() != Next::Password {
            return Err(AccountError::Ended);
        }
        let mut account = seen.account.clone();
        password::judge(text, &account.login)?;
        if self.is_password(0, text, account.password.clone()).await? {
            return Err(AccountError::Weak(password::Weakness::Same));
        }
        account.password = self.hashed(0, text).await?;
        account.must_change = false;
        self.save_own(&account, EndSessions::AllBut(seen.session.id), |account| {
            AccountChange::PasswordChanged { account }
        })
        .await?;
        let half = Proof::still_half(seen);
        self.begin_session(half, &seen.session.agent, Some(seen.session.id))
            .await
    }

    /// Checks somebody's own password.
    pub(super) async fn checked_password(
        &self,
        account: &Account,
        typed: &str,
        from: u64,
    ) -> Result<Right, AccountError> {
        let tried = self
            .guard
            .throttle
            .begin(("change", &account.id), from, self.clock.now())
            .map_err(AccountError::Wait)?;
        let kept = account.password.clone();
        let short = typed.len() <= password::PASSWORD_BYTES_MAX && !kept.is_empty();
        let right = short && self.is_password(from, typed, kept).await?;
        let right = Right::of(right).ok_or(AccountError::Wrong)?;
        self.guard.throttle.forgive(tried);
        Ok(right)
    }

    /// Changes one's own password; all other sessions end.
    ///
    /// # Errors
    /// [`AccountError::Wrong`] if the present password is.
    pub async fn change_password(
        &self,
        who: &Principal,
        present: &str,
        fresh: &str,
        from: u64,
    ) -> Result<(), AccountError> {
        who.in_person()?;
        let mut account = self.own(who).await?;
        let _right = self.checked_password(&account, present, from).await?;
        password::judge(fresh, &account.login)?;
        if present == fresh {
            return Err(AccountError::Weak(password::Weakness::Same));
        }
        account.password = self.hashed(from, fresh).await?;
        self.save_own(&account, EndSessions::AllBut(who.session), |account| {
            AccountChange::PasswordChanged { account }
        })
        .await
    }

    /// New recovery codes instead of the old ones, shown this once; the present password is asked for.
    ///
    /// # Errors
    /// [`AccountError::Wrong`] if the password is.
    pub async fn renew_recovery(
        &self,
        who: &Principal,
        present: &str,
        from: u64,
    ) -> Result<Vec<String>, AccountError> {
        who.in_person()?;
        let mut account = self.own(who).await?;
        let _right = self.checked_password(&account, present, from).await?;
        let codes = self.new_codes(&mut account)?;
        self.save_own(&account, EndSessions::None, |account| {
            AccountChange::RecoveryRenewed { account }
        })
        .await?;
        Ok(codes)
    }

    /// Recovery codes that are left.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn recovery_left(&self, who: &Principal) -> Result<usize, AccountError> {
        let account = self.own(who).await?;
        Ok(kept_codes(&account)?.len())
    }

    pub(super) async fn own(&self, who: &Principal) -> Result<Account, AccountError> {
        let account = self.store.account(&who.account).await?;
        account.ok_or(AccountError::Ended)
    }

    async fn save_own(
        &self,
        account: &Account,
        end: EndSessions,
        change: impl FnOnce(String) -> AccountChange,
    ) -> Result<(), AccountError> {
        let by = Actor::User(account.id.clone());
        let entry = self.account_entry(by, change(account.id.clone()))?;
        self.store.save_account(account, end, Some(entry)).await?;
        Ok(())
    }

    /// What the authenticator is to be told. The secret follows from the half-done session and dies with it.
    ///
    /// # Errors
    /// [`AccountError::Ended`] if this is not the step.
    pub fn enrolment(&self, seen: &Seen) -> Result<Enrolment, AccountError> {
        if seen.next() != Next::Enrol {
            return Err(AccountError::Ended);
        }
        let secret = self.pending_secret(seen);
        let name = &self.config.service_name;
        let address =
            code::address(&secret, name, &seen.account.login).ok_or(AccountError::Ended)?;
        Ok(Enrolment {
            address,
            secret: code::grouped(&code::base32(&secret))
                .to_uppercase()
                .replace('-', " "),
        })
    }

    fn pending_secret(&self, seen: &Seen) -> Vec<u8> {
        let tag = self
            .store
            .keys()
            .tag(Purpose::Session, &[b"authenticator", &seen.session.id]);
        tag.into_iter().take(code::SECRET_BYTES).collect()
    }

    /// Enrols the authenticator that shows `typed`, and completes the sign-in. The recovery codes are shown this once.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn enrol(
        &self,
        seen: &Seen,
        typed: &str,
        from: u64,
    ) -> Result<(Token, Vec<String>), AccountError> {
        if seen.next() != Next::Enrol {
            return Err(AccountError::Ended);
        }
        let secret = self.pending_secret(seen);
        let tried = self.try_code(seen, from).await?;
        let step = code::step_of(&secret, typed, self.clock.now(), 0).ok_or(AccountError::Wrong)?;
        let right = Right::of(true).ok_or(AccountError::Wrong)?;
        let mut account = seen.account.clone();
        let wrapped = self.store.keys().wrap(&seed_place(&account.id), &secret)?;
        account.totp = Some(wrapped);
        account.totp_step = step;
        let codes = self.new_codes(&mut account)?;
        let keep = EndSessions::AllBut(seen.session.id);
        self.save_own(&account, keep, |account| AccountChange::TotpEnrolled {
            account,
        })
        .await?;
        Ok((self.complete(seen, &right, tried).await?, codes))
    }

    /// The second step: a code of the authenticator.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn second_factor(
        &self,
        seen: &Seen,
        typed: &str,
        from: u64,
    ) -> Result<Token, AccountError> {
        let mut account = seen.account.clone();
        let wrapped = match (&account.totp, seen.next()) {
            (Some(wrapped), Next::Code) => wrapped,
            _ => return Err(AccountError::Ended),
        };
        let secret = self.store.keys().unwrap(&seed_place(&account.id), wrapped);
        let secret = secret.ok_or(AppError::Damaged {
            what: "authenticator secret",
            cause: "it does not decrypt".into(),
        })?;
        let tried = self.try_code(seen, from).await?;
        let step = code::step_of(&secret, typed, self.clock.now(), account.totp_step);
        let right = Right::of(step.is_some()).ok_or_else(|| self.wrong_code())?;
        account.totp_step = step.ok_or_else(|| self.wrong_code())?;
        match self
            .store
            .save_account(&account, EndSessions::None, None)
            .await
        {
            // Somebody used this step in the same instant.
            Err(WriteError::Conflict) => return Err(self.wrong_code()),
            other => other?,
        };
        self.complete(seen, &right, tried).await
    }

    /// The second step without the authenticator: a recovery code, which is then worth nothing.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn recover(
        &self,
        seen: &Seen,
        typed: &str,
        from: u64,
    ) -> Result<Token, AccountError> {
        if seen.next() != Next::Code {
            return Err(AccountError::Ended);
        }
        let tried = self.try_code(seen, from).await?;
        let mut account = seen.account.clone();
        let tag = hex(&self.recovery_tag(&account.id, typed));
        let mut kept = kept_codes(&account)?;
        let before = kept.len();
        kept.retain(|one| !bool::from(one.as_bytes().ct_eq(tag.as_bytes())));
        let right = Right::of(kept.len() < before).ok_or_else(|| self.wrong_code())?;
        account.recovery = serde_json::to_string(&kept).map_err(damaged("recovery codes"))?;
        let left = u8::try_from(kept.len()).unwrap_or(u8::MAX);
        let saved = self
            .save_own(&account, EndSessions::None, |account| {
                AccountChange::RecoveryUsed { account, left }
            })
            .await;
        match saved {
            Err(AccountError::App(AppError::Conflict)) => return Err(self.wrong_code()),
            other => other?,
        }
        self.complete(seen, &right, tried).await
    }

    /// Counts a try at a code, for the account and the network together and for the half-done session alone.
    async fn try_code(&self, seen: &Seen, from: u64) -> Result<Try, AccountError> {
        let throttle = &self.guard.throttle;
        let now = self.clock.now();
        // The session is a place of its own: who has the cookie has it from wherever they ask.
        if throttle.count(("code", &seen.session.id), 0) >= CODE_TRIES_MAX {
            self.sign_out(seen).await?;
            return Err(AccountError::Ended);
        }
        throttle.tally(("code", &seen.session.id), now);
        throttle
            .begin(("second", &seen.account.id), from, now)
            .map_err(AccountError::Wait)
    }

    async fn complete(
        &self,
        seen: &Seen,
        right: &Right,
        tried: Try,
    ) -> Result<Token, AccountError> {
        self.guard.throttle.forgive(tried);
        let proof = Proof::second(seen, right);
        self.begin_session(proof, &seen.session.agent, Some(seen.session.id))
            .await
    }

    fn recovery_tag(&self, account: &str, typed: &str) -> [u8; 32] {
        let typed = code::bare(typed);
        self.store
            .keys()
            .tag(Purpose::Recovery, &[account.as_bytes(), typed.as_bytes()])
    }

    /// Makes a new set; the account keeps keyed hashes only.
    fn new_codes(&self, account: &mut Account) -> Result<Vec<String>, AccountError> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        let mut kept = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            // 80 bits, sixteen letters.
            let text = code::base32(&random::<10>()?);
            kept.push(hex(&self.recovery_tag(&account.id, &text)));
            codes.push(code::grouped(&text));
        }
        account.recovery = serde_json::to_string(&kept).map_err(damaged("recovery codes"))?;
        Ok(codes)
    }
}

/// What the wrapped secret is bound to.
pub(super) fn seed_place(account: &str) -> String {
    format!("authenticator of {account}")
}

fn kept_codes(account: &Account) -> Result<Vec<String>, AppError> {
    serde_json::from_str(&account.recovery).map_err(damaged("recovery codes"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl App {
    fn wrong_code(&self) -> AccountError {
        let labels = self.store.labels_and("step", "code");
        metrics::counter!("cairn_sign_in_failures_total", labels).increment(1);
        AccountError::Wrong
    }
}

/// The runtime is stopping, or the hashing thread died.
fn stopped(error: tokio::task::JoinError) -> AppError {
    AppError::Damaged {
        what: "password check",
        cause: error.to_string(),
    }
}
