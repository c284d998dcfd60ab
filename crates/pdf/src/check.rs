//! What a document must be before it is laid out.

use crate::fault::Fault;
use crate::model::{Block, Chart, Document, Span, Table};

/// Most columns of a table: with more, the columns of an A4 page are narrower than a word.
pub(crate) const COLUMNS_MAX: usize = 14;
/// Deepest level of a heading.
const LEVEL_MAX: u8 = 6;
/// Largest magnitude of a number in a chart.
const NUMBER_MAX: f64 = 1e15;

/// Checks every rule of the model, in the order of the blocks.
pub(crate) fn document(document: &Document) -> Result<(), Fault> {
    if document.title.trim().is_empty() {
        return Err(Fault::NoTitle);
    }
    document
        .facts
        .iter()
        .try_for_each(|spans| links(0, spans))?;
    let mut level_before = 0;
    for (index, item) in document.blocks.iter().enumerate() {
        let block = index + 1;
        match item {
            Block::Heading { level, text, .. } => {
                heading(block, *level, text, level_before)?;
                level_before = *level;
            }
            Block::Paragraph(spans) | Block::Note(spans) => links(block, spans)?,
            Block::List { items, .. } => items.iter().try_for_each(|spans| links(block, spans))?,
            Block::Table(item) => table(block, item)?,
            Block::Chart(item) => chart(block, item)?,
            Block::PageBreak => {}
        }
    }
    if level_before == 0 {
        return Err(Fault::NoHeading);
    }
    Ok(())
}

fn heading(block: usize, level: u8, text: &str, after: u8) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return Err(Fault::EmptyHeading { block });
    }
    if !(1..=LEVEL_MAX).contains(&level) {
        return Err(Fault::HeadingLevel { block, level });
    }
    if level > after + 1 {
        return Err(Fault::HeadingSkips {
            block,
            level,
            after,
        });
    }
    Ok(())
}

fn links(block: usize, spans: &[Span]) -> Result<(), Fault> {
    for link in spans.iter().filter_map(|span| span.link.as_ref()) {
        let lower = link.to_ascii_lowercase();
        let known = ["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| lower.starts_with(scheme));
        if !known || link.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Fault::Link {
                block,
                link: link.clone(),
            });
        }
    }
    Ok(())
}

fn table(block: usize, table: &Table) -> Result<(), Fault> {
    let columns = table.header.len();
    if !(1..=COLUMNS_MAX).contains(&columns) {
        return Err(Fault::Columns {
            block,
            columns,
            max: COLUMNS_MAX,
        });
    }
    if let Some(column) = table.header.iter().position(|text| text.trim().is_empty()) {
        return Err(Fault::EmptyHeader {
            block,
            column: column + 1,
        });
    }
    for (index, row) in table.rows.iter().enumerate() {
        if row.len() != columns {
            return Err(Fault::Ragged {
                block,
                row: index + 1,
                cells: row.len(),
                columns,
            });
        }
        row.iter().try_for_each(|cell| links(block, &cell.spans))?;
    }
    Ok(())
}

fn chart(block: usize, chart: &Chart) -> Result<(), Fault> {
    if chart.alt.trim().is_empty() {
        return Err(Fault::NoAlt { block });
    }
    let drawable = |number: f64| number.is_finite() && number.abs() <= NUMBER_MAX;
    let points = chart
        .points
        .iter()
        .all(|point| drawable(point.x) && drawable(point.y));
    let target = chart
        .target
        .as_ref()
        .is_none_or(|target| drawable(target.value));
    if chart.points.is_empty() || !points || !target {
        return Err(Fault::Chart { block });
    }
    Ok(())
}
