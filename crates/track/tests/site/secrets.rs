//! What must not leave the plan: figures that are withheld, counts that were not rounded, pages that are not public, and
//! markup in texts.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use cairn_track::plan::Files;
use cairn_track::site::Options;
use lopdf::Object;

use crate::cases::{Site, built, text};
use crate::reader::Reader;

/// The example plan with text in one file replaced.
fn planted(changes: &[(&str, &str, &str)]) -> Files {
    let mut files = crate::plan_files::folder("example-harbour");
    for (path, from, to) in changes {
        let was = String::from_utf8(files.get(path).unwrap().to_vec()).unwrap();
        assert!(was.contains(from), "{path} has no {from}");
        files.insert(*path, was.replace(from, to).into_bytes());
    }
    files
}

/// Files that hold a text, printed reports by what is drawn in them and said for them. In those, lines may break at any
/// blank, so that blanks do not count.
fn holding<'s>(site: &'s Site, needle: &str) -> Vec<&'s str> {
    let found = |bytes: &[u8], needle: &str| {
        bytes
            .windows(needle.len())
            .any(|at| at == needle.as_bytes())
    };
    let solid: String = needle.split_whitespace().collect();
    site.iter()
        .filter(|(path, bytes)| match path.ends_with(".pdf") {
            true => found(&unpacked(bytes), &solid),
            false => found(bytes, needle),
        })
        .map(|(path, _)| path.as_str())
        .collect()
}

/// Everything that a PDF says: text on its pages, text alternatives, and whatever else its objects hold; without blanks.
/// The text of each file is kept, since it takes a while to read.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    static READ: LazyLock<Mutex<BTreeMap<Vec<u8>, Vec<u8>>>> = LazyLock::new(Mutex::default);
    if let Some(text) = READ.lock().unwrap().get(bytes) {
        return text.clone();
    }
    let reader = Reader::new(bytes);
    let mut text: String = reader
        .drawn
        .iter()
        .map(|drawn| drawn.text.as_str())
        .collect();
    for object in reader.file.objects.values() {
        strings(object, &mut text);
    }
    let solid: String = text.split_whitespace().collect();
    READ.lock()
        .unwrap()
        .insert(bytes.to_vec(), solid.clone().into_bytes());
    solid.into_bytes()
}

/// Every string of an object: titles, text alternatives, addresses, metadata.
fn strings(object: &Object, text: &mut String) {
    match object {
        Object::String(..) => text.push_str(&lopdf::decode_text_string(object).unwrap_or_default()),
        Object::Array(all) => all.iter().for_each(|one| strings(one, text)),
        Object::Dictionary(dict) => dict.iter().for_each(|(_, one)| strings(one, text)),
        Object::Stream(stream) => {
            stream.dict.iter().for_each(|(_, one)| strings(one, text));
            let content = stream
                .decompressed_content()
                .unwrap_or_else(|_| stream.content.clone());
            // What is drawn is read apart. Places and glyphs are numbers too, and without blanks make any number.
            if content.starts_with(b"<?xpacket") {
                text.push_str(&String::from_utf8_lossy(&content));
            }
        }
        _ => {}
    }
}

#[test]
fn no_file_holds_what_is_withheld() {
    let narrative = "Everything here is made up";
    let placed = "{{figure:closed-places.latest}} {{figure:closed-places.baseline}} {{figure:tides.latest}} Everything here is made up";
    let files = planted(&[
        ("series/closed-places.csv", "2024,4,", "2024,47911,"),
        ("series/closed-places.csv", "2025,5,", "2025,57193,"),
        (
            "series/tide-readings.csv",
            "310,2025-02-01,hapu-2025,,,,,,,",
            "31847,2025-02-01,hapu-2025,,31733,31991,,,,SECRETNOTE",
        ),
        ("series/own-language.csv", "2025,22,", "2025,22.4417,"),
        ("editions/2026/text/front.en.md", narrative, placed),
    ]);
    let (site, _) = built(&files, &Options::default());
    assert!(site.len() > 100);
    for number in [
        "47911",
        "47,911",
        "57193",
        "57,193",
        "31847",
        "31,847",
        "31733",
        "31991",
        "22.4417",
        "SECRETNOTE",
    ] {
        assert_eq!(holding(&site, number), Vec::<&str>::new(), "{number}");
    }
    // The search finds what is there: a series whose holder allows it, and words on paper.
    let printed = holding(&site, "Everything here is made up");
    for path in ["report.en.pdf", "report.mi.pdf", "e/2026/report.en.pdf"] {
        assert!(printed.contains(&path), "{path}: {printed:?}");
    }
    assert!(holding(&site, "2025,12,2026-02-01,hapu-2026").contains(&"data/harbour-log.csv"));
    assert!(
        !site.contains_key("data/closed-places.csv") && site.contains_key("m/closed-places.html")
    );
}

