//! What people type and files say about a constituent, and what is wrong with it.

use super::net::{Asset, Domain};
use super::{CONTACTS_MAX, Day, NAME_CHARS_MAX, NOTE_CHARS_MAX, Note, Quiet, Role};
use cairn_kernel::text::{clean, one_line};
use serde::{Deserialize, Serialize};

/// Longest code of a sector, bytes.
const SECTOR_BYTES_MAX: usize = 40;
/// Longest mailbox, bytes (RFC 5321, 4.5.3.1.3).
const EMAIL_BYTES_MAX: usize = 254;
/// Longest local part of a mailbox, bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// Longest telephone number, characters.
const PHONE_CHARS_MAX: usize = 40;
/// Longest OpenPGP key in ASCII armor, bytes.
pub const KEY_BYTES_MAX: usize = 64 * 1024;

/// Longest certificate in PEM, bytes.
pub const CERTIFICATE_BYTES_MAX: usize = 24 * 1024;

/// What is wrong with something that was typed or imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// There is no name, or it is too long.
    Name,
    /// The sector is no code.
    Sector,
    /// The language is none.
    Language,
    /// No hours like 22:00-06:00.
    Quiet,
    /// Neither a network, nor a domain, nor an AS number.
    Asset,
    /// No role of a contact.
    Role,
    /// No mailbox.
    Email,
    /// No telephone number.
    Phone,
    /// No fingerprint of an OpenPGP key.
    Fingerprint,
    /// No OpenPGP key that can be written to.
    Key,
    /// No certificate.
    Certificate,
    /// A private key, where a certificate is meant.
    CertificateSecret,
    /// A certificate whose time is over, or has not come.
    CertificateOver,
    /// A certificate that is not for encrypting mail.
    CertificateUse,
    /// A certificate with a key that is too weak, or of a kind that is not taken.
    CertificateWeak,
    /// Neither mailbox nor telephone.
    Reach,
    /// The note is empty or too long.
    Note,
    /// No day like 2026-01-31.
    Day,
    /// The same is there twice.
    Twice,
    /// More than there can be.
    Many,
    /// A column that is needed is not there, or one that nobody knows is.
    Columns,
    /// It does not read.
    Unreadable,
    /// There is nothing in it.
    Empty,
}

impl Wrong {
    /// The name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sector => "sector",
            Self::Language => "language",
            Self::Quiet => "quiet",
            Self::Asset => "asset",
            Self::Role => "role",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Fingerprint => "fingerprint",
            Self::Key => "key",
            Self::Certificate => "certificate",
            Self::CertificateSecret => "certificate_secret",
            Self::CertificateOver => "certificate_over",
            Self::CertificateUse => "certificate_use",
            Self::CertificateWeak => "certificate_weak",
            Self::Reach => "reach",
            Self::Note => "note",
            Self::Day => "day",
            Self::Twice => "twice",
            Self::Many => "many",
            Self::Columns => "columns",
            Self::Unreadable => "unreadable",
            Self::Empty => "empty",
        }
    }

    /// What is wrong, in English, for command line and API.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Name => "a name is needed, of 200 characters at most",
            Self::Sector => "a sector is a code of letters, digits, _ and -",
            Self::Language => "a language is a code like en or mi",
            Self::Quiet => "quiet hours are written like 22:00-06:00",
            Self::Asset => "is neither a network like 192.0.2.0/24, nor a domain, nor an AS number",
            Self::Role => "a role is one of: abuse, security, technical, management, other",
            Self::Email => "is no mailbox",
            Self::Phone => "is no telephone number",
            Self::Fingerprint => "a fingerprint has 40 or 64 hexadecimal digits",
            Self::Key => "is no OpenPGP key that can be written to",
            Self::Certificate => "is no certificate in PEM, DER or Base64",
            Self::CertificateSecret => "is a private key; only the certificate belongs here",
            Self::CertificateOver => "the certificate's time is over, or has not come",
            Self::CertificateUse => {
                "the certificate is not for encrypting mail: its key usage has neither key encipherment nor key agreement, or it is not for mail"
            }
            Self::CertificateWeak => {
                "the certificate's key is neither RSA of 2048 to 4096 bits nor on the curve P-256 or P-384"
            }
            Self::Reach => "a mailbox or a telephone number is needed",
            Self::Note => "a note has 1 to 500 characters",
            Self::Day => "a day is written like 2026-01-31",
            Self::Twice => "is there twice",
            Self::Many => "is more than there can be",
            Self::Columns => "columns are missing, or not known",
            Self::Unreadable => "cannot be read",
            Self::Empty => "there is nothing in it",
        }
    }
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fault {
    /// Field of a form, or `line 7` of a file.
    pub place: String,
    /// What.
    pub wrong: Wrong,
    /// The text that is meant, cut; never of a contact.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl Fault {
    /// At a place.
    #[must_use]
    pub fn at(place: impl Into<String>, wrong: Wrong) -> Self {
        Self {
            place: place.into(),
            wrong,
            text: String::new(),
        }
    }

    /// About this text.
    #[must_use]
    pub fn about(mut self, text: &str) -> Self {
        self.text = one_line(text).chars().take(80).collect();
        self
    }
}

