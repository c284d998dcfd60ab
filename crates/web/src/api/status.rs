//! The reporter's way back, for machines: everything that the status page can do, by the same secret.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::report::AppError;
use cairn_desk::report::FileRef;

use super::model::{Consent, FileName, Message, NewMessage, ProblemDocument, Status};
use super::{SECRET, header_text, invalid, read_json};
use crate::i18n::{Lang, t};
use crate::intake::{Admitted, Public, admit, origin};
use crate::problem::{Problem, Result};

/// Bytes of the small documents that these routes take.
const BODY_BYTES_MAX: u64 = 64 * 1024;

fn secret(headers: &HeaderMap) -> &str {
    header_text(headers, SECRET).unwrap_or_default()
}

/// Counts a wrong secret against the network that tried it.
fn noted(public: &Public, origin: u64, error: AppError) -> Problem {
    if matches!(error, AppError::NotFound) {
        public.tries.failed(origin);
    }
    error.into()
}

/// Read where a report stands. A wrong secret, a missing one and an unknown reference all give the same 404.
#[utoipa::path(
    get,
    path = "/api/v1/status/{reference}",
    tag = "Follow up",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("Cairn-Secret" = String, Header, description = "The report's secret"),
    ),
    responses(
        (status = 200, description = "Where it stands", body = Status),
        (status = 404, description = "No such report, or not this secret", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong secrets from one network", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<Json<Status>> {
    let (parts, _) = request.into_parts();
    let from = origin(&parts);
    public.tries.allow(from)?;
    let opened = public.app.opened(&reference, secret(&parts.headers)).await;
    let status = opened
        .map_err(|error| noted(&public, from, error))?
        .status();
    let message = |m: cairn_app::report::StatusMessage| Message {
        from: m.from,
        at: m.at,
        text: m.text,
        waits: m.waits,
    };
    Ok(Json(Status {
        reference: status.reference,
        state: status.state.as_str(),
        received_at: status.received_at,
        outcome: status.outcome,
        consents: status.consents,
        contact: status.contact,
        messages: status.messages.into_iter().map(message).collect(),
    }))
}

/// The receipt file, under the newest checkpoint.
#[utoipa::path(
    get,
    path = "/api/v1/status/{reference}/receipt",
    tag = "Follow up",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("Cairn-Secret" = String, Header, description = "The report's secret"),
    ),
    responses(
        (status = 200, description = "The receipt (C2SP tlog-proof)", body = String, content_type = "text/plain"),
        (status = 404, description = "No such report, or not this secret", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn receipt(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<Response> {
    let (parts, _) = request.into_parts();
    let from = origin(&parts);
    public.tries.allow(from)?;
    let opened = public.app.open(&reference, secret(&parts.headers)).await;
    let no = opened.map_err(|error| noted(&public, from, error))?;
    let text = public.app.receipt(no).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// A POST with a small JSON body and the secret.
struct Asked<T> {
    from: u64,
    secret: String,
    lang: Lang,
    said: T,
}

async fn asked<T: serde::de::DeserializeOwned>(
    public: &Public,
    request: Request,
) -> Result<Asked<T>> {
    let Admitted { body, parts, .. } = admit(&public.app, request, BODY_BYTES_MAX).await?;
    let from = origin(&parts);
    public.tries.allow(from)?;
    Ok(Asked {
        from,
        secret: secret(&parts.headers).to_owned(),
        lang: Lang::of_request(&parts.uri, &parts.headers),
        said: read_json(&parts.headers, &body)?,
    })
}

/// Add to a report, or answer an officer.
#[utoipa::path(
    post,
    path = "/api/v1/status/{reference}/messages",
    tag = "Follow up",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("Cairn-Secret" = String, Header, description = "The report's secret"),
    ),
    request_body(content = NewMessage, content_type = "application/json"),
    responses(
        (status = 204, description = "Received"),
        (status = 404, description = "No such report, or not this secret", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The report takes no more messages", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "Empty or too long", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn write(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let asked: Asked<NewMessage> = asked(&public, request).await?;
    let done = public
        .app
        .reporter_write(&reference, &asked.secret, &asked.said.text);
    done.await.map_err(|error| match error {
        AppError::Input(detail) => invalid("/text", detail),
        other => noted(&public, asked.from, other),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add a file that was sent to `/api/v1/files` before.
#[utoipa::path(
    post,
    path = "/api/v1/status/{reference}/files",
    tag = "Follow up",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("Cairn-Secret" = String, Header, description = "The report's secret"),
    ),
    request_body(content = FileName, content_type = "application/json"),
    responses(
        (status = 204, description = "Added"),
        (status = 404, description = "No such report, or not this secret", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The report takes no more files", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "No such file", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add_file(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let asked: Asked<FileName> = asked(&public, request).await?;
    let opened = public.app.opened(&reference, &asked.secret).await;
    let whole = opened.map_err(|error| noted(&public, asked.from, error))?;
    let mut file = FileRef {
        sha256: asked.said.sha256.to_ascii_lowercase(),
        size: 0,
        media_type: String::new(),
        name: asked.said.name,
    };
    if !public
        .app
        .settle_file(&mut file, whole.body.anonymous)
        .await?
    {
        return Err(invalid("/sha256", t::api_no_such_file(asked.lang)));
    }
    public.app.add_file(&reference, &asked.secret, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give or withdraw consent for an agency.
#[utoipa::path(
    post,
    path = "/api/v1/status/{reference}/consents",
    tag = "Follow up",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("Cairn-Secret" = String, Header, description = "The report's secret"),
    ),
    request_body(content = Consent, content_type = "application/json"),
    responses(
        (status = 204, description = "Noted"),
        (status = 404, description = "No such report, or not this secret", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "No such agency", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn consent(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let asked: Asked<Consent> = asked(&public, request).await?;
    let Consent { agency, given } = asked.said;
    let done = public
        .app
        .set_consent(&reference, &asked.secret, &agency, given);
    done.await.map_err(|error| match error {
        AppError::Input(detail) => invalid("/agency", detail),
        other => noted(&public, asked.from, other),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Erase the contact details. The log keeps only that they were erased. Asking again is no error.
#[utoipa::path(
    post,
    path = "/api/v1/status/{reference}/erase-contact",
    tag = "Follow up",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("Cairn-Secret" = String, Header, description = "The report's secret"),
    ),
    responses(
        (status = 204, description = "Erased"),
        (status = 404, description = "No such report, or not this secret", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn erase_contact(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let Admitted { parts, .. } = admit(&public.app, request, BODY_BYTES_MAX).await?;
    let from = origin(&parts);
    public.tries.allow(from)?;
    let done = public.app.erase_contact(&reference, secret(&parts.headers));
    done.await.map_err(|error| noted(&public, from, error))?;
    Ok(StatusCode::NO_CONTENT)
}
