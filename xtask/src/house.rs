//! Numbers that the house keeps: sizes of files, what must not be left lying about, proportions.
//! (Functions of at most 70 lines and 7 arguments are clippy's to hold.)

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Lines in one file.
const FILE_LINES_MAX: usize = 800;
/// Traits per thousand lines of code.
const TRAITS_MAX: f64 = 0.5;
/// Below this many lines of code proportions say nothing.
const CODE_LINES_MIN: usize = 10_000;

/// What must not be in the source. Written in halves, so that this file passes.
const BANNED: &[(&str, &str)] = &[
    (concat!("#[", "ignore"), "a test that is switched off"),
    (concat!("FIX", "ME"), "work left undone"),
    (concat!("assert!(", "true)"), "a test that tests nothing"),
];

/// What a folder must not use, and why. Written in halves, so that this file passes.
const BANNED_IN: &[(&str, &str, &str)] = &[(
    "crates/web/src/",
    concat!(".bare_", "store("),
    "a door must not pass the access policy by",
)];

/// What was counted.
#[derive(Debug, Default)]
pub struct House {
    /// What is wrong, as sentences.
    pub problems: Vec<String>,
    /// Proportions, for the reader.
    pub notes: Vec<String>,
}

#[derive(Debug, Default)]
struct Numbers {
    code: usize,
    tests: usize,
    traits: usize,
    functions: usize,
    async_functions: usize,
    /// Lines of code by crate.
    crates: BTreeMap<String, usize>,
    lengths: Vec<usize>,
}

/// Reads every Rust file of the repository.
pub fn check(root: &Path) -> Result<House> {
    let mut house = House::default();
    let mut numbers = Numbers::default();
    for folder in ["crates", "xtask", "fuzz"] {
        for file in rust_files(&root.join(folder))? {
            let text = std::fs::read_to_string(&file)?;
            let shown = file.strip_prefix(root).unwrap_or(&file);
            house
                .problems
                .extend(file_problems(&shown.display().to_string(), &text));
            numbers.add(shown, &text);
        }
    }
    house.problems.extend(lint_problems(root)?);
    house.problems.extend(numbers.problems());
    house.notes = numbers.notes();
    Ok(house)
}

