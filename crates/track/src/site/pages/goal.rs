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
const SPARKS_MAX: usize = 30;
/// Most measures and initiatives that one page lists.
const ROWS_MAX: usize = 100;

pub(crate) fn body(cx: &Context<'_>, goal: &Goal) -> Body {
    let lang = cx.lang();
    let measures: Vec<_> = cx.report.of_goal(&goal.id).collect();
    let works =
        |one: &&crate::report::InitiativeReport<'_>| one.initiative.goals.contains(&goal.id);
    let work: Vec<_> = cx.report.initiatives.iter().filter(works).collect();
    let theme = goal.theme.as_deref().and_then(|id| cx.edition().theme(id));
    let main = html! {
        p.caption { (w::goal(lang)) @if let Some(theme) = theme { " · " (cx.text(&theme.title)) } }
        h1 { (cx.text(&goal.title)) }
        @if let Some(text) = &goal.text { (markdown::words(cx, text)) }
        p { (w::stated_by(lang)) ": " (cx.source(&goal.source)) }
        @if let Some(name) = &goal.narrative { (markdown::narrative(cx, name)) }
        h2 { (w::measures_of_goal(lang)) }
        @if measures.is_empty() { p { (w::no_measures(lang)) } }
        @else {
            ul.rows {
                @for one in measures.iter().take(ROWS_MAX) { (parts::measure_row(cx, one, measures.len() <= SPARKS_MAX)) }
            }
            @if measures.len() > ROWS_MAX { p { a href=(cx.href(Page::Data(0))) { (w::all_of_it(lang)) ": " (measures.len()) } } }
        }
        h2 { (w::initiatives_of_goal(lang)) }
        @if work.is_empty() { p { (w::no_initiatives(lang)) } }
        @else { ul.rows.work { @for one in work.iter().take(ROWS_MAX) { (front::row(cx, one)) } } }
        (parts::beside(cx, What::Goal, &goal.id))
        (challenge::section(cx, challenge::Subject::Goal(&goal.id)))
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Body {
        title: cx.plain(&goal.title).to_owned(),
        main,
    }
}
