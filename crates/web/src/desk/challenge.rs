//! The desk's side of challenges: the queue, one of them with words that are not public, and the forms to answer it. Each
//! form says which version it was made for: if the challenge moved on, nothing is done and nothing typed is lost.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::challenge::Whole;
use cairn_app::challenge::rows::Summary;
use cairn_app::report::AppError;
use cairn_app::track::Plans;
use cairn_desk::access::Action;
use cairn_desk::challenge::{
    self as desk, ANSWER_CHARS_MAX, Command, Fault as Wrong, Field as Place, Figure, Outcome,
    REASON_CHARS_MAX, TypedAnswer, Words, reference,
};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::who::{Officer, Sent, token};
use super::words::{self, People};
use super::{case, doors};
use crate::challenge::{
    due_day, kind, outcome, page_of, paragraphs, shown_answer, state, title, words_of,
};
use crate::components::{
    Choice, Column, Encoding, Fault, Field, Hue, Input, Look, Row, Tone, back_link, button,
    error_summary, form, input, neighbours, notice, radios, said_inline, stack, summary_list,
    table, tag, textarea,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

type Answer = Result<Response>;

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
            let figure = title(l, plan, &row.edition, &row.figure);
            vec![
                html! { a href={ "/desk/challenges/" (row.no) } { (reference(row.no)) } },
                html! { (said_inline(&figure)) div.hint { (row.plan) ", " (row.edition) } },
                state(l, row, now),
                html! { (officer.page.day(row.received_at)) " (" (case::age(l, row.received_at, now)) ")" },
                html! { (due_day(&officer.page, row.due_at)) },
                shown(l, &row.words),
            ]
        })
        .collect();
    stack(name, &columns, &rows)
}

fn shown(l: Lang, words: &str) -> Markup {
    match words {
        "shown" => tag(Hue::Green, t::challenge_desk_words_shown(l)),
        "withheld" => tag(Hue::Grey, t::challenge_desk_words_withheld(l)),
        _ => tag(Hue::Blue, t::challenge_desk_words_hidden(l)),
    }
}

/// What somebody sent that could not be done.
#[derive(Default)]
struct Typed<'a> {
    form: Option<&'a Form>,
    faults: Vec<Fault>,
    /// The version they saw, if the challenge moved on.
    since: Option<i64>,
    refused: bool,
}

impl Typed<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.form.and_then(|form| form.get(name))
    }
}

/// What a page of a challenge is made of.
struct View<'a> {
    app: &'a App,
    officer: &'a Officer,
    people: &'a People,
    plans: &'a Plans,
    whole: &'a Whole,
    typed: &'a Typed<'a>,
}

/// One of them.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    page(&app, &officer, number(&no)?, &Typed::default()).await
}

fn number(no: &str) -> Result<i64> {
    no.parse().map_err(|_| Problem::not_found())
}

async fn page(app: &App, officer: &Officer, no: i64, typed: &Typed<'_>) -> Result<Markup> {
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
    let name = title(l, plans.get(&row.plan), &row.edition, &row.figure);
    let body = html! {
        (doors(officer, "/desk/challenges"))
        (error_summary(l, &typed.faults))
        (back_link(l, "/desk/challenges"))
        p.caption { (heading) }
        h1 { (said_inline(&name)) }
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
                    (view.officer.page.moment(event.at)) ", " (words::actor(l, view.people, &event.by)) ": "
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
    let figure = title(l, plan, &row.edition, &row.figure);
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
                @match href { Some(href) => a href=(href) { (said_inline(&figure)) }, None => (said_inline(&figure)) }
                ", " (row.plan) ", " (row.edition)
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
            @for one in given.iter().rev() { (shown_answer(page, one)) }
        }
    }
}

