//! The forms of a case. Each says which version of the case it was made from; each field has a name of its own on the page, so that
//! what was typed is found again when it could not be done.

use cairn_desk::access::Action;
use cairn_desk::cases::{
    Moment, NOTE_CHARS_MAX, ROW_CHARS_MAX, Scheme, Severity, State as Standing, TASK_CHARS_MAX,
    Task,
};
use cairn_desk::clock::{Clock, End, ReasonFor};
use cairn_kernel::label::{Pap, Tlp};
use maud::{Markup, html};

use super::page::{View, moment};
use super::words as own;
use crate::components::{
    Choice, Encoding, Field, Input, Look, Width, button, button_named, choice, form, input, select,
    textarea,
};
use crate::desk::who::token;
use crate::i18n::t;

/// A form that changes this case.
pub(super) fn change(view: &View<'_>, action: &str, body: Markup) -> Markup {
    let case = &view.whole.case;
    form(
        &format!("/desk/cases/{}/{action}", case.no),
        Encoding::Pairs,
        Some(&token(&view.officer.seen)),
        html! {
            input type="hidden" name="version" value=(case.version);
            input type="hidden" name="once" value=(view.key);
            (body)
        },
    )
}

/// A part that opens on demand, and stands open where something in it has to be looked at.
pub(super) fn fold(view: &View<'_>, fields: &[&str], summary: &str, body: Markup) -> Markup {
    let open = fields.iter().any(|field| view.typed.is_about(field));
    html! { details open[open] { summary { (summary) } div { (body) } } }
}

pub(super) fn line<'a>(view: &'a View<'_>, name: &str, now: &'a str) -> Input<'a> {
    Input {
        value: view.typed.get(name).unwrap_or(now),
        autocomplete: Some("off"),
        ..Input::default()
    }
}

pub(super) fn at<'a>(view: &'a View<'_>, name: &str, now: &'a str) -> Input<'a> {
    Input {
        kind: "datetime-local",
        width: Width::Half,
        ..line(view, name, now)
    }
}

pub(super) fn field<'a>(view: &'a View<'_>, id: &'a str, label: &'a str) -> Field<'a> {
    Field::new(view.officer.page.lang, id, label).error_in(&view.typed.faults)
}

fn most(chars: usize) -> Option<u32> {
    u32::try_from(chars).ok()
}

/// What changes the head of the case.
pub(super) fn work(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let case = &view.whole.case;
    if let Standing::Closed { .. } = &case.state {
        return html! {
            p { (t::cases_closed_note(l)) }
            (change(view, "reopen", button(Look::Main, t::cases_reopen(l))))
            (change(view, "archive", button(Look::Plain, t::cases_export(l))))
        };
    }
    html! {
        (owning(view))
        (judging(view))
        (labelling(view))
        (resting(view))
        (fold(view, &["title"], t::cases_rename(l), change(view, "title", html! {
            (input(&field(view, "title", t::cases_case_title(l)), &line(view, "title", "")))
            (button(Look::Plain, t::cases_rename(l)))
        })))
        (change(view, "archive", html! {
            p.hint { (t::cases_export_note(l)) }
            (button(Look::Plain, t::cases_export(l)))
        }))
    }
}

fn owning(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let (who, held) = (&view.officer.who, view.whole.case.owner.as_deref());
    let mine = held == Some(who.account.as_str());
    let mut choices = vec![choice("", t::queue_nobody(l))];
    for (id, person) in view.people.iter().filter(|(_, person)| person.works) {
        choices.push(choice(id, &person.name));
    }
    let chosen = view.typed.get("owner").or(held).unwrap_or_default();
    html! {
        @if !mine {
            (change(view, "owner", button_named(Look::Main, "owner", &who.account, t::case_assign_me(l))))
        } @else if !who.may(Action::AssignReports) {
            (change(view, "owner", button_named(Look::Plain, "owner", "", t::case_assign_nobody(l))))
        }
        @if who.may(Action::AssignReports) {
            (change(view, "owner", html! {
                (select(&field(view, "owner", t::cases_owner(l)), &choices, Some(chosen)))
                (button(Look::Plain, t::case_assign_save(l)))
            }))
        }
    }
}

