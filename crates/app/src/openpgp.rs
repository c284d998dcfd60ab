//! OpenPGP: the service's own key, the keys of reporters, and what an officer says of them.

mod own;
mod sealing;
mod unseal;

use cairn_desk::access::Action;
use cairn_desk::mail::sealed::Encryption;
use cairn_desk::notify::Letter;
use cairn_desk::report::{Change, Command, KeySource, KeyWord, decide, decide_all};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_openpgp::{Key, Secret};
use cairn_store::keys::random;
use cairn_store::openpgp::{KeyRow, keep_key};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::account::Principal;
use crate::notify::NotifyError;
use crate::report::{AppError, Whole, damaged};

pub use cairn_openpgp::{
    Key as PublicKey, Standing, directory_hash, fingerprint_shown, split_address,
};
pub use own::{OPENPGP_KEY_SECONDS, OPENPGP_OWN_MAX, OwnKeyError, OwnKeys, user_id};
pub(crate) use sealing::{Mime, encrypted, package_part, signed, text_part, with_content};
pub use sealing::{Sealing, SealingError};

/// What a mail has for a subject whose own is encrypted with it.
pub(crate) const SUBJECT_OUTSIDE: &str = "...";
/// What is kept of a reporter's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    fingerprint: String,
    key: String,
}

/// A key of a reporter, as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReporterKey {
    /// Its row.
    pub row: KeyRow,
    /// The key; `None` once it was erased.
    pub key: Option<Key>,
    /// Whether it can be written to now.
    pub standing: Standing,
    /// Mail is encrypted to it.
    pub in_use: bool,
}

impl ReporterKey {
    /// Fingerprint, hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        self.key.as_ref().map(Key::fingerprint)
    }

    /// An officer confirmed it, and nobody took it out of use since.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.row.confirmed.is_some() && self.row.dropped.is_none()
    }
}

impl App {
    pub(crate) fn now_seconds(&self) -> i64 {
        self.clock.now().0.div_euclid(1_000_000)
    }

    /// The file with the service's own keys.
    #[must_use]
    pub fn own_keys(&self) -> OwnKeys {
        OwnKeys::at(self.store.dir())
    }

    /// The service's own keys, the one in use first; none until one is made.
    pub(crate) fn openpgp_own(&self) -> Result<Vec<Secret>, OwnKeyError> {
        self.own_keys().all()
    }

    /// The public half of the key in use.
    #[must_use]
    pub fn openpgp_public(&self) -> Option<Key> {
        match self.openpgp_own() {
            Ok(own) => own.first().map(Secret::public),
            Err(error) => {
                tracing::error!(%error, "the service's OpenPGP key can't be read");
                None
            }
        }
    }

    /// Makes a key, if mail goes out and there is none.
    ///
    /// # Errors
    /// See [`OwnKeyError`].
    pub fn ensure_openpgp(&self) -> Result<(), OwnKeyError> {
        if self.config.mail.is_some() && self.openpgp_own()?.is_empty() {
            self.openpgp_rotate()?;
        }
        Ok(())
    }

    /// Makes a new key and puts it into use. Those before it stay, to read what was written to them.
    ///
    /// # Errors
    /// See [`OwnKeyError`].
    pub fn openpgp_rotate(&self) -> Result<Key, OwnKeyError> {
        let mail = self.config.mail.as_ref().ok_or(OwnKeyError::NoAddress)?;
        let user_id = user_id(&mail.from, self.config.name("en")).ok_or(OwnKeyError::NoAddress)?;
        self.own_keys().make(&user_id, self.now_seconds())
    }

    /// The keys of a report's reporter, oldest first.
    #[must_use]
    pub fn reporter_keys(&self, whole: &Whole) -> Vec<ReporterKey> {
        let used = whole.standing.keys.in_use();
        let now = self.now_seconds();
        let read = |row: &KeyRow| {
            let record: Option<Record> = serde_json::from_str(&row.record).ok();
            let key = record.and_then(|record| Key::read(record.key.as_bytes()).ok());
            ReporterKey {
                standing: key
                    .as_ref()
                    .map_or(Standing::CannotEncrypt, |key| key.standing(now)),
                key,
                in_use: used == Some(row.n),
                row: row.clone(),
            }
        };
        whole.keys.iter().map(read).collect()
    }

