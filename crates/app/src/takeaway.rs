//! A file of a report or a case on its way to an officer's own tools: in an encrypted archive, so that nothing on the way opens it
//! by mistake or takes it away as harmful.

use std::io::{Cursor, Write};

use cairn_desk::access::Action;
use cairn_desk::report::Command;
use cairn_kernel::actor::Actor;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use crate::App;
use crate::account::Principal;
use crate::report::AppError;

/// The password that those who work with malware have agreed on. It keeps nothing secret.
pub const ARCHIVE_PASSWORD: &str = "infected";
/// Tries when others work on the report in the same instant.
const TRIES: usize = 5;

/// An archive with one file.
pub struct Archive {
    /// Name for the download: letters, digits, `-` and `.` only.
    pub name: String,
    /// A zip file (AES-256, WinZip AE-2).
    pub bytes: Vec<u8>,
}

impl App {
    /// Packs a file of a report. That it was taken is in the log before the first byte leaves.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::NotFound`], or the file is damaged.
    pub async fn take_away(
        &self,
        who: &Principal,
        reference: &str,
        sha256: &str,
    ) -> Result<Archive, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let no = self.number(reference).ok_or(AppError::NotFound)?;
        let mut tries = 0;
        loop {
            let whole = self.whole(no).await?;
            let mails = &whole.standing.mails.wholes;
            let known = whole.files.iter().map(|file| &file.sha256).chain(mails);
            if !known.into_iter().any(|known| known == sha256) {
                return Err(AppError::NotFound);
            }
            let by = Actor::User(grant.account().to_owned());
            let command = Command::TakeFile {
                sha256: sha256.to_owned(),
            };
            tries += 1;
            match self.command(&whole, by, command, None).await {
                Err(AppError::Conflict) if tries < TRIES => {}
                other => break other?,
            }
        }
        self.packed_file(&self.reference(no), sha256).await
    }

    /// The archive of a file that its reader may take; that it was taken is in the log by now.
    pub(crate) async fn packed_file(&self, of: &str, sha256: &str) -> Result<Archive, AppError> {
        let plain = self.store.read_blob(sha256).await?;
        let inside = format!("{sha256}.bin");
        let packed = tokio::task::spawn_blocking(move || pack(&inside, &plain)).await;
        let bytes = packed
            .map_err(|error| error.to_string())
            .and_then(|made| made.map_err(|error| error.to_string()))
            .map_err(|cause| AppError::Damaged {
                what: "archive",
                cause,
            })?;
        let short: String = sha256.chars().take(12).collect();
        Ok(Archive {
            name: format!("{of}-{short}.zip"),
            bytes,
        })
    }
}

/// The file's own name is the sender's and stays out.
fn pack(name: &str, plain: &[u8]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(plain.len() + 512)));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .with_aes_encryption(AesMode::Aes256, ARCHIVE_PASSWORD);
    archive.start_file(name, options)?;
    archive.write_all(plain)?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn archives_open_with_the_password_only() {
        let plain = b"X5O!P%@AP not a virus".repeat(100);
        let packed = pack("aa.bin", &plain).unwrap();
        assert!(!packed.windows(8).any(|bytes| bytes == b"X5O!P%@A"));
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert!(archive.by_index(0).is_err());
        let mut read = Vec::new();
        let mut file = archive
            .by_index_decrypt(0, ARCHIVE_PASSWORD.as_bytes())
            .unwrap();
        file.read_to_end(&mut read).unwrap();
        assert_eq!(read, plain);
    }
}
