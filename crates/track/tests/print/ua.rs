//! What PDF/UA-1 asks, by the checkpoints of the Matterhorn Protocol.

use cairn_track::site::Lang;
use lopdf::Object;

use crate::book::{self, Book};
use crate::reader::Element;

/// What each of them must pass.
const CHECKS: &[fn(&Book)] = &[
    file_title_language_and_claim,
    all_that_is_drawn_is_in_the_tree_once_or_furniture,
    only_standard_types_in_their_places,
    headings_go_down_one_level_at_a_time,
    tables_are_regular_and_their_headers_have_a_scope,
    figures_have_an_alternative_and_a_place,
    links_say_where_they_lead_and_are_in_the_tree,
    fonts_are_embedded_and_every_code_has_a_character,
    bookmarks_are_the_headings,
];

/// Every plan in every language, printed once for all checks.
macro_rules! books {
    ($($name:ident: $plan:literal, $lang:ident;)+) => {
        $(#[test]
        fn $name() {
            let book = book::of($plan, Lang::$lang);
            for check in CHECKS {
                check(&book);
            }
        })+
    };
}

books! {
    harbour_en: "example-harbour", En;
    harbour_mi: "example-harbour", Mi;
    digital_en: "nz-digital", En;
    digital_mi: "nz-digital", Mi;
    cyber_en: "nz-cyber-2015", En;
    cyber_mi: "nz-cyber-2015", Mi;
    nation_en: "nz-digital-nation-2017", En;
    nation_mi: "nz-digital-nation-2017", Mi;
}

