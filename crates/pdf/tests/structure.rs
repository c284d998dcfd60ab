//! PDF/UA-1, read back by a library that had no part in the printing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod common;

use cairn_pdf::{Block, Document, Language, render};
use common::reader::{Element, Reader};
use common::sample;
use lopdf::Object;

fn read(document: &Document) -> Reader {
    Reader::new(&render(document.clone()).unwrap().bytes)
}

fn texts(elements: &[&Element]) -> Vec<String> {
    elements
        .iter()
        .map(|element| element.text.trim().to_owned())
        .collect()
}

#[test]
fn the_catalog_says_tagged_titled_and_in_which_language() {
    let reader = read(&sample::small());
    assert_eq!(reader.file.version, "1.7");
    let catalog = reader.catalog();
    let marks = reader.dict(catalog.get(b"MarkInfo").unwrap());
    assert!(marks.get(b"Marked").unwrap().as_bool().unwrap());
    assert_eq!(reader.words(catalog.get(b"Lang").unwrap()), "en-NZ");
    let viewer = reader.dict(catalog.get(b"ViewerPreferences").unwrap());
    assert!(viewer.get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
    assert_eq!(reader.root.role, "Document");
}

#[test]
fn the_metadata_claims_pdf_ua_and_carries_the_title() {
    let reader = read(&sample::small());
    let metadata = reader
        .follow(reader.catalog().get(b"Metadata").unwrap())
        .as_stream()
        .unwrap();
    assert!(!metadata.dict.has(b"Filter"), "readable without unpacking");
    let xmp = String::from_utf8(metadata.content.clone()).unwrap();
    assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"), "{xmp}");
    assert!(xmp.contains("Digital Strategy: progress report 2026"));
    assert!(xmp.contains("2026-02-06T00:00:00"));
    let info = reader.dict(reader.file.trailer.get(b"Info").unwrap());
    assert_eq!(
        reader.words(info.get(b"Author").unwrap()),
        "Strategy Office"
    );
}

#[test]
fn every_page_tabs_in_the_order_of_the_structure() {
    let reader = read(&sample::small());
    let pages = reader.file.get_pages();
    assert_eq!(pages.len(), 5);
    for page in pages.values() {
        let page = reader.file.get_dictionary(*page).unwrap();
        assert!(page.has(b"StructParents"));
        if page.has(b"Annots") {
            assert_eq!(page.get(b"Tabs").unwrap().as_name().unwrap(), b"S");
        }
    }
}

#[test]
fn all_content_is_in_the_tree_once_or_marked_as_page_furniture() {
    let reader = &*common::LARGE;
    let marked = reader
        .drawn
        .iter()
        .filter(|drawn| drawn.mcid.is_some())
        .count();
    let artifacts = reader
        .drawn
        .iter()
        .filter(|drawn| drawn.tag == "Artifact")
        .count();
    assert_eq!(marked + artifacts, reader.drawn.len());
    let leaves = reader
        .root
        .all()
        .into_iter()
        .map(|e| e.pages.len() - e.children.iter().map(|c| c.pages.len()).sum::<usize>());
    assert_eq!(
        leaves.sum::<usize>(),
        marked,
        "each mark has one place in the tree"
    );
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    let reader = &*common::LARGE;
    let mut before = 0;
    let mut count = 0;
    for element in reader.root.all() {
        if let Some(level) = element
            .role
            .strip_prefix('H')
            .and_then(|level| level.parse::<u8>().ok())
        {
            assert!(level <= before + 1, "{} after {before}", element.role);
            before = level;
            count += 1;
        }
    }
    assert_eq!(count, 1 + 2 + 24 * 3 + 16);
}

#[test]
fn header_cells_have_a_scope_and_rows_have_a_header() {
    let reader = read(&sample::small());
    let table = reader.root.with_role("Table")[0];
    let roles: Vec<_> = table
        .children
        .iter()
        .map(|child| child.role.as_str())
        .collect();
    assert_eq!(roles, ["Caption", "THead", "TBody"]);
    let head = table.with_role("THead")[0].with_role("TH");
    assert_eq!(texts(&head), ["Measure", "Status", "Latest", "Change"]);
    assert!(
        head.iter()
            .all(|cell| cell.scope.as_deref() == Some("Column"))
    );
    let body = table.with_role("TBody")[0];
    assert_eq!(body.children.len(), 4);
    for row in &body.children {
        assert_eq!(row.children.len(), 4);
        assert_eq!(
            (
                row.children[0].role.as_str(),
                row.children[0].scope.as_deref()
            ),
            ("TH", Some("Row"))
        );
        assert!(row.children[1..].iter().all(|cell| cell.role == "TD"));
    }
}

#[test]
fn figures_have_an_alternative_and_a_place() {
    let reader = &*common::LARGE;
    let figures = reader.root.with_role("Figure");
    assert_eq!(figures.len(), 30);
    for (index, figure) in figures.iter().enumerate() {
        let alt = figure.alt.as_deref().unwrap();
        assert!(
            alt.contains(&(index % 24 + 1).to_string()) && alt.contains("the target is 90%"),
            "{alt}"
        );
        assert!(figure.bbox);
        assert_eq!(figure.pages.len(), 1);
    }
}

#[test]
fn languages_differ_only_where_they_differ() {
    let reader = read(&sample::small());
    let all = reader.root.all();
    let other: Vec<_> = all
        .iter()
        .filter(|element| element.lang.as_deref() == Some("mi"))
        .collect();
    assert_eq!(
        texts(&other.iter().map(|e| **e).collect::<Vec<_>>()),
        [
            "Ngā kaupapa",
            "Te Rautaki Matihiko mō Aotearoa",
            "Ngā kaupapa"
        ]
    );
    let mut document = sample::small();
    document.language = Language::Maori;
    let reader = read(&document);
    assert_eq!(reader.words(reader.catalog().get(b"Lang").unwrap()), "mi");
    assert!(
        reader
            .root
            .all()
            .iter()
            .skip(1)
            .all(|element| element.lang.is_none())
    );
    assert_eq!(texts(&reader.root.with_role("H1"))[0], "Ngā ihirangi");
    assert!(
        reader
            .drawn
            .iter()
            .any(|drawn| drawn.text.contains("Whārangi 2 o te 5"))
    );
}

#[test]
fn links_are_elements_with_words_and_open_what_they_say() {
    let reader = read(&sample::small());
    let links = reader.root.with_role("Link");
    assert_eq!(
        links.len(),
        3 + 1,
        "three lines of contents and one address"
    );
    for link in &links {
        assert!(!link.text.trim().is_empty());
        assert_eq!(link.links.len(), 1);
        let annotation = reader.file.get_dictionary(link.links[0]).unwrap();
        assert!(
            !reader
                .words(annotation.get(b"Contents").unwrap())
                .is_empty()
        );
        assert!(annotation.has(b"StructParent"));
    }
    let address = reader.file.get_dictionary(links[3].links[0]).unwrap();
    let action = reader.dict(address.get(b"A").unwrap());
    assert_eq!(
        action.get(b"URI").unwrap().as_str().unwrap(),
        b"https://strategy.example/data?edition=2026"
    );
    let alt = reader.words(address.get(b"Contents").unwrap());
    assert_eq!(
        alt,
        "the office’s data page (https://strategy.example/data?edition=2026)"
    );
    let annotations = reader
        .file
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok());
    let annotations = annotations.filter(|dict| {
        dict.get(b"Subtype")
            .and_then(Object::as_name)
            .is_ok_and(|name| name == b"Link")
    });
    assert_eq!(annotations.count(), 4, "no link outside of the tree");
}

