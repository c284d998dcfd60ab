//! Reading the data files. Every problem is collected: file, line, rule, what is wrong, how to mend it.

mod calendars;
mod rules;

use std::collections::BTreeSet;
use std::fmt;

use super::book::{Book, Kind, Reason, ReasonFor};
use super::words::Words;
use crate::data::{FormProblem, Source, Table, nearest};
use crate::taxonomy::unique_code;

/// What is wrong in a data file of clocks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockProblem {
    /// File name, as given by the caller.
    pub file: String,
    /// Line, from 1; 0 when the problem concerns the whole file.
    pub line: usize,
    /// The rule it is about, where it is about one.
    pub rule: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

/// `file:line: rule ID: what. mend`
impl fmt::Display for ClockProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(rule) = &self.rule {
            write!(f, "rule {rule}: ")?;
        }
        write!(f, "{}. {}", self.what, self.mend)
    }
}

impl std::error::Error for ClockProblem {}

/// What the files have said so far, and all problems.
struct Reader<'l> {
    book: Book,
    languages: &'l [String],
    problems: Vec<ClockProblem>,
}

impl Book {
    /// Reads all files: `events.toml`, `words.toml`, `calendars/ID.toml` and `rules/ANY.toml`, as pairs of name and text.
    /// Titles and notes must be there in every one of `languages`. The order of the files does not matter, but for that
    /// of the laws.
    ///
    /// # Errors
    /// Every problem found.
    pub fn parse<S: AsRef<str>>(
        files: &[(S, S)],
        languages: &[String],
    ) -> Result<Self, Vec<ClockProblem>> {
        let mut reader = Reader {
            book: Self::default(),
            languages,
            problems: Vec::new(),
        };
        // Rules name what the other files hold, so they come last.
        for pass in [Pass::Needed, Pass::Calendars, Pass::Rules] {
            for (name, text) in files {
                reader.file(pass, name.as_ref(), text.as_ref());
            }
        }
        for name in ["events.toml", "words.toml"] {
            if !files.iter().any(|(file, _)| file.as_ref() == name) {
                reader.whole(
                    name,
                    "this file is missing",
                    "Add it; `cairn` ships one to begin with",
                );
            }
        }
        if reader.book.rules.is_empty() && reader.problems.is_empty() {
            reader.whole(
                "rules/",
                "there is no rule",
                "Add at least one file with a `[[rule]]`",
            );
        }
        reader.problems.sort();
        if reader.problems.is_empty() {
            Ok(reader.book)
        } else {
            Err(reader.problems)
        }
    }

    /// The built-in rules, in English and te reo Māori.
    ///
    /// # Errors
    /// None that the tests have not seen: the files are built in.
    pub fn embedded() -> Result<Self, Vec<ClockProblem>> {
        let languages = crate::notify::LANGUAGES.map(str::to_owned);
        Self::parse(&super::EMBEDDED, &languages)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Needed,
    Calendars,
    Rules,
}

impl Reader<'_> {
    fn file(&mut self, pass: Pass, name: &str, text: &str) {
        let source = Source::new(name, text);
        let mut owners = Vec::new();
        match (pass, name.split_once('/')) {
            (Pass::Needed, None) if name == "events.toml" => self.events(&source),
            (Pass::Needed, None) if name == "words.toml" => {
                let parsed = source.parse();
                let root = Table::root(&source, &parsed);
                self.book.words = Words::read(&root, self.languages, &source);
                root.finish();
            }
            (Pass::Calendars, Some(("calendars", file))) => self.calendar(&source, file),
            (Pass::Rules, Some(("rules", _))) => owners = self.rules(&source),
            (Pass::Needed, None) => source.problem(
                0,
                "nobody reads a file of this name",
                "Name it `events.toml`, `words.toml`, `calendars/ID.toml` or `rules/NAME.toml`",
            ),
            (Pass::Needed, Some((folder, _))) if folder != "calendars" && folder != "rules" => {
                source.problem(
                    0,
                    format!("nobody reads a folder `{folder}`"),
                    "Put the file into `calendars` or `rules`",
                );
            }
            _ => return,
        }
        for problem in source.into_problems() {
            self.problems.push(with_rule(problem, &owners));
        }
    }

