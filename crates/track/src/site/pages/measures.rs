//! All measures of an edition by their status.

use maud::{Markup, html};

use crate::progress::statcan::Status;
use crate::report::{MeasureReport, Report};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::glossary;
use crate::site::layout::Body;
use crate::site::line::ORDER;
use crate::site::parts;
use crate::site::words as w;

/// Measures on one page.
const ROWS_A_PAGE: usize = 40;

/// How many pages the list has.
pub(crate) fn pages(report: &Report<'_>) -> usize {
    report.measures.len().div_ceil(ROWS_A_PAGE).max(1)
}

fn status(one: &MeasureReport<'_>) -> Status {
    one.outcome()
        .map_or(Status::NotAvailable, |outcome| outcome.status)
}

const fn anchor(status: Status) -> &'static str {
    match status {
        Status::NotAvailable => "no-status",
        Status::Deterioration => "deterioration",
        Status::Limited => "limited",
        Status::Moderate => "moderate",
        Status::Substantial => "substantial",
        Status::TargetAchieved => "achieved",
    }
}

pub(crate) fn body(cx: &Context<'_>, at: usize) -> Option<Body> {
    let lang = cx.lang();
    let all = pages(cx.report);
    if at >= all {
        return None;
    }
    let sorted = sorted(cx.report);
    let (from, to) = (at * ROWS_A_PAGE, (at + 1) * ROWS_A_PAGE);
    let shown = sorted.get(from..to.min(sorted.len())).unwrap_or_default();
    let before = from.checked_sub(1).and_then(|at| sorted.get(at));
    let title = match all {
        1 => w::all_measures(lang).to_owned(),
        _ => format!(
            "{}. {}",
            w::all_measures(lang),
            w::page_of(lang, at + 1, all)
        ),
    };
    let main = html! {
        h1 { (title) }
        p.lead { (w::measures_lead(lang)) }
        @if at == 0 { (counts(cx)) (glossary::glossary(cx)) }
        @for (nth, group) in shown.chunk_by(|a, b| a.0 == b.0).enumerate() {
            @if let Some((status, _)) = group.first() {
                @let begins = nth > 0 || before.is_none_or(|(last, _)| last != status);
                h2 id=[begins.then(|| anchor(*status))] { (parts::status_word(lang, *status)) }
                ul.rows { @for (_, one) in group { (parts::measure_row(cx, one, false)) } }
            }
        }
        (parts::pages(cx, at, all, Page::Measures))
        p { a href={ (cx.href(Page::Front)) "#goals" } { (w::by_goal(lang)) } }
        @if let Some(changes) = cx.before_changes() { p { a href=(changes) { (w::moved_title(lang)) } } }
    };
    Some(Body { title, main })
}

/// Measures by status, in the edition's order within each.
fn sorted<'r, 'p>(report: &'r Report<'p>) -> Vec<(Status, &'r MeasureReport<'p>)> {
    let mut sorted = Vec::with_capacity(report.measures.len());
    for wanted in ORDER {
        let some = report.measures.iter().map(|one| (status(one), one));
        sorted.extend(some.filter(|(status, _)| *status == wanted));
    }
    sorted
}

/// How many have which status, each with the way to where they begin; only statuses that some have.
pub(crate) fn counted(cx: &Context<'_>) -> Vec<(Status, usize, String)> {
    let sorted = sorted(cx.report);
    let row = |wanted: Status| {
        let first = sorted.iter().position(|(status, _)| *status == wanted)?;
        let n = sorted.iter().filter(|(status, _)| *status == wanted);
        let page = Page::Measures(first / ROWS_A_PAGE);
        let file = if page == cx.page {
            String::new()
        } else {
            cx.href(page)
        };
        Some((wanted, n.count(), format!("{file}#{}", anchor(wanted))))
    };
    ORDER.into_iter().filter_map(row).collect()
}

fn counts(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    html! {
        table.counts {
            caption.unseen { (w::all_measures(lang)) }
            thead { tr { th scope="col" { (w::status(lang)) } th.num scope="col" { (w::how_many(lang)) } } }
            tbody {
                @for (status, n, href) in counted(cx) {
                    tr { th scope="row" { a href=(href) { (parts::status_word(lang, status)) } } td.num { (n) } }
                }
            }
        }
    }
}
