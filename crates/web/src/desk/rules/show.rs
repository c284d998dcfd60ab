//! One rule: what it says, how it did when it was tried out, what it touched, who changed what, and what can be done about it.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::report::Whole as Report;
use cairn_app::rules::{BACK_REPORTS_MAX, Said, TRIAL_DAYS, TRIAL_REPORTS_MAX, Whole};
use cairn_desk::access::Action;
use cairn_desk::rules::{Change, Content, Deed, Event, Stage, Tally, Trial, Typed};
use maud::{Markup, html};

use super::super::who::{Officer, token};
use super::super::words::{self, People};
use super::{HOME, condition, deed, doors, edit, href, looking, number, standing};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Input, Look, Tone, Width, back_link, button, details,
    error_summary, form, input, notice, said_inline, stack, table, tag,
};
use crate::i18n::{Lang, t};
use crate::problem::Result;

/// The page.
pub(in super::super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    page(&app, &officer, number(&no)?, &[]).await
}

pub(super) async fn page(
    app: &App,
    officer: &Officer,
    no: i64,
    faults: &[Fault],
) -> Result<Markup> {
    with_typed(app, officer, no, faults, None).await
}

/// The page, with a version that was typed and could not be written.
pub(super) async fn with_typed(
    app: &App,
    officer: &Officer,
    no: i64,
    faults: &[Fault],
    typed: Option<&Typed>,
) -> Result<Markup> {
    let l = officer.page.lang;
    let whole = app.read_rule(&officer.who, no).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let Some(newest) = whole.versions.first() else {
        return Err(crate::problem::Problem::not_found());
    };
    let view = View {
        app,
        officer,
        people: &people,
        whole: &whole,
        newest,
        faults,
    };
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, faults))
        (back_link(l, HOME))
        p.caption { (t::rules_no(l, no)) }
        h1 #rule tabindex="-1" { (said_inline(&newest.content.name)) }
        p { (standing(officer, &whole.rule)) }
        (broken(&view))
        (says(&view))
        (trial(&view))
        (doing(&view))
        (touched(&view))
        (changing(&view, typed))
        (versions(&view))
        (history(&view))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(&t::rules_no(l, no), body))
}

struct View<'a> {
    app: &'a App,
    officer: &'a Officer,
    people: &'a People,
    whole: &'a Whole,
    newest: &'a Said,
    faults: &'a [Fault],
}

impl View<'_> {
    const fn lang(&self) -> Lang {
        self.officer.page.lang
    }

    fn act(&self, action: &str, body: Markup) -> Markup {
        let to = format!("{}/{action}", href(self.whole.rule.no));
        let body = html! {
            input type="hidden" name="seen" value=(self.whole.rule.steps);
            (body)
        };
        form(&to, Encoding::Pairs, Some(&token(&self.officer.seen)), body)
    }
}

/// The newest version could not be written like this any more.
fn broken(view: &View<'_>) -> Markup {
    let l = view.lang();
    if view.whole.faults.is_empty() {
        return html! {};
    }
    let faults = view.whole.faults.iter();
    let body = html! {
        p { (t::rules_broken_note(l)) }
        ul { @for wrong in faults { li { (edit::fault(l, wrong).text) } } }
    };
    notice(Tone::Warning, "broken", t::rules_broken(l), body)
}

fn meaning(view: &View<'_>, content: &Content) -> Markup {
    let l = view.lang();
    html! {
        dl.summary {
            div { dt { (t::rules_when(l)) } dd { (condition(content)) } }
            div {
                dt { (t::rules_then(l)) }
                dd { ul { @for one in content.deeds() { li { (deed(view.app, l, view.people, content, one)) } } } }
            }
            div { dt { (t::rules_hour_hits(l)) } dd { (content.hour_hits) } }
        }
    }
}

fn says(view: &View<'_>) -> Markup {
    let l = view.lang();
    html! {
        h2 { (t::rules_version(l, u64::from(view.newest.version))) }
        p.hint { (t::rules_written(l)) " " (words::person(view.people, &view.newest.account)) ", " (view.officer.page.moment(view.newest.at)) }
        (meaning(view, &view.newest.content))
    }
}

fn trial(view: &View<'_>) -> Markup {
    let l = view.lang();
    let works = view.officer.who.may(Action::WorkReports);
    html! {
        h2 #trial { (t::rules_trial(l)) }
        p { (t::rules_trial_note(l, TRIAL_DAYS.unsigned_abs())) }
        @match &view.newest.trial {
            None => p.lead { (t::rules_trial_none(l)) },
            Some(trial) => (result(view, trial)),
        }
        @if works && view.whole.rule.stage != Stage::On {
            (view.act("try", button(if view.newest.trial.is_some() { Look::Plain } else { Look::Main }, t::rules_try(l))))
        }
    }
}

