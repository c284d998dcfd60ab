//! Tokens by which an owner fetches what it was told.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use cairn_app::App;
use cairn_app::notice::{PULL_DAYS_MAX, PULL_TOKENS_MAX, PullTokenRow};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::one::{self, number};
use super::{Answer, allowed, href};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Input, Look, Width, button, button_link, buttons, choice,
    form, input, machine, panel, said_inline, select, stack, tag,
};
use crate::desk::who::{Officer, Sent, token};
use crate::i18n::{Lang, t};

/// Lives that are offered, days.
const DAYS: [&str; 4] = ["30", "90", "180", "365"];
const DAY_SECONDS: i64 = 24 * 3_600;

fn state(officer: &Officer, one: &PullTokenRow, now: Micros) -> Markup {
    let (l, page) = (officer.page.lang, &officer.page);
    match one.ended_at {
        Some(at) => tag(Hue::Grey, &t::tokens_ended(l, page.day(at))),
        None if one.is_live(now) => tag(Hue::Green, &t::tokens_until(l, page.day(one.until))),
        None => tag(Hue::Grey, &t::tokens_over(l, page.day(one.until))),
    }
}

/// Days of use are those of UTC.
fn used(l: Lang, one: &PullTokenRow) -> String {
    let day = |on: i64| {
        let at = Micros(0).plus_seconds(on.saturating_mul(DAY_SECONDS));
        at.to_string().chars().take(10).collect()
    };
    one.used_on
        .map_or_else(|| t::tokens_unused(l).to_owned(), day)
}

/// The part of the constituent's page: its tokens, and a form for a new one.
pub(super) fn part(
    officer: &Officer,
    no: u32,
    (tokens, now): (&[PullTokenRow], Micros),
    faults: &[Fault],
) -> Markup {
    let l = officer.page.lang;
    let does = officer.who.may(Action::WorkReports);
    let csrf = token(&officer.seen);
    let columns = [
        t::tokens_name(l),
        t::tokens_state(l),
        t::tokens_used(l),
        t::tokens_end(l),
    ]
    .map(Column::text);
    let row = |one: &PullTokenRow| {
        let end = format!("{}/tokens/{}/end", href(no), one.id);
        vec![
            html! { (said_inline(&one.name)) },
            state(officer, one, now),
            html! { (used(l, one)) },
            html! {
                @if does && one.ended_at.is_none() {
                    (form(&end, Encoding::Pairs, Some(&csrf), button(Look::Danger, t::tokens_end(l))))
                }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = tokens.iter().map(row).collect();
    html! {
        h2 #tokens { (t::pull_title(l)) }
        p { (t::pull_what(l)) }
        @if !rows.is_empty() { (stack(t::pull_title(l), &columns, &rows)) }
        @if does { (making(l, no, &csrf, faults)) }
    }
}

fn making(l: Lang, no: u32, csrf: &str, faults: &[Fault]) -> Markup {
    let name = Field::new(l, "token-name", t::tokens_name(l))
        .hint(t::pull_name_hint(l))
        .error_in(faults);
    let line = Input {
        autocomplete: Some("off"),
        width: Width::Half,
        ..Input::default()
    };
    let lives = DAYS.map(|days| (days, t::tokens_days(l, days.parse::<u64>().unwrap_or(1))));
    let lives: Vec<_> = lives
        .iter()
        .map(|(days, text)| choice(days, text))
        .collect();
    let life = Field::new(l, "token-days", t::tokens_life(l)).error_in(faults);
    html! {
        h3 { (t::pull_make(l)) }
        (form(&format!("{}/tokens", href(no)), Encoding::Pairs, Some(csrf), html! {
            (input(&name, &line))
            (select(&life, &lives, Some("90")))
            (button(Look::Plain, t::pull_make(l)))
        }))
    }
}

/// A new one, shown this once.
pub(super) async fn make(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    let (officer, typed) = (&sent.officer, &sent.form);
    allowed(officer, Action::WorkReports)?;
    let (l, no) = (officer.page.lang, number(&no)?);
    let days = typed.get("token-days").and_then(|days| days.parse().ok());
    let new = (
        typed.get("token-name").unwrap_or_default(),
        days.unwrap_or_default(),
    );
    let (field, text) = match app.make_pull_token(&officer.who, no, new).await {
        Ok((made, shown)) => {
            let title = t::tokens_shown(l);
            let back = format!("{}#tokens", href(no));
            let body = html! {
                (panel(title, html! { p { (said_inline(&made.name)) } p { (machine(&shown)) } }))
                p { (t::pull_shown_note(l)) }
                (buttons(button_link(Look::Main, &back, t::pull_back(l))))
            };
            return Ok(officer.page.render(title, body).into_response());
        }
        Err(AppError::Input(what)) => match what.as_str() {
            "days" => (
                "token-days",
                t::tokens_days_wrong(l, u64::from(PULL_DAYS_MAX)),
            ),
            "many" => ("token-name", t::pull_many(l, PULL_TOKENS_MAX as u64)),
            _ => ("token-name", t::accounts_name_form(l).to_owned()),
        },
        Err(other) => return Err(other.into()),
    };
    let again = one::Sent {
        faults: vec![Fault {
            field: field.to_owned(),
            text,
        }],
        ..one::Sent::default()
    };
    let page = one::page(&app, officer, no, &again).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Ends one.
pub(super) async fn end(
    State(app): State<App>,
    Path((no, id)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    allowed(&sent.officer, Action::WorkReports)?;
    let no = number(&no)?;
    app.end_pull_token(&sent.officer.who, no, &id).await?;
    Ok(Redirect::to(&format!("{}#tokens", href(no))).into_response())
}
