//! What the service writes by mail, to reporters, to challengers and to who files returns on a strategy: texts as data, in
//! every language of the pages, with a few placeholders
//! that can hold nothing of what a report says, but in one text what an officer chose to send.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::canned::pieces;

/// The built-in texts.
pub const EMBEDDED: &str = include_str!("../../../data/mail.toml");

/// Languages that every text must have; the first is taken where a report is in another one.
pub const LANGUAGES: [&str; 2] = ["en", "mi"];

/// What a message is about. The names are those of the jobs that send them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The report arrived.
    Acknowledge,
    /// The report arrived by mail: whoever sent it has seen no secret link yet.
    AcknowledgeMail,
    /// An officer wrote.
    News,
    /// An officer wrote, and chose that the text goes by mail.
    Reply,
    /// The challenge of a figure was answered.
    ChallengeAnswered,
    /// Returns on a strategy are due.
    PlanDue,
    /// A message of the reporter is encrypted for a key that we do not have.
    Unreadable,
    /// An organisation asks to be told about its networks: the mailbox is to be proved.
    ClaimProve,
    /// Its claim was taken, whole or in parts.
    ClaimTaken,
    /// Its claim was refused.
    ClaimRefused,
    /// A contact is asked whether it is right.
    ContactAsk,
}

impl Notice {
    /// All.
    pub const ALL: [Self; 11] = [
        Self::Acknowledge,
        Self::AcknowledgeMail,
        Self::News,
        Self::Reply,
        Self::ChallengeAnswered,
        Self::PlanDue,
        Self::Unreadable,
        Self::ClaimProve,
        Self::ClaimTaken,
        Self::ClaimRefused,
        Self::ContactAsk,
    ];

    /// Name of the job.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::AcknowledgeMail => "acknowledge_mail",
            Self::News => "news",
            Self::Reply => "reply",
            Self::ChallengeAnswered => "challenge_answered",
            Self::PlanDue => "plan_due",
            Self::Unreadable => "unreadable",
            Self::ClaimProve => "claim_prove",
            Self::ClaimTaken => "claim_taken",
            Self::ClaimRefused => "claim_refused",
            Self::ContactAsk => "contact_ask",
        }
    }

    /// It answers a message: `auto-replied` in the words of RFC 3834, section 5.
    #[must_use]
    pub const fn is_reply(self) -> bool {
        matches!(self, Self::AcknowledgeMail)
    }

    /// It belongs to the conversation with a reporter.
    #[must_use]
    pub const fn is_to_reporter(self) -> bool {
        !matches!(self, Self::ChallengeAnswered | Self::PlanDue) && !self.is_to_owner()
    }

    /// It goes to an organisation that has networks, or wants to be told about some.
    #[must_use]
    pub const fn is_to_owner(self) -> bool {
        matches!(
            self,
            Self::ClaimProve | Self::ClaimTaken | Self::ClaimRefused | Self::ContactAsk
        )
    }

    /// A machine decided that it is sent: there is a limit on how many of these one address gets.
    #[must_use]
    pub const fn is_by_machine(self) -> bool {
        !matches!(self, Self::Reply)
    }

    /// The placeholders that its texts may have.
    const fn placeholders(self) -> &'static [&'static str] {
        match self {
            Self::AcknowledgeMail => &["service", "reference", "status", "link", "answers"],
            Self::Acknowledge | Self::News => &["service", "reference", "status", "answers"],
            Self::Reply => &["service", "reference", "status", "text", "answers"],
            Self::ChallengeAnswered => &["service", "reference", "status"],
            Self::PlanDue => &["service", "organisation", "due", "page"],
            Self::Unreadable => &[
                "service",
                "reference",
                "status",
                "key",
                "fingerprint",
                "answers",
            ],
            Self::ClaimProve | Self::ContactAsk => &["service", "link"],
            Self::ClaimTaken => &["service", "link", "text"],
            Self::ClaimRefused => &["service", "text"],
        }
    }

    /// The notice that a job of this kind sends.
    #[must_use]
    pub fn of_job(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.as_str() == kind)
    }
}