    fn whole(&mut self, file: &str, what: &str, mend: &str) {
        self.problems.push(ClockProblem {
            file: file.to_owned(),
            line: 0,
            rule: None,
            what: what.to_owned(),
            mend: mend.to_owned(),
        });
    }

    fn events(&mut self, source: &Source<'_>) {
        let parsed = source.parse();
        let root = Table::root(source, &parsed);
        let mut seen = BTreeSet::new();
        for item in root.tables("event") {
            let code = unique_code(&item, &mut seen);
            code_form(&item, "code", &code);
            self.book.kinds.push(Kind {
                code,
                title: item.need_text("title", self.languages),
            });
            item.finish();
        }
        let mut seen = BTreeSet::new();
        for item in root.tables("reason") {
            let code = unique_code(&item, &mut seen);
            code_form(&item, "code", &code);
            let mut serves = Vec::new();
            for (_, name) in item.strs("for") {
                serves.extend(one_of(&item, "for", name, &ReasonFor::ALL));
            }
            if serves.is_empty() {
                item.problem_at(
                    "for",
                    format!("reason `{code}` serves nothing"),
                    "Add `for = [\"pause\"]`, or `withdraw`, `correct`, `reopen`",
                );
            }
            self.book.reasons.push(Reason {
                code,
                title: item.need_text("title", self.languages),
                serves,
            });
            item.finish();
        }
        for (serves, name) in ReasonFor::ALL {
            if !self
                .book
                .reasons
                .iter()
                .any(|reason| reason.serves.contains(&serves))
            {
                root.problem_at(
                    "reason",
                    format!("there is no reason for `{name}`, so nobody could do it"),
                    format!("Add a `[[reason]]` with `for = [\"{name}\"]`"),
                );
            }
        }
        root.finish();
    }
}

/// The rule whose table began last before the problem's line.
fn with_rule(problem: FormProblem, owners: &[(usize, String)]) -> ClockProblem {
    let rule = owners
        .iter()
        .rfind(|(line, _)| problem.line >= *line)
        .map(|(_, id)| id.clone());
    ClockProblem {
        file: problem.file,
        line: problem.line,
        rule,
        what: problem.what,
        mend: problem.mend,
    }
}

/// Codes are for machines: small letters, digits, `-` and `_`, at most 60.
fn is_code(code: &str) -> bool {
    (1..=60).contains(&code.len())
        && code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

fn code_form(item: &Table<'_, '_>, key: &str, code: &str) {
    if item.has(key) && !is_code(code) {
        item.problem_at(
            key,
            format!("`{code}` is no code"),
            "Use small letters, digits, `-` and `_`, at most 60",
        );
    }
}

/// The value with this name; a problem that lists the names otherwise.
fn one_of<T: Copy>(item: &Table<'_, '_>, key: &str, name: &str, all: &[(T, &str)]) -> Option<T> {
    let found = all.iter().find(|(_, known)| *known == name);
    if found.is_none() && item.has(key) {
        let names: Vec<String> = all.iter().map(|(_, known)| format!("`{known}`")).collect();
        let mend = match nearest(name, all.iter().map(|(_, known)| *known)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Write one of {}", names.join(", ")),
        };
        item.problem_at(key, format!("`{key}` cannot be `{name}`"), mend);
    }
    found.map(|(value, _)| *value)
}

/// A link that a browser may open.
fn link(item: &Table<'_, '_>, key: &str) -> String {
    let link = item.str(key).unwrap_or_default();
    let fits = link.starts_with("https://") && !link.contains(char::is_whitespace);
    if item.has(key) && !fits {
        item.problem_at(
            key,
            format!("`{link}` is no link"),
            "Write the whole address, beginning with `https://`",
        );
    }
    link.to_owned()
}
