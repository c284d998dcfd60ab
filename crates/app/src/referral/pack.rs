//! A package as one archive.

use std::io::{Cursor, Write as _};

use cairn_desk::referral::package::path_of;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use super::Packed;
use crate::App;
use crate::report::{AppError, Whole};
use crate::takeaway::ARCHIVE_PASSWORD;

/// An archive for an agency.
pub struct Archive {
    /// Name for the download: letters, digits, `-` and `.` only.
    pub name: String,
    /// A zip file. The reporter's files in it are under [`ARCHIVE_PASSWORD`], which keeps nothing secret.
    pub bytes: Vec<u8>,
    /// SHA-256 of its manifest, hexadecimal: what the log has.
    pub manifest: String,
}

impl App {
    pub(super) async fn archive(
        &self,
        whole: &Whole,
        no: u32,
        packed: Packed,
    ) -> Result<Archive, AppError> {
        let mut files = Vec::with_capacity(packed.package.files.len());
        for file in &packed.package.files {
            files.push((path_of(file), self.store.read_blob(&file.sha256).await?));
        }
        let own = [
            ("summary.html", packed.package.summary),
            ("report.json", packed.package.report),
            ("manifest.json", packed.manifest),
        ];
        let zipped = tokio::task::spawn_blocking(move || pack(&own, &files)).await;
        let bytes = zipped
            .map_err(|error| error.to_string())
            .and_then(|made| made.map_err(|error| error.to_string()))
            .map_err(|cause| AppError::Damaged {
                what: "archive",
                cause,
            })?;
        Ok(Archive {
            name: format!("{}-referral-{no}.zip", whole.reference),
            bytes,
            manifest: packed.digest,
        })
    }
}

fn pack(
    own: &[(&str, String)],
    files: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in own {
        archive.start_file(*name, plain)?;
        archive.write_all(text.as_bytes())?;
    }
    let sealed = plain.with_aes_encryption(AesMode::Aes256, ARCHIVE_PASSWORD);
    for (name, bytes) in files {
        archive.start_file(name.as_str(), sealed)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
