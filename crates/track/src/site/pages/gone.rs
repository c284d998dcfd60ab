//! What an earlier edition had and this one does not: its address stays and says what became of it.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::plan::{Edition, Ended, How, What, Words};
use crate::report::{Report, published};
use crate::site::address::{Page, Tree};
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::parts;
use crate::site::words as w;

/// The editions up to this one, newest first, without it.
fn earlier<'a>(editions: &'a [Edition], this: &'a str) -> impl Iterator<Item = &'a Edition> {
    editions
        .iter()
        .rev()
        .skip_while(move |one| one.id != this)
        .skip(1)
}

fn page(what: What, id: &str) -> Page<'_> {
    match what {
        What::Goal => Page::Goal(id),
        What::Initiative => Page::Initiative(id),
        What::Measure => Page::Measure(id),
    }
}

/// Pages of all that earlier editions had and this one does not.
pub(crate) fn all<'a>(report: &Report<'a>) -> Vec<Page<'a>> {
    let mut pages = Vec::new();
    for what in [What::Goal, What::Initiative, What::Measure] {
        let here: BTreeSet<&str> = ids(report.edition, what).collect();
        let before = earlier(&report.plan.editions, &report.edition.id);
        let gone: BTreeSet<&str> = before
            .flat_map(|edition| ids(edition, what))
            .filter(|id| !here.contains(id))
            .collect();
        for id in gone {
            pages.push(page(what, id));
            if what == What::Measure {
                pages.push(Page::Embed(id));
            }
        }
    }
    pages
}

fn ids(edition: &Edition, what: What) -> impl Iterator<Item = &str> {
    edition.ids(what).into_iter().map(|(id, _)| id)
}

fn title<'a>(edition: &'a Edition, what: What, id: &str) -> Option<&'a Words> {
    match what {
        What::Goal => edition.goal(id).map(|one| &one.title),
        What::Initiative => edition.initiative(id).map(|one| &one.title),
        What::Measure => edition.measure(id).map(|one| &one.title),
    }
}

pub(crate) fn body(cx: &Context<'_>, what: What, id: &str) -> Option<Body> {
    let lang = cx.lang();
    let editions = &cx.plan.editions;
    let (last, words) =
        earlier(editions, &cx.edition().id).find_map(|one| Some((one, title(one, what, id)?)))?;
    // The edition after the last one that had it says why it went.
    let next = editions.iter().skip_while(|one| one.id != last.id).nth(1)?;
    let ended = next
        .ended
        .iter()
        .find(|one| one.what == what && one.id == id);
    let kind = match what {
        What::Goal => w::goal(lang),
        What::Initiative => w::initiative(lang),
        What::Measure => w::measure(lang),
    };
    let tree = Tree {
        lang,
        edition: Some(&last.id),
    };
    let main = html! {
        p.caption { (kind) }
        h1 { (cx.text(words)) }
        div.notice.warning {
            h2 { (w::gone_title(lang)) }
            p { (w::gone_since(lang, &next.id)) ". " (how(cx, ended)) }
        }
        @if let Some(ended) = ended { (reason(cx, ended)) }
        p { (w::gone_last(lang)) ": " a href=(cx.href_in(tree, page(what, id))) { (cx.text(words)) ", " (w::edition(lang)) " " (last.id) } }
        @if what == What::Measure && has_values(cx, last, id) { (parts::downloads(cx, id)) }
        p.back { a href=(cx.href(Page::Front)) { (w::back_to_plan(lang)) } }
    };
    Some(Body {
        title: cx.plain(words).to_owned(),
        main,
    })
}

/// Whether the site keeps the values of a measure as the last edition that had it saw them.
fn has_values(cx: &Context<'_>, last: &Edition, id: &str) -> bool {
    let measure = last.measure(id);
    measure.is_some_and(|one| published(cx.plan, one, last.as_of).is_some())
}

fn how(cx: &Context<'_>, ended: Option<&Ended>) -> &'static str {
    let lang = cx.lang();
    match ended.map(|one| one.how) {
        None => w::gone_unexplained(lang),
        Some(How::Delivered) => w::gone_delivered(lang),
        Some(How::Merged) => w::gone_merged(lang),
        Some(How::Stopped) => w::gone_stopped(lang),
        Some(How::Superseded) => w::gone_superseded(lang),
        Some(How::Renamed) => w::gone_renamed(lang),
    }
}

fn reason(cx: &Context<'_>, ended: &Ended) -> Markup {
    let lang = cx.lang();
    html! {
        dl.summary {
            div { dt { (w::gone_reason(lang)) } dd { (cx.text(&ended.reason)) } }
            @if let Some(on) = ended.on { div { dt { (w::gone_when(lang)) } dd { (w::period_of(lang, on)) } } }
            @if !ended.into.is_empty() {
                div { dt { (w::gone_into(lang)) } dd { ul.plain {
                    @for id in &ended.into { li { (link(cx, ended.what, id)) } }
                } } }
            }
            div { dt { (w::source(lang)) } dd { (cx.source(&ended.source)) } }
        }
    }
}

/// A link to what took the place of something. It may have gone as well; it has a page then, too.
pub(crate) fn link(cx: &Context<'_>, what: What, id: &str) -> Markup {
    let title = cx
        .plan
        .editions
        .iter()
        .rev()
        .find_map(|one| title(one, what, id));
    html! {
        a href=(cx.href(page(what, id))) { @match title { Some(title) => (cx.text(title)), None => (id) } }
    }
}