fn judging(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let rules = &view.app.config.case_rules.cases;
    let chosen = |scheme: &&Scheme| scheme.factors.is_empty();
    let mut pairs = Vec::new();
    for scheme in rules.schemes().iter().filter(chosen) {
        for level in &scheme.levels {
            let title = level.title.get(l.as_str());
            let code = format!("{}/{}", scheme.code, level.code);
            pairs.push((
                code,
                format!("{} {} {title}", scheme.code.to_uppercase(), level.code),
            ));
        }
    }
    let mut choices = vec![choice("", t::case_chosen(l))];
    choices.extend(pairs.iter().map(|(code, title)| choice(code, title)));
    let now = view.whole.summary.severity.as_deref().unwrap_or_default();
    html! {
        (change(view, "severity", html! {
            (select(&field(view, "severity", t::queue_severity(l)), &choices, Some(view.typed.get("severity").unwrap_or(now))))
            (button(Look::Plain, t::case_severity_save(l)))
        }))
        @for scheme in rules.schemes().iter().filter(|scheme| !scheme.factors.is_empty()) { (scoring(view, scheme)) }
    }
}

/// The factors of a weighted scheme.
fn scoring(view: &View<'_>, scheme: &Scheme) -> Markup {
    let l = view.officer.page.lang;
    let given = view.whole.case.severity.as_ref();
    let given = given.filter(|given| given.scheme == scheme.code);
    let ids: Vec<String> = scheme
        .factors
        .iter()
        .map(|factor| format!("{}-{}", scheme.code, factor.code))
        .collect();
    let names: Vec<&str> = ids.iter().map(String::as_str).collect();
    let body = html! {
        p.hint { (scheme.source) }
        input type="hidden" name="scheme" value=(scheme.code);
        @for (factor, id) in scheme.factors.iter().zip(&ids) {
            @let answers = factor.answers.iter().map(|one| choice(&one.code, one.title.get(l.as_str())));
            @let choices: Vec<_> = std::iter::once(choice("", t::case_chosen(l))).chain(answers).collect();
            @let now = given.and_then(|given| given.answers.get(&factor.code)).map(String::as_str);
            (select(&field(view, id, factor.title.get(l.as_str())), &choices, view.typed.get(id).or(now)))
        }
        (button(Look::Plain, t::cases_score(l)))
    };
    fold(
        view,
        &names,
        scheme.title.get(l.as_str()),
        change(view, "score", body),
    )
}

/// The answers that a weighted severity was made from.
pub(super) fn answers(view: &View<'_>, severity: &Severity) -> Markup {
    let l = view.officer.page.lang;
    let scheme = view.app.config.case_rules.cases.scheme(&severity.scheme);
    let factors = scheme
        .map(|scheme| scheme.factors.as_slice())
        .unwrap_or_default();
    html! {
        ul {
            @for factor in factors {
                @let code = severity.answers.get(&factor.code).map(String::as_str).unwrap_or_default();
                @let found = factor.answers.iter().find(|one| one.code == code);
                li { (factor.title.get(l.as_str())) ": " (found.map_or(code, |one| one.title.get(l.as_str()))) }
            }
        }
    }
}

fn labelling(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let case = &view.whole.case;
    let shown: Vec<_> = Tlp::ALL
        .iter()
        .map(|tlp| (tlp.as_str(), tlp.to_string()))
        .collect();
    let tlps: Vec<Choice<'_>> = shown
        .iter()
        .map(|(code, title)| choice(code, title))
        .collect();
    let shown: Vec<_> = Pap::ALL
        .iter()
        .map(|pap| (pap.as_str(), pap.to_string()))
        .collect();
    let paps: Vec<Choice<'_>> = shown
        .iter()
        .map(|(code, title)| choice(code, title))
        .collect();
    change(
        view,
        "label",
        html! {
            (select(&field(view, "tlp", t::cases_tlp(l)), &tlps, Some(view.typed.get("tlp").unwrap_or(case.tlp.as_str()))))
            (select(&field(view, "pap", t::cases_pap(l)), &paps, Some(view.typed.get("pap").unwrap_or(case.pap.as_str()))))
            (button(Look::Plain, t::cases_label_save(l)))
        },
    )
}

/// On hold, open again, closed.
fn resting(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let now = match &view.whole.case.state {
        Standing::OnHold { until } => moment(view, *until),
        _ => String::new(),
    };
    let mut reasons = vec![choice("", t::case_chosen(l))];
    for reason in view.app.config.case_rules.cases.reasons() {
        reasons.push(choice(&reason.code, reason.title.get(l.as_str())));
    }
    html! {
        @if !now.is_empty() { (change(view, "reopen", button(Look::Plain, t::cases_resume(l)))) }
        (fold(view, &["until"], t::cases_hold(l), change(view, "hold", html! {
            (input(&field(view, "until", t::cases_hold_until(l)).hint(t::cases_moment_hint(l)), &at(view, "until", &now)))
            (button(Look::Plain, t::cases_hold(l)))
        })))
        (change(view, "close", html! {
            (select(&field(view, "reason", t::cases_reason(l)), &reasons, view.typed.get("reason")))
            (button(Look::Danger, t::cases_close(l)))
        }))
    }
}

