//! The desk's side of challenges: the queue, and one of them with words that are not public.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::challenge::Whole;
use cairn_app::challenge::rows::Summary;
use cairn_app::track::{Plans, Shown};
use cairn_desk::access::Action;
use cairn_desk::challenge::{Figure, Words, reference};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::challenge_work::forms;
use super::typed::Typed;
use super::who::Officer;
use super::words::{self, People};
use super::{case, doors};
use crate::challenge::{due_day, kind, named, page_of, paragraphs, shown_answer, state, words_of};
use crate::components::{
    Column, Hue, Row, Tone, back_link, neighbours, notice, said_inline, stack, summary_list, table,
    tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// The queue: what is open first, what is late marked.
pub(super) async fn queue(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let number = |name: &str| asked.get(name).and_then(|text| text.parse::<i64>().ok());
    let (after, before) = (number("after"), number("before"));
    let queue = app.challenge_queue(&officer.who, after, before).await?;
    let plans = app.plans().await?;
    let next = queue
        .open_next
        .map(|no| format!("/desk/challenges?after={no}"));
    let older = queue.answered_next;
    let older = older.map(|no| format!("/desk/challenges?before={no}#answered"));
    let list = |name: &str, rows: &[Summary]| cells(&app, &officer, &plans, name, rows);
    let body = html! {
        (doors(&officer, "/desk/challenges"))
        h1 { (t::challenge_desk(l)) }
        p { (t::challenge_desk_lead(l)) }
        @if after.is_some() || before.is_some() { p { a href="/desk/challenges" { (t::challenge_desk_top(l)) } } }
        h2 { (t::challenge_desk_open(l)) }
        @if queue.open.is_empty() { p.lead { (t::challenge_desk_open_none(l)) } }
        @else { (list(t::challenge_desk_open(l), &queue.open)) }
        (neighbours(l, None, next.as_deref()))
        @if !queue.set_aside.is_empty() {
            h2 { (t::challenge_desk_aside(l)) }
            (list(t::challenge_desk_aside(l), &queue.set_aside))
        }
        h2 #answered { (t::challenge_desk_answered(l)) }
        @if queue.answered.is_empty() { p { (t::challenge_desk_answered_none(l)) } }
        @else { (list(t::challenge_desk_answered(l), &queue.answered)) }
        @if let Some(older) = older { p { a href=(older) { (t::challenge_desk_older(l)) } } }
    };
    Ok(officer.page.render(t::challenge_desk(l), body))
}

fn cells(app: &App, officer: &Officer, plans: &Plans, name: &str, rows: &[Summary]) -> Markup {
    let (l, now) = (officer.page.lang, app.clock.now());
    let columns = [
        t::challenge_desk_number(l),
        t::challenge_desk_figure(l),
        t::challenge_state(l),
        t::challenge_received(l),
        t::challenge_due(l),
        t::challenge_desk_words(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = rows
        .iter()
        .map(|row| {
            let plan = plans.get(&row.plan);
            let figure = named(l, plan, &row.edition, &row.figure);
            vec![
                html! { a href={ "/desk/challenges/" (row.no) } { (reference(row.no)) } },
                html! { (figure) div.hint { (of_plan(l, plan, row)) } },
                state(l, row, now),
                html! { (officer.page.day(row.received_at)) " (" (case::age(l, row.received_at, now)) ")" },
                html! { (due_day(&officer.page, row.due_at)) },
                shown(l, &row.words),
            ]
        })
        .collect();
    stack(name, &columns, &rows)
}

/// The plan by its title, and the edition; by its id where it is no longer shown here.
fn of_plan(l: Lang, plan: Option<&Shown>, row: &Summary) -> Markup {
    html! {
        @match plan { Some(plan) => (crate::track::words(l, &plan.title)), None => (row.plan) }
        ", " (row.edition)
    }
}

fn shown(l: Lang, words: &str) -> Markup {
    match words {
        "shown" => tag(Hue::Green, t::challenge_desk_words_shown(l)),
        "withheld" => tag(Hue::Grey, t::challenge_desk_words_withheld(l)),
        _ => tag(Hue::Blue, t::challenge_desk_words_hidden(l)),
    }
}

/// What a page of a challenge is made of.
pub(super) struct View<'a> {
    pub app: &'a App,
    pub officer: &'a Officer,
    pub people: &'a People,
    pub plans: &'a Plans,
    pub whole: &'a Whole,
    pub typed: &'a Typed<'a>,
}

/// One of them.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    page(&app, &officer, number(&no)?, &Typed::default()).await
}

pub(super) fn number(no: &str) -> Result<i64> {
    no.parse().map_err(|_| Problem::not_found())
}

/// The whole page; `typed` is what somebody sent that could not be done.
pub(super) async fn page(
    app: &App,
    officer: &Officer,
    no: i64,
    typed: &Typed<'_>,
) -> Result<Markup> {
    let whole = app.read_challenge(&officer.who, no).await?;
    let people = app.people(&officer.who).await?;
    let plans = app.plans().await?;
    let view = View {
        app,
        officer,
        people: &people,
        plans: &plans,
        whole: &whole,
        typed,
    };
    let (l, row) = (officer.page.lang, &whole.summary);
    let heading = t::challenge_one(l, reference(no));
    let body = html! {
        (doors(officer, "/desk/challenges"))
        (typed.summary(l))
        (back_link(l, "/desk/challenges"))
        p.caption { (heading) }
        h1 { (named(l, plans.get(&row.plan), &row.edition, &row.figure)) }
        p.to-work { a href="#work" { (t::challenge_desk_work(l)) } }
        @if let Some(since) = typed.since { (meanwhile(&view, since)) }
        @if typed.refused { (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (t::challenge_desk_refused(l)) } })) }
        div.two {
            div {
                (facts(&view))
                h2 { (t::challenge_desk_said(l)) }
                (words_of(l, &whole.body))
                (answers(&view))
            }
            div {
                section.work aria-labelledby="work" {
                    h2 #work { (t::challenge_desk_work(l)) }
                    @if officer.who.may(Action::AnswerChallenges) { (forms(&view)) }
                    @else { p { (t::challenge_desk_read_only(l)) } }
                }
            }
        }
        (history(&view))
    };
    let faulty = !typed.faults.is_empty();
    Ok(officer.page.clone().faulty(faulty).render(&heading, body))
}

