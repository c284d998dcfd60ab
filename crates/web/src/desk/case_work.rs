//! What officers do to a report. Each form says which version of the report it was made for: if the report moved on,
//! nothing is done, and what was typed is shown again beside what changed.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::presence::Place;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::report::{Command, LossKind, State as Standing};
use cairn_kernel::money::Money;
use maud::{Markup, html};

use super::case_read::{Beside, View, page};
use super::choices::{self, listed, or_keep};
use super::typed::Typed;
use super::who::{Officer, Sent, token};
use crate::components::{
    Encoding, Fault, Field, Input, Look, Width, button, button_named, checkbox, choice, form,
    input, inset, select,
};
use crate::form::Form;
use crate::i18n::t;
use crate::problem::{Kind, Problem};

pub(super) type Answer = Result<Response, Problem>;

/// A form that changes this report.
pub(super) fn change(view: &View<'_>, action: &str, body: Markup) -> Markup {
    let whole = view.whole;
    form(
        &format!("/desk/reports/{}/{action}", whole.reference),
        Encoding::Pairs,
        Some(&token(&view.officer.seen)),
        html! {
            input type="hidden" name="version" value=(whole.standing.version);
            (body)
        },
    )
}

/// All forms that make sense now.
pub(super) fn forms(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    html! {
        section.work aria-labelledby="work" {
            h2 #work { (t::case_work(l)) }
            @if !view.officer.who.may(Action::WorkReports) {
                p { (t::case_read_only(l)) }
            } @else {
                (unmarking(view))
                (working(view, typed))
                (super::hold::holding(view, typed))
                (erasing(view, typed))
            }
        }
    }
}

/// What was marked as a machine's does not count: the officer who sees that a person wrote it says so.
fn unmarking(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if view.whole.standing.suspect {
            (change(view, "person", html! {
                p.hint { (t::case_suspect_note(l)) }
                (button(Look::Plain, t::case_suspect_clear(l)))
            }))
        }
    }
}

fn working(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if view.whole.standing.state == Standing::Closed {
            (inset(html! { p { (t::case_closed_note(l)) } }))
            (change(view, "reopen", button(Look::Main, t::case_reopen(l))))
        } @else {
            (assigning(view, typed))
            (sorting(view, typed))
            (super::reply::writing(view, typed))
            (closing(view, typed))
        }
    }
}

fn assigning(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let who = &view.officer.who;
    let held = view.whole.standing.assignee.as_deref();
    if !who.may(Action::AssignReports) {
        return change(
            view,
            "assign",
            html! {
                @if held == Some(&who.account) {
                    (button_named(Look::Plain, "to", "", t::case_assign_nobody(l)))
                } @else {
                    (button_named(Look::Main, "to", &who.account, t::case_assign_me(l)))
                }
            },
        );
    }
    let mut choices = vec![choice("", t::queue_nobody(l))];
    for (id, person) in view.people.iter().filter(|(_, person)| person.works) {
        choices.push(choice(id, &person.name));
    }
    let chosen = typed.get("to").or(held).unwrap_or_default();
    html! {
        @if held != Some(&who.account) {
            (change(view, "assign", button_named(Look::Main, "to", &who.account, t::case_assign_me(l))))
        }
        (change(view, "assign", html! {
            (select(&Field::new(l, "to", t::case_assign(l)), &choices, Some(chosen)))
            (button(Look::Plain, t::case_assign_save(l)))
        }))
    }
}

fn sorting(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let (form, standing) = (&view.app.form, &view.whole.standing);
    let categories = choices::categories(form, l);
    let severities = choices::severities(form, l);
    let now = choices::code_of(&standing.category, standing.subtype.as_deref());
    let level = standing.severity.to_string();
    html! {
        (change(view, "category", html! {
            (select(&Field::new(l, "category", t::case_category(l)), &listed(&categories), Some(typed.get("category").unwrap_or(&now))))
            (button(Look::Plain, t::case_category_save(l)))
        }))
        (change(view, "severity", html! {
            (select(&Field::new(l, "severity", t::queue_severity(l)), &listed(&severities), Some(typed.get("severity").unwrap_or(&level))))
            (button(Look::Plain, t::case_severity_save(l)))
        }))
    }
}

