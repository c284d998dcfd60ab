//! Setting lines: from measured text to drawings, structure elements and links.

use std::collections::BTreeMap;

use krilla::tagging::Tag;

use crate::flow::Flow;
use crate::sheet::{Area, Goal, Link, Mark, Shape};
use crate::text::{Line, Piece, Run, Text};
use crate::tree::NodeId;

/// A text that is being set: its elements so far, and where its links were drawn.
pub(crate) struct Setting {
    node: NodeId,
    /// Per run: where its words go, and its link element.
    inner: BTreeMap<usize, (NodeId, Option<NodeId>)>,
    /// Per run and page.
    areas: BTreeMap<(usize, usize), Vec<Area>>,
}

impl Setting {
    pub(crate) fn new(node: NodeId) -> Self {
        Self {
            node,
            inner: BTreeMap::new(),
            areas: BTreeMap::new(),
        }
    }
}

impl Flow {
    /// Sets one line on the page being filled, with its top at `top`.
    pub(crate) fn line(
        &mut self,
        text: &Text,
        line: &Line,
        setting: &mut Setting,
        x: f32,
        top: f32,
    ) {
        let sheet = self.sheet_index();
        self.line_on(sheet, text, line, setting, (x, top));
    }

    /// Sets one line on any page.
    pub(crate) fn line_on(
        &mut self,
        sheet: usize,
        text: &Text,
        line: &Line,
        setting: &mut Setting,
        at: (f32, f32),
    ) {
        let (x, top) = at;
        let y = top + text.rise();
        for piece in &line.pieces {
            let Some(run) = text.runs.get(piece.run) else {
                continue;
            };
            let node = self.inner(run, piece.run, setting);
            let mark = Mark::Content(self.tree.slot(node));
            let left = x + piece.x;
            let mut shapes = vec![letters(piece, run, left, y)];
            if run.meaning.link.is_some() {
                let right = left + piece.width;
                shapes.push(Shape::Stroke {
                    points: vec![(left, y + 1.6), (right, y + 1.6)],
                    width: 0.5,
                    colour: run.style.colour,
                    dashed: false,
                });
                let bottom = top + text.leading;
                setting
                    .areas
                    .entry((piece.run, sheet))
                    .or_default()
                    .push(Area {
                        left,
                        top,
                        right,
                        bottom,
                    });
            }
            self.sheet_at(sheet).draw(mark, shapes);
        }
    }

    /// The element for the words of a run, made when its first words are set.
    fn inner(&mut self, run: &Run, index: usize, setting: &mut Setting) -> NodeId {
        if let Some((node, _)) = setting.inner.get(&index) {
            return *node;
        }
        let meaning = &run.meaning;
        let mut language = meaning
            .language
            .filter(|other| *other != self.language)
            .map(|other| other.tag().to_owned());
        let mut node = setting.node;
        let mut link = None;
        if meaning.link.is_some() {
            node = self.tree.open(node, Tag::Link.with_lang(language.take()));
            link = Some(node);
        }
        if meaning.strong {
            node = self.tree.open(node, Tag::Strong.with_lang(language.take()));
        }
        if meaning.emphasis {
            node = self.tree.open(node, Tag::Em.with_lang(language.take()));
        }
        if language.is_some() {
            node = self.tree.open(node, Tag::Span.with_lang(language));
        }
        setting.inner.insert(index, (node, link));
        node
    }

    /// Makes the links of a text active, once all its lines are set.
    pub(crate) fn finish(&mut self, text: &Text, setting: Setting) {
        for ((index, sheet), areas) in setting.areas {
            let Some((Some(node), run)) = setting
                .inner
                .get(&index)
                .map(|(_, link)| *link)
                .zip(text.runs.get(index))
            else {
                continue;
            };
            let Some(address) = &run.meaning.link else {
                continue;
            };
            let words = crate::text::clean(&run.text);
            let alt = if words == *address {
                words
            } else {
                format!("{} ({address})", words.trim())
            };
            let link = Link {
                areas,
                goal: Goal::Address(address.clone()),
                alt,
                slot: self.tree.slot(node),
            };
            self.sheet_at(sheet).links.push(link);
        }
    }
}

pub(crate) fn letters(piece: &Piece, run: &Run, x: f32, y: f32) -> Shape {
    Shape::Letters {
        x,
        y,
        text: piece.text.clone(),
        style: run.style,
    }
}
