//! An officer's answer before it goes: what is masked in it, and exactly what the reporter will see.

use std::collections::BTreeSet;

use cairn_desk::access::{Action, Visible};
use cairn_desk::canned::Fields;
use cairn_desk::form::Flag;
use cairn_desk::notify::{Fill, Notice};
use cairn_desk::redact::{Mark, Told};
use cairn_desk::report::{Answer, Channel, MessageText};
use cairn_kernel::actor::Actor;

use crate::App;
use crate::account::Principal;
use crate::notify::written;
use crate::openpgp::Sealing;
use crate::report::{AppError, Whole};

/// What an officer wants to send.
#[derive(Debug, Clone)]
pub struct Draft {
    /// As it was typed.
    pub text: MessageText,
    /// An answer is wanted.
    pub waits: bool,
    /// The text goes by mail, too, and not only that there is one.
    pub by_mail: bool,
    /// How the mail about it leaves.
    pub sealing: Sealing,
    /// Places in the list of marks that stay as they were typed.
    pub keep: BTreeSet<usize>,
    /// The officer has seen the preview.
    pub seen: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It waits to leave.
    Sent,
    /// Something would be masked: the officer looks at it first.
    LookFirst,
}

/// A mail as it will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailShown {
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// Where answers go, if they are read.
    pub reply_to: Option<String>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// How it leaves.
    pub sealing: Sealing,
    /// Fingerprint of the key that it is encrypted to, and whether an officer confirmed it.
    pub key: Option<(String, bool)>,
    /// It repeats in the clear what came encrypted.
    pub exposes: bool,
}

/// Exactly what the reporter will see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Language of the reporter's choice.
    pub language: String,
    /// The message as the status page shows it.
    pub text: String,
    /// What is masked unless it is kept.
    pub marks: Vec<Mark>,
    /// The mail, if one goes out.
    pub mail: Option<MailShown>,
}

impl App {
    /// Whose report this is may still be watched.
    #[must_use]
    pub fn at_risk(&self, whole: &Whole) -> bool {
        let mut told = self.form.begin(&whole.body.language);
        told.answers.clone_from(&whole.body.answers);
        self.form.has_flag(&told, Flag::AtRisk)
    }

    /// Mail goes to the reporter.
    #[must_use]
    pub fn reachable_by_mail(&self, whole: &Whole) -> bool {
        let email = whole
            .contact
            .as_ref()
            .and_then(|contact| contact.email.as_ref());
        self.config.mail.is_some() && email.is_some()
    }

    /// An officer may choose that the text of an answer goes by mail: not to people at risk, whose mail others may read.
    #[must_use]
    pub fn may_mail_text(&self, whole: &Whole) -> bool {
        self.reachable_by_mail(whole) && !self.at_risk(whole)
    }

    /// Who writes to us by mail wants to be answered by mail.
    #[must_use]
    pub fn prefers_mail(&self, whole: &Whole) -> bool {
        let last = whole
            .messages
            .iter()
            .rfind(|message| message.author.is_none());
        let by_mail = match last {
            Some(last) => whole.mails.iter().any(|mail| mail.message == Some(last.n)),
            None => whole.body.channel == Channel::Mail,
        };
        by_mail && self.may_mail_text(whole)
    }

    /// A canned answer in the reporter's language, filled.
    #[must_use]
    pub fn canned_text(&self, whole: &Whole, id: &str) -> Option<String> {
        let canned = self.canned.get(id)?;
        let language = whole.body.language.as_str();
        let category = self.form.taxonomy().category(&whole.standing.category);
        let fields = Fields {
            service: self.config.name(language),
            reference: &whole.reference,
            status: &format!("{}/status", self.config.public_url),
            category: category.map_or("", |known| known.title.get(language)),
        };
        Some(canned.fill(language, fields))
    }

