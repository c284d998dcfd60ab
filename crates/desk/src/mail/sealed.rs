//! What of a message is encrypted or signed with OpenPGP (RFC 3156, and inline as older programs do it): where it stands, and the
//! message as it is once those parts are opened. Opening them is not done here.
//!
//! What came encrypted is never mixed with what stands beside it (EFAIL, <https://efail.de>): either the whole message was
//! protected, or each opened part stands between two lines with a sign that nobody outside can know.

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::header::{Fields, split};
use super::mime::{Part, decode, parts};
use super::{MAIL_DEPTH_MAX, MAIL_PARTS_MAX};

/// Most parts of one message that are opened or checked.
pub const SEALED_PARTS_MAX: usize = 16;
/// Most bytes of a text in which a block is looked for.
const INLINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How a part came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Readable by anybody on its way.
    None,
    /// Encrypted to us.
    ToUs,
    /// Encrypted for another key: not readable for us.
    ToOthers,
    /// Encrypted in a way that is not safe to open.
    Unsafe,
    /// Damaged, or changed on its way.
    Damaged,
    /// Beyond a limit.
    TooMuch,
}

/// What is to be said of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signed {
    /// There is none.
    None,
    /// It is right.
    Good,
    /// It is wrong.
    Bad,
    /// We do not have the key.
    Unknown,
    /// By a key whose time is over.
    Expired,
    /// By a key that was revoked.
    Revoked,
}

/// What was found out about one protected part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// How it came.
    pub encryption: Encryption,
    /// What is to be said of its signature.
    pub signed: Signed,
    /// Fingerprint of the key that signed, or what the signature says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// No user id of the key has the address that the message comes from.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other_sender: bool,
    /// Other parts of the message were not protected by it: it stands between lines with this sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `multipart/encrypted`.
    Encrypted,
    /// `multipart/signed`.
    Signed,
    /// An encrypted block in a text.
    Inline,
    /// A readable block with a signature under it.
    Clear,
    /// An encrypted file.
    File,
}

/// A part to be opened or checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub form: Form,
    /// The encrypted message, or the signature, or the block with its signature.
    pub payload: Vec<u8>,
    /// What is signed, with the line ends that were signed.
    pub signed: Vec<u8>,
    /// Nothing of the message stands outside of it.
    pub whole: bool,
    /// Where it lies in the message, its header included.
    at: Range<usize>,
    /// Texts before and behind a block.
    around: (String, String),
    /// The sender's name for a file.
    name: Option<String>,
}

/// The parts of a message that OpenPGP protects, the outermost only, in order.
#[must_use]
pub fn pieces(message: &[u8]) -> Vec<Piece> {
    let mut find = Find {
        message,
        found: Vec::new(),
        parts: 0,
    };
    find.entity(0..message.len(), 0, true);
    find.found.truncate(SEALED_PARTS_MAX);
    find.found
}

struct Find<'a> {
    message: &'a [u8],
    found: Vec<Piece>,
    parts: usize,
}

