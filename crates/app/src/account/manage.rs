//! What administrators do, on pages and on the command line: accounts and API keys.

use std::collections::BTreeMap;

use cairn_desk::access::{Action, Denied, may};
use cairn_desk::account::AccountChange;
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::account::{Account, ApiKey, EndSessions};
use cairn_store::keys::{Purpose, random};

use super::{AccountError, Principal, code};
use crate::App;
use crate::report::AppError;

/// Longest name of an account or a key, characters.
const NAME_CHARS_MAX: usize = 100;
/// What API tokens begin with, so that scanners for leaked secrets find them.
const TOKEN_PREFIX: &str = "cairn_";

/// Who wants it: somebody signed in, or whoever may run the program on the machine itself.
#[derive(Debug, Clone, Copy)]
pub enum Doer<'a> {
    /// Somebody signed in; the policy is asked.
    Officer(&'a Principal),
    /// The command line: who can run it can read the keys anyway.
    System,
}

impl Doer<'_> {
    /// Asks the policy.
    pub(crate) fn actor(self, action: Action) -> Result<Actor, Denied> {
        match self {
            Self::Officer(who) => who
                .grant(action)
                .map(|grant| Actor::User(grant.account().to_owned())),
            Self::System => Ok(Actor::System),
        }
    }

    /// The same for what lets people in: a token does not change that.
    fn in_person(self, action: Action) -> Result<Actor, Denied> {
        if let Self::Officer(who) = self {
            who.in_person()?;
        }
        self.actor(action)
    }

    fn is(self, account: &str) -> bool {
        matches!(self, Self::Officer(who) if who.account == account)
    }
}

/// An account as administrators see it: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Random id.
    pub id: String,
    /// Name to sign in with.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// Role.
    pub role: Role,
    /// An authenticator is enrolled.
    pub enrolled: bool,
    /// It has no password: a provider lets its owner in.
    pub by_provider: bool,
    /// Has not signed in with a password of their own yet.
    pub must_change: bool,
    /// Closed.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Micros,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            enrolled: account.totp.is_some(),
            by_provider: account.password.is_empty(),
            id: account.id,
            login: account.login,
            name: account.name,
            role: account.role,
            must_change: account.must_change,
            disabled: account.disabled,
            created_at: account.created_at,
        }
    }
}

/// An account to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// Name to sign in with.
    pub login: &'a str,
    /// Name to show.
    pub name: &'a str,
    /// Role.
    pub role: Role,
}

/// A colleague or a partner, as pages show who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name to show.
    pub name: String,
    /// May be given reports.
    pub works: bool,
    /// A partner that sends reports with a key, no colleague.
    pub partner: bool,
}

pub(super) fn is_login(login: &str) -> bool {
    (2..=64).contains(&login.len())
        && login.starts_with(|c: char| c.is_ascii_lowercase())
        && login
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@".contains(c))
}

pub(crate) fn name_of(text: &str) -> Result<String, AccountError> {
    let name = cairn_kernel::text::one_line(text);
    if (1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        Ok(name)
    } else {
        Err(AccountError::NameForm)
    }
}

/// 120 random bits as people can copy them.
fn first_password() -> Result<String, AccountError> {
    Ok(code::grouped(&code::base32(&random::<15>()?)))
}

