//! Narratives: Markdown to HTML that can hold no script, with figures placed by name.
//!
//! Safe by the way it is made: HTML in the source is shown as text, links lead to the web, to mail or to pages beside
//! this one, pictures become links, and nothing carries a style. All that is left is a fixed list of tags and attributes.

use std::fmt::Write as _;

use maud::{PreEscaped, html};
use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
    TextMergeStream,
};

use crate::plan::narrative::placed;

/// What stands in the place of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The figure as text.
    pub text: String,
    /// Where it is explained.
    pub href: String,
}

/// Begins a figure within the text that the parser reads. A noncharacter: Unicode promises that it means nothing.
const OPEN: char = '\u{fdd0}';
/// Ends it.
const CLOSE: char = '\u{fdd1}';

/// Renders a narrative. `resolve` gives what `{{figure:ID.field}}` stands for, by id and field; what it does not know is
/// marked in the text. Headings go down by one level, since the page has its own first one.
#[must_use]
pub fn render(
    markdown: &str,
    resolve: impl Fn(&str, &str) -> Option<Placed>,
) -> PreEscaped<String> {
    let (text, figures) = take_out(markdown, resolve);
    let parser = Parser::new_ext(
        &text,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    );
    let mut writer = Writer {
        figures: &figures,
        links: Vec::new(),
        code_block: false,
        heading: String::new(),
        in_heading: false,
        in_table_head: false,
        events: Vec::new(),
    };
    for event in TextMergeStream::new(parser) {
        writer.event(event);
    }
    let mut out = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut out, writer.events.into_iter());
    PreEscaped(out)
}

/// An address that a page may link to: `http`, `https`, `mailto`, or one without a scheme that stays on this site.
#[must_use]
pub fn is_safe_href(href: &str) -> bool {
    // Browsers drop blanks and control characters inside addresses and take `\` for `/`.
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '\\' | OPEN | CLOSE);
    if href.contains(odd) || href.starts_with("//") {
        return false;
    }
    let end = href.find([':', '/', '?', '#']);
    match end.and_then(|end| href.split_at_checked(end)) {
        Some((scheme, rest)) if rest.starts_with(':') => ["http", "https", "mailto"]
            .iter()
            .any(|allowed| scheme.eq_ignore_ascii_case(allowed)),
        _ => true,
    }
}

/// A figure, in HTML and in plain text.
struct Figure {
    linked: String,
    plain: String,
    /// As it reads, without markup.
    text: String,
}

/// The text with numbers in the place of its figures, so that what they stand for is not read as Markdown.
fn take_out(
    markdown: &str,
    resolve: impl Fn(&str, &str) -> Option<Placed>,
) -> (String, Vec<Figure>) {
    let markdown = markdown.replace([OPEN, CLOSE], "\u{fffd}");
    let mut figures = Vec::new();
    let mut text = String::with_capacity(markdown.len());
    let mut done = 0;
    for found in placed(&markdown) {
        let Some((id, field)) = found.name else {
            continue;
        };
        text.push_str(markdown.get(done..found.start).unwrap_or_default());
        done = found.end;
        // Writing to a String does not fail.
        let _written = write!(text, "{OPEN}{}{CLOSE}", figures.len());
        figures.push(figure(id, field, resolve(id, field)));
    }
    text.push_str(markdown.get(done..).unwrap_or_default());
    (text, figures)
}

fn figure(id: &str, field: &str, placed: Option<Placed>) -> Figure {
    let Some(placed) = placed else {
        let plain = format!("⚠ {id}.{field}");
        let linked = html! { strong.figure-missing { (plain) } };
        return Figure {
            linked: linked.0,
            plain: html! { (plain) }.0,
            text: plain,
        };
    };
    let plain = html! { (placed.text) }.0;
    let linked = if is_safe_href(&placed.href) {
        html! { a.figure-ref href=(placed.href) { (placed.text) } }.0
    } else {
        plain.clone()
    };
    Figure {
        linked,
        plain,
        text: placed.text,
    }
}

struct Writer<'t> {
    figures: &'t [Figure],
    /// Links that are open, and whether each is shown as one.
    links: Vec<bool>,
    code_block: bool,
    /// Words of the last heading, which names the tables below it.
    heading: String,
    in_heading: bool,
    in_table_head: bool,
    events: Vec<Event<'t>>,
}

