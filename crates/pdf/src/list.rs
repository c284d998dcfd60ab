//! Lists with bullets or numbers.

use krilla::tagging::{ListNumbering, Tag};

use crate::face::Faces;
use crate::flow::{Flow, first_lines};
use crate::model::Span;
use crate::prepare::BODY;
use crate::set::Setting;
use crate::sheet::{ACCENT, LEFT, WIDTH};
use crate::text::{Style, Text};
use crate::tree::Tree;

/// Room for the bullet or number.
const INDENT: f32 = 20.0;
const INDENT_NUMBERS: f32 = 26.0;

/// One item, measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    marker: Text,
    pub(crate) text: Text,
}

/// A list, measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReadyList {
    ordered: bool,
    pub(crate) items: Vec<Item>,
}

impl ReadyList {
    /// `None` where no item has words.
    pub(crate) fn new(ordered: bool, items: &[Vec<Span>], faces: &Faces) -> Option<Self> {
        let indent = indent(ordered);
        let items: Vec<_> = items
            .iter()
            .map(|spans| Text::spans(spans, BODY, WIDTH - indent, faces))
            .filter(|text| !text.lines.is_empty())
            .enumerate()
            .map(|(index, text)| {
                let marker = if ordered {
                    format!("{}.", index + 1)
                } else {
                    "•".to_owned()
                };
                let style = Style {
                    colour: ACCENT,
                    ..BODY
                };
                Item {
                    marker: Text::plain(&marker, style, indent, faces),
                    text,
                }
            })
            .collect();
        (!items.is_empty()).then_some(Self { ordered, items })
    }
}

fn indent(ordered: bool) -> f32 {
    if ordered { INDENT_NUMBERS } else { INDENT }
}

impl Flow {
    pub(crate) fn list(&mut self, list: &ReadyList) {
        let numbering = if list.ordered {
            ListNumbering::Decimal
        } else {
            ListNumbering::Disc
        };
        let node = self.tree.open(Tree::ROOT, Tag::L(numbering));
        let indent = indent(list.ordered);
        for item in &list.items {
            self.keep(first_lines(&item.text));
            let entry = self.tree.open(node, Tag::LI);
            let label = self.tree.open(entry, Tag::Lbl);
            let top = self.y;
            for line in &item.marker.lines {
                let x = LEFT + indent - 8.0 - line.width;
                self.line(&item.marker, line, &mut Setting::new(label), x, top);
            }
            let body = self.tree.open(entry, Tag::LBody);
            let mut setting = Setting::new(body);
            self.lines(&item.text, &mut setting, LEFT + indent, false);
            self.finish(&item.text, setting);
            self.y += 2.5;
        }
        self.y += 5.0;
    }
}
