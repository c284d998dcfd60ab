//! A call of the officers' API: its address, what it needs, what it takes and answers, and what is done. The document, the page and the
//! router are made from the same list, and a handler's types are what the document says.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, post};
use cairn_app::App;
use cairn_app::account::{Principal, TOKEN_PREFIX};
use cairn_app::pace::{Buckets, Rate};
use cairn_app::report::AppError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::super::needs_json;
use super::super::report::{bearer, idempotency_key};
use super::check;
use crate::desk::Need;
use crate::form::Form;
use crate::i18n::Lang;
use crate::intake::{Tries, origin};
use crate::problem::{FieldFault, Kind, Problem, Result};
use crate::server::{BodyMax, read_all};

/// Calls that one token has at once.
pub const CALLS_BURST: f64 = 300.0;
/// Calls that one token gets back a second.
pub const CALLS_A_SECOND: f64 = 10.0;
/// Bytes of the largest body.
pub const CALL_BYTES_MAX: u64 = 256 * 1024;
/// Named schemas, as the document collects them.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// What goes over the wire, by name.
#[derive(Clone)]
pub(super) struct Shape {
    pub name: String,
    collect: fn(&mut Schemas),
}

impl Shape {
    fn of<T: ToSchema>() -> Self {
        Self {
            name: T::name().into_owned(),
            collect: |all| {
                all.push((T::name().into_owned(), T::schema()));
                T::schemas(all);
            },
        }
    }

    pub(super) fn collect(&self, all: &mut Schemas) {
        (self.collect)(all);
    }
}

/// What a call answers.
#[derive(Clone)]
pub(super) enum Answer {
    Json(Shape),
    /// A file of this media type.
    File(&'static str),
}

/// One call.
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, as axum and OpenAPI write it.
    pub path: &'static str,
    /// What it needs of the account.
    pub need: Need,
    /// A token that may only read does not do it.
    pub acts: bool,
    /// The same idempotency key makes what it makes once.
    pub(super) once: bool,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) query: &'static [(&'static str, &'static str)],
    pub(super) body: Option<Shape>,
    pub(super) answer: Answer,
    pub(super) handler: MethodRouter<Desk>,
}

impl Call {
    /// What may stand in the query.
    pub(super) const fn asks(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    /// Makes something without a version; an idempotency key keeps it from being made twice.
    pub(super) const fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Under a heading.
    pub(super) const fn under(mut self, tag: &'static str) -> Self {
        self.tag = tag;
        self
    }
}

/// What the officers' API works with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Shared>);

pub(crate) struct Shared {
    pub app: App,
    tries: Tries,
    pace: Buckets,
    /// The document, as the bodies are checked by it.
    pub document: Value,
}

impl Desk {
    pub(super) fn new(app: App, tries: Tries) -> Self {
        Self(Arc::new(Shared {
            app,
            tries,
            pace: Buckets::new(Rate {
                per_second: CALLS_A_SECOND,
                burst: CALLS_BURST,
            }),
            document: super::document::value(),
        }))
    }
}

impl std::ops::Deref for Desk {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// A call that was let in.
pub(super) struct Asked {
    pub app: App,
    pub who: Principal,
    pub lang: Lang,
    path: Vec<String>,
    query: Form,
    key: Option<String>,
}

impl Asked {
    /// A part of the path, in order.
    pub(super) fn part(&self, at: usize) -> &str {
        self.path.get(at).map_or("", String::as_str)
    }

    /// The same as a number; what is none is not there.
    pub(super) fn no<T: std::str::FromStr>(&self, at: usize) -> Result<T> {
        self.part(at).parse().map_err(|_| Problem::not_found())
    }

    /// A value of the query that is not empty.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).filter(|text| !text.is_empty())
    }

    /// The same as a number; what is none is refused.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>> {
        let number = self.query(name).map(str::parse).transpose();
        number.map_err(|_| Problem::bad_request())
    }

    /// The key of what is to be made once, in the account's own space.
    pub(super) fn key(&self) -> Option<String> {
        let key = self.key.as_ref()?;
        Some(format!("api\0{}\0{key}", self.who.account))
    }
}

/// A call that reads.
pub(super) fn read<T, F, Fut>(path: &'static str, need: Need, summary: &'static str, f: F) -> Call
where
    T: Serialize + ToSchema,
    F: Fn(Asked) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send,
{
    let handler = MethodRouter::new().get(move |State(desk): State<Desk>, request: Request| {
        let f = f.clone();
        async move {
            let (mut parts, _) = request.into_parts();
            match let_in(&desk, &mut parts, need, false).await {
                Ok(asked) => json(f(asked).await),
                Err(problem) => refused(problem),
            }
        }
    });
    let answer = Answer::Json(Shape::of::<T>());
    reading((path, need, summary), answer, handler)
}

