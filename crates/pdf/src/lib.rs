//! A small document model printed as a tagged PDF that anyone can read: PDF/UA-1 (ISO 14289-1) on PDF 1.7.
//!
//! [`render`] takes a [`Document`] and returns its bytes. It is pure: no file, clock or chance is consulted, so the
//! same document gives the same bytes on every machine; the fonts are part of the crate. Headings, lists, tables and
//! charts become structure elements, page furniture becomes artifacts, and the library underneath refuses to finish a
//! file that breaks a rule of PDF/UA-1 it can check.
//!
//! What it does not do: scripts written from right to left or with letters that join (the font has Latin, Greek and
//! Cyrillic letters), pictures, footnotes, hyphenation.

mod chart;
mod check;
mod face;
mod fault;
mod flow;
mod front;
mod list;
mod model;
mod prepare;
mod scale;
mod set;
mod sheet;
mod table;
mod text;
mod tree;
mod words;
mod write;

pub use fault::Fault;
pub use model::{Align, Block, Cell, Chart, Document, Language, Point, Span, Table, Target};

use std::collections::BTreeSet;

/// A printed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file, complete.
    pub bytes: Vec<u8>,
    /// Number of pages, cover and contents included.
    pub pages: usize,
    /// Characters for which the fonts have no letter. They show as `□` and stay readable to machines, since the text
    /// behind each box is the character itself.
    pub boxed: BTreeSet<char>,
}

/// Prints a document: a cover, the table of contents, then the blocks in their order. Each part is let go of as soon as
/// the next one is made of it, since a long report is many times larger in memory than as a file.
///
/// # Errors
/// [`Fault`] when the document breaks a rule of its model (a heading level skipped, a row with too few cells, a chart
/// without a text alternative, …) or when the PDF library finds a breach of PDF/UA-1.
pub fn render(mut document: Document) -> Result<Pdf, Fault> {
    check::document(&document)?;
    let faces = face::Faces::load()?;
    let contents = front::Contents::measure(&document, &faces);
    let blocks = std::mem::take(&mut document.blocks);
    let mut flow = flow::Flow::new(&document, contents.first_body_sheet());
    front::cover(&mut flow, &document, &faces);
    let contents_node = contents.open(&mut flow, &faces);
    flow.run(prepare::blocks(blocks, &faces), &faces);
    contents.fill(&mut flow, contents_node, &faces);
    let pages = flow.sheets.len();
    let bytes = write::file(&document, flow, &faces)?;
    Ok(Pdf {
        bytes,
        pages,
        boxed: faces.boxed(),
    })
}