fn file_title_language_and_claim(book: &Book) {
    let reader = &book.reader;
    let catalog = reader.catalog();
    let marks = reader.dict(catalog.get(b"MarkInfo").unwrap());
    assert!(marks.get(b"Marked").unwrap().as_bool().unwrap());
    assert!(!marks.get(b"Suspects").is_ok_and(|is| is.as_bool().unwrap()));
    let tag = match book.lang {
        Lang::En => "en-NZ",
        Lang::Mi => "mi",
    };
    assert_eq!(reader.words(catalog.get(b"Lang").unwrap()), tag);
    let viewer = reader.dict(catalog.get(b"ViewerPreferences").unwrap());
    assert!(viewer.get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
    assert_eq!(reader.root.role, "Document");
    let metadata = reader.follow(catalog.get(b"Metadata").unwrap());
    let xmp = String::from_utf8(metadata.as_stream().unwrap().content.clone()).unwrap();
    assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"), "{xmp}");
    let title = reader.root.with_role("Title")[0].text.trim().to_owned();
    let plain = xmp.replace("&apos;", "'").replace("&#39;", "'");
    assert!(
        plain.contains("<dc:title>") && plain.contains(&title),
        "{title}: {xmp}"
    );
    for banned in [
        &b"JavaScript"[..],
        b"/Launch",
        b"/EmbeddedFile",
        b"/Encrypt",
        b"/XFA",
    ] {
        assert!(!book.bytes.windows(banned.len()).any(|at| at == banned));
    }
}

fn all_that_is_drawn_is_in_the_tree_once_or_furniture(book: &Book) {
    // The reader itself fails on text or lines outside of any mark.
    let drawn = &book.reader.drawn;
    let marked = drawn.iter().filter(|one| one.mcid.is_some()).count();
    let furniture = drawn.iter().filter(|one| one.tag == "Artifact").count();
    assert_eq!(marked + furniture, drawn.len());
    let leaf =
        |e: &Element| e.pages.len() - e.children.iter().map(|c| c.pages.len()).sum::<usize>();
    let leaves: usize = book.reader.root.all().into_iter().map(leaf).sum();
    assert_eq!(leaves, marked);
}

fn only_standard_types_in_their_places(book: &Book) {
    const KNOWN: [&str; 32] = [
        "Document",
        "Title",
        "P",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "TOC",
        "TOCI",
        "Reference",
        "Link",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "Caption",
        "THead",
        "TBody",
        "TR",
        "TH",
        "TD",
        "Figure",
        "Div",
        "Span",
        "Strong",
        "Em",
        "Note",
        "BlockQuote",
        "Sect",
    ];
    fn check(element: &Element) {
        let role = &element.role;
        assert!(KNOWN.contains(&role.as_str()), "{role}");
        let parents: &[&str] = match role.as_str() {
            "Table" => &["Caption", "THead", "TBody"],
            "THead" | "TBody" => &["TR"],
            "TR" => &["TH", "TD"],
            "L" => &["LI"],
            "LI" => &["Lbl", "LBody"],
            "TOC" => &["TOCI", "TOC"],
            _ => &[],
        };
        for child in &element.children {
            let child = &child.role;
            assert!(
                parents.is_empty() || parents.contains(&child.as_str()),
                "{child} in {role}"
            );
        }
        element.children.iter().for_each(check);
    }
    check(&book.reader.root);
}

fn headings_go_down_one_level_at_a_time(book: &Book) {
    let (mut before, mut count) = (0, 0);
    for element in book.reader.root.all() {
        let level = element
            .role
            .strip_prefix('H')
            .and_then(|level| level.parse::<u8>().ok());
        if let Some(level) = level {
            assert!(
                level <= before + 1,
                "{} after {before}: {}",
                element.role,
                element.text
            );
            assert!(!element.text.trim().is_empty());
            before = level;
            count += 1;
        }
    }
    assert!(count > 40, "{count} headings");
}

fn tables_are_regular_and_their_headers_have_a_scope(book: &Book) {
    let tables = book.reader.root.with_role("Table");
    assert!(tables.len() > 5);
    for table in tables {
        let head = table.with_role("THead")[0].with_role("TH");
        assert!(head.iter().all(
                |cell| cell.scope.as_deref() == Some("Column") && !cell.text.trim().is_empty()
            ));
        for row in &table.with_role("TBody")[0].children {
            assert_eq!(row.children.len(), head.len(), "{}", table.text);
            assert_eq!(row.children[0].role, "TH");
            assert_eq!(row.children[0].scope.as_deref(), Some("Row"));
            assert!(!row.children[0].text.trim().is_empty());
        }
    }
}

fn figures_have_an_alternative_and_a_place(book: &Book) {
    let figures = book.reader.root.with_role("Figure");
    assert!(figures.len() >= 3, "{} charts", figures.len());
    for figure in figures {
        let alt = figure.alt.as_ref().unwrap();
        assert!(
            alt.len() > 30 && alt.contains(|c: char| c.is_ascii_digit()),
            "{alt}"
        );
        assert!(figure.bbox);
        assert_eq!(figure.pages.len(), 1, "{alt}");
    }
}

fn links_say_where_they_lead_and_are_in_the_tree(book: &Book) {
    let reader = &book.reader;
    let mut in_tree: Vec<_> = reader
        .root
        .with_role("Link")
        .iter()
        .flat_map(|link| link.links.clone())
        .collect();
    let mut on_pages = Vec::new();
    for page in reader.file.get_pages().into_values() {
        let page = reader.file.get_dictionary(page).unwrap();
        let Ok(annotations) = page.get(b"Annots") else {
            continue;
        };
        assert_eq!(page.get(b"Tabs").unwrap().as_name().unwrap(), b"S");
        for one in reader.follow(annotations).as_array().unwrap() {
            let annotation = reader.dict(one);
            assert_eq!(
                annotation.get(b"Subtype").unwrap().as_name().unwrap(),
                b"Link"
            );
            assert!(
                !reader
                    .words(annotation.get(b"Contents").unwrap())
                    .trim()
                    .is_empty()
            );
            assert!(annotation.has(b"StructParent"));
            on_pages.push(one.as_reference().unwrap());
        }
    }
    in_tree.sort();
    on_pages.sort();
    assert!(!on_pages.is_empty());
    assert_eq!(in_tree, on_pages);
}

fn fonts_are_embedded_and_every_code_has_a_character(book: &Book) {
    // The reader itself fails on a code without a character.
    let reader = &book.reader;
    let mut fonts = 0;
    for object in reader.file.objects.values() {
        let Ok(font) = object.as_dict() else { continue };
        if font.get(b"Type").and_then(Object::as_name).ok() == Some(b"FontDescriptor") {
            assert!(font.has(b"FontFile2") || font.has(b"FontFile3"));
            fonts += 1;
        }
    }
    assert!(fonts >= 2);
    for drawn in &reader.drawn {
        assert!(
            !drawn
                .text
                .contains(['\0', '\u{feff}', '\u{fffe}', '\u{fffd}']),
            "{}",
            drawn.text
        );
    }
}

fn bookmarks_are_the_headings(book: &Book) {
    let reader = &book.reader;
    let outlines = reader.dict(reader.catalog().get(b"Outlines").unwrap());
    let mut titles = Vec::new();
    let mut stack = vec![outlines.get(b"First").unwrap()];
    while let Some(at) = stack.pop() {
        let item = reader.dict(at);
        titles.push(reader.words(item.get(b"Title").unwrap()));
        assert!(item.has(b"Dest") || item.has(b"A"));
        stack.extend(item.get(b"Next").ok());
        stack.extend(item.get(b"First").ok());
    }
    let headings = reader.root.all();
    let headings = headings
        .iter()
        .filter(|e| e.role.len() == 2 && e.role.starts_with('H'));
    let headings: Vec<String> = headings
        .map(|e| e.text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let titles: Vec<String> = titles
        .iter()
        .map(|t| t.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(titles.len(), headings.len());
    assert_eq!(titles, headings);
}
