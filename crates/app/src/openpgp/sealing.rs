//! A mail on its way out: signed, or encrypted and signed (RFC 3156), its subject within (protected headers).

use cairn_openpgp::{Key, SealFault, Secret, encrypt, sign_detached};

/// How a mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sealing {
    /// Readable by anybody on its way.
    #[default]
    Plain,
    /// Readable, with our signature.
    Signed,
    /// Encrypted and signed.
    Encrypted,
}

impl Sealing {
    /// Name in forms, jobs and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Signed => "signed",
            Self::Encrypted => "encrypted",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Plain, Self::Signed, Self::Encrypted]
            .into_iter()
            .find(|one| one.as_str() == text)
    }

    /// It says nothing.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

/// Why a mail could not be sealed. Nothing leaves then.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// No key to encrypt to, or not any more.
    #[error("there is no key of the recipient's to encrypt to")]
    NoKey,
    /// We have no key to sign with.
    #[error("the service has no OpenPGP key: `cairn openpgp new` makes one")]
    NoOwnKey,
    /// The library, or the keys.
    #[error(transparent)]
    Seal(#[from] SealFault),
    /// The same of S/MIME.
    #[error(transparent)]
    Smime(cairn_smime::SealFault),
}

/// What goes out in place of a plain text: the fields of the header that tell what the content is, and the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mime {
    pub(crate) content_type: String,
    /// Further fields of the header about the content, each with its line end.
    pub(crate) more: &'static str,
    pub(crate) body: Vec<u8>,
}

/// A part of a message: its fields and its body, in signs of 7 bits with line ends of mail.
pub(crate) fn text_part(subject: &str, text: &str) -> Vec<u8> {
    let mut out = format!(
        "Content-Type: text/plain; charset=utf-8; protected-headers=\"v1\"\r\n{}Content-Transfer-Encoding: quoted-printable\r\n\r\n",
        subject_field(subject),
    )
    .into_bytes();
    out.extend_from_slice(quoted_printable(text).as_bytes());
    out
}

/// A text and a file of this media type behind it.
pub(crate) fn package_part(
    subject: &str,
    text: &str,
    (name, media, bytes): (&str, &str, &[u8]),
    boundary: &str,
) -> Vec<u8> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    const LINE_CHARS: usize = 76;
    let mut out = format!(
        "Content-Type: multipart/mixed; boundary=\"{boundary}\"; protected-headers=\"v1\"\r\n{}\r\n--{boundary}\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--{boundary}\r\n\
         Content-Type: {media}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n",
        subject_field(subject),
        quoted_printable(text),
    )
    .into_bytes();
    let encoded = STANDARD.encode(bytes);
    for line in encoded.as_bytes().chunks(LINE_CHARS) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// `Subject`, in words of RFC 2047 where it has other signs than ASCII.
fn subject_field(subject: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    // With the name of the field before it and what is around a word, no line is longer than 76.
    const WORD_BYTES_MAX: usize = 39;
    let plain = subject.chars().all(|c| matches!(c, ' '..='~')) && subject.len() <= 900;
    if plain {
        return format!("Subject: {subject}\r\n");
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for sign in subject.chars() {
        if word.len() + sign.len_utf8() > WORD_BYTES_MAX {
            words.push(std::mem::take(&mut word));
        }
        word.push(sign);
    }
    words.push(word);
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)))
        .collect();
    format!("Subject: {}\r\n", words.join("\r\n "))
}

/// RFC 2045, 6.7. Blanks at the ends of lines are written out (RFC 3156, 5), and `From ` at their beginnings.
fn quoted_printable(text: &str) -> String {
    const LINE_MAX: usize = 75;
    let mut out = String::new();
    for line in text.replace("\r\n", "\n").split('\n') {
        let mut used = 0;
        let bytes = line.as_bytes();
        for (at, &byte) in bytes.iter().enumerate() {
            let last = at + 1 == bytes.len();
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~')
                || (matches!(byte, b' ' | b'\t') && !last);
            let odd = at == 0 && (line.starts_with("From ") || byte == b'.' || byte == b'-');
            let sign = if plain && !odd {
                char::from(byte).to_string()
            } else {
                format!("={byte:02X}")
            };
            if used + sign.len() > LINE_MAX {
                out.push_str("=\r\n");
                used = 0;
            }
            used += sign.len();
            out.push_str(&sign);
        }
        out.push_str("\r\n");
    }
    // One line end too many, from the end of the last line.
    out.truncate(out.len() - 2);
    out
}

/// `multipart/encrypted` (RFC 3156, 4).
pub(crate) fn encrypted(
    part: &[u8],
    by: &Secret,
    to: &Key,
    (now, boundary): (i64, &str),
) -> Result<Mime, SealingError> {
    let sealed = encrypt(part, by, &[to], now, rand::rngs::OsRng)?;
    let sealed = sealed.replace("\r\n", "\n").replace('\n', "\r\n");
    let body = format!(
        "--{boundary}\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\
         --{boundary}\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\
         Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n{sealed}\r\n--{boundary}--\r\n"
    );
    Ok(Mime {
        content_type: format!(
            "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\"{boundary}\""
        ),
        more: "",
        body: body.into_bytes(),
    })
}

/// `multipart/signed` (RFC 3156, 5).
pub(crate) fn signed(
    part: &[u8],
    by: &Secret,
    (now, boundary): (i64, &str),
) -> Result<Mime, SealingError> {
    let signature = sign_detached(part, by, now, rand::rngs::OsRng)?;
    let signature = signature.replace("\r\n", "\n").replace('\n', "\r\n");
    let mut body = format!("--{boundary}\r\n").into_bytes();
    body.extend_from_slice(part);
    body.extend_from_slice(
        format!(
            "\r\n--{boundary}\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n\
             {signature}\r\n--{boundary}--\r\n"
        )
        .as_bytes(),
    );
    Ok(Mime {
        content_type: format!(
            "multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"; boundary=\"{boundary}\""
        ),
        more: "",
        body,
    })
}

/// A finished message with other content: its header without what tells of the old content.
pub(crate) fn with_content(message: &[u8], mime: &Mime) -> Vec<u8> {
    let mut out = Vec::new();
    let mut keep = true;
    for line in message.split_inclusive(|&byte| byte == b'\n') {
        if line == b"\r\n" {
            break;
        }
        if !line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
        {
            let name = line.get(..8).unwrap_or_default();
            keep = !name.eq_ignore_ascii_case(b"content-")
                && !line.to_ascii_lowercase().starts_with(b"mime-version:");
        }
        if keep {
            out.extend_from_slice(line);
        }
    }
    out.extend_from_slice(
        format!(
            "MIME-Version: 1.0\r\nContent-Type: {}\r\n{}\r\n",
            mime.content_type, mime.more
        )
        .as_bytes(),
    );
    out.extend_from_slice(&mime.body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_so_that_no_server_changes_them() {
        let text = "Kia ora \n.\nFrom me\n-- \nā=b";
        let written = quoted_printable(text);
        assert_eq!(
            written,
            "Kia ora=20\r\n=2E\r\n=46rom me\r\n=2D-=20\r\n=C4=81=3Db"
        );
        let long = quoted_printable(&"ā".repeat(200));
        assert!(long.lines().all(|line| line.len() <= 76), "{long}");
        let field = subject_field(&"Mō tō pūrongo ".repeat(10));
        assert!(field.lines().all(|line| line.len() <= 76), "{field}");
    }
}
