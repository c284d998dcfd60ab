//! `GET /api/v1/form`: the form in use as data, so that a tool can ask its questions and send its codes without having
//! the form's files.

use std::sync::OnceLock;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use cairn_app::App;
use cairn_desk::agency::Agency;
use cairn_desk::form::{
    Choice, Condition, Flag, Form, JSON_BYTES_MAX, Kind, On, Question, Role, Step,
};
use cairn_desk::report::MESSAGE_CHARS_MAX;
use serde::Serialize;
use utoipa::ToSchema;

use super::document;
use crate::i18n::Lang;
use crate::intake::Public;
use crate::problem::{Problem, Result};

/// How long a tool may go on with what it has: a new form comes with a new start of the program.
const CACHE: &str = "public, max-age=300";

/// The form in one language: steps, questions, the codes that answers may have, and the limits of a report.
#[derive(Serialize, ToSchema)]
pub struct FormDocument<'f> {
    /// The form and its version: may be sent as `form` with a report, which is refused when another form is in use.
    #[schema(example = "nz@1")]
    form: &'f str,
    /// Language of the texts.
    #[schema(example = "en")]
    language: &'f str,
    /// Languages that the form has (BCP 47), its own first.
    languages: Vec<&'f str>,
    /// Country (ISO 3166-1 alpha-2).
    #[schema(example = "NZ")]
    country: &'f str,
    /// Currencies (ISO 4217) that the form offers for losses, its own first. Others are taken too.
    currencies: Vec<&'f str>,
    /// Limits of what is sent.
    limits: FormLimits,
    /// Steps in the order in which they are asked.
    steps: Vec<FormStep<'f>>,
    /// Agencies that a report may name in `consents`.
    agencies: Vec<FormAgency<'f>>,
    /// A whole report that this form takes.
    #[schema(value_type = Object)]
    example: serde_json::Value,
}

/// Limits of a report and of what follows it.
#[derive(Serialize, ToSchema)]
pub struct FormLimits {
    /// Bytes of a report as JSON.
    body_bytes_max: usize,
    /// Bytes of one file.
    file_bytes_max: u64,
    /// Files of one report.
    files_max: usize,
    /// Types of files that are taken: media types (`image/*`) and endings of names (`.docx`), refused where they begin
    /// with `!`. Empty: all.
    file_types: Vec<String>,
    /// Characters of a message.
    message_chars_max: usize,
}

/// One step: a page of the form for people. One without questions only tells something.
#[derive(Serialize, ToSchema)]
pub struct FormStep<'f> {
    /// Code.
    code: &'f str,
    /// Heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'f str>,
    /// What it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'f str>,
    /// Who answers may be watched or in distress: show help first.
    at_risk: bool,
    /// Asked only if all of these hold.
    show_if: Vec<FormCondition<'f>>,
    /// Questions.
    questions: Vec<FormQuestion<'f>>,
}

/// One question.
#[derive(Serialize, ToSchema)]
pub struct FormQuestion<'f> {
    /// Code: the name of its answer.
    #[schema(example = "what")]
    code: &'f str,
    /// Where the answer goes in a report: `answers` (under the code), `losses`, `files`, `consents` or `contact`.
    #[schema(example = "answers")]
    place: &'static str,
    /// `choice`, `choices`, `text`, `long_text`, `observables`, `date`, `number`, `losses`, `files`, `consents` or
    /// `contact`.
    #[schema(example = "choice")]
    kind: &'static str,
    /// What people are asked.
    heading: &'f str,
    /// Short name.
    label: &'f str,
    /// Why it is asked.
    why: &'f str,
    /// How to answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'f str>,
    /// Must be answered where it is asked.
    required: bool,
    /// `{"not_known": true}` is an answer.
    not_known: bool,
    /// What the answer means to the report beyond being an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// Asked only if all of these hold.
    show_if: Vec<FormCondition<'f>>,
    /// Codes of a choice; of losses, the ways in which money was paid (`paid_by`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<FormOption<'f>>,
    /// Most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    chars_max: Option<usize>,
    /// Exactly so many digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<usize>,
    /// Smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<i64>,
    /// Largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<i64>,
    /// Most losses or files.
    #[serde(skip_serializing_if = "Option::is_none")]
    items_max: Option<usize>,
}

/// One option of a choice.
#[derive(Serialize, ToSchema)]
pub struct FormOption<'f> {
    /// Code: what is sent.
    #[schema(example = "scam")]
    code: &'f str,
    /// What people read.
    title: &'f str,
    /// A line under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'f str>,
    /// What choosing it switches on; conditions look at it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<&'static str>,
    /// Cannot be chosen with another.
    exclusive: bool,
}

