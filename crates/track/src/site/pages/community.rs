//! A community's own page, with the figures and words that it chose.

use maud::html;

use crate::plan::Visible;
use crate::site::address::Page;
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::words as w;
use crate::site::{markdown, parts};

/// Only pages that the community shows to everybody, and only in the newest edition, of which they speak.
pub(crate) fn body(cx: &Context<'_>, id: &str) -> Option<Body> {
    let lang = cx.lang();
    let all = cx.plan.communities.iter();
    let it = all
        .filter(|one| one.visible == Visible::Public && cx.is_newest())
        .find(|one| one.id == id)?;
    let mandate = it
        .mandate
        .as_ref()
        .and_then(|id| cx.plan.mandates.iter().find(|one| one.id == *id));
    let main = html! {
        p.caption { (w::community(lang)) }
        h1 { (cx.text(&it.title)) }
        @if it.fictional { div.notice.warning { p { strong { (w::fictional(lang)) } ". " (w::fictional_plan(lang)) } } }
        @if let Some(text) = &it.text { (markdown::words(cx, text)) }
        @if let Some(name) = &it.narrative { (markdown::narrative(cx, name)) }
        h2 { (w::measures(lang)) }
        ul.rows {
            @for one in it.measures.iter().filter_map(|id| cx.report.measure(id)) { (parts::measure_row(cx, one, true)) }
        }
        h2 { (w::mandate_title(lang)) }
        dl.summary {
            div { dt { (w::community_holder(lang)) } dd { (cx.note(&it.holder)) } }
            @if let Some(mandate) = mandate {
                @if !mandate.labels.is_empty() {
                    div { dt { (w::mandate_labels(lang)) } dd { (parts::labels(&mandate.labels)) } }
                }
                div { dt { (w::mandate_terms(lang)) } dd { (cx.text(&mandate.terms)) } }
            }
        }
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Some(Body {
        title: cx.plain(&it.title).to_owned(),
        main,
    })
}