/// What the head of a constituent says, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Typed {
    /// Name.
    pub name: String,
    /// Code of the sector.
    pub sector: String,
    /// Language.
    pub language: String,
    /// Quiet hours.
    pub quiet: String,
}

/// The head of a constituent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Name.
    pub name: String,
    /// Code of the sector.
    pub sector: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Quiet hours.
    pub quiet: Option<Quiet>,
}

fn optional<T>(
    text: &str,
    read: impl FnOnce(&str) -> Option<T>,
    wrong: Fault,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = read(text);
    if read.is_none() {
        faults.push(wrong);
    }
    read
}

/// A sector's code as it is; a name of one becomes a code in small letters.
#[must_use]
pub fn sector(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if text.len() <= SECTOR_BYTES_MAX
        && text.chars().all(plain)
        && text.contains(char::is_alphanumeric)
    {
        return Some(text.to_owned());
    }
    let text = cairn_kernel::text::fold(text);
    let mut code = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        if !word.is_empty() {
            if !code.is_empty() {
                code.push('-');
            }
            code.push_str(word);
        }
    }
    let fits = !code.is_empty() && code.len() <= SECTOR_BYTES_MAX && code.is_ascii();
    fits.then_some(code)
}

fn language(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (head, rest) = text.split_once('-').unwrap_or((&text, ""));
    let head = matches!(head.len(), 2 | 3) && head.bytes().all(|byte| byte.is_ascii_lowercase());
    let rest = rest.len() <= 8 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (head && rest).then_some(text)
}

impl Typed {
    /// As it is kept, or everything that is wrong with it.
    ///
    /// # Errors
    /// All faults.
    pub fn read(&self) -> Result<Heading, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = one_line(&clean(&self.name));
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            faults.push(Fault::at("name", Wrong::Name));
        }
        let fault = Fault::at;
        let heading = Heading {
            name,
            sector: optional(
                &self.sector,
                sector,
                fault("sector", Wrong::Sector),
                &mut faults,
            ),
            language: optional(
                &self.language,
                language,
                fault("language", Wrong::Language),
                &mut faults,
            ),
            quiet: optional(
                &self.quiet,
                Quiet::parse,
                fault("quiet", Wrong::Quiet),
                &mut faults,
            ),
        };
        if faults.is_empty() {
            Ok(heading)
        } else {
            Err(faults)
        }
    }
}

impl Heading {
    /// As a form shows it.
    #[must_use]
    pub fn typed(&self) -> Typed {
        Typed {
            name: self.name.clone(),
            sector: self.sector.clone().unwrap_or_default(),
            language: self.language.clone().unwrap_or_default(),
            quiet: self
                .quiet
                .map(|quiet| quiet.to_string())
                .unwrap_or_default(),
        }
    }
}

/// A contact, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContactTyped {
    /// Role.
    pub role: String,
    /// Name.
    pub name: String,
    /// Mailbox.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Fingerprint.
    pub fingerprint: String,
    /// OpenPGP key in ASCII armor.
    pub key: String,
    /// Certificate in PEM, or in Base64 without a frame.
    #[serde(default)]
    pub certificate: String,
}

/// A contact as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Role.
    pub role: Role,
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Mailbox.
    #[serde(default)]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Fingerprint.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// OpenPGP key in ASCII armor. Whoever makes the draft has read it.
    #[serde(default)]
    pub key: Option<String>,
    /// Certificate in PEM. Whoever makes the draft has read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Not to be written to.
    #[serde(default)]
    pub disabled: bool,
}

