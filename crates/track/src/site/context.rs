//! What every page is made from.

use std::cell::Cell;
use std::collections::BTreeMap;

use jiff::civil::Date;
use maud::{Markup, html};

use super::address::{Page, ROWS_A_PAGE, Tree, relative};
use super::options::Options;
use super::published::Published;
use super::words::{self, Lang};
use crate::plan::{Edition, Plan, Source, Words};
use crate::report::Report;

/// The edition, the language and the place of a page.
pub(crate) struct Context<'a> {
    pub plan: &'a Plan,
    pub report: &'a Report<'a>,
    /// The report of the edition before.
    pub before: Option<&'a Report<'a>>,
    pub options: &'a Options,
    pub languages: &'a [Lang],
    pub tree: Tree<'a>,
    pub page: Page<'a>,
    /// Path of the page from the site's top.
    pub path: String,
    sources: &'a BTreeMap<&'a str, usize>,
    published: &'a BTreeMap<&'a str, Published>,
    /// Bytes of the printed reports, by language.
    pub prints: &'a BTreeMap<Lang, usize>,
    /// It is made for paper: what only works on a screen is left out.
    pub on_paper: bool,
    /// Texts that had to be shown in English.
    english: Cell<usize>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(of: &super::build::Of<'a>, tree: Tree<'a>, page: Page<'a>) -> Self {
        Self {
            plan: of.report.plan,
            report: of.report,
            before: of.before,
            options: of.options,
            languages: of.languages,
            tree,
            page,
            path: tree.path(page),
            sources: of.sources,
            published: of.published,
            prints: of.prints,
            on_paper: false,
            english: Cell::new(0),
        }
    }

    pub(crate) fn lang(&self) -> Lang {
        self.tree.lang
    }

    pub(crate) fn edition(&self) -> &'a Edition {
        self.report.edition
    }

    /// Its edition is the newest one.
    pub(crate) fn is_newest(&self) -> bool {
        self.plan
            .newest()
            .is_some_and(|newest| newest.id == self.edition().id)
    }

    /// The way to what moved since the edition before; `None` in the first edition.
    pub(crate) fn before_changes(&self) -> Option<String> {
        let before = self.plan.before(&self.edition().id);
        before.map(|_| format!("{}#moved", self.href(Page::Changes)))
    }

    /// A link to a page of the same tree.
    pub(crate) fn href(&self, page: Page<'_>) -> String {
        relative(&self.path, &self.tree.path(page))
    }

    /// A link to a page of another tree.
    pub(crate) fn href_in(&self, tree: Tree<'_>, page: Page<'_>) -> String {
        relative(&self.path, &tree.path(page))
    }

    /// A link to a file at the site's top.
    pub(crate) fn href_top(&self, file: &str) -> String {
        relative(&self.path, file)
    }

    /// A link to a file of the edition that all languages share.
    pub(crate) fn href_shared(&self, file: &str) -> String {
        relative(&self.path, &self.tree.shared(file))
    }

    /// Texts that had to be shown in English so far.
    pub(crate) fn in_english(&self) -> usize {
        self.english.get()
    }

    /// A text of the plan in the page's language, or in English with a mark that says so to screen readers.
    pub(crate) fn text(&self, words: &Words) -> Markup {
        let (text, is_translated) = words.get(self.lang().as_str());
        if is_translated {
            return html! { (text) };
        }
        self.english.set(self.english.get() + 1);
        html! { span lang="en" { (text) } }
    }

    /// Counts a text that is shown in English instead.
    pub(crate) fn counted(&self) -> Markup {
        self.english.set(self.english.get() + 1);
        html! {}
    }

    /// A text that the plan keeps in English only, such as the title of a source. It counts as none without translation.
    pub(crate) fn note(&self, text: &str) -> Markup {
        let text = words::dated(text);
        html! {
            @if self.lang() == Lang::En { (text) } @else { span lang="en" { (text) } }
        }
    }

    /// A text of the plan without markup, for titles.
    pub(crate) fn plain<'w>(&self, words: &'w Words) -> &'w str {
        words.get(self.lang().as_str()).0
    }

    /// What there is to know of the file of a measure's values.
    pub(crate) fn published(&self, measure: &str) -> Option<&'a Published> {
        self.published.get(measure)
    }

    /// A day.
    pub(crate) fn day(&self, day: Date) -> String {
        words::day(self.lang(), day)
    }

    /// The link to the row of a source.
    pub(crate) fn source_href(&self, id: &str) -> String {
        let at = self.sources.get(id).copied().unwrap_or_default();
        format!("{}#{id}", self.href(Page::Sources(at / ROWS_A_PAGE)))
    }

    /// The title of a source, linked to its row.
    pub(crate) fn source(&self, id: &str) -> Markup {
        self.source_at(id, &self.source_href(id))
    }

    /// The title of a source, linked to its row, the link to which is known.
    pub(crate) fn source_at(&self, id: &str, href: &str) -> Markup {
        let title = self
            .plan
            .sources
            .get(id)
            .map(|source: &Source| source.title.as_str());
        html! { a href=(href) { (self.note(title.unwrap_or(id))) } }
    }

    /// Titles of several sources.
    pub(crate) fn sources(&self, ids: &[String]) -> Markup {
        html! {
            @for (at, id) in ids.iter().enumerate() {
                @if at > 0 { "; " }
                (self.source(id))
            }
        }
    }
}
