//! The cover, the table of contents, and what stands at the head and foot of each page.

use krilla::tagging::Tag;

use crate::face::{Faces, Weight};
use crate::flow::{Flow, Head};
use crate::model::{Block, Document, Span};
use crate::prepare::title;
use crate::set::Setting;
use crate::sheet::{
    ACCENT, Area, BOTTOM, DEEP, Drawing, Goal, INK, LEFT, Link, Mark, PAGE_HEIGHT, PAGE_WIDTH,
    RIGHT, RULE, SOFT, Shape, Sheet, TOP, WHITE, WIDTH,
};
use crate::text::{Style, Text, clean, count};
use crate::tree::{NodeId, Tree};
use crate::words;

/// Headings down to this level are in the table of contents.
const CONTENTS_LEVEL: u8 = 2;
/// Kept free for page numbers.
const NUMBER_ROOM: f32 = 44.0;

/// First page: a band with the title, then what the document is about, who answers for it, and when.
pub(crate) fn cover(flow: &mut Flow, document: &Document, faces: &Faces) {
    let title = Text::spans(
        &[Span::said(document.title.as_str(), document.title_language)],
        Style::new(Weight::Bold, 34.0, WHITE),
        WIDTH - 40.0,
        faces,
    );
    let band = (190.0 + title.height() + 60.0).min(PAGE_HEIGHT - 260.0);
    cover_band(flow.sheet_at(0), band);
    let node = flow.tree.open(Tree::ROOT, Tag::Title);
    cover_text(flow, &title, node, band - 48.0 - title.height());
    let subject = Text::spans(
        &[Span::said(
            document.subject.as_str(),
            document.subject_language,
        )],
        Style::new(Weight::Regular, 14.0, INK),
        WIDTH - 60.0,
        faces,
    );
    let end = cover_paragraph(flow, &subject, band + 46.0);
    let author = Style::new(Weight::Bold, 11.5, DEEP);
    let mut foot = vec![Text::plain(&document.author, author, WIDTH, faces)];
    let soft = Style::new(Weight::Regular, 11.5, SOFT);
    let facts = document.facts.iter();
    foot.extend(facts.map(|spans| Text::spans(spans, soft, WIDTH, faces)));
    let height: f32 = foot.iter().map(|text| text.height() + 2.0).sum();
    let mut y = (PAGE_HEIGHT - 92.0 - height).max(end + 20.0);
    flow.sheet_at(0)
        .rule(LEFT, LEFT + 48.0, y - 12.0, 2.4, ACCENT);
    for text in foot {
        y = cover_paragraph(flow, &text, y) + 2.0;
    }
}

fn cover_band(sheet: &mut Sheet, band: f32) {
    for (top, bottom, colour) in [(0.0, band, DEEP), (band, band + 6.0, ACCENT)] {
        let area = Area {
            left: 0.0,
            top,
            right: PAGE_WIDTH,
            bottom,
        };
        sheet.tint(area, colour);
    }
}

/// A text of the cover as a paragraph of its own, if it has words; gives where it ends.
fn cover_paragraph(flow: &mut Flow, text: &Text, top: f32) -> f32 {
    if !text.lines.is_empty() {
        let node = flow.tree.open(Tree::ROOT, Tag::P);
        cover_text(flow, text, node, top);
    }
    top + text.height()
}

fn cover_text(flow: &mut Flow, text: &Text, node: NodeId, top: f32) {
    let mut setting = Setting::new(node);
    for (index, line) in text.lines.iter().enumerate() {
        flow.line_on(
            0,
            text,
            line,
            &mut setting,
            (LEFT, top + text.leading * count(index)),
        );
    }
    flow.finish(text, setting);
}

/// One line of the table of contents, or several where the heading is long.
struct Entry {
    level: u8,
    text: Text,
    sheet: usize,
    top: f32,
}

/// The table of contents. Its pages are known before the body is laid out, since page numbers have a room of their own.
pub(crate) struct Contents {
    entries: Vec<Entry>,
    sheets: usize,
}

impl Contents {
    pub(crate) fn measure(document: &Document, faces: &Faces) -> Self {
        let mut entries = Vec::new();
        let mut sheet = 1;
        let mut y = TOP
            + title(1, words::contents(document.language), None, faces)
                .text
                .height()
            + 26.0;
        for block in &document.blocks {
            let Block::Heading {
                level,
                text,
                language,
            } = block
            else {
                continue;
            };
            if *level > CONTENTS_LEVEL {
                continue;
            }
            let style = match level {
                1 => Style::new(Weight::Bold, 11.0, DEEP),
                _ => Style::new(Weight::Regular, 10.5, INK),
            };
            let span = Span::said(text.as_str(), *language);
            let text = Text::spans(&[span], style, WIDTH - indent(*level) - NUMBER_ROOM, faces);
            let gap = if *level == 1 { 8.0 } else { 1.5 };
            if y + gap + text.height() > BOTTOM {
                (sheet, y) = (sheet + 1, TOP);
            }
            let top = y + gap;
            y = top + text.height();
            entries.push(Entry {
                level: *level,
                text,
                sheet,
                top,
            });
        }
        Self {
            entries,
            sheets: sheet,
        }
    }

    /// Index of the first page behind cover and contents.
    pub(crate) fn first_body_sheet(&self) -> usize {
        self.sheets + 1
    }

