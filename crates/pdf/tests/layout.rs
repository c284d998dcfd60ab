//! Where things end up on the page, read back from the file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod common;

use cairn_pdf::{Block, Cell, Span, Table, render};
use common::reader::Reader;
use common::sample;
use proptest::prelude::*;

fn read(blocks: Vec<Block>) -> Reader {
    Reader::new(&render(sample::document(blocks)).unwrap().bytes)
}

#[test]
fn a_long_table_repeats_its_header_as_furniture_and_reads_as_one() {
    let reader = read(vec![
        Block::heading(1, "Long"),
        Block::Table(sample::table("Observations", 120)),
    ]);
    let tables = reader.root.with_role("Table");
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0].with_role("TBody")[0].children.len(), 120);
    assert_eq!(tables[0].with_role("THead").len(), 1);
    let pages: std::collections::BTreeSet<_> = tables[0].pages.iter().copied().collect();
    assert_eq!(pages, (3..=6).collect(), "over four pages");
    for page in 4..=6 {
        let repeats: Vec<_> = reader
            .drawn
            .iter()
            .filter(|d| d.page == page && d.kind == "Pagination")
            .map(|d| d.text.as_str())
            .collect();
        assert_eq!(
            repeats,
            [
                "Observations (continued)",
                "Measure",
                "Status",
                "Latest",
                "Change"
            ],
            "page {page}"
        );
    }
    assert!(
        reader
            .drawn
            .iter()
            .all(|d| d.page != 3 || d.kind != "Pagination"),
        "no repeat on the first page"
    );
}

#[test]
fn header_and_footer_are_furniture_on_all_pages_but_the_cover() {
    let reader = read(sample::small().blocks);
    for page in 2..=5 {
        let of = |kind: &str| {
            reader
                .drawn
                .iter()
                .find(|d| d.page == page && d.kind == kind)
                .unwrap()
                .text
                .clone()
        };
        assert!(of("Pagination Header").starts_with("Digital Strategy: progress report 2026"));
        assert!(of("Pagination Footer").ends_with(&format!("Page {page} of 5")));
    }
    assert!(
        reader
            .drawn
            .iter()
            .all(|d| d.page != 1 || !d.kind.starts_with("Pagination"))
    );
    assert!(
        reader
            .drawn
            .iter()
            .filter(|d| d.tag == "Artifact")
            .all(|d| !d.kind.is_empty())
    );
}

#[test]
fn the_contents_name_the_page_where_the_heading_is() {
    let reader = &*common::LARGE;
    let heads = reader.root.all();
    let mut heads = heads
        .iter()
        .filter(|e| matches!(e.role.as_str(), "H1" | "H2"))
        .skip(1);
    let items = reader.root.with_role("TOCI");
    assert_eq!(items.len(), 2 + 24 + 16);
    for item in items {
        let head = heads.next().unwrap();
        assert_eq!(item.text, format!("{} {}", head.text, head.pages[0]));
    }
    assert!(heads.next().is_none());
}

#[test]
fn a_heading_stays_with_what_follows() {
    // Whatever the height of what comes before, heading and first lines are on one page.
    for lines in (20..60).step_by(3) {
        let filler = vec![Span::plain("word ".repeat(18)); lines];
        let mut blocks = vec![Block::heading(1, "Start")];
        blocks.extend(filler.into_iter().map(|span| Block::Paragraph(vec![span])));
        blocks.push(Block::heading(2, "Kept"));
        blocks.push(Block::heading(3, "Together"));
        blocks.push(Block::Table(sample::table("With its table", 3)));
        let reader = read(blocks);
        let head = reader.root.with_role("H2")[0].pages[0];
        assert_eq!(reader.root.with_role("H3")[0].pages, [head], "{lines}");
        let table = &reader.root.with_role("Table")[0].pages;
        assert!(
            table.iter().all(|page| *page == head),
            "{lines}: {table:?} {head}"
        );
    }
}

#[test]
fn no_line_of_a_paragraph_stands_alone_on_a_page() {
    let text =
        "A sentence of some length that fills the better part of one line of text. ".repeat(7);
    let blocks: Vec<_> = (0..40).map(|_| Block::text(text.trim())).collect();
    let reader = read([vec![Block::heading(1, "Start")], blocks].concat());
    let mut parted = 0;
    for paragraph in reader
        .root
        .with_role("P")
        .into_iter()
        .filter(|p| p.text.starts_with("A sentence"))
    {
        for page in &paragraph.pages {
            let lines = paragraph
                .pages
                .iter()
                .filter(|other| *other == page)
                .count();
            assert!(lines >= 2, "{:?}", paragraph.pages);
        }
        parted += usize::from(paragraph.pages.first() != paragraph.pages.last());
    }
    assert!(parted > 1, "the test parts some paragraphs");
}

#[test]
fn nothing_is_drawn_below_the_footer_or_above_the_header() {
    let reader = &*common::LARGE;
    for drawn in reader
        .drawn
        .iter()
        .filter(|d| d.mcid.is_some() && d.page > 1)
    {
        for y in &drawn.ys {
            assert!(
                (78.0..=841.89 - 84.0).contains(y),
                "page {}: {:?} at {y}",
                drawn.page,
                drawn.text
            );
        }
    }
}

