//! Tables: how wide the columns are, and rows over several pages.

use krilla::tagging::{TableHeaderScope, Tag};

use crate::face::{Faces, Weight};
use crate::flow::{Flow, whole};
use crate::model::{Align, Cell, Span, Table};
use crate::set::{Setting, letters};
use crate::sheet::{ACCENT, Area, BOTTOM, DEEP, INK, LEFT, Mark, RIGHT, RULE, TOP, WASH, WIDTH};
use crate::text::{Style, Text, clean, count, extent};
use crate::tree::{NodeId, Tree};

/// Beside and above the text of a cell.
const PAD_X: f32 = 5.0;
const PAD_Y: f32 = 3.6;
/// A table lower than this is not parted.
const WHOLE_MAX: f32 = 230.0;

/// One row, measured.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    cells: Vec<Text>,
    /// Lines of its highest cell; at least 1.
    lines: usize,
}

/// A table, measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReadyTable {
    caption: Text,
    caption_words: String,
    header: Row,
    rows: Vec<Row>,
    columns: Vec<Column>,
    leading: f32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    left: f32,
    /// Of the text, without padding.
    width: f32,
    align: Align,
}

impl ReadyTable {
    pub(crate) fn new(table: &Table, faces: &Faces) -> Self {
        let size = if table.header.len() > 7 { 8.0 } else { 9.0 };
        let head_style = Style::new(Weight::Bold, size, DEEP);
        let style = Style::new(Weight::Regular, size, INK);
        let header: Vec<Cell> = table
            .header
            .iter()
            .map(|words| Cell::from(Span::said(words.as_str(), table.header_language)))
            .collect();
        let columns = columns(table, &header, (head_style, style), faces);
        let caption = Text::spans(
            &[Span::said(table.caption.as_str(), table.caption_language)],
            Style::new(Weight::Bold, 10.0, INK),
            WIDTH,
            faces,
        );
        let header = Row::new(&header, &columns, head_style, faces);
        Self {
            caption_words: clean(&table.caption),
            leading: header.cells.first().map_or(size, |text| text.leading),
            rows: table
                .rows
                .iter()
                .map(|cells| Row::new(cells, &columns, style, faces))
                .collect(),
            caption,
            header,
            columns,
        }
    }

    fn row_height(&self, row: &Row) -> f32 {
        self.leading * count(row.lines) + 2.0 * PAD_Y
    }

    /// What has to fit before the table may start on a page: all of a small one, else header and first row.
    pub(crate) fn first_height(&self) -> f32 {
        let top = 10.0 + self.caption.height() + 4.0 + self.row_height(&self.header);
        let all = top
            + self
                .rows
                .iter()
                .map(|row| self.row_height(row))
                .sum::<f32>();
        if all <= WHOLE_MAX {
            return all;
        }
        top + self
            .rows
            .iter()
            .take(2)
            .map(|row| self.row_height(row))
            .sum::<f32>()
            .min(120.0)
    }
}

impl Row {
    fn new(cells: &[Cell], columns: &[Column], style: Style, faces: &Faces) -> Self {
        let cells: Vec<_> = cells
            .iter()
            .zip(columns)
            .map(|(cell, column)| Text::spans(&cell.spans, style, column.width, faces))
            .collect();
        let lines = cells
            .iter()
            .map(|text| text.lines.len())
            .max()
            .unwrap_or(0)
            .max(1);
        Self { cells, lines }
    }
}

/// Columns get the width of their widest word, and a share of the rest by how much more their text would like.
fn columns(table: &Table, header: &[Cell], styles: (Style, Style), faces: &Faces) -> Vec<Column> {
    let room = WIDTH - 2.0 * PAD_X * count(header.len());
    let mut wants = Vec::new();
    for (index, head) in header.iter().enumerate() {
        let cells = || table.rows.iter().filter_map(move |row| row.get(index));
        let measure = |spans: &[Span], style| extent(spans, style, faces);
        let (mut least, mut most) = measure(&head.spans, styles.0);
        for cell in cells() {
            let (word, line) = measure(&cell.spans, styles.1);
            (least, most) = (least.max(word), most.max(line));
        }
        let numbers = table.rows.iter().len() > 0 && cells().all(|cell| cell.align == Align::End);
        // Half a point of slack, since sums of widths differ in their last digits.
        wants.push((
            least.min(room * 0.4) + 0.5,
            most + 0.5,
            if numbers { Align::End } else { Align::Start },
        ));
    }
    let widths = share(&wants, room);
    let mut left = LEFT;
    let mut columns = Vec::new();
    for ((_, _, align), width) in wants.into_iter().zip(widths) {
        columns.push(Column {
            left: left + PAD_X,
            width,
            align,
        });
        left += width + 2.0 * PAD_X;
    }
    columns
}

