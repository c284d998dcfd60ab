//! What stands around every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::address::{Page, Tree};
use super::context::Context;
use super::feed;
use super::options::Door;
use super::words::{self as w, Lang};
use crate::plan::Status;

/// Title and body of a page.
pub(crate) struct Body {
    /// Title, without the plan's.
    pub title: String,
    /// What stands in `main`; it begins with an `h1`.
    pub main: Markup,
}

/// A whole document.
pub(crate) fn document(cx: &Context<'_>, body: &Body) -> Vec<u8> {
    let lang = cx.lang();
    let plan = cx.plain(&cx.plan.title);
    let is_front = matches!(cx.page, Page::Front);
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (body.title) @if !is_front { " – " (plan) } }
                (links(cx))
            }
            body {
                a.skip href="#main" { (w::skip_to_content(lang)) }
                @match &cx.options.frame.header {
                    Some(header) => (PreEscaped(header)),
                    None => (header(cx)),
                }
                main #main tabindex="-1" {
                    @if !cx.is_newest() { (older(cx)) }
                    (body.main)
                }
                @match &cx.options.frame.footer {
                    Some(footer) => (PreEscaped(footer)),
                    None => (footer(cx)),
                }
            }
        }
    };
    markup.into_string().into_bytes()
}

/// A figure by itself, to be placed in another page.
pub(crate) fn bare(cx: &Context<'_>, body: &Body) -> Vec<u8> {
    let markup = html! {
        (DOCTYPE)
        html lang=(cx.lang().as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (body.title) }
                (styles(cx))
            }
            body.bare { main { (body.main) } }
        }
    };
    markup.into_string().into_bytes()
}

fn styles(cx: &Context<'_>) -> Markup {
    let own = [cx.href_top(super::STYLE)];
    let given = &cx.options.frame.styles;
    let all: &[String] = if given.is_empty() { &own } else { given };
    html! {
        @for href in all { link rel="stylesheet" href=(href); }
    }
}

fn links(cx: &Context<'_>) -> Markup {
    html! {
        (styles(cx))
        @if cx.languages.len() > 1 {
            @for lang in cx.languages {
                link rel="alternate" hreflang=(lang.as_str()) href=(in_language(cx, *lang));
            }
        }
        // The feed in the page's own language first: that is what programs take.
        (feed_link(cx, cx.lang()))
        @for lang in cx.languages.iter().filter(|lang| **lang != cx.lang()) { (feed_link(cx, *lang)) }
    }
}

fn feed_link(cx: &Context<'_>, lang: Lang) -> Markup {
    let href = cx.href_top(&feed::file(lang));
    let tag = (cx.languages.len() > 1).then(|| lang.as_str());
    html! { link rel="alternate" type="application/atom+xml" hreflang=[tag] title=(w::atom(lang)) href=(href); }
}

fn in_language(cx: &Context<'_>, lang: Lang) -> String {
    cx.href_in(Tree { lang, ..cx.tree }, cx.page)
}

fn header(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let links = [
        (Page::Front, w::nav_front(lang)),
        (Page::Measures(0), w::nav_measures(lang)),
        (Page::Initiatives(0), w::nav_initiatives(lang)),
        (Page::Changes, w::nav_changes(lang)),
        (Page::Agencies, w::nav_agencies(lang)),
        (Page::Data(0), w::nav_data(lang)),
        (Page::Sources(0), w::nav_sources(lang)),
        (Page::Method, w::nav_method(lang)),
    ];
    html! {
        header.top {
            @if let Some((home, doors)) = cx.options.doors.split_first() { (self::doors(lang, home, doors)) }
            div.bar {
                a.brand href=(cx.href(Page::Front)) { (cx.text(&cx.plan.title)) }
                @if cx.languages.len() > 1 { (switch(cx)) }
            }
            nav aria-label=(w::nav(lang)) {
                ul {
                    @for (page, text) in links {
                        li { a href=(cx.href(page)) aria-current=[current(cx.page, page)] { (text) } }
                    }
                }
            }
        }
    }
}

/// The service around the site: its front page, then its doors.
fn doors(lang: Lang, home: &Door, doors: &[Door]) -> Markup {
    let link = |door: &Door| {
        let (href, words) = door.of(lang);
        html! { a href=(href) { (words) } }
    };
    html! {
        nav.doors aria-label=(w::doors(lang)) {
            ul {
                li.home { (link(home)) }
                @for door in doors { li { (link(door)) } }
            }
        }
    }
}

/// `page` for the page itself, `true` for a page of the same kind.
fn current(here: Page<'_>, link: Page<'_>) -> Option<&'static str> {
    if here == link {
        return Some("page");
    }
    let same = matches!(
        (here, link),
        (Page::Data(_), Page::Data(_))
            | (Page::Sources(_), Page::Sources(_))
            | (Page::Measures(_) | Page::Measure(_), Page::Measures(_))
            | (
                Page::Initiatives(_) | Page::Initiative(_),
                Page::Initiatives(_)
            )
            | (Page::Goal(_), Page::Front)
    );
    same.then_some("true")
}

/// Each language in its own words; the one in use is not a link.
fn switch(cx: &Context<'_>) -> Markup {
    html! {
        ul.languages aria-label=(w::languages(cx.lang())) {
            @for lang in cx.languages {
                li {
                    @if *lang == cx.lang() {
                        span lang=(lang.as_str()) aria-current="true" { (lang.own_name()) }
                    } @else {
                        a href=(in_language(cx, *lang)) lang=(lang.as_str()) hreflang=(lang.as_str()) { (lang.own_name()) }
                    }
                }
            }
        }
    }
}

/// An older edition says so before anything else.
fn older(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let newest = Tree {
        lang,
        edition: None,
    };
    html! {
        p.older {
            strong { (w::edition(lang)) " " (cx.edition().id) } ". "
            a href=(cx.href_in(newest, Page::Front)) { (w::to_newest(lang)) }
        }
    }
}

fn footer(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let edition = cx.edition();
    let own = Tree {
        lang,
        edition: Some(&edition.id),
    };
    let state = match edition.status {
        Status::Draft => w::draft(lang),
        Status::Frozen => w::frozen(lang),
    };
    html! {
        footer {
            div {
                p {
                    (w::edition(lang)) " " (edition.id) " (" (state) "). "
                    (w::as_of(lang, cx.day(cx.report.as_of))) "."
                    @if let Some(day) = cx.report.counted_by() { " " (w::live_by(lang, cx.day(day))) "." }
                }
                @if lang != Lang::En && cx.in_english() > 0 { p { (w::only_english(lang, cx.in_english())) } }
                dl {
                    div { dt { (w::owner(lang)) } dd { (cx.note(&cx.plan.owner)) } }
                    div { dt { (w::contact(lang)) } dd { (super::parts::contact(&cx.plan.contact)) } }
                    div { dt { (w::licence(lang)) } dd { (cx.note(&cx.plan.licence)) } }
                }
                ul {
                    li { a href={ (cx.href(Page::Method)) "#verify" } { (w::how_to_verify(lang)) } }
                    li { a href=(cx.href_top(&feed::file(lang))) { (w::atom(lang)) } }
                    @if cx.tree.edition.is_none() {
                        li { a href=(cx.href_in(own, cx.page)) { (w::permanent(lang)) } }
                    }
                    @if let Some(link) = super::parts::versions_link(cx) { li { (link) } }
                    @for other in cx.plan.editions.iter().rev() {
                        @if other.id != edition.id {
                            li {
                                a href=(cx.href_in(Tree { lang, edition: Some(&other.id) }, Page::Front)) {
                                    (w::edition(lang)) " " (other.id)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
