//! Where facts and figures come from: one anchor for each source.

use maud::{Markup, html};

use crate::plan::{Source, SourceKind};
use crate::site::address::{Page, ROWS_A_PAGE};
use crate::site::context::Context;
use crate::site::layout::Body;
use crate::site::parts;
use crate::site::words::{self as w, Lang};

pub(crate) fn body(cx: &Context<'_>, at: usize) -> Option<Body> {
    let lang = cx.lang();
    let all = cx.plan.sources.len().div_ceil(ROWS_A_PAGE).max(1);
    if at >= all {
        return None;
    }
    let some = cx
        .plan
        .sources
        .values()
        .skip(at * ROWS_A_PAGE)
        .take(ROWS_A_PAGE);
    let title = match all {
        1 => w::sources_title(lang).to_owned(),
        _ => format!(
            "{}. {}",
            w::sources_title(lang),
            w::page_of(lang, at + 1, all)
        ),
    };
    let main = html! {
        h1 { (title) }
        p.lead { (w::sources_lead(lang)) }
        ul.sources { @for source in some { (item(cx, source)) } }
        (parts::pages(cx, at, all, Page::Sources))
    };
    Some(Body { title, main })
}

const fn kind(lang: Lang, kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Page => w::kind_page(lang),
        SourceKind::Release => w::kind_release(lang),
        SourceKind::Secondary => w::kind_secondary(lang),
        SourceKind::Supplied => w::kind_supplied(lang),
        SourceKind::Derived => w::kind_derived(lang),
        SourceKind::Dataset => w::kind_dataset(lang),
    }
}

/// Only what a browser fetches: an address with another scheme is shown as text.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// What a source is called, its address, and whose it is.
pub(super) fn about(cx: &Context<'_>, source: &Source) -> Markup {
    let lang = cx.lang();
    html! {
        p.name {
            @match source.url.as_deref().filter(|url| is_web(url)) {
                Some(url) => a href=(url) rel="noopener" { (cx.note(&source.title)) },
                None => (cx.note(&source.title)),
            }
        }
        p {
            @if !source.publisher.is_empty() { (cx.note(&source.publisher)) ". " }
            (parts::capital(kind(lang, source.kind))) "."
            @if let Some(day) = source.published { " " (w::published(lang)) " " (w::period_of(lang, day)) "." }
            @if let Some(day) = source.retrieved { " " (w::retrieved(lang)) " " (cx.day(day)) "." }
            @if source.url.is_none() { " " (parts::capital(w::not_published(lang))) "." }
            @if let Some(url) = source.url.as_deref().filter(|url| !is_web(url)) { " " code { (url) } }
        }
    }
}

fn item(cx: &Context<'_>, source: &Source) -> Markup {
    html! {
        li id=(source.id) {
            (about(cx, source))
            @if !source.note.is_empty() { p.hint { (cx.note(&source.note)) } }
            p.hint { code { (source.id) } @if let Some(hash) = &source.sha256 { " SHA-256 " code { (hash) } } }
        }
    }
}
