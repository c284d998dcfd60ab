//! A series as a file, with all its vintages: in the plan's own format, so that it can be read back.

use std::fmt::{Display, Write as _};

use super::{field, json, line};
use crate::plan::{Decimal, Missing, Period, Row, Series, Vintage};

/// Columns that every series has, in their order; those of dimensions follow.
pub const COLUMNS: [&str; 11] = [
    "period", "value", "vintage", "source", "missing", "low", "high", "n", "flag", "break", "note",
];

/// The columns of a series.
pub(super) fn columns(series: &Series) -> impl Iterator<Item = &str> {
    COLUMNS
        .into_iter()
        .chain(series.dimensions.iter().map(String::as_str))
}

/// Periods and vintages as text. Rows beside each other often have the same ones, and a plan may have millions of rows.
#[derive(Default)]
struct Times {
    period: Option<(Period, String)>,
    vintage: Option<(Vintage, String)>,
}

/// The text of a time, made anew only if it is another one than before.
fn time<T: Copy + PartialEq + Display>(last: &mut Option<(T, String)>, now: T) -> &str {
    if last.as_ref().is_none_or(|(before, _)| *before != now) {
        *last = None;
    }
    &last.get_or_insert_with(|| (now, now.to_string())).1
}

/// Adds what needs no quotes: digits and words of the format.
fn plain(out: &mut String, value: Option<impl Display>) {
    if let Some(value) = value {
        // Writing to a String does not fail.
        let _written = write!(out, "{value}");
    }
}

/// A series as CSV (UTF-8), its rows in their order.
#[must_use]
pub fn series_csv(series: &Series) -> String {
    let mut out = String::with_capacity(64 * (series.rows.len() + 2));
    line(&mut out, columns(series).map(std::borrow::Cow::Borrowed));
    let mut times = Times::default();
    for row in &series.rows {
        csv_row(&mut out, row, &mut times);
        for name in &series.dimensions {
            out.push(',');
            field(&mut out, row.dims.get(name).map_or("", String::as_str));
        }
        out.push_str("\r\n");
    }
    out
}

/// The fields of [`COLUMNS`].
fn csv_row(out: &mut String, row: &Row, times: &mut Times) {
    out.push_str(time(&mut times.period, row.period));
    out.push(',');
    plain(out, row.value);
    out.push(',');
    out.push_str(time(&mut times.vintage, row.vintage));
    out.push(',');
    field(out, &row.source);
    out.push(',');
    out.push_str(row.missing.map_or("", Missing::as_str));
    out.push(',');
    plain(out, row.low());
    out.push(',');
    plain(out, row.high());
    out.push(',');
    plain(out, row.n());
    for text in [row.flag(), row.brk().unwrap_or_default(), row.note()] {
        out.push(',');
        field(out, text);
    }
}

/// A series as JSON: `{"id":…,"dimensions":[…],"rows":[{"period":…,"value":…,"vintage":…,"source":…},…]}`, one row a
/// line. `value` is `null` exactly where `missing` says why. Other keys are left out where there is nothing: `low`,
/// `high`, `n`, `flag`, `break`, `note`, and `dims`, which a total does not have.
#[must_use]
pub fn series_json(series: &Series) -> String {
    let mut out = String::with_capacity(96 * (series.rows.len() + 2));
    out.push_str("{\"id\":");
    text(&mut out, &series.id);
    out.push_str(",\"dimensions\":");
    out.push_str(&json(&series.dimensions));
    out.push_str(",\"rows\":[");
    let mut times = Times::default();
    for (at, row) in series.rows.iter().enumerate() {
        out.push_str(if at > 0 { ",\n" } else { "\n" });
        json_row(&mut out, row, &mut times);
    }
    out.push_str("\n]}\n");
    out
}

fn json_row(out: &mut String, row: &Row, times: &mut Times) {
    out.push_str("{\"period\":\"");
    out.push_str(time(&mut times.period, row.period));
    out.push_str("\",\"value\":");
    if row.value.is_none() {
        out.push_str("null");
    }
    // The digits as written: `13.0` stays `13.0`.
    plain(out, row.value);
    if let Some(missing) = row.missing {
        key(out, "missing");
        text(out, missing.as_str());
    }
    out.push_str(",\"vintage\":\"");
    out.push_str(time(&mut times.vintage, row.vintage));
    out.push_str("\",\"source\":");
    text(out, &row.source);
    let number = |out: &mut String, name: &str, value: Option<Decimal>| {
        if value.is_some() {
            key(out, name);
            plain(out, value);
        }
    };
    number(out, "low", row.low());
    number(out, "high", row.high());
    if let Some(n) = row.n() {
        key(out, "n");
        plain(out, Some(n));
    }
    for (name, words) in [
        ("flag", row.flag()),
        ("break", row.brk().unwrap_or_default()),
        ("note", row.note()),
    ] {
        if !words.is_empty() {
            key(out, name);
            text(out, words);
        }
    }
    if !row.dims.is_empty() {
        key(out, "dims");
        for (at, (name, value)) in row.dims.iter().enumerate() {
            out.push(if at > 0 { ',' } else { '{' });
            text(out, name);
            out.push(':');
            text(out, value);
        }
        out.push('}');
    }
    out.push('}');
}

fn key(out: &mut String, name: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

/// A JSON string.
fn text(out: &mut String, words: &str) {
    if words.bytes().any(|b| b < 0x20 || b == b'"' || b == b'\\') {
        out.push_str(&json(&words));
    } else {
        out.push('"');
        out.push_str(words);
        out.push('"');
    }
}
