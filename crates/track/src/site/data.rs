//! Figures for machines: CSV, JSON, and what describes them (CSVW, DCAT, Atom).
//!
//! The same values give the same bytes. CSV is that of RFC 4180: commas, CRLF, a header, quotes where they are needed.

mod address;
pub mod atom;
pub mod csvw;
mod date;
pub mod dcat;
pub mod series;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Serialize, Serializer};

pub use address::Place;
pub use atom::{Change, Feed, atom};
pub use csvw::csvw;
pub use dcat::{Catalog, File, dcat};
pub use series::{series_csv, series_json};

use crate::plan::{Decimal, Frequency, Series, Source, Words};

/// A series with what a reader must know to use it.
#[derive(Debug, Clone)]
pub struct Dataset<'a> {
    /// The values.
    pub series: &'a Series,
    /// Title.
    pub title: &'a Words,
    /// What exactly is measured.
    pub description: &'a Words,
    /// Unit of the values.
    pub unit: &'a Words,
    /// How often a value is published.
    pub frequency: Option<Frequency>,
    /// Licence of the values: an address, or words.
    pub licence: &'a str,
    /// Terms of those who hold the data, and their labels; empty for none.
    pub rights: &'a [String],
    /// Who publishes the file.
    pub publisher: &'a str,
    /// Whom to ask: a mail address, a web address, or words.
    pub contact: &'a str,
    /// Where the values come from.
    pub sources: Vec<&'a Source>,
}

/// One field of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Datum {
    /// Nothing.
    #[default]
    Empty,
    /// Words.
    Text(String),
    /// A number as it was written.
    Decimal(Decimal),
    /// A computed number; nothing if it is not finite.
    Number(f64),
    /// A whole number.
    Whole(i64),
}

impl Datum {
    /// Words, or nothing.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// As in a CSV file, before it is made safe: the shortest digits that read back as the same number.
    fn written(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Decimal(number) => Cow::Owned(number.to_string()),
            Self::Number(number) if number.is_finite() => Cow::Owned(shortest(*number)),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Empty | Self::Number(_) => Cow::Borrowed(""),
        }
    }
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Decimal(number) => raw(*number).serialize(serializer),
            Self::Number(number) if number.is_finite() => {
                raw_text(shortest(*number)).serialize(serializer)
            }
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Empty | Self::Number(_) => serializer.serialize_none(),
        }
    }
}

/// The shortest digits that read back as the same double; with an exponent outside 10⁻⁶ to 10¹⁵.
pub(crate) fn shortest(number: f64) -> String {
    if number == 0.0 {
        // Zero has no sign here.
        "0".to_owned()
    } else if (1e-6..1e15).contains(&number.abs()) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// A JSON number with the digits as written: `13.0` stays `13.0`.
fn raw(number: Decimal) -> Option<Box<serde_json::value::RawValue>> {
    raw_text(number.to_string())
}

fn raw_text(digits: String) -> Option<Box<serde_json::value::RawValue>> {
    serde_json::value::RawValue::from_string(digits).ok()
}

/// Signs that make a spreadsheet compute what follows, also in full width (OWASP, "CSV Injection").
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A field that no spreadsheet takes for a formula: an apostrophe is put before one that looks like it and is no number.
#[must_use]
pub fn safe(field: &str) -> Cow<'_, str> {
    if field.starts_with(FORMULA) && !is_plain_number(field) {
        let mut quoted = String::with_capacity(field.len() + 1);
        quoted.push('\'');
        quoted.push_str(field);
        Cow::Owned(quoted)
    } else {
        Cow::Borrowed(field)
    }
}

/// `[+-]?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?`
fn is_plain_number(field: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let body = field.strip_prefix(['+', '-']).unwrap_or(field);
    let (body, exponent) = body.split_once('e').unwrap_or((body, "0"));
    if !digits(exponent.strip_prefix('-').unwrap_or(exponent)) {
        return false;
    }
    match body.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(body),
    }
}

/// Adds one field of CSV.
fn field(out: &mut String, text: &str) {
    if text.is_empty() {
        return;
    }
    let text = safe(text);
    if text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        // Writing to a String does not fail.
        let _written = write!(out, "\"{}\"", text.replace('"', "\"\""));
    } else {
        out.push_str(&text);
    }
}

/// Writes one line of CSV.
fn line<'f>(out: &mut String, fields: impl IntoIterator<Item = Cow<'f, str>>) {
    let start = out.len();
    for (at, text) in fields.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        field(out, &text);
    }
    if out.len() == start {
        // A line of one empty field would be read as no line.
        out.push_str("\"\"");
    }
    out.push_str("\r\n");
}

/// Any table as CSV (UTF-8).
#[must_use]
pub fn table_csv(header: &[&str], rows: &[Vec<Datum>]) -> String {
    let mut out = String::new();
    line(&mut out, header.iter().map(|name| Cow::Borrowed(*name)));
    for row in rows {
        // A short row is filled up, so that every line has as many fields as the header.
        let fields =
            (0..header.len()).map(|at| row.get(at).map_or(Cow::Borrowed(""), Datum::written));
        line(&mut out, fields);
    }
    out
}

/// Any table as JSON: `{"columns":[…],"rows":[[…],…]}`, one row a line, in the order of the columns. Fields without a
/// value are `null`.
#[must_use]
pub fn table_json(header: &[&str], rows: &[Vec<Datum>]) -> String {
    let mut out = format!("{{\"columns\":{},\"rows\":[", json(&header));
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<&Datum> = (0..header.len())
            .map(|at| row.get(at).unwrap_or(&Datum::Empty))
            .collect();
        out.push_str(if at > 0 { ",\n" } else { "\n" });
        out.push_str(&json(&cells));
    }
    out.push_str("\n]}\n");
    out
}

/// One line of JSON. Nothing that is printed here has a key that is no text, which is all that could fail.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// JSON with indents, for files that people read too.
fn pretty(value: &serde_json::Value) -> String {
    let mut out = serde_json::to_string_pretty(&Sorted(value)).unwrap_or_default();
    out.push('\n');
    out
}

/// Prints keys in their order, whichever map another crate of the same build has made serde_json use.
struct Sorted<'v>(&'v serde_json::Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            serde_json::Value::Object(map) => {
                let ordered: BTreeMap<&str, Sorted<'_>> = map
                    .iter()
                    .map(|(key, value)| (key.as_str(), Sorted(value)))
                    .collect();
                serializer.collect_map(ordered)
            }
            serde_json::Value::Array(all) => serializer.collect_seq(all.iter().map(Sorted)),
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests;