impl<'t> Writer<'t> {
    fn event(&mut self, event: Event<'t>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(text),
            Event::Code(text) => self.code(&text),
            Event::SoftBreak | Event::HardBreak | Event::Rule => self.events.push(event),
            // Not asked for in the parser's options.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'t>) {
        let tag = match tag {
            Tag::Heading { level, .. } => {
                self.heading.clear();
                self.in_heading = true;
                Tag::Heading {
                    level: lower(level),
                    id: None,
                    classes: Vec::new(),
                    attrs: Vec::new(),
                }
            }
            // The language of the code would go into a class.
            Tag::CodeBlock(_) => {
                self.code_block = true;
                Tag::CodeBlock(CodeBlockKind::Indented)
            }
            // Written here and not by the printer: it knows neither captions nor scopes, and gives alignment as a style,
            // which the content security policy forbids.
            Tag::Table(_) => return self.open_table(),
            Tag::TableHead => {
                self.in_table_head = true;
                return self.raw("<thead><tr>");
            }
            Tag::TableRow => return self.raw("<tr>"),
            Tag::TableCell if self.in_table_head => return self.raw("<th scope=\"col\">"),
            Tag::TableCell => return self.raw("<td>"),
            Tag::HtmlBlock => Tag::Paragraph,
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => return self.open_link(link_type, dest_url),
            Tag::Image { dest_url, .. } => return self.open_link(LinkType::Inline, dest_url),
            other => other,
        };
        self.events.push(Event::Start(tag));
    }

    fn end(&mut self, tag: TagEnd) {
        let tag = match tag {
            TagEnd::Heading(level) => {
                self.in_heading = false;
                TagEnd::Heading(lower(level))
            }
            TagEnd::Table => return self.raw("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_table_head = false;
                return self.raw("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => return self.raw("</tr>\n"),
            TagEnd::TableCell if self.in_table_head => return self.raw("</th>"),
            TagEnd::TableCell => return self.raw("</td>"),
            TagEnd::HtmlBlock => TagEnd::Paragraph,
            TagEnd::Link | TagEnd::Image => {
                if self.links.pop() == Some(true) {
                    self.events.push(Event::End(TagEnd::Link));
                }
                return;
            }
            TagEnd::CodeBlock => {
                self.code_block = false;
                tag
            }
            other => other,
        };
        self.events.push(Event::End(tag));
    }

    fn raw(&mut self, html: &'static str) {
        self.events.push(Event::InlineHtml(CowStr::Borrowed(html)));
    }

    /// A table that may be wider than the page, with the heading above it for a caption: it stands there already, so that
    /// only those who do not see the page are told it again.
    fn open_table(&mut self) {
        let name = self.heading.trim();
        // The end of the table closes both.
        let open = html! {
            (PreEscaped("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")) (name) (PreEscaped("\"><table>"))
            @if !name.is_empty() { caption.unseen { (name) } }
        };
        self.events.push(Event::InlineHtml(open.0.into()));
    }

    /// A link within a link, as a picture in one would become, is shown as its words.
    fn open_link(&mut self, link_type: LinkType, dest_url: CowStr<'t>) {
        let shown = is_safe_href(&dest_url) && !dest_url.is_empty() && !self.links.contains(&true);
        self.links.push(shown);
        if shown {
            self.events.push(Event::Start(Tag::Link {
                link_type,
                dest_url,
                title: CowStr::Borrowed(""),
                id: CowStr::Borrowed(""),
            }));
        }
    }

    fn text(&mut self, text: CowStr<'t>) {
        if self.in_heading {
            self.heading.push_str(&self.plain(&text));
        }
        if !text.contains(OPEN) {
            self.events.push(Event::Text(text));
            return;
        }
        let linked = !self.code_block && !self.links.contains(&true);
        let html = self.with_figures(&text, linked);
        self.events.push(Event::InlineHtml(html.into()));
    }

    fn code(&mut self, text: &str) {
        let html = format!("<code>{}</code>", self.with_figures(text, false));
        self.events.push(Event::InlineHtml(html.into()));
    }

    /// The text with its figures as they read, without markup.
    fn plain(&self, text: &str) -> String {
        let mut out = String::new();
        for (at, part) in text.split(OPEN).enumerate() {
            match part.split_once(CLOSE).filter(|_| at > 0) {
                Some((number, after)) => {
                    let figure = number.parse::<usize>().ok();
                    let figure = figure.and_then(|at| self.figures.get(at));
                    out.push_str(figure.map_or("", |one| &one.text));
                    out.push_str(after);
                }
                None => out.push_str(part),
            }
        }
        out
    }

    /// The text as HTML, with its figures.
    fn with_figures(&self, text: &str, linked: bool) -> String {
        let mut out = String::with_capacity(text.len());
        for (at, part) in text.split(OPEN).enumerate() {
            let mut rest = part;
            if at > 0
                && let Some((number, after)) = part.split_once(CLOSE)
            {
                rest = after;
                let figure = number
                    .parse::<usize>()
                    .ok()
                    .and_then(|at| self.figures.get(at));
                out.push_str(figure.map_or("", |f| if linked { &f.linked } else { &f.plain }));
            }
            out.push_str(&html! { (rest) }.0);
        }
        out
    }
}

const fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests;
