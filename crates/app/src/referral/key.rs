//! OpenPGP keys of partner agencies: those in the agencies' data, and those that leads brought and compared.

use cairn_desk::access::{Action, Visible};
use cairn_desk::agency_key::{Command, InUse, Known, Refusal, decide, in_use};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_openpgp::{Key, Standing};
use cairn_store::agency::AgencyKeyRow;
use cairn_store::writer::WriteError;

use super::{MailRefusal, TRIES};
use crate::App;
use crate::account::Principal;
use crate::report::AppError;

/// Longest key that is taken, bytes.
pub const AGENCY_KEY_BYTES_MAX: usize = 64 * 1024;
/// Before a key's end leads are told for so long, seconds: 30 days.
pub const AGENCY_KEY_SOON_SECONDS: i64 = 30 * 24 * 3_600;

/// A key as its agency's page shows it.
#[derive(Debug, Clone)]
pub struct ShownKey {
    /// Its row; none of the one in the agency's data.
    pub row: Option<AgencyKeyRow>,
    /// The key.
    pub key: Key,
    /// Whether it can be written to now.
    pub standing: Standing,
    /// Seconds that it holds, where it ends within [`AGENCY_KEY_SOON_SECONDS`].
    pub ends_in: Option<i64>,
    /// Packages go sealed to it.
    pub in_use: bool,
}

impl ShownKey {
    /// It is in use and cannot be used, or not for long.
    #[must_use]
    pub const fn needs_care(&self) -> bool {
        self.in_use && (!matches!(self.standing, Standing::Good) || self.ends_in.is_some())
    }
}

/// An agency as the desk shows it.
#[derive(Debug, Clone)]
pub struct AgencyShown {
    /// Its code.
    pub agency: String,
    /// Address to which packages go by mail.
    pub mail: Option<String>,
    /// Why nothing goes to it by mail, if nothing does.
    pub refusal: Option<MailRefusal>,
    /// Its keys, the newest first; the one in its data last.
    pub keys: Vec<ShownKey>,
}

impl AgencyShown {
    /// The key in use, if it ends soon, has ended, or was revoked.
    #[must_use]
    pub fn worry(&self) -> Option<&ShownKey> {
        self.keys.iter().find(|key| key.needs_care())
    }

    /// A key waits for somebody who compares its fingerprint.
    #[must_use]
    pub fn waits(&self) -> bool {
        let mut rows = self.keys.iter().filter_map(|key| key.row.as_ref());
        rows.any(|row| row.known.waits())
    }
}

fn known(rows: &[AgencyKeyRow]) -> Vec<Known> {
    rows.iter().map(|row| row.known.clone()).collect()
}

impl App {
    /// The armoured key that packages for an agency go sealed to: `Ok(None)` where there is none and none was taken out of use.
    pub(super) async fn agency_key_text(
        &self,
        agency: &str,
    ) -> Result<Option<String>, MailRefusal> {
        let rows = self.store.agency_keys(agency).await.map_err(|error| {
            tracing::error!(%error, "the keys of an agency could not be read");
            MailRefusal::BadKey
        })?;
        let keys = known(&rows);
        match in_use(&keys) {
            InUse::Nothing => Err(MailRefusal::NoKey),
            InUse::Key(key) => {
                let row = rows.iter().find(|row| row.known.n == key.n);
                Ok(row.map(|row| row.key.clone()))
            }
            InUse::Data => {
                let data = self.form.agencies().get(agency);
                Ok(data.and_then(|data| data.openpgp.clone()))
            }
        }
    }

    /// The key of an agency that is in use, whatever it is good for now.
    pub async fn agency_key(&self, agency: &str) -> Option<Key> {
        let text = self.agency_key_text(agency).await.ok().flatten()?;
        Key::read(text.as_bytes()).ok()
    }

    fn shown_key(&self, row: Option<AgencyKeyRow>, text: &str, in_use: bool) -> Option<ShownKey> {
        let key = Key::read(text.as_bytes()).ok()?;
        let now = self.now_seconds();
        let ends_in = key.expires().map(|end| end - now);
        Some(ShownKey {
            standing: key.standing(now),
            ends_in: ends_in.filter(|left| *left < AGENCY_KEY_SOON_SECONDS),
            key,
            in_use,
            row,
        })
    }