/// What shows that a duty was done.
pub(super) fn evidence(view: &View<'_>, clock: &Clock) -> Markup {
    let page = &view.officer.page;
    let Some(End::Met { by, .. } | End::Missed { by, .. }) = &clock.end else {
        return html! {};
    };
    let note = by
        .reference
        .rsplit('/')
        .next()
        .and_then(|n| n.parse::<u32>().ok());
    html! {
        p {
            (own::happening(view.app, page.lang, &by.kind)) ", " (page.moment(by.at))
            @if let Some(note) = note { ", " a href={ "#text-" (note) } { (t::cases_note_no(page.lang, note)) } }
        }
    }
}

fn reasons<'a>(view: &'a View<'_>, serves: ReasonFor) -> Vec<Choice<'a>> {
    let l = view.officer.page.lang;
    let all = view.app.config.case_rules.clocks.reasons().iter();
    let fit = all.filter(|reason| reason.serves.contains(&serves));
    std::iter::once(choice("", t::case_chosen(l)))
        .chain(fit.map(|reason| choice(&reason.code, reason.title.get(l.as_str()))))
        .collect()
}

/// What may be done to a clock.
pub(super) fn clock(view: &View<'_>, clock: &Clock) -> Markup {
    let (id, l) = (clock.id.as_str(), view.officer.page.lang);
    let name = |what: &str| format!("{id}-{what}");
    let hidden = html! { input type="hidden" name="clock" value=(id); };
    if clock.end.is_some() {
        let again = name("again");
        let body = html! {
            (hidden)
            (select(&field(view, &again, t::cases_clock_reason(l)), &reasons(view, ReasonFor::Reopen), view.typed.get(&again)))
            (button(Look::Plain, t::cases_clock_reopen(l)))
        };
        return fold(
            view,
            &[&again],
            t::cases_clock_reopen(l),
            change(view, "clock-again", body),
        );
    }
    let (pause, withdraw) = (name("pause"), name("withdraw"));
    html! {
        (stopping(view, clock, &hidden))
        @if clock.pause().is_some() {
            (change(view, "clock-resume", html! { (hidden) (button(Look::Plain, t::cases_clock_resume(l))) }))
        } @else if clock.opening.terms.pausable {
            (fold(view, &[&pause], t::cases_clock_pause(l), change(view, "clock-pause", html! {
                (hidden)
                (select(&field(view, &pause, t::cases_clock_reason(l)), &reasons(view, ReasonFor::Pause), view.typed.get(&pause)))
                (button(Look::Plain, t::cases_clock_pause(l)))
            })))
        }
        (fold(view, &[&withdraw], t::cases_clock_withdraw(l), change(view, "clock-withdraw", html! {
            (hidden)
            (select(&field(view, &withdraw, t::cases_clock_reason(l)), &reasons(view, ReasonFor::Withdraw), view.typed.get(&withdraw)))
            (button(Look::Plain, t::cases_clock_withdraw(l)))
        })))
    }
}

/// What was done, when, and what shows it.
fn stopping(view: &View<'_>, clock: &Clock, hidden: &Markup) -> Markup {
    let (id, l) = (clock.id.as_str(), view.officer.page.lang);
    let name = |what: &str| format!("{id}-{what}");
    let (event, when, sent) = (name("event"), name("when"), name("sent"));
    let kinds: Vec<Choice<'_>> = clock
        .opening
        .terms
        .stop
        .iter()
        .map(|kind| choice(kind, own::happening(view.app, l, kind)))
        .collect();
    let now = moment(view, view.app.clock.now());
    let body = html! {
        (hidden)
        (select(&field(view, &event, t::cases_clock_event(l)), &kinds, view.typed.get(&event)))
        (input(&field(view, &when, t::cases_clock_when(l)).hint(t::cases_moment_hint(l)), &at(view, &when, &now)))
        (textarea(
            &field(view, &sent, t::cases_clock_sent(l)).hint(t::cases_clock_sent_hint(l)),
            view.typed.get(&sent).unwrap_or_default(), 3, most(NOTE_CHARS_MAX),
        ))
        (button(Look::Main, t::cases_clock_stop(l)))
    };
    fold(
        view,
        &[&event, &when, &sent],
        t::cases_clock_stop(l),
        change(view, "clock-stop", body),
    )
}

