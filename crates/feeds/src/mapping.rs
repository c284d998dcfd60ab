//! Mapping files: any table, or JSON objects of any shape, as an operator describes them (`docs/feeds.md`).

mod pairs;
mod pattern;

use std::borrow::Cow;
use std::collections::BTreeMap;

use cairn_kernel::time::Micros;
use serde::Deserialize;

use crate::batch::{Batch, Refusal, Row};
use crate::feeder::{Feeder, Found1};
use crate::field::{Field, Kind};
use crate::formats::Notes;
use crate::limits::{COLUMNS_MAX, MAPPING_BYTES_MAX, ROW_BYTES_MAX};
use crate::reject::{Cause, Name};
use crate::rows::Dialect;
use crate::types::{self, time};
use crate::value::Value;
use crate::wire;

pub(crate) use pairs::Pairs;
use pattern::Pattern;
pub use pattern::{CELL_BYTES_MAX, PATTERN_BYTES_MAX, PatternError};

/// Bytes of what parts pairs, or key and value.
const SEPARATOR_BYTES_MAX: usize = 16;

/// A mapping file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// Larger than a mapping may be.
    #[error("the mapping is larger than {MAPPING_BYTES_MAX} bytes")]
    TooLarge,
    /// Not TOML of a mapping's shape.
    #[error("reading the mapping: {0}")]
    Shape(#[from] toml::de::Error),
    /// A field that does not exist.
    #[error("the mapping names the unknown field {0}")]
    UnknownField(Name),
    /// A constant that its field does not take.
    #[error("the mapping's constant for {0} is not a value for it")]
    BadConstant(Name),
    /// A delimiter, quote or comment mark that is not one character of ASCII.
    #[error("the mapping's {0} must be one character of ASCII")]
    NotOneCharacter(&'static str),
    /// A column that has neither a name nor a place.
    #[error("a column of the mapping needs `name` or `at`, one of them")]
    NoPlace,
    /// A regular expression that is none, or too much.
    #[error("the mapping's regex {0}: {1}")]
    Pattern(Name, #[source] PatternError),
    /// What parts pairs is also what parts key and value, or is none.
    #[error(
        "the mapping's pair_separator and key_separator must differ, and have 1 to {SEPARATOR_BYTES_MAX} bytes without an end of line"
    )]
    Separators,
}

/// How a moment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// In words or digits, as people and programs write it.
    #[default]
    Text,
    /// Seconds since 1970.
    Epoch,
    /// Milliseconds since 1970.
    EpochMillis,
    /// Hundreds of nanoseconds since 1601, as Windows counts.
    WindowsNt,
}

/// One name, or several of which the first that takes the value holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    /// Its name in the header; in JSON the path to it, with dots.
    name: Option<String>,
    /// Its place in the row, counted from 1.
    at: Option<usize>,
    /// The field, or several of which the first that takes the value holds.
    to: OneOrMore,
    /// Whether a row is a reject where no field takes the value. Without it such a value is kept under `extra`.
    #[serde(default)]
    required: bool,
    /// Taken only where the field has no value yet.
    #[serde(default)]
    fallback: bool,
    /// How a moment is written.
    #[serde(default)]
    time: TimeFormat,
    /// Whether the text is JSON, to be kept as a list or an object.
    #[serde(default)]
    json: bool,
    /// The part of the value that is taken: a regular expression, or its first group.
    regex: Option<String>,
    /// The same, compiled.
    #[serde(skip)]
    pattern: Option<Pattern>,
    /// What stands before a URL that begins without a scheme.
    prefix: Option<String>,
    /// Values in place of others.
    #[serde(default)]
    translate: BTreeMap<String, String>,
}

/// What is done with columns and keys that the mapping does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unmapped {
    #[default]
    Extra,
    Drop,
}

/// Rows that are left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// Only rows that hold this text.
    only: Option<String>,
    /// No row that holds this text.
    without: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    delimiter: Option<String>,
    quote: Option<String>,
    comment: Option<String>,
    /// Between the pairs of a line; a blank if left out.
    pair_separator: Option<String>,
    /// Between key and value of a pair; `=` if left out.
    key_separator: Option<String>,
    /// Lines before the first row; the last of them names the columns if a column goes by name.
    header_lines: Option<usize>,
    /// Whether rows may end early: a column that is required is so only where its row has a cell for it.
    short_rows: bool,
    unmapped: Unmapped,
    filter: Filter,
    column: Vec<Column>,
    /// Fields put together of others: `"source.url" = "http://{source.fqdn}{source.urlpath}"`.
    compose: BTreeMap<String, String>,
    constants: BTreeMap<String, toml::Value>,
}

