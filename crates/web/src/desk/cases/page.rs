//! One case as officers read it: header, clocks, timeline, reports, tasks, notes, history.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::cases::Whole;
use cairn_app::challenge::form_key;
use cairn_app::presence::Place;
use cairn_desk::access::Action;
use cairn_desk::cases::{Asks, Moment, Note, State as Standing, Task, timeline};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::super::words::{self, People, actor, person};
use super::super::{case, doors, present};
use super::work::Typed;
use super::{beside, files, forms};
use super::{clocks, number, times, words as own};
use crate::components::{
    Column, Hue, Row, Tab, Tone, back_link, error_summary, notice, said, said_inline, stack,
    summary_list, table, tabs, tag,
};
use crate::desk::who::Officer;
use crate::form::Form;
use crate::i18n::t;
use crate::problem::Result;

/// What a page of a case is made of.
pub(super) struct View<'a> {
    pub app: &'a App,
    pub officer: &'a Officer,
    pub people: &'a People,
    pub whole: &'a Whole,
    pub typed: &'a Typed<'a>,
    /// A key for the forms of this page: what is sent twice is done once.
    pub key: String,
    /// The rule whose clock is about to be started.
    pub rule: Option<String>,
}

impl View<'_> {
    pub(super) fn works(&self) -> bool {
        self.officer.who.may(Action::WorkReports)
    }

    pub(super) fn closed(&self) -> bool {
        matches!(self.whole.case.state, Standing::Closed { .. })
    }

    /// A text, defanged; what was erased is told so.
    pub(super) fn text(&self, n: u32) -> Markup {
        match self.whole.text(n) {
            Some(text) => said(&defang_text(text)),
            None => html! { p.hint { (t::cases_erased(self.officer.page.lang)) } },
        }
    }
}

/// The page.
pub(in crate::desk) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    page(&app, &officer, number(&no)?, &Typed::default()).await
}

/// The whole page; `typed` is what somebody sent that could not be done.
pub(super) async fn page(
    app: &App,
    officer: &Officer,
    no: i64,
    typed: &Typed<'_>,
) -> Result<Markup> {
    let whole = app.read_case(&officer.who, no).await?;
    let people = app.people(&officer.who).await?;
    let beside_files = app.case_report_files(&officer.who, no).await?;
    let others = app.present(&officer.who, Place::Case(no), false)?;
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let rule = typed.get("rule").or_else(|| asked.get("rule"));
    let view = View {
        app,
        officer,
        people: &people,
        whole: &whole,
        typed,
        key: form_key()?,
        rule: rule.map(str::to_owned),
    };
    let l = officer.page.lang;
    let heading = t::cases_one(l, no);
    let body = html! {
        (doors(officer, "/desk/cases"))
        (error_summary(l, &typed.faults))
        (back_link(l, "/desk/cases"))
        p.caption { (heading) }
        h1.told { (said_inline(&defang_text(&whole.summary.title))) }
        @if let Some(since) = typed.since { (meanwhile(&view, since)) }
        @if let Some(refused) = &typed.refused {
            (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (refused) } }))
        }
        (present::mark(l, &people, &others, &format!("/desk/cases/{no}/present")))
        (sections(&view))
        p.to-work { a href="#work" { (t::case_work(l)) } }
        div.two {
            div {
                (header(&view))
                (running(&view))
                (rows(&view))
                (reports(&view))
                (files::section(&view, &beside_files))
                (beside::assets(&view))
                (beside::related(&view))
                (tasks(&view))
                (notes(&view))
            }
            div {
                section.work aria-labelledby="work" {
                    h2 #work { (t::case_work(l)) }
                    @if view.works() { (forms::work(&view)) } @else { p { (t::cases_read_only(l)) } }
                }
            }
        }
        (history(&view))
    };
    let faulty = !typed.faults.is_empty();
    Ok(officer.page.clone().faulty(faulty).render(&heading, body))
}

fn sections(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let observables = format!("/desk/cases/{}/observables", view.whole.case.no);
    let tab = |href, text| Tab {
        href,
        text,
        current: false,
    };
    tabs(
        t::cases_sections(l),
        &[
            tab("#clocks", t::cases_clocks(l)),
            tab("#timeline", t::cases_timeline(l)),
            tab("#reports", t::cases_reports(l)),
            tab("#files", t::cases_files(l)),
            tab("#assets", t::cases_assets(l)),
            tab("#related", t::cases_related(l)),
            tab("#tasks", t::cases_tasks(l)),
            tab("#notes", t::cases_notes(l)),
            tab(&observables, t::case_observables(l)),
            tab("#history", t::case_history(l)),
        ],
    )
}

