//! Documents that are not printed, each with the reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod common;

use cairn_pdf::{Block, Cell, Fault, Span, render};
use common::sample;

fn fault(block: Block) -> Fault {
    render(sample::document(vec![Block::heading(1, "One"), block])).unwrap_err()
}

#[test]
fn titles_and_headings_are_required_and_in_order() {
    let mut untitled = sample::small();
    untitled.title = " \n".to_owned();
    assert_eq!(render(untitled).unwrap_err(), Fault::NoTitle);
    assert_eq!(
        render(sample::document(vec![Block::text("alone")])).unwrap_err(),
        Fault::NoHeading
    );
    assert_eq!(
        fault(Block::heading(3, "Deep")),
        Fault::HeadingSkips {
            block: 2,
            level: 3,
            after: 1
        }
    );
    assert_eq!(
        fault(Block::heading(0, "None")),
        Fault::HeadingLevel { block: 2, level: 0 }
    );
    assert_eq!(
        fault(Block::heading(7, "Seven")),
        Fault::HeadingLevel { block: 2, level: 7 }
    );
    assert_eq!(
        fault(Block::heading(2, "  ")),
        Fault::EmptyHeading { block: 2 }
    );
    let first = sample::document(vec![Block::heading(2, "Two")]);
    assert_eq!(
        render(first).unwrap_err(),
        Fault::HeadingSkips {
            block: 1,
            level: 2,
            after: 0
        }
    );
}

#[test]
fn tables_are_rectangles_with_headings() {
    let mut ragged = sample::table("", 3);
    ragged.rows[1].pop();
    assert_eq!(
        fault(Block::Table(ragged)),
        Fault::Ragged {
            block: 2,
            row: 2,
            cells: 3,
            columns: 4
        }
    );
    let mut unnamed = sample::table("", 1);
    unnamed.header[2].clear();
    assert_eq!(
        fault(Block::Table(unnamed)),
        Fault::EmptyHeader {
            block: 2,
            column: 3
        }
    );
    let none = cairn_pdf::Table::default();
    assert!(matches!(
        fault(Block::Table(none)),
        Fault::Columns { columns: 0, .. }
    ));
    let mut wide = sample::table("", 0);
    wide.header = vec!["x".to_owned(); 15];
    let said = fault(Block::Table(wide)).to_string();
    assert_eq!(
        said,
        "block 2: the table has 15 columns; 1 to 14 can be printed"
    );
}

#[test]
fn charts_need_words_and_numbers() {
    let mut chart = sample::chart("c");
    chart.alt = " ".to_owned();
    assert_eq!(fault(Block::Chart(chart)), Fault::NoAlt { block: 2 });
    for bad in [f64::NAN, f64::INFINITY, 1e16] {
        let mut chart = sample::chart("c");
        chart.points[2].y = bad;
        assert_eq!(fault(Block::Chart(chart)), Fault::Chart { block: 2 });
        let mut chart = sample::chart("c");
        chart.target.as_mut().unwrap().value = bad;
        assert_eq!(fault(Block::Chart(chart)), Fault::Chart { block: 2 });
    }
    let mut chart = sample::chart("c");
    chart.points.clear();
    assert_eq!(fault(Block::Chart(chart)), Fault::Chart { block: 2 });
}

#[test]
fn only_addresses_of_pages_and_mail_become_links() {
    for link in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//x",
        "",
        "https://a b",
        "ftp://x",
    ] {
        let span = Span::plain("x").link(link);
        let expected = Fault::Link {
            block: 2,
            link: link.to_owned(),
        };
        assert_eq!(fault(Block::Paragraph(vec![span.clone()])), expected);
        assert_eq!(fault(Block::Note(vec![span.clone()])), expected);
        assert_eq!(
            fault(Block::List {
                ordered: true,
                items: vec![vec![span.clone()]]
            }),
            expected
        );
        let mut table = sample::table("", 1);
        table.rows[0][1] = Cell::from(span);
        assert_eq!(fault(Block::Table(table)), expected);
    }
    for link in [
        "HTTPS://example.nz",
        "http://example.nz/a?b=c",
        "mailto:office@example.nz",
    ] {
        let block = Block::Paragraph(vec![Span::plain("x").link(link)]);
        render(sample::document(vec![Block::heading(1, "One"), block])).unwrap();
    }
}
