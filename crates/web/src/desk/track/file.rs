//! Filing a return.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_desk::access::Action;
use cairn_desk::track::ReturnFile;
use cairn_track::office::returns::{About, Finding};
use cairn_track::plan::Plan;
use maud::{Markup, html};

use super::fields::{self, SentFiles, Typed};
use super::forms::View;
use super::given::{self, Filing, Given};
use super::{Answer, allowed, choose, go, not_done, number, said, tabs, words};
use crate::components::{
    Encoding, Fault, Field, Look, Tone, back_link, button, buttons, caption, checkbox,
    error_summary, form, notice,
};
use crate::desk::who::{Officer, token};
use crate::form::Form;
use crate::i18n::t;
use crate::problem::Problem;

/// The form as it is shown again.
struct Shown<'a> {
    id: &'a str,
    plan: &'a Plan,
    about: &'a About,
    owners: &'a [String],
    typed: &'a Typed,
    files: &'a [ReturnFile],
    faults: &'a [Fault],
    findings: &'a [Finding],
    refused: Option<String>,
}

/// What to choose from, or the form for what was chosen.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let (topics, working) = app.topics(&officer.who, &id).await?.into_inner();
    let query = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let old = match query.get("corrects") {
        None => None,
        Some(no) => Some(app.read_return(&officer.who, &id, number(no)).await?),
    };
    let old = old.map(|old| old.into_inner().0);
    let item = match &old {
        Some(old) => words::key(&old.filed.about),
        None => query.get("item").unwrap_or_default().to_owned(),
    };
    let topic = topics.iter().find(|(about, _)| words::key(about) == item);
    let Some((about, owners)) = topic else {
        let body = html! {
            (tabs(&officer))
            (back_link(l, &format!("/desk/track/{id}")))
            h1 { (t::office_file(l)) }
            (choose::page(l, &id, &working.plan, &topics))
        };
        return Ok(officer.page.render(t::office_file(l), body));
    };
    let (typed, files) = match &old {
        Some(old) => {
            let mut typed = fields::filled(&old.filed, &old.files);
            typed.put("corrects", &old.row.standing.no.to_string());
            (typed, old.files.clone())
        }
        None => {
            let mut typed = Typed::default();
            typed.put("period", query.get("period").unwrap_or_default());
            if let [one] = owners.as_slice() {
                typed.put("publisher", one);
            }
            (typed, Vec::new())
        }
    };
    let shown = Shown {
        id: &id,
        plan: &working.plan,
        about,
        owners,
        typed: &typed,
        files: &files,
        faults: &[],
        findings: &[],
        refused: None,
    };
    Ok(page(&app, &officer, &shown))
}

fn page(app: &App, officer: &Officer, shown: &Shown<'_>) -> Markup {
    let l = officer.page.lang;
    let (what, title) = words::about(l, shown.plan, shown.about);
    let action = format!("/desk/track/{}/returns/new", shown.id);
    let corrects = shown.typed.get("corrects");
    let view = View {
        l,
        plan: shown.plan,
        about: shown.about,
        owners: shown.owners,
        typed: shown.typed,
        files: shown.files,
        faults: shown.faults,
        app,
    };
    let errors = shown.findings.iter().any(Finding::is_error);
    // Warnings alone can be confirmed; with errors there is something to mend first.
    let marks = fields::marks(shown.findings);
    let confirms = !marks.is_empty() && !errors && shown.refused.is_none();
    let confirm = Field::new(l, "confirm", t::office_confirm(l)).hint(t::office_confirm_hint(l));
    let body = html! {
        (tabs(officer))
        (back_link(l, &format!("/desk/track/{}", shown.id)))
        (error_summary(l, shown.faults))
        @if let Some(why) = &shown.refused { (not_done(l, why)) }
        (caption(what))
        h1 { (title) }
        @if !corrects.is_empty() {
            (notice(Tone::Info, "corrects", &t::office_corrects(l, corrects), html! { p { (t::office_corrects_note(l)) } }))
        }
        (form(&action, Encoding::Files, Some(&token(&officer.seen)), html! {
            // What is wrong with the whole leads here.
            div id="item" { input type="hidden" name="item" value=(words::key(shown.about)); }
            @if !corrects.is_empty() { input type="hidden" name="corrects" value=(corrects); }
            (view.fields())
            @if confirms { (checkbox(&confirm, &marks, false)) }
            (buttons(button(Look::Main, t::office_file(l))))
        }))
    };
    let faulty = !shown.faults.is_empty() || shown.refused.is_some();
    officer
        .page
        .clone()
        .faulty(faulty)
        .render(&format!("{what}: {title}"), body)
}

/// Files it, or shows what has to be mended, with everything that was typed.
pub(in crate::desk) async fn send(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: SentFiles,
) -> Answer {
    let SentFiles {
        officer,
        typed,
        files: came,
        fault,
    } = sent;
    allowed(&officer, Action::FileReturns)?;
    let l = officer.page.lang;
    let (topics, working) = app.topics(&officer.who, &id).await?.into_inner();
    let item = typed.get("item");
    let topic = topics.iter().find(|(about, _)| words::key(about) == item);
    let Some((topic, owners)) = topic else {
        return Err(Problem::bad_request().with_detail(t::office_no_topic(l)));
    };
    let kept = fields::files((&app, &officer.who, &id), &typed, came).await?;
    let file_fault =
        fault.and_then(|code| crate::multipart::words(code, l, &app, super::FILES_MAX));
    let given = Given {
        plan: &id,
        topic,
        owners,
        typed: &typed,
        files: &kept,
        faults: file_fault
            .map(|text| Fault {
                field: "file".to_owned(),
                text,
            })
            .into_iter()
            .collect(),
        key: None,
    };
    let not = match given::file(&app, (&officer.who, l), given).await? {
        Filing::Kept(no) => return Ok(go(&format!("/desk/track/{id}/returns/{no}?done=filed"))),
        Filing::Not(not) => not,
    };
    let refused = not.refused.map(|error| said(l, error)).transpose()?;
    let shown = Shown {
        id: &id,
        plan: &working.plan,
        about: topic,
        owners,
        typed: &typed,
        files: &kept,
        faults: &not.faults,
        findings: &not.findings,
        refused,
    };
    let page = page(&app, &officer, &shown);
    let answer: Response = (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    Ok(answer)
}