#[test]
fn fonts_are_embedded_with_a_table_to_unicode() {
    let reader = read(&sample::small());
    let mut names = Vec::new();
    for page in reader.file.get_pages().values() {
        for font in reader.file.get_page_fonts(*page).unwrap().values() {
            assert!(font.has(b"ToUnicode"));
            let descendants = reader
                .follow(font.get(b"DescendantFonts").unwrap())
                .as_array()
                .unwrap();
            let descriptor =
                reader.dict(reader.dict(&descendants[0]).get(b"FontDescriptor").unwrap());
            let file = reader
                .follow(descriptor.get(b"FontFile2").unwrap())
                .as_stream()
                .unwrap();
            assert!(
                file.content.len() < 60_000,
                "only the letters that are used"
            );
            names.push(
                String::from_utf8_lossy(font.get(b"BaseFont").unwrap().as_name().unwrap())
                    .into_owned(),
            );
        }
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn the_outline_has_the_headings_by_level() {
    let reader = read(&sample::small());
    let outlines = reader.dict(reader.catalog().get(b"Outlines").unwrap());
    fn walk(
        reader: &Reader,
        parent: &lopdf::Dictionary,
        depth: usize,
        out: &mut Vec<(usize, String)>,
    ) {
        let mut next = parent.get(b"First").ok();
        while let Some(item) = next {
            let item = reader.dict(item);
            out.push((depth, reader.words(item.get(b"Title").unwrap())));
            walk(reader, item, depth + 1, out);
            next = item.get(b"Next").ok();
        }
    }
    let mut found = Vec::new();
    walk(&reader, outlines, 1, &mut found);
    let expected = [
        (1, "Contents"),
        (1, "What moved"),
        (2, "Coverage"),
        (3, "Trust"),
        (1, "Ngā kaupapa"),
    ];
    assert_eq!(
        found,
        expected.map(|(level, title)| (level, title.to_owned()))
    );
}

/// All words of a document's blocks, in the order of the model, without white space.
fn model_words(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Heading { text, .. } => out.push_str(text),
            Block::Paragraph(spans) | Block::Note(spans) => {
                spans.iter().for_each(|span| out.push_str(&span.text))
            }
            Block::List { ordered, items } => {
                for (index, item) in items.iter().enumerate() {
                    out.push_str(&if *ordered {
                        format!("{}.", index + 1)
                    } else {
                        "•".to_owned()
                    });
                    item.iter().for_each(|span| out.push_str(&span.text));
                }
            }
            Block::Table(table) => {
                out.push_str(&table.caption);
                table.header.iter().for_each(|text| out.push_str(text));
                table
                    .rows
                    .iter()
                    .flatten()
                    .flat_map(|cell| &cell.spans)
                    .for_each(|span| out.push_str(&span.text));
            }
            Block::Chart(chart) => {
                out.push_str(&chart.caption);
                out.push_str(&chart.alt);
            }
            Block::PageBreak => {}
        }
    }
    out.split_whitespace().collect()
}

