//! Signing in at an OpenID Connect provider. The provider says who somebody is and in which groups; the settings say which group
//! gives which role. An account is found by issuer and subject, never by a mail address or a login, which others may come to bear.
//!
//! Requests go out only when somebody has pressed the button.

mod fetch;
mod provider;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cairn_desk::account::AccountChange;
use cairn_desk::signin::{Admission, Mapping, SecondFactor, Standing, admit};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_store::account::{Account, EndSessions};
use cairn_store::signin::Identity;
use cairn_store::writer::WriteError;
use openidconnect::url::Url;
use rustls::ClientConfig;

pub use fetch::{PROVIDER_BYTES_MAX, PROVIDER_TIME_MAX, is_fetched, trust};
pub(crate) use provider::{Asked, Provider, Verified};
pub use provider::{ProviderAnswer, SKEW_SECONDS, TOKEN_SECONDS_MAX};

use super::manage::{is_login, name_of};
use super::proof::Proof;
use super::session::Token;
use super::{AccountError, Principal};
use crate::App;
use crate::report::AppError;

/// Where a provider sends browsers back to, after the public address.
pub const CALLBACK: &str = "/sign-in/oidc/callback";
/// Seconds for which a provider's description and keys are kept.
const PROVIDER_KEPT_SECONDS: i64 = 300;
/// Bytes of the longest subject (OpenID Connect Core 1.0, section 2: 255).
const SUBJECT_BYTES_MAX: usize = 255;
/// Numbers that are tried behind a login that is taken.
const LOGIN_NUMBERS_MAX: u32 = 50;
/// Tries to let somebody in when the same account is changed in the same instant.
const TRIES: usize = 8;

/// A secret of the settings. Never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Option<String>);

impl Secret {
    /// An empty text is none.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self((!text.is_empty()).then(|| text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Secret(…)"
        } else {
            "none"
        })
    }
}

/// The provider's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OidcConfig {
    /// Its issuer, exactly as it names itself.
    pub issuer: String,
    /// Name of this service there.
    pub client_id: String,
    /// Secret of this service there.
    pub client_secret: Secret,
    /// What officers call the provider.
    pub label: String,
    /// Scopes that are asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds the groups.
    pub groups_claim: String,
    /// Which group gives which role.
    pub roles: Mapping,
    /// Somebody with a role and no account gets one.
    pub makes_accounts: bool,
    /// Whether ours is asked for as well.
    pub second_factor: SecondFactor,
    /// Certificate authority of the provider; none takes the public ones.
    pub authority: Option<PathBuf>,
}

impl OidcConfig {
    /// What keeps it from working, as far as can be told without asking anybody.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        match Url::parse(&self.issuer) {
            Err(_) => return Some(format!("the issuer {:?} is no address", self.issuer)),
            Ok(url) if !is_fetched(&url) => {
                return Some("the issuer must be https://, or http:// on this machine".into());
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                return Some("an issuer has neither ? nor #".into());
            }
            Ok(_) => {}
        }
        if self.client_id.is_empty() {
            return Some("there is no client id".into());
        }
        if self.groups_claim.is_empty() {
            return Some("no claim of groups is named".into());
        }
        trust(self.authority.as_deref())
            .err()
            .map(|e| e.to_string())
    }
}

/// Why signing in at the provider came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be reached, or does not describe itself as it should.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// Its answer does not hold.
    #[error("the provider's answer was refused")]
    Answer,
    /// Somebody said no there.
    #[error("the sign-in was declined at the provider")]
    Declined,
    /// No group gives a role.
    #[error("no group gives a role here")]
    NoRole,
    /// There is no account, and none is made.
    #[error("there is no account for this person")]
    Unknown,
    /// The account is closed.
    #[error("the account is closed")]
    Closed,
    /// It belongs to another account already, or this account to another there.
    #[error("connected already")]
    Taken,
}

