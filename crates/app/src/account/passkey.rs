//! Passkeys (Web Authentication, level 3): adding them, signing in by them, removing them.
//!
//! A sign-in names nobody: the authenticator brings the account (discoverable credential). It must have verified its user, by
//! finger, face or PIN, so that a passkey is both factors. Every outcome of the library's check becomes a [`Proof`] or an error.

use cairn_desk::account::AccountChange;
use cairn_desk::signin::Ways;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::account::Account;
use cairn_store::keys::{Purpose, random};
use cairn_store::signin::{Identity, PasskeyRow, passkey_digest};
use cairn_store::writer::WriteError;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::proof::{Proof, Way};
use super::session::{Seen, Token};
use super::{AccountError, Principal};
use crate::App;
use crate::report::{AppError, damaged};

/// Passkeys of one account.
pub const PASSKEYS_MAX: usize = 20;
/// Longest name of a passkey, characters.
pub const PASSKEY_NAME_CHARS_MAX: usize = 60;
/// Bytes of the largest answer of an authenticator that is looked at.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Where passkeys belong to: browsers use them at this name and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The relying party's id, a host name.
    pub id: String,
    /// The one origin from which answers are taken.
    pub origin: String,
}

impl Place {
    /// From the service's public address. Browsers take no passkey at an IP address or without TLS; a service on this machine
    /// alone is reached under `localhost`, where they do.
    #[must_use]
    pub fn of(public_url: &str) -> Option<Self> {
        let mut url = Url::parse(public_url).ok()?;
        let ip = url.host_str().map(|host| host.trim_matches(['[', ']']));
        let ip = ip.and_then(|host| host.parse::<std::net::IpAddr>().ok());
        match ip {
            Some(ip) if ip.is_loopback() => url.set_host(Some("localhost")).ok()?,
            Some(_) => return None,
            None => {}
        }
        let id = url.host_str()?.to_owned();
        let near = id == "localhost" || id.ends_with(".localhost");
        (url.scheme() == "https" || near).then(|| Self {
            origin: url.origin().ascii_serialization(),
            id,
        })
    }
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyView {
    /// Random id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Micros,
    /// When it last let its owner in.
    pub used_at: Option<Micros>,
    /// It may have a double, and lets nobody in.
    pub suspect: bool,
}

impl From<PasskeyRow> for PasskeyView {
    fn from(row: PasskeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            used_at: row.used_at,
            suspect: row.suspect_at.is_some(),
        }
    }
}

/// A question that an authenticator is to answer.
#[derive(Debug)]
pub(super) enum Question {
    /// Who are you?
    Who(DiscoverableAuthentication),
    /// Make a key for this account.
    Make(String, PasskeyRegistration),
}

/// Somebody answered rightly.
struct Answered {
    account: Account,
    proof: Proof,
}

fn passkey_wrong(step: &'static str) -> AccountError {
    metrics::counter!("cairn_sign_in_failures_total", "step" => "passkey").increment(1);
    tracing::info!(step, "a passkey was refused");
    AccountError::Wrong
}

/// The names of refusals that say nothing about anybody.
fn refusal(error: &WebauthnError) -> &'static str {
    match error {
        WebauthnError::UserNotVerified => "user not verified",
        WebauthnError::MismatchedChallenge => "challenge",
        WebauthnError::InvalidRPOrigin => "origin",
        WebauthnError::InvalidRPIDHash => "relying party",
        WebauthnError::CredentialPossibleCompromise => "counter",
        WebauthnError::AuthenticationFailure => "signature",
        _ => "answer",
    }
}

fn name_of(text: &str) -> Result<String, AccountError> {
    let name = cairn_kernel::text::one_line(text);
    if (1..=PASSKEY_NAME_CHARS_MAX).contains(&name.chars().count()) {
        Ok(name)
    } else {
        Err(AccountError::NameForm)
    }
}

/// An answer that is no JSON of the right form is as wrong as a false one.
fn read<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, AccountError> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(passkey_wrong("size"));
    }
    serde_json::from_str(answer).map_err(|_| passkey_wrong("form"))
}

/// Whether an account is what the provider made of it and has nothing of its own: then the provider is asked each time, since its
/// groups say whether there is a role still. A passkey is the second step there.
fn leans(account: &Account, identities: &[Identity], issuer: Option<&str>) -> bool {
    let made = |one: &Identity| one.made && Some(one.issuer.as_str()) == issuer;
    account.password.is_empty() && identities.iter().any(made)
}

