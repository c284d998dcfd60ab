//! Writing a rule: a form in which nothing typed is lost.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use cairn_app::App;
use cairn_app::challenge::form_key;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::cases::TextFault;
use cairn_desk::rules::{
    Fault as Wrong, HOUR_HITS_DEFAULT, HOUR_HITS_MAX, PLAIN_CASE, REPLY_CHARS_MAX, REPLY_LANGUAGES,
    Typed, WORDS_CHARS_MAX,
};
use maud::{Markup, html};

use super::super::choices::{self, or_keep};
use super::super::search;
use super::super::who::{Officer, Sent, token};
use super::super::words::{self, People};
use super::{Answer, HOME, allowed, doors, href, number, refused, seen};
use crate::components::{
    Encoding, Fault, Field, Input, Look, Width, back_link, button, error_summary, form, input,
    select, textarea,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

/// What is written: a new rule, or a new version of one that was seen with so many events.
type To = Option<(i64, i64)>;

/// A new rule.
pub(in super::super) async fn fresh(State(app): State<App>, officer: Officer) -> Result<Markup> {
    if !officer.who.may(Action::WorkReports) {
        return Err(Problem::new(Kind::Forbidden));
    }
    let typed = Typed {
        hour_hits: HOUR_HITS_DEFAULT.to_string(),
        ..Typed::default()
    };
    page(&app, &officer, &typed, &[]).await
}

async fn page(app: &App, officer: &Officer, typed: &Typed, faults: &[Fault]) -> Result<Markup> {
    let l = officer.page.lang;
    let people = app.people(&officer.who).await?;
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        (back_link(l, HOME))
        h1 { (t::rules_new(l)) }
        (fields(app, officer, &people, None, typed, faults))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::rules_new(l), body))
}

/// The form.
pub(super) fn fields(
    app: &App,
    officer: &Officer,
    people: &People,
    to: To,
    typed: &Typed,
    faults: &[Fault],
) -> Markup {
    let l = officer.page.lang;
    let action = to.map_or_else(|| HOME.to_owned(), |(no, _)| format!("{}/write", href(no)));
    let line = |value, width| Input {
        value,
        autocomplete: Some("off"),
        width,
        ..Input::default()
    };
    let numeric = Input {
        inputmode: Some("numeric"),
        ..line(typed.hour_hits.as_str(), Width::Short)
    };
    let field = |id: &'static str, label: &'static str| Field::new(l, id, label).error_in(faults);
    let hours = t::rules_hour_hits_hint(l, u64::from(HOUR_HITS_MAX));
    let body = html! {
        @match to {
            Some((_, seen)) => input type="hidden" name="seen" value=(seen);,
            None => @if let Ok(key) = form_key() { input type="hidden" name="once" value=(key); },
        }
        (input(&field("name", t::rules_name(l)), &line(&typed.name, Width::Full)))
        (input(&field("when", t::rules_when(l)).hint(t::rules_when_hint(l)), &line(&typed.when, Width::Full)))
        (search::help(app, l))
        fieldset {
            legend { h2 { (t::rules_then(l)) } }
            p.hint { (t::rules_then_hint(l)) }
            (choosing(app, l, people, typed, faults))
            @for language in REPLY_LANGUAGES { (replying(l, language, typed, faults)) }
            (textarea(&field("ask", t::rules_does_ask(l)).hint(t::rules_ask_hint(l)).optional(true), &typed.ask, 3, chars(WORDS_CHARS_MAX)))
        }
        (input(&field("hour", t::rules_hour_hits(l)).hint(hours.as_str()), &numeric))
        (button(Look::Main, t::rules_save(l)))
    };
    form(&action, Encoding::Pairs, Some(&token(&officer.seen)), body)
}

fn chars(max: usize) -> Option<u32> {
    u32::try_from(max).ok()
}

fn choosing(app: &App, l: Lang, people: &People, typed: &Typed, faults: &[Fault]) -> Markup {
    let leave = t::rules_leave(l);
    let categories = or_keep(leave, choices::categories(&app.form, l));
    let levels = or_keep(leave, choices::severities(&app.form, l));
    let officers = people.iter().filter(|(_, person)| person.works);
    let officers = officers.map(|(id, person)| (id.clone(), person.name.clone()));
    let officers = or_keep(leave, officers.collect());
    let mut cases = vec![(PLAIN_CASE.to_owned(), t::rules_case_plain(l).to_owned())];
    for template in app.config.case_rules.cases.templates() {
        let title = template.title.get(l.as_str());
        cases.push((template.code.clone(), t::rules_case_tasks(l, title)));
    }
    let cases = or_keep(leave, cases);
    let one = |id: &'static str, label: &'static str, all: &[(String, String)], value: &str| {
        let field = Field::new(l, id, label).error_in(faults);
        select(&field, &choices::listed(all), Some(value))
    };
    html! {
        (one("category", t::rules_does_category(l), &categories, &typed.category))
        (one("severity", t::rules_does_severity(l), &levels, &typed.severity))
        (one("assign", t::rules_does_assign(l), &officers, &typed.assign))
        (one("case", t::rules_does_case(l), &cases, &typed.case))
    }
}

