//! A goal with its measures and what is done for it.

use maud::html;

use super::front;
use crate::plan::{Goal, What};
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::words as w;
use crate::site::{challenge, markdown, parts};

/// With more measures than this a page has no spark lines.
const SPARKS_MAX: usize = 25;
/// Most measures that one page lists.
const ROWS_MAX: usize = 40;
/// Most initiatives that one page lists.
const WORK_MAX: usize = 15;

pub(crate) fn body(cx: &Context<'_>, goal: &Goal) -> Body {
    let lang = cx.lang();
    let measures: Vec<_> = cx.report.of_goal(&goal.id).collect();
    let work: Vec<_> = cx.report.work_for(&goal.id).collect();
    let main = html! {
        (parts::crumbs(cx, &parts::way_to_goal(cx, goal, false)))
        p.caption { (w::goal(lang)) }
        h1 { (cx.text(&goal.title)) }
        @if let Some(text) = &goal.text { (markdown::words(cx, text)) }
        p { (w::stated_by(lang)) ": " (cx.source(&goal.source)) }
        @if let Some(name) = &goal.narrative { (markdown::narrative(cx, name)) }
        h2 #measures { (w::measures_of_goal(lang)) }
        @if measures.is_empty() { p { (w::no_measures(lang)) } }
        @else {
            ul.rows {
                @for one in measures.iter().take(ROWS_MAX) { (parts::measure_row(cx, one, measures.len() <= SPARKS_MAX)) }
            }
            @if measures.len() > ROWS_MAX { p { a href=(cx.href(Page::Measures(0))) { (w::all_of_it(lang)) ": " (measures.len()) } } }
        }
        h2 #initiatives { (w::initiatives_of_goal(lang)) }
        @if work.is_empty() { p { (w::no_initiatives(lang)) } }
        @else {
            ul.rows.work { @for one in work.iter().take(WORK_MAX) { (front::row(cx, one)) } }
            @if work.len() > WORK_MAX { p { a href=(cx.href(Page::Initiatives(0))) { (w::all_of_it(lang)) ": " (work.len()) } } }
        }
        (parts::beside(cx, What::Goal, &goal.id))
        (challenge::section(cx, challenge::Subject::Goal(&goal.id)))
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Body {
        title: cx.plain(&goal.title).to_owned(),
        main,
    }
}
