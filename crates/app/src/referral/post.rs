//! Referrals that go by mail: the package encrypted for the agency, and what comes back on the same thread.

use cairn_desk::conversation::{Head, Tag};
use cairn_desk::referral::{Channel, Command, State, Step};
use cairn_desk::report::Change;
use cairn_kernel::actor::Actor;
use cairn_openpgp::{Key, Standing};
use cairn_store::conversation::{MailRow, SentRow};
use cairn_store::job::Job;
use cairn_store::keys::{Purpose, random};
use lettre::Address;
use serde::Deserialize;

use super::{Archive, TRIES};
use crate::App;
use crate::notify::{NotifyError, Post};
use crate::openpgp::{Mime, Sealing, SealingError};
use crate::report::{AppError, Whole, blur};

/// Name of the job that mails a package.
pub(crate) const REFERRAL_MAIL: &str = "referral_mail";
/// Largest package that goes by mail, bytes: most mail servers take no more than 25 MB with its encoding.
pub const REFERRAL_MAIL_BYTES_MAX: usize = 15 * 1024 * 1024;

/// Why nothing goes to an agency by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailRefusal {
    /// No mail goes out at all.
    NoServer,
    /// The agency has no address.
    NoAddress,
    /// It has no key that can be used, and plain mail is not accepted for it.
    NoKey,
    /// Its key can't be read, its time is over, or it was revoked.
    BadKey,
    /// We have no key to sign with.
    NoOwnKey,
}

impl From<MailRefusal> for NotifyError {
    fn from(why: MailRefusal) -> Self {
        match why {
            MailRefusal::NoServer => Self::NoServer,
            MailRefusal::NoAddress => Self::Address,
            MailRefusal::NoOwnKey => Self::Sealing(SealingError::NoOwnKey),
            MailRefusal::NoKey | MailRefusal::BadKey => Self::Sealing(SealingError::NoKey),
        }
    }
}

/// How it gets there.
#[derive(Debug, Clone)]
pub struct AgencyMail {
    /// Address.
    pub to: String,
    /// The agency's key; without one the package goes signed, readable by others.
    pub key: Option<Key>,
}

/// What the job knows.
#[derive(Debug, Deserialize)]
pub(super) struct Payload {
    no: i64,
    referral: u32,
}

impl Payload {
    pub(super) fn json(no: i64, referral: u32) -> String {
        format!("{{\"no\":{no},\"referral\":{referral}}}")
    }
}

/// The name under which a mail of a referral is noted among those that we sent.
#[must_use]
pub fn referral_notice(referral: u32) -> String {
    format!("referral {referral}")
}

/// The name under which a mail that reminds the agency is noted.
#[must_use]
pub fn reminder_notice(referral: u32) -> String {
    format!("reminder {referral}")
}

/// It is a reminder: where it does not arrive, what was handed over before it is not undone.
pub(crate) fn is_reminder(notice: &str) -> bool {
    notice.starts_with("reminder ")
}

/// The referral that such a name stands for.
pub(crate) fn referral_of(notice: &str) -> Option<u32> {
    let names = ["referral ", "reminder "];
    names
        .iter()
        .find_map(|name| notice.strip_prefix(name)?.parse().ok())
}

impl App {
    /// How a package gets to an agency by mail, or why it does not.
    ///
    /// # Errors
    /// See [`MailRefusal`].
    pub async fn agency_mail(&self, agency: &str) -> Result<AgencyMail, MailRefusal> {
        if self.config.mail.is_none() {
            return Err(MailRefusal::NoServer);
        }
        let known = self.form.agencies().get(agency);
        let known = known.ok_or(MailRefusal::NoAddress)?;
        let to = known.mail.clone().ok_or(MailRefusal::NoAddress)?;
        if self.openpgp_public().is_none() {
            return Err(MailRefusal::NoOwnKey);
        }
        let key = match self.agency_key_text(agency).await? {
            Some(text) => {
                let key = Key::read(text.as_bytes()).map_err(|_| MailRefusal::BadKey)?;
                if key.standing(self.now_seconds()) != Standing::Good {
                    return Err(MailRefusal::BadKey);
                }
                Some(key)
            }
            None if known.plain_mail => None,
            None => return Err(MailRefusal::NoKey),
        };
        Ok(AgencyMail { to, key })
    }

