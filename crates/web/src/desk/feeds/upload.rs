//! Sending a report: a form with a file that is passed on to the disk piece by piece, however large it is.

use std::time::Duration;

use axum::extract::{FromRequest as _, FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::feeds::receive::{Came, CameBy};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use maud::{Markup, html};
use multer::{Constraints, Multipart, SizeLimit};

use super::{UPLOAD, doors, report_href};
use crate::components::{
    Choice, Encoding, Fault, Field, Look, back_link, button, choice, error_summary, file_upload,
    form, select,
};
use crate::csrf::{self, CsrfKey};
use crate::desk::who::{Officer, token};
use crate::form::Form;
use crate::i18n::t;
use crate::problem::{Problem, Result, size};
use crate::server::{BodyError, BodyMax};

/// Longest time that a report may take to come; its rate is judged as that of other bodies.
pub(crate) const UPLOAD_TIME_MAX: Duration = Duration::from_secs(6 * 3_600);
/// Parts of one form at most.
const PARTS_MAX: usize = 10;
/// Bytes of a field that is no file.
const FIELD_BYTES_MAX: usize = 1_024;
/// Bytes of headings and boundaries beside the file.
const FRAME_BYTES_MAX: u64 = 1 << 20;

/// The form.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    page(&app, &officer, None, &[]).await
}

async fn page(
    app: &App,
    officer: &Officer,
    chosen: Option<&str>,
    faults: &[Fault],
) -> Result<Markup> {
    let l = officer.page.lang;
    let sources = app.open_sources(&officer.who).await?;
    let named: Vec<(String, &String)> = sources
        .iter()
        .map(|(no, name)| (no.to_string(), name))
        .collect();
    let choices: Vec<Choice<'_>> = named.iter().map(|(no, name)| choice(no, name)).collect();
    let hint = t::feeds_file_hint(l, size(app.report_bytes_max()));
    // Empty means: the first one is shown as chosen.
    let asked = officer.page.uri.query().unwrap_or_default();
    let asked = form_urlencoded::parse(asked.as_bytes())
        .find(|(name, _)| name == "source")
        .map(|(_, no)| no.into_owned());
    let chosen = chosen.or(asked.as_deref());
    let body = html! {
        (doors(officer, super::HOME))
        (back_link(l, super::HOME))
        (error_summary(l, faults))
        h1 { (t::feeds_send(l)) }
        p { (t::feeds_send_lead(l)) }
        @if choices.is_empty() { p.lead { (t::feeds_send_none(l)) } }
        @else {
            (form(UPLOAD, Encoding::Files, Some(&token(&officer.seen)), html! {
                (select(&Field::new(l, "source", t::feeds_source(l)).error_in(faults), &choices, chosen))
                (file_upload(&Field::new(l, "file", t::feeds_file(l)).hint(hint.as_str()).error_in(faults), "", false))
                (button(Look::Main, t::feeds_send_do(l)))
            }))
        }
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::feeds_send(l), body))
}

/// What a form brought.
#[derive(Default)]
struct Got {
    source: Option<String>,
    signed: bool,
    came: Option<Came>,
    /// A file was there, and held nothing.
    empty: bool,
}

