//! The conversation by mail: a message that belongs to a report becomes an entry of its thread, and never another report.

mod outgoing;
mod reply;

use std::time::Duration;

use cairn_desk::conversation::{Head, ReplyAddress, Sort, Tag, Way, sort, words};
use cairn_desk::mail::{MailReport, Nature, Reading, identity};
use cairn_desk::referral::REFERRALS_MAX;
use cairn_desk::report::{Change, Command, FILES_MAX, FileRef, Refusal, decide_all};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::conversation::{KeptMail, SentRow, keep_mail, note_bounce};
use cairn_store::keys::{Purpose, random};
use cairn_store::report::NewMessage;
use cairn_store::writer::Unit;

use crate::App;
use crate::mail::ImportError;
use crate::notify::unreadable;
use crate::report::{AppError, Received, Whole, blur, damaged};

pub use outgoing::MAILS_A_DAY_MAX;
pub(crate) use outgoing::Place;
pub use reply::{Draft, MailShown, Preview, Written};

/// Tries when others work on the report in the same instant.
const TRIES: usize = 8;
/// Longest wait for the note of a mail that is on its way, of which a mail server says already that it did not arrive.
const NOTE_TIME_MAX: Duration = Duration::from_secs(20);

/// A message as a mail server hands it over.
#[derive(Debug, Clone, Copy, Default)]
pub struct Handed<'a> {
    /// Name under which our own mail server notes its DKIM, SPF and DMARC results (RFC 8601).
    pub authserv_id: Option<&'a str>,
    /// Addresses to which it was delivered, beside those in the message.
    pub recipients: &'a [String],
    /// Its sender in the envelope is empty: nobody waits for an answer (RFC 5321, 4.5.5).
    pub no_sender: bool,
}

/// What became of a message.
#[derive(Debug, Clone)]
pub enum Taken {
    /// A report of its own.
    Report(Box<Received>),
    /// An entry of the thread of a report.
    Thread(OnThread),
    /// Machine reports, which are in the queue.
    Feed(OnFeed),
    /// A machine's word on a notice that we sent to an owner: its number, and whether it did not arrive.
    Notice(String, bool),
}

/// Machine reports that a message brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnFeed {
    /// Their numbers in the queue.
    pub arrivals: Vec<i64>,
    /// The same in words.
    pub reference: String,
    /// All of them came before.
    pub again: bool,
}

impl Taken {
    /// Reference of the report that it is, or that it belongs to.
    #[must_use]
    pub fn reference(&self) -> &str {
        match self {
            Self::Report(received) => &received.reference,
            Self::Thread(thread) => &thread.reference,
            Self::Feed(feed) => &feed.reference,
            Self::Notice(number, _) => number,
        }
    }

    /// It came before.
    #[must_use]
    pub fn again(&self) -> bool {
        match self {
            Self::Report(received) => received.again,
            Self::Thread(thread) => thread.again,
            Self::Feed(feed) => feed.again,
            Self::Notice(..) => false,
        }
    }
}

/// An entry of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnThread {
    /// Number of the report.
    pub no: i64,
    /// Its reference.
    pub reference: String,
    /// What the message is.
    pub sort: Sort,
    /// It came before.
    pub again: bool,
}

/// The report that a message belongs to, what led there, and the mail of ours that it answers.
struct Found {
    no: i64,
    way: Way,
    answers: Option<SentRow>,
    /// The referral that an agency writes about.
    referral: Option<u32>,
}

