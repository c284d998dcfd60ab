//! The conversation with a reporter by mail: which report a message belongs to, and who wrote it.
//!
//! A message belongs to a report by a **tagged address** (`report+TAG@…`, where only we can make the tag) or by answering a
//! message that we sent. The tag makes its holder the reporter, as the secret link does on the status page; it opens nothing
//! and can only add. Who answers without the tag is the reporter only if we wrote to that address.

use serde::{Deserialize, Serialize};

use crate::mail::{MailReport, Nature};
use crate::report::{MESSAGE_CHARS_MAX, MessageText};

/// Signs of the secret part of a tag: 100 bits in base 32.
pub const TAG_SECRET_CHARS: usize = 20;
/// Longest local part of an address, bytes (RFC 5321, 4.5.3.1.1).
pub const LOCAL_BYTES_MAX: usize = 64;
/// Letters of a reference.
const REFERENCE_CHARS: usize = 9;
/// What stands for the tag in the setting.
const PLACE: &str = "{tag}";
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What a message on a report's thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The reporter wrote it: it is a message of the conversation.
    Reporter,
    /// Somebody else wrote it: held apart, for officers to see.
    Other,
    /// A machine answered by itself: kept, folded, never answered.
    Automatic,
    /// What we sent did not arrive.
    Bounce,
}

impl Sort {
    /// Name in the database and the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Other => "other",
            Self::Automatic => "automatic",
            Self::Bounce => "bounce",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Reporter, Self::Other, Self::Automatic, Self::Bounce]
            .into_iter()
            .find(|sort| sort.as_str() == text)
    }
}

/// What led a message to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It was delivered to the tagged address.
    Tagged,
    /// It answers a message that we sent to the address that it comes from.
    FromThem,
    /// It answers a message that we sent to another address.
    FromAnother,
    /// It came to the address that an agency was given for a referral, or answers the mail with that.
    FromAgency,
}

/// What a message on a thread is. A sender who is not who they say (DMARC failed, as our own mail server found) is somebody
/// else, unless they hold the tag.
#[must_use]
pub fn sort(mail: &MailReport, way: Way) -> Sort {
    match (mail.thread.nature, way) {
        (Nature::Bounced, _) => Sort::Bounce,
        (Nature::Automatic, _) => Sort::Automatic,
        (Nature::Written, Way::Tagged) => Sort::Reporter,
        (Nature::Written, Way::FromThem) if mail.evidence.dmarc != "fail" => Sort::Reporter,
        (Nature::Written, _) => Sort::Other,
    }
}

/// What is kept of a message beside its text: it names people, and is erased with the contact details.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// From whom, as the message says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Subject.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Its Message-ID, without angle brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// It came from the address that we write to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known: bool,
    /// What our mail server found about DKIM, SPF and DMARC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<[String; 3]>,
    /// Status code of a delivery report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Number of the referral that an agency writes about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<u32>,
    /// What OpenPGP protected of it, and how.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<crate::mail::sealed::Seal>,
}

impl Head {
    /// Of a message; `known` says that it comes from the address that we write to.
    #[must_use]
    pub fn of(mail: &MailReport, known: bool) -> Self {
        let evidence = &mail.evidence;
        let checks = [&evidence.dkim, &evidence.spf, &evidence.dmarc];
        let checked = checks.iter().any(|result| *result != "not_checked");
        let delivery = mail.thread.delivery.as_ref();
        Self {
            from: mail.headers.from.first().map(|from| from.address.clone()),
            subject: mail.headers.subject.clone(),
            message_id: mail.headers.message_id.clone(),
            known,
            checks: checked.then(|| checks.map(Clone::clone)),
            status: delivery.and_then(|delivery| delivery.status.clone()),
            referral: None,
            seals: evidence.seals.clone(),
        }
    }
}

/// The text of a message as the conversation has it: what is new in it, at most as much as a message may hold; the rest is in
/// the message that is kept whole. One without text is told by its subject.
#[must_use]
pub fn words(mail: &MailReport) -> Option<MessageText> {
    let text = crate::mail::without_quote(&mail.thread.text);
    let cut: String = text.trim().chars().take(MESSAGE_CHARS_MAX - 1).collect();
    let cut = if cut.chars().count() < text.trim().chars().count() {
        format!("{cut}…")
    } else {
        cut
    };
    [cut.as_str(), mail.headers.subject.as_str(), "…"]
        .into_iter()
        .find_map(|text| MessageText::parse(text).ok())
}

/// The address to which reporters answer: one of ours, with a place for the tag in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyAddress {
    before: String,
    after: String,
}

/// Why a setting is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyAddressError {
    /// The place.
    #[error("`{{tag}}` must stand once, before the `@`")]
    Place,
    /// It would be longer than addresses may be.
    #[error("with its tag the part before the `@` is longer than {LOCAL_BYTES_MAX} bytes")]
    Long,
    /// Not an address.
    #[error("it is no mail address of letters, digits and `.+-_=`")]
    Address,
}

/// What stands in an address before the code of a source of machine reports. Tags of reports hold a point, and codes none.
const SOURCE_TAG: &str = "feed-";

