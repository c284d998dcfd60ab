//! What is wrong in a plan, where, and how to mend it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::choice::choices;
use super::limits::FAULTS_MAX;

choices! {
    /// How bad a fault is.
    Severity {
        /// The plan cannot be used.
        Error = "error",
        /// The plan can be used, and says less than it could.
        Warning = "warning",
    }
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// Path of the file from the plan's folder.
    pub file: String,
    /// Line, from 1; 0 if the fault concerns the whole file.
    pub line: u32,
    /// Column, from 1: of characters in a text file, of fields in a CSV file; 0 if it concerns the whole line.
    pub column: u32,
    /// How bad it is.
    pub severity: Severity,
    /// A short name for the kind of fault, the same for ever.
    pub code: &'static str,
    /// What is wrong, without a full stop.
    pub what: String,
    /// One sentence on how to mend it, without a full stop.
    pub mend: String,
}

impl Fault {
    /// The plan cannot be used.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// `file:line:column: what. mend`, on one line
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}. {}",
            on_one_line(self.file.clone()),
            self.line,
            self.column,
            self.what,
            self.mend
        )
    }
}

/// Most faults that are held while reading.
const KEPT_MAX: usize = 50 * FAULTS_MAX;

/// The faults found so far, by all readers of one plan.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: RefCell<Vec<Fault>>,
    /// Found after there were [`KEPT_MAX`].
    dropped: Cell<usize>,
    /// Files that could not be read to their end: what refers to their contents is not called unknown.
    broken: RefCell<BTreeSet<String>>,
}

impl Faults {
    /// Adds a fault; its words are made one line, whatever names of files and texts they quote.
    pub(crate) fn push(&self, fault: Fault) {
        let fault = Fault {
            what: on_one_line(fault.what),
            mend: on_one_line(fault.mend),
            ..fault
        };
        let mut list = self.list.borrow_mut();
        if list.len() < KEPT_MAX {
            list.push(fault);
        } else {
            self.dropped.set(self.dropped.get() + 1);
        }
    }

    /// Takes over what another reader found.
    pub(crate) fn absorb(&self, other: Self) {
        for fault in other.list.into_inner() {
            self.push(fault);
        }
        self.dropped.set(self.dropped.get() + other.dropped.get());
        self.broken
            .borrow_mut()
            .append(&mut other.broken.into_inner());
    }

    /// An error at a place of a file.
    pub(crate) fn error(
        &self,
        (file, place): (&str, (u32, u32)),
        code: &'static str,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.add(
            (file, place),
            Severity::Error,
            code,
            what.into(),
            mend.into(),
        );
    }

    /// A warning at a place of a file.
    pub(crate) fn warn(
        &self,
        (file, place): (&str, (u32, u32)),
        code: &'static str,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.add(
            (file, place),
            Severity::Warning,
            code,
            what.into(),
            mend.into(),
        );
    }

    fn add(
        &self,
        (file, (line, column)): (&str, (u32, u32)),
        severity: Severity,
        code: &'static str,
        what: String,
        mend: String,
    ) {
        self.push(Fault {
            file: file.to_owned(),
            line,
            column,
            severity,
            code,
            what,
            mend,
        });
    }

    pub(crate) fn broken(&self, file: &str) {
        self.broken.borrow_mut().insert(file.to_owned());
    }

    pub(crate) fn any_broken(&self) -> bool {
        !self.broken.borrow().is_empty()
    }

    /// The files that could not be read to their end.
    pub(crate) fn all_broken(&self) -> BTreeSet<String> {
        self.broken.borrow().clone()
    }

    /// No faults, found by a reader who knows which files could not be read to their end.
    pub(crate) fn after(broken: BTreeSet<String>) -> Self {
        Self {
            broken: RefCell::new(broken),
            ..Self::default()
        }
    }

    pub(crate) fn is_broken(&self, file: &str) -> bool {
        self.broken.borrow().contains(file)
    }

    /// Ordered by file, line and column; errors before warnings where there are too many.
    pub(crate) fn into_list(self) -> Vec<Fault> {
        let mut list = self.list.into_inner();
        list.sort();
        list.dedup();
        let found = list.len() + self.dropped.get();
        if found > FAULTS_MAX {
            list.sort_by_key(|fault| fault.severity);
            list.truncate(FAULTS_MAX);
            list.sort();
            list.push(Fault {
                file: "plan.toml".to_owned(),
                line: 0,
                column: 0,
                severity: Severity::Error,
                code: "too-many-faults",
                what: format!("there are {} more faults", found - FAULTS_MAX),
                mend: "Mend those named here first and check again".to_owned(),
            });
        }
        list
    }
}

