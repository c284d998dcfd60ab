//! Tables, cell by cell.

use cairn_pdf::{Align, Block, Cell, Span, Table};

use super::read::{language_of, words_of};

/// With more columns each row is printed as a list of its cells: the columns of a page would be narrower than a word.
const COLUMNS_MAX: usize = 9;
/// Stands where a heading of a row or a column has no words.
const NOTHING: &str = "–";

/// A table that is being read; its first row is its header.
#[derive(Default)]
pub(super) struct Grid {
    pub caption: Vec<Span>,
    /// Of the cell that is being read.
    pub align: Align,
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    row: Vec<Cell>,
}

impl Grid {
    pub(super) fn open_row(&mut self) {
        self.row.clear();
    }

    pub(super) fn cell(&mut self, cell: Cell) {
        self.row.push(cell);
    }

    pub(super) fn close_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if row.is_empty() {
            return;
        }
        if self.header.is_empty() {
            self.header = row;
        } else {
            self.rows.push(row);
        }
    }

    /// The table; or, where it is too wide, its rows as a list in which each cell says what it is.
    pub(super) fn block(self) -> Option<Block> {
        let columns = self.header.len();
        if columns == 0 {
            return None;
        }
        let names: Vec<Span> = self.header.iter().map(|cell| named(&cell.spans)).collect();
        if columns > COLUMNS_MAX {
            let items = self.rows.iter().map(|row| listed(&names, row));
            return Some(Block::List {
                ordered: false,
                items: items.collect(),
            });
        }
        let rows = self.rows.into_iter().map(|mut row| {
            row.resize_with(columns, Cell::default);
            if let Some(first) = row.first_mut()
                && words_of(&first.spans).is_empty()
            {
                first.spans = vec![Span::plain(NOTHING)];
            }
            row
        });
        Some(Block::Table(Table {
            caption: words_of(&self.caption),
            caption_language: language_of(&self.caption),
            header_language: language_of(&names),
            header: names.into_iter().map(|name| name.text).collect(),
            rows: rows.collect(),
        }))
    }
}

fn named(spans: &[Span]) -> Span {
    let words = words_of(spans);
    let text = if words.is_empty() {
        NOTHING.to_owned()
    } else {
        words
    };
    Span::said(text, language_of(spans))
}

fn listed(header: &[Span], row: &[Cell]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (name, cell) in header.iter().zip(row) {
        if !spans.is_empty() {
            spans.push(Span::plain("; "));
        }
        spans.push(name.clone().strong());
        spans.push(Span::plain(": "));
        spans.extend(cell.spans.iter().cloned());
    }
    spans
}