impl App {
    /// Takes a message (RFC 5322): onto the thread of the report that it belongs to, or as a report of its own. Returns only
    /// after the commit is durable. The same message, on whichever ways and however often, is taken once.
    ///
    /// # Errors
    /// See [`ImportError`]; on any error nothing was taken.
    pub async fn take_mail(
        &self,
        message: &[u8],
        handed: Handed<'_>,
    ) -> Result<Taken, ImportError> {
        // Whoever hands over by LMTP tells the sender apart from the message; pipes write it into the header.
        let with_sender;
        let message = if handed.no_sender && !message.starts_with(b"Return-Path:") {
            with_sender = [b"Return-Path: <>\r\n".as_slice(), message].concat();
            &with_sender
        } else {
            message
        };
        let reading = Reading {
            authserv_id: handed.authserv_id,
            calling_code: self.form.calling_code(),
        };
        let unsealed = self.unseal(message, &reading).await?;
        let brought = self
            .take_feed_mail(message, &unsealed.mail, handed.recipients)
            .await?;
        if let Some((arrivals, again)) = brought {
            let numbers: Vec<String> = arrivals.iter().map(i64::to_string).collect();
            return Ok(Taken::Feed(OnFeed {
                reference: format!("machine reports {}", numbers.join(", ")),
                arrivals,
                again,
            }));
        }
        let came = self
            .notice_came_back(&unsealed.mail, handed.recipients)
            .await?;
        if let Some((number, bounced)) = came {
            return Ok(Taken::Notice(number, bounced));
        }
        let asked = self.ask_came_back(&unsealed.mail, handed.recipients);
        if let Some((owner, bounced)) = asked.await? {
            let what = format!("to a contact of constituent {owner}");
            return Ok(Taken::Notice(what, bounced));
        }
        let now = self.now_seconds();
        let mut found = self.thread_of(&unsealed.mail, handed.recipients).await?;
        if let Some(no) = too_early(&unsealed.mail, found.as_ref()) {
            let _noted = tokio::time::timeout(NOTE_TIME_MAX, self.mail_turn(no)).await;
            found = self.thread_of(&unsealed.mail, handed.recipients).await?;
        }
        let known = match &found {
            Some(found) => self.known_keys(found).await?,
            None => Vec::new(),
        };
        let mail = unsealed.sealed(&known, now);
        if let Some(found) = found {
            let reminder = found.answers.as_ref();
            let reminder = reminder.is_some_and(|sent| crate::referral::is_reminder(&sent.notice));
            let referral = found.referral.filter(|_| !reminder);
            match self.add_mail(message, &mail, &found).await {
                // A thread that is full loses nothing: the message is a report of its own.
                Err(AppError::Refused(Refusal::Limit)) => {}
                taken => {
                    let taken = taken?;
                    if taken.sort == Sort::Reporter && mail.evidence.dmarc != "fail" {
                        self.offer_keys(taken.no, &mail.keys).await?;
                    }
                    if let (Sort::Bounce, Some(referral), false) =
                        (taken.sort, referral, taken.again)
                    {
                        self.referral_bounced(taken.no, referral).await?;
                    }
                    return Ok(Taken::Thread(taken));
                }
            }
        }
        let received = self.report_of_mail(message, &mail).await?;
        Ok(Taken::Report(Box::new(received)))
    }

    /// The report that a message belongs to. Anonymous reports have no mail.
    async fn thread_of(
        &self,
        mail: &MailReport,
        recipients: &[String],
    ) -> Result<Option<Found>, AppError> {
        let from = mail.headers.from.first();
        let from = from.map(|from| self.mail_address_tag(&from.address));
        let mut answers = None;
        for id in &mail.thread.answers {
            answers = self.store.mail_sent(id).await?;
            if answers.is_some() {
                break;
            }
        }
        let all = recipients.iter().chain(&mail.thread.recipients);
        let tagged = all
            .filter_map(|address| self.config.reply_to.as_ref()?.tag_in(address))
            .find_map(|tag| self.tagged(&tag));
        let of_referral = answers
            .as_ref()
            .and_then(|sent| crate::referral::referral_of(&sent.notice));
        let found = match (tagged, answers) {
            (Some((no, referral)), answers) => Some(Found {
                no,
                way: if referral.is_some() {
                    Way::FromAgency
                } else {
                    Way::Tagged
                },
                answers: answers.filter(|sent| sent.no == no),
                referral,
            }),
            (None, Some(sent)) if of_referral.is_some() => Some(Found {
                no: sent.no,
                way: Way::FromAgency,
                referral: of_referral,
                answers: Some(sent),
            }),
            (None, Some(sent)) => {
                let same = from.is_some_and(|from| sent.address.as_deref() == Some(&from));
                Some(Found {
                    no: sent.no,
                    way: if same {
                        Way::FromThem
                    } else {
                        Way::FromAnother
                    },
                    answers: Some(sent),
                    referral: None,
                })
            }
            (None, None) => None,
        };
        let Some(found) = found else { return Ok(None) };
        let summary = self.store.report(found.no).await?;
        // An anonymous reporter has no mail; an agency that has the report may write about it.
        let there = |anonymous: bool| !anonymous || found.referral.is_some();
        Ok(summary.filter(|row| there(row.anonymous)).map(|_| found))
    }