/// All words of a tree in its order, where a figure is its alternative.
fn tree_words(element: &Element, out: &mut String) {
    if let Some(alt) = &element.alt {
        out.push_str(alt);
    } else if element.with_role("Figure").is_empty() {
        out.push_str(&element.text);
    } else {
        element
            .children
            .iter()
            .for_each(|child| tree_words(child, out));
    }
}

#[test]
fn the_tree_reads_in_the_order_of_the_model() {
    let small = read(&sample::small());
    for (document, reader) in [
        (sample::small(), &small),
        (sample::large(), &*common::LARGE),
    ] {
        let body = reader
            .root
            .children
            .iter()
            .skip_while(|child| child.role != "TOC")
            .skip(1);
        let mut words = String::new();
        body.for_each(|child| tree_words(child, &mut words));
        let words: String = words.split_whitespace().collect();
        let expected = model_words(&document);
        let at = words
            .chars()
            .zip(expected.chars())
            .position(|(a, b)| a != b);
        let near = |text: &str| {
            text.chars()
                .skip(at.unwrap_or(0).saturating_sub(20))
                .take(60)
                .collect::<String>()
        };
        assert!(
            words == expected,
            "differs at {at:?}: {:?} for {:?}",
            near(&words),
            near(&expected)
        );
    }
}
