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
use crate::openpgp::{Mime, Sealing, encrypted, package_part, signed, text_part};
use crate::referral::boundary;
use crate::report::AppError;

/// Name of the job that mails a notice.
pub const NOTICE_MAIL: &str = "notice_mail";

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
    /// The key of a contact, if it can be encrypted to.
    pub(super) fn good_key(&self, contact: &Contact) -> Option<Key> {
        let key = Key::read(contact.key.as_ref()?.as_bytes()).ok()?;
        let good = key.standing(self.now_seconds()) == KeyStanding::Good;
        // Without one of ours nothing leaves encrypted.
        (good && self.openpgp_public().is_some()).then_some(key)
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
        let key = contact.and_then(|contact| self.good_key(contact));
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
            Sealing::Encrypted => crate::openpgp::SUBJECT_OUTSIDE,
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
        let command = |_: &Standing| Command::Sent(sealing.as_str().to_owned());
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
        key: Option<&Key>,
    ) -> Result<(Mime, Sealing), NotifyError> {
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
            (Some(own), Some(key)) => (encrypted(&part, &own, key, with)?, Sealing::Encrypted),
            (Some(own), None) => (signed(&part, &own, with)?, Sealing::Signed),
            (None, _) => (plain(&part, &outer), Sealing::Plain),
        })
    }

    pub(super) fn notice_file(
        &self,
        number: &str,
        said: &Content,
    ) -> Result<files::File, NotifyError> {
        let from = self.config.mail.as_ref().map(|mail| mail.from.as_str());
        let from = from.unwrap_or_default();
        let contact = from
            .rsplit_once('<')
            .map_or(from, |(_, own)| own.trim_end_matches('>'));
        let head = Head {
            number,
            tlp: said.tell.tlp,
            service: self.config.name(&said.language),
            contact,
            domain: contact.rsplit_once('@').map_or("", |(_, domain)| domain),
        };
        files::file(said.tell.format, &said.rows, &head).map_err(|_| NotifyError::Message)
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
        body,
    }
}
