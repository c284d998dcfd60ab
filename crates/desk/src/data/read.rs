//! A TOML table that knows its file and line, remembers which keys were asked for, and names the nearest known
//! key for one that nobody asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Text;

/// What is wrong in a data file, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormProblem {
    /// File name, as given by the caller.
    pub file: String,
    /// Line, from 1; 0 when the problem concerns the whole file.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

/// `file:line: what. mend`
impl fmt::Display for FormProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}. {}",
            self.file, self.line, self.what, self.mend
        )
    }
}

impl std::error::Error for FormProblem {}

/// One file under reading and the problems found so far.
pub(crate) struct Source<'s> {
    file: &'s str,
    text: &'s str,
    /// Where each line but the first begins, bytes.
    starts: Vec<usize>,
    problems: RefCell<Vec<FormProblem>>,
}

impl<'s> Source<'s> {
    pub(crate) fn new(file: &'s str, text: &'s str) -> Self {
        Self {
            file,
            text,
            starts: text.match_indices('\n').map(|(at, _)| at + 1).collect(),
            problems: RefCell::default(),
        }
    }

    /// The parsed file; syntax errors are noted and what could be read is returned.
    pub(crate) fn parse(&self) -> Spanned<DeTable<'s>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let line = self.line(error.span());
            self.problem(
                line,
                format!("not TOML: {}", error.message()),
                "Mend the syntax of this line",
            );
        }
        table
    }

    /// Line (from 1) of the start of a span.
    pub(crate) fn line(&self, span: Option<Range<usize>>) -> usize {
        span.map_or(0, |span| {
            self.starts.partition_point(|start| *start <= span.start) + 1
        })
    }

    pub(crate) fn problem(&self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.borrow_mut().push(FormProblem {
            file: self.file.to_owned(),
            line,
            what: what.into(),
            mend: mend.into(),
        });
    }

    pub(crate) fn into_problems(self) -> Vec<FormProblem> {
        self.problems.into_inner()
    }
}

/// One table of a file.
pub(crate) struct Table<'t, 's> {
    source: &'t Source<'s>,
    table: &'t DeTable<'s>,
    line: usize,
    asked: RefCell<BTreeSet<String>>,
}

impl<'t, 's> Table<'t, 's> {
    /// The top of a file.
    pub(crate) fn root(source: &'t Source<'s>, table: &'t Spanned<DeTable<'s>>) -> Self {
        Self {
            source,
            table: table.get_ref(),
            line: 1,
            asked: RefCell::default(),
        }
    }

