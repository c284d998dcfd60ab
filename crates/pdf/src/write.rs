//! From pages to bytes, through the PDF library.

use krilla::Document as Pdf;
use krilla::SerializeSettings;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder, PdfVersion};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Quadrilateral, Rect, Transform};
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag};
use krilla::text::{GlyphId, KrillaGlyph};

use crate::face::Faces;
use crate::fault::Fault;
use crate::flow::{Flow, Head};
use crate::front::furniture;
use crate::model::Document;
use crate::sheet::{
    Area, Colour, Drawing, Goal, Link, Mark, PAGE_HEIGHT, PAGE_WIDTH, Shape, WHITE,
};
use crate::text::{Style, clean};
use crate::tree::Filled;
use crate::words;

/// Writes the file.
pub(crate) fn file(document: &Document, flow: Flow, faces: &Faces) -> Result<Vec<u8>, Fault> {
    let configuration = ConfigurationBuilder::new()
        .with_version(PdfVersion::Pdf17)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(refused)?;
    let mut pdf = Pdf::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    pdf.set_metadata(metadata(document));
    let Flow {
        sheets,
        tree,
        heads,
        ..
    } = flow;
    let pages = sheets.len();
    let mut filled = Filled::new(&tree);
    for (index, sheet) in sheets.into_iter().enumerate() {
        let Some(settings) = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT) else {
            continue;
        };
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for drawing in furniture(document, &sheet, index + 1, pages, faces)
            .iter()
            .chain(&sheet.drawings)
        {
            draw(&mut surface, drawing, &mut filled, faces);
        }
        surface.finish();
        for link in &sheet.links {
            if let Some(annotation) = annotation(link, pages) {
                filled.put(link.slot, page.add_tagged_annotation(annotation));
            }
        }
        page.finish();
    }
    pdf.set_outline(outline(document, &heads));
    pdf.set_tag_tree(tree.build(&filled, document.language.tag()));
    pdf.finish().map_err(refused)
}

fn refused(error: impl std::fmt::Debug) -> Fault {
    Fault::Refused(format!("{error:?}"))
}

fn metadata(document: &Document) -> Metadata {
    let date = document.date;
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let created = DateTime::new(u16::try_from(date.year()).unwrap_or_default())
        .month(part(date.month()))
        .day(part(date.day()))
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let mut metadata = Metadata::new()
        .title(clean(&document.title).trim().to_owned())
        .language(document.language.tag().to_owned())
        .creator("cairn".to_owned())
        .creation_date(created)
        .text_direction(TextDirection::LeftToRight);
    if !document.subject.trim().is_empty() {
        metadata = metadata.description(clean(&document.subject).trim().to_owned());
    }
    if !document.author.trim().is_empty() {
        metadata = metadata.authors(vec![clean(&document.author).trim().to_owned()]);
    }
    metadata
}

fn draw(surface: &mut Surface<'_>, drawing: &Drawing, filled: &mut Filled, faces: &Faces) {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    match drawing.mark {
        Mark::Content(slot) => {
            let identifier = surface.start_tagged(ContentTag::Other);
            filled.put(slot, identifier);
        }
        Mark::Header => _ = surface.start_tagged(artifact(ArtifactType::Header)),
        Mark::Footer => _ = surface.start_tagged(artifact(ArtifactType::Footer)),
        Mark::Repeat => _ = surface.start_tagged(artifact(ArtifactType::PaginationOther)),
        Mark::Layout => _ = surface.start_tagged(artifact(ArtifactType::Layout)),
    }
    for shape in &drawing.shapes {
        match shape {
            Shape::Letters { x, y, text, style } => letters(surface, (*x, *y), text, *style, faces),
            Shape::Fill { area, colour } => fill(surface, *area, *colour),
            Shape::Stroke {
                points,
                width,
                colour,
                dashed,
            } => {
                let dash = dashed.then(|| StrokeDash {
                    array: vec![4.0, 3.0],
                    offset: 0.0,
                });
                stroke(surface, points, *width, *colour, dash);
            }
            Shape::Dot {
                x,
                y,
                radius,
                colour,
            } => {
                disc(surface, (*x, *y), *radius + 1.0, WHITE);
                disc(surface, (*x, *y), *radius, *colour);
            }
        }
    }
    surface.end_tagged();
}

