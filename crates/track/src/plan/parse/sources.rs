//! `sources.csv`.

use std::collections::BTreeMap;

use super::super::csv_rows::{Record, Sheet};
use super::super::fault::{Faults, did_you_mean, short};
use super::super::files::Files;
use super::super::model::{Source, SourceKind};
use super::super::toml_table::{SLUG_RULE, day, is_slug};
use super::SOURCES_FILE;

/// Columns of the file.
pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "title",
    "publisher",
    "url",
    "kind",
    "published",
    "retrieved",
    "sha256",
    "note",
];

/// Columns that must be there.
const REQUIRED: &[&str] = &["id", "title", "kind"];

pub(super) fn read(files: &Files, faults: &Faults) -> BTreeMap<String, Source> {
    let mut all: BTreeMap<String, Source> = BTreeMap::new();
    let Some(bytes) = files.get(SOURCES_FILE) else {
        faults.broken(SOURCES_FILE);
        let mend = format!("Add `{SOURCES_FILE}` with the header {}", COLUMNS.join(","));
        let place = (SOURCES_FILE, (0, 0));
        faults.error(place, "missing-file", "the file is not there", mend);
        return all;
    };
    let names = (REQUIRED, COLUMNS);
    let Some(sheet) = Sheet::open(SOURCES_FILE, bytes, faults, names, true) else {
        return all;
    };
    sheet.each(|record| {
        let source = source(&sheet, record);
        if let Some(first) = all.get(&source.id) {
            let what = format!(
                "the id `{}` is on line {} as well",
                short(&source.id),
                first.line
            );
            let mend = "Give each source an id of its own, or take one of them out";
            sheet.error(record, "id", "duplicate-id", (what, mend));
        } else {
            all.insert(source.id.clone(), source);
        }
    });
    all
}

fn source(sheet: &Sheet<'_>, record: &Record<'_>) -> Source {
    let get = |name| record.get(sheet.column(name));
    let some = |name| Some(get(name)).filter(|text| !text.is_empty());
    let id = get("id");
    if !is_slug(id) {
        let what = format!("`{}` is no id", short(id));
        sheet.error(record, "id", "bad-id", (what, SLUG_RULE));
    }
    if get("title").is_empty() {
        let what = format!("source `{}` has no title", short(id));
        sheet.error(
            record,
            "title",
            "missing-value",
            (what, "Write what it is called"),
        );
    }
    Source {
        id: id.to_owned(),
        title: get("title").to_owned(),
        publisher: get("publisher").to_owned(),
        url: some("url").map(|url| address(sheet, record, url)),
        kind: kind(sheet, record, get("kind")),
        published: some("published").and_then(|text| {
            let read = text.parse();
            read.map_err(|error: super::super::vintage::VintageError| {
                let what = format!("`published` of source `{}`: {}", short(id), said(text));
                let mend = error.to_string();
                let mend = mend.split_once(": ").map_or("", |(_, mend)| mend);
                sheet.error(
                    record,
                    "published",
                    "wrong-value",
                    (what, crate::plan::capital(mend)),
                );
            })
            .ok()
        }),
        retrieved: some("retrieved").and_then(|text| {
            let read = day(text);
            if read.is_none() {
                let what = format!("`retrieved` of source `{}`: {}", short(id), said(text));
                sheet.error(
                    record,
                    "retrieved",
                    "wrong-value",
                    (what, "Write 2024-11-03"),
                );
            }
            read
        }),
        sha256: some("sha256").map(|hash| hash_of(sheet, record, hash)),
        note: get("note").to_owned(),
        line: record.line,
    }
}

fn said(text: &str) -> String {
    format!("`{}` is no such date", short(text))
}

fn address(sheet: &Sheet<'_>, record: &Record<'_>, url: &str) -> String {
    if !is_address(url) {
        let what = format!("`{}` is no web address", short(url));
        let mend = "Write the whole address, beginning with https:// or http://, or leave it empty";
        sheet.error(record, "url", "bad-url", (what, mend));
    }
    url.to_owned()
}

/// An address of the web that may stand in a link.
pub(crate) fn is_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !url.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

fn kind(sheet: &Sheet<'_>, record: &Record<'_>, word: &str) -> SourceKind {
    SourceKind::of(word).unwrap_or_else(|| {
        let what = format!("`{}` is no kind of source", short(word));
        let list = format!("Write one of: {}", SourceKind::WORDS.join(", "));
        let mend = did_you_mean(word, SourceKind::WORDS.iter().copied(), list);
        sheet.error(record, "kind", "unknown-word", (what, mend));
        SourceKind::Secondary
    })
}

fn hash_of(sheet: &Sheet<'_>, record: &Record<'_>, hash: &str) -> String {
    let small = hash.to_ascii_lowercase();
    if small.len() != 64 || !small.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let what = format!("`{}` is no SHA-256", short(hash));
        let mend = "Write the 64 hexadecimal digits that sha256sum prints, or leave it empty";
        sheet.error(record, "sha256", "bad-hash", (what, mend));
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        assert!(is_address("https://example.test/a?b=c"));
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///a",
            "example.test",
            "https://a b",
            "ftp://a",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
