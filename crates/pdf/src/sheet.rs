//! A page as a list of things to draw, with the measures and colours that all pages share.

use crate::text::Style;
use crate::tree::Slot;

/// Red, green, blue.
pub(crate) type Colour = (u8, u8, u8);

/// Text. 15:1 on white.
pub(crate) const INK: Colour = (0x1b, 0x23, 0x27);
/// Side remarks. 7:1 on white.
pub(crate) const SOFT: Colour = (0x4b, 0x55, 0x5b);
/// Links and lines of data. 7:1 on white.
pub(crate) const ACCENT: Colour = (0x0b, 0x5f, 0x6b);
/// Headings and the cover. 10:1 on white.
pub(crate) const DEEP: Colour = (0x08, 0x48, 0x51);
/// Behind header cells and notes.
pub(crate) const WASH: Colour = (0xe4, 0xef, 0xf0);
/// Thin rules.
pub(crate) const RULE: Colour = (0xd6, 0xd1, 0xc5);
/// Targets. 5:1 on white.
pub(crate) const GOAL: Colour = (0xb0, 0x46, 0x1e);
/// On the cover.
pub(crate) const WHITE: Colour = (0xff, 0xff, 0xff);

/// A4, in points.
pub(crate) const PAGE_WIDTH: f32 = 595.28;
/// A4, in points.
pub(crate) const PAGE_HEIGHT: f32 = 841.89;
/// Left edge of the text.
pub(crate) const LEFT: f32 = 62.0;
/// Right edge of the text.
pub(crate) const RIGHT: f32 = PAGE_WIDTH - 62.0;
/// Width of the text.
pub(crate) const WIDTH: f32 = RIGHT - LEFT;
/// Top edge of the text.
pub(crate) const TOP: f32 = 84.0;
/// Bottom edge of the text.
pub(crate) const BOTTOM: f32 = PAGE_HEIGHT - 78.0;

/// A rectangle: left, top, right, bottom in points from the page's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Letters with their baseline at `y`.
    Letters {
        x: f32,
        y: f32,
        text: String,
        style: Style,
    },
    /// A filled rectangle.
    Fill { area: Area, colour: Colour },
    /// A line through points.
    Stroke {
        points: Vec<(f32, f32)>,
        width: f32,
        colour: Colour,
        dashed: bool,
    },
    /// A filled disc with a white rim.
    Dot {
        x: f32,
        y: f32,
        radius: f32,
        colour: Colour,
    },
}

/// What a drawing is to a reader who listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Content of a structure element.
    Content(Slot),
    /// Running header.
    Header,
    /// Running footer with the page's number.
    Footer,
    /// What a page repeats of the page before (the header of a table).
    Repeat,
    /// Rules and tints.
    Layout,
}

/// Things drawn together under one mark.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawing {
    pub(crate) mark: Mark,
    pub(crate) shapes: Vec<Shape>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Goal {
    /// An address outside.
    Address(String),
    /// A height on a page of this document.
    Place { sheet: usize, y: f32 },
}

/// An active region.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    /// One for each line; not empty.
    pub(crate) areas: Vec<Area>,
    pub(crate) goal: Goal,
    /// What it says when read aloud.
    pub(crate) alt: String,
    pub(crate) slot: Slot,
}

/// One page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) drawings: Vec<Drawing>,
    pub(crate) links: Vec<Link>,
    /// The heading of level 1 in force at its top, for the running header; `None` on the cover.
    pub(crate) chapter: Option<String>,
}

impl Sheet {
    /// Adds things to draw under one mark.
    pub(crate) fn draw(&mut self, mark: Mark, shapes: Vec<Shape>) {
        self.drawings.push(Drawing { mark, shapes });
    }

    /// A straight horizontal rule that means nothing.
    pub(crate) fn rule(&mut self, left: f32, right: f32, y: f32, width: f32, colour: Colour) {
        let shape = Shape::Stroke {
            points: vec![(left, y), (right, y)],
            width,
            colour,
            dashed: false,
        };
        self.draw(Mark::Layout, vec![shape]);
    }

    /// A tint that means nothing.
    pub(crate) fn tint(&mut self, area: Area, colour: Colour) {
        self.draw(Mark::Layout, vec![Shape::Fill { area, colour }]);
    }
}