    /// The keys that its reporter, or the agency that writes about it, may have signed with.
    async fn known_keys(&self, found: &Found) -> Result<Vec<cairn_openpgp::Key>, AppError> {
        let whole = self.whole(found.no).await?;
        if let Some(referral) = found.referral {
            let one = whole
                .standing
                .referrals
                .iter()
                .find(|one| one.no == referral);
            let key = match one {
                Some(one) => self.agency_key(&one.agency).await,
                None => None,
            };
            return Ok(key.into_iter().collect());
        }
        let keys = self.reporter_keys(&whole).into_iter();
        Ok(keys.filter_map(|known| known.key).collect())
    }

    /// The report whose tag it is, and the referral, if it is an agency's.
    fn tagged(&self, tag: &Tag) -> Option<(i64, Option<u32>)> {
        use subtle::ConstantTimeEq;
        let no = self.number(&tag.reference)?;
        let same =
            |right: Tag| -> bool { right.secret.as_bytes().ct_eq(tag.secret.as_bytes()).into() };
        if same(self.mail_tag(no)) {
            return Some((no, None));
        }
        let most = u32::try_from(REFERRALS_MAX).unwrap_or_default();
        let referral = (1..=most).find(|referral| same(self.referral_tag(no, *referral)))?;
        Some((no, Some(referral)))
    }

    pub(crate) fn mail_tag(&self, no: i64) -> Tag {
        let keyed = self
            .store
            .keys()
            .tag(Purpose::MailTag, &[&no.to_be_bytes()]);
        Tag::new(&self.reference(no), &keyed)
    }

    /// The address to which a reporter answers, if answers are read.
    pub(crate) fn reply_address(&self, no: i64) -> Option<String> {
        let address: &ReplyAddress = self.config.reply_to.as_ref()?;
        Some(address.with(&self.mail_tag(no)))
    }

    /// Addresses are compared without their case.
    pub(crate) fn mail_address_tag(&self, address: &str) -> [u8; 32] {
        let address = address.trim().to_lowercase();
        let keys = self.store.keys();
        keys.tag(Purpose::MailAddress, &[address.as_bytes()])
    }

    async fn add_mail(
        &self,
        message: &[u8],
        mail: &MailReport,
        found: &Found,
    ) -> Result<OnThread, AppError> {
        let (head, body) = identity(message);
        let seen = self
            .store
            .keys()
            .tag(Purpose::MailSeen, &[head.as_slice(), &body]);
        let on_thread = |sort, again| OnThread {
            no: found.no,
            reference: self.reference(found.no),
            sort,
            again,
        };
        let mut kept = None;
        let mut tries = 0;
        loop {
            if let Some(sort) = self.store.mail_seen(found.no, seen).await? {
                return Ok(on_thread(sort, true));
            }
            let whole = self.whole(found.no).await?;
            let sort = self.sort_of(mail, found, &whole);
            let kept = match &kept {
                Some(kept) => kept,
                None => kept.insert(self.keep_of(message, mail, sort).await?),
            };
            tries += 1;
            match self
                .write_mail(&whole, mail, found, (sort, seen), kept)
                .await
            {
                Err(AppError::Conflict) if tries < TRIES => {}
                done => {
                    done?;
                    let labels = self.store.labels_and("sort", sort.as_str());
                    metrics::counter!("cairn_mails_taken_total", labels).increment(1);
                    return Ok(on_thread(sort, false));
                }
            }
        }
    }

    /// Our own message that came back to us is nobody's words.
    fn sort_of(&self, mail: &MailReport, found: &Found, whole: &Whole) -> Sort {
        let own = mail.headers.message_id.as_deref();
        let own = own.is_some_and(|id| whole.sent.iter().any(|sent| sent.id == id));
        if own {
            return Sort::Automatic;
        }
        sort(mail, found.way)
    }

    /// The message whole, and then the attachments of a reporter's message as files of the report.
    async fn keep_of(
        &self,
        message: &[u8],
        mail: &MailReport,
        sort: Sort,
    ) -> Result<(FileRef, Vec<FileRef>), AppError> {
        let whole = self.keep_whole(message).await?;
        let mut files = Vec::new();
        if sort == Sort::Reporter {
            self.keep_attachments(&mut files, mail, self.config.files_max)
                .await?;
        }
        Ok((whole, files))
    }

