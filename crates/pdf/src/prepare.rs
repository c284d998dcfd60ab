//! Blocks, measured: every text broken into lines before it is laid out.

use crate::chart::ReadyChart;
use crate::face::{Faces, Weight};
use crate::flow::NOTE_PAD;
use crate::list::ReadyList;
use crate::model::{Block, Language, Span};
use crate::sheet::{DEEP, INK, WIDTH};
use crate::table::ReadyTable;
use crate::text::{Style, Text};

/// Running text.
pub(crate) const BODY: Style = Style::new(Weight::Regular, 10.5, INK);

/// A heading, measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Title {
    pub(crate) level: u8,
    pub(crate) words: String,
    pub(crate) language: Option<Language>,
    pub(crate) text: Text,
    /// White space, in points.
    pub(crate) before: f32,
    pub(crate) after: f32,
}

/// A block, measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ready {
    Heading(Title),
    Paragraph(Text),
    Note(Text),
    List(ReadyList),
    Table(ReadyTable),
    Chart(ReadyChart),
    Break,
}

impl Ready {
    pub(crate) const fn is_heading(&self) -> bool {
        matches!(self, Self::Heading(_))
    }

    /// Whether it cannot stand below something else.
    pub(crate) fn wants_new_page(&self) -> bool {
        matches!(self, Self::Break) || matches!(self, Self::Heading(title) if title.level == 1)
    }
}

/// Measures all blocks, one after the other; those without any words are left out.
pub(crate) fn blocks(blocks: Vec<Block>, faces: &Faces) -> impl Iterator<Item = Ready> {
    blocks.into_iter().filter_map(|block| ready(&block, faces))
}

fn ready(block: &Block, faces: &Faces) -> Option<Ready> {
    let text = |spans: &[Span], width| {
        let text = Text::spans(spans, BODY, width, faces);
        (!text.lines.is_empty()).then_some(text)
    };
    Some(match block {
        Block::Heading {
            level,
            text,
            language,
        } => Ready::Heading(title(*level, text, *language, faces)),
        Block::Paragraph(spans) => Ready::Paragraph(text(spans, WIDTH)?),
        Block::Note(spans) => Ready::Note(text(spans, WIDTH - 2.0 * NOTE_PAD - 4.0)?),
        Block::List { ordered, items } => Ready::List(ReadyList::new(*ordered, items, faces)?),
        Block::Table(table) => Ready::Table(ReadyTable::new(table, faces)),
        Block::Chart(chart) => Ready::Chart(ReadyChart::new(chart, faces)),
        Block::PageBreak => Ready::Break,
    })
}

/// A heading of any level; also used for the one over the table of contents.
pub(crate) fn title(level: u8, words: &str, language: Option<Language>, faces: &Faces) -> Title {
    let (size, colour, before, after) = match level {
        1 => (23.0, DEEP, 0.0, 12.0),
        2 => (15.5, DEEP, 22.0, 6.0),
        3 => (12.0, DEEP, 15.0, 4.0),
        _ => (10.5, INK, 11.0, 3.0),
    };
    let text = Text::plain(words, Style::new(Weight::Bold, size, colour), WIDTH, faces);
    Title {
        level,
        words: crate::text::clean(words)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        language,
        text,
        before,
        after,
    }
}
