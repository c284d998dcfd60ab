//! `POST /api/v1/reports`: the busiest route. It parses, writes and answers, and nothing else.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::files::Settled;
use cairn_app::report::{AppError, Once, Prepared};
use cairn_desk::form::{FieldProblem, JSON_BYTES_MAX};
use cairn_desk::report::Draft;
use cairn_kernel::actor::Actor;

use super::model::{NewReport, ProblemDocument, Received};
use super::{header_text, invalid, needs_json};
use crate::i18n::{Lang, t};
use crate::intake::{Admitted, Public, admit, admit_known};
use crate::problem::{FieldFault, Kind, Problem, Result};
use crate::site::Site;

/// Longest idempotency key, in characters.
const KEY_CHARS_MAX: usize = 255;
/// An answer in JSON, about, beside the receipt and the service's address.
const RECEIVED_BYTES: usize = 384;

/// Send a report. The answer comes once it is safe on disk; nothing that was answered with 201 is lost.
#[utoipa::path(
    post,
    path = "/api/v1/reports",
    tag = "Reports",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Any text that names this one request, such as a UUID. The same request with the same key within 24 hours makes one report and gets the same answer; another request with the same key gets 422."),
    ),
    request_body(content = NewReport, content_type = "application/json"),
    responses(
        (status = 201, description = "Received", body = Received<'static>, headers(("Location" = String, description = "Where its status can be read with the secret"))),
        (status = 422, description = "Some answers are missing or wrong: all of them are named. Or the key was used for another request", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("api_key" = []))
)]
pub(super) async fn submit(State(public): State<Public>, request: Request) -> Result<Response> {
    let app = &public.app;
    let by = sender(app, request.headers()).await?;
    let bytes_max = JSON_BYTES_MAX as u64;
    let Admitted { place, body, parts } = match by {
        Actor::ApiKey(_) => admit_known(app, request, bytes_max).await?,
        _ => admit(app, request, bytes_max).await?,
    };
    needs_json(&parts.headers)?;
    let key = key(&parts.headers, &by)?;
    let (prepared, lang) = read(app, key, by, &body).await?;
    let site = parts.extensions.get::<Arc<Site>>().cloned();
    // What waits for the disk keeps nothing that it does not need: hundreds may.
    drop((parts, body));
    let received = app.receive_prepared(prepared).await;
    drop(place);
    let received = received.map_err(|error| match error {
        AppError::KeyReused => Problem::new(Kind::Invalid).with_detail(t::api_key_reused(lang)),
        other => other.into(),
    })?;
    let public_url = site.as_ref().map_or("", |site| site.public_url.as_str());
    let secret = received.secret.expose();
    let answer = Received {
        reference: &received.reference,
        secret,
        status_url: format!("{public_url}/s/{}-{secret}", received.reference),
        received_at: received.at.to_string(),
        category: &received.category,
        receipt: &received.receipt,
    };
    let room = received.receipt.len() + public_url.len() + RECEIVED_BYTES;
    let location = format!("/api/v1/status/{}", received.reference);
    created_in(Vec::with_capacity(room), &answer, &location)
}

/// The report that a request tells, ready to be written, and the language to answer in.
async fn read(app: &App, key: Option<String>, by: Actor, body: &[u8]) -> Result<(Prepared, Lang)> {
    let mut draft = app.form.parse_json(body).map_err(faults)?;
    if !draft.body.files.is_empty() {
        settle(app, &mut draft).await?;
    }
    let lang = Lang::of_tag(&draft.body.language).unwrap_or_default();
    let once = key.as_deref().map(|key| Once::new(key.as_bytes(), body));
    Ok((app.prepare(&draft, by, once)?, lang))
}

/// 201 with a body and the address of what was made.
pub(super) fn created<T: serde::Serialize>(answer: &T, location: &str) -> Result<Response> {
    created_in(Vec::new(), answer, location)
}

fn created_in<T: serde::Serialize>(
    mut body: Vec<u8>,
    answer: &T,
    location: &str,
) -> Result<Response> {
    serde_json::to_writer(&mut body, answer).map_err(|error| Problem::unexpected(&error))?;
    let location = HeaderValue::try_from(location).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::LOCATION, location),
    ];
    Ok((StatusCode::CREATED, headers, body).into_response())
}

/// The token of `Authorization: Bearer …`; empty if there is none.
pub(super) fn bearer(headers: &HeaderMap) -> &str {
    let said = header_text(headers, header::AUTHORIZATION).unwrap_or_default();
    said.split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, token)| token.trim())
}

/// Anyone may report; who names an API key must have one.
pub(super) async fn sender(app: &App, headers: &HeaderMap) -> Result<Actor> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(Actor::Reporter);
    }
    app.partner(bearer(headers))
        .await
        .map_err(|error| match error {
            AppError::NotFound => Problem::new(Kind::SignInNeeded),
            other => other.into(),
        })
}

/// The idempotency key in the sender's own space.
fn key(headers: &HeaderMap, by: &Actor) -> Result<Option<String>> {
    let scope = match by {
        Actor::ApiKey(id) => id.as_str(),
        _ => "public",
    };
    Ok(idempotency_key(headers)?.map(|bare| format!("api\0{scope}\0{bare}")))
}

/// What `Idempotency-Key` says: a structured-field string (RFC 9651) or bare.
///
/// # Errors
/// It is empty, too long, or no text.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(said) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let said = said.to_str().unwrap_or_default().trim();
    let bare = said
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(said);
    if bare.is_empty() || bare.len() > KEY_CHARS_MAX {
        return Err(Problem::bad_request());
    }
    Ok(Some(bare))
}

/// Files are known by hash only until here.
async fn settle(app: &App, draft: &mut Draft) -> Result<()> {
    let wrong = app.settle_files(draft).await?;
    if wrong.is_empty() {
        return Ok(());
    }
    let lang = Lang::of_tag(&draft.body.language).unwrap_or_default();
    let fault = |(place, why): (usize, Settled)| FieldFault {
        pointer: format!("/files/{place}/sha256"),
        detail: unsettled(lang, why).to_owned(),
    };
    Err(Problem::invalid(wrong.into_iter().map(fault).collect()))
}

/// Why a file cannot be part of a report.
pub(super) const fn unsettled(lang: Lang, why: Settled) -> &'static str {
    match why {
        Settled::NotTaken => t::api_file_type(lang),
        Settled::Known | Settled::Absent => t::api_no_such_file(lang),
    }
}

fn faults(problems: Vec<FieldProblem>) -> Problem {
    if problems.is_empty() {
        return invalid("", "");
    }
    let fault = |problem: FieldProblem| FieldFault {
        pointer: problem.pointer,
        detail: problem.message,
    };
    Problem::invalid(problems.into_iter().map(fault).collect())
}
