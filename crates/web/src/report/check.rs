//! Checking all answers, and sending them.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::draft::Sent;
use cairn_desk::form::{FieldProblem, Flag, Given, Kind, Progress};
use maud::{Markup, html};

use super::{SENT, SMALL_BYTES_MAX, draft, draft_key, next_place, see, see_with};
use crate::components::{
    Encoding, HONEYPOT, Look, Row, Tone, back_link, button, buttons, honeypot, inset, notice,
    said_inline, summary_list,
};
use crate::form::Form as Pairs;
use crate::i18n::t;
use crate::intake::{Public, admit};
use crate::page::{Page, Section};
use crate::problem::Result;

/// `GET /report/check`
pub(super) async fn show(
    State(public): State<Public>,
    page: Page,
    headers: HeaderMap,
) -> Result<Response> {
    let app = &public.app;
    let Some((_, saved)) = draft(app, &headers, &page.site).await? else {
        return Ok(see("/report?gone=1"));
    };
    if saved.sent {
        return Ok(see("/report/sent"));
    }
    if !app.form.is_complete(&saved.progress) {
        let next = next_place(&app.form, &saved.progress);
        return Ok(see(&format!("{next}?to=check")));
    }
    Ok(render(page, app, &saved.progress, &[]).into_response())
}

/// `GET /report/send`: somebody reloaded by hand.
pub(super) async fn again() -> Response {
    see("/report/check")
}

/// `POST /report/send`. However often it comes, the draft makes one report.
pub(super) async fn send(
    State(public): State<Public>,
    page: Page,
    request: Request,
) -> Result<Response> {
    let app = &public.app;
    let admitted = admit(app, request, SMALL_BYTES_MAX).await?;
    let fields = Pairs::parse(&admitted.body)?;
    let suspect = fields.get(HONEYPOT).is_some_and(|value| !value.is_empty());
    let headers = &admitted.parts.headers;
    let Some(key) = draft_key(headers, &page.site) else {
        return Ok(see("/report?gone=1"));
    };
    match app.send_draft(&key, suspect).await? {
        Sent::Received(_) => {
            let cookie = SENT.set(&key.expose(), page.site.https);
            Ok(see_with("/report/sent", cookie))
        }
        Sent::Absent => Ok(see("/report?gone=1")),
        Sent::Incomplete(problems) => {
            let Some((_, saved)) = draft(app, headers, &page.site).await? else {
                return Ok(see("/report?gone=1"));
            };
            let body = render(page, app, &saved.progress, &problems);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
    }
}

fn render(page: Page, app: &App, progress: &Progress, problems: &[FieldProblem]) -> Markup {
    let lang = page.lang;
    let l = lang.as_str();
    let form = &app.form;
    let at_risk = form.has_flag(progress, Flag::AtRisk);
    let page = page.section(Section::Report).faulty(!problems.is_empty());
    let page = if at_risk { page.with_exit() } else { page };
    let last = form.last_step(progress);
    let back = last.map_or("/report".to_owned(), |step| {
        format!("/report/{}", step.code)
    });
    let anonymous = form.has_flag(progress, Flag::Anonymous);
    let body = html! {
        (back_link(lang, &back))
        (faults(&page, problems))
        h1 { (t::report_check_title(lang)) }
        p.lead { (t::report_check_lead(lang)) }
        @for section in form.check_answers(progress, l) {
            h2 { (section.heading) }
            (summary_list(lang, &rows(&section, app)))
        }
        h2 { (t::report_goes_to(lang)) }
        (routing(&page, app, progress))
        @if anonymous {
            (notice(Tone::Info, "anonymous", t::report_anonymous(lang), html! { p { (t::report_anonymous_text(lang)) } }))
        }
        (crate::components::form("/report/send", Encoding::Pairs, None, html! {
            (honeypot(lang))
            p { (t::report_send_note(lang)) }
            (buttons(html! { (button(Look::Main, t::report_send(lang))) }))
        }))
    };
    page.render(t::report_check_title(lang), body)
}

/// Answers that no longer fit, each with the way to its question.
fn faults(page: &Page, problems: &[FieldProblem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.error-summary role="alert" tabindex="-1" autofocus aria-labelledby="error-title" {
                h2 #error-title { (t::error_title(page.lang)) }
                ul {
                    @for problem in problems {
                        li {
                            @match &problem.step {
                                Some(step) => { a href={ "/report/" (step) "?to=check" } { (problem.message) } }
                                None => { (problem.message) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn rows(section: &cairn_desk::form::Section, app: &App) -> Vec<Row> {
    let row = |row: &cairn_desk::form::Row| {
        let skipped = row.given == Given::Skipped;
        let said = |value: &String| {
            html! {
                @if skipped { span.hint { (value) } } @else { (said_inline(value)) }
            }
        };
        let value = match row.values.as_slice() {
            [one] => said(one),
            many => html! { ul { @for value in many { li { (said(value)) } } } },
        };
        let shown = Row::new(row.label.clone(), value);
        if app.form.step(&row.step).is_some() {
            shown.change(format!("/report/{}?to=check", row.step))
        } else {
            shown
        }
    };
    section.rows.iter().map(row).collect()
}

/// Who will get the report: we, and each agency that was agreed to.
fn routing(page: &Page, app: &App, progress: &Progress) -> Markup {
    let l = page.lang.as_str();
    let category = app.form.suggest(progress).category;
    let asked = app.form.steps_on_path(progress).into_iter();
    let consents = asked
        .flat_map(|step| &step.questions)
        .any(|question| matches!(question.kind, Kind::Consents));
    let agreed: Vec<_> = app
        .form
        .agencies()
        .offered(&category)
        .filter(|agency| consents && progress.consents.contains(&agency.code))
        .collect();
    inset(html! {
        ul {
            li { (t::report_officers(page.lang, page.site.name(page.lang))) }
            @for agency in &agreed { li { (agency.name.get(l)) " " span.hint { (t::report_you_agreed(page.lang)) } } }
        }
        @if agreed.is_empty() { p { (t::report_nobody_else(page.lang)) } }
    })
}