/// A mapping, read and checked.
#[derive(Debug, Clone)]
pub struct Mapping {
    file: File,
    dialect: Dialect,
    comment: Option<char>,
    /// Between the pairs of a line.
    between: String,
    /// Between key and value of a pair.
    assign: String,
    constants: Vec<(Field, Value<'static>)>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            file: File::default(),
            dialect: Dialect::default(),
            comment: None,
            between: " ".to_owned(),
            assign: "=".to_owned(),
            constants: Vec::new(),
        }
    }
}

fn one(text: Option<&str>, what: &'static str) -> Result<Option<u8>, MappingError> {
    match text.map(str::as_bytes) {
        None | Some([]) => Ok(None),
        Some([byte]) if byte.is_ascii() && *byte != b'\n' => Ok(Some(*byte)),
        _ => Err(MappingError::NotOneCharacter(what)),
    }
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// If it is no mapping, or names fields that do not exist or values that they do not take.
    pub fn read(text: &str) -> Result<Self, MappingError> {
        if text.len() > MAPPING_BYTES_MAX {
            return Err(MappingError::TooLarge);
        }
        let mut file: File = toml::from_str(text)?;
        let mut mapping = Self {
            dialect: Dialect {
                delimiter: one(file.delimiter.as_deref(), "delimiter")?.unwrap_or(b','),
                quote: match file.quote.as_deref() {
                    None => Some(b'"'),
                    given => one(given, "quote")?,
                },
            },
            comment: one(file.comment.as_deref(), "comment")?.map(char::from),
            ..Self::default()
        };
        if let Some(given) = &file.pair_separator {
            mapping.between.clone_from(given);
        }
        if let Some(given) = &file.key_separator {
            mapping.assign.clone_from(given);
        }
        mapping.separators()?;
        for column in &mut file.column {
            if let Some(regex) = &column.regex {
                let bad = |error| MappingError::Pattern(Name::new(regex), error);
                column.pattern = Some(Pattern::read(regex).map_err(bad)?);
            }
            if column.name.is_some() == column.at.is_some_and(|at| at > 0) {
                return Err(MappingError::NoPlace);
            }
            for key in column.to.names() {
                known(key)?;
            }
        }
        for key in file.compose.keys() {
            known(key)?;
        }
        for (key, value) in &file.constants {
            let field =
                Field::by_name(key).ok_or_else(|| MappingError::UnknownField(Name::new(key)))?;
            let bad = || MappingError::BadConstant(Name::new(key));
            let json = serde_json::to_value(value).map_err(|_| bad())?;
            let value = Value::of_json(json).ok_or_else(bad)?;
            let clean = types::clean(field, value).map_err(|_| bad())?;
            mapping.constants.push((field, clean));
        }
        mapping.file = file;
        Ok(mapping)
    }

    fn separators(&self) -> Result<(), MappingError> {
        let good = |text: &str| {
            (1..=SEPARATOR_BYTES_MAX).contains(&text.len()) && !text.contains(['\n', '\r', '\0'])
        };
        if self.between != self.assign && good(&self.between) && good(&self.assign) {
            Ok(())
        } else {
            Err(MappingError::Separators)
        }
    }

    /// Whether a line is left out as a comment.
    fn is_comment(&self, text: &str) -> bool {
        let mark = self.comment;
        mark.is_some_and(|mark| text.trim_start().starts_with(mark))
    }

    /// Fields that every observation has.
    #[must_use]
    pub fn constants(&self) -> Vec<(Field, Value<'static>)> {
        self.constants.clone()
    }

    /// Whether it is empty: JSON is `IntelMQ`'s data format then.
    fn is_plain(&self) -> bool {
        self.file.column.is_empty()
    }

    fn by_name(&self) -> bool {
        self.file.column.iter().any(|column| column.name.is_some())
    }

    fn wants(&self, text: &str) -> bool {
        let filter = &self.file.filter;
        filter
            .only
            .as_ref()
            .is_none_or(|only| text.contains(only.as_str()))
            && filter
                .without
                .as_ref()
                .is_none_or(|without| !text.contains(without.as_str()))
    }

    /// What is put together of what is there.
    fn compose(&self, row: &mut Row<'_, '_>) -> Result<(), Cause> {
        for (key, pattern) in &self.file.compose {
            let mut out = String::new();
            let mut rest = pattern.as_str();
            let mut whole = true;
            while let Some((before, after)) = rest.split_once('{') {
                let (name, more) = after.split_once('}').unwrap_or((after, ""));
                out.push_str(before);
                match row.text_of(name) {
                    Some(text) => out.push_str(&text),
                    None => whole = false,
                }
                // Fields that are made of fields that are made of fields double each time.
                if out.len() > ROW_BYTES_MAX {
                    return Err(Cause::TooLong);
                }
                rest = more;
            }
            out.push_str(rest);
            if whole {
                row.named(key, Value::Text(Cow::Owned(out)))?;
            }
        }
        Ok(())
    }
}

