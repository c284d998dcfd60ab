//! Tokens of officers: one's own on the account's page, and everybody's for administrators.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::account::{AccountError, NewToken, TOKEN_DAYS_MAX, TOKENS_MAX, TokenRow};
use cairn_desk::account::AccountChange;
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::who::{Officer, Sent, token};
use super::words::{self, People};
use super::{account, doors};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Input, Look, Width, button, button_link, buttons, choice,
    form, input, machine, panel, radios, said_inline, select, stack, tag,
};
use crate::i18n::{Lang, t};
use crate::problem::Problem;

type Answer = Result<Response, Problem>;

/// Lives that are offered, days.
const DAYS: [&str; 4] = ["7", "30", "90", "365"];
const DAY_SECONDS: i64 = 24 * 3_600;

/// Days of use are those of UTC.
fn day(number: i64) -> String {
    let at = Micros(0).plus_seconds(number.saturating_mul(DAY_SECONDS));
    at.to_string().chars().take(10).collect()
}

fn state(officer: &Officer, one: &TokenRow, now: Micros) -> Markup {
    let (l, page) = (officer.page.lang, &officer.page);
    match one.ended_at {
        Some(at) => tag(Hue::Grey, &t::tokens_ended(l, page.day(at))),
        None if one.is_live(now) => tag(Hue::Green, &t::tokens_until(l, page.day(one.until))),
        None => tag(Hue::Grey, &t::tokens_over(l, page.day(one.until))),
    }
}