const fn named(l: Lang, deed: Deed) -> &'static str {
    match deed {
        Deed::Category => t::rules_does_category(l),
        Deed::Severity => t::rules_does_severity(l),
        Deed::Assign => t::rules_does_assign(l),
        Deed::Case => t::rules_does_case(l),
        Deed::Reply => t::rules_does_reply(l),
        Deed::Ask => t::rules_does_ask(l),
    }
}

fn result(view: &View<'_>, trial: &Trial) -> Markup {
    let l = view.lang();
    let columns = [
        Column::text(t::rules_deed(l)),
        Column::number(t::rules_would(l)),
        Column::number(t::rules_same(l)),
        Column::number(t::rules_other(l)),
        Column::number(t::rules_open(l)),
    ];
    let row = |one: &Tally| {
        let open = one.would.saturating_sub(one.same + one.other);
        vec![
            html! { (named(l, one.deed)) },
            html! { (one.would) },
            html! { (one.same) },
            html! { (one.other) },
            html! { (open) },
        ]
    };
    let rows: Vec<Vec<Markup>> = trial.tallies.iter().map(row).collect();
    let most = u64::from(view.newest.content.hour_hits);
    html! {
        @if let Some((at, _)) = view.whole.rule.tried { p.hint { (t::rules_tried_at(l, view.officer.page.moment(at))) } }
        p { (t::rules_result(l, trial.looked, trial.touched)) " " (t::rules_hour_most(l, trial.hour_most)) }
        @if trial.more { p { (t::rules_more(l, TRIAL_REPORTS_MAX)) } }
        @if trial.bare > 0 { p { (t::rules_bare(l, trial.bare)) } }
        @if trial.hour_most > most { (notice(Tone::Warning, "hours", t::rules_would_stop(l), html! { p { (t::rules_would_stop_note(l, most)) } })) }
        (table(t::rules_trial(l), &columns, &rows))
        p.hint { (t::rules_agree_note(l)) }
        @if !trial.samples.is_empty() {
            (details(t::rules_samples(l), html! {
                ul.plain {
                    @for sample in &trial.samples {
                        @let reference = view.app.reference(sample.report);
                        li {
                            a href={ "/desk/reports/" (reference) } { (reference) }
                            @if sample.other { " " (tag(Hue::Amber, t::rules_sample_other(l))) }
                        }
                    }
                }
            }))
        }
    }
}

/// What can be done about it now.
fn doing(view: &View<'_>) -> Markup {
    let (l, rule, who) = (view.lang(), &view.whole.rule, &view.officer.who);
    let (works, leads) = (who.may(Action::WorkReports), who.may(Action::ManageRules));
    let own = rule.author == who.account || rule.asked_by.as_deref() == Some(&who.account);
    let two = rule.takes_two();
    html! {
        @if works {
            h2 #work { (t::rules_switch(l)) }
            @match rule.stage {
                Stage::Draft => p { (t::rules_try_first(l)) },
                Stage::Tried if two => {
                    p { (t::rules_two_note(l)) }
                    (view.act("ask", button(Look::Main, t::rules_ask_second(l))))
                },
                Stage::Tried | Stage::Asked if leads && (!two || !own) => {
                    p { (t::rules_on_note(l)) }
                    (view.act("on", button(Look::Main, t::rules_switch_on(l))))
                },
                Stage::Tried => p { (t::rules_lead_note(l)) },
                Stage::Asked => p { (t::rules_other_note(l)) },
                Stage::On => {},
            }
            @if rule.stage == Stage::Asked {
                (view.act("decline", button(Look::Plain, if own { t::rules_withdraw(l) } else { t::rules_decline(l) })))
            }
            @if rule.on.is_some() {
                p { (t::rules_off_note(l)) }
                (view.act("off", button(Look::Danger, t::rules_switch_off(l))))
            }
        }
    }
}

