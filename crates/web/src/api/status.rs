//! The reporter's way back, for machines: everything that the status page can do, by the same secret.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::files::Settled;
use cairn_app::report::{AppError, Whole};
use cairn_desk::report::{Change, FileRef, MessageText, Part};

use super::model::{
    Consent, FileName, Happened, Message, NewMessage, PassedOn, ProblemDocument, SentFile, Status,
};
use super::report::unsettled;
use super::{SECRET, header_text, invalid, read_json};
use crate::i18n::Lang;
use crate::intake::{Admitted, Public, admit, origin};
use crate::problem::Result;
use crate::report::message_fault;

/// Bytes of the small documents that these routes take.
const BODY_BYTES_MAX: u64 = 64 * 1024;

fn secret(headers: &HeaderMap) -> &str {
    header_text(headers, SECRET).unwrap_or_default()
}

/// Who asks, with which secret.
struct Holder {
    from: u64,
    secret: String,
    lang: Lang,
}

impl Holder {
    /// Lets a network in that has not tried too many wrong secrets.
    fn of(public: &Public, parts: &Parts) -> Result<Self> {
        let from = origin(parts);
        public.tries.allow(from)?;
        Ok(Self {
            from,
            secret: secret(&parts.headers).to_owned(),
            lang: Lang::of_request(&parts.uri, &parts.headers),
        })
    }

    /// What a use case said, for the wire. A wrong secret counts against the network that tried it; what cannot be
    /// taken is told of `field`.
    fn told<T>(&self, public: &Public, field: &str, done: Result<T, AppError>) -> Result<T> {
        done.map_err(|error| match error {
            AppError::NotFound => {
                public.tries.failed(self.from);
                AppError::NotFound.into()
            }
            AppError::Input(detail) => invalid(field, detail),
            other => other.into(),
        })
    }

