//! Mail to reporters, to challengers, and to who files returns on a strategy. To reporters it says that there is something,
//! never what: mail is read by others on its way and after.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use cairn_desk::challenge;
use cairn_desk::notify::{EMBEDDED, Fill, Letter, LetterError, Letters, Notice};
use cairn_desk::report::{Body, Channel, Contact, Draft};
use cairn_kernel::reference::Secret;
use cairn_kernel::time::Micros;
use cairn_store::ReadError;
use cairn_store::job::{self, Job};
use cairn_store::keys::{KeyError, Keys, Purpose};
use cairn_store::writer::{Unit, WriteError};
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::conversation::Place;
use crate::dkim::{Dkim, DkimConfig, DkimError};
use crate::openpgp::{Mime, Sealing, SealingError, with_content};
use crate::report::{AppError, damaged};
use crate::{App, MailConfig};

/// For each step of the talk with the mail server.
const STEP_TIME_MAX: Duration = Duration::from_secs(20);
/// For one message in all.
const SEND_TIME_MAX: Duration = Duration::from_secs(60);
/// Replies to mail go to one address once in so many seconds.
pub(crate) const REPLY_SECONDS: i64 = 3_600;

static LETTERS: LazyLock<Result<Letters, LetterError>> = LazyLock::new(|| Letters::parse(EMBEDDED));

/// Why a message was not sent. The words hold no address and nothing that a server said: they are kept and shown.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// No job of ours.
    #[error("no work of the kind {0:?} is known")]
    Strange(String),
    /// There is no mail server in the settings (any more), or its settings are wrong.
    #[error("no mail server is set")]
    NoServer,
    /// The job's details do not make sense.
    #[error("the job's details do not parse: {0}")]
    Payload(serde_json::Error),
    /// The store could not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store could not write.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What is stored does not parse.
    #[error("stored {0} is damaged")]
    Damaged(&'static str),
    /// The texts are damaged.
    #[error("the texts of mail: {0}")]
    Letters(&'static LetterError),
    /// The reporter's address is none that mail can be sent to.
    #[error("the address is no mail address")]
    Address,
    /// It was to be signed or encrypted, and cannot be. It does not leave another way.
    #[error("the message could not be sealed: {0}")]
    Sealing(#[from] SealingError),
    /// The package is too large for mail.
    #[error("the package is larger than {0} bytes: hand it over, or let the agency fetch it")]
    TooLarge(usize),
    /// A header could not be written.
    #[error("the message could not be written")]
    Message,
    /// The mail server refused with this code.
    #[error("the mail server refused with code {0}")]
    Refused(u16),
    /// The mail server could not be reached or talked with.
    #[error("talking with the mail server: {0}")]
    Server(String),
}

impl NotifyError {
    /// Trying again would change nothing.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Strange(_)
            | Self::Payload(_)
            | Self::Address
            | Self::Message
            | Self::TooLarge(_)
            | Self::Sealing(_) => true,
            Self::Refused(code) => *code >= 500,
            _ => false,
        }
    }
}

/// The settings of outgoing mail make no sense.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The sender.
    #[error("mail.from: {0:?} is no mail address")]
    From(String),
    /// The server's address. The words leave the address out: it may hold a password.
    #[error("mail.smtp: {0}")]
    Url(String),
    /// A password would cross the network readable for all.
    #[error("mail.smtp: with `tls=none` no password may be given")]
    OpenPassword,
    /// The key that signs.
    #[error(transparent)]
    Dkim(#[from] DkimError),
}

/// The way out for mail.
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    dkim: Option<Dkim>,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}

/// RFC 3834 §5: answering machines leave such messages alone.
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted(&'static str);

impl AutoSubmitted {
    const fn of(notice: Notice) -> Self {
        Self(
            if notice.is_reply() || matches!(notice, Notice::Unreadable) {
                "auto-replied"
            } else {
                "auto-generated"
            },
        )
    }
}

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self("auto-generated"))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_owned())
    }
}

