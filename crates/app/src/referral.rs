//! Handing reports to partner agencies: what goes is shown before it goes, and each copy that leaves is in the log first.
//! Packages are made when they are asked for, and not kept.

mod agency;
mod key;
mod pack;
mod post;
mod remind;

use cairn_desk::access::{Action, Visible};
use cairn_desk::referral::package::{Package, Parts, manifest, package};
use cairn_desk::referral::{Basis, Channel, Command, Outcome, Record, Referral, records};
use cairn_desk::report::{Change, FileRef, Refusal, decide};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::random;
use cairn_store::referral::{Counts, Filter, Line, NewText, keep_text};

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, Whole, blur};

pub use agency::{Agent, OwnReferral};
pub use cairn_store::referral as rows;
pub use key::{AGENCY_KEY_BYTES_MAX, AGENCY_KEY_SOON_SECONDS, AgencyShown, ShownKey};
pub use pack::Archive;
pub use post::{AgencyMail, MailRefusal, REFERRAL_MAIL_BYTES_MAX, referral_notice};
pub(crate) use post::{REFERRAL_MAIL, boundary, is_reminder, referral_of};
pub(crate) use remind::REFERRAL_REMINDER;
pub use remind::Reminder;

/// Tries when others work on the report in the same instant.
const TRIES: usize = 5;
/// Quarters over which the desk counts, the running one among them.
const QUARTERS: i64 = 4;

/// A text that goes with a step: not empty, not too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// Reads what somebody typed; `None` if there is nothing, or more than
    /// [`cairn_desk::referral::TEXT_CHARS_MAX`] characters.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let text = cairn_kernel::text::clean(typed);
        let chars = text.chars().count();
        (chars > 0 && chars <= cairn_desk::referral::TEXT_CHARS_MAX).then_some(Self(text))
    }
}

/// What is to go to whom.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Agency code.
    pub agency: String,
    /// The provision of the law, and why it applies; without one the reporter's consent is needed.
    pub law: Option<(String, Words)>,
    /// How it goes.
    pub channel: Channel,
    /// Contact details go with it.
    pub contact: bool,
    /// SHA-256 of the files that go with it.
    pub files: Vec<String>,
}

/// What an officer does to a referral.
#[derive(Debug, Clone)]
pub enum Work {
    /// It goes.
    Send,
    /// It is stopped.
    Withdraw,
    /// The agency has it, under this reference.
    Acknowledge(Words),
    /// The agency said what comes of it.
    Answer(Outcome, Option<Words>),
    /// The agency was asked again: how, and what came of it.
    Chase(Words),
    /// The agency is asked again by the mail that was prepared for that.
    Remind,
    /// The agency was told that the reporter no longer agrees: how.
    Tell(Words),
}

/// A package, and the digest by which the log knows it.
#[derive(Debug, Clone)]
pub struct Packed {
    /// What is in it.
    pub package: Package,
    /// `manifest.json`
    pub manifest: String,
    /// SHA-256 of that, hexadecimal.
    pub digest: String,
}

/// A referral as its page shows it.
#[derive(Debug)]
pub struct Shown {
    /// The report.
    pub whole: Whole,
    /// The referral.
    pub record: Record,
    /// What would go now; of one that was withdrawn nothing.
    pub packed: Option<Packed>,
    /// How it gets there by mail, or why it does not; of one that goes another way nothing.
    pub way: Option<Result<AgencyMail, MailRefusal>>,
    /// Fingerprint of the agency's key in use, hexadecimal.
    pub agency_key: Option<String>,
    /// The letter that could remind the agency now, or why none can.
    pub reminder: Option<Result<Reminder, MailRefusal>>,
}

/// A report that was handed on, as its reporter reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOn {
    /// Agency code.
    pub agency: String,
    /// When.
    pub at: Micros,
    /// The reporter did not agree: the law allowed it.
    pub by_law: bool,
}

