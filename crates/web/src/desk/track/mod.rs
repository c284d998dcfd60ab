//! The strategy office: returns with evidence, signatures, publications. Every page works with scripts off.

mod choose;
pub(crate) mod dissent;
pub(crate) mod fields;
pub(crate) mod file;
mod forms;
pub(crate) mod given;
pub(crate) mod index;
mod one;
pub(crate) mod plan;
pub(crate) mod preview;
pub(crate) mod publish;
mod seats;
pub(crate) mod words;

use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::track::Refusal;
use maud::Markup;

use super::who::Officer;
use super::{Need, Route, at, doors};
use crate::components::{Tone, notice};
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

type Answer = Result<Response, Problem>;

/// Files of one return at most.
pub(crate) const FILES_MAX: usize = 1;
/// Where it is sent.
pub(super) const WITH_FILES: &str = "/desk/track/{plan}/returns/new";

/// Every route of the strategy office.
pub(super) fn routes() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadPlans);
    let files = Need::May(Action::FileReturns);
    let mut all = vec![
        at(g.clone(), "/desk/track", read, get(index::show)),
        at(g.clone(), "/desk/track/{plan}", read, get(plan::show)),
        at(
            g.clone(),
            "/desk/track/{plan}/scores.csv",
            read,
            get(plan::scores),
        ),
        at(
            g.clone(),
            "/desk/track/{plan}/returns/new",
            files,
            get(file::show),
        ),
        at(
            p.clone(),
            "/desk/track/{plan}/returns/new",
            files,
            post(file::send),
        ),
        at(
            g.clone(),
            "/desk/track/{plan}/returns/{no}",
            read,
            get(one::show),
        ),
        at(
            g,
            "/desk/track/{plan}/returns/{no}/files/{sha256}",
            read,
            get(one::file),
        ),
        at(
            p.clone(),
            "/desk/track/{plan}/returns/{no}/withdraw",
            files,
            post(one::withdraw),
        ),
    ];
    let checks = Need::May(Action::CheckReturns);
    all.extend([
        at(
            p.clone(),
            "/desk/track/{plan}/returns/{no}/accept",
            checks,
            post(one::accept),
        ),
        at(
            p,
            "/desk/track/{plan}/returns/{no}/send-back",
            checks,
            post(one::send_back),
        ),
    ]);
    all.extend(office());
    all.extend(previews());
    all
}

/// What the office itself does.
fn office() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let review = Need::May(Action::ReviewPlans);
    let seats = Need::May(Action::ManageSeats);
    let dissents = Need::May(Action::Dissent);
    let publish = Need::May(Action::PublishPlans);
    vec![
        at(
            g.clone(),
            "/desk/track/{plan}/publish",
            review,
            get(publish::show),
        ),
        at(
            p.clone(),
            "/desk/track/{plan}/sign-off",
            Need::May(Action::SignOffPlans),
            post(publish::sign),
        ),
        at(
            p.clone(),
            "/desk/track/{plan}/publish",
            publish,
            post(publish::send),
        ),
        at(
            g.clone(),
            "/desk/track/{plan}/files.zip",
            publish,
            get(publish::files),
        ),
        at(
            g.clone(),
            "/desk/track/{plan}/seats",
            seats,
            get(seats::show),
        ),
        at(
            p.clone(),
            "/desk/track/{plan}/seats",
            seats,
            post(seats::give),
        ),
        at(
            p.clone(),
            "/desk/track/{plan}/seats/remove",
            seats,
            post(seats::take),
        ),
        at(
            g.clone(),
            "/desk/track/{plan}/dissent",
            dissents,
            get(dissent::show),
        ),
        at(
            p,
            "/desk/track/{plan}/dissent",
            dissents,
            post(dissent::send),
        ),
    ]
}

/// The working copy's site.
fn previews() -> Vec<Route> {
    let g = Method::GET;
    let review = Need::May(Action::ReviewPlans);
    vec![
        at(
            g.clone(),
            "/desk/track/{plan}/preview",
            review,
            get(preview::to_front),
        ),
        at(
            g.clone(),
            "/desk/track/{plan}/preview/",
            review,
            get(preview::front),
        ),
        at(
            g,
            "/desk/track/{plan}/preview/{*path}",
            review,
            get(preview::file),
        ),
    ]
}

/// A return's number in an address; 0, which none has, for what is no number.
fn number(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}

/// Back to where what was done can be seen.
fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// The desk's tabs with this one marked.
fn tabs(officer: &Officer) -> Markup {
    doors(officer, "/desk/track")
}

/// Why the rules say no, in the reader's language.
fn refused(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoSeat => t::office_no_seat(l),
        Refusal::NotWaiting => t::office_not_waiting(l),
        Refusal::Corrected => t::office_corrected(l),
        Refusal::Own => t::office_own(l),
        Refusal::Role => t::office_no_role(l),
        Refusal::First => t::office_first(l),
        Refusal::Signed => t::office_signed_already(l),
        Refusal::Moved => t::office_moved(l),
        Refusal::Forbidden => t::office_forbidden(l),
        Refusal::Unsigned => t::office_unsigned(l),
    }
}

/// What kept something from being done, for the top of the page that is shown again; other failures are problems.
fn said(l: Lang, error: AppError) -> Result<String, Problem> {
    match error {
        AppError::Office(refusal) => Ok(refused(l, refusal).to_owned()),
        AppError::Input(said) => Ok(said),
        AppError::Conflict => Ok(t::office_moved(l).to_owned()),
        other => Err(other.into()),
    }
}

/// The box that says it.
fn not_done(l: Lang, why: &str) -> Markup {
    notice(
        Tone::Warning,
        "not-done",
        t::office_not_done(l),
        maud::html! { p { (why) } },
    )
}

/// Nothing of ours may run what somebody handed over: it is saved, not shown.
pub(crate) fn attachment(name: &str, media: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, crate::track::disposition(name)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body).into_response()
}

/// Only who the policy lets through reads what a form said.
fn allowed(officer: &Officer, action: Action) -> Result<(), Problem> {
    if officer.who.may(action) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}
