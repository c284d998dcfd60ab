//! Who works here: sign-in, sessions, accounts, API keys.
//!
//! A sign-in is a password, then a code of an authenticator; or a passkey; or a provider's word. Each gain of rights makes a new session with a new cookie.
//! Role and state of the account are read anew at each request, so that taking a right away works at once.

mod code;
mod confirm;
mod manage;
pub mod oidc;
mod passkey;
mod password;
mod pending;
mod proof;
mod session;
mod sign_in;
mod throttle;
mod token;

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use cairn_desk::access::{self, Action, Denied, Visible};
use cairn_desk::account::{AccountChange, AccountEvent};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::ReadError;
use cairn_store::keys::{KeyError, random};
use cairn_store::writer::{Entry, WriteError};

use crate::App;
use crate::gate::Gate;
use crate::report::{AppError, damaged};

pub use cairn_store::account::ApiKey;
pub use cairn_store::token::TokenRow;
pub(crate) use code::base32;
pub use code::{RECOVERY_CODES, STEP_SECONDS, code_at};
pub use confirm::{PROVED_SECONDS, Proofs};
pub(crate) use manage::name_of;
pub use manage::{AccountView, Doer, NewAccount, Person};
pub use passkey::{PASSKEY_NAME_CHARS_MAX, PASSKEYS_MAX, PasskeyView, Place};
pub use password::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN, PasswordCost, Weakness};
pub use pending::PENDING_ANSWER_SECONDS;
pub use proof::Way;
pub use session::{
    PENDING_SECONDS_MAX, SESSION_IDLE_SECONDS_MAX, SESSION_SECONDS_MAX, Seen, SessionView, Token,
};
pub use sign_in::{CODE_TRIES_MAX, Enrolment, Next};
pub use throttle::{FORGET_AFTER, NETWORK_FREE, NETWORK_WAIT_MAX, PAIR_FREE, PAIR_WAIT_MAX};
pub use token::{Held, NewToken, TOKEN_DAYS_MAX, TOKEN_PREFIX, TOKENS_MAX};

/// Passwords hashed at one time: each takes a core and 19 MiB. Networks take turns for these places.
const HASHES_AT_ONCE: usize = 2;
/// Seconds within which opening the same report again is not logged again.
const OPENED_AGAIN_SECONDS: i64 = 600;
/// Most reports remembered as just opened.
const OPENED_MAX: usize = 10_000;

/// Why something about accounts failed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Login, password or code is wrong; which one is not told.
    #[error("that is not right")]
    Wrong,
    /// Too many tries; so many seconds to wait.
    #[error("too many tries: wait {0} s")]
    Wait(u32),
    /// The sign-in took too long, or was ended; begin again.
    #[error("the sign-in has ended; begin again")]
    Ended,
    /// The new password will not do.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// The login cannot be used.
    #[error("a login has 2 to 64 of the characters a-z 0-9 . _ - @ and begins with a letter")]
    LoginForm,
    /// The login is taken.
    #[error("this login is taken")]
    LoginTaken,
    /// A name is missing or too long.
    #[error("a name has 1 to 100 characters")]
    NameForm,
    /// Nobody takes their own rights away by mistake.
    #[error("somebody else must change your own account")]
    Own,
    /// Browsers take no passkey at the address of this service.
    #[error("passkeys need a service address with a name and https://")]
    NoPasskeysHere,
    /// It was not proved a moment ago that it is still the same person.
    #[error("prove first that it is still you")]
    Unproved,
    /// Nobody takes their own last way in away.
    #[error("this is the last way to sign in")]
    LastWay,
    /// The provider is asked each time; a passkey is the second step.
    #[error("the provider is asked first")]
    ProviderFirst,
    /// An account has only so many.
    #[error("there are too many already")]
    Many,
    /// The provider.
    #[error(transparent)]
    Provider(oidc::Fault),
    /// Anything else.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<ReadError> for AccountError {
    fn from(error: ReadError) -> Self {
        Self::App(error.into())
    }
}

impl From<WriteError> for AccountError {
    fn from(error: WriteError) -> Self {
        Self::App(error.into())
    }
}

impl From<KeyError> for AccountError {
    fn from(error: KeyError) -> Self {
        Self::App(error.into())
    }
}

impl From<Denied> for AccountError {
    fn from(error: Denied) -> Self {
        Self::App(error.into())
    }
}

