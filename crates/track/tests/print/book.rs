//! The printed reports of the example plans, made and read again.

use std::collections::BTreeSet;

use cairn_track::bundle::Public;
use cairn_track::site::{Lang, pdf};

use crate::reader::{Element, Reader};

pub struct Book {
    pub lang: Lang,
    pub bytes: Vec<u8>,
    pub reader: Reader,
}

/// The newest edition of a plan.
///
/// With `TRACK_OUT` set it is also written to that folder.
pub fn of(name: &str, lang: Lang) -> Book {
    edition(name, lang, None)
}

/// An edition of a plan; the newest if no id is given.
pub fn edition(name: &str, lang: Lang, id: Option<&str>) -> Book {
    let public = Public::of(crate::plan_files::folder(name)).unwrap();
    let plan = &public.plan;
    let asked = id.map_or(plan.newest(), |id| plan.edition(id));
    let printed = pdf(plan, asked.unwrap(), lang).unwrap();
    if let Some(out) = std::env::var_os("TRACK_OUT") {
        let path = std::path::Path::new(&out).join(format!("{name}.{}.pdf", lang.as_str()));
        std::fs::write(path, &printed.bytes).unwrap();
    }
    assert_eq!(
        printed.boxed,
        BTreeSet::new(),
        "{name}: every letter is in the font"
    );
    Book {
        lang,
        reader: Reader::new(&printed.bytes),
        bytes: printed.bytes,
    }
}

/// Blanks made one.
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words of an element; cells, items and paragraphs stand apart.
pub fn spoken(element: &Element) -> String {
    let whole = [
        "P", "TH", "TD", "Lbl", "LBody", "Caption", "Title", "Figure",
    ]
    .contains(&element.role.as_str())
        || element.children.is_empty();
    if whole || element.role.starts_with('H') {
        return plain(&element.text);
    }
    let parts: Vec<String> = element.children.iter().map(spoken).collect();
    parts.join(" ")
}

/// Words of the tree, in the order in which they are read aloud.
pub fn words(book: &Book) -> String {
    spoken(&book.reader.root)
}
