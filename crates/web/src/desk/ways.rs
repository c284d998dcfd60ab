//! The ways to sign in on one's own account: passkeys, the provider, and the proof that it is still oneself which changing them
//! asks for.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::oidc::OidcConfig;
use cairn_app::account::{AccountError, PasskeyView};
use maud::{Markup, html};

use super::passkey::{self, Ask};
use super::sign_in::told;
use super::who::{Officer, Sent, token};
use super::{account, doors};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Input, Look, Width, button, button_link, error_summary,
    form, input, said_inline, stack, tag,
};
use crate::i18n::{Lang, t};
use crate::problem::Problem;

type Answer = Result<Response, Problem>;

/// Where proof is asked for.
const CONFIRM: &str = "/desk/account/confirm";

fn name_input(value: &str) -> Input<'_> {
    Input {
        value,
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    }
}

fn changes(officer: &Officer, key: &PasskeyView, proved: bool, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let token = token(&officer.seen);
    let base = format!("/desk/account/passkeys/{}", key.id);
    // Labels of one row must not be those of another.
    let id = format!("name-{}", key.id);
    let wrong = faults.iter().any(|fault| fault.field == id);
    html! {
        details open[wrong] {
            summary { (t::passkey_change(l)) span.unseen { " " (key.name) } }
            div {
                (form(&format!("{base}/name"), Encoding::Pairs, Some(&token), html! {
                    (input(&Field::new(l, &id, t::passkey_name(l)).error_in(faults), &name_input(&key.name)))
                    (button(Look::Plain, t::passkey_rename(l)))
                }))
                @if proved {
                    (form(&format!("{base}/remove"), Encoding::Pairs, Some(&token), html! {
                        (button(Look::Danger, t::passkey_remove(l)))
                    }))
                }
            }
        }
    }
}