/// A report.
pub(super) async fn sent(State(app): State<App>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let officer = match Officer::from_request_parts(&mut parts, &app).await {
        Ok(officer) => officer,
        Err(elsewhere) => return elsewhere,
    };
    match taken(&app, &officer, &parts, body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn taken(
    app: &App,
    officer: &Officer,
    parts: &Parts,
    body: axum::body::Body,
) -> Result<Response> {
    // Who may not send at all must not make us read much.
    super::allowed(officer, Action::WorkReports)?;
    let media = parts.headers.get(header::CONTENT_TYPE);
    let media = media
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !media.starts_with("multipart/form-data") {
        // A form without a file, as of an old browser; its token counts all the same.
        let request = Request::from_parts(parts.clone(), body);
        let form = Form::from_request(request, app).await?;
        check(officer, form.get(csrf::FIELD))?;
        return refused(app, officer, form.get("source"), false).await;
    }
    if let Some(max) = parts.extensions.get::<BodyMax>() {
        max.set(app.report_bytes_max().saturating_add(FRAME_BYTES_MAX));
        max.set_time(UPLOAD_TIME_MAX);
    }
    let got = read(app, officer, media, body).await?;
    if !got.signed {
        check(officer, None)?;
    }
    match got.came {
        Some(came) => {
            let had = if came.had.is_some() { "?had=1" } else { "" };
            let to = format!("{}{had}", report_href(came.arrival));
            Ok(Redirect::to(&to).into_response())
        }
        None => refused(app, officer, got.source.as_deref(), got.empty).await,
    }
}

fn check(officer: &Officer, token: Option<&str>) -> Result<()> {
    CsrfKey::new(officer.seen.form_key()).check(officer.seen.name(), token)
}

async fn refused(
    app: &App,
    officer: &Officer,
    source: Option<&str>,
    empty: bool,
) -> Result<Response> {
    let l = officer.page.lang;
    let fault = |field: &str, text: &str| Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    };
    let mut faults = Vec::new();
    if source.is_none_or(|no| no.parse::<i64>().is_err()) {
        faults.push(fault("source", t::feeds_wrong_source(l)));
    }
    let text = if empty {
        t::feeds_wrong_empty(l)
    } else {
        t::feeds_wrong_no_file(l)
    };
    faults.push(fault("file", text));
    let page = page(app, officer, source, &faults).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Reads the form in its order: the token, the source, then the file. A file before these is taken by nobody.
async fn read(app: &App, officer: &Officer, media: &str, body: axum::body::Body) -> Result<Got> {
    let boundary = multer::parse_boundary(media).map_err(|_| Problem::bad_request())?;
    let whole = app.report_bytes_max().saturating_add(FRAME_BYTES_MAX);
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(whole));
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, limits);
    let mut got = Got::default();
    for _ in 0..PARTS_MAX {
        let Some(field) = form.next_field().await.map_err(broken)? else {
            return Ok(got);
        };
        if field.file_name().is_some() {
            if !got.signed {
                check(officer, None)?;
            }
            take(app, officer, field, &mut got).await?;
            continue;
        }
        let name = field.name().unwrap_or_default().to_owned();
        let value = value(field).await?;
        match name.as_str() {
            csrf::FIELD => {
                check(officer, Some(&value))?;
                got.signed = true;
            }
            "source" => got.source = Some(value),
            _ => {}
        }
    }
    Err(Problem::bad_request())
}

async fn value(mut field: multer::Field<'_>) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > FIELD_BYTES_MAX {
            return Err(Problem::too_large(FIELD_BYTES_MAX as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn take(
    app: &App,
    officer: &Officer,
    mut field: multer::Field<'_>,
    got: &mut Got,
) -> Result<()> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let source = got.source.as_deref().and_then(|no| no.parse::<i64>().ok());
    let mut receiving = None;
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if chunk.is_empty() {
            continue;
        }
        let Some(source) = source else {
            // Nobody waits for it; the form is shown again.
            return Ok(());
        };
        if receiving.is_none() {
            receiving = match app.begin_report(&officer.who, source, &name).await {
                Err(AppError::NotFound | AppError::Input(_)) => {
                    got.source = None;
                    return Ok(());
                }
                begun => Some(begun?),
            };
        }
        if let Some(receiving) = &mut receiving {
            receiving.push(chunk).await?;
        }
    }
    // A browser sends an empty part without a name where no file was chosen.
    got.empty = receiving.is_none() && !name.is_empty();
    if let Some(receiving) = receiving {
        let came = app
            .end_report(&officer.who, receiving, CameBy::Page)
            .await?;
        got.came = Some(came);
    }
    Ok(())
}

fn broken(error: multer::Error) -> Problem {
    match &error {
        multer::Error::StreamSizeExceeded { limit } => Problem::too_large(*limit),
        multer::Error::StreamReadFailed(cause) => BodyError::find(cause.as_ref()).into(),
        _ => Problem::bad_request(),
    }
}
