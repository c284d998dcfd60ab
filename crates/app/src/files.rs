//! Files of reporters: taken in piece by piece, told apart by their content, and rid of hidden details when the reporter
//! stays anonymous. Any type is welcome (a sample of malware is evidence) unless the operator says otherwise; nothing is
//! ever shown or run here.

use std::path::PathBuf;

use bytes::Bytes;
use cairn_desk::report::{Draft, FileRef};
use cairn_evidence::hash::sha256 as sha256_of;
use cairn_store::blob::Incoming;
use cairn_store::keys::Purpose;
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;

use crate::App;
use crate::gate::Origin;
use crate::report::{AppError, take};
use crate::uploads::Charge;

/// Longest file name kept, in characters.
const NAME_CHARS_MAX: usize = 200;

/// How long a ticket of a file holds, seconds: shorter than a file is kept that nothing names.
const TICKET_SECONDS: i64 = 20 * 3_600;

/// What became of a file that was named by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is here and may be part of a report.
    Known,
    /// It is not here.
    Absent,
    /// The operator does not take files of this type.
    NotTaken,
}

/// A file on its way in.
pub struct Taking {
    incoming: Incoming,
    /// Bytes so far.
    pub size: u64,
    charge: Option<Charge>,
    dir: PathBuf,
}

impl Taking {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`AppError::FileTooLarge`], [`AppError::FilesHeld`], [`AppError::FilesTooMany`], or the disk is full.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        self.size += bytes.len() as u64;
        if let Some(charge) = &mut self.charge {
            charge.add(&self.dir, bytes.len() as u64)?;
        }
        Ok(self.incoming.push(bytes)?)
    }
}

impl App {
    /// Begins to take a file of at most the configured size, from ourselves: a mail that we fetched, or a cleaned copy.
    ///
    /// # Errors
    /// The disk said no.
    pub fn take_file(&self) -> Result<Taking, AppError> {
        self.take_up_to(self.config.file_bytes_max)
    }

    /// Takes up to `bytes_max`, for what has a limit of its own.
    pub(crate) fn take_up_to(&self, bytes_max: u64) -> Result<Taking, AppError> {
        let incoming = self.store.take_blob(bytes_max)?;
        Ok(Taking {
            incoming,
            size: 0,
            charge: None,
            dir: self.store.dir().to_owned(),
        })
    }

    /// Begins to take a file from a stranger's network, or from a partner (no origin), within the limits on what lies
    /// here unread.
    ///
    /// # Errors
    /// [`AppError::FilesHeld`] while there is no room for files, [`AppError::FilesTooMany`] for a network that sent
    /// its share of the day.
    pub fn take_upload(&self, origin: Option<Origin>) -> Result<Taking, AppError> {
        let charge = self.uploads.begin(self.store.dir(), origin)?;
        Ok(Taking {
            charge: Some(charge),
            ..self.take_file()?
        })
    }

    /// Keeps a file. It is swept away after a day unless a draft or a report names it. One without a name may get it with
    /// the report; then its ending is looked at by [`App::settle_file`].
    ///
    /// # Errors
    /// [`AppError::FileType`], or the disk said no.
    pub async fn keep_file(&self, taking: Taking, name: Option<&str>) -> Result<FileRef, AppError> {
        let kind = media_type(taking.incoming.head());
        let types = &self.config.file_types;
        let taken = match name {
            Some(_) => types.takes(kind, name),
            None => types.may_take(kind),
        };
        if !taken {
            return Err(AppError::FileType {
                media_type: kind.to_owned(),
            });
        }
        self.keep_any_file(taking, name).await
    }