fn table(officer: &Officer, keys: &[PasskeyView], proved: bool, faults: &[Fault]) -> Markup {
    let (l, page) = (officer.page.lang, &officer.page);
    let columns = [
        t::passkey_name(l),
        t::passkey_added(l),
        t::account_session_used(l),
        t::passkey_change(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = keys
        .iter()
        .map(|key| {
            vec![
                html! { (said_inline(&key.name)) @if key.suspect { " " (tag(Hue::Red, t::passkey_suspect(l))) } },
                html! { (page.moment(key.created_at)) },
                html! { @match key.used_at { Some(at) => (page.moment(at)), None => (t::passkey_unused(l)) } },
                changes(officer, key, proved, faults),
            ]
        })
        .collect();
    html! {
        (stack(t::passkey_title(l), &columns, &rows))
        @if keys.iter().any(|key| key.suspect) { p { (t::passkey_suspect_note(l)) } }
    }
}

fn adding(app: &App, officer: &Officer, agent: &str, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let token = token(&officer.seen);
    let ask = Ask {
        ask: "/desk/account/passkeys/ask",
        action: "/desk/account/passkeys",
        makes: true,
        token: Some(&token),
    };
    let field = Field::new(l, "passkey-name", t::passkey_name(l))
        .hint(t::passkey_name_hint(l))
        .error_in(faults);
    html! {
        h3 { (t::passkey_add(l)) }
        noscript { p { (t::passkey_script(l)) } }
        (passkey::block(app, &officer.page, ask, html! {
            (input(&field, &name_input(agent)))
            (button(Look::Plain, t::passkey_add(l)))
        }))
    }
}

async fn provider(
    app: &App,
    officer: &Officer,
    config: &OidcConfig,
    proved: bool,
) -> Result<Markup, Problem> {
    let (l, page) = (officer.page.lang, &officer.page);
    let token = token(&officer.seen);
    let connection = app.connection(&officer.who).await?;
    Ok(html! {
        h3 { (config.label) }
        @match connection {
            Some(one) => {
                p {
                    (t::oidc_connected(l, page.moment(one.created_at)))
                    @if let Some(at) = one.used_at { " " (t::oidc_used(l, page.moment(at))) }
                }
                @if proved {
                    (form("/desk/account/oidc/remove", Encoding::Pairs, Some(&token), button(Look::Danger, t::oidc_disconnect(l))))
                }
            }
            None => {
                p { (t::oidc_not_connected(l)) }
                @if proved {
                    (form("/desk/account/oidc", Encoding::Pairs, Some(&token), button(Look::Plain, &t::oidc_connect(l, &config.label))))
                }
            }
        }
    })
}

/// The part of the account's page.
pub(super) async fn part(
    app: &App,
    officer: &Officer,
    agent: &str,
    faults: &[Fault],
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let proved = app.is_proved(&officer.who);
    let keys = app.passkeys(&officer.who).await?;
    Ok(html! {
        h2 #ways { (t::ways_title(l)) }
        @if officer.seen.must_add() { p.must-read { strong { (t::ways_must_add(l)) } } }
        p { (t::passkey_what(l)) }
        @if !proved { p { (button_link(Look::Plain, CONFIRM, t::ways_confirm(l))) } }
        @if keys.is_empty() {
            p { (t::passkey_none(l)) }
        } @else {
            (table(officer, &keys, proved, faults))
        }
        @if proved { (adding(app, officer, agent, faults)) }
        @if let Some(config) = &app.config.oidc { (provider(app, officer, config, proved).await?) }
    })
}

/// What became of a change: back to the page, by way of the proof if it is due, or the page with what is wrong.
async fn done(
    app: &App,
    officer: &Officer,
    field: &str,
    result: Result<(), AccountError>,
) -> Answer {
    let l = officer.page.lang;
    match result {
        Ok(()) => Ok(Redirect::to("/desk/account#ways").into_response()),
        Err(AccountError::Unproved) => Ok(Redirect::to(CONFIRM).into_response()),
        Err(error) => {
            let faults = told(l, field, t::passkey_not_added(l), error)?;
            account::again(app, officer, &faults).await
        }
    }
}

/// A new passkey.
pub(super) async fn add(State(app): State<App>, sent: Sent) -> Answer {
    let (officer, typed) = (&sent.officer, &sent.form);
    let name = typed.get("passkey-name").unwrap_or_default();
    let answer = typed.get("answer").unwrap_or_default();
    let result = app.add_passkey(&officer.who, name, answer).await;
    done(&app, officer, "passkey-name", result).await
}

/// Another name.
pub(super) async fn rename(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    let field = format!("name-{id}");
    let name = sent.form.get(&field).unwrap_or_default();
    let result = app.rename_passkey(&sent.officer.who, &id, name).await;
    done(&app, &sent.officer, &field, result).await
}

/// Removes one.
pub(super) async fn remove(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    let result = app.remove_passkey(&sent.officer.who, &id).await;
    done(&app, &sent.officer, "ways", result).await
}

/// Ends the connection with the provider.
pub(super) async fn disconnect(State(app): State<App>, sent: Sent) -> Answer {
    if app.config.oidc.is_none() {
        return Err(Problem::not_found());
    }
    let result = app.disconnect(&sent.officer.who).await;
    done(&app, &sent.officer, "ways", result).await
}

fn secret(l: Lang, id: &'static str, faults: &[Fault], code: bool) -> Markup {
    let label = if code {
        t::signin_code(l)
    } else {
        t::account_password_present(l)
    };
    let field = Field::new(l, id, label).error_in(faults);
    let shape = Input {
        kind: if code { "text" } else { "password" },
        inputmode: code.then_some("numeric"),
        autocomplete: Some(if code {
            "one-time-code"
        } else {
            "current-password"
        }),
        width: Width::Half,
        ..Input::default()
    };
    input(&field, &shape)
}

async fn asking(app: &App, officer: &Officer, faults: &[Fault]) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let proofs = app.proofs(&officer.who).await;
    let proofs = proofs.map_err(|error| Problem::unexpected(&error))?;
    let token = token(&officer.seen);
    let ask = Ask {
        ask: "/sign-in/passkey/ask",
        action: "/desk/account/confirm/passkey",
        makes: false,
        token: Some(&token),
    };
    let label = app.config.oidc.as_ref().map(|config| config.label.as_str());
    Ok(html! {
        (doors(officer, "/desk/account"))
        (error_summary(l, faults))
        h1 { (t::confirm_title(l)) }
        p { (t::confirm_why(l)) }
        @if proofs.password || proofs.code {
            (form(CONFIRM, Encoding::Pairs, Some(&token), html! {
                @if proofs.password { (secret(l, "present", faults, false)) } @else { (secret(l, "code", faults, true)) }
                (button(Look::Main, t::confirm_button(l)))
            }))
        }
        @if proofs.passkey {
            (passkey::block(app, &officer.page, ask, button(Look::Plain, t::confirm_passkey(l))))
        }
        @if let (true, Some(label)) = (proofs.provider, label) {
            (form("/desk/account/confirm/oidc", Encoding::Pairs, Some(&token), button(Look::Plain, &t::oidc_signin(l, label))))
        }
        p { a href="/desk/account" { (t::back(l)) } }
    })
}

/// Asks for proof.
pub(super) async fn confirm(
    State(app): State<App>,
    mut officer: Officer,
) -> Result<Markup, Problem> {
    officer.page = officer.page.passkeys();
    let body = asking(&app, &officer, &[]).await?;
    Ok(officer
        .page
        .render(t::confirm_title(officer.page.lang), body))
}

async fn proved(
    app: &App,
    officer: &Officer,
    field: &str,
    wrong: &str,
    result: Result<(), AccountError>,
) -> Answer {
    let l = officer.page.lang;
    match result {
        Ok(()) => Ok(Redirect::to("/desk/account#ways").into_response()),
        Err(error) => {
            let faults = told(l, field, wrong, error)?;
            let body = asking(app, officer, &faults).await?;
            let page = officer.page.clone().passkeys();
            Ok(super::sign_in::again(&page, t::confirm_title(l), body))
        }
    }
}

/// The same, sent: the password or a code.
pub(super) async fn confirmed(State(app): State<App>, sent: Sent) -> Answer {
    let (officer, l) = (&sent.officer, sent.officer.page.lang);
    if let Some(typed) = sent.form.get("code") {
        let result = app.prove_by_code(&officer.who, typed, sent.from).await;
        return proved(&app, officer, "code", t::signin_code_wrong(l), result).await;
    }
    let typed = sent.form.get("present").unwrap_or_default();
    let result = app.prove_by_password(&officer.who, typed, sent.from).await;
    proved(
        &app,
        officer,
        "present",
        t::account_password_wrong(l),
        result,
    )
    .await
}

/// The same by a passkey.
pub(super) async fn confirmed_by_passkey(
    State(app): State<App>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let (officer, l) = (&sent.officer, sent.officer.page.lang);
    let answer = sent.form.get("answer").unwrap_or_default();
    let cookie = passkey::question(&officer.page, &headers);
    let result = app.prove_by_passkey(&officer.who, cookie, answer).await;
    proved(&app, officer, "passkey", t::passkey_wrong(l), result).await
}