/// Divides `room` among columns that want (least, most, align) points.
fn share(wants: &[(f32, f32, Align)], room: f32) -> Vec<f32> {
    let least: f32 = wants.iter().map(|want| want.0).sum();
    let most: f32 = wants.iter().map(|want| want.1).sum();
    if least >= room {
        return wants.iter().map(|want| want.0 * room / least).collect();
    }
    if most >= room {
        let part = (room - least) / (most - least);
        return wants
            .iter()
            .map(|want| want.0 + (want.1 - want.0) * part)
            .collect();
    }
    // What is left over goes to columns of words, so that figures stay close together.
    let words: f32 = wants
        .iter()
        .filter(|want| want.2 == Align::Start)
        .map(|want| want.1)
        .sum();
    let spare = room - most;
    let grow = |want: &(f32, f32, Align)| match want.2 {
        Align::Start => want.1 + spare * want.1 / words,
        Align::End if words > 0.0 => want.1,
        Align::End => want.1 + spare * want.1 / most,
    };
    wants.iter().map(grow).collect()
}

impl Flow {
    pub(crate) fn table(&mut self, table: &ReadyTable, faces: &Faces) {
        self.space(10.0);
        let node = self.tree.open(Tree::ROOT, Tag::Table);
        if !table.caption.lines.is_empty() {
            let caption = self.tree.open(node, Tag::Caption);
            self.lines(&table.caption, &mut Setting::new(caption), LEFT, false);
            self.y += 4.0;
        }
        let head = self.tree.open(node, Tag::THead);
        let head = self.tree.open(head, Tag::TR);
        self.header(table, Some(head));
        if !table.rows.is_empty() {
            let body = self.tree.open(node, Tag::TBody);
            for row in &table.rows {
                self.row(table, row, body, faces);
            }
        }
        let y = self.y;
        self.sheet().rule(LEFT, RIGHT, y, 0.9, ACCENT);
        self.y += 14.0;
    }

    /// The header row: as content the first time, as a repeat on further pages.
    fn header(&mut self, table: &ReadyTable, node: Option<NodeId>) {
        let (top, height) = (self.y, table.row_height(&table.header));
        let bottom = top + height;
        self.sheet().tint(
            Area {
                left: LEFT,
                top,
                right: RIGHT,
                bottom,
            },
            WASH,
        );
        self.sheet().rule(LEFT, RIGHT, bottom, 0.9, ACCENT);
        for (text, column) in table.header.cells.iter().zip(&table.columns) {
            let cell = node.map(|node| self.tree.open(node, Tag::TH(TableHeaderScope::Column)));
            let mut setting = cell.map(Setting::new);
            // Headings of unequal height stand on the line above the figures.
            let above = table.leading
                * count(table.header.lines - text.lines.len().min(table.header.lines));
            for (index, line) in text.lines.iter().enumerate() {
                let x = column.x(line.width);
                let at = top + PAD_Y + above + table.leading * count(index);
                if let Some(setting) = &mut setting {
                    self.line(text, line, setting, x, at);
                } else {
                    let y = at + text.rise();
                    let shapes = line.pieces.iter().filter_map(|piece| {
                        text.runs
                            .get(piece.run)
                            .map(|run| letters(piece, run, x + piece.x, y))
                    });
                    let shapes = shapes.collect();
                    self.sheet().draw(Mark::Repeat, shapes);
                }
            }
        }
        self.y = bottom;
    }

