//! A table of constituents: looked at first, taken once somebody has seen what it comes to.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::account::Doer;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::constituent::import::{csv, source};
use cairn_desk::constituent::plan::Summary;
use cairn_desk::constituent::{Fault as Found, Wrong};
use maud::{Markup, html};
use multer::{Constraints, Multipart, SizeLimit};

use super::{Answer, HOME, doors, href, words};
use crate::components::{
    Column, Encoding, Fault, Field, Input, Look, Row, Tone, Width, back_link, button_link,
    button_named, buttons, details, error_summary, file_upload, form, input, machine, notice,
    said_inline, stack, summary_list, textarea,
};
use crate::csrf::{self, CsrfKey};
use crate::desk::who::{Officer, token};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Problem;
use crate::server::{BodyError, BodyMax};

/// Bytes of a table that the page takes; larger ones go by the command line.
pub const TABLE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Parts of one form at most.
const PARTS_MAX: usize = 16;
/// Faults of one table that the page tells.
const FAULTS_SHOWN: usize = 50;

/// A form with a table that somebody signed in has sent from a page of ours.
pub(super) struct SentTable {
    officer: Officer,
    source: String,
    text: String,
    take: bool,
}

impl FromRequest<App> for SentTable {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let officer = Officer::from_request_parts(&mut parts, app).await?;
        // Who may not import at all must not make us read much.
        super::allowed(&officer, Action::ManageConstituents)
            .map_err(IntoResponse::into_response)?;
        let media = parts.headers.get(header::CONTENT_TYPE);
        let media = media.and_then(|value| value.to_str().ok());
        let media = media.unwrap_or_default().to_owned();
        let pairs = if media.starts_with("multipart/form-data") {
            if let Some(max) = parts.extensions.get::<BodyMax>() {
                max.set(TABLE_BYTES_MAX);
            }
            read(&media, body, TABLE_BYTES_MAX).await.map(texts)
        } else {
            let request = Request::from_parts(parts, body);
            let form = Form::from_request(request, app).await;
            let form = form.map_err(IntoResponse::into_response)?;
            let pairs = form.pairs();
            Ok(pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect())
        };
        let pairs = pairs.map_err(IntoResponse::into_response)?;
        let (sent, csrf) = taken(officer, pairs);
        CsrfKey::new(sent.officer.seen.form_key())
            .check(sent.officer.seen.name(), csrf.as_deref())
            .map_err(IntoResponse::into_response)?;
        Ok(sent)
    }
}

fn texts(parts: Vec<(String, bytes::Bytes)>) -> Vec<(String, String)> {
    let text = |bytes: bytes::Bytes| String::from_utf8_lossy(&bytes).into_owned();
    let all = parts.into_iter();
    all.map(|(name, bytes)| (name, text(bytes))).collect()
}

/// The parts of a form with files, of `max` bytes in all.
pub(super) async fn read(
    media: &str,
    body: axum::body::Body,
    max: u64,
) -> Result<Vec<(String, bytes::Bytes)>, Problem> {
    let boundary = multer::parse_boundary(media).map_err(|_| Problem::bad_request())?;
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(max));
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, limits);
    let mut pairs = Vec::new();
    for _ in 0..PARTS_MAX {
        let Some(field) = form.next_field().await.map_err(broken)? else {
            return Ok(pairs);
        };
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(broken)?;
        pairs.push((name, bytes));
    }
    Err(Problem::bad_request())
}

fn taken(officer: Officer, pairs: Vec<(String, String)>) -> (SentTable, Option<String>) {
    let mut sent = SentTable {
        officer,
        source: String::new(),
        text: String::new(),
        take: false,
    };
    let mut csrf = None;
    for (name, text) in pairs {
        match name.as_str() {
            csrf::FIELD => csrf = Some(text),
            "source" => sent.source = text,
            "do" => sent.take = text == "take",
            // A browser sends an empty part where no file was chosen.
            "table" | "text" if !text.trim().is_empty() => sent.text = text,
            _ => {}
        }
    }
    (sent, csrf)
}

fn broken(error: multer::Error) -> Problem {
    match &error {
        multer::Error::StreamSizeExceeded { limit } => Problem::too_large(*limit),
        multer::Error::StreamReadFailed(cause) => BodyError::find(cause.as_ref()).into(),
        _ => Problem::bad_request(),
    }
}

/// The form.
pub(super) async fn show(State(_): State<App>, officer: Officer) -> Result<Markup, Problem> {
    super::allowed(&officer, Action::ManageConstituents)?;
    Ok(page(&officer, ("", ""), &[]))
}

