//! One change to the base plan, and what must be said about it.

use cairn_track::plan::{Fault, Files};

/// What is changed.
enum Change {
    /// A text, which is there once, by another one.
    Edit(&'static str, &'static str),
    /// The file is taken out.
    Remove,
    /// The file is added or replaced.
    Add(&'static str),
}

/// One change, and the fault it makes.
pub struct Case {
    pub name: &'static str,
    path: &'static str,
    change: Change,
    code: &'static str,
    file: &'static str,
    line: u32,
    what: &'static str,
    mend: &'static str,
    /// Codes of the other faults; `None` if they do not matter.
    also: Option<&'static [&'static str]>,
}

const fn case(name: &'static str, path: &'static str, change: Change) -> Case {
    Case {
        name,
        path,
        change,
        code: "",
        file: path,
        line: 0,
        what: "",
        mend: "",
        also: Some(&[]),
    }
}

pub const fn edit(
    name: &'static str,
    path: &'static str,
    from: &'static str,
    to: &'static str,
) -> Case {
    case(name, path, Change::Edit(from, to))
}

pub const fn remove(name: &'static str, path: &'static str) -> Case {
    case(name, path, Change::Remove)
}

pub const fn add(name: &'static str, path: &'static str, text: &'static str) -> Case {
    case(name, path, Change::Add(text))
}

impl Case {
    /// The fault: its code, line, and parts of both sentences.
    pub const fn gives(
        mut self,
        code: &'static str,
        line: u32,
        what: &'static str,
        mend: &'static str,
    ) -> Self {
        (self.code, self.line, self.what, self.mend) = (code, line, what, mend);
        self
    }

    /// The fault is in another file than the change.
    pub const fn in_file(mut self, file: &'static str) -> Self {
        self.file = file;
        self
    }

    /// Codes of the faults that come with it.
    pub const fn also(mut self, codes: &'static [&'static str]) -> Self {
        self.also = Some(codes);
        self
    }

    /// Other faults come with it.
    pub const fn and_others(mut self) -> Self {
        self.also = None;
        self
    }

    /// The base plan with the change.
    pub fn files(&self) -> Files {
        let mut files = super::base();
        match self.change {
            Change::Edit(from, to) => {
                let bytes = files.get(self.path).unwrap_or_default();
                let text = String::from_utf8_lossy(bytes);
                assert_eq!(text.matches(from).count(), 1, "{}: {from}", self.name);
                files.insert(self.path, text.replacen(from, to, 1));
            }
            Change::Remove => {
                assert!(files.remove(self.path).is_some(), "{}", self.name);
            }
            Change::Add(text) => files.insert(self.path, text),
        }
        files
    }

    /// What of it is not so.
    pub fn complaint(&self, faults: &[Fault]) -> Option<String> {
        let is_it = |fault: &&Fault| {
            fault.code == self.code
                && fault.file == self.file
                && fault.line == self.line
                && fault.what.contains(self.what)
                && fault.mend.contains(self.mend)
        };
        let mut others: Vec<&str> = faults.iter().map(|fault| fault.code).collect();
        let found = faults.iter().find(is_it);
        if found.is_some()
            && let Some(at) = others.iter().position(|code| *code == self.code)
        {
            others.remove(at);
        }
        let also = self.also.map(<[&str]>::to_vec);
        if found.is_some()
            && also.is_none_or(|mut also| {
                also.sort_unstable();
                others.sort_unstable();
                also == others
            })
        {
            return None;
        }
        let list: Vec<String> = faults
            .iter()
            .map(|fault| format!("    [{}] {fault}", fault.code))
            .collect();
        Some(format!(
            "{}: wanted {} at {}:{}, `{}`, `{}`; found\n{}",
            self.name,
            self.code,
            self.file,
            self.line,
            self.what,
            self.mend,
            list.join("\n")
        ))
    }
}
