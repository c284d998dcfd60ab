//! What pages show.

use cairn_kernel::text::visible;
use maud::{Markup, html};

use crate::i18n::{Lang, t};

/// What a stranger wrote, shown whole and harmless: escaped, invisible and direction-changing characters made visible, line
/// breaks kept, long words broken, nothing made a link.
#[must_use]
pub fn said(text: &str) -> Markup {
    html! { div.said dir="auto" translate="no" { (visible(text)) } }
}

/// [`said`] within a sentence or a table cell.
#[must_use]
pub fn said_inline(text: &str) -> Markup {
    html! { bdi.said translate="no" { (visible(text)) } }
}

/// How a notice feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// Done.
    Success,
    /// Mind this.
    Warning,
    /// Act on this now.
    Danger,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// A box with a title: a message about this page or what was just done. `id` must be unlike others on the page.
#[must_use]
pub fn notice(tone: Tone, id: &str, title: &str, body: Markup) -> Markup {
    html! {
        section class={ "notice " (tone.class()) } aria-labelledby=(id) {
            h2 id=(id) { (title) }
            (body)
        }
    }
}

/// A box without a title, for a paragraph that should stand out.
#[must_use]
pub fn inset(body: Markup) -> Markup {
    html! { div.inset { (body) } }
}

/// One sentence that must not be missed.
#[must_use]
pub fn warning(lang: Lang, text: &str) -> Markup {
    html! {
        p.must-read {
            span aria-hidden="true" { "!" }
            strong { span.unseen { (t::warning_prefix(lang)) " " } (text) }
        }
    }
}

/// The head of a confirmation page. `body` may hold a [`reference`].
#[must_use]
pub fn panel(title: &str, body: Markup) -> Markup {
    html! { div.panel { h1 { (title) } (body) } }
}

/// A reference or secret to be read out or copied: large, spaced, never broken in the middle of a group.
#[must_use]
pub fn reference(text: &str) -> Markup {
    html! { strong.reference translate="no" { (text) } }
}

/// Text of machines: hashes, keys, notes. Long lines scroll or break.
#[must_use]
pub fn machine(text: &str) -> Markup {
    html! { code translate="no" { (text) } }
}

/// One line of a [`summary_list`].
pub struct Row {
    /// The question in few words.
    pub key: String,
    /// The answer.
    pub value: Markup,
    /// Where it can be changed.
    pub change: Option<String>,
}

impl Row {
    /// A line that can't be changed.
    #[must_use]
    pub fn new(key: impl Into<String>, value: Markup) -> Self {
        Self {
            key: key.into(),
            value,
            change: None,
        }
    }

    /// Adds the link to where it can be changed.
    #[must_use]
    pub fn change(mut self, href: impl Into<String>) -> Self {
        self.change = Some(href.into());
        self
    }
}

/// Questions and answers, each with a link to change it.
#[must_use]
pub fn summary_list(lang: Lang, rows: &[Row]) -> Markup {
    html! {
        dl.summary {
            @for row in rows {
                div {
                    dt { (row.key) }
                    dd { (row.value) }
                    @if let Some(href) = &row.change {
                        dd.change { a href=(href) { (t::change(lang)) span.unseen { " " (row.key) } } }
                    }
                }
            }
        }
    }
}

/// A column of a [`table`].
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// Numbers are set to the right.
    pub numeric: bool,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn text(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            numeric: false,
        }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            numeric: true,
        }
    }
}

/// A table with a caption; the first cell of each row is its heading. On small
/// screens its rows are blocks with named cells; what is wider all the same scrolls by itself. The roles: see [`stack`].
#[must_use]
pub fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(caption) {
            table.stack role="table" {
                caption { (caption) }
                thead role="rowgroup" {
                    tr role="row" { @for column in columns { th scope="col" role="columnheader" .num[column.numeric] { (column.name) } } }
                }
                tbody role="rowgroup" {
                    @for row in rows {
                        tr role="row" {
                            @for (at, (column, cell)) in columns.iter().zip(row).enumerate() {
                                @if at == 0 {
                                    th scope="row" role="rowheader" .num[column.numeric] { (cell) }
                                } @else {
                                    td role="cell" .num[column.numeric] data-th=(column.name) { div { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A table of officers' pages whose rows look like cards on small screens, so that nothing in them is out of sight. It
/// stays a real table for screen readers at every width: the roles are said aloud because browsers forget them once a
/// table is not laid out as one.
#[must_use]
pub fn stack(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table.stack role="table" {
            caption.unseen { (caption) }
            thead role="rowgroup" {
                tr role="row" { @for column in columns { th scope="col" role="columnheader" { (column.name) } } }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" data-row {
                        @for (at, (column, cell)) in columns.iter().zip(row).enumerate() {
                            @if at == 0 {
                                th scope="row" role="rowheader" { (cell) }
                            } @else {
                                td role="cell" { span.head aria-hidden="true" { (column.name) } div { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The colour of a [`tag`]; it never says anything that the words don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hue {
    /// Nothing special.
    Grey,
    /// New, running.
    Blue,
    /// Done, good.
    Green,
    /// Waiting, middling.
    Amber,
    /// Severe, overdue.
    Red,
}

/// A state in a word or two.
#[must_use]
pub fn tag(hue: Hue, text: &str) -> Markup {
    let class = match hue {
        Hue::Grey => "tag",
        Hue::Blue => "tag blue",
        Hue::Green => "tag green",
        Hue::Amber => "tag amber",
        Hue::Red => "tag red",
    };
    html! { span class=(class) { (text) } }
}

/// Text that opens on demand.
#[must_use]
pub fn details(summary: &str, body: Markup) -> Markup {
    html! { details { summary { (summary) } div { (body) } } }
}

/// Steps in their order, the first the most urgent: advice, what happens next.
#[must_use]
pub fn steps(items: &[Markup]) -> Markup {
    html! { ol.steps { @for item in items { li { (item) } } } }
}

/// A small line over a heading: which part this is, how far along.
#[must_use]
pub fn caption(text: &str) -> Markup {
    html! { p.caption { (text) } }
}

/// A number that stands for something, with its words.
#[must_use]
pub fn figure(value: &str, words: &str) -> Markup {
    html! { div.figure { p { strong { (value) } " " span { (words) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_text_and_hides_nothing() {
        let shown =
            said("<img src=x onerror=alert(1)>\u{202e}\nhttps://evil.example/").into_string();
        assert!(
            shown.contains("&lt;img src=x onerror=alert(1)&gt;[U+202E]\nhttps://evil.example/"),
            "{shown}"
        );
        assert!(!shown.contains("<a"));
    }

    #[test]
    fn tables_have_captions_and_headings() {
        let columns = [Column::text("Month"), Column::number("Reports")];
        let rows = [vec![html! { "May" }, html! { "7" }]];
        let shown = table("Reports & months", &columns, &rows).into_string();
        assert!(shown.contains("<caption>Reports &amp; months</caption>"));
        let tag = |words: &str| {
            let before = shown.split(words).next().unwrap_or_default();
            before.rsplit('<').next().unwrap_or_default().to_owned()
        };
        assert!(tag(">Reports</th>").contains("scope=\"col\""), "{shown}");
        assert!(tag(">May</th>").contains("scope=\"row\""), "{shown}");
        assert!(shown.contains("data-th=\"Reports\""), "{shown}");
    }
}
