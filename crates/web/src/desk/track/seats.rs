//! Seats: who files for which organisation.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_app::App;
use cairn_app::account::Doer;
use cairn_app::track::{SeatError, SeatView};
use maud::{Markup, html};

use super::{Answer, go, tabs};
use crate::components::{
    Choice, Column, Encoding, Fault, Field, Input, Look, Width, back_link, button, error_summary,
    form, input, said_inline, select, stack,
};
use crate::desk::who::{Officer, Sent, token};
use crate::form::Form;
use crate::i18n::t;
use crate::problem::Problem;

async fn page(
    app: &App,
    officer: &Officer,
    id: &str,
    typed: &Form,
    faults: &[Fault],
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let doer = Doer::Officer(&officer.who);
    let owners = app.plan_owners(doer, id).await?;
    let seats = app.seats(doer, Some(id)).await?;
    let holders = app.seat_holders(doer).await?;
    let columns = [
        t::office_organisation(l),
        t::office_account(l),
        t::office_mail(l),
        t::office_reminded(l),
        t::office_do(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = seats.iter().map(|seat| row(officer, id, seat)).collect();
    let choice = |value, label| Choice {
        value,
        label,
        ..Choice::default()
    };
    let mut accounts = vec![choice("", t::office_choose(l))];
    accounts.extend(
        holders
            .iter()
            .map(|one| choice(one.login.as_str(), one.name.as_str())),
    );
    let mut organisations = vec![choice("", t::office_choose(l))];
    organisations.extend(owners.iter().map(|one| choice(one.as_str(), one.as_str())));
    let login = Field::new(l, "login", t::office_account(l))
        .hint(t::office_account_hint(l))
        .error_in(faults);
    let owner = Field::new(l, "owner", t::office_organisation(l)).error_in(faults);
    let mail = Field::new(l, "mail", t::office_mail(l))
        .hint(t::office_mail_hint(l))
        .optional(true)
        .error_in(faults);
    let line = Input {
        value: typed.get("mail").unwrap_or_default(),
        kind: "email",
        autocomplete: Some("off"),
        width: Width::Full,
        ..Input::default()
    };
    let body = html! {
        (tabs(officer))
        (back_link(l, &format!("/desk/track/{id}")))
        (error_summary(l, faults))
        h1 { (t::office_seats(l)) }
        p.lead { (t::office_seats_lead(l)) }
        @if rows.is_empty() {
            p { (t::office_seats_none(l)) }
        } @else {
            (stack(t::office_seats(l), &columns, &rows))
        }
        h2 { (t::office_seat_give(l)) }
        (form(&format!("/desk/track/{id}/seats"), Encoding::Pairs, Some(&token(&officer.seen)), html! {
            (select(&login, &accounts, typed.get("login")))
            (select(&owner, &organisations, typed.get("owner")))
            (input(&mail, &line))
            (button(Look::Main, t::office_seat_give(l)))
        }))
    };
    let faulty = !faults.is_empty();
    Ok(officer
        .page
        .clone()
        .faulty(faulty)
        .render(t::office_seats(l), body))
}

fn row(officer: &Officer, id: &str, seat: &SeatView) -> Vec<Markup> {
    let l = officer.page.lang;
    let reminded = seat.seat.reminded_at;
    vec![
        html! { (said_inline(&seat.seat.owner)) },
        html! { (said_inline(&seat.name)) " (" (seat.login) ")" },
        html! { @match &seat.seat.mail { Some(mail) => (said_inline(mail)), None => "–" } },
        html! { @match reminded { Some(at) => (officer.page.day(at)), None => "–" } },
        form(
            &format!("/desk/track/{id}/seats/remove"),
            Encoding::Pairs,
            Some(&token(&officer.seen)),
            html! {
                input type="hidden" name="account" value=(seat.seat.account);
                input type="hidden" name="owner" value=(seat.seat.owner);
                button class="button danger small" {
                    (t::office_seat_take(l)) span.unseen { " " (seat.login) ", " (seat.seat.owner) }
                }
            },
        ),
    ]
}

/// All seats of a plan.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Markup, Problem> {
    page(&app, &officer, &id, &Form::default(), &[]).await
}

/// Gives one.
pub(in crate::desk) async fn give(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let (officer, typed) = (&sent.officer, &sent.form);
    let l = officer.page.lang;
    let said = |name| typed.get(name).unwrap_or_default();
    let doer = Doer::Officer(&officer.who);
    let who = (said("login"), said("owner"));
    let given = app.give_seat(doer, &id, who, typed.get("mail")).await;
    let (field, text) = match given {
        Ok(()) => return Ok(go(&format!("/desk/track/{id}/seats"))),
        Err(SeatError::Account) => ("login", t::office_seat_account(l)),
        Err(SeatError::Owner(_)) => ("owner", t::office_seat_owner(l)),
        Err(SeatError::Mail) => ("mail", t::office_seat_mail(l)),
        Err(SeatError::App(error)) => return Err(error.into()),
    };
    let fault = Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    };
    let page = page(&app, officer, &id, typed, &[fault]).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Takes one. It may be gone already: that is what was wanted.
pub(in crate::desk) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let said = |name| sent.form.get(name).unwrap_or_default();
    let doer = Doer::Officer(&sent.officer.who);
    let of = (said("account"), said("owner"));
    match app.take_seat(doer, &id, of).await {
        Ok(()) | Err(cairn_app::report::AppError::Conflict) => {
            Ok(go(&format!("/desk/track/{id}/seats")))
        }
        Err(other) => Err(other.into()),
    }
}
