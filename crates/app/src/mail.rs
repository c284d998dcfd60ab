//! Reports that come by mail: the message is kept whole, its files are kept as files, and the same message makes one
//! report however often it is handed in.

use cairn_desk::mail::{Filing, MailError, Reading, draft, read};
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
    /// Makes a report of one message (RFC 5322). `authserv_id` is the name under which our own mail server notes its
    /// DKIM, SPF and DMARC results (RFC 8601); what others noted is not believed.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn import_mail(
        &self,
        message: &[u8],
        authserv_id: Option<&str>,
    ) -> Result<Received, ImportError> {
        let once = Once {
            key: message,
            request: message,
        };
        if let Some(before) = self.answered(once).await? {
            return Ok(before);
        }
        let mail = read(
            message,
            &Reading {
                authserv_id,
                ..Reading::default()
            },
        )?;
        let name = self.form.name();
        let filing = Filing {
            form: name,
            language: self.form.language("en"),
            category: CATEGORY,
            severity: SEVERITY,
        };
        let mut draft = draft(&mail, &filing);
        let mut files = vec![("message.eml".to_owned(), message)];
        files.extend(mail.attachments.iter().map(|file| {
            (
                file.name.clone().unwrap_or_else(|| "attachment".to_owned()),
                file.contents.as_slice(),
            )
        }));
        let files = files.into_iter().take(self.config.files_max.max(1));
        for (at, (name, bytes)) in files.enumerate() {
            // An empty attachment says nothing, and one that is too large is still in the message itself.
            if bytes.is_empty() || bytes.len() as u64 > self.config.file_bytes_max {
                continue;
            }
            let mut taking = self.take_file()?;
            taking.push(bytes)?;
            // The original is kept whole whatever it holds; an attachment that is not taken is still in it.
            let kept = if at == 0 {
                self.keep_any_file(taking, Some(&name)).await
            } else {
                self.keep_file(taking, Some(&name)).await
            };
            let file = match kept {
                Err(AppError::FileType { .. }) => continue,
                kept => kept?,
            };
            if draft
                .body
                .files
                .iter()
                .all(|known| known.sha256 != file.sha256)
            {
                draft.body.files.push(file);
            }
        }
        Ok(self.submit(&draft, Actor::Reporter, Some(once)).await?)
    }
}
