//! Batches: some thousand observations in three flat lists, so that no row and no field allocates.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};

use crate::field::{Field, Kind};
use crate::limits::{COPIED_BYTES_MAX, OBSERVATIONS_PER_ROW_MAX};
use crate::quick::Short;
use crate::reject::{Cause, Name, Reject, Span};
use crate::types::{self, Invalid};
use crate::value::Value;

/// Entries under `extra` that a name is held against one by one; of more, the names are kept in a set.
const NAMES_BY_HAND: usize = 64;

/// An entry under `extra`: its name without the prefix, and its value.
pub type Extra<'b> = (Cow<'b, str>, Value<'b>);

#[derive(Debug, Clone)]
struct Entry<'b> {
    span: Span,
    raw: &'b [u8],
    values: usize,
    extra: usize,
}

/// How much a batch holds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Room {
    entries: usize,
    values: usize,
    extra: usize,
}

/// What one call of the parser came to.
#[derive(Debug, Default)]
pub struct Batch<'b> {
    entries: Vec<Entry<'b>>,
    values: Vec<(Field, Value<'b>)>,
    extra: Vec<Extra<'b>>,
    /// Fields that every observation of the report has, unless it has its own.
    pub common: &'b [(Field, Value<'static>)],
    /// What IDF's `raw` puts before the row: the header, with its end of line.
    pub head: &'b str,
    /// Rows that gave no observation.
    pub rejects: Vec<Reject>,
    /// Bytes that are no rows: headers, comments, blank lines, what a filter leaves out, brackets around objects.
    pub skipped_bytes: u64,
    /// Bytes of the chunk that are done with; the next call begins after them.
    pub taken: usize,
    /// Bytes that observations own beyond the first of their row.
    copied: usize,
}

/// One observation of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'x> {
    /// Where in the report its row stands.
    pub span: Span,
    /// The bytes of its row, the end of the line included.
    pub raw: &'x [u8],
    /// Its own fields, in the order they were set; each at most once.
    pub values: &'x [(Field, Value<'x>)],
    /// What else the row told.
    pub extra: &'x [Extra<'x>],
    /// Fields that every observation of the report has, unless it has its own.
    pub common: &'x [(Field, Value<'static>)],
    /// What IDF's `raw` puts before the row.
    pub head: &'x str,
}

impl<'x> Observation<'x> {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&'x Value<'x>> {
        let own = self.values.iter().find(|(own, _)| *own == field);
        own.map(|(_, value)| value).or_else(|| {
            let common = self.common.iter().find(|(own, _)| *own == field);
            common.map(|(_, value)| value)
        })
    }
}

impl<'b> Batch<'b> {
    /// An empty batch with room for what one before held: a report's rows are alike.
    pub(crate) fn with_room(room: Room) -> Self {
        Self {
            entries: Vec::with_capacity(room.entries),
            values: Vec::with_capacity(room.values),
            extra: Vec::with_capacity(room.extra),
            ..Self::default()
        }
    }

    /// Room for the most that this batch or one before it holds, and some more: lists that grow are copied each time.
    pub(crate) fn room(&self, before: Room) -> Room {
        let more = |now: usize, before: usize| before.max(now + now / 16);
        Room {
            entries: more(self.entries.len(), before.entries),
            values: more(self.values.len(), before.values),
            extra: more(self.extra.len(), before.extra),
        }
    }

    /// Whether it holds as many copies as it may.
    pub(crate) const fn is_heavy(&self) -> bool {
        self.copied > COPIED_BYTES_MAX
    }

    /// How many observations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Its observations, in the order of the report.
    pub fn observations(&self) -> impl Iterator<Item = Observation<'_>> {
        let ends = self
            .entries
            .iter()
            .skip(1)
            .map(|next| (next.values, next.extra));
        let ends = ends.chain(std::iter::once((self.values.len(), self.extra.len())));
        self.entries
            .iter()
            .zip(ends)
            .map(|(entry, (values, extra))| Observation {
                span: entry.span,
                raw: entry.raw,
                values: self.values.get(entry.values..values).unwrap_or_default(),
                extra: self.extra.get(entry.extra..extra).unwrap_or_default(),
                common: self.common,
                head: self.head,
            })
    }

    /// Begins an observation.
    pub fn row<'a>(&'a mut self, span: Span, raw: &'b [u8]) -> Row<'a, 'b> {
        Row {
            values: self.values.len(),
            extra: self.extra.len(),
            entries: self.entries.len(),
            copied: self.copied,
            batch: self,
            names: None,
            has: 0,
            span,
            raw,
        }
    }

    /// Notes a row that gives no observation.
    pub fn reject(&mut self, span: Span, cause: Cause) {
        self.rejects.push(Reject { span, cause });
    }
}

/// Why a value was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not what the field takes.
    Invalid,
    /// The field has a value already.
    Twice,
}

impl From<Invalid> for Refusal {
    fn from(_: Invalid) -> Self {
        Self::Invalid
    }
}