impl Find<'_> {
    fn entity(&mut self, at: Range<usize>, depth: usize, alone: bool) {
        self.parts += 1;
        if self.parts > MAIL_PARTS_MAX || depth > MAIL_DEPTH_MAX {
            return;
        }
        let bytes = self.message.get(at.clone()).unwrap_or_default();
        let Ok((fields, body)) = split(bytes) else {
            return;
        };
        let part = Part::new(&fields, body, None, false);
        if part.media_type.starts_with("multipart/") {
            let boundary = part.parameters.get("boundary").unwrap_or_default();
            let base = at.end - body.len();
            let inner = parts(body, boundary.trim_end().as_bytes());
            let inner: Vec<_> = inner
                .into_iter()
                .map(|part| base + part.start..base + part.end)
                .collect();
            if !boundary.is_empty() && !self.protected(&part.media_type, &at, &inner, alone) {
                let only = alone && inner.len() == 1;
                for part in inner {
                    self.entity(part, depth + 1, only);
                }
            }
            return;
        }
        self.leaf(&part, at, alone);
    }

    /// `multipart/encrypted` and `multipart/signed`, and what some servers make of the first.
    fn protected(
        &mut self,
        media_type: &str,
        at: &Range<usize>,
        inner: &[Range<usize>],
        alone: bool,
    ) -> bool {
        let of = |range: &Range<usize>| self.message.get(range.clone()).unwrap_or_default();
        let told: Vec<(String, Vec<u8>)> = inner
            .iter()
            .take(4)
            .map(|range| opened(of(range)))
            .collect();
        let kind = |at: usize| told.get(at).map_or("", |(kind, _)| kind.as_str());
        let piece = |form, payload: &[u8], signed| Piece {
            form,
            payload: payload.to_vec(),
            signed,
            whole: alone,
            at: at.clone(),
            around: (String::new(), String::new()),
            name: None,
        };
        if media_type == "multipart/signed" {
            let (Some(first), Some((second, signature))) = (inner.first(), told.get(1)) else {
                return false;
            };
            if second != "application/pgp-signature" {
                return false;
            }
            self.found
                .push(piece(Form::Signed, signature, with_crlf(of(first))));
            return true;
        }
        let encrypted = media_type == "multipart/encrypted" && inner.len() >= 2;
        let at_all = told
            .iter()
            .position(|(kind, _)| kind == "application/pgp-encrypted");
        let Some(version) =
            at_all.filter(|at| encrypted || kind(at + 1) == "application/octet-stream")
        else {
            return false;
        };
        let Some((_, payload)) = told.get(version + 1) else {
            return false;
        };
        let empty = |(n, (_, body)): (usize, &(String, Vec<u8>))| {
            n == version || n == version + 1 || body.trim_ascii().is_empty()
        };
        let mut piece = piece(Form::Encrypted, payload, Vec::new());
        piece.whole = alone && inner.len() <= 4 && told.iter().enumerate().all(empty);
        self.found.push(piece);
        true
    }

    fn leaf(&mut self, part: &Part<'_>, at: Range<usize>, alone: bool) {
        let name = part.name.clone().unwrap_or_default().to_lowercase();
        let is_text = part.media_type == "text/plain" && !part.attached;
        let named = [".pgp", ".gpg", ".asc"]
            .iter()
            .any(|end| name.ends_with(end));
        if !is_text && !named {
            return;
        }
        let contents = decode(part.body, &part.encoding);
        let blank = (String::new(), String::new());
        if !is_text {
            let armoured = contents.trim_ascii_start().starts_with(MESSAGE.as_bytes());
            let binary =
                !name.ends_with(".asc") && contents.first().is_some_and(|first| first & 0x80 != 0);
            if armoured || binary {
                self.found.push(Piece {
                    form: Form::File,
                    payload: contents.into_owned(),
                    signed: Vec::new(),
                    whole: false,
                    at,
                    around: blank,
                    name: part.name.clone(),
                });
            }
            return;
        }
        if contents.len() > INLINE_BYTES_MAX {
            return;
        }
        let text = super::mime::to_text(&contents, &part.parameters);
        if let Some((form, range)) = block(&text) {
            let cut = |range: Range<usize>| text.get(range).unwrap_or_default().to_owned();
            let around = (cut(0..range.start), cut(range.end..text.len()));
            let bare = around.0.trim().is_empty() && around.1.trim().is_empty();
            self.found.push(Piece {
                form,
                payload: cut(range).into_bytes(),
                signed: Vec::new(),
                whole: alone && bare,
                at,
                around,
                name: None,
            });
        }
    }
}

const MESSAGE: &str = "-----BEGIN PGP MESSAGE-----";

/// The first block in a text.
fn block(text: &str) -> Option<(Form, Range<usize>)> {
    const HEADS: [(&str, &str, Form); 2] = [
        (MESSAGE, "-----END PGP MESSAGE-----", Form::Inline),
        (
            "-----BEGIN PGP SIGNED MESSAGE-----",
            "-----END PGP SIGNATURE-----",
            Form::Clear,
        ),
    ];
    let mut open: Option<(usize, &str, Form)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        match open {
            None => {
                let head = HEADS.iter().find(|(head, ..)| *head == bare);
                open = head.map(|(_, end, form)| (at, *end, *form));
            }
            Some((start, end, form)) if end == bare => return Some((form, start..at + line.len())),
            Some(_) => {}
        }
        at += line.len();
    }
    None
}

/// Media type and decoded body of a part.
fn opened(bytes: &[u8]) -> (String, Vec<u8>) {
    let Ok((fields, body)) = split(bytes) else {
        return (String::new(), Vec::new());
    };
    let part = Part::new(&fields, body, None, false);
    (
        part.media_type.clone(),
        decode(body, &part.encoding).into_owned(),
    )
}

/// RFC 3156, 5: what is signed has the line ends of mail, whatever it was turned into on its way to us.
fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut before = 0;
    for &byte in bytes {
        if byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        before = byte;
    }
    out
}

/// The message with parts replaced by what was in them. `mark` is a sign that only we can make for this message; it is used where
/// something stands beside what was protected.
#[must_use]
pub fn rebuilt(message: &[u8], opened: &[(Piece, Vec<u8>)], mark: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut from = 0;
    for (piece, plain) in opened {
        if piece.at.start < from {
            continue;
        }
        out.extend_from_slice(message.get(from..piece.at.start).unwrap_or_default());
        let header = message.get(piece.at.clone()).unwrap_or_default();
        out.append(&mut replaced(header, piece, plain, mark));
        from = piece.at.end;
    }
    out.extend_from_slice(message.get(from..).unwrap_or_default());
    out
}

