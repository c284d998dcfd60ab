//! The page that an owner of machines sees under the secret link of a notice: its rows, and an answer to each or to all. No account, no
//! scripts. Wrong, unknown and unsent look the same.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use cairn_app::notice::{Opened, Said};
use cairn_app::report::AppError;
use cairn_desk::notice::{ALL_ROWS, Answer, NOTE_CHARS_MAX, Refusal, Row};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use crate::components::said;
use crate::components::{
    Choice, Encoding, Fault, Field, Hue, Look, Tone, button, buttons, choice, error_summary, form,
    machine, notice, said_inline, select, tag, textarea,
};
use crate::cookie::{Cookie, SameSite};
use crate::csrf;
use crate::desk::notices as words;
use crate::form::Form as Pairs;
use crate::i18n::{Lang, t};
use crate::intake::{Public, admit, origin};
use crate::page::Page;
use crate::problem::Result;
use crate::site::Site;

/// Digits of a number: a day and a count.
const NUMBER_DIGITS: usize = 16;
/// Digits of the day.
const DAY_DIGITS: usize = 8;
/// Letters kept of what somebody pasted.
const LETTERS_MAX: usize = 64;
/// Bytes of an answer: a choice for each of 2,000 rows, and a note.
const ANSWER_BYTES_MAX: u64 = 128 * 1024;
/// Name of the field that answers for all rows.
const ALL: &str = "all";

/// Opens a notice for half an hour, so that the secret need not stay in the address bar.
const OPENS: Cookie = Cookie {
    name: "cairn_notice",
    same_site: SameSite::Lax,
    max_age: Some(30 * 60),
};

/// The owner's page.
pub(crate) fn router() -> Router<Public> {
    Router::new()
        .route("/n/{link}", get(link))
        .route("/notice", get(show))
        .route("/notice/file", get(file))
        .route("/notice/answer", post(answer))
        .route_layer(from_fn(csrf::guard))
}

/// Letters and digits alone: dashes, blanks and what a mail program added are left out.
fn letters(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.take(LETTERS_MAX).collect()
}

/// Number and secret that the cookie holds; empty without one.
fn held(headers: &HeaderMap, site: &Site) -> (String, String) {
    let both = letters(OPENS.get(headers, site.https).unwrap_or_default());
    let (number, secret) = both.split_at(NUMBER_DIGITS.min(both.len()));
    let (day, count) = number.split_at(DAY_DIGITS.min(number.len()));
    (format!("{day}-{count}"), secret.to_owned())
}

