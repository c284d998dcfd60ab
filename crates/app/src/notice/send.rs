//! Notices on their way out by mail, and what comes back.

use cairn_desk::constituent::Contact;
use cairn_desk::conversation::Tag;
use cairn_desk::mail::{MailReport, Nature};
use cairn_desk::notice::book::Limits;
use cairn_desk::notice::files::{self, Head};
use cairn_desk::notice::letter::LINK;
use cairn_desk::notice::{Command, Content, Medium, Standing, State, Why};
use cairn_kernel::actor::Actor;
use cairn_kernel::reference::Secret;
use cairn_openpgp::{Key, Standing as KeyStanding};
use cairn_store::job::Job;
use cairn_store::keys::Purpose;
use cairn_store::notice as store;
use lettre::Address;
use serde::{Deserialize, Serialize};

use super::content;
use crate::App;
use crate::notify::{NotifyError, Post};
use crate::openpgp::{Mime, Sealing, SealingError, encrypted, package_part, signed, text_part};
use crate::referral::boundary;
use crate::report::AppError;
use crate::smime::{Certificate, enveloped};

/// Name of the job that mails a notice.
pub const NOTICE_MAIL: &str = "notice_mail";

/// It left by S/MIME, encrypted and signed.
const SMIME_SIGNED: &str = "smime";
/// It left by S/MIME, encrypted and not signed: the service has no certificate of its own.
const SMIME_UNSIGNED: &str = "smime_unsigned";

/// What mail to a contact is encrypted to.
pub(super) enum SealTo {
    Key(Box<Key>),
    Certificate(Box<Certificate>),
}

/// What the job knows.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    notice: i64,
    /// It goes to the tester.
    #[serde(default)]
    test: bool,
}

pub(super) fn payload(notice: i64, test: bool) -> String {
    format!("{{\"notice\":{notice},\"test\":{test}}}")
}

fn failed(error: AppError) -> NotifyError {
    match error {
        AppError::Read(error) => error.into(),
        AppError::Write(error) => error.into(),
        _ => NotifyError::Damaged("notice"),
    }
}

impl App {
    /// How mail to a contact can be encrypted now: by its OpenPGP key, else by its certificate.
    pub(super) fn seal_to(&self, contact: &Contact) -> Option<SealTo> {
        let key = contact.key.as_ref();
        let key = key.and_then(|key| Key::read(key.as_bytes()).ok());
        let key = key.filter(|key| {
            let good = key.standing(self.now_seconds()) == KeyStanding::Good;
            // Without one of ours nothing leaves by OpenPGP.
            good && self.openpgp_public().is_some()
        });
        if let Some(key) = key {
            return Some(SealTo::Key(Box::new(key)));
        }
        let one = self.good_certificate(contact.certificate.as_ref()?)?;
        Some(SealTo::Certificate(Box::new(one)))
    }

    /// Mail to a contact can be encrypted now.
    pub(super) fn can_seal(&self, contact: &Contact) -> bool {
        self.seal_to(contact).is_some()
    }

    /// The secret of a notice's link. It follows from the installation's keys and is kept nowhere.
    pub(super) fn notice_secret(&self, number: &str) -> Secret {
        let parts = [b"link".as_slice(), number.as_bytes()];
        let keyed = self.store.keys().tag(Purpose::Notice, &parts);
        Secret::from_random(&crate::report::take(&keyed, 0))
    }

    /// The secret link of a notice.
    pub(super) fn notice_link(&self, number: &str) -> String {
        let secret = self.notice_secret(number);
        format!("{}/n/{number}-{}", self.config.public_url, secret.expose())
    }

    fn notice_tag(&self, no: i64) -> Tag {
        let parts = [b"mail".as_slice(), &no.to_be_bytes()];
        let keyed = self.store.keys().tag(Purpose::Notice, &parts);
        Tag::new(&format!("{no:09}"), &keyed)
    }

