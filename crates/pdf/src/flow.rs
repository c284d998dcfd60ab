//! Filling pages from top to bottom.

use std::collections::VecDeque;

use krilla::tagging::Tag;

use crate::face::Faces;
use crate::model::{Document, Language};
use crate::prepare::{Ready, Title};
use crate::set::Setting;
use crate::sheet::{ACCENT, Area, BOTTOM, LEFT, Sheet, TOP, WASH, WIDTH};
use crate::text::{Text, count};
use crate::tree::{NodeId, Tree};

/// Between the edge of a note and its text.
pub(crate) const NOTE_PAD: f32 = 10.0;

/// Where a heading ended up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    pub(crate) level: u8,
    pub(crate) text: String,
    /// Counted from 0, cover included.
    pub(crate) sheet: usize,
    pub(crate) y: f32,
}

/// The pages so far, and the pen.
pub(crate) struct Flow {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) tree: Tree,
    pub(crate) heads: Vec<Head>,
    pub(crate) language: Language,
    /// Top of what comes next, on the last page.
    pub(crate) y: f32,
    chapter: String,
    nowhere: Sheet,
}

impl Flow {
    /// Pages up to `first_body` exist, and are filled by others.
    pub(crate) fn new(document: &Document, first_body: usize) -> Self {
        Self {
            sheets: vec![Sheet::default(); first_body],
            tree: Tree::new(),
            heads: Vec::new(),
            language: document.language,
            y: TOP,
            chapter: String::new(),
            nowhere: Sheet::default(),
        }
    }

    /// Lays out the whole body.
    pub(crate) fn run(&mut self, ready: impl Iterator<Item = Ready>, faces: &Faces) {
        self.new_sheet();
        let mut fresh = false;
        let mut ready = ready.fuse();
        // Headings stay with what follows them, so as much as that must be known.
        let mut ahead = VecDeque::new();
        loop {
            while ahead.iter().all(Ready::is_heading)
                && let Some(next) = ready.next()
            {
                ahead.push_back(next);
            }
            let height = first_height(ahead.make_contiguous());
            let Some(item) = ahead.pop_front() else {
                return;
            };
            fresh |= item.wants_new_page();
            if fresh && !matches!(item, Ready::Break) {
                fresh = false;
                if self.y > TOP {
                    self.new_sheet();
                }
            }
            self.keep(height);
            match &item {
                Ready::Heading(title) => self.heading(title),
                Ready::Paragraph(text) => {
                    let node = self.tree.open(Tree::ROOT, Tag::P);
                    self.paragraph(text, node, false);
                }
                Ready::Note(text) => {
                    self.space(10.0);
                    let block = self.tree.open(Tree::ROOT, Tag::Div);
                    let node = self.tree.open(block, Tag::P);
                    self.paragraph(text, node, true);
                    self.y += 6.0;
                }
                Ready::List(list) => self.list(list),
                Ready::Table(table) => self.table(table, faces),
                Ready::Chart(chart) => self.chart(chart, faces),
                Ready::Break => {}
            }
        }
    }

    /// The page being filled.
    pub(crate) fn sheet(&mut self) -> &mut Sheet {
        self.sheet_at(self.sheet_index())
    }

    /// A page by its index; a page that is not printed where there is no such one.
    pub(crate) fn sheet_at(&mut self, index: usize) -> &mut Sheet {
        self.sheets.get_mut(index).unwrap_or(&mut self.nowhere)
    }

    /// Index of the page being filled.
    pub(crate) fn sheet_index(&self) -> usize {
        self.sheets.len().saturating_sub(1)
    }

    pub(crate) fn new_sheet(&mut self) {
        self.sheets.push(Sheet {
            chapter: Some(self.chapter.clone()),
            ..Sheet::default()
        });
        self.y = TOP;
    }

    /// Starts a new page when less than `height` is left on this one.
    pub(crate) fn keep(&mut self, height: f32) {
        if self.y > TOP && self.y + height > BOTTOM {
            self.new_sheet();
        }
    }

