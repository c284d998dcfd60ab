//! One's own account: password, sessions, recovery codes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::SessionView;
use maud::{Markup, html};

use super::sign_in::{codes_shown, done, new_password, told, typed_twice};
use super::who::{Officer, Sent, token};
use super::{doors, tokens, ways, words};
use crate::components::{
    Column, Encoding, Fault, Field, Input, Look, Width, button, button_named, error_summary, form,
    input, said_inline, stack,
};
use crate::i18n::t;
use crate::problem::Problem;

type Answer = Result<Response, Problem>;

fn present<'a>(officer: &Officer, id: &'a str, faults: &'a [Fault]) -> Markup {
    let l = officer.page.lang;
    let field = Field::new(l, id, t::account_password_present(l)).error_in(faults);
    let secret = Input {
        kind: "password",
        autocomplete: Some("current-password"),
        width: Width::Half,
        ..Input::default()
    };
    input(&field, &secret)
}

fn sessions_table(officer: &Officer, sessions: &[SessionView]) -> Markup {
    let l = officer.page.lang;
    let token = token(&officer.seen);
    let columns = [
        t::account_session_agent(l),
        t::account_session_began(l),
        t::account_session_used(l),
        t::account_session_end(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = sessions
        .iter()
        .map(|session| {
            let end = html! {
                @if session.own {
                    (t::account_session_own(l))
                } @else {
                    (form("/desk/account/sessions", Encoding::Pairs, Some(&token), html! {
                        (button_named(Look::Plain, "session", &session.name, t::account_session_end(l)))
                    }))
                }
            };
            vec![
                html! { @if session.agent.is_empty() { (t::queue_loss_unknown(l)) } @else { (said_inline(&session.agent)) } },
                html! { (officer.page.moment(session.created_at)) },
                html! { (officer.page.moment(session.seen_at)) },
                end,
            ]
        })
        .collect();
    html! {
        (stack(t::account_sessions(l), &columns, &rows))
        @if sessions.len() > 1 {
            (form("/desk/account/sessions", Encoding::Pairs, Some(&token), html! {
                (button_named(Look::Plain, "session", "", t::account_sessions_end(l)))
            }))
        }
    }
}

async fn body(
    app: &App,
    officer: &Officer,
    faults: &[Fault],
    said: Option<&str>,
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let sessions = app.own_sessions(&officer.who).await?;
    let agent = sessions.iter().find(|one| one.own);
    let agent = agent.map_or("", |one| one.agent.as_str());
    let ways = ways::part(app, officer, agent, faults).await?;
    let tokens = tokens::part(app, officer, faults).await?;
    let proofs = app
        .proofs(&officer.who)
        .await
        .map_err(|error| Problem::unexpected(&error))?;
    let left = app
        .recovery_left(&officer.who)
        .await
        .map_err(|error| Problem::unexpected(&error))?;
    let token = token(&officer.seen);
    Ok(html! {
        (doors(officer, "/desk/account"))
        (error_summary(l, faults))
        @if let Some(said) = said { (done(said)) }
        h1 { (t::account_title(l)) }
        p { (said_inline(&officer.who.name)) " · " (words::role(l, officer.who.role)) " – " (words::role_does(l, officer.who.role)) }
        (form("/sign-out", Encoding::Pairs, Some(&token), html! { (button(Look::Plain, t::signin_out(l))) }))
        h2 { (t::account_sessions(l)) }
        (sessions_table(officer, &sessions))
        (ways)
        (tokens)
        @if proofs.password {
        h2 { (t::account_password_title(l)) }
        (form("/desk/account/password", Encoding::Pairs, Some(&token), html! {
            (present(officer, "present", faults))
            (new_password(l, faults))
            (button(Look::Main, t::account_password_save(l)))
        }))
        h2 { (t::account_codes(l)) }
        p { (t::account_codes_left(l, left)) }
        (form("/desk/account/recovery", Encoding::Pairs, Some(&token), html! {
            (present(officer, "codes-present", faults))
            p.hint { (t::account_codes_note(l)) }
            (button(Look::Plain, t::account_codes_renew(l)))
        }))
        }
    })
}

/// All of it.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup, Problem> {
    let body = body(&app, &officer, &[], None).await?;
    let page = officer.page.passkeys();
    Ok(page.render(t::account_title(page.lang), body))
}

/// The page with what is wrong.
pub(super) async fn again(app: &App, officer: &Officer, faults: &[Fault]) -> Answer {
    let body = body(app, officer, faults, None).await?;
    let page = officer.page.clone().passkeys().faulty(true);
    let page = page.render(t::account_title(page.lang), body);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// A new password.
pub(super) async fn password(State(app): State<App>, sent: Sent) -> Answer {
    let officer = &sent.officer;
    let l = officer.page.lang;
    let new = match typed_twice(l, &sent.form) {
        Ok(new) => new,
        Err(faults) => return again(&app, officer, &faults).await,
    };
    let present = sent.form.get("present").unwrap_or_default();
    match app
        .change_password(&officer.who, present, new, sent.from)
        .await
    {
        Ok(()) => {
            let body = body(&app, officer, &[], Some(t::account_password_done(l))).await?;
            Ok(officer
                .page
                .render(t::account_title(l), body)
                .into_response())
        }
        Err(error) => {
            let field = match error {
                cairn_app::account::AccountError::Weak(_) => "new",
                _ => "present",
            };
            let faults = told(l, field, t::account_password_wrong(l), error)?;
            again(&app, officer, &faults).await
        }
    }
}

/// New recovery codes.
pub(super) async fn recovery(State(app): State<App>, sent: Sent) -> Answer {
    let officer = &sent.officer;
    let l = officer.page.lang;
    let present = sent.form.get("codes-present").unwrap_or_default();
    match app.renew_recovery(&officer.who, present, sent.from).await {
        Ok(codes) => {
            let page = officer
                .page
                .render(t::signin_codes_title(l), codes_shown(l, &codes));
            Ok(page.into_response())
        }
        Err(error) => {
            let faults = told(l, "codes-present", t::account_password_wrong(l), error)?;
            again(&app, officer, &faults).await
        }
    }
}

/// Ends one session, or all others.
pub(super) async fn sessions(State(app): State<App>, sent: Sent) -> Answer {
    let name = sent.form.get("session").filter(|name| !name.is_empty());
    app.end_own_sessions(&sent.officer.who, name).await?;
    Ok(Redirect::to("/desk/account").into_response())
}