    /// Mails a notice. What cannot leave as its label asks does not leave: it is due again, and waits for what can be mended.
    pub(crate) async fn mail_notice(&self, post: &Post, job: &Job) -> Result<(), NotifyError> {
        let wanted: Payload = serde_json::from_str(&job.payload).map_err(NotifyError::Payload)?;
        let head = self.store.notice(wanted.notice).await?;
        let head = head.ok_or(NotifyError::Damaged("notice"))?;
        let said = content(&head.content).map_err(failed)?;
        let standing = head.standing;
        let book = self.book_on().await.map_err(failed)?;
        let limits = book.map(|book| book.book.limits).unwrap_or_default();
        if wanted.test {
            return self.mail_test(post, job, (&standing, &said), &limits).await;
        }
        if standing.state != State::Ready {
            return Ok(());
        }
        let one = self.store.constituent(standing.owner).await?;
        let contact = one
            .as_ref()
            .and_then(|one| one.contact(standing.contact))
            .filter(|contact| !contact.disabled && contact.bounced.is_none());
        let key = contact.and_then(|contact| self.seal_to(contact));
        let to = contact.and_then(|contact| contact.email.as_deref());
        let to = to.and_then(|to| to.parse::<Address>().ok());
        let open = said.tell.medium == Medium::Mail && key.is_none();
        let Some(to) = to.filter(|_| !(open && said.tell.tlp >= limits.encrypt_from)) else {
            return self.not_sent(&standing).await.map_err(failed);
        };
        let text = said.text.replace(LINK, &self.notice_link(&standing.number));
        let (mime, sealing) =
            self.seal_notice((&standing, &said), &said.subject, &text, key.as_ref())?;
        let subject = match sealing {
            "encrypted" => crate::openpgp::SUBJECT_OUTSIDE,
            // Most programs show no subject that is within: the number tells nobody else anything.
            SMIME_SIGNED | SMIME_UNSIGNED => standing.number.as_str(),
            _ => said.subject.as_str(),
        };
        let now = self.clock.now();
        let back = self.config.reply_to.as_ref();
        let back = back.map(|address| address.with(&self.notice_tag(standing.no)));
        let message = post.bare(subject, (&to, back.as_deref()), now, job)?;
        let id = post.message_id(job);
        // Known before it leaves: what cannot arrive may come back at once.
        let mut unit = cairn_store::writer::Unit::default();
        store::note_mail(&mut unit, &id, standing.no, now);
        self.store.write(unit).await?;
        post.send(message, Some(&mime), now).await?;
        let command = |_: &Standing| Command::Sent(sealing.to_owned());
        let noted = self.notice_change(
            standing.no,
            Actor::System,
            command,
            |unit, before, after| {
                if let Some(at) = after.sent {
                    store::told(unit, before, at);
                }
                Ok(())
            },
        );
        noted.await.map(drop).map_err(failed)
    }

    /// The same to the tester, in the clear of a house of one's own; it says to whom it would go. The link opens nothing yet.
    async fn mail_test(
        &self,
        post: &Post,
        job: &Job,
        (standing, said): (&Standing, &Content),
        limits: &Limits,
    ) -> Result<(), NotifyError> {
        let Some(tester) = limits.tester.as_deref() else {
            return Ok(());
        };
        let to: Address = tester.parse().map_err(|_| NotifyError::Address)?;
        let subject = format!("[test] {}", said.subject);
        let text = said
            .text
            .replace(LINK, &format!("{}/n/…", self.config.public_url));
        let text = format!(
            "[To constituent {}, contact {}. It leaves when a person has approved of it:\n{}/desk/notices/{}]\n\n{text}",
            standing.owner, standing.contact, self.config.public_url, standing.number
        );
        let (mime, _) = self.seal_notice((standing, said), &subject, &text, None)?;
        let message = post.bare(&subject, (&to, None), self.clock.now(), job)?;
        post.send(message, Some(&mime), self.clock.now()).await
    }