    /// The same for what has no answer but that it is done.
    fn done(&self, public: &Public, field: &str, done: Result<(), AppError>) -> Result<StatusCode> {
        self.told(public, field, done)?;
        Ok(StatusCode::NO_CONTENT)
    }
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
    responses((status = 200, description = "Where it stands", body = Status))
)]
pub(super) async fn read(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<Json<Status>> {
    let (parts, _) = request.into_parts();
    let holder = Holder::of(&public, &parts)?;
    let opened = public.app.opened(&reference, &holder.secret).await;
    let whole = holder.told(&public, "", opened)?;
    Ok(Json(status_of(&public.app, &whole)))
}

fn status_of(app: &App, whole: &Whole) -> Status {
    let status = whole.status();
    let message = |m: cairn_app::report::StatusMessage| Message {
        from: m.from,
        at: m.at,
        text: m.text,
        waits: m.waits,
    };
    let file = |file: &cairn_app::report::rows::FileRow| SentFile {
        sha256: file.sha256.clone(),
        size: file.size,
        media_type: file.media_type.clone(),
        name: file.name.clone(),
        at: file.at.to_string(),
    };
    Status {
        reference: status.reference,
        state: status.state.as_str(),
        received_at: status.received_at,
        category: whole.standing.category.clone(),
        outcome: status.outcome,
        consents: status.consents,
        passed_on: passed_on(app, whole),
        contact: status.contact,
        history: history(app, whole),
        files: whole.files.iter().map(file).collect(),
        messages: status.messages.into_iter().map(message).collect(),
    }
}

fn passed_on(app: &App, whole: &Whole) -> Vec<PassedOn> {
    let all = app.passed_on(whole).into_iter();
    all.map(|one| PassedOn {
        agency: one.agency,
        at: one.at.to_string(),
        by_law: one.by_law,
    })
    .collect()
}

/// What happened, as the status page tells it: officers have no names, and what is theirs alone is left out.
fn history(app: &App, whole: &Whole) -> Vec<Happened> {
    let mut lines = Vec::new();
    for event in app.reporter_told(whole) {
        let mut happened = Happened {
            at: event.at.to_string(),
            ..Happened::default()
        };
        happened.what = match &event.change {
            Change::Received { .. } => "received",
            Change::ReporterWrote { .. } => "reporter_wrote",
            Change::OfficerWrote { waits: true, .. } => "officer_asked",
            Change::OfficerWrote { .. } => "officer_wrote",
            Change::FileAdded { .. } => "file_added",
            Change::FileTaken { .. } => "file_taken",
            Change::Assigned { .. } => "taken_up",
            Change::Categorised { category, .. } => {
                happened.category = Some(category.clone());
                "categorised"
            }
            Change::Closed { outcome } => {
                happened.outcome = Some(outcome.clone());
                "closed"
            }
            Change::Reopened => "reopened",
            Change::Consent { agency, given } => {
                happened.agency = Some(agency.clone());
                if *given {
                    "consent_given"
                } else {
                    "consent_withdrawn"
                }
            }
            Change::ContactErased => "contact_erased",
            Change::Erased { part, .. } => match part {
                Part::Contact => "contact_erased",
                Part::Files => "files_erased",
                Part::Text => "text_erased",
            },
            Change::SeveritySet { .. }
            | Change::NotSuspect
            | Change::LossVerified { .. }
            | Change::HoldPlaced { .. }
            | Change::HoldLifted { .. }
            | Change::Referral { .. }
            | Change::Ruled { .. }
            | Change::Looked { .. }
            | Change::MailCame { .. }
            | Change::KeyCame { .. }
            | Change::KeyJudged { .. }
            | Change::Imported { .. }
            | Change::OldNumber { .. }
            | Change::OldEntry { .. }
            | Change::Undone { .. } => continue,
        };
        lines.push(happened);
    }
    lines
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
    responses((status = 200, description = "The receipt (C2SP tlog-proof)", body = String, content_type = "text/plain"))
)]
pub(super) async fn receipt(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<Response> {
    let (parts, _) = request.into_parts();
    let holder = Holder::of(&public, &parts)?;
    let opened = public.app.open(&reference, &holder.secret).await;
    let no = holder.told(&public, "", opened)?;
    let text = public.app.receipt(no).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// A POST with a small JSON body and the secret.
async fn asked<T: serde::de::DeserializeOwned>(
    public: &Public,
    request: Request,
) -> Result<(Holder, T)> {
    let Admitted { body, parts, .. } = admit(&public.app, request, BODY_BYTES_MAX).await?;
    let holder = Holder::of(public, &parts)?;
    Ok((holder, read_json(&parts.headers, &body)?))
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
        (status = 409, description = "The report takes no more messages", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "Empty or too long", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn write(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let (holder, said): (Holder, NewMessage) = asked(&public, request).await?;
    let text = MessageText::parse(&said.text)
        .map_err(|fault| invalid("/text", message_fault(holder.lang, fault)))?;
    let done = public.app.reporter_write(&reference, &holder.secret, text);
    holder.done(&public, "/text", done.await)
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
        (status = 409, description = "The report takes no more files", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "No such file", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add_file(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let (holder, said): (Holder, FileName) = asked(&public, request).await?;
    let app = &public.app;
    let opened = app.opened(&reference, &holder.secret).await;
    let whole = holder.told(&public, "", opened)?;
    let mut file = FileRef {
        sha256: said.sha256.to_ascii_lowercase(),
        size: 0,
        media_type: String::new(),
        name: said.name,
    };
    match app.settle_file(&mut file, whole.body.anonymous).await? {
        Settled::Known => {}
        why => return Err(invalid("/sha256", unsettled(holder.lang, why))),
    }
    let done = app.add_file(&reference, &holder.secret, file).await;
    holder.done(&public, "/sha256", done)
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
        (status = 422, description = "No such agency", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn consent(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let (holder, said): (Holder, Consent) = asked(&public, request).await?;
    let (app, secret) = (&public.app, &holder.secret);
    let done = app.set_consent(&reference, secret, &said.agency, said.given);
    holder.done(&public, "/agency", done.await)
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
    responses((status = 204, description = "Erased"))
)]
pub(super) async fn erase_contact(
    State(public): State<Public>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let Admitted { parts, .. } = admit(&public.app, request, BODY_BYTES_MAX).await?;
    let holder = Holder::of(&public, &parts)?;
    let done = public.app.erase_contact(&reference, &holder.secret);
    holder.done(&public, "", done.await)
}
