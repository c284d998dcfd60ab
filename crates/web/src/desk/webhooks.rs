//! Webhooks: who is told by a call that something happened, and what became of the calls.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_app::App;
use cairn_app::report::AppError;
use cairn_app::webhook::rows::Delivery;
use cairn_app::webhook::{DESCRIPTION_CHARS_MAX, Fault as Wrong, KINDS, View, Wanted};
use cairn_desk::access::Action;
use maud::{Markup, html};

use super::who::{Officer, Sent, token};
use super::{Need, Route, at, doors, tokens};
use crate::components::{
    Choice, Column, Encoding, Fault, Field, Hue, Input, Look, Tone, back_link, button, button_link,
    buttons, checkbox, checkboxes, choice, details, error_summary, form, input, machine, notice,
    panel, said, said_inline, stack, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

type Answer = Result<Response, Problem>;

/// Everybody's tokens, and who is told what by a call.
pub(super) fn routes() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let manage = Need::May(Action::ManageAccounts);
    let one = |path, handler| at(p.clone(), path, manage, handler);
    vec![
        at(g.clone(), "/desk/tokens", manage, get(tokens::show)),
        one("/desk/tokens/{id}/end", post(tokens::end)),
        at(g.clone(), "/desk/webhooks", manage, get(list)),
        one("/desk/webhooks", post(make)),
        at(g, "/desk/webhooks/{id}", manage, get(show)),
        one("/desk/webhooks/{id}", post(change)),
        one("/desk/webhooks/{id}/secret", post(rotate)),
        one("/desk/webhooks/{id}/test", post(test)),
        one("/desk/webhooks/{id}/remove", post(remove)),
        one(
            "/desk/webhooks/{id}/deliveries/{delivery}/again",
            post(again),
        ),
    ]
}

const HOME: &str = "/desk/webhooks";

fn href(id: &str) -> String {
    format!("{HOME}/{id}")
}

fn standing(l: Lang, hook: &View) -> Markup {
    html! {
        @match (hook.wanted.live, hook.off_why.as_deref()) {
            (true, _) if hook.failing_since.is_some() => (tag(Hue::Amber, t::hooks_failing(l))),
            (true, _) => (tag(Hue::Green, t::hooks_on(l))),
            (false, Some("gone")) => (tag(Hue::Red, t::hooks_gone(l))),
            (false, Some(_)) => (tag(Hue::Red, t::hooks_given_up(l))),
            (false, None) => (tag(Hue::Grey, t::hooks_off(l))),
        }
    }
}

/// What a form says.
fn wanted(typed: &Form) -> Wanted {
    Wanted {
        url: typed.get("url").unwrap_or_default().trim().to_owned(),
        description: typed.get("description").unwrap_or_default().to_owned(),
        events: typed.all("event").map(str::to_owned).collect(),
        live: typed.get("live").is_some(),
    }
}

fn told(l: Lang, wrong: &[Wrong]) -> Vec<Fault> {
    let one = |wrong: &Wrong| {
        let (field, text) = match wrong {
            Wrong::Address => ("url", t::hooks_wrong_url(l).to_owned()),
            Wrong::Plain => ("url", t::hooks_wrong_plain(l).to_owned()),
            Wrong::Description => (
                "description",
                t::hooks_wrong_description(l, DESCRIPTION_CHARS_MAX as u64),
            ),
            Wrong::Events => ("event", t::hooks_wrong_events(l).to_owned()),
        };
        let field = field.to_owned();
        Fault { field, text }
    };
    wrong.iter().map(one).collect()
}