    /// Keeps a file of any type: the original of a mail, a cleaned copy of what was taken before.
    pub(crate) async fn keep_any_file(
        &self,
        taking: Taking,
        name: Option<&str>,
    ) -> Result<FileRef, AppError> {
        let kind = media_type(taking.incoming.head());
        let at = self.clock.now().hour();
        let stored = self.store.keep_blob(taking.incoming, kind, at).await?;
        if let Some(charge) = taking.charge {
            charge.keep();
        }
        Ok(FileRef {
            sha256: stored.sha256,
            size: stored.size,
            media_type: stored.media_type,
            name: name.and_then(tidy_name),
        })
    }

    /// A ticket for a file: who shows it brought the bytes, or was shown a page on which they could read them. Knowing the digest of a
    /// file is not enough to make it part of something. Holds for [`TICKET_SECONDS`], from the beginning of the hour on.
    #[must_use]
    pub fn file_ticket(&self, sha256: &str) -> String {
        let until = self.clock.now().hour().plus_seconds(TICKET_SECONDS);
        self.ticket_until(sha256, until.seconds())
    }

    fn ticket_until(&self, sha256: &str, until: i64) -> String {
        let parts: [&[u8]; 2] = [sha256.as_bytes(), &until.to_be_bytes()];
        let tag = self.store.keys().tag(Purpose::Ticket, &parts);
        let half: [u8; 16] = take(&tag, 0);
        let hex: String = half.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{until:x}-{hex}")
    }

    /// Whether this ticket is for this file, and still holds.
    #[must_use]
    pub fn is_ticket(&self, sha256: &str, ticket: &str) -> bool {
        let until = ticket.split_once('-').map(|(until, _)| until);
        let until = until.and_then(|until| i64::from_str_radix(until, 16).ok());
        let Some(until) = until.filter(|until| *until > self.clock.now().seconds()) else {
            return false;
        };
        // The digests of both are compared: how long that takes tells nothing of the ticket.
        sha256_of(self.ticket_until(sha256, until).as_bytes()) == sha256_of(ticket.as_bytes())
    }

    /// A file that was sent a moment ago, by the ticket that came with it; `None` if it is not here, or somebody else's.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn brought_file(
        &self,
        (sha256, ticket): (&str, &str),
        name: &str,
    ) -> Result<Option<FileRef>, AppError> {
        if !self.is_ticket(sha256, ticket) {
            return Ok(None);
        }
        let stored = self.store.blob(sha256).await?;
        Ok(stored.map(|stored| FileRef {
            sha256: stored.sha256,
            size: stored.size,
            media_type: stored.media_type,
            name: tidy_name(name),
        }))
    }

    /// Puts cleaned copies in the place of pictures that hold more than the picture, and forgets all names.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn clean_files(&self, files: &mut [FileRef]) -> Result<(), AppError> {
        for file in files {
            file.name = None;
            if !matches!(
                file.media_type.as_str(),
                "image/jpeg" | "image/png" | "image/webp"
            ) {
                continue;
            }
            let bytes = Bytes::from(self.store.read_blob(&file.sha256).await?);
            let Some(clean) = stripped(&file.media_type, &bytes).filter(|clean| *clean != bytes)
            else {
                continue;
            };
            let mut taking = self.take_file()?;
            taking.push(&clean)?;
            *file = self.keep_any_file(taking, None).await?;
        }
        Ok(())
    }

    /// Fills in what is known of the files that a draft names by hash, and cleans them if it is anonymous.
    ///
    /// # Errors
    /// See [`AppError`].
    ///
    /// # Returns
    /// The places (from 0) of files that cannot be part of the report, and why.
    pub async fn settle_files(&self, draft: &mut Draft) -> Result<Vec<(usize, Settled)>, AppError> {
        let mut wrong = Vec::new();
        let anonymous = draft.body.anonymous;
        for (place, file) in draft.body.files.iter_mut().enumerate() {
            match self.settle_file(file, anonymous).await? {
                Settled::Known => {}
                other => wrong.push((place, other)),
            }
        }
        Ok(wrong)
    }

    /// The same for one file.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn settle_file(
        &self,
        file: &mut FileRef,
        anonymous: bool,
    ) -> Result<Settled, AppError> {
        let Some(stored) = self.store.blob(&file.sha256).await? else {
            return Ok(Settled::Absent);
        };
        file.size = stored.size;
        file.media_type = stored.media_type;
        file.name = file.name.as_deref().and_then(tidy_name);
        let types = &self.config.file_types;
        if !types.takes(&file.media_type, file.name.as_deref()) {
            return Ok(Settled::NotTaken);
        }
        if anonymous {
            self.clean_files(std::slice::from_mut(file)).await?;
        }
        Ok(Settled::Known)
    }
}