/// A table of tokens; with their owners where `people` are given.
fn table(
    officer: &Officer,
    tokens: &[TokenRow],
    now: Micros,
    (base, people): (&str, Option<&People>),
) -> Markup {
    let l = officer.page.lang;
    let csrf = token(&officer.seen);
    let columns = [
        t::tokens_name(l),
        t::tokens_may(l),
        t::tokens_state(l),
        t::tokens_used(l),
        t::tokens_end(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = tokens
        .iter()
        .map(|one| {
            vec![
                html! {
                    (said_inline(&one.name))
                    @if let Some(people) = people { div { (words::person(people, &one.account)) } }
                },
                html! { @if one.acts { (t::tokens_acts(l)) } @else { (t::tokens_reads(l)) } },
                state(officer, one, now),
                html! { @match one.used_on { Some(on) => (day(on)), None => (t::tokens_unused(l)) } },
                html! {
                    @if one.ended_at.is_none() {
                        (form(&format!("{base}/{}/end", one.id), Encoding::Pairs, Some(&csrf), html! {
                            (button(Look::Danger, t::tokens_end(l)))
                        }))
                    }
                },
            ]
        })
        .collect();
    stack(t::tokens_title(l), &columns, &rows)
}

fn making(officer: &Officer, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let name = Field::new(l, "token-name", t::tokens_name(l))
        .hint(t::tokens_name_hint(l))
        .error_in(faults);
    let line = Input {
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    let may = [
        choice("read", t::tokens_reads(l)),
        choice("act", t::tokens_acts(l)),
    ];
    let lives = DAYS.map(|days| (days, t::tokens_days(l, days.parse::<u64>().unwrap_or(1))));
    let lives: Vec<_> = lives
        .iter()
        .map(|(days, text)| choice(days, text))
        .collect();
    html! {
        h3 { (t::tokens_make(l)) }
        (form("/desk/account/tokens", Encoding::Pairs, Some(&token(&officer.seen)), html! {
            (input(&name, &line))
            (radios(&Field::new(l, "token-may", t::tokens_may(l)), &may, Some("read")))
            (select(&Field::new(l, "token-days", t::tokens_life(l)).error_in(faults), &lives, Some("30")))
            (button(Look::Plain, t::tokens_make(l)))
        }))
    }
}

/// The part of the account's page.
pub(super) async fn part(
    app: &App,
    officer: &Officer,
    faults: &[Fault],
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let tokens = app.own_tokens(&officer.who).await?;
    let proved = app.is_proved(&officer.who);
    Ok(html! {
        h2 #tokens { (t::tokens_title(l)) }
        p { (t::tokens_what(l)) " " a href="/api/desk" { (t::api_desk_title(l)) } }
        @if !tokens.is_empty() {
            (table(officer, &tokens, app.clock.now(), ("/desk/account/tokens", None)))
        }
        @if proved { (making(officer, faults)) }
        @else { p { (button_link(Look::Plain, "/desk/account/confirm", t::tokens_confirm(l))) } }
    })
}

/// A new one, shown this once.
pub(super) async fn make(State(app): State<App>, sent: Sent) -> Answer {
    let (officer, typed) = (&sent.officer, &sent.form);
    let l = officer.page.lang;
    let days = typed.get("token-days").and_then(|days| days.parse().ok());
    let new = NewToken {
        name: typed.get("token-name").unwrap_or_default(),
        acts: typed.get("token-may") == Some("act"),
        days: days.unwrap_or_default(),
    };
    let (field, text) = match app.make_token(&officer.who, new).await {
        Ok((made, shown)) => {
            let title = t::tokens_shown(l);
            let body = html! {
                (panel(title, html! { p { (said_inline(&made.name)) } p { (machine(&shown)) } }))
                p { (t::tokens_shown_note(l)) }
                (buttons(button_link(Look::Main, "/desk/account#tokens", t::tokens_back(l))))
            };
            return Ok(officer.page.render(title, body).into_response());
        }
        Err(AccountError::Unproved) => {
            return Ok(Redirect::to("/desk/account/confirm").into_response());
        }
        Err(AccountError::NameForm) => ("token-name", t::accounts_name_form(l).to_owned()),
        Err(AccountError::Many) => ("token-name", t::tokens_many(l, TOKENS_MAX as u64)),
        Err(AccountError::App(cairn_app::report::AppError::Input(_))) => (
            "token-days",
            t::tokens_days_wrong(l, u64::from(TOKEN_DAYS_MAX)),
        ),
        Err(AccountError::App(error)) => return Err(error.into()),
        Err(other) => return Err(Problem::unexpected(&other)),
    };
    let fault = Fault {
        field: field.to_owned(),
        text,
    };
    account::again(&app, officer, &[fault]).await
}

/// Ends one of one's own.
pub(super) async fn end_own(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    app.end_token(&sent.officer.who, &id).await?;
    Ok(Redirect::to("/desk/account#tokens").into_response())
}

/// Everybody's.
pub(super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let tokens = app.all_tokens(&officer.who).await?;
    let people = app.people(&officer.who).await?;
    let body = html! {
        (doors(&officer, "/desk/tokens"))
        h1 { (t::tokens_title(l)) }
        p { (t::tokens_all(l)) }
        @if tokens.is_empty() { p.lead { (t::tokens_none(l)) } }
        @else { (table(&officer, &tokens, app.clock.now(), ("/desk/tokens", Some(&people)))) }
    };
    Ok(officer.page.render(t::tokens_title(l), body))
}

/// Ends anybody's.
pub(super) async fn end(State(app): State<App>, Path(id): Path<String>, sent: Sent) -> Answer {
    if !sent
        .officer
        .who
        .may(cairn_desk::access::Action::ManageAccounts)
    {
        return Err(Problem::new(crate::problem::Kind::Forbidden));
    }
    app.end_token(&sent.officer.who, &id).await?;
    Ok(Redirect::to("/desk/tokens").into_response())
}

/// What the audit trail says of tokens and webhooks: the code of what happened, and more of it.
pub(super) fn logged(
    l: Lang,
    people: &People,
    change: &AccountChange,
) -> (&'static str, Option<Markup>) {
    let short = |id: &str| machine(id.get(..8).unwrap_or(id));
    match change {
        AccountChange::TokenMade {
            token,
            account,
            acts,
            ..
        } => {
            let may = if *acts {
                t::tokens_acts(l)
            } else {
                t::tokens_reads(l)
            };
            let detail = html! { (short(token)) ", " (words::person(people, account)) ", " (may) };
            ("token_made", Some(detail))
        }
        AccountChange::TokenEnded { token } => ("token_ended", Some(short(token))),
        AccountChange::TokenUsed { token, .. } => ("token_used", Some(short(token))),
        AccountChange::PullTokenMade {
            token, constituent, ..
        } => {
            let owner = t::owners_no(l, u64::from(*constituent));
            let detail = html! { (short(token)) ", " (owner) };
            ("pull_token_made", Some(detail))
        }
        AccountChange::PullTokenEnded { token } => ("pull_token_ended", Some(short(token))),
        AccountChange::PullTokenUsed { token, .. } => ("pull_token_used", Some(short(token))),
        AccountChange::WebhookSet {
            webhook, to, live, ..
        } => {
            let on = if *live {
                t::hooks_on(l)
            } else {
                t::hooks_off(l)
            };
            let detail = html! { (short(webhook)) ", " (machine(to)) ", " (on) };
            ("webhook_set", Some(detail))
        }
        AccountChange::WebhookSecret { webhook } => ("webhook_secret", Some(short(webhook))),
        AccountChange::WebhookOff { webhook, .. } => ("webhook_off", Some(short(webhook))),
        AccountChange::WebhookRemoved { webhook } => ("webhook_removed", Some(short(webhook))),
        _ => ("", None),
    }
}

/// In words.
pub(super) fn kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "token_made" => t::event_token_made(l),
        "token_ended" => t::event_token_ended(l),
        "token_used" => t::event_token_used(l),
        "pull_token_made" => t::event_pull_token_made(l),
        "pull_token_ended" => t::event_pull_token_ended(l),
        "pull_token_used" => t::event_pull_token_used(l),
        "webhook_set" => t::event_webhook_set(l),
        "webhook_secret" => t::event_webhook_secret(l),
        "webhook_off" => t::event_webhook_off(l),
        "webhook_removed" => t::event_webhook_removed(l),
        _ => t::event_unknown(l),
    }
}