fn page(officer: &Officer, (source, text): (&str, &str), faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let line = Input {
        value: source,
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    let columns = csv::header();
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        (back_link(l, HOME))
        h1 { (t::owners_import(l)) }
        p { (t::owners_import_lead(l)) }
        (details(t::owners_import_columns(l), html! {
            p { (t::owners_import_how(l)) }
            pre tabindex="0" { code translate="no" { (columns.trim()) } }
        }))
        (form("/desk/constituents/import", Encoding::Files, Some(&token(&officer.seen)), html! {
            (input(&Field::new(l, "source", t::owners_import_source(l)).hint(t::owners_import_source_hint(l)).error_in(faults), &line))
            (file_upload(&Field::new(l, "table", t::owners_import_file(l)).error_in(faults), ".csv,text/csv", false))
            (textarea(&Field::new(l, "text", t::owners_import_text(l)).optional(true).error_in(faults), text, 6, None))
            (buttons(button_named(Look::Main, "do", "look", t::owners_import_look(l))))
        }))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    page.render(t::owners_import(l), body)
}

/// Looked at, or taken.
pub(super) async fn sent(State(app): State<App>, sent: SentTable) -> Answer {
    let (officer, l) = (&sent.officer, sent.officer.page.lang);
    let refuse = |faults: Vec<Fault>| {
        let page = page(officer, (&sent.source, &sent.text), &faults);
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let fault = |field: &str, text: &str| {
        let (field, text) = (field.to_owned(), text.to_owned());
        Fault { field, text }
    };
    let Some(source) = source(&sent.source) else {
        return refuse(vec![fault("source", t::owners_wrong_source(l))]);
    };
    if source == "manual" {
        return refuse(vec![fault("source", t::owners_wrong_source(l))]);
    }
    let incoming = match csv::read(&sent.text) {
        Ok(incoming) => incoming,
        Err(found) => return refuse(told(l, &found)),
    };
    let doer = Doer::Officer(&officer.who);
    let done = app
        .import_constituents(doer, &source, &incoming, !sent.take)
        .await;
    let summary = match done {
        Ok(summary) => summary,
        Err(AppError::Constituent(refusal)) => {
            return refuse(vec![fault("table", words::refused(l, refusal))]);
        }
        Err(other) => return Err(other.into()),
    };
    Ok(outcome(officer, (&source, &sent.text), &summary, sent.take).into_response())
}

/// Faults of a table, with their lines.
fn told(l: Lang, found: &[Found]) -> Vec<Fault> {
    let shown = found.iter().take(FAULTS_SHOWN).map(|one| {
        let place = match one.place.strip_prefix("line ") {
            Some(line) => t::owners_line(l, line),
            None => String::new(),
        };
        let words = words::wrong(l, one.wrong);
        let parts = [place.as_str(), one.text.as_str(), words];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Fault {
            field: match one.wrong {
                Wrong::Empty => "table",
                _ => "text",
            }
            .to_owned(),
            text: parts.join(": "),
        }
    });
    shown.collect()
}

/// What it came to, or would.
fn outcome(
    officer: &Officer,
    (source, text): (&str, &str),
    summary: &Summary,
    taken: bool,
) -> Markup {
    let l = officer.page.lang;
    let title = if taken {
        t::owners_import_done(l)
    } else {
        t::owners_import_preview(l)
    };
    let numbers = [
        (t::owners_import_fresh(l), summary.fresh),
        (t::owners_import_changed(l), summary.changed),
        (t::owners_import_gone(l), summary.gone),
        (t::owners_import_same(l), summary.same),
        (t::owners_import_held(l), summary.held),
    ];
    let rows = numbers.map(|(name, count)| Row::new(name, html! { (count) }));
    let [fresh, changed, gone] = &summary.names;
    let named = |name: &str, all: &[String]| {
        html! { @if !all.is_empty() { (details(name, html! { ul { @for one in all { li { (said_inline(one)) } } } })) } }
    };
    let body = html! {
        (doors(officer, HOME))
        (back_link(l, HOME))
        h1 { (title) }
        p { (t::owners_import_of(l, source)) }
        @if taken { (notice(Tone::Success, "taken", t::owners_import_done(l), html! { p { (t::owners_import_taken(l)) } })) }
        (summary_list(l, &rows))
        (named(t::owners_import_fresh(l), fresh))
        (named(t::owners_import_changed(l), changed))
        (named(t::owners_import_gone(l), gone))
        (touched(l, summary))
        @if !taken {
            @if summary.is_nothing() { p.lead { (t::owners_import_nothing(l)) } }
            @else {
                h2 { (t::owners_import_take(l)) }
                (form("/desk/constituents/import", Encoding::Files, Some(&token(&officer.seen)), html! {
                    input type="hidden" name="source" value=(source);
                    input type="hidden" name="text" value=(text);
                    (buttons(html! {
                        (button_named(Look::Main, "do", "take", t::owners_import_take(l)))
                        (button_link(Look::Plain, "/desk/constituents/import", t::owners_import_other(l)))
                    }))
                }))
            }
        }
    };
    officer.page.render(title, body)
}

/// What of it people here have entered otherwise.
fn touched(l: Lang, summary: &Summary) -> Markup {
    let claims = [
        t::owners_claim(l),
        t::owners_import_theirs(l),
        t::owners_import_ours(l),
    ]
    .map(Column::text);
    let rows = summary.touched.iter().map(|one| {
        vec![
            html! { (machine(&one.claim)) @if let Some(within) = &one.within { div.hint { (t::owners_clash_hidden(l)) " " (machine(within)) } } },
            html! { (said_inline(&one.theirs)) },
            html! { a href=(href(one.no)) { (said_inline(&one.ours)) } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let held = [
        t::owners_name(l),
        t::owners_import_more(l),
        t::owners_import_fewer(l),
    ]
    .map(Column::text);
    let differs = summary.differs.iter().map(|one| {
        vec![
            html! {
                a href=(href(one.no)) { (said_inline(&one.name)) }
                @if let Some(name) = &one.renamed { div.hint { (t::owners_import_renamed(l, name.as_str())) } }
                @if one.contacts { div.hint { (t::owners_import_contacts(l)) } }
            },
            html! { (one.more.join(", ")) },
            html! { (one.fewer.join(", ")) },
        ]
    });
    let differs: Vec<Vec<Markup>> = differs.collect();
    html! {
        @if !rows.is_empty() {
            h2 { (t::owners_import_touched(l)) }
            p { (t::owners_import_touched_note(l)) }
            (stack(t::owners_import_touched(l), &claims, &rows))
            @if summary.touched_more > 0 { p { (t::owners_more(l, summary.touched_more)) } }
        }
        @if !differs.is_empty() {
            h2 { (t::owners_import_differs(l)) }
            p { (t::owners_import_differs_note(l)) }
            (stack(t::owners_import_differs(l), &held, &differs))
        }
    }
}
