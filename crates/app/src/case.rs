//! What officers do: read a report, work on it. Cases proper stand on this later.

use cairn_desk::access::{Action, Grant, Visible};
use cairn_desk::report::{Command, MessageText, Refusal};
use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money;

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, Whole};

impl App {
    /// One report, whole. That it was opened is noted in the log first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn read_report(
        &self,
        who: &Principal,
        reference: &str,
    ) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let no = self.number(reference).ok_or(AppError::NotFound)?;
        let whole = self.whole(no).await?;
        self.note_opened(who, no).await?;
        Ok(grant.show(whole))
    }

    /// Works on a report. `version` is the one the officer saw: if the report moved on, nothing is done.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn work(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        command: Command,
    ) -> Result<(), AppError> {
        let grant = self.grant_for(who, &command).await?;
        self.check_codes(&command)?;
        let whole = self.seen(reference, version).await?;
        let erases = command == Command::EraseContact;
        let by = Actor::User(grant.account().to_owned());
        self.command(&whole, by, command, None).await?;
        if erases {
            self.erased
                .store(true, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(())
    }

    /// Verifies the amount of a loss of a report, or corrects it. The rate is that of the day the report came in.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn verify_loss(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        item: u32,
        amount: Money,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let whole = self.seen(reference, version).await?;
        let command = Command::VerifyLoss {
            item,
            base_minor: self.in_base(&amount, whole.summary.received_at),
            amount,
        };
        let by = Actor::User(grant.account().to_owned());
        self.command(&whole, by, command, None).await
    }

    /// Writes to the reporter; `waits` asks for an answer.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn write_to_reporter(
        &self,
        who: &Principal,
        reference: &str,
        version: i64,
        text: MessageText,
        waits: bool,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let whole = self.seen(reference, version).await?;
        let account = grant.account().to_owned();
        let by = Actor::User(account.clone());
        self.write_message(&whole, by, Some(account), text, (waits, false, None))
            .await
    }

    /// Taking a report for oneself is work; giving it to somebody else is the leads' to do.
    pub(crate) async fn grant_for(
        &self,
        who: &Principal,
        command: &Command,
    ) -> Result<Grant, AppError> {
        match command {
            Command::Assign { to: Some(to) } if *to != who.account => {
                let grant = who.grant(Action::AssignReports)?;
                let account = self.store.account(to).await?;
                let works = account.is_some_and(|a| {
                    !a.disabled && cairn_desk::access::may(a.role, Action::WorkReports)
                });
                if works {
                    Ok(grant)
                } else {
                    Err(AppError::Input(
                        "this account does not work on reports".into(),
                    ))
                }
            }
            Command::EraseContact => Ok(who.grant(Action::EraseContacts)?),
            Command::ReporterWrite { .. }
            | Command::TakeMail { .. }
            | Command::PlaceHold { .. }
            | Command::LiftHold { .. }
            | Command::Erase { .. }
            | Command::Refer(_)
            | Command::SetConsent { .. }
            | Command::VerifyLoss { .. }
            | Command::AddFile(_) => Err(AppError::Denied(cairn_desk::access::Denied)),
            _ => Ok(who.grant(Action::WorkReports)?),
        }
    }

    pub(crate) fn check_codes(&self, command: &Command) -> Result<(), AppError> {
        let taxonomy = self.form.taxonomy();
        let unknown =
            |what: &str, code: &str| Err(AppError::Input(format!("there is no {what} {code:?}")));
        match command {
            Command::Categorise { category, .. } if taxonomy.category(category).is_none() => {
                unknown("category", category)
            }
            Command::Categorise {
                category,
                subtype: Some(subtype),
            } if taxonomy.subtype(category, subtype).is_none() => unknown("sub-type", subtype),
            Command::Close { outcome } if taxonomy.outcome(outcome).is_none() => {
                unknown("outcome", outcome)
            }
            Command::SetSeverity { severity } if taxonomy.severity(*severity).is_none() => {
                Err(AppError::Refused(Refusal::Severity))
            }
            _ => Ok(()),
        }
    }

    pub(crate) async fn seen(&self, reference: &str, version: i64) -> Result<Whole, AppError> {
        let no = self.number(reference).ok_or(AppError::NotFound)?;
        let whole = self.whole(no).await?;
        if whole.standing.version == version {
            Ok(whole)
        } else {
            Err(AppError::Conflict)
        }
    }
}
