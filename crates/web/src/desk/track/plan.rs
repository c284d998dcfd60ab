//! One plan: what is due, what waits, what stands in the way, and how each organisation stands.

use axum::extract::{Path, State};
use axum::response::Response;
use cairn_app::App;
use cairn_app::track::agenda::Agenda;
use cairn_app::track::rows::ReturnRow;
use cairn_desk::access::Action;
use cairn_desk::track::ReturnState;
use cairn_kernel::text::csv_cell;
use cairn_track::office::{Due, DueWhat};
use cairn_track::plan::Plan;
use maud::{Markup, html};

use super::{attachment, tabs, words};
use crate::components::{Column, Hue, Look, button_link, buttons, said_inline, stack, tag};
use crate::desk::who::Officer;
use crate::i18n::{self, t};
use crate::problem::Problem;

/// A plan with what is needed to show it.
struct View<'a> {
    officer: &'a Officer,
    id: &'a str,
    plan: &'a Plan,
    agenda: &'a Agenda,
}

/// The page.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Markup, Problem> {
    let l = officer.page.lang;
    let (agenda, working) = app.agenda(&officer.who, &id).await?.into_inner();
    let view = View {
        officer: &officer,
        id: &id,
        plan: &working.plan,
        agenda: &agenda,
    };
    let title = words::text(l, &working.plan.title).to_owned();
    let body = html! {
        (tabs(&officer))
        h1 { (words::of(l, &working.plan.title)) }
        @if let Some(edition) = working.edition() {
            p.lead { (words::of(l, &edition.title)) " · " (t::office_counts_to(l, i18n::date(l, edition.as_of))) }
        }
        (doings(&view))
        (waiting(&view))
        (dues(&view))
        (obstacles(&view))
        (claims(&view))
        (scorecard(&view))
        (all(&view))
    };
    Ok(officer.page.render(&title, body))
}

fn doings(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let may = |action| view.officer.who.may(action);
    let base = format!("/desk/track/{}", view.id);
    let newest = view.agenda.versions.first();
    html! {
        @if may(Action::FileReturns) && view.agenda.seats.is_empty() {
            p { (t::office_no_seats(l)) }
        }
        (buttons(html! {
            @if may(Action::FileReturns) && !view.agenda.seats.is_empty() {
                (button_link(Look::Main, &format!("{base}/returns/new"), t::office_file(l)))
            }
            @if may(Action::Dissent) {
                (button_link(Look::Main, &format!("{base}/dissent"), t::office_dissent(l)))
            }
            @if may(Action::ReviewPlans) {
                (button_link(Look::Plain, &format!("{base}/publish"), t::office_publish_title(l)))
                (button_link(Look::Plain, &format!("{base}/preview/"), t::office_preview(l)))
            }
            @if may(Action::ManageSeats) {
                (button_link(Look::Plain, &format!("{base}/seats"), t::office_seats(l)))
            }
        }))
        p {
            @match newest {
                Some(newest) => {
                    (t::office_published_as(l, view.officer.page.day(newest.at), newest.no.to_string())) " "
                    a href={ "/track/" (view.id) "/versions/" } { (t::office_versions(l)) }
                }
                None => (t::office_never_published(l)),
            }
        }
    }
}

/// What somebody has to do something about.
fn waiting(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let all = view.officer.who.may(Action::ReviewPlans);
    let wanted = if all {
        ReturnState::Waiting
    } else {
        ReturnState::SentBack
    };
    let title = if all {
        t::office_waiting(l)
    } else {
        t::office_to_correct(l)
    };
    let rows = view.agenda.returns.iter().rev();
    let rows: Vec<&ReturnRow> = rows
        .filter(|row| row.standing.state == wanted && !row.standing.corrected)
        .collect();
    html! {
        @if all || !rows.is_empty() {
            h2 { (title) }
            @if rows.is_empty() {
                p { (t::office_waiting_none(l)) }
            } @else {
                (returns(view, title, &rows))
            }
        }
    }
}

