//! All initiatives, each with its line.

use maud::html;

use super::front;
use crate::plan::InitiativeKind;
use crate::report::{InitiativeReport, Report};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::parts;
use crate::site::words::{self as w, Lang};

/// Initiatives on one page.
const ROWS_A_PAGE: usize = 25;

/// How many pages the list has.
pub(crate) fn pages(report: &Report<'_>) -> usize {
    report.initiatives.len().div_ceil(ROWS_A_PAGE).max(1)
}

/// The order of the kinds on pages.
pub(crate) const KINDS: [InitiativeKind; 3] = [
    InitiativeKind::Flagship,
    InitiativeKind::Other,
    InitiativeKind::LookingAhead,
];

/// The heading over initiatives of a kind.
pub(crate) const fn kinds(lang: Lang, kind: InitiativeKind) -> &'static str {
    match kind {
        InitiativeKind::Flagship => w::kind_flagship(lang),
        InitiativeKind::Other => w::kind_other(lang),
        InitiativeKind::LookingAhead => w::kind_looking(lang),
    }
}

pub(crate) fn body(cx: &Context<'_>, at: usize) -> Option<Body> {
    let lang = cx.lang();
    let all = pages(cx.report);
    if at >= all {
        return None;
    }
    let mut sorted: Vec<&InitiativeReport<'_>> = Vec::new();
    for kind in KINDS {
        let some = cx.report.initiatives.iter();
        sorted.extend(some.filter(|one| one.initiative.kind == kind));
    }
    let shown: Vec<_> = sorted
        .into_iter()
        .skip(at * ROWS_A_PAGE)
        .take(ROWS_A_PAGE)
        .collect();
    let title = match all {
        1 => w::initiatives(lang).to_owned(),
        _ => format!(
            "{}. {}",
            w::initiatives(lang),
            w::page_of(lang, at + 1, all)
        ),
    };
    let main = html! {
        h1 { (title) }
        p.lead { (w::initiatives_lead(lang)) }
        p { (w::line_shared(lang)) }
        @if shown.is_empty() { p { (w::none(lang)) } }
        @for group in shown.chunk_by(|a, b| a.initiative.kind == b.initiative.kind) {
            @if let Some(first) = group.first() {
                h2 { (kinds(lang, first.initiative.kind)) }
                ul.rows.work { @for one in group { (front::row(cx, one)) } }
            }
        }
        (parts::pages(cx, at, all, Page::Initiatives))
        p { a href=(cx.href(Page::Agencies)) { (w::agencies_title(lang)) } }
    };
    Some(Body { title, main })
}