fn history(view: &View<'_>) -> Markup {
    let page = &view.officer.page;
    let l = page.lang;
    let columns = [
        t::case_when(l),
        t::case_who(l),
        t::case_what(l),
        t::case_index(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = view
        .whole
        .history
        .iter()
        .rev()
        .map(|(index, event)| {
            vec![
                html! { (page.moment(event.at)) },
                words::actor(l, view.people, &event.by),
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

/// A form that changes this challenge.
fn change(view: &View<'_>, action: &str, body: Markup) -> Markup {
    let whole = view.whole;
    form(
        &format!("/desk/challenges/{}/{action}", whole.summary.no),
        Encoding::Pairs,
        Some(&token(&view.officer.seen)),
        html! {
            input type="hidden" name="version" value=(whole.standing.version);
            (body)
        },
    )
}

fn forms(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let reason = Field::new(l, "reason", t::challenge_desk_reason(l))
        .hint(t::challenge_desk_reason_hint(l))
        .error_in(&view.typed.faults);
    let typed = view.typed.get("reason").unwrap_or_default();
    let most = u32::try_from(REASON_CHARS_MAX).ok();
    html! {
        (answering(view))
        @if view.whole.standing.words != Words::Shown {
            h3 { (t::challenge_desk_release(l)) }
            (change(view, "release", html! {
                p.hint { (t::challenge_desk_release_note(l)) }
                (button(Look::Plain, t::challenge_desk_release(l)))
            }))
        }
        h3 { (t::challenge_desk_withhold_title(l)) }
        (change(view, "withhold", html! {
            (textarea(&reason, typed, 3, most))
            (button(Look::Plain, t::challenge_desk_withhold(l)))
        }))
    }
}

/// The answer, or its correction, which begins with what the answer says now.
fn answering(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let given = view.whole.standing.answer();
    let (action, heading, note, send) = if given.is_some() {
        (
            "correct",
            t::challenge_desk_correct(l),
            t::challenge_desk_correct_note(l),
            t::challenge_desk_send_correction(l),
        )
    } else {
        (
            "answer",
            t::challenge_desk_answer(l),
            t::challenge_desk_answer_note(l),
            t::challenge_desk_send(l),
        )
    };
    let faults = &view.typed.faults;
    let now = |name: &str, is: Option<&str>| -> String {
        let typed = view.typed.get(name).or(is);
        typed.unwrap_or_default().to_owned()
    };
    let chosen = now("outcome", given.map(|one| one.outcome.as_str()));
    let en = now("en", given.and_then(|one| one.en.as_deref()));
    let mi = now("mi", given.and_then(|one| one.mi.as_deref()));
    let link = now("link", given.and_then(|one| one.link.as_deref()));
    let field = |id, label| Field::new(l, id, label).error_in(faults);
    let most = u32::try_from(ANSWER_CHARS_MAX).ok();
    let line = Input {
        value: &link,
        autocomplete: Some("off"),
        ..Input::default()
    };
    html! {
        h3 { (heading) }
        (change(view, action, html! {
            p.hint { (note) }
            (radios(&field("outcome", t::challenge_desk_outcome(l)), &outcomes(l), Some(&chosen)))
            (textarea(&field("en", t::challenge_desk_en(l)).hint(t::challenge_desk_text_hint(l)), &en, 6, most))
            (textarea(&field("mi", t::challenge_desk_mi(l)), &mi, 6, most))
            (input(&field("link", t::challenge_desk_link(l)).hint(t::challenge_desk_link_hint(l)).optional(true), &line))
            (button(Look::Main, send))
        }))
    }
}

fn outcomes(l: Lang) -> [Choice<'static>; 4] {
    Outcome::ALL.map(|one| Choice {
        value: one.as_str(),
        label: outcome(l, one),
        hint: Some(match one {
            Outcome::Upheld => t::challenge_upheld_hint(l),
            Outcome::Partly => t::challenge_partly_hint(l),
            Outcome::NotUpheld => t::challenge_not_upheld_hint(l),
            Outcome::NotAboutThis => t::challenge_not_about_this_hint(l),
        }),
        apart: false,
    })
}

fn fault(l: Lang, wrong: Wrong) -> Fault {
    let text = match wrong {
        Wrong::TooLong { chars, max, .. } => t::challenge_too_long(l, chars as u64, max as u64),
        Wrong::Missing(Place::Outcome) => t::challenge_desk_outcome_missing(l).to_owned(),
        Wrong::Missing(Place::Reason) => t::challenge_desk_reason_missing(l).to_owned(),
        Wrong::Missing(_) | Wrong::NotEmail(_) => t::challenge_desk_text_missing(l).to_owned(),
        Wrong::NotLink(_) => t::challenge_desk_not_link(l).to_owned(),
    };
    Fault {
        field: wrong.field().as_str().to_owned(),
        text,
    }
}

/// Who may not answer learns nothing from a fault in the form.
fn allowed(sent: &Sent) -> Result<()> {
    if sent.officer.who.may(Action::AnswerChallenges) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

async fn faulty(app: &App, sent: &Sent, no: i64, wrong: Vec<Wrong>) -> Answer {
    let l = sent.officer.page.lang;
    let typed = Typed {
        form: Some(&sent.form),
        faults: wrong.into_iter().map(|one| fault(l, one)).collect(),
        ..Typed::default()
    };
    let page = page(app, &sent.officer, no, &typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn work(app: &App, sent: &Sent, no: i64, command: Command) -> Answer {
    let version = sent.form.get("version").and_then(|text| text.parse().ok());
    let version = version.unwrap_or_default();
    let typed = match app
        .work_challenge(&sent.officer.who, no, version, command)
        .await
    {
        Ok(()) => return Ok(Redirect::to(&format!("/desk/challenges/{no}")).into_response()),
        Err(AppError::Conflict) => Typed {
            form: Some(&sent.form),
            since: Some(version),
            ..Typed::default()
        },
        Err(AppError::Challenge(_)) => Typed {
            form: Some(&sent.form),
            refused: true,
            ..Typed::default()
        },
        Err(other) => return Err(other.into()),
    };
    let page = page(app, &sent.officer, no, &typed).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// The words are shown.
pub(super) async fn release(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    work(&app, &sent, number(&no)?, Command::Release).await
}

/// The words are not shown, with a reason that is.
pub(super) async fn withhold(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    match desk::reason(sent.form.get("reason").unwrap_or_default()) {
        Ok(reason) => work(&app, &sent, no, Command::Withhold { reason }).await,
        Err(wrong) => faulty(&app, &sent, no, vec![wrong]).await,
    }
}

fn typed_answer(sent: &Sent) -> Result<desk::Answer, Vec<Wrong>> {
    let own = |name: &str| sent.form.get(name).unwrap_or_default();
    let typed = TypedAnswer {
        outcome: own("outcome"),
        en: own("en"),
        mi: own("mi"),
        link: own("link"),
    };
    desk::answer(typed, sent.officer.who.role)
}

/// The first answer.
pub(super) async fn answer(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    match typed_answer(&sent) {
        Ok(answer) => work(&app, &sent, no, Command::Answer(answer)).await,
        Err(wrong) => faulty(&app, &sent, no, wrong).await,
    }
}

/// Another answer in the place of the one before, which stays.
pub(super) async fn correct(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent)?;
    let no = number(&no)?;
    match typed_answer(&sent) {
        Ok(answer) => work(&app, &sent, no, Command::Correct(answer)).await,
        Err(wrong) => faulty(&app, &sent, no, wrong).await,
    }
}
