//! Partners' API keys, and jobs that were given up.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::Doer;
use maud::{Markup, html};

use super::accounts::name_fault;
use super::doors;
use super::who::{Officer, Sent, token};
use super::words::agency;
use crate::components::{
    Choice, Column, Encoding, Fault, Field, Hue, Input, Look, Width, button, button_link, buttons,
    error_summary, form, input, machine, panel, said, said_inline, select, stack, tag,
};
use crate::i18n::t;
use crate::problem::Problem;

const fn choice<'a>(value: &'a str, label: &'a str) -> Choice<'a> {
    Choice {
        value,
        label,
        hint: None,
        apart: false,
    }
}

type Answer = Result<Response, Problem>;

async fn body(
    app: &App,
    officer: &Officer,
    name: &str,
    faults: &[Fault],
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let token = token(&officer.seen);
    let keys = app.api_keys(Doer::Officer(&officer.who)).await?;
    let columns = [
        t::keys_name(l),
        t::keys_made(l),
        t::keys_state(l),
        t::keys_revoke(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = keys
        .iter()
        .map(|key| {
            let state = match key.revoked_at {
                None => tag(Hue::Green, t::keys_live(l)),
                Some(at) => tag(Hue::Grey, &t::keys_revoked(l, officer.page.day(at))),
            };
            let revoke = html! {
                @if key.revoked_at.is_none() {
                    (form(&format!("/desk/keys/{}/revoke", key.id), Encoding::Pairs, Some(&token), html! {
                        (button(Look::Danger, t::keys_revoke(l)))
                    }))
                }
            };
            vec![
                html! {
                    (said_inline(&key.name))
                    @if let Some(code) = &key.agency { p.hint { (t::keys_agency_of(l)) ": " (agency(&app.form, l, code)) } }
                },
                html! { (officer.page.day(key.created_at)) },
                state,
                revoke,
            ]
        })
        .collect();
    let field = Field::new(l, "name", t::keys_name(l)).error_in(faults);
    let line = Input {
        value: name,
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    let mut agencies = vec![choice("", t::keys_agency_none(l))];
    for one in app.form.agencies().all() {
        agencies.push(choice(&one.code, one.name.get(l.as_str())));
    }
    Ok(html! {
        (doors(officer, "/desk/keys"))
        (error_summary(l, faults))
        h1 { (t::keys_title(l)) }
        p { (t::keys_why(l)) }
        @if rows.is_empty() { p { (t::keys_none(l)) } } @else { (stack(t::keys_title(l), &columns, &rows)) }
        h2 { (t::keys_new(l)) }
        (form("/desk/keys", Encoding::Pairs, Some(&token), html! {
            (input(&field, &line))
            (select(&Field::new(l, "agency", t::keys_agency(l)), &agencies, None))
            (button(Look::Main, t::keys_create(l)))
        }))
    })
}

/// All keys.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup, Problem> {
    let body = body(&app, &officer, "", &[]).await?;
    Ok(officer.page.render(t::keys_title(officer.page.lang), body))
}

/// A new one, shown this once.
pub(super) async fn create(State(app): State<App>, sent: Sent) -> Answer {
    let officer = &sent.officer;
    let l = officer.page.lang;
    let name = sent.form.get("name").unwrap_or_default();
    let agency = sent.form.get("agency").filter(|code| !code.is_empty());
    let doer = Doer::Officer(&officer.who);
    match app.create_agency_key(doer, name, agency).await {
        Ok((key, token)) => {
            // The name is a stranger's as much as any other: not in the title, where nothing sets it apart.
            let title = t::keys_shown(l);
            let body = html! {
                (panel(title, html! { p { (said_inline(&key.name)) } p { (machine(&token)) } }))
                p { (t::keys_shown_note(l)) }
                (buttons(button_link(Look::Main, "/desk/keys", t::keys_back(l))))
            };
            Ok(officer.page.render(title, body).into_response())
        }
        Err(error) => {
            let faults = name_fault(l, error)?;
            let body = body(&app, officer, name, &faults).await?;
            let page = officer.page.clone().faulty(true);
            let page = page.render(t::keys_title(l), body);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Ends one at once.
pub(super) async fn revoke(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    app.revoke_api_key(Doer::Officer(&sent.officer.who), &id)
        .await?;
    Ok(Redirect::to("/desk/keys").into_response())
}

/// One of them again.
pub(super) async fn job_again(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    app.job_again(&sent.officer.who, &id).await?;
    Ok(Redirect::to("/desk/jobs").into_response())
}

/// What was given up.
pub(super) async fn jobs(State(app): State<App>, officer: Officer) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let jobs = app.given_up_jobs(&officer.who).await?;
    let columns = [
        Column::text(t::jobs_kind(l)),
        Column::text(t::jobs_payload(l)),
        Column::number(t::jobs_attempts(l)),
        Column::text(t::jobs_error(l)),
        Column::text(t::jobs_again(l)),
    ];
    let rows: Vec<Vec<Markup>> = jobs
        .iter()
        .map(|job| {
            vec![
                machine(&job.kind),
                html! { (said_inline(&job.payload)) },
                html! { (job.attempts) },
                html! { (said(job.error.as_deref().unwrap_or_default())) },
                form(
                    &format!("/desk/jobs/{}/again", job.id),
                    Encoding::Pairs,
                    Some(&token(&officer.seen)),
                    button(Look::Plain, t::jobs_again(l)),
                ),
            ]
        })
        .collect();
    let body = html! {
        (doors(&officer, "/desk/jobs"))
        h1 { (t::jobs_title(l)) }
        p { (t::jobs_why(l)) }
        @if rows.is_empty() { p.lead { (t::jobs_none(l)) } } @else { (stack(t::jobs_title(l), &columns, &rows)) }
    };
    Ok(officer.page.render(t::jobs_title(l), body))
}
