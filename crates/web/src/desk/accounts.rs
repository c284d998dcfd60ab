//! Accounts, for administrators.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::{AccountError, AccountView, Doer, NewAccount};
use cairn_kernel::actor::Role;
use maud::{Markup, html};

use super::sign_in::told;
use super::who::{Officer, Sent, token};
use super::{doors, words};
use crate::components::{
    Choice, Column, Encoding, Fault, Field, Hue, Input, Look, Width, button, button_link,
    button_named, buttons, error_summary, form, input, machine, panel, radios, said_inline, select,
    stack, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem};

type Answer = Result<Response, Problem>;

/// Errors that are no fault of the form.
pub(super) fn failed(error: AccountError) -> Problem {
    match error {
        AccountError::App(error) => error.into(),
        AccountError::Own => Problem::new(Kind::Forbidden),
        other => Problem::unexpected(&other),
    }
}

fn state_tag(l: Lang, account: &AccountView) -> Markup {
    if account.disabled {
        tag(Hue::Red, t::accounts_disabled(l))
    } else if account.must_change {
        tag(Hue::Blue, t::accounts_fresh(l))
    } else if account.by_provider {
        tag(Hue::Green, t::accounts_provider(l))
    } else if !account.enrolled {
        tag(Hue::Amber, t::accounts_no_totp(l))
    } else {
        tag(Hue::Green, t::accounts_active(l))
    }
}

fn roles(l: Lang) -> [Choice<'static>; 8] {
    Role::ALL.map(|role| Choice {
        value: role.as_str(),
        label: words::role(l, role),
        hint: Some(words::role_does(l, role)),
        apart: false,
    })
}

fn changes(officer: &Officer, account: &AccountView) -> Markup {
    let l = officer.page.lang;
    if account.id == officer.who.account {
        return html! { (t::accounts_own(l)) };
    }
    let token = token(&officer.seen);
    let base = format!("/desk/accounts/{}", account.id);
    let (state, state_text) = if account.disabled {
        ("open", t::accounts_enable(l))
    } else {
        ("closed", t::accounts_disable(l))
    };
    // Labels of one row must not be those of another: the field's id carries the account.
    let field = format!("role-{}", account.id);
    html! {
        details {
            summary { (t::accounts_change(l)) span.unseen { " " (account.login) } }
            div {
                (form(&format!("{base}/role"), Encoding::Pairs, Some(&token), html! {
                    (select(&Field::new(l, &field, t::accounts_role(l)), &roles(l), Some(account.role.as_str())))
                    (button(Look::Plain, t::accounts_role_save(l)))
                }))
                (form(&format!("{base}/state"), Encoding::Pairs, Some(&token), html! {
                    (button_named(if account.disabled { Look::Plain } else { Look::Danger }, "state", state, state_text))
                }))
                (form(&format!("{base}/reset"), Encoding::Pairs, Some(&token), html! {
                    p.hint { (t::accounts_reset_note(l)) }
                    (button(Look::Danger, t::accounts_reset(l)))
                }))
            }
        }
    }
}

