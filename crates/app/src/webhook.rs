//! Webhooks: receivers of other programs are told that something happened, by a signed call (Standard Webhooks 1.0.0). A call says what
//! kind of thing happened to which record, and where to read it with rights of one's own; never what anybody wrote or who they are.

mod send;
mod tell;
mod turn;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::random;
use cairn_store::webhook::{Delivery, WEBHOOKS_MAX, Webhook};

use crate::App;
use crate::account::Principal;
use crate::outbound::{self, Target};
use crate::report::{AppError, damaged};

pub use cairn_store::webhook as rows;
pub use send::{ANSWER_BYTES_MAX, ANSWER_TIME_MAX, CONNECT_TIME_MAX, signature};
pub use tell::KINDS;
pub use turn::{ATTEMPTS_MAX, FAILING_DAYS_MAX, KEPT_DAYS, QUEUE_MAX, Turns, WAIT_SECONDS_MAX};

/// Longest address, bytes.
pub const URL_BYTES_MAX: usize = 500;
/// Longest description, characters.
pub const DESCRIPTION_CHARS_MAX: usize = 200;
/// Seconds for which the old secret signs beside the new one.
pub const ROTATION_SECONDS: i64 = 24 * 3_600;
/// What secrets begin with, as receivers' libraries want it.
pub const SECRET_PREFIX: &str = "whsec_";

/// A webhook as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Where to send to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Kinds of events, of [`KINDS`].
    pub events: Vec<String>,
    /// On.
    pub live: bool,
}

/// What is wrong with a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The address is none, is too long, or holds a name and a password.
    Address,
    /// Plain http, to another machine than this.
    Plain,
    /// The description is too long.
    Description,
    /// No event, or one that there is not.
    Events,
}

/// A webhook as administrators see it: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: String,
    /// Counts changes by people.
    pub version: i64,
    /// As it is wanted.
    pub wanted: Wanted,
    /// When it was made.
    pub created_at: Micros,
    /// Nothing has arrived since.
    pub failing_since: Option<Micros>,
    /// Why the machine switched it off: `gone`, or `failing`.
    pub off_why: Option<String>,
    /// Until when the secret before signs beside.
    pub rotates_until: Option<Micros>,
}

impl View {
    fn of(hook: Webhook) -> Self {
        Self {
            wanted: Wanted {
                events: events_of(&hook),
                url: hook.url,
                description: hook.description,
                live: hook.live,
            },
            id: hook.id,
            version: hook.version,
            created_at: hook.created_at,
            failing_since: hook.failing_since,
            off_why: hook.off_why,
            rotates_until: hook.old_secret.map(|(_, until)| until),
        }
    }
}

fn events_of(hook: &Webhook) -> Vec<String> {
    serde_json::from_str(&hook.events).unwrap_or_default()
}

impl Wanted {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        match target(&self.url) {
            Ok(_) => {}
            Err(fault) => faults.push(fault),
        }
        if self
            .description
            .chars()
            .nth(DESCRIPTION_CHARS_MAX)
            .is_some()
        {
            faults.push(Fault::Description);
        }
        let known = |event: &String| KINDS.contains(&event.as_str());
        if self.events.is_empty() || !self.events.iter().all(known) {
            faults.push(Fault::Events);
        }
        faults
    }

    /// In the order of [`KINDS`], each once; one line of description.
    fn tidied(&self) -> Self {
        let wanted = |kind: &&str| self.events.iter().any(|event| event == kind);
        let events = KINDS.into_iter().filter(wanted);
        Self {
            url: self.url.trim().to_owned(),
            description: cairn_kernel::text::one_line(&self.description),
            events: events.map(str::to_owned).collect(),
            live: self.live,
        }
    }
}

fn target(url: &str) -> Result<Target, Fault> {
    let url = url.trim();
    if url.len() > URL_BYTES_MAX {
        return Err(Fault::Address);
    }
    let target = Target::parse(url).ok_or(Fault::Address)?;
    if target.secure || outbound::is_here(&target.host) {
        Ok(target)
    } else {
        Err(Fault::Plain)
    }
}

