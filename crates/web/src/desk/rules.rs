//! Rules of the desk and playbooks: the list, what persons are asked to look at, and what is done about a rule.

mod edit;
mod show;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::report::AppError;
use cairn_app::rules::{Asked, BACK_HOURS_MAX, Line};
use cairn_desk::access::Action;
use cairn_desk::rules::{Command, Content, Deed, Refusal, Rule, Stage};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::who::{Officer, Sent, token};
use super::words::{self, People};
use super::{case, doors};
use crate::components::{
    Column, Encoding, Fault, Hue, Look, button, button_link, buttons, details, form, said_inline,
    stack, tag,
};
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

pub(crate) use edit::fault;
pub(super) use edit::{fresh, rewrite, write};
pub(super) use show::{event_words, of_report, show};

type Answer = Result<Response>;

/// Where the list stands.
const HOME: &str = "/desk/rules";

/// The page of a rule.
pub(super) fn href(no: i64) -> String {
    format!("{HOME}/{no}")
}

/// All rules.
pub(super) async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let lines = app.rules(&officer.who).await?;
    let rows: Vec<Vec<Markup>> = lines.iter().map(|line| row(&officer, line)).collect();
    let columns = [
        Column::text(t::rules_name(l)),
        Column::text(t::rules_standing(l)),
        Column::number(t::rules_day(l)),
        Column::number(t::rules_month(l)),
    ];
    let asked = asked(&app, &officer).await?;
    let body = html! {
        (doors(&officer, HOME))
        h1 { (t::rules_title(l)) }
        p { (t::rules_lead(l)) }
        @if officer.who.may(Action::WorkReports) {
            (buttons(button_link(Look::Main, "/desk/rules/new", t::rules_new(l))))
        }
        (asked)
        h2 { (t::rules_all(l)) }
        @if rows.is_empty() {
            p.lead { (t::rules_none(l)) }
        } @else {
            p { (t::rules_order(l)) }
            (stack(t::rules_all(l), &columns, &rows))
        }
        (playbooks(&app, l))
    };
    Ok(officer.page.render(t::rules_title(l), body))
}

fn row(officer: &Officer, line: &Line) -> Vec<Markup> {
    let l = officer.page.lang;
    vec![
        html! {
            a href=(href(line.rule.no)) { (said_inline(&line.content.name)) }
            br; span.hint { (t::rules_no(l, line.rule.no)) }
        },
        standing(officer, &line.rule),
        html! { (line.day) },
        html! { (line.month) },
    ]
}

/// On or off, and how far the newest version is.
pub(super) fn standing(officer: &Officer, rule: &Rule) -> Markup {
    let l = officer.page.lang;
    let newest = u64::from(rule.version);
    html! {
        @match (rule.on, rule.stopped) {
            (Some(version), _) => (tag(Hue::Green, &t::rules_on(l, u64::from(version)))),
            (None, Some(_)) => (tag(Hue::Red, t::rules_stopped(l))),
            (None, None) => (tag(Hue::Grey, t::rules_off(l))),
        }
        @match rule.stage {
            Stage::On => {},
            Stage::Draft => { " " (tag(Hue::Grey, &t::rules_stage_draft(l, newest))) },
            Stage::Tried => { " " (tag(Hue::Blue, &t::rules_stage_tried(l, newest))) },
            Stage::Asked => { " " (tag(Hue::Amber, &t::rules_stage_asked(l, newest))) },
        }
        @if let (None, Some(at)) = (rule.on, rule.stopped) {
            br; span.hint { (t::rules_stopped_note(l, officer.page.moment(at))) }
        }
    }
}

