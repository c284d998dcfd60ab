//! `POST /api/v1/files`: bytes in, their name by content out.

use axum::extract::{Request, State};
use axum::response::Response;
use cairn_app::report::AppError;
use cairn_kernel::actor::Actor;
use http_body_util::BodyExt as _;

use super::invalid;
use super::model::{ProblemDocument, Stored};
use super::report::{created, sender};
use crate::i18n::{Lang, t};
use crate::intake::{Public, counted, origin};
use crate::problem::{Problem, Result};
use crate::server::{BodyError, BodyMax};

/// Send a file, to be named in a report within a day. Send the bytes alone; samples of malware are welcome unless the
/// service says otherwise (`limits.file_types` of `/api/v1/form`).
/// Never send images of abuse or intimate images: describe them in the report instead.
#[utoipa::path(
    post,
    path = "/api/v1/files",
    tag = "Reports",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "Stored, encrypted", body = Stored),
        (status = 422, description = "Empty, or of a type that is not taken here", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Your network sent its share of files for today", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "No room for files at the moment; send the report without them", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("api_key" = []))
)]
pub(super) async fn upload(State(public): State<Public>, request: Request) -> Result<Response> {
    let app = &public.app;
    let (parts, mut body) = request.into_parts();
    if let Some(max) = parts.extensions.get::<BodyMax>() {
        max.set(app.config.file_bytes_max);
    }
    let counted = match sender(app, &parts.headers).await? {
        Actor::ApiKey(_) => None,
        _ => counted(&parts),
    };
    app.pace.turn(counted).await;
    let _place = public.uploads.enter(origin(&parts)).await;
    let mut taking = app.take_upload(counted)?;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Problem::from(BodyError::find(&error)))?;
        if let Some(bytes) = frame.data_ref() {
            taking.push(bytes)?;
        }
    }
    let lang = Lang::of_request(&parts.uri, &parts.headers);
    if taking.size == 0 {
        return Err(invalid("", t::api_empty_file(lang)));
    }
    let file = app
        .keep_file(taking, None)
        .await
        .map_err(|error| match error {
            AppError::FileType { .. } => invalid("", t::api_file_type(lang)),
            other => other.into(),
        })?;
    let stored = Stored {
        ticket: app.file_ticket(&file.sha256),
        sha256: file.sha256,
        size: file.size,
        media_type: file.media_type,
    };
    created(&stored, "/api/v1/files")
}
