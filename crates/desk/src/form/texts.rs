//! The texts of a form: one file per language, nested tables of texts, addressed by dotted keys.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::data::{FormProblem, Source, Table, Text, nearest};

/// One language's texts by dotted key.
struct Language {
    code: String,
    file: String,
    /// Key → text and line.
    texts: BTreeMap<String, (String, usize)>,
    /// Dotted key of a table → line.
    tables: BTreeMap<String, usize>,
}

/// All texts; remembers which were used.
pub(super) struct TextBook {
    languages: Vec<Language>,
    used: RefCell<BTreeSet<String>>,
    problems: RefCell<Vec<FormProblem>>,
}

impl TextBook {
    /// Reads the files; `wanted` is the form's list of languages, in its order.
    pub(super) fn read(wanted: &[String], files: &[(impl AsRef<str>, impl AsRef<str>)]) -> Self {
        let mut problems = Vec::new();
        let mut languages = Vec::new();
        for code in wanted {
            let file = format!("texts.{code}.toml");
            let mut language = Language {
                code: code.clone(),
                file: file.clone(),
                texts: BTreeMap::new(),
                tables: BTreeMap::new(),
            };
            match files.iter().find(|(name, _)| name.as_ref() == code) {
                Some((_, text)) => {
                    let source = Source::new(&file, text.as_ref());
                    let parsed = source.parse();
                    flatten(&Table::root(&source, &parsed), "", &mut language);
                    drop(parsed);
                    problems.extend(source.into_problems());
                }
                None => problems.push(FormProblem {
                    file: file.clone(),
                    line: 0,
                    what: format!("there are no texts for the language `{code}`"),
                    mend: format!("Add {file}, or take `{code}` out of `languages` in form.toml"),
                }),
            }
            languages.push(language);
        }
        for (name, _) in files {
            let name = name.as_ref();
            if !wanted.iter().any(|code| code == name) {
                problems.push(FormProblem {
                    file: format!("texts.{name}.toml"),
                    line: 0,
                    what: format!("the form does not have the language `{name}`"),
                    mend: format!(
                        "Add `{name}` to `languages` in form.toml, or take the file away"
                    ),
                });
            }
        }
        Self {
            languages,
            used: RefCell::default(),
            problems: RefCell::new(problems),
        }
    }

    /// The text with this key, if any language has it; a language that lacks it is noted.
    pub(super) fn find(&self, key: &str) -> Option<Text> {
        self.used.borrow_mut().insert(key.to_owned());
        if self
            .languages
            .iter()
            .all(|language| !language.texts.contains_key(key))
        {
            return None;
        }
        let mut pairs = Vec::new();
        for language in &self.languages {
            let text = language
                .texts
                .get(key)
                .map_or("", |(text, _)| text.as_str());
            if text.trim().is_empty() {
                self.missing(language, key);
            }
            pairs.push((language.code.as_str().into(), text.into()));
        }
        Some(Text::new(pairs))
    }

    /// As `find`, for a text that must be there.
    pub(super) fn need(&self, key: &str) -> Text {
        self.find(key).unwrap_or_else(|| {
            for language in &self.languages {
                self.missing(language, key);
            }
            Text::default()
        })
    }

    fn missing(&self, language: &Language, key: &str) {
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        let line = language.texts.get(key).map(|(_, line)| *line);
        let what = match line {
            Some(_) => format!("the text `{key}` is empty"),
            None => format!("the text `{key}` is missing"),
        };
        self.problems.borrow_mut().push(FormProblem {
            file: language.file.clone(),
            line: line
                .or_else(|| language.tables.get(table).copied())
                .unwrap_or_default(),
            what,
            mend: format!("Write `{name} = \"…\"` under `[{table}]`"),
        });
    }

    /// Notes places in braces that the program will not fill.
    pub(super) fn places(&self, key: &str, known: &[&str]) {
        for language in &self.languages {
            let Some((text, line)) = language.texts.get(key) else {
                continue;
            };
            for place in text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(place, _)| place)
            {
                if !known.contains(&place) {
                    let mend = match nearest(place, known.iter().copied()) {
                        Some(near) => format!("Did you mean `{{{near}}}`?"),
                        None if known.is_empty() => {
                            "This text has no places to fill; take it out".to_owned()
                        }
                        None => format!("Use one of: {}", known.join(", ")),
                    };
                    self.problems.borrow_mut().push(FormProblem {
                        file: language.file.clone(),
                        line: *line,
                        what: format!("`{key}` has the unknown place `{{{place}}}`"),
                        mend,
                    });
                }
            }
        }
    }

    /// Notes texts that nothing uses, and hands out all problems.
    pub(super) fn finish(self) -> Vec<FormProblem> {
        let used = self.used.into_inner();
        let mut problems = self.problems.into_inner();
        for language in &self.languages {
            for (key, (_, line)) in &language.texts {
                if !used.contains(key) {
                    let mend = match nearest(key, used.iter().map(String::as_str)) {
                        Some(near) => format!("Did you mean `{near}`?"),
                        None => "Take it out".to_owned(),
                    };
                    problems.push(FormProblem {
                        file: language.file.clone(),
                        line: *line,
                        what: format!("the text `{key}` is not used"),
                        mend,
                    });
                }
            }
        }
        problems
    }
}

/// Nested tables deeper than this are no texts of a form.
const DEPTH_MAX: usize = 5;

fn flatten(table: &Table<'_, '_>, prefix: &str, into: &mut Language) {
    into.tables.insert(prefix.to_owned(), table.line());
    if prefix.split('.').count() > DEPTH_MAX {
        table.problem_at(
            "",
            format!("`{prefix}` is nested too deeply"),
            "Texts lie at most four tables deep",
        );
        return;
    }
    for key in table.keys() {
        let full = if prefix.is_empty() {
            key.to_owned()
        } else {
            format!("{prefix}.{key}")
        };
        if table.is_table(key) {
            if let Some(inner) = table.table(key) {
                flatten(&inner, &full, into);
            }
        } else if let Some(text) = table.str(key) {
            into.texts
                .insert(full, (text.to_owned(), table.line_of(key)));
        }
    }
}