    /// The key that mail to the reporter is encrypted to, if one is known.
    #[must_use]
    pub fn reporter_key(&self, whole: &Whole) -> Option<ReporterKey> {
        self.reporter_keys(whole)
            .into_iter()
            .find(|key| key.in_use && key.key.is_some())
    }

    /// The reporter's last words by mail came encrypted.
    #[must_use]
    pub fn wrote_encrypted(&self, whole: &Whole) -> bool {
        use cairn_desk::conversation::{Head, Sort};
        let came = whole.mails.iter().rfind(|mail| mail.sort == Sort::Reporter);
        let seals = match came {
            Some(mail) => serde_json::from_str::<Head>(&mail.head)
                .map(|head| head.seals)
                .unwrap_or_default(),
            None => whole
                .body
                .mail
                .as_ref()
                .map(|mail| mail.seals.clone())
                .unwrap_or_default(),
        };
        seals.iter().any(|seal| seal.encryption != Encryption::None)
    }

    /// How mail to the reporter can leave: encrypted only where a key can be used.
    #[must_use]
    pub fn sealings(&self, whole: &Whole) -> Vec<Sealing> {
        if self.openpgp_public().is_none() || !self.reachable_by_mail(whole) {
            return vec![Sealing::Plain];
        }
        let key = self.reporter_key(whole);
        let usable = key.is_some_and(|key| key.standing == Standing::Good);
        let encrypted = usable.then_some(Sealing::Encrypted);
        encrypted
            .into_iter()
            .chain([Sealing::Signed, Sealing::Plain])
            .collect()
    }

    /// What is chosen beforehand: encrypted for who wrote encrypted.
    #[must_use]
    pub fn sealing_first(&self, whole: &Whole) -> Sealing {
        let can = self.sealings(whole).contains(&Sealing::Encrypted);
        if can && self.wrote_encrypted(whole) {
            Sealing::Encrypted
        } else {
            Sealing::Plain
        }
    }

    /// The same for what a machine writes: encrypted where a key can be used, else plain, since it says nothing of a report.
    pub(crate) async fn machine_sealing(&self, no: i64) -> Result<Sealing, NotifyError> {
        let whole = self
            .whole(no)
            .await
            .map_err(|_| NotifyError::Damaged("report"))?;
        Ok(self.sealing_first(&whole))
    }

    /// Seals a letter to a reporter: what goes out in its place, where it is to be signed or encrypted. What is left of the
    /// letter then is what stands outside.
    pub(crate) async fn seal_letter(
        &self,
        no: i64,
        letter: &mut Letter,
        sealing: Sealing,
    ) -> Result<Option<Mime>, NotifyError> {
        if sealing == Sealing::Plain {
            return Ok(None);
        }
        let own = self.openpgp_own().map_err(|_| SealingError::NoOwnKey)?;
        let own = own.into_iter().next().ok_or(SealingError::NoOwnKey)?;
        let subject = cairn_kernel::text::one_line(&letter.subject);
        let part = sealing::text_part(&subject, &letter.body);
        let dice = random::<16>().map_err(|_| NotifyError::Message)?;
        let boundary: String = dice.iter().map(|byte| format!("{byte:02x}")).collect();
        let with = (self.now_seconds(), boundary.as_str());
        let mime = if sealing == Sealing::Encrypted {
            let whole = self
                .whole(no)
                .await
                .map_err(|_| NotifyError::Damaged("report"))?;
            let key = self.reporter_key(&whole).and_then(|key| key.key);
            let key = key.ok_or(SealingError::NoKey)?;
            SUBJECT_OUTSIDE.clone_into(&mut letter.subject);
            sealing::encrypted(&part, &own, &key, with)?
        } else {
            sealing::signed(&part, &own, with)?
        };
        letter.body.clear();
        Ok(Some(mime))
    }

