//! What the columns of a series' CSV file mean: W3C, "Metadata Vocabulary for Tabular Data" (2015).
//!
//! A validator compares the header of the file with the first titles of the columns, letter by letter; what is for people
//! comes after. Names of columns are variables of URI templates (RFC 6570), so that other letters are percent-encoded.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::address::is_web;
use super::series::columns;
use super::{Dataset, date, pretty};
use crate::plan::{Missing, Vintage, Words};

/// How periods are written; see [`crate::plan::Period`].
const PERIOD: &str = "[0-9]{4}(Q[1-4]|/[0-9]{2}|-[0-9]{2}|-[0-9]{4}|-[0-9]{2}-[0-9]{2})?";
/// How vintages are written.
const VINTAGE: &str = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?";

/// English title, title in te reo Māori, what the column holds, datatype.
type Column = (&'static str, &'static str, &'static str, fn() -> Value);

/// Description of a series' CSV file, to be published beside it as `FILE.csv-metadata.json`. `file` is the name of the
/// CSV file without folders, `language` that of texts which do not say theirs.
#[must_use]
pub fn csvw(dataset: &Dataset<'_>, file: &str, language: &str) -> String {
    let series = dataset.series;
    let mut key = vec!["period".to_owned()];
    key.extend(series.dimensions.iter().map(|name| variable(name)));
    key.push("vintage".to_owned());
    let mut all = Map::new();
    all.insert(
        "@context".into(),
        json!(["http://www.w3.org/ns/csvw", { "@language": language }]),
    );
    all.insert("url".into(), json!(file));
    all.insert("dc:identifier".into(), json!(series.id));
    all.insert("dc:title".into(), texts(dataset.title));
    all.insert("dc:description".into(), texts(dataset.description));
    all.insert(
        "dc:publisher".into(),
        json!({ "schema:name": dataset.publisher }),
    );
    all.insert("dc:license".into(), reference(dataset.licence));
    if !dataset.rights.is_empty() {
        all.insert("dc:rights".into(), json!(dataset.rights));
    }
    all.insert("dc:source".into(), sources(dataset));
    if let Some(newest) = series.rows.iter().map(|row| row.vintage).max() {
        all.insert("dc:modified".into(), date::typed(newest));
    }
    all.insert(
        "dialect".into(),
        json!({ "encoding": "utf-8", "header": true }),
    );
    all.insert(
        "tableSchema".into(),
        json!({
            "columns": columns(series).map(|name| column(name, dataset)).collect::<Vec<Value>>(),
            "primaryKey": key,
        }),
    );
    pretty(&Value::Object(all))
}

fn column(name: &str, dataset: &Dataset<'_>) -> Value {
    let Some((en, mi, about, datatype)) = known(name) else {
        return json!({
            "name": variable(name),
            "titles": { "en": [name] },
            "dc:description": "Empty for the total.",
            "datatype": "string",
        });
    };
    let mut all = Map::new();
    all.insert("name".into(), json!(name));
    let mut titles = vec![name];
    if en != name {
        titles.push(en);
    }
    all.insert("titles".into(), json!({ "en": titles, "mi": [mi] }));
    all.insert(
        "dc:description".into(),
        json!({ "@value": about, "@language": "en" }),
    );
    if name == "value" {
        all.insert("schema:unitText".into(), texts(dataset.unit));
    }
    all.insert("datatype".into(), datatype());
    all.insert("null".into(), json!(""));
    all.insert(
        "required".into(),
        json!(matches!(name, "period" | "vintage" | "source")),
    );
    Value::Object(all)
}

fn known(name: &str) -> Option<Column> {
    let decimal: fn() -> Value = || json!("decimal");
    let string: fn() -> Value = || json!("string");
    Some(match name {
        "period" => (
            "Period",
            "Wā",
            "What the value is about: a year, quarter, month, day, fiscal year (2023/24) or range of years (2021-23).",
            || json!({ "base": "string", "format": PERIOD }),
        ),
        "value" => (
            "Value",
            "Uara",
            "The value; empty exactly where `missing` says why.",
            decimal,
        ),
        "vintage" => (
            "Published",
            "I whakaputaina",
            "Day, month or year on which the value was published. A cell that was published again has a row for each time.",
            || json!({ "base": "string", "format": VINTAGE }),
        ),
        "source" => ("Source", "Puna", "Id of the source.", string),
        "missing" => (
            "Why missing",
            "Take o te ngaro",
            "missing: it should be there; not-collected: nobody asked; suppressed: it is withheld; not-applicable: there can be none.",
            || json!({ "base": "string", "format": Missing::WORDS.join("|") }),
        ),
        "low" => (
            "Lower end",
            "Pito iti",
            "Lower end of the interval.",
            decimal,
        ),
        "high" => (
            "Upper end",
            "Pito nui",
            "Upper end of the interval.",
            decimal,
        ),
        "n" => ("Sample size", "Rahi o te tīpako", "Sample size.", || {
            json!("nonNegativeInteger")
        }),
        "flag" => ("Flags", "Tohu", "Flags, parted by blanks.", string),
        "break" => (
            "Break",
            "Whati",
            "Why the values before this row do not compare with it and those after.",
            string,
        ),
        "note" => ("Note", "Tuhipoka", "A remark.", string),
        _ => return None,
    })
}

/// A text in its languages, as JSON-LD.
pub(super) fn texts(words: &Words) -> Value {
    let mut all = vec![json!({ "@value": words.en, "@language": "en" })];
    if let Some(mi) = &words.mi {
        all.push(json!({ "@value": mi, "@language": "mi" }));
    }
    match <[Value; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => Value::Array(all),
    }
}

/// An address as a link, words as words.
fn reference(text: &str) -> Value {
    if is_web(text) {
        json!({ "@id": text })
    } else {
        json!(text)
    }
}

fn sources(dataset: &Dataset<'_>) -> Value {
    let all = dataset.sources.iter().map(|source| {
        let mut one = Map::new();
        one.insert("dc:identifier".into(), json!(source.id));
        one.insert("dc:title".into(), json!(source.title));
        if !source.publisher.is_empty() {
            one.insert("dc:publisher".into(), json!(source.publisher));
        }
        if let Some(url) = source.url.as_deref().filter(|url| is_web(url)) {
            one.insert("schema:url".into(), json!({ "@id": url }));
        }
        if let Some(published) = source
            .published
            .map(|vintage: Vintage| date::typed(vintage))
        {
            one.insert("dc:issued".into(), published);
        }
        Value::Object(one)
    });
    Value::Array(all.collect())
}

/// A name as a variable of a URI template: letters, digits, `_` and inner dots stay, all else is percent-encoded. A name
/// must not begin with `_`.
fn variable(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || (byte == b'_' && at > 0) {
            out.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _written = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_variables_of_uri_templates() {
        assert_eq!(variable("region"), "region");
        assert_eq!(variable("age_band"), "age_band");
        assert_eq!(variable("_age-band"), "%5Fage%2Dband");
        assert_eq!(variable("rohe ā"), "rohe%20%C4%81");
    }

    #[test]
    fn one_language_is_no_list() {
        assert_eq!(
            texts(&Words::english("A")),
            json!({ "@value": "A", "@language": "en" })
        );
        let both = Words {
            en: "A".into(),
            mi: Some("Ā".into()),
        };
        assert_eq!(texts(&both).as_array().unwrap().len(), 2);
    }

    #[test]
    fn every_column_of_a_series_is_described() {
        for name in super::super::series::COLUMNS {
            assert!(known(name).is_some(), "{name}");
        }
    }
}
