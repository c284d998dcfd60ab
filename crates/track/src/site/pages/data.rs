//! What can be downloaded.

use maud::{Markup, html};

use crate::progress::group::Grouped;
use crate::report::{MeasureReport, Report};
use crate::site::address::{Page, ROWS_A_PAGE};
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::parts;
use crate::site::words as w;
use crate::site::{feed, files};

/// How many pages the list has.
pub(crate) fn pages(report: &Report<'_>) -> usize {
    report.measures.len().div_ceil(ROWS_A_PAGE).max(1)
}

pub(crate) fn body(cx: &Context<'_>, at: usize) -> Option<Body> {
    let lang = cx.lang();
    let all = pages(cx.report);
    if at >= all {
        return None;
    }
    let some: Vec<_> = cx
        .report
        .measures
        .iter()
        .skip(at * ROWS_A_PAGE)
        .take(ROWS_A_PAGE)
        .collect();
    let table = html! {
        table.stack {
            caption.unseen { (w::data_title(lang)) }
            thead { tr {
                th scope="col" { (w::measure(lang)) }
                th scope="col" { (w::standing(lang)) }
                th.num scope="col" { (w::rows(lang)) }
                th scope="col" { (w::data_files(lang)) }
            } }
            tbody { @for one in some { (row(cx, one)) } }
        }
    };
    let title = match all {
        1 => w::data_title(lang).to_owned(),
        _ => format!("{}. {}", w::data_title(lang), w::page_of(lang, at + 1, all)),
    };
    let main = html! {
        h1 { (title) }
        p.lead { (w::data_lead(lang)) }
        (parts::wide(cx, w::data_title(lang), table))
        (parts::pages(cx, at, all, Page::Data))
        @if at == 0 {
            ul {
                li { (parts::print_link(cx)) }
                li { a href=(cx.href_top(crate::site::CATALOGUE)) { (w::data_catalogue(lang)) } }
                li { a href=(cx.href_top(&feed::file(lang))) { (w::atom(lang)) } }
                @if let Some(link) = parts::versions_link(cx) { li { (link) } }
            }
            (groups(cx))
        }
    };
    Some(Body { title, main })
}

fn row(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    let id = &one.measure.id;
    let rows = one
        .series
        .as_ref()
        .and(cx.published(id))
        .map(|file| file.rows);
    html! {
        tr {
            th scope="row" { a href=(cx.href(Page::Measure(id))) { (cx.text(&one.measure.title)) } br; span.hint { (cx.text(&one.measure.unit)) } }
            td {
                (parts::standing_in(lang, one))
                @if let Some(withheld) = &one.withheld { br; span.hint { (w::withheld_by(lang, &withheld.mandate.holder)) } }
            }
            td.num data-th=(w::rows(lang)) { @if let Some(rows) = rows { (parts::number(&rows.to_string())) } @else { "–" } }
            td {
                @if rows.is_some() {
                    @let name = cx.plain(&one.measure.title);
                    a href=(cx.href_shared(&files::csv(id))) aria-label={ "CSV: " (name) } { "CSV" } " · "
                    a href=(cx.href_shared(&files::json(id))) aria-label={ "JSON: " (name) } { "JSON" } " · "
                    a href=(cx.href_shared(&files::csvw(id))) aria-label={ "CSVW: " (name) } { "CSVW" }
                } @else { (w::data_none(lang)) }
            }
        }
    }
}

/// Mean scores of the measures' groups.
fn groups(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let mut rows: Vec<(String, &Grouped)> = Vec::new();
    flatten(&cx.report.groups, "", &mut rows);
    let table = html! {
        table.stack {
            caption.unseen { (w::groups(lang)) }
            thead { tr {
                th scope="col" { (w::group(lang)) }
                th.num scope="col" { (w::score(lang)) }
                th scope="col" { (w::status(lang)) }
                th.num scope="col" { (w::counted_measures(lang)) }
            } }
            tbody {
                @for (name, group) in rows.iter().take(ROWS_A_PAGE) {
                    tr {
                        th scope="row" { (parts::group(cx, name)) }
                        td.num data-th=(w::score(lang)) { @if let Some(score) = group.score { (parts::score(score)) } }
                        td data-th=(w::status(lang)) { (parts::status_word(lang, group.status)) }
                        td.num data-th=(w::counted_measures(lang)) { (group.series - group.not_available) }
                    }
                }
            }
        }
    };
    html! {
        @if !rows.is_empty() {
            h2 { (w::groups(lang)) }
            (parts::wide(cx, w::groups(lang), table))
        }
    }
}

fn flatten<'g>(group: &'g Grouped, path: &str, rows: &mut Vec<(String, &'g Grouped)>) {
    for one in &group.groups {
        let name = if path.is_empty() {
            one.name.clone()
        } else {
            format!("{path}/{}", one.name)
        };
        rows.push((name.clone(), one));
        flatten(one, &name, rows);
    }
}