/// A secret as it is shown.
fn shown(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", BASE64.encode(secret))
}

fn place(id: &str) -> String {
    format!("webhook/{id}")
}

impl App {
    /// All webhooks.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn webhooks(&self, who: &Principal) -> Result<Visible<Vec<View>>, AppError> {
        let grant = who.grant(Action::ManageAccounts)?;
        let hooks = self.store.webhooks().await?.into_iter();
        Ok(grant.show(hooks.map(View::of).collect()))
    }

    /// One of them, with its newest deliveries and how many wait.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn webhook(
        &self,
        who: &Principal,
        id: &str,
    ) -> Result<Visible<(View, Vec<Delivery>, i64)>, AppError> {
        let grant = who.grant(Action::ManageAccounts)?;
        let hook = self.store.webhook(id).await?.ok_or(AppError::NotFound)?;
        let deliveries = self.store.deliveries(id).await?;
        let waiting = self.store.waiting_deliveries(id).await?;
        Ok(grant.show((View::of(hook), deliveries, waiting)))
    }

    /// Makes one. It is told what happens from then on. Its secret is handed back this once.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] for what [`Wanted::faults`] would have told, or where there are too many.
    pub async fn make_webhook(
        &self,
        who: &Principal,
        wanted: &Wanted,
    ) -> Result<(View, String), AppError> {
        let by = in_person(who)?;
        let wanted = sound(wanted)?;
        if self.store.webhooks().await?.len() >= WEBHOOKS_MAX {
            let what = format!("there are {WEBHOOKS_MAX} webhooks: remove one first");
            return Err(AppError::Input(what));
        }
        let secret = random::<32>()?;
        let id = uuid::Uuid::new_v4().to_string();
        let hook = Webhook {
            secret: self.store.keys().wrap(&place(&id), &secret)?,
            events: serde_json::to_string(&wanted.events).map_err(damaged("webhook"))?,
            url: wanted.url.clone(),
            description: wanted.description.clone(),
            live: wanted.live,
            old_secret: None,
            created_at: self.clock.now(),
            cursor: self.store.log_end().await?,
            wait_until: Micros(0),
            failing_since: None,
            off_why: None,
            version: 1,
            id,
        };
        let entry = self.account_entry(by, set(&hook.id, &wanted))?;
        self.store.add_webhook(&hook, entry).await?;
        Ok((View::of(hook), shown(&secret)))
    }

    /// Changes one. Switched on, it is told what happens from then on.
    ///
    /// # Errors
    /// As [`App::make_webhook`]; [`AppError::Conflict`] if somebody else was quicker.
    pub async fn change_webhook(
        &self,
        who: &Principal,
        (id, version): (&str, i64),
        wanted: &Wanted,
    ) -> Result<(), AppError> {
        let by = by(who)?;
        let wanted = sound(wanted)?;
        let mut hook = self.store.webhook(id).await?.ok_or(AppError::NotFound)?;
        if wanted.live && !hook.live {
            hook.cursor = self.store.log_end().await?;
        }
        hook.events = serde_json::to_string(&wanted.events).map_err(damaged("webhook"))?;
        hook.url.clone_from(&wanted.url);
        hook.description.clone_from(&wanted.description);
        hook.live = wanted.live;
        hook.wait_until = Micros(0);
        hook.version = version;
        let entry = self.account_entry(by, set(id, &wanted))?;
        Ok(self.store.set_webhook(&hook, entry).await?)
    }

    /// Gives one another secret, handed back this once. The old one signs beside it for [`ROTATION_SECONDS`].
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn rotate_webhook(&self, who: &Principal, id: &str) -> Result<String, AppError> {
        let by = in_person(who)?;
        let hook = self.store.webhook(id).await?.ok_or(AppError::NotFound)?;
        let secret = random::<32>()?;
        let wrapped = self.store.keys().wrap(&place(id), &secret)?;
        let until = self.clock.now().plus_seconds(ROTATION_SECONDS);
        let change = AccountChange::WebhookSecret { webhook: id.into() };
        let entry = self.account_entry(by, change)?;
        self.store
            .webhook_secret(&hook, wrapped, until, entry)
            .await?;
        Ok(shown(&secret))
    }

    /// Takes one away, with what waits for it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn remove_webhook(&self, who: &Principal, id: &str) -> Result<(), AppError> {
        let by = by(who)?;
        let change = AccountChange::WebhookRemoved { webhook: id.into() };
        let entry = self.account_entry(by, change)?;
        match self.store.remove_webhook(id, entry).await {
            Err(cairn_store::writer::WriteError::Conflict) => Err(AppError::NotFound),
            other => Ok(other?),
        }
    }

    /// Sends a call that tells of nothing, to see whether it arrives.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn test_webhook(&self, who: &Principal, id: &str) -> Result<(), AppError> {
        let _granted = who.grant(Action::ManageAccounts)?;
        let hook = self.store.webhook(id).await?.ok_or(AppError::NotFound)?;
        let now = self.clock.now();
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let body = tell::body(&name, ("webhook.test", now), serde_json::Map::new());
        let delivery = Delivery {
            id: name,
            n: hook.cursor,
            kind: "webhook.test".to_owned(),
            body,
            made_at: now,
            state: "due".to_owned(),
            next_at: now,
            attempts: 0,
            tried: None,
        };
        Ok(self.store.add_delivery(id, &delivery).await?)
    }

    /// Sends a delivery again, under the same id.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none.
    pub async fn send_again(&self, who: &Principal, id: &str, name: &str) -> Result<(), AppError> {
        let _granted = who.grant(Action::ManageAccounts)?;
        match self.store.delivery_again(id, name, self.clock.now()).await {
            Err(cairn_store::writer::WriteError::Conflict) => Err(AppError::NotFound),
            other => Ok(other?),
        }
    }
}

