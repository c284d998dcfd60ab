//! What an owner of machines does with its own token: fetch the rows of the notices that it was sent, and answer them.

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::notice::{Pulled, Puller, Said};
use cairn_app::report::AppError;
use cairn_desk::notice::{ALL_ROWS, Answer, Format, NOTE_CHARS_MAX, Refusal};
use serde::Deserialize;

use super::model::{NewNoticeAnswer, OwnNotice, OwnNotices};
use super::report::bearer;
use super::{invalid, read_json};
use crate::intake::{Public, admit_known, origin};
use crate::problem::{Kind, Problem, Result};

/// Bytes of an answer: a word for each of 2,000 rows, and a note.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;
/// The header with the mark after what was fetched.
const NEXT: HeaderName = HeaderName::from_static("cairn-next");
/// The header that says whether there is more after it.
const MORE: HeaderName = HeaderName::from_static("cairn-more");

/// Who asks. Wrong, ended and unknown tokens look the same, and a network that shows many of them waits.
async fn puller(public: &Public, parts: &Parts) -> Result<Puller> {
    let from = origin(parts);
    public.tries.allow(from)?;
    match public.app.puller(bearer(&parts.headers)).await {
        Ok(puller) => Ok(puller),
        Err(AppError::NotFound) => {
            public.tries.failed(from);
            Err(Problem::new(Kind::SignInNeeded))
        }
        Err(other) => Err(other.into()),
    }
}

/// Where it goes on, and how rows are written.
#[derive(Deserialize)]
pub(super) struct Since {
    since: Option<String>,
    format: Option<String>,
}

async fn pulled(public: &Public, request: Request, since: Option<&str>) -> Result<Pulled> {
    let (parts, _) = request.into_parts();
    let puller = puller(public, &parts).await?;
    let found = public.app.pulled(&puller, since.unwrap_or_default()).await;
    found.map_err(|error| match error {
        AppError::Input(_) => Problem::bad_request(),
        other => other.into(),
    })
}

/// Fetch the rows of the notices that left to you, those that left first first: events of IntelMQ's data format, one a line, or a table.
/// Keep what the header `Cairn-Next` says and send it as `since` next time; `Cairn-More: 1` says that there is more now. What left within
/// the last ten seconds comes with the next call.
#[utoipa::path(
    get,
    path = "/api/v1/owner/rows",
    tag = "Notices to owners",
    params(
        ("since" = Option<String>, Query, description = "`Cairn-Next` of the call before; without it from the beginning"),
        ("format" = Option<String>, Query, description = "`json` (if left out) or `csv`"),
    ),
    responses(
        (status = 200, description = "Rows; none where nothing left since", content_type = "application/x-ndjson", headers(
            ("cairn-next" = String, description = "Where the next call goes on"),
            ("cairn-more" = String, description = "1: there is more now"),
        )),
    ),
    security(("owner_token" = []))
)]
pub(super) async fn rows(
    State(public): State<Public>,
    Query(asked): Query<Since>,
    request: Request,
) -> Result<Response> {
    let pulled = pulled(&public, request, asked.since.as_deref()).await?;
    let format = match asked.format.as_deref() {
        None | Some("json") => Format::Json,
        Some("csv") => Format::Csv,
        Some(_) => return Err(Problem::bad_request()),
    };
    let (media, bytes) = public.app.pulled_file(&pulled, format)?;
    let next = HeaderValue::from_str(&pulled.next).map_err(|_| Problem::bad_request())?;
    let more = HeaderValue::from_static(if pulled.more { "1" } else { "0" });
    let media = HeaderValue::from_static(media);
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (NEXT, next),
        (MORE, more),
    ];
    Ok((headers, bytes).into_response())
}

/// List the notices that left to you, those that left first first.
#[utoipa::path(
    get,
    path = "/api/v1/owner/notices",
    tag = "Notices to owners",
    params(("since" = Option<String>, Query, description = "`next` of the call before; without it from the beginning")),
    responses((status = 200, description = "Some of them", body = OwnNotices)),
    security(("owner_token" = []))
)]
pub(super) async fn list(
    State(public): State<Public>,
    Query(asked): Query<Since>,
    request: Request,
) -> Result<Json<OwnNotices>> {
    let pulled = pulled(&public, request, asked.since.as_deref()).await?;
    let notices = pulled.notices.iter().map(|one| OwnNotice {
        number: one.standing.number.clone(),
        class: one.content.tell.class.clone(),
        tlp: one.content.tell.tlp.to_string(),
        sent_at: one.standing.sent.map(|at| at.to_string()),
        rows: one.standing.rows,
        gone: one.standing.gone,
        answers: one.standing.answers,
    });
    Ok(Json(OwnNotices {
        notices: notices.collect(),
        next: pulled.next,
        more: pulled.more,
    }))
}

/// What was said, as the pages have it.
fn said(sent: NewNoticeAnswer, rows: usize) -> Result<Said> {
    let codes = Answer::ALL.map(Answer::as_str).join(", ");
    let read = |place: String, text: &str| {
        Answer::parse(text).ok_or_else(|| invalid(&place, format!("One of: {codes}")))
    };
    let mut all = Vec::new();
    if let Some(text) = &sent.all {
        all.push((ALL_ROWS, read("/all".into(), text)?));
    }
    for (at, one) in sent.rows.iter().enumerate() {
        let there = usize::try_from(one.row).is_ok_and(|row| (1..=rows).contains(&row));
        if !there {
            return Err(invalid(
                format!("/rows/{at}/row"),
                format!("A row from 1 to {rows}"),
            ));
        }
        all.push((
            i64::from(one.row),
            read(format!("/rows/{at}/answer"), &one.answer)?,
        ));
    }
    if sent.note.chars().count() > NOTE_CHARS_MAX {
        return Err(invalid(
            "/note",
            format!("At most {NOTE_CHARS_MAX} characters"),
        ));
    }
    Ok(Said {
        rows: all,
        note: sent.note,
    })
}

/// Answer rows of a notice, or all of them. An answer to a single row goes before one to all; a later one stands in place of the one
/// before. What is `not_ours` or `false` is not told again while it lasts.
#[utoipa::path(
    post,
    path = "/api/v1/owner/notices/{number}/answers",
    tag = "Notices to owners",
    params(("number" = String, Path, description = "The number of the notice: `extra.notice.number` of its rows")),
    request_body(content = NewNoticeAnswer, content_type = "application/json"),
    responses(
        (status = 204, description = "Noted"),
        (status = 404, description = "No such notice to you"),
        (status = 409, description = "There were too many answers to it"),
        (status = 422, description = "There is no such answer or row, or nothing was said"),
    ),
    security(("owner_token" = []))
)]
pub(super) async fn answer(
    State(public): State<Public>,
    Path(number): Path<String>,
    request: Request,
) -> Result<StatusCode> {
    let (parts, body) = request.into_parts();
    let puller = puller(&public, &parts).await?;
    let request = Request::from_parts(parts, body);
    let admitted = admit_known(&public.app, request, ANSWER_BYTES_MAX).await?;
    let opened = public.app.pulled_notice(&puller, &number).await?;
    let sent: NewNoticeAnswer = read_json(&admitted.parts.headers, &admitted.body)?;
    let said = said(sent, opened.content.rows.len())?;
    match public.app.answer_notice(&opened, &said).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(AppError::Input(_)) => Err(invalid("/rows", "Say something")),
        Err(AppError::Notice(Refusal::Limit)) => Err(Problem::new(Kind::Conflict)),
        Err(other) => Err(other.into()),
    }
}
