//! One notice: exactly what the owner sees, why, what they answered, and how each row stands.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::notice::{RowNow, Said, Whole};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::notice::{ALL_ROWS, Event, Refusal, State as Standing};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::super::who::{Officer, Sent, token};
use super::super::words::{People, actor};
use super::{Answer, HOME, allowed, asset, constituents, doors, finding, href, now, words};
use crate::components::{
    Column, Encoding, Fault, Look, back_link, button, error_summary, form, said, said_inline, stack,
};
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// The page.
pub(in super::super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(number): Path<String>,
) -> Result<Markup> {
    page(&app, &officer, &number, &[]).await
}

async fn page(app: &App, officer: &Officer, number: &str, faults: &[Fault]) -> Result<Markup> {
    let l = officer.page.lang;
    let whole = app.read_notice(&officer.who, number).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let title = t::told_one(l, whole.standing.number.as_str());
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        (back_link(l, HOME))
        h1 #notice tabindex="-1" { (title) }
        p { (words::state(l, whole.standing.state)) }
        (head(officer, &whole))
        (judging(officer, &whole))
        (letter(l, &whole))
        (rows(officer, &whole))
        (answers(officer, &whole))
        (history(officer, &people, &whole))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(&title, body))
}

fn head(officer: &Officer, whole: &Whole) -> Markup {
    let l = officer.page.lang;
    let (standing, said) = (&whole.standing, &whole.content);
    let tell = &said.tell;
    html! {
        dl.summary {
            div { dt { (t::told_owner(l)) } dd { a href=(constituents::href(standing.owner)) { (said_inline(&whole.owner)) } } }
            div {
                dt { (t::told_contact(l)) }
                dd { a href={ (constituents::href(standing.owner)) "/contacts/" (standing.contact) } { (t::told_contact_no(l, u64::from(standing.contact))) } }
            }
            div { dt { (t::told_class(l)) } dd { (said_inline(&tell.class)) } }
            div { dt { (t::told_how(l)) } dd { (words::medium(l, tell.medium)) ", " (tell.format.as_str()) } }
            div { dt { (t::told_label(l)) } dd { (tell.tlp) } }
            @if let Some(sealing) = &standing.sealing { div { dt { (t::told_sealing(l)) } dd { (words::sealing(l, sealing)) } } }
            div {
                dt { (t::told_reason(l)) }
                dd {
                    (t::told_version(l, u64::from(said.version)))
                    @if !whole.rules.is_empty() { ": " (said_inline(&whole.rules.values().map(String::as_str).collect::<Vec<_>>().join("; "))) }
                }
            }
            @if whole.times.gone > 0 {
                div {
                    dt { (t::told_times(l)) }
                    dd {
                        (t::told_median(l)) ": " (whole.times.median.map(|seconds| words::duration(l, seconds)).unwrap_or_default())
                        ", " (t::told_gone(l)) ": " (whole.times.gone) ", " (t::told_open(l)) ": " (whole.times.open)
                    }
                }
            }
        }
    }
}

/// Approving, or not.
fn judging(officer: &Officer, whole: &Whole) -> Markup {
    let l = officer.page.lang;
    let standing = &whole.standing;
    if standing.state != Standing::Waiting || !officer.who.may(Action::WorkReports) {
        return html! {};
    }
    let act = |action: &str, body: Markup| {
        let to = format!("{}/{action}", href(&standing.number));
        form(&to, Encoding::Pairs, Some(&token(&officer.seen)), body)
    };
    let own = standing.approved.contains(&officer.who.account);
    html! {
        h2 #approval { (t::told_state_waiting(l)) }
        p { (t::told_approve_note(l, u64::from(standing.needs))) " " (t::told_approve_have(l, standing.approved.len() as u64)) }
        @if own { p { (t::told_own(l)) } }
        @else { (act("approve", button(Look::Main, t::told_approve(l)))) }
        p.hint { (t::told_drop_note(l)) }
        (act("drop", button(Look::Danger, t::told_drop(l))))
    }
}

/// What the owner reads. Where the secret link stands, its place is shown.
fn letter(l: Lang, whole: &Whole) -> Markup {
    let content = &whole.content;
    html! {
        h2 #letter { (t::told_sees(l)) }
        p { strong { (t::told_subject(l)) ": " } (said_inline(&content.subject)) }
        div.preview lang=(content.language) { (said(&defang_text(&content.text))) }
        p { a href={ (href(&whole.standing.number)) "/file" } download { (t::told_file(l)) } }
    }
}