    /// An officer pastes the reporter's key. It is seen then, not confirmed.
    ///
    /// # Errors
    /// See [`AppError`]; `Input` for what is no key, or one that cannot be used.
    pub async fn paste_key(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        text: &str,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let whole = self.seen(reference, version).await?;
        let key = Key::read(text.as_bytes()).map_err(|fault| AppError::Input(fault.to_string()))?;
        let refused = match key.standing(self.now_seconds()) {
            Standing::Good => None,
            Standing::Expired => Some("its time is over"),
            Standing::Revoked => Some("its owner revoked it"),
            Standing::CannotEncrypt => Some("nothing can be encrypted to it safely"),
        };
        if let Some(why) = refused {
            return Err(AppError::Input(format!("this key can't be used: {why}")));
        }
        let by = Actor::User(grant.account().to_owned());
        self.keep_reporter_key(&whole, &key, KeySource::Pasted, by)
            .await
    }

    /// An officer confirms a key, or takes it out of use.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn judge_key(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        (key, word): (i64, KeyWord),
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let whole = self.seen(reference, version).await?;
        let by = Actor::User(grant.account().to_owned());
        self.command(&whole, by, Command::JudgeKey { key, word }, None)
            .await
    }

    /// Keys that came with a message of the reporter: those that have the reporter's own address in them.
    pub(crate) async fn offer_keys(&self, no: i64, offered: &[Vec<u8>]) -> Result<(), AppError> {
        for bytes in offered {
            let Ok(key) = Key::read(bytes) else { continue };
            // Somebody else may write in between.
            for _ in 0..3 {
                let whole = self.whole(no).await?;
                let email = whole
                    .contact
                    .as_ref()
                    .and_then(|contact| contact.email.as_deref());
                if !email.is_some_and(|email| key.is_of(email)) {
                    break;
                }
                let kept = self.keep_reporter_key(&whole, &key, KeySource::Mail, Actor::Reporter);
                match kept.await {
                    Err(AppError::Conflict) => {}
                    // Too many keys lose nothing: they are in the message, which is kept whole.
                    Err(AppError::Refused(_)) | Ok(()) => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Keeps it unless it is known. A known one that holds longer now takes the place of what was known of it: whoever confirmed
    /// the fingerprint has confirmed it.
    async fn keep_reporter_key(
        &self,
        whole: &Whole,
        key: &Key,
        source: KeySource,
        by: Actor,
    ) -> Result<(), AppError> {
        let known = self.reporter_keys(whole);
        let print = key.fingerprint();
        let same = known
            .iter()
            .rev()
            .find(|known| known.fingerprint().as_ref() == Some(&print));
        let mut sure = false;
        if let Some(same) = same {
            let before = same.key.as_ref().and_then(Key::expires);
            let longer = match (before, key.expires()) {
                (Some(before), Some(after)) => after > before,
                (before, after) => before.is_some() && after.is_none(),
            };
            let back = same.row.dropped.is_some() && source == KeySource::Pasted;
            let revoked = key.standing(self.now_seconds()) == Standing::Revoked
                && same.standing != Standing::Revoked;
            if same.standing == Standing::Revoked || !(longer || back || revoked) {
                return Ok(());
            }
            sure = same.is_confirmed();
        }
        let record = Record {
            fingerprint: print,
            key: key.armoured(),
        };
        let record = serde_json::to_string(&record).map_err(damaged("key"))?;
        let salt = random::<16>()?;
        let digest = salted(&salt, record.as_bytes()).hex();
        let take = Command::TakeKey { source, digest };
        let changes = if sure {
            let confirm = Command::JudgeKey {
                key: whole.standing.keys.came + 1,
                word: KeyWord::Confirmed,
            };
            decide_all(&whole.standing, vec![take, confirm])?
        } else {
            decide(&whole.standing, take)?
        };
        let came = changes
            .iter()
            .find(|change| matches!(change, Change::KeyCame { .. }))
            .cloned();
        let at = self.clock.now();
        let mut unit = self.unit_at(whole, &by, changes, None, at)?;
        if let Some(came) = &came {
            keep_key(&mut unit, (whole.summary.no, at), &by, came, (record, salt));
        }
        self.store.write(unit).await?;
        Ok(())
    }
}