fn returns(view: &View<'_>, caption: &str, rows: &[&ReturnRow]) -> Markup {
    let l = view.officer.page.lang;
    let columns = [
        t::office_no(l),
        t::office_about(l),
        t::office_organisation(l),
        t::office_filed(l),
        t::office_state(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = rows
        .iter()
        .map(|row| {
            let no = row.standing.no;
            vec![
                html! { a href={ "/desk/track/" (view.id) "/returns/" (no) } { (t::office_return_no(l, no.to_string())) } },
                html! { (said_inline(&words::row(l, view.plan, row))) },
                html! { (said_inline(&row.standing.owner)) },
                html! { (view.officer.page.day(row.filed_at)) },
                html! {
                    (words::state(l, row))
                    @if let Some(by) = row.corrected_by { " " (t::office_corrected_by(l, by.to_string())) }
                },
            ]
        })
        .collect();
    stack(caption, &columns, &rows)
}

/// What a return on something that is due is on, as forms and calls name it.
pub(crate) fn item_of(one: &Due) -> String {
    match one.what {
        DueWhat::Measure => format!("measure:{}", one.id),
        DueWhat::Milestone => format!(
            "initiative:{}/milestone:{}",
            one.initiative.as_deref().unwrap_or_default(),
            one.id
        ),
        DueWhat::Action => format!(
            "initiative:{}/action:{}",
            one.initiative.as_deref().unwrap_or_default(),
            one.id
        ),
        DueWhat::Initiative | DueWhat::NextStep => format!("initiative:{}", one.id),
    }
}

/// Where the form for something that is due is.
fn form_of(id: &str, one: &Due) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("item", &item_of(one));
    if let Some(period) = one.period {
        query.append_pair("period", &period.to_string());
    }
    format!("/desk/track/{id}/returns/new?{}", query.finish())
}

fn dues(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let files = view.officer.who.may(Action::FileReturns);
    let mut columns = vec![
        t::office_by(l),
        t::office_about(l),
        t::office_organisation(l),
        t::office_state(l),
    ];
    if files {
        columns.push(t::office_do(l));
    }
    let columns: Vec<Column> = columns.into_iter().map(Column::text).collect();
    let row = |one: &Due| {
        let mut cells = vec![
            html! { (i18n::date(l, one.by)) },
            html! {
                (words::due_what(l, one.what)) ": " (words::of(l, &one.title))
                @if let Some(period) = one.period { ", " (period) }
            },
            html! { (said_inline(&one.owner)) },
            words::due_state(l, one.state),
        ];
        if files {
            cells.push(html! {
                a href=(form_of(view.id, one)) { (t::office_file(l)) span.unseen { ": " (words::of(l, &one.title)) } }
            });
        }
        cells
    };
    let rows: Vec<Vec<Markup>> = view.agenda.due.iter().map(row).collect();
    html! {
        h2 #due { (t::office_due(l)) }
        @if rows.is_empty() {
            p { (t::office_due_none(l)) }
        } @else {
            (stack(t::office_due(l), &columns, &rows))
        }
    }
}

fn obstacles(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let columns = [
        t::office_obstacle(l),
        t::office_mend(l),
        t::office_organisation(l),
        t::office_weight(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = view
        .agenda
        .obstacles
        .iter()
        .map(|one| {
            vec![
                html! {
                    (words::of(l, &one.what))
                    @if let Some(file) = &one.file { " (" (file) @if one.line > 0 { ":" (one.line) } ")" }
                },
                html! { (words::of(l, &one.mend)) },
                html! { (one.owner.as_deref().unwrap_or("–")) },
                if one.forbids {
                    tag(Hue::Red, t::office_forbids(l))
                } else {
                    tag(Hue::Amber, t::office_warns(l))
                },
            ]
        })
        .collect();
    html! {
        @if view.officer.who.may(Action::ReviewPlans) {
            h2 #obstacles { (t::office_obstacles(l)) }
            @if rows.is_empty() {
                p { (t::office_obstacles_none(l)) }
            } @else {
                (stack(t::office_obstacles(l), &columns, &rows))
            }
        }
    }
}

fn claims(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let columns = [
        t::office_about(l),
        t::office_organisation(l),
        t::office_doubt(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = view
        .agenda
        .claims
        .iter()
        .map(|one| {
            vec![
                html! { (words::claimed(l, one.of)) ": " (words::of(l, &one.title)) },
                html! { (said_inline(&one.owner)) },
                html! { (words::doubt(l, one.doubt)) },
            ]
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h2 { (t::office_claims(l)) }
            (stack(t::office_claims(l), &columns, &rows))
        }
    }
}

fn scorecard(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let columns = [
        Column::text(t::office_organisation(l)),
        Column::number(t::office_initiatives(l)),
        Column::text(t::office_milestones(l)),
        Column::text(t::office_actions(l)),
        Column::number(t::office_without_data(l)),
        Column::number(t::office_claims_short(l)),
    ];
    let rows: Vec<Vec<Markup>> = view
        .agenda
        .scores
        .iter()
        .map(|one| {
            vec![
                html! { (said_inline(&one.owner)) },
                html! { (one.initiatives.len()) },
                words::steps(l, one.milestones),
                words::steps(l, one.actions),
                html! { (one.without_data.len()) },
                html! { (one.claims) },
            ]
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h2 { (t::office_scores(l)) }
            (stack(t::office_scores(l), &columns, &rows))
            p { a href={ "/desk/track/" (view.id) "/scores.csv" } { (t::office_scores_csv(l)) } }
        }
    }
}

/// Every return, for looking back.
fn all(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let rows: Vec<&ReturnRow> = view.agenda.returns.iter().collect();
    html! {
        h2 { (t::office_returns(l)) }
        @if rows.is_empty() {
            p { (t::office_returns_none(l)) }
        } @else {
            (returns(view, t::office_returns(l), &rows))
        }
    }
}

/// The scorecard as a table for spreadsheets.
pub(in crate::desk) async fn scores(
    State(app): State<App>,
    officer: Officer,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (agenda, _) = app.agenda(&officer.who, &id).await?.into_inner();
    let mut lines = vec![
        "organisation,initiatives,co_owned,milestones_done,milestones_late,milestones_overdue,\
         milestones_without_evidence,milestones_due,actions_done,actions_late,actions_overdue,\
         actions_without_evidence,actions_due,measures,measures_without_data,claims_in_doubt"
            .to_owned(),
    ];
    for one in &agenda.scores {
        let steps = |steps: cairn_track::office::Steps| {
            format!(
                "{},{},{},{},{}",
                steps.on_time + steps.done,
                steps.late,
                steps.overdue,
                steps.without_evidence,
                steps.due + steps.no_date
            )
        };
        lines.push(format!(
            "{},{},{},{},{},{},{},{}",
            quoted(&one.owner),
            one.initiatives.len(),
            one.co_owned.len(),
            steps(one.milestones),
            steps(one.actions),
            one.measures.len(),
            one.without_data.len(),
            one.claims
        ));
    }
    lines.push(String::new());
    let name = format!("{id}-organisations.csv");
    Ok(attachment(
        &name,
        "text/csv; charset=utf-8",
        lines.join("\r\n"),
    ))
}

/// A field of RFC 4180 that no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    format!("\"{}\"", csv_cell(text).replace('"', "\"\""))
}
