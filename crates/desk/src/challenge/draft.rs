//! What somebody typed, as a challenge or an answer that is valid, or as faults that name their fields.

use cairn_kernel::actor::Role;
use cairn_kernel::text::{clean, one_line};

use super::{Answer, Body, Contact, Figure, Outcome};
use crate::form::is_email;

/// Longest account of what is wrong, in characters (Unicode scalar values).
pub const WRONG_CHARS_MAX: usize = 4_000;
/// Longest account of what would be right, in characters.
pub const RIGHT_CHARS_MAX: usize = 2_000;
/// Longest address, in characters.
pub const LINK_CHARS_MAX: usize = 500;
/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest answer in one language, in characters.
pub const ANSWER_CHARS_MAX: usize = 6_000;
/// Longest reason for not showing a challenger's words, in characters.
pub const REASON_CHARS_MAX: usize = 1_000;

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// What is wrong.
    Wrong,
    /// What would be right.
    Right,
    /// Where it is stated.
    Link,
    /// The name to be shown.
    Name,
    /// The mail address.
    Email,
    /// What became of the challenge.
    Outcome,
    /// The answer in English.
    En,
    /// The answer in te reo Māori.
    Mi,
    /// Why words are not shown.
    Reason,
}

impl Field {
    /// Its name in the form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Right => "right",
            Self::Link => "link",
            Self::Name => "name",
            Self::Email => "email",
            Self::Outcome => "outcome",
            Self::En => "en",
            Self::Mi => "mi",
            Self::Reason => "reason",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It must be filled in.
    Missing(Field),
    /// It has too many characters.
    TooLong {
        /// Which.
        field: Field,
        /// So many characters.
        chars: usize,
        /// So many are taken.
        max: usize,
    },
    /// It is no address of the web.
    NotLink(Field),
    /// It is no mail address.
    NotEmail(Field),
}

impl Fault {
    /// The field at fault.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::Missing(field)
            | Self::TooLong { field, .. }
            | Self::NotLink(field)
            | Self::NotEmail(field) => field,
        }
    }
}

/// What a challenger typed, each field as it was typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// What is wrong.
    pub wrong: &'a str,
    /// What would be right.
    pub right: &'a str,
    /// Where it is stated.
    pub link: &'a str,
    /// The name to be shown.
    pub name: &'a str,
    /// The mail address.
    pub email: &'a str,
}

/// A challenge that can be received: only [`Draft::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    body: Body,
    contact: Option<Contact>,
}

fn text(typed: &str, field: Field, max: usize, faults: &mut Vec<Fault>) -> Option<String> {
    let text = clean(typed);
    let chars = text.chars().count();
    if chars > max {
        faults.push(Fault::TooLong { field, chars, max });
    }
    (!text.is_empty()).then_some(text)
}

fn line(typed: &str, field: Field, max: usize, faults: &mut Vec<Fault>) -> Option<String> {
    text(&one_line(typed), field, max, faults)
}

/// An address of the web: a scheme that browsers open, a host, and no blank in it.
fn is_link(text: &str) -> bool {
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| {
        let head = text.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme)
            .then(|| text.get(scheme.len()..).unwrap_or_default())
    });
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
}

/// A path of this service, such as that of an edition.
fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
}

impl Draft {
    /// Reads what somebody typed about a figure of a plan.
    ///
    /// # Errors
    /// Every fault, in the order of the form.
    pub fn parse(
        (plan, edition, figure): (&str, &str, &Figure),
        language: &str,
        typed: Typed<'_>,
        suspect: bool,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let wrong = text(typed.wrong, Field::Wrong, WRONG_CHARS_MAX, &mut faults);
        if wrong.is_none() {
            faults.push(Fault::Missing(Field::Wrong));
        }
        let right = text(typed.right, Field::Right, RIGHT_CHARS_MAX, &mut faults);
        let link = line(typed.link, Field::Link, LINK_CHARS_MAX, &mut faults);
        if link.as_deref().is_some_and(|link| !is_link(link)) {
            faults.push(Fault::NotLink(Field::Link));
        }
        let name = line(typed.name, Field::Name, NAME_CHARS_MAX, &mut faults);
        let email = one_line(typed.email);
        if !email.is_empty() && !is_email(&email) {
            faults.push(Fault::NotEmail(Field::Email));
        }
        match wrong {
            Some(wrong) if faults.is_empty() => Ok(Self {
                body: Body {
                    plan: plan.to_owned(),
                    edition: edition.to_owned(),
                    figure: figure.to_string(),
                    language: language.to_owned(),
                    wrong,
                    right,
                    link,
                    name,
                    suspect,
                },
                contact: (!email.is_empty()).then_some(Contact { email }),
            }),
            _ => Err(faults),
        }
    }

    /// What was said.
    #[must_use]
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// How to reach the challenger.
    #[must_use]
    pub const fn contact(&self) -> Option<&Contact> {
        self.contact.as_ref()
    }
}