impl Post {
    /// From the settings. `smtps://` is TLS from the first byte; `smtp://` is STARTTLS and nothing less, except on
    /// loopback, or with `?tls=opportunistic` (STARTTLS if offered) or `?tls=none` (a relay on a network of one's own).
    ///
    /// # Errors
    /// See [`PostError`].
    pub fn new(config: &MailConfig) -> Result<Self, PostError> {
        let from: Mailbox = config
            .from
            .parse()
            .map_err(|_| PostError::From(config.from.clone()))?;
        let url = guarded(&config.smtp_url)?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url);
        let builder = builder.map_err(|error| PostError::Url(words(&error)))?;
        let transport = builder.timeout(Some(STEP_TIME_MAX)).build();
        Ok(Self {
            transport,
            from,
            dkim: None,
        })
    }

    /// The same, with DKIM signatures if a key is set.
    ///
    /// # Errors
    /// See [`PostError`].
    pub fn signing(mut self, config: Option<&DkimConfig>) -> Result<Self, PostError> {
        self.dkim = config.map(Dkim::open).transpose()?;
        Ok(self)
    }

    /// Greets the mail server and takes leave, for who wants to know whether the settings are right.
    ///
    /// # Errors
    /// [`NotifyError::Refused`] or [`NotifyError::Server`].
    pub async fn test(&self) -> Result<(), NotifyError> {
        let test = tokio::time::timeout(SEND_TIME_MAX, self.transport.test_connection()).await;
        match test {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(NotifyError::Server(
                "it does not answer as it should".into(),
            )),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(NotifyError::Server("it takes too long".into())),
        }
    }

    /// Message-ID of what a job sends, without angle brackets. The same job sent twice is the same message: mail readers show
    /// it once.
    pub(crate) fn message_id(&self, job: &Job) -> String {
        format!("{}@{}", job.id, self.from.email.domain())
    }

    /// A message without content, to an agency. What does not arrive comes back to `reply_to`.
    pub(crate) fn bare(
        &self,
        subject: &str,
        (to, reply_to): (&Address, Option<&str>),
        at: Micros,
        job: &Job,
    ) -> Result<Message, NotifyError> {
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(cairn_kernel::text::one_line(subject))
            .date(system_time(at))
            .message_id(Some(format!("<{}>", self.message_id(job))))
            .header(ContentType::TEXT_PLAIN);
        if let Some(reply_to) = reply_to {
            let reply_to: Address = reply_to.parse().map_err(|_| NotifyError::Message)?;
            let envelope = Envelope::new(Some(reply_to.clone()), vec![to.clone()]);
            message = message
                .reply_to(Mailbox::new(None, reply_to))
                .envelope(envelope.map_err(|_| NotifyError::Message)?);
        }
        message
            .body(String::new())
            .map_err(|_| NotifyError::Message)
    }

    pub(crate) async fn send(
        &self,
        message: Message,
        sealed: Option<&Mime>,
        at: Micros,
    ) -> Result<(), NotifyError> {
        let mut bytes = message.formatted();
        if let Some(mime) = sealed {
            bytes = with_content(&bytes, mime);
        }
        if let Some(dkim) = &self.dkim {
            bytes = dkim.sign(&bytes, at).map_err(|_| NotifyError::Message)?;
        }
        let sent = self.transport.send_raw(message.envelope(), &bytes);
        match tokio::time::timeout(SEND_TIME_MAX, sent).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(NotifyError::Server("it takes too long".into())),
        }
    }
}