fn replying(l: Lang, language: &'static str, typed: &Typed, faults: &[Fault]) -> Markup {
    let id = format!("reply-{language}");
    let label = t::rules_reply(l, words::language(l, language));
    let field = Field::new(l, &id, &label)
        .hint(t::rules_reply_hint(l))
        .optional(true)
        .error_in(faults);
    let value = typed.reply.get(language).map_or("", String::as_str);
    textarea(&field, value, 4, chars(REPLY_CHARS_MAX))
}

/// As it came.
fn read(form: &Form) -> Typed {
    let own = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let reply = REPLY_LANGUAGES.map(|language| {
        let words = own(&format!("reply-{language}"));
        (language.to_owned(), words)
    });
    Typed {
        name: own("name"),
        when: own("when"),
        category: own("category"),
        severity: own("severity"),
        assign: own("assign"),
        case: own("case"),
        reply: BTreeMap::from(reply),
        ask: own("ask"),
        hour_hits: own("hour"),
    }
}

/// What is wrong, in words, at its field.
pub(crate) fn fault(l: Lang, wrong: &Wrong) -> Fault {
    let long = |fault: &TextFault, empty: &'static str| match fault {
        TextFault::Empty => empty.to_owned(),
        TextFault::TooLong { chars, max } => t::challenge_too_long(l, *chars as u64, *max as u64),
    };
    let (field, text) = match wrong {
        Wrong::Name(fault) => ("name", long(fault, t::rules_fault_name(l))),
        Wrong::NoLine => ("when", t::rules_fault_no_line(l).to_owned()),
        Wrong::Line(fault) => ("when", search::fault(l, fault).text),
        Wrong::NotForRules(term) => {
            let filter = term.trim_start_matches('-').split(':').next();
            let filter = format!("{}:", filter.unwrap_or_default());
            ("when", t::rules_fault_not_for_rules(l, filter))
        }
        Wrong::Category => ("category", t::rules_fault_category(l).to_owned()),
        Wrong::Severity => ("severity", t::rules_fault_severity(l).to_owned()),
        Wrong::Assign => ("assign", t::rules_fault_assign(l).to_owned()),
        Wrong::Case => ("case", t::rules_fault_case(l).to_owned()),
        Wrong::Reply("mi", fault) => ("reply-mi", long(fault, t::rules_fault_empty(l))),
        Wrong::Reply(_, fault) => ("reply-en", long(fault, t::rules_fault_empty(l))),
        Wrong::Ask(fault) => ("ask", long(fault, t::rules_fault_empty(l))),
        Wrong::HourHits => {
            let text = t::rules_fault_hour_hits(l, u64::from(HOUR_HITS_MAX));
            ("hour", text)
        }
        Wrong::NoDeed => ("category", t::rules_fault_no_deed(l).to_owned()),
    };
    Fault {
        field: field.to_owned(),
        text,
    }
}

/// A new rule, as it was sent.
pub(in super::super) async fn write(State(app): State<App>, sent: Sent) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    written(&app, &sent, None).await
}

/// A new version, as it was sent.
pub(in super::super) async fn rewrite(
    State(app): State<App>,
    Path(no): Path<String>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let to = (number(&no)?, seen(&sent));
    written(&app, &sent, Some(to)).await
}

async fn written(app: &App, sent: &Sent, to: To) -> Answer {
    let l = sent.officer.page.lang;
    let typed = read(&sent.form);
    let once = sent.form.get("once").filter(|key| !key.is_empty());
    let done = app.write_rule(&sent.officer.who, to, &typed, once).await;
    let (status, faults) = match done {
        Ok(Ok(no)) => return Ok(Redirect::to(&href(no)).into_response()),
        Ok(Err(wrong)) => {
            let faults = wrong.iter().map(|one| fault(l, one)).collect();
            (StatusCode::UNPROCESSABLE_ENTITY, faults)
        }
        Err(AppError::Rule(refusal)) => {
            let fault = Fault {
                field: "name".to_owned(),
                text: refused(l, refusal).to_owned(),
            };
            (StatusCode::CONFLICT, vec![fault])
        }
        Err(other) => return Err(other.into()),
    };
    let page = match to {
        Some((no, _)) => {
            super::show::with_typed(app, &sent.officer, no, &faults, Some(&typed)).await?
        }
        None => page(app, &sent.officer, &typed, &faults).await?,
    };
    Ok((status, page).into_response())
}