fn fields(l: Lang, wanted: &Wanted, faults: &[Fault]) -> Markup {
    let line = |value| Input {
        value,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let events: Vec<Choice<'_>> = KINDS.iter().map(|kind| choice(kind, kind)).collect();
    let chosen: Vec<&str> = wanted.events.iter().map(String::as_str).collect();
    html! {
        (input(&Field::new(l, "url", t::hooks_url(l)).hint(t::hooks_url_hint(l)).error_in(faults), &line(&wanted.url)))
        (input(&Field::new(l, "description", t::hooks_description(l)).optional(true).error_in(faults), &line(&wanted.description)))
        (checkboxes(&Field::new(l, "event", t::hooks_events(l)).hint(t::hooks_events_hint(l)).error_in(faults), &events, &chosen))
        (checkbox(&Field::new(l, "live", t::hooks_live(l)), "1", wanted.live))
    }
}

async fn list_page(
    app: &App,
    officer: &Officer,
    typed: &Wanted,
    faults: &[Fault],
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let hooks = app.webhooks(&officer.who).await?;
    let columns = [t::hooks_url(l), t::hooks_events(l), t::hooks_state(l)].map(Column::text);
    let rows: Vec<Vec<Markup>> = hooks
        .iter()
        .map(|hook| {
            vec![
                html! {
                    a href=(href(&hook.id)) { (said_inline(&hook.wanted.url)) }
                    @if !hook.wanted.description.is_empty() { div.hint { (said_inline(&hook.wanted.description)) } }
                },
                html! { (hook.wanted.events.join(", ")) },
                standing(l, hook),
            ]
        })
        .collect();
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        h1 { (t::hooks_title(l)) }
        p { (t::hooks_lead(l)) }
        @if rows.is_empty() { p.lead { (t::hooks_none(l)) } }
        @else { (stack(t::hooks_title(l), &columns, &rows)) }
        h2 { (t::hooks_new(l)) }
        (form(HOME, Encoding::Pairs, Some(&token(&officer.seen)), html! {
            (fields(l, typed, faults))
            (button(Look::Main, t::hooks_make(l)))
        }))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::hooks_title(l), body))
}

/// All of them, and a form for a new one.
pub(super) async fn list(State(app): State<App>, officer: Officer) -> Result<Markup, Problem> {
    let fresh = Wanted {
        live: true,
        ..Wanted::default()
    };
    list_page(&app, &officer, &fresh, &[]).await
}