    /// Encrypted for a key, else signed, else as it is; with the rows as a file, where they go by mail.
    fn seal_notice(
        &self,
        (standing, said): (&Standing, &Content),
        subject: &str,
        text: &str,
        key: Option<&SealTo>,
    ) -> Result<(Mime, &'static str), NotifyError> {
        let inner = boundary()?;
        let part = match said.tell.medium {
            Medium::Portal => text_part(subject, text),
            Medium::Mail => {
                let file = self.notice_file(&standing.number, said)?;
                let media = file.media.split(';').next().unwrap_or_default();
                package_part(subject, text, (&file.name, media, &file.bytes), &inner)
            }
        };
        let outer = boundary()?;
        let with = (self.now_seconds(), outer.as_str());
        let own = self.openpgp_own().unwrap_or_default().into_iter().next();
        Ok(match (own, key) {
            (_, Some(SealTo::Certificate(one))) => {
                let own = self.smime_own();
                let mime = enveloped(&part, own.as_ref(), one, with)?;
                (mime, own.map_or(SMIME_UNSIGNED, |_| SMIME_SIGNED))
            }
            (Some(own), Some(SealTo::Key(key))) => {
                let mime = encrypted(&part, &own, key, with)?;
                (mime, Sealing::Encrypted.as_str())
            }
            // What was to leave encrypted does not leave otherwise.
            (None, Some(SealTo::Key(_))) => return Err(SealingError::NoOwnKey.into()),
            (Some(own), None) => (signed(&part, &own, with)?, Sealing::Signed.as_str()),
            (None, None) => (plain(&part, &outer), Sealing::Plain.as_str()),
        })
    }

    pub(super) fn notice_file(
        &self,
        number: &str,
        said: &Content,
    ) -> Result<files::File, NotifyError> {
        let head = self.notice_head(number, said);
        files::file(said.tell.format, &said.rows, &head).map_err(|_| NotifyError::Message)
    }

    /// What a file of rows says of where it comes from.
    pub(super) fn notice_head<'a>(&'a self, number: &'a str, said: &'a Content) -> Head<'a> {
        let from = self.config.mail.as_ref().map(|mail| mail.from.as_str());
        let from = from.unwrap_or_default();
        let contact = from
            .rsplit_once('<')
            .map_or(from, |(_, own)| own.trim_end_matches('>'));
        Head {
            number,
            tlp: said.tell.tlp,
            service: self.config.name(&said.language),
            contact,
            domain: contact.rsplit_once('@').map_or("", |(_, domain)| domain),
        }
    }

    /// Nobody can be written to any more: what it would have told is due again.
    async fn not_sent(&self, standing: &Standing) -> Result<(), AppError> {
        self.notice_change(
            standing.no,
            Actor::System,
            |_| Command::Return,
            |unit, before, _| {
                store::untold(unit, before, Why::Due);
                Ok(())
            },
        )
        .await
        .map(drop)
    }

    /// A message that is about a notice that we sent: what did not arrive, or what a machine answered by itself. The number of the notice,
    /// and whether it did not arrive.
    pub(crate) async fn notice_came_back(
        &self,
        mail: &MailReport,
        recipients: &[String],
    ) -> Result<Option<(String, bool)>, AppError> {
        if mail.thread.nature == Nature::Written {
            return Ok(None);
        }
        let mut found = None;
        for id in &mail.thread.answers {
            found = self.store.notice_mailed(id).await?;
            if found.is_some() {
                break;
            }
        }
        let all = recipients.iter().chain(&mail.thread.recipients);
        let tagged = all
            .filter_map(|address| self.config.reply_to.as_ref()?.tag_in(address))
            .find_map(|tag| {
                use subtle::ConstantTimeEq;
                let no: i64 = tag.reference.parse().ok()?;
                let right = self.notice_tag(no);
                let same: bool = right.secret.as_bytes().ct_eq(tag.secret.as_bytes()).into();
                same.then_some(no)
            });
        let Some(no) = found.or(tagged) else {
            return Ok(None);
        };
        let Some(head) = self.store.notice(no).await? else {
            return Ok(None);
        };
        let bounced = mail.thread.nature == Nature::Bounced;
        if bounced && head.standing.state == State::Sent {
            let standing = &head.standing;
            self.contact_bounced(standing.owner, standing.contact)
                .await?;
            self.notice_change(
                no,
                Actor::System,
                |_| Command::Return,
                |unit, before, _| {
                    store::untold(unit, before, Why::Due);
                    Ok(())
                },
            )
            .await?;
        }
        Ok(Some((head.standing.number, bounced)))
    }
}

/// A part as the content of a message that nothing protects: its fields of the subject stay in the header.
fn plain(part: &[u8], boundary: &str) -> Mime {
    let mut body = format!("--{boundary}\r\n").into_bytes();
    body.extend_from_slice(part);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    Mime {
        content_type: format!("multipart/mixed; boundary=\"{boundary}\""),
        more: "",
        body,
    }
}