/// First the rule, then what starts it.
pub(super) fn starting(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let book = &view.app.config.case_rules.clocks;
    let mut choices = vec![choice("", t::case_chosen(l))];
    let titles: Vec<(&str, String)> = book
        .rules()
        .iter()
        .map(|rule| {
            let law = book
                .law(&rule.law)
                .map_or("", |law| law.title.get(l.as_str()));
            (
                rule.id.as_str(),
                format!("{law}: {}", rule.title.get(l.as_str())),
            )
        })
        .collect();
    choices.extend(titles.iter().map(|(code, title)| choice(code, title)));
    let rule = view.rule.as_deref().and_then(|id| book.rule(id));
    let (start, second) = ("start-at", "limit-at");
    let now = moment(view, view.app.clock.now());
    html! {
        h3 #start-clock { (t::cases_clock_start(l)) }
        form method="get" action={ "/desk/cases/" (view.whole.case.no) "#start-clock" } {
            (select(&field(view, "rule", t::cases_clock_rule(l)), &choices, view.rule.as_deref()))
            (button(Look::Plain, t::cases_clock_choose(l)))
        }
        @if let Some(rule) = rule {
            @let kinds: Vec<Choice<'_>> = rule.terms.start.iter().map(|kind| choice(kind, own::happening(view.app, l, kind))).collect();
            (change(view, "clock-start", html! {
                input type="hidden" name="rule" value=(rule.id);
                p { strong { (rule.title.get(l.as_str())) } }
                @if !rule.wording.is_empty() { blockquote lang="en" { (rule.wording) } }
                (select(&field(view, "start-kind", t::cases_clock_event(l)), &kinds, view.typed.get("start-kind")))
                (input(&field(view, start, t::cases_clock_when(l)).hint(t::cases_clock_start_hint(l)), &at(view, start, &now)))
                @if let Some(limit) = &rule.terms.not_later_than {
                    @let label = own::happening(view.app, l, &limit.from);
                    (input(&field(view, second, label).hint(t::cases_moment_hint(l)), &at(view, second, "")))
                }
                (button(Look::Main, t::cases_clock_start(l)))
            }))
        }
    }
}

/// A new row of the timeline.
pub(super) fn row(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let now = moment(view, view.app.clock.now());
    let mut named = Vec::new();
    for report in &view.whole.reports {
        named.push((
            format!("report/{}", report.no),
            view.app.reference(report.no),
        ));
    }
    for note in &view.whole.case.notes {
        named.push((
            format!("note/{}", note.text),
            t::cases_note_no(l, note.text),
        ));
    }
    for file in view.whole.case.files.iter().filter(|file| file.stands()) {
        named.push((
            format!("file/{}", file.text),
            t::cases_file_no(l, file.text),
        ));
    }
    let mut sources = vec![choice("outside", t::cases_source_outside(l))];
    sources.extend(named.iter().map(|(code, title)| choice(code, title)));
    let body = html! {
        (textarea(&field(view, "row", t::cases_what(l)), view.typed.get("row").unwrap_or_default(), 3, most(ROW_CHARS_MAX)))
        (input(&field(view, "happened", t::cases_happened(l)).hint(t::cases_moment_hint(l)), &at(view, "happened", &now)))
        (input(&field(view, "known", t::cases_known(l)).hint(t::cases_known_hint(l)), &at(view, "known", &now)))
        (select(&field(view, "source", t::cases_source(l)), &sources, view.typed.get("source")))
        (button(Look::Plain, t::cases_row_add(l)))
    };
    fold(
        view,
        &["row", "happened", "known"],
        t::cases_row_add(l),
        change(view, "row", body),
    )
}

/// A row that is wrong; a lead can erase its text besides.
pub(super) fn striking(view: &View<'_>, row: &Moment) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if view.works() && !view.closed() {
            (change(view, "strike", html! {
                input type="hidden" name="text" value=(row.text);
                button.linklike type="submit" { (t::cases_strike(l)) span.unseen { " " (t::cases_text_no(l, row.text)) } }
            }))
        }
        (erasing(view, row.text))
    }
}

/// A lead may erase a text for good.
pub(super) fn erasing(view: &View<'_>, text: u32) -> Markup {
    let l = view.officer.page.lang;
    let may = view.officer.who.may(Action::EraseContacts) && view.whole.text(text).is_some();
    let name = format!("sure-{text}");
    html! {
        @if may {
            (fold(view, &[&name], &t::cases_erase(l, text), change(view, "erase", html! {
                p { (t::cases_erase_note(l)) }
                input type="hidden" name="text" value=(text);
                (crate::components::checkbox(&field(view, &name, t::cases_erase_sure(l)), "1", false))
                (button(Look::Danger, &t::cases_erase(l, text)))
            })))
        }
    }
}

