//! Sessions: what a browser's cookie opens, for how long, and how they end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cairn_desk::access;
use cairn_desk::account::AccountChange;
use cairn_desk::signin::Passwords;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::account::{Account, Session, Stage};
use cairn_store::keys::{Purpose, random};

use super::proof::{Proof, Way};
use super::sign_in::Next;
use super::{AccountError, Principal};
use crate::App;
use crate::report::AppError;

/// Seconds without a request after which a session is over.
pub const SESSION_IDLE_SECONDS_MAX: i64 = 30 * 60;
/// Seconds after which a session is over, however busy.
pub const SESSION_SECONDS_MAX: i64 = 12 * 3_600;
/// Seconds between the password and the end of the sign-in.
pub const PENDING_SECONDS_MAX: i64 = 15 * 60;
/// Seconds between two notes of when a session was last used.
const SEEN_SECONDS: i64 = 60;
/// Longest name of a kind of browser, characters.
const AGENT_CHARS_MAX: usize = 80;

/// A new cookie's value: 256 random bits in base64url. Not kept, and not to be printed.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    pub(super) fn new(bytes: &[u8; 32]) -> Self {
        Self(BASE64.encode(bytes))
    }

    /// For the cookie.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A live session with its account, both as they are now.
#[derive(Debug, Clone)]
pub struct Seen {
    pub(super) session: Session,
    pub(super) account: Account,
    /// It has a passkey that can be used; looked up only for half-done sign-ins.
    pub(super) passkey: bool,
    pub(super) must_add: bool,
}

/// A session as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Name by which it can be ended.
    pub name: String,
    /// Kind of browser.
    pub agent: String,
    /// When it began.
    pub created_at: Micros,
    /// When it was last used, to the minute.
    pub seen_at: Micros,
    /// It is the one asking.
    pub own: bool,
}

impl Seen {
    /// Who this is, if the sign-in is complete.
    #[must_use]
    pub fn principal(&self) -> Option<Principal> {
        (self.session.stage == Stage::Full).then(|| Principal {
            who: access::Principal {
                account: self.account.id.clone(),
                name: self.account.name.clone(),
                role: self.account.role,
            },
            session: self.session.id,
            proved_at: self.session.proved_at,
            token: None,
        })
    }

    /// What the sign-in needs next.
    #[must_use]
    pub fn next(&self) -> Next {
        match (self.session.stage, &self.account.totp) {
            (Stage::Full, _) => Next::Done,
            (Stage::Password, Some(_)) => Next::Code,
            // Never an authenticator of whoever sits there: that would pass the passkey over.
            (Stage::Password, None) if self.has_passkey() => Next::Passkey,
            (Stage::Password, None) if self.account.must_change => Next::Password,
            (Stage::Password, None) => Next::Enrol,
        }
    }

    /// The key behind the tokens of this session's forms.
    #[must_use]
    pub fn form_key(&self) -> &[u8; 32] {
        &self.session.csrf
    }

    /// The session's public name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.session.public_id
    }

    /// Whether a passkey could complete this sign-in.
    #[must_use]
    pub const fn has_passkey(&self) -> bool {
        self.passkey
    }

    /// Whether a passkey or a connection with the provider must be added before anything else is done.
    #[must_use]
    pub const fn must_add(&self) -> bool {
        self.must_add
    }

    /// The login, to show whose sign-in this is.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.account.login
    }

    fn is_over(&self, now: Micros) -> bool {
        let longest = match self.session.stage {
            Stage::Password => PENDING_SECONDS_MAX,
            Stage::Full => SESSION_SECONDS_MAX,
        };
        let session = &self.session;
        // A clock that was set back by more than a little ends sessions too: their age is not known any more.
        now >= session.created_at.plus_seconds(longest)
            || now >= session.seen_at.plus_seconds(SESSION_IDLE_SECONDS_MAX)
            || now < session.created_at.plus_seconds(-SESSION_IDLE_SECONDS_MAX)
    }
}

impl App {
    fn session_id(&self, token: &str) -> Option<[u8; 32]> {
        let bytes: [u8; 32] = BASE64.decode(token).ok()?.try_into().ok()?;
        Some(self.store.keys().tag(Purpose::Session, &[&bytes]))
    }

