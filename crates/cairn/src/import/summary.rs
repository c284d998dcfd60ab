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
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Summary {
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
    pub fn refused(&self) -> usize {
        self.problems
            .iter()
            .filter(|problem| problem.fault.refuses())
            .count()
    }

    /// Prints it: counts on standard output, what is wrong on standard error.
    pub fn print(&self, dry_run: bool) {
        let mut by: BTreeMap<Fault, Vec<&Problem>> = BTreeMap::new();
        for problem in &self.problems {
            by.entry(problem.fault).or_default().push(problem);
        }
        for (fault, all) in &by {
            eprintln!(
                "{} x {}: {fault}. What to do: {}.",
                all.len(),
                fault.number(),
                fault.todo()
            );
            for problem in all.iter().take(SHOWN_MAX) {
                eprintln!("    {}: {}", problem.place, problem.what);
            }
            if all.len() > SHOWN_MAX {
                eprintln!("    and {} more", all.len() - SHOWN_MAX);
            }
        }
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
            self.problems.len(),
        );
    }
}