    /// Mails a package. That it leaves is in the log before; what was taken back meanwhile does not leave.
    pub(crate) async fn mail_referral(&self, post: &Post, job: &Job) -> Result<(), NotifyError> {
        let payload: Payload = serde_json::from_str(&job.payload).map_err(NotifyError::Payload)?;
        let (no, referral) = (payload.no, payload.referral);
        let id = post.message_id(job);
        if self.store.mail_sent(&id).await?.is_some() {
            return Ok(());
        }
        let whole = self
            .whole(no)
            .await
            .map_err(|_| NotifyError::Damaged("report"))?;
        let one = whole
            .standing
            .referrals
            .iter()
            .find(|one| one.no == referral);
        let Some(one) = one.filter(|one| one.channel == Channel::Mail && one.state == State::Sent)
        else {
            return Ok(());
        };
        let way = self.agency_mail(&one.agency).await?;
        let Some(archive) = self.taken_out(no, referral).await? else {
            return Ok(());
        };
        if archive.bytes.len() > REFERRAL_MAIL_BYTES_MAX {
            return Err(NotifyError::TooLarge(REFERRAL_MAIL_BYTES_MAX));
        }
        let service = self.config.name("en");
        let subject = format!("{service}: referral {}/{referral}", whole.reference);
        let body = letter(service, &whole.reference, referral, &archive.manifest);
        let mime = self.seal_package(
            (&subject, &body),
            (&archive.name, &archive.bytes),
            way.key.as_ref(),
        )?;
        let notice = referral_notice(referral);
        self.post_to_agency(
            (post, job),
            (&whole, referral),
            &way,
            (&subject, mime, notice),
        )
        .await?;
        metrics::counter!("cairn_referrals_mailed_total", self.store.labels()).increment(1);
        Ok(())
    }

    /// Sends what is sealed for an agency, and notes it under a name.
    pub(super) async fn post_to_agency(
        &self,
        (post, job): (&Post, &Job),
        (whole, referral): (&Whole, u32),
        way: &AgencyMail,
        (subject, mime, notice): (&str, Mime, String),
    ) -> Result<(), NotifyError> {
        let no = whole.summary.no;
        let (sealing, outside) = match way.key {
            Some(_) => (Sealing::Encrypted, crate::openpgp::SUBJECT_OUTSIDE),
            None => (Sealing::Signed, subject),
        };
        let to: Address = way.to.parse().map_err(|_| NotifyError::Address)?;
        let reply_to = self.referral_address(no, referral);
        let message = post.bare(outside, (&to, reply_to.as_deref()), self.clock.now(), job)?;
        let _turn = self.mail_turn(no).await;
        post.send(message, Some(&mime), self.clock.now()).await?;
        let row = SentRow {
            id: post.message_id(job),
            no,
            notice,
            message: None,
            at: blur(self.clock.now(), whole.body.anonymous),
            address: None,
            refs: String::new(),
            bounced_at: None,
            status: None,
            seal: Some(sealing.as_str().to_owned()),
        };
        Ok(self.store.note_sent(&row).await?)
    }

    /// The package, unless the reporter no longer agrees, or it was erased: then nothing leaves.
    async fn taken_out(&self, no: i64, referral: u32) -> Result<Option<Archive>, NotifyError> {
        match self.hand_out(no, referral, &Actor::System).await {
            Ok(archive) => Ok(Some(archive)),
            Err(AppError::Refused(_)) => Ok(None),
            Err(AppError::Read(error)) => Err(error.into()),
            Err(AppError::Write(error)) => Err(error.into()),
            Err(_) => Err(NotifyError::Damaged("package")),
        }
    }