fn stored(row: &PasskeyRow) -> Result<Passkey, AppError> {
    serde_json::from_str(&row.credential).map_err(damaged("passkey"))
}

impl App {
    /// Where passkeys can be used; `None` where browsers would refuse.
    #[must_use]
    pub fn passkey_place(&self) -> Option<Place> {
        Place::of(&self.config.public_url)
    }

    fn webauthn(&self) -> Result<Webauthn, AccountError> {
        let place = self.passkey_place().ok_or(AccountError::NoPasskeysHere)?;
        let origin = Url::parse(&place.origin).map_err(|_| AccountError::NoPasskeysHere)?;
        WebauthnBuilder::new(&place.id, &origin)
            .and_then(|builder| builder.rp_name(&self.config.service_name).build())
            .map_err(|_| AccountError::NoPasskeysHere)
    }

    /// Passkeys that can be used now.
    pub(super) async fn usable_passkeys(&self, account: &Account) -> Result<usize, AppError> {
        if self.passkey_place().is_none() {
            return Ok(0);
        }
        let keys = self.store.passkeys(&account.id).await?;
        Ok(keys.iter().filter(|key| key.suspect_at.is_none()).count())
    }

    /// What an account can come in by.
    pub(super) async fn ways(&self, account: &Account) -> Result<Ways, AppError> {
        let mut passkeys = self.usable_passkeys(account).await?;
        let issuer = self.config.oidc.as_ref().map(|oidc| oidc.issuer.as_str());
        let identities = self.store.identities(&account.id).await?;
        let providers = identities
            .iter()
            .filter(|one| Some(one.issuer.as_str()) == issuer)
            .count();
        if leans(account, &identities, issuer) {
            passkeys = 0;
        }
        let other = passkeys + providers > 0;
        let taken = self.config.passwords.takes(&account.login, other);
        Ok(Ways {
            password: !account.password.is_empty() && taken,
            passkeys,
            providers,
        })
    }

    /// Asks whoever is there who they are. The token goes into a cookie, the JSON to the browser's authenticators.
    ///
    /// # Errors
    /// [`AccountError::NoPasskeysHere`].
    pub fn ask_passkey(&self, from: u64) -> Result<(Token, Value), AccountError> {
        let (question, state) = self
            .webauthn()?
            .start_discoverable_authentication()
            .map_err(|_| AccountError::NoPasskeysHere)?;
        let (token, key) = self.browser_token(b"passkey")?;
        let now = self.clock.now();
        let open = &self.guard.questions;
        open.put(key, from, now, Question::Who(state));
        let options = serde_json::to_value(question.public_key).map_err(damaged("challenge"))?;
        Ok((token, options))
    }

    /// A new secret for a cookie, and the key under which what it opens is kept.
    pub(super) fn browser_token(&self, what: &[u8]) -> Result<(Token, [u8; 32]), AccountError> {
        let token = Token::new(&random::<32>()?);
        let key = self.browser_key(what, token.as_str());
        Ok((token, key))
    }

    pub(super) fn browser_key(&self, what: &[u8], token: &str) -> [u8; 32] {
        let keys = self.store.keys();
        keys.tag(Purpose::Session, &[what, token.as_bytes()])
    }

    /// Signs in by a passkey. `cookie` is what [`App::ask_passkey`] gave; a half-done sign-in that it completes ends.
    ///
    /// # Errors
    /// [`AccountError::Ended`] if no question is open for this browser (any more); [`AccountError::ProviderFirst`];
    /// [`AccountError::Wrong`] for every other refusal.
    pub async fn passkey_sign_in(
        &self,
        cookie: &str,
        answer: &str,
        agent: &str,
        half: Option<&Seen>,
    ) -> Result<Token, AccountError> {
        let answered = self.checked_answer(cookie, answer).await?;
        let account = &answered.account;
        let after_provider = half.is_some_and(|seen| {
            seen.account.id == account.id && Way::read(&seen.session.way) == Way::Oidc
        });
        let issuer = self.config.oidc.as_ref().map(|oidc| oidc.issuer.as_str());
        let identities = self.store.identities(&account.id).await?;
        if leans(account, &identities, issuer) && !after_provider {
            return Err(AccountError::ProviderFirst);
        }
        let replaces = half.map(|seen| seen.session.id);
        self.begin_session(answered.proof, agent, replaces).await
    }

