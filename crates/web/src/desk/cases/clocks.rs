//! Clocks: the strip of what is due next, the page of all, and one clock's line.

use axum::extract::State;
use cairn_app::App;
use cairn_app::cases::rows::ClockRow;
use cairn_app::cases::{CLOCKS_MAX, STRIP_CLOCKS};
use cairn_desk::clock::{Audience, Clock, Line, State as Running, Status};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::super::doors;
use super::super::who::Officer;
use crate::components::{Column, Hue, said_inline, stack, tag};
use crate::i18n::{self, Lang, t};
use crate::problem::Result;

const fn hue(state: Running) -> Hue {
    match state {
        Running::Overdue | Running::Missed => Hue::Red,
        Running::DueSoon => Hue::Amber,
        Running::Running => Hue::Blue,
        Running::Met => Hue::Green,
        Running::Paused | Running::Withdrawn => Hue::Grey,
    }
}

const fn state(l: Lang, state: Running) -> &'static str {
    match state {
        Running::Overdue => t::cases_clock_is_overdue(l),
        Running::DueSoon => t::cases_clock_is_due_soon(l),
        Running::Running => t::cases_clock_is_running(l),
        Running::Paused => t::cases_clock_is_paused(l),
        Running::Met => t::cases_clock_is_met(l),
        Running::Missed => t::cases_clock_is_missed(l),
        Running::Withdrawn => t::cases_clock_is_withdrawn(l),
    }
}

fn line<'a>(app: &'a App, clock: &Clock) -> Line<'a> {
    Line::new(&app.config.case_rules.clocks, clock, app.clock.now())
}

/// How a clock stands, in colour and in words: `Due soon: in 3 h 20 min`.
pub(super) fn stands(app: &App, l: Lang, clock: &Clock) -> Markup {
    let line = line(app, clock);
    let mut words = line.words(l.as_str());
    if !matches!(line.state, Running::Paused | Running::Withdrawn) {
        words = format!("{}: {words}", state(l, line.state));
    }
    tag(hue(line.state), &words)
}

/// The moment a clock is due, in the time zone of its calendar.
pub(super) fn due(app: &App, l: Lang, clock: &Clock) -> Markup {
    let calendar = app
        .config
        .case_rules
        .clocks
        .calendar(&clock.opening.calendar);
    let own = &app.config.time_zone;
    let zone = calendar.map_or(own, |calendar| calendar.zone());
    let name = zone.iana_name().filter(|_| zone != own);
    html! {
        time.due datetime=(clock.due()) { (i18n::moment(l, clock.due(), zone)) }
        @if let Some(name) = name { " (" (name) ")" }
        @if !clock.known { " " (t::cases_clock_weekends_only(l)) }
    }
}

/// Law and article, with the link, and what kind of duty it is.
pub(super) fn source(app: &App, l: Lang, clock: &Clock) -> Markup {
    let line = line(app, clock);
    let status = match line.status() {
        Some(Status::Proposed) => Some(t::cases_law_proposed(l)),
        Some(Status::Guidance) => Some(t::cases_law_guidance(l)),
        Some(Status::Promise) => Some(t::cases_law_promise(l)),
        _ => None,
    };
    html! {
        @if let Some((law, article, link)) = line.source() {
            @if link.is_empty() { (law) ", " (article) }
            @else { a href=(link) rel="noreferrer" { (law) ", " (article) } }
            @if let Some(status) = status { " (" (status) ")" }
        }
    }
}

fn audience(l: Lang, audience: Audience) -> &'static str {
    match audience {
        Audience::Us => t::cases_clock_us(l),
        Audience::Organisation => t::cases_clock_organisation(l),
    }
}

/// What is due next, above a list; nothing where no clock runs.
pub(in crate::desk) async fn strip(app: &App, officer: &Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let rows = app.case_clocks(&officer.who, STRIP_CLOCKS).await?;
    let item = |row: &ClockRow| {
        let title = super::words::rule(app, l, &row.clock.opening.rule);
        html! {
            li {
                (stands(app, l, &row.clock)) " "
                a href={ "/desk/cases/" (row.no) "#clocks" } { (t::cases_one(l, row.no)) } ", " (title)
            }
        }
    };
    Ok(html! {
        @if !rows.is_empty() {
            section.strip aria-labelledby="due-next" {
                h2 #due-next { (t::cases_due_next(l)) }
                ul.plain { @for row in rows.iter() { (item(row)) } }
                p { a href="/desk/clocks" { (t::cases_clocks_all(l)) } }
            }
        }
    })
}

/// All clocks that have not ended, what is due first first.
pub(in crate::desk) async fn all(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let found = app.case_clocks(&officer.who, CLOCKS_MAX).await?;
    let columns = [
        t::cases_clock(l),
        t::cases_clock_state(l),
        t::cases_clock_due(l),
        t::cases_case(l),
        t::cases_clock_who(l),
        t::cases_clock_law(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|row| {
            let clock = &row.clock;
            vec![
                html! { (super::words::rule(&app, l, &clock.opening.rule)) },
                stands(&app, l, clock),
                due(&app, l, clock),
                html! {
                    div {
                        a href={ "/desk/cases/" (row.no) "#clocks" } { (t::cases_one(l, row.no)) }
                        div.title { (said_inline(&defang_text(&row.title))) }
                    }
                },
                html! { (audience(l, line(&app, clock).audience())) },
                html! { div { (source(&app, l, clock)) } },
            ]
        })
        .collect();
    let body = html! {
        (doors(&officer, "/desk/clocks"))
        h1 { (t::cases_clocks(l)) }
        p { (t::cases_clocks_note(l)) }
        @if rows.is_empty() { p.lead { (t::cases_clocks_none(l)) } }
        @else { (stack(t::cases_clocks(l), &columns, &rows)) }
        @if found.len() == CLOCKS_MAX { p { (t::cases_clocks_more(l, CLOCKS_MAX as u64)) } }
    };
    Ok(officer.page.render(t::cases_clocks(l), body))
}
