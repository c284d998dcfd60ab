//! Which figures moved since the edition before.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::compare::{Change, Kind, Thing, compare};
use crate::plan::Measure;
use crate::progress::statcan::Status;
use crate::report::{MeasureReport, Report};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::parts;
use crate::site::words as w;

/// Rows of the table.
const ROWS_MAX: usize = 60;

/// A measure whose latest value or status is another than in the edition before; `before` is `None` if that had no such
/// measure.
pub(crate) struct Moved<'r, 'p> {
    pub before: Option<&'r MeasureReport<'p>>,
    pub after: &'r MeasureReport<'p>,
}

/// What is compared: period and value as written, and the status.
fn said(one: &MeasureReport<'_>) -> (Option<(String, String)>, Option<Status>) {
    let latest = one.latest().map(|latest| {
        let value = latest.row.value.map(parts::decimal).unwrap_or_default();
        (latest.row.period.to_string(), value)
    });
    (latest, one.outcome().map(|outcome| outcome.status))
}

/// Those that moved, in the edition's order. A measure that goes on under another id is the same one.
pub(crate) fn moved<'r, 'p>(
    before: &'r Report<'p>,
    after: &'r Report<'p>,
    changes: &[Change],
) -> Vec<Moved<'r, 'p>> {
    let renamed: BTreeMap<&str, &str> = changes
        .iter()
        .filter(|one| one.kind == Kind::Renamed && one.what.thing == Thing::Measure)
        .map(|one| (one.after.as_str(), one.before.as_str()))
        .collect();
    let was = |measure: &Measure| {
        let id = measure.id.as_str();
        before.measure(renamed.get(id).copied().unwrap_or(id))
    };
    let all = after.measures.iter().map(|one| Moved {
        before: was(one.measure),
        after: one,
    });
    all.filter(|one| match one.before {
        Some(before) => said(before) != said(one.after),
        None => one.after.latest().is_some(),
    })
    .collect()
}

/// One line for the front page, with the way to the table; nothing in the first edition.
pub(crate) fn hint(cx: &Context<'_>) -> Markup {
    let Some(before) = cx.before else {
        return html! {};
    };
    let changes = compare(cx.plan, before.edition, cx.edition());
    let n = moved(before, cx.report, &changes).len();
    html! {
        p.moved { a href={ (cx.href(Page::Changes)) "#moved" } { (w::moved_some(cx.lang(), n)) } }
    }
}

/// The table on the page of changes.
pub(crate) fn section(cx: &Context<'_>, before: &Report<'_>, changes: &[Change]) -> Markup {
    let lang = cx.lang();
    let all = moved(before, cx.report, changes);
    let still = cx.report.measures.len() - all.len();
    let table = html! {
        table.stack {
            caption.unseen { (w::moved_title(lang)) }
            thead { tr {
                th scope="col" { (w::measure(lang)) }
                th scope="col" { (w::moved_before(lang)) }
                th scope="col" { (w::moved_after(lang)) }
            } }
            tbody {
                @for one in all.iter().take(ROWS_MAX) {
                    tr {
                        th scope="row" { a href=(cx.href(Page::Measure(&one.after.measure.id))) { (cx.text(&one.after.measure.title)) } }
                        td data-th=(w::moved_before(lang)) { @match one.before { Some(before) => (cell(cx, before)), None => (w::moved_new(lang)) } }
                        td data-th=(w::moved_after(lang)) { (cell(cx, one.after)) }
                    }
                }
            }
        }
    };
    html! {
        section {
            h2 #moved { (w::moved_title(lang)) }
            @if all.is_empty() {
                p { (w::moved_none(lang)) }
            } @else {
                p { (w::moved_lead(lang)) " " (w::moved_unmoved(lang, still)) }
                (parts::wide(cx, w::moved_title(lang), table))
                @if all.len() > ROWS_MAX { p { a href=(cx.href(Page::Measures(0))) { (w::more_in_list(lang, all.len() - ROWS_MAX)) } } }
            }
        }
    }
}

fn cell(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    html! {
        @match one.latest() {
            Some(latest) => {
                (parts::figure(cx, one.measure, latest.row))
            }
            None => (w::no_value(cx.lang())),
        }
        br;
        (parts::status_tag(cx, one))
    }
}