impl ReplyAddress {
    /// The domain to which answers come.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.after.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Reads the setting, such as `report+{tag}@cert.example`.
    ///
    /// # Errors
    /// See [`ReplyAddressError`].
    pub fn parse(setting: &str) -> Result<Self, ReplyAddressError> {
        let (before, after) = setting.split_once(PLACE).ok_or(ReplyAddressError::Place)?;
        let (local, domain) = after.split_once('@').ok_or(ReplyAddressError::Place)?;
        let fits = |text: &str, signs: &str| {
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
        };
        if !fits(before, ".+-_=") || !fits(local, ".+-_=") || !fits(domain, ".-") {
            return Err(ReplyAddressError::Address);
        }
        if domain.is_empty() || before.is_empty() || domain.starts_with('.') {
            return Err(ReplyAddressError::Address);
        }
        let tag = REFERENCE_CHARS + 1 + TAG_SECRET_CHARS;
        if before.len() + tag + local.len() > LOCAL_BYTES_MAX {
            return Err(ReplyAddressError::Long);
        }
        Ok(Self {
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    /// The address for a tag.
    #[must_use]
    pub fn with(&self, tag: &Tag) -> String {
        format!(
            "{}{}.{}{}",
            self.before, tag.reference, tag.secret, self.after
        )
    }

    /// The address at which a source of machine reports takes mail.
    #[must_use]
    pub fn of_source(&self, code: &str) -> String {
        format!("{}{SOURCE_TAG}{code}{}", self.before, self.after)
    }

    /// The code of a source of machine reports in an address, if it has one.
    #[must_use]
    pub fn source_in(&self, address: &str) -> Option<String> {
        let address = address.trim().to_lowercase();
        let rest = address.strip_prefix(&self.before.to_lowercase())?;
        let inner = rest.strip_suffix(&self.after.to_lowercase())?;
        let code = inner.strip_prefix(SOURCE_TAG)?;
        crate::source::is_code(code).then(|| code.to_owned())
    }

    /// The tag in an address, if it has one. Mail programs may change the case.
    #[must_use]
    pub fn tag_in(&self, address: &str) -> Option<Tag> {
        let address = address.trim().to_lowercase();
        let rest = address.strip_prefix(&self.before.to_lowercase())?;
        let inner = rest.strip_suffix(&self.after.to_lowercase())?;
        let (reference, secret) = inner.split_once('.')?;
        let right = reference.len() == REFERENCE_CHARS
            && reference.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && secret.len() == TAG_SECRET_CHARS
            && secret.bytes().all(|byte| BASE32.contains(&byte));
        right.then(|| Tag {
            reference: reference.to_owned(),
            secret: secret.to_owned(),
        })
    }
}

/// What stands in a tagged address: the report's reference, and what only we can make for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Nine letters and digits, in lower case.
    pub reference: String,
    /// [`TAG_SECRET_CHARS`] signs.
    pub secret: String,
}

impl Tag {
    /// Of a reference as it is printed, and a keyed hash of the report.
    #[must_use]
    pub fn new(reference: &str, keyed: &[u8; 32]) -> Self {
        let letters = reference.chars().filter(char::is_ascii_alphanumeric);
        Self {
            reference: letters.map(|c| c.to_ascii_lowercase()).collect(),
            secret: base32(keyed),
        }
    }
}

/// The first 100 bits in the signs of RFC 4648, 6, in lower case.
fn base32(bytes: &[u8; 32]) -> String {
    let (mut out, mut buffer, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 && out.len() < TAG_SECRET_CHARS {
            bits -= 5;
            let at = usize::try_from((buffer >> bits) & 31).unwrap_or_default();
            out.extend(BASE32.get(at).map(|byte| char::from(*byte)));
        }
        buffer &= (1 << bits) - 1;
        if out.len() >= TAG_SECRET_CHARS {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Reading, read};

    fn mail(text: &str) -> MailReport {
        read(text.replace('\n', "\r\n").as_bytes(), &Reading::default()).unwrap()
    }

    #[test]
    fn tags_come_back_whatever_mail_programs_do_to_case() {
        let address = ReplyAddress::parse("report+{tag}@cert.example").unwrap();
        let tag = Tag::new("ABCD-EFGH-J", &[0xa5; 32]);
        assert_eq!(tag.secret.len(), TAG_SECRET_CHARS);
        let with = address.with(&tag);
        assert!(with.starts_with("report+abcdefghj."), "{with}");
        assert_eq!(address.tag_in(&with.to_uppercase()), Some(tag));
        let feed = address.of_source("partner-1");
        assert_eq!(feed, "report+feed-partner-1@cert.example");
        assert_eq!(
            address.source_in(&feed.to_uppercase()).as_deref(),
            Some("partner-1")
        );
        assert_eq!(
            (address.tag_in(&feed), address.source_in(&with)),
            (None, None)
        );
        for other in [
            "report@cert.example",
            "report+@cert.example",
            "report+abcdefghj.short@cert.example",
            "report+abcdefghj.aaaaaaaaaaaaaaaaaaa1@cert.example",
            "other+abcdefghj.aaaaaaaaaaaaaaaaaaaa@cert.example",
            "report+abcdefghj.aaaaaaaaaaaaaaaaaaaa@cert.example.org",
        ] {
            assert_eq!(address.tag_in(other), None, "{other}");
        }
    }

    #[test]
    fn settings_that_make_no_address_are_refused() {
        use ReplyAddressError::{Address, Long, Place};
        let long = format!("{}+{{tag}}@cert.example", "a".repeat(40));
        for (setting, error) in [
            ("report@cert.example", Place),
            ("report@{tag}.example", Place),
            ("report+{tag}", Place),
            ("{tag}@cert.example", Address),
            ("re port+{tag}@cert.example", Address),
            ("report+{tag}@", Address),
            (long.as_str(), Long),
        ] {
            assert_eq!(ReplyAddress::parse(setting), Err(error), "{setting}");
        }
    }

    #[test]
    fn who_holds_the_tag_or_writes_from_where_we_wrote_to_is_the_reporter() {
        let plain = mail("From: a@b.example\nSubject: Re: x\n\nYes.\n");
        for (way, expected) in [
            (Way::Tagged, Sort::Reporter),
            (Way::FromThem, Sort::Reporter),
            (Way::FromAnother, Sort::Other),
        ] {
            assert_eq!(sort(&plain, way), expected);
        }
        let mut forged = plain.clone();
        forged.evidence.dmarc = "fail".into();
        assert_eq!(sort(&forged, Way::FromThem), Sort::Other);
        assert_eq!(sort(&forged, Way::Tagged), Sort::Reporter);
    }

    #[test]
    fn machines_are_told_by_their_fields_and_by_words_last() {
        for (fields, expected) in [
            ("Auto-Submitted: auto-replied\n", Sort::Automatic),
            ("Auto-Submitted: no\n", Sort::Reporter),
            ("Precedence: bulk\n", Sort::Automatic),
            ("X-Auto-Response-Suppress: All\n", Sort::Automatic),
            ("Return-Path: <>\n", Sort::Automatic),
            ("Subject: Automatic reply: away\n", Sort::Automatic),
            ("Subject: Whakautu aunoa: kei waho\n", Sort::Automatic),
            ("Subject: About the automatic reply: mine\n", Sort::Reporter),
            (
                "Return-Path: <>\nSender: x@y.example\nFrom: MAILER-DAEMON@y.example\n",
                Sort::Bounce,
            ),
            (
                "From: postmaster@y.example\nSubject: Undeliverable: Re: x\n",
                Sort::Bounce,
            ),
        ] {
            let mail = mail(&format!("{fields}From: a@b.example\n\nText.\n"));
            assert_eq!(sort(&mail, Way::Tagged), expected, "{fields}");
        }
    }

    const BOUNCE: &str = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
        --b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
        Final-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1 (no such user)\n\n\
        --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <sent.1@cert.example>\nSubject: x\n--b--\n";

    #[test]
    fn a_bounce_says_why_and_which_message() {
        let bounce = mail(BOUNCE);
        assert_eq!(sort(&bounce, Way::FromAnother), Sort::Bounce);
        assert_eq!(bounce.thread.answers, ["sent.1@cert.example"]);
        assert_eq!(Head::of(&bounce, false).status.as_deref(), Some("5.1.1"));
        let late = mail(
            &BOUNCE
                .replace("failed", "delayed")
                .replace("5.1.1", "4.4.1"),
        );
        assert_eq!(sort(&late, Way::Tagged), Sort::Automatic);
        let whole = BOUNCE.replace("text/rfc822-headers", "message/rfc822");
        assert_eq!(mail(&whole).thread.answers, ["sent.1@cert.example"]);
    }

    #[test]
    fn what_is_new_in_an_answer_stays_and_what_it_quotes_goes() {
        let answer = mail(
            "From: a@b.example\nIn-Reply-To: <1@c>\nReferences: <0@c> <1@c>\n\n\
            Yes, it was.\n\nOn Monday, Report it wrote:\n> Was it?\n>\n> Kia ora\n",
        );
        assert_eq!(words(&answer).unwrap().as_str(), "Yes, it was.");
        assert_eq!(answer.thread.answers, ["1@c", "0@c"]);
        for whole in [
            "> Only what others wrote\n",
            "Asked:\n> Was it?\nYes, on Monday.\n",
            "No quotation: none\n",
        ] {
            let text = mail(&format!("From: a@b.example\n\n{whole}"));
            assert_eq!(words(&text).unwrap().as_str(), whole.trim());
        }
        let empty = mail("From: a@b.example\nSubject: A file\n\n \n");
        assert_eq!(words(&empty).unwrap().as_str(), "A file");
        let long = mail(&format!(
            "From: a@b.example\n\n{}\n",
            "ā".repeat(MESSAGE_CHARS_MAX + 5)
        ));
        let long = words(&long).unwrap();
        assert!(long.as_str().ends_with('…'));
        assert_eq!(long.as_str().chars().count(), MESSAGE_CHARS_MAX);
    }
}
