//! Signing in by a passkey, and the part of a page that asks for one.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::{AccountError, Next, PENDING_ANSWER_SECONDS};
use maud::{Markup, html};

use super::sign_in;
use super::who::{self, Sent, Visitor, go_with, step};
use crate::components::{Encoding, Look, button, form};
use crate::cookie::{Cookie, SameSite};
use crate::form::Form;
use crate::i18n::t;
use crate::page::{Page, Section};
use crate::problem::Problem;

type Answer = Result<Response, Problem>;

/// Binds the open question to the browser that it was asked of.
const QUESTION: Cookie = Cookie {
    name: "cairn_passkey",
    same_site: SameSite::Strict,
    // Seconds; the question is not open for longer.
    max_age: Some(PENDING_ANSWER_SECONDS.unsigned_abs() as u32),
};

/// What a block asks for.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    /// Where the question comes from.
    pub ask: &'static str,
    /// Where the answer goes.
    pub action: &'a str,
    /// A new key is to be made.
    pub makes: bool,
    /// The form's token.
    pub token: Option<&'a str>,
}

/// The form that a passkey is asked for with. It is hidden until the script finds that this browser can; where it is clear that it
/// cannot, a sentence says why.
pub(super) fn block(app: &App, page: &Page, ask: Ask<'_>, body: Markup) -> Markup {
    let l = page.lang;
    let Some(place) = app.passkey_place() else {
        return html! { @if ask.makes { p.hint { (t::passkey_nowhere(l)) } } };
    };
    if page.by_ip {
        let there = format!("{}{}", place.origin, page.uri.path());
        return html! { p.hint { (t::passkey_by_ip(l)) " " a href=(there) { (place.origin) } } };
    }
    let kind = if ask.makes { "make" } else { "get" };
    html! {
        div #passkey data-passkey=(kind) data-origin=(place.origin) data-ask=(ask.ask) data-failed=(t::passkey_failed(l)) hidden {
            (form(ask.action, Encoding::Pairs, ask.token, html! {
                input type="hidden" name="answer" value="";
                (body)
            }))
            p role="status" {}
        }
    }
}

/// The button of the sign-in.
pub(super) fn way_in(app: &App, page: &Page) -> Markup {
    let ask = Ask {
        ask: "/sign-in/passkey/ask",
        action: "/sign-in/passkey",
        makes: false,
        token: None,
    };
    let l = page.lang;
    block(app, page, ask, button(Look::Plain, t::passkey_signin(l)))
}

/// What an error of asking is told the script as. It has a sentence of its own for people.
pub(super) fn not_asked(error: AccountError) -> Answer {
    let status = match error {
        AccountError::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        AccountError::App(error) => return Err(error.into()),
        _ => StatusCode::CONFLICT,
    };
    Ok(status.into_response())
}

/// A question for whoever is there.
pub(super) async fn ask(State(app): State<App>, page: Page, from: who::Network) -> Answer {
    match app.ask_passkey(from.0) {
        Ok((token, options)) => {
            let cookie = QUESTION.set(token.as_str(), page.site.https);
            let headers = AppendHeaders([(header::SET_COOKIE, cookie)]);
            Ok((headers, Json(options)).into_response())
        }
        Err(error) => not_asked(error),
    }
}

/// The cookie that a question was asked with.
pub(super) fn question<'a>(page: &Page, headers: &'a HeaderMap) -> &'a str {
    QUESTION.get(headers, page.site.https).unwrap_or_default()
}

/// The answer: signed in, with both factors.
pub(super) async fn send(
    State(app): State<App>,
    page: Page,
    half: Result<Visitor, Response>,
    headers: HeaderMap,
    sent: Form,
) -> Answer {
    let page = page.section(Section::Desk);
    let l = page.lang;
    let half = half.ok();
    let answer = sent.get("answer").unwrap_or_default();
    let (cookie, agent) = (question(&page, &headers), who::browser(&headers));
    let seen = half.as_ref().map(|half| &half.seen);
    match app.passkey_sign_in(cookie, answer, &agent, seen).await {
        Ok(token) => Ok(go_with(&page, &token, "/desk")),
        Err(error) => {
            let faults = sign_in::told(l, "passkey", t::passkey_wrong(l), error)?;
            let body = sign_in::first(&app, &page, "", &faults);
            Ok(sign_in::again(&page.passkeys(), t::signin_title(l), body))
        }
    }
}

/// The second factor of somebody who has a passkey and no authenticator.
pub(super) async fn second(State(app): State<App>, visitor: Visitor) -> Response {
    if visitor.seen.next() != Next::Passkey {
        return Redirect::to(step(visitor.seen.next())).into_response();
    }
    let page = visitor.page.clone().passkeys();
    let l = page.lang;
    let body = html! {
        (sign_in::whose(&visitor))
        h1 { (t::passkey_second_title(l)) }
        p { (t::passkey_second_why(l)) }
        noscript { p { (t::passkey_script(l)) } }
        (way_in(&app, &page))
        (sign_in::leave(&visitor))
    };
    page.render(t::passkey_second_title(l), body)
        .into_response()
}

/// A question for an authenticator of somebody who adds one.
pub(super) async fn ask_new(State(app): State<App>, sent: Sent) -> Answer {
    match app.ask_new_passkey(&sent.officer.who, sent.from).await {
        Ok(options) => Ok(Json(options).into_response()),
        Err(error) => not_asked(error),
    }
}