/// A mailbox, its domain in lower case.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c);
    let fits = !local.is_empty() && local.len() <= LOCAL_BYTES_MAX && local.chars().all(plain);
    let whole = format!("{local}@{}", Domain::parse(domain)?);
    (fits && whole.len() <= EMAIL_BYTES_MAX).then_some(whole)
}

/// A telephone number, with single blanks.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let text = one_line(text);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = |c: char| c.is_ascii_digit() || " +()-./".contains(c);
    let fits = digits >= 3 && text.chars().count() <= PHONE_CHARS_MAX && text.chars().all(plain);
    fits.then_some(text)
}

/// A fingerprint in upper-case hexadecimal, without blanks (version 4: 20 bytes; version 6: 32 bytes; RFC 9580, 5.5.4).
#[must_use]
pub fn fingerprint(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect::<String>().to_uppercase();
    let text = text.strip_prefix("0X").unwrap_or(&text);
    let fits = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text.to_owned())
}

impl ContactTyped {
    /// As it is kept, or everything that is wrong with it. Whether the key is one is for who can read keys.
    ///
    /// # Errors
    /// All faults.
    pub fn read(&self) -> Result<Draft, Vec<Fault>> {
        let mut faults = Vec::new();
        let fault = Fault::at;
        let role = Role::parse(&self.role);
        if role.is_none() {
            faults.push(fault("role", Wrong::Role));
        }
        let name = one_line(&clean(&self.name));
        if name.chars().count() > NAME_CHARS_MAX {
            faults.push(fault("name", Wrong::Name));
        }
        let armor =
            |text: &str| (text.len() <= KEY_BYTES_MAX && text.is_ascii()).then(|| text.to_owned());
        let draft = Draft {
            role: role.unwrap_or(Role::Other),
            name,
            email: optional(
                &self.email,
                email,
                fault("email", Wrong::Email),
                &mut faults,
            ),
            phone: optional(
                &self.phone,
                phone,
                fault("phone", Wrong::Phone),
                &mut faults,
            ),
            fingerprint: optional(
                &self.fingerprint,
                fingerprint,
                fault("fingerprint", Wrong::Fingerprint),
                &mut faults,
            ),
            key: optional(&self.key, armor, fault("key", Wrong::Key), &mut faults),
            certificate: optional(
                &self.certificate,
                |text| (text.len() <= CERTIFICATE_BYTES_MAX).then(|| text.to_owned()),
                fault("certificate", Wrong::Certificate),
                &mut faults,
            ),
            disabled: false,
        };
        if faults.is_empty() && draft.email.is_none() && draft.phone.is_none() {
            faults.push(fault("email", Wrong::Reach));
        }
        if faults.is_empty() {
            Ok(draft)
        } else {
            Err(faults)
        }
    }
}

/// Networks, domains and AS numbers, one a line or between blanks, commas and semicolons.
///
/// # Errors
/// Each one that is none.
pub fn assets(text: &str) -> Result<Vec<Asset>, Vec<Fault>> {
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    for word in words.filter(|word| !word.is_empty()) {
        match Asset::parse(word) {
            Some(asset) => all.push(asset),
            None => faults.push(Fault::at("assets", Wrong::Asset).about(word)),
        }
    }
    if all.is_empty() && faults.is_empty() {
        faults.push(Fault::at("assets", Wrong::Empty));
    }
    if faults.is_empty() {
        Ok(all)
    } else {
        faults.truncate(CONTACTS_MAX);
        Err(faults)
    }
}

/// A remark, with the last day on which it counts.
///
/// # Errors
/// All faults.
pub fn note(text: &str, until: &str) -> Result<Note, Vec<Fault>> {
    let mut faults = Vec::new();
    let text = one_line(&clean(text));
    if text.is_empty() || text.chars().count() > NOTE_CHARS_MAX {
        faults.push(Fault::at("text", Wrong::Note));
    }
    let until = optional(
        until,
        Day::parse,
        Fault::at("until", Wrong::Day),
        &mut faults,
    );
    if faults.is_empty() {
        Ok(Note { text, until })
    } else {
        Err(faults)
    }
}
