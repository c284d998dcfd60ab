//! Formats that one source has. A new one is a file here, an arm of [`Vendor`], and a fixture. What they say in tables (their
//! categories, names of bots, services) stands in `data/feeds.toml`, not in code.

mod blocklist;
mod cymru;
mod dataplane;
mod misp;
mod n6;
mod notes;
mod spamhaus;
mod tables;
mod vendor_json;

use std::borrow::Cow;

use crate::batch::{Batch, Row};
use crate::feeder::{Feeder, Found1};
use crate::field::Field;
use crate::parser::Context;
use crate::reject::{Cause, Name};
use crate::value::Value;

pub(crate) use notes::Notes;

/// A format of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// Team Cymru, Community Assistance Program, both editions.
    CymruCap,
    /// Team Cymru, full bogons.
    CymruBogons,
    /// n6 of CERT.PL, JSON as its stream and REST interface give it.
    N6,
    /// abuse.ch, Feodo Tracker.
    Feodo,
    /// Spamhaus, CERT insight portal.
    SpamhausCert,
    /// Spamhaus, DROP and ASN-DROP.
    SpamhausDrop,
    /// `DataPlane.org`.
    DataPlane,
    /// blocklist.de.
    BlocklistDe,
    /// A MISP event.
    Misp,
    /// Microsoft CTIP (infected systems, Azure form).
    Ctip,
    /// X-ARF version 4.
    Xarf,
}

const NAMES: &[(&str, Vendor)] = &[
    ("cymru-cap", Vendor::CymruCap),
    ("cymru-bogons", Vendor::CymruBogons),
    ("n6", Vendor::N6),
    ("feodotracker", Vendor::Feodo),
    ("spamhaus-cert", Vendor::SpamhausCert),
    ("spamhaus-drop", Vendor::SpamhausDrop),
    ("dataplane", Vendor::DataPlane),
    ("blocklist-de", Vendor::BlocklistDe),
    ("misp", Vendor::Misp),
    ("microsoft-ctip", Vendor::Ctip),
    ("xarf", Vendor::Xarf),
];

impl Vendor {
    /// By the name that the command line uses.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, vendor)| *vendor)
    }

    /// All names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

/// A format with what its report's address tells.
#[derive(Debug)]
pub(crate) struct Machine {
    vendor: Vendor,
    /// The list's name: the last part of the address it was fetched from, without its ending.
    list: String,
}

impl Machine {
    pub fn new(vendor: Vendor, context: &Context) -> Self {
        let url = context.text(Field::FeedUrl).unwrap_or("");
        let file = url.rsplit('/').next().unwrap_or("");
        let list = file.split('.').next().unwrap_or("").to_owned();
        Self { vendor, list }
    }

    pub fn rows<'b>(
        &'b self,
        feeder: &mut Feeder<'b, '_>,
        batch: &mut Batch<'b>,
        notes: &mut Notes,
    ) {
        match self.vendor {
            Vendor::CymruCap => lines(feeder, batch, notes, &["#"], |found, _, row| {
                cymru::row(found.text, row)
            }),
            Vendor::CymruBogons => lines(feeder, batch, notes, &["#"], |found, notes, row| {
                cymru::bogon(found.text, notes.since, row)
            }),
            Vendor::SpamhausCert => lines(feeder, batch, notes, &[";", "#"], |found, _, row| {
                spamhaus::cert(found.text, row)
            }),
            Vendor::SpamhausDrop => lines(feeder, batch, notes, &[";"], |found, notes, row| {
                spamhaus::drop_list(found.text, notes.since, row)
            }),
            Vendor::DataPlane => lines(feeder, batch, notes, &["#"], |found, _, row| {
                dataplane::row(found.text, row)
            }),
            Vendor::BlocklistDe => lines(feeder, batch, notes, &["#"], |found, _, row| {
                blocklist::row(found.text, &self.list, row)
            }),
            Vendor::N6 => objects(feeder, batch, n6::row),
            Vendor::Feodo => objects(feeder, batch, vendor_json::feodo),
            Vendor::Misp => objects(feeder, batch, misp::event),
            Vendor::Ctip => objects(feeder, batch, vendor_json::ctip),
            Vendor::Xarf => objects(feeder, batch, vendor_json::xarf),
        }
    }
}

/// Every line that is no comment is a row. Comments may tell the time of the list.
fn lines<'b>(
    feeder: &mut Feeder<'b, '_>,
    batch: &mut Batch<'b>,
    notes: &mut Notes,
    comments: &[&str],
    read: impl Fn(Found1<'b>, &Notes, &mut Row<'_, 'b>) -> Result<(), Cause>,
) {
    while let Some(found) = feeder.line(batch) {
        let begins = found.text.trim_start();
        if comments.iter().any(|mark| begins.starts_with(mark)) {
            notes.comment(begins);
            batch.skipped_bytes += found.span.bytes;
            continue;
        }
        let mut row = batch.row(found.span, found.raw);
        finish(read(found, notes, &mut row), found, row);
    }
}

/// Every object is a row.
fn objects<'b>(
    feeder: &mut Feeder<'b, '_>,
    batch: &mut Batch<'b>,
    read: impl for<'x, 'y, 'z> Fn(&'x serde_json::Value, &'y mut Row<'z, 'b>) -> Result<(), Cause>,
) {
    while let Some(found) = feeder.object(batch) {
        let mut row = batch.row(found.span, found.raw);
        let json = serde_json::from_str(found.text).map_err(|_| Cause::NotJson);
        finish(json.and_then(|json| read(&json, &mut row)), found, row);
    }
}

fn finish(done: Result<(), Cause>, found: Found1<'_>, mut row: Row<'_, '_>) {
    match done {
        Ok(()) => row.done(),
        Err(cause) => row.undo_as(found.span, cause),
    }
}

/// Sets a field that the row must have.
fn must<'b>(
    row: &mut Row<'_, 'b>,
    field: Field,
    column: &'static str,
    value: Value<'b>,
) -> Result<(), Cause> {
    row.set(field, value).map_err(|_| Cause::BadValue {
        column: Name::new(column),
        field,
    })
}

/// Sets a field if it takes the value; else nothing is lost that the row's bytes do not hold.
fn may<'b>(row: &mut Row<'_, 'b>, field: Field, value: Value<'b>) {
    let _refused_is_left_out = row.set(field, value);
}

fn text<'b>(text: impl Into<Cow<'b, str>>) -> Value<'b> {
    Value::Text(text.into())
}

fn owned<'b>(text: &str) -> Value<'b> {
    Value::Text(Cow::Owned(text.to_owned()))
}
