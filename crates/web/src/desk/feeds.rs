//! Machine reports: where they come from, those that came, and what waits because it could not be read.

mod quarantine;
mod report;
mod source;
mod upload;
mod words;

use axum::extract::State;
use axum::http::Method;
use axum::routing::{get, post};
use cairn_app::App;
use cairn_app::feeds::rows::Arrival;
use cairn_app::feeds::source::{Overview, SourceView};
use cairn_desk::access::Action;
use maud::{Markup, html};

use super::who::Officer;
use super::{Need, Route, at, doors};
use crate::components::{Column, Look, button_link, buttons, machine, said_inline, stack};
use crate::i18n::{Lang, t};
use crate::page::Page;
use crate::problem::{Kind, Problem, Result};

pub(crate) use upload::UPLOAD_TIME_MAX;
pub(super) use words::{kind as event, logged};

pub(super) const HOME: &str = "/desk/feeds";
/// Where reports are sent to.
pub(super) const UPLOAD: &str = "/desk/feeds/upload";

/// Every route.
pub(super) fn routes() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let reads = Need::May(Action::ReadFeeds);
    let rows = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageFeeds);
    vec![
        at(g.clone(), "/desk/feeds", reads, get(show)),
        at(g.clone(), "/desk/feeds/upload", does, get(upload::show)),
        at(p.clone(), "/desk/feeds/upload", does, post(upload::sent)),
        at(
            g.clone(),
            "/desk/feeds/reports/{no}",
            reads,
            get(report::show),
        ),
        at(
            p.clone(),
            "/desk/feeds/reports/{no}/again",
            does,
            post(report::again),
        ),
        at(
            g.clone(),
            "/desk/feeds/quarantine",
            rows,
            get(quarantine::show),
        ),
        at(
            p.clone(),
            "/desk/feeds/quarantine/replay",
            does,
            post(quarantine::replay),
        ),
        at(
            g.clone(),
            "/desk/feeds/sources/new",
            leads,
            get(source::fresh),
        ),
        at(p.clone(), "/desk/feeds/sources", leads, post(source::make)),
        at(g, "/desk/feeds/sources/{no}", reads, get(source::show)),
        at(
            p.clone(),
            "/desk/feeds/sources/{no}",
            leads,
            post(source::change),
        ),
        at(
            p.clone(),
            "/desk/feeds/sources/{no}/secret",
            leads,
            post(source::secret),
        ),
        at(
            p.clone(),
            "/desk/feeds/sources/{no}/remove",
            leads,
            post(source::remove),
        ),
        at(p, "/desk/feeds/sources/{no}/look", does, post(source::look)),
    ]
}

/// Who may not learns nothing from a fault in the form.
fn allowed(officer: &Officer, action: Action) -> Result<()> {
    if officer.who.may(action) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

/// A number in an address.
fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Problem::not_found())
}

/// The page of a source.
fn source_href(no: i64) -> String {
    format!("{HOME}/sources/{no}")
}

/// The page of a report.
fn report_href(no: i64) -> String {
    format!("{HOME}/reports/{no}")
}

/// The overview.
async fn show(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let overview = app.feeds_overview(&officer.who).await?;
    let (l, may) = (officer.page.lang, |action| officer.who.may(action));
    let body = html! {
        (doors(&officer, HOME))
        h1 { (t::feeds_title(l)) }
        p { (t::feeds_lead(l)) }
        (buttons(html! {
            @if may(Action::WorkReports) { (button_link(Look::Main, UPLOAD, t::feeds_send(l))) }
            @if may(Action::ReadReports) { (button_link(Look::Plain, "/desk/feeds/quarantine", t::feeds_quarantine(l))) }
            @if may(Action::ManageFeeds) { (button_link(Look::Plain, "/desk/feeds/sources/new", t::feeds_new(l))) }
        }))
        h2 { (t::feeds_sources(l)) }
        @if overview.sources.is_empty() { p.lead { (t::feeds_none(l)) } }
        @else { (sources(&officer.page, &overview)) }
        h2 { (t::feeds_newest(l)) }
        @if overview.arrivals.is_empty() { p { (t::feeds_newest_none(l)) } }
        @else { (arrivals(&officer.page, &overview.arrivals)) }
    };
    Ok(officer.page.render(t::feeds_title(l), body))
}

fn sources(page: &Page, overview: &Overview) -> Markup {
    let l = page.lang;
    let columns = [
        Column::text(t::feeds_name(l)),
        Column::text(t::feeds_state(l)),
        Column::text(t::feeds_last(l)),
        Column::number(t::feeds_rows_today(l)),
        Column::number(t::feeds_bad_today(l)),
    ];
    let rows: Vec<Vec<Markup>> = overview.sources.iter().map(|one| row(page, one)).collect();
    stack(t::feeds_sources(l), &columns, &rows)
}

fn row(page: &Page, view: &SourceView) -> Vec<Markup> {
    let l = page.lang;
    vec![
        html! {
            a href=(source_href(view.no)) { (said_inline(&view.wanted.name)) }
            div.hint { (machine(&view.code)) " · " (words::way(l, view.kind)) }
        },
        html! {
            (words::standing(l, view))
            @if let Some(error) = &view.looked.error { div { (said_inline(error)) } }
            @if let Some(next) = view.next_at { div.hint { (t::feeds_next(l, page.moment(next))) } }
        },
        html! {
            @match &view.last {
                None => (t::feeds_never(l)),
                Some(last) => {
                    a href=(report_href(last.no)) { (page.moment(last.received_at)) }
                    " " (words::state(l, last))
                    @if let Some(ended) = last.ended_at {
                        div.hint { (t::feeds_lag(l, lag(last, ended))) }
                    }
                }
            }
        },
        html! { (page_number(l, view.rows_today)) },
        html! { (page_number(l, view.bad_today)) },
    ]
}

/// Seconds from when a report came to when it was in.
fn lag(arrival: &Arrival, ended: cairn_kernel::time::Micros) -> u64 {
    let seconds = ended
        .seconds()
        .saturating_sub(arrival.received_at.seconds());
    seconds.max(0).unsigned_abs()
}

fn page_number(l: Lang, number: u64) -> String {
    t::feeds_number(l, number)
}

/// Reports of the queue.
fn arrivals(page: &Page, all: &[Arrival]) -> Markup {
    let l = page.lang;
    let columns = [
        Column::text(t::feeds_report(l)),
        Column::text(t::feeds_came(l)),
        Column::text(t::feeds_state(l)),
        Column::number(t::feeds_rows(l)),
        Column::number(t::feeds_bad(l)),
    ];
    let row = |one: &Arrival| {
        let name = if one.kind == "replay" {
            html! { (t::feeds_replay_of(l)) " " (machine(&one.name)) }
        } else {
            said_inline(&one.name)
        };
        vec![
            html! { a href=(report_href(one.no)) { (name) } },
            html! { (page.moment(one.received_at)) },
            words::state(l, one),
            html! { (page_number(l, one.rows)) },
            html! { (page_number(l, one.bad)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    stack(t::feeds_newest(l), &columns, &rows)
}