impl Whole {
    /// Its referrals, with times.
    #[must_use]
    pub fn referrals(&self) -> Vec<Record> {
        records(self.history.iter().map(|line| &line.event))
    }

    /// The text that goes with an event of a referral, unless it was erased.
    #[must_use]
    pub fn referral_text(&self, event: i64) -> Option<&str> {
        let found = self.referral_texts.iter().find(|(own, _)| *own == event);
        found.map(|(_, text)| text.as_str())
    }
}

impl App {
    /// What would go to the agency now.
    pub(crate) fn packed(&self, whole: &Whole, referral: &Referral) -> Packed {
        let files: Vec<FileRef> = whole
            .files
            .iter()
            .map(|file| FileRef {
                sha256: file.sha256.clone(),
                size: file.size,
                media_type: file.media_type.clone(),
                name: file.name.clone(),
            })
            .collect();
        let received_at = whole.summary.received_at.to_string();
        let parts = Parts {
            form: &self.form,
            service: self.config.name("en"),
            address: &self.config.public_url,
            reference: &whole.reference,
            received_at: &received_at,
            body: &whole.body,
            contact: whole.contact.as_ref(),
            files: &files,
            referral,
        };
        let package = package(&parts);
        let sum = |text: &str| sha256(text.as_bytes()).hex();
        let sums = [sum(&package.summary), sum(&package.report)];
        let manifest = manifest(&parts, &package, [&sums[0], &sums[1]]);
        Packed {
            digest: sum(&manifest),
            package,
            manifest,
        }
    }