    /// White space, except at the top of a page.
    pub(crate) fn space(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    fn heading(&mut self, title: &Title) {
        self.space(title.before);
        if title.level == 1 {
            self.chapter.clone_from(&title.words);
            self.sheet().chapter = Some(title.words.clone());
        }
        self.heads.push(Head {
            level: title.level,
            text: title.words.clone(),
            sheet: self.sheet_index(),
            y: self.y,
        });
        let language = title.language.filter(|language| *language != self.language);
        let tag = Tag::Hn(
            u16::from(title.level)
                .try_into()
                .unwrap_or(std::num::NonZeroU16::MIN),
            Some(title.words.clone()),
        )
        .with_lang(language.map(|language| language.tag().to_owned()));
        let node = self.tree.open(Tree::ROOT, tag);
        self.lines(&title.text, &mut Setting::new(node), LEFT, false);
        if title.level == 1 {
            let y = self.y + 4.0;
            self.sheet().rule(LEFT, LEFT + 48.0, y, 2.4, ACCENT);
            self.y += 8.0;
        }
        self.y += title.after;
    }

    fn paragraph(&mut self, text: &Text, node: NodeId, boxed: bool) {
        let mut setting = Setting::new(node);
        self.lines(
            text,
            &mut setting,
            if boxed { LEFT + NOTE_PAD + 4.0 } else { LEFT },
            boxed,
        );
        self.finish(text, setting);
        self.y += 7.0;
    }

    /// Sets all lines from the pen on, over as many pages as they need; no page gets a single line of a longer text.
    pub(crate) fn lines(&mut self, text: &Text, setting: &mut Setting, x: f32, boxed: bool) {
        let pad = if boxed { NOTE_PAD } else { 0.0 };
        let mut rest = text.lines.as_slice();
        while !rest.is_empty() {
            let room = (BOTTOM - self.y - 2.0 * pad + 0.01) / text.leading;
            let take = cut(rest.len(), whole(room), self.y <= TOP);
            let (now, later) = rest.split_at(take.min(rest.len()));
            if !now.is_empty() {
                let height = text.leading * count(now.len()) + 2.0 * pad;
                if boxed {
                    self.note_box(height);
                }
                for (index, line) in now.iter().enumerate() {
                    let top = self.y + pad + text.leading * count(index);
                    self.line(text, line, setting, x, top);
                }
                self.y += height;
            }
            if !later.is_empty() {
                self.new_sheet();
            }
            rest = later;
        }
    }

    fn note_box(&mut self, height: f32) {
        let (top, bottom) = (self.y, self.y + height);
        let (left, right) = (LEFT, LEFT + WIDTH);
        self.sheet().tint(
            Area {
                left,
                top,
                right,
                bottom,
            },
            WASH,
        );
        let right = left + 4.0;
        self.sheet().tint(
            Area {
                left,
                top,
                right,
                bottom,
            },
            ACCENT,
        );
    }
}

/// How many of `left` lines to set where `room` fit: all; or none, when only one would stand alone on either page.
fn cut(left: usize, room: usize, at_top: bool) -> usize {
    let wanted = match room {
        _ if left <= room => left,
        _ if left == room + 1 => room - usize::from(room > 0),
        _ => room,
    };
    match wanted {
        0 | 1 if at_top => room.clamp(1, left),
        0 | 1 if left > 1 || room == 0 => 0,
        _ => wanted,
    }
}

/// Whole number of times, not negative.
pub(crate) fn whole(room: f32) -> usize {
    let mut n: u16 = 0;
    while f32::from(n) + 1.0 <= room && n < 500 {
        n += 1;
    }
    usize::from(n)
}

/// Height that must be left for the first item: what may not be parted from it.
fn first_height(items: &[Ready]) -> f32 {
    let Some((item, rest)) = items.split_first() else {
        return 0.0;
    };
    match item {
        Ready::Heading(title) => {
            let own = title.before + title.text.height() + title.after + 8.0;
            if matches!(rest.first(), Some(Ready::Heading(next)) if next.level == 1) {
                own
            } else {
                own + first_height(rest)
            }
        }
        Ready::Paragraph(text) => first_lines(text),
        Ready::Note(text) => 10.0 + 2.0 * NOTE_PAD + text.height().min(200.0),
        Ready::List(list) => list
            .items
            .first()
            .map_or(0.0, |item| first_lines(&item.text)),
        Ready::Table(table) => table.first_height(),
        Ready::Chart(chart) => chart.height(),
        Ready::Break => 0.0,
    }
}

/// Height of the lines that stay together at the start of a text.
pub(crate) fn first_lines(text: &Text) -> f32 {
    let lines = text.lines.len();
    text.leading * count(if lines <= 3 { lines } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_stands_alone() {
        assert_eq!(cut(5, 9, false), 5);
        assert_eq!(cut(5, 4, false), 3, "two lines go over");
        assert_eq!(cut(5, 1, false), 0);
        assert_eq!(cut(3, 2, false), 0);
        assert_eq!(cut(1, 1, false), 1);
        assert_eq!(cut(1, 0, false), 0);
        assert_eq!(cut(100, 40, true), 40);
        assert_eq!(
            cut(3, 0, true),
            1,
            "always goes forward at the top of a page"
        );
        assert_eq!(cut(1, 0, true), 1);
    }

    #[test]
    fn whole_numbers() {
        assert_eq!((whole(-1.0), whole(0.99), whole(3.01)), (0, 0, 3));
        assert_eq!(whole(f32::NAN), 0);
    }
}
