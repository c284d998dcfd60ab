//! The way to challenge a figure.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::context::Context;
use super::parts::is_mail;
use super::words as w;
use crate::report::MeasureReport;

/// A link to the service's form, or a mail to the plan's contact, or the contact as words.
pub(crate) fn link(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let (plan, edition, figure) = (&cx.plan.id, &cx.edition().id, &one.measure.id);
    let href = match &cx.options.challenge {
        Some(base) => Some(format!(
            "{base}?plan={}&edition={}&figure={}",
            encoded(plan),
            encoded(edition),
            encoded(figure)
        )),
        None => is_mail(&cx.plan.contact).then(|| {
            let subject = w::challenge_subject(lang, format!("{plan}/{figure}"), edition);
            format!("mailto:{}?subject={}", cx.plan.contact, encoded(&subject))
        }),
    };
    html! {
        @match href {
            Some(href) => a href=(href) { (w::challenge(lang)) ". " },
            None => { (w::contact(lang)) ": " (cx.note(&cx.plan.contact)) ". " }
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