/// Reports that rules asked a person to look at.
async fn asked(app: &App, officer: &Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let asked = app.rules_asked(&officer.who).await?;
    if asked.is_empty() {
        return Ok(html! {});
    }
    let works = officer.who.may(Action::WorkReports);
    let columns = [
        t::audit_report(l),
        t::rules_asks(l),
        t::rules_name(l),
        t::rules_looked(l),
    ]
    .map(Column::text);
    let row = |asked: &Asked, content: &Content| {
        let reference = app.reference(asked.report);
        vec![
            html! { a href={ "/desk/reports/" (reference) } { (reference) } },
            html! { (said_inline(content.ask.as_deref().unwrap_or_default())) },
            html! { a href=(href(asked.rule)) { (said_inline(&content.name)) } },
            html! { @if works { (looking(officer, &reference, asked.rule)) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = asked
        .iter()
        .map(|(one, content)| row(one, content))
        .collect();
    Ok(html! {
        h2 #asked { (t::rules_asked(l)) }
        p { (t::rules_asked_note(l)) }
        (stack(t::rules_asked(l), &columns, &rows))
    })
}

/// The button by which somebody says that they have looked.
fn looking(officer: &Officer, reference: &str, rule: i64) -> Markup {
    let l = officer.page.lang;
    let to = format!("/desk/reports/{reference}/looked");
    form(
        &to,
        Encoding::Pairs,
        Some(&token(&officer.seen)),
        html! {
            input type="hidden" name="rule" value=(rule);
            (button(Look::Plain, &t::rules_looked_at(l, reference)))
        },
    )
}

/// The lists of tasks that cases take, as they stand in the data: what a playbook is here.
fn playbooks(app: &App, l: Lang) -> Markup {
    let templates = app.config.case_rules.cases.templates();
    html! {
        h2 #playbooks { (t::rules_playbooks(l)) }
        p { (t::rules_playbooks_note(l)) }
        @for template in templates {
            @let title = format!("{} ({})", template.title.get(l.as_str()), t::rules_version(l, u64::from(template.version)));
            (details(&title, html! {
                ol { @for task in &template.tasks { li { (task.title.get(l.as_str())) } } }
            }))
        }
    }
}

/// The title of a list of tasks.
fn template<'a>(app: &'a App, l: Lang, code: &'a str) -> &'a str {
    let known = app.config.case_rules.cases.template(code);
    known.map_or(code, |template| template.title.get(l.as_str()))
}

/// What a rule does, in words.
fn deed(app: &App, l: Lang, people: &People, content: &Content, deed: Deed) -> Markup {
    let form = &app.form;
    match deed {
        Deed::Category => {
            let (code, sub) = content.category.clone().unwrap_or_default();
            html! { (t::rules_does_category(l)) ": " (words::category(form, l, &code, sub.as_deref())) }
        }
        Deed::Severity => {
            let level = content.severity.unwrap_or_default();
            html! { (t::rules_does_severity(l)) ": " (words::severity(form, l, level)) }
        }
        Deed::Assign => {
            let to = content.assign.as_deref().unwrap_or_default();
            html! { (t::rules_does_assign(l)) ": " (words::person(people, to)) }
        }
        Deed::Case => {
            let code = content.opens.clone().flatten();
            html! { (t::rules_does_case(l)) @if let Some(code) = code { ": " (template(app, l, &code)) } }
        }
        Deed::Reply => html! {
            (t::rules_does_reply(l))
            @for (language, text) in &content.reply {
                p.hint { (words::language(l, language)) }
                (crate::components::said(&defang_text(text)))
            }
        },
        Deed::Ask => {
            let words = content.ask.as_deref().unwrap_or_default();
            html! { (t::rules_does_ask(l)) ": " (said_inline(&defang_text(words))) }
        }
    }
}

/// The search line, with a link that tries it in the queue.
fn condition(content: &Content) -> Markup {
    html! {
        a href=(case::href(&content.when, false, None)) { code translate="no" { (said_inline(&defang_text(&content.when))) } }
    }
}

/// Why something was not done, in words.
pub(super) const fn refused(l: Lang, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Absent => t::rules_refused_absent(l),
        Refusal::Moved => t::rules_refused_moved(l),
        Refusal::NotTried => t::rules_refused_not_tried(l),
        Refusal::Old => t::rules_refused_old(l),
        Refusal::Two => t::rules_refused_two(l),
        Refusal::Own => t::rules_refused_own(l),
        Refusal::One => t::rules_refused_one(l),
        Refusal::NotAsked => t::rules_refused_not_asked(l),
        Refusal::NotOn => t::rules_refused_not_on(l),
        Refusal::IsOn => t::rules_refused_is_on(l),
        Refusal::Limit => t::rules_refused_limit(l),
    }
}

/// Who may not learns nothing from a fault in the form.
fn allowed(sent: &Sent, action: Action) -> Result<()> {
    if sent.officer.who.may(action) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

fn number(no: &str) -> Result<i64> {
    no.parse().map_err(|_| Problem::not_found())
}

/// The events that were seen when the form was made.
fn seen(sent: &Sent) -> i64 {
    let seen = sent.form.get("seen").and_then(|seen| seen.parse().ok());
    seen.unwrap_or_default()
}

async fn answered(
    app: &App,
    sent: &Sent,
    no: i64,
    done: std::result::Result<(), AppError>,
) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&href(no)).into_response()),
        Err(AppError::Rule(Refusal::Absent)) => Err(Problem::not_found()),
        Err(AppError::Rule(refusal)) => {
            let why = refused(sent.officer.page.lang, refusal);
            refuse(app, sent, no, (StatusCode::CONFLICT, "rule", why)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn refuse(
    app: &App,
    sent: &Sent,
    no: i64,
    (status, field, why): (StatusCode, &str, &str),
) -> Answer {
    let fault = Fault {
        field: field.to_owned(),
        text: why.to_owned(),
    };
    let page = show::page(app, &sent.officer, no, &[fault]).await?;
    Ok((status, page).into_response())
}

/// What who works on reports does about a rule: tries it out, asks for a second person, declines, switches it off.
pub(super) async fn act(
    State(app): State<App>,
    Path((no, action)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let no = number(&no)?;
    let (who, seen) = (&sent.officer.who, seen(&sent));
    let command = match action.as_str() {
        "try" => {
            let done = app.try_rule(who, no, seen).await.map(drop);
            if let Err(AppError::Input(_)) = done {
                let why = t::rules_refused_line(sent.officer.page.lang);
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return refuse(&app, &sent, no, (status, "rule", why)).await;
            }
            return answered(&app, &sent, no, done).await;
        }
        "ask" => Command::Ask,
        "decline" => Command::Decline,
        "off" => Command::SwitchOff,
        _ => return Err(Problem::not_found()),
    };
    let done = app.work_rule(who, (no, seen), command).await;
    answered(&app, &sent, no, done).await
}

/// On from now on.
pub(super) async fn on(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent, Action::ManageRules)?;
    let no = number(&no)?;
    let command = Command::SwitchOn { others: 0 };
    let done = app
        .work_rule(&sent.officer.who, (no, seen(&sent)), command)
        .await;
    answered(&app, &sent, no, done).await
}

/// What it did is taken back.
pub(super) async fn back(State(app): State<App>, Path(no): Path<String>, sent: Sent) -> Answer {
    allowed(&sent, Action::ManageRules)?;
    let no = number(&no)?;
    let typed = sent.form.get("hours").unwrap_or_default().trim();
    let hours = typed.parse().ok();
    let hours = hours.filter(|hours| (1..=BACK_HOURS_MAX).contains(hours));
    let Some(hours) = hours else {
        let why = t::rules_back_wrong(sent.officer.page.lang, u64::from(BACK_HOURS_MAX));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return refuse(&app, &sent, no, (status, "hours", &why)).await;
    };
    let done = app.take_back_rule(&sent.officer.who, no, hours).await;
    answered(&app, &sent, no, done.map(drop)).await
}

/// Somebody has looked at a report, as a rule had asked.
pub(super) async fn looked(
    State(app): State<App>,
    Path(reference): Path<String>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let rule = sent.form.get("rule").and_then(|rule| rule.parse().ok());
    app.looked_at_report(&sent.officer.who, &reference, rule.unwrap_or_default())
        .await?;
    Ok(Redirect::to(&format!("/desk/reports/{reference}")).into_response())
}