/// What others did since the page was opened on which something was typed.
fn meanwhile(view: &View<'_>, since: i64) -> Markup {
    let page = &view.officer.page;
    let seen = usize::try_from(since).unwrap_or_default();
    let body = html! {
        p { (t::case_conflict_note(page.lang)) }
        ul {
            @for (_, event) in view.whole.history.iter().skip(seen) {
                li {
                    (page.moment(event.at)) ", " (actor(page.lang, view.people, &event.by)) ": "
                    (own::change(page, view.app, view.people, &event.change))
                }
            }
        }
    };
    notice(
        Tone::Warning,
        "meanwhile",
        t::case_conflict(page.lang),
        body,
    )
}

fn header(view: &View<'_>) -> Markup {
    let (page, case) = (&view.officer.page, &view.whole.case);
    let l = page.lang;
    let until = view.whole.summary.until;
    let mut rows = vec![
        Row::new(
            t::queue_state(l),
            html! {
                (own::state(page, case.state.as_str(), until, view.app.clock.now()))
                @if let Standing::Closed { reason } = &case.state { " " (own::reason(view.app, l, reason)) }
            },
        ),
        Row::new(
            t::queue_severity(l),
            own::severity_tag(view.app, l, case.severity.as_ref()),
        ),
        Row::new(
            t::cases_label(l),
            html! { (own::label(case.tlp, case.pap)) },
        ),
        Row::new(
            t::cases_owner(l),
            case.owner.as_ref().map_or_else(
                || html! { (t::queue_nobody(l)) },
                |id| person(view.people, id),
            ),
        ),
        Row::new(
            t::cases_opened(l),
            html! { (page.moment(case.opened_at)) ", " (actor(l, view.people, &case.opened_by)) },
        ),
    ];
    if let Some(severity) = case
        .severity
        .as_ref()
        .filter(|given| !given.answers.is_empty())
    {
        rows.insert(
            2,
            Row::new(t::cases_factors(l), forms::answers(view, severity)),
        );
    }
    summary_list(l, &rows)
}

fn running(view: &View<'_>) -> Markup {
    let (app, l) = (view.app, view.officer.page.lang);
    let mut all: Vec<_> = view.whole.case.clocks.iter().collect();
    all.sort_by_key(|clock| (clock.end.is_some(), clock.pause().is_some(), clock.due()));
    html! {
        h2 #clocks { (t::cases_clocks(l)) }
        @if all.is_empty() { p { (t::cases_clocks_none_here(l)) } }
        ul.plain {
            @for clock in all {
                li.card {
                    p { (clocks::stands(app, l, clock)) " " strong { (own::rule(app, l, &clock.opening.rule)) } }
                    p { (t::cases_clock_due(l)) ": " (clocks::due(app, l, clock)) }
                    p { (clocks::source(app, l, clock)) }
                    (forms::evidence(view, clock))
                    @if view.works() { (forms::clock(view, clock)) }
                }
            }
        }
        @if view.works() && !view.closed() { (forms::starting(view)) }
    }
}

fn rows(view: &View<'_>) -> Markup {
    let (page, case) = (&view.officer.page, &view.whole.case);
    let l = page.lang;
    let columns = [
        t::cases_happened(l),
        t::cases_what(l),
        t::cases_known(l),
        t::cases_source(l),
    ]
    .map(Column::text);
    let lines = timeline(&case.rows);
    let cells = |row: &Moment, gap: Option<i64>, lag: i64| {
        vec![
            html! {
                (page.moment(row.happened))
                @if let Some(gap) = gap { div { (tag(Hue::Amber, &t::cases_gap(l, own::span(l, gap)))) } }
            },
            html! { div id={ "text-" (row.text) } { (view.text(row.text)) (forms::striking(view, row)) } },
            html! {
                div {
                    (page.moment(row.known))
                    @if lag >= 60 { div.hint { (t::cases_lag(l, own::span(l, lag))) } }
                }
            },
            own::source(view.app, l, row.source),
        ]
    };
    let shown: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| cells(line.row, line.gap, line.lag))
        .collect();
    let struck = case.rows.iter().filter(|row| row.struck).count();
    html! {
        h2 #timeline { (t::cases_timeline(l)) }
        @if shown.is_empty() { p { (t::cases_timeline_none(l)) } }
        @else { (stack(t::cases_timeline(l), &columns, &shown)) }
        @if struck > 0 { p.hint { (t::cases_struck(l, struck as u64)) } }
        @if view.works() && !view.closed() { (forms::row(view)) }
    }
}

