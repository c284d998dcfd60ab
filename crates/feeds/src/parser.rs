//! The parser of a report: give it chunk after chunk, take batch after batch. The caller owns the buffer and the loop
//! ([`crate::stream::pump`] is one); the parser keeps what it must between chunks: how far it is, and the header's mapping.

use std::borrow::Cow;

use cairn_kernel::time::Micros;

use crate::batch::{Batch, Room};
use crate::feeder::{Cursor, Feeder};
use crate::field::Field;
use crate::formats::{self, Vendor};
use crate::mapping::{self, Mapping};
use crate::reject::Cause;
use crate::rows::Dialect;
use crate::schema::{ReportType, Warning};
use crate::shadowserver::{self, Plan};
use crate::types;
use crate::value::Value;

/// What a report is written in.
#[derive(Debug, Clone)]
pub enum Format {
    /// A table of Shadowserver's, mapped by its schema.
    Shadowserver(Box<ReportType>),
    /// Any table, mapped by a file.
    Csv(Box<Mapping>),
    /// Lines of pairs of key and value, mapped by a file.
    Pairs(Box<Mapping>),
    /// JSON objects: `IntelMQ`'s data format, or mapped by a file.
    Json(Box<Mapping>),
    /// A format that one source has.
    Vendor(Vendor),
}

/// What is known of a report before it is read.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// When it was received: `time.observation` of what it tells.
    pub observed: Option<Micros>,
    /// Fields of the feed, such as `feed.name`; they hold over the format's own.
    pub feed: Vec<(Field, Value<'static>)>,
}

impl Context {
    /// Sets a field of the feed from text. Says whether the field took it.
    pub fn feed(&mut self, field: Field, text: &str) -> bool {
        let text = if field == Field::FeedUrl {
            without_keys(text)
        } else {
            text.to_owned()
        };
        let clean = types::clean(field, Value::Text(Cow::Owned(text)));
        let taken = clean.is_ok();
        self.feed.extend(clean.ok().map(|value| (field, value)));
        taken
    }

    /// The value of a field of the feed, if it is text.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        let own = self.feed.iter().find(|(own, _)| *own == field);
        own.and_then(|(_, value)| value.as_text())
    }
}

/// An address without the keys that its query holds: events go to many.
fn without_keys(url: &str) -> String {
    let Some((address, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let secret = |part: &str| {
        let name = part.split('=').next().unwrap_or("");
        ["key", "apikey", "api_key", "token"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
    };
    let parts: Vec<&str> = query
        .split('&')
        .map(|part| if secret(part) { "" } else { part })
        .collect();
    format!("{address}?{}", parts.join("&"))
}

#[derive(Debug)]
enum Machine {
    /// A table whose header has not been read.
    Unread(Box<ReportType>),
    Table(Box<Plan>),
    /// A table that cannot be read: every line is a reject, and why.
    Broken(Cause),
    Csv(Box<mapping::Table>),
    Pairs(Box<mapping::Pairs>),
    Json(Box<mapping::Objects>),
    Vendor(formats::Machine),
}

/// Reads one report.
#[derive(Debug)]
pub struct Parser {
    cursor: Cursor,
    machine: Machine,
    common: Vec<(Field, Value<'static>)>,
    head: String,
    warnings: Vec<Warning>,
    left: Vec<u8>,
    notes: formats::Notes,
    room: Room,
}

impl Parser {
    /// A parser for one report.
    #[must_use]
    pub fn new(format: Format, context: &Context) -> Self {
        let mut common = context.feed.clone();
        if let Some(observed) = context.observed {
            common.push((Field::TimeObservation, Value::Time(observed)));
        }
        let mut parser = Self {
            cursor: Cursor::default(),
            machine: Machine::Broken(Cause::NoHeader),
            common,
            head: String::new(),
            warnings: Vec::new(),
            left: Vec::new(),
            notes: formats::Notes::default(),
            room: Room::default(),
        };
        parser.machine = match format {
            Format::Shadowserver(report) => Machine::Unread(report),
            Format::Csv(mapping) => {
                parser.also(mapping.constants());
                Machine::Csv(Box::new(mapping::Table::new(*mapping)))
            }
            Format::Pairs(mapping) => {
                parser.also(mapping.constants());
                Machine::Pairs(Box::new(mapping::Pairs::new(*mapping)))
            }
            Format::Json(mapping) => {
                parser.also(mapping.constants());
                Machine::Json(Box::new(mapping::Objects::new(*mapping)))
            }
            Format::Vendor(vendor) => Machine::Vendor(formats::Machine::new(vendor, context)),
        };
        parser
    }

    /// Adds fields that every observation has, where the feed does not say otherwise.
    fn also(&mut self, fields: Vec<(Field, Value<'static>)>) {
        for (field, value) in fields {
            if !self.common.iter().any(|(own, _)| *own == field) {
                self.common.push((field, value));
            }
        }
    }

    /// What is odd in the report so far, each said once.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Reads rows from the beginning of a chunk: at most 2,000, and none that is not whole. `last` says that the report ends
    /// with the chunk. The batch says how many bytes it took: the next chunk begins with the rest. If it took none of a chunk
    /// that is not empty, the chunk must grow; 17 MiB are always enough.
    pub fn parse<'b>(&'b mut self, chunk: &'b [u8], last: bool) -> Batch<'b> {
        let mut batch = Batch::with_room(self.room);
        let Self {
            cursor,
            machine,
            common,
            head,
            warnings,
            left,
            notes,
            room,
        } = self;
        let mut feeder = Feeder::new(chunk, last, cursor);
        let mut cells = Vec::new();
        if let Machine::Unread(report) = machine {
            let found = feeder.table(&mut batch, Dialect::default(), &mut cells);
            let compiled = found.map(|found| (found.span, shadowserver::compile(report, &cells)));
            match compiled {
                // What stands before could have been the header: what follows is none.
                _ if !batch.rejects.is_empty() => {
                    if let Some((span, _)) = compiled {
                        batch.reject(span, Cause::NoHeader);
                    }
                    *machine = Machine::Broken(Cause::NoHeader);
                }
                None => {}
                Some((span, Err(cause))) => {
                    batch.reject(span, cause.clone());
                    *machine = Machine::Broken(cause);
                }
                Some((span, Ok(compiled))) => {
                    batch.skipped_bytes += span.bytes;
                    for (field, value) in compiled.common {
                        if !common.iter().any(|(own, _)| *own == field) {
                            common.push((field, value));
                        }
                    }
                    *head = compiled.head;
                    *warnings = compiled.warnings;
                    *machine = Machine::Table(Box::new(compiled.plan));
                }
            }
        }
        match &*machine {
            Machine::Unread(_) => {}
            Machine::Table(plan) => {
                while let Some(found) = feeder.table(&mut batch, Dialect::default(), &mut cells) {
                    plan.row(found, &cells, left, &mut batch);
                }
            }
            Machine::Broken(cause) => {
                while let Some(found) = feeder.line(&mut batch) {
                    batch.reject(found.span, cause.clone());
                }
            }
            Machine::Csv(table) => table.rows(&mut feeder, &mut batch, head, notes),
            Machine::Pairs(pairs) => pairs.rows(&mut feeder, &mut batch, notes),
            Machine::Json(objects) => objects.rows(&mut feeder, &mut batch),
            Machine::Vendor(vendor) => vendor.rows(&mut feeder, &mut batch, notes),
        }
        *room = batch.room(*room);
        batch.taken = feeder.taken();
        batch.common = common;
        batch.head = head;
        batch
    }
}
