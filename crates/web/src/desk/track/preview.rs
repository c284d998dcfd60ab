//! The whole site of the working copy, on the desk only, each page marked as a draft.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::report::AppError;
use maud::html;

use super::Answer;
use crate::desk::who::Officer;
use crate::i18n::{Lang, t};
use crate::problem::Problem;
use crate::track::media_type;

/// To the front page: links of the site count from there.
pub(in crate::desk) async fn to_front(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    let _visible = app.review_plan(&officer.who, &id).await?;
    Ok(Redirect::to(&format!("/desk/track/{id}/preview/")))
}

/// The front page.
pub(in crate::desk) async fn front(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Answer {
    serve(&app, &officer, &id, "index.html").await
}

/// Any other page or file.
pub(in crate::desk) async fn file(
    State(app): State<App>,
    officer: Officer,
    Path((id, path)): Path<(String, String)>,
) -> Answer {
    serve(&app, &officer, &id, &path).await
}

/// A page of the draft, marked as one, in the reader's language.
pub(crate) async fn draft(
    app: &App,
    (who, l): (&Principal, Lang),
    id: &str,
    path: &str,
) -> Result<Bytes, AppError> {
    let mark = html! {
        p.older lang=(l.as_str()) {
            strong { (t::office_draft(l)) } " "
            a href={ "/desk/track/" (id) "/publish" } { (t::office_publish_title(l)) }
        }
    };
    let mark = mark.into_string();
    Ok(app.preview(who, id, path, &mark).await?.into_inner())
}

async fn serve(app: &App, officer: &Officer, id: &str, path: &str) -> Answer {
    let bytes = draft(app, (&officer.who, officer.page.lang), id, path).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(media_type(path)),
        ),
        // It is another one as soon as a return is accepted.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let answer: Response = (headers, bytes).into_response();
    Ok(answer)
}