    async fn write_mail(
        &self,
        whole: &Whole,
        mail: &MailReport,
        found: &Found,
        (sort, seen): (Sort, [u8; 32]),
        (file, files): &(FileRef, Vec<FileRef>),
    ) -> Result<(), AppError> {
        let from = mail.headers.from.first().map(|from| from.address.as_str());
        let head = Head {
            referral: found.referral,
            ..Head::of(mail, self.writes_to(whole, from))
        };
        let head = serde_json::to_string(&head).map_err(damaged("mail"))?;
        let (head_salt, text_salt) = (random::<16>()?, random::<16>()?);
        let text = words(mail).ok_or(AppError::NotFound)?.into_string();
        let digest = salted(&text_salt, text.as_bytes()).hex();
        let mut commands = Vec::new();
        let mut message = None;
        let mut kept = KeptMail {
            seen,
            head: (head, head_salt),
            text: (String::new(), [0; 16]),
        };
        let mut by = Actor::System;
        let mut apart = None;
        if sort == Sort::Reporter {
            by = Actor::Reporter;
            commands.push(Command::ReporterWrite { digest });
            let room = FILES_MAX.saturating_sub(whole.standing.files.len());
            commands.extend(files.iter().take(room).cloned().map(Command::AddFile));
            message = Some(NewMessage {
                n: whole.standing.messages + 1,
                author: None,
                at: Micros(0),
                waits: false,
                salt: text_salt,
                text,
                by_mail: false,
                seal: None,
            });
        } else {
            apart = Some(digest);
            kept.text = (text, text_salt);
        }
        commands.push(Command::TakeMail {
            sort,
            sha256: file.sha256.clone(),
            head: salted(&kept.head.1, kept.head.0.as_bytes()).hex(),
            text: apart,
        });
        let changes = decide_all(&whole.standing, commands)?;
        let came = changes
            .iter()
            .find(|change| matches!(change, Change::MailCame { .. }))
            .cloned();
        let at = blur(self.clock.now(), whole.body.anonymous);
        let mut unit = self.unit_at(whole, &by, changes, message, at)?;
        if let Some(came) = &came {
            keep_mail(&mut unit, whole.summary.no, at, came, kept);
        }
        if sort == Sort::Reporter {
            self.answer_unreadable(&mut unit, whole, mail, at)?;
        }
        if sort == Sort::Bounce
            && let Some(id) = bounced(found, whole)
        {
            let delivery = mail.thread.delivery.as_ref();
            let status = delivery.and_then(|delivery| delivery.status.as_deref());
            note_bounce(&mut unit, id, at, status);
        }
        self.store.write(unit).await?;
        Ok(())
    }

    /// Who wrote for another key is told which one is ours, if they can be written to.
    fn answer_unreadable(
        &self,
        unit: &mut Unit,
        whole: &Whole,
        mail: &MailReport,
        at: Micros,
    ) -> Result<(), AppError> {
        let contact = whole.contact.as_ref();
        let reachable = contact.is_some_and(|contact| contact.email.is_some());
        if reachable && self.config.mail.is_some() && unreadable(&mail.evidence.seals) {
            self.tell_unreadable(unit, whole.summary.no, at)?;
        }
        Ok(())
    }

    /// A message comes from the address that we write to.
    fn writes_to(&self, whole: &Whole, from: Option<&str>) -> bool {
        let known = whole
            .contact
            .as_ref()
            .and_then(|contact| contact.email.as_deref());
        let both = known.zip(from);
        both.is_some_and(|(known, from)| known.trim().eq_ignore_ascii_case(from.trim()))
    }
}

/// A mail server that finds out at once that a mail cannot arrive says so before we have noted that it left. The report that it was about.
fn too_early(mail: &MailReport, found: Option<&Found>) -> Option<i64> {
    let found = found.filter(|found| found.answers.is_none())?;
    (mail.thread.nature == Nature::Bounced).then_some(found.no)
}

/// The mail that did not arrive: the one that the report names, else the last that we sent.
fn bounced<'a>(found: &'a Found, whole: &'a Whole) -> Option<&'a str> {
    let named = found.answers.as_ref().map(|sent| sent.id.as_str());
    let same = |sent: &&SentRow| crate::referral::referral_of(&sent.notice) == found.referral;
    named.or_else(|| whole.sent.iter().rfind(same).map(|sent| sent.id.as_str()))
}