    fn seal_package(
        &self,
        (subject, body): (&str, &str),
        (name, bytes): (&str, &[u8]),
        key: Option<&Key>,
    ) -> Result<Mime, NotifyError> {
        let file = (name, "application/zip", bytes);
        let part = crate::openpgp::package_part(subject, body, file, &boundary()?);
        self.seal_to_agency(&part, key)
    }

    /// Encrypted for the agency's key and signed by ours; without a key of theirs only signed.
    pub(super) fn seal_to_agency(
        &self,
        part: &[u8],
        key: Option<&Key>,
    ) -> Result<Mime, NotifyError> {
        let own = self.openpgp_own().map_err(|_| SealingError::NoOwnKey)?;
        let own = own.into_iter().next().ok_or(SealingError::NoOwnKey)?;
        let outer = boundary()?;
        let with = (self.now_seconds(), outer.as_str());
        Ok(match key {
            Some(key) => crate::openpgp::encrypted(part, &own, key, with)?,
            None => crate::openpgp::signed(part, &own, with)?,
        })
    }

    /// The address to which an agency answers about a referral, if answers are read.
    pub(crate) fn referral_address(&self, no: i64, referral: u32) -> Option<String> {
        let address = self.config.reply_to.as_ref()?;
        Some(address.with(&self.referral_tag(no, referral)))
    }

    /// Another secret than that of the reporter's address: who has it is the agency.
    pub(crate) fn referral_tag(&self, no: i64, referral: u32) -> Tag {
        let parts = [&no.to_be_bytes()[..], &referral.to_be_bytes()[..]];
        let keyed = self.store.keys().tag(Purpose::MailTag, &parts);
        Tag::new(&self.reference(no), &keyed)
    }

    /// A package did not arrive: the referral is to be sent again, or stopped. Of one that the agency has nothing changes.
    pub(crate) async fn referral_bounced(&self, no: i64, referral: u32) -> Result<(), AppError> {
        for _ in 0..TRIES {
            let whole = self.whole(no).await?;
            let make = |_| Command::Bounce { no: referral };
            match self.refer(&whole, &Actor::System, None, make).await {
                Err(AppError::Conflict) => {}
                Ok(_) | Err(AppError::Refused(_)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Err(AppError::Conflict)
    }
}

impl Whole {
    /// Mails of the agency on the thread of a referral, and what we sent.
    #[must_use]
    pub fn referral_mails(&self, referral: u32) -> (Vec<&MailRow>, Vec<&SentRow>) {
        let about = |mail: &&MailRow| {
            let head: Option<Head> = serde_json::from_str(&mail.head).ok();
            head.is_some_and(|head| head.referral == Some(referral))
        };
        let sent = self.sent.iter();
        let sent = sent.filter(|sent| referral_of(&sent.notice) == Some(referral));
        (self.mails.iter().filter(about).collect(), sent.collect())
    }
}

/// What parts of a message are told apart by.
pub(crate) fn boundary() -> Result<String, NotifyError> {
    let dice = random::<16>().map_err(|_| NotifyError::Message)?;
    Ok(dice.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn letter(service: &str, reference: &str, referral: u32, manifest: &str) -> String {
    format!(
        "Kia ora,\n\nAttached is report {reference} (referral {referral}), handed to you as an archive: summary.html to read,\n\
         report.json for machines, and the files. The files in it are under the password that those who work with\n\
         malware share; treat them as dangerous.\n\nSHA-256 of the archive's manifest.json:\n\n    {manifest}\n\n\
         Please answer this mail with a reference of yours, and with what comes of it.\n\n{service}\n"
    )
}

/// The referral that goes by mail with a change.
pub(super) fn sends_by_mail(whole: &Whole, change: &Change) -> Option<u32> {
    let Change::Referral {
        referral,
        step: Step::Sent { .. },
    } = change
    else {
        return None;
    };
    let mut all = whole.standing.referrals.iter();
    let by_mail = all.any(|one| one.no == *referral && one.channel == Channel::Mail);
    by_mail.then_some(*referral)
}
