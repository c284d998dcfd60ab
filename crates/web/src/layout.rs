//! The frame around every page.

use maud::{DOCTYPE, Markup, html};

use crate::assets::{DESK_SCRIPT, DESK_STYLE, ICON, PASSKEY_SCRIPT, SCRIPT, STYLE};
use crate::components;
use crate::i18n::{Lang, t};
use crate::page::{Page, Section};

/// Head, header, `main` and footer around `body`.
#[must_use]
pub fn shell(page: &Page, title: &str, body: Markup) -> Markup {
    let lang = page.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title {
                    @if page.faulty { (t::error_prefix(lang)) " " }
                    (title) " – " (page.site.name(lang))
                    @if let Some(house) = page.site.house(lang) { " – " (house) }
                    " – cairn"
                }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href=(STYLE.path);
                @if page.section == Some(Section::Desk) { link rel="stylesheet" href=(DESK_STYLE.path); }
                script src=(SCRIPT.path) defer {}
                @if page.passkeys { script src=(PASSKEY_SCRIPT.path) defer {} }
                @if page.keys.is_some() { script src=(DESK_SCRIPT.path) defer {} }
            }
            body .wide[page.wide] data-keys=[&page.keys] {
                a.skip href="#main" { (t::skip_to_content(lang)) }
                (header(page))
                @if page.exit { (components::exit_page(lang, crate::report::EXIT)) }
                main #main tabindex="-1" { (body) }
                (footer(page))
            }
        }
    }
}

fn header(page: &Page) -> Markup {
    let lang = page.lang;
    let doors = [
        (Section::Report, "/report", t::nav_report(lang)),
        (Section::Status, "/status", t::nav_status(lang)),
        (Section::Figures, "/figures", t::nav_figures(lang)),
        (Section::Track, "/track", t::nav_track(lang)),
        (Section::Evidence, "/evidence", t::nav_evidence(lang)),
    ];
    html! {
        header.top {
            div.bar {
                a.brand href="/" {
                    (mark())
                    span.word { "cairn" }
                    span.service { (page.site.name(lang)) }
                    @if let Some(house) = page.site.house(lang) { " " strong.house { (house) } }
                }
                (language_switch(page))
            }
            nav aria-label=(t::nav_label(lang)) {
                ul {
                    @for (section, href, text) in doors {
                        li { a href=(href) aria-current=[current(page, section)] { (text) } }
                    }
                    @match &page.officer {
                        Some(name) => {
                            li.push { a href="/desk" aria-current=[current(page, Section::Desk)] { (t::nav_desk(lang)) } }
                            li { a href="/desk/account" { (t::nav_account(lang)) " " (components::said_inline(name)) } }
                        }
                        None => {
                            li.push { a href="/sign-in" aria-current=[current(page, Section::Desk)] { (t::nav_sign_in(lang)) } }
                        }
                    }
                }
            }
        }
    }
}

fn current(page: &Page, section: Section) -> Option<&'static str> {
    (page.section == Some(section)).then_some("true")
}

/// Three stones. Decoration: the word beside it says the name.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false" {
            ellipse cx="16" cy="26" rx="13" ry="5" {}
            ellipse cx="15" cy="16.5" rx="9.5" ry="4.2" {}
            ellipse cx="17" cy="8.5" rx="6" ry="3.6" {}
        }
    }
}

/// Each language in its own words; the one in use is not a link.
fn language_switch(page: &Page) -> Markup {
    html! {
        ul.languages aria-label=(t::language_label(page.lang)) {
            @for lang in Lang::ALL {
                li {
                    @if lang == page.lang {
                        span aria-current="true" { (lang.own_name()) }
                    } @else {
                        a href=(page.in_language(lang)) lang=(lang.as_str()) hreflang=(lang.as_str()) { (lang.own_name()) }
                    }
                }
            }
        }
    }
}

fn footer(page: &Page) -> Markup {
    let lang = page.lang;
    let links = [
        ("/accessibility", t::footer_accessibility(lang)),
        ("/privacy", t::footer_privacy(lang)),
        ("/how-receipts-work", t::footer_receipts(lang)),
        ("/evidence", t::footer_evidence(lang)),
        ("/own/new", t::footer_claims(lang)),
    ];
    html! {
        footer {
            div {
                ul {
                    @for (href, text) in links { li { a href=(href) { (text) } } }
                }
                p { (t::footer_line(lang)) }
            }
        }
    }
}
