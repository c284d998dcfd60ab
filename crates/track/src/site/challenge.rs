//! The way to challenge a figure, and to what was challenged before.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::address::{Page, Tree};
use super::context::Context;
use super::parts::is_mail;
use super::words::{self as w, Lang};
use crate::plan::{Plan, Words};

/// What is challenged, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    Measure(&'a str),
    Goal(&'a str),
    Initiative(&'a str),
}

impl Subject<'_> {
    /// How queries name it: `m2`, `g/g2`, `i/i05`.
    fn key(self) -> String {
        match self {
            Self::Measure(id) => id.to_owned(),
            Self::Goal(id) => format!("g/{id}"),
            Self::Initiative(id) => format!("i/{id}"),
        }
    }
}

/// Something of an edition that can be challenged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challengeable {
    /// The edition's id.
    pub edition: String,
    /// How queries name it: `m2` is a measure, `g/g2` a goal, `i/i05` an initiative.
    pub key: String,
    /// Its title.
    pub title: Words,
    /// Its page in the site, English first; pages in another language are there if the plan has that.
    pub pages: [String; 2],
}

/// All that can be challenged in a plan: by edition, the newest first; measures, then goals, then initiatives.
#[must_use]
pub fn challengeable(plan: &Plan) -> Vec<Challengeable> {
    let newest = plan.newest().map(|edition| edition.id.as_str());
    let mut all = Vec::new();
    for edition in plan.editions.iter().rev() {
        let id = edition.id.as_str();
        let tree = |lang| Tree {
            lang,
            edition: (newest != Some(id)).then_some(id),
        };
        let mut add = |subject: Subject<'_>, page: Page<'_>, title: &Words| {
            all.push(Challengeable {
                edition: id.to_owned(),
                key: subject.key(),
                title: title.clone(),
                pages: Lang::ALL.map(|lang| tree(lang).path(page)),
            });
        };
        for one in &edition.measures {
            add(
                Subject::Measure(&one.id),
                Page::Measure(&one.id),
                &one.title,
            );
        }
        for one in &edition.goals {
            add(Subject::Goal(&one.id), Page::Goal(&one.id), &one.title);
        }
        for one in &edition.initiatives {
            add(
                Subject::Initiative(&one.id),
                Page::Initiative(&one.id),
                &one.title,
            );
        }
    }
    all
}

/// A heading, the link to the form and, where there is one, that to what was challenged before.
pub(crate) fn section(cx: &Context<'_>, subject: Subject<'_>) -> Markup {
    let lang = cx.lang();
    let title = match subject {
        Subject::Measure(_) => w::challenge(lang),
        Subject::Goal(_) | Subject::Initiative(_) => w::challenge_page(lang),
    };
    html! {
        section {
            h2 #challenge { (title) }
            p { (link(cx, subject, title)) ". " (w::challenge_note(lang)) }
            @if let Some(base) = &cx.options.challenges {
                p { a href={ (base) "?figure=" (encoded(&subject.key())) "&lang=" (lang.as_str()) } { (w::challenges(lang)) } }
            }
        }
    }
}

/// A link to the service's form, or a mail to the plan's contact, or the contact as words.
fn link(cx: &Context<'_>, subject: Subject<'_>, title: &str) -> Markup {
    let lang = cx.lang();
    let (plan, edition, figure) = (&cx.plan.id, &cx.edition().id, subject.key());
    let href = match &cx.options.challenge {
        Some(base) => Some(format!(
            "{base}?plan={}&edition={}&figure={}&lang={}",
            encoded(plan),
            encoded(edition),
            encoded(&figure),
            lang.as_str()
        )),
        None => is_mail(&cx.plan.contact).then(|| {
            let subject = w::challenge_subject(lang, format!("{plan}/{figure}"), edition);
            format!("mailto:{}?subject={}", cx.plan.contact, encoded(&subject))
        }),
    };
    html! {
        @match href {
            Some(href) => a href=(href) { (title) },
            None => { (w::contact(lang)) ": " (cx.note(&cx.plan.contact)) }
        }
    }
}

/// Percent-encoded but for unreserved characters (RFC 3986 §2.3).
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _written = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn other_letters_are_encoded() {
        assert_eq!(super::encoded("a-b_c.d~ &ā"), "a-b_c.d~%20%26%C4%81");
    }
}
