//! Files of cases: brought by who works on them, taken out in an archive with a password, and gone for good once nobody put them back.

use cairn_desk::access::{Action, Visible};
use cairn_desk::cases::{Command, Content, Described, FILE_BACK_SECONDS, FILE_RULE};
use cairn_desk::report::FileRef;
use cairn_kernel::actor::Actor;
use cairn_store::cases::files::{GONE_ROWS_MAX, ReportFile};

use super::Written;
use crate::App;
use crate::account::Principal;
use crate::report::AppError;
use crate::takeaway;

/// A file as somebody brings it to a case.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// The bytes: those that just came, or what [`App::brought_file`] gave for a ticket.
    pub file: FileRef,
    /// What is said of it.
    pub described: Described,
    /// Name and note, as [`cairn_desk::cases::file_text`] makes them of what was typed; and the key of the form.
    pub written: Written,
}

impl App {
    /// Brings a file to a case. The same form sent twice brings one.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::FileType`] where the operator does not take files of this type.
    pub async fn add_case_file(
        &self,
        who: &Principal,
        no: i64,
        new: NewFile,
    ) -> Result<(), AppError> {
        let _grant = who.grant(Action::WorkReports)?;
        let FileRef {
            sha256,
            size,
            media_type,
            name,
        } = new.file;
        if !self.config.file_types.takes(&media_type, name.as_deref()) {
            return Err(AppError::FileType { media_type });
        }
        let command = Command::AddFile {
            digest: String::new(),
            content: Content {
                sha256,
                size,
                media_type,
            },
            described: new.described,
        };
        self.work_case(who, no, i64::MAX, command, Some(&new.written))
            .await
    }

    /// Packs a file of a case, with the password that all such archives have. That it was taken is in the log before the first byte
    /// leaves.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::NotFound`], or the file is damaged.
    pub async fn take_case_file(
        &self,
        who: &Principal,
        no: i64,
        text: u32,
    ) -> Result<takeaway::Archive, AppError> {
        let _grant = who.grant(Action::WorkReports)?;
        let whole = self.whole_case(no).await?;
        let mut files = whole.case.files.iter();
        let file = files.find(|file| file.text == text && file.gone.is_none());
        let sha256 = &file.ok_or(AppError::NotFound)?.content.sha256;
        self.work_case(who, no, i64::MAX, Command::TakeFile { text }, None)
            .await?;
        self.packed_file(&format!("case-{no}"), sha256).await
    }

    /// The files of the linked reports, without their names. They are taken from the report's page.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn case_report_files(
        &self,
        who: &Principal,
        no: i64,
    ) -> Result<Visible<Vec<ReportFile>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.case_report_files(no).await?))
    }

    /// Lets files go for good that were taken off longer ago than they can be put back, but none of a case with a report on legal hold.
    /// Their bytes and keys follow when nothing else names them. Gives how many.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn erase_case_files(&self) -> Result<u64, AppError> {
        let now = self.clock.now();
        let before = now.plus_seconds(-FILE_BACK_SECONDS);
        let mut gone = 0;
        loop {
            let due = self.store.case_files_over(before, now).await?;
            for (no, text) in &due {
                let command = Command::EraseFile {
                    text: *text,
                    held: self.store.case_held(*no, now).await?,
                    rule: FILE_RULE.to_owned(),
                };
                self.decided_case((now, &Actor::System), *no, i64::MAX, &command, None)
                    .await?;
                gone += 1;
            }
            if (due.len() as i64) < GONE_ROWS_MAX {
                break;
            }
        }
        if gone > 0 {
            self.store.forget_words().await?;
            self.erased
                .store(true, std::sync::atomic::Ordering::Relaxed);
            tracing::info!(gone, "files of cases went for good");
        }
        Ok(gone)
    }
}