/// Every `.rs` file below a folder, without build output. None if there is no such folder.
pub fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(path) = todo.pop() {
        if path.is_dir() && !path.ends_with("target") {
            for entry in std::fs::read_dir(&path)? {
                todo.push(entry?.path());
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Crates that do not take the lints of the workspace. Only the crash simulator may write its own table: it alone
/// uses `unsafe`.
fn lint_problems(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let folder = entry?.path();
        let Ok(text) = std::fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        if !folder.ends_with("crash") && !takes_lints(&text) {
            let shown = folder.strip_prefix(root).unwrap_or(&folder).display();
            problems.push(format!(
                "{shown}/Cargo.toml does not say [lints] workspace = true"
            ));
        }
    }
    Ok(problems)
}

fn takes_lints(manifest: &str) -> bool {
    let table = manifest.parse::<toml::Table>().ok();
    let lints = table.as_ref().and_then(|table| table.get("lints"));
    lints.and_then(|lints| lints.get("workspace")) == Some(&toml::Value::Boolean(true))
}

fn file_problems(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let length = text.lines().count();
    if length > FILE_LINES_MAX {
        problems.push(format!(
            "{name} has {length} lines, at most {FILE_LINES_MAX} are allowed"
        ));
    }
    for (index, line) in text.lines().enumerate() {
        for (word, why) in BANNED {
            if line.contains(word) {
                problems.push(format!("{name}:{}: {word} ({why})", index + 1));
            }
        }
    }
    problems.extend(banned_here(name, text));
    problems
}

fn banned_here(name: &str, text: &str) -> Vec<String> {
    let name = name.replace('\\', "/");
    let here = BANNED_IN
        .iter()
        .filter(|(folder, word, _)| name.starts_with(folder) && text.contains(word));
    here.map(|(_, word, why)| format!("{name}: {word} ({why})"))
        .collect()
}

impl Numbers {
    fn add(&mut self, file: &Path, text: &str) {
        self.lengths.push(text.lines().count());
        let whole_is_test = file.components().any(|part| part.as_os_str() == "tests")
            || file.ends_with("tests.rs")
            || ["crates/testkit", "crates/bench", "crates/crash", "fuzz"]
                .iter()
                .any(|own| file.starts_with(own));
        let mut in_tests = whole_is_test;
        for line in text.lines().map(str::trim) {
            in_tests |= line.starts_with("#[cfg(test)]");
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
            if in_tests {
                self.tests += 1;
                continue;
            }
            self.code += 1;
            let owner: PathBuf = file.components().take(2).collect();
            *self.crates.entry(owner.display().to_string()).or_default() += 1;
            self.traits += usize::from(is_item(line, "trait "));
            self.functions += usize::from(is_item(line, "fn "));
            self.async_functions += usize::from(is_item(line, "async fn "));
        }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let per_thousand = ratio(self.traits * 1000, self.code);
        if self.code >= CODE_LINES_MIN && per_thousand > TRAITS_MAX {
            problems.push(format!(
                "{per_thousand:.2} traits per thousand lines, at most {TRAITS_MAX} are wanted"
            ));
        }
        problems
    }

    fn notes(&self) -> Vec<String> {
        let mut lengths = self.lengths.clone();
        lengths.sort_unstable();
        let median = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
        let mut notes = vec![
            format!(
                "{} lines of code in {} files, median {median} lines a file (aim: 150)",
                self.code,
                lengths.len()
            ),
            format!(
                "tests : code = {:.2} (aim: 0.8)",
                ratio(self.tests, self.code)
            ),
            format!(
                "{} traits, {} of {} functions async",
                self.traits,
                self.async_functions,
                self.functions + self.async_functions
            ),
        ];
        if let Some((name, lines)) = self.crates.iter().max_by_key(|(_, lines)| **lines) {
            notes.push(format!(
                "largest crate: {name}, {:.0} % of the code (aim: 25)",
                100.0 * ratio(*lines, self.code)
            ));
        }
        notes
    }
}

/// Whether a line begins an item of that kind, behind any visibility.
fn is_item(line: &str, word: &str) -> bool {
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')').map_or(rest, |(_, rest)| rest),
        Some(rest) => rest,
        None => line,
    };
    let line = line.trim_start();
    line.strip_prefix("const ")
        .unwrap_or(line)
        .starts_with(word)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of lines are far below 2^52"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_and_leftovers_are_named() {
        let long = "\n".repeat(FILE_LINES_MAX + 1);
        assert!(file_problems("a.rs", &long)[0].contains("801 lines"));
        let left = concat!("fn a() {}\n    #[", "ignore = \"slow\"]\n");
        assert!(file_problems("a.rs", left)[0].starts_with("a.rs:2: "));
        assert!(file_problems("a.rs", "fn a() {}\n").is_empty());
    }

    #[test]
    fn doors_do_not_open_the_store() {
        let text = concat!("let store = app.bare_", "store();\n");
        let found = file_problems("crates/web/src/evidence.rs", text);
        assert!(found[0].contains("access policy"), "{found:?}");
        assert!(file_problems("crates/web/tests/report.rs", text).is_empty());
        assert!(file_problems("crates/cairn/src/serve.rs", text).is_empty());
    }

    #[test]
    fn lints_of_the_workspace_are_seen() {
        assert!(takes_lints("[lints]\nworkspace = true\n"));
        assert!(!takes_lints("[lints.rust]\nunsafe_code = \"allow\"\n"));
    }

    #[test]
    fn items_and_tests_are_told_apart() {
        let mut numbers = Numbers::default();
        let text = "/// x\npub trait A {}\npub(crate) async fn b() {}\nconst fn c() {}\n\n#[cfg(test)]\nmod t {}\n";
        numbers.add(Path::new("crates/desk/src/a.rs"), text);
        numbers.add(Path::new("crates/desk/tests/b.rs"), "fn d() {}\n");
        assert_eq!(
            (numbers.traits, numbers.async_functions, numbers.functions),
            (1, 1, 1)
        );
        assert_eq!((numbers.code, numbers.tests), (3, 3));
        assert_eq!(numbers.crates.get("crates/desk"), Some(&3));
    }
}