/// An observation in the making. Dropped without [`Row::done`] it is still there: end it with `done` or `undo`.
#[derive(Debug)]
pub struct Row<'a, 'b> {
    batch: &'a mut Batch<'b>,
    values: usize,
    extra: usize,
    entries: usize,
    copied: usize,
    /// Names under `extra`, where they are many.
    names: Option<HashSet<Cow<'b, str>>>,
    has: u128,
    span: Span,
    raw: &'b [u8],
}

impl<'a, 'b> Row<'a, 'b> {
    /// Sets a field, made clean by its type. Empty text, `-` and `N/A` say that there is no value.
    ///
    /// # Errors
    /// If the value is not what the field takes, or the field has one already.
    pub fn set(&mut self, field: Field, value: Value<'b>) -> Result<(), Refusal> {
        if self.has & field.bit() != 0 {
            return Err(Refusal::Twice);
        }
        if matches!(&value, Value::Text(text) if matches!(&**text, "" | "-" | "N/A")) {
            return Ok(());
        }
        let clean = types::clean(field, value)?;
        self.has |= field.bit();
        self.batch.values.push((field, clean));
        Ok(())
    }

    /// Sets a field that has no value yet to one that is clean already.
    #[inline]
    pub(crate) fn push(&mut self, field: Field, short: Short<'b>) {
        self.has |= field.bit();
        add(&mut self.batch.values, field, short);
    }

    /// Adds an entry under `extra` whose name is not there yet.
    #[inline]
    pub(crate) fn push_extra(&mut self, name: &'b str, short: Short<'b>) {
        add(&mut self.batch.extra, Cow::Borrowed(name), short);
    }

    /// Sets a field to a value that is clean already, in place of what it had.
    pub fn put(&mut self, field: Field, value: Value<'b>) {
        if self.has & field.bit() != 0 {
            let mut own = self.batch.values.iter_mut().skip(self.values);
            if let Some((_, old)) = own.find(|(old, _)| *old == field) {
                *old = value;
                return;
            }
        }
        self.has |= field.bit();
        self.batch.values.push((field, value));
    }

    /// Takes a field away.
    pub fn remove(&mut self, field: Field) {
        if self.has & field.bit() != 0 {
            let own = self.batch.values.iter().skip(self.values);
            let at = own.take_while(|(old, _)| *old != field).count();
            self.batch.values.remove(self.values + at);
            self.has &= !field.bit();
        }
    }

    /// The value of a field or an entry under `extra`, as text.
    #[must_use]
    pub fn text_of(&self, key: &str) -> Option<String> {
        let value = match key.strip_prefix("extra.") {
            Some(name) => {
                let mut own = self.batch.extra.iter().skip(self.extra);
                own.find(|(own, _)| own == name).map(|(_, value)| value)
            }
            None => {
                let field = Field::by_name(key)?;
                let mut own = self.batch.values.iter().skip(self.values);
                own.find(|(own, _)| *own == field).map(|(_, value)| value)
            }
        };
        match types::of_kind(Kind::Text, value?.clone()) {
            Ok(Value::Text(text)) => Some(text.into_owned()),
            _ => None,
        }
    }

    /// Whether the field has a value.
    #[must_use]
    pub const fn has(&self, field: Field) -> bool {
        self.has & field.bit() != 0
    }

    /// Adds an entry under `extra` whose name is not there yet.
    pub fn extra_new(&mut self, name: Cow<'b, str>, value: Value<'b>) {
        self.batch.extra.push((name, value));
    }

    /// Adds an entry under `extra`, in place of one of that name.
    pub fn extra(&mut self, name: Cow<'b, str>, value: Value<'b>) {
        let count = self.batch.extra.len() - self.extra;
        if count > NAMES_BY_HAND {
            let names = self.names.get_or_insert_default();
            if names.len() != count {
                let own = self.batch.extra.iter().skip(self.extra);
                *names = own.map(|(name, _)| name.clone()).collect();
            }
            if names.insert(name.clone()) {
                self.batch.extra.push((name, value));
                return;
            }
        }
        let mut own = self.batch.extra.iter_mut().skip(self.extra);
        if let Some((_, old)) = own.find(|(old, _)| *old == name) {
            *old = value;
        } else {
            self.batch.extra.push((name, value));
        }
    }

    /// Sets the field of that name, or the entry under `extra`.
    ///
    /// # Errors
    /// If there is no such field, or as [`Row::set`].
    pub fn named(&mut self, key: &str, value: Value<'b>) -> Result<(), Cause> {
        if let Some(name) = key.strip_prefix("extra.") {
            if !is_key(key) {
                return Err(Cause::UnknownField(Name::new(key)));
            }
            if !matches!(&value, Value::Text(text) if matches!(&**text, "" | "-" | "N/A")) {
                self.extra(Cow::Owned(name.to_owned()), value);
            }
            return Ok(());
        }
        if key == "extra" {
            return self.extra_object(value);
        }
        let field = Field::by_name(key).ok_or_else(|| Cause::UnknownField(Name::new(key)))?;
        self.set(field, value).map_err(|why| match why {
            Refusal::Twice => Cause::Twice(field),
            Refusal::Invalid => Cause::BadValue {
                column: Name::new(key),
                field,
            },
        })
    }

