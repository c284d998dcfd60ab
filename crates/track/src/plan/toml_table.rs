//! A TOML table that knows its file, line and shape: wrong, missing and unknown keys are named, and reading goes on.

use std::cell::Cell;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::at::At;
use super::decimal::Decimal;
use super::depth::{DOTS_MAX, too_deep};
use super::fault::{Faults, did_you_mean, short};
use super::limits::{ID_CHARS_MAX, ITEMS_MAX, TEXT_CHARS_MAX};
use super::period::Period;
use super::shape::{Field, Kind, Shape};
use super::vintage::Vintage;
use super::words::{ENGLISH, LANGUAGES, MAORI, Words};

/// Most syntax errors that are named in one file: what follows the first ones mostly comes from them.
const SYNTAX_FAULTS_MAX: usize = 5;

/// One TOML file under reading.
pub(crate) struct Source<'s> {
    pub(crate) file: &'s str,
    text: &'s str,
    /// Where each line but the first begins, bytes.
    starts: Vec<usize>,
    faults: &'s Faults,
    /// The syntax is wrong: what is missing may stand where it could not be read.
    quiet: Cell<bool>,
}

impl<'s> Source<'s> {
    pub(crate) fn new(file: &'s str, text: &'s str, faults: &'s Faults) -> Self {
        Self {
            file,
            text,
            starts: text.match_indices('\n').map(|(at, _)| at + 1).collect(),
            faults,
            quiet: Cell::new(false),
        }
    }

