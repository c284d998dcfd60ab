//! The way back to a report: by the secret link, or by reference and secret as written down.

use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::{SMALL_BYTES_MAX, STATUS, see, see_with};
use crate::components::{Encoding, Field, Input, Look, Width, button, buttons, form, input};
use crate::form::Form as Pairs;
use crate::i18n::t;
use crate::intake::{Public, admit};
use crate::page::{Page, Section};
use crate::problem::Result;
use crate::site::Site;

/// Letters of a reference.
const REFERENCE_LETTERS: usize = 9;
/// Letters kept of what somebody pasted.
const LETTERS_MAX: usize = 64;

/// Letters and digits alone: dashes, blanks and what a mail program added are left out.
fn letters(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.take(LETTERS_MAX).collect()
}

/// Reference and secret that the cookie holds; empty without one.
pub(super) fn held(headers: &HeaderMap, site: &Site) -> (String, String) {
    let both = STATUS.get(headers, site.https).unwrap_or_default();
    let both = letters(both);
    let (reference, secret) = both.split_at(REFERENCE_LETTERS.min(both.len()));
    (reference.to_owned(), secret.to_owned())
}

/// `GET /s/REFERENCE-SECRET`: puts the secret into a cookie that pages cannot read, and leaves the address. Nothing is
/// looked up here: right and wrong links are answered alike.
pub(super) async fn link(Path(link): Path<String>, page: Page) -> Response {
    let cookie = STATUS.set(&letters(&link), page.site.https);
    see_with("/status/report", cookie)
}

/// `GET /status`
pub(super) async fn show(page: Page) -> Markup {
    let l = page.lang;
    let line = |autocomplete| Input {
        autocomplete: Some(autocomplete),
        width: Width::Half,
        ..Input::default()
    };
    let reference = Field::new(l, "reference", t::status_reference(l));
    let secret = Field::new(l, "secret", t::status_secret(l));
    let body = html! {
        h1 { (t::status_title(l)) }
        p.lead { (t::status_lead(l)) }
        (form("/status", Encoding::Pairs, None, html! {
            (input(&reference.hint(t::status_reference_hint(l)), &line("off")))
            (input(&secret.hint(t::status_secret_hint(l)), &Input { width: Width::Full, ..line("off") }))
            (buttons(html! { (button(Look::Main, t::status_open(l))) }))
        }))
        h2 { (t::status_lost(l)) }
        p { (t::status_lost_text(l)) }
    };
    page.section(Section::Status)
        .render(t::status_title(l), body)
}

/// `POST /status`
pub(super) async fn open(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let admitted = admit(&public.app, request, SMALL_BYTES_MAX).await?;
    let fields = Pairs::parse(&admitted.body)?;
    let typed = |name: &str| letters(fields.get(name).unwrap_or_default());
    let (mut reference, secret) = (typed("reference"), typed("secret"));
    // Some paste the whole link into one of the fields.
    for text in ["reference", "secret"].map(|name| fields.get(name).unwrap_or_default()) {
        if let Some((_, link)) = text.split_once("/s/") {
            let cookie = STATUS.set(&letters(link), page.site.https);
            return Ok(see_with("/status/report", cookie));
        }
    }
    reference.truncate(REFERENCE_LETTERS);
    // A reference of another length must not borrow letters of the secret.
    let filler = "0".repeat(REFERENCE_LETTERS - reference.len());
    let cookie = STATUS.set(&format!("{reference}{filler}{secret}"), page.site.https);
    Ok(see_with("/status/report", cookie))
}

/// `POST /status/leave`
pub(super) async fn leave(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    admit(&public.app, request, SMALL_BYTES_MAX).await?;
    let mut response = see("/");
    let cleared = STATUS.clear(page.site.https);
    response
        .headers_mut()
        .append(axum::http::header::SET_COOKIE, cleared);
    Ok(response)
}