fn allowed(sent: &Sent) -> Result<(), Problem> {
    if sent.officer.who.may(Action::ManageAccounts) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

/// The secret, this once.
fn secret_shown(officer: &Officer, id: &str, secret: &str) -> Response {
    let l = officer.page.lang;
    let title = t::hooks_secret_shown(l);
    let body = html! {
        (panel(title, html! { p { (machine(secret)) } }))
        p { (t::hooks_secret_note(l)) }
        (buttons(button_link(Look::Main, &href(id), t::hooks_back(l))))
    };
    officer.page.render(title, body).into_response()
}

/// A new one.
pub(super) async fn make(State(app): State<App>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let officer = &sent.officer;
    let l = officer.page.lang;
    let wanted = wanted(&sent.form);
    let mut faults = told(l, &wanted.faults());
    if faults.is_empty() {
        match app.make_webhook(&officer.who, &wanted).await {
            Ok((hook, secret)) => return Ok(secret_shown(officer, &hook.id, &secret)),
            Err(AppError::Input(_)) => faults.push(Fault {
                field: "url".to_owned(),
                text: t::hooks_many(l).to_owned(),
            }),
            Err(other) => return Err(other.into()),
        }
    }
    let page = list_page(&app, officer, &wanted, &faults).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn one_page(
    app: &App,
    officer: &Officer,
    id: &str,
    typed: Option<&Wanted>,
    faults: &[Fault],
) -> Result<Markup, Problem> {
    let (l, page) = (officer.page.lang, &officer.page);
    let found = app.webhook(&officer.who, id).await?.into_inner();
    let (hook, deliveries, waiting) = (&found.0, &found.1, found.2);
    let csrf = token(&officer.seen);
    let deed = |end: &str, look: Look, text: &str| {
        let to = format!("{}/{end}", href(id));
        form(&to, Encoding::Pairs, Some(&csrf), button(look, text))
    };
    let body = html! {
        (doors(officer, HOME))
        (back_link(l, HOME))
        (error_summary(l, faults))
        h1 { (t::hooks_one(l)) }
        p { code translate="no" { (said_inline(&hook.wanted.url)) } " " (standing(l, hook)) }
        @if let Some(since) = hook.failing_since {
            (notice(Tone::Warning, "failing", t::hooks_failing(l), html! { p { (t::hooks_failing_since(l, page.moment(since))) } }))
        }
        @if let Some(until) = hook.rotates_until { p.hint { (t::hooks_rotates(l, page.moment(until))) } }
        (buttons(html! {
            (deed("test", Look::Main, t::hooks_test(l)))
            (deed("secret", Look::Plain, t::hooks_rotate(l)))
        }))
        h2 #deliveries { (t::hooks_deliveries(l)) }
        p { (t::hooks_waiting(l, waiting.unsigned_abs())) }
        @if deliveries.is_empty() { p { (t::hooks_deliveries_none(l)) } }
        @else { (table(officer, id, deliveries)) }
        h2 { (t::hooks_change(l)) }
        (form(&href(id), Encoding::Pairs, Some(&csrf), html! {
            input type="hidden" name="version" value=(hook.version);
            (fields(l, typed.unwrap_or(&hook.wanted), faults))
            p.hint { (t::hooks_change_note(l)) }
            (button(Look::Main, t::hooks_save(l)))
        }))
        h2 { (t::hooks_remove(l)) }
        p { (t::hooks_remove_note(l)) }
        (deed("remove", Look::Danger, t::hooks_remove(l)))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::hooks_one(l), body))
}

fn state(l: Lang, one: &Delivery) -> Markup {
    match one.state.as_str() {
        "done" => tag(Hue::Green, t::hooks_done(l)),
        "given_up" => tag(Hue::Red, t::hooks_delivery_given_up(l)),
        _ if one.attempts > 0 => tag(Hue::Amber, t::hooks_again_later(l)),
        _ => tag(Hue::Blue, t::hooks_due(l)),
    }
}

fn table(officer: &Officer, id: &str, deliveries: &[Delivery]) -> Markup {
    let (l, page) = (officer.page.lang, &officer.page);
    let csrf = token(&officer.seen);
    let columns = [
        t::hooks_event(l),
        t::hooks_state(l),
        t::hooks_tried(l),
        t::hooks_answer(l),
        t::hooks_again(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = deliveries
        .iter()
        .map(|one| {
            let to = format!("{}/deliveries/{}/again", href(id), one.id);
            vec![
                html! { (machine(&one.kind)) div { (machine(&one.id)) } (details(t::hooks_body(l), said(&one.body))) },
                html! {
                    (state(l, one))
                    div { (t::hooks_attempts(l, one.attempts.unsigned_abs())) }
                    @if one.state == "due" { div.hint { (t::hooks_next(l, page.moment(one.next_at))) } }
                },
                html! { @if let Some(tried) = &one.tried { (page.moment(tried.at)) div.hint { (t::hooks_millis(l, tried.millis.unsigned_abs())) } } },
                html! {
                    @if let Some(tried) = &one.tried {
                        @if let Some(status) = tried.status { (machine(&format!("HTTP {status}"))) }
                        @if let Some(fault) = &tried.fault { div { (said_inline(fault)) } }
                        @if let Some(answer) = tried.answer.as_deref().filter(|answer| !answer.is_empty()) {
                            (details(t::hooks_answer(l), said(answer)))
                        }
                    }
                },
                html! {
                    @if one.state != "due" || one.attempts > 0 {
                        (form(&to, Encoding::Pairs, Some(&csrf), button(Look::Plain, t::hooks_again(l))))
                    }
                },
            ]
        })
        .collect();
    stack(t::hooks_deliveries(l), &columns, &rows)
}

/// One of them.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Markup, Problem> {
    one_page(&app, &officer, &id, None, &[]).await
}

/// Changed.
pub(super) async fn change(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let officer = &sent.officer;
    let l = officer.page.lang;
    let wanted = wanted(&sent.form);
    let mut faults = told(l, &wanted.faults());
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if faults.is_empty() {
        let version = sent.form.get("version").and_then(|text| text.parse().ok());
        let place = (id.as_str(), version.unwrap_or_default());
        match app.change_webhook(&officer.who, place, &wanted).await {
            Ok(()) => return Ok(Redirect::to(&href(&id)).into_response()),
            Err(AppError::Conflict) => {
                status = StatusCode::CONFLICT;
                faults.push(Fault {
                    field: "url".to_owned(),
                    text: t::hooks_moved(l).to_owned(),
                });
            }
            Err(other) => return Err(other.into()),
        }
    }
    let page = one_page(&app, officer, &id, Some(&wanted), &faults).await?;
    Ok((status, page).into_response())
}

/// Another secret.
pub(super) async fn rotate(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    let secret = app.rotate_webhook(&sent.officer.who, &id).await?;
    Ok(secret_shown(&sent.officer, &id, &secret))
}

/// A call that tells of nothing.
pub(super) async fn test(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    app.test_webhook(&sent.officer.who, &id).await?;
    Ok(Redirect::to(&format!("{}#deliveries", href(&id))).into_response())
}

/// One call again.
pub(super) async fn again(
    State(app): State<App>,
    Path((id, delivery)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    app.send_again(&sent.officer.who, &id, &delivery).await?;
    Ok(Redirect::to(&format!("{}#deliveries", href(&id))).into_response())
}

/// Taken away.
pub(super) async fn remove(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    app.remove_webhook(&sent.officer.who, &id).await?;
    Ok(Redirect::to(HOME).into_response())
}