fn letters(surface: &mut Surface<'_>, at: (f32, f32), text: &str, style: Style, faces: &Faces) {
    let nexts = text.chars().skip(1).map(Some).chain([None]);
    let glyphs: Vec<_> = text
        .char_indices()
        .zip(nexts)
        .map(|((start, ch), next)| {
            let glyph = GlyphId::new(u32::from(faces.glyph(style.weight, ch)));
            let advance = faces.advance(style.weight, ch, next);
            KrillaGlyph::new(
                glyph,
                advance,
                0.0,
                0.0,
                0.0,
                start..start + ch.len_utf8(),
                None,
            )
        })
        .collect();
    if glyphs.is_empty() {
        return;
    }
    paint(surface, style.colour);
    let font = faces.face(style.weight).font.clone();
    if style.slanted {
        // The font's own italic would add half as much again to the program; a slope of 0.2 reads as one.
        surface.push_transform(&Transform::from_row(1.0, 0.0, -0.2, 1.0, at.0, at.1));
        surface.draw_glyphs(
            Point::from_xy(0.0, 0.0),
            &glyphs,
            font,
            text,
            style.size,
            false,
        );
        surface.pop();
    } else {
        surface.draw_glyphs(
            Point::from_xy(at.0, at.1),
            &glyphs,
            font,
            text,
            style.size,
            false,
        );
    }
}

fn colour((red, green, blue): Colour) -> krilla::paint::Paint {
    rgb::Color::new(red, green, blue).into()
}

fn paint(surface: &mut Surface<'_>, tone: Colour) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: colour(tone),
        ..Fill::default()
    }));
}

fn rect(area: Area) -> Option<Rect> {
    Rect::from_ltrb(area.left, area.top, area.right, area.bottom)
}

fn fill(surface: &mut Surface<'_>, area: Area, tone: Colour) {
    let mut path = PathBuilder::new();
    if let Some(rect) = rect(area) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        paint(surface, tone);
        surface.draw_path(&path);
    }
}

fn stroke(
    surface: &mut Surface<'_>,
    points: &[(f32, f32)],
    width: f32,
    tone: Colour,
    dash: Option<StrokeDash>,
) {
    let mut path = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 {
            path.move_to(*x, *y);
        } else {
            path.line_to(*x, *y);
        }
    }
    let Some(path) = path.finish() else {
        return;
    };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: colour(tone),
        width,
        line_join: LineJoin::Round,
        opacity: NormalizedF32::ONE,
        dash,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
}

fn disc(surface: &mut Surface<'_>, (x, y): (f32, f32), radius: f32, tone: Colour) {
    // Four arcs; 0.5523 brings a cubic within 0.03% of a quarter circle.
    let k = radius * 0.5523;
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + k, x + k, y + radius, x, y + radius);
    path.cubic_to(x - k, y + radius, x - radius, y + k, x - radius, y);
    path.cubic_to(x - radius, y - k, x - k, y - radius, x, y - radius);
    path.cubic_to(x + k, y - radius, x + radius, y - k, x + radius, y);
    path.close();
    if let Some(path) = path.finish() {
        paint(surface, tone);
        surface.draw_path(&path);
    }
}

/// `None` for a link without any area, or to a page that is not there.
fn annotation(link: &Link, pages: usize) -> Option<Annotation> {
    let target = match &link.goal {
        Goal::Address(address) => Target::Action(Action::Link(LinkAction::new(address.clone()))),
        Goal::Place { sheet, .. } if *sheet >= pages => return None,
        Goal::Place { sheet, y } => Target::Destination(destination(*sheet, *y).into()),
    };
    let quads: Vec<Quadrilateral> = link
        .areas
        .iter()
        .filter_map(|area| rect(*area))
        .map(Into::into)
        .collect();
    if quads.is_empty() {
        return None;
    }
    let link_annotation = LinkAnnotation::new_with_quad_points(quads, target);
    Some(Annotation::new_link(
        link_annotation,
        Some(link.alt.clone()),
    ))
}

/// A little above the words, so that a reader sees where they arrived.
fn destination(sheet: usize, y: f32) -> XyzDestination {
    XyzDestination::new(sheet, Point::from_xy(0.0, (y - 20.0).max(0.0)))
}

/// The contents page, then all headings by their level.
fn outline(document: &Document, heads: &[Head]) -> Outline {
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(
        words::contents(document.language).to_owned(),
        destination(1, 0.0),
    ));
    for chapter in heads.chunk_by(|_, next| next.level > 1) {
        if let Some(node) = branch(chapter) {
            outline.push_child(node);
        }
    }
    outline
}

/// The first heading with all others, which are deeper, below it.
fn branch(heads: &[Head]) -> Option<OutlineNode> {
    let (head, rest) = heads.split_first()?;
    let mut node = OutlineNode::new(head.text.clone(), destination(head.sheet, head.y))
        .with_open(head.level == 1);
    for part in rest.chunk_by(|_, next| next.level > head.level + 1) {
        if let Some(child) = branch(part) {
            node.push_child(child);
        }
    }
    Some(node)
}
