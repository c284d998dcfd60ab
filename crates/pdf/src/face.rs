//! The two weights of the font: which letter stands for a character, how wide it is, and which pairs move together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::raw::tables::kern::SubtableKind;
use skrifa::{FontRef, MetadataProvider};

use crate::fault::Fault;

static REGULAR: &[u8] = include_bytes!("../fonts/Lato-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/Lato-Bold.ttf");

/// Shown where the font has no letter for a character.
const BOX: char = '□';

/// Which file of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// One weight.
pub(crate) struct Face {
    pub(crate) font: Font,
    charmap: skrifa::charmap::Charmap<'static>,
    widths: skrifa::metrics::GlyphMetrics<'static>,
    units: f32,
    pairs: BTreeMap<(u16, u16), i16>,
}

/// Both weights, and what they could not show so far.
pub(crate) struct Faces {
    regular: Face,
    bold: Face,
    boxed: RefCell<BTreeSet<char>>,
}

impl Faces {
    /// Reads the fonts of this crate.
    pub(crate) fn load() -> Result<Self, Fault> {
        let read = |data, name| Face::read(data).ok_or(Fault::Font { name });
        Ok(Self {
            regular: read(REGULAR, "Lato-Regular.ttf")?,
            bold: read(BOLD, "Lato-Bold.ttf")?,
            boxed: RefCell::default(),
        })
    }

    pub(crate) fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Characters met so far that the font cannot show.
    pub(crate) fn boxed(&self) -> BTreeSet<char> {
        self.boxed.borrow().clone()
    }

    /// Glyph of a character; unknown ones become a box and are remembered.
    pub(crate) fn glyph(&self, weight: Weight, ch: char) -> u16 {
        let face = self.face(weight);
        face.glyph(ch).unwrap_or_else(|| {
            self.boxed.borrow_mut().insert(ch);
            face.glyph(BOX).unwrap_or_default()
        })
    }

    /// How far the pen moves for `ch` before `next`, in parts of the font size.
    pub(crate) fn advance(&self, weight: Weight, ch: char, next: Option<char>) -> f32 {
        let glyph = self.glyph(weight, ch);
        let face = self.face(weight);
        let kern = next
            .and_then(|next| face.glyph(next))
            .and_then(|next| face.pairs.get(&(glyph, next)))
            .map_or(0.0, |units| f32::from(*units));
        (face
            .widths
            .advance_width(u32::from(glyph).into())
            .unwrap_or_default()
            + kern)
            / face.units
    }

    /// Width of a text at `size`, in points.
    pub(crate) fn width(&self, weight: Weight, text: &str, size: f32) -> f32 {
        let nexts = text.chars().skip(1).map(Some).chain([None]);
        text.chars()
            .zip(nexts)
            .map(|(ch, next)| self.advance(weight, ch, next))
            .sum::<f32>()
            * size
    }
}

impl Face {
    fn read(data: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(data).ok()?;
        Some(Self {
            font: Font::new(data.into(), 0)?,
            charmap: font.charmap(),
            widths: font.glyph_metrics(Size::unscaled(), LocationRef::default()),
            units: f32::from(font.head().ok()?.units_per_em()),
            pairs: pairs(&font),
        })
    }

    fn glyph(&self, ch: char) -> Option<u16> {
        // The font has the hyphen, but not the code that forbids a break after it.
        let ch = if ch == '\u{2011}' { '\u{2010}' } else { ch };
        self.charmap
            .map(ch)
            .and_then(|glyph| u16::try_from(glyph.to_u32()).ok())
            .filter(|glyph| *glyph != 0)
    }
}

/// Kerning pairs in font units; none where the font has no such table.
fn pairs(font: &FontRef<'static>) -> BTreeMap<(u16, u16), i16> {
    let mut pairs = BTreeMap::new();
    let Ok(kern) = font.kern() else {
        return pairs;
    };
    for subtable in kern.subtables().flatten() {
        if let Ok(SubtableKind::Format0(table)) = subtable.kind() {
            for pair in table.pairs() {
                pairs.insert((pair.left().to_u16(), pair.right().to_u16()), pair.value());
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macrons_and_signs_have_letters() {
        let faces = Faces::load().unwrap();
        for weight in [Weight::Regular, Weight::Bold] {
            for ch in "āēīōūĀĒĪŌŪ−–—…•“”‘’€≤≥≈→←↑↓×±%½ʻ\u{2011}\u{a0}\u{202f}".chars()
            {
                assert_ne!(faces.glyph(weight, ch), 0, "{ch}");
            }
        }
        assert_eq!(faces.boxed(), BTreeSet::new());
    }

    #[test]
    fn an_unknown_character_is_a_box_and_is_reported() {
        let faces = Faces::load().unwrap();
        assert_eq!(
            faces.glyph(Weight::Regular, '漢'),
            faces.glyph(Weight::Regular, BOX)
        );
        assert_ne!(faces.glyph(Weight::Regular, '漢'), 0);
        assert_eq!(faces.boxed(), BTreeSet::from(['漢']));
    }

    #[test]
    fn pairs_move_together() {
        let faces = Faces::load().unwrap();
        let alone = faces.advance(Weight::Regular, 'T', None);
        let pair = faces.advance(Weight::Regular, 'T', Some('o'));
        assert!(
            (alone - pair - 244.0 / 2000.0).abs() < 1e-6,
            "{alone} {pair}"
        );
        assert!(
            faces.width(Weight::Bold, "Tāmaki", 10.0)
                > faces.width(Weight::Regular, "Tāmaki", 10.0)
        );
    }
}