impl App {
    /// All accounts by login.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn accounts(&self, doer: Doer<'_>) -> Result<Vec<AccountView>, AppError> {
        doer.actor(Action::ManageAccounts)?;
        let accounts = self.store.accounts().await?;
        Ok(accounts.into_iter().map(AccountView::from).collect())
    }

    /// Names by id, for whoever is signed in: of accounts, and of partners' keys, with which reports come in.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn people(&self, _who: &Principal) -> Result<BTreeMap<String, Person>, AppError> {
        let accounts = self.store.accounts().await?;
        let person = |account: Account| {
            let works = !account.disabled && may(account.role, Action::WorkReports);
            // Lists and menus show it where no markup can mark what hides.
            let name = cairn_kernel::text::visible(&account.name).into_owned();
            let partner = false;
            (
                account.id,
                Person {
                    name,
                    works,
                    partner,
                },
            )
        };
        let partner = |key: ApiKey| {
            let name = cairn_kernel::text::visible(&key.name).into_owned();
            let (works, partner) = (false, true);
            (
                key.id,
                Person {
                    name,
                    works,
                    partner,
                },
            )
        };
        let keys = self.store.api_keys().await?;
        let keys = keys.into_iter().map(partner);
        Ok(accounts.into_iter().map(person).chain(keys).collect())
    }

    /// Makes an account. The first password is handed back this once and must be changed at the first sign-in.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn create_account(
        &self,
        doer: Doer<'_>,
        new: NewAccount<'_>,
    ) -> Result<(AccountView, String), AccountError> {
        let by = doer.in_person(Action::ManageAccounts)?;
        let login = new.login.trim().to_lowercase();
        if !is_login(&login) {
            return Err(AccountError::LoginForm);
        }
        let name = name_of(new.name)?;
        if self.store.account_by_login(&login).await?.is_some() {
            return Err(AccountError::LoginTaken);
        }
        let password = first_password()?;
        let account = Account {
            id: uuid::Uuid::new_v4().to_string(),
            login,
            name,
            role: new.role,
            password: self.hashed_password(&password).await?,
            totp: None,
            totp_step: 0,
            recovery: "[]".into(),
            must_change: true,
            disabled: false,
            created_at: self.clock.now(),
            version: 1,
        };
        let change = AccountChange::AccountCreated {
            account: account.id.clone(),
            role: account.role,
        };
        let entry = self.account_entry(by, change)?;
        self.store.add_account(&account, entry).await?;
        Ok((account.into(), password))
    }

    /// The account with this login, for the command line.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn account_named(
        &self,
        doer: Doer<'_>,
        login: &str,
    ) -> Result<Option<AccountView>, AppError> {
        doer.actor(Action::ManageAccounts)?;
        let login = login.trim().to_lowercase();
        let found = self.store.account_by_login(&login).await?;
        Ok(found.map(AccountView::from))
    }

    /// Loads an account to change it; nobody changes their own this way.
    async fn to_change(&self, doer: Doer<'_>, id: &str) -> Result<(Actor, Account), AccountError> {
        let by = doer.actor(Action::ManageAccounts)?;
        if doer.is(id) {
            return Err(AccountError::Own);
        }
        let account = self.store.account(id).await?;
        Ok((by, account.ok_or(AppError::NotFound)?))
    }

    /// A new first password; the tokens, the authenticator, the recovery codes, the passkeys, the connection with a provider (unless it made the
    /// account) and all sessions go.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn reset_account(&self, doer: Doer<'_>, id: &str) -> Result<String, AccountError> {
        doer.in_person(Action::ManageAccounts)?;
        let (by, mut account) = self.to_change(doer, id).await?;
        let password = first_password()?;
        account.password = self.hashed_password(&password).await?;
        account.must_change = true;
        account.totp = None;
        account.recovery = "[]".into();
        self.end_tokens(&by, id).await?;
        let change = AccountChange::AccountReset { account: id.into() };
        let entry = self.account_entry(by, change)?;
        self.store.reset_account(&account, entry).await?;
        Ok(password)
    }

    /// Changes what an account may do. Its sessions end, so that new rights begin with a new cookie.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn set_role(&self, doer: Doer<'_>, id: &str, role: Role) -> Result<(), AccountError> {
        let (by, mut account) = self.to_change(doer, id).await?;
        if account.role == role {
            return Ok(());
        }
        account.role = role;
        let change = AccountChange::RoleChanged {
            account: id.into(),
            role,
        };
        let entry = self.account_entry(by, change)?;
        self.store
            .save_account(&account, EndSessions::All, Some(entry))
            .await?;
        Ok(())
    }

    /// Closes an account, ending its sessions at once, or opens it again.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn set_disabled(
        &self,
        doer: Doer<'_>,
        id: &str,
        disabled: bool,
    ) -> Result<(), AccountError> {
        let (by, mut account) = self.to_change(doer, id).await?;
        if account.disabled == disabled {
            return Ok(());
        }
        account.disabled = disabled;
        let change = if disabled {
            AccountChange::AccountDisabled { account: id.into() }
        } else {
            AccountChange::AccountEnabled { account: id.into() }
        };
        let entry = self.account_entry(by, change)?;
        self.store
            .save_account(&account, EndSessions::All, Some(entry))
            .await?;
        Ok(())
    }

    /// All API keys.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn api_keys(&self, doer: Doer<'_>) -> Result<Vec<ApiKey>, AppError> {
        doer.actor(Action::ManageAccounts)?;
        Ok(self.store.api_keys().await?)
    }

    /// Makes an API key for a partner. The token is handed back this once; only its keyed hash is kept.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn create_api_key(
        &self,
        doer: Doer<'_>,
        name: &str,
    ) -> Result<(ApiKey, String), AccountError> {
        self.create_agency_key(doer, name, None).await
    }

    /// The same for an agency, which fetches what is referred to it with the key.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn create_agency_key(
        &self,
        doer: Doer<'_>,
        name: &str,
        agency: Option<&str>,
    ) -> Result<(ApiKey, String), AccountError> {
        let by = doer.in_person(Action::ManageAccounts)?;
        if let Some(code) = agency.filter(|code| self.form.agencies().get(code).is_none()) {
            let what = format!("there is no agency {code:?}");
            return Err(AppError::Input(what).into());
        }
        let key = ApiKey {
            id: uuid::Uuid::new_v4().to_string(),
            name: name_of(name)?,
            created_at: self.clock.now(),
            revoked_at: None,
            agency: agency.map(str::to_owned),
        };
        let token = format!("{TOKEN_PREFIX}{}", code::base32(&random::<32>()?));
        let change = AccountChange::ApiKeyCreated {
            key: key.id.clone(),
            agency: key.agency.clone(),
        };
        let entry = self.account_entry(by, change)?;
        let tag = self.token_tag(&token);
        self.store.add_api_key(&key, tag, entry).await?;
        Ok((key, token))
    }

    /// Revokes an API key at once. One that is unknown or revoked already is [`AppError::Conflict`].
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn revoke_api_key(&self, doer: Doer<'_>, id: &str) -> Result<(), AppError> {
        let by = doer.in_person(Action::ManageAccounts)?;
        let change = AccountChange::ApiKeyRevoked { key: id.into() };
        let entry = self.account_entry(by, change)?;
        let now = self.clock.now();
        self.store.revoke_api_key(id, now, entry).await?;
        Ok(())
    }

    fn token_tag(&self, token: &str) -> [u8; 32] {
        self.store.keys().tag(Purpose::ApiKey, &[token.as_bytes()])
    }
}
