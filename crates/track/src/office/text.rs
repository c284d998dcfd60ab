//! Writing what plan files are made of.

use std::fmt::Write as _;

pub(super) use crate::plan::is_slug;
use crate::plan::limits::ID_CHARS_MAX;

/// A text as a TOML basic string on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _always = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An id made from a name: small letters and digits parted by single dashes, without marks over letters; empty if there
/// are none of either.
pub(super) fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let plain = plain(c);
        if plain.is_ascii_alphanumeric() {
            out.push(plain);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() >= ID_CHARS_MAX {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// The letter without its mark, for letters of te reo Māori and of western Europe.
const fn plain(c: char) -> char {
    match c {
        'ā' | 'á' | 'à' | 'â' | 'ä' | 'å' | 'ã' => 'a',
        'ē' | 'é' | 'è' | 'ê' | 'ë' => 'e',
        'ī' | 'í' | 'ì' | 'î' | 'ï' => 'i',
        'ō' | 'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'ū' | 'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

/// One record of a CSV file, with its line end.
pub(super) fn record<S: AsRef<str>>(fields: impl IntoIterator<Item = S>) -> String {
    let mut out = String::new();
    for (at, field) in fields.into_iter().enumerate() {
        let field = field.as_ref();
        if at > 0 {
            out.push(',');
        }
        if field.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_made_of_names() {
        for (name, id) in [
            ("ICT sales (NZ$ billion)", "ict-sales-nz-billion"),
            ("Tāmaki Makaurau", "tamaki-makaurau"),
            ("--", ""),
            ("Дом", ""),
            ("2018/19", "2018-19"),
        ] {
            assert_eq!(slug(name), id);
        }
    }

    proptest! {
        #[test]
        fn toml_reads_back_what_was_quoted(text in any::<String>()) {
            let toml: toml::Table = format!("a = {}", quoted(&text)).parse().unwrap();
            prop_assert_eq!(toml["a"].as_str(), Some(text.as_str()));
        }

        #[test]
        fn a_slug_is_empty_or_an_id(name in any::<String>()) {
            let slug = slug(&name);
            prop_assert!(slug.is_empty() || is_slug(&slug), "{}", slug);
        }

        #[test]
        fn csv_reads_back_what_was_written(fields in proptest::collection::vec("[a,\"\n\rā ]{0,6}", 2..5)) {
            let text = record(&fields);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let read = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), fields);
        }
    }
}