    /// Proves by a passkey of one's own that it is still oneself at the keyboard.
    ///
    /// # Errors
    /// As [`App::passkey_sign_in`]; somebody else's passkey is wrong here.
    pub async fn prove_by_passkey(
        &self,
        who: &Principal,
        cookie: &str,
        answer: &str,
    ) -> Result<(), AccountError> {
        let answered = self.checked_answer(cookie, answer).await?;
        if answered.account.id != who.account {
            return Err(passkey_wrong("somebody else's"));
        }
        self.proved(who).await
    }

    /// Checks an answer: the open question, the key's owner, signature, origin, user verification and counter.
    async fn checked_answer(&self, cookie: &str, answer: &str) -> Result<Answered, AccountError> {
        let now = self.clock.now();
        let key = self.browser_key(b"passkey", cookie);
        let Some(Question::Who(state)) = self.guard.questions.take(&key, now) else {
            return Err(AccountError::Ended);
        };
        // Nobody guesses a signature, so that nobody is slowed down: an office behind one address would be.
        let answer: PublicKeyCredential = read(answer)?;
        let webauthn = self.webauthn()?;
        let (owner, name) = webauthn
            .identify_discoverable_authentication(&answer)
            .map_err(|_| passkey_wrong("nobody's"))?;
        let row = self.store.passkey_named(name).await?;
        let row = row.filter(|row| row.account == owner.to_string());
        let row = row.ok_or_else(|| passkey_wrong("unknown"))?;
        if row.suspect_at.is_some() {
            return Err(passkey_wrong("suspected"));
        }
        let mut passkey = stored(&row)?;
        let checked = match webauthn.finish_discoverable_authentication_v2(&answer, state, &passkey)
        {
            Ok(checked) => checked,
            Err(WebauthnError::CredentialPossibleCompromise) => {
                self.suspect(&row).await?;
                return Err(passkey_wrong("counter"));
            }
            Err(error) => return Err(passkey_wrong(refusal(&error))),
        };
        let account = self.store.account(&row.account).await?;
        let account = account.filter(|account| !account.disabled);
        let account = account.ok_or_else(|| passkey_wrong("closed"))?;
        let proof = Proof::passkey(&account.id, &checked);
        let proof = proof.ok_or_else(|| passkey_wrong("user not verified"))?;
        if passkey.update_credential(&checked).is_none() {
            return Err(passkey_wrong("another"));
        }
        let credential = serde_json::to_string(&passkey).map_err(damaged("passkey"))?;
        match self.store.used_passkey(&row, &credential, now).await {
            // Somebody used it in the same instant.
            Err(WriteError::Conflict) => return Err(passkey_wrong("twice")),
            other => other?,
        }
        Ok(Answered { account, proof })
    }

