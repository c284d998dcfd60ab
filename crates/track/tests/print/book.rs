//! The printed reports of the example plans, made and read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cairn_track::bundle::Public;
use cairn_track::site::{Lang, pdf};

use crate::reader::Reader;

pub const PLANS: [&str; 4] = [
    "example-harbour",
    "nz-digital",
    "nz-cyber-2015",
    "nz-digital-nation-2017",
];

pub struct Book {
    pub name: String,
    pub lang: Lang,
    pub bytes: Vec<u8>,
    pub reader: Reader,
}

/// The newest edition of every plan in every language.
pub fn all() -> &'static [Book] {
    static BOOKS: LazyLock<Vec<Book>> = LazyLock::new(|| {
        let of = |name| Lang::ALL.map(|lang| book(name, lang));
        PLANS.into_iter().flat_map(of).collect()
    });
    &BOOKS
}

pub fn one(name: &str, lang: Lang) -> &'static Book {
    let mut books = all().iter();
    let found = books.find(|book| book.name == name && book.lang == lang);
    found.unwrap_or_else(|| panic!("no plan {name}"))
}

/// Prints it. With `TRACK_OUT` set it is also written to that folder.
fn book(name: &str, lang: Lang) -> Book {
    let public = Public::of(crate::plan_files::folder(name)).unwrap();
    let printed = pdf(&public.plan, public.plan.newest().unwrap(), lang).unwrap();
    if let Some(out) = std::env::var_os("TRACK_OUT") {
        let path = std::path::Path::new(&out).join(format!("{name}.{}.pdf", lang.as_str()));
        std::fs::write(path, &printed.bytes).unwrap();
    }
    assert_eq!(
        printed.boxed,
        std::collections::BTreeSet::new(),
        "{name}: every letter is in the font"
    );
    Book {
        name: format!("{name}"),
        lang,
        reader: Reader::new(&printed.bytes),
        bytes: printed.bytes,
    }
}

/// Words of everything that is drawn, page furniture too, blanks made one.
pub fn words(reader: &Reader) -> String {
    let all: BTreeMap<usize, &str> = reader
        .drawn
        .iter()
        .map(|drawn| drawn.text.as_str())
        .enumerate()
        .collect();
    let all: Vec<&str> = all.into_values().collect();
    all.join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