/// The last part of a path, one line, of bounded length.
fn tidy_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let line = cairn_kernel::text::one_line(last);
    let short: String = line.trim().chars().take(NAME_CHARS_MAX).collect();
    (!short.is_empty()).then_some(short)
}

/// First bytes of what people send, and its media type.
const SIGNATURES: [(&[u8], &str); 27] = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "application/x-ole-storage",
    ),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "application/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
];

/// The media type of a file by its first bytes; the sender's claim counts for nothing.
#[must_use]
pub fn media_type(head: &[u8]) -> &'static str {
    let at = |from: usize, mark: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(mark));
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return "image/webp";
    }
    if at(4, b"ftypheic") || at(4, b"ftypmif1") || at(4, b"ftypheix") {
        return "image/heic";
    }
    if at(4, b"ftyp") {
        return "video/mp4";
    }
    if let Some((_, kind)) = SIGNATURES.iter().find(|(mark, _)| head.starts_with(mark)) {
        return kind;
    }
    let text = |bytes: &[u8]| {
        let whole = std::str::from_utf8(bytes);
        // The head may end within a character.
        whole.is_ok() || whole.is_err_and(|error| error.error_len().is_none())
    };
    let printable = |byte: &u8| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    if !text(head) || !head.iter().all(printable) {
        return "application/octet-stream";
    }
    let start: String = String::from_utf8_lossy(head)
        .trim_start()
        .chars()
        .take(14)
        .collect::<String>()
        .to_ascii_lowercase();
    let mail = ["received:", "return-path:", "delivered-to:", "message-id:"];
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        "text/html"
    } else if mail.iter().any(|name| start.starts_with(name)) {
        "message/rfc822"
    } else {
        "text/plain"
    }
}

/// A picture without what a camera or a program wrote beside it (place, time, device, names, thumbnails); `None` when it
/// is not a picture after all.
fn stripped(kind: &str, bytes: &Bytes) -> Option<Bytes> {
    match kind {
        "image/jpeg" => jpeg(bytes),
        "image/png" => png(bytes),
        "image/webp" => webp(bytes),
        _ => None,
    }
}

fn jpeg(bytes: &Bytes) -> Option<Bytes> {
    let mut picture = Jpeg::from_bytes(bytes.clone()).ok()?;
    // What decoding needs: JFIF, colour profile, Adobe's colour transform. All other application segments and
    // comments go.
    let needed = |marker: u8| match marker {
        markers::APP0 | markers::APP2 | markers::APP14 => true,
        markers::APP0..=markers::APP15 | markers::COM => false,
        _ => true,
    };
    picture
        .segments_mut()
        .retain(|segment| needed(segment.marker()) && !is_multi_picture(segment.contents()));
    let whole = picture.encoder().bytes();
    let end = jpeg_end(&whole).unwrap_or(whole.len());
    Some(whole.slice(..end))
}

/// CIPA DC-007: an index of further pictures after the first, each with details of its own.
fn is_multi_picture(contents: &[u8]) -> bool {
    contents.starts_with(b"MPF\0") || contents.starts_with(b"JFXX\0")
}

/// Where the first picture ends; telephones put more after it (ITU-T T.81, B.1.1.2 and B.2.1).
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let next = bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        at += next + 1;
        match *bytes.get(at)? {
            0xff => {}
            0xd9 => return Some(at + 1),
            0x00 | 0x01 | 0xd0..=0xd8 => at += 1,
            _ => {
                let length = bytes.get(at + 1..at + 3)?;
                let length = length
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                at += 1 + length.max(2);
            }
        }
    }
}