/// A call that reads a file.
pub(super) fn fetch<F, Fut>(
    (path, need, summary): (&'static str, Need, &'static str),
    media: &'static str,
    f: F,
) -> Call
where
    F: Fn(Asked) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send,
{
    let handler = MethodRouter::new().get(move |State(desk): State<Desk>, request: Request| {
        let f = f.clone();
        async move {
            let (mut parts, _) = request.into_parts();
            match let_in(&desk, &mut parts, need, false).await {
                Ok(asked) => f(asked).await.unwrap_or_else(IntoResponse::into_response),
                Err(problem) => refused(problem),
            }
        }
    });
    reading((path, need, summary), Answer::File(media), handler)
}

fn reading(
    (path, need, summary): (&'static str, Need, &'static str),
    answer: Answer,
    handler: MethodRouter<Desk>,
) -> Call {
    Call {
        method: Method::GET,
        path,
        need,
        acts: false,
        once: false,
        tag: "",
        summary,
        query: &[],
        body: None,
        answer,
        handler,
    }
}

/// A call that acts.
pub(super) fn act<B, T, F, Fut>(path: &'static str, need: Need, summary: &'static str, f: F) -> Call
where
    B: DeserializeOwned + ToSchema + Send + 'static,
    T: Serialize + ToSchema,
    F: Fn(Asked, B) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<T>> + Send,
{
    let answer = Answer::Json(Shape::of::<T>());
    acting::<B, _, _>((path, need, summary), answer, move |asked, body| {
        let done = f(asked, body);
        async move { json(done.await) }
    })
}

/// A call that answers a file, which is noted in the log.
pub(super) fn file<B, F, Fut>(
    (path, need, summary): (&'static str, Need, &'static str),
    media: &'static str,
    f: F,
) -> Call
where
    B: DeserializeOwned + ToSchema + Send + 'static,
    F: Fn(Asked, B) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send,
{
    acting::<B, _, _>(
        (path, need, summary),
        Answer::File(media),
        move |asked, body| {
            let done = f(asked, body);
            async move { done.await.unwrap_or_else(IntoResponse::into_response) }
        },
    )
}

fn acting<B, F, Fut>(
    (path, need, summary): (&'static str, Need, &'static str),
    answer: Answer,
    f: F,
) -> Call
where
    B: DeserializeOwned + ToSchema + Send + 'static,
    F: Fn(Asked, B) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Response> + Send,
{
    let handler = post(move |State(desk): State<Desk>, request: Request| {
        let f = f.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            let asked = match let_in(&desk, &mut parts, need, true).await {
                Ok(asked) => asked,
                Err(problem) => return refused(problem),
            };
            match taken::<B>(&desk, &parts, body).await {
                Ok(body) => f(asked, body).await,
                Err(problem) => refused(problem),
            }
        }
    });
    Call {
        method: Method::POST,
        path,
        need,
        acts: true,
        once: false,
        tag: "",
        summary,
        query: &[],
        body: Some(Shape::of::<B>()),
        answer,
        handler,
    }
}

/// A call that acts, whose body is a file of any kind, passed on piece by piece: it sees to its size itself.
pub(super) fn stream<T, F, Fut>(path: &'static str, need: Need, summary: &'static str, f: F) -> Call
where
    T: Serialize + ToSchema,
    F: Fn(Asked, axum::body::Body) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(StatusCode, T)>> + Send,
{
    let handler = post(move |State(desk): State<Desk>, request: Request| {
        let f = f.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            let asked = match let_in(&desk, &mut parts, need, true).await {
                Ok(asked) => asked,
                Err(problem) => return refused(problem),
            };
            // Only now: who may not send makes nobody read.
            if let Some(max) = parts.extensions.get::<BodyMax>() {
                max.set(desk.app.report_bytes_max());
                max.set_time(crate::desk::UPLOAD_TIME_MAX);
            }
            super::feeds::with_status(f(asked, body).await)
        }
    });
    Call {
        method: Method::POST,
        path,
        need,
        acts: true,
        once: false,
        tag: "",
        summary,
        query: &[],
        body: None,
        answer: Answer::Json(Shape::of::<T>()),
        handler,
    }
}

