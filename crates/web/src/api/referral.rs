//! What an agency does with its API key: see what was referred to it, fetch it, acknowledge it, and say what comes of it.

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use cairn_app::App;
use cairn_app::referral::{Agent, Words};
use cairn_app::report::AppError;
use cairn_desk::referral::{Outcome, TEXT_CHARS_MAX};
use serde::Deserialize;

use super::model::{NewAcknowledgement, NewOutcome, Referral, ReferralList};
use super::report::bearer;
use super::{invalid, read_json};
use crate::desk::zip_download;
use crate::intake::{Public, admit_known};
use crate::problem::{Kind, Problem, Result};

/// Bytes of the small documents that these routes take.
const BODY_BYTES_MAX: u64 = 64 * 1024;

async fn agent(app: &App, headers: &HeaderMap) -> Result<Agent> {
    let found = app.agent(bearer(headers)).await;
    found.map_err(|error| match error {
        AppError::NotFound => Problem::new(Kind::SignInNeeded),
        other => other.into(),
    })
}

/// Where the list goes on.
#[derive(Deserialize)]
pub(super) struct After {
    before: Option<String>,
}

/// List what was referred to your agency, newest reports first.
#[utoipa::path(
    get,
    path = "/api/v1/referrals",
    tag = "Referrals",
    params(("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, description = "A page of them", body = ReferralList)),
    security(("api_key" = []))
)]
pub(super) async fn list(
    State(public): State<Public>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Result<Json<ReferralList>> {
    let app = &public.app;
    let agent = agent(app, &headers).await?;
    let before = match after.before.as_deref().map(|text| text.split_once('.')) {
        None => None,
        Some(Some((reference, no))) => {
            let no = no.parse().map_err(|_| Problem::bad_request())?;
            Some((reference, no))
        }
        Some(None) => return Err(Problem::bad_request()),
    };
    let found = app.own_referrals(&agent, before).await?;
    let full = found.len() as i64 == cairn_app::referral::rows::REFERRAL_ROWS_MAX;
    let next = found.last().filter(|_| full);
    let next = next.map(|one| format!("{}.{}", one.reference, one.no));
    let referrals = found.into_iter().map(|one| Referral {
        reference: one.reference,
        referral: one.no,
        state: one.line.state,
        sent_at: one.line.sent_at.map(|at| at.to_string()),
        outcome: one.line.outcome,
        consent_withdrawn: one.line.tell,
    });
    Ok(Json(ReferralList {
        referrals: referrals.collect(),
        next,
    }))
}

/// Fetch the package of a referral: a zip file with `summary.html`, `report.json`, `manifest.json` and the files, which stand
/// under the password `infected`. Each fetch is logged.
#[utoipa::path(
    get,
    path = "/api/v1/referrals/{reference}/{no}/package",
    tag = "Referrals",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("no" = u32, Path, description = "Number of the referral within the report"),
    ),
    responses(
        (status = 200, description = "The package", content_type = "application/zip"),
        (status = 404, description = "No such referral to your agency"),
        (status = 409, description = "The reporter no longer agrees, or what was told was erased"),
    ),
    security(("api_key" = []))
)]
pub(super) async fn package(
    State(public): State<Public>,
    Path((reference, no)): Path<(String, u32)>,
    headers: HeaderMap,
) -> Result<Response> {
    let agent = agent(&public.app, &headers).await?;
    let archive = public.app.own_package(&agent, &reference, no).await?;
    zip_download(&archive.name, archive.bytes)
}

fn words(field: &str, text: &str) -> Result<Words> {
    let wrong = || invalid(field, format!("1 to {TEXT_CHARS_MAX} characters"));
    Words::parse(text).ok_or_else(wrong)
}

/// Who sends, and the body.
async fn sent(public: &Public, request: Request) -> Result<(Agent, HeaderMap, Bytes)> {
    let agent = agent(&public.app, request.headers()).await?;
    let admitted = admit_known(&public.app, request, BODY_BYTES_MAX).await?;
    Ok((agent, admitted.parts.headers, admitted.body))
}

/// Say that your agency has it, under a reference of its own. Asking again replaces the reference.
#[utoipa::path(
    post,
    path = "/api/v1/referrals/{reference}/{no}/acknowledgement",
    tag = "Referrals",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("no" = u32, Path, description = "Number of the referral within the report"),
    ),
    request_body(content = NewAcknowledgement, content_type = "application/json"),
    responses(
        (status = 204, description = "Noted"),
        (status = 404, description = "No such referral to your agency"),
        (status = 409, description = "It was answered already"),
        (status = 422, description = "The reference is missing or too long"),
    ),
    security(("api_key" = []))
)]
pub(super) async fn acknowledge(
    State(public): State<Public>,
    Path((reference, no)): Path<(String, u32)>,
    request: Request,
) -> Result<StatusCode> {
    let (agent, headers, body) = sent(&public, request).await?;
    let said: NewAcknowledgement = read_json(&headers, &body)?;
    let words = words("/reference", &said.reference)?;
    let done = public.app.own_acknowledge(&agent, &reference, no, words);
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say what comes of it. A later answer stands in place of the one before.
#[utoipa::path(
    post,
    path = "/api/v1/referrals/{reference}/{no}/outcome",
    tag = "Referrals",
    params(
        ("reference" = String, Path, description = "The report's reference"),
        ("no" = u32, Path, description = "Number of the referral within the report"),
    ),
    request_body(content = NewOutcome, content_type = "application/json"),
    responses(
        (status = 204, description = "Noted"),
        (status = 404, description = "No such referral to your agency"),
        (status = 422, description = "There is no such outcome, or the text is too long"),
    ),
    security(("api_key" = []))
)]
pub(super) async fn answer(
    State(public): State<Public>,
    Path((reference, no)): Path<(String, u32)>,
    request: Request,
) -> Result<StatusCode> {
    let (agent, headers, body) = sent(&public, request).await?;
    let said: NewOutcome = read_json(&headers, &body)?;
    let codes = Outcome::ALL.map(Outcome::as_str).join(", ");
    let outcome = Outcome::parse(&said.outcome);
    let outcome = outcome.ok_or_else(|| invalid("/outcome", format!("One of: {codes}")))?;
    let text = said.text.as_deref().filter(|text| !text.is_empty());
    let text = text.map(|text| words("/text", text)).transpose()?;
    let done = public
        .app
        .own_answer(&agent, &reference, no, (outcome, text));
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn a_bearer_token_is_taken_whole() {
        let mut headers = HeaderMap::new();
        assert_eq!(bearer(&headers), "");
        headers.insert(header::AUTHORIZATION, "Basic abc".parse().unwrap());
        assert_eq!(bearer(&headers), "");
        headers.insert(header::AUTHORIZATION, "bearer  cairn_x ".parse().unwrap());
        assert_eq!(bearer(&headers), "cairn_x");
    }
}