async fn body(
    app: &App,
    officer: &Officer,
    typed: &Form,
    faults: &[Fault],
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let accounts = app.accounts(Doer::Officer(&officer.who)).await?;
    let columns = [
        t::accounts_login(l),
        t::accounts_name(l),
        t::accounts_role(l),
        t::accounts_state(l),
        t::accounts_made(l),
        t::accounts_change(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = accounts
        .iter()
        .map(|account| {
            vec![
                html! { (account.login) },
                html! { (said_inline(&account.name)) },
                html! { (words::role(l, account.role)) },
                state_tag(l, account),
                html! { (officer.page.day(account.created_at)) },
                changes(officer, account),
            ]
        })
        .collect();
    Ok(html! {
        (doors(officer, "/desk/accounts"))
        (error_summary(l, faults))
        h1 { (t::accounts_title(l)) }
        (stack(t::accounts_title(l), &columns, &rows))
        h2 { (t::accounts_new(l)) }
        (new(officer, typed, faults))
    })
}

fn new(officer: &Officer, typed: &Form, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let line = |value| Input {
        value,
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    let login = Field::new(l, "login", t::accounts_login(l))
        .hint(t::accounts_login_hint(l))
        .error_in(faults);
    let name = Field::new(l, "name", t::accounts_name(l)).error_in(faults);
    let role = Field::new(l, "role", t::accounts_role(l)).error_in(faults);
    form(
        "/desk/accounts",
        Encoding::Pairs,
        Some(&token(&officer.seen)),
        html! {
            (input(&login, &line(typed.get("login").unwrap_or_default())))
            (input(&name, &line(typed.get("name").unwrap_or_default())))
            (radios(&role, &roles(l), typed.get("role")))
            (button(Look::Main, t::accounts_create(l)))
        },
    )
}

/// All accounts.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup, Problem> {
    let body = body(&app, &officer, &Form::default(), &[]).await?;
    Ok(officer
        .page
        .render(t::accounts_title(officer.page.lang), body))
}

/// A first password, this once.
fn first(officer: &Officer, login: &str, password: &str) -> Response {
    let l = officer.page.lang;
    let title = t::accounts_first(l, login);
    let body = html! {
        (panel(&title, html! { p { (machine(password)) } }))
        p { (t::accounts_first_note(l)) }
        (buttons(button_link(Look::Main, "/desk/accounts", t::accounts_back(l))))
    };
    officer.page.render(&title, body).into_response()
}

/// A new one.
pub(super) async fn create(State(app): State<App>, sent: Sent) -> Answer {
    let (officer, typed) = (&sent.officer, &sent.form);
    let l = officer.page.lang;
    let role = typed.get("role").and_then(|role| role.parse::<Role>().ok());
    let fault = |field: &str, text: &str| Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    };
    let fault = match role {
        None => fault("role", t::accounts_role_choose(l)),
        Some(role) => {
            let new = NewAccount {
                login: typed.get("login").unwrap_or_default(),
                name: typed.get("name").unwrap_or_default(),
                role,
            };
            match app.create_account(Doer::Officer(&officer.who), new).await {
                Ok((account, password)) => return Ok(first(officer, &account.login, &password)),
                Err(AccountError::LoginForm) => fault("login", t::accounts_login_form(l)),
                Err(AccountError::LoginTaken) => fault("login", t::accounts_login_taken(l)),
                Err(AccountError::NameForm) => fault("name", t::accounts_name_form(l)),
                Err(other) => return Err(failed(other)),
            }
        }
    };
    // Whether this account may at all is asked before its form is judged.
    let body = body(&app, officer, typed, &[fault]).await?;
    let page = officer.page.clone().faulty(true);
    let page = page.render(t::accounts_title(l), body);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn back() -> Response {
    Redirect::to("/desk/accounts").into_response()
}

/// Another role.
pub(super) async fn role(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    let doer = Doer::Officer(&sent.officer.who);
    // Asked first, so that nobody learns from a fault in the form what they may not do anyway.
    app.accounts(doer).await?;
    let role = sent.form.get(&format!("role-{id}"));
    let role = role.and_then(|role| role.parse().ok());
    let role = role.ok_or_else(Problem::bad_request)?;
    app.set_role(doer, &id, role).await.map_err(failed)?;
    Ok(back())
}

/// Closes or opens.
pub(super) async fn state(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    let doer = Doer::Officer(&sent.officer.who);
    let closed = sent.form.get("state") == Some("closed");
    app.set_disabled(doer, &id, closed).await.map_err(failed)?;
    Ok(back())
}

/// A new first password.
pub(super) async fn reset(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    let doer = Doer::Officer(&sent.officer.who);
    let password = app.reset_account(doer, &id).await.map_err(failed)?;
    let accounts = app.accounts(doer).await?;
    let login = accounts
        .iter()
        .find(|account| account.id == id)
        .map_or("", |account| account.login.as_str());
    Ok(first(&sent.officer, login, &password))
}

/// What a fault of a key's name says.
pub(super) fn name_fault(l: Lang, error: AccountError) -> Result<Vec<Fault>, Problem> {
    match error {
        AccountError::NameForm => Ok(vec![Fault {
            field: "name".to_owned(),
            text: t::accounts_name_form(l).to_owned(),
        }]),
        other => told(l, "name", "", other),
    }
}