fn meanwhile(view: &View<'_>, since: i64) -> Markup {
    let l = view.officer.page.lang;
    let seen = usize::try_from(since).unwrap_or_default();
    let body = html! {
        p { (t::case_conflict_note(l)) }
        ul {
            @for (_, event) in view.whole.history.iter().skip(seen) {
                li {
                    (view.officer.page.moment(event.at)) ", " (words::challenger(l, view.people, &event.by)) ": "
                    (words::kind(l, event.change.kind()))
                }
            }
        }
    };
    notice(Tone::Warning, "meanwhile", t::case_conflict(l), body)
}

fn facts(view: &View<'_>) -> Markup {
    let page = &view.officer.page;
    let (l, row, body) = (page.lang, &view.whole.summary, &view.whole.body);
    let plan = view.plans.get(&row.plan);
    let figure = named(l, plan, &row.edition, &row.figure);
    let href = page_of(l, plan, &row.edition, &row.figure);
    let public = format!("/track/{}/challenges/{}", row.plan, row.no);
    let mail = if view.whole.standing.contact {
        t::challenge_desk_mail_yes(l)
    } else {
        t::challenge_desk_mail_no(l)
    };
    let rows = [
        Row::new(t::challenge_state(l), state(l, row, view.app.clock.now())),
        Row::new(t::challenge_desk_words(l), shown(l, &row.words)),
        Row::new(
            kind(l, Figure::parse(&row.figure).kind),
            html! {
                @match href { Some(href) => a href=(href) { (figure) }, None => (figure) }
                div.hint { (of_plan(l, plan, row)) }
            },
        ),
        Row::new(
            t::challenge_received(l),
            html! { (page.day(row.received_at)) },
        ),
        Row::new(t::challenge_due(l), html! { (due_day(page, row.due_at)) }),
        Row::new(
            t::challenge_by(l),
            match &body.name {
                Some(name) => said_inline(&defang_text(name)),
                None => html! { (t::challenge_somebody(l)) },
            },
        ),
        Row::new(
            t::case_language(l),
            html! { (words::language(l, &row.language)) },
        ),
        Row::new(t::case_contact_email(l), html! { (mail) }),
        Row::new(
            t::challenge_desk_public(l),
            html! { a href=(public) { (public) } },
        ),
    ];
    html! {
        (summary_list(l, &rows))
        @if let Words::Withheld { reason } = &view.whole.standing.words {
            p { (t::challenge_withheld(l)) }
            div.inset { (paragraphs(reason)) }
        }
    }
}

fn answers(view: &View<'_>) -> Markup {
    let page = &view.officer.page;
    let given = &view.whole.standing.answers;
    html! {
        @if !given.is_empty() {
            h2 { (t::challenge_answer(page.lang)) }
            @for one in given.iter().rev() { (shown_answer(page, view.plans, one)) }
        }
    }
}

fn history(view: &View<'_>) -> Markup {
    let page = &view.officer.page;
    let l = page.lang;
    let columns = words::history_columns(l);
    let rows: Vec<Vec<Markup>> = view
        .whole
        .history
        .iter()
        .rev()
        .map(|(index, event)| {
            vec![
                html! { (page.moment(event.at)) },
                words::challenger(l, view.people, &event.by),
                html! { (words::kind(l, event.change.kind())) },
                html! { (index) },
            ]
        })
        .collect();
    html! {
        h2 { (t::case_history(l)) }
        (table(t::case_history(l), &columns, &rows))
    }
}