fn known(key: &str) -> Result<(), MappingError> {
    if key.starts_with("extra.") || Field::by_name(key).is_some() {
        Ok(())
    } else {
        Err(MappingError::UnknownField(Name::new(key)))
    }
}

impl OneOrMore {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::More(names) => names,
        }
    }
}

impl Column {
    /// Puts a value where the mapping says.
    fn put<'b>(&self, name: &str, value: &Value<'b>, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
        let cut = match (&self.pattern, value) {
            (Some(pattern), Value::Text(text)) if !text.is_empty() => match pattern.cut(text) {
                Some(part) => Some(Value::Text(part)),
                None if self.required => {
                    return Err(Cause::Unconvertible {
                        column: Name::new(name),
                        function: "regex",
                    });
                }
                None => {
                    row.extra(Cow::Owned(name.to_owned()), value.clone());
                    return Ok(());
                }
            },
            _ => None,
        };
        let cut = cut.as_ref().unwrap_or(value);
        let mut cause = None;
        for key in self.to.names() {
            let field = Field::by_name(key);
            if self.fallback && field.is_some_and(|field| row.has(field)) {
                return Ok(());
            }
            match row.named(key, self.converted(field, cut.clone())) {
                Ok(()) => return Ok(()),
                Err(Cause::BadValue { field, .. }) => {
                    let column = Name::new(name);
                    cause = Some(Cause::BadValue { column, field });
                }
                Err(other) => cause = Some(other),
            }
        }
        match cause {
            Some(cause) if self.required => Err(cause),
            Some(_) => {
                row.extra(Cow::Owned(name.to_owned()), value.clone());
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn converted<'b>(&self, field: Option<Field>, value: Value<'b>) -> Value<'b> {
        let Value::Text(text) = value else {
            return match (field.map(Field::kind), self.time, &value) {
                (Some(Kind::Time), TimeFormat::Text, _) => value,
                (Some(Kind::Time), format, Value::Int(number)) => {
                    moment(format, &number.to_string()).map_or(value, Value::Time)
                }
                _ => value,
            };
        };
        if let Some(other) = self.translate.get(&*text) {
            return Value::Text(Cow::Owned(other.clone()));
        }
        if self.json
            && let Some(value) = serde_json::from_str(&text).ok().and_then(Value::of_json)
        {
            return value;
        }
        match (field.map(Field::kind), &self.prefix) {
            (Some(Kind::Url), Some(prefix))
                if !text.trim().is_empty() && !types::is_absolute(text.trim()) =>
            {
                Value::Text(Cow::Owned(format!("{prefix}{}", text.trim())))
            }
            (Some(Kind::Time), _) => {
                moment(self.time, &text).map_or(Value::Text(text), Value::Time)
            }
            _ => Value::Text(text),
        }
    }
}

fn moment(format: TimeFormat, text: &str) -> Option<Micros> {
    let number = || types::trim(text).parse::<i64>().ok();
    match format {
        TimeFormat::Text => time::parse(text),
        TimeFormat::Epoch => time::epoch(text),
        TimeFormat::EpochMillis => match number()? {
            // A count of ten digits is seconds: as milliseconds it would be a day of early 1970.
            seconds @ 0..10_000_000_000 => time::epoch(&seconds.to_string()),
            millis => millis.checked_mul(1_000).map(Micros).and_then(time::within),
        },
        // 11,644,473,600 seconds from 1601 to 1970.
        TimeFormat::WindowsNt => (number()? / 10)
            .checked_sub(11_644_473_600_000_000)
            .map(Micros)
            .and_then(time::within),
    }
}

/// A table that a mapping describes.
#[derive(Debug)]
pub(crate) struct Table {
    mapping: Mapping,
}

impl Table {
    pub fn new(mapping: Mapping) -> Self {
        Self { mapping }
    }