/// Somebody signed in with both factors. Only [`Seen::principal`] makes one, from a session just read,
/// and [`App::by_token`], from a token.
#[derive(Debug, Clone)]
pub struct Principal {
    who: access::Principal,
    session: [u8; 32],
    proved_at: Option<Micros>,
    token: Option<token::Held>,
}

impl Principal {
    /// Whether the policy would allow it: for showing links, never instead of a grant.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        access::may(self.who.role, action)
    }
}

impl std::ops::Deref for Principal {
    type Target = access::Principal;

    fn deref(&self) -> &access::Principal {
        &self.who
    }
}

/// What must be remembered between requests, in memory only.
#[derive(Debug)]
pub(crate) struct Guard {
    throttle: throttle::Throttle,
    hashing: Gate,
    dummy: OnceLock<String>,
    opened: Mutex<HashMap<(String, i64), Micros>>,
    questions: pending::Pending<passkey::Question>,
    visits: pending::Pending<oidc::Visit>,
    provider: oidc::Known,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            throttle: throttle::Throttle::default(),
            hashing: Gate::new(HASHES_AT_ONCE),
            dummy: OnceLock::new(),
            opened: Mutex::default(),
            questions: pending::Pending::default(),
            visits: pending::Pending::default(),
            provider: oidc::Known::default(),
        }
    }
}

impl App {
    /// A line of the log about accounts.
    pub(crate) fn account_entry(
        &self,
        by: Actor,
        change: AccountChange,
    ) -> Result<Entry, AppError> {
        self.entry_at(self.clock.now(), by, change)
    }

    /// The same, of a moment that something else says too.
    pub(crate) fn entry_at(
        &self,
        at: Micros,
        by: Actor,
        change: AccountChange,
    ) -> Result<Entry, AppError> {
        let event = AccountEvent { at, by, change };
        let json = serde_json::to_string(&event).map_err(damaged("event"))?;
        Ok(Entry::new(at.0, None, json, random::<16>()?))
    }

    /// Notes in the log that an officer opens a report. Turning the page back and forth is noted once.
    pub(crate) async fn note_opened(&self, who: &Principal, no: i64) -> Result<(), AppError> {
        self.note_read(who, no, AccountChange::ReportOpened { no })
            .await
    }

    /// The same of a case.
    pub(crate) async fn note_case_read(&self, who: &Principal, no: i64) -> Result<(), AppError> {
        // Reports have numbers above 0.
        self.note_read(who, -no, AccountChange::CaseRead { no })
            .await
    }

    async fn note_read(
        &self,
        who: &Principal,
        what: i64,
        change: AccountChange,
    ) -> Result<(), AppError> {
        let now = self.clock.now();
        let key = (who.account.clone(), what);
        let known = {
            let opened = self.recently_opened();
            opened
                .get(&key)
                .is_some_and(|at| *at <= now && now < at.plus_seconds(OPENED_AGAIN_SECONDS))
        };
        if known {
            return Ok(());
        }
        let by = Actor::User(who.account.clone());
        let entry = self.account_entry(by, change)?;
        let unit = cairn_store::writer::Unit {
            entries: vec![entry],
            ..Default::default()
        };
        self.store.write(unit).await?;
        let mut opened = self.recently_opened();
        if opened.len() >= OPENED_MAX {
            opened.clear();
        }
        opened.insert(key, now);
        Ok(())
    }

    fn recently_opened(&self) -> std::sync::MutexGuard<'_, HashMap<(String, i64), Micros>> {
        self.guard
            .opened
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Given-up jobs, for who looks after the service. Payloads hold numbers only.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn given_up_jobs(
        &self,
        who: &Principal,
    ) -> Result<Visible<Vec<cairn_store::job::Job>>, AppError> {
        let grant = who.grant(Action::ManageAccounts)?;
        Ok(grant.show(self.store.failed_jobs(200).await?))
    }

    /// Tries a given-up job again from the start, at the next turn of the work.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if it is not there (any more).
    pub async fn job_again(&self, who: &Principal, id: &str) -> Result<(), AppError> {
        let _granted = who.grant(Action::ManageAccounts)?;
        if self.store.job_again(id, self.clock.now()).await? {
            Ok(())
        } else {
            Err(AppError::NotFound)
        }
    }
}