/// A condition: either on the answer of a question or on a flag.
#[derive(Serialize, ToSchema)]
pub struct FormCondition<'f> {
    /// This question was asked …
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<&'f str>,
    /// … and its answer is, or has among it, one of these codes (`not_known` is one).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    is: Vec<&'f str>,
    /// Or: a chosen option has switched this on.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'static str>,
    /// Holds when the rest does not.
    not: bool,
}

/// An agency that may be told, with the reporter's consent.
#[derive(Serialize, ToSchema)]
pub struct FormAgency<'f> {
    /// Code.
    #[schema(example = "police")]
    code: &'f str,
    /// Name.
    name: &'f str,
    /// Why the reporter might want it to know.
    why: &'f str,
    /// Offered for these categories only; empty means for all.
    categories: Vec<&'f str>,
}

fn strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

impl<'f> FormDocument<'f> {
    fn of(app: &'f App, language: &'f str) -> Self {
        let form: &'f Form = &app.form;
        let files = form.questions().find_map(|question| match question.kind {
            Kind::Files { files_max } => Some(files_max),
            _ => None,
        });
        let agency = |agency: &'f Agency| FormAgency {
            code: &agency.code,
            name: agency.name.get(language),
            why: agency.why.get(language),
            categories: strs(&agency.categories),
        };
        Self {
            form: form.name(),
            language,
            languages: strs(form.languages()),
            country: form.country(),
            currencies: strs(form.currencies()),
            limits: FormLimits {
                body_bytes_max: JSON_BYTES_MAX,
                file_bytes_max: app.config.file_bytes_max,
                files_max: files.unwrap_or(0).min(app.config.files_max),
                file_types: app.config.file_types.list(),
                message_chars_max: MESSAGE_CHARS_MAX,
            },
            steps: form
                .steps()
                .iter()
                .map(|step| FormStep::of(step, language))
                .collect(),
            agencies: form.agencies().all().iter().map(agency).collect(),
            example: serde_json::from_str(&form.example()).unwrap_or_default(),
        }
    }
}

impl<'f> FormStep<'f> {
    fn of(step: &'f Step, language: &str) -> Self {
        Self {
            code: &step.code,
            title: step.title().map(|text| text.get(language)),
            body: step.body.as_ref().map(|text| text.get(language)),
            at_risk: step.at_risk,
            show_if: step.show_if.iter().map(FormCondition::of).collect(),
            questions: step
                .questions
                .iter()
                .map(|question| FormQuestion::of(question, language))
                .collect(),
        }
    }
}

impl<'f> FormQuestion<'f> {
    fn of(question: &'f Question, language: &str) -> Self {
        let options = match &question.kind {
            Kind::Losses { paid_by, .. } => paid_by,
            kind => kind.options(),
        };
        let (min, max) = match question.kind {
            Kind::Number { min, max } => (Some(min), Some(max)),
            _ => (None, None),
        };
        Self {
            code: &question.code,
            place: place(&question.kind),
            kind: question.kind.as_str(),
            heading: question.heading.get(language),
            label: question.label.get(language),
            why: question.why.get(language),
            hint: question.hint.as_ref().map(|text| text.get(language)),
            required: question.required,
            not_known: question.not_known,
            role: question.role.map(Role::as_str),
            show_if: question.show_if.iter().map(FormCondition::of).collect(),
            options: options
                .iter()
                .map(|choice| FormOption::of(choice, language))
                .collect(),
            chars_max: question.kind.chars_max(),
            digits: match question.kind {
                Kind::Text { digits, .. } => digits,
                _ => None,
            },
            min,
            max,
            items_max: match question.kind {
                Kind::Losses { items_max, .. } => Some(items_max),
                Kind::Files { files_max } => Some(files_max),
                _ => None,
            },
        }
    }
}

impl<'f> FormOption<'f> {
    fn of(choice: &'f Choice, language: &str) -> Self {
        Self {
            code: &choice.code,
            title: choice.title.get(language),
            hint: choice.hint.as_ref().map(|text| text.get(language)),
            flags: choice.flags.iter().copied().map(Flag::as_str).collect(),
            exclusive: choice.exclusive,
        }
    }
}

impl<'f> FormCondition<'f> {
    fn of(condition: &'f Condition) -> Self {
        let (question, is, flag) = match &condition.on {
            On::Answer { question, is } => (Some(question.as_str()), strs(is), None),
            On::Flag(flag) => (None, Vec::new(), Some(flag.as_str())),
        };
        Self {
            question,
            is,
            flag,
            not: condition.not,
        }
    }
}