    /// Prepares a referral. Gives its number within the report.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn prepare_referral(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        wish: Wish,
    ) -> Result<u32, AppError> {
        let grant = match wish.law {
            Some(_) => who.grant(Action::ReferByLaw)?,
            None => who.grant(Action::WorkReports)?,
        };
        let agencies = self.form.agencies();
        if agencies.get(&wish.agency).is_none() {
            let what = format!("there is no agency {:?}", wish.agency);
            return Err(AppError::Input(what));
        }
        let (basis, words) = match wish.law {
            None => (Basis::Consent, None),
            Some((code, words)) => {
                if agencies.lawful_for(&code, &wish.agency).is_none() {
                    let what = "this provision is not for this agency".into();
                    return Err(AppError::Input(what));
                }
                (Basis::Law(code), Some(words))
            }
        };
        let whole = self.seen(reference, version).await?;
        let make = |text| Command::Prepare {
            agency: wish.agency,
            basis,
            channel: wish.channel,
            contact: wish.contact,
            files: wish.files,
            text,
        };
        let by = Actor::User(grant.account().to_owned());
        self.refer(&whole, &by, words, make).await
    }

    /// Works on a referral. `version` is the one of the report that the officer saw.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn work_referral(
        &self,
        who: &Principal,
        (reference, no): (&str, u32),
        version: i64,
        work: Work,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let whole = self.seen(reference, version).await?;
        let by = Actor::User(grant.account().to_owned());
        self.work_on_referral(&whole, &by, no, work).await
    }

    async fn work_on_referral(
        &self,
        whole: &Whole,
        by: &Actor,
        no: u32,
        work: Work,
    ) -> Result<(), AppError> {
        let one = whole.standing.referrals.iter().find(|one| one.no == no);
        let one = one.ok_or(AppError::NotFound)?;
        let text = |digest: Option<String>| digest.unwrap_or_default();
        let done = match work {
            Work::Send => {
                if one.channel == Channel::Mail {
                    self.mailable(&one.agency).await?;
                }
                let manifest = self.packed(whole, one).digest;
                let agency = self.form.agencies().get(&one.agency);
                let days = agency.map_or(cairn_desk::agency::CHASE_DAYS, |one| one.chase_days);
                let make = |_| Command::Send { no, manifest, days };
                self.refer(whole, by, None, make).await
            }
            Work::Withdraw => {
                let make = |_| Command::Withdraw { no };
                self.refer(whole, by, None, make).await
            }
            Work::Acknowledge(words) => {
                let make = |digest| Command::Acknowledge {
                    no,
                    text: text(digest),
                };
                self.refer(whole, by, Some(words), make).await
            }
            Work::Answer(outcome, words) => {
                let make = |text| Command::Answer { no, outcome, text };
                self.refer(whole, by, words, make).await
            }
            Work::Chase(words) => {
                let make = |digest| Command::Chase {
                    no,
                    text: text(digest),
                };
                self.refer(whole, by, Some(words), make).await
            }
            Work::Remind => return self.remind_agency(whole, by, no).await,
            Work::Tell(words) => {
                let make = |digest| Command::Tell {
                    no,
                    text: text(digest),
                };
                self.refer(whole, by, Some(words), make).await
            }
        };
        done.map(drop)
    }

    async fn mailable(&self, agency: &str) -> Result<(), AppError> {
        let way = self.agency_mail(agency).await.map(drop);
        way.map_err(|why| AppError::Input(format!("nothing goes to this agency by mail: {why:?}")))
    }

    /// Decides a command on a referral and writes what comes of it, with the text that goes with it.
    async fn refer(
        &self,
        whole: &Whole,
        by: &Actor,
        words: Option<Words>,
        command: impl FnOnce(Option<String>) -> Command,
    ) -> Result<u32, AppError> {
        self.refer_with(whole, by, words, command, None).await
    }

    /// The same with a job of this kind and payload in the same unit.
    async fn refer_with(
        &self,
        whole: &Whole,
        by: &Actor,
        words: Option<Words>,
        command: impl FnOnce(Option<String>) -> Command,
        job: Option<(&str, String)>,
    ) -> Result<u32, AppError> {
        let text = match words {
            Some(Words(text)) => Some(NewText {
                salt: random::<16>()?,
                text,
            }),
            None => None,
        };
        let digest = text
            .as_ref()
            .map(|text| salted(&text.salt, text.text.as_bytes()).hex());
        let command = cairn_desk::report::Command::Refer(command(digest));
        let changes = decide(&whole.standing, command)?;
        let no = changes.iter().find_map(|change| match change {
            Change::Referral { referral, .. } => Some(*referral),
            _ => None,
        });
        let sent = changes
            .iter()
            .find_map(|change| post::sends_by_mail(whole, change));
        let at = blur(
            self.clock.now(),
            whole.body.anonymous && *by == Actor::System,
        );
        let mut unit = self.unit_at(whole, by, changes, None, at)?;
        if let Some(referral) = sent {
            // Until then the officer can take it back.
            let leaves = cairn_desk::report::undo::leaves_at(at, self.config.undo_seconds);
            let payload = post::Payload::json(whole.summary.no, referral);
            cairn_store::job::enqueue(&mut unit, REFERRAL_MAIL, &payload, leaves);
        }
        if let Some((kind, payload)) = job {
            cairn_store::job::enqueue(&mut unit, kind, &payload, at);
        }
        if let Some(text) = text {
            let version = whole.standing.version + 1;
            keep_text(&mut unit, whole.summary.no, version, text);
        }
        self.store.write(unit).await?;
        no.ok_or(AppError::NotFound)
    }

    /// A referral with what would go, or went. That the report was opened is noted in the log first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn referral(
        &self,
        who: &Principal,
        reference: &str,
        no: u32,
    ) -> Result<Visible<Shown>, AppError> {
        let whole = self.read_report(who, reference).await?.into_inner();
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.shown_referral(whole, no).await?))
    }

    async fn shown_referral(&self, whole: Whole, no: u32) -> Result<Shown, AppError> {
        let mut all = whole.referrals().into_iter();
        let record = all.find(|one| one.referral.no == no);
        let record = record.ok_or(AppError::NotFound)?;
        let gone = record.referral.state == cairn_desk::referral::State::Withdrawn;
        let packed = (!gone).then(|| self.packed(&whole, &record.referral));
        let agency = &record.referral.agency;
        let way = match record.referral.channel {
            Channel::Mail => Some(self.agency_mail(agency).await),
            _ => None,
        };
        let key = self.agency_key(agency).await;
        let reminder = self.reminder(&whole, &record).await;
        Ok(Shown {
            agency_key: key.map(|key| key.fingerprint()),
            way,
            reminder,
            whole,
            record,
            packed,
        })
    }

    /// Takes a package out, to be handed over. That it was taken is in the log before the first byte leaves.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn take_package(
        &self,
        who: &Principal,
        reference: &str,
        no: u32,
    ) -> Result<Archive, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let report = self.number(reference).ok_or(AppError::NotFound)?;
        let by = Actor::User(grant.account().to_owned());
        self.hand_out(report, no, &by).await
    }

    /// Logs that a package leaves, and packs it.
    async fn hand_out(&self, report: i64, no: u32, by: &Actor) -> Result<Archive, AppError> {
        let mut tries = 0;
        let (whole, packed) = loop {
            let whole = self.whole(report).await?;
            let one = whole.standing.referrals.iter().find(|one| one.no == no);
            let packed = self.packed(&whole, one.ok_or(AppError::NotFound)?);
            let manifest = packed.digest.clone();
            let make = |_| Command::Take { no, manifest };
            tries += 1;
            match self.refer(&whole, by, None, make).await {
                Err(AppError::Conflict) if tries < TRIES => {}
                done => {
                    done?;
                    break (whole, packed);
                }
            }
        };
        self.archive(&whole, no, packed).await
    }

    /// A page of referrals.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn referrals(
        &self,
        who: &Principal,
        filter: &Filter,
    ) -> Result<Visible<Vec<Line>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.referrals(filter).await?))
    }

    /// How many referrals are overdue, and of how many an agency has to be told that the reporter no longer agrees.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn referrals_waiting(
        &self,
        who: &Principal,
    ) -> Result<Visible<(i64, i64)>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let counts = self.store.referrals_waiting(self.clock.now()).await?;
        Ok(grant.show(counts))
    }

    /// Reports with at least one referral, and referrals, of the running quarter and the three before: for all (an empty
    /// code) and by agency.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn referral_counts(
        &self,
        who: &Principal,
    ) -> Result<Visible<Vec<(String, Counts)>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let to = self.quarter(self.clock.now());
        let counts = self.store.referral_counts(quarters_before(to), to).await?;
        Ok(grant.show(counts))
    }

    /// To whom a report was handed on by now, as its reporter is told; what can still be taken back is not told.
    #[must_use]
    pub fn passed_on(&self, whole: &Whole) -> Vec<PassedOn> {
        let (now, hold) = (self.clock.now(), self.config.undo_seconds);
        let out = |record: Record| {
            let at = record.sent_at.filter(|_| record.is_out(now, hold))?;
            Some(PassedOn {
                by_law: record.referral.basis != Basis::Consent,
                agency: record.referral.agency,
                at,
            })
        };
        whole.referrals().into_iter().filter_map(out).collect()
    }

    /// Why a referral could not be done, if it is about referrals at all.
    #[must_use]
    pub const fn referral_refusal(error: &AppError) -> Option<cairn_desk::referral::Refusal> {
        match error {
            AppError::Refused(Refusal::Referral(refusal)) => Some(*refusal),
            _ => None,
        }
    }
}

/// The first of the quarters that end with this one (year times ten plus quarter).
const fn quarters_before(to: i64) -> i64 {
    let (year, quarter) = (to / 10, to % 10);
    let first = year * 4 + quarter - 1 - (QUARTERS - 1);
    first / 4 * 10 + first % 4 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_quarters_end_with_the_running_one() {
        assert_eq!(quarters_before(20_264), 20_261);
        assert_eq!(quarters_before(20_261), 20_252);
    }
}