    async fn suspect(&self, row: &PasskeyRow) -> Result<(), AccountError> {
        let change = AccountChange::PasskeySuspect {
            account: row.account.clone(),
            passkey: row.id.clone(),
        };
        let entry = self.account_entry(Actor::System, change)?;
        let now = self.clock.now();
        match self.store.suspect_passkey(&row.id, now, entry).await {
            Ok(()) | Err(WriteError::Conflict) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// One's own passkeys, oldest first.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn passkeys(&self, who: &Principal) -> Result<Vec<PasskeyView>, AppError> {
        let rows = self.store.passkeys(&who.account).await?;
        Ok(rows.into_iter().map(PasskeyView::from).collect())
    }

    /// Asks an authenticator to make a key; the JSON goes to the browser's authenticators.
    ///
    /// # Errors
    /// [`AccountError::Unproved`] unless it was proved a moment ago that it is still oneself at the keyboard.
    pub async fn ask_new_passkey(&self, who: &Principal, from: u64) -> Result<Value, AccountError> {
        self.must_be_proved(who)?;
        let account = self.own(who).await?;
        let rows = self.store.passkeys(&account.id).await?;
        if rows.len() >= PASSKEYS_MAX {
            return Err(AccountError::Many);
        }
        let known = rows.iter().map(|row| row.cred_id.clone()).collect();
        let owner = Uuid::parse_str(&account.id).map_err(|error| AppError::Damaged {
            what: "account",
            cause: error.to_string(),
        })?;
        let (question, state) = self
            .webauthn()?
            .start_passkey_registration(owner, &account.login, &account.name, Some(known))
            .map_err(|_| AccountError::NoPasskeysHere)?;
        let mut options =
            serde_json::to_value(question.public_key).map_err(damaged("challenge"))?;
        // So that signing in by it needs no login.
        let choice = options.get_mut("authenticatorSelection");
        if let Some(choice) = choice.and_then(serde_json::Value::as_object_mut) {
            choice.insert("residentKey".into(), json!("required"));
            choice.insert("requireResidentKey".into(), json!(true));
        }
        let key = self.browser_key(b"new passkey", &hex_of(&who.session));
        let question = Question::Make(account.id, state);
        self.guard
            .questions
            .put(key, from, self.clock.now(), question);
        Ok(options)
    }

    /// Keeps the key that the authenticator made.
    ///
    /// # Errors
    /// See [`App::ask_new_passkey`]; [`AccountError::NameForm`]; [`AccountError::Wrong`] if the answer does not hold.
    pub async fn add_passkey(
        &self,
        who: &Principal,
        name: &str,
        answer: &str,
    ) -> Result<(), AccountError> {
        self.must_be_proved(who)?;
        let name = name_of(name)?;
        let key = self.browser_key(b"new passkey", &hex_of(&who.session));
        let now = self.clock.now();
        let Some(Question::Make(owner, state)) = self.guard.questions.take(&key, now) else {
            return Err(AccountError::Ended);
        };
        let account = self.own(who).await?;
        if owner != account.id {
            return Err(AccountError::Ended);
        }
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let found = answer.extensions.cred_props.as_ref();
        if found.and_then(|props| props.rk) == Some(false) {
            return Err(passkey_wrong("not discoverable"));
        }
        let passkey = self
            .webauthn()?
            .finish_passkey_registration(&answer, &state)
            .map_err(|error| passkey_wrong(refusal(&error)))?;
        let cred_id: &[u8] = passkey.cred_id().as_ref();
        if self.store.passkey_named(cred_id).await?.is_some() {
            return Err(passkey_wrong("known"));
        }
        let row = PasskeyRow {
            id: Uuid::new_v4().to_string(),
            account: account.id.clone(),
            cred_id: cred_id.to_vec(),
            name,
            credential: serde_json::to_string(&passkey).map_err(damaged("passkey"))?,
            created_at: now,
            used_at: None,
            suspect_at: None,
            version: 1,
        };
        let change = AccountChange::PasskeyAdded {
            account: account.id.clone(),
            passkey: row.id.clone(),
            key: passkey_digest(&row.credential),
        };
        let entry = self.account_entry(Actor::User(account.id.clone()), change)?;
        self.store.add_passkey(&account, &row, entry).await?;
        Ok(())
    }

    /// Calls one's passkey something else.
    ///
    /// # Errors
    /// [`AccountError::NameForm`]; not found if there is none such.
    pub async fn rename_passkey(
        &self,
        who: &Principal,
        id: &str,
        name: &str,
    ) -> Result<(), AccountError> {
        let name = name_of(name)?;
        match self.store.rename_passkey(&who.account, id, &name).await {
            Err(WriteError::Conflict) => Err(AppError::NotFound.into()),
            other => Ok(other?),
        }
    }

    /// Removes one's passkey, unless it is the last way in.
    ///
    /// # Errors
    /// [`AccountError::Unproved`]; [`AccountError::LastWay`]; not found if there is none such.
    pub async fn remove_passkey(&self, who: &Principal, id: &str) -> Result<(), AccountError> {
        self.must_be_proved(who)?;
        let account = self.own(who).await?;
        let rows = self.store.passkeys(&account.id).await?;
        let row = rows.iter().find(|row| row.id == id);
        let row = row.ok_or(AppError::NotFound)?;
        let ways = self.ways(&account).await?;
        // A suspected one was no way in.
        let left = if row.suspect_at.is_some() {
            ways
        } else {
            ways.less_passkey()
        };
        if !left.any() {
            return Err(AccountError::LastWay);
        }
        let change = AccountChange::PasskeyRemoved {
            account: account.id.clone(),
            passkey: id.to_owned(),
        };
        let entry = self.account_entry(Actor::User(account.id.clone()), change)?;
        self.store.remove_passkey(&account, id, entry).await?;
        Ok(())
    }
}

pub(super) fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn passkeys_belong_to_a_name_that_browsers_take() {
        let place = |url: &str| Place::of(url).map(|place| (place.id, place.origin));
        let some = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
        assert_eq!(
            place("https://report.example.org/"),
            some("report.example.org", "https://report.example.org")
        );
        assert_eq!(
            place("http://127.0.0.1:8080"),
            some("localhost", "http://localhost:8080")
        );
        assert_eq!(
            place("https://[::1]:8443"),
            some("localhost", "https://localhost:8443")
        );
        assert_eq!(place("http://report.example.org"), None);
        assert_eq!(place("https://192.0.2.7"), None);
        assert_eq!(place("https://[2001:db8::7]"), None);
        assert_eq!(place("no address"), None);
    }
}