/// What a visit to the provider is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Errand {
    SignIn { agent: String },
    Connect { account: String, session: [u8; 32] },
    Prove { account: String, session: [u8; 32] },
}

/// A visit that somebody has not come back from yet.
#[derive(Debug)]
pub(crate) struct Visit {
    errand: Errand,
    asked: Asked,
}

/// What came of it.
#[derive(Debug)]
pub enum Arrived {
    /// A session began; it may need a second factor.
    SignedIn(Token),
    /// The account is connected.
    Connected,
    /// It was proved that it is still the same person.
    Proved,
}

/// A connection as its owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// Since when.
    pub created_at: Micros,
    /// When it last let its owner in.
    pub used_at: Option<Micros>,
}

/// The provider as it last described itself.
#[derive(Debug, Default)]
pub(super) struct Known {
    provider: Mutex<Option<(Micros, Arc<Provider>)>>,
    trust: OnceLock<Arc<ClientConfig>>,
}

impl From<Fault> for AccountError {
    fn from(fault: Fault) -> Self {
        Self::Provider(fault)
    }
}

impl App {
    fn oidc(&self) -> Result<&OidcConfig, AccountError> {
        self.config.oidc.as_ref().ok_or(AccountError::Ended)
    }

    /// The exact address that the provider must know.
    #[must_use]
    pub fn oidc_redirect(&self) -> String {
        format!("{}{CALLBACK}", self.config.public_url)
    }