fn reports(view: &View<'_>) -> Markup {
    let (app, l) = (view.app, view.officer.page.lang);
    let columns = [
        t::queue_report(l),
        t::queue_category(l),
        t::queue_severity(l),
        t::queue_state(l),
        t::queue_age(l),
    ]
    .map(Column::text);
    let now = app.clock.now();
    let shown: Vec<Vec<Markup>> = view
        .whole
        .reports
        .iter()
        .map(|row| {
            let reference = app.reference(row.no);
            let category = words::category(&app.form, l, &row.category, row.subtype.as_deref());
            vec![
                html! {
                    a href={ "/desk/reports/" (reference) } { (reference) }
                    div.title { (words::title(l, &row.title, row.bare)) }
                    (forms::unlinking(view, row.no, &reference))
                },
                html! { (category) },
                words::severity_tag(&app.form, l, row.severity),
                words::state_tag(l, &row.state),
                html! { (case::age(l, row.received_at, now)) },
            ]
        })
        .collect();
    html! {
        h2 #reports { (t::cases_reports(l)) }
        @if shown.is_empty() { p { (t::cases_reports_none(l)) } }
        @else { (stack(t::cases_reports(l), &columns, &shown)) }
        @if view.works() && !view.closed() { (forms::linking(view)) }
    }
}

fn tasks(view: &View<'_>) -> Markup {
    let (page, case) = (&view.officer.page, &view.whole.case);
    let l = page.lang;
    let what = |task: &Task| match &task.asks {
        Asks::Own(said) => view.text(said.text),
        asks => html! { p { (own::template_task(view.app, l, asks).unwrap_or_default()) } },
    };
    html! {
        h2 #tasks { (t::cases_tasks(l)) }
        @if case.tasks.is_empty() { p { (t::cases_tasks_none(l)) } }
        ul.plain {
            @for task in &case.tasks {
                li.card id={ "task-" (task.task) } {
                    p.caption {
                        (t::cases_task_no(l, task.task)) " "
                        @match task.done {
                            Some(at) => { (tag(Hue::Green, t::cases_task_done(l))) " " (page.moment(at)) },
                            None => (tag(Hue::Blue, t::cases_task_open(l))),
                        }
                    }
                    (what(task))
                    @if let Some(id) = &task.owner { p { (t::cases_task_owner(l)) ": " (person(view.people, id)) } }
                    @if let Some(due) = task.due {
                        p {
                            (t::cases_task_due(l)) ": " (page.moment(due))
                            @if task.done.is_none() && due < view.app.clock.now() { " " (tag(Hue::Red, t::cases_task_late(l))) }
                        }
                    }
                    @if view.works() && !view.closed() { (forms::task(view, task)) }
                }
            }
        }
        @if view.works() && !view.closed() { (forms::tasks(view)) }
    }
}

fn notes(view: &View<'_>) -> Markup {
    let page = &view.officer.page;
    let l = page.lang;
    let one = |note: &Note| {
        html! {
            article.message id={ "text-" (note.text) } {
                p.caption {
                    (t::cases_note_no(l, note.text)) ", " (actor(l, view.people, &note.by)) ", " (page.moment(note.at))
                    @if let Some(older) = note.corrects { ", " a href={ "#text-" (older) } { (t::cases_corrects(l, older)) } }
                    @if let Some(newer) = note.corrected { ", " a href={ "#text-" (newer) } { (t::cases_corrected(l, newer)) } }
                }
                (view.text(note.text))
                (forms::erasing(view, note.text))
            }
        }
    };
    html! {
        h2 #notes { (t::cases_notes(l)) }
        @if view.whole.case.notes.is_empty() { p { (t::cases_notes_none(l)) } }
        @for note in &view.whole.case.notes { (one(note)) }
        @if view.works() { (forms::note(view)) }
    }
}

fn history(view: &View<'_>) -> Markup {
    let page = &view.officer.page;
    let l = page.lang;
    let columns = words::history_columns(l);
    let audits = view.officer.who.may(Action::ReadAudit);
    let shown: Vec<Vec<Markup>> = view
        .whole
        .history
        .iter()
        .rev()
        .map(|(index, event)| {
            vec![
                html! { (page.moment(event.at)) },
                actor(l, view.people, &event.by),
                own::change(page, view.app, view.people, &event.change),
                html! {
                    @if audits { a href={ "/desk/audit?before=" (index.saturating_add(1)) } { (index) } }
                    @else { (index) }
                },
            ]
        })
        .collect();
    html! {
        h2 #history { (t::case_history(l)) }
        (table(t::case_history(l), &columns, &shown))
    }
}

/// A moment for a field, in the service's time zone.
pub(super) fn moment(view: &View<'_>, at: cairn_kernel::time::Micros) -> String {
    times::written(at, &view.app.config.time_zone)
}