/// Beside the losses: each amount of money can be verified, or corrected.
pub(super) fn verifying(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let standing = &view.whole.standing;
    let works = view.officer.who.may(Action::WorkReports) && standing.state != Standing::Closed;
    let items = standing.losses.iter().enumerate();
    let items = items.filter(|(_, loss)| works && loss.kind == LossKind::DirectFinancial);
    html! {
        @for (at, loss) in items {
            @let id = format!("amount-{at}");
            @let label = t::case_loss_verify(l, (at + 1).to_string());
            @let known = loss.amount.as_ref().map(ToString::to_string).unwrap_or_default();
            @let value = typed.get(&id).unwrap_or(&known);
            (change(view, "loss", html! {
                input type="hidden" name="item" value=(at);
                (input(
                    &Field::new(l, &id, &label).hint(t::case_loss_verify_hint(l)).error_in(&typed.faults),
                    &Input { value, inputmode: Some("decimal"), autocomplete: Some("off"), width: Width::Half, ..Input::default() },
                ))
                (button(Look::Plain, t::case_loss_verify_save(l)))
            }))
        }
    }
}

/// What this officer wrote last and took back: nothing typed is lost.
pub(super) fn taken_back<'a>(view: &View<'a>) -> Option<&'a str> {
    let last = view.whole.messages.last()?;
    let own = last.author.as_deref() == Some(view.officer.who.account.as_str());
    let back = view.whole.standing.withdrawn.contains(&last.n);
    (own && back).then_some(last.text.as_str())
}

/// A lead may erase the contact details, also of a closed report.
fn erasing(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let may = view.officer.who.may(Action::EraseContacts);
    let sure = Field::new(l, "sure", t::case_erase_sure(l)).error_in(&typed.faults);
    html! {
        @if may && view.whole.contact.is_some() && view.whole.standing.hold.is_some() {
            p.hint { (t::hold_no_erasing(l)) }
        } @else if may && view.whole.contact.is_some() {
            (change(view, "erase-contact", html! {
                p { (t::case_erase_note(l)) }
                (checkbox(&sure, "1", false))
                (button(Look::Danger, t::case_erase(l)))
            }))
        }
    }
}

fn closing(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let outcomes = choices::outcomes(&view.app.form, l);
    let outcomes = or_keep(t::case_chosen(l), outcomes);
    let field = Field::new(l, "outcome", t::case_outcome(l)).error_in(&typed.faults);
    change(
        view,
        "close",
        html! {
            (select(&field, &listed(&outcomes), typed.get("outcome")))
            (button(Look::Danger, t::case_close_save(l)))
        },
    )
}

/// A form sent to one report.
type To = Path<String>;

pub(super) fn version(form: &Form) -> i64 {
    form.get("version")
        .and_then(|version| version.parse().ok())
        .unwrap_or_default()
}

/// Back to the report if it was done; else the page again with what was typed.
pub(super) async fn answered(
    app: &App,
    sent: &Sent,
    reference: &str,
    done: Result<(), AppError>,
) -> Answer {
    let mut typed = Typed {
        form: Some(&sent.form),
        ..Typed::default()
    };
    match done {
        Ok(()) => {
            if let Some(no) = app.number(reference) {
                app.present_sent(&sent.officer.who, Place::Report(no));
            }
            return Ok(Redirect::to(&format!("/desk/reports/{reference}")).into_response());
        }
        Err(AppError::Conflict) => typed.since = Some(version(&sent.form)),
        Err(AppError::Refused(_) | AppError::Input(_)) => typed.refused = true,
        Err(other) => return Err(other.into()),
    }
    shown(app, &sent.officer, reference, &typed, StatusCode::CONFLICT).await
}

pub(super) async fn shown(
    app: &App,
    officer: &Officer,
    reference: &str,
    typed: &Typed<'_>,
    status: StatusCode,
) -> Answer {
    let whole = app.read_report(&officer.who, reference).await?;
    let people = app.people(&officer.who).await?;
    let beside = Beside::read(app, officer, &whole).await?;
    let page = page(app, officer, &people, (&whole, &beside), typed);
    Ok((status, page).into_response())
}

async fn work(app: &App, sent: &Sent, reference: &str, command: Command) -> Answer {
    let who = &sent.officer.who;
    let done = app.work(who, reference, version(&sent.form), command).await;
    answered(app, sent, reference, done).await
}

/// To somebody, or to nobody.
pub(super) async fn assign(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    let to = sent.form.get("to").filter(|to| !to.is_empty());
    let command = Command::Assign {
        to: to.map(str::to_owned),
    };
    work(&app, &sent, &reference, command).await
}

