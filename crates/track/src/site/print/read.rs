//! The pages' own markup, read as blocks of a printed document.
//!
//! The print says what the pages say because it is made of the same markup: nothing is computed or worded a second time.
//! What is read here was written by this crate (`html!` escapes every text), so it is well formed; a tag that is not known
//! passes its words on. What only works on a screen is left out: navigation, drawings, hidden captions, links within the
//! site.

use cairn_pdf::{Align, Block, Cell, Chart, Language, Span};

use super::markup::{Attributes, Piece, pieces};
use super::table::Grid;
use crate::site::words::{self as w, Lang};

/// Elements that are left out with all that is in them.
const SKIPPED: [&str; 6] = ["svg", "nav", "form", "script", "style", "iframe"];
/// Classes of elements that are left out: the way back, the key of a drawing, captions that repeat a heading, what
/// is of use on a screen only, and what a page says on paper since it stands alone there.
const SKIPPED_CLASSES: [&str; 6] = ["back", "caption", "unseen", "c-key", "screen", "paper"];
/// Classes of boxes that stand apart.
const BOXES: [&str; 3] = ["notice", "said", "headline"];

/// Stands between paragraphs that become one text; only a blank where the first of them ends as a sentence does.
const SENTENCES: &str = ". ";

/// How to read a piece of markup.
#[derive(Default)]
pub(super) struct How {
    /// Language of the document.
    pub lang: Lang,
    /// Added to the level of each heading: 2 makes an `h1` a heading of level 3. May be negative.
    pub deeper: i8,
    /// Stands where the markup has a chart.
    pub chart: Option<Chart>,
}

/// Blocks of a piece of markup.
pub(super) fn blocks(markup: &str, how: How) -> Vec<Block> {
    let mut reader = Reader::new(how);
    reader.read(markup);
    reader.flush();
    reader.blocks
}

/// Words of a piece of markup that stand in one line.
pub(super) fn spans(markup: &str, lang: Lang) -> Vec<Span> {
    let mut reader = Reader::new(How {
        lang,
        ..How::default()
    });
    reader.holds.push(Hold::Cell);
    reader.read(markup);
    std::mem::take(&mut reader.spans)
}

/// Something whose words are collected as one text, whatever elements are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    Note,
    Cell,
    Fact,
    Caption,
}

/// A list that is being read, lists in it included.
#[derive(Default)]
struct List {
    ordered: bool,
    depth: usize,
    items: Vec<Vec<Span>>,
    /// Stands between the paragraphs of an item.
    between: &'static str,
}

struct Reader {
    how: How,
    blocks: Vec<Block>,
    spans: Vec<Span>,
    /// Put before the next words of the same text.
    gap: &'static str,
    strong: usize,
    emphasis: usize,
    link: Option<String>,
    /// Tags that are open, and what each of them changed.
    open: Vec<Opened>,
    holds: Vec<Hold>,
    list: Option<List>,
    heading: Option<u8>,
    grid: Option<Grid>,
    /// How deep in elements that are left out.
    skipping: usize,
    /// Nothing was said yet in what was opened last.
    is_fresh: bool,
    /// Stands between the parts of the box that is being read.
    between: &'static str,
}

/// An open element.
#[derive(Default)]
struct Opened {
    name: String,
    language: Option<Language>,
    skipped: bool,
    strong: bool,
    hold: bool,
    /// Words that close it.
    closing: &'static str,
}

impl Reader {
    fn new(how: How) -> Self {
        Self {
            how,
            blocks: Vec::new(),
            spans: Vec::new(),
            gap: "",
            strong: 0,
            emphasis: 0,
            link: None,
            open: Vec::new(),
            holds: Vec::new(),
            list: None,
            heading: None,
            grid: None,
            skipping: 0,
            is_fresh: false,
            between: SENTENCES,
        }
    }

