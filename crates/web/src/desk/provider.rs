//! To the OpenID Connect provider and back. The session's cookie is not sent by browsers that come back from another site, so a
//! page of our own stands between: it leads on at once, and the cookie goes with that.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use cairn_app::App;
use cairn_app::account::oidc::{Arrived, Fault, ProviderAnswer};
use cairn_app::account::{AccountError, PENDING_ANSWER_SECONDS, Token};
use maud::{Markup, html};

use super::sign_in;
use super::who::{self, SESSION, Sent, step};
use crate::components::{Encoding, Look, button, button_link, buttons, form};
use crate::cookie::{Cookie, SameSite};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::page::{Page, Section};
use crate::problem::Problem;

type Answer = Result<Response, Problem>;

/// Binds a visit to the browser that was sent on it. `Lax`: it comes back from another site.
const VISIT: Cookie = Cookie {
    name: "cairn_visit",
    same_site: SameSite::Lax,
    // Seconds; the visit does not last longer.
    max_age: Some(PENDING_ANSWER_SECONDS.unsigned_abs() as u32),
};

/// The button of the sign-in.
pub(super) fn way_in(app: &App, l: Lang) -> Markup {
    html! {
        @if let Some(config) = &app.config.oidc {
            (form("/sign-in/oidc", Encoding::Pairs, None, button(Look::Plain, &t::oidc_signin(l, &config.label))))
        }
    }
}

/// A page that leads on by itself. Where a browser doesn't, there is a link.
fn onward(page: &Page, to: &str, title: &str, cookies: Vec<HeaderValue>) -> Answer {
    let refresh = HeaderValue::try_from(format!("0; url={to}"))
        .map_err(|error| Problem::unexpected(&error))?;
    let body = html! {
        h1 { (title) }
        (buttons(html! { (button_link(Look::Main, to, t::button_continue(page.lang))) }))
    };
    let cookies = cookies
        .into_iter()
        .map(|cookie| (header::SET_COOKIE, cookie));
    let mut response = page.render(title, body).into_response();
    response.headers_mut().insert(header::REFRESH, refresh);
    response.headers_mut().extend(cookies);
    Ok(response)
}

/// What was refused, and what to do.
fn refused(page: &Page, error: AccountError) -> Answer {
    let l = page.lang;
    let (status, what, to_do) = match error {
        AccountError::Wait(seconds) => {
            let wait = t::signin_wait(l, seconds);
            return Ok(said(
                page,
                StatusCode::TOO_MANY_REQUESTS,
                t::oidc_failed(l),
                &wait,
            ));
        }
        AccountError::Ended => (StatusCode::BAD_REQUEST, t::oidc_failed(l), t::oidc_ended(l)),
        AccountError::Provider(fault) => match fault {
            Fault::Unreachable => (
                StatusCode::BAD_GATEWAY,
                t::oidc_failed(l),
                t::oidc_unreachable(l),
            ),
            Fault::Answer => (StatusCode::FORBIDDEN, t::oidc_failed(l), t::oidc_answer(l)),
            Fault::Declined => (
                StatusCode::FORBIDDEN,
                t::oidc_failed(l),
                t::oidc_declined(l),
            ),
            Fault::NoRole => (
                StatusCode::FORBIDDEN,
                t::oidc_no_access(l),
                t::oidc_no_role(l),
            ),
            Fault::Unknown => (
                StatusCode::FORBIDDEN,
                t::oidc_no_access(l),
                t::oidc_unknown(l),
            ),
            Fault::Closed => (
                StatusCode::FORBIDDEN,
                t::oidc_no_access(l),
                t::oidc_closed(l),
            ),
            Fault::Taken => (StatusCode::CONFLICT, t::oidc_failed(l), t::oidc_taken(l)),
        },
        AccountError::App(error) => return Err(error.into()),
        other => return Err(Problem::unexpected(&other)),
    };
    Ok(said(page, status, what, to_do))
}

fn said(page: &Page, status: StatusCode, title: &str, to_do: &str) -> Response {
    let l = page.lang;
    let body = html! {
        h1 { (title) }
        p { (to_do) }
        (buttons(button_link(Look::Plain, "/sign-in", t::oidc_back(l))))
    };
    let cookie = VISIT.clear(page.site.https);
    let cookies = AppendHeaders([(header::SET_COOKIE, cookie)]);
    (status, cookies, page.render(title, body)).into_response()
}

fn off(app: &App, page: &Page, visit: Result<(Token, String), AccountError>) -> Answer {
    match visit {
        Ok((token, address)) => {
            let label = app
                .config
                .oidc
                .as_ref()
                .map_or("", |oidc| oidc.label.as_str());
            let title = t::oidc_onward(page.lang, label);
            let cookie = VISIT.set(token.as_str(), page.site.https);
            onward(page, &address, &title, vec![cookie])
        }
        Err(error) => refused(page, error),
    }
}

fn is_on(app: &App) -> Result<(), Problem> {
    app.config
        .oidc
        .as_ref()
        .map(|_| ())
        .ok_or_else(Problem::not_found)
}

/// Off to sign in.
pub(super) async fn send(
    State(app): State<App>,
    page: Page,
    from: who::Network,
    headers: HeaderMap,
    _sent: Form,
) -> Answer {
    is_on(&app)?;
    let page = page.section(Section::Desk);
    let agent = who::browser(&headers);
    let visit = app.visit_to_sign_in(from.0, &agent).await;
    off(&app, &page, visit)
}

/// Off to connect one's account.
pub(super) async fn connect(State(app): State<App>, sent: Sent) -> Answer {
    is_on(&app)?;
    match app.visit_to_connect(&sent.officer.who, sent.from).await {
        Err(AccountError::Unproved) => {
            Ok(axum::response::Redirect::to("/desk/account/confirm").into_response())
        }
        visit => off(&app, &sent.officer.page, visit),
    }
}

/// Off to prove that it is still oneself.
pub(super) async fn prove(State(app): State<App>, sent: Sent) -> Answer {
    is_on(&app)?;
    let visit = app.visit_to_prove(&sent.officer.who, sent.from).await;
    off(&app, &sent.officer.page, visit)
}

/// Back again.
pub(super) async fn back(
    State(app): State<App>,
    page: Page,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    is_on(&app)?;
    let page = page.section(Section::Desk);
    let l = page.lang;
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    let answer = ProviderAnswer {
        state: query.get("state"),
        code: query.get("code"),
        iss: query.get("iss"),
        error: query.get("error"),
    };
    let cookie = VISIT.get(&headers, page.site.https).unwrap_or_default();
    let forget = VISIT.clear(page.site.https);
    match app.back_from_visit(cookie, answer).await {
        Ok(Arrived::SignedIn(token)) => {
            let seen = app.session(token.as_str()).await?;
            let to = seen.map_or("/sign-in", |seen| step(seen.next()));
            let session = SESSION.set(token.as_str(), page.site.https);
            onward(&page, to, t::oidc_arrived(l), vec![forget, session])
        }
        Ok(Arrived::Connected | Arrived::Proved) => {
            onward(&page, "/desk/account", t::oidc_arrived(l), vec![forget])
        }
        Err(error) => refused(&page, error),
    }
}

/// The sign-in's other ways, below the password.
pub(super) fn other_ways(app: &App, page: &Page) -> Markup {
    let l = page.lang;
    html! {
        (way_in(app, l))
        (super::passkey::way_in(app, page))
        @if sign_in::passwords_are_off(app) { p.hint { (t::ways_emergency(l)) } }
    }
}