    /// Line (from 1) at which the table starts.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// Line (from 1) of a key; the table's own line when the key is absent.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.table
            .iter()
            .find(|(name, _)| name.get_ref() == key)
            .map_or(self.line, |(name, _)| self.source.line(Some(name.span())))
    }

    pub(crate) fn problem_at(&self, key: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.source.problem(self.line_of(key), what, mend);
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.raw(key).is_some()
    }

    pub(crate) fn is_table(&self, key: &str) -> bool {
        matches!(self.raw(key), Some(DeValue::Table(_)))
    }

    /// Keys in the order of the file.
    pub(crate) fn keys(&self) -> Vec<&'t str> {
        let mut keys: Vec<_> = self
            .table
            .iter()
            .map(|(name, _)| (name.span().start, &**name.get_ref()))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    fn raw(&self, key: &str) -> Option<&'t DeValue<'s>> {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.get(key).map(Spanned::get_ref)
    }

    fn wrong_type<T>(&self, key: &str, wanted: &str, found: &DeValue<'_>) -> Option<T> {
        let found = found.type_str();
        self.problem_at(
            key,
            format!("`{key}` is {found}, not {wanted}"),
            format!("Write {wanted} for `{key}`"),
        );
        None
    }

    pub(crate) fn str(&self, key: &str) -> Option<&'t str> {
        match self.raw(key)? {
            DeValue::String(text) => Some(text),
            other => self.wrong_type(key, "a text in quotes", other),
        }
    }

    /// A text that must be there; a missing one is noted and `""` returned.
    pub(crate) fn need(&self, key: &str) -> &'t str {
        if !self.has(key) {
            self.source.problem(
                self.line,
                format!("`{key}` is missing"),
                format!("Add `{key} = \"…\"`"),
            );
        }
        self.str(key).unwrap_or_default()
    }

    pub(crate) fn int(&self, key: &str) -> Option<i64> {
        match self.raw(key)? {
            DeValue::Integer(number) => {
                i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
                    .ok()
                    .or_else(|| {
                        self.problem_at(
                            key,
                            format!("`{key}` is too large a number"),
                            "Write a smaller whole number",
                        );
                        None
                    })
            }
            other => self.wrong_type(key, "a whole number", other),
        }
    }

    /// `true` or `false`; `otherwise` when absent.
    pub(crate) fn bool(&self, key: &str, otherwise: bool) -> bool {
        match self.raw(key) {
            None => otherwise,
            Some(DeValue::Boolean(value)) => *value,
            Some(other) => self
                .wrong_type(key, "`true` or `false`", other)
                .unwrap_or(otherwise),
        }
    }

    /// A list of texts with their lines; empty when absent.
    pub(crate) fn strs(&self, key: &str) -> Vec<(usize, &'t str)> {
        let list = match self.raw(key) {
            None => return Vec::new(),
            Some(DeValue::Array(list)) => list,
            Some(other) => {
                return self
                    .wrong_type(key, "a list of texts", other)
                    .unwrap_or_default();
            }
        };
        let mut texts = Vec::new();
        for item in list.iter() {
            match item.get_ref() {
                DeValue::String(text) => texts.push((self.source.line(Some(item.span())), &**text)),
                other => {
                    let _: Option<()> = self.wrong_type(key, "a list of texts", other);
                }
            }
        }
        texts
    }

    pub(crate) fn table(&self, key: &str) -> Option<Table<'t, 's>> {
        match self.raw(key)? {
            DeValue::Table(table) => Some(Table {
                source: self.source,
                table,
                line: self.line_of(key),
                asked: RefCell::default(),
            }),
            other => self.wrong_type(key, "a table", other),
        }
    }

    /// A list of tables; empty when absent.
    pub(crate) fn tables(&self, key: &str) -> Vec<Table<'t, 's>> {
        let list = match self.raw(key) {
            None => return Vec::new(),
            Some(DeValue::Array(list)) => list,
            Some(other) => {
                return self
                    .wrong_type(key, "a list of tables", other)
                    .unwrap_or_default();
            }
        };
        let mut tables = Vec::new();
        for item in list.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Table {
                    source: self.source,
                    table,
                    line: self.source.line(Some(item.span())),
                    asked: RefCell::default(),
                }),
                other => {
                    let _: Option<()> = self.wrong_type(key, "a list of tables", other);
                }
            }
        }
        tables
    }

    /// A text in every language: `{ en = "…", mi = "…" }`. A missing language is noted.
    pub(crate) fn text(&self, key: &str, languages: &[String]) -> Option<Text> {
        let table = self.table(key)?;
        let mut pairs = Vec::new();
        for language in languages {
            let text = table.str(language).unwrap_or_default();
            if text.trim().is_empty() {
                let what = format!("`{key}` has no text in `{language}`");
                self.source
                    .problem(table.line, what, format!("Add `{language} = \"…\"`"));
            }
            pairs.push((language.as_str().into(), text.into()));
        }
        table.finish();
        Some(Text::new(pairs))
    }

    /// As `text`, for one that must be there.
    pub(crate) fn need_text(&self, key: &str, languages: &[String]) -> Text {
        if !self.has(key) {
            let what = format!("`{key}` is missing");
            self.source.problem(
                self.line,
                what,
                format!("Add `{key} = {{ … }}` with a text for each language"),
            );
        }
        self.text(key, languages).unwrap_or_default()
    }

    /// Notes every key that was never asked for, with the nearest that was.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for key in self.keys() {
            if !asked.contains(key) {
                let mend = match nearest(key, asked.iter().map(String::as_str)) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => "Take it out".to_owned(),
                };
                self.problem_at(key, format!("unknown key `{key}`"), mend);
            }
        }
    }
}

/// The known name most like `name`, if any is like it at all (Damerau–Levenshtein distance of at most a third of
/// the letters, and at least 2).
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let most = (name.chars().count() / 3).max(2);
    known
        .map(|known| (strsim::osa_distance(name, known), known))
        .filter(|(distance, known)| *distance <= most && *distance < known.chars().count())
        .min()
        .map(|(_, known)| known)
}