#[test]
fn no_file_holds_a_count_that_was_not_rounded() {
    let files = planted(&[
        (
            "series/people-helped.csv",
            "2025,188,2026-03,help-2026,,,,,,,",
            "2025,70001,2026-03,help-2026,,69907,70103,70001,,,COUNTNOTE",
        ),
        (
            "series/people-helped.csv",
            "2024,23,2025-03",
            "2024,80003,2025-03",
        ),
        (
            "series/people-helped.csv",
            "2024,54,2025-03",
            "2024,90003,2025-03",
        ),
    ]);
    let (site, _) = built(&files, &Options::default());
    for number in [
        "70001",
        "70,001",
        "69907",
        "70103",
        "COUNTNOTE",
        "80003",
        "80,003",
    ] {
        assert_eq!(holding(&site, number), Vec::<&str>::new(), "{number}");
    }
    // A multiple of 3 is rounded already.
    assert!(holding(&site, "90003").contains(&"data/people-helped.csv"));
}

#[test]
fn pages_of_communities_are_for_those_who_may_see_them() {
    let files = planted(&[]);
    let (site, _) = built(&files, &Options::default());
    assert!(site.contains_key("communities/te-hapu-o-te-tauira.html"));
    assert!(text(&site, "communities/te-hapu-o-te-tauira.html").contains("made up"));
    for id in ["island-families", "hill-district"] {
        assert_eq!(
            holding(&site, &format!("communities/{id}")),
            Vec::<&str>::new()
        );
        assert!(site.keys().all(|path| !path.contains(id)), "{id}");
    }
    for text in ["The Hill (fictional)", "A made-up community of families"] {
        assert_eq!(holding(&site, text), Vec::<&str>::new());
    }
}

#[test]
fn texts_of_a_plan_are_no_markup() {
    let evil = "\\\"><script>alert(1)</script><a href='javascript:x'>";
    let title = format!("title = \"{evil}\"");
    let files = planted(&[
        (
            "editions/2026/measures.toml",
            "title = \"Domains that refuse forged mail\"",
            &title,
        ),
        (
            "editions/2026/initiatives.toml",
            "text = \"Masts at both ends of the wharf.\"",
            "text = \"<script>alert(1)</script> [a](javascript:alert) <img src=x onerror=y>\"",
        ),
        (
            "editions/2026/notes.toml",
            "Six weeks late: a storm.",
            "<script>alert(1)</script>",
        ),
        (
            "sources.csv",
            "https://example.org/harbour/wharf",
            "https://example.org/?a=<b>&c=%22",
        ),
    ]);
    let (site, _) = built(&files, &Options::default());
    for (path, bytes) in &site {
        if path.ends_with(".html") {
            let page = String::from_utf8_lossy(bytes);
            for banned in ["<script", "<img", "href=\"javascript:", "<a href='"] {
                assert!(!page.contains(banned), "{path}: {banned}");
            }
        }
    }
    assert!(text(&site, "m/email.html").contains("&lt;script&gt;alert(1)"));
    // On paper it is text as well, and no link.
    let paper = String::from_utf8(unpacked(&site["report.en.pdf"])).unwrap();
    assert!(paper.contains("<script>alert(1)</script>"));
    let reader = Reader::new(&site["report.en.pdf"]);
    let mut actions = String::new();
    for object in reader.file.objects.values() {
        let Ok(dict) = object.as_dict() else { continue };
        if dict.get(b"Subtype").and_then(Object::as_name).ok() == Some(b"Link")
            && let Ok(action) = dict.get(b"A")
        {
            actions.push_str(&reader.words(reader.dict(action).get(b"URI").unwrap()));
            actions.push('\n');
        }
    }
    assert!(actions.contains("https://example.org/?a="), "{actions}");
    assert!(!actions.contains("javascript"), "{actions}");
}