/// What the placeholders stand for; empty where a text has none of the name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fill<'a> {
    /// `{service}`
    pub service: &'a str,
    /// `{reference}`
    pub reference: &'a str,
    /// `{status}`: where the status page is asked for; of a challenge its own public page.
    pub status: &'a str,
    /// `{link}`: the secret link, empty where the reporter was shown it.
    pub link: &'a str,
    /// `{organisation}` whose returns are due.
    pub organisation: &'a str,
    /// `{due}`: what is due, a line each.
    pub due: &'a str,
    /// `{page}` of the desk on which it is filed.
    pub page: &'a str,
    /// `{key}`: the page with our OpenPGP key.
    pub key: &'a str,
    /// `{fingerprint}` of it.
    pub fingerprint: &'a str,
    /// `{text}`: what an officer wrote.
    pub text: &'a str,
    /// `{answers}`: answers to the message are read.
    pub answers: bool,
}

/// One message, with placeholders or without.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// What is said of answers to a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfAnswers {
    /// Nobody reads them.
    none: String,
    /// They are added to the report.
    tagged: String,
}

/// All texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Letters {
    answers: BTreeMap<String, OfAnswers>,
    #[serde(flatten)]
    letters: BTreeMap<Notice, BTreeMap<String, Letter>>,
}

/// Why texts can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// Not TOML of this shape; says where.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A text is missing.
    #[error("there is no text for {notice} in {language}")]
    Missing {
        /// Which.
        notice: &'static str,
        /// In which language.
        language: &'static str,
    },
    /// A placeholder nobody fills, or a brace left open.
    #[error("{notice} in {language}: {{{name}}} stands for nothing")]
    Placeholder {
        /// In which text.
        notice: &'static str,
        /// In which language.
        language: &'static str,
        /// As written.
        name: String,
    },
    /// The subject is empty or has several lines.
    #[error("{notice} in {language}: a subject is one line")]
    Subject {
        /// In which text.
        notice: &'static str,
        /// In which language.
        language: &'static str,
    },
}

impl Letters {
    /// Reads and checks the texts.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, LetterError> {
        let all: Self = toml::from_str(text)?;
        for notice in Notice::ALL {
            for language in LANGUAGES {
                let letter = all.letters.get(&notice).and_then(|all| all.get(language));
                let known = notice.placeholders();
                let notice = notice.as_str();
                let letter = letter
                    .filter(|_| all.answers.contains_key(language))
                    .ok_or(LetterError::Missing { notice, language })?;
                if letter.subject.trim().is_empty() || letter.subject.contains(char::is_control) {
                    return Err(LetterError::Subject { notice, language });
                }
                let strange = [&letter.subject, &letter.body]
                    .into_iter()
                    .find_map(|text| strange(text, known));
                if let Some(name) = strange {
                    return Err(LetterError::Placeholder {
                        notice,
                        language,
                        name,
                    });
                }
            }
        }
        Ok(all)
    }

    /// The message in a language (BCP 47), or in the first one if there is none in that. Placeholders are filled in one
    /// pass: what they stand for is never looked at again.
    #[must_use]
    pub fn write(&self, notice: Notice, language: &str, fill: Fill<'_>) -> Option<Letter> {
        let all = self.letters.get(&notice)?;
        let first = LANGUAGES.first().copied().unwrap_or_default();
        let letter = all.get(language).or_else(|| all.get(first))?;
        let said = self.answers.get(language);
        let said = said.or_else(|| self.answers.get(first))?;
        let said = if fill.answers {
            &said.tagged
        } else {
            &said.none
        };
        Some(Letter {
            subject: filled(&letter.subject, fill, said),
            body: filled(letter.body.trim_start_matches('\n'), fill, said),
        })
    }
}

fn strange(text: &str, known: &[&str]) -> Option<String> {
    pieces(text)
        .filter_map(|(_, name)| name)
        .find(|name| !known.contains(name))
        .map(ToOwned::to_owned)
}

