//! The change of shifts: handover notes, who has what, how old it is, how long people waited, and the quarter so far.

mod notes;
mod tables;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::cases::Written;
use cairn_app::report::AppError;
use cairn_app::shift::Figures;
use cairn_desk::access::Action;
use cairn_desk::cases::text;
use cairn_desk::shift::{Command, NOTE_CHARS_MAX, Refusal};
use maud::{Markup, html};

use super::who::{Officer, Sent};
use super::words::People;
use super::{cases, doors};
use crate::components::{Fault, Look, back_link, button_link, buttons, error_summary, neighbours};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

type Answer = Result<Response>;

/// Where it all stands.
const HOME: &str = "/desk/shift";

/// What was typed and could not be written: the text, and the note that it should have corrected.
struct Typed<'a> {
    text: &'a str,
    corrects: Option<i64>,
}

/// The page.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    page(&app, &officer, None, &[]).await
}

async fn page(
    app: &App,
    officer: &Officer,
    typed: Option<&Typed<'_>>,
    faults: &[Fault],
) -> Result<Markup> {
    let l = officer.page.lang;
    let mut notes = app.handovers(&officer.who, None).await?.into_inner();
    // What was typed to correct an older one comes back beside that one.
    let typed_for = typed.and_then(|typed| typed.corrects);
    if let Some(no) = typed_for
        && notes.notes.iter().all(|kept| kept.note.no != no)
    {
        let kept = app.handover(&officer.who, no).await?.into_inner();
        notes.notes.push(kept);
    }
    let figures = app.shift_figures(&officer.who).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        h1 { (t::shift_title(l)) }
        (notes::recent(app, officer, &people, &notes, (typed, faults))?)
        (cases::strip(app, officer).await?)
        (tables::clocks(l, &figures.due))
        (tables::loads(app, officer, &people, &figures))
        (tables::ages(app, l, &figures))
        (tables::answers(l, &figures))
        (tables::quarter(app, officer, &figures))
        h2 #export { (t::shift_export(l)) }
        p { (t::shift_export_note(l)) }
        (buttons(html! {
            (button_link(Look::Plain, "/desk/shift.csv", t::shift_export_csv(l)))
            (button_link(Look::Plain, "/desk/shift.json", t::shift_export_json(l)))
        }))
        p.hint { (t::shift_made_at(l, officer.page.moment(figures.at))) }
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::shift_title(l), body))
}

/// Older notes.
pub(super) async fn older(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let form = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let before = form.get("before").and_then(|no| no.parse().ok());
    let found = app.handovers(&officer.who, before).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let next = found.next.map(older_href);
    let body = html! {
        (doors(&officer, HOME))
        (back_link(l, HOME))
        h1 { (t::shift_notes_all(l)) }
        h2.unseen { (t::shift_handover(l)) }
        @if found.notes.is_empty() { p.lead { (t::shift_notes_none(l)) } }
        @for kept in &found.notes { (notes::note(&officer, &people, kept, None, &[])?) }
        @if before.is_some() { p { a href="/desk/shift/notes" { (t::shift_notes_newest(l)) } } }
        (neighbours(l, None, next.as_deref()))
    };
    Ok(officer.page.render(t::shift_notes_all(l), body))
}

fn older_href(before: i64) -> String {
    format!("/desk/shift/notes?before={before}")
}

/// Who may not work learns nothing from a fault in the form.
fn allowed(sent: &Sent) -> Result<()> {
    if sent.officer.who.may(Action::WorkReports) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

fn number(no: &str) -> Result<i64> {
    no.parse().map_err(|_| Problem::not_found())
}

/// Why a note was not taken, in words.
const fn refused(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Absent => t::shift_no_such(l),
        Refusal::NotOwn => t::shift_not_own(l),
        Refusal::Own => t::shift_own(l),
        Refusal::Corrected => t::shift_corrected_meanwhile(l),
        Refusal::Withdrawn => t::shift_withdrawn_meanwhile(l),
        Refusal::Erased => t::shift_erased_meanwhile(l),
    }
}

/// Where a note is written, or corrected.
fn field(corrects: Option<i64>) -> String {
    corrects.map_or_else(|| "note".to_owned(), |no| format!("note-{no}"))
}