/// A report that does not belong here.
pub(super) fn unlinking(view: &View<'_>, no: i64, reference: &str) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if view.works() && !view.closed() {
            (change(view, "unlink", html! {
                input type="hidden" name="no" value=(no);
                button.linklike type="submit" { (t::cases_unlink(l)) span.unseen { " " (reference) } }
            }))
        }
    }
}

/// A report that does.
pub(super) fn linking(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let body = html! {
        (input(&field(view, "reference", t::cases_link_reference(l)), &line(view, "reference", "")))
        (button(Look::Plain, t::cases_link(l)))
    };
    fold(
        view,
        &["reference"],
        t::cases_link(l),
        change(view, "link", body),
    )
}

/// One task: done or not, by whom, by when.
pub(super) fn task(view: &View<'_>, task: &Task) -> Markup {
    let (l, no) = (view.officer.page.lang, task.task);
    let (action, text) = if task.done.is_some() {
        ("undone", t::cases_task_undo(l))
    } else {
        ("done", t::cases_task_do(l))
    };
    let hidden = html! { input type="hidden" name="task" value=(no); };
    let (who, due) = (format!("task-{no}-who"), format!("task-{no}-due"));
    let mut people = vec![choice("", t::queue_nobody(l))];
    for (id, person) in view.people.iter().filter(|(_, person)| person.works) {
        people.push(choice(id, &person.name));
    }
    let now = task.due.map(|at| moment(view, at)).unwrap_or_default();
    let held = view
        .typed
        .get(&who)
        .or(task.owner.as_deref())
        .unwrap_or_default();
    html! {
        (change(view, action, html! {
            (hidden)
            button.button.plain type="submit" { (text) span.unseen { " " (t::cases_task_no(l, no)) } }
        }))
        (fold(view, &[&who, &due], &t::cases_task_set(l, no), change(view, "task-set", html! {
            (hidden)
            (select(&field(view, &who, t::cases_task_owner(l)), &people, Some(held)))
            (input(&field(view, &due, t::cases_task_due(l)).hint(t::cases_moment_hint(l)).optional(true), &at(view, &due, &now)))
            (button(Look::Plain, t::cases_task_save(l)))
        })))
    }
}

/// A task of one's own, and tasks of a template: first those for the categories of the linked reports.
pub(super) fn tasks(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let rules = &view.app.config.case_rules.cases;
    let fits = |codes: &[String]| {
        let mut reports = view.whole.reports.iter();
        reports.any(|report| codes.contains(&report.category))
    };
    let mut templates: Vec<_> = rules.templates().iter().collect();
    templates
        .sort_by_key(|template| (!fits(&template.categories), !template.categories.is_empty()));
    let choices: Vec<Choice<'_>> = templates
        .iter()
        .map(|template| choice(&template.code, template.title.get(l.as_str())))
        .collect();
    let own = html! {
        (input(&field(view, "task-text", t::cases_task(l)), &line(view, "task-text", "")))
        (button(Look::Plain, t::cases_task_add(l)))
    };
    html! {
        (fold(view, &["task-text"], t::cases_task_add(l), html! {
            (change(view, "task", own))
            (change(view, "template", html! {
                (select(&field(view, "template", t::cases_template(l)), &choices, view.typed.get("template")))
                (button(Look::Plain, t::cases_template_add(l)))
            }))
            p.hint { (t::cases_task_most(l, TASK_CHARS_MAX as u64)) }
        }))
    }
}

/// A new note, which may correct an older one.
pub(super) fn note(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let titles: Vec<(String, String)> = view
        .whole
        .case
        .notes
        .iter()
        .filter(|note| note.corrected.is_none())
        .map(|note| (note.text.to_string(), t::cases_note_no(l, note.text)))
        .collect();
    let mut choices = vec![choice("", t::cases_corrects_none(l))];
    choices.extend(titles.iter().map(|(code, title)| choice(code, title)));
    change(
        view,
        "note",
        html! {
            (textarea(&field(view, "note", t::cases_note(l)).hint(t::cases_note_hint(l)), view.typed.get("note").unwrap_or_default(), 5, most(NOTE_CHARS_MAX)))
            @if !titles.is_empty() {
                (select(&field(view, "corrects", t::cases_note_corrects(l)), &choices, view.typed.get("corrects")))
            }
            (button(Look::Main, t::cases_note_add(l)))
        },
    )
}