    /// Writes the heading and takes the place in the structure tree.
    pub(crate) fn open(&self, flow: &mut Flow, faces: &Faces) -> NodeId {
        let words = words::contents(flow.language);
        let title = title(1, words, None, faces);
        let node = flow.tree.open(
            Tree::ROOT,
            Tag::Hn(std::num::NonZeroU16::MIN, Some(words.to_owned())),
        );
        let mut setting = Setting::new(node);
        for (index, line) in title.text.lines.iter().enumerate() {
            let top = TOP + title.text.leading * count(index);
            flow.line_on(1, &title.text, line, &mut setting, (LEFT, top));
        }
        let y = TOP + title.text.height() + 4.0;
        flow.sheet_at(1).rule(LEFT, LEFT + 48.0, y, 2.4, ACCENT);
        for sheet in 1..=self.sheets {
            flow.sheet_at(sheet).chapter = Some(words.to_owned());
        }
        flow.tree.open(Tree::ROOT, Tag::TOC)
    }

    /// Writes the entries, once the body tells where each heading is.
    pub(crate) fn fill(&self, flow: &mut Flow, node: NodeId, faces: &Faces) {
        let heads: Vec<Head> = flow
            .heads
            .iter()
            .filter(|head| head.level <= CONTENTS_LEVEL)
            .cloned()
            .collect();
        let mut inner = None;
        for (entry, head) in self.entries.iter().zip(heads) {
            let parent = if entry.level == 1 {
                inner = None;
                node
            } else {
                *inner.get_or_insert_with(|| flow.tree.open(node, Tag::TOC))
            };
            entry.fill(flow, parent, &head, faces);
        }
    }
}

fn indent(level: u8) -> f32 {
    if level == 1 { 0.0 } else { 16.0 }
}

impl Entry {
    fn fill(&self, flow: &mut Flow, parent: NodeId, head: &Head, faces: &Faces) {
        let item = flow.tree.open(parent, Tag::TOCI);
        let reference = flow.tree.open(item, Tag::Reference);
        let link = flow.tree.open(reference, Tag::Link);
        let mut setting = Setting::new(link);
        let left = LEFT + indent(self.level);
        let (mut y, mut end) = (self.top, left);
        for (index, line) in self.text.lines.iter().enumerate() {
            let top = self.top + self.text.leading * count(index);
            flow.line_on(self.sheet, &self.text, line, &mut setting, (left, top));
            (y, end) = (top + self.text.rise(), left + line.width);
        }
        let style = self
            .text
            .runs
            .first()
            .map_or(Style::new(Weight::Regular, 10.5, INK), |run| run.style);
        let text = format!(" {}", head.sheet + 1);
        let x = RIGHT - faces.width(style.weight, &text, style.size);
        let mark = Mark::Content(flow.tree.slot(link));
        let slot = flow.tree.slot(link);
        let sheet = flow.sheet_at(self.sheet);
        sheet.draw(mark, vec![Shape::Letters { x, y, text, style }]);
        if x - end > 14.0 {
            sheet.rule(end + 6.0, x - 3.0, y - 1.0, 0.4, RULE);
        }
        let bottom = self.top + self.text.height();
        sheet.links.push(Link {
            areas: vec![Area {
                left,
                top: self.top,
                right: RIGHT,
                bottom,
            }],
            goal: Goal::Place {
                sheet: head.sheet,
                y: head.y,
            },
            alt: format!("{}, {}", head.text, head.sheet + 1),
            slot,
        });
    }
}

/// Title and chapter at the head, author and page number at the foot; nothing on the cover.
pub(crate) fn furniture(
    document: &Document,
    sheet: &Sheet,
    page: usize,
    pages: usize,
    faces: &Faces,
) -> Vec<Drawing> {
    let Some(chapter) = &sheet.chapter else {
        return Vec::new();
    };
    let style = Style::new(Weight::Regular, 8.5, SOFT);
    let half = WIDTH / 2.0 - 10.0;
    let right = |text: &str, y| {
        let shape = fitted(text, style, LEFT, y, half, faces);
        match shape {
            Shape::Letters { y, text, style, .. } => {
                let x = RIGHT - faces.width(style.weight, &text, style.size);
                Shape::Letters { x, y, text, style }
            }
            other => other,
        }
    };
    let rule = |y| Shape::Stroke {
        points: vec![(LEFT, y), (RIGHT, y)],
        width: 0.5,
        colour: RULE,
        dashed: false,
    };
    let (head, foot) = (46.0, PAGE_HEIGHT - 42.0);
    let number = words::page_of(document.language, page, pages);
    let header = vec![
        fitted(&document.title, style, LEFT, head, half, faces),
        right(chapter, head),
        rule(head + 8.0),
    ];
    let footer = vec![
        rule(foot - 14.0),
        fitted(&document.author, style, LEFT, foot, half, faces),
        right(&number, foot),
    ];
    [(Mark::Header, header), (Mark::Footer, footer)]
        .map(|(mark, shapes)| Drawing { mark, shapes })
        .into()
}

/// One line of at most `width`, with an ellipsis where it was cut.
pub(crate) fn fitted(text: &str, style: Style, x: f32, y: f32, width: f32, faces: &Faces) -> Shape {
    let mut text = clean(text).trim().to_owned();
    if faces.width(style.weight, &text, style.size) > width {
        while text.pop().is_some()
            && faces.width(style.weight, &format!("{}…", text.trim_end()), style.size) > width
        {
        }
        text = format!("{}…", text.trim_end());
    }
    Shape::Letters { x, y, text, style }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_header_is_cut_with_an_ellipsis() {
        let faces = Faces::load().unwrap();
        let style = Style::new(Weight::Regular, 8.5, SOFT);
        let Shape::Letters { text, .. } = fitted(
            "Te rautaki matihiko mō Aotearoa",
            style,
            0.0,
            0.0,
            60.0,
            &faces,
        ) else {
            panic!("letters");
        };
        assert!(
            text.starts_with("Te rautaki") && text.ends_with('…'),
            "{text}"
        );
        assert!(faces.width(style.weight, &text, style.size) <= 60.0);
    }
}