/// The address with the least protection that we accept written out.
fn guarded(url: &str) -> Result<String, PostError> {
    let Some(rest) = url.strip_prefix("smtp://") else {
        return Ok(url.to_owned());
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = place.split('/').next().unwrap_or_default();
    let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let tls = query.split('&').find_map(|pair| pair.strip_prefix("tls="));
    match tls {
        None if is_loopback(host) => Ok(url.to_owned()),
        None if query.is_empty() => Ok(format!("smtp://{place}?tls=required")),
        None => Ok(format!("{url}&tls=required")),
        Some("none") if login.contains(':') && !is_loopback(host) => Err(PostError::OpenPassword),
        Some("none") => Ok(format!("smtp://{place}")),
        Some(_) => Ok(url.to_owned()),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

fn failure(error: &lettre::transport::smtp::Error) -> NotifyError {
    match error.status() {
        Some(code) => NotifyError::Refused(code.into()),
        None => NotifyError::Server(words(error)),
    }
}

/// What kind of failure it was. Answers of servers often repeat the address and are left out.
fn words(error: &lettre::transport::smtp::Error) -> String {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return io.kind().to_string();
        }
        cause = inner.source();
    }
    let words = if error.is_timeout() {
        "it takes too long"
    } else if error.is_tls() {
        "TLS failed"
    } else if error.is_response() {
        "its answer makes no sense"
    } else if error.is_client() {
        "it lacks what we need of it, such as STARTTLS or a way to sign in"
    } else {
        "the address or the connection fails"
    };
    words.to_owned()
}

/// What a job that sends a notice knows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    no: i64,
    /// The status secret, sealed under the installation's key, in base64: readable in the database by nobody. It is
    /// gone when the job is done or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Number of the officer's message that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<i64>,
    /// How the officer chose that it leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealing: Option<Sealing>,
}

impl Payload {
    /// About a report whose reporter has the secret link.
    pub(crate) const fn about(no: i64) -> Self {
        Self {
            no,
            link: None,
            message: None,
            sealing: None,
        }
    }

    /// With the secret link.
    pub(crate) fn with_link(no: i64, secret: &Secret, keys: &Keys) -> Result<Self, KeyError> {
        let sealed = keys.wrap(&sealed_for(no), secret.as_bytes())?;
        Ok(Self {
            no,
            link: Some(STANDARD_NO_PAD.encode(sealed)),
            message: None,
            sealing: None,
        })
    }

    fn secret(&self, keys: &Keys) -> Option<Result<Secret, NotifyError>> {
        let open = |sealed: &String| {
            let sealed = STANDARD_NO_PAD.decode(sealed).ok()?;
            let plain = keys.unwrap(&sealed_for(self.no), &sealed)?;
            std::str::from_utf8(&plain).ok()?.parse().ok()
        };
        let link = self.link.as_ref()?;
        Some(open(link).ok_or(NotifyError::Damaged("secret link")))
    }
}

fn sealed_for(no: i64) -> String {
    format!("status link of report {no}")
}

/// The payload of a job that is given up: what is left to look at, without any secret.
pub(crate) fn without_secret(payload: &str) -> String {
    let parsed = serde_json::from_str::<Payload>(payload);
    let bare = parsed.and_then(|payload| serde_json::to_string(&Payload::about(payload.no)));
    bare.unwrap_or_else(|_| payload.to_owned())
}

impl App {
    /// Somebody who left an address is told by mail, if mail goes out at all. Who reported by mail was shown no secret
    /// link: the answer brings it.
    pub(crate) fn acknowledge(
        &self,
        unit: &mut Unit,
        (no, secret): (i64, &Secret),
        draft: &Draft,
        at: Micros,
    ) -> Result<(), AppError> {
        let reachable = draft
            .contact
            .as_ref()
            .is_some_and(|contact| contact.email.is_some());
        if self.config.mail.is_none() || !reachable {
            return Ok(());
        }
        let (notice, payload) = match draft.body.channel {
            Channel::Web | Channel::Api | Channel::Imported => {
                (Notice::Acknowledge, Payload::about(no))
            }
            Channel::Mail => {
                let payload = Payload::with_link(no, secret, self.store.keys())?;
                (Notice::AcknowledgeMail, payload)
            }
        };
        let payload = serde_json::to_string(&payload).map_err(damaged("job"))?;
        job::enqueue(unit, notice.as_str(), &payload, at);
        let mail = draft.body.mail.as_ref();
        if mail.is_some_and(|mail| unreadable(&mail.seals)) {
            self.tell_unreadable(unit, no, at)?;
        }
        Ok(())
    }

    /// Who wrote for another key is told which one is ours.
    pub(crate) fn tell_unreadable(
        &self,
        unit: &mut Unit,
        no: i64,
        at: Micros,
    ) -> Result<(), AppError> {
        let payload = serde_json::to_string(&Payload::about(no)).map_err(damaged("job"))?;
        job::enqueue(unit, Notice::Unreadable.as_str(), &payload, at);
        Ok(())
    }

