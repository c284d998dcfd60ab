//! The public Report door: start page, questions, check, receipt, and the way back to a report. Every page works without
//! scripts; answers are kept on the server under a random cookie and nowhere else.

mod check;
mod entry;
mod files;
mod help;
mod history;
mod loss;
mod question;
mod sent;
mod start;
pub(crate) mod status;
mod step;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use cairn_app::App;
use cairn_app::draft::{DraftKey, Saved};
use cairn_desk::form::{Form, Progress};
use cairn_desk::report::{MESSAGE_CHARS_MAX, MessageFault};

use crate::cookie::{Cookie, SameSite};
use crate::csrf;
use crate::i18n::{Lang, t};
use crate::intake::Public;
use crate::problem::{Problem, Result};
use crate::site::Site;

/// Where "exit this page" leads first: the draft is dropped there, and the browser sent on to an ordinary page.
pub const EXIT: &str = "/report/exit";
/// Bytes of one page of the form: the longest text, percent-encoded.
pub const FORM_BYTES_MAX: u64 = 512 * 1024;
/// Bytes of the small forms beside it.
pub const SMALL_BYTES_MAX: u64 = 128 * 1024;

/// Opens a half-filled form for a day.
const DRAFT: Cookie = Cookie {
    name: "cairn_draft",
    same_site: SameSite::Lax,
    max_age: Some(24 * 3600),
};
/// The same cookie once the report was sent: it then opens the page with the secret link, for an hour and not longer.
const SENT: Cookie = Cookie {
    max_age: Some(3600),
    ..DRAFT
};
/// Opens a report's status page for half an hour, so that the secret need not stay in the address bar.
const STATUS: Cookie = Cookie {
    name: "cairn_status",
    same_site: SameSite::Lax,
    max_age: Some(30 * 60),
};

/// The front page, the form and the status page.
pub fn router() -> Router<Public> {
    Router::new()
        .route("/", get(start::home))
        .route("/report", get(start::show).post(start::begin))
        .route("/report/check", get(check::show))
        .route("/report/send", get(check::again).post(check::send))
        .route("/report/sent", get(sent::show))
        .route("/report/again", post(sent::again))
        .route("/report/finish", post(sent::finish))
        .route(EXIT, get(start::exit))
        .route("/report/{step}", get(step::show).post(step::accept))
        .route("/receipt/{file}", get(sent::receipt))
        .route("/s/{link}", get(entry::link))
        .route("/status", get(entry::show).post(entry::open))
        .route("/status/report", get(status::show))
        .route("/status/message", post(status::message))
        .route("/status/file", post(status::file))
        .route("/status/consent", post(status::consent))
        .route("/status/erase", get(status::ask_erase).post(status::erase))
        .route("/status/leave", post(entry::leave))
        .route_layer(from_fn(csrf::guard))
}

/// Why a message cannot be sent, in words.
pub(crate) fn message_fault(lang: Lang, fault: MessageFault) -> String {
    match fault {
        MessageFault::Empty => t::status_write_first(lang).to_owned(),
        MessageFault::TooLong { .. } => t::status_too_long(lang, MESSAGE_CHARS_MAX as u64),
    }
}

/// 303: whatever was sent, what follows is a page to look at.
fn see(path: &str) -> Response {
    let path = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// The same, with a cookie.
fn see_with(path: &str, cookie: HeaderValue) -> Response {
    let mut response = see(path);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// The key of this browser's draft, if it brought one.
fn draft_key(headers: &HeaderMap, site: &Site) -> Option<DraftKey> {
    DRAFT.get(headers, site.https).and_then(DraftKey::parse)
}

/// This browser's draft.
async fn draft(app: &App, headers: &HeaderMap, site: &Site) -> Result<Option<(DraftKey, Saved)>> {
    let Some(key) = draft_key(headers, site) else {
        return Ok(None);
    };
    let saved = app.draft(&key).await.map_err(Problem::from)?;
    Ok(saved.map(|saved| (key, saved)))
}

/// The page to go on with: the first that lacks something, or the one on which all is checked.
fn next_place(form: &Form, progress: &Progress) -> String {
    match form.first_incomplete(progress) {
        Some(step) => format!("/report/{}", step.code),
        None => "/report/check".to_owned(),
    }
}

/// What a query string says under a name.
fn query(uri: &axum::http::Uri, wanted: &str) -> Option<String> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
}
