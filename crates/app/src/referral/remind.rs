//! Asking an agency again by mail: the letter is prepared, an officer sees it and sends it in one action. It goes the way that the package
//! went, under the same rules for keys, and nothing sends one by itself.

use cairn_desk::referral::{Channel, Command, Record, Refusal};
use cairn_desk::report::Refusal as ReportRefusal;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::job::Job;
use serde::Deserialize;

use super::Words;
use super::post::{AgencyMail, MailRefusal, reminder_notice};
use crate::App;
use crate::notify::{NotifyError, Post};
use crate::report::{AppError, Whole};

/// Name of the job that mails a reminder.
pub(crate) const REFERRAL_REMINDER: &str = "referral_reminder";

/// A letter that asks an agency again.
#[derive(Debug, Clone)]
pub struct Reminder {
    /// How it gets there.
    pub way: AgencyMail,
    /// Subject, in English as all that agencies get.
    pub subject: String,
    /// Text.
    pub text: String,
}

/// What the job knows: the text lies with the event.
#[derive(Debug, Deserialize)]
struct Payload {
    no: i64,
    referral: u32,
    event: i64,
}

impl App {
    /// The reminder that could go now, or why none can; `None` where the agency is not asked by mail: the referral went another way, waits
    /// for nothing, or its reporter no longer agrees.
    pub async fn reminder(
        &self,
        whole: &Whole,
        record: &Record,
    ) -> Option<Result<Reminder, MailRefusal>> {
        let one = &record.referral;
        if one.channel != Channel::Mail || !one.state.waits() || one.revoked {
            return None;
        }
        let way = match self.agency_mail(&one.agency).await {
            Ok(way) => way,
            Err(why) => return Some(Err(why)),
        };
        Some(Ok(Reminder {
            way,
            subject: self.reminder_subject(whole, one.no),
            text: self.reminder_text(whole, record),
        }))
    }

    fn reminder_subject(&self, whole: &Whole, referral: u32) -> String {
        let service = self.config.name("en");
        format!(
            "{service}: referral {}/{referral}, reminder",
            whole.reference
        )
    }

    fn reminder_text(&self, whole: &Whole, record: &Record) -> String {
        let one = &record.referral;
        let zone = &self.config.time_zone;
        let day = |at: Micros| at.timestamp().to_zoned(zone.clone()).date().to_string();
        let sent = record.sent_at.map(day).unwrap_or_default();
        let has = if one.state == cairn_desk::referral::State::Acknowledged {
            "You told us that you have it. We do not know yet what comes of it"
        } else {
            "We do not know yet whether you have it"
        };
        let due = match record.due {
            Some(due) => format!(", and expected to hear from you by {}", day(due)),
            None => String::new(),
        };
        let manifest = match &one.sent {
            Some(digest) => {
                format!("SHA-256 of the manifest of what we sent:\n\n    {digest}\n\n")
            }
            None => String::new(),
        };
        format!(
            "Kia ora,\n\nOn {sent} we handed you report {} (referral {}).\n{has}{due}.\n\n\
             Please answer this mail with a reference of yours, and with what comes of it: accepted, declined, no further\n\
             action, or resolved. If nothing arrived, tell us so, and it is sent again.\n\n{manifest}{}\n",
            whole.reference,
            one.no,
            self.config.name("en")
        )
    }

    /// Logs that the agency is asked again, with the letter, and sends it.
    pub(super) async fn remind_agency(
        &self,
        whole: &Whole,
        by: &Actor,
        no: u32,
    ) -> Result<(), AppError> {
        let mut all = whole.referrals().into_iter();
        let record = all.find(|one| one.referral.no == no);
        let record = record.ok_or(AppError::NotFound)?;
        if record.referral.revoked {
            return Err(ReportRefusal::Referral(Refusal::Revoked).into());
        }
        let refused = |why: &dyn std::fmt::Debug| {
            AppError::Input(format!("nothing goes to this agency by mail: {why:?}"))
        };
        let reminder = match self.reminder(whole, &record).await {
            Some(Ok(reminder)) => reminder,
            Some(Err(why)) => return Err(refused(&why)),
            // What waits for nothing is refused by the rules themselves.
            None if record.referral.channel == Channel::Mail => {
                let left = record.referral.state.has_left();
                let why = if left {
                    Refusal::IsAnswered
                } else {
                    Refusal::NotSent
                };
                return Err(ReportRefusal::Referral(why).into());
            }
            None => return Err(refused(&record.referral.channel)),
        };
        let words = Words::parse(&reminder.text);
        let words = words.ok_or_else(|| AppError::Input("the letter is too long".into()))?;
        let make = |digest: Option<String>| Command::Chase {
            no,
            text: digest.unwrap_or_default(),
        };
        let (report, event) = (whole.summary.no, whole.standing.version + 1);
        let payload = format!("{{\"no\":{report},\"referral\":{no},\"event\":{event}}}");
        let job = Some((REFERRAL_REMINDER, payload));
        self.refer_with(whole, by, Some(words), make, job).await?;
        Ok(())
    }

    /// Mails a reminder. What was answered, erased or is no longer agreed to meanwhile does not leave.
    pub(crate) async fn mail_reminder(&self, post: &Post, job: &Job) -> Result<(), NotifyError> {
        let payload: Payload = serde_json::from_str(&job.payload).map_err(NotifyError::Payload)?;
        let id = post.message_id(job);
        if self.store.mail_sent(&id).await?.is_some() {
            return Ok(());
        }
        let whole = self.whole(payload.no).await;
        let whole = whole.map_err(|_| NotifyError::Damaged("report"))?;
        let mut all = whole.standing.referrals.iter();
        let one = all.find(|one| one.no == payload.referral);
        let Some(one) = one.filter(|one| one.state.waits() && !one.revoked) else {
            return Ok(());
        };
        let text = whole.referral_text(payload.event);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(());
        };
        let way = self.agency_mail(&one.agency).await?;
        let subject = self.reminder_subject(&whole, one.no);
        let part = crate::openpgp::text_part(&subject, text);
        let mime = self.seal_to_agency(&part, way.key.as_ref())?;
        let mail = (subject.as_str(), mime, reminder_notice(one.no));
        self.post_to_agency((post, job), (&whole, one.no), &way, mail)
            .await
    }
}
