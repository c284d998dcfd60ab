//! Reports that come by mail: the message is kept whole, its files are kept as files, and the same message makes one
//! report however often it is handed in.

use cairn_desk::mail::{Filing, MAIL_BYTES_MAX, MailError, MailReport, Reading, draft, identity};
use cairn_desk::report::FileRef;
use cairn_kernel::actor::Actor;

use crate::App;
use crate::report::{AppError, Once, Received};

/// Category of a forwarded message until an officer says otherwise.
const CATEGORY: &str = "phishing";
/// Severity likewise: minor.
const SEVERITY: u8 = 6;

/// A message could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no message.
    #[error("this is no mail message: {0}")]
    Message(#[from] MailError),
    /// Storing failed; hand it in again.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Makes a report of one message (RFC 5322), whatever thread it may belong to; see [`App::take_mail`]. `authserv_id` is the
    /// name under which our own mail server notes its DKIM, SPF and DMARC results (RFC 8601); what others noted is not believed.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn import_mail(
        &self,
        message: &[u8],
        authserv_id: Option<&str>,
    ) -> Result<Received, ImportError> {
        let reading = Reading {
            authserv_id,
            calling_code: self.form.calling_code(),
        };
        let unsealed = self.unseal(message, &reading).await?;
        let mail = unsealed.sealed(&[], self.now_seconds());
        Ok(self.report_of_mail(message, &mail).await?)
    }

    /// The report of a message that was read. The same message, on whichever ways it came, makes one.
    pub(crate) async fn report_of_mail(
        &self,
        message: &[u8],
        mail: &MailReport,
    ) -> Result<Received, AppError> {
        let (head, body) = identity(message);
        let key = [head.as_slice(), &body].concat();
        let once = Once::new(&key, &key);
        if let Some(before) = self.answered(once).await? {
            return Ok(before);
        }
        let name = self.form.name();
        let filing = Filing {
            form: name,
            language: self.form.language("en"),
            category: CATEGORY,
            severity: SEVERITY,
        };
        let mut draft = draft(mail, &filing);
        draft.body.files.push(self.keep_whole(message).await?);
        let most = self.config.files_max.max(1) - 1;
        self.keep_attachments(&mut draft.body.files, mail, most)
            .await?;
        let received = self.submit(&draft, Actor::Reporter, Some(once)).await?;
        if !mail.automatic.any() && mail.evidence.dmarc != "fail" {
            self.offer_keys(received.no, &mail.keys).await?;
        }
        Ok(received)
    }

    /// The message whole, whatever the limits of files are: the limit of messages is its own, and it was read.
    pub(crate) async fn keep_whole(&self, message: &[u8]) -> Result<FileRef, AppError> {
        let mut whole = self.take_up_to(MAIL_BYTES_MAX as u64 + 64)?;
        whole.push(message)?;
        // Whatever types of files are taken.
        self.keep_any_file(whole, Some("message.eml")).await
    }

    /// The first `most` attachments, as far as the limits of files go.
    pub(crate) async fn keep_attachments(
        &self,
        kept: &mut Vec<FileRef>,
        mail: &MailReport,
        most: usize,
    ) -> Result<(), AppError> {
        for file in mail.attachments.iter().take(most) {
            let bytes = file.contents.as_slice();
            // An empty attachment says nothing, and one that is too large is still in the message itself.
            if bytes.is_empty() || bytes.len() as u64 > self.config.file_bytes_max {
                continue;
            }
            let name = file.name.as_deref().unwrap_or("attachment");
            let mut taking = self.take_file()?;
            taking.push(bytes)?;
            // One of a type that is not taken is still in the message, too.
            let file = match self.keep_file(taking, Some(name)).await {
                Err(AppError::FileType { .. }) => continue,
                file => file?,
            };
            if kept.iter().all(|known| known.sha256 != file.sha256) {
                kept.push(file);
            }
        }
        Ok(())
    }
}
