//! How people move.

use maud::{Markup, html};

use crate::i18n::{Lang, t};

/// What a button does to the eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The one thing this page is for.
    Main,
    /// Another way.
    Plain,
    /// What can't be undone.
    Danger,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Main => "button",
            Self::Plain => "button plain",
            Self::Danger => "button danger",
        }
    }
}

/// Sends its form.
#[must_use]
pub fn button(look: Look, text: &str) -> Markup {
    html! { button class=(look.class()) { (text) } }
}

/// Sends its form and says which button it was.
#[must_use]
pub fn button_named(look: Look, name: &str, value: &str, text: &str) -> Markup {
    html! { button class=(look.class()) name=(name) value=(value) { (text) } }
}

/// A link that looks like a button, for going on without sending anything.
#[must_use]
pub fn button_link(look: Look, href: &str, text: &str) -> Markup {
    html! { a class=(look.class()) href=(href) { (text) } }
}

/// Buttons beside each other.
#[must_use]
pub fn buttons(body: Markup) -> Markup {
    html! { div.buttons { (body) } }
}

/// To the question before. Put it first in `main`.
#[must_use]
pub fn back_link(lang: Lang, href: &str) -> Markup {
    html! { a.back href=(href) { (t::back(lang)) } }
}

/// The way out for who must not be seen here. A plain link; with scripts, three presses of Shift do the same and the page is
/// hidden before the other one comes. It replaces this page in the history but can't erase what came before, and says so.
#[must_use]
pub fn exit_page(lang: Lang, href: &str) -> Markup {
    html! {
        aside.way-out aria-label=(t::exit_page(lang)) {
            div.exit { a.button.danger href=(href) rel="noreferrer nofollow" data-exit { (t::exit_page(lang)) } }
            p.exit-note { (t::exit_note(lang)) span.scripted { " " (t::exit_keys(lang)) } }
        }
    }
}

/// One of several views of the same thing.
pub struct Tab<'a> {
    /// Its address.
    pub href: &'a str,
    /// Its name.
    pub text: &'a str,
    /// Whether it is the one shown.
    pub current: bool,
}

/// Views as links; the server shows the one asked for.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab<'_>]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul {
                @for tab in tabs {
                    li { a href=(tab.href) aria-current=[tab.current.then_some("page")] { (tab.text) } }
                }
            }
        }
    }
}

/// Pages of a list whose length is known: the first, the last and those around the present one. Pages count from 1.
#[must_use]
pub fn pagination(lang: Lang, current: u64, pages: u64, href: impl Fn(u64) -> String) -> Markup {
    let mut shown: Vec<u64> = [
        1,
        current.saturating_sub(1),
        current,
        current.saturating_add(1),
        pages,
    ]
    .into_iter()
    .filter(|page| (1..=pages).contains(page))
    .collect();
    shown.sort_unstable();
    shown.dedup();
    let before = |at: usize| {
        at.checked_sub(1)
            .and_then(|at| shown.get(at))
            .copied()
            .unwrap_or(0)
    };
    html! {
        @if pages > 1 {
            nav.pages aria-label=(t::pages_label(lang)) {
                ul {
                    @if current > 1 { li { a rel="prev" href=(href(current - 1)) { (t::pages_previous(lang)) } } }
                    @for (at, &page) in shown.iter().enumerate() {
                        @if page > before(at) + 1 { li aria-hidden="true" { "…" } }
                        li {
                            a href=(href(page)) aria-label=(t::pages_page(lang, page))
                                aria-current=[(page == current).then_some("page")] { (page) }
                        }
                    }
                    @if current < pages { li { a rel="next" href=(href(current + 1)) { (t::pages_next(lang)) } } }
                }
            }
        }
    }
}

/// Earlier and later, for lists whose length isn't counted.
#[must_use]
pub fn neighbours(lang: Lang, previous: Option<&str>, next: Option<&str>) -> Markup {
    html! {
        @if previous.is_some() || next.is_some() {
            nav.pages aria-label=(t::pages_label(lang)) {
                ul {
                    @if let Some(href) = previous { li { a rel="prev" href=(href) { (t::pages_previous(lang)) } } }
                    @if let Some(href) = next { li { a rel="next" href=(href) { (t::pages_next(lang)) } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pagination_shows_the_ends_and_the_neighbourhood() {
        let pages = |current, pages| {
            let markup = pagination(Lang::En, current, pages, |page| format!("?page={page}"));
            markup.into_string()
        };
        assert_eq!(pages(1, 1), "");
        let middle = pages(50, 100);
        for page in [1, 49, 50, 51, 100] {
            assert!(middle.contains(&format!("href=\"?page={page}\"")), "{page}");
        }
        assert_eq!(middle.matches('…').count(), 2);
        assert_eq!(middle.matches("aria-current").count(), 1);
        let first = pages(1, 3);
        assert!(!first.contains("rel=\"prev\"") && first.contains("rel=\"next\""));
    }
}
