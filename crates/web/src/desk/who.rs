//! Who asks: from the cookie to somebody signed in. A handler that takes an [`Officer`] or [`Sent`] has one; there is no
//! other way to a principal.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::{Next, Principal, Seen, Token};

use super::keyboard;
use crate::cookie::{Cookie, SameSite};
use crate::csrf::{self, CsrfKey};
use crate::form::Form;
use crate::intake::origin;
use crate::page::{Page, Section};
use crate::problem::{Kind, Problem};

/// The officers' session.
pub const SESSION: Cookie = Cookie {
    name: "cairn_session",
    same_site: SameSite::Strict,
    max_age: None,
};

/// A live session, complete or not.
pub(super) struct Visitor {
    pub page: Page,
    pub seen: Seen,
}

/// Somebody signed in.
pub(super) struct Officer {
    pub page: Page,
    pub seen: Seen,
    pub who: Principal,
}

/// A form that somebody signed in has sent from a page of ours.
pub(super) struct Sent {
    pub officer: Officer,
    pub form: Form,
    pub from: u64,
}

/// A form of a half-done sign-in, sent from a page of ours.
pub(super) struct SentHalf {
    pub visitor: Visitor,
    pub form: Form,
    pub from: u64,
}

/// The page of a step.
pub(super) const fn step(next: Next) -> &'static str {
    match next {
        Next::Password => "/sign-in/password",
        Next::Enrol => "/sign-in/enrol",
        Next::Code => "/sign-in/code",
        Next::Passkey => "/sign-in/passkey",
        Next::Done => "/desk",
    }
}

/// One's own account.
const ACCOUNT: &str = "/desk/account";

fn is_account(path: &str) -> bool {
    let rest = path.strip_prefix(ACCOUNT);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The token of this session's forms.
pub(super) fn token(seen: &Seen) -> String {
    CsrfKey::new(seen.form_key()).token(seen.name())
}

fn check(seen: &Seen, form: &Form) -> Result<(), Problem> {
    CsrfKey::new(seen.form_key()).check(seen.name(), form.get(csrf::FIELD))
}

async fn visitor(parts: &mut Parts, app: &App) -> Result<Option<Visitor>, Problem> {
    let page = Page::from_request_parts(parts, app).await?;
    let Some(cookie) = SESSION.get(&parts.headers, page.site.https) else {
        return Ok(None);
    };
    let seen = app.session(cookie).await?;
    Ok(seen.map(|seen| Visitor {
        page: page.section(Section::Desk),
        seen,
    }))
}

/// Where who isn't signed in goes: to the sign-in, unless something was sent that would be lost on the way.
fn elsewhere(method: &Method, next: &'static str) -> Response {
    if matches!(*method, Method::GET | Method::HEAD) {
        Redirect::to(next).into_response()
    } else {
        Problem::new(Kind::SignInNeeded).into_response()
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let found = visitor(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        found.ok_or_else(|| elsewhere(&parts.method, "/sign-in"))
    }
}

impl FromRequestParts<App> for Officer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Visitor { page, seen } = Visitor::from_request_parts(parts, app).await?;
        let Some(who) = seen.principal() else {
            return Err(elsewhere(&parts.method, step(seen.next())));
        };
        if seen.must_add() && !is_account(parts.uri.path()) {
            return Err(elsewhere(&parts.method, ACCOUNT));
        }
        let keys = keyboard::of(&parts.headers, page.site.https);
        let page = page.signed_in(who.name.as_str()).wide().keys(keys);
        Ok(Self { page, seen, who })
    }
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let officer = Officer::from_request_parts(&mut parts, app).await?;
        let from = origin(&parts);
        let form = read(Request::from_parts(parts, body), app, &officer.seen).await?;
        Ok(Self {
            officer,
            form,
            from,
        })
    }
}

impl FromRequest<App> for SentHalf {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let from = origin(&parts);
        let form = read(Request::from_parts(parts, body), app, &visitor.seen).await?;
        Ok(Self {
            visitor,
            form,
            from,
        })
    }
}

async fn read(request: Request, app: &App, seen: &Seen) -> Result<Form, Response> {
    let form = Form::from_request(request, app)
        .await
        .map_err(IntoResponse::into_response)?;
    check(seen, &form).map_err(IntoResponse::into_response)?;
    Ok(form)
}

/// Gives the browser a new session and sends it on.
pub(super) fn go_with(page: &Page, token: &Token, to: &str) -> Response {
    let cookie = SESSION.set(token.as_str(), page.site.https);
    (
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Redirect::to(to),
    )
        .into_response()
}

/// Makes the browser forget its session and sends it on.
pub(super) fn go_without(page: &Page, to: &str) -> Response {
    let cookie = SESSION.clear(page.site.https);
    (
        AppendHeaders([(header::SET_COOKIE, cookie)]),
        Redirect::to(to),
    )
        .into_response()
}

/// The kind of browser in known words; nothing that the header says is kept.
pub(super) fn browser(headers: &HeaderMap) -> String {
    let said = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let first = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| said.contains(mark))
            .map(|(_, name)| *name)
    };
    let program = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    [program, system]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// The network a request comes from, as a number that means nothing elsewhere.
pub(super) struct Network(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for Network {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(origin(parts)))
    }
}