fn rows(officer: &Officer, whole: &Whole) -> Markup {
    let l = officer.page.lang;
    let columns = [
        Column::number(t::told_row(l)),
        Column::text(t::told_part(l)),
        Column::text(t::told_asset(l)),
        Column::text(t::told_found(l)),
        Column::text(t::told_seen(l)),
        Column::text(t::told_now(l)),
    ];
    let row = |(no, one): (u64, &RowNow)| {
        let line = &one.row.line;
        let stands = one.now.as_ref();
        let gone = stands.and_then(|stands| stands.gone).or(one.row.gone);
        vec![
            html! { (no) },
            html! { (words::part(l, one.row.part)) },
            asset(line),
            html! { (finding(line)) div.hint { (said_inline(&line.feed)) } },
            html! { (officer.page.moment(line.at)) },
            now(
                officer,
                gone,
                stands.and_then(|stands| stands.answer.as_deref()),
            ),
        ]
    };
    let rows: Vec<Vec<Markup>> = (1..).zip(&whole.rows).map(row).collect();
    html! {
        h2 #rows { (t::told_rows(l)) }
        (stack(t::told_rows(l), &columns, &rows))
    }
}

/// What an owner said at one time.
fn said_words(l: Lang, said: &Said) -> Markup {
    html! {
        ul.plain {
            @for (row, answer) in &said.rows {
                li {
                    @if *row == ALL_ROWS { (t::told_said_all(l, words::answer(l, *answer))) }
                    @else { (t::told_said_row(l, words::answer(l, *answer), *row)) }
                }
            }
        }
        @if !said.note.is_empty() { (crate::components::said(&defang_text(&said.note))) }
    }
}

fn answers(officer: &Officer, whole: &Whole) -> Markup {
    let l = officer.page.lang;
    html! {
        h2 #answers { (t::told_said(l)) }
        @if whole.answers.is_empty() { p { (t::told_said_none(l)) } }
        @for (at, said) in &whole.answers {
            div.card {
                p.hint { (officer.page.moment(*at)) }
                (said_words(l, said))
            }
        }
    }
}

fn history(officer: &Officer, people: &People, whole: &Whole) -> Markup {
    let l = officer.page.lang;
    let columns = [t::case_when(l), t::case_who(l), t::case_what(l)].map(Column::text);
    let row = |event: &Event| {
        let by = match event.by {
            cairn_kernel::actor::Actor::Reporter => html! { (t::told_owner(l)) },
            _ => actor(l, people, &event.by),
        };
        vec![
            html! { (officer.page.moment(event.at)) },
            by,
            words::logged(l, event),
        ]
    };
    let rows: Vec<Vec<Markup>> = whole.history.iter().rev().map(row).collect();
    html! {
        h2 #history { (t::told_history(l)) }
        (stack(t::told_history(l), &columns, &rows))
    }
}

/// The file with the rows.
pub(in super::super) async fn file(
    State(app): State<App>,
    officer: Officer,
    Path(number): Path<String>,
) -> Answer {
    download(&app, &officer.who, &number).await
}

/// The same for whoever reads.
pub(crate) async fn download(app: &App, who: &Principal, number: &str) -> Result<Response> {
    let file = app.notice_download(who, number).await?.into_inner();
    respond(file)
}

/// A file to be kept and not looked at.
pub(crate) fn respond(file: cairn_desk::notice::files::File) -> Result<Response> {
    let name = format!("attachment; filename=\"{}\"", file.name);
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media)),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file.bytes).into_response())
}

/// Approved, or not.
pub(in super::super) async fn act(
    State(app): State<App>,
    Path((number, action)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let approve = match action.as_str() {
        "approve" => true,
        "drop" => false,
        _ => return Err(Problem::not_found()),
    };
    match app.judge_notice(&sent.officer.who, &number, approve).await {
        Ok(()) => Ok(Redirect::to(&href(&number)).into_response()),
        Err(AppError::Notice(refusal)) => refuse(&app, &sent, &number, refusal).await,
        Err(other) => Err(other.into()),
    }
}

async fn refuse(app: &App, sent: &Sent, number: &str, refusal: Refusal) -> Answer {
    let fault = Fault {
        field: "notice".to_owned(),
        text: words::refused(sent.officer.page.lang, refusal).to_owned(),
    };
    let page = page(app, &sent.officer, number, &[fault]).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}