    /// One agency, with its keys.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn agency(
        &self,
        who: &Principal,
        agency: &str,
    ) -> Result<Visible<AgencyShown>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.agency_shown(agency).await?))
    }

    /// All agencies, in the order of their data.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn agencies(&self, who: &Principal) -> Result<Visible<Vec<AgencyShown>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let mut all = Vec::new();
        for one in self.form.agencies().all() {
            all.push(self.agency_shown(&one.code).await?);
        }
        Ok(grant.show(all))
    }

    async fn agency_shown(&self, agency: &str) -> Result<AgencyShown, AppError> {
        let data = self.form.agencies().get(agency);
        let data = data.ok_or(AppError::NotFound)?;
        let rows = self.store.agency_keys(agency).await?;
        let all = known(&rows);
        let used = in_use(&all);
        let mut keys = Vec::new();
        for row in rows.iter().rev() {
            let counts = matches!(used, InUse::Key(key) if key.n == row.known.n);
            keys.extend(self.shown_key(Some(row.clone()), &row.key, counts));
        }
        if let Some(text) = &data.openpgp {
            keys.extend(self.shown_key(None, text, used == InUse::Data));
        }
        Ok(AgencyShown {
            agency: agency.to_owned(),
            mail: data.mail.clone(),
            refusal: self.agency_mail(agency).await.err(),
            keys,
        })
    }

    /// A lead brings a key of an agency. It is used once its fingerprint was compared. The same key twice is one.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] for what is no key, or one that cannot be used.
    pub async fn bring_agency_key(
        &self,
        who: &Principal,
        agency: &str,
        text: &str,
    ) -> Result<(), AppError> {
        // Who may not do it learns nothing of what would be wrong.
        let _granted = who.grant(Action::ManageAgencies)?;
        if text.len() > AGENCY_KEY_BYTES_MAX {
            return Err(AppError::Input("this is too long for a key".into()));
        }
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
        let armoured = key.armoured();
        let command = Command::Bring {
            fingerprint: key.fingerprint(),
            digest: sha256(armoured.as_bytes()).hex(),
        };
        self.work_agency_key(who, agency, command, &armoured).await
    }

    /// A lead says that they compared the fingerprint that was shown by another road: from now on packages go sealed to this key.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn confirm_agency_key(
        &self,
        who: &Principal,
        (agency, n): (&str, u32),
        fingerprint: &str,
    ) -> Result<(), AppError> {
        let plain = fingerprint.chars().filter(|c| !c.is_whitespace()).collect();
        let command = Command::Confirm {
            n,
            fingerprint: plain,
        };
        self.work_agency_key(who, agency, command, "").await
    }

    /// A lead takes a key out of use.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn drop_agency_key(
        &self,
        who: &Principal,
        (agency, n): (&str, u32),
    ) -> Result<(), AppError> {
        self.work_agency_key(who, agency, Command::Drop { n }, "")
            .await
    }

    async fn work_agency_key(
        &self,
        who: &Principal,
        agency: &str,
        command: Command,
        key: &str,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::ManageAgencies)?;
        if self.form.agencies().get(agency).is_none() {
            return Err(AppError::NotFound);
        }
        let by = Actor::User(grant.account().to_owned());
        for _ in 0..TRIES {
            let keys = known(&self.store.agency_keys(agency).await?);
            let changes = decide(agency, &keys, command.clone()).map_err(|refusal| {
                if refusal == Refusal::Absent {
                    AppError::NotFound
                } else {
                    AppError::Input(refusal.to_string())
                }
            })?;
            if changes.is_empty() {
                return Ok(());
            }
            let at = self.clock.now();
            let mut all = Vec::new();
            for change in changes {
                let entry = self.entry_at(at, by.clone(), change.clone())?;
                all.push((change, entry));
            }
            match self.store.change_agency_keys((at, &by), all, key).await {
                // Somebody else was quicker: what they did is looked at first.
                Err(WriteError::Conflict) => {}
                other => return Ok(other?),
            }
        }
        Err(AppError::Conflict)
    }
}