/// A new note.
pub(super) async fn write(State(app): State<App>, sent: Sent) -> Answer {
    written(&app, &sent, None).await
}

/// A note in place of another.
pub(super) async fn correct(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    written(&app, &sent, Some(number(&no)?)).await
}

/// What was typed comes back with the fault, whatever stands against it.
async fn written(app: &App, sent: &Sent, corrects: Option<i64>) -> Answer {
    allowed(sent)?;
    let l = sent.officer.page.lang;
    let name = field(corrects);
    let typed = sent.form.get(&name).unwrap_or_default();
    let (status, fault, corrects) = match text(typed, NOTE_CHARS_MAX) {
        Err(fault) => {
            let fault = cases::text_fault(l, &name, fault);
            (StatusCode::UNPROCESSABLE_ENTITY, fault, corrects)
        }
        Ok(text) => {
            let key = sent.form.get("once").map(str::to_owned);
            let note = Written { text, key };
            let done = app.write_handover(&sent.officer.who, &note, corrects).await;
            let why = match done {
                Ok(no) => return Ok(Redirect::to(&format!("{HOME}#note-no-{no}")).into_response()),
                Err(AppError::Shift(refusal)) => refused(l, refusal),
                Err(AppError::Conflict) => t::shift_try_again(l),
                Err(other) => return Err(other.into()),
            };
            // The note it was to correct counts no more: the text can still be written as a new one.
            let fault = Fault {
                field: field(None),
                text: why.to_owned(),
            };
            (StatusCode::CONFLICT, fault, None)
        }
    };
    let typed = Typed {
        text: typed,
        corrects,
    };
    let page = page(app, &sent.officer, Some(&typed), &[fault]).await?;
    Ok((status, page).into_response())
}

async fn worked(app: &App, sent: &Sent, no: &str, command: Command) -> Answer {
    allowed(sent)?;
    let no = number(no)?;
    match app.work_handover(&sent.officer.who, no, command).await {
        Ok(()) => Ok(Redirect::to(&format!("{HOME}#note-no-{no}")).into_response()),
        Err(AppError::Shift(refusal)) => {
            let fault = Fault {
                field: format!("note-no-{no}"),
                text: refused(sent.officer.page.lang, refusal).to_owned(),
            };
            let page = page(app, &sent.officer, None, &[fault]).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// "I have read it."
pub(super) async fn read(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    worked(&app, &sent, &no, Command::Read).await
}

/// It should not be acted on.
pub(super) async fn withdraw(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    worked(&app, &sent, &no, Command::Withdraw).await
}

/// Its text goes for good.
pub(super) async fn erase(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    if !sent.officer.who.may(Action::EraseContacts) {
        return Err(Problem::new(Kind::Forbidden));
    }
    if sent.form.get("sure").is_none() {
        let fault = Fault {
            field: format!("sure-{no}"),
            text: t::cases_erase_sure_first(sent.officer.page.lang).to_owned(),
        };
        let page = page(&app, &sent.officer, None, &[fault]).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    worked(&app, &sent, &no, Command::Erase).await
}

async fn counted(app: &App, officer: &Officer) -> Result<(Figures, People)> {
    let figures = app.shift_figures(&officer.who).await?.into_inner();
    let people = app.people(&officer.who).await?;
    Ok((figures, people))
}

fn file(app: &App, kind: &'static str, media_type: &'static str, text: String) -> Answer {
    let day = app.clock.now().to_string();
    let day: String = day.chars().take(10).collect();
    let name = format!("attachment; filename=\"shift-{day}.{kind}\"");
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// The figures as CSV.
pub(super) async fn csv(State(app): State<App>, officer: Officer) -> Answer {
    let (figures, people) = counted(&app, &officer).await?;
    let text = app.shift_csv(&figures, &people);
    file(&app, "csv", "text/csv; charset=utf-8; header=present", text)
}

/// The figures as JSON.
pub(super) async fn json(State(app): State<App>, officer: Officer) -> Answer {
    let (figures, people) = counted(&app, &officer).await?;
    let text = app.shift_json(&figures, &people)?;
    file(&app, "json", "application/json", text)
}