/// The field of a report that holds the answers of questions of this kind.
const fn place(kind: &Kind) -> &'static str {
    match kind {
        Kind::Losses { .. } => "losses",
        Kind::Files { .. } => "files",
        Kind::Consents => "consents",
        Kind::Contact => "contact",
        _ => "answers",
    }
}

/// Bytes with their entity tag (RFC 9110 §8.8.3).
struct Tagged {
    body: Bytes,
    tag: HeaderValue,
}

impl Tagged {
    fn new(text: String) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let mark: String = digest
            .as_ref()
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let tag = HeaderValue::try_from(format!("\"{mark}\""));
        Self {
            body: text.into(),
            tag: tag.unwrap_or_else(|_| HeaderValue::from_static("\"\"")),
        }
    }

    /// The bytes, or 304 for who has them.
    fn answer(&self, asked: &HeaderMap, language: Option<&str>) -> Response {
        let known = asked
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
            .map(|tag| tag.trim_ascii())
            .map(|tag| tag.strip_prefix(b"W/").unwrap_or(tag))
            .any(|tag| tag == b"*" || tag == self.tag.as_bytes());
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let kind = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, kind)], self.body.clone()).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
        if let Some(language) = language {
            headers.insert(
                header::VARY,
                HeaderValue::from_static("Accept-Language, Cookie"),
            );
            if let Ok(language) = HeaderValue::from_str(language) {
                headers.insert(header::CONTENT_LANGUAGE, language);
            }
        }
        response
    }
}

/// What is written once from the form in use and then handed out.
pub(crate) struct Described {
    openapi: OnceLock<Tagged>,
    /// By language of the form.
    forms: Vec<(String, OnceLock<Tagged>)>,
}

impl Described {
    pub(crate) fn of(form: &Form) -> Self {
        let languages = form.languages().iter();
        Self {
            openapi: OnceLock::new(),
            forms: languages
                .map(|language| (language.clone(), OnceLock::new()))
                .collect(),
        }
    }

    fn openapi(&self, form: &Form) -> &Tagged {
        self.openapi.get_or_init(|| Tagged::new(document(form)))
    }

    /// The OpenAPI document as it is served.
    pub(super) fn document(&self, form: &Form) -> &[u8] {
        &self.openapi(form).body
    }
}

/// The language that a query names, if the form has it; otherwise that of the request; otherwise the form's own.
fn language(app: &App, request: &Request) -> String {
    let query = request.uri().query().unwrap_or_default();
    let named = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "language")
        .map(|(_, value)| value.into_owned());
    let of_request = Lang::of_request(request.uri(), request.headers()).as_str();
    let wanted = named.filter(|code| app.form.languages().contains(code));
    let wanted = wanted.unwrap_or_else(|| of_request.to_owned());
    app.form.language(&wanted).to_owned()
}

/// The form in use: what may be asked and answered, and which codes reports have. Texts are in the language of the query,
/// otherwise of `Accept-Language`, otherwise the form's own.
#[utoipa::path(
    get,
    path = "/api/v1/form",
    tag = "Reports",
    params(
        ("language" = Option<String>, Query, description = "Language of the texts (BCP 47), one of the form's"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the document that you have"),
    ),
    responses(
        (status = 200, description = "The form", body = FormDocument<'static>, headers(("ETag" = String, description = "Changes with the document"))),
        (status = 304, description = "What you have is still so"),
    )
)]
pub(super) async fn read(State(public): State<Public>, request: Request) -> Result<Response> {
    let app = &public.app;
    let language = language(app, &request);
    let mut kept = public.described.forms.iter();
    let kept = kept.find(|(code, _)| *code == language);
    let (_, kept) = kept.ok_or_else(Problem::not_found)?;
    let tagged = kept.get_or_init(|| {
        let document = FormDocument::of(app, &language);
        Tagged::new(serde_json::to_string(&document).unwrap_or_default())
    });
    Ok(tagged.answer(request.headers(), Some(&language)))
}

/// This document: every route for machines, with the answers and codes of the form in use.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "Reports",
    responses(
        (status = 200, description = "The OpenAPI 3.1 document", body = Object),
        (status = 304, description = "What you have is still so"),
    )
)]
pub(super) async fn openapi(State(public): State<Public>, request: Request) -> Response {
    let tagged = public.described.openapi(&public.app.form);
    tagged.answer(request.headers(), None)
}