fn png(bytes: &Bytes) -> Option<Bytes> {
    const NEEDED: [&[u8; 4]; 17] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP",
        b"bKGD", b"pHYs", b"hIST", b"acTL", b"fcTL", b"fdAT", b"iCCP",
    ];
    let mut picture = Png::from_bytes(bytes.clone()).ok()?;
    picture
        .chunks_mut()
        .retain(|chunk| NEEDED.iter().any(|name| **name == chunk.kind()));
    Some(picture.encoder().bytes())
}

fn webp(bytes: &Bytes) -> Option<Bytes> {
    const NEEDED: [&[u8; 4]; 7] = [
        b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP",
    ];
    // The flags of the container that announce EXIF and XMP.
    const ANNOUNCED: u8 = 0b0000_1100;
    let mut picture = WebP::from_bytes(bytes.clone()).ok()?;
    let chunks = picture.chunks_mut();
    chunks.retain(|chunk| NEEDED.iter().any(|name| **name == chunk.id()));
    if let Some(head) = chunks.iter_mut().find(|chunk| chunk.id() == *b"VP8X")
        && let Some(content) = head.content().data()
    {
        let mut content = content.to_vec();
        if let Some(flags) = content.first_mut() {
            *flags &= !ANNOUNCED;
        }
        *head = RiffChunk::new(*b"VP8X", RiffContent::Data(content.into()));
    }
    Some(picture.encoder().bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_content() {
        for (head, kind) in [
            (b"\xff\xd8\xff\xe0..".as_slice(), "image/jpeg"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            (b"\0\0\0\x18ftypmp42", "video/mp4"),
            ("t\u{113}n\u{101} koe".as_bytes(), "text/plain"),
            (b"cut within \xc4", "text/plain"),
            (b"  <!DOCTYPE html><script>", "text/html"),
            (b"Received: from mx.example.org", "message/rfc822"),
            (b"\0\x01\x02", "application/octet-stream"),
            (b"", "text/plain"),
        ] {
            assert_eq!(media_type(head), kind, "{head:?}");
        }
    }

    #[test]
    fn names_lose_their_folders() {
        assert_eq!(
            tidy_name("C:\\Users\\aroha\\a\r\n.png").as_deref(),
            Some("a .png")
        );
        assert_eq!(tidy_name("  "), None);
    }

    fn jpeg_with(segments: &[(u8, &[u8])], after: &[u8]) -> Bytes {
        let mut bytes = vec![0xff, 0xd8];
        for (marker, contents) in segments {
            bytes.extend([0xff, *marker]);
            bytes.extend(u16::try_from(contents.len() + 2).unwrap().to_be_bytes());
            bytes.extend_from_slice(contents);
        }
        bytes.extend([0xff, 0xda, 0, 3, 1, 0x11, 0xff, 0, 0x22, 0xff, 0xd9]);
        bytes.extend_from_slice(after);
        bytes.into()
    }

    #[test]
    fn a_photo_keeps_its_picture_and_loses_the_rest() {
        let photo = jpeg_with(
            &[
                (0xe0, b"JFIF\0"),
                (0xe1, b"Exif\0\0-canary-"),
                (0xe2, b"MPF\0-canary-"),
                (0xed, b"Photoshop -canary-"),
                (0xfe, b"-canary-"),
                (0xdb, b"tables"),
            ],
            b"-canary- second picture",
        );
        let clean = stripped("image/jpeg", &photo).unwrap();
        assert_eq!(
            clean,
            jpeg_with(&[(0xe0, b"JFIF\0"), (0xdb, b"tables")], b"")
        );
        assert_eq!(stripped("image/jpeg", &Bytes::from_static(b"MZ")), None);
    }
}