fn touched(view: &View<'_>) -> Markup {
    let l = view.lang();
    let (day, month) = view.whole.hits;
    let hours = Input {
        value: "24",
        inputmode: Some("numeric"),
        autocomplete: Some("off"),
        width: Width::Short,
        ..Input::default()
    };
    let most = BACK_REPORTS_MAX.unsigned_abs();
    html! {
        h2 #touched { (t::rules_touched(l)) }
        p { (t::rules_hits(l, day, month)) }
        @if !view.whole.touched.is_empty() {
            ul.plain {
                @for (no, at) in &view.whole.touched {
                    @let reference = view.app.reference(*no);
                    li { a href={ "/desk/reports/" (reference) } { (reference) } " " span.hint { (view.officer.page.moment(*at)) } }
                }
            }
        }
        @if view.officer.who.may(Action::ManageRules) && month > 0 {
            h3 { (t::rules_back(l)) }
            (view.act("back", html! {
                p.hint { (t::rules_back_note(l, most)) }
                (input(&Field::new(l, "hours", t::rules_back_hours(l)).error_in(view.faults), &hours))
                (button(Look::Danger, t::rules_back(l)))
            }))
        }
    }
}

/// The form for a new version, which begins with what the newest one says.
fn changing(view: &View<'_>, typed: Option<&Typed>) -> Markup {
    let l = view.lang();
    if !view.officer.who.may(Action::WorkReports) {
        return html! {};
    }
    let own = view.newest.content.typed();
    let to = (view.whole.rule.no, view.whole.rule.steps);
    let (app, officer, people) = (view.app, view.officer, view.people);
    html! {
        details #change open[typed.is_some()] {
            summary { (t::rules_change(l)) }
            div {
                p.hint { (t::rules_change_note(l)) }
                (edit::fields(app, officer, people, Some(to), typed.unwrap_or(&own), view.faults))
            }
        }
    }
}

fn versions(view: &View<'_>) -> Markup {
    let l = view.lang();
    let older = view.whole.versions.iter().skip(1);
    html! {
        @if view.whole.versions.len() > 1 {
            h2 { (t::rules_older(l)) }
            @for said in older {
                @let title = t::rules_version(l, u64::from(said.version));
                (details(&title, html! {
                    p { (said_inline(&said.content.name)) }
                    p.hint { (t::rules_written(l)) " " (words::person(view.people, &said.account)) ", " (view.officer.page.moment(said.at)) }
                    (meaning(view, &said.content))
                }))
            }
        }
    }
}

/// What happened to a rule, in words.
pub(in super::super) fn event_words(l: Lang, change: &Change) -> Markup {
    let kind = words::kind(l, change.kind());
    let version = |version: &u32| t::rules_version(l, u64::from(*version));
    html! {
        (kind) ": "
        @match change {
            Change::Written { version: no, .. }
            | Change::Asked { version: no }
            | Change::Declined { version: no }
            | Change::On { version: no }
            | Change::Off { version: no } => (version(no)),
            Change::Tried { version: no, looked, touched, .. } => { (version(no)) ", " (t::rules_result(l, *looked, *touched)) },
            Change::Stopped { version: no, hits } => { (version(no)) ", " (t::rules_stopped_at(l, *hits)) },
            Change::TakenBack { hours, reports, left, kept } => (t::rules_taken_back(l, u64::from(*hours), *kept, *left, *reports)),
        }
    }
}

fn history(view: &View<'_>) -> Markup {
    let l = view.lang();
    let columns = [t::case_when(l), t::case_who(l), t::case_what(l)].map(Column::text);
    let row = |event: &Event| {
        vec![
            html! { (view.officer.page.moment(event.at)) },
            words::actor(l, view.people, &event.by),
            event_words(l, &event.change),
        ]
    };
    let rows: Vec<Vec<Markup>> = view.whole.history.iter().rev().map(row).collect();
    html! {
        h2 { (t::case_history(l)) }
        (stack(t::case_history(l), &columns, &rows))
    }
}

/// The rules that touched a report, for its page.
pub(in super::super) async fn of_report(
    app: &App,
    officer: &Officer,
    report: &Report,
) -> Result<Markup> {
    let l = officer.page.lang;
    if report.standing.ruled.is_empty() {
        return Ok(html! {});
    }
    let rules = app.rules_of(&officer.who, report).await?.into_inner();
    let works = officer.who.may(Action::WorkReports);
    Ok(html! {
        h2 #rules { (t::rules_of_report(l)) }
        ul.plain {
            @for (no, version, content, asks) in &rules {
                li.card {
                    p { a href=(href(*no)) { (said_inline(&content.name)) } ", " (t::rules_version(l, u64::from(*version))) }
                    @if *asks {
                        p { (tag(Hue::Amber, t::rules_asks(l))) " " (said_inline(content.ask.as_deref().unwrap_or_default())) }
                        @if works { (looking(officer, &report.reference, *no)) }
                    }
                }
            }
        }
    })
}