    /// The live session behind a cookie. Reads session and account anew; `None` if there is none, if it is over, or if
    /// the account was closed.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn session(&self, token: &str) -> Result<Option<Seen>, AppError> {
        match self.session_id(token) {
            Some(id) => self.live_session(id).await,
            None => Ok(None),
        }
    }

    pub(super) async fn live_session(&self, id: [u8; 32]) -> Result<Option<Seen>, AppError> {
        let Some(session) = self.store.session(id).await? else {
            return Ok(None);
        };
        let Some(account) = self.store.account(&session.account).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        let must_add = self.must_add_way(&account).await?;
        let passkey = session.stage == Stage::Password && self.usable_passkeys(&account).await? > 0;
        let seen = Seen {
            session,
            account,
            passkey,
            must_add,
        };
        if seen.account.disabled || seen.is_over(now) {
            return Ok(None);
        }
        let since = now.0.saturating_sub(seen.session.seen_at.0);
        if !(0..SEEN_SECONDS * 1_000_000).contains(&since) {
            self.store.touch_session(id, now).await?;
        }
        Ok(Some(seen))
    }

    /// Whether the rules for passwords keep this account from work until it has another way in.
    pub(super) async fn must_add_way(&self, account: &Account) -> Result<bool, AppError> {
        let passwords = &self.config.passwords;
        if *passwords == Passwords::Everybody {
            return Ok(false);
        }
        let ways = self.ways(account).await?;
        Ok(passwords.must_add(&account.login, ways.passkeys + ways.providers > 0))
    }

    /// Begins a session as far as the proof goes, ending `replaces`.
    pub(super) async fn begin_session(
        &self,
        proof: Proof,
        agent: &str,
        replaces: Option<[u8; 32]>,
    ) -> Result<Token, AccountError> {
        let (account, stage, way) = (proof.account(), proof.stage(), proof.way());
        let bytes = random::<32>()?;
        let now = self.clock.now();
        let session = Session {
            id: self.store.keys().tag(Purpose::Session, &[&bytes]),
            account: account.to_owned(),
            public_id: uuid::Uuid::new_v4().to_string(),
            agent: agent.chars().take(AGENT_CHARS_MAX).collect(),
            stage,
            csrf: random::<32>()?,
            created_at: now,
            seen_at: now,
            way: way.as_str().to_owned(),
            proved_at: None,
        };
        let entry = match stage {
            Stage::Password => None,
            Stage::Full => Some(self.account_entry(
                Actor::User(account.to_owned()),
                AccountChange::SignedIn {
                    account: account.to_owned(),
                    session: session.public_id.clone(),
                    way: (way != Way::Password).then(|| way.as_str().to_owned()),
                },
            )?),
        };
        self.store.add_session(&session, replaces, entry).await?;
        Ok(Token::new(&bytes))
    }

    /// One's own sessions, newest first.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn own_sessions(&self, who: &Principal) -> Result<Vec<SessionView>, AppError> {
        let now = self.clock.now();
        let sessions = self.store.sessions(&who.account).await?;
        let live = sessions.into_iter().filter(|session| {
            session.stage == Stage::Full
                && now < session.created_at.plus_seconds(SESSION_SECONDS_MAX)
                && now < session.seen_at.plus_seconds(SESSION_IDLE_SECONDS_MAX)
        });
        Ok(live
            .map(|session| SessionView {
                own: session.id == who.session,
                name: session.public_id,
                agent: session.agent,
                created_at: session.created_at,
                seen_at: session.seen_at,
            })
            .collect())
    }

    /// Ends one of one's own sessions by its name, or all but the one in use.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn end_own_sessions(
        &self,
        who: &Principal,
        name: Option<&str>,
    ) -> Result<(), AppError> {
        let sessions = self.store.sessions(&who.account).await?;
        if let Some(name) = name
            && !sessions.iter().any(|session| session.public_id == name)
        {
            return Ok(());
        }
        let change = AccountChange::SessionEnded {
            account: who.account.clone(),
            session: name.map(str::to_owned),
        };
        let entry = self.account_entry(Actor::User(who.account.clone()), change)?;
        let keep = name.is_none().then_some(who.session);
        self.store
            .end_sessions(&who.account, name, keep, Some(entry))
            .await?;
        Ok(())
    }

    /// Signs out: ends this session, complete or not.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn sign_out(&self, seen: &Seen) -> Result<(), AppError> {
        let account = seen.account.id.clone();
        let entry = match seen.session.stage {
            Stage::Password => None,
            Stage::Full => Some(self.account_entry(
                Actor::User(account.clone()),
                AccountChange::SessionEnded {
                    account: account.clone(),
                    session: Some(seen.session.public_id.clone()),
                },
            )?),
        };
        let name = seen.session.public_id.as_str();
        self.store
            .end_sessions(&account, Some(name), None, entry)
            .await?;
        Ok(())
    }
}