fn filled(text: &str, fill: Fill<'_>, answers: &str) -> String {
    let mut out = String::with_capacity(text.len() + 100);
    for (plain, name) in pieces(text) {
        out.push_str(plain);
        out.push_str(match name {
            Some("service") => fill.service,
            Some("reference") => fill.reference,
            Some("status") => fill.status,
            Some("link") => fill.link,
            Some("organisation") => fill.organisation,
            Some("due") => fill.due,
            Some("page") => fill.page,
            Some("text") => fill.text,
            Some("key") => fill.key,
            Some("fingerprint") => fill.fingerprint,
            Some("answers") => answers.trim(),
            _ => "",
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILL: Fill<'_> = Fill {
        service: "Reports {reference}",
        reference: "ABCD-EFGH-J",
        status: "https://report.example/status",
        link: "https://report.example/s/SECRET",
        organisation: "Wharf Board (fictional)",
        due: "    2026-12-31  Second mast\n",
        page: "https://report.example/desk/track/harbour",
        text: "Kia ora from an officer {reference}",
        key: "https://report.example/openpgp",
        fingerprint: "ABCD",
        answers: false,
    };

    #[test]
    fn the_built_in_texts_are_whole() {
        let letters = Letters::parse(EMBEDDED).unwrap();
        for notice in Notice::ALL
            .into_iter()
            .filter(|one| *one != Notice::PlanDue && !one.is_to_owner())
        {
            for language in LANGUAGES {
                let letter = letters.write(notice, language, FILL).unwrap();
                assert!(letter.subject.contains("ABCD-EFGH-J"), "{letter:?}");
                assert!(letter.body.contains("https://report.example/status\n"));
                assert!(letter.body.starts_with("Kia ora"));
                // The secret link only where nobody was shown it.
                let links = letter.body.matches("/s/SECRET\n").count();
                assert_eq!(links, usize::from(notice == Notice::AcknowledgeMail));
                // Filled in one pass.
                assert!(letter.body.contains("Reports {reference}"));
                let longest = letter.body.lines().map(|line| line.chars().count()).max();
                assert!(longest < Some(130), "{notice:?} {language}: {longest:?}");
                let read = Fill {
                    answers: true,
                    ..FILL
                };
                let read = letters.write(notice, language, read).unwrap();
                let told = notice != Notice::ChallengeAnswered;
                assert_eq!(read.body != letter.body, told, "{notice:?} {language}");
                let text = letter.body.contains("an officer {reference}");
                assert_eq!(text, notice == Notice::Reply, "nothing is written twice");
            }
        }
        let other = letters.write(Notice::News, "fr", FILL);
        assert_eq!(other, letters.write(Notice::News, "en", FILL));
    }

    #[test]
    fn a_reminder_names_organisation_page_and_what_is_due() {
        let letters = Letters::parse(EMBEDDED).unwrap();
        for language in LANGUAGES {
            let letter = letters.write(Notice::PlanDue, language, FILL).unwrap();
            assert!(letter.subject.contains(FILL.organisation), "{letter:?}");
            assert!(letter.body.contains(FILL.due) && letter.body.contains(FILL.page));
            assert!(!letter.body.contains("SECRET"), "{letter:?}");
        }
    }

    #[test]
    fn texts_that_cannot_be_used_say_why() {
        let wrong = |from: &str, to: &str| Letters::parse(&EMBEDDED.replace(from, to)).unwrap_err();
        assert!(
            wrong("[news.mi]", "[news.fr]")
                .to_string()
                .contains("news in mi")
        );
        assert!(
            wrong("{status}", "{secret}")
                .to_string()
                .contains("{secret}")
        );
        let link = wrong("{status}", "{link}").to_string();
        assert!(link.contains("acknowledge in en: {link}"), "{link}");
        assert!(matches!(
            wrong(
                "subject = \"{service}: tō pūrongo",
                "subject = \"\\r\\nBcc: x"
            ),
            LetterError::Subject { .. }
        ));
        assert!(matches!(
            wrong("[news.mi]", "[gossip.mi]"),
            LetterError::Toml(_)
        ));
    }

    #[test]
    fn jobs_name_their_notice() {
        for notice in Notice::ALL {
            assert_eq!(Notice::of_job(notice.as_str()), Some(notice));
        }
        assert_eq!(Notice::of_job("cluster"), None);
    }
}
