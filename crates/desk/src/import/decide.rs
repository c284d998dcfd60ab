//! What is new of an old ticket: `decide(standing, taken, ticket) -> changes`.

use std::collections::BTreeSet;

use super::{Filed, Ticket};
use crate::report::{Change, Standing, State};

/// What of a ticket was taken before.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Places (from 0) of its entries that are here.
    pub entries: BTreeSet<usize>,
    /// The same of its files.
    pub files: BTreeSet<usize>,
    /// Its other numbers that are known.
    pub numbers: BTreeSet<String>,
    /// A person worked on the report here.
    pub touched: bool,
}

/// Places of entries and files that are to be taken, its new numbers, and how it is filed anew. Of a report whose text was erased
/// nothing is taken: what a rule erased does not come back.
#[must_use]
pub fn decide<'t>(standing: &Standing, taken: &Taken, ticket: &'t Ticket) -> New<'t> {
    if standing.bare {
        return New::default();
    }
    let missing = |count: usize, known: &BTreeSet<usize>| -> Vec<usize> {
        (0..count).filter(|at| !known.contains(at)).collect()
    };
    let numbers = ticket.old.also.iter();
    New {
        entries: missing(ticket.old.entries.len(), &taken.entries),
        files: missing(ticket.old.files.len(), &taken.files),
        numbers: numbers
            .filter(|number| !taken.numbers.contains(*number))
            .map(String::as_str)
            .collect(),
    }
}

/// See [`decide`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New<'t> {
    /// Places of entries.
    pub entries: Vec<usize>,
    /// Places of files.
    pub files: Vec<usize>,
    /// Numbers.
    pub numbers: Vec<&'t str>,
}

/// How a report that was imported before moves to where it stands in the source now. Gives `None` where it stands elsewhere
/// because a person worked on it here: their word holds.
#[must_use]
pub fn refile(
    standing: &Standing,
    touched: bool,
    filed: &Filed,
    assignee: Option<&str>,
) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    let closes = filed.state == State::Closed;
    let closed = standing.state == State::Closed;
    // Open, waiting and new are the same to who comes back: what of these it is moves here by itself.
    if closed && (!closes || filed.outcome != standing.outcome) {
        changes.push(Change::Reopened);
    }
    if !closes || !closed {
        if assignee != standing.assignee.as_deref() && assignee.is_some() {
            changes.push(Change::Assigned {
                to: assignee.map(str::to_owned),
            });
        }
        if filed.category != standing.category || filed.subtype != standing.subtype {
            changes.push(Change::Categorised {
                category: filed.category.clone(),
                subtype: filed.subtype.clone(),
            });
        }
        if filed.severity != standing.severity {
            changes.push(Change::SeveritySet {
                severity: filed.severity,
            });
        }
    }
    if closes && (!closed || filed.outcome != standing.outcome) {
        changes.push(Change::Closed {
            outcome: filed.outcome.clone().unwrap_or_default(),
        });
    }
    if touched && !changes.is_empty() {
        None
    } else {
        Some(changes)
    }
}
