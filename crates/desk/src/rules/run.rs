//! What rules do to one report. The same function runs them and tries them out.

use std::collections::BTreeSet;

use super::content::Content;
use crate::report::{Change, Event, State};
use crate::search::{Facts, Wanted};

/// A rule that is run: its number, version and content, and its line as it was read.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    /// Number.
    pub no: i64,
    /// Version.
    pub version: u32,
    /// What it says.
    pub content: &'a Content,
    /// What its line asks for.
    pub wanted: &'a Wanted,
}

/// What somebody, or a rule before, decided of a report already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Touched {
    /// Category, or that it stays.
    pub category: bool,
    /// Severity.
    pub severity: bool,
    /// Who has it.
    pub assignee: bool,
    /// It was written to the reporter.
    pub written: bool,
    /// It belongs to a case. No event of the report says so: whoever knows sets it.
    pub cased: bool,
}

impl Touched {
    /// By a history; with what rules did, or only what people did. What follows from a decision for its cluster is a person's.
    #[must_use]
    pub fn by<'e>(history: impl IntoIterator<Item = &'e Event>, rules_too: bool) -> Self {
        let mut out = Self::default();
        for event in history {
            out.one(&event.change, rules_too);
        }
        out
    }

    fn one(&mut self, change: &Change, rules_too: bool) {
        match change {
            Change::Categorised { .. } => self.category = true,
            Change::SeveritySet { .. } => self.severity = true,
            Change::Assigned { .. } => self.assignee = true,
            Change::OfficerWrote { rule, .. } => self.written |= rules_too || rule.is_none(),
            Change::Ruled {
                category,
                severity,
                assignee,
                ..
            } if rules_too => {
                self.category |= category.is_some();
                self.severity |= severity.is_some();
                self.assignee |= assignee.is_some();
            }
            // Who took back what a rule had set has decided too.
            Change::Undone { back, .. } => {
                self.category |= back.category.is_some();
                self.severity |= back.severity.is_some();
                self.assignee |= back.assignee.is_some();
            }
            _ => {}
        }
    }
}

/// What one rule does to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Number of the rule.
    pub rule: i64,
    /// What it sets and asks.
    pub change: Change,
    /// It writes to the reporter, too.
    pub replies: bool,
    /// It opens a case, too.
    pub opens: bool,
}

/// Runs rules in their order on a report: what one sets is what the next one sees. None does anything to what was touched before,
/// or to a closed report; one that would change nothing does nothing. Rules in `over` have been there before.
#[must_use]
pub fn run(
    rules: &[Live<'_>],
    facts: &Facts<'_>,
    mut touched: Touched,
    over: &BTreeSet<i64>,
) -> Vec<Done> {
    let (mut facts, mut all) = (facts.clone(), Vec::new());
    if facts.standing.state == State::Closed {
        return all;
    }
    for rule in rules {
        if over.contains(&rule.no) || !rule.wanted.is(&facts) {
            continue;
        }
        if let Some(done) = one(rule, &facts, touched) {
            touched.one(&done.change, true);
            touched.written |= done.replies;
            touched.cased |= done.opens;
            facts.standing.apply(&done.change);
            all.push(done);
        }
    }
    all
}

fn one(rule: &Live<'_>, facts: &Facts<'_>, touched: Touched) -> Option<Done> {
    let (content, now) = (rule.content, &facts.standing);
    let category = content.category.clone();
    let category = category
        .filter(|(code, sub)| !touched.category && (code, sub) != (&now.category, &now.subtype));
    let severity = content.severity;
    let severity = severity.filter(|level| !touched.severity && *level != now.severity);
    let assignee = content.assign.clone();
    let assignee = assignee.filter(|_| !touched.assignee && now.assignee.is_none());
    let asks = content.ask.is_some();
    let opens = content.opens.is_some() && !touched.cased;
    let replies = !content.reply.is_empty() && !touched.written;
    let nothing = category.is_none() && severity.is_none() && assignee.is_none();
    (!nothing || asks || replies || opens).then_some(Done {
        rule: rule.no,
        change: Change::Ruled {
            rule: rule.no,
            version: rule.version,
            category,
            severity,
            assignee,
            asks,
            opens,
        },
        replies,
        opens,
    })
}