/// The final category, with or without sub-type.
pub(super) async fn category(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    let chosen = sent.form.get("category").unwrap_or_default();
    let (category, subtype) = choices::category(chosen);
    let command = Command::Categorise { category, subtype };
    work(&app, &sent, &reference, command).await
}

/// The severity.
pub(super) async fn severity(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    let level = sent
        .form
        .get("severity")
        .and_then(|level| level.parse().ok());
    let command = Command::SetSeverity {
        severity: level.unwrap_or_default(),
    };
    work(&app, &sent, &reference, command).await
}

/// The amount of a loss, as an officer found it to be.
pub(super) async fn loss(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    let item = sent.form.get("item").unwrap_or_default();
    let field = format!("amount-{item}");
    let text = sent.form.get(&field).unwrap_or_default();
    let own = app.form.currencies().first().map_or("", String::as_str);
    let (Ok(at), Ok(amount)) = (item.parse(), Money::parse(text, own)) else {
        let wrong = t::case_loss_verify_wrong(sent.officer.page.lang).to_owned();
        return faulty(&app, &sent, &reference, &field, wrong).await;
    };
    let who = &sent.officer.who;
    let done = app
        .verify_loss(who, &reference, version(&sent.form), at, amount)
        .await;
    answered(&app, &sent, &reference, done).await
}

pub(super) async fn faulty(
    app: &App,
    sent: &Sent,
    reference: &str,
    field: &str,
    text: String,
) -> Answer {
    // Who may not work on reports is told so before any fault of the form.
    if !sent.officer.who.may(Action::WorkReports) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let typed = Typed {
        form: Some(&sent.form),
        faults: vec![Fault {
            field: field.to_owned(),
            text,
        }],
        ..Typed::default()
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    shown(app, &sent.officer, reference, &typed, status).await
}

/// Done, with an outcome.
pub(super) async fn close(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    let outcome = sent.form.get("outcome").unwrap_or_default();
    if outcome.is_empty() {
        let text = t::case_close_choose(sent.officer.page.lang).to_owned();
        return faulty(&app, &sent, &reference, "outcome", text).await;
    }
    let command = Command::Close {
        outcome: outcome.to_owned(),
    };
    work(&app, &sent, &reference, command).await
}

/// The contact details, for good.
pub(super) async fn erase_contact(
    State(app): State<App>,
    Path(reference): To,
    sent: Sent,
) -> Answer {
    if !sent.officer.who.may(Action::EraseContacts) {
        return Err(Problem::new(Kind::Forbidden));
    }
    if sent.form.get("sure").is_none() {
        let text = t::case_erase_sure_first(sent.officer.page.lang).to_owned();
        return faulty(&app, &sent, &reference, "sure", text).await;
    }
    work(&app, &sent, &reference, Command::EraseContact).await
}

/// The report belongs to a case.
pub(super) async fn add_to_case(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    let typed = sent.form.get("case-no").unwrap_or_default();
    let no = typed.trim().parse::<i64>();
    let done = match no {
        Ok(no) => app.link_report(&sent.officer.who, no, &reference).await,
        Err(_) => Err(AppError::NotFound),
    };
    match (done, no) {
        (Ok(()), Ok(no)) => Ok(Redirect::to(&format!("/desk/cases/{no}#reports")).into_response()),
        (Err(AppError::NotFound | AppError::Case(_)), _) => {
            let text = t::cases_no_such(sent.officer.page.lang).to_owned();
            faulty(&app, &sent, &reference, "case-no", text).await
        }
        (Err(other), _) => Err(other.into()),
        (Ok(()), Err(_)) => Err(Problem::not_found()),
    }
}

/// Up again.
pub(super) async fn reopen(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    work(&app, &sent, &reference, Command::Reopen).await
}

/// A person sent it after all.
pub(super) async fn person(State(app): State<App>, Path(reference): To, sent: Sent) -> Answer {
    work(&app, &sent, &reference, Command::NotSuspect).await
}

/// A file in an encrypted archive. Sent by a form, since taking it is noted in the log.
pub(super) async fn file(
    State(app): State<App>,
    Path((reference, sha256)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let archive = app
        .take_away(&sent.officer.who, &reference, &sha256)
        .await?;
    let name = format!("attachment; filename=\"{}\"", archive.name);
    let name = HeaderValue::try_from(name).map_err(|error| Problem::unexpected(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (header::CONTENT_DISPOSITION, name),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
    ];
    Ok((headers, archive.bytes).into_response())
}