/// What somebody of the office typed as an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypedAnswer<'a> {
    /// Name of the outcome.
    pub outcome: &'a str,
    /// The text in English.
    pub en: &'a str,
    /// The text in te reo Māori.
    pub mi: &'a str,
    /// Where the change or its reason is to be seen.
    pub link: &'a str,
}

/// Reads an answer.
///
/// # Errors
/// Every fault, in the order of the form.
pub fn answer(typed: TypedAnswer<'_>, role: Role) -> Result<Answer, Vec<Fault>> {
    let mut faults = Vec::new();
    let outcome = Outcome::parse(typed.outcome);
    if outcome.is_none() {
        faults.push(Fault::Missing(Field::Outcome));
    }
    let en = text(typed.en, Field::En, ANSWER_CHARS_MAX, &mut faults);
    let mi = text(typed.mi, Field::Mi, ANSWER_CHARS_MAX, &mut faults);
    if en.is_none() && mi.is_none() {
        faults.push(Fault::Missing(Field::En));
    }
    let link = line(typed.link, Field::Link, LINK_CHARS_MAX, &mut faults);
    if link
        .as_deref()
        .is_some_and(|link| !is_link(link) && !is_path(link))
    {
        faults.push(Fault::NotLink(Field::Link));
    }
    match outcome {
        Some(outcome) if faults.is_empty() => Ok(Answer {
            outcome,
            en,
            mi,
            link,
            role,
        }),
        _ => Err(faults),
    }
}

/// Reads the reason for not showing a challenger's words.
///
/// # Errors
/// It is missing or too long.
pub fn reason(typed: &str) -> Result<String, Fault> {
    let mut faults = Vec::new();
    let reason = text(typed, Field::Reason, REASON_CHARS_MAX, &mut faults);
    match (reason, faults.first()) {
        (_, Some(fault)) => Err(*fault),
        (None, None) => Err(Fault::Missing(Field::Reason)),
        (Some(reason), None) => Ok(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: Typed<'_>) -> Result<Draft, Vec<Fault>> {
        let figure = Figure::parse("m2");
        Draft::parse(("plan", "2026", &figure), "en", typed, false)
    }

    #[test]
    fn only_what_is_wrong_must_be_said() {
        let draft = parse(Typed {
            wrong: " The base is 2020,\r\nnot 2019. ",
            ..Typed::default()
        });
        let draft = draft.unwrap();
        assert_eq!(draft.body().wrong, "The base is 2020,\nnot 2019.");
        assert_eq!((&draft.body().name, draft.contact()), (&None, None));
        assert_eq!(
            parse(Typed::default()),
            Err(vec![Fault::Missing(Field::Wrong)])
        );
    }

    #[test]
    fn every_fault_is_told_in_the_order_of_the_form() {
        let long = "ā".repeat(WRONG_CHARS_MAX + 1);
        let name = "n".repeat(NAME_CHARS_MAX + 1);
        let faults = parse(Typed {
            wrong: &long,
            right: "",
            link: "example.org/page",
            name: &name,
            email: "nobody",
        });
        let fields: Vec<_> = faults.unwrap_err().into_iter().map(Fault::field).collect();
        assert_eq!(
            fields,
            [Field::Wrong, Field::Link, Field::Name, Field::Email]
        );
    }

    #[test]
    fn links_are_addresses_of_the_web() {
        for good in ["https://stats.example/a?b#c", "HTTP://192.0.2.1/"] {
            assert!(is_link(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a@b.example/",
            "https://a.example/ b",
            "https:\\\\a.example",
            "data:text/html,x",
            "//a.example",
        ] {
            assert!(!is_link(bad), "{bad}");
        }
        assert!(is_path("/track/nz-digital/changes.html"));
        assert!(!is_path("//evil.example") && !is_path("/\\evil.example") && !is_path("x"));
    }

    #[test]
    fn an_answer_has_an_outcome_and_a_text_in_one_language_at_least() {
        let none = answer(TypedAnswer::default(), Role::Lead).unwrap_err();
        let missing = [Field::Outcome, Field::En].map(Fault::Missing);
        assert_eq!(none, missing);
        let typed = TypedAnswer {
            outcome: "partly",
            mi: "Kua whakatikaina.",
            link: "/track/nz-digital/changes.html",
            ..TypedAnswer::default()
        };
        let given = answer(typed, Role::Lead).unwrap();
        assert_eq!((given.outcome, given.en), (Outcome::Partly, None));
        let script = TypedAnswer {
            link: "javascript:alert(1)",
            ..typed
        };
        assert_eq!(
            answer(script, Role::Lead),
            Err(vec![Fault::NotLink(Field::Link)])
        );
    }

    #[test]
    fn a_reason_is_needed_and_bounded() {
        assert_eq!(reason(" \n "), Err(Fault::Missing(Field::Reason)));
        let long = "x".repeat(REASON_CHARS_MAX + 1);
        assert!(matches!(reason(&long), Err(Fault::TooLong { .. })));
        assert_eq!(
            reason(" It names a person. ").as_deref(),
            Ok("It names a person.")
        );
    }
}