    /// `extra` as one object: its values are kept as they are.
    fn extra_object(&mut self, value: Value<'b>) -> Result<(), Cause> {
        let bad = || Cause::BadValue {
            column: Name::new("extra"),
            field: Field::Extra,
        };
        let Ok(Value::Json(object)) = types::of_kind(Kind::JsonDict, value) else {
            return Err(bad());
        };
        let serde_json::Value::Object(entries) = *object else {
            return Err(bad());
        };
        for (name, value) in entries {
            if let Some(value) = Value::of_json(value) {
                self.extra(Cow::Owned(name), value);
            }
        }
        Ok(())
    }

    /// Ends this observation and begins another of the same row with the same fields and entries.
    ///
    /// # Errors
    /// If the row came to too many already; it is undone then.
    pub fn same_again(&mut self) -> Result<(), Cause> {
        self.done();
        self.room()?;
        let Some((values, extra)) = self.batch.entries.last().map(|own| (own.values, own.extra))
        else {
            return Err(Cause::Empty);
        };
        let copied = self.batch.values.get(values..).unwrap_or_default().to_vec();
        let more = self.batch.extra.get(extra..).unwrap_or_default().to_vec();
        self.values = self.batch.values.len();
        self.extra = self.batch.extra.len();
        self.batch.values.extend(copied);
        self.batch.extra.extend(more);
        Ok(())
    }

    /// Whether one more observation of the row has room.
    fn room(&mut self) -> Result<(), Cause> {
        self.names = None;
        let values = self.batch.values.iter().skip(self.values);
        let extra = self.batch.extra.iter().skip(self.extra);
        let bytes: usize = values.map(|(_, value)| value.owned_bytes()).sum();
        let more: usize = extra.map(|(_, value)| value.owned_bytes()).sum();
        self.batch.copied += bytes + more;
        let (count, copied) = (
            self.batch.entries.len() - self.entries,
            self.batch.copied - self.copied,
        );
        if count >= OBSERVATIONS_PER_ROW_MAX || copied > COPIED_BYTES_MAX {
            return Err(Cause::TooMany);
        }
        Ok(())
    }

    /// Begins another observation of the same row, empty.
    ///
    /// # Errors
    /// If the row came to too many already.
    pub fn another(&mut self) -> Result<(), Cause> {
        self.done();
        self.room()?;
        self.values = self.batch.values.len();
        self.extra = self.batch.extra.len();
        self.has = 0;
        Ok(())
    }

    /// Ends it: it is part of the batch.
    pub fn done(&mut self) {
        self.batch.entries.push(Entry {
            span: self.span,
            raw: self.raw,
            values: self.values,
            extra: self.extra,
        });
    }

    /// Takes everything back that this row gave, and notes why.
    pub fn undo_as(self, span: Span, cause: Cause) {
        self.undo().reject(span, cause);
    }

    /// Takes everything back that this row gave.
    pub fn undo(self) -> &'a mut Batch<'b> {
        let Self {
            batch,
            entries,
            values,
            extra,
            copied,
            ..
        } = self;
        let first = batch
            .entries
            .get(entries)
            .map(|own| (own.values, own.extra));
        let (values, extra) = first.unwrap_or((values, extra));
        batch.copied = copied;
        batch.entries.truncate(entries);
        batch.values.truncate(values);
        batch.extra.truncate(extra);
        batch
    }
}

/// Adds to a list that has room. Where a list may grow, the compiler keeps what is added in memory in case that fails, writes it there
/// piece by piece and reads it again at once, which a processor has to wait for: it was a third of the time of a row.
#[inline]
fn add<'b, K>(list: &mut Vec<(K, Value<'b>)>, key: K, short: Short<'b>) {
    if list.len() >= list.capacity() {
        return grow(list, key, short);
    }
    match short {
        Short::Text(text) => list.push((key, Value::Text(Cow::Borrowed(text)))),
        Short::Int(number) => list.push((key, Value::Int(number))),
        Short::Address(bits) => list.push((key, Value::Ip(IpAddr::V4(Ipv4Addr::from_bits(bits))))),
        Short::Time(time) => list.push((key, Value::Time(time))),
    }
}

#[cold]
#[inline(never)]
fn grow<'b, K>(list: &mut Vec<(K, Value<'b>)>, key: K, short: Short<'b>) {
    list.push((key, short.into()));
}

/// Whether a key is spelt as IDF spells keys: parts of `a-z`, `0-9` and `_` between dots, the first without digits at its
/// beginning.
#[must_use]
pub fn is_key(key: &str) -> bool {
    let mut parts = key.split('.');
    let word = |part: &str| {
        let all = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        !part.is_empty() && part.bytes().all(all)
    };
    let first = parts.next().unwrap_or("");
    let begins = first
        .bytes()
        .next()
        .is_some_and(|byte| byte == b'_' || byte.is_ascii_lowercase());
    begins && first.len() > 1 && word(first) && parts.all(word)
}