/// The known name most like `name`, if any is like it at all (optimal string alignment distance of at most a third of
/// the letters, rounded to the nearest, and at least 1).
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let length = name.chars().count();
    // The distance takes time in the product of both lengths.
    if length > 2 * super::limits::ID_CHARS_MAX {
        return None;
    }
    let most = ((length + 1) / 3).max(1);
    known
        .into_iter()
        .filter(|known| known.len().abs_diff(name.len()) <= 4 * most)
        .map(|known| (strsim::osa_distance(name, known), known))
        .filter(|(distance, known)| *distance <= most && *distance < known.chars().count())
        .min()
        .map(|(_, known)| known)
}

/// A sentence that names the nearest known name, or `otherwise`.
pub(crate) fn did_you_mean<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: impl Into<String>,
) -> String {
    match nearest(name, known) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => otherwise.into(),
    }
}

/// The text with each control character replaced.
fn on_one_line(text: String) -> String {
    if text.contains(char::is_control) {
        text.replace(char::is_control, "\u{fffd}")
    } else {
        text
    }
}

/// At most 60 characters of what was written, on one line, for a fault's words.
pub(crate) fn short(text: &str) -> String {
    let mut out = on_one_line(text.chars().take(60).collect());
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(line: u32, severity: Severity) -> Fault {
        Fault {
            file: "goals.toml".into(),
            line,
            column: 3,
            severity,
            code: "unknown-key",
            what: "unknown key `onwer`".into(),
            mend: "Did you mean `owner`?".into(),
        }
    }

    #[test]
    fn a_fault_prints_as_compilers_do() {
        assert_eq!(
            fault(4, Severity::Error).to_string(),
            "goals.toml:4:3: unknown key `onwer`. Did you mean `owner`?"
        );
    }

    /// A folder may be called anything, and a fault that asks for a file in it says its name.
    #[test]
    fn a_fault_is_on_one_line_whatever_it_quotes() {
        let files = super::super::files::Files::from_iter([("editions/20\r\n26/goals.toml", "")]);
        let (_, faults) = super::super::Plan::read(&files);
        let quoting: Vec<_> = faults.iter().filter(|f| f.file.contains('\n')).collect();
        assert!(
            quoting
                .iter()
                .any(|f| f.mend.contains("20\u{fffd}\u{fffd}26"))
        );
        for fault in quoting {
            let said = [&fault.what, &fault.mend, &fault.to_string()];
            assert!(said.iter().all(|words| !words.contains(char::is_control)));
        }
    }

    #[test]
    fn the_nearest_name_is_near() {
        let known = ["owner", "own", "title"];
        assert_eq!(nearest("onwer", known), Some("owner"));
        assert_eq!(nearest("budget", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"o".repeat(10_000), known), None);
    }

    #[test]
    fn errors_outlive_warnings_where_there_are_too_many() {
        let faults = Faults::default();
        for line in 0..2_000 {
            faults.push(fault(line, Severity::Warning));
        }
        faults.push(fault(5_000, Severity::Error));
        faults.push(fault(5_000, Severity::Error));
        let list = faults.into_list();
        assert_eq!(list.len(), FAULTS_MAX + 1);
        assert_eq!(list.iter().filter(|f| f.is_error()).count(), 2);
        assert_eq!(list.last().unwrap().what, "there are 1001 more faults");
    }

    #[test]
    fn what_was_written_is_shortened_to_one_line() {
        assert_eq!(short("a\nb"), "a\u{fffd}b");
        assert_eq!(short(&"x".repeat(61)).chars().count(), 61);
    }
}
