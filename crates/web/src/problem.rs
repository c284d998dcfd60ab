//! The one error type of the pages and the API. A handler returns it; the house (see [`crate::house`]) writes it out as a
//! page with kind words or as `application/problem+json` (RFC 9457), as the route and the client ask.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::report::AppError;
use serde::Serialize;

use crate::i18n::{Lang, t};
use crate::server::BodyError;

/// What went wrong, as far as the other end needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// 400: the request makes no sense.
    BadRequest,
    /// 403: signed in, but not allowed.
    Forbidden,
    /// 403: another site caused the request.
    CrossSite,
    /// 403: the form's token belongs to another or an ended session.
    StaleForm,
    /// 401: who are you?
    SignInNeeded,
    /// 404: nothing here; also for what may not be known to exist.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 408: the body came too slowly.
    TooSlow,
    /// 409: someone else changed it meanwhile.
    Conflict,
    /// 410: it was here and is gone.
    Gone,
    /// 413; the limit in bytes.
    TooLarge(u64),
    /// 415.
    UnsupportedMedia,
    /// 422: understood, but some fields are wrong (see [`Problem::faults`]).
    Invalid,
    /// 429; seconds to wait.
    TooMany(u32),
    /// 500: our fault.
    Unexpected,
    /// 503: too busy or stopping; seconds to wait.
    Unavailable(u32),
    /// 503: no room on disk. Nothing was received.
    StorageFull,
    /// 503: no room for files; reports without them are taken.
    FilesHeld,
}

/// One wrong field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// Where: a JSON pointer (RFC 6901) for the API, a field's id for forms.
    pub pointer: String,
    /// What is wrong and how to mend it.
    pub detail: String,
}

/// A refusal or failure, with what the reader needs to go on. Holds nothing that the request said.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What went wrong.
    pub kind: Kind,
    /// More about this one case, in the reader's language; none shows the usual words only.
    pub detail: Option<String>,
    /// Every wrong field at once.
    pub faults: Vec<FieldFault>,
    /// How what was to be changed stands now, for who may see it.
    pub current: Option<Box<serde_json::Value>>,
}

/// What every handler of this crate returns.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// From so many seconds on, a wait is told in minutes.
const MINUTES_FROM: u32 = 100;

/// When who sent too much may send again.
pub(crate) fn again_in(lang: Lang, seconds: u32) -> String {
    if seconds < MINUTES_FROM {
        return t::problem_too_many_do(lang, seconds);
    }
    t::problem_too_many_minutes(lang, seconds.div_ceil(60))
}

