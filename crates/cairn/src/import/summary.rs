//! What an import came to.

use std::collections::BTreeMap;

use cairn_app::import::{Known, Outcome};
use cairn_desk::import::{Fault, Old, Problem};

/// Problems of one kind that are printed one by one; of the others the count is told.
const SHOWN_MAX: usize = 200;

/// Counts, and what is wrong.
#[derive(Debug, Default)]
pub struct Summary {
    /// Tickets looked at.
    pub seen: u64,
    /// Not here before.
    pub new: u64,
    /// Something was added.
    pub changed: u64,
    /// As they were.
    pub unchanged: u64,
    /// Entries added.
    pub entries: u64,
    /// Files added.
    pub files: u64,
    /// Bytes of files.
    pub bytes: u64,
    /// Files without a byte.
    pub empty: u64,
    /// What is wrong: of each fault how often, and the first.
    problems: BTreeMap<Fault, (u64, Vec<Problem>)>,
}

impl Summary {
    /// Something is wrong.
    pub fn push(&mut self, problem: Problem) {
        let (count, shown) = self.problems.entry(problem.fault).or_default();
        *count += 1;
        if shown.len() < SHOWN_MAX {
            shown.push(problem);
        }
    }

    /// Several things are wrong.
    pub fn extend(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            self.push(problem);
        }
    }

    /// A ticket was taken.
    pub fn add(&mut self, outcome: &Outcome) {
        self.entries += outcome.entries;
        self.files += outcome.files;
        let more = outcome.changed || outcome.entries > 0 || outcome.files > 0;
        match (outcome.new, more) {
            (true, _) => self.new += 1,
            (false, true) => self.changed += 1,
            (false, false) => self.unchanged += 1,
        }
    }

    /// A ticket would be taken; of `old` there is only what is not here.
    pub fn would(&mut self, known: &Known, old: &Old) {
        self.add(&Outcome {
            new: known.reference.is_none(),
            entries: old.entries.len() as u64,
            files: old.files.len() as u64,
            ..Outcome::default()
        });
    }

    /// How much was refused.
    pub fn refused(&self) -> u64 {
        let refused = self.problems.iter().filter(|(fault, _)| fault.refuses());
        refused.map(|(_, (count, _))| count).sum()
    }

    /// Prints it: counts on standard output, what is wrong on standard error.
    pub fn print(&self, dry_run: bool) {
        for (fault, (count, shown)) in &self.problems {
            eprintln!(
                "{count} x {}: {fault}. What to do: {}.",
                fault.number(),
                fault.todo()
            );
            for problem in shown {
                eprintln!("    {}: {}", problem.place, problem.what);
            }
            let rest = count - shown.len() as u64;
            if rest > 0 {
                eprintln!("    and {rest} more");
            }
        }
        let faults: u64 = self.problems.values().map(|(count, _)| count).sum();
        let (would, nothing) = if dry_run {
            ("would be ", "\nNothing was changed (--dry-run).")
        } else {
            ("", "")
        };
        println!(
            "tickets seen {}, {would}new {}, {would}changed {}, unchanged {}\nentries {}, files {}, bytes {}, faults {}{nothing}",
            self.seen,
            self.new,
            self.changed,
            self.unchanged,
            self.entries,
            self.files,
            self.bytes,
            faults,
        );
    }
}