fn replaced(old: &[u8], piece: &Piece, plain: &[u8], mark: &str) -> Vec<u8> {
    let entity = match piece.form {
        Form::Encrypted | Form::Signed => plain.to_vec(),
        Form::Inline | Form::Clear => text_entity(plain),
        Form::File => {
            let name = piece.name.clone().unwrap_or_default();
            let name = name.rsplit_once('.').map_or("file", |(name, _)| name);
            return file_entity(name, plain);
        }
    };
    if piece.whole {
        return outer(old, &entity);
    }
    let said = |end: &str| text_entity(format!("===== OpenPGP {mark} {end}=====").as_bytes());
    let (before, behind) = (&piece.around.0, &piece.around.1);
    let all = [
        text_entity(before.as_bytes()),
        said(""),
        entity,
        said("/ "),
        text_entity(behind.as_bytes()),
    ];
    // Where the part was the whole message, its header stays that of the message.
    let inner = mixed(&all, mark);
    if piece.at.start == 0 {
        outer(old, &inner)
    } else {
        inner
    }
}

/// The header of the message, with what the protected part says of its content, and its subject, where it has one (protected
/// headers): nothing else in there says who wrote or when.
fn outer(old: &[u8], entity: &[u8]) -> Vec<u8> {
    let Ok((fields, body)) = split(entity) else {
        return old.to_vec();
    };
    let subject = fields.has("subject");
    let keep = |name: &str| {
        let name = name.to_ascii_lowercase();
        !(name.starts_with("content-") || subject && name == "subject")
    };
    let mut out = header_of(old, keep);
    let taken = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("content-") || name == "subject"
    };
    out.append(&mut header_of(entity, taken));
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

/// The fields whose names are wanted, as they stand.
fn header_of(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut keep = false;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
        let folded = line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        if !folded {
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
            keep = wanted(&String::from_utf8_lossy(name.trim_ascii()));
        }
        if keep {
            out.extend_from_slice(line);
        }
    }
    out
}

fn text_entity(text: &[u8]) -> Vec<u8> {
    // Who encrypts inline says no character set: what is no UTF-8 is most likely this.
    let charset = if std::str::from_utf8(text).is_ok() {
        "utf-8"
    } else {
        "windows-1252"
    };
    let head = format!(
        "Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    [head.into_bytes(), base64(text)].concat()
}

fn file_entity(name: &str, bytes: &[u8]) -> Vec<u8> {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || " ._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let head = format!(
        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    );
    [head.into_bytes(), base64(bytes)].concat()
}

/// The parts one after the other. The boundary has our sign: no part can hold it by chance or on purpose.
fn mixed(all: &[Vec<u8>], mark: &str) -> Vec<u8> {
    let mut out =
        format!("Content-Type: multipart/mixed; boundary=\"=_{mark}\"\r\n\r\n").into_bytes();
    for entity in all {
        out.extend_from_slice(format!("--=_{mark}\r\n").as_bytes());
        out.extend_from_slice(entity);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--=_{mark}--\r\n").as_bytes());
    out
}

/// RFC 4648, 4, in lines of 76.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len() * 3 / 2);
    for (n, three) in bytes.chunks(3).enumerate() {
        let mut bits = 0_u32;
        for at in 0..3 {
            bits = (bits << 8) | u32::from(three.get(at).copied().unwrap_or_default());
        }
        for at in 0..4 {
            let sign = usize::try_from((bits >> (18 - 6 * at)) & 63).unwrap_or_default();
            let sign = SIGNS.get(sign).copied().unwrap_or(b'=');
            out.push(if at <= three.len() { sign } else { b'=' });
        }
        if n % 19 == 18 {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

/// Keys that a message brings: in its `Autocrypt` field (Autocrypt Level 1, 2.1), if that is about who sent it.
pub(super) fn autocrypt(fields: &Fields, from: &str) -> Option<Vec<u8>> {
    let raw = fields.raw_long("autocrypt", AUTOCRYPT_BYTES_MAX)?;
    let mut data = None;
    let mut theirs = false;
    for pair in raw.split(';') {
        let (name, value) = pair.split_once('=')?;
        match name.trim() {
            "addr" => theirs = value.trim().eq_ignore_ascii_case(from),
            "keydata" => data = Some(value.split_whitespace().collect::<String>()),
            _ => {}
        }
    }
    let data = data.filter(|_| theirs)?;
    mail_parser::decoders::base64::base64_decode(data.as_bytes())
}

/// Longest `Autocrypt` field that is read, bytes.
const AUTOCRYPT_BYTES_MAX: usize = 64 * 1024;
