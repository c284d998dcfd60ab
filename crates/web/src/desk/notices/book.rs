//! The book of rules: what it says, how it did when it was tried out, who changed what, and a field in which it is written.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use cairn_app::App;
use cairn_app::notice::{BookSaid, BookWhole, TRIAL_DAYS};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::notice::book::BOOK_BYTES_MAX;
use cairn_desk::notice::{Book, Reach, Rule as One, Trial, Why};
use cairn_desk::rules::{Command, Event, Rule, Stage};
use maud::{Markup, html};

use super::super::rules::{event_words, refused, standing};
use super::super::who::{Officer, Sent, token};
use super::super::words::{People, actor, person};
use super::{Answer, BOOK, HOME, allowed, constituents, doors, words};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Look, Tone, back_link, button, details, error_summary,
    form, notice, said_inline, stack, tag, textarea,
};
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// Lines of the field in which the text is written.
const TEXT_LINES: u8 = 24;
/// What a new book begins with.
const EXAMPLE: &str = r#"# The first rule that fits decides.
[limits]
mails_hour = 200
approve_rows = 500
stop_rows = 20000
encrypt_from = "amber"

[[rule]]
name = "Their own honeypots"
when = { note = ["honeypot"] }
silent = "they know"

[[rule]]
name = "Infected machines"
when = { type = ["infected-system"] }
tell = { class = "infected", role = ["security", "abuse"], template = "infected", format = "csv", hours = 24, tlp = "amber" }

[[rule]]
name = "Open to the Internet"
when = { type = ["vulnerable-system"] }
tell = { class = "exposed", role = ["abuse", "technical"], template = "exposed", format = "csv", hours = 168, tlp = "amber" }
"#;

struct View<'a> {
    officer: &'a Officer,
    people: &'a People,
    whole: &'a BookWhole,
    names: BTreeMap<u32, String>,
}

impl View<'_> {
    const fn lang(&self) -> Lang {
        self.officer.page.lang
    }

    fn act(&self, to: &str, body: Markup) -> Markup {
        let seen = self.whole.rule.as_ref().map_or(0, |rule| rule.steps);
        let body = html! {
            input type="hidden" name="seen" value=(seen);
            (body)
        };
        form(to, Encoding::Pairs, Some(&token(&self.officer.seen)), body)
    }
}

/// The page.
pub(in super::super) async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    page(&app, &officer, &[], None).await
}

async fn page(
    app: &App,
    officer: &Officer,
    faults: &[Fault],
    typed: Option<&str>,
) -> Result<Markup> {
    let l = officer.page.lang;
    let whole = app.notice_book(&officer.who).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let trial = whole.versions.first().and_then(|said| said.trial.as_ref());
    let owners = trial.map(|trial| trial.reach.iter().map(|one| one.owner).collect());
    let names = app
        .owner_names(&officer.who, owners.unwrap_or_default())
        .await?;
    let view = View {
        officer,
        people: &people,
        whole: &whole,
        names,
    };
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        (back_link(l, HOME))
        h1 #book tabindex="-1" { (t::told_rules(l)) }
        p { (t::told_book_lead(l)) }
        @match (&whole.rule, whole.versions.first()) {
            (Some(rule), Some(newest)) => {
                p { (standing(officer, rule)) }
                (says(&view, newest))
                (tried(&view, rule, newest))
                (doing(&view, rule))
            }
            _ => p.lead { (t::told_book_none(l)) },
        }
        (writing(&view, faults, typed))
        (versions(&view))
        (history(&view))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::told_rules(l), body))
}

fn says(view: &View<'_>, newest: &BookSaid) -> Markup {
    let l = view.lang();
    html! {
        h2 #rules { (t::told_book_now(l)) }
        p.hint {
            (t::rules_version(l, u64::from(newest.version))) ", " (t::rules_written(l)) " " (person(view.people, &newest.account)) ", "
            (view.officer.page.moment(newest.at))
        }
        @match &newest.book {
            Some(book) => (meaning(l, book)),
            None => (notice(Tone::Warning, "unread", t::told_book_unread(l), html! {})),
        }
    }
}

