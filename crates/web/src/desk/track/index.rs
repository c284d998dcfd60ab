//! The plans: what is due from whoever looks, and what waits for them.

use axum::extract::State;
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::report::AppError;
use cairn_app::track::agenda::PlanLine;
use cairn_desk::access::Action;
use cairn_desk::track::ReturnState;
use cairn_track::office::DueState;
use maud::{Markup, html};

use super::{tabs, words};
use crate::desk::who::Officer;
use crate::i18n::t;
use crate::problem::Problem;

/// All plans.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let lines = lines(&app, &officer.who).await?;
    let body = html! {
        (tabs(&officer))
        h1 { (t::office_title(l)) }
        p.lead { (t::office_lead(l)) }
        @if lines.is_empty() { p { (t::office_none(l)) } }
        @for line in &lines {
            section {
                h2 { a href={ "/desk/track/" (line.plan) } { (words::of(l, &line.title)) } }
                p { (words::of(l, &line.edition)) }
                (waits(&officer, line))
            }
        }
    };
    Ok(officer.page.render(t::office_title(l), body))
}

/// The plans that who looks has to do with.
pub(crate) async fn lines(app: &App, who: &Principal) -> Result<Vec<PlanLine>, AppError> {
    let mut lines = app.plan_lines(who).await?.into_inner();
    // Who files for somebody has nothing to do with the other plans.
    if !who.may(Action::ReviewPlans) && lines.iter().any(|line| !line.agenda.seats.is_empty()) {
        lines.retain(|line| !line.agenda.seats.is_empty());
    }
    Ok(lines)
}

/// What is to be done by who looks.
fn waits(officer: &Officer, line: &PlanLine) -> Markup {
    let l = officer.page.lang;
    let may = |action| officer.who.may(action);
    let agenda = &line.agenda;
    let due = |state| agenda.due.iter().filter(|one| one.state == state).count() as u64;
    let in_state = |state| {
        let returns = agenda.returns.iter();
        let open = returns.filter(|one| one.standing.state == state && !one.standing.corrected);
        open.count() as u64
    };
    let forbids = agenda.obstacles.iter().filter(|one| one.forbids).count() as u64;
    html! {
        ul {
            @if may(Action::FileReturns) {
                @if agenda.seats.is_empty() {
                    li { (t::office_no_seats(l)) }
                } @else {
                    li { (t::office_seats_of(l, agenda.seats.join("; "))) }
                    li { (t::office_count_overdue(l, due(DueState::Overdue))) }
                    li { (t::office_count_due(l, due(DueState::Due))) }
                    @if in_state(ReturnState::SentBack) > 0 {
                        li { strong { (t::office_count_sent_back(l, in_state(ReturnState::SentBack))) } }
                    }
                }
            }
            @if may(Action::ReviewPlans) {
                li { (t::office_count_waiting(l, in_state(ReturnState::Waiting))) }
                li { (t::office_count_overdue(l, due(DueState::Overdue))) }
                li { (t::office_count_forbids(l, forbids)) }
                li { (t::office_count_signed(l, agenda.signed.len() as u64)) }
            }
        }
    }
}