    fn read(&mut self, markup: &str) {
        for piece in pieces(markup) {
            match piece {
                Piece::Text(text) if self.skipping == 0 => self.text(&text),
                Piece::Text(_) => {}
                Piece::Alone(name) if self.skipping == 0 => self.alone(name),
                Piece::Alone(_) => {}
                Piece::Open(name, attributes) => self.open(name, &attributes),
                Piece::Close(name) => self.close(name),
            }
        }
    }

    fn language(&self) -> Option<Language> {
        let own = self.open.iter().rev().find_map(|one| one.language);
        own.filter(|own| Some(*own) != Language::from_code(self.how.lang.as_str()))
    }

    fn text(&mut self, text: &str) {
        if text.trim().is_empty() && self.spans.is_empty() {
            return;
        }
        self.close_gap();
        self.is_fresh = false;
        self.spans.push(Span {
            text: text.to_owned(),
            strong: self.strong > 0,
            emphasis: self.emphasis > 0,
            link: self.link.clone(),
            language: self.language(),
        });
    }

    /// Words of what comes next stand apart from those before, if there are any.
    fn part(&mut self, gap: &'static str) {
        if !self.spans.is_empty() && !self.is_fresh && self.gap.trim().is_empty() {
            self.gap = gap;
        }
    }