fn see(path: &'static str, cookie: HeaderValue) -> Response {
    let to = HeaderValue::from_static(path);
    let headers = [(header::LOCATION, to), (header::SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// `GET /n/NUMBER-SECRET`: puts both into a cookie that pages cannot read, and leaves the address. Nothing is looked up here: right and
/// wrong links are answered alike.
async fn link(Path(link): Path<String>, page: Page) -> Response {
    see("/notice", OPENS.set(&letters(&link), page.site.https))
}

/// The notice, or the one answer to everything that does not open one.
async fn opened(
    public: &Public,
    parts: &axum::http::request::Parts,
    page: &Page,
) -> Result<std::result::Result<Opened, Box<Response>>> {
    let (number, secret) = held(&parts.headers, &page.site);
    let from = origin(parts);
    public.tries.allow(from)?;
    match public.app.open_notice(&number, &secret).await {
        Ok(opened) => Ok(Ok(opened)),
        Err(AppError::NotFound) => {
            public.tries.failed(from);
            Ok(Err(Box::new(closed(page))))
        }
        Err(other) => Err(other.into()),
    }
}

fn closed(page: &Page) -> Response {
    let l = page.lang;
    let body = html! {
        h1 { (t::told_mine_closed(l)) }
        p.lead { (t::told_mine_closed_text(l)) }
    };
    let cleared = OPENS.clear(page.site.https);
    let body = page.render(t::told_mine_closed(l), body);
    (StatusCode::NOT_FOUND, [(header::SET_COOKIE, cleared)], body).into_response()
}

/// The owner's language, until the reader chooses one.
fn in_their_language(mut page: Page, headers: &HeaderMap, opened: &Opened) -> Page {
    let asked = page
        .uri
        .query()
        .is_some_and(|query| query.contains("lang="));
    if !asked
        && !crate::i18n::is_chosen(headers)
        && let Some(lang) = Lang::of_tag(&opened.content.language)
    {
        page.lang = lang;
    }
    page
}

/// What is shown again.
#[derive(Default)]
struct Typed {
    note: String,
    rows: Vec<(i64, Answer)>,
    faults: Vec<Fault>,
}

/// `GET /notice`
async fn show(State(public): State<Public>, page: Page, request: Request) -> Result<Response> {
    let (parts, _) = request.into_parts();
    let opened = match opened(&public, &parts, &page).await? {
        Ok(opened) => opened,
        Err(closed) => return Ok(*closed),
    };
    let page = in_their_language(page, &parts.headers, &opened);
    Ok(render(&public, &page, &opened, &Typed::default()).into_response())
}

fn render(public: &Public, page: &Page, opened: &Opened, typed: &Typed) -> Markup {
    let l = page.lang;
    let thanked = page
        .uri
        .query()
        .is_some_and(|query| query.contains("done=1"));
    let owner = opened.content.name.as_str();
    let title = t::told_mine_title(l, opened.standing.number.as_str());
    let body = html! {
        (error_summary(l, &typed.faults))
        @if thanked { (notice(Tone::Success, "done", t::told_mine_thanks(l), html! {})) }
        h1 { (title) }
        p.lead { (t::told_mine_lead(l, owner)) }
        dl.summary {
            div { dt { (t::told_class(l)) } dd { (said_inline(&opened.content.tell.class)) } }
            div { dt { (t::told_label(l)) } dd { (opened.content.tell.tlp) } }
            div { dt { (t::told_made(l)) } dd { (page.moment(opened.standing.at)) } }
        }
        p { a href="/notice/file" download { (t::told_mine_file(l)) } }
        (form("/notice/answer", Encoding::Pairs, None, html! {
            (fields(page, opened, typed))
            (buttons(html! { (button(Look::Main, t::told_mine_send(l))) }))
        }))
        (before(page, opened))
        p.hint { (public.app.config.name(l.as_str())) }
    };
    page.clone()
        .wide()
        .faulty(!typed.faults.is_empty())
        .render(&title, body)
}

fn choices(l: Lang) -> Vec<Choice<'static>> {
    let mut all = vec![choice("", t::told_mine_choose(l))];
    all.extend(Answer::ALL.map(|answer| choice(answer.as_str(), words::answer(l, answer))));
    all
}

fn fields(page: &Page, opened: &Opened, typed: &Typed) -> Markup {
    let l = page.lang;
    let choices = choices(l);
    let chosen = |row: i64| {
        let own = typed.rows.iter().find(|(at, _)| *at == row);
        own.map(|(_, answer)| answer.as_str())
    };
    let row = |(no, row): (i64, &Row)| {
        let line = &row.line;
        let now = usize::try_from(no - 1)
            .ok()
            .and_then(|at| opened.lines.get(at));
        let gone = now.and_then(|now| now.gone).or(row.gone);
        let label = t::told_mine_of(l, no);
        let id = format!("row-{no}");
        let what = if line.identifier.is_empty() {
            &line.kind
        } else {
            &line.identifier
        };
        html! {
            li.card {
                p {
                    (machine(&defang_text(&line.asset())))
                    @if let Some(port) = line.port { " " (port) }
                    " " (said_inline(&defang_text(what)))
                    @if !line.malware.is_empty() { " (" (said_inline(&defang_text(&line.malware))) ")" }
                }
                p.hint {
                    (words::part(l, row.part)) ", " (page.moment(line.at))
                    @if let Some(at) = gone { " " (tag(Hue::Green, &t::told_now_gone_at(l, page.moment(at)))) }
                }
                @if let Some(known) = now.and_then(|now| now.answer.as_deref()).and_then(Answer::parse) {
                    p.hint { (t::told_answer(l)) ": " (words::answer(l, known)) }
                }
                (select(&Field::new(l, &id, &label), &choices, chosen(no)))
            }
        }
    };
    let rows = (1..).zip(&opened.content.rows).map(row);
    let note = Field::new(l, "note", t::told_mine_note(l));
    let hint = t::told_mine_note_hint(l, NOTE_CHARS_MAX as u64);
    let most = u32::try_from(NOTE_CHARS_MAX).unwrap_or(u32::MAX);
    html! {
        (select(&Field::new(l, ALL, t::told_mine_all(l)).error_in(&typed.faults), &choices, chosen(ALL_ROWS)))
        h2 #rows { (t::told_mine_each(l)) }
        p.hint { (t::told_mine_each_hint(l)) }
        ul.cards { @for row in rows { (row) } }
        (textarea(&note.hint(hint.as_str()).optional(true).error_in(&typed.faults), &typed.note, 4, Some(most)))
    }
}

/// What was answered so far.
fn before(page: &Page, opened: &Opened) -> Markup {
    let l = page.lang;
    let answers = opened.answers.iter().filter_map(|one| {
        let said: Said = serde_json::from_str(&one.said).ok()?;
        Some((one.at, said))
    });
    let answers: Vec<_> = answers.collect();
    html! {
        @if !answers.is_empty() {
            h2 #before { (t::told_mine_before(l)) }
            @for (at, own) in &answers {
                div.card {
                    p.hint { (page.moment(*at)) }
                    ul.plain {
                        @for (row, answer) in &own.rows {
                            li {
                                @if *row == ALL_ROWS { (t::told_said_all(l, words::answer(l, *answer))) }
                                @else { (t::told_said_row(l, words::answer(l, *answer), *row)) }
                            }
                        }
                    }
                    @if !own.note.is_empty() { (said(&own.note)) }
                }
            }
        }
    }
}

/// `GET /notice/file`: all rows, as they went.
async fn file(State(public): State<Public>, page: Page, request: Request) -> Result<Response> {
    let (parts, _) = request.into_parts();
    match opened(&public, &parts, &page).await? {
        Ok(opened) => crate::desk::notice_file(public.app.opened_file(&opened)?),
        Err(closed) => Ok(*closed),
    }
}

fn read(fields: &Pairs, rows: usize) -> (String, Vec<(i64, Answer)>) {
    let chosen = |name: &str| fields.get(name).and_then(Answer::parse);
    let mut all: Vec<(i64, Answer)> = Vec::new();
    all.extend(chosen(ALL).map(|answer| (ALL_ROWS, answer)));
    for (no, _) in (1_i64..).zip(0..rows) {
        all.extend(chosen(&format!("row-{no}")).map(|answer| (no, answer)));
    }
    (fields.get("note").unwrap_or_default().to_owned(), all)
}

/// `POST /notice/answer`
async fn answer(State(public): State<Public>, page: Page, request: Request) -> Result<Response> {
    let admitted = admit(&public.app, request, ANSWER_BYTES_MAX).await?;
    let opened = match opened(&public, &admitted.parts, &page).await? {
        Ok(opened) => opened,
        Err(closed) => return Ok(*closed),
    };
    let page = in_their_language(page, &admitted.parts.headers, &opened);
    let l = page.lang;
    let fields = Pairs::parse(&admitted.body)?;
    let (note, rows) = read(&fields, opened.content.rows.len());
    let said = Said {
        rows: rows.clone(),
        note: note.clone(),
    };
    let (status, field, text) = match public.app.answer_notice(&opened, &said).await {
        Ok(()) => {
            let to = HeaderValue::from_static("/notice?done=1");
            return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response());
        }
        Err(AppError::Input(_)) if note.chars().count() > NOTE_CHARS_MAX => {
            let text = t::told_mine_long(l, NOTE_CHARS_MAX as u64);
            (StatusCode::UNPROCESSABLE_ENTITY, "note", text)
        }
        Err(AppError::Input(_)) => {
            let text = t::told_mine_empty(l).to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, ALL, text)
        }
        Err(AppError::Notice(Refusal::Limit)) => {
            (StatusCode::CONFLICT, ALL, t::told_mine_many(l).to_owned())
        }
        Err(other) => return Err(other.into()),
    };
    let faults = vec![Fault {
        field: field.to_owned(),
        text,
    }];
    let typed = Typed { note, rows, faults };
    Ok((status, render(&public, &page, &opened, &typed)).into_response())
}