#[test]
fn cells_and_rows_of_any_size_fit() {
    let endless =
        "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu"
            .repeat(3);
    let long = "One cell that goes on for more than a page. ".repeat(400);
    let mut table = Table {
        caption: String::new(),
        header: (1..=14).map(|n| format!("Column {n}")).collect(),
        rows: vec![vec![Cell::from(endless.as_str()); 14]],
        ..Table::default()
    };
    table.rows.push(
        (0..14)
            .map(|n| {
                if n == 3 {
                    Cell::from("word ".repeat(900).as_str())
                } else {
                    Cell::default()
                }
            })
            .collect(),
    );
    let two = Table {
        caption: "Two".to_owned(),
        header: vec!["What".to_owned(), "Why".to_owned()],
        rows: vec![
            vec!["a".into(), long.as_str().into()],
            vec!["b".into(), "short".into()],
        ],
        ..Table::default()
    };
    let reader = read(vec![
        Block::heading(1, "Wide"),
        Block::Table(table),
        Block::Table(two),
    ]);
    let tables = reader.root.with_role("Table");
    assert_eq!(
        tables[0]
            .with_role("TH")
            .iter()
            .filter(|cell| cell.text == endless)
            .count(),
        1
    );
    assert_eq!(
        tables[0]
            .with_role("TD")
            .iter()
            .filter(|cell| cell.text == endless)
            .count(),
        13
    );
    assert_eq!(tables[1].with_role("TD")[0].text.trim(), long.trim());
    for drawn in reader
        .drawn
        .iter()
        .filter(|d| d.mcid.is_some() && d.page > 1)
    {
        assert!(drawn.ys.iter().all(|y| *y > 78.0), "page {}", drawn.page);
    }
}

#[test]
fn characters_without_a_letter_are_boxes_that_read_as_themselves() {
    let document = sample::document(vec![
        Block::heading(1, "Kia ora 漢字"),
        Block::text("▲ up ▼ down ▲ 漢"),
    ]);
    let pdf = render(document.clone()).unwrap();
    assert_eq!(pdf.boxed, "▲▼漢字".chars().collect());
    let reader = Reader::new(&pdf.bytes);
    assert_eq!(
        reader.root.with_role("P").last().unwrap().text,
        "▲ up ▼ down ▲ 漢"
    );
    assert!(render(sample::small()).unwrap().boxed.is_empty());
}

#[test]
fn page_breaks_break_once_and_leave_no_empty_page() {
    let pages = |blocks: Vec<Block>| render(sample::document(blocks)).unwrap().pages;
    let (head, text) = (|| Block::heading(1, "One"), || Block::text("words"));
    assert_eq!(pages(vec![head(), text()]), 3);
    assert_eq!(pages(vec![head(), text(), Block::PageBreak, text()]), 4);
    assert_eq!(
        pages(vec![
            Block::PageBreak,
            head(),
            text(),
            Block::PageBreak,
            Block::PageBreak
        ]),
        3
    );
    assert_eq!(pages(vec![head(), text(), Block::PageBreak, head()]), 4);
    assert_eq!(
        pages(vec![
            head(),
            Block::Paragraph(vec![]),
            Block::List {
                ordered: false,
                items: vec![vec![]]
            }
        ]),
        3
    );
}

fn block() -> impl Strategy<Value = Block> {
    let words = "[ -~ā-ū\u{200b}–…漢\u{0}\u{301}\n]{0,120}";
    prop_oneof![
        words.prop_map(Block::text),
        (words, any::<bool>()).prop_map(|(text, link)| {
            let span = Span::plain(text).emphasis();
            Block::Note(vec![
                if link {
                    span.link("https://example.nz")
                } else {
                    span
                },
                Span::plain("x").strong(),
            ])
        }),
        (any::<bool>(), proptest::collection::vec(words, 0..5)).prop_map(|(ordered, items)| {
            Block::List {
                ordered,
                items: items
                    .into_iter()
                    .map(|text| vec![Span::plain(text)])
                    .collect(),
            }
        }),
        (0usize..40, words).prop_map(|(rows, caption)| Block::Table(sample::table(&caption, rows))),
        (
            proptest::collection::vec((-1e6f64..1e6, -1e9f64..1e9, any::<bool>()), 1..9),
            words
        )
            .prop_map(|(points, label)| {
                let mut chart = sample::chart("c");
                let point = |(x, y, broken)| cairn_pdf::Point {
                    x,
                    y,
                    broken,
                    label: label.clone(),
                };
                chart.points = points.into_iter().map(point).collect();
                Block::Chart(chart)
            }),
        Just(Block::PageBreak),
        Just(Block::heading(2, "Heading")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_document_of_the_model_prints(blocks in proptest::collection::vec(block(), 0..12)) {
        let blocks = [vec![Block::heading(1, "First")], blocks].concat();
        let pdf = render(sample::document(blocks)).unwrap();
        let reader = Reader::new(&pdf.bytes);
        prop_assert_eq!(reader.file.get_pages().len(), pdf.pages);
        for drawn in reader.drawn.iter().filter(|d| d.mcid.is_some() && d.page > 1) {
            prop_assert!(drawn.ys.iter().all(|y| *y > 76.0 && *y < 765.0), "{drawn:?}");
        }
    }
}