    /// A new page with the caption and the header once more.
    fn next_page(&mut self, table: &ReadyTable, faces: &Faces) {
        let y = self.y;
        self.sheet().rule(LEFT, RIGHT, y, 0.9, ACCENT);
        self.new_sheet();
        if !table.caption_words.is_empty() {
            let words = format!(
                "{} ({})",
                table.caption_words,
                crate::words::continued(self.language)
            );
            let style = Style::new(Weight::Bold, 9.0, crate::sheet::SOFT);
            let shape = crate::front::fitted(&words, style, LEFT, TOP + 10.0, WIDTH, faces);
            self.sheet().draw(Mark::Repeat, vec![shape]);
            self.y += 18.0;
        }
        self.header(table, None);
    }

    fn row(&mut self, table: &ReadyTable, row: &Row, body: NodeId, faces: &Faces) {
        let tr = self.tree.open(body, Tag::TR);
        let mut settings = Vec::new();
        for index in 0..row.cells.len() {
            let cell = match index {
                0 => self.tree.open(tr, Tag::TH(TableHeaderScope::Row)),
                _ => self.tree.open(tr, Tag::TD),
            };
            settings.push(Setting::new(cell));
        }
        let fresh = whole(
            (BOTTOM - TOP - 18.0 - table.row_height(&table.header) - 2.0 * PAD_Y) / table.leading,
        )
        .max(1);
        let mut from = 0;
        let mut turned = false;
        while from < row.lines {
            let room = whole((BOTTOM - self.y - 2.0 * PAD_Y) / table.leading);
            let left = row.lines - from;
            // A row is parted only when it would not fit on a page of its own.
            if !turned && left > room && (left <= fresh || room < 3) {
                self.next_page(table, faces);
                turned = true;
                continue;
            }
            let take = left.min(room.max(1));
            self.row_part(table, row, &mut settings, from, take);
            from += take;
            if from < row.lines {
                self.next_page(table, faces);
            }
        }
        for (text, setting) in row.cells.iter().zip(settings) {
            self.finish(text, setting);
        }
    }

    fn row_part(
        &mut self,
        table: &ReadyTable,
        row: &Row,
        settings: &mut [Setting],
        from: usize,
        take: usize,
    ) {
        let top = self.y + PAD_Y;
        for ((text, column), setting) in row.cells.iter().zip(&table.columns).zip(settings) {
            for (index, line) in text.lines.iter().skip(from).take(take).enumerate() {
                self.line(
                    text,
                    line,
                    setting,
                    column.x(line.width),
                    top + table.leading * count(index),
                );
            }
        }
        self.y += table.leading * count(take) + 2.0 * PAD_Y;
        let y = self.y;
        self.sheet().rule(LEFT, RIGHT, y, 0.5, RULE);
    }
}

impl Column {
    /// Where a line of this width starts.
    fn x(&self, width: f32) -> f32 {
        match self.align {
            Align::Start => self.left,
            Align::End => self.left + self.width - width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums_to(widths: &[f32], room: f32) -> bool {
        (widths.iter().sum::<f32>() - room).abs() < 0.01
    }

    #[test]
    fn columns_fill_the_page_exactly() {
        let (start, end) = (Align::Start, Align::End);
        for wants in [
            vec![(10.0, 20.0, start), (10.0, 20.0, end)],
            vec![(10.0, 20.0, end), (10.0, 20.0, end)],
            vec![(40.0, 900.0, start), (30.0, 60.0, end)],
            vec![(400.0, 900.0, start), (300.0, 300.0, start)],
        ] {
            assert!(sums_to(&share(&wants, 300.0), 300.0), "{wants:?}");
        }
    }

    #[test]
    fn figures_stay_together_and_words_get_the_rest() {
        let widths = share(
            &[(10.0, 50.0, Align::Start), (10.0, 20.0, Align::End)],
            300.0,
        );
        assert_eq!(widths, [280.0, 20.0]);
    }

    #[test]
    fn no_column_is_narrower_than_its_longest_word_where_there_is_room() {
        let widths = share(
            &[(40.0, 900.0, Align::Start), (30.0, 60.0, Align::End)],
            300.0,
        );
        assert!(widths[0] >= 40.0 && widths[1] >= 30.0, "{widths:?}");
    }
}