fn meaning(l: Lang, book: &Book) -> Markup {
    let limits = &book.limits;
    let columns = [t::told_rule(l), t::rules_when(l), t::rules_then(l)].map(Column::text);
    let rows = (1_u32..).zip(&book.rules).map(|(no, rule)| {
        vec![
            html! { (no) ". " (said_inline(&rule.name)) },
            conditions(rule),
            html! {
                @if let Some(tell) = &rule.tell {
                    @let roles: Vec<&str> = tell.role.iter().map(|role| role.as_str()).collect();
                    (t::told_book_tells(l, tell.class.as_str()))
                    div.hint {
                        (t::told_book_roles(l, tell.format.as_str(), u64::from(tell.hours), roles.join(", ")))
                        ", " (words::medium(l, tell.medium)) ", " (tell.tlp)
                    }
                }
                @if let Some(reason) = &rule.silent { (t::told_book_silent(l, reason.as_str())) }
            },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    html! {
        (stack(t::told_book_now(l), &columns, &rows))
        p.hint {
            (t::told_book_limits(l, u64::from(limits.approve_rows), limits.encrypt_from.to_string(), u64::from(limits.mails_hour), u64::from(limits.stop_rows)))
            @if let Some(tester) = &limits.tester { " " (t::told_book_tester(l, tester.as_str())) }
        }
    }
}

/// The condition, as it is written.
fn conditions(rule: &One) -> Markup {
    let all = serde_json::to_value(&rule.when).unwrap_or_default();
    let all = all.as_object().cloned().unwrap_or_default();
    html! {
        @if all.is_empty() { "–" }
        ul.plain { @for (name, value) in &all { li { code translate="no" { (name) " = " (value.to_string()) } } } }
    }
}

fn tried(view: &View<'_>, rule: &Rule, newest: &BookSaid) -> Markup {
    let l = view.lang();
    let works = view.officer.who.may(Action::WorkReports);
    html! {
        h2 #trial { (t::rules_trial(l)) }
        p { (t::told_trial_note(l, TRIAL_DAYS.unsigned_abs())) }
        @match &newest.trial {
            None => p.lead { (t::rules_trial_none(l)) },
            Some(trial) => {
                @if let Some((at, _)) = rule.tried { p.hint { (t::rules_tried_at(l, view.officer.page.moment(at))) } }
                (result(view, newest, trial))
            }
        }
        @if works && rule.stage != Stage::On {
            (view.act("/desk/notices/rules/try", button(if newest.trial.is_some() { Look::Plain } else { Look::Main }, t::rules_try(l))))
        }
    }
}

fn result(view: &View<'_>, newest: &BookSaid, trial: &Trial) -> Markup {
    let l = view.lang();
    let columns = [
        Column::text(t::told_owner(l)),
        Column::text(t::told_rule(l)),
        Column::text(t::told_class(l)),
        Column::number(t::told_held_rows(l)),
        Column::text(t::told_reason(l)),
    ];
    let row = |one: &Reach| {
        let name = view.names.get(&one.owner).map_or("", String::as_str);
        let book = newest.book.as_ref();
        let rule = book.and_then(|book| book.rule(one.rule));
        vec![
            html! { a href=(constituents::href(one.owner)) { (said_inline(name)) } },
            html! { @if let Some(rule) = rule { (said_inline(&rule.name)) } @else { "–" } },
            html! { (said_inline(&one.class)) },
            html! { (one.rows) },
            html! {
                @if one.why == Why::Due { (tag(Hue::Green, t::told_trial_would(l))) }
                @else { (tag(Hue::Grey, words::why(l, one.why))) }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = trial.reach.iter().map(row).collect();
    html! {
        p { (t::told_trial_result(l, trial.looked, trial.nobody, trial.told)) }
        @if trial.more { p { (t::told_trial_more(l)) } }
        @if !rows.is_empty() { (stack(t::told_trial_result_caption(l), &columns, &rows)) }
        @if trial.beyond > 0 { p { (t::told_trial_beyond(l, trial.beyond)) } }
    }
}

/// What can be done about it now.
fn doing(view: &View<'_>, rule: &Rule) -> Markup {
    let (l, who) = (view.lang(), &view.officer.who);
    let (works, leads) = (who.may(Action::WorkReports), who.may(Action::ManageRules));
    let own = rule.author == who.account || rule.asked_by.as_deref() == Some(&who.account);
    if !works {
        return html! {};
    }
    html! {
        h2 #work { (t::rules_switch(l)) }
        @match rule.stage {
            Stage::Draft => p { (t::rules_try_first(l)) },
            Stage::Tried => {
                p { (t::rules_two_note(l)) }
                (view.act("/desk/notices/rules/ask", button(Look::Main, t::rules_ask_second(l))))
            },
            Stage::Asked if leads && !own => {
                p { (t::rules_on_note(l)) }
                (view.act("/desk/notices/rules/on", button(Look::Main, t::rules_switch_on(l))))
            },
            Stage::Asked => p { (t::rules_other_note(l)) },
            Stage::On => {},
        }
        @if rule.stage == Stage::Asked {
            (view.act("/desk/notices/rules/decline", button(Look::Plain, if own { t::rules_withdraw(l) } else { t::rules_decline(l) })))
        }
        @if rule.on.is_some() {
            p { (t::rules_off_note(l)) }
            (view.act("/desk/notices/rules/off", button(Look::Danger, t::rules_switch_off(l))))
        }
    }
}

/// The field, which begins with what the newest version says.
fn writing(view: &View<'_>, faults: &[Fault], typed: Option<&str>) -> Markup {
    let l = view.lang();
    if !view.officer.who.may(Action::WorkReports) {
        return html! {};
    }
    let newest = view.whole.versions.first();
    let text = typed.unwrap_or_else(|| newest.map_or(EXAMPLE, |said| said.text.as_str()));
    let chars = u32::try_from(BOOK_BYTES_MAX).unwrap_or(u32::MAX);
    let field = Field::new(l, "text", t::told_book_text(l))
        .hint(t::told_book_hint(l))
        .error_in(faults);
    html! {
        details #change open[typed.is_some() || newest.is_none()] {
            summary { (t::told_book_change(l)) }
            div {
                (view.act(BOOK, html! {
                    (textarea(&field, text, TEXT_LINES, Some(chars)))
                    (button(Look::Main, t::told_book_write(l)))
                }))
            }
        }
    }
}

fn versions(view: &View<'_>) -> Markup {
    let l = view.lang();
    html! {
        @for said in view.whole.versions.iter().skip(1).take(20) {
            (details(&t::rules_version(l, u64::from(said.version)), html! {
                p.hint { (t::rules_written(l)) " " (person(view.people, &said.account)) ", " (view.officer.page.moment(said.at)) }
                pre translate="no" { (said.text) }
            }))
        }
    }
}

fn history(view: &View<'_>) -> Markup {
    let l = view.lang();
    if view.whole.history.is_empty() {
        return html! {};
    }
    let columns = [t::case_when(l), t::case_who(l), t::case_what(l)].map(Column::text);
    let row = |event: &Event| {
        vec![
            html! { (view.officer.page.moment(event.at)) },
            actor(l, view.people, &event.by),
            event_words(l, &event.change),
        ]
    };
    let rows: Vec<Vec<Markup>> = view.whole.history.iter().rev().map(row).collect();
    html! {
        h2 #history { (t::case_history(l)) }
        (stack(t::case_history(l), &columns, &rows))
    }
}

/// The events that were seen when the form was made.
fn seen(sent: &Sent) -> i64 {
    let seen = sent.form.get("seen").and_then(|seen| seen.parse().ok());
    seen.unwrap_or_default()
}

async fn answered(app: &App, sent: &Sent, done: std::result::Result<(), AppError>) -> Answer {
    let l = sent.officer.page.lang;
    let (status, text) = match done {
        Ok(()) => return Ok(Redirect::to(BOOK).into_response()),
        Err(AppError::Rule(refusal)) => (StatusCode::CONFLICT, refused(l, refusal).to_owned()),
        Err(AppError::Input(why)) => (StatusCode::UNPROCESSABLE_ENTITY, why),
        Err(other) => return Err(other.into()),
    };
    let fault = Fault {
        field: "book".to_owned(),
        text,
    };
    let page = page(app, &sent.officer, &[fault], None).await?;
    Ok((status, page).into_response())
}

/// A version, as it was sent.
pub(in super::super) async fn write(State(app): State<App>, sent: Sent) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let text = sent.form.get("text").unwrap_or_default();
    let done = app.write_book(&sent.officer.who, seen(&sent), text).await;
    let (status, why) = match done {
        Ok(Ok(())) => return Ok(Redirect::to(BOOK).into_response()),
        Ok(Err(fault)) => (StatusCode::UNPROCESSABLE_ENTITY, fault.to_string()),
        Err(AppError::Rule(refusal)) => {
            let why = refused(sent.officer.page.lang, refusal);
            (StatusCode::CONFLICT, why.to_owned())
        }
        Err(other) => return Err(other.into()),
    };
    let fault = Fault {
        field: "text".to_owned(),
        text: why,
    };
    let page = page(&app, &sent.officer, &[fault], Some(text)).await?;
    Ok((status, page).into_response())
}

/// On from now on.
pub(in super::super) async fn on(State(app): State<App>, sent: Sent) -> Answer {
    allowed(&sent, Action::ManageRules)?;
    let command = Command::SwitchOn { others: 0 };
    let done = app.work_book(&sent.officer.who, seen(&sent), command).await;
    answered(&app, &sent, done).await
}

/// Tried out, asked for, declined, switched off.
pub(in super::super) async fn act(
    State(app): State<App>,
    Path(action): Path<String>,
    sent: Sent,
) -> Answer {
    allowed(&sent, Action::WorkReports)?;
    let (who, seen) = (&sent.officer.who, seen(&sent));
    let command = match action.as_str() {
        "try" => {
            let done = app.try_book(who, seen).await.map(drop);
            return answered(&app, &sent, done).await;
        }
        "ask" => Command::Ask,
        "decline" => Command::Decline,
        "off" => Command::SwitchOff,
        _ => return Err(Problem::not_found()),
    };
    let done = app.work_book(who, seen, command).await;
    answered(&app, &sent, done).await
}