    /// Sends a notice to the reporter or challenger whom it is about. Where there is nobody to write to (any more) there is nothing to do.
    /// Replies to mail go to one address at most once in [`REPLY_SECONDS`]: whoever forges a sender cannot flood them.
    pub(crate) async fn notify(
        &self,
        post: &Post,
        notice: Notice,
        job: &Job,
    ) -> Result<(), NotifyError> {
        let payload: Payload = serde_json::from_str(&job.payload).map_err(NotifyError::Payload)?;
        let Some(address) = self.address_of(notice, payload.no).await? else {
            return Ok(());
        };
        let reply = notice.is_reply().then(|| self.address_tag(&address));
        let now = self.clock.now();
        if let Some(tag) = reply {
            let since = now.plus_seconds(-REPLY_SECONDS);
            if self.store.answered_since(tag, since).await? {
                return Ok(());
            }
        }
        let about = (notice, payload.no, payload.message);
        let to = address.to_string();
        let place = if notice.is_to_reporter() {
            if notice == Notice::Unreadable && self.told_unreadable(payload.no).await? {
                return Ok(());
            }
            if self.mailed_enough(notice, &to).await? {
                metrics::counter!("cairn_mails_held_total", self.store.labels()).increment(1);
                return Ok(());
            }
            self.place_of(payload.no).await?
        } else {
            Place::default()
        };
        let language = self.language_of(notice, payload.no).await?;
        let letter = self.letter(notice, &language, &payload, &place).await?;
        let Some(letter) = letter else { return Ok(()) };
        let (mut letter, sealing) = (letter, self.sealing_of(notice, &payload).await?);
        let mime = self.seal_letter(payload.no, &mut letter, sealing).await?;
        let message = self.posted(post, notice, letter, (address, &place), job)?;
        let _turn = self.mail_turn(payload.no).await;
        post.send(message, mime.as_ref(), now).await?;
        metrics::counter!("cairn_mails_sent_total", self.store.labels()).increment(1);
        if notice.is_to_reporter() {
            let id = post.message_id(job);
            self.note_mail(about, (&id, &to, sealing), &place).await?;
        }
        if let Some(tag) = reply {
            self.store.note_answer(payload.no, tag, now).await?;
        }
        Ok(())
    }

    /// How a mail leaves: as an officer chose; what a machine writes is encrypted for who wrote encrypted, where that is possible.
    async fn sealing_of(&self, notice: Notice, payload: &Payload) -> Result<Sealing, NotifyError> {
        if let Some(chosen) = payload.sealing {
            return Ok(chosen);
        }
        if !notice.is_to_reporter() {
            return Ok(Sealing::Plain);
        }
        self.machine_sealing(payload.no).await
    }

    /// Once on a thread is enough.
    async fn told_unreadable(&self, no: i64) -> Result<bool, NotifyError> {
        let sent = self.store.mails_sent(no).await?;
        Ok(sent
            .iter()
            .any(|sent| sent.notice == Notice::Unreadable.as_str()))
    }

    fn address_tag(&self, address: &Address) -> [u8; 32] {
        let address = address.to_string().to_lowercase();
        let keys = self.store.keys();
        keys.tag(Purpose::MailAnswer, &[address.as_bytes()])
    }

    /// Where a notice goes, if there is an address (still).
    async fn address_of(&self, notice: Notice, no: i64) -> Result<Option<Address>, NotifyError> {
        if notice != Notice::ChallengeAnswered {
            return self.reporter_address(no).await;
        }
        let Some(stored) = self.store.challenge_contact(no).await? else {
            return Ok(None);
        };
        let contact: challenge::Contact =
            serde_json::from_str(&stored.json).map_err(|_| NotifyError::Damaged("contact"))?;
        let address = contact.email.trim().parse();
        address.map(Some).map_err(|_| NotifyError::Address)
    }

    async fn language_of(&self, notice: Notice, no: i64) -> Result<String, NotifyError> {
        if notice != Notice::ChallengeAnswered {
            return self.reporter_language(no).await;
        }
        let row = self.store.challenge(no).await?;
        Ok(row.map(|row| row.language).unwrap_or_default())
    }