    /// Exactly what the reporter will see of an answer. Nothing is written.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn preview_reply(
        &self,
        who: &Principal,
        reference: &str,
        draft: &Draft,
    ) -> Result<Visible<Preview>, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let no = self.number(reference).ok_or(AppError::NotFound)?;
        let whole = self.whole(no).await?;
        let told = self.told_of(&whole);
        let text = told.masked(draft.text.as_str(), &draft.keep);
        Ok(grant.show(Preview {
            language: whole.body.language.clone(),
            marks: told.marks(draft.text.as_str()),
            mail: self.mail_shown(&whole, &text, (draft.by_mail, draft.sealing))?,
            text,
        }))
    }

    /// Sends an answer, masked where the officer did not say otherwise. With something to mask that the officer has not seen,
    /// nothing is sent.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn reply(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        draft: Draft,
    ) -> Result<Written, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let whole = self.seen(reference, version).await?;
        let told = self.told_of(&whole);
        let exposes = self.exposes(&whole, draft.by_mail, draft.sealing);
        if !draft.seen && (exposes || !told.marks(draft.text.as_str()).is_empty()) {
            return Ok(Written::LookFirst);
        }
        let text = told.masked(draft.text.as_str(), &draft.keep);
        let text = MessageText::parse(&text).map_err(|fault| AppError::Input(fault.to_string()))?;
        let by_mail = draft.by_mail && self.may_mail_text(&whole);
        let sealing = draft.sealing;
        if !self.sealings(&whole).contains(&sealing) {
            let why = "mail to this reporter can't be sealed like that now: look at the keys";
            return Err(AppError::Input(why.into()));
        }
        let account = grant.account().to_owned();
        let by = Actor::User(account.clone());
        self.write_message(
            &whole,
            by,
            Some(account),
            text,
            (draft.waits, by_mail, Some(sealing)),
        )
        .await?;
        Ok(Written::Sent)
    }

    /// The words of an answer would go in the clear to who wrote encrypted.
    fn exposes(&self, whole: &Whole, by_mail: bool, sealing: Sealing) -> bool {
        let text = by_mail && self.may_mail_text(whole);
        text && sealing != Sealing::Encrypted && self.wrote_encrypted(whole)
    }

    /// What the report says that an answer could repeat.
    fn told_of(&self, whole: &Whole) -> Told {
        let answers = whole
            .body
            .answers
            .values()
            .filter_map(|answer| match answer {
                Answer::Text(text) => Some(text.as_str()),
                _ => None,
            });
        let seen = whole
            .body
            .observables
            .iter()
            .map(|seen| seen.value.as_str());
        let theirs = whole
            .messages
            .iter()
            .filter(|message| message.author.is_none());
        let theirs = theirs.map(|message| message.text.as_str());
        let others = whole.mails.iter().map(|mail| mail.text.as_str());
        let texts = answers.chain(seen).chain(theirs).chain(others);
        let contact = whole.contact.as_ref();
        let own = contact.into_iter().flat_map(|contact| {
            [&contact.name, &contact.email, &contact.phone]
                .into_iter()
                .filter_map(|one| one.as_deref())
        });
        Told::of(texts, own, self.form.calling_code())
    }

    fn mail_shown(
        &self,
        whole: &Whole,
        text: &str,
        (by_mail, sealing): (bool, Sealing),
    ) -> Result<Option<MailShown>, AppError> {
        let contact = whole.contact.as_ref();
        let to = contact.and_then(|contact| contact.email.clone());
        let (Some(mail), Some(to)) = (&self.config.mail, to) else {
            return Ok(None);
        };
        let notice = if by_mail && self.may_mail_text(whole) {
            Notice::Reply
        } else {
            Notice::News
        };
        let language = whole.body.language.as_str();
        let reply_to = self.reply_address(whole.summary.no);
        let fill = Fill {
            service: self.config.name(language),
            reference: &whole.reference,
            status: &format!("{}/status", self.config.public_url),
            text,
            answers: reply_to.is_some(),
            ..Fill::default()
        };
        let letter = written(notice, language, fill).map_err(|error| AppError::Damaged {
            what: "texts of mail",
            cause: error.to_string(),
        })?;
        Ok(Some(MailShown {
            from: mail.from.clone(),
            to,
            reply_to,
            exposes: self.exposes(whole, by_mail, sealing),
            key: self
                .reporter_key(whole)
                .filter(|_| sealing == Sealing::Encrypted)
                .and_then(|key| Some((key.fingerprint()?, key.is_confirmed()))),
            sealing,
            subject: cairn_kernel::text::one_line(&letter.subject),
            body: letter.body,
        }))
    }
}