    /// Writes what parts the next words from those before.
    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if gap.is_empty() {
            return;
        }
        while self
            .spans
            .pop_if(|span| span.text.trim().is_empty())
            .is_some()
        {}
        let Some(last) = self.spans.last_mut() else {
            return;
        };
        last.text.truncate(last.text.trim_end().len());
        let is_sentence = last.text.ends_with(['.', ':', '!', '?', '…', ';', ',']);
        let gap = if gap == SENTENCES && is_sentence {
            " "
        } else {
            gap
        };
        self.spans.push(Span::plain(gap));
    }

    fn alone(&mut self, name: &str) {
        if name == "br" {
            self.part(" – ");
        }
    }

    fn is_held(&self) -> bool {
        !self.holds.is_empty()
    }

    /// Ends the block that is being read.
    fn flush(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        self.gap = "";
        if !spans.is_empty() {
            self.blocks.push(Block::Paragraph(spans));
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        let mut opened = Opened {
            name: name.to_owned(),
            language: attributes.get("lang").and_then(Language::from_code),
            ..Opened::default()
        };
        opened.skipped =
            SKIPPED.contains(&name) || SKIPPED_CLASSES.iter().any(|c| attributes.has_class(c));
        if opened.skipped || self.skipping > 0 {
            self.skipping += usize::from(opened.skipped);
            self.open.push(opened);
            return;
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.open_heading(name, &mut opened),
            "p" | "pre" | "section" | "article" | "details" | "summary" | "div" | "blockquote" => {
                self.open_part(name, attributes, &mut opened);
            }
            "ul" | "ol" => self.open_list(name, attributes),
            "li" => self.open_item(),
            "dl" => {
                self.flush_unless_held();
                self.list = Some(List {
                    between: SENTENCES,
                    depth: 1,
                    ..List::default()
                });
            }
            "dt" => {
                self.end_item();
                opened.strong = true;
                opened.closing = ": ";
            }
            "dd" => opened.hold = self.hold(Hold::Fact),
            "strong" | "b" => opened.strong = true,
            "em" | "i" => self.emphasis += 1,
            "span" if attributes.has_class("tag") => {
                self.part(" · ");
                opened.strong = true;
            }
            "span" if attributes.has_class("score") || attributes.has_class("verdict") => {
                self.part(" · ")
            }
            "span" if attributes.has_class("when") => self.part(", "),
            "del" => self.mark(w::change_was(self.how.lang), &mut opened),
            "ins" => self.mark(w::change_is(self.how.lang), &mut opened),
            "a" => {
                self.link = attributes
                    .get("href")
                    .filter(|href| is_outside(href))
                    .map(str::to_owned)
            }
            "figure" => self.open_figure(attributes, &mut opened),
            "table" => {
                self.end_list();
                self.flush_unless_held();
                self.grid = Some(Grid::default());
            }
            "caption" => opened.hold = self.hold(Hold::Caption),
            "tr" => self.grid.iter_mut().for_each(Grid::open_row),
            "th" | "td" => {
                self.align(attributes);
                opened.hold = self.hold(Hold::Cell);
            }
            _ => {}
        }
        self.strong += usize::from(opened.strong);
        self.open.push(opened);
    }

    /// To which side the cell that opens leans.
    fn align(&mut self, attributes: &Attributes) {
        let is_number =
            attributes.has_class("num") || attributes.get("style") == Some("text-align: right");
        if let Some(grid) = &mut self.grid {
            grid.align = if is_number { Align::End } else { Align::Start };
        }
    }

    fn hold(&mut self, hold: Hold) -> bool {
        self.holds.push(hold);
        self.is_fresh = true;
        true
    }

    fn flush_unless_held(&mut self) {
        if !self.is_held() && self.list.is_none() {
            self.flush();
        }
    }

    fn open_heading(&mut self, name: &str, opened: &mut Opened) {
        if self.is_held() || self.list.is_some() {
            self.part(SENTENCES);
            opened.strong = true;
            opened.closing = ". ";
            return;
        }
        self.flush();
        let level = name
            .as_bytes()
            .get(1)
            .copied()
            .map_or(1, |digit| digit.saturating_sub(b'0'));
        self.heading = Some(level.saturating_add_signed(self.how.deeper).clamp(1, 6));
    }

    /// A box that stands apart, or whatever else ends a paragraph.
    fn open_part(&mut self, name: &str, attributes: &Attributes, opened: &mut Opened) {
        opened.closing = if attributes.has_class("by") { ": " } else { "" };
        if self.is_held() {
            self.part(self.between);
        } else if let Some(list) = &self.list {
            let between = list.between;
            self.part(between);
        } else {
            self.flush();
            let is_box =
                name == "blockquote" || BOXES.iter().any(|class| attributes.has_class(class));
            if is_box {
                self.between = if attributes.has_class("headline") {
                    " · "
                } else {
                    SENTENCES
                };
                opened.hold = self.hold(Hold::Note);
            }
        }
    }

    fn open_list(&mut self, name: &str, attributes: &Attributes) {
        if self.is_held() {
            self.part("; ");
            return;
        }
        self.end_item();
        match &mut self.list {
            Some(list) => list.depth += 1,
            None => {
                let between = if attributes.has_class("rows") {
                    " · "
                } else {
                    SENTENCES
                };
                self.list = Some(List {
                    ordered: name == "ol",
                    depth: 1,
                    between,
                    items: Vec::new(),
                });
            }
        }
    }

    fn open_item(&mut self) {
        if self.is_held() {
            self.part("; ");
            return;
        }
        self.end_item();
        if self.list.as_ref().is_some_and(|list| list.depth > 1) {
            self.spans.push(Span::plain("– "));
        }
    }

    fn end_item(&mut self) {
        if self.is_held() {
            return;
        }
        let Some(list) = &mut self.list else {
            self.flush();
            return;
        };
        self.gap = "";
        let spans = std::mem::take(&mut self.spans);
        if spans
            .iter()
            .any(|span| !matches!(span.text.trim(), "" | "–"))
        {
            list.items.push(spans);
        }
    }

    fn end_list(&mut self) {
        if self.is_held() {
            return;
        }
        if self.list.is_some() {
            self.end_item();
        }
        if let Some(list) = self.list.take().filter(|list| !list.items.is_empty()) {
            self.blocks.push(Block::List {
                ordered: list.ordered,
                items: list.items,
            });
        }
    }

    /// What was taken out or put in, in words.
    fn mark(&mut self, word: &str, opened: &mut Opened) {
        self.text("[");
        self.text(word);
        self.text(" ");
        opened.closing = "]";
    }

    fn open_figure(&mut self, attributes: &Attributes, opened: &mut Opened) {
        self.end_list();
        self.flush_unless_held();
        if attributes.has_class("c-chart") {
            opened.skipped = true;
            self.skipping += 1;
            self.blocks.extend(self.how.chart.take().map(Block::Chart));
        }
    }

    fn close(&mut self, name: &str) {
        // Markup that closes what it never opened is passed over.
        let Some(opened) = self.open.pop_if(|one| one.name == name) else {
            return;
        };
        if opened.skipped {
            self.skipping = self.skipping.saturating_sub(1);
            return;
        }
        if self.skipping > 0 {
            return;
        }
        self.strong = self.strong.saturating_sub(usize::from(opened.strong));
        if !opened.closing.is_empty() {
            self.text(opened.closing);
        }
        match name {
            "em" | "i" => self.emphasis = self.emphasis.saturating_sub(1),
            "a" => self.link = None,
            "li" => self.end_item(),
            "ul" | "ol" => self.close_list(),
            "dl" => self.end_list(),
            "p" | "pre" | "div" | "section" | "blockquote" => self.close_part(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.close_heading(),
            "tr" => self.grid.iter_mut().for_each(Grid::close_row),
            "table" => {
                let table = self.grid.take().and_then(Grid::block);
                self.blocks.extend(table);
            }
            _ => {}
        }
        if opened.hold {
            self.let_go();
        }
    }

    fn close_part(&mut self) {
        if self.is_held() {
            self.part(self.between);
        } else {
            self.flush_unless_held();
        }
    }

    fn close_heading(&mut self) {
        let Some(level) = self.heading.take() else {
            return;
        };
        let spans = std::mem::take(&mut self.spans);
        self.gap = "";
        if let Some(heading) = heading(level, &spans) {
            self.blocks.push(heading);
        }
    }

    fn close_list(&mut self) {
        let Some(list) = self.list.as_mut().filter(|_| self.holds.is_empty()) else {
            return;
        };
        list.depth -= 1;
        if list.depth == 0 {
            self.end_list();
        }
    }

    /// Ends what was held together, and puts it where it belongs.
    fn let_go(&mut self) {
        let Some(hold) = self.holds.pop() else { return };
        match hold {
            Hold::Note => {
                self.between = SENTENCES;
                let spans = std::mem::take(&mut self.spans);
                self.gap = "";
                if !spans.is_empty() {
                    self.blocks.push(Block::Note(spans));
                }
            }
            Hold::Cell => {
                let spans = std::mem::take(&mut self.spans);
                self.gap = "";
                if let Some(grid) = &mut self.grid {
                    let align = grid.align;
                    grid.cell(Cell { spans, align });
                }
            }
            Hold::Caption => {
                let spans = std::mem::take(&mut self.spans);
                self.gap = "";
                if let Some(grid) = &mut self.grid {
                    grid.caption = spans;
                }
            }
            // The next term ends the fact.
            Hold::Fact => {}
        }
    }
}

/// Words without their style.
pub(super) fn words_of(spans: &[Span]) -> String {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The language of words that all have the same one; `None` if that is the document's, or if they differ.
pub(super) fn language_of(spans: &[Span]) -> Option<Language> {
    let mut own = spans.iter().filter(|span| !span.text.trim().is_empty());
    let language = own.next()?.language;
    language.filter(|_| own.all(|span| span.language == language))
}

/// A heading; `None` without words.
pub(super) fn heading(level: u8, spans: &[Span]) -> Option<Block> {
    let text = words_of(spans);
    (!text.is_empty()).then(|| Block::Heading {
        level,
        text,
        language: language_of(spans),
    })
}

/// An address that leads somewhere from paper, and that the printer takes.
fn is_outside(href: &str) -> bool {
    let lower = href.to_ascii_lowercase();
    let known = ["http://", "https://", "mailto:"];
    known.iter().any(|scheme| lower.starts_with(scheme))
        && !href.contains(|c: char| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests;