    /// The reference, and the page that the mail names.
    async fn subject_of(&self, notice: Notice, no: i64) -> Result<(String, String), NotifyError> {
        let url = &self.config.public_url;
        if notice != Notice::ChallengeAnswered {
            return Ok((self.reference(no), format!("{url}/status")));
        }
        let row = self.store.challenge(no).await?;
        let plan = row.map(|row| row.plan).unwrap_or_default();
        let page = format!("{url}/track/{plan}/challenges/{no}");
        Ok((challenge::reference(no), page))
    }

    async fn reporter_address(&self, no: i64) -> Result<Option<Address>, NotifyError> {
        let Some(stored) = self.store.report_contact(no).await? else {
            return Ok(None);
        };
        let contact: Contact =
            serde_json::from_str(&stored.json).map_err(|_| NotifyError::Damaged("contact"))?;
        contact
            .email
            .map(|address| address.trim().parse().map_err(|_| NotifyError::Address))
            .transpose()
    }

    async fn reporter_language(&self, no: i64) -> Result<String, NotifyError> {
        let Some(stored) = self.store.report_body(no).await? else {
            return Ok(String::new());
        };
        let body: Body =
            serde_json::from_str(&stored.json).map_err(|_| NotifyError::Damaged("body"))?;
        Ok(body.language)
    }

    /// `None` where there is nothing to say any more.
    async fn letter(
        &self,
        notice: Notice,
        language: &str,
        payload: &Payload,
        place: &Place,
    ) -> Result<Option<Letter>, NotifyError> {
        let text = match (notice, payload.message) {
            (Notice::Reply, Some(n)) => {
                let all = self.store.messages(payload.no).await?;
                let own = all.into_iter().find(|message| message.n == n);
                match own.filter(|message| !message.text.is_empty()) {
                    Some(message) => message.text,
                    None => return Ok(None),
                }
            }
            (Notice::Reply, None) => return Ok(None),
            _ => String::new(),
        };
        let (reference, status) = self.subject_of(notice, payload.no).await?;
        let url = &self.config.public_url;
        let link = match payload.secret(self.store.keys()).transpose()? {
            Some(secret) => format!("{url}/s/{reference}-{}", secret.expose()),
            None => String::new(),
        };
        let own = self
            .openpgp_public()
            .filter(|_| notice == Notice::Unreadable);
        let Some(own) = own
            .map(|key| key.fingerprint())
            .or_else(|| (notice != Notice::Unreadable).then(String::new))
        else {
            // Without a key of ours there is nothing to tell.
            return Ok(None);
        };
        let fill = Fill {
            service: self.config.name(language),
            reference: &reference,
            status: &status,
            link: &link,
            text: &text,
            key: &format!("{url}/openpgp"),
            fingerprint: &cairn_openpgp::fingerprint_shown(&own),
            answers: place.reply_to.is_some(),
            ..Fill::default()
        };
        written(notice, language, fill).map(Some)
    }

    /// A reminder of what is due from an organisation; `page` is where it is filed.
    pub(crate) fn due_letter(
        &self,
        post: &Post,
        (organisation, page): (&str, &str),
        due: &[cairn_track::office::Due],
        to: Address,
        job: &Job,
    ) -> Result<Message, NotifyError> {
        let organisation = cairn_kernel::text::one_line(organisation);
        let write = |language: &str| {
            let fill = Fill {
                service: self.config.name(language),
                organisation: &organisation,
                due: &crate::track::due_lines(language, due),
                page,
                ..Fill::default()
            };
            written(Notice::PlanDue, language, fill)
        };
        // An account has no language of its own: the letter says it in both.
        let (english, maori) = (write("en")?, write("mi")?);
        let both = Letter {
            subject: format!("{} / {}", english.subject, maori.subject),
            body: format!("{}\n{}\n\n{}", english.body, "-".repeat(72), maori.body),
        };
        self.posted(post, Notice::PlanDue, both, (to, &Place::default()), job)
    }