/// Who shows a live token, and may do this. No cookie is looked at.
async fn let_in(desk: &Desk, parts: &mut Parts, need: Need, acts: bool) -> Result<Asked> {
    let from = origin(parts);
    desk.tries.allow(from)?;
    let who = match desk.app.by_token(bearer(&parts.headers)).await {
        Err(AppError::NotFound) => {
            if bearer(&parts.headers).starts_with(TOKEN_PREFIX) {
                desk.tries.failed(from);
            }
            return Err(Problem::new(Kind::SignInNeeded));
        }
        other => other?,
    };
    let held = who
        .token()
        .ok_or_else(|| Problem::new(Kind::SignInNeeded))?;
    let place = held.id.bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
    });
    let paced = desk.pace.try_take(place, 1.0);
    paced.map_err(|seconds| Problem::new(Kind::TooMany(seconds)))?;
    if acts && !held.acts {
        let why = "this token may only read";
        return Err(Problem::new(Kind::Forbidden).with_detail(why));
    }
    if matches!(need, Need::May(action) if !who.may(action)) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let path = RawPathParams::from_request_parts(parts, &()).await;
    let path = path.map_err(|_| Problem::not_found())?;
    Ok(Asked {
        app: desk.app.clone(),
        lang: Lang::of_request(&parts.uri, &parts.headers),
        path: path.iter().map(|(_, value)| value.to_owned()).collect(),
        query: Form::parse(parts.uri.query().unwrap_or_default().as_bytes())?,
        key: idempotency_key(&parts.headers)?.map(str::to_owned),
        who,
    })
}

/// The body, by the schema that the document has of it: everything that is wrong is said at once.
async fn taken<B: DeserializeOwned + ToSchema>(
    desk: &Desk,
    parts: &Parts,
    body: axum::body::Body,
) -> Result<B> {
    needs_json(&parts.headers)?;
    let bytes = read_all(body).await?;
    if bytes.len() as u64 > CALL_BYTES_MAX {
        return Err(Problem::too_large(CALL_BYTES_MAX));
    }
    let fault = |detail: String| FieldFault {
        pointer: String::new(),
        detail,
    };
    let wrong = |error: serde_json::Error| Problem::invalid(vec![fault(error.to_string())]);
    let value: Value = serde_json::from_slice(&bytes).map_err(wrong)?;
    let faults = check::body(&desk.document, &B::name(), &value);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    serde_json::from_value(value).map_err(wrong)
}

fn json<T: Serialize>(done: Result<T>) -> Response {
    match done {
        Ok(answer) => match serde_json::to_string(&answer) {
            Ok(text) => {
                let media = HeaderValue::from_static("application/json");
                (StatusCode::OK, [(header::CONTENT_TYPE, media)], text).into_response()
            }
            Err(error) => Problem::unexpected(&error).into_response(),
        },
        Err(problem) => refused(problem),
    }
}

/// RFC 6750 wants to be told by what one is let in.
fn refused(problem: Problem) -> Response {
    let unknown = problem.kind == Kind::SignInNeeded;
    let mut response = problem.into_response();
    if unknown {
        let value = HeaderValue::from_static("Bearer realm=\"desk\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

/// What a use case said, for the wire: why it was refused is told in a few words.
pub(super) fn told(error: AppError) -> Problem {
    let why = match &error {
        AppError::Rule(cairn_desk::rules::Refusal::Absent)
        | AppError::Shift(cairn_desk::shift::Refusal::Absent) => return Problem::not_found(),
        AppError::Refused(why) => why.to_string(),
        AppError::Office(why) => why.to_string(),
        AppError::Challenge(why) => why.to_string(),
        AppError::Cluster(why) => why.to_string(),
        AppError::Case(why) => why.to_string(),
        AppError::Shift(why) => why.to_string(),
        AppError::Constituent(why) => why.to_string(),
        AppError::Bulk(why) => why.to_string(),
        AppError::Rule(why) => why.to_string(),
        AppError::Notice(why) => why.to_string(),
        _ => return error.into(),
    };
    Problem::from(error).with_detail(why)
}

/// 409 with how it stands now: nothing was done, and what was sent can be sent again for this.
pub(super) fn moved<T: Serialize>(current: &T) -> Problem {
    let current = serde_json::to_value(current).unwrap_or_default();
    Problem::new(Kind::Conflict).with_current(current)
}

/// Codes of a closed list as text, read by its own parser.
pub(super) fn choice<T>(pointer: &str, code: &str, read: Option<T>, all: &[&str]) -> Result<T> {
    read.ok_or_else(|| {
        let detail = format!("{code:?} is not one of: {}", all.join(", "));
        Problem::invalid(vec![FieldFault {
            pointer: pointer.to_owned(),
            detail,
        }])
    })
}

/// Faults that are collected and told at once.
#[derive(Default)]
pub(super) struct Faults(Vec<FieldFault>);

impl Faults {
    pub(super) fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        let (pointer, detail) = (pointer.into(), detail.into());
        self.0.push(FieldFault { pointer, detail });
    }

    /// The value, or a fault that is kept for later.
    pub(super) fn take<T, E: std::fmt::Display>(
        &mut self,
        pointer: &str,
        read: std::result::Result<T, E>,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(pointer, error.to_string());
                None
            }
        }
    }

    /// Refuses if there is any.
    pub(super) fn end(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.0))
        }
    }
}

/// Names by which things are counted, as JSON has them.
pub(super) type Numbers = BTreeMap<String, u64>;