    /// The parsed file; syntax errors are noted and what could be read is returned.
    pub(crate) fn parse(&self) -> Spanned<DeTable<'s>> {
        if let Some(at) = too_deep(self.text) {
            let what = format!("not TOML that is read here: a key has more than {DOTS_MAX} dots");
            let mend = "Quote it if it is a text; no key of a plan has dots";
            self.error(self.place(at..at), "toml-syntax", what, mend);
            self.broken();
            return Spanned::new(0..0, DeTable::new());
        }
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let mut last = 0;
        for error in errors.iter().take(SYNTAX_FAULTS_MAX) {
            let place = error.span().map_or((0, 0), |span| self.place(span));
            if place.0 == last && last != 0 {
                continue;
            }
            last = place.0;
            let what = format!("not TOML: {}", short(error.message()));
            self.error(place, "toml-syntax", what, "Mend the syntax of this line");
        }
        if !errors.is_empty() {
            self.broken();
        }
        table
    }

    fn broken(&self) {
        self.quiet.set(true);
        self.faults.broken(self.file);
    }

    /// Line and column (characters) of the start of a span, both from 1.
    fn place(&self, span: Range<usize>) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= span.start);
        let start = line.checked_sub(1).and_then(|at| self.starts.get(at));
        let before = self.text.get(start.copied().unwrap_or(0)..span.start);
        let column = before.map_or(0, |text| text.chars().count());
        (number(line + 1), number(column + 1))
    }

    fn error(
        &self,
        place: (u32, u32),
        code: &'static str,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        if !self.quiet.get() {
            self.faults.error((self.file, place), code, what, mend);
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// One table of a file.
pub(crate) struct Table<'t, 's> {
    source: &'t Source<'s>,
    table: &'t DeTable<'s>,
    shape: &'static Shape,
    at: At,
    /// How its faults call it: ``measure `m1` ``.
    name: String,
}

impl<'t, 's> Table<'t, 's> {
    /// The top of a file.
    pub(crate) fn root(
        source: &'t Source<'s>,
        table: &'t Spanned<DeTable<'s>>,
        shape: &'static Shape,
    ) -> Self {
        Self::new(
            source,
            table.get_ref(),
            (1, 1),
            shape,
            format!("the {}", shape.noun),
        )
    }

    fn new(
        source: &'t Source<'s>,
        table: &'t DeTable<'s>,
        (line, column): (u32, u32),
        shape: &'static Shape,
        mut name: String,
    ) -> Self {
        let mut at = At {
            line,
            column,
            ..At::default()
        };
        for (key, _) in table.iter() {
            if let Some(field) = shape.field(key.get_ref()) {
                at.keys.insert(field.key, source.place(key.span()));
            }
        }
        if let Some(DeValue::String(id)) = table.get("id").map(Spanned::get_ref) {
            name = format!("{} `{}`", shape.noun, short(id));
        }
        let table = Self {
            source,
            table,
            shape,
            at,
            name,
        };
        table.check_keys();
        table
    }

    /// Names keys that are unknown and keys that are missing.
    fn check_keys(&self) {
        for (key, _) in self.table.iter() {
            let word = key.get_ref();
            if self.shape.field(word).is_none() {
                let what = format!("{} has an unknown key `{}`", self.name, short(word));
                let mend = did_you_mean(word, self.shape.keys(), "Take it out");
                self.source
                    .error(self.source.place(key.span()), "unknown-key", what, mend);
            }
        }
        for field in self.shape.fields {
            if field.need && !self.at.keys.contains_key(field.key) {
                let what = format!("{} has no `{}`", self.name, field.key);
                let place = (self.at.line, self.at.column);
                self.source.error(place, "missing-key", what, add(field));
            }
        }
    }

    pub(crate) fn at(&self) -> At {
        self.at.clone()
    }

    /// A fault at a key.
    pub(crate) fn error(&self, key: &str, code: &'static str, what: String, mend: String) {
        self.source.error(self.at.key(key), code, what, mend);
    }

    /// The key is there, whatever its value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.at.keys.contains_key(key)
    }

    /// How its faults call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn raw(&self, key: &str) -> Option<&'t Spanned<DeValue<'s>>> {
        debug_assert!(self.shape.field(key).is_some(), "{key} is in the shape");
        self.table.get(key)
    }

    fn wrong(&self, value: &Spanned<DeValue<'s>>, key: &str, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => "empty".to_owned(),
            DeValue::String(text) => format!("`{}`", short(text)),
            DeValue::Integer(number) => format!("`{}`", short(number.as_str())),
            DeValue::Float(number) => format!("`{}`", short(number.as_str())),
            other => format!("{} {}", article(other.type_str()), other.type_str()),
        };
        let what = format!("`{key}` of {} is {found}, not {wanted}", self.name);
        let place = self.source.place(value.span());
        let about = self.shape.field(key).map_or("", |field| field.about);
        let mend = format!("Write {wanted} for `{key}`: {about}");
        self.source.error(place, "wrong-value", what, mend);
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let value = self.raw(key)?;
        self.string(value, key, "a text in quotes")
    }

    /// As [`Self::text`]; empty if it cannot be had.
    pub(crate) fn need(&self, key: &str) -> String {
        self.text(key).unwrap_or_default()
    }

    fn string(
        &self,
        value: &Spanned<DeValue<'s>>,
        key: &str,
        wanted: &'static str,
    ) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if !text.trim().is_empty() => {
                if text.chars().nth(TEXT_CHARS_MAX).is_some() {
                    let what = format!(
                        "`{key}` of {} has more than {TEXT_CHARS_MAX} characters",
                        self.name
                    );
                    self.source.error(
                        self.source.place(value.span()),
                        "too-long",
                        what,
                        "Move it to a narrative in the text folder, or shorten it",
                    );
                    return None;
                }
                Some(text.clone().into_owned())
            }
            _ => {
                self.wrong(value, key, wanted);
                None
            }
        }
    }

    /// The id that the table gives itself; empty if it has none.
    pub(crate) fn id(&self, key: &str) -> String {
        let Some(id) = self.text(key) else {
            return String::new();
        };
        if !is_slug(&id) {
            let what = format!("`{}` is no id", short(&id));
            self.error(key, "bad-id", what, SLUG_RULE.to_owned());
        }
        id
    }

    /// A text in the plan's languages.
    pub(crate) fn words(&self, key: &str) -> Option<Words> {
        let value = self.raw(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            let wanted = "a text in quotes or { en = \"…\", mi = \"…\" }";
            return self
                .string(value, key, wanted)
                .map(|en| Words { en, mi: None });
        };
        for (name, _) in table.iter() {
            let language = name.get_ref();
            if !LANGUAGES.contains(&&**language) {
                let what = format!(
                    "`{key}` of {} has an unknown key `{}`",
                    self.name,
                    short(language)
                );
                let mend = did_you_mean(language, LANGUAGES.iter().copied(), "Write `en` or `mi`");
                self.source
                    .error(self.source.place(name.span()), "unknown-key", what, mend);
            }
        }
        let get = |language| {
            let value = table.get(language)?;
            self.string(value, key, "a text in quotes")
        };
        if table.get(ENGLISH).is_none() {
            let what = format!("`{key}` of {} has no English text", self.name);
            let mend = format!("Add `en = \"…\"` to `{key}`");
            self.error(key, "no-english", what, mend);
        }
        let mi = get(MAORI);
        Some(Words {
            en: get(ENGLISH)?,
            mi,
        })
    }

    /// As [`Self::words`]; empty if it cannot be had.
    pub(crate) fn need_words(&self, key: &str) -> Words {
        self.words(key).unwrap_or_default()
    }

    fn array(&self, key: &str, wanted: &str) -> Option<&'t DeArray<'s>> {
        let value = self.raw(key)?;
        match value.get_ref() {
            DeValue::Array(array) if array.len() > ITEMS_MAX => {
                let what = format!("`{key}` of {} has more than {ITEMS_MAX} items", self.name);
                self.error(key, "too-many", what, "Split the plan".to_owned());
                None
            }
            DeValue::Array(array) => Some(array),
            _ => {
                self.wrong(value, key, wanted);
                None
            }
        }
    }

    /// A list of texts, none empty and none twice; empty if absent.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let Some(array) = self.array(key, "a list of texts") else {
            return Vec::new();
        };
        let mut seen = std::collections::BTreeSet::new();
        let mut texts = Vec::new();
        for item in array.iter() {
            let Some(text) = self.string(item, key, "a list of texts") else {
                continue;
            };
            if seen.insert(text.clone()) {
                texts.push(text);
            } else {
                let what = format!("`{key}` of {} has `{}` twice", self.name, short(&text));
                let place = self.source.place(item.span());
                self.source
                    .error(place, "twice", what, "Take one of them out");
            }
        }
        texts
    }

    /// A text, number or date, as written.
    fn literal(&self, value: &'t Spanned<DeValue<'s>>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.trim().to_owned()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            DeValue::Datetime(day) if day.time.is_none() => Some(day.to_string()),
            _ => None,
        }
    }

    fn parsed<T>(&self, key: &str, wanted: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.raw(key)?;
        let read = self.literal(value).and_then(|text| parse(&text));
        if read.is_none() {
            self.wrong(value, key, wanted);
        }
        read
    }

    pub(crate) fn day(&self, key: &str) -> Option<Date> {
        self.parsed(key, "a day such as 2026-11-23", day)
    }

    pub(crate) fn period(&self, key: &str) -> Option<Period> {
        let wanted = "a period such as 2018, 2018Q2, 2018-03, 2022-12-31, 2023/24 or 2021-23";
        self.parsed(key, wanted, |text| text.parse().ok())
    }

    pub(crate) fn vintage(&self, key: &str) -> Option<Vintage> {
        let wanted = "a day, month or year such as 2024-11-03, 2024-11 or 2024";
        self.parsed(key, wanted, |text| text.parse().ok())
    }

    pub(crate) fn decimal(&self, key: &str) -> Option<Decimal> {
        let wanted = "a decimal number such as 12.5, without separators";
        self.parsed(key, wanted, |text| text.parse().ok())
    }

    pub(crate) fn year(&self, key: &str) -> Option<i32> {
        self.parsed(key, "a year such as 2032", |text| {
            let year = text.parse().ok()?;
            Period::of_year(year).map(|_| year)
        })
    }

    pub(crate) fn whole(&self, key: &str) -> Option<u32> {
        self.parsed(key, "a whole number from 1", |text| {
            text.parse().ok().filter(|number| *number > 0)
        })
    }

    pub(crate) fn yes(&self, key: &str) -> Option<bool> {
        let value = self.raw(key)?;
        match value.get_ref() {
            DeValue::Boolean(yes) => Some(*yes),
            _ => {
                self.wrong(value, key, "`true` or `false`");
                None
            }
        }
    }

    /// One word of a list.
    pub(crate) fn one<T>(
        &self,
        key: &str,
        words: &[&'static str],
        of: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.raw(key)?;
        let word = match value.get_ref() {
            DeValue::String(word) => &**word,
            _ => "",
        };
        let found = of(word);
        if found.is_none() {
            let what = format!("`{key}` of {} is `{}`", self.name, short(word));
            let list = words.join(", ");
            let mend = did_you_mean(word, words.iter().copied(), format!("Write one of: {list}"));
            let place = self.source.place(value.span());
            self.source.error(place, "unknown-word", what, mend);
        }
        found
    }

    pub(crate) fn table(&self, key: &str) -> Option<Table<'t, 's>> {
        let value = self.raw(key)?;
        let shape = match self.shape.field(key).map(|field| field.kind) {
            Some(Kind::Table(shape) | Kind::NoneOr(shape)) => shape,
            _ => return None,
        };
        match value.get_ref() {
            DeValue::Table(table) => {
                let name = format!("the {} of {}", shape.noun, self.name);
                let place = self.at.key(key);
                Some(Table::new(self.source, table, place, shape, name))
            }
            _ => {
                self.wrong(value, key, "a table");
                None
            }
        }
    }

    /// The value is the word `none`.
    pub(crate) fn is_none_word(&self, key: &str) -> bool {
        let value = self.raw(key).map(Spanned::get_ref);
        matches!(value, Some(DeValue::String(word)) if word == "none")
    }

    /// A list of tables; empty if absent.
    pub(crate) fn tables(&self, key: &str) -> Vec<Table<'t, 's>> {
        let Some(Kind::Tables(shape)) = self.shape.field(key).map(|field| field.kind) else {
            return Vec::new();
        };
        let Some(array) = self.array(key, "a list of tables") else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (at, item) in array.iter().enumerate() {
            match item.get_ref() {
                DeValue::Table(table) => {
                    let name = format!("{} {}", shape.noun, at + 1);
                    let place = self.source.place(item.span());
                    tables.push(Table::new(self.source, table, place, shape, name));
                }
                _ => self.wrong(item, key, "a list of tables"),
            }
        }
        tables
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

/// How to mend a missing key.
fn add(field: &Field) -> String {
    let value = match field.kind {
        Kind::Texts => "[\"…\"]",
        Kind::Table(_) | Kind::NoneOr(_) => "{ … }",
        Kind::Year | Kind::Whole => "…",
        Kind::YesNo => "true or false",
        _ => "\"…\"",
    };
    format!("Add `{} = {value}`: {}", field.key, field.about)
}

/// A day as `2026-11-23`.
pub(crate) fn day(text: &str) -> Option<Date> {
    let period: Period = text.parse().ok()?;
    (period.start() == period.end()).then(|| period.start())
}

/// How ids are written.
pub(crate) const SLUG_RULE: &str =
    "Write 1 to 64 small letters, digits, `.`, `_` or `-`, beginning with a letter or digit";

/// `[a-z0-9][a-z0-9._-]*`, at most 64.
pub(crate) fn is_slug(id: &str) -> bool {
    let small = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    id.len() <= ID_CHARS_MAX
        && id.bytes().next().is_some_and(small)
        && id
            .bytes()
            .all(|c| small(c) || matches!(c, b'.' | b'_' | b'-'))
}