    async fn provider(&self) -> Result<Arc<Provider>, AccountError> {
        let config = self.oidc()?;
        let now = self.clock.now();
        let known = {
            let kept = &self.guard.provider.provider;
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.as_ref()
                .filter(|(at, _)| *at <= now && now < at.plus_seconds(PROVIDER_KEPT_SECONDS))
                .map(|(_, provider)| Arc::clone(provider))
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let trust = match self.guard.provider.trust.get() {
            Some(trust) => Arc::clone(trust),
            None => {
                let made = trust(config.authority.as_deref()).map_err(|cause| {
                    tracing::warn!(%cause, "the sign-in provider cannot be trusted");
                    Fault::Unreachable
                })?;
                Arc::clone(self.guard.provider.trust.get_or_init(|| made))
            }
        };
        let found = Provider::discover(config, &self.oidc_redirect(), trust).await?;
        let found = Arc::new(found);
        let kept = &self.guard.provider.provider;
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&found)));
        Ok(found)
    }

    async fn visit(&self, errand: Errand, from: u64) -> Result<(Token, String), AccountError> {
        let now = self.clock.now();
        let tried = self
            .guard
            .throttle
            .begin("provider", from, now)
            .map_err(AccountError::Wait)?;
        let provider = self.provider().await?;
        self.guard.throttle.forgive(tried);
        let fresh = matches!(errand, Errand::Prove { .. });
        // Asking the provider may have taken long, and others may have set out meanwhile.
        let now = self.clock.now();
        let (address, asked) = provider.ask(self.oidc()?, now, fresh);
        let (token, key) = self.browser_token(b"provider")?;
        self.guard
            .visits
            .put(key, from, now, Visit { errand, asked });
        Ok((token, address))
    }

    /// Begins a sign-in at the provider: a token for a cookie, and the address to send the browser to.
    ///
    /// # Errors
    /// [`AccountError::Provider`] if it cannot be reached; [`AccountError::Wait`] after many tries.
    pub async fn visit_to_sign_in(
        &self,
        from: u64,
        agent: &str,
    ) -> Result<(Token, String), AccountError> {
        let agent = agent.to_owned();
        self.visit(Errand::SignIn { agent }, from).await
    }

    /// Begins connecting one's account.
    ///
    /// # Errors
    /// As [`App::visit_to_sign_in`]; [`AccountError::Unproved`].
    pub async fn visit_to_connect(
        &self,
        who: &Principal,
        from: u64,
    ) -> Result<(Token, String), AccountError> {
        self.must_be_proved(who)?;
        let (account, session) = (who.account.clone(), who.session);
        self.visit(Errand::Connect { account, session }, from).await
    }

    /// Begins proving that it is still oneself, for who has nothing else to prove it by.
    ///
    /// # Errors
    /// As [`App::visit_to_sign_in`].
    pub async fn visit_to_prove(
        &self,
        who: &Principal,
        from: u64,
    ) -> Result<(Token, String), AccountError> {
        let (account, session) = (who.account.clone(), who.session);
        self.visit(Errand::Prove { account, session }, from).await
    }

    /// The browser is back. `cookie` is what the visit began with.
    ///
    /// # Errors
    /// [`AccountError::Ended`] if this browser is on no visit (any more); [`AccountError::Provider`] for what was refused.
    pub async fn back_from_visit(
        &self,
        cookie: &str,
        answer: ProviderAnswer<'_>,
    ) -> Result<Arrived, AccountError> {
        let now = self.clock.now();
        let key = self.browser_key(b"provider", cookie);
        let visit = self.guard.visits.take(&key, now);
        let visit = visit.ok_or(AccountError::Ended)?;
        let config = self.oidc()?;
        let checked = visit.asked.verified(config, answer, now).await?;
        if checked.subject.is_empty() || checked.subject.len() > SUBJECT_BYTES_MAX {
            return Err(Fault::Answer.into());
        }
        match visit.errand {
            Errand::SignIn { agent } => {
                Ok(Arrived::SignedIn(self.admitted(&checked, &agent).await?))
            }
            Errand::Connect { account, session } => {
                let who = self.still_there(&account, session).await?;
                self.connect(&who, &checked).await?;
                Ok(Arrived::Connected)
            }
            Errand::Prove { account, session } => {
                let who = self.still_there(&account, session).await?;
                let known = self
                    .store
                    .identity(&checked.issuer, &checked.subject)
                    .await?;
                if known.is_none_or(|known| known.account != account) {
                    return Err(Fault::Taken.into());
                }
                self.proved(&who).await?;
                Ok(Arrived::Proved)
            }
        }
    }

    /// The session that a visit began in, if it still lives. The browser did not send its cookie: it comes from elsewhere.
    async fn still_there(
        &self,
        account: &str,
        session: [u8; 32],
    ) -> Result<Principal, AccountError> {
        let seen = self.live_session(session).await?;
        seen.filter(|seen| seen.account.id == account)
            .and_then(|seen| seen.principal())
            .ok_or(AccountError::Ended)
    }

    /// Lets somebody in whom the provider vouched for. Who comes in twice in the same instant is known the second time.
    async fn admitted(&self, checked: &Verified, agent: &str) -> Result<Token, AccountError> {
        for _ in 0..TRIES {
            match self.admitted_now(checked, agent).await {
                Err(AccountError::App(AppError::Conflict)) => {}
                done => return done,
            }
        }
        Err(AppError::Conflict.into())
    }

    /// With the role that their groups give.
    async fn admitted_now(&self, checked: &Verified, agent: &str) -> Result<Token, AccountError> {
        let config = self.oidc()?;
        let identity = self
            .store
            .identity(&checked.issuer, &checked.subject)
            .await?;
        let account = match &identity {
            Some(identity) => self.store.account(&identity.account).await?,
            None => None,
        };
        let grant = config.roles.grant(&checked.groups);
        let standing = account.as_ref().map(|account| Standing {
            role: account.role,
            closed: account.disabled,
        });
        let account = match (admit(grant, standing, config.makes_accounts), account) {
            (Admission::Known { role, changed }, Some(account)) => {
                let account = if changed {
                    self.with_role(account, role).await?
                } else {
                    account
                };
                if let Some(identity) = &identity {
                    self.store.used_identity(identity, self.clock.now()).await?;
                }
                account
            }
            (Admission::Make(role), _) => self.account_of(checked, role).await?,
            (Admission::NoRole, account) => {
                if let Some(account) = account {
                    self.end_all(&account).await?;
                }
                return Err(Fault::NoRole.into());
            }
            (Admission::Closed, _) => return Err(Fault::Closed.into()),
            (Admission::Unknown | Admission::Known { .. }, _) => return Err(Fault::Unknown.into()),
        };
        let asked = config.second_factor.is_asked(&checked.methods);
        let proof = Proof::provider(&account.id, checked, asked);
        self.begin_session(proof, agent, None).await
    }

    /// What the groups say now holds from now on; sessions with other rights end.
    async fn with_role(&self, mut account: Account, role: Role) -> Result<Account, AccountError> {
        account.role = role;
        let change = AccountChange::RoleChanged {
            account: account.id.clone(),
            role,
        };
        let entry = self.account_entry(Actor::System, change)?;
        self.store
            .save_account(&account, EndSessions::All, Some(entry))
            .await?;
        account.version += 1;
        Ok(account)
    }

    /// Who lost their role has no business in sessions that are open.
    async fn end_all(&self, account: &Account) -> Result<(), AccountError> {
        let open = self.store.sessions(&account.id).await?;
        if open.is_empty() {
            return Ok(());
        }
        let change = AccountChange::SessionEnded {
            account: account.id.clone(),
            session: None,
        };
        let entry = self.account_entry(Actor::System, change)?;
        self.store
            .end_sessions(&account.id, None, None, Some(entry))
            .await?;
        Ok(())
    }

    /// Makes an account for somebody whom the provider vouched for. It has no password.
    async fn account_of(&self, checked: &Verified, role: Role) -> Result<Account, AccountError> {
        let now = self.clock.now();
        let id = uuid::Uuid::new_v4().to_string();
        let login = self.free_login(checked.login.as_deref(), &id).await?;
        let named = checked.name.as_deref().or(checked.login.as_deref());
        let name: String = named.unwrap_or(&login).chars().take(100).collect();
        let account = Account {
            name: name_of(&name).unwrap_or_else(|_| login.clone()),
            id,
            login,
            role,
            password: String::new(),
            totp: None,
            totp_step: 0,
            recovery: "[]".into(),
            must_change: false,
            disabled: false,
            created_at: now,
            version: 1,
        };
        let identity = identity(checked, &account.id, true, now);
        let made = AccountChange::AccountCreated {
            account: account.id.clone(),
            role,
        };
        let entries = vec![
            self.account_entry(Actor::System, made)?,
            self.account_entry(Actor::System, connected(&identity))?,
        ];
        self.store
            .add_account_of(&account, &identity, entries)
            .await?;
        Ok(account)
    }

    /// The provider's name for somebody as a login, if it can be one and is free; else with a number, else a made-up one.
    async fn free_login(&self, said: Option<&str>, id: &str) -> Result<String, AccountError> {
        let said: String = said
            .unwrap_or_default()
            .to_lowercase()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "._-@".contains(*c))
            .skip_while(|c| !c.is_ascii_lowercase())
            .take(56)
            .collect();
        if is_login(&said) {
            for n in 1..=LOGIN_NUMBERS_MAX {
                let login = if n == 1 {
                    said.clone()
                } else {
                    format!("{said}-{n}")
                };
                if self.store.account_by_login(&login).await?.is_none() {
                    return Ok(login);
                }
            }
        }
        Ok(format!("user-{id}"))
    }

    async fn connect(&self, who: &Principal, checked: &Verified) -> Result<(), AccountError> {
        if self.oidc()?.roles.grant(&checked.groups).is_none() {
            return Err(Fault::NoRole.into());
        }
        let account = self.own(who).await?;
        let known = self
            .store
            .identity(&checked.issuer, &checked.subject)
            .await?;
        let own = self.store.identities(&account.id).await?;
        if known.is_some() || own.iter().any(|one| one.issuer == checked.issuer) {
            return Err(Fault::Taken.into());
        }
        let identity = identity(checked, &account.id, false, self.clock.now());
        let by = Actor::User(account.id.clone());
        let entry = self.account_entry(by, connected(&identity))?;
        self.store.add_identity(&account, &identity, entry).await?;
        Ok(())
    }

    /// One's connection with the provider in use.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn connection(&self, who: &Principal) -> Result<Option<Connection>, AppError> {
        let Some(config) = &self.config.oidc else {
            return Ok(None);
        };
        let all = self.store.identities(&who.account).await?;
        let own = all.into_iter().find(|one| one.issuer == config.issuer);
        Ok(own.map(|one| Connection {
            created_at: one.created_at,
            used_at: one.used_at,
        }))
    }

    /// Ends one's connection with the provider, unless it is the last way in.
    ///
    /// # Errors
    /// [`AccountError::Unproved`]; [`AccountError::LastWay`]; not found if there is none.
    pub async fn disconnect(&self, who: &Principal) -> Result<(), AccountError> {
        self.must_be_proved(who)?;
        let issuer = self.oidc()?.issuer.clone();
        let account = self.own(who).await?;
        if !self.ways(&account).await?.less_provider().any() {
            return Err(AccountError::LastWay);
        }
        let change = AccountChange::OidcDisconnected {
            account: account.id.clone(),
            issuer: issuer.clone(),
        };
        let entry = self.account_entry(Actor::User(account.id.clone()), change)?;
        match self.store.remove_identity(&account, &issuer, entry).await {
            Err(WriteError::Conflict) => Err(AppError::NotFound.into()),
            other => Ok(other?),
        }
    }
}