impl Problem {
    /// A problem of a kind, with the usual words.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            faults: Vec::new(),
            current: None,
        }
    }

    /// Adds words about this case, in the reader's language.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds how it stands now.
    #[must_use]
    pub fn with_current(mut self, current: serde_json::Value) -> Self {
        self.current = Some(Box::new(current));
        self
    }

    /// Nothing here.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// The request makes no sense.
    #[must_use]
    pub const fn bad_request() -> Self {
        Self::new(Kind::BadRequest)
    }

    /// Another site caused this request.
    #[must_use]
    pub const fn cross_site() -> Self {
        Self::new(Kind::CrossSite)
    }

    /// The form is from another or an ended session.
    #[must_use]
    pub const fn stale_form() -> Self {
        Self::new(Kind::StaleForm)
    }

    /// More than `max` bytes.
    #[must_use]
    pub const fn too_large(max: u64) -> Self {
        Self::new(Kind::TooLarge(max))
    }

    /// Fields are wrong: all of them, not the first.
    #[must_use]
    pub const fn invalid(faults: Vec<FieldFault>) -> Self {
        Self {
            kind: Kind::Invalid,
            detail: None,
            faults,
            current: None,
        }
    }

    /// Our own failure. Logs the cause here, once, and tells the reader nothing of it. The cause must hold nothing that a
    /// person wrote.
    #[must_use]
    pub fn unexpected(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(Kind::Unexpected)
    }

    /// The status code.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self.kind {
            Kind::BadRequest => StatusCode::BAD_REQUEST,
            Kind::SignInNeeded => StatusCode::UNAUTHORIZED,
            Kind::Forbidden | Kind::CrossSite | Kind::StaleForm => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Kind::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Gone => StatusCode::GONE,
            Kind::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Kind::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::Unavailable(_) | Kind::StorageFull | Kind::FilesHeld => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// The last part of the problem's `type` address, `/problems/SLUG`.
    #[must_use]
    pub const fn slug(&self) -> &'static str {
        match self.kind {
            Kind::BadRequest => "bad-request",
            Kind::SignInNeeded => "sign-in-needed",
            Kind::Forbidden => "forbidden",
            Kind::CrossSite => "cross-site",
            Kind::StaleForm => "stale-form",
            Kind::NotFound => "not-found",
            Kind::MethodNotAllowed => "method-not-allowed",
            Kind::TooSlow => "too-slow",
            Kind::Conflict => "conflict",
            Kind::Gone => "gone",
            Kind::TooLarge(_) => "too-large",
            Kind::UnsupportedMedia => "unsupported-media",
            Kind::Invalid => "invalid",
            Kind::TooMany(_) => "too-many",
            Kind::Unexpected => "unexpected",
            Kind::Unavailable(_) => "unavailable",
            Kind::StorageFull => "storage-full",
            Kind::FilesHeld => "files-held",
        }
    }

    /// One of every kind, for the page that explains them.
    #[must_use]
    pub fn samples() -> [Self; 18] {
        [
            Kind::BadRequest,
            Kind::SignInNeeded,
            Kind::Forbidden,
            Kind::CrossSite,
            Kind::StaleForm,
            Kind::NotFound,
            Kind::MethodNotAllowed,
            Kind::TooSlow,
            Kind::Conflict,
            Kind::Gone,
            Kind::TooLarge(1 << 20),
            Kind::UnsupportedMedia,
            Kind::Invalid,
            Kind::TooMany(60),
            Kind::Unexpected,
            Kind::Unavailable(30),
            Kind::StorageFull,
            Kind::FilesHeld,
        ]
        .map(Self::new)
    }

    /// What happened, in a few words.
    #[must_use]
    pub const fn title(&self, lang: Lang) -> &'static str {
        match self.kind {
            Kind::BadRequest => t::problem_bad_request(lang),
            Kind::SignInNeeded => t::problem_sign_in_needed(lang),
            Kind::Forbidden => t::problem_forbidden(lang),
            Kind::CrossSite => t::problem_cross_site(lang),
            Kind::StaleForm => t::problem_stale_form(lang),
            Kind::NotFound => t::problem_not_found(lang),
            Kind::MethodNotAllowed => t::problem_method(lang),
            Kind::TooSlow => t::problem_too_slow(lang),
            Kind::Conflict => t::problem_conflict(lang),
            Kind::Gone => t::problem_gone(lang),
            Kind::TooLarge(_) => t::problem_too_large(lang),
            Kind::UnsupportedMedia => t::problem_unsupported(lang),
            Kind::Invalid => t::problem_invalid(lang),
            Kind::TooMany(_) => t::problem_too_many(lang),
            Kind::Unexpected => t::problem_unexpected(lang),
            Kind::Unavailable(_) => t::problem_unavailable(lang),
            Kind::StorageFull => t::problem_storage_full(lang),
            Kind::FilesHeld => t::problem_files_held(lang),
        }
    }

    /// What the reader can do.
    #[must_use]
    pub fn advice(&self, lang: Lang) -> String {
        let fixed = match self.kind {
            Kind::BadRequest => t::problem_bad_request_do(lang),
            Kind::SignInNeeded => t::problem_sign_in_needed_do(lang),
            Kind::Forbidden => t::problem_forbidden_do(lang),
            Kind::CrossSite => t::problem_cross_site_do(lang),
            Kind::StaleForm => t::problem_stale_form_do(lang),
            Kind::NotFound => t::problem_not_found_do(lang),
            Kind::MethodNotAllowed => t::problem_method_do(lang),
            Kind::TooSlow => t::problem_too_slow_do(lang),
            Kind::Conflict => t::problem_conflict_do(lang),
            Kind::Gone => t::problem_gone_do(lang),
            Kind::TooLarge(max) => return t::problem_too_large_do(lang, size(max)),
            Kind::UnsupportedMedia => t::problem_unsupported_do(lang),
            Kind::Invalid => t::problem_invalid_do(lang),
            Kind::TooMany(seconds) => return again_in(lang, seconds),
            Kind::Unexpected => t::problem_unexpected_do(lang),
            Kind::Unavailable(_) => t::problem_unavailable_do(lang),
            Kind::StorageFull => t::problem_storage_full_do(lang),
            Kind::FilesHeld => t::problem_files_held_do(lang),
        };
        fixed.to_owned()
    }

    const fn retry_after(&self) -> Option<u32> {
        match self.kind {
            Kind::TooMany(seconds) | Kind::Unavailable(seconds) => Some(seconds),
            Kind::StorageFull | Kind::FilesHeld => Some(300),
            _ => None,
        }
    }

    /// The problem document of RFC 9457.
    #[must_use]
    pub fn document(&self, lang: Lang) -> serde_json::Value {
        let mut document = serde_json::json!({
            "type": format!("/problems/{}", self.slug()),
            "title": self.title(lang),
            "status": self.status().as_u16(),
            "detail": self.detail.clone().unwrap_or_else(|| self.advice(lang)),
        });
        if let Some(object) = document.as_object_mut()
            && !self.faults.is_empty()
        {
            object.insert("errors".into(), serde_json::json!(self.faults));
        }
        if let (Some(object), Some(current)) = (document.as_object_mut(), &self.current) {
            object.insert("current".into(), (**current).clone());
        }
        document
    }

    /// What a bare answer of the router (404, 405, …) means.
    #[must_use]
    pub const fn of_status(status: StatusCode) -> Self {
        Self::new(match status.as_u16() {
            401 => Kind::SignInNeeded,
            403 => Kind::Forbidden,
            404 => Kind::NotFound,
            405 => Kind::MethodNotAllowed,
            408 => Kind::TooSlow,
            409 => Kind::Conflict,
            410 => Kind::Gone,
            413 => Kind::TooLarge(2 << 20),
            415 => Kind::UnsupportedMedia,
            422 => Kind::Invalid,
            429 => Kind::TooMany(60),
            503 => Kind::Unavailable(30),
            400..=499 => Kind::BadRequest,
            _ => Kind::Unexpected,
        })
    }
}