    pub(crate) fn posted(
        &self,
        post: &Post,
        notice: Notice,
        letter: Letter,
        (to, place): (Address, &Place),
        job: &Job,
    ) -> Result<Message, NotifyError> {
        let id = format!("<{}>", post.message_id(job));
        let mut message = Message::builder()
            .from(post.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(cairn_kernel::text::one_line(&letter.subject))
            .date(system_time(self.clock.now()))
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN);
        // An officer's words are no machine's: answers are welcome.
        if notice.is_by_machine() {
            message = message.header(AutoSubmitted::of(notice));
        }
        if let Some(after) = &place.after {
            let refs: Vec<String> = place.refs.iter().map(|id| format!("<{id}>")).collect();
            message = message
                .in_reply_to(format!("<{after}>"))
                .references(refs.join(" "));
        }
        if let Some(reply_to) = &place.reply_to {
            let reply_to: Address = reply_to.parse().map_err(|_| NotifyError::Message)?;
            // What does not arrive comes back to the report that it is about.
            let envelope = Envelope::new(Some(reply_to.clone()), vec![to]);
            message = message
                .reply_to(Mailbox::new(None, reply_to))
                .envelope(envelope.map_err(|_| NotifyError::Message)?);
        }
        message.body(letter.body).map_err(|_| NotifyError::Message)
    }
}

/// A part of it is encrypted, and not for us.
pub(crate) fn unreadable(seals: &[cairn_desk::mail::sealed::Seal]) -> bool {
    use cairn_desk::mail::sealed::Encryption;
    seals
        .iter()
        .any(|seal| seal.encryption == Encryption::ToOthers)
}

/// The letter of a notice in a language.
pub(crate) fn written(
    notice: Notice,
    language: &str,
    fill: Fill<'_>,
) -> Result<Letter, NotifyError> {
    let letters = LETTERS.as_ref().map_err(NotifyError::Letters)?;
    letters
        .write(notice, language, fill)
        .ok_or(NotifyError::Message)
}

fn system_time(at: Micros) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(at.0).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_machine_unprotected_unless_asked() {
        for (given, used) in [
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://[::1]:25", "smtp://[::1]:25"),
            ("smtp://localhost", "smtp://localhost"),
            ("smtp://mx.example", "smtp://mx.example?tls=required"),
            (
                "smtp://u:p@mx.example:587/me",
                "smtp://u:p@mx.example:587/me?tls=required",
            ),
            (
                "smtp://localhost.example",
                "smtp://localhost.example?tls=required",
            ),
            (
                "smtp://127.0.0.1:x@mx.example",
                "smtp://127.0.0.1:x@mx.example?tls=required",
            ),
            (
                "smtp://mx.example?tls=opportunistic",
                "smtp://mx.example?tls=opportunistic",
            ),
            ("smtp://mx.example?tls=none", "smtp://mx.example"),
            ("smtps://u:p@mx.example", "smtps://u:p@mx.example"),
        ] {
            assert_eq!(guarded(given).unwrap(), used, "{given}");
        }
        let open = guarded("smtp://u:p@mx.example?tls=none");
        assert!(matches!(open, Err(PostError::OpenPassword)));
    }

    #[test]
    fn settings_that_make_no_sense_are_named_without_their_password() {
        let post = |url: &str, from: &str| {
            Post::new(&MailConfig {
                smtp_url: url.into(),
                from: from.into(),
            })
        };
        assert!(post("smtp://127.0.0.1:2525", "Reports <cairn@report.example>").is_ok());
        assert!(post("smtps://u:p@mx.example", "cairn@localhost").is_ok());
        assert!(matches!(
            post("smtp://127.0.0.1", "nobody"),
            Err(PostError::From(_))
        ));
        let wrong = post(
            "smtp://u:hunter2@mx.example?tls=sometimes",
            "cairn@localhost",
        )
        .unwrap_err();
        assert!(!wrong.to_string().contains("hunter2"), "{wrong}");
        let wrong = post("http://u:hunter2@mx.example", "cairn@localhost").unwrap_err();
        assert!(!wrong.to_string().contains("hunter2"), "{wrong}");
    }
}