fn identity(checked: &Verified, account: &str, made: bool, now: Micros) -> Identity {
    Identity {
        issuer: checked.issuer.clone(),
        subject: checked.subject.clone(),
        account: account.to_owned(),
        made,
        created_at: now,
        used_at: made.then_some(now),
    }
}

fn connected(identity: &Identity) -> AccountChange {
    AccountChange::OidcConnected {
        account: identity.account.clone(),
        issuer: identity.issuer.clone(),
    }
}

#[cfg(test)]
mod tests {
    use cairn_desk::form::{Form, FormFiles};
    use cairn_testkit::TestStore;

    use super::*;
    use crate::Config;
    use crate::clock::Clock;

    #[tokio::test]
    async fn who_comes_in_several_times_in_the_same_instant_gets_one_account() {
        let store = TestStore::sqlite().await;
        let oidc = OidcConfig {
            issuer: "https://id.example".into(),
            client_id: "cairn".into(),
            client_secret: Secret::default(),
            label: "Agency".into(),
            scopes: Vec::new(),
            groups_claim: "groups".into(),
            roles: Mapping::parse("cert=officer").unwrap(),
            makes_accounts: true,
            second_factor: SecondFactor::Trusted,
            authority: None,
        };
        let config = Config {
            oidc: Some(oidc),
            ..Config::default()
        };
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        let app = App::new((*store).clone(), Arc::new(form), config, Clock::System);
        let checked = |subject: &str| Verified {
            issuer: "https://id.example".into(),
            subject: subject.into(),
            groups: vec!["cert".into()],
            methods: Vec::new(),
            login: Some("kiri".into()),
            name: None,
        };
        let (one, other) = (checked("1"), checked("2"));
        let all = tokio::join!(
            app.admitted(&one, "a"),
            app.admitted(&one, "b"),
            app.admitted(&other, "c"),
            app.admitted(&one, "d"),
            app.admitted(&other, "e"),
        );
        for token in [all.0, all.1, all.2, all.3, all.4] {
            assert!(
                app.session(token.unwrap().as_str())
                    .await
                    .unwrap()
                    .is_some()
            );
        }
        let mut logins: Vec<String> = store
            .accounts()
            .await
            .unwrap()
            .into_iter()
            .map(|one| one.login)
            .collect();
        logins.sort();
        assert_eq!(logins, ["kiri", "kiri-2"]);
    }
}