/// Bytes as people read them: `20 MB`, `64 kB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} kB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        Self::new(match error {
            BodyError::TooLarge(max) => Kind::TooLarge(max),
            BodyError::TooSlow => Kind::TooSlow,
            BodyError::Broken => Kind::BadRequest,
        })
    }
}

/// How the doors answer what a use case says. Causes are logged here, once, without anything that a person wrote.
impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::not_found(),
            AppError::Denied(_) => Self::new(Kind::Forbidden),
            AppError::Refused(_)
            | AppError::Office(_)
            | AppError::Challenge(_)
            | AppError::Cluster(_)
            | AppError::Case(_)
            | AppError::Shift(_)
            | AppError::Constituent(_)
            | AppError::Bulk(_)
            | AppError::Rule(_)
            | AppError::Notice(_)
            | AppError::Conflict => Self::new(Kind::Conflict),
            AppError::KeyReused => Self::new(Kind::Invalid),
            AppError::Input(said) => Self::new(Kind::Invalid).with_detail(said),
            AppError::DiskFull => Self::new(Kind::StorageFull),
            AppError::FileType { .. } => Self::new(Kind::Invalid),
            AppError::FileTooLarge { bytes_max } => Self::too_large(bytes_max),
            AppError::FilesHeld => Self::new(Kind::FilesHeld),
            AppError::FeedsHeld => Self::new(Kind::Unavailable(60)).with_detail(error.to_string()),
            AppError::FilesTooMany { seconds } => Self::new(Kind::TooMany(seconds)),
            AppError::Write(cause) => {
                tracing::error!(%cause, "writing");
                Self::new(Kind::Unavailable(30))
            }
            // What serde says of a damaged record may quote it.
            AppError::Damaged { what, .. } => {
                Self::unexpected(&format!("stored {what} is damaged"))
            }
            other => Self::unexpected(&other),
        }
    }
}

/// The status, with the problem in the response's extensions for the house to write out.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Some(seconds) = self.retry_after() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_waits_are_told_in_minutes() {
        let said = [1, 99, 100, 358, 3_600].map(|seconds| again_in(Lang::En, seconds));
        let ends = [
            "one second.",
            "99 seconds.",
            "2 minutes.",
            "6 minutes.",
            "60 minutes.",
        ];
        for (said, end) in said.iter().zip(ends) {
            assert!(said.ends_with(&format!("Try again in {end}")), "{said}");
        }
        assert!(again_in(Lang::Mi, 358).ends_with("6 meneti."));
    }
}