/// Secrets are handed to people, in person.
fn in_person(who: &Principal) -> Result<Actor, AppError> {
    match who.token() {
        None => by(who),
        Some(_) => Err(AppError::Denied(cairn_desk::access::Denied)),
    }
}

fn by(who: &Principal) -> Result<Actor, AppError> {
    let grant = who.grant(Action::ManageAccounts)?;
    Ok(Actor::User(grant.account().to_owned()))
}

fn sound(wanted: &Wanted) -> Result<Wanted, AppError> {
    if wanted.faults().is_empty() {
        Ok(wanted.tidied())
    } else {
        Err(AppError::Input("this webhook cannot be".to_owned()))
    }
}

fn set(id: &str, wanted: &Wanted) -> AccountChange {
    AccountChange::WebhookSet {
        webhook: id.to_owned(),
        to: target(&wanted.url)
            .map(|target| target.host)
            .unwrap_or_default(),
        digest: sha256(wanted.url.as_bytes()).hex(),
        events: wanted.events.clone(),
        live: wanted.live,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_this_machine() {
        let of = |url: &str| target(url).map(|target| (target.host, target.port, target.path));
        let whole = of("https://siem.example.org/hooks?x=1").unwrap();
        assert_eq!(whole, ("siem.example.org".into(), 443, "/hooks?x=1".into()));
        assert_eq!(of("http://127.0.0.1:9/").unwrap().1, 9);
        assert_eq!(of("http://[::1]:9").unwrap().0, "::1");
        assert_eq!(of("http://siem.example.org/"), Err(Fault::Plain));
        for bad in [
            "siem.example.org",
            "ftp://siem.example.org/",
            "https://user:secret@siem.example.org/",
            "",
        ] {
            assert_eq!(of(bad), Err(Fault::Address), "{bad}");
        }
    }

    #[test]
    fn everything_wrong_is_told() {
        let wanted = Wanted {
            url: "http://siem.example.org/".into(),
            description: "x".repeat(201),
            events: vec!["report.read".into()],
            live: true,
        };
        let all = [Fault::Plain, Fault::Description, Fault::Events];
        assert_eq!(wanted.faults(), all);
    }
}