    pub fn rows<'b>(
        &'b self,
        feeder: &mut Feeder<'b, '_>,
        batch: &mut Batch<'b>,
        head: &mut String,
        notes: &mut Notes,
    ) {
        let mut cells = Vec::new();
        let lines = self.mapping.file.header_lines;
        let lines = lines.unwrap_or(usize::from(self.mapping.by_name()));
        while let Some(found) = feeder.table(batch, self.mapping.dialect, &mut cells) {
            let comment = self.mapping.is_comment(found.text);
            if notes.header_lines < lines && !comment {
                notes.header_lines += 1;
                batch.skipped_bytes += found.span.bytes;
                head.push_str(found.text.trim_end());
                head.push('\n');
                if notes.header_lines == lines {
                    notes.columns = cells
                        .iter()
                        .take(COLUMNS_MAX)
                        .map(|cell| cell.to_string())
                        .collect();
                }
                continue;
            }
            let blank = cells.iter().all(|cell| cell.trim().is_empty());
            if comment || blank || !self.mapping.wants(found.text) {
                batch.skipped_bytes += found.span.bytes;
                continue;
            }
            let mut row = batch.row(found.span, found.raw);
            match self.row(&cells, &notes.columns, &mut row) {
                Ok(()) => row.done(),
                Err(cause) => {
                    row.undo_as(found.span, cause);
                }
            }
        }
    }

    fn row<'b>(
        &self,
        cells: &[Cow<'b, str>],
        names: &[String],
        row: &mut Row<'_, 'b>,
    ) -> Result<(), Cause> {
        let mut used = vec![false; cells.len()];
        for column in &self.mapping.file.column {
            let named = column
                .name
                .as_ref()
                .map(|name| names.iter().position(|own| own == name));
            let at = named.unwrap_or_else(|| column.at.map(|at| at - 1));
            let shown = match (&column.name, column.at) {
                (Some(name), _) => name.clone(),
                (None, at) => at
                    .and_then(|at| names.get(at - 1))
                    .cloned()
                    .unwrap_or_else(|| format!("column_{}", at.unwrap_or(0))),
            };
            let Some(cell) = at.and_then(|at| cells.get(at)) else {
                if column.required && !(at.is_some() && self.mapping.file.short_rows) {
                    return Err(Cause::MissingColumn(Name::new(&shown)));
                }
                continue;
            };
            if let Some(used) = at.and_then(|at| used.get_mut(at)) {
                *used = true;
            }
            column.put(&shown, &Value::Text(cell.clone()), row)?;
        }
        if self.mapping.file.unmapped == Unmapped::Extra {
            for ((cell, name), used) in cells.iter().zip(names).zip(&used) {
                if !used && !cell.is_empty() {
                    row.extra(Cow::Owned(name.clone()), Value::Text(cell.clone()));
                }
            }
        }
        self.mapping.compose(row)
    }
}

/// JSON objects, as they are or as a mapping describes them.
#[derive(Debug)]
pub(crate) struct Objects {
    mapping: Mapping,
}

impl Objects {
    pub fn new(mapping: Mapping) -> Self {
        Self { mapping }
    }

    pub fn rows<'b>(&'b self, feeder: &mut Feeder<'b, '_>, batch: &mut Batch<'b>) {
        while let Some(found) = feeder.object(batch) {
            if !self.mapping.wants(found.text) {
                batch.skipped_bytes += found.span.bytes;
                continue;
            }
            let mut row = batch.row(found.span, found.raw);
            match self.row(found, &mut row) {
                Ok(()) => row.done(),
                Err(cause) => {
                    row.undo_as(found.span, cause);
                }
            }
        }
    }

    fn row<'b>(&self, found: Found1<'b>, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
        if self.mapping.is_plain() {
            wire::read(found.text, row)?;
        } else {
            self.mapped(found.text, row)?;
        }
        self.mapping.compose(row)
    }

    fn mapped(&self, text: &str, row: &mut Row<'_, '_>) -> Result<(), Cause> {
        let mut json: serde_json::Value = serde_json::from_str(text).map_err(|_| Cause::NotJson)?;
        let mut used = Vec::new();
        for column in &self.mapping.file.column {
            let Some(name) = &column.name else { continue };
            let found = name.split('.').try_fold(&json, |at, part| at.get(part));
            let Some(value) = found.cloned().and_then(Value::of_json) else {
                if column.required {
                    return Err(Cause::MissingColumn(Name::new(name)));
                }
                continue;
            };
            used.push(name.split('.').next().unwrap_or(name));
            column.put(name, &value, row)?;
        }
        let Some(entries) = json.as_object_mut() else {
            return Err(Cause::NotAnObject);
        };
        if self.mapping.file.unmapped == Unmapped::Extra {
            for (name, value) in std::mem::take(entries) {
                let value = Value::of_json(value).filter(|_| !used.contains(&name.as_str()));
                if let Some(value) = value {
                    row.extra(Cow::Owned(name), value);
                }
            }
        }
        Ok(())
    }
}

/// Adds a value that its field may refuse: it is kept under `extra` then, by the name given.
pub(crate) fn lenient<'b>(
    row: &mut Row<'_, 'b>,
    field: Field,
    name: &'static str,
    value: Value<'b>,
) {
    if row.set(field, value.clone()) == Err(Refusal::Invalid) {
        row.extra(Cow::Borrowed(name), value);
    }
}
